// SPDX-License-Identifier: GPL-2.0-only
/* Port sets: who is a member, who is ready, and who gets a message. */
#include "gate.h"
#include "member.h"
#include "pset.h"
#include "unit.h"
#include "rights.h"

#define PORTS 3

FIXTURE(sets)
{
	struct actor a;
	struct mach_identity *identity;
	struct mach_space *space;
	u32 set_name[2];
	struct mach_pset *set[2];
	u32 name[PORTS];
	struct mach_port *port[PORTS];
};

FIXTURE_SETUP(sets)
{
	int i;

	world_begin();
	actor_init(&self->a, 1000, 100);
	self->identity = mach_task_identity(&self->a.task);
	self->space = &self->a.task.space;
	for (i = 0; i < 2; i++) {
		SHIM_NEVER(mach_right_allocate(self->space,
					       MACHDEV_RIGHT_PORT_SET, false,
					       &self->set_name[i]));
		self->set[i] = entry_of(self->space, self->set_name[i])->set;
	}
	for (i = 0; i < PORTS; i++) {
		self->name[i] = new_port(self->space);
		self->port[i] = port_of(self->space, self->name[i]);
	}
}

FIXTURE_TEARDOWN(sets)
{
	mach_identity_put(self->identity);
	actor_exit(&self->a);
	world_end();
}

static int insert(FIXTURE_DATA(sets) *self, int port, int set)
{
	return mach_member_insert(self->space, self->name[port],
				  self->set_name[set]);
}

static void post(FIXTURE_DATA(sets) *self, int port, s32 id)
{
	struct mach_kmsg *kmsg = mach_kmsg_new(self->identity, 24, 0);

	SHIM_NEVER(!kmsg);
	refcount_inc(&self->identity->ref);
	*mach_kmsg_header(kmsg) = (struct machdev_msg_header){ .id = id };
	kmsg->remote = mach_port_make_send(self->port[port]);
	SHIM_NEVER(mach_queue_post(self->port[port], kmsg, NULL) !=
		   MACH_POST_DONE);
}

static int take(FIXTURE_DATA(sets) *self, int set, struct mach_waiter *waiter,
		bool wait)
{
	mach_waiter_init(waiter);
	waiter->room = 24;
	waiter->large = true;
	waiter->at_set = true;
	return mach_pset_take(self->set[set], waiter, wait);
}

/* The id of a message that was taken, which goes. */
static s32 id_of(struct mach_waiter *waiter)
{
	s32 id = mach_kmsg_header(waiter->kmsg)->id;

	discard(waiter->kmsg);
	return id;
}

/* The next message of a set; 0, there is none. */
static s32 next_of(FIXTURE_DATA(sets) *self, int set)
{
	struct mach_waiter waiter;

	if (take(self, set, &waiter, false))
		return 0;
	SHIM_NEVER(!waiter.port);
	mach_port_put(waiter.port);
	return id_of(&waiter);
}

static bool is_ready(FIXTURE_DATA(sets) *self, int set)
{
	return !list_empty(&self->set[set]->ready);
}

TEST_F(sets, ready_while_a_member_has_messages)
{
	ASSERT_EQ(0, insert(self, 0, 0));
	ASSERT_EQ(0, insert(self, 0, 1));
	EXPECT_FALSE(is_ready(self, 0));
	post(self, 0, 1);
	post(self, 0, 2);
	EXPECT_TRUE(is_ready(self, 0));
	EXPECT_TRUE(is_ready(self, 1));
	EXPECT_EQ(1, next_of(self, 0));
	EXPECT_TRUE(is_ready(self, 0));
	EXPECT_EQ(2, next_id(self->space, self->name[0]));
	EXPECT_FALSE(is_ready(self, 0));
	EXPECT_FALSE(is_ready(self, 1));
	/* A notification is a message, too. */
	mach_queue_post_send_once(self->port[0]);
	EXPECT_TRUE(is_ready(self, 1));
	ASSERT_EQ(MACHDEV_KERN_SUCCESS,
		  mach_member_extract(self->space, self->name[0],
				      self->set_name[1]));
	EXPECT_TRUE(is_ready(self, 0));
	EXPECT_FALSE(is_ready(self, 1));
}

