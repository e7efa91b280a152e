/* SPDX-License-Identifier: GPL-2.0-only */
/* What the scheduler's headers offer to some kernels, or not to modules. */
#ifndef MACH_COMPAT_SCHED_H
#define MACH_COMPAT_SCHED_H

#include <linux/minmax.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>

/*
 * The threads of a process, under rcu_read_lock(). With lockdep the kernel's own
 * for_each_thread() refers to tasklist_lock, which is not exported.
 */
#define mach_for_each_thread(leader, thread)				     \
	list_for_each_entry_rcu(thread, &(leader)->signal->thread_head,	     \
				thread_node)

/* Threads that the kernel has added, and that never run in user mode. */
#ifdef PF_USER_WORKER
#define MACH_PF_WORKER (PF_IO_WORKER | PF_USER_WORKER)
#else
#define MACH_PF_WORKER PF_IO_WORKER
#endif

/*
 * The share of a processor that a thread has had of late, of @scale. Kernels for
 * a single processor may not keep it: then none.
 */
static inline s32 mach_thread_usage(const struct task_struct *p, s32 scale)
{
#ifdef CONFIG_SMP
	unsigned long usage = READ_ONCE(p->se.avg.util_avg);

	return min_t(unsigned long, usage * scale / SCHED_CAPACITY_SCALE, scale);
#else
	return 0;
#endif
}

#endif /* MACH_COMPAT_SCHED_H */
