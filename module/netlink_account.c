// SPDX-License-Identifier: GPL-2.0-only
/* Dumps of ledgers and counters. */
#include <linux/machdev_netlink.h>
#include <linux/user_namespace.h>

#include "gate.h"
#include "netlink.h"
#include "stat.h"

/* The ledgers of a pair, in the order of MACHDEV_LEDGER_*. */
#define LEDGERS 2

static bool put_ledger(struct sk_buff *skb, struct user_namespace *ns,
		       const struct mach_user *user, u32 kind)
{
	const struct mach_ledger *ledger =
		kind == MACHDEV_LEDGER_WIRED ? &user->wired : &user->paged;
	s64 balance = max_t(s64, mach_ledger_balance(ledger), 0);
	const struct mach_user *owner = user->owner;

	return !nla_put_u32(skb, MACHDEV_A_LEDGER_UID,
			    from_kuid_munged(ns, user->uid)) &&
	       !nla_put_u32(skb, MACHDEV_A_LEDGER_KIND, kind) &&
	       (ledger->limit == MACH_LEDGER_UNLIMITED ||
		!nla_put_u64_64bit(skb, MACHDEV_A_LEDGER_LIMIT, ledger->limit,
				   MACHDEV_A_LEDGER_PAD)) &&
	       !nla_put_u64_64bit(skb, MACHDEV_A_LEDGER_BALANCE, balance,
				  MACHDEV_A_LEDGER_PAD) &&
	       (!owner ||
		!nla_put_u32(skb, MACHDEV_A_LEDGER_PARENT_UID,
			     from_kuid_munged(ns, owner->uid)));
}

static int show_user(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct mach_user *user)
{
	struct mach_dump *dump = mach_netlink_dump(cb);
	const struct mach_viewer *viewer = &dump->viewer;
	void *message;
	int ret;

	if (!viewer->all && !uid_eq(user->uid, viewer->uid))
		return 0;
	for (; dump->item < LEDGERS; dump->item++) {
		message = mach_netlink_begin(skb, cb, MACHDEV_CMD_LEDGER_GET);
		if (!message)
			return -EMSGSIZE;
		ret = mach_netlink_end(skb, message,
				       put_ledger(skb, viewer->user_ns, user,
						  dump->item));
		if (ret)
			return ret;
	}
	dump->item = 0;
	return 0;
}

/**
 * mach_netlink_ledgers() - the dump of ledgers
 * @skb: a message
 * @cb: the dump
 *
 * Return: as mach_netlink_each_task().
 */
int mach_netlink_ledgers(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct mach_dump *dump = mach_netlink_dump(cb);
	struct mach_user *user;
	int ret = 0;

	while (!ret && (user = mach_user_next(&dump->users))) {
		ret = mach_gate_is_shut() ? -ENODEV : show_user(skb, cb, user);
		if (!ret)
			mach_user_pass(&dump->users, user);
		mach_user_put(user);
		cond_resched();
	}
	return ret == -EMSGSIZE && skb->len ? skb->len : ret;
}

static bool put_counter(struct sk_buff *skb, u32 id)
{
	return !nla_put_u32(skb, MACHDEV_A_COUNTER_ID, id) &&
	       !nla_put_u64_64bit(skb, MACHDEV_A_COUNTER_VALUE,
				  mach_stat_read(id), MACHDEV_A_COUNTER_PAD);
}

/**
 * mach_netlink_counters() - the dump of counters
 * @skb: a message
 * @cb: the dump; its first word is the next counter
 *
 * Return: as mach_netlink_each_task().
 */
int mach_netlink_counters(struct sk_buff *skb, struct netlink_callback *cb)
{
	u32 *id = (u32 *)cb->ctx;
	void *message;
	int ret = 0;

	if (mach_gate_is_shut())
		return -ENODEV;
	for (; !ret && *id < MACH_STAT_NUMBER; ++*id) {
		message = mach_netlink_begin(skb, cb, MACHDEV_CMD_COUNTER_GET);
		if (!message)
			break;
		ret = mach_netlink_end(skb, message, put_counter(skb, *id));
		if (ret)
			break;
	}
	return *id < MACH_STAT_NUMBER ? skb->len : 0;
}
