// SPDX-License-Identifier: GPL-2.0-only
/* Receive rights in messages: how long chains may be, and no rings. */
#include "unit.h"
#include "rights.h"
#include "transit.h"

/* As in transit.c; what a chain may be at most. */
#define TRANSIT_MAX 100000

FIXTURE(ports)
{
	struct actor actor;
	struct mach_ledger *ledger;
	struct mach_port *port[4];
};

FIXTURE_SETUP(ports)
{
	unsigned int i;

	world_begin();
	/* Root has room for a chain of any length. */
	actor_init(&self->actor, 0, 100);
	self->ledger = mach_space_ledger(&self->actor.task.space);
	for (i = 0; i < ARRAY_SIZE(self->port); i++)
		self->port[i] = mach_port_new(MACH_KIND_PLAIN, NULL, self->ledger,
					      GFP_KERNEL);
}

/* The port is on its way no more. */
static void leave(struct mach_port *port)
{
	struct mach_port *destination;

	spin_lock(&port->lock);
	destination = mach_transit_leave_locked(port);
	spin_unlock(&port->lock);
	mach_port_put(destination);
}

FIXTURE_TEARDOWN(ports)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(self->port); i++) {
		leave(self->port[i]);
		mach_port_put(self->port[i]);
	}
	mach_ledger_put(self->ledger);
	actor_exit(&self->actor);
	world_end();
}

/* Ends what a message with such rights has begun. Returns the same. */
static bool end_transit(struct mach_port *destination,
			const struct mach_right *rights, u32 count)
{
	struct mach_kmsg *kmsg = kmsg_with(destination->ledger, rights, count);
	bool circular = mach_transit_end(destination, kmsg);

	mach_kmsg_release(kmsg);
	return circular;
}

/* A receive right goes into a message. Returns whether that closed a ring. */
static bool send_right(struct mach_port *port, struct mach_port *destination)
{
	struct mach_right right = { port, MACHDEV_MOVE_RECEIVE };

	SHIM_NEVER(mach_transit_begin(destination));
	mach_transit_enter(port, destination);
	return end_transit(destination, &right, 1);
}

TEST_F(ports, a_chain_is_no_ring)
{
	EXPECT_FALSE(send_right(self->port[0], self->port[1]));
	EXPECT_FALSE(send_right(self->port[1], self->port[2]));
	EXPECT_FALSE(send_right(self->port[2], self->port[3]));
}

TEST_F(ports, a_tree_is_no_ring)
{
	EXPECT_FALSE(send_right(self->port[0], self->port[3]));
	EXPECT_FALSE(send_right(self->port[1], self->port[3]));
	EXPECT_FALSE(send_right(self->port[2], self->port[1]));
}

TEST_F(ports, a_port_in_its_own_queue)
{
	EXPECT_TRUE(send_right(self->port[0], self->port[0]));
	EXPECT_EQ(NULL, self->port[0]->destination);
}

TEST_F(ports, a_ring_of_two_and_of_four)
{
	EXPECT_FALSE(send_right(self->port[0], self->port[1]));
	EXPECT_TRUE(send_right(self->port[1], self->port[0]));
	leave(self->port[0]);
	leave(self->port[1]);
	EXPECT_FALSE(send_right(self->port[0], self->port[1]));
	EXPECT_FALSE(send_right(self->port[2], self->port[3]));
	EXPECT_FALSE(send_right(self->port[1], self->port[2]));
	EXPECT_TRUE(send_right(self->port[3], self->port[0]));
}

TEST_F(ports, no_ring_is_left_behind)
{
	EXPECT_FALSE(send_right(self->port[0], self->port[1]));
	EXPECT_TRUE(send_right(self->port[1], self->port[0]));
	/* Whoever walks there next comes to an end. */
	EXPECT_FALSE(send_right(self->port[2], self->port[0]));
	EXPECT_FALSE(send_right(self->port[3], self->port[1]));
}

TEST_F(ports, one_message_with_two_rights_closes_a_ring)
{
	struct mach_right rights[] = {
		{ self->port[2], MACHDEV_MOVE_RECEIVE },
		{ self->port[0], MACHDEV_MOVE_SEND },
		{ NULL, MACHDEV_MOVE_RECEIVE },
		{ self->port[1], MACHDEV_MOVE_RECEIVE },
	};

	ASSERT_FALSE(send_right(self->port[0], self->port[1]));
	ASSERT_EQ(0, mach_transit_begin(self->port[0]));
	mach_transit_enter(self->port[2], self->port[0]);
	mach_transit_enter(self->port[1], self->port[0]);
	EXPECT_TRUE(end_transit(self->port[0], rights, ARRAY_SIZE(rights)));
	/* What is not in the message goes on. */
	EXPECT_EQ(NULL, self->port[1]->destination);
	EXPECT_EQ(NULL, self->port[2]->destination);
	EXPECT_EQ(self->port[1], self->port[0]->destination);
}

TEST_F(ports, the_kernel_closes_no_ring_either)
{
	EXPECT_FALSE(mach_transit_send(self->port[0], self->port[0]));
	EXPECT_TRUE(mach_transit_send(self->port[0], self->port[1]));
	EXPECT_TRUE(mach_transit_send(self->port[1], self->port[2]));
	EXPECT_FALSE(mach_transit_send(self->port[2], self->port[0]));
	EXPECT_EQ(NULL, self->port[2]->destination);
	EXPECT_EQ(self->port[2], self->port[1]->destination);
	EXPECT_FALSE(mach_transit_send(self->port[2], self->port[1]));
	EXPECT_TRUE(mach_transit_send(self->port[2], self->port[3]));
}

TEST_F(ports, who_has_arrived_is_no_part_of_a_chain)
{
	EXPECT_FALSE(send_right(self->port[0], self->port[1]));
	leave(self->port[0]);
	EXPECT_FALSE(send_right(self->port[1], self->port[0]));
}

TEST_F(ports, a_process_that_is_killed_does_not_begin)
{
	current->killed = true;
	EXPECT_EQ(MACHDEV_SEND_INTERRUPTED, mach_transit_begin(self->port[0]));
}

TEST_F(ports, the_longest_chain)
{
	struct mach_port **chain = calloc(TRANSIT_MAX + 1, sizeof(*chain));
	u32 i;

	for (i = 0; i <= TRANSIT_MAX; i++) {
		chain[i] = mach_port_new(MACH_KIND_PLAIN, NULL, self->ledger,
					 GFP_KERNEL);
		ASSERT_NE(NULL, chain[i]);
	}
	/* Each before the one that is there, so that no walk is long. */
	for (i = 0; i < TRANSIT_MAX; i++)
		ASSERT_FALSE(send_right(chain[i], chain[i + 1]));
	EXPECT_EQ(MACHDEV_SEND_NO_BUFFER, mach_transit_begin(chain[0]));
	EXPECT_EQ(0, mach_transit_begin(chain[1]));
	EXPECT_FALSE(end_transit(chain[1], NULL, 0));
	EXPECT_FALSE(mach_transit_send(self->port[0], chain[0]));
	EXPECT_TRUE(mach_transit_send(self->port[0], chain[1]));
	for (i = 0; i <= TRANSIT_MAX; i++) {
		leave(chain[i]);
		mach_port_put(chain[i]);
	}
	free(chain);
}

TEST_HARNESS_MAIN
