// SPDX-License-Identifier: GPL-2.0-only
/* Task records made ahead for the fork probe, and children without one. */
#include <linux/jiffies.h>
#include <linux/machdev_netlink.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "event.h"
#include "stat.h"
#include "stock.h"
#include "task.h"
#include "trace.h"

#define STOCK_MAX 256
/* Where none can be made at fork, enough for many forks at once. */
#define STOCK_DEFAULT (IS_ENABLED(CONFIG_PREEMPT_RT) ? 128 : 8)
#define LOST_MAX 256
/* How soon it is tried again to make records. */
#define RETRY_MS 50

static uint stock = STOCK_DEFAULT;
module_param(stock, uint, 0444);
MODULE_PARM_DESC(stock, "task records kept ready on each processor, 1 to 256 (8; real-time kernels 128)");

struct slots {
	struct mach_task *record[STOCK_MAX];
};

static struct slots __percpu *slots;

/*
 * Children that must not live. An entry stays until the process is gone, so
 * that its own children are known as such; it is pending until the process
 * has been sent the signal.
 */
static struct pid *lost[LOST_MAX];
static atomic_t lost_entries;
static atomic_t lost_pending;
static DECLARE_WAIT_QUEUE_HEAD(lost_wait);

/* Who was born since then, in nanoseconds since boot, may be one of them. */
static u64 unremembered = U64_MAX;

static void refill(struct work_struct *work);
static void kill_lost(struct work_struct *work);
static DECLARE_DELAYED_WORK(refill_work, refill);
static DECLARE_DELAYED_WORK(lost_work, kill_lost);

static int fill(int cpu)
{
	struct slots *s = per_cpu_ptr(slots, cpu);
	unsigned int i;

	for (i = 0; i < stock; i++) {
		struct mach_task *task;

		if (READ_ONCE(s->record[i]))
			continue;
		task = mach_task_new(GFP_KERNEL);
		if (!task)
			return -ENOMEM;
		if (cmpxchg(&s->record[i], NULL, task))
			mach_task_discard(task);
	}
	return 0;
}

static void refill(struct work_struct *work)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (!fill(cpu))
			continue;
		/* Nobody may fork until memory is back, and then all at once. */
		queue_delayed_work(mach_general_wq, &refill_work,
				   msecs_to_jiffies(RETRY_MS));
		return;
	}
}

static void queue_refill(void)
{
	mod_delayed_work(mach_general_wq, &refill_work, 0);
}

/**
 * mach_stock_init() - lay up records
 *
 * Return: 0 or -ENOMEM.
 */
