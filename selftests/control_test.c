// SPDX-License-Identifier: GPL-2.0-only
/*
 * task_suspend() and its kin, and task_terminate(): what stands still, until
 * when, and what a parent sees of it.
 */
#include <stdatomic.h>

#include "actor.h"
#include "cgroup.h"
#include "suspend_helpers.h"

#define SPINNERS 3

/* A process whose threads count, and its task. */
FIXTURE(child) {
	atomic_ulong *count;
	pid_t pid;
	task_t task;
};

/* One never sleeps, the others now and then. */
static void *count_up(void *count)
{
	for (;;) {
		atomic_fetch_add((atomic_ulong *)count, 1);
		usleep(100);
	}
	return NULL;
}

FIXTURE_SETUP(child)
{
	int i;

	self->count = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->count);
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	self->pid = child_fork();
	if (!self->pid) {
		pthread_t thread;

		for (i = 1; i < SPINNERS; i++)
			pthread_create(&thread, NULL, count_up,
				       &self->count[i]);
		for (;;)
			atomic_fetch_add(&self->count[0], 1);
	}
	self->task = port_of(self->pid, MACHDEV_TASK_FLAVOR_CONTROL);
	for (i = 0; i < SPINNERS; i++)
		ASSERT_TRUE(TEST_UNTIL(self->count[i] != 0, 20000));
}

FIXTURE_TEARDOWN(child)
{
	if (self->pid)
		child_kill(self->pid);
}

static bool stands_still(FIXTURE_DATA(child) *self)
{
	unsigned long before[SPINNERS];
	int i;

	for (i = 0; i < SPINNERS; i++)
		before[i] = self->count[i];
	test_sleep_ms(20);
	for (i = 0; i < SPINNERS; i++) {
		if (before[i] != self->count[i])
			return false;
	}
	return true;
}

static bool runs(FIXTURE_DATA(child) *self)
{
	unsigned long first = self->count[0], last = self->count[SPINNERS - 1];

	return TEST_UNTIL(first != self->count[0] &&
			  last != self->count[SPINNERS - 1], 20000);
}

TEST_F(child, stands_still_and_goes_on)
{
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	EXPECT_TRUE(stands_still(self));
	EXPECT_TRUE(TEST_UNTIL(told(self->pid, WSTOPPED) == CLD_STOPPED,
			       10000));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(runs(self));
	EXPECT_TRUE(TEST_UNTIL(told(self->pid, WCONTINUED) == CLD_CONTINUED,
			       10000));
	EXPECT_KR(KERN_FAILURE, task_resume(self->task));
	EXPECT_TRUE(runs(self));
}

TEST_F(child, suspensions_are_counted)
{
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	for (i = 0; i < 2; i++) {
		ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
		EXPECT_TRUE(stands_still(self));
	}
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(runs(self));
	EXPECT_KR(KERN_FAILURE, task_resume(self->task));
}

TEST_F(child, is_told_to_stop_as_often_as_one_likes)
{
	int i;

	for (i = 0; i < 50; i++) {
		ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
		ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	}
	EXPECT_TRUE(runs(self));
}

static long actor_control(struct actor *actor, unsigned long command,
			  uint32_t task)
{
	struct machdev_task_control call = { .task = task };

	return actor_ioctl(actor, command, &call);
}

