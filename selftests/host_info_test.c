// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host tells of itself: host_info(), host_statistics() and their kin
 * against what Linux says, and its clocks.
 */
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>

#include "actor.h"

#define POISON 0x5a

static const host_flavor_t info_flavors[] = {
	HOST_BASIC_INFO, HOST_SCHED_INFO, HOST_PRIORITY_INFO,
};

static const host_flavor_t statistics_flavors[] = {
	HOST_LOAD_INFO, HOST_VM_INFO, HOST_CPU_LOAD_INFO,
};

/* What is no host port: the host security port as well. */
static size_t no_hosts(mach_port_t *port)
{
	size_t n = 0;

	port[n++] = MACH_PORT_NULL;
	port[n++] = MACH_PORT_DEAD;
	port[n++] = 0x777703;
	port[n++] = port_new();
	port[n++] = port_dead_name();
	port[n++] = own_task();
	port[n++] = mach_thread_self();
	port[n++] = host_security_port();
	return n;
}

static mach_port_t clock_port(clock_id_t id)
{
	clock_serv_t clock = MACH_PORT_NULL;

	return host_get_clock_service(mach_host_self(), id, &clock) ? 0 : clock;
}

TEST(basic_info_is_that_of_linux)
{
	struct host_basic_info info;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;
	struct sysinfo system;

	ASSERT_KR(KERN_SUCCESS, host_info(mach_host_self(), HOST_BASIC_INFO,
					  (host_info_t)&info, &count));
	EXPECT_EQ(12, HOST_BASIC_INFO_COUNT);
	EXPECT_EQ(HOST_BASIC_INFO_COUNT, count);
	ASSERT_EQ(0, sysinfo(&system));
	EXPECT_EQ((uint64_t)system.totalram * system.mem_unit, info.max_mem);
	EXPECT_EQ(info.max_mem > INT_MAX ? 1u << 31 : info.max_mem,
		  info.memory_size);
	EXPECT_EQ(sysconf(_SC_NPROCESSORS_CONF), info.max_cpus);
	EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), info.avail_cpus);
	EXPECT_EQ(info.avail_cpus, info.logical_cpu);
	EXPECT_EQ(info.max_cpus, info.logical_cpu_max);
	EXPECT_LT(0, info.physical_cpu);
	EXPECT_GE(info.logical_cpu, info.physical_cpu);
	EXPECT_EQ(info.physical_cpu, info.physical_cpu_max);
	/* The kernel's, also for a program of 32 bits. */
	EXPECT_EQ(CPU_TYPE_X86_64, info.cpu_type);
	EXPECT_EQ(CPU_SUBTYPE_X86_64_ALL, info.cpu_subtype);
	EXPECT_EQ(CPU_THREADTYPE_NONE, info.cpu_threadtype);
}

TEST(basic_info_of_old_programs_is_shorter)
{
	integer_t words[HOST_BASIC_INFO_COUNT], whole[HOST_BASIC_INFO_COUNT];
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT, room;
	mach_port_t host = mach_host_self();

	ASSERT_KR(KERN_SUCCESS, host_info(host, HOST_BASIC_INFO, whole,
					  &count));
	for (room = HOST_BASIC_INFO_OLD_COUNT; room < count; room++) {
		mach_msg_type_number_t seen = room;

		memset(words, POISON, sizeof(words));
		ASSERT_KR(KERN_SUCCESS, host_info(host, HOST_BASIC_INFO, words,
						  &seen));
		EXPECT_EQ(HOST_BASIC_INFO_OLD_COUNT, seen);
		EXPECT_EQ(0, memcmp(words, whole, 5 * sizeof(*words)));
		EXPECT_EQ(0x5a5a5a5a, words[HOST_BASIC_INFO_OLD_COUNT]);
	}
}

