/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of descriptors of ports and port sets share. */
#ifndef POLL_HELPERS_H
#define POLL_HELPERS_H

#include <sys/epoll.h>

#include <machdev.h>

#include "fd_helpers.h"

/* Messages in the races. */
#define MESSAGES 3000

static inline int port_fd(mach_port_t name)
{
	int fd = -1;

	MUST(machdev_port_fd(name, MACHDEV_PORT_FD_CLOEXEC, &fd));
	return fd;
}

/* What poll() says now, or within @ms; 0 for nothing. */
static inline short events_within(int fd, int ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return MUST_BE(poll(&poll_fd, 1, ms)) ? poll_fd.revents : 0;
}

static inline short events(int fd)
{
	return events_within(fd, 0);
}

static inline void put(mach_port_t port)
{
	MUST(msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 1));
}

static inline void receive(mach_port_t port)
{
	struct msg msg;

	MUST(msg_receive(&msg, port));
}

static inline void drop(mach_port_t name)
{
	MUST(mach_port_deallocate(mach_task_self(), name));
}

static inline void destroy(mach_port_t name)
{
	MUST(mach_port_destroy(mach_task_self(), name));
}

/* Receive until there is nothing left: how many there were. */
static inline unsigned int receive_all(mach_port_t port)
{
	unsigned int n = 0;
	struct msg msg;

	while (!msg_receive(&msg, port))
		n++;
	return n;
}

static inline void *poll_for_ever(void *argument)
{
	short *seen = argument;

	*seen = events_within(*seen, test_ms(20000));
	return NULL;
}

/* A thread polls; what it sees when @change has been made. */
#define EVENTS_AFTER(fd, change) ({					\
	short __seen = (fd);						\
	pthread_t __poller;						\
									\
	MUST(-pthread_create(&__poller, NULL, poll_for_ever, &__seen));	\
	test_sleep_ms(20);						\
	change;								\
	pthread_join(__poller, NULL);					\
	__seen;								\
})

static inline int epoll_of(int fd, uint32_t flags)
{
	struct epoll_event event = { .events = EPOLLIN | flags };
	int epoll = MUST_BE(epoll_create1(EPOLL_CLOEXEC));

	MUST_BE(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	return epoll;
}

/* What epoll has to say, within a moment. */
static inline uint32_t epolled(int epoll, int ms)
{
	struct epoll_event event;

	return MUST_BE(epoll_wait(epoll, &event, 1, ms)) ? event.events : 0;
}

static inline void *epoll_for_ever(void *epoll)
{
	uint32_t *seen = epoll;

	*seen = epolled((int)*seen, -1);
	return NULL;
}

static inline void *send_many(void *argument)
{
	mach_port_t port = *(mach_port_t *)argument;
	unsigned int i;
	struct msg msg;

	for (i = 0; i < MESSAGES; i++) {
		msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, i);
		MUST(mach_msg(&msg.head, MACH_SEND_MSG, MSG_HEADER, 0, 0, 0,
			      0));
	}
	return NULL;
}

static inline void *wait_for_the_end(void *argument)
{
	int fd = *(int *)argument;
	short seen;

	do {
		seen = events_within(fd, test_ms(20000));
	} while (seen == POLLIN);
	close(fd);
	return (void *)(uintptr_t)seen;
}

#endif /* POLL_HELPERS_H */
