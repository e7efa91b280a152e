// SPDX-License-Identifier: GPL-2.0-only
/* The queue of a port, and who waits at it. */
#include "gate.h"
#include "peek.h"
#include "unit.h"
#include "rights.h"

FIXTURE(queue)
{
	struct actor a;
	struct actor b;
	struct mach_identity *identity;
	struct mach_space *space;
	u32 name;
	struct mach_port *port;
};

FIXTURE_SETUP(queue)
{
	world_begin();
	actor_init(&self->b, 2000, 200);
	actor_init(&self->a, 1000, 100);
	self->identity = mach_task_identity(&self->a.task);
	self->space = &self->a.task.space;
	self->name = new_port(self->space);
	self->port = port_of(self->space, self->name);
}

FIXTURE_TEARDOWN(queue)
{
	mach_identity_put(self->identity);
	actor_exit(&self->b);
	actor_exit(&self->a);
	world_end();
}

static struct mach_kmsg *message(FIXTURE_DATA(queue) *self, s32 id, u32 type)
{
	struct mach_kmsg *kmsg = mach_kmsg_new(self->identity, 24, 0);

	SHIM_NEVER(!kmsg);
	refcount_inc(&self->identity->ref);
	*mach_kmsg_header(kmsg) = (struct machdev_msg_header){ .id = id };
	kmsg->remote = type == MACHDEV_MOVE_SEND ?
		mach_port_make_send(self->port) :
		mach_port_make_send_once(self->port);
	return kmsg;
}

static enum mach_post post(FIXTURE_DATA(queue) *self, s32 id,
			   struct mach_waiter *waiter)
{
	struct mach_kmsg *kmsg = message(self, id, MACHDEV_MOVE_SEND);
	enum mach_post post = mach_queue_post(self->port, kmsg, waiter);

	if (post != MACH_POST_DONE && !(post == MACH_POST_FULL && waiter))
		discard(kmsg);
	return post;
}

static int wait_for(FIXTURE_DATA(queue) *self, struct mach_waiter *waiter,
		    u32 room, bool large)
{
	mach_waiter_init(waiter);
	waiter->room = room;
	waiter->large = large;
	return mach_queue_take(self->port, self->space, waiter, true);
}

TEST_F(queue, messages_come_in_order)
{
	int i;

	for (i = 1; i <= 5; i++)
		ASSERT_EQ(MACH_POST_DONE, post(self, i, NULL));
	EXPECT_EQ(5, mach_stat_read(MACHDEV_COUNTER_QUEUED));
	for (i = 1; i <= 5; i++)
		EXPECT_EQ(i, next_id(self->space, self->name));
	EXPECT_EQ(0, next_id(self->space, self->name));
	EXPECT_EQ(5, self->port->seqno);
}

TEST_F(queue, a_full_queue_takes_send_once_rights_and_the_kernel)
{
	struct mach_kmsg *once = message(self, 7, MACHDEV_MOVE_SEND_ONCE);
	struct mach_kmsg *kernel = message(self, 8, MACHDEV_MOVE_SEND);
	int i;

	for (i = 1; i <= 5; i++)
		ASSERT_EQ(MACH_POST_DONE, post(self, i, NULL));
	EXPECT_EQ(MACH_POST_FULL, post(self, 6, NULL));
	EXPECT_EQ(MACH_POST_DONE, mach_queue_post(self->port, once, NULL));
	EXPECT_TRUE(mach_queue_post_kernel(self->port, kernel));
	EXPECT_EQ(7, self->port->msgcount);
	for (i = 1; i <= 5; i++)
		EXPECT_EQ(i, next_id(self->space, self->name));
	EXPECT_EQ(7, next_id(self->space, self->name));
	EXPECT_EQ(8, next_id(self->space, self->name));
}

