// SPDX-License-Identifier: GPL-2.0-only
/* Commands on threads: the first one of a task that has none. */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "ioctl.h"
#include "parked.h"
#include "reap.h"
#include "registers.h"
#include "right.h"
#include "stat.h"
#include "task.h"
#include "thread.h"

/**
 * struct thread_errand - something done to a thread, by that thread
 * @errand: the errand
 * @right: create: a send right to the thread's port, until somebody takes it
 * @state: get, set: its registers
 */
struct thread_errand {
	struct mach_errand errand;
	struct mach_right right;
	struct machdev_x86_thread_state64 state;
};

static struct thread_errand *of(struct mach_errand *errand)
{
	return container_of(errand, struct thread_errand, errand);
}

static void thread_errand_free(struct mach_errand *errand)
{
	MACH_REAP(reap);

	mach_reap_right(&reap, &of(errand)->right);
	mach_reap_run(&reap);
	kfree(of(errand));
}

static int run_create(struct mach_errand *errand, struct mach_parked *parked)
{
	struct mach_task *task;
	int ret;

	/* A process has no way to make another one but to run. */
	if (parked->born)
		return MACHDEV_KERN_NOT_SUPPORTED;
	task = mach_task_lookup(task_tgid(current));
	if (!task)
		return MACHDEV_KERN_FAILURE;
	ret = mach_thread_self(task, &of(errand)->right);
	mach_task_put(task);
	if (ret)
		return ret;
	parked->born = true;
	parked->suspended = 1;
	memset(&parked->state, 0, sizeof(parked->state));
	return MACHDEV_KERN_SUCCESS;
}

static int run_terminate(struct mach_errand *errand, struct mach_parked *parked)
{
	if (!parked->born)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	mach_thread_forget();
	parked->born = false;
	return MACHDEV_KERN_SUCCESS;
}

static int run_get_state(struct mach_errand *errand, struct mach_parked *parked)
{
	if (!parked->born || !mach_registers_fit())
		return MACHDEV_KERN_INVALID_ARGUMENT;
	of(errand)->state = parked->state;
	return MACHDEV_KERN_SUCCESS;
}

static int run_set_state(struct mach_errand *errand, struct mach_parked *parked)
{
	if (!parked->born || !mach_registers_fit() ||
	    !mach_registers_are_good(&of(errand)->state))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	parked->state = of(errand)->state;
	return MACHDEV_KERN_SUCCESS;
}

static int run_suspend(struct mach_errand *errand, struct mach_parked *parked)
{
	if (!parked->born)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (parked->suspended == U32_MAX)
		return MACHDEV_KERN_FAILURE;
	parked->suspended++;
	return MACHDEV_KERN_SUCCESS;
}

static int run_resume(struct mach_errand *errand, struct mach_parked *parked)
{
	if (!parked->born)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (--parked->suspended)
		return MACHDEV_KERN_SUCCESS;
	mach_registers_load(&parked->state);
	parked->runs = true;
	return MACHDEV_KERN_SUCCESS;
}

typedef int errand_run(struct mach_errand *errand, struct mach_parked *parked);

/* Lets the thread of a task do it. */
static int send(struct mach_task *task, struct thread_errand *e)
{
	struct mach_parked *parked = mach_task_get_parked(task);
	int ret = MACHDEV_KERN_NOT_SUPPORTED;

	if (parked)
		ret = mach_parked_send(parked, &e->errand);
	mach_parked_put(parked);
	if (ret == MACHDEV_KERN_NOT_SUPPORTED)
		mach_stat_inc(UNSUPPORTED);
	return ret;
}

static struct thread_errand *errand_new(errand_run *run)
{
	struct thread_errand *e = kzalloc(sizeof(*e), MACH_GFP);

	if (e) {
		mach_errand_init(&e->errand, run, thread_errand_free);
		e->right.type = MACHDEV_MOVE_SEND;
	}
	return e;
}

/* Lets the thread that a name stands for do it, and takes over its registers. */
static int tell(struct mach_task *caller, u32 name, errand_run *run,
		struct machdev_x86_thread_state64 *state)
{
	struct thread_errand *e;
	struct mach_task *task;
	int ret;

