// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ledgers that programs make: what they take from those above, what is refused,
 * and who draws on them.
 */
#include <stdatomic.h>

#include "actor.h"

#define LIMIT 100000

FIXTURE(ledger) {
	mach_port_t wired;	/* of a user that has a limit */
	mach_port_t paged;
	mach_port_t child;
	struct actor actor;
};

FIXTURE_SETUP(ledger)
{
	ASSERT_EQ(0, actor_start(&self->actor));
	ASSERT_EQ(0, actor_become(&self->actor, TEST_UID));
	self->wired = special_of(actor_task(&self->actor),
				 TASK_WIRED_LEDGER_PORT);
	self->paged = special_of(actor_task(&self->actor),
				 TASK_PAGED_LEDGER_PORT);
	ASSERT_KR(KERN_SUCCESS, ledger_create(self->wired, self->wired,
					      &self->child, LIMIT));
}

FIXTURE_TEARDOWN(ledger)
{
	actor_dismiss(&self->actor);
}

static int64_t balance_of(ledger_t ledger)
{
	struct machdev_ledger call = { .ledger = ledger };

	return mach_ioctl(MACHDEV_IOC_LEDGER_READ, &call) ? -1 : call.amount;
}

static int64_t limit_of(ledger_t ledger)
{
	struct machdev_ledger call = { .ledger = ledger };

	return mach_ioctl(MACHDEV_IOC_LEDGER_READ, &call) ? -1 : call.limit;
}

/* A program that stays and draws on @wired. */
static kern_return_t start_on(ledger_t wired, ledger_t paged, task_t *task)
{
	machdev_spawn_t *spawn = machdev_spawn_new();
	kern_return_t kr;

	machdev_spawn_ledgers(spawn, wired, paged);
	kr = machdev_spawnp(spawn, "sleep",
			    (char *[]){ "sleep", "1000", NULL },
			    (char *[]){ NULL }, task, NULL);
	machdev_spawn_free(spawn);
	return kr;
}

static void stop(task_t task)
{
	int pid;

	if (!pid_for_task(task, &pid))
		child_kill(pid);
	/* What its port is charged is given back with the last name of it. */
	mach_port_deallocate(own_task(), task);
	mach_sync();
}

TEST_F(ledger, what_a_child_may_take_is_no_longer_its_parents)
{
	int64_t limit = limit_of(self->wired), balance = balance_of(self->wired);
	ledger_t other;

	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(self->child));
	EXPECT_EQ(LIMIT, limit_of(self->child));
	EXPECT_EQ(0, balance_of(self->child));
	ASSERT_KR(KERN_SUCCESS,
		  ledger_create(self->wired, self->wired, &other, 5000));
	EXPECT_EQ(limit - 5000, limit_of(self->wired));
	/* The ledger itself is charged. */
	EXPECT_LT(balance, balance_of(self->wired));
	EXPECT_GT(balance + 1000, balance_of(self->wired));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), other));
	EXPECT_EQ(limit, limit_of(self->wired));
	EXPECT_EQ(balance, balance_of(self->wired));
}

TEST_F(ledger, one_without_limit_stays_so)
{
	mach_port_t root = special_of(own_task(), TASK_WIRED_LEDGER_PORT);
	ledger_item_t balance, limit, before;
	ledger_t other;

	ASSERT_KR(KERN_SUCCESS, ledger_read(root, &before, &limit));
	EXPECT_EQ(LEDGER_ITEM_INFINITY, limit);
	ASSERT_KR(KERN_SUCCESS, ledger_create(root, root, &other, LIMIT));
	ASSERT_KR(KERN_SUCCESS, ledger_read(root, &balance, &limit));
	EXPECT_EQ(LEDGER_ITEM_INFINITY, limit);
	EXPECT_GT(before + 1000, balance);
	ASSERT_KR(KERN_SUCCESS, ledger_read(other, &balance, &limit));
	EXPECT_EQ(0, balance);
	EXPECT_EQ(LIMIT, limit);
}

/* Without limit is not without end: sums stay sums. */
TEST_F(ledger, what_is_set_aside_has_an_end)
{
	mach_port_t root = special_of(own_task(), TASK_WIRED_LEDGER_PORT);
	struct machdev_ledger call = {
		.ledger = root,
		.other = root,
		.amount = 1ll << 53,
	};
	ledger_t made[300];
	int64_t before;
	int i, count;
	long code = 0;

	/* The table of names stays as large as it has been. */
	for (i = 0; i < 300; i++)
		made[i] = port_new();
	for (i = 0; i < 300; i++)
		mach_port_destroy(own_task(), made[i]);
	before = balance_of(root);
	for (count = 0; count < 300; count++) {
		call.created = 0;
		code = mach_ioctl(MACHDEV_IOC_LEDGER_CREATE, &call);
		if (code)
			break;
		made[count] = call.created;
	}
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, code);
	EXPECT_LT(100, count);
	EXPECT_EQ(INT64_MAX, limit_of(root));
	for (i = 0; i < count; i++)
		mach_port_deallocate(own_task(), made[i]);
	EXPECT_EQ(before, balance_of(root));
}

