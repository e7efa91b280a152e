// SPDX-License-Identifier: GPL-2.0-only
/*
 * task_info(): sizes, times and events of a task, against what Linux says of
 * the process; and what it takes to ask.
 */
#include <stdatomic.h>
#include <sys/resource.h>

#include "actor.h"

static const struct {
	task_flavor_t flavor;
	mach_msg_type_number_t words;
	int least;	/* MACHDEV_TASK_FLAVOR_* */
} flavors[] = {
	{ TASK_ABSOLUTETIME_INFO, 8, MACHDEV_TASK_FLAVOR_NAME },
	{ TASK_EVENTS_INFO, 8, MACHDEV_TASK_FLAVOR_NAME },
	{ TASK_THREAD_TIMES_INFO, 4, MACHDEV_TASK_FLAVOR_NAME },
	{ TASK_BASIC_INFO_32, 8, MACHDEV_TASK_FLAVOR_NAME },
	{ TASK_BASIC_INFO_64, 10, MACHDEV_TASK_FLAVOR_NAME },
	{ TASK_BASIC2_INFO_32, 8, MACHDEV_TASK_FLAVOR_NAME },
	{ TASK_SECURITY_TOKEN, 2, MACHDEV_TASK_FLAVOR_NAME },
	{ TASK_AUDIT_TOKEN, 8, MACHDEV_TASK_FLAVOR_NAME },
	{ MACH_TASK_BASIC_INFO, 12, MACHDEV_TASK_FLAVOR_NAME },
	{ TASK_VM_INFO, 42, MACHDEV_TASK_FLAVOR_INSPECT },
};

static mach_port_t port_of(pid_t pid, int flavor)
{
	struct machdev_task_pid call = { .pid = pid, .flavor = flavor };

	return mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &call) ? MACH_PORT_NULL :
							     call.port;
}

/* Poisoned before: what is not written shows. */
static kern_return_t info_of(task_t task, task_flavor_t flavor, void *info,
			     mach_msg_type_number_t words)
{
	mach_msg_type_number_t count = words;
	kern_return_t kr;

	memset(info, TEST_POISON, words * 4);
	kr = task_info(task, flavor, info, &count);
	return kr ?: count == words ? KERN_SUCCESS : KERN_INVALID_VALUE;
}

static mach_task_basic_info_data_t basic_of(task_t task)
{
	mach_task_basic_info_data_t info;

	info_of(task, MACH_TASK_BASIC_INFO, &info, MACH_TASK_BASIC_INFO_COUNT);
	return info;
}

static uint64_t micros(time_value_t value)
{
	return value.seconds * 1000000ull + value.microseconds;
}

TEST(each_flavor_has_its_room)
{
	integer_t info[TASK_INFO_MAX + 1];
	mach_msg_type_number_t count;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flavors); i++) {
		count = flavors[i].flavor == TASK_VM_INFO ?
			TASK_VM_INFO_REV0_COUNT - 1 : flavors[i].words - 1;
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_info(mach_task_self(), flavors[i].flavor, info,
				    &count));
		memset(info, TEST_POISON, sizeof(info));
		count = TASK_INFO_MAX;
		EXPECT_KR(KERN_SUCCESS,
			  task_info(mach_task_self(), flavors[i].flavor, info,
				    &count));
		EXPECT_EQ(flavors[i].words, count);
		EXPECT_EQ(TEST_POISON32, (uint32_t)info[count]);
		EXPECT_KR(KERN_INVALID_ADDRESS,
			  task_info(mach_task_self(), flavors[i].flavor, NULL,
				    &count));
	}
}

TEST(revisions_of_the_memory_flavor)
{
	static const mach_msg_type_number_t room[][2] = {
		{ 36, 36 }, { 37, 36 }, { 38, 38 }, { 41, 38 }, { 42, 42 },
		{ 93, 42 },
	};
	integer_t info[TASK_INFO_MAX];
	mach_msg_type_number_t count;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(room); i++) {
		memset(info, TEST_POISON, sizeof(info));
		count = room[i][0];
		EXPECT_KR(KERN_SUCCESS, task_info(mach_task_self(),
						  TASK_VM_INFO, info, &count));
		EXPECT_EQ(room[i][1], count);
		EXPECT_EQ(TEST_POISON32, (uint32_t)info[count]);
	}
}

TEST(flavors_that_are_not_answered)
{
	static const task_flavor_t later[] = { 7, 10, 11, 12, 16, 17, 19, 21 };
	static const task_flavor_t none[] = { 0, 8, 9, 14, 18, 23, 99 };
	integer_t info[TASK_INFO_MAX];
	mach_msg_type_number_t count = TASK_INFO_MAX;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(later); i++)
		EXPECT_KR(KERN_NOT_SUPPORTED,
			  task_info(mach_task_self(), later[i], info, &count));
	for (i = 0; i < ARRAY_SIZE(none); i++)
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_info(mach_task_self(), none[i], info, &count));
}

