// SPDX-License-Identifier: GPL-2.0-only
/*
 * A message goes from here to there: sizes, contents, options, and both halves
 * in one call.
 */
#include "msg_helpers.h"

#define SEQNO MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_SEQNO)

/* A byte of a body that depends on its place. */
static unsigned char pattern(size_t at)
{
	return at * 7 + at / 251;
}

TEST(neither_half)
{
	mach_port_t port = port_new_send(1);
	struct space before;

	EXPECT_KR(KERN_SUCCESS, msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	space_read(&before);
	EXPECT_KR(MACH_MSG_SUCCESS, mach_msg(NULL, 0, 0, 0, 0, 0, 0));
	EXPECT_KR(MACH_MSG_SUCCESS,
		  mach_msg(NULL, MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT |
			   MACH_RCV_LARGE, 23, 5, 0x12345, 0, 0x54321));
	EXPECT_TRUE(space_is(&before));
}

TEST(header_as_delivered)
{
	mach_port_t port = port_new_send(1), reply = port_new();
	struct msg msg;

	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, reply,
		 MACH_MSG_TYPE_MAKE_SEND_ONCE, -559038737);
	msg.head.msgh_voucher_port = 0x12345678;
	ASSERT_KR(MACH_MSG_SUCCESS, msg_send(&msg, MSG_HEADER));
	ASSERT_KR(MACH_MSG_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND_ONCE,
				 MACH_MSG_TYPE_PORT_SEND), msg.head.msgh_bits);
	EXPECT_EQ(MSG_HEADER, msg.head.msgh_size);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE,
		  port_type(msg.head.msgh_remote_port));
	EXPECT_EQ(port, msg.head.msgh_local_port);
	EXPECT_EQ(0x12345678, msg.head.msgh_voucher_port);
	EXPECT_EQ(-559038737, msg.head.msgh_id);
	EXPECT_EQ(0, msg.word[0]);
	EXPECT_EQ(MSG_TRAILER_NULL, msg.word[1]);
	EXPECT_TRUE(is_poison(&msg.word[2],
			      sizeof(msg) - MSG_HEADER - MSG_TRAILER_NULL));
}

/* A null voucher may have a type; it does not arrive. */
TEST(null_voucher)
{
	mach_port_t port = port_new_send(1);
	mach_msg_type_name_t type;
	struct msg msg;

	for (type = MACH_MSG_TYPE_MOVE_SEND; type <= MACH_MSG_TYPE_COPY_SEND;
	     type += 2) {
		msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 1);
		msg.head.msgh_bits |= type << 16;
		ASSERT_KR(MACH_MSG_SUCCESS, msg_send(&msg, MSG_HEADER));
		ASSERT_KR(MACH_MSG_SUCCESS, msg_receive(&msg, port));
		EXPECT_EQ(MACH_MSGH_BITS(0, MACH_MSG_TYPE_PORT_SEND),
			  msg.head.msgh_bits);
		EXPECT_EQ(MACH_PORT_NULL, msg.head.msgh_voucher_port);
	}
}

/* Send @size bytes to oneself: they arrive, and nothing behind the trailer. */
static void round_trip(struct __test_metadata *_metadata, mach_port_t port,
		       unsigned char *buffer, mach_msg_size_t size)
{
	mach_msg_header_t *head = (mach_msg_header_t *)buffer;
	mach_msg_size_t room = size + MSG_TRAILER_NULL;
	mach_msg_trailer_t *trailer = (mach_msg_trailer_t *)(buffer + size);
	size_t at, wrong = 0;

	for (at = MSG_HEADER; at < size; at++)
		buffer[at] = pattern(at);
	head->msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0);
	head->msgh_size = 4;
	head->msgh_remote_port = port;
	head->msgh_local_port = MACH_PORT_NULL;
	head->msgh_voucher_port = MACH_PORT_NULL;
	head->msgh_id = size;
	ASSERT_KR(MACH_MSG_SUCCESS, msg_send(head, size));
	memset(buffer, TEST_POISON, room + 64);
	ASSERT_KR(MACH_MSG_SUCCESS,
		  mach_msg(head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, room, port,
			   0, 0));
	EXPECT_EQ(size, head->msgh_size);
	EXPECT_EQ(size, head->msgh_id);
	for (at = MSG_HEADER; at < size; at++)
		wrong += buffer[at] != pattern(at);
	EXPECT_EQ(0, wrong);
	EXPECT_EQ(MSG_TRAILER_NULL, trailer->msgh_trailer_size);
	EXPECT_TRUE(is_poison(buffer + room, 64));
}