/* Each is charged to the one before, which lives only for that. */
TEST_F(ledger, there_is_a_limit_to_depth)
{
	ledger_t origin = self->wired, payer = self->wired, next = 0;
	int64_t balance;
	kern_return_t kr;
	int depth;

	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), self->child));
	balance = balance_of(self->wired);
	for (depth = 0; depth < 10000; depth++) {
		kr = ledger_create(self->wired, payer, &next, 1500);
		if (kr != KERN_SUCCESS)
			break;
		if (payer != self->wired)
			mach_port_deallocate(own_task(), payer);
		payer = next;
	}
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, kr);
	EXPECT_EQ(16, depth);
	mach_port_deallocate(own_task(), payer);
	EXPECT_EQ(balance, balance_of(self->wired));

	for (depth = 0; depth < 100; depth++) {
		kr = ledger_create(origin, self->wired, &next, 100000 - depth);
		if (kr != KERN_SUCCESS)
			break;
		if (origin != self->wired)
			mach_port_deallocate(own_task(), origin);
		origin = next;
	}
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, kr);
	EXPECT_EQ(16, depth);
	mach_port_deallocate(own_task(), origin);
	EXPECT_EQ(balance, balance_of(self->wired));
}

TEST_F(ledger, creation_is_refused_in_order)
{
	mach_port_t port = port_new();
	int64_t limit = limit_of(self->wired);
	ledger_t other = TEST_POISON32;

	EXPECT_KR(KERN_INVALID_ARGUMENT, ledger_create(port, port, &other, -1));
	EXPECT_KR(KERN_INVALID_LEDGER,
		  ledger_create(self->wired, port, &other, -1));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  ledger_create(self->wired, self->child, &other, -1));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  ledger_create(self->wired, self->wired, &other, INT32_MIN));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  ledger_create(self->wired, self->wired, &other, INT32_MAX));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  ledger_create(self->child, self->wired, &other, LIMIT + 1));
	EXPECT_EQ(TEST_POISON32, other);
	EXPECT_EQ(limit, limit_of(self->wired));
	EXPECT_EQ(0, balance_of(self->child));
	/* The whole of it can go to a grandchild. */
	EXPECT_KR(KERN_SUCCESS,
		  ledger_create(self->child, self->wired, &other, LIMIT));
	EXPECT_EQ(0, limit_of(self->child));
}

TEST_F(ledger, one_that_cannot_pay_for_the_new_one)
{
	ledger_t poor, other;

	ASSERT_KR(KERN_SUCCESS,
		  ledger_create(self->wired, self->wired, &poor, 10));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  ledger_create(self->wired, poor, &other, 0));
	EXPECT_EQ(0, balance_of(poor));
}

TEST_F(ledger, only_a_ledger_can_be_read)
{
	mach_port_t others[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, port_new(),
		own_task(), port_dead_name(),
	};
	ledger_item_t balance = 77, limit = 78;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  ledger_read(others[i], &balance, &limit));
	EXPECT_EQ(77, balance);
	EXPECT_EQ(78, limit);
}

TEST_F(ledger, a_transfer_goes_both_ways)
{
	int64_t limit = limit_of(self->wired);

	ASSERT_KR(KERN_SUCCESS,
		  ledger_transfer(self->wired, self->child, 1000));
	EXPECT_EQ(LIMIT + 1000, limit_of(self->child));
	EXPECT_EQ(limit - 1000, limit_of(self->wired));
	ASSERT_KR(KERN_SUCCESS, ledger_transfer(self->wired, self->child, 0));
	ASSERT_KR(KERN_SUCCESS,
		  ledger_transfer(self->wired, self->child, -LIMIT - 1000));
	EXPECT_EQ(0, limit_of(self->child));
	EXPECT_EQ(limit + LIMIT, limit_of(self->wired));
}

