// SPDX-License-Identifier: GPL-2.0-only
/* All ports there are, for who looks from outside. */
#include <linux/bits.h>
#include <linux/hash.h>
#include <linux/rculist.h>

#include "port.h"
#include "port_table.h"

/* A million ports are some 250 to a bucket, which a step of a walk looks at. */
#define BUCKET_BITS 12
#define BUCKETS BIT(BUCKET_BITS)
#define LOCKS 64

static struct hlist_head table[BUCKETS];

/* Probes make ports and let them go. */
static raw_spinlock_t locks[LOCKS];

static unsigned int bucket_of(const struct mach_port *port)
{
	return hash_64(port->id, BUCKET_BITS);
}

/**
 * mach_port_table_init() - make the table
 */
void mach_port_table_init(void)
{
	unsigned int i;

	for (i = 0; i < LOCKS; i++)
		raw_spin_lock_init(&locks[i]);
}

/**
 * mach_port_table_insert() - put a port into the table
 * @port: complete; whoever walks may see it from now on
 *
 * Context: Any, a probe included; takes a lock of the table.
 */
void mach_port_table_insert(struct mach_port *port)
{
	unsigned int bucket = bucket_of(port);
	raw_spinlock_t *lock = &locks[bucket % LOCKS];
	unsigned long flags;

	raw_spin_lock_irqsave(lock, flags);
	hlist_add_head_rcu(&port->node, &table[bucket]);
	raw_spin_unlock_irqrestore(lock, flags);
}

/**
 * mach_port_table_remove() - take a port out of the table
 * @port: without a reference, to be freed after RCU; perhaps never put into it
 *
 * Context: Any, a probe included; takes a lock of the table.
 */
void mach_port_table_remove(struct mach_port *port)
{
	raw_spinlock_t *lock = &locks[bucket_of(port) % LOCKS];
	unsigned long flags;

	if (hlist_unhashed_lockless(&port->node))
		return;
	raw_spin_lock_irqsave(lock, flags);
	hlist_del_rcu(&port->node);
	raw_spin_unlock_irqrestore(lock, flags);
}

static struct mach_port *port_after(const struct mach_port_walk *walk)
{
	u64 after = walk->after;
	struct mach_port *port, *best;

	rcu_read_lock();
	for (;;) {
		best = NULL;
		hlist_for_each_entry_rcu(port, &table[walk->bucket], node) {
			if (port->id > after && (!best || port->id < best->id))
				best = port;
		}
		if (!best || refcount_inc_not_zero(&best->ref))
			break;
		after = best->id;
	}
	rcu_read_unlock();
	return best;
}

/**
 * mach_port_next() - the next port of a walk
 * @walk: the walk; finds the same port until mach_port_pass(), while it lives
 *
 * A port that is there from the beginning of the walk to its end is met once,
 * no port is met twice.
 *
 * Context: Process.
 * Return: a reference, or NULL at the end.
 */
struct mach_port *mach_port_next(struct mach_port_walk *walk)
{
	struct mach_port *port;

	for (; walk->bucket < BUCKETS; walk->bucket++) {
		port = port_after(walk);
		if (port)
			return port;
		walk->after = 0;
	}
	return NULL;
}

/**
 * mach_port_pass() - go on with a walk
 * @walk: the walk
 * @port: from mach_port_next()
 */
void mach_port_pass(struct mach_port_walk *walk, const struct mach_port *port)
{
	walk->after = port->id;
}
