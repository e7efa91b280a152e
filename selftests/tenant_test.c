// SPDX-License-Identifier: GPL-2.0-only
/* A service gives each of its clients, with all that they start, a ledger. */
#include <limits.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "embryo_helpers.h"
#include "port_helpers.h"

#define TENANTS 1000
#define LIMIT 65536	/* bytes a tenant may have charged to it */
#define GREEDY 617	/* who wants everything */
#define NEEDS 20	/* ports that each process of another one makes */
#define FAMILIES 16	/* every so many tenants is one of two processes */

/* What its processes came to: the first, and the one that it may start. */
struct tenant {
	ledger_t ledger;
	pid_t pid;
	atomic_int made[2];
	atomic_int code[2];
};

struct house {
	struct test_pipe ready, greedy, others, end;
	atomic_int awaited;
	struct tenant tenant[TENANTS];
};

static mach_port_t special_of(task_t task, int which)
{
	mach_port_t port = MACH_PORT_NULL;

	return task_get_special_port(task, which, &port) ? MACH_PORT_NULL :
							   port;
}

static ledger_item_t balance_of(ledger_t ledger)
{
	ledger_item_t balance, limit;

	return ledger_read(ledger, &balance, &limit) ? -1 : balance;
}

/* Take one byte that somebody gives when it is time. */
static void await_turn(struct test_pipe *pipe)
{
	char byte;

	MUST(read(pipe->fd[0], &byte, 1) == 1 ? 0 : -EPIPE);
}

static void give_turns(struct test_pipe *pipe, unsigned int count)
{
	while (count--)
		MUST(write(pipe->fd[1], "", 1) == 1 ? 0 : -errno);
}

static int heads(int number)
{
	return number == GREEDY || number % FAMILIES == 0 ? 2 : 1;
}

/* One of those that are awaited is as far. */
static void arrive(struct house *house)
{
	if (atomic_fetch_sub(&house->awaited, 1) == 1)
		give_turns(&house->ready, 1);
}

/* Make as many ports as there is need for, or as can be had. */
static void furnish(struct house *house, int number, int which)
{
	int want = number == GREEDY ? INT_MAX : NEEDS, made = 0;
	struct tenant *tenant = &house->tenant[number];
	kern_return_t kr = KERN_SUCCESS;
	mach_port_t port;

	while (made < want) {
		kr = mach_port_allocate(mach_task_self(),
					MACH_PORT_RIGHT_RECEIVE, &port);
		if (kr != KERN_SUCCESS)
			break;
		made++;
	}
	atomic_store(&tenant->made[which], made);
	atomic_store(&tenant->code[which], kr);
}

static void live(struct house *house, int number, int which)
{
	mach_task_self();
	arrive(house);
	await_turn(number == GREEDY ? &house->greedy : &house->others);
	furnish(house, number, which);
	arrive(house);
	await_turn(&house->end);
	_exit(0);
}

/* A process that draws on the ledger, and one that it has started. */
static void move_in(struct house *house, int number, ledger_t paged)
{
	struct tenant *tenant = &house->tenant[number];
	ledger_t ledgers[] = { tenant->ledger, paged };
	struct machdev_task_create call = {
		.parent = mach_task_self(),
		.ledgers = (uintptr_t)ledgers,
		.ledger_count = ARRAY_SIZE(ledgers),
		.inherit_memory = TRUE,
	};
	pid_t pid;

	MUST(mach_ioctl(MACHDEV_IOC_TASK_CREATE, &call));
	pid = child_fork();
	if (!pid) {
		MUST(adopt(call.descriptor, MACHDEV_EMBRYO_RUN));
		live(house, number, heads(number) == 2 && !child_fork());
	}
	tenant->pid = pid;
	MUST(await(call.descriptor, pid));
	close(call.descriptor);
}

