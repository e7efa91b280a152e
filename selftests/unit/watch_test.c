// SPDX-License-Identifier: GPL-2.0-only
/* Watches: when they are ready, whom a message wakes, and how they end. */
#include "gate.h"
#include "ledger.h"
#include "member.h"
#include "queue.h"
#include "unit.h"
#include "rights.h"
#include "watch.h"

FIXTURE(watch)
{
	struct actor a;
	struct mach_space *space;
	u32 name;
	struct mach_port *port;
	struct mach_ledger *ledger;
	struct mach_watch *watch;
};

FIXTURE_SETUP(watch)
{
	world_begin();
	actor_init(&self->a, 1000, 100);
	self->space = &self->a.task.space;
	self->name = new_port(self->space);
	self->port = port_of(self->space, self->name);
	self->ledger = mach_space_ledger(self->space);
	SHIM_NEVER(mach_watch_new(self->space, self->port, self->ledger,
				  &self->watch));
}

FIXTURE_TEARDOWN(watch)
{
	mach_watch_free(self->watch);
	mach_ledger_put(self->ledger);
	actor_exit(&self->a);
	world_end();
}

TEST_F(watch, each_message_that_is_queued_wakes)
{
	EXPECT_EQ(0, mach_watch_poll(self->watch));
	mach_queue_post_send_once(self->port);
	EXPECT_EQ(1, self->watch->wait.woken);
	EXPECT_EQ(EPOLLIN | EPOLLRDNORM, self->watch->wait.events);
	EXPECT_EQ(EPOLLIN | EPOLLRDNORM, mach_watch_poll(self->watch));
	mach_queue_post_send_once(self->port);
	EXPECT_EQ(2, self->watch->wait.woken);

	EXPECT_NE(0, next_id(self->space, self->name));
	EXPECT_EQ(EPOLLIN | EPOLLRDNORM, mach_watch_poll(self->watch));
	EXPECT_NE(0, next_id(self->space, self->name));
	EXPECT_EQ(0, mach_watch_poll(self->watch));
	EXPECT_EQ(2, self->watch->wait.woken);
}

TEST_F(watch, what_is_handed_over_wakes_nobody)
{
	struct mach_waiter waiter;

	mach_waiter_init(&waiter);
	waiter.room = 1000;
	EXPECT_EQ(MACH_QUEUE_WAIT,
		  mach_queue_take(self->port, self->space, &waiter, true));
	mach_queue_post_send_once(self->port);
	EXPECT_TRUE(waiter.send_once);
	EXPECT_EQ(0, self->watch->wait.woken);
	EXPECT_EQ(0, mach_watch_poll(self->watch));
}

TEST_F(watch, of_a_right_that_has_left)
{
	struct mach_watch *other;
	struct actor b;

	actor_init(&b, 2000, 200);
	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT,
		  mach_watch_new(&b.task.space, self->port, self->ledger,
				 &other));
	actor_exit(&b);
}

TEST_F(watch, ends_with_the_port)
{
	MACH_REAP(reap);

	EXPECT_EQ(MACHDEV_KERN_SUCCESS,
		  mach_right_destroy(self->space, self->name, &reap));
	mach_reap_run(&reap);
	EXPECT_EQ(1, self->watch->wait.woken_all);
	EXPECT_EQ(EPOLLHUP, mach_watch_poll(self->watch));
}

TEST_F(watch, shut_gate)
{
	mach_gate_shut = true;
	mach_queue_abandon(self->port);
	EXPECT_EQ(1, self->watch->wait.woken_all);
	EXPECT_EQ(EPOLLHUP, mach_watch_poll(self->watch));
	mach_gate_shut = false;
}

