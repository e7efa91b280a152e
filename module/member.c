// SPDX-License-Identifier: GPL-2.0-only
/* Members of port sets, by name: put in, taken out, moved and listed. */
#include "ledger.h"
#include "member.h"
#include "port.h"
#include "pset.h"
#include "right.h"

/* What is done needs a membership, which has to be made without the lock. */
#define NEEDS_MEMBER (-EAGAIN)

/* The port of a receive right, and a set. Both names are looked at first. */
static int find_locked(struct mach_space *space, u32 name, u32 set_name,
		       struct mach_port **port, struct mach_pset **set)
{
	int error, set_error;

	lockdep_assert_held(&space->lock);
	*port = mach_right_receive_port_locked(space, name, &error);
	*set = mach_right_set_locked(space, set_name, &set_error);
	if (*port && *set)
		return MACHDEV_KERN_SUCCESS;
	if ((!*port && error == MACHDEV_KERN_INVALID_NAME) ||
	    (!*set && set_error == MACHDEV_KERN_INVALID_NAME))
		return MACHDEV_KERN_INVALID_NAME;
	return MACHDEV_KERN_INVALID_RIGHT;
}

static int insert_locked(struct mach_port *port, struct mach_pset *set,
			 struct mach_member **member)
{
	lockdep_assert_held(&port->lock);
	if (mach_member_find_locked(port, set))
		return MACHDEV_KERN_ALREADY_IN_SET;
	if (port->nsets == MACHDEV_PORT_SETS_MAX)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	if (!*member)
		return NEEDS_MEMBER;
	mach_member_link_locked(port, set, *member);
	*member = NULL;
	return MACHDEV_KERN_SUCCESS;
}

static int extract_locked(struct mach_port *port, struct mach_pset *set,
			  struct mach_member **member)
{
	struct mach_member *old;

	lockdep_assert_held(&port->lock);
	old = mach_member_find_locked(port, set);
	if (!old)
		return MACHDEV_KERN_NOT_IN_SET;
	mach_member_unlink_locked(old);
	return MACHDEV_KERN_SUCCESS;
}

static int move_locked(struct mach_port *port, struct mach_pset *set,
		       struct mach_member **member)
{
	struct mach_member *own, *other, *next;

	lockdep_assert_held(&port->lock);
	own = mach_member_find_locked(port, set);
	if (!own && !*member)
		return NEEDS_MEMBER;
	list_for_each_entry_safe(other, next, &port->members, link) {
		if (other != own)
			mach_member_unlink_locked(other);
	}
	if (!own) {
		mach_member_link_locked(port, set, *member);
		*member = NULL;
	}
	return MACHDEV_KERN_SUCCESS;
}

/* What is done with a port and a set; @member is used up, or stays. */
typedef int member_op(struct mach_port *port, struct mach_pset *set,
		      struct mach_member **member);

static int do_once(struct mach_space *space, u32 name, u32 set_name,
		   member_op *op, struct mach_member **member)
{
	struct mach_pset *set;
	struct mach_port *port;
	int ret;

	spin_lock(&space->lock);
	ret = find_locked(space, name, set_name, &port, &set);
	if (!ret) {
		spin_lock(&port->lock);
		ret = op(port, set, member);
		spin_unlock(&port->lock);
	}
	spin_unlock(&space->lock);
	return ret;
}

/* All that can be refused is, before there is anything to pay. */
static int do_op(struct mach_space *space, u32 name, u32 set_name,
		 member_op *op)
{
	struct mach_member *member = NULL;
	struct mach_ledger *ledger;
	int ret;

	if (!mach_name_valid(name) || !mach_name_valid(set_name))
		return MACHDEV_KERN_INVALID_RIGHT;
	ret = do_once(space, name, set_name, op, &member);
	if (ret != NEEDS_MEMBER)
		return ret;
	ledger = mach_space_ledger(space);
	member = mach_member_new(ledger);
	mach_ledger_put(ledger);
	if (!member)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	ret = do_once(space, name, set_name, op, &member);
	mach_member_free(member);
	return ret;
}

/**
 * mach_member_insert() - mach_port_insert_member()
 * @space: the space, not locked
 * @name: a name
 * @set: a name
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_RIGHT, @name is null, dead or no receive
 * right, or @set null, dead or no port set; KERN_INVALID_NAME, either denotes
 * nothing; KERN_ALREADY_IN_SET; KERN_RESOURCE_SHORTAGE, memory or the ledger
 * does not allow it, or the port is in MACHDEV_PORT_SETS_MAX sets.
 */
int mach_member_insert(struct mach_space *space, u32 name, u32 set)
{
	return do_op(space, name, set, insert_locked);
}

/**
 * mach_member_extract() - mach_port_extract_member()
 * @space: the space, not locked
 * @name: a name
 * @set: a name
 *
 * Return: KERN_SUCCESS; KERN_INVALID_RIGHT and KERN_INVALID_NAME, as
 * mach_member_insert(); KERN_NOT_IN_SET.
 */
int mach_member_extract(struct mach_space *space, u32 name, u32 set)
{
	return do_op(space, name, set, extract_locked);
}

static int remove_from_all(struct mach_space *space, u32 name)
{
	struct mach_port *port;
	int ret;

	spin_lock(&space->lock);
	port = mach_right_receive_port_locked(space, name, &ret);
	if (port) {
		spin_lock(&port->lock);
		ret = port->nsets ? MACHDEV_KERN_SUCCESS :
				    MACHDEV_KERN_NOT_IN_SET;
		mach_member_unlink_all_locked(port);
		spin_unlock(&port->lock);
	}
	spin_unlock(&space->lock);
	return ret;
}

/**
 * mach_member_move() - mach_port_move_member()
 * @space: the space, not locked
 * @name: a name
 * @set: a name; null: only take the port out of all sets
 *
 * No message is seen to come to a port that is in neither set meanwhile.
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS, also when @set is the only set that it was in;
 * KERN_INVALID_RIGHT, @name is null, dead or no receive right, or @set dead or
 * no port set; KERN_INVALID_NAME, either denotes nothing; KERN_NOT_IN_SET, @set
 * is null and there is no set to leave; KERN_RESOURCE_SHORTAGE, memory or the
 * ledger does not allow it.
 */
int mach_member_move(struct mach_space *space, u32 name, u32 set)
{
	if (set != MACHDEV_NAME_NULL)
		return do_op(space, name, set, move_locked);
	if (!mach_name_valid(name))
		return MACHDEV_KERN_INVALID_RIGHT;
	return remove_from_all(space, name);
}

/**
 * mach_member_list() - some names of a set's members, in order
 * @space: the space, not locked
 * @set: a name
 * @after: as for mach_pset_list()
 * @names: out
 * @n: in: how many names are given at most; out: how many there are
 * @count: out: members of the set
 *
 * Return: KERN_SUCCESS; KERN_INVALID_RIGHT, @set is null, dead or no port set;
 * KERN_INVALID_NAME, it denotes nothing.
 */
int mach_member_list(struct mach_space *space, u32 set, u32 *after, u32 *names,
		     unsigned int *n, u32 *count)
{
	struct mach_pset *found;
	int ret;

	if (!mach_name_valid(set))
		return MACHDEV_KERN_INVALID_RIGHT;
	spin_lock(&space->lock);
	found = mach_right_set_locked(space, set, &ret);
	if (found) {
		*n = mach_pset_list(found, after, names, *n, count);
		ret = MACHDEV_KERN_SUCCESS;
	}
	spin_unlock(&space->lock);
	return ret;
}
