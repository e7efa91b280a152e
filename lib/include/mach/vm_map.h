/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Memory of tasks. */
#ifndef _MACH_VM_MAP_H_
#define _MACH_VM_MAP_H_

#include <mach/kern_return.h>
#include <mach/mach_types.h>
#include <mach/vm_inherit.h>
#include <mach/vm_prot.h>
#include <mach/vm_region.h>
#include <mach/vm_statistics.h>
#include <mach/vm_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Whose memory: that of the caller, whose task port need not be more than a
 * name; that of a task from task_create() that has not run yet; and, where it
 * says so, that of any other task.
 *
 * What all of them return besides: KERN_INVALID_ARGUMENT, the task argument is
 * no task port, or a range wraps; KERN_FAILURE, the task is dying;
 * KERN_NOT_SUPPORTED, the memory of another task that has run;
 * KERN_RESOURCE_SHORTAGE.
 */

/**
 * vm_allocate() - get zero-filled memory
 * @target_task: task port
 * @address: VM_FLAGS_FIXED: where, rounded down to a page; then where it is
 * @size: bytes, rounded up to pages; 0 gives address 0
 * @flags: VM_FLAGS_ANYWHERE or VM_FLAGS_FIXED, VM_FLAGS_OVERWRITE, and
 *	VM_MAKE_TAG()
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, also for an unknown flag;
 * KERN_NO_SPACE, something is there already or there is no room;
 * KERN_INVALID_ADDRESS, nothing can be there.
 */
kern_return_t vm_allocate(vm_map_t target_task, vm_address_t *address,
			  vm_size_t size, int flags);

/**
 * vm_deallocate() - release memory
 * @target_task: task port
 * @address: where; whole pages that the range touches are released
 * @size: bytes; 0 does nothing
 *
 * Return: KERN_SUCCESS, also when parts of the range held nothing;
 * KERN_INVALID_ARGUMENT, also if it lies outside the address space;
 * KERN_RESOURCE_SHORTAGE, the kernel cannot split the mapping.
 */
kern_return_t vm_deallocate(vm_map_t target_task, vm_address_t address,
			    vm_size_t size);

/**
 * vm_protect() - say what may be done to memory
 * @target_task: task port
 * @address: where; whole pages that the range touches are meant
 * @size: bytes; 0 does nothing
 * @set_maximum: boolean: @new_protection is the most that it may ever be
 * @new_protection: VM_PROT_*; VM_PROT_COPY changes nothing for private memory
 *
 * Return: KERN_SUCCESS; otherwise, with nothing changed: KERN_INVALID_ARGUMENT,
 * also for unknown bits; KERN_INVALID_ADDRESS, nothing is somewhere in the range;
 * KERN_PROTECTION_FAILURE, more than some part may ever have;
 * KERN_NOT_SUPPORTED, also for a maximum less than VM_PROT_ALL, for VM_PROT_COPY
 * of shared memory, and in another task for devices, stacks that grow and huge
 * pages. After KERN_RESOURCE_SHORTAGE a part may have changed.
 */
kern_return_t vm_protect(vm_map_t target_task, vm_address_t address,
			 vm_size_t size, boolean_t set_maximum,
			 vm_prot_t new_protection);

/**
 * vm_inherit() - say what children get of memory
 * @target_task: task port
 * @address: where; whole pages that the range touches are meant
 * @size: bytes; 0 does nothing
 * @new_inheritance: VM_INHERIT_*
 *
 * Where nothing is, nothing happens. Private memory that shall be shared moves,
 * with its contents, to memory that can be: what other threads write there
 * meanwhile may be lost.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, also for an unknown inheritance;
 * KERN_NOT_SUPPORTED, also for copies of shared memory, to share the region of
 * the caller's stack, and in another task for devices, stacks that grow and huge
 * pages.
 * After KERN_RESOURCE_SHORTAGE a part may have changed.
 */
kern_return_t vm_inherit(vm_map_t target_task, vm_address_t address,
			 vm_size_t size, vm_inherit_t new_inheritance);

/**
 * vm_read() - copy memory to new memory of the caller
 * @target_task: task port or read port, of any task
 * @address: what to copy
 * @size: bytes, less than 2^32
 * @data: out: the copy, from the beginning of a page on, for vm_deallocate();
 *	0 for no bytes
 * @data_count: out: @size
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, also for too many bytes;
 * KERN_INVALID_ADDRESS, a part holds nothing; KERN_PROTECTION_FAILURE, a part
 * cannot be read; KERN_NO_SPACE, there is no room for the copy; KERN_ABORTED, the
 * caller is being killed; KERN_FAILURE, also if the caller may not call
 * process_vm_readv(), or the memory is broken.
 */