TEST(no_more_is_written_than_there_is)
{
	mach_port_t host = mach_host_self();
	mach_msg_type_number_t count;
	integer_t words[HOST_INFO_MAX];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(info_flavors); i++) {
		count = HOST_INFO_MAX;
		memset(words, POISON, sizeof(words));
		EXPECT_KR(KERN_SUCCESS, host_info(host, info_flavors[i], words,
						  &count));
		EXPECT_GT(HOST_INFO_MAX, count);
		for (j = count; j < HOST_INFO_MAX; j++)
			EXPECT_EQ(0x5a5a5a5a, words[j]);
	}
	for (i = 0; i < ARRAY_SIZE(statistics_flavors); i++) {
		count = HOST_INFO_MAX;
		memset(words, POISON, sizeof(words));
		EXPECT_KR(KERN_SUCCESS,
			  host_statistics(host, statistics_flavors[i], words,
					  &count));
		EXPECT_GT(HOST_INFO_MAX, count);
		for (j = count; j < HOST_INFO_MAX; j++)
			EXPECT_EQ(0x5a5a5a5a, words[j]);
	}
}

TEST(sched_info_is_a_tick)
{
	struct host_sched_info info;
	mach_msg_type_number_t count = HOST_SCHED_INFO_COUNT;
	struct timespec tick;

	ASSERT_KR(KERN_SUCCESS, host_info(mach_host_self(), HOST_SCHED_INFO,
					  (host_info_t)&info, &count));
	EXPECT_EQ(2, count);
	ASSERT_EQ(0, clock_getres(CLOCK_MONOTONIC_COARSE, &tick));
	EXPECT_LE(tick.tv_nsec, info.min_timeout * 1000000l);
	EXPECT_GT(tick.tv_nsec + 1000000l, info.min_timeout * 1000000l);
	EXPECT_EQ(info.min_timeout, info.min_quantum);
}

TEST(priorities_are_on_one_scale)
{
	struct host_priority_info info;
	mach_msg_type_number_t count = HOST_PRIORITY_INFO_COUNT;

	ASSERT_KR(KERN_SUCCESS, host_info(mach_host_self(), HOST_PRIORITY_INFO,
					  (host_info_t)&info, &count));
	EXPECT_EQ(8, count);
	EXPECT_EQ(0, info.minimum_priority);
	EXPECT_EQ(0, info.idle_priority);
	EXPECT_EQ(0, info.depress_priority);
	EXPECT_EQ(20, info.user_priority);
	EXPECT_EQ(40, info.server_priority);
	EXPECT_EQ(41, info.system_priority);
	EXPECT_EQ(90, info.kernel_priority);
	EXPECT_EQ(139, info.maximum_priority);
}

TEST(kernel_version_and_page_size)
{
	kernel_version_t version;
	struct utsname name;
	char want[512];
	vm_size_t size = 0;

	ASSERT_EQ(0, uname(&name));
	snprintf(want, sizeof(want), "%s %s %s %s", name.sysname, name.release,
		 name.version, name.machine);
	EXPECT_KR(KERN_SUCCESS, host_kernel_version(mach_host_self(), version));
	EXPECT_STREQ(want, version);
	EXPECT_KR(KERN_SUCCESS, host_page_size(mach_host_self(), &size));
	EXPECT_EQ((vm_size_t)sysconf(_SC_PAGESIZE), size);
}

TEST(load_is_that_of_linux)
{
	struct host_load_info info;
	mach_msg_type_number_t count = HOST_LOAD_INFO_COUNT;
	uint64_t end = test_now_ms() + test_ms(1000);
	double load[3];
	int i;

	/* The averages change every five seconds. */
	do {
		ASSERT_EQ(3, getloadavg(load, 3));
		ASSERT_KR(KERN_SUCCESS,
			  host_statistics(mach_host_self(), HOST_LOAD_INFO,
					  (host_info_t)&info, &count));
		EXPECT_EQ(6, count);
	} while (test_now_ms() < end &&
		 ((integer_t)(load[0] * LOAD_SCALE) != info.avenrun[0] ||
		  (integer_t)(load[1] * LOAD_SCALE) != info.avenrun[1] ||
		  (integer_t)(load[2] * LOAD_SCALE) != info.avenrun[2]));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ((integer_t)(load[i] * LOAD_SCALE), info.avenrun[i]);
		EXPECT_LT(0, info.mach_factor[i]);
		EXPECT_GE(get_nprocs() * LOAD_SCALE, info.mach_factor[i]);
	}
}

