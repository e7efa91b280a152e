// SPDX-License-Identifier: GPL-2.0-only
/* Rights between two spaces. */
#include "port.h"
#include "right.h"
#include "transfer.h"

static bool is_disposition(u32 disposition)
{
	return disposition >= MACHDEV_MOVE_RECEIVE &&
	       disposition <= MACHDEV_MAKE_SEND_ONCE;
}

/* Takes a right out of a space; MACH_PORT_DEAD_PTR for a dead name. */
static int copyin(struct mach_space *space, u32 name, u32 disposition,
		  struct mach_right *right, struct mach_reap *reap)
{
	int ret;

	spin_lock(&space->lock);
	ret = mach_right_copyin_locked(space, name, disposition, true, right,
				       reap);
	spin_unlock(&space->lock);
	return ret;
}

static int insert(struct mach_space *space, u32 name, struct mach_right *right)
{
	int ret = mach_space_lock_room_for(space, name);

	if (!ret)
		ret = mach_right_insert_locked(space, name, right);
	spin_unlock(&space->lock);
	return ret;
}

/* A dead name that was moved gets its reference back. */
static void give_dead_back(struct mach_space *space, u32 name)
{
	MACH_REAP(reap);

	if (mach_right_mod_refs(space, name, MACHDEV_RIGHT_DEAD_NAME, 1,
				&reap))
		mach_right_allocate(space, MACHDEV_RIGHT_DEAD_NAME, true,
				    &name);
	mach_reap_run(&reap);
}

/*
 * Puts a right back under the name that it had; it dies if that is taken. What
 * has died meanwhile is a dead name there.
 */
static void give_back(struct mach_space *space, u32 name,
		      struct mach_right *right, struct mach_reap *reap)
{
	int ret = insert(space, name, right);

	if (!ret)
		return;
	if (ret == MACHDEV_KERN_INVALID_CAPABILITY &&
	    right->type != MACHDEV_MOVE_RECEIVE)
		give_dead_back(space, name);
	mach_reap_right(reap, right);
}

/**
 * mach_transfer_undo() - undo mach_transfer_take()
 * @space: the space, not locked
 * @name: the name
 * @disposition: as it was taken; what was moved goes back, what was made goes
 *	away
 * @right: the right; consumed
 * @reap: gets what dies of it
 */
void mach_transfer_undo(struct mach_space *space, u32 name, u32 disposition,
			struct mach_right *right, struct mach_reap *reap)
{
	if (disposition == right->type) {
		give_back(space, name, right, reap);
	} else if (right->type == MACHDEV_MOVE_SEND_ONCE) {
		mach_right_consume(reap, right);
	} else {
		if (disposition == MACHDEV_MAKE_SEND &&
		    mach_port_valid(right->port))
			mach_port_unmake_send(right->port);
		mach_reap_right(reap, right);
	}
}

/* Whether taking a right leaves nothing under its name. */
static bool takes_all(const struct mach_entry *entry, u32 disposition)
{
	switch (disposition) {
	case MACHDEV_MOVE_SEND:
		return entry->rights == MACH_ENTRY_SEND && entry->urefs == 1;
	case MACHDEV_MOVE_RECEIVE:
		return entry->rights == MACH_ENTRY_RECEIVE;
	default:
		return false;
	}
}

static int may_take(const struct mach_entry *entry, u32 disposition)
{
	if (!entry)
		return MACHDEV_KERN_INVALID_RIGHT;
	if (entry->rights & MACH_ENTRY_DEAD_NAME)
		return MACHDEV_KERN_INVALID_CAPABILITY;
	return mach_right_can_copyin(entry, disposition, false);
}

/**
 * mach_transfer_take() - take a right, and no dead name, out of a space
 * @space: the space, not locked
 * @name: a name
 * @disposition: MACHDEV_MOVE_RECEIVE and so on
 * @right: out: the right
 * @reap: gets what dies of it
 *
 * Return: what mach_transfer_look() returns. On failure nothing has changed.
 */
int mach_transfer_take(struct mach_space *space, u32 name, u32 disposition,
		       struct mach_right *right, struct mach_reap *reap)
{
	struct mach_entry *entry;
	int ret;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	ret = may_take(entry, disposition);
	if (!ret)
		mach_right_take_locked(space, name, entry, disposition, right,
				       reap);
	spin_unlock(&space->lock);
	return ret;
}

/**
 * mach_transfer_look() - what mach_transfer_take() would take
 * @space: the space, not locked
 * @name: a name
 * @disposition: MACHDEV_MOVE_RECEIVE and so on
 * @right: out: the right with a reference to its port, and nothing counted
 * @all: out: whether taking it would leave nothing under @name
 *
 * Return: KERN_SUCCESS; KERN_INVALID_CAPABILITY, a dead name, or a receive right
 * that may not be moved; KERN_INVALID_RIGHT, not what @disposition needs.
 */
int mach_transfer_look(struct mach_space *space, u32 name, u32 disposition,
		       struct mach_right *right, bool *all)
{
	struct mach_entry *entry;
	int ret;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	ret = may_take(entry, disposition);
	if (!ret) {
		right->port = mach_port_get(entry->port);
		right->type = mach_disposition_type(disposition);
		*all = takes_all(entry, disposition);
	}
	spin_unlock(&space->lock);
	return ret;
}

