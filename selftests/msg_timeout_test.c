// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timeouts of both halves, and what a sender gets back when its message finds
 * no room: the same message with rights that can be sent again as they are.
 */
#include "msg_helpers.h"

#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE

static const mach_msg_type_name_t all_types[] = {
	MOVE_SEND, MOVE_ONCE, COPY_SEND, MAKE_SEND, MAKE_ONCE,
};

/* The move that a right of disposition @type comes back with. */
static mach_msg_type_name_t moves_as(mach_msg_type_name_t type)
{
	return type == MOVE_ONCE || type == MAKE_ONCE ? MOVE_ONCE : MOVE_SEND;
}

/*
 * How long
 */

TEST(receive_waits_that_long)
{
	static const unsigned int times[] = { 0, 1, 2, 10, 50, 250 };
	mach_port_t port = port_new();
	struct msg msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		struct msg_call call = {
			.msg = &msg.head,
			.option = MACH_RCV_MSG | MACH_RCV_TIMEOUT,
			.rcv_size = sizeof(msg),
			.rcv_name = port,
			.timeout = times[i],
		};

		memset(&msg, TEST_POISON, sizeof(msg));
		msg_call_start(&call);
		EXPECT_KR(MACH_RCV_TIMED_OUT, msg_call_result(&call));
		/* Two clocks that are read to the millisecond: one less. */
		EXPECT_LE(times[i], call.took_ms + 1);
		EXPECT_TRUE(is_poison(&msg, sizeof(msg)));
	}
}

TEST(send_waits_that_long)
{
	static const unsigned int times[] = { 0, 1, 2, 10, 50, 250 };
	mach_port_t port = port_new_send(1);
	struct msg msg;
	size_t i;

	port_fill(port);
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		struct msg_call call = {
			.msg = &msg.head,
			.option = MACH_SEND_MSG | MACH_SEND_TIMEOUT,
			.send_size = MSG_HEADER,
			.timeout = times[i],
		};

		msg_init(&msg, port, COPY_SEND, 0, 0, 1);
		msg_call_start(&call);
		EXPECT_KR(MACH_SEND_TIMED_OUT, msg_call_result(&call));
		EXPECT_LE(times[i], call.took_ms + 1);
	}
	EXPECT_EQ(5, port_queued(port));
}

/* Without its option bit the number means nothing. */
TEST(time_without_the_option)
{
	mach_port_t port = port_new_send(1);
	struct msg msg, full;
	struct msg_call receive = {
		.msg = &msg.head, .option = MACH_RCV_MSG | MACH_SEND_TIMEOUT,
		.rcv_size = sizeof(msg), .rcv_name = port, .timeout = 1,
	};
	struct msg_call send = {
		.msg = &full.head, .option = MACH_SEND_MSG | MACH_RCV_TIMEOUT,
		.send_size = MSG_HEADER, .timeout = 1,
	};

	msg_call_start(&receive);
	ASSERT_TRUE(msg_call_sleeps(&receive));
	test_sleep_ms(100);
	EXPECT_TRUE(msg_sleeps(getpid(), receive.tid));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 4));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&receive));
	EXPECT_EQ(4, msg.head.msgh_id);

	port_fill(port);
	msg_init(&full, port, COPY_SEND, 0, 0, 5);
	msg_call_start(&send);
	ASSERT_TRUE(msg_call_sleeps(&send));
	test_sleep_ms(100);
	EXPECT_TRUE(msg_sleeps(getpid(), send.tid));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&send));
}

TEST(long_times)
{
	static const mach_msg_timeout_t times[] = { 1000000, 0x7fffffff,
						    0x80000000, UINT32_MAX };
	mach_port_t port = port_new_send(1);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		struct msg msg;
		struct msg_call call = {
			.msg = &msg.head,
			.option = MACH_RCV_MSG | MACH_RCV_TIMEOUT,
			.rcv_size = sizeof(msg), .rcv_name = port,
			.timeout = times[i],
		};

		msg_call_start(&call);
		ASSERT_TRUE(msg_call_sleeps(&call));
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, i));
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	}
}

