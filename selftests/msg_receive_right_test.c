// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive rights in messages: what travels with them, what happens to a port
 * on its way, and that none is ever on its way to itself.
 */
#include "msg_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE

#define SEND MACH_PORT_TYPE_SEND
#define RECEIVE MACH_PORT_TYPE_RECEIVE
#define DEAD MACH_PORT_TYPE_DEAD_NAME

/* Send the receive right @port to @to; by its receive right, or a send right. */
static mach_msg_return_t move_as(mach_port_t to, mach_msg_type_name_t how,
				 mach_port_t port)
{
	struct port_msg msg;

	port_msg_init(&msg, to, how, MACH_PORT_NULL, 0, 1);
	msg.port[0] = msg_port(port, MOVE_RECEIVE);
	return msg_send(&msg, PORT_MSG_SIZE(1));
}

static mach_msg_return_t move(mach_port_t to, mach_port_t port)
{
	return move_as(to, COPY_SEND, port);
}

/* The receive right in the next message to @from. */
static mach_port_t arrive(struct __test_metadata *_metadata, mach_port_t from)
{
	struct port_msg msg;

	EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, from));
	EXPECT_EQ(1, msg.body.msgh_descriptor_count);
	EXPECT_TRUE(msg.port[0].disposition == MACH_MSG_TYPE_PORT_RECEIVE);
	EXPECT_TRUE(msg.port[0].type == MACH_MSG_PORT_DESCRIPTOR);
	return msg.port[0].name;
}

/* The ids of the messages at @port, in order, and no other. */
static void expect_ids(struct __test_metadata *_metadata, mach_port_t port,
		       mach_msg_id_t first, unsigned int count)
{
	struct msg msg;
	unsigned int i;

	for (i = 0; i < count; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		EXPECT_EQ(first + (int)i, msg.head.msgh_id);
	}
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, port));
}

/* Ask to be told of the death of a port. */
static void watch(struct __test_metadata *_metadata, mach_port_t port,
		  mach_port_t notify)
{
	mach_port_t previous;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_request_notification(mach_task_self(), port,
						 MACH_NOTIFY_DEAD_NAME, 0,
						 notify, MAKE_ONCE, &previous));
}

FIXTURE(way) {
	mach_port_t to;		/* receive and send right */
	mach_port_t port;	/* the same, to be moved */
};

FIXTURE_SETUP(way)
{
	self->to = port_new_send(1);
	self->port = port_new_send(1);
}

FIXTURE_TEARDOWN(way)
{
}

TEST_F(way, joins_the_send_right)
{
	ASSERT_KR(KERN_SUCCESS, move(self->to, self->port));
	EXPECT_EQ(SEND, port_type(self->port));
	EXPECT_EQ(self->port, arrive(_metadata, self->to));
	EXPECT_EQ(SEND | RECEIVE, port_type(self->port));
	EXPECT_EQ(1, port_send_refs(self->port));
}

TEST_F(way, gets_a_name_of_its_own)
{
	mach_port_t port = port_new(), name;

	ASSERT_KR(KERN_SUCCESS, move(self->to, port));
	EXPECT_EQ(0, port_type(port));
	name = arrive(_metadata, self->to);
	EXPECT_EQ(RECEIVE, port_type(name));
	EXPECT_KR(KERN_SUCCESS, msg_send_id(name, MAKE_SEND, 7));
	expect_ids(_metadata, name, 7, 1);
}

TEST_F(way, brings_its_messages)
{
	mach_port_t port = port_new(), name;
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, MAKE_SEND, 20 + i));
	ASSERT_KR(KERN_SUCCESS, move(self->to, port));
	name = arrive(_metadata, self->to);
	EXPECT_EQ(3, port_queued(name));
	expect_ids(_metadata, name, 20, 3);
}

TEST_F(way, what_belongs_to_the_receiver_begins_anew)
{
	mach_port_status_t status;
	struct msg msg;

	port_limit(self->port, 9);
	port_add_send(self->port);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->port, COPY_SEND, 1));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, self->port));
	status = port_status(self->port);
	EXPECT_EQ(2, status.mps_mscount);
	EXPECT_EQ(1, status.mps_seqno);
	ASSERT_KR(KERN_SUCCESS, move(self->to, self->port));
	EXPECT_EQ(self->port, arrive(_metadata, self->to));
	status = port_status(self->port);
	EXPECT_EQ(0, status.mps_mscount);
	EXPECT_EQ(0, status.mps_seqno);
	/* What belongs to the port does not. */
	EXPECT_EQ(9, status.mps_qlimit);
	EXPECT_EQ(1, status.mps_srights);
}

