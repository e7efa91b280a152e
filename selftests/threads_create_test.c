// SPDX-License-Identifier: GPL-2.0-only
/* A task that was created without threads gets several. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "thread_helpers.h"

#define PAGE 4096ul

/* Where the threads' code and what they write is, in the created task. */
#define CODE 0x10000000ul
#define DATA 0x20000000ul

/*
 * A thread has the address of its word in rbx: it writes its id there and goes
 * round until r12 points to something that is not 0, then it makes the system
 * call in r13.
 */
static const unsigned char program[] = {
	0xb8, SYS_gettid, 0, 0, 0,	/* mov $SYS_gettid, %eax */
	0x0f, 0x05,			/* syscall */
	0x89, 0x03,			/* mov %eax, (%rbx) */
	0xf3, 0x90,			/* 1: pause */
	0x41, 0x83, 0x3c, 0x24, 0x00,	/* cmpl $0, (%r12) */
	0x74, 0xf7,			/* je 1b */
	0x44, 0x89, 0xe8,		/* mov %r13d, %eax */
	0x0f, 0x05,			/* syscall */
	0x0f, 0x0b,			/* ud2 */
};

_Static_assert(SYS_gettid < 256, "the number of gettid() takes a byte");

/* It has ended; who looks after orphans may not have seen to it yet. */
static bool is_gone(pid_t pid)
{
	task_t task;

	return task_for_pid(own_task(), pid, &task) != KERN_SUCCESS;
}

static int mappings(pid_t pid)
{
	char path[64], line[512];
	int lines = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "r");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		lines++;
	fclose(file);
	return lines;
}

FIXTURE(task) {
	task_t task;
	pid_t pid;
};

FIXTURE_VARIANT(task) {
	boolean_t memory;
};

FIXTURE_VARIANT_ADD(task, with_memory) { .memory = TRUE };
FIXTURE_VARIANT_ADD(task, without_memory) { .memory = FALSE };

FIXTURE_SETUP(task)
{
	ASSERT_KR(KERN_SUCCESS, task_create(own_task(), NULL, 0,
					    variant->memory, &self->task));
	self->pid = pid_of(self->task);
	ASSERT_KR(KERN_SUCCESS,
		  put_memory(self->task, CODE, program, sizeof(program),
			     VM_PROT_READ | VM_PROT_EXECUTE));
	ASSERT_KR(KERN_SUCCESS,
		  put_memory(self->task, DATA, "", 1, VM_PROT_DEFAULT));
}

FIXTURE_TEARDOWN(task)
{
	if (self->pid > 0)
		kill(self->pid, SIGKILL);
}

/* The word of the n-th thread; the first is what they wait for. */
static vm_address_t word(int n)
{
	return DATA + (vm_address_t)n * sizeof(uint32_t);
}

static kern_return_t prepare(thread_act_t thread, int n, long call)
{
	struct x86_thread_state64 state = {
		.rip = CODE,
		.rbx = word(n),
		.r12 = word(0),
		.r13 = (uint64_t)call,
	};

	return set_state(thread, &state);
}

static uint32_t read_word(task_t task, int n)
{
	uint32_t value = 0;
	vm_size_t size;

	vm_read_overwrite(task, word(n), sizeof(value), (vm_address_t)&value,
			  &size);
	return value;
}

static bool has_run(task_t task, int n)
{
	return TEST_UNTIL(read_word(task, n), 10000);
}

static kern_return_t let_go(task_t task)
{
	uint32_t one = 1;

	return vm_write(task, word(0), (vm_offset_t)&one, sizeof(one));
}

static kern_return_t start(task_t task, int n, long call, thread_act_t *thread)
{
	return thread_create(task, thread) ?: prepare(*thread, n, call) ?:
	       thread_resume(*thread);
}

#define SOME 8

