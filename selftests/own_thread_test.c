// SPDX-License-Identifier: GPL-2.0-only
/* Threads that a program makes in its own task by thread_create(). */
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/ptrace.h>

#include "thread_helpers.h"

#define STACK ((size_t)64 << 10)

/*
 * What a thread runs. It has no thread-local storage, so neither errno nor the C
 * library; and no guard of its stack, which would be there.
 */
#define BARE __attribute__((noreturn, used, optimize("no-stack-protector"), \
			    force_align_arg_pointer))

static inline long bare_syscall(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result = number;

	__asm__ volatile("syscall" : "+a" (result)
			 : "D" (a), "S" (b), "d" (c), "r" (r10)
			 : "rcx", "r11", "memory");
	return result;
}

/* What a thread has seen, and what it is told. */
struct talk {
	atomic_int ran;
	atomic_int go;
	uint64_t blocked;
	uint64_t r15;
	uint32_t mxcsr;
	long id;
};

static BARE void report(struct talk *talk)
{
	uint64_t r15;

	__asm__ volatile("mov %%r15, %0" : "=r" (r15));
	talk->r15 = r15;
	__asm__ volatile("stmxcsr %0" : "=m" (talk->mxcsr));
	bare_syscall(SYS_rt_sigprocmask, SIG_BLOCK, 0, (long)&talk->blocked, 8);
	talk->id = bare_syscall(SYS_gettid, 0, 0, 0, 0);
	atomic_store(&talk->ran, 1);
	while (!atomic_load(&talk->go))
		bare_syscall(SYS_sched_yield, 0, 0, 0, 0);
	for (;;)
		bare_syscall(SYS_exit, 0, 0, 0, 0);
}

static struct x86_thread_state64 state_for(struct talk *talk, void *stack)
{
	return (struct x86_thread_state64){
		.rip = (uintptr_t)report,
		.rdi = (uintptr_t)talk,
		.rsp = (uintptr_t)stack + STACK - 64,
		.r15 = 0x1515151515151515ull,
	};
}

static void *stack_new(void)
{
	void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return stack == MAP_FAILED ? NULL : stack;
}

FIXTURE(own) {
	thread_act_t thread;
	struct talk talk;
	void *stack;
};

FIXTURE_SETUP(own)
{
	self->stack = stack_new();
	ASSERT_NE(NULL, self->stack);
	ASSERT_KR(KERN_SUCCESS, thread_create(own_task(), &self->thread));
}

/* Whatever became of the thread it ends with the process. */
FIXTURE_TEARDOWN(own)
{
}

static bool runs(struct talk *talk)
{
	return TEST_UNTIL(atomic_load(&talk->ran), 10000);
}

static bool end(struct talk *talk)
{
	atomic_store(&talk->go, 1);
	return TEST_UNTIL(linux_threads(getpid()) == 1, 10000);
}

TEST_F(own, runs_with_the_registers_that_it_was_given)
{
	struct x86_thread_state64 state = state_for(&self->talk, self->stack);

	ASSERT_KR(KERN_SUCCESS, set_state(self->thread, &state));
	ASSERT_KR(KERN_SUCCESS, thread_resume(self->thread));
	ASSERT_TRUE(runs(&self->talk));
	EXPECT_EQ(0x1515151515151515ull, self->talk.r15);
	EXPECT_EQ(0x1f80, self->talk.mxcsr);
	EXPECT_NE(getpid(), self->talk.id);
	EXPECT_EQ(2, threads_of(own_task(), NULL));
	EXPECT_TRUE(end(&self->talk));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(self->thread), 10000));
}

TEST_F(own, is_one_of_the_task)
{
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(self->thread));
	EXPECT_EQ(2, threads_of(own_task(), NULL));
	EXPECT_EQ(2, linux_threads(getpid()));
}

