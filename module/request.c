// SPDX-License-Identifier: GPL-2.0-only
/* Requests to be notified of what happens to a port. */
#include <linux/sched.h>
#include <linux/slab.h>

#include "alloc.h"
#include "gate.h"
#include "kmsg.h"
#include "ledger.h"
#include "port.h"
#include "queue.h"
#include "reap.h"
#include "request.h"
#include "stat.h"
#include "trace.h"
#include "transit.h"

/* Armed requests that are taken under one hold of the port's lock. */
#define ARMED_BATCH 64

/**
 * mach_request_new() - make a request and its notification
 * @ledger: charged for both
 * @name: the name that the notification will give, if it gives one
 * @id: MACHDEV_NOTIFY_*
 *
 * Context: Process; may sleep.
 * Return: a request without a right to notify; NULL when memory or the ledger
 * does not allow it.
 */
struct mach_request *mach_request_new(struct mach_ledger *ledger, u32 name,
				      s32 id)
{
	bool right = id == MACHDEV_NOTIFY_PORT_DESTROYED;
	struct mach_request *request;

	if (!mach_ledger_charge(ledger, sizeof(*request)))
		return NULL;
	request = kzalloc(sizeof(*request), MACH_GFP);
	if (!request)
		goto err_uncharge;
	INIT_LIST_HEAD(&request->link);
	refcount_set(&request->ref, 1);
	request->name = name;
	request->state = MACH_REQUEST_DEATH;
	request->kmsg = mach_kmsg_new_kernel(ledger, right ?
				sizeof(struct machdev_msg_destroyed) :
				sizeof(struct machdev_msg_notify), right);
	if (!request->kmsg)
		goto err_free;
	request->ledger = mach_ledger_get(ledger);
	mach_stat_inc(REQUESTS);
	return request;

err_free:
	kfree(request);
err_uncharge:
	mach_ledger_uncharge(ledger, sizeof(*request));
	return NULL;
}

static void put(struct mach_request *request)
{
	if (!refcount_dec_and_test(&request->ref))
		return;
	mach_ledger_uncharge(request->ledger, sizeof(*request));
	mach_ledger_put(request->ledger);
	kfree(request);
}

/* The notification; the caller's reference is dropped. */
static struct mach_kmsg *take_kmsg(struct mach_request *request)
{
	struct mach_kmsg *kmsg = request->kmsg;

	request->kmsg = NULL;
	mach_stat_dec(REQUESTS);
	put(request);
	return kmsg;
}

/**
 * mach_request_free() - drop a request that has come to nothing
 * @request: on no list, its right to notify moved elsewhere; or NULL
 *
 * Context: Process; may sleep.
 */
void mach_request_free(struct mach_request *request)
{
	if (request)
		mach_kmsg_free(take_kmsg(request));
}

/**
 * mach_request_cancel() - what was asked for will not happen
 * @request: on no list; freed; or NULL
 * @reap: gets what dies of it
 *
 * The send-once right goes unused, and that is told to who holds its port.
 *
 * Context: Process; may sleep.
 */
void mach_request_cancel(struct mach_request *request, struct mach_reap *reap)
{
	if (!request)
		return;
	mach_reap_right(reap, &request->notify);
	mach_request_free(request);
}

static void link_locked(struct mach_request *request, struct mach_port *port)
{
	lockdep_assert_held(&port->lock);
	refcount_inc(&request->ref);
	port->nrequests++;
	if (request->state == MACH_REQUEST_ARMED) {
		list_add(&request->link, &port->requests);
		WRITE_ONCE(port->armed, true);
	} else {
		list_add_tail(&request->link, &port->requests);
	}
}

/* The entry still has a reference. */
static void unlink_locked(struct mach_request *request, struct mach_port *port)
{
	lockdep_assert_held(&port->lock);
	list_del_init(&request->link);
	port->nrequests--;
	refcount_dec(&request->ref);
}

/**
 * mach_request_replace() - ask a port by another request
 * @slot: the request of the name's entry, or NULL
 * @new: becomes the entry's and the port's on success; armed it is answered at
 *	once if there is room; NULL to ask no more
 * @port: the port
 * @old: out: the request that there was, now the caller's, unless it has been
 *	answered; or NULL
 * @reap: will send the message
 *
 * Context: Any; takes the port's lock.
 * Return: false if the port is dead, and nothing has been done.
 */
bool mach_request_replace(struct mach_request **slot, struct mach_request *new,
			  struct mach_port *port, struct mach_request **old,
			  struct mach_reap *reap)
{
	struct mach_request *was = *slot, *spent = NULL, *fire = NULL;

	spin_lock(&port->lock);
	if (port->dead) {
		spin_unlock(&port->lock);
		return false;
	}
	if (was && was->state == MACH_REQUEST_SPENT) {
		spent = was;
		was = NULL;
	}
	if (was)
		unlink_locked(was, port);
	if (new && new->state == MACH_REQUEST_ARMED &&
	    mach_port_has_room_locked(port)) {
		fire = new;
		new = NULL;
	}
	if (new)
		link_locked(new, port);
	spin_unlock(&port->lock);
	*old = was;
	*slot = new;
	if (spent)
		put(spent);
	if (fire)
		mach_request_fire(fire, MACHDEV_NOTIFY_SEND_POSSIBLE, reap);
	return true;
}