TEST_F(task, runs_several_threads)
{
	thread_act_t thread[SOME];
	struct x86_thread_state64 state;
	int i, j, before = mappings(self->pid);

	for (i = 0; i < SOME; i++) {
		ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &thread[i]));
		EXPECT_EQ(i + 1, threads_of(self->task, NULL));
		ASSERT_KR(KERN_SUCCESS,
			  prepare(thread[i], i + 1, SYS_exit_group));
		/* What it was made with is not left. */
		EXPECT_EQ(before, mappings(self->pid));
	}
	EXPECT_EQ(SOME, linux_threads(self->pid));
	for (i = 0; i < SOME; i++) {
		ASSERT_KR(KERN_SUCCESS, get_state(thread[i], &state));
		EXPECT_EQ(word(i + 1), state.rbx);
		ASSERT_KR(KERN_SUCCESS, thread_resume(thread[i]));
	}
	for (i = 0; i < SOME; i++) {
		EXPECT_TRUE(has_run(self->task, i + 1));
		for (j = 0; j < i; j++)
			EXPECT_NE(read_word(self->task, j + 1),
				  read_word(self->task, i + 1));
		EXPECT_KR(KERN_NOT_SUPPORTED, thread_suspend(thread[i]));
	}
	EXPECT_EQ(SOME, threads_of(self->task, NULL));
	ASSERT_KR(KERN_SUCCESS, let_go(self->task));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(self->task), 10000));
	for (i = 0; i < SOME; i++)
		EXPECT_TRUE(port_is_dead(thread[i]));
}

TEST_F(task, begins_with_any_of_them)
{
	vm_address_t at = 0x40000000;
	thread_act_t first, second;

	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &first));
	ASSERT_KR(KERN_SUCCESS, start(self->task, 2, SYS_exit, &second));
	EXPECT_TRUE(has_run(self->task, 2));
	/* The first one still does what others want of the task. */
	EXPECT_KR(KERN_SUCCESS,
		  vm_allocate(self->task, &at, PAGE, VM_FLAGS_FIXED));
	EXPECT_KR(KERN_SUCCESS, prepare(first, 1, SYS_exit_group));
	ASSERT_KR(KERN_SUCCESS, let_go(self->task));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(second), 10000));
	EXPECT_FALSE(port_is_dead(first));
	EXPECT_EQ(1, threads_of(self->task, NULL));
	ASSERT_KR(KERN_SUCCESS, thread_resume(first));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(self->task), 10000));
}

TEST_F(task, gets_no_more_when_the_first_one_runs)
{
	thread_act_t first, second, third;

	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &first));
	ASSERT_KR(KERN_SUCCESS, prepare(first, 1, SYS_exit_group));
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &second));
	ASSERT_KR(KERN_SUCCESS, prepare(second, 2, SYS_exit_group));
	ASSERT_KR(KERN_SUCCESS, thread_resume(first));
	EXPECT_TRUE(has_run(self->task, 1));
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_create(self->task, &third));
	/* But one that there is, and one that was. */
	ASSERT_KR(KERN_SUCCESS, thread_terminate(second));
	EXPECT_EQ(1, threads_of(self->task, NULL));
	ASSERT_KR(KERN_SUCCESS, start(self->task, 3, SYS_exit_group, &second));
	EXPECT_TRUE(has_run(self->task, 3));
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_create(self->task, &third));
}

TEST_F(task, uses_again_what_an_ended_one_leaves)
{
	struct x86_thread_state64 state, zero = { 0 };
	thread_act_t first, second;
	int i;

	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &first));
	for (i = 0; i < 5; i++) {
		ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &second));
		ASSERT_KR(KERN_SUCCESS, get_state(second, &state));
		EXPECT_EQ(0, memcmp(&zero, &state, sizeof(state)));
		ASSERT_KR(KERN_SUCCESS, prepare(second, 1, SYS_exit));
		EXPECT_EQ(2, threads_of(self->task, NULL));
		ASSERT_KR(KERN_SUCCESS, thread_terminate(second));
		EXPECT_TRUE(port_is_dead(second));
		EXPECT_EQ(1, threads_of(self->task, NULL));
		EXPECT_EQ(2, linux_threads(self->pid));
	}
	ASSERT_KR(KERN_SUCCESS, thread_terminate(first));
	EXPECT_EQ(0, threads_of(self->task, NULL));
}

