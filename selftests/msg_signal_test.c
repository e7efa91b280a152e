// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals while a call waits: it goes on or ends as documented, and a message
 * is sent exactly once.
 */
#include "disturb.h"

#include <sys/time.h>

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE

/*
 * The device without the library
 */

struct raw_call {
	struct machdev_msg call;
	pthread_t thread;
	pid_t tid;
	long result;
};

static void *raw_run(void *argument)
{
	struct raw_call *raw = argument;

	__atomic_store_n(&raw->tid, (pid_t)syscall(SYS_gettid),
			 __ATOMIC_RELEASE);
	raw->result = mach_ioctl(MACHDEV_IOC_MSG, &raw->call);
	return NULL;
}

static bool raw_start(struct raw_call *raw)
{
	raw->tid = 0;
	MUST(pthread_create(&raw->thread, NULL, raw_run, raw));
	return TEST_UNTIL(__atomic_load_n(&raw->tid, __ATOMIC_ACQUIRE) &&
			  msg_sleeps(getpid(), raw->tid), 10000);
}

static long raw_result(struct raw_call *raw)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += test_ms(20000) / 1000;
	MUST(pthread_timedjoin_np(raw->thread, NULL, &end));
	return raw->result;
}

FIXTURE(raw)
{
	mach_port_t port;
	struct msg msg;
	struct raw_call raw;
};

FIXTURE_VARIANT(raw)
{
	int flags;
};

FIXTURE_VARIANT_ADD(raw, handler) { 0 };
FIXTURE_VARIANT_ADD(raw, restarting_handler) { SA_RESTART };

FIXTURE_SETUP(raw)
{
	self->port = port_new_send(1);
	self->raw.call.msg = (uintptr_t)&self->msg;
	self->raw.call.rcv_size = sizeof(self->msg);
	self->raw.call.rcv_name = self->port;
	signal_handle(SIGUSR1, variant->flags);
}

FIXTURE_TEARDOWN(raw)
{
}

/* A receive: EINTR, and the struct goes on where it was. */
TEST_F(raw, receive)
{
	struct machdev_msg *call = &self->raw.call;
	uint64_t begin = test_now_ms(), end;

	call->option = MACH_RCV_MSG | MACH_RCV_TIMEOUT;
	call->timeout = 100000;
	memset(&self->msg, TEST_POISON, sizeof(self->msg));
	ASSERT_TRUE(raw_start(&self->raw));
	end = test_now_ms();
	ASSERT_TRUE(signal_interrupt(getpid(), self->raw.tid));
	ASSERT_KR(-EINTR, raw_result(&self->raw));
	EXPECT_EQ(MACH_RCV_MSG | MACH_RCV_TIMEOUT, call->option);
	EXPECT_EQ(MACHDEV_MSG_DEADLINE, call->flags);
	EXPECT_LE((begin + 100000) * 1000000, call->deadline);
	EXPECT_GE((end + 100001) * 1000000, call->deadline);
	EXPECT_EQ(self->port, call->rcv_name);
	EXPECT_EQ(sizeof(self->msg), call->rcv_size);
	EXPECT_TRUE(is_poison(&self->msg, sizeof(self->msg)));

	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->port, COPY_SEND, 9));
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_MSG, call));
	EXPECT_EQ(9, self->msg.head.msgh_id);
}

TEST_F(raw, receive_without_timeout)
{
	struct machdev_msg *call = &self->raw.call;

	call->option = MACH_RCV_MSG;
	ASSERT_TRUE(raw_start(&self->raw));
	ASSERT_TRUE(signal_interrupt(getpid(), self->raw.tid));
	ASSERT_KR(-EINTR, raw_result(&self->raw));
	/* It waits again, for as long as it takes. */
	ASSERT_TRUE(raw_start(&self->raw));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->port, COPY_SEND, 9));
	EXPECT_KR(KERN_SUCCESS, raw_result(&self->raw));
	EXPECT_EQ(9, self->msg.head.msgh_id);
}

/* A combined call: what was sent is not sent again. */
TEST_F(raw, both)
{
	struct machdev_msg *call = &self->raw.call;
	mach_port_t server = port_new_send(1);

	msg_init(&self->msg, server, COPY_SEND, self->port, MAKE_ONCE, 3);
	call->option = MACH_SEND_MSG | MACH_RCV_MSG | MACH_SEND_TIMEOUT;
	call->send_size = MSG_HEADER;
	ASSERT_TRUE(raw_start(&self->raw));
	EXPECT_EQ(1, port_queued(server));
	ASSERT_TRUE(signal_interrupt(getpid(), self->raw.tid));
	ASSERT_KR(-EINTR, raw_result(&self->raw));
	EXPECT_EQ(0, call->option & MACH_SEND_MSG);
	EXPECT_EQ(MACH_RCV_MSG, call->option & MACH_RCV_MSG);
	EXPECT_EQ(1, port_queued(server));

	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->port, COPY_SEND, 4));
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_MSG, call));
	EXPECT_EQ(4, self->msg.head.msgh_id);
	EXPECT_EQ(1, port_queued(server));
}

