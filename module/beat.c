// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts of processors, one by one and again and again. */
#include <linux/percpu.h>
#include <linux/smp.h>

#include "beat.h"
#include "compat/hrtimer.h"

static DEFINE_PER_CPU(struct hrtimer, timers);
static void (*beat)(void);

static enum hrtimer_restart expired(struct hrtimer *timer)
{
	/* Its own processor has gone offline. */
	if (timer != this_cpu_ptr(&timers))
		return HRTIMER_NORESTART;
	beat();
	hrtimer_forward_now(timer, ms_to_ktime(MACH_BEAT_MS));
	return HRTIMER_RESTART;
}

static void start(void *unused)
{
	struct hrtimer *timer = this_cpu_ptr(&timers);

	if (!hrtimer_active(timer))
		hrtimer_start(timer, ms_to_ktime(MACH_BEAT_MS),
			      HRTIMER_MODE_REL_PINNED_HARD);
}

/**
 * mach_beat_init() - make the timers
 * @function: called in each interrupt, which is a hard one
 */
void mach_beat_init(void (*function)(void))
{
	unsigned int cpu;

	beat = function;
	for_each_possible_cpu(cpu)
		mach_hrtimer_setup(per_cpu_ptr(&timers, cpu), expired,
				   CLOCK_MONOTONIC,
				   HRTIMER_MODE_REL_PINNED_HARD);
}

/**
 * mach_beat_set() - say which processors are interrupted
 * @cpus: which; the others are not any more, and none is at it, on return
 *
 * Context: Process; sleeps; one caller at a time.
 */
void mach_beat_set(const struct cpumask *cpus)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct hrtimer *timer = per_cpu_ptr(&timers, cpu);

		if (!cpumask_test_cpu(cpu, cpus))
			hrtimer_cancel(timer);
		else if (!hrtimer_active(timer))
			smp_call_function_single(cpu, start, NULL, true);
	}
}
