// SPDX-License-Identifier: GPL-2.0-only
/* The table of names, without locks, rights or memory of the kernel. */
#include "name.h"
#include "unit.h"

FIXTURE(table)
{
	struct mach_names names;
	struct mach_segment high[MACH_NAMES_HIGH_SEGMENTS];
};

FIXTURE_SETUP(table)
{
}

FIXTURE_TEARDOWN(table)
{
	unsigned int i;

	for (i = 0; i < MACH_NAMES_LOW_SEGMENTS; i++)
		free(self->names.low[i].entries);
	for (i = 0; i < MACH_NAMES_HIGH_SEGMENTS; i++)
		free(self->high[i].entries);
}

static void add(struct mach_names *names, unsigned int segment)
{
	mach_names_segment(names, segment)->entries =
		calloc(mach_names_segment_slots(segment),
		       sizeof(struct mach_entry));
	mach_names_extend(names, segment);
}

/* A name that denotes a right to a port, which is only an address here. */
static u32 take(struct mach_names *names, struct mach_port *port)
{
	struct mach_entry *entry;
	u32 name;
	int ret;

	while ((ret = mach_names_prepare(names))) {
		if (ret == MACH_NAMES_GROW)
			add(names, mach_names_segment_of(names->slots));
		else if (ret != -EAGAIN)
			return 0;
	}
	entry = mach_names_take(names, &name);
	entry->rights = MACH_ENTRY_SEND;
	entry->port = port;
	return name;
}

static struct mach_port *port_at(u32 n)
{
	return (struct mach_port *)(0x10000ul + n * 0x140ul);
}

TEST(every_index_is_in_the_segment_that_it_is_said_to_be_in)
{
	u32 index = 0, i;

	for (i = 0; i < MACH_NAMES_SEGMENTS; i++) {
		u32 slots = mach_names_segment_slots(i);

		ASSERT_EQ(index, mach_names_segment_first(i));
		ASSERT_EQ(i, mach_names_segment_of(index));
		ASSERT_EQ(i, mach_names_segment_of(index + slots / 2));
		ASSERT_EQ(i, mach_names_segment_of(index + slots - 1));
		index += slots;
	}
	ASSERT_EQ(MACH_NAMES_MAX, index);
	ASSERT_EQ(MACH_NAMES_SEGMENTS, mach_names_segment_of(index));
}

TEST_F(table, an_index_leads_to_its_entry)
{
	u32 i, first;

	self->names.high = self->high;
	for (i = 0; i < MACH_NAMES_LOW_SEGMENTS + 3; i++)
		add(&self->names, i);
	for (i = 0; i < MACH_NAMES_LOW_SEGMENTS + 3; i++) {
		struct mach_segment *s = mach_names_segment(&self->names, i);

		first = mach_names_segment_first(i);
		ASSERT_EQ(s->entries, mach_names_entry(&self->names, first));
		first += mach_names_segment_slots(i) - 1;
		ASSERT_EQ(s->entries + mach_names_segment_slots(i) - 1,
			  mach_names_entry(&self->names, first));
	}
}

TEST_F(table, an_index_beyond_the_table_leads_nowhere)
{
	static const u32 beyond[] = {
		32, 4095, 4096, MACH_NAMES_MAX - 1, MACH_NAMES_MAX,
		MACH_NAMES_MAX + 1, 0xffffff, U32_MAX,
	};
	unsigned int i;

	add(&self->names, 0);
	for (i = 0; i < ARRAY_SIZE(beyond); i++)
		EXPECT_EQ(NULL, mach_names_entry(&self->names, beyond[i]));
	self->names.high = self->high;
	for (i = 0; i < ARRAY_SIZE(beyond); i++)
		EXPECT_EQ(NULL, mach_names_entry(&self->names, beyond[i]));
}

TEST_F(table, an_empty_table_has_no_names)
{
	EXPECT_EQ(NULL, mach_names_lookup(&self->names, 0x103));
	EXPECT_EQ(0, mach_names_find(&self->names, port_at(0)));
	EXPECT_EQ(MACH_NAMES_GROW, mach_names_prepare(&self->names));
}

TEST_F(table, names_rise_and_index_0_is_never_used)
{
	u32 i;

	for (i = 1; i < 200; i++)
		ASSERT_EQ(i << 8 | 3, take(&self->names, port_at(i)));
}

TEST_F(table, a_freed_name_is_stale)
{
	u32 name = take(&self->names, port_at(0));

	ASSERT_NE(NULL, mach_names_lookup(&self->names, name));
	mach_names_free(&self->names, name);
	EXPECT_EQ(NULL, mach_names_lookup(&self->names, name));
	EXPECT_EQ(0, self->names.used);
	EXPECT_EQ(name + 4, take(&self->names, port_at(0)));
	EXPECT_EQ(NULL, mach_names_lookup(&self->names, name));
}

TEST_F(table, what_was_freed_first_is_used_first)
{
	u32 a = take(&self->names, port_at(0));
	u32 b = take(&self->names, port_at(1));
	u32 c = take(&self->names, port_at(2));

	mach_names_free(&self->names, b);
	mach_names_free(&self->names, c);
	mach_names_free(&self->names, a);
	EXPECT_EQ(b + 4, take(&self->names, port_at(0)));
	EXPECT_EQ(c + 4, take(&self->names, port_at(1)));
	EXPECT_EQ(a + 4, take(&self->names, port_at(2)));
}

