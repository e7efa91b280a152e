// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The descriptor and the kept names, through close, fork, vfork and threads. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include <machdev.h>
#include <mach/mach.h>

#include "fake.h"

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

static bool self_is_right(void)
{
	return mach_task_self() == fake_task_name(getpid());
}

static void opens_at_first_call(void)
{
	CHECK(atomic_load(&fake->opened) == 0);
	CHECK(self_is_right());
	CHECK(mach_port_deallocate(mach_task_self(), 0x103) == KERN_SUCCESS);
	CHECK(atomic_load(&fake->opened) == 1);
	CHECK(fake_descriptors() == 1);
	CHECK(fake_descriptor() >= 48 && fake_descriptor() < 64);
	CHECK(fcntl(fake_descriptor(), F_GETFD) == FD_CLOEXEC);
}

static void few_descriptors(void)
{
	struct rlimit limit = { .rlim_cur = 20, .rlim_max = 20 };

	CHECK(!setrlimit(RLIMIT_NOFILE, &limit));
	CHECK(self_is_right());
	CHECK(fake_descriptors() == 1);
}

static void no_device(void)
{
	static const struct {
		int error;
		kern_return_t code;
	} cases[] = {
		{ ENOENT, KERN_INVALID_HOST },
		{ ENXIO, KERN_INVALID_HOST },
		{ ENODEV, KERN_TERMINATED },
		{ EACCES, KERN_NO_ACCESS },
		{ EMFILE, KERN_RESOURCE_SHORTAGE },
		{ ENFILE, KERN_RESOURCE_SHORTAGE },
		{ ENOMEM, KERN_RESOURCE_SHORTAGE },
		{ EIO, KERN_FAILURE },
	};
	mach_msg_header_t msg = { .msgh_size = sizeof(msg) };
	mach_port_name_t name;
	kern_return_t code;
	size_t i;

	for (i = 0; i < LENGTH(cases); i++) {
		atomic_store(&fake->open_error, cases[i].error);
		errno = E2BIG;
		CHECK(mach_port_allocate(0x103, 1, &name) == cases[i].code);
		CHECK(mach_task_self() == MACH_PORT_NULL);
		CHECK(mach_reply_port() == MACH_PORT_NULL);
		CHECK(mig_get_reply_port() == MACH_PORT_NULL);
		CHECK(bootstrap_port == MACH_PORT_NULL);
		code = cases[i].code;
		if (cases[i].error == ENOMEM)
			code = MACH_SEND_NO_BUFFER;
		CHECK(mach_msg_send(&msg) == code);
		CHECK(errno == E2BIG);
		CHECK(fake_descriptors() == 0);
	}
	atomic_store(&fake->open_error, 0);
	CHECK(self_is_right());
}

static void closed_behind_our_back(void)
{
	CHECK(self_is_right());
	CHECK(!close(fake_descriptor()));
	errno = E2BIG;
	CHECK(mach_reply_port() != MACH_PORT_NULL);
	CHECK(errno == E2BIG);
	CHECK(atomic_load(&fake->opened) == 2);
	CHECK(self_is_right());
	CHECK(fake_calls(MACHDEV_IOC_TASK_SELF) == 1);
}

static void number_taken_by_another_file(void)
{
	struct stat before, after;
	int fd, pipes[2];
	pid_t child;

	CHECK(self_is_right());
	fd = fake_descriptor();
	CHECK(!pipe(pipes));
	CHECK(dup2(pipes[1], fd) == fd);
	CHECK(!fstat(fd, &before));
	CHECK(mach_reply_port() != MACH_PORT_NULL);
	CHECK(fake_descriptors() == 1 && fake_descriptor() != fd);
	CHECK(!fstat(fd, &after) && before.st_ino == after.st_ino);

	/* A child that opens its own does not touch it either. */
	child = fork();
	if (child == 0) {
		CHECK(self_is_right());
		CHECK(!fstat(fd, &after) && before.st_ino == after.st_ino);
		_exit(0);
	}
	check_child(child);
}

