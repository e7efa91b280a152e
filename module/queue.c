// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue of a port, and who waits at it.
 *
 * Why no wake-up is lost. Everything is decided under the port's lock; only
 * the sleep itself is outside.
 *
 *	receiver				sender
 *	lock
 *	  queue empty, join @receivers
 *	unlock					lock
 *						  take the waiter off @receivers
 *						  fill in the outcome
 *						  done = true		(A)
 *	set_current_state(INTERRUPTIBLE)  (B)	unlock
 *	done?				  (C)	wake_up_process()	(D)
 *	  no: schedule()
 *
 * set_current_state() is a full barrier between (B) and (C), wake_up_process()
 * one between (A) and its look at the state in (D). So either (C) sees (A), or
 * (D) sees (B) and wakes. A receiver that leaves because of a signal or a
 * deadline takes the lock first: it finds itself done, and then has received,
 * or still on the list, and then nobody else knows of it. A sender that waits
 * for room and whoever makes it are in the same positions.
 */
#include "kmsg.h"
#include "queue.h"
#include "stat.h"

#define SEND_ONCE_SIZE sizeof(struct machdev_msg_header)

static bool is_full_locked(const struct mach_port *port, bool send_once)
{
	if (send_once)
		return port->msgcount >= MACHDEV_QLIMIT_KERNEL;
	return port->msgcount >= port->qlimit || !list_empty(&port->senders);
}

static void append_locked(struct mach_port *port, struct mach_kmsg *kmsg)
{
	kmsg->so_before = port->so_tail;
	port->so_tail = 0;
	list_add_tail(&kmsg->link, &port->messages);
	port->msgcount++;
	mach_stat_inc(QUEUED);
}

/*
 * Gives a message, or a send-once notification if kmsg is NULL, to the first
 * receiver that can take it. Those whose buffer is too small, and who want the
 * message to stay, are told so.
 */
static struct task_struct *hand_over_locked(struct mach_port *port,
					    struct mach_kmsg *kmsg)
{
	u32 size = kmsg ? kmsg->size : SEND_ONCE_SIZE;
	struct mach_waiter *waiter;

	lockdep_assert_held(&port->lock);
	while (!list_empty(&port->receivers)) {
		waiter = list_first_entry(&port->receivers, struct mach_waiter,
					  link);
		list_del_init(&waiter->link);
		if (waiter->large && size > waiter->room) {
			waiter->result = MACHDEV_RCV_TOO_LARGE;
			waiter->size = size;
			mach_waiter_finish(waiter);
			continue;
		}
		waiter->kmsg = kmsg;
		waiter->send_once = !kmsg;
		waiter->seqno = port->seqno++;
		return mach_waiter_done(waiter);
	}
	return NULL;
}

/* Lets in as many of the waiting senders as there is room for. */
static void admit_locked(struct mach_port *port)
{
	struct task_struct *thread;
	struct mach_waiter *waiter;

	lockdep_assert_held(&port->lock);
	while (!list_empty(&port->senders) && port->msgcount < port->qlimit) {
		waiter = list_first_entry(&port->senders, struct mach_waiter,
					  link);
		list_del_init(&waiter->link);
		rcu_read_lock();
		thread = hand_over_locked(port, waiter->kmsg);
		if (thread)
			wake_up_process(thread);
		else
			append_locked(port, waiter->kmsg);
		rcu_read_unlock();
		waiter->kmsg = NULL;
		mach_waiter_finish(waiter);
	}
}

/**
 * mach_queue_post() - send a message to its port
 * @port: the port
 * @kmsg: the message; the port's or a receiver's on MACH_POST_DONE, the
 *	waiter's on MACH_POST_FULL
 * @waiter: waits when there is no room, and then has a reference to @port, since
 *	the message with its own can vanish at any time; NULL not to wait
 *
 * Context: Any; takes the port's lock.
 * Return: what became of @kmsg.
 */
enum mach_post mach_queue_post(struct mach_port *port, struct mach_kmsg *kmsg,
			       struct mach_waiter *waiter)
{
	bool send_once = kmsg->remote.type == MACHDEV_MOVE_SEND_ONCE;
	enum mach_post post = MACH_POST_DONE;
	struct task_struct *thread = NULL;

	rcu_read_lock();
	spin_lock(&port->lock);
	if (port->dead) {
		post = MACH_POST_DEAD;
	} else if (is_full_locked(port, send_once)) {
		post = MACH_POST_FULL;
		if (waiter) {
			waiter->kmsg = kmsg;
			waiter->port = mach_port_get(port);
			list_add_tail(&waiter->link, &port->senders);
		}
	} else {
		thread = hand_over_locked(port, kmsg);
		if (!thread)
			append_locked(port, kmsg);
	}
	spin_unlock(&port->lock);
	if (thread)
		wake_up_process(thread);
	rcu_read_unlock();
	return post;
}

/**
 * mach_queue_post_kernel() - queue a message of the kernel, whatever the limit
 * @port: the port
 * @kmsg: the message; the port's or a receiver's on success
 *
 * Context: Any; takes the port's lock.
 * Return: false if the port is dead.
 */
bool mach_queue_post_kernel(struct mach_port *port, struct mach_kmsg *kmsg)
{
	struct task_struct *thread;
	bool alive;

	rcu_read_lock();
	spin_lock(&port->lock);
	alive = !port->dead;
	if (alive) {
		thread = hand_over_locked(port, kmsg);
		if (thread)
			wake_up_process(thread);
		else
			append_locked(port, kmsg);
	}
	spin_unlock(&port->lock);
	rcu_read_unlock();
	return alive;
}

