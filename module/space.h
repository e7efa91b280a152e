/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: The names of one task
 *
 * A table of names and its lock. Memory for more names is got without the
 * lock: whoever wants to make a name asks for the lock *with room*, and then
 * can be sure that taking one entry succeeds.
 */
#ifndef MACH_SPACE_H
#define MACH_SPACE_H

#include <linux/spinlock.h>

#include "name.h"

struct mach_ledger;

/**
 * struct mach_space - the names of one task
 * @lock: guards the rest
 * @dead: the task is gone; no name can be made
 * @sets: names of port sets; read anywhere
 * @names: the table; the owner of a segment is the ledger charged for it
 * @directory_payer: the ledger charged for @names.high, holds a reference
 * @ledger: of the user that the task ran as when it last called, charged for
 *	what the table grows by; holds a reference; RCU, written under @lock
 */
struct mach_space {
	spinlock_t lock;
	bool dead;
	u32 sets;
	struct mach_names names;
	struct mach_ledger __rcu *ledger;
	struct mach_ledger *directory_payer;
};

void mach_space_init(struct mach_space *space);
void mach_space_free_table(struct mach_space *space);
void mach_space_deinit(struct mach_space *space);
struct mach_ledger *mach_space_ledger(struct mach_space *space);
void mach_space_set_ledger(struct mach_space *space,
			   struct mach_ledger *ledger);
int mach_space_grow(struct mach_space *space, u32 index);
int mach_space_lock_room(struct mach_space *space) __acquires(&space->lock);
int mach_space_lock_room_for(struct mach_space *space, u32 name)
	__acquires(&space->lock);

#endif /* MACH_SPACE_H */
