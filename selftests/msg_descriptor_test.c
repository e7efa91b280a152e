// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bodies with port descriptors: rights that travel in them; and descriptors of
 * any type that are malformed.
 */
#include "msg_helpers.h"

#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE

#define COMPLEX MACH_MSGH_BITS_COMPLEX

static const mach_msg_type_name_t all_types[] = {
	MOVE_SEND, MOVE_ONCE, COPY_SEND, MAKE_SEND, MAKE_ONCE,
};

static mach_msg_type_name_t arrives_as(mach_msg_type_name_t type)
{
	return type == MOVE_ONCE || type == MAKE_ONCE ?
	       MACH_MSG_TYPE_PORT_SEND_ONCE : MACH_MSG_TYPE_PORT_SEND;
}

/* A delivered descriptor is exactly this, padding included. */
static bool port_is(const mach_msg_port_descriptor_t *port, mach_port_t name,
		    mach_msg_type_name_t type)
{
	struct machdev_msg_port want = {
		.name = name, .disposition = type, .type = MACHDEV_DESC_PORT,
	};

	if (!memcmp(port, &want, sizeof(want)))
		return true;
	fprintf(stderr, "# name %#x disposition %u type %u, not %#x %u\n",
		port->name, port->disposition, port->type, name, type);
	return false;
}

TEST(none)
{
	mach_port_t port = port_new_send(1);
	struct port_msg msg;

	port_msg_init(&msg, port, COPY_SEND, 0, 0, 0);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(0)));
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
	EXPECT_EQ(COMPLEX | MACH_MSGH_BITS(0, MACH_MSG_TYPE_PORT_SEND),
		  msg.head.msgh_bits);
	EXPECT_EQ(PORT_MSG_SIZE(0), msg.head.msgh_size);
	EXPECT_EQ(0, msg.body.msgh_descriptor_count);
}

/* Without the bit a body is only bytes, whatever they look like. */
TEST(not_complex)
{
	mach_port_t port = port_new_send(1);
	struct port_msg msg;
	struct msg received;

	port_msg_init(&msg, port, COPY_SEND, 0, 0, 99);
	msg.head.msgh_bits &= ~COMPLEX;
	msg.port[0] = msg_port(0x12345, MOVE_SEND);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&received, port));
	EXPECT_EQ(MACH_MSGH_BITS(0, MACH_MSG_TYPE_PORT_SEND),
		  received.head.msgh_bits);
	EXPECT_EQ(0, memcmp(&received.word, &msg.body,
			    PORT_MSG_SIZE(1) - MSG_HEADER));
}

/* One right of each disposition, to oneself. */
TEST(every_disposition)
{
	mach_port_t port = port_new_send(1);
	struct port_msg msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all_types); i++) {
		mach_msg_type_name_t type = all_types[i];
		bool once = arrives_as(type) == MACH_MSG_TYPE_PORT_SEND_ONCE;
		mach_port_t passed = port_new_send(2), name = passed;
		mach_port_status_t status;

		if (type == MOVE_ONCE)
			name = port_new_once(passed);
		port_msg_init(&msg, port, COPY_SEND, 0, 0, 1);
		msg.port[0] = msg_port(name, type);
		memset(&msg.port[1], 0x5a, 20);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1) + 20));

		status = port_status(passed);
		EXPECT_EQ(once, status.mps_sorights);
		EXPECT_EQ(2 + (type == MAKE_SEND), status.mps_mscount);
		EXPECT_EQ(2 - (type == MOVE_SEND), port_send_refs(passed));
		if (type == MOVE_ONCE) {
			EXPECT_EQ(0, port_type(name));
		}

		ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
		EXPECT_EQ(COMPLEX | MACH_MSGH_BITS(0, MACH_MSG_TYPE_PORT_SEND),
			  msg.head.msgh_bits);
		EXPECT_EQ(PORT_MSG_SIZE(1) + 20, msg.head.msgh_size);
		EXPECT_EQ(1, msg.body.msgh_descriptor_count);
		EXPECT_TRUE(is_filled(&msg.port[1], 0x5a, 20));
		name = msg.port[0].name;
		EXPECT_TRUE(port_is(&msg.port[0], name, arrives_as(type)));
		if (once) {
			EXPECT_NE(passed, name);
			EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(name));
			EXPECT_EQ(2, port_send_refs(passed));
		} else {
			EXPECT_EQ(passed, name);
			EXPECT_EQ(2 + (type != MOVE_SEND),
				  port_send_refs(passed));
		}
	}
}