TEST_F(way, messages_are_queued_meanwhile)
{
	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->port, COPY_SEND, 1));
	ASSERT_KR(KERN_SUCCESS, move(self->to, self->port));
	EXPECT_KR(KERN_SUCCESS, msg_send_id(self->port, COPY_SEND, 2));
	EXPECT_EQ(self->port, arrive(_metadata, self->to));
	expect_ids(_metadata, self->port, 1, 2);
}

TEST_F(way, nobody_receives_meanwhile)
{
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->port, COPY_SEND, 1));
	ASSERT_KR(KERN_SUCCESS, move(self->to, self->port));
	EXPECT_KR(MACH_RCV_INVALID_NAME, msg_receive(&msg, self->port));
	EXPECT_KR(KERN_INVALID_RIGHT,
		  mach_port_mod_refs(mach_task_self(), self->port,
				     MACH_PORT_RIGHT_RECEIVE, -1));
	EXPECT_KR(MACH_SEND_INVALID_RIGHT, move(self->to, self->port));
}

TEST_F(way, who_waits_to_receive_is_told)
{
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_RCV_MSG,
		.rcv_size = sizeof(msg),
		.rcv_name = self->port,
	};

	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_KR(KERN_SUCCESS, move(self->to, self->port));
	EXPECT_KR(MACH_RCV_PORT_CHANGED, msg_call_result(&call));
}

TEST_F(way, who_waits_to_send_goes_on_waiting)
{
	struct msg msg, got;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	};

	port_fill(self->port);
	msg_init(&msg, self->port, COPY_SEND, MACH_PORT_NULL, 0, 77);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_KR(KERN_SUCCESS, move(self->to, self->port));
	EXPECT_TRUE(msg_call_sleeps(&call));
	EXPECT_EQ(self->port, arrive(_metadata, self->to));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&got, self->port));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
}

TEST_F(way, to_one_who_waits_for_it)
{
	struct port_msg msg;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_RCV_MSG,
		.rcv_size = sizeof(msg),
		.rcv_name = self->to,
	};

	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_KR(KERN_SUCCESS, move(self->to, self->port));
	ASSERT_KR(KERN_SUCCESS, msg_call_result(&call));
	EXPECT_EQ(self->port, msg.port[0].name);
	EXPECT_EQ(SEND | RECEIVE, port_type(self->port));
}

/* A child gives its port away; what it sends then comes here. */
TEST_F(way, to_another_task)
{
	mach_port_t home = port_new_bootstrap(), name;
	struct msg msg;
	pid_t child;
	int status;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		mach_port_t port = port_new_send(1);

		MUST(msg_send_id(port, COPY_SEND, 1));
		MUST(move(bootstrap_of_parent(), port));
		MUST(msg_send_id(port, COPY_SEND, 2));
		MUST(port_type(port) != SEND);
		_exit(0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	name = arrive(_metadata, home);
	EXPECT_EQ(RECEIVE, port_type(name));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, name));
	EXPECT_EQ(1, msg.head.msgh_id);
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, name));
	EXPECT_EQ(2, msg.head.msgh_id);
	/* The child's rights are gone, its receive right is not. */
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(0, port_status(name).mps_srights);
}

/* A port that was given away dies with the task that got it. */
TEST_F(way, dies_with_its_new_receiver)
{
	mach_port_t home = port_new_bootstrap(), notify = port_new();
	struct port_msg msg;
	struct msg notice;
	pid_t child;
	int status;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		mach_port_t mine = port_new();

		port_msg_init(&msg, bootstrap_of_parent(), COPY_SEND, 0, 0, 1);
		msg.port[0] = msg_port(mine, MAKE_SEND);
		MUST(msg_send(&msg, PORT_MSG_SIZE(1)));
		MUST(mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg), mine, 0,
			      MACH_PORT_NULL));
		MUST(port_type(msg.port[0].name) != RECEIVE);
		_exit(0);
	}
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   sizeof(msg), home, test_ms(20000),
			   MACH_PORT_NULL));
	watch(_metadata, self->port, notify);
	ASSERT_KR(KERN_SUCCESS, move(msg.port[0].name, self->port));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	ASSERT_KR(KERN_SUCCESS, msg_await(&notice, notify));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, notice.head.msgh_id);
	EXPECT_EQ(DEAD, port_type(self->port));
}

