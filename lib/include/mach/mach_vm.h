/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The calls of <mach/vm_map.h> with 64-bit addresses. */
#ifndef _MACH_MACH_VM_H_
#define _MACH_MACH_VM_H_

#include <mach/vm_map.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mach_vm_allocate() - vm_allocate() with 64-bit addresses
 * @target: task port of the caller
 * @address: as vm_allocate()
 * @size: bytes
 * @flags: as vm_allocate()
 *
 * Return: as vm_allocate(); KERN_INVALID_ADDRESS or KERN_NO_SPACE also for what
 * a 32-bit program cannot address.
 */
kern_return_t mach_vm_allocate(vm_map_t target, mach_vm_address_t *address,
			       mach_vm_size_t size, int flags);

/**
 * mach_vm_deallocate() - vm_deallocate() with 64-bit addresses
 * @target: task port of the caller
 * @address: as vm_deallocate()
 * @size: bytes
 *
 * Return: as vm_deallocate().
 */
kern_return_t mach_vm_deallocate(vm_map_t target, mach_vm_address_t address,
				 mach_vm_size_t size);

/**
 * mach_vm_read_overwrite() - vm_read_overwrite() with 64-bit addresses
 * @target_task: task port of the caller
 * @address: as vm_read_overwrite()
 * @size: bytes
 * @data: as vm_read_overwrite()
 * @outsize: out: @size
 *
 * Return: as vm_read_overwrite().
 */
kern_return_t mach_vm_read_overwrite(vm_map_t target_task,
				     mach_vm_address_t address,
				     mach_vm_size_t size,
				     mach_vm_address_t data,
				     mach_vm_size_t *outsize);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MACH_VM_H_ */