TEST(null_and_dead)
{
	static const mach_port_t names[] = { MACH_PORT_NULL, MACH_PORT_DEAD };
	mach_port_t port = port_new_send(1);
	unsigned int names_before = space_count();
	struct port_msg msg;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		for (j = 0; j < ARRAY_SIZE(all_types); j++) {
			port_msg_init(&msg, port, COPY_SEND, 0, 0, 1);
			msg.port[0] = msg_port(names[i], all_types[j]);
			EXPECT_KR(KERN_SUCCESS,
				  msg_send(&msg, PORT_MSG_SIZE(1)));
			EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
			EXPECT_TRUE(port_is(&msg.port[0], names[i],
					    arrives_as(all_types[j])));
		}
		/* A disposition that is none goes unnoticed. */
		port_msg_init(&msg, port, COPY_SEND, 0, 0, 1);
		msg.port[0] = msg_port(names[i], 3);
		EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
		EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
		EXPECT_EQ(names[i], msg.port[0].name);
	}
	EXPECT_EQ(names_before, space_count());
}

/* Dead names may be moved and copied; they arrive as MACH_PORT_DEAD. */
TEST(dead_names)
{
	mach_port_t port = port_new_send(1), dead = port_new_dead(3);
	struct port_msg msg;

	port_msg_init(&msg, port, COPY_SEND, 0, 0, 3);
	msg.port[0] = msg_port(dead, COPY_SEND);
	msg.port[1] = msg_port(dead, MOVE_SEND);
	msg.port[2] = msg_port(dead, MOVE_ONCE);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(3)));
	EXPECT_EQ(1, port_dead_refs(dead));
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
	EXPECT_TRUE(port_is(&msg.port[0], MACH_PORT_DEAD, MOVE_SEND));
	EXPECT_TRUE(port_is(&msg.port[1], MACH_PORT_DEAD, MOVE_SEND));
	EXPECT_TRUE(port_is(&msg.port[2], MACH_PORT_DEAD, MOVE_ONCE));
}

/* The port of a passed right dies while the message waits. */
TEST(dies_in_queue)
{
	mach_port_t port = port_new_send(1), passed = port_new_send(1);
	struct port_msg msg;
	unsigned int names;

	port_msg_init(&msg, port, COPY_SEND, 0, 0, 2);
	msg.port[0] = msg_port(passed, MOVE_SEND);
	msg.port[1] = msg_port(passed, MAKE_ONCE);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(2)));
	port_destroy_receive(passed);
	names = space_count();
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
	EXPECT_TRUE(port_is(&msg.port[0], MACH_PORT_DEAD, MOVE_SEND));
	EXPECT_TRUE(port_is(&msg.port[1], MACH_PORT_DEAD, MOVE_ONCE));
	EXPECT_EQ(names, space_count());
}

/* Each right is taken after the ones before it. */
TEST(in_order)
{
	mach_port_t port = port_new_send(1), passed = port_new_send(2);
	struct port_msg msg;

	port_msg_init(&msg, port, COPY_SEND, passed, MOVE_SEND, 3);
	msg.port[0] = msg_port(passed, COPY_SEND);
	msg.port[1] = msg_port(passed, MOVE_SEND);
	msg.port[2] = msg_port(passed, MAKE_SEND);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(3)));
	EXPECT_EQ(0, port_send_refs(passed));
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
	EXPECT_EQ(passed, msg.head.msgh_remote_port);
	EXPECT_EQ(passed, msg.port[0].name);
	EXPECT_EQ(passed, msg.port[1].name);
	EXPECT_EQ(passed, msg.port[2].name);
	EXPECT_EQ(4, port_send_refs(passed));
}

/*
 * Past the point of no return: what was taken so far, the header's rights
 * included, is destroyed; what comes later is untouched.
 */
