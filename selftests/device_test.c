// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device: who may open it, whose rights a descriptor gives, and what it
 * tells about itself.
 */
#include "port_helpers.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* The pid that the caller's own task port denotes, asked through @fd. */
static int pid_behind(int fd)
{
	struct machdev_name self = { 0 };
	struct machdev_task_pid pid = { 0 };

	MUST(mach_ioctl_fd(fd, MACHDEV_IOC_TASK_SELF, &self));
	pid.task = self.name;
	MUST(mach_ioctl_fd(fd, MACHDEV_IOC_PID_FOR_TASK, &pid));
	return pid.pid;
}

static long type_through(int fd, uint32_t name)
{
	struct machdev_name self = { 0 };
	struct machdev_port_type type = { .name = name };

	MUST(mach_ioctl_fd(fd, MACHDEV_IOC_TASK_SELF, &self));
	type.task = self.name;
	return mach_ioctl_fd(fd, MACHDEV_IOC_PORT_TYPE, &type);
}

static uint32_t reply_port_through(int fd)
{
	struct machdev_name reply = { 0 };

	MUST(mach_ioctl_fd(fd, MACHDEV_IOC_REPLY_PORT, &reply));
	return reply.name;
}

static int send_fd(int socket, int fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	char byte = 0;
	struct iovec vector = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(socket, &message, 0) == 1 ? 0 : -1;
}

static int receive_fd(int socket)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte;
	struct iovec vector = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;
	int fd;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

TEST(everybody_may_open_it)
{
	struct stat stat_buffer;
	pid_t pid;

	ASSERT_EQ(0, stat(MACHDEV_DEVICE, &stat_buffer));
	EXPECT_TRUE(S_ISCHR(stat_buffer.st_mode));
	EXPECT_EQ((mode_t)0666, stat_buffer.st_mode & 07777);
	EXPECT_EQ((uid_t)0, stat_buffer.st_uid);

	pid = child_fork();
	if (!pid) {
		int fd;

		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		fd = mach_open();
		ASSERT_LE(0, fd);
		EXPECT_EQ(getpid(), pid_behind(fd));
		child_exit();
	}
	EXPECT_CHILD(pid);
}

TEST(unknown_commands)
{
	static const unsigned int numbers[] = {
		0x04, 0x07, 0x09, 0x0f, 0x15, 0x1f, 0x2c, 0x3f, 0x4f, 0x5f,
		0x67, 0x6f, 0x74, 0x77, 0x7b, 0x80, 0x9f, 0xb8, 0xbf,
		0xff,
	};
	char argument[64] = { 0 };
	unsigned int i;

	/* Attached, so that only the command is wrong. */
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		EXPECT_KR(-ENOTTY,
			  mach_ioctl(_IOC(_IOC_READ | _IOC_WRITE,
					  MACHDEV_IOC_TYPE, numbers[i], 8),
				     argument))
			TH_LOG("number %#x", numbers[i]);
	}
	/* Another driver's type byte. */
	EXPECT_KR(-ENOTTY, mach_ioctl(_IOC(_IOC_READ | _IOC_WRITE, 0xc5,
					   _IOC_NR(MACHDEV_IOC_TASK_SELF),
					   sizeof(struct machdev_name)),
				      argument));
	EXPECT_KR(-ENOTTY, mach_ioctl(0, argument));
	/* An unknown command is refused before its argument is looked at. */
	EXPECT_KR(-ENOTTY,
		  mach_ioctl(_IOC(_IOC_READ | _IOC_WRITE, MACHDEV_IOC_TYPE,
				  0xff, 8), NULL));
}

TEST(descriptors_share_the_space_of_their_task)
{
	int a = mach_open(), b = mach_open();
	uint32_t name;

	ASSERT_LE(0, a);
	ASSERT_LE(0, b);
	name = reply_port_through(a);
	EXPECT_KR(KERN_SUCCESS, type_through(b, name));
	EXPECT_NE(name, reply_port_through(b));
}

TEST(closing_drops_no_right)
{
	struct msg msg;
	mach_port_t name = MACH_PORT_NULL;
	int fd = mach_open();

	ASSERT_LE(0, fd);
	name = reply_port_through(fd);
	ASSERT_EQ(0, close(fd));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, name);
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(name, MACH_MSG_TYPE_MAKE_SEND, 7));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, name));
	EXPECT_EQ(7, msg.head.msgh_id);
}

