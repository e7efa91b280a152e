// SPDX-License-Identifier: GPL-2.0-only
/* Special ports, handlers of exceptions and tokens of a task. */
#include <linux/audit.h>
#include <linux/machdev_netlink.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>

#include "alloc.h"
#include "exception.h"
#include "host.h"
#include "ledger.h"
#include "ledger_port.h"
#include "reap.h"
#include "special.h"
#include "task.h"
#include "task_look.h"
#include "trace.h"

/* What a selector means. */
enum special_kind {
	SPECIAL_UNKNOWN,
	SPECIAL_KERNEL,
	SPECIAL_EXCEPTION,
	SPECIAL_LESSER,
	SPECIAL_OWN,
	SPECIAL_SLOT,
};

/* For some kinds @id says more. */
static enum special_kind classify(s32 which, unsigned int *id)
{
	switch (which) {
	case MACHDEV_TASK_KERNEL_PORT:
		return SPECIAL_KERNEL;
	case MACHDEV_TASK_HOST_PORT:
		*id = MACH_SLOT_HOST;
		return SPECIAL_SLOT;
	case MACHDEV_TASK_EXCEPTION_PORT:
		return SPECIAL_EXCEPTION;
	case MACHDEV_TASK_BOOTSTRAP_PORT:
		*id = MACH_SLOT_BOOTSTRAP;
		return SPECIAL_SLOT;
	case MACHDEV_TASK_WIRED_LEDGER_PORT:
		*id = MACH_SLOT_WIRED_LEDGER;
		return SPECIAL_SLOT;
	case MACHDEV_TASK_PAGED_LEDGER_PORT:
		*id = MACH_SLOT_PAGED_LEDGER;
		return SPECIAL_SLOT;
	case MACHDEV_TASK_ACCESS_PORT:
		*id = MACH_SLOT_ACCESS;
		return SPECIAL_SLOT;
	case MACHDEV_TASK_DEBUG_CONTROL_PORT:
		*id = MACH_OWN_DEBUG_CONTROL;
		return SPECIAL_OWN;
	case MACHDEV_TASK_RESOURCE_NOTIFY_PORT:
		*id = MACH_OWN_RESOURCE_NOTIFY;
		return SPECIAL_OWN;
	case MACHDEV_TASK_NAME_PORT:
	case MACHDEV_TASK_INSPECT_PORT:
	case MACHDEV_TASK_READ_PORT:
		return SPECIAL_LESSER;
	default:
		return SPECIAL_UNKNOWN;
	}
}

static enum mach_port_kind lesser_kind(s32 which)
{
	switch (which) {
	case MACHDEV_TASK_NAME_PORT:
		return MACH_KIND_TASK_NAME;
	case MACHDEV_TASK_INSPECT_PORT:
		return MACH_KIND_TASK_INSPECT;
	default:
		return MACH_KIND_TASK_READ;
	}
}

/**
 * mach_special_may_get() - whether a port is enough to ask for another
 * @kind: of a port that stands for a task
 * @which: MACHDEV_TASK_*_PORT of that task, or any other number
 *
 * Return: false, also if there is no such special port: only the task port gives
 * more than a port of the same power or less.
 */
bool mach_special_may_get(enum mach_port_kind kind, s32 which)
{
	unsigned int id;

	return kind == MACH_KIND_TASK ||
	       (classify(which, &id) == SPECIAL_LESSER &&
		lesser_kind(which) <= kind);
}

/**
 * mach_special_user() - whose default ledgers a task draws on
 * @task: the task
 * @user: out: a reference
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_FAILURE, the task is dying;
 * KERN_RESOURCE_SHORTAGE.
 */
int mach_special_user(struct mach_task *task, struct mach_user **user)
{
	struct task_struct *leader = get_pid_task(task->pid, PIDTYPE_TGID);
	const struct cred *cred;

	if (!leader)
		return MACHDEV_KERN_FAILURE;
	cred = get_task_cred(leader);
	put_task_struct(leader);
	*user = mach_user_find(cred);
	put_cred(cred);
	return *user ? MACHDEV_KERN_SUCCESS : MACHDEV_KERN_RESOURCE_SHORTAGE;
}

/* The default of a ledger slot: what the task draws on. */
static int own_ledger_port(struct mach_task *task,
			   const struct mach_inherit *inherit, bool paged,
			   struct mach_right *right)
{
	struct mach_ledger *assigned = paged ? inherit->paged : inherit->wired;
	struct mach_user *user;
	int ret;

	if (assigned)
		return mach_ledger_port_draw(assigned, right);
	ret = mach_special_user(task, &user);
	if (ret)
		return ret;
	ret = mach_ledger_port_draw(paged ? &user->paged : &user->wired, right);
	mach_user_put(user);
	return ret;
}

