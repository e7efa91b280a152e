/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: How processes become tasks
 *
 * Tracepoints tell of fork, exec and exit. Their probes look up under RCU,
 * exchange atomics and queue work, no more: they run with preemption off on
 * some kernels, and real-time kernels forbid the rest. A process without Mach
 * state pays for a look-up that fails.
 *
 * fork: the child gets a record with what its parent passes on, before it can
 * run. Somebody may have found the child in the process table a moment
 * earlier and asked for its port; then it has a record by now, and what it
 * inherits overrides what that says.
 *
 * exec: the pid version is new at once; the rest is settled later, but before
 * the new image's first call and before anything done to the task.
 *
 * exit: the last thread's exit tears the task down. Several threads that exit
 * at once can all look like the last; the first to say so is believed.
 */
#ifndef MACH_ATTACH_H
#define MACH_ATTACH_H

#include <linux/binfmts.h>

struct mach_task;
struct pid;

int mach_attach_init(void);
void mach_attach_exit(void);
struct mach_task *mach_attach_current(void);
struct mach_task *mach_attach_pid(struct pid *pid);

/**
 * mach_attach_gains_privilege() - what an exec does to power over the process
 * @bprm: the exec
 *
 * Return: whether the process has power now that others had not over it.
 */
static inline bool mach_attach_gains_privilege(const struct linux_binprm *bprm)
{
	return bprm->secureexec ||
	       (bprm->interp_flags & BINPRM_FLAGS_ENFORCE_NONDUMP);
}

#endif /* MACH_ATTACH_H */
