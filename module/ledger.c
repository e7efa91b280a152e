// SPDX-License-Identifier: GPL-2.0-only
/* Ledgers, and the default pair that each user has. */
#include <linux/hashtable.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "alloc.h"
#include "ledger.h"
#include "stat.h"

static ulong wired_limit = 64UL << 20;
module_param(wired_limit, ulong, 0444);
MODULE_PARM_DESC(wired_limit,
		 "wired bytes a user may take: ports, names, messages (64 MiB)");

static ulong paged_limit = 1UL << 30;
module_param(paged_limit, ulong, 0444);
MODULE_PARM_DESC(paged_limit,
		 "paged bytes a user may take: memory in messages (1 GiB)");

static DEFINE_HASHTABLE(users, 8);
static DEFINE_SPINLOCK(users_lock);

/* Held while something is set aside, and while a created one's limit changes. */
static DEFINE_MUTEX(transfers_lock);
static DEFINE_SPINLOCK(aside_lock);

static void ledger_init(struct mach_ledger *ledger, s64 limit,
			struct mach_ledger *parent, struct mach_user *user)
{
	ledger->limit = limit;
	ledger->parent = parent;
	ledger->user = user;
	spin_lock_init(&ledger->lock);
	mach_stat_inc(LEDGERS);
}

static refcount_t *ref_of(struct mach_ledger *ledger)
{
	return ledger->user ? &ledger->user->ref : &ledger->ref;
}

/**
 * mach_ledger_get() - take a reference
 * @ledger: a ledger to which the caller has one already
 *
 * Return: @ledger.
 */
struct mach_ledger *mach_ledger_get(struct mach_ledger *ledger)
{
	refcount_inc(ref_of(ledger));
	return ledger;
}

/**
 * mach_ledger_tryget() - take a reference if there still is one
 * @ledger: a ledger found under RCU
 *
 * Return: whether a reference was taken.
 */
bool mach_ledger_tryget(struct mach_ledger *ledger)
{
	return refcount_inc_not_zero(ref_of(ledger));
}

static bool has_ended(s64 balance)
{
	return balance > (s64)(MACH_LEDGER_CEILING + MACH_LEDGER_ENDED) / 2;
}

/* Which ledger a charge goes on to, by the balance that it has made. */
static struct mach_ledger *above(struct mach_ledger *ledger, s64 balance)
{
	return has_ended(balance) ? ledger->origin : ledger->parent;
}

static void give(struct mach_ledger *ledger, s64 bytes)
{
	s64 balance;

	for (; ledger; ledger = above(ledger, balance))
		balance = atomic64_sub_return(bytes, &ledger->balance);
}

/* Takes back from the first ledgers of a charge, up to the one that refused. */
static void give_up_to(struct mach_ledger *ledger, struct mach_ledger *last,
		       s64 bytes)
{
	s64 balance;

	for (; ledger != last; ledger = above(ledger, balance))
		balance = atomic64_sub_return(bytes, &ledger->balance);
	balance = atomic64_sub_return(bytes, &last->balance);
	/* Terminated since it refused, with these bytes counted. */
	if (has_ended(balance))
		give(last->origin, bytes);
}

static s64 most(const struct mach_ledger *ledger)
{
	return min_t(s64, READ_ONCE(ledger->limit), MACH_LEDGER_CEILING);
}

static bool take(struct mach_ledger *ledger, s64 bytes)
{
	struct mach_ledger *l;
	s64 balance;

	for (l = ledger; l; l = above(l, balance)) {
		balance = atomic64_add_return(bytes, &l->balance);
		if (!has_ended(balance) && balance > most(l)) {
			give_up_to(ledger, l, bytes);
			return false;
		}
	}
	return true;
}

/**
 * mach_ledger_balance() - what is charged to a ledger
 * @ledger: the ledger
 *
 * Return: bytes, what is set aside included.
 */
s64 mach_ledger_balance(const struct mach_ledger *ledger)
{
	s64 balance = atomic64_read(&ledger->balance);

	return has_ended(balance) ? balance - (s64)MACH_LEDGER_ENDED : balance;
}

/* To be called for what was or will be charged to it. */
static void set_aside(struct mach_ledger *ledger, s64 bytes)
{
	spin_lock(&aside_lock);
	mach_ledger_effective(ledger)->aside += bytes;
	spin_unlock(&aside_lock);
}

