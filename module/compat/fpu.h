/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between the supported kernels in where registers are kept. */
#ifndef MACH_COMPAT_FPU_H
#define MACH_COMPAT_FPU_H

#include <linux/sched.h>

#include <asm/fpu/types.h>

/* Behind the rest since 6.16. The kernel's own function is not for modules. */
static inline struct fpu *mach_fpu(struct task_struct *p)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	return (struct fpu *)(p + 1);
#else
	return &p->thread.fpu;
#endif
}

#endif /* MACH_COMPAT_FPU_H */
