// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may see what over netlink: by the credentials of who sends the request
 * and of who opened the socket.
 */
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>

#include "netlink_helpers.h"

#define OTHER_UID 2000

static const int cmds[] = {
	MACHDEV_CMD_TASK_GET, MACHDEV_CMD_PORT_GET, MACHDEV_CMD_RIGHT_GET,
	MACHDEV_CMD_QUEUE_GET, MACHDEV_CMD_LEDGER_GET, MACHDEV_CMD_OBJECT_GET,
};

#define CMDS (sizeof(cmds) / sizeof(*cmds))

FIXTURE(netlink)
{
	struct netlink nl;	/* opened by root */
	struct lines lines;
	struct test_pipe pipe;
	struct holder root;	/* who has one port and may do everything */
};

FIXTURE_SETUP(netlink)
{
	self->lines = (struct lines){ 0 };
	netlink_open(&self->nl);
	MUST(test_pipe_open(&self->pipe));
	holder_start(&self->root);
	MUST(mach_port_allocate(self->root.task, MACH_PORT_RIGHT_RECEIVE,
				&(mach_port_t){ 0 }));
}

FIXTURE_TEARDOWN(netlink)
{
	holder_end(&self->root);
	netlink_close(&self->nl);
	free(self->lines.line);
}

#define DUMP(cmd, pid) \
	lines_read(&self->nl, &self->lines, MACHDEV_CMD_##cmd##_GET, pid)
#define FIND(type, expected) lines_find(&self->lines, type, expected)

/* Names of such a task: the right, and its own port. */
#define NAMES 2

/* A task of a user with one receive right, until it is killed. */
static pid_t task_of(struct test_pipe *pipe, uid_t uid)
{
	pid_t pid = child_fork();

	if (!pid) {
		MUST(test_become(uid, uid));
		port_new();
		test_put(pipe, 0);
		for (;;)
			pause();
	}
	MUST(test_wait(pipe));
	return pid;
}

TEST_F(netlink, the_administrator_sees_all)
{
	pid_t pid = task_of(&self->pipe, TEST_UID);

	ASSERT_LT(0, DUMP(TASK, 0));
	EXPECT_NE(NULL, FIND(MACHDEV_A_TASK_PID, pid));
	EXPECT_NE(NULL, FIND(MACHDEV_A_TASK_PID, self->root.pid));
	EXPECT_EQ(NAMES, DUMP(RIGHT, pid));
	EXPECT_EQ(2, DUMP(PORT, pid));
	child_kill(pid);
}

TEST_F(netlink, a_user_sees_his_own)
{
	pid_t own = task_of(&self->pipe, TEST_UID);
	pid_t other = task_of(&self->pipe, OTHER_UID);
	pid_t child = child_fork();
	int i;

	if (!child) {
		test_become(TEST_UID, TEST_GID);
		netlink_open(&self->nl);
		port_new();
		EXPECT_EQ(2, DUMP(TASK, 0));
		EXPECT_NE(NULL, FIND(MACHDEV_A_TASK_PID, own));
		EXPECT_NE(NULL, FIND(MACHDEV_A_TASK_PID, getpid()));
		EXPECT_EQ(NAMES + (int)space_count(), DUMP(RIGHT, 0));
		EXPECT_EQ(4, DUMP(PORT, 0));
		EXPECT_EQ(0, DUMP(QUEUE, 0));
		EXPECT_EQ(2, DUMP(LEDGER, 0));
		EXPECT_EQ(2, lines_with(&self->lines, MACHDEV_A_LEDGER_UID,
					TEST_UID));
		EXPECT_LT(0, DUMP(COUNTER, 0));
		EXPECT_EQ(-EPERM, DUMP(OBJECT, 0));
		for (i = 0; i < 4; i++) {
			EXPECT_EQ(-EPERM, lines_read(&self->nl, &self->lines,
						     cmds[i], other));
			EXPECT_EQ(-EPERM, lines_read(&self->nl, &self->lines,
						     cmds[i],
						     self->root.pid));
		}
		child_exit();
	}
	EXPECT_CHILD(child);
	child_kill(own);
	child_kill(other);
}

TEST_F(netlink, a_receiver_that_may_not_be_seen_is_not_told)
{
	mach_port_t port = port_new(), there = 0x00001003;
	pid_t own = task_of(&self->pipe, TEST_UID), child;
	mach_port_t task;

	/* The port's receiver is root's; the right to it is the user's. */
	MUST(task_for_pid(mach_task_self(), own, &task));
	MUST(mach_port_insert_right(task, there, port,
				    MACH_MSG_TYPE_MAKE_SEND));
	child = child_fork();
	if (!child) {
		struct line *line;

		test_become(TEST_UID, TEST_GID);
		netlink_open(&self->nl);
		EXPECT_EQ(NAMES + 1, DUMP(RIGHT, own));
		line = FIND(MACHDEV_A_RIGHT_NAME, there);
		ASSERT_NE(NULL, line);
		EXPECT_VALUE(MACH_PORT_TYPE_SEND, line, MACHDEV_A_RIGHT_TYPE);
		EXPECT_VALUE(ABSENT, line, MACHDEV_A_RIGHT_RECEIVER_PID);
		EXPECT_VALUE(ABSENT, line, MACHDEV_A_RIGHT_RECEIVER_NAME);
		EXPECT_EQ(0, lines_with(&self->lines, MACHDEV_A_RIGHT_PID,
					getppid()));
		child_exit();
	}
	EXPECT_CHILD(child);
	child_kill(own);
}

TEST_F(netlink, a_user_on_the_socket_of_the_administrator_is_refused)
{
	pid_t child = child_fork();
	unsigned int i;

	if (!child) {
		test_become(TEST_UID, TEST_GID);
		for (i = 0; i < CMDS; i++)
			EXPECT_EQ(-EPERM, lines_read(&self->nl, &self->lines,
						     cmds[i], 0));
		child_exit();
	}
	EXPECT_CHILD(child);
}

TEST_F(netlink, the_administrator_on_the_socket_of_a_user_is_refused)
{
	unsigned int i;

	/* The socket is opened as a user, and used as root again. */
	MUST(setresuid(-1, TEST_UID, 0) ? -errno : 0);
	netlink_open(&self->nl);
	MUST(setresuid(-1, 0, 0) ? -errno : 0);
	for (i = 0; i < CMDS; i++)
		EXPECT_EQ(-EPERM, lines_read(&self->nl, &self->lines, cmds[i],
					     0));
	EXPECT_LT(0, DUMP(COUNTER, 0));
}

TEST_F(netlink, a_user_on_the_socket_of_another_is_refused)
{
	pid_t child = child_fork();
	unsigned int i;

	if (!child) {
		MUST(setresgid(TEST_GID, TEST_GID, TEST_GID) ? -errno : 0);
		MUST(setresuid(OTHER_UID, OTHER_UID, 0) ? -errno : 0);
		netlink_open(&self->nl);
		MUST(setresuid(0, 0, 0) ? -errno : 0);
		MUST(test_become(TEST_UID, TEST_GID));
		for (i = 0; i < CMDS; i++)
			EXPECT_EQ(-EPERM, lines_read(&self->nl, &self->lines,
						     cmds[i], 0));
		child_exit();
	}
	EXPECT_CHILD(child);
}

TEST_F(netlink, who_is_two_users_at_once_is_refused)
{
	pid_t child = child_fork();

	if (!child) {
		MUST(setresuid(OTHER_UID, TEST_UID, TEST_UID) ? -errno : 0);
		netlink_open(&self->nl);
		EXPECT_EQ(-EPERM, DUMP(TASK, 0));
		child_exit();
	}
	EXPECT_CHILD(child);
}

TEST_F(netlink, who_asks_as_two_users_is_refused)
{
	pid_t child = child_fork();

	if (!child) {
		/* Opened by the one user alone. */
		MUST(setresuid(TEST_UID, TEST_UID, 0) ? -errno : 0);
		netlink_open(&self->nl);
		EXPECT_EQ(0, DUMP(TASK, 0));
		MUST(setresuid(0, 0, 0) ? -errno : 0);
		MUST(setresuid(OTHER_UID, TEST_UID, TEST_UID) ? -errno : 0);
		EXPECT_EQ(-EPERM, DUMP(TASK, 0));
		child_exit();
	}
	EXPECT_CHILD(child);
}

/* Sets the calling thread's capabilities to one, or none. */
static void only_capability(int capability)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { { 0 } };

	if (capability >= 0) {
		data[capability / 32].effective = 1u << capability % 32;
		data[capability / 32].permitted = 1u << capability % 32;
	}
	MUST(syscall(SYS_capset, &header, data) ? -errno : 0);
}

