// SPDX-License-Identifier: GPL-2.0-only
/*
 * AF_UNIX sockets that keep the bounds of messages: bare, with the sender's
 * credentials, with a descriptor.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness.h"

enum { SERVER, CLIENT };

static int ends[2];
static int passed = -1;

static void unix_open(unsigned int clients)
{
	int bytes = 4 * BENCH_SIZE_MAX;
	int i;

	(void)clients;
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends));
	for (i = 0; i < 2; i++)
		must(!setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &bytes,
				 sizeof(bytes)));
}

static void put(int fd, const void *bytes)
{
	must(send(fd, bytes, payload.size, 0) == (ssize_t)payload.size);
}

static void get(int fd, void *bytes)
{
	must(recv(fd, bytes, payload.size, 0) == (ssize_t)payload.size);
}

static void seqpacket_call(void *unused)
{
	(void)unused;
	put(ends[CLIENT], payload.out);
	get(ends[CLIENT], payload.in);
}

static void seqpacket_serve(unsigned int calls)
{
	while (calls--) {
		get(ends[SERVER], payload.in);
		put(ends[SERVER], payload.in);
	}
}

const struct mechanism mechanism_seqpacket = {
	.key = "seqpacket",
	.name = "AF_UNIX seqpacket",
	.large = true,
	.open = unix_open,
	.call = seqpacket_call,
	.serve = seqpacket_serve,
};

/* Control data of one kind. */
union control {
	struct cmsghdr head;
	char credentials[CMSG_SPACE(sizeof(struct ucred))];
	char descriptor[CMSG_SPACE(sizeof(int))];
};

/* Receives, and gives back the control data of the wanted type. */
static const void *get_control(int fd, int type, union control *control)
{
	struct iovec vector = { payload.in, payload.size };
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(*control),
	};
	struct cmsghdr *head;

	must(recvmsg(fd, &message, 0) == (ssize_t)payload.size);
	head = CMSG_FIRSTHDR(&message);
	must(head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == type);
	return CMSG_DATA(head);
}

static void credentials_open(unsigned int clients)
{
	int on = 1;

	unix_open(clients);
	must(!setsockopt(ends[SERVER], SOL_SOCKET, SO_PASSCRED, &on,
			 sizeof(on)));
}

static void credentials_serve(unsigned int calls)
{
	const struct ucred *sender;
	union control control;

	while (calls--) {
		sender = get_control(ends[SERVER], SCM_CREDENTIALS, &control);
		must(sender->pid > 0);
		put(ends[SERVER], payload.in);
	}
}

const struct mechanism mechanism_credentials = {
	.key = "credentials",
	.name = "the same with SCM_CREDENTIALS",
	.large = true,
	.open = credentials_open,
	.call = seqpacket_call,
	.serve = credentials_serve,
};

static void descriptor_open(unsigned int clients)
{
	unix_open(clients);
	passed = open("/dev/null", O_RDWR);
	must(passed >= 0);
}

static void descriptor_call(void *unused)
{
	struct iovec vector = { payload.out, payload.size };
	union control control = {
		.head = {
			.cmsg_len = CMSG_LEN(sizeof(int)),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		},
	};
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.descriptor),
	};

	(void)unused;
	memcpy(CMSG_DATA(&control.head), &passed, sizeof(passed));
	must(sendmsg(ends[CLIENT], &message, 0) == (ssize_t)payload.size);
	get(ends[CLIENT], payload.in);
}

static void descriptor_serve(unsigned int calls)
{
	union control control;
	int fd;

	while (calls--) {
		memcpy(&fd, get_control(ends[SERVER], SCM_RIGHTS, &control),
		       sizeof(fd));
		must(!close(fd));
		put(ends[SERVER], payload.in);
	}
}

const struct mechanism mechanism_descriptor = {
	.key = "descriptor",
	.name = "the same with a descriptor",
	.large = true,
	.open = descriptor_open,
	.call = descriptor_call,
	.serve = descriptor_serve,
};
