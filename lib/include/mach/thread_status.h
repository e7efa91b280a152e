/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Registers of a thread. */
#ifndef _MACH_THREAD_STATUS_H_
#define _MACH_THREAD_STATUS_H_

#include <stdint.h>

#include <mach/message.h>
#include <mach/vm_types.h>

typedef natural_t *thread_state_t;
typedef int thread_state_flavor_t;

#define x86_THREAD_STATE64 4
#define x86_FLOAT_STATE64 5

/*
 * x86_THREAD_STATE64: general registers; rip, the next instruction;
 * rflags, of which those that are not a program's are ignored; cs, ignored, and 0
 * when it is read; fs and gs, addresses of the segments that these stand for.
 */
struct x86_thread_state64 {
	uint64_t rax;
	uint64_t rbx;
	uint64_t rcx;
	uint64_t rdx;
	uint64_t rdi;
	uint64_t rsi;
	uint64_t rbp;
	uint64_t rsp;
	uint64_t r8;
	uint64_t r9;
	uint64_t r10;
	uint64_t r11;
	uint64_t r12;
	uint64_t r13;
	uint64_t r14;
	uint64_t r15;
	uint64_t rip;
	uint64_t rflags;
	uint64_t cs;
	uint64_t fs;
	uint64_t gs;
};

typedef struct x86_thread_state64 x86_thread_state64_t;

#define x86_THREAD_STATE64_COUNT \
	((mach_msg_type_number_t)(sizeof(x86_thread_state64_t) / \
				  sizeof(natural_t)))

#endif /* _MACH_THREAD_STATUS_H_ */
