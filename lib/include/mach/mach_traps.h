/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The calls that are traps elsewhere: names of oneself, tasks and processes. */
#ifndef _MACH_MACH_TRAPS_H_
#define _MACH_MACH_TRAPS_H_

#include <mach/mach_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mach_reply_port() - make a port to receive replies on
 *
 * Return: name of a new receive right without send rights, the caller's to
 * release; MACH_PORT_NULL when none can be made.
 */
mach_port_name_t mach_reply_port(void);

/**
 * mach_thread_self() - the calling thread's port
 *
 * Return: a send right, with one user reference more on each call, the caller's
 * to release; MACH_PORT_NULL when it cannot be had.
 */
thread_t mach_thread_self(void);

/**
 * mach_host_self() - the calling task's host port, TASK_HOST_PORT
 *
 * Return: a send right, with one user reference more on each call, the caller's
 * to release; MACH_PORT_NULL when it cannot be had or the task has none.
 */
host_t mach_host_self(void);

/**
 * task_for_pid() - the task port of a process
 * @target_tport: ignored; mach_task_self() by custom
 * @pid: process id in the caller's pid name space
 * @t: where a send right to the task port goes; null on any error
 *
 * Return: KERN_SUCCESS; KERN_FAILURE, no such process, or the caller could not
 * write to its memory either; KERN_RESOURCE_SHORTAGE; KERN_NO_SPACE, the
 * caller's name space is full.
 */
kern_return_t task_for_pid(mach_port_name_t target_tport, int pid,
			   mach_port_name_t *t);

/**
 * pid_for_task() - the process behind a task port
 * @t: task port
 * @x: where the process id in the caller's pid name space goes; -1 on any error
 *
 * Return: KERN_SUCCESS; KERN_FAILURE, @t is no task port, or its process has
 * gone or cannot be seen by the caller.
 */
kern_return_t pid_for_task(mach_port_name_t t, int *x);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MACH_TRAPS_H_ */
