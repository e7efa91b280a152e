// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages that the kernel makes: for send-once rights that nobody used, for
 * names that are freed and names whose port dies.
 */
#include "msg_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE

#define SENDER MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_SENDER)
#define NOTIFY_SIZE 36

/* A notification waits at @port, and this is all of it. */
static void expect_notice(struct __test_metadata *_metadata, mach_port_t port,
			  mach_msg_id_t id, uint32_t value)
{
	mach_msg_size_t size = id == MACH_NOTIFY_SEND_ONCE ? MSG_HEADER :
			       NOTIFY_SIZE;
	struct msg msg, want;
	mach_msg_security_trailer_t *trailer;

	memset(&want, TEST_POISON, sizeof(want));
	want.head = (mach_msg_header_t) {
		.msgh_bits = MACH_MSGH_BITS(0, MACH_MSG_TYPE_PORT_SEND_ONCE),
		.msgh_size = size,
		.msgh_local_port = port,
		.msgh_id = id,
	};
	if (size == NOTIFY_SIZE) {
		want.word[0] = 0;	/* data representation */
		want.word[1] = 1;
		want.word[2] = value;
	}
	trailer = msg_trailer(&want);
	*trailer = (mach_msg_security_trailer_t) {
		.msgh_trailer_size = sizeof(*trailer),
		.msgh_seqno = port_status(port).mps_seqno,
		.msgh_sender = KERNEL_SECURITY_TOKEN_VALUE,
	};
	ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, SENDER));
	EXPECT_EQ(0, memcmp(&want, &msg, sizeof(want))) {
		TH_LOG("bits %#x size %u remote %#x local %#x voucher %#x id %d word %#x",
		       msg.head.msgh_bits, msg.head.msgh_size,
		       msg.head.msgh_remote_port, msg.head.msgh_local_port,
		       msg.head.msgh_voucher_port, msg.head.msgh_id,
		       msg.word[2]);
	}
}

static void expect_silence(struct __test_metadata *_metadata, mach_port_t port)
{
	EXPECT_EQ(0, port_queued(port));
	EXPECT_EQ(0, port_status(port).mps_sorights);
}

/* Wait for a message of another task's doing, without taking it. */
static bool comes(mach_port_t port)
{
	return TEST_UNTIL(port_queued(port), 10000);
}

/*
 * Send-once rights
 */

TEST(send_once_released)
{
	mach_port_t port = port_new();

	MUST(mach_port_deallocate(mach_task_self(), port_new_once(port)));
	expect_notice(_metadata, port, MACH_NOTIFY_SEND_ONCE, 0);
	MUST(mach_port_destroy(mach_task_self(), port_new_once(port)));
	expect_notice(_metadata, port, MACH_NOTIFY_SEND_ONCE, 0);
	MUST(mach_port_mod_refs(mach_task_self(), port_new_once(port),
				MACH_PORT_RIGHT_SEND_ONCE, -1));
	expect_notice(_metadata, port, MACH_NOTIFY_SEND_ONCE, 0);
	expect_silence(_metadata, port);
}

/* One right, one message: the use, or the notification. */
TEST(send_once_used)
{
	mach_port_t port = port_new();
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS,
		  msg_send_id(port_new_once(port), MOVE_ONCE, 5));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, MAKE_ONCE, 6));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(5, msg.head.msgh_id);
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(6, msg.head.msgh_id);
	expect_silence(_metadata, port);
}

/* No limit keeps a notification away. */
TEST(send_once_at_a_full_port)
{
	mach_port_t port = port_new_send(1);
	mach_port_t once = port_new_once(port);
	struct msg msg;
	int i;

	for (i = 0; i < 5; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, i));
	}
	MUST(mach_port_deallocate(mach_task_self(), once));
	EXPECT_EQ(6, port_queued(port));
	for (i = 0; i < 5; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	}
	expect_notice(_metadata, port, MACH_NOTIFY_SEND_ONCE, 0);

	port_limit(port, 0);
	MUST(mach_port_deallocate(mach_task_self(), port_new_once(port)));
	expect_notice(_metadata, port, MACH_NOTIFY_SEND_ONCE, 0);
}

/* A waiting receiver gets it like any message. */
TEST(send_once_wakes_a_receiver)
{
	mach_port_t port = port_new(), once = port_new_once(port);
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head, .option = MACH_RCV_MSG,
		.rcv_size = sizeof(msg), .rcv_name = port,
	};

	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	MUST(mach_port_deallocate(mach_task_self(), once));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
}

