// SPDX-License-Identifier: GPL-2.0-only
/* Names and their user references: made, counted and destroyed. */
#include <linux/sched.h>

#include "alloc.h"
#include "guard.h"
#include "ledger.h"
#include "port.h"
#include "pset.h"
#include "queue.h"
#include "request.h"
#include "right.h"
#include "stat.h"
#include "trace.h"

/* Names that are looked at under one hold of the lock in a walk. */
#define WALK_BATCH 256

/**
 * mach_right_named_error() - why a name cannot be had
 * @error: of mach_names_take_named() or mach_names_check_named()
 *
 * Return: KERN_SUCCESS if it can; KERN_NAME_EXISTS; KERN_FAILURE; KERN_NO_SPACE.
 */
int mach_right_named_error(int error)
{
	switch (error) {
	case 0:
		return MACHDEV_KERN_SUCCESS;
	case -EEXIST:
		return MACHDEV_KERN_NAME_EXISTS;
	case -EBUSY:
		return MACHDEV_KERN_FAILURE;
	default:
		return MACHDEV_KERN_NO_SPACE;
	}
}

/**
 * mach_right_allocate() - make a new right
 * @space: the space, not locked
 * @kind: MACHDEV_RIGHT_RECEIVE, MACHDEV_RIGHT_PORT_SET or
 *	MACHDEV_RIGHT_DEAD_NAME
 * @named: whether @name is wanted
 * @name: in, if @named; out: the name
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, @kind cannot be allocated, or
 * @name is null, dead or has not its low bits set; KERN_NAME_EXISTS;
 * KERN_FAILURE, the index is 0, or in use with another generation;
 * KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE; KERN_INVALID_TASK.
 */