TEST(time_goes_to_those_who_use_it)
{
	struct host_cpu_load_info before, after;
	mach_msg_type_number_t count = HOST_CPU_LOAD_INFO_COUNT;
	natural_t used;
	int tries = 0;

	ASSERT_KR(KERN_SUCCESS,
		  host_statistics(mach_host_self(), HOST_CPU_LOAD_INFO,
				  (host_info_t)&before, &count));
	EXPECT_EQ(4, count);
	/* A virtual machine that is kept waiting misses ticks. */
	do {
		clock_t end = clock() + CLOCKS_PER_SEC / 4;

		while (clock() < end)
			;
		ASSERT_KR(KERN_SUCCESS,
			  host_statistics(mach_host_self(), HOST_CPU_LOAD_INFO,
					  (host_info_t)&after, &count));
		used = after.cpu_ticks[CPU_STATE_USER] -
		       before.cpu_ticks[CPU_STATE_USER];
		used += after.cpu_ticks[CPU_STATE_SYSTEM] -
			before.cpu_ticks[CPU_STATE_SYSTEM];
		used += after.cpu_ticks[CPU_STATE_NICE] -
			before.cpu_ticks[CPU_STATE_NICE];
	} while (used < 20 && ++tries < 40);
	EXPECT_LE(20, used);
}

TEST(memory_in_both_widths)
{
	mach_msg_type_number_t count = HOST_VM_INFO_COUNT;
	mach_msg_type_number_t count64 = HOST_VM_INFO64_COUNT;
	long pages = sysconf(_SC_PHYS_PAGES);
	struct vm_statistics64 wide, later;
	struct vm_statistics info;

	ASSERT_KR(KERN_SUCCESS,
		  host_statistics64(mach_host_self(), HOST_VM_INFO64,
				    (host_info64_t)&wide, &count64));
	ASSERT_KR(KERN_SUCCESS,
		  host_statistics(mach_host_self(), HOST_VM_INFO,
				  (host_info_t)&info, &count));
	ASSERT_KR(KERN_SUCCESS,
		  host_statistics64(mach_host_self(), HOST_VM_INFO64,
				    (host_info64_t)&later, &count64));
	EXPECT_EQ(15, count);
	EXPECT_EQ(38, count64);
	EXPECT_LT(0, info.free_count);
	EXPECT_LT(0, info.active_count);
	EXPECT_LT(0, info.inactive_count);
	EXPECT_LT(0, info.wire_count);
	EXPECT_GE(pages, (long)info.free_count + info.active_count +
			 info.inactive_count);
	EXPECT_LT(0, info.faults);
	EXPECT_LE((natural_t)wide.faults, info.faults);
	EXPECT_LE(info.faults, (natural_t)later.faults);
	EXPECT_LE((natural_t)wide.reactivations, info.reactivations);
	EXPECT_LE((natural_t)wide.pageins, info.pageins);
	EXPECT_LE((natural_t)wide.pageouts, info.pageouts);
	EXPECT_LT(0, wide.internal_page_count);
	EXPECT_LT(0, wide.external_page_count);
	EXPECT_EQ(0, info.lookups + info.hits + info.zero_fill_count);
}

/* The numbers are those of /proc/vmstat, page faults among them. */
TEST(faults_are_counted)
{
	mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
	size_t size = 64 * (size_t)sysconf(_SC_PAGESIZE), i;
	struct vm_statistics64 before, after;
	volatile char *memory;

	ASSERT_KR(KERN_SUCCESS,
		  host_statistics64(mach_host_self(), HOST_VM_INFO64,
				    (host_info64_t)&before, &count));
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)memory);
	madvise((void *)memory, size, MADV_NOHUGEPAGE);
	for (i = 0; i < size; i += sysconf(_SC_PAGESIZE))
		memory[i] = 1;
	ASSERT_KR(KERN_SUCCESS,
		  host_statistics64(mach_host_self(), HOST_VM_INFO64,
				    (host_info64_t)&after, &count));
	EXPECT_LE(before.faults + 64, after.faults);
}

