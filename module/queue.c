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
 *
 * Who waits at a port set does so under the lock of the set, while no member is
 * ready; a message that comes to a member is offered to its sets, each under
 * its lock, before it is queued. So it is the same there.
 */
#include <linux/pid.h>

#include "gate.h"
#include "identity.h"
#include "kmsg.h"
#include "pset.h"
#include "queue.h"
#include "stat.h"
#include "trace.h"
#include "transit.h"
#include "watch.h"

#define SEND_ONCE_SIZE sizeof(struct machdev_msg_header)

static bool has_room_locked(const struct mach_port *port,
			    const struct mach_kmsg *kmsg)
{
	lockdep_assert_held(&port->lock);
	if (kmsg->remote.type == MACHDEV_MOVE_SEND_ONCE)
		return port->msgcount < MACHDEV_QLIMIT_KERNEL;
	return mach_port_has_room_locked(port);
}

/* Who comes waits behind those who wait already, but for send-once rights. */
static bool may_post_locked(const struct mach_port *port,
			    const struct mach_kmsg *kmsg)
{
	lockdep_assert_held(&port->lock);
	return has_room_locked(port, kmsg) &&
	       (list_empty(&port->senders) ||
		kmsg->remote.type == MACHDEV_MOVE_SEND_ONCE);
}

static void append_locked(struct mach_port *port, struct mach_kmsg *kmsg)
{
	lockdep_assert_held(&port->lock);
	kmsg->so_before = port->so_tail;
	port->so_tail = 0;
	list_add_tail(&kmsg->link, &port->messages);
	port->msgcount++;
	mach_watch_ready_locked(port);
	mach_stat_inc(QUEUED);
	trace_mach_msg_queue(port, kmsg);
}

/**
 * mach_queue_give_locked() - give a message to the first that can take it
 * @port: the port that it comes to, its lock held, in an RCU read section
 * @receivers: those who wait there, or at a port set, whose lock is held
 * @kmsg: the message, or NULL for a send-once notification
 *
 * Those whose buffer is too small, and who want the message to stay, are told
 * so.
 *
 * Return: the thread to wake, or NULL.
 */
struct task_struct *mach_queue_give_locked(struct mach_port *port,
					   struct list_head *receivers,
					   struct mach_kmsg *kmsg)
{
	u32 size = kmsg ? kmsg->size : SEND_ONCE_SIZE;
	struct mach_waiter *waiter;

	lockdep_assert_held(&port->lock);
	while (!list_empty(receivers)) {
		waiter = list_first_entry(receivers, struct mach_waiter, link);
		list_del_init(&waiter->link);
		if (waiter->large && size > waiter->room) {
			waiter->result = MACHDEV_RCV_TOO_LARGE;
			waiter->size = size;
			waiter->name = port->name;
			mach_waiter_finish(waiter);
			continue;
		}
		waiter->kmsg = kmsg;
		waiter->send_once = !kmsg;
		if (!kmsg && waiter->at_set)
			waiter->port = mach_port_get(port);
		waiter->seqno = port->seqno++;
		trace_mach_msg_hand(port, kmsg, waiter->thread);
		return mach_waiter_done(waiter);
	}
	return NULL;
}

/*
 * Gives a message to a receiver. If there is none that can take it, the port's
 * sets are ready, and it has to be queued.
 */
static struct task_struct *hand_over_locked(struct mach_port *port,
					    struct mach_kmsg *kmsg)
{
	struct task_struct *thread;

	lockdep_assert_held(&port->lock);
	thread = mach_queue_give_locked(port, &port->receivers, kmsg);
	/* While there are messages its sets are ready. */
	if (!thread && unlikely(!list_empty(&port->members)) && !port->msgcount)
		thread = mach_pset_offer_locked(port, kmsg);
	return thread;
}

