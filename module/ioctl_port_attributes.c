// SPDX-License-Identifier: GPL-2.0-only
/* Commands on the port behind a receive right. */
#include <linux/uaccess.h>

#include "guard.h"
#include "identity.h"
#include "ioctl.h"
#include "msg.h"
#include "peek.h"
#include "queue.h"
#include "reap.h"
#include "request.h"
#include "right.h"
#include "stat.h"
#include "task.h"
#include "trailer.h"

/* What a command does to a port, whose lock is held. Returns a Mach code. */
typedef int port_op(struct mach_port *port, void *arg);

/* Does it to the port of a receive right, which stays in its space meanwhile. */
static int do_to_port(struct mach_space *space, u32 name, port_op *op,
		      void *arg)
{
	struct mach_port *port;
	int ret;

	spin_lock(&space->lock);
	port = mach_right_receive_port_locked(space, name, &ret);
	if (port) {
		spin_lock(&port->lock);
		ret = op(port, arg);
		spin_unlock(&port->lock);
	}
	spin_unlock(&space->lock);
	return ret;
}

/* Null and dead are receive rights that are not there. */
static int do_port(struct mach_space *space, u32 name, port_op *op, void *arg)
{
	if (!mach_name_valid(name))
		return MACHDEV_KERN_INVALID_RIGHT;
	return do_to_port(space, name, op, arg);
}

