// SPDX-License-Identifier: GPL-2.0-only
/* What thread_info() tells. */
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>

#include "compat/sched.h"
#include "stat.h"
#include "thread_info.h"

/* Mach's greatest priority, and the greatest one of time sharing. */
#define PRIORITY_MAX 127
#define PRIORITY_TIMESHARE_MAX 63
/* Linux counts the other way round; niceness 0 is 120 there, 31 here. */
#define PRIORITY_SUM (120 + 31)

/**
 * mach_time_value() - a time span as Mach writes it
 * @nanoseconds: the time span
 *
 * Return: the same, rounded down.
 */
struct machdev_time_value mach_time_value(u64 nanoseconds)
{
	struct machdev_time_value value;
	u32 rest;

	value.seconds = div_u64_rem(nanoseconds, NSEC_PER_SEC, &rest);
	value.microseconds = rest / NSEC_PER_USEC;
	return value;
}

/**
 * mach_thread_policy() - how a thread is scheduled
 * @p: the thread
 *
 * Return: MACHDEV_POLICY_*.
 */
s32 mach_thread_policy(const struct task_struct *p)
{
	switch (READ_ONCE(p->policy)) {
	case SCHED_FIFO:
		return MACHDEV_POLICY_FIFO;
	case SCHED_RR:
		return MACHDEV_POLICY_RR;
	default:
		return MACHDEV_POLICY_TIMESHARE;
	}
}

static s32 run_state(const struct task_struct *p, u32 suspended)
{
	unsigned int state = READ_ONCE(p->__state);

	if (READ_ONCE(p->flags) & PF_EXITING)
		return MACHDEV_TH_STATE_HALTED;
	if (suspended ||
	    (READ_ONCE(p->jobctl) & (JOBCTL_STOPPED | JOBCTL_TRACED)))
		return MACHDEV_TH_STATE_STOPPED;
	if (state == TASK_RUNNING)
		return MACHDEV_TH_STATE_RUNNING;
	if ((state & TASK_UNINTERRUPTIBLE) && !(state & TASK_NOLOAD))
		return MACHDEV_TH_STATE_UNINTERRUPTIBLE;
	return MACHDEV_TH_STATE_WAITING;
}

static s32 priority_of(int prio)
{
	return clamp(PRIORITY_SUM - prio, 0, PRIORITY_MAX);
}

static void basic_info(struct task_struct *p, u32 suspended,
		       struct machdev_thread_basic_info *info)
{
	u64 user, system;

	task_cputime_adjusted(p, &user, &system);
	info->user_time = mach_time_value(user);
	info->system_time = mach_time_value(system);
	info->cpu_usage = mach_thread_usage(p, MACHDEV_TH_USAGE_SCALE);
	info->policy = mach_thread_policy(p);
	info->run_state = run_state(p, suspended);
	info->suspend_count = min_t(u32, suspended, S32_MAX);
}

static void extended_info(struct task_struct *p, u32 suspended,
			  struct machdev_thread_extended_info *info)
{
	u64 user, system;

	task_cputime_adjusted(p, &user, &system);
	info->user_time = user;
	info->system_time = system;
	info->cpu_usage = mach_thread_usage(p, MACHDEV_TH_USAGE_SCALE);
	info->policy = mach_thread_policy(p);
	info->run_state = run_state(p, suspended);
	info->curpri = priority_of(READ_ONCE(p->prio));
	info->priority = priority_of(READ_ONCE(p->normal_prio));
	info->maxpriority = info->policy == MACHDEV_POLICY_TIMESHARE ?
		PRIORITY_TIMESHARE_MAX : PRIORITY_MAX;
	BUILD_BUG_ON(sizeof(info->name) < TASK_COMM_LEN);
	strscpy_pad(info->name, p->comm, TASK_COMM_LEN);
}

/**
 * mach_thread_info_words() - how long an answer is
 * @flavor: MACHDEV_THREAD_*_INFO, or any other number
 *
 * Return: 32-bit words; 0, there is no such flavor.
 */
u32 mach_thread_info_words(u32 flavor)
{
	BUILD_BUG_ON(sizeof(struct machdev_thread_basic_info) !=
		     MACHDEV_THREAD_BASIC_INFO_COUNT * sizeof(u32));
	BUILD_BUG_ON(sizeof(struct machdev_thread_identifier_info) !=
		     MACHDEV_THREAD_IDENTIFIER_INFO_COUNT * sizeof(u32));
	BUILD_BUG_ON(sizeof(struct machdev_thread_extended_info) !=
		     MACHDEV_THREAD_EXTENDED_INFO_COUNT * sizeof(u32));
	switch (flavor) {
	case MACHDEV_THREAD_BASIC_INFO:
		return MACHDEV_THREAD_BASIC_INFO_COUNT;
	case MACHDEV_THREAD_IDENTIFIER_INFO:
		return MACHDEV_THREAD_IDENTIFIER_INFO_COUNT;
	case MACHDEV_THREAD_EXTENDED_INFO:
		return MACHDEV_THREAD_EXTENDED_INFO_COUNT;
	default:
		return 0;
	}
}

/* Flavors of scheduling, which are known by name. */
static bool is_later_flavor(u32 flavor)
{
	return flavor >= 10 && flavor <= 12;
}

/**
 * mach_thread_info() - ask about a thread
 * @p: the thread
 * @suspended: how often it is suspended, and not its task
 * @flavor: MACHDEV_THREAD_*_INFO
 * @room: 32-bit words that the caller has room for
 * @info: out, cleared before
 *
 * Context: Process.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no such flavor, or too little
 * room; KERN_NOT_SUPPORTED.
 */
int mach_thread_info(struct task_struct *p, u32 suspended, u32 flavor, u32 room,
		     union mach_thread_info *info)
{
	u32 words = mach_thread_info_words(flavor);

	if (!words && is_later_flavor(flavor)) {
		mach_stat_inc(UNSUPPORTED);
		return MACHDEV_KERN_NOT_SUPPORTED;
	}
	if (!words || room < words)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	switch (flavor) {
	case MACHDEV_THREAD_BASIC_INFO:
		basic_info(p, suspended, &info->basic);
		break;
	case MACHDEV_THREAD_IDENTIFIER_INFO:
		info->identifier.thread_id = task_pid_vnr(p);
		break;
	case MACHDEV_THREAD_EXTENDED_INFO:
		extended_info(p, suspended, &info->extended);
		break;
	}
	return MACHDEV_KERN_SUCCESS;
}
