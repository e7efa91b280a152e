// SPDX-License-Identifier: GPL-2.0-only
/* Port sets: their members, which of them are ready, and who waits. */
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "alloc.h"
#include "gate.h"
#include "ledger.h"
#include "port.h"
#include "pset.h"
#include "queue.h"
#include "serial.h"
#include "stat.h"

static struct kmem_cache *set_cache;
static struct kmem_cache *member_cache;

/**
 * mach_pset_cache_init() - make the slab caches of sets and memberships
 *
 * Return: 0 or -ENOMEM.
 */
int mach_pset_cache_init(void)
{
	set_cache = kmem_cache_create("mach_pset", sizeof(struct mach_pset),
				      0, 0, NULL);
	if (!set_cache)
		return -ENOMEM;
	member_cache = kmem_cache_create("mach_member",
					 sizeof(struct mach_member), 0, 0,
					 NULL);
	if (member_cache)
		return 0;
	kmem_cache_destroy(set_cache);
	return -ENOMEM;
}

/**
 * mach_pset_cache_exit() - free the slab caches
 */
void mach_pset_cache_exit(void)
{
	kmem_cache_destroy(member_cache);
	kmem_cache_destroy(set_cache);
}

/**
 * mach_pset_new() - make a set
 * @ledger: charged for it
 *
 * Context: Process; may sleep.
 * Return: a set without members, with one reference; NULL when memory or the
 * ledger does not allow it.
 */
struct mach_pset *mach_pset_new(struct mach_ledger *ledger)
{
	struct mach_pset *set;

	if (!mach_ledger_charge(ledger, sizeof(*set)))
		return NULL;
	set = kmem_cache_zalloc(set_cache, MACH_GFP);
	if (!set) {
		mach_ledger_uncharge(ledger, sizeof(*set));
		return NULL;
	}
	refcount_set(&set->ref, 1);
	spin_lock_init(&set->lock);
	set->id = mach_serial_next();
	set->members = RB_ROOT;
	INIT_LIST_HEAD(&set->ready);
	INIT_LIST_HEAD(&set->receivers);
	init_waitqueue_head(&set->wait);
	set->ledger = mach_ledger_get(ledger);
	mach_stat_inc(SETS);
	return set;
}

/**
 * mach_pset_put() - drop a memory reference
 * @set: a set, or NULL
 *
 * Context: Any; takes no lock but that of the users.
 */
void mach_pset_put(struct mach_pset *set)
{
	if (!set || !refcount_dec_and_test(&set->ref))
		return;
	WARN_ON_ONCE(set->count || !list_empty(&set->receivers));
	mach_ledger_uncharge(set->ledger, sizeof(*set));
	mach_ledger_put(set->ledger);
	mach_stat_dec(SETS);
	kmem_cache_free(set_cache, set);
}

static void end_waits_locked(struct mach_pset *set, int result)
{
	struct mach_waiter *waiter;

	lockdep_assert_held(&set->lock);
	while (!list_empty(&set->receivers)) {
		waiter = list_first_entry(&set->receivers, struct mach_waiter,
					  link);
		list_del_init(&waiter->link);
		waiter->result = result;
		mach_waiter_finish(waiter);
	}
}

/**
 * mach_pset_close() - end a set's life
 * @set: a set whose name goes
 *
 * Who waits is told. Its members stay until mach_pset_clear().
 *
 * Context: Any; takes the set's lock.
 */
void mach_pset_close(struct mach_pset *set)
{
	spin_lock(&set->lock);
	set->dead = true;
	end_waits_locked(set, MACHDEV_RCV_PORT_CHANGED);
	wake_up_all(&set->wait);
	spin_unlock(&set->lock);
}

/**
 * mach_pset_abandon() - the gate is shut: wake all who wait
 * @set: the set
 *
 * Context: Any; takes the set's lock.
 */
void mach_pset_abandon(struct mach_pset *set)
{
	spin_lock(&set->lock);
	end_waits_locked(set, MACH_QUEUE_SHUT);
	wake_up_all(&set->wait);
	spin_unlock(&set->lock);
}

/* The port of some member, with a reference, and which member that is. */
static struct mach_port *some_port(struct mach_pset *set,
				   struct mach_member **member)
{
	struct mach_port *port = NULL;
	struct rb_node *node;

	spin_lock(&set->lock);
	node = set->members.rb_node;
	if (node) {
		*member = rb_entry(node, struct mach_member, node);
		/* While it is a member it has a receive right. */
		port = mach_port_get((*member)->port);
	}
	spin_unlock(&set->lock);
	return port;
}

