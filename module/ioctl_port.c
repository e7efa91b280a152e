// SPDX-License-Identifier: GPL-2.0-only
/* Commands on names and ports: the mach_port_ calls. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "ioctl.h"
#include "msg.h"
#include "notify.h"
#include "port.h"
#include "queue.h"
#include "right.h"
#include "stat.h"
#include "task.h"
#include "transfer.h"

/* Names that one turn of mach_ioctl_names() looks at. */
#define NAMES_BATCH 256

/* A task that is only asked about its names: the read port is enough. */
static int acquire_to_read(struct mach_task *caller, u32 name,
			   struct mach_task **task)
{
	enum mach_port_kind kind = MACH_KIND_TASK_READ;

	return mach_task_acquire_by(&caller->space, name,
				    MACHDEV_KERN_INVALID_TASK, &kind, task);
}

int mach_ioctl_allocate(struct mach_task *caller, void *arg)
{
	struct machdev_port_allocate *a = arg;
	bool named = a->flags & MACHDEV_ALLOCATE_NAME;
	struct mach_task *task;
	int ret;

	if (a->flags & ~MACHDEV_ALLOCATE_NAME)
		return -EINVAL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = mach_right_allocate(&task->space, a->right, named, &a->name);
	if (ret == MACHDEV_KERN_NOT_SUPPORTED)
		mach_stat_inc(UNSUPPORTED);
	mach_task_release(task);
	return ret;
}

void mach_undo_allocate(struct mach_task *caller, const void *in,
			const void *out)
{
	const struct machdev_port_allocate *a = out;
	struct machdev_port_name destroy = { a->task, a->name };

	mach_ioctl_destroy(caller, &destroy);
}

int mach_ioctl_reply_port(struct mach_task *caller, void *arg)
{
	struct machdev_name *a = arg;

	if (a->reserved)
		return -EINVAL;
	a->name = MACHDEV_NAME_NULL;
	return mach_right_allocate(&caller->space, MACHDEV_RIGHT_RECEIVE,
				   false, &a->name);
}

void mach_undo_reply_port(struct mach_task *caller, const void *in,
			  const void *out)
{
	const struct machdev_name *a = out;
	MACH_REAP(reap);

	mach_right_destroy(&caller->space, a->name, &reap);
	mach_reap_run(&reap);
}

int mach_ioctl_deallocate(struct mach_task *caller, void *arg)
{
	const struct machdev_port_name *a = arg;
	struct mach_task *task;
	MACH_REAP(reap);
	int ret;

	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = mach_right_deallocate(&task->space, a->name, &reap);
	mach_reap_run(&reap);
	mach_task_release(task);
	return ret;
}

int mach_ioctl_destroy(struct mach_task *caller, void *arg)
{
	const struct machdev_port_name *a = arg;
	struct mach_task *task;
	MACH_REAP(reap);
	int ret;

	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = mach_right_destroy(&task->space, a->name, &reap);
	mach_reap_run(&reap);
	mach_task_release(task);
	return ret;
}

int mach_ioctl_mod_refs(struct mach_task *caller, void *arg)
{
	const struct machdev_port_refs *a = arg;
	struct mach_task *task;
	MACH_REAP(reap);
	int ret;

	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = mach_right_mod_refs(&task->space, a->name, a->right, a->delta,
				  &reap);
	mach_reap_run(&reap);
	mach_task_release(task);
	return ret;
}

int mach_ioctl_get_refs(struct mach_task *caller, void *arg)
{
	struct machdev_port_refs *a = arg;
	struct mach_task *task;
	int ret;

	ret = acquire_to_read(caller, a->task, &task);
	if (ret)
		return ret;
	ret = mach_right_get_refs(&task->space, a->name, a->right, &a->delta);
	mach_task_release(task);
	return ret;
}

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
	ret = acquire_to_read(caller, a->task, &task);
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

		ret = acquire_to_read(caller, a->task, &task);
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

int mach_ioctl_insert_right(struct mach_task *caller, void *arg)
{
	const struct machdev_port_right *a = arg;
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = mach_transfer_insert(&caller->space, a->port, a->disposition,
				   &task->space, a->name);
	mach_task_release(task);
	return ret;
}

int mach_ioctl_extract_right(struct mach_task *caller, void *arg)
{
	struct machdev_port_right *a = arg;
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = mach_transfer_extract(&task->space, a->name, a->disposition,
				    &caller->space, &a->port,
				    &a->disposition);
	mach_task_release(task);
	return ret;
}

void mach_undo_extract_right(struct mach_task *caller, const void *in,
			     const void *out)
{
	const struct machdev_port_right *was = in, *is = out;
	struct mach_task *task = NULL;

	mach_task_acquire(&caller->space, was->task, 0, &task);
	mach_transfer_move_back(&caller->space, is->port, is->disposition,
				task && was->disposition == is->disposition ?
					&task->space : NULL, was->name);
	mach_task_release(task);
}

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

	ret = acquire_to_read(caller, a->task, &task);
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

int mach_ioctl_request_notification(struct mach_task *caller, void *arg)
{
	struct machdev_port_notification *a = arg;
	struct mach_task *task;
	int ret;

	if (a->reserved)
		return -EINVAL;
	a->previous = MACHDEV_NAME_NULL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = mach_notify_request(&caller->space, &task->space, a,
				  &a->previous);
	mach_task_release(task);
	return ret;
}

void mach_undo_request_notification(struct mach_task *caller, const void *in,
				    const void *out)
{
	const struct machdev_port_notification *was = in, *is = out;
	bool moved = was->disposition == MACHDEV_MOVE_SEND_ONCE;
	struct machdev_port_notification back = *was;
	struct mach_task *task = NULL;
	u32 notify;

	mach_task_acquire(&caller->space, was->task, 0, &task);
	if (!task)
		return;
	/* What was there had not been answered, and waits again. */
	if (back.msgid == MACHDEV_NOTIFY_NO_SENDERS)
		back.sync = U32_MAX;
	back.notify = is->previous;
	back.disposition = MACHDEV_MOVE_SEND_ONCE;
	if (!mach_notify_request(&caller->space, &task->space, &back, &notify))
		mach_transfer_move_back(&caller->space, notify,
					MACHDEV_MOVE_SEND_ONCE,
					moved ? &caller->space : NULL,
					was->notify);
	mach_task_release(task);
}
