// SPDX-License-Identifier: GPL-2.0-only
/* Tasks: their records, the table, and the work that they leave. */
#include <linux/file.h>
#include <linux/hash.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "identity.h"
#include "ledger.h"
#include "port.h"
#include "serial.h"
#include "stat.h"
#include "task.h"
#include "trace.h"

struct bucket {
	raw_spinlock_t lock;
	struct hlist_head head;
};

static struct bucket table[MACH_TASK_BUCKETS];
static struct kmem_cache *task_cache;
static struct workqueue_struct *task_wq;

/* How often sync was asked for, and up to which request it has been done. */
static atomic_t sync_asked;
static unsigned int sync_done;
static DECLARE_WAIT_QUEUE_HEAD(sync_wait);

static void sync_work_run(struct work_struct *work);
static DECLARE_WORK(sync_work, sync_work_run);

static struct bucket *bucket_of(const struct pid *pid)
{
	return &table[hash_ptr(pid, MACH_TASK_BUCKET_BITS)];
}

/**
 * mach_task_init() - make the table
 *
 * Return: 0 or -ENOMEM.
 */
int mach_task_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		raw_spin_lock_init(&table[i].lock);
	task_cache = kmem_cache_create("mach_task", sizeof(struct mach_task),
				       0, 0, NULL);
	task_wq = alloc_workqueue("mach_task", WQ_UNBOUND, 0);
	if (task_cache && task_wq)
		return 0;
	mach_task_exit();
	return -ENOMEM;
}

/**
 * mach_task_exit() - free the table, empty, after an RCU barrier
 */
void mach_task_exit(void)
{
	/* Asked for by somebody who was killed meanwhile. */
	cancel_work_sync(&sync_work);
	if (task_wq)
		destroy_workqueue(task_wq);
	kmem_cache_destroy(task_cache);
}

/*
 * The end of the last thread queues that of its task. That ends what was
 * suspended by tokens among its names, and what its embryos were to inherit.
 */
#define STAGES 3

/**
 * mach_task_sync() - wait for all that has been left to work items
 *
 * Context: Process; sleeps.
 */
void mach_task_sync(void)
{
	unsigned int i;

	for (i = 0; i < STAGES; i++) {
		mach_inherit_sync();
		flush_workqueue(task_wq);
	}
}

static void sync_work_run(struct work_struct *work)
{
	unsigned int asked = atomic_read(&sync_asked);

	mach_task_sync();
	/* What fileports held waits for a work item of the kernel, */
	flush_delayed_fput();
	/* and may have been the last to hold an embryo. */
	mach_task_sync();
	/* Pairs with the acquire in is_synced(). */
	smp_store_release(&sync_done, asked);
	wake_up_all(&sync_wait);
}

static bool is_synced(unsigned int ticket)
{
	/* Pairs with the release in sync_work_run(). */
	return (int)(smp_load_acquire(&sync_done) - ticket) >= 0;
}

/**
 * mach_task_sync_killable() - the same for a thread that may be killed
 *
 * A work item waits in its place, from after the request on.
 *
 * Context: Process; sleeps.
 * Return: 0; -ERESTARTSYS, the thread is being killed.
 */
int mach_task_sync_killable(void)
{
	unsigned int ticket = atomic_inc_return(&sync_asked);

	queue_work(mach_general_wq, &sync_work);
	return wait_event_killable(sync_wait, is_synced(ticket));
}

/**
 * mach_task_queue_settle() - let a work item settle an exec
 * @task: the task of the current thread, in the table
 *
 * Context: Any, the exec probe included.
 */
void mach_task_queue_settle(struct mach_task *task)
{
	refcount_inc(&task->ref);
	/* The table has a reference: what is dropped here is not the last. */
	if (!queue_work(task_wq, &task->settle_work))
		refcount_dec(&task->ref);
}

/**
 * mach_task_leave() - something that a task's end waits for is over
 * @task: the task
 *
 * The ports of its threads are dead before its own: who is told that a task has
 * died finds no thread of it.
 *
 * Context: Any, the exit probe included.
 */
void mach_task_leave(struct mach_task *task)
{
	if (refcount_dec_and_test(&task->leaving))
		queue_work(task_wq, &task->exit_work);
}

/**
 * mach_task_queue_exit() - let a work item tear a task down
 * @task: the task, in the table
 *
 * Only the first call counts.
 *
 * Context: Any, the exit probe included; in an RCU read section, or with a
 * reference.
 * Return: whether this was the first call.
 */