TEST_F(child, what_somebody_who_ends_has_suspended_goes_on)
{
	struct actor actor;
	uint32_t name;

	ASSERT_EQ(0, actor_start(&actor));
	name = actor_give(&actor, self->task, MACH_MSG_TYPE_COPY_SEND);
	ASSERT_KR(KERN_SUCCESS,
		  actor_control(&actor, MACHDEV_IOC_TASK_SUSPEND, name));
	ASSERT_KR(KERN_SUCCESS,
		  actor_control(&actor, MACHDEV_IOC_TASK_SUSPEND, name));
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	/* Theirs goes with them, ours stays. */
	ASSERT_EQ(128 + SIGKILL, actor_kill(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(stands_still(self));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(runs(self));
	EXPECT_KR(KERN_FAILURE, task_resume(self->task));
}

TEST_F(child, what_somebody_has_suspended_goes_on_when_he_executes)
{
	char path[PATH_MAX];
	struct actor actor;
	uint32_t name;

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, actor_start(&actor));
	name = actor_give(&actor, self->task, MACH_MSG_TYPE_COPY_SEND);
	ASSERT_KR(KERN_SUCCESS,
		  actor_control(&actor, MACHDEV_IOC_TASK_SUSPEND, name));
	EXPECT_TRUE(stands_still(self));
	ASSERT_EQ(0, actor_run(&actor, path));
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(runs(self));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(child, anybody_resumes_what_others_have_suspended)
{
	struct actor actor;
	uint32_t name;

	ASSERT_EQ(0, actor_start(&actor));
	name = actor_give(&actor, self->task, MACH_MSG_TYPE_COPY_SEND);
	ASSERT_KR(KERN_SUCCESS,
		  actor_control(&actor, MACHDEV_IOC_TASK_SUSPEND, name));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(runs(self));
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	/* There is nothing of its own left to be undone by its end. */
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(stands_still(self));
}

TEST_F(child, sigcont_undoes_what_is_counted)
{
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	EXPECT_TRUE(runs(self));
	EXPECT_KR(KERN_FAILURE, task_resume(self->task));
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	EXPECT_TRUE(stands_still(self));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(runs(self));
}

TEST_F(child, sigcont_does_not_undo_a_token)
{
	task_suspension_token_t token;
	int i;

	ASSERT_KR(KERN_SUCCESS, task_suspend2(self->task, &token));
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	EXPECT_TRUE(stands_still(self));
	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, kill(self->pid, SIGCONT));
		EXPECT_TRUE(stands_still(self));
	}
	EXPECT_KR(KERN_FAILURE, task_resume(self->task));
	ASSERT_KR(KERN_SUCCESS, task_resume2(token));
	EXPECT_TRUE(runs(self));
}

static atomic_bool over;

static void *continue_always(void *argument)
{
	while (!over)
		kill(*(pid_t *)argument, SIGCONT);
	return NULL;
}

/* Not one instruction, however many signals come. */
TEST_F(child, no_thread_slips_through)
{
	unsigned long before[SPINNERS];
	task_suspension_token_t token;
	pthread_t thread;
	int i, round;

	for (round = 0; round < 5; round++) {
		over = false;
		ASSERT_EQ(0, pthread_create(&thread, NULL, continue_always,
					    &self->pid));
		ASSERT_KR(KERN_SUCCESS, task_suspend2(self->task, &token));
		for (i = 0; i < SPINNERS; i++)
			before[i] = self->count[i];
		test_sleep_ms(200);
		for (i = 0; i < SPINNERS; i++)
			EXPECT_EQ(before[i], self->count[i]);
		over = true;
		pthread_join(thread, NULL);
		EXPECT_TRUE(stands_still(self));
		ASSERT_KR(KERN_SUCCESS, task_resume2(token));
		EXPECT_TRUE(runs(self));
	}
}

TEST_F(child, a_token_is_a_send_once_right)
{
	task_suspension_token_t token, second;

	ASSERT_KR(KERN_SUCCESS, task_suspend2(self->task, &token));
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(token));
	ASSERT_KR(KERN_SUCCESS, task_suspend2(self->task, &second));
	EXPECT_NE(token, second);
	ASSERT_KR(KERN_SUCCESS, task_resume2(token));
	EXPECT_EQ(0, port_type(token));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_resume2(token));
	EXPECT_TRUE(stands_still(self));
	/* To let it go is as good as to use it. */
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), second));
	EXPECT_TRUE(runs(self));
}

TEST_F(child, a_token_goes_with_who_has_it)
{
	task_suspension_token_t token;
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS, task_suspend2(self->task, &token));
	ASSERT_NE(MACH_PORT_NULL,
		  actor_give(&actor, token, MACH_MSG_TYPE_MOVE_SEND_ONCE));
	EXPECT_EQ(0, port_type(token));
	EXPECT_TRUE(stands_still(self));
	ASSERT_EQ(128 + SIGKILL, actor_kill(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(runs(self));
}

TEST_F(child, a_token_outlives_who_suspended)
{
	struct machdev_task_control call = { 0 };
	struct actor actor;
	mach_port_t token;

	ASSERT_EQ(0, actor_start(&actor));
	call.task = actor_give(&actor, self->task, MACH_MSG_TYPE_COPY_SEND);
	ASSERT_KR(KERN_SUCCESS,
		  actor_ioctl(&actor, MACHDEV_IOC_TASK_SUSPEND2, &call));
	token = actor_take(&actor, call.token, MACH_MSG_TYPE_MOVE_SEND_ONCE);
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(stands_still(self));
	ASSERT_KR(KERN_SUCCESS, task_resume2(token));
	EXPECT_TRUE(runs(self));
}

TEST_F(child, a_token_dies_with_the_task)
{
	task_suspension_token_t token;

	ASSERT_KR(KERN_SUCCESS, task_suspend2(self->task, &token));
	child_kill(self->pid);
	self->pid = 0;
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(port_is_dead(token));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_resume2(token));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_suspend(self->task));
}

