// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ten thousand members of a port set cost a receive as much as one, and a set
 * or port with many memberships keeps nobody else from running for long. A
 * nanosecond is one instruction on the machine that this is for, see vm/run
 * --icount, so that the times are exact.
 */
#include "poll_helpers.h"
#include "set_helpers.h"

#include <sched.h>

#define MANY 10000
#define ROUNDS 200

/* The longest that another thread may be kept waiting, in nanoseconds. */
#define STALL_MAX 10000000ull
#define WATCH_PERIOD 1000000ull

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* What a message through @set costs, of which @port is a member. */
static uint64_t turn_cost(mach_port_t set, mach_port_t port)
{
	uint64_t best = UINT64_MAX, start, took;
	unsigned int i;
	struct msg msg;

	for (i = 0; i < ROUNDS; i++) {
		msg_init(&msg, port, COPY_SEND, 0, 0, 1);
		start = now_ns();
		MUST(msg_send(&msg, MSG_HEADER));
		MUST(mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			      sizeof(msg), set, 0, MACH_PORT_NULL));
		took = now_ns() - start;
		if (took < best)
			best = took;
	}
	return best;
}

static void report(const char *what, uint64_t alone, uint64_t among)
{
	printf("# %-40s %ju ns, %ju ns\n", what, (uintmax_t)alone,
	       (uintmax_t)among);
	fflush(stdout);
}

/* A tenth and a half more would be too much. */
#define EXPECT_FLAT(what, alone, among) do {				\
	uint64_t __alone = (alone), __among = (among);			\
									\
	report(what, __alone, __among);					\
	EXPECT_GE(__alone + __alone * 15 / 100, __among);		\
} while (0)

/* Names, messages and a set of one beside one of ten thousand. */
FIXTURE(cost) {
};

FIXTURE_SETUP(cost)
{
}

FIXTURE_TEARDOWN(cost)
{
}

TEST_F_TIMEOUT(cost, members_cost_nothing, 600)
{
	mach_port_t one = set_new(), many = set_new(), busy = set_new();
	mach_port_t port, first = port_new_send(1), last = port_new_send(1);
	uint64_t alone;
	unsigned int i;

	ASSERT_KR(KERN_SUCCESS, set_insert(first, one));
	for (i = 0; i < MANY; i++)
		member_new(many);
	ASSERT_KR(KERN_SUCCESS, set_insert(last, many));
	turn_cost(many, last);
	alone = turn_cost(one, first);
	EXPECT_FLAT("a set of one, of ten thousand", alone,
		    turn_cost(many, last));
	/* Others are ready all the time, and each gets its turn. */
	for (i = 0; i < MANY; i++) {
		port = member_new(busy);
		if (i < MANY / 2)
			MUST(send_to(port, 1));
	}
	/* What it is sent waits for its turn. */
	port_limit(last, MACH_PORT_QLIMIT_MAX);
	ASSERT_KR(KERN_SUCCESS, set_insert(last, busy));
	ASSERT_KR(KERN_SUCCESS, set_extract(last, many));
	EXPECT_FLAT("a set of one, with five thousand ready", alone,
		    turn_cost(busy, last));
}

/* The same where each message is told to an epoll. */
TEST_F_TIMEOUT(cost, members_cost_who_polls_nothing, 600)
{
	mach_port_t one = set_new(), many = set_new();
	mach_port_t first = member_new(one), last;
	int epoll[2] = {
		epoll_of(port_fd(one), 0), epoll_of(port_fd(many), 0),
	};
	uint64_t alone;
	unsigned int i;

	for (i = 0; i < MANY; i++)
		last = member_new(many);
	turn_cost(many, last);
	alone = turn_cost(one, first);
	EXPECT_FLAT("a set of one, of ten thousand, polled", alone,
		    turn_cost(many, last));
	MUST(send_to(last, 1));
	EXPECT_EQ(0u, epolled(epoll[0], 0));
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll[1], 0));
}

/*
 * A real-time thread of the test, which itself waits, wants to run once in a
 * millisecond, and keeps how late it came at worst.
 */

static uint64_t worst;

static void *watch(void *argument)
{
	struct sched_param param = { .sched_priority = 50 };
	uint64_t due, late;

	MUST(sched_setscheduler(0, SCHED_FIFO, &param) ? -errno : 0);
	MUST(prctl(PR_SET_TIMERSLACK, 1) ? -errno : 0);
	for (due = now_ns() + WATCH_PERIOD;; due += late + WATCH_PERIOD) {
		struct timespec until = {
			due / 1000000000, due % 1000000000,
		};

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		late = now_ns() - due;
		if (late > __atomic_load_n(&worst, __ATOMIC_RELAXED))
			__atomic_store_n(&worst, late, __ATOMIC_RELAXED);
	}
	return NULL;
}

#define EXPECT_NO_STALL(what) do {					\
	uint64_t __worst = __atomic_exchange_n(&worst, 0,		\
					       __ATOMIC_RELAXED);	\
									\
	printf("# %-40s kept waiting %.3f ms\n", what, __worst / 1e6);	\
	fflush(stdout);							\
	EXPECT_GE(STALL_MAX, __worst);					\
} while (0)

/* Who has so many memberships, in a child that the test watches. */
static void crowd(struct test_pipe *done, struct test_pipe *go)
{
	mach_port_t set[MACHDEV_PORT_SETS_MAX], all = set_new(), port;
	unsigned int i, j;

	for (i = 0; i < MACHDEV_PORT_SETS_MAX; i++)
		set[i] = set_new();
	/* Two hundred ports in a thousand sets, and ten thousand in one. */
	for (i = 0; i < 200; i++) {
		port = port_new_send(1);
		for (j = 0; j < 1000; j++)
			MUST(set_insert(port, set[j]));
		MUST(send_to(port, 1));
	}
	for (i = 0; i < MANY; i++)
		MUST(send_to(member_new(all), 1));
	MUST(test_put(done, 1));
	MUST(test_wait(go));
	set_destroy(all);
	MUST(test_put(done, 2));
	MUST(test_wait(go));
	_exit(0);
}

static void expect_through(struct __test_metadata *_metadata,
			   struct test_pipe *done, const char *what)
{
	struct pollfd poll_fd = { .fd = done->fd[0], .events = POLLIN };

	ASSERT_EQ(1, poll(&poll_fd, 1, 600000));
	ASSERT_EQ(0, test_wait(done));
	EXPECT_NO_STALL(what);
}

FIXTURE(stall) {
};

FIXTURE_SETUP(stall)
{
}

FIXTURE_TEARDOWN(stall)
{
}

TEST_F_TIMEOUT(stall, memberships_are_ended_one_by_one, 900)
{
	struct test_pipe done, go;
	pthread_t thread;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&done));
	ASSERT_EQ(0, test_pipe_open(&go));
	pid = child_fork();
	if (!pid)
		crowd(&done, &go);
	MUST(pthread_create(&thread, NULL, watch, NULL));
	expect_through(_metadata, &done, "two hundred thousand memberships");
	MUST(test_put(&go, 1));
	expect_through(_metadata, &done, "a set of ten thousand goes");
	MUST(test_put(&go, 2));
	EXPECT_CHILD(pid);
	ASSERT_KR(0, mach_sync());
	EXPECT_NO_STALL("their task ends");
	EXPECT_EQ(0, mach_counter(MACHDEV_COUNTER_MEMBERS));
}

MACH_TEST_MAIN
