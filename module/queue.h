/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: The queue of a port
 *
 * Messages are received in the order in which they were sent. A sender that
 * finds a receiver waiting gives it the message; one that finds the queue full
 * waits its turn, and whoever makes room moves its message into the queue.
 * So while a message is queued nobody waits to receive, and while there is
 * room nobody waits to send. Who waits at the port comes before who waits at a
 * port set that it is in.
 *
 * A send-once right is a promise of exactly one message: what is sent through
 * it ignores the limit, as do messages that the kernel makes.
 */
#ifndef MACH_QUEUE_H
#define MACH_QUEUE_H

#include "port.h"
#include "waiter.h"

/* What became of a message that was posted. */
enum mach_post {
	MACH_POST_DONE,	/* the port or a receiver has it */
	MACH_POST_DEAD,	/* the port is dead, the caller still has it */
	MACH_POST_FULL,	/* no room; the waiter, if any, waits with it */
	MACH_POST_SHUT,	/* no room, and the gate is shut */
};

/* Of mach_queue_take(): nothing there yet, the waiter waits. */
#define MACH_QUEUE_WAIT (-1)
/* Of mach_queue_take(), and the outcome of a wait: the gate has been shut. */
#define MACH_QUEUE_SHUT (-2)
/* The outcome of a wait at a port set: look again. */
#define MACH_QUEUE_AGAIN (-3)

enum mach_post mach_queue_post(struct mach_port *port, struct mach_kmsg *kmsg,
			       struct mach_waiter *waiter);
bool mach_queue_post_kernel(struct mach_port *port, struct mach_kmsg *kmsg);
void mach_queue_post_send_once(struct mach_port *port);
int mach_queue_take(struct mach_port *port, const struct mach_space *space,
		    struct mach_waiter *waiter, bool wait);
struct task_struct *mach_queue_give_locked(struct mach_port *port,
					   struct list_head *receivers,
					   struct mach_kmsg *kmsg);
int mach_queue_take_locked(struct mach_port *port, struct mach_waiter *waiter);
bool mach_queue_leave(struct mach_port *port, struct mach_waiter *waiter);
void mach_queue_abandon(struct mach_port *port);
void mach_queue_disturb_locked(struct mach_port *port);
void mach_queue_set_limit_locked(struct mach_port *port, u32 qlimit);
void mach_queue_close(struct mach_port *port, struct list_head *kmsgs,
		      struct list_head *requests);
bool mach_queue_look(struct mach_port *port, const struct mach_space *receiver,
		     struct mach_port_view *view);

#endif /* MACH_QUEUE_H */
