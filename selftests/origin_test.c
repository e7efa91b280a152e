// SPDX-License-Identifier: GPL-2.0-only
/*
 * The origin trailer, format 1: who really sent a message, whatever its tokens
 * say, seen from the receiver's name spaces.
 */
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "msg_helpers.h"

#include <machdev.h>

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define ORIGIN MACH_RCV_TRAILER_TYPE(MACHDEV_TRAILER_FORMAT_ORIGIN)
#define ORIGIN_SIZE 112

/* What an id that a user name space does not have looks like. */
#define OVERFLOW_ID 65534

/* A number of a process from a file of procfs. */
static uint32_t proc_number(const char *name)
{
	char path[64];
	unsigned long number;
	FILE *file;
	int got;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	file = fopen(path, "re");
	MUST(file ? 0 : -errno);
	got = fscanf(file, "%lu", &number);
	fclose(file);
	MUST(got != 1);
	return number;
}

static uint32_t pidversion_of(pid_t pid)
{
	struct machdev_pidversion call = { .pid = pid };

	MUST(mach_ioctl(MACHDEV_IOC_PIDVERSION, &call));
	return call.version;
}

/* What the trailer of a message from the caller, sent now, has to be. */
static struct machdev_origin_trailer expected(uint32_t seqno)
{
	mach_task_self();
	return (struct machdev_origin_trailer) {
		.trailer = {
			.type = MACHDEV_TRAILER_FORMAT_ORIGIN,
			.size = ORIGIN_SIZE,
			.seqno = seqno,
			.security = { geteuid(), getegid() },
			.audit = {
				proc_number("loginuid"), geteuid(), getegid(),
				getuid(), getgid(), getpid(),
				proc_number("sessionid"),
				pidversion_of(getpid()),
			},
		},
		.kind = MACHDEV_ORIGIN_DERIVED,
		.pid = getpid(),
		.pidversion = pidversion_of(getpid()),
		.euid = geteuid(),
		.egid = getegid(),
		.uid = getuid(),
		.gid = getgid(),
		.loginuid = proc_number("loginuid"),
		.session = proc_number("sessionid"),
	};
}

/* Receive into a poisoned buffer; what follows the trailer stays poison. */
static mach_msg_return_t receive(struct msg *msg, mach_port_t port,
				 struct machdev_origin_trailer *origin)
{
	mach_msg_return_t code = msg_receive_option(msg, port, ORIGIN);
	size_t used;

	memset(origin, TEST_POISON, sizeof(*origin));
	if (code)
		return code;
	memcpy(origin, msg_trailer(msg), sizeof(*origin));
	used = msg->head.msgh_size + ORIGIN_SIZE;
	return is_poison((char *)msg + used, sizeof(*msg) - used) ? 0 : -EIO;
}

/* All words but those of the cgroup, which other tests are for. */
#define EXPECT_ORIGIN(want, seen) do {					\
	struct machdev_origin_trailer __want = (want), __seen = (seen);	\
	const uint32_t *__w = (void *)&__want, *__s = (void *)&__seen;	\
	unsigned int __i;						\
									\
	for (__i = 0; __i < ORIGIN_SIZE / 4 - 2; __i++) {		\
		EXPECT_EQ(__w[__i], __s[__i]) {				\
			TH_LOG("byte %u, line %d", 4 * __i, __LINE__);	\
		}							\
	}								\
} while (0)

static mach_port_t host_security_port(void)
{
	mach_port_t priv, security;

	MUST(host_get_host_priv_port(mach_host_self(), &priv));
	MUST(host_get_special_port(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT,
				   &security));
	return security;
}

/* Explicit tokens: ten different words, none of which is anybody's. */
static void set_tokens(struct machdev_origin_trailer *want)
{
	struct machdev_task_token call = {
		.host_security = host_security_port(),
		.task = mach_task_self(),
	};
	unsigned int i;

	for (i = 0; i < 2; i++)
		call.security[i] = 0x5ec00000 + i;
	for (i = 0; i < 8; i++)
		call.audit[i] = 0xa0d17000 + i;
	MUST(mach_ioctl(MACHDEV_IOC_HOST_SET_TASK_TOKEN, &call));
	memcpy(want->trailer.security, call.security, sizeof(call.security));
	memcpy(want->trailer.audit, call.audit, sizeof(call.audit));
	want->kind = MACHDEV_ORIGIN_EXPLICIT;
}