TEST_F(child, no_message_is_sent_to_a_token)
{
	task_suspension_token_t token;

	ASSERT_KR(KERN_SUCCESS, task_suspend2(self->task, &token));
	EXPECT_NE(KERN_SUCCESS,
		  letter_send(token, MACH_MSG_TYPE_MOVE_SEND_ONCE,
			      MACH_PORT_NULL, 0, 1));
	EXPECT_TRUE(stands_still(self));
	EXPECT_KR(KERN_SUCCESS, task_resume2(token));
}

/* The message goes nowhere, and the right with it. */
TEST_F(child, a_token_is_let_go_by_a_notification)
{
	mach_port_t port = port_receive(), previous;
	task_suspension_token_t token;

	ASSERT_KR(KERN_SUCCESS, task_suspend2(self->task, &token));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(own_task(), port, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_request_notification(own_task(), port,
						 MACH_NOTIFY_DEAD_NAME, 0, token,
						 MACH_MSG_TYPE_MOVE_SEND_ONCE,
						 &previous));
	EXPECT_TRUE(stands_still(self));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(own_task(), port, MACH_PORT_RIGHT_RECEIVE,
				     -1));
	EXPECT_TRUE(runs(self));
}

static int freeze(struct cgroup *group, const char *how)
{
	return cgroup_set(group, "cgroup.freeze", how);
}

TEST_F(child, is_suspended_while_it_is_frozen)
{
	struct cgroup group;
	char pid[16];

	ASSERT_EQ(0, cgroup_make(&group, "frozen"));
	snprintf(pid, sizeof(pid), "%d", self->pid);
	ASSERT_EQ(0, cgroup_set(&group, "cgroup.procs", pid));
	ASSERT_EQ(0, freeze(&group, "1"));
	ASSERT_TRUE(TEST_UNTIL(stands_still(self), 10000));
	EXPECT_KR(KERN_SUCCESS, task_suspend(self->task));
	ASSERT_EQ(0, freeze(&group, "0"));
	EXPECT_TRUE(stands_still(self));
	EXPECT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(runs(self));
	child_kill(self->pid);
	self->pid = 0;
	EXPECT_EQ(0, cgroup_remove(&group));
}

TEST_F(child, what_job_control_has_stopped_stays_so)
{
	siginfo_t info;

	ASSERT_EQ(0, kill(self->pid, SIGSTOP));
	ASSERT_EQ(0, waitid(P_PID, self->pid, &info, WSTOPPED));
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(stands_still(self));
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	EXPECT_TRUE(runs(self));

	/* And what it stops meanwhile. */
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	ASSERT_EQ(0, kill(self->pid, SIGSTOP));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(stands_still(self));
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	EXPECT_TRUE(runs(self));
}

/* A terminal's stop tells nobody: only that nothing holds the task is known. */
TEST_F(child, what_was_undone_is_not_let_go_again)
{
	struct actor actor;
	uint32_t name;

	ASSERT_EQ(0, setpgid(self->pid, 0));
	ASSERT_EQ(0, actor_start(&actor));
	name = actor_give(&actor, self->task, MACH_MSG_TYPE_COPY_SEND);
	ASSERT_KR(KERN_SUCCESS,
		  actor_control(&actor, MACHDEV_IOC_TASK_SUSPEND, name));
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	EXPECT_TRUE(runs(self));
	while (told(self->pid, WSTOPPED) > 0)
		;
	ASSERT_EQ(0, kill(self->pid, SIGTSTP));
	ASSERT_TRUE(stops(self->pid));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(stands_still(self));
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	EXPECT_TRUE(runs(self));
}

