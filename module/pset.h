/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Port sets
 *
 * A set is a name from which what arrives at any of its members can be
 * received. Its members are receive rights of the same space, each of which
 * may be in several sets; a receive right that leaves the space, or dies,
 * leaves its sets.
 *
 * A membership ties one port to one set. It stands in the list of the port,
 * which the port's lock guards, and in the tree of the set, by name, which the
 * set's lock guards; it is made and ended with both held, the port's first. So
 * it is always in both or in none.
 *
 * Ready: members that have messages stand in a list of the set, in the order
 * in which they will be served. Who was served goes to the end of it, so that
 * each gets its turn. A membership is in that list if and only if its port has
 * messages, which only changes with the port's lock held, and while there is
 * anything in the list nobody waits at the set. A message that comes to a port
 * which has others need not change its sets; the cost of a receive depends
 * neither on how many members there are nor on how many of them are ready.
 */
#ifndef MACH_PSET_H
#define MACH_PSET_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "types.h"

struct mach_kmsg;
struct mach_ledger;
struct mach_waiter;
struct task_struct;

/**
 * struct mach_pset - a port set
 * @ref: memory reference
 * @lock: guards what is said to be guarded
 * @dead: the name is gone, nobody can come to wait; guarded, never cleared
 * @count: members; written under @lock, read anywhere
 * @id: number of the set, mach_serial_next(); constant after init
 * @members: struct mach_member by name; guarded
 * @ready: struct mach_member with messages, who is next first; guarded
 * @receivers: struct mach_waiter, waiting for a message; guarded
 * @wait: who polls descriptors of the set; see watch.h
 * @ledger: charged for this set, holds a reference; constant after init
 * @next: on a struct mach_reap, after its name is gone
 */
struct mach_pset {
	refcount_t ref;
	spinlock_t lock;
	bool dead;
	u32 count;
	u64 id;
	struct rb_root members;
	struct list_head ready;
	struct list_head receivers;
	wait_queue_head_t wait;
	struct mach_ledger *ledger;
	struct mach_pset *next;
};

/**
 * struct mach_member - a port in a set
 * @port: the port; constant once linked
 * @set: the set; constant once linked
 * @name: the receive right's name; guarded by the lock of @set
 * @link: in the list of @port, guarded by its lock
 * @node: in the tree of @set, guarded by its lock
 * @ready: in the list of @set, guarded by its lock, or empty
 * @ledger: charged for this, holds a reference; constant after init
 */
struct mach_member {
	struct mach_port *port;
	struct mach_pset *set;
	u32 name;
	struct list_head link;
	struct rb_node node;
	struct list_head ready;
	struct mach_ledger *ledger;
};

int mach_pset_cache_init(void);
void mach_pset_cache_exit(void);

struct mach_pset *mach_pset_new(struct mach_ledger *ledger);
void mach_pset_put(struct mach_pset *set);
void mach_pset_close(struct mach_pset *set);
void mach_pset_clear(struct mach_pset *set);
void mach_pset_abandon(struct mach_pset *set);
unsigned int mach_pset_list(struct mach_pset *set, u32 *after, u32 *names,
			    unsigned int room, u32 *count);

/**
 * mach_pset_get() - take a memory reference
 * @set: a set to which the caller has one already
 *
 * Return: @set.
 */
static inline struct mach_pset *mach_pset_get(struct mach_pset *set)
{
	refcount_inc(&set->ref);
	return set;
}

struct mach_member *mach_member_new(struct mach_ledger *ledger);
void mach_member_free(struct mach_member *member);
struct mach_member *mach_member_find_locked(const struct mach_port *port,
					    const struct mach_pset *set);
void mach_member_link_locked(struct mach_port *port, struct mach_pset *set,
			     struct mach_member *member);
void mach_member_unlink_locked(struct mach_member *member);
void mach_member_unlink_all_locked(struct mach_port *port);
void mach_member_rename_locked(struct mach_port *port, u32 name);

struct task_struct *mach_pset_offer_locked(struct mach_port *port,
					   struct mach_kmsg *kmsg);
void mach_pset_idle_locked(struct mach_port *port);
void mach_pset_wake_locked(struct mach_port *port);
int mach_pset_take(struct mach_pset *set, struct mach_waiter *waiter,
		   bool wait);
bool mach_pset_leave(struct mach_pset *set, struct mach_waiter *waiter);

#endif /* MACH_PSET_H */
