// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors that tell event loops when a member of a port set has a message. */
#include "poll_helpers.h"

#include <sys/resource.h>

#include "set_helpers.h"
#include "uring.h"

FIXTURE(set)
{
	mach_port_t set;
	mach_port_t port[2];	/* its members */
	int fd;
};

FIXTURE_SETUP(set)
{
	self->set = set_new();
	self->port[0] = member_new(self->set);
	self->port[1] = member_new(self->set);
	self->fd = port_fd(self->set);
}

FIXTURE_TEARDOWN(set)
{
}

/* Another set, with the first member in it. */
static mach_port_t other_set(FIXTURE_DATA(set) *self)
{
	mach_port_t other = set_new();

	MUST(set_insert(self->port[0], other));
	return other;
}

/*
 * When it is readable
 */

TEST_F(set, readable_while_a_member_has_a_message)
{
	EXPECT_EQ(0, events(self->fd));
	put(self->port[0]);
	put(self->port[1]);
	put(self->port[1]);
	EXPECT_EQ(POLLIN, events(self->fd));
	receive(self->set);
	EXPECT_EQ(POLLIN, events(self->fd));
	receive(self->set);
	EXPECT_EQ(POLLIN, events(self->fd));
	receive(self->set);
	EXPECT_EQ(0, events(self->fd));
}

TEST_F(set, readable_from_the_beginning)
{
	put(self->port[1]);
	EXPECT_EQ(POLLIN, events(port_fd(self->set)));
}

TEST_F(set, readable_for_notifications)
{
	drop(port_new_once(self->port[0]));
	EXPECT_EQ(POLLIN, events(self->fd));
	receive(self->set);
	EXPECT_EQ(0, events(self->fd));
}

TEST_F(set, not_readable_when_its_member_has_been_received_from)
{
	put(self->port[0]);
	receive(self->port[0]);
	EXPECT_EQ(0, events(self->fd));
}

TEST(no_members)
{
	mach_port_t set = set_new(), port;
	int fd = port_fd(set);

	EXPECT_EQ(0, events(fd));
	port = member_new(set);
	EXPECT_EQ(0, events(fd));
	put(port);
	EXPECT_EQ(POLLIN, events(fd));
}

TEST_F(set, a_member_comes_with_a_message)
{
	mach_port_t port = port_new();

	put(port);
	EXPECT_EQ(0, events(self->fd));
	EXPECT_EQ(POLLIN,
		  EVENTS_AFTER(self->fd, MUST(set_insert(port, self->set))));
	receive(port);
	EXPECT_EQ(0, events(self->fd));
}

TEST_F(set, a_member_is_moved_with_a_message)
{
	mach_port_t other = set_new();
	int fd = port_fd(other);

	put(self->port[0]);
	EXPECT_EQ(POLLIN,
		  EVENTS_AFTER(fd, MUST(set_move(self->port[0], other))));
	EXPECT_EQ(0, events(self->fd));
	MUST(set_move(self->port[0], MACH_PORT_NULL));
	EXPECT_EQ(0, events(fd));
}

TEST_F(set, a_member_leaves)
{
	put(self->port[0]);
	put(self->port[1]);
	MUST(set_extract(self->port[0], self->set));
	EXPECT_EQ(POLLIN, events(self->fd));
	MUST(set_extract(self->port[1], self->set));
	EXPECT_EQ(0, events(self->fd));
	/* And comes back. */
	MUST(set_insert(self->port[0], self->set));
	EXPECT_EQ(POLLIN, events(self->fd));
}

TEST_F(set, a_member_is_destroyed)
{
	put(self->port[0]);
	port_destroy_receive(self->port[0]);
	EXPECT_EQ(0, events(self->fd));
	put(self->port[1]);
	EXPECT_EQ(POLLIN, events(self->fd));
}

TEST_F(set, a_member_is_sent_away)
{
	mach_port_t queue = port_new();
	struct port_msg msg;

	put(self->port[0]);
	port_msg_init(&msg, queue, MACH_MSG_TYPE_MAKE_SEND, 0, 0, 1);
	msg.port[0] = msg_port(self->port[0], MACH_MSG_TYPE_MOVE_RECEIVE);
	MUST(msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_EQ(0, events(self->fd));
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, queue));
	EXPECT_EQ(0, events(self->fd));
	MUST(set_insert(self->port[0], self->set));
	EXPECT_EQ(POLLIN, events(self->fd));
}

