// SPDX-License-Identifier: GPL-2.0-only
/* Rights between two spaces, and all as it was when they fail. */
#include "unit.h"
#include "rights.h"

#define NAME 0x507

FIXTURE(pair)
{
	struct actor a;
	struct actor b;
	struct mach_space *from;
	struct mach_space *to;
	u32 port;	/* a receive and a send right of @from */
	struct mach_port *p;
};

FIXTURE_SETUP(pair)
{
	world_begin();
	actor_init(&self->b, 2000, 200);
	actor_init(&self->a, 1000, 100);
	self->from = &self->a.task.space;
	self->to = &self->b.task.space;
	self->port = new_port(self->from);
	self->p = port_of(self->from, self->port);
	give(self->from, self->port, MACHDEV_MAKE_SEND, self->from);
}

FIXTURE_TEARDOWN(pair)
{
	actor_exit(&self->b);
	actor_exit(&self->a);
	world_end();
}

TEST_F(pair, each_disposition_is_inserted)
{
	static const struct { u32 disposition, left, made; } rows[] = {
		{ MACHDEV_MAKE_SEND_ONCE, 3, MACH_ENTRY_SEND_ONCE },
		{ MACHDEV_MAKE_SEND, 3, MACH_ENTRY_SEND },
		{ MACHDEV_COPY_SEND, 3, MACH_ENTRY_SEND },
		{ MACHDEV_MOVE_SEND, 2, MACH_ENTRY_SEND },
		{ MACHDEV_MOVE_RECEIVE, 0, MACH_ENTRY_RECEIVE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ASSERT_EQ(0, mach_transfer_insert(self->from, self->port,
						  rows[i].disposition,
						  self->to, NAME));
		EXPECT_EQ(rows[i].left, rights_of(self->from, self->port));
		EXPECT_EQ(rows[i].made, rights_of(self->to, NAME));
		destroy(self->to, NAME);
	}
}

TEST_F(pair, what_cannot_be_inserted)
{
	static const struct { u32 disposition; u32 name; int result; } rows[] = {
		{ 0, NAME, MACHDEV_KERN_INVALID_VALUE },
		{ 22, NAME, MACHDEV_KERN_INVALID_VALUE },
		{ MACHDEV_MAKE_SEND, 0, MACHDEV_KERN_INVALID_VALUE },
		{ MACHDEV_MAKE_SEND, U32_MAX, MACHDEV_KERN_INVALID_VALUE },
		{ MACHDEV_MAKE_SEND, NAME - 1, MACHDEV_KERN_INVALID_VALUE },
		{ MACHDEV_MAKE_SEND, 7, MACHDEV_KERN_FAILURE },
		{ MACHDEV_MOVE_SEND_ONCE, NAME, MACHDEV_KERN_INVALID_RIGHT },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(rows[i].result,
			  mach_transfer_insert(self->from, self->port,
					       rows[i].disposition, self->to,
					       rows[i].name));
	EXPECT_EQ(MACHDEV_KERN_INVALID_CAPABILITY,
		  mach_transfer_insert(self->from, 0, MACHDEV_MOVE_SEND,
				       self->to, NAME));
	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT,
		  mach_transfer_insert(self->from, self->port + 4,
				       MACHDEV_MOVE_SEND, self->to, NAME));
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_NAMES) - 1);
	EXPECT_EQ(1, atomic_read(&self->p->srights));
}

TEST_F(pair, within_one_space)
{
	ASSERT_EQ(0, mach_transfer_insert(self->from, self->port,
					  MACHDEV_MOVE_SEND, self->from,
					  self->port));
	EXPECT_EQ(3, rights_of(self->from, self->port));
	EXPECT_EQ(MACHDEV_KERN_RIGHT_EXISTS,
		  mach_transfer_insert(self->from, self->port,
				       MACHDEV_MOVE_RECEIVE, self->from, NAME));
	mod_refs(self->from, self->port, MACHDEV_RIGHT_SEND, -1);
	/* The name that goes is not in the way. */
	ASSERT_EQ(0, mach_transfer_insert(self->from, self->port,
					  MACHDEV_MOVE_RECEIVE, self->from,
					  NAME));
	EXPECT_EQ(0, rights_of(self->from, self->port));
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->from, NAME));
}