/* Whether a member that was seen is still the one that some_port() gives. */
static bool is_root(struct mach_pset *set, const struct mach_port *port,
		    const struct mach_member *member)
{
	bool same;

	spin_lock(&set->lock);
	/* It may be gone, so it is only compared until it is found. */
	same = set->members.rb_node == &member->node && member->port == port;
	spin_unlock(&set->lock);
	return same;
}

/**
 * mach_pset_clear() - let all members go
 * @set: closed
 *
 * A port takes some of them away by itself when it dies or moves meanwhile, and
 * none is added any more.
 *
 * Context: Process; sleeps; takes the locks of the ports one after the other.
 */
void mach_pset_clear(struct mach_pset *set)
{
	struct mach_member *member;
	struct mach_port *port;

	while ((port = some_port(set, &member))) {
		spin_lock(&port->lock);
		if (is_root(set, port, member))
			mach_member_unlink_locked(member);
		spin_unlock(&port->lock);
		mach_port_put(port);
		cond_resched();
	}
}

/**
 * mach_member_new() - make a membership
 * @ledger: charged for it
 *
 * Context: Process; may sleep.
 * Return: a membership of no port in no set; NULL when memory or the ledger
 * does not allow it.
 */
struct mach_member *mach_member_new(struct mach_ledger *ledger)
{
	struct mach_member *member;

	if (!mach_ledger_charge(ledger, sizeof(*member)))
		return NULL;
	member = kmem_cache_zalloc(member_cache, MACH_GFP);
	if (!member) {
		mach_ledger_uncharge(ledger, sizeof(*member));
		return NULL;
	}
	INIT_LIST_HEAD(&member->ready);
	member->ledger = mach_ledger_get(ledger);
	mach_stat_inc(MEMBERS);
	return member;
}

/**
 * mach_member_free() - free a membership
 * @member: not linked; or NULL
 *
 * Context: Any; takes no lock but that of the users.
 */
void mach_member_free(struct mach_member *member)
{
	if (!member)
		return;
	mach_ledger_uncharge(member->ledger, sizeof(*member));
	mach_ledger_put(member->ledger);
	mach_stat_dec(MEMBERS);
	kmem_cache_free(member_cache, member);
}

/**
 * mach_member_find_locked() - the membership of a port in a set
 * @port: the port, its lock held
 * @set: the set
 *
 * Return: the membership, or NULL.
 */
struct mach_member *mach_member_find_locked(const struct mach_port *port,
					    const struct mach_pset *set)
{
	struct mach_member *member;

	lockdep_assert_held(&port->lock);
	list_for_each_entry(member, &port->members, link) {
		if (member->set == set)
			return member;
	}
	return NULL;
}

static void plant_locked(struct mach_pset *set, struct mach_member *member)
{
	struct rb_node **link = &set->members.rb_node, *parent = NULL;

	lockdep_assert_held(&set->lock);
	while (*link) {
		parent = *link;
		if (member->name <
		    rb_entry(parent, struct mach_member, node)->name)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&member->node, parent, link);
	rb_insert_color(&member->node, &set->members);
}

/**
 * mach_member_link_locked() - let a port become a member of a set
 * @port: a port that is in less than MACHDEV_PORT_SETS_MAX sets and not in
 *	@set, its lock and that of its receiver's space held
 * @set: a set of the same space, not closed
 * @member: links them
 *
 * Threads that wait at the set, or poll it, look again if the port has messages.
 *
 * Context: Any; takes the set's lock.
 */
void mach_member_link_locked(struct mach_port *port, struct mach_pset *set,
			     struct mach_member *member)
{
	lockdep_assert_held(&port->lock);
	member->port = port;
	member->set = set;
	member->name = port->name;
	list_add_tail(&member->link, &port->members);
	port->nsets++;
	spin_lock(&set->lock);
	plant_locked(set, member);
	WRITE_ONCE(set->count, set->count + 1);
	if (port->msgcount) {
		list_add_tail(&member->ready, &set->ready);
		end_waits_locked(set, MACH_QUEUE_AGAIN);
		/* It may have something for each of them. */
		wake_up_all(&set->wait);
	}
	spin_unlock(&set->lock);
}

/**
 * mach_member_unlink_locked() - let a port leave a set
 * @member: what links them, the port's lock held; freed
 *
 * Context: Any; takes the set's lock.
 */
