// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues: how many messages they take, who waits for room, and what becomes of
 * those who wait when the port dies or the limit changes.
 */
#include "msg_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE

#define SENDERS 8

/* Threads that each send one message, its id the number of the thread. */
struct senders {
	struct msg_call call[SENDERS];
	struct msg msg[SENDERS];
};

static void senders_start(struct __test_metadata *_metadata,
			  struct senders *senders, mach_port_t port,
			  mach_port_t reply)
{
	int i;

	for (i = 0; i < SENDERS; i++) {
		msg_init(&senders->msg[i], port, COPY_SEND, reply,
			 reply ? MAKE_ONCE : 0, i);
		senders->call[i] = (struct msg_call) {
			.msg = &senders->msg[i].head,
			.option = MACH_SEND_MSG,
			.send_size = MSG_SIZE(8),
		};
		msg_call_start(&senders->call[i]);
	}
	for (i = 0; i < SENDERS; i++) {
		ASSERT_TRUE(msg_call_sleeps(&senders->call[i]));
	}
}

/* Take what comes until each of @count senders has been heard once. */
static void hear(struct __test_metadata *_metadata, mach_port_t port,
		 unsigned int count)
{
	unsigned int heard = 0;
	struct msg msg;

	while (count) {
		ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
		if (msg.head.msgh_id == FILLING)
			continue;
		ASSERT_EQ(0, heard & 1u << msg.head.msgh_id);
		heard |= 1u << msg.head.msgh_id;
		count--;
	}
}

TEST(default_limit)
{
	mach_port_t port = port_new_send(1);

	EXPECT_EQ(MACH_PORT_QLIMIT_DEFAULT, port_status(port).mps_qlimit);
	port_fill(port);
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send_id(port, COPY_SEND, 1));
	EXPECT_EQ(5, port_queued(port));
}

TEST(every_limit)
{
	static const unsigned int limits[] = { 0, 1, 2, 5, 6, 16, 100, 1023,
					       1024 };
	unsigned int sent;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		mach_port_t port = port_new_send(1);
		struct msg msg;

		port_limit(port, limits[i]);
		for (sent = 0; sent < limits[i]; sent++)
			MUST(msg_send_id(port, COPY_SEND, 1));
		EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send_id(port, COPY_SEND, 1));
		EXPECT_EQ(limits[i], port_queued(port));
		if (!limits[i])
			continue;
		/* One out, one in. */
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		EXPECT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
		EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send_id(port, COPY_SEND, 1));
		MUST(mach_port_destroy(mach_task_self(), port));
	}
}

/* Every message waits at a port of limit 0, also when it is asked for. */
TEST(limit_zero)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;

	port_limit(port, 0);
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send_id(port, COPY_SEND, 1));
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, port));
	EXPECT_KR(KERN_SUCCESS, msg_send_id(port, MAKE_ONCE, 2));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(2, msg.head.msgh_id);
}

TEST(send_once_ignores_the_limit)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;
	int i;

	port_fill(port);
	for (i = 0; i < 50; i++) {
		EXPECT_KR(KERN_SUCCESS, i % 2 ?
			  msg_send_id(port, MAKE_ONCE, i) :
			  msg_send_id(port_new_once(port), MOVE_ONCE, i));
	}
	EXPECT_EQ(55, port_queued(port));
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send_id(port, COPY_SEND, 1));
	for (i = 0; i < 51; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	}
	/* 4 left: room again. */
	EXPECT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
}

TEST(lower_limit_drops_nothing)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;
	int i;

	port_fill(port);
	port_limit(port, 2);
	EXPECT_EQ(5, port_queued(port));
	for (i = 0; i < 3; i++) {
		EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send_id(port, COPY_SEND, 1));
		EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	}
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send_id(port, COPY_SEND, 1));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
}

