// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that is stopped, traced, frozen or interrupted in either half of a
 * call: it goes on where it was, and a message is sent exactly once.
 */
#include "disturb.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE

#define DISTURBED 10

FIXTURE(disturbed)
{
	mach_port_t port;
	struct disturbed child;
};

typedef FIXTURE_DATA(disturbed) disturbed_data;

FIXTURE_VARIANT(disturbed)
{
	enum disturbance by;
	bool raw;
};

DISTURBANCES(disturbed, library, false);
DISTURBANCES(disturbed, bare, true);

FIXTURE_SETUP(disturbed)
{
	self->port = port_new_bootstrap();
	port_add_send(self->port);
	disturb_prepare(&self->child, variant->by);
}

FIXTURE_TEARDOWN(disturbed)
{
	group_remove(&self->child);
}

enum half { SEND_HALF, RECEIVE_HALF, NEITHER };

/* What comes back to a bare call: a send at any signal, a receive at none... */
static void expect_returns(struct __test_metadata *_metadata,
			   enum disturbance by, enum half half,
			   const struct returns *returns)
{
	if (half == SEND_HALF) {
		EXPECT_LT(0, returns->send);
	} else {
		EXPECT_EQ(0, returns->send);
	}
	/* ... but those that a handler ran for. */
	if (!disturbance_is_handled(by)) {
		EXPECT_EQ(0, returns->receive);
	} else if (half == RECEIVE_HALF) {
		EXPECT_LT(0, returns->receive);
	}
}

static mach_msg_return_t exchange(struct __test_metadata *_metadata,
				  const FIXTURE_VARIANT(disturbed) *variant,
				  enum half half, struct msg *msg,
				  mach_port_t reply)
{
	struct returns returns = { 0 };
	struct machdev_msg call = {
		.msg = (uintptr_t)msg,
		.option = MACH_SEND_MSG | MACH_RCV_MSG,
		.send_size = MSG_HEADER,
		.rcv_size = sizeof(*msg),
		.rcv_name = reply,
	};
	long code;

	if (!variant->raw)
		return mach_msg(&msg->head, MACH_SEND_MSG | MACH_RCV_MSG,
				MSG_HEADER, sizeof(*msg), reply, 0, 0);
	code = raw_msg(&call, &returns);
	expect_returns(_metadata, variant->by, half, &returns);
	return code;
}

/* A request, its reply, and one more message: each exactly once. */
static void client(struct __test_metadata *_metadata,
		   const FIXTURE_VARIANT(disturbed) *variant, enum half half)
{
	mach_port_t parent = bootstrap_of_parent(), reply = port_new();
	struct msg msg;

	msg_init(&msg, parent, COPY_SEND, reply, MAKE_ONCE, 1);
	EXPECT_KR(KERN_SUCCESS,
		  exchange(_metadata, variant, half, &msg, reply));
	EXPECT_EQ(101, msg.head.msgh_id);
	EXPECT_EQ(0, port_queued(reply));
	EXPECT_EQ(0, port_status(reply).mps_sorights);
	EXPECT_EQ(1, port_send_refs(parent));
	msg_init(&msg, parent, COPY_SEND, 0, 0, 2);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	child_exit();
}

static bool start(struct __test_metadata *_metadata, disturbed_data *self,
		  const FIXTURE_VARIANT(disturbed) *variant, enum half half)
{
	if (!disturbed_fork(&self->child))
		client(_metadata, variant, half);
	return disturb_can(&self->child);
}

/* Answer the request that comes now, and hear the second message. */
static void finish(struct __test_metadata *_metadata,
		   disturbed_data *self, struct msg *request)
{
	struct msg msg;

	EXPECT_EQ(1, request->head.msgh_id);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE,
		  port_type(request->head.msgh_remote_port));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(request->head.msgh_remote_port,
					    MOVE_ONCE, 101));
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, self->port));
	EXPECT_EQ(2, msg.head.msgh_id);
	EXPECT_CHILD(self->child.pid);
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, self->port));
}

