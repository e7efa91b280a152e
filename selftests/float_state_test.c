// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers for floating point of a thread that has not run: what is set is what
 * it finds, and nothing is left of whoever made it.
 */
#include <cpuid.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "actor.h"
#include "embryo_helpers.h"

#define PAGE 4096ul
#define CODE 0x10000000ul
/* What the thread has in its registers, and before it a word: it is done. */
#define AREA 0x20001000ul
#define AREA_SIZE (8 * PAGE)
#define DONE (AREA - 8)

/* Of x86_FLOAT_STATE64 what FXSAVE writes; and where XSAVE writes the rest. */
#define IMAGE offsetof(struct x86_float_state64, fpu_fcw)
#define IMAGE_USED 416
#define REST 576

/* All but the rights to protection keys. */
#define COMPONENTS (~(1ull << 9))

/* Saves its registers at rsp, says so below, and stays. */
static const unsigned char saver[] = {
	0x48, 0x0f, 0xae, 0x24, 0x24,		/* xsave64 (%rsp) */
	0xc7, 0x44, 0x24, 0xf8, 1, 0, 0, 0,	/* movl $1, -8(%rsp) */
	0xf3, 0x90, 0xeb, 0xfc,			/* 1: pause; jmp 1b */
};

static const unsigned char old_saver[] = {
	0x48, 0x0f, 0xae, 0x04, 0x24,		/* fxsave64 (%rsp) */
	0xc7, 0x44, 0x24, 0xf8, 1, 0, 0, 0,	/* movl $1, -8(%rsp) */
	0xf3, 0x90, 0xeb, 0xfc,			/* 1: pause; jmp 1b */
};

static bool has_xsave(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE);
}

static kern_return_t put(task_t task, vm_address_t at, const void *data,
			 size_t size, size_t room)
{
	return vm_allocate(task, &at, room, VM_FLAGS_FIXED) ?:
	       vm_write(task, at, (vm_offset_t)data, size) ?:
	       vm_protect(task, at, room, FALSE, VM_PROT_ALL);
}

static kern_return_t set_float(thread_act_t thread,
			       const struct x86_float_state64 *state)
{
	return thread_set_state(thread, x86_FLOAT_STATE64,
				(thread_state_t)state, x86_FLOAT_STATE64_COUNT);
}

static kern_return_t get_float(thread_act_t thread,
			       struct x86_float_state64 *state)
{
	mach_msg_type_number_t count = x86_FLOAT_STATE64_COUNT + 5;
	kern_return_t result;

	memset(state, TEST_POISON, sizeof(*state));
	result = thread_get_state(thread, x86_FLOAT_STATE64,
				  (thread_state_t)state, &count);
	return result ?: count == x86_FLOAT_STATE64_COUNT ? 0 : -1;
}

/* What a new program finds, and which bits of mxcsr this processor has. */
static struct x86_float_state64 initial(void)
{
	struct x86_float_state64 state = { .fpu_fcw = 0x37f,
					   .fpu_mxcsr = 0x1f80 };
	static unsigned char image[512] __attribute__((aligned(16)));

	asm volatile("fxsave64 %0" : "=m" (image));
	memcpy(&state.fpu_mxcsrmask, image + 28, 4);
	if (!state.fpu_mxcsrmask)
		state.fpu_mxcsrmask = 0xffbf;
	return state;
}

static struct x86_float_state64 unusual(void)
{
	struct x86_float_state64 state = initial();

	memset(&state.fpu_xmm0, 0x5a, 16 * sizeof(state.fpu_xmm0));
	memset(state.fpu_stmm0.mmst_reg, 0x11, 10);
	memset(state.fpu_stmm7.mmst_reg, 0x77, 10);
	state.fpu_fcw = 0x27f;
	state.fpu_ftw = 0xff;
	state.fpu_mxcsr = 0x9f80;
	return state;
}

FIXTURE(floats) {
	task_t task;
	int pid;
	thread_act_t thread;
};

FIXTURE_VARIANT(floats) {
	boolean_t memory;
};

FIXTURE_VARIANT_ADD(floats, with_memory) { .memory = TRUE };
FIXTURE_VARIANT_ADD(floats, without_memory) { .memory = FALSE };