TEST(closing_the_last_descriptor_drops_no_right)
{
	struct machdev_name self = { 0 };
	uint32_t name;
	int fd = mach_open();

	/* No other descriptor is open: the library has not been used. */
	ASSERT_LE(0, fd);
	ASSERT_KR(0, mach_ioctl_fd(fd, MACHDEV_IOC_TASK_SELF, &self));
	name = reply_port_through(fd);
	ASSERT_EQ(0, close(fd));
	fd = mach_open();
	ASSERT_LE(0, fd);
	EXPECT_KR(KERN_SUCCESS, type_through(fd, name));
	EXPECT_KR(KERN_SUCCESS, type_through(fd, self.name));
}

TEST(inherited_descriptor_acts_as_the_caller)
{
	int fd = mach_open();
	uint32_t name;
	pid_t pid;

	ASSERT_LE(0, fd);
	EXPECT_EQ(getpid(), pid_behind(fd));
	name = reply_port_through(fd);

	pid = child_fork();
	if (!pid) {
		/* A fresh space: the parent's names mean nothing in it. */
		EXPECT_EQ(0x103u, reply_port_through(fd));
		EXPECT_EQ(getpid(), pid_behind(fd));
		child_exit();
	}
	EXPECT_CHILD(pid);
	EXPECT_KR(KERN_SUCCESS, type_through(fd, name));
	EXPECT_EQ(getpid(), pid_behind(fd));
}

TEST(inherited_descriptor_shows_no_name_of_the_opener)
{
	int fd = mach_open();
	uint32_t names[8], i;
	pid_t pid;

	ASSERT_LE(0, fd);
	for (i = 0; i < 8; i++)
		names[i] = reply_port_through(fd);
	pid = child_fork();
	if (!pid) {
		/* Its task port is its first and only name. */
		EXPECT_EQ(getpid(), pid_behind(fd));
		for (i = 1; i < 8; i++)
			EXPECT_KR(KERN_INVALID_NAME,
				  type_through(fd, names[i]));
		child_exit();
	}
	EXPECT_CHILD(pid);
	for (i = 0; i < 8; i++)
		EXPECT_KR(KERN_SUCCESS, type_through(fd, names[i]));
}

TEST(vfork_child_is_a_task_of_its_own)
{
	static volatile uint32_t first;
	static volatile int behind;
	int fd = mach_open();
	uint32_t name;
	pid_t pid;

	ASSERT_LE(0, fd);
	name = reply_port_through(fd);
	pid = vfork();
	if (!pid) {
		struct machdev_name reply = { 0 };

		if (ioctl(fd, MACHDEV_IOC_REPLY_PORT, &reply))
			_exit(1);
		first = reply.name;
		behind = pid_behind(fd);
		_exit(0);
	}
	EXPECT_CHILD(pid);
	EXPECT_EQ(0x103u, first);
	EXPECT_EQ(pid, behind);
	EXPECT_KR(KERN_SUCCESS, type_through(fd, name));
	EXPECT_EQ(getpid(), pid_behind(fd));
}

TEST(passed_descriptor_acts_as_the_receiver)
{
	int fd, pair[2];
	uint32_t name;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = child_fork();
	if (!pid) {
		/* Another user, who could not look into the opener. */
		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		fd = receive_fd(pair[1]);
		ASSERT_LE(0, fd);
		EXPECT_EQ(getpid(), pid_behind(fd));
		EXPECT_KR(KERN_INVALID_NAME, type_through(fd, 0x303));
		EXPECT_EQ(0x203u, reply_port_through(fd));
		child_exit();
	}
	fd = mach_open();
	ASSERT_LE(0, fd);
	EXPECT_EQ(0x103u, reply_port_through(fd));
	EXPECT_EQ(0x203u, reply_port_through(fd));
	name = reply_port_through(fd);
	EXPECT_EQ(0x303u, name);
	ASSERT_EQ(0, send_fd(pair[0], fd));
	EXPECT_CHILD(pid);
	EXPECT_KR(KERN_SUCCESS, type_through(fd, name));
	EXPECT_EQ(getpid(), pid_behind(fd));
}

