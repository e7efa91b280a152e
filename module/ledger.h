/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Ledgers
 *
 * A ledger has a limit and a balance in bytes. What a task causes the kernel
 * to keep is charged when it is taken and given back when it goes: ports,
 * names, messages and requests to a wired ledger, out-of-line memory to a
 * paged one. A charge goes to the ledger and to all above it, or to none.
 *
 * Every user (kuid) has a default pair. Those of kuid 0 have no limit. The
 * pair of a kuid that is first seen inside a child user name space hangs
 * below the pair of the name space's owner, so that a subordinate range of
 * ids multiplies nothing.
 *
 * A program may create a ledger below another. What it may take there is set
 * aside: charged to the ledger above, and given back with the created one. A
 * created ledger can be terminated. It refuses nothing from then on, and what is
 * charged to it or given back goes on to the ledger above, at which what was set
 * aside has ended. So whoever draws on it draws on that, and so do the ledgers
 * below it. That it is terminated is a bit of its balance: each charge sees with
 * one instruction whether the termination has counted it.
 *
 * References: whatever was charged to a ledger holds one, and a draw port
 * with send rights does. The two ledgers of a pair live and die together, and
 * as long as either is charged, so that nobody can get a fresh pair while the
 * old one is still drawn on.
 */
#ifndef MACH_LEDGER_H
#define MACH_LEDGER_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cred.h>
#include <linux/limits.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

struct mach_port;
struct mach_user;

#define MACH_LEDGER_UNLIMITED S64_MAX

/* What a balance may reach, whatever the limit. */
#define MACH_LEDGER_CEILING BIT_ULL(60)

/*
 * Added to the balance of a ledger that is terminated. Such a balance and one of
 * a ledger that lives are told apart by what lies half way: either may be beyond
 * its bounds for a moment, by what somebody is about to charge or to give back.
 */
#define MACH_LEDGER_ENDED (2 * MACH_LEDGER_CEILING)

/*
 * Created ledgers one below or paid by the other. Charges go up through those
 * that were terminated, and the last reference to one may end all of them.
 */
#define MACH_LEDGER_DEPTH 16

/**
 * struct mach_ledger - an account of kernel memory
 * @ref: memory reference; not used in a pair
 * @user: the pair that this ledger is part of, whose references count, or NULL;
 *	constant after init
 * @limit: bytes, MACH_LEDGER_UNLIMITED for none; changed only of created ones
 * @balance: bytes charged, those of the ledgers below and what is set aside for
 *	them included; and MACH_LEDGER_ENDED, if it was terminated
 * @depth: how many created ones it keeps, at most, itself included; constant
 *	after init
 * @aside: what is set aside for created ledgers; under a lock of its own
 * @origin: the ledger below which this one was created, holds a reference, or
 *	NULL; constant after init
 * @payer: charged for this one, holds a reference, or NULL; constant after init
 * @parent: also charged, kept by a reference of this ledger or its pair;
 *	constant after init
 * @lock: guards @port
 * @port: the draw port, or NULL while nobody has a right to it
 * @rcu: frees after the last look of a fork probe
 */
struct mach_ledger {
	refcount_t ref;
	struct mach_user *user;
	unsigned int depth;
	s64 limit;
	atomic64_t balance;
	s64 aside;
	struct mach_ledger *origin;
	struct mach_ledger *payer;
	struct mach_ledger *parent;
	spinlock_t lock;
	struct mach_port *port;
	struct rcu_head rcu;
};

/**
 * struct mach_user - the default ledgers of one kuid
 * @ref: memory reference
 * @uid: whose they are; constant after init
 * @owner: whose pair is above this one, holds a reference, or NULL; constant
 *	after init
 * @wired: first ledger
 * @paged: second ledger
 * @node: in the table of users, guarded by its lock
 * @rcu: frees after the last look of a fork probe
 */
struct mach_user {
	refcount_t ref;
	kuid_t uid;
	struct mach_user *owner;
	struct mach_ledger wired;
	struct mach_ledger paged;
	struct hlist_node node;
	struct rcu_head rcu;
};

struct mach_ledger *mach_ledger_get(struct mach_ledger *ledger);
bool mach_ledger_tryget(struct mach_ledger *ledger);
void mach_ledger_put(struct mach_ledger *ledger);
bool mach_ledger_charge(struct mach_ledger *ledger, s64 bytes);
void mach_ledger_charge_force(struct mach_ledger *ledger, s64 bytes);
void mach_ledger_uncharge(struct mach_ledger *ledger, s64 bytes);
s64 mach_ledger_balance(const struct mach_ledger *ledger);

struct mach_ledger *mach_ledger_create(struct mach_ledger *origin,
				       struct mach_ledger *payer, s64 limit);
struct mach_ledger *mach_ledger_effective(struct mach_ledger *ledger);
bool mach_ledger_transfer(struct mach_ledger *ledger, s64 bytes);
void mach_ledger_terminate(struct mach_ledger *ledger);
void mach_ledger_read(struct mach_ledger *ledger, s64 *balance, s64 *limit);

/**
 * struct mach_user_walk - how far a walk over all users has come
 * @bucket: of the table
 * @from: least uid that is not done in that bucket
 *
 * All zeros at the beginning. Nothing is held between two steps.
 */
struct mach_user_walk {
	u32 bucket;
	u64 from;
};

struct mach_user *mach_user_find(const struct cred *cred);
struct mach_user *mach_user_next(struct mach_user_walk *walk);
void mach_user_pass(struct mach_user_walk *walk, const struct mach_user *user);
void mach_user_put(struct mach_user *user);

#endif /* MACH_LEDGER_H */
