// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rights of a header: what each disposition takes from the sender, what is in
 * the queue meanwhile, and what the receiver gets.
 */
#include "msg_helpers.h"

#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE

/* The type under which a right of disposition @type arrives. */
static mach_msg_type_name_t arrives_as(mach_msg_type_name_t type)
{
	return type == MOVE_ONCE || type == MAKE_ONCE ?
	       MACH_MSG_TYPE_PORT_SEND_ONCE : MACH_MSG_TYPE_PORT_SEND;
}

static const mach_msg_type_name_t all_types[] = {
	MOVE_SEND, MOVE_ONCE, COPY_SEND, MAKE_SEND, MAKE_ONCE,
};

/*
 * Destinations
 */

FIXTURE(dest)
{
	mach_port_t port;
	mach_port_t name;
	unsigned int names;
	mach_port_status_t queued;
};

FIXTURE_VARIANT(dest)
{
	mach_msg_type_name_t type;
	unsigned int urefs;
	unsigned int urefs_after;
	unsigned int mscount_after;
	unsigned int sorights_queued;
};

FIXTURE_VARIANT_ADD(dest, move_send) { MOVE_SEND, 2, 1, 2, 0 };
FIXTURE_VARIANT_ADD(dest, move_last_send) { MOVE_SEND, 1, 0, 1, 0 };
FIXTURE_VARIANT_ADD(dest, copy_send) { COPY_SEND, 1, 1, 1, 0 };
FIXTURE_VARIANT_ADD(dest, make_send) { MAKE_SEND, 0, 0, 1, 0 };
FIXTURE_VARIANT_ADD(dest, make_send_beside_send) { MAKE_SEND, 1, 1, 2, 0 };
FIXTURE_VARIANT_ADD(dest, make_send_once) { MAKE_ONCE, 0, 0, 0, 1 };
FIXTURE_VARIANT_ADD(dest, move_send_once) { MOVE_ONCE, 0, 0, 0, 1 };

FIXTURE_SETUP(dest)
{
	self->port = port_new_send(variant->urefs);
	self->name = self->port;
	self->names = space_count();
	if (variant->type == MOVE_ONCE)
		self->name = port_new_once(self->port);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->name, variant->type, 1));
	self->queued = port_status(self->port);
}

FIXTURE_TEARDOWN(dest)
{
}

TEST_F(dest, sender_gives)
{
	EXPECT_EQ(variant->urefs_after, port_send_refs(self->port));
	EXPECT_EQ(variant->urefs_after ? MACH_PORT_TYPE_SEND_RECEIVE :
		  MACH_PORT_TYPE_RECEIVE, port_type(self->port));
	if (self->name != self->port) {
		EXPECT_EQ(0, port_type(self->name));
	}
}

TEST_F(dest, queue_holds)
{
	bool send = arrives_as(variant->type) == MACH_MSG_TYPE_PORT_SEND;

	EXPECT_EQ(1, self->queued.mps_msgcount);
	EXPECT_EQ(variant->mscount_after, self->queued.mps_mscount);
	EXPECT_EQ(variant->sorights_queued, self->queued.mps_sorights);
	EXPECT_EQ(send || variant->urefs_after, !!self->queued.mps_srights);
	EXPECT_EQ(0, self->queued.mps_seqno);
}

TEST_F(dest, receive_consumes)
{
	mach_port_status_t status;
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, self->port));
	EXPECT_EQ(MACH_MSGH_BITS(0, arrives_as(variant->type)),
		  msg.head.msgh_bits);
	EXPECT_EQ(MACH_PORT_NULL, msg.head.msgh_remote_port);
	EXPECT_EQ(self->port, msg.head.msgh_local_port);
	EXPECT_EQ(variant->urefs_after, port_send_refs(self->port));
	EXPECT_EQ(self->names, space_count());
	status = port_status(self->port);
	EXPECT_EQ(0, status.mps_msgcount);
	EXPECT_EQ(0, status.mps_sorights);
	EXPECT_EQ(!!variant->urefs_after, !!status.mps_srights);
	EXPECT_EQ(variant->mscount_after, status.mps_mscount);
	EXPECT_EQ(1, status.mps_seqno);
}

/*
 * Replies to a port of the same task
 */

FIXTURE(reply)
{
	mach_port_t dest;
	mach_port_t port;
	mach_port_t name;
};

FIXTURE_VARIANT(reply)
{
	mach_msg_type_name_t type;
	unsigned int urefs;
	unsigned int urefs_queued;
	unsigned int urefs_after;
	unsigned int mscount_after;
};

