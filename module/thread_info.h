/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: What is known of a thread
 *
 * The answers of thread_info(), from what Linux counts for each thread.
 */
#ifndef MACH_THREAD_INFO_H
#define MACH_THREAD_INFO_H

#include "types.h"

struct task_struct;

/* What thread_info() writes. */
union mach_thread_info {
	struct machdev_thread_basic_info basic;
	struct machdev_thread_identifier_info identifier;
	struct machdev_thread_extended_info extended;
};

struct machdev_time_value mach_time_value(u64 nanoseconds);
s32 mach_thread_policy(const struct task_struct *p);
u32 mach_thread_info_words(u32 flavor);
int mach_thread_info(struct task_struct *p, u32 suspended, u32 flavor, u32 room,
		     union mach_thread_info *info);

#endif /* MACH_THREAD_INFO_H */
