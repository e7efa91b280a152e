// SPDX-License-Identifier: GPL-2.0-only
/*
 * task_for_pid() and pid_for_task(): who gets whose task port.
 */
#include "actor.h"

#define YAMA "/proc/sys/kernel/yama/ptrace_scope"

static long raw_for_pid(pid_t pid, uint32_t *port)
{
	struct machdev_task_pid argument = {
		.pid = pid,
		.port = TEST_POISON32,
	};
	long code = mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument);

	*port = argument.port;
	return code;
}

static long actor_for_pid(struct actor *actor, pid_t pid, uint32_t *port)
{
	struct machdev_task_pid argument = {
		.pid = pid,
		.port = TEST_POISON32,
	};
	long code = actor_ioctl(actor, MACHDEV_IOC_TASK_FOR_PID, &argument);

	*port = argument.port;
	return code;
}

static long actor_pid_of(struct actor *actor, uint32_t port, int *pid)
{
	struct machdev_task_pid argument = {
		.task = port,
		.pid = -7,
	};
	long code = actor_ioctl(actor, MACHDEV_IOC_PID_FOR_TASK, &argument);

	*pid = argument.pid;
	return code;
}

/* Denied: KERN_FAILURE, the null port, and one more in the count. */
#define EXPECT_DENIED(call, port) do {					\
	EXPECT_KR(KERN_FAILURE, call);					\
	EXPECT_EQ(MACH_PORT_NULL, port);				\
} while (0)

/* A user's processes may reach each other when Yama is off. */
FIXTURE(users) {
	struct actor one, two;
	uint32_t scope;
};

FIXTURE_SETUP(users)
{
	self->scope = file_number(YAMA, UINT32_MAX);
	if (self->scope != UINT32_MAX && self->scope)
		ASSERT_EQ(0, file_write(YAMA, "0"));
	ASSERT_EQ(0, actor_start(&self->one));
	ASSERT_EQ(0, actor_start(&self->two));
	ASSERT_EQ(0, actor_become(&self->one, TEST_UID));
	ASSERT_EQ(0, actor_become(&self->two, TEST_UID));
}

FIXTURE_TEARDOWN(users)
{
	char text[16];

	EXPECT_EQ(0, actor_end(&self->one));
	EXPECT_EQ(0, actor_end(&self->two));
	if (self->scope != UINT32_MAX && self->scope) {
		snprintf(text, sizeof(text), "%u", self->scope);
		EXPECT_EQ(0, file_write(YAMA, text));
	}
}

TEST(oneself)
{
	mach_port_t port;
	int pid;

	ASSERT_KR(KERN_SUCCESS,
		  task_for_pid(mach_task_self(), getpid(), &port));
	EXPECT_EQ(mach_task_self(), port);
	EXPECT_KR(KERN_SUCCESS, pid_for_task(port, &pid));
	EXPECT_EQ(getpid(), pid);
}

TEST(oneself_when_not_dumpable)
{
	uint32_t port;

	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 0));
	ASSERT_KR(KERN_SUCCESS, raw_for_pid(getpid(), &port));
	EXPECT_EQ(mach_task_self(), port);
}