/**
 * mach_request_remove() - a name goes, and asks its port no more
 * @request: of the name's entry
 * @port: the port
 *
 * Context: Any; takes the port's lock.
 * Return: what became of @request.
 */
enum mach_request_end mach_request_remove(struct mach_request *request,
					  struct mach_port *port)
{
	enum mach_request_end end = MACH_REQUEST_OPEN;

	spin_lock(&port->lock);
	if (request->state == MACH_REQUEST_SPENT)
		end = MACH_REQUEST_TOLD;
	else if (port->dead)
		end = MACH_REQUEST_DIED;
	else
		unlink_locked(request, port);
	spin_unlock(&port->lock);
	if (end != MACH_REQUEST_OPEN)
		put(request);
	return end;
}

/**
 * mach_request_leave() - leave a request to the port's death
 * @request: of the name's entry, whose reference is dropped
 * @port: the port, dead or about to die
 *
 * From now on room does not answer it.
 *
 * Context: Any; takes the port's lock.
 * Return: whether the death will answer it, and has not been forestalled.
 */
bool mach_request_leave(struct mach_request *request, struct mach_port *port)
{
	bool open;

	spin_lock(&port->lock);
	open = request->state != MACH_REQUEST_SPENT;
	if (open && !port->dead) {
		WRITE_ONCE(request->state, MACH_REQUEST_DEATH);
		list_move_tail(&request->link, &port->requests);
	}
	spin_unlock(&port->lock);
	put(request);
	return open;
}

/**
 * mach_request_rename() - the notification will give another name
 * @request: of the name's entry
 * @port: the port, its lock held
 * @name: the name
 */
void mach_request_rename(struct mach_request *request, struct mach_port *port,
			 u32 name)
{
	lockdep_assert_held(&port->lock);
	/* What has been answered, or is by the port's death, is others'. */
	if (request->state != MACH_REQUEST_SPENT && !port->dead)
		request->name = name;
}

/**
 * mach_request_type() - what a request adds to the type of its name
 * @request: of an entry whose space is locked, or NULL
 *
 * Return: MACHDEV_TYPE_* bits.
 */
u32 mach_request_type(const struct mach_request *request)
{
	if (!request)
		return 0;
	switch (READ_ONCE(request->state)) {
	case MACH_REQUEST_DEATH:
		return MACHDEV_TYPE_DNREQUEST;
	case MACH_REQUEST_DELAYED:
		return MACHDEV_TYPE_DNREQUEST | MACHDEV_TYPE_SPREQUEST |
		       MACHDEV_TYPE_SPREQUEST_DELAYED;
	case MACH_REQUEST_ARMED:
		return MACHDEV_TYPE_DNREQUEST | MACHDEV_TYPE_SPREQUEST;
	default:
		return 0;
	}
}

/**
 * mach_request_fire() - notify
 * @request: on no list; the caller's reference is dropped
 * @id: MACHDEV_NOTIFY_DEAD_NAME, _PORT_DELETED, _SEND_POSSIBLE or _NO_SENDERS
 * @reap: will send the message
 *
 * Context: Any.
 */
void mach_request_fire(struct mach_request *request, s32 id,
		       struct mach_reap *reap)
{
	struct mach_kmsg *kmsg = request->kmsg;
	struct machdev_msg_notify *msg = (void *)mach_kmsg_header(kmsg);

	*msg = (struct machdev_msg_notify){
		.header.id = id,
		.ndr.bytes = { [4] = 1 },
		.value = request->name,
	};
	kmsg->remote = request->notify;
	trace_mach_msg_notify(kmsg->remote.port, id, request->name);
	mach_reap_post(reap, take_kmsg(request));
}

/**
 * mach_request_set_no_senders() - ask to be told when there are no senders
 * @port: the port; the caller can be sure of its receive right, or it is dead
 * @new: becomes the port's; NULL to ask no more
 * @sync: how many send rights must have been made for @new to be answered at
 *	once
 * @reap: will send the message
 *
 * Context: Any; takes the port's lock.
 * Return: the request that there was, now the caller's; or NULL.
 */
struct mach_request *mach_request_set_no_senders(struct mach_port *port,
						 struct mach_request *new,
						 u32 sync,
						 struct mach_reap *reap)
{
	struct mach_request *old;
	bool fire;

	spin_lock(&port->lock);
	old = port->no_senders;
	WRITE_ONCE(port->no_senders, new);
	/*
	 * Either the request is seen by who drops the last send right, or the
	 * count of none is seen here. Pairs with atomic_dec_and_test().
	 */
	smp_mb();
	fire = new && !atomic_read(&port->srights) && sync <= port->mscount;
	if (fire) {
		WRITE_ONCE(port->no_senders, NULL);
		new->name = port->mscount;
	}
	spin_unlock(&port->lock);
	if (fire)
		mach_request_fire(new, MACHDEV_NOTIFY_NO_SENDERS, reap);
	return old;
}