static int get_slot(struct mach_task *task, enum mach_slot_id id,
		    struct mach_right *right)
{
	struct mach_inherit *inherit = mach_inherit_get_rcu(&task->inherit);
	const struct mach_slot *slot = &inherit->slot[id];
	int ret = MACHDEV_KERN_SUCCESS;

	if (slot->set)
		*right = mach_port_copy_send(slot->port);
	else if (id == MACH_SLOT_HOST)
		*right = mach_host_make_send(MACH_KIND_HOST);
	else if (id == MACH_SLOT_BOOTSTRAP)
		*right = mach_host_bootstrap();
	else if (id == MACH_SLOT_WIRED_LEDGER || id == MACH_SLOT_PAGED_LEDGER)
		ret = own_ledger_port(task, inherit,
				      id == MACH_SLOT_PAGED_LEDGER, right);
	mach_inherit_put(inherit);
	return ret;
}

static void get_exception(struct mach_task *task, struct mach_right *right)
{
	struct mach_inherit *inherit = mach_inherit_get_rcu(&task->inherit);

	*right = mach_actions_common(inherit->actions);
	mach_inherit_put(inherit);
}

static void get_own(struct mach_task *task, enum mach_own_id id,
		    struct mach_right *right)
{
	spin_lock(&task->lock);
	*right = mach_port_copy_send(task->own[id]);
	spin_unlock(&task->lock);
}

static void get_kernel(struct mach_task *task, struct mach_right *right)
{
	spin_lock(&task->lock);
	if (task->masked)
		*right = mach_port_copy_send(task->mask.port);
	else
		*right = mach_port_make_send(task->self);
	spin_unlock(&task->lock);
}

/**
 * mach_special_get() - a special port of a task
 * @task: the task
 * @which: MACHDEV_TASK_*_PORT
 * @right: out: a send right, dead or null
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no such port; KERN_FAILURE, the
 * task is dying; KERN_RESOURCE_SHORTAGE.
 */
int mach_special_get(struct mach_task *task, s32 which,
		     struct mach_right *right)
{
	unsigned int id;
	enum special_kind kind = classify(which, &id);

	*right = (struct mach_right){ .type = MACHDEV_MOVE_SEND };
	if (kind == SPECIAL_UNKNOWN)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (mach_task_is_dying(task))
		return MACHDEV_KERN_FAILURE;
	switch (kind) {
	case SPECIAL_LESSER:
		return mach_task_make_send(task, lesser_kind(which), right);
	case SPECIAL_SLOT:
		return get_slot(task, id, right);
	case SPECIAL_EXCEPTION:
		get_exception(task, right);
		break;
	case SPECIAL_OWN:
		get_own(task, id, right);
		break;
	default:
		get_kernel(task, right);
	}
	return MACHDEV_KERN_SUCCESS;
}

static void set_kernel(struct mach_task *task, struct mach_right *right,
		       struct mach_reap *reap)
{
	struct mach_right old;

	spin_lock(&task->lock);
	old = task->mask;
	task->mask = *right;
	task->masked = true;
	spin_unlock(&task->lock);
	right->port = NULL;
	old.type = MACHDEV_MOVE_SEND;
	mach_reap_right(reap, &old);
}

static void set_own(struct mach_task *task, enum mach_own_id id,
		    struct mach_right *right, struct mach_reap *reap)
{
	struct mach_right old = { .type = MACHDEV_MOVE_SEND };

	spin_lock(&task->lock);
	old.port = task->own[id];
	task->own[id] = right->port;
	spin_unlock(&task->lock);
	right->port = NULL;
	mach_reap_right(reap, &old);
}

/* The access port stays once it is set: by a parent, for its children. */
static bool is_fixed(const struct mach_inherit *inherit, enum mach_slot_id id)
{
	return id == MACH_SLOT_ACCESS && inherit->slot[id].port;
}

/*
 * Publishes a copy of what the task's children get with some slots in a row,
 * and perhaps the tokens, changed. Plain slots have their default again.
 */
static int change_slots(struct mach_task *task, enum mach_slot_id first,
			struct mach_right *rights, unsigned int count,
			bool plain, struct mach_token *token,
			struct mach_reap *reap)
{
	struct mach_inherit *old, *new;
	unsigned int i;
	bool published;