static void free_created(struct mach_ledger *ledger)
{
	if (!has_ended(atomic64_read(&ledger->balance))) {
		set_aside(ledger->origin, -ledger->limit);
		give(ledger->origin, ledger->limit);
	}
	mach_ledger_uncharge(ledger->payer, sizeof(*ledger));
	mach_ledger_put(ledger->payer);
	WARN_ON_ONCE(mach_ledger_balance(ledger));
	mach_stat_dec(LEDGERS);
	kfree_rcu(ledger, rcu);
}

/**
 * mach_ledger_put() - drop a reference
 * @ledger: a ledger, or NULL
 *
 * Context: Any but hard interrupts; takes the lock of the users.
 */
void mach_ledger_put(struct mach_ledger *ledger)
{
	while (ledger) {
		struct mach_ledger *origin = ledger->origin;

		if (ledger->user) {
			mach_user_put(ledger->user);
			return;
		}
		if (!refcount_dec_and_test(&ledger->ref))
			return;
		free_created(ledger);
		ledger = origin;
	}
}

/**
 * mach_ledger_charge() - take bytes from a ledger and all above it
 * @ledger: the ledger
 * @bytes: how many, not negative
 *
 * Context: Any; takes no lock.
 * Return: false, with nothing taken, when one of them would pass its limit.
 */
bool mach_ledger_charge(struct mach_ledger *ledger, s64 bytes)
{
	if (!take(ledger, bytes))
		return false;
	mach_stat_add(CHARGED, bytes);
	return true;
}

/**
 * mach_ledger_charge_force() - take bytes even past the limit
 * @ledger: the ledger
 * @bytes: how many, not negative
 *
 * For what must not fail: the record of a child that has been forked.
 *
 * Context: Any; takes no lock.
 */
void mach_ledger_charge_force(struct mach_ledger *ledger, s64 bytes)
{
	struct mach_ledger *l;
	s64 balance;

	for (l = ledger; l; l = above(l, balance))
		balance = atomic64_add_return(bytes, &l->balance);
	mach_stat_add(CHARGED, bytes);
}

/**
 * mach_ledger_uncharge() - give bytes back
 * @ledger: where they were taken
 * @bytes: how many
 *
 * Context: Any; takes no lock.
 */
void mach_ledger_uncharge(struct mach_ledger *ledger, s64 bytes)
{
	give(ledger, bytes);
	mach_stat_add(CHARGED, -bytes);
}

/**
 * mach_ledger_effective() - where charges to a ledger end up
 * @ledger: a ledger; the caller has a reference
 *
 * Return: it, or, if it was terminated, the next above it that was not; borrowed.
 */
struct mach_ledger *mach_ledger_effective(struct mach_ledger *ledger)
{
	while (has_ended(atomic64_read(&ledger->balance)))
		ledger = ledger->origin;
	return ledger;
}

static bool has_room(struct mach_ledger *ledger, s64 bytes)
{
	s64 balance;

	for (; ledger; ledger = above(ledger, balance)) {
		balance = atomic64_read(&ledger->balance);
		if (!has_ended(balance) && balance + bytes > most(ledger))
			return false;
	}
	return true;
}

/*
 * So much that it may not even be tried where it has no room, for then others
 * would be refused meanwhile; and only by one at a time.
 */
static bool take_aside(struct mach_ledger *origin, s64 bytes)
{
	lockdep_assert_held(&transfers_lock);
	return has_room(origin, bytes) && take(origin, bytes);
}

/**
 * mach_ledger_create() - make a ledger below another
 * @origin: the other; what @limit says is set aside there
 * @payer: charged for the ledger itself
 * @limit: bytes that may be charged to it, not negative
 *
 * Context: Process; may sleep.
 * Return: a reference, or NULL when memory, the limit of @origin or @payer, or
 * MACH_LEDGER_DEPTH does not allow it.
 */
struct mach_ledger *mach_ledger_create(struct mach_ledger *origin,
				       struct mach_ledger *payer, s64 limit)
{
	unsigned int depth = max_t(unsigned int, origin->depth, payer->depth);
	struct mach_ledger *ledger;
	bool taken;

