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
 * @which_port: TASK_KERNEL_PORT to TASK_PAGED_LEDGER_PORT, TASK_NAME_PORT,
 *	TASK_INSPECT_PORT, TASK_READ_PORT
 * @special_port: where a send right goes, the caller's to release;
 *	MACH_PORT_NULL when none is set, MACH_PORT_DEAD when it has died
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @task is no such port or there is
 * no such special port; KERN_INVALID_CAPABILITY, @task does not give as much;
 * KERN_NOT_SUPPORTED, TASK_ACCESS_PORT, TASK_DEBUG_CONTROL_PORT,
 * TASK_RESOURCE_NOTIFY_PORT; KERN_FAILURE, the task is dying; KERN_NO_SPACE;
 * KERN_RESOURCE_SHORTAGE.
 */
kern_return_t task_get_special_port(task_inspect_t task, int which_port,
				    mach_port_t *special_port);

/**
 * task_set_special_port() - set a special port of a task
 * @task: task port
 * @which_port: TASK_KERNEL_PORT to TASK_PAGED_LEDGER_PORT
 * @special_port: name of a send right, which is copied; MACH_PORT_NULL clears
 *
 * Setting TASK_KERNEL_PORT or TASK_HOST_PORT changes what is returned as that
 * port, not which port denotes the task or the host. Setting a ledger port does
 * not change the ledger that is drawn on. Children made later inherit all but
 * TASK_KERNEL_PORT.
 *
 * Return: as task_get_special_port(), with KERN_INVALID_ARGUMENT for the name,
 * inspect and read ports; also KERN_INVALID_RIGHT, the caller has no send right
 * of that name.
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
 * task_info() - ask about a task
 * @target_task: task port, or read, inspect or name port
 * @flavor: TASK_SECURITY_TOKEN or TASK_AUDIT_TOKEN
 * @task_info_out: a security_token_t or an audit_token_t
 * @task_info_outCnt: words of room there; then the words written
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_task is no such port, the
 * flavor is unknown or the room too small; KERN_NOT_SUPPORTED, another flavor;
 * KERN_INVALID_ADDRESS, @task_info_out cannot be written; KERN_FAILURE, the task
 * is dying.
 */
kern_return_t task_info(task_name_t target_task, task_flavor_t flavor,
			task_info_t task_info_out,
			mach_msg_type_number_t *task_info_outCnt);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_TASK_H_ */