FIXTURE_SETUP(floats)
{
	ASSERT_KR(KERN_SUCCESS, task_create(own_task(), NULL, 0,
					    variant->memory, &self->task));
	ASSERT_KR(KERN_SUCCESS, pid_for_task(self->task, &self->pid));
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &self->thread));
}

FIXTURE_TEARDOWN(floats)
{
	if (self->pid > 0)
		kill(self->pid, SIGKILL);
}

/* Runs it: all that XSAVE writes, or only what FXSAVE does. */
static bool run(task_t task, thread_act_t thread, unsigned char *seen)
{
	struct x86_thread_state64 state = {
		.rip = CODE, .rsp = AREA, .rax = (uint32_t)COMPONENTS,
		.rdx = COMPONENTS >> 32,
	};
	uint32_t done = 0;
	vm_size_t size;

	if (put(task, CODE, has_xsave() ? saver : old_saver, sizeof(saver),
		PAGE) ||
	    put(task, AREA - PAGE, &done, sizeof(done), PAGE + AREA_SIZE) ||
	    thread_set_state(thread, x86_THREAD_STATE64, (thread_state_t)&state,
			     x86_THREAD_STATE64_COUNT) ||
	    thread_resume(thread))
		return false;
	return TEST_UNTIL(!vm_read_overwrite(task, DONE, sizeof(done),
					     (vm_address_t)&done, &size) &&
			  done, 10000) &&
	       !vm_read_overwrite(task, AREA, AREA_SIZE, (vm_address_t)seen,
				  &size);
}

/* Where instructions that failed are is not kept by all processors. */
static bool same_image(const struct x86_float_state64 *wanted,
		       const unsigned char *seen)
{
	const unsigned char *image = (const unsigned char *)wanted + IMAGE;

	return !memcmp(image, seen, 5) &&
	       !memcmp(image + 24, seen + 24, 4) &&
	       !memcmp(image + 32, seen + 32, IMAGE_USED - 32);
}

static bool all_zero(const unsigned char *seen, size_t size)
{
	while (size && !*seen) {
		seen++;
		size--;
	}
	return !size;
}

static unsigned char seen[AREA_SIZE] __attribute__((aligned(64)));

TEST_F(floats, are_what_a_new_program_finds)
{
	struct x86_float_state64 state, wanted = initial();

	ASSERT_KR(KERN_SUCCESS, get_float(self->thread, &state));
	EXPECT_EQ(0, memcmp(&wanted, &state, sizeof(state)));
	ASSERT_TRUE(run(self->task, self->thread, seen));
	EXPECT_TRUE(same_image(&wanted, seen));
	EXPECT_TRUE(all_zero(seen + REST, AREA_SIZE - REST));
}

TEST_F(floats, are_those_that_were_set)
{
	struct x86_float_state64 state, wanted = unusual();

	ASSERT_KR(KERN_SUCCESS, set_float(self->thread, &wanted));
	ASSERT_KR(KERN_SUCCESS, get_float(self->thread, &state));
	EXPECT_EQ(0, memcmp(&wanted, &state, sizeof(state)));
	ASSERT_TRUE(run(self->task, self->thread, seen));
	EXPECT_TRUE(same_image(&wanted, seen));
	EXPECT_TRUE(all_zero(seen + REST, AREA_SIZE - REST));
	EXPECT_KR(KERN_NOT_SUPPORTED, get_float(self->thread, &state));
	EXPECT_KR(KERN_NOT_SUPPORTED, set_float(self->thread, &wanted));
}

TEST_F(floats, have_nothing_where_they_are_reserved)
{
	struct x86_float_state64 state, wanted = initial();

	memset(&state, 0xff, sizeof(state));
	state.fpu_mxcsr = wanted.fpu_mxcsr;
	ASSERT_KR(KERN_SUCCESS, set_float(self->thread, &state));
	ASSERT_KR(KERN_SUCCESS, get_float(self->thread, &state));
	EXPECT_EQ(0, state.fpu_reserved[0] | state.fpu_reserved[1]);
	EXPECT_EQ(0, state.fpu_rsrv1 | state.fpu_rsrv2 | state.fpu_rsrv3);
	EXPECT_EQ(0, state.fpu_reserved1);
	EXPECT_TRUE(all_zero(state.fpu_rsrv4, sizeof(state.fpu_rsrv4)));
	EXPECT_TRUE(all_zero(state.fpu_stmm0.mmst_rsrv, 6));
	EXPECT_TRUE(all_zero(state.fpu_stmm7.mmst_rsrv, 6));
	EXPECT_EQ(wanted.fpu_mxcsrmask, state.fpu_mxcsrmask);
	EXPECT_EQ(0xffff, state.fpu_fcw);
	EXPECT_EQ(0xff, state.fpu_xmm15.xmm_reg[15]);
	EXPECT_TRUE(run(self->task, self->thread, seen));
}