	task = mach_task_of_thread(&caller->space, name);
	if (!task)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	e = errand_new(run);
	if (!e) {
		mach_task_put(task);
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	if (state)
		e->state = *state;
	ret = send(task, e);
	if (!ret && state)
		*state = e->state;
	mach_errand_put(&e->errand);
	mach_task_put(task);
	return ret;
}

/* Makes the thread and gives it to the caller. If that fails there is none. */
static int create(struct mach_task *caller, struct mach_task *task,
		  struct thread_errand *make, struct thread_errand *undo,
		  u32 *name)
{
	int ret = send(task, make);

	if (ret)
		return ret;
	ret = mach_ioctl_give(caller, &make->right, name);
	make->right.port = NULL;
	if (ret)
		send(task, undo);
	return ret;
}

int mach_ioctl_thread_create(struct mach_task *caller, void *arg)
{
	struct machdev_thread *a = arg;
	struct thread_errand *make, *undo;
	struct mach_task *task;
	int ret;

	a->thread = MACHDEV_NAME_NULL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_ARGUMENT, &task);
	if (ret)
		return ret;
	refcount_inc(&task->ref);
	mach_task_release(task);
	make = errand_new(run_create);
	undo = errand_new(run_terminate);
	if (make && undo)
		ret = create(caller, task, make, undo, &a->thread);
	else
		ret = MACHDEV_KERN_RESOURCE_SHORTAGE;
	if (make)
		mach_errand_put(&make->errand);
	if (undo)
		mach_errand_put(&undo->errand);
	mach_task_put(task);
	return ret;
}

void mach_undo_thread_create(struct mach_task *caller, const void *in,
			     const void *out)
{
	const struct machdev_thread *a = out;
	MACH_REAP(reap);

	tell(caller, a->thread, run_terminate, NULL);
	mach_right_deallocate(&caller->space, a->thread, &reap);
	mach_reap_run(&reap);
}

int mach_ioctl_thread_suspend(struct mach_task *caller, void *arg)
{
	const struct machdev_thread *a = arg;

	if (a->task)
		return -EINVAL;
	return tell(caller, a->thread, run_suspend, NULL);
}

int mach_ioctl_thread_resume(struct mach_task *caller, void *arg)
{
	const struct machdev_thread *a = arg;

	if (a->task)
		return -EINVAL;
	return tell(caller, a->thread, run_resume, NULL);
}

int mach_ioctl_thread_terminate(struct mach_task *caller, void *arg)
{
	const struct machdev_thread *a = arg;

	if (a->task)
		return -EINVAL;
	return tell(caller, a->thread, run_terminate, NULL);
}

/* The flavors of registers that are known by name, but not answered. */
static bool is_later_flavor(u32 flavor)
{
	return flavor >= 1 && flavor <= 18 && flavor != 13;
}

static int check_state(const struct machdev_thread_state *a)
{
	if (a->flavor != MACHDEV_X86_THREAD_STATE64) {
		if (!is_later_flavor(a->flavor))
			return MACHDEV_KERN_INVALID_ARGUMENT;
		mach_stat_inc(UNSUPPORTED);
		return MACHDEV_KERN_NOT_SUPPORTED;
	}
	if (a->count < MACHDEV_X86_THREAD_STATE64_COUNT)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	return MACHDEV_KERN_SUCCESS;
}

static bool is_thread(struct mach_task *caller, u32 name)
{
	struct mach_task *task = mach_task_of_thread(&caller->space, name);

	mach_task_put(task);
	return task;
}

int mach_ioctl_thread_get_state(struct mach_task *caller, void *arg)
{
	struct machdev_x86_thread_state64 state = { };
	struct machdev_thread_state *a = arg;
	int ret;

	BUILD_BUG_ON(sizeof(state) !=
		     MACHDEV_X86_THREAD_STATE64_COUNT * sizeof(u32));
	if (a->reserved)
		return -EINVAL;
	if (!is_thread(caller, a->thread))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ret = check_state(a);
	if (!ret)
		ret = tell(caller, a->thread, run_get_state, &state);
	if (ret)
		return ret;
	a->count = MACHDEV_X86_THREAD_STATE64_COUNT;
	return copy_to_user(mach_user_ptr(a->state), &state, sizeof(state)) ?
		MACHDEV_KERN_INVALID_ADDRESS : MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_thread_set_state(struct mach_task *caller, void *arg)
{
	struct machdev_x86_thread_state64 state;
	const struct machdev_thread_state *a = arg;
	int ret;

	if (a->reserved)
		return -EINVAL;
	if (!is_thread(caller, a->thread))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ret = check_state(a);
	if (ret)
		return ret;
	if (copy_from_user(&state, mach_user_ptr(a->state), sizeof(state)))
		return MACHDEV_KERN_INVALID_ADDRESS;
	state.cs = 0;
	return tell(caller, a->thread, run_set_state, &state);
}