TEST(what_it_takes_to_ask)
{
	integer_t info[TASK_INFO_MAX];
	mach_msg_type_number_t count;
	struct actor actor;
	size_t i;
	int flavor;

	ASSERT_EQ(0, actor_start(&actor));
	for (flavor = 0; flavor < 4; flavor++) {
		mach_port_t port = port_of(actor.pid, flavor);

		for (i = 0; i < ARRAY_SIZE(flavors); i++) {
			count = TASK_INFO_MAX;
			EXPECT_KR(flavor <= flavors[i].least ?
				  KERN_SUCCESS : KERN_INVALID_ARGUMENT,
				  task_info(port, flavors[i].flavor, info,
					    &count)) {
				TH_LOG("port %d, flavor %u", flavor,
				       flavors[i].flavor);
			}
		}
	}
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(the_memory_of_another)
{
	const size_t size = 64 << 20;
	task_vm_info_data_t vm, grown;
	struct test_pipe go, done;
	task_t task;
	pid_t pid;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	ASSERT_EQ(0, test_pipe_open(&go));
	ASSERT_EQ(0, test_pipe_open(&done));
	pid = child_fork();
	if (!pid) {
		char *memory;

		test_wait(&go);
		memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			_exit(1);
		memset(memory, 1, size / 4);
		test_put(&done, 1);
		for (;;)
			pause();
	}
	task = port_of(pid, MACHDEV_TASK_FLAVOR_INSPECT);
	ASSERT_KR(KERN_SUCCESS,
		  info_of(task, TASK_VM_INFO, &vm, TASK_VM_INFO_COUNT));
	test_put(&go, 1);
	ASSERT_EQ(0, test_wait(&done));
	ASSERT_KR(KERN_SUCCESS,
		  info_of(task, TASK_VM_INFO, &grown, TASK_VM_INFO_COUNT));
	EXPECT_EQ(vm.virtual_size + size, grown.virtual_size);
	EXPECT_LT(0, vm.region_count);
	EXPECT_EQ(getpagesize(), vm.page_size);
	/* Counts of pages are taken in batches for each processor. */
	EXPECT_LT(vm.internal + size / 8, grown.internal);
	EXPECT_LT(vm.resident_size + size / 8, grown.resident_size);
	EXPECT_LE(grown.resident_size, grown.resident_size_peak);
	EXPECT_EQ(grown.internal + grown.compressed, grown.phys_footprint);
	EXPECT_EQ(0, grown.device);
	EXPECT_EQ(0, grown.min_address);
	EXPECT_LT((uintptr_t)&vm, grown.max_address);
	EXPECT_EQ(grown.virtual_size, basic_of(task).virtual_size);
	EXPECT_LT(vm.resident_size + size / 8, basic_of(task).resident_size);
	child_kill(pid);
}

/* Whether no page has come in between: who stops may end a fault before. */
static bool ask_all(task_t task, mach_task_basic_info_data_t *basic,
		    task_basic_info_data_t *wide,
		    struct task_basic_info_32 *narrow,
		    struct task_basic_info_32 *peak)
{
	*basic = basic_of(task);
	return !info_of(task, TASK_BASIC_INFO, wide, TASK_BASIC_INFO_COUNT) &&
	       !info_of(task, TASK_BASIC_INFO_32, narrow,
			TASK_BASIC_INFO_32_COUNT) &&
	       !info_of(task, TASK_BASIC2_INFO_32, peak,
			TASK_BASIC_INFO_32_COUNT) &&
	       basic->resident_size == basic_of(task).resident_size;
}

TEST(the_flavors_of_basic_info_agree)
{
	struct task_basic_info_32 narrow, peak;
	mach_task_basic_info_data_t basic;
	task_basic_info_data_t wide;
	struct actor actor;
	task_t task;

	ASSERT_EQ(0, actor_start(&actor));
	task = actor_task(&actor);
	ASSERT_KR(KERN_SUCCESS, task_suspend(task));
	ASSERT_KR(KERN_SUCCESS, task_suspend(task));
	ASSERT_TRUE(TEST_UNTIL(ask_all(task, &basic, &wide, &narrow, &peak),
			       10000));
	EXPECT_EQ(2, basic.suspend_count);
	EXPECT_EQ(2, wide.suspend_count);
	EXPECT_EQ(2, narrow.suspend_count);
	EXPECT_EQ(POLICY_TIMESHARE, basic.policy);
	EXPECT_EQ(POLICY_TIMESHARE, wide.policy);
	EXPECT_EQ(POLICY_TIMESHARE, narrow.policy);
	EXPECT_LT(0, basic.resident_size);
	EXPECT_EQ(basic.virtual_size, wide.virtual_size);
	EXPECT_EQ(basic.virtual_size, narrow.virtual_size);
	EXPECT_EQ(basic.resident_size, wide.resident_size);
	EXPECT_EQ(basic.resident_size, narrow.resident_size);
	EXPECT_EQ(basic.resident_size_max, peak.resident_size);
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	EXPECT_EQ(1, basic_of(task).suspend_count);
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	EXPECT_EQ(0, basic_of(task).suspend_count);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(tokens_count_as_suspensions)
{
	task_suspension_token_t token;
	struct actor actor;
	task_t task;

	ASSERT_EQ(0, actor_start(&actor));
	task = actor_task(&actor);
	ASSERT_KR(KERN_SUCCESS, task_suspend2(task, &token));
	ASSERT_KR(KERN_SUCCESS, task_suspend(task));
	EXPECT_EQ(2, basic_of(task).suspend_count);
	ASSERT_EQ(0, kill(actor.pid, SIGCONT));
	EXPECT_EQ(1, basic_of(task).suspend_count);
	ASSERT_KR(KERN_SUCCESS, task_resume2(token));
	EXPECT_EQ(0, basic_of(task).suspend_count);
	EXPECT_EQ(0, actor_end(&actor));
}

/* In user mode, where the ticks that the kernel counts find it. */
static void *use_time(void *until)
{
	struct rusage usage;
	volatile int i;

	do {
		for (i = 0; i < 1000000; i++)
			;
		getrusage(RUSAGE_THREAD, &usage);
	} while (usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec <
		 (intptr_t)until);
	return NULL;
}

#define SPENT 30000	/* microseconds */

static int use_time_in_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, use_time, (void *)SPENT) ||
	       pthread_join(thread, NULL);
}

