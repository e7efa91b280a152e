// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads: task_threads(), what their ports are good for, thread_info() and the
 * special ports of a thread.
 */
#include <stdatomic.h>

#include "actor.h"

static struct test_pipe told, go_on;

static void *idle(void *argument)
{
	test_put(&told, syscall(SYS_gettid));
	test_wait(&go_on);
	return argument;
}

/* A process with two threads. */
static pid_t process_with_threads(pid_t *second)
{
	uint32_t word = 0;
	pid_t pid;

	test_pipe_open(&told);
	test_pipe_open(&go_on);
	pid = child_fork();
	if (!pid) {
		pthread_t thread;

		pthread_create(&thread, NULL, idle, NULL);
		pthread_join(thread, NULL);
		for (;;)
			pause();
	}
	test_get(&told, &word);
	*second = word;
	return pid;
}

static mach_port_t port_of(pid_t pid, int flavor)
{
	struct machdev_task_pid call = { .pid = pid, .flavor = flavor };

	return mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &call) ? MACH_PORT_NULL :
							     call.port;
}

static int threads_of(task_t task, thread_t *list)
{
	mach_msg_type_number_t count = TEST_POISON32;
	thread_act_array_t array;

	if (task_threads(task, &array, &count) != KERN_SUCCESS)
		return -1;
	if (count)
		memcpy(list, array, count * sizeof(*list));
	vm_deallocate(mach_task_self(), (vm_address_t)array,
		      count * sizeof(*array));
	return count;
}

static pid_t tid_of(thread_t thread)
{
	thread_identifier_info_data_t info;
	mach_msg_type_number_t count = THREAD_IDENTIFIER_INFO_COUNT;

	if (thread_info(thread, THREAD_IDENTIFIER_INFO, (thread_info_t)&info,
			&count))
		return -1;
	return info.thread_id;
}

static natural_t kind_of(mach_port_t port)
{
	natural_t type, address;

	return mach_port_kernel_object(mach_task_self(), port, &type,
				       &address) ? 0 : type;
}

TEST(ones_own_threads)
{
	thread_t list[4], self = mach_thread_self();

	ASSERT_EQ(1, threads_of(mach_task_self(), list));
	EXPECT_EQ(self, list[0]);
	EXPECT_EQ(2, port_send_refs(self));
	EXPECT_EQ(getpid(), tid_of(self));
	EXPECT_EQ(IKOT_THREAD_CONTROL, kind_of(self));
}

TEST(threads_of_another_that_never_asked)
{
	thread_t list[4], again[4];
	pid_t pid, second;
	task_t task;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	pid = process_with_threads(&second);
	task = port_of(pid, MACHDEV_TASK_FLAVOR_CONTROL);
	ASSERT_EQ(2, threads_of(task, list));
	EXPECT_EQ(pid, tid_of(list[0]));
	EXPECT_EQ(second, tid_of(list[1]));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(list[0]));
	ASSERT_EQ(2, threads_of(task, again));
	EXPECT_EQ(list[0], again[0]);
	EXPECT_EQ(list[1], again[1]);
	EXPECT_EQ(2, port_send_refs(list[1]));
	/* One ends: its port dies, and there is one thread less. */
	ASSERT_EQ(0, test_put(&go_on, 1));
	ASSERT_TRUE(TEST_UNTIL(threads_of(task, again) == 1, 10000));
	EXPECT_EQ(list[0], again[0]);
	/* A little later, when it has come to its end. */
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(list[1]), 10000));
	EXPECT_FALSE(port_is_dead(list[0]));
	EXPECT_EQ(-1, tid_of(list[1]));
	child_kill(pid);
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(port_is_dead(list[0]));
	EXPECT_EQ(-1, threads_of(task, again));
}

