/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: A message comes in
 *
 * The bytes are copied once and checked in the copy, then what lies out of
 * line is copied, and then the rights are taken: those of the header all or
 * none, under one lock; from then on there is no way back, and a descriptor
 * that is wrong costs everything taken so far.
 */
#ifndef MACH_COPYIN_H
#define MACH_COPYIN_H

#include "types.h"

struct mach_identity;
struct mach_kmsg;
struct mach_space;
struct mach_wire_body;

int mach_copyin_message(struct mach_identity *identity,
			const void __user *from, u32 size,
			struct mach_wire_body *body, struct mach_kmsg **kmsg);
int mach_copyin_rights(struct mach_space *space, struct mach_kmsg *kmsg,
		       const struct mach_wire_body *body);

#endif /* MACH_COPYIN_H */