TEST(passed_descriptor_outlives_its_opener)
{
	int fd, pair[2];
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = child_fork();
	if (!pid) {
		fd = mach_open();
		ASSERT_LE(0, fd);
		EXPECT_EQ(getpid(), pid_behind(fd));
		ASSERT_EQ(0, send_fd(pair[1], fd));
		child_exit();
	}
	fd = receive_fd(pair[0]);
	ASSERT_LE(0, fd);
	EXPECT_CHILD(pid);
	EXPECT_KR(0, mach_sync());
	EXPECT_EQ(0x103u, reply_port_through(fd));
	EXPECT_EQ(getpid(), pid_behind(fd));
}

static void *thread_port(void *argument)
{
	*(uint32_t *)argument = reply_port_through(mach_open());
	return NULL;
}

TEST(threads_are_one_task)
{
	uint32_t names[4];
	pthread_t threads[4];
	int i, j;

	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, thread_port,
					    &names[i]));
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	for (i = 0; i < 4; i++) {
		EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, names[i]);
		for (j = 0; j < i; j++)
			EXPECT_NE(names[j], names[i]);
	}
}

TEST(thousand_open_files)
{
	struct rlimit limit = { 1100, 1100 };
	int fd[1000], i;
	uint32_t name;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i < 1000; i++) {
		fd[i] = mach_open();
		ASSERT_LE(0, fd[i])
			TH_LOG("file %d: %s", i, strerror(errno));
	}
	name = reply_port_through(fd[0]);
	for (i = 0; i < 1000; i++)
		EXPECT_KR(KERN_SUCCESS, type_through(fd[i], name));
	for (i = 0; i < 1000; i++)
		EXPECT_EQ(0, close(fd[i]));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, name);
}

static uint64_t feature(uint32_t id)
{
	uint64_t value = UINT64_MAX;

	MUST(mach_query(MACHDEV_QUERY_FEATURES, id, &value));
	return value;
}

TEST(query_features)
{
	EXPECT_EQ(1048576u, feature(MACHDEV_FEATURE_MESSAGES));
	EXPECT_EQ(2097151u, feature(MACHDEV_FEATURE_NAMES));
	EXPECT_EQ(1024u, feature(MACHDEV_FEATURE_QLIMIT_MAX));
	EXPECT_EQ(1u, feature(MACHDEV_FEATURE_PORT_DESCRIPTORS));
	EXPECT_EQ(68u, feature(MACHDEV_FEATURE_TRAILER_MAX));
}

TEST(query_records)
{
	static const uint32_t highest[] = {
		[MACHDEV_QUERY_FEATURES] = MACHDEV_FEATURE_TRAILER_MAX,
		[MACHDEV_QUERY_COUNTERS] = MACHDEV_COUNTER_UNDONE,
	};
	struct machdev_record records[TEST_RECORDS];
	uint32_t what, i, j, count;

	for (what = 0; what < ARRAY_SIZE(highest); what++) {
		struct machdev_query query = { .what = what };

		/* No room at all: how many there are. */
		EXPECT_KR(0, mach_ioctl(MACHDEV_IOC_QUERY, &query));
		count = query.count;
		EXPECT_LE(highest[what] + 1, count);
		ASSERT_GT(TEST_RECORDS, count);

		/* Too little room: as many as fit, and no more. */
		memset(records, TEST_POISON, sizeof(records));
		query.count = 2;
		query.records = (uintptr_t)records;
		EXPECT_KR(0, mach_ioctl(MACHDEV_IOC_QUERY, &query));
		EXPECT_EQ(count, query.count);
		EXPECT_FALSE(is_poison(&records[0], sizeof(records[0])));
		EXPECT_FALSE(is_poison(&records[1], sizeof(records[1])));
		EXPECT_TRUE(is_poison(&records[2], sizeof(records[2])));

		/* More room: nothing behind the last one is touched. */
		memset(records, TEST_POISON, sizeof(records));
		query.count = TEST_RECORDS;
		EXPECT_KR(0, mach_ioctl(MACHDEV_IOC_QUERY, &query));
		EXPECT_EQ(count, query.count);
		for (i = 0; i < count; i++) {
			EXPECT_EQ(0u, records[i].reserved);
			for (j = 0; j < i; j++)
				EXPECT_NE(records[j].id, records[i].id);
		}
		EXPECT_TRUE(is_poison(&records[count],
				      (TEST_RECORDS - count) *
				      sizeof(records[0])));
	}
}

