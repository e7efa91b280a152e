// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a task: all it held goes, all who waited for it learn it.
 */
#include "actor.h"

TEST(receive_rights_die)
{
	mach_port_t right, notify = port_receive();
	struct letter letter;
	struct actor actor;
	uint32_t name;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	right = actor_take(&actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(KERN_SUCCESS, port_watch(right, notify));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, letter.header.msgh_id);
	EXPECT_EQ(right, letter_dead_name(&letter));
	EXPECT_TRUE(port_is_dead(right));
	EXPECT_KR(MACH_SEND_INVALID_DEST,
		  letter_send(right, MACH_MSG_TYPE_COPY_SEND, 0, 0, 1));
}

TEST(the_task_port_dies)
{
	mach_port_t notify = port_receive(), port;
	struct letter letter;
	struct actor actor;
	int pid;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS, port_watch(actor_task(&actor), notify));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, letter.header.msgh_id);
	EXPECT_EQ(actor.task, letter_dead_name(&letter));
	EXPECT_TRUE(port_is_dead(actor.task));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_get_special_port(actor.task, TASK_KERNEL_PORT, &port));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_allocate(actor.task, MACH_PORT_RIGHT_RECEIVE,
				     &port));
	EXPECT_NE(KERN_SUCCESS, pid_for_task(actor.task, &pid));
}

TEST(the_thread_port_dies)
{
	mach_port_t notify = port_receive(), thread;
	struct letter letter;
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	thread = actor_trap(&actor, MACHDEV_IOC_THREAD_SELF);
	ASSERT_KR(KERN_SUCCESS, port_watch(thread, notify));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(thread, letter_dead_name(&letter));
}

TEST(send_rights_are_released)
{
	mach_port_t port = port_receive();
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_NE(0, actor_give(&actor, port, MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_EQ(1, port_has_senders(port));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(0, port_has_senders(port));
}

TEST(send_once_rights_are_answered)
{
	mach_port_t port = port_receive();
	struct letter letter;
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_NE(0, actor_give(&actor, port, MACH_MSG_TYPE_MAKE_SEND_ONCE));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, letter.header.msgh_id);
}

TEST(rights_in_its_queues_are_released)
{
	mach_port_t reply = port_receive(), right;
	struct letter letter;
	struct actor actor;
	uint32_t name;

	/* A request that nobody will answer: its reply right is dropped. */
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	right = actor_take(&actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(MACH_MSG_SUCCESS,
		  letter_send(right, MACH_MSG_TYPE_COPY_SEND, reply,
			      MACH_MSG_TYPE_MAKE_SEND_ONCE, 1));
	EXPECT_KR(MACH_RCV_TIMED_OUT, letter_wait(reply, &letter, 0));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(reply, &letter));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, letter.header.msgh_id);
}

TEST(its_messages_live_on)
{
	mach_port_t port = port_receive();
	struct letter letter;
	struct tokens want;
	struct actor actor;
	uint32_t name;
	int i;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS, task_tokens(actor_task(&actor), &want));
	name = actor_give(&actor, port, MACH_MSG_TYPE_MAKE_SEND);
	for (i = 0; i < 3; i++)
		ASSERT_KR(MACH_MSG_SUCCESS,
			  actor_send(&actor, name, MACH_MSG_TYPE_COPY_SEND, 0,
				     0, i));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(3, port_queued(port));
	for (i = 0; i < 3; i++) {
		ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
		EXPECT_EQ(i, letter.header.msgh_id);
		EXPECT_TOKENS(want, letter_tokens(&letter));
	}
}

TEST(a_zombie_holds_nothing)
{
	mach_port_t port = port_receive(), right;
	struct actor actor;
	siginfo_t info;
	uint32_t name;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	right = actor_take(&actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_NE(0, actor_give(&actor, port, MACH_MSG_TYPE_MAKE_SEND));
	actor_dismiss(&actor);
	ASSERT_EQ(0, waitid(P_PID, actor.first, &info, WEXITED | WNOWAIT));
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(port_is_dead(right));
	EXPECT_TRUE(port_is_dead(actor.task));
	EXPECT_EQ(0, port_has_senders(port));
	EXPECT_CHILD(actor.first);
}

TEST(by_signal)
{
	const int signals[] = { SIGKILL, SIGTERM, SIGSEGV, SIGABRT };
	mach_port_t port = port_receive(), right;
	struct actor actor;
	uint32_t name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		ASSERT_EQ(0, actor_start(&actor));
		ASSERT_EQ(0, actor_allocate(&actor, &name));
		right = actor_take(&actor, name, MACH_MSG_TYPE_MAKE_SEND);
		ASSERT_NE(0, actor_give(&actor, port,
					MACH_MSG_TYPE_MAKE_SEND));
		kill(actor.pid, signals[i]);
		EXPECT_EQ(128 + signals[i], actor_end(&actor));
		ASSERT_EQ(0, mach_sync());
		EXPECT_TRUE(port_is_dead(right));
		EXPECT_EQ(0, port_has_senders(port));
	}
}

