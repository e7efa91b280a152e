// SPDX-License-Identifier: GPL-2.0-only
/* Memory for names: who pays, and what happens when there is none. */
#include "ledger.h"
#include "space.h"
#include "stat.h"
#include "unit.h"

#define ENTRY sizeof(struct mach_entry)
#define DIRECTORY (MACH_NAMES_HIGH_SEGMENTS * sizeof(struct mach_segment))

static u64 charged(void)
{
	return mach_stat_read(MACHDEV_COUNTER_CHARGED);
}

static int room(struct mach_space *space)
{
	int ret = mach_space_lock_room(space);

	spin_unlock(&space->lock);
	return ret;
}

static int room_for(struct mach_space *space, u32 name)
{
	int ret = mach_space_lock_room_for(space, name);

	spin_unlock(&space->lock);
	return ret;
}

TEST_F(world, a_space_pays_for_its_segments)
{
	struct mach_space *space = &self->a.task.space;

	EXPECT_EQ(0, charged());
	EXPECT_EQ(0, room(space));
	EXPECT_EQ(32 * ENTRY, charged());
	EXPECT_EQ(0, room(space));
	EXPECT_EQ(32 * ENTRY, charged());
	mach_space_free_table(space);
	EXPECT_EQ(0, charged());
}

TEST_F(world, room_for_a_far_name_takes_a_directory)
{
	struct mach_space *space = &self->a.task.space;

	EXPECT_EQ(0, room_for(space, (MACH_NAMES_MAX - 1) << 8 | 3));
	EXPECT_EQ((32 + 4096) * ENTRY + DIRECTORY, charged());
	EXPECT_NE(NULL, mach_names_entry(&space->names, MACH_NAMES_MAX - 1));
	EXPECT_EQ(32, space->names.slots);
}

TEST_F(world, names_that_cannot_be_had_take_no_memory)
{
	struct mach_space *space = &self->a.task.space;

	EXPECT_EQ(0, room_for(space, MACH_NAMES_MAX << 8 | 3));
	EXPECT_EQ(0, room_for(space, 0x102));
	EXPECT_EQ(0, charged());
	EXPECT_EQ(MACHDEV_KERN_NO_SPACE, mach_space_grow(space, MACH_NAMES_MAX));
}

TEST_F(world, a_dead_space_has_no_room)
{
	struct mach_space *space = &self->a.task.space;

	space->dead = true;
	EXPECT_EQ(MACHDEV_KERN_INVALID_TASK, room(space));
	EXPECT_EQ(MACHDEV_KERN_INVALID_TASK, room_for(space, 0x103));
	EXPECT_EQ(0, charged());
}

TEST_F(world, no_memory_for_a_name)
{
	struct mach_space *space = &self->a.task.space;
	unsigned int nth;

	FOR_EACH_FAILURE(nth) {
		EXPECT_EQ(nth > 1 ? 0 : MACHDEV_KERN_RESOURCE_SHORTAGE,
			  room(space));
		EXPECT_EQ(nth > 1 ? 32 * ENTRY : 0, charged());
	}
}

/* Room for a name in another segment than the first, with failures. */
static unsigned int fail_far(struct __test_metadata *_metadata,
			     struct mach_space *space)
{
	unsigned int nth, failed = 0;

	FOR_EACH_FAILURE(nth) {
		if (room_for(space, 100000 << 8 | 3)) {
			failed++;
			EXPECT_EQ(NULL, mach_names_entry(&space->names, 100000));
		}
		mach_space_free_table(space);
		EXPECT_EQ(0, charged());
	}
	return failed;
}

TEST_F(world, no_memory_for_a_far_name)
{
	/* What is larger than a page is looked for in two ways. */
	EXPECT_EQ(1, fail_far(_metadata, &self->a.task.space));
	/* The first segment, a directory, and the one that is wanted. */
	shim_fail_all = true;
	EXPECT_EQ(3, fail_far(_metadata, &self->a.task.space));
	shim_fail_all = false;
}

TEST_F(world, no_bytes_left_in_the_ledger)
{
	struct mach_space *space = &self->a.task.space;
	struct mach_ledger *ledger = mach_space_ledger(space);
	s64 most = ledger->limit - 32 * ENTRY + 1;

	ASSERT_TRUE(mach_ledger_charge(ledger, most));
	EXPECT_EQ(MACHDEV_KERN_RESOURCE_SHORTAGE, room(space));
	EXPECT_EQ(most, charged());
	mach_ledger_uncharge(ledger, 1);
	EXPECT_EQ(0, room(space));
	mach_space_free_table(space);
	mach_ledger_uncharge(ledger, most - 1);
	mach_ledger_put(ledger);
}

static struct mach_space *shared;

static void grow_meanwhile(void)
{
	SHIM_NEVER(mach_space_grow(shared, 0));
}

static void directory_meanwhile(void)
{
	SHIM_NEVER(mach_space_grow(shared, 5000));
}

TEST_F(world, two_threads_add_the_same_segment)
{
	shared = &self->a.task.space;
	shim_meanwhile = grow_meanwhile;
	EXPECT_EQ(0, room(shared));
	EXPECT_EQ(32 * ENTRY, charged());
	EXPECT_EQ(32, shared->names.slots);
}

TEST_F(world, two_threads_add_the_directory)
{
	shared = &self->a.task.space;
	shim_meanwhile = directory_meanwhile;
	EXPECT_EQ(0, mach_space_grow(shared, 5001));
	EXPECT_EQ(4096 * ENTRY + DIRECTORY, charged());
}

TEST_F(world, who_paid_is_paid_back)
{
	struct mach_space *space = &self->a.task.space;
	struct mach_ledger *first = mach_space_ledger(space), *second;

	EXPECT_EQ(0, room(space));
	second = mach_space_ledger(&self->b.task.space);
	mach_space_set_ledger(space, second);
	EXPECT_EQ(0, room_for(space, 40 << 8 | 3));
	EXPECT_EQ(32 * ENTRY, atomic64_read(&first->balance));
	EXPECT_EQ(32 * ENTRY, atomic64_read(&second->balance));
	mach_space_free_table(space);
	EXPECT_EQ(0, atomic64_read(&first->balance));
	EXPECT_EQ(0, atomic64_read(&second->balance));
	mach_ledger_put(first);
	mach_ledger_put(second);
}

TEST_HARNESS_MAIN
