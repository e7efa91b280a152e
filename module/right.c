// SPDX-License-Identifier: GPL-2.0-only
/* What can happen to a right: every transition of a name's entry. */
#include <linux/sched.h>

#include "ledger.h"
#include "port.h"
#include "queue.h"
#include "request.h"
#include "right.h"
#include "stat.h"

/* Names that are looked at under one hold of the lock in a walk. */
#define WALK_BATCH 256

static void add_uref(struct mach_entry *entry)
{
	if (entry->urefs < MACHDEV_UREFS_MAX)
		entry->urefs++;
}

static void free_entry(struct mach_space *space, u32 name)
{
	mach_names_free(&space->names, name);
	mach_stat_dec(NAMES);
}

/* The name goes while its port may live on: that answers a request. */
static void end_request(struct mach_entry *entry, struct mach_port *port,
			struct mach_reap *reap)
{
	struct mach_request *request = entry->request;

	entry->request = NULL;
	if (request && mach_request_remove(request, port))
		mach_request_fire(request, MACHDEV_NOTIFY_PORT_DELETED, reap);
}

/* The port is dead or about to die: its death answers a request. */
static void become_dead_name(struct mach_entry *entry)
{
	entry->port = NULL;
	entry->rights = MACH_ENTRY_DEAD_NAME;
	if (entry->request) {
		entry->request = NULL;
		add_uref(entry);
	}
}

/**
 * mach_right_lookup_locked() - what a name denotes now
 * @space: the space, its lock held
 * @name: any number
 *
 * Return: the entry, a dead name by now if its port has died; or NULL.
 */
struct mach_entry *mach_right_lookup_locked(struct mach_space *space, u32 name)
{
	struct mach_entry *entry;
	struct mach_port *port;

	lockdep_assert_held(&space->lock);
	entry = mach_names_lookup(&space->names, name);
	if (!entry || !(entry->rights & MACH_ENTRY_PORT) ||
	    !mach_port_is_dead(entry->port))
		return entry;

	port = entry->port;
	if (entry->rights & MACH_ENTRY_SEND_ONCE) {
		atomic_dec(&port->sorights);
	} else {
		mach_names_unhash(&space->names, name);
		atomic_dec(&port->srights);
	}
	become_dead_name(entry);
	mach_port_put(port);
	return entry;
}

/* Takes the last send right out of an entry. */
static struct mach_right take_send(struct mach_space *space, u32 name,
				   struct mach_entry *entry,
				   struct mach_reap *reap)
{
	struct mach_port *port = entry->port;

	if (entry->rights & MACH_ENTRY_RECEIVE) {
		entry->rights = MACH_ENTRY_RECEIVE;
		entry->urefs = 0;
		mach_port_get(port);
	} else {
		mach_names_unhash(&space->names, name);
		end_request(entry, port, reap);
		free_entry(space, name);
	}
	return (struct mach_right){ port, MACHDEV_MOVE_SEND };
}

static struct mach_right take_send_once(struct mach_space *space, u32 name,
					struct mach_entry *entry,
					struct mach_reap *reap)
{
	struct mach_port *port = entry->port;

	end_request(entry, port, reap);
	free_entry(space, name);
	return (struct mach_right){ port, MACHDEV_MOVE_SEND_ONCE };
}

/* Takes the receive right out of an entry, to move it. */
static struct mach_right take_receive(struct mach_space *space, u32 name,
				      struct mach_entry *entry,
				      struct mach_reap *reap)
{
	struct mach_port *port = entry->port;

	spin_lock(&port->lock);
	port->receiver = NULL;
	port->name = MACHDEV_NAME_NULL;
	port->mscount = 0;
	port->seqno = 0;
	port->context = 0;
	mach_queue_disturb_locked(port);
	spin_unlock(&port->lock);

	if (entry->rights & MACH_ENTRY_SEND) {
		entry->rights = MACH_ENTRY_SEND;
		mach_port_get(port);
	} else {
		mach_names_unhash(&space->names, name);
		end_request(entry, port, reap);
		free_entry(space, name);
	}
	return (struct mach_right){ port, MACHDEV_MOVE_RECEIVE };
}