TEST_F(set, a_member_of_two_sets)
{
	mach_port_t other = other_set(self);
	int fd = port_fd(other), port = port_fd(self->port[0]);

	put(self->port[0]);
	EXPECT_EQ(POLLIN, events(self->fd));
	EXPECT_EQ(POLLIN, events(fd));
	EXPECT_EQ(POLLIN, events(port));
	receive(other);
	EXPECT_EQ(0, events(self->fd));
	EXPECT_EQ(0, events(fd));
	EXPECT_EQ(0, events(port));
}

TEST_F(set, a_new_name)
{
	mach_port_t name = 0x1e03;

	ASSERT_KR(KERN_SUCCESS, mach_port_rename(mach_task_self(), self->set,
						 name));
	put(self->port[0]);
	EXPECT_EQ(POLLIN, events(self->fd));
	receive(name);
	EXPECT_EQ(0, events(self->fd));
}

TEST_F(set, a_member_for_which_somebody_waited_for_room)
{
	struct msg_call call;
	struct msg msg;

	port_limit(self->port[0], 1);
	put(self->port[0]);
	msg_init(&msg, self->port[0], COPY_SEND, 0, 0, 2);
	call = (struct msg_call) {
		.msg = &msg.head, .option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	};
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	receive(self->set);
	EXPECT_EQ(POLLIN, events(self->fd));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	receive(self->set);
	EXPECT_EQ(0, events(self->fd));
}

/* A thread receives from @name; @option besides MACH_RCV_MSG. */
static void wait_at(struct msg_call *call, struct msg *msg, mach_port_t name,
		    mach_msg_size_t size, mach_msg_option_t option)
{
	*call = (struct msg_call) {
		.msg = &msg->head, .option = MACH_RCV_MSG | option,
		.rcv_size = size, .rcv_name = name,
	};
	msg_call_start(call);
	MUST(msg_call_sleeps(call) ? 0 : -ETIMEDOUT);
}

TEST_F(set, not_readable_when_it_is_handed_over)
{
	const mach_port_t names[] = {
		self->set, self->port[0], other_set(self),
	};
	struct msg_call call;
	struct msg msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		wait_at(&call, &msg, names[i], sizeof(msg), 0);
		put(self->port[0]);
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
		EXPECT_EQ(0, events(self->fd));
	}
}

/* One that does not fit stays, and the thread has been told so. */
TEST_F(set, readable_when_it_is_too_large_for_who_waits)
{
	struct msg_call call;
	struct msg msg;

	wait_at(&call, &msg, self->set, MSG_HEADER, MACH_RCV_LARGE);
	put(self->port[0]);
	EXPECT_KR(MACH_RCV_TOO_LARGE, msg_call_result(&call));
	EXPECT_EQ(POLLIN, events(self->fd));
}

TEST_F(set, who_polls_is_woken)
{
	EXPECT_EQ(POLLIN, EVENTS_AFTER(self->fd, put(self->port[1])));
	receive(self->set);
	EXPECT_EQ(POLLIN, EVENTS_AFTER(self->fd,
				       drop(port_new_once(self->port[0]))));
	receive(self->set);
	EXPECT_EQ(POLLHUP, EVENTS_AFTER(self->fd, set_destroy(self->set)));
}

/*
 * How it ends
 */

TEST_F(set, hung_up_when_the_set_goes)
{
	int other = port_fd(self->set), port = port_fd(self->port[0]);

	put(self->port[0]);
	destroy(self->set);
	EXPECT_EQ(POLLHUP, events(self->fd));
	EXPECT_EQ(POLLHUP, events(other));
	/* The member lives on. */
	EXPECT_EQ(POLLIN, events(port));
	put(self->port[0]);
	EXPECT_EQ(POLLHUP, events(self->fd));
	close(self->fd);
	EXPECT_EQ(POLLHUP, events(other));
}

