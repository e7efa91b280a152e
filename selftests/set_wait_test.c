// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that wait at a port set and at its members: who gets a message, what
 * a change of the members means to them, and what ends their wait.
 */
#include "set_helpers.h"

struct wait {
	struct msg msg;
	struct msg_call call;
};

static void wait_begin(struct wait *wait, mach_port_t from,
		       mach_msg_option_t option, mach_msg_size_t size)
{
	memset(&wait->msg, TEST_POISON, sizeof(wait->msg));
	wait->call = (struct msg_call) {
		.msg = &wait->msg.head,
		.option = MACH_RCV_MSG | option,
		.rcv_size = size,
		.rcv_name = from,
	};
	msg_call_start(&wait->call);
	MUST(msg_call_sleeps(&wait->call) ? 0 : -ETIMEDOUT);
}

static void wait_at(struct wait *wait, mach_port_t from)
{
	wait_begin(wait, from, 0, sizeof(wait->msg));
}

static bool still_waits(struct wait *wait)
{
	return msg_call_sleeps(&wait->call);
}

/* The thread has got message @id, which came to @port. */
#define EXPECT_GOT(wait, id, port) do {					\
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&(wait)->call));	\
	EXPECT_EQ(id, (wait)->msg.head.msgh_id);			\
	EXPECT_WORD(port, (wait)->msg.head.msgh_local_port);		\
} while (0)

/* End a wait that nothing else has ended: by a message to a port of its own. */
#define EXPECT_WAITED_ON(wait, from) do {				\
	mach_port_t __last = port_new_send(1);				\
									\
	EXPECT_TRUE(still_waits(wait));					\
	ASSERT_KR(KERN_SUCCESS, send_to(__last, 999));			\
	ASSERT_KR(KERN_SUCCESS, set_insert(__last, from));		\
	EXPECT_GOT(wait, 999, __last);					\
} while (0)

TEST(message_to_a_member)
{
	mach_port_t set = set_new(), first = member_new(set);
	mach_port_t second = member_new(set);
	struct wait wait;

	wait_at(&wait, set);
	ASSERT_KR(KERN_SUCCESS, send_to(second, 4));
	EXPECT_GOT(&wait, 4, second);
	EXPECT_NO_MESSAGE(set);
	wait_at(&wait, set);
	ASSERT_KR(KERN_SUCCESS, send_to(first, 5));
	EXPECT_GOT(&wait, 5, first);
	EXPECT_EQ(1, port_status(first).mps_seqno);
}

/* Who waits at the member itself comes first, whoever came first. */
TEST(member_before_set)
{
	mach_port_t set = set_new(), port = member_new(set);
	struct wait at_set, at_member;

	wait_at(&at_set, set);
	wait_at(&at_member, port);
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	EXPECT_GOT(&at_member, 1, port);
	EXPECT_TRUE(still_waits(&at_set));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 2));
	EXPECT_GOT(&at_set, 2, port);
}

/* Each message reaches one of those who wait at the sets of a port. */
TEST(several_sets)
{
	mach_port_t set[3], port = port_new_send(1);
	struct wait wait[3];
	int seen = 0, i;

	for (i = 0; i < 3; i++) {
		set[i] = set_new();
		ASSERT_KR(KERN_SUCCESS, set_insert(port, set[i]));
		wait_at(&wait[i], set[i]);
	}
	for (i = 0; i < 3; i++)
		ASSERT_KR(KERN_SUCCESS, send_to(port, i));
	for (i = 0; i < 3; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&wait[i].call));
		seen |= 1 << wait[i].msg.head.msgh_id;
	}
	EXPECT_EQ(7, seen);
	for (i = 0; i < 3; i++)
		EXPECT_NO_MESSAGE(set[i]);
	/* The sets that were passed over are as they were. */
	ASSERT_KR(KERN_SUCCESS, send_to(port, 7));
	EXPECT_MESSAGE(7, port, set[0]);
	for (i = 0; i < 3; i++)
		EXPECT_NO_MESSAGE(set[i]);
}

