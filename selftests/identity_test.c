// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who a caller is: the device's descriptor never says it, and a token names
 * one incarnation of a process.
 */
#include <bsm/libbsm.h>
#include <linux/sched.h>

#include "actor.h"

static int descriptor_send(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = { 0 };
	struct iovec io = { .iov_base = "x", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(socket, &message, 0) == 1 ? 0 : -errno;
}

static int descriptor_receive(int socket)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec io = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;
	int fd = -1;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1)
		return -errno;
	header = CMSG_FIRSTHDR(&message);
	if (header)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* The name that @command gives on descriptor @fd, and its code. */
static uint32_t name_on(int fd, unsigned long command, long *code)
{
	struct machdev_name argument = { .name = TEST_POISON32 };

	*code = mach_ioctl_fd(fd, command, &argument);
	return argument.name;
}

TEST(a_passed_descriptor_acts_as_the_caller)
{
	int sockets[2], fd;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	fd = mach_open();
	ASSERT_LE(0, fd);
	/* Root has used it, and has rights. */
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	ASSERT_TRUE(MACH_PORT_VALID(host_priv_port()));
	ASSERT_EQ(0, descriptor_send(sockets[0], fd));
	pid = child_fork();
	if (!pid) {
		struct machdev_port_type type = { 0 };
		struct machdev_task_pid who = { 0 };
		long code;
		int passed;

		close(fd);
		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		passed = descriptor_receive(sockets[1]);
		ASSERT_LE(0, passed);
		who.task = name_on(passed, MACHDEV_IOC_TASK_SELF, &code);
		EXPECT_KR(KERN_SUCCESS, code);
		EXPECT_EQ(0x103, who.task);
		EXPECT_KR(KERN_SUCCESS,
			  mach_ioctl_fd(passed, MACHDEV_IOC_PID_FOR_TASK,
					&who));
		EXPECT_EQ(getpid(), who.pid);
		name_on(passed, MACHDEV_IOC_HOST_PRIV, &code);
		EXPECT_KR(KERN_NO_ACCESS, code);
		/* Names of the one who opened it are not there. */
		type.task = who.task;
		type.name = 0x303;
		EXPECT_KR(KERN_INVALID_NAME,
			  mach_ioctl_fd(passed, MACHDEV_IOC_PORT_TYPE, &type));
		child_exit();
	}
	EXPECT_CHILD(pid);
}

TEST(messages_on_a_passed_descriptor)
{
	mach_port_t port = port_new();
	struct letter letter;
	struct tokens seen;
	int fd;
	pid_t pid;

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	fd = mach_open();
	ASSERT_LE(0, fd);
	pid = child_fork();
	if (!pid) {
		struct machdev_special_port special = {
			.which = TASK_BOOTSTRAP_PORT,
		};
		mach_msg_header_t header = {
			.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
		};
		struct machdev_msg message = {
			.msg = (uintptr_t)&header,
			.option = MACH_SEND_MSG,
			.send_size = sizeof(header),
		};
		long code;

		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		special.object = name_on(fd, MACHDEV_IOC_TASK_SELF, &code);
		EXPECT_KR(KERN_SUCCESS,
			  mach_ioctl_fd(fd, MACHDEV_IOC_TASK_GET_SPECIAL_PORT,
					&special));
		header.msgh_remote_port = special.port;
		EXPECT_KR(MACH_MSG_SUCCESS,
			  mach_ioctl_fd(fd, MACHDEV_IOC_MSG, &message));
		child_exit();
	}
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	seen = letter_tokens(&letter);
	EXPECT_EQ(TEST_UID, seen.security[0]);
	EXPECT_EQ(TEST_UID, seen.audit[AUDIT_RUID]);
	EXPECT_EQ(pid, seen.audit[AUDIT_PID]);
	EXPECT_CHILD(pid);
}

TEST(a_users_descriptor_in_roots_hands)
{
	int sockets[2], fd;
	pid_t pid;
	long code;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	pid = child_fork();
	if (!pid) {
		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		fd = mach_open();
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, descriptor_send(sockets[0], fd));
		child_exit();
	}
	fd = descriptor_receive(sockets[1]);
	ASSERT_LE(0, fd);
	EXPECT_CHILD(pid);
	EXPECT_TRUE(MACH_PORT_VALID(name_on(fd, MACHDEV_IOC_HOST_PRIV, &code)));
	EXPECT_KR(KERN_SUCCESS, code);
	EXPECT_EQ(own_task(), name_on(fd, MACHDEV_IOC_TASK_SELF, &code));
}

TEST(all_descriptors_are_one_task)
{
	int one = mach_open(), other = mach_open(), copy;
	mach_port_t port = port_new();
	long code;

	ASSERT_LE(0, one);
	ASSERT_LE(0, other);
	copy = dup(one);
	EXPECT_EQ(own_task(), name_on(one, MACHDEV_IOC_TASK_SELF, &code));
	EXPECT_EQ(own_task(), name_on(other, MACHDEV_IOC_TASK_SELF, &code));
	EXPECT_EQ(own_task(), name_on(copy, MACHDEV_IOC_TASK_SELF, &code));
	close(one);
	close(copy);
	close(other);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
}

