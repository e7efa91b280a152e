// SPDX-License-Identifier: GPL-2.0-only
/* Ports: memory, references and the making of rights. */
#include <linux/slab.h>

#include "ledger.h"
#include "port.h"
#include "port_table.h"
#include "serial.h"
#include "stat.h"
#include "trace.h"

static struct kmem_cache *port_cache;

/**
 * mach_port_cache_init() - make the slab cache of ports, and their table
 *
 * Return: 0 or -ENOMEM.
 */
int mach_port_cache_init(void)
{
	mach_port_table_init();
	port_cache = kmem_cache_create("mach_port", sizeof(struct mach_port),
				       0, 0, NULL);
	return port_cache ? 0 : -ENOMEM;
}

/**
 * mach_port_cache_exit() - free the slab cache, after an RCU barrier
 */
void mach_port_cache_exit(void)
{
	kmem_cache_destroy(port_cache);
}

/* Made for a task that may never be: nothing that one could look at yet. */
static bool is_ahead(const struct mach_port *port)
{
	return port->kind == MACH_KIND_TASK && !port->ledger;
}

/**
 * mach_port_new() - make a port
 * @kind: what kind of thing it stands for
 * @object: the thing, or NULL; it may be looked at before this returns
 * @ledger: charged for it; NULL for a port of the module's own, which is not
 *	counted, or one that mach_port_adopt() will see to
 * @gfp: how to allocate
 *
 * Context: Process; may sleep if @gfp may; takes a lock of the table.
 * Return: a port without receiver, with one reference; NULL when memory or
 * the ledger's limit does not allow it.
 */
struct mach_port *mach_port_new(enum mach_port_kind kind, void *object,
				struct mach_ledger *ledger, gfp_t gfp)
{
	struct mach_port *port;

	if (ledger && !mach_ledger_charge(ledger, sizeof(*port)))
		return NULL;
	port = kmem_cache_zalloc(port_cache, gfp);
	if (!port) {
		if (ledger)
			mach_ledger_uncharge(ledger, sizeof(*port));
		return NULL;
	}
	refcount_set(&port->ref, 1);
	spin_lock_init(&port->lock);
	port->kind = kind;
	port->object = object;
	port->id = mach_serial_next();
	port->qlimit = MACHDEV_QLIMIT_DEFAULT;
	INIT_LIST_HEAD(&port->messages);
	INIT_LIST_HEAD(&port->senders);
	INIT_LIST_HEAD(&port->receivers);
	INIT_LIST_HEAD(&port->requests);
	INIT_LIST_HEAD(&port->members);
	if (ledger) {
		port->ledger = mach_ledger_get(ledger);
		mach_stat_inc(PORTS);
	}
	trace_mach_port_new(port);
	if (!is_ahead(port))
		mach_port_table_insert(port);
	return port;
}

/**
 * mach_port_adopt() - charge a port that was made ahead
 * @port: made without a ledger, not yet seen by anybody
 * @object: the task that it stands for; it may be looked at before this returns
 * @ledger: charged even past its limit; its reference is consumed
 *
 * Context: Any, a probe included; takes a lock of the table.
 */
void mach_port_adopt(struct mach_port *port, void *object,
		     struct mach_ledger *ledger)
{
	mach_ledger_charge_force(ledger, sizeof(*port));
	port->object = object;
	port->ledger = ledger;
	mach_stat_inc(PORTS);
	mach_port_table_insert(port);
}

static void port_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(port_cache, container_of(rcu, struct mach_port, rcu));
}

/**
 * mach_port_put() - drop a memory reference
 * @port: a port, MACH_PORT_DEAD_PTR or NULL
 *
 * Context: Any, a probe included; takes a lock of the table.
 */
void mach_port_put(struct mach_port *port)
{
	if (!mach_port_valid(port) || !refcount_dec_and_test(&port->ref))
		return;
	trace_mach_port_free(port);
	mach_port_table_remove(port);
	WARN_ON_ONCE(!list_empty(&port->messages) || port->destination ||
		     port->nsets);
	if (port->ledger) {
		mach_ledger_uncharge(port->ledger, sizeof(*port));
		mach_ledger_put(port->ledger);
		mach_stat_dec(PORTS);
	}
	call_rcu(&port->rcu, port_free_rcu);
}

/**
 * mach_port_discard() - drop the only reference but that of who looks on
 * @port: a port to which there never was a right, or NULL
 *
 * What it stands for may go as soon as this returns.
 *
 * Context: Any; takes the port's lock, and one of the table.
 */
void mach_port_discard(struct mach_port *port)
{
	if (!port)
		return;
	spin_lock(&port->lock);
	port->object = NULL;
	spin_unlock(&port->lock);
	mach_port_put(port);
}

/**
 * mach_port_make_send() - make a send right from the receive right
 * @port: a port of whose receive right the caller can be sure
 *
 * Context: Any; takes the port's lock.
 * Return: the right; the port's make-send count has grown by one.
 */
struct mach_right mach_port_make_send(struct mach_port *port)
{
	spin_lock(&port->lock);
	port->mscount++;
	atomic_inc(&port->srights);
	spin_unlock(&port->lock);
	mach_port_get(port);
	trace_mach_right_make(port, MACHDEV_MOVE_SEND);
	return (struct mach_right){ port, MACHDEV_MOVE_SEND };
}

/**
 * mach_port_unmake_send() - a send right that was made was made in vain
 * @port: its port; the right itself is still to be destroyed
 *
 * Context: Any; takes the port's lock.
 */
void mach_port_unmake_send(struct mach_port *port)
{
	spin_lock(&port->lock);
	/* It began anew if the receive right has moved meanwhile. */
	if (port->mscount)
		port->mscount--;
	spin_unlock(&port->lock);
}

/**
 * mach_port_make_send_once() - make a send-once right from the receive right
 * @port: a port of whose receive right the caller can be sure
 *
 * Context: Any; takes no lock.
 * Return: the right.
 */
struct mach_right mach_port_make_send_once(struct mach_port *port)
{
	atomic_inc(&port->sorights);
	mach_port_get(port);
	trace_mach_right_make(port, MACHDEV_MOVE_SEND_ONCE);
	return (struct mach_right){ port, MACHDEV_MOVE_SEND_ONCE };
}

/**
 * mach_port_copy_send() - copy a send right
 * @port: NULL, MACH_PORT_DEAD_PTR, or a port to which the caller holds a send
 *	right
 *
 * Context: Any; takes no lock.
 * Return: another one; a dead one when the port has died.
 */
struct mach_right mach_port_copy_send(struct mach_port *port)
{
	if (mach_port_valid(port)) {
		if (mach_port_is_dead(port)) {
			port = MACH_PORT_DEAD_PTR;
		} else {
			atomic_inc(&port->srights);
			mach_port_get(port);
			trace_mach_right_copy(port, MACHDEV_MOVE_SEND);
		}
	}
	return (struct mach_right){ port, MACHDEV_MOVE_SEND };
}
