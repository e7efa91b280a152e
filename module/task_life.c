// SPDX-License-Identifier: GPL-2.0-only
/* The life of a task: what an exec changes, and its end. */
#include <linux/sched.h>

#include "alloc.h"
#include "embryo.h"
#include "identity.h"
#include "reap.h"
#include "right.h"
#include "sample.h"
#include "suspend.h"
#include "task.h"
#include "thread.h"
#include "unborn.h"
#include "trace.h"

/**
 * mach_task_publish() - change what a task's children get
 * @task: the task
 * @old: what was read, with a reference of the caller's, which stays his
 * @new: a changed copy; the reference is consumed on success
 *
 * Context: Process; may sleep; no lock held.
 * Return: false if something else has been published meanwhile.
 */
bool mach_task_publish(struct mach_task *task, struct mach_inherit *old,
		       struct mach_inherit *new)
{
	if (cmpxchg((struct mach_inherit __force **)&task->inherit, old,
		    new) != old)
		return false;
	mach_inherit_put(old);
	return true;
}

/**
 * mach_task_override() - set what a task's children get, whatever it was
 * @task: the task
 * @inherit: the reference is consumed
 *
 * Context: Any, a fork probe included.
 * Return: what it was, with a reference; to be put where sleeping is allowed.
 */
struct mach_inherit *mach_task_override(struct mach_task *task,
					struct mach_inherit *inherit)
{
	return xchg((struct mach_inherit __force **)&task->inherit, inherit);
}

/*
 * Kills the task's port, and puts another in its place if there is one. What was
 * given to this task alone goes, too.
 */
static void replace_self(struct mach_task *task, struct mach_port *port)
{
	struct mach_right own[MACH_OWN_NUMBER];
	struct mach_port *old;
	struct mach_right mask;
	unsigned int i;
	MACH_REAP(reap);

	spin_lock(&task->lock);
	old = task->self;
	mask = task->mask;
	for (i = 0; i < MACH_OWN_NUMBER; i++) {
		own[i] = (struct mach_right){ task->own[i], MACHDEV_MOVE_SEND };
		task->own[i] = NULL;
	}
	if (port)
		/* Pairs with the dependent read in mach_trace_self(). */
		smp_store_release(&task->self, port);
	task->masked = false;
	task->mask.port = NULL;
	spin_unlock(&task->lock);

	mach_reap_port(&reap, port ? old : mach_port_get(old));
	mask.type = MACHDEV_MOVE_SEND;
	mach_reap_right(&reap, &mask);
	for (i = 0; i < MACH_OWN_NUMBER; i++)
		mach_reap_right(&reap, &own[i]);
	mach_reap_run(&reap);
}

/* Kills the ports that stand for a task with less power, from a kind on. */
static void kill_lesser(struct mach_task *task, enum mach_port_kind least)
{
	struct mach_port *port;
	unsigned int i;
	MACH_REAP(reap);

	spin_lock(&task->lock);
	for (i = least - MACH_KIND_TASK_NAME; i < MACH_TASK_LESSER; i++) {
		port = task->lesser[i];
		task->lesser[i] = NULL;
		if (port)
			mach_reap_port(&reap, port);
	}
	spin_unlock(&task->lock);
	mach_reap_run(&reap);
}

/*
 * An exec gained privilege: whoever had power over the task has it no more. That
 * must not fail for lack of memory.
 */
static void revoke(struct mach_task *task)
{
	struct mach_inherit *old, *new;
	struct mach_ledger *ledger;
	struct mach_port *port;
	MACH_REAP(reap);

	port = mach_port_new(MACH_KIND_TASK, NULL, NULL, MACH_GFP_MUST);
	ledger = mach_space_ledger(&task->space);
	mach_port_adopt(port, task, ledger);
	replace_self(task, port);
	trace_mach_task_revoke(task);
	/* Who the process is may still be asked. */
	kill_lesser(task, MACH_KIND_TASK_INSPECT);
	mach_thread_kill_all(task);
	mach_sample_end(task, NULL);
	mach_suspend_revoke(task);

	for (;;) {
		old = mach_inherit_get_rcu(&task->inherit);
		new = mach_inherit_copy(old, MACH_GFP_MUST);
		mach_inherit_reset(new, &reap);
		if (mach_task_publish(task, old, new))
			break;
		mach_inherit_put(old);
		mach_inherit_put(new);
	}
	mach_inherit_put(old);
	mach_reap_run(&reap);
}

/**
 * mach_task_settle() - do what an exec has left to be done
 * @task: the task
 *
 * Context: Process; sleeps; no lock held.
 */
void mach_task_settle(struct mach_task *task)
{
	u32 execs, privileged;

	if (!mach_task_unsettled(task))
		return;
	down_write(&task->life);
	while (!mach_task_is_dying(task) && mach_task_unsettled(task)) {
		execs = READ_ONCE(task->execs);
		/* Pairs with smp_wmb() in mach_task_exec(). */
		smp_rmb();
		privileged = READ_ONCE(task->privileged);
		if (privileged != task->revoked) {
			revoke(task);
			/* Pairs with the acquire in mach_task_is_tainted(). */
			smp_store_release(&task->revoked, privileged);
		}
		mach_right_destroy_all(&task->space, false);
		mach_suspend_executed(task);
		/* Pairs with the acquire in mach_task_unsettled(). */
		smp_store_release(&task->settled, execs);
		trace_mach_task_settle(task);
	}
	up_write(&task->life);
}