TEST(bad_right_destroys_what_was_taken)
{
	mach_port_t port = port_new_send(2), reply = port_new();
	mach_port_t earlier = port_new_send(2), later = port_new_send(2);
	mach_port_t once = port_new(), stale = port_new_stale();
	struct port_msg msg, copy;
	struct msg notice;

	port_msg_init(&msg, port, MOVE_SEND, reply, MAKE_ONCE, 4);
	msg.port[0] = msg_port(earlier, MOVE_SEND);
	msg.port[1] = msg_port(port_new_once(once), MOVE_ONCE);
	msg.port[2] = msg_port(stale, COPY_SEND);
	msg.port[3] = msg_port(later, MOVE_SEND);
	copy = msg;
	EXPECT_KR(MACH_SEND_INVALID_RIGHT, msg_send(&msg, PORT_MSG_SIZE(4)));
	EXPECT_EQ(0, memcmp(&msg, &copy, sizeof(msg)));

	EXPECT_EQ(1, port_send_refs(port));
	EXPECT_EQ(0, port_queued(port));
	EXPECT_EQ(1, port_send_refs(earlier));
	EXPECT_EQ(0, port_type(msg.port[1].name));
	EXPECT_EQ(2, port_send_refs(later));
	/* Send-once rights do not go unnoticed. */
	ASSERT_KR(KERN_SUCCESS, msg_receive(&notice, reply));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, notice.head.msgh_id);
	ASSERT_KR(KERN_SUCCESS, msg_receive(&notice, once));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, notice.head.msgh_id);
	EXPECT_EQ(0, port_status(reply).mps_sorights);
	EXPECT_EQ(0, port_status(once).mps_sorights);
}

/* Every way a right can be missing. */
TEST(rights_refused)
{
	mach_port_t port = port_new_send(1), receive = port_new();
	mach_port_t once = port_new_once(receive), dead = port_new_dead(2);
	mach_port_t stale = port_new_stale();
	const struct {
		mach_port_t name;
		mach_msg_type_name_t type;
	} rows[] = {
		{ stale, MOVE_SEND }, { stale, MOVE_ONCE },
		{ stale, COPY_SEND }, { stale, MAKE_SEND },
		{ stale, MAKE_ONCE }, { 0x12345603, COPY_SEND },
		{ 1, COPY_SEND }, { 0xfffffffe, COPY_SEND },
		{ receive, MOVE_SEND }, { receive, COPY_SEND },
		{ receive, MOVE_ONCE }, { once, MOVE_SEND },
		{ once, COPY_SEND }, { once, MAKE_SEND }, { once, MAKE_ONCE },
		{ dead, MAKE_SEND }, { dead, MAKE_ONCE },
		/* No such disposition. */
		{ port, 0 }, { port, 3 }, { port, 15 }, { port, 22 },
		{ port, 255 },
	};
	struct space before;
	struct port_msg msg;
	size_t i;

	space_read(&before);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		port_msg_init(&msg, port, COPY_SEND, 0, 0, 1);
		msg.port[0] = msg_port(rows[i].name, rows[i].type);
		EXPECT_KR(MACH_SEND_INVALID_RIGHT,
			  msg_send(&msg, PORT_MSG_SIZE(1))) {
			TH_LOG("row %zu", i);
		}
		EXPECT_TRUE(space_is(&before));
	}
}

/* The header took the last reference, so the body cannot have it. */
TEST(header_before_body)
{
	mach_port_t port = port_new_send(1);
	struct port_msg msg;

	port_msg_init(&msg, port, MOVE_SEND, 0, 0, 1);
	msg.port[0] = msg_port(port, COPY_SEND);
	EXPECT_KR(MACH_SEND_INVALID_RIGHT, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(port));
	EXPECT_EQ(0, port_status(port).mps_srights);
}

/*
 * Malformed bodies
 */

/* Send a body of raw words: @code, and nothing has changed. */
static void refuse(struct __test_metadata *_metadata, mach_msg_return_t code,
		   const uint32_t *word, unsigned int words)
{
	mach_port_t port = port_new_send(2), reply = port_new_send(1);
	struct msg msg, copy;
	struct space before;

	msg_init(&msg, port, MOVE_SEND, reply, MAKE_ONCE, 1);
	msg.head.msgh_bits |= COMPLEX;
	memcpy(msg.word, word, 4 * words);
	copy = msg;
	space_read(&before);
	EXPECT_KR(code, msg_send(&msg, MSG_SIZE(words))) {
		TH_LOG("%u words: %u %#x %#x %#x %#x", words, word[0],
		       word[1], word[2], word[3], word[4]);
	}
	EXPECT_EQ(0, memcmp(&msg, &copy, sizeof(msg)));
	EXPECT_TRUE(space_is(&before));
	MUST(mach_port_destroy(mach_task_self(), port));
	MUST(mach_port_destroy(mach_task_self(), reply));
}

/* The third word of a descriptor: type, disposition and two bytes below. */
#define THIRD(type, disposition, low) \
	((uint32_t)(type) << 24 | (uint32_t)(disposition) << 16 | (low))

