// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors: their memory and rights come in, and go out. */
#include <linux/mm.h>
#include <linux/sched.h>

#include "body.h"
#include "copyout.h"
#include "guard.h"
#include "identity.h"
#include "kmsg.h"
#include "ool.h"
#include "port.h"
#include "reap.h"
#include "right.h"
#include "transit.h"
#include "wire.h"

/* Rights that are taken under one hold of the space's lock. */
#define BODY_BATCH 64

/* In the flags of a descriptor while it is here: the guard was strict. */
#define BODY_WAS_STRICT 0x8000

/**
 * struct taking - how far the rights of a body have been taken
 * @space: where from, its lock held
 * @kmsg: the message
 * @receives: some of the rights may be receive rights
 * @batch: rights taken since somebody else could have the lock
 * @reap: gets what dies of it
 */
struct taking {
	struct mach_space *space;
	struct mach_kmsg *kmsg;
	bool receives;
	unsigned int batch;
	struct mach_reap *reap;
};

static union mach_wire_desc *first_desc(struct mach_kmsg *kmsg)
{
	return (void *)mach_kmsg_header(kmsg) + MACH_WIRE_COMPLEX_MIN;
}

static union mach_wire_desc *next_desc(union mach_wire_desc *desc)
{
	return (void *)desc + mach_wire_desc_size(desc);
}

static void __user *address_of(const struct machdev_msg_ool *desc)
{
	return mach_user_ptr((u64)desc->address_high << 32 | desc->address_low);
}

/* What is given away may go as it is, and keeps its place in the page. */
static bool is_virtual(const struct machdev_msg_ool *desc)
{
	return desc->deallocate || desc->copy == MACHDEV_COPY_VIRTUAL;
}

static struct mach_ool *new_memory(struct mach_ledger *ledger,
				   const struct machdev_msg_ool *desc)
{
	u32 offset = 0;

	if (is_virtual(desc) && desc->size >= PAGE_SIZE)
		offset = offset_in_page(address_of(desc));
	return mach_ool_new_memory(ledger, desc->size, offset);
}

static struct mach_ool *new_array(struct mach_ledger *ledger,
				  const struct machdev_msg_ool *desc)
{
	return mach_ool_new_array(ledger, desc->size);
}

/* Room for everything, so that it is known before anything is copied. */
static int make_room(struct mach_kmsg *kmsg)
{
	struct mach_ledger *paged = kmsg->identity->paged;
	union mach_item *items = mach_kmsg_items(kmsg);
	union mach_wire_desc *desc = first_desc(kmsg);
	u32 i;

	for (i = 0; i < kmsg->items; i++, desc = next_desc(desc)) {
		switch (desc->port.type) {
		case MACHDEV_DESC_OOL:
		case MACHDEV_DESC_OOL_VOLATILE:
			items[i].type = MACH_ITEM_MEMORY;
			if (desc->ool.size)
				items[i].ool = new_memory(paged, &desc->ool);
			break;
		case MACHDEV_DESC_OOL_PORTS:
			items[i].type = MACH_ITEM_ARRAY;
			if (desc->ool.size)
				items[i].ool = new_array(paged, &desc->ool);
			break;
		default:
			continue;
		}
		if (desc->ool.size && !items[i].ool)
			return MACHDEV_SEND_NO_BUFFER;
		cond_resched();
	}
	return 0;
}

static int read_item(union mach_item *item, const void __user *from)
{
	if (item->type == MACH_ITEM_ARRAY)
		return mach_ool_read_names(item->ool, from);
	return mach_ool_read(item->ool, from);
}

static bool is_ool(const union mach_item *item)
{
	return item->type == MACH_ITEM_MEMORY || item->type == MACH_ITEM_ARRAY;
}

/**
 * mach_body_read() - copy what the descriptors carry out of line
 * @kmsg: a message whose bytes have been checked, from the current thread
 *
 * Ends at the first that cannot be read; mach_body_take() will get that far at
 * most, and say so.
 *
 * Context: Process; sleeps, for as long as the memory of the process makes it.
 * Return: 0; MACH_SEND_NO_BUFFER, memory or the sender's paged ledger does not
 * allow it; MACH_SEND_INTERRUPTED, the process is being killed.
 */
