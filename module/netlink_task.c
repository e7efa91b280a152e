// SPDX-License-Identifier: GPL-2.0-only
/* Dumps that go by tasks, and those of tasks and their rights. */
#include <linux/machdev_netlink.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>

#include "gate.h"
#include "netlink.h"
#include "port.h"

/* MACHDEV_PORT_KIND_* by MACH_KIND_*. */
const u32 mach_netlink_kinds[] = {
	[MACH_KIND_PLAIN] = MACHDEV_PORT_KIND_PLAIN,
	[MACH_KIND_TASK_NAME] = MACHDEV_PORT_KIND_TASK_NAME,
	[MACH_KIND_TASK_INSPECT] = MACHDEV_PORT_KIND_TASK_INSPECT,
	[MACH_KIND_TASK_READ] = MACHDEV_PORT_KIND_TASK_READ,
	[MACH_KIND_TASK] = MACHDEV_PORT_KIND_TASK,
	[MACH_KIND_THREAD_INSPECT] = MACHDEV_PORT_KIND_THREAD,
	[MACH_KIND_THREAD_READ] = MACHDEV_PORT_KIND_THREAD,
	[MACH_KIND_THREAD] = MACHDEV_PORT_KIND_THREAD,
	[MACH_KIND_HOST] = MACHDEV_PORT_KIND_HOST,
	[MACH_KIND_HOST_PRIV] = MACHDEV_PORT_KIND_HOST_PRIV,
	[MACH_KIND_HOST_SECURITY] = MACHDEV_PORT_KIND_HOST_SECURITY,
	[MACH_KIND_CLOCK_SYSTEM] = MACHDEV_PORT_KIND_CLOCK,
	[MACH_KIND_CLOCK_CALENDAR] = MACHDEV_PORT_KIND_CLOCK,
	[MACH_KIND_PROCESSOR_SET_NAME] = MACHDEV_PORT_KIND_PROCESSOR_SET,
	[MACH_KIND_PROCESSOR_SET] = MACHDEV_PORT_KIND_PROCESSOR_SET,
	[MACH_KIND_LEDGER] = MACHDEV_PORT_KIND_LEDGER,
	[MACH_KIND_FILEPORT] = MACHDEV_PORT_KIND_FILEPORT,
	[MACH_KIND_LEDGER_CONTROL] = MACHDEV_PORT_KIND_LEDGER,
	[MACH_KIND_SUSPENSION] = MACHDEV_PORT_KIND_SUSPENSION,
};

/**
 * mach_netlink_may_go_on() - whether a dump can go on, asked at each object
 *
 * Context: Process; may sleep.
 * Return: 0; -ENODEV, the gate is shut; -EINTR, the thread is being killed.
 */