TEST(the_wide_call_knows_the_other_flavors)
{
	mach_msg_type_number_t count;
	integer_t words[HOST_INFO_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(statistics_flavors); i++) {
		count = HOST_INFO_MAX;
		EXPECT_KR(KERN_SUCCESS,
			  host_statistics64(mach_host_self(),
					    statistics_flavors[i], words,
					    &count));
	}
}

TEST(a_user_may_ask)
{
	mach_msg_type_number_t count;
	integer_t words[HOST_INFO_MAX];
	size_t i;

	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	for (i = 0; i < ARRAY_SIZE(info_flavors); i++) {
		count = HOST_INFO_MAX;
		EXPECT_KR(KERN_SUCCESS,
			  host_info(mach_host_self(), info_flavors[i], words,
				    &count));
	}
	for (i = 0; i < ARRAY_SIZE(statistics_flavors); i++) {
		count = HOST_INFO_MAX;
		EXPECT_KR(KERN_SUCCESS,
			  host_statistics(mach_host_self(),
					  statistics_flavors[i], words,
					  &count));
	}
}

TEST(the_privileged_port_is_a_host_port_too)
{
	mach_msg_type_number_t count = HOST_SCHED_INFO_COUNT;
	mach_port_t priv = host_priv_port();
	integer_t words[HOST_INFO_MAX];
	kernel_version_t version;
	clock_serv_t clock;
	vm_size_t size;

	EXPECT_KR(KERN_SUCCESS, host_info(priv, HOST_SCHED_INFO, words, &count));
	count = HOST_INFO_MAX;
	EXPECT_KR(KERN_SUCCESS, host_statistics(priv, HOST_LOAD_INFO, words,
						&count));
	count = HOST_INFO_MAX;
	EXPECT_KR(KERN_SUCCESS, host_statistics64(priv, HOST_VM_INFO64, words,
						  &count));
	EXPECT_KR(KERN_SUCCESS, host_kernel_version(priv, version));
	EXPECT_KR(KERN_SUCCESS, host_page_size(priv, &size));
	EXPECT_KR(KERN_SUCCESS, host_get_clock_service(priv, SYSTEM_CLOCK,
						       &clock));
}

TEST(only_a_host_port_will_do)
{
	mach_msg_type_number_t count;
	integer_t words[HOST_INFO_MAX];
	kernel_version_t version;
	clock_serv_t clock = 77;
	mach_port_t bad[10];
	vm_size_t size = 77;
	size_t i, n = no_hosts(bad);

	memset(words, POISON, sizeof(words));
	memset(version, POISON, sizeof(version));
	for (i = 0; i < n; i++) {
		count = HOST_INFO_MAX;
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  host_info(bad[i], HOST_SCHED_INFO, words, &count))
			TH_LOG("the %zuth", i);
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  host_statistics(bad[i], HOST_LOAD_INFO, words,
					  &count));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  host_statistics64(bad[i], HOST_VM_INFO64, words,
					    &count));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  host_kernel_version(bad[i], version));
		EXPECT_KR(KERN_INVALID_ARGUMENT, host_page_size(bad[i], &size));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  host_get_clock_service(bad[i], SYSTEM_CLOCK, &clock));
		EXPECT_EQ(HOST_INFO_MAX, count);
	}
	EXPECT_EQ(0x5a5a5a5a, words[0]);
	EXPECT_EQ(POISON, version[0]);
	EXPECT_EQ(77, clock);
	EXPECT_EQ(77, size);
}