TEST_F(floats, are_none_that_the_processor_has_not)
{
	struct x86_float_state64 state, wanted = initial();
	uint32_t bit;

	for (bit = 1; bit; bit <<= 1) {
		state = wanted;
		state.fpu_mxcsr |= bit;
		EXPECT_KR(wanted.fpu_mxcsrmask & bit ? KERN_SUCCESS :
						      KERN_INVALID_ARGUMENT,
			  set_float(self->thread, &state));
	}
	ASSERT_KR(KERN_SUCCESS, set_float(self->thread, &wanted));
	wanted.fpu_mxcsr = 1u << 31;
	EXPECT_KR(KERN_INVALID_ARGUMENT, set_float(self->thread, &wanted));
	ASSERT_KR(KERN_SUCCESS, get_float(self->thread, &state));
	EXPECT_EQ(0x1f80, state.fpu_mxcsr);
}

TEST_F(floats, have_one_size)
{
	struct x86_float_state64 state = initial();
	mach_msg_type_number_t count = x86_FLOAT_STATE64_COUNT - 1;

	EXPECT_EQ(131, x86_FLOAT_STATE64_COUNT);
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_state(self->thread, x86_FLOAT_STATE64,
				   (thread_state_t)&state, count));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_get_state(self->thread, x86_FLOAT_STATE64,
				   (thread_state_t)&state, &count));
	count++;
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  thread_set_state(self->thread, x86_FLOAT_STATE64,
				   (thread_state_t)16, count));
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  thread_get_state(self->thread, x86_FLOAT_STATE64,
				   (thread_state_t)16, &count));
}

TEST_F(floats, are_initial_again_when_the_thread_is_made_again)
{
	struct x86_float_state64 state = unusual(), wanted = initial();

	ASSERT_KR(KERN_SUCCESS, set_float(self->thread, &state));
	ASSERT_KR(KERN_SUCCESS, thread_terminate(self->thread));
	EXPECT_KR(KERN_INVALID_ARGUMENT, get_float(self->thread, &state));
	EXPECT_KR(KERN_INVALID_ARGUMENT, set_float(self->thread, &wanted));
	ASSERT_KR(KERN_SUCCESS, thread_create(self->task, &self->thread));
	ASSERT_KR(KERN_SUCCESS, get_float(self->thread, &state));
	EXPECT_EQ(0, memcmp(&wanted, &state, sizeof(state)));
}

/* The flavors that say what they are in front. */
TEST_F(floats, come_with_a_header_too)
{
	struct x86_float_state64 wanted = unusual();
	struct x86_float_state state = {
		.fsh = { x86_FLOAT_STATE64, x86_FLOAT_STATE64_COUNT },
		.ufs.fs64 = wanted,
	};
	mach_msg_type_number_t count = x86_FLOAT_STATE_COUNT;

	EXPECT_EQ(133, x86_FLOAT_STATE_COUNT);
	ASSERT_KR(KERN_SUCCESS,
		  thread_set_state(self->thread, x86_FLOAT_STATE,
				   (thread_state_t)&state, count));
	memset(&state, 0, sizeof(state));
	count += 3;
	ASSERT_KR(KERN_SUCCESS,
		  thread_get_state(self->thread, x86_FLOAT_STATE,
				   (thread_state_t)&state, &count));
	EXPECT_EQ(x86_FLOAT_STATE_COUNT, count);
	EXPECT_EQ(x86_FLOAT_STATE64, state.fsh.flavor);
	EXPECT_EQ(x86_FLOAT_STATE64_COUNT, state.fsh.count);
	EXPECT_EQ(0, memcmp(&wanted, &state.ufs.fs64, sizeof(wanted)));

	state.fsh.flavor = x86_THREAD_STATE64;
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_state(self->thread, x86_FLOAT_STATE,
				   (thread_state_t)&state, count));
	state.fsh.flavor = x86_FLOAT_STATE64;
	state.fsh.count--;
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_state(self->thread, x86_FLOAT_STATE,
				   (thread_state_t)&state, count));
	state.fsh.count++;
	count--;
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_state(self->thread, x86_FLOAT_STATE,
				   (thread_state_t)&state, count));
}

