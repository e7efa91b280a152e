// SPDX-License-Identifier: GPL-2.0-only
/* Names and their references: made, counted and destroyed. */
#include "unit.h"
#include "rights.h"

#define DEAD_NAME MACHDEV_RIGHT_DEAD_NAME
#define RECEIVE MACHDEV_RIGHT_RECEIVE
#define SEND MACHDEV_RIGHT_SEND
#define ONCE MACHDEV_RIGHT_SEND_ONCE

TEST_F(world, what_can_be_allocated)
{
	struct mach_space *a = &self->a.task.space;
	u32 name = 0;

	EXPECT_EQ(0, mach_right_allocate(a, RECEIVE, false, &name));
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(a, name));
	EXPECT_EQ(0, mach_right_allocate(a, DEAD_NAME, false, &name));
	EXPECT_EQ(MACH_ENTRY_DEAD_NAME, rights_of(a, name));
	EXPECT_EQ(0, mach_right_allocate(a, MACHDEV_RIGHT_PORT_SET, false,
					 &name));
	EXPECT_EQ(MACH_ENTRY_PORT_SET, rights_of(a, name));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE,
		  mach_right_allocate(a, SEND, false, &name));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE,
		  mach_right_allocate(a, ONCE, false, &name));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE,
		  mach_right_allocate(a, U32_MAX, false, &name));
	EXPECT_EQ(3, mach_stat_read(MACHDEV_COUNTER_NAMES));
	EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_SETS));
}

TEST_F(world, names_that_are_wanted)
{
	static const struct { u32 name; int result; } rows[] = {
		{ 0x507, 0 },
		{ 0x507, MACHDEV_KERN_NAME_EXISTS },
		{ 0x50b, MACHDEV_KERN_FAILURE },
		{ 0x003, MACHDEV_KERN_FAILURE },
		{ 0x602, MACHDEV_KERN_INVALID_VALUE },
		{ MACHDEV_NAME_NULL, MACHDEV_KERN_INVALID_VALUE },
		{ MACHDEV_NAME_DEAD, MACHDEV_KERN_INVALID_VALUE },
		{ MACH_NAMES_MAX << 8 | 3, MACHDEV_KERN_NO_SPACE },
		{ (MACH_NAMES_MAX - 1) << 8 | 3, 0 },
	};
	struct mach_space *a = &self->a.task.space;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 name = rows[i].name;

		EXPECT_EQ(rows[i].result,
			  mach_right_allocate(a, RECEIVE, true, &name));
		EXPECT_EQ(rows[i].name, name);
	}
	EXPECT_EQ(2, mach_stat_read(MACHDEV_COUNTER_PORTS));
}

TEST_F(world, no_memory_for_a_port)
{
	struct mach_space *a = &self->a.task.space;
	unsigned int nth;
	u32 name;

	FOR_EACH_FAILURE(nth) {
		bool good = nth > 2;

		EXPECT_EQ(good ? 0 : MACHDEV_KERN_RESOURCE_SHORTAGE,
			  mach_right_allocate(a, RECEIVE, false, &name));
		rcu_barrier();
		EXPECT_EQ(good, mach_stat_read(MACHDEV_COUNTER_PORTS));
		EXPECT_EQ(good, mach_stat_read(MACHDEV_COUNTER_NAMES));
	}
}

TEST_F(world, no_bytes_left_for_a_port)
{
	struct mach_space *a = &self->a.task.space;
	struct mach_ledger *ledger = mach_space_ledger(a);
	u32 port = new_port(a), name;
	s64 most = ledger->limit - atomic64_read(&ledger->balance) -
		   (s64)sizeof(struct mach_port) + 1;

	ASSERT_TRUE(mach_ledger_charge(ledger, most));
	EXPECT_EQ(MACHDEV_KERN_RESOURCE_SHORTAGE,
		  mach_right_allocate(a, RECEIVE, false, &name));
	mach_ledger_uncharge(ledger, 1);
	EXPECT_EQ(0, mach_right_allocate(a, RECEIVE, false, &name));
	EXPECT_EQ(port + 0x100, name);
	mach_ledger_uncharge(ledger, most - 1);
	mach_ledger_put(ledger);
}

TEST_F(world, deallocate)
{
	struct mach_space *a = &self->a.task.space, *b = &self->b.task.space;
	u32 port = new_port(a), name = give(a, port, MACHDEV_MAKE_SEND, b);
	u32 once = give(a, port, MACHDEV_MAKE_SEND_ONCE, b);

	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT, drop(a, port));
	EXPECT_EQ(MACHDEV_KERN_INVALID_NAME, drop(a, port + 4));
	EXPECT_EQ(0, drop(a, MACHDEV_NAME_NULL));
	EXPECT_EQ(0, drop(a, MACHDEV_NAME_DEAD));
	give(b, name, MACHDEV_COPY_SEND, b);
	EXPECT_EQ(0, drop(b, name));
	EXPECT_EQ(1, refs_of(b, name, SEND));
	EXPECT_EQ(0, drop(b, name));
	EXPECT_EQ(0, rights_of(b, name));
	EXPECT_EQ(0, next_id(a, port));
	EXPECT_EQ(0, drop(b, once));
	EXPECT_EQ(MACHDEV_NOTIFY_SEND_ONCE, next_id(a, port));
	EXPECT_EQ(0, next_id(a, port));
}