/* Another set under the same name is another set. */
TEST(hung_up_for_good)
{
	mach_port_t name = 0x1e03, port = port_new();
	int fd;

	MUST(mach_port_allocate_name(mach_task_self(), MACH_PORT_RIGHT_PORT_SET,
				     name));
	fd = port_fd(name);
	set_destroy(name);
	MUST(mach_port_allocate_name(mach_task_self(), MACH_PORT_RIGHT_PORT_SET,
				     name));
	MUST(set_insert(port, name));
	put(port);
	EXPECT_EQ(POLLHUP, events(fd));
	EXPECT_EQ(POLLIN, events(port_fd(name)));
}

/* They are counted: each message wakes, but no set lives on for them. */
TEST(closing_changes_nothing)
{
	uint64_t sets = mach_counter(MACHDEV_COUNTER_SETS);
	uint64_t charged = mach_counter(MACHDEV_COUNTER_CHARGED);
	mach_port_t set = set_new(), port = member_new(set);
	int fd = port_fd(set), other = port_fd(set);
	struct space before;

	put(port);
	space_read(&before);
	close(fd);
	EXPECT_TRUE(space_is(&before));
	EXPECT_EQ(POLLIN, events(other));
	EXPECT_EQ(1, set_size(set));
	destroy(set);
	destroy(port);
	EXPECT_EQ(sets + 1, mach_counter(MACHDEV_COUNTER_SETS));
	close(other);
	EXPECT_EQ(sets, mach_counter(MACHDEV_COUNTER_SETS));
	EXPECT_GE(charged + 4096, mach_counter(MACHDEV_COUNTER_CHARGED));
}

/* What the descriptors of one port may not be, those of a set may. */
TEST(as_many_as_one_may_have)
{
	mach_port_t set = set_new(), port = member_new(set);
	struct rlimit limit;
	int fd[600], i;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	ASSERT_GE(limit.rlim_cur, 700u);
	for (i = 0; i < 600; i++)
		fd[i] = port_fd(set);
	put(port);
	for (i = 0; i < 600; i++)
		ASSERT_EQ(POLLIN, events(fd[i]));
	destroy(set);
	for (i = 0; i < 600; i++)
		ASSERT_EQ(POLLHUP, events(fd[i]));
}

/*
 * In another task
 */

FIXTURE(another_task) {
	struct test_pipe go;
	int socket[2];
	int fd;
	pid_t pid;
};

