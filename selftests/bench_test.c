// SPDX-License-Identifier: GPL-2.0-only
/*
 * The benchmarks still run. Nothing is said of their figures here: a short run
 * of each, to whose end each call in it has to succeed.
 */
#include "mach_test.h"

#define PROGRAM "../bench/bench --rounds 10 --runs 1 "

/* Figures that a group prints, -1 when it fails. */
static int figures(const char *group)
{
	char command[128], line[256];
	int number = 0;
	FILE *output;

	snprintf(command, sizeof(command), "%s%s", PROGRAM, group);
	output = popen(command, "r");
	if (!output)
		return -1;
	while (fgets(line, sizeof(line), output)) {
		number += line[0] == ' ';
		printf("# %s", line);
	}
	return pclose(output) ? -1 : number;
}

/* The least numbers: a kernel may lack binder. */

TEST(forks_are_timed)
{
	EXPECT_EQ(2, figures("fork"));
}

TEST(round_trips_are_timed)
{
	EXPECT_LE(35, figures("roundtrip"));
}

TEST(many_clients_are_timed)
{
	EXPECT_LE(6, figures("clients"));
}

TEST(calls_are_timed)
{
	EXPECT_EQ(6, figures("calls"));
}

TEST(queues_are_timed)
{
	EXPECT_EQ(6, figures("queue"));
}

TEST(names_are_timed)
{
	EXPECT_LE(6, figures("names"));
}

TEST(memory_is_measured)
{
	EXPECT_EQ(3, figures("memory"));
}

TEST(an_unknown_group_is_refused)
{
	EXPECT_EQ(-1, figures("none"));
}

MACH_TEST_MAIN
