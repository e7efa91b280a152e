// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspensions that come into force with an exec: not one instruction of the new
 * program has run.
 */
#include <stdatomic.h>
#include <sys/ptrace.h>

#include "actor.h"
#include "suspend_helpers.h"

FIXTURE(exec) {
	char path[PATH_MAX];
	struct actor actor;
	pid_t pid;
	task_t task;
};

FIXTURE_SETUP(exec)
{
	ASSERT_EQ(0, helper_path("actor", self->path, sizeof(self->path)));
	ASSERT_NE(MACH_PORT_NULL, own_task());
	ASSERT_EQ(0, actor_start(&self->actor));
	self->pid = self->actor.pid;
	self->task = actor_task(&self->actor);
	ASSERT_TRUE(MACH_PORT_VALID(self->task));
}

FIXTURE_TEARDOWN(exec)
{
	kill(self->pid, SIGKILL);
	actor_end(&self->actor);
}

/* Have it execute its program, and do not wait for that to run. */
static int order_exec(FIXTURE_DATA(exec) *self, uint32_t what)
{
	struct order order = { .what = what };

	strcpy(order.data, self->path);
	return send(self->actor.fd, &order, sizeof(order), MSG_NOSIGNAL) ==
	       sizeof(order) ? 0 : -errno;
}

/* Whether its program says that it runs. */
static bool runs(FIXTURE_DATA(exec) *self)
{
	struct pollfd ready = { .fd = self->actor.fd, .events = POLLIN };
	struct answer answer;

	return poll(&ready, 1, test_ms(20000)) == 1 &&
	       recv(self->actor.fd, &answer, sizeof(answer), 0) ==
	       sizeof(answer) && !answer.code;
}

static bool is_silent(FIXTURE_DATA(exec) *self)
{
	struct pollfd ready = { .fd = self->actor.fd, .events = POLLIN };

	return !poll(&ready, 1, 20);
}

TEST_F(exec, not_one_instruction_runs)
{
	int i;

	for (i = 0; i < 10; i++) {
		ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
		EXPECT_EQ(0, suspensions(self->task));
		ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
		ASSERT_TRUE(stops(self->pid));
		EXPECT_UNTOUCHED(self->pid);
		EXPECT_TRUE(is_silent(self));
		EXPECT_EQ(1, suspensions(self->task));
		ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
		EXPECT_TRUE(runs(self));
		EXPECT_KR(KERN_FAILURE, task_resume(self->task));
	}
}

TEST_F(exec, from_another_thread)
{
	int i;

	for (i = 0; i < 10; i++) {
		ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
		ASSERT_EQ(0, order_exec(self, ORDER_EXEC_THREAD));
		ASSERT_TRUE(stops(self->pid));
		EXPECT_UNTOUCHED(self->pid);
		ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
		EXPECT_TRUE(runs(self));
	}
}

TEST_F(exec, it_is_for_one_exec)
{
	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
	ASSERT_TRUE(stops(self->pid));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(runs(self));
	EXPECT_EQ(0, actor_run(&self->actor, self->path));
}

TEST_F(exec, one_that_fails_does_not_count)
{
	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	EXPECT_EQ(-ENOENT, actor_run(&self->actor, "/nowhere/at/all"));
	EXPECT_EQ(-EACCES, actor_run(&self->actor, "/etc/passwd"));
	ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
	ASSERT_TRUE(stops(self->pid));
	EXPECT_UNTOUCHED(self->pid);
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(runs(self));
}

TEST_F(exec, they_are_counted)
{
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
	ASSERT_TRUE(stops(self->pid));
	EXPECT_EQ(3, suspensions(self->task));
	for (i = 0; i < 3; i++) {
		EXPECT_TRUE(is_silent(self));
		ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	}
	EXPECT_TRUE(runs(self));
}

/* The task is suspended once before, and goes on, and once by the exec. */
TEST_F(exec, what_is_in_force_is_taken_back_first)
{
	uint32_t name;

	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	ASSERT_TRUE(stops(self->pid));
	EXPECT_EQ(1, suspensions(self->task));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_EQ(0, actor_allocate(&self->actor, &name));
	ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
	ASSERT_TRUE(stops(self->pid));
	EXPECT_UNTOUCHED(self->pid);
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(runs(self));
	EXPECT_KR(KERN_FAILURE, task_resume(self->task));
}

TEST_F(exec, it_can_be_taken_back)
{
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	for (i = 0; i < 3; i++)
		ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_KR(KERN_FAILURE, task_resume(self->task));
	EXPECT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_EQ(0, told(self->pid, WSTOPPED));
}

TEST_F(exec, a_token_holds_beside_it)
{
	task_suspension_token_t token;

	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
	ASSERT_TRUE(stops(self->pid));
	ASSERT_KR(KERN_SUCCESS, task_suspend2(self->task, &token));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(is_silent(self));
	EXPECT_UNTOUCHED(self->pid);
	ASSERT_KR(KERN_SUCCESS, task_resume2(token));
	EXPECT_TRUE(runs(self));
}

