/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Operations on threads. */
#ifndef _MACH_THREAD_ACT_H_
#define _MACH_THREAD_ACT_H_

#include <mach/exception_types.h>
#include <mach/kern_return.h>
#include <mach/mach_types.h>
#include <mach/thread_info.h>
#include <mach/thread_special_ports.h>
#include <mach/thread_status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * thread_get_special_port() - read a special port of a thread
 * @thr_act: thread port; the read port gives the read and inspect ports, the
 *	inspect port the latter
 * @which_port: THREAD_KERNEL_PORT, THREAD_EXCEPTION_PORT, THREAD_INSPECT_PORT,
 *	THREAD_READ_PORT
 * @special_port: where a send right goes, the caller's to release;
 *	MACH_PORT_NULL when none is set, MACH_PORT_DEAD when it has died
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @thr_act is no such port or there
 * is no such special port; KERN_INVALID_CAPABILITY, @thr_act does not give as
 * much; KERN_FAILURE, the thread has ended, or the task is dying; KERN_NO_SPACE;
 * KERN_RESOURCE_SHORTAGE.
 */
kern_return_t thread_get_special_port(thread_inspect_t thr_act, int which_port,
				      mach_port_t *special_port);

/**
 * thread_set_special_port() - set a special port of a thread
 * @thr_act: thread port
 * @which_port: THREAD_KERNEL_PORT or THREAD_EXCEPTION_PORT
 * @special_port: name of a send right, which is copied; MACH_PORT_NULL clears
 *
 * Setting THREAD_KERNEL_PORT changes what is returned as that port, and by
 * mach_thread_self(), not which port denotes the thread. Nothing is delivered to
 * the exception port yet.
 *
 * Return: as thread_get_special_port(), with KERN_INVALID_ARGUMENT for the inspect
 * and read ports; also KERN_INVALID_RIGHT, the caller has no send right of that
 * name.
 */
kern_return_t thread_set_special_port(thread_act_t thr_act, int which_port,
				      mach_port_t special_port);

/**
 * thread_info() - ask about a thread
 * @target_act: thread port, or read or inspect port
 * @flavor: THREAD_BASIC_INFO, THREAD_IDENTIFIER_INFO or THREAD_EXTENDED_INFO
 * @thread_info_out: what the flavor asks for: times are microseconds
 *	(THREAD_EXTENDED_INFO: nanoseconds), thread_id is in the caller's pid name
 *	space, priorities are 0 to 127 with 31 for niceness 0; suspend count
 *	is that of a thread from thread_create() until it runs, then 0; handle,
 *	queue address, flags and sleep time are 0
 * @thread_info_outCnt: words of room there; then the words written
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_act is no such port, the
 * flavor is unknown or the room too small; KERN_NOT_SUPPORTED, a flavor of
 * scheduling; KERN_INVALID_ADDRESS, @thread_info_out cannot be written;
 * KERN_FAILURE, the task is dying.
 */
kern_return_t thread_info(thread_inspect_t target_act, thread_flavor_t flavor,
			  thread_info_t thread_info_out,
			  mach_msg_type_number_t *thread_info_outCnt);

/*
 * A task from task_create() has no thread. It can be given one, and that runs
 * when it has been resumed; from then on these calls do nothing to it. What all
 * of them return besides: KERN_INVALID_ARGUMENT, no port of a thread;
 * KERN_NOT_SUPPORTED, a thread that runs; KERN_FAILURE, the task is dying;
 * KERN_RESOURCE_SHORTAGE.
 */

/**
 * thread_create() - make a thread
 * @parent_task: port of the own task, or of one that was created without threads
 *	and whose first thread has not run
 * @child_act: out: a send right to the thread port, the caller's to release
 *
 * The thread is suspended, once, and its registers are all 0. One of the own task
 * blocks the signals that the calling thread does; it has no thread-local storage
 * and must call nothing of the C library that wants some, or locks.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no task port; KERN_NOT_SUPPORTED,
 * another task, or one of 32 bits; KERN_FAILURE, the task is dying, some of its
 * threads run and it is stopped, or a filter of system calls forbids it threads;
 * KERN_RESOURCE_SHORTAGE, also by a limit on processes.
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
 * @flavor: x86_THREAD_STATE64, x86_FLOAT_STATE64, x86_THREAD_STATE or
 *	x86_FLOAT_STATE
 * @old_state: out: the struct of that name
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
 * @flavor: as thread_get_state()
 * @new_state: the struct of that name
 * @new_stateCnt: its size in words
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, also for an unknown flavor, too few
 * words, a header that does not fit @flavor, an instruction pointer or a segment
 * outside of user mode, a bit of mxcsr that the processor has not got, or a task of
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
 * Return: KERN_SUCCESS.
 */
