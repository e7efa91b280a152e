/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What vm_region() tells. */
#ifndef _MACH_VM_REGION_H_
#define _MACH_VM_REGION_H_

#include <mach/boolean.h>
#include <mach/message.h>
#include <mach/vm_behavior.h>
#include <mach/vm_inherit.h>
#include <mach/vm_prot.h>
#include <mach/vm_types.h>

typedef uint64_t memory_object_offset_t;
typedef int *vm_region_info_t;
typedef int vm_region_flavor_t;

#define VM_REGION_BASIC_INFO_64 9
/* The same: the other form has no room for the addresses there are. */
#define VM_REGION_BASIC_INFO 10

#pragma pack(push, 4)

/**
 * struct vm_region_basic_info_64 - VM_REGION_BASIC_INFO_64
 * @protection: VM_PROT_*
 * @max_protection: what it may become, VM_PROT_*
 * @inheritance: VM_INHERIT_*
 * @shared: TRUE if a change of it may be seen elsewhere
 * @reserved: FALSE
 * @offset: where it begins in a file, in bytes; 0 if it is of none
 * @behavior: VM_BEHAVIOR_DEFAULT
 * @user_wired_count: 1 if it is locked in memory, else 0
 */
struct vm_region_basic_info_64 {
	vm_prot_t protection;
	vm_prot_t max_protection;
	vm_inherit_t inheritance;
	boolean_t shared;
	boolean_t reserved;
	memory_object_offset_t offset;
	vm_behavior_t behavior;
	unsigned short user_wired_count;
};

#pragma pack(pop)

typedef struct vm_region_basic_info_64 vm_region_basic_info_data_64_t;
typedef struct vm_region_basic_info_64 *vm_region_basic_info_64_t;

#define VM_REGION_BASIC_INFO_COUNT_64 \
	((mach_msg_type_number_t)(sizeof(vm_region_basic_info_data_64_t) / \
				  sizeof(int)))

#endif /* _MACH_VM_REGION_H_ */