static void forked_child(void)
{
	mach_port_t reply = mig_get_reply_port();
	int fd;
	pid_t child;

	CHECK(self_is_right());
	fd = fake_descriptor();
	child = fork();
	if (child == 0) {
		CHECK(self_is_right());
		CHECK(atomic_load(&fake->opened) == 2);
		CHECK(fake_descriptors() == 1 && fake_descriptor() == fd);
		CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
		CHECK(mig_get_reply_port() != reply);
		CHECK(mig_get_reply_port() == mig_get_reply_port());

		/* And a child of the child. */
		child = fork();
		if (child == 0) {
			CHECK(self_is_right());
			CHECK(atomic_load(&fake->opened) == 3);
			CHECK(fake_descriptors() == 1);
			_exit(0);
		}
		check_child(child);
		_exit(0);
	}
	check_child(child);
	CHECK(self_is_right());
	CHECK(mig_get_reply_port() == reply);
	CHECK(fake_calls(MACHDEV_IOC_TASK_SELF) == 3);
	CHECK(atomic_load(&fake->destroyed) == 0);
}

/* Runs @run in a process that shares our memory while we wait. */
static void share_memory(int (*run)(void *))
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t child = clone(run, stack + sizeof(stack),
			    CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);

	CHECK(child > 0);
	check_child(child);
}

static mach_port_t guest_reply;

static int guest(void *unused)
{
	mach_port_t first;

	(void)unused;
	CHECK(self_is_right());
	CHECK(self_is_right());
	guest_reply = mig_get_reply_port();
	first = guest_reply;
	CHECK(first != MACH_PORT_NULL && first != mig_get_reply_port());
	mig_put_reply_port(first);
	CHECK(bootstrap_port == 0x1303);
	_exit(0);
}

static void child_that_shares_memory(void)
{
	mach_port_t reply, task;
	int opened;

	atomic_store(&fake->bootstrap, 0x1303);
	task = mach_task_self();
	reply = mig_get_reply_port();
	bootstrap_port = 0x2303;
	opened = atomic_load(&fake->opened);
	share_memory(guest);
	CHECK(mach_task_self() == task);
	CHECK(mig_get_reply_port() == reply && guest_reply != reply);
	CHECK(bootstrap_port == 0x2303);
	CHECK(atomic_load(&fake->opened) == opened);
	CHECK(atomic_load(&fake->destroyed) == 1);
}

static int guest_without_descriptor(void *fd)
{
	(void)fd;
	CHECK(!close(fake_descriptor()));
	CHECK(self_is_right());
	CHECK(mach_reply_port() != MACH_PORT_NULL);
	CHECK(fake_descriptors() == 0);
	_exit(0);
}

static void child_that_shares_memory_and_closes(void)
{
	CHECK(self_is_right());
	share_memory(guest_without_descriptor);
	CHECK(fake_descriptors() == 1);
	CHECK(self_is_right());
	CHECK(mach_reply_port() != MACH_PORT_NULL);
	CHECK(fake_descriptors() == 1);
}

static int first_caller(void *unused)
{
	(void)unused;
	CHECK(self_is_right());
	CHECK(mig_get_reply_port() != MACH_PORT_NULL);
	_exit(0);
}

/* The child makes the first call there is; the parent must not believe it. */
static void child_that_shares_memory_first(void)
{
	mach_port_t reply;

	share_memory(first_caller);
	CHECK(fake_descriptors() == 0);
	CHECK(mach_reply_port() != MACH_PORT_NULL);
	CHECK(self_is_right());
	reply = mig_get_reply_port();
	CHECK(reply != MACH_PORT_NULL && reply == mig_get_reply_port());
	CHECK(fake_descriptors() == 1);
}

/* Runs @run in a process that shares our memory, one level deeper. */
static void share_memory_again(int (*run)(void *))
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t child = clone(run, stack + sizeof(stack),
			    CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);

	CHECK(child > 0);
	check_child(child);
}

static int guest_of_a_guest(void *unused)
{
	(void)unused;
	CHECK(self_is_right());
	CHECK(mig_get_reply_port() != guest_reply);
	CHECK(bootstrap_port == 0x1303);
	_exit(0);
}