TEST_F(sets, members_take_turns)
{
	int i;

	for (i = 0; i < PORTS; i++)
		ASSERT_EQ(0, insert(self, i, 0));
	for (i = 0; i < 2 * PORTS; i++)
		post(self, i / 2, 1 + i);
	EXPECT_EQ(1, next_of(self, 0));
	EXPECT_EQ(3, next_of(self, 0));
	EXPECT_EQ(5, next_of(self, 0));
	EXPECT_EQ(2, next_of(self, 0));
	EXPECT_EQ(4, next_of(self, 0));
	EXPECT_EQ(6, next_of(self, 0));
	EXPECT_EQ(0, next_of(self, 0));
}

/* The set that has somebody who waits gets it; those before it are not ready. */
TEST_F(sets, a_message_that_is_handed_over_makes_no_set_ready)
{
	struct mach_waiter waiter;

	ASSERT_EQ(0, insert(self, 0, 0));
	ASSERT_EQ(0, insert(self, 0, 1));
	ASSERT_EQ(MACH_QUEUE_WAIT, take(self, 1, &waiter, true));
	post(self, 0, 7);
	EXPECT_TRUE(waiter.done);
	EXPECT_EQ(7, id_of(&waiter));
	EXPECT_FALSE(is_ready(self, 0));
	EXPECT_FALSE(is_ready(self, 1));
	EXPECT_EQ(0, self->port[0]->msgcount);
}

TEST_F(sets, who_waits_at_the_port_comes_first)
{
	struct mach_waiter at_set, at_port;

	ASSERT_EQ(0, insert(self, 0, 0));
	ASSERT_EQ(MACH_QUEUE_WAIT, take(self, 0, &at_set, true));
	mach_waiter_init(&at_port);
	ASSERT_EQ(MACH_QUEUE_WAIT,
		  mach_queue_take(self->port[0], self->space, &at_port, true));
	post(self, 0, 7);
	EXPECT_FALSE(at_set.done);
	EXPECT_EQ(7, id_of(&at_port));
	EXPECT_TRUE(mach_pset_leave(self->set[0], &at_set));
}

TEST_F(sets, a_notification_says_where_it_was)
{
	struct mach_waiter waiter;

	ASSERT_EQ(0, insert(self, 0, 0));
	ASSERT_EQ(0, insert(self, 1, 0));
	ASSERT_EQ(MACH_QUEUE_WAIT, take(self, 0, &waiter, true));
	mach_queue_post_send_once(self->port[1]);
	EXPECT_TRUE(waiter.done && waiter.send_once);
	EXPECT_EQ(self->port[1], waiter.port);
	mach_port_put(waiter.port);
	mach_queue_post_send_once(self->port[0]);
	ASSERT_EQ(0, take(self, 0, &waiter, false));
	EXPECT_EQ(self->port[0], waiter.port);
	mach_port_put(waiter.port);
}

TEST_F(sets, a_message_that_is_too_large_keeps_its_turn)
{
	struct mach_waiter waiter;

	ASSERT_EQ(0, insert(self, 0, 0));
	ASSERT_EQ(0, insert(self, 1, 0));
	post(self, 1, 1);
	post(self, 0, 2);
	mach_waiter_init(&waiter);
	waiter.large = true;
	waiter.room = 23;
	EXPECT_EQ(MACHDEV_RCV_TOO_LARGE,
		  mach_pset_take(self->set[0], &waiter, false));
	EXPECT_EQ(self->name[1], waiter.name);
	EXPECT_EQ(24, waiter.size);
	EXPECT_EQ(1, next_of(self, 0));
	EXPECT_EQ(2, next_of(self, 0));
}

TEST_F(sets, a_member_with_messages_makes_who_waits_look_again)
{
	struct mach_waiter waiter;

	post(self, 0, 3);
	ASSERT_EQ(MACH_QUEUE_WAIT, take(self, 0, &waiter, true));
	ASSERT_EQ(0, insert(self, 1, 0));
	EXPECT_FALSE(waiter.done);
	ASSERT_EQ(0, insert(self, 0, 0));
	ASSERT_TRUE(waiter.done);
	EXPECT_EQ(MACH_QUEUE_AGAIN, waiter.result);
	EXPECT_EQ(3, next_of(self, 0));
}

