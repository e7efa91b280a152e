// SPDX-License-Identifier: GPL-2.0-only
/*
 * The checks of a message's bytes, which must read no further than the message
 * goes, and agree with what stands below on what a good body is.
 */
#include "wire.h"

static u32 word(const u8 *bytes, u32 offset)
{
	u32 value;

	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

static bool good_guard(const u8 *desc)
{
	u32 flags = desc[8] | desc[9] << 8;

	if (desc[10] != 16 || flags < 1 || flags > 3)
		return false;
	return flags == 1 || (!word(desc, 0) && !word(desc, 4));
}

/* Whether the descriptors of a body are as the wire format has them. */
static bool good_body(const u8 *message, u32 size, u32 count)
{
	static const u8 bytes[] = { 12, 16, 16, 16, 16 };
	u64 rights = 0;
	u32 at = 28;

	for (; count; count--) {
		const u8 *desc = message + at;
		u8 type;

		if (at + 12 > size)
			return false;
		type = desc[11];
		if (type > 4 || at + bytes[type] > size)
			return false;
		if ((type == 1 || type == 3) && desc[9] > 1)
			return false;
		if (type == 4 && !good_guard(desc))
			return false;
		if (type == 2)
			rights += word(desc, 12);
		else if (type == 0 || type == 4)
			rights++;
		at += bytes[type];
	}
	return rights <= 16383;
}

static void check_complex(const u8 *message, u32 size)
{
	struct mach_wire_body body = { };
	bool good;

	body.count = word(message, 24);
	if (mach_wire_check_count(size, body.count))
		return;
	good = good_body(message, size, body.count);
	SHIM_NEVER(good == !!mach_wire_check_body(message, size, &body));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct machdev_msg_header header;
	u8 *message;

	if (size > U32_MAX || mach_wire_check_size(size))
		return 0;
	/* A copy of its own ends where the message does. */
	message = malloc(size);
	memcpy(message, data, size);
	if (size >= MACH_WIRE_COMPLEX_MIN)
		check_complex(message, size);
	memcpy(&header, message, sizeof(header));
	header.bits &= MACHDEV_BITS_USER;
	mach_wire_check_header(&header);
	free(message);
	return 0;
}