TEST_F(own, has_registers_of_its_own_for_floating_point)
{
	struct x86_thread_state64 state = state_for(&self->talk, self->stack);
	mach_msg_type_number_t count = x86_FLOAT_STATE64_COUNT;
	struct x86_float_state64 fp;

	ASSERT_KR(KERN_SUCCESS,
		  thread_get_state(self->thread, x86_FLOAT_STATE64,
				   (thread_state_t)&fp, &count));
	fp.fpu_mxcsr = 0x1f00;
	ASSERT_KR(KERN_SUCCESS,
		  thread_set_state(self->thread, x86_FLOAT_STATE64,
				   (thread_state_t)&fp, count));
	ASSERT_KR(KERN_SUCCESS, set_state(self->thread, &state));
	ASSERT_KR(KERN_SUCCESS, thread_resume(self->thread));
	ASSERT_TRUE(runs(&self->talk));
	EXPECT_EQ(0x1f00, self->talk.mxcsr);
	EXPECT_TRUE(end(&self->talk));
}

TEST_F(own, waits_until_it_was_resumed_as_often_as_suspended)
{
	mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
	struct x86_thread_state64 state = state_for(&self->talk, self->stack);
	struct thread_basic_info info;

	ASSERT_KR(KERN_SUCCESS, set_state(self->thread, &state));
	ASSERT_KR(KERN_SUCCESS, thread_suspend(self->thread));
	ASSERT_KR(KERN_SUCCESS,
		  thread_info(self->thread, THREAD_BASIC_INFO,
			      (thread_info_t)&info, &count));
	EXPECT_EQ(2, info.suspend_count);
	ASSERT_KR(KERN_SUCCESS, thread_resume(self->thread));
	test_sleep_ms(50);
	EXPECT_EQ(0, atomic_load(&self->talk.ran));
	ASSERT_KR(KERN_SUCCESS, thread_resume(self->thread));
	EXPECT_TRUE(runs(&self->talk));

	/* It runs: nothing of this is for it any more. */
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_suspend(self->thread));
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_resume(self->thread));
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_terminate(self->thread));
	EXPECT_KR(KERN_NOT_SUPPORTED, set_state(self->thread, &state));
	EXPECT_KR(KERN_NOT_SUPPORTED, get_state(self->thread, &state));
	EXPECT_TRUE(end(&self->talk));
}

TEST_F(own, keeps_what_was_set)
{
	struct x86_thread_state64 state, zero = { 0 };
	struct x86_thread_state64 wanted = { .rip = 16, .r15 = 15, .fs = 3 };

	ASSERT_KR(KERN_SUCCESS, get_state(self->thread, &state));
	EXPECT_EQ(0, memcmp(&zero, &state, sizeof(state)));
	ASSERT_KR(KERN_SUCCESS, set_state(self->thread, &wanted));
	wanted.rip = 1ull << 63;
	EXPECT_KR(KERN_INVALID_ARGUMENT, set_state(self->thread, &wanted));
	wanted.rip = 16;
	ASSERT_KR(KERN_SUCCESS, get_state(self->thread, &state));
	EXPECT_EQ(0, memcmp(&wanted, &state, sizeof(state)));
}

TEST_F(own, can_be_ended_before_it_runs)
{
	struct x86_thread_state64 state;

	ASSERT_KR(KERN_SUCCESS, thread_terminate(self->thread));
	EXPECT_TRUE(port_is_dead(self->thread));
	EXPECT_KR(KERN_INVALID_ARGUMENT, thread_resume(self->thread));
	EXPECT_KR(KERN_INVALID_ARGUMENT, get_state(self->thread, &state));
	EXPECT_TRUE(TEST_UNTIL(linux_threads(getpid()) == 1, 10000));
	EXPECT_TRUE(TEST_UNTIL(threads_of(own_task(), NULL) == 1, 10000));
}

/* Which the thread that makes it blocks; the new one handles none before. */
TEST(it_blocks_the_signals_that_its_maker_does)
{
	void *stack = stack_new();
	struct talk talk = { 0 };
	struct x86_thread_state64 state = state_for(&talk, stack);
	sigset_t blocked, now;
	thread_act_t thread;

	ASSERT_NE(NULL, stack);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGRTMAX);
	ASSERT_EQ(0, sigprocmask(SIG_SETMASK, &blocked, NULL));
	ASSERT_KR(KERN_SUCCESS,
		  thread_create_running(own_task(), x86_THREAD_STATE64,
					(thread_state_t)&state,
					x86_THREAD_STATE64_COUNT, &thread));
	ASSERT_EQ(0, sigprocmask(SIG_SETMASK, NULL, &now));
	EXPECT_EQ(0, memcmp(&blocked, &now, 8));
	ASSERT_TRUE(runs(&talk));
	EXPECT_EQ(0, memcmp(&blocked, &talk.blocked, 8));
	EXPECT_TRUE(end(&talk));
}