TEST(bodies)
{
	static const mach_msg_size_t sizes[] = {
		24, 28, 32, 36, 60, 64, 68, 124, 128, 132, 252, 256, 260, 508,
		512, 516, 1020, 1024, 1028, 2044, 2048, 4068, 4072, 4076, 4092,
		4096, 4100, 8188, 8192, 8196, 65532, 65536, 65540, 131072,
		262144, 524288, 1000000, MSG_LARGEST - 4, MSG_LARGEST,
	};
	mach_port_t port = port_new_send(1);
	unsigned char *buffer = malloc(MSG_LARGEST + 128);
	size_t i;

	ASSERT_NE(NULL, buffer);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		round_trip(_metadata, port, buffer, sizes[i]);
	free(buffer);
}

/* Several large ones wait at once, and none is mixed up with another. */
TEST(large_ones_wait)
{
	mach_port_t port = port_new_send(1);
	unsigned char *buffer = malloc(MSG_LARGEST + 128);
	mach_msg_header_t *head = (mach_msg_header_t *)buffer;
	int i;

	ASSERT_NE(NULL, buffer);
	for (i = 0; i < 5; i++) {
		msg_init((struct msg *)buffer, port, MACH_MSG_TYPE_COPY_SEND, 0,
			 0, i);
		memset(head + 1, i, MSG_LARGEST - MSG_HEADER);
		ASSERT_KR(MACH_MSG_SUCCESS, msg_send(buffer, MSG_LARGEST));
	}
	for (i = 0; i < 5; i++) {
		ASSERT_KR(MACH_MSG_SUCCESS,
			  mach_msg(head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
				   MSG_LARGEST + 128, port, 0, 0));
		EXPECT_EQ(i, head->msgh_id);
		EXPECT_TRUE(is_filled(head + 1, i, MSG_LARGEST - MSG_HEADER));
	}
	free(buffer);
}

TEST(sizes_refused)
{
	static const struct {
		mach_msg_size_t size;
		mach_msg_return_t code;
	} rows[] = {
		{ 0, MACH_SEND_MSG_TOO_SMALL },
		{ 1, MACH_SEND_MSG_TOO_SMALL },
		{ 4, MACH_SEND_MSG_TOO_SMALL },
		{ 20, MACH_SEND_MSG_TOO_SMALL },
		{ 23, MACH_SEND_MSG_TOO_SMALL },
		{ 25, MACH_SEND_MSG_TOO_SMALL },
		{ 26, MACH_SEND_MSG_TOO_SMALL },
		{ 27, MACH_SEND_MSG_TOO_SMALL },
		{ 33, MACH_SEND_MSG_TOO_SMALL },
		{ MSG_LARGEST + 1, MACH_SEND_MSG_TOO_SMALL },
		{ UINT32_MAX, MACH_SEND_MSG_TOO_SMALL },
		{ MSG_LARGEST + 4, MACH_SEND_TOO_LARGE },
		{ 0x7ffffffc, MACH_SEND_TOO_LARGE },
		{ 0xfffffffc, MACH_SEND_TOO_LARGE },
	};
	mach_port_t port = port_new_send(1);
	struct msg *msg = calloc(1, MSG_LARGEST + 64);
	struct space before;
	struct msg copy;
	size_t i;

	ASSERT_NE(NULL, msg);
	msg_init(msg, port, MACH_MSG_TYPE_MOVE_SEND, port,
		 MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
	copy = *msg;
	space_read(&before);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		EXPECT_KR(rows[i].code, msg_send(msg, rows[i].size)) {
			TH_LOG("size %u", rows[i].size);
		}
		EXPECT_EQ(0, memcmp(msg, &copy, sizeof(copy)));
		EXPECT_TRUE(space_is(&before));
	}
	free(msg);
}

/* Each option bit that has no meaning here, alone, in both halves. */
TEST(unknown_options)
{
	mach_msg_option_t known = MACH_SEND_MSG | MACH_RCV_MSG |
				  MACH_RCV_LARGE | MACH_RCV_LARGE_IDENTITY |
				  MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT |
				  MACH_SEND_INTERRUPT | MACH_RCV_INTERRUPT |
				  MACH_RCV_TRAILER_ELEMENTS(0xf) |
				  MACH_RCV_TRAILER_TYPE(1);
	mach_port_t port = port_new_send(1);
	struct msg msg;
	uint32_t bit;

	for (bit = 1; bit; bit <<= 1) {
		if ((mach_msg_option_t)bit & known)
			continue;
		msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 5);
		EXPECT_KR(MACH_MSG_SUCCESS,
			  mach_msg(&msg.head, MACH_SEND_MSG | MACH_SEND_TIMEOUT |
				   bit, MSG_HEADER, 0, 0, 0, 0)) {
			TH_LOG("option %#x", bit);
		}
		EXPECT_KR(MACH_MSG_SUCCESS, msg_receive_option(&msg, port, bit)) {
			TH_LOG("option %#x", bit);
		}
		EXPECT_EQ(5, msg.head.msgh_id);
		EXPECT_EQ(0, msg.word[0]);
		EXPECT_EQ(MSG_TRAILER_NULL, msg.word[1]);
	}
	/* All at once. */
	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 6);
	EXPECT_KR(MACH_MSG_SUCCESS,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG |
			   MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT | ~known,
			   MSG_HEADER, sizeof(msg), port, 0, 0));
	EXPECT_EQ(6, msg.head.msgh_id);
}