TEST_F(sets, a_set_that_goes)
{
	struct mach_waiter waiter;
	struct mach_pset *set = mach_pset_get(self->set[0]);

	ASSERT_EQ(0, insert(self, 0, 0));
	ASSERT_EQ(0, insert(self, 0, 1));
	ASSERT_EQ(MACH_QUEUE_WAIT, take(self, 0, &waiter, true));
	EXPECT_EQ(0, drop(self->space, self->set_name[0]));
	ASSERT_TRUE(waiter.done);
	EXPECT_EQ(MACHDEV_RCV_PORT_CHANGED, waiter.result);
	EXPECT_EQ(MACHDEV_RCV_INVALID_NAME, take(self, 0, &waiter, true));
	EXPECT_EQ(0, set->count);
	EXPECT_EQ(1, self->port[0]->nsets);
	mach_pset_put(set);
	EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_SETS));
	EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_MEMBERS));
}

TEST_F(sets, the_gate_ends_waits)
{
	struct mach_waiter waiter;

	ASSERT_EQ(MACH_QUEUE_WAIT, take(self, 0, &waiter, true));
	mach_gate_shut = true;
	mach_right_abandon_all(self->space);
	ASSERT_TRUE(waiter.done);
	EXPECT_EQ(MACH_QUEUE_SHUT, waiter.result);
	EXPECT_EQ(MACH_QUEUE_SHUT, take(self, 0, &waiter, true));
	EXPECT_EQ(MACHDEV_RCV_TIMED_OUT, take(self, 0, &waiter, false));
	mach_gate_shut = false;
}

TEST_F(sets, a_receive_right_that_goes_leaves)
{
	struct mach_right right;

	ASSERT_EQ(0, insert(self, 0, 0));
	ASSERT_EQ(0, insert(self, 0, 1));
	ASSERT_EQ(0, insert(self, 1, 0));
	post(self, 0, 1);
	ASSERT_EQ(0, copy_in(self->space, self->name[0],
			     MACHDEV_MOVE_RECEIVE, &right));
	EXPECT_EQ(0, self->port[0]->nsets);
	EXPECT_EQ(1, self->set[0]->count);
	EXPECT_FALSE(is_ready(self, 0));
	let_go(&right);
	EXPECT_EQ(0, destroy(self->space, self->name[1]));
	EXPECT_EQ(0, self->set[0]->count);
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_MEMBERS));
}

TEST_F(sets, members_by_name)
{
	u32 after = 0, names[2], count;
	unsigned int n = 2;
	int i;

	for (i = PORTS - 1; i >= 0; i--)
		ASSERT_EQ(0, insert(self, i, 0));
	ASSERT_EQ(0, mach_member_list(self->space, self->set_name[0], &after,
				      names, &n, &count));
	EXPECT_EQ(2, n);
	EXPECT_EQ(PORTS, count);
	EXPECT_EQ(self->name[0], names[0]);
	EXPECT_EQ(self->name[1], names[1]);
	/* What gets another name in between is met there, if it is behind. */
	ASSERT_EQ(0, mach_right_rename(self->space, self->name[0], 0xf03));
	ASSERT_EQ(0, mach_member_list(self->space, self->set_name[0], &after,
				      names, &n, &count));
	EXPECT_EQ(2, n);
	EXPECT_EQ(self->name[2], names[0]);
	EXPECT_EQ(0xf03, names[1]);
	ASSERT_EQ(0, mach_member_list(self->space, self->set_name[0], &after,
				      names, &n, &count));
	EXPECT_EQ(0, n);
}

TEST_F(sets, shortage)
{
	unsigned int nth, failures = 0;

	FOR_EACH_FAILURE(nth) {
		int ret = insert(self, 0, 0);

		if (!ret)
			break;
		failures++;
		EXPECT_EQ(MACHDEV_KERN_RESOURCE_SHORTAGE, ret);
		EXPECT_EQ(0, self->set[0]->count);
		EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_MEMBERS));
	}
	unit_arm(0);
	EXPECT_EQ(1, failures);
	/* What is refused, or moves nothing, needs no memory. */
	unit_arm(1);
	EXPECT_EQ(MACHDEV_KERN_ALREADY_IN_SET, insert(self, 0, 0));
	EXPECT_EQ(0, mach_member_move(self->space, self->name[0],
				      self->set_name[0]));
	EXPECT_EQ(0, shim_failed);
	/* A move that fails leaves the port where it was. */
	EXPECT_EQ(MACHDEV_KERN_RESOURCE_SHORTAGE,
		  mach_member_move(self->space, self->name[0],
				   self->set_name[1]));
	unit_arm(0);
	EXPECT_EQ(1, self->set[0]->count);
	EXPECT_EQ(0, self->set[1]->count);
}

TEST_HARNESS_MAIN
