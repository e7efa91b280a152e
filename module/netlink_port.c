// SPDX-License-Identifier: GPL-2.0-only
/* Dumps of ports and of their queues. */
#include <linux/machdev_netlink.h>
#include <linux/pid.h>

#include "netlink.h"
#include "port.h"
#include "queue.h"

/**
 * mach_netlink_put_counts() - what can be said of every port
 * @skb: a message
 * @port: the port
 * @view: how it is
 *
 * Return: whether there was room.
 */
bool mach_netlink_put_counts(struct sk_buff *skb, const struct mach_port *port,
			     const struct mach_port_view *view)
{
	return !nla_put_u64_64bit(skb, MACHDEV_A_PORT_ID, port->id,
				  MACHDEV_A_PORT_PAD) &&
	       !nla_put_u32(skb, MACHDEV_A_PORT_KIND,
			    mach_netlink_kinds[port->kind]) &&
	       !nla_put_u32(skb, MACHDEV_A_PORT_SENDS, view->sends) &&
	       !nla_put_u32(skb, MACHDEV_A_PORT_SEND_ONCES,
			    view->send_onces) &&
	       !nla_put_u32(skb, MACHDEV_A_PORT_MAKE_SENDS,
			    view->make_sends) &&
	       !nla_put_u32(skb, MACHDEV_A_PORT_REQUESTS, view->requests) &&
	       !nla_put_u32(skb, MACHDEV_A_PORT_MESSAGES, view->messages) &&
	       !nla_put_u32(skb, MACHDEV_A_PORT_LIMIT, view->limit) &&
	       !nla_put_u32(skb, MACHDEV_A_PORT_SEQUENCE, view->sequence) &&
	       !nla_put_u32(skb, MACHDEV_A_PORT_SETS, view->sets);
}

/*
 * A port: that of a receive right if there is a receiver, else one that stands
 * for a task, of which pid is the number.
 */
static bool put_port(struct sk_buff *skb, u32 pid, bool received,
		     const struct mach_port *port,
		     const struct mach_port_view *view)
{
	return !nla_put_u32(skb, received ? MACHDEV_A_PORT_PID :
			    MACHDEV_A_PORT_OBJECT_PID, pid) &&
	       (!received ||
		!nla_put_u32(skb, MACHDEV_A_PORT_NAME, view->name)) &&
	       mach_netlink_put_counts(skb, port, view);
}

static int show_port(struct sk_buff *skb, struct netlink_callback *cb,
		     struct mach_task *task, struct mach_port *port,
		     bool received)
{
	u32 pid = mach_viewer_pid(&mach_netlink_dump(cb)->viewer, task->pid);
	struct mach_port_view view;
	void *message;

	if (!mach_queue_look(port, received ? &task->space : NULL, &view))
		return 0;
	put_pid(view.oldest_from);
	message = mach_netlink_begin(skb, cb, MACHDEV_CMD_PORT_GET);
	if (!message)
		return -EMSGSIZE;
	return mach_netlink_end(skb, message,
				put_port(skb, pid, received, port, &view));
}

static int show_receive(struct sk_buff *skb, struct netlink_callback *cb,
			struct mach_task *task, struct mach_right_view *right)
{
	if (!(right->type & MACHDEV_TYPE_RECEIVE))
		return 0;
	return show_port(skb, cb, task, right->port, true);
}

/* The port that stands for a task. */
static int show_self(struct sk_buff *skb, struct netlink_callback *cb,
		     struct mach_task *task)
{
	struct mach_port *port;
	int ret;

	spin_lock(&task->lock);
	port = mach_port_get(task->self);
	spin_unlock(&task->lock);
	ret = show_port(skb, cb, task, port, false);
	mach_port_put(port);
	return ret;
}

static int show_ports(struct sk_buff *skb, struct netlink_callback *cb,
		      struct mach_task *task)
{
	struct mach_dump *dump = mach_netlink_dump(cb);
	int ret;

	if (!dump->index) {
		ret = show_self(skb, cb, task);
		if (ret)
			return ret;
		dump->index = 1;
	}
	return mach_netlink_each_right(skb, cb, task, show_receive);
}

/**
 * mach_netlink_ports() - the dump of ports
 * @skb: a message
 * @cb: the dump
 *
 * Return: as mach_netlink_each_task().
 */
int mach_netlink_ports(struct sk_buff *skb, struct netlink_callback *cb)
{
	return mach_netlink_each_task(skb, cb, show_ports);
}

static bool put_oldest(struct sk_buff *skb, const struct mach_viewer *viewer,
		       const struct mach_port_view *view)
{
	return !nla_put_s32(skb, MACHDEV_A_QUEUE_OLDEST_ID,
			    view->oldest_id) &&
	       !nla_put_u32(skb, MACHDEV_A_QUEUE_OLDEST_SIZE,
			    view->oldest_size) &&
	       (!view->oldest_from ||
		!nla_put_u32(skb, MACHDEV_A_QUEUE_OLDEST_PID,
			     mach_viewer_pid(viewer, view->oldest_from)));
}

static bool put_queue(struct sk_buff *skb, const struct mach_viewer *viewer,
		      u32 pid, const struct mach_port *port,
		      const struct mach_port_view *view)
{
	return !nla_put_u32(skb, MACHDEV_A_QUEUE_PID, pid) &&
	       !nla_put_u64_64bit(skb, MACHDEV_A_QUEUE_PORT, port->id,
				  MACHDEV_A_QUEUE_PAD) &&
	       !nla_put_u32(skb, MACHDEV_A_QUEUE_NAME, view->name) &&
	       !nla_put_u32(skb, MACHDEV_A_QUEUE_MESSAGES, view->messages) &&
	       !nla_put_u32(skb, MACHDEV_A_QUEUE_LIMIT, view->limit) &&
	       !nla_put_u32(skb, MACHDEV_A_QUEUE_SEQUENCE, view->sequence) &&
	       (!view->senders ||
		!nla_put_flag(skb, MACHDEV_A_QUEUE_SENDERS)) &&
	       (!view->receivers ||
		!nla_put_flag(skb, MACHDEV_A_QUEUE_RECEIVERS)) &&
	       (!view->oldest || put_oldest(skb, viewer, view));
}

static int show_queue(struct sk_buff *skb, struct netlink_callback *cb,
		      struct mach_task *task, struct mach_right_view *right)
{
	const struct mach_viewer *viewer = &mach_netlink_dump(cb)->viewer;
	u32 pid = mach_viewer_pid(viewer, task->pid);
	struct mach_port_view view;
	void *message;
	int ret = 0;

	if (!(right->type & MACHDEV_TYPE_RECEIVE) ||
	    !mach_queue_look(right->port, &task->space, &view))
		return 0;
	if (view.messages || view.senders || view.receivers) {
		message = mach_netlink_begin(skb, cb, MACHDEV_CMD_QUEUE_GET);
		ret = message ?
			mach_netlink_end(skb, message,
					 put_queue(skb, viewer, pid,
						   right->port, &view)) :
			-EMSGSIZE;
	}
	put_pid(view.oldest_from);
	return ret;
}

static int show_queues(struct sk_buff *skb, struct netlink_callback *cb,
		       struct mach_task *task)
{
	return mach_netlink_each_right(skb, cb, task, show_queue);
}

/**
 * mach_netlink_queues() - the dump of queues
 * @skb: a message
 * @cb: the dump
 *
 * Return: as mach_netlink_each_task().
 */
int mach_netlink_queues(struct sk_buff *skb, struct netlink_callback *cb)
{
	return mach_netlink_each_task(skb, cb, show_queues);
}
