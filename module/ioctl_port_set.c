// SPDX-License-Identifier: GPL-2.0-only
/* Commands on the members of port sets. */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "ioctl.h"
#include "member.h"
#include "msg.h"
#include "task.h"

/* Members that one turn of mach_ioctl_get_set_status() gives. */
#define MEMBERS_BATCH 256

static int change(struct mach_task *caller,
		  const struct machdev_port_member *a,
		  int (*op)(struct mach_space *space, u32 name, u32 set))
{
	struct mach_task *task;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = op(&task->space, a->name, a->set);
	mach_task_release(task);
	return ret;
}

int mach_ioctl_move_member(struct mach_task *caller, void *arg)
{
	return change(caller, arg, mach_member_move);
}

int mach_ioctl_insert_member(struct mach_task *caller, void *arg)
{
	return change(caller, arg, mach_member_insert);
}

int mach_ioctl_extract_member(struct mach_task *caller, void *arg)
{
	return change(caller, arg, mach_member_extract);
}

/* Some members of a set. */
static int list_batch(struct mach_task *caller,
		      const struct machdev_port_set_status *a, u32 *after,
		      u32 *list, unsigned int *n, u32 *count)
{
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire_to_read(&caller->space, a->task, &task);
	if (ret)
		return ret;
	*n = MEMBERS_BATCH;
	ret = mach_member_list(&task->space, a->name, after, list, n, count);
	mach_task_release(task);
	return ret;
}

static int list_members(struct mach_task *caller,
			struct machdev_port_set_status *a, u32 *list)
{
	u32 __user *members = mach_user_ptr(a->members);
	u32 room = a->count, after = 0, total, fits;
	bool first = true;
	unsigned int n;
	int ret;

	do {
		ret = list_batch(caller, a, &after, list, &n, &total);
		if (ret)
			return ret;
		if (first && total > room) {
			a->count = total;
			return MACHDEV_KERN_INSUFFICIENT_BUFFER_SIZE;
		}
		if (first)
			a->count = 0;
		first = false;
		fits = min_t(u32, n, room - min(room, a->count));
		if (copy_to_user(members + a->count, list,
				 fits * sizeof(*list)))
			return MACHDEV_KERN_INVALID_ADDRESS;
		a->count += n;
		cond_resched();
	} while (n == MEMBERS_BATCH);
	return a->count > room ? MACHDEV_KERN_INSUFFICIENT_BUFFER_SIZE :
				 MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_get_set_status(struct mach_task *caller, void *arg)
{
	struct machdev_port_set_status *a = arg;
	u32 *list;
	int ret;

	if (a->reserved)
		return -EINVAL;
	list = kmalloc_array(MEMBERS_BATCH, sizeof(*list), MACH_GFP);
	if (!list)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	ret = list_members(caller, a, list);
	kfree(list);
	return ret;
}