static atomic_int handled;

static void handle(int signal)
{
	(void)signal;
	atomic_fetch_add(&handled, 1);
}

/* A signal of the process goes to a thread that runs. */
TEST_F(own, is_not_bothered_by_signals_while_it_waits)
{
	struct x86_thread_state64 state = state_for(&self->talk, self->stack);
	int i;

	signal(SIGUSR1, handle);
	for (i = 0; i < 100; i++)
		ASSERT_EQ(0, kill(getpid(), SIGUSR1));
	EXPECT_TRUE(TEST_UNTIL(atomic_load(&handled) > 0, 10000));
	EXPECT_EQ(2, linux_threads(getpid()));
	ASSERT_KR(KERN_SUCCESS, set_state(self->thread, &state));
	ASSERT_KR(KERN_SUCCESS, thread_resume(self->thread));
	EXPECT_TRUE(runs(&self->talk));
	EXPECT_TRUE(end(&self->talk));
}

/* A child with a thread that waits; it resumes it when it is told to. */
static pid_t child_with_thread(struct test_pipe *ready, struct test_pipe *go)
{
	pid_t pid = child_fork();

	if (!pid) {
		struct talk talk = { 0 };
		void *stack = stack_new();
		struct x86_thread_state64 state = state_for(&talk, stack);
		thread_act_t thread;

		if (!stack || thread_create(own_task(), &thread) ||
		    set_state(thread, &state) || test_put(ready, 1) ||
		    test_wait(go) || thread_resume(thread) || !runs(&talk) ||
		    !end(&talk))
			_exit(1);
		_exit(0);
	}
	return pid;
}

/* Job control stops a process when all its threads have stopped. */
TEST(a_process_with_one_that_waits_stops_and_goes_on)
{
	struct test_pipe ready, go;
	int status, i;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&go));
	pid = child_with_thread(&ready, &go);
	ASSERT_EQ(0, test_wait(&ready));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, kill(pid, SIGSTOP));
		ASSERT_EQ(pid, waitpid(pid, &status, WUNTRACED));
		EXPECT_TRUE(WIFSTOPPED(status));
		ASSERT_EQ(0, kill(pid, SIGCONT));
		ASSERT_EQ(pid, waitpid(pid, &status, WCONTINUED));
		EXPECT_TRUE(WIFCONTINUED(status));
	}
	EXPECT_EQ(2, linux_threads(pid));
	ASSERT_EQ(0, test_put(&go, 1));
	EXPECT_CHILD(pid);
}

static pid_t other_thread(pid_t pid)
{
	char path[64];
	pid_t found = 0;
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (atoi(entry->d_name) > 0 && atoi(entry->d_name) != pid)
			found = atoi(entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

TEST(one_that_waits_is_traced_and_let_go)
{
	struct test_pipe ready, go;
	pid_t pid, thread;
	int status, i;

	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&go));
	pid = child_with_thread(&ready, &go);
	ASSERT_EQ(0, test_wait(&ready));
	thread = other_thread(pid);
	ASSERT_NE(0, thread);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, ptrace(PTRACE_SEIZE, thread, 0, 0));
		ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, thread, 0, 0));
		ASSERT_EQ(thread, waitpid(thread, &status, __WALL));
		EXPECT_TRUE(WIFSTOPPED(status));
		ASSERT_EQ(0, ptrace(PTRACE_DETACH, thread, 0, 0));
	}
	ASSERT_EQ(0, test_put(&go, 1));
	EXPECT_CHILD(pid);
}

