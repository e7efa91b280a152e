// SPDX-License-Identifier: GPL-2.0-only
/* Threads that have not run: what is done to them until they do. */
#include <linux/sched.h>
#include <linux/string.h>

#include "fpregs.h"
#include "parked.h"
#include "registers.h"
#include "task.h"
#include "thread.h"
#include "unborn.h"

/* Any that is parked and none of Mach's. */
static struct mach_parked *find_hidden_locked(const struct mach_task *task)
{
	struct mach_parked *first = task->parked, *parked;

	lockdep_assert_held(&task->lock);
	if (!first->born && !first->leaving)
		return first;
	list_for_each_entry(parked, &first->clones, node) {
		if (!parked->born && !parked->leaving)
			return parked;
	}
	return NULL;
}

/* A parked thread that can be made one of Mach's: it is, and nobody else's. */
static int claim(struct mach_task *task, struct mach_parked **result)
{
	struct mach_parked *parked;
	int ret = MACHDEV_KERN_SUCCESS;

	spin_lock(&task->lock);
	if (!task->parked) {
		ret = MACHDEV_KERN_NOT_SUPPORTED;
	} else if (READ_ONCE(task->parked->ends)) {
		ret = MACHDEV_KERN_FAILURE;
	} else {
		parked = find_hidden_locked(task);
		if (parked) {
			parked->born = true;
			*result = mach_parked_get(parked);
		} else {
			ret = task->parked->runs ? MACHDEV_KERN_NOT_SUPPORTED :
						   -EAGAIN;
		}
	}
	spin_unlock(&task->lock);
	return ret;
}

static void unclaim(struct mach_task *task, struct mach_parked *parked)
{
	spin_lock(&task->lock);
	parked->born = false;
	spin_unlock(&task->lock);
}

/* Makes it a thread like any new one. */
static int begin(struct mach_thread *thread, struct mach_parked *parked)
{
	struct mach_task *task = thread->task;
	int ret = MACHDEV_KERN_SUCCESS;

	spin_lock(&task->lock);
	if (thread->ended || thread->parked) {
		ret = MACHDEV_KERN_FAILURE;
	} else {
		WRITE_ONCE(parked->suspended, 1);
		memset(&parked->state, 0, sizeof(parked->state));
		mach_fpregs_reset(&parked->fp);
		thread->parked = mach_parked_get(parked);
	}
	spin_unlock(&task->lock);
	return ret;
}

/**
 * mach_unborn_bear() - make a thread of Mach's of one that is parked, or will be
 * @task: its task: that of the current thread, or one that is held
 * @parked: what it waits by
 * @result: out: the thread, with a reference
 * @right: out: a send right to its port
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_FAILURE, it exits, or waits by something else;
 * KERN_RESOURCE_SHORTAGE.
 */
int mach_unborn_bear(struct mach_task *task, struct mach_parked *parked,
		     struct mach_thread **result, struct mach_right *right)
{
	struct mach_thread *thread;
	int ret = mach_thread_get(task, parked->p, &thread);

	if (ret)
		goto err_unclaim;
	ret = begin(thread, parked);
	if (ret)
		goto err_put;
	ret = mach_thread_make_send(thread, MACH_KIND_THREAD, right);
	if (ret)
		goto err_terminate;
	*result = thread;
	return MACHDEV_KERN_SUCCESS;

err_terminate:
	/* From then on it may be somebody else's. */
	mach_unborn_terminate(thread);
	mach_thread_put(thread);
	return ret == MACHDEV_KERN_TERMINATED ? MACHDEV_KERN_FAILURE : ret;
err_put:
	mach_thread_put(thread);
err_unclaim:
	unclaim(task, parked);
	return ret == MACHDEV_KERN_TERMINATED ? MACHDEV_KERN_FAILURE : ret;
}

/**
 * mach_unborn_create() - give a created task a thread
 * @task: the task, that of the current thread or one that is held
 * @result: out: the thread, with a reference
 * @right: out: a send right to the thread's port
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_FAILURE, the task is dying; KERN_NOT_SUPPORTED, it is
 * none that was created, or its first thread has run; KERN_RESOURCE_SHORTAGE;
 * -EAGAIN, there has to be another thread of Linux first.
 */
int mach_unborn_create(struct mach_task *task, struct mach_thread **result,
		       struct mach_right *right)
{
	struct mach_parked *parked;
	int ret = claim(task, &parked);

	if (ret)
		return ret;
	ret = mach_unborn_bear(task, parked, result, right);
	mach_parked_put(parked);
	return ret;
}

/**
 * mach_unborn_do() - do something to a thread that has not run
 * @thread: the thread
 * @op: what; is called under the task's lock
 * @registers: an argument for @op
 *
 * Context: Process; may sleep.
 * Return: what @op does; KERN_NOT_SUPPORTED, the thread runs, or was not created;
 * KERN_FAILURE, it has ended.
 */
int mach_unborn_do(struct mach_thread *thread, mach_unborn_op *op,
		   union mach_registers *registers)
{
	struct mach_task *task = thread->task;
	struct mach_parked *parked;
	int ret;

	spin_lock(&task->lock);
	parked = thread->ended ? NULL : thread->parked;
	if (thread->ended)
		ret = MACHDEV_KERN_FAILURE;
	else if (!parked || parked->runs)
		ret = MACHDEV_KERN_NOT_SUPPORTED;
	else if (READ_ONCE(parked->ends) || parked->leaving)
		ret = MACHDEV_KERN_FAILURE;
	else
		ret = op(task, parked, registers);
	/* While the lock keeps it. */
	if (parked)
		mach_parked_wake(parked);
	spin_unlock(&task->lock);
	return ret;
}