/* Requests that die with the port they wait at. */
TEST(requests_destroyed)
{
	mach_port_t port = port_new_send(1), reply = port_new();
	struct msg msg;
	int i;

	for (i = 0; i < 5; i++) {
		msg_init(&msg, port, COPY_SEND, reply, MAKE_ONCE, i);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	}
	port_destroy_receive(port);
	for (i = 0; i < 5; i++)
		expect_notice(_metadata, reply, MACH_NOTIFY_SEND_ONCE, 0);
	expect_silence(_metadata, reply);
}

/* A request whose reply is to go to the very port that dies. */
TEST(request_to_and_from_one_port)
{
	mach_port_t port = port_new_send(2);
	struct msg msg;

	msg_init(&msg, port, COPY_SEND, port, MAKE_ONCE, 1);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	port_destroy_receive(port);
	EXPECT_EQ(2, port_dead_refs(port));
}

/*
 * A server that dies
 */

enum death { REQUEST_QUEUED, REQUEST_RECEIVED, PORT_DESTROYED };

/* Call a server that ends as told; its client gets notice, not an answer. */
static void call_server(struct __test_metadata *_metadata, enum death death)
{
	mach_port_t port = port_new_bootstrap(), reply = port_new();
	mach_port_t server;
	struct test_pipe sent;
	struct msg msg;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&sent));
	pid = child_fork();
	if (!pid) {
		mach_port_t own = port_new();

		msg_init(&msg, bootstrap_of_parent(), COPY_SEND, own, MAKE_SEND,
			 1);
		MUST(msg_send(&msg, MSG_HEADER));
		MUST(test_wait(&sent));
		if (death == REQUEST_RECEIVED)
			MUST(msg_await(&msg, own));
		if (death == PORT_DESTROYED) {
			port_destroy_receive(own);
			for (;;)
				pause();
		}
		raise(SIGKILL);
	}
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	server = msg.head.msgh_remote_port;
	msg_init(&msg, server, COPY_SEND, reply, MAKE_ONCE, 1);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	test_put(&sent, 1);
	ASSERT_TRUE(comes(reply));
	expect_notice(_metadata, reply, MACH_NOTIFY_SEND_ONCE, 0);
	expect_silence(_metadata, reply);
	if (death == PORT_DESTROYED)
		child_kill(pid);
	else
		EXPECT_EQ(128 + SIGKILL, child_status(pid));
	EXPECT_TRUE(TEST_UNTIL(port_type(server) == MACH_PORT_TYPE_DEAD_NAME,
			       10000));
}

TEST(server_dies_before_it_receives)
{
	call_server(_metadata, REQUEST_QUEUED);
}

TEST(server_dies_before_it_replies)
{
	call_server(_metadata, REQUEST_RECEIVED);
}

TEST(server_destroys_its_port)
{
	call_server(_metadata, PORT_DESTROYED);
}

/* A client in the middle of its call hears of the death in the same call. */
TEST(server_dies_under_a_waiting_client)
{
	mach_port_t port = port_new_bootstrap(), reply = port_new();
	struct msg msg;
	pid_t pid;

	pid = child_fork();
	if (!pid) {
		mach_port_t own = port_new();

		msg_init(&msg, bootstrap_of_parent(), COPY_SEND, own, MAKE_SEND,
			 1);
		MUST(msg_send(&msg, MSG_HEADER));
		MUST(msg_await(&msg, own));
		raise(SIGKILL);
	}
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	msg_init(&msg, msg.head.msgh_remote_port, COPY_SEND, reply, MAKE_ONCE,
		 1);
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG, MSG_HEADER,
			   sizeof(msg), reply, 0, 0));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
	EXPECT_EQ(reply, msg.head.msgh_local_port);
	EXPECT_EQ(MACH_PORT_NULL, msg.head.msgh_remote_port);
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
}

/*
 * Requested notifications
 */

static void request(mach_port_t name, mach_port_t notify)
{
	mach_port_t previous = TEST_POISON32;

	MUST(mach_port_request_notification(mach_task_self(), name,
					    MACH_NOTIFY_DEAD_NAME, 0, notify,
					    MAKE_ONCE, &previous));
	MUST(previous != MACH_PORT_NULL);
}

/* A child that hands out a send and a send-once right to one of its ports. */
struct giver {
	pid_t pid;
	mach_port_t send;
	mach_port_t once;
};

