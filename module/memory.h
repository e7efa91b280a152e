/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Memory of tasks
 *
 * Who has the port of a task may read and write the memory that its image has.
 * The image may be replaced at any time by one over which he has no power: its
 * memory is another, and only as long as the exec is not on its way, and all
 * former ones are settled, is the address space taken that the task has. That
 * is then looked at without any lock on the task, as long as it takes: a page
 * that does not come holds up nobody else.
 */
#ifndef MACH_MEMORY_H
#define MACH_MEMORY_H

#include <linux/machdev.h>

#include "types.h"

struct mach_task;
struct mm_struct;

struct mm_struct *mach_memory_get(struct mach_task *task);
int mach_memory_read(struct mm_struct *mm, u64 address, u64 size,
		     void __user *data);
int mach_memory_write(struct mm_struct *mm, u64 address, u64 size,
		      void __user *data);
int mach_memory_copy(struct mm_struct *mm, u64 from, u64 size, u64 to);
int mach_memory_region(struct mm_struct *mm, struct machdev_vm_region *region);

/* Whether a range ends before the last address. */
static inline bool mach_memory_fits(u64 address, u64 size)
{
	return size <= ULONG_MAX - PAGE_SIZE &&
	       address <= ULONG_MAX - PAGE_SIZE - size;
}

#endif /* MACH_MEMORY_H */
