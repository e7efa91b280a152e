// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library on the real device: first calls, threads, forks.
 */
#include <dirent.h>

#include <mach/mig.h>

#include "actor.h"

/* Does this process have the device open? */
static bool device_is_open(void)
{
	DIR *directory = opendir("/proc/self/fd");
	char path[300], target[64];
	struct dirent *entry;
	bool found = false;
	ssize_t length;

	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "/proc/self/fd/%s",
			 entry->d_name);
		length = readlink(path, target, sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = 0;
		found |= !strcmp(target, MACHDEV_DEVICE);
	}
	closedir(directory);
	return found;
}

TEST(nothing_is_opened_before_the_first_call)
{
	EXPECT_FALSE(device_is_open());
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	EXPECT_TRUE(device_is_open());
}

TEST(mach_task_self_costs_no_reference)
{
	task_t self = mach_task_self();
	int refs = port_send_refs(self), i;

	EXPECT_LT(0, refs);
	for (i = 0; i < 1000; i++)
		EXPECT_EQ(self, mach_task_self());
	EXPECT_EQ(refs, port_send_refs(self));
	EXPECT_EQ(self, mach_task_self_);
	EXPECT_EQ(self, current_task());
}

TEST(mach_task_self_after_a_new_kernel_port)
{
	task_t self = mach_task_self();
	mach_port_t port = port_new();

	ASSERT_KR(KERN_SUCCESS, task_set_kernel_port(self, port));
	EXPECT_EQ(port, mach_task_self());
	ASSERT_KR(KERN_SUCCESS, task_set_kernel_port(self, self));
	EXPECT_EQ(self, mach_task_self());
}

TEST(mach_host_self_and_mach_thread_self_cost_one)
{
	mach_port_t host = mach_host_self(), thread = mach_thread_self();

	EXPECT_EQ(host, mach_host_self());
	EXPECT_EQ(2, port_send_refs(host));
	EXPECT_EQ(thread, mach_thread_self());
	EXPECT_EQ(2, port_send_refs(thread));
}

TEST(reply_ports_are_new_each_time)
{
	mach_port_t one = mach_reply_port(), two = mach_reply_port();

	EXPECT_NE(one, two);
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(one));
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(two));
}

#define THREADS 8

static pthread_barrier_t barrier;
static mach_port_t seen[THREADS];

static void *first_call(void *argument)
{
	mach_port_t *name = argument;

	pthread_barrier_wait(&barrier);
	*name = mach_task_self();
	return NULL;
}

TEST(threads_share_the_first_call)
{
	pthread_t thread[THREADS];
	int i;

	ASSERT_EQ(0, pthread_barrier_init(&barrier, NULL, THREADS));
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, first_call,
					    &seen[i]));
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < THREADS; i++) {
		EXPECT_TRUE(MACH_PORT_VALID(seen[i]));
		EXPECT_EQ(seen[0], seen[i]);
	}
}

static void *fork_and_call(void *argument)
{
	intptr_t failed = 0;
	int i, number;
	pid_t pid;

	(void)argument;
	for (i = 0; i < 10; i++) {
		mach_port_deallocate(mach_task_self(), mach_reply_port());
		pid = fork();
		if (!pid)
			_exit(pid_for_task(mach_task_self(), &number) ||
			      number != getpid());
		failed += child_status(pid) != 0;
	}
	return (void *)failed;
}

TEST(threads_that_fork)
{
	pthread_t thread[4];
	void *failed;
	int i;

	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, fork_and_call,
					    NULL));
	for (i = 0; i < 4; i++) {
		pthread_join(thread[i], &failed);
		EXPECT_EQ(NULL, failed);
	}
}

TEST(forks_of_forks)
{
	pid_t pid;
	int depth, number;

	for (depth = 0; depth < 5; depth++) {
		EXPECT_KR(KERN_SUCCESS,
			  pid_for_task(mach_task_self(), &number));
		EXPECT_EQ(getpid(), number);
		pid = fork();
		if (pid) {
			EXPECT_CHILD(pid);
			break;
		}
	}
	if (!pid)
		child_exit();
	if (depth)
		child_exit();
}

/*
 * What is kept belongs to one task: a child asks for names of its own, whether
 * it shares its parent's memory or not, and the parent's stay.
 */

FIXTURE(child)
{
	mach_port_t task, reply, bootstrap;
	int task_refs, names;
};

FIXTURE_VARIANT(child)
{
	int flags;
};

FIXTURE_VARIANT_ADD(child, forked) { 0 };
FIXTURE_VARIANT_ADD(child, vforked) { CLONE_VM | CLONE_VFORK };
FIXTURE_VARIANT_ADD(child, sharing_memory) { CLONE_VM };
FIXTURE_VARIANT_ADD(child, sharing_all) { CLONE_VM | CLONE_FILES | CLONE_FS };