TEST_F(exec, only_a_later_sigcont_undoes_it)
{
	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
	ASSERT_TRUE(stops(self->pid));
	EXPECT_UNTOUCHED(self->pid);
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	EXPECT_TRUE(runs(self));
	EXPECT_KR(KERN_FAILURE, task_resume(self->task));
}

TEST_F(exec, sigkill_ends_it)
{
	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
	ASSERT_TRUE(stops(self->pid));
	EXPECT_EQ(128 + SIGKILL, actor_kill(&self->actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_KR(KERN_INVALID_ARGUMENT, suspend_at_exec(self->task));
}

/* Nothing is left behind of what never came into force. */
TEST_F(exec, it_ends_before_it_executes)
{
	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	EXPECT_EQ(0, actor_end(&self->actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_KR(KERN_INVALID_ARGUMENT, suspend_at_exec(self->task));
}

/* Another that suspends. */
static long suspend_by(struct actor *actor, task_t task)
{
	struct machdev_task_control call = {
		.task = actor_give(actor, task, MACH_MSG_TYPE_COPY_SEND),
		.flags = MACHDEV_SUSPEND_AT_EXEC,
	};

	return actor_ioctl(actor, MACHDEV_IOC_TASK_SUSPEND, &call);
}

TEST_F(exec, who_suspends_ends_before)
{
	struct actor other;

	ASSERT_EQ(0, actor_start(&other));
	ASSERT_KR(KERN_SUCCESS, suspend_by(&other, self->task));
	EXPECT_EQ(128 + SIGKILL, actor_kill(&other));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_EQ(0, told(self->pid, WSTOPPED));
}

TEST_F(exec, who_suspends_ends_afterwards)
{
	struct actor other;

	ASSERT_EQ(0, actor_start(&other));
	ASSERT_KR(KERN_SUCCESS, suspend_by(&other, self->task));
	ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
	ASSERT_TRUE(stops(self->pid));
	EXPECT_TRUE(is_silent(self));
	EXPECT_EQ(128 + SIGKILL, actor_kill(&other));
	EXPECT_TRUE(runs(self));
}

TEST_F(exec, who_suspends_executes_before)
{
	struct actor other;

	ASSERT_EQ(0, actor_start(&other));
	ASSERT_KR(KERN_SUCCESS, suspend_by(&other, self->task));
	ASSERT_EQ(0, actor_run(&other, self->path));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_EQ(0, told(self->pid, WSTOPPED));
	EXPECT_EQ(0, actor_end(&other));
}

/* The end of one takes nothing from the other, whoever was first. */
TEST_F(exec, two_suspend)
{
	struct actor other;
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, actor_start(&other));
		if (i)
			ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
		ASSERT_KR(KERN_SUCCESS, suspend_by(&other, self->task));
		if (!i)
			ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
		EXPECT_EQ(0, actor_end(&other));
		ASSERT_EQ(0, mach_sync());
		ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
		ASSERT_TRUE(stops(self->pid));
		EXPECT_UNTOUCHED(self->pid);
		EXPECT_EQ(1, suspensions(self->task));
		ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
		EXPECT_TRUE(runs(self));
	}
}

/* task_resume() takes back what anybody wants, and the caller's own first. */
TEST_F(exec, somebody_else_resumes)
{
	struct actor other;

	ASSERT_EQ(0, actor_start(&other));
	ASSERT_KR(KERN_SUCCESS, suspend_by(&other, self->task));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_KR(KERN_FAILURE, task_resume(self->task));
	EXPECT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_EQ(0, told(self->pid, WSTOPPED));
	EXPECT_EQ(0, actor_end(&other));
}

TEST_F(exec, ones_own_is_taken_back_before_that_of_others)
{
	struct actor other;
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, actor_start(&other));
		if (i)
			ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
		ASSERT_KR(KERN_SUCCESS, suspend_by(&other, self->task));
		if (!i)
			ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
		ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
		/* What is left is the other's, and ends with it. */
		EXPECT_EQ(0, actor_end(&other));
		ASSERT_EQ(0, mach_sync());
		EXPECT_KR(KERN_FAILURE, task_resume(self->task));
		EXPECT_EQ(0, actor_run(&self->actor, self->path));
		EXPECT_EQ(0, told(self->pid, WSTOPPED));
	}
}

/* Children do not get it. */
TEST_F(exec, a_child_executes)
{
	pid_t parent = self->pid;

	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	ASSERT_EQ(0, actor_next(&self->actor));
	EXPECT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_EQ(0, told(parent, WSTOPPED));
}

TEST_F(exec, job_control_stops_it_meanwhile)
{
	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
	ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
	ASSERT_TRUE(stops(self->pid));
	ASSERT_EQ(0, kill(self->pid, SIGSTOP));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(is_silent(self));
	EXPECT_UNTOUCHED(self->pid);
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	EXPECT_TRUE(runs(self));
}

