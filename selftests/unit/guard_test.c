// SPDX-License-Identifier: GPL-2.0-only
/* Guards, and ports that are made and destroyed with them. */
#include "guard.h"
#include "unit.h"
#include "rights.h"

#define STRICT MACHDEV_MPG_STRICT
#define IMMOVABLE MACHDEV_MPG_IMMOVABLE_RECEIVE

FIXTURE(guarded)
{
	struct actor a;
	struct actor b;
	struct mach_space *space;
	struct mach_space *other;
	u32 name;
	struct mach_port *port;
};

FIXTURE_SETUP(guarded)
{
	world_begin();
	actor_init(&self->b, 2000, 200);
	actor_init(&self->a, 1000, 100);
	self->space = &self->a.task.space;
	self->other = &self->b.task.space;
	self->name = new_port(self->space);
	self->port = port_of(self->space, self->name);
}

FIXTURE_TEARDOWN(guarded)
{
	actor_exit(&self->b);
	actor_exit(&self->a);
	world_end();
}

#define UNDER_LOCK(call) (__extension__ ({ \
	__typeof__(call) result; \
	spin_lock(&self->port->lock); \
	result = (call); \
	spin_unlock(&self->port->lock); \
	result; }))

static int guard(FIXTURE_DATA(guarded) *self, u64 guard, u32 flags)
{
	return UNDER_LOCK(mach_guard_set_locked(self->port, guard, flags));
}

static int unguard(FIXTURE_DATA(guarded) *self, u64 guard)
{
	return UNDER_LOCK(mach_guard_clear_locked(self->port, guard));
}

static int swap_guard(FIXTURE_DATA(guarded) *self, u64 old, u64 new)
{
	return UNDER_LOCK(mach_guard_swap_locked(self->port, old, new));
}

static int set_context(FIXTURE_DATA(guarded) *self, u64 context)
{
	return UNDER_LOCK(mach_guard_set_context_locked(self->port, context));
}

static u64 context(FIXTURE_DATA(guarded) *self)
{
	return UNDER_LOCK(mach_guard_context_locked(self->port));
}

static int destruct(FIXTURE_DATA(guarded) *self, u32 name, s32 delta, u64 guard)
{
	MACH_REAP(reap);
	int ret;

	ret = mach_right_destruct(self->space, name, delta, guard, &reap);
	mach_reap_run(&reap);
	return ret;
}

TEST_F(guarded, there_is_one_guard)
{
	EXPECT_EQ(0, guard(self, 5, 0));
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT, guard(self, 5, 0));
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT, unguard(self, 6));
	EXPECT_EQ(5, context(self));
	EXPECT_EQ(0, unguard(self, 5));
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT, unguard(self, 5));
	EXPECT_EQ(0, context(self));
}

TEST_F(guarded, a_context_is_in_the_way_of_a_guard)
{
	EXPECT_EQ(0, set_context(self, 7));
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT, guard(self, 5, 0));
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT, unguard(self, 7));
	EXPECT_EQ(0, set_context(self, 0));
	EXPECT_EQ(0, guard(self, 5, 0));
}

TEST_F(guarded, zero_is_a_guard_too)
{
	EXPECT_EQ(0, guard(self, 0, 0));
	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT, destroy(self->space, self->name));
	EXPECT_EQ(0, unguard(self, 0));
}

TEST_F(guarded, a_guard_can_be_replaced_unless_it_is_strict)
{
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT, swap_guard(self, 0, 1));
	EXPECT_EQ(0, guard(self, 5, 0));
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT, swap_guard(self, 4, 1));
	EXPECT_EQ(0, swap_guard(self, 5, 6));
	EXPECT_EQ(0, set_context(self, 8));
	EXPECT_EQ(0, unguard(self, 8));
	EXPECT_EQ(0, guard(self, 5, STRICT));
	EXPECT_EQ(0, context(self));
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT, swap_guard(self, 5, 6));
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT, set_context(self, 8));
	EXPECT_EQ(0, unguard(self, 5));
	EXPECT_EQ(0, set_context(self, 8));
}

TEST_F(guarded, the_status_tells)
{
	EXPECT_EQ(0, mach_guard_status(self->port));
	EXPECT_EQ(0, guard(self, 5, STRICT | IMMOVABLE));
	EXPECT_EQ(MACHDEV_PORT_STATUS_GUARDED |
		  MACHDEV_PORT_STATUS_STRICT_GUARD |
		  MACHDEV_PORT_STATUS_IMMOVABLE_RECEIVE,
		  mach_guard_status(self->port));
	EXPECT_EQ(0, unguard(self, 5));
	EXPECT_EQ(MACHDEV_PORT_STATUS_IMMOVABLE_RECEIVE,
		  mach_guard_status(self->port));
}