TEST_F(netlink, a_user_does_not_see_who_can_do_more_than_he)
{
	pid_t able = child_fork(), child;

	if (!able) {
		MUST(prctl(PR_SET_KEEPCAPS, 1) ? -errno : 0);
		MUST(test_become(TEST_UID, TEST_GID));
		only_capability(CAP_NET_RAW);
		port_new();
		test_put(&self->pipe, 0);
		for (;;)
			pause();
	}
	MUST(test_wait(&self->pipe));
	child = child_fork();
	if (!child) {
		test_become(TEST_UID, TEST_GID);
		netlink_open(&self->nl);
		port_new();
		EXPECT_EQ(-EPERM, DUMP(TASK, able));
		EXPECT_EQ(1, DUMP(TASK, 0));
		EXPECT_VALUE(getpid(), self->lines.line, MACHDEV_A_TASK_PID);
		child_exit();
	}
	EXPECT_CHILD(child);
	child_kill(able);
}

static void *open_without_capabilities(void *argument)
{
	only_capability(-1);
	netlink_open(argument);
	return NULL;
}

TEST_F(netlink, sender_and_opener_both_have_to_be_able)
{
	pid_t able = child_fork(), child;

	if (!able) {
		MUST(prctl(PR_SET_KEEPCAPS, 1) ? -errno : 0);
		MUST(test_become(TEST_UID, TEST_GID));
		only_capability(CAP_NET_RAW);
		port_new();
		test_put(&self->pipe, 0);
		for (;;)
			pause();
	}
	MUST(test_wait(&self->pipe));
	child = child_fork();
	if (!child) {
		pthread_t thread;

		MUST(prctl(PR_SET_KEEPCAPS, 1) ? -errno : 0);
		MUST(test_become(TEST_UID, TEST_GID));
		only_capability(CAP_NET_RAW);
		/* Capabilities are a thread's. */
		MUST(-pthread_create(&thread, NULL, open_without_capabilities,
				     &self->nl));
		MUST(-pthread_join(thread, NULL));
		EXPECT_EQ(-EPERM, DUMP(TASK, able));
		netlink_open(&self->nl);
		EXPECT_EQ(1, DUMP(TASK, able));
		only_capability(-1);
		EXPECT_EQ(-EPERM, DUMP(TASK, able));
		child_exit();
	}
	EXPECT_CHILD(child);
	child_kill(able);
}

