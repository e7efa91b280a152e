// SPDX-License-Identifier: GPL-2.0-only
/*
 * A task without threads is brought to life: its memory, its registers, and the
 * first instruction that it runs.
 */
#include <poll.h>
#include <stddef.h>

#include "thread_helpers.h"

#define PAGE 4096ul

/* Where the program and its data are, in the task without memory. */
#define CODE 0x10000000ul
#define DATA 0x20000000ul
#define STACK 0x30000000ul

/* The child's name for the port that it sends to. */
#define PORT 0x1003

static const char greeting[] = "alive\n";

/* What the program finds at DATA. */
struct data {
	char device[16];
	char greeting[16];
	struct machdev_msg call;
	mach_msg_header_t message;
};

/*
 * write(rbx, greeting), open(device), ioctl(it, MACHDEV_IOC_MSG, call), and exit
 * with what that returns, to which r12 is added.
 */
#define AT(member) BYTES32(DATA + offsetof(struct data, member))

static const unsigned char program[] = {
	0xb8, BYTES32(SYS_write),		/* mov $SYS_write, %eax */
	0x89, 0xdf,				/* mov %ebx, %edi */
	0xbe, AT(greeting),			/* mov $greeting, %esi */
	0xba, BYTES32(sizeof(greeting) - 1),	/* mov $length, %edx */
	0x0f, 0x05,				/* syscall */
	0xb8, BYTES32(SYS_open),		/* mov $SYS_open, %eax */
	0xbf, AT(device),			/* mov $device, %edi */
	0xbe, BYTES32(O_RDWR),			/* mov $O_RDWR, %esi */
	0x0f, 0x05,				/* syscall */
	0x89, 0xc7,				/* mov %eax, %edi */
	0xb8, BYTES32(SYS_ioctl),		/* mov $SYS_ioctl, %eax */
	0xbe, BYTES32((uint32_t)MACHDEV_IOC_MSG), /* mov $command, %esi */
	0xba, AT(call),				/* mov $call, %edx */
	0x0f, 0x05,				/* syscall */
	0x89, 0xc7,				/* mov %eax, %edi */
	0x44, 0x01, 0xe7,			/* add %r12d, %edi */
	0xb8, BYTES32(SYS_exit_group),		/* mov $SYS_exit_group, %eax */
	0x0f, 0x05,				/* syscall */
};

/* Stores r15, the flags and what fs and gs stand for at rsp, and exits. */
static const unsigned char looker[] = {
	0x9c,					/* pushf */
	0x8f, 0x44, 0x24, 0x08,			/* pop 8(%rsp) */
	0x4c, 0x89, 0x3c, 0x24,			/* mov %r15, (%rsp) */
	0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, /* mov %fs:0, %rax */
	0x48, 0x89, 0x44, 0x24, 0x10,		/* mov %rax, 16(%rsp) */
	0x65, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, /* mov %gs:0, %rax */
	0x48, 0x89, 0x44, 0x24, 0x18,		/* mov %rax, 24(%rsp) */
	0xf3, 0x90, 0xeb, 0xfc,			/* 1: pause; jmp 1b */
};

static kern_return_t create_with_tokens(struct tokens tokens, task_t *task)
{
	security_token_t security;
	audit_token_t audit;

	memcpy(&security, tokens.security, sizeof(security));
	memcpy(&audit, tokens.audit, sizeof(audit));
	return host_security_create_task_token(host_security_port(), own_task(),
					       security, audit, MACH_PORT_NULL,
					       NULL, 0, FALSE, task);
}

static struct data data_of_program(void)
{
	struct data data = {
		.device = MACHDEV_DEVICE,
		.call = {
			.msg = DATA + offsetof(struct data, message),
			.option = MACH_SEND_MSG,
			.send_size = sizeof(data.message),
		},
		.message = {
			.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
			.msgh_size = sizeof(data.message),
			.msgh_remote_port = PORT,
			.msgh_id = 4242,
		},
	};

	memcpy(data.greeting, greeting, sizeof(greeting));
	return data;
}