TEST_F(queue, notifications_keep_their_place)
{
	mach_queue_post_send_once(self->port);
	post(self, 1, NULL);
	mach_queue_post_send_once(self->port);
	mach_queue_post_send_once(self->port);
	post(self, 2, NULL);
	mach_queue_post_send_once(self->port);
	EXPECT_EQ(6, self->port->msgcount);
	EXPECT_EQ(71, next_id(self->space, self->name));
	EXPECT_EQ(1, next_id(self->space, self->name));
	EXPECT_EQ(71, next_id(self->space, self->name));
	EXPECT_EQ(71, next_id(self->space, self->name));
	EXPECT_EQ(2, next_id(self->space, self->name));
	EXPECT_EQ(71, next_id(self->space, self->name));
	EXPECT_EQ(0, next_id(self->space, self->name));
	EXPECT_EQ(4, mach_stat_read(MACHDEV_COUNTER_NOTIFIED));
}

TEST_F(queue, a_receiver_that_waits_gets_the_message)
{
	struct mach_waiter waiter;

	ASSERT_EQ(MACH_QUEUE_WAIT, wait_for(self, &waiter, 100, false));
	ASSERT_EQ(MACH_POST_DONE, post(self, 1, NULL));
	ASSERT_TRUE(waiter.done);
	EXPECT_EQ(0, waiter.result);
	EXPECT_EQ(0, waiter.seqno);
	EXPECT_EQ(1, mach_kmsg_header(waiter.kmsg)->id);
	EXPECT_EQ(0, self->port->msgcount);
	EXPECT_FALSE(mach_queue_leave(self->port, &waiter));
	discard(waiter.kmsg);
}

TEST_F(queue, a_receiver_that_waits_gets_the_notification)
{
	struct mach_waiter waiter;

	ASSERT_EQ(MACH_QUEUE_WAIT, wait_for(self, &waiter, 100, false));
	mach_queue_post_send_once(self->port);
	ASSERT_TRUE(waiter.done);
	EXPECT_TRUE(waiter.send_once);
	EXPECT_EQ(NULL, waiter.kmsg);
	EXPECT_EQ(0, self->port->msgcount);
}

TEST_F(queue, receivers_with_too_small_buffers_are_passed_over)
{
	struct mach_waiter small, loses, fits;

	ASSERT_EQ(MACH_QUEUE_WAIT, wait_for(self, &small, 23, true));
	ASSERT_EQ(MACH_QUEUE_WAIT, wait_for(self, &fits, 24, true));
	ASSERT_EQ(MACH_QUEUE_WAIT, wait_for(self, &loses, 0, false));
	ASSERT_EQ(MACH_POST_DONE, post(self, 1, NULL));
	EXPECT_EQ(MACHDEV_RCV_TOO_LARGE, small.result);
	EXPECT_EQ(24, small.size);
	EXPECT_TRUE(fits.done);
	discard(fits.kmsg);
	EXPECT_FALSE(loses.done);
	ASSERT_EQ(MACH_POST_DONE, post(self, 2, NULL));
	EXPECT_TRUE(loses.done);
	discard(loses.kmsg);
}

TEST_F(queue, a_message_that_is_too_large_stays)
{
	struct mach_waiter waiter;

	post(self, 1, NULL);
	EXPECT_EQ(MACHDEV_RCV_TOO_LARGE, wait_for(self, &waiter, 23, true));
	EXPECT_EQ(24, waiter.size);
	EXPECT_EQ(0, self->port->seqno);
	EXPECT_EQ(1, next_id(self->space, self->name));
}

TEST_F(queue, senders_wait_their_turn)
{
	struct mach_waiter first, second;
	int i;

	for (i = 1; i <= 5; i++)
		post(self, i, NULL);
	ASSERT_EQ(MACH_POST_FULL, post(self, 6, &first));
	ASSERT_EQ(MACH_POST_FULL, post(self, 7, &second));
	EXPECT_EQ(1, next_id(self->space, self->name));
	EXPECT_TRUE(first.done);
	EXPECT_EQ(0, first.result);
	EXPECT_FALSE(second.done);
	EXPECT_EQ(5, self->port->msgcount);
	/* There would be room, but for who came before. */
	spin_lock(&self->port->lock);
	mach_queue_set_limit_locked(self->port, 6);
	spin_unlock(&self->port->lock);
	EXPECT_TRUE(second.done);
	EXPECT_EQ(6, self->port->msgcount);
	for (i = 2; i <= 7; i++)
		EXPECT_EQ(i, next_id(self->space, self->name));
	mach_port_put(first.port);
	mach_port_put(second.port);
}