/* Who holds a thread's port acts on it, in another task, too. */
TEST(another_task_lets_one_run)
{
	mach_msg_type_number_t count, i;
	struct x86_thread_state64 state;
	struct test_pipe ready, go;
	thread_act_array_t list;
	task_t task;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&go));
	pid = child_fork();
	if (!pid) {
		struct talk talk = { .go = 1 };
		void *stack = stack_new();
		struct x86_thread_state64 mine = state_for(&talk, stack);
		thread_act_t thread;

		if (thread_create(own_task(), &thread) ||
		    set_state(thread, &mine) || test_put(&ready, 1) ||
		    !runs(&talk) || test_wait(&go))
			_exit(1);
		_exit(0);
	}
	ASSERT_EQ(0, test_wait(&ready));
	ASSERT_KR(KERN_SUCCESS, task_for_pid(own_task(), pid, &task));
	ASSERT_KR(KERN_SUCCESS, task_threads(task, &list, &count));
	ASSERT_EQ(2, count);
	for (i = 0; i < count; i++) {
		if (get_state(list[i], &state))
			continue;
		EXPECT_EQ((uintptr_t)report, state.rip);
		EXPECT_KR(KERN_SUCCESS, thread_resume(list[i]));
		break;
	}
	EXPECT_LT(i, count);
	ASSERT_EQ(0, test_put(&go, 1));
	EXPECT_CHILD(pid);
}

TEST(a_process_ends_and_executes_with_some_that_wait)
{
	char *const arguments[] = { (char *)"true", NULL };
	thread_act_t thread;
	pid_t pid;
	int i;

	for (i = 0; i < 2; i++) {
		pid = child_fork();
		if (!pid) {
			if (thread_create(own_task(), &thread) ||
			    thread_create(own_task(), &thread))
				_exit(1);
			if (i)
				execv("/bin/true", arguments);
			_exit(i);
		}
		EXPECT_CHILD(pid);
	}
}

#define MAKERS 4
#define EACH 25

/* Returns what went wrong first, as a code and the step that gave it. */
static long make_one(int i)
{
	/* It still looks there when it has said that it runs. */
	struct talk *talk = stack_new();
	struct x86_thread_state64 state;
	thread_act_t thread;
	kern_return_t kr;

	kr = talk ? thread_create(own_task(), &thread) : KERN_NO_SPACE;
	if (kr)
		return 1000 + kr;
	talk->go = 1;
	state = state_for(talk, talk);
	if (i % 3 == 0) {
		kr = thread_terminate(thread);
		if (kr)
			return 2000 + kr;
	} else {
		kr = set_state(thread, &state);
		if (kr)
			return 3000 + kr;
		kr = thread_resume(thread);
		if (kr)
			return 4000 + kr;
		if (!runs(talk))
			return 5000;
	}
	kr = mach_port_deallocate(own_task(), thread);
	return kr ? 6000 + kr : 0;
}

static void *make_some(void *argument)
{
	long *failed = argument;
	int i;

	for (i = 0; i < EACH && !*failed; i++)
		*failed = make_one(i);
	return NULL;
}

TEST(many_make_some_at_once)
{
	long failed[MAKERS] = { 0 };
	pthread_t maker[MAKERS];
	int i;

	ASSERT_NE(MACH_PORT_NULL, own_task());
	for (i = 0; i < MAKERS; i++)
		ASSERT_EQ(0, pthread_create(&maker[i], NULL, make_some,
					    &failed[i]));
	for (i = 0; i < MAKERS; i++) {
		pthread_join(maker[i], NULL);
		EXPECT_EQ(0, failed[i]);
	}
	EXPECT_TRUE(TEST_UNTIL(linux_threads(getpid()) == 1, 20000));
	EXPECT_TRUE(TEST_UNTIL(threads_of(own_task(), NULL) == 1, 20000));
}