kern_return_t vm_read(vm_map_t target_task, vm_address_t address,
		      vm_size_t size, vm_offset_t *data,
		      mach_msg_type_number_t *data_count);

/**
 * vm_read_overwrite() - copy memory to memory that is there
 * @target_task: task port or read port, of any task
 * @address: what to copy
 * @size: bytes; 0 copies nothing
 * @data: where to, in the caller's memory; the ranges must not overlap
 * @outsize: out: @size
 *
 * Return: as vm_read(); KERN_INVALID_ADDRESS and KERN_PROTECTION_FAILURE also for
 * @data. After an error a part may have been copied.
 */
kern_return_t vm_read_overwrite(vm_map_t target_task, vm_address_t address,
				vm_size_t size, vm_address_t data,
				vm_size_t *outsize);

/**
 * vm_write() - copy memory of the caller to a task
 * @target_task: task port, of any task
 * @address: where to, memory that is there
 * @data: what to copy, in the caller's memory
 * @data_count: bytes; 0 copies nothing
 *
 * Return: as vm_read(), KERN_PROTECTION_FAILURE for what cannot be written.
 * After an error a part may have been copied.
 */
kern_return_t vm_write(vm_map_t target_task, vm_address_t address,
		       vm_offset_t data, mach_msg_type_number_t data_count);

/**
 * vm_copy() - copy memory of a task to other memory of the same task
 * @target_task: task port, of any task
 * @source_address: what to copy
 * @size: bytes; 0 copies nothing
 * @dest_address: where to, memory that is there; the ranges may overlap
 *
 * Return: as vm_write().
 */
kern_return_t vm_copy(vm_map_t target_task, vm_address_t source_address,
		      vm_size_t size, vm_address_t dest_address);

/**
 * vm_map() - map memory that is all zeros
 * @target_task: task port
 * @address: as vm_allocate()
 * @size: bytes, rounded up to pages, not 0
 * @mask: VM_FLAGS_ANYWHERE: bits of the address that shall be 0, 2^n - 1
 * @flags: as vm_allocate()
 * @object: MEMORY_OBJECT_NULL
 * @offset: ignored
 * @copy: ignored
 * @cur_protection: VM_PROT_*
 * @max_protection: VM_PROT_ALL
 * @inheritance: VM_INHERIT_*
 *
 * Return: as vm_allocate(); KERN_INVALID_ARGUMENT also for an object, @size 0,
 * unknown bits and values, and a @cur_protection beyond @max_protection;
 * KERN_NOT_SUPPORTED also for a @max_protection other than VM_PROT_ALL.
 */
kern_return_t vm_map(vm_map_t target_task, vm_address_t *address,
		     vm_size_t size, vm_address_t mask, int flags,
		     mem_entry_name_port_t object, vm_offset_t offset,
		     boolean_t copy, vm_prot_t cur_protection,
		     vm_prot_t max_protection, vm_inherit_t inheritance);

/**
 * vm_region() - describe memory
 * @target_task: task port or read port, of any task
 * @address: any address; out: where the first region begins that ends after it
 * @size: out: its bytes
 * @flavor: VM_REGION_BASIC_INFO_64 or VM_REGION_BASIC_INFO
 * @info: out: struct vm_region_basic_info_64
 * @info_count: room at @info in words; out: words written
 * @object_name: out: MACH_PORT_NULL
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, also for an unknown flavor or too
 * little room; KERN_INVALID_ADDRESS, there is no such region; KERN_ABORTED, the
 * caller is being killed.
 */
kern_return_t vm_region(vm_map_t target_task, vm_address_t *address,
			vm_size_t *size, vm_region_flavor_t flavor,
			vm_region_info_t info,
			mach_msg_type_number_t *info_count,
			mach_port_t *object_name);

/**
 * vm_region_64() - another name of vm_region()
 * @target_task: as there
 * @address: as there
 * @size: as there
 * @flavor: as there
 * @info: as there
 * @info_count: as there
 * @object_name: as there
 *
 * Return: as vm_region().
 */
kern_return_t vm_region_64(vm_map_t target_task, vm_address_t *address,
			   vm_size_t *size, vm_region_flavor_t flavor,
			   vm_region_info_t info,
			   mach_msg_type_number_t *info_count,
			   mach_port_t *object_name);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_VM_MAP_H_ */