static int guest_with_a_guest(void *unused)
{
	(void)unused;
	share_memory_again(guest_of_a_guest);
	CHECK(self_is_right());
	CHECK(mig_get_reply_port() != guest_reply);
	_exit(0);
}

/* A grandchild is no more the owner of what it sees than a child. */
static void grandchild_that_shares_memory(void)
{
	mach_port_t reply, task;
	int asked;

	atomic_store(&fake->bootstrap, 0x1303);
	task = mach_task_self();
	reply = mig_get_reply_port();
	guest_reply = reply;
	bootstrap_port = 0x2303;
	share_memory(guest_with_a_guest);
	asked = fake_calls(MACHDEV_IOC_TASK_SELF);
	CHECK(mach_task_self() == task);
	CHECK(fake_calls(MACHDEV_IOC_TASK_SELF) == asked);
	CHECK(mig_get_reply_port() == reply);
	CHECK(bootstrap_port == 0x2303);
	CHECK(fake_descriptors() == 1);
}

static pthread_barrier_t barrier;

static void wait_for_others(void)
{
	pthread_barrier_wait(&barrier);
}

static int ask_together(unsigned long command, void *argument)
{
	(void)argument;
	if (command == MACHDEV_IOC_TASK_SELF)
		wait_for_others();
	return FAKE_DEFAULT;
}

static void *racer(void *result)
{
	*(mach_port_t *)result = mach_task_self();
	return NULL;
}

static void threads_race(void)
{
	pthread_t threads[16];
	mach_port_t names[LENGTH(threads)];
	size_t i;

	/* All of them open the device, and all ask for the name. */
	CHECK(!pthread_barrier_init(&barrier, NULL, LENGTH(threads)));
	fake_opening = wait_for_others;
	fake_answer = ask_together;
	for (i = 0; i < LENGTH(threads); i++)
		CHECK(!pthread_create(&threads[i], NULL, racer, &names[i]));
	for (i = 0; i < LENGTH(threads); i++) {
		CHECK(!pthread_join(threads[i], NULL));
		CHECK(names[i] == fake_task_name(getpid()));
	}
	CHECK(atomic_load(&fake->opened) == LENGTH(threads));
	CHECK(fake_descriptors() == 1);
	/* One user reference is kept, the losers' are released. */
	CHECK(fake_calls(MACHDEV_IOC_TASK_SELF) == LENGTH(threads));
	CHECK(fake_calls(MACHDEV_IOC_PORT_DEALLOCATE) == LENGTH(threads) - 1);
}

/* Often enough that two threads get descriptors of different numbers. */
static void threads_agree(void)
{
	int i;

	for (i = 0; i < 200; i++) {
		pid_t child = fork();

		if (child == 0) {
			fake_init();
			threads_race();
			_exit(0);
		}
		check_child(child);
	}
}

static void *reply_user(void *unused)
{
	mach_port_t port = mig_get_reply_port();

	(void)unused;
	CHECK(port != MACH_PORT_NULL && port == mig_get_reply_port());
	mig_put_reply_port(port);
	CHECK(port == mig_get_reply_port());
	return NULL;
}

static void reply_ports(void)
{
	mach_port_t mine = mig_get_reply_port();
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, reply_user, NULL));
	CHECK(!pthread_join(thread, NULL));
	CHECK(atomic_load(&fake->ports) == 2);
	CHECK(atomic_load(&fake->destroyed) == 1);
	CHECK(mig_get_reply_port() == mine);
	mig_dealloc_reply_port(mine);
	CHECK(atomic_load(&fake->destroyed) == 2);
	mig_dealloc_reply_port(mine);
	CHECK(atomic_load(&fake->destroyed) == 2);
	CHECK(mig_get_reply_port() != mine);
}

static int shut_down(unsigned long command, void *argument)
{
	(void)command;
	(void)argument;
	return -ENODEV;
}

