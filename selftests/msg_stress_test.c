// SPDX-License-Identifier: GPL-2.0-only
/*
 * More threads and processes than processors, at full speed: nothing is lost,
 * nothing comes twice, and what one thread sends arrives in its order.
 */
#include "msg_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE

#define SEQNO MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_SEQNO)

#define SENDERS 6
#define PORTS 4
#define MESSAGES 500		/* from each sender to each port */

#define STOP_ID -1

struct sender {
	pthread_t thread;
	const mach_port_t *port;
	unsigned int number;
	unsigned int failed;
};

struct receiver {
	pthread_t thread;
	mach_port_t port;
	/* What comes next from each sender. */
	unsigned int next[SENDERS];
	unsigned int wrong;
	unsigned int received;
};

/* To each port in turn; word 0 is the sender, the id counts. */
static void *send_all(void *argument)
{
	struct sender *sender = argument;
	struct msg msg;
	int i, j;

	for (i = 0; i < MESSAGES; i++) {
		for (j = 0; j < PORTS; j++) {
			msg_init(&msg, sender->port[j], COPY_SEND, 0, 0, i);
			msg.word[0] = sender->number;
			sender->failed += !!mach_msg(&msg.head, MACH_SEND_MSG,
						     MSG_SIZE(1 + i % 100), 0,
						     0, 0, 0);
		}
	}
	return NULL;
}

static void *receive_all(void *argument)
{
	struct receiver *receiver = argument;
	struct msg msg;

	for (;;) {
		if (mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg),
			     receiver->port, 0, 0)) {
			receiver->wrong++;
			return NULL;
		}
		if (msg.head.msgh_id == STOP_ID)
			return NULL;
		receiver->received++;
		if (msg.word[0] >= SENDERS ||
		    receiver->next[msg.word[0]]++ !=
		    (unsigned int)msg.head.msgh_id ||
		    msg.head.msgh_size != MSG_SIZE(1 + msg.head.msgh_id % 100))
			receiver->wrong++;
	}
}

TEST(senders_and_ports)
{
	mach_port_t port[PORTS];
	struct sender sender[SENDERS];
	struct receiver receiver[PORTS];
	int i, j;

	for (i = 0; i < PORTS; i++) {
		port[i] = port_new_send(1);
		receiver[i] = (struct receiver) { .port = port[i] };
		MUST(pthread_create(&receiver[i].thread, NULL, receive_all,
				    &receiver[i]));
	}
	for (i = 0; i < SENDERS; i++) {
		sender[i] = (struct sender) { .port = port, .number = i };
		MUST(pthread_create(&sender[i].thread, NULL, send_all,
				    &sender[i]));
	}
	for (i = 0; i < SENDERS; i++) {
		MUST(pthread_join(sender[i].thread, NULL));
		EXPECT_EQ(0, sender[i].failed);
	}
	for (i = 0; i < PORTS; i++) {
		/* Behind all others, whatever the limit. */
		ASSERT_KR(KERN_SUCCESS,
			  msg_send_id(port[i], MAKE_ONCE, STOP_ID));
		MUST(pthread_join(receiver[i].thread, NULL));
		EXPECT_EQ(0, receiver[i].wrong);
		EXPECT_EQ(SENDERS * MESSAGES, receiver[i].received);
		for (j = 0; j < SENDERS; j++) {
			EXPECT_EQ(MESSAGES, receiver[i].next[j]);
		}
		EXPECT_EQ(SENDERS * MESSAGES + 1,
			  port_status(port[i]).mps_seqno);
		EXPECT_EQ(0, port_queued(port[i]));
	}
}

/*
 * Many receivers of one port: sequence numbers tell the order of taking
 */

#define RECEIVERS 5

struct taken {
	uint32_t sender;
	int32_t id;
	uint32_t times;
};

struct taker {
	pthread_t thread;
	mach_port_t port;
	struct taken *taken;
	unsigned int count;
	unsigned int wrong;
};

