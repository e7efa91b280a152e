// SPDX-License-Identifier: GPL-2.0-only
/*
 * Say what messages of this system cost, beside other ways to send them.
 *
 * usage: bench [--rounds N] [--runs N] [--apart] [GROUP...]
 *        bench [--rounds N] --profile NAME
 *
 *   --rounds N	samples of a run (300)
 *   --runs N	runs of each measurement (3)
 *   --apart	the server has a processor of its own
 *   --profile N	one run of the round trips of 24 bytes, or the calls, that
 *		have this name; marked for the profiler
 *
 * Without a GROUP all of them run. A figure is in nanoseconds, or in
 * instructions where the clock counts these.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/machdev.h>

#include "harness.h"

struct bench_options bench = {
	.rounds = 300,
	.runs = 3,
};

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {
	{ "fork", bench_fork },
	{ "roundtrip", bench_roundtrip },
	{ "clients", bench_clients },
	{ "calls", bench_calls },
	{ "queue", bench_queue },
	{ "names", bench_names },
	{ "memory", bench_memory },
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

static unsigned int number(const char *text)
{
	char *end;
	unsigned long value = text ? strtoul(text, &end, 10) : 0;

	if (!value || *end || value > 1000000)
		errx(2, "not a number of rounds or runs: %s", text);
	return value;
}

static void run_group(const char *name)
{
	unsigned int i;

	for (i = 0; i < GROUPS; i++) {
		if (!strcmp(groups[i].name, name)) {
			groups[i].run();
			return;
		}
	}
	errx(2, "no such group: %s", name);
}

int main(int argc, char **argv)
{
	const char *profile = NULL;
	unsigned int i;

	while (*++argv && !strncmp(*argv, "--", 2)) {
		if (!strcmp(*argv, "--apart"))
			bench.apart = true;
		else if (!strcmp(*argv, "--rounds"))
			bench.rounds = number(*++argv);
		else if (!strcmp(*argv, "--runs"))
			bench.runs = number(*++argv);
		else if (!strcmp(*argv, "--profile") && argv[1])
			profile = *++argv;
		else
			errx(2, "unknown option %s", *argv);
	}
	(void)argc;
	bench.warmup = 10 + bench.rounds / 10;
	bench.module = !access(MACHDEV_DEVICE, R_OK | W_OK);

	bench_init();

	if (profile) {
		bench.marks = true;
		bench.runs = 1;
		bench_fixed_priority(true);
		if (!bench_profile_roundtrip(profile) &&
		    !bench_profile_call(profile))
			errx(2, "nothing to profile: %s", profile);
		return 0;
	}
	for (i = 0; !*argv && i < GROUPS; i++)
		groups[i].run();
	while (*argv)
		run_group(*argv++);
	return 0;
}
