// SPDX-License-Identifier: GPL-2.0-only
/* Commands on tasks and the host. */
#include <linux/capability.h>
#include <linux/nospec.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>

#include "attach.h"
#include "host.h"
#include "ioctl.h"
#include "msg.h"
#include "policy.h"
#include "reap.h"
#include "right.h"
#include "special.h"
#include "stat.h"
#include "task.h"
#include "task_info.h"

/* Gives the caller a name for a right, or lets the right go. */
int mach_ioctl_give(struct mach_task *caller, struct mach_right *right,
		    u32 *name)
{
	int ret = mach_right_give(&caller->space, right, name);
	MACH_REAP(reap);

	mach_reap_right(&reap, right);
	mach_reap_run(&reap);
	return ret;
}

/* Takes back one user reference that a call gave. */
void mach_ioctl_take_back(struct mach_task *caller, u32 name)
{
	MACH_REAP(reap);

	mach_right_deallocate(&caller->space, name, &reap);
	mach_reap_run(&reap);
}

void mach_undo_name(struct mach_task *caller, const void *in, const void *out)
{
	mach_ioctl_take_back(caller, ((const struct machdev_name *)out)->name);
}

void mach_undo_special(struct mach_task *caller, const void *in,
		       const void *out)
{
	const struct machdev_special_port *a = out;

	mach_ioctl_take_back(caller, a->port);
}

void mach_undo_task_for_pid(struct mach_task *caller, const void *in,
			    const void *out)
{
	const struct machdev_task_pid *a = out;

	mach_ioctl_take_back(caller, a->port);
}

/* The kind of kernel port that a name stands for, or MACH_KIND_PLAIN. */
enum mach_port_kind mach_ioctl_kind_of(struct mach_space *space, u32 name)
{
	enum mach_port_kind kind = MACH_KIND_PLAIN;
	struct mach_entry *entry;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (entry && (entry->rights & MACH_ENTRY_SEND))
		kind = entry->port->kind;
	spin_unlock(&space->lock);
	return kind;
}

/* Copies a send right of the caller's: the value of a special port. */
int mach_ioctl_copy_value(struct mach_task *caller, u32 name,
			  struct mach_right *right)
{
	struct mach_space *space = &caller->space;
	MACH_REAP(reap);
	int ret;

	*right = (struct mach_right){ .type = MACHDEV_MOVE_SEND };
	if (!mach_name_valid(name)) {
		if (name == MACHDEV_NAME_DEAD)
			right->port = MACH_PORT_DEAD_PTR;
		return MACHDEV_KERN_SUCCESS;
	}
	spin_lock(&space->lock);
	ret = mach_right_copyin_locked(space, name, MACHDEV_COPY_SEND, true,
				       right, &reap);
	spin_unlock(&space->lock);
	return ret ? MACHDEV_KERN_INVALID_RIGHT : MACHDEV_KERN_SUCCESS;
}

static int self_special(struct mach_task *caller, struct machdev_name *a,
			s32 which)
{
	struct mach_right right;
	int ret;

	if (a->reserved)
		return -EINVAL;
	a->name = MACHDEV_NAME_NULL;
	ret = mach_special_get(caller, which, &right);
	return ret ?: mach_ioctl_give(caller, &right, &a->name);
}

int mach_ioctl_task_self(struct mach_task *caller, void *arg)
{
	return self_special(caller, arg, MACHDEV_TASK_KERNEL_PORT);
}

int mach_ioctl_host_self(struct mach_task *caller, void *arg)
{
	return self_special(caller, arg, MACHDEV_TASK_HOST_PORT);
}

int mach_ioctl_host_priv(struct mach_task *caller, void *arg)
{
	struct machdev_name *a = arg;
	struct mach_right right;

	if (a->reserved)
		return -EINVAL;
	a->name = MACHDEV_NAME_NULL;
	if (!capable(CAP_SYS_ADMIN))
		return MACHDEV_KERN_NO_ACCESS;
	right = mach_host_make_send(MACH_KIND_HOST_PRIV);
	return mach_ioctl_give(caller, &right, &a->name);
}

