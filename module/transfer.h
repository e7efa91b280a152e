/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Rights between two spaces
 *
 * A right is taken out of one space and put into another; never are both
 * locked. What was taken and cannot be put goes back where it came from, so
 * that a call that fails leaves nothing changed.
 */
#ifndef MACH_TRANSFER_H
#define MACH_TRANSFER_H

#include "space.h"

int mach_transfer_insert(struct mach_space *from, u32 port, u32 disposition,
			 struct mach_space *to, u32 name);
int mach_transfer_extract(struct mach_space *from, u32 name, u32 disposition,
			  struct mach_space *to, u32 *port, u32 *type);
void mach_transfer_move_back(struct mach_space *from, u32 port, u32 type,
			     struct mach_space *to, u32 name);
int mach_transfer_request(struct mach_space *caller, u32 notify,
			  u32 disposition, struct mach_space *space, u32 name,
			  u32 *previous);

#endif /* MACH_TRANSFER_H */
