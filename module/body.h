/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Bodies of complex messages
 *
 * What the descriptors of a message carry, on its way in and out.
 *
 * On the way in, memory and the names of arrays are copied first, while
 * nothing has been taken: that can take long and end for want of memory. Then
 * the rights are taken, descriptor by descriptor, and memory that could not be
 * read is found out in its turn. Last the memory is released that the sender
 * gives away, up to the descriptor that ended it all, since that can wait for
 * others, too.
 */
#ifndef MACH_BODY_H
#define MACH_BODY_H

#include "types.h"

struct mach_kmsg;
struct mach_reap;
struct mach_space;

int mach_body_read(struct mach_kmsg *kmsg);
void mach_body_forget(struct mach_kmsg *kmsg);
int mach_body_take(struct mach_space *space, struct mach_kmsg *kmsg,
		   bool receives, u32 *passed, struct mach_reap *reap);
void mach_body_deallocate(struct mach_kmsg *kmsg, u32 passed);
int mach_body_give(struct mach_space *space, struct mach_kmsg *kmsg, u64 guard,
		   struct mach_reap *reap);
int mach_body_give_back(struct mach_space *space, struct mach_kmsg *kmsg,
			struct mach_reap *reap);

#endif /* MACH_BODY_H */
