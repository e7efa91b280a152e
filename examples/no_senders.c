// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The life time of an object that clients hold by a port: the server asks to
 * be told when nobody has a send right to it, and frees it then. How the last
 * client goes does not matter: here one gives its right back, the other dies.
 */
#include <mach/mach.h>
#include <mach/notify.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { OPEN = 100, CLIENTS = 2 };

struct answer {
	mach_msg_header_t head;
	mach_msg_body_t body;
	mach_msg_port_descriptor_t object;
};

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

/* Ask the server, whose port the child has inherited, for the object. */
static mach_port_t open_object(void)
{
	struct {
		struct answer answer;
		mach_msg_trailer_t trailer;
	} in;
	mach_msg_header_t *head = &in.answer.head;

	*head = (mach_msg_header_t){
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE),
		.msgh_local_port = mig_get_reply_port(),
		.msgh_id = OPEN,
	};
	must("bootstrap port",
	     task_get_bootstrap_port(mach_task_self(),
				     &head->msgh_remote_port));
	must("open", mach_msg(head, MACH_SEND_MSG | MACH_RCV_MSG, sizeof(*head),
			      sizeof(in), head->msgh_local_port,
			      MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
	return in.answer.object.name;
}

static void client(int dies)
{
	mach_port_t object = open_object();

	if (dies)
		raise(SIGKILL);
	must("close", mach_port_deallocate(mach_task_self(), object));
	pause();
}

/* Give the next client that asks a send right to the object. */
static void hand_out(mach_port_t service, mach_port_t object)
{
	struct {
		mach_msg_header_t head;
		mach_msg_trailer_t trailer;
	} in;
	struct answer answer = {
		.head.msgh_bits = MACH_MSGH_BITS_COMPLEX |
			MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0),
		.body.msgh_descriptor_count = 1,
		.object.name = object,
		.object.disposition = MACH_MSG_TYPE_MAKE_SEND,
		.object.type = MACH_MSG_PORT_DESCRIPTOR,
	};

	must("request", mach_msg(&in.head, MACH_RCV_MSG, 0, sizeof(in), service,
				 MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
	answer.head.msgh_remote_port = in.head.msgh_remote_port;
	must("answer", mach_msg(&answer.head, MACH_SEND_MSG, sizeof(answer), 0,
				MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE,
				MACH_PORT_NULL));
}

int main(void)
{
	mach_port_t service = new_port(), object = new_port(), previous;
	mach_no_senders_notification_t news;
	pid_t pids[CLIENTS];
	int i;

	must("insert", mach_port_insert_right(mach_task_self(), service,
					      service, MACH_MSG_TYPE_MAKE_SEND));
	must("set", task_set_bootstrap_port(mach_task_self(), service));
	for (i = 0; i < CLIENTS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			client(i);
	}
	for (i = 0; i < CLIENTS; i++) {
		hand_out(service, object);
		printf("the object has been handed out\n");
	}

	/* Not before so many rights were made: one may be on its way only. */
	must("notify",
	     mach_port_request_notification(mach_task_self(), object,
					    MACH_NOTIFY_NO_SENDERS, CLIENTS,
					    object,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	must("wait", mach_msg(&news.not_header, MACH_RCV_MSG, 0, sizeof(news),
			      object, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
	if (news.not_header.msgh_id != MACH_NOTIFY_NO_SENDERS)
		return 1;
	printf("nobody has it any more; %u rights were made\n", news.not_count);
	must("free", mach_port_mod_refs(mach_task_self(), object,
					MACH_PORT_RIGHT_RECEIVE, -1));
	for (i = 0; i < CLIENTS; i++)
		kill(pids[i], SIGKILL);
	return 0;
}