TEST(one_that_is_exhausted_does_not_disturb_the_others)
{
	mach_port_t wired = special_of(mach_task_self(), TASK_WIRED_LEDGER_PORT);
	mach_port_t paged = special_of(mach_task_self(), TASK_PAGED_LEDGER_PORT);
	ledger_item_t balance;
	struct house *house;
	struct tenant *t;
	int i, all = 0;

	house = mmap(NULL, sizeof(*house), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, house);
	ASSERT_EQ(0, test_pipe_open(&house->ready));
	ASSERT_EQ(0, test_pipe_open(&house->greedy));
	ASSERT_EQ(0, test_pipe_open(&house->others));
	ASSERT_EQ(0, test_pipe_open(&house->end));
	for (i = 0; i < TENANTS; i++)
		all += heads(i);
	for (i = 0; i < TENANTS; i++)
		ASSERT_KR(KERN_SUCCESS,
			  ledger_create(wired, wired, &house->tenant[i].ledger,
					LIMIT));
	atomic_store(&house->awaited, all);
	for (i = 0; i < TENANTS; i++)
		move_in(house, i, paged);
	await_turn(&house->ready);

	/* Two processes share what one tenant has, until there is no more. */
	atomic_store(&house->awaited, 2);
	give_turns(&house->greedy, 2);
	await_turn(&house->ready);
	t = &house->tenant[GREEDY];
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, t->code[0]);
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, t->code[1]);
	EXPECT_LT(NEEDS, t->made[0] + t->made[1]);
	balance = balance_of(t->ledger);
	EXPECT_LE(balance, LIMIT);
	EXPECT_LT(LIMIT - LIMIT / 8, balance);

	atomic_store(&house->awaited, all - 2);
	give_turns(&house->others, all - 2);
	await_turn(&house->ready);
	for (i = 0; i < TENANTS; i++) {
		t = &house->tenant[i];
		if (i == GREEDY)
			continue;
		EXPECT_EQ(NEEDS, t->made[0]);
		EXPECT_EQ(heads(i) == 2 ? NEEDS : 0, t->made[1]);
		EXPECT_LT(0, balance_of(t->ledger));
		EXPECT_LE(balance_of(t->ledger), LIMIT);
	}
	EXPECT_EQ(balance, balance_of(house->tenant[GREEDY].ledger));

	give_turns(&house->end, all);
	for (i = 0; i < TENANTS; i++)
		EXPECT_CHILD(house->tenant[i].pid);
}

/* The account of who has gone is even, and its ledger can end. */
TEST(what_a_tenant_had_is_given_back)
{
	mach_port_t wired = special_of(mach_task_self(), TASK_WIRED_LEDGER_PORT);
	ledger_t ledger, ledgers[2];
	struct machdev_task_create call = {
		.parent = mach_task_self(),
		.ledgers = (uintptr_t)ledgers,
		.ledger_count = ARRAY_SIZE(ledgers),
		.inherit_memory = TRUE,
	};
	struct test_pipe end;
	mach_port_t port;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&end));
	ASSERT_KR(KERN_SUCCESS, ledger_create(wired, wired, &ledger, LIMIT));
	ledgers[0] = ledger;
	ledgers[1] = special_of(mach_task_self(), TASK_PAGED_LEDGER_PORT);
	ASSERT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_TASK_CREATE, &call));
	pid = child_fork();
	if (!pid) {
		MUST(adopt(call.descriptor, MACHDEV_EMBRYO_RUN));
		while (!mach_port_allocate(mach_task_self(),
					   MACH_PORT_RIGHT_RECEIVE, &port))
			;
		MUST(test_wait(&end));
		child_exit();
	}
	EXPECT_KR(KERN_SUCCESS, await(call.descriptor, pid));
	close(call.descriptor);
	EXPECT_EQ(0, test_put(&end, 1));
	EXPECT_CHILD(pid);
	EXPECT_TRUE(TEST_UNTIL(!mach_sync() && !balance_of(ledger), 10000));
	EXPECT_KR(KERN_SUCCESS, ledger_terminate(ledger));
}

MACH_TEST_MAIN