TEST(the_thread_itself_gets_the_port_that_others_have)
{
	struct actor actor;
	thread_t list[2];

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(1, threads_of(actor_task(&actor), list));
	EXPECT_EQ(list[0], actor_trap(&actor, MACHDEV_IOC_THREAD_SELF));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(a_task_without_threads)
{
	thread_t list[2];
	task_t task;
	boolean_t memory;

	for (memory = FALSE; memory <= TRUE; memory++) {
		ASSERT_KR(KERN_SUCCESS,
			  task_create(mach_task_self(), NULL, 0, memory,
				      &task));
		EXPECT_EQ(0, threads_of(task, list));
	}
}

TEST(no_more_power_over_threads_than_over_the_task)
{
	static const struct {
		int flavor, kind;
	} rows[] = {
		{ MACHDEV_TASK_FLAVOR_CONTROL, IKOT_THREAD_CONTROL },
		{ MACHDEV_TASK_FLAVOR_READ, IKOT_THREAD_READ },
		{ MACHDEV_TASK_FLAVOR_INSPECT, IKOT_THREAD_INSPECT },
	};
	static const int which[] = {
		THREAD_KERNEL_PORT, THREAD_EXCEPTION_PORT, THREAD_READ_PORT,
		THREAD_INSPECT_PORT,
	};
	mach_port_t got, own = port_new();
	struct actor actor;
	thread_t list[2];
	size_t i, k;

	ASSERT_EQ(0, actor_start(&actor));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ASSERT_EQ(1, threads_of(port_of(actor.pid, rows[i].flavor),
					list));
		EXPECT_EQ(rows[i].kind, kind_of(list[0]));
		EXPECT_EQ(actor.pid, tid_of(list[0]));
		for (k = 0; k < ARRAY_SIZE(which); k++)
			EXPECT_KR(!i || k > i ? KERN_SUCCESS :
						KERN_INVALID_CAPABILITY,
				  thread_get_special_port(list[0], which[k],
							  &got)) {
				TH_LOG("row %zu, column %zu", i, k);
			}
		EXPECT_KR(i ? KERN_INVALID_ARGUMENT : KERN_SUCCESS,
			  thread_set_special_port(list[0],
						  THREAD_EXCEPTION_PORT, own));
	}
	EXPECT_EQ(-1, threads_of(port_of(actor.pid, MACHDEV_TASK_FLAVOR_NAME),
				 list));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(special_ports_are_stored_and_shown)
{
	mach_port_t self = mach_thread_self(), port = port_new(), got;
	int which[] = { THREAD_KERNEL_PORT, THREAD_EXCEPTION_PORT };
	size_t i;

	EXPECT_KR(KERN_SUCCESS,
		  thread_get_special_port(self, THREAD_KERNEL_PORT, &got));
	EXPECT_EQ(self, got);
	EXPECT_KR(KERN_SUCCESS,
		  thread_get_special_port(self, THREAD_EXCEPTION_PORT, &got));
	EXPECT_EQ(MACH_PORT_NULL, got);
	for (i = 0; i < ARRAY_SIZE(which); i++) {
		EXPECT_KR(KERN_SUCCESS,
			  thread_set_special_port(self, which[i], port));
		EXPECT_KR(KERN_SUCCESS,
			  thread_get_special_port(self, which[i], &got));
		EXPECT_EQ(port, got);
		EXPECT_KR(KERN_INVALID_RIGHT,
			  thread_set_special_port(self, which[i],
						  PORT_NOTHING));
	}
	/* What the thread gets as itself, and who it is. */
	EXPECT_EQ(port, mach_thread_self());
	EXPECT_EQ(getpid(), tid_of(self));
	for (i = 0; i < ARRAY_SIZE(which); i++) {
		EXPECT_KR(KERN_SUCCESS,
			  thread_set_special_port(self, which[i],
						  MACH_PORT_NULL));
		EXPECT_KR(KERN_SUCCESS,
			  thread_get_special_port(self, which[i], &got));
		EXPECT_EQ(MACH_PORT_NULL, got);
	}
}

TEST(no_such_special_port)
{
	static const int none[] = { 0, 2, 4, -1, 0x104, INT32_MAX };
	mach_port_t self = mach_thread_self(), got;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  thread_get_special_port(self, none[i], &got));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  thread_set_special_port(self, none[i], self));
	}
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_special_port(self, THREAD_READ_PORT, self));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_special_port(self, THREAD_INSPECT_PORT, self));
}

