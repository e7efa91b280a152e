// SPDX-License-Identifier: GPL-2.0-only
/* Registers of a thread that leaves the kernel for the first time. */
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/thread_info.h>

#include <asm/fsgsbase.h>
#include <asm/processor-flags.h>
#include <asm/processor.h>

#include "compat/msr.h"
#include "registers.h"

/* What a program may set in its flags. */
#define USER_FLAGS \
	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | \
	 X86_EFLAGS_SF | X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_OF | \
	 X86_EFLAGS_RF | X86_EFLAGS_AC)

/**
 * mach_registers_fit() - whether a thread can have such registers
 * @p: the thread
 *
 * Return: false in a process of 32 bits.
 */
bool mach_registers_fit(struct task_struct *p)
{
	return !test_tsk_thread_flag(p, TIF_ADDR32);
}

/**
 * mach_registers_are_good() - whether a thread can run with some registers
 * @state: the registers
 *
 * Return: false if an address is none of user mode.
 */
bool mach_registers_are_good(const struct machdev_x86_thread_state64 *state)
{
	return state->rip < TASK_SIZE_MAX && state->fs < TASK_SIZE_MAX &&
	       state->gs < TASK_SIZE_MAX;
}

/* Both selectors are 0 already. */
static void load_bases(u64 fs, u64 gs)
{
	preempt_disable();
	current->thread.fsindex = 0;
	current->thread.fsbase = fs;
	x86_fsbase_write_cpu(fs);
	current->thread.gsindex = 0;
	current->thread.gsbase = gs;
	/* That of user mode, until it is swapped on the way there. */
	mach_wrmsr(MSR_KERNEL_GS_BASE, gs);
	preempt_enable();
}

/**
 * mach_registers_load() - what the current thread goes to user mode with
 * @state: good registers; all the others are what a new program finds
 *
 * Context: Process, where the thread leaves the kernel.
 */
void mach_registers_load(const struct machdev_x86_thread_state64 *state)
{
	struct pt_regs *regs = current_pt_regs();

	/* Code and stack segments, and no register of whoever it was before. */
	start_thread(regs, state->rip, state->rsp);
	regs->ax = state->rax;
	regs->bx = state->rbx;
	regs->cx = state->rcx;
	regs->dx = state->rdx;
	regs->di = state->rdi;
	regs->si = state->rsi;
	regs->bp = state->rbp;
	regs->r8 = state->r8;
	regs->r9 = state->r9;
	regs->r10 = state->r10;
	regs->r11 = state->r11;
	regs->r12 = state->r12;
	regs->r13 = state->r13;
	regs->r14 = state->r14;
	regs->r15 = state->r15;
	regs->flags = (state->rflags & USER_FLAGS) | X86_EFLAGS_IF |
		      X86_EFLAGS_FIXED;
	/* It is in no system call that could be repeated. */
	regs->orig_ax = -1;
	load_bases(state->fs, state->gs);
}
