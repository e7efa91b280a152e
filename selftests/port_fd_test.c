// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors that tell event loops when a port has a message. */
#include "poll_helpers.h"

#include <sys/resource.h>

#include "uring.h"

/* Descriptors that a port can have. */
#define DESCRIPTORS_MAX 256

TEST(readable_while_there_is_a_message)
{
	mach_port_t port = port_new();
	int fd = port_fd(port);

	EXPECT_EQ(0, events(fd));
	put(port);
	put(port);
	EXPECT_EQ(POLLIN, events(fd));
	EXPECT_EQ(POLLIN, events(fd));
	receive(port);
	EXPECT_EQ(POLLIN, events(fd));
	receive(port);
	EXPECT_EQ(0, events(fd));
}

TEST(readable_from_the_beginning)
{
	mach_port_t port = port_new();

	put(port);
	EXPECT_EQ(POLLIN, events(port_fd(port)));
}

TEST(readable_for_notifications)
{
	mach_port_t port = port_new();
	int fd = port_fd(port);

	drop(port_new_once(port));
	EXPECT_EQ(POLLIN, events(fd));
	receive(port);
	EXPECT_EQ(0, events(fd));
	drop(port_new_once(port));
	EXPECT_EQ(POLLIN, events(fd));
}

TEST(readable_for_who_waited_for_room)
{
	mach_port_t port = port_new_send(1);
	struct msg_call call;
	int fd = port_fd(port);
	struct msg msg;

	port_limit(port, 1);
	put(port);
	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 2);
	call = (struct msg_call) {
		.msg = &msg.head, .option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	};
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	receive(port);
	EXPECT_EQ(POLLIN, events(fd));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	receive(port);
	EXPECT_EQ(0, events(fd));
}

/* It has gone to the thread that waited. */
TEST(not_readable_when_it_is_handed_over)
{
	mach_port_t port = port_new();
	int fd = port_fd(port);
	struct msg_call call;
	struct msg msg;

	call = (struct msg_call) {
		.msg = &msg.head, .option = MACH_RCV_MSG,
		.rcv_size = sizeof(msg), .rcv_name = port,
	};
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	put(port);
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	EXPECT_EQ(0, events(fd));
}

/* One that does not fit stays, and the thread has been told so. */
TEST(readable_when_it_is_too_large_for_who_waits)
{
	mach_port_t port = port_new();
	int fd = port_fd(port);
	struct msg_call call;
	struct msg msg;

	call = (struct msg_call) {
		.msg = &msg.head, .option = MACH_RCV_MSG | MACH_RCV_LARGE,
		.rcv_size = MSG_HEADER, .rcv_name = port,
	};
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	put(port);
	EXPECT_KR(MACH_RCV_TOO_LARGE, msg_call_result(&call));
	EXPECT_EQ(POLLIN, events(fd));
}

TEST(close_on_exec_is_asked_for)
{
	mach_port_t port = port_new();
	int fd = -1;

	EXPECT_EQ(FD_CLOEXEC, fcntl(port_fd(port), F_GETFD));
	ASSERT_KR(KERN_SUCCESS, machdev_port_fd(port, 0, &fd));
	EXPECT_EQ(0, fcntl(fd, F_GETFD));
}

TEST(it_can_only_be_polled)
{
	struct machdev_name self = { 0 };
	int fd = port_fd(port_new());
	char byte = 0;

	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(fd, &byte, 1));
	EXPECT_EQ(EBADF, errno);
	EXPECT_KR(-ENOTTY, mach_ioctl_fd(fd, MACHDEV_IOC_TASK_SELF, &self));
}

TEST(closing_changes_no_right)
{
	mach_port_t port = port_new_send(2);
	int fd = port_fd(port), other = port_fd(port);
	struct space before;

	put(port);
	space_read(&before);
	close(fd);
	EXPECT_TRUE(space_is(&before));
	EXPECT_EQ(POLLIN, events(other));
	close(other);
	EXPECT_TRUE(space_is(&before));
	receive(port);
}

#define EXPECT_NO_FD(expected, name, flags) do {			\
	unsigned int __count = fd_count();				\
	int __fd = 0;							\
									\
	EXPECT_REFUSED(expected, machdev_port_fd(name, flags, &__fd));	\
	EXPECT_EQ(-1, __fd);						\
	EXPECT_EQ(__count, fd_count());					\
} while (0)

