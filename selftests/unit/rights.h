/* SPDX-License-Identifier: GPL-2.0-only */
/* Short words for what tests of rights do. */
#ifndef UNIT_RIGHTS_H
#define UNIT_RIGHTS_H

#include "kmsg.h"
#include "ledger.h"
#include "port.h"
#include "queue.h"
#include "reap.h"
#include "request.h"
#include "right.h"
#include "stat.h"
#include "transfer.h"

/* A new receive right. */
static inline u32 new_port(struct mach_space *space)
{
	u32 name;
	int ret;

	ret = mach_right_allocate(space, MACHDEV_RIGHT_RECEIVE, false, &name);
	SHIM_NEVER(ret);
	return name;
}

static inline struct mach_entry *entry_of(struct mach_space *space, u32 name)
{
	struct mach_entry *entry;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	spin_unlock(&space->lock);
	return entry;
}

static inline struct mach_port *port_of(struct mach_space *space, u32 name)
{
	return entry_of(space, name)->port;
}

/* MACH_ENTRY_* of a name; 0 if it denotes nothing. */
static inline u32 rights_of(struct mach_space *space, u32 name)
{
	struct mach_entry *entry = entry_of(space, name);

	return entry ? entry->rights : 0;
}

static inline int refs_of(struct mach_space *space, u32 name, u32 kind)
{
	s32 refs;

	return mach_right_get_refs(space, name, kind, &refs) ? -1 : refs;
}

static inline int copy_in(struct mach_space *space, u32 name, u32 disposition,
			  struct mach_right *right)
{
	MACH_REAP(reap);
	int ret;

	spin_lock(&space->lock);
	ret = mach_right_copyin_locked(space, name, disposition, true, right,
				       &reap);
	spin_unlock(&space->lock);
	mach_reap_run(&reap);
	return ret;
}

/* A message of the kernel that carries rights. */
static inline struct mach_kmsg *kmsg_with(struct mach_ledger *ledger,
					  const struct mach_right *rights,
					  u32 count)
{
	struct mach_kmsg *kmsg;
	u32 i;

	kmsg = mach_kmsg_new_kernel(ledger, 28 + 12 * count, count);
	SHIM_NEVER(!kmsg);
	for (i = 0; i < count; i++)
		mach_kmsg_items(kmsg)[i].right = rights[i];
	return kmsg;
}

/* Makes a right from one name and puts it into a space. */
static inline u32 give(struct mach_space *from, u32 name, u32 disposition,
		       struct mach_space *to)
{
	struct mach_right right;
	u32 made;

	SHIM_NEVER(copy_in(from, name, disposition, &right));
	SHIM_NEVER(mach_right_copyout(to, &right, &made));
	return made;
}

static inline void let_go(struct mach_right *right)
{
	MACH_REAP(reap);

	mach_reap_right(&reap, right);
	mach_reap_run(&reap);
}

static inline int drop(struct mach_space *space, u32 name)
{
	MACH_REAP(reap);
	int ret = mach_right_deallocate(space, name, &reap);

	mach_reap_run(&reap);
	return ret;
}

static inline int destroy(struct mach_space *space, u32 name)
{
	MACH_REAP(reap);
	int ret = mach_right_destroy(space, name, &reap);

	mach_reap_run(&reap);
	return ret;
}

static inline int mod_refs(struct mach_space *space, u32 name, u32 kind,
			   s32 delta)
{
	MACH_REAP(reap);
	int ret = mach_right_mod_refs(space, name, kind, delta, &reap);

	mach_reap_run(&reap);
	return ret;
}

/* Destroys a message that was received. */
static inline void discard(struct mach_kmsg *kmsg)
{
	MACH_REAP(reap);

	mach_right_consume(&reap, &kmsg->remote);
	mach_reap_kmsg(&reap, kmsg);
	mach_reap_run(&reap);
}

/* The next message of a port, which is destroyed: its id, or 0. */
static inline s32 next_id(struct mach_space *space, u32 name)
{
	struct mach_waiter waiter;
	s32 id;

	mach_waiter_init(&waiter);
	waiter.room = U32_MAX;
	if (mach_queue_take(port_of(space, name), space, &waiter, false))
		return 0;
	if (waiter.send_once)
		return MACHDEV_NOTIFY_SEND_ONCE;
	id = mach_kmsg_header(waiter.kmsg)->id;
	discard(waiter.kmsg);
	return id;
}

#endif /* UNIT_RIGHTS_H */
