// SPDX-License-Identifier: GPL-2.0-only
/* Threads that have a port. */
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "alloc.h"
#include "exception.h"
#include "ledger.h"
#include "parked.h"
#include "port.h"
#include "reap.h"
#include "sample.h"
#include "stat.h"
#include "task.h"
#include "thread.h"

#define TABLE_BITS 10

static struct {
	raw_spinlock_t lock;
	struct hlist_head head;
} table[1 << TABLE_BITS];

/**
 * mach_thread_init() - make the table
 */
void mach_thread_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		raw_spin_lock_init(&table[i].lock);
}

/**
 * mach_thread_find_rcu() - the record of a thread, if it has one
 * @p: the thread
 *
 * Context: Any, a probe or an interrupt included; in an RCU read section.
 * Return: the record, borrowed, or NULL.
 */
struct mach_thread *mach_thread_find_rcu(const struct task_struct *p)
{
	struct mach_thread *thread;

	hlist_for_each_entry_rcu(thread, &table[hash_ptr(p, TABLE_BITS)].head,
				 node) {
		if (thread->p == p)
			return thread;
	}
	return NULL;
}

/* Takes a thread out of the table. False if somebody else has. */
static bool unhash(struct mach_thread *thread)
{
	unsigned int i = hash_ptr(thread->p, TABLE_BITS);
	unsigned long flags;
	bool hashed;

	raw_spin_lock_irqsave(&table[i].lock, flags);
	hashed = !hlist_unhashed(&thread->node);
	if (hashed)
		hlist_del_init_rcu(&thread->node);
	raw_spin_unlock_irqrestore(&table[i].lock, flags);
	return hashed;
}

/**
 * mach_thread_put() - drop a reference
 * @thread: a thread
 *
 * Context: Process; may sleep; no lock held.
 */
void mach_thread_put(struct mach_thread *thread)
{
	if (!refcount_dec_and_test(&thread->ref))
		return;
	mach_task_put(thread->task);
	put_task_struct(thread->p);
	kfree_rcu(thread, rcu);
}

static void reap_ports(struct mach_thread *thread, struct mach_reap *reap)
{
	unsigned int i;

	for (i = 0; i < MACH_THREAD_PORTS; i++) {
		if (thread->port[i])
			mach_reap_port(reap, thread->port[i]);
	}
	thread->mask.type = MACHDEV_MOVE_SEND;
	mach_reap_right(reap, &thread->mask);
	mach_actions_put(thread->actions, reap);
	mach_parked_put(thread->parked);
}

/* The end of a thread, by whoever took it out of the table. */
static void bury(struct mach_thread *thread)
{
	struct mach_task *task = thread->task;
	MACH_REAP(reap);

	/* From here on nobody but us touches what the lock guards. */
	spin_lock(&task->lock);
	list_del(&thread->link);
	thread->ended = true;
	spin_unlock(&task->lock);
	mach_sample_end(task, thread);
	mach_ledger_uncharge(thread->port[MACH_THREAD_PORTS - 1]->ledger,
			     sizeof(*thread));
	reap_ports(thread, &reap);
	mach_reap_run(&reap);
	mach_stat_dec(THREADS);
	mach_thread_put(thread);
}

static void bury_work(struct work_struct *work)
{
	struct mach_thread *thread = container_of(work, struct mach_thread,
						  work);
	struct mach_task *task = thread->task;
	struct mach_parked *parked;

	refcount_inc(&task->ref);
	spin_lock(&task->lock);
	parked = mach_parked_get(thread->parked);
	spin_unlock(&task->lock);
	/* It may have died alone where it made another one for somebody. */
	if (parked)
		mach_parked_close(parked);
	mach_parked_put(parked);
	bury(thread);
	mach_task_leave(task);
	mach_task_put(task);
}

static struct mach_thread *thread_new(struct mach_task *task,
				      struct task_struct *p)
{
	struct mach_ledger *ledger = mach_space_ledger(&task->space);
	struct mach_thread *thread = NULL;
	struct mach_port *port;

