// SPDX-License-Identifier: GPL-2.0-only
/* The names of one task: lock and memory. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "ledger.h"
#include "space.h"

/**
 * mach_space_init() - make an empty space
 * @space: zeroed
 */
void mach_space_init(struct mach_space *space)
{
	spin_lock_init(&space->lock);
}

static s64 segment_bytes(unsigned int segment)
{
	return (s64)mach_names_segment_slots(segment) *
	       sizeof(struct mach_entry);
}

/**
 * mach_space_deinit() - free the table
 * @space: dead, all its names freed
 *
 * Context: Process; may sleep.
 */
void mach_space_deinit(struct mach_space *space)
{
	unsigned int i;

	WARN_ON_ONCE(space->names.used);
	for (i = 0; i < MACH_NAMES_SEGMENTS; i++) {
		if (!space->names.segment[i])
			continue;
		kvfree(space->names.segment[i]);
		mach_ledger_uncharge(space->payer[i], segment_bytes(i));
		mach_ledger_put(space->payer[i]);
	}
	mach_space_set_ledger(space, NULL);
}

/**
 * mach_space_ledger() - who pays for what a task takes
 * @space: the space of a task that has been set up
 *
 * Context: Any; takes no lock.
 * Return: a reference.
 */
struct mach_ledger *mach_space_ledger(struct mach_space *space)
{
	struct mach_ledger *ledger;

	rcu_read_lock();
	do {
		/* Replaced before it is put: a dead one was seen too late. */
		ledger = rcu_dereference(space->ledger);
	} while (!refcount_inc_not_zero(&ledger->ref));
	rcu_read_unlock();
	return ledger;
}

/**
 * mach_space_set_ledger() - let another ledger pay from now on
 * @space: the space
 * @ledger: the ledger, or NULL at the end; takes a reference of its own
 *
 * Context: Any; takes the space's lock.
 */
void mach_space_set_ledger(struct mach_space *space,
			   struct mach_ledger *ledger)
{
	struct mach_ledger *old;

	if (ledger)
		mach_ledger_get(ledger);
	spin_lock(&space->lock);
	old = rcu_replace_pointer(space->ledger, ledger,
				  lockdep_is_held(&space->lock));
	spin_unlock(&space->lock);
	mach_ledger_put(old);
}

/**
 * mach_space_grow() - add the segment of an index
 * @space: the space, not locked
 * @index: any index of that segment
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS, also when it is there already; KERN_NO_SPACE, @index is
 * too large; KERN_RESOURCE_SHORTAGE, memory or the ledger does not allow it.
 */
int mach_space_grow(struct mach_space *space, u32 index)
{
	unsigned int segment = mach_names_segment_of(index);
	struct mach_entry *entries = NULL;
	struct mach_ledger *ledger;
	bool added = false;
	s64 bytes;
	int ret;

	if (segment >= MACH_NAMES_SEGMENTS)
		return MACHDEV_KERN_NO_SPACE;
	bytes = segment_bytes(segment);
	ledger = mach_space_ledger(space);
	ret = MACHDEV_KERN_RESOURCE_SHORTAGE;
	if (!mach_ledger_charge(ledger, bytes))
		goto out_put;
	entries = kvcalloc(mach_names_segment_slots(segment), sizeof(*entries),
			   GFP_KERNEL_ACCOUNT);
	if (!entries)
		goto out_uncharge;

	ret = MACHDEV_KERN_SUCCESS;
	spin_lock(&space->lock);
	if (!space->names.segment[segment]) {
		mach_names_add_segment(&space->names, segment, entries);
		space->payer[segment] = ledger;
		added = true;
	}
	spin_unlock(&space->lock);
	if (added)
		return ret;
	kvfree(entries);
out_uncharge:
	mach_ledger_uncharge(ledger, bytes);
out_put:
	mach_ledger_put(ledger);
	return ret;
}

/**
 * mach_space_lock_room() - lock a space that has a free entry
 * @space: the space
 *
 * Context: Process; may sleep; takes the space's lock and keeps it, also when
 * the call fails.
 * Return: KERN_SUCCESS; KERN_INVALID_TASK, the space is dead; KERN_NO_SPACE, it
 * has as many names as can be; KERN_RESOURCE_SHORTAGE.
 */
int mach_space_lock_room(struct mach_space *space) __acquires(&space->lock)
{
	int ret;

	spin_lock(&space->lock);
	for (;;) {
		u32 slots = space->names.slots;

		if (space->dead)
			return MACHDEV_KERN_INVALID_TASK;
		ret = mach_names_prepare(&space->names);
		if (!ret)
			return MACHDEV_KERN_SUCCESS;
		if (ret == -ENOSPC)
			return MACHDEV_KERN_NO_SPACE;

		spin_unlock(&space->lock);
		cond_resched();
		if (ret == MACH_NAMES_GROW)
			ret = mach_space_grow(space, slots);
		else
			ret = MACHDEV_KERN_SUCCESS;
		spin_lock(&space->lock);
		if (ret)
			return ret;
	}
}

/**
 * mach_space_lock_room_for() - lock a space that has the entry of a name
 * @space: the space
 * @name: the name
 *
 * An index that can never be had is left for mach_names_take_named() to
 * refuse.
 *
 * Context: Process; may sleep; takes the space's lock and keeps it, also when
 * the call fails.
 * Return: as mach_space_lock_room().
 */
int mach_space_lock_room_for(struct mach_space *space, u32 name)
	__acquires(&space->lock)
{
	u32 index = mach_name_index(name);
	int ret;

	spin_lock(&space->lock);
	for (;;) {
		bool first = space->names.slots;

		if (space->dead)
			return MACHDEV_KERN_INVALID_TASK;
		if (index >= MACH_NAMES_MAX)
			return MACHDEV_KERN_SUCCESS;
		if (first && mach_names_entry(&space->names, index))
			return MACHDEV_KERN_SUCCESS;

		spin_unlock(&space->lock);
		ret = mach_space_grow(space, first ? index : 0);
		spin_lock(&space->lock);
		if (ret)
			return ret;
	}
}
