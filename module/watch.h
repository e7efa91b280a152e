/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Watches
 *
 * A watch is a descriptor's look at a port or a port set: whether a receive
 * would find something. It begins when the receive right, or the set, is seen
 * in the caller's space, and ends for good when that right leaves the space or
 * the port or set dies, so that nobody looks at what another task receives.
 *
 * It holds the memory of what it looks at, not a right: closing a descriptor
 * changes nothing, and the port dies as if nobody looked.
 *
 * Who looks first joins the wait queue and then takes the port's lock to see
 * how things stand; who changes that does so under the lock, and wakes before
 * he drops it. So no change is missed. The lock is a spinlock_t, as that of the
 * wait queue is, and no one who waits in such a queue takes a port's lock when
 * woken.
 *
 * Each message that is queued wakes, for of those who wait exclusively only one
 * is woken at a time, and he may be busy with the one before. A message that is
 * handed to a thread that waits makes nothing ready. The end of a watch wakes
 * all, since it is told once.
 *
 * A set never leaves its space, so all that look at it end together: they share
 * the wait queue of the set, and there may be any number of them. What changes
 * under the set's lock is whether any member is ready. Who sends to a member
 * that is ready already does not take that lock, only looks whether anybody
 * waits in the queue: whoever joined it and then found the set not ready did so
 * before the member became ready, and so is seen.
 */
#ifndef MACH_WATCH_H
#define MACH_WATCH_H

#include <linux/poll.h>
#include <linux/wait.h>

#include "port.h"
#include "pset.h"

/* Descriptors of one port; a message looks at all, under the port's lock. */
#define MACH_WATCHES_MAX 256

/**
 * struct mach_watch - one descriptor of one port or set
 * @link: at the port, guarded by the port's lock; not hashed once it has ended
 * @port: the port, holds a reference; or NULL; constant
 * @set: otherwise the set, holds a reference; constant
 * @wait: who waits for the port to be ready
 * @ledger: charged for this, holds a reference; constant
 */
struct mach_watch {
	struct hlist_node link;
	struct mach_port *port;
	struct mach_pset *set;
	wait_queue_head_t wait;
	struct mach_ledger *ledger;
};

int mach_watch_new(struct mach_space *space, struct mach_port *port,
		   struct mach_ledger *ledger, struct mach_watch **watch);
struct mach_watch *mach_watch_new_set(struct mach_pset *set,
				      struct mach_ledger *ledger);
void mach_watch_free(struct mach_watch *watch);
__poll_t mach_watch_poll(const struct mach_watch *watch);
void mach_watch_wake_locked(struct mach_port *port);
void mach_watch_hang_up_locked(struct mach_port *port);
void mach_watch_end_all_locked(struct mach_port *port);

/* The queue of those who wait for a watch to be ready. */
static inline wait_queue_head_t *mach_watch_queue(struct mach_watch *watch)
{
	return watch->set ? &watch->set->wait : &watch->wait;
}

/**
 * mach_watch_ready_locked() - the queue of a port has got a message
 * @port: the port, its lock held; its sets are ready
 */
static inline void mach_watch_ready_locked(struct mach_port *port)
{
	lockdep_assert_held(&port->lock);
	if (unlikely(!hlist_empty(&port->watches)))
		mach_watch_wake_locked(port);
	if (unlikely(!list_empty(&port->members)))
		mach_pset_wake_locked(port);
}

/**
 * mach_watch_end_locked() - the receive right of a port goes
 * @port: the port, its lock held
 */
static inline void mach_watch_end_locked(struct mach_port *port)
{
	lockdep_assert_held(&port->lock);
	if (unlikely(!hlist_empty(&port->watches)))
		mach_watch_end_all_locked(port);
}

#endif /* MACH_WATCH_H */