/* A child makes a set, gives the descriptor, and waits to be told. */
FIXTURE_SETUP(another_task)
{
	uint32_t word;

	MUST_BE(test_pipe_open(&self->go));
	MUST_BE(socketpair(AF_UNIX, SOCK_STREAM, 0, self->socket));
	self->pid = child_fork();
	if (!self->pid) {
		mach_port_t set = set_new(), port = member_new(set);

		self->fd = port_fd(set);
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

TEST(a_forked_child_looks_at_its_parents_set)
{
	mach_port_t port = port_new_bootstrap(), set = set_new();
	int fd = port_fd(set);
	pid_t pid;

	MUST(set_insert(port, set));
	pid = child_fork();
	if (!pid) {
		struct msg msg;

		EXPECT_EQ(0, events(fd));
		MUST(msg_send_id(bootstrap_of_parent(), COPY_SEND, 1));
		EXPECT_EQ(POLLIN, events(fd));
		EXPECT_KR(MACH_RCV_INVALID_NAME, msg_receive(&msg, set));
		child_exit();
	}
	EXPECT_CHILD(pid);
	receive(set);
	EXPECT_EQ(0, events(fd));
}

/*
 * In each kind of event loop
 */

TEST_F(set, epoll_by_level)
{
	int epoll = epoll_of(self->fd, 0);

	EXPECT_EQ(0u, epolled(epoll, 0));
	put(self->port[0]);
	put(self->port[1]);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
	receive(self->set);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
	receive(self->set);
	EXPECT_EQ(0u, epolled(epoll, 0));
	destroy(self->set);
	EXPECT_EQ((uint32_t)EPOLLHUP, epolled(epoll, 0));
}

TEST_F(set, epoll_by_edge)
{
	int epoll = epoll_of(self->fd, EPOLLET);

	put(self->port[0]);
	put(self->port[1]);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
	EXPECT_EQ(0u, epolled(epoll, 0));
	/* Another one is another edge. */
	put(self->port[1]);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
	EXPECT_WORD(3, receive_all(self->set));
	EXPECT_EQ(0u, epolled(epoll, 0));
	destroy(self->set);
	EXPECT_TRUE(epolled(epoll, 0) & EPOLLHUP);
	EXPECT_EQ(0u, epolled(epoll, 0));
}

TEST_F(set, epoll_once)
{
	struct epoll_event again = { .events = EPOLLIN | EPOLLONESHOT };
	int epoll = epoll_of(self->fd, EPOLLONESHOT);

	put(self->port[0]);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
	receive(self->set);
	put(self->port[1]);
	EXPECT_EQ(0u, epolled(epoll, 0));
	/* Armed again it finds what came meanwhile. */
	MUST_BE(epoll_ctl(epoll, EPOLL_CTL_MOD, self->fd, &again));
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(epoll, 0));
}

TEST_F(set, epoll_in_epoll)
{
	int outer = epoll_of(epoll_of(self->fd, 0), 0);

	EXPECT_EQ(0u, epolled(outer, 0));
	put(self->port[1]);
	EXPECT_EQ((uint32_t)EPOLLIN, epolled(outer, 0));
}

TEST_F(set, closed_while_it_is_in_epoll)
{
	int epoll = epoll_of(self->fd, 0);

	close(self->fd);
	put(self->port[0]);
	EXPECT_EQ(0u, epolled(epoll, 0));
	destroy(self->set);
	EXPECT_EQ(0u, epolled(epoll, 0));
}

/* Two threads that wait exclusively, each in an epoll of its own. */
FIXTURE(exclusive)
{
	mach_port_t set;
	mach_port_t port[2];
	pthread_t thread[2];
	uint32_t seen[2];
};

FIXTURE_SETUP(exclusive)
{
	int fd, i;

	self->set = set_new();
	fd = port_fd(self->set);
	for (i = 0; i < 2; i++) {
		self->port[i] = member_new(self->set);
		self->seen[i] = epoll_of(fd, EPOLLEXCLUSIVE);
		MUST(-pthread_create(&self->thread[i], NULL, epoll_for_ever,
				     &self->seen[i]));
	}
	test_sleep_ms(20);
}

FIXTURE_TEARDOWN(exclusive)
{
}

#define EXPECT_BOTH(event) do {						\
	MUST(-pthread_join(self->thread[0], NULL));			\
	MUST(-pthread_join(self->thread[1], NULL));			\
	EXPECT_TRUE(self->seen[0] & (event));				\
	EXPECT_TRUE(self->seen[1] & (event));				\
} while (0)

TEST_F(exclusive, all_are_told_of_the_end)
{
	destroy(self->set);
	EXPECT_BOTH(EPOLLHUP);
}

/* Whoever has been woken may be busy, or gone. */
TEST_F(exclusive, each_message_wakes_one)
{
	put(self->port[0]);
	put(self->port[0]);
	EXPECT_BOTH(EPOLLIN);
}

TEST_F(exclusive, each_member_wakes_one)
{
	put(self->port[0]);
	put(self->port[1]);
	EXPECT_BOTH(EPOLLIN);
}

TEST_F(exclusive, a_member_that_comes_wakes_all)
{
	mach_port_t port = port_new();

	put(port);
	put(port);
	MUST(set_insert(port, self->set));
	EXPECT_BOTH(EPOLLIN);
}

TEST_F(set, io_uring_poll)
{
	struct uring ring;

	if (uring_open(&ring))
		SKIP(return, "no io_uring");
	uring_poll(&ring, self->fd, POLLIN, false);
	EXPECT_EQ(0, uring_result(&ring, 0));
	put(self->port[0]);
	EXPECT_EQ(POLLIN, uring_result(&ring, 1));
	receive(self->set);
	uring_poll(&ring, self->fd, POLLIN, false);
	destroy(self->set);
	EXPECT_EQ(POLLHUP, uring_result(&ring, 1));
}