TEST(no_receive_right)
{
	mach_port_t once = port_new_once(port_new());
	mach_port_t dead = port_new_dead(1), stale = port_new_stale();
	mach_port_t host = mach_host_self();

	EXPECT_NO_FD(KERN_INVALID_NAME, MACH_PORT_NULL, 0);
	EXPECT_NO_FD(KERN_INVALID_NAME, MACH_PORT_DEAD, 0);
	EXPECT_NO_FD(KERN_INVALID_NAME, stale, 0);
	EXPECT_NO_FD(KERN_INVALID_RIGHT, dead, 0);
	EXPECT_NO_FD(KERN_INVALID_RIGHT, once, 0);
	EXPECT_NO_FD(KERN_INVALID_RIGHT, mach_task_self(), 0);
	EXPECT_NO_FD(KERN_INVALID_RIGHT, host, 0);
}

TEST(unknown_flags)
{
	struct machdev_port_fd call = { .name = port_new(), .reserved = 1 };

	EXPECT_NO_FD(KERN_NOT_SUPPORTED, call.name, 2);
	EXPECT_REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_PORT_FD, &call));
	call = (struct machdev_port_fd) { .name = call.name, .flags = 2 };
	EXPECT_REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_PORT_FD, &call));
}

TEST(no_room_for_a_descriptor)
{
	mach_port_t port = port_new();
	struct rlimit limit;
	int fd = -1;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = fd_count() + 8;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	while (dup(0) >= 0)
		;
	EXPECT_REFUSED(KERN_NO_SPACE, machdev_port_fd(port, 0, &fd));
	close(limit.rlim_cur - 1);
	EXPECT_KR(KERN_SUCCESS, machdev_port_fd(port, 0, &fd));
}

TEST(so_many_for_one_port)
{
	mach_port_t port = port_new();
	int first = port_fd(port), i;

	for (i = 1; i < DESCRIPTORS_MAX; i++)
		port_fd(port);
	EXPECT_NO_FD(KERN_RESOURCE_SHORTAGE, port, 0);
	/* Another port has its own. */
	EXPECT_EQ(0, events(port_fd(port_new())));
	close(first);
	put(port);
	EXPECT_EQ(POLLIN, events(port_fd(port)));
}

TEST(who_polls_is_woken)
{
	mach_port_t port = port_new();
	int fd = port_fd(port);

	EXPECT_EQ(POLLIN, EVENTS_AFTER(fd, put(port)));
	receive(port);
	EXPECT_EQ(POLLIN, EVENTS_AFTER(fd, drop(port_new_once(port))));
	receive(port);
	EXPECT_EQ(POLLHUP, EVENTS_AFTER(fd, destroy(port)));
}

TEST(hung_up_when_the_port_dies)
{
	mach_port_t port = port_new_send(1);
	int fd = port_fd(port), other = port_fd(port);

	put(port);
	port_destroy_receive(port);
	EXPECT_EQ(POLLHUP, events(fd));
	EXPECT_EQ(POLLHUP, events(other));
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 1, port);
	close(fd);
	EXPECT_EQ(POLLHUP, events(other));
}

/* For good: whose the port is now is nothing to this descriptor. */
TEST(hung_up_when_the_right_is_moved)
{
	mach_port_t port = port_new_send(1), queue = port_new();
	int fd = port_fd(port);
	struct port_msg msg;

	port_msg_init(&msg, queue, MACH_MSG_TYPE_MAKE_SEND, 0, 0, 1);
	msg.port[0] = msg_port(port, MACH_MSG_TYPE_MOVE_RECEIVE);
	EXPECT_EQ(POLLHUP,
		  EVENTS_AFTER(fd, MUST(msg_send(&msg, PORT_MSG_SIZE(1)))));
	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	EXPECT_EQ(POLLHUP, events(fd));
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, queue));
	EXPECT_EQ(POLLHUP, events(fd));
	EXPECT_EQ(POLLIN, events(port_fd(port)));
}

TEST(hung_up_when_another_task_extracts_it)
{
	mach_port_t port = port_new_send(1);
	struct holder holder;
	int fd = port_fd(port);

	holder_start(&holder);
	MUST(mach_port_insert_right(holder.task, 0x1e03, port,
				    MACH_MSG_TYPE_MOVE_RECEIVE));
	EXPECT_EQ(POLLHUP, events(fd));
	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	EXPECT_EQ(POLLHUP, events(fd));
	holder_end(&holder);
}

