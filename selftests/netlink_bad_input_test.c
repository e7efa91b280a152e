// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that no libnl would send: malformed, truncated, of unknown kinds,
 * at the wrong time. Each gets its error, and the family goes on.
 */
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "netlink_helpers.h"

/* A request byte by byte. */
struct request {
	struct nlmsghdr header;
	struct genlmsghdr genl;
	uint8_t attrs[64];
};

FIXTURE(raw)
{
	struct netlink nl;
	int fd;
	struct request request;
};

FIXTURE_SETUP(raw)
{
	struct timeval limit = { .tv_sec = test_ms(10000) / 1000 };

	netlink_open(&self->nl);
	self->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			  NETLINK_GENERIC);
	MUST(self->fd < 0 ? -errno : 0);
	MUST(setsockopt(self->fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
			sizeof(limit)) ? -errno : 0);
	self->request = (struct request){
		.header = {
			.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN),
			.nlmsg_type = self->nl.family,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			.nlmsg_seq = 1,
		},
		.genl = {
			.cmd = MACHDEV_CMD_TASK_GET,
			.version = MACHDEV_NETLINK_VERSION,
		},
	};
	mach_task_self();
}

/* After each test the family answers as ever. */
FIXTURE_TEARDOWN(raw)
{
	EXPECT_EQ(1, netlink_dump(&self->nl, MACHDEV_CMD_TASK_GET, getpid(),
				  NULL, NULL));
	netlink_close(&self->nl);
	close(self->fd);
}

static void add_attr(struct request *request, uint16_t type, uint16_t length,
		     const void *data, uint16_t size)
{
	struct nlattr *attr = (void *)((uint8_t *)request +
				       request->header.nlmsg_len);

	attr->nla_type = type;
	attr->nla_len = length;
	memcpy(attr + 1, data, size);
	request->header.nlmsg_len += NLA_HDRLEN + NLA_ALIGN(size);
}

static void add_pid(struct request *request, uint32_t pid)
{
	add_attr(request, MACHDEV_A_TASK_PID, NLA_HDRLEN + 4, &pid, 4);
}

static int send_bytes(int fd, const void *bytes, size_t size)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(fd, bytes, size, 0, (void *)&kernel, sizeof(kernel)) ==
	       (ssize_t)size ? 0 : -errno;
}

/* The errno that comes back, 0 for a line or an end without error. */
static int answer(int fd)
{
	struct {
		struct nlmsghdr header;
		uint8_t rest[32768];
	} reply;
	ssize_t size = recv(fd, &reply, sizeof(reply), 0);

	if (size < 0)
		return -errno;
	if (reply.header.nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)reply.rest)->error;
	if (reply.header.nlmsg_type == NLMSG_DONE)
		return *(int *)reply.rest;
	return 0;
}

static int ask(int fd, const struct request *request)
{
	return send_bytes(fd, request, request->header.nlmsg_len) ?:
	       answer(fd);
}

#define EXPECT_ERROR(error) EXPECT_EQ(-(error), ask(self->fd, &self->request))

TEST_F(raw, a_good_request_is_answered)
{
	add_pid(&self->request, getpid());
	EXPECT_ERROR(0);
}

TEST_F(raw, no_command_but_the_known_ones)
{
	static const int cmds[] = { 0, MACHDEV_CMD_EVENT, MACHDEV_CMD_MAX + 1,
				    127, 255 };
	unsigned int i;

	for (i = 0; i < 5; i++) {
		self->request.genl.cmd = cmds[i];
		EXPECT_ERROR(EOPNOTSUPP);
	}
}

TEST_F(raw, nothing_but_dumps)
{
	int cmd;

	self->request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	for (cmd = 1; cmd <= MACHDEV_CMD_MAX; cmd++) {
		self->request.genl.cmd = cmd;
		EXPECT_ERROR(EOPNOTSUPP);
	}
}

TEST_F(raw, the_reserved_word_is_null)
{
	self->request.genl.reserved = 1;
	EXPECT_ERROR(EINVAL);
}

TEST_F(raw, no_attribute_but_the_pid)
{
	uint32_t value = 1;
	int type;

	for (type = 0; type <= MACHDEV_A_TASK_MAX + 1; type++) {
		if (type == MACHDEV_A_TASK_PID)
			continue;
		self->request.header.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
		add_attr(&self->request, type, NLA_HDRLEN + 4, &value, 4);
		EXPECT_ERROR(EINVAL);
	}
}

TEST_F(raw, no_attribute_where_there_is_none)
{
	add_pid(&self->request, getpid());
	self->request.genl.cmd = MACHDEV_CMD_LEDGER_GET;
	EXPECT_ERROR(EINVAL);
	self->request.genl.cmd = MACHDEV_CMD_COUNTER_GET;
	EXPECT_ERROR(EINVAL);
	self->request.genl.cmd = MACHDEV_CMD_OBJECT_GET;
	EXPECT_ERROR(EINVAL);
}

TEST_F(raw, a_pid_has_four_bytes)
{
	uint64_t pid = getpid();
	int size;

	for (size = 0; size <= 8; size++) {
		if (size == 4)
			continue;
		self->request.header.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
		add_attr(&self->request, MACHDEV_A_TASK_PID, NLA_HDRLEN + size,
			 &pid, size);
		EXPECT_ERROR(EINVAL);
	}
}

