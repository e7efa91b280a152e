// SPDX-License-Identifier: GPL-2.0-only
/* A message comes in: its bytes, then the rights of header and body. */
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "body.h"
#include "copyin.h"
#include "kmsg.h"
#include "port.h"
#include "right.h"
#include "stat.h"
#include "trace.h"
#include "transit.h"
#include "wire.h"

/* Room is needed before the number of descriptors has been checked. */
static u32 room_for_items(u32 size, u32 count)
{
	return count && !mach_wire_check_count(size, count) ? count : 0;
}

/**
 * mach_copyin_message() - copy a message's bytes and check them
 * @identity: who sends; the reference is consumed on success
 * @from: the user's buffer
 * @size: bytes to send
 * @body: out: what its descriptors need
 * @kmsg: out: the message, still without rights
 *
 * Context: Process; may sleep.
 * Return: 0; MACH_SEND_MSG_TOO_SMALL, MACH_SEND_TOO_LARGE: @size, or the number
 * of descriptors; MACH_SEND_INVALID_DATA, @from cannot be read;
 * MACH_SEND_NO_BUFFER, memory or the sender's ledgers do not allow it;
 * MACH_SEND_INVALID_TYPE and what mach_wire_check_header() returns;
 * MACH_SEND_INTERRUPTED, the process is being killed.
 */
int mach_copyin_message(struct mach_identity *identity,
			const void __user *from, u32 size,
			struct mach_wire_body *body, struct mach_kmsg **kmsg)
{
	struct {
		struct machdev_msg_header header;
		u32 count;
	} start = { };
	struct machdev_msg_header *header;
	struct mach_kmsg *new;
	int ret;

	*body = (struct mach_wire_body){ };
	ret = mach_wire_check_size(size);
	if (ret)
		return ret;
	if (copy_from_user(&start.header, from, sizeof(start.header)))
		return MACHDEV_SEND_INVALID_DATA;
	start.header.bits &= MACHDEV_BITS_USER;
	if (start.header.bits & MACHDEV_BITS_COMPLEX) {
		if (size < MACH_WIRE_COMPLEX_MIN)
			return MACHDEV_SEND_MSG_TOO_SMALL;
		if (get_user(start.count,
			     (const u32 __user *)(from + sizeof(start.header))))
			return MACHDEV_SEND_INVALID_DATA;
		body->count = start.count;
	}

	new = mach_kmsg_new(identity, size, room_for_items(size, body->count));
	if (!new)
		return MACHDEV_SEND_NO_BUFFER;
	header = mach_kmsg_header(new);
	*header = start.header;
	header->size = size;
	if (size > sizeof(*header) &&
	    copy_from_user(header + 1, from + sizeof(*header),
			   size - sizeof(*header))) {
		ret = MACHDEV_SEND_INVALID_DATA;
		goto err_free;
	}
	if (header->bits & MACHDEV_BITS_COMPLEX) {
		/* What was counted counts, whatever stands there by now. */
		*(u32 *)(header + 1) = start.count;
		ret = mach_wire_check_count(size, body->count) ?:
		      mach_wire_check_body(header, size, body);
		if (ret)
			goto err_free;
	}
	ret = mach_wire_check_header(header);
	if (ret)
		goto err_free;
	if (body->ool) {
		ret = mach_body_read(new);
		if (ret) {
			mach_body_forget(new);
			goto err_free;
		}
	}
	*kmsg = new;
	return 0;

err_free:
	/* The caller keeps the reference that it gave. */
	new->identity = NULL;
	mach_kmsg_free(new);
	return ret;
}

/* There are none, but the null voucher may be sent. */
static bool has_voucher(const struct machdev_msg_header *header)
{
	return MACHDEV_BITS_VOUCHER(header->bits) &&
	       header->voucher != MACHDEV_NAME_NULL;
}

/*
 * The header's rights, all or none, in the order that is specified. -EAGAIN if
 * the destination is not the port that was expected, if one was.
 */
static int copyin_header_locked(struct mach_space *space,
				struct mach_kmsg *kmsg,
				const struct mach_port *expected,
				struct mach_reap *reap)
{
	const struct machdev_msg_header *header = mach_kmsg_header(kmsg);
	u32 remote = MACHDEV_BITS_REMOTE(header->bits);
	u32 local = MACHDEV_BITS_LOCAL(header->bits);
	bool has_reply = local && mach_name_valid(header->local);
	bool same = has_reply && header->local == header->remote;
	struct mach_entry *dest, *reply = NULL;

