// SPDX-License-Identifier: GPL-2.0-only
/* Rights out of a space and into it. */
#include "guard.h"
#include "right.h"
#include "trace.h"

/**
 * mach_right_can_copyin() - whether a right can be taken
 * @entry: an entry in use, or NULL
 * @disposition: any number
 * @dead_ok: whether a dead name may be copied or moved
 *
 * Return: what mach_right_copyin_locked() would return.
 */
int mach_right_can_copyin(const struct mach_entry *entry, u32 disposition,
			  bool dead_ok)
{
	u8 needed;

	if (!entry)
		return MACHDEV_KERN_INVALID_NAME;
	switch (disposition) {
	case MACHDEV_COPY_SEND:
	case MACHDEV_MOVE_SEND:
		needed = MACH_ENTRY_SEND | (dead_ok ? MACH_ENTRY_DEAD_NAME : 0);
		break;
	case MACHDEV_MOVE_SEND_ONCE:
		needed = MACH_ENTRY_SEND_ONCE |
			 (dead_ok ? MACH_ENTRY_DEAD_NAME : 0);
		break;
	case MACHDEV_MOVE_RECEIVE:
	case MACHDEV_MAKE_SEND:
	case MACHDEV_MAKE_SEND_ONCE:
		needed = MACH_ENTRY_RECEIVE;
		break;
	default:
		return MACHDEV_KERN_INVALID_RIGHT;
	}
	if (!(entry->rights & needed))
		return MACHDEV_KERN_INVALID_RIGHT;
	if (disposition == MACHDEV_MOVE_RECEIVE &&
	    mach_port_is_immovable(entry->port))
		return MACHDEV_KERN_INVALID_CAPABILITY;
	return MACHDEV_KERN_SUCCESS;
}

static struct mach_right copyin_dead(struct mach_space *space, u32 name,
				     struct mach_entry *entry, u32 disposition)
{
	if (disposition != MACHDEV_COPY_SEND &&
	    mach_entry_drop_uref(space, name, entry))
		mach_entry_free(space, name);
	return (struct mach_right){
		MACH_PORT_DEAD_PTR, mach_disposition_type(disposition)
	};
}

/**
 * mach_right_take_locked() - take a right that is there out of a space
 * @space: the space, its lock held
 * @name: a name
 * @entry: its entry, for which mach_right_can_copyin() has succeeded
 * @disposition: the same as there
 * @right: out: the right; MACH_PORT_DEAD_PTR for a dead name
 * @reap: gets what dies of it
 */
void mach_right_take_locked(struct mach_space *space, u32 name,
			    struct mach_entry *entry, u32 disposition,
			    struct mach_right *right, struct mach_reap *reap)
{
	lockdep_assert_held(&space->lock);
	trace_mach_right_copyin(space, name, entry, disposition);
	if (entry->rights & MACH_ENTRY_DEAD_NAME) {
		*right = copyin_dead(space, name, entry, disposition);
		return;
	}

	switch (disposition) {
	case MACHDEV_MOVE_SEND:
		if (mach_entry_drop_uref(space, name, entry)) {
			*right = mach_entry_take_send(space, name, entry, reap);
			break;
		}
		fallthrough;
	case MACHDEV_COPY_SEND:
		*right = mach_port_copy_send(entry->port);
		break;
	case MACHDEV_MOVE_SEND_ONCE:
		*right = mach_entry_take_send_once(space, name, entry, reap);
		break;
	case MACHDEV_MOVE_RECEIVE:
		*right = mach_entry_take_receive(space, name, entry, reap);
		break;
	case MACHDEV_MAKE_SEND:
		*right = mach_port_make_send(entry->port);
		break;
	case MACHDEV_MAKE_SEND_ONCE:
		*right = mach_port_make_send_once(entry->port);
		break;
	}
}

/**
 * mach_right_copyin_locked() - take a right out of a space
 * @space: the space, its lock held
 * @name: a name
 * @disposition: any number
 * @dead_ok: whether a dead name may be copied or moved
 * @right: out: the right; MACH_PORT_DEAD_PTR for a dead name
 * @reap: gets what dies of it
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, @name denotes nothing;
 * KERN_INVALID_RIGHT, there is no such disposition, or @name does not denote
 * what it needs; KERN_INVALID_CAPABILITY, the receive right may not be moved. On
 * failure nothing has changed.
 */
int mach_right_copyin_locked(struct mach_space *space, u32 name,
			     u32 disposition, bool dead_ok,
			     struct mach_right *right, struct mach_reap *reap)
{
	struct mach_entry *entry = mach_entry_lookup_locked(space, name);
	int ret;

	lockdep_assert_held(&space->lock);
	ret = mach_right_can_copyin(entry, disposition, dead_ok);
	if (!ret)
		mach_right_take_locked(space, name, entry, disposition, right,
				       reap);
	return ret;
}

/**
 * mach_right_copyout() - put a right into a space
 * @space: the space, not locked
 * @right: the right; its port is set to NULL on success
 * @name: out: its name; MACH_PORT_NULL or MACH_PORT_DEAD for those; valid when
 *	the call fails, too: MACH_PORT_NULL
 *
 * A send right joins the name that the port already has, with one more user
 * reference.
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_TASK, the space is dead; KERN_NO_SPACE or
 * KERN_RESOURCE_SHORTAGE, there is no room for a name. On failure the right is
 * still the caller's.
 */
