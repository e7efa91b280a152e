// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The calls on memory with addresses as wide as a pointer. */
#include "internal.h"

MACHDEV_EXPORT kern_return_t vm_allocate(vm_map_t target_task,
					 vm_address_t *address, vm_size_t size,
					 int flags)
{
	mach_vm_address_t wide = *address;
	kern_return_t result;

	result = mach_vm_allocate(target_task, &wide, size, flags);
	if (result == KERN_SUCCESS)
		*address = (vm_address_t)wide;
	return result;
}

MACHDEV_EXPORT kern_return_t vm_deallocate(vm_map_t target_task,
					   vm_address_t address, vm_size_t size)
{
	return mach_vm_deallocate(target_task, address, size);
}

MACHDEV_EXPORT kern_return_t vm_protect(vm_map_t target_task,
					vm_address_t address, vm_size_t size,
					boolean_t set_maximum,
					vm_prot_t new_protection)
{
	return mach_vm_protect(target_task, address, size, set_maximum,
			       new_protection);
}

MACHDEV_EXPORT kern_return_t vm_inherit(vm_map_t target_task,
					vm_address_t address, vm_size_t size,
					vm_inherit_t new_inheritance)
{
	return mach_vm_inherit(target_task, address, size, new_inheritance);
}

MACHDEV_EXPORT kern_return_t vm_read(vm_map_t target_task, vm_address_t address,
				     vm_size_t size, vm_offset_t *data,
				     mach_msg_type_number_t *data_count)
{
	return mach_vm_read(target_task, address, size, data, data_count);
}

MACHDEV_EXPORT kern_return_t vm_read_overwrite(vm_map_t target_task,
					       vm_address_t address,
					       vm_size_t size,
					       vm_address_t data,
					       vm_size_t *outsize)
{
	mach_vm_size_t wide;
	kern_return_t result;

	result = mach_vm_read_overwrite(target_task, address, size, data,
					&wide);
	if (result == KERN_SUCCESS)
		*outsize = (vm_size_t)wide;
	return result;
}

MACHDEV_EXPORT kern_return_t vm_write(vm_map_t target_task,
				      vm_address_t address, vm_offset_t data,
				      mach_msg_type_number_t data_count)
{
	return mach_vm_write(target_task, address, data, data_count);
}

MACHDEV_EXPORT kern_return_t vm_copy(vm_map_t target_task,
				     vm_address_t source_address,
				     vm_size_t size, vm_address_t dest_address)
{
	return mach_vm_copy(target_task, source_address, size, dest_address);
}

MACHDEV_EXPORT kern_return_t vm_map(vm_map_t target_task, vm_address_t *address,
				    vm_size_t size, vm_address_t mask,
				    int flags, mem_entry_name_port_t object,
				    vm_offset_t offset, boolean_t copy,
				    vm_prot_t cur_protection,
				    vm_prot_t max_protection,
				    vm_inherit_t inheritance)
{
	mach_vm_address_t wide = *address;
	kern_return_t result;

	result = mach_vm_map(target_task, &wide, size, mask, flags, object,
			     offset, copy, cur_protection, max_protection,
			     inheritance);
	if (result == KERN_SUCCESS)
		*address = (vm_address_t)wide;
	return result;
}

MACHDEV_EXPORT kern_return_t vm_region(vm_map_t target_task,
				       vm_address_t *address, vm_size_t *size,
				       vm_region_flavor_t flavor,
				       vm_region_info_t info,
				       mach_msg_type_number_t *info_count,
				       mach_port_t *object_name)
{
	mach_vm_address_t wide = *address;
	mach_vm_size_t bytes;
	kern_return_t result;

	result = mach_vm_region(target_task, &wide, &bytes, flavor, info,
				info_count, object_name);
	if (result != KERN_SUCCESS)
		return result;
	/* Of a task with more addresses than there are here. */
	if (wide > UINTPTR_MAX)
		return KERN_INVALID_ADDRESS;
	*address = (vm_address_t)wide;
	*size = (vm_size_t)bytes;
	return KERN_SUCCESS;
}

MACHDEV_EXPORT kern_return_t vm_region_64(vm_map_t target_task,
					  vm_address_t *address,
					  vm_size_t *size,
					  vm_region_flavor_t flavor,
					  vm_region_info_t info,
					  mach_msg_type_number_t *info_count,
					  mach_port_t *object_name)
{
	return vm_region(target_task, address, size, flavor, info, info_count,
			 object_name);
}