TEST_F(task, gets_some_while_it_is_suspended)
{
	thread_act_t first, second;

	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &first));
	ASSERT_KR(KERN_SUCCESS, start(self->task, 2, SYS_exit, &second));
	EXPECT_EQ(2, linux_threads(self->pid));
	test_sleep_ms(50);
	EXPECT_EQ(0, read_word(self->task, 2));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(has_run(self->task, 2));
}

/* One of its threads runs and is stopped: a new one would stop on its way. */
TEST_F(task, gets_none_while_it_runs_and_is_suspended)
{
	thread_act_t first, second, third;

	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &first));
	ASSERT_KR(KERN_SUCCESS, start(self->task, 2, SYS_exit, &second));
	EXPECT_TRUE(has_run(self->task, 2));
	ASSERT_KR(KERN_SUCCESS, task_suspend(self->task));
	EXPECT_KR(KERN_FAILURE, thread_create(self->task, &third));
	ASSERT_KR(KERN_SUCCESS, task_resume(self->task));
	EXPECT_TRUE(TEST_UNTIL(thread_create(self->task, &third) ==
			       KERN_SUCCESS, 10000));
}

/* It was never a thread of it that has run. */
TEST_F(task, outlives_its_creator_when_any_of_them_runs)
{
	struct test_pipe ready;
	task_t task;
	uint32_t pid;
	pid_t child;
	int any;

	for (any = 0; any < 2; any++) {
		ASSERT_EQ(0, test_pipe_open(&ready));
		child = child_fork();
		if (!child) {
			thread_act_t first, second;

			if (task_create(own_task(), NULL, 0, variant->memory,
					&task) ||
			    put_memory(task, CODE, program, sizeof(program),
				       VM_PROT_READ | VM_PROT_EXECUTE) ||
			    put_memory(task, DATA, "", 1, VM_PROT_DEFAULT) ||
			    thread_create(task, &first) ||
			    thread_create(task, &second) ||
			    prepare(second, 2, SYS_exit_group) ||
			    (any && (thread_resume(second) ||
				     !has_run(task, 2))))
				_exit(1);
			test_put(&ready, (uint32_t)pid_of(task));
			_exit(0);
		}
		ASSERT_EQ(0, test_get(&ready, &pid));
		EXPECT_CHILD(child);
		ASSERT_EQ(0, mach_sync());
		if (any) {
			test_sleep_ms(50);
			EXPECT_EQ(2, linux_threads((pid_t)pid));
			ASSERT_EQ(0, kill((pid_t)pid, SIGKILL));
		}
		EXPECT_TRUE(TEST_UNTIL(is_gone((pid_t)pid), 10000));
	}
}

/* Which takes the place of the first one, too. */
TEST_F(task, executes_in_one_of_them)
{
	static const struct {
		uint64_t argv[2];
		char path[16];
	} arguments = { { DATA + 256 + 16, 0 }, "/bin/true" };
	struct x86_thread_state64 state = {
		.rip = CODE,
		.rbx = DATA + 512,
		.r12 = DATA,
		.r13 = SYS_execve,
		.rdi = DATA + 256 + offsetof(typeof(arguments), path),
		.rsi = DATA + 256,
	};
	thread_act_t first, second;

	/* SYS_gettid leaves what execve() takes alone. */
	ASSERT_KR(KERN_SUCCESS, vm_write(self->task, DATA + 256,
					 (vm_offset_t)&arguments,
					 sizeof(arguments)));
	ASSERT_KR(KERN_SUCCESS, let_go(self->task));
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &first));
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &second));
	ASSERT_KR(KERN_SUCCESS, set_state(second, &state));
	ASSERT_KR(KERN_SUCCESS, thread_resume(second));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(first), 10000));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(self->task), 10000));
}

struct race {
	task_t task;
	int made;
	int failed;
};