TEST(receivers_make_room)
{
	mach_port_t port = port_new_send(1);
	struct senders senders;
	int i;

	port_fill(port);
	senders_start(_metadata, &senders, port, MACH_PORT_NULL);
	EXPECT_EQ(5, port_queued(port));
	hear(_metadata, port, SENDERS);
	for (i = 0; i < SENDERS; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&senders.call[i]));
	}
	EXPECT_EQ(0, port_queued(port));
	EXPECT_EQ(SENDERS + 5, port_status(port).mps_seqno);
}

/* Each place that is freed lets one sender go on, not more. */
TEST(one_place_one_sender)
{
	mach_port_t port = port_new_send(1);
	struct senders senders;
	unsigned int asleep;
	struct msg msg;
	int i, j;

	port_fill(port);
	senders_start(_metadata, &senders, port, MACH_PORT_NULL);
	for (i = 1; i <= SENDERS; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		ASSERT_TRUE(TEST_UNTIL(port_queued(port) == 5, 10000));
		asleep = 0;
		for (j = 0; j < SENDERS; j++)
			asleep += msg_sleeps(getpid(), senders.call[j].tid);
		EXPECT_LE(SENDERS - i, asleep);
	}
	for (i = 0; i < SENDERS; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&senders.call[i]));
	}
	EXPECT_EQ(5, port_queued(port));
}

/* A higher limit lets as many go on as fit. */
TEST(higher_limit_makes_room)
{
	mach_port_t port = port_new_send(1);
	struct senders senders;
	int i;

	port_fill(port);
	senders_start(_metadata, &senders, port, MACH_PORT_NULL);
	port_limit(port, 8);
	EXPECT_TRUE(TEST_UNTIL(port_queued(port) == 8, 10000));
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send_id(port, COPY_SEND, 1));
	port_limit(port, 100);
	for (i = 0; i < SENDERS; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&senders.call[i]));
	}
	EXPECT_EQ(5 + SENDERS, port_queued(port));
	hear(_metadata, port, SENDERS);
}

TEST(limit_zero_raised)
{
	mach_port_t port = port_new_send(1);
	struct senders senders;
	int i;

	port_limit(port, 0);
	senders_start(_metadata, &senders, port, MACH_PORT_NULL);
	port_limit(port, SENDERS);
	for (i = 0; i < SENDERS; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&senders.call[i]));
	}
	hear(_metadata, port, SENDERS);
}

/* The receive right dies: those who wait have sent, and the message is gone. */
TEST(port_dies_before_blocked_senders)
{
	mach_port_t port = port_new_send(1), reply = port_new();
	struct senders senders;
	struct msg msg;
	int i;

	port_fill(port);
	senders_start(_metadata, &senders, port, reply);
	EXPECT_EQ(SENDERS, port_status(reply).mps_sorights);
	port_destroy_receive(port);
	for (i = 0; i < SENDERS; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&senders.call[i]));
		/* Sent, not given back: the buffer is as it was. */
		EXPECT_EQ(port, senders.msg[i].head.msgh_remote_port);
		EXPECT_EQ(MACH_MSGH_BITS(COPY_SEND, MAKE_ONCE),
			  senders.msg[i].head.msgh_bits);
	}
	EXPECT_EQ(0, port_status(reply).mps_sorights);
	for (i = 0; i < SENDERS; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_await(&msg, reply));
		EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
	}
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, reply));
}

/* What is sent is what the buffer held at the call. */
TEST(buffer_changes_while_blocked)
{
	mach_port_t port = port_new_send(1);
	struct msg msg, received;
	struct msg_call call = {
		.msg = &msg.head, .option = MACH_SEND_MSG,
		.send_size = MSG_SIZE(100),
	};
	int i;

	port_fill(port);
	msg_init(&msg, port, COPY_SEND, 0, 0, 1);
	memset(msg.word, 1, sizeof(msg.word));
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	memset(&msg, 2, sizeof(msg));
	for (i = 0; i < 5; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive(&received, port));
	}
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&received, port));
	EXPECT_EQ(1, received.head.msgh_id);
	EXPECT_TRUE(is_filled(received.word, 1, 400));
	EXPECT_TRUE(is_filled(&msg, 2, sizeof(msg)));
}