int mach_body_read(struct mach_kmsg *kmsg)
{
	union mach_item *items = mach_kmsg_items(kmsg);
	union mach_wire_desc *desc = first_desc(kmsg);
	int ret = make_room(kmsg);
	u32 i;

	for (i = 0; i < kmsg->items && !ret; i++, desc = next_desc(desc)) {
		if (!is_ool(&items[i]) || !items[i].ool)
			continue;
		ret = read_item(&items[i], address_of(&desc->ool));
		if (ret == -EFAULT) {
			mach_ool_free(items[i].ool);
			items[i].ool = NULL;
			return 0;
		}
		cond_resched();
	}
	if (ret == -EINTR)
		return MACHDEV_SEND_INTERRUPTED;
	return ret ? MACHDEV_SEND_NO_BUFFER : 0;
}

/**
 * mach_body_forget() - free what mach_body_read() has copied
 * @kmsg: a message of which no right has been taken
 *
 * Context: Process; may sleep.
 */
void mach_body_forget(struct mach_kmsg *kmsg)
{
	union mach_item *items = mach_kmsg_items(kmsg);
	u32 i;

	for (i = 0; i < kmsg->items; i++) {
		if (!is_ool(&items[i]))
			continue;
		mach_ool_free(items[i].ool);
		items[i].ool = NULL;
		cond_resched();
	}
}

/* Somebody else may have the lock, now and then. */
static void relax(struct taking *taking)
	__must_hold(&taking->space->lock)
{
	if (++taking->batch % BODY_BATCH)
		return;
	spin_unlock(&taking->space->lock);
	cond_resched();
	spin_lock(&taking->space->lock);
}

static void note_destination(struct mach_kmsg *kmsg, struct mach_right *right)
{
	if (right->type == MACHDEV_MOVE_RECEIVE &&
	    mach_port_valid(right->port) && mach_port_valid(kmsg->remote.port))
		mach_transit_enter(right->port, kmsg->remote.port);
}

static u64 context_of(const struct machdev_msg_guarded *desc)
{
	return (u64)desc->context_high << 32 | desc->context_low;
}

/* Whether who sends a guarded right knows how it is guarded. */
static bool knows_guard(const struct mach_port *port,
			const struct machdev_msg_guarded *desc)
{
	if (desc->flags & MACHDEV_GUARD_UNGUARDED_ON_SEND)
		return !mach_port_is_guarded(port) && !port->context;
	return mach_guard_fits(port, context_of(desc));
}

static int take_right_locked(struct taking *taking, u32 name, u32 disposition,
			     struct mach_right *right)
{
	int ret;

	lockdep_assert_held(&taking->space->lock);
	if (!mach_name_valid(name)) {
		right->port = name == MACHDEV_NAME_DEAD ?
			MACH_PORT_DEAD_PTR : NULL;
		right->type = mach_disposition_type(disposition);
		return 0;
	}
	ret = mach_right_copyin_locked(taking->space, name, disposition, true,
				       right, taking->reap);
	if (ret)
		return MACHDEV_SEND_INVALID_RIGHT;
	/* It may have left a thousand sets: let others have the lock next. */
	if (right->type == MACHDEV_MOVE_RECEIVE)
		taking->batch |= BODY_BATCH - 1;
	if (taking->receives)
		note_destination(taking->kmsg, right);
	return 0;
}

static int take_array_locked(struct taking *taking, struct mach_ool *ool,
			     u32 disposition)
{
	struct mach_right *rights = mach_ool_rights(ool);
	const u32 *names = mach_ool_names(ool);
	int ret = 0;
	u32 i;

	lockdep_assert_held(&taking->space->lock);
	for (i = 0; i < ool->size && !ret; i++) {
		ret = take_right_locked(taking, names[i], disposition,
					&rights[i]);
		relax(taking);
	}
	return ret;
}

static int take_guarded_locked(struct taking *taking,
			       struct machdev_msg_guarded *desc,
			       struct mach_right *right)
{
	struct mach_entry *entry;