bool mach_task_queue_exit(struct mach_task *task)
{
	if (test_and_set_bit(MACH_TASK_DYING, &task->flags))
		return false;
	trace_mach_task_exit(task);
	mach_task_leave(task);
	return true;
}

/**
 * mach_task_queue_release() - let a work item put a task that nobody knows
 * @task: set up but not in the table; the only reference is consumed
 *
 * Context: Any, a probe included.
 */
void mach_task_queue_release(struct mach_task *task)
{
	set_bit(MACH_TASK_DYING, &task->flags);
	queue_work(task_wq, &task->settle_work);
}

/**
 * mach_task_queue_work() - let a work item do something that sync waits for
 * @work: what
 *
 * Context: Any, a probe included.
 */
void mach_task_queue_work(struct work_struct *work)
{
	queue_work(task_wq, work);
}

/**
 * mach_task_new() - make the record of a task, of whom nobody knows yet
 * @gfp: how to allocate
 *
 * Context: Process, or a probe with GFP_ATOMIC.
 * Return: a record with its port, not charged to anybody; or NULL.
 */
struct mach_task *mach_task_new(gfp_t gfp)
{
	struct mach_task *task = kmem_cache_zalloc(task_cache, gfp);

	if (!task)
		return NULL;
	task->self = mach_port_new(MACH_KIND_TASK, NULL, NULL, gfp);
	if (!task->self) {
		kmem_cache_free(task_cache, task);
		return NULL;
	}
	refcount_set(&task->ref, 1);
	task->id = mach_serial_next();
	INIT_HLIST_NODE(&task->node);
	init_rwsem(&task->life);
	INIT_WORK(&task->settle_work, mach_task_settle_work);
	INIT_WORK(&task->exit_work, mach_task_exit_work);
	mach_space_init(&task->space);
	spin_lock_init(&task->lock);
	INIT_LIST_HEAD(&task->threads);
	refcount_set(&task->leaving, 1);
	INIT_LIST_HEAD(&task->suspensions);
	INIT_LIST_HEAD(&task->suspends);
	return task;
}

/**
 * mach_task_discard() - free a record that was never set up
 * @task: the record, or NULL
 *
 * Context: Any.
 */
void mach_task_discard(struct mach_task *task)
{
	if (!task)
		return;
	mach_port_put(task->self);
	kmem_cache_free(task_cache, task);
}

/**
 * mach_task_setup() - make a record that of a thread group
 * @task: the record
 * @pid: the thread group; takes a reference of its own
 * @leader: the thread group's
 * @inherit: what it starts with; the reference is consumed
 * @ledger: charged for it, even past the limit; the reference is consumed
 *
 * Context: Any, a fork probe included; takes no lock but of the table of ports.
 */
void mach_task_setup(struct mach_task *task, struct pid *pid,
		     const struct task_struct *leader,
		     struct mach_inherit *inherit, struct mach_ledger *ledger)
{
	task->pid = get_pid(pid);
	task->exec_id = READ_ONCE(leader->self_exec_id);
	task->version = mach_pidversion_next();
	RCU_INIT_POINTER(task->inherit, inherit);
	RCU_INIT_POINTER(task->space.ledger, mach_ledger_get(ledger));
	mach_port_adopt(task->self, task, mach_ledger_get(ledger));
	mach_ledger_charge_force(ledger, sizeof(*task));
	task->ledger = ledger;
	mach_stat_inc(TASKS);
}

/**
 * mach_task_insert() - put a task into the table
 * @task: set up; the table takes over the caller's reference
 *
 * Context: Any, a fork probe included; takes the bucket's lock.
 * Return: NULL; or another task that stands for the same thread group, with a
 * reference, and then @task is still the caller's.
 */
struct mach_task *mach_task_insert(struct mach_task *task)
{
	struct bucket *bucket = bucket_of(task->pid);
	struct mach_task *other;
	unsigned long flags;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	hlist_for_each_entry(other, &bucket->head, node) {
		if (other->pid == task->pid) {
			refcount_inc(&other->ref);
			raw_spin_unlock_irqrestore(&bucket->lock, flags);
			return other;
		}
	}
	hlist_add_head_rcu(&task->node, &bucket->head);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return NULL;
}

/**
 * mach_task_remove() - take a task out of the table
 * @task: the task; the table's reference becomes the caller's
 *
 * Context: Any; takes the bucket's lock.
 */
