// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting to receive: who gets a message, what becomes of those who wait when
 * the port dies, and of buffers that do not do.
 */
#include "msg_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE

#define WAITERS 8

struct waiters {
	struct msg_call call[WAITERS];
	struct msg msg[WAITERS];
};

static void waiters_start(struct __test_metadata *_metadata,
			  struct waiters *waiters, mach_port_t port,
			  mach_msg_option_t option, mach_msg_size_t size)
{
	int i;

	for (i = 0; i < WAITERS; i++) {
		memset(&waiters->msg[i], TEST_POISON, sizeof(waiters->msg[i]));
		waiters->call[i] = (struct msg_call) {
			.msg = &waiters->msg[i].head,
			.option = MACH_RCV_MSG | option,
			.rcv_size = size,
			.rcv_name = port,
		};
		msg_call_start(&waiters->call[i]);
	}
	for (i = 0; i < WAITERS; i++) {
		ASSERT_TRUE(msg_call_sleeps(&waiters->call[i]));
	}
}

/* Each message wakes one waiter and reaches one. */
TEST(waiters_share)
{
	mach_port_t port = port_new_send(1);
	struct waiters waiters;
	unsigned int seen = 0;
	int i;

	waiters_start(_metadata, &waiters, port, 0, sizeof(struct msg));
	port_limit(port, WAITERS);
	for (i = 0; i < WAITERS; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, i));
	}
	for (i = 0; i < WAITERS; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&waiters.call[i]));
		seen |= 1u << waiters.msg[i].head.msgh_id;
	}
	EXPECT_EQ((1u << WAITERS) - 1, seen);
	EXPECT_EQ(0, port_queued(port));
	EXPECT_EQ(WAITERS, port_status(port).mps_seqno);
}

TEST(port_dies_while_waited_for)
{
	mach_port_t port = port_new();
	struct waiters waiters;
	int i;

	waiters_start(_metadata, &waiters, port, 0, sizeof(struct msg));
	port_destroy_receive(port);
	for (i = 0; i < WAITERS; i++) {
		EXPECT_KR(MACH_RCV_PORT_CHANGED,
			  msg_call_result(&waiters.call[i]));
		EXPECT_TRUE(is_poison(&waiters.msg[i], sizeof(struct msg)));
	}
}

/* The same for a call that has sent before it waits; the message counts. */
TEST(port_dies_in_a_combined_call)
{
	mach_port_t port = port_new_send(1), other = port_new();
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_SEND_MSG | MACH_RCV_MSG,
		.send_size = MSG_HEADER,
		.rcv_size = sizeof(msg),
		.rcv_name = other,
	};

	msg_init(&msg, port, COPY_SEND, 0, 0, 6);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(mach_task_self(), other));
	EXPECT_KR(MACH_RCV_PORT_CHANGED, msg_call_result(&call));
	EXPECT_EQ(1, port_queued(port));
}

/* A waiter whose buffer is too small is told; the message is for others. */
TEST(waiters_with_small_buffers)
{
	mach_port_t port = port_new_send(1);
	struct waiters waiters;
	struct msg msg;
	int i;

	waiters_start(_metadata, &waiters, port, MACH_RCV_LARGE, MSG_HEADER);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 5));
	for (i = 0; i < WAITERS; i++) {
		EXPECT_KR(MACH_RCV_TOO_LARGE,
			  msg_call_result(&waiters.call[i]));
		EXPECT_EQ(MSG_HEADER, waiters.msg[i].head.msgh_size);
		EXPECT_TRUE(is_poison(&waiters.msg[i].head.msgh_remote_port,
				      16));
	}
	EXPECT_EQ(0, port_status(port).mps_seqno);
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(5, msg.head.msgh_id);
}

/* Among small buffers, the one that is large enough gets the message. */
TEST(waiter_with_a_large_buffer)
{
	mach_port_t port = port_new_send(1);
	struct waiters waiters;
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_RCV_MSG,
		.rcv_size = sizeof(msg),
		.rcv_name = port,
	};

	waiters_start(_metadata, &waiters, port, MACH_RCV_LARGE, MSG_HEADER);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 5));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	EXPECT_EQ(5, msg.head.msgh_id);
}

/* The buffer goes away while its owner waits. */
TEST(buffer_goes_while_waiting)
{
	mach_port_t port = port_new_send(1), reply = port_new();
	unsigned int names;
	struct msg_cliff cliff;
	struct msg_call call;
	struct msg msg;

	msg_cliff_map(&cliff, 1);
	call = (struct msg_call) {
		.msg = (mach_msg_header_t *)cliff.start,
		.option = MACH_RCV_MSG,
		.rcv_size = cliff.page,
		.rcv_name = port,
	};
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	names = space_count();
	ASSERT_EQ(0, munmap(cliff.start, 2 * cliff.page));
	msg_init(&msg, port, COPY_SEND, reply, MAKE_ONCE, 1);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	EXPECT_KR(MACH_RCV_INVALID_DATA, msg_call_result(&call));
	EXPECT_EQ(names + 1, space_count());
	EXPECT_EQ(0, port_queued(port));
}

MACH_TEST_MAIN
