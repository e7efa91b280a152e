// SPDX-License-Identifier: GPL-2.0-only
/* Commands on who handles exceptions: of a task, a thread, the host. */
#include <linux/sched/signal.h>

#include "alloc.h"
#include "exception.h"
#include "host.h"
#include "ioctl.h"
#include "reap.h"
#include "special.h"
#include "task.h"
#include "thread.h"

/**
 * struct target - whose exceptions a command is about
 * @kind: MACH_KIND_TASK, MACH_KIND_THREAD or MACH_KIND_HOST_PRIV
 * @task: the task, of which the caller has hold
 * @thread: the thread, of which the caller has hold
 */
struct target {
	enum mach_port_kind kind;
	struct mach_task *task;
	struct mach_thread *thread;
};

static int target_acquire(struct mach_task *caller, u32 name,
			  struct target *target)
{
	enum mach_port_kind least = MACH_KIND_THREAD;
	struct mach_space *space = &caller->space;

	switch (target->kind) {
	case MACH_KIND_TASK:
		return mach_task_acquire(space, name,
					 MACHDEV_KERN_INVALID_ARGUMENT,
					 &target->task);
	case MACH_KIND_THREAD:
		return mach_thread_acquire(space, name, &least,
					   &target->thread);
	default:
		if (mach_ioctl_kind_of(space, name) != MACH_KIND_HOST_PRIV)
			return MACHDEV_KERN_INVALID_ARGUMENT;
		return MACHDEV_KERN_SUCCESS;
	}
}

static void target_release(struct target *target)
{
	mach_task_release(target->task);
	if (target->thread)
		mach_thread_release(target->thread);
}

static int target_actions(const struct target *target,
			  const struct mach_change *change,
			  struct mach_actions **old, struct mach_reap *reap)
{
	switch (target->kind) {
	case MACH_KIND_TASK:
		return mach_special_actions(target->task, change, old, reap);
	case MACH_KIND_THREAD:
		return mach_thread_actions(target->thread, change, old, reap);
	default:
		return mach_host_actions(change, old, reap);
	}
}

/* What a command wants to change; @right is its port's, to be dropped. */
static int change_from(struct mach_task *caller,
		       const struct machdev_exception_action *action,
		       struct mach_change *change, struct mach_right *right)
{
	int ret = mach_ioctl_copy_value(caller, action->port, right);

	*change = (struct mach_change){
		.mask = action->mask,
		.action = {
			.port = right->port,
			.behavior = action->behavior,
			.flavor = action->flavor,
		},
		.gfp = MACH_GFP,
	};
	return ret;
}

static int set_exceptions(struct mach_task *caller, enum mach_port_kind kind,
			  const struct machdev_exception_set *a)
{
	struct mach_right right = { .type = MACHDEV_MOVE_SEND };
	struct target target = { .kind = kind };
	struct mach_actions *old = NULL;
	struct mach_change change;
	MACH_REAP(reap);
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = target_acquire(caller, a->object, &target);
	if (ret)
		return ret;
	ret = change_from(caller, &a->action, &change, &right);
	ret = ret ?: mach_change_check(&change);
	ret = ret ?: target_actions(&target, &change, &old, &reap);
	mach_actions_put(old, &reap);
	mach_reap_right(&reap, &right);
	mach_reap_run(&reap);
	target_release(&target);
	return ret;
}

static void take_back_rows(struct mach_task *caller,
			   struct machdev_exception_get *a)
{
	u32 i;

	for (i = 0; i < a->count; i++)
		mach_ioctl_take_back(caller, a->row[i].port);
	a->count = 0;
	memset(a->row, 0, sizeof(a->row));
}

/* Gives the caller names for what is in a table; all or none. */
static int give_rows(struct mach_task *caller,
		     const struct mach_actions *actions,
		     struct machdev_exception_get *a)
{
	struct mach_action_row rows[ARRAY_SIZE(a->row)];
	unsigned int i, count;
	int ret = MACHDEV_KERN_SUCCESS, error;

	BUILD_BUG_ON(ARRAY_SIZE(rows) != MACHDEV_EXC_TYPES - 1);
	count = mach_actions_rows(actions, a->action.mask, rows);
	for (i = 0; i < count; i++) {
		a->row[i] = (struct machdev_exception_action){
			.mask = rows[i].mask,
			.port = MACHDEV_NAME_NULL,
			.behavior = rows[i].behavior,
			.flavor = rows[i].flavor,
		};
		error = mach_ioctl_give(caller, &rows[i].right,
					&a->row[i].port);
		ret = ret ?: error;
	}
	a->count = count;
	if (ret)
		take_back_rows(caller, a);
	return ret;
}

/**
 * struct exception_call - a get or swap, and what its undo has to know
 * @get: what the caller gave and gets
 * @fresh: nobody had ever said anything before
 */
struct exception_call {
	struct machdev_exception_get get;
	bool fresh;
};

static_assert(sizeof(struct exception_call) <= MACH_IOCTL_ARGUMENT);

/*
 * Tells what is there, and changes it if that is to be. First the caller has the
 * names, so that nothing is left to fail; then nothing else may have come.
 */