/* Only the last of a port's sets has somebody who waits. */
TEST(last_of_several_sets)
{
	mach_port_t a = set_new(), b = set_new(), port = member_new(a);
	struct wait wait;

	ASSERT_KR(KERN_SUCCESS, set_insert(port, b));
	wait_at(&wait, b);
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	EXPECT_GOT(&wait, 1, port);
	EXPECT_NO_MESSAGE(a);
	wait_at(&wait, a);
	ASSERT_KR(KERN_SUCCESS, send_to(port, 2));
	EXPECT_GOT(&wait, 2, port);
	EXPECT_NO_MESSAGE(b);
}

TEST(send_once_notification)
{
	mach_port_t set = set_new(), port = member_new(set);
	mach_port_t once = port_new_once(port);
	struct wait wait;

	wait_at(&wait, set);
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), once));
	EXPECT_GOT(&wait, MACH_NOTIFY_SEND_ONCE, port);
}

/* A member that is put in with messages wakes who waits. */
TEST(member_with_messages)
{
	mach_port_t set = set_new(), port = port_new_send(1);
	struct wait wait[3];
	int seen = 0, i;

	for (i = 0; i < 3; i++) {
		ASSERT_KR(KERN_SUCCESS, send_to(port, i));
		wait_at(&wait[i], set);
	}
	EXPECT_KR(KERN_SUCCESS, set_insert(port, set));
	for (i = 0; i < 3; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_call_result(&wait[i].call));
		seen |= 1 << wait[i].msg.head.msgh_id;
	}
	EXPECT_EQ(7, seen);
}

/* Of more than there are messages for, the others wait on. */
TEST(member_with_one_message)
{
	mach_port_t set = set_new(), port = port_new_send(1);
	struct wait wait[2];
	int other;

	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	wait_at(&wait[0], set);
	wait_at(&wait[1], set);
	EXPECT_KR(KERN_SUCCESS, set_insert(port, set));
	ASSERT_TRUE(TEST_UNTIL(!port_queued(port), 10000));
	other = TEST_UNTIL(wait[0].msg.head.msgh_id == 1 ||
			   wait[1].msg.head.msgh_id == 1, 10000) &&
		wait[0].msg.head.msgh_id == 1;
	EXPECT_GOT(&wait[!other], 1, port);
	EXPECT_TRUE(still_waits(&wait[other]));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 2));
	EXPECT_GOT(&wait[other], 2, port);
}

TEST(member_without_messages)
{
	mach_port_t set = set_new(), port = port_new_send(1);
	struct wait wait;

	wait_at(&wait, set);
	EXPECT_KR(KERN_SUCCESS, set_insert(port, set));
	EXPECT_TRUE(still_waits(&wait));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	EXPECT_GOT(&wait, 1, port);
}

/* A port that is put into a set does not disturb who waits at it. */
TEST(waiting_at_what_becomes_a_member)
{
	mach_port_t set = set_new(), port = port_new_send(1);
	struct wait wait;

	wait_at(&wait, port);
	EXPECT_KR(KERN_SUCCESS, set_insert(port, set));
	EXPECT_KR(KERN_SUCCESS, set_move(port, MACH_PORT_NULL));
	EXPECT_KR(KERN_SUCCESS, set_move(port, set));
	EXPECT_TRUE(still_waits(&wait));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 3));
	EXPECT_GOT(&wait, 3, port);
}

/* What comes to a port that has left is none of theirs. */
TEST(member_that_leaves)
{
	mach_port_t set = set_new(), port = member_new(set);
	struct wait wait;

	wait_at(&wait, set);
	EXPECT_KR(KERN_SUCCESS, set_extract(port, set));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	EXPECT_WAITED_ON(&wait, set);
	EXPECT_MESSAGE(1, port, port);
}

TEST(member_that_moves_to_another_set)
{
	mach_port_t a = set_new(), b = set_new(), port = member_new(a);
	struct wait at_a, at_b;

	wait_at(&at_a, a);
	wait_at(&at_b, b);
	EXPECT_KR(KERN_SUCCESS, set_move(port, b));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	EXPECT_GOT(&at_b, 1, port);
	EXPECT_WAITED_ON(&at_a, a);
}

