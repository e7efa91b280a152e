/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Operations on the set of processors. */
#ifndef _MACH_PROCESSOR_SET_H_
#define _MACH_PROCESSOR_SET_H_

#include <mach/kern_return.h>
#include <mach/mach_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * processor_set_default() - the name of the set of all processors
 * @host: the host port, or the privileged one
 * @default_set: where a send right goes, the caller's to release
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @host is no such port;
 * KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t processor_set_default(host_t host,
				    processor_set_name_t *default_set);

/**
 * host_processor_set_priv() - the set of processors itself
 * @host_priv: the privileged host port
 * @set_name: from processor_set_default()
 * @set: where a send right goes, the caller's to release
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @host_priv or @set_name is no such
 * port; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t host_processor_set_priv(host_priv_t host_priv,
				      processor_set_name_t set_name,
				      processor_set_t *set);

/**
 * processor_set_tasks() - all tasks
 * @processor_set: from host_processor_set_priv()
 * @task_list: where the address of an array of names goes
 * @task_listCnt: where their number goes
 *
 * Each name has one more user reference of a send right to the port of a process
 * in the caller's pid name space; those of which task_for_pid() would not give it
 * are left out, and those whose user's ledger has no room. The array is fresh
 * memory, for the caller to release with vm_deallocate().
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @processor_set is no such port;
 * KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t processor_set_tasks(processor_set_t processor_set,
				  task_array_t *task_list,
				  mach_msg_type_number_t *task_listCnt);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_PROCESSOR_SET_H_ */
