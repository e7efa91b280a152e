// SPDX-License-Identifier: GPL-2.0-only
/* The names of one task: lock and memory. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "alloc.h"
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

#define DIRECTORY_BYTES \
	((s64)(MACH_NAMES_HIGH_SEGMENTS * sizeof(struct mach_segment)))

static s64 segment_bytes(unsigned int segment)
{
	return (s64)mach_names_segment_slots(segment) *
	       sizeof(struct mach_entry);
}

static void refund(struct mach_ledger *ledger, s64 bytes)
{
	mach_ledger_uncharge(ledger, bytes);
	mach_ledger_put(ledger);
}

/**
 * mach_space_free_table() - free the table
 * @space: dead, all its names freed
 *
 * Context: Process; may sleep; nobody else looks names up any more but to find
 * nothing.
 */
void mach_space_free_table(struct mach_space *space)
{
	struct mach_names names;
	unsigned int i;

	spin_lock(&space->lock);
	names = space->names;
	memset(&space->names, 0, sizeof(space->names));
	spin_unlock(&space->lock);

	WARN_ON_ONCE(names.used);
	for (i = 0; i < MACH_NAMES_SEGMENTS; i++) {
		const struct mach_segment *segment;

		segment = mach_names_segment(&names, i);
		if (!segment)
			break;
		if (!segment->entries)
			continue;
		kvfree(segment->entries);
		refund(segment->owner, segment_bytes(i));
	}
	if (names.high) {
		kvfree(names.high);
		refund(space->directory_payer, DIRECTORY_BYTES);
	}
}

/**
 * mach_space_deinit() - free what a space holds
 * @space: dead, or never used
 *
 * Context: Process; may sleep.
 */
void mach_space_deinit(struct mach_space *space)
{
	mach_space_free_table(space);
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
	} while (!mach_ledger_tryget(ledger));
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

/* Memory for a table, charged to the caller's user, who is returned. */
static void *buy(struct mach_space *space, s64 bytes,
		 struct mach_ledger **payer)
{
	struct mach_ledger *ledger = mach_space_ledger(space);
	void *memory;

	if (!mach_ledger_charge(ledger, bytes)) {
		mach_ledger_put(ledger);
		return NULL;
	}
	memory = mach_alloc(bytes, __GFP_ZERO);
	if (!memory) {
		refund(ledger, bytes);
		return NULL;
	}
	*payer = ledger;
	return memory;
}

static int add_directory(struct mach_space *space)
{
	struct mach_segment *directory;
	struct mach_ledger *payer;

	directory = buy(space, DIRECTORY_BYTES, &payer);
	if (!directory)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	spin_lock(&space->lock);
	if (!space->names.high) {
		space->names.high = directory;
		space->directory_payer = payer;
		directory = NULL;
	}
	spin_unlock(&space->lock);
	if (directory) {
		kvfree(directory);
		refund(payer, DIRECTORY_BYTES);
	}
	return MACHDEV_KERN_SUCCESS;
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
	unsigned int number = mach_names_segment_of(index);
	struct mach_segment *segment;
	struct mach_entry *entries;
	struct mach_ledger *payer;
	int ret;

	if (number >= MACH_NAMES_SEGMENTS)
		return MACHDEV_KERN_NO_SPACE;
	if (!mach_names_segment(&space->names, number)) {
		ret = add_directory(space);
		if (ret)
			return ret;
	}
	entries = buy(space, segment_bytes(number), &payer);
	if (!entries)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;

	spin_lock(&space->lock);
	segment = mach_names_segment(&space->names, number);
	if (!segment->entries) {
		segment->entries = entries;
		segment->owner = payer;
		mach_names_extend(&space->names, number);
		entries = NULL;
	}
	spin_unlock(&space->lock);
	if (entries) {
		kvfree(entries);
		refund(payer, segment_bytes(number));
	}
	return MACHDEV_KERN_SUCCESS;
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
 * A name that can never be had is left for mach_right_may_insert_locked() or
 * mach_names_take_named() to refuse.
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
		if (index >= MACH_NAMES_MAX || (name & 3) != 3)
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