/* Lets in as many of the waiting senders as there is room for. */
static void admit_locked(struct mach_port *port)
{
	struct task_struct *thread;
	struct mach_waiter *waiter;

	lockdep_assert_held(&port->lock);
	while (!list_empty(&port->senders)) {
		waiter = list_first_entry(&port->senders, struct mach_waiter,
					  link);
		if (!has_room_locked(port, waiter->kmsg))
			return;
		list_del_init(&waiter->link);
		trace_mach_msg_admit(port, waiter->kmsg, waiter->thread);
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

/*
 * Those who send by send-once rights stand before all others, whose room is less:
 * if the first in line has none, nobody has.
 */
static void line_up_locked(struct mach_port *port, struct mach_waiter *waiter)
{
	struct list_head *before = &port->senders;
	struct mach_waiter *other;

	lockdep_assert_held(&port->lock);
	if (waiter->kmsg->remote.type == MACHDEV_MOVE_SEND_ONCE) {
		list_for_each_entry(other, &port->senders, link) {
			before = &other->link;
			if (other->kmsg->remote.type != MACHDEV_MOVE_SEND_ONCE)
				break;
			before = &port->senders;
		}
	}
	list_add_tail(&waiter->link, before);
}

/**
 * mach_queue_post() - send a message to its port
 * @port: the port
 * @kmsg: the message; the port's or a receiver's on MACH_POST_DONE, the
 *	waiter's on MACH_POST_FULL
 * @waiter: set up here to wait when there is no room, and then has a reference
 *	to @port, since the message with its own can vanish at any time; NULL
 *	not to wait
 *
 * Context: Any; takes the port's lock.
 * Return: what became of @kmsg.
 */
enum mach_post mach_queue_post(struct mach_port *port, struct mach_kmsg *kmsg,
			       struct mach_waiter *waiter)
{
	enum mach_post post = MACH_POST_DONE;
	struct task_struct *thread = NULL;

	rcu_read_lock();
	spin_lock(&port->lock);
	if (port->dead) {
		post = MACH_POST_DEAD;
	} else if (!may_post_locked(port, kmsg)) {
		post = MACH_POST_FULL;
		if (waiter && mach_gate_is_shut()) {
			post = MACH_POST_SHUT;
		} else if (waiter) {
			mach_waiter_init(waiter);
			waiter->kmsg = kmsg;
			waiter->port = mach_port_get(port);
			line_up_locked(port, waiter);
			trace_mach_msg_wait(port, kmsg);
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
 * Return: false if the port is dead, or has as many as can be counted.
 */
bool mach_queue_post_kernel(struct mach_port *port, struct mach_kmsg *kmsg)
{
	struct task_struct *thread;
	bool alive;

	rcu_read_lock();
	spin_lock(&port->lock);
	/* Only who never receives gets near the end of the count. */
	alive = !port->dead && port->msgcount < U32_MAX;
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
	if (!port->dead && port->msgcount < U32_MAX) {
		trace_mach_msg_notify(port, MACHDEV_NOTIFY_SEND_ONCE, 0);
		thread = hand_over_locked(port, NULL);
		if (thread) {
			wake_up_process(thread);
		} else {
			port->so_tail++;
			port->msgcount++;
			mach_watch_ready_locked(port);
			mach_stat_inc(QUEUED);
			trace_mach_msg_queue(port, NULL);
		}
		mach_stat_inc(NOTIFIED);
	}
	spin_unlock(&port->lock);
	rcu_read_unlock();
}

/**
 * mach_queue_take_locked() - take the next message, if there is one
 * @port: the port, its lock held
 * @waiter: as for mach_queue_take()
 *
 * Return: 0, @waiter's kmsg or send_once and seqno are set; MACH_QUEUE_WAIT,
 * there is nothing; MACHDEV_RCV_TOO_LARGE, @waiter's size and name are set and
 * the message has stayed.
 */
int mach_queue_take_locked(struct mach_port *port, struct mach_waiter *waiter)
{
	struct mach_kmsg *kmsg;
	u32 size, *so;

	lockdep_assert_held(&port->lock);
	kmsg = list_first_entry_or_null(&port->messages, struct mach_kmsg,
					link);
	so = kmsg ? &kmsg->so_before : &port->so_tail;
	if (!kmsg && !*so)
		return MACH_QUEUE_WAIT;
	size = *so ? SEND_ONCE_SIZE : kmsg->size;
	if (waiter->large && size > waiter->room) {
		waiter->size = size;
		waiter->name = port->name;
		return MACHDEV_RCV_TOO_LARGE;
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
	trace_mach_msg_take(port, waiter->kmsg);
	admit_locked(port);
	if (unlikely(!list_empty(&port->members)) && !port->msgcount)
		mach_pset_idle_locked(port);
	return 0;
}

/**
 * mach_queue_take() - take the next message, or wait for it
 * @port: the port
 * @space: that of the caller
 * @waiter: says what room there is, and is told what was taken
 * @wait: whether @waiter waits when there is nothing
 *
 * Context: Any; takes the port's lock.
 * Return: 0, @waiter's kmsg or send_once and seqno are set;
 * MACH_QUEUE_WAIT, @waiter has joined the receivers;
 * MACHDEV_RCV_TIMED_OUT, there is nothing and @wait is false;
 * MACHDEV_RCV_TOO_LARGE, @waiter's size and name are set and the message has
 * stayed; MACHDEV_RCV_INVALID_NAME, the receive right is not @space's any more;
 * MACH_QUEUE_SHUT, there is nothing and the gate is shut.
 */
int mach_queue_take(struct mach_port *port, const struct mach_space *space,
		    struct mach_waiter *waiter, bool wait)
{
	int ret;

	spin_lock(&port->lock);
	if (port->receiver == space)
		ret = mach_queue_take_locked(port, waiter);
	else
		ret = MACHDEV_RCV_INVALID_NAME;
	if (ret == MACH_QUEUE_WAIT) {
		if (!wait)
			ret = MACHDEV_RCV_TIMED_OUT;
		else if (mach_gate_is_shut())
			ret = MACH_QUEUE_SHUT;
		else
			list_add_tail(&waiter->link, &port->receivers);
	}
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

static void end_waits_locked(struct mach_port *port, struct list_head *waiters,
			     int result)
{
	struct mach_waiter *waiter;

	lockdep_assert_held(&port->lock);
	while (!list_empty(waiters)) {
		waiter = list_first_entry(waiters, struct mach_waiter, link);
		list_del_init(&waiter->link);
		waiter->result = result;
		mach_waiter_finish(waiter);
	}
}

/**
 * mach_queue_abandon() - the gate is shut: wake all who wait
 * @port: the port
 *
 * Senders keep their messages.
 *
 * Context: Any; takes the port's lock.
 */
void mach_queue_abandon(struct mach_port *port)
{
	spin_lock(&port->lock);
	end_waits_locked(port, &port->receivers, MACH_QUEUE_SHUT);
	end_waits_locked(port, &port->senders, MACH_QUEUE_SHUT);
	mach_watch_hang_up_locked(port);
	spin_unlock(&port->lock);
}

/**
 * mach_queue_disturb_locked() - the receive right goes: wake who receives
 * @port: the port, its lock held
 */
void mach_queue_disturb_locked(struct mach_port *port)
{
	lockdep_assert_held(&port->lock);
	end_waits_locked(port, &port->receivers, MACHDEV_RCV_PORT_CHANGED);
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
	struct mach_port *destination;
	struct mach_waiter *waiter;

	spin_lock(&port->lock);
	trace_mach_port_die(port);
	WRITE_ONCE(port->dead, true);
	destination = mach_transit_leave_locked(port);
	port->receiver = NULL;
	port->name = MACHDEV_NAME_NULL;
	port->object = NULL;
	mach_stat_add(QUEUED, -(s64)port->msgcount);
	port->msgcount = 0;
	port->so_tail = 0;
	list_splice_tail_init(&port->messages, kmsgs);
	list_splice_tail_init(&port->requests, requests);
	mach_queue_disturb_locked(port);
	mach_watch_end_locked(port);
	while (!list_empty(&port->senders)) {
		waiter = list_first_entry(&port->senders, struct mach_waiter,
					  link);
		list_del_init(&waiter->link);
		list_add_tail(&waiter->kmsg->link, kmsgs);
		waiter->kmsg = NULL;
		mach_waiter_finish(waiter);
	}
	spin_unlock(&port->lock);
	mach_port_put(destination);
}

static void look_at_oldest_locked(struct mach_port *port,
				  struct mach_port_view *view)
{
	struct mach_kmsg *kmsg;

	lockdep_assert_held(&port->lock);
	kmsg = list_first_entry_or_null(&port->messages, struct mach_kmsg,
					link);
	view->oldest = kmsg && !kmsg->so_before;
	if (!view->oldest)
		return;
	view->oldest_id = mach_kmsg_header(kmsg)->id;
	view->oldest_size = kmsg->size;
	if (kmsg->identity)
		view->oldest_from = get_pid(kmsg->identity->origin.pid);
}

/**
 * mach_queue_look() - how a port is now, for who looks from outside
 * @port: the port
 * @receiver: the space that held the receive right a moment ago; NULL for a
 *	kernel port
 * @view: out, the oldest message only where true is returned;
 *	@view->oldest_from is the caller's to put
 *
 * Context: Any; takes the port's lock.
 * Return: false, with nothing to put, if it is dead or @receiver no more has
 * the right.
 */
bool mach_queue_look(struct mach_port *port, const struct mach_space *receiver,
		     struct mach_port_view *view)
{
	bool same;

	spin_lock(&port->lock);
	same = !port->dead && port->receiver == receiver;
	*view = (struct mach_port_view){
		.dead = port->dead,
		.references = refcount_read(&port->ref),
		.destination = port->destination ? port->destination->id : 0,
		.name = port->name,
		.sends = atomic_read(&port->srights),
		.send_onces = atomic_read(&port->sorights),
		.make_sends = port->mscount,
		.requests = port->nrequests,
		.messages = port->msgcount,
		.limit = port->qlimit,
		.sequence = port->seqno,
		.senders = !list_empty(&port->senders),
		.receivers = !list_empty(&port->receivers),
		.sets = port->nsets,
	};
	if (same)
		look_at_oldest_locked(port, view);
	spin_unlock(&port->lock);
	return same;
}