static void *take_all(void *argument)
{
	struct taker *taker = argument;
	mach_msg_seqno_trailer_t *trailer;
	struct msg msg;

	for (;;) {
		if (mach_msg(&msg.head, MACH_RCV_MSG | SEQNO, 0, sizeof(msg),
			     taker->port, 0, 0)) {
			taker->wrong++;
			return NULL;
		}
		if (msg.head.msgh_id == STOP_ID)
			return NULL;
		trailer = msg_trailer(&msg);
		if (trailer->msgh_seqno >= taker->count) {
			taker->wrong++;
			continue;
		}
		taker->taken[trailer->msgh_seqno].sender = msg.word[0];
		taker->taken[trailer->msgh_seqno].id = msg.head.msgh_id;
		__atomic_add_fetch(&taker->taken[trailer->msgh_seqno].times, 1,
				   __ATOMIC_RELAXED);
	}
}

TEST(many_receivers_of_one_port)
{
	enum { ALL = SENDERS * MESSAGES * PORTS };
	/* One port, given PORTS times. */
	mach_port_t one = port_new_send(1), port[PORTS] = { one, one, one, one };
	struct taken *taken = calloc(ALL, sizeof(*taken));
	struct sender sender[SENDERS];
	struct taker taker[RECEIVERS];
	int next[SENDERS] = { 0 };
	int i;

	ASSERT_NE(NULL, taken);
	for (i = 0; i < RECEIVERS; i++) {
		taker[i] = (struct taker) {
			.port = one, .taken = taken, .count = ALL,
		};
		MUST(pthread_create(&taker[i].thread, NULL, take_all,
				    &taker[i]));
	}
	for (i = 0; i < SENDERS; i++) {
		sender[i] = (struct sender) { .port = port, .number = i };
		MUST(pthread_create(&sender[i].thread, NULL, send_all,
				    &sender[i]));
	}
	for (i = 0; i < SENDERS; i++) {
		MUST(pthread_join(sender[i].thread, NULL));
		EXPECT_EQ(0, sender[i].failed);
	}
	for (i = 0; i < RECEIVERS; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_send_id(one, MAKE_ONCE, STOP_ID));
	}
	for (i = 0; i < RECEIVERS; i++) {
		MUST(pthread_join(taker[i].thread, NULL));
		EXPECT_EQ(0, taker[i].wrong);
	}
	for (i = 0; i < ALL; i++) {
		ASSERT_EQ(1, taken[i].times);
		ASSERT_GT(SENDERS, taken[i].sender);
		/* Each id comes once for each time the port is listed. */
		ASSERT_EQ(next[taken[i].sender]++ / PORTS, taken[i].id);
	}
	free(taken);
}

/*
 * Processes
 */

TEST(ping_pong)
{
	enum { ROUNDS = 10000 };
	mach_port_t port = port_new_bootstrap();
	struct msg msg;
	pid_t pid;
	int i;

	pid = child_fork();
	if (!pid) {
		mach_port_t parent = bootstrap_of_parent(), reply = port_new();

		for (i = 0; i < ROUNDS; i++) {
			msg_init(&msg, parent, COPY_SEND, reply, MAKE_ONCE, i);
			msg.word[0] = i ^ 0x5a5a;
			ASSERT_KR(KERN_SUCCESS,
				  mach_msg(&msg.head, MACH_SEND_MSG |
					   MACH_RCV_MSG, MSG_SIZE(8),
					   sizeof(msg), reply, 0, 0));
			ASSERT_EQ(i + ROUNDS, msg.head.msgh_id);
			ASSERT_EQ((uint32_t)i ^ 0x5a5a, msg.word[0]);
			ASSERT_EQ(reply, msg.head.msgh_local_port);
		}
		EXPECT_EQ(0, port_status(reply).mps_sorights);
		child_exit();
	}
	/* Answer and wait in one call, in the same buffer. */
	ASSERT_KR(KERN_SUCCESS, mach_msg(&msg.head, MACH_RCV_MSG, 0,
					 sizeof(msg), port, 0, 0));
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(i, msg.head.msgh_id);
		msg.head.msgh_bits = MACH_MSGH_BITS(MOVE_ONCE, 0);
		msg.head.msgh_local_port = MACH_PORT_NULL;
		msg.head.msgh_id += ROUNDS;
		ASSERT_KR(KERN_SUCCESS,
			  mach_msg(&msg.head, MACH_SEND_MSG |
				   (i + 1 < ROUNDS ? MACH_RCV_MSG : 0),
				   MSG_SIZE(8), sizeof(msg), port, 0, 0));
	}
	EXPECT_CHILD(pid);
	EXPECT_EQ(ROUNDS, port_status(port).mps_seqno);
	EXPECT_EQ(0, port_queued(port));
}

