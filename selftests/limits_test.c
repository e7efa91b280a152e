// SPDX-License-Identifier: GPL-2.0-only
/*
 * Very many names, ports and messages, and what happens when there may be no
 * more of them.
 */
#include "port_helpers.h"

#define NAMES_MAX (1u << 21)

/* Long: these count to millions on machines that emulate one. */
#define MINUTES(n) ((n) * 60)

FIXTURE(many) {
	mach_port_t task;
};

FIXTURE_SETUP(many)
{
	self->task = mach_task_self();
}

FIXTURE_TEARDOWN(many)
{
}

/* Left to exit: the counters are compared when the test is over. */
TEST_F_TIMEOUT(many, ports, MINUTES(2))
{
	uint64_t ports = mach_counter(MACHDEV_COUNTER_PORTS);
	uint64_t names = mach_counter(MACHDEV_COUNTER_NAMES);
	mach_port_t name;
	int i;

	for (i = 0; i < 10000; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_allocate(self->task,
					     MACH_PORT_RIGHT_RECEIVE, &name));
	}
	EXPECT_EQ(ports + 10000, mach_counter(MACHDEV_COUNTER_PORTS));
	EXPECT_EQ(names + 10000, mach_counter(MACHDEV_COUNTER_NAMES));
}

TEST_F_TIMEOUT(many, messages, MINUTES(2))
{
	uint64_t queued = mach_counter(MACHDEV_COUNTER_QUEUED);
	int i, j;

	for (i = 0; i < 50; i++) {
		mach_port_t port = port_new();

		port_limit(port, 1000);
		for (j = 0; j < 1000; j++) {
			ASSERT_KR(KERN_SUCCESS,
				  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND,
					      j));
		}
	}
	EXPECT_EQ(queued + 50000, mach_counter(MACHDEV_COUNTER_QUEUED));
}

/* Every message holds a right that tells its sender of its end. */
TEST_F_TIMEOUT(many, messages_with_reply_rights, MINUTES(2))
{
	mach_port_t reply = port_new(), port;
	struct msg msg;
	int i, j;

	for (i = 0; i < 10; i++) {
		port = port_new();
		port_limit(port, 1000);
		for (j = 0; j < 1000; j++) {
			msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, reply,
				 MACH_MSG_TYPE_MAKE_SEND_ONCE, j);
			ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
		}
		if (i & 1)
			continue;
		EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, port));
		EXPECT_WORD(i / 2 * 1000 + 1000,
			    port_status(reply).mps_msgcount);
	}
	for (i = 0; i < 5000; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, reply));
		ASSERT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
	}
	EXPECT_WORD(5000, port_status(reply).mps_sorights);
	EXPECT_NO_MESSAGE(reply);
}

TEST_F_TIMEOUT(many, requests, MINUTES(2))
{
	mach_port_t notify = port_new(), port = port_new();
	uint64_t requests = mach_counter(MACHDEV_COUNTER_REQUESTS);
	struct msg msg;
	int i;

	for (i = 0; i < 5000; i++)
		request_dead_name(self->task, port_new_once(port), notify);
	EXPECT_EQ(requests + 5000, mach_counter(MACHDEV_COUNTER_REQUESTS));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, port));
	EXPECT_EQ(requests, mach_counter(MACHDEV_COUNTER_REQUESTS));
	EXPECT_WORD(5000, port_status(notify).mps_msgcount);
	for (i = 0; i < 5000; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, notify));
		ASSERT_EQ(MACH_NOTIFY_DEAD_NAME, msg.head.msgh_id);
		ASSERT_EQ(2u, port_dead_refs(msg.word[2]));
	}
}

