// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What there is in the memory of a task. */
#include <string.h>

#include "vm.h"

kern_return_t __machdev_vm_region(vm_map_t task, uint64_t address,
				  struct machdev_vm_region *region)
{
	memset(region, 0, sizeof(*region));
	region->task = task;
	region->address = address;
	return __machdev_call(MACHDEV_IOC_VM_REGION, region);
}

static void fill(struct vm_region_basic_info_64 *info,
		 const struct machdev_vm_region *region)
{
	memset(info, 0, sizeof(*info));
	info->protection = (vm_prot_t)region->protection;
	info->max_protection = (vm_prot_t)region->max_protection;
	info->inheritance = region->inheritance;
	info->shared = (boolean_t)region->shared;
	info->offset = region->offset;
	info->behavior = VM_BEHAVIOR_DEFAULT;
	info->user_wired_count = (unsigned short)region->wired;
}

MACHDEV_EXPORT kern_return_t
mach_vm_region(vm_map_t target_task, mach_vm_address_t *address,
	       mach_vm_size_t *size, vm_region_flavor_t flavor,
	       vm_region_info_t info, mach_msg_type_number_t *info_count,
	       mach_port_t *object_name)
{
	struct vm_region_basic_info_64 basic;
	struct machdev_vm_region region;
	kern_return_t result;

	result = __machdev_vm_region(target_task, *address, &region);
	if (result != KERN_SUCCESS && result != KERN_INVALID_ADDRESS)
		return result;
	if ((flavor != VM_REGION_BASIC_INFO_64 &&
	     flavor != VM_REGION_BASIC_INFO) ||
	    *info_count < VM_REGION_BASIC_INFO_COUNT_64)
		return KERN_INVALID_ARGUMENT;
	if (result != KERN_SUCCESS)
		return result;
	fill(&basic, &region);
	memcpy(info, &basic, sizeof(basic));
	*info_count = VM_REGION_BASIC_INFO_COUNT_64;
	*address = region.address;
	*size = region.size;
	*object_name = MACH_PORT_NULL;
	return KERN_SUCCESS;
}