void mach_task_remove(struct mach_task *task)
{
	struct bucket *bucket = bucket_of(task->pid);
	unsigned long flags;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	hlist_del_init_rcu(&task->node);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
}

/**
 * mach_task_find_rcu() - find the task of a thread group
 * @pid: the thread group
 *
 * Context: Any, a probe included; in an RCU read section.
 * Return: the task, borrowed, or NULL.
 */
struct mach_task *mach_task_find_rcu(const struct pid *pid)
{
	struct mach_task *task;

	hlist_for_each_entry_rcu(task, &bucket_of(pid)->head, node) {
		if (task->pid == pid)
			return task;
	}
	return NULL;
}

/**
 * mach_task_lookup() - find the task of a thread group
 * @pid: the thread group
 *
 * Context: Any.
 * Return: a reference, or NULL.
 */
struct mach_task *mach_task_lookup(const struct pid *pid)
{
	struct mach_task *task;

	rcu_read_lock();
	task = mach_task_find_rcu(pid);
	if (task && !refcount_inc_not_zero(&task->ref))
		task = NULL;
	rcu_read_unlock();
	return task;
}

/**
 * mach_task_nth() - walk the table
 * @bucket: less than MACH_TASK_BUCKETS
 * @n: how many tasks of the bucket to pass over
 *
 * Context: Process.
 * Return: the next task there, with a reference; NULL at the end.
 */
struct mach_task *mach_task_nth(unsigned int bucket, unsigned int n)
{
	struct mach_task *task;
	unsigned int i = 0;

	rcu_read_lock();
	hlist_for_each_entry_rcu(task, &table[bucket].head, node) {
		if (i++ < n || !refcount_inc_not_zero(&task->ref))
			continue;
		rcu_read_unlock();
		return task;
	}
	rcu_read_unlock();
	return NULL;
}

static struct mach_task *task_after(const struct mach_task_walk *walk)
{
	u64 after = walk->after;
	struct mach_task *task, *best;

	rcu_read_lock();
	for (;;) {
		best = NULL;
		hlist_for_each_entry_rcu(task, &table[walk->bucket].head,
					 node) {
			if (task->id > after && (!best || task->id < best->id))
				best = task;
		}
		if (!best || refcount_inc_not_zero(&best->ref))
			break;
		after = best->id;
	}
	rcu_read_unlock();
	return best;
}

/**
 * mach_task_next() - the next task of a walk
 * @walk: the walk; finds the same task until mach_task_pass(), while it lives
 *
 * A task that is there from the beginning of the walk to its end is met once,
 * no task is met twice.
 *
 * Context: Process.
 * Return: a reference, or NULL at the end.
 */
struct mach_task *mach_task_next(struct mach_task_walk *walk)
{
	struct mach_task *task;

	for (; walk->bucket < MACH_TASK_BUCKETS; walk->bucket++) {
		task = task_after(walk);
		if (task)
			return task;
		walk->after = 0;
	}
	return NULL;
}

/**
 * mach_task_pass() - go on with a walk
 * @walk: the walk
 * @task: from mach_task_next()
 */
void mach_task_pass(struct mach_task_walk *walk, const struct mach_task *task)
{
	walk->after = task->id;
}

/**
 * mach_task_seek() - let a walk find a given task next
 * @walk: the walk
 * @task: the task
 */
void mach_task_seek(struct mach_task_walk *walk, const struct mach_task *task)
{
	walk->bucket = bucket_of(task->pid) - table;
	walk->after = task->id - 1;
}

static void task_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(task_cache, container_of(rcu, struct mach_task, rcu));
}

/**
 * mach_task_put() - drop a reference
 * @task: a task, or NULL
 *
 * Context: Process; may sleep; no lock held.
 */
void mach_task_put(struct mach_task *task)
{
	if (!task || !refcount_dec_and_test(&task->ref))
		return;
	mach_inherit_put(rcu_dereference_protected(task->inherit, true));
	mach_identity_put(rcu_dereference_protected(task->identity, true));
	mach_port_discard(task->self);
	mach_space_deinit(&task->space);
	mach_ledger_uncharge(task->ledger, sizeof(*task));
	mach_ledger_put(task->ledger);
	put_pid(task->pid);
	mach_stat_dec(TASKS);
	call_rcu(&task->rcu, task_free_rcu);
}