TEST(flavors_that_are_not_there)
{
	static const host_flavor_t unknown[] = { 0, -1, 2, 6, 13, INT_MAX };
	static const host_flavor_t later[] = { 4, 7, 8, 9, 10, 11, 12 };
	mach_port_t host = mach_host_self();
	mach_msg_type_number_t count = HOST_INFO_MAX;
	integer_t words[HOST_INFO_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  host_info(host, unknown[i], words, &count))
			TH_LOG("flavor %d", unknown[i]);
	for (i = 0; i < ARRAY_SIZE(later); i++)
		EXPECT_KR(KERN_NOT_SUPPORTED,
			  host_info(host, later[i], words, &count))
			TH_LOG("flavor %d", later[i]);
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_statistics(host, 0, words, &count));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_statistics(host, HOST_VM_INFO64, words, &count));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_statistics(host, INT_MAX, words, &count));
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  host_statistics(host, HOST_EXPIRED_TASK_INFO, words, &count));
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  host_statistics64(host, HOST_EXTMOD_INFO64, words, &count));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_statistics64(host, -1, words, &count));
	EXPECT_EQ(HOST_INFO_MAX, count);
}

TEST(too_little_room)
{
	mach_port_t host = mach_host_self();
	mach_msg_type_number_t count;
	integer_t words[HOST_INFO_MAX];

	memset(words, POISON, sizeof(words));
#define TOO_SMALL(call, flavor, least) do {				\
		count = (least) - 1;					\
		EXPECT_KR(KERN_FAILURE, call(host, flavor, words, &count)); \
		EXPECT_EQ((least) - 1, count);				\
	} while (0)
	TOO_SMALL(host_info, HOST_BASIC_INFO, HOST_BASIC_INFO_OLD_COUNT);
	TOO_SMALL(host_info, HOST_SCHED_INFO, HOST_SCHED_INFO_COUNT);
	TOO_SMALL(host_info, HOST_PRIORITY_INFO, HOST_PRIORITY_INFO_COUNT);
	TOO_SMALL(host_statistics, HOST_LOAD_INFO, HOST_LOAD_INFO_COUNT);
	TOO_SMALL(host_statistics, HOST_VM_INFO, HOST_VM_INFO_REV0_COUNT);
	TOO_SMALL(host_statistics, HOST_CPU_LOAD_INFO,
		  HOST_CPU_LOAD_INFO_COUNT);
	TOO_SMALL(host_statistics64, HOST_VM_INFO64,
		  HOST_VM_INFO64_REV0_COUNT);
	EXPECT_EQ(0x5a5a5a5a, words[0]);
}

TEST(statistics_of_old_programs_are_shorter)
{
	static const struct {
		host_flavor_t flavor;
		mach_msg_type_number_t room;
		mach_msg_type_number_t words;
	} cases[] = {
		{ HOST_VM_INFO, 12, 12 }, { HOST_VM_INFO, 13, 12 },
		{ HOST_VM_INFO, 14, 14 }, { HOST_VM_INFO, 16, 15 },
		{ HOST_VM_INFO64, 24, 24 }, { HOST_VM_INFO64, 37, 24 },
		{ HOST_VM_INFO64, 38, 38 },
	};
	integer_t words[HOST_INFO_MAX];
	mach_msg_type_number_t count;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(words, POISON, sizeof(words));
		count = cases[i].room;
		EXPECT_KR(KERN_SUCCESS,
			  host_statistics64(mach_host_self(), cases[i].flavor,
					    words, &count));
		EXPECT_EQ(cases[i].words, count);
		EXPECT_NE(0x5a5a5a5a, words[count - 1]);
		EXPECT_EQ(0x5a5a5a5a, words[count]);
	}
}

/* What stands for the task is no matter: the host is asked about. */
TEST(a_substituted_task_port_does_not_matter)
{
	struct machdev_name self = { 0 };
	struct machdev_special_port set = { .which = TASK_KERNEL_PORT };
	vm_size_t size;
	pid_t pid = child_fork();

	if (!pid) {
		/* Before the library has asked for it. */
		EXPECT_EQ(0, mach_ioctl(MACHDEV_IOC_TASK_SELF, &self));
		set.object = self.name;
		EXPECT_EQ(0, mach_ioctl(MACHDEV_IOC_TASK_SET_SPECIAL_PORT,
					&set));
		EXPECT_KR(KERN_SUCCESS, host_page_size(mach_host_self(),
						       &size));
		child_exit();
	}
	EXPECT_CHILD(pid);
}