int mach_ioctl_task_get_special(struct mach_task *caller, void *arg)
{
	enum mach_port_kind kind = MACH_KIND_TASK_INSPECT;
	struct machdev_special_port *a = arg;
	struct mach_right right;
	struct mach_task *task;
	int ret;

	a->port = MACHDEV_NAME_NULL;
	ret = mach_task_acquire_by(&caller->space, a->object,
				   MACHDEV_KERN_INVALID_ARGUMENT, &kind, &task);
	if (ret)
		return ret;
	if (mach_special_may_get(kind, a->which))
		ret = mach_special_get(task, a->which, &right);
	else
		ret = MACHDEV_KERN_INVALID_CAPABILITY;
	if (!ret)
		ret = mach_ioctl_give(caller, &right, &a->port);
	mach_task_release(task);
	return ret;
}

int mach_ioctl_task_set_special(struct mach_task *caller, void *arg)
{
	const struct machdev_special_port *a = arg;
	struct mach_right right;
	struct mach_task *task;
	MACH_REAP(reap);
	int ret;

	ret = mach_task_acquire(&caller->space, a->object,
				MACHDEV_KERN_INVALID_ARGUMENT, &task);
	if (ret)
		return ret;
	ret = mach_ioctl_copy_value(caller, a->port, &right);
	if (!ret) {
		ret = mach_special_set(task, a->which, &right, &reap);
		mach_reap_right(&reap, &right);
		mach_reap_run(&reap);
	}
	mach_task_release(task);
	return ret;
}

static int copy_values(struct mach_task *caller, const struct machdev_ports *a,
		       struct mach_right *rights)
{
	unsigned int i;
	int ret;

	if (a->count > MACHDEV_PORT_REGISTER_MAX)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	for (i = 0; i < a->count; i++) {
		ret = mach_ioctl_copy_value(caller, a->port[i], &rights[i]);
		if (ret)
			return ret;
	}
	return MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_ports_register(struct mach_task *caller, void *arg)
{
	struct mach_right rights[MACHDEV_PORT_REGISTER_MAX] = { };
	const struct machdev_ports *a = arg;
	struct mach_task *task;
	MACH_REAP(reap);
	unsigned int i;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_ARGUMENT, &task);
	if (ret)
		return ret;
	ret = copy_values(caller, a, rights);
	if (!ret)
		ret = mach_special_register(task, rights, &reap);
	for (i = 0; i < MACHDEV_PORT_REGISTER_MAX; i++)
		mach_reap_right(&reap, &rights[i]);
	mach_reap_run(&reap);
	mach_task_release(task);
	return ret;
}

static void take_back_ports(struct mach_task *caller,
			    const struct machdev_ports *a)
{
	unsigned int i;

	for (i = 0; i < MACHDEV_PORT_REGISTER_MAX; i++)
		mach_ioctl_take_back(caller, a->port[i]);
}

int mach_ioctl_ports_lookup(struct mach_task *caller, void *arg)
{
	struct mach_right rights[MACHDEV_PORT_REGISTER_MAX];
	struct machdev_ports *a = arg;
	struct mach_task *task;
	int ret, error;
	unsigned int i;

	if (a->reserved)
		return -EINVAL;
	for (i = 0; i < MACHDEV_PORT_REGISTER_MAX; i++)
		a->port[i] = MACHDEV_NAME_NULL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_ARGUMENT, &task);
	if (ret)
		return ret;
	ret = mach_special_registered(task, rights);
	mach_task_release(task);
	if (ret)
		return ret;
	for (i = 0; i < MACHDEV_PORT_REGISTER_MAX; i++) {
		error = mach_ioctl_give(caller, &rights[i], &a->port[i]);
		ret = ret ?: error;
	}
	if (!ret) {
		a->count = MACHDEV_PORT_REGISTER_MAX;
		return MACHDEV_KERN_SUCCESS;
	}
	take_back_ports(caller, a);
	for (i = 0; i < MACHDEV_PORT_REGISTER_MAX; i++)
		a->port[i] = MACHDEV_NAME_NULL;
	return ret;
}

void mach_undo_ports_lookup(struct mach_task *caller, const void *in,
			    const void *out)
{
	take_back_ports(caller, out);
}