TEST(closing_drops_nothing)
{
	struct machdev_port_type type = { 0 };
	struct machdev_name made = { 0 };
	long code;
	int fd;

	fd = mach_open();
	ASSERT_LE(0, fd);
	type.task = name_on(fd, MACHDEV_IOC_TASK_SELF, &code);
	ASSERT_KR(KERN_SUCCESS,
		  mach_ioctl_fd(fd, MACHDEV_IOC_REPLY_PORT, &made));
	close(fd);
	fd = mach_open();
	ASSERT_LE(0, fd);
	EXPECT_EQ(type.task, name_on(fd, MACHDEV_IOC_TASK_SELF, &code));
	type.name = made.name;
	EXPECT_KR(KERN_SUCCESS,
		  mach_ioctl_fd(fd, MACHDEV_IOC_PORT_TYPE, &type));
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, type.type);
	close(fd);
}

TEST(the_openers_exit_harms_nobody)
{
	int sockets[2], fd;
	pid_t pid;
	long code;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	pid = child_fork();
	if (!pid) {
		fd = mach_open();
		ASSERT_LE(0, fd);
		EXPECT_TRUE(MACH_PORT_VALID(name_on(fd, MACHDEV_IOC_TASK_SELF,
						    &code)));
		ASSERT_EQ(0, descriptor_send(sockets[0], fd));
		child_exit();
	}
	fd = descriptor_receive(sockets[1]);
	EXPECT_CHILD(pid);
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(own_task(), name_on(fd, MACHDEV_IOC_TASK_SELF, &code));
	EXPECT_KR(KERN_SUCCESS, code);
}

/*
 * Reading tokens
 */

TEST(audit_token_words)
{
	const audit_token_t token = { { 10, 11, 12, 13, 14, 15, 16, 17 } };
	unsigned int auid, euid, egid, ruid, rgid;
	au_asid_t asid;
	au_tid_t tid;
	pid_t pid;

	EXPECT_EQ(10, audit_token_to_auid(token));
	EXPECT_EQ(11, audit_token_to_euid(token));
	EXPECT_EQ(12, audit_token_to_egid(token));
	EXPECT_EQ(13, audit_token_to_ruid(token));
	EXPECT_EQ(14, audit_token_to_rgid(token));
	EXPECT_EQ(15, audit_token_to_pid(token));
	EXPECT_EQ(16, audit_token_to_asid(token));
	EXPECT_EQ(17, audit_token_to_pidversion(token));
	memset(&tid, TEST_POISON, sizeof(tid));
	audit_token_to_au32(token, &auid, &euid, &egid, &ruid, &rgid, &pid,
			    &asid, &tid);
	EXPECT_EQ(10, auid);
	EXPECT_EQ(11, euid);
	EXPECT_EQ(12, egid);
	EXPECT_EQ(13, ruid);
	EXPECT_EQ(14, rgid);
	EXPECT_EQ(15, pid);
	EXPECT_EQ(16, asid);
	EXPECT_EQ(0, tid.port);
	EXPECT_EQ(0, tid.machine);
	audit_token_to_au32(token, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
			    NULL);
}

/* The tokens of a living actor, as its messages carry them. */
static struct tokens actor_tokens(struct actor *actor)
{
	mach_port_t port = port_receive();
	struct tokens tokens;

	actor_speak(actor, port, &tokens);
	mach_port_destroy(own_task(), port);
	return tokens;
}

TEST(pidfd_of_a_living_sender)
{
	struct tokens tokens;
	struct actor actor;
	int fd = -1;

	ASSERT_EQ(0, actor_start(&actor));
	tokens = actor_tokens(&actor);
	ASSERT_KR(KERN_SUCCESS, tokens_pidfd(&tokens, &fd));
	EXPECT_EQ(actor.pid, pidfd_pid(fd));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(0, syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0));
	EXPECT_EQ(128 + SIGKILL, actor_end(&actor));
	close(fd);
}

TEST(pidfd_of_oneself)
{
	struct tokens tokens = tokens_derived();
	int fd;

	ASSERT_KR(KERN_SUCCESS, tokens_pidfd(&tokens, &fd));
	EXPECT_EQ(getpid(), pidfd_pid(fd));
	close(fd);
}

