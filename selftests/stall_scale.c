// SPDX-License-Identifier: GPL-2.0-only
/*
 * What takes long in sum keeps nobody else from running for long: a million
 * names made, listed, given back and left to exit; a million messages sent,
 * received and destroyed; a chain of a hundred thousand ports that die one of
 * the other. A nanosecond is one instruction on
 * the machine that this is for, see vm/run --icount, so that the times are
 * exact.
 */
#include "port_helpers.h"

#include <sched.h>

/* The longest that another thread may be kept waiting, in nanoseconds. */
#define STALL_MAX 10000000ull
#define WATCH_PERIOD 1000000ull
#define MINUTES(n) ((n) * 60)

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/*
 * Watchers: threads of the test, which itself waits, on the one processor that
 * there is. Each wants to run once in a millisecond and keeps how late it came
 * at worst.
 */

struct watcher {
	const char *name;
	int policy;
	bool ready;
	uint64_t worst;
};

static struct watcher watchers[] = {
	{ .name = "real-time", .policy = SCHED_FIFO },
	{ .name = "ordinary", .policy = SCHED_OTHER },
};

static void *watch(void *argument)
{
	struct watcher *watcher = argument;
	struct sched_param param = {
		.sched_priority = watcher->policy == SCHED_FIFO ? 50 : 0,
	};
	uint64_t due, late;

	MUST(sched_setscheduler(0, watcher->policy, &param) ? -errno : 0);
	MUST(prctl(PR_SET_TIMERSLACK, 1) ? -errno : 0);
	__atomic_store_n(&watcher->ready, true, __ATOMIC_RELEASE);
	for (due = now_ns() + WATCH_PERIOD;; due += late + WATCH_PERIOD) {
		struct timespec until = {
			due / 1000000000, due % 1000000000,
		};

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		late = now_ns() - due;
		if (late > __atomic_load_n(&watcher->worst, __ATOMIC_RELAXED))
			__atomic_store_n(&watcher->worst, late,
					 __ATOMIC_RELAXED);
	}
	return NULL;
}

static void watch_start(void)
{
	pthread_t thread;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(watchers); i++) {
		MUST(pthread_create(&thread, NULL, watch, &watchers[i]));
		while (!__atomic_load_n(&watchers[i].ready, __ATOMIC_ACQUIRE))
			test_sleep_ms(1);
	}
}

/* What was seen since the last time; everybody came to run in time. */
static void watch_expect(struct __test_metadata *_metadata, const char *what,
			 uint64_t took)
{
	uint64_t worst;
	size_t i;

	printf("# %-34s %9.3f ms", what, took / 1e6);
	for (i = 0; i < ARRAY_SIZE(watchers); i++) {
		worst = __atomic_exchange_n(&watchers[i].worst, 0,
					    __ATOMIC_RELAXED);
		printf(", %s kept waiting %.3f ms", watchers[i].name,
		       worst / 1e6);
		EXPECT_GE(STALL_MAX, worst);
	}
	printf("\n");
	fflush(stdout);
}

/*
 * A child that goes from step to step when told to, so that the test, which
 * watches, knows what is going on. Its time is that of the step; its worst
 * single call is a stall, too, for whoever waits for that.
 */

struct worker {
	struct test_pipe go, done;
	pid_t pid;
};

static uint64_t call_start;
static uint64_t call_worst;

static void call_begin(void)
{
	call_start = now_ns();
}

static void call_end(void)
{
	uint64_t took = now_ns() - call_start;

	if (took > call_worst)
		call_worst = took;
}

#define TIMED(call) do {						\
	kern_return_t __kr;						\
									\
	call_begin();							\
	__kr = call;							\
	call_end();							\
	MUST(__kr);							\
} while (0)

/* The child says that it is through, and waits to go on. */
static void worker_pause(struct worker *worker)
{
	MUST(test_put(&worker->done, call_worst));
	call_worst = 0;
	MUST(test_wait(&worker->go));
}

/* Let it take a step: the time, and the longest call, in nanoseconds. */
static uint64_t worker_step(struct worker *worker, uint64_t *longest)
{
	uint64_t start = now_ns();
	uint32_t word;

	MUST(test_put(&worker->go, 1));
	while (test_get(&worker->done, &word))
		MUST(waitpid(worker->pid, NULL, WNOHANG));
	*longest = word;
	return now_ns() - start;
}

static void expect_step(struct __test_metadata *_metadata,
			struct worker *worker, const char *what)
{
	uint64_t longest, took = worker_step(worker, &longest);

	watch_expect(_metadata, what, took);
	printf("# %-34s %9.3f ms\n", "  its longest call", longest / 1e6);
	EXPECT_GE(STALL_MAX, longest);
}

/* The same for steps that are one long call, which only others must survive. */
static void expect_long_step(struct __test_metadata *_metadata,
			     struct worker *worker, const char *what)
{
	uint64_t longest, took = worker_step(worker, &longest);

	watch_expect(_metadata, what, took);
}

