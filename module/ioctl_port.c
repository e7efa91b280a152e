// SPDX-License-Identifier: GPL-2.0-only
/* Commands on rights: the mach_port_ calls that make, move and end them. */
#include "ioctl.h"
#include "notify.h"
#include "right.h"
#include "stat.h"
#include "task.h"
#include "transfer.h"

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

int mach_ioctl_construct(struct mach_task *caller, void *arg)
{
	struct machdev_port_construct *a = arg;
	struct mach_task *task;
	int ret;

	if (a->flags & ~MACHDEV_MPO_KNOWN)
		return -EINVAL;
	a->name = MACHDEV_NAME_NULL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = mach_right_construct(&task->space, a->flags, a->qlimit,
				   a->context, &a->name);
	if (ret == MACHDEV_KERN_NOT_SUPPORTED)
		mach_stat_inc(UNSUPPORTED);
	mach_task_release(task);
	return ret;
}

static int destruct(struct mach_task *caller, u32 task_name, u32 name,
		    s32 delta, u64 guard)
{
	struct mach_task *task;
	MACH_REAP(reap);
	int ret;

	ret = mach_task_acquire(&caller->space, task_name,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = mach_right_destruct(&task->space, name, delta, guard, &reap);
	mach_reap_run(&reap);
	mach_task_release(task);
	return ret;
}

int mach_ioctl_destruct(struct mach_task *caller, void *arg)
{
	const struct machdev_port_destruct *a = arg;

	if (a->reserved)
		return -EINVAL;
	return destruct(caller, a->task, a->name, a->delta, a->guard);
}

void mach_undo_construct(struct mach_task *caller, const void *in,
			 const void *out)
{
	const struct machdev_port_construct *a = out;
	bool sends = a->flags & MACHDEV_MPO_INSERT_SEND_RIGHT;

	destruct(caller, a->task, a->name, sends ? -1 : 0, a->context);
}

int mach_ioctl_rename(struct mach_task *caller, void *arg)
{
	const struct machdev_port_rename *a = arg;
	struct mach_task *task;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_TASK, &task);
	if (ret)
		return ret;
	ret = mach_right_rename(&task->space, a->name, a->new_name);
	mach_task_release(task);
	return ret;
}

int mach_ioctl_get_refs(struct mach_task *caller, void *arg)
{
	struct machdev_port_refs *a = arg;
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire_to_read(&caller->space, a->task, &task);
	if (ret)
		return ret;
	ret = mach_right_get_refs(&task->space, a->name, a->right, &a->delta);
	mach_task_release(task);
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
	mach_transfer_move_back(&caller->space, is->port, was->disposition,
				task ? &task->space : NULL, was->name);
	mach_task_release(task);
}

/*
 * The struct, and what the earlier request waited for. That is for the undo
 * function alone: the program only gets the struct.
 */
struct notification_call {
	struct machdev_port_notification a;
	enum mach_request_state earlier;
};

static_assert(sizeof(struct notification_call) <= MACH_IOCTL_ARGUMENT);

int mach_ioctl_request_notification(struct mach_task *caller, void *arg)
{
	struct notification_call *call = arg;
	struct machdev_port_notification *a = &call->a;
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
				  &a->previous, &call->earlier);
	mach_task_release(task);
	return ret;
}

void mach_undo_request_notification(struct mach_task *caller, const void *in,
				    const void *out)
{
	const struct machdev_port_notification *was = in, *is = out;
	struct machdev_port_notification back = *was;
	const struct notification_call *call = out;
	enum mach_request_state state;
	struct mach_task *task = NULL;
	u32 notify;

	mach_task_acquire(&caller->space, was->task, 0, &task);
	if (!task)
		return;
	back.notify = mach_name_valid(is->previous) ? is->previous :
						      MACHDEV_NAME_NULL;
	back.disposition = MACHDEV_MOVE_SEND_ONCE;
	/* What was there had not been answered, and waits again. */
	switch (back.msgid) {
	case MACHDEV_NOTIFY_NO_SENDERS:
		back.sync = U32_MAX;
		break;
	case MACHDEV_NOTIFY_DEAD_NAME:
	case MACHDEV_NOTIFY_SEND_POSSIBLE:
		if (!back.notify)
			break;
		back.msgid = call->earlier == MACH_REQUEST_DEATH ?
			MACHDEV_NOTIFY_DEAD_NAME : MACHDEV_NOTIFY_SEND_POSSIBLE;
		back.sync = call->earlier == MACH_REQUEST_ARMED;
	}
	if (!mach_notify_request(&caller->space, &task->space, &back, &notify,
				 &state))
		mach_transfer_move_back(&caller->space, notify,
					was->disposition, &caller->space,
					was->notify);
	mach_task_release(task);
}