/*
 * Size and format
 */

TEST(feature)
{
	uint64_t size = 0;

	EXPECT_EQ(ORIGIN_SIZE, sizeof(struct machdev_origin_trailer));
	EXPECT_KR(0, mach_query(MACHDEV_QUERY_FEATURES,
				MACHDEV_FEATURE_ORIGIN_TRAILER, &size));
	EXPECT_EQ(ORIGIN_SIZE, size);
}

/* Whatever elements are asked for, and whatever the body's length. */
TEST(whole_for_all_elements)
{
	mach_port_t port = port_new_send(1);
	struct machdev_origin_trailer seen;
	unsigned int element;
	struct msg msg;

	for (element = 0; element < 16; element++) {
		msg_init(&msg, port, COPY_SEND, 0, 0, 1);
		memset(msg.word, 0x5a, sizeof(msg.word));
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(element)));
		ASSERT_KR(KERN_SUCCESS,
			  msg_receive_option(&msg, port, ORIGIN |
					     MACH_RCV_TRAILER_ELEMENTS(element)));
		EXPECT_EQ(MSG_SIZE(element), msg.head.msgh_size);
		EXPECT_TRUE(is_filled(msg.word, 0x5a, 4 * element));
		memcpy(&seen, msg_trailer(&msg), sizeof(seen));
		EXPECT_ORIGIN(expected(element), seen);
		EXPECT_TRUE(is_poison((char *)msg_trailer(&msg) + ORIGIN_SIZE,
				      sizeof(msg) - MSG_SIZE(element) -
				      ORIGIN_SIZE));
	}
}

TEST(behind_a_large_message)
{
	enum { SIZE = 100000 };
	mach_port_t port = port_new_send(1);
	struct machdev_origin_trailer seen;
	char *buffer = malloc(SIZE + 4096);
	mach_msg_header_t *head = (void *)buffer;

	ASSERT_NE(NULL, buffer);
	memset(buffer, 0x5a, SIZE);
	*head = (mach_msg_header_t) {
		.msgh_bits = MACH_MSGH_BITS(COPY_SEND, 0),
		.msgh_remote_port = port,
	};
	ASSERT_KR(KERN_SUCCESS, msg_send(head, SIZE));
	memset(buffer, TEST_POISON, SIZE + 4096);
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(head, MACH_RCV_MSG | ORIGIN, 0, SIZE + ORIGIN_SIZE,
			   port, 0, 0));
	EXPECT_TRUE(is_filled(buffer + MSG_HEADER, 0x5a, SIZE - MSG_HEADER));
	memcpy(&seen, buffer + SIZE, sizeof(seen));
	EXPECT_ORIGIN(expected(0), seen);
	EXPECT_TRUE(is_poison(buffer + SIZE + ORIGIN_SIZE, 4096 - ORIGIN_SIZE));
	free(buffer);
}

/* Formats that are not defined are format 0, to the byte. */
TEST(other_formats)
{
	mach_port_t port = port_new_send(1);
	mach_msg_option_t elements =
		MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_LABELS);
	struct msg msg, want;
	unsigned int format;

	for (format = 0; format < 16; format++) {
		if (format == MACHDEV_TRAILER_FORMAT_ORIGIN)
			continue;
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
		ASSERT_KR(KERN_SUCCESS,
			  msg_receive_option(&msg, port, elements));
		want = msg;
		((mach_msg_mac_trailer_t *)msg_trailer(&want))->msgh_seqno++;
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
		ASSERT_KR(KERN_SUCCESS,
			  msg_receive_option(&msg, port, elements |
					     MACH_RCV_TRAILER_TYPE(format)));
		EXPECT_EQ(0, memcmp(&want, &msg, sizeof(msg))) {
			TH_LOG("format %u", format);
		}
	}
}

