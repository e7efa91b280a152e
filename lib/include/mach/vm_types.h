/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Integer, address and size types of Mach interfaces. */
#ifndef _MACH_VM_TYPES_H_
#define _MACH_VM_TYPES_H_

#include <stdint.h>

#include <mach/port.h>

/* 32 bits wide on every machine. */
typedef uint32_t natural_t;
typedef int32_t integer_t;

/* As wide as a pointer. */
typedef uintptr_t vm_offset_t;
typedef uintptr_t vm_size_t;
typedef uintptr_t vm_address_t;
typedef void *pointer_t;

/* Wide enough for every task's addresses. */
typedef uint64_t mach_vm_address_t;
typedef uint64_t mach_vm_offset_t;
typedef uint64_t mach_vm_size_t;

typedef mach_port_t vm_map_t;

#define VM_MAP_NULL ((vm_map_t)0)

#endif /* _MACH_VM_TYPES_H_ */