/* The memory of a task is its own, and its holder's: not of who may name it. */
static int inspect_task(struct mach_task *caller,
			const struct machdev_task_info *a,
			enum mach_port_kind kind,
			struct mach_task_answer *answer)
{
	struct task_struct *leader;
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire_by(&caller->space, a->task,
				   MACHDEV_KERN_INVALID_ARGUMENT, &kind, &task);
	if (ret)
		return ret;
	ret = MACHDEV_KERN_INVALID_ARGUMENT;
	if (mach_task_pin_image(task, &leader)) {
		ret = mach_task_info(task, leader, a->flavor, a->count, answer);
		mach_task_unpin_image(task, leader);
	}
	mach_task_release(task);
	return ret;
}

static int identify_task(struct mach_task *caller,
			 const struct machdev_task_info *a,
			 struct mach_task_answer *answer)
{
	struct task_struct *leader;
	struct mach_task *task;
	int ret;

	ret = mach_task_identify(&caller->space, a->task,
				 MACHDEV_KERN_INVALID_ARGUMENT, &task);
	if (ret)
		return ret;
	leader = get_pid_task(task->pid, PIDTYPE_TGID);
	if (leader) {
		ret = mach_task_info(task, leader, a->flavor, a->count, answer);
		put_task_struct(leader);
	} else {
		ret = MACHDEV_KERN_FAILURE;
	}
	mach_task_put(task);
	return ret;
}