/* Between processes: children block, the parent makes room for them. */
TEST(blocked_processes)
{
	mach_port_t port = port_new_bootstrap();
	pid_t pid[4];
	int i;

	port_add_send(port);
	port_fill(port);
	for (i = 0; i < 4; i++) {
		pid[i] = child_fork();
		if (!pid[i]) {
			struct msg msg;

			msg_init(&msg, bootstrap_of_parent(), COPY_SEND, 0, 0,
				 i);
			EXPECT_KR(KERN_SUCCESS,
				  mach_msg(&msg.head, MACH_SEND_MSG, MSG_HEADER,
					   0, 0, 0, 0));
			child_exit();
		}
	}
	for (i = 0; i < 4; i++) {
		ASSERT_TRUE(TEST_UNTIL(msg_sleeps(pid[i], pid[i]), 10000));
	}
	hear(_metadata, port, 4);
	for (i = 0; i < 4; i++) {
		EXPECT_CHILD(pid[i]);
	}
}

/* The receiver's process is killed: the blocked sender has sent. */
TEST(receiver_killed)
{
	mach_port_t port = port_new_bootstrap();
	struct msg msg, request;
	struct msg_call call = {
		.msg = &request.head, .option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	};
	pid_t pid;
	int i;

	pid = child_fork();
	if (!pid) {
		msg_init(&msg, bootstrap_of_parent(), COPY_SEND, port_new(),
			 MACH_MSG_TYPE_MAKE_SEND, 1);
		MUST(msg_send(&msg, MSG_HEADER));
		for (;;)
			pause();
	}
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	for (i = 0; i < 5; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  msg_send_id(msg.head.msgh_remote_port, COPY_SEND, i));
	}
	msg_init(&request, msg.head.msgh_remote_port, COPY_SEND, port,
		 MAKE_ONCE, 1);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
}

/* A sender that is killed while it waits has not sent. */
TEST(sender_killed)
{
	mach_port_t port = port_new_bootstrap();
	struct msg msg;
	pid_t pid;
	int i;

	port_add_send(port);
	port_fill(port);
	pid = child_fork();
	if (!pid) {
		msg_init(&msg, bootstrap_of_parent(), COPY_SEND, port_new(),
			 MAKE_ONCE, 1);
		mach_msg(&msg.head, MACH_SEND_MSG, MSG_HEADER, 0, 0, 0, 0);
		_exit(1);
	}
	ASSERT_TRUE(TEST_UNTIL(msg_sleeps(pid, pid), 10000));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	ASSERT_EQ(0, mach_sync());
	for (i = 0; i < 5; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		EXPECT_EQ(FILLING, msg.head.msgh_id);
	}
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, port));
}

/* A receiver that is killed while it waits takes no message with it. */
TEST(waiting_receiver_killed)
{
	uint64_t tasks;
	pid_t pid;

	MUST(!mach_task_self());
	ASSERT_EQ(0, mach_sync());
	tasks = mach_counter(MACHDEV_COUNTER_TASKS);
	pid = child_fork();
	if (!pid) {
		struct msg msg;

		mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg), port_new(), 0,
			 0);
		_exit(1);
	}
	ASSERT_TRUE(TEST_UNTIL(msg_sleeps(pid, pid), 10000));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(tasks, mach_counter(MACHDEV_COUNTER_TASKS));
}

/* A process exits while its threads wait in both halves. */
TEST(exit_with_waiting_threads)
{
	mach_port_t port = port_new_bootstrap();
	struct waiting {
		struct msg_call call;
		struct msg msg;
	} waiting[2 * SENDERS];
	struct msg msg;
	pid_t pid;
	int i;

	port_add_send(port);
	port_fill(port);
	pid = child_fork();
	if (!pid) {
		mach_port_t parent = bootstrap_of_parent(), own = port_new();

		for (i = 0; i < 2 * SENDERS; i++) {
			msg_init(&waiting[i].msg, parent, COPY_SEND, own,
				 MAKE_ONCE, i);
			waiting[i].call = (struct msg_call) {
				.msg = &waiting[i].msg.head,
				.option = i % 2 ? MACH_SEND_MSG : MACH_RCV_MSG,
				.send_size = MSG_HEADER,
				.rcv_size = sizeof(struct msg),
				.rcv_name = own,
			};
			msg_call_start(&waiting[i].call);
		}
		for (i = 0; i < 2 * SENDERS; i++) {
			ASSERT_TRUE(msg_call_sleeps(&waiting[i].call));
		}
		child_exit();
	}
	EXPECT_CHILD(pid);
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(5, port_queued(port));
	for (i = 0; i < 5; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	}
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, port));
}

