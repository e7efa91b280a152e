// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A server that waits in epoll for Mach messages, for a timer, and for its
 * client to end, all at once.
 */
#include <errno.h>
#include <mach/mach.h>
#include <machdev.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { REQUESTS = 3 };

struct request { mach_msg_header_t head; int number; };

struct received {
	struct request request;
	mach_msg_max_trailer_t trailer;
};

static void check(const char *what, kern_return_t kr)
{
	if (kr == KERN_SUCCESS)
		return;
	mach_error(what, kr);
	exit(1);
}

static int check_fd(const char *what, int fd)
{
	if (fd >= 0)
		return fd;
	perror(what);
	exit(1);
}

/* The client: each request waits for its reply. */
static int ask(void)
{
	struct received message;
	mach_port_t server, reply = mach_reply_port();
	int i;

	check("bootstrap", task_get_bootstrap_port(mach_task_self(), &server));
	for (i = 1; i <= REQUESTS; i++) {
		message.request = (struct request) {
			.head = {
				.msgh_bits = MACH_MSGH_BITS
					(MACH_MSG_TYPE_COPY_SEND,
					 MACH_MSG_TYPE_MAKE_SEND_ONCE),
				.msgh_remote_port = server,
				.msgh_local_port = reply,
			},
			.number = i,
		};
		check("request", mach_msg(&message.request.head,
					  MACH_SEND_MSG | MACH_RCV_MSG,
					  sizeof(message.request),
					  sizeof(message), reply, 0, 0));
		printf("client: %d squared is %d\n", i, message.request.number);
	}
	return 0;
}

/* All that is there: whoever is told of edges must leave nothing behind. */
static int serve(mach_port_t port)
{
	struct received message;
	int served = 0;

	while (mach_msg(&message.request.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT,
			0, sizeof(message), port, 0, 0) == KERN_SUCCESS) {
		message.request.number *= message.request.number;
		message.request.head.msgh_bits =
			MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0);
		message.request.head.msgh_local_port = MACH_PORT_NULL;
		check("reply", mach_msg(&message.request.head, MACH_SEND_MSG,
					sizeof(message.request), 0, 0, 0, 0));
		served++;
	}
	return served;
}

static void add(int epoll, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	check_fd("epoll_ctl", epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

int main(void)
{
	struct itimerspec in_a_minute = { .it_value.tv_sec = 60 };
	int epoll, messages, timer, client, served = 0;
	struct epoll_event event;
	mach_port_t port;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	check("port", mach_port_allocate(mach_task_self(),
					 MACH_PORT_RIGHT_RECEIVE, &port));
	check("right", mach_port_insert_right(mach_task_self(), port, port,
					      MACH_MSG_TYPE_MAKE_SEND));
	check("bootstrap", task_set_bootstrap_port(mach_task_self(), port));
	pid = check_fd("fork", fork());
	if (!pid)
		return ask();

	check("port_fd", machdev_port_fd(port, MACHDEV_PORT_FD_CLOEXEC,
					 &messages));
	timer = check_fd("timer", timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
	check_fd("timer", timerfd_settime(timer, 0, &in_a_minute, NULL));
	client = check_fd("pidfd", (int)syscall(SYS_pidfd_open, pid, 0));
	epoll = check_fd("epoll", epoll_create1(EPOLL_CLOEXEC));
	add(epoll, messages, EPOLLIN | EPOLLET);
	add(epoll, timer, EPOLLIN);
	add(epoll, client, EPOLLIN);

	for (;;) {
		if (epoll_wait(epoll, &event, 1, -1) < 0) {
			if (errno == EINTR)
				continue;
			perror("epoll_wait");
			return 1;
		}
		if (event.data.fd == messages) {
			served += serve(port);
			continue;
		}
		if (event.data.fd == client) {
			printf("server: %d requests, then the client ended\n",
			       served);
			return served != REQUESTS;
		}
		fprintf(stderr, "server: the client takes too long\n");
		return 1;
	}
}