TEST_F(set, io_uring_poll_again_and_again)
{
	struct uring ring;
	int i;

	if (uring_open(&ring))
		SKIP(return, "no io_uring");
	uring_poll(&ring, self->fd, POLLIN, true);
	for (i = 0; i < 4; i++) {
		put(self->port[i & 1]);
		EXPECT_EQ(POLLIN, uring_result(&ring, 1));
		receive(self->set);
	}
	destroy(self->set);
	EXPECT_TRUE(uring_result(&ring, 1) & POLLHUP);
}

/* The descriptor is closed, and the set gone, while a ring still waits. */
TEST_F(set, io_uring_poll_of_a_closed_descriptor)
{
	struct uring ring;

	if (uring_open(&ring))
		SKIP(return, "no io_uring");
	uring_poll(&ring, self->fd, POLLIN, false);
	EXPECT_EQ(0, uring_result(&ring, 0));
	close(self->fd);
	destroy(self->set);
	EXPECT_EQ(POLLHUP, uring_result(&ring, 1));
}

/*
 * Races: no wake-up is lost
 */

TEST_F(set, every_message_makes_poll_return)
{
	pthread_t thread[2];
	unsigned int i;

	for (i = 0; i < 2; i++)
		MUST(-pthread_create(&thread[i], NULL, send_many,
				     &self->port[i]));
	for (i = 0; i < 2 * MESSAGES; i++) {
		ASSERT_EQ(POLLIN, events_within(self->fd, test_ms(20000)));
		receive(self->set);
	}
	pthread_join(thread[0], NULL);
	pthread_join(thread[1], NULL);
	EXPECT_EQ(0, events(self->fd));
}

TEST_F(set, every_edge_is_told)
{
	int epoll = epoll_of(self->fd, EPOLLET);
	unsigned int seen = 0, i;
	pthread_t thread[2];

	for (i = 0; i < 2; i++)
		MUST(-pthread_create(&thread[i], NULL, send_many,
				     &self->port[i]));
	while (seen < 2 * MESSAGES) {
		ASSERT_EQ((uint32_t)EPOLLIN, epolled(epoll, test_ms(20000)));
		seen += receive_all(self->set);
	}
	pthread_join(thread[0], NULL);
	pthread_join(thread[1], NULL);
}

#define VISITS 1000

struct visitor {
	mach_port_t port;
	mach_port_t set;
	pthread_barrier_t barrier;
};

/* A port with a message comes into a set, and leaves it when that was seen. */
static void *visit(void *argument)
{
	struct visitor *visitor = argument;
	int i;

	for (i = 0; i < VISITS; i++) {
		MUST(set_insert(visitor->port, visitor->set));
		pthread_barrier_wait(&visitor->barrier);
		MUST(set_extract(visitor->port, visitor->set));
		pthread_barrier_wait(&visitor->barrier);
	}
	return NULL;
}

TEST_F(set, every_member_that_comes_is_told)
{
	struct visitor visitor = { .port = port_new(), .set = self->set };
	pthread_t thread;
	int i;

	put(visitor.port);
	MUST(-pthread_barrier_init(&visitor.barrier, NULL, 2));
	MUST(-pthread_create(&thread, NULL, visit, &visitor));
	for (i = 0; i < VISITS; i++) {
		ASSERT_EQ(POLLIN, events_within(self->fd, test_ms(20000)));
		pthread_barrier_wait(&visitor.barrier);
		pthread_barrier_wait(&visitor.barrier);
	}
	pthread_join(thread, NULL);
	EXPECT_EQ(0, events(self->fd));
}

/* Sets die while others poll them and close the descriptors. */
TEST(sets_die_meanwhile)
{
	int i, n, fd[4];
	pthread_t thread[4];
	void *seen;

	for (i = 0; i < 300; i++) {
		mach_port_t set = set_new(), port = member_new(set);

		for (n = 0; n < 4; n++) {
			fd[n] = port_fd(set);
			MUST(-pthread_create(&thread[n], NULL,
					     wait_for_the_end, &fd[n]));
		}
		if (i & 1)
			put(port);
		destroy(set);
		for (n = 0; n < 4; n++) {
			pthread_join(thread[n], &seen);
			ASSERT_EQ((uintptr_t)POLLHUP, (uintptr_t)seen);
		}
		destroy(port);
	}
}

MACH_TEST_MAIN