TEST_F(way, dies_with_the_port_that_it_waits_at)
{
	mach_port_t notify = port_new(), reply = port_new();
	struct msg msg;

	watch(_metadata, self->port, notify);
	/* Somebody waits for an answer to what is in its queue. */
	msg_init(&msg, self->port, COPY_SEND, reply, MAKE_ONCE, 5);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	ASSERT_KR(KERN_SUCCESS, move(self->to, self->port));
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, notify));
	port_destroy_receive(self->to);
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, notify));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, msg.head.msgh_id);
	EXPECT_EQ(self->port, msg.word[2]);
	EXPECT_EQ(DEAD, port_type(self->port));
	expect_ids(_metadata, reply, MACH_NOTIFY_SEND_ONCE, 1);
}

/* A send that comes to nothing gives it back, with what is in it. */
TEST_F(way, comes_back_when_there_is_no_room)
{
	struct port_msg msg;

	port_fill(self->to);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->port, COPY_SEND, 1));
	port_msg_init(&msg, self->to, COPY_SEND, MACH_PORT_NULL, 0, 1);
	msg.port[0] = msg_port(self->port, MOVE_RECEIVE);
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_EQ(self->port, msg.port[0].name);
	EXPECT_TRUE(msg.port[0].disposition == MOVE_RECEIVE);
	EXPECT_EQ(SEND | RECEIVE, port_type(self->port));
	expect_ids(_metadata, self->port, 1, 1);
	/* The same buffer can be sent again, */
	port_drain(self->to);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_EQ(self->port, arrive(_metadata, self->to));
	/* and the port is on no way any more: it may get the other. */
	ASSERT_KR(KERN_SUCCESS, move(self->port, self->to));
	EXPECT_EQ(self->to, arrive(_metadata, self->port));
}

TEST_F(way, dies_with_a_message_that_is_wrong_further_on)
{
	struct port_msg msg;

	port_msg_init(&msg, self->to, COPY_SEND, MACH_PORT_NULL, 0, 2);
	msg.port[0] = msg_port(self->port, MOVE_RECEIVE);
	msg.port[1] = msg_port(port_new_stale(), COPY_SEND);
	EXPECT_KR(MACH_SEND_INVALID_RIGHT, msg_send(&msg, PORT_MSG_SIZE(2)));
	EXPECT_EQ(DEAD, port_type(self->port));
	EXPECT_EQ(0, port_queued(self->to));
}

TEST_F(way, the_same_twice)
{
	struct port_msg msg;

	port_msg_init(&msg, self->to, COPY_SEND, MACH_PORT_NULL, 0, 2);
	msg.port[0] = msg_port(self->port, MOVE_RECEIVE);
	msg.port[1] = msg_port(self->port, MOVE_RECEIVE);
	EXPECT_KR(MACH_SEND_INVALID_RIGHT, msg_send(&msg, PORT_MSG_SIZE(2)));
	EXPECT_EQ(DEAD, port_type(self->port));
}

TEST_F(way, several_in_one_message)
{
	mach_port_t other = port_new_send(1);
	struct port_msg msg;

	port_msg_init(&msg, self->to, COPY_SEND, MACH_PORT_NULL, 0, 5);
	msg.port[0] = msg_port(self->port, MOVE_RECEIVE);
	msg.port[1] = msg_port(MACH_PORT_NULL, MOVE_RECEIVE);
	msg.port[2] = msg_port(self->port, COPY_SEND);
	msg.port[3] = msg_port(MACH_PORT_DEAD, MOVE_RECEIVE);
	msg.port[4] = msg_port(other, MOVE_RECEIVE);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(5)));
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, self->to));
	EXPECT_EQ(self->port, msg.port[0].name);
	EXPECT_EQ(MACH_PORT_NULL, msg.port[1].name);
	EXPECT_EQ(self->port, msg.port[2].name);
	EXPECT_EQ(MACH_PORT_DEAD, msg.port[3].name);
	EXPECT_EQ(other, msg.port[4].name);
	EXPECT_EQ(SEND | RECEIVE, port_type(self->port));
	EXPECT_EQ(2, port_send_refs(self->port));
	EXPECT_EQ(SEND | RECEIVE, port_type(other));
}

/* Nothing is taken where the destination is no good. */
TEST_F(way, to_nobody)
{
	const struct {
		mach_port_t name;
		mach_msg_return_t code;
	} bad[] = {
		{ port_new_stale(), MACH_SEND_INVALID_DEST },
		{ port_new_dead(1), MACH_SEND_INVALID_DEST },
		{ port_new(), MACH_SEND_INVALID_DEST },
		{ mach_task_self(), KERN_NOT_SUPPORTED },
	};
	struct space before;
	size_t i;

	space_read(&before);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_KR(bad[i].code, move(bad[i].name, self->port));
	EXPECT_TRUE(space_is(&before));
}

