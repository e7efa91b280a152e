// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child that is forked, exits at once and is waited for. What its exit leaves
 * to be done by work items counts, too: a sample is that of many children,
 * and of waiting until all is done.
 */
#include <sys/wait.h>
#include <unistd.h>

#include <machdev.h>

#include "mach.h"

#define CHILDREN 50

static void one_child(void)
{
	int status;
	pid_t pid = fork();

	must(pid >= 0);
	if (!pid)
		_exit(0);
	must(waitpid(pid, &status, 0) == pid && !status);
}

static void call_fork(void *sync)
{
	unsigned int i;

	for (i = 0; i < CHILDREN; i++)
		one_child();
	if (sync)
		must_mach(machdev_sync());
}

/* One run. */
struct run {
	uint64_t *samples;
	bool mach;
};

static void run_fork(void *argument)
{
	const struct run *run = argument;
	unsigned int i;

	bench_pin(0);
	if (run->mach)
		must(mach_task_self() != MACH_PORT_NULL);
	bench_time(run->samples, call_fork, run->mach ? &bench : NULL);
	for (i = 0; i < bench.rounds; i++)
		run->samples[i] /= CHILDREN;
}

static void forks(const char *name, bool mach)
{
	struct bench_options whole = bench;
	struct figure figure;
	unsigned int i;

	bench.warmup = 1 + bench.warmup / 10;
	bench.rounds = 1 + bench.rounds / 10;
	figure = figure_new(bench.runs, bench.rounds);
	for (i = 0; i < bench.runs; i++) {
		struct run run = {
			.samples = figure_run(&figure, i),
			.mach = mach,
		};

		bench_in_child(run_fork, &run);
	}
	figure_print(&figure, name);
	bench = whole;
}

void bench_fork(void)
{
	figure_group("fork, exit and wait");
	if (!bench.module) {
		forks("module not loaded", false);
		return;
	}
	forks("module loaded, without Mach state", false);
	forks("with Mach state", true);
}
