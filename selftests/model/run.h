/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs: tasks that carry out operations one after the other, on the device and
 * in the model, and compare.
 *
 * There is no process that orders them about. All of them see the model and
 * the list, and whoever's turn it is goes on until it is another's.
 */
#ifndef RUN_H
#define RUN_H

#include <machdev.h>

#include "operation.h"

/* The most steps from one fresh start. */
#define RUN_STEPS 10000
#define RUN_CODES 32
#define RUN_REPORT 4096

/* How often each row gave each code, and what messages have carried. */
struct reached {
	int64_t code[ROWS_MOST][RUN_CODES];
	uint64_t count[ROWS_MOST][RUN_CODES];
	uint64_t carried[CARRIED_KINDS][FATES];
};

/* What exists in the module at the moment. */
#define LIVE_COUNTERS (MACHDEV_COUNTER_QUEUED + 1)

struct counters {
	uint64_t value[LIVE_COUNTERS];
};

struct run {
	uint32_t turn;			/* task, or RUN_SUPERVISOR; a futex */
	bool replay;			/* the list is there already */
	bool together;			/* others count in the counters, too */
	uint64_t seed;
	uint32_t steps;
	uint32_t next;			/* the step that comes next */
	bool failed;
	uint32_t failed_step;
	char report[RUN_REPORT];	/* what did not agree */
	uint32_t most_names;
	uint64_t checks;		/* calls made to look at names */
	struct reached reached;
	uint32_t made[MODEL_OUTPUTS * (RUN_STEPS + 1)]; /* names, by origin */
	struct operation operation[RUN_STEPS];
	struct model model;
};

/* When all that has exited is gone: could they be read? */
bool counters_read(struct counters *counters);
/* What has been left behind goes to the report: is there nothing? */
bool counters_compare(struct run *run, const struct counters *before,
		      const struct counters *after);

/* A run in memory that children share; null when there is none. */
struct run *run_new(void);

/* Make up @steps operations from @seed: did device and model agree? */
bool run_random(struct run *run, uint64_t seed, uint32_t steps);
/* Carry out @count operations: did they agree? */
bool run_list(struct run *run, const struct operation *operation,
	      uint32_t count);

/* Leave out of the run that failed what it can fail without, by replays. */
void run_shrink(struct run *run, uint64_t replays);
/* The operations up to the one that failed, and what did not agree. */
void run_print(const struct run *run, FILE *file);

void reached_add(struct reached *to, const struct reached *from);
void reached_print(const struct reached *reached, FILE *file);
/* How many results and fates that must be seen were not? They are printed. */
unsigned int reached_missing(const struct reached *reached, FILE *file);

#endif /* RUN_H */
