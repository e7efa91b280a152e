/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Tasks
 *
 * A task is what the module knows of a thread group: its names, its port, its
 * tokens and special ports. It is found by the group's struct pid, in a table
 * that tracepoint probes can search and change: RCU and raw spin locks.
 *
 * Life: made at the first call, at fork, or when somebody is given a port for
 * the process. When the last thread exits, or the module goes, it is torn
 * down once (@dying): names, ports, special ports. The table holds one
 * reference until then; memory goes with the last.
 *
 * An exec empties the name space, and one that gains privilege replaces the
 * task's port and resets its special ports. The exec probe may not do that:
 * it raises @execs, and whoever comes first - the next call of the task, one
 * on the task, or a work item - settles what is due before anything else.
 *
 * Who acts on another task holds @life for reading from the moment when the
 * port was seen to be good until he is done. So what he does comes before an
 * exec is settled, and is reset by it, or finds the port dead. He touches no
 * user memory meanwhile: a page that does not come must not hold up the task.
 */
#ifndef MACH_TASK_H
#define MACH_TASK_H

#include <linux/bits.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/workqueue.h>

#include "inherit.h"
#include "port.h"
#include "space.h"

struct file;
struct mach_identity;
struct mach_parked;
struct mach_sampler;
struct mach_thread;
struct pid;
struct task_struct;

/* Ports that stand for a task with less power than its task port. */
#define MACH_TASK_LESSER (MACH_KIND_TASK - MACH_KIND_TASK_NAME)

/* Special ports that are not inherited. */
enum mach_own_id {
	MACH_OWN_DEBUG_CONTROL,
	MACH_OWN_RESOURCE_NOTIFY,
	MACH_OWN_NUMBER,
};

#define MACH_TASK_BUCKET_BITS 10
#define MACH_TASK_BUCKETS BIT(MACH_TASK_BUCKET_BITS)

/* Bits of struct mach_task.flags. */
#define MACH_TASK_DYING 0	/* the last thread has exited */
#define MACH_TASK_MIDWIFE 1	/* it has made embryos */
#define MACH_TASK_EMBRYO 2	/* it has adopted one */
#define MACH_TASK_EXPECTED 3	/* somebody waits for it to become one */
#define MACH_TASK_JOB_STOPPED 4	/* and not only by a suspension; see suspend.h */
#define MACH_TASK_TERMINATED 5	/* task_terminate() was called for it */
#define MACH_TASK_PARENTHOOD \
	(BIT(MACH_TASK_MIDWIFE) | BIT(MACH_TASK_EMBRYO) | \
	 BIT(MACH_TASK_EXPECTED))

/**
 * struct mach_task - a thread group seen as a task
 * @ref: memory reference
 * @id: number of the task, mach_serial_next(); constant after init
 * @pid: the thread group, holds a reference; constant after set-up
 * @node: in the table, guarded by its bucket's lock
 * @flags: MACH_TASK_* bits; atomic
 * @execs: execs so far; raised by the exec probe
 * @settled: execs that have been settled; written under @life
 * @privileged: which exec was the last that gained privilege, 0 if none did;
 *	written by the exec probe
 * @revoked: the last of these that has been seen to; written under @life
 * @version: pid version; written by the exec probe
 * @exec_id: self_exec_id of the leader when the task was attached, forked, or
 *	execed last; written by the exec probe
 * @life: written to settle and to tear down, read by whoever acts on the task
 *	of another
 * @settle_work: settles; has a reference while it is queued
 * @exit_work: tears down, once; has the table's reference
 * @space: its names
 * @inherit: what its children get; RCU, exchanged atomically
 * @identity: the last sender that it was, or NULL; RCU, written under @lock
 * @lock: guards what is said to be guarded
 * @self: the port that stands for the task, holds a reference; guarded
 * @lesser: those with less power, by kind, made when they are first asked for;
 *	hold references; guarded
 * @mask: what get_special_port() shows instead of @self; guarded
 * @masked: there is a @mask, perhaps a null one; guarded
 * @own: special ports that children do not get: send rights,
 *	MACH_PORT_DEAD_PTR or NULL; guarded
 * @threads: struct mach_thread; guarded
 * @parked: its first thread, if that was parked, with a reference; or NULL;
 *	guarded
 * @suspensions: struct mach_suspension, which keep it from running; see suspend.h
 * @suspends: those that it has made itself and that end with it
 * @tokens: entries of @suspensions that have a token; written under
 *	suspensions_lock
 * @exec_file: let go by the next exec, and then suspends; or NULL; exchanged
 *	atomically
 * @continues: how often it has been sent SIGCONT; written by the signal probe
 * @sampler: who samples it, or NULL; RCU, written by sample.c under a lock of its
 *	own
 * @leaving: 1 for the living process, and 1 for each thread whose end is queued;
 *	who brings it to 0 queues the end of the task
 * @ledger: charged for this record, holds a reference; constant after set-up
 * @rcu: frees
 */
struct mach_task {
	refcount_t ref;
	u64 id;
	struct pid *pid;
	struct hlist_node node;
	unsigned long flags;
	u32 execs;
	u32 settled;
	u32 privileged;
	u32 revoked;
	u32 version;
	u64 exec_id;
	struct rw_semaphore life;
	struct work_struct settle_work;
	struct work_struct exit_work;
	struct mach_space space;
	struct mach_inherit __rcu *inherit;
	struct mach_identity __rcu *identity;
	spinlock_t lock;
	struct mach_port *self;
	struct mach_port *lesser[MACH_TASK_LESSER];
	struct mach_right mask;
	bool masked;
	struct mach_port *own[MACH_OWN_NUMBER];
	struct list_head threads;
	struct mach_parked *parked;
	struct list_head suspensions;
	struct list_head suspends;
	struct file *exec_file;
	u32 tokens;
	u32 continues;
	struct mach_sampler __rcu *sampler;
	refcount_t leaving;
	struct mach_ledger *ledger;
	struct rcu_head rcu;
};