	do {
		old = mach_inherit_get_rcu(&task->inherit);
		if (is_fixed(old, first)) {
			mach_inherit_put(old);
			return MACHDEV_KERN_NO_ACCESS;
		}
		new = mach_inherit_copy(old, MACH_GFP);
		if (!new) {
			mach_inherit_put(old);
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
		}
		if (token) {
			mach_token_put(new->token);
			new->token = mach_token_get(token);
		}
		for (i = 0; i < count; i++) {
			struct mach_right copy = rights[i];

			mach_inherit_set_slot(new, first + i, &copy, reap);
			new->slot[first + i].set = !plain;
		}
		published = mach_task_publish(task, old, new);
		if (!published) {
			/* The rights are still the caller's. */
			for (i = 0; i < count; i++)
				new->slot[first + i].port = NULL;
			mach_inherit_put(new);
		}
		mach_inherit_put(old);
		cond_resched();
	} while (!published);
	for (i = 0; i < count; i++)
		rights[i].port = NULL;
	return MACHDEV_KERN_SUCCESS;
}

static int publish_actions(struct mach_task *task, struct mach_inherit *old,
			   const struct mach_change *change,
			   struct mach_reap *reap, bool *published)
{
	struct mach_inherit *new = mach_inherit_copy(old, change->gfp);
	struct mach_actions *actions = mach_actions_new(change->gfp);