static void drop_send(struct mach_space *space, u32 name,
		      struct mach_entry *entry, struct mach_reap *reap)
{
	struct mach_right right = take_send(space, name, entry, reap);

	mach_reap_right(reap, &right);
}

static void drop_send_once(struct mach_space *space, u32 name,
			   struct mach_entry *entry, struct mach_reap *reap)
{
	struct mach_right right = take_send_once(space, name, entry, reap);

	mach_reap_right(reap, &right);
}

/* Destroys the receive right; send rights of the name become a dead name. */
static void drop_receive(struct mach_space *space, u32 name,
			 struct mach_entry *entry, struct mach_reap *reap)
{
	struct mach_port *port = entry->port;

	spin_lock(&port->lock);
	port->receiver = NULL;
	spin_unlock(&port->lock);

	mach_names_unhash(&space->names, name);
	if (entry->rights & MACH_ENTRY_SEND) {
		atomic_dec(&port->srights);
		become_dead_name(entry);
	} else {
		end_request(entry, port, reap);
		free_entry(space, name);
	}
	mach_reap_port(reap, port);
}

/* One user reference less; sticky ones stay. True when it was the last. */
static bool drop_uref(struct mach_entry *entry)
{
	if (entry->urefs == MACHDEV_UREFS_MAX)
		return false;
	if (entry->urefs == 1)
		return true;
	entry->urefs--;
	return false;
}

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
	return entry->rights & needed ? MACHDEV_KERN_SUCCESS :
					MACHDEV_KERN_INVALID_RIGHT;
}

static struct mach_right copyin_dead(struct mach_space *space, u32 name,
				     struct mach_entry *entry, u32 disposition)
{
	if (disposition != MACHDEV_COPY_SEND && drop_uref(entry))
		free_entry(space, name);
	return (struct mach_right){
		MACH_PORT_DEAD_PTR, mach_disposition_type(disposition)
	};
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
 * what it needs. On failure nothing has changed.
 */
int mach_right_copyin_locked(struct mach_space *space, u32 name,
			     u32 disposition, bool dead_ok,
			     struct mach_right *right, struct mach_reap *reap)
{
	struct mach_entry *entry = mach_right_lookup_locked(space, name);
	int ret;

	ret = mach_right_can_copyin(entry, disposition, dead_ok);
	if (ret)
		return ret;
	if (entry->rights & MACH_ENTRY_DEAD_NAME) {
		*right = copyin_dead(space, name, entry, disposition);
		return MACHDEV_KERN_SUCCESS;
	}

	switch (disposition) {
	case MACHDEV_MOVE_SEND:
		if (drop_uref(entry)) {
			*right = take_send(space, name, entry, reap);
			break;
		}
		fallthrough;
	case MACHDEV_COPY_SEND:
		*right = mach_port_copy_send(entry->port);
		break;
	case MACHDEV_MOVE_SEND_ONCE:
		*right = take_send_once(space, name, entry, reap);
		break;
	case MACHDEV_MOVE_RECEIVE:
		*right = take_receive(space, name, entry, reap);
		break;
	case MACHDEV_MAKE_SEND:
		*right = mach_port_make_send(entry->port);
		break;
	case MACHDEV_MAKE_SEND_ONCE:
		*right = mach_port_make_send_once(entry->port);
		break;
	}
	return MACHDEV_KERN_SUCCESS;
}

static void receive_here(struct mach_space *space, u32 name,
			 struct mach_port *port)
{
	spin_lock(&port->lock);
	port->receiver = space;
	port->name = name;
	spin_unlock(&port->lock);
}

/* A right joins the name that its port already has. */
static void join(struct mach_space *space, u32 name, struct mach_entry *entry,
		 const struct mach_right *right)
{
	struct mach_port *port = right->port;

	if (right->type == MACHDEV_MOVE_RECEIVE) {
		entry->rights |= MACH_ENTRY_RECEIVE;
		receive_here(space, name, port);
	} else if (entry->rights & MACH_ENTRY_SEND) {
		add_uref(entry);
		atomic_dec(&port->srights);
	} else {
		entry->rights |= MACH_ENTRY_SEND;
		entry->urefs = 1;
	}
	mach_port_put(port);
}

/* A right gets an entry of its own. */
static void enter(struct mach_space *space, u32 name, struct mach_entry *entry,
		  const struct mach_right *right)
{
	struct mach_port *port = right->port;

	mach_stat_inc(NAMES);
	entry->port = port;
	entry->request = NULL;
	switch (right->type) {
	case MACHDEV_MOVE_RECEIVE:
		entry->rights = MACH_ENTRY_RECEIVE;
		entry->urefs = 0;
		receive_here(space, name, port);
		break;
	case MACHDEV_MOVE_SEND:
		entry->rights = MACH_ENTRY_SEND;
		entry->urefs = 1;
		break;
	default:
		entry->rights = MACH_ENTRY_SEND_ONCE;
		entry->urefs = 1;
		return;
	}
	mach_names_hash(&space->names, name);
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
		mach_right_consume(right);
		*name = MACHDEV_NAME_DEAD;
		return MACHDEV_KERN_SUCCESS;
	}

