// SPDX-License-Identifier: GPL-2.0-only
/* Receive rights in messages: where they go, and that they do not go in circles. */
#include <linux/mutex.h>
#include <linux/sched.h>

#include "kmsg.h"
#include "ool.h"
#include "queue.h"
#include "trace.h"
#include "transit.h"

/* Ports on their way before one that a receive right may be sent to. */
#define TRANSIT_MAX 100000

/* Held while chains may grow. */
static DEFINE_MUTEX(transit_mutex);

/* All ports on their way; a leaf, taken under a port's lock. */
static DEFINE_SPINLOCK(list_lock);
static LIST_HEAD(list);
static unsigned int list_length;

/*
 * Walks the chain that begins at a port. Returns how many ports are on their
 * way before one that is not, at most TRANSIT_MAX, or -1 if another port that
 * is looked for, or the first one again, is met.
 */
static int walk(struct mach_port *first, const struct mach_port *other)
{
	struct mach_port *port = mach_port_get(first), *next;
	int length;

	lockdep_assert_held(&transit_mutex);
	for (length = 0; length < TRANSIT_MAX; length++) {
		spin_lock(&port->lock);
		next = port->destination;
		if (next)
			mach_port_get(next);
		spin_unlock(&port->lock);
		if (!next)
			break;
		mach_port_put(port);
		port = next;
		if (port == first || port == other) {
			length = -1;
			break;
		}
		cond_resched();
	}
	mach_port_put(port);
	return length;
}

/**
 * mach_transit_begin() - before receive rights are put into a message
 * @destination: where it will be sent
 *
 * Context: Process; sleeps. On success the lock of all chains is held, until
 * mach_transit_end().
 * Return: 0; MACH_SEND_NO_BUFFER, the chain is too long already;
 * MACH_SEND_INTERRUPTED, the process is being killed.
 */
int mach_transit_begin(struct mach_port *destination)
{
	if (mutex_lock_killable(&transit_mutex))
		return MACHDEV_SEND_INTERRUPTED;
	if (walk(destination, NULL) < TRANSIT_MAX)
		return 0;
	mutex_unlock(&transit_mutex);
	return MACHDEV_SEND_NO_BUFFER;
}

/**
 * mach_transit_enter() - a receive right is in a message now
 * @port: its port
 * @destination: where the message will be sent; takes a reference
 *
 * Context: Between mach_transit_begin() and mach_transit_end(); takes the
 * port's lock.
 */
void mach_transit_enter(struct mach_port *port, struct mach_port *destination)
{
	lockdep_assert_held(&transit_mutex);
	mach_port_get(destination);
	spin_lock(&port->lock);
	port->destination = destination;
	spin_lock(&list_lock);
	list_add_tail(&port->transit, &list);
	list_length++;
	spin_unlock(&list_lock);
	spin_unlock(&port->lock);
	trace_mach_port_transit(port, destination);
}

/**
 * mach_transit_leave_locked() - a port has arrived, or dies
 * @port: the port, its lock held
 *
 * Return: where it was on its way to, a reference for the caller to put once
 * the lock is released; or NULL.
 */
struct mach_port *mach_transit_leave_locked(struct mach_port *port)
{
	struct mach_port *destination = port->destination;

	lockdep_assert_held(&port->lock);
	if (likely(!destination))
		return NULL;
	port->destination = NULL;
	spin_lock(&list_lock);
	list_del(&port->transit);
	list_length--;
	spin_unlock(&list_lock);
	return destination;
}

/**
 * mach_transit_leave() - a port is not on its way any more
 * @port: the port
 *
 * Context: Process; takes the port's lock.
 */
void mach_transit_leave(struct mach_port *port)
{
	struct mach_port *destination;

	spin_lock(&port->lock);
	destination = mach_transit_leave_locked(port);
	spin_unlock(&port->lock);
	mach_port_put(destination);
}

static void leave(const struct mach_right *right)
{
	if (right->type == MACHDEV_MOVE_RECEIVE && mach_port_valid(right->port))
		mach_transit_leave(right->port);
}

static void leave_all(struct mach_kmsg *kmsg)
{
	union mach_item *items = mach_kmsg_items(kmsg);
	const struct mach_right *rights;
	u32 i, n;

	for (i = 0; i < kmsg->items; i++) {
		if (items[i].type == MACH_ITEM_MEMORY)
			continue;
		if (items[i].type != MACH_ITEM_ARRAY) {
			leave(&items[i].right);
			continue;
		}
		if (!items[i].ool)
			continue;
		rights = mach_ool_rights(items[i].ool);
		for (n = 0; n < items[i].ool->size; n++) {
			leave(&rights[n]);
			if (!(n % 64))
				cond_resched();
		}
	}
}

/**
 * mach_transit_end() - all receive rights are in the message
 * @destination: where it will be sent, as for mach_transit_begin()
 * @kmsg: the message, its rights perhaps not all there
 *
 * Every chain that the message has made longer goes through @destination. No
 * ring is left when the lock is released: others would walk in it. It is cut
 * where the message closed it, since that is what will be destroyed; the rest of
 * the chain may live on.
 *
 * Context: Process; may sleep; releases the lock of all chains.
 * Return: whether the message must be destroyed, since a chain has closed.
 */
bool mach_transit_end(struct mach_port *destination, struct mach_kmsg *kmsg)
{
	bool circular = walk(destination, NULL) < 0;

	if (circular)
		leave_all(kmsg);
	mutex_unlock(&transit_mutex);
	return circular;
}

/**
 * mach_transit_send() - a receive right is in a message of the kernel
 * @port: its port, not on its way
 * @destination: where the message will be sent; takes a reference
 *
 * Context: Process; sleeps.
 * Return: false, with nothing changed: @port would be on its way to itself, or
 * the chain is too long.
 */
bool mach_transit_send(struct mach_port *port, struct mach_port *destination)
{
	bool sent = false;
	int length;

	if (port == destination)
		return false;
	mutex_lock(&transit_mutex);
	length = walk(destination, port);
	if (length >= 0 && length < TRANSIT_MAX) {
		mach_transit_enter(port, destination);
		sent = true;
	}
	mutex_unlock(&transit_mutex);
	return sent;
}

/* The first port of the list, which becomes the last, with a reference. */
static struct mach_port *rotate(void)
{
	struct mach_port *port;

	spin_lock(&list_lock);
	port = list_first_entry_or_null(&list, struct mach_port, transit);
	if (port) {
		list_move_tail(&port->transit, &list);
		/* Who leaves the list waits for its lock, and has one. */
		mach_port_get(port);
	}
	spin_unlock(&list_lock);
	return port;
}

/**
 * mach_transit_abandon_all() - the gate is shut: wake who waits at such a port
 *
 * Context: Process; sleeps.
 */
void mach_transit_abandon_all(void)
{
	struct mach_port *port;
	unsigned int n;

	spin_lock(&list_lock);
	n = list_length;
	spin_unlock(&list_lock);
	while (n-- && (port = rotate())) {
		mach_queue_abandon(port);
		mach_port_put(port);
		cond_resched();
	}
}
