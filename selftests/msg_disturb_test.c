// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that is stopped, traced, frozen or interrupted in either half of a
 * call: it goes on where it was, and a message is sent exactly once.
 */
#include "msg_helpers.h"

#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE

enum disturbance { STOP, TRACE, FREEZE, HANDLER, HANDLER_RESTART };

FIXTURE(disturbed)
{
	mach_port_t port;
	pid_t pid;
	char group[64];
};

typedef FIXTURE_DATA(disturbed) disturbed_data;

FIXTURE_VARIANT(disturbed)
{
	enum disturbance by;
};

FIXTURE_VARIANT_ADD(disturbed, by_stop) { STOP };
FIXTURE_VARIANT_ADD(disturbed, by_tracer) { TRACE };
FIXTURE_VARIANT_ADD(disturbed, by_freezer) { FREEZE };
FIXTURE_VARIANT_ADD(disturbed, by_handler) { HANDLER };
FIXTURE_VARIANT_ADD(disturbed, by_restarting_handler) { HANDLER_RESTART };

/* Write @text to file @name of the control group; its error, or 0. */
static int group_write(disturbed_data *self, const char *name,
		       const char *text)
{
	char path[128];
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/test/%s", self->group, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

static bool group_frozen(disturbed_data *self)
{
	char path[128], word[32];
	int value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/test/cgroup.events", self->group);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (fscanf(file, "%31s %d", word, &value) == 2) {
		if (!strcmp(word, "frozen"))
			break;
		value = -1;
	}
	fclose(file);
	return value == 1;
}

/*
 * Move the child into a control group of its own that can be frozen; false when
 * the kernel has no control groups.
 */
static bool group_make(disturbed_data *self)
{
	char path[128], text[16];

	strcpy(self->group, "/tmp/mach-test-XXXXXX");
	MUST(mkdtemp(self->group) ? 0 : -errno);
	if (mount("none", self->group, "cgroup2", 0, NULL)) {
		int error = errno;

		MUST(rmdir(self->group) ? -errno : 0);
		self->group[0] = 0;
		MUST(error == ENODEV ? 0 : -error);
		return false;
	}
	snprintf(path, sizeof(path), "%s/test", self->group);
	MUST(mkdir(path, 0700) && errno != EEXIST ? -errno : 0);
	snprintf(text, sizeof(text), "%d", self->pid);
	MUST(-group_write(self, "cgroup.procs", text));
	return true;
}

static void group_remove(disturbed_data *self)
{
	char path[128];

	if (!self->group[0])
		return;
	group_write(self, "cgroup.freeze", "0");
	snprintf(path, sizeof(path), "%s/test", self->group);
	rmdir(path);
	umount(self->group);
	rmdir(self->group);
}

FIXTURE_SETUP(disturbed)
{
	self->port = port_new_bootstrap();
	port_add_send(self->port);
	signal_handle(SIGUSR1, variant->by == HANDLER_RESTART ? SA_RESTART : 0);
}

FIXTURE_TEARDOWN(disturbed)
{
	group_remove(self);
}

/* A request, its reply, and one more message: each exactly once. */
static void client(struct __test_metadata *_metadata)
{
	mach_port_t parent = bootstrap_of_parent(), reply = port_new();
	struct msg msg;

	msg_init(&msg, parent, COPY_SEND, reply, MAKE_ONCE, 1);
	EXPECT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG, MSG_HEADER,
			   sizeof(msg), reply, 0, 0));
	EXPECT_EQ(101, msg.head.msgh_id);
	EXPECT_EQ(0, port_queued(reply));
	EXPECT_EQ(0, port_status(reply).mps_sorights);
	EXPECT_EQ(1, port_send_refs(parent));
	msg_init(&msg, parent, COPY_SEND, 0, 0, 2);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	child_exit();
}

