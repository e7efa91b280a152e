// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module that makes functions fail, on which other tests rely.
 */
#include "fault.h"
#include "msg_helpers.h"

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
	ASSERT_EQ(0, fault_load("alloc,copy," RECORD));
	ASSERT_EQ(0, test_pipe_open(&self->go));
	self->orphan = child_fork();
	if (!self->orphan)
		_exit(call_twice(&self->go));
	/* So that the device is open and the test is a task. */
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	ASSERT_EQ(0, fault_set("alloc", "pid", getpid()));
	ASSERT_EQ(0, fault_set("copy", "pid", getpid()));
}

FIXTURE_TEARDOWN(fault)
{
	kill(self->orphan, SIGKILL);
	EXPECT_EQ(0, fault_unload());
}

static kern_return_t allocate(void)
{
	mach_port_t port;

	return mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, &port);
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

/* The call's @n-th look at user memory fails, and no other. */
#define EXPECT_COPY_FAILS(n, expected, call) do {			\
	ASSERT_EQ(0, fault_set("copy", "failed", 0));			\
	ASSERT_EQ(0, fault_set("copy", "skip", (n) - 1));		\
	ASSERT_EQ(0, fault_set("copy", "fail", 1));			\
	EXPECT_KR(expected, call);					\
	EXPECT_EQ(1, fault_get("copy", "failed"));			\
	EXPECT_EQ(0, fault_set("copy", "skip", 0));			\
} while (0)

TEST_F(fault, a_struct_that_is_read_and_written)
{
	uint32_t name;

	EXPECT_COPY_FAILS(1, -EFAULT,
			  mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name));
	EXPECT_COPY_FAILS(2, -EFAULT,
			  mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name));
	EXPECT_COPY_FAILS(3, -EFAULT,
			  mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name));
	EXPECT_EQ(TEST_POISON32, name);
	EXPECT_KR(0, mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name));
}

TEST_F(fault, a_word_that_is_written)
{
	uint32_t names[8] = { 0 }, types[8] = { 0 };
	struct machdev_port_names call = {
		.task = mach_task_self(),
		.count = 8,
		.names = (uintptr_t)names,
		.types = (uintptr_t)types,
	};

	/* After the struct has been read and written back. */
	EXPECT_COPY_FAILS(4, KERN_INVALID_ADDRESS,
			  mach_ioctl(MACHDEV_IOC_PORT_NAMES, &call));
	EXPECT_NE(0, names[0]);
	EXPECT_EQ(0, types[0]);
}

TEST_F(fault, a_word_that_is_read)
{
	struct port_msg msg;
	mach_port_t port = port_new_send(1);

	port_msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL, 0,
		      0);
	/* After the struct and the header. */
	EXPECT_COPY_FAILS(3, MACH_SEND_INVALID_DATA,
			  msg_send(&msg, PORT_MSG_SIZE(0)));
	EXPECT_KR(MACH_MSG_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(0)));
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

static uint64_t count_tasks(void)
{
	return mach_sync() ? UINT64_MAX : mach_counter(MACHDEV_COUNTER_TASKS);
}

/* Also what the process allocates that is to be the task. */
static void create_with_failures(struct __test_metadata *_metadata,
				 boolean_t memory)
{
	unsigned int n, refused = 0;
	uint64_t tasks;
	kern_return_t kr;
	task_t task;
	int pid;

	tasks = count_tasks();
	ASSERT_EQ(0, fault_set("alloc", "pid", 0));
	for (n = 0;; n++) {
		ASSERT_EQ(0, fault_set("alloc", "fail", 0));
		ASSERT_EQ(0, fault_set("alloc", "failed", 0));
		ASSERT_EQ(0, fault_set("alloc", "fail", 1));
		ASSERT_EQ(0, fault_set("alloc", "skip", n));
		kr = task_create(mach_task_self(), NULL, 0, memory, &task);
		ASSERT_EQ(0, fault_set("alloc", "fail", 0));
		if (kr) {
			refused++;
			EXPECT_TRUE(kr == KERN_RESOURCE_SHORTAGE ||
				    kr == KERN_FAILURE);
		} else {
			ASSERT_KR(KERN_SUCCESS, pid_for_task(task, &pid));
			ASSERT_EQ(0, kill(pid, SIGKILL));
			mach_port_deallocate(mach_task_self(), task);
		}
		EXPECT_TRUE(TEST_UNTIL(count_tasks() <= tasks, 10000));
		if (!fault_get("alloc", "failed"))
			break;
	}
	EXPECT_KR(KERN_SUCCESS, kr);
	/*
	 * Its port, its record, what it inherits, and its parking at least; of
	 * which a process that dies meanwhile may have taken some.
	 */
	EXPECT_LE(4, n);
	EXPECT_LE(1, refused);
}

TEST_F(fault, a_task_that_cannot_be_made_leaves_nothing)
{
	create_with_failures(_metadata, FALSE);
}

TEST_F(fault, nor_does_one_with_memory)
{
	create_with_failures(_metadata, TRUE);
}

MACH_TEST_MAIN
