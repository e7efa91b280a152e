// SPDX-License-Identifier: GPL-2.0-only
/* How a thread waits at a port. */
#include <linux/sched/signal.h>

#include "waiter.h"

/**
 * mach_waiter_init() - make ready for one wait of the current thread
 * @waiter: to be initialised
 */
void mach_waiter_init(struct mach_waiter *waiter)
{
	memset(waiter, 0, sizeof(*waiter));
	INIT_LIST_HEAD(&waiter->link);
	waiter->thread = current;
}

/**
 * mach_waiter_sleep() - sleep until finished, a signal or a deadline
 * @waiter: on a list of a port
 * @deadline: CLOCK_MONOTONIC, or NULL to wait for ever
 *
 * The first thing is a point where the scheduler may switch: where preemption
 * is voluntary, a peer that was just woken then runs at once, and finds this
 * thread still runnable when it answers.
 *
 * Context: Process; sleeps. Freezable.
 * Return: 0 when finished; -EINTR, a signal is pending; -ETIME, the deadline
 * passed. In the last two cases it may have been finished meanwhile.
 */
int mach_waiter_sleep(struct mach_waiter *waiter, const ktime_t *deadline)
{
	ktime_t expires = deadline ? *deadline : 0;
	int ret = 0;

	might_sleep();
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
		/* Pairs with the release in mach_waiter_done(). */
		if (smp_load_acquire(&waiter->done))
			break;
		if (signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		if (!deadline) {
			schedule();
		} else if (!schedule_hrtimeout_range(&expires,
						     current->timer_slack_ns,
						     HRTIMER_MODE_ABS)) {
			ret = -ETIME;
			break;
		}
	}
	__set_current_state(TASK_RUNNING);
	return ret;
}