/* The same for the holder of the task port. */
static int change(struct mach_task *caller, u32 task_name, u32 name,
		  port_op *op, void *arg)
{
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire(&caller->space, task_name,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = do_port(&task->space, name, op, arg);
	mach_task_release(task);
	return ret;
}

/* The same for who may read. */
static int look(struct mach_task *caller, u32 task_name, u32 name,
		port_op *op, void *arg)
{
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire_to_read(&caller->space, task_name, &task);
	if (ret)
		return ret;
	ret = do_port(&task->space, name, op, arg);
	mach_task_release(task);
	return ret;
}

/* What is answered to a flavor that has no answer. */
static int refuse_flavor(u32 flavor)
{
	switch (flavor) {
	case MACHDEV_PORT_TEMPOWNER:
	case MACHDEV_PORT_IMPORTANCE_RECEIVER:
	case MACHDEV_PORT_DENAP_RECEIVER:
	case MACHDEV_PORT_SERVICE_THROTTLED:
		mach_stat_inc(UNSUPPORTED);
		return MACHDEV_KERN_NOT_SUPPORTED;
	default:
		return MACHDEV_KERN_INVALID_ARGUMENT;
	}
}

/* The words that a flavor has to read, 0 if there are none. */
static u32 flavor_words(u32 flavor)
{
	switch (flavor) {
	case MACHDEV_PORT_LIMITS_INFO:
		return MACHDEV_PORT_LIMITS_INFO_COUNT;
	case MACHDEV_PORT_RECEIVE_STATUS:
		return MACHDEV_PORT_RECEIVE_STATUS_COUNT;
	case MACHDEV_PORT_DNREQUESTS_SIZE:
		return MACHDEV_PORT_DNREQUESTS_SIZE_COUNT;
	case MACHDEV_PORT_INFO_EXT:
		return MACHDEV_PORT_INFO_EXT_COUNT;
	default:
		return 0;
	}
}

static int get_limits(struct mach_port *port, void *words)
{
	*(u32 *)words = port->qlimit;
	return MACHDEV_KERN_SUCCESS;
}

static int get_status(struct mach_port *port, void *words)
{
	u32 *status = words;

	status[0] = port->nsets > 0;
	status[1] = port->seqno;
	status[2] = port->mscount;
	status[3] = port->qlimit;
	status[4] = port->msgcount;
	status[5] = atomic_read(&port->sorights);
	status[6] = atomic_read(&port->srights) > 0;
	status[7] = !!port->destroyed;
	status[8] = !!port->no_senders;
	status[9] = mach_guard_status(port);
	return MACHDEV_KERN_SUCCESS;
}

static int get_requests(struct mach_port *port, void *words)
{
	*(u32 *)words = port->nrequests;
	return MACHDEV_KERN_SUCCESS;
}

static int get_attributes(struct mach_space *space,
			  struct machdev_port_attributes *a, u32 *words)
{
	u32 needed = flavor_words(a->flavor);
	int ret = MACHDEV_KERN_SUCCESS;

	if (!needed)
		return refuse_flavor(a->flavor);
	if (a->count < needed)
		return MACHDEV_KERN_FAILURE;
	switch (a->flavor) {
	case MACHDEV_PORT_LIMITS_INFO:
		ret = do_port(space, a->name, get_limits, words);
		break;
	case MACHDEV_PORT_DNREQUESTS_SIZE:
		/* What denotes no port has nobody who asked. */
		if (mach_name_valid(a->name))
			ret = do_port(space, a->name, get_requests, words);
		break;
	default:
		/* What is behind the status in the other flavor is 0. */
		ret = do_port(space, a->name, get_status, words);
	}
	if (!ret)
		a->count = needed;
	return ret;
}

int mach_ioctl_get_attributes(struct mach_task *caller, void *arg)
{
	u32 words[MACHDEV_PORT_INFO_EXT_COUNT] = { };
	struct machdev_port_attributes *a = arg;
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire_to_read(&caller->space, a->task, &task);
	if (ret)
		return ret;
	ret = get_attributes(&task->space, a, words);
	mach_task_release(task);
	if (!ret && copy_to_user(mach_user_ptr(a->info), words,
				 a->count * sizeof(*words)))
		return MACHDEV_KERN_INVALID_ADDRESS;
	return ret;
}

/* A queue limit to be set, and the port where somebody waits to hear of it. */
struct limit {
	u32 qlimit;
	struct mach_port *asked;
};

static int set_limit(struct mach_port *port, void *arg)
{
	struct limit *limit = arg;

	mach_queue_set_limit_locked(port, limit->qlimit);
	if (port->armed)
		limit->asked = mach_port_get(port);
	return MACHDEV_KERN_SUCCESS;
}

static int set_limits(struct mach_space *space, u32 name, u32 qlimit)
{
	struct limit limit = { .qlimit = qlimit };
	MACH_REAP(reap);
	int ret;

	if (qlimit > MACHDEV_QLIMIT_MAX)
		return MACHDEV_KERN_INVALID_VALUE;
	ret = do_port(space, name, set_limit, &limit);
	if (limit.asked) {
		mach_request_room(limit.asked, &reap);
		mach_reap_run(&reap);
		mach_port_put(limit.asked);
	}
	return ret;
}

/* Requests have no table that could be made larger ahead. */
static int expect_requests(struct mach_port *port, void *words)
{
	return MACHDEV_KERN_SUCCESS;
}

static int set_attributes(struct mach_space *space,
			  const struct machdev_port_attributes *a, u32 *words)
{
	bool limits = a->flavor == MACHDEV_PORT_LIMITS_INFO;

	if (!limits && a->flavor != MACHDEV_PORT_DNREQUESTS_SIZE)
		return refuse_flavor(a->flavor);
	if (a->count < flavor_words(a->flavor))
		return MACHDEV_KERN_FAILURE;
	if (!words)
		return MACHDEV_KERN_INVALID_ADDRESS;
	if (!limits)
		return do_port(space, a->name, expect_requests, words);
	return set_limits(space, a->name, words[0]);
}

int mach_ioctl_set_attributes(struct mach_task *caller, void *arg)
{
	const struct machdev_port_attributes *a = arg;
	u32 words[MACHDEV_PORT_LIMITS_INFO_COUNT];
	struct mach_task *task;
	bool readable;
	int ret;

	/* User memory is read ahead, what to make of it is decided in turn. */
	readable = !copy_from_user(words, mach_user_ptr(a->info),
				   sizeof(words));
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = set_attributes(&task->space, a, readable ? words : NULL);
	mach_task_release(task);
	return ret;
}

static int set_mscount(struct mach_port *port, void *arg)
{
	const struct machdev_port_count *a = arg;

	port->mscount = a->count;
	return MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_set_mscount(struct mach_task *caller, void *arg)
{
	struct machdev_port_count *a = arg;

	if (a->reserved)
		return -EINVAL;
	return change(caller, a->task, a->name, set_mscount, a);
}

static int set_seqno(struct mach_port *port, void *arg)
{
	const struct machdev_port_count *a = arg;

	port->seqno = a->count;
	return MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_set_seqno(struct mach_task *caller, void *arg)
{
	struct machdev_port_count *a = arg;

	if (a->reserved)
		return -EINVAL;
	return change(caller, a->task, a->name, set_seqno, a);
}

static int get_srights(struct mach_port *port, void *arg)
{
	struct machdev_port_count *a = arg;

	a->count = atomic_read(&port->srights);
	return MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_get_srights(struct mach_task *caller, void *arg)
{
	struct machdev_port_count *a = arg;

	if (a->reserved)
		return -EINVAL;
	return look(caller, a->task, a->name, get_srights, a);
}

static int get_context(struct mach_port *port, void *arg)
{
	struct machdev_port_context *a = arg;

	a->context = mach_guard_context_locked(port);
	return MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_get_context(struct mach_task *caller, void *arg)
{
	struct machdev_port_context *a = arg;

	return look(caller, a->task, a->name, get_context, a);
}

static int set_context(struct mach_port *port, void *arg)
{
	const struct machdev_port_context *a = arg;

	return mach_guard_set_context_locked(port, a->context);
}

int mach_ioctl_set_context(struct mach_task *caller, void *arg)
{
	struct machdev_port_context *a = arg;

	return change(caller, a->task, a->name, set_context, a);
}

/* To these calls null and dead are names that denote nothing. */
static int change_guard(struct mach_task *caller, struct machdev_port_guard *a,
			port_op *op)
{
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = do_to_port(&task->space, a->name, op, a);
	mach_task_release(task);
	return ret;
}

static int set_guard(struct mach_port *port, void *arg)
{
	const struct machdev_port_guard *a = arg;

	return mach_guard_set_locked(port, a->guard, a->flags);
}

int mach_ioctl_guard(struct mach_task *caller, void *arg)
{
	struct machdev_port_guard *a = arg;

	if ((a->flags & ~(MACHDEV_MPG_STRICT |
			  MACHDEV_MPG_IMMOVABLE_RECEIVE)) ||
	    a->reserved || a->new_guard)
		return -EINVAL;
	return change_guard(caller, a, set_guard);
}

static int clear_guard(struct mach_port *port, void *arg)
{
	const struct machdev_port_guard *a = arg;

	return mach_guard_clear_locked(port, a->guard);
}

int mach_ioctl_unguard(struct mach_task *caller, void *arg)
{
	struct machdev_port_guard *a = arg;

	if (a->flags || a->reserved || a->new_guard)
		return -EINVAL;
	return change_guard(caller, a, clear_guard);
}

static int swap_guard(struct mach_port *port, void *arg)
{
	const struct machdev_port_guard *a = arg;

	return mach_guard_swap_locked(port, a->guard, a->new_guard);
}

int mach_ioctl_swap_guard(struct mach_task *caller, void *arg)
{
	struct machdev_port_guard *a = arg;

	if (a->flags || a->reserved)
		return -EINVAL;
	return change_guard(caller, a, swap_guard);
}

static int assert_guard(struct mach_port *port, void *arg)
{
	return mach_guard_fits(port, *(u64 *)arg) ?
		MACHDEV_KERN_SUCCESS : MACHDEV_KERN_INVALID_ARGUMENT;
}

int mach_ioctl_assert_attributes(struct mach_task *caller, void *arg)
{
	const struct machdev_port_attributes *a = arg;
	struct mach_task *task;
	bool readable;
	u64 guard;
	int ret;

	/* As in mach_ioctl_set_attributes(). */
	readable = !copy_from_user(&guard, mach_user_ptr(a->info),
				   sizeof(guard));
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	if (a->flavor != MACHDEV_PORT_GUARD_INFO)
		ret = MACHDEV_KERN_INVALID_ARGUMENT;
	else if (a->count < MACHDEV_PORT_GUARD_INFO_COUNT)
		ret = MACHDEV_KERN_FAILURE;
	else if (!readable)
		ret = MACHDEV_KERN_INVALID_ADDRESS;
	else
		ret = do_port(&task->space, a->name, assert_guard, &guard);
	mach_task_release(task);
	return ret;
}

static int peek(struct mach_port *port, void *arg)
{
	return mach_peek_locked(port, arg);
}

static int peek_trailer(struct machdev_port_peek *a,
			const struct mach_peek *seen)
{
	struct machdev_origin_trailer trailer;

	a->count = mach_trailer_size(a->trailer);
	a->seqno = seen->seqno;
	a->size = seen->size;
	a->id = seen->id;
	mach_trailer_fill(&trailer, a->trailer, seen->identity, seen->seqno,
			  seen->context);
	return copy_to_user(mach_user_ptr(a->info), &trailer, a->count) ?
		MACHDEV_KERN_INVALID_ADDRESS : MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_peek(struct mach_task *caller, void *arg)
{
	struct machdev_port_peek *a = arg;
	struct mach_peek seen = { .seqno = a->seqno };
	struct mach_task *task;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = mach_task_acquire_to_read(&caller->space, a->task, &task);
	if (ret)
		return ret;
	if (MACHDEV_RCV_TRAILER_ELEMENTS(a->trailer) > MACHDEV_TRAILER_AUDIT ||
	    a->count < mach_trailer_size(a->trailer))
		ret = MACHDEV_KERN_INVALID_VALUE;
	else
		ret = do_port(&task->space, a->name, peek, &seen);
	mach_task_release(task);
	if (!ret) {
		ret = peek_trailer(a, &seen);
		mach_identity_put(seen.identity);
	}
	return ret;
}
