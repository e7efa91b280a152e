/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Who handles exceptions
 *
 * For each kind of exception a task, a thread and the host may name a port, and
 * what a message to it shall tell: an action. The actions of one of them stand in
 * a table that never changes once others can see it, so that what a fork or a
 * change of something else copies is one reference. Who changes an action puts
 * another table in its place and gets the old one, which tells him what was there.
 *
 * Nobody has a table until somebody sets an action, and a thread that has none is
 * as one that says nothing. Nothing is sent to these ports yet.
 */
#ifndef MACH_EXCEPTION_H
#define MACH_EXCEPTION_H

#include <linux/refcount.h>

#include "types.h"

struct mach_reap;

/**
 * struct mach_action - who handles one kind of exception
 * @port: a send right, MACH_PORT_DEAD_PTR, or NULL for nobody
 * @behavior: MACHDEV_EXCEPTION_*
 * @flavor: of the state that a message has, 0 for none
 */
struct mach_action {
	struct mach_port *port;
	u32 behavior;
	u32 flavor;
};

/**
 * struct mach_actions - who handles what; constant once it can be seen
 * @ref: memory reference
 * @action: by MACHDEV_EXC_*; the first is not used
 */
struct mach_actions {
	refcount_t ref;
	struct mach_action action[MACHDEV_EXC_TYPES];
};

/**
 * struct mach_change - a change of some actions
 * @mask: which, bits of MACHDEV_EXC_MASK_VALID
 * @action: what they become; its right is copied
 * @expects: nothing is to change if there is another table than @expected
 * @expected: a table that the caller has a reference to, or NULL
 * @only: only those change that are this, if it is not NULL
 * @forget: a thread of which nothing is left to say has no table any more
 * @gfp: how to allocate
 */
struct mach_change {
	u32 mask;
	struct mach_action action;
	bool expects;
	const struct mach_actions *expected;
	const struct mach_action *only;
	bool forget;
	gfp_t gfp;
};

/**
 * struct mach_action_row - exceptions that have the same action
 * @mask: which
 * @right: a send right, dead or null
 * @behavior: see struct mach_action
 * @flavor: see there
 */
struct mach_action_row {
	u32 mask;
	struct mach_right right;
	u32 behavior;
	u32 flavor;
};

struct mach_change mach_change_common(struct mach_port *port);
int mach_change_check(const struct mach_change *change);

/* Whether another table has come in the place of the expected one. */
static inline bool mach_change_is_late(const struct mach_change *change,
				       const struct mach_actions *actions)
{
	return change->expects && actions != change->expected;
}

struct mach_actions *mach_actions_new(gfp_t gfp);
void mach_actions_fill(struct mach_actions *actions,
		       const struct mach_actions *old,
		       const struct mach_change *change);
struct mach_actions *mach_actions_get(struct mach_actions *actions);
void mach_actions_put(struct mach_actions *actions, struct mach_reap *reap);
bool mach_actions_empty(const struct mach_actions *actions);
unsigned int mach_actions_rows(const struct mach_actions *actions, u32 mask,
			       struct mach_action_row *rows);
struct mach_right mach_actions_common(const struct mach_actions *actions);

#endif /* MACH_EXCEPTION_H */