TEST(counts_beyond_the_message)
{
	static const uint32_t counts[] = { 1, 2, 3, 1000, 0x7fffffff,
					   0x80000000, 0x15555556, UINT32_MAX };
	uint32_t word[8] = { 0 };
	size_t i;

	refuse(_metadata, MACH_SEND_MSG_TOO_SMALL, word, 0);
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		word[0] = counts[i];
		refuse(_metadata, MACH_SEND_MSG_TOO_SMALL, word, 1);
		refuse(_metadata, MACH_SEND_MSG_TOO_SMALL, word, 3);
		if (counts[i] > 1)
			refuse(_metadata, MACH_SEND_MSG_TOO_SMALL, word, 6);
	}
}

TEST(types_unknown)
{
	uint32_t word[8] = { 1 };
	unsigned int type;

	for (type = 5; type < 256; type += type < 8 ? 1 : 31) {
		word[3] = THIRD(type, COPY_SEND, 0);
		refuse(_metadata, MACH_SEND_INVALID_TYPE, word, 8);
	}
	word[3] = THIRD(255, COPY_SEND, 0);
	refuse(_metadata, MACH_SEND_INVALID_TYPE, word, 4);
	/* Behind one that is in order. */
	word[0] = 2;
	word[3] = THIRD(0, COPY_SEND, 0);
	word[6] = THIRD(5, COPY_SEND, 0);
	refuse(_metadata, MACH_SEND_INVALID_TYPE, word, 7);
}

/* 12 bytes a descriptor suffice for the count, 16 are needed. */
TEST(descriptor_past_the_end)
{
	uint32_t word[12] = { 1 };
	unsigned int type;

	for (type = 1; type <= 4; type++) {
		word[3] = type == 4 ?
			  THIRD(type, MACH_MSG_TYPE_MOVE_RECEIVE, 1) :
			  THIRD(type, COPY_SEND, 0);
		refuse(_metadata, MACH_SEND_MSG_TOO_SMALL, word, 4);
	}
	/* 12 + 16 bytes in 24. */
	word[0] = 2;
	word[3] = THIRD(0, COPY_SEND, 0);
	word[6] = THIRD(1, 0, 0);
	refuse(_metadata, MACH_SEND_MSG_TOO_SMALL, word, 7);
}

TEST(malformed)
{
	uint32_t word[8] = { 1 };
	unsigned int i;

	/* Ways of copying that are none. */
	for (i = 2; i < 256; i += i < 5 ? 1 : 50) {
		word[3] = THIRD(MACH_MSG_OOL_DESCRIPTOR, 0, i << 8);
		refuse(_metadata, MACH_SEND_INVALID_TYPE, word, 5);
		word[3] = THIRD(MACH_MSG_OOL_VOLATILE_DESCRIPTOR, 0, i << 8);
		refuse(_metadata, MACH_SEND_INVALID_TYPE, word, 5);
	}
	/* A guarded right other than a receive right. */
	for (i = 0; i < 256; i += i < 24 ? 1 : 33) {
		if (i == MACH_MSG_TYPE_MOVE_RECEIVE)
			continue;
		word[3] = THIRD(MACH_MSG_GUARDED_PORT_DESCRIPTOR, i, 1);
		refuse(_metadata, MACH_SEND_INVALID_TYPE, word, 5);
	}
	/* Guard flags: none, unknown, and one that forbids a context. */
	word[3] = THIRD(MACH_MSG_GUARDED_PORT_DESCRIPTOR,
			MACH_MSG_TYPE_MOVE_RECEIVE, 0);
	refuse(_metadata, MACH_SEND_INVALID_TYPE, word, 5);
	for (i = 4; i < 0x10000; i <<= 1) {
		word[3] = THIRD(MACH_MSG_GUARDED_PORT_DESCRIPTOR,
				MACH_MSG_TYPE_MOVE_RECEIVE, i | 1);
		refuse(_metadata, MACH_SEND_INVALID_TYPE, word, 5);
	}
	word[3] = THIRD(MACH_MSG_GUARDED_PORT_DESCRIPTOR,
			MACH_MSG_TYPE_MOVE_RECEIVE, 2);
	word[1] = 1;
	refuse(_metadata, MACH_SEND_INVALID_TYPE, word, 5);
	word[1] = 0;
	word[2] = 1;
	refuse(_metadata, MACH_SEND_INVALID_TYPE, word, 5);
}