static void *create_some(void *argument)
{
	struct race *race = argument;
	thread_act_t thread;
	int i;

	for (i = 0; i < 10; i++) {
		if (thread_create(race->task, &thread))
			race->failed++;
		else
			race->made++;
	}
	return NULL;
}

TEST_F(task, gets_them_from_several_at_once)
{
	struct race race[3];
	pthread_t creator[3];
	int i;

	for (i = 0; i < 3; i++) {
		race[i] = (struct race){ .task = self->task };
		ASSERT_EQ(0, pthread_create(&creator[i], NULL, create_some,
					    &race[i]));
	}
	for (i = 0; i < 3; i++) {
		pthread_join(creator[i], NULL);
		EXPECT_EQ(0, race[i].failed);
		EXPECT_EQ(10, race[i].made);
	}
	EXPECT_EQ(30, threads_of(self->task, NULL));
	EXPECT_GE(linux_threads(self->pid), 30);
}

static void *create_and_end(void *argument)
{
	struct race *race = argument;
	thread_act_t thread;
	int i;

	for (i = 0; i < 100; i++) {
		if (thread_create(race->task, &thread)) {
			race->failed++;
			continue;
		}
		race->made += thread_terminate(thread) == KERN_SUCCESS &&
			      port_is_dead(thread);
		mach_port_deallocate(own_task(), thread);
	}
	return NULL;
}

TEST_F(task, loses_none_when_several_make_and_end_them)
{
	struct race race[3];
	pthread_t creator[3];
	thread_act_t thread;
	int i;

	ASSERT_NE(MACH_PORT_NULL, own_task());
	for (i = 0; i < 3; i++) {
		race[i] = (struct race){ .task = self->task };
		ASSERT_EQ(0, pthread_create(&creator[i], NULL, create_and_end,
					    &race[i]));
	}
	for (i = 0; i < 3; i++) {
		pthread_join(creator[i], NULL);
		EXPECT_EQ(0, race[i].failed);
		EXPECT_EQ(100, race[i].made);
	}
	EXPECT_EQ(0, threads_of(self->task, NULL));
	ASSERT_KR(KERN_SUCCESS, start(self->task, 1, SYS_exit_group, &thread));
	EXPECT_TRUE(has_run(self->task, 1));
}

TEST_F(task, dies_while_it_gets_them)
{
	struct race race = { .task = self->task };
	pthread_t creator;

	ASSERT_EQ(0, pthread_create(&creator, NULL, create_some, &race));
	test_sleep_ms(5);
	ASSERT_EQ(0, kill(self->pid, SIGKILL));
	pthread_join(creator, NULL);
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(self->task), 10000));
	EXPECT_EQ(10, race.made + race.failed);
}

TEST_F(task, meets_the_limit_on_processes)
{
	pid_t child = child_fork();

	if (!child) {
		struct rlimit limit = { 3, 3 };
		thread_act_t thread;
		task_t task;
		int i, made = 0;

		if (test_become(TEST_UID + 7, TEST_GID) ||
		    task_create(own_task(), NULL, 0, variant->memory, &task) ||
		    prlimit(pid_of(task), RLIMIT_NPROC, &limit, NULL))
			_exit(1);
		for (i = 0; i < 10; i++) {
			if (thread_create(task, &thread) == KERN_SUCCESS)
				made++;
			else
				break;
		}
		/* This process, the task's first thread, and one more. */
		if (made != 2 ||
		    thread_create(task, &thread) != KERN_RESOURCE_SHORTAGE)
			_exit(2);
		/* What it has is as it was. */
		if (threads_of(task, NULL) != 2 ||
		    linux_threads(pid_of(task)) != 2)
			_exit(3);
		_exit(0);
	}
	EXPECT_CHILD(child);
}

