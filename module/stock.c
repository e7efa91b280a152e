// SPDX-License-Identifier: GPL-2.0-only
/* Task records made ahead for the fork probe, and children without one. */
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "stat.h"
#include "stock.h"
#include "task.h"

#define STOCK_MAX 64
#define LOST_MAX 256

static uint stock = 8;
module_param(stock, uint, 0444);
MODULE_PARM_DESC(stock, "task records kept ready on each processor, 1 to 64 (8)");

struct slots {
	struct mach_task *record[STOCK_MAX];
};

static struct slots __percpu *slots;

static struct pid *lost[LOST_MAX];
static atomic_t lost_pending;
static DECLARE_WAIT_QUEUE_HEAD(lost_wait);

/* Births that could not be remembered, in nanoseconds since boot. */
static u64 unremembered_from = U64_MAX;
static u64 unremembered_to;

static void refill(struct work_struct *work);
static void kill_lost(struct work_struct *work);
static DECLARE_WORK(refill_work, refill);
static DECLARE_WORK(lost_work, kill_lost);

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
		if (fill(cpu))
			return;
	}
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

	cancel_work_sync(&refill_work);
	flush_work(&lost_work);
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
			schedule_work(&refill_work);
		return task;
	}
	schedule_work(&refill_work);
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

static void kill_lost(struct work_struct *work)
{
	unsigned int i;

	for (i = 0; i < LOST_MAX; i++) {
		struct pid *pid = xchg(&lost[i], NULL);

		if (!pid)
			continue;
		kill_pid(pid, SIGKILL, 1);
		pr_warn_ratelimited("killed process %d: no memory for the state that it inherits\n",
				    pid_nr(pid));
		put_pid(pid);
		mach_stat_inc(LOST);
		if (atomic_dec_and_test(&lost_pending))
			wake_up_all(&lost_wait);
	}
}

/**
 * mach_stock_lose() - there was no record for a child
 * @child: leader of a new thread group that has not run yet
 *
 * Context: The fork probe.
 */
void mach_stock_lose(struct task_struct *child)
{
	struct pid *pid = get_pid(task_tgid(child));
	unsigned int i;

	atomic_inc(&lost_pending);
	for (i = 0; i < LOST_MAX; i++) {
		if (!cmpxchg(&lost[i], NULL, pid)) {
			schedule_work(&lost_work);
			return;
		}
	}
	/* Later births only: the first of them has set the beginning. */
	cmpxchg(&unremembered_from, U64_MAX, child->start_boottime);
	WRITE_ONCE(unremembered_to, child->start_boottime);
	put_pid(pid);
	mach_stat_inc(LOST);
	if (atomic_dec_and_test(&lost_pending))
		schedule_work(&lost_work);
}

/**
 * mach_stock_wait() - wait until no child is lost and alive
 *
 * Context: Process; sleeps.
 * Return: 0; -ERESTARTSYS, the thread is being killed.
 */
int mach_stock_wait(void)
{
	return wait_event_killable(lost_wait, !atomic_read(&lost_pending));
}

/**
 * mach_stock_was_lost() - whether a process may have been lost unremembered
 * @leader: of the thread group
 *
 * Return: true if it was born in the time of such losses.
 */
bool mach_stock_was_lost(const struct task_struct *leader)
{
	return leader->start_boottime >= READ_ONCE(unremembered_from) &&
	       leader->start_boottime <= READ_ONCE(unremembered_to);
}