static void *ask_when_cancelled(void *argument)
{
	mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
	integer_t words[HOST_VM_INFO64_COUNT];

	pthread_cancel(pthread_self());
	*(kern_return_t *)argument = host_statistics64(mach_host_self(),
						       HOST_VM_INFO64, words,
						       &count);
	pthread_testcancel();
	return NULL;
}

TEST(a_thread_is_not_cancelled_within)
{
	kern_return_t kr = TEST_POISON32;
	pthread_t thread;
	void *end;

	ASSERT_EQ(0, pthread_create(&thread, NULL, ask_when_cancelled, &kr));
	ASSERT_EQ(0, pthread_join(thread, &end));
	EXPECT_EQ(PTHREAD_CANCELED, end);
	EXPECT_KR(KERN_SUCCESS, kr);
}

static int64_t nanoseconds(unsigned int seconds, long rest)
{
	return (int64_t)seconds * 1000000000 + rest;
}

static int64_t linux_time(clockid_t id)
{
	struct timespec now;

	return clock_gettime(id, &now) ? -1 : nanoseconds(now.tv_sec,
							  now.tv_nsec);
}

static int64_t clock_time(clock_serv_t clock)
{
	mach_timespec_t now;

	return clock_get_time(clock, &now) ? -1 : nanoseconds(now.tv_sec,
							      now.tv_nsec);
}

TEST(clocks_show_the_time)
{
	static const struct {
		clock_id_t id;
		clockid_t is;
	} clocks[] = {
		{ SYSTEM_CLOCK, CLOCK_MONOTONIC },
		{ REALTIME_CLOCK, CLOCK_MONOTONIC },
		{ CALENDAR_CLOCK, CLOCK_REALTIME },
	};
	int64_t before, now;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		before = linux_time(clocks[i].is);
		now = clock_time(clock_port(clocks[i].id));
		EXPECT_LE(before, now);
		EXPECT_GE(linux_time(clocks[i].is), now);
	}
}

TEST(a_clock_is_one_port)
{
	mach_port_t clock = clock_port(SYSTEM_CLOCK);

	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(clock));
	EXPECT_EQ(1, port_send_refs(clock));
	EXPECT_EQ(clock, clock_port(SYSTEM_CLOCK));
	EXPECT_EQ(2, port_send_refs(clock));
	EXPECT_NE(clock, clock_port(CALENDAR_CLOCK));
	EXPECT_NE(clock, mach_host_self());
}

TEST(clocks_that_are_not_there)
{
	clock_serv_t clock = 77;

	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_get_clock_service(mach_host_self(), 2, &clock));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_get_clock_service(mach_host_self(), -1, &clock));
	EXPECT_EQ(77, clock);
}

TEST(only_a_clock_shows_the_time)
{
	mach_timespec_t now = { 77, 78 };
	mach_port_t bad[10];
	size_t i, n = no_hosts(bad);

	bad[n++] = mach_host_self();
	for (i = 0; i < n; i++)
		EXPECT_KR(KERN_INVALID_ARGUMENT, clock_get_time(bad[i], &now))
			TH_LOG("the %zuth", i);
	EXPECT_EQ(77, now.tv_sec);
	EXPECT_EQ(78, now.tv_nsec);
}

/* Anybody may hand it on. */
TEST(a_clock_of_another_task)
{
	mach_timespec_t now;
	struct actor actor;
	uint32_t name;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	name = actor_give(&actor, clock_port(CALENDAR_CLOCK),
			  MACH_MSG_TYPE_COPY_SEND);
	EXPECT_KR(KERN_SUCCESS, clock_get_time(clock_port(CALENDAR_CLOCK),
					       &now));
	EXPECT_EQ(clock_port(CALENDAR_CLOCK),
		  actor_take(&actor, name, MACH_MSG_TYPE_COPY_SEND));
	EXPECT_EQ(0, actor_end(&actor));
}

MACH_TEST_MAIN