TEST_F(ledger, a_transfer_is_refused_in_order)
{
	mach_port_t port = port_new();
	int64_t limit = limit_of(self->wired);
	ledger_t other;

	ASSERT_KR(KERN_SUCCESS,
		  ledger_create(self->child, self->wired, &other, 1));
	EXPECT_KR(KERN_INVALID_ARGUMENT, ledger_transfer(port, self->child, 1));
	EXPECT_KR(KERN_INVALID_ARGUMENT, ledger_transfer(self->wired, port, 1));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  ledger_transfer(self->child, self->child, 1));
	/* A draw port, a grandchild, and the wrong way round. */
	EXPECT_KR(KERN_INVALID_LEDGER,
		  ledger_transfer(self->wired, self->paged, 1));
	EXPECT_KR(KERN_INVALID_LEDGER, ledger_transfer(self->wired, other, 1));
	EXPECT_KR(KERN_INVALID_LEDGER,
		  ledger_transfer(self->child, self->wired, 1));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  ledger_transfer(self->wired, self->child, INT32_MAX));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  ledger_transfer(self->wired, self->child, INT32_MIN));
	/* One byte has gone on to the grandchild. */
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  ledger_transfer(self->wired, self->child, -LIMIT));
	EXPECT_EQ(limit, limit_of(self->wired));
	EXPECT_EQ(LIMIT - 1, limit_of(self->child));
}

TEST_F(ledger, a_program_is_charged_to_what_it_draws_on)
{
	int64_t before = balance_of(self->wired);
	task_t task;

	ASSERT_KR(KERN_SUCCESS, start_on(self->child, self->paged, &task));
	EXPECT_LT(0, balance_of(self->child));
	EXPECT_EQ(before, balance_of(self->wired));
	EXPECT_EQ(limit_of(self->child),
		  limit_of(special_of(task, TASK_WIRED_LEDGER_PORT)));
	stop(task);
}

/* One that waits for an exec takes room for the file by which it hears of it. */
TEST_F(ledger, a_suspension_takes_more_room_when_it_waits)
{
	struct machdev_task_control call = { 0 };
	int64_t balance, spare;
	struct actor other;
	ledger_t rest;

	ASSERT_EQ(0, actor_start(&other));
	call.task = actor_give(&self->actor, actor_task(&other),
			       MACH_MSG_TYPE_COPY_SEND);
	ASSERT_KR(KERN_SUCCESS,
		  ledger_create(self->wired, self->wired, &rest, 0));
	balance = balance_of(self->wired);
	spare = limit_of(self->wired) - balance - 4096;
	ASSERT_KR(KERN_SUCCESS, ledger_transfer(self->wired, rest, spare));
	call.flags = MACHDEV_SUSPEND_AT_EXEC;
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  actor_ioctl(&self->actor, MACHDEV_IOC_TASK_SUSPEND, &call));
	EXPECT_EQ(balance, balance_of(self->wired));
	call.flags = 0;
	EXPECT_KR(KERN_SUCCESS,
		  actor_ioctl(&self->actor, MACHDEV_IOC_TASK_SUSPEND, &call));
	EXPECT_LT(balance, balance_of(self->wired));
	/* Nor when the caller has suspended the task already. */
	call.flags = MACHDEV_SUSPEND_AT_EXEC;
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  actor_ioctl(&self->actor, MACHDEV_IOC_TASK_SUSPEND, &call));
	ASSERT_KR(KERN_SUCCESS, ledger_transfer(self->wired, rest, -4096));
	EXPECT_KR(KERN_SUCCESS,
		  actor_ioctl(&self->actor, MACHDEV_IOC_TASK_SUSPEND, &call));
	EXPECT_LT(balance + 4096, balance_of(self->wired));
	call.flags = 0;
	EXPECT_KR(KERN_SUCCESS,
		  actor_ioctl(&self->actor, MACHDEV_IOC_TASK_RESUME, &call));
	EXPECT_KR(KERN_SUCCESS,
		  actor_ioctl(&self->actor, MACHDEV_IOC_TASK_RESUME, &call));
	EXPECT_EQ(balance, balance_of(self->wired));
	EXPECT_EQ(0, actor_end(&other));
}

TEST_F(ledger, a_terminated_one_is_its_parents)
{
	int64_t limit = limit_of(self->wired), balance = balance_of(self->wired);
	int64_t drawn, after;
	task_t task;

	ASSERT_KR(KERN_SUCCESS, start_on(self->child, self->paged, &task));
	drawn = balance_of(self->child);
	ASSERT_LT(0, drawn);
	ASSERT_KR(KERN_SUCCESS, ledger_terminate(self->child));
	EXPECT_TRUE(port_is_dead(self->child));
	EXPECT_EQ(limit + LIMIT, limit_of(self->wired));
	after = balance_of(self->wired);
	EXPECT_EQ(self->wired, special_of(task, TASK_WIRED_LEDGER_PORT));
	EXPECT_KR(KERN_INVALID_ARGUMENT, ledger_terminate(self->child));
	stop(task);
	/* What was charged to it was charged there, and is given back there. */
	EXPECT_LE(drawn, after - balance_of(self->wired));
	EXPECT_GT(balance, balance_of(self->wired));
	EXPECT_EQ(limit + LIMIT, limit_of(self->wired));
}