int mach_right_allocate(struct mach_space *space, u32 kind, bool named,
			u32 *name)
{
	struct mach_right right = { .type = MACHDEV_MOVE_RECEIVE };
	struct mach_pset *set = NULL;
	struct mach_entry *entry;
	int ret;

	switch (kind) {
	case MACHDEV_RIGHT_RECEIVE:
	case MACHDEV_RIGHT_DEAD_NAME:
	case MACHDEV_RIGHT_PORT_SET:
		break;
	default:
		return MACHDEV_KERN_INVALID_VALUE;
	}
	if (named && (!mach_name_valid(*name) || (*name & 3) != 3))
		return MACHDEV_KERN_INVALID_VALUE;
	if (kind != MACHDEV_RIGHT_DEAD_NAME) {
		struct mach_ledger *ledger = mach_space_ledger(space);

		if (kind == MACHDEV_RIGHT_PORT_SET)
			set = mach_pset_new(ledger);
		else
			right.port = mach_port_new(MACH_KIND_PLAIN, NULL,
						   ledger, MACH_GFP);
		mach_ledger_put(ledger);
		if (!set && !right.port)
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	if (named)
		ret = mach_space_lock_room_for(space, *name);
	else
		ret = mach_space_lock_room(space);
	if (ret)
		goto err_unlock;
	if (named)
		ret = mach_right_named_error(mach_names_take_named
					     (&space->names, *name, &entry));
	else
		entry = mach_names_take(&space->names, name);
	if (ret)
		goto err_unlock;
	if (right.port) {
		mach_entry_fill(space, *name, entry, &right);
	} else if (set) {
		mach_entry_fill_set(space, *name, entry, set);
	} else {
		mach_stat_inc(NAMES);
		entry->port = NULL;
		entry->request = NULL;
		entry->rights = MACH_ENTRY_DEAD_NAME;
		entry->urefs = 1;
		trace_mach_right_copyout(space, *name, entry, entry->rights);
	}
	spin_unlock(&space->lock);
	return MACHDEV_KERN_SUCCESS;

err_unlock:
	spin_unlock(&space->lock);
	mach_port_put(right.port);
	mach_pset_put(set);
	return ret;
}

static int deallocate_locked(struct mach_space *space, u32 name,
			     struct mach_reap *reap)
{
	struct mach_entry *entry = mach_entry_lookup_locked(space, name);

	lockdep_assert_held(&space->lock);
	if (!entry)
		return MACHDEV_KERN_INVALID_NAME;
	if (entry->rights & MACH_ENTRY_SEND) {
		if (mach_entry_drop_uref(space, name, entry))
			mach_entry_drop_send(space, name, entry, reap);
	} else if (entry->rights & MACH_ENTRY_SEND_ONCE) {
		mach_entry_drop_send_once(space, name, entry, reap);
	} else if (entry->rights & MACH_ENTRY_DEAD_NAME) {
		if (mach_entry_drop_uref(space, name, entry))
			mach_entry_free(space, name);
	} else if (entry->rights & MACH_ENTRY_PORT_SET) {
		mach_entry_drop_set(space, name, entry, reap);
	} else {
		return MACHDEV_KERN_INVALID_RIGHT;
	}
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_right_deallocate() - drop one user reference, or a port set
 * @space: the space, not locked
 * @name: a name
 * @reap: gets what dies of it
 *
 * Return: KERN_SUCCESS, also for null and dead; KERN_INVALID_NAME, it denotes
 * nothing; KERN_INVALID_RIGHT, only a receive right.
 */
int mach_right_deallocate(struct mach_space *space, u32 name,
			  struct mach_reap *reap)
{
	int ret;

	if (!mach_name_valid(name))
		return MACHDEV_KERN_SUCCESS;
	spin_lock(&space->lock);
	ret = deallocate_locked(space, name, reap);
	spin_unlock(&space->lock);
	return ret;
}

static void destroy_locked(struct mach_space *space, u32 name,
			   struct mach_entry *entry, struct mach_reap *reap)
{
	lockdep_assert_held(&space->lock);
	switch (entry->rights) {
	case MACH_ENTRY_SEND | MACH_ENTRY_RECEIVE:
		/* With a receive right left, the name stays, and so does @entry. */
		mach_entry_drop_send(space, name, entry, reap);
		fallthrough;
	case MACH_ENTRY_RECEIVE:
		mach_entry_drop_receive(space, name, entry, reap);
		break;
	case MACH_ENTRY_SEND:
		mach_entry_drop_send(space, name, entry, reap);
		break;
	case MACH_ENTRY_SEND_ONCE:
		mach_entry_drop_send_once(space, name, entry, reap);
		break;
	case MACH_ENTRY_PORT_SET:
		mach_entry_drop_set(space, name, entry, reap);
		break;
	default:
		mach_entry_free(space, name);
	}
}

/* Whether a receive right may only be destroyed by who knows its guard. */
static bool is_guarded(const struct mach_entry *entry)
{
	return entry->rights & MACH_ENTRY_RECEIVE &&
	       mach_port_is_guarded(entry->port);
}

/**
 * mach_right_destroy() - drop all rights of a name
 * @space: the space, not locked
 * @name: a name
 * @reap: gets what dies of it
 *
 * Return: KERN_SUCCESS, also for null and dead; KERN_INVALID_NAME, it denotes
 * nothing; KERN_INVALID_RIGHT, a receive right that is guarded.
 */
int mach_right_destroy(struct mach_space *space, u32 name,
		       struct mach_reap *reap)
{
	int ret = MACHDEV_KERN_SUCCESS;
	struct mach_entry *entry;

	if (!mach_name_valid(name))
		return MACHDEV_KERN_SUCCESS;
	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (!entry)
		ret = MACHDEV_KERN_INVALID_NAME;
	else if (is_guarded(entry))
		ret = MACHDEV_KERN_INVALID_RIGHT;
	else
		destroy_locked(space, name, entry, reap);
	spin_unlock(&space->lock);
	return ret;
}

/*
 * Adds to user references. Sets *last when none are left, changing nothing;
 * references that stick only go all at once.
 */
static int mod_urefs(struct mach_entry *entry, s32 delta, bool *last)
{
	s64 urefs = (s64)entry->urefs + delta;

	if (urefs < 0)
		return MACHDEV_KERN_INVALID_VALUE;
	if (urefs > MACHDEV_UREFS_MAX)
		return MACHDEV_KERN_UREFS_OVERFLOW;
	if (!urefs)
		*last = true;
	else if (entry->urefs < MACHDEV_UREFS_MAX)
		entry->urefs = urefs;
	return MACHDEV_KERN_SUCCESS;
}

static int mod_refs_locked(struct mach_space *space, u32 name, u32 kind,
			   s32 delta, struct mach_reap *reap)
{
	struct mach_entry *entry = mach_entry_lookup_locked(space, name);
	bool last = false;
	int ret;

	lockdep_assert_held(&space->lock);
	if (!entry)
		return MACHDEV_KERN_INVALID_NAME;
	if (!(entry->rights & (1u << kind)))
		return MACHDEV_KERN_INVALID_RIGHT;

	switch (kind) {
	case MACHDEV_RIGHT_SEND:
	case MACHDEV_RIGHT_DEAD_NAME:
		ret = mod_urefs(entry, delta, &last);
		if (ret)
			return ret;
		break;
	default:
		if (delta != 0 && delta != -1)
			return MACHDEV_KERN_INVALID_VALUE;
		last = delta;
		if (last && is_guarded(entry))
			return MACHDEV_KERN_INVALID_RIGHT;
	}
	if (!last) {
		trace_mach_right_urefs(space, name, entry, entry->rights);
		return MACHDEV_KERN_SUCCESS;
	}

	switch (kind) {
	case MACHDEV_RIGHT_SEND:
		mach_entry_drop_send(space, name, entry, reap);
		break;
	case MACHDEV_RIGHT_RECEIVE:
		mach_entry_drop_receive(space, name, entry, reap);
		break;
	case MACHDEV_RIGHT_SEND_ONCE:
		mach_entry_drop_send_once(space, name, entry, reap);
		break;
	case MACHDEV_RIGHT_PORT_SET:
		mach_entry_drop_set(space, name, entry, reap);
		break;
	default:
		mach_entry_free(space, name);
	}
	return MACHDEV_KERN_SUCCESS;
}

/* What null and dead answer where they stand for a right that is not there. */
static int invalid_name_refs(u32 kind)
{
	return kind == MACHDEV_RIGHT_SEND || kind == MACHDEV_RIGHT_SEND_ONCE ?
		MACHDEV_KERN_SUCCESS : MACHDEV_KERN_INVALID_NAME;
}

/**
 * mach_right_mod_refs() - add to the user references of a right
 * @space: the space, not locked
 * @name: a name
 * @kind: MACHDEV_RIGHT_*
 * @delta: how many; 0 or -1 for what has only one
 * @reap: gets what dies of it
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, no such kind, or @delta is not
 * allowed or leaves less than none; KERN_INVALID_NAME; KERN_INVALID_RIGHT, the
 * name has no such right, or it is a receive right that is guarded;
 * KERN_UREFS_OVERFLOW.
 */
int mach_right_mod_refs(struct mach_space *space, u32 name, u32 kind,
			s32 delta, struct mach_reap *reap)
{
	int ret;

	if (kind >= MACHDEV_RIGHT_NUMBER)
		return MACHDEV_KERN_INVALID_VALUE;
	if (!mach_name_valid(name))
		return invalid_name_refs(kind);
	spin_lock(&space->lock);
	ret = mod_refs_locked(space, name, kind, delta, reap);
	spin_unlock(&space->lock);
	return ret;
}

/**
 * mach_right_get_refs() - how many user references a right has
 * @space: the space, not locked
 * @name: a name
 * @kind: MACHDEV_RIGHT_*
 * @refs: out: how many; 0 when the name has no such right
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, no such kind; KERN_INVALID_NAME.
 */
int mach_right_get_refs(struct mach_space *space, u32 name, u32 kind,
			s32 *refs)
{
	struct mach_entry *entry;

	if (kind >= MACHDEV_RIGHT_NUMBER)
		return MACHDEV_KERN_INVALID_VALUE;
	if (!mach_name_valid(name)) {
		*refs = 1;
		return invalid_name_refs(kind);
	}
	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (!entry || !(entry->rights & (1u << kind)))
		*refs = 0;
	else if (kind == MACHDEV_RIGHT_SEND || kind == MACHDEV_RIGHT_DEAD_NAME)
		*refs = entry->urefs;
	else
		*refs = 1;
	spin_unlock(&space->lock);
	return entry ? MACHDEV_KERN_SUCCESS : MACHDEV_KERN_INVALID_NAME;
}

/**
 * mach_right_type() - an entry as mach_port_type() shows it
 * @entry: an entry in use
 *
 * Return: MACHDEV_TYPE_* bits.
 */
u32 mach_right_type(const struct mach_entry *entry)
{
	return (u32)entry->rights << 16 | mach_request_type(entry->request);
}

/*
 * Calls a function for each entry in use of a segment, with the lock held, and
 * works off what dies of it, without. The table can go meanwhile.
 */
static void walk_segment(struct mach_space *space, unsigned int number,
			 void (*fn)(struct mach_space *space, u32 name,
				    struct mach_entry *entry,
				    struct mach_reap *reap),
			 struct mach_reap *reap)
{
	u32 index = mach_names_segment_first(number);
	u32 end = index + mach_names_segment_slots(number);

	while (index < end) {
		u32 stop = min(index + WALK_BATCH, end);

		spin_lock(&space->lock);
		for (; index < stop; index++) {
			struct mach_entry *entry;
			u32 name;

			entry = mach_names_entry(&space->names, index);
			if (!entry) {
				spin_unlock(&space->lock);
				return;
			}
			if (!entry->rights)
				continue;
			name = index << 8 | entry->generation;
			entry = mach_entry_lookup_locked(space, name);
			fn(space, name, entry, reap);
		}
		spin_unlock(&space->lock);
		if (reap)
			mach_reap_run(reap);
		cond_resched();
	}
}

static void abandon(struct mach_space *space, u32 name,
		    struct mach_entry *entry, struct mach_reap *reap)
{
	if (entry->rights & MACH_ENTRY_RECEIVE)
		mach_queue_abandon(entry->port);
	else if (entry->rights & MACH_ENTRY_PORT_SET)
		mach_pset_abandon(entry->set);
}

static void drop_set(struct mach_space *space, u32 name,
		     struct mach_entry *entry, struct mach_reap *reap)
{
	if (entry->rights & MACH_ENTRY_PORT_SET)
		mach_entry_drop_set(space, name, entry, reap);
}

/*
 * Port sets go one membership after the other, so they go first: ports that are
 * in many would take many along under one hold of the lock.
 */
static void destroy_sets(struct mach_space *space)
{
	MACH_REAP(reap);
	unsigned int i;

	for (i = 0; i < MACH_NAMES_SEGMENTS; i++) {
		if (!READ_ONCE(space->sets))
			break;
		walk_segment(space, i, drop_set, &reap);
	}
}

/**
 * mach_right_destroy_all() - destroy all rights of a space
 * @space: the space, not locked
 * @dead: whether it shall not have names any more
 *
 * Context: Process; sleeps, and does not hold the lock for long.
 */
void mach_right_destroy_all(struct mach_space *space, bool dead)
{
	MACH_REAP(reap);
	unsigned int i;

	spin_lock(&space->lock);
	space->dead = dead;
	spin_unlock(&space->lock);
	destroy_sets(space);
	for (i = 0; i < MACH_NAMES_SEGMENTS; i++) {
		if (!READ_ONCE(space->names.used))
			break;
		walk_segment(space, i, destroy_locked, &reap);
	}
}

/**
 * mach_right_abandon_all() - the gate is shut: wake who waits at the ports
 * @space: the space, not locked
 *
 * Context: Process; sleeps, and does not hold the lock for long.
 */
void mach_right_abandon_all(struct mach_space *space)
{
	unsigned int i;

	for (i = 0; i < MACH_NAMES_SEGMENTS; i++) {
		if (!READ_ONCE(space->names.used))
			break;
		walk_segment(space, i, abandon, NULL);
	}
}

/**
 * mach_right_receive_port_locked() - the port of a receive right
 * @space: the space, its lock held
 * @name: a name
 * @error: out: KERN_INVALID_NAME, it denotes nothing; KERN_INVALID_RIGHT, no
 *	receive right
 *
 * Return: the port, borrowed while the lock is held, or NULL.
 */
struct mach_port *mach_right_receive_port_locked(struct mach_space *space,
						 u32 name, int *error)
{
	struct mach_entry *entry = mach_entry_lookup_locked(space, name);

	lockdep_assert_held(&space->lock);
	*error = entry ? MACHDEV_KERN_INVALID_RIGHT : MACHDEV_KERN_INVALID_NAME;
	if (!entry || !(entry->rights & MACH_ENTRY_RECEIVE))
		return NULL;
	return entry->port;
}

/**
 * mach_right_set_locked() - a port set
 * @space: the space, its lock held
 * @name: a name
 * @error: out: KERN_INVALID_NAME, it denotes nothing; KERN_INVALID_RIGHT, no
 *	port set
 *
 * Return: the set, borrowed while the lock is held, or NULL.
 */
struct mach_pset *mach_right_set_locked(struct mach_space *space, u32 name,
					int *error)
{
	struct mach_entry *entry = mach_entry_lookup_locked(space, name);

	lockdep_assert_held(&space->lock);
	*error = entry ? MACHDEV_KERN_INVALID_RIGHT : MACHDEV_KERN_INVALID_NAME;
	if (!entry || !(entry->rights & MACH_ENTRY_PORT_SET))
		return NULL;
	return entry->set;
}

/**
 * mach_right_source() - what a name lets receive from
 * @space: the space, not locked
 * @name: a name
 * @port: out: the port whose receive right it denotes, with a reference; or NULL
 * @set: out: otherwise the port set, with a reference; or NULL
 *
 * Context: Any; takes the space's lock.
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, it denotes nothing;
 * KERN_INVALID_RIGHT, neither a receive right nor a port set.
 */
int mach_right_source(struct mach_space *space, u32 name,
		      struct mach_port **port, struct mach_pset **set)
{
	int error;

	*set = NULL;
	spin_lock(&space->lock);
	*port = mach_right_receive_port_locked(space, name, &error);
	if (likely(*port)) {
		mach_port_get(*port);
	} else {
		*set = mach_right_set_locked(space, name, &error);
		if (*set)
			mach_pset_get(*set);
	}
	spin_unlock(&space->lock);
	return *port || *set ? MACHDEV_KERN_SUCCESS : error;
}