/* Many clients, a server of two threads; each gets its own answers. */
struct server {
	pthread_t thread;
	mach_port_t port;
	unsigned int calls;
	unsigned int wrong;
};

static void *serve(void *argument)
{
	struct server *server = argument;
	struct msg msg;

	for (;;) {
		if (mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg),
			     server->port, 0, 0)) {
			server->wrong++;
			return NULL;
		}
		if (msg.head.msgh_id == STOP_ID)
			return NULL;
		server->calls++;
		msg.head.msgh_bits = MACH_MSGH_BITS(MOVE_ONCE, 0);
		msg.head.msgh_local_port = MACH_PORT_NULL;
		msg.word[0]++;
		server->wrong += !!mach_msg(&msg.head, MACH_SEND_MSG,
					    MSG_SIZE(2), 0, 0, 0, 0);
	}
}

TEST(many_clients)
{
	enum { CLIENTS = 8, CALLS = 300, THREADS = 2 };
	mach_port_t port = port_new_bootstrap();
	struct server server[THREADS];
	unsigned int calls = 0;
	pid_t pid[CLIENTS];
	struct msg msg;
	int i, j;

	for (i = 0; i < CLIENTS; i++) {
		pid[i] = child_fork();
		if (pid[i])
			continue;
		mach_port_t parent = bootstrap_of_parent(), reply = port_new();

		for (j = 0; j < CALLS; j++) {
			msg_init(&msg, parent, COPY_SEND, reply, MAKE_ONCE, j);
			msg.word[0] = j;
			msg.word[1] = getpid();
			ASSERT_KR(KERN_SUCCESS,
				  mach_msg(&msg.head, MACH_SEND_MSG |
					   MACH_RCV_MSG, MSG_SIZE(2),
					   sizeof(msg), reply, 0, 0));
			ASSERT_EQ((uint32_t)j + 1, msg.word[0]);
			ASSERT_EQ((uint32_t)getpid(), msg.word[1]);
			ASSERT_EQ(j, msg.head.msgh_id);
		}
		child_exit();
	}
	for (i = 0; i < THREADS; i++) {
		server[i] = (struct server) { .port = port };
		MUST(pthread_create(&server[i].thread, NULL, serve,
				    &server[i]));
	}
	for (i = 0; i < CLIENTS; i++) {
		EXPECT_CHILD(pid[i]);
	}
	for (i = 0; i < THREADS; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, MAKE_ONCE, STOP_ID));
	}
	for (i = 0; i < THREADS; i++) {
		MUST(pthread_join(server[i].thread, NULL));
		EXPECT_EQ(0, server[i].wrong);
		calls += server[i].calls;
	}
	EXPECT_EQ(CLIENTS * CALLS, calls);
}

/*
 * Death against send and receive
 */