TEST_F(raw, a_pid_is_positive)
{
	add_pid(&self->request, 0);
	EXPECT_ERROR(ERANGE);
	self->request.header.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	add_pid(&self->request, 0x80000000u);
	EXPECT_ERROR(ERANGE);
	self->request.header.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	add_pid(&self->request, UINT32_MAX);
	EXPECT_ERROR(ERANGE);
}

TEST_F(raw, an_attribute_ends_within_the_message)
{
	uint32_t pid = getpid();

	add_attr(&self->request, MACHDEV_A_TASK_PID, NLA_HDRLEN + 60, &pid, 4);
	EXPECT_ERROR(EINVAL);
	self->request.header.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	add_attr(&self->request, MACHDEV_A_TASK_PID, 1, &pid, 4);
	EXPECT_ERROR(EINVAL);
}

TEST_F(raw, a_message_has_a_whole_header)
{
	self->request.header.nlmsg_len = NLMSG_LENGTH(0);
	EXPECT_ERROR(EINVAL);
	self->request.header.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) - 1;
	EXPECT_ERROR(EINVAL);
}

TEST_F(raw, what_ends_early_or_lies_about_its_length_is_dropped)
{
	struct request request = self->request;
	unsigned int size;

	/* Not even an error comes of these; what follows is answered. */
	for (size = 1; size < sizeof(request.header); size++)
		EXPECT_EQ(0, send_bytes(self->fd, &request, size));
	request.header.nlmsg_len = 4096;
	EXPECT_EQ(0, send_bytes(self->fd, &request, 20));
	request.header.nlmsg_len = 3;
	EXPECT_EQ(0, send_bytes(self->fd, &request, 20));
	add_pid(&self->request, getpid());
	EXPECT_ERROR(0);
}

TEST_F(raw, one_dump_at_a_time)
{
	struct request *request = &self->request;
	int i;

	/* More than fits into the first message. */
	for (i = 0; i < 2000; i++)
		port_new();
	request->genl.cmd = MACHDEV_CMD_RIGHT_GET;
	EXPECT_EQ(0, send_bytes(self->fd, request,
				request->header.nlmsg_len));
	request->header.nlmsg_seq = 2;
	EXPECT_EQ(0, send_bytes(self->fd, request,
				request->header.nlmsg_len));
	EXPECT_EQ(0, answer(self->fd));
	EXPECT_TRUE(TEST_UNTIL(answer(self->fd) == -EBUSY, 1000));
}

TEST_F(raw, dumps_that_nobody_reads_end_with_their_sockets)
{
	uint64_t tasks = mach_counter(MACHDEV_COUNTER_TASKS);
	int fd[64], i;

	for (i = 0; i < 2000; i++)
		port_new();
	self->request.genl.cmd = MACHDEV_CMD_RIGHT_GET;
	for (i = 0; i < 64; i++) {
		fd[i] = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
		MUST(fd[i] < 0 ? -errno : 0);
		EXPECT_EQ(0, send_bytes(fd[i], &self->request,
					self->request.header.nlmsg_len));
	}
	for (i = 0; i < 64; i++)
		close(fd[i]);
	EXPECT_EQ(tasks, mach_counter(MACHDEV_COUNTER_TASKS));
}

TEST_F(raw, a_dump_of_a_task_that_dies_meanwhile_ends)
{
	struct test_pipe pipe;
	int answers = 0, i;
	pid_t pid;

	MUST(test_pipe_open(&pipe));
	pid = child_fork();
	if (!pid) {
		for (i = 0; i < 5000; i++)
			port_new();
		test_put(&pipe, 0);
		pause();
	}
	MUST(test_wait(&pipe));
	self->request.genl.cmd = MACHDEV_CMD_RIGHT_GET;
	add_pid(&self->request, pid);
	EXPECT_ERROR(0);
	child_kill(pid);
	MUST(mach_sync());
	/* What was in the next message already, and the end. */
	for (;;) {
		char reply[65536];
		ssize_t size = recv(self->fd, reply, sizeof(reply), 0);

		ASSERT_LT(0, size);
		answers++;
		if (((struct nlmsghdr *)reply)->nlmsg_type == NLMSG_DONE)
			break;
	}
	EXPECT_GE(3, answers);
}

/* Bytes that a generator makes of a seed, which is printed if it matters. */
static uint32_t random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

TEST_F_TIMEOUT(raw, random_requests_harm_nobody, 60)
{
	uint32_t seed = 0x6d616368, state = seed;
	int i, j;

	TH_LOG("seed %#x", seed);
	for (i = 0; i < 5000; i++) {
		struct request request = self->request;
		uint8_t *bytes = (uint8_t *)&request.genl;
		size_t size = sizeof(request.header) +
			random_next(&state) % 80 % (sizeof(request) -
						    sizeof(request.header));

		for (j = 0; j < (int)(sizeof(request) -
				      sizeof(request.header)); j++)
			bytes[j] = random_next(&state) >> 8;
		request.genl.cmd %= MACHDEV_CMD_MAX + 2;
		if (random_next(&state) & 1)
			request.genl.reserved = 0;
		if (random_next(&state) & 1)
			((struct nlattr *)request.attrs)->nla_len %= 16;
		if (random_next(&state) & 1)
			((struct nlattr *)request.attrs)->nla_type %= 12;
		request.header.nlmsg_len = size;
		request.header.nlmsg_seq = i;
		if (random_next(&state) % 4 == 0)
			request.header.nlmsg_flags = random_next(&state);
		send_bytes(self->fd, &request, size);
		while (recv(self->fd, (char[65536]){ 0 }, 65536,
			    MSG_DONTWAIT) > 0)
			;
	}
}

MACH_TEST_MAIN