TEST_F(floats, are_not_the_general_registers)
{
	struct x86_thread_state state = {
		.tsh = { x86_THREAD_STATE64, x86_THREAD_STATE64_COUNT },
		.uts.ts64 = { .rip = 16, .r15 = 15, .cs = 7 },
	};
	struct x86_float_state64 floats, wanted = initial();
	mach_msg_type_number_t count = x86_THREAD_STATE_COUNT;

	EXPECT_EQ(44, x86_THREAD_STATE_COUNT);
	ASSERT_KR(KERN_SUCCESS,
		  thread_set_state(self->thread, x86_THREAD_STATE,
				   (thread_state_t)&state, count));
	memset(&state, TEST_POISON, sizeof(state));
	ASSERT_KR(KERN_SUCCESS,
		  thread_get_state(self->thread, x86_THREAD_STATE,
				   (thread_state_t)&state, &count));
	EXPECT_EQ(x86_THREAD_STATE64, state.tsh.flavor);
	EXPECT_EQ(x86_THREAD_STATE64_COUNT, state.tsh.count);
	EXPECT_EQ(16, state.uts.ts64.rip);
	EXPECT_EQ(15, state.uts.ts64.r15);
	EXPECT_EQ(0, state.uts.ts64.cs);
	ASSERT_KR(KERN_SUCCESS, get_float(self->thread, &floats));
	EXPECT_EQ(0, memcmp(&wanted, &floats, sizeof(floats)));
	state.uts.ts64.rip = 1ull << 63;
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_state(self->thread, x86_THREAD_STATE,
				   (thread_state_t)&state, count));
}

/* Fills all registers that it can, and adopts the embryo in the same breath. */
static void adopt_marked(int fd)
{
	static unsigned char marks[AREA_SIZE] __attribute__((aligned(64)));
	struct machdev_embryo call = { .descriptor = fd };
	struct x86_float_state64 image = unusual();
	int device = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
	uint32_t low = 0, high = 0;

	memcpy(marks, (unsigned char *)&image + IMAGE, 512);
	if (has_xsave()) {
		asm volatile("xgetbv" : "=a" (low), "=d" (high) : "c" (0));
		low &= 0xe7;	/* x87, SSE, AVX, AVX-512 */
		memcpy(marks + 512, &low, sizeof(low));
		memset(marks + REST, 0x3c, sizeof(marks) - REST);
	}
	asm volatile("test %%eax, %%eax\n\t"
		     "jz 1f\n\t"
		     "xrstor64 (%[marks])\n\t"
		     "jmp 2f\n"
		     "1:\tfxrstor64 (%[marks])\n"
		     "2:\tmov %[number], %%eax\n\t"
		     "mov %[call], %%rdx\n\t"
		     "syscall"
		     : "+a" (low), "+d" (high)
		     : "D" (device), "S" (MACHDEV_IOC_EMBRYO_ADOPT),
		       [number] "i" (SYS_ioctl), [marks] "r" (marks),
		       [call] "r" (&call)
		     : "rcx", "r11", "memory");
	_exit(127);
}

TEST(nothing_is_left_of_the_creators_registers)
{
	struct x86_float_state64 wanted = initial();
	thread_act_t thread;
	task_t task;
	pid_t pid;
	int fd;

	fd = conceive(TRUE);
	ASSERT_LE(0, fd);
	pid = child_fork();
	if (!pid)
		adopt_marked(fd);
	ASSERT_KR(KERN_SUCCESS, await(fd, pid));
	ASSERT_KR(KERN_SUCCESS, take(fd, &task));
	close(fd);
	ASSERT_KR(KERN_SUCCESS, thread_create(task, &thread));
	ASSERT_TRUE(run(task, thread, seen));
	EXPECT_TRUE(same_image(&wanted, seen));
	EXPECT_TRUE(all_zero(seen + REST, AREA_SIZE - REST));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
}

MACH_TEST_MAIN
