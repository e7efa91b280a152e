/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Ports
 *
 * A port is a queue of messages and the counts of the rights to it. It has at
 * most one receiver: a space that holds the receive right, nobody while that
 * right is on its way, or the kernel (then it stands for an object).
 *
 * Life: it is born alive and dies once, when its receive right is destroyed.
 * A dead port keeps only its memory: nothing is queued any more, its senders
 * and receivers are woken, and every space finds out for itself, at its next
 * look at a name, that the name is dead. Memory goes with the last reference.
 *
 * Counts: each right, wherever it is, holds one reference and is counted in
 * @srights or @sorights. The names of one space for a port count once,
 * however many user references they have.
 */
#ifndef MACH_PORT_H
#define MACH_PORT_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#include "types.h"

struct mach_ledger;
struct mach_reap;
struct mach_request;
struct mach_space;

/* What a port stands for. */
enum mach_port_kind {
	MACH_KIND_PLAIN,	/* a queue that a space receives from */
	/* A task, with rising power: each can do what those before it can. */
	MACH_KIND_TASK_NAME,
	MACH_KIND_TASK_INSPECT,
	MACH_KIND_TASK_READ,
	MACH_KIND_TASK,
	/* A thread, likewise. */
	MACH_KIND_THREAD_INSPECT,
	MACH_KIND_THREAD_READ,
	MACH_KIND_THREAD,
	MACH_KIND_HOST,
	MACH_KIND_HOST_PRIV,
	MACH_KIND_HOST_SECURITY,
	MACH_KIND_CLOCK_SYSTEM,
	MACH_KIND_CLOCK_CALENDAR,
	MACH_KIND_PROCESSOR_SET_NAME,	/* all processors, by name */
	MACH_KIND_PROCESSOR_SET,	/* and with power over what they run */
	MACH_KIND_LEDGER,		/* to be drawn on */
	MACH_KIND_LEDGER_CONTROL,	/* and transferred to, and terminated */
	MACH_KIND_SUSPENSION,		/* a task is stopped */
	MACH_KIND_FILEPORT,		/* an open file */
};

/**
 * struct mach_port - a port
 * @ref: memory reference
 * @lock: guards what is said to be guarded
 * @dead: written under @lock, read anywhere; never cleared
 * @kind: constant after init
 * @guard: MACH_GUARD_* bits; see guard.h
 * @armed: somebody in @requests may want to be told of room; written under
 *	@lock
 * @name: the receive right's name at its receiver; guarded
 * @id: number of the port, mach_serial_next(); constant after init
 * @srights: send rights; atomic
 * @sorights: send-once rights; atomic
 * @object: what a kernel port stands for, NULL once that is gone; guarded
 *	once others know the port
 * @idle: called when the last send right of a kernel port has gone, or its only
 *	send-once right, perhaps under a space's lock; true: the port shall die,
 *	and the reference that the kernel had to it is handed over; may be NULL;
 *	constant after init
 * @receiver: who holds the receive right, or NULL; only compared; guarded
 * @destination: the port to which a message takes the receive right, or NULL;
 *	holds a reference; guarded
 * @transit: in the list of ports on their way, while there is a @destination
 * @mscount: send rights made since the receive right moved last; guarded
 * @seqno: of the next message taken; guarded
 * @msgcount: messages queued, send-once notifications included; guarded
 * @qlimit: messages that fit without waiting; guarded
 * @so_tail: send-once notifications behind the last of @messages; guarded
 * @nrequests: entries of @requests; guarded
 * @nsets: entries of @members; guarded
 * @context: word of the receiver's own, perhaps a guard; guarded
 * @messages: struct mach_kmsg, oldest first; guarded
 * @senders: struct mach_waiter, waiting for room; guarded
 * @receivers: struct mach_waiter, waiting for a message; guarded
 * @requests: struct mach_request for the death of this port, those first that
 *	are to be told of room as well; guarded
 * @members: struct mach_member, its memberships of port sets; guarded
 * @watches: struct mach_watch, descriptors that look at @messages; guarded
 * @no_senders: to be told when the last send right has gone, or NULL; written
 *	under @lock
 * @destroyed: to be given the receive right instead of its end, or NULL;
 *	written by who holds that right
 * @ledger: charged for this port, holds a reference; constant after init
 * @node: in the table of all ports
 * @reap: on a struct mach_reap, after death
 * @rcu: frees
 *
 * A send-once notification says nothing but that it happened, so it is kept as
 * a number: each message counts those that came before it (so_before), the
 * port those that came after the last one. They take no memory and so cannot
 * be lost, and are received in order.
 */