TEST_F(queue, a_sender_that_leaves_keeps_its_message)
{
	struct mach_waiter waiter;
	int i;

	for (i = 1; i <= 5; i++)
		post(self, i, NULL);
	ASSERT_EQ(MACH_POST_FULL, post(self, 6, &waiter));
	EXPECT_TRUE(mach_queue_leave(self->port, &waiter));
	discard(waiter.kmsg);
	mach_port_put(waiter.port);
	for (i = 1; i <= 5; i++)
		EXPECT_EQ(i, next_id(self->space, self->name));
	EXPECT_EQ(0, next_id(self->space, self->name));
}

TEST_F(queue, a_port_that_dies_takes_all_messages)
{
	struct mach_waiter waiter;
	int i;

	for (i = 1; i <= 5; i++)
		post(self, i, NULL);
	mach_queue_post_send_once(self->port);
	ASSERT_EQ(MACH_POST_FULL, post(self, 6, &waiter));
	destroy(self->space, self->name);
	EXPECT_TRUE(waiter.done);
	EXPECT_EQ(0, waiter.result);
	EXPECT_EQ(NULL, waiter.kmsg);
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_QUEUED));
	EXPECT_TRUE(self->port->dead);
	mach_port_put(waiter.port);
}

TEST_F(queue, a_receiver_is_told_that_its_right_went)
{
	struct mach_waiter waiter;
	struct mach_right right;
	u32 name;

	ASSERT_EQ(MACH_QUEUE_WAIT, wait_for(self, &waiter, 100, false));
	ASSERT_EQ(0, copy_in(self->space, self->name, MACHDEV_MOVE_RECEIVE,
			     &right));
	EXPECT_TRUE(waiter.done);
	EXPECT_EQ(MACHDEV_RCV_PORT_CHANGED, waiter.result);
	EXPECT_EQ(0, mach_right_copyout(&self->b.task.space, &right, &name));
	EXPECT_EQ(MACHDEV_RCV_INVALID_NAME,
		  wait_for(self, &waiter, 100, false));
}

TEST_F(queue, a_dead_port_takes_nothing)
{
	struct mach_port *port = mach_port_get(self->port);

	destroy(self->space, self->name);
	EXPECT_EQ(MACH_POST_DEAD, post(self, 1, NULL));
	mach_queue_post_send_once(self->port);
	EXPECT_EQ(0, self->port->msgcount);
	mach_port_put(port);
}

TEST_F(queue, nobody_begins_to_wait_when_the_gate_is_shut)
{
	struct mach_waiter receiver, sender;
	int i;

	ASSERT_EQ(MACH_QUEUE_WAIT, wait_for(self, &receiver, 100, false));
	mach_gate_shut = true;
	mach_queue_abandon(self->port);
	EXPECT_EQ(MACH_QUEUE_SHUT, receiver.result);
	EXPECT_EQ(MACH_QUEUE_SHUT, wait_for(self, &receiver, 100, false));
	for (i = 1; i <= 5; i++)
		EXPECT_EQ(MACH_POST_DONE, post(self, i, &sender));
	EXPECT_EQ(MACH_POST_SHUT, post(self, 6, &sender));
}

TEST_F(queue, as_others_see_it)
{
	struct mach_port_view view;
	struct mach_waiter waiter;
	int i;

	for (i = 1; i <= 5; i++)
		post(self, i + 100, NULL);
	ASSERT_EQ(MACH_POST_FULL, post(self, 6, &waiter));
	ASSERT_TRUE(mach_queue_look(self->port, self->space, &view));
	EXPECT_EQ(self->name, view.name);
	EXPECT_EQ(5, view.messages);
	EXPECT_EQ(5, view.limit);
	EXPECT_EQ(6, view.sends);
	EXPECT_TRUE(view.senders);
	EXPECT_FALSE(view.receivers);
	EXPECT_TRUE(view.oldest);
	EXPECT_EQ(101, view.oldest_id);
	EXPECT_EQ(24, view.oldest_size);
	EXPECT_EQ(&self->a.pid, view.oldest_from);
	put_pid(view.oldest_from);
	EXPECT_FALSE(mach_queue_look(self->port, &self->b.task.space, &view));
	mach_queue_leave(self->port, &waiter);
	discard(waiter.kmsg);
	mach_port_put(waiter.port);
}

