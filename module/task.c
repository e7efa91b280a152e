// SPDX-License-Identifier: GPL-2.0-only
/* Tasks: the table, their life, who they are. */
#include <linux/hash.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "identity.h"
#include "ledger.h"
#include "port.h"
#include "reap.h"
#include "right.h"
#include "stat.h"
#include "task.h"
#include "thread.h"

#define TABLE_BITS 10

struct bucket {
	raw_spinlock_t lock;
	struct hlist_head head;
};

static struct bucket table[1 << TABLE_BITS];
static struct kmem_cache *task_cache;
static struct workqueue_struct *task_wq;

static void settle_work(struct work_struct *work);
static void exit_work(struct work_struct *work);

static struct bucket *bucket_of(const struct pid *pid)
{
	return &table[hash_ptr(pid, TABLE_BITS)];
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
	if (task_wq)
		destroy_workqueue(task_wq);
	kmem_cache_destroy(task_cache);
}

/**
 * mach_task_sync() - wait for all that has been left to work items
 *
 * Context: Process; sleeps.
 */
void mach_task_sync(void)
{
	mach_inherit_sync();
	flush_workqueue(task_wq);
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
 * mach_task_queue_exit() - let a work item tear a task down
 * @task: the task, in the table
 *
 * Only the first call counts.
 *
 * Context: Any, the exit probe included; in an RCU read section, or with a
 * reference.
 */
void mach_task_queue_exit(struct mach_task *task)
{
	if (!test_and_set_bit(MACH_TASK_DYING, &task->flags))
		queue_work(task_wq, &task->exit_work);
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
	task->self = mach_port_new(MACH_KIND_TASK, NULL, gfp);
	if (!task->self) {
		kmem_cache_free(task_cache, task);
		return NULL;
	}
	refcount_set(&task->ref, 1);
	INIT_HLIST_NODE(&task->node);
	init_rwsem(&task->life);
	INIT_WORK(&task->settle_work, settle_work);
	INIT_WORK(&task->exit_work, exit_work);
	mach_space_init(&task->space);
	spin_lock_init(&task->lock);
	INIT_LIST_HEAD(&task->threads);
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
 * Context: Any, a fork probe included; takes no lock.
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
	mach_port_adopt(task->self, mach_ledger_get(ledger));
	task->self->object = task;
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

static void table_remove(struct mach_task *task)
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
	mach_port_put(task->self);
	mach_space_deinit(&task->space);
	mach_ledger_uncharge(task->ledger, sizeof(*task));
	mach_ledger_put(task->ledger);
	put_pid(task->pid);
	mach_stat_dec(TASKS);
	call_rcu(&task->rcu, task_free_rcu);
}

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

/* Kills the task's port, and puts another in its place if there is one. */
static void replace_self(struct mach_task *task, struct mach_port *port)
{
	struct mach_port *old;
	struct mach_right mask;
	MACH_REAP(reap);

	spin_lock(&task->lock);
	old = task->self;
	mask = task->mask;
	if (port)
		task->self = port;
	task->masked = false;
	task->mask.port = NULL;
	spin_unlock(&task->lock);

	mach_reap_port(&reap, port ? old : mach_port_get(old));
	mask.type = MACHDEV_MOVE_SEND;
	mach_reap_right(&reap, &mask);
	mach_reap_run(&reap);
}

/* An exec gained privilege: whoever had power over the task has it no more. */
static void revoke(struct mach_task *task)
{
	struct mach_inherit *old, *new;
	struct mach_ledger *ledger;
	struct mach_port *port;
	MACH_REAP(reap);

	port = mach_port_new(MACH_KIND_TASK, NULL, GFP_KERNEL | __GFP_NOFAIL);
	ledger = mach_space_ledger(&task->space);
	mach_port_adopt(port, ledger);
	port->object = task;
	replace_self(task, port);
	mach_thread_kill_all(task);

	for (;;) {
		old = mach_inherit_get_rcu(&task->inherit);
		new = mach_inherit_copy(old, GFP_KERNEL | __GFP_NOFAIL);
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
		/* Pairs with the acquire in mach_task_unsettled(). */
		smp_store_release(&task->settled, execs);
	}
	up_write(&task->life);
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

static void teardown(struct mach_task *task)
{
	struct mach_identity *identity;

	down_write(&task->life);
	/* While the task is found, the exit probe finds its threads. */
	mach_thread_kill_all(task);
	table_remove(task);
	mach_right_destroy_all(&task->space, true);
	mach_space_free_table(&task->space);
	replace_self(task, NULL);
	spin_lock(&task->lock);
	identity = rcu_replace_pointer(task->identity, NULL,
				       lockdep_is_held(&task->lock));
	spin_unlock(&task->lock);
	up_write(&task->life);
	mach_identity_put(identity);
	mach_inherit_put(mach_task_override(task, mach_inherit_default()));
	mach_task_put(task);
}

static void settle_work(struct work_struct *work)
{
	struct mach_task *task = container_of(work, struct mach_task,
					      settle_work);

	mach_task_settle(task);
	mach_task_put(task);
}

static void exit_work(struct work_struct *work)
{
	teardown(container_of(work, struct mach_task, exit_work));
}

static struct mach_task *any_task(struct bucket *bucket)
{
	struct mach_task *task;

	rcu_read_lock();
	task = hlist_entry_safe(rcu_dereference(hlist_first_rcu(&bucket->head)),
				struct mach_task, node);
	rcu_read_unlock();
	return task;
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

	flush_workqueue(task_wq);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		while ((task = any_task(&table[i]))) {
			set_bit(MACH_TASK_DYING, &task->flags);
			teardown(task);
			cond_resched();
		}
	}
}

/* The n-th task of a bucket, or one behind it, with a reference. */
static struct mach_task *nth_task(struct bucket *bucket, unsigned int n)
{
	struct mach_task *task;
	unsigned int i = 0;

	rcu_read_lock();
	hlist_for_each_entry_rcu(task, &bucket->head, node) {
		if (i++ < n || !refcount_inc_not_zero(&task->ref))
			continue;
		rcu_read_unlock();
		return task;
	}
	rcu_read_unlock();
	return NULL;
}

/**
 * mach_task_abandon_all() - the gate is shut: wake all who wait at a port
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
		for (i = 0; i < ARRAY_SIZE(table); i++) {
			for (n = 0; (task = nth_task(&table[i], n)); n++) {
				mach_right_abandon_all(&task->space);
				mach_task_put(task);
				seen++;
			}
			cond_resched();
		}
	} while (seen != before && --rounds);
}

static struct mach_identity *renew_identity(struct mach_task *task)
{
	struct mach_identity *identity, *old;
	struct mach_inherit *inherit;

	inherit = mach_inherit_get_rcu(&task->inherit);
	identity = mach_identity_new(task->pid, READ_ONCE(task->version),
				     inherit->token, inherit->wired,
				     inherit->paged);
	mach_inherit_put(inherit);
	if (!identity)
		return NULL;
	refcount_inc(&identity->ref);
	spin_lock(&task->lock);
	old = rcu_replace_pointer(task->identity, identity,
				  lockdep_is_held(&task->lock));
	spin_unlock(&task->lock);
	mach_space_set_ledger(&task->space, identity->wired);
	mach_identity_put(old);
	return identity;
}

/**
 * mach_task_refresh() - see to it that the right user pays
 * @task: that of the current thread
 *
 * What a call without an identity of its own takes is charged to the user
 * that the task ran as when it last had one.
 *
 * Context: Process; may sleep.
 */
void mach_task_refresh(struct mach_task *task)
{
	const struct mach_inherit *inherit;
	struct mach_identity *identity;
	bool fits;

	rcu_read_lock();
	inherit = rcu_dereference(task->inherit);
	identity = rcu_dereference(task->identity);
	fits = identity &&
	       mach_identity_fits(identity, task->version, inherit->token);
	rcu_read_unlock();
	if (!fits)
		mach_identity_put(renew_identity(task));
}

/**
 * mach_task_identity() - who the current thread is now
 * @task: its task
 *
 * Context: Process; may sleep.
 * Return: a reference, or NULL for want of memory.
 */
struct mach_identity *mach_task_identity(struct mach_task *task)
{
	const struct mach_inherit *inherit;
	struct mach_identity *identity;

	rcu_read_lock();
	inherit = rcu_dereference(task->inherit);
	identity = rcu_dereference(task->identity);
	if (identity &&
	    mach_identity_fits(identity, task->version, inherit->token) &&
	    refcount_inc_not_zero(&identity->ref)) {
		rcu_read_unlock();
		return identity;
	}
	rcu_read_unlock();
	return renew_identity(task);
}

/**
 * mach_task_make_send() - make a send right to a task's port
 * @task: the task
 *
 * Context: Any; takes the task's lock.
 * Return: the right.
 */
struct mach_right mach_task_make_send(struct mach_task *task)
{
	struct mach_right right;

	spin_lock(&task->lock);
	right = mach_port_make_send(task->self);
	spin_unlock(&task->lock);
	return right;
}

static bool is_own(const struct mach_task *task)
{
	return task->pid == task_tgid(current);
}

/*
 * Whether the process has taken on the credentials of a new image, but the
 * exec probe has not yet said what becomes of its port. Until then it answers
 * nobody.
 */
static bool is_execing(const struct mach_task *task)
{
	const struct task_struct *leader;
	bool execing;
	u64 known;

	rcu_read_lock();
	/* Pairs with the release in the exec probe. */
	known = smp_load_acquire(&task->exec_id);
	leader = pid_task(task->pid, PIDTYPE_TGID);
	execing = leader && READ_ONCE(leader->self_exec_id) != known;
	rcu_read_unlock();
	return execing;
}

/* The task that a port stands for, with a reference. */
static struct mach_task *object_of(struct mach_port *port)
{
	struct mach_task *task = NULL;

	if (port->kind != MACH_KIND_TASK)
		return NULL;
	spin_lock(&port->lock);
	if (port->object) {
		task = port->object;
		if (!refcount_inc_not_zero(&task->ref))
			task = NULL;
	}
	spin_unlock(&port->lock);
	return task;
}

/* Gets hold of a task through one of its ports, if that is still good. */
static bool hold(struct mach_task *task, struct mach_port *port)
{
	if (is_own(task))
		return true;
	for (;;) {
		if (is_execing(task))
			return false;
		mach_task_settle(task);
		down_read(&task->life);
		if (mach_port_is_dead(port))
			break;
		if (!mach_task_unsettled(task) || mach_task_is_dying(task))
			return true;
		up_read(&task->life);
	}
	up_read(&task->life);
	return false;
}

/**
 * mach_task_acquire() - get hold of the task that a name stands for
 * @space: the caller's
 * @name: any number
 * @null: what the routine answers to a name that stands for no task
 * @result: out: the task
 *
 * Context: Process; may sleep. Until mach_task_release() the caller touches no
 * user memory and acquires no other task.
 * Return: KERN_SUCCESS; @null, @name does not denote a send right to a task's
 * port, or one that is good no more; KERN_FAILURE, the task is dying.
 */
int mach_task_acquire(struct mach_space *space, u32 name, int null,
		      struct mach_task **result)
{
	struct mach_port *port = NULL;
	struct mach_entry *entry;
	struct mach_task *task;

	spin_lock(&space->lock);
	entry = mach_right_lookup_locked(space, name);
	if (entry && (entry->rights & MACH_ENTRY_SEND))
		port = mach_port_get(entry->port);
	spin_unlock(&space->lock);
	if (!port)
		return null;
	task = object_of(port);
	if (task && !hold(task, port)) {
		mach_task_put(task);
		task = NULL;
	}
	mach_port_put(port);
	if (!task)
		return null;
	if (mach_task_is_dying(task)) {
		mach_task_release(task);
		return MACHDEV_KERN_FAILURE;
	}
	*result = task;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_task_release() - let go a task
 * @task: from mach_task_acquire(), or NULL
 *
 * Context: Process; may sleep; no lock held.
 */
void mach_task_release(struct mach_task *task)
{
	if (!task)
		return;
	if (!is_own(task))
		up_read(&task->life);
	mach_task_put(task);
}