/**
 * mach_request_no_senders() - the last send right has gone
 * @port: the port
 * @reap: will send the message, if somebody has asked for it
 *
 * Context: Any; takes the port's lock.
 */
void mach_request_no_senders(struct mach_port *port, struct mach_reap *reap)
{
	struct mach_request *request;

	if (!READ_ONCE(port->no_senders))
		return;
	spin_lock(&port->lock);
	request = port->no_senders;
	/* Meanwhile another may have been made. */
	if (atomic_read(&port->srights))
		request = NULL;
	if (request) {
		WRITE_ONCE(port->no_senders, NULL);
		request->name = port->mscount;
	}
	spin_unlock(&port->lock);
	if (request)
		mach_request_fire(request, MACHDEV_NOTIFY_NO_SENDERS, reap);
}

/**
 * mach_request_destroyed() - a receive right goes, perhaps to who asked for it
 * @port: the port; the caller has the receive right, in no space
 * @reap: will send the message, and gets what dies of it
 *
 * Context: Process; sleeps.
 * Return: whether the port lives on in a message, which has the receive right
 * and the reference with it.
 */
bool mach_request_destroyed(struct mach_port *port, struct mach_reap *reap)
{
	struct mach_request *request = port->destroyed;
	struct machdev_msg_destroyed *msg;
	struct mach_kmsg *kmsg;

	if (likely(!request))
		return false;
	port->destroyed = NULL;
	/* It may have been on its way in a message that was destroyed. */
	mach_transit_leave(port);
	if (!mach_transit_send(port, request->notify.port)) {
		mach_request_cancel(request, reap);
		return false;
	}
	kmsg = request->kmsg;
	msg = (void *)mach_kmsg_header(kmsg);
	*msg = (struct machdev_msg_destroyed){
		.header.bits = MACHDEV_BITS_COMPLEX,
		.header.id = MACHDEV_NOTIFY_PORT_DESTROYED,
		.count = 1,
	};
	mach_kmsg_items(kmsg)[0].right = (struct mach_right){
		port, MACHDEV_MOVE_RECEIVE
	};
	kmsg->remote = request->notify;
	trace_mach_msg_notify(kmsg->remote.port, MACHDEV_NOTIFY_PORT_DESTROYED,
			      0);
	mach_reap_post(reap, take_kmsg(request));
	/* For a while it was nowhere, and who shut the gate did not see it. */
	if (mach_gate_is_shut())
		mach_queue_abandon(port);
	return true;
}

/**
 * mach_requests_fire() - notify all
 * @requests: requests taken off a port; empty on return
 * @id: as for mach_request_fire()
 * @reap: will send the messages
 *
 * Context: Process; may sleep.
 */
void mach_requests_fire(struct list_head *requests, s32 id,
			struct mach_reap *reap)
{
	struct mach_request *request, *next;

	list_for_each_entry_safe(request, next, requests, link) {
		INIT_LIST_HEAD(&request->link);
		mach_request_fire(request, id, reap);
		cond_resched();
	}
	INIT_LIST_HEAD(requests);
}

/**
 * mach_request_arm() - a send through its name has found no room
 * @request: of the name's entry
 * @port: the port
 *
 * Context: Any; takes the port's lock. mach_request_room() has to follow, as
 * there may be room by now.
 */
void mach_request_arm(struct mach_request *request, struct mach_port *port)
{
	spin_lock(&port->lock);
	if (!port->dead && request->state == MACH_REQUEST_DELAYED) {
		WRITE_ONCE(request->state, MACH_REQUEST_ARMED);
		list_move(&request->link, &port->requests);
		WRITE_ONCE(port->armed, true);
	}
	spin_unlock(&port->lock);
}

/* Takes some of the armed requests, while there is room; false: these are all. */
static bool take_armed(struct mach_port *port, struct list_head *requests)
{
	struct mach_request *request;
	unsigned int n = ARMED_BATCH;
	bool more = false;

	spin_lock(&port->lock);
	if (port->dead || !mach_port_has_room_locked(port))
		goto out;
	while (!list_empty(&port->requests)) {
		request = list_first_entry(&port->requests,
					   struct mach_request, link);
		if (request->state != MACH_REQUEST_ARMED)
			break;
		more = !n--;
		if (more)
			goto out;
		WRITE_ONCE(request->state, MACH_REQUEST_SPENT);
		list_move_tail(&request->link, requests);
		port->nrequests--;
	}
	WRITE_ONCE(port->armed, false);
out:
	spin_unlock(&port->lock);
	return more;
}

/* What mach_request_room() does when requests may be armed. */
void mach_request_tell_room(struct mach_port *port, struct mach_reap *reap)
{
	LIST_HEAD(requests);
	bool more;

	do {
		more = take_armed(port, &requests);
		mach_requests_fire(&requests, MACHDEV_NOTIFY_SEND_POSSIBLE,
				   reap);
		cond_resched();
	} while (more);
}
