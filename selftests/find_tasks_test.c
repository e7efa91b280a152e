// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways to the tasks of others: by pidfd, and by the set of processors; and how
 * to wait for their end.
 */
#include "actor.h"

static int pidfd_of(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

/*
 * A child that is the first process of a pid name space, whose tasks are few and
 * all end with it.
 */
static pid_t fork_inside(void)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		return -1;
	pid = fork();
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static processor_set_name_t set_name(void)
{
	processor_set_name_t name = MACH_PORT_NULL;

	processor_set_default(mach_host_self(), &name);
	return name;
}

static processor_set_t processors(void)
{
	processor_set_t set = MACH_PORT_NULL;

	host_processor_set_priv(host_priv_port(), set_name(), &set);
	return set;
}

/* The task of process @pid among all, MACH_PORT_NULL if it is not. */
static task_t find(processor_set_t set, pid_t pid, unsigned int *all)
{
	mach_msg_type_number_t count, i;
	task_t found = MACH_PORT_NULL;
	task_array_t list;
	int is;

	if (processor_set_tasks(set, &list, &count))
		return MACH_PORT_DEAD;
	for (i = 0; i < count; i++) {
		if (!pid_for_task(list[i], &is) && is == pid)
			found = list[i];
		else
			mach_port_deallocate(own_task(), list[i]);
	}
	vm_deallocate(mach_task_self(), (vm_address_t)list,
		      count * sizeof(*list));
	if (all)
		*all = count;
	return found;
}

TEST(by_pidfd)
{
	static const natural_t kind[] = {
		IKOT_TASK_CONTROL, IKOT_TASK_READ, IKOT_TASK_INSPECT,
		IKOT_TASK_NAME,
	};
	natural_t type, address;
	struct actor actor;
	mach_port_t port;
	int fd, flavor, pid;

	ASSERT_EQ(0, actor_start(&actor));
	fd = pidfd_of(actor.pid);
	ASSERT_LE(0, fd);
	for (flavor = 0; flavor < 4; flavor++) {
		ASSERT_KR(KERN_SUCCESS,
			  machdev_task_for_pidfd(fd, flavor, &port));
		EXPECT_KR(KERN_SUCCESS, pid_for_task(port, &pid));
		EXPECT_EQ(actor.pid, pid);
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_kernel_object(mach_task_self(), port,
						  &type, &address));
		EXPECT_EQ(kind[flavor], type);
		EXPECT_EQ(1, port_send_refs(port));
	}
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  machdev_task_for_pidfd(fd, 4, &port));
	EXPECT_EQ(MACH_PORT_NULL, port);
	EXPECT_EQ(0, actor_end(&actor));
	EXPECT_KR(KERN_FAILURE, machdev_task_for_pidfd(fd, 0, &port));
	EXPECT_EQ(MACH_PORT_NULL, port);
	EXPECT_KR(KERN_INVALID_ARGUMENT, machdev_task_for_pidfd(-1, 0, &port));
	EXPECT_KR(KERN_INVALID_ARGUMENT, machdev_task_for_pidfd(0, 0, &port));
}

TEST(by_the_pidfd_of_a_zombie)
{
	mach_port_t port = TEST_POISON32;
	siginfo_t info;
	pid_t pid;
	int fd;

	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	pid = child_fork();
	if (!pid)
		_exit(0);
	fd = pidfd_of(pid);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	EXPECT_KR(KERN_FAILURE, machdev_task_for_pidfd(fd, 0, &port));
	EXPECT_EQ(MACH_PORT_NULL, port);
	EXPECT_CHILD(pid);
}

TEST(a_pidfd_gives_no_more_power_than_a_pid)
{
	mach_port_t port;
	pid_t pid;
	int fd;

	fd = pidfd_of(1);
	ASSERT_LE(0, fd);
	pid = child_fork();
	if (!pid) {
		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		EXPECT_KR(KERN_FAILURE, machdev_task_for_pidfd(fd, 0, &port));
		EXPECT_KR(KERN_FAILURE, machdev_task_for_pidfd(fd, 3, &port));
		child_exit();
	}
	EXPECT_CHILD(pid);
}

/* Process numbers in a /proc of others are not the caller's. */
TEST(where_proc_is_of_another_pid_name_space)
{
	mach_port_t port;
	pid_t pid = fork_inside();

	if (!pid) {
		EXPECT_EQ(1, getpid());
		EXPECT_KR(KERN_NOT_SUPPORTED,
			  machdev_task_for_pidfd(pidfd_of(1), 0, &port));
		child_exit();
	}
	EXPECT_CHILD(pid);
}

TEST(the_set_of_processors)
{
	processor_set_name_t name, again;
	natural_t type, address;
	processor_set_t set;

	ASSERT_KR(KERN_SUCCESS, processor_set_default(mach_host_self(), &name));
	ASSERT_KR(KERN_SUCCESS, processor_set_default(host_priv_port(),
						      &again));
	EXPECT_EQ(name, again);
	ASSERT_KR(KERN_SUCCESS,
		  host_processor_set_priv(host_priv_port(), name, &set));
	EXPECT_NE(name, set);
	mach_port_kernel_object(mach_task_self(), name, &type, &address);
	EXPECT_EQ(IKOT_PSET_NAME, type);
	mach_port_kernel_object(mach_task_self(), set, &type, &address);
	EXPECT_EQ(IKOT_PSET, type);
}

