/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Threads that a program starts in its own task
 *
 * The library starts a thread of Linux, with all signals blocked and no stack of
 * its own, which says that it is a thread of Mach's and then waits, in a system
 * call, to be given registers. Stops and tracers reach it there: the call is
 * repeated afterwards. When it is to run its registers are loaded where it leaves
 * the kernel, so that the call never returns.
 */
#ifndef MACH_OWN_THREAD_H
#define MACH_OWN_THREAD_H

#include <linux/types.h>

struct mach_right;
struct mach_task;
struct mach_thread;

int mach_own_thread_bear(struct mach_task *task, u64 blocked,
			 struct mach_thread **result, struct mach_right *right);
int mach_own_thread_park(void);

#endif /* MACH_OWN_THREAD_H */