/* BASIC_INFO tells of threads that have ended, THREAD_TIMES_INFO of others. */
TEST(times_of_threads_that_live_and_that_have_ended)
{
	task_thread_times_info_data_t times;
	task_absolutetime_info_data_t all;

	EXPECT_EQ(0, micros(basic_of(mach_task_self()).user_time));
	/* A machine that is busy loses ticks, and with them time. */
	EXPECT_TRUE(TEST_UNTIL(!use_time_in_thread() &&
			       micros(basic_of(mach_task_self()).user_time) >=
			       SPENT / 2, 10000));
	use_time((void *)SPENT);
	ASSERT_KR(KERN_SUCCESS,
		  info_of(mach_task_self(), TASK_THREAD_TIMES_INFO, &times,
			  TASK_THREAD_TIMES_INFO_COUNT));
	EXPECT_LE(SPENT / 2, micros(times.user_time));
	EXPECT_GT(1000000, times.user_time.microseconds);
	ASSERT_KR(KERN_SUCCESS,
		  info_of(mach_task_self(), TASK_ABSOLUTETIME_INFO, &all,
			  TASK_ABSOLUTETIME_INFO_COUNT));
	EXPECT_LE(SPENT / 2 * 1000ull, all.threads_user);
	EXPECT_LE(all.threads_user + SPENT / 2 * 1000ull, all.total_user);
	EXPECT_LE(all.threads_system, all.total_system);
}

TEST(events)
{
	task_events_info_data_t before, after;
	size_t size = 200 * getpagesize(), i;
	char *memory;

	ASSERT_KR(KERN_SUCCESS, info_of(mach_task_self(), TASK_EVENTS_INFO,
					&before, TASK_EVENTS_INFO_COUNT));
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, memory);
	/* Not every kernel has huge ones. */
	if (madvise(memory, size, MADV_NOHUGEPAGE))
		ASSERT_EQ(EINVAL, errno);
	for (i = 0; i < size; i += getpagesize())
		memory[i] = 1;
	/* Each look sleeps, unless the time is up before it does. */
	EXPECT_TRUE(TEST_UNTIL(!info_of(mach_task_self(), TASK_EVENTS_INFO,
					&after, TASK_EVENTS_INFO_COUNT) &&
			       before.csw + 5 <= after.csw, 10000));
	EXPECT_LE(before.faults + 200, after.faults);
	EXPECT_LE(after.pageins, after.faults);
	EXPECT_LE(before.csw + 5, after.csw);
	EXPECT_EQ(0, after.cow_faults);
	EXPECT_EQ(0, after.messages_sent);
	EXPECT_EQ(0, after.messages_received);
	EXPECT_EQ(0, after.syscalls_mach);
	EXPECT_EQ(0, after.syscalls_unix);
}

TEST(a_task_without_memory)
{
	task_vm_info_data_t vm;
	task_t task;

	ASSERT_KR(KERN_SUCCESS, task_create(mach_task_self(), NULL, 0, FALSE,
					    &task));
	ASSERT_KR(KERN_SUCCESS, info_of(task, TASK_VM_INFO, &vm,
					TASK_VM_INFO_COUNT));
	EXPECT_EQ(0, vm.virtual_size);
	EXPECT_EQ(0, vm.region_count);
	EXPECT_EQ(0, basic_of(task).virtual_size);
	EXPECT_KR(KERN_SUCCESS, task_terminate(task));
}

MACH_TEST_MAIN