FIXTURE_VARIANT_ADD(reply, move_send) { MOVE_SEND, 2, 1, 2, 2 };
FIXTURE_VARIANT_ADD(reply, move_last_send) { MOVE_SEND, 1, 0, 1, 1 };
FIXTURE_VARIANT_ADD(reply, copy_send) { COPY_SEND, 1, 1, 2, 1 };
FIXTURE_VARIANT_ADD(reply, make_send) { MAKE_SEND, 0, 0, 1, 1 };
FIXTURE_VARIANT_ADD(reply, make_send_beside_send) { MAKE_SEND, 1, 1, 2, 2 };
FIXTURE_VARIANT_ADD(reply, make_send_once) { MAKE_ONCE, 1, 1, 1, 1 };
FIXTURE_VARIANT_ADD(reply, move_send_once) { MOVE_ONCE, 1, 1, 1, 1 };

FIXTURE_SETUP(reply)
{
	struct msg msg;

	self->dest = port_new_send(1);
	self->port = port_new_send(variant->urefs);
	self->name = self->port;
	if (variant->type == MOVE_ONCE)
		self->name = port_new_once(self->port);
	msg_init(&msg, self->dest, COPY_SEND, self->name, variant->type, 1);
	ASSERT_KR(MACH_MSG_SUCCESS, msg_send(&msg, MSG_HEADER));
}

FIXTURE_TEARDOWN(reply)
{
}

TEST_F(reply, sender_gives)
{
	bool send = arrives_as(variant->type) == MACH_MSG_TYPE_PORT_SEND;
	mach_port_status_t status = port_status(self->port);

	EXPECT_EQ(variant->urefs_queued, port_send_refs(self->port));
	EXPECT_EQ(variant->mscount_after, status.mps_mscount);
	EXPECT_EQ(!send, status.mps_sorights);
	EXPECT_EQ(send || variant->urefs_queued, !!status.mps_srights);
	EXPECT_EQ(0, status.mps_msgcount);
	if (self->name != self->port) {
		EXPECT_EQ(0, port_type(self->name));
	}
}

TEST_F(reply, receiver_gets)
{
	bool send = arrives_as(variant->type) == MACH_MSG_TYPE_PORT_SEND;
	mach_port_t name;
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, self->dest));
	EXPECT_EQ(MACH_MSGH_BITS(arrives_as(variant->type),
				 MACH_MSG_TYPE_PORT_SEND), msg.head.msgh_bits);
	EXPECT_EQ(self->dest, msg.head.msgh_local_port);
	name = msg.head.msgh_remote_port;
	EXPECT_EQ(variant->urefs_after, port_send_refs(self->port));
	if (send) {
		EXPECT_EQ(self->port, name);
		return;
	}
	/* A send-once right has a name of its own. */
	EXPECT_NE(self->port, name);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(name));
	EXPECT_EQ(1, port_status(self->port).mps_sorights);
}

/* What arrived works, and a send-once right works once. */
TEST_F(reply, receiver_answers)
{
	mach_msg_type_name_t type = arrives_as(variant->type);
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, self->dest));
	msg_init(&msg, msg.head.msgh_remote_port, type, MACH_PORT_NULL, 0, 2);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	if (type == MACH_MSG_TYPE_PORT_SEND_ONCE) {
		EXPECT_KR(MACH_SEND_INVALID_DEST, msg_send(&msg, MSG_HEADER));
	}
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, self->port));
	EXPECT_EQ(2, msg.head.msgh_id);
	EXPECT_EQ(MACH_MSGH_BITS(0, type), msg.head.msgh_bits);
	EXPECT_EQ(0, port_status(self->port).mps_sorights);
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, self->port));
}

/*
 * Nulls and the dead
 */

TEST(null_and_dead_replies)
{
	static const mach_port_t names[] = { MACH_PORT_NULL, MACH_PORT_DEAD };
	mach_port_t port = port_new_send(1);
	unsigned int count = space_count();
	struct msg msg;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		for (j = 0; j < ARRAY_SIZE(all_types); j++) {
			msg_init(&msg, port, COPY_SEND, names[i], all_types[j],
				 1);
			EXPECT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
			EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
			EXPECT_EQ(names[i], msg.head.msgh_remote_port);
			EXPECT_EQ(MACH_MSGH_BITS(arrives_as(all_types[j]),
						 MACH_MSG_TYPE_PORT_SEND),
				  msg.head.msgh_bits);
		}
	}
	EXPECT_EQ(count, space_count());
}