	if (!mach_ledger_charge(ledger, sizeof(*thread)))
		goto out_put;
	thread = kzalloc(sizeof(*thread), MACH_GFP);
	if (!thread)
		goto out_uncharge;
	/* Whoever looks at the port may ask whose thread it is. */
	thread->task = task;
	port = mach_port_new(MACH_KIND_THREAD, thread, ledger, MACH_GFP);
	if (!port) {
		kfree(thread);
		thread = NULL;
		goto out_uncharge;
	}
	/* One reference is the table's, one the caller's. */
	refcount_set(&thread->ref, 2);
	refcount_inc(&task->ref);
	get_task_struct(p);
	thread->p = p;
	thread->port[MACH_THREAD_PORTS - 1] = port;
	INIT_WORK(&thread->work, bury_work);
	mach_stat_inc(THREADS);
	goto out_put;

out_uncharge:
	mach_ledger_uncharge(ledger, sizeof(*thread));
out_put:
	mach_ledger_put(ledger);
	return thread;
}

/* Frees a record that never was in the table. */
static void thread_discard(struct mach_thread *thread)
{
	struct mach_port *port = thread->port[MACH_THREAD_PORTS - 1];

	mach_ledger_uncharge(port->ledger, sizeof(*thread));
	mach_port_discard(port);
	mach_stat_dec(THREADS);
	mach_task_put(thread->task);
	put_task_struct(thread->p);
	kfree(thread);
}

static bool is_hidden_locked(const struct mach_task *task,
			     const struct task_struct *p)
{
	const struct mach_parked *first = task->parked, *parked;

	lockdep_assert_held(&task->lock);
	if (!first)
		return false;
	if (first->p == p)
		return !first->born;
	list_for_each_entry(parked, &first->clones, node) {
		if (parked->p == p)
			return !parked->born;
	}
	return false;
}

/**
 * mach_thread_is_hidden() - whether a thread is parked, and none of Mach's
 * @task: its task
 * @p: the thread
 *
 * Context: Process; an RCU read section will do.
 * Return: whether it is.
 */
bool mach_thread_is_hidden(struct mach_task *task, const struct task_struct *p)
{
	bool hidden;

	spin_lock(&task->lock);
	hidden = is_hidden_locked(task, p);
	spin_unlock(&task->lock);
	return hidden;
}

/* Puts a record into the table, if the thread has none there yet. */
static bool insert(struct mach_thread *thread)
{
	unsigned int i = hash_ptr(thread->p, TABLE_BITS);
	struct mach_task *task = thread->task;
	unsigned long flags;
	bool fresh;

	spin_lock(&task->lock);
	fresh = !is_hidden_locked(task, thread->p);
	raw_spin_lock_irqsave(&table[i].lock, flags);
	fresh = fresh && !mach_thread_find_rcu(thread->p);
	if (fresh)
		hlist_add_head_rcu(&thread->node, &table[i].head);
	raw_spin_unlock_irqrestore(&table[i].lock, flags);
	if (fresh)
		list_add_tail(&thread->link, &task->threads);
	spin_unlock(&task->lock);
	return fresh;
}

/**
 * mach_thread_lookup() - the record of a thread, if it has one
 * @p: the thread
 *
 * Return: a reference, or NULL.
 */
struct mach_thread *mach_thread_lookup(const struct task_struct *p)
{
	struct mach_thread *thread;

	rcu_read_lock();
	thread = mach_thread_find_rcu(p);
	if (thread && !refcount_inc_not_zero(&thread->ref))
		thread = NULL;
	rcu_read_unlock();
	return thread;
}

/* Whether a thread that has just been entered is on its way out, and gone. */
static bool has_exited(struct mach_thread *thread)
{
	/*
	 * Either the exit probe finds the record that was just entered, or the
	 * thread is seen to exit here. In between it passes a full barrier, when
	 * it is taken off the count of live threads.
	 */
	smp_mb();
	if (!(READ_ONCE(thread->p->flags) & PF_EXITING))
		return false;
	if (unhash(thread))
		bury(thread);
	return true;
}