static void module_goes_and_comes(void)
{
	mach_port_t reply = mig_get_reply_port();
	int fd;

	CHECK(self_is_right());
	fd = fake_descriptor();
	bootstrap_port = 0x2303;
	fake_answer = shut_down;
	atomic_store(&fake->open_error, ENODEV);
	CHECK(mach_port_deallocate(0x103, 0x103) == KERN_TERMINATED);
	CHECK(fake_descriptors() == 0);
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHECK(mach_port_deallocate(0x103, 0x103) == KERN_TERMINATED);
	atomic_store(&fake->open_error, ENOENT);
	CHECK(mach_port_deallocate(0x103, 0x103) == KERN_INVALID_HOST);
	CHECK(mach_task_self() == MACH_PORT_NULL);

	fake_answer = NULL;
	atomic_store(&fake->open_error, 0);
	CHECK(self_is_right());
	CHECK(fake_descriptors() == 1 && fake_descriptor() == fd);
	CHECK(fake_calls(MACHDEV_IOC_TASK_SELF) == 2);
	CHECK(mig_get_reply_port() != reply);
	CHECK(bootstrap_port == MACH_PORT_NULL);
}

static void substituted_task_port(void)
{
	CHECK(self_is_right());
	CHECK(task_set_host_port(mach_task_self(), 0x103) == KERN_SUCCESS);
	CHECK(self_is_right());
	CHECK(fake_calls(MACHDEV_IOC_TASK_SELF) == 1);
	CHECK(task_set_kernel_port(mach_task_self(), 0x103) == KERN_SUCCESS);
	CHECK(self_is_right());
	CHECK(fake_calls(MACHDEV_IOC_TASK_SELF) == 2);
}

static void bootstrap_cell(void)
{
	CHECK(bootstrap_port == MACH_PORT_NULL);
	atomic_store(&fake->bootstrap, 0x1303);
	CHECK(bootstrap_port == 0x1303);
	atomic_store(&fake->bootstrap, 0x1403);
	CHECK(bootstrap_port == 0x1303);
	bootstrap_port = 0x2303;
	CHECK(bootstrap_port == 0x2303);
	bootstrap_port = MACH_PORT_NULL;
	CHECK(bootstrap_port == 0x1403);
}

static mach_port_t dead_name;

static int answer_type(unsigned long command, void *argument)
{
	struct machdev_port_type *type = argument;

	if (command != MACHDEV_IOC_PORT_TYPE)
		return FAKE_DEFAULT;
	type->type = type->name == dead_name ? MACH_PORT_TYPE_DEAD_NAME :
					       MACH_PORT_TYPE_SEND;
	return KERN_SUCCESS;
}

/* The cell follows the task's port when its own has died, and only then. */
static void bootstrap_cell_follows(void)
{
	fake_answer = answer_type;
	atomic_store(&fake->bootstrap, 0x1303);
	CHECK(bootstrap_port == 0x1303);
	dead_name = 0x1303;
	atomic_store(&fake->bootstrap, MACH_PORT_DEAD);
	CHECK(bootstrap_port == 0x1303);
	atomic_store(&fake->bootstrap, MACH_PORT_NULL);
	CHECK(bootstrap_port == 0x1303);
	atomic_store(&fake->bootstrap, 0x1403);
	CHECK(bootstrap_port == 0x1403);
	CHECK(fake_calls(MACHDEV_IOC_PORT_DEALLOCATE) == 0);
	/* Not what the program has stored. */
	bootstrap_port = 0x2303;
	dead_name = 0x2303;
	CHECK(bootstrap_port == 0x2303);
	bootstrap_port = MACH_PORT_NULL;
	CHECK(bootstrap_port == 0x1403);
}

static const struct test tests[] = {
	TEST(opens_at_first_call),
	TEST(few_descriptors),
	TEST(no_device),
	TEST(closed_behind_our_back),
	TEST(number_taken_by_another_file),
	TEST(forked_child),
	TEST(child_that_shares_memory),
	TEST(child_that_shares_memory_and_closes),
	TEST(child_that_shares_memory_first),
	TEST(grandchild_that_shares_memory),
	TEST(threads_agree),
	TEST(reply_ports),
	TEST(module_goes_and_comes),
	TEST(substituted_task_port),
	TEST(bootstrap_cell),
	TEST(bootstrap_cell_follows),
};

int main(void)
{
	return run_tests(tests, LENGTH(tests), fake_init);
}