TEST(member_that_dies)
{
	mach_port_t set = set_new(), port = member_new(set);
	struct wait at_set, at_member;

	wait_at(&at_set, set);
	wait_at(&at_member, port);
	port_destroy_receive(port);
	EXPECT_KR(MACH_RCV_PORT_CHANGED, msg_call_result(&at_member.call));
	EXPECT_TRUE(is_poison(&at_member.msg, sizeof(at_member.msg)));
	EXPECT_WAITED_ON(&at_set, set);
}

TEST(member_that_is_moved_away)
{
	mach_port_t set = set_new(), port = member_new(set);
	struct wait at_set, at_member;
	struct holder holder;

	holder_start(&holder);
	wait_at(&at_set, set);
	wait_at(&at_member, port);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	EXPECT_KR(MACH_RCV_PORT_CHANGED, msg_call_result(&at_member.call));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 5));
	EXPECT_WAITED_ON(&at_set, set);
	holder_end(&holder);
}

/* All ways to end a set end the waits at it, and those at its members not. */
TEST(set_that_dies)
{
	mach_port_t task = mach_task_self();
	struct wait at_set[4], at_member;
	int way, i;

	for (way = 0; way < 3; way++) {
		mach_port_t set = set_new(), port = member_new(set);

		for (i = 0; i < 4; i++)
			wait_at(&at_set[i], set);
		wait_at(&at_member, port);
		switch (way) {
		case 0:
			set_destroy(set);
			break;
		case 1:
			EXPECT_KR(KERN_SUCCESS,
				  mach_port_deallocate(task, set));
			break;
		case 2:
			EXPECT_KR(KERN_SUCCESS, mach_port_destroy(task, set));
			break;
		}
		for (i = 0; i < 4; i++) {
			EXPECT_KR(MACH_RCV_PORT_CHANGED,
				  msg_call_result(&at_set[i].call));
			EXPECT_TRUE(is_poison(&at_set[i].msg,
					      sizeof(at_set[i].msg)));
		}
		EXPECT_TRUE(still_waits(&at_member));
		ASSERT_KR(KERN_SUCCESS, send_to(port, way));
		EXPECT_GOT(&at_member, way, port);
	}
}

/* Another name for the set, or for a member, ends no wait. */
TEST(renamed)
{
	mach_port_t task = mach_task_self(), set = set_new();
	mach_port_t port = member_new(set);
	struct wait wait;

	wait_at(&wait, set);
	EXPECT_KR(KERN_SUCCESS, mach_port_rename(task, set, 0x4403));
	EXPECT_KR(KERN_SUCCESS, mach_port_rename(task, port, 0x5503));
	EXPECT_TRUE(still_waits(&wait));
	ASSERT_KR(KERN_SUCCESS, send_to(0x5503, 1));
	EXPECT_GOT(&wait, 1, 0x5503);
}

/* Who cannot take a message is told where it is, and the next one gets it. */
TEST(too_large_for_the_first)
{
	mach_port_t set = set_new(), other = member_new(set);
	mach_port_t port = member_new(set);
	mach_msg_option_t large = MACH_RCV_LARGE | MACH_RCV_LARGE_IDENTITY;
	struct wait small, wide;
	struct msg msg;

	wait_begin(&small, set, large, MSG_SIZE(9));
	wait_begin(&wide, set, large, sizeof(wide.msg));
	msg_init(&msg, port, COPY_SEND, 0, 0, 6);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(10)));
	EXPECT_KR(MACH_RCV_TOO_LARGE, msg_call_result(&small.call));
	EXPECT_WORD(MSG_SIZE(10), small.msg.head.msgh_size);
	EXPECT_WORD(port, small.msg.head.msgh_local_port);
	EXPECT_GOT(&wide, 6, port);
	EXPECT_NE(other, wide.msg.head.msgh_local_port);
}

