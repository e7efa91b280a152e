// SPDX-License-Identifier: GPL-2.0-only
/* Threads of a program's own task, from when they are started until they run. */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/freezer.h>
#include <linux/fs.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "ledger.h"
#include "own_thread.h"
#include "parked.h"
#include "registers.h"
#include "task.h"
#include "thread.h"
#include "unborn.h"

/* Runs where the thread leaves the kernel, or exits. */
static int leave_release(struct inode *inode, struct file *file)
{
	struct mach_parked *parked = file->private_data;

	if (!parked)
		return 0;
	if (!(current->flags & (PF_EXITING | PF_KTHREAD))) {
		sigprocmask(SIG_SETMASK, &parked->blocked, NULL);
		mach_unborn_load(parked);
	}
	mach_parked_put(parked);
	return 0;
}

static const struct file_operations leave_fops = {
	.owner = THIS_MODULE,
	.release = leave_release,
};

/* For the current thread; with all that it will need to run. */
static struct mach_parked *parked_new(struct mach_task *task, u64 blocked)
{
	struct mach_ledger *ledger = mach_space_ledger(&task->space);
	struct mach_parked *parked = mach_parked_new(ledger);
	struct file *leave;

	mach_ledger_put(ledger);
	if (!parked)
		return NULL;
	leave = anon_inode_getfile("[mach-thread]", &leave_fops, NULL, O_RDWR);
	if (IS_ERR(leave)) {
		mach_parked_put(parked);
		return NULL;
	}
	parked->p = get_task_struct(current);
	parked->own = true;
	parked->leave = leave;
	BUILD_BUG_ON(sizeof(parked->blocked) != sizeof(blocked));
	memcpy(&parked->blocked, &blocked, sizeof(blocked));
	sigdelsetmask(&parked->blocked, sigmask(SIGKILL) | sigmask(SIGSTOP));
	parked->born = true;
	return parked;
}

/**
 * mach_own_thread_bear() - the current thread is a new one of Mach's
 * @task: its task
 * @blocked: the signals that it will block when it runs, the lowest bit signal 1
 * @result: out: the thread, with a reference
 * @right: out: a send right to its port
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_NOT_SUPPORTED, it is one of 32 bits; KERN_FAILURE, it
 * was created or has said so before; KERN_RESOURCE_SHORTAGE.
 */
int mach_own_thread_bear(struct mach_task *task, u64 blocked,
			 struct mach_thread **result, struct mach_right *right)
{
	struct mach_parked *parked;
	int ret;

	if (!mach_registers_fit(current))
		return MACHDEV_KERN_NOT_SUPPORTED;
	parked = parked_new(task, blocked);
	if (!parked)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	ret = mach_unborn_bear(task, parked, result, right);
	mach_parked_put(parked);
	return ret;
}

static bool is_wanted(struct mach_parked *parked)
{
	/* Pairs with the release in mach_unborn_resume(). */
	return smp_load_acquire(&parked->runs) || READ_ONCE(parked->ends);
}

static int wait_by(struct mach_parked *parked)
{
	struct file *leave = parked->leave;

	/* It has run, and has come back here. */
	if (!leave)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (wait_event_state(parked->wait, is_wanted(parked),
			     (TASK_INTERRUPTIBLE | TASK_FREEZABLE)))
		return -ERESTARTNOINTR;
	if (!READ_ONCE(parked->runs))
		return MACHDEV_KERN_TERMINATED;
	/* Its registers are loaded when this call is over. */
	parked->leave = NULL;
	leave->private_data = mach_parked_get(parked);
	fput(leave);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_own_thread_park() - wait until the current thread may run
 *
 * Context: Process; sleeps.
 * Return: KERN_SUCCESS, it goes to user mode with its registers, and nobody sees
 * this; KERN_INVALID_ARGUMENT, it was not borne, or terminated, or runs;
 * KERN_TERMINATED, it was terminated meanwhile, or the gate was shut;
 * -ERESTARTNOINTR, a signal is pending.
 */
int mach_own_thread_park(void)
{
	struct mach_thread *thread = mach_thread_lookup(current);
	struct mach_parked *parked;
	int ret = MACHDEV_KERN_INVALID_ARGUMENT;

	if (!thread)
		return ret;
	parked = mach_unborn_parked(thread);
	mach_thread_put(thread);
	if (parked && parked->own)
		ret = wait_by(parked);
	mach_parked_put(parked);
	return ret;
}
