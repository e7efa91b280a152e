// SPDX-License-Identifier: GPL-2.0-only
/* What an embryo's descriptor holds, and what an image may give it. */
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

#include "embryo_helpers.h"
#include "fd_helpers.h"

/* A directory of this process's own, where files may be set-uid. */
static void make_place(char path[PATH_MAX])
{
	strcpy(path, "/tmp/machdev.XXXXXX");
	MUST(mkdtemp(path) ? 0 : -errno);
	MUST_BE(unshare(CLONE_NEWNS));
	MUST_BE(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST_BE(mount("machdev", path, "tmpfs", 0, "mode=0755"));
}

/* Does a file of /proc/@pid have something to read? */
static bool can_be_read(pid_t pid, const char *name)
{
	char path[64], byte;
	int fd;
	bool read_it;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	read_it = fd >= 0 && read(fd, &byte, 1) >= 0;
	close(fd);
	return read_it;
}

/* What an image of the module's own would give to whoever has its port. */
TEST(an_image_that_gains_privilege_is_none)
{
	int fd = conceive(FALSE), image;
	char path[PATH_MAX];
	siginfo_t info;
	task_t task;
	pid_t pid;

	make_place(path);
	strcat(path, "/image");
	image = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	ASSERT_TRUE(write_magic(image));
	ASSERT_EQ(0, fchmod(image, 04755));
	close(image);
	pid = child_fork();
	if (!pid) {
		if (!setresuid(TEST_UID, TEST_UID, TEST_UID) && !adopt(fd, 0))
			execl(path, "mach-task", NULL);
		_exit(1);
	}
	EXPECT_KR(KERN_FAILURE, await(fd, pid));
	EXPECT_KR(KERN_FAILURE, take(fd, &task));
	close(fd);
	/* It holds nothing that others would wait for. */
	EXPECT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	EXPECT_TRUE(can_be_read(pid, "stat"));
	EXPECT_TRUE(can_be_read(pid, "status"));
	EXPECT_EQ(SIGSEGV + 128, child_status(pid));
}

static void copy_program(const char *from, const char *to, mode_t mode)
{
	int in = MUST_BE(open(from, O_RDONLY | O_CLOEXEC));
	int out = MUST_BE(open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700));

	while (MUST_BE((int)sendfile(out, in, NULL, 1 << 20)))
		;
	MUST_BE(fchmod(out, mode));
	close(out);
	close(in);
}

FIXTURE(program) {
	char path[PATH_MAX];
};

FIXTURE_VARIANT(program) {
	mode_t mode;
	kern_return_t result;
};

FIXTURE_VARIANT_ADD(program, of_the_same_user) {
	.mode = 0755, .result = KERN_SUCCESS,
};

FIXTURE_VARIANT_ADD(program, of_more_power) {
	.mode = 04755, .result = KERN_FAILURE,
};

FIXTURE_SETUP(program)
{
	make_place(self->path);
	strcat(self->path, "/program");
	copy_program("/bin/cat", self->path, variant->mode);
}

FIXTURE_TEARDOWN(program)
{
}

/* Whoever made an embryo has no power over what it has become since. */
TEST_F(program, is_taken_only_with_the_power_that_it_had)
{
	task_t task = TEST_POISON32;
	int fd = conceive(TRUE), line[2];
	pid_t pid;
	char byte;

	ASSERT_EQ(0, pipe2(line, O_CLOEXEC));
	pid = child_fork();
	if (!pid) {
		dup2(line[1], STDOUT_FILENO);
		if (!setresuid(TEST_UID, TEST_UID, TEST_UID) &&
		    !adopt(fd, MACHDEV_EMBRYO_RUN))
			execl(self->path, "program", "/dev/zero", NULL);
		_exit(1);
	}
	ASSERT_KR(KERN_SUCCESS, await(fd, pid));
	/* It runs, and will not end by itself. */
	ASSERT_EQ(1, read(line[0], &byte, 1));
	ASSERT_KR(KERN_SUCCESS, mach_sync());
	EXPECT_KR(variant->result, take(fd, &task));
	EXPECT_EQ(variant->result == KERN_SUCCESS, MACH_PORT_VALID(task));
	close(fd);
	kill(pid, SIGKILL);
	EXPECT_EQ(SIGKILL + 128, child_status(pid));
}

static int senders_of(mach_port_t port)
{
	mach_port_status_t status;
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;

	return mach_port_get_attributes(mach_task_self(), port,
					MACH_PORT_RECEIVE_STATUS,
					(mach_port_info_t)&status, &count) ?
		-1 : !!status.mps_srights;
}

TEST(what_an_embryo_holds_ends_with_its_creator)
{
	mach_port_t port = port_new_send(1);
	struct test_pipe done;
	int line[2];
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&done));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, line));
	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(mach_task_self(), port));
	pid = child_fork();
	if (!pid) {
		int fd = conceive(TRUE);

		socket_send(line[0], &fd, 1);
		test_wait(&done);
		child_exit();
	}
	ASSERT_KR(KERN_SUCCESS,
		  task_set_bootstrap_port(mach_task_self(), MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS, mach_port_mod_refs(mach_task_self(), port,
						   MACH_PORT_RIGHT_SEND, -1));
	EXPECT_EQ(1, senders_of(port));
	ASSERT_EQ(0, test_put(&done, 1));
	EXPECT_CHILD(pid);
	ASSERT_KR(KERN_SUCCESS, mach_sync());
	EXPECT_EQ(0, senders_of(port));
}

/* A socket holds the embryo, which holds a fileport of the socket. */
TEST(a_ring_with_an_embryo_ends_with_its_creator)
{
	uint64_t ports;
	pid_t pid;

	/* What a file of the device remembers is to be this task. */
	close(conceive(FALSE));
	ports = mach_counter(MACHDEV_COUNTER_PORTS);
	pid = child_fork();
	if (!pid) {
		mach_port_t port;
		int line[2], fd;

		MUST_BE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, line));
		port = fileport_of(line[0]);
		EXPECT_KR(KERN_SUCCESS,
			  task_set_bootstrap_port(mach_task_self(), port));
		fd = conceive(TRUE);
		socket_send(line[1], &fd, 1);
		child_exit();
	}
	EXPECT_CHILD(pid);
	ASSERT_KR(KERN_SUCCESS, mach_sync());
	EXPECT_TRUE(TEST_UNTIL(mach_counter(MACHDEV_COUNTER_PORTS) == ports,
			       1000));
}

MACH_TEST_MAIN