	if (depth >= MACH_LEDGER_DEPTH ||
	    !mach_ledger_charge(payer, sizeof(*ledger)))
		return NULL;
	ledger = kzalloc(sizeof(*ledger), MACH_GFP);
	mutex_lock(&transfers_lock);
	taken = ledger && take_aside(origin, limit);
	mutex_unlock(&transfers_lock);
	if (!taken) {
		kfree(ledger);
		mach_ledger_uncharge(payer, sizeof(*ledger));
		return NULL;
	}
	refcount_set(&ledger->ref, 1);
	ledger->origin = mach_ledger_get(origin);
	ledger->payer = mach_ledger_get(payer);
	ledger->depth = depth + 1;
	ledger_init(ledger, limit, NULL, NULL);
	set_aside(origin, limit);
	return ledger;
}

/* A limit falls only as far as what is charged already lets it. */
static bool lower(struct mach_ledger *ledger, s64 bytes)
{
	if (bytes > ledger->limit)
		return false;
	WRITE_ONCE(ledger->limit, ledger->limit - bytes);
	/* Whoever charges adds first and looks at the limit then. */
	smp_mb();
	if (atomic64_read(&ledger->balance) <= ledger->limit)
		return true;
	WRITE_ONCE(ledger->limit, ledger->limit + bytes);
	return false;
}

/**
 * mach_ledger_transfer() - move some of a limit to or from a created ledger
 * @ledger: a created ledger
 * @bytes: how many go to @ledger; negative: how many come from there
 *
 * Context: Process; may sleep.
 * All of it goes by way of the ledger below which it was created, as what was set
 * aside first did, even if that has been terminated.
 *
 * Return: false, with nothing changed, if it was terminated, or who is to give
 * has not so much left.
 */
bool mach_ledger_transfer(struct mach_ledger *ledger, s64 bytes)
{
	struct mach_ledger *origin = ledger->origin;
	bool done;

	mutex_lock(&transfers_lock);
	if (has_ended(atomic64_read(&ledger->balance)))
		done = false;
	else
		done = bytes < 0 ? lower(ledger, -bytes) :
				   take_aside(origin, bytes);
	if (done) {
		if (bytes < 0)
			give(origin, -bytes);
		else
			WRITE_ONCE(ledger->limit, ledger->limit + bytes);
		set_aside(origin, bytes);
	}
	mutex_unlock(&transfers_lock);
	return done;
}

/**
 * mach_ledger_terminate() - end a created ledger
 * @ledger: the ledger
 *
 * Context: Process; may sleep.
 */
void mach_ledger_terminate(struct mach_ledger *ledger)
{
	struct mach_ledger *origin;
	s64 balance;

	mutex_lock(&transfers_lock);
	spin_lock(&aside_lock);
	origin = mach_ledger_effective(ledger->origin);
	if (!has_ended(atomic64_read(&ledger->balance))) {
		balance = atomic64_fetch_add(MACH_LEDGER_ENDED,
					     &ledger->balance);
		/* What is charged still stays charged above. */
		origin->aside += ledger->aside - ledger->limit;
		give(ledger->origin, ledger->limit - balance);
	}
	spin_unlock(&aside_lock);
	mutex_unlock(&transfers_lock);
}

/**
 * mach_ledger_read() - balance and limit
 * @ledger: the ledger
 * @balance: out: bytes charged
 * @limit: out: bytes, MACH_LEDGER_UNLIMITED for none
 *
 * What is set aside for others is in neither.
 */
void mach_ledger_read(struct mach_ledger *ledger, s64 *balance, s64 *limit)
{
	spin_lock(&aside_lock);
	ledger = mach_ledger_effective(ledger);
	*balance = mach_ledger_balance(ledger) - ledger->aside;
	*limit = READ_ONCE(ledger->limit);
	if (*limit != MACH_LEDGER_UNLIMITED)
		*limit -= ledger->aside;
	spin_unlock(&aside_lock);
}

static struct mach_user *user_lookup_locked(kuid_t uid)
{
	struct mach_user *user;

	lockdep_assert_held(&users_lock);
	hash_for_each_possible(users, user, node, __kuid_val(uid)) {
		if (uid_eq(user->uid, uid) &&
		    refcount_inc_not_zero(&user->ref))
			return user;
	}
	return NULL;
}

/* The owner's reference is consumed. */
static struct mach_user *user_new(kuid_t uid, struct mach_user *owner)
{
	bool root = uid_eq(uid, GLOBAL_ROOT_UID);
	struct mach_user *user;

