// SPDX-License-Identifier: GPL-2.0-only
/* Rights between two spaces, and requests made by one for another. */
#include "ledger.h"
#include "port.h"
#include "request.h"
#include "right.h"
#include "transfer.h"

static bool is_disposition(u32 disposition)
{
	return disposition >= MACHDEV_MOVE_RECEIVE &&
	       disposition <= MACHDEV_MAKE_SEND_ONCE;
}

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

/* Puts a right back under the name that it had; it dies if that is taken. */
static void give_back(struct mach_space *space, u32 name,
		      struct mach_right *right, struct mach_reap *reap)
{
	if (insert(space, name, right))
		mach_reap_right(reap, right);
}

/* Undoes a copyin(): what was moved goes back, what was made goes away. */
static void undo_copyin(struct mach_space *space, u32 name, u32 disposition,
			struct mach_right *right, struct mach_reap *reap)
{
	if (disposition == right->type)
		give_back(space, name, right, reap);
	else if (right->type == MACHDEV_MOVE_SEND_ONCE)
		mach_right_consume(right);
	else
		mach_reap_right(reap, right);
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

/* What copyin() would take, with a reference and nothing counted. */
static int look(struct mach_space *space, u32 name, u32 disposition,
		struct mach_right *right, bool *all)
{
	struct mach_entry *entry;
	int ret;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (entry && (entry->rights & MACH_ENTRY_DEAD_NAME)) {
		ret = MACHDEV_KERN_INVALID_CAPABILITY;
	} else if (mach_right_can_copyin(entry, disposition, false)) {
		ret = MACHDEV_KERN_INVALID_RIGHT;
	} else {
		right->port = mach_port_get(entry->port);
		right->type = mach_disposition_type(disposition);
		*all = takes_all(entry, disposition);
		ret = MACHDEV_KERN_SUCCESS;
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
 * @port is null or dead; KERN_INVALID_RIGHT, it does not denote what
 * @disposition needs; what mach_right_may_insert_locked() and
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
	ret = look(from, port, disposition, &right, &all);
	if (ret)
		return ret;
	ret = mach_space_lock_room_for(to, name);
	if (!ret)
		ret = mach_right_may_insert_locked(to, name, &right);
	spin_unlock(&to->lock);
	mach_port_put(right.port);
	/* In one space, a name that is moved away is not in the way. */
	if (ret == MACHDEV_KERN_RIGHT_EXISTS && from == to && all)
		ret = MACHDEV_KERN_SUCCESS;
	if (ret)
		return ret;

	right.port = NULL;
	if (copyin(from, port, disposition, &right, &reap))
		ret = MACHDEV_KERN_INVALID_RIGHT;
	else
		ret = insert(to, name, &right);
	if (ret && right.port)
		undo_copyin(from, port, disposition, &right, &reap);
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
	if (look(from, name, disposition, &right, &all))
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
 * @disposition needs; KERN_INVALID_NAME, it denotes nothing; what
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
			undo_copyin(from, name, disposition, &right, &reap);
	}
	mach_reap_run(&reap);
	return ret;
}

/**
 * mach_transfer_move_back() - undo a transfer
 * @from: the space that got the right
 * @port: its name there
 * @type: what it is, MACHDEV_MOVE_*
 * @to: the space that it came from, NULL if it was copied or made: then it is
 *	only taken away
 * @name: the name that it had there
 *
 * Context: Process; may sleep.
 */
void mach_transfer_move_back(struct mach_space *from, u32 port, u32 type,
			     struct mach_space *to, u32 name)
{
	struct mach_right right;
	MACH_REAP(reap);

	if (!mach_name_valid(port))
		return;
	if (!copyin(from, port, type, &right, &reap)) {
		if (to)
			give_back(to, name, &right, &reap);
		else if (right.type == MACHDEV_MOVE_SEND_ONCE)
			mach_right_consume(&right);
		else
			mach_reap_right(&reap, &right);
	}
	mach_reap_run(&reap);
}

/* Whether a name may have a request. */
static int check_requestable(const struct mach_entry *entry)
{
	if (!entry)
		return MACHDEV_KERN_INVALID_NAME;
	if (entry->rights & MACH_ENTRY_DEAD_NAME)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (!(entry->rights & MACH_ENTRY_PORT))
		return MACHDEV_KERN_INVALID_RIGHT;
	return MACHDEV_KERN_SUCCESS;
}

/* Replaces the request of a name. */
static int exchange(struct mach_space *space, u32 name,
		    struct mach_request *new, struct mach_request **old)
{
	struct mach_entry *entry;
	int ret;

