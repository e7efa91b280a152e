/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: What is known of a task
 *
 * The answers of task_info(), from what Linux counts for each process; the
 * table in docs/semantics.rst says what comes from where. Who may name a task
 * may ask for its tokens, sizes and times, as anybody may of a process by way of
 * procfs; who may inspect it, for the make-up of its memory.
 */
#ifndef MACH_TASK_INFO_H
#define MACH_TASK_INFO_H

#include "port.h"
#include "token.h"

struct mach_task;
struct task_struct;

/* What task_info() writes. */
union mach_task_info {
	struct mach_words tokens;
	struct machdev_task_absolutetime_info absolutetime;
	struct machdev_task_events_info events;
	struct machdev_task_thread_times_info thread_times;
	struct machdev_task_basic_info_32 basic_32;
	struct machdev_task_basic_info_64 basic_64;
	struct machdev_mach_task_basic_info basic;
	struct machdev_task_vm_info vm;
};

/**
 * struct mach_task_answer - an answer, and where it is
 * @info: room for the largest
 * @from: its words, in @info
 * @words: how many
 */
struct mach_task_answer {
	union mach_task_info info;
	const void *from;
	u32 words;
};

enum mach_port_kind mach_task_info_least(u32 flavor);
int mach_task_info(struct mach_task *task, struct task_struct *leader,
		   u32 flavor, u32 room, struct mach_task_answer *answer);

#endif /* MACH_TASK_INFO_H */