/* A dead name is as good as MACH_PORT_DEAD; a move costs a reference. */
TEST(dead_name_replies)
{
	static const struct {
		mach_msg_type_name_t type;
		unsigned int refs_after;
	} rows[] = {
		{ COPY_SEND, 3 }, { MOVE_SEND, 2 }, { MOVE_ONCE, 1 },
		{ COPY_SEND, 1 }, { MOVE_SEND, 0 },
	};
	mach_port_t port = port_new_send(1), dead = port_new_dead(3);
	struct msg msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		msg_init(&msg, port, COPY_SEND, dead, rows[i].type, 1);
		EXPECT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
		EXPECT_EQ(rows[i].refs_after, port_dead_refs(dead));
		EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		EXPECT_EQ(MACH_PORT_DEAD, msg.head.msgh_remote_port);
		EXPECT_EQ(MACH_MSGH_BITS(arrives_as(rows[i].type),
					 MACH_MSG_TYPE_PORT_SEND),
			  msg.head.msgh_bits);
	}
	EXPECT_EQ(0, port_type(dead));
}

/* The same for a name that nobody has looked at since its port died. */
TEST(unnoticed_dead_name_reply)
{
	mach_port_t port = port_new_send(1), dead = port_new();
	mach_port_t once = port_new_once(dead);
	struct msg msg;

	port_destroy_receive(dead);
	msg_init(&msg, port, COPY_SEND, once, MOVE_ONCE, 1);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	EXPECT_EQ(0, port_type(once));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(MACH_PORT_DEAD, msg.head.msgh_remote_port);
}

/* The reply port dies while the request waits. */
TEST(reply_port_dies_in_queue)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all_types); i++) {
		mach_port_t reply = port_new_send(1), name = reply;
		unsigned int names;

		if (all_types[i] == MOVE_ONCE)
			name = port_new_once(reply);
		msg_init(&msg, port, COPY_SEND, name, all_types[i], 1);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_destroy(mach_task_self(), reply));
		names = space_count();
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		EXPECT_EQ(MACH_PORT_DEAD, msg.head.msgh_remote_port);
		EXPECT_EQ(MACH_MSGH_BITS(arrives_as(all_types[i]),
					 MACH_MSG_TYPE_PORT_SEND),
			  msg.head.msgh_bits);
		EXPECT_EQ(names, space_count());
	}
}

/*
 * One name for both
 */

/* How many references @type takes away and needs. */
static unsigned int moves(mach_msg_type_name_t type)
{
	return type == MOVE_SEND;
}

static unsigned int needs(mach_msg_type_name_t dest, mach_msg_type_name_t reply)
{
	unsigned int both = moves(dest) + moves(reply);

	if (!both && (dest == COPY_SEND || reply == COPY_SEND))
		return 1;
	return both;
}

static void share(struct __test_metadata *_metadata, unsigned int urefs,
		  mach_msg_type_name_t dest, mach_msg_type_name_t reply)
{
	mach_port_t port = port_new_send(urefs);
	unsigned int made = (dest == MAKE_SEND) + (reply == MAKE_SEND);
	unsigned int once = (dest == MAKE_ONCE) + (reply == MAKE_ONCE);
	unsigned int left = urefs - moves(dest) - moves(reply);
	mach_port_status_t status;
	struct space before;
	struct msg msg;

	msg_init(&msg, port, dest, port, reply, 1);
	if (urefs < needs(dest, reply)) {
		space_read(&before);
		EXPECT_NE(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
		EXPECT_TRUE(space_is(&before));
		goto out;
	}
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER)) {
		TH_LOG("%u references, dest %u, reply %u", urefs, dest, reply);
	}
	status = port_status(port);
	EXPECT_EQ(left, port_send_refs(port));
	EXPECT_EQ(urefs + made, status.mps_mscount);
	EXPECT_EQ(once, status.mps_sorights);
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(MACH_MSGH_BITS(arrives_as(reply), arrives_as(dest)),
		  msg.head.msgh_bits);
	EXPECT_EQ(port, msg.head.msgh_local_port);
	status = port_status(port);
	if (reply == MAKE_ONCE) {
		EXPECT_NE(port, msg.head.msgh_remote_port);
		EXPECT_EQ(1, status.mps_sorights);
		EXPECT_EQ(left, port_send_refs(port));
	} else {
		EXPECT_EQ(port, msg.head.msgh_remote_port);
		EXPECT_EQ(0, status.mps_sorights);
		EXPECT_EQ(left + 1, port_send_refs(port));
	}
out:
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(mach_task_self(), port));
}

TEST(dest_is_reply)
{
	static const mach_msg_type_name_t types[] = {
		MOVE_SEND, COPY_SEND, MAKE_SEND, MAKE_ONCE,
	};
	unsigned int urefs;
	size_t i, j;

	for (urefs = 0; urefs <= 3; urefs++) {
		for (i = 0; i < ARRAY_SIZE(types); i++) {
			for (j = 0; j < ARRAY_SIZE(types); j++)
				share(_metadata, urefs, types[i], types[j]);
		}
	}
}

