// SPDX-License-Identifier: GPL-2.0-only
/* What an embryo's descriptor holds, and what an image may give it. */
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>

#include "embryo_helpers.h"
#include "fd_helpers.h"

/* What an image of the module's own would give to whoever has its port. */
TEST(an_image_that_gains_privilege_is_none)
{
	char path[PATH_MAX] = "/tmp/machdev.XXXXXX";
	int fd = conceive(FALSE), image;
	task_t task;
	pid_t pid;

	ASSERT_TRUE(mkdtemp(path));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("machdev", path, "tmpfs", 0, "mode=0755"));
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
	EXPECT_EQ(SIGSEGV + 128, child_status(pid));
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
