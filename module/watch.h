/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Watches
 *
 * A watch is a descriptor's look at a port: whether a receive would find
 * something. It begins when the receive right is seen in the caller's space,
 * and ends for good when that right leaves the space or the port dies, so that
 * nobody looks at what another task receives.
 *
 * It holds the port's memory, not a right: closing a descriptor changes nothing,
 * and the port dies as if nobody looked.
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
 */
#ifndef MACH_WATCH_H
#define MACH_WATCH_H

#include <linux/poll.h>
#include <linux/wait.h>

#include "port.h"

/* Descriptors of one port; a message looks at all, under the port's lock. */
#define MACH_WATCHES_MAX 256

/**
 * struct mach_watch - one descriptor of one port
 * @link: at the port, guarded by the port's lock; not hashed once it has ended
 * @port: the port, holds a reference; constant
 * @wait: who waits for it to be ready
 * @ledger: charged for this, holds a reference; constant
 */
struct mach_watch {
	struct hlist_node link;
	struct mach_port *port;
	wait_queue_head_t wait;
	struct mach_ledger *ledger;
};

int mach_watch_new(struct mach_space *space, struct mach_port *port,
		   struct mach_ledger *ledger, struct mach_watch **watch);
void mach_watch_free(struct mach_watch *watch);
__poll_t mach_watch_poll(struct mach_watch *watch);
void mach_watch_wake_locked(struct mach_port *port);
void mach_watch_hang_up_locked(struct mach_port *port);
void mach_watch_end_all_locked(struct mach_port *port);

/**
 * mach_watch_ready_locked() - the queue of a port has got a message
 * @port: the port, its lock held
 */
static inline void mach_watch_ready_locked(struct mach_port *port)
{
	lockdep_assert_held(&port->lock);
	if (unlikely(!hlist_empty(&port->watches)))
		mach_watch_wake_locked(port);
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