/* If none can, it stays in the queue. */
TEST(too_large_for_all)
{
	mach_port_t a = set_new(), b = set_new(), port = member_new(a);
	mach_msg_option_t large = MACH_RCV_LARGE | MACH_RCV_LARGE_IDENTITY;
	struct wait wait[3];
	struct msg msg;
	int i;

	ASSERT_KR(KERN_SUCCESS, set_insert(port, b));
	wait_begin(&wait[0], a, large, MSG_SIZE(9));
	wait_begin(&wait[1], b, large, MSG_SIZE(8));
	wait_begin(&wait[2], port, large, MSG_SIZE(7));
	msg_init(&msg, port, COPY_SEND, 0, 0, 6);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(10)));
	for (i = 0; i < 3; i++) {
		EXPECT_KR(MACH_RCV_TOO_LARGE, msg_call_result(&wait[i].call));
		EXPECT_WORD(port, wait[i].msg.head.msgh_local_port);
	}
	EXPECT_MESSAGE(6, port, b);
	EXPECT_NO_MESSAGE(a);
}

/* With MACH_RCV_LARGE, a member that is put in with too large a message. */
TEST(member_with_too_large_a_message)
{
	mach_port_t set = set_new(), port = port_new_send(1);
	mach_msg_option_t large = MACH_RCV_LARGE | MACH_RCV_LARGE_IDENTITY;
	struct wait small, wide;
	struct msg msg;

	msg_init(&msg, port, COPY_SEND, 0, 0, 6);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(10)));
	wait_begin(&small, set, large, MSG_SIZE(9));
	EXPECT_KR(KERN_SUCCESS, set_insert(port, set));
	EXPECT_KR(MACH_RCV_TOO_LARGE, msg_call_result(&small.call));
	EXPECT_WORD(port, small.msg.head.msgh_local_port);
	EXPECT_KR(KERN_SUCCESS, set_extract(port, set));
	wait_begin(&wide, set, large, sizeof(wide.msg));
	EXPECT_KR(KERN_SUCCESS, set_insert(port, set));
	EXPECT_GOT(&wide, 6, port);
}

/*
 * Time and signals
 */

TEST(timeout)
{
	mach_port_t set = set_new(), port = member_new(set);
	uint64_t start = test_now_ms();
	struct msg msg;

	EXPECT_KR(MACH_RCV_TIMED_OUT,
		  mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   sizeof(msg), set, 50, MACH_PORT_NULL));
	EXPECT_LE(start + 49, test_now_ms());
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	EXPECT_MESSAGE(1, port, set);
}

/* A deadline holds however often the thread is made to look again. */
TEST(timeout_among_changes)
{
	mach_port_t set = set_new(), port = port_new_send(1);
	struct wait wait, taker;
	int i;

	memset(&wait.msg, TEST_POISON, sizeof(wait.msg));
	wait.call = (struct msg_call) {
		.msg = &wait.msg.head,
		.option = MACH_RCV_MSG | MACH_RCV_TIMEOUT | MACH_RCV_LARGE,
		.rcv_size = sizeof(wait.msg),
		.rcv_name = set,
		.timeout = test_ms(300),
	};
	msg_call_start(&wait.call);
	for (i = 0; i < 20; i++) {
		/* Another thread waits at the port, and has all that comes. */
		wait_at(&taker, port);
		ASSERT_KR(KERN_SUCCESS, set_insert(port, set));
		ASSERT_KR(KERN_SUCCESS, send_to(port, i));
		EXPECT_GOT(&taker, i, port);
		ASSERT_KR(KERN_SUCCESS, set_extract(port, set));
	}
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_call_result(&wait.call));
	EXPECT_LE(test_ms(300) - 1, wait.call.took_ms);
}