/* The most rights a message can have, and one more. */
TEST(very_many)
{
	mach_port_t port = port_new_send(1), passed = port_new();
	unsigned int most = MACHDEV_MSG_RIGHTS_MAX, i;
	mach_msg_size_t room = PORT_MSG_SIZE(most + 1) + 64;
	struct port_msg *msg = calloc(1, room);
	mach_msg_port_descriptor_t *ports;
	struct space before;

	ASSERT_NE(NULL, msg);
	ports = msg->port;
	port_msg_init(msg, port, COPY_SEND, 0, 0, most + 1);
	for (i = 0; i <= most; i++)
		ports[i] = msg_port(i % 3 ? passed : MACH_PORT_NULL, MAKE_SEND);
	space_read(&before);
	EXPECT_KR(MACH_SEND_TOO_LARGE, msg_send(msg, PORT_MSG_SIZE(most + 1)));
	EXPECT_TRUE(space_is(&before));

	msg->body.msgh_descriptor_count = most;
	ASSERT_KR(KERN_SUCCESS, msg_send(msg, PORT_MSG_SIZE(most)));
	memset(msg, TEST_POISON, room);
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(&msg->head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, room,
			   port, 0, 0));
	EXPECT_EQ(most, msg->body.msgh_descriptor_count);
	for (i = 0; i < most; i++) {
		ASSERT_EQ(i % 3 ? passed : MACH_PORT_NULL, ports[i].name);
	}
	EXPECT_EQ(most - (most + 2) / 3, port_send_refs(passed));
	free(msg);
}

/* The names of an array count as rights; nobody looks where they are. */
TEST(very_many_in_arrays)
{
	uint32_t word[12] = { 1, 0, 0, 0, 0 };

	word[3] = THIRD(MACH_MSG_OOL_PORTS_DESCRIPTOR, COPY_SEND, 0);
	word[4] = MACHDEV_MSG_RIGHTS_MAX + 1;
	refuse(_metadata, MACH_SEND_TOO_LARGE, word, 5);
	word[4] = UINT32_MAX;
	refuse(_metadata, MACH_SEND_TOO_LARGE, word, 5);
	/* 4 bytes each, modulo 2^32, would be few. */
	word[4] = 0x40000001;
	refuse(_metadata, MACH_SEND_TOO_LARGE, word, 5);
	/* Two arrays whose sum, modulo 2^32, would be small. */
	word[0] = 2;
	word[4] = 0x80000000;
	word[7] = word[3];
	word[8] = 0x80000001;
	refuse(_metadata, MACH_SEND_TOO_LARGE, word, 9);
	/* An array and a port. */
	word[4] = MACHDEV_MSG_RIGHTS_MAX;
	word[7] = THIRD(MACH_MSG_PORT_DESCRIPTOR, COPY_SEND, 0);
	refuse(_metadata, MACH_SEND_TOO_LARGE, word, 8);
}

/* Descriptors are looked at before the ports of the header. */
TEST(checked_before_the_header)
{
	struct port_msg msg;

	port_msg_init(&msg, MACH_PORT_NULL, COPY_SEND, 0, 0, 1);
	msg.port[0] = msg_port(MACH_PORT_NULL, COPY_SEND);
	EXPECT_KR(MACH_SEND_INVALID_DEST, msg_send(&msg, PORT_MSG_SIZE(1)));
	msg.port[0].type = 5;
	EXPECT_KR(MACH_SEND_INVALID_TYPE, msg_send(&msg, PORT_MSG_SIZE(1)));
	msg.body.msgh_descriptor_count = 2;
	EXPECT_KR(MACH_SEND_MSG_TOO_SMALL, msg_send(&msg, PORT_MSG_SIZE(1)));
}

/* Rights that nobody received go with the port they waited at. */
TEST(destroyed_unreceived)
{
	mach_port_t port = port_new_send(1), passed = port_new(), once;
	struct port_msg msg;
	struct msg notice;

	once = port_new_once(passed);
	port_msg_init(&msg, port, COPY_SEND, 0, 0, 3);
	msg.port[0] = msg_port(passed, MAKE_SEND);
	msg.port[1] = msg_port(once, MOVE_ONCE);
	msg.port[2] = msg_port(passed, MAKE_SEND);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(3)));
	EXPECT_EQ(1, port_status(passed).mps_srights);
	EXPECT_EQ(1, port_status(passed).mps_sorights);
	port_destroy_receive(port);
	EXPECT_EQ(0, port_status(passed).mps_srights);
	EXPECT_EQ(0, port_status(passed).mps_sorights);
	ASSERT_KR(KERN_SUCCESS, msg_receive(&notice, passed));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, notice.head.msgh_id);
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&notice, passed));
}

MACH_TEST_MAIN
