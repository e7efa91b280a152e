// SPDX-License-Identifier: GPL-2.0-only
/* Tables of who handles exceptions. */
#include <linux/slab.h>

#include "alloc.h"
#include "exception.h"
#include "guard.h"
#include "port.h"
#include "reap.h"

static const struct mach_action nobody;

static bool flavor_is_known(u32 flavor)
{
	switch (flavor) {
	case 0:			/* none is asked for */
	case 1 ... 13:		/* threads, floating point, exceptions, debug */
	case 16 ... 18:		/* vectors */
		return true;
	default:
		return false;
	}
}

/**
 * mach_change_common() - one port for all that is an exception to most
 * @port: borrowed; dead, or NULL for nobody
 *
 * Return: the change, for which a reference to the port is taken when it is made.
 */
struct mach_change mach_change_common(struct mach_port *port)
{
	return (struct mach_change){
		.mask = MACHDEV_EXC_MASK_ALL,
		.action.port = port,
		.action.behavior = port ? MACHDEV_EXCEPTION_DEFAULT : 0,
		.gfp = MACH_GFP,
	};
}

/**
 * mach_change_check() - whether actions may become this
 * @change: the change
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, there is no such exception,
 * behavior or flavor, or the behavior wants codes of 64 bits; KERN_INVALID_RIGHT,
 * the receive right is immovable.
 */
int mach_change_check(const struct mach_change *change)
{
	u32 behavior = change->action.behavior & ~MACHDEV_EXCEPTION_FLAGS;
	u32 flags = change->action.behavior & MACHDEV_EXCEPTION_FLAGS;

	if (change->mask & ~MACHDEV_EXC_MASK_VALID)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (mach_port_valid(change->action.port) &&
	    (behavior < MACHDEV_EXCEPTION_DEFAULT ||
	     behavior > MACHDEV_EXCEPTION_STATE_IDENTITY_PROTECTED))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (mach_port_valid(change->action.port) &&
	    mach_port_is_immovable(change->action.port))
		return MACHDEV_KERN_INVALID_RIGHT;
	if (!flavor_is_known(change->action.flavor))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if ((behavior == MACHDEV_EXCEPTION_IDENTITY_PROTECTED ||
	     behavior == MACHDEV_EXCEPTION_STATE_IDENTITY_PROTECTED ||
	     flags & MACHDEV_EXCEPTION_BACKTRACE_PREFERRED) &&
	    !(flags & MACHDEV_EXCEPTION_CODES))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_actions_new() - make a table
 * @gfp: how to allocate
 *
 * Return: a reference to an empty one, or NULL.
 */
struct mach_actions *mach_actions_new(gfp_t gfp)
{
	struct mach_actions *actions = kzalloc(sizeof(*actions), gfp);

	if (actions)
		refcount_set(&actions->ref, 1);
	return actions;
}

static const struct mach_action *action_of(const struct mach_actions *actions,
					   unsigned int i)
{
	return actions ? &actions->action[i] : &nobody;
}

/* One that has died is like any other that has. */
static struct mach_port *seen(struct mach_port *port)
{
	return mach_port_valid(port) && mach_port_is_dead(port) ?
		MACH_PORT_DEAD_PTR : port;
}

static bool is_alike(const struct mach_action *a, const struct mach_action *b)
{
	return seen(a->port) == seen(b->port) && a->behavior == b->behavior &&
	       a->flavor == b->flavor;
}

static const struct mach_action *changed(const struct mach_change *change,
					 const struct mach_actions *old,
					 unsigned int i)
{
	const struct mach_action *now = action_of(old, i);

	if (!(change->mask & BIT(i)) ||
	    (change->only && !is_alike(now, change->only)))
		return now;
	return &change->action;
}

/**
 * mach_actions_fill() - make a table what another is with a change
 * @actions: an empty one, that nobody else sees
 * @old: the other; NULL for an empty one
 * @change: what is different, checked
 *
 * Context: Any; takes no lock.
 */
void mach_actions_fill(struct mach_actions *actions,
		       const struct mach_actions *old,
		       const struct mach_change *change)
{
	unsigned int i;

	for (i = 1; i < MACHDEV_EXC_TYPES; i++) {
		struct mach_action *action = &actions->action[i];

		*action = *changed(change, old, i);
		action->port = mach_port_copy_send(action->port).port;
	}
}

/**
 * mach_actions_get() - take a reference
 * @actions: a table that cannot go meanwhile, or NULL
 *
 * Return: @actions.
 */
struct mach_actions *mach_actions_get(struct mach_actions *actions)
{
	if (actions)
		refcount_inc(&actions->ref);
	return actions;
}

/**
 * mach_actions_put() - drop a reference
 * @actions: a table, or NULL
 * @reap: gets what dies of it
 */
void mach_actions_put(struct mach_actions *actions, struct mach_reap *reap)
{
	struct mach_right right = { .type = MACHDEV_MOVE_SEND };
	unsigned int i;

	if (!actions || !refcount_dec_and_test(&actions->ref))
		return;
	for (i = 1; i < MACHDEV_EXC_TYPES; i++) {
		right.port = actions->action[i].port;
		mach_reap_right(reap, &right);
	}
	kfree(actions);
}

/**
 * mach_actions_empty() - whether a table says nothing
 * @actions: the table
 *
 * Return: true if all of it is as in one that nobody ever filled.
 */
bool mach_actions_empty(const struct mach_actions *actions)
{
	unsigned int i;

	for (i = 1; i < MACHDEV_EXC_TYPES; i++) {
		if (!is_alike(&actions->action[i], &nobody))
			return false;
	}
	return true;
}

/**
 * mach_actions_rows() - what a table says of some exceptions
 * @actions: the table; NULL for an empty one
 * @mask: which
 * @rows: out: room for MACHDEV_EXC_TYPES - 1, with rights of their own
 *
 * Exceptions that have the same action are in one row, also those that nobody
 * handles.
 *
 * Context: Any; takes no lock.
 * Return: how many rows there are.
 */
unsigned int mach_actions_rows(const struct mach_actions *actions, u32 mask,
			       struct mach_action_row *rows)
{
	unsigned int i, row, count = 0;

	for (i = 1; i < MACHDEV_EXC_TYPES; i++) {
		const struct mach_action *action = action_of(actions, i);
		struct mach_port *port = seen(action->port);

		if (!(mask & BIT(i)))
			continue;
		for (row = 0; row < count; row++) {
			if (rows[row].right.port == port &&
			    rows[row].behavior == action->behavior &&
			    rows[row].flavor == action->flavor)
				break;
		}
		if (row == count)
			rows[count++] = (struct mach_action_row){
				.right.port = port,
				.behavior = action->behavior,
				.flavor = action->flavor,
			};
		rows[row].mask |= BIT(i);
	}
	for (row = 0; row < count; row++)
		rows[row].right = mach_port_copy_send(rows[row].right.port);
	return count;
}

/**
 * mach_actions_common() - the port that handles all exceptions
 * @actions: the table; NULL for an empty one
 *
 * Return: a send right, dead, or null if not all of MACHDEV_EXC_MASK_ALL have the
 * same.
 */
struct mach_right mach_actions_common(const struct mach_actions *actions)
{
	struct mach_port *port = seen(action_of(actions, 1)->port);
	unsigned int i;

	for (i = 1; i < MACHDEV_EXC_TYPES; i++) {
		if (MACHDEV_EXC_MASK_ALL & BIT(i) &&
		    seen(action_of(actions, i)->port) != port)
			port = NULL;
	}
	return mach_port_copy_send(port);
}