TEST(interrupted)
{
	mach_port_t set = set_new(), port = member_new(set);
	struct wait wait;

	signal_handle(SIGUSR1, 0);
	wait_begin(&wait, set, MACH_RCV_INTERRUPT, sizeof(wait.msg));
	ASSERT_TRUE(signal_interrupt(getpid(), wait.call.tid));
	EXPECT_KR(MACH_RCV_INTERRUPTED, msg_call_result(&wait.call));
	EXPECT_TRUE(is_poison(&wait.msg, sizeof(wait.msg)));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	EXPECT_MESSAGE(1, port, set);
}

TEST(interrupted_and_repeated)
{
	mach_port_t set = set_new(), port = member_new(set);
	struct wait wait;
	int i;

	signal_handle(SIGUSR1, 0);
	wait_at(&wait, set);
	for (i = 0; i < 3; i++) {
		ASSERT_TRUE(signal_interrupt(getpid(), wait.call.tid));
		ASSERT_TRUE(still_waits(&wait));
	}
	ASSERT_KR(KERN_SUCCESS, send_to(port, 8));
	EXPECT_GOT(&wait, 8, port);
}

TEST(killed)
{
	uint64_t members = mach_counter(MACHDEV_COUNTER_MEMBERS);
	pid_t pid = child_fork();
	struct msg msg;

	if (!pid) {
		mach_port_t set = set_new();

		member_new(set);
		mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg), set, 0,
			 MACH_PORT_NULL);
		_exit(1);
	}
	ASSERT_TRUE(TEST_UNTIL(msg_sleeps(pid, pid), 10000));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	ASSERT_KR(0, mach_sync());
	EXPECT_EQ(members, mach_counter(MACHDEV_COUNTER_MEMBERS));
}

/*
 * Races
 */

#define PORTS 8
#define SETS 3
#define RECEIVERS 4
#define CHANGERS 2

/* Threads that send to ports and receive from sets, while members change. */
struct turmoil {
	mach_port_t port[PORTS];
	mach_port_t set[SETS];
	uint32_t sent[PORTS];
	uint32_t received[PORTS];
	bool stop;
};

static bool turmoil_ends(struct turmoil *t)
{
	return __atomic_load_n(&t->stop, __ATOMIC_RELAXED);
}

