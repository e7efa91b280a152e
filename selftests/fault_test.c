// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module that makes functions fail, on which other tests rely.
 */
#include "actor.h"
#include "fault.h"

#define RECORD "mach_task_new"

FIXTURE(fault) {
	struct test_pipe go;
	pid_t orphan;
};

/* Its first call is refused, the next one is not. */
static int call_twice(struct test_pipe *go)
{
	uint32_t name;
	long first, second;

	if (test_wait(go))
		return 1;
	first = mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name);
	second = mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name);
	return first != -ENOMEM || second;
}

FIXTURE_SETUP(fault)
{
	ASSERT_EQ(0, fault_load("alloc," RECORD));
	ASSERT_EQ(0, test_pipe_open(&self->go));
	self->orphan = child_fork();
	if (!self->orphan)
		_exit(call_twice(&self->go));
	/* So that the device is open and the test is a task. */
	ASSERT_NE(MACH_PORT_NULL, own_task());
	ASSERT_EQ(0, fault_set("alloc", "pid", getpid()));
}

FIXTURE_TEARDOWN(fault)
{
	kill(self->orphan, SIGKILL);
	EXPECT_EQ(0, fault_unload());
}

static kern_return_t allocate(void)
{
	mach_port_t port;

	return mach_port_allocate(own_task(), MACH_PORT_RIGHT_RECEIVE, &port);
}

TEST_F(fault, nothing_fails_unasked)
{
	ASSERT_KR(KERN_SUCCESS, allocate());
	EXPECT_LT(0, fault_get("alloc", "calls"));
	EXPECT_EQ(0, fault_get("alloc", "failed"));
}

TEST_F(fault, as_many_fail_as_were_asked_for)
{
	ASSERT_EQ(0, fault_set("alloc", "fail", 1));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, allocate());
	EXPECT_EQ(1, fault_get("alloc", "failed"));
	EXPECT_KR(KERN_SUCCESS, allocate());
	EXPECT_EQ(1, fault_get("alloc", "failed"));
}

TEST_F(fault, some_can_be_skipped)
{
	unsigned int calls;

	ASSERT_EQ(0, fault_set("alloc", "calls", 0));
	ASSERT_KR(KERN_SUCCESS, allocate());
	calls = fault_get("alloc", "calls");
	ASSERT_LT(0, calls);
	ASSERT_EQ(0, fault_set("alloc", "skip", calls));
	ASSERT_EQ(0, fault_set("alloc", "fail", 1));
	EXPECT_KR(KERN_SUCCESS, allocate());
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, allocate());
}

TEST_F(fault, those_of_others_do_not)
{
	pid_t pid;

	ASSERT_EQ(0, fault_set("alloc", "fail", FAULT_ALWAYS));
	pid = child_fork();
	if (!pid) {
		EXPECT_KR(KERN_SUCCESS, allocate());
		child_exit();
	}
	EXPECT_CHILD(pid);
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, allocate());
	EXPECT_EQ(0, fault_set("alloc", "fail", 0));
}

TEST_F(fault, a_function_by_name)
{
	/* A child of nobody in Mach makes a record by its first call. */
	ASSERT_EQ(0, fault_set(RECORD, "pid", self->orphan));
	ASSERT_EQ(0, fault_set(RECORD, "fail", 1));
	ASSERT_EQ(0, test_put(&self->go, 1));
	EXPECT_CHILD(self->orphan);
	EXPECT_EQ(1, fault_get(RECORD, "failed"));
}

TEST_F(fault, a_delay)
{
	uint64_t start;

	ASSERT_EQ(0, fault_set("alloc", "skip", 0));
	ASSERT_EQ(0, fault_set("alloc", "delay", 20000));
	start = test_now_ms();
	ASSERT_KR(KERN_SUCCESS, allocate());
	EXPECT_LE(20, test_now_ms() - start);
	EXPECT_EQ(0, fault_set("alloc", "delay", 0));
}

MACH_TEST_MAIN
