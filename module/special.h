/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Special ports and tokens of a task
 *
 * Whoever holds a send right to a task's port may read and set its special
 * ports; only who also holds one to the host security port sets its tokens.
 *
 * TASK_KERNEL_PORT and the ledger ports are masks: setting them changes what
 * is shown, not which port stands for the task or which ledger it draws on.
 * A slot that nobody set shows its default: the plain host port, the host's
 * default bootstrap port, the ledgers drawn on. The exception port is a view of
 * the task's table of handlers, if all exceptions go to one port. The access port
 * can be set once. Children get neither the debug control nor the resource notify
 * port. The read, inspect and name ports stand for the task with less power; they
 * cannot be set.
 */
#ifndef MACH_SPECIAL_H
#define MACH_SPECIAL_H

#include "port.h"
#include "token.h"

struct mach_actions;
struct mach_change;
struct mach_reap;
struct mach_task;
struct mach_user;

bool mach_special_may_get(enum mach_port_kind kind, s32 which);
int mach_special_get(struct mach_task *task, s32 which,
		     struct mach_right *right);
int mach_special_set(struct mach_task *task, s32 which,
		     struct mach_right *right, struct mach_reap *reap);
int mach_special_actions(struct mach_task *task,
			 const struct mach_change *change,
			 struct mach_actions **old, struct mach_reap *reap);
int mach_special_set_sample(struct mach_task *task, struct mach_right *right,
			    gfp_t gfp, struct mach_reap *reap);
int mach_special_register(struct mach_task *task, struct mach_right *rights,
			  struct mach_reap *reap);
int mach_special_registered(struct mach_task *task, struct mach_right *rights);
int mach_special_set_token(struct mach_task *task,
			   const struct mach_words *words,
			   struct mach_right *host, struct mach_reap *reap);
int mach_special_user(struct mach_task *task, struct mach_user **user);
int mach_special_words(struct mach_task *task, struct mach_words *words);

#endif /* MACH_SPECIAL_H */