TEST(each_look_up_adds_a_user_reference)
{
	struct actor actor;
	uint32_t port, again;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS, raw_for_pid(actor.pid, &port));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(port));
	EXPECT_EQ(1, port_send_refs(port));
	ASSERT_KR(KERN_SUCCESS, raw_for_pid(actor.pid, &again));
	EXPECT_EQ(port, again);
	EXPECT_EQ(2, port_send_refs(port));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(root_gets_anyones)
{
	struct actor actor;
	uint32_t port;
	int pid;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_ids(&actor, TEST_UID, TEST_UID, TEST_UID, TEST_UID,
			       TEST_UID, TEST_UID));
	ASSERT_KR(KERN_SUCCESS, raw_for_pid(actor.pid, &port));
	EXPECT_KR(KERN_SUCCESS, pid_for_task(port, &pid));
	EXPECT_EQ(actor.pid, pid);
	EXPECT_EQ(port, actor_trap(&actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(users, of_the_same_user)
{
	uint32_t port;
	int pid;

	EXPECT_KR(KERN_SUCCESS,
		  actor_for_pid(&self->one, self->two.pid, &port));
	EXPECT_TRUE(MACH_PORT_VALID(port));
	EXPECT_KR(KERN_SUCCESS, actor_pid_of(&self->one, port, &pid));
	EXPECT_EQ(self->two.pid, pid);
}

TEST_F(users, of_another_user)
{
	uint64_t denied = mach_counter(MACHDEV_COUNTER_DENIED);
	uint32_t port;

	ASSERT_EQ(0, actor_next(&self->two));
	EXPECT_DENIED(actor_for_pid(&self->one, getpid(), &port), port);
	EXPECT_DENIED(actor_for_pid(&self->one, 1, &port), port);
	EXPECT_LE(denied + 2, mach_counter(MACHDEV_COUNTER_DENIED));
}

TEST_F(users, of_a_second_ordinary_user)
{
	struct actor other;
	uint32_t port;

	ASSERT_EQ(0, actor_start(&other));
	ASSERT_EQ(0, actor_become(&other, TEST_UID + 1));
	EXPECT_DENIED(actor_for_pid(&self->one, other.pid, &port), port);
	EXPECT_DENIED(actor_for_pid(&other, self->one.pid, &port), port);
	EXPECT_EQ(0, actor_end(&other));
}

TEST_F(users, not_dumpable)
{
	uint32_t port;

	ASSERT_EQ(0, actor_do(&self->two, ORDER_PRCTL, PR_SET_DUMPABLE, 0));
	EXPECT_DENIED(actor_for_pid(&self->one, self->two.pid, &port), port);
	/* Root does not mind. */
	EXPECT_KR(KERN_SUCCESS, raw_for_pid(self->two.pid, &port));
	ASSERT_EQ(0, actor_do(&self->two, ORDER_PRCTL, PR_SET_DUMPABLE, 1));
	EXPECT_KR(KERN_SUCCESS,
		  actor_for_pid(&self->one, self->two.pid, &port));
}

TEST_F(users, with_a_differing_id)
{
	uint32_t port;

	ASSERT_EQ(0, actor_end(&self->two));
	ASSERT_EQ(0, actor_start(&self->two));
	/* One of six ids is another's. */
	ASSERT_EQ(0, actor_ids(&self->two, TEST_UID, TEST_UID, TEST_UID + 1,
			       TEST_UID, TEST_UID, TEST_UID));
	ASSERT_EQ(0, actor_do(&self->two, ORDER_PRCTL, PR_SET_DUMPABLE, 1));
	EXPECT_DENIED(actor_for_pid(&self->one, self->two.pid, &port), port);
}

TEST_F(users, what_yama_forbids)
{
	uint32_t port;

	if (self->scope == UINT32_MAX)
		SKIP(return, "this kernel has no Yama");
	ASSERT_EQ(0, file_write(YAMA, "1"));
	EXPECT_DENIED(actor_for_pid(&self->one, self->two.pid, &port), port);
	/* The fixture put 0 there, or found it. */
	ASSERT_EQ(0, file_write(YAMA, "0"));
	EXPECT_KR(KERN_SUCCESS,
		  actor_for_pid(&self->one, self->two.pid, &port));
}

TEST_F(users, root_of_a_user_namespace)
{
	uint32_t port;

	ASSERT_EQ(0, actor_do(&self->one, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	ASSERT_EQ(0, actor_map_ids(&self->one, 0, TEST_UID, 1));
	EXPECT_DENIED(actor_for_pid(&self->one, getpid(), &port), port);
	EXPECT_DENIED(actor_for_pid(&self->one, 1, &port), port);
}

TEST(kernel_threads)
{
	uint32_t port;

	/* kthreadd, for root too. */
	EXPECT_DENIED(raw_for_pid(2, &port), port);
}

TEST(absent_processes)
{
	const pid_t absent[] = { 0, -1, INT_MIN, INT_MAX };
	uint32_t port;
	pid_t pid;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(absent); i++)
		EXPECT_DENIED(raw_for_pid(absent[i], &port), port);
	pid = child_fork();
	if (!pid)
		_exit(0);
	EXPECT_CHILD(pid);
	EXPECT_DENIED(raw_for_pid(pid, &port), port);
}

TEST(the_library_returns_null_too)
{
	mach_port_t port = TEST_POISON32;

	EXPECT_DENIED(task_for_pid(mach_task_self(), 2, &port), port);
}

static struct test_pipe thread_pipe;

static void *sleeper(void *argument)
{
	*(pid_t *)argument = syscall(SYS_gettid);
	test_put(&thread_pipe, 1);
	pause();
	return NULL;
}

TEST(threads_are_not_processes)
{
	pthread_t thread;
	uint32_t port;
	pid_t tid = 0;

	ASSERT_EQ(0, test_pipe_open(&thread_pipe));
	ASSERT_EQ(0, pthread_create(&thread, NULL, sleeper, &tid));
	ASSERT_EQ(0, test_wait(&thread_pipe));
	ASSERT_NE(getpid(), tid);
	EXPECT_DENIED(raw_for_pid(tid, &port), port);
}

TEST(zombies)
{
	siginfo_t info;
	uint32_t port;
	pid_t pid;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	pid = child_fork();
	if (!pid)
		_exit(0);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	EXPECT_DENIED(raw_for_pid(pid, &port), port);
	EXPECT_CHILD(pid);
}

TEST(a_process_without_state_gets_some)
{
	struct actor actor;
	uint32_t port, name;

	/* Forked before the test is a task. */
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS, raw_for_pid(actor.pid, &port));
	EXPECT_NE(0, pidversion_of(actor.pid));
	/* Its first call finds the same task. */
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	EXPECT_EQ(port, actor_trap(&actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(state_that_nobody_used_goes_with_the_process)
{
	struct actor actor;
	uint32_t port;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS, raw_for_pid(actor.pid, &port));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(port_is_dead(port));
}

TEST(the_port_right_after_exit)
{
	uint32_t port;
	pid_t pid;
	int i;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	for (i = 0; i < 50; i++) {
		pid = fork();
		if (!pid)
			_exit(0);
		/* The child may be anywhere between birth and death. */
		if (!raw_for_pid(pid, &port)) {
			EXPECT_CHILD(pid);
			ASSERT_EQ(0, mach_sync());
			EXPECT_TRUE(port_is_dead(port));
		} else {
			EXPECT_EQ(MACH_PORT_NULL, port);
			EXPECT_CHILD(pid);
		}
	}
}

TEST(pid_for_wrong_ports)
{
	mach_port_t receive = port_receive();
	const uint32_t wrong[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, receive,
		port_new(), port_dead_name(), port_send_once(receive),
		mach_host_self(), mach_thread_self(),
	};
	size_t i;
	int pid;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_NE(KERN_SUCCESS, pid_for_task(wrong[i], &pid)) {
			TH_LOG("port %zu", i);
		}
	}
}

TEST(pids_are_the_callers)
{
	struct actor inside;
	uint32_t port, name;
	int pid;

	ASSERT_EQ(0, actor_start(&inside));
	ASSERT_EQ(0, actor_do(&inside, ORDER_UNSHARE, CLONE_NEWPID, 0));
	ASSERT_EQ(0, actor_next(&inside));
	/* Process 1 of its name space is itself. */
	ASSERT_KR(KERN_SUCCESS, actor_for_pid(&inside, 1, &port));
	EXPECT_EQ(actor_task(&inside),
		  actor_take(&inside, port, MACH_MSG_TYPE_COPY_SEND));
	EXPECT_KR(KERN_SUCCESS, actor_pid_of(&inside, port, &pid));
	EXPECT_EQ(1, pid);
	EXPECT_KR(KERN_SUCCESS, pid_for_task(inside.task, &pid));
	EXPECT_EQ(inside.pid, pid);
	/* Numbers from outside mean nothing there, */
	EXPECT_DENIED(actor_for_pid(&inside, getpid(), &port), port);
	/* and a task from outside has no number there. */
	name = actor_give(&inside, own_task(), MACH_MSG_TYPE_COPY_SEND);
	if (!actor_pid_of(&inside, name, &pid))
		EXPECT_EQ(0, pid);
	EXPECT_EQ(0, actor_end(&inside));
}

TEST(a_right_that_was_handed_on)
{
	mach_port_t port = port_new();
	struct actor holder, target;
	struct machdev_special_port argument = {
		.which = TASK_BOOTSTRAP_PORT,
	};

	/* A send right is the authority, whoever holds it. */
	ASSERT_EQ(0, actor_start(&holder));
	ASSERT_EQ(0, actor_start(&target));
	ASSERT_EQ(0, actor_become(&holder, TEST_UID));
	argument.object = actor_give(&holder, actor_task(&target),
				     MACH_MSG_TYPE_COPY_SEND);
	argument.port = actor_give(&holder, port, MACH_MSG_TYPE_COPY_SEND);
	EXPECT_KR(KERN_SUCCESS,
		  actor_ioctl(&holder, MACHDEV_IOC_TASK_SET_SPECIAL_PORT,
			      &argument));
	EXPECT_EQ(port, actor_special(&target, TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(0, actor_end(&target));
	EXPECT_EQ(0, actor_end(&holder));
}

TEST(result_that_cannot_be_written)
{
	struct machdev_task_pid *argument;
	struct actor actor;
	int names;

	ASSERT_EQ(0, actor_start(&actor));
	names = task_names(own_task());
	argument = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, argument);
	argument->pid = actor.pid;
	ASSERT_EQ(0, mprotect(argument, 4096, PROT_READ));
	EXPECT_KR(-EFAULT, mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, argument));
	EXPECT_EQ(names, task_names(own_task()));
	EXPECT_EQ(0, actor_end(&actor));
}

MACH_TEST_MAIN