TEST(a_program_assembled_by_hand_runs_in_an_empty_task)
{
	mach_port_t port = port_new(), notify = port_receive();
	struct data data = data_of_program();
	struct x86_thread_state64 state = {
		.rip = CODE,
		.rsp = STACK + PAGE,
		.r12 = 7,
	};
	struct letter letter;
	char got[16] = "";
	int fd[2], status;
	thread_act_t thread;
	struct tokens seen;
	task_t task;
	pid_t pid;

	ASSERT_EQ(0, pipe(fd));
	state.rbx = fd[1];
	ASSERT_KR(KERN_SUCCESS, create_with_tokens(tokens_made(5), &task));
	pid = pid_of(task);
	ASSERT_KR(KERN_SUCCESS, port_watch(task, notify));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(task, PORT, port,
					 MACH_MSG_TYPE_COPY_SEND));
	ASSERT_KR(KERN_SUCCESS,
		  put_memory(task, CODE, program, sizeof(program),
			     VM_PROT_READ | VM_PROT_EXECUTE));
	ASSERT_KR(KERN_SUCCESS, put_memory(task, DATA, &data, sizeof(data),
					   VM_PROT_DEFAULT));
	ASSERT_KR(KERN_SUCCESS,
		  thread_create_running(task, x86_THREAD_STATE64,
					(thread_state_t)&state,
					x86_THREAD_STATE64_COUNT, &thread));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	EXPECT_EQ(4242, letter.header.msgh_id);
	seen = letter_tokens(&letter);
	EXPECT_TOKENS(tokens_made(5), seen);
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(task, letter_dead_name(&letter));
	EXPECT_TRUE(port_is_dead(thread));
	close(fd[1]);
	EXPECT_EQ(sizeof(greeting) - 1, read(fd[0], got, sizeof(got)));
	EXPECT_STREQ(greeting, got);
	/* Nobody waits for it but who looks after orphans: that is not this. */
	EXPECT_EQ(-1, waitpid(pid, &status, 0));
}

/* It runs when neither it nor its task is suspended any more. */
TEST(a_thread_of_a_suspended_task_waits_for_that)
{
	struct x86_thread_state64 state = { .rip = CODE, .rsp = STACK + PAGE };
	struct data data = data_of_program();
	struct pollfd written = { .events = POLLIN };
	thread_act_t thread;
	task_t task;
	int fd[2];

	ASSERT_EQ(0, pipe(fd));
	state.rbx = fd[1];
	written.fd = fd[0];
	ASSERT_KR(KERN_SUCCESS,
		  task_create(own_task(), NULL, 0, FALSE, &task));
	ASSERT_KR(KERN_SUCCESS,
		  put_memory(task, CODE, program, sizeof(program),
			     VM_PROT_READ | VM_PROT_EXECUTE));
	ASSERT_KR(KERN_SUCCESS, put_memory(task, DATA, &data, sizeof(data),
					   VM_PROT_DEFAULT));
	ASSERT_KR(KERN_SUCCESS, task_suspend(task));
	ASSERT_KR(KERN_SUCCESS,
		  thread_create_running(task, x86_THREAD_STATE64,
					(thread_state_t)&state,
					x86_THREAD_STATE64_COUNT, &thread));
	EXPECT_EQ(0, poll(&written, 1, 50));
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	EXPECT_EQ(1, poll(&written, 1, 10000 * (int)test_scale()));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(task), 10000));
}

FIXTURE(thread) {
	task_t task;
	pid_t pid;
	thread_act_t thread;
};

FIXTURE_VARIANT(thread) {
	boolean_t memory;
};

FIXTURE_VARIANT_ADD(thread, with_memory) { .memory = TRUE };
FIXTURE_VARIANT_ADD(thread, without_memory) { .memory = FALSE };

FIXTURE_SETUP(thread)
{
	ASSERT_KR(KERN_SUCCESS, task_create(own_task(), NULL, 0,
					    variant->memory, &self->task));
	self->pid = pid_of(self->task);
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &self->thread));
}

FIXTURE_TEARDOWN(thread)
{
	if (self->pid > 0)
		kill(self->pid, SIGKILL);
}

TEST_F(thread, is_a_port)
{
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(self->thread));
	EXPECT_NE(self->task, self->thread);
}

TEST_F(thread, is_the_only_one_of_its_task)
{
	thread_act_t thread;

	EXPECT_EQ(1, threads_of(self->task, &thread));
	EXPECT_EQ(self->thread, thread);
	ASSERT_KR(KERN_SUCCESS, thread_terminate(self->thread));
	EXPECT_EQ(0, threads_of(self->task, &thread));
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &self->thread));
	EXPECT_EQ(1, threads_of(self->task, &thread));
	EXPECT_EQ(self->thread, thread);
}

static struct thread_basic_info info_of(thread_act_t thread)
{
	mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
	struct thread_basic_info info;

	memset(&info, TEST_POISON, sizeof(info));
	thread_info(thread, THREAD_BASIC_INFO, (thread_info_t)&info, &count);
	return info;
}