/* A send: the message comes back, ready to be sent again. */
TEST_F(raw, send)
{
	struct machdev_msg *call = &self->raw.call;
	mach_port_t reply = port_new(), back;

	port_fill(self->port);
	msg_init(&self->msg, self->port, COPY_SEND, reply, MAKE_ONCE, 3);
	memset(self->msg.word, 0x5a, sizeof(self->msg.word));
	call->option = MACH_SEND_MSG;
	call->send_size = MSG_SIZE(5);
	ASSERT_TRUE(raw_start(&self->raw));
	ASSERT_TRUE(signal_interrupt(getpid(), self->raw.tid));
	ASSERT_KR(MACH_SEND_INTERRUPTED, raw_result(&self->raw));
	EXPECT_EQ(MACH_MSGH_BITS(MOVE_SEND, MOVE_ONCE),
		  self->msg.head.msgh_bits);
	EXPECT_EQ(MSG_SIZE(5), self->msg.head.msgh_size);
	EXPECT_EQ(self->port, self->msg.head.msgh_remote_port);
	back = self->msg.head.msgh_local_port;
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(back));
	EXPECT_EQ(1, port_status(reply).mps_sorights);
	EXPECT_EQ(2, port_send_refs(self->port));
	EXPECT_TRUE(is_filled(self->msg.word, 0x5a, sizeof(self->msg.word)));
	EXPECT_EQ(5, port_queued(self->port));

	port_drain(self->port);
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_MSG, call));
	EXPECT_EQ(0, port_type(back));
	EXPECT_EQ(1, port_send_refs(self->port));
	EXPECT_EQ(1, port_queued(self->port));
}

/* A combined call that is interrupted in its send has not begun to receive. */
TEST_F(raw, both_in_the_send)
{
	struct machdev_msg *call = &self->raw.call;
	mach_port_t own = port_new_send(1);

	port_fill(self->port);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(own, COPY_SEND, 8));
	msg_init(&self->msg, self->port, COPY_SEND, 0, 0, 3);
	call->option = MACH_SEND_MSG | MACH_RCV_MSG;
	call->send_size = MSG_HEADER;
	call->rcv_name = own;
	ASSERT_TRUE(raw_start(&self->raw));
	ASSERT_TRUE(signal_interrupt(getpid(), self->raw.tid));
	ASSERT_KR(MACH_SEND_INTERRUPTED, raw_result(&self->raw));
	EXPECT_EQ(MACH_SEND_MSG | MACH_RCV_MSG, call->option);
	EXPECT_EQ(1, port_queued(own));
	EXPECT_EQ(5, port_queued(self->port));
}

/*
 * The library in a thread
 */

/* A receive goes on, whatever number of handlers run. */
TEST(receive_goes_on)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head, .option = MACH_RCV_MSG,
		.rcv_size = sizeof(msg), .rcv_name = port,
	};
	int i;

	signal_handle(SIGUSR1, 0);
	msg_call_start(&call);
	for (i = 0; i < 20; i++) {
		ASSERT_TRUE(msg_call_sleeps(&call));
		ASSERT_TRUE(signal_interrupt(getpid(), call.tid));
	}
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 9));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	EXPECT_EQ(9, msg.head.msgh_id);
}

TEST(receive_ends_when_asked_to)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head, .option = MACH_RCV_MSG | MACH_RCV_INTERRUPT,
		.rcv_size = sizeof(msg), .rcv_name = port,
	};

	signal_handle(SIGUSR1, SA_RESTART);
	memset(&msg, TEST_POISON, sizeof(msg));
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_TRUE(signal_interrupt(getpid(), call.tid));
	EXPECT_KR(MACH_RCV_INTERRUPTED, msg_call_result(&call));
	EXPECT_TRUE(is_poison(&msg, sizeof(msg)));
	/* No message was lost to the one that gave up. */
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 9));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
}

/* A storm of signals neither shortens nor lengthens the time. */
TEST(time_that_is_left)
{
	struct itimerval storm = { { 0, 3000 }, { 0, 3000 } }, calm = { 0 };
	mach_port_t port = port_new();
	struct msg msg;
	uint64_t start;

	signal_handle(SIGALRM, 0);
	start = test_now_ms();
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &storm, NULL));
	EXPECT_KR(MACH_RCV_TIMED_OUT,
		  mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   sizeof(msg), port, 400, 0));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &calm, NULL));
	EXPECT_LE(399, test_now_ms() - start);
	EXPECT_LT(0, signal_count());
}

/* Signals that no handler is for do not end a wait. */
TEST(ignored_signals)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_RCV_MSG | MACH_RCV_INTERRUPT,
		.rcv_size = sizeof(msg), .rcv_name = port,
	};
	int i;

	signal(SIGUSR1, SIG_IGN);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	for (i = 0; i < 20; i++) {
		syscall(SYS_tgkill, getpid(), call.tid, SIGUSR1);
		syscall(SYS_tgkill, getpid(), call.tid, SIGCHLD);
		syscall(SYS_tgkill, getpid(), call.tid, SIGWINCH);
	}
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 9));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
}