int mach_stock_init(void)
{
	int cpu;

	stock = clamp_t(uint, stock, 1, STOCK_MAX);
	slots = alloc_percpu(struct slots);
	if (!slots)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		if (fill(cpu)) {
			mach_stock_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * mach_stock_exit() - free the records; no probe is registered any more
 */
void mach_stock_exit(void)
{
	unsigned int i;
	int cpu;

	cancel_delayed_work_sync(&refill_work);
	cancel_delayed_work_sync(&lost_work);
	for (i = 0; i < LOST_MAX; i++)
		put_pid(xchg(&lost[i], NULL));
	for_each_possible_cpu(cpu) {
		for (i = 0; i < STOCK_MAX; i++)
			mach_task_discard(per_cpu_ptr(slots, cpu)->record[i]);
	}
	free_percpu(slots);
}

static struct mach_task *take_from(int cpu)
{
	struct slots *s = per_cpu_ptr(slots, cpu);
	struct mach_task *task;
	unsigned int i;

	for (i = 0; i < stock; i++) {
		if (!READ_ONCE(s->record[i]))
			continue;
		task = xchg(&s->record[i], NULL);
		if (!task)
			continue;
		if (i >= stock / 2)
			queue_refill();
		return task;
	}
	queue_refill();
	return NULL;
}

/**
 * mach_stock_take() - take a record
 *
 * First from this processor, then from the others, then, where a probe may,
 * from the allocator.
 *
 * Context: Any, a fork probe included.
 * Return: a record, or NULL.
 */
struct mach_task *mach_stock_take(void)
{
	struct mach_task *task = take_from(raw_smp_processor_id());
	int cpu;

	if (!task) {
		for_each_possible_cpu(cpu) {
			task = take_from(cpu);
			if (task)
				break;
		}
	}
	if (!task && !IS_ENABLED(CONFIG_PREEMPT_RT))
		task = mach_task_new(GFP_ATOMIC | __GFP_NOWARN |
				     __GFP_ACCOUNT);
	return task;
}

static bool is_alive(struct pid *pid)
{
	const struct task_struct *leader;
	bool alive;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	alive = leader && atomic_read(&leader->signal->live);
	rcu_read_unlock();
	return alive;
}

static void tell_of(struct pid *pid)
{
	struct mach_event event = {
		.kind = MACHDEV_EVENT_LOST,
		.pid = pid_nr(pid),
	};

	if (mach_event_wanted())
		mach_event_post(&event);
}

/* Sends the signal, again and again until it has been obeyed. */
static void kill_lost(struct work_struct *work)
{
	int pending = atomic_read(&lost_pending);
	bool again = false;
	unsigned int i;

	for (i = 0; i < LOST_MAX; i++) {
		struct pid *pid = READ_ONCE(lost[i]);

		if (!pid)
			continue;
		if (is_alive(pid)) {
			kill_pid(pid, SIGKILL, 1);
			again = true;
			continue;
		}
		pr_warn_ratelimited("killed process %d: no memory for the state that it inherits\n",
				    pid_nr(pid));
		tell_of(pid);
		WRITE_ONCE(lost[i], NULL);
		synchronize_rcu();
		put_pid(pid);
		atomic_dec(&lost_entries);
		mach_stat_inc(LOST);
	}
	/* All that were pending when this began have been sent the signal. */
	if (pending && !atomic_sub_return(pending, &lost_pending))
		wake_up_all(&lost_wait);
	/*
	 * On the queue that others use: kernels differ in which of two general
	 * ones schedule_delayed_work() takes, and on another one it runs twice.
	 */
	if (again)
		queue_delayed_work(mach_general_wq, &lost_work, 1);
}

/**
 * mach_stock_lose() - there was no record for a child
 * @child: a thread group that has not run yet
 *
 * Context: The fork probe.
 */
void mach_stock_lose(struct pid *child)
{
	unsigned int i;

	trace_mach_task_lost(child);
	atomic_inc(&lost_entries);
	for (i = 0; i < LOST_MAX; i++) {
		if (!cmpxchg(&lost[i], NULL, get_pid(child)))
			break;
		put_pid(child);
	}
	if (i == LOST_MAX) {
		/* Never closed: it may have descendants that nobody knows. */
		cmpxchg(&unremembered, U64_MAX, ktime_get_boottime_ns());
		atomic_dec(&lost_entries);
		mach_stat_inc(LOST);
		return;
	}
	/* After the entry: what kill_lost() counts it has also seen. */
	atomic_inc(&lost_pending);
	mod_delayed_work(mach_general_wq, &lost_work, 0);
}

/**
 * mach_stock_wait() - wait until all lost children have been sent the signal
 *
 * Context: Process; sleeps.
 * Return: 0; -ERESTARTSYS, the thread is being killed.
 */
int mach_stock_wait(void)
{
	int ret = wait_event_killable(lost_wait, !atomic_read(&lost_pending));

	return fatal_signal_pending(current) ? -ERESTARTSYS : ret;
}

/**
 * mach_stock_is_lost() - whether a process is to have no Mach state
 * @pid: the thread group
 *
 * Context: Any, a probe included; in an RCU read section, or with a reference.
 * Return: true if it is lost, or may be.
 */
bool mach_stock_is_lost(const struct pid *pid)
{
	const struct task_struct *leader;
	bool may_be = false;
	unsigned int i;

	if (likely(!atomic_read(&lost_entries) &&
		   READ_ONCE(unremembered) == U64_MAX))
		return false;
	for (i = 0; i < LOST_MAX; i++) {
		if (READ_ONCE(lost[i]) == pid)
			return true;
	}
	rcu_read_lock();
	leader = pid_task((struct pid *)pid, PIDTYPE_TGID);
	if (leader)
		may_be = leader->start_boottime >= READ_ONCE(unremembered);
	rcu_read_unlock();
	return may_be;
}