TEST(not_oneself)
{
	EXPECT_KR(KERN_INVALID_ARGUMENT, suspend_at_exec(own_task()));
	EXPECT_KR(KERN_FAILURE, task_resume(own_task()));
}

TEST_F(exec, only_the_task_port_will_do)
{
	mach_port_t receive = port_receive();
	const mach_port_t wrong[] = {
		port_of(self->pid, MACHDEV_TASK_FLAVOR_READ),
		port_of(self->pid, MACHDEV_TASK_FLAVOR_INSPECT),
		port_of(self->pid, MACHDEV_TASK_FLAVOR_NAME), MACH_PORT_NULL,
		MACH_PORT_DEAD, PORT_NOTHING, receive, port_dead_name(),
		port_send_once(receive), mach_thread_self(), mach_host_self(),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		EXPECT_KR(KERN_INVALID_ARGUMENT, suspend_at_exec(wrong[i]));
	EXPECT_EQ(0, actor_run(&self->actor, self->path));
}

/* The parent comes out of vfork() though the child does not run. */
TEST_F(exec, the_child_of_a_vfork)
{
	struct test_pipe ready, go, out;
	volatile pid_t *child;
	pid_t parent;
	task_t task;

	child = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, child);
	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&go));
	ASSERT_EQ(0, test_pipe_open(&out));
	parent = child_fork();
	if (!parent) {
		pid_t pid = vfork();

		if (!pid) {
			*child = getpid();
			test_put(&ready, 1);
			test_wait(&go);
			execl(self->path, self->path, "99", NULL);
			_exit(77);
		}
		test_put(&out, 1);
		/* Its socket does not exist: the program fails with 1. */
		_exit(child_status(pid) != 1);
	}
	ASSERT_EQ(0, test_wait(&ready));
	task = port_of(*child, MACHDEV_TASK_FLAVOR_CONTROL);
	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(task));
	ASSERT_EQ(0, test_put(&go, 1));
	ASSERT_EQ(0, test_wait(&out));
	ASSERT_TRUE(TEST_UNTIL(suspensions(task) == 1, 20000));
	/* From here on it does not run, and need not have stopped yet. */
	ASSERT_KR(KERN_SUCCESS, task_suspend(task));
	EXPECT_UNTOUCHED(*child);
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	EXPECT_CHILD(parent);
}

/* The debugger is told of the exec, and then of the stop, which it lets be. */
TEST_F(exec, a_debugger_looks_on)
{
	struct test_pipe go;
	int status;
	task_t task;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&go));
	pid = child_fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		test_wait(&go);
		execl(self->path, self->path, "99", NULL);
		_exit(77);
	}
	task = port_of(pid, MACHDEV_TASK_FLAVOR_CONTROL);
	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(task));
	ASSERT_EQ(0, test_put(&go, 1));
	do {
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_TRUE(WIFSTOPPED(status));
		EXPECT_UNTOUCHED(pid);
		if (WSTOPSIG(status) != SIGSTOP)
			ASSERT_EQ(0, ptrace(PTRACE_CONT, pid, NULL, NULL));
	} while (WSTOPSIG(status) != SIGSTOP);
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, pid, NULL, SIGSTOP));
	ASSERT_TRUE(stops(pid));
	EXPECT_UNTOUCHED(pid);
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	EXPECT_EQ(1, child_status(pid));
}

static atomic_bool over;

static void *settle_always(void *argument)
{
	task_t task = *(task_t *)argument;

	/* Any call on the task settles what its exec has left to be done. */
	while (!over)
		suspensions(task);
	return NULL;
}

TEST_F(exec, whoever_settles_the_exec)
{
	pthread_t thread;
	int i;

	over = false;
	ASSERT_EQ(0, pthread_create(&thread, NULL, settle_always,
				    &self->task));
	for (i = 0; i < 20; i++) {
		ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
		ASSERT_EQ(0, order_exec(self, i & 1 ? ORDER_EXEC_THREAD :
						      ORDER_EXEC));
		ASSERT_TRUE(stops(self->pid));
		EXPECT_UNTOUCHED(self->pid);
		ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
		EXPECT_TRUE(runs(self));
	}
	over = true;
	pthread_join(thread, NULL);
}

/* Nobody waits for ever, whatever comes when. */
TEST_F(exec, resumed_at_any_moment)
{
	uint64_t end;
	int i;

	for (i = 0; i < 30; i++) {
		ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->task));
		ASSERT_EQ(0, order_exec(self, ORDER_EXEC));
		end = test_now_ms() + test_ms(20000);
		usleep(100 * i);
		/* The port does not answer in the middle of an exec. */
		while (task_resume(self->task)) {
			ASSERT_GT(end, test_now_ms());
		}
		ASSERT_TRUE(runs(self));
		EXPECT_KR(KERN_FAILURE, task_resume(self->task));
	}
}

MACH_TEST_MAIN