/* Without the library, which makes no such mistakes. */
static void *bear_twice(void *argument)
{
	struct machdev_thread_bear bear = { .reserved = 1 };
	struct machdev_sync park = { 0 };
	long *got = argument;

	got[0] = mach_ioctl(MACHDEV_IOC_THREAD_PARK, &park);
	got[1] = mach_ioctl(MACHDEV_IOC_THREAD_BEAR, &bear);
	bear.reserved = 0;
	got[2] = mach_ioctl(MACHDEV_IOC_THREAD_BEAR, &bear);
	got[3] = mach_ioctl(MACHDEV_IOC_THREAD_BEAR,
			    &(struct machdev_thread_bear){ 0 });
	park.flags = 1;
	got[4] = mach_ioctl(MACHDEV_IOC_THREAD_PARK, &park);
	park.flags = 0;
	got[5] = thread_terminate(bear.thread);
	got[6] = mach_ioctl(MACHDEV_IOC_THREAD_PARK, &park);
	/* One that was ended can be borne again. */
	got[7] = mach_ioctl(MACHDEV_IOC_THREAD_BEAR, &bear);
	return NULL;
}

TEST(what_a_thread_that_says_it_is_one_may_not_do)
{
	long got[8] = { 0 };
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, bear_twice, got));
	pthread_join(thread, NULL);
	EXPECT_KR(KERN_INVALID_ARGUMENT, got[0]);
	EXPECT_KR(-EINVAL, got[1]);
	EXPECT_KR(KERN_SUCCESS, got[2]);
	EXPECT_KR(KERN_FAILURE, got[3]);
	EXPECT_KR(-EINVAL, got[4]);
	EXPECT_KR(KERN_SUCCESS, got[5]);
	EXPECT_KR(KERN_INVALID_ARGUMENT, got[6]);
	EXPECT_KR(KERN_SUCCESS, got[7]);
}

/* Ends while it waits: what is told the thread itself. */
static void *wait_here(void *argument)
{
	struct machdev_thread_bear bear = { 0 };
	struct machdev_sync park = { 0 };
	long *got = argument;

	got[0] = mach_ioctl(MACHDEV_IOC_THREAD_BEAR, &bear);
	atomic_store((atomic_long *)&got[2], bear.thread);
	got[1] = mach_ioctl(MACHDEV_IOC_THREAD_PARK, &park);
	return NULL;
}

TEST(one_that_is_ended_while_it_waits_is_told)
{
	long got[3] = { 0 };
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_here, got));
	ASSERT_TRUE(TEST_UNTIL(atomic_load((atomic_long *)&got[2]), 10000));
	test_sleep_ms(20);
	ASSERT_KR(KERN_SUCCESS, thread_terminate((thread_act_t)got[2]));
	pthread_join(thread, NULL);
	EXPECT_KR(KERN_SUCCESS, got[0]);
	EXPECT_TRUE(got[1] == KERN_TERMINATED ||
		    got[1] == KERN_INVALID_ARGUMENT);
}

/* One that others know already, when it says that it is a new one. */
struct arrival {
	atomic_uint port;
	atomic_bool go, gone;
};

static void *arrive(void *argument)
{
	struct machdev_thread_bear bear = { 0 };
	struct arrival *arrival = argument;

	atomic_store(&arrival->port, mach_thread_self());
	while (!atomic_load(&arrival->go))
		;
	mach_ioctl(MACHDEV_IOC_THREAD_BEAR, &bear);
	atomic_store(&arrival->gone, true);
	return NULL;
}

TEST(one_that_is_ended_while_it_arrives)
{
	struct arrival arrival;
	pthread_t thread;
	kern_return_t kr;
	int i;

	for (i = 0; i < 300; i++) {
		memset(&arrival, 0, sizeof(arrival));
		ASSERT_EQ(0, pthread_create(&thread, NULL, arrive, &arrival));
		ASSERT_TRUE(TEST_UNTIL(arrival.port, 10000));
		atomic_store(&arrival.go, true);
		do {
			kr = thread_terminate(arrival.port);
		} while (kr == KERN_NOT_SUPPORTED && !arrival.gone);
		EXPECT_TRUE(kr == KERN_SUCCESS || kr == KERN_NOT_SUPPORTED ||
			    kr == KERN_FAILURE ||
			    kr == KERN_INVALID_ARGUMENT) {
			TH_LOG("code %d", kr);
		}
		pthread_join(thread, NULL);
		mach_port_deallocate(own_task(), arrival.port);
	}
}

MACH_TEST_MAIN