TEST(pidfd_after_exec)
{
	char path[PATH_MAX];
	struct tokens before, after;
	struct actor actor;
	int fd;

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, actor_start(&actor));
	before = actor_tokens(&actor);
	ASSERT_EQ(0, actor_run(&actor, path));
	EXPECT_KR(KERN_FAILURE, tokens_pidfd(&before, &fd));
	EXPECT_EQ(-1, fd);
	after = actor_tokens(&actor);
	ASSERT_KR(KERN_SUCCESS, tokens_pidfd(&after, &fd));
	EXPECT_EQ(actor.pid, pidfd_pid(fd));
	close(fd);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(pidfd_after_setuid)
{
	struct tokens before;
	struct actor actor;
	int fd;

	/* Credentials change, the incarnation does not. */
	ASSERT_EQ(0, actor_start(&actor));
	before = actor_tokens(&actor);
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ASSERT_KR(KERN_SUCCESS, tokens_pidfd(&before, &fd));
	close(fd);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(pidfd_after_exit)
{
	struct tokens tokens;
	struct actor actor;
	siginfo_t info;
	int fd;

	ASSERT_EQ(0, actor_start(&actor));
	tokens = actor_tokens(&actor);
	actor_dismiss(&actor);
	ASSERT_EQ(0, waitid(P_PID, actor.first, &info, WEXITED | WNOWAIT));
	EXPECT_KR(KERN_FAILURE, tokens_pidfd(&tokens, &fd)) {
		TH_LOG("of a zombie");
	}
	EXPECT_CHILD(actor.first);
	EXPECT_KR(KERN_FAILURE, tokens_pidfd(&tokens, &fd));
	EXPECT_EQ(-1, fd);
}

/* Fork a child with the process id @pid, which has to be free. */
static pid_t fork_as(pid_t pid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};

	return syscall(SYS_clone3, &args, sizeof(args));
}

TEST(pidfd_after_reuse_of_the_pid)
{
	struct tokens tokens;
	struct actor actor;
	pid_t pid;
	int fd;

	ASSERT_EQ(0, actor_start(&actor));
	tokens = actor_tokens(&actor);
	EXPECT_EQ(0, actor_end(&actor));
	pid = fork_as(actor.first);
	if (!pid) {
		pause();
		_exit(0);
	}
	ASSERT_EQ(actor.first, pid);
	/* A task like the old one, of the same number, but another. */
	EXPECT_NE(0, pidversion_of(pid));
	EXPECT_NE(tokens.audit[AUDIT_PIDVERSION], pidversion_of(pid));
	EXPECT_KR(KERN_FAILURE, tokens_pidfd(&tokens, &fd));
	EXPECT_EQ(-1, fd);
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
}

TEST(pidfd_after_reuse_by_a_stranger)
{
	struct test_pipe pipe;
	struct tokens tokens;
	struct actor actor;
	uint32_t number;
	pid_t forker, pid;
	int fd;

	/* Forked while this test is no task, as its child will be. */
	ASSERT_EQ(0, test_pipe_open(&pipe));
	forker = fork();
	if (!forker) {
		if (test_get(&pipe, &number))
			_exit(1);
		pid = fork_as(number);
		if (!pid) {
			pause();
			_exit(0);
		}
		if (pid != (pid_t)number)
			_exit(1);
		kill(getpid(), SIGSTOP);
		kill(pid, SIGKILL);
		_exit(child_status(pid) != 128 + SIGKILL);
	}
	ASSERT_EQ(0, actor_start(&actor));
	tokens = actor_tokens(&actor);
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, test_put(&pipe, actor.first));
	ASSERT_EQ(forker, waitpid(forker, NULL, WUNTRACED));
	EXPECT_EQ(0, kill(actor.first, 0));
	EXPECT_KR(KERN_FAILURE, tokens_pidfd(&tokens, &fd));
	EXPECT_EQ(0, kill(forker, SIGCONT));
	EXPECT_CHILD(forker);
}

TEST(pidfd_of_nobody)
{
	const struct tokens kernel = { .security = { 0, 1 } };
	struct tokens tokens;
	int fd;

	EXPECT_KR(KERN_INVALID_ARGUMENT, tokens_pidfd(&kernel, &fd));
	EXPECT_EQ(-1, fd);
	tokens = tokens_derived();
	tokens.audit[AUDIT_PIDVERSION]++;
	EXPECT_KR(KERN_FAILURE, tokens_pidfd(&tokens, &fd));
	EXPECT_EQ(-1, fd);
}

TEST(pidfd_inside_a_pid_namespace)
{
	struct order order = { .what = ORDER_PIDFD };
	struct actor inside;
	struct answer answer;
	struct tokens tokens;

	ASSERT_NE(MACH_PORT_NULL, own_task());
	ASSERT_EQ(0, actor_start(&inside));
	ASSERT_EQ(0, actor_do(&inside, ORDER_UNSHARE, CLONE_NEWPID, 0));
	ASSERT_EQ(0, actor_next(&inside));
	/* As a receiver there sees a sender from here: without a pid. */
	tokens = tokens_derived();
	tokens.audit[AUDIT_PID] = 0;
	memcpy(order.data, &tokens, sizeof(tokens));
	EXPECT_NE(KERN_SUCCESS, actor_order(&inside, &order, &answer));
	/* And as it sees itself. */
	tokens.audit[AUDIT_PID] = 1;
	tokens.audit[AUDIT_PIDVERSION] = pidversion_of(inside.pid);
	memcpy(order.data, &tokens, sizeof(tokens));
	EXPECT_KR(KERN_SUCCESS, actor_order(&inside, &order, &answer));
	EXPECT_EQ(0, actor_end(&inside));
}

MACH_TEST_MAIN
