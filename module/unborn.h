/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Threads that have not run
 *
 * thread_create() makes a thread that is suspended, and has registers that can be
 * read and set until it runs. Under it there is always a thread of Linux, which
 * waits on its way to user mode: one of a created task, parked as parked.h says,
 * or one that the program has started in its own task and that has called
 * MACHDEV_IOC_THREAD_PARK. What is known of the new thread until it runs is kept
 * beside what that one waits by, and guarded by the task's lock.
 */
#ifndef MACH_UNBORN_H
#define MACH_UNBORN_H

#include <linux/machdev.h>
#include <linux/types.h>

struct mach_parked;
struct mach_right;
struct mach_task;
struct mach_thread;

/**
 * union mach_registers - registers of one flavor
 * @state: MACHDEV_X86_THREAD_STATE64
 * @fp: MACHDEV_X86_FLOAT_STATE64
 */
union mach_registers {
	struct machdev_x86_thread_state64 state;
	struct machdev_x86_float_state64 fp;
};

typedef int mach_unborn_op(struct mach_task *task, struct mach_parked *parked,
			   union mach_registers *registers);

int mach_unborn_create(struct mach_task *task, struct mach_thread **result,
		       struct mach_right *right);
int mach_unborn_bear(struct mach_task *task, struct mach_parked *parked,
		     struct mach_thread **result, struct mach_right *right);
struct mach_parked *mach_unborn_parked(struct mach_thread *thread);
int mach_unborn_do(struct mach_thread *thread, mach_unborn_op *op,
		   union mach_registers *registers);
int mach_unborn_terminate(struct mach_thread *thread);

mach_unborn_op mach_unborn_get_state;
mach_unborn_op mach_unborn_set_state;
mach_unborn_op mach_unborn_get_float;
mach_unborn_op mach_unborn_set_float;
mach_unborn_op mach_unborn_suspend;
mach_unborn_op mach_unborn_resume;

void mach_unborn_abandon(struct mach_task *task);
u32 mach_unborn_suspensions(struct mach_thread *thread);
void mach_unborn_load(const struct mach_parked *parked);

#endif /* MACH_UNBORN_H */