TEST_F(guarded, only_who_knows_the_guard_destroys_the_right)
{
	give(self->space, self->name, MACHDEV_MAKE_SEND, self->space);
	ASSERT_EQ(0, guard(self, 5, 0));
	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT, destroy(self->space, self->name));
	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT,
		  mod_refs(self->space, self->name, MACHDEV_RIGHT_RECEIVE, -1));
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT,
		  destruct(self, self->name, -1, 6));
	EXPECT_EQ(MACH_ENTRY_RECEIVE | MACH_ENTRY_SEND,
		  rights_of(self->space, self->name));
	/* The send right is not guarded. */
	EXPECT_EQ(0, drop(self->space, self->name));
	EXPECT_EQ(0, destruct(self, self->name, 0, 5));
	EXPECT_EQ(0, rights_of(self->space, self->name));
}

TEST_F(guarded, a_task_that_ends_knows_all_guards)
{
	ASSERT_EQ(0, guard(self, 5, STRICT | IMMOVABLE));
	mach_right_destroy_all(self->space, true);
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_PORTS));
}

TEST_F(guarded, a_guard_does_not_move_with_the_right)
{
	u32 name;

	ASSERT_EQ(0, guard(self, 5, STRICT));
	name = give(self->space, self->name, MACHDEV_MOVE_RECEIVE, self->other);
	EXPECT_EQ(0, mach_guard_status(self->port));
	EXPECT_EQ(0, context(self));
	EXPECT_EQ(0, destroy(self->other, name));
}

TEST_F(guarded, what_is_immovable_stays_guarded_or_not)
{
	struct mach_right right;

	ASSERT_EQ(0, guard(self, 5, IMMOVABLE));
	EXPECT_EQ(MACHDEV_KERN_INVALID_CAPABILITY,
		  copy_in(self->space, self->name, MACHDEV_MOVE_RECEIVE,
			  &right));
	ASSERT_EQ(0, unguard(self, 5));
	EXPECT_EQ(MACHDEV_KERN_INVALID_CAPABILITY,
		  copy_in(self->space, self->name, MACHDEV_MOVE_RECEIVE,
			  &right));
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->space, self->name));
	give(self->space, self->name, MACHDEV_MAKE_SEND, self->other);
	EXPECT_EQ(0, destroy(self->space, self->name));
}

TEST_F(guarded, a_port_is_made_as_it_is_wanted)
{
	u32 flags = MACHDEV_MPO_QLIMIT | MACHDEV_MPO_INSERT_SEND_RIGHT |
		    MACHDEV_MPO_CONTEXT_AS_GUARD | MACHDEV_MPO_STRICT;
	unsigned int nth, failed = 0;
	struct mach_port *port;
	u32 name;
	int ret;

	mach_right_destroy_all(self->other, false);
	FOR_EACH_FAILURE(nth) {
		ret = mach_right_construct(self->other, flags, 3, 9, &name);
		if (!ret)
			continue;
		failed++;
		EXPECT_EQ(MACHDEV_KERN_RESOURCE_SHORTAGE, ret);
		EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_PORTS));
	}
	EXPECT_LT(1, failed);
	port = port_of(self->other, name);
	EXPECT_EQ(MACH_ENTRY_RECEIVE | MACH_ENTRY_SEND,
		  rights_of(self->other, name));
	EXPECT_EQ(1, atomic_read(&port->srights));
	EXPECT_EQ(1, port->mscount);
	EXPECT_EQ(3, port->qlimit);
	EXPECT_TRUE(mach_guard_fits(port, 9));
}

TEST_F(guarded, what_cannot_be_made)
{
	static const struct { u32 flags, qlimit; int result; } rows[] = {
		{ MACHDEV_MPO_IMMOVABLE_RECEIVE, 0,
		  MACHDEV_KERN_INVALID_ARGUMENT },
		{ MACHDEV_MPO_REPLY_PORT | MACHDEV_MPO_SERVICE_PORT, 0,
		  MACHDEV_KERN_INVALID_ARGUMENT },
		{ MACHDEV_MPO_REPLY_PORT, 0, MACHDEV_KERN_NOT_SUPPORTED },
		{ 1u << 31, 0, MACHDEV_KERN_NOT_SUPPORTED },
		{ MACHDEV_MPO_QLIMIT, MACHDEV_QLIMIT_MAX + 1,
		  MACHDEV_KERN_INVALID_VALUE },
	};
	unsigned int i;
	u32 name;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(rows[i].result,
			  mach_right_construct(self->space, rows[i].flags,
					       rows[i].qlimit, 0, &name));
	EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_PORTS));
}

TEST_F(guarded, references_that_are_left_become_those_of_a_dead_name)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		give(self->space, self->name, MACHDEV_MAKE_SEND, self->space);
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE,
		  destruct(self, self->name, 1, 0));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE,
		  destruct(self, self->name, -4, 0));
	EXPECT_EQ(3, refs_of(self->space, self->name, MACHDEV_RIGHT_SEND));
	EXPECT_EQ(0, destruct(self, self->name, -1, 0));
	EXPECT_EQ(2, refs_of(self->space, self->name, MACHDEV_RIGHT_DEAD_NAME));
	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT,
		  destruct(self, self->name, 0, 0));
	EXPECT_EQ(MACHDEV_KERN_INVALID_NAME,
		  destruct(self, self->name + 0x100, 0, 0));
}

TEST_HARNESS_MAIN
