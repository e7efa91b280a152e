// SPDX-License-Identifier: GPL-2.0-only
/* The rights of a space, for who looks at them from outside. */
#include <linux/sched.h>

#include "port.h"
#include "pset.h"
#include "right.h"

/* Entries that are looked at without letting go of the lock. */
#define BATCH 512

/* To the last index of a segment that is not there. */
static u32 skip(struct mach_space *space, u32 index)
{
	unsigned int segment = mach_names_segment_of(index);

	if (!mach_names_segment(&space->names, segment))
		return MACH_NAMES_MAX - 1;
	return mach_names_segment_first(segment) +
	       mach_names_segment_slots(segment) - 1;
}

/*
 * To the first entry in use from an index on, or as far as one may come with
 * the lock held.
 */
static struct mach_entry *find_locked(struct mach_space *space, u32 *index)
{
	u32 end = min(*index + BATCH, MACH_NAMES_MAX);
	struct mach_entry *entry;

	lockdep_assert_held(&space->lock);
	for (; *index < end; ++*index) {
		entry = mach_names_entry(&space->names, *index);
		if (!entry)
			*index = skip(space, *index);
		else if (entry->rights)
			return entry;
	}
	return NULL;
}

static void look_locked(struct mach_space *space, u32 index,
			struct mach_entry *entry, struct mach_right_view *view)
{
	lockdep_assert_held(&space->lock);
	view->name = index << 8 | entry->generation;
	entry = mach_entry_lookup_locked(space, view->name);
	view->type = mach_right_type(entry);
	view->urefs = entry->rights & (MACH_ENTRY_SEND | MACH_ENTRY_DEAD_NAME) ?
		entry->urefs : 1;
	view->port = entry->rights & MACH_ENTRY_PORT ?
		mach_port_get(entry->port) : NULL;
	view->members = 0;
	view->id = 0;
	if (view->port) {
		view->id = view->port->id;
	} else if (entry->rights & MACH_ENTRY_PORT_SET) {
		view->members = READ_ONCE(entry->set->count);
		view->id = entry->set->id;
	}
}

/**
 * mach_right_next() - the next name in use
 * @space: the space, not locked
 * @index: in: where to begin, not 0; out: the index behind the name
 * @view: out: what it denotes; @view->port is the caller's to put
 *
 * A name that is there from the beginning of a walk to its end is met once.
 *
 * Context: Process; sleeps, and does not hold the lock for long.
 * Return: false at the end.
 */
bool mach_right_next(struct mach_space *space, u32 *index,
		     struct mach_right_view *view)
{
	struct mach_entry *entry;

	while (*index < MACH_NAMES_MAX) {
		spin_lock(&space->lock);
		entry = find_locked(space, index);
		if (entry)
			look_locked(space, *index, entry, view);
		spin_unlock(&space->lock);
		if (entry) {
			++*index;
			return true;
		}
		cond_resched();
	}
	return false;
}

/**
 * mach_right_receives() - count receive rights
 * @space: the space, not locked
 *
 * Context: Process; sleeps, and does not hold the lock for long.
 * Return: how many there are, exactly if none comes or goes meanwhile.
 */
u32 mach_right_receives(struct mach_space *space)
{
	struct mach_entry *entry;
	u32 index = 1, end, n = 0;

	while (index < MACH_NAMES_MAX) {
		end = index + BATCH;
		spin_lock(&space->lock);
		while (index < end && (entry = find_locked(space, &index))) {
			n += !!(entry->rights & MACH_ENTRY_RECEIVE);
			index++;
		}
		spin_unlock(&space->lock);
		cond_resched();
	}
	return n;
}
