// SPDX-License-Identifier: GPL-2.0-only
/* Commands that stop tasks, let them run, and end them. */
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "ioctl.h"
#include "reap.h"
#include "suspend.h"
#include "task.h"

static bool is_malformed(const struct machdev_task_control *a)
{
	return a->flags || a->reserved;
}

/*
 * Gets hold of a task that shall be stopped or ended, while it is the image over
 * which the caller has power.
 */
static int acquire(struct mach_task *caller, u32 name, int init,
		   struct mach_task **task, struct task_struct **leader)
{
	int ret = mach_task_acquire(&caller->space, name,
				    MACHDEV_KERN_INVALID_ARGUMENT, task);

	if (ret)
		return ret;
	ret = MACHDEV_KERN_INVALID_ARGUMENT;
	if (!mach_task_pin_image(*task, leader))
		goto err_release;
	if (!is_global_init(*leader))
		return MACHDEV_KERN_SUCCESS;
	ret = init;
	mach_task_unpin_image(*task, *leader);
err_release:
	mach_task_release(*task);
	return ret;
}

/* Suspends a task, with a token or without, and waits until it stands still. */
static int suspend(struct mach_task *caller, u32 name, struct mach_right *token)
{
	struct task_struct *leader;
	struct mach_task *task;
	int ret;

	ret = acquire(caller, name, MACHDEV_KERN_INVALID_ARGUMENT, &task,
		      &leader);
	if (ret)
		return ret;
	ret = token ? mach_suspend_by_token(task, caller, leader, token) :
		      mach_suspend(task, caller, leader);
	get_task_struct(leader);
	refcount_inc(&task->ref);
	mach_task_unpin_image(task, leader);
	mach_task_release(task);
	/* Who suspends himself stops on his way out. */
	if (!ret && task != caller)
		ret = mach_suspend_wait(task, leader);
	put_task_struct(leader);
	mach_task_put(task);
	return ret;
}

static int try_suspend_at_exec(struct mach_task *caller, u32 name)
{
	struct task_struct *leader;
	struct mach_task *task;
	int ret;

	ret = acquire(caller, name, MACHDEV_KERN_INVALID_ARGUMENT, &task,
		      &leader);
	if (ret)
		return ret;
	/* What he has suspended goes on when he executes, himself too. */
	if (task == caller)
		ret = MACHDEV_KERN_INVALID_ARGUMENT;
	/* It has executed since it was acquired: that is not the next exec. */
	else if (mach_task_unsettled(task))
		ret = -EAGAIN;
	else
		ret = mach_suspend_at_exec(task, caller);
	mach_task_unpin_image(task, leader);
	mach_task_release(task);
	return ret;
}

static int suspend_at_exec(struct mach_task *caller, u32 name)
{
	int ret;

	do {
		ret = try_suspend_at_exec(caller, name);
	} while (ret == -EAGAIN);
	return ret;
}

int mach_ioctl_task_suspend(struct mach_task *caller, void *arg)
{
	const struct machdev_task_control *a = arg;

	if ((a->flags & ~MACHDEV_SUSPEND_AT_EXEC) || a->reserved || a->token)
		return -EINVAL;
	if (a->flags & MACHDEV_SUSPEND_AT_EXEC)
		return suspend_at_exec(caller, a->task);
	return suspend(caller, a->task, NULL);
}

int mach_ioctl_task_suspend2(struct mach_task *caller, void *arg)
{
	struct mach_right token = { .type = MACHDEV_MOVE_SEND_ONCE };
	struct machdev_task_control *a = arg;
	MACH_REAP(reap);
	int ret;

	if (is_malformed(a))
		return -EINVAL;
	a->token = MACHDEV_NAME_NULL;
	ret = suspend(caller, a->task, &token);
	if (!ret)
		return mach_ioctl_give(caller, &token, &a->token);
	mach_reap_right(&reap, &token);
	mach_reap_run(&reap);
	return ret;
}

void mach_undo_task_suspend2(struct mach_task *caller, const void *in,
			     const void *out)
{
	mach_resume_by_token(&caller->space,
			     ((const struct machdev_task_control *)out)->token);
}

int mach_ioctl_task_resume(struct mach_task *caller, void *arg)
{
	const struct machdev_task_control *a = arg;
	struct mach_task *task;
	int ret;

	if (is_malformed(a) || a->token)
		return -EINVAL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_ARGUMENT, &task);
	if (ret)
		return ret;
	ret = mach_resume(task, caller);
	mach_task_release(task);
	return ret;
}

int mach_ioctl_task_resume2(struct mach_task *caller, void *arg)
{
	const struct machdev_task_control *a = arg;

	if (is_malformed(a) || a->task)
		return -EINVAL;
	return mach_resume_by_token(&caller->space, a->token);
}

int mach_ioctl_task_terminate(struct mach_task *caller, void *arg)
{
	const struct machdev_task_control *a = arg;
	struct task_struct *leader;
	struct mach_task *task;
	int ret;

	if (is_malformed(a) || a->token)
		return -EINVAL;
	ret = acquire(caller, a->task, MACHDEV_KERN_FAILURE, &task, &leader);
	if (ret)
		return ret;
	if (test_and_set_bit(MACH_TASK_TERMINATED, &task->flags) ||
	    kill_pid(task->pid, SIGKILL, 1))
		ret = MACHDEV_KERN_FAILURE;
	mach_task_unpin_image(task, leader);
	mach_task_release(task);
	return ret;
}
