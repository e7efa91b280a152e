/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Exceptions: numbers, masks and behaviors. */
#ifndef _MACH_EXCEPTION_TYPES_H_
#define _MACH_EXCEPTION_TYPES_H_

#include <mach/port.h>
#include <mach/thread_status.h>
#include <mach/vm_types.h>

typedef int exception_type_t;
typedef unsigned int exception_mask_t;
typedef int exception_behavior_t;
typedef integer_t exception_data_type_t;
typedef int64_t mach_exception_data_type_t;
typedef integer_t *exception_data_t;
typedef int64_t *mach_exception_data_t;
typedef mach_port_t exception_handler_t;
typedef mach_port_t exception_port_t;
typedef exception_mask_t *exception_mask_array_t;
typedef exception_behavior_t *exception_behavior_array_t;
typedef exception_handler_t *exception_handler_array_t;
typedef exception_port_t *exception_port_array_t;

#define EXC_BAD_ACCESS 1
#define EXC_BAD_INSTRUCTION 2
#define EXC_ARITHMETIC 3
#define EXC_EMULATION 4
#define EXC_SOFTWARE 5
#define EXC_BREAKPOINT 6
#define EXC_SYSCALL 7
#define EXC_MACH_SYSCALL 8
#define EXC_RPC_ALERT 9
#define EXC_CRASH 10
#define EXC_RESOURCE 11
#define EXC_GUARD 12
#define EXC_CORPSE_NOTIFY 13
#define EXC_TYPES_COUNT 14

#define EXC_SOFT_SIGNAL 0x10003	/* code of EXC_SOFTWARE: a signal */

#define EXC_MASK(exception) (1u << (exception))
#define EXC_MASK_BAD_ACCESS EXC_MASK(EXC_BAD_ACCESS)
#define EXC_MASK_BAD_INSTRUCTION EXC_MASK(EXC_BAD_INSTRUCTION)
#define EXC_MASK_ARITHMETIC EXC_MASK(EXC_ARITHMETIC)
#define EXC_MASK_EMULATION EXC_MASK(EXC_EMULATION)
#define EXC_MASK_SOFTWARE EXC_MASK(EXC_SOFTWARE)
#define EXC_MASK_BREAKPOINT EXC_MASK(EXC_BREAKPOINT)
#define EXC_MASK_SYSCALL EXC_MASK(EXC_SYSCALL)
#define EXC_MASK_MACH_SYSCALL EXC_MASK(EXC_MACH_SYSCALL)
#define EXC_MASK_RPC_ALERT EXC_MASK(EXC_RPC_ALERT)
#define EXC_MASK_CRASH EXC_MASK(EXC_CRASH)
#define EXC_MASK_RESOURCE EXC_MASK(EXC_RESOURCE)
#define EXC_MASK_GUARD EXC_MASK(EXC_GUARD)
#define EXC_MASK_CORPSE_NOTIFY EXC_MASK(EXC_CORPSE_NOTIFY)

#define EXC_MASK_ALL \
	(EXC_MASK_BAD_ACCESS | EXC_MASK_BAD_INSTRUCTION | \
	 EXC_MASK_ARITHMETIC | EXC_MASK_EMULATION | EXC_MASK_SOFTWARE | \
	 EXC_MASK_BREAKPOINT | EXC_MASK_SYSCALL | EXC_MASK_MACH_SYSCALL | \
	 EXC_MASK_RPC_ALERT | EXC_MASK_RESOURCE | EXC_MASK_GUARD)
#define EXC_MASK_VALID (EXC_MASK_ALL | EXC_MASK_CRASH | EXC_MASK_CORPSE_NOTIFY)

#define EXCEPTION_DEFAULT 1
#define EXCEPTION_STATE 2
#define EXCEPTION_STATE_IDENTITY 3
#define EXCEPTION_IDENTITY_PROTECTED 4
#define EXCEPTION_STATE_IDENTITY_PROTECTED 5

/* Or'ed to a behavior. */
#define MACH_EXCEPTION_CODES ((exception_behavior_t)0x80000000u)
#define MACH_EXCEPTION_ERRORS 0x40000000
#define MACH_EXCEPTION_BACKTRACE_PREFERRED 0x20000000
#define MACH_EXCEPTION_MASK \
	(MACH_EXCEPTION_CODES | MACH_EXCEPTION_ERRORS | \
	 MACH_EXCEPTION_BACKTRACE_PREFERRED)

#endif /* _MACH_EXCEPTION_TYPES_H_ */