/* The receive right goes to who has asked for it instead of its end. */
TEST(hung_up_when_it_goes_to_who_asked_for_it)
{
	mach_port_t port = port_new(), notify = port_new(), previous;
	int fd = port_fd(port);

	MUST(mach_port_request_notification(mach_task_self(), port,
					    MACH_NOTIFY_PORT_DESTROYED, 0,
					    notify,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	EXPECT_EQ(POLLHUP, EVENTS_AFTER(fd, destroy(port)));
}

FIXTURE(another_task) {
	struct test_pipe go;
	int socket[2];
	int fd;
	pid_t pid;
};

/* A child makes a port, gives the descriptor, and waits to be told. */
FIXTURE_SETUP(another_task)
{
	uint32_t word;

	MUST_BE(test_pipe_open(&self->go));
	MUST_BE(socketpair(AF_UNIX, SOCK_STREAM, 0, self->socket));
	self->pid = child_fork();
	if (!self->pid) {
		mach_port_t port = port_new();

		self->fd = port_fd(port);
		socket_send(self->socket[1], &self->fd, 1);
		while (!test_get(&self->go, &word)) {
			if (!word)
				execl("/bin/sleep", "sleep", "1000", NULL);
			put(port);
		}
		_exit(1);
	}
	self->fd = socket_receive(self->socket[0]);
}

FIXTURE_TEARDOWN(another_task)
{
	child_kill(self->pid);
}

TEST_F(another_task, is_looked_at_by_who_has_the_descriptor)
{
	EXPECT_EQ(0, events(self->fd));
	ASSERT_EQ(0, test_put(&self->go, 1));
	EXPECT_EQ(POLLIN, events_within(self->fd, test_ms(10000)));
	/* It is no right: there is none in this task. */
	EXPECT_WORD(1, space_count());
}

TEST_F(another_task, ends)
{
	EXPECT_EQ(0, events(self->fd));
	kill(self->pid, SIGKILL);
	EXPECT_EQ(POLLHUP, events_within(self->fd, test_ms(10000)));
}

TEST_F(another_task, execs)
{
	EXPECT_EQ(0, events(self->fd));
	ASSERT_EQ(0, test_put(&self->go, 0));
	EXPECT_EQ(POLLHUP, events_within(self->fd, test_ms(10000)));
}

TEST(a_forked_child_looks_at_its_parents_port)
{
	mach_port_t port = port_new_bootstrap();
	int fd = port_fd(port);
	pid_t pid = child_fork();

	if (!pid) {
		struct msg msg;

		EXPECT_EQ(0, events(fd));
		MUST(msg_send_id(bootstrap_of_parent(), MACH_MSG_TYPE_COPY_SEND, 1));
		EXPECT_EQ(POLLIN, events(fd));
		EXPECT_KR(MACH_RCV_INVALID_NAME, msg_receive(&msg, port));
		child_exit();
	}
	EXPECT_CHILD(pid);
	receive(port);
	EXPECT_EQ(0, events(fd));
}

TEST(epoll_by_level)
{
	mach_port_t port = port_new();
	int epoll = epoll_of(port_fd(port), 0);

	EXPECT_EQ(0u, epolled(epoll, 0));
	put(port);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
	receive(port);
	EXPECT_EQ(0u, epolled(epoll, 0));
	destroy(port);
	EXPECT_EQ((uint32_t)EPOLLHUP, epolled(epoll, 0));
}

TEST(epoll_by_edge)
{
	mach_port_t port = port_new();
	int epoll = epoll_of(port_fd(port), EPOLLET);

	put(port);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
	EXPECT_EQ(0u, epolled(epoll, 0));
	EXPECT_WORD(1, receive_all(port));
	EXPECT_EQ(0u, epolled(epoll, 0));
	put(port);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
	destroy(port);
	EXPECT_TRUE(epolled(epoll, 0) & EPOLLHUP);
	EXPECT_EQ(0u, epolled(epoll, 0));
}

TEST(epoll_once)
{
	struct epoll_event again = { .events = EPOLLIN | EPOLLONESHOT };
	mach_port_t port = port_new();
	int fd = port_fd(port), epoll = epoll_of(fd, EPOLLONESHOT);

	put(port);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
	receive(port);
	put(port);
	EXPECT_EQ(0u, epolled(epoll, 0));
	/* Armed again it finds what came meanwhile. */
	MUST_BE(epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &again));
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
}

/* Two threads that wait exclusively, each in an epoll of its own. */
FIXTURE(exclusive)
{
	mach_port_t port;
	pthread_t thread[2];
	uint32_t seen[2];
};

FIXTURE_SETUP(exclusive)
{
	int fd, i;

	self->port = port_new();
	fd = port_fd(self->port);
	for (i = 0; i < 2; i++) {
		self->seen[i] = epoll_of(fd, EPOLLEXCLUSIVE);
		MUST(-pthread_create(&self->thread[i], NULL, epoll_for_ever,
				     &self->seen[i]));
	}
	test_sleep_ms(20);
}

FIXTURE_TEARDOWN(exclusive)
{
}

static void join(FIXTURE_DATA(exclusive) *self)
{
	MUST(-pthread_join(self->thread[0], NULL));
	MUST(-pthread_join(self->thread[1], NULL));
}

TEST_F(exclusive, all_are_told_of_the_end)
{
	destroy(self->port);
	join(self);
	EXPECT_TRUE(self->seen[0] & EPOLLHUP);
	EXPECT_TRUE(self->seen[1] & EPOLLHUP);
}

/* Whoever has been woken may be busy, or gone. */
TEST_F(exclusive, each_message_wakes_one)
{
	put(self->port);
	put(self->port);
	join(self);
	EXPECT_EQ((uint32_t)EPOLLIN, self->seen[0]);
	EXPECT_EQ((uint32_t)EPOLLIN, self->seen[1]);
}

TEST(epoll_in_epoll)
{
	mach_port_t port = port_new();
	int inner = epoll_of(port_fd(port), 0), outer = epoll_of(inner, 0);

	EXPECT_EQ(0u, epolled(outer, 0));
	put(port);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(outer, 0));
}

