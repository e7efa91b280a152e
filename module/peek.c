// SPDX-License-Identifier: GPL-2.0-only
/* Looks at messages in a queue. */
#include "guard.h"
#include "identity.h"
#include "kmsg.h"
#include "peek.h"

/* Messages that are passed over, at most, with the lock held. */
#define REACH MACHDEV_QLIMIT_MAX

static int show(const struct mach_kmsg *kmsg, struct mach_peek *peek)
{
	peek->id = mach_kmsg_header((struct mach_kmsg *)kmsg)->id;
	peek->size = kmsg->size;
	peek->identity = kmsg->identity;
	if (peek->identity)
		refcount_inc(&peek->identity->ref);
	return MACHDEV_KERN_SUCCESS;
}

static int show_send_once(struct mach_peek *peek)
{
	peek->id = MACHDEV_NOTIFY_SEND_ONCE;
	peek->size = sizeof(struct machdev_msg_header);
	peek->identity = NULL;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_peek_locked() - look at a message in a queue
 * @port: the port, its lock held
 * @peek: which one, and what it is; @peek->identity is the caller's to put
 *
 * Return: KERN_SUCCESS; KERN_FAILURE, it is not there, or there are too many
 * others before it.
 */
int mach_peek_locked(struct mach_port *port, struct mach_peek *peek)
{
	u32 place = peek->seqno ? peek->seqno - port->seqno : 0;
	struct mach_kmsg *kmsg;
	unsigned int passed = 0;

	lockdep_assert_held(&port->lock);
	peek->seqno = port->seqno + place;
	peek->context = mach_guard_context_locked(port);
	list_for_each_entry(kmsg, &port->messages, link) {
		if (place < kmsg->so_before)
			return show_send_once(peek);
		place -= kmsg->so_before;
		if (!place)
			return show(kmsg, peek);
		place--;
		if (++passed == REACH)
			return MACHDEV_KERN_FAILURE;
	}
	return place < port->so_tail ? show_send_once(peek) :
				       MACHDEV_KERN_FAILURE;
}
