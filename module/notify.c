// SPDX-License-Identifier: GPL-2.0-only
/* Requests to be notified, made by one task for the names of another. */
#include <linux/machdev.h>

#include "ledger.h"
#include "notify.h"
#include "port.h"
#include "request.h"
#include "right.h"
#include "trace.h"
#include "transfer.h"

static bool is_known(u32 id)
{
	return id == MACHDEV_NOTIFY_DEAD_NAME ||
	       id == MACHDEV_NOTIFY_NO_SENDERS ||
	       id == MACHDEV_NOTIFY_PORT_DESTROYED ||
	       id == MACHDEV_NOTIFY_SEND_POSSIBLE;
}

/* Whether a name may have a request of its own. */
static int check_port_locked(struct mach_space *space,
			     const struct machdev_port_notification *ask)
{
	const struct mach_entry *entry;

	lockdep_assert_held(&space->lock);
	if (!mach_name_valid(ask->name))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	entry = mach_entry_lookup_locked(space, ask->name);
	if (!entry)
		return MACHDEV_KERN_INVALID_NAME;
	if (entry->rights & MACH_ENTRY_DEAD_NAME)
		return ask->msgid == MACHDEV_NOTIFY_SEND_POSSIBLE &&
		       ask->notify ? MACHDEV_KERN_SUCCESS :
				     MACHDEV_KERN_INVALID_ARGUMENT;
	if (!(entry->rights & MACH_ENTRY_PORT))
		return MACHDEV_KERN_INVALID_RIGHT;
	return MACHDEV_KERN_SUCCESS;
}

static int check_receive_locked(struct mach_space *space, u32 name)
{
	int ret;

	lockdep_assert_held(&space->lock);
	if (!mach_name_valid(name))
		return MACHDEV_KERN_INVALID_RIGHT;
	return mach_right_receive_port_locked(space, name, &ret) ?
		MACHDEV_KERN_SUCCESS : ret;
}

/* Whether a name may have a request of some kind. */
static int check_name_locked(struct mach_space *space,
			     const struct machdev_port_notification *ask)
{
	lockdep_assert_held(&space->lock);
	switch (ask->msgid) {
	case MACHDEV_NOTIFY_PORT_DESTROYED:
		if (ask->sync)
			return MACHDEV_KERN_INVALID_VALUE;
		fallthrough;
	case MACHDEV_NOTIFY_NO_SENDERS:
		return check_receive_locked(space, ask->name);
	default:
		return check_port_locked(space, ask);
	}
}

/* A port that is dead already answers at once, with a reference as ever. */
static int answer_dead_locked(struct mach_space *space,
			      const struct machdev_port_notification *ask,
			      struct mach_request *new,
			      struct mach_reap *reap)
{
	struct mach_entry *entry = mach_entry_lookup_locked(space, ask->name);
	int ret = check_port_locked(space, ask);

	lockdep_assert_held(&space->lock);
	if (ret)
		return ret;
	mach_entry_add_uref(entry);
	trace_mach_right_urefs(space, ask->name, entry, entry->rights);
	mach_request_fire(new, MACHDEV_NOTIFY_DEAD_NAME, reap);
	return MACHDEV_KERN_SUCCESS;
}

/* Replaces the request that a name has of its own. */
static int exchange_locked(struct mach_space *space,
			   const struct machdev_port_notification *ask,
			   struct mach_request *new, struct mach_request **old,
			   struct mach_reap *reap)
{
	struct mach_entry *entry = mach_entry_lookup_locked(space, ask->name);
	bool possible = ask->msgid == MACHDEV_NOTIFY_SEND_POSSIBLE;
	struct mach_request *fire = NULL;

	lockdep_assert_held(&space->lock);
	if (new && possible)
		new->state = ask->sync ? MACH_REQUEST_ARMED :
					 MACH_REQUEST_DELAYED;
	/* A send-once right never waits for room. */
	if (new && possible && ask->sync &&
	    (entry->rights & MACH_ENTRY_SEND_ONCE)) {
		fire = new;
		new = NULL;
	}
	if (!(entry->rights & MACH_ENTRY_PORT) ||
	    !mach_request_replace(&entry->request, new, entry->port, old, reap))
		return answer_dead_locked(space, ask, fire ?: new, reap);
	if (fire)
		mach_request_fire(fire, MACHDEV_NOTIFY_SEND_POSSIBLE, reap);
	return MACHDEV_KERN_SUCCESS;
}

/* Replaces a request. What was asked for may have happened already. */
static int exchange(struct mach_space *space,
		    const struct machdev_port_notification *ask,
		    struct mach_request *new, struct mach_request **old,
		    struct mach_reap *reap)
{
	struct mach_port *port;
	int ret;