/* A child that waits in the module: for a message, or for room. */
static pid_t waiting_child(struct test_pipe *pipe, mach_port_t right,
			   unsigned int letters)
{
	pid_t pid = fork();
	struct letter letter;
	mach_port_t port;

	if (pid)
		return pid;
	port = right ? MACH_PORT_NULL : port_receive();
	if (right && task_get_bootstrap_port(own_task(), &port))
		_exit(1);
	test_put(pipe, 1);
	while (letters--) {
		if (letter_send(port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 1))
			_exit(2);
	}
	letter_wait(port, &letter, 60000);
	_exit(3);
}

TEST(killed_while_it_receives)
{
	struct test_pipe pipe;
	pid_t pid;
	int i;

	ASSERT_EQ(0, test_pipe_open(&pipe));
	ASSERT_NE(MACH_PORT_NULL, own_task());
	for (i = 0; i < 10; i++) {
		pid = waiting_child(&pipe, MACH_PORT_NULL, 0);
		ASSERT_EQ(0, test_wait(&pipe));
		test_sleep_ms(i);
		EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	}
}

TEST(killed_while_it_sends)
{
	mach_port_t port = port_new();
	struct test_pipe pipe;
	struct letter letter;
	pid_t pid;
	int i;

	ASSERT_EQ(0, test_pipe_open(&pipe));
	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	for (i = 0; i < 10; i++) {
		pid = waiting_child(&pipe, port, MACH_PORT_QLIMIT_DEFAULT + 1);
		ASSERT_EQ(0, test_wait(&pipe));
		EXPECT_TRUE(TEST_UNTIL(port_queued(port) ==
				       MACH_PORT_QLIMIT_DEFAULT, 5000));
		test_sleep_ms(test_ms(5));
		EXPECT_EQ(128 + SIGKILL, child_kill(pid));
		/* What it had not queued is not queued by its death. */
		while (port_queued(port) > 0)
			ASSERT_KR(MACH_MSG_SUCCESS,
				  letter_receive(port, &letter));
		EXPECT_KR(MACH_RCV_TIMED_OUT, letter_wait(port, &letter, 0));
	}
}

TEST(a_blocked_sender_is_let_go)
{
	struct letter_sender sender;
	struct actor actor;
	mach_port_t right;
	uint32_t name;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	right = actor_take(&actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_EQ(0, letter_block(&sender, right));
	EXPECT_EQ(128 + SIGKILL, actor_kill(&actor));
	EXPECT_KR(MACH_MSG_SUCCESS, letter_unblocked(&sender));
}

/*
 * Threads
 */

static struct test_pipe leader_pipe;

static void *outlive_leader(void *argument)
{
	mach_port_t port = *(mach_port_t *)argument;
	struct letter letter;

	/* Two rounds after the leader has gone. */
	test_wait(&leader_pipe);
	if (letter_post(port, 1) || letter_receive(port, &letter))
		_exit(1);
	test_wait(&leader_pipe);
	_exit(42);
}

TEST(the_task_outlives_its_leader)
{
	static mach_port_t port;
	mach_port_t notify = port_receive();
	struct letter letter;
	struct tokens tokens;
	task_t task;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&leader_pipe));
	pid = fork();
	if (!pid) {
		pthread_t thread;

		port = port_new();
		test_wait(&leader_pipe);
		pthread_create(&thread, NULL, outlive_leader, &port);
		pthread_exit(NULL);
	}
	ASSERT_KR(KERN_SUCCESS, task_for_pid(own_task(), pid, &task));
	ASSERT_KR(KERN_SUCCESS, port_watch(task, notify));
	ASSERT_EQ(0, test_put(&leader_pipe, 1));
	ASSERT_TRUE(TEST_UNTIL(thread_state(pid, pid) == 'Z', 10000));
	ASSERT_EQ(0, test_put(&leader_pipe, 1));
	test_sleep_ms(test_ms(50));
	EXPECT_FALSE(port_is_dead(task));
	EXPECT_KR(KERN_SUCCESS, task_tokens(task, &tokens));
	EXPECT_KR(MACH_RCV_TIMED_OUT, letter_wait(notify, &letter, 0));
	ASSERT_EQ(0, test_put(&leader_pipe, 1));
	EXPECT_EQ(42, child_status(pid));
	EXPECT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
}

