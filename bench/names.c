// SPDX-License-Identifier: GPL-2.0-only
/* Port names, in spaces that have few or many of them. */
#include <stdlib.h>

#include "mach.h"

static unsigned int others;
static mach_port_t *names;	/* made by what is timed */
static mach_port_t *known;	/* there all the time */
static unsigned int next;

/* A number below @limit that looks random and is the same in each run. */
static unsigned int arbitrary(unsigned int limit)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return (uint64_t)state * limit >> 32;
}

static mach_port_t make(void)
{
	mach_port_t name;

	must_mach(mach_port_allocate(mach_task_self(),
				     MACH_PORT_RIGHT_RECEIVE, &name));
	return name;
}

static void prepare(void)
{
	unsigned int i;

	next = 0;
	names = calloc(bench.warmup + bench.rounds, sizeof(*names));
	known = calloc(others, sizeof(*known));
	must(names && known);
	for (i = 0; i < others; i++)
		known[i] = make();
}

static void call_allocate(void *unused)
{
	(void)unused;
	names[next++] = make();
}

static void prepare_deallocate(void)
{
	prepare();
	while (next < bench.warmup + bench.rounds)
		names[next++] = make();
}

static void call_deallocate(void *unused)
{
	(void)unused;
	must_mach(mach_port_mod_refs(mach_task_self(), names[--next],
				     MACH_PORT_RIGHT_RECEIVE, -1));
}

static void call_look_up(void *unused)
{
	mach_port_type_t type;

	(void)unused;
	must_mach(mach_port_type(mach_task_self(), known[arbitrary(others)],
				 &type));
	must(type == MACH_PORT_TYPE_RECEIVE);
}

void bench_names(void)
{
	static const unsigned int sizes[] = { 10, 1000, 100000 };
	unsigned int i;

	if (!bench.module)
		return;
	bench_fixed_priority(true);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		others = sizes[i];
		/* A short run shall stay one. */
		if (others > 1000 * bench.rounds)
			break;
		figure_group("a name among %u", others);
		bench_figure("mach_port_type", prepare, call_look_up);
		bench_figure("mach_port_allocate", prepare, call_allocate);
		bench_figure("mach_port_mod_refs, to none", prepare_deallocate,
			     call_deallocate);
	}
	bench_fixed_priority(false);
}