/*
 * Room
 */

TEST(room_exactly)
{
	mach_port_t port = port_new_send(1);
	struct msg_cliff cliff;
	mach_msg_size_t need = MSG_SIZE(1) + ORIGIN_SIZE;
	struct machdev_origin_trailer seen;
	mach_msg_header_t *head;
	struct msg msg;

	msg_cliff_map(&cliff, 1);
	head = (void *)(cliff.edge - need);
	msg_init(&msg, port, COPY_SEND, 0, 0, 1);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(1)));
	ASSERT_KR(KERN_SUCCESS, mach_msg(head, MACH_RCV_MSG | ORIGIN, 0, need,
					 port, 0, 0));
	memcpy(&seen, cliff.edge - ORIGIN_SIZE, sizeof(seen));
	EXPECT_ORIGIN(expected(0), seen);
}

/* The room that format 0 needs is not enough, nor any other below the whole. */
TEST(too_little_room)
{
	mach_port_t port = port_new_send(1);
	mach_msg_size_t need = MSG_SIZE(1) + ORIGIN_SIZE, room;
	struct msg msg;

	for (room = MSG_HEADER; room < need; room++) {
		struct machdev_origin_trailer *trailer = (void *)msg.word;
		mach_msg_size_t used;

		msg_init(&msg, port, COPY_SEND, 0, 0, room);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(1)));
		/* It stays, and its size is told. */
		memset(&msg, TEST_POISON, sizeof(msg));
		ASSERT_KR(MACH_RCV_TOO_LARGE,
			  mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_LARGE |
				   ORIGIN, 0, room, port, 0, 0));
		ASSERT_EQ(MSG_SIZE(1), msg.head.msgh_size);
		ASSERT_TRUE(is_poison(msg.word, sizeof(msg.word)));
		ASSERT_EQ(1, port_queued(port));
		/* Without it there is a header, and as much trailer as fits. */
		memset(&msg, TEST_POISON, sizeof(msg));
		ASSERT_KR(MACH_RCV_TOO_LARGE,
			  mach_msg(&msg.head, MACH_RCV_MSG | ORIGIN, 0, room,
				   port, 0, 0));
		ASSERT_EQ(0, port_queued(port));
		ASSERT_EQ(MSG_HEADER, msg.head.msgh_size);
		ASSERT_EQ(room, msg.head.msgh_id);
		used = room - MSG_HEADER;
		if (used > ORIGIN_SIZE)
			used = ORIGIN_SIZE;
		if (used >= 8) {
			ASSERT_EQ(MACHDEV_TRAILER_FORMAT_ORIGIN,
				  trailer->trailer.type);
			ASSERT_EQ(ORIGIN_SIZE, trailer->trailer.size);
		}
		ASSERT_TRUE(is_poison((char *)msg.word + used,
				      sizeof(msg.word) - used)) {
			TH_LOG("room %u", room);
		}
	}
}

TEST(unwritable_trailer)
{
	mach_port_t port = port_new_send(1);
	struct msg_cliff cliff;
	mach_msg_header_t *head;

	msg_cliff_map(&cliff, 1);
	head = (void *)(cliff.edge - MSG_HEADER - ORIGIN_SIZE + 4);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	EXPECT_KR(MACH_RCV_INVALID_DATA,
		  mach_msg(head, MACH_RCV_MSG | ORIGIN, 0,
			   MSG_HEADER + ORIGIN_SIZE, port, 0, 0));
	EXPECT_EQ(0, port_queued(port));
}

/*
 * The sender
 */

TEST(derived)
{
	mach_port_t port = port_new_send(1);
	struct machdev_origin_trailer want, seen;
	struct msg msg;

	ASSERT_EQ(0, setresgid(101, 102, 103));
	ASSERT_EQ(0, setresuid(201, 202, 203));
	want = expected(0);
	EXPECT_EQ(202, want.euid);
	EXPECT_EQ(101, want.gid);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_ORIGIN(want, seen);
}