static void giver_start(struct __test_metadata *_metadata, struct giver *giver)
{
	mach_port_t port = port_new_bootstrap();
	struct msg msg;

	giver->pid = child_fork();
	if (!giver->pid) {
		mach_port_t parent = bootstrap_of_parent(), own = port_new();

		msg_init(&msg, parent, COPY_SEND, own, MAKE_SEND, 1);
		MUST(msg_send(&msg, MSG_HEADER));
		msg_init(&msg, parent, COPY_SEND, own, MAKE_ONCE, 2);
		MUST(msg_send(&msg, MSG_HEADER));
		for (;;)
			pause();
	}
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	giver->send = msg.head.msgh_remote_port;
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	giver->once = msg.head.msgh_remote_port;
}

/* Names that are freed while their port lives. */
TEST(names_deleted)
{
	mach_port_t notify = port_new();
	struct giver giver;
	struct msg msg;
	mach_port_t port = port_new_send(1);

	giver_start(_metadata, &giver);
	request(giver.send, notify);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(giver.send, COPY_SEND, 1));
	EXPECT_EQ(0, port_queued(notify));
	/* Moved away as the destination. */
	ASSERT_KR(KERN_SUCCESS, msg_send_id(giver.send, MOVE_SEND, 1));
	expect_notice(_metadata, notify, MACH_NOTIFY_PORT_DELETED, giver.send);
	/* A send-once right that is used. */
	request(giver.once, notify);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(giver.once, MOVE_ONCE, 1));
	expect_notice(_metadata, notify, MACH_NOTIFY_PORT_DELETED, giver.once);
	child_kill(giver.pid);

	/* Moved away as the reply. */
	giver_start(_metadata, &giver);
	request(giver.send, notify);
	msg_init(&msg, port, COPY_SEND, giver.send, MOVE_SEND, 1);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	expect_notice(_metadata, notify, MACH_NOTIFY_PORT_DELETED, giver.send);
	/* Released. */
	request(giver.once, notify);
	MUST(mach_port_deallocate(mach_task_self(), giver.once));
	expect_notice(_metadata, notify, MACH_NOTIFY_PORT_DELETED, giver.once);
	expect_silence(_metadata, notify);
	child_kill(giver.pid);
}

/* A send right that goes in a body. */
TEST(name_deleted_by_a_body)
{
	mach_port_t notify = port_new(), port = port_new_send(1);
	struct port_msg msg;
	struct giver giver;

	giver_start(_metadata, &giver);
	request(giver.send, notify);
	port_msg_init(&msg, port, COPY_SEND, 0, 0, 1);
	msg.port[0] = msg_port(giver.send, MOVE_SEND);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	expect_notice(_metadata, notify, MACH_NOTIFY_PORT_DELETED, giver.send);
	expect_silence(_metadata, notify);
	child_kill(giver.pid);
}

/* The port dies: the notification brings a reference of the dead name. */
TEST(names_die)
{
	mach_port_t send_notify = port_new(), once_notify = port_new();
	struct giver giver;

	giver_start(_metadata, &giver);
	request(giver.send, send_notify);
	request(giver.once, once_notify);
	child_kill(giver.pid);
	ASSERT_TRUE(comes(send_notify));
	ASSERT_TRUE(comes(once_notify));
	expect_notice(_metadata, send_notify, MACH_NOTIFY_DEAD_NAME,
		      giver.send);
	expect_notice(_metadata, once_notify, MACH_NOTIFY_DEAD_NAME,
		      giver.once);
	EXPECT_EQ(2, port_dead_refs(giver.send));
	EXPECT_EQ(2, port_dead_refs(giver.once));
	expect_silence(_metadata, send_notify);
	expect_silence(_metadata, once_notify);
}

/* A dead name's own notice port dies with it; nobody is told. */
TEST(notify_port_dies_too)
{
	mach_port_t port = port_new_send(1);

	request(port, port);
	MUST(mach_port_destroy(mach_task_self(), port));
	EXPECT_EQ(0, port_type(port));
}

/* Notifications for a thousand names, at a port with a limit of one. */
TEST(many_notices)
{
	enum { NAMES = 1000 };
	mach_port_t notify = port_new();
	mach_port_t name[NAMES];
	struct msg msg;
	int i;

	port_limit(notify, 1);
	for (i = 0; i < NAMES; i++) {
		name[i] = port_new_send(1);
		request(name[i], notify);
	}
	for (i = 0; i < NAMES; i++)
		port_destroy_receive(name[i]);
	EXPECT_EQ(NAMES, port_queued(notify));
	for (i = 0; i < NAMES; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, notify));
		ASSERT_EQ(MACH_NOTIFY_DEAD_NAME, msg.head.msgh_id);
		ASSERT_EQ(name[i], msg.word[2]);
		ASSERT_EQ(2, port_dead_refs(name[i]));
	}
	expect_silence(_metadata, notify);
}

MACH_TEST_MAIN
