// SPDX-License-Identifier: GPL-2.0-only
/* Commands on the port behind a receive right. */
#include <linux/uaccess.h>

#include "ioctl.h"
#include "msg.h"
#include "port.h"
#include "queue.h"
#include "right.h"
#include "stat.h"
#include "task.h"

/* The attributes of mach_port_get_attributes() that are known by name. */
static bool is_later_flavor(u32 flavor)
{
	return flavor >= 3 && flavor <= 9;
}

static u32 status_flags(const struct mach_port *port)
{
	return atomic_read(&port->srights) > 0;
}

static int attributes_locked(struct mach_space *space,
			     struct machdev_port_attributes *a, u32 *words)
{
	struct mach_port *port;
	int error;

	port = mach_right_receive_port_locked(space, a->name, &error);
	if (!port)
		return error;
	spin_lock(&port->lock);
	if (a->flavor == MACHDEV_PORT_LIMITS_INFO) {
		words[0] = port->qlimit;
		a->count = MACHDEV_PORT_LIMITS_INFO_COUNT;
	} else {
		words[1] = port->seqno;
		words[2] = port->mscount;
		words[3] = port->qlimit;
		words[4] = port->msgcount;
		words[5] = atomic_read(&port->sorights);
		words[6] = status_flags(port);
		words[7] = !!port->destroyed;
		words[8] = !!port->no_senders;
		a->count = MACHDEV_PORT_RECEIVE_STATUS_COUNT;
	}
	spin_unlock(&port->lock);
	return MACHDEV_KERN_SUCCESS;
}

static int get_attributes(struct mach_space *space,
			  struct machdev_port_attributes *a, u32 *words)
{
	u32 needed;
	int ret;

	switch (a->flavor) {
	case MACHDEV_PORT_LIMITS_INFO:
		needed = MACHDEV_PORT_LIMITS_INFO_COUNT;
		break;
	case MACHDEV_PORT_RECEIVE_STATUS:
		needed = MACHDEV_PORT_RECEIVE_STATUS_COUNT;
		break;
	default:
		if (!is_later_flavor(a->flavor))
			return MACHDEV_KERN_INVALID_ARGUMENT;
		mach_stat_inc(UNSUPPORTED);
		return MACHDEV_KERN_NOT_SUPPORTED;
	}
	if (a->count < needed)
		return MACHDEV_KERN_FAILURE;
	if (!mach_name_valid(a->name))
		return MACHDEV_KERN_INVALID_RIGHT;
	spin_lock(&space->lock);
	ret = attributes_locked(space, a, words);
	spin_unlock(&space->lock);
	return ret;
}

int mach_ioctl_get_attributes(struct mach_task *caller, void *arg)
{
	u32 words[MACHDEV_PORT_RECEIVE_STATUS_COUNT] = { };
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

static int set_attributes(struct mach_space *space,
			  const struct machdev_port_attributes *a,
			  const u32 *words)
{
	struct mach_port *port;
	u32 qlimit;
	int ret;

	if (a->flavor != MACHDEV_PORT_LIMITS_INFO) {
		if (!is_later_flavor(a->flavor))
			return MACHDEV_KERN_INVALID_ARGUMENT;
		mach_stat_inc(UNSUPPORTED);
		return MACHDEV_KERN_NOT_SUPPORTED;
	}
	if (a->count < MACHDEV_PORT_LIMITS_INFO_COUNT)
		return MACHDEV_KERN_FAILURE;
	if (!words)
		return MACHDEV_KERN_INVALID_ADDRESS;
	qlimit = words[0];
	if (qlimit > MACHDEV_QLIMIT_MAX)
		return MACHDEV_KERN_INVALID_VALUE;
	if (!mach_name_valid(a->name))
		return MACHDEV_KERN_INVALID_RIGHT;
	spin_lock(&space->lock);
	port = mach_right_receive_port_locked(space, a->name, &ret);
	if (port) {
		spin_lock(&port->lock);
		mach_queue_set_limit_locked(port, qlimit);
		spin_unlock(&port->lock);
		ret = MACHDEV_KERN_SUCCESS;
	}
	spin_unlock(&space->lock);
	return ret;
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