TEST(explicit)
{
	mach_port_t port = port_new_send(1);
	struct machdev_origin_trailer want = expected(0), seen;
	struct msg msg;

	set_tokens(&want);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_ORIGIN(want, seen);

	/* The tokens stay, who it is does not. */
	ASSERT_EQ(0, setresgid(101, 102, 103));
	ASSERT_EQ(0, setresuid(201, 202, 203));
	want.trailer.seqno++;
	want.uid = 201;
	want.euid = 202;
	want.gid = 101;
	want.egid = 102;
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_ORIGIN(want, seen);
}

/* A child has its parent's explicit tokens, but is itself. */
TEST(explicit_tokens_of_a_child)
{
	mach_port_t port = port_new_bootstrap();
	struct machdev_origin_trailer want = expected(0), seen;
	struct msg msg;
	uint32_t own;
	pid_t pid;

	set_tokens(&want);
	own = want.pidversion;
	pid = child_fork();
	if (!pid) {
		mach_port_t reply = port_new();

		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		msg_init(&msg, bootstrap_of_parent(), COPY_SEND, reply,
			 MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
		EXPECT_KR(KERN_SUCCESS,
			  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG,
				   MSG_HEADER, sizeof(msg), reply, 0, 0));
		child_exit();
	}
	memset(&msg, TEST_POISON, sizeof(msg));
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head, MACH_RCV_MSG | ORIGIN, 0, sizeof(msg),
			   port, 0, 0));
	memcpy(&seen, msg_trailer(&msg), sizeof(seen));
	want.pid = pid;
	want.pidversion = pidversion_of(pid);
	want.uid = want.euid = TEST_UID;
	want.gid = want.egid = TEST_GID;
	EXPECT_NE(own, want.pidversion);
	EXPECT_ORIGIN(want, seen);
	EXPECT_KR(KERN_SUCCESS, msg_send_id(msg.head.msgh_remote_port,
					    MACH_MSG_TYPE_MOVE_SEND_ONCE, 2));
	EXPECT_CHILD(pid);
}

/* What was fixed at the send does not change in the queue. */
TEST(of_the_send)
{
	mach_port_t port = port_new_send(1);
	struct machdev_origin_trailer first = expected(0), second, seen;
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_EQ(0, setresgid(-1, TEST_GID, -1));
	ASSERT_EQ(0, setresuid(-1, TEST_UID, -1));
	second = expected(1);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	second.kind = MACHDEV_ORIGIN_DERIVED;
	set_tokens(&(struct machdev_origin_trailer) { 0 });
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_ORIGIN(first, seen);
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_ORIGIN(second, seen);
}

TEST(login_user_and_session)
{
	mach_port_t port = port_new_send(1);
	struct machdev_origin_trailer seen;
	struct msg msg;
	FILE *file;

	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_EQ(proc_number("loginuid"), seen.loginuid);
	file = fopen("/proc/self/loginuid", "w");
	if (!file || fprintf(file, "4711") < 0 || fclose(file))
		SKIP(return, "the login user cannot be set here");
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_EQ(4711, seen.loginuid);
	EXPECT_EQ(4711, seen.trailer.audit[0]);
	EXPECT_EQ(proc_number("sessionid"), seen.session);
	EXPECT_NE(UINT32_MAX, seen.session);
}