/**
 * mach_thread_get() - the record of a thread
 * @task: its task, settled: that of the current thread, or one that is held
 * @p: the thread; the caller has a reference
 * @result: out: the record, with a reference
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_TERMINATED, it exits, or is hidden;
 * KERN_RESOURCE_SHORTAGE.
 */
int mach_thread_get(struct mach_task *task, struct task_struct *p,
		    struct mach_thread **result)
{
	struct mach_thread *thread;

	for (;;) {
		thread = mach_thread_lookup(p);
		if (thread)
			break;
		if (mach_thread_is_hidden(task, p))
			return MACHDEV_KERN_TERMINATED;
		thread = thread_new(task, p);
		if (!thread)
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
		if (!insert(thread)) {
			thread_discard(thread);
			continue;
		}
		if (p == current || !has_exited(thread))
			break;
		mach_thread_put(thread);
		return MACHDEV_KERN_TERMINATED;
	}
	if (WARN_ON_ONCE(thread->task != task)) {
		mach_thread_put(thread);
		return MACHDEV_KERN_TERMINATED;
	}
	*result = thread;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_thread_exited() - a thread has come to its end
 * @task: its task
 * @p: the thread
 *
 * Context: The exit probe, in an RCU read section.
 */
void mach_thread_exited(struct mach_task *task, const struct task_struct *p)
{
	struct mach_thread *thread = mach_thread_find_rcu(p);

	/* If the end of the task is queued, it is the end of all threads. */
	if (!thread || !refcount_inc_not_zero(&task->leaving))
		return;
	if (unhash(thread))
		mach_task_queue_work(&thread->work);
	else
		mach_task_leave(task);
}

/**
 * mach_thread_forget() - a thread is one of Mach's no more
 * @thread: the thread
 *
 * Unless it is hidden somebody may enter it again.
 *
 * Context: Process; sleeps; no lock held.
 */
void mach_thread_forget(struct mach_thread *thread)
{
	if (unhash(thread))
		bury(thread);
}

/**
 * mach_thread_actions() - who handles the exceptions of a thread
 * @thread: the thread
 * @change: what is to change; NULL for nothing
 * @old: out: what was before, a reference, or NULL when nobody ever said
 * @reap: gets what dies of it
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_FAILURE, the thread has ended;
 * KERN_RESOURCE_SHORTAGE; -EAGAIN, there is another table than the expected one.
 * On failure nothing has changed.
 */
int mach_thread_actions(struct mach_thread *thread,
			const struct mach_change *change,
			struct mach_actions **old, struct mach_reap *reap)
{
	struct mach_actions *new = NULL, *unused = NULL;
	struct mach_task *task = thread->task;
	int ret = MACHDEV_KERN_SUCCESS;

	if (change) {
		new = mach_actions_new(change->gfp);
		if (!new)
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	spin_lock(&task->lock);
	if (thread->ended) {
		ret = MACHDEV_KERN_FAILURE;
		unused = new;
	} else if (!new) {
		*old = mach_actions_get(thread->actions);
	} else if (mach_change_is_late(change, thread->actions)) {
		ret = -EAGAIN;
		unused = new;
	} else {
		mach_actions_fill(new, thread->actions, change);
		if (change->forget && mach_actions_empty(new))
			swap(unused, new);
		*old = thread->actions;
		thread->actions = new;
	}
	spin_unlock(&task->lock);
	mach_actions_put(unused, reap);
	return ret;
}

/* Unhashes any thread that nobody else has: it, or NULL when none is left. */
static struct mach_thread *unhash_any_locked(struct mach_task *task)
{
	struct mach_thread *thread;

	lockdep_assert_held(&task->lock);
	list_for_each_entry(thread, &task->threads, link) {
		if (unhash(thread))
			return thread;
	}
	return NULL;
}

/**
 * mach_thread_kill_all() - end all threads of a task
 * @task: the task, whose life lock is held
 *
 * Context: Process; sleeps.
 */
void mach_thread_kill_all(struct mach_task *task)
{
	struct mach_thread *thread;

	for (;;) {
		spin_lock(&task->lock);
		thread = unhash_any_locked(task);
		spin_unlock(&task->lock);
		if (!thread)
			return;
		bury(thread);
	}
}