/* A message that is there, and room that is there, need no time. */
TEST(no_time_needed)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;

	msg_init(&msg, port, COPY_SEND, 0, 0, 3);
	EXPECT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG |
			   MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT, MSG_HEADER,
			   sizeof(msg), port, 0, 0));
	EXPECT_EQ(3, msg.head.msgh_id);
}

/* Each half has the whole time: the receive starts its own after the send. */
TEST(each_half_its_own_time)
{
	mach_port_t full = port_new_send(1), port = port_new();
	struct msg msg, other;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_SEND_MSG | MACH_RCV_MSG | MACH_SEND_TIMEOUT |
			  MACH_RCV_TIMEOUT,
		.send_size = MSG_HEADER,
		.rcv_size = sizeof(msg),
		.rcv_name = port,
		.timeout = test_ms(2000),
	};
	uint64_t sent;

	port_fill(full);
	msg_init(&msg, full, COPY_SEND, 0, 0, 3);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	test_sleep_ms(test_ms(100));
	sent = test_now_ms();
	ASSERT_KR(KERN_SUCCESS, msg_receive(&other, full));
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_call_result(&call));
	EXPECT_LE(call.timeout, test_now_ms() - sent + 1);
	EXPECT_LE(test_ms(2100), call.took_ms + 2);
	EXPECT_EQ(5, port_queued(full));
}

/* A send that finds no room in time does not go on to receive. */
TEST(timed_out_send_does_not_receive)
{
	mach_port_t full = port_new_send(1), port = port_new_send(1);
	struct msg msg;

	port_fill(full);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 7));
	msg_init(&msg, full, COPY_SEND, 0, 0, 3);
	EXPECT_KR(MACH_SEND_TIMED_OUT,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG |
			   MACH_SEND_TIMEOUT, MSG_HEADER, sizeof(msg), port, 0,
			   0));
	EXPECT_EQ(1, port_queued(port));
	EXPECT_EQ(3, msg.head.msgh_id);
}

/* The end of a receive can be given as a point in time, even a past one. */
TEST(deadline)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;
	struct machdev_msg call = {
		.msg = (uintptr_t)&msg,
		.option = MACH_RCV_MSG | MACH_RCV_TIMEOUT,
		.rcv_size = sizeof(msg),
		.rcv_name = port,
		.timeout = 1000000000,
		.deadline = 1,
		.flags = MACHDEV_MSG_DEADLINE,
	};
	uint64_t start = test_now_ms();

	EXPECT_KR(MACH_RCV_TIMED_OUT, mach_ioctl(MACHDEV_IOC_MSG, &call));
	call.deadline = (start + 100) * 1000000;
	EXPECT_KR(MACH_RCV_TIMED_OUT, mach_ioctl(MACHDEV_IOC_MSG, &call));
	EXPECT_LE(start + 99, test_now_ms());
	/* What is there is received all the same. */
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 7));
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_MSG, &call));
	EXPECT_EQ(7, msg.head.msgh_id);
}

/*
 * What comes back
 */

/* The message as it left, rights that can be moved, no trailer. */
TEST(back_as_it_was)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;

	port_fill(port);
	msg_init(&msg, port, COPY_SEND, 0, 0, -5);
	msg.head.msgh_voucher_port = 0x1234567;
	memset(msg.word, 0x5a, sizeof(msg.word));
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send(&msg, MSG_SIZE(10)));
	EXPECT_EQ(MACH_MSGH_BITS(MOVE_SEND, 0), msg.head.msgh_bits);
	EXPECT_EQ(MSG_SIZE(10), msg.head.msgh_size);
	EXPECT_EQ(port, msg.head.msgh_remote_port);
	EXPECT_EQ(MACH_PORT_NULL, msg.head.msgh_local_port);
	EXPECT_EQ(0x1234567, msg.head.msgh_voucher_port);
	EXPECT_EQ(-5, msg.head.msgh_id);
	EXPECT_TRUE(is_filled(msg.word, 0x5a, sizeof(msg.word)));
	/* The copy that was taken is now the caller's. */
	EXPECT_EQ(2, port_send_refs(port));
}