/**
 * mach_task_settle_killable() - the same for a thread that may be killed
 * @task: the task
 *
 * A work item is usually at it already. Whoever waits for it does so as a
 * reader: writers spin, and do not look for signals meanwhile.
 *
 * Context: Process; sleeps; no lock held.
 * Return: 0; -EINTR, the thread is being killed.
 */
int mach_task_settle_killable(struct mach_task *task)
{
	int ret;

	if (!mach_task_unsettled(task))
		return 0;
	ret = down_read_killable(&task->life);
	if (ret)
		return ret;
	up_read(&task->life);
	mach_task_settle(task);
	return 0;
}

/**
 * mach_task_exec() - the process has got a new image
 * @task: the task
 * @privileged: it has power now that others had not over it
 *
 * Context: Any, the exec and fork probes included; nobody else does this to
 * @task at the same time.
 */
void mach_task_exec(struct mach_task *task, bool privileged)
{
	if (privileged)
		WRITE_ONCE(task->privileged, task->execs + 1);
	/* Pairs with smp_rmb() in mach_task_settle(). */
	smp_wmb();
	WRITE_ONCE(task->execs, task->execs + 1);
}

/**
 * mach_task_embody() - make a process a task that nobody has seen yet
 * @task: that of the current thread, which is the only one of the process
 * @port: will stand for it, made for nobody; the reference is consumed
 * @inherit: what it starts with; the reference is consumed
 * @parked: the thread if it will be parked, else NULL
 *
 * Whoever had a port of it has it no more; it has no names.
 *
 * Context: Process; sleeps; no lock held.
 */
void mach_task_embody(struct mach_task *task, struct mach_port *port,
		      struct mach_inherit *inherit, struct mach_parked *parked)
{
	struct mach_inherit *old;

	mach_task_settle(task);
	if (inherit->wired)
		mach_space_set_ledger(&task->space, inherit->wired);
	down_write(&task->life);
	mach_right_destroy_all(&task->space, false);
	mach_port_adopt(port, task, mach_space_ledger(&task->space));
	replace_self(task, port);
	kill_lesser(task, MACH_KIND_TASK_NAME);
	/* Not before: it is for those who get the new port. */
	if (parked)
		mach_task_set_parked(task, parked);
	mach_thread_kill_all(task);
	mach_sample_end(task, NULL);
	mach_suspend_end(task);
	WRITE_ONCE(task->version, mach_pidversion_next());
	old = mach_task_override(task, inherit);
	up_write(&task->life);
	mach_inherit_put(old);
}

static void teardown(struct mach_task *task)
{
	struct mach_identity *identity;

	down_write(&task->life);
	/* While the task is found, the exit probe finds its threads. */
	mach_thread_kill_all(task);
	mach_sample_end(task, NULL);
	mach_task_remove(task);
	mach_right_destroy_all(&task->space, true);
	mach_space_free_table(&task->space);
	replace_self(task, NULL);
	kill_lesser(task, MACH_KIND_TASK_NAME);
	spin_lock(&task->lock);
	identity = rcu_replace_pointer(task->identity, NULL,
				       lockdep_is_held(&task->lock));
	spin_unlock(&task->lock);
	up_write(&task->life);
	mach_embryo_task_ended(task);
	mach_suspend_end(task);
	trace_mach_task_teardown(task);
	mach_identity_put(identity);
	mach_inherit_put(mach_task_override(task, mach_inherit_default()));
	mach_task_put(task);
}

/**
 * mach_task_settle_work() - settle, out of the way
 * @work: a task's settle_work, with a reference
 */
void mach_task_settle_work(struct work_struct *work)
{
	struct mach_task *task = container_of(work, struct mach_task,
					      settle_work);

	mach_task_settle(task);
	mach_task_put(task);
}

/**
 * mach_task_exit_work() - tear down, out of the way
 * @work: a task's exit_work
 */
void mach_task_exit_work(struct work_struct *work)
{
	teardown(container_of(work, struct mach_task, exit_work));
}

/**
 * mach_task_teardown_all() - tear down all tasks
 *
 * Context: Process; sleeps. Nobody can call the module any more and no probe
 * is registered.
 */
void mach_task_teardown_all(void)
{
	struct mach_task *task;
	unsigned int i;

	mach_task_sync();
	for (i = 0; i < MACH_TASK_BUCKETS; i++) {
		while ((task = mach_task_nth(i, 0))) {
			set_bit(MACH_TASK_DYING, &task->flags);
			teardown(task);
			mach_task_put(task);
			cond_resched();
		}
	}
	/* Tokens that were let go just now. */
	mach_task_sync();
}

/**
 * mach_task_abandon_all() - the gate is shut: nobody waits or stands still
 *
 * Nobody makes ports any more. A task that exits meanwhile can shift others
 * out of sight here, so the walk is repeated until it finds as many as before.
 * Should it still miss somebody, the gate can be shut again.
 *
 * Context: Process; sleeps.
 */
void mach_task_abandon_all(void)
{
	unsigned int i, n, seen = 0, before, rounds = 10;
	struct mach_task *task;

	do {
		before = seen;
		seen = 0;
		for (i = 0; i < MACH_TASK_BUCKETS; i++) {
			for (n = 0; (task = mach_task_nth(i, n)); n++) {
				mach_right_abandon_all(&task->space);
				mach_suspend_revoke(task);
				mach_unborn_abandon(task);
				mach_task_put(task);
				seen++;
			}
			cond_resched();
		}
	} while (seen != before && --rounds);
}
