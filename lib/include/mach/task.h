/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Operations on tasks. */
#ifndef _MACH_TASK_H_
#define _MACH_TASK_H_

#include <mach/kern_return.h>
#include <mach/ledger.h>
#include <mach/mach_param.h>
#include <mach/mach_types.h>
#include <mach/task_info.h>
#include <mach/task_special_ports.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * task_create() - make a task without threads
 * @target_task: task port of the parent
 * @ledgers: what the child draws on: two send rights to ledgers, wired and paged
 * @ledgersCnt: how many there are; if not two, or one of them is
 *	MACH_PORT_NULL, the child draws on what the parent draws on
 * @inherit_memory: boolean: the child gets a copy of the parent's memory, else
 *	it has none
 * @child_task: where a send right to the task port goes, the caller's to release
 *
 * The child has no threads and no names. From the parent it has the tokens, and
 * the host, bootstrap, exception, ledger and registered ports. Behind it is a
 * process of the caller's user, with copies of its descriptors (without memory:
 * of those that are not close-on-exec), which is no child of the caller's for
 * wait() and runs no code. It ends with the caller, or when it is killed; then
 * its task port dies. If the parent is another task, what the parent's tokens
 * are now become explicit ones.
 *
 * Return: KERN_SUCCESS; otherwise, checked in this order and with nothing left
 * behind: KERN_INVALID_ARGUMENT, @target_task is no task port;
 * KERN_INVALID_ADDRESS, two @ledgers cannot be read; KERN_INVALID_LEDGER, one of
 * two names is no ledger; KERN_NOT_SUPPORTED, memory of a task other than the
 * caller; KERN_FAILURE, the parent is dying; KERN_RESOURCE_SHORTAGE, memory,
 * ledger, names, descriptors or processes; KERN_NO_ACCESS, files in memory may
 * not be executed here (vm.memfd_noexec).
 */
kern_return_t task_create(task_t target_task, ledger_array_t ledgers,
			  mach_msg_type_number_t ledgersCnt,
			  boolean_t inherit_memory, task_t *child_task);

/**
 * task_get_special_port() - read a special port of a task
 * @task: task port; the read port gives the read, inspect and name ports, the
 *	inspect port the latter two
 * @which_port: TASK_KERNEL_PORT to TASK_PAGED_LEDGER_PORT, TASK_ACCESS_PORT,
 *	TASK_DEBUG_CONTROL_PORT, TASK_RESOURCE_NOTIFY_PORT, TASK_NAME_PORT,
 *	TASK_INSPECT_PORT, TASK_READ_PORT
 * @special_port: where a send right goes, the caller's to release;
 *	MACH_PORT_NULL when none is set, MACH_PORT_DEAD when it has died
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @task is no such port or there is
 * no such special port; KERN_INVALID_CAPABILITY, @task does not give as much;
 * KERN_FAILURE, the task is dying; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t task_get_special_port(task_inspect_t task, int which_port,
				    mach_port_t *special_port);

/**
 * task_set_special_port() - set a special port of a task
 * @task: task port
 * @which_port: TASK_KERNEL_PORT to TASK_PAGED_LEDGER_PORT, TASK_ACCESS_PORT,
 *	TASK_DEBUG_CONTROL_PORT, TASK_RESOURCE_NOTIFY_PORT
 * @special_port: name of a send right, which is copied; MACH_PORT_NULL clears
 *
 * Setting TASK_KERNEL_PORT or TASK_HOST_PORT changes what is returned as that
 * port, not which port denotes the task or the host. Setting a ledger port does
 * not change the ledger that is drawn on. Children made later inherit all but
 * TASK_KERNEL_PORT, TASK_DEBUG_CONTROL_PORT and TASK_RESOURCE_NOTIFY_PORT.
 *
 * Return: as task_get_special_port(), with KERN_INVALID_ARGUMENT for the name,
 * inspect and read ports; also KERN_INVALID_RIGHT, the caller has no send right
 * of that name; KERN_NO_ACCESS, there is an access port.
 */
kern_return_t task_set_special_port(task_t task, int which_port,
				    mach_port_t special_port);