TEST_F(ledger, those_below_a_terminated_one_are_its_parents)
{
	int64_t limit = limit_of(self->wired);
	ledger_t other;

	ASSERT_KR(KERN_SUCCESS,
		  ledger_create(self->child, self->wired, &other, 600));
	ASSERT_KR(KERN_SUCCESS, ledger_terminate(self->child));
	EXPECT_EQ(limit + LIMIT - 600, limit_of(self->wired));
	EXPECT_EQ(600, limit_of(other));
	ASSERT_KR(KERN_SUCCESS, ledger_transfer(self->wired, other, -200));
	EXPECT_EQ(limit + LIMIT - 400, limit_of(self->wired));
	ASSERT_KR(KERN_SUCCESS, ledger_terminate(other));
	EXPECT_EQ(limit + LIMIT, limit_of(self->wired));
}

TEST_F(ledger, nobody_terminates_that_of_a_user)
{
	EXPECT_KR(KERN_INVALID_LEDGER, ledger_terminate(self->wired));
	EXPECT_KR(KERN_INVALID_LEDGER, ledger_terminate(self->paged));
	EXPECT_KR(KERN_INVALID_ARGUMENT, ledger_terminate(own_task()));
	EXPECT_KR(KERN_INVALID_ARGUMENT, ledger_terminate(MACH_PORT_NULL));
}

TEST_F(ledger, a_draw_port_does_not_terminate)
{
	task_t task;

	ASSERT_KR(KERN_SUCCESS, start_on(self->child, self->paged, &task));
	EXPECT_KR(KERN_INVALID_LEDGER,
		  ledger_terminate(special_of(task, TASK_WIRED_LEDGER_PORT)));
	EXPECT_EQ(LIMIT, limit_of(self->child));
	stop(task);
}

static atomic_bool stopped;

static void *move_around(void *argument)
{
	const ledger_t *ledger = argument;

	while (!stopped) {
		ledger_transfer(ledger[0], ledger[1], 64);
		ledger_transfer(ledger[0], ledger[1], -64);
	}
	return NULL;
}

static void *charge_around(void *argument)
{
	const ledger_t *ledger = argument;
	ledger_t other;

	while (!stopped) {
		if (!ledger_create(ledger[1], ledger[0], &other, 128))
			mach_port_deallocate(own_task(), other);
	}
	return NULL;
}

TEST_F(ledger, nothing_is_lost_when_all_happens_at_once)
{
	ledger_t pair[2] = { self->wired, 0 };
	int64_t limit = limit_of(self->wired), balance = balance_of(self->wired);
	pthread_t thread[2];
	int i;

	for (i = 0; i < 50; i++) {
		ASSERT_KR(KERN_SUCCESS, ledger_create(self->wired, self->wired,
						      &pair[1], 1000));
		stopped = false;
		pthread_create(&thread[0], NULL, move_around, pair);
		pthread_create(&thread[1], NULL, charge_around, pair);
		test_sleep_ms(1);
		ASSERT_KR(KERN_SUCCESS, ledger_terminate(pair[1]));
		stopped = true;
		pthread_join(thread[0], NULL);
		pthread_join(thread[1], NULL);
		mach_port_deallocate(own_task(), pair[1]);
	}
	EXPECT_EQ(limit, limit_of(self->wired));
	EXPECT_EQ(balance, balance_of(self->wired));
}

static const mach_port_name_t meeting_point = 0x00abc703;

/* One name stands for this ledger's port now, for that one's then. */
static void *exchange(void *argument)
{
	const ledger_t *ledger = argument;
	int i;

	while (!stopped) {
		for (i = 0; i < 2; i++) {
			mach_port_rename(own_task(), ledger[i], meeting_point);
			mach_port_rename(own_task(), meeting_point, ledger[i]);
		}
	}
	return NULL;
}

/* A name that changes its meaning during a call has one of its meanings. */
TEST_F(ledger, a_name_that_changes_hands_gives_no_control)
{
	ledger_t ledger[2] = { self->wired, self->child };
	pthread_t thread;
	kern_return_t kr;
	int i;

	stopped = false;
	ASSERT_EQ(0, pthread_create(&thread, NULL, exchange, ledger));
	for (i = 0; i < 20000; i++) {
		kr = ledger_transfer(self->paged, meeting_point, 0);
		EXPECT_TRUE(kr == KERN_INVALID_LEDGER ||
			    kr == KERN_INVALID_ARGUMENT);
	}
	stopped = true;
	pthread_join(thread, NULL);
}

MACH_TEST_MAIN
