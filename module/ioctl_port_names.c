// SPDX-License-Identifier: GPL-2.0-only
/* Commands that say what names denote. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "ioctl.h"
#include "msg.h"
#include "port.h"
#include "right.h"
#include "task.h"

/* Names that one turn of mach_ioctl_names() looks at. */
#define NAMES_BATCH 256

/* Names that one turn of mach_ioctl_space_info() gives. */
#define TABLE_BATCH 128

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
		*type = mach_right_type(entry) & ~(MACHDEV_TYPE_SPREQUEST |
				MACHDEV_TYPE_SPREQUEST_DELAYED);
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

static const u32 kobject_types[] = {
	[MACH_KIND_PLAIN] = MACHDEV_KOBJECT_NONE,
	[MACH_KIND_TASK_NAME] = MACHDEV_KOBJECT_TASK_NAME,
	[MACH_KIND_TASK_INSPECT] = MACHDEV_KOBJECT_TASK_INSPECT,
	[MACH_KIND_TASK_READ] = MACHDEV_KOBJECT_TASK_READ,
	[MACH_KIND_TASK] = MACHDEV_KOBJECT_TASK,
	[MACH_KIND_THREAD_INSPECT] = MACHDEV_KOBJECT_THREAD_INSPECT,
	[MACH_KIND_THREAD_READ] = MACHDEV_KOBJECT_THREAD_READ,
	[MACH_KIND_THREAD] = MACHDEV_KOBJECT_THREAD,
	[MACH_KIND_HOST] = MACHDEV_KOBJECT_HOST,
	[MACH_KIND_HOST_PRIV] = MACHDEV_KOBJECT_HOST_PRIV,
	[MACH_KIND_HOST_SECURITY] = MACHDEV_KOBJECT_HOST_SECURITY,
	[MACH_KIND_CLOCK_SYSTEM] = MACHDEV_KOBJECT_CLOCK,
	[MACH_KIND_CLOCK_CALENDAR] = MACHDEV_KOBJECT_CLOCK,
	[MACH_KIND_PROCESSOR_SET_NAME] = MACHDEV_KOBJECT_PROCESSOR_SET_NAME,
	[MACH_KIND_PROCESSOR_SET] = MACHDEV_KOBJECT_PROCESSOR_SET,
	[MACH_KIND_LEDGER] = MACHDEV_KOBJECT_LEDGER,
	[MACH_KIND_FILEPORT] = MACHDEV_KOBJECT_FILEPORT,
	[MACH_KIND_LEDGER_CONTROL] = MACHDEV_KOBJECT_LEDGER,
};

static int kobject_of(struct mach_space *space, u32 name, u32 *type)
{
	int ret = MACHDEV_KERN_SUCCESS;
	struct mach_entry *entry;

	if (!mach_name_valid(name))
		return MACHDEV_KERN_INVALID_RIGHT;
	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (!entry)
		ret = MACHDEV_KERN_INVALID_NAME;
	else if (!(entry->rights & (MACH_ENTRY_SEND | MACH_ENTRY_RECEIVE)))
		ret = MACHDEV_KERN_INVALID_RIGHT;
	else
		*type = kobject_types[entry->port->kind];
	spin_unlock(&space->lock);
	return ret;
}

int mach_ioctl_kobject(struct mach_task *caller, void *arg)
{
	struct machdev_port_kobject *a = arg;
	struct mach_task *task;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = mach_task_acquire_to_read(&caller->space, a->task, &task);
	if (ret)
		return ret;
	a->address = 0;
	ret = kobject_of(&task->space, a->name, &a->type);
	mach_task_release(task);
	return ret;
}

static void describe_space(struct mach_space *space,
			   struct machdev_port_space *a)
{
	spin_lock(&space->lock);
	a->mask = 0xff;
	a->size = space->names.slots;
	a->used = space->names.used;
	spin_unlock(&space->lock);
	a->next_size = a->size;
	if (a->size < MACH_NAMES_MAX)
		a->next_size += mach_names_segment_slots
			(mach_names_segment_of(a->size));
}

/* Some names of a space, beginning with an index. Returns how many. */
static unsigned int table_batch(struct mach_space *space, u32 *index,
				struct machdev_name_info *infos)
{
	struct mach_right_view view;
	unsigned int n;

	for (n = 0; n < TABLE_BATCH; n++) {
		if (!mach_right_next(space, index, &view))
			break;
		infos[n] = (struct machdev_name_info){
			.name = view.name,
			.type = view.type,
			.urefs = view.type & (MACHDEV_TYPE_RECEIVE |
					      MACHDEV_TYPE_PORT_SET) &&
				 !(view.type & MACHDEV_TYPE_SEND) ?
				 0 : view.urefs,
			.object = view.id,
		};
		mach_port_put(view.port);
	}
	return n;
}

static int list_table(struct mach_task *caller, struct machdev_port_space *a,
		      struct machdev_name_info *infos)
{
	struct machdev_name_info __user *table = mach_user_ptr(a->table);
	u32 room = a->count, index = 1;
	unsigned int n;
	int ret;

	a->count = 0;
	do {
		struct mach_task *task;
		u32 fits;

		ret = mach_task_acquire_to_read(&caller->space, a->task, &task);
		if (ret)
			return ret;
		n = table_batch(&task->space, &index, infos);
		mach_task_release(task);
		fits = min_t(u32, n, room - min(room, a->count));
		if (copy_to_user(table + a->count, infos,
				 fits * sizeof(*infos)))
			return MACHDEV_KERN_INVALID_ADDRESS;
		a->count += n;
		cond_resched();
	} while (n == TABLE_BATCH);
	return a->count > room ? MACHDEV_KERN_INSUFFICIENT_BUFFER_SIZE :
				 MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_space_info(struct mach_task *caller, void *arg)
{
	struct machdev_port_space *a = arg;
	struct machdev_name_info *infos;
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire_to_read(&caller->space, a->task, &task);
	if (ret)
		return ret;
	describe_space(&task->space, a);
	mach_task_release(task);
	if (!a->table)
		return MACHDEV_KERN_SUCCESS;

	infos = kmalloc_array(TABLE_BATCH, sizeof(*infos), MACH_GFP);
	if (!infos)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	ret = list_table(caller, a, infos);
	kfree(infos);
	return ret;
}
