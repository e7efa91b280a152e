// SPDX-License-Identifier: GPL-2.0-only
/* The dump of all ports, whoever has rights to them, if anybody. */
#include <linux/machdev_netlink.h>
#include <linux/pid.h>

#include "netlink.h"
#include "port.h"
#include "queue.h"

/* One of them is the dump's own. */
static u32 references(const struct mach_port_view *view)
{
	return view->references - 1;
}

static bool put_ends(struct sk_buff *skb, const struct mach_viewer *viewer,
		     struct mach_port *port)
{
	u32 object, receiver, name = 0;

	object = mach_netlink_put_seen(viewer, mach_task_of_object(port));
	receiver = mach_netlink_put_seen(viewer,
					 mach_task_of_receiver(port, &name));
	return (!object ||
		!nla_put_u32(skb, MACHDEV_A_PORT_OBJECT_PID, object)) &&
	       (!receiver ||
		(!nla_put_u32(skb, MACHDEV_A_PORT_PID, receiver) &&
		 !nla_put_u32(skb, MACHDEV_A_PORT_NAME, name)));
}

static bool put_object(struct sk_buff *skb, const struct mach_viewer *viewer,
		       struct mach_port *port,
		       const struct mach_port_view *view)
{
	return put_ends(skb, viewer, port) &&
	       mach_netlink_put_counts(skb, port, view) &&
	       !nla_put_u32(skb, MACHDEV_A_PORT_REFERENCES,
			    references(view)) &&
	       (!view->destination ||
		!nla_put_u64_64bit(skb, MACHDEV_A_PORT_DESTINATION,
				   view->destination, MACHDEV_A_PORT_PAD)) &&
	       (!view->dead || !nla_put_flag(skb, MACHDEV_A_PORT_DEAD));
}

static int show_object(struct sk_buff *skb, struct netlink_callback *cb,
		       struct mach_port *port)
{
	const struct mach_viewer *viewer = &mach_netlink_dump(cb)->viewer;
	struct mach_port_view view;
	void *message;

	mach_queue_look(port, NULL, &view);
	put_pid(view.oldest_from);
	message = mach_netlink_begin(skb, cb, MACHDEV_CMD_OBJECT_GET);
	if (!message)
		return -EMSGSIZE;
	return mach_netlink_end(skb, message,
				put_object(skb, viewer, port, &view));
}

/**
 * mach_netlink_objects() - the dump of all ports
 * @skb: a message
 * @cb: the dump
 *
 * Return: as mach_netlink_each_task().
 */
int mach_netlink_objects(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct mach_dump *dump = mach_netlink_dump(cb);
	struct mach_port *port;
	int ret = 0;

	while (!ret && (port = mach_port_next(&dump->ports))) {
		ret = mach_netlink_may_go_on() ?: show_object(skb, cb, port);
		if (!ret)
			mach_port_pass(&dump->ports, port);
		mach_port_put(port);
	}
	return ret == -EMSGSIZE && skb->len ? skb->len : ret;
}
