/* SPDX-License-Identifier: GPL-2.0-only */
/* What each test program needs: the harness, and a world of two tasks. */
#ifndef UNIT_H
#define UNIT_H

#include "actor.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kselftest_harness.h"

FIXTURE(world)
{
	struct actor a;		/* who runs */
	struct actor b;
};

FIXTURE_SETUP(world)
{
	world_begin();
	actor_init(&self->b, 2000, 200);
	actor_init(&self->a, 1000, 100);
}

/* A test has failed, too, when something is left. */
FIXTURE_TEARDOWN(world)
{
	actor_exit(&self->b);
	actor_exit(&self->a);
	world_end();
}

static inline unsigned int unit_arm(unsigned int nth)
{
	shim_fail = nth;
	shim_failed = 0;
	return nth;
}

/*
 * Runs what follows with the first allocation failing, the second, and so on,
 * until none does.
 */
#define FOR_EACH_FAILURE(nth) \
	for (nth = unit_arm(1); nth; \
	     nth = unit_arm(shim_failed ? nth + 1 : 0))

#endif /* UNIT_H */