TEST_F(table, a_generation_goes_round_with_its_low_bits_set)
{
	u32 name = take(&self->names, port_at(0)), i;
	bool seen[256] = { false };

	for (i = 0; i < 64; i++) {
		ASSERT_EQ(3, name & 3);
		ASSERT_FALSE(seen[(u8)name]);
		seen[(u8)name] = true;
		mach_names_free(&self->names, name);
		name = take(&self->names, port_at(0));
	}
	EXPECT_EQ(0x103, name);
}

TEST_F(table, a_name_can_be_chosen)
{
	struct mach_entry *entry;

	add(&self->names, 0);
	ASSERT_EQ(0, mach_names_take_named(&self->names, 0x5c7, &entry));
	EXPECT_EQ(0xc7, entry->generation);
	entry->rights = MACH_ENTRY_SEND;
	EXPECT_EQ(entry, mach_names_lookup(&self->names, 0x5c7));
	EXPECT_EQ(-EEXIST,
		  mach_names_take_named(&self->names, 0x5c7, &entry));
	EXPECT_EQ(-EBUSY, mach_names_take_named(&self->names, 0x503, &entry));
	EXPECT_EQ(-EBUSY, mach_names_take_named(&self->names, 0x03, &entry));
	EXPECT_EQ(-ENOSPC,
		  mach_names_take_named(&self->names, MACH_NAMES_MAX << 8 | 3,
					&entry));
	EXPECT_EQ(MACH_NAMES_GROW,
		  mach_names_take_named(&self->names, 32 << 8 | 3, &entry));
	EXPECT_EQ(1, self->names.used);
}

TEST_F(table, a_chosen_name_leaves_the_free_ones)
{
	u32 a = take(&self->names, port_at(0));
	u32 b = take(&self->names, port_at(1));
	struct mach_entry *entry;

	mach_names_free(&self->names, a);
	mach_names_free(&self->names, b);
	ASSERT_EQ(0, mach_names_take_named(&self->names, a, &entry));
	entry->rights = MACH_ENTRY_SEND;
	EXPECT_EQ(b + 4, take(&self->names, port_at(1)));
	EXPECT_EQ(0x303, take(&self->names, port_at(2)));
}

TEST_F(table, chosen_names_are_passed_over)
{
	struct mach_entry *entry;
	u32 i;

	add(&self->names, 0);
	for (i = 1; i < 10; i++) {
		ASSERT_EQ(0, mach_names_take_named(&self->names, i << 8 | 7,
						   &entry));
		entry->rights = MACH_ENTRY_SEND;
	}
	EXPECT_EQ(0xa03, take(&self->names, port_at(0)));
}

TEST_F(table, many_chosen_names_are_passed_over_in_steps)
{
	struct mach_entry *entry;
	u32 i, again = 0;

	self->names.high = self->high;
	for (i = 0; i < MACH_NAMES_LOW_SEGMENTS + 3; i++)
		add(&self->names, i);
	for (i = 1; i < 10000; i++) {
		ASSERT_EQ(0, mach_names_take_named(&self->names, i << 8 | 3,
						   &entry));
		entry->rights = MACH_ENTRY_SEND;
	}
	while (mach_names_prepare(&self->names) == -EAGAIN)
		again++;
	EXPECT_EQ(2, again);
	EXPECT_EQ(10000 << 8 | 3, take(&self->names, port_at(0)));
}

TEST_F(table, a_gap_is_filled_before_the_table_counts_as_larger)
{
	add(&self->names, 2);
	EXPECT_EQ(0, self->names.slots);
	add(&self->names, 0);
	EXPECT_EQ(32, self->names.slots);
	add(&self->names, 1);
	EXPECT_EQ(128, self->names.slots);
}

TEST_F(table, a_full_table_says_so)
{
	add(&self->names, 0);
	self->names.slots = MACH_NAMES_MAX;
	self->names.fresh = MACH_NAMES_MAX;
	EXPECT_EQ(-ENOSPC, mach_names_prepare(&self->names));
}

TEST_F(table, a_port_is_found_as_long_as_it_is_hashed)
{
	u32 names[3000], i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		names[i] = take(&self->names, port_at(i));
		mach_names_hash(&self->names, names[i]);
	}
	ASSERT_EQ(ARRAY_SIZE(names), self->names.hashed);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		ASSERT_EQ(names[i], mach_names_find(&self->names, port_at(i)));
	for (i = 0; i < ARRAY_SIZE(names); i += 2)
		mach_names_unhash(&self->names, names[i]);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		ASSERT_EQ(i % 2 ? names[i] : 0,
			  mach_names_find(&self->names, port_at(i)));
}

/* The table does the same as an array that knows all. */
TEST_F(table, thousands_of_random_steps)
{
	u32 names[500] = { 0 }, used = 0, step, seed = 1;

	for (step = 0; step < 50000; step++) {
		u32 i;

		seed = seed * 1103515245 + 12345;
		i = (seed >> 8) % ARRAY_SIZE(names);
		if (names[i]) {
			ASSERT_EQ(names[i],
				  mach_names_find(&self->names, port_at(i)));
			mach_names_unhash(&self->names, names[i]);
			mach_names_free(&self->names, names[i]);
			ASSERT_EQ(NULL,
				  mach_names_lookup(&self->names, names[i]));
			names[i] = 0;
			used--;
		} else {
			names[i] = take(&self->names, port_at(i));
			ASSERT_NE(0, names[i]);
			mach_names_hash(&self->names, names[i]);
			used++;
		}
		ASSERT_EQ(used, self->names.used);
		ASSERT_EQ(used, self->names.hashed);
	}
}

TEST_HARNESS_MAIN
