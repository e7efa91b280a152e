/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Trailers
 *
 * What the kernel says of a message stands right behind it, in the size that
 * the receiver asked for, all of it always written. Tokens were fixed when
 * the message was sent; they are shown in the receiver's name spaces.
 */
#ifndef MACH_TRAILER_H
#define MACH_TRAILER_H

#include "types.h"

struct mach_identity;

u32 mach_trailer_size(u32 option);
void mach_trailer_fill(struct machdev_origin_trailer *origin, u32 option,
		       const struct mach_identity *identity, u32 seqno,
		       u64 context);

#endif /* MACH_TRAILER_H */
