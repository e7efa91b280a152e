// SPDX-License-Identifier: GPL-2.0-only
/* Floating-point registers of a thread that leaves the kernel first. */
#include <linux/limits.h>
#include <linux/string.h>

#include <asm/cpufeature.h>
#include <asm/fpu/api.h>
#include <asm/fpu/types.h>
#include <asm/fpu/xstate.h>

#include "compat/fpu.h"
#include "fpregs.h"

/* What a new program finds. */
#define CONTROL_WORD 0x37f
#define MXCSR 0x1f80
/* What there is where a processor does not say which bits it has. */
#define MXCSR_MASK 0xffbf

/* The registers as FXRSTOR wants them. */
#define image_offset offsetof(struct machdev_x86_float_state64, fcw)

/* Which bits of mxcsr there are; constant after init. */
static u32 mxcsr_mask;

/**
 * mach_fpregs_init() - see what the processor has
 */
void mach_fpregs_init(void)
{
	static struct fxregs_state image;

	kernel_fpu_begin();
	asm volatile("fxsave %0" : "=m" (image));
	kernel_fpu_end();
	mxcsr_mask = image.mxcsr_mask ?: MXCSR_MASK;
}

/**
 * mach_fpregs_reset() - what a new program finds
 * @state: out: the registers
 */
void mach_fpregs_reset(struct machdev_x86_float_state64 *state)
{
	memset(state, 0, sizeof(*state));
	state->fcw = CONTROL_WORD;
	state->mxcsr = MXCSR;
	state->mxcsrmask = mxcsr_mask;
}

/**
 * mach_fpregs_accept() - whether a thread can run with some registers
 * @state: any registers; what is ignored is made what is read there
 *
 * Return: false if a bit of mxcsr is none that the processor has.
 */
bool mach_fpregs_accept(struct machdev_x86_float_state64 *state)
{
	unsigned int i;

	if (state->mxcsr & ~mxcsr_mask)
		return false;
	memset(state->reserved, 0, sizeof(state->reserved));
	state->reserved1 = 0;
	state->reserved2 = 0;
	state->reserved3 = 0;
	state->mxcsrmask = mxcsr_mask;
	for (i = 0; i < ARRAY_SIZE(state->stmm); i++)
		memset(state->stmm[i].reserved, 0,
		       sizeof(state->stmm[i].reserved));
	memset(state->reserved4, 0, sizeof(state->reserved4));
	state->reserved5 = 0;
	return true;
}

/**
 * mach_fpregs_load() - what the current thread goes to user mode with
 * @state: registers that were accepted; all wider ones are the initial ones
 *
 * Context: Process, where the thread leaves the kernel.
 */
void mach_fpregs_load(const struct machdev_x86_float_state64 *state)
{
	struct fpu *fpu = mach_fpu(current);
	struct fpstate *to = fpu->fpstate;

	BUILD_BUG_ON(sizeof(*state) !=
		     image_offset + sizeof(to->regs.fxsave) + sizeof(u32));
	/* Saves those of user mode, which are then loaded on the way there. */
	kernel_fpu_begin();
	memcpy(&to->regs.fxsave, (const u8 *)state + image_offset,
	       sizeof(to->regs.fxsave));
	/* Of these the others are initial unless this says that they are not. */
	if (boot_cpu_has(X86_FEATURE_XSAVE)) {
		to->regs.xsave.header.xfeatures &=
			~(u64)(XFEATURE_MASK_USER_SUPPORTED &
			       ~XFEATURE_MASK_PKRU);
		to->regs.xsave.header.xfeatures |= XFEATURE_MASK_FPSSE;
	}
	/* No processor has them any more. */
	fpu->last_cpu = UINT_MAX;
	kernel_fpu_end();
}