/* Messages of the kernel: the tokens that say so, and zeros. */
TEST(kernel)
{
	mach_port_t port = port_new(), dead = port_new_send(1), previous;
	struct machdev_origin_trailer want, seen;
	struct msg msg;

	memset(&want, 0, sizeof(want));
	want.trailer.type = MACHDEV_TRAILER_FORMAT_ORIGIN;
	want.trailer.size = ORIGIN_SIZE;
	want.trailer.security[1] = 1;
	/* One that is a message, and one that never was in memory. */
	MUST(mach_port_request_notification(mach_task_self(), dead,
					    MACH_NOTIFY_DEAD_NAME, 0, port,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	port_destroy_receive(dead);
	MUST(mach_port_deallocate(mach_task_self(), port_new_once(port)));

	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, msg.head.msgh_id);
	EXPECT_EQ(0, memcmp(&want, &seen, sizeof(want)));
	want.trailer.seqno++;
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
	EXPECT_EQ(0, memcmp(&want, &seen, sizeof(want)));
}

TEST(pidfd)
{
	mach_port_t port = port_new_send(1);
	struct machdev_origin_trailer want = expected(0), seen;
	int fd = -1;
	struct msg msg;

	set_tokens(&want);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_KR(KERN_SUCCESS, machdev_pidfd_from_origin(&seen, &fd));
	EXPECT_LE(0, fd);
	close(fd);
	seen.pidversion++;
	EXPECT_KR(KERN_FAILURE, machdev_pidfd_from_origin(&seen, &fd));
	EXPECT_EQ(-1, fd);
}

/*
 * Name spaces: the receiver is a child elsewhere, the test sends.
 */

/* Give the child's port, which it made under the name @name, to the test. */
static mach_port_t port_of_child(pid_t pid, mach_port_t name)
{
	mach_msg_type_name_t type;
	mach_port_t task, port;

	MUST(task_for_pid(mach_task_self(), pid, &task));
	MUST(mach_port_extract_right(task, name, MAKE_SEND, &port, &type));
	MUST(mach_port_deallocate(mach_task_self(), task));
	return port;
}

static void write_map(const char *name, const char *map)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	file = fopen(path, "w");
	MUST(!file || fprintf(file, "%s", map) < 0 || fclose(file));
}

TEST(receiver_in_a_user_name_space)
{
	struct test_pipe up, down;
	struct machdev_origin_trailer want, seen;
	uint32_t name;
	mach_port_t port;
	struct msg msg;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&up));
	ASSERT_EQ(0, test_pipe_open(&down));
	pid = child_fork();
	if (!pid) {
		port = port_new();
		MUST(unshare(CLONE_NEWUSER) ? -errno : 0);
		/* One user and one group are known inside. */
		write_map("setgroups", "deny");
		write_map("uid_map", "5 0 1");
		write_map("gid_map", "6 0 1");
		MUST(test_put(&up, port));
		ASSERT_EQ(0, test_wait(&down));
		ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
		EXPECT_EQ(5, seen.uid);
		EXPECT_EQ(OVERFLOW_ID, seen.euid);
		EXPECT_EQ(OVERFLOW_ID, seen.gid);
		EXPECT_EQ(6, seen.egid);
		EXPECT_EQ(seen.trailer.audit[1], seen.euid);
		EXPECT_EQ(getppid(), seen.pid);
		EXPECT_EQ(MACHDEV_ORIGIN_DERIVED, seen.kind);
		/* Explicit words are numbers, these are ids. */
		ASSERT_EQ(0, test_wait(&down));
		ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
		EXPECT_EQ(MACHDEV_ORIGIN_EXPLICIT, seen.kind);
		EXPECT_EQ(0x5ec00000, seen.trailer.security[0]);
		EXPECT_EQ(0xa0d17001, seen.trailer.audit[1]);
		EXPECT_EQ(5, seen.uid);
		EXPECT_EQ(5, seen.euid);
		EXPECT_EQ(6, seen.gid);
		EXPECT_EQ(6, seen.egid);
		child_exit();
	}
	ASSERT_EQ(0, test_get(&up, &name));
	port = port_of_child(pid, name);
	ASSERT_EQ(0, setresgid(77, 0, 0));
	ASSERT_EQ(0, setresuid(0, 77, 0));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_EQ(0, setresuid(0, 0, 0));
	ASSERT_EQ(0, setresgid(0, 0, 0));
	ASSERT_EQ(0, test_put(&down, 1));
	set_tokens(&want);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_EQ(0, test_put(&down, 1));
	EXPECT_CHILD(pid);
}