/* Kill it, and wait until its space has been torn down. */
static void expect_end(struct __test_metadata *_metadata,
		       struct worker *worker)
{
	uint64_t start = now_ns();

	EXPECT_EQ(128 + SIGKILL, child_kill(worker->pid));
	ASSERT_EQ(0, mach_sync());
	watch_expect(_metadata, "exit", now_ns() - start);
}

static bool worker_start(struct worker *worker)
{
	MUST(test_pipe_open(&worker->go));
	MUST(test_pipe_open(&worker->done));
	worker->pid = child_fork();
	MUST(worker->pid < 0 ? -errno : 0);
	if (worker->pid)
		return false;
	MUST(test_wait(&worker->go));
	return true;
}

/*
 * A million names of all kinds
 */

#define PORTS 500000u
#define DEAD_NAMES 250000u
#define ONCE_NAMES 250000u
#define GIVEN_BACK 100000u

static mach_port_t held[PORTS];

static void make_ports(mach_port_t self)
{
	uint32_t i;

	for (i = 0; i < PORTS; i++)
		TIMED(mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE,
					 &held[i]));
}

static void make_send_rights(mach_port_t self)
{
	uint32_t i;

	for (i = 0; i < PORTS; i += 4)
		TIMED(mach_port_insert_right(self, held[i], held[i],
					     MACH_MSG_TYPE_MAKE_SEND));
}

static void make_dead_names(mach_port_t self)
{
	mach_port_t name;
	uint32_t i;

	for (i = 0; i < DEAD_NAMES; i++)
		TIMED(mach_port_allocate(self, MACH_PORT_RIGHT_DEAD_NAME,
					 &name));
}

static void make_send_once_rights(mach_port_t self)
{
	mach_msg_type_name_t type;
	mach_port_t name;
	uint32_t i;

	for (i = 0; i < ONCE_NAMES; i++)
		TIMED(mach_port_extract_right(self, held[0],
					      MACH_MSG_TYPE_MAKE_SEND_ONCE,
					      &name, &type));
}

static void give_back(mach_port_t self)
{
	uint32_t i;

	/* From all over the table. */
	for (i = 1; i < GIVEN_BACK * 4; i += 4)
		TIMED(mach_port_mod_refs(self, held[i],
					 MACH_PORT_RIGHT_RECEIVE, -1));
}

static void list(mach_port_t self, uint32_t expected)
{
	mach_msg_type_number_t count, types_count;
	mach_port_name_array_t names;
	mach_port_type_array_t types;

	MUST(mach_port_names(self, &names, &count, &types, &types_count));
	MUST(count < expected);
}

static void million(struct worker *worker)
{
	mach_port_t self = mach_task_self();

	make_ports(self);
	worker_pause(worker);
	make_send_rights(self);
	worker_pause(worker);
	make_dead_names(self);
	worker_pause(worker);
	make_send_once_rights(self);
	worker_pause(worker);
	list(self, PORTS + DEAD_NAMES + ONCE_NAMES);
	worker_pause(worker);
	give_back(self);
	worker_pause(worker);
	for (;;)
		pause();
}

/* The harness only lets a test that has a fixture take its time. */
FIXTURE(stall) {
	struct worker worker;
};

FIXTURE_SETUP(stall)
{
	watch_start();
}

FIXTURE_TEARDOWN(stall)
{
}

TEST_F_TIMEOUT(stall, a_million_names, MINUTES(10))
{
	struct worker *worker = &self->worker;

	if (worker_start(worker))
		million(worker);
	expect_step(_metadata, worker, "500,000 ports");
	expect_step(_metadata, worker, "125,000 send rights to them");
	expect_step(_metadata, worker, "250,000 dead names");
	expect_step(_metadata, worker, "250,000 send-once rights");
	EXPECT_LE(1000000u, mach_counter(MACHDEV_COUNTER_NAMES));
	expect_long_step(_metadata, worker, "list them all");
	expect_step(_metadata, worker, "give back 100,000");
	expect_end(_metadata, worker);
}

/*
 * A million messages
 */

#define QUEUES 1000u
#define QUEUE 1000u

static void fill_queues(void)
{
	uint32_t i, j;

	for (i = 0; i < QUEUES; i++) {
		held[i] = port_new();
		port_limit(held[i], QUEUE);
		for (j = 0; j < QUEUE; j++)
			TIMED(msg_send_id(held[i], MACH_MSG_TYPE_MAKE_SEND,
					  j));
	}
}

static void drain_queues(uint32_t first, uint32_t end)
{
	struct msg msg;
	uint32_t i, j;

	for (i = first; i < end; i++) {
		for (j = 0; j < QUEUE; j++) {
			TIMED(msg_receive(&msg, held[i]));
			MUST((uint32_t)msg.head.msgh_id != j);
		}
	}
}

static void million_messages(struct worker *worker)
{
	mach_port_t self = mach_task_self();
	uint32_t i;

	fill_queues();
	worker_pause(worker);
	drain_queues(0, QUEUES / 10);
	worker_pause(worker);
	for (i = QUEUES / 10; i < QUEUES / 5; i++)
		TIMED(mach_port_destroy(self, held[i]));
	worker_pause(worker);
	for (;;)
		pause();
}