	lockdep_assert_held(&taking->space->lock);
	entry = mach_entry_lookup_locked(taking->space, desc->name);
	if (entry && entry->rights & MACH_ENTRY_RECEIVE) {
		if (!knows_guard(entry->port, desc))
			return MACHDEV_SEND_INVALID_RIGHT;
		if (entry->port->guard & MACH_GUARD_STRICT)
			desc->flags |= BODY_WAS_STRICT;
	}
	return take_right_locked(taking, desc->name, desc->disposition, right);
}

static int take_item_locked(struct taking *taking, union mach_item *item,
			    union mach_wire_desc *desc)
{
	lockdep_assert_held(&taking->space->lock);
	switch (item->type) {
	case MACH_ITEM_MEMORY:
		return 0;
	case MACH_ITEM_ARRAY:
		if (!item->ool)
			return 0;
		return take_array_locked(taking, item->ool,
					 desc->ool.disposition);
	default:
		if (desc->port.type == MACHDEV_DESC_GUARDED_PORT)
			return take_guarded_locked(taking, &desc->guarded,
						   &item->right);
		return take_right_locked(taking, desc->port.name,
					 desc->port.disposition, &item->right);
	}
}

/**
 * mach_body_take() - take the rights of a body
 * @space: the sender's
 * @kmsg: the message, which has its destination
 * @receives: whether some may be receive rights; between mach_transit_begin()
 *	and mach_transit_end(), then
 * @passed: out: descriptors whose memory was there when their turn came
 * @reap: gets what dies of it
 *
 * Context: Process; may sleep.
 * Return: 0; MACH_SEND_INVALID_RIGHT; MACH_SEND_INVALID_MEMORY, mach_body_read()
 * could not read it. What has been taken is in the message.
 */
int mach_body_take(struct mach_space *space, struct mach_kmsg *kmsg,
		   bool receives, u32 *passed, struct mach_reap *reap)
{
	struct taking taking = {
		.space = space, .kmsg = kmsg, .receives = receives,
		.reap = reap,
	};
	union mach_item *items = mach_kmsg_items(kmsg);
	union mach_wire_desc *desc = first_desc(kmsg);
	int ret = 0;
	u32 i;

	spin_lock(&space->lock);
	for (i = 0; i < kmsg->items && !ret; i++, desc = next_desc(desc)) {
		if (is_ool(&items[i]) && !items[i].ool && desc->ool.size) {
			ret = MACHDEV_SEND_INVALID_MEMORY;
			break;
		}
		ret = take_item_locked(&taking, &items[i], desc);
		relax(&taking);
	}
	spin_unlock(&space->lock);
	*passed = i;
	return ret;
}

/* All pages that a range touches. */
static void unmap(unsigned long start, unsigned long bytes)
{
	unsigned long end = PAGE_ALIGN(start + bytes);

	start &= PAGE_MASK;
	vm_munmap(start, end - start);
}

/**
 * mach_body_deallocate() - release the memory that a sender gives away
 * @kmsg: its message, from the current thread
 * @passed: how many descriptors, from mach_body_take()
 *
 * What cannot be released stays.
 *
 * Context: Process; sleeps.
 */
void mach_body_deallocate(struct mach_kmsg *kmsg, u32 passed)
{
	union mach_item *items = mach_kmsg_items(kmsg);
	union mach_wire_desc *desc = first_desc(kmsg);
	u32 i;

	for (i = 0; i < passed; i++, desc = next_desc(desc)) {
		unsigned long bytes = desc->ool.size;

		if (!is_ool(&items[i]) || !items[i].ool ||
		    !desc->ool.deallocate)
			continue;
		if (items[i].type == MACH_ITEM_ARRAY)
			bytes *= sizeof(u32);
		unmap((unsigned long)address_of(&desc->ool), bytes);
		cond_resched();
	}
}

static struct machdev_msg_ool ool_desc(u8 type, u64 address, u32 size)
{
	return (struct machdev_msg_ool){
		.address_low = lower_32_bits(address),
		.address_high = upper_32_bits(address),
		.deallocate = true,
		.copy = MACHDEV_COPY_VIRTUAL,
		.type = type,
		.size = size,
	};
}

