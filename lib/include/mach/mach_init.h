/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What a program finds at its start: its task, its bootstrap port. */
#ifndef _MACH_MACH_INIT_H_
#define _MACH_MACH_INIT_H_

#include <mach/mach_traps.h>
#include <mach/mach_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mach_task_self() - the calling task's port
 *
 * The name is asked for once and kept: calls add no user reference, and the
 * caller must not release it. A task_set_special_port() of TASK_KERNEL_PORT by
 * this program makes the next call ask again. A forked child asks anew; a
 * process that shares its parent's memory, as after vfork(), asks each time.
 *
 * Return: a send right; MACH_PORT_NULL when the device cannot be used.
 */
mach_port_t mach_task_self(void);

/* Source that reads the variable of this name gets the same. */
#define mach_task_self_ (mach_task_self())
#define current_task() mach_task_self()

/**
 * machdev_bootstrap_port() - the cell behind the name bootstrap_port
 *
 * The cell is filled from TASK_BOOTSTRAP_PORT when it is asked for and empty:
 * at the program's first use, in a forked child again, and as long as the task
 * has no bootstrap port. It is filled afresh when the port that it was filled
 * with has died and the task has another: a name server that is started again
 * is found. A program may store another name in it, which stays, or
 * MACH_PORT_NULL to have it filled afresh. Like errno, bootstrap_port is a
 * macro: a program cannot give the name to a variable of its own.
 *
 * Return: address of the cell, never null. In a process that shares its parent's
 * memory the cell belongs to the thread and is filled at each call.
 */
mach_port_t *machdev_bootstrap_port(void);

#define bootstrap_port (*machdev_bootstrap_port())

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MACH_INIT_H_ */
