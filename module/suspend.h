/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Suspension of tasks
 *
 * A task is stopped as long as a suspension of it is in force. There are two
 * kinds: one for each task that has called task_suspend(), with a count, which
 * ends with that task, or when it executes another program; and one for each
 * token that task_suspend2() has given, which ends when the token is let go.
 * Both end with the task itself, or when an exec gains privilege.
 *
 * To stop is to send SIGSTOP: parents and debuggers see what they know. A SIGCONT
 * from elsewhere undoes the counts, since it is newer than they are: the
 * probe counts such signals, and a count is in force while it is of the latest
 * number. Against tokens it is of no avail: the probe, which runs under the lock
 * of the signals, makes SIGSTOP pending anew, before a thread that was
 * woken can take that lock and find nothing to do. It does so only after a first
 * SIGSTOP, which has woken those that sleep.
 *
 * What counts may be put off to the next exec that succeeds. The exec probe cannot
 * stop anybody; but it drops the last reference of a file that lies ready, whose
 * release function runs before the thread goes to user mode, and settles the
 * exec, with which the suspensions come into force. They are forgotten where
 * those in force end, but not by a SIGCONT, which is older than they will be.
 *
 * Who is stopped by job control when the first suspension comes, or gets a SIGSTOP
 * from elsewhere while one is in force, stays so after the last.
 */
#ifndef MACH_SUSPEND_H
#define MACH_SUSPEND_H

#include "types.h"

struct mach_reap;
struct mach_space;
struct mach_task;
struct task_struct;

int mach_suspend(struct mach_task *task, struct mach_task *by,
		 struct task_struct *leader);
int mach_suspend_at_exec(struct mach_task *task, struct mach_task *by);
int mach_suspend_by_token(struct mach_task *task, struct mach_task *by,
			  struct task_struct *leader, struct mach_right *token);
int mach_suspend_wait(struct mach_task *task, struct task_struct *leader);
int mach_resume(struct mach_task *task, struct mach_task *by);
int mach_resume_by_token(struct mach_space *space, u32 name);
u32 mach_suspend_count(struct mach_task *task);
void mach_suspend_revoke(struct mach_task *task);
void mach_suspend_executes(struct mach_task *task);
void mach_suspend_executed(struct mach_task *task);
void mach_suspend_end(struct mach_task *task);
void mach_suspend_signalled(int sig, bool forced, struct task_struct *p);

#endif /* MACH_SUSPEND_H */