/**
 * mach_queue_post_send_once() - tell that a send-once right went unused
 * @port: the port of that right
 *
 * Context: Any; takes the port's lock. Needs no memory.
 */
void mach_queue_post_send_once(struct mach_port *port)
{
	struct task_struct *thread;

	rcu_read_lock();
	spin_lock(&port->lock);
	if (!port->dead) {
		thread = hand_over_locked(port, NULL);
		if (thread) {
			wake_up_process(thread);
		} else {
			port->so_tail++;
			port->msgcount++;
			mach_stat_inc(QUEUED);
		}
		mach_stat_inc(NOTIFIED);
	}
	spin_unlock(&port->lock);
	rcu_read_unlock();
}

/**
 * mach_queue_take() - take the next message
 * @port: the port
 * @space: that of the caller
 * @waiter: says what room there is, and is told what was taken
 * @wait: whether @waiter waits when there is nothing
 *
 * Context: Any; takes the port's lock.
 * Return: 0, @waiter's kmsg or send_once and seqno are set;
 * MACH_QUEUE_WAIT, @waiter has joined the receivers;
 * MACHDEV_RCV_TIMED_OUT, there is nothing and @wait is false;
 * MACHDEV_RCV_TOO_LARGE, @waiter's size is set and the message has stayed;
 * MACHDEV_RCV_INVALID_NAME, the receive right is not @space's any more.
 */
int mach_queue_take(struct mach_port *port, const struct mach_space *space,
		    struct mach_waiter *waiter, bool wait)
{
	struct mach_kmsg *kmsg;
	u32 size, *so;
	int ret = 0;

	spin_lock(&port->lock);
	if (port->receiver != space) {
		ret = MACHDEV_RCV_INVALID_NAME;
		goto out;
	}
	kmsg = list_first_entry_or_null(&port->messages, struct mach_kmsg,
					link);
	so = kmsg ? &kmsg->so_before : &port->so_tail;
	if (!kmsg && !*so) {
		if (wait)
			list_add_tail(&waiter->link, &port->receivers);
		ret = wait ? MACH_QUEUE_WAIT : MACHDEV_RCV_TIMED_OUT;
		goto out;
	}
	size = *so ? SEND_ONCE_SIZE : kmsg->size;
	if (waiter->large && size > waiter->room) {
		waiter->size = size;
		ret = MACHDEV_RCV_TOO_LARGE;
		goto out;
	}
	waiter->seqno = port->seqno++;
	if (*so) {
		(*so)--;
		waiter->send_once = true;
	} else {
		list_del(&kmsg->link);
		waiter->kmsg = kmsg;
	}
	port->msgcount--;
	mach_stat_dec(QUEUED);
	admit_locked(port);
out:
	spin_unlock(&port->lock);
	return ret;
}

/**
 * mach_queue_leave() - stop waiting
 * @port: where
 * @waiter: of a sender or receiver
 *
 * Context: Any; takes the port's lock.
 * Return: false when the wait had already been ended by somebody else.
 */
bool mach_queue_leave(struct mach_port *port, struct mach_waiter *waiter)
{
	bool waiting;

	spin_lock(&port->lock);
	waiting = !waiter->done;
	if (waiting)
		list_del_init(&waiter->link);
	spin_unlock(&port->lock);
	return waiting;
}

/**
 * mach_queue_disturb_locked() - the receive right goes: wake who receives
 * @port: the port, its lock held
 */
void mach_queue_disturb_locked(struct mach_port *port)
{
	struct mach_waiter *waiter;

	lockdep_assert_held(&port->lock);
	while (!list_empty(&port->receivers)) {
		waiter = list_first_entry(&port->receivers, struct mach_waiter,
					  link);
		list_del_init(&waiter->link);
		waiter->result = MACHDEV_RCV_PORT_CHANGED;
		mach_waiter_finish(waiter);
	}
}

/**
 * mach_queue_set_limit_locked() - change how many messages fit
 * @port: the port, its lock held
 * @qlimit: at most MACHDEV_QLIMIT_MAX; messages beyond it stay
 */
void mach_queue_set_limit_locked(struct mach_port *port, u32 qlimit)
{
	lockdep_assert_held(&port->lock);
	port->qlimit = qlimit;
	admit_locked(port);
}

/**
 * mach_queue_close() - end a port's life
 * @port: the port
 * @kmsgs: gets its messages and those of the senders that wait, whose send
 *	thereby succeeds
 * @requests: gets the requests to be told of its death
 *
 * Context: Any; takes the port's lock.
 */
void mach_queue_close(struct mach_port *port, struct list_head *kmsgs,
		      struct list_head *requests)
{
	struct mach_waiter *waiter;

	spin_lock(&port->lock);
	WRITE_ONCE(port->dead, true);
	port->receiver = NULL;
	port->name = MACHDEV_NAME_NULL;
	port->object = NULL;
	mach_stat_add(QUEUED, -(s64)port->msgcount);
	port->msgcount = 0;
	port->so_tail = 0;
	list_splice_tail_init(&port->messages, kmsgs);
	list_splice_tail_init(&port->requests, requests);
	mach_queue_disturb_locked(port);
	while (!list_empty(&port->senders)) {
		waiter = list_first_entry(&port->senders, struct mach_waiter,
					  link);
		list_del_init(&waiter->link);
		list_add_tail(&waiter->kmsg->link, kmsgs);
		waiter->kmsg = NULL;
		mach_waiter_finish(waiter);
	}
	spin_unlock(&port->lock);
}
