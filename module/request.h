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
 * notification). The port's list owns it. The name's entry only points to it;
 * when the port is dead that pointer is stale and means no more than "there was
 * one".
 *
 * A port has at most one request for the end of its senders, and one for its
 * own end. They belong to the receive right and move with it. A port that dies
 * owes to who waited for the end of its senders a message all the same: the
 * send-once right goes unused.
 */
#ifndef MACH_REQUEST_H
#define MACH_REQUEST_H

#include <linux/list.h>

#include "types.h"

struct mach_kmsg;
struct mach_ledger;
struct mach_reap;

/**
 * struct mach_request - a request
 * @link: on the port, if it is one of many; guarded by the port's lock
 * @notify: send-once right through which to notify
 * @kmsg: the notification to be
 * @name: dead name: the name, in the space of who asked
 */
struct mach_request {
	struct list_head link;
	struct mach_right notify;
	struct mach_kmsg *kmsg;
	u32 name;
};

struct mach_request *mach_request_new(struct mach_ledger *ledger, u32 name,
				      s32 id);
void mach_request_free(struct mach_request *request);
bool mach_request_replace(struct mach_request *old, struct mach_request *new,
			  struct mach_port *port);
bool mach_request_remove(struct mach_request *request, struct mach_port *port);
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

#endif /* MACH_REQUEST_H */
