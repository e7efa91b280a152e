/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Memory of the own task. */
#ifndef _MACH_VM_MAP_H_
#define _MACH_VM_MAP_H_

#include <mach/kern_return.h>
#include <mach/vm_statistics.h>
#include <mach/vm_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * vm_allocate() - get zero-filled memory
 * @target_task: task port of the caller
 * @address: VM_FLAGS_FIXED: where, rounded down to a page; then where it is
 * @size: bytes, rounded up to pages; 0 gives address 0
 * @flags: VM_FLAGS_ANYWHERE or VM_FLAGS_FIXED, and VM_MAKE_TAG()
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_task is no task port, an
 * unknown flag, or a size that wraps; KERN_NO_SPACE, something is there already
 * or there is no room; KERN_INVALID_ADDRESS, nothing can be there;
 * KERN_NOT_SUPPORTED, another task.
 */
kern_return_t vm_allocate(vm_map_t target_task, vm_address_t *address,
			  vm_size_t size, int flags);

/**
 * vm_deallocate() - release memory
 * @target_task: task port of the caller
 * @address: where; whole pages that the range touches are released
 * @size: bytes; 0 does nothing
 *
 * Return: KERN_SUCCESS, also when parts of the range held nothing;
 * KERN_INVALID_ARGUMENT, @target_task is no task port, or the range wraps or
 * lies outside the address space; KERN_NOT_SUPPORTED, another task;
 * KERN_RESOURCE_SHORTAGE, the kernel cannot split the mapping.
 */
kern_return_t vm_deallocate(vm_map_t target_task, vm_address_t address,
			    vm_size_t size);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_VM_MAP_H_ */
