// SPDX-License-Identifier: GPL-2.0-only
/* Checks of a message's bytes. */
#include "unit.h"
#include "wire.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

TEST(sizes)
{
	static const struct { u32 size; int result; } rows[] = {
		{ 0, MACHDEV_SEND_MSG_TOO_SMALL },
		{ 20, MACHDEV_SEND_MSG_TOO_SMALL },
		{ 23, MACHDEV_SEND_MSG_TOO_SMALL },
		{ 24, 0 },
		{ 25, MACHDEV_SEND_MSG_TOO_SMALL },
		{ 26, MACHDEV_SEND_MSG_TOO_SMALL },
		{ 28, 0 },
		{ 1 << 20, 0 },
		{ (1 << 20) + 1, MACHDEV_SEND_MSG_TOO_SMALL },
		{ (1 << 20) + 4, MACHDEV_SEND_TOO_LARGE },
		{ U32_MAX - 3, MACHDEV_SEND_TOO_LARGE },
		{ U32_MAX, MACHDEV_SEND_MSG_TOO_SMALL },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		EXPECT_EQ(rows[i].result, mach_wire_check_size(rows[i].size));
}

TEST(counts)
{
	EXPECT_EQ(0, mach_wire_check_count(28, 0));
	EXPECT_NE(0, mach_wire_check_count(28, 1));
	EXPECT_NE(0, mach_wire_check_count(36, 1));
	EXPECT_EQ(0, mach_wire_check_count(40, 1));
	EXPECT_NE(0, mach_wire_check_count(40, 2));
	EXPECT_NE(0, mach_wire_check_count(40, U32_MAX));
	/* Times 12 this is 40 in 32 bits. */
	EXPECT_NE(0, mach_wire_check_count(40, 0x55555559));
}

/* A header that is good, for a test to break one thing of it. */
static struct machdev_msg_header header(u32 remote, u32 local)
{
	return (struct machdev_msg_header){
		.bits = MACHDEV_BITS(remote, local),
		.remote = 0x103,
		.local = local ? 0x203 : 0,
	};
}

TEST(dispositions_of_the_header)
{
	u32 remote, local;

	for (remote = 0; remote < 32; remote++) {
		for (local = 0; local < 32; local++) {
			struct machdev_msg_header h = header(remote, local);
			bool good = remote >= 17 && remote <= 21 &&
				(!local || (local >= 17 && local <= 21));

			EXPECT_EQ(good ? 0 : MACHDEV_SEND_INVALID_HEADER,
				  mach_wire_check_header(&h));
		}
	}
}

TEST(a_reply_name_needs_a_disposition)
{
	struct machdev_msg_header h = header(MACHDEV_COPY_SEND, 0);

	h.local = 0x203;
	EXPECT_EQ(MACHDEV_SEND_INVALID_HEADER, mach_wire_check_header(&h));
	h.local = MACHDEV_NAME_DEAD;
	EXPECT_EQ(MACHDEV_SEND_INVALID_HEADER, mach_wire_check_header(&h));
}

TEST(a_reply_may_be_null_or_dead)
{
	struct machdev_msg_header h;

	h = header(MACHDEV_COPY_SEND, MACHDEV_COPY_SEND);
	h.local = MACHDEV_NAME_NULL;
	EXPECT_EQ(0, mach_wire_check_header(&h));
	h.local = MACHDEV_NAME_DEAD;
	EXPECT_EQ(0, mach_wire_check_header(&h));
}

TEST(a_destination_may_not)
{
	struct machdev_msg_header h = header(MACHDEV_COPY_SEND, 0);

	h.remote = MACHDEV_NAME_NULL;
	EXPECT_EQ(MACHDEV_SEND_INVALID_DEST, mach_wire_check_header(&h));
	h.remote = MACHDEV_NAME_DEAD;
	EXPECT_EQ(MACHDEV_SEND_INVALID_DEST, mach_wire_check_header(&h));
}

TEST(one_name_twice_in_the_header)
{
	u32 remote, local;

	for (remote = 17; remote <= 21; remote++) {
		for (local = 17; local <= 21; local++) {
			struct machdev_msg_header h = header(remote, local);
			bool once = remote == MACHDEV_MOVE_SEND_ONCE ||
				    local == MACHDEV_MOVE_SEND_ONCE;

			h.local = h.remote;
			EXPECT_EQ(once ? MACHDEV_SEND_INVALID_DEST : 0,
				  mach_wire_check_header(&h));
		}
	}
}

TEST(vouchers)
{
	u32 voucher;

	for (voucher = 1; voucher < 32; voucher++) {
		struct machdev_msg_header h = header(MACHDEV_COPY_SEND, 0);
		bool good = voucher == MACHDEV_MOVE_SEND ||
			    voucher == MACHDEV_COPY_SEND;

		h.bits |= voucher << 16;
		EXPECT_EQ(good ? 0 : MACHDEV_SEND_INVALID_VOUCHER,
			  mach_wire_check_header(&h));
		h.voucher = MACHDEV_NAME_DEAD;
		EXPECT_EQ(MACHDEV_SEND_INVALID_VOUCHER,
			  mach_wire_check_header(&h));
	}
}

TEST(a_voucher_that_is_the_destination_or_the_reply)
{
	struct machdev_msg_header h;

	h = header(MACHDEV_COPY_SEND, MACHDEV_COPY_SEND);
	h.bits |= MACHDEV_COPY_SEND << 16;
	h.voucher = h.remote;
	EXPECT_EQ(0, mach_wire_check_header(&h));
	h.bits = MACHDEV_BITS(MACHDEV_MAKE_SEND, MACHDEV_COPY_SEND) |
		 MACHDEV_COPY_SEND << 16;
	EXPECT_EQ(MACHDEV_SEND_INVALID_DEST, mach_wire_check_header(&h));
	h.voucher = h.local;
	EXPECT_EQ(MACHDEV_SEND_INVALID_REPLY, mach_wire_check_header(&h));
}

/* A body in memory that ends where it does, so that reading on is noticed. */
static int check_body(const union mach_wire_desc *desc, u32 bytes, u32 count,
		      struct mach_wire_body *body)
{
	u32 size = MACH_WIRE_COMPLEX_MIN + bytes;
	char *message = malloc(size);
	int ret;

	memset(message, 0, size);
	memcpy(message + MACH_WIRE_COMPLEX_MIN, desc, bytes);
	*body = (struct mach_wire_body){ .count = count };
	ret = mach_wire_check_body(message, size, body);
	free(message);
	return ret;
}

TEST(sizes_of_descriptors)
{
	union mach_wire_desc desc = { };
	u32 type;

	for (type = 0; type < 256; type++) {
		desc.port.type = type;
		EXPECT_EQ(type == 0 ? 12 : type <= 4 ? 16 : 0,
			  mach_wire_desc_size(&desc));
	}
}

TEST(a_descriptor_is_cut_off)
{
	union mach_wire_desc desc = { };
	struct mach_wire_body body;
	u32 type, bytes;

	for (type = 0; type <= 4; type++) {
		u32 size;

		desc.guarded = (struct machdev_msg_guarded){
			.flags = MACHDEV_GUARD_IMMOVABLE_RECEIVE,
			.disposition = MACHDEV_MOVE_RECEIVE,
		};
		desc.port.type = type;
		size = mach_wire_desc_size(&desc);
		if (type == MACHDEV_DESC_OOL_PORTS)
			desc.ool.size = 1;
		for (bytes = 0; bytes < size; bytes += 4)
			EXPECT_EQ(MACHDEV_SEND_MSG_TOO_SMALL,
				  check_body(&desc, bytes, 1, &body));
		if (type == MACHDEV_DESC_OOL ||
		    type == MACHDEV_DESC_OOL_VOLATILE)
			desc.ool.copy = MACHDEV_COPY_VIRTUAL;
		EXPECT_EQ(0, check_body(&desc, size, 1, &body));
		EXPECT_EQ(type && type != MACHDEV_DESC_GUARDED_PORT, body.ool);
	}
}

TEST(receive_rights_are_noticed)
{
	union mach_wire_desc desc = { };
	struct mach_wire_body body;

	desc.port.disposition = MACHDEV_MOVE_RECEIVE;
	desc.port.name = 0x103;
	EXPECT_EQ(0, check_body(&desc, 12, 1, &body));
	EXPECT_TRUE(body.receives);
	desc.port.name = MACHDEV_NAME_DEAD;
	EXPECT_EQ(0, check_body(&desc, 12, 1, &body));
	EXPECT_FALSE(body.receives);
	desc.port.name = 0x103;
	desc.port.disposition = MACHDEV_MOVE_SEND;
	EXPECT_EQ(0, check_body(&desc, 12, 1, &body));
	EXPECT_FALSE(body.receives);

	/* What an array names is not known yet. */
	desc.ool = (struct machdev_msg_ool){
		.disposition = MACHDEV_MOVE_RECEIVE,
		.type = MACHDEV_DESC_OOL_PORTS,
	};
	EXPECT_EQ(0, check_body(&desc, 16, 1, &body));
	EXPECT_FALSE(body.receives);
	desc.ool.size = 1;
	EXPECT_EQ(0, check_body(&desc, 16, 1, &body));
	EXPECT_TRUE(body.receives);
	desc.ool.disposition = MACHDEV_MOVE_SEND;
	EXPECT_EQ(0, check_body(&desc, 16, 1, &body));
	EXPECT_FALSE(body.receives);

	desc.guarded = (struct machdev_msg_guarded){
		.flags = MACHDEV_GUARD_IMMOVABLE_RECEIVE,
		.disposition = MACHDEV_MOVE_RECEIVE,
		.type = MACHDEV_DESC_GUARDED_PORT,
		.name = 0x103,
	};
	EXPECT_EQ(0, check_body(&desc, 16, 1, &body));
	EXPECT_TRUE(body.receives);
	desc.guarded.name = MACHDEV_NAME_NULL;
	EXPECT_EQ(0, check_body(&desc, 16, 1, &body));
	EXPECT_FALSE(body.receives);
}

TEST(unknown_descriptors)
{
	union mach_wire_desc desc = { };
	struct mach_wire_body body;

	desc.port.type = 5;
	EXPECT_EQ(MACHDEV_SEND_INVALID_TYPE, check_body(&desc, 16, 1, &body));
	desc.port.type = 255;
	EXPECT_EQ(MACHDEV_SEND_INVALID_TYPE, check_body(&desc, 12, 1, &body));
	desc.ool.type = MACHDEV_DESC_OOL;
	desc.ool.copy = 2;
	EXPECT_EQ(MACHDEV_SEND_INVALID_TYPE, check_body(&desc, 16, 1, &body));
}

TEST(guarded_descriptors)
{
	const union mach_wire_desc good = {
		.guarded = {
			.flags = MACHDEV_GUARD_UNGUARDED_ON_SEND,
			.disposition = MACHDEV_MOVE_RECEIVE,
			.type = MACHDEV_DESC_GUARDED_PORT,
			.name = 0x103,
		},
	};
	union mach_wire_desc desc = good;
	struct mach_wire_body body;

	EXPECT_EQ(0, check_body(&desc, 16, 1, &body));
	desc.guarded.flags = 0;
	EXPECT_EQ(MACHDEV_SEND_INVALID_TYPE, check_body(&desc, 16, 1, &body));
	desc.guarded.flags = 4;
	EXPECT_EQ(MACHDEV_SEND_INVALID_TYPE, check_body(&desc, 16, 1, &body));
	desc = good;
	desc.guarded.disposition = MACHDEV_MOVE_SEND;
	EXPECT_EQ(MACHDEV_SEND_INVALID_TYPE, check_body(&desc, 16, 1, &body));
	desc = good;
	desc.guarded.context_high = 1;
	EXPECT_EQ(MACHDEV_SEND_INVALID_TYPE, check_body(&desc, 16, 1, &body));
	desc.guarded.flags = MACHDEV_GUARD_IMMOVABLE_RECEIVE;
	EXPECT_EQ(0, check_body(&desc, 16, 1, &body));
}

TEST(as_many_rights_as_one_message_may_carry)
{
	const u32 most = MACHDEV_MSG_RIGHTS_MAX;
	union mach_wire_desc *desc = calloc(most + 1, 12);
	struct mach_wire_body body;

	EXPECT_EQ(0, check_body(desc, most * 12, most, &body));
	EXPECT_EQ(MACHDEV_SEND_TOO_LARGE,
		  check_body(desc, (most + 1) * 12, most + 1, &body));
	free(desc);
}

TEST(rights_out_of_line_count)
{
	struct machdev_msg_ool desc[2] = { { .type = MACHDEV_DESC_OOL_PORTS } };
	struct mach_wire_body body;

	desc[1] = desc[0];
	desc[0].size = MACHDEV_MSG_RIGHTS_MAX;
	EXPECT_EQ(0, check_body((void *)desc, 32, 2, &body));
	desc[1].size = 1;
	EXPECT_EQ(MACHDEV_SEND_TOO_LARGE,
		  check_body((void *)desc, 32, 2, &body));
	/* Together 0 in 32 bits. */
	desc[0].size = 1u << 31;
	desc[1].size = 1u << 31;
	EXPECT_EQ(MACHDEV_SEND_TOO_LARGE,
		  check_body((void *)desc, 32, 2, &body));
}

TEST_HARNESS_MAIN
