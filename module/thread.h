/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Threads
 *
 * A thread has a record once somebody asked for its port. It is found by its
 * task_struct, which stays the same when an exec gives the thread another id;
 * the exit probe takes it out of the table before that memory can become
 * another thread's. The port dies with the thread, or when the task gains
 * privilege.
 */
#ifndef MACH_THREAD_H
#define MACH_THREAD_H

#include "types.h"

struct mach_task;
struct mach_thread;
struct task_struct;

int mach_thread_init(void);
int mach_thread_self(struct mach_task *task, struct mach_right *right);
void mach_thread_forget(void);
void mach_thread_exited(const struct task_struct *thread);
struct mach_task *mach_thread_task(const struct mach_thread *thread);
void mach_thread_kill_all(struct mach_task *task);

#endif /* MACH_THREAD_H */
