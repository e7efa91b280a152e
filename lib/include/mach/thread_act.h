/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Operations on threads. */
#ifndef _MACH_THREAD_ACT_H_
#define _MACH_THREAD_ACT_H_

#include <mach/kern_return.h>
#include <mach/mach_types.h>
#include <mach/thread_status.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A task from task_create() has no thread. It can be given one, and that runs
 * when it has been resumed; from then on these calls do nothing to it. What all
 * of them return besides: KERN_INVALID_ARGUMENT, no port of a thread;
 * KERN_NOT_SUPPORTED, a thread that runs; KERN_FAILURE, the task is dying;
 * KERN_RESOURCE_SHORTAGE.
 */

/**
 * thread_create() - make a thread
 * @parent_task: port of a task that has never run
 * @child_act: out: a send right to the thread port, the caller's to release
 *
 * The thread is suspended, once, and its registers are all 0.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no task port; KERN_NOT_SUPPORTED,
 * the task has run, or has a thread already; KERN_NO_SPACE.
 */
kern_return_t thread_create(task_t parent_task, thread_act_t *child_act);

/**
 * thread_create_running() - make a thread that runs
 * @parent_task: as thread_create()
 * @flavor: as thread_set_state()
 * @new_state: as thread_set_state()
 * @new_stateCnt: as thread_set_state()
 * @child_act: as thread_create()
 *
 * Return: as thread_create() and thread_set_state(); after an error there is no
 * thread.
 */
kern_return_t thread_create_running(task_t parent_task,
				    thread_state_flavor_t flavor,
				    thread_state_t new_state,
				    mach_msg_type_number_t new_stateCnt,
				    thread_act_t *child_act);

/**
 * thread_get_state() - read registers
 * @target_act: thread port
 * @flavor: x86_THREAD_STATE64
 * @old_state: out: struct x86_thread_state64
 * @old_stateCnt: room at @old_state in words; out: words written
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, also for an unknown flavor, too
 * little room, or a task of 32 bits; KERN_NOT_SUPPORTED, also for other flavors;
 * KERN_INVALID_ADDRESS, @old_state cannot be written.
 */
kern_return_t thread_get_state(thread_act_t target_act,
			       thread_state_flavor_t flavor,
			       thread_state_t old_state,
			       mach_msg_type_number_t *old_stateCnt);

/**
 * thread_set_state() - set registers
 * @target_act: thread port
 * @flavor: x86_THREAD_STATE64
 * @new_state: struct x86_thread_state64
 * @new_stateCnt: its size in words
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, also for an unknown flavor, too few
 * words, an instruction pointer or a segment outside of user mode, or a task of
 * 32 bits; KERN_NOT_SUPPORTED, also for other flavors; KERN_INVALID_ADDRESS,
 * @new_state cannot be read.
 */
kern_return_t thread_set_state(thread_act_t target_act,
			       thread_state_flavor_t flavor,
			       thread_state_t new_state,
			       mach_msg_type_number_t new_stateCnt);

/**
 * thread_suspend() - suspend a thread once more
 * @target_act: thread port
 *
 * Return: KERN_SUCCESS.
 */
kern_return_t thread_suspend(thread_act_t target_act);

/**
 * thread_resume() - undo one suspension
 * @target_act: thread port
 *
 * When none is left the thread runs.
 *
 * Return: KERN_SUCCESS.
 */
kern_return_t thread_resume(thread_act_t target_act);

/**
 * thread_terminate() - end a thread
 * @target_act: thread port, which dies
 *
 * The task is without threads again.
 *
 * Return: KERN_SUCCESS.
 */
kern_return_t thread_terminate(thread_act_t target_act);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_THREAD_ACT_H_ */
