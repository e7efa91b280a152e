// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compare device and model over random operations.
 *
 * usage: model [--seed N] [--steps N] [--replays N] [--jobs N]
 *
 * The steps are made in runs of at most RUN_STEPS from a fresh start, of which
 * each is a test; so many at a time, as many as there are processors without
 * --jobs. When one fails it is shrunk and printed, and no other is made.
 * Shrinking ends after so many replays (400). The last line is the sum.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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
	fprintf(stderr, "usage: model [--seed N] [--steps N] [--replays N] [--jobs N]\n");
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

/* As many as there are processors, but no more than this. */
#define JOBS_MOST 16

struct sum {
	uint64_t seed;
	uint64_t steps;
	uint64_t replays;
	uint64_t done;
	uint64_t checks;
	uint32_t most_names;
	uint64_t start;
	uint64_t jobs;
	struct run *run[JOBS_MOST];
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
		{ "jobs", required_argument, NULL, 'j' },
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
		case 'j':
			sum->jobs = number(optarg);
			break;
		default:
			usage();
		}
	}
	if (optind != argc)
		usage();
}

/* What a process did, or what it would do. */
static void sum_add(struct sum *sum, const struct run *run)
{
	sum->done += run->steps;
	sum->checks += run->checks;
	if (run->most_names > sum->most_names)
		sum->most_names = run->most_names;
	reached_add(&sum->reached, &run->reached);
	if (run->failed)
		sum->failed++;
	else
		sum->passed++;
}

static void report(struct sum *sum, struct run *run)
{
	printf("seed %llu differs at step %u:\n%s",
	       (unsigned long long)run->seed, run->failed_step + 1,
	       run->report);
	printf("again: model --seed %llu --steps %u\n",
	       (unsigned long long)run->seed, RUN_STEPS);
	if (!sum->replays)
		return;
	printf("shrinking\n");
	run->together = false;
	run_shrink(run, sum->replays);
	run_print(run, stdout);
}

static void run_begin(struct run *run, uint64_t seed, uint32_t steps)
{
	memset(&run->reached, 0, sizeof(run->reached));
	run->checks = 0;
	run->most_names = 0;
	run->seed = seed;
	run->steps = steps;
	run->together = true;
	/* Unless it comes to an end. */
	run->failed = true;
	run->failed_step = steps;
	strcpy(run->report, "the process that ran it has ended\n");
}

/* Runs at the same time, each in a process of its own. */
static unsigned int runs_make(struct sum *sum)
{
	uint64_t given = sum->done;
	unsigned int i;
	pid_t pid;

	for (i = 0; i < sum->jobs && given < sum->steps; i++) {
		struct run *run = sum->run[i];
		uint64_t left = sum->steps - given;

		run_begin(run, sum->seed + given / RUN_STEPS,
			  left < RUN_STEPS ? left : RUN_STEPS);
		given += run->steps;
		pid = fork();
		if (!pid)
			_exit(run_random(run, run->seed, run->steps) ? 0 : 1);
	}
	while (wait(NULL) >= 0 || errno == EINTR)
		;
	return i;
}

/* Which of them has left something behind? */
static void runs_blame(struct sum *sum, unsigned int count,
		       const struct counters *before,
		       const struct counters *after)
{
	struct run *run = sum->run[0];
	uint64_t seed = run->seed;
	unsigned int i;

	sum->failed++;
	run->report[0] = 0;
	counters_compare(run, before, after);
	printf("seeds %llu to %llu:\n%s", (unsigned long long)seed,
	       (unsigned long long)(seed + count - 1), run->report);
	for (i = 0; i < count; i++) {
		run_begin(run, seed + i, RUN_STEPS);
		run->together = false;
		if (!run_random(run, seed + i, RUN_STEPS)) {
			report(sum, run);
			return;
		}
	}
}

/* Did all agree, and was nothing left behind? */
static bool one_round(struct sum *sum)
{
	struct counters before, after;
	bool agreed = true, read;
	unsigned int i, count;

	read = counters_read(&before);
	count = runs_make(sum);
	read = read && counters_read(&after);
	for (i = 0; i < count; i++)
		sum_add(sum, sum->run[i]);
	for (i = 0; i < count && agreed; i++) {
		agreed = !sum->run[i]->failed;
		if (!agreed)
			report(sum, sum->run[i]);
	}
	if (!agreed)
		return false;
	if (read && !memcmp(&before, &after, sizeof(before)))
		return true;
	if (read)
		runs_blame(sum, count, &before, &after);
	else
		printf("there is no device\n");
	sum->failed += !read;
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

static bool prepare(struct sum *sum)
{
	unsigned int i;

	if (sum->jobs < 1 || sum->jobs > JOBS_MOST)
		sum->jobs = JOBS_MOST;
	for (i = 0; i < sum->jobs; i++) {
		sum->run[i] = run_new();
		if (!sum->run[i])
			return false;
	}
	/* With Mach state of its own, all children have it from the start. */
	return mach_task_self() != MACH_PORT_NULL;
}

int main(int argc, char **argv)
{
	static struct sum sum = { .steps = 20000, .replays = 400 };
	uint64_t shown = 0;

	sum.seed = time(NULL);
	sum.jobs = sysconf(_SC_NPROCESSORS_ONLN);
	options(argc, argv, &sum);
	if (!prepare(&sum)) {
		fprintf(stderr, "model: no memory, or no device\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sum.start = now_ms();
	printf("seed %llu\n", (unsigned long long)sum.seed);
	while (sum.done < sum.steps && one_round(&sum)) {
		if (sum.done - shown < 50000 && sum.done < sum.steps)
			continue;
		shown = sum.done;
		progress(&sum);
	}
	verdict(&sum);
	printf("%u passed, %u failed\n", sum.passed, sum.failed);
	return sum.failed ? 1 : 0;
}
