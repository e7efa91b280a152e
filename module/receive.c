// SPDX-License-Identifier: GPL-2.0-only
/* The receive half of mach_msg. */
#include <linux/uaccess.h>

#include "copyout.h"
#include "identity.h"
#include "kmsg.h"
#include "msg.h"
#include "port.h"
#include "pset.h"
#include "queue.h"
#include "reap.h"
#include "request.h"
#include "right.h"
#include "stat.h"
#include "task.h"
#include "trace.h"
#include "trailer.h"

/**
 * struct receipt - one receive
 * @space: the receiver's
 * @buffer: where the message goes
 * @room: bytes there
 * @option: of the call
 * @trailer: bytes of the trailer
 */
struct receipt {
	struct mach_space *space;
	void __user *buffer;
	u32 room;
	u32 option;
	u32 trailer;
};

/* A header without body, then as much of the trailer as there is room for. */
struct bare {
	struct machdev_msg_header header;
	struct machdev_origin_trailer trailer;
};

static int put_bare(const struct receipt *to, struct bare *bare, u32 seqno,
		    u64 context, int result)
{
	u32 size = min_t(u32, to->room, sizeof(bare->header) + to->trailer);

	if (to->room < sizeof(bare->header))
		return MACHDEV_RCV_INVALID_DATA;
	mach_trailer_fill(&bare->trailer, to->option, NULL, seqno, context);
	if (copy_to_user(to->buffer, bare, size))
		return MACHDEV_RCV_INVALID_DATA;
	return result;
}

/* Nothing of the message can be delivered but that it was there. */
static int put_stub(const struct receipt *to, struct mach_kmsg *kmsg,
		    u32 seqno, int result)
{
	struct bare bare;
	MACH_REAP(reap);
	u64 context;

	mach_copyout_stub(to->space, kmsg, &bare.header, &context, &reap);
	mach_reap_run(&reap);
	return put_bare(to, &bare, seqno, context, result);
}

static int put_send_once(const struct receipt *to, u32 name, u32 seqno,
			 u64 context)
{
	struct bare bare = {
		.header = {
			.bits = MACHDEV_BITS(0, MACHDEV_MOVE_SEND_ONCE),
			.size = sizeof(bare.header),
			.local = name,
			.id = MACHDEV_NOTIFY_SEND_ONCE,
		},
	};
	int result = 0;

	if (to->room < sizeof(bare.header) + to->trailer)
		result = MACHDEV_RCV_TOO_LARGE;
	return put_bare(to, &bare, seqno, context, result);
}

static bool write_message(const struct receipt *to, struct mach_kmsg *kmsg,
			  u32 seqno, u64 context)
{
	struct machdev_origin_trailer origin;

	if (likely(to->trailer <= MACHDEV_TRAILER_SIZE_MAX)) {
		mach_trailer_fill(mach_kmsg_trailer(kmsg), to->option,
				  kmsg->identity, seqno, context);
		return !copy_to_user(to->buffer, mach_kmsg_header(kmsg),
				     kmsg->size + to->trailer);
	}
	mach_trailer_fill(&origin, to->option, kmsg->identity, seqno, context);
	return !copy_to_user(to->buffer, mach_kmsg_header(kmsg), kmsg->size) &&
	       !copy_to_user(to->buffer + kmsg->size, &origin, to->trailer);
}

static int put_message(const struct receipt *to, struct mach_kmsg *kmsg,
		       u32 seqno)
{
	u64 guard = 0, context;
	MACH_REAP(reap);
	int ret;

	if (kmsg->size > (s64)to->room - to->trailer)
		return put_stub(to, kmsg, seqno, MACHDEV_RCV_TOO_LARGE);
	if (to->option & MACHDEV_RCV_GUARDED_DESC)
		guard = (unsigned long)to->buffer;
	ret = mach_copyout_receive(to->space, kmsg, guard, &context, &reap);
	trace_mach_msg_copyout(to->space, kmsg, ret);
	if (kmsg->local.port)
		return put_stub(to, kmsg, seqno, ret);
	/* The rights have names by now: a bad buffer loses the message. */
	if (!write_message(to, kmsg, seqno, context))
		ret = MACHDEV_RCV_INVALID_DATA;
	mach_kmsg_free(kmsg);
	mach_reap_run(&reap);
	return ret;
}

/* With MACH_RCV_LARGE: how large the message is that has stayed. */
static int put_size(const struct receipt *to, u32 name, u32 size)
{
	struct machdev_msg_header __user *header = to->buffer;

	if (to->room >= offsetofend(struct machdev_msg_header, size) &&
	    put_user(size, &header->size))
		return MACHDEV_RCV_INVALID_DATA;
	if ((to->option & MACHDEV_RCV_LARGE_IDENTITY) &&
	    to->room >= offsetofend(struct machdev_msg_header, local) &&
	    put_user(name, &header->local))
		return MACHDEV_RCV_INVALID_DATA;
	return MACHDEV_RCV_TOO_LARGE;
}