/* One disturbance of the sleeping child, to its end. */
static void disturb(struct __test_metadata *_metadata,
		    disturbed_data *self, enum disturbance by)
{
	pid_t pid = self->pid;
	int status;

	ASSERT_TRUE(TEST_UNTIL(msg_sleeps(pid, pid), 10000));
	switch (by) {
	case STOP:
		ASSERT_EQ(0, kill(pid, SIGSTOP));
		ASSERT_EQ(pid, waitpid(pid, &status, WUNTRACED));
		ASSERT_TRUE(WIFSTOPPED(status));
		ASSERT_EQ(0, kill(pid, SIGCONT));
		ASSERT_EQ(pid, waitpid(pid, &status, WCONTINUED));
		ASSERT_TRUE(WIFCONTINUED(status));
		break;
	case TRACE:
		ASSERT_EQ(0, ptrace(PTRACE_SEIZE, pid, 0, 0));
		ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, pid, 0, 0));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_TRUE(WIFSTOPPED(status));
		ASSERT_EQ(0, ptrace(PTRACE_DETACH, pid, 0, 0));
		break;
	case FREEZE:
		ASSERT_EQ(0, group_write(self, "cgroup.freeze", "1"));
		ASSERT_TRUE(TEST_UNTIL(group_frozen(self), 10000));
		ASSERT_EQ(0, group_write(self, "cgroup.freeze", "0"));
		ASSERT_TRUE(TEST_UNTIL(!group_frozen(self), 10000));
		break;
	default:
		ASSERT_TRUE(signal_interrupt(pid, pid));
	}
}

static bool start(struct __test_metadata *_metadata,
		  disturbed_data *self, enum disturbance by)
{
	self->pid = child_fork();
	if (!self->pid)
		client(_metadata);
	if (by != FREEZE || group_make(self))
		return true;
	child_kill(self->pid);
	return false;
}

/* Answer the request that comes now, and hear the second message. */
static void finish(struct __test_metadata *_metadata,
		   disturbed_data *self, struct msg *request)
{
	struct msg msg;

	EXPECT_EQ(1, request->head.msgh_id);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE,
		  port_type(request->head.msgh_remote_port));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(request->head.msgh_remote_port,
					    MOVE_ONCE, 101));
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, self->port));
	EXPECT_EQ(2, msg.head.msgh_id);
	EXPECT_CHILD(self->pid);
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, self->port));
}

TEST_F(disturbed, receive_half)
{
	struct msg msg;
	int i;

	if (!start(_metadata, self, variant->by)) {
		SKIP(return, "no control groups");
	}
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, self->port));
	for (i = 0; i < 10; i++)
		disturb(_metadata, self, variant->by);
	EXPECT_EQ(0, port_queued(self->port));
	finish(_metadata, self, &msg);
}

TEST_F(disturbed, send_half)
{
	struct msg msg;
	int i;

	port_fill(self->port);
	if (!start(_metadata, self, variant->by)) {
		SKIP(return, "no control groups");
	}
	for (i = 0; i < 10; i++)
		disturb(_metadata, self, variant->by);
	EXPECT_EQ(5, port_queued(self->port));
	port_drain(self->port);
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, self->port));
	finish(_metadata, self, &msg);
}

/* A stop while the reply is on its way. */
TEST_F(disturbed, reply_in_between)
{
	struct msg msg;

	if (!start(_metadata, self, variant->by)) {
		SKIP(return, "no control groups");
	}
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, self->port));
	disturb(_metadata, self, variant->by);
	finish(_metadata, self, &msg);
}

/* A reply that comes while the client is stopped waits for it. */
TEST(reply_to_a_stopped_client)
{
	mach_port_t port = port_new_bootstrap();
	struct msg msg;
	int status;
	pid_t pid;

	pid = child_fork();
	if (!pid)
		client(_metadata);
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	ASSERT_TRUE(TEST_UNTIL(msg_sleeps(pid, pid), 10000));
	ASSERT_EQ(0, kill(pid, SIGSTOP));
	ASSERT_EQ(pid, waitpid(pid, &status, WUNTRACED));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(msg.head.msgh_remote_port,
					    MOVE_ONCE, 101));
	ASSERT_EQ(0, kill(pid, SIGCONT));
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	EXPECT_EQ(2, msg.head.msgh_id);
	EXPECT_CHILD(pid);
}

MACH_TEST_MAIN
