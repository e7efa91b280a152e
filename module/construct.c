// SPDX-License-Identifier: GPL-2.0-only
/* Receive rights made as they are wanted, and destroyed with what goes along. */
#include <linux/bitops.h>

#include "alloc.h"
#include "guard.h"
#include "ledger.h"
#include "right.h"

#define SUPPORTED							\
	(MACHDEV_MPO_CONTEXT_AS_GUARD | MACHDEV_MPO_QLIMIT |		\
	 MACHDEV_MPO_INSERT_SEND_RIGHT | MACHDEV_MPO_STRICT |		\
	 MACHDEV_MPO_IMMOVABLE_RECEIVE)

/* What a port may be instead of a plain one, of which it can be one thing. */
#define KINDS								\
	(MACHDEV_MPO_SERVICE_PORT | MACHDEV_MPO_CONNECTION_PORT |	\
	 MACHDEV_MPO_REPLY_PORT | MACHDEV_MPO_PROVISIONAL_REPLY_PORT |	\
	 MACHDEV_MPO_EXCEPTION_PORT)

static int check_options(u32 flags, u32 qlimit)
{
	if (hweight32(flags & KINDS) > 1)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (flags & MACHDEV_MPO_IMMOVABLE_RECEIVE &&
	    !(flags & MACHDEV_MPO_CONTEXT_AS_GUARD))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (flags & ~SUPPORTED)
		return MACHDEV_KERN_NOT_SUPPORTED;
	if (flags & MACHDEV_MPO_QLIMIT && qlimit > MACHDEV_QLIMIT_MAX)
		return MACHDEV_KERN_INVALID_VALUE;
	return MACHDEV_KERN_SUCCESS;
}

static void set_options(struct mach_port *port, u32 flags, u32 qlimit,
			u64 context)
{
	u32 guard = 0;

	if (flags & MACHDEV_MPO_STRICT)
		guard |= MACHDEV_MPG_STRICT;
	if (flags & MACHDEV_MPO_IMMOVABLE_RECEIVE)
		guard |= MACHDEV_MPG_IMMOVABLE_RECEIVE;

	spin_lock(&port->lock);
	if (flags & MACHDEV_MPO_QLIMIT)
		port->qlimit = qlimit;
	if (flags & MACHDEV_MPO_CONTEXT_AS_GUARD)
		mach_guard_set_locked(port, context, guard);
	else
		port->context = context;
	spin_unlock(&port->lock);
}

/**
 * mach_right_construct() - make a receive right, and perhaps a send right
 * @space: the space, not locked
 * @flags: MACHDEV_MPO_*
 * @qlimit: queue limit, with MACHDEV_MPO_QLIMIT
 * @context: context or guard
 * @name: out: the name
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, flags that exclude or need each
 * other; KERN_NOT_SUPPORTED; KERN_INVALID_VALUE, @qlimit; KERN_NO_SPACE;
 * KERN_RESOURCE_SHORTAGE; KERN_INVALID_TASK.
 */
int mach_right_construct(struct mach_space *space, u32 flags, u32 qlimit,
			 u64 context, u32 *name)
{
	struct mach_right receive = { .type = MACHDEV_MOVE_RECEIVE }, send;
	struct mach_ledger *ledger;
	struct mach_entry *entry;
	int ret;

	ret = check_options(flags, qlimit);
	if (ret)
		return ret;
	ledger = mach_space_ledger(space);
	receive.port = mach_port_new(MACH_KIND_PLAIN, NULL, ledger, MACH_GFP);
	mach_ledger_put(ledger);
	if (!receive.port)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	set_options(receive.port, flags, qlimit, context);

	ret = mach_space_lock_room(space);
	if (!ret) {
		entry = mach_names_take(&space->names, name);
		mach_entry_fill(space, *name, entry, &receive);
	}
	if (!ret && flags & MACHDEV_MPO_INSERT_SEND_RIGHT) {
		send = mach_port_make_send(receive.port);
		mach_entry_join(space, *name, entry, &send);
	}
	spin_unlock(&space->lock);
	if (ret)
		mach_port_put(receive.port);
	return ret;
}

static int destruct_locked(struct mach_space *space, u32 name, s32 delta,
			   u64 guard, struct mach_reap *reap)
{
	struct mach_entry *entry = mach_entry_lookup_locked(space, name);
	s64 urefs;

	lockdep_assert_held(&space->lock);
	if (!entry)
		return MACHDEV_KERN_INVALID_NAME;
	if (!(entry->rights & MACH_ENTRY_RECEIVE))
		return MACHDEV_KERN_INVALID_RIGHT;
	urefs = (s64)entry->urefs + delta;
	if (delta > 0 || urefs < 0)
		return MACHDEV_KERN_INVALID_VALUE;
	if (mach_port_is_guarded(entry->port) &&
	    !mach_guard_fits(entry->port, guard))
		return MACHDEV_KERN_INVALID_ARGUMENT;

	/* References that stick only go all at once. */
	if (delta && !urefs)
		mach_entry_drop_send(space, name, entry, reap);
	else if (entry->urefs < MACHDEV_UREFS_MAX)
		entry->urefs = urefs;
	mach_entry_drop_receive(space, name, entry, reap);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_right_destruct() - destroy a receive right and some send rights at once
 * @space: the space, not locked
 * @name: the name of both
 * @delta: user references to add to the send right, 0 or less
 * @guard: the port's guard, if it has one
 * @reap: gets what dies of it
 *
 * References that are left become those of a dead name.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME; KERN_INVALID_RIGHT, no receive right;
 * KERN_INVALID_VALUE, @delta is above 0 or leaves less than none;
 * KERN_INVALID_ARGUMENT, the port has another guard.
 */
int mach_right_destruct(struct mach_space *space, u32 name, s32 delta,
			u64 guard, struct mach_reap *reap)
{
	int ret;

	spin_lock(&space->lock);
	ret = destruct_locked(space, name, delta, guard, reap);
	spin_unlock(&space->lock);
	return ret;
}
