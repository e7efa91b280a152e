// SPDX-License-Identifier: GPL-2.0-only
/* Destroys rights, messages and ports, without recursion. */
#include <linux/sched.h>

#include "kmsg.h"
#include "ool.h"
#include "port.h"
#include "pset.h"
#include "queue.h"
#include "reap.h"
#include "request.h"
#include "stat.h"
#include "trace.h"

/* The last right to a kernel port that is told of it. */
static void drop_last(struct mach_reap *reap, struct mach_port *port)
{
	if (port->idle(port))
		mach_reap_port(reap, port);
}

static void drop_send(struct mach_reap *reap, struct mach_port *port)
{
	if (!atomic_dec_and_test(&port->srights))
		return;
	if (!port->idle)
		mach_request_no_senders(port, reap);
	else
		drop_last(reap, port);
}

/**
 * mach_reap_right() - let go a right that is in no space
 * @reap: gets what dies of it
 * @right: the right; its port is set to NULL
 *
 * A send-once right that goes unused sends its notification at once.
 *
 * Context: Any; takes the port's lock, and that of a ledger before it.
 */
void mach_reap_right(struct mach_reap *reap, struct mach_right *right)
{
	struct mach_port *port = right->port;

	right->port = NULL;
	if (!mach_port_valid(port))
		return;
	trace_mach_right_release(port, right->type);
	switch (right->type) {
	case MACHDEV_MOVE_RECEIVE:
		mach_reap_port(reap, port);
		return;
	case MACHDEV_MOVE_SEND:
		drop_send(reap, port);
		break;
	case MACHDEV_MOVE_SEND_ONCE:
		atomic_dec(&port->sorights);
		if (port->idle)
			drop_last(reap, port);
		else
			mach_queue_post_send_once(port);
		break;
	}
	mach_port_put(port);
}

/**
 * mach_right_consume() - a right has done its duty
 * @reap: gets what dies of it
 * @right: the destination of a message that was received, or swallowed by a
 *	dead port; its port is set to NULL
 *
 * Unlike mach_reap_right(), sends nothing for a send-once right.
 *
 * Context: Any; takes the port's lock, that of a ledger before it, and one of
 * the table of ports.
 */
void mach_right_consume(struct mach_reap *reap, struct mach_right *right)
{
	struct mach_port *port = right->port;

	right->port = NULL;
	if (!mach_port_valid(port))
		return;
	trace_mach_right_consume(port, right->type);
	if (right->type == MACHDEV_MOVE_SEND_ONCE)
		atomic_dec(&port->sorights);
	else
		drop_send(reap, port);
	mach_port_put(port);
}

/**
 * mach_reap_port() - a port's receive right is gone
 * @reap: will kill it
 * @port: the port; the reference of the receive right is consumed
 */
void mach_reap_port(struct mach_reap *reap, struct mach_port *port)
{
	list_add_tail(&port->reap, &reap->ports);
}

/**
 * mach_reap_kmsg() - destroy a message and the rights in it
 * @reap: will do it
 * @kmsg: the message
 */
void mach_reap_kmsg(struct mach_reap *reap, struct mach_kmsg *kmsg)
{
	list_add_tail(&kmsg->link, &reap->kmsgs);
}

/**
 * mach_reap_post() - send a message of the kernel
 * @reap: will do it
 * @kmsg: the message, its destination set
 */
void mach_reap_post(struct mach_reap *reap, struct mach_kmsg *kmsg)
{
	list_add_tail(&kmsg->link, &reap->posts);
}

/**
 * mach_reap_set() - a port set's name is gone
 * @reap: will let its members go
 * @set: the set; the reference of the name is consumed
 */
void mach_reap_set(struct mach_reap *reap, struct mach_pset *set)
{
	set->next = reap->sets;
	reap->sets = set;
}

static void kill_port(struct mach_reap *reap, struct mach_port *port)
{
	LIST_HEAD(requests);

	if (mach_request_destroyed(port, reap))
		return;
	mach_queue_close(port, &reap->kmsgs, &requests);
	mach_requests_fire(&requests, MACHDEV_NOTIFY_DEAD_NAME, reap);
	mach_request_cancel(mach_request_set_no_senders(port, NULL, 0, reap),
			    reap);
	mach_port_put(port);
}

static void destroy_array(struct mach_reap *reap, struct mach_ool *ool)
{
	struct mach_right *rights = mach_ool_rights(ool);
	u32 i;

	for (i = 0; i < ool->size; i++) {
		mach_reap_right(reap, &rights[i]);
		if (!(i % 64))
			cond_resched();
	}
}

static void destroy_item(struct mach_reap *reap, union mach_item *item)
{
	switch (item->type) {
	case MACH_ITEM_ARRAY:
		if (item->ool)
			destroy_array(reap, item->ool);
		fallthrough;
	case MACH_ITEM_MEMORY:
		mach_ool_free(item->ool);
		cond_resched();
		break;
	default:
		mach_reap_right(reap, &item->right);
	}
}

static void destroy_kmsg(struct mach_reap *reap, struct mach_kmsg *kmsg)
{
	union mach_item *items = mach_kmsg_items(kmsg);
	u32 i;

	trace_mach_msg_destroy(kmsg->remote.port, kmsg);
	mach_reap_right(reap, &kmsg->remote);
	mach_reap_right(reap, &kmsg->local);
	for (i = 0; i < kmsg->items; i++)
		destroy_item(reap, &items[i]);
	mach_kmsg_free(kmsg);
}

/* Nobody receives at ports of the kernel's: there the right is let go. */
static void post_kmsg(struct mach_reap *reap, struct mach_kmsg *kmsg)
{
	struct mach_port *port = kmsg->remote.port;

	if (port->kind == MACH_KIND_PLAIN && mach_queue_post_kernel(port, kmsg))
		mach_stat_inc(NOTIFIED);
	else
		mach_reap_kmsg(reap, kmsg);
}

/* They come first: their ports are left with fewer memberships to end. */
static void work_off_sets(struct mach_reap *reap)
{
	struct mach_pset *set;

	while ((set = reap->sets)) {
		reap->sets = set->next;
		mach_pset_clear(set);
		mach_pset_put(set);
		cond_resched();
	}
}

/* What mach_reap_run() does when there is something on the list. */
void mach_reap_work_off(struct mach_reap *reap)
{
	struct mach_kmsg *kmsg;
	struct mach_port *port;

	work_off_sets(reap);
	for (;;) {
		kmsg = list_first_entry_or_null(&reap->posts, struct mach_kmsg,
						link);
		if (kmsg) {
			list_del(&kmsg->link);
			post_kmsg(reap, kmsg);
			cond_resched();
			continue;
		}
		kmsg = list_first_entry_or_null(&reap->kmsgs, struct mach_kmsg,
						link);
		if (kmsg) {
			list_del(&kmsg->link);
			destroy_kmsg(reap, kmsg);
			cond_resched();
			continue;
		}
		port = list_first_entry_or_null(&reap->ports, struct mach_port,
						reap);
		if (!port)
			return;
		list_del(&port->reap);
		kill_port(reap, port);
		cond_resched();
	}
}
