// SPDX-License-Identifier: GPL-2.0-only
/* Times, samples and figures. */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "mark.h"

#define NAME_WIDTH 40

void bench_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "bench: %s:%d: %s: %s\n", file, line, what,
		strerror(errno));
	exit(1);
}

uint64_t bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Sorts. */
static uint64_t median(uint64_t *samples, size_t count)
{
	qsort(samples, count, sizeof(*samples), compare);
	return samples[count / 2];
}

static void take(uint64_t *samples, size_t count,
		 void (*call)(void *argument), void *argument)
{
	size_t i;

	for (i = 0; i < count; i++) {
		uint64_t begin = bench_now();

		call(argument);
		samples[i] = bench_now() - begin;
	}
}

static void nothing(void *argument)
{
	(void)argument;
}

/* What a sample of nothing shows. */
static uint64_t overhead(void)
{
	uint64_t samples[101];

	take(samples, 101, nothing, NULL);
	return median(samples, 101);
}

void bench_time(uint64_t *samples, void (*call)(void *argument),
		void *argument)
{
	uint64_t clock = overhead();
	unsigned int i;

	for (i = 0; i < bench.warmup; i++)
		call(argument);
	if (bench.marks)
		mark_begin();
	take(samples, bench.rounds, call, argument);
	if (bench.marks)
		mark_end();
	for (i = 0; i < bench.rounds; i++)
		samples[i] -= samples[i] < clock ? samples[i] : clock;
}

struct figure figure_new(unsigned int runs, size_t per_run)
{
	struct figure figure = { .runs = runs, .count = runs * per_run };

	figure.samples = mmap(NULL, figure.count * sizeof(uint64_t),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	must(figure.samples != MAP_FAILED);
	return figure;
}

uint64_t *figure_run(struct figure *figure, unsigned int run)
{
	return figure->samples + figure->count / figure->runs * run;
}

void figure_group(const char *format, ...)
{
	char heading[80];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(heading, sizeof(heading), format, arguments);
	va_end(arguments);
	printf("\n%-*s %10s %10s %8s\n", NAME_WIDTH, heading, "median", "p99",
	       "spread");
}

void figure_print(struct figure *figure, const char *name)
{
	size_t per_run = figure->count / figure->runs;
	uint64_t low = UINT64_MAX, high = 0, middle;
	unsigned int i;

	for (i = 0; i < figure->runs; i++) {
		uint64_t one = median(figure_run(figure, i), per_run);

		low = one < low ? one : low;
		high = one > high ? one : high;
	}
	middle = median(figure->samples, figure->count);
	printf("  %-*s %10llu %10llu %7.2f%%\n", NAME_WIDTH - 2, name,
	       (unsigned long long)middle,
	       (unsigned long long)figure->samples[figure->count * 99 / 100],
	       middle ? (high - low) * 100.0 / middle : 0.0);
	fflush(stdout);
	munmap(figure->samples, figure->count * sizeof(uint64_t));
}

void figure_plain(const char *name, uint64_t value, const char *unit)
{
	printf("  %-*s %10llu %s\n", NAME_WIDTH - 2, name,
	       (unsigned long long)value, unit);
	fflush(stdout);
}

void bench_fixed_priority(bool fixed)
{
	struct sched_param param = { .sched_priority = fixed ? 1 : 0 };

	must(!sched_setscheduler(0, fixed ? SCHED_FIFO : SCHED_OTHER, &param));
}

/* The processors of the first process: who is pinned sees but one. */
static cpu_set_t all;

void bench_init(void)
{
	must(!sched_getaffinity(0, sizeof(all), &all));
}

void bench_pin(unsigned int nth)
{
	unsigned int cpu;
	cpu_set_t one;

	must(nth < (unsigned int)CPU_COUNT(&all));
	for (cpu = 0; ; cpu++) {
		if (CPU_ISSET(cpu, &all) && !nth--)
			break;
	}
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	must(!sched_setaffinity(0, sizeof(one), &one));
}

void bench_in_child(void (*body)(void *argument), void *argument)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	must(pid >= 0);
	if (!pid) {
		must(!prctl(PR_SET_PDEATHSIG, SIGKILL));
		body(argument);
		exit(0);
	}
	must(waitpid(pid, &status, 0) == pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		exit(1);
}

/* One run of bench_figure(). */
struct timed {
	uint64_t *samples;
	void (*prepare)(void);
	void (*call)(void *argument);
};

static void time_it(void *argument)
{
	struct timed *timed = argument;

	bench_pin(0);
	if (timed->prepare)
		timed->prepare();
	bench_time(timed->samples, timed->call, NULL);
}

void bench_figure(const char *name, void (*prepare)(void),
		  void (*call)(void *argument))
{
	struct figure figure = figure_new(bench.runs, bench.rounds);
	unsigned int run;

	for (run = 0; run < bench.runs; run++) {
		struct timed timed = {
			.samples = figure_run(&figure, run),
			.prepare = prepare,
			.call = call,
		};

		bench_in_child(time_it, &timed);
	}
	figure_print(&figure, name);
}