TEST_F(netlink, a_user_does_not_see_who_is_another_one_as_well)
{
	static const uid_t ids[][3] = {
		{ OTHER_UID, TEST_UID, TEST_UID },
		{ TEST_UID, OTHER_UID, TEST_UID },
		{ TEST_UID, TEST_UID, OTHER_UID },
	};
	pid_t mixed, child;
	int i;

	for (i = 0; i < 3; i++) {
		mixed = child_fork();
		if (!mixed) {
			port_new();
			MUST(setresuid(ids[i][0], ids[i][1], ids[i][2]) ?
			     -errno : 0);
			test_put(&self->pipe, 0);
			for (;;)
				pause();
		}
		MUST(test_wait(&self->pipe));
		child = child_fork();
		if (!child) {
			test_become(TEST_UID, TEST_GID);
			netlink_open(&self->nl);
			EXPECT_EQ(-EPERM, DUMP(TASK, mixed));
			EXPECT_LE(0, DUMP(TASK, 0));
			EXPECT_EQ(NULL, FIND(MACHDEV_A_TASK_PID, mixed));
			child_exit();
		}
		EXPECT_CHILD(child);
		child_kill(mixed);
	}
}

TEST_F(netlink, a_socket_does_not_follow_into_a_user_name_space)
{
	pid_t child = child_fork();

	if (!child) {
		test_become(TEST_UID, TEST_GID);
		netlink_open(&self->nl);
		port_new();
		EXPECT_EQ(1, DUMP(TASK, getpid()));
		if (unshare(CLONE_NEWUSER))
			_exit(errno == EPERM || errno == ENOSPC ? 4 : 1);
		EXPECT_EQ(-EPERM, DUMP(TASK, getpid()));
		EXPECT_EQ(-EPERM, DUMP(TASK, 0));
		child_exit();
	}
	EXPECT_CHILD(child);
}

