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
	request->name = name;
	request->kmsg = mach_kmsg_new_kernel(ledger, right ?
				sizeof(struct machdev_msg_destroyed) :
				sizeof(struct machdev_msg_notify), right);
	if (!request->kmsg)
		goto err_free;
	mach_stat_inc(REQUESTS);
	return request;

err_free:
	kfree(request);
err_uncharge:
	mach_ledger_uncharge(ledger, sizeof(*request));
	return NULL;
}

static void free_shell(struct mach_request *request)
{
	/* The notification was charged to the same ledger, and holds it. */
	mach_ledger_uncharge(request->kmsg->ledger, sizeof(*request));
	mach_stat_dec(REQUESTS);
	kfree(request);
}

/**
 * mach_request_free() - drop a request that has come to nothing
 * @request: on no list, its right to notify moved elsewhere; or NULL
 *
 * Context: Process; may sleep.
 */
void mach_request_free(struct mach_request *request)
{
	struct mach_kmsg *kmsg;

	if (!request)
		return;
	kmsg = request->kmsg;
	free_shell(request);
	mach_kmsg_free(kmsg);
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

/**
 * mach_request_replace() - ask a port by another request
 * @old: what the name's entry points to, or NULL; the caller's on success
 * @new: becomes the port's on success; NULL to ask no more
 * @port: the port
 *
 * Context: Any; takes the port's lock.
 * Return: false if the port is dead, and has dealt with @old.
 */
bool mach_request_replace(struct mach_request *old, struct mach_request *new,
			  struct mach_port *port)
{
	bool alive;

	spin_lock(&port->lock);
	alive = !port->dead;
	if (alive && old) {
		list_del_init(&old->link);
		port->nrequests--;
	}
	if (alive && new) {
		list_add_tail(&new->link, &port->requests);
		port->nrequests++;
	}
	spin_unlock(&port->lock);
	return alive;
}

/**
 * mach_request_remove() - ask a port no more
 * @request: what the name's entry points to; not looked at if the port is dead
 * @port: the port
 *
 * Context: Any; takes the port's lock.
 * Return: true, @request is the caller's; false, the port is dead and has
 * dealt with it.
 */
bool mach_request_remove(struct mach_request *request, struct mach_port *port)
{
	bool alive;

	spin_lock(&port->lock);
	alive = !port->dead;
	if (alive) {
		list_del_init(&request->link);
		port->nrequests--;
	}
	spin_unlock(&port->lock);
	return alive;
}

/**
 * mach_request_fire() - notify
 * @request: on no list; freed
 * @id: MACHDEV_NOTIFY_DEAD_NAME, _PORT_DELETED or _NO_SENDERS
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
	free_shell(request);
	mach_reap_post(reap, kmsg);
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
	mach_kmsg_rights(kmsg)[0] = (struct mach_right){
		port, MACHDEV_MOVE_RECEIVE
	};
	kmsg->receives = true;
	kmsg->remote = request->notify;
	trace_mach_msg_notify(kmsg->remote.port, MACHDEV_NOTIFY_PORT_DESTROYED,
			      0);
	free_shell(request);
	mach_reap_post(reap, kmsg);
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
		mach_request_fire(request, id, reap);
		cond_resched();
	}
	INIT_LIST_HEAD(requests);
}