TEST_F(thread, tells_how_often_it_is_suspended)
{
	EXPECT_EQ(1, info_of(self->thread).suspend_count);
	EXPECT_EQ(TH_STATE_STOPPED, info_of(self->thread).run_state);
	ASSERT_KR(KERN_SUCCESS, thread_suspend(self->thread));
	EXPECT_EQ(2, info_of(self->thread).suspend_count);
	ASSERT_KR(KERN_SUCCESS, thread_resume(self->thread));
	EXPECT_EQ(1, info_of(self->thread).suspend_count);
}

/* Sees the thread before it is born, and after it has been forgotten. */
static void *list_always(void *argument)
{
	FIXTURE_DATA(thread) *self = argument;
	thread_act_t thread;

	while (threads_of(self->task, &thread) >= 0)
		sched_yield();
	return NULL;
}

TEST_F(thread, is_born_while_somebody_looks)
{
	thread_act_t thread;
	pthread_t looker;
	int i;

	ASSERT_EQ(0, pthread_create(&looker, NULL, list_always, self));
	for (i = 0; i < 300; i++) {
		ASSERT_KR(KERN_SUCCESS, thread_terminate(self->thread));
		EXPECT_TRUE(port_is_dead(self->thread));
		mach_port_deallocate(own_task(), self->thread);
		ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &thread));
		self->thread = thread;
		ASSERT_KR(KERN_SUCCESS, thread_suspend(thread));
	}
	ASSERT_KR(KERN_SUCCESS, task_terminate(self->task));
	pthread_join(looker, NULL);
}

TEST_F(thread, has_the_registers_that_were_set)
{
	struct x86_thread_state64 state, zero = { 0 };
	struct x86_thread_state64 wanted = { .rip = 16, .r15 = 15, .cs = 9,
					     .rflags = ~0ull, .fs = 3 };

	ASSERT_KR(KERN_SUCCESS, get_state(self->thread, &state));
	EXPECT_EQ(0, memcmp(&zero, &state, sizeof(state)));
	ASSERT_KR(KERN_SUCCESS, set_state(self->thread, &wanted));
	ASSERT_KR(KERN_SUCCESS, get_state(self->thread, &state));
	wanted.cs = 0;
	EXPECT_EQ(0, memcmp(&wanted, &state, sizeof(state)));
}

TEST_F(thread, has_none_that_are_not_for_programs)
{
	struct x86_thread_state64 state, zero = { 0 };
	struct x86_thread_state64 bad[] = {
		{ .rip = 0x7ffffffff000ull }, { .rip = 1ull << 63 },
		{ .fs = 0xffff800000000000ull }, { .gs = 1ull << 47 },
	};
	mach_msg_type_number_t count = x86_THREAD_STATE64_COUNT - 1;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  set_state(self->thread, &bad[i]));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_state(self->thread, x86_THREAD_STATE64,
				   (thread_state_t)&zero, count));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_get_state(self->thread, x86_THREAD_STATE64,
				   (thread_state_t)&state, &count));
	count = x86_THREAD_STATE64_COUNT;
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_state(self->thread, 77, (thread_state_t)&zero,
				   count));
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  thread_set_state(self->thread, x86_EXCEPTION_STATE64,
				   (thread_state_t)&zero, count));
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  thread_set_state(self->thread, x86_THREAD_STATE64,
				   (thread_state_t)16, count));
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  thread_get_state(self->thread, x86_THREAD_STATE64,
				   (thread_state_t)16, &count));
	ASSERT_KR(KERN_SUCCESS, get_state(self->thread, &state));
	EXPECT_EQ(0, memcmp(&zero, &state, sizeof(state)));
}

TEST_F(thread, can_be_ended_and_made_again)
{
	struct x86_thread_state64 state = { .r8 = 8 }, zero = { 0 };

	ASSERT_KR(KERN_SUCCESS, set_state(self->thread, &state));
	ASSERT_KR(KERN_SUCCESS, thread_terminate(self->thread));
	EXPECT_TRUE(port_is_dead(self->thread));
	EXPECT_KR(KERN_INVALID_ARGUMENT, thread_resume(self->thread));
	EXPECT_KR(KERN_INVALID_ARGUMENT, thread_terminate(self->thread));
	EXPECT_FALSE(port_is_dead(self->task));
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &self->thread));
	ASSERT_KR(KERN_SUCCESS, get_state(self->thread, &state));
	EXPECT_EQ(0, memcmp(&zero, &state, sizeof(state)));
}

