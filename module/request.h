/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Requests to be notified
 *
 * A request holds the send-once right to notify and, from the beginning, the
 * message that will be sent, so that the notification cannot be lost for want
 * of memory. It is used once, unless it is replaced or cancelled before.
 *
 * A dead-name request belongs to one name of one space. It ends when the port
 * dies (dead-name notification) or the name goes before the port (port-deleted
 * notification). A send-possible request is one that may be answered a third
 * way: once it is armed, by room in the port's queue.
 *
 * The name's entry has a reference, and the port's list has one as long as the
 * request waits there. So an entry can always tell whether its request has
 * been answered by room, and then brings its name no user reference when the
 * port dies. The armed ones stand first in the list, and the port says whether
 * there may be any, so that who makes room looks at one word.
 *
 * A port has at most one request for the end of its senders, and one for its
 * own end. They belong to the receive right and move with it. A port that dies
 * owes to who waited for the end of its senders a message all the same: the
 * send-once right goes unused.
 */
#ifndef MACH_REQUEST_H
#define MACH_REQUEST_H

#include <linux/list.h>

#include "port.h"

struct mach_kmsg;
struct mach_ledger;
struct mach_reap;

/* What the request of a name waits for. */
enum mach_request_state {
	MACH_REQUEST_DEATH,	/* the end of port or name */
	MACH_REQUEST_DELAYED,	/* that, or a send that finds no room */
	MACH_REQUEST_ARMED,	/* that, or room */
	MACH_REQUEST_SPENT,	/* nothing: it has been told of room */
};

/* What became of the request of a name that goes. */
enum mach_request_end {
	MACH_REQUEST_OPEN,	/* nobody has answered it; the caller's */
	MACH_REQUEST_TOLD,	/* it has been told of room; freed */
	MACH_REQUEST_DIED,	/* the port's death answers it; freed */
};

/**
 * struct mach_request - a request
 * @link: on the port, if it is one of many; guarded by the port's lock
 * @notify: send-once right through which to notify
 * @kmsg: the notification to be; NULL once it has been sent
 * @ledger: charged for this, holds a reference
 * @ref: of the name's entry and of the port's list; 1 for any other request
 * @name: the name, in the space of who asked
 * @state: what it waits for; written under the port's lock, once the port
 *	knows of it
 */
struct mach_request {
	struct list_head link;
	struct mach_right notify;
	struct mach_kmsg *kmsg;
	struct mach_ledger *ledger;
	refcount_t ref;
	u32 name;
	enum mach_request_state state;
};

struct mach_request *mach_request_new(struct mach_ledger *ledger, u32 name,
				      s32 id);
void mach_request_free(struct mach_request *request);
bool mach_request_replace(struct mach_request **slot, struct mach_request *new,
			  struct mach_port *port, struct mach_request **old,
			  struct mach_reap *reap);
enum mach_request_end mach_request_remove(struct mach_request *request,
					  struct mach_port *port);
bool mach_request_leave(struct mach_request *request, struct mach_port *port);
void mach_request_rename(struct mach_request *request, struct mach_port *port,
			 u32 name);
u32 mach_request_type(const struct mach_request *request);
void mach_request_fire(struct mach_request *request, s32 id,
		       struct mach_reap *reap);
void mach_request_cancel(struct mach_request *request, struct mach_reap *reap);

struct mach_request *mach_request_set_no_senders(struct mach_port *port,
						 struct mach_request *new,
						 u32 sync,
						 struct mach_reap *reap);
void mach_request_no_senders(struct mach_port *port, struct mach_reap *reap);
bool mach_request_destroyed(struct mach_port *port, struct mach_reap *reap);

void mach_requests_fire(struct list_head *requests, s32 id,
			struct mach_reap *reap);

void mach_request_arm(struct mach_request *request, struct mach_port *port);
void mach_request_tell_room(struct mach_port *port, struct mach_reap *reap);

/**
 * mach_request_room() - a port may have room again
 * @port: the port
 * @reap: will send the notifications to who has asked for them
 *
 * Who arms a request does it under the lock under which he has seen the port
 * full. So whoever makes room afterwards sees it armed, after that lock.
 *
 * Context: Process; may sleep.
 */
static inline void mach_request_room(struct mach_port *port,
				     struct mach_reap *reap)
{
	if (unlikely(READ_ONCE(port->armed)))
		mach_request_tell_room(port, reap);
}

#endif /* MACH_REQUEST_H */