TEST_F(way, what_is_no_receive_right)
{
	mach_port_t once = port_new_once(self->port), send;
	mach_msg_type_name_t type;

	EXPECT_KR(MACH_SEND_INVALID_RIGHT, move(self->to, once));
	EXPECT_KR(MACH_SEND_INVALID_RIGHT, move(self->to, port_new_dead(1)));
	EXPECT_KR(MACH_SEND_INVALID_RIGHT, move(self->to, port_new_stale()));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_extract_right(mach_task_self(), mach_task_self(),
					  COPY_SEND, &send, &type));
	EXPECT_KR(MACH_SEND_INVALID_RIGHT, move(self->to, send));
	EXPECT_EQ(SEND | RECEIVE, port_type(self->port));
}

/* Lost on receipt, it dies. */
TEST_F(way, lost_with_a_message_that_does_not_fit)
{
	struct port_msg msg;

	port_msg_init(&msg, self->to, COPY_SEND, MACH_PORT_NULL, 0, 1);
	msg.port[0] = msg_port(self->port, MOVE_RECEIVE);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	/* Too small a buffer: the message is destroyed. */
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   MSG_HEADER, self->to, 0, MACH_PORT_NULL));
	EXPECT_EQ(DEAD, port_type(self->port));
}

/*
 * In circles
 */

/* Sent to itself a port is destroyed, and the send has succeeded. */
TEST(to_itself)
{
	mach_port_t port = port_new_send(1), reply = port_new();
	mach_port_t once = port_new_once(port);
	struct port_msg msg;

	port_msg_init(&msg, port, COPY_SEND, reply, MAKE_ONCE, 1);
	msg.port[0] = msg_port(port, MOVE_RECEIVE);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_EQ(DEAD, port_type(port));
	EXPECT_EQ(DEAD, port_type(once));
	/* The message is destroyed with all its rights. */
	expect_ids(_metadata, reply, MACH_NOTIFY_SEND_ONCE, 1);
}

TEST(to_itself_in_a_call_that_receives)
{
	mach_port_t port = port_new_send(1), reply = port_new();
	struct port_msg msg;

	port_msg_init(&msg, port, COPY_SEND, reply, MAKE_ONCE, 1);
	msg.port[0] = msg_port(port, MOVE_RECEIVE);
	EXPECT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head,
			   MACH_SEND_MSG | MACH_RCV_MSG | MACH_RCV_TIMEOUT,
			   PORT_MSG_SIZE(1), sizeof(msg), reply, 0,
			   MACH_PORT_NULL));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
}

#define RING 100

/* Each in a message to the next, until the last goes to the first. */
static void ring(struct __test_metadata *_metadata, unsigned int count)
{
	mach_port_t port[RING];
	unsigned int i;

	for (i = 0; i < count; i++)
		port[i] = port_new_send(1);
	for (i = 0; i + 1 < count; i++)
		ASSERT_KR(KERN_SUCCESS, move(port[i + 1], port[i]));
	for (i = 0; i + 1 < count; i++)
		ASSERT_EQ(SEND, port_type(port[i]));
	ASSERT_KR(KERN_SUCCESS, move(port[0], port[count - 1]));
	for (i = 0; i < count; i++)
		ASSERT_EQ(DEAD, port_type(port[i]));
}

TEST(rings)
{
	ring(_metadata, 2);
	ring(_metadata, 3);
	ring(_metadata, RING);
}

/* The other way round: each is sent to one that is on its way already. */
TEST(rings_from_the_other_end)
{
	mach_port_t port[RING];
	unsigned int i;

	for (i = 0; i < RING; i++)
		port[i] = port_new_send(1);
	for (i = RING - 1; i > 0; i--)
		ASSERT_KR(KERN_SUCCESS, move(port[i], port[i - 1]));
	ASSERT_EQ(SEND | RECEIVE, port_type(port[RING - 1]));
	ASSERT_KR(KERN_SUCCESS, move(port[0], port[RING - 1]));
	for (i = 0; i < RING; i++)
		ASSERT_EQ(DEAD, port_type(port[i]));
}

/* One of several rights closes the ring: it takes the others along. */
TEST(a_ring_and_others_in_one_message)
{
	mach_port_t to = port_new_send(1), ring = port_new_send(1);
	mach_port_t other = port_new_send(1);
	struct port_msg msg;

	ASSERT_KR(KERN_SUCCESS, move(ring, to));
	port_msg_init(&msg, to, COPY_SEND, MACH_PORT_NULL, 0, 2);
	msg.port[0] = msg_port(other, MOVE_RECEIVE);
	msg.port[1] = msg_port(ring, MOVE_RECEIVE);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(2)));
	EXPECT_EQ(DEAD, port_type(to));
	EXPECT_EQ(DEAD, port_type(ring));
	EXPECT_EQ(DEAD, port_type(other));
}