TEST_F(child, only_the_task_port_will_do)
{
	const int lesser[] = {
		MACHDEV_TASK_FLAVOR_READ, MACHDEV_TASK_FLAVOR_INSPECT,
		MACHDEV_TASK_FLAVOR_NAME,
	};
	mach_port_t receive = port_receive();
	const mach_port_t wrong[] = {
		port_of(self->pid, lesser[0]), port_of(self->pid, lesser[1]),
		port_of(self->pid, lesser[2]), MACH_PORT_NULL, MACH_PORT_DEAD,
		PORT_NOTHING, receive, port_dead_name(),
		port_send_once(receive), mach_thread_self(), mach_host_self(),
	};
	task_suspension_token_t token = TEST_POISON32;
	size_t i;

	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT, task_suspend(wrong[i]));
		EXPECT_KR(KERN_INVALID_ARGUMENT, task_resume(wrong[i]));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_suspend2(wrong[i], &token));
		EXPECT_KR(KERN_INVALID_ARGUMENT, task_resume2(wrong[i]));
		EXPECT_KR(KERN_INVALID_ARGUMENT, task_terminate(wrong[i]));
	}
	EXPECT_EQ(TEST_POISON32, token);
	EXPECT_TRUE(stands_still(self));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(runs(self));
}

TEST_F(child, is_terminated_once)
{
	mach_port_t notify = port_receive();
	struct letter letter;

	ASSERT_KR(KERN_SUCCESS, port_watch(self->task, notify));
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	ASSERT_KR(KERN_SUCCESS, task_terminate(self->task));
	EXPECT_NE(KERN_SUCCESS, task_terminate(self->task));
	EXPECT_EQ(128 + SIGKILL, child_status(self->pid));
	self->pid = 0;
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(self->task, letter_dead_name(&letter));
}

TEST(oneself)
{
	siginfo_t info;
	pid_t pid;
	int i;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	pid = child_fork();
	if (!pid) {
		for (i = 0; i < 2; i++) {
			if (task_suspend(mach_task_self()))
				_exit(1);
		}
		task_terminate(mach_task_self());
		_exit(2);
	}
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, waitid(P_PID, pid, &info, WSTOPPED));
		EXPECT_EQ(CLD_STOPPED, info.si_code);
		ASSERT_KR(KERN_SUCCESS,
			  task_resume(port_of(pid, MACHDEV_TASK_FLAVOR_CONTROL)));
	}
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
}

static atomic_int *step;

static void *stop_oneself(void *argument)
{
	for (;;) {
		(*step)++;
		if (task_suspend(mach_task_self()))
			_exit(1);
		(*step)++;
	}
	return argument;
}

/* It does not come back, though another thread is to take the signal. */
TEST(any_thread_suspends_its_own_task)
{
	siginfo_t info;
	task_t task;
	pid_t pid;
	int i;

	step = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, step);
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	pid = child_fork();
	if (!pid) {
		pthread_t thread;

		pthread_create(&thread, NULL, stop_oneself, NULL);
		for (;;)
			pause();
	}
	task = port_of(pid, MACHDEV_TASK_FLAVOR_CONTROL);
	for (i = 1; i < 100; i += 2) {
		ASSERT_EQ(0, waitid(P_PID, pid, &info, WSTOPPED));
		EXPECT_EQ(i, *step);
		ASSERT_KR(KERN_SUCCESS, task_resume(task));
	}
	child_kill(pid);
}

/* One whose threads all sleep has to be woken, to stop. */
TEST(one_that_sleeps_stops_amid_signals)
{
	task_suspension_token_t token;
	pthread_t thread;
	task_t task;
	pid_t pid;
	int i;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	pid = child_fork();
	if (!pid) {
		for (;;)
			pause();
	}
	task = port_of(pid, MACHDEV_TASK_FLAVOR_CONTROL);
	over = false;
	ASSERT_EQ(0, pthread_create(&thread, NULL, continue_always, &pid));
	for (i = 0; i < 500; i++) {
		ASSERT_KR(KERN_SUCCESS, task_suspend2(task, &token));
		ASSERT_KR(KERN_SUCCESS, task_resume2(token));
	}
	over = true;
	pthread_join(thread, NULL);
	child_kill(pid);
}