	user = kzalloc(sizeof(*user), MACH_GFP);
	if (!user) {
		mach_user_put(owner);
		return NULL;
	}
	refcount_set(&user->ref, 1);
	user->uid = uid;
	user->owner = owner;
	ledger_init(&user->wired, root ? MACH_LEDGER_UNLIMITED : wired_limit,
		    owner ? &owner->wired : NULL, user);
	ledger_init(&user->paged, root ? MACH_LEDGER_UNLIMITED : paged_limit,
		    owner ? &owner->paged : NULL, user);
	return user;
}

static void user_free(struct mach_user *user)
{
	WARN_ON_ONCE(atomic64_read(&user->wired.balance) ||
		     atomic64_read(&user->paged.balance));
	mach_stat_add(LEDGERS, -2);
	kfree_rcu(user, rcu);
}

/*
 * The pair of uid, made if need be. Name spaces nest at most 32 deep, and
 * each level is entered once, from the outside in.
 */
static struct mach_user *user_get(kuid_t uid, const struct user_namespace *ns)
{
	struct mach_user *user, *made, *owner = NULL;

	spin_lock(&users_lock);
	user = user_lookup_locked(uid);
	spin_unlock(&users_lock);
	if (user)
		return user;

	/* A user's own name space says nothing of where the user belongs. */
	while (ns->parent && uid_eq(ns->owner, uid))
		ns = ns->parent;
	if (ns->parent && !uid_eq(uid, GLOBAL_ROOT_UID)) {
		owner = user_get(ns->owner, ns->parent);
		if (!owner)
			return NULL;
	}
	made = user_new(uid, owner);
	if (!made)
		return NULL;

	spin_lock(&users_lock);
	user = user_lookup_locked(uid);
	if (!user)
		hash_add(users, &made->node, __kuid_val(uid));
	spin_unlock(&users_lock);
	if (!user)
		return made;
	mach_user_put(made->owner);
	user_free(made);
	return user;
}

/**
 * mach_user_find() - the default ledgers of a process
 * @cred: its credentials; the real uid counts
 *
 * Context: Process; may sleep.
 * Return: a reference, or NULL for want of memory.
 */
struct mach_user *mach_user_find(const struct cred *cred)
{
	return user_get(cred->uid, cred->user_ns);
}

/**
 * mach_user_put() - drop a reference
 * @user: a user, or NULL
 *
 * Context: Any but hard interrupts.
 */
void mach_user_put(struct mach_user *user)
{
	while (user && !refcount_dec_not_one(&user->ref)) {
		struct mach_user *owner = user->owner;
		bool last;

		spin_lock(&users_lock);
		last = refcount_dec_and_test(&user->ref);
		if (last)
			hash_del(&user->node);
		spin_unlock(&users_lock);
		if (!last)
			return;
		user_free(user);
		user = owner;
	}
}

static struct mach_user *user_after(const struct mach_user_walk *walk)
{
	struct mach_user *user, *best = NULL;

	spin_lock(&users_lock);
	hlist_for_each_entry(user, &users[walk->bucket], node) {
		if (__kuid_val(user->uid) >= walk->from &&
		    (!best || uid_lt(user->uid, best->uid)))
			best = user;
	}
	/* In the table none is without a reference. */
	if (best)
		refcount_inc(&best->ref);
	spin_unlock(&users_lock);
	return best;
}

/**
 * mach_user_next() - the next user of a walk
 * @walk: the walk; finds the same user until mach_user_pass()
 *
 * Who is there from the beginning of the walk to its end is met once.
 *
 * Context: Process; takes the lock of the users.
 * Return: a reference, or NULL at the end.
 */
struct mach_user *mach_user_next(struct mach_user_walk *walk)
{
	struct mach_user *user;

	for (; walk->bucket < HASH_SIZE(users); walk->bucket++) {
		user = user_after(walk);
		if (user)
			return user;
		walk->from = 0;
	}
	return NULL;
}

/**
 * mach_user_pass() - go on with a walk
 * @walk: the walk
 * @user: from mach_user_next()
 */
void mach_user_pass(struct mach_user_walk *walk, const struct mach_user *user)
{
	walk->from = (u64)__kuid_val(user->uid) + 1;
}