static int look(struct mach_task *caller, const struct target *target,
		struct mach_change *change, struct exception_call *call,
		struct mach_reap *reap)
{
	struct machdev_exception_get *a = &call->get;
	struct mach_actions *old = NULL, *same = NULL;
	int ret;

	ret = target_actions(target, NULL, &old, reap);
	if (ret)
		return ret;
	call->fresh = !old;
	/* A thread for which nobody ever said anything has no row. */
	if (old || change || target->kind != MACH_KIND_THREAD)
		ret = give_rows(caller, old, a);
	if (!ret && change) {
		change->expected = old;
		ret = target_actions(target, change, &same, reap);
		if (ret)
			take_back_rows(caller, a);
		mach_actions_put(same, reap);
	}
	mach_actions_put(old, reap);
	return ret;
}

static int get_exceptions(struct mach_task *caller, enum mach_port_kind kind,
			  struct exception_call *call)
{
	struct machdev_exception_get *a = &call->get;
	struct mach_right right = { .type = MACHDEV_MOVE_SEND };
	struct mach_change change = { .mask = a->action.mask };
	bool swap = a->flags & MACHDEV_EXCEPTION_SWAP;
	struct target target = { .kind = kind };
	MACH_REAP(reap);
	int ret;

	if (a->flags & ~MACHDEV_EXCEPTION_SWAP || a->reserved)
		return -EINVAL;
	if (!swap && (a->action.port || a->action.behavior || a->action.flavor))
		return -EINVAL;
	a->count = 0;
	memset(a->row, 0, sizeof(a->row));
	ret = target_acquire(caller, a->object, &target);
	if (ret)
		return ret;
	if (swap)
		ret = change_from(caller, &a->action, &change, &right);
	ret = ret ?: mach_change_check(&change);
	change.expects = true;
	if (!ret) {
		do {
			ret = look(caller, &target, swap ? &change : NULL,
				   call, &reap);
			mach_reap_run(&reap);
			cond_resched();
		} while (ret == -EAGAIN && !signal_pending(current));
	}
	mach_reap_right(&reap, &right);
	mach_reap_run(&reap);
	target_release(&target);
	return ret == -EAGAIN ? -EINTR : ret;
}

/* Puts back what a swap has found, unless something else has come since. */
static void put_back(struct mach_task *caller, const struct target *target,
		     const struct machdev_exception_action *row,
		     const struct mach_action *only, bool forget)
{
	struct mach_actions *old = NULL;
	struct mach_change change;
	struct mach_right right;
	MACH_REAP(reap);

	if (!change_from(caller, row, &change, &right)) {
		change.only = only;
		change.forget = forget;
		change.gfp = MACH_GFP_MUST;
		target_actions(target, &change, &old, &reap);
	}
	mach_actions_put(old, &reap);
	mach_reap_right(&reap, &right);
	mach_reap_run(&reap);
}

/* Nobody has seen the rows: what they say becomes true again. */
static void undo_get(struct mach_task *caller, enum mach_port_kind kind,
		     const struct machdev_exception_get *in,
		     const struct exception_call *out)
{
	struct machdev_exception_get a = out->get;
	struct target target = { .kind = kind };
	struct mach_change change;
	struct mach_right right = { .type = MACHDEV_MOVE_SEND };
	MACH_REAP(reap);
	u32 i;

	if (a.flags & MACHDEV_EXCEPTION_SWAP &&
	    !target_acquire(caller, a.object, &target)) {
		if (!change_from(caller, &in->action, &change, &right)) {
			for (i = 0; i < a.count; i++)
				put_back(caller, &target, &a.row[i],
					 &change.action, out->fresh);
		}
		target_release(&target);
	}
	mach_reap_right(&reap, &right);
	mach_reap_run(&reap);
	take_back_rows(caller, &a);
}

int mach_ioctl_task_set_exceptions(struct mach_task *caller, void *arg)
{
	return set_exceptions(caller, MACH_KIND_TASK, arg);
}

int mach_ioctl_task_get_exceptions(struct mach_task *caller, void *arg)
{
	return get_exceptions(caller, MACH_KIND_TASK, arg);
}

void mach_undo_task_get_exceptions(struct mach_task *caller, const void *in,
				   const void *out)
{
	undo_get(caller, MACH_KIND_TASK, in, out);
}

int mach_ioctl_thread_set_exceptions(struct mach_task *caller, void *arg)
{
	return set_exceptions(caller, MACH_KIND_THREAD, arg);
}

int mach_ioctl_thread_get_exceptions(struct mach_task *caller, void *arg)
{
	return get_exceptions(caller, MACH_KIND_THREAD, arg);
}

void mach_undo_thread_get_exceptions(struct mach_task *caller, const void *in,
				     const void *out)
{
	undo_get(caller, MACH_KIND_THREAD, in, out);
}

int mach_ioctl_host_set_exceptions(struct mach_task *caller, void *arg)
{
	return set_exceptions(caller, MACH_KIND_HOST_PRIV, arg);
}

int mach_ioctl_host_get_exceptions(struct mach_task *caller, void *arg)
{
	return get_exceptions(caller, MACH_KIND_HOST_PRIV, arg);
}

void mach_undo_host_get_exceptions(struct mach_task *caller, const void *in,
				   const void *out)
{
	undo_get(caller, MACH_KIND_HOST_PRIV, in, out);
}
