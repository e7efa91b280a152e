// SPDX-License-Identifier: GPL-2.0-only
/* Watches: descriptors that become ready when there is a message. */
#include <linux/slab.h>

#include "alloc.h"
#include "gate.h"
#include "ledger.h"
#include "watch.h"

static bool may_watch_locked(const struct mach_port *port)
{
	const struct mach_watch *watch;
	unsigned int n = 0;

	lockdep_assert_held(&port->lock);
	hlist_for_each_entry(watch, &port->watches, link)
		n++;
	return n < MACH_WATCHES_MAX;
}

/* Looks at nothing yet. */
static struct mach_watch *make(struct mach_ledger *ledger)
{
	struct mach_watch *watch;

	if (!mach_ledger_charge(ledger, sizeof(*watch)))
		return NULL;
	watch = kzalloc(sizeof(*watch), MACH_GFP);
	if (!watch) {
		mach_ledger_uncharge(ledger, sizeof(*watch));
		return NULL;
	}
	INIT_HLIST_NODE(&watch->link);
	init_waitqueue_head(&watch->wait);
	watch->ledger = mach_ledger_get(ledger);
	return watch;
}

/**
 * mach_watch_new() - begin to watch a port
 * @space: of the caller
 * @port: a port of which the caller has seen the receive right in @space
 * @ledger: charged for it
 * @result: out: the watch
 *
 * Context: Process; may sleep; takes the port's lock.
 * Return: KERN_SUCCESS; KERN_INVALID_RIGHT, the receive right has left @space;
 * KERN_RESOURCE_SHORTAGE, memory or the ledger does not allow it, or too many
 * watch the port.
 */
int mach_watch_new(struct mach_space *space, struct mach_port *port,
		   struct mach_ledger *ledger, struct mach_watch **result)
{
	struct mach_watch *watch = make(ledger);
	int ret = MACHDEV_KERN_SUCCESS;

	if (!watch)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	watch->port = mach_port_get(port);
	spin_lock(&port->lock);
	if (port->receiver != space)
		ret = MACHDEV_KERN_INVALID_RIGHT;
	else if (!may_watch_locked(port))
		ret = MACHDEV_KERN_RESOURCE_SHORTAGE;
	else
		hlist_add_head(&watch->link, &port->watches);
	spin_unlock(&port->lock);
	if (ret)
		mach_watch_free(watch);
	else
		*result = watch;
	return ret;
}

/**
 * mach_watch_new_set() - begin to watch a port set
 * @set: a set that the caller has seen in his space; if it has gone since, the
 *	watch has ended
 * @ledger: charged for it
 *
 * Context: Process; may sleep.
 * Return: the watch; NULL when memory or the ledger does not allow it.
 */
struct mach_watch *mach_watch_new_set(struct mach_pset *set,
				      struct mach_ledger *ledger)
{
	struct mach_watch *watch = make(ledger);

	if (watch)
		watch->set = mach_pset_get(set);
	return watch;
}

/**
 * mach_watch_free() - watch no more
 * @watch: nobody waits for it any more
 *
 * Context: Process; takes the lock of a port that is watched.
 */
void mach_watch_free(struct mach_watch *watch)
{
	struct mach_port *port = watch->port;

	if (port) {
		spin_lock(&port->lock);
		hlist_del_init(&watch->link);
		spin_unlock(&port->lock);
		mach_port_put(port);
	}
	mach_pset_put(watch->set);
	mach_ledger_uncharge(watch->ledger, sizeof(*watch));
	mach_ledger_put(watch->ledger);
	kfree(watch);
}

static __poll_t state(bool ended, bool ready)
{
	if (ended || mach_gate_is_shut())
		return EPOLLHUP;
	return ready ? EPOLLIN | EPOLLRDNORM : 0;
}

/**
 * mach_watch_poll() - how things stand
 * @watch: the watch; who wants to be woken has joined mach_watch_queue() before
 *
 * Context: Process; takes the lock of the port or set.
 * Return: EPOLLIN and EPOLLRDNORM, a receive would find something; EPOLLHUP, the
 * watch has ended, or the gate is shut; 0.
 */
__poll_t mach_watch_poll(const struct mach_watch *watch)
{
	struct mach_port *port = watch->port;
	struct mach_pset *set = watch->set;
	__poll_t events;

	if (set) {
		spin_lock(&set->lock);
		events = state(set->dead, !list_empty(&set->ready));
		spin_unlock(&set->lock);
	} else {
		spin_lock(&port->lock);
		events = state(hlist_unhashed(&watch->link), port->msgcount);
		spin_unlock(&port->lock);
	}
	return events;
}

/**
 * mach_watch_wake_locked() - there is something to receive
 * @port: the port, its lock held
 */
void mach_watch_wake_locked(struct mach_port *port)
{
	struct mach_watch *watch;

	lockdep_assert_held(&port->lock);
	hlist_for_each_entry(watch, &port->watches, link)
		wake_up_poll(&watch->wait, EPOLLIN | EPOLLRDNORM);
}

/**
 * mach_watch_hang_up_locked() - the gate is shut: wake all who wait
 * @port: the port, its lock held
 */
void mach_watch_hang_up_locked(struct mach_port *port)
{
	struct mach_watch *watch;

	lockdep_assert_held(&port->lock);
	hlist_for_each_entry(watch, &port->watches, link)
		wake_up_all(&watch->wait);
}

/**
 * mach_watch_end_all_locked() - end all watches of a port
 * @port: the port, its lock held
 */
void mach_watch_end_all_locked(struct mach_port *port)
{
	struct mach_watch *watch;

	lockdep_assert_held(&port->lock);
	while (!hlist_empty(&port->watches)) {
		watch = hlist_entry(port->watches.first, struct mach_watch,
				    link);
		hlist_del_init(&watch->link);
		wake_up_all(&watch->wait);
	}
}