/* Send-once rights to one port never share a name. */
TEST(send_once_rights_stay_apart)
{
	mach_port_t port = port_new_send(1), reply = port_new_send(1);
	mach_port_t name[4];
	struct msg msg;
	int i, j;

	for (i = 0; i < 4; i++) {
		msg_init(&msg, port, COPY_SEND, reply, MAKE_ONCE, i);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	}
	for (i = 0; i < 4; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		name[i] = msg.head.msgh_remote_port;
		for (j = 0; j < i; j++) {
			EXPECT_NE(name[j], name[i]);
		}
	}
	EXPECT_EQ(4, port_status(reply).mps_sorights);
	EXPECT_EQ(1, port_send_refs(reply));
}

/*
 * Between tasks
 */

/* A child asks, with each kind of reply; equal send rights share a name. */
TEST(from_another_task)
{
	mach_port_t port = port_new_bootstrap(), first = MACH_PORT_NULL;
	struct msg msg;
	pid_t pid;
	int i;

	pid = child_fork();
	if (!pid) {
		mach_port_t parent = bootstrap_of_parent();
		mach_port_t reply = port_new();

		for (i = 0; i < 3; i++) {
			msg_init(&msg, parent, COPY_SEND, reply, MAKE_SEND, i);
			MUST(msg_send(&msg, MSG_HEADER));
			ASSERT_KR(KERN_SUCCESS, msg_await(&msg, reply));
			EXPECT_EQ(100 + i, msg.head.msgh_id);
		}
		EXPECT_EQ(1, port_send_refs(parent));
		/* The last reference goes, and the name with it. */
		msg_init(&msg, parent, MOVE_SEND, reply, MAKE_ONCE, 3);
		MUST(msg_send(&msg, MSG_HEADER));
		EXPECT_EQ(0, port_type(parent));
		ASSERT_KR(KERN_SUCCESS, msg_await(&msg, reply));
		EXPECT_EQ(103, msg.head.msgh_id);
		EXPECT_EQ(MACH_MSGH_BITS(0, MACH_MSG_TYPE_PORT_SEND_ONCE),
			  msg.head.msgh_bits);
		child_exit();
	}
	for (i = 0; i < 4; i++) {
		mach_port_t remote;

		ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
		remote = msg.head.msgh_remote_port;
		EXPECT_EQ(i, msg.head.msgh_id);
		EXPECT_EQ(port, msg.head.msgh_local_port);
		if (i < 3) {
			if (!i)
				first = remote;
			EXPECT_EQ(first, remote);
			EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(remote));
			EXPECT_EQ(i + 1, port_send_refs(remote));
			EXPECT_KR(KERN_SUCCESS,
				  msg_send_id(remote, COPY_SEND, 100 + i));
		} else {
			EXPECT_NE(first, remote);
			EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(remote));
			EXPECT_KR(KERN_SUCCESS,
				  msg_send_id(remote, MOVE_ONCE, 103));
			EXPECT_EQ(0, port_type(remote));
		}
	}
	EXPECT_CHILD(pid);
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(first));
	EXPECT_EQ(3, port_dead_refs(first));
}

/* A dead name is no destination, whatever it was before. */
TEST(dead_destinations)
{
	mach_port_t port = port_new_bootstrap(), send, once;
	struct space before;
	struct msg msg;
	pid_t pid;

	pid = child_fork();
	if (!pid) {
		mach_port_t parent = bootstrap_of_parent();

		msg_init(&msg, parent, COPY_SEND, port_new(), MAKE_SEND, 1);
		MUST(msg_send(&msg, MSG_HEADER));
		msg_init(&msg, parent, COPY_SEND, port_new(), MAKE_ONCE, 2);
		MUST(msg_send(&msg, MSG_HEADER));
		for (;;)
			pause();
	}
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	send = msg.head.msgh_remote_port;
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	once = msg.head.msgh_remote_port;
	EXPECT_KR(KERN_SUCCESS, msg_send_id(send, COPY_SEND, 3));
	child_kill(pid);
	ASSERT_EQ(0, mach_sync());
	EXPECT_KR(MACH_SEND_INVALID_DEST, msg_send_id(send, COPY_SEND, 3));
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(send));
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(once));
	space_read(&before);
	EXPECT_KR(MACH_SEND_INVALID_DEST, msg_send_id(send, COPY_SEND, 3));
	EXPECT_KR(MACH_SEND_INVALID_DEST, msg_send_id(send, MOVE_SEND, 3));
	EXPECT_KR(MACH_SEND_INVALID_DEST, msg_send_id(once, MOVE_ONCE, 3));
	EXPECT_TRUE(space_is(&before));
}

MACH_TEST_MAIN
