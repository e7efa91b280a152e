// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Replace a server while clients go on: the old one sends its receive right to
 * the new one. What is in the queue goes along, so that nothing is lost, and
 * the clients' send rights stay good.
 */
#include <mach/mach.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGES = 3 };

static void must(const char *what, kern_return_t kr)
{
	if (kr != KERN_SUCCESS) {
		mach_error(what, kr);
		exit(1);
	}
}

static mach_port_t new_port(void)
{
	mach_port_t port;

	must("allocate", mach_port_allocate(mach_task_self(),
					    MACH_PORT_RIGHT_RECEIVE, &port));
	must("insert", mach_port_insert_right(mach_task_self(), port, port,
					      MACH_MSG_TYPE_MAKE_SEND));
	return port;
}

static void send_number(mach_port_t port, int number)
{
	mach_msg_header_t head = {
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
		.msgh_remote_port = port,
		.msgh_id = number,
	};

	must("send", mach_msg(&head, MACH_SEND_MSG, sizeof(head), 0,
			      MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE,
			      MACH_PORT_NULL));
}

static int receive_number(mach_port_t port)
{
	struct {
		mach_msg_header_t head;
		mach_msg_trailer_t trailer;
	} in;

	must("receive", mach_msg(&in.head, MACH_RCV_MSG, 0, sizeof(in), port,
				 MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
	return in.head.msgh_id;
}

static void hand_over(mach_port_t service, mach_port_t to)
{
	struct {
		mach_msg_header_t head;
		mach_msg_body_t body;
		mach_msg_port_descriptor_t service;
	} out = {
		.head.msgh_bits = MACH_MSGH_BITS_COMPLEX |
			MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
		.head.msgh_remote_port = to,
		.body.msgh_descriptor_count = 1,
		.service.name = service,
		.service.disposition = MACH_MSG_TYPE_MOVE_RECEIVE,
		.service.type = MACH_MSG_PORT_DESCRIPTOR,
	};

	must("hand over", mach_msg(&out.head, MACH_SEND_MSG, sizeof(out), 0,
				   MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE,
				   MACH_PORT_NULL));
}

/* @up says when the parent may look for our port. */
static void new_server(int up)
{
	struct {
		mach_msg_header_t head;
		mach_msg_body_t body;
		mach_msg_port_descriptor_t service;
		mach_msg_trailer_t trailer;
	} in;
	mach_port_t mailbox = new_port();
	int i;

	must("set", task_set_bootstrap_port(mach_task_self(), mailbox));
	close(up);
	must("receive", mach_msg(&in.head, MACH_RCV_MSG, 0, sizeof(in), mailbox,
				 MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
	for (i = 0; i <= MESSAGES; i++)
		printf("the new server has message %d\n",
		       receive_number(in.service.name));
	exit(0);
}

int main(void)
{
	mach_port_t service = new_port(), task, mailbox;
	int up[2], status, i;
	pid_t pid;
	char byte;

	if (pipe(up))
		return 1;
	pid = fork();
	if (pid == 0)
		new_server(up[1]);
	close(up[1]);
	(void)!read(up[0], &byte, 1);
	must("task_for_pid", task_for_pid(mach_task_self(), pid, &task));
	must("get", task_get_bootstrap_port(task, &mailbox));

	for (i = 0; i < MESSAGES; i++)
		send_number(service, i);
	hand_over(service, mailbox);
	/* Our send right is a client's: it leads to whoever has the port. */
	send_number(service, MESSAGES);
	return wait(&status) < 0 || status != 0;
}