kern_return_t thread_terminate(thread_act_t target_act);
/**
 * thread_set_exception_ports() - say who handles exceptions of a thread
 * @thread: thread port
 * @exception_mask: which exceptions, bits of EXC_MASK_VALID
 * @new_port: name of a send right, which is copied; MACH_PORT_NULL: nobody
 * @behavior: what a message to it tells, EXCEPTION_*, with MACH_EXCEPTION_CODES
 *	and the other flags
 * @new_flavor: of the state that a message has; 0 or THREAD_STATE_NONE for none
 *
 * They come before those of the task, and end with the thread. Nothing is sent to
 * them yet. Of a thread for which nobody ever said anything _get_ has no masks.
 *
 * Return: KERN_SUCCESS; otherwise, with nothing changed: KERN_INVALID_ARGUMENT,
 * @thread is no such port, @exception_mask has other bits, the behavior of a port
 * or the flavor is unknown, or the behavior needs MACH_EXCEPTION_CODES;
 * KERN_INVALID_RIGHT, the caller has no send right of that name; KERN_FAILURE, the
 * thread is dying; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t thread_set_exception_ports(thread_act_t thread,
					 exception_mask_t exception_mask,
					 mach_port_t new_port,
					 exception_behavior_t behavior,
					 thread_state_flavor_t new_flavor);

/**
 * thread_get_exception_ports() - who handles exceptions of a thread
 * @thread: thread port
 * @exception_mask: which exceptions, bits of EXC_MASK_VALID
 * @masks: room for EXC_TYPES_COUNT masks: exceptions that are handled alike are
 *	in one, also those that nobody handles
 * @masksCnt: where their number goes; not looked at
 * @old_handlers: room for as many ports: send rights, the caller's to release;
 *	MACH_PORT_NULL for nobody, MACH_PORT_DEAD for a port that has died
 * @old_behaviors: room for as many behaviors
 * @old_flavors: room for as many flavors
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @thread is no such port, or
 * @exception_mask has other bits; KERN_FAILURE, the thread is dying;
 * KERN_RESOURCE_SHORTAGE.
 */
kern_return_t
thread_get_exception_ports(thread_act_t thread,
			   exception_mask_t exception_mask,
			   exception_mask_array_t masks,
			   mach_msg_type_number_t *masksCnt,
			   exception_handler_array_t old_handlers,
			   exception_behavior_array_t old_behaviors,
			   exception_flavor_array_t old_flavors);

/**
 * thread_swap_exception_ports() - both at once
 * @thread: thread port
 * @exception_mask: which exceptions, bits of EXC_MASK_VALID
 * @new_port: as thread_set_exception_ports() has it
 * @behavior: see there
 * @new_flavor: see there
 * @masks: as thread_get_exception_ports() has it: what was before
 * @masksCnt: see there
 * @old_handlers: see there
 * @old_behaviors: see there
 * @old_flavors: see there
 *
 * Return: as thread_set_exception_ports(); KERN_ABORTED, a signal came
 * while others set handlers again and again.
 */
kern_return_t
thread_swap_exception_ports(thread_act_t thread,
			    exception_mask_t exception_mask,
			    mach_port_t new_port,
			    exception_behavior_t behavior,
			    thread_state_flavor_t new_flavor,
			    exception_mask_array_t masks,
			    mach_msg_type_number_t *masksCnt,
			    exception_handler_array_t old_handlers,
			    exception_behavior_array_t old_behaviors,
			    exception_flavor_array_t old_flavors);

/**
 * thread_sample() - have it told where a thread spends its time
 * @thread: thread port
 * @reply: as task_sample() has it
 *
 * Whether its task is sampled, too, makes no difference: then there are samples of
 * it at both ports.
 *
 * Return: as task_sample().
 */
kern_return_t thread_sample(thread_act_t thread, mach_port_t reply);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_THREAD_ACT_H_ */