/* Names until there are no more; then each way to get one says so. */
TEST_F_TIMEOUT(many, names_until_none_is_left, MINUTES(10))
{
	mach_port_t first = MACH_PORT_NULL, name, port, result;
	mach_msg_type_name_t type;
	kern_return_t kr;
	uint32_t count = 0;

	port = port_new();
	for (;;) {
		kr = mach_port_allocate(self->task, MACH_PORT_RIGHT_DEAD_NAME,
					&name);
		if (kr)
			break;
		if (!first)
			first = name;
		ASSERT_GE(NAMES_MAX, ++count);
	}
	EXPECT_KR(KERN_NO_SPACE, kr);
	/* All but index 0 and the few that were there before. */
	EXPECT_LE(NAMES_MAX - 16, count);
	EXPECT_KR(KERN_NO_SPACE,
		  mach_port_allocate(self->task, MACH_PORT_RIGHT_RECEIVE,
				     &name));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  mach_port_extract_right(self->task, port,
					  MACH_MSG_TYPE_MAKE_SEND_ONCE,
					  &result, &type));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, port);
	/* What needs no new name still works. */
	port_add_send(port);
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 1, port);
	/* One name given back is one name to have. */
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, first));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate(self->task, MACH_PORT_RIGHT_DEAD_NAME,
				     &name));
	EXPECT_WORD(first >> 8, name >> 8);
	EXPECT_NE(first, name);
	EXPECT_KR(KERN_NO_SPACE,
		  mach_port_allocate(self->task, MACH_PORT_RIGHT_DEAD_NAME,
				     &name));
}

/* Of a created task. One that is ended makes room. */
TEST_F_TIMEOUT(many, threads_that_have_not_run, MINUTES(5))
{
	thread_act_t first = MACH_PORT_NULL, thread;
	kern_return_t kr;
	task_t task;
	int count;

	ASSERT_KR(KERN_SUCCESS,
		  task_create(self->task, NULL, 0, FALSE, &task));
	for (count = 0; count <= 2049; count++) {
		kr = thread_create(task, &thread);
		if (kr)
			break;
		if (!first)
			first = thread;
	}
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, kr);
	/* The one that the task has begun with, too. */
	EXPECT_EQ(2049, count);
	EXPECT_KR(KERN_SUCCESS, thread_terminate(first));
	EXPECT_KR(KERN_SUCCESS, thread_create(task, &thread));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, thread_create(task, &thread));
	EXPECT_KR(KERN_SUCCESS, task_terminate(task));
}

/* What an ordinary user may take ends, and only for that user. */
TEST_F_TIMEOUT(many, ports_until_the_ledger_is_empty, MINUTES(5))
{
	struct test_pipe full, go;
	uint32_t word;
	pid_t pid, other;

	ASSERT_EQ(0, test_pipe_open(&full));
	ASSERT_EQ(0, test_pipe_open(&go));
	pid = child_fork();
	if (!pid) {
		mach_port_t last = MACH_PORT_NULL, name;
		kern_return_t kr;
		uint32_t count = 0;

		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		for (;;) {
			kr = mach_port_allocate(mach_task_self(),
						MACH_PORT_RIGHT_RECEIVE,
						&name);
			if (kr)
				break;
			last = name;
			ASSERT_GT(NAMES_MAX, ++count);
		}
		EXPECT_KR(KERN_RESOURCE_SHORTAGE, kr);
		/* 64 MiB are many ports. */
		EXPECT_LT(10000u, count);
		/* What was given stays good, and giving back makes room. */
		EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, last);
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_destroy(mach_task_self(), last));
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_allocate(mach_task_self(),
					     MACH_PORT_RIGHT_RECEIVE, &name));
		EXPECT_EQ(0, test_put(&full, count));
		EXPECT_EQ(0, test_wait(&go));
		child_exit();
	}
	/* The child takes its time; the harness ends a test that hangs. */
	while (test_get(&full, &word)) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			break;
	}

	other = child_fork();
	if (!other) {
		ASSERT_EQ(0, test_become(TEST_UID + 1, TEST_GID + 1));
		EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, port_new());
		child_exit();
	}
	EXPECT_CHILD(other);
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, port_new());
	EXPECT_EQ(0, test_put(&go, 1));
	EXPECT_CHILD(pid);
}

MACH_TEST_MAIN