/*
 * 50,000 messages on 10,000 ports, left behind by a process that exits. What
 * lives in the module is compared after every test; here the sums, too.
 */
TEST(exit_with_many_messages)
{
	enum { PORTS = 10000, EACH = 5 };
	uint64_t ports, queued, charged;
	struct test_pipe ready, go;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&go));
	MUST(!mach_task_self());
	ASSERT_EQ(0, mach_sync());
	ports = mach_counter(MACHDEV_COUNTER_PORTS);
	queued = mach_counter(MACHDEV_COUNTER_QUEUED);
	charged = mach_counter(MACHDEV_COUNTER_CHARGED);
	pid = child_fork();
	if (!pid) {
		mach_port_t last = MACH_PORT_NULL;
		struct msg msg;
		int i, j;

		for (i = 0; i < PORTS; i++) {
			mach_port_t port = port_new();

			for (j = 0; j < EACH; j++) {
				msg_init(&msg, port,
					 MACH_MSG_TYPE_MAKE_SEND, last,
					 last ? MACH_MSG_TYPE_MAKE_SEND : 0, j);
				MUST(msg_send(&msg, MSG_SIZE(4 * j)));
			}
			last = port;
		}
		test_put(&ready, 1);
		test_wait(&go);
		_exit(0);
	}
	close(ready.fd[1]);
	/* As long as it takes; a child that fails closes the pipe. */
	ASSERT_EQ(4, read(ready.fd[0], (uint32_t[1]) { 0 }, 4));
	EXPECT_LE(ports + PORTS, mach_counter(MACHDEV_COUNTER_PORTS));
	EXPECT_EQ(queued + PORTS * EACH, mach_counter(MACHDEV_COUNTER_QUEUED));
	EXPECT_LT(charged, mach_counter(MACHDEV_COUNTER_CHARGED));
	test_put(&go, 1);
	EXPECT_CHILD(pid);
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(ports, mach_counter(MACHDEV_COUNTER_PORTS));
	EXPECT_EQ(queued, mach_counter(MACHDEV_COUNTER_QUEUED));
	EXPECT_EQ(charged, mach_counter(MACHDEV_COUNTER_CHARGED));
}

/* At the limit of the kernel's own messages they wait, too, but before others. */
TEST(those_with_send_once_rights_are_first_in_line)
{
	mach_port_t port = port_new_send(1);
	struct msg plain, once, msg;
	struct msg_call sends = {
		.msg = &plain.head, .option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	}, replies = {
		.msg = &once.head, .option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	};
	unsigned int i;

	port_limit(port, 0);
	for (i = 0; i < MACHDEV_QLIMIT_KERNEL; i++)
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_deallocate(mach_task_self(),
					       port_new_once(port)));
	ASSERT_EQ(MACHDEV_QLIMIT_KERNEL, port_queued(port));
	msg_init(&plain, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 1);
	msg_call_start(&sends);
	ASSERT_TRUE(msg_call_sleeps(&sends));
	msg_init(&once, port_new_once(port), MACH_MSG_TYPE_MOVE_SEND_ONCE, 0, 0,
		 2);
	msg_call_start(&replies);
	ASSERT_TRUE(msg_call_sleeps(&replies));
	for (i = 0; i < MACHDEV_QLIMIT_KERNEL; i++)
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(2, msg.head.msgh_id);
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&replies));
	EXPECT_EQ(0, port_queued(port));
	port_limit(port, 1);
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&sends));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(1, msg.head.msgh_id);
}

MACH_TEST_MAIN
