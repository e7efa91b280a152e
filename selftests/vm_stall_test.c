// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of tasks that does not come when it is wanted: who waits for it can be
 * killed, and holds up nobody else; who is suspended meanwhile stays so.
 */
#include <sys/mman.h>

#include "actor.h"
#include "stall.h"

FIXTURE(page) {
	void *at;	/* of memory that is kept back */
};

FIXTURE_SETUP(page)
{
	char path[PATH_MAX];
	int fd;

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, stall_mount(path, 0, 0755));
	ASSERT_EQ(0, stall_start());
	fd = open(stall.path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	self->at = mmap(NULL, STALL_PAGE, PROT_READ, MAP_PRIVATE, fd,
			stall.page);
	ASSERT_NE(MAP_FAILED, self->at);
	close(fd);
	ASSERT_NE(MACH_PORT_NULL, own_task());
	stall_arm();
}

FIXTURE_TEARDOWN(page)
{
	stall_release();
	munmap(self->at, STALL_PAGE);
	stall_end();
}

TEST_F(page, who_waits_for_an_embryo_can_be_killed)
{
	pid_t pid = child_fork();

	if (!pid) {
		task_t task;

		if (!task_create(own_task(), NULL, 0, TRUE, &task))
			vm_protect(task, (vm_address_t)self->at, STALL_PAGE,
				   FALSE, VM_PROT_READ | VM_PROT_EXECUTE);
		_exit(1);
	}
	EXPECT_TRUE(TEST_UNTIL(stall.stalled, 10000));
	EXPECT_TRUE(TEST_UNTIL(ioctl_sleeps(pid, pid,
					    (uint32_t)MACHDEV_IOC_VM_PROTECT),
			       10000));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	EXPECT_TRUE(stall.stalled);
}

struct reader {
	task_t task;
	void *at;
};

static void *read_page(void *argument)
{
	const struct reader *reader = argument;
	static char page[STALL_PAGE];
	vm_size_t size;

	vm_read_overwrite(reader->task, (vm_address_t)reader->at, STALL_PAGE,
			  (vm_address_t)page, &size);
	return NULL;
}

TEST_F(page, who_reads_a_task_does_not_hold_it_up)
{
	mach_port_t notify = port_receive();
	struct reader reader = { .at = self->at };
	struct letter letter;
	pthread_t thread;
	pid_t pid = child_fork();

	if (!pid) {
		for (;;)
			pause();
	}
	ASSERT_KR(KERN_SUCCESS,
		  task_for_pid(mach_task_self(), pid, &reader.task));
	ASSERT_KR(KERN_SUCCESS, port_watch(reader.task, notify));
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_page, &reader));
	EXPECT_TRUE(TEST_UNTIL(stall.stalled, 10000));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	/* The task is torn down, while its memory is still waited for. */
	EXPECT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(reader.task, letter_dead_name(&letter));
	EXPECT_TRUE(stall.stalled);
	stall_release();
	EXPECT_EQ(0, pthread_join(thread, NULL));
}

static char program[PATH_MAX];

static void *execute(void *argument)
{
	execl(program, program, (char *)argument, NULL);
	_exit(1);
}

static bool is_told(pid_t pid, int options, int code)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, pid, &info, options | WNOHANG) &&
	       info.si_pid == pid && info.si_code == code;
}

/* The thread that executes has not stopped before the others are gone. */
TEST_F(page, a_suspension_outlasts_an_exec)
{
	task_t task;
	pid_t pid;

	/* Which does not end before it is stopped. */
	ASSERT_EQ(0, helper_path("gainer", program, sizeof(program)));
	pid = child_fork();
	if (!pid) {
		pthread_t thread;

		pthread_create(&thread, NULL, execute, self->at);
		for (;;)
			sched_yield();
	}
	ASSERT_KR(KERN_SUCCESS, task_for_pid(mach_task_self(), pid, &task));
	ASSERT_TRUE(TEST_UNTIL(stall.stalled, 10000));
	ASSERT_KR(KERN_SUCCESS, task_suspend(task));
	stall_release();
	EXPECT_TRUE(TEST_UNTIL(is_told(pid, WSTOPPED, CLD_STOPPED), 10000));
	EXPECT_KR(KERN_SUCCESS, task_resume(task));
	EXPECT_TRUE(TEST_UNTIL(is_told(pid, WCONTINUED, CLD_CONTINUED),
			       10000));
	child_kill(pid);
}

MACH_TEST_MAIN
