// SPDX-License-Identifier: GPL-2.0-only
/*
 * A short model check: operations from fixed seeds on the device and in the
 * reference model, whose results and states have to agree. `make model` runs
 * as many as wanted.
 */
#include "mach_test.h"

#include "model/run.h"

#define STEPS 10000
#define SEEDS 6
/* Enough to see what it is about, within the time of a program. */
#define REPLAYS 60

static struct reached reached;

static bool run_seed(struct run *run, uint64_t seed)
{
	if (run_random(run, seed, STEPS))
		return true;
	run_shrink(run, REPLAYS);
	run_print(run, stdout);
	return false;
}

TEST(agrees_and_comes_everywhere)
{
	struct run *run = run_new();
	uint64_t seed;

	ASSERT_NE(NULL, run);
	for (seed = 1; seed <= SEEDS; seed++) {
		ASSERT_TRUE(run_seed(run, seed))
			TH_LOG("seed %llu", (unsigned long long)seed);
	}
	reached_add(&reached, &run->reached);
	EXPECT_EQ(0, reached_missing(&reached, stdout));
	EXPECT_LE(256, run->most_names);
}

MACH_TEST_MAIN
