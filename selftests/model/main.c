// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compare device and model over random operations.
 *
 * usage: model [--seed N] [--steps N] [--replays N]
 *
 * The steps are made in runs of at most RUN_STEPS from a fresh start, of which
 * each is a test. When one fails it is shrunk and printed, and no other is
 * made. Shrinking ends after so many replays (400). The last line is the sum.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static void usage(void)
{
	fprintf(stderr, "usage: model [--seed N] [--steps N] [--replays N]\n");
	exit(2);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (!*text || *end)
		usage();
	return value;
}

struct sum {
	uint64_t seed;
	uint64_t steps;
	uint64_t replays;
	uint64_t done;
	uint64_t checks;
	uint32_t most_names;
	uint64_t start;
	unsigned int passed;
	unsigned int failed;
	struct reached reached;
};

static void options(int argc, char **argv, struct sum *sum)
{
	static const struct option known[] = {
		{ "seed", required_argument, NULL, 'e' },
		{ "steps", required_argument, NULL, 't' },
		{ "replays", required_argument, NULL, 'r' },
		{ },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'e':
			sum->seed = number(optarg);
			break;
		case 't':
			sum->steps = number(optarg);
			break;
		case 'r':
			sum->replays = number(optarg);
			break;
		default:
			usage();
		}
	}
	if (optind != argc)
		usage();
}

/* The run that starts with step @sum->done; seeds are counted. */
static bool one_run(struct run *run, struct sum *sum)
{
	uint64_t seed = sum->seed + sum->done / RUN_STEPS;
	uint64_t left = sum->steps - sum->done;
	bool agreed;

	memset(&run->reached, 0, sizeof(run->reached));
	run->checks = 0;
	run->most_names = 0;
	agreed = run_random(run, seed, left < RUN_STEPS ? left : RUN_STEPS);
	sum->done += run->steps;
	sum->checks += run->checks;
	if (run->most_names > sum->most_names)
		sum->most_names = run->most_names;
	reached_add(&sum->reached, &run->reached);
	if (agreed) {
		sum->passed++;
		return true;
	}
	sum->failed++;
	printf("seed %llu differs at step %u:\n%s",
	       (unsigned long long)seed, run->failed_step + 1, run->report);
	if (sum->replays) {
		printf("shrinking\n");
		run_shrink(run, sum->replays);
		run_print(run, stdout);
	}
	printf("again: model --seed %llu --steps %u\n",
	       (unsigned long long)seed, RUN_STEPS);
	return false;
}

static void progress(const struct sum *sum)
{
	uint64_t ms = now_ms() - sum->start;

	printf("%llu of %llu steps, %llu s, %llu a second\n",
	       (unsigned long long)sum->done, (unsigned long long)sum->steps,
	       (unsigned long long)ms / 1000,
	       (unsigned long long)(sum->done * 1000 / (ms ? ms : 1)));
}

/* A run this long has to have come everywhere. */
#define ENOUGH_STEPS 100000
#define ENOUGH_NAMES 256

static void verdict(struct sum *sum)
{
	reached_print(&sum->reached, stdout);
	printf("%u names at most, %llu calls to compare\n", sum->most_names,
	       (unsigned long long)sum->checks);
	if (sum->failed || sum->done < ENOUGH_STEPS)
		return;
	sum->failed += reached_missing(&sum->reached, stdout);
	if (sum->most_names < ENOUGH_NAMES) {
		printf("fewer than %d names\n", ENOUGH_NAMES);
		sum->failed++;
	}
}

int main(int argc, char **argv)
{
	static struct sum sum = { .steps = 20000, .replays = 400 };
	struct run *run = run_new();

	sum.seed = time(NULL);
	options(argc, argv, &sum);
	if (!run) {
		fprintf(stderr, "model: no memory\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sum.start = now_ms();
	printf("seed %llu\n", (unsigned long long)sum.seed);
	while (sum.done < sum.steps && one_run(run, &sum)) {
		if (sum.done % (5 * RUN_STEPS) == 0 || sum.done == sum.steps)
			progress(&sum);
	}
	verdict(&sum);
	printf("%u passed, %u failed\n", sum.passed, sum.failed);
	return sum.failed ? 1 : 0;
}