void mach_member_unlink_locked(struct mach_member *member)
{
	struct mach_port *port = member->port;
	struct mach_pset *set = member->set;

	lockdep_assert_held(&port->lock);
	list_del(&member->link);
	port->nsets--;
	spin_lock(&set->lock);
	rb_erase(&member->node, &set->members);
	list_del_init(&member->ready);
	WRITE_ONCE(set->count, set->count - 1);
	spin_unlock(&set->lock);
	mach_member_free(member);
}

/**
 * mach_member_unlink_all_locked() - let a port leave all sets
 * @port: the port, its lock held
 *
 * Context: Any; takes the locks of the sets, at most MACHDEV_PORT_SETS_MAX, one
 * after the other.
 */
void mach_member_unlink_all_locked(struct mach_port *port)
{
	struct mach_member *member, *next;

	lockdep_assert_held(&port->lock);
	list_for_each_entry_safe(member, next, &port->members, link)
		mach_member_unlink_locked(member);
}

/**
 * mach_member_rename_locked() - tell a port's sets its new name
 * @port: the port, its lock and that of its receiver's space held
 * @name: the receive right's name
 *
 * Context: Any; takes the locks of the sets, one after the other.
 */
void mach_member_rename_locked(struct mach_port *port, u32 name)
{
	struct mach_member *member;

	lockdep_assert_held(&port->lock);
	list_for_each_entry(member, &port->members, link) {
		struct mach_pset *set = member->set;

		spin_lock(&set->lock);
		rb_erase(&member->node, &set->members);
		member->name = name;
		plant_locked(set, member);
		spin_unlock(&set->lock);
	}
}