	*old = NULL;
	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	ret = check_requestable(entry);
	if (ret)
		goto out;
	if (mach_request_replace(entry->request, new, entry->port)) {
		*old = entry->request;
		entry->request = new;
	} else {
		ret = MACHDEV_KERN_INVALID_ARGUMENT;
	}
out:
	spin_unlock(&space->lock);
	return ret;
}

static int check_request(struct mach_space *caller, u32 notify,
			 u32 disposition, struct mach_space *space, u32 name)
{
	struct mach_right right;
	bool all;
	int ret;

	if (notify && disposition != MACHDEV_MAKE_SEND_ONCE &&
	    disposition != MACHDEV_MOVE_SEND_ONCE)
		return MACHDEV_KERN_INVALID_CAPABILITY;
	if (notify == MACHDEV_NAME_DEAD)
		return MACHDEV_KERN_INVALID_CAPABILITY;
	if (!mach_name_valid(name))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	spin_lock(&space->lock);
	ret = check_requestable(mach_entry_lookup_locked(space, name));
	spin_unlock(&space->lock);
	if (ret)
		return ret;
	if (notify) {
		ret = look(caller, notify, disposition, &right, &all);
		if (ret)
			return ret;
		mach_port_put(right.port);
	}
	/* The right that is replaced will want a name. */
	ret = mach_space_lock_room(caller);
	spin_unlock(&caller->lock);
	return ret;
}

/**
 * mach_transfer_request() - ask to be told when the port of a name dies
 * @caller: the caller's space
 * @notify: the caller's name of a port to notify, null to ask no more
 * @disposition: MACHDEV_MAKE_SEND_ONCE or MACHDEV_MOVE_SEND_ONCE
 * @space: the space of the name
 * @name: the name
 * @previous: out: the caller's name of the send-once right that had been
 *	registered, or null
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_CAPABILITY, @disposition, or @notify is
 * dead; KERN_INVALID_ARGUMENT, @name is null, dead or a dead name;
 * KERN_INVALID_NAME, it denotes nothing; KERN_INVALID_RIGHT, it is no port, or
 * @notify does not denote what @disposition needs; KERN_RESOURCE_SHORTAGE,
 * KERN_NO_SPACE, KERN_INVALID_TASK.
 */
int mach_transfer_request(struct mach_space *caller, u32 notify,
			  u32 disposition, struct mach_space *space, u32 name,
			  u32 *previous)
{
	struct mach_request *new = NULL, *old;
	struct mach_right right = { };
	MACH_REAP(reap);
	int ret;

	*previous = MACHDEV_NAME_NULL;
	ret = check_request(caller, notify, disposition, space, name);
	if (ret)
		return ret;
	if (notify) {
		struct mach_ledger *ledger = mach_space_ledger(caller);

		new = mach_request_new(ledger, name);
		mach_ledger_put(ledger);
		if (!new)
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
		if (copyin(caller, notify, disposition, &right, &reap)) {
			ret = MACHDEV_KERN_INVALID_RIGHT;
			goto out;
		}
		if (right.port == MACH_PORT_DEAD_PTR) {
			ret = MACHDEV_KERN_INVALID_CAPABILITY;
			goto out;
		}
		new->notify = right;
	}
	ret = exchange(space, name, new, &old);
	if (ret) {
		undo_copyin(caller, notify, disposition, &right, &reap);
		goto out;
	}
	new = NULL;
	if (old) {
		right = old->notify;
		if (mach_right_copyout(caller, &right, previous))
			mach_reap_right(&reap, &right);
		mach_request_free(old);
	}
out:
	mach_request_free(new);
	mach_reap_run(&reap);
	return ret;
}
