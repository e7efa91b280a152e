/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Embryos
 *
 * task_create() makes a task without threads. Linux knows no such thing, and a
 * module cannot make a process. So the call makes an embryo: all that the child
 * gets from its parent, and a descriptor. The library then makes a process,
 * which adopts the embryo by that descriptor, once. It becomes a new task: with
 * a port that nobody has seen, without names, with the embryo's tokens, ledgers
 * and special ports. It has left user mode for good by then, and is parked.
 *
 * Memory: with inherit_memory the process is a fork of the creator, and parks
 * where it returns from the call that adopted. Without, it executes a file that
 * consists of MACHDEV_EMBRYO_MAGIC. That is a binary format of ours, so that
 * exec does away with all that a program has set up, and then the whole address
 * space goes. Executing one that gives privilege is fatal.
 *
 * Parking: whoever drops the last reference of a file runs its release function
 * on his way to user mode, where he may sleep. Two such files are dropped one
 * after the other, since what is put off to that moment runs last in, first out:
 * the second finds all done that exec has put off.
 *
 * While it is parked the process does what others want of it: errands. See
 * parked.h.
 *
 * Another way to adopt is to go on running: what the process executes next then
 * is a program with the embryo's tokens and ports from its first instruction on.
 *
 * End: an embryo whose descriptor is closed before its creator has taken the
 * port is given up, and so is one that never ran when its creator ends. What the
 * task would have got goes then: those are rights, and a descriptor that has
 * gone into a message or a socket must not keep any.
 */
#ifndef MACH_EMBRYO_H
#define MACH_EMBRYO_H

#include <linux/types.h>

struct mach_embryo;
struct mach_inherit;
struct mach_right;
struct mach_task;

void mach_embryo_init(void);
void mach_embryo_exit(void);

int mach_embryo_new(struct mach_task *creator, struct mach_inherit *inherit,
		    bool memory, int *descriptor);
struct mach_embryo *mach_embryo_get(int descriptor);
void mach_embryo_put(struct mach_embryo *embryo);
int mach_embryo_adopt(struct mach_embryo *embryo, struct mach_task *task,
		      bool run);
int mach_embryo_wait(struct mach_embryo *embryo, pid_t nr);
int mach_embryo_take(struct mach_embryo *embryo, struct mach_task *creator,
		     struct mach_right *right);
void mach_embryo_untake(struct mach_embryo *embryo, struct mach_task *creator);

void mach_embryo_task_ended(struct mach_task *task);
void mach_embryo_abandon_all(void);

#endif /* MACH_EMBRYO_H */
