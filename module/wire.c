// SPDX-License-Identifier: GPL-2.0-only
/* Checks of a message's bytes, in the order in which they are specified. */
#include "wire.h"

static bool is_send(u32 disposition)
{
	return disposition >= MACHDEV_MOVE_SEND &&
	       disposition <= MACHDEV_MAKE_SEND_ONCE;
}

/**
 * mach_wire_check_size() - the size that a sender gives
 * @size: bytes
 *
 * Return: 0; MACH_SEND_MSG_TOO_SMALL, less than a header or no multiple of 4;
 * MACH_SEND_TOO_LARGE.
 */
int mach_wire_check_size(u32 size)
{
	if (size < sizeof(struct machdev_msg_header) || size % 4)
		return MACHDEV_SEND_MSG_TOO_SMALL;
	if (size > MACHDEV_MSG_SIZE_MAX)
		return MACHDEV_SEND_TOO_LARGE;
	return 0;
}

/**
 * mach_wire_check_count() - the number of descriptors of a complex message
 * @size: bytes of the message, at least MACH_WIRE_COMPLEX_MIN
 * @count: descriptors that it says it has
 *
 * Return: 0; MACH_SEND_MSG_TOO_SMALL, it cannot have so many.
 */
int mach_wire_check_count(u32 size, u32 count)
{
	if (count > (size - MACH_WIRE_COMPLEX_MIN) / MACH_WIRE_DESC_MIN)
		return MACHDEV_SEND_MSG_TOO_SMALL;
	return 0;
}

/**
 * mach_wire_desc_size() - bytes of a descriptor
 * @desc: of which 12 bytes can be read
 *
 * Return: 12 or 16; 0 if there is no such type.
 */
u32 mach_wire_desc_size(const union mach_wire_desc *desc)
{
	switch (desc->port.type) {
	case MACHDEV_DESC_PORT:
		return sizeof(desc->port);
	case MACHDEV_DESC_OOL:
	case MACHDEV_DESC_OOL_VOLATILE:
	case MACHDEV_DESC_OOL_PORTS:
		return sizeof(desc->ool);
	case MACHDEV_DESC_GUARDED_PORT:
		return sizeof(desc->guarded);
	default:
		return 0;
	}
}

static int check_guarded(const struct machdev_msg_guarded *guarded)
{
	if (guarded->disposition != MACHDEV_MOVE_RECEIVE)
		return MACHDEV_SEND_INVALID_TYPE;
	if (!guarded->flags || (guarded->flags & ~MACHDEV_GUARD_MASK))
		return MACHDEV_SEND_INVALID_TYPE;
	if ((guarded->flags & MACHDEV_GUARD_UNGUARDED_ON_SEND) &&
	    (guarded->context_low || guarded->context_high))
		return MACHDEV_SEND_INVALID_TYPE;
	return 0;
}

/* Checks one descriptor, and adds the rights that it carries. */
static int check_desc(const union mach_wire_desc *desc, u64 *rights,
		      struct mach_wire_body *body)
{
	switch (desc->port.type) {
	case MACHDEV_DESC_PORT:
		++*rights;
		if (desc->port.disposition == MACHDEV_MOVE_RECEIVE)
			body->receives |= mach_name_valid(desc->port.name);
		return 0;
	case MACHDEV_DESC_OOL:
	case MACHDEV_DESC_OOL_VOLATILE:
		body->ool = true;
		if (desc->ool.copy > MACHDEV_COPY_VIRTUAL)
			return MACHDEV_SEND_INVALID_TYPE;
		return 0;
	case MACHDEV_DESC_OOL_PORTS:
		body->ool = true;
		*rights += desc->ool.size;
		if (desc->ool.disposition == MACHDEV_MOVE_RECEIVE)
			body->receives |= desc->ool.size > 0;
		return 0;
	default:
		++*rights;
		body->receives |= mach_name_valid(desc->guarded.name);
		return check_guarded(&desc->guarded);
	}
}

/**
 * mach_wire_check_body() - the descriptors of a complex message
 * @message: its bytes
 * @size: how many, at least MACH_WIRE_COMPLEX_MIN
 * @body: its count has been checked; the rest is filled in
 *
 * Return: 0; MACH_SEND_INVALID_TYPE, an unknown type or a field that its type
 * does not allow; MACH_SEND_MSG_TOO_SMALL, a descriptor runs past the end;
 * MACH_SEND_TOO_LARGE, more rights than one message may carry.
 */
int mach_wire_check_body(const void *message, u32 size,
			 struct mach_wire_body *body)
{
	u32 offset = MACH_WIRE_COMPLEX_MIN;
	u64 rights = 0;
	u32 i;

	for (i = 0; i < body->count; i++) {
		const union mach_wire_desc *desc = message + offset;
		u32 bytes;
		int ret;

		if (size - offset < MACH_WIRE_DESC_MIN)
			return MACHDEV_SEND_MSG_TOO_SMALL;
		bytes = mach_wire_desc_size(desc);
		if (!bytes)
			return MACHDEV_SEND_INVALID_TYPE;
		if (size - offset < bytes)
			return MACHDEV_SEND_MSG_TOO_SMALL;
		ret = check_desc(desc, &rights, body);
		if (ret)
			return ret;
		offset += bytes;
	}
	return rights > MACHDEV_MSG_RIGHTS_MAX ? MACHDEV_SEND_TOO_LARGE : 0;
}

/**
 * mach_wire_check_header() - dispositions and names of a header
 * @header: its bits masked to MACHDEV_BITS_USER
 *
 * Return: 0; MACH_SEND_INVALID_HEADER, MACH_SEND_INVALID_VOUCHER,
 * MACH_SEND_INVALID_DEST or MACH_SEND_INVALID_REPLY: what is wrong.
 */
int mach_wire_check_header(const struct machdev_msg_header *header)
{
	u32 remote = MACHDEV_BITS_REMOTE(header->bits);
	u32 local = MACHDEV_BITS_LOCAL(header->bits);
	u32 voucher = MACHDEV_BITS_VOUCHER(header->bits);

	if (local ? !is_send(local) : header->local != MACHDEV_NAME_NULL)
		return MACHDEV_SEND_INVALID_HEADER;
	if (voucher) {
		if (voucher != MACHDEV_MOVE_SEND &&
		    voucher != MACHDEV_COPY_SEND)
			return MACHDEV_SEND_INVALID_VOUCHER;
		if (header->voucher == MACHDEV_NAME_DEAD)
			return MACHDEV_SEND_INVALID_VOUCHER;
	}
	if (!is_send(remote))
		return MACHDEV_SEND_INVALID_HEADER;
	if (!mach_name_valid(header->remote))
		return MACHDEV_SEND_INVALID_DEST;
	if (voucher && header->remote == header->voucher &&
	    remote != MACHDEV_MOVE_SEND && remote != MACHDEV_COPY_SEND)
		return MACHDEV_SEND_INVALID_DEST;
	if (local && header->remote == header->local &&
	    (remote == MACHDEV_MOVE_SEND_ONCE ||
	     local == MACHDEV_MOVE_SEND_ONCE))
		return MACHDEV_SEND_INVALID_DEST;
	if (local && voucher && mach_name_valid(header->local) &&
	    header->local == header->voucher)
		return MACHDEV_SEND_INVALID_REPLY;
	return 0;
}
