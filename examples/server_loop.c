// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A server as MIG would write it: mach_msg_server() receives, a function looks
 * at the request and fills in the reply. What it does not know it refuses, and
 * the client reads that as an error of the call.
 */
#include <mach/mach.h>
#include <mach/mig_errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ADD = 500, QUIT, REPLY = 100 };	/* a reply's id is so much above */

static mach_port_t port;

struct request {
	mach_msg_header_t Head;
	NDR_record_t NDR;
	int left, right;
};

struct reply {
	mach_msg_header_t Head;
	NDR_record_t NDR;
	kern_return_t RetCode;
	int sum;
};

static void must(const char *what, kern_return_t kr)
{
	if (kr != KERN_SUCCESS) {
		mach_error(what, kr);
		exit(1);
	}
}

static boolean_t serve(mach_msg_header_t *in, mach_msg_header_t *out)
{
	struct request *request = (struct request *)in;
	struct reply *reply = (struct reply *)out;

	*reply = (struct reply){
		.Head.msgh_bits =
			MACH_MSGH_BITS(MACH_MSGH_BITS_REMOTE(in->msgh_bits),
				       0),
		.Head.msgh_remote_port = in->msgh_remote_port,
		.Head.msgh_size = sizeof(mig_reply_error_t),
		.Head.msgh_id = in->msgh_id + REPLY,
		.NDR = NDR_record,
		.RetCode = MIG_BAD_ID,
	};
	if (in->msgh_id == QUIT) {
		/* Without its receive right the loop ends. */
		reply->RetCode =
			mach_port_mod_refs(mach_task_self(), port,
					   MACH_PORT_RIGHT_RECEIVE, -1);
		return TRUE;
	}
	if (in->msgh_id != ADD)
		return FALSE;
	if (in->msgh_size != sizeof(*request)) {
		reply->RetCode = MIG_BAD_ARGUMENTS;
		return TRUE;
	}
	if (__builtin_add_overflow(request->left, request->right, &reply->sum)) {
		reply->RetCode = KERN_INVALID_ARGUMENT;
		return TRUE;
	}
	reply->RetCode = KERN_SUCCESS;
	reply->Head.msgh_size = sizeof(*reply);
	return TRUE;
}

/* The client's side of the call. */
static kern_return_t call(int id, int left, int right, int *sum)
{
	union {
		struct request request;
		struct {
			struct reply reply;
			mach_msg_trailer_t trailer;
		} in;
	} message = {
		.request.Head.msgh_bits =
			MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND,
				       MACH_MSG_TYPE_MAKE_SEND_ONCE),
		.request.Head.msgh_remote_port = port,
		.request.Head.msgh_local_port = mig_get_reply_port(),
		.request.Head.msgh_id = id,
		.request.NDR = NDR_record,
		.request.left = left,
		.request.right = right,
	};
	struct reply *reply = &message.in.reply;

	must("call", mach_msg(&message.request.Head,
			      MACH_SEND_MSG | MACH_RCV_MSG,
			      sizeof(message.request), sizeof(message),
			      message.request.Head.msgh_local_port,
			      MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
	if (reply->Head.msgh_id != id + REPLY)
		return MIG_REPLY_MISMATCH;
	if (reply->RetCode == KERN_SUCCESS)
		*sum = reply->sum;
	return reply->RetCode;
}

static void client(void)
{
	kern_return_t kr;
	int sum = 0;

	must("get", task_get_bootstrap_port(mach_task_self(), &port));
	kr = call(ADD, 40, 2, &sum);
	printf("40 + 2: %s, %d\n", mach_error_string(kr), sum);
	kr = call(ADD, 0x7fffffff, 1, &sum);
	printf("2147483647 + 1: %s\n", mach_error_string(kr));
	kr = call(QUIT + 1, 0, 0, &sum);
	printf("no such call: %s\n", mach_error_string(kr));
	must("quit", call(QUIT, 0, 0, &sum));
	exit(0);
}

int main(void)
{
	mach_port_t self = mach_task_self();
	kern_return_t kr;
	int status;

	must("allocate", mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE,
					    &port));
	must("insert", mach_port_insert_right(self, port, port,
					      MACH_MSG_TYPE_MAKE_SEND));
	must("set", task_set_bootstrap_port(self, port));
	if (fork() == 0)
		client();
	kr = mach_msg_server(serve, sizeof(struct request) + MAX_TRAILER_SIZE,
			     port, MACH_MSG_OPTION_NONE);
	if (wait(&status) < 0 || status != 0)
		return 1;
	printf("the server ends: %s\n", mach_error_string(kr));
	return 0;
}
