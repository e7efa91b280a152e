// SPDX-License-Identifier: GPL-2.0-only
/* Commands on threads: which there are, their ports, and what they do. */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "ioctl.h"
#include "reap.h"
#include "right.h"
#include "task.h"
#include "thread.h"
#include "thread_info.h"
#include "unborn.h"

static enum mach_port_kind thread_kind(enum mach_port_kind task_kind)
{
	switch (task_kind) {
	case MACH_KIND_TASK:
		return MACH_KIND_THREAD;
	case MACH_KIND_TASK_READ:
		return MACH_KIND_THREAD_READ;
	default:
		return MACH_KIND_THREAD_INSPECT;
	}
}

static int list_threads(struct mach_task *task, enum mach_port_kind kind,
			struct mach_right **rights, u32 *count)
{
	struct task_struct *leader;
	u32 room = *count;
	int ret;

	*count = 0;
	if (!mach_task_pin_image(task, &leader))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	/* A few more than there are: others may start some. */
	room = min_t(u32, room, get_nr_threads(leader) + 8);
	*rights = kvmalloc_array(room, sizeof(**rights), MACH_GFP);
	ret = MACHDEV_KERN_RESOURCE_SHORTAGE;
	if (*rights)
		ret = mach_thread_list(task, leader, thread_kind(kind),
				       *rights, room, count);
	mach_task_unpin_image(task, leader);
	return ret;
}

int mach_ioctl_task_threads(struct mach_task *caller, void *arg)
{
	enum mach_port_kind kind = MACH_KIND_TASK_INSPECT;
	struct mach_right *rights = NULL;
	struct mach_ioctl_array *array = arg;
	struct machdev_port_array *a = &array->user;
	struct mach_task *task;
	u32 count = a->count;
	int ret;

	array->given = NULL;
	ret = mach_task_acquire_by(&caller->space, a->object,
				   MACHDEV_KERN_INVALID_ARGUMENT, &kind, &task);
	if (ret)
		return ret;
	ret = list_threads(task, kind, &rights, &count);
	mach_task_release(task);
	if (!ret)
		ret = mach_ioctl_give_array(caller, rights, count, array);
	else if (ret != MACHDEV_KERN_INSUFFICIENT_BUFFER_SIZE)
		mach_ioctl_drop_array(rights, count);
	if (ret == MACHDEV_KERN_INSUFFICIENT_BUFFER_SIZE)
		a->count = count;
	kvfree(rights);
	return ret;
}

int mach_ioctl_thread_self(struct mach_task *caller, void *arg)
{
	struct mach_thread *thread;
	struct machdev_name *a = arg;
	struct mach_right right;
	int ret;

	if (a->reserved)
		return -EINVAL;
	a->name = MACHDEV_NAME_NULL;
	ret = mach_thread_get(caller, current, &thread);
	if (ret)
		return ret;
	ret = mach_thread_get_special(thread, MACHDEV_THREAD_KERNEL_PORT,
				      &right);
	mach_thread_put(thread);
	return ret ?: mach_ioctl_give(caller, &right, &a->name);
}

int mach_ioctl_thread_get_special(struct mach_task *caller, void *arg)
{
	enum mach_port_kind kind = MACH_KIND_THREAD_INSPECT;
	struct machdev_special_port *a = arg;
	struct mach_thread *thread;
	struct mach_right right;
	int ret;

	a->port = MACHDEV_NAME_NULL;
	ret = mach_thread_acquire(&caller->space, a->object, &kind, &thread);
	if (ret)
		return ret;
	if (mach_thread_may_get(kind, a->which))
		ret = mach_thread_get_special(thread, a->which, &right);
	else
		ret = MACHDEV_KERN_INVALID_CAPABILITY;
	mach_thread_release(thread);
	return ret ?: mach_ioctl_give(caller, &right, &a->port);
}

int mach_ioctl_thread_set_special(struct mach_task *caller, void *arg)
{
	enum mach_port_kind kind = MACH_KIND_THREAD;
	const struct machdev_special_port *a = arg;
	struct mach_thread *thread;
	struct mach_right right;
	MACH_REAP(reap);
	int ret;

	ret = mach_thread_acquire(&caller->space, a->object, &kind, &thread);
	if (ret)
		return ret;
	ret = mach_ioctl_copy_value(caller, a->port, &right);
	if (!ret) {
		ret = mach_thread_set_special(thread, a->which, &right, &reap);
		mach_reap_right(&reap, &right);
		mach_reap_run(&reap);
	}
	mach_thread_release(thread);
	return ret;
}

static int thread_info(struct mach_thread *thread, struct machdev_task_info *a,
		       union mach_thread_info *info)
{
	struct task_struct *leader;
	int ret;

	if (!mach_task_pin_image(thread->task, &leader))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ret = mach_thread_info(thread->p, mach_unborn_suspensions(thread), a->flavor,
			       a->count, info);
	mach_task_unpin_image(thread->task, leader);
	return ret;
}

int mach_ioctl_thread_info(struct mach_task *caller, void *arg)
{
	enum mach_port_kind kind = MACH_KIND_THREAD_INSPECT;
	struct machdev_task_info *a = arg;
	union mach_thread_info info = { };
	struct mach_thread *thread;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = mach_thread_acquire(&caller->space, a->task, &kind, &thread);
	if (ret)
		return ret;
	ret = thread_info(thread, a, &info);
	mach_thread_release(thread);
	if (ret)
		return ret;
	a->count = mach_thread_info_words(a->flavor);
	if (copy_to_user(mach_user_ptr(a->info), &info,
			 a->count * sizeof(u32)))
		return MACHDEV_KERN_INVALID_ADDRESS;
	return MACHDEV_KERN_SUCCESS;
}