/* Messages, ports and rights without end. */
static void *churn(void *argument)
{
	mach_port_t shared = *(mach_port_t *)argument, port, bootstrap;
	struct letter letter;

	for (;;) {
		port = port_new();
		letter_send(shared, MACH_MSG_TYPE_COPY_SEND, port,
			    MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
		letter_wait(shared, &letter, 0);
		if (!task_get_bootstrap_port(own_task(), &bootstrap))
			letter_send(bootstrap, MACH_MSG_TYPE_COPY_SEND, port,
				    MACH_MSG_TYPE_MAKE_SEND, 2);
		mach_thread_self();
		mach_port_destroy(own_task(), port);
	}
	return NULL;
}

TEST(threads_at_work_when_the_process_exits)
{
	mach_port_t port = port_new();
	struct letter letter;
	int round;
	pid_t pid;

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	for (round = 0; round < 100; round++) {
		pid = fork();
		if (!pid) {
			mach_port_t shared = port_new();
			pthread_t thread;
			int i;

			for (i = 0; i < 4; i++)
				pthread_create(&thread, NULL, churn, &shared);
			test_sleep_ms(round % 7);
			_exit(round % 100);
		}
		ASSERT_LT(0, pid);
		/* Keep the children from being stuck at a full queue. */
		while (!waitpid(pid, NULL, WNOHANG))
			letter_wait(port, &letter, 1);
	}
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
}

TEST(threads_at_work_when_the_process_is_killed)
{
	mach_port_t port = port_new();
	struct letter letter;
	int round, i;
	pid_t pid;

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	for (round = 0; round < 50; round++) {
		pid = fork();
		if (!pid) {
			mach_port_t shared = port_new();
			pthread_t thread;

			for (i = 0; i < 4; i++)
				pthread_create(&thread, NULL, churn, &shared);
			pause();
		}
		ASSERT_LT(0, pid);
		for (i = 0; i < round % 5 + 1; i++)
			letter_wait(port, &letter, 1);
		EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	}
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
}

/*
 * Much at once
 */

#define MANY 10000

TEST(many_ports)
{
	uint64_t ports = mach_counter(MACHDEV_COUNTER_PORTS);
	uint64_t names = mach_counter(MACHDEV_COUNTER_NAMES);
	pid_t pid;

	ASSERT_NE(MACH_PORT_NULL, own_task());
	pid = child_fork();
	if (!pid) {
		int i;

		for (i = 0; i < MANY; i++)
			ASSERT_TRUE(MACH_PORT_VALID(port_new()));
		EXPECT_LE(ports + MANY, mach_counter(MACHDEV_COUNTER_PORTS));
		EXPECT_LE(names + MANY, mach_counter(MACHDEV_COUNTER_NAMES));
		child_exit();
	}
	EXPECT_CHILD(pid);
	ASSERT_EQ(0, mach_sync());
	/* The test's own first call has made a few. */
	EXPECT_GE(ports + 10, mach_counter(MACHDEV_COUNTER_PORTS));
	EXPECT_GE(names + 10, mach_counter(MACHDEV_COUNTER_NAMES));
}

TEST(many_dead_names)
{
	mach_port_t *right = calloc(1000, sizeof(*right));
	struct actor actor;
	uint32_t name;
	int i;

	ASSERT_NE(NULL, right);
	ASSERT_EQ(0, actor_start(&actor));
	for (i = 0; i < 1000; i++) {
		ASSERT_EQ(0, actor_allocate(&actor, &name));
		right[i] = actor_take(&actor, name, MACH_MSG_TYPE_MAKE_SEND);
		ASSERT_TRUE(MACH_PORT_VALID(right[i]));
	}
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	for (i = 0; i < 1000; i++)
		EXPECT_TRUE(port_is_dead(right[i]));
	free(right);
}

TEST(many_special_port_holders)
{
	mach_port_t port = port_new();
	struct actor actor[20];
	size_t i;

	ASSERT_KR(KERN_SUCCESS, task_set_exception_port(own_task(), port));
	for (i = 0; i < ARRAY_SIZE(actor); i++)
		ASSERT_EQ(0, actor_start(&actor[i]));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_exception_port(own_task(), MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), port));
	EXPECT_EQ(1, port_has_senders(port));
	for (i = 0; i < ARRAY_SIZE(actor); i++)
		kill(actor[i].pid, SIGKILL);
	for (i = 0; i < ARRAY_SIZE(actor); i++)
		EXPECT_EQ(128 + SIGKILL, actor_end(&actor[i]));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(0, port_has_senders(port));
}

MACH_TEST_MAIN