/* Signals that come while a suspension is being taken back: one for each. */
struct undoing {
	pid_t pid;
	atomic_uint turn;
};

static void *undo_always(void *argument)
{
	struct undoing *u = argument;
	unsigned int seed = 1, turn = 0;
	volatile int i;

	while (!over) {
		if (u->turn == turn)
			continue;
		turn++;
		for (i = rand_r(&seed) % 256; i; i--)
			;
		kill(u->pid, SIGCONT);
	}
	return NULL;
}

TEST(a_signal_undoes_what_is_being_taken_back)
{
	uint64_t end = test_now_ms() + 4000;
	struct undoing u = { 0 };
	int rounds, left = 0;
	pthread_t thread;
	kern_return_t kr;
	task_t task;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	u.pid = child_fork();
	if (!u.pid) {
		for (;;)
			pause();
	}
	task = port_of(u.pid, MACHDEV_TASK_FLAVOR_CONTROL);
	over = false;
	ASSERT_EQ(0, pthread_create(&thread, NULL, undo_always, &u));
	for (rounds = 0; rounds < 100 || test_now_ms() < end; rounds++) {
		ASSERT_KR(KERN_SUCCESS, task_suspend(task));
		u.turn++;
		kr = task_resume(task);
		EXPECT_TRUE(kr == KERN_SUCCESS || kr == KERN_FAILURE);
		/* There is no other to be taken back. */
		left += task_resume(task) == KERN_SUCCESS;
	}
	over = true;
	pthread_join(thread, NULL);
	EXPECT_EQ(0, left);
	EXPECT_EQ(0, suspensions(task));
	child_kill(u.pid);
}

TEST(a_task_without_threads)
{
	mach_port_t notify = port_receive();
	task_suspension_token_t token;
	struct letter letter;
	boolean_t memory;
	task_t task;

	for (memory = FALSE; memory <= TRUE; memory++) {
		ASSERT_KR(KERN_SUCCESS,
			  task_create(mach_task_self(), NULL, 0, memory,
				      &task));
		ASSERT_KR(KERN_SUCCESS, port_watch(task, notify));
		EXPECT_KR(KERN_SUCCESS, task_suspend(task));
		EXPECT_KR(KERN_SUCCESS, task_resume(task));
		EXPECT_KR(KERN_FAILURE, task_resume(task));
		EXPECT_KR(KERN_SUCCESS, task_suspend2(task, &token));
		EXPECT_KR(KERN_SUCCESS, task_terminate(task));
		ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
		EXPECT_EQ(task, letter_dead_name(&letter));
	}
}

/* Its parent waits in vfork(), where no signal but SIGKILL finds it. */
TEST(one_that_waits_for_its_child)
{
	struct test_pipe ready, done;
	task_t task;
	pid_t pid;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&done));
	pid = child_fork();
	if (!pid) {
		if (!vfork()) {
			test_put(&ready, 1);
			test_wait(&done);
			_exit(0);
		}
		_exit(0);
	}
	ASSERT_EQ(0, test_wait(&ready));
	task = port_of(pid, MACHDEV_TASK_FLAVOR_CONTROL);
	ASSERT_KR(KERN_SUCCESS, task_suspend(task));
	ASSERT_EQ(0, test_put(&done, 1));
	/* It comes out of there only to stop. */
	EXPECT_TRUE(TEST_UNTIL(told(pid, WSTOPPED) == CLD_STOPPED, 10000));
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	EXPECT_CHILD(pid);
}

/*
 * It is told to stop where it does not yet, by a signal to it or to its thread: it
 * does when it can, though it was suspended and resumed meanwhile.
 */
