// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A producer that never waits: when the queue is full it does other things,
 * and is told when a message can be sent again. The consumer is a child, which
 * takes a message when the producer says so, to have a story to tell.
 */
#include <mach/mach.h>
#include <mach/notify.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

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
	return port;
}

/* The child: its port, for the parent to find, and a message a byte. */
static void consume(int up, int down)
{
	struct {
		mach_msg_header_t head;
		mach_msg_trailer_t trailer;
	} in;
	mach_port_t port = new_port();
	mach_port_limits_t limits = { .mpl_qlimit = 2 };
	char byte;

	must("limit",
	     mach_port_set_attributes(mach_task_self(), port,
				      MACH_PORT_LIMITS_INFO,
				      (mach_port_info_t)&limits,
				      MACH_PORT_LIMITS_INFO_COUNT));
	must("insert", mach_port_insert_right(mach_task_self(), port, port,
					      MACH_MSG_TYPE_MAKE_SEND));
	must("set", task_set_bootstrap_port(mach_task_self(), port));
	close(up);
	while (read(down, &byte, 1) == 1)
		must("receive", mach_msg(&in.head, MACH_RCV_MSG, 0, sizeof(in),
					 port, MACH_MSG_TIMEOUT_NONE,
					 MACH_PORT_NULL));
	exit(0);
}

/* With SEND_NOTIFY a send that finds no room arms the name's request. */
static mach_msg_return_t produce(mach_port_t port)
{
	mach_msg_header_t head = {
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
		.msgh_remote_port = port,
	};

	return mach_msg(&head, MACH_SEND_MSG | MACH_SEND_TIMEOUT |
			MACH_SEND_NOTIFY, sizeof(head), 0, MACH_PORT_NULL, 0,
			MACH_PORT_NULL);
}

int main(void)
{
	mach_port_t self = mach_task_self(), task, port, news, previous;
	mach_send_possible_notification_t possible;
	int up[2], down[2], status, sent = 0;
	mach_msg_return_t mr;
	pid_t pid;
	char byte;

	if (pipe(up) || pipe(down))
		return 1;
	pid = fork();
	if (pid == 0) {
		close(down[1]);
		consume(up[1], down[0]);
	}
	close(up[1]);
	(void)!read(up[0], &byte, 1);
	must("task_for_pid", task_for_pid(self, pid, &task));
	must("get", task_get_bootstrap_port(task, &port));

	news = new_port();
	must("notify",
	     mach_port_request_notification(self, port,
					    MACH_NOTIFY_SEND_POSSIBLE, 0, news,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	for (mr = produce(port); mr == MACH_MSG_SUCCESS; mr = produce(port))
		sent++;
	printf("%d messages fit; then: %s\n", sent, mach_error_string(mr));

	if (write(down[1], "", 1) != 1)
		return 1;
	must("wait", mach_msg(&possible.not_header, MACH_RCV_MSG, 0,
			      sizeof(possible), news, MACH_MSG_TIMEOUT_NONE,
			      MACH_PORT_NULL));
	if (possible.not_header.msgh_id != MACH_NOTIFY_SEND_POSSIBLE ||
	    possible.not_port != port)
		return 1;
	printf("there is room again\n");
	must("send", produce(port));
	printf("sent\n");
	close(down[1]);
	return wait(&status) < 0 || status != 0;
}