/* Header bits that a sender has no use for are dropped. */
TEST(unknown_header_bits)
{
	mach_port_t port = port_new_send(1), reply = port_new();
	struct msg msg;

	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, reply,
		 MACH_MSG_TYPE_MAKE_SEND, 1);
	msg.head.msgh_bits |= ~MACHDEV_BITS_USER;
	ASSERT_KR(MACH_MSG_SUCCESS, msg_send(&msg, MSG_HEADER));
	ASSERT_KR(MACH_MSG_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND,
				 MACH_MSG_TYPE_PORT_SEND), msg.head.msgh_bits);
	EXPECT_EQ(reply, msg.head.msgh_remote_port);
}

TEST(notify_argument)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;

	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 9);
	EXPECT_KR(MACH_MSG_SUCCESS,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG |
			   MACH_RCV_TIMEOUT, MSG_HEADER, sizeof(msg), port, 0,
			   0x55555555));
	EXPECT_EQ(9, msg.head.msgh_id);
}

TEST(both_halves)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;

	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 10);
	msg.word[0] = 0x600d;
	ASSERT_KR(MACH_MSG_SUCCESS,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG, MSG_SIZE(1),
			   sizeof(msg), port, 0, 0));
	EXPECT_EQ(10, msg.head.msgh_id);
	EXPECT_EQ(MSG_SIZE(1), msg.head.msgh_size);
	EXPECT_EQ(0x600d, msg.word[0]);
	EXPECT_EQ(port, msg.head.msgh_local_port);
	EXPECT_EQ(0, port_queued(port));
}

/* What was waiting is received, what was sent waits. */
TEST(both_halves_in_turn)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 2);
	ASSERT_KR(MACH_MSG_SUCCESS,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG, MSG_HEADER,
			   sizeof(msg), port, 0, 0));
	EXPECT_EQ(1, msg.head.msgh_id);
	ASSERT_KR(MACH_MSG_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(2, msg.head.msgh_id);
}

TEST(failed_send_does_not_receive)
{
	mach_port_t port = port_new_send(1);
	struct msg msg, copy;

	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	msg_init(&msg, port_new_stale(), MACH_MSG_TYPE_COPY_SEND, 0, 0, 2);
	copy = msg;
	EXPECT_KR(MACH_SEND_INVALID_DEST,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG, MSG_HEADER,
			   sizeof(msg), port, 0, 0));
	EXPECT_EQ(0, memcmp(&msg, &copy, sizeof(msg)));
	EXPECT_EQ(1, port_queued(port));
}

TEST(failed_receive_has_sent)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;

	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 2);
	EXPECT_KR(MACH_RCV_INVALID_NAME,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG, MSG_HEADER,
			   sizeof(msg), MACH_PORT_NULL, 0, 0));
	ASSERT_KR(MACH_MSG_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(2, msg.head.msgh_id);

	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 3);
	EXPECT_KR(MACH_RCV_TIMED_OUT,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG |
			   MACH_RCV_TIMEOUT, MSG_HEADER, sizeof(msg),
			   port_new(), 0, 0));
	EXPECT_EQ(1, port_queued(port));
}

TEST(overwrite)
{
	mach_port_t port = port_new_send(1);
	struct msg msg, copy, received;

	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 4);
	copy = msg;
	memset(&received, TEST_POISON, sizeof(received));
	ASSERT_KR(MACH_MSG_SUCCESS,
		  mach_msg_overwrite(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG,
				     MSG_SIZE(3), sizeof(received), port, 0, 0,
				     &received.head, 0));
	EXPECT_EQ(0, memcmp(&msg, &copy, sizeof(msg)));
	EXPECT_EQ(4, received.head.msgh_id);
	EXPECT_EQ(MSG_SIZE(3), received.head.msgh_size);

	/* Without a buffer of its own, into the one that was sent. */
	ASSERT_KR(MACH_MSG_SUCCESS,
		  mach_msg_overwrite(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG,
				     MSG_SIZE(3), sizeof(msg), port, 0, 0, NULL,
				     0));
	EXPECT_EQ(port, msg.head.msgh_local_port);
}

TEST(first_in_first_out)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;
	unsigned int i;

	port_limit(port, MACH_PORT_QLIMIT_MAX);
	for (i = 0; i < MACH_PORT_QLIMIT_MAX; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  msg_send_id(port, i % 2 ? MACH_MSG_TYPE_COPY_SEND :
				      MACH_MSG_TYPE_MAKE_SEND_ONCE, i));
	}
	for (i = 0; i < MACH_PORT_QLIMIT_MAX; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  msg_receive_option(&msg, port, SEQNO));
		ASSERT_EQ(i, (unsigned int)msg.head.msgh_id);
		ASSERT_EQ(i, msg.word[2]);
	}
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, port));
}

MACH_TEST_MAIN