/* Each disposition of the destination that can find a queue full. */
TEST(destination_comes_back)
{
	static const mach_msg_type_name_t types[] = {
		MOVE_SEND, COPY_SEND, MAKE_SEND,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		mach_port_t port = port_new_send(1);
		mach_port_status_t before, after;
		struct msg msg;

		port_fill(port);
		before = port_status(port);
		msg_init(&msg, port, types[i], 0, 0, 1);
		EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send(&msg, MSG_HEADER));
		EXPECT_EQ(MACH_MSGH_BITS(MOVE_SEND, 0), msg.head.msgh_bits);
		EXPECT_EQ(port, msg.head.msgh_remote_port);
		EXPECT_EQ(1 + (types[i] != MOVE_SEND), port_send_refs(port));
		after = port_status(port);
		EXPECT_EQ(before.mps_mscount + (types[i] == MAKE_SEND),
			  after.mps_mscount);
		EXPECT_EQ(5, after.mps_msgcount);
		EXPECT_EQ(before.mps_seqno, after.mps_seqno);

		/* The same buffer again, when there is room. */
		port_drain(port);
		EXPECT_KR(KERN_SUCCESS, msg_send(&msg, msg.head.msgh_size));
		EXPECT_EQ(types[i] != MOVE_SEND, port_send_refs(port));
		EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		EXPECT_EQ(1, msg.head.msgh_id);
		EXPECT_EQ(types[i] != MOVE_SEND, port_status(port).mps_srights);
	}
}

TEST(reply_comes_back)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all_types); i++) {
		mach_msg_type_name_t type = all_types[i];
		bool once = moves_as(type) == MOVE_ONCE;
		mach_port_t port = port_new_send(1), reply = port_new_send(1);
		mach_port_t name = reply, back;
		mach_port_status_t status;
		struct msg msg;

		if (type == MOVE_ONCE)
			name = port_new_once(reply);
		port_fill(port);
		msg_init(&msg, port, COPY_SEND, name, type, 1);
		EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send(&msg, MSG_HEADER));
		EXPECT_EQ(MACH_MSGH_BITS(MOVE_SEND, moves_as(type)),
			  msg.head.msgh_bits);
		EXPECT_EQ(port, msg.head.msgh_remote_port);
		back = msg.head.msgh_local_port;
		status = port_status(reply);
		EXPECT_EQ(once, status.mps_sorights);
		EXPECT_EQ(1 + (type == MAKE_SEND), status.mps_mscount);
		if (once) {
			EXPECT_NE(reply, back);
			EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(back));
			EXPECT_EQ(1, port_send_refs(reply));
		} else {
			EXPECT_EQ(reply, back);
			EXPECT_EQ(1 + (type != MOVE_SEND),
				  port_send_refs(reply));
		}

		port_drain(port);
		EXPECT_KR(KERN_SUCCESS, msg_send(&msg, msg.head.msgh_size));
		if (once) {
			EXPECT_EQ(0, port_type(back));
		}
		EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		EXPECT_EQ(MACH_MSGH_BITS(moves_as(type), MOVE_SEND),
			  msg.head.msgh_bits);
		/* One right, once, went all the way. */
		status = port_status(reply);
		EXPECT_EQ(once, status.mps_sorights);
		EXPECT_EQ(once || type == MOVE_SEND ? 1 : 2,
			  port_send_refs(reply));
	}
}