TEST_F(netlink, root_without_capabilities_is_a_user)
{
	pid_t other = task_of(&self->pipe, TEST_UID);
	pid_t child = child_fork();

	if (!child) {
		only_capability(-1);
		netlink_open(&self->nl);
		port_new();
		EXPECT_EQ(-EPERM, DUMP(TASK, other));
		EXPECT_EQ(-EPERM, DUMP(TASK, self->root.pid));
		EXPECT_EQ(1, DUMP(TASK, getpid()));
		child_exit();
	}
	EXPECT_CHILD(child);
	child_kill(other);
}

TEST_F(netlink, what_was_settled_at_the_beginning_is_not_changed_by_a_reader)
{
	struct netlink_dump dump = { .netlink = &self->nl };
	pid_t child;

	/* Root begins, a user reads to the end: he was handed the socket. */
	MUST(netlink_send(&self->nl, MACHDEV_CMD_TASK_GET, 0) < 0);
	child = child_fork();
	if (!child) {
		test_become(TEST_UID, TEST_GID);
		netlink_receive(&dump);
		EXPECT_EQ(0, self->nl.error);
		EXPECT_LT(1, dump.lines);
		child_exit();
	}
	EXPECT_CHILD(child);
}

TEST_F(netlink, a_child_user_name_space_does_not_see_the_users_others)
{
	pid_t own = task_of(&self->pipe, TEST_UID);
	pid_t child = child_fork();

	if (!child) {
		test_become(TEST_UID, TEST_GID);
		if (unshare(CLONE_NEWUSER))
			_exit(errno == EPERM || errno == ENOSPC ? 4 : 1);
		netlink_open(&self->nl);
		port_new();
		EXPECT_EQ(-EPERM, DUMP(TASK, own));
		EXPECT_EQ(1, DUMP(TASK, 0));
		child_exit();
	}
	EXPECT_CHILD(child);
	child_kill(own);
}

TEST_F(netlink, pids_are_those_of_the_name_space)
{
	pid_t child = child_fork(), inner;

	if (!child) {
		MUST(unshare(CLONE_NEWPID) ? -errno : 0);
		/* Its parent has no pid there: no child_fork(). */
		inner = fork();
		if (!inner) {
			mach_port_t port = port_new();
			struct line *line;

			netlink_open(&self->nl);
			/* Nobody else has a pid here. */
			EXPECT_EQ(1, DUMP(TASK, 0));
			EXPECT_VALUE(1, self->lines.line, MACHDEV_A_TASK_PID);
			EXPECT_EQ(-ESRCH, DUMP(TASK, self->root.pid));
			EXPECT_LT(0, DUMP(RIGHT, 1));
			line = FIND(MACHDEV_A_RIGHT_NAME, port);
			ASSERT_NE(NULL, line);
			EXPECT_VALUE(1, line, MACHDEV_A_RIGHT_RECEIVER_PID);
			child_exit();
		}
		EXPECT_CHILD(inner);
		child_exit();
	}
	EXPECT_CHILD(child);
}

TEST_F(netlink, a_child_network_name_space_has_no_family)
{
	pid_t child = child_fork();

	if (!child) {
		struct nl_sock *socket = nl_socket_alloc();

		MUST(unshare(CLONE_NEWNET) ? -errno : 0);
		MUST(genl_connect(socket));
		EXPECT_EQ(-NLE_OBJ_NOTFOUND,
			  genl_ctrl_resolve(socket, MACHDEV_NETLINK_NAME));
		child_exit();
	}
	EXPECT_CHILD(child);
}

MACH_TEST_MAIN