FIXTURE_SETUP(child)
{
	mach_port_t port = port_new();

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	self->task = mach_task_self();
	self->reply = mig_get_reply_port();
	self->bootstrap = bootstrap_port;
	self->task_refs = port_send_refs(self->task);
	self->names = task_names(self->task);
}

FIXTURE_TEARDOWN(child)
{
}

#define CHILD_ROUNDS 200

/* The number of what is wrong in the calling process, 0 for nothing. */
static int names_are_own(mach_port_type_t bootstrap)
{
	mach_port_type_t type = 0;
	struct letter letter;
	mach_port_t reply;
	int pid = 0;

	if (pid_for_task(mach_task_self(), &pid) || pid != getpid())
		return 1;
	reply = mig_get_reply_port();
	if (mach_port_type(mach_task_self(), reply, &type) ||
	    type != MACH_PORT_TYPE_RECEIVE)
		return 2;
	if (letter_post(reply, 5) || letter_receive(reply, &letter) ||
	    letter.header.msgh_id != 5)
		return 3;
	mig_put_reply_port(reply);
	if (mach_port_type(mach_task_self(), bootstrap_port, &type) ||
	    type != bootstrap)
		return 4;
	return 0;
}

static int child_main(void *unused)
{
	int i, wrong = 0;

	(void)unused;
	for (i = 0; i < CHILD_ROUNDS && !wrong; i++)
		wrong = names_are_own(MACH_PORT_TYPE_SEND);
	_exit(wrong);
}

TEST_F(child, has_names_of_its_own)
{
	static max_align_t stack[4096];
	int status = 0;
	pid_t pid, got;

	pid = clone(child_main, stack + ARRAY_SIZE(stack),
		    variant->flags | SIGCHLD, NULL);
	ASSERT_LT(0, pid);
	do {
		got = waitpid(pid, &status, WNOHANG);
		ASSERT_EQ(0, names_are_own(MACH_PORT_TYPE_SEND_RECEIVE));
		ASSERT_EQ(self->task, mach_task_self());
		ASSERT_EQ(self->reply, mig_get_reply_port());
		ASSERT_EQ(self->bootstrap, bootstrap_port);
	} while (!got);
	EXPECT_EQ(pid, got);
	EXPECT_EQ(0, status);
	EXPECT_EQ(self->task_refs, port_send_refs(self->task));
	EXPECT_EQ(self->names, task_names(self->task));
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(self->reply));
}

TEST(the_bootstrap_variable)
{
	mach_port_t port = port_new(), other = port_new();
	pid_t pid;

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	EXPECT_EQ(port, bootstrap_port);
	bootstrap_port = other;
	EXPECT_EQ(other, bootstrap_port);
	pid = child_fork();
	if (!pid) {
		/* A name of its own for what it has inherited. */
		EXPECT_TRUE(MACH_PORT_VALID(bootstrap_port));
		EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(bootstrap_port));
		child_exit();
	}
	EXPECT_CHILD(pid);
}

TEST(counters_and_features)
{
	struct machdev_record records[64];
	uint32_t count = ARRAY_SIZE(records), i;
	uint64_t value;

	ASSERT_KR(KERN_SUCCESS,
		  machdev_query(MACHDEV_QUERY_COUNTERS, records, &count));
	EXPECT_LT(MACHDEV_COUNTER_UNDONE, count);
	for (i = 0; i < count && i < ARRAY_SIZE(records); i++)
		EXPECT_NE(NULL, machdev_counter_name(records[i].id));
	count = ARRAY_SIZE(records);
	ASSERT_KR(KERN_SUCCESS,
		  machdev_query(MACHDEV_QUERY_FEATURES, records, &count));
	for (i = 0; i < count && i < ARRAY_SIZE(records); i++)
		EXPECT_NE(NULL, machdev_feature_name(records[i].id));
	EXPECT_KR(KERN_SUCCESS,
		  machdev_query_value(MACHDEV_QUERY_FEATURES,
				      MACHDEV_FEATURE_MESSAGES, &value));
	EXPECT_EQ(1u << 20, value);
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  machdev_query_value(MACHDEV_QUERY_FEATURES, 9999, &value));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  machdev_query_value(77, 0, &value));
	EXPECT_KR(KERN_SUCCESS, machdev_sync());
}

TEST(pidversion)
{
	uint32_t version;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	EXPECT_KR(KERN_SUCCESS, machdev_pidversion(getpid(), &version));
	EXPECT_EQ(pidversion_of(getpid()), version);
	EXPECT_NE(0, version);
	EXPECT_KR(KERN_FAILURE, machdev_pidversion(INT_MAX, &version));
}

MACH_TEST_MAIN
