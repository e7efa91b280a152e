// SPDX-License-Identifier: GPL-2.0-only
/* Entries of names: how rights enter and leave them. */
#include "entry.h"
#include "port.h"
#include "pset.h"
#include "queue.h"
#include "reap.h"
#include "request.h"
#include "space.h"
#include "stat.h"
#include "trace.h"
#include "transit.h"
#include "watch.h"

/**
 * mach_entry_add_uref() - one user reference more; at the end they stick
 * @entry: an entry of send rights or a dead name, its space locked
 */
void mach_entry_add_uref(struct mach_entry *entry)
{
	if (entry->urefs < MACHDEV_UREFS_MAX)
		entry->urefs++;
}

/**
 * mach_entry_free() - free an entry from which all rights have gone
 * @space: the space, its lock held
 * @name: the name
 */
void mach_entry_free(struct mach_space *space, u32 name)
{
	trace_mach_name_free(space, name);
	mach_names_free(&space->names, name);
	mach_stat_dec(NAMES);
}

/*
 * The last right of a name goes. If its port lives on that answers a request;
 * if it has just died, it has answered itself, with a reference to a dead name.
 */
static void end_name(struct mach_space *space, u32 name,
		     struct mach_entry *entry, struct mach_reap *reap)
{
	struct mach_request *request = entry->request;
	enum mach_request_end end = MACH_REQUEST_TOLD;

	if (request)
		end = mach_request_remove(request, entry->port);
	if (end == MACH_REQUEST_DIED) {
		trace_mach_name_dead(space, name, entry, entry->rights);
		entry->port = NULL;
		entry->request = NULL;
		entry->rights = MACH_ENTRY_DEAD_NAME;
		entry->urefs = 1;
		return;
	}
	if (end == MACH_REQUEST_OPEN)
		mach_request_fire(request, MACHDEV_NOTIFY_PORT_DELETED, reap);
	mach_entry_free(space, name);
}

/* The port is dead or about to die: its death answers a request. */
static void become_dead_name(struct mach_entry *entry)
{
	struct mach_request *request = entry->request;

	entry->rights = MACH_ENTRY_DEAD_NAME;
	entry->request = NULL;
	if (request && mach_request_leave(request, entry->port))
		mach_entry_add_uref(entry);
	entry->port = NULL;
}

/**
 * mach_entry_lookup_locked() - what a name denotes now
 * @space: the space, its lock held
 * @name: any number
 *
 * Return: the entry, a dead name by now if its port has died; or NULL.
 */
struct mach_entry *mach_entry_lookup_locked(struct mach_space *space, u32 name)
{
	struct mach_entry *entry;
	struct mach_port *port;

	lockdep_assert_held(&space->lock);
	entry = mach_names_lookup(&space->names, name);
	if (!entry || !(entry->rights & MACH_ENTRY_PORT) ||
	    !mach_port_is_dead(entry->port))
		return entry;

	trace_mach_name_dead(space, name, entry, entry->rights);
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

/**
 * mach_entry_take_send() - take the last send right out of an entry
 * @space: the space, its lock held
 * @name: the name
 * @entry: its entry, freed unless there is a receive right, too
 * @reap: gets what dies of it
 *
 * Return: the right.
 */
struct mach_right mach_entry_take_send(struct mach_space *space, u32 name,
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
		end_name(space, name, entry, reap);
	}
	return (struct mach_right){ port, MACHDEV_MOVE_SEND };
}

/**
 * mach_entry_take_send_once() - take the send-once right out of an entry
 * @space: the space, its lock held
 * @name: the name
 * @entry: its entry, freed
 * @reap: gets what dies of it
 *
 * Return: the right.
 */
struct mach_right mach_entry_take_send_once(struct mach_space *space, u32 name,
					    struct mach_entry *entry,
					    struct mach_reap *reap)
{
	struct mach_port *port = entry->port;

	end_name(space, name, entry, reap);
	return (struct mach_right){ port, MACHDEV_MOVE_SEND_ONCE };
}

/**
 * mach_entry_take_receive() - take the receive right out of an entry, to move it
 * @space: the space, its lock held
 * @name: the name
 * @entry: its entry, freed unless there is a send right, too
 * @reap: gets what dies of it
 *
 * Return: the right, with the messages in the queue; counts that belong to the
 * receiver begin anew, the port is in no set any more, and who waits to receive
 * is woken.
 */
struct mach_right mach_entry_take_receive(struct mach_space *space, u32 name,
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
	port->guard = 0;
	mach_member_unlink_all_locked(port);
	mach_queue_disturb_locked(port);
	mach_watch_end_locked(port);
	spin_unlock(&port->lock);

	if (entry->rights & MACH_ENTRY_SEND) {
		entry->rights = MACH_ENTRY_SEND;
		mach_port_get(port);
	} else {
		mach_names_unhash(&space->names, name);
		end_name(space, name, entry, reap);
	}
	return (struct mach_right){ port, MACHDEV_MOVE_RECEIVE };
}

/**
 * mach_entry_drop_send() - destroy the last send right of an entry
 * @space: the space, its lock held
 * @name: the name
 * @entry: its entry, freed unless there is a receive right, too
 * @reap: gets what dies of it
 */
void mach_entry_drop_send(struct mach_space *space, u32 name,
			  struct mach_entry *entry, struct mach_reap *reap)
{
	struct mach_right right;

	trace_mach_right_drop(space, name, entry, MACH_ENTRY_SEND);
	right = mach_entry_take_send(space, name, entry, reap);
	mach_reap_right(reap, &right);
}