/* A dead reply comes back dead, and what was null stays null. */
TEST(dead_reply_comes_back)
{
	mach_port_t port = port_new_send(1), dead = port_new_dead(2);
	struct msg msg;

	port_fill(port);
	msg_init(&msg, port, COPY_SEND, dead, MOVE_SEND, 1);
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send(&msg, MSG_HEADER));
	EXPECT_EQ(MACH_MSGH_BITS(MOVE_SEND, MOVE_SEND), msg.head.msgh_bits);
	EXPECT_EQ(MACH_PORT_DEAD, msg.head.msgh_local_port);
	EXPECT_EQ(1, port_dead_refs(dead));

	msg_init(&msg, port, COPY_SEND, MACH_PORT_NULL, MAKE_ONCE, 1);
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send(&msg, MSG_HEADER));
	EXPECT_EQ(MACH_MSGH_BITS(MOVE_SEND, MOVE_ONCE), msg.head.msgh_bits);
	EXPECT_EQ(MACH_PORT_NULL, msg.head.msgh_local_port);
}

TEST(body_comes_back)
{
	mach_port_t port = port_new_send(1);
	struct port_msg msg;
	mach_port_t passed[ARRAY_SIZE(all_types)];
	size_t i;

	port_fill(port);
	port_msg_init(&msg, port, COPY_SEND, 0, 0, 7);
	for (i = 0; i < ARRAY_SIZE(all_types); i++) {
		passed[i] = port_new_send(1);
		msg.port[i] = msg_port(all_types[i] == MOVE_ONCE ?
				       port_new_once(passed[i]) : passed[i],
				       all_types[i]);
	}
	msg.port[5] = msg_port(MACH_PORT_NULL, COPY_SEND);
	msg.port[6] = msg_port(MACH_PORT_DEAD, COPY_SEND);
	memset(&msg.port[7], 0x5a, 12);
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send(&msg, PORT_MSG_SIZE(8)));
	EXPECT_EQ(MACH_MSGH_BITS_COMPLEX | MACH_MSGH_BITS(MOVE_SEND, 0),
		  msg.head.msgh_bits);
	EXPECT_EQ(PORT_MSG_SIZE(8), msg.head.msgh_size);
	EXPECT_EQ(7, msg.body.msgh_descriptor_count);
	EXPECT_TRUE(is_filled(&msg.port[7], 0x5a, 12));
	for (i = 0; i < ARRAY_SIZE(all_types); i++) {
		bool once = moves_as(all_types[i]) == MOVE_ONCE;

		EXPECT_EQ(moves_as(all_types[i]),
			  msg.port[i].disposition + 0u);
		EXPECT_EQ(MACH_MSG_PORT_DESCRIPTOR, msg.port[i].type + 0u);
		EXPECT_EQ(once, port_status(passed[i]).mps_sorights);
		if (once) {
			EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE,
				  port_type(msg.port[i].name));
		} else {
			EXPECT_EQ(passed[i], msg.port[i].name);
		}
		EXPECT_EQ(1 + (!once && all_types[i] != MOVE_SEND),
			  port_send_refs(passed[i]));
	}
	EXPECT_EQ(MACH_PORT_NULL, msg.port[5].name);
	EXPECT_EQ(MACH_PORT_DEAD, msg.port[6].name);

	port_drain(port);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, msg.head.msgh_size));
	EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
	EXPECT_EQ(7, msg.body.msgh_descriptor_count);
	for (i = 0; i < ARRAY_SIZE(all_types); i++) {
		EXPECT_EQ(moves_as(all_types[i]),
			  msg.port[i].disposition + 0u);
		EXPECT_NE(0, port_type(msg.port[i].name));
	}
}

/* Again and again: what comes back goes out, and nothing adds up. */
TEST(tried_many_times)
{
	mach_port_t port = port_new_send(1), reply = port_new();
	unsigned int names;
	struct msg msg;
	int i;

	port_fill(port);
	names = space_count();
	msg_init(&msg, port, COPY_SEND, reply, MAKE_ONCE, 1);
	for (i = 0; i < 300; i++) {
		ASSERT_KR(MACH_SEND_TIMED_OUT, msg_send(&msg, MSG_HEADER));
	}
	EXPECT_EQ(names + 1, space_count());
	EXPECT_EQ(2, port_send_refs(port));
	EXPECT_EQ(1, port_status(reply).mps_sorights);
	EXPECT_EQ(0, port_status(reply).mps_msgcount);
	MUST(mach_port_deallocate(mach_task_self(), msg.head.msgh_local_port));
	mach_msg_destroy(&msg.head);
	EXPECT_EQ(names, space_count());
	EXPECT_EQ(1, port_send_refs(port));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, reply));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
}