TEST(wrong_ports)
{
	mach_port_t receive = port_receive();
	const mach_port_t wrong[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, receive,
		port_new(), port_dead_name(), port_send_once(receive),
		mach_host_self(), 0,
	};
	thread_identifier_info_data_t info;
	mach_msg_type_number_t count;
	thread_t list[2];
	mach_port_t got;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		mach_port_t port = i == ARRAY_SIZE(wrong) - 1 ?
			mach_task_self() : wrong[i];

		count = THREAD_IDENTIFIER_INFO_COUNT;
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  thread_info(port, THREAD_IDENTIFIER_INFO,
				      (thread_info_t)&info, &count));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  thread_get_special_port(port, THREAD_KERNEL_PORT,
						  &got));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  thread_set_special_port(port, THREAD_KERNEL_PORT,
						  MACH_PORT_NULL));
		if (port != mach_task_self())
			EXPECT_EQ(-1, threads_of(port, list));
	}
	EXPECT_EQ(-1, threads_of(mach_thread_self(), list));
}

TEST(flavors_and_room)
{
	static const struct {
		thread_flavor_t flavor;
		mach_msg_type_number_t words;
	} known[] = {
		{ THREAD_BASIC_INFO, 10 }, { THREAD_IDENTIFIER_INFO, 6 },
		{ THREAD_EXTENDED_INFO, 28 },
	};
	mach_port_t self = mach_thread_self();
	integer_t info[THREAD_INFO_MAX + 1];
	mach_msg_type_number_t count;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		count = known[i].words - 1;
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  thread_info(self, known[i].flavor, info, &count));
		memset(info, TEST_POISON, sizeof(info));
		count = THREAD_INFO_MAX;
		EXPECT_KR(KERN_SUCCESS,
			  thread_info(self, known[i].flavor, info, &count));
		EXPECT_EQ(known[i].words, count);
		EXPECT_EQ(TEST_POISON32, (uint32_t)info[count]);
	}
	count = THREAD_INFO_MAX;
	EXPECT_KR(KERN_INVALID_ARGUMENT, thread_info(self, 0, info, &count));
	EXPECT_KR(KERN_INVALID_ARGUMENT, thread_info(self, 77, info, &count));
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_info(self, 10, info, &count));
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  thread_info(self, THREAD_BASIC_INFO, NULL, &count));
}

static thread_basic_info_data_t basic_of(thread_t thread)
{
	mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
	thread_basic_info_data_t info;

	memset(&info, TEST_POISON, sizeof(info));
	thread_info(thread, THREAD_BASIC_INFO, (thread_info_t)&info, &count);
	return info;
}

static void *spin(void *stop)
{
	while (!*(atomic_bool *)stop)
		;
	return NULL;
}

TEST(what_a_thread_does)
{
	thread_basic_info_data_t info;
	atomic_bool stop = false;
	pthread_t thread;
	thread_t list[2];
	pid_t pid;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	pid = child_fork();
	if (!pid) {
		for (;;)
			pause();
	}
	ASSERT_EQ(1, threads_of(port_of(pid, 0), list));
	ASSERT_TRUE(TEST_UNTIL(basic_of(list[0]).run_state == TH_STATE_WAITING,
			       10000));
	info = basic_of(list[0]);
	EXPECT_EQ(POLICY_TIMESHARE, info.policy);
	EXPECT_EQ(0, info.flags);
	EXPECT_EQ(0, info.suspend_count);
	EXPECT_GE(TH_USAGE_SCALE, info.cpu_usage);
	ASSERT_EQ(0, kill(pid, SIGSTOP));
	EXPECT_TRUE(TEST_UNTIL(basic_of(list[0]).run_state == TH_STATE_STOPPED,
			       10000));
	child_kill(pid);

	ASSERT_EQ(0, pthread_create(&thread, NULL, spin, &stop));
	ASSERT_EQ(2, threads_of(mach_task_self(), list));
	EXPECT_TRUE(TEST_UNTIL(basic_of(list[1]).user_time.microseconds ||
			       basic_of(list[1]).user_time.seconds, 20000));
	EXPECT_EQ(TH_STATE_RUNNING, basic_of(list[1]).run_state);
	EXPECT_TRUE(TEST_UNTIL(basic_of(list[1]).cpu_usage > 0, 20000));
	stop = true;
	pthread_join(thread, NULL);
}

