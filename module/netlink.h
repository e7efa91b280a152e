/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: The netlink family
 *
 * The way in for those who look on: dumps, and a group of events. What may be
 * asked and what is answered stands in docs/netlink/mach.yaml.
 *
 * Who looks, and what he may see, is settled when a dump begins, by the
 * credentials of who sends the request and of who opened the socket; whoever
 * reads on later adds nothing to that. Between two messages a dump holds
 * nothing of what it shows, but remembers numbers.
 *
 * An unfinished dump keeps the module, since netlink would call it to the end.
 * When the gate is shut it ends with the next message.
 */
#ifndef MACH_NETLINK_H
#define MACH_NETLINK_H

#include "compat/genetlink.h"

#include "ledger.h"
#include "port_table.h"
#include "right.h"
#include "task.h"
#include "task_look.h"

/**
 * struct mach_dump - how far a dump has come
 * @viewer: for whom
 * @tasks: of dumps that go by tasks
 * @only: number of the one task to show, 0 for all
 * @task: number of the task that has been begun
 * @index: where to go on in its names; 0: before them
 * @ports: of the dump of all ports
 * @users: of the dump of ledgers
 * @item: where to go on in the rest
 */
struct mach_dump {
	struct mach_viewer viewer;
	struct mach_task_walk tasks;
	u64 only;
	u64 task;
	u32 index;
	struct mach_port_walk ports;
	struct mach_user_walk users;
	u32 item;
};

extern struct genl_family mach_netlink_family;
extern const struct mach_event_sink mach_netlink_sink;

int mach_netlink_init(void);
void mach_netlink_exit(void);

struct mach_dump *mach_netlink_dump(struct netlink_callback *cb);
void *mach_netlink_begin(struct sk_buff *skb, struct netlink_callback *cb,
			 u8 cmd);
int mach_netlink_end(struct sk_buff *skb, void *message, bool fits);

typedef int mach_show_task(struct sk_buff *skb, struct netlink_callback *cb,
			   struct mach_task *task);
typedef int mach_show_right(struct sk_buff *skb, struct netlink_callback *cb,
			    struct mach_task *task,
			    struct mach_right_view *right);

extern const u32 mach_netlink_kinds[];
int mach_netlink_may_go_on(void);
u32 mach_netlink_put_seen(const struct mach_viewer *viewer,
			  struct mach_task *task);
bool mach_netlink_put_counts(struct sk_buff *skb, const struct mach_port *port,
			     const struct mach_port_view *view);
int mach_netlink_each_task(struct sk_buff *skb, struct netlink_callback *cb,
			   mach_show_task *show);
int mach_netlink_each_right(struct sk_buff *skb, struct netlink_callback *cb,
			    struct mach_task *task, mach_show_right *show);

int mach_netlink_tasks(struct sk_buff *skb, struct netlink_callback *cb);
int mach_netlink_ports(struct sk_buff *skb, struct netlink_callback *cb);
int mach_netlink_rights(struct sk_buff *skb, struct netlink_callback *cb);
int mach_netlink_queues(struct sk_buff *skb, struct netlink_callback *cb);
int mach_netlink_objects(struct sk_buff *skb, struct netlink_callback *cb);
int mach_netlink_ledgers(struct sk_buff *skb, struct netlink_callback *cb);
int mach_netlink_counters(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* MACH_NETLINK_H */
