// SPDX-License-Identifier: GPL-2.0-only
/* Commands that say what names denote. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "ioctl.h"
#include "msg.h"
#include "right.h"
#include "task.h"

/* Names that one turn of mach_ioctl_names() looks at. */
#define NAMES_BATCH 256

static int type_of(struct mach_space *space, u32 name, u32 *type)
{
	struct mach_entry *entry;

	if (name == MACHDEV_NAME_NULL)
		return MACHDEV_KERN_INVALID_NAME;
	if (name == MACHDEV_NAME_DEAD) {
		*type = MACHDEV_TYPE_DEAD_NAME;
		return MACHDEV_KERN_SUCCESS;
	}
	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (entry)
		*type = mach_right_type(entry);
	spin_unlock(&space->lock);
	return entry ? MACHDEV_KERN_SUCCESS : MACHDEV_KERN_INVALID_NAME;
}

int mach_ioctl_type(struct mach_task *caller, void *arg)
{
	struct machdev_port_type *a = arg;
	struct mach_task *task;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = mach_task_acquire_to_read(&caller->space, a->task, &task);
	if (ret)
		return ret;
	ret = type_of(&task->space, a->name, &a->type);
	mach_task_release(task);
	return ret;
}

/* To the last index of the segment. */
static void skip_segment(u32 *index)
{
	unsigned int segment = mach_names_segment_of(*index);

	*index = mach_names_segment_first(segment) +
		 mach_names_segment_slots(segment) - 1;
}

/* Some names of a space, beginning with an index. Returns how many. */
static unsigned int list_batch(struct mach_space *space, u32 *index,
			       u32 (*list)[2])
{
	u32 end = min(*index + NAMES_BATCH, MACH_NAMES_MAX);
	unsigned int n = 0;

	spin_lock(&space->lock);
	for (; *index < end; ++*index) {
		struct mach_entry *entry;

		entry = mach_names_entry(&space->names, *index);
		if (!entry) {
			skip_segment(index);
			continue;
		}
		if (!entry->rights)
			continue;
		list[n][0] = *index << 8 | entry->generation;
		entry = mach_entry_lookup_locked(space, list[n][0]);
		list[n][1] = mach_right_type(entry);
		n++;
	}
	spin_unlock(&space->lock);
	return n;
}

/* Writes some names, as far as there is room; counts them all. */
static int put_names(struct machdev_port_names *a, u32 room,
		     u32 (*list)[2], unsigned int n)
{
	u32 __user *names = mach_user_ptr(a->names);
	u32 __user *types = mach_user_ptr(a->types);
	unsigned int i;

	for (i = 0; i < n; i++, a->count++) {
		if (a->count >= room)
			continue;
		if (put_user(list[i][0], names + a->count) ||
		    put_user(list[i][1], types + a->count))
			return MACHDEV_KERN_INVALID_ADDRESS;
	}
	return MACHDEV_KERN_SUCCESS;
}

static int list_names(struct mach_task *caller, struct machdev_port_names *a,
		      u32 (*list)[2])
{
	u32 room = a->count;
	u32 index = 1;
	bool first;
	int ret;

	for (first = true; index < MACH_NAMES_MAX; first = false) {
		struct mach_task *task;
		unsigned int n = 0;
		u32 used;

		ret = mach_task_acquire_to_read(&caller->space, a->task, &task);
		if (ret)
			return ret;
		used = READ_ONCE(task->space.names.used);
		if (!first || used <= room)
			n = list_batch(&task->space, &index, list);
		mach_task_release(task);

		if (first && used > room) {
			a->count = used;
			return MACHDEV_KERN_INSUFFICIENT_BUFFER_SIZE;
		}
		if (first)
			a->count = 0;
		ret = put_names(a, room, list, n);
		if (ret)
			return ret;
		cond_resched();
	}
	return a->count > room ? MACHDEV_KERN_INSUFFICIENT_BUFFER_SIZE :
				 MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_names(struct mach_task *caller, void *arg)
{
	u32 (*list)[2];
	int ret;

	list = kmalloc_array(NAMES_BATCH, sizeof(*list), MACH_GFP);
	if (!list)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	ret = list_names(caller, arg, list);
	kfree(list);
	return ret;
}
