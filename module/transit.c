// SPDX-License-Identifier: GPL-2.0-only
/* Receive rights in messages: where they go, and that they do not go in circles. */
#include <linux/mutex.h>
#include <linux/sched.h>

#include "transit.h"

/* Ports on their way to one port, each inside a message to the next. */
#define TRANSIT_MAX 100000

static DEFINE_MUTEX(transit_mutex);

/*
 * Walks the chain that begins at a port. Returns how many ports are on their
 * way before one that is not, or -1 if the walk comes back to the first.
 */
static int walk(struct mach_port *first)
{
	struct mach_port *port = mach_port_get(first), *next;
	int length = 0;

	lockdep_assert_held(&transit_mutex);
	for (;;) {
		spin_lock(&port->lock);
		next = port->destination;
		if (next)
			mach_port_get(next);
		spin_unlock(&port->lock);
		mach_port_put(port);
		if (!next)
			return length;
		if (next == first) {
			mach_port_put(next);
			return -1;
		}
		port = next;
		length++;
		cond_resched();
	}
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
	if (walk(destination) < TRANSIT_MAX)
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
	spin_unlock(&port->lock);
}

/**
 * mach_transit_end() - all receive rights are in the message
 * @destination: where it will be sent
 *
 * Every chain that the message has made longer goes through @destination.
 *
 * Context: Process; may sleep; releases the lock of all chains.
 * Return: whether the message must be destroyed, since a chain has closed.
 */
bool mach_transit_end(struct mach_port *destination)
{
	bool circular = walk(destination) < 0;

	mutex_unlock(&transit_mutex);
	return circular;
}
