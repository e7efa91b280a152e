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

struct mach_reap;

int mach_transfer_insert(struct mach_space *from, u32 port, u32 disposition,
			 struct mach_space *to, u32 name);
int mach_transfer_extract(struct mach_space *from, u32 name, u32 disposition,
			  struct mach_space *to, u32 *port, u32 *type);
void mach_transfer_move_back(struct mach_space *from, u32 port,
			     u32 disposition, struct mach_space *to, u32 name);

int mach_transfer_look(struct mach_space *space, u32 name, u32 disposition,
		       struct mach_right *right, bool *all);
int mach_transfer_take(struct mach_space *space, u32 name, u32 disposition,
		       struct mach_right *right, struct mach_reap *reap);
void mach_transfer_undo(struct mach_space *space, u32 name, u32 disposition,
			struct mach_right *right, struct mach_reap *reap);

#endif /* MACH_TRANSFER_H */
