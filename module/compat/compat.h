/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the supported kernels, included before every source
 * file. Nothing but this and its neighbours asks for a kernel version.
 */
#ifndef MACH_COMPAT_H
#define MACH_COMPAT_H

#include <linux/version.h>

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

/*
 * sched_process_exit passes whether the whole group is dead since 6.16.
 * Tracepoints are looked up by name, so nothing but this checks the prototype.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define MACH_EXIT_PROBE_ARGS(data, p) \
	void *data, struct task_struct *p, bool group_dead
#else
#define MACH_EXIT_PROBE_ARGS(data, p) void *data, struct task_struct *p
#endif

/*
 * The general workqueue has a new name since 6.17. The old one still works but
 * its use is logged.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define mach_general_wq system_percpu_wq
#else
#define mach_general_wq system_wq
#endif

#endif /* MACH_COMPAT_H */