TEST(job_control_stops_one_that_waits_for_its_child)
{
	struct test_pipe ready, done;
	task_t task;
	pid_t pid;
	int i;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, test_pipe_open(&ready));
		ASSERT_EQ(0, test_pipe_open(&done));
		pid = child_fork();
		if (!pid) {
			if (!vfork()) {
				test_put(&ready, 1);
				test_wait(&done);
				_exit(0);
			}
			_exit(0);
		}
		ASSERT_EQ(0, test_wait(&ready));
		task = port_of(pid, MACHDEV_TASK_FLAVOR_CONTROL);
		ASSERT_EQ(0, i ? syscall(SYS_tgkill, pid, pid, SIGSTOP) :
				 kill(pid, SIGSTOP));
		ASSERT_KR(KERN_SUCCESS, task_suspend(task));
		ASSERT_KR(KERN_SUCCESS, task_resume(task));
		ASSERT_EQ(0, test_put(&done, 1));
		EXPECT_TRUE(TEST_UNTIL(told(pid, WSTOPPED) == CLD_STOPPED,
				       10000));
		ASSERT_EQ(0, kill(pid, SIGCONT));
		EXPECT_CHILD(pid);
	}
}

/* The first thread is where no signal finds it, and the signal with it. */
TEST(one_thread_runs_while_another_waits_for_its_child)
{
	struct test_pipe ready, done;
	unsigned long before;
	atomic_ulong *count;
	pthread_t thread;
	task_t task;
	pid_t pid;

	count = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, count);
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&done));
	pid = child_fork();
	if (!pid) {
		pthread_create(&thread, NULL, count_up, count);
		if (!vfork()) {
			test_put(&ready, 1);
			test_wait(&done);
			_exit(0);
		}
		_exit(0);
	}
	ASSERT_EQ(0, test_wait(&ready));
	ASSERT_TRUE(TEST_UNTIL(*count != 0, 10000));
	task = port_of(pid, MACHDEV_TASK_FLAVOR_CONTROL);
	ASSERT_KR(KERN_SUCCESS, task_suspend(task));
	before = *count;
	test_sleep_ms(20);
	EXPECT_EQ(before, *count);
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	EXPECT_TRUE(TEST_UNTIL(*count != before, 10000));
	ASSERT_EQ(0, test_put(&done, 1));
	EXPECT_CHILD(pid);
}

/* Both in vfork(): the second one's child ends, its parent does not go on. */
struct waiting {
	struct test_pipe ready, done;
	atomic_ulong *count;
};

static void *wait_for_child(void *argument)
{
	struct waiting *waiting = argument;

	if (!vfork()) {
		test_put(&waiting->ready, 1);
		test_wait(&waiting->done);
		_exit(0);
	}
	return count_up(waiting->count);
}

TEST(one_that_comes_out_of_vfork_while_another_stays_there)
{
	struct test_pipe ready, done;
	struct waiting second;
	pthread_t thread;
	task_t task;
	pid_t pid;

	second.count = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, second.count);
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&done));
	ASSERT_EQ(0, test_pipe_open(&second.ready));
	ASSERT_EQ(0, test_pipe_open(&second.done));
	pid = child_fork();
	if (!pid) {
		pthread_create(&thread, NULL, wait_for_child, &second);
		if (!vfork()) {
			test_put(&ready, 1);
			test_wait(&done);
			_exit(0);
		}
		_exit(0);
	}
	ASSERT_EQ(0, test_wait(&ready));
	ASSERT_EQ(0, test_wait(&second.ready));
	task = port_of(pid, MACHDEV_TASK_FLAVOR_CONTROL);
	ASSERT_KR(KERN_SUCCESS, task_suspend(task));
	ASSERT_EQ(0, test_put(&second.done, 1));
	test_sleep_ms(100);
	EXPECT_EQ(0, *second.count);
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	EXPECT_TRUE(TEST_UNTIL(*second.count != 0, 10000));
	ASSERT_EQ(0, test_put(&done, 1));
	EXPECT_CHILD(pid);
}

static atomic_bool stop_it;

static void *suspend_and_resume(void *task)
{
	while (!stop_it) {
		if (!task_suspend(*(task_t *)task))
			task_resume(*(task_t *)task);
	}
	return NULL;
}

/* Nothing keeps it from running when all has been taken back. */
TEST_F(child, all_at_once)
{
	pthread_t thread[3];
	uint64_t end;
	int i;

	stop_it = false;
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL,
					    suspend_and_resume, &self->task));
	end = test_now_ms() + 500;
	while (test_now_ms() < end)
		kill(self->pid, SIGCONT);
	stop_it = true;
	for (i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
	EXPECT_KR(KERN_FAILURE, task_resume(self->task));
	EXPECT_TRUE(runs(self));
}

MACH_TEST_MAIN
