// SPDX-License-Identifier: GPL-2.0-only
/* The arithmetic of ledgers, and whose they are. */
#include "ledger.h"
#include "stat.h"
#include "unit.h"

#define MIB (1l << 20)

/* A user's ledger is below its owner's, which is below that of the machine. */
FIXTURE(chain)
{
	struct mach_ledger top;
	struct mach_ledger middle;
	struct mach_ledger bottom;
};

FIXTURE_SETUP(chain)
{
	self->top.limit = 100;
	self->middle.limit = MACH_LEDGER_UNLIMITED;
	self->middle.parent = &self->top;
	self->bottom.limit = 50;
	self->bottom.parent = &self->middle;
}

FIXTURE_TEARDOWN(chain)
{
}

static s64 balance(const struct mach_ledger *ledger)
{
	return atomic64_read(&ledger->balance);
}

TEST_F(chain, a_charge_is_for_all_above)
{
	ASSERT_TRUE(mach_ledger_charge(&self->bottom, 30));
	ASSERT_TRUE(mach_ledger_charge(&self->middle, 5));
	EXPECT_EQ(30, balance(&self->bottom));
	EXPECT_EQ(35, balance(&self->middle));
	EXPECT_EQ(35, balance(&self->top));
	EXPECT_EQ(35, mach_stat_read(MACHDEV_COUNTER_CHARGED));
	mach_ledger_uncharge(&self->bottom, 30);
	EXPECT_EQ(0, balance(&self->bottom));
	EXPECT_EQ(5, balance(&self->top));
	EXPECT_EQ(5, mach_stat_read(MACHDEV_COUNTER_CHARGED));
}

TEST_F(chain, a_limit_may_be_reached_but_not_passed)
{
	EXPECT_FALSE(mach_ledger_charge(&self->bottom, 51));
	EXPECT_EQ(0, balance(&self->bottom));
	ASSERT_TRUE(mach_ledger_charge(&self->bottom, 50));
	EXPECT_FALSE(mach_ledger_charge(&self->bottom, 1));
	EXPECT_TRUE(mach_ledger_charge(&self->bottom, 0));
	EXPECT_EQ(50, balance(&self->bottom));
	EXPECT_EQ(50, balance(&self->top));
}

TEST_F(chain, a_limit_above_refuses_and_nothing_is_taken)
{
	ASSERT_TRUE(mach_ledger_charge(&self->top, 60));
	EXPECT_FALSE(mach_ledger_charge(&self->bottom, 41));
	EXPECT_EQ(0, balance(&self->bottom));
	EXPECT_EQ(0, balance(&self->middle));
	EXPECT_EQ(60, balance(&self->top));
	EXPECT_EQ(60, mach_stat_read(MACHDEV_COUNTER_CHARGED));
	EXPECT_TRUE(mach_ledger_charge(&self->bottom, 40));
}

TEST_F(chain, what_must_not_fail_goes_past_the_limit)
{
	mach_ledger_charge_force(&self->bottom, 70);
	EXPECT_EQ(70, balance(&self->bottom));
	EXPECT_EQ(70, balance(&self->top));
	EXPECT_FALSE(mach_ledger_charge(&self->bottom, 1));
	mach_ledger_uncharge(&self->bottom, 70);
	EXPECT_TRUE(mach_ledger_charge(&self->bottom, 1));
}

static struct mach_user *find(uid_t uid, struct user_namespace *ns)
{
	struct cred cred = { .uid = { uid }, .user_ns = ns };

	return mach_user_find(&cred);
}

TEST(a_user_has_one_pair)
{
	struct mach_user *user = find(1000, &init_user_ns);
	struct mach_user *again = find(1000, &init_user_ns);
	struct mach_user *other = find(1001, &init_user_ns);

	EXPECT_EQ(user, again);
	EXPECT_NE(user, other);
	EXPECT_EQ(64 * MIB, user->wired.limit);
	EXPECT_EQ(1024 * MIB, user->paged.limit);
	EXPECT_EQ(4, mach_stat_read(MACHDEV_COUNTER_LEDGERS));
	mach_user_put(user);
	mach_user_put(other);
	EXPECT_EQ(2, mach_stat_read(MACHDEV_COUNTER_LEDGERS));
	mach_user_put(again);
	rcu_barrier();
	EXPECT_EQ(0, shim_allocated);
}

TEST(root_has_no_limit)
{
	struct mach_user *root = find(0, &init_user_ns);

	EXPECT_EQ(MACH_LEDGER_UNLIMITED, root->wired.limit);
	EXPECT_EQ(MACH_LEDGER_UNLIMITED, root->paged.limit);
	EXPECT_EQ(NULL, root->owner);
	mach_user_put(root);
}

