/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: A message goes out
 *
 * The rights of a message get names in a space and the names are written into
 * its bytes. Two ways: as a receiver sees it, ports swapped and the
 * destination right consumed; or back to a sender whose send came to nothing,
 * as if it had received its own message, ports not swapped, so that sending
 * the same buffer again is right.
 */
#ifndef MACH_COPYOUT_H
#define MACH_COPYOUT_H

#include "types.h"

struct mach_kmsg;
struct mach_reap;
struct mach_space;

int mach_copyout_right(struct mach_space *space, struct mach_right *right,
		       u32 *name, struct mach_reap *reap);
int mach_copyout_receive(struct mach_space *space, struct mach_kmsg *kmsg,
			 u64 guard, u64 *context, struct mach_reap *reap);
void mach_copyout_stub(struct mach_space *space, struct mach_kmsg *kmsg,
		       struct machdev_msg_header *stub, u64 *context,
		       struct mach_reap *reap);
int mach_copyout_back(struct mach_space *space, struct mach_kmsg *kmsg,
		      struct mach_reap *reap);
u32 mach_copyout_port(struct mach_space *space, struct mach_port *port,
		      u64 *context);
u32 mach_copyout_destination(struct mach_space *space,
			     struct mach_right *right, u64 *context,
			     struct mach_reap *reap);

#endif /* MACH_COPYOUT_H */
