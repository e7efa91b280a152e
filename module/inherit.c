// SPDX-License-Identifier: GPL-2.0-only
/* What a child gets from its parent: tokens, ledgers, ports, handlers. */
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "exception.h"
#include "inherit.h"
#include "ledger.h"
#include "port.h"
#include "reap.h"

/* What a task without a Mach parent starts with. */
static struct mach_inherit *plain;

static void free_later(struct work_struct *work);
static LLIST_HEAD(later);
static DECLARE_WORK(later_work, free_later);

/**
 * mach_inherit_init() - make the block that tasks start with
 *
 * Return: 0 or -ENOMEM.
 */
int mach_inherit_init(void)
{
	plain = kzalloc(sizeof(*plain), GFP_KERNEL);
	if (!plain)
		return -ENOMEM;
	refcount_set(&plain->ref, 1);
	return 0;
}

/**
 * mach_inherit_exit() - let go the block that tasks start with
 */
void mach_inherit_exit(void)
{
	mach_inherit_sync();
	mach_inherit_put(plain);
}

/**
 * mach_inherit_default() - what a task without a Mach parent starts with
 *
 * Return: a reference.
 */
struct mach_inherit *mach_inherit_default(void)
{
	refcount_inc(&plain->ref);
	return plain;
}

/**
 * mach_inherit_copy() - make a block that can be changed and then published
 * @inherit: what to copy
 * @gfp: how to allocate
 *
 * Context: Process; may sleep if @gfp may.
 * Return: a reference to a copy with rights of its own, or NULL.
 */
struct mach_inherit *mach_inherit_copy(const struct mach_inherit *inherit,
				       gfp_t gfp)
{
	struct mach_inherit *copy = kzalloc(sizeof(*copy), gfp);
	unsigned int i;

	if (!copy)
		return NULL;
	refcount_set(&copy->ref, 1);
	copy->token = mach_token_get(inherit->token);
	if (inherit->wired)
		copy->wired = mach_ledger_get(inherit->wired);
	if (inherit->paged)
		copy->paged = mach_ledger_get(inherit->paged);
	copy->trusted = inherit->trusted;
	copy->actions = mach_actions_get(inherit->actions);
	for (i = 0; i < MACH_SLOT_NUMBER; i++) {
		copy->slot[i].set = inherit->slot[i].set;
		copy->slot[i].port =
			mach_port_copy_send(inherit->slot[i].port).port;
	}
	return copy;
}

/**
 * mach_inherit_set_slot() - set a special port in a copy
 * @inherit: not published yet
 * @id: which
 * @right: a send right, dead or null; consumed
 * @reap: gets what dies of it
 */
void mach_inherit_set_slot(struct mach_inherit *inherit, enum mach_slot_id id,
			   struct mach_right *right, struct mach_reap *reap)
{
	struct mach_slot *slot = &inherit->slot[id];
	struct mach_right old = { slot->port, MACHDEV_MOVE_SEND };

	slot->port = right->port;
	slot->set = true;
	right->port = NULL;
	mach_reap_right(reap, &old);
}

/**
 * mach_inherit_set_actions() - set who handles exceptions in a copy
 * @inherit: not published yet
 * @actions: the reference is consumed; NULL for nobody
 * @reap: gets what dies of it
 */
void mach_inherit_set_actions(struct mach_inherit *inherit,
			      struct mach_actions *actions,
			      struct mach_reap *reap)
{
	mach_actions_put(inherit->actions, reap);
	inherit->actions = actions;
}

/**
 * mach_inherit_reset() - take back what a weaker party may have put in a copy
 * @inherit: not published yet
 * @reap: gets what dies of it
 *
 * Special ports get their defaults, and so do ledgers that were not assigned by
 * the security authority; nobody handles exceptions. Tokens, which only that
 * authority sets, stay.
 */
void mach_inherit_reset(struct mach_inherit *inherit, struct mach_reap *reap)
{
	struct mach_right none = { .type = MACHDEV_MOVE_SEND };
	unsigned int i;

	for (i = 0; i < MACH_SLOT_NUMBER; i++) {
		mach_inherit_set_slot(inherit, i, &none, reap);
		inherit->slot[i].set = false;
	}
	mach_inherit_set_actions(inherit, NULL, reap);
	if (!inherit->trusted)
		mach_inherit_assign(inherit, NULL, NULL, false);
}

/**
 * mach_inherit_assign() - set in a copy what is drawn on
 * @inherit: not published yet
 * @wired: a ledger whose reference is consumed, or NULL for the user's own
 * @paged: likewise
 * @trusted: the security authority wants it
 */
void mach_inherit_assign(struct mach_inherit *inherit,
			 struct mach_ledger *wired, struct mach_ledger *paged,
			 bool trusted)
{
	mach_ledger_put(inherit->wired);
	mach_ledger_put(inherit->paged);
	inherit->wired = wired;
	inherit->paged = paged;
	inherit->trusted = trusted;
}

/**
 * mach_inherit_get_rcu() - take a reference to a published block
 * @inherit: where it is published
 *
 * Context: Any, a fork probe included; takes no lock.
 * Return: a reference; NULL if nothing is published.
 */
struct mach_inherit *mach_inherit_get_rcu(struct mach_inherit __rcu **inherit)
{
	struct mach_inherit *block;

	rcu_read_lock();
	do {
		/* Replaced before it is put: a dead one was seen too late. */
		block = rcu_dereference(*inherit);
	} while (block && !refcount_inc_not_zero(&block->ref));
	rcu_read_unlock();
	return block;
}

static void inherit_free(struct mach_inherit *inherit)
{
	MACH_REAP(reap);

	inherit->trusted = false;
	mach_inherit_reset(inherit, &reap);
	mach_token_put(inherit->token);
	kfree_rcu(inherit, rcu);
	mach_reap_run(&reap);
}

/**
 * mach_inherit_put() - drop a reference
 * @inherit: a block, or NULL
 *
 * Context: Process; may sleep; no lock held.
 */
void mach_inherit_put(struct mach_inherit *inherit)
{
	if (inherit && refcount_dec_and_test(&inherit->ref))
		inherit_free(inherit);
}

static void free_later(struct work_struct *work)
{
	struct mach_inherit *inherit, *next;

	llist_for_each_entry_safe(inherit, next, llist_del_all(&later), later)
		inherit_free(inherit);
}

/**
 * mach_inherit_put_later() - drop a reference
 * @inherit: a block
 *
 * Context: Any, a probe included.
 */
void mach_inherit_put_later(struct mach_inherit *inherit)
{
	if (!refcount_dec_and_test(&inherit->ref))
		return;
	llist_add(&inherit->later, &later);
	schedule_work(&later_work);
}

/**
 * mach_inherit_sync() - wait for what was to be put later
 *
 * Context: Process; sleeps.
 */
void mach_inherit_sync(void)
{
	flush_work(&later_work);
}