/* A process that the receiver cannot see has no number there. */
TEST(receiver_in_a_pid_name_space)
{
	struct test_pipe up, down;
	struct machdev_origin_trailer want = expected(0), seen;
	uint32_t name, inner;
	mach_port_t port;
	struct msg msg;
	pid_t pid;
	int i;

	ASSERT_EQ(0, test_pipe_open(&up));
	ASSERT_EQ(0, test_pipe_open(&down));
	pid = child_fork();
	if (!pid) {
		MUST(unshare(CLONE_NEWPID) ? -errno : 0);
		pid = fork();
		if (pid) {
			MUST(test_put(&up, pid));
			_exit(child_status(pid));
		}
		ASSERT_EQ(1, getpid());
		ASSERT_EQ(0, test_wait(&down));
		port = port_new_send(1);
		MUST(test_put(&up, port));
		for (i = 0; i < 2; i++) {
			ASSERT_EQ(0, test_wait(&down));
			ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
			EXPECT_EQ(0, seen.pid);
			EXPECT_EQ(want.pidversion, seen.pidversion);
			EXPECT_EQ(i ? MACHDEV_ORIGIN_EXPLICIT :
				  MACHDEV_ORIGIN_DERIVED, seen.kind);
			EXPECT_EQ(i ? 0xa0d17005 : 0, seen.trailer.audit[5]);
		}
		/* Oneself is number 1. */
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
		ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
		EXPECT_EQ(1, seen.pid);
		EXPECT_EQ(1, seen.trailer.audit[5]);
		child_exit();
	}
	ASSERT_EQ(0, test_get(&up, &inner));
	ASSERT_EQ(0, test_put(&down, 1));
	ASSERT_EQ(0, test_get(&up, &name));
	port = port_of_child(inner, name);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_EQ(0, test_put(&down, 1));
	set_tokens(&want);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_EQ(0, test_put(&down, 1));
	EXPECT_CHILD(pid);
}

/*
 * Control groups of the second version
 */

FIXTURE(cgroup) {
	char root[64];
	char inner[128];
};

FIXTURE_SETUP(cgroup)
{
	strcpy(self->root, "/tmp/machdev.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (mount("machdev", self->root, "cgroup2", 0, NULL))
		SKIP(return, "no control groups of version 2");
	snprintf(self->inner, sizeof(self->inner), "%s/machdev-%d", self->root,
		 getpid());
	ASSERT_EQ(0, mkdir(self->inner, 0755));
}

FIXTURE_TEARDOWN(cgroup)
{
	rmdir(self->inner);
	umount2(self->root, MNT_DETACH);
	rmdir(self->root);
}

static uint64_t inode_of(const char *path)
{
	struct stat status;

	MUST(stat(path, &status) ? -errno : 0);
	return status.st_ino;
}

static void enter(const char *cgroup)
{
	char path[192];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	file = fopen(path, "w");
	MUST(!file || fprintf(file, "0") < 0 || fclose(file));
}

static uint64_t cgroup_of(const struct machdev_origin_trailer *seen)
{
	return (uint64_t)seen->cgroup_high << 32 | seen->cgroup_low;
}

TEST_F(cgroup, is_the_inode_of_its_directory)
{
	struct machdev_origin_trailer seen;
	mach_port_t port = port_new_send(1);
	struct msg msg;

	enter(self->root);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	enter(self->inner);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	enter(self->root);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));

	ASSERT_NE(inode_of(self->root), inode_of(self->inner));
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_EQ(inode_of(self->root), cgroup_of(&seen));
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_EQ(inode_of(self->inner), cgroup_of(&seen));
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_EQ(inode_of(self->root), cgroup_of(&seen));
}

TEST_F(cgroup, goes_to_children)
{
	struct machdev_origin_trailer seen;
	mach_port_t port = port_new_bootstrap();
	struct msg msg;
	pid_t pid;

	enter(self->inner);
	pid = child_fork();
	if (!pid)
		_exit(msg_send_id(bootstrap_of_parent(), COPY_SEND, 1));
	enter(self->root);
	EXPECT_CHILD(pid);
	ASSERT_KR(KERN_SUCCESS, receive(&msg, port, &seen));
	EXPECT_EQ(inode_of(self->inner), cgroup_of(&seen));
}

MACH_TEST_MAIN
