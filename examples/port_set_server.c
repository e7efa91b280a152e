// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A server with a port for each client: it waits at a port set for all of them,
 * and knows each client by the port that its request came to.
 */
#include <mach/mach.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLIENTS 3
#define REQUESTS 4

/* A request is a header; its id is the number that is to be added. */
struct request {
	mach_msg_header_t head;
	mach_msg_trailer_t trailer;
};

static void must(kern_return_t kr, const char *what)
{
	if (kr == KERN_SUCCESS)
		return;
	mach_error(what, kr);
	exit(1);
}

/* Add numbers, and ask for the sum each time. */
static int client(int number)
{
	mach_port_t self = mach_task_self(), server, reply = mach_reply_port();
	struct request message;
	int i, sum = 0;

	must(task_get_bootstrap_port(self, &server), "bootstrap port");
	for (i = 1; i <= REQUESTS; i++) {
		sum += number * i;
		message.head = (mach_msg_header_t){
			.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND,
						    MACH_MSG_TYPE_MAKE_SEND_ONCE),
			.msgh_remote_port = server,
			.msgh_local_port = reply,
			.msgh_id = number * i,
		};
		must(mach_msg(&message.head,
			      MACH_SEND_MSG | MACH_RCV_MSG | MACH_RCV_TIMEOUT,
			      sizeof(message.head), sizeof(message), reply,
			      60000, MACH_PORT_NULL), "ask the server");
		if (message.head.msgh_id != sum)
			return 1;
	}
	return 0;
}

/* A port in the set, which the next child finds as its bootstrap port. */
static mach_port_t add_client(mach_port_t set)
{
	mach_port_t self = mach_task_self(), port;

	must(mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE, &port),
	     "allocate a port");
	must(mach_port_insert_right(self, port, port, MACH_MSG_TYPE_MAKE_SEND),
	     "make a send right");
	must(task_set_bootstrap_port(self, port), "hand it to the child");
	must(mach_port_insert_member(self, port, set), "put it into the set");
	return port;
}

int main(void)
{
	mach_port_t self = mach_task_self(), set, port[CLIENTS];
	int sum[CLIENTS] = { 0 }, i, n, status, failed = 0;
	struct request message;

	must(mach_port_allocate(self, MACH_PORT_RIGHT_PORT_SET, &set),
	     "allocate a set");
	for (i = 0; i < CLIENTS; i++) {
		port[i] = add_client(set);
		if (fork() == 0)
			return client(i + 1);
	}

	for (n = 0; n < CLIENTS * REQUESTS; n++) {
		must(mach_msg(&message.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			      sizeof(message), set, 60000, MACH_PORT_NULL),
		     "receive from the set");
		for (i = 0; i < CLIENTS; i++) {
			if (port[i] == message.head.msgh_local_port)
				break;
		}
		if (i == CLIENTS)
			return 1;
		sum[i] += message.head.msgh_id;

		message.head.msgh_bits =
			MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0);
		message.head.msgh_local_port = MACH_PORT_NULL;
		message.head.msgh_id = sum[i];
		must(mach_msg(&message.head, MACH_SEND_MSG,
			      sizeof(message.head), 0, MACH_PORT_NULL, 0,
			      MACH_PORT_NULL), "answer");
	}

	while (wait(&status) > 0)
		failed |= status;
	for (i = 0; i < CLIENTS; i++)
		printf("client %d has sent %d\n", i + 1, sum[i]);
	/* The set goes; its members would live on. */
	must(mach_port_mod_refs(self, set, MACH_PORT_RIGHT_PORT_SET, -1),
	     "destroy the set");
	return failed != 0;
}
