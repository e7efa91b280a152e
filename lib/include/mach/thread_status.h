/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Flavors of the state of a thread, and its registers. */
#ifndef _MACH_THREAD_STATUS_H_
#define _MACH_THREAD_STATUS_H_

#include <stdint.h>

#include <mach/message.h>
#include <mach/vm_types.h>

typedef natural_t *thread_state_t;
typedef int thread_state_flavor_t;
typedef thread_state_flavor_t *exception_flavor_array_t;

#define x86_THREAD_STATE32 1
#define x86_FLOAT_STATE32 2
#define x86_EXCEPTION_STATE32 3
#define x86_THREAD_STATE64 4
#define x86_FLOAT_STATE64 5
#define x86_EXCEPTION_STATE64 6
#define x86_THREAD_STATE 7
#define x86_FLOAT_STATE 8
#define x86_EXCEPTION_STATE 9
#define x86_DEBUG_STATE32 10
#define x86_DEBUG_STATE64 11
#define x86_DEBUG_STATE 12
#define THREAD_STATE_NONE 13
#define x86_AVX_STATE32 16
#define x86_AVX_STATE64 17
#define x86_AVX_STATE 18

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

/* A register of the x87 FPU, the lowest byte first. */
struct mmst_reg {
	unsigned char mmst_reg[10];
	unsigned char mmst_rsrv[6];
};

/* A register of SSE, the lowest byte first. */
struct xmm_reg {
	unsigned char xmm_reg[16];
};

/*
 * x86_FLOAT_STATE64: between the first and the last reserved words what FXSAVE
 * writes. What is reserved is ignored, and 0 when it is read; fpu_mxcsrmask is
 * ignored, and when it is read says which bits fpu_mxcsr can have here.
 */
struct x86_float_state64 {
	uint32_t fpu_reserved[2];
	uint16_t fpu_fcw;
	uint16_t fpu_fsw;
	uint8_t fpu_ftw;
	uint8_t fpu_rsrv1;
	uint16_t fpu_fop;
	uint32_t fpu_ip;
	uint16_t fpu_cs;
	uint16_t fpu_rsrv2;
	uint32_t fpu_dp;
	uint16_t fpu_ds;
	uint16_t fpu_rsrv3;
	uint32_t fpu_mxcsr;
	uint32_t fpu_mxcsrmask;
	struct mmst_reg fpu_stmm0;
	struct mmst_reg fpu_stmm1;
	struct mmst_reg fpu_stmm2;
	struct mmst_reg fpu_stmm3;
	struct mmst_reg fpu_stmm4;
	struct mmst_reg fpu_stmm5;
	struct mmst_reg fpu_stmm6;
	struct mmst_reg fpu_stmm7;
	struct xmm_reg fpu_xmm0;
	struct xmm_reg fpu_xmm1;
	struct xmm_reg fpu_xmm2;
	struct xmm_reg fpu_xmm3;
	struct xmm_reg fpu_xmm4;
	struct xmm_reg fpu_xmm5;
	struct xmm_reg fpu_xmm6;
	struct xmm_reg fpu_xmm7;
	struct xmm_reg fpu_xmm8;
	struct xmm_reg fpu_xmm9;
	struct xmm_reg fpu_xmm10;
	struct xmm_reg fpu_xmm11;
	struct xmm_reg fpu_xmm12;
	struct xmm_reg fpu_xmm13;
	struct xmm_reg fpu_xmm14;
	struct xmm_reg fpu_xmm15;
	unsigned char fpu_rsrv4[6 * 16];
	uint32_t fpu_reserved1;
};

typedef struct x86_float_state64 x86_float_state64_t;

/* Which flavor follows, and how many words of it. */
struct x86_state_hdr {
	uint32_t flavor;
	uint32_t count;
};

typedef struct x86_state_hdr x86_state_hdr_t;

/* x86_THREAD_STATE */
struct x86_thread_state {
	x86_state_hdr_t tsh;
	union {
		x86_thread_state64_t ts64;
	} uts;
};

typedef struct x86_thread_state x86_thread_state_t;

/* x86_FLOAT_STATE */
struct x86_float_state {
	x86_state_hdr_t fsh;
	union {
		x86_float_state64_t fs64;
	} ufs;
};

typedef struct x86_float_state x86_float_state_t;

#define x86_FLOAT_STATE64_COUNT \
	((mach_msg_type_number_t)(sizeof(x86_float_state64_t) / \
				  sizeof(natural_t)))

#define x86_THREAD_STATE_COUNT \
	((mach_msg_type_number_t)(sizeof(x86_thread_state_t) / \
				  sizeof(natural_t)))

#define x86_FLOAT_STATE_COUNT \
	((mach_msg_type_number_t)(sizeof(x86_float_state_t) / \
				  sizeof(natural_t)))

#define x86_THREAD_STATE64_COUNT \
	((mach_msg_type_number_t)(sizeof(x86_thread_state64_t) / \
				  sizeof(natural_t)))

#endif /* _MACH_THREAD_STATUS_H_ */