int mach_unborn_get_state(struct mach_task *task, struct mach_parked *parked,
			  union mach_registers *registers)
{
	if (!mach_registers_fit(parked->p))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	registers->state = parked->state;
	return MACHDEV_KERN_SUCCESS;
}

int mach_unborn_set_state(struct mach_task *task, struct mach_parked *parked,
			  union mach_registers *registers)
{
	if (!mach_registers_fit(parked->p) ||
	    !mach_registers_are_good(&registers->state))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	parked->state = registers->state;
	parked->state.cs = 0;
	return MACHDEV_KERN_SUCCESS;
}

int mach_unborn_get_float(struct mach_task *task, struct mach_parked *parked,
			  union mach_registers *registers)
{
	if (!mach_registers_fit(parked->p))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	registers->fp = parked->fp;
	return MACHDEV_KERN_SUCCESS;
}

int mach_unborn_set_float(struct mach_task *task, struct mach_parked *parked,
			  union mach_registers *registers)
{
	if (!mach_registers_fit(parked->p) ||
	    !mach_fpregs_accept(&registers->fp))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	parked->fp = registers->fp;
	return MACHDEV_KERN_SUCCESS;
}

int mach_unborn_suspend(struct mach_task *task, struct mach_parked *parked,
			union mach_registers *registers)
{
	if (parked->suspended == U32_MAX)
		return MACHDEV_KERN_FAILURE;
	WRITE_ONCE(parked->suspended, parked->suspended + 1);
	return MACHDEV_KERN_SUCCESS;
}

int mach_unborn_resume(struct mach_task *task, struct mach_parked *parked,
		       union mach_registers *registers)
{
	WRITE_ONCE(parked->suspended, parked->suspended - 1);
	if (parked->suspended)
		return MACHDEV_KERN_SUCCESS;
	if (task->parked)
		WRITE_ONCE(task->parked->ran, true);
	/* From here on nobody changes what it will have. */
	smp_store_release(&parked->runs, true);
	return MACHDEV_KERN_SUCCESS;
}

static int end(struct mach_task *task, struct mach_parked *parked,
	       union mach_registers *registers)
{
	WRITE_ONCE(parked->suspended, 0);
	parked->born = false;
	parked->leaving = true;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_unborn_terminate() - end a thread that has not run
 * @thread: the thread
 *
 * Context: Process; sleeps; no lock held.
 * Return: KERN_SUCCESS; KERN_NOT_SUPPORTED, it runs, or was not created;
 * KERN_FAILURE, it has ended.
 */
int mach_unborn_terminate(struct mach_thread *thread)
{
	struct mach_parked *parked = mach_unborn_parked(thread);
	int ret;

	/* Once it has one it is always that. */
	if (!parked)
		return READ_ONCE(thread->ended) ? MACHDEV_KERN_FAILURE :
						  MACHDEV_KERN_NOT_SUPPORTED;
	ret = mach_unborn_do(thread, end, NULL);
	if (!ret) {
		mach_thread_forget(thread);
		spin_lock(&thread->task->lock);
		parked->leaving = false;
		spin_unlock(&thread->task->lock);
		/* Only now: its port dies here, and not when it has gone. */
		if (parked->own)
			mach_parked_end(parked);
	}
	mach_parked_put(parked);
	return ret;
}

/**
 * mach_unborn_parked() - what a thread waits by
 * @thread: the thread
 *
 * Return: a reference; NULL unless the thread was created.
 */
struct mach_parked *mach_unborn_parked(struct mach_thread *thread)
{
	struct mach_parked *parked;

	spin_lock(&thread->task->lock);
	parked = mach_parked_get(thread->ended ? NULL : thread->parked);
	spin_unlock(&thread->task->lock);
	return parked;
}

/**
 * mach_unborn_abandon() - the gate is shut: no thread of a task waits to run
 * @task: the task
 *
 * Context: Process.
 */
void mach_unborn_abandon(struct mach_task *task)
{
	struct mach_parked *parked;
	struct mach_thread *thread;

	spin_lock(&task->lock);
	list_for_each_entry(thread, &task->threads, link) {
		if (thread->parked)
			mach_parked_end(thread->parked);
	}
	if (task->parked) {
		list_for_each_entry(parked, &task->parked->clones, node)
			mach_parked_end(parked);
	}
	spin_unlock(&task->lock);
}

/**
 * mach_unborn_suspensions() - how often a thread is suspended
 * @thread: the thread
 *
 * Return: 0 unless it was created and has not run.
 */
u32 mach_unborn_suspensions(struct mach_thread *thread)
{
	struct mach_task *task = thread->task;
	u32 count = 0;

	spin_lock(&task->lock);
	/* Its end takes it with nothing held. */
	if (!thread->ended && thread->parked)
		count = thread->parked->suspended;
	spin_unlock(&task->lock);
	return count;
}

/**
 * mach_unborn_load() - what the current thread goes to user mode with
 * @parked: what it waited by; it runs
 *
 * Context: Process, where the thread leaves the kernel.
 */
void mach_unborn_load(const struct mach_parked *parked)
{
	mach_registers_load(&parked->state);
	mach_fpregs_load(&parked->fp);
}