TEST_F_TIMEOUT(stall, a_million_messages, MINUTES(10))
{
	uint64_t before = mach_counter(MACHDEV_COUNTER_QUEUED);
	struct worker *worker = &self->worker;

	if (worker_start(worker))
		million_messages(worker);
	expect_step(_metadata, worker, "1,000,000 messages");
	EXPECT_EQ(before + QUEUES * QUEUE,
		  mach_counter(MACHDEV_COUNTER_QUEUED));
	expect_step(_metadata, worker, "receive 100,000");
	expect_long_step(_metadata, worker, "100,000 die with their ports");
	EXPECT_EQ(before + QUEUES * QUEUE / 5 * 4,
		  mach_counter(MACHDEV_COUNTER_QUEUED));
	expect_end(_metadata, worker);
	EXPECT_EQ(before, mach_counter(MACHDEV_COUNTER_QUEUED));
}

/*
 * What hangs on one port
 */

#define TOLD 100000u

static void tell_many(struct worker *worker)
{
	mach_port_t self = mach_task_self(), port = port_new(), notify;
	mach_port_t name;
	uint32_t i;

	notify = port_new();
	for (i = 0; i < TOLD; i++) {
		name = port_new_once(port);
		call_begin();
		request_dead_name(self, name, notify);
		call_end();
	}
	worker_pause(worker);
	MUST(mach_port_destroy(self, port));
	MUST(port_queued(notify) != TOLD);
	worker_pause(worker);
	MUST(mach_port_destroy(self, notify));
	worker_pause(worker);
	for (;;)
		pause();
}

TEST_F_TIMEOUT(stall, a_death_that_many_are_told_of, MINUTES(10))
{
	struct worker *worker = &self->worker;

	if (worker_start(worker))
		tell_many(worker);
	expect_step(_metadata, worker, "100,000 dead-name requests");
	expect_long_step(_metadata, worker, "the port dies");
	expect_long_step(_metadata, worker, "who was told dies");
	expect_end(_metadata, worker);
}

/*
 * Ports in messages to ports in messages
 */

#define CHAIN 100000u

/* Send receive right @port to the port of receive right, or send right, @to. */
static mach_msg_return_t move(mach_port_t to, mach_msg_type_name_t how,
			      mach_port_t port)
{
	struct {
		mach_msg_header_t head;
		mach_msg_body_t body;
		mach_msg_port_descriptor_t port;
	} msg = {
		.head = {
			.msgh_bits = MACH_MSGH_BITS(how, 0) |
				     MACH_MSGH_BITS_COMPLEX,
			.msgh_remote_port = to,
		},
		.body.msgh_descriptor_count = 1,
		.port = {
			.name = port,
			.disposition = MACH_MSG_TYPE_MOVE_RECEIVE,
			.type = MACH_MSG_PORT_DESCRIPTOR,
		},
	};

	return mach_msg(&msg.head, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
			sizeof(msg), 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

static mach_port_t move_into_new(mach_port_t port)
{
	mach_port_t next = port_new();

	TIMED(move(next, MACH_MSG_TYPE_MAKE_SEND, port));
	return next;
}

static void chain(struct worker *worker)
{
	mach_port_t self = mach_task_self(), first = port_new(), port = first;
	mach_port_t other = port_new(), more = port_new();
	mach_port_type_t type;
	uint32_t i;

	MUST(mach_port_insert_right(self, first, first,
				    MACH_MSG_TYPE_MAKE_SEND));
	for (i = 1; i < CHAIN; i++)
		port = move_into_new(port);
	worker_pause(worker);
	/* The longest walk that there is. */
	MUST(move(first, MACH_MSG_TYPE_COPY_SEND, other));
	worker_pause(worker);
	port = move_into_new(port);
	MUST(move(first, MACH_MSG_TYPE_COPY_SEND, more) !=
	     MACH_SEND_NO_BUFFER);
	MUST(mach_port_type(self, more, &type));
	MUST(type != MACH_PORT_TYPE_RECEIVE);
	worker_pause(worker);
	MUST(mach_port_destroy(self, port));
	MUST(mach_port_type(self, first, &type));
	MUST(type != MACH_PORT_TYPE_DEAD_NAME);
	worker_pause(worker);
	for (;;)
		pause();
}

TEST_F_TIMEOUT(stall, a_chain_of_ports, MINUTES(10))
{
	struct worker *worker = &self->worker;

	if (worker_start(worker))
		chain(worker);
	expect_step(_metadata, worker, "99,999 ports in messages to ports");
	expect_long_step(_metadata, worker, "another into the first");
	expect_long_step(_metadata, worker, "one too many");
	EXPECT_LE(CHAIN, mach_counter(MACHDEV_COUNTER_PORTS));
	expect_long_step(_metadata, worker, "the chain dies");
	EXPECT_GE(100, mach_counter(MACHDEV_COUNTER_PORTS));
	expect_end(_metadata, worker);
}

MACH_TEST_MAIN