	lockdep_assert_held(&space->lock);
	if (has_voucher(header))
		return MACHDEV_SEND_INVALID_VOUCHER;
	dest = mach_entry_lookup_locked(space, header->remote);
	if (!dest || !(dest->rights & MACH_ENTRY_PORT))
		return MACHDEV_SEND_INVALID_DEST;
	if (has_reply) {
		reply = mach_entry_lookup_locked(space, header->local);
		if (mach_right_can_copyin(reply, local, true))
			return MACHDEV_SEND_INVALID_REPLY;
	}
	if (mach_right_can_copyin(dest, remote, false))
		return MACHDEV_SEND_INVALID_DEST;
	if (same && remote == MACHDEV_MOVE_SEND &&
	    local == MACHDEV_MOVE_SEND && dest->urefs == 1)
		return MACHDEV_SEND_INVALID_DEST;
	if (dest->port->kind != MACH_KIND_PLAIN) {
		mach_stat_inc(UNSUPPORTED);
		return MACHDEV_KERN_NOT_SUPPORTED;
	}
	if (expected && dest->port != expected)
		return -EAGAIN;

	kmsg->local.type = mach_disposition_type(local);
	if (header->local == MACHDEV_NAME_DEAD)
		kmsg->local.port = MACH_PORT_DEAD_PTR;
	/* A copy comes before the move that may take the last reference. */
	if (same && remote == MACHDEV_MOVE_SEND) {
		mach_right_take_locked(space, header->local, reply, local,
				       &kmsg->local, reap);
		reply = NULL;
	}
	/* The port can die meanwhile: then it swallows the message. */
	mach_right_take_locked(space, header->remote, dest, remote,
			       &kmsg->remote, reap);
	if (reply && reply->rights)
		mach_right_take_locked(space, header->local, reply, local,
				       &kmsg->local, reap);
	return 0;
}

static int copyin_all(struct mach_space *space, struct mach_kmsg *kmsg,
		      const struct mach_port *expected, bool receives,
		      u32 *passed, struct mach_reap *reap)
{
	int ret;

	spin_lock(&space->lock);
	ret = copyin_header_locked(space, kmsg, expected, reap);
	spin_unlock(&space->lock);
	if (!ret && kmsg->items)
		ret = mach_body_take(space, kmsg, receives, passed, reap);
	return ret;
}

/* A reference to the port of a name, alive or not; NULL if there is none. */
static struct mach_port *port_of(struct mach_space *space, u32 name)
{
	struct mach_port *port = NULL;
	struct mach_entry *entry;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (entry && (entry->rights & MACH_ENTRY_PORT))
		port = mach_port_get(entry->port);
	spin_unlock(&space->lock);
	return port;
}

/* Takes the rights of a message some of which are receive rights. */
static int copyin_moving(struct mach_space *space, struct mach_kmsg *kmsg,
			 u32 *passed, struct mach_reap *reap)
{
	const struct machdev_msg_header *header = mach_kmsg_header(kmsg);
	struct mach_port *port;
	int ret;

	do {
		port = port_of(space, header->remote);
		if (!port)
			return has_voucher(header) ?
				MACHDEV_SEND_INVALID_VOUCHER :
				MACHDEV_SEND_INVALID_DEST;
		ret = mach_transit_begin(port);
		if (!ret) {
			ret = copyin_all(space, kmsg, port, true, passed, reap);
			if (mach_transit_end(port, kmsg) && !ret)
				ret = -ELOOP;
		}
		mach_port_put(port);
		/* Another thread has given the name another meaning. */
	} while (ret == -EAGAIN);
	return ret;
}

/**
 * mach_copyin_rights() - take the rights of a message
 * @space: the sender's
 * @kmsg: the message, whose bytes have been checked
 * @body: from mach_copyin_message()
 *
 * Memory that the sender gives away is released as far as the descriptors have
 * been looked at.
 *
 * Context: Process; may sleep.
 * Return: 0, the message owns its rights. Otherwise it has been freed:
 * MACH_SEND_INVALID_DEST, MACH_SEND_INVALID_REPLY, MACH_SEND_INVALID_VOUCHER,
 * KERN_NOT_SUPPORTED, the destination is a kernel object, or what
 * mach_transit_begin() returns: nothing was taken;
 * MACH_SEND_INVALID_RIGHT or MACH_SEND_INVALID_MEMORY, a descriptor: what had
 * been taken was destroyed;
 * -ELOOP, so were all rights, since a receive right would have been on its way
 * to itself.
 */
int mach_copyin_rights(struct mach_space *space, struct mach_kmsg *kmsg,
		       const struct mach_wire_body *body)
{
	MACH_REAP(reap);
	u32 passed = 0;
	int ret;

	if (body->receives)
		ret = copyin_moving(space, kmsg, &passed, &reap);
	else
		ret = copyin_all(space, kmsg, NULL, false, &passed, &reap);
	if (unlikely(body->ool))
		mach_body_deallocate(kmsg, passed);
	if (ret)
		mach_reap_kmsg(&reap, kmsg);
	else
		trace_mach_msg_copyin(kmsg->remote.port, kmsg);
	mach_reap_run(&reap);
	return ret;
}
