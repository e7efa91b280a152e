// SPDX-License-Identifier: GPL-2.0-only
/* Tasks that carry out operations by turns. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/futex.h>

#include <machdev.h>

#include "compare.h"

#define RUN_SUPERVISOR UINT32_MAX

/* Steps between looks at all names, and at all that is known of them. */
#define SPACE_EVERY 50
#define NAMES_EVERY 1000

struct run *run_new(void)
{
	struct run *run = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return run == MAP_FAILED ? NULL : run;
}

/*
 * Turns
 */

static void turn_pass(struct run *run, uint32_t to)
{
	__atomic_store_n(&run->turn, to, __ATOMIC_RELEASE);
	syscall(SYS_futex, &run->turn, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Wait for it a while: is it there? */
static bool turn_wait(struct run *run, uint32_t whose)
{
	const struct timespec while_waiting = { .tv_sec = 1 };
	uint32_t turn = __atomic_load_n(&run->turn, __ATOMIC_ACQUIRE);

	if (turn == whose)
		return true;
	syscall(SYS_futex, &run->turn, FUTEX_WAIT, turn, &while_waiting, NULL,
		0);
	return __atomic_load_n(&run->turn, __ATOMIC_ACQUIRE) == whose;
}

/*
 * What a task does in its turn
 */

static void reached_count(struct reached *reached, unsigned int row,
			  int64_t code)
{
	unsigned int i = 0;

	while (i < RUN_CODES - 1 && reached->count[row][i] &&
	       reached->code[row][i] != code)
		i++;
	reached->code[row][i] = code;
	reached->count[row][i]++;
}

static void reached_carried(struct run *run)
{
	unsigned int kind, fate;

	for (kind = 0; kind < CARRIED_KINDS; kind++) {
		for (fate = 0; fate < FATES; fate++)
			run->reached.carried[kind][fate] +=
				model->carried[kind][fate];
	}
}

static void step_compare(struct run *run, int self, uint32_t step)
{
	/* Not always: what nobody has looked at has to be right, too. */
	if (step % 4)
		compare_touched(run, self, 8);
	if (step % SPACE_EVERY == 0)
		compare_space(run, self, step / SPACE_EVERY % MODEL_TASKS);
	if (step % NAMES_EVERY == 0)
		compare_names(run, self, step / NAMES_EVERY % MODEL_TASKS);
}

static void step_do(struct run *run, int self,
		    const struct operation *operation)
{
	static struct result seen;
	static struct call call;
	uint32_t argument[OPERATION_ARGUMENTS];
	const struct row *row = &rows[operation->row];

	operation_resolve(operation, run->made, argument);
	model->touches = 0;
	model->name_taken = false;
	model->undecided = false;
	model->step = run->next + 1;
	model_buffer = (uintptr_t)seen.word;

	memset(&seen, 0, sizeof(seen));
	row->device(argument, &seen);

	memset(&call, 0, sizeof(call));
	call.task = self;
	call.step = operation->step;
	call.argument = argument;
	call.seen = &seen;
	call.made = run->made;
	row->model(&call);
	model_settle();

	reached_count(&run->reached, operation->row, seen.code);
	if (model->undecided) {
		/* Only with operations left out: it says nothing. */
		run->steps = run->next + 1;
		return;
	}
	compare_result(run, &call.want, &seen);
	if (model->name_taken)
		strcat(run->report, "a new name was in use, or is none\n");
	run->failed |= model->name_taken;
	if (!run->failed)
		step_compare(run, self, operation->step);
	if (model->names > run->most_names)
		run->most_names = model->names;
}

/* The operation that comes next, made up if there is none yet. */
static const struct operation *run_operation(struct run *run)
{
	struct operation *operation = &run->operation[run->next];

	if (!run->replay && operation->step != run->next + 1) {
		int task = run->next ? operation[-1].task : 0;

		draw_seed(run->seed << 32 ^ run->next);
		operation_generate(operation, run->next + 1, task);
	}
	return operation;
}

static void turn_take(struct run *run, uint32_t self)
{
	while (run->next < run->steps) {
		const struct operation *operation = run_operation(run);

		if (operation->row == row_exit)
			break;
		if (operation->task != self) {
			turn_pass(run, operation->task);
			return;
		}
		step_do(run, self, operation);
		if (run->failed)
			break;
		run->next++;
	}
	turn_pass(run, RUN_SUPERVISOR);
}

static void task_main(struct run *run, int self)
{
	for (;;) {
		if (turn_wait(run, self))
			turn_take(run, self);
	}
}

/*
 * The supervisor
 */

static void fail(struct run *run, const char *why)
{
	size_t used = strlen(run->report);

	snprintf(run->report + used, RUN_REPORT - used, "%s\n", why);
	run->failed = true;
}

static void task_start(struct run *run, int task)
{
	pid_t parent = getpid();
	pid_t pid = fork();
	uint32_t version = 0;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			task_main(run, task);
		_exit(1);
	}
	if (pid < 0 || machdev_pidversion(pid, &version))
		fail(run, "a task cannot be started");
	model_task_start(task, pid, version);
}

static void task_end(struct run *run, int task)
{
	pid_t pid = model->pid[task];

	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (machdev_sync())
		fail(run, "machdev_sync() fails");
}

/* The tasks exit; each goes on with the next one. */
static void do_exit(struct run *run)
{
	int task = run->operation[run->next].task;

	model->step = run->next + 1;
	task_end(run, task);
	model_task_end(task);
	task_start(run, task);
	reached_count(&run->reached, row_exit, 0);
	run->next++;
}

/* Did the children get on within a good while? */
static bool wait_for_turn(struct run *run)
{
	const char *scale = getenv("MACHDEV_TIME_SCALE");
	int limit = 20 * (scale && atoi(scale) > 1 ? atoi(scale) : 1);
	uint32_t last = run->next;
	int waited = 0, task;

	while (!turn_wait(run, RUN_SUPERVISOR)) {
		for (task = 0; task < MODEL_TASKS; task++) {
			if (waitpid(model->pid[task], NULL, WNOHANG) > 0) {
				model->pid[task] = 0;
				fail(run, "a task ended by itself");
				return false;
			}
		}
		waited = last == run->next ? waited + 1 : 0;
		last = run->next;
		if (waited > limit) {
			fail(run, "the call does not come back");
			return false;
		}
	}
	return true;
}

static void supervise(struct run *run)
{
	while (!run->failed && run->next < run->steps) {
		const struct operation *operation = run_operation(run);

		if (operation->row == row_exit) {
			do_exit(run);
			continue;
		}
		turn_pass(run, operation->task);
		if (!wait_for_turn(run))
			break;
	}
	run->failed_step = run->next;
}

bool counters_read(struct counters *counters)
{
	uint32_t i;

	if (machdev_sync())
		return false;
	for (i = 0; i < LIVE_COUNTERS; i++) {
		if (machdev_query_value(MACHDEV_QUERY_COUNTERS, i,
					&counters->value[i]))
			return false;
	}
	return true;
}

bool counters_compare(struct run *run, const struct counters *before,
		      const struct counters *after)
{
	char text[128];
	bool same = true;
	uint32_t i;

	for (i = 0; i < LIVE_COUNTERS; i++) {
		if (before->value[i] == after->value[i])
			continue;
		same = false;
		snprintf(text, sizeof(text), "left behind, %s: %lld",
			 machdev_counter_name(i),
			 (long long)(after->value[i] - before->value[i]));
		fail(run, text);
	}
	return same;
}

/* From a fresh start, what is in the run. */
static bool run_all(struct run *run)
{
	struct counters before, after;
	int task;

	run->next = 0;
	run->failed = false;
	run->report[0] = 0;
	run->turn = RUN_SUPERVISOR;
	memset(run->made, 0, sizeof(run->made));
	model = &run->model;
	model_reset();
	model->uid = geteuid();
	model->gid = getegid();

	/* With Mach state of its own, children have theirs from the start. */
	if (mach_task_self() == MACH_PORT_NULL || !counters_read(&before)) {
		fail(run, "there is no device");
		return false;
	}
	for (task = 0; task < MODEL_TASKS; task++)
		task_start(run, task);
	supervise(run);
	for (task = 0; task < MODEL_TASKS; task++)
		task_end(run, task);
	reached_carried(run);
	if (!counters_read(&after))
		fail(run, "the counters cannot be read");
	else if (!run->failed && !run->together)
		counters_compare(run, &before, &after);
	return !run->failed;
}

bool run_random(struct run *run, uint64_t seed, uint32_t steps)
{
	run->replay = false;
	run->seed = seed;
	run->steps = steps;
	memset(run->operation, 0, sizeof(run->operation));
	return run_all(run);
}

bool run_list(struct run *run, const struct operation *operation,
	      uint32_t count)
{
	run->replay = true;
	run->steps = count;
	memcpy(run->operation, operation, count * sizeof(*operation));
	return run_all(run);
}