int mach_ioctl_task_info(struct mach_task *caller, void *arg)
{
	struct mach_task_answer answer = { };
	struct machdev_task_info *a = arg;
	enum mach_port_kind least;
	int ret;

	if (a->reserved)
		return -EINVAL;
	least = mach_task_info_least(a->flavor);
	if (least == MACH_KIND_TASK_NAME)
		ret = identify_task(caller, a, &answer);
	else
		ret = inspect_task(caller, a, least, &answer);
	if (ret)
		return ret;
	a->count = answer.words;
	if (copy_to_user(mach_user_ptr(a->info), answer.from,
			 answer.words * sizeof(u32)))
		return MACHDEV_KERN_INVALID_ADDRESS;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_ioctl_task_right() - a right to a port of a process, if the caller may
 * @pid: the process; the caller has a reference
 * @kind: which port
 * @right: out: a send right, or null
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_FAILURE, he may not, or it is gone;
 * KERN_RESOURCE_SHORTAGE.
 */
int mach_ioctl_task_right(struct pid *pid, enum mach_port_kind kind,
			  struct mach_right *right)
{
	struct mach_task *task;
	MACH_REAP(reap);
	int ret;

	if (!mach_policy_may_have(pid, kind))
		return MACHDEV_KERN_FAILURE;
	task = mach_attach_pid(pid);
	if (IS_ERR(task))
		return PTR_ERR(task) == -ESRCH ? MACHDEV_KERN_FAILURE :
						 MACHDEV_KERN_RESOURCE_SHORTAGE;
	if (mach_task_settle_killable(task)) {
		mach_task_put(task);
		return MACHDEV_KERN_FAILURE;
	}
	ret = mach_task_make_send(task, kind, right);
	/*
	 * The process may have gained privilege since it was asked about. If it
	 * does so from here on, the port that was taken dies of it, or is the
	 * name port, which gives no power.
	 */
	if (!ret && (mach_task_is_dying(task) ||
		     !mach_policy_may_have(pid, kind)))
		ret = MACHDEV_KERN_FAILURE;
	if (ret) {
		mach_reap_right(&reap, right);
		mach_reap_run(&reap);
	}
	mach_task_put(task);
	return ret;
}

int mach_ioctl_task_for_pid(struct mach_task *caller, void *arg)
{
	static const enum mach_port_kind kinds[] = {
		[MACHDEV_TASK_FLAVOR_CONTROL] = MACH_KIND_TASK,
		[MACHDEV_TASK_FLAVOR_READ] = MACH_KIND_TASK_READ,
		[MACHDEV_TASK_FLAVOR_INSPECT] = MACH_KIND_TASK_INSPECT,
		[MACHDEV_TASK_FLAVOR_NAME] = MACH_KIND_TASK_NAME,
	};
	struct machdev_task_pid *a = arg;
	struct mach_right right = { };
	enum mach_port_kind kind;
	struct pid *pid;
	int ret;

	if (a->flavor >= ARRAY_SIZE(kinds))
		return -EINVAL;
	kind = kinds[array_index_nospec(a->flavor, ARRAY_SIZE(kinds))];
	a->port = MACHDEV_NAME_NULL;
	pid = find_get_pid(a->pid);
	if (!pid)
		return MACHDEV_KERN_FAILURE;
	ret = mach_ioctl_task_right(pid, kind, &right);
	put_pid(pid);
	return ret ?: mach_ioctl_give(caller, &right, &a->port);
}

int mach_ioctl_pid_for_task(struct mach_task *caller, void *arg)
{
	struct machdev_task_pid *a = arg;
	struct mach_task *task;
	int ret;

	if (a->flavor)
		return -EINVAL;
	a->pid = -1;
	ret = mach_task_identify(&caller->space, a->task,
				 MACHDEV_KERN_FAILURE, &task);
	if (ret)
		return ret;
	/* 0 would mean the caller's own process group to many calls. */
	a->pid = pid_vnr(task->pid) ?: -1;
	mach_task_put(task);
	return a->pid == -1 ? MACHDEV_KERN_FAILURE : MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_host_get_special(struct mach_task *caller, void *arg)
{
	struct machdev_special_port *a = arg;
	struct mach_right right;
	int ret;

	a->port = MACHDEV_NAME_NULL;
	if (mach_ioctl_kind_of(&caller->space, a->object) != MACH_KIND_HOST_PRIV)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ret = mach_host_get_special(a->which, &right);
	return ret ?: mach_ioctl_give(caller, &right, &a->port);
}

int mach_ioctl_host_set_special(struct mach_task *caller, void *arg)
{
	const struct machdev_special_port *a = arg;
	struct mach_right right;
	MACH_REAP(reap);
	int ret;

	if (mach_ioctl_kind_of(&caller->space, a->object) != MACH_KIND_HOST_PRIV)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ret = mach_ioctl_copy_value(caller, a->port, &right);
	if (ret)
		return ret;
	ret = mach_host_set_special(a->which, &right, &reap);
	mach_reap_right(&reap, &right);
	mach_reap_run(&reap);
	return ret;
}

/* The value of a host argument: null, the host port or the privileged one. */
int mach_ioctl_copy_host(struct mach_task *caller, u32 name,
			 struct mach_right *right)
{
	enum mach_port_kind kind = MACH_KIND_PLAIN;

	*right = (struct mach_right){ .type = MACHDEV_MOVE_SEND };
	if (name == MACHDEV_NAME_NULL)
		return MACHDEV_KERN_SUCCESS;
	kind = mach_ioctl_kind_of(&caller->space, name);
	if (kind != MACH_KIND_HOST && kind != MACH_KIND_HOST_PRIV)
		return MACHDEV_KERN_INVALID_HOST;
	*right = mach_host_make_send(kind);
	return MACHDEV_KERN_SUCCESS;
}

static int set_task_token(struct mach_task *caller, struct mach_task *task,
			  const struct machdev_task_token *a)
{
	struct mach_right host;
	struct mach_words words;
	MACH_REAP(reap);
	int ret;

	if (mach_ioctl_kind_of(&caller->space, a->host_security) !=
	    MACH_KIND_HOST_SECURITY)
		return MACHDEV_KERN_INVALID_SECURITY;
	ret = mach_ioctl_copy_host(caller, a->host, &host);
	if (ret)
		return ret;
	BUILD_BUG_ON(sizeof(words.security) != sizeof(a->security));
	BUILD_BUG_ON(sizeof(words.audit) != sizeof(a->audit));
	memcpy(words.security, a->security, sizeof(words.security));
	memcpy(words.audit, a->audit, sizeof(words.audit));
	ret = mach_special_set_token(task, &words, &host, &reap);
	mach_reap_right(&reap, &host);
	mach_reap_run(&reap);
	return ret;
}

int mach_ioctl_set_task_token(struct mach_task *caller, void *arg)
{
	const struct machdev_task_token *a = arg;
	struct mach_task *task;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_ARGUMENT, &task);
	if (ret)
		return ret;
	ret = set_task_token(caller, task, a);
	mach_task_release(task);
	return ret;
}
