/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Further threads of a created task
 *
 * A module cannot make a thread of Linux: a program calls clone() for that. So
 * the first thread of a created task, which is parked, is sent to user mode for
 * one instruction, with registers that make it that call. It stands on a page of
 * ours. The next instruction reads from another page, which is never there: its
 * fault is ours, and by a file that is dropped then both the thread and the new
 * one come to be parked, in user mode they have done nothing else. The pages go
 * when both are back.
 *
 * All signals are blocked meanwhile. What Linux has against a new thread, limits
 * and filters of system calls among them, it has against this one.
 */
#ifndef MACH_CLONE_H
#define MACH_CLONE_H

#include "parked.h"

struct mach_task;

int mach_clone_make(struct mach_task *task);
void mach_clone_stand(struct mach_task *task, struct mach_parked *parked);
void mach_clone_end_all(struct mach_task *task);

#endif /* MACH_CLONE_H */