	if (right->type != MACHDEV_MOVE_SEND_ONCE) {
		spin_lock(&space->lock);
		*name = mach_names_find(&space->names, port);
		if (*name) {
			entry = mach_names_lookup(&space->names, *name);
			join(space, *name, entry, right);
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
		join(space, *name, entry, right);
	} else {
		entry = mach_names_take(&space->names, name);
		enter(space, *name, entry, right);
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

	ret = mach_right_may_insert_locked(space, name, right);
	if (ret)
		return ret;
	entry = mach_names_lookup(&space->names, name);
	if (entry) {
		join(space, name, entry, right);
	} else {
		if (mach_names_take_named(&space->names, name, &entry))
			return MACHDEV_KERN_FAILURE;
		enter(space, name, entry, right);
	}
	right->port = NULL;
	return MACHDEV_KERN_SUCCESS;
}

static int named_error(int error)
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
 * @kind: MACHDEV_RIGHT_RECEIVE, or MACHDEV_RIGHT_DEAD_NAME
 * @named: whether @name is wanted
 * @name: in, if @named; out: the name
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, @kind cannot be allocated, or
 * @name is null, dead or has not its low bits set; KERN_NOT_SUPPORTED, a port
 * set; KERN_NAME_EXISTS; KERN_FAILURE, the index is 0, or in use with another
 * generation; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE; KERN_INVALID_TASK.
 */
int mach_right_allocate(struct mach_space *space, u32 kind, bool named,
			u32 *name)
{
	struct mach_right right = { .type = MACHDEV_MOVE_RECEIVE };
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
	if (kind == MACHDEV_RIGHT_PORT_SET)
		return MACHDEV_KERN_NOT_SUPPORTED;

	if (kind == MACHDEV_RIGHT_RECEIVE) {
		struct mach_ledger *ledger = mach_space_ledger(space);

		right.port = mach_port_new(MACH_KIND_PLAIN, ledger,
					   GFP_KERNEL_ACCOUNT);
		mach_ledger_put(ledger);
		if (!right.port)
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	if (named)
		ret = mach_space_lock_room_for(space, *name);
	else
		ret = mach_space_lock_room(space);
	if (ret)
		goto err_unlock;
	if (named)
		ret = named_error(mach_names_take_named(&space->names, *name,
							&entry));
	else
		entry = mach_names_take(&space->names, name);
	if (ret)
		goto err_unlock;
	if (right.port) {
		enter(space, *name, entry, &right);
	} else {
		mach_stat_inc(NAMES);
		entry->port = NULL;
		entry->request = NULL;
		entry->rights = MACH_ENTRY_DEAD_NAME;
		entry->urefs = 1;
	}
	spin_unlock(&space->lock);
	return MACHDEV_KERN_SUCCESS;

err_unlock:
	spin_unlock(&space->lock);
	mach_port_put(right.port);
	return ret;
}

static int deallocate_locked(struct mach_space *space, u32 name,
			     struct mach_reap *reap)
{
	struct mach_entry *entry = mach_right_lookup_locked(space, name);

	if (!entry)
		return MACHDEV_KERN_INVALID_NAME;
	if (entry->rights & MACH_ENTRY_SEND) {
		if (drop_uref(entry))
			drop_send(space, name, entry, reap);
	} else if (entry->rights & MACH_ENTRY_SEND_ONCE) {
		drop_send_once(space, name, entry, reap);
	} else if (entry->rights & MACH_ENTRY_DEAD_NAME) {
		if (drop_uref(entry))
			free_entry(space, name);
	} else {
		return MACHDEV_KERN_INVALID_RIGHT;
	}
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_right_deallocate() - drop one user reference
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
	switch (entry->rights) {
	case MACH_ENTRY_SEND | MACH_ENTRY_RECEIVE:
		/* With a receive right left, the name stays, and so does @entry. */
		drop_send(space, name, entry, reap);
		fallthrough;
	case MACH_ENTRY_RECEIVE:
		drop_receive(space, name, entry, reap);
		break;
	case MACH_ENTRY_SEND:
		drop_send(space, name, entry, reap);
		break;
	case MACH_ENTRY_SEND_ONCE:
		drop_send_once(space, name, entry, reap);
		break;
	default:
		free_entry(space, name);
	}
}

/**
 * mach_right_destroy() - drop all rights of a name
 * @space: the space, not locked
 * @name: a name
 * @reap: gets what dies of it
 *
 * Return: KERN_SUCCESS, also for null and dead; KERN_INVALID_NAME, it denotes
 * nothing.
 */
int mach_right_destroy(struct mach_space *space, u32 name,
		       struct mach_reap *reap)
{
	struct mach_entry *entry;

	if (!mach_name_valid(name))
		return MACHDEV_KERN_SUCCESS;
	spin_lock(&space->lock);
	entry = mach_right_lookup_locked(space, name);
	if (entry)
		destroy_locked(space, name, entry, reap);
	spin_unlock(&space->lock);
	return entry ? MACHDEV_KERN_SUCCESS : MACHDEV_KERN_INVALID_NAME;
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
	struct mach_entry *entry = mach_right_lookup_locked(space, name);
	bool last = false;
	int ret;

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
	}
	if (!last)
		return MACHDEV_KERN_SUCCESS;

	switch (kind) {
	case MACHDEV_RIGHT_SEND:
		drop_send(space, name, entry, reap);
		break;
	case MACHDEV_RIGHT_RECEIVE:
		drop_receive(space, name, entry, reap);
		break;
	case MACHDEV_RIGHT_SEND_ONCE:
		drop_send_once(space, name, entry, reap);
		break;
	default:
		free_entry(space, name);
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
 * name has no such right; KERN_UREFS_OVERFLOW.
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
	entry = mach_right_lookup_locked(space, name);
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
	u32 type = (u32)entry->rights << 16;

	if (entry->request)
		type |= MACHDEV_TYPE_DNREQUEST;
	return type;
}

/*
 * Calls a function for each entry in use of a segment, with the lock held, and
 * works off what dies of it, without.
 */
static void walk_segment(struct mach_space *space, unsigned int number,
			 void (*fn)(struct mach_space *space, u32 name,
				    struct mach_entry *entry,
				    struct mach_reap *reap),
			 struct mach_reap *reap)
{
	const struct mach_segment *segment;
	u32 index = mach_names_segment_first(number);
	u32 end = index + mach_names_segment_slots(number);

	segment = mach_names_segment(&space->names, number);
	if (!segment || !segment->entries)
		return;
	while (index < end) {
		u32 stop = min(index + WALK_BATCH, end);

		spin_lock(&space->lock);
		for (; index < stop; index++) {
			struct mach_entry *entry;
			u32 name;

			entry = mach_names_entry(&space->names, index);
			if (!entry->rights)
				continue;
			name = index << 8 | entry->generation;
			entry = mach_right_lookup_locked(space, name);
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
	for (i = 0; i < MACH_NAMES_SEGMENTS && space->names.used; i++)
		walk_segment(space, i, destroy_locked, &reap);
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

	for (i = 0; i < MACH_NAMES_SEGMENTS; i++)
		walk_segment(space, i, abandon, NULL);
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
	struct mach_entry *entry = mach_right_lookup_locked(space, name);

	*error = entry ? MACHDEV_KERN_INVALID_RIGHT : MACHDEV_KERN_INVALID_NAME;
	if (!entry || !(entry->rights & MACH_ENTRY_RECEIVE))
		return NULL;
	return entry->port;
}
