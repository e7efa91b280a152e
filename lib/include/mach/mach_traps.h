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
 * task_read_for_pid() - the read port of a process
 * @target_tport: ignored; mach_task_self() by custom
 * @pid: process id in the caller's pid name space
 * @t: where a send right to the port goes; null on any error
 *
 * With it a task can be asked for what mach_port_names(), mach_port_type(),
 * mach_port_get_refs() and mach_port_get_attributes() tell, and for all that
 * the inspect port gives.
 *
 * Return: as task_for_pid().
 */
kern_return_t task_read_for_pid(mach_port_name_t target_tport, int pid,
				mach_port_name_t *t);

/**
 * task_inspect_for_pid() - the inspect port of a process
 * @target_tport: ignored; mach_task_self() by custom
 * @pid: process id in the caller's pid name space
 * @t: where a send right to the port goes; null on any error
 *
 * With it the inspect and the name port can be had of
 * task_get_special_port(), and all that the name port gives.
 *
 * Return: as task_for_pid(), but KERN_FAILURE if the caller could not read the
 * environment of the process.
 */
kern_return_t task_inspect_for_pid(mach_port_name_t target_tport, int pid,
				   mach_port_name_t *t);

/**
 * task_name_for_pid() - the name port of a process
 * @target_tport: ignored; mach_task_self() by custom
 * @pid: process id in the caller's pid name space
 * @t: where a send right to the port goes; null on any error
 *
 * With it pid_for_task() and task_info() tell who the task is. It outlives an
 * exec that gains privilege, unlike the others.
 *
 * Return: as task_for_pid(), but KERN_FAILURE if the process has another real or
 * effective user than the caller, or another user name space, and the caller
 * could not read its environment.
 */
kern_return_t task_name_for_pid(mach_port_name_t target_tport, int pid,
				mach_port_name_t *t);

/**
 * pid_for_task() - the process behind a task port
 * @t: task port, or read, inspect or name port
 * @x: where the process id in the caller's pid name space goes; -1 on any error
 *
 * Return: KERN_SUCCESS; KERN_FAILURE, @t is no such port, or its process has
 * gone or cannot be seen by the caller.
 */
kern_return_t pid_for_task(mach_port_name_t t, int *x);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MACH_TRAPS_H_ */
