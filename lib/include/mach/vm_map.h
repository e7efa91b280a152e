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

/**
 * vm_read_overwrite() - copy memory to memory that is there
 * @target_task: task port of the caller
 * @address: what to copy
 * @size: bytes; 0 copies nothing
 * @data: where to, in the caller's memory; the ranges must not overlap
 * @outsize: out: @size
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @target_task is no task port, or
 * a range wraps; KERN_INVALID_ADDRESS, a part of either range holds nothing;
 * KERN_PROTECTION_FAILURE, a part cannot be read, or written; KERN_NOT_SUPPORTED,
 * another task; KERN_RESOURCE_SHORTAGE; KERN_FAILURE, the program may not call
 * process_vm_readv(). After an error a part may have been copied.
 */
kern_return_t vm_read_overwrite(vm_map_t target_task, vm_address_t address,
				vm_size_t size, vm_address_t data,
				vm_size_t *outsize);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_VM_MAP_H_ */