/**
 * mach_transfer_insert() - mach_port_insert_right()
 * @from: the caller's space
 * @port: the caller's name of the right
 * @disposition: how it is taken
 * @to: the space that gets it, perhaps the same
 * @name: its name there
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, @name is null, dead or has not its
 * low bits set, or there is no such disposition; KERN_INVALID_CAPABILITY,
 * @port is null or dead, or a receive right that may not be moved;
 * KERN_INVALID_RIGHT, it does not denote what @disposition needs; what
 * mach_right_may_insert_locked() and
 * mach_space_lock_room() return.
 */
int mach_transfer_insert(struct mach_space *from, u32 port, u32 disposition,
			 struct mach_space *to, u32 name)
{
	struct mach_right right = { };
	bool all = false;
	MACH_REAP(reap);
	int ret;

	if (!mach_name_valid(name) || !is_disposition(disposition))
		return MACHDEV_KERN_INVALID_VALUE;
	if (!mach_name_valid(port))
		return MACHDEV_KERN_INVALID_CAPABILITY;
	ret = mach_transfer_look(from, port, disposition, &right, &all);
	if (ret)
		return ret;
	ret = mach_space_lock_room_for(to, name);
	if (!ret)
		ret = mach_right_may_insert_locked(to, name, &right);
	/* In one space, a name that is moved away is not in the way. */
	if (ret == MACHDEV_KERN_RIGHT_EXISTS && from == to && all)
		ret = mach_names_lookup(&to->names, name) ?
			      MACHDEV_KERN_NAME_EXISTS :
			      MACHDEV_KERN_SUCCESS;
	spin_unlock(&to->lock);
	mach_port_put(right.port);
	if (ret)
		return ret;

	ret = mach_transfer_take(from, port, disposition, &right, &reap);
	if (!ret) {
		ret = insert(to, name, &right);
		if (ret)
			mach_transfer_undo(from, port, disposition, &right,
					   &reap);
	}
	mach_reap_run(&reap);
	return ret;
}

/*
 * Whether a right that is to be extracted would find room, so that it need not
 * be taken in vain: that would not leave all as it was.
 */
static int check_room(struct mach_space *from, u32 name, u32 disposition,
		      struct mach_space *to)
{
	struct mach_right right;
	bool all, joins = false;
	int ret;

	/* What cannot be looked at fails, or needs no name. */
	if (mach_transfer_look(from, name, disposition, &right, &all))
		return MACHDEV_KERN_SUCCESS;
	if (right.type != MACHDEV_MOVE_SEND_ONCE) {
		spin_lock(&to->lock);
		joins = mach_names_find(&to->names, right.port);
		spin_unlock(&to->lock);
	}
	mach_port_put(right.port);
	/* In one space, a name that is moved away makes room itself. */
	if (joins || (from == to && all))
		return MACHDEV_KERN_SUCCESS;
	ret = mach_space_lock_room(to);
	spin_unlock(&to->lock);
	return ret == MACHDEV_KERN_NO_SPACE ? MACHDEV_KERN_RESOURCE_SHORTAGE :
					      ret;
}

/**
 * mach_transfer_extract() - mach_port_extract_right()
 * @from: the space that has the right
 * @name: its name there
 * @disposition: how it is taken
 * @to: the caller's space, perhaps the same
 * @port: out: the caller's name; MACH_PORT_DEAD for a dead name
 * @type: out: what came out, MACHDEV_MOVE_*
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, there is no such disposition;
 * KERN_INVALID_RIGHT, @name is null or dead, or does not denote what
 * @disposition needs; KERN_INVALID_NAME, it denotes nothing;
 * KERN_INVALID_CAPABILITY, it is a receive right that may not be moved; what
 * mach_right_give() returns.
 */
int mach_transfer_extract(struct mach_space *from, u32 name, u32 disposition,
			  struct mach_space *to, u32 *port, u32 *type)
{
	struct mach_right right;
	MACH_REAP(reap);
	int ret;

	if (!is_disposition(disposition))
		return MACHDEV_KERN_INVALID_VALUE;
	if (!mach_name_valid(name))
		return MACHDEV_KERN_INVALID_RIGHT;
	ret = check_room(from, name, disposition, to);
	if (ret)
		return ret;
	ret = copyin(from, name, disposition, &right, &reap);
	if (!ret) {
		*type = right.type;
		ret = mach_right_give(to, &right, port);
		if (ret)
			mach_transfer_undo(from, name, disposition, &right,
					   &reap);
	}
	mach_reap_run(&reap);
	return ret;
}

/**
 * mach_transfer_move_back() - undo a transfer
 * @from: the space that got the right
 * @port: its name there
 * @disposition: as it was taken: what was moved goes back, what was copied or
 *	made is only taken away
 * @to: the space that it came from; NULL, it is gone
 * @name: the name that it had there
 *
 * Context: Process; may sleep.
 */
void mach_transfer_move_back(struct mach_space *from, u32 port,
			     u32 disposition, struct mach_space *to, u32 name)
{
	u32 type = mach_disposition_type(disposition);
	struct mach_right right;
	MACH_REAP(reap);

	if (port == MACHDEV_NAME_DEAD && type == disposition && to)
		give_dead_back(to, name);
	if (!mach_name_valid(port))
		return;
	if (!copyin(from, port, type, &right, &reap)) {
		if (to || type != disposition)
			mach_transfer_undo(to, name, disposition, &right,
					   &reap);
		else
			mach_reap_right(&reap, &right);
	}
	mach_reap_run(&reap);
}