/* A tree is no ring. */
TEST(two_ways_to_one_port)
{
	mach_port_t to = port_new_send(1), left = port_new_send(1);
	mach_port_t right = port_new_send(1);
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS, move(to, left));
	ASSERT_KR(KERN_SUCCESS, move(to, right));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(left, COPY_SEND, 1));
	EXPECT_EQ(left, arrive(_metadata, to));
	EXPECT_EQ(right, arrive(_metadata, to));
	ASSERT_KR(KERN_SUCCESS, move(right, left));
	ASSERT_KR(KERN_SUCCESS, move(left, to));
	EXPECT_EQ(SEND, port_type(to));
	EXPECT_EQ(left, arrive(_metadata, right));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, left));
	EXPECT_EQ(1, msg.head.msgh_id);
	EXPECT_EQ(to, arrive(_metadata, left));
	EXPECT_EQ(SEND | RECEIVE, port_type(to));
}

/*
 * A ring that dies slowly, since its other ports are full of messages, is cut
 * at once: nobody who moves a port towards it walks in it.
 */
TEST(others_do_not_walk_in_a_ring)
{
	mach_port_t before = port_new_send(1), to = port_new_send(1);
	mach_port_t other = port_new_send(1);

	ASSERT_KR(KERN_SUCCESS, move(to, before));
	ASSERT_KR(KERN_SUCCESS, move(to, to));
	EXPECT_EQ(DEAD, port_type(to));
	EXPECT_EQ(DEAD, port_type(before));
	EXPECT_KR(MACH_SEND_INVALID_DEST, move(before, other));
	EXPECT_EQ(SEND | RECEIVE, port_type(other));
}

/* Without a receive right that is named there is nothing to walk for. */
TEST(no_receive_right_after_all)
{
	mach_port_t port = port_new_send(1);
	struct port_msg msg;

	port_msg_init(&msg, port, COPY_SEND, MACH_PORT_NULL, 0, 2);
	msg.port[0] = msg_port(MACH_PORT_NULL, MOVE_RECEIVE);
	msg.port[1] = msg_port(MACH_PORT_DEAD, MOVE_RECEIVE);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(2)));
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
	EXPECT_EQ(MACH_PORT_NULL, msg.port[0].name);
	EXPECT_EQ(MACH_PORT_DEAD, msg.port[1].name);
}

struct mover {
	pthread_t thread;
	pthread_barrier_t *barrier;
	mach_port_t to, port;
	mach_msg_return_t code;
};

static void *mover_run(void *argument)
{
	struct mover *mover = argument;

	pthread_barrier_wait(mover->barrier);
	mover->code = move(mover->to, mover->port);
	return NULL;
}

/* One of the two closes the ring, whichever comes second. */
TEST(two_threads_move_each_into_the_other)
{
	struct mover mover[2];
	pthread_barrier_t barrier;
	unsigned int round, i;

	MUST(pthread_barrier_init(&barrier, NULL, 2));
	for (round = 0; round < 200; round++) {
		mach_port_t a = port_new_send(1), b = port_new_send(1);

		mover[0] = (struct mover){ .to = a, .port = b };
		mover[1] = (struct mover){ .to = b, .port = a };
		for (i = 0; i < 2; i++) {
			mover[i].barrier = &barrier;
			MUST(pthread_create(&mover[i].thread, NULL, mover_run,
					    &mover[i]));
		}
		for (i = 0; i < 2; i++) {
			pthread_join(mover[i].thread, NULL);
			ASSERT_KR(KERN_SUCCESS, mover[i].code);
		}
		ASSERT_EQ(DEAD, port_type(a));
		ASSERT_EQ(DEAD, port_type(b));
		MUST(mach_port_deallocate(mach_task_self(), a));
		MUST(mach_port_deallocate(mach_task_self(), b));
	}
}

#define CHAIN 3000

/* A long chain dies from its end, and takes no stack for that. */
TEST(a_chain_dies)
{
	mach_port_t first = port_new_send(1), port = first, next;
	unsigned int i;

	for (i = 0; i < CHAIN; i++) {
		next = port_new();
		ASSERT_KR(KERN_SUCCESS, move_as(next, MAKE_SEND, port));
		port = next;
	}
	EXPECT_EQ(SEND, port_type(first));
	port_destroy_receive(port);
	EXPECT_EQ(DEAD, port_type(first));
	EXPECT_LE(space_count(), 2);
}

MACH_TEST_MAIN
