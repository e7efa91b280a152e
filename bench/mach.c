// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mach messages: a send-once right is made for each answer, the server gets
 * each sender's audit token, answers and receives the next in one call, and
 * the client asks and receives the answer in one call.
 */
#include <string.h>
#include <unistd.h>

#include "mach.h"

#define WITH_TOKENS (MACH_RCV_MSG | \
	MACH_RCV_TRAILER_TYPE(MACH_MSG_TRAILER_FORMAT_0) | \
	MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT))

/* What was received last: by a client, the answer; by a server, a question. */
static union {
	struct mach_plain plain;
	struct mach_carrier carrier;
} got;

static struct mach_plain plain;
static struct mach_carrier carrier;
static mach_port_t service;	/* server: receive right; client: send right */
static mach_port_t reply;	/* client: receive right */

/* A server's clients find it where they would look for a name server. */
static void mach_open(unsigned int clients)
{
	(void)clients;
	service = mach_receive_port();
	must_mach(mach_port_insert_right(mach_task_self(), service, service,
					 MACH_MSG_TYPE_MAKE_SEND));
	must_mach(task_set_bootstrap_port(mach_task_self(), service));
}

static void join(unsigned char *out)
{
	must_mach(task_get_bootstrap_port(mach_task_self(), &service));
	reply = mach_receive_port();
	payload.out = out;
	payload.in = got.plain.bytes;
}

/* Asks with @head, of @size bytes, for an answer that is plain. */
static void ask(mach_msg_header_t *head, size_t size, mach_msg_bits_t complex)
{
	*head = (mach_msg_header_t){
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE) |
			     complex,
		.msgh_remote_port = service,
		.msgh_local_port = reply,
		.msgh_id = 400,
	};
	must_mach(mach_msg_overwrite(head, MACH_SEND_MSG | MACH_RCV_MSG, size,
				     sizeof(got.plain), reply,
				     MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL,
				     &got.plain.head, 0));
	must(got.plain.head.msgh_size ==
	     sizeof(got.plain.head) + payload.size);
}

/* That the kernel said who sent it. */
static void check_token(const mach_msg_header_t *head)
{
	const mach_msg_audit_trailer_t *trailer = (const void *)
		((const char *)head + head->msgh_size);

	must(trailer->msgh_trailer_size == sizeof(*trailer));
	must(trailer->msgh_audit.val[5]);
}

static void receive_first(void)
{
	must_mach(mach_msg(&got.plain.head, WITH_TOKENS, 0, sizeof(got),
			   service, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
	check_token(&got.plain.head);
}

/* Answers with @head whoever asked last, and receives the next question. */
static void answer(mach_msg_header_t *head, bool last)
{
	size_t size = sizeof(*head) + payload.size;

	*head = (mach_msg_header_t){
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0),
		.msgh_remote_port = got.plain.head.msgh_remote_port,
		.msgh_id = 500,
	};
	if (last) {
		must_mach(mach_msg(head, MACH_SEND_MSG, size, 0, MACH_PORT_NULL,
				   MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
		return;
	}
	must_mach(mach_msg_overwrite(head, MACH_SEND_MSG | WITH_TOKENS, size,
				     sizeof(got), service,
				     MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL,
				     &got.plain.head, 0));
	check_token(&got.plain.head);
}

static void plain_join(unsigned int client)
{
	(void)client;
	join(plain.bytes);
}

static void plain_call(void *unused)
{
	(void)unused;
	ask(&plain.head, sizeof(plain.head) + payload.size, 0);
}

/* The answer is the question, in the buffer that it came in. */
static void plain_serve(unsigned int calls)
{
	receive_first();
	while (calls--) {
		must(got.plain.head.msgh_size ==
		     sizeof(got.plain.head) + payload.size);
		answer(&got.plain.head, !calls);
	}
}

const struct mechanism mechanism_mach = {
	.key = "mach",
	.name = "Mach, with tokens",
	.large = true,
	.many = true,
	.mach = true,
	.open = mach_open,
	.join = plain_join,
	.call = plain_call,
	.serve = plain_serve,
};

/* The send right that each question carries. */
static void carrier_join(unsigned int client)
{
	mach_port_t carried = mach_receive_port();

	(void)client;
	must_mach(mach_port_insert_right(mach_task_self(), carried, carried,
					 MACH_MSG_TYPE_MAKE_SEND));
	join(carrier.bytes);
	carrier.body.msgh_descriptor_count = 1;
	carrier.port = (mach_msg_port_descriptor_t){
		.name = carried,
		.disposition = MACH_MSG_TYPE_COPY_SEND,
		.type = MACH_MSG_PORT_DESCRIPTOR,
	};
}

static void carrier_call(void *unused)
{
	(void)unused;
	ask(&carrier.head, offsetof(struct mach_carrier, bytes) + payload.size,
	    MACH_MSGH_BITS_COMPLEX);
}

/*
 * The right joins the name that it has since the first time. The header of the
 * answer goes where the descriptor was, right before the bytes.
 */
static void carrier_serve(unsigned int calls)
{
	mach_msg_header_t *head = (mach_msg_header_t *)got.carrier.bytes - 1;

	receive_first();
	while (calls--) {
		must(MACH_MSGH_BITS_IS_COMPLEX(got.carrier.head.msgh_bits));
		must(MACH_PORT_VALID(got.carrier.port.name));
		answer(head, !calls);
	}
}

const struct mechanism mechanism_mach_port = {
	.key = "mach-port",
	.name = "the same with a send right",
	.large = true,
	.mach = true,
	.open = mach_open,
	.join = carrier_join,
	.call = carrier_call,
	.serve = carrier_serve,
};
