// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* A child sends its parent a message; the kernel says who sent it. */
#include <bsm/libbsm.h>
#include <mach/mach.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	struct { mach_msg_header_t head; mach_msg_audit_trailer_t from; } in;
	mach_msg_header_t out = {
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0) };
	mach_port_t self = mach_task_self(), port;
	kern_return_t kr;

	mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE, &port);
	mach_port_insert_right(self, port, port, MACH_MSG_TYPE_MAKE_SEND);
	task_set_bootstrap_port(self, port);	/* what children inherit */
	if (fork() == 0) {
		task_get_bootstrap_port(mach_task_self(), &out.msgh_remote_port);
		return mach_msg(&out, MACH_SEND_MSG, sizeof(out), 0, 0, 0, 0);
	}
	kr = mach_msg(&in.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT |
		      MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT),
		      0, sizeof(in), port, 5000, 0);
	if (kr == KERN_SUCCESS)
		printf("hello from process %d of user %u\n",
		       (int)audit_token_to_pid(in.from.msgh_audit),
		       audit_token_to_ruid(in.from.msgh_audit));
	else
		mach_error("mach_msg", kr);
	return kr != KERN_SUCCESS;
}