/* What becomes of a clone() that makes a thread. */
static int forbid_threads(uint32_t action)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { ARRAY_SIZE(code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static void meet_filter(struct __test_metadata *_metadata, boolean_t memory,
			uint32_t action)
{
	pid_t child = child_fork();

	if (!child) {
		thread_act_t first, second;
		task_t task;

		if (forbid_threads(action) ||
		    task_create(own_task(), NULL, 0, memory, &task) ||
		    put_memory(task, CODE, program, sizeof(program),
			       VM_PROT_READ | VM_PROT_EXECUTE) ||
		    put_memory(task, DATA, "", 1, VM_PROT_DEFAULT) ||
		    thread_create(task, &first))
			_exit(1);
		if (thread_create(task, &second) != KERN_FAILURE ||
		    linux_threads(pid_of(task)) != 1)
			_exit(2);
		if (prepare(first, 1, SYS_exit_group) || thread_resume(first) ||
		    !has_run(task, 1) || let_go(task) ||
		    !TEST_UNTIL(port_is_dead(task), 10000))
			_exit(3);
		_exit(0);
	}
	EXPECT_CHILD(child);
}

TEST_F(task, meets_a_filter_of_system_calls)
{
	meet_filter(_metadata, variant->memory, SECCOMP_RET_ERRNO | EPERM);
}

/* As if it had worked, with nobody there. */
TEST_F(task, meets_a_filter_that_says_nothing)
{
	meet_filter(_metadata, variant->memory, SECCOMP_RET_ERRNO | 0);
}

#define FILTER 0x50000000ul
#define SETTER 0x51000000ul

/* Sets a filter for all threads, writes down how that was, and goes round. */
static const unsigned char setter[] = {
	0xb8, BYTES32(SYS_seccomp),	/* mov $SYS_seccomp, %eax */
	0x0f, 0x05,			/* syscall */
	0xff, 0xc0,			/* inc %eax */
	0x89, 0x03,			/* mov %eax, (%rbx) */
	0xf3, 0x90,			/* 1: pause */
	0xeb, 0xfc,			/* jmp 1b */
};

/* The thread that makes others is killed alone, where it makes one. */
TEST_F(task, outlives_the_one_that_makes_its_threads)
{
	struct {
		struct sock_fprog head;
		struct sock_filter code[4];
	} filter = {
		{ ARRAY_SIZE(filter.code),
		  (void *)(FILTER + offsetof(typeof(filter), code)) },
		{
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
				 offsetof(struct seccomp_data, nr)),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 1),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_THREAD),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		},
	};
	struct x86_thread_state64 state = {
		.rip = SETTER,
		.rbx = word(2),
		.rdi = SECCOMP_SET_MODE_FILTER,
		.rsi = SECCOMP_FILTER_FLAG_TSYNC,
		.rdx = FILTER,
	};
	thread_act_t first, second, third;
	vm_address_t at = 0x40000000;

	ASSERT_KR(KERN_SUCCESS,
		  put_memory(self->task, FILTER, &filter, sizeof(filter),
			     VM_PROT_READ));
	ASSERT_KR(KERN_SUCCESS,
		  put_memory(self->task, SETTER, setter, sizeof(setter),
			     VM_PROT_READ | VM_PROT_EXECUTE));
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &first));
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &second));
	ASSERT_KR(KERN_SUCCESS, set_state(second, &state));
	ASSERT_KR(KERN_SUCCESS, thread_resume(second));
	ASSERT_TRUE(has_run(self->task, 2));
	ASSERT_EQ(1, read_word(self->task, 2));
	EXPECT_KR(KERN_FAILURE, thread_create(self->task, &third));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(first), 10000));
	EXPECT_FALSE(port_is_dead(second));
	/* Linux keeps the first one of a process until the others end. */
	EXPECT_TRUE(TEST_UNTIL(thread_state(self->pid, self->pid) == 'Z',
			       10000));
	EXPECT_KR(KERN_FAILURE, thread_create(self->task, &third));
	EXPECT_KR(KERN_FAILURE,
		  vm_allocate(self->task, &at, PAGE, VM_FLAGS_FIXED));
	EXPECT_KR(KERN_SUCCESS, task_terminate(self->task));
}

MACH_TEST_MAIN