TEST(query_refuses)
{
	struct machdev_query query = { .what = 2, .count = TEST_RECORDS };
	struct msg_cliff cliff;

	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  mach_ioctl(MACHDEV_IOC_QUERY, &query));
	query.what = UINT32_MAX;
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  mach_ioctl(MACHDEV_IOC_QUERY, &query));

	msg_cliff_map(&cliff, 1);
	query.what = MACHDEV_QUERY_COUNTERS;
	query.count = 1;
	query.records = (uintptr_t)cliff.edge;
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_ioctl(MACHDEV_IOC_QUERY, &query));
	query.count = 1;
	query.records = 0;
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_ioctl(MACHDEV_IOC_QUERY, &query));
	/* Room for one record, said to be room for two. */
	query.count = 2;
	query.records = (uintptr_t)cliff.edge - sizeof(struct machdev_record);
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_ioctl(MACHDEV_IOC_QUERY, &query));
	query.count = 1;
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_QUERY, &query));
}

TEST(query_by_anybody)
{
	pid_t pid = child_fork();
	uint64_t value;

	if (!pid) {
		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		EXPECT_KR(0, mach_query(MACHDEV_QUERY_FEATURES,
					MACHDEV_FEATURE_NAMES, &value));
		EXPECT_KR(0, mach_query(MACHDEV_QUERY_COUNTERS,
					MACHDEV_COUNTER_SENT, &value));
		child_exit();
	}
	EXPECT_CHILD(pid);
}

TEST(live_counters)
{
	uint64_t tasks, threads, ports, names, requests, queued, charged;
	mach_port_t port, notify, once, previous;
	struct holder holder;
	struct msg msg;

	EXPECT_NE(MACH_PORT_NULL, mach_task_self());
	tasks = mach_counter(MACHDEV_COUNTER_TASKS);
	EXPECT_LE(1u, tasks);
	holder_start(&holder);
	EXPECT_EQ(tasks + 1, mach_counter(MACHDEV_COUNTER_TASKS));
	holder_end(&holder);
	EXPECT_EQ(tasks, mach_counter(MACHDEV_COUNTER_TASKS));

	ports = mach_counter(MACHDEV_COUNTER_PORTS);
	names = mach_counter(MACHDEV_COUNTER_NAMES);
	charged = mach_counter(MACHDEV_COUNTER_CHARGED);
	port = port_new();
	notify = port_new();
	EXPECT_EQ(ports + 2, mach_counter(MACHDEV_COUNTER_PORTS));
	EXPECT_EQ(names + 2, mach_counter(MACHDEV_COUNTER_NAMES));
	EXPECT_LE(charged, mach_counter(MACHDEV_COUNTER_CHARGED));
	once = port_new_once(port);
	EXPECT_EQ(ports + 2, mach_counter(MACHDEV_COUNTER_PORTS));
	EXPECT_EQ(names + 3, mach_counter(MACHDEV_COUNTER_NAMES));

	requests = mach_counter(MACHDEV_COUNTER_REQUESTS);
	request_dead_name(mach_task_self(), once, notify);
	EXPECT_EQ(requests + 1, mach_counter(MACHDEV_COUNTER_REQUESTS));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_request_notification(mach_task_self(), once,
						 MACH_NOTIFY_DEAD_NAME, 0,
						 MACH_PORT_NULL,
						 MACH_MSG_TYPE_MAKE_SEND_ONCE,
						 &previous));
	EXPECT_EQ(requests, mach_counter(MACHDEV_COUNTER_REQUESTS));

	queued = mach_counter(MACHDEV_COUNTER_QUEUED);
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 1));
	EXPECT_EQ(queued + 1, mach_counter(MACHDEV_COUNTER_QUEUED));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(queued, mach_counter(MACHDEV_COUNTER_QUEUED));

	threads = mach_counter(MACHDEV_COUNTER_THREADS);
	ASSERT_NE(MACH_PORT_NULL, mach_thread_self());
	EXPECT_EQ(threads + 1, mach_counter(MACHDEV_COUNTER_THREADS));
}

