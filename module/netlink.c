// SPDX-License-Identifier: GPL-2.0-only
/* The netlink family: who asks, and what for. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/machdev_netlink.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/user_namespace.h>
#include <net/sock.h>

#include "event.h"
#include "gate.h"
#include "netlink.h"

/* Every request has it as its first attribute, if it has any. */
#define A_PID MACHDEV_A_TASK_PID

static struct netlink_range_validation pids = { .min = 1, .max = S32_MAX };

static const struct nla_policy by_pid[] = {
	[A_PID] = NLA_POLICY_FULL_RANGE(NLA_U32, &pids),
};

/* Has everything that a dump needs between two messages. */
struct context {
	struct mach_dump *dump;
};

static struct context *context_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct context) > sizeof(cb->ctx));
	return (struct context *)cb->ctx;
}

/**
 * mach_netlink_dump() - how far a dump has come
 * @cb: the dump
 *
 * Return: what is kept of it between two messages.
 */
struct mach_dump *mach_netlink_dump(struct netlink_callback *cb)
{
	return context_of(cb)->dump;
}

/* The credentials with which the socket was opened. */
static const struct cred *opener(struct netlink_callback *cb)
{
	const struct socket *socket = NETLINK_CB(cb->skb).sk->sk_socket;

	return socket && socket->file ? socket->file->f_cred : NULL;
}

static bool sees_all(struct netlink_callback *cb)
{
	return file_ns_capable(NETLINK_CB(cb->skb).sk->sk_socket->file,
			       &init_user_ns, CAP_SYS_ADMIN) &&
	       ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

static bool is_user(const struct cred *cred, const struct cred *sender)
{
	return uid_eq(cred->uid, sender->euid) &&
	       uid_eq(cred->euid, sender->euid) &&
	       cred->user_ns == sender->user_ns;
}

static int viewer_init(struct mach_viewer *viewer, struct netlink_callback *cb)
{
	const struct cred *sender = current_cred(), *owner = opener(cb);

	if (!owner)
		return -EPERM;
	viewer->all = sees_all(cb);
	if (!viewer->all && (!is_user(sender, sender) ||
			     !is_user(owner, sender)))
		return -EPERM;
	viewer->uid = sender->euid;
	viewer->caps = cap_intersect(sender->cap_permitted,
				     owner->cap_permitted);
	viewer->user_ns = get_user_ns(sender->user_ns);
	viewer->pid_ns = get_pid_ns(task_active_pid_ns(current));
	return 0;
}

static void viewer_deinit(struct mach_viewer *viewer)
{
	put_user_ns(viewer->user_ns);
	put_pid_ns(viewer->pid_ns);
}

/* Sets a dump on the one task that was asked for. */
static int seek(struct mach_dump *dump, const struct nlattr *attr)
{
	struct pid *pid = find_get_pid(nla_get_u32(attr));
	struct mach_task *task = pid ? mach_task_lookup(pid) : NULL;
	int ret = 0;

	put_pid(pid);
	if (!task || mach_task_is_dying(task)) {
		ret = -ESRCH;
	} else if (!mach_viewer_sees(&dump->viewer, task)) {
		ret = -EPERM;
	} else {
		mach_task_seek(&dump->tasks, task);
		dump->only = task->id;
	}
	mach_task_put(task);
	return ret;
}

static int dump_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = mach_dump_attrs(cb);
	struct mach_dump *dump;
	int ret;

	if (mach_gate_is_shut())
		return -ENODEV;
	dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	if (!dump)
		return -ENOMEM;
	ret = viewer_init(&dump->viewer, cb);
	if (ret)
		goto err_free;
	if (attrs && attrs[A_PID])
		ret = seek(dump, attrs[A_PID]);
	if (ret)
		goto err_deinit;
	context_of(cb)->dump = dump;
	return 0;

err_deinit:
	viewer_deinit(&dump->viewer);
err_free:
	kfree(dump);
	return ret;
}

static int dump_done(struct netlink_callback *cb)
{
	struct mach_dump *dump = mach_netlink_dump(cb);

	viewer_deinit(&dump->viewer);
	kfree(dump);
	return 0;
}

/* Of what is nobody's in particular. */
static int dump_start_all(struct netlink_callback *cb)
{
	int ret = dump_start(cb);

	if (!ret && !mach_netlink_dump(cb)->viewer.all) {
		dump_done(cb);
		ret = -EPERM;
	}
	return ret;
}

/**
 * mach_netlink_begin() - begin a message of a dump
 * @skb: where
 * @cb: the dump
 * @cmd: MACHDEV_CMD_*
 *
 * Return: the message, for mach_netlink_end(); NULL if there is no room.
 */
void *mach_netlink_begin(struct sk_buff *skb, struct netlink_callback *cb,
			 u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &mach_netlink_family, NLM_F_MULTI, cmd);
}

/**
 * mach_netlink_end() - end a message of a dump
 * @skb: where
 * @message: the message
 * @fits: whether all its attributes are in it; otherwise it is taken back
 *
 * Return: 0 or -EMSGSIZE.
 */
int mach_netlink_end(struct sk_buff *skb, void *message, bool fits)
{
	if (fits)
		genlmsg_end(skb, message);
	else
		genlmsg_cancel(skb, message);
	return fits ? 0 : -EMSGSIZE;
}

#define DUMP(command, function, begin, ...)				\
	{								\
		.cmd = MACHDEV_CMD_##command,				\
		.start = begin,						\
		.dumpit = mach_netlink_##function,			\
		.done = dump_done,					\
		__VA_ARGS__						\
	}
#define BY_PID .policy = by_pid, .maxattr = ARRAY_SIZE(by_pid) - 1

static const struct genl_ops ops[] = {
	DUMP(TASK_GET, tasks, dump_start, BY_PID),
	DUMP(PORT_GET, ports, dump_start, BY_PID),
	DUMP(RIGHT_GET, rights, dump_start, BY_PID),
	DUMP(QUEUE_GET, queues, dump_start, BY_PID),
	DUMP(LEDGER_GET, ledgers, dump_start),
	DUMP(OBJECT_GET, objects, dump_start_all),
	{
		.cmd = MACHDEV_CMD_COUNTER_GET,
		.dumpit = mach_netlink_counters,
	},
};

static const struct genl_multicast_group groups[] = {
	{ .name = MACHDEV_NETLINK_EVENTS, .flags = MACH_MCAST_FLAGS },
};

struct genl_family mach_netlink_family = {
	.name = MACHDEV_NETLINK_NAME,
	.version = MACHDEV_NETLINK_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/**
 * mach_netlink_init() - make the family appear
 *
 * Return: 0 or a negative error number.
 */
int mach_netlink_init(void)
{
	int ret;

	BUILD_BUG_ON(MACHDEV_A_PORT_PID != (int)A_PID ||
		     MACHDEV_A_RIGHT_PID != (int)A_PID ||
		     MACHDEV_A_QUEUE_PID != (int)A_PID);
	ret = genl_register_family(&mach_netlink_family);
	if (!ret && MACH_MCAST_GUARDED)
		mach_event_connect(&mach_netlink_sink);
	return ret;
}

/**
 * mach_netlink_exit() - make the family go; no dump is in progress
 */
void mach_netlink_exit(void)
{
	mach_event_connect(NULL);
	genl_unregister_family(&mach_netlink_family);
}