/**
 * mach_ports_register() - set the registered ports of a task
 * @target_task: task port
 * @init_port_set: names of send rights, which are copied; null and dead names
 *	are accepted
 * @init_port_setCnt: how many, at most TASK_PORT_REGISTER_MAX; the rest become
 *	null
 *
 * Children made later inherit them.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_task is no task port, or
 * there are too many; KERN_INVALID_RIGHT, the caller has no send right of such a
 * name; KERN_FAILURE, the task is dying; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t mach_ports_register(task_t target_task,
				  mach_port_array_t init_port_set,
				  mach_msg_type_number_t init_port_setCnt);

/**
 * mach_ports_lookup() - the registered ports of a task
 * @target_task: task port
 * @init_port_set: where the address of an array of names goes
 * @init_port_setCnt: where TASK_PORT_REGISTER_MAX goes
 *
 * Each name has one more user reference, MACH_PORT_NULL and MACH_PORT_DEAD have
 * none. The array is fresh memory, for the caller to release with vm_deallocate().
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_task is no task port;
 * KERN_FAILURE, the task is dying; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t mach_ports_lookup(task_t target_task,
				mach_port_array_t *init_port_set,
				mach_msg_type_number_t *init_port_setCnt);

/**
 * task_threads() - the threads of a task
 * @target_task: task port, or read or inspect port
 * @act_list: where the address of an array of names goes
 * @act_listCnt: where their number goes
 *
 * Each name has one more user reference of a send right to a port that stands for
 * a live thread, with as much power as @target_task: the thread's port, or its
 * read or inspect port. A thread that starts or ends meanwhile may be missing. A
 * task made by task_create() has none. The array is fresh memory, for the caller to
 * release with vm_deallocate(); NULL if there are none.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_task is no such port;
 * KERN_FAILURE, the task is dying; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t task_threads(task_inspect_t target_task,
			   thread_act_array_t *act_list,
			   mach_msg_type_number_t *act_listCnt);

/**
 * task_suspend() - stop a task
 * @target_task: task port
 *
 * Counted: the task runs again when each call has been taken back with
 * task_resume(). Calls of a task that ends, and those before a SIGCONT that somebody
 * sends to @target_task, are taken back by that. To others the task is stopped as
 * by SIGSTOP. Returns when no thread runs in user mode any more; a call for the
 * caller's own task when it has been resumed.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_task is no task port, or
 * that of process 1; KERN_FAILURE, the task is dying; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t task_suspend(task_t target_task);

/**
 * task_resume() - take back one task_suspend()
 * @target_task: task port
 *
 * One of the caller's own, or else of somebody else. When nothing keeps the task
 * from running it is continued as by SIGCONT, unless job control had stopped it
 * before, or has meanwhile.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_task is no task port;
 * KERN_FAILURE, there is none to be taken back, or the task is dying.
 */
kern_return_t task_resume(task_t target_task);

/**
 * task_suspend2() - stop a task for as long as there is a token
 * @target_task: task port
 * @suspend_token: where the name of a send-once right goes, the caller's to
 *	give to task_resume2(), to hand on in a message, or to release
 *
 * As task_suspend(), but it lasts until the token has been used or let go,
 * whatever SIGCONTs come and whoever ends.
 *
 * Return: as task_suspend(), and KERN_NO_SPACE.
 */
kern_return_t task_suspend2(task_t target_task,
			    task_suspension_token_t *suspend_token);

/**
 * task_resume2() - use up a token
 * @suspend_token: from task_suspend2(); the name is gone afterwards
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, it is none, or that of a task that
 * is gone.
 */
kern_return_t task_resume2(task_suspension_token_t suspend_token);

/**
 * task_terminate() - end a task
 * @target_task: task port
 *
 * The process ends as by SIGKILL, perhaps after the call has returned: its port
 * dies, of which a dead-name request tells. For the caller's own task it does not
 * return.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_task is no task port;
 * KERN_FAILURE, it was called before, the task is dying, or it is that of process
 * 1.
 */
kern_return_t task_terminate(task_t target_task);

/**
 * task_info() - ask about a task
 * @target_task: task port, or read, inspect or name port; for TASK_VM_INFO not the
 *	name port
 * @flavor: TASK_SECURITY_TOKEN, TASK_AUDIT_TOKEN, TASK_BASIC_INFO and its kin,
 *	MACH_TASK_BASIC_INFO, TASK_THREAD_TIMES_INFO, TASK_ABSOLUTETIME_INFO,
 *	TASK_EVENTS_INFO or TASK_VM_INFO
 * @task_info_out: what the flavor asks for: sizes in bytes, times as time_value_t
 *	(TASK_ABSOLUTETIME_INFO: nanoseconds); those of the BASIC_INFO flavors are of
 *	threads that have ended, those of TASK_THREAD_TIMES_INFO of live ones. What
 *	Linux does not count is 0.
 * @task_info_outCnt: words of room there; then the words written; TASK_VM_INFO
 *	writes the latest revision for which there is room
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_task is no such port, the
 * flavor is unknown or the room too small; KERN_NOT_SUPPORTED, another flavor;
 * KERN_INVALID_ADDRESS, @task_info_out cannot be written; KERN_FAILURE, the task
 * is dying.
 */
