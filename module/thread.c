// SPDX-License-Identifier: GPL-2.0-only
/* Threads that have a port. */
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "alloc.h"
#include "ledger.h"
#include "port.h"
#include "reap.h"
#include "stat.h"
#include "task.h"
#include "thread.h"

#define TABLE_BITS 10

/**
 * struct mach_thread - a thread that has a port
 * @node: in the table, guarded by its bucket's lock
 * @key: the thread; only compared
 * @task: its task, holds a reference
 * @link: in the task's list, guarded by the task's lock
 * @self: its port, holds a reference
 * @work: buries it when it has exited
 * @rcu: frees
 */
struct mach_thread {
	struct hlist_node node;
	const struct task_struct *key;
	struct mach_task *task;
	struct list_head link;
	struct mach_port *self;
	struct work_struct work;
	struct rcu_head rcu;
};

static struct {
	raw_spinlock_t lock;
	struct hlist_head head;
} table[1 << TABLE_BITS];

/**
 * mach_thread_init() - make the table
 *
 * Return: 0.
 */
int mach_thread_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		raw_spin_lock_init(&table[i].lock);
	return 0;
}

static struct mach_thread *find_rcu(const struct task_struct *key)
{
	struct mach_thread *thread;

	hlist_for_each_entry_rcu(thread, &table[hash_ptr(key, TABLE_BITS)].head,
				 node) {
		if (thread->key == key)
			return thread;
	}
	return NULL;
}

/* Takes a thread out of the table. False if somebody else has. */
static bool unhash(struct mach_thread *thread)
{
	unsigned int i = hash_ptr(thread->key, TABLE_BITS);
	unsigned long flags;
	bool hashed;

	raw_spin_lock_irqsave(&table[i].lock, flags);
	hashed = !hlist_unhashed(&thread->node);
	if (hashed)
		hlist_del_init_rcu(&thread->node);
	raw_spin_unlock_irqrestore(&table[i].lock, flags);
	return hashed;
}

/* The end of a thread, by whoever took it out of the table. */
static void bury(struct mach_thread *thread)
{
	struct mach_task *task = thread->task;
	MACH_REAP(reap);

	spin_lock(&task->lock);
	list_del(&thread->link);
	spin_unlock(&task->lock);
	mach_ledger_uncharge(thread->self->ledger, sizeof(*thread));
	mach_reap_port(&reap, thread->self);
	mach_reap_run(&reap);
	mach_stat_dec(THREADS);
	mach_task_put(task);
	kfree_rcu(thread, rcu);
}

static void bury_work(struct work_struct *work)
{
	bury(container_of(work, struct mach_thread, work));
}

static struct mach_thread *thread_new(struct mach_task *task)
{
	struct mach_ledger *ledger = mach_space_ledger(&task->space);
	struct mach_thread *thread = NULL;
	unsigned long flags;
	unsigned int i;

	if (!mach_ledger_charge(ledger, sizeof(*thread)))
		goto out_put;
	thread = kzalloc(sizeof(*thread), MACH_GFP);
	if (!thread)
		goto out_uncharge;
	thread->task = task;
	thread->self = mach_port_new(MACH_KIND_THREAD, thread, ledger,
				     MACH_GFP);
	if (!thread->self) {
		kfree(thread);
		thread = NULL;
		goto out_uncharge;
	}
	thread->key = current;
	refcount_inc(&task->ref);
	INIT_WORK(&thread->work, bury_work);
	mach_stat_inc(THREADS);

	spin_lock(&task->lock);
	list_add_tail(&thread->link, &task->threads);
	spin_unlock(&task->lock);
	i = hash_ptr(current, TABLE_BITS);
	raw_spin_lock_irqsave(&table[i].lock, flags);
	hlist_add_head_rcu(&thread->node, &table[i].head);
	raw_spin_unlock_irqrestore(&table[i].lock, flags);
	goto out_put;

out_uncharge:
	mach_ledger_uncharge(ledger, sizeof(*thread));
out_put:
	mach_ledger_put(ledger);
	return thread;
}

/**
 * mach_thread_self() - make a send right to the current thread's port
 * @task: its task, settled
 * @right: out: the right
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE.
 */
int mach_thread_self(struct mach_task *task, struct mach_right *right)
{
	struct mach_thread *thread;

	/* Only the thread itself enters, and it has not exited. */
	rcu_read_lock();
	thread = find_rcu(current);
	if (thread && WARN_ON_ONCE(thread->task != task))
		thread = NULL;
	if (thread)
		*right = mach_port_make_send(thread->self);
	rcu_read_unlock();
	if (thread)
		return MACHDEV_KERN_SUCCESS;

	thread = thread_new(task);
	if (!thread)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	*right = mach_port_make_send(thread->self);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_thread_exited() - a thread has come to its end
 * @key: the thread
 *
 * Context: The exit probe, in an RCU read section.
 */
void mach_thread_exited(const struct task_struct *key)
{
	struct mach_thread *thread = find_rcu(key);

	if (thread && unhash(thread))
		mach_task_queue_work(&thread->work);
}

/**
 * mach_thread_forget() - the current thread has no port any more
 *
 * Context: Process; sleeps; no lock held.
 */
void mach_thread_forget(void)
{
	struct mach_thread *thread;

	/* It stays: only who takes it out of the table ends it. */
	rcu_read_lock();
	thread = find_rcu(current);
	if (thread && !unhash(thread))
		thread = NULL;
	rcu_read_unlock();
	if (thread)
		bury(thread);
}

/**
 * mach_thread_task() - whose thread it is
 * @thread: a thread that cannot go meanwhile
 *
 * Return: its task, borrowed.
 */
struct mach_task *mach_thread_task(const struct mach_thread *thread)
{
	return thread->task;
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