/* Senders flood a server until it is killed: each call ends, and rightly. */
TEST(death_against_send)
{
	enum { ROUNDS = 20, CLIENTS = 4 };
	mach_port_t port = port_new_bootstrap();
	struct msg msg;
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		struct sender sender[CLIENTS];
		mach_port_t to[PORTS];
		pid_t pid;

		pid = child_fork();
		if (!pid) {
			mach_port_t own = port_new();

			msg_init(&msg, bootstrap_of_parent(), COPY_SEND, own,
				 MAKE_SEND, 1);
			MUST(msg_send(&msg, MSG_HEADER));
			for (i = 0; i < 10 * round; i++)
				MUST(msg_await(&msg, own));
			raise(SIGKILL);
		}
		ASSERT_KR(KERN_SUCCESS, msg_await(&msg, port));
		for (i = 0; i < PORTS; i++)
			to[i] = msg.head.msgh_remote_port;
		for (i = 0; i < CLIENTS; i++) {
			sender[i] = (struct sender) { .port = to, .number = i };
			MUST(pthread_create(&sender[i].thread, NULL, send_all,
					    &sender[i]));
		}
		for (i = 0; i < CLIENTS; i++) {
			MUST(pthread_join(sender[i].thread, NULL));
			/* Sent as long as there was somebody, refused then. */
			EXPECT_GE(MESSAGES * PORTS, sender[i].failed);
			EXPECT_LT(0, sender[i].failed);
		}
		EXPECT_EQ(128 + SIGKILL, child_status(pid));
		ASSERT_EQ(0, mach_sync());
		EXPECT_KR(MACH_SEND_INVALID_DEST,
			  msg_send_id(to[0], COPY_SEND, 1));
		MUST(mach_port_destroy(mach_task_self(), to[0]));
	}
}

/* A receiver that goes to sleep against a port that dies. */
TEST(death_against_receive)
{
	enum { ROUNDS = 300 };
	struct msg msg;
	int i, pause;

	for (i = 0; i < ROUNDS; i++) {
		struct msg_call call = {
			.msg = &msg.head, .option = MACH_RCV_MSG,
			.rcv_size = sizeof(msg), .rcv_name = port_new(),
		};
		mach_msg_return_t result;

		msg_call_start(&call);
		for (pause = 0; pause < i % 50 * 100; pause++)
			__asm__ volatile("" : : : "memory");
		port_destroy_receive(call.rcv_name);
		result = msg_call_result(&call);
		if (result != MACH_RCV_INVALID_NAME) {
			ASSERT_KR(MACH_RCV_PORT_CHANGED, result);
		}
	}
}

/* A message on its way to a port that dies: taken, or notice of its end. */
TEST(death_against_message)
{
	enum { ROUNDS = 300 };
	mach_port_t reply = port_new();
	unsigned int taken = 0, lost = 0, refused = 0;
	struct msg msg, request;
	int i, pause;

	for (i = 0; i < ROUNDS; i++) {
		mach_port_t port = port_new_send(1);
		struct msg_call call = {
			.msg = &request.head, .option = MACH_SEND_MSG,
			.send_size = MSG_HEADER,
		};

		msg_init(&request, port, COPY_SEND, reply, MAKE_ONCE, i);
		msg_call_start(&call);
		for (pause = 0; pause < i % 50 * 100; pause++)
			__asm__ volatile("" : : : "memory");
		if (i % 2 && !msg_receive(&msg, port)) {
			taken++;
			MUST(mach_port_deallocate(mach_task_self(),
						  msg.head.msgh_remote_port));
		}
		MUST(mach_port_destroy(mach_task_self(), port));
		if (msg_call_result(&call)) {
			ASSERT_KR(MACH_SEND_INVALID_DEST, call.result);
			refused++;
			continue;
		}
		/* Either way the send-once right has come to its end. */
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, reply));
		ASSERT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
		lost++;
	}
	EXPECT_EQ(ROUNDS, lost + refused);
	EXPECT_GE(lost, taken);
	EXPECT_EQ(0, port_queued(reply));
	EXPECT_EQ(0, port_status(reply).mps_sorights);
}

