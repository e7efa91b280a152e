// SPDX-License-Identifier: GPL-2.0-only
/* Events, to those who have joined the group. */
#include <linux/machdev_netlink.h>

#include "event.h"
#include "netlink.h"

#define EVENTS 0	/* of the family's groups */

static bool wanted(void)
{
	return genl_has_listeners(&mach_netlink_family, &init_net, EVENTS) > 0;
}

static bool put_task(struct sk_buff *skb, const struct mach_event *event)
{
	const struct mach_words *words = &event->words;

	return !event->version ||
	       (!nla_put_u32(skb, MACHDEV_A_EVENT_PIDVERSION,
			     event->version) &&
		!nla_put_string(skb, MACHDEV_A_EVENT_COMM, event->comm) &&
		!nla_put_u32(skb, MACHDEV_A_EVENT_TOKEN, event->token) &&
		!nla_put(skb, MACHDEV_A_EVENT_SECURITY,
			 sizeof(words->security), words->security) &&
		!nla_put(skb, MACHDEV_A_EVENT_AUDIT, sizeof(words->audit),
			 words->audit));
}

static bool put_event(struct sk_buff *skb, const struct mach_event *event)
{
	return !nla_put_u64_64bit(skb, MACHDEV_A_EVENT_SEQUENCE,
				  event->sequence, MACHDEV_A_EVENT_PAD) &&
	       !nla_put_u64_64bit(skb, MACHDEV_A_EVENT_DROPPED,
				  event->dropped, MACHDEV_A_EVENT_PAD) &&
	       !nla_put_u64_64bit(skb, MACHDEV_A_EVENT_TIME, event->time,
				  MACHDEV_A_EVENT_PAD) &&
	       !nla_put_u32(skb, MACHDEV_A_EVENT_KIND, event->kind) &&
	       (!event->pid ||
		!nla_put_u32(skb, MACHDEV_A_EVENT_PID, event->pid)) &&
	       (!event->actor ||
		!nla_put_u32(skb, MACHDEV_A_EVENT_ACTOR_PID, event->actor)) &&
	       put_task(skb, event);
}

#define EVENT_SIZE (3 * nla_total_size_64bit(sizeof(u64)) +		\
		    5 * nla_total_size(sizeof(u32)) +			\
		    nla_total_size(TASK_COMM_LEN) +			\
		    nla_total_size(sizeof_field(struct mach_words, security)) + \
		    nla_total_size(sizeof_field(struct mach_words, audit)))

/* Who cannot keep up is told so by netlink; everybody else gets it. */
static bool send(const struct mach_event *event)
{
	struct sk_buff *skb = genlmsg_new(EVENT_SIZE, GFP_KERNEL);
	void *message;

	if (!skb)
		return false;
	message = genlmsg_put(skb, 0, 0, &mach_netlink_family, 0,
			      MACHDEV_CMD_EVENT);
	if (!message || WARN_ON_ONCE(!put_event(skb, event))) {
		nlmsg_free(skb);
		return false;
	}
	genlmsg_end(skb, message);
	genlmsg_multicast(&mach_netlink_family, skb, 0, EVENTS, GFP_KERNEL);
	return true;
}

const struct mach_event_sink mach_netlink_sink = {
	.wanted = wanted,
	.send = send,
};
