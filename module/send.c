// SPDX-License-Identifier: GPL-2.0-only
/* The send half of mach_msg. */
#include <linux/uaccess.h>

#include "copyin.h"
#include "copyout.h"
#include "identity.h"
#include "kmsg.h"
#include "msg.h"
#include "notify.h"
#include "queue.h"
#include "reap.h"
#include "stat.h"
#include "task.h"
#include "trace.h"
#include "wire.h"

/* A dead port swallows what is sent to it. */
static void swallow(struct mach_kmsg *kmsg)
{
	MACH_REAP(reap);

	trace_mach_msg_swallow(kmsg->remote.port, kmsg);
	mach_right_consume(&reap, &kmsg->remote);
	mach_reap_kmsg(&reap, kmsg);
	mach_reap_run(&reap);
}

/* The send came to nothing: the sender gets its message back. */
static int give_back(struct mach_task *task, struct mach_kmsg *kmsg,
		     void __user *to, int error)
{
	MACH_REAP(reap);

	error |= mach_copyout_back(&task->space, kmsg, &reap);
	trace_mach_msg_give_back(&task->space, kmsg, error);
	if (copy_to_user(to, mach_kmsg_header(kmsg), kmsg->size))
		error = MACHDEV_SEND_INVALID_DATA;
	mach_kmsg_free(kmsg);
	mach_reap_run(&reap);
	return error;
}

/*
 * Waits for room. 0 when somebody has taken the message, otherwise it is still
 * the sender's.
 */
static int wait_for_room(struct mach_waiter *waiter,
			 const struct machdev_msg *args)
{
	bool timed = args->option & MACHDEV_SEND_TIMEOUT;
	ktime_t deadline;
	int ret;

	if (timed)
		deadline = ktime_add_ms(ktime_get(), args->timeout);
	ret = mach_waiter_sleep(waiter, timed ? &deadline : NULL);
	if (!ret || !mach_queue_leave(waiter->port, waiter))
		return waiter->result;
	return ret == -ETIME ? MACHDEV_SEND_TIMED_OUT :
			       MACHDEV_SEND_INTERRUPTED;
}

/* There was no room: who sends wants to be told when there is. */
static void notify_full(struct mach_task *task, u32 name,
			struct mach_port *port)
{
	MACH_REAP(reap);

	mach_notify_full(&task->space, name, port, &reap);
	mach_reap_run(&reap);
}

static int post(struct mach_task *task, struct mach_kmsg *kmsg,
		const struct machdev_msg *args)
{
	bool wait = !(args->option & MACHDEV_SEND_TIMEOUT) || args->timeout;
	bool notify = (args->option & MACHDEV_SEND_NOTIFY) &&
		      kmsg->remote.type == MACHDEV_MOVE_SEND;
	struct mach_port *port = kmsg->remote.port;
	u32 name = mach_kmsg_header(kmsg)->remote;
	void __user *from = mach_user_ptr(args->msg);
	struct mach_waiter waiter;
	enum mach_post post;
	int ret;

	if (port == MACH_PORT_DEAD_PTR) {
		swallow(kmsg);
		return 0;
	}
	post = mach_queue_post(port, kmsg, wait ? &waiter : NULL);
	if (post == MACH_POST_DONE)
		return 0;
	if (post == MACH_POST_DEAD) {
		swallow(kmsg);
		return 0;
	}
	/* While it waits its message can vanish, but not the port. */
	if (notify && post == MACH_POST_FULL)
		notify_full(task, name, port);
	if (!wait)
		return give_back(task, kmsg, from, MACHDEV_SEND_TIMED_OUT);
	ret = MACH_QUEUE_SHUT;
	if (post == MACH_POST_FULL) {
		ret = wait_for_room(&waiter, args);
		mach_port_put(waiter.port);
		if (!ret)
			return 0;
	}
	if (ret != MACH_QUEUE_SHUT)
		return give_back(task, kmsg, from, ret);
	give_back(task, kmsg, from, 0);
	return MACH_MSG_SHUT;
}

/**
 * mach_msg_send() - send a message
 * @task: that of the current thread
 * @args: of the call
 *
 * Context: Process; may sleep.
 * Return: 0, the message has been sent, or its port was dead or died while
 * there was no room; what mach_copyin_message() and mach_copyin_rights()
 * return; MACH_SEND_TIMED_OUT or MACH_SEND_INTERRUPTED, there was no room, and
 * the message with all rights is back in the caller's buffer, with bits or'ed
 * in if rights were lost for want of a name; MACH_SEND_INVALID_DATA, also when
 * that buffer could not be written; MACH_MSG_SHUT, there was no room and the
 * gate is shut, the message is back as well.
 */
int mach_msg_send(struct mach_task *task, const struct machdev_msg *args)
{
	struct mach_identity *identity = mach_task_identity(task);
	struct mach_wire_body body;
	struct mach_kmsg *kmsg;
	int ret;

	if (!identity)
		return MACHDEV_SEND_NO_BUFFER;
	ret = mach_copyin_message(identity, mach_user_ptr(args->msg),
				  args->send_size, &body, &kmsg);
	if (ret) {
		mach_identity_put(identity);
		return ret;
	}
	ret = mach_copyin_rights(&task->space, kmsg, &body);
	if (!ret)
		ret = post(task, kmsg, args);
	else if (ret == -ELOOP)
		ret = 0;	/* as if it had arrived, and been destroyed */
	if (!ret)
		mach_stat_inc(SENT);
	return ret;
}