/*
 * Threads that make, pass and drop rights to the same few ports
 */

struct mixer {
	pthread_t thread;
	const mach_port_t *port;
	unsigned int seed;
	unsigned int wrong;
};

/* What a call may answer when others take the rights it names. */
static bool expected(mach_msg_return_t code)
{
	switch (code) {
	case KERN_SUCCESS:
	case MACH_SEND_TIMED_OUT:
	case MACH_SEND_INVALID_DEST:
	case MACH_SEND_INVALID_REPLY:
	case MACH_SEND_INVALID_RIGHT:
	case MACH_RCV_TIMED_OUT:
	case MACH_RCV_INVALID_NAME:
		return true;
	}
	fprintf(stderr, "# %#x\n", code);
	return false;
}

static void *mix(void *argument)
{
	static const mach_msg_type_name_t types[] = {
		MACH_MSG_TYPE_MOVE_SEND, COPY_SEND, MAKE_SEND, MAKE_ONCE,
	};
	struct mixer *mixer = argument;
	mach_msg_type_name_t type;
	struct port_msg msg;
	mach_msg_return_t code;
	int i;

	for (i = 0; i < 2000; i++) {
		mach_port_t port = mixer->port[rand_r(&mixer->seed) % PORTS];
		mach_port_t other = mixer->port[rand_r(&mixer->seed) % PORTS];

		switch (rand_r(&mixer->seed) % 4) {
		case 0:
			mach_port_insert_right(mach_task_self(), port, port,
					       MAKE_SEND);
			break;
		case 1:
			code = port_msg_receive(&msg, port);
			mixer->wrong += !expected(code);
			if (!code)
				mach_msg_destroy(&msg.head);
			break;
		default:
			port_msg_init(&msg, port,
				      types[rand_r(&mixer->seed) % 4], other,
				      types[rand_r(&mixer->seed) % 4], 1);
			type = types[rand_r(&mixer->seed) % 4];
			msg.port[0] = msg_port(port, type);
			code = msg_send(&msg, PORT_MSG_SIZE(1));
			mixer->wrong += !expected(code);
			if (code != MACH_SEND_TIMED_OUT)
				break;
			mach_port_deallocate(mach_task_self(),
					     msg.head.msgh_local_port);
			mach_msg_destroy(&msg.head);
		}
	}
	return NULL;
}

TEST(rights_at_random)
{
	struct mixer mixer[SENDERS];
	mach_port_t port[PORTS];
	struct port_msg msg;
	int i;

	for (i = 0; i < PORTS; i++)
		port[i] = port_new_send(3);
	for (i = 0; i < SENDERS; i++) {
		mixer[i] = (struct mixer) { .port = port, .seed = 4711 + i };
		MUST(pthread_create(&mixer[i].thread, NULL, mix, &mixer[i]));
	}
	for (i = 0; i < SENDERS; i++) {
		MUST(pthread_join(mixer[i].thread, NULL));
		EXPECT_EQ(0, mixer[i].wrong);
	}
	/*
	 * All comes out again, and no right is left over. Twice: what is
	 * destroyed the first time leaves notifications.
	 */
	for (i = 0; i < 2 * PORTS; i++) {
		while (!port_msg_receive(&msg, port[i % PORTS]))
			mach_msg_destroy(&msg.head);
	}
	for (i = 0; i < PORTS; i++) {
		mach_port_status_t status;

		if (port_send_refs(port[i])) {
			MUST(mach_port_mod_refs(mach_task_self(), port[i],
						MACH_PORT_RIGHT_SEND,
						-(int)port_send_refs(port[i])));
		}
		status = port_status(port[i]);
		EXPECT_EQ(0, status.mps_srights);
		EXPECT_EQ(0, status.mps_sorights);
		EXPECT_EQ(0, status.mps_msgcount);
	}
}

MACH_TEST_MAIN