struct mach_port {
	refcount_t ref;
	spinlock_t lock;
	bool dead;
	u8 kind;
	u8 guard;
	bool armed;
	u32 name;
	u64 id;
	atomic_t srights;
	atomic_t sorights;
	void *object;
	bool (*idle)(struct mach_port *port);
	struct mach_space *receiver;
	struct mach_port *destination;
	struct list_head transit;
	u32 mscount;
	u32 seqno;
	u32 msgcount;
	u32 qlimit;
	u32 so_tail;
	u32 nrequests;
	u32 nsets;
	u64 context;
	struct list_head messages;
	struct list_head senders;
	struct list_head receivers;
	struct list_head requests;
	struct list_head members;
	struct hlist_head watches;
	struct mach_request *no_senders;
	struct mach_request *destroyed;
	struct mach_ledger *ledger;
	struct hlist_node node;
	union {
		struct list_head reap;
		struct rcu_head rcu;
	};
};

/**
 * struct mach_port_view - a port at one moment
 * @dead: the receive right has been destroyed
 * @references: memory references
 * @destination: number of the port to which a message takes the receive right,
 *	0 if none does
 * @name: the receive right's name
 * @sends: send rights
 * @send_onces: send-once rights
 * @make_sends: make-send count
 * @requests: requests for the death of the port
 * @sets: port sets that it is in
 * @messages: messages queued, send-once notifications included
 * @limit: messages that fit without waiting
 * @sequence: number of the next message taken
 * @senders: somebody waits for room
 * @receivers: somebody waits for a message
 * @oldest: a message is queued, and nothing before it
 * @oldest_id: its id
 * @oldest_size: its bytes of header and body
 * @oldest_from: its sender, holds a reference; NULL for the kernel
 */
struct mach_port_view {
	bool dead;
	u32 references;
	u64 destination;
	u32 name;
	u32 sends;
	u32 send_onces;
	u32 make_sends;
	u32 requests;
	u32 sets;
	u32 messages;
	u32 limit;
	u32 sequence;
	bool senders;
	bool receivers;
	bool oldest;
	s32 oldest_id;
	u32 oldest_size;
	struct pid *oldest_from;
};

int mach_port_cache_init(void);
void mach_port_cache_exit(void);

struct mach_port *mach_port_new(enum mach_port_kind kind, void *object,
				struct mach_ledger *ledger, gfp_t gfp);
void mach_port_adopt(struct mach_port *port, void *object,
		     struct mach_ledger *ledger);
void mach_port_put(struct mach_port *port);
void mach_port_discard(struct mach_port *port);

/**
 * mach_port_get() - take a memory reference
 * @port: a port to which the caller has one already
 *
 * Return: @port.
 */
static inline struct mach_port *mach_port_get(struct mach_port *port)
{
	refcount_inc(&port->ref);
	return port;
}

/* Whether an ordinary message would find room. */
static inline bool mach_port_has_room_locked(const struct mach_port *port)
{
	lockdep_assert_held(&port->lock);
	return port->msgcount < port->qlimit;
}

/* Whether the port has died; once true, always true. */
static inline bool mach_port_is_dead(const struct mach_port *port)
{
	return READ_ONCE(port->dead);
}

struct mach_right mach_port_make_send(struct mach_port *port);
void mach_port_unmake_send(struct mach_port *port);
struct mach_right mach_port_make_send_once(struct mach_port *port);
struct mach_right mach_port_copy_send(struct mach_port *port);

#endif /* MACH_PORT_H */