TEST(name_and_priority)
{
	mach_msg_type_number_t count = THREAD_EXTENDED_INFO_COUNT;
	mach_port_t self = mach_thread_self();
	struct sched_param param = { .sched_priority = 10 };
	thread_extended_info_data_t info;

	ASSERT_EQ(0, prctl(PR_SET_NAME, "fifteen letters"));
	ASSERT_KR(KERN_SUCCESS, thread_info(self, THREAD_EXTENDED_INFO,
					    (thread_info_t)&info, &count));
	EXPECT_EQ(0, strcmp("fifteen letters", info.pth_name));
	EXPECT_EQ(31, info.pth_priority);
	EXPECT_EQ(63, info.pth_maxpriority);
	EXPECT_EQ(POLICY_TIMESHARE, info.pth_policy);
	EXPECT_EQ(TH_STATE_RUNNING, info.pth_run_state);
	ASSERT_EQ(5, nice(5));
	ASSERT_KR(KERN_SUCCESS, thread_info(self, THREAD_EXTENDED_INFO,
					    (thread_info_t)&info, &count));
	EXPECT_EQ(26, info.pth_priority);
	ASSERT_EQ(0, sched_setscheduler(0, SCHED_FIFO, &param));
	ASSERT_KR(KERN_SUCCESS, thread_info(self, THREAD_EXTENDED_INFO,
					    (thread_info_t)&info, &count));
	EXPECT_EQ(POLICY_FIFO, info.pth_policy);
	EXPECT_LT(51, info.pth_curpri);
	EXPECT_EQ(127, info.pth_maxpriority);
	ASSERT_EQ(0, sched_setscheduler(0, SCHED_RR, &param));
	ASSERT_KR(KERN_SUCCESS, thread_info(self, THREAD_EXTENDED_INFO,
					    (thread_info_t)&info, &count));
	EXPECT_EQ(POLICY_RR, info.pth_policy);
}

TEST(one_that_only_a_kill_would_wake)
{
	thread_t list[2];
	pid_t pid;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	pid = child_fork();
	if (!pid) {
		pid_t parent = getpid();

		if (!vfork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			while (getppid() == parent)
				pause();
			_exit(1);
		}
		_exit(1);
	}
	ASSERT_EQ(1, threads_of(port_of(pid, 0), list));
	EXPECT_TRUE(TEST_UNTIL(basic_of(list[0]).run_state ==
			       TH_STATE_UNINTERRUPTIBLE, 10000));
	child_kill(pid);
}

TEST(an_array_that_is_too_small_or_bad)
{
	struct machdev_port_array call = { .object = mach_task_self() };
	int names = task_names(own_task());

	EXPECT_KR(KERN_INSUFFICIENT_BUFFER_SIZE,
		  mach_ioctl(MACHDEV_IOC_TASK_THREADS, &call));
	EXPECT_EQ(1, call.count);
	EXPECT_EQ(names, task_names(own_task()));
	call.names = 1;
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_ioctl(MACHDEV_IOC_TASK_THREADS, &call));
	EXPECT_EQ(names, task_names(own_task()));
}

/* Threads that come and go while others ask for their ports. */
static atomic_bool over;

static void *come_and_go(void *argument)
{
	pthread_t thread;
	atomic_bool now = true;

	while (!over) {
		if (!pthread_create(&thread, NULL, spin, &now))
			pthread_join(thread, NULL);
	}
	return argument;
}

TEST(threads_that_come_and_go)
{
	pid_t pid = child_fork();
	uint64_t end;
	thread_t list[64];
	int i, n, most = 0;
	task_t task;

	if (!pid) {
		pthread_t thread[2];

		pthread_create(&thread[0], NULL, come_and_go, NULL);
		pthread_create(&thread[1], NULL, come_and_go, NULL);
		pause();
	}
	task = port_of(pid, 0);
	end = test_now_ms() + 1000;
	while (test_now_ms() < end ||
	       (most < 2 && test_now_ms() < end + test_ms(20000))) {
		n = threads_of(task, list);
		ASSERT_LT(0, n);
		if (n > most)
			most = n;
		for (i = 0; i < n; i++)
			mach_port_deallocate(own_task(), list[i]);
	}
	EXPECT_LT(1, most);
	child_kill(pid);
	ASSERT_EQ(0, mach_sync());
	/* What remains is the caller's own and the dead task's port. */
	EXPECT_GE(3, task_names(own_task()));
}

MACH_TEST_MAIN