/**
 * mach_entry_drop_send_once() - destroy the send-once right of an entry
 * @space: the space, its lock held
 * @name: the name
 * @entry: its entry, freed
 * @reap: gets what dies of it
 */
void mach_entry_drop_send_once(struct mach_space *space, u32 name,
			       struct mach_entry *entry,
			       struct mach_reap *reap)
{
	struct mach_right right;

	trace_mach_right_drop(space, name, entry, MACH_ENTRY_SEND_ONCE);
	right = mach_entry_take_send_once(space, name, entry, reap);
	mach_reap_right(reap, &right);
}

/**
 * mach_entry_drop_receive() - destroy the receive right of an entry
 * @space: the space, its lock held
 * @name: the name
 * @entry: its entry: a dead name if there are send rights, else freed; if the
 *	receive right is to be sent to somebody, as when it is moved
 * @reap: kills the port
 */
void mach_entry_drop_receive(struct mach_space *space, u32 name,
			     struct mach_entry *entry, struct mach_reap *reap)
{
	struct mach_port *port = entry->port;

	trace_mach_right_drop(space, name, entry, MACH_ENTRY_RECEIVE);
	if (port->destroyed) {
		/* It does not die, it goes to who has asked for it. */
		mach_entry_take_receive(space, name, entry, reap);
		mach_reap_port(reap, port);
		return;
	}
	spin_lock(&port->lock);
	port->receiver = NULL;
	mach_member_unlink_all_locked(port);
	spin_unlock(&port->lock);

	mach_names_unhash(&space->names, name);
	if (entry->rights & MACH_ENTRY_SEND) {
		trace_mach_name_dead(space, name, entry, MACH_ENTRY_SEND);
		atomic_dec(&port->srights);
		become_dead_name(entry);
	} else {
		end_name(space, name, entry, reap);
	}
	mach_reap_port(reap, port);
}

/**
 * mach_entry_drop_set() - destroy a port set
 * @space: the space, its lock held
 * @name: the name
 * @entry: its entry, freed
 * @reap: lets its members go
 */
void mach_entry_drop_set(struct mach_space *space, u32 name,
			 struct mach_entry *entry, struct mach_reap *reap)
{
	struct mach_pset *set = entry->set;

	trace_mach_right_drop(space, name, entry, MACH_ENTRY_PORT_SET);
	WRITE_ONCE(space->sets, space->sets - 1);
	mach_pset_close(set);
	mach_entry_free(space, name);
	mach_reap_set(reap, set);
}

/**
 * mach_entry_drop_uref() - one user reference less; those that stick stay
 * @space: the space, its lock held
 * @name: the name
 * @entry: an entry of send rights or a dead name
 *
 * Return: true if it is the last, which is then still counted.
 */
bool mach_entry_drop_uref(const struct mach_space *space, u32 name,
			  struct mach_entry *entry)
{
	if (entry->urefs == MACHDEV_UREFS_MAX)
		return false;
	if (entry->urefs == 1)
		return true;
	entry->urefs--;
	trace_mach_right_urefs(space, name, entry, entry->rights);
	return false;
}

static void receive_here(struct mach_space *space, u32 name,
			 struct mach_port *port)
{
	struct mach_port *destination;

	spin_lock(&port->lock);
	port->receiver = space;
	port->name = name;
	destination = mach_transit_leave_locked(port);
	spin_unlock(&port->lock);
	mach_port_put(destination);
}

/**
 * mach_entry_join() - let a right join the name that its port has
 * @space: the space, its lock held
 * @name: the name
 * @entry: its entry
 * @right: a send or receive right; consumed
 */
void mach_entry_join(struct mach_space *space, u32 name,
		     struct mach_entry *entry, const struct mach_right *right)
{
	struct mach_port *port = right->port;

	if (right->type == MACHDEV_MOVE_RECEIVE) {
		entry->rights |= MACH_ENTRY_RECEIVE;
		receive_here(space, name, port);
	} else if (entry->rights & MACH_ENTRY_SEND) {
		mach_entry_add_uref(entry);
		atomic_dec(&port->srights);
	} else {
		entry->rights |= MACH_ENTRY_SEND;
		entry->urefs = 1;
	}
	trace_mach_right_copyout(space, name, entry, entry->rights);
	mach_port_put(port);
}

/**
 * mach_entry_fill() - give a right an entry of its own
 * @space: the space, its lock held
 * @name: the name
 * @entry: its entry, just taken
 * @right: any right to a port; consumed
 */
void mach_entry_fill(struct mach_space *space, u32 name,
		     struct mach_entry *entry, const struct mach_right *right)
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
	}
	trace_mach_right_copyout(space, name, entry, entry->rights);
	if (right->type != MACHDEV_MOVE_SEND_ONCE)
		mach_names_hash(&space->names, name);
}

/**
 * mach_entry_fill_set() - give a port set an entry
 * @space: the space, its lock held
 * @name: the name
 * @entry: its entry, just taken
 * @set: the set; the reference is consumed
 */
void mach_entry_fill_set(struct mach_space *space, u32 name,
			 struct mach_entry *entry, struct mach_pset *set)
{
	mach_stat_inc(NAMES);
	WRITE_ONCE(space->sets, space->sets + 1);
	entry->set = set;
	entry->request = NULL;
	entry->rights = MACH_ENTRY_PORT_SET;
	entry->urefs = 0;
	trace_mach_right_copyout(space, name, entry, entry->rights);
}