/* It comes back into the buffer that was sent, not into the other. */
TEST(back_with_a_receive_buffer)
{
	mach_port_t port = port_new_send(1);
	struct msg msg, other;

	port_fill(port);
	memset(&other, TEST_POISON, sizeof(other));
	msg_init(&msg, port, COPY_SEND, 0, 0, 8);
	EXPECT_KR(MACH_SEND_TIMED_OUT,
		  mach_msg_overwrite(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG |
				     MACH_SEND_TIMEOUT, MSG_HEADER,
				     sizeof(other), port, 0, 0, &other.head,
				     0));
	EXPECT_EQ(MACH_MSGH_BITS(MOVE_SEND, 0), msg.head.msgh_bits);
	EXPECT_TRUE(is_poison(&other, sizeof(other)));
	EXPECT_EQ(5, port_queued(port));
}

/* The buffer can be read and not written: refused, and nothing is sent. */
TEST(back_into_read_only_memory)
{
	mach_port_t port = port_new_send(1);
	struct msg_cliff cliff;

	port_fill(port);
	msg_cliff_map(&cliff, 1);
	msg_init((struct msg *)cliff.start, port, COPY_SEND, 0, 0, 8);
	ASSERT_EQ(0, mprotect(cliff.start, cliff.page, PROT_READ));
	EXPECT_NE(KERN_SUCCESS, msg_send(cliff.start, MSG_HEADER));
	port_drain(port);
	EXPECT_EQ(0, port_queued(port));
}

/* A receiver that comes while the sender waits. */
TEST(room_in_time)
{
	mach_port_t port = port_new_send(1);
	struct msg msg, other;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_SEND_MSG | MACH_SEND_TIMEOUT,
		.send_size = MSG_HEADER,
		.timeout = test_ms(20000),
	};

	port_fill(port);
	msg_init(&msg, port, COPY_SEND, 0, 0, 3);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&other, port));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	EXPECT_EQ(MACH_MSGH_BITS(COPY_SEND, 0), msg.head.msgh_bits);
	EXPECT_EQ(1, port_send_refs(port));
}

/* Rooms and timeouts race; every message is either sent or given back. */
TEST(time_and_room_race)
{
	enum { ROUNDS = 300 };
	mach_port_t port = port_new_send(1);
	unsigned int sent = 0, back = 0, received = 0;
	struct msg msg, other;
	int i;

	port_limit(port, 1);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, FILLING));
	for (i = 0; i < ROUNDS; i++) {
		struct msg_call call = {
			.msg = &msg.head,
			.option = MACH_SEND_MSG | MACH_SEND_TIMEOUT,
			.send_size = MSG_HEADER,
			.timeout = 1 + i % 3,
		};

		msg_init(&msg, port, COPY_SEND, 0, 0, i);
		msg_call_start(&call);
		test_sleep_ms(i % 3);
		if (!msg_receive(&other, port))
			received++;
		switch (msg_call_result(&call)) {
		case KERN_SUCCESS:
			sent++;
			break;
		case MACH_SEND_TIMED_OUT:
			back++;
			mach_msg_destroy(&msg.head);
			break;
		default:
			EXPECT_KR(KERN_SUCCESS, call.result);
		}
		ASSERT_EQ(1, port_send_refs(port));
		ASSERT_EQ(1 + sent - received, port_queued(port));
		if (!port_queued(port)) {
			ASSERT_KR(KERN_SUCCESS,
				  msg_send_id(port, COPY_SEND, FILLING));
			sent++;
		}
	}
	EXPECT_LE(ROUNDS, sent + back);
}

MACH_TEST_MAIN
