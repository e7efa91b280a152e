/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The calls of <mach/vm_map.h> with 64-bit addresses. */
#ifndef _MACH_MACH_VM_H_
#define _MACH_MACH_VM_H_

#include <mach/vm_map.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Each is the call without the "mach_" in its name. A 32-bit program cannot
 * address more than 4 GiB of its own; what it says then is KERN_INVALID_ADDRESS
 * where memory is mapped, KERN_NO_SPACE for too much of it, and
 * KERN_INVALID_ARGUMENT else.
 */

/**
 * mach_vm_allocate() - vm_allocate() with 64-bit addresses
 * @target: as there
 * @address: as there
 * @size: as there
 * @flags: as there
 *
 * Return: as there.
 */
kern_return_t mach_vm_allocate(vm_map_t target, mach_vm_address_t *address,
			       mach_vm_size_t size, int flags);

/**
 * mach_vm_deallocate() - vm_deallocate() with 64-bit addresses
 * @target: as there
 * @address: as there
 * @size: as there
 *
 * Return: as there.
 */
kern_return_t mach_vm_deallocate(vm_map_t target, mach_vm_address_t address,
				 mach_vm_size_t size);

/**
 * mach_vm_protect() - vm_protect() with 64-bit addresses
 * @target_task: as there
 * @address: as there
 * @size: as there
 * @set_maximum: as there
 * @new_protection: as there
 *
 * Return: as there.
 */
kern_return_t mach_vm_protect(vm_map_t target_task, mach_vm_address_t address,
			      mach_vm_size_t size, boolean_t set_maximum,
			      vm_prot_t new_protection);

/**
 * mach_vm_inherit() - vm_inherit() with 64-bit addresses
 * @target_task: as there
 * @address: as there
 * @size: as there
 * @new_inheritance: as there
 *
 * Return: as there.
 */
kern_return_t mach_vm_inherit(vm_map_t target_task, mach_vm_address_t address,
			      mach_vm_size_t size,
			      vm_inherit_t new_inheritance);

/**
 * mach_vm_read() - vm_read() with 64-bit addresses
 * @target_task: as there
 * @address: as there
 * @size: as there
 * @data: as there
 * @data_count: as there
 *
 * Return: as there.
 */
kern_return_t mach_vm_read(vm_map_t target_task, mach_vm_address_t address,
			   mach_vm_size_t size, vm_offset_t *data,
			   mach_msg_type_number_t *data_count);

/**
 * mach_vm_read_overwrite() - vm_read_overwrite() with 64-bit addresses
 * @target_task: as there
 * @address: as there
 * @size: as there
 * @data: as there
 * @outsize: as there
 *
 * Return: as there.
 */
kern_return_t mach_vm_read_overwrite(vm_map_t target_task,
				     mach_vm_address_t address,
				     mach_vm_size_t size,
				     mach_vm_address_t data,
				     mach_vm_size_t *outsize);

/**
 * mach_vm_write() - vm_write() with 64-bit addresses
 * @target_task: as there
 * @address: as there
 * @data: as there
 * @data_count: as there
 *
 * Return: as there.
 */
kern_return_t mach_vm_write(vm_map_t target_task, mach_vm_address_t address,
			    vm_offset_t data,
			    mach_msg_type_number_t data_count);

/**
 * mach_vm_copy() - vm_copy() with 64-bit addresses
 * @target_task: as there
 * @source_address: as there
 * @size: as there
 * @dest_address: as there
 *
 * Return: as there.
 */
kern_return_t mach_vm_copy(vm_map_t target_task,
			   mach_vm_address_t source_address,
			   mach_vm_size_t size,
			   mach_vm_address_t dest_address);

/**
 * mach_vm_map() - vm_map() with 64-bit addresses
 * @target_task: as there
 * @address: as there
 * @size: as there
 * @mask: as there
 * @flags: as there
 * @object: as there
 * @offset: as there
 * @copy: as there
 * @cur_protection: as there
 * @max_protection: as there
 * @inheritance: as there
 *
 * Return: as there.
 */
kern_return_t mach_vm_map(vm_map_t target_task, mach_vm_address_t *address,
			  mach_vm_size_t size, mach_vm_offset_t mask,
			  int flags, mem_entry_name_port_t object,
			  memory_object_offset_t offset, boolean_t copy,
			  vm_prot_t cur_protection, vm_prot_t max_protection,
			  vm_inherit_t inheritance);

/**
 * mach_vm_region() - vm_region() with 64-bit addresses
 * @target_task: as there
 * @address: as there
 * @size: as there
 * @flavor: as there
 * @info: as there
 * @info_count: as there
 * @object_name: as there
 *
 * Return: as there.
 */
kern_return_t mach_vm_region(vm_map_t target_task, mach_vm_address_t *address,
			     mach_vm_size_t *size, vm_region_flavor_t flavor,
			     vm_region_info_t info,
			     mach_msg_type_number_t *info_count,
			     mach_port_t *object_name);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MACH_VM_H_ */