/* The first member whose name is above another. */
static struct mach_member *member_after_locked(struct mach_pset *set,
					       u32 after)
{
	struct rb_node *node = set->members.rb_node;
	struct mach_member *best = NULL, *member;

	lockdep_assert_held(&set->lock);
	while (node) {
		member = rb_entry(node, struct mach_member, node);
		if (member->name > after) {
			best = member;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return best;
}

/**
 * mach_pset_list() - names of members, in order
 * @set: the set
 * @after: in: names above this one, 0 for all; out: the last one that is given
 * @names: out
 * @room: how many names are given at most
 * @count: out: members of the set
 *
 * Context: Any; takes the set's lock.
 * Return: how many there are; less than @room at the end.
 */
unsigned int mach_pset_list(struct mach_pset *set, u32 *after, u32 *names,
			    unsigned int room, u32 *count)
{
	struct mach_member *member;
	struct rb_node *node;
	unsigned int n = 0;

	spin_lock(&set->lock);
	*count = set->count;
	member = member_after_locked(set, *after);
	for (node = member ? &member->node : NULL; node && n < room;
	     node = rb_next(node))
		names[n++] = rb_entry(node, struct mach_member, node)->name;
	spin_unlock(&set->lock);
	if (n)
		*after = names[n - 1];
	return n;
}

/* Gives a message to a thread that waits at a set, or marks a member ready. */
static struct task_struct *offer_to_set(struct mach_member *member,
					struct mach_kmsg *kmsg)
{
	struct mach_pset *set = member->set;
	struct task_struct *thread;

	spin_lock(&set->lock);
	thread = mach_queue_give_locked(member->port, &set->receivers, kmsg);
	if (!thread && list_empty(&member->ready))
		list_add_tail(&member->ready, &set->ready);
	spin_unlock(&set->lock);
	return thread;
}

static void rest(struct mach_member *member)
{
	spin_lock(&member->set->lock);
	list_del_init(&member->ready);
	spin_unlock(&member->set->lock);
}

/**
 * mach_pset_offer_locked() - a message comes to a port that has none
 * @port: the port, its lock held, in an RCU read section; nobody waits at the
 *	port itself
 * @kmsg: the message, or NULL for a send-once notification
 *
 * Context: Any; takes the locks of the sets, one after the other.
 * Return: the thread to wake, which has got the message; NULL, the port's sets
 * are ready, and the message must be put into its queue.
 */
struct task_struct *mach_pset_offer_locked(struct mach_port *port,
					   struct mach_kmsg *kmsg)
{
	struct task_struct *thread;
	struct mach_member *member;

	lockdep_assert_held(&port->lock);
	list_for_each_entry(member, &port->members, link) {
		thread = offer_to_set(member, kmsg);
		if (!thread)
			continue;
		/* Who has seen it ready waits for the port's lock. */
		list_for_each_entry_continue_reverse(member, &port->members,
						     link)
			rest(member);
		return thread;
	}
	return NULL;
}

/**
 * mach_pset_idle_locked() - a port has no messages any more
 * @port: the port, its lock held
 *
 * Context: Any; takes the locks of the sets, one after the other.
 */
void mach_pset_idle_locked(struct mach_port *port)
{
	struct mach_member *member;

	lockdep_assert_held(&port->lock);
	list_for_each_entry(member, &port->members, link)
		rest(member);
}

/**
 * mach_pset_wake_locked() - a port has got a message, and its sets are ready
 * @port: the port, its lock held
 *
 * Wakes who polls a descriptor of a set, by its wait queue alone.
 */
void mach_pset_wake_locked(struct mach_port *port)
{
	struct mach_member *member;

	lockdep_assert_held(&port->lock);
	list_for_each_entry(member, &port->members, link) {
		/* Who comes now finds the set ready; see watch.h. */
		if (waitqueue_active(&member->set->wait))
			wake_up_poll(&member->set->wait, EPOLLIN | EPOLLRDNORM);
	}
}

/* The port that is to be served next, with a reference; NULL if there is none. */
static struct mach_port *next_port_locked(struct mach_pset *set,
					  struct mach_member **member)
{
	lockdep_assert_held(&set->lock);
	*member = list_first_entry_or_null(&set->ready, struct mach_member,
					   ready);
	return *member ? mach_port_get((*member)->port) : NULL;
}

/* Whether a member that was seen is still the next of a set. */
static bool is_next(struct mach_pset *set, const struct mach_port *port,
		    const struct mach_member *member)
{
	bool same;

	spin_lock(&set->lock);
	/* It may be gone, so it is only compared until it is found. */
	same = list_first_entry_or_null(&set->ready, struct mach_member,
					ready) == member &&
	       member->port == port;
	spin_unlock(&set->lock);
	return same;
}

/* Others first, if there are any. */
static void rotate(struct mach_pset *set, struct mach_member *member)
{
	spin_lock(&set->lock);
	if (!list_empty(&member->ready))
		list_move_tail(&member->ready, &set->ready);
	spin_unlock(&set->lock);
}

/*
 * Takes the next message of a port that was seen to be the next. Returns
 * MACH_QUEUE_AGAIN if it no more is.
 */
static int take_from(struct mach_pset *set, struct mach_port *port,
		     struct mach_member *member, struct mach_waiter *waiter)
{
	int ret = MACH_QUEUE_AGAIN;

	spin_lock(&port->lock);
	if (is_next(set, port, member)) {
		ret = mach_queue_take_locked(port, waiter);
		if (!ret)
			rotate(set, member);
	}
	spin_unlock(&port->lock);
	return ret;
}

/* Why there is nothing to take; or lets the waiter wait. */
static int nothing_locked(struct mach_pset *set, struct mach_waiter *waiter,
			  bool wait)
{
	lockdep_assert_held(&set->lock);
	if (!wait)
		return MACHDEV_RCV_TIMED_OUT;
	if (mach_gate_is_shut())
		return MACH_QUEUE_SHUT;
	list_add_tail(&waiter->link, &set->receivers);
	return MACH_QUEUE_WAIT;
}

/**
 * mach_pset_take() - take the next message of a set
 * @set: the set
 * @waiter: as for mach_queue_take(); its @port is set to the member, as a
 *	reference, and its @name with a message that stays
 * @wait: whether @waiter waits when there is nothing
 *
 * Context: Any; takes the locks of the set, and of a port.
 * Return: as mach_queue_take(); MACHDEV_RCV_INVALID_NAME, the set is gone.
 */
int mach_pset_take(struct mach_pset *set, struct mach_waiter *waiter,
		   bool wait)
{
	struct mach_member *member;
	struct mach_port *port;
	int ret;

	do {
		ret = MACHDEV_RCV_INVALID_NAME;
		port = NULL;
		spin_lock(&set->lock);
		if (!set->dead) {
			port = next_port_locked(set, &member);
			if (!port)
				ret = nothing_locked(set, waiter, wait);
		}
		spin_unlock(&set->lock);
		if (!port)
			return ret;
		ret = take_from(set, port, member, waiter);
		if (!ret)
			waiter->port = port;
		else
			mach_port_put(port);
	} while (ret == MACH_QUEUE_AGAIN);
	return ret;
}

/**
 * mach_pset_leave() - stop waiting
 * @set: where
 * @waiter: of a receiver
 *
 * Context: Any; takes the set's lock.
 * Return: false when the wait had already been ended by somebody else.
 */
bool mach_pset_leave(struct mach_pset *set, struct mach_waiter *waiter)
{
	bool waiting;

	spin_lock(&set->lock);
	waiting = !waiter->done;
	if (waiting)
		list_del_init(&waiter->link);
	spin_unlock(&set->lock);
	return waiting;
}