	*published = false;
	if (!new || !actions) {
		mach_inherit_put(new);
		mach_actions_put(actions, reap);
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	mach_actions_fill(actions, old->actions, change);
	mach_inherit_set_actions(new, actions, reap);
	*published = mach_task_publish(task, old, new);
	if (!*published)
		mach_inherit_put(new);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_special_actions() - who handles the exceptions of a task
 * @task: the task
 * @change: what is to change; NULL for nothing
 * @old: out: what was before, a reference, or NULL for nobody
 * @reap: gets what dies of it
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_FAILURE, the task is dying;
 * KERN_RESOURCE_SHORTAGE; -EAGAIN, there is another table than the expected one.
 * On failure nothing has changed.
 */
int mach_special_actions(struct mach_task *task,
			 const struct mach_change *change,
			 struct mach_actions **old, struct mach_reap *reap)
{
	int ret = MACHDEV_KERN_SUCCESS;
	struct mach_inherit *inherit;
	bool published = true;

	if (mach_task_is_dying(task))
		return MACHDEV_KERN_FAILURE;
	do {
		inherit = mach_inherit_get_rcu(&task->inherit);
		if (change && mach_change_is_late(change, inherit->actions))
			ret = -EAGAIN;
		else if (change)
			ret = publish_actions(task, inherit, change, reap,
					      &published);
		if (!ret && published)
			*old = mach_actions_get(inherit->actions);
		mach_inherit_put(inherit);
		cond_resched();
	} while (!ret && !published);
	return ret;
}

static int set_exception(struct mach_task *task, struct mach_right *right,
			 struct mach_reap *reap)
{
	struct mach_change change = mach_change_common(right->port);
	struct mach_actions *old;
	int ret = mach_special_actions(task, &change, &old, reap);

	if (!ret) {
		mach_actions_put(old, reap);
		mach_reap_right(reap, right);
	}
	return ret;
}

/**
 * mach_special_set() - set a special port of a task
 * @task: the task
 * @which: MACHDEV_TASK_*_PORT
 * @right: a send right, dead or null; its port is set to NULL on success
 * @reap: gets what dies of it
 *
 * Context: Process; may sleep.
 * Return: as mach_special_get(); KERN_INVALID_ARGUMENT, also for the read,
 * inspect and name ports; KERN_NO_ACCESS, there is an access port. On failure
 * nothing has changed.
 */
int mach_special_set(struct mach_task *task, s32 which,
		     struct mach_right *right, struct mach_reap *reap)
{
	unsigned int id;
	enum special_kind kind = classify(which, &id);

	if (kind == SPECIAL_UNKNOWN || kind == SPECIAL_LESSER)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (mach_task_is_dying(task))
		return MACHDEV_KERN_FAILURE;
	switch (kind) {
	case SPECIAL_SLOT:
		return change_slots(task, id, right, 1, false, NULL, reap);
	case SPECIAL_EXCEPTION:
		return set_exception(task, right, reap);
	case SPECIAL_OWN:
		set_own(task, id, right, reap);
		break;
	default:
		set_kernel(task, right, reap);
	}
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_special_set_sample() - set the port to which samples of a task go
 * @task: the task
 * @right: a send right or null; its port is set to NULL on success
 * @gfp: how to allocate
 * @reap: gets what dies of it
 *
 * Its children get it, too, though they are not sampled.
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE, nothing has changed.
 */
int mach_special_set_sample(struct mach_task *task, struct mach_right *right,
			    gfp_t gfp, struct mach_reap *reap)
{
	struct mach_inherit *old, *new;
	struct mach_right copy;
	bool published;

	do {
		old = mach_inherit_get_rcu(&task->inherit);
		new = mach_inherit_copy(old, gfp);
		if (!new) {
			mach_inherit_put(old);
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
		}
		copy = *right;
		mach_inherit_set_slot(new, MACH_SLOT_SAMPLE, &copy, reap);
		published = mach_task_publish(task, old, new);
		if (!published) {
			/* The right is still the caller's. */
			new->slot[MACH_SLOT_SAMPLE].port = NULL;
			mach_inherit_put(new);
		}
		mach_inherit_put(old);
		cond_resched();
	} while (!published);
	right->port = NULL;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_special_register() - set the registered ports of a task
 * @task: the task
 * @rights: MACHDEV_PORT_REGISTER_MAX send rights, dead or null; their ports are
 *	set to NULL on success
 * @reap: gets what dies of it
 *
 * All change at once.
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_FAILURE, the task is dying;
 * KERN_RESOURCE_SHORTAGE. On failure nothing has changed.
 */
int mach_special_register(struct mach_task *task, struct mach_right *rights,
			  struct mach_reap *reap)
{
	if (mach_task_is_dying(task))
		return MACHDEV_KERN_FAILURE;
	return change_slots(task, MACH_SLOT_REGISTERED, rights,
			    MACHDEV_PORT_REGISTER_MAX, false, NULL, reap);
}

/**
 * mach_special_registered() - the registered ports of a task
 * @task: the task
 * @rights: out: MACHDEV_PORT_REGISTER_MAX send rights, dead or null
 *
 * Context: Process.
 * Return: KERN_SUCCESS; KERN_FAILURE, the task is dying.
 */
int mach_special_registered(struct mach_task *task, struct mach_right *rights)
{
	struct mach_inherit *inherit;
	unsigned int i;

	if (mach_task_is_dying(task))
		return MACHDEV_KERN_FAILURE;
	inherit = mach_inherit_get_rcu(&task->inherit);
	for (i = 0; i < MACHDEV_PORT_REGISTER_MAX; i++)
		rights[i] = mach_port_copy_send
			(inherit->slot[MACH_SLOT_REGISTERED + i].port);
	mach_inherit_put(inherit);
	return MACHDEV_KERN_SUCCESS;
}

static void tell_of_token(struct mach_task *task)
{
	struct task_struct *leader = get_pid_task(task->pid, PIDTYPE_TGID);

	if (!leader)
		return;
	mach_task_tell(MACHDEV_EVENT_TOKEN, task, leader);
	put_task_struct(leader);
}

/**
 * mach_special_set_token() - give a task explicit tokens and a host port
 * @task: the task
 * @words: the tokens
 * @host: a send right to the host port or the privileged one, null for the
 *	plain one; its port is set to NULL on success
 * @reap: gets what dies of it
 *
 * All three change at once.
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_FAILURE, the task is dying;
 * KERN_RESOURCE_SHORTAGE. On failure nothing has changed.
 */
int mach_special_set_token(struct mach_task *task,
			   const struct mach_words *words,
			   struct mach_right *host, struct mach_reap *reap)
{
	struct mach_token *token;
	int ret;

	if (mach_task_is_dying(task))
		return MACHDEV_KERN_FAILURE;
	token = mach_token_new(words);
	if (!token)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	ret = change_slots(task, MACH_SLOT_HOST, host, 1, !host->port, token,
			   reap);
	mach_token_put(token);
	if (!ret) {
		trace_mach_task_set_token(task, words);
		tell_of_token(task);
	}
	return ret;
}

/**
 * mach_special_words() - the tokens of a task
 * @task: the task
 * @words: out: both; derived ones come from the credentials of the leader of
 *	the thread group and are shown in the name spaces of the caller
 *
 * Context: Process.
 * Return: KERN_SUCCESS; KERN_FAILURE, the task is dying.
 */
int mach_special_words(struct mach_task *task, struct mach_words *words)
{
	struct mach_inherit *inherit = mach_inherit_get_rcu(&task->inherit);
	struct task_struct *leader;
	struct mach_origin origin;

	if (inherit->token) {
		*words = inherit->token->words;
		mach_inherit_put(inherit);
		return MACHDEV_KERN_SUCCESS;
	}
	mach_inherit_put(inherit);
	leader = get_pid_task(task->pid, PIDTYPE_TGID);
	if (!leader)
		return MACHDEV_KERN_FAILURE;
	origin = (struct mach_origin){
		.cred = get_task_cred(leader),
		.pid = task->pid,
		.loginuid = audit_get_loginuid(leader),
		.session = audit_get_sessionid(leader),
		.version = READ_ONCE(task->version),
	};
	mach_words_derive(words, &origin, current_user_ns(),
			  task_active_pid_ns(current));
	put_cred(origin.cred);
	put_task_struct(leader);
	return MACHDEV_KERN_SUCCESS;
}