TEST(wrong_ports)
{
	mach_port_t receive = port_receive(), name = set_name();
	mach_port_t priv = host_priv_port(), got = TEST_POISON32;
	const mach_port_t wrong[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, receive,
		port_new(), port_dead_name(), port_send_once(receive),
		mach_task_self(), mach_thread_self(), name,
	};
	mach_msg_type_number_t count;
	task_array_t list;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  processor_set_default(wrong[i], &got));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  host_processor_set_priv(wrong[i], name, &got));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  processor_set_tasks(wrong[i], &list, &count));
		if (wrong[i] != name)
			EXPECT_KR(KERN_INVALID_ARGUMENT,
				  host_processor_set_priv(priv, wrong[i],
							  &got));
	}
	/* The plain host port gives nobody the set itself. */
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_processor_set_priv(mach_host_self(), name, &got));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  processor_set_tasks(mach_host_self(), &list, &count));
	EXPECT_EQ(TEST_POISON32, got);
}

/* Body of the tests inside. */
static void all_tasks(struct __test_metadata *_metadata)
{
	processor_set_t set = processors();
	struct actor actor;
	unsigned int all;
	task_t task;

	/* One without Mach state. */
	ASSERT_EQ(0, actor_start(&actor));
	task = find(set, actor.pid, &all);
	ASSERT_TRUE(MACH_PORT_VALID(task));
	EXPECT_EQ(actor_task(&actor), task);
	EXPECT_EQ(2, all);
	EXPECT_EQ(mach_task_self(), find(set, getpid(), NULL));
	EXPECT_EQ(0, actor_end(&actor));
	EXPECT_EQ(MACH_PORT_NULL, find(set, actor.pid, &all));
	EXPECT_EQ(1, all);
}

/* Somebody may have been given the set, and still gets only what is his. */
static void a_set_handed_on(struct __test_metadata *_metadata)
{
	struct machdev_port_array call = { .count = 100 };
	struct actor actor, other;
	uint32_t *names;

	names = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, names);
	call.names = (uintptr_t)names;
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_start(&other));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ASSERT_EQ(0, actor_become(&other, TEST_UID + 1));
	call.object = actor_give(&actor, processors(), MACH_MSG_TYPE_COPY_SEND);
	ASSERT_KR(KERN_SUCCESS,
		  actor_ioctl(&actor, MACHDEV_IOC_PROCESSOR_SET_TASKS, &call));
	EXPECT_EQ(1, call.count);
	EXPECT_EQ(actor_task(&actor),
		  actor_take(&actor, names[0], MACH_MSG_TYPE_COPY_SEND));
	EXPECT_EQ(0, actor_end(&other));
	EXPECT_EQ(0, actor_end(&actor));
}

static void too_small_or_bad(struct __test_metadata *_metadata)
{
	struct machdev_port_array call = { .object = processors() };
	int names = task_names(own_task());

	EXPECT_KR(KERN_INSUFFICIENT_BUFFER_SIZE,
		  mach_ioctl(MACHDEV_IOC_PROCESSOR_SET_TASKS, &call));
	EXPECT_EQ(1, call.count);
	EXPECT_EQ(names, task_names(own_task()));
	call.count = 1000;
	call.names = 1;
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_ioctl(MACHDEV_IOC_PROCESSOR_SET_TASKS, &call));
	EXPECT_EQ(names, task_names(own_task()));
}

#define TEST_INSIDE(name, body)						\
	TEST(name) {							\
		pid_t pid = fork_inside();				\
									\
		if (!pid) {						\
			body(_metadata);				\
			child_exit();					\
		}							\
		EXPECT_CHILD(pid);					\
	}

TEST_INSIDE(all_tasks_of_a_pid_name_space, all_tasks)
TEST_INSIDE(a_set_that_was_handed_on, a_set_handed_on)
TEST_INSIDE(an_array_that_is_too_small_or_bad, too_small_or_bad)

/* A process that is no task of its own making, and one that is created. */
TEST(waiting_for_an_end)
{
	mach_port_t notify = port_receive();
	struct letter letter;
	struct actor actor;
	task_t task;
	int pid;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_task_for_pidfd(pidfd_of(actor.pid),
					 TASK_FLAVOR_NAME, &task));
	ASSERT_KR(KERN_SUCCESS, port_watch(task, notify));
	EXPECT_KR(MACH_RCV_TIMED_OUT, letter_wait(notify, &letter, 0));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, letter.header.msgh_id);
	EXPECT_EQ(task, letter_dead_name(&letter));

	ASSERT_KR(KERN_SUCCESS,
		  task_create(mach_task_self(), NULL, 0, FALSE, &task));
	ASSERT_KR(KERN_SUCCESS, pid_for_task(task, &pid));
	ASSERT_KR(KERN_SUCCESS, port_watch(task, notify));
	EXPECT_KR(MACH_RCV_TIMED_OUT, letter_wait(notify, &letter, 0));
	/* It is nobody's child to be waited for here. */
	EXPECT_EQ(-1, waitpid(pid, NULL, WNOHANG));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(task, letter_dead_name(&letter));
}

MACH_TEST_MAIN
