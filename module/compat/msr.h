/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between the supported kernels in writing to machine registers. */
#ifndef MACH_COMPAT_MSR_H
#define MACH_COMPAT_MSR_H

#include <asm/msr.h>

/* Has had its width in its name since 6.16. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define mach_wrmsr(msr, value) wrmsrq(msr, value)
#else
#define mach_wrmsr(msr, value) wrmsrl(msr, value)
#endif

#endif /* MACH_COMPAT_MSR_H */