TEST_F(disturbed, receive_half)
{
	struct msg msg;
	int i;

	if (!start(_metadata, self, variant, RECEIVE_HALF)) {
		SKIP(return, "no control groups");
	}
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, self->port));
	for (i = 0; i < DISTURBED; i++)
		ASSERT_TRUE(disturb_waiting(&self->child));
	EXPECT_EQ(0, port_queued(self->port));
	finish(_metadata, self, &msg);
}

TEST_F(disturbed, send_half)
{
	struct msg msg;
	int i;

	port_fill(self->port);
	if (!start(_metadata, self, variant, SEND_HALF)) {
		SKIP(return, "no control groups");
	}
	for (i = 0; i < DISTURBED; i++)
		ASSERT_TRUE(disturb_waiting(&self->child));
	EXPECT_EQ(5, port_queued(self->port));
	port_drain(self->port);
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, self->port));
	finish(_metadata, self, &msg);
}

/* A process has threads in both halves, and all are disturbed at once. */
TEST(stopped_with_many_threads)
{
	enum { EACH = 4 };
	mach_port_t full = port_new_send(1), port = port_new_send(1);
	struct msg_call call[2 * EACH];
	struct msg msg[2 * EACH], other;
	uint32_t seen = 0;
	pid_t pid, self = getpid();
	int i;

	port_fill(full);
	port_limit(port, EACH);
	for (i = 0; i < 2 * EACH; i++) {
		call[i] = (struct msg_call) {
			.msg = &msg[i].head,
			.option = i < EACH ? MACH_SEND_MSG : MACH_RCV_MSG,
			.send_size = MSG_HEADER,
			.rcv_size = sizeof(msg[i]),
			.rcv_name = port,
		};
		msg_init(&msg[i], full, COPY_SEND, 0, 0, i);
		msg_call_start(&call[i]);
	}
	for (i = 0; i < 2 * EACH; i++)
		ASSERT_TRUE(msg_call_sleeps(&call[i]));
	pid = child_fork();
	if (!pid) {
		for (i = 0; i < DISTURBED; i++) {
			kill(self, SIGSTOP);
			test_sleep_ms(test_ms(1));
			kill(self, SIGCONT);
		}
		_exit(0);
	}
	EXPECT_CHILD(pid);
	EXPECT_EQ(5, port_queued(full));
	port_drain(full);
	for (i = 0; i < EACH; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&call[i]));
		ASSERT_KR(KERN_SUCCESS, msg_receive(&other, full));
		seen |= 1u << other.head.msgh_id;
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, EACH + i));
	}
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&other, full));
	for (i = EACH; i < 2 * EACH; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&call[i]));
		seen |= 1u << msg[i].head.msgh_id;
	}
	EXPECT_EQ((1u << 2 * EACH) - 1, seen);
	EXPECT_EQ(0, port_queued(port));
}

/* A reply that comes while the client is stopped waits for it. */
TEST(reply_to_a_stopped_client)
{
	const FIXTURE_VARIANT(disturbed) library = { .by = STOP };
	mach_port_t port = port_new_bootstrap();
	struct msg msg;
	int status;
	pid_t pid;

	pid = child_fork();
	if (!pid)
		client(_metadata, &library, NEITHER);
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	ASSERT_TRUE(TEST_UNTIL(msg_sleeps(pid, pid), 10000));
	ASSERT_EQ(0, kill(pid, SIGSTOP));
	ASSERT_EQ(pid, waitpid(pid, &status, WUNTRACED));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(msg.head.msgh_remote_port,
					    MOVE_ONCE, 101));
	ASSERT_EQ(0, kill(pid, SIGCONT));
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	EXPECT_EQ(2, msg.head.msgh_id);
	EXPECT_CHILD(pid);
}

MACH_TEST_MAIN