/* What a wait that was given up by itself comes to. */
static int given_up(int ret)
{
	return ret == -ETIME ? MACHDEV_RCV_TIMED_OUT : MACH_MSG_SIGNAL;
}

static void prepare(struct mach_waiter *waiter, const struct receipt *to)
{
	mach_waiter_init(waiter);
	waiter->room = (s64)to->room - to->trailer;
	waiter->large = to->option & MACHDEV_RCV_LARGE;
}

/* Takes a message, waiting for it. What mach_msg_receive() returns. */
static int take(struct mach_port *port, const struct receipt *to,
		struct mach_waiter *waiter, bool wait, const ktime_t *deadline)
{
	int ret;

	prepare(waiter, to);
	ret = mach_queue_take(port, to->space, waiter, wait);
	if (ret == MACH_QUEUE_WAIT) {
		ret = mach_waiter_sleep(waiter, deadline);
		if (ret && mach_queue_leave(port, waiter))
			return given_up(ret);
		ret = waiter->result;
	}
	return ret == MACH_QUEUE_SHUT ? MACH_MSG_SHUT : ret;
}

/* The same from a set, which is looked at again when it got another member. */
static int take_from_set(struct mach_pset *set, const struct receipt *to,
			 struct mach_waiter *waiter, bool wait,
			 const ktime_t *deadline)
{
	int ret;

	do {
		prepare(waiter, to);
		waiter->at_set = true;
		ret = mach_pset_take(set, waiter, wait);
		if (ret != MACH_QUEUE_WAIT)
			break;
		ret = mach_waiter_sleep(waiter, deadline);
		if (ret && mach_pset_leave(set, waiter))
			return given_up(ret);
		ret = waiter->result;
	} while (ret == MACH_QUEUE_AGAIN);
	return ret == MACH_QUEUE_SHUT ? MACH_MSG_SHUT : ret;
}

/* Whoever has asked is told that a message has left. */
static void tell_room(struct mach_port *port)
{
	MACH_REAP(reap);

	mach_request_room(port, &reap);
	mach_reap_run(&reap);
}

/*
 * Delivers what was taken. Of a set's member there is no port when the message
 * came past its queue, in which it took no room.
 */
static int deliver(struct mach_task *task, const struct receipt *to,
		   const struct mach_waiter *waiter, struct mach_port *port)
{
	u64 context;
	u32 name;

	mach_stat_inc(RECEIVED);
	if (port)
		tell_room(port);
	if (!waiter->kmsg) {
		name = mach_copyout_port(to->space, port, &context);
		return put_send_once(to, name, waiter->seqno, context);
	}
	/* Names that it makes are paid by who the receiver is now. */
	if (waiter->kmsg->local.port || waiter->kmsg->items)
		mach_task_refresh(task);
	return put_message(to, waiter->kmsg, waiter->seqno);
}

/**
 * mach_msg_receive() - receive a message
 * @task: that of the current thread
 * @args: of the call
 * @deadline: when to give up, CLOCK_MONOTONIC; NULL never; 0 at once
 *
 * Context: Process; may sleep.
 * Return: 0; MACH_MSG_SIGNAL or MACH_MSG_SHUT, nothing was received;
 * MACH_RCV_INVALID_NAME, no receive right and no port set; MACH_RCV_TIMED_OUT;
 * MACH_RCV_PORT_CHANGED, the receive right was destroyed or moved, or the set
 * destroyed, while waiting; MACH_RCV_TOO_LARGE, the message has
 * stayed (MACH_RCV_LARGE) or was destroyed, and a header without body
 * delivered; MACH_RCV_INVALID_DATA, the buffer cannot be written or is smaller
 * than a header, the message is lost; MACH_RCV_HEADER_ERROR or
 * MACH_RCV_BODY_ERROR with bits, rights were lost for want of a name.
 */
int mach_msg_receive(struct mach_task *task, const struct machdev_msg *args,
		     const ktime_t *deadline)
{
	struct receipt to = {
		.space = &task->space,
		.buffer = mach_user_ptr(args->rcv_msg ?: args->msg),
		.room = args->rcv_size,
		.option = args->option,
		.trailer = mach_trailer_size(args->option),
	};
	struct mach_waiter waiter;
	bool wait = !deadline || *deadline;
	struct mach_pset *set;
	struct mach_port *port;
	int ret;

	if (mach_right_source(to.space, args->rcv_name, &port, &set))
		return MACHDEV_RCV_INVALID_NAME;
	if (likely(port)) {
		ret = take(port, &to, &waiter, wait, deadline);
	} else {
		ret = take_from_set(set, &to, &waiter, wait, deadline);
		if (!ret)
			port = waiter.port;
	}
	if (ret == MACHDEV_RCV_TOO_LARGE)
		ret = put_size(&to, waiter.name, waiter.size);
	else if (!ret)
		ret = deliver(task, &to, &waiter, port);
	mach_port_put(port);
	mach_pset_put(set);
	return ret;
}