/* One message of each sender is one more in the count of its port. */
static void *turmoil_send(void *argument)
{
	struct turmoil *t = argument;
	unsigned int i = 0;

	for (; !turmoil_ends(t); i++) {
		struct msg msg;
		unsigned int n = i % PORTS;

		msg_init(&msg, t->port[n], COPY_SEND, 0, 0, (int)n);
		if (msg_send(&msg, MSG_HEADER) == KERN_SUCCESS)
			__atomic_add_fetch(&t->sent[n], 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void turmoil_take(struct turmoil *t, mach_port_t from, unsigned int ms)
{
	mach_msg_return_t result;
	struct msg msg;
	uint32_t n;

	for (;;) {
		result = mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
				  sizeof(msg), from, ms, MACH_PORT_NULL);
		if (result == MACH_RCV_TIMED_OUT)
			return;
		MUST(result);
		n = (uint32_t)msg.head.msgh_id;
		MUST(n < PORTS ? 0 : -EINVAL);
		MUST(msg.head.msgh_local_port == t->port[n] ? 0 : -EINVAL);
		__atomic_add_fetch(&t->received[n], 1, __ATOMIC_RELAXED);
	}
}

static void *turmoil_receive(void *argument)
{
	static unsigned int threads;
	struct turmoil *t = argument;
	unsigned int i = __atomic_fetch_add(&threads, 1, __ATOMIC_RELAXED);

	/* The last one waits at a member. */
	while (!turmoil_ends(t))
		turmoil_take(t, i % (SETS + 1) == SETS ? t->port[0] :
			     t->set[i % (SETS + 1)], 1);
	return NULL;
}

static void *turmoil_change(void *argument)
{
	static unsigned int threads;
	struct turmoil *t = argument;
	unsigned int seed = __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED);

	while (!turmoil_ends(t)) {
		mach_port_t port = t->port[rand_r(&seed) % PORTS];
		mach_port_t set = t->set[rand_r(&seed) % SETS];
		kern_return_t kr;

		switch (rand_r(&seed) % 4) {
		case 0:
			kr = set_move(port, MACH_PORT_NULL);
			MUST(kr == KERN_NOT_IN_SET ? 0 : kr);
			break;
		case 1:
			kr = set_extract(port, set);
			MUST(kr == KERN_NOT_IN_SET ? 0 : kr);
			break;
		case 2:
			kr = set_insert(port, set);
			MUST(kr == KERN_ALREADY_IN_SET ? 0 : kr);
			break;
		default:
			MUST(set_move(port, set));
		}
	}
	return NULL;
}

/* Every message is received once, however often its port changes sets. */
TEST(changes_lose_nothing)
{
	pthread_t thread[1 + RECEIVERS + CHANGERS];
	struct turmoil t = { .stop = false };
	unsigned int i, n = 0;
	uint32_t all = 0;

	for (i = 0; i < PORTS; i++)
		t.port[i] = port_new_send(1);
	for (i = 0; i < SETS; i++)
		t.set[i] = set_new();
	for (i = 0; i < RECEIVERS; i++)
		MUST(pthread_create(&thread[n++], NULL, turmoil_receive, &t));
	for (i = 0; i < CHANGERS; i++)
		MUST(pthread_create(&thread[n++], NULL, turmoil_change, &t));
	MUST(pthread_create(&thread[n++], NULL, turmoil_send, &t));
	test_sleep_ms(1000);
	__atomic_store_n(&t.stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < n; i++)
		MUST(pthread_join(thread[i], NULL));
	/* The rest is found in the sets, and then nothing in the ports. */
	for (i = 0; i < PORTS; i++)
		ASSERT_KR(KERN_SUCCESS, set_move(t.port[i], t.set[0]));
	turmoil_take(&t, t.set[0], 0);
	for (i = 0; i < PORTS; i++) {
		EXPECT_EQ(t.sent[i], t.received[i]);
		EXPECT_NO_MESSAGE(t.port[i]);
		all += t.sent[i];
	}
	EXPECT_LT(100, all);
}

struct mortal {
	mach_port_t set;
	mach_port_t port;
	bool stop;
};

static void *mortal_receive(void *argument)
{
	struct mortal *m = argument;
	struct msg msg;

	while (!__atomic_load_n(&m->stop, __ATOMIC_RELAXED)) {
		mach_msg_return_t result;

		result = mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg),
				  __atomic_load_n(&m->set, __ATOMIC_RELAXED), 0,
				  MACH_PORT_NULL);
		MUST(result == MACH_RCV_PORT_CHANGED ||
		     result == MACH_RCV_INVALID_NAME ? 0 : result);
	}
	return NULL;
}

/* A set dies while threads come to wait, a port while it is sent to. */
TEST(sets_and_ports_that_die)
{
	struct mortal m = { .stop = false };
	uint64_t end = test_now_ms() + 1000;
	pthread_t thread[3];
	mach_port_t port[4];
	int i, rounds = 0;

	m.set = set_new();
	for (i = 0; i < 3; i++)
		MUST(pthread_create(&thread[i], NULL, mortal_receive, &m));
	for (; test_now_ms() < end || rounds <= 3; rounds++) {
		mach_port_t old = m.set, set = set_new();

		for (i = 0; i < 4; i++) {
			port[i] = member_new(old);
			ASSERT_KR(KERN_SUCCESS, set_insert(port[i], set));
			send_to(port[i], i);
		}
		__atomic_store_n(&m.set, set, __ATOMIC_RELAXED);
		port_destroy_receive(port[0]);
		set_destroy(old);
		send_to(port[1], 9);
		for (i = 1; i < 4; i++)
			port_destroy_receive(port[i]);
		for (i = 0; i < 4; i++)
			MUST(mach_port_deallocate(mach_task_self(), port[i]));
	}
	__atomic_store_n(&m.stop, true, __ATOMIC_RELAXED);
	set_destroy(m.set);
	for (i = 0; i < 3; i++)
		MUST(pthread_join(thread[i], NULL));
}

MACH_TEST_MAIN
