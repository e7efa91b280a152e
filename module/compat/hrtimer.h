/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between the supported kernels in timers of high resolution. */
#ifndef MACH_COMPAT_HRTIMER_H
#define MACH_COMPAT_HRTIMER_H

#include <linux/hrtimer.h>

/* Since 6.13 the function is given when the timer is made; nothing else is left. */
static inline void mach_hrtimer_setup(struct hrtimer *timer,
				      enum hrtimer_restart (*function)
					(struct hrtimer *timer),
				      clockid_t clock, enum hrtimer_mode mode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(timer, function, clock, mode);
#else
	hrtimer_init(timer, clock, mode);
	timer->function = function;
#endif
}

#endif /* MACH_COMPAT_HRTIMER_H */