int mach_netlink_may_go_on(void)
{
	cond_resched();
	if (mach_gate_is_shut())
		return -ENODEV;
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/**
 * mach_netlink_each_task() - show one task after the other
 * @skb: a message
 * @cb: the dump
 * @show: shows a task; 0, or a negative error number: -EMSGSIZE, it will go on
 *	with the task in the next message
 *
 * Return: more than 0, go on; 0, the dump is at its end; a negative error
 * number.
 */
int mach_netlink_each_task(struct sk_buff *skb, struct netlink_callback *cb,
			   mach_show_task *show)
{
	struct mach_dump *dump = mach_netlink_dump(cb);
	struct mach_task *task;
	int ret = 0;

	while (!ret && (task = mach_task_next(&dump->tasks))) {
		if (dump->only && task->id != dump->only) {
			mach_task_put(task);
			break;
		}
		if (dump->task != task->id) {
			dump->task = task->id;
			dump->index = 0;
		}
		ret = mach_netlink_may_go_on();
		if (!ret && mach_viewer_sees(&dump->viewer, task))
			ret = show(skb, cb, task);
		if (!ret)
			mach_task_pass(&dump->tasks, task);
		mach_task_put(task);
	}
	return ret == -EMSGSIZE && skb->len ? skb->len : ret;
}

static bool put_task(struct sk_buff *skb, const struct mach_task_view *view,
		     u32 receives)
{
	const struct mach_words *words = &view->words;

	return !nla_put_u32(skb, MACHDEV_A_TASK_PID, view->pid) &&
	       !nla_put_u32(skb, MACHDEV_A_TASK_PIDVERSION, view->version) &&
	       !nla_put_string(skb, MACHDEV_A_TASK_COMM, view->comm) &&
	       !nla_put_u32(skb, MACHDEV_A_TASK_UID, view->uid) &&
	       !nla_put_u32(skb, MACHDEV_A_TASK_TOKEN, view->token) &&
	       !nla_put(skb, MACHDEV_A_TASK_SECURITY, sizeof(words->security),
			words->security) &&
	       !nla_put(skb, MACHDEV_A_TASK_AUDIT, sizeof(words->audit),
			words->audit) &&
	       !nla_put_u32(skb, MACHDEV_A_TASK_NAMES, view->names) &&
	       !nla_put_u32(skb, MACHDEV_A_TASK_RECEIVES, receives);
}

static int show_task(struct sk_buff *skb, struct netlink_callback *cb,
		     struct mach_task *task)
{
	struct mach_task_view view;
	void *message;
	u32 receives;

	if (!mach_task_look(task, &mach_netlink_dump(cb)->viewer, &view))
		return 0;
	receives = view.names ? mach_right_receives(&task->space) : 0;
	message = mach_netlink_begin(skb, cb, MACHDEV_CMD_TASK_GET);
	if (!message)
		return -EMSGSIZE;
	return mach_netlink_end(skb, message, put_task(skb, &view, receives));
}

/**
 * mach_netlink_tasks() - the dump of tasks
 * @skb: a message
 * @cb: the dump
 *
 * Return: as mach_netlink_each_task().
 */
int mach_netlink_tasks(struct sk_buff *skb, struct netlink_callback *cb)
{
	return mach_netlink_each_task(skb, cb, show_task);
}

/**
 * mach_netlink_each_right() - show the rights of a task, from where a dump is
 * @skb: a message
 * @cb: the dump
 * @task: the task
 * @show: shows a right; 0 or a negative error number
 *
 * Return: 0 at their end, or what @show returned.
 */
int mach_netlink_each_right(struct sk_buff *skb, struct netlink_callback *cb,
			    struct mach_task *task, mach_show_right *show)
{
	struct mach_dump *dump = mach_netlink_dump(cb);
	struct mach_right_view right;
	u32 index = max(dump->index, 1u);
	int ret = 0;

	while (!ret && mach_right_next(&task->space, &index, &right)) {
		ret = mach_netlink_may_go_on() ?:
			show(skb, cb, task, &right);
		mach_port_put(right.port);
		if (!ret)
			dump->index = index;
	}
	return ret;
}

/**
 * mach_netlink_put_seen() - the pid of a task to which a reference is dropped
 * @viewer: for whom
 * @task: the task, or NULL
 *
 * Return: 0 if there is none, or it is not to be seen.
 */
u32 mach_netlink_put_seen(const struct mach_viewer *viewer,
			  struct mach_task *task)
{
	u32 pid = 0;

	if (task && mach_viewer_sees(viewer, task))
		pid = mach_viewer_pid(viewer, task->pid);
	mach_task_put(task);
	return pid;
}

static bool put_port_of_right(struct sk_buff *skb,
			      const struct mach_viewer *viewer,
			      struct mach_port *port)
{
	u32 object, receiver, name = 0;

	object = mach_netlink_put_seen(viewer, mach_task_of_object(port));
	receiver = mach_netlink_put_seen(viewer,
					 mach_task_of_receiver(port, &name));
	return !nla_put_u64_64bit(skb, MACHDEV_A_RIGHT_PORT, port->id,
				  MACHDEV_A_RIGHT_PAD) &&
	       !nla_put_u32(skb, MACHDEV_A_RIGHT_KIND,
			    mach_netlink_kinds[port->kind]) &&
	       (!object ||
		!nla_put_u32(skb, MACHDEV_A_RIGHT_OBJECT_PID, object)) &&
	       (!receiver ||
		(!nla_put_u32(skb, MACHDEV_A_RIGHT_RECEIVER_PID, receiver) &&
		 !nla_put_u32(skb, MACHDEV_A_RIGHT_RECEIVER_NAME, name)));
}

static bool put_right(struct sk_buff *skb, const struct mach_viewer *viewer,
		      u32 pid, const struct mach_right_view *right)
{
	return !nla_put_u32(skb, MACHDEV_A_RIGHT_PID, pid) &&
	       !nla_put_u32(skb, MACHDEV_A_RIGHT_NAME, right->name) &&
	       !nla_put_u32(skb, MACHDEV_A_RIGHT_TYPE, right->type) &&
	       !nla_put_u32(skb, MACHDEV_A_RIGHT_UREFS, right->urefs) &&
	       (!right->port || put_port_of_right(skb, viewer, right->port)) &&
	       (!(right->type & MACHDEV_TYPE_PORT_SET) ||
		!nla_put_u32(skb, MACHDEV_A_RIGHT_MEMBERS, right->members));
}

static int show_right(struct sk_buff *skb, struct netlink_callback *cb,
		      struct mach_task *task, struct mach_right_view *right)
{
	const struct mach_viewer *viewer = &mach_netlink_dump(cb)->viewer;
	u32 pid = mach_viewer_pid(viewer, task->pid);
	void *message;

	message = mach_netlink_begin(skb, cb, MACHDEV_CMD_RIGHT_GET);
	if (!message)
		return -EMSGSIZE;
	return mach_netlink_end(skb, message,
				put_right(skb, viewer, pid, right));
}

static int show_rights(struct sk_buff *skb, struct netlink_callback *cb,
		       struct mach_task *task)
{
	return mach_netlink_each_right(skb, cb, task, show_right);
}

/**
 * mach_netlink_rights() - the dump of rights
 * @skb: a message
 * @cb: the dump
 *
 * Return: as mach_netlink_each_task().
 */
int mach_netlink_rights(struct sk_buff *skb, struct netlink_callback *cb)
{
	return mach_netlink_each_task(skb, cb, show_rights);
}