/* Nothing has changed but for the size of tables. */
#define EXPECT_AS_BEFORE() do { \
	EXPECT_EQ(3, rights_of(self->from, self->port)); \
	EXPECT_EQ(1, refs_of(self->from, self->port, MACHDEV_RIGHT_SEND)); \
	EXPECT_EQ(1, atomic_read(&self->p->srights)); \
	EXPECT_EQ(0, atomic_read(&self->p->sorights)); \
	EXPECT_EQ(0, self->p->msgcount); \
	EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_NAMES)); \
} while (0)

TEST_F(pair, no_memory_to_insert)
{
	unsigned int nth;
	int ret;

	FOR_EACH_FAILURE(nth) {
		ret = mach_transfer_insert(self->from, self->port,
					   MACHDEV_MOVE_RECEIVE, self->to,
					   NAME);
		if (!ret)
			continue;
		EXPECT_EQ(MACHDEV_KERN_RESOURCE_SHORTAGE, ret);
		EXPECT_AS_BEFORE();
	}
	EXPECT_EQ(self->to, self->p->receiver);
}

TEST_F(pair, no_memory_to_extract)
{
	static const u32 dispositions[] = {
		MACHDEV_MAKE_SEND, MACHDEV_MAKE_SEND_ONCE, MACHDEV_COPY_SEND,
		MACHDEV_MOVE_SEND, MACHDEV_MOVE_RECEIVE,
	};
	unsigned int i, nth;
	u32 port, type;
	int ret;

	for (i = 0; i < ARRAY_SIZE(dispositions); i++) {
		FOR_EACH_FAILURE(nth) {
			ret = mach_transfer_extract(self->from, self->port,
						    dispositions[i], self->to,
						    &port, &type);
			if (!ret)
				continue;
			EXPECT_EQ(MACHDEV_KERN_RESOURCE_SHORTAGE, ret);
			EXPECT_AS_BEFORE();
		}
		ASSERT_EQ(0, ret);
		mach_transfer_move_back(self->to, port, dispositions[i],
					self->from, self->port);
		mach_space_free_table(self->to);
		EXPECT_AS_BEFORE();
	}
}

TEST_F(pair, what_was_made_in_vain_is_not_counted)
{
	u32 port, type, count = self->p->mscount;

	ASSERT_EQ(0, mach_transfer_extract(self->from, self->port,
					   MACHDEV_MAKE_SEND, self->to, &port,
					   &type));
	EXPECT_EQ(count + 1, self->p->mscount);
	mach_transfer_move_back(self->to, port, MACHDEV_MAKE_SEND, self->from,
				self->port);
	EXPECT_EQ(count, self->p->mscount);
	EXPECT_EQ(0, rights_of(self->to, port));
	EXPECT_AS_BEFORE();
}

TEST_F(pair, a_dead_name_that_was_moved_comes_back)
{
	u32 name = give(self->from, self->port, MACHDEV_MAKE_SEND, self->to);
	u32 port, type;

	destroy(self->from, self->port);
	ASSERT_EQ(0, mach_transfer_extract(self->to, name, MACHDEV_MOVE_SEND,
					   self->from, &port, &type));
	EXPECT_EQ(MACHDEV_NAME_DEAD, port);
	EXPECT_EQ(0, rights_of(self->to, name));
	mach_transfer_move_back(self->from, port, MACHDEV_MOVE_SEND, self->to,
				name);
	EXPECT_EQ(1, refs_of(self->to, name, MACHDEV_RIGHT_DEAD_NAME));
}

TEST_F(pair, a_task_that_is_gone_gets_nothing)
{
	u32 port, type;

	mach_right_destroy_all(self->to, true);
	EXPECT_EQ(MACHDEV_KERN_INVALID_TASK,
		  mach_transfer_insert(self->from, self->port,
				       MACHDEV_MOVE_RECEIVE, self->to, NAME));
	EXPECT_EQ(MACHDEV_KERN_INVALID_TASK,
		  mach_transfer_extract(self->from, self->port,
					MACHDEV_MOVE_RECEIVE, self->to, &port,
					&type));
	EXPECT_AS_BEFORE();
}

TEST_HARNESS_MAIN