TEST_F(watch, room_for_so_many)
{
	struct mach_watch *others[MACH_WATCHES_MAX], *more;
	unsigned int i;

	for (i = 1; i < MACH_WATCHES_MAX; i++)
		ASSERT_EQ(MACHDEV_KERN_SUCCESS,
			  mach_watch_new(self->space, self->port, self->ledger,
					 &others[i]));
	EXPECT_EQ(MACHDEV_KERN_RESOURCE_SHORTAGE,
		  mach_watch_new(self->space, self->port, self->ledger, &more));
	mach_queue_post_send_once(self->port);
	for (i = 1; i < MACH_WATCHES_MAX; i++) {
		EXPECT_EQ(1, others[i]->wait.woken);
		mach_watch_free(others[i]);
	}
}

FIXTURE(set_watch)
{
	struct actor a;
	struct mach_space *space;
	u32 set_name;
	u32 name;
	struct mach_pset *set;
	struct mach_port *port;
	struct mach_watch *watch;
};

FIXTURE_SETUP(set_watch)
{
	struct mach_ledger *ledger;

	world_begin();
	actor_init(&self->a, 1000, 100);
	self->space = &self->a.task.space;
	SHIM_NEVER(mach_right_allocate(self->space, MACHDEV_RIGHT_PORT_SET,
				       false, &self->set_name));
	self->set = entry_of(self->space, self->set_name)->set;
	self->name = new_port(self->space);
	self->port = port_of(self->space, self->name);
	ledger = mach_space_ledger(self->space);
	self->watch = mach_watch_new_set(self->set, ledger);
	mach_ledger_put(ledger);
	SHIM_NEVER(!self->watch);
}

FIXTURE_TEARDOWN(set_watch)
{
	mach_watch_free(self->watch);
	actor_exit(&self->a);
	world_end();
}

#define READY (EPOLLIN | EPOLLRDNORM)

TEST_F(set_watch, each_message_that_is_queued_wakes)
{
	SHIM_NEVER(mach_member_insert(self->space, self->name,
				      self->set_name));
	EXPECT_EQ(0, mach_watch_poll(self->watch));
	EXPECT_EQ(0, self->set->wait.woken_all);
	mach_queue_post_send_once(self->port);
	EXPECT_EQ(READY, mach_watch_poll(self->watch));
	EXPECT_EQ(1, self->set->wait.woken);
	EXPECT_EQ(READY, self->set->wait.events);
	mach_queue_post_send_once(self->port);
	EXPECT_EQ(2, self->set->wait.woken);
	EXPECT_NE(0, next_id(self->space, self->name));
	EXPECT_EQ(READY, mach_watch_poll(self->watch));
	EXPECT_NE(0, next_id(self->space, self->name));
	EXPECT_EQ(0, mach_watch_poll(self->watch));
}

TEST_F(set_watch, a_member_that_comes_with_messages_wakes_all)
{
	mach_queue_post_send_once(self->port);
	EXPECT_EQ(0, self->set->wait.woken);
	SHIM_NEVER(mach_member_insert(self->space, self->name,
				      self->set_name));
	EXPECT_EQ(1, self->set->wait.woken_all);
	EXPECT_EQ(READY, mach_watch_poll(self->watch));
	SHIM_NEVER(mach_member_extract(self->space, self->name,
				       self->set_name));
	EXPECT_EQ(0, mach_watch_poll(self->watch));
}

/* The set is still there to be looked at. */
TEST_F(set_watch, ends_with_the_set)
{
	MACH_REAP(reap);

	EXPECT_EQ(MACHDEV_KERN_SUCCESS,
		  mach_right_destroy(self->space, self->set_name, &reap));
	mach_reap_run(&reap);
	EXPECT_EQ(1, self->set->wait.woken_all);
	EXPECT_EQ(EPOLLHUP, mach_watch_poll(self->watch));
}

TEST_F(set_watch, shut_gate)
{
	mach_gate_shut = true;
	mach_pset_abandon(self->set);
	EXPECT_EQ(1, self->set->wait.woken_all);
	EXPECT_EQ(EPOLLHUP, mach_watch_poll(self->watch));
	mach_gate_shut = false;
}

TEST_HARNESS_MAIN