/* What stands at a place of the sequence: its id, or 0. */
static s32 peek(FIXTURE_DATA(queue) *self, u32 seqno, struct mach_peek *peek)
{
	int ret;

	*peek = (struct mach_peek){ .seqno = seqno };
	spin_lock(&self->port->lock);
	ret = mach_peek_locked(self->port, peek);
	spin_unlock(&self->port->lock);
	if (ret)
		return 0;
	mach_identity_put(peek->identity);
	return peek->id;
}

TEST_F(queue, what_is_looked_at_stays)
{
	struct mach_peek seen;
	int i;

	self->port->context = 77;
	EXPECT_EQ(0, peek(self, 0, &seen));
	for (i = 1; i <= 3; i++)
		post(self, i + 100, NULL);
	ASSERT_EQ(101, next_id(self->space, self->name));
	EXPECT_EQ(102, peek(self, 0, &seen));
	EXPECT_EQ(1, seen.seqno);
	EXPECT_EQ(24, seen.size);
	EXPECT_EQ(77, seen.context);
	EXPECT_EQ(self->identity, seen.identity);
	EXPECT_EQ(102, peek(self, 1, &seen));
	EXPECT_EQ(103, peek(self, 2, &seen));
	EXPECT_EQ(2, seen.seqno);
	EXPECT_EQ(0, peek(self, 3, &seen));
	/* Of the one that has been received. */
	EXPECT_EQ(0, peek(self, U32_MAX, &seen));
	EXPECT_EQ(2, self->port->msgcount);
	EXPECT_EQ(102, next_id(self->space, self->name));
	EXPECT_EQ(103, next_id(self->space, self->name));
}

TEST_F(queue, send_once_notifications_are_seen_in_their_places)
{
	static const s32 ids[] = {
		MACHDEV_NOTIFY_SEND_ONCE, MACHDEV_NOTIFY_SEND_ONCE, 101, 102,
		MACHDEV_NOTIFY_SEND_ONCE,
	};
	struct mach_peek seen;
	unsigned int i;

	/* No sequence number of these is 0, which means the first. */
	self->port->seqno = 10;
	mach_queue_post_send_once(self->port);
	mach_queue_post_send_once(self->port);
	post(self, 101, NULL);
	post(self, 102, NULL);
	mach_queue_post_send_once(self->port);
	EXPECT_EQ(ids[0], peek(self, 0, &seen));
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		EXPECT_EQ(ids[i], peek(self, 10 + i, &seen));
		EXPECT_EQ(10 + i, seen.seqno);
		EXPECT_EQ(24, seen.size);
	}
	EXPECT_EQ(0, peek(self, 10 + i, &seen));
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		EXPECT_EQ(ids[i], next_id(self->space, self->name));
}

TEST_F(queue, the_sequence_goes_on_after_its_greatest_number)
{
	struct mach_peek seen;

	self->port->seqno = U32_MAX;
	post(self, 101, NULL);
	post(self, 102, NULL);
	post(self, 103, NULL);
	EXPECT_EQ(101, peek(self, U32_MAX, &seen));
	/* 0 means the first, so that the one after it cannot be named. */
	EXPECT_EQ(101, peek(self, 0, &seen));
	EXPECT_EQ(103, peek(self, 1, &seen));
}

TEST_F(queue, one_does_not_look_far)
{
	struct mach_peek seen;
	unsigned int i;

	/* What the kernel sends knows no limit. */
	for (i = 1; i <= MACHDEV_QLIMIT_MAX + 1; i++)
		mach_queue_post(self->port,
				message(self, i, MACHDEV_MOVE_SEND_ONCE), NULL);
	EXPECT_EQ(MACHDEV_QLIMIT_MAX,
		  peek(self, MACHDEV_QLIMIT_MAX - 1, &seen));
	EXPECT_EQ(0, peek(self, MACHDEV_QLIMIT_MAX, &seen));
	EXPECT_EQ(1, next_id(self->space, self->name));
	EXPECT_EQ(MACHDEV_QLIMIT_MAX + 1,
		  peek(self, MACHDEV_QLIMIT_MAX, &seen));
}

TEST_HARNESS_MAIN
