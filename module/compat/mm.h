/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between the supported kernels in address spaces. */
#ifndef MACH_COMPAT_MM_H
#define MACH_COMPAT_MM_H

#include <linux/mm.h>

/* Since 6.5 nobody is told any more in which mappings the pages are. */
static inline long mach_pin_remote(struct mm_struct *mm, unsigned long start,
				   unsigned long count, unsigned int flags,
				   struct page **pages, int *locked)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	return pin_user_pages_remote(mm, start, count, flags, pages, locked);
#else
	return pin_user_pages_remote(mm, start, count, flags, pages, NULL,
				     locked);
#endif
}

/* Since 6.3 flags of a mapping are changed by a function. */
static inline void mach_vma_mod_flags(struct vm_area_struct *vma,
				      unsigned long set, unsigned long clear)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/*
 * Pages of one kind. Since 6.2 they are counted per processor, and without a sum
 * a small process may seem to have none.
 */
static inline unsigned long mach_mm_count(struct mm_struct *mm, int member)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	return percpu_counter_sum_positive(&mm->rss_stat[member]);
#else
	return get_mm_counter(mm, member);
#endif
}

#endif /* MACH_COMPAT_MM_H */