TEST(closed_while_it_is_in_epoll)
{
	mach_port_t port = port_new();
	int fd = port_fd(port), epoll = epoll_of(fd, 0);

	close(fd);
	put(port);
	EXPECT_EQ(0u, epolled(epoll, 0));
}

TEST(io_uring_poll)
{
	mach_port_t port = port_new();
	struct uring ring;
	int fd = port_fd(port);

	if (uring_open(&ring))
		SKIP(return, "no io_uring");
	uring_poll(&ring, fd, POLLIN, false);
	EXPECT_EQ(0, uring_result(&ring, 0));
	put(port);
	EXPECT_EQ(POLLIN, uring_result(&ring, 1));
	uring_poll(&ring, fd, POLLIN, false);
	EXPECT_EQ(POLLIN, uring_result(&ring, 1));
	receive(port);
	uring_poll(&ring, fd, POLLIN, false);
	destroy(port);
	EXPECT_EQ(POLLHUP, uring_result(&ring, 1));
}

TEST(io_uring_poll_again_and_again)
{
	mach_port_t port = port_new();
	struct uring ring;
	int fd = port_fd(port), i;

	if (uring_open(&ring))
		SKIP(return, "no io_uring");
	uring_poll(&ring, fd, POLLIN, true);
	for (i = 0; i < 3; i++) {
		put(port);
		EXPECT_EQ(POLLIN, uring_result(&ring, 1));
		receive(port);
	}
	destroy(port);
	EXPECT_TRUE(uring_result(&ring, 1) & POLLHUP);
}

/* The descriptor is closed while a ring still waits for it. */
TEST(io_uring_poll_of_a_closed_descriptor)
{
	mach_port_t port = port_new();
	struct uring ring;
	int fd = port_fd(port);

	if (uring_open(&ring))
		SKIP(return, "no io_uring");
	uring_poll(&ring, fd, POLLIN, false);
	EXPECT_EQ(0, uring_result(&ring, 0));
	close(fd);
	put(port);
	EXPECT_EQ(POLLIN, uring_result(&ring, 1));
}

/*
 * Races: no wake-up is lost
 */

TEST(every_message_makes_poll_return)
{
	mach_port_t port = port_new_send(1);
	unsigned int seen = 0;
	int fd = port_fd(port);
	pthread_t thread;

	MUST(-pthread_create(&thread, NULL, send_many, &port));
	while (seen < MESSAGES) {
		ASSERT_EQ(POLLIN, events_within(fd, test_ms(20000)));
		receive(port);
		seen++;
	}
	pthread_join(thread, NULL);
	EXPECT_EQ(0, events(fd));
}

TEST(every_edge_is_told)
{
	mach_port_t port = port_new_send(1);
	int epoll = epoll_of(port_fd(port), EPOLLET);
	unsigned int seen = 0;
	pthread_t thread;

	MUST(-pthread_create(&thread, NULL, send_many, &port));
	while (seen < MESSAGES) {
		ASSERT_EQ((uint32_t)EPOLLIN, epolled(epoll, test_ms(20000)));
		seen += receive_all(port);
	}
	pthread_join(thread, NULL);
}

/* Ports die while others poll them, send, and close the descriptors. */
TEST(ports_die_meanwhile)
{
	int i, n, fd[4];
	pthread_t thread[4];
	void *seen;

	for (i = 0; i < 300; i++) {
		mach_port_t port = port_new();

		for (n = 0; n < 4; n++) {
			fd[n] = port_fd(port);
			MUST(-pthread_create(&thread[n], NULL,
					     wait_for_the_end, &fd[n]));
		}
		if (i & 1)
			put(port);
		destroy(port);
		for (n = 0; n < 4; n++) {
			pthread_join(thread[n], &seen);
			ASSERT_EQ((uintptr_t)POLLHUP, (uintptr_t)seen);
		}
	}
}

MACH_TEST_MAIN