int mach_right_copyout(struct mach_space *space, struct mach_right *right,
		       u32 *name)
{
	struct mach_port *port = right->port;
	struct mach_entry *entry;
	int ret;

	*name = MACHDEV_NAME_NULL;
	if (!port)
		return MACHDEV_KERN_SUCCESS;
	if (port == MACH_PORT_DEAD_PTR) {
		right->port = NULL;
		*name = MACHDEV_NAME_DEAD;
		return MACHDEV_KERN_SUCCESS;
	}
	if (mach_port_is_dead(port)) {
		MACH_REAP(reap);

		mach_right_consume(&reap, right);
		mach_reap_run(&reap);
		*name = MACHDEV_NAME_DEAD;
		return MACHDEV_KERN_SUCCESS;
	}

	if (right->type != MACHDEV_MOVE_SEND_ONCE) {
		spin_lock(&space->lock);
		*name = mach_names_find(&space->names, port);
		if (*name) {
			entry = mach_names_lookup(&space->names, *name);
			mach_entry_join(space, *name, entry, right);
			spin_unlock(&space->lock);
			right->port = NULL;
			return MACHDEV_KERN_SUCCESS;
		}
		spin_unlock(&space->lock);
	}

	ret = mach_space_lock_room(space);
	if (ret)
		goto out_unlock;
	if (right->type != MACHDEV_MOVE_SEND_ONCE)
		*name = mach_names_find(&space->names, port);
	if (*name) {
		entry = mach_names_lookup(&space->names, *name);
		mach_entry_join(space, *name, entry, right);
	} else {
		entry = mach_names_take(&space->names, name);
		mach_entry_fill(space, *name, entry, right);
	}
	right->port = NULL;
out_unlock:
	spin_unlock(&space->lock);
	return ret;
}

/**
 * mach_right_give() - put the result of a call into the caller's space
 * @space: the space, not locked
 * @right: the right; its port is set to NULL on success
 * @name: out: as for mach_right_copyout()
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE, there is no room for a name;
 * KERN_INVALID_TASK. On failure the right is still the caller's.
 */
int mach_right_give(struct mach_space *space, struct mach_right *right,
		    u32 *name)
{
	int ret = mach_right_copyout(space, right, name);

	return ret == MACHDEV_KERN_NO_SPACE ? MACHDEV_KERN_RESOURCE_SHORTAGE :
					      ret;
}

/**
 * mach_right_may_insert_locked() - whether a right may get a given name
 * @space: the space, its lock held, with the entry of @name
 * @name: the wanted name, neither null nor dead
 * @right: the right; only looked at
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, @name's low bits are not set;
 * KERN_FAILURE, its index is 0, or in use with another generation;
 * KERN_NO_SPACE, its index is too large; KERN_INVALID_CAPABILITY, the port is
 * dead; KERN_RIGHT_EXISTS, the port has another name here; KERN_NAME_EXISTS,
 * the name denotes something else; KERN_UREFS_OVERFLOW.
 */
int mach_right_may_insert_locked(struct mach_space *space, u32 name,
				 const struct mach_right *right)
{
	u32 index = mach_name_index(name);
	struct mach_entry *entry;
	u32 other = 0;

	lockdep_assert_held(&space->lock);
	if ((name & 3) != 3)
		return MACHDEV_KERN_INVALID_VALUE;
	if (!index)
		return MACHDEV_KERN_FAILURE;
	if (index >= MACH_NAMES_MAX)
		return MACHDEV_KERN_NO_SPACE;
	entry = mach_names_entry(&space->names, index);
	if (entry && entry->rights && entry->generation != (u8)name)
		return MACHDEV_KERN_FAILURE;
	if (!mach_port_valid(right->port) || mach_port_is_dead(right->port))
		return MACHDEV_KERN_INVALID_CAPABILITY;
	if (right->type != MACHDEV_MOVE_SEND_ONCE)
		other = mach_names_find(&space->names, right->port);
	if (other && other != name)
		return MACHDEV_KERN_RIGHT_EXISTS;
	if (!other && entry && entry->rights)
		return MACHDEV_KERN_NAME_EXISTS;
	if (other && right->type == MACHDEV_MOVE_SEND &&
	    entry->urefs == MACHDEV_UREFS_MAX)
		return MACHDEV_KERN_UREFS_OVERFLOW;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_right_insert_locked() - put a right into a space under a given name
 * @space: the space, its lock held, with the entry of @name
 * @name: the wanted name, neither null nor dead
 * @right: the right; its port is set to NULL on success
 *
 * Return: as mach_right_may_insert_locked(). On failure the right is still the
 * caller's.
 */
int mach_right_insert_locked(struct mach_space *space, u32 name,
			     struct mach_right *right)
{
	struct mach_entry *entry;
	int ret;

	lockdep_assert_held(&space->lock);
	ret = mach_right_may_insert_locked(space, name, right);
	if (ret)
		return ret;
	entry = mach_names_lookup(&space->names, name);
	if (entry) {
		mach_entry_join(space, name, entry, right);
	} else {
		if (mach_names_take_named(&space->names, name, &entry))
			return MACHDEV_KERN_FAILURE;
		mach_entry_fill(space, name, entry, right);
	}
	right->port = NULL;
	return MACHDEV_KERN_SUCCESS;
}
