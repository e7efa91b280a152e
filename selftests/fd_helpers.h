/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of descriptors and ports share. */
#ifndef FD_HELPERS_H
#define FD_HELPERS_H

#include <dirent.h>
#include <limits.h>
#include <sys/fileport.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "port_helpers.h"

/* A system call that has to work. */
#define MUST_BE(call) ({						\
	int __result = (call);						\
									\
	MUST(__result < 0 ? -errno : 0);				\
	__result;							\
})

/* How many descriptors the process has, that of mach_ioctl() included. */
static inline unsigned int fd_count(void)
{
	unsigned int count = 0;
	DIR *directory;

	mach_ioctl(0, NULL);
	directory = opendir("/proc/self/fd");
	MUST(directory ? 0 : -errno);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static inline fileport_t fileport_of(int fd)
{
	fileport_t port;

	MUST_BE(fileport_makeport(fd, &port));
	return port;
}

/* Is there no writer of the pipe any more, or will there soon be none? */
static inline bool pipe_ends(int reader)
{
	struct pollfd poll_fd = { .fd = reader };

	return poll(&poll_fd, 1, test_ms(20000)) == 1 &&
	       poll_fd.revents == POLLHUP;
}

/* Is there still one? */
static inline bool pipe_lives(int reader)
{
	struct pollfd poll_fd = { .fd = reader };

	return !poll(&poll_fd, 1, 0);
}

/* A pipe of which only a fileport is the writer: the reader. */
static inline int fileport_of_pipe(fileport_t *port)
{
	int fd[2];

	MUST_BE(pipe2(fd, O_CLOEXEC));
	*port = fileport_of(fd[1]);
	close(fd[1]);
	return fd[0];
}

/* Send a byte, and with it the descriptors. */
static inline void socket_send(int socket, const int *fd, unsigned int count)
{
	union {
		char space[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	char byte = 0;
	struct iovec vector = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), fd, count * sizeof(int));
	MUST_BE(sendmsg(socket, &message, 0));
}

/* Receive a byte, and the descriptor that comes with it. */
static inline int socket_receive(int socket)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte;
	struct iovec vector = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int fd;

	MUST_BE(recvmsg(socket, &message, MSG_CMSG_CLOEXEC));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	return fd;
}

#endif /* FD_HELPERS_H */
