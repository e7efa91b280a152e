// SPDX-License-Identifier: GPL-2.0-only
/* Commands on samples of tasks and threads. */
#include "ioctl.h"
#include "ledger.h"
#include "port.h"
#include "reap.h"
#include "right.h"
#include "sample.h"
#include "task.h"
#include "thread.h"

/*
 * A send right to what the samples shall go to: made, as Mach has it, by who has
 * the receive right, else a copy.
 */
static int take_right(struct mach_task *caller, u32 name,
		      struct mach_right *right, bool *made)
{
	struct mach_space *space = &caller->space;
	MACH_REAP(reap);
	int ret;

	*made = false;
	*right = (struct mach_right){ .type = MACHDEV_MOVE_SEND };
	if (!mach_name_valid(name))
		return MACHDEV_KERN_INVALID_RIGHT;
	spin_lock(&space->lock);
	ret = mach_right_copyin_locked(space, name, MACHDEV_MAKE_SEND, false,
				       right, &reap);
	*made = !ret;
	if (ret)
		ret = mach_right_copyin_locked(space, name, MACHDEV_COPY_SEND,
					       false, right, &reap);
	spin_unlock(&space->lock);
	mach_reap_run(&reap);
	/* Nobody receives from the kernel's ports. */
	if (ret || !mach_port_valid(right->port) ||
	    right->port->kind != MACH_KIND_PLAIN)
		return MACHDEV_KERN_INVALID_RIGHT;
	return MACHDEV_KERN_SUCCESS;
}

static int begin(struct mach_task *caller, u32 name, struct mach_task *task,
		 struct mach_thread *thread, struct mach_reap *reap)
{
	struct mach_ledger *ledger;
	struct mach_right right;
	bool made;
	int ret = take_right(caller, name, &right, &made);

	if (!ret) {
		ledger = mach_space_ledger(&caller->space);
		ret = mach_sample_begin(task, thread, ledger, &right, reap);
		mach_ledger_put(ledger);
	}
	if (ret && made)
		mach_port_unmake_send(right.port);
	mach_reap_right(reap, &right);
	return ret;
}

static int sample(struct mach_task *caller, u32 name, struct mach_task *task,
		  struct mach_thread *thread)
{
	MACH_REAP(reap);
	int ret;

	if (name == MACHDEV_NAME_NULL)
		ret = mach_sample_stop(task, thread, &reap);
	else
		ret = begin(caller, name, task, thread, &reap);
	mach_reap_run(&reap);
	return ret;
}

int mach_ioctl_task_sample(struct mach_task *caller, void *arg)
{
	const struct machdev_sample *a = arg;
	struct mach_task *task;
	int ret;

	if (a->flags || a->reserved)
		return -EINVAL;
	ret = mach_task_acquire(&caller->space, a->object,
				MACHDEV_KERN_INVALID_ARGUMENT, &task);
	if (ret)
		return ret;
	ret = sample(caller, a->port, task, NULL);
	mach_task_release(task);
	return ret;
}

int mach_ioctl_thread_sample(struct mach_task *caller, void *arg)
{
	enum mach_port_kind least = MACH_KIND_THREAD;
	const struct machdev_sample *a = arg;
	struct mach_thread *thread;
	int ret;

	if (a->flags || a->reserved)
		return -EINVAL;
	ret = mach_thread_acquire(&caller->space, a->object, &least, &thread);
	if (ret)
		return ret;
	ret = sample(caller, a->port, thread->task, thread);
	mach_thread_release(thread);
	return ret;
}