TEST_F(world, references_are_added)
{
	struct mach_space *a = &self->a.task.space;
	u32 port = new_port(a);

	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT, mod_refs(a, port, SEND, 1));
	give(a, port, MACHDEV_MAKE_SEND, a);
	EXPECT_EQ(0, mod_refs(a, port, SEND, 0));
	EXPECT_EQ(1, refs_of(a, port, SEND));
	EXPECT_EQ(0, mod_refs(a, port, SEND, 9));
	EXPECT_EQ(10, refs_of(a, port, SEND));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE, mod_refs(a, port, SEND, -11));
	EXPECT_EQ(MACHDEV_KERN_UREFS_OVERFLOW, mod_refs(a, port, SEND, 65526));
	EXPECT_EQ(MACHDEV_KERN_UREFS_OVERFLOW,
		  mod_refs(a, port, SEND, INT_MAX));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE,
		  mod_refs(a, port, SEND, INT_MIN));
	EXPECT_EQ(10, refs_of(a, port, SEND));
	EXPECT_EQ(0, mod_refs(a, port, SEND, -10));
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(a, port));
}

TEST_F(world, what_has_one_reference_has_no_more)
{
	struct mach_space *a = &self->a.task.space;
	u32 port = new_port(a), once = give(a, port, MACHDEV_MAKE_SEND_ONCE, a);

	EXPECT_EQ(1, refs_of(a, port, RECEIVE));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE, mod_refs(a, port, RECEIVE, 1));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE, mod_refs(a, port, RECEIVE, -2));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE, mod_refs(a, once, ONCE, 1));
	EXPECT_EQ(0, mod_refs(a, once, ONCE, 0));
	EXPECT_EQ(0, mod_refs(a, once, ONCE, -1));
	EXPECT_EQ(0, rights_of(a, once));
	EXPECT_EQ(0, mod_refs(a, port, RECEIVE, -1));
	EXPECT_EQ(0, rights_of(a, port));
}

TEST_F(world, kinds_that_there_are_not)
{
	struct mach_space *a = &self->a.task.space;
	u32 port = new_port(a);

	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE, mod_refs(a, port, 6, 0));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE, mod_refs(a, port, U32_MAX, 0));
	EXPECT_EQ(-1, refs_of(a, port, 6));
	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT, mod_refs(a, port, 5, 0));
	EXPECT_EQ(0, refs_of(a, port, 5));
	EXPECT_EQ(0, mod_refs(a, MACHDEV_NAME_DEAD, SEND, 1));
	EXPECT_EQ(MACHDEV_KERN_INVALID_NAME,
		  mod_refs(a, MACHDEV_NAME_DEAD, RECEIVE, -1));
}

TEST_F(world, a_receive_right_goes_and_its_name_dies)
{
	struct mach_space *a = &self->a.task.space;
	u32 port = new_port(a);

	give(a, port, MACHDEV_MAKE_SEND, a);
	EXPECT_EQ(0, mod_refs(a, port, SEND, 4));
	EXPECT_EQ(0, mod_refs(a, port, RECEIVE, -1));
	EXPECT_EQ(MACH_ENTRY_DEAD_NAME, rights_of(a, port));
	EXPECT_EQ(5, refs_of(a, port, DEAD_NAME));
	EXPECT_EQ(0, mod_refs(a, port, DEAD_NAME, -5));
	EXPECT_EQ(0, rights_of(a, port));
}

/* A queue of messages, each with the receive right of the next one's queue. */
TEST_F(world, a_long_chain_dies_without_recursion)
{
	struct mach_space *a = &self->a.task.space;
	struct mach_ledger *ledger = mach_space_ledger(a);
	struct mach_identity *identity = mach_task_identity(&self->a.task);
	struct mach_port *port, *next;
	struct mach_right first;
	int i;

	port = mach_port_new(MACH_KIND_PLAIN, NULL, ledger, GFP_KERNEL);
	first = (struct mach_right){ port, MACHDEV_MOVE_RECEIVE };
	for (i = 0; i < 10000; i++) {
		struct mach_kmsg *kmsg = mach_kmsg_new(identity, 40, 1);

		ASSERT_NE(NULL, kmsg);
		refcount_inc(&identity->ref);
		next = mach_port_new(MACH_KIND_PLAIN, NULL, ledger, GFP_KERNEL);
		ASSERT_NE(NULL, next);
		kmsg->remote = mach_port_make_send(port);
		mach_kmsg_items(kmsg)[0].right = (struct mach_right){
			next, MACHDEV_MOVE_RECEIVE
		};
		ASSERT_EQ(MACH_POST_DONE, mach_queue_post(port, kmsg, NULL));
		port = next;
	}
	EXPECT_EQ(10001, mach_stat_read(MACHDEV_COUNTER_PORTS));
	let_go(&first);
	rcu_barrier();
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_PORTS));
	mach_identity_put(identity);
	mach_ledger_put(ledger);
}

TEST_HARNESS_MAIN