TEST(whom_a_name_space_made_hangs_below_its_owner)
{
	struct user_namespace outer = { &init_user_ns, { 1000 } };
	struct user_namespace inner = { &outer, { 100001 } };
	struct mach_user *user = find(200002, &inner);

	ASSERT_NE(NULL, user);
	ASSERT_NE(NULL, user->owner);
	EXPECT_EQ(100001, user->owner->uid.val);
	ASSERT_NE(NULL, user->owner->owner);
	EXPECT_EQ(1000, user->owner->owner->uid.val);
	EXPECT_EQ(NULL, user->owner->owner->owner);
	EXPECT_EQ(&user->owner->wired, user->wired.parent);
	EXPECT_EQ(&user->owner->paged, user->paged.parent);
	mach_user_put(user);
	rcu_barrier();
	EXPECT_EQ(0, shim_allocated);
}

TEST(in_ones_own_name_space_one_stays_oneself)
{
	struct user_namespace own = { &init_user_ns, { 1000 } };
	struct user_namespace again = { &own, { 1000 } };
	struct mach_user *user = find(1000, &again);

	EXPECT_EQ(NULL, user->owner);
	mach_user_put(user);
}

TEST(root_hangs_below_nobody)
{
	struct user_namespace ns = { &init_user_ns, { 1000 } };
	struct mach_user *root = find(0, &ns);

	EXPECT_EQ(NULL, root->owner);
	mach_user_put(root);
}

TEST(no_memory_for_one_of_three_users)
{
	struct user_namespace outer = { &init_user_ns, { 1000 } };
	struct user_namespace inner = { &outer, { 100001 } };
	unsigned int nth;

	FOR_EACH_FAILURE(nth) {
		struct mach_user *user = find(200002, &inner);

		EXPECT_EQ(nth > 3, !!user);
		mach_user_put(user);
		rcu_barrier();
		EXPECT_EQ(0, shim_allocated);
		EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_LEDGERS));
	}
}

static struct mach_user *elsewhere;

static void make_elsewhere(void)
{
	elsewhere = find(1000, &init_user_ns);
}

TEST(two_threads_make_the_same_user)
{
	struct mach_user *user;

	shim_meanwhile = make_elsewhere;
	user = find(1000, &init_user_ns);
	EXPECT_EQ(elsewhere, user);
	EXPECT_EQ(2, mach_stat_read(MACHDEV_COUNTER_LEDGERS));
	mach_user_put(user);
	mach_user_put(elsewhere);
	rcu_barrier();
	EXPECT_EQ(0, shim_allocated);
}

TEST(a_ledger_keeps_its_pair)
{
	struct mach_user *user = find(1000, &init_user_ns), *again;

	mach_ledger_get(&user->wired);
	mach_user_put(user);
	again = find(1000, &init_user_ns);
	EXPECT_EQ(user, again);
	mach_user_put(again);
	EXPECT_TRUE(mach_ledger_tryget(&user->paged));
	mach_ledger_put(&user->paged);
	mach_ledger_put(&user->wired);
	/* Still there for who looks under RCU, but not to be had. */
	EXPECT_FALSE(mach_ledger_tryget(&user->wired));
	rcu_barrier();
	EXPECT_EQ(0, shim_allocated);
}

TEST(a_walk_meets_each_user_once)
{
	struct mach_user *users[600], *user;
	struct mach_user_walk walk = { };
	unsigned int met[600] = { 0 }, i;

	for (i = 0; i < ARRAY_SIZE(users); i++)
		users[i] = find(i, &init_user_ns);
	while ((user = mach_user_next(&walk))) {
		ASSERT_GT(ARRAY_SIZE(users), user->uid.val);
		met[user->uid.val]++;
		mach_user_pass(&walk, user);
		mach_user_put(user);
	}
	for (i = 0; i < ARRAY_SIZE(users); i++) {
		EXPECT_EQ(1, met[i]);
		mach_user_put(users[i]);
	}
}

TEST(a_walk_passes_the_greatest_id)
{
	struct mach_user *user = find(-2, &init_user_ns), *met;
	struct mach_user_walk walk = { };

	met = mach_user_next(&walk);
	ASSERT_EQ(user, met);
	mach_user_pass(&walk, met);
	mach_user_put(met);
	EXPECT_EQ(NULL, mach_user_next(&walk));
	mach_user_put(user);
}

TEST_HARNESS_MAIN