/* A blocked send is repeated; the message arrives once. */
TEST(send_goes_on)
{
	mach_port_t port = port_new_send(1), reply = port_new();
	struct msg msg, received;
	struct msg_call call = {
		.msg = &msg.head, .option = MACH_SEND_MSG,
		.send_size = MSG_SIZE(4),
	};
	int i;

	signal_handle(SIGUSR1, 0);
	port_fill(port);
	msg_init(&msg, port, COPY_SEND, reply, MAKE_ONCE, 4);
	memset(msg.word, 0x5a, 16);
	msg_call_start(&call);
	for (i = 0; i < 20; i++) {
		ASSERT_TRUE(msg_call_sleeps(&call));
		ASSERT_TRUE(signal_interrupt(getpid(), call.tid));
	}
	port_drain(port);
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&received, port));
	EXPECT_EQ(4, received.head.msgh_id);
	EXPECT_TRUE(is_filled(received.word, 0x5a, 16));
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, port));
	EXPECT_EQ(1, port_status(reply).mps_sorights);
	EXPECT_EQ(1, port_send_refs(port));
}

TEST(send_ends_when_asked_to)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head, .option = MACH_SEND_MSG | MACH_SEND_INTERRUPT,
		.send_size = MSG_HEADER,
	};

	signal_handle(SIGUSR1, SA_RESTART);
	port_fill(port);
	msg_init(&msg, port, COPY_SEND, 0, 0, 4);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_TRUE(signal_interrupt(getpid(), call.tid));
	EXPECT_KR(MACH_SEND_INTERRUPTED, msg_call_result(&call));
	EXPECT_EQ(MACH_MSGH_BITS(MOVE_SEND, 0), msg.head.msgh_bits);
	EXPECT_EQ(5, port_queued(port));
	EXPECT_EQ(2, port_send_refs(port));
}

/*
 * Both sides of a conversation under a storm of signals
 */

FIXTURE(storm)
{
	mach_port_t port;
};

FIXTURE_VARIANT(storm)
{
	int flags;
};

FIXTURE_VARIANT_ADD(storm, handler) { 0 };
FIXTURE_VARIANT_ADD(storm, restarting_handler) { SA_RESTART };

FIXTURE_SETUP(storm)
{
	signal_handle(SIGUSR1, variant->flags);
	self->port = port_new_bootstrap();
}

FIXTURE_TEARDOWN(storm)
{
	EXPECT_LT(0, signal_count());
}

/* Requests and replies by calls that do both. */
TEST_F(storm, conversation)
{
	enum { ROUNDS = 1000 };
	struct msg msg;
	pid_t pid;
	int i;

	pid = child_fork();
	if (!pid) {
		mach_port_t parent = bootstrap_of_parent(), reply = port_new();

		ticks_start();
		for (i = 0; i < ROUNDS; i++) {
			msg_init(&msg, parent, COPY_SEND, reply, MAKE_ONCE, i);
			ASSERT_KR(KERN_SUCCESS,
				  mach_msg(&msg.head, MACH_SEND_MSG |
					   MACH_RCV_MSG, MSG_HEADER,
					   sizeof(msg), reply, 0, 0));
			ASSERT_EQ(i + 5000, msg.head.msgh_id);
		}
		EXPECT_EQ(ROUNDS, port_status(reply).mps_seqno);
		child_exit();
	}
	ticks_start();
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg),
				   self->port, 0, 0));
		ASSERT_EQ(i, msg.head.msgh_id);
		ASSERT_KR(KERN_SUCCESS,
			  msg_send_id(msg.head.msgh_remote_port, MOVE_ONCE,
				      i + 5000));
	}
	EXPECT_CHILD(pid);
	EXPECT_EQ(ROUNDS, port_status(self->port).mps_seqno);
}

/* A queue of one that is mostly full: each message once, and in order. */
TEST_F(storm, stream)
{
	enum { MESSAGES = 500 };
	struct msg msg;
	pid_t pid;
	int i;

	port_limit(self->port, 1);
	pid = child_fork();
	if (!pid) {
		mach_port_t parent = bootstrap_of_parent();

		ticks_start();
		for (i = 0; i < MESSAGES; i++) {
			msg_init(&msg, parent, COPY_SEND, 0, 0, i);
			ASSERT_KR(KERN_SUCCESS,
				  mach_msg(&msg.head, MACH_SEND_MSG, MSG_HEADER,
					   0, 0, 0, 0));
		}
		EXPECT_EQ(1, port_send_refs(parent));
		child_exit();
	}
	ticks_start();
	for (i = 0; i < MESSAGES; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_await(&msg, self->port));
		ASSERT_EQ(i, msg.head.msgh_id);
		/* Long enough for a tick to find the sender waiting. */
		if (i % 10 == 0)
			test_sleep_ms(2);
	}
	EXPECT_CHILD(pid);
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, self->port));
}

MACH_TEST_MAIN