	*old = NULL;
	spin_lock(&space->lock);
	ret = check_name_locked(space, ask);
	if (ret)
		goto out;
	port = mach_entry_lookup_locked(space, ask->name)->port;
	switch (ask->msgid) {
	case MACHDEV_NOTIFY_NO_SENDERS:
		*old = mach_request_set_no_senders(port, new, ask->sync, reap);
		break;
	case MACHDEV_NOTIFY_PORT_DESTROYED:
		*old = port->destroyed;
		port->destroyed = new;
		break;
	default:
		ret = exchange_locked(space, ask, new, old, reap);
	}
out:
	spin_unlock(&space->lock);
	return ret;
}

/* Everything that can be refused before anything is taken. */
static int check(struct mach_space *caller, struct mach_space *space,
		 const struct machdev_port_notification *ask)
{
	struct mach_right right;
	bool all;
	int ret;

	if (!is_known(ask->msgid))
		return MACHDEV_KERN_INVALID_VALUE;
	if (ask->notify && ask->disposition != MACHDEV_MAKE_SEND_ONCE &&
	    ask->disposition != MACHDEV_MOVE_SEND_ONCE)
		return MACHDEV_KERN_INVALID_CAPABILITY;
	if (ask->notify == MACHDEV_NAME_DEAD)
		return MACHDEV_KERN_INVALID_CAPABILITY;
	spin_lock(&space->lock);
	ret = check_name_locked(space, ask);
	spin_unlock(&space->lock);
	if (ret)
		return ret;
	if (ask->notify) {
		ret = mach_transfer_look(caller, ask->notify, ask->disposition,
					 &right, &all);
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
 * mach_notify_request() - mach_port_request_notification()
 * @caller: the caller's space
 * @space: the space of the name
 * @ask: what is asked for; the task is not looked at
 * @previous: out: the caller's name of the send-once right that had been
 *	registered, or null
 * @state: out, where @previous is set: what the name's own request waited for
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, no such notification, or a @sync
 * with port-destroyed; KERN_INVALID_CAPABILITY, the disposition, or the port to
 * notify is dead; KERN_INVALID_ARGUMENT, dead name: the name is null, dead or a
 * dead name; send-possible: it is null or dead, or a dead name and nobody is to
 * be notified; KERN_INVALID_NAME, it denotes nothing; KERN_INVALID_RIGHT, it is
 * no port, or no receive right where that is needed, or the port to notify is
 * not what the disposition needs; KERN_RESOURCE_SHORTAGE, KERN_NO_SPACE,
 * KERN_INVALID_TASK.
 */
int mach_notify_request(struct mach_space *caller, struct mach_space *space,
			const struct machdev_port_notification *ask,
			u32 *previous, enum mach_request_state *state)
{
	struct mach_request *new = NULL, *old;
	struct mach_right right = { };
	MACH_REAP(reap);
	int ret;

	*previous = MACHDEV_NAME_NULL;
	ret = check(caller, space, ask);
	if (ret)
		return ret;
	if (ask->notify) {
		struct mach_ledger *ledger = mach_space_ledger(caller);

		new = mach_request_new(ledger, ask->name, ask->msgid);
		mach_ledger_put(ledger);
		if (!new)
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
		ret = mach_transfer_take(caller, ask->notify, ask->disposition,
					 &right, &reap);
		if (ret)
			goto out;
		new->notify = right;
	}
	ret = exchange(space, ask, new, &old, &reap);
	if (ret) {
		mach_transfer_undo(caller, ask->notify, ask->disposition,
				   &right, &reap);
		goto out;
	}
	new = NULL;
	if (old) {
		right = old->notify;
		*state = old->state;
		if (mach_right_copyout(caller, &right, previous))
			mach_reap_right(&reap, &right);
		mach_request_free(old);
	}
out:
	mach_request_free(new);
	mach_reap_run(&reap);
	return ret;
}

/**
 * mach_notify_full() - a send with MACH_SEND_NOTIFY has found no room
 * @space: the sender's
 * @name: of its destination
 * @port: the destination
 * @reap: sends the notification, if there is room by now
 *
 * Arms the send-possible request of the name, if that still denotes the port.
 *
 * Context: Process; may sleep.
 */
void mach_notify_full(struct mach_space *space, u32 name,
		      struct mach_port *port, struct mach_reap *reap)
{
	struct mach_entry *entry;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (entry && (entry->rights & MACH_ENTRY_PORT) && entry->port == port &&
	    entry->request)
		mach_request_arm(entry->request, port);
	spin_unlock(&space->lock);
	mach_request_room(port, reap);
}
