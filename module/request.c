// SPDX-License-Identifier: GPL-2.0-only
/* Requests to be told of a port's death. */
#include <linux/sched.h>
#include <linux/slab.h>

#include "alloc.h"
#include "kmsg.h"
#include "ledger.h"
#include "port.h"
#include "reap.h"
#include "request.h"
#include "stat.h"
#include "trace.h"

/**
 * mach_request_new() - make a request and its notification
 * @ledger: charged for both
 * @name: the name that the notification will give
 *
 * Context: Process; may sleep.
 * Return: a request without a right to notify; NULL when memory or the ledger
 * does not allow it.
 */
struct mach_request *mach_request_new(struct mach_ledger *ledger, u32 name)
{
	struct mach_request *request;

	if (!mach_ledger_charge(ledger, sizeof(*request)))
		return NULL;
	request = kzalloc(sizeof(*request), MACH_GFP);
	if (!request)
		goto err_uncharge;
	INIT_LIST_HEAD(&request->link);
	request->name = name;
	request->kmsg = mach_kmsg_new_kernel(ledger,
					     sizeof(struct machdev_msg_notify));
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
 * @id: MACHDEV_NOTIFY_DEAD_NAME or MACHDEV_NOTIFY_PORT_DELETED
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