/**
 * struct giving - who gets the body of a message
 * @space: that of the current thread
 * @back: it is the sender, who has not sent it
 * @guard: for receive rights that are to be guarded; 0: none is wanted
 * @reap: gets what dies of it
 */
struct giving {
	struct mach_space *space;
	bool back;
	u64 guard;
	struct mach_reap *reap;
};

static int give_memory(const struct giving *giving, struct mach_ool *ool,
		       struct machdev_msg_ool *desc)
{
	bool physical = giving->back ? desc->copy == MACHDEV_COPY_PHYSICAL :
				       !is_virtual(desc);
	u64 address = 0;
	int bits = 0;

	if (ool)
		bits = mach_ool_map(ool, &address);
	*desc = ool_desc(desc->type, bits ? 0 : address,
			 bits ? 0 : desc->size);
	if (physical)
		desc->copy = MACHDEV_COPY_PHYSICAL;
	/* What is given back is a copy, to be gone once it has been sent. */
	if (physical && !giving->back)
		desc->deallocate = false;
	mach_ool_free(ool);
	return bits;
}

static int give_rights(const struct giving *giving, struct mach_ool *ool,
		       u64 *address)
{
	struct mach_right *rights = mach_ool_rights(ool);
	u32 *names = mach_ool_names(ool);
	int bits = mach_ool_map_names(ool, address);
	u32 i;

	for (i = 0; i < ool->size; i++) {
		if (*address)
			bits |= mach_copyout_right(giving->space, &rights[i],
						   &names[i], giving->reap);
		else
			mach_reap_right(giving->reap, &rights[i]);
		cond_resched();
	}
	if (!*address)
		return bits;
	if (mach_ool_write_names(ool, *address)) {
		*address = 0;
		bits |= MACHDEV_MSG_VM_KERNEL;
	}
	return bits;
}

static int give_array(const struct giving *giving, struct mach_ool *ool,
		      struct machdev_msg_ool *desc)
{
	u8 type = mach_disposition_type(desc->disposition);
	u64 address = 0;
	int bits = 0;

	if (ool)
		bits = give_rights(giving, ool, &address);
	*desc = ool_desc(desc->type, address, address ? desc->size : 0);
	desc->disposition = type;
	mach_ool_free(ool);
	return bits;
}

static int give_port(const struct giving *giving, struct mach_right *right,
		     struct machdev_msg_port *desc)
{
	u32 type = right->type;
	u32 name;
	int bits = mach_copyout_right(giving->space, right, &name,
				      giving->reap);

	*desc = (struct machdev_msg_port){
		.name = name,
		.disposition = type,
		.type = MACHDEV_DESC_PORT,
	};
	return bits;
}

/* Guards a right that is nowhere else, before anybody gets at it. */
static int give_guarded(const struct giving *giving, struct mach_right *right,
			u64 guard, u32 flags, u32 *name)
{
	struct mach_port *port = mach_port_get(right->port);
	int bits;

	spin_lock(&port->lock);
	mach_guard_set_locked(port, guard, flags);
	spin_unlock(&port->lock);
	bits = mach_copyout_right(giving->space, right, name, giving->reap);
	if (bits) {
		/* It may go to who wants it when it would die. */
		spin_lock(&port->lock);
		port->context = 0;
		port->guard = 0;
		spin_unlock(&port->lock);
	}
	mach_port_put(port);
	return bits;
}

/* To a receiver, whose guard it gets. */
static int give_guarded_port(const struct giving *giving,
			     struct mach_right *right,
			     struct machdev_msg_guarded *desc)
{
	bool guarded = mach_port_valid(right->port);
	u32 flags = 0;

	desc->flags &= MACHDEV_GUARD_IMMOVABLE_RECEIVE;
	desc->context_low = guarded ? lower_32_bits(giving->guard) : 0;
	desc->context_high = guarded ? upper_32_bits(giving->guard) : 0;
	if (!guarded)
		return mach_copyout_right(giving->space, right, &desc->name,
					  giving->reap);
	if (desc->flags)
		flags = MACHDEV_MPG_IMMOVABLE_RECEIVE;
	return give_guarded(giving, right, giving->guard, flags, &desc->name);
}