kern_return_t task_info(task_name_t target_task, task_flavor_t flavor,
			task_info_t task_info_out,
			mach_msg_type_number_t *task_info_outCnt);

/**
 * task_set_exception_ports() - say who handles exceptions of a task
 * @task: task port
 * @exception_mask: which exceptions, bits of EXC_MASK_VALID
 * @new_port: name of a send right, which is copied; MACH_PORT_NULL: nobody
 * @behavior: what a message to it tells, EXCEPTION_*, with MACH_EXCEPTION_CODES
 *	and the other flags
 * @new_flavor: of the state that a message has; 0 or THREAD_STATE_NONE for none
 *
 * A thread may have handlers of its own, which come before these. Children made
 * later inherit them; TASK_EXCEPTION_PORT is one for all of EXC_MASK_ALL. Nothing is
 * sent to them yet.
 *
 * Return: KERN_SUCCESS; otherwise, with nothing changed: KERN_INVALID_ARGUMENT,
 * @task is no such port, @exception_mask has other bits, the behavior of a port
 * or the flavor is unknown, or the behavior needs MACH_EXCEPTION_CODES;
 * KERN_INVALID_RIGHT, the caller has no send right of that name, or the receive
 * right is immovable; KERN_FAILURE, the task is dying; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t task_set_exception_ports(task_t task,
				       exception_mask_t exception_mask,
				       mach_port_t new_port,
				       exception_behavior_t behavior,
				       thread_state_flavor_t new_flavor);

/**
 * task_get_exception_ports() - who handles exceptions of a task
 * @task: task port
 * @exception_mask: which exceptions, bits of EXC_MASK_VALID
 * @masks: room for EXC_TYPES_COUNT masks: exceptions that are handled alike are
 *	in one, also those that nobody handles
 * @masksCnt: where their number goes; not looked at
 * @old_handlers: room for as many ports: send rights, the caller's to release;
 *	MACH_PORT_NULL for nobody, MACH_PORT_DEAD for a port that has died
 * @old_behaviors: room for as many behaviors
 * @old_flavors: room for as many flavors
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @task is no such port, or
 * @exception_mask has other bits; KERN_FAILURE, the task is dying;
 * KERN_RESOURCE_SHORTAGE.
 */
kern_return_t task_get_exception_ports(task_t task,
				       exception_mask_t exception_mask,
				       exception_mask_array_t masks,
				       mach_msg_type_number_t *masksCnt,
				       exception_handler_array_t old_handlers,
				       exception_behavior_array_t old_behaviors,
				       exception_flavor_array_t old_flavors);

/**
 * task_swap_exception_ports() - both at once
 * @task: task port
 * @exception_mask: which exceptions, bits of EXC_MASK_VALID
 * @new_port: as task_set_exception_ports() has it
 * @behavior: see there
 * @new_flavor: see there
 * @masks: as task_get_exception_ports() has it: what was before
 * @masksCnt: see there
 * @old_handlers: see there
 * @old_behaviors: see there
 * @old_flavors: see there
 *
 * Return: as task_set_exception_ports(); KERN_ABORTED, a signal came
 * while others set handlers again and again.
 */
kern_return_t
task_swap_exception_ports(task_t task,
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
 * task_sample() - have it told where a task spends its time
 * @task: task port
 * @reply: name of a receive right, of which a send right is made, or of a send
 *	right, which is copied: messages with samples go there (<mach/prof.h>);
 *	MACH_PORT_NULL: no more, after what there is
 *
 * A hundred times in each second of processor time of the task's threads, those
 * that come later too, it is noted down where in the program they are. What has
 * been gathered is sent once a second, or sooner, and is lost when the queue is
 * full. It ends with the task, when the port dies, or when the task executes a
 * program that gains privilege. Children have the port, but are not sampled.
 *
 * Return: KERN_SUCCESS; otherwise, with nothing changed: KERN_INVALID_ARGUMENT,
 * @task is no task port, the task is sampled already, or to be sampled no more and
 * is not; KERN_INVALID_RIGHT, @reply is neither right, or of a port of the
 * kernel; KERN_FAILURE, the task is dying; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t task_sample(task_t task, mach_port_t reply);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_TASK_H_ */
