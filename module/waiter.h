/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: A thread that waits
 *
 * A waiter stands on the stack of a thread that waits at a port, to receive
 * or for room to send, or at a port set, to receive, and is on one list of the
 * port or set. Whoever ends the wait takes it off the list under the lock of
 * that, fills in the outcome and marks it done; from then on the waiter may be
 * gone. A waiter that gives up by itself takes the lock and, finding that
 * nobody finished it, takes itself off. So each wait ends once.
 */
#ifndef MACH_WAITER_H
#define MACH_WAITER_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/types.h>

struct mach_kmsg;
struct mach_port;

/**
 * struct mach_waiter - one wait of one thread
 * @link: on a list of the port or set, guarded by its lock
 * @thread: who waits; constant after init
 * @done: the wait is over; stored with release, after all else, under the
 *	lock of the port or set
 * @send_once: out: what was received is a send-once notification
 * @large: in: leave a message that does not fit in the queue
 * @at_set: in: receives from a port set
 * @result: out: Mach code
 * @port: send: where it waits, holds a reference while it does; receive from a
 *	set: out: the member that it was taken from, or where a send-once
 *	notification was, as a reference; else NULL
 * @kmsg: receive: out, the message; send: in, the message that wants room
 * @seqno: out: sequence number of what was received
 * @size: out: size of the message that was too large
 * @name: out: name of the receive right where it is
 * @room: in: bytes that the receive buffer has beside the trailer; may be
 *	negative
 */
struct mach_waiter {
	struct list_head link;
	struct task_struct *thread;
	bool done;
	bool send_once;
	bool large;
	bool at_set;
	int result;
	struct mach_port *port;
	struct mach_kmsg *kmsg;
	u32 seqno;
	u32 size;
	u32 name;
	s64 room;
};

void mach_waiter_init(struct mach_waiter *waiter);
int mach_waiter_sleep(struct mach_waiter *waiter, const ktime_t *deadline);

/**
 * mach_waiter_done() - end a wait, without waking
 * @waiter: taken off its list, with the outcome filled in; gone on return
 *
 * Context: Any; the lock of the port or set held, in an RCU read section, so
 * that the thread can be woken after the lock is dropped.
 * Return: the thread to wake.
 */
static inline struct task_struct *mach_waiter_done(struct mach_waiter *waiter)
{
	struct task_struct *thread = waiter->thread;

	/* Pairs with the acquire in mach_waiter_sleep(). */
	smp_store_release(&waiter->done, true);
	return thread;
}

/**
 * mach_waiter_finish() - end a wait and wake
 * @waiter: taken off its list, with the outcome filled in; gone on return
 *
 * Context: Any; the lock of the port or set held.
 */
static inline void mach_waiter_finish(struct mach_waiter *waiter)
{
	rcu_read_lock();
	wake_up_process(mach_waiter_done(waiter));
	rcu_read_unlock();
}

#endif /* MACH_WAITER_H */