/* To its sender, guarded as it was. */
static int give_back_guarded_port(const struct giving *giving,
				  struct mach_right *right,
				  struct machdev_msg_guarded *desc)
{
	u32 flags = desc->flags & BODY_WAS_STRICT ? MACHDEV_MPG_STRICT : 0;

	desc->flags &= MACHDEV_GUARD_MASK;
	if (desc->flags & MACHDEV_GUARD_UNGUARDED_ON_SEND ||
	    !mach_port_valid(right->port))
		return mach_copyout_right(giving->space, right, &desc->name,
					  giving->reap);
	return give_guarded(giving, right, context_of(desc), flags,
			    &desc->name);
}

/* Who does not know of guarded rights gets a port descriptor without one. */
static int withhold_guarded(const struct giving *giving,
			    struct mach_right *right,
			    union mach_wire_desc *desc)
{
	if (mach_port_valid(right->port))
		mach_reap_right(giving->reap, right);
	return give_port(giving, right, &desc->port);
}

static int give_right(const struct giving *giving, struct mach_right *right,
		      union mach_wire_desc *desc)
{
	if (desc->port.type != MACHDEV_DESC_GUARDED_PORT)
		return give_port(giving, right, &desc->port);
	if (giving->back)
		return give_back_guarded_port(giving, right, &desc->guarded);
	if (giving->guard)
		return give_guarded_port(giving, right, &desc->guarded);
	return withhold_guarded(giving, right, desc);
}

static int give_item(const struct giving *giving, union mach_item *item,
		     union mach_wire_desc *desc)
{
	struct mach_ool *ool;

	if (!is_ool(item))
		return give_right(giving, &item->right, desc);
	ool = item->ool;
	item->ool = NULL;
	if (item->type == MACH_ITEM_ARRAY)
		return give_array(giving, ool, &desc->ool);
	return give_memory(giving, ool, &desc->ool);
}

/* Gives everything; the body moves up where descriptors have become shorter. */
static int give(const struct giving *giving, struct mach_kmsg *kmsg)
{
	void *end = mach_kmsg_trailer(kmsg);
	union mach_item *items = mach_kmsg_items(kmsg);
	union mach_wire_desc *desc = first_desc(kmsg), *next;
	void *to = desc;
	int bits = 0;
	u32 i;

	for (i = 0; i < kmsg->items; i++, desc = next) {
		next = next_desc(desc);
		bits |= give_item(giving, &items[i], desc);
		if (to != desc)
			memmove(to, desc, mach_wire_desc_size(desc));
		to = next_desc(to);
		cond_resched();
	}
	if (to != desc) {
		memmove(to, desc, end - (void *)desc);
		kmsg->size -= (void *)desc - to;
	}
	return bits;
}

/**
 * mach_body_give() - put what a body carries into a receiver
 * @space: that of the current thread
 * @kmsg: the message; carries nothing afterwards, and can become shorter
 * @guard: for receive rights that are to be guarded; 0: the receiver wants
 *	none, and gets port descriptors without rights
 * @reap: gets what dies of it
 *
 * What finds no room becomes null; the rest arrives.
 *
 * Context: Process; sleeps.
 * Return: 0, or bits that tell what there was no room for.
 */
int mach_body_give(struct mach_space *space, struct mach_kmsg *kmsg, u64 guard,
		   struct mach_reap *reap)
{
	struct giving giving = {
		.space = space, .guard = guard, .reap = reap,
	};

	return give(&giving, kmsg);
}

/**
 * mach_body_give_back() - put what a body carries back into its sender
 * @space: that of the current thread
 * @kmsg: the message, not sent; carries nothing afterwards
 * @reap: gets what dies of it
 *
 * Context: Process; sleeps.
 * Return: 0, or bits that tell what there was no room for.
 */
int mach_body_give_back(struct mach_space *space, struct mach_kmsg *kmsg,
			struct mach_reap *reap)
{
	struct giving giving = { .space = space, .back = true, .reap = reap };

	return give(&giving, kmsg);
}