/**
 * struct mach_task_walk - how far a walk over all tasks has come
 * @bucket: of the table
 * @after: greatest number of a task that is done in that bucket
 *
 * All zeros at the beginning. Nothing is held between two steps.
 */
struct mach_task_walk {
	u32 bucket;
	u64 after;
};

int mach_task_init(void);
void mach_task_exit(void);
void mach_task_sync(void);
int mach_task_sync_killable(void);
void mach_task_queue_settle(struct mach_task *task);
bool mach_task_queue_exit(struct mach_task *task);
void mach_task_leave(struct mach_task *task);
void mach_task_queue_release(struct mach_task *task);
void mach_task_queue_work(struct work_struct *work);

struct mach_task *mach_task_new(gfp_t gfp);
void mach_task_discard(struct mach_task *task);
void mach_task_setup(struct mach_task *task, struct pid *pid,
		     const struct task_struct *leader,
		     struct mach_inherit *inherit, struct mach_ledger *ledger);
void mach_task_exec(struct mach_task *task, bool privileged);
struct mach_task *mach_task_insert(struct mach_task *task);
struct mach_task *mach_task_find_rcu(const struct pid *pid);
struct mach_task *mach_task_lookup(const struct pid *pid);
struct mach_task *mach_task_nth(unsigned int bucket, unsigned int n);
struct mach_task *mach_task_next(struct mach_task_walk *walk);
void mach_task_pass(struct mach_task_walk *walk, const struct mach_task *task);
void mach_task_seek(struct mach_task_walk *walk, const struct mach_task *task);
void mach_task_remove(struct mach_task *task);
void mach_task_put(struct mach_task *task);

void mach_task_settle(struct mach_task *task);
int mach_task_settle_killable(struct mach_task *task);
void mach_task_settle_work(struct work_struct *work);
void mach_task_exit_work(struct work_struct *work);
void mach_task_embody(struct mach_task *task, struct mach_port *port,
		      struct mach_inherit *inherit, struct mach_parked *parked);
void mach_task_teardown_all(void);
void mach_task_abandon_all(void);

bool mach_task_publish(struct mach_task *task, struct mach_inherit *old,
		       struct mach_inherit *new);
struct mach_inherit *mach_task_override(struct mach_task *task,
					struct mach_inherit *inherit);
void mach_task_refresh(struct mach_task *task);
struct mach_identity *mach_task_identity(struct mach_task *task);
void mach_task_set_parked(struct mach_task *task, struct mach_parked *parked);
struct mach_parked *mach_task_get_parked(struct mach_task *task);
int mach_task_make_send(struct mach_task *task, enum mach_port_kind kind,
			struct mach_right *right);
struct mach_port *mach_task_port_of(struct mach_space *space, u32 name);
bool mach_task_hold(struct mach_task *task, struct mach_port *port);
bool mach_task_pin_image(struct mach_task *task, struct task_struct **leader);
void mach_task_unpin_image(struct mach_task *task, struct task_struct *leader);
int mach_task_acquire_by(struct mach_space *space, u32 name, int null,
			 enum mach_port_kind *kind, struct mach_task **task);
void mach_task_release(struct mach_task *task);
int mach_task_identify(struct mach_space *space, u32 name, int null,
		       struct mach_task **task);

/**
 * mach_task_acquire() - get hold of the task that a name stands for
 * @space: the caller's
 * @name: any number
 * @null: what the routine answers to a name that is no task port
 * @task: out: the task
 *
 * For what only the holder of the task port itself may do.
 *
 * Return: as mach_task_acquire_by().
 */
static inline int mach_task_acquire(struct mach_space *space, u32 name,
				    int null, struct mach_task **task)
{
	enum mach_port_kind kind = MACH_KIND_TASK;

	return mach_task_acquire_by(space, name, null, &kind, task);
}

/**
 * mach_task_acquire_to_read() - get hold of a task that is asked about its names
 * @space: the caller's
 * @name: any number
 * @task: out: the task
 *
 * The read port is enough.
 *
 * Return: as mach_task_acquire_by().
 */
static inline int mach_task_acquire_to_read(struct mach_space *space, u32 name,
					    struct mach_task **task)
{
	enum mach_port_kind kind = MACH_KIND_TASK_READ;

	return mach_task_acquire_by(space, name, MACHDEV_KERN_INVALID_TASK,
				    &kind, task);
}

/**
 * mach_task_unsettled() - whether an exec has yet to be settled
 * @task: the task
 *
 * Return: a hint for tasks of others, exact for that of the current thread.
 */
static inline bool mach_task_unsettled(const struct mach_task *task)
{
	/* Pairs with the release in mach_task_settle(). */
	return smp_load_acquire(&task->settled) != READ_ONCE(task->execs);
}

/**
 * mach_task_is_tainted() - whether others may still have a hand in a task
 * @task: the task
 *
 * Return: whether an exec gained privilege and what others had set up is not
 * reset yet. What the task's children would get is to be read afterwards.
 */
static inline bool mach_task_is_tainted(const struct mach_task *task)
{
	/* Pairs with the release in mach_task_settle(). */
	return smp_load_acquire(&task->revoked) != READ_ONCE(task->privileged);
}

/**
 * mach_task_is_dying() - whether the last thread has exited
 * @task: the task
 *
 * Return: once true, always true.
 */
static inline bool mach_task_is_dying(const struct mach_task *task)
{
	return test_bit(MACH_TASK_DYING, &task->flags);
}

#endif /* MACH_TASK_H */
