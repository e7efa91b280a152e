/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: What a child gets from its parent
 *
 * Tokens, ledgers, special ports and handlers of exceptions of a task stand in
 * one block that never changes. Parent and child share it; who changes
 * something makes a copy with the change and publishes that. So a fork costs
 * one reference, and nobody sees half a change.
 *
 * The block is read under RCU, also by the fork probe, and published with a
 * compare-and-exchange.
 */
#ifndef MACH_INHERIT_H
#define MACH_INHERIT_H

#include <linux/llist.h>
#include <linux/refcount.h>

#include "token.h"
#include "types.h"

struct mach_actions;
struct mach_ledger;
struct mach_reap;

/* The special and registered ports that are inherited. */
enum mach_slot_id {
	MACH_SLOT_HOST,
	MACH_SLOT_ACCESS,
	MACH_SLOT_BOOTSTRAP,
	MACH_SLOT_WIRED_LEDGER,
	MACH_SLOT_PAGED_LEDGER,
	MACH_SLOT_SAMPLE,
	MACH_SLOT_REGISTERED,	/* the first of them */
	MACH_SLOT_NUMBER = MACH_SLOT_REGISTERED + MACHDEV_PORT_REGISTER_MAX,
};

/**
 * struct mach_slot - a special or registered port
 * @port: a send right, MACH_PORT_DEAD_PTR or NULL
 * @set: somebody set it; otherwise it has its default, whatever that is when
 *	it is read
 */
struct mach_slot {
	struct mach_port *port;
	bool set;
};

/**
 * struct mach_inherit - what a child gets; constant after init
 * @ref: memory reference
 * @token: explicit tokens, NULL when they are derived
 * @wired: assigned ledger, NULL for the user's own
 * @paged: assigned ledger, NULL for the user's own
 * @trusted: the ledgers were assigned by the security authority
 * @slot: special and registered ports
 * @actions: who handles exceptions, holds a reference; NULL for nobody
 * @later: on the list of mach_inherit_put_later(), after the last reference
 * @rcu: frees
 */
struct mach_inherit {
	refcount_t ref;
	struct mach_token *token;
	struct mach_ledger *wired;
	struct mach_ledger *paged;
	bool trusted;
	struct mach_slot slot[MACH_SLOT_NUMBER];
	struct mach_actions *actions;
	struct llist_node later;
	struct rcu_head rcu;
};

void mach_inherit_assign(struct mach_inherit *inherit,
			 struct mach_ledger *wired, struct mach_ledger *paged,
			 bool trusted);
int mach_inherit_init(void);
void mach_inherit_exit(void);

struct mach_inherit *mach_inherit_default(void);
struct mach_inherit *mach_inherit_copy(const struct mach_inherit *inherit,
				       gfp_t gfp);
void mach_inherit_set_slot(struct mach_inherit *inherit, enum mach_slot_id id,
			   struct mach_right *right, struct mach_reap *reap);
void mach_inherit_set_actions(struct mach_inherit *inherit,
			      struct mach_actions *actions,
			      struct mach_reap *reap);
void mach_inherit_reset(struct mach_inherit *inherit, struct mach_reap *reap);
struct mach_inherit *mach_inherit_get_rcu(struct mach_inherit __rcu **inherit);
void mach_inherit_put(struct mach_inherit *inherit);
void mach_inherit_put_later(struct mach_inherit *inherit);
void mach_inherit_sync(void);

#endif /* MACH_INHERIT_H */