static vm_address_t run_looker(task_t task, thread_act_t thread)
{
	vm_address_t base = 0x40000000;
	struct x86_thread_state64 state = {
		.rip = base, .rsp = base + 256, .r15 = 0x1234567890ull,
		.rflags = ~0x100ull, .fs = base + 512, .gs = base + 520,
	};
	const uint64_t segments[] = { 0xf5f5, 0x9595 };

	if (vm_allocate(task, &base, PAGE, VM_FLAGS_FIXED) ||
	    vm_write(task, base, (vm_offset_t)looker, sizeof(looker)) ||
	    vm_write(task, base + 512, (vm_offset_t)segments,
		     sizeof(segments)) ||
	    vm_protect(task, base, PAGE, FALSE, VM_PROT_ALL) ||
	    set_state(thread, &state))
		return 0;
	return base;
}

TEST_F(thread, runs_with_its_registers_when_it_is_resumed)
{
	uint64_t seen[4] = { 0 };
	vm_address_t base;
	vm_size_t size;

	base = run_looker(self->task, self->thread);
	ASSERT_NE(0, base);
	ASSERT_KR(KERN_SUCCESS, thread_suspend(self->thread));
	ASSERT_KR(KERN_SUCCESS, thread_resume(self->thread));
	ASSERT_KR(KERN_SUCCESS, get_state(self->thread,
					  &(struct x86_thread_state64){ }));
	ASSERT_KR(KERN_SUCCESS, thread_resume(self->thread));
	EXPECT_TRUE(TEST_UNTIL(!vm_read_overwrite(self->task, base + 256,
						  sizeof(seen),
						  (vm_address_t)seen, &size) &&
			       seen[3], 10000));
	/* The first three may have been read before it wrote them. */
	ASSERT_KR(KERN_SUCCESS,
		  vm_read_overwrite(self->task, base + 256, sizeof(seen),
				    (vm_address_t)seen, &size));
	EXPECT_EQ(0x1234567890ull, seen[0]);
	/* Of all flags those of programs: no I/O, no virtual machine. */
	EXPECT_EQ(0x40ed7ull, seen[1] & ~0x10000ull);
	EXPECT_EQ(0xf5f5, seen[2]);
	EXPECT_EQ(0x9595, seen[3]);

	/* It runs: nothing of this is for it any more. */
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_suspend(self->thread));
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_resume(self->thread));
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_terminate(self->thread));
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  get_state(self->thread, &(struct x86_thread_state64){ }));
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_create(self->task, &self->thread));
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  vm_allocate(self->task, &base, PAGE, VM_FLAGS_ANYWHERE));
	EXPECT_FALSE(port_is_dead(self->thread));
}

TEST_F(thread, outlives_its_creator_once_it_runs)
{
	mach_port_t notify = port_receive();
	struct letter letter;
	struct test_pipe ready;
	uint32_t pid;
	pid_t child;
	task_t task;

	ASSERT_EQ(0, test_pipe_open(&ready));
	child = child_fork();
	if (!child) {
		thread_act_t thread;

		if (!task_create(own_task(), NULL, 0, variant->memory, &task) &&
		    !thread_create(task, &thread) && run_looker(task, thread) &&
		    !thread_resume(thread))
			test_put(&ready, pid_of(task));
		_exit(0);
	}
	ASSERT_EQ(0, test_get(&ready, &pid));
	EXPECT_CHILD(child);
	ASSERT_EQ(0, mach_sync());
	ASSERT_KR(KERN_SUCCESS, task_for_pid(mach_task_self(), pid, &task));
	EXPECT_EQ(0, kill(pid, 0));
	ASSERT_KR(KERN_SUCCESS, port_watch(task, notify));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
}

TEST(what_is_no_thread)
{
	mach_port_t port = port_new(), names[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, 0x7777703, port, own_task(),
	};
	struct x86_thread_state64 state = { 0 };
	thread_act_t thread;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT, thread_suspend(names[i]));
		EXPECT_KR(KERN_INVALID_ARGUMENT, thread_resume(names[i]));
		EXPECT_KR(KERN_INVALID_ARGUMENT, thread_terminate(names[i]));
		EXPECT_KR(KERN_INVALID_ARGUMENT, get_state(names[i], &state));
		EXPECT_KR(KERN_INVALID_ARGUMENT, set_state(names[i], &state));
		if (names[i] != own_task())
			EXPECT_KR(KERN_INVALID_ARGUMENT,
				  thread_create(names[i], &thread));
	}
	/* Which is for created tasks; in its own the program has to start one. */
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  mach_ioctl(MACHDEV_IOC_THREAD_CREATE,
			     &(struct machdev_thread){ .task = own_task() }));
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_resume(mach_thread_self()));
}

MACH_TEST_MAIN