TEST(rising_counters)
{
	uint64_t sent = mach_counter(MACHDEV_COUNTER_SENT);
	uint64_t received = mach_counter(MACHDEV_COUNTER_RECEIVED);
	uint64_t notified = mach_counter(MACHDEV_COUNTER_NOTIFIED);
	uint64_t unsupported = mach_counter(MACHDEV_COUNTER_UNSUPPORTED);
	mach_port_options_t options = { .flags = MPO_TEMPOWNER };
	mach_port_t port = port_new(), name;
	struct msg msg;

	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 1));
	EXPECT_EQ(sent + 1, mach_counter(MACHDEV_COUNTER_SENT));
	EXPECT_EQ(received, mach_counter(MACHDEV_COUNTER_RECEIVED));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(received + 1, mach_counter(MACHDEV_COUNTER_RECEIVED));
	EXPECT_EQ(notified, mach_counter(MACHDEV_COUNTER_NOTIFIED));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_deallocate(mach_task_self(),
				       port_new_once(port)));
	EXPECT_EQ(notified + 1, mach_counter(MACHDEV_COUNTER_NOTIFIED));

	EXPECT_EQ(unsupported, mach_counter(MACHDEV_COUNTER_UNSUPPORTED));
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  mach_port_construct(mach_task_self(), &options, 0, &name));
	EXPECT_EQ(unsupported + 1, mach_counter(MACHDEV_COUNTER_UNSUPPORTED));
}

TEST(sync_waits_for_what_died)
{
	uint64_t ports, names, tasks, queued;
	int round;

	EXPECT_NE(MACH_PORT_NULL, mach_task_self());
	ASSERT_KR(0, mach_sync());
	tasks = mach_counter(MACHDEV_COUNTER_TASKS);
	ports = mach_counter(MACHDEV_COUNTER_PORTS);
	names = mach_counter(MACHDEV_COUNTER_NAMES);
	queued = mach_counter(MACHDEV_COUNTER_QUEUED);
	for (round = 0; round < 10; round++) {
		pid_t pid = child_fork();

		if (!pid) {
			int i;

			for (i = 0; i < 200; i++)
				MUST(msg_send_id(port_new(),
						 MACH_MSG_TYPE_MAKE_SEND, i));
			/* No chance to clean up. */
			kill(getpid(), SIGKILL);
		}
		EXPECT_EQ(128 + SIGKILL, child_status(pid));
		ASSERT_KR(0, mach_sync());
		EXPECT_EQ(tasks, mach_counter(MACHDEV_COUNTER_TASKS));
		EXPECT_EQ(ports, mach_counter(MACHDEV_COUNTER_PORTS));
		EXPECT_EQ(names, mach_counter(MACHDEV_COUNTER_NAMES));
		EXPECT_EQ(queued, mach_counter(MACHDEV_COUNTER_QUEUED));
	}
}

TEST(pidversion)
{
	struct machdev_pidversion version = { .pid = getpid() };
	uint32_t own;
	pid_t stranger, pid;

	/* Forked by a process without Mach state, so it has none itself. */
	stranger = child_fork();
	if (!stranger) {
		for (;;)
			pause();
	}
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_PIDVERSION, &version));
	EXPECT_NE(0u, version.version);
	own = version.version;

	version.pid = stranger;
	EXPECT_KR(KERN_FAILURE, mach_ioctl(MACHDEV_IOC_PIDVERSION, &version));
	version.pid = -1;
	EXPECT_KR(KERN_FAILURE, mach_ioctl(MACHDEV_IOC_PIDVERSION, &version));
	EXPECT_EQ(128 + SIGKILL, child_kill(stranger));
	version.pid = stranger;
	EXPECT_KR(KERN_FAILURE, mach_ioctl(MACHDEV_IOC_PIDVERSION, &version));

	pid = child_fork();
	if (!pid) {
		version.pid = getpid();
		EXPECT_KR(KERN_SUCCESS,
			  mach_ioctl(MACHDEV_IOC_PIDVERSION, &version));
		EXPECT_NE(0u, version.version);
		EXPECT_NE(own, version.version);
		child_exit();
	}
	EXPECT_CHILD(pid);
}

MACH_TEST_MAIN
