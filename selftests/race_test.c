// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that meet: ports that die, move and change hands while others use
 * them. Every answer is one of those that make sense, nothing is lost, nothing
 * comes twice, and nothing stays behind.
 *
 * Each race is run for a number of rounds, or until its time is up.
 */
#include <stdatomic.h>

#include "port_helpers.h"

#include <machdev.h>

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE

/* Time for one race, whatever the machine. */
#define RACE_MS 1500
/* Rounds that it has at least to come to in that time. */
#define ROUNDS_LEAST 20

/* Words that the processes and threads of a race share. */
struct shared {
	atomic_bool stop;
	atomic_uint turn;	/* round for which @name is ready */
	atomic_uint go;		/* round that has begun */
	atomic_uint name;
	atomic_uint wrong;
	atomic_uint done;
	atomic_ulong count[8];
};

static struct shared *shared_map(size_t more)
{
	void *memory = mmap(NULL, sizeof(struct shared) + more,
			    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);

	MUST(memory == MAP_FAILED ? -errno : 0);
	return memory;
}

/*
 * Whether a race goes on: for its time, and on a slow machine for longer, until
 * what has to happen in it has happened often enough.
 */
static bool more(unsigned long done, uint64_t end)
{
	if (done <= ROUNDS_LEAST)
		end += test_ms(5000);
	return test_now_ms() < end;
}

static unsigned long least(unsigned long a, unsigned long b)
{
	return a < b ? a : b;
}

/* Pass some time, a different one each time. */
static void dawdle(unsigned int *seed, unsigned int most)
{
	volatile unsigned int left = rand_r(seed) % most;

	while (left)
		left--;
}

/* Report an answer that nobody may give. */
static void wrong(struct shared *shared, const char *what, long code)
{
	if (atomic_fetch_add(&shared->wrong, 1) < 5)
		fprintf(stderr, "# %s: %s (%#lx)\n", what,
			mach_code_string(code), (unsigned long)code);
}

/*
 * A port of another task dies while a message is made that uses it.
 */

FIXTURE(dying) {
	struct shared *shared;
	mach_port_t live;
};

/* Where the right to the dying port stands in the message. */
FIXTURE_VARIANT(dying) {
	bool remote, local, body;
	mach_msg_type_name_t type;
};

FIXTURE_VARIANT_ADD(dying, destination_copied) {
	.remote = true, .type = COPY_SEND,
};

FIXTURE_VARIANT_ADD(dying, destination_moved) {
	.remote = true, .type = MOVE_SEND,
};

FIXTURE_VARIANT_ADD(dying, destination_and_reply) {
	.remote = true, .local = true, .type = MOVE_SEND,
};

FIXTURE_VARIANT_ADD(dying, reply_copied) {
	.local = true, .type = COPY_SEND,
};

FIXTURE_VARIANT_ADD(dying, body_copied) {
	.body = true, .type = COPY_SEND,
};

FIXTURE_VARIANT_ADD(dying, body_moved) {
	.body = true, .type = MOVE_SEND,
};

FIXTURE_SETUP(dying)
{
	self->shared = shared_map(0);
	self->live = port_new_send(1);
	port_limit(self->live, MACHDEV_QLIMIT_MAX);
}

FIXTURE_TEARDOWN(dying)
{
}

/* The other task: makes a port for each round and destroys it in the midst. */
static void make_and_destroy(struct shared *shared)
{
	unsigned int round, seed = 1;

	for (round = 1; !shared->stop; round++) {
		mach_port_t port = port_new();

		port_limit(port, MACHDEV_QLIMIT_MAX);
		shared->name = port;
		shared->turn = round;
		while (shared->go != round && !shared->stop)
			;
		dawdle(&seed, 4000);
		MUST(mach_port_destroy(mach_task_self(), port));
	}
	_exit(0);
}

static mach_msg_return_t
send_variant(const FIXTURE_VARIANT(dying) *v, mach_port_t live,
	     mach_port_t dying)
{
	struct port_msg msg;

	port_msg_init(&msg, v->remote ? dying : live,
		      v->remote ? v->type : COPY_SEND,
		      v->local ? dying : MACH_PORT_NULL,
		      v->local ? v->type : 0, v->body);
	msg.port[0] = msg_port(dying, v->type);
	return msg_send(&msg, PORT_MSG_SIZE(v->body));
}

/* What says that the port is known to be dead. */
static bool is_dead(mach_port_t name)
{
	return !(port_type(name) & MACH_PORT_TYPE_SEND);
}

TEST_F(dying, another_tasks_port)
{
	struct shared *shared = self->shared;
	uint64_t end = test_now_ms() + RACE_MS / 2;
	unsigned long rounds, sends = 0;
	mach_msg_type_name_t type;
	struct port_msg got;
	mach_port_t task;
	pid_t pid;

	pid = child_fork();
	if (!pid)
		make_and_destroy(shared);
	ASSERT_KR(KERN_SUCCESS, task_for_pid(mach_task_self(), pid, &task));

	for (rounds = 1; rounds < 100000 && more(rounds, end); rounds++) {
		mach_msg_return_t code;
		mach_port_t port;

		while (shared->turn != rounds)
			;
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_extract_right(task, shared->name, MAKE_SEND,
						  &port, &type));
		/* Moves take one each. */
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_mod_refs(mach_task_self(), port,
					     MACH_PORT_RIGHT_SEND, 30000));
		shared->go = rounds;
		do {
			code = send_variant(variant, self->live, port);
			sends++;
			if (code == MACH_SEND_TIMED_OUT) {
				/* It came back, and brought its right along. */
				if (!variant->remote)
					MUST(mach_port_deallocate(mach_task_self(),
								  self->live));
				while (!port_msg_receive(&got, self->live))
					;
				code = 0;
			}
		} while (!code && (variant->remote || !is_dead(port)));
		/* A dead destination is refused, other dead rights are sent. */
		if (code)
			ASSERT_KR(MACH_SEND_INVALID_DEST, code);
		while (!port_msg_receive(&got, self->live))
			;
		EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(port));
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_destroy(mach_task_self(), port));
	}
	shared->stop = true;
	EXPECT_CHILD(pid);
	EXPECT_LT(ROUNDS_LEAST, rounds);
	EXPECT_LT(rounds, sends);
	EXPECT_EQ(0, port_queued(self->live));
	/* Each right that went into a message has come out again. */
	MUST(mach_port_deallocate(mach_task_self(), self->live));
	EXPECT_EQ(0, port_status(self->live).mps_srights);
}

/*
 * Threads that send to, receive from and destroy one name.
 */

struct on_name {
	pthread_t thread;
	struct shared *shared;
	unsigned int seed;
};

static void *keep_sending(void *argument)
{
	struct on_name *me = argument;
	struct shared *shared = me->shared;

	while (!shared->stop) {
		mach_msg_return_t code = msg_send_id(shared->name, COPY_SEND,
						     1);

		switch (code) {
		case MACH_MSG_SUCCESS:
		case MACH_SEND_TIMED_OUT:
		case MACH_SEND_INVALID_DEST:
			shared->count[0]++;
			break;
		default:
			wrong(shared, "send", code);
		}
	}
	return NULL;
}

static void *keep_receiving(void *argument)
{
	struct on_name *me = argument;
	struct shared *shared = me->shared;
	struct msg msg;

	while (!shared->stop) {
		mach_msg_return_t code;

		code = mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
				sizeof(msg), shared->name,
				rand_r(&me->seed) % 3, MACH_PORT_NULL);
		switch (code) {
		case MACH_MSG_SUCCESS:
		case MACH_RCV_TIMED_OUT:
		case MACH_RCV_INVALID_NAME:
		case MACH_RCV_PORT_CHANGED:
			shared->count[1]++;
			break;
		default:
			wrong(shared, "receive", code);
		}
	}
	return NULL;
}

static void *keep_destroying(void *argument)
{
	struct on_name *me = argument;
	struct shared *shared = me->shared;

	while (!shared->stop) {
		kern_return_t code;

		dawdle(&me->seed, 20000);
		if (me->seed & 0x100)
			code = mach_port_destroy(mach_task_self(),
						 shared->name);
		else
			code = mach_port_mod_refs(mach_task_self(),
						  shared->name,
						  MACH_PORT_RIGHT_RECEIVE, -1);
		switch (code) {
		case KERN_SUCCESS:
			shared->count[2]++;
			break;
		case KERN_INVALID_NAME:
		case KERN_INVALID_RIGHT:
			break;
		default:
			wrong(shared, "destroy", code);
		}
	}
	return NULL;
}

TEST(one_name)
{
	static void *(*const bodies[])(void *) = {
		keep_sending, keep_sending, keep_receiving, keep_receiving,
		keep_destroying, keep_destroying,
	};
	uint64_t end = test_now_ms() + RACE_MS;
	struct shared *shared = shared_map(0);
	struct on_name thread[ARRAY_SIZE(bodies)];
	unsigned long rounds, done = 0;
	unsigned int i;

	shared->name = port_new_send(1);
	for (i = 0; i < ARRAY_SIZE(bodies); i++) {
		thread[i] = (struct on_name) { .shared = shared, .seed = i };
		MUST(pthread_create(&thread[i].thread, NULL, bodies[i],
				    &thread[i]));
	}
	for (rounds = 0; (rounds < 100000 || done <= ROUNDS_LEAST) &&
	     more(done, end); rounds++) {
		mach_port_t old = shared->name, port = port_new();
		kern_return_t kr;

		done = least(rounds, least(shared->count[0],
					   least(shared->count[1],
						 shared->count[2])));

		/* Nobody knows it yet, but a name can have been another's. */
		kr = mach_port_insert_right(mach_task_self(), port, port,
					    MAKE_SEND);
		if (kr && kr != KERN_INVALID_RIGHT &&
		    kr != KERN_INVALID_CAPABILITY)
			wrong(shared, "insert", kr);
		shared->name = port;
		sched_yield();
		mach_port_destroy(mach_task_self(), old);
	}
	shared->stop = true;
	for (i = 0; i < ARRAY_SIZE(bodies); i++)
		MUST(pthread_join(thread[i].thread, NULL));
	EXPECT_EQ(0, shared->wrong);
	EXPECT_LT(ROUNDS_LEAST, rounds);
	for (i = 0; i < 3; i++)
		EXPECT_LT(ROUNDS_LEAST, shared->count[i]);
}

/*
 * The receive right goes to and fro between two tasks, while both receive and
 * one sends: each message comes once.
 */

enum {
	MOVED_NAME = 0x1003,	/* in the other task */
	MESSAGES_MOST = 20000,
	SENDERS = 2,
};

struct moving {
	struct shared *shared;
	atomic_uchar *times;	/* that each message has come */
	mach_port_t port;
};

static void take_messages(struct moving *moving, mach_port_t port)
{
	struct msg msg;
	mach_msg_return_t code;

	code = mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			sizeof(msg), port, 1, MACH_PORT_NULL);
	switch (code) {
	case MACH_MSG_SUCCESS:
		if (msg.head.msgh_id < 0 || msg.head.msgh_id >= MESSAGES_MOST) {
			wrong(moving->shared, "message", msg.head.msgh_id);
			break;
		}
		moving->times[msg.head.msgh_id]++;
		moving->shared->count[1]++;
		break;
	case MACH_RCV_TIMED_OUT:
	case MACH_RCV_INVALID_NAME:
	case MACH_RCV_PORT_CHANGED:
		break;
	default:
		wrong(moving->shared, "receive", code);
	}
}

static void *receive_moving(void *argument)
{
	struct moving *moving = argument;

	while (!moving->shared->stop)
		take_messages(moving, moving->port);
	return NULL;
}

/* Each message has a number of its own, and is sent until it is. */
static void *send_moving(void *argument)
{
	struct moving *moving = argument;
	struct shared *shared = moving->shared;
	struct msg msg;

	while (!shared->stop) {
		unsigned int id = atomic_fetch_add(&shared->turn, 1);
		mach_msg_return_t code;

		if (id >= MESSAGES_MOST)
			break;
		do {
			msg_init(&msg, moving->port, COPY_SEND, 0, 0, id);
			code = mach_msg(&msg.head,
					MACH_SEND_MSG | MACH_SEND_TIMEOUT,
					MSG_HEADER, 0, 0, id % 3, 0);
			/* What comes back has become a right of its own. */
			if (code == MACH_SEND_TIMED_OUT)
				MUST(mach_port_deallocate(mach_task_self(),
							  moving->port));
		} while (code == MACH_SEND_TIMED_OUT);
		if (code)
			wrong(shared, "send", code);
		else
			shared->count[0]++;
	}
	return NULL;
}

TEST(receive_right_moves)
{
	uint64_t end = test_now_ms() + 2 * RACE_MS;
	struct shared *shared = shared_map(MESSAGES_MOST);
	struct moving moving = {
		.shared = shared,
		.times = (void *)(shared + 1),
		.port = port_new_send(1),
	};
	pthread_t sender[SENDERS], receiver;
	mach_port_t task, back = moving.port;
	mach_msg_type_name_t type;
	unsigned int rounds, i;
	struct msg msg;
	pid_t pid;

	pid = child_fork();
	if (!pid) {
		while (!shared->stop)
			take_messages(&moving, MOVED_NAME);
		_exit(0);
	}
	ASSERT_KR(KERN_SUCCESS, task_for_pid(mach_task_self(), pid, &task));
	MUST(pthread_create(&receiver, NULL, receive_moving, &moving));
	for (i = 0; i < SENDERS; i++)
		MUST(pthread_create(&sender[i], NULL, send_moving, &moving));

	for (rounds = 0; (rounds < 3000 || shared->count[0] <= ROUNDS_LEAST) &&
	     more(least(rounds, shared->count[0]), end); rounds++) {
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_insert_right(task, MOVED_NAME, moving.port,
						 MOVE_RECEIVE));
		sched_yield();
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_extract_right(task, MOVED_NAME,
						  MOVE_RECEIVE, &back, &type));
		/* It joins the send rights. */
		ASSERT_EQ(moving.port, back);
		ASSERT_WORD(MOVE_RECEIVE, type);
		sched_yield();
	}
	shared->stop = true;
	/* Who waits for room gets it. */
	for (i = 0; i < SENDERS; i++) {
		while (pthread_tryjoin_np(sender[i], NULL))
			take_messages(&moving, moving.port);
	}
	MUST(pthread_join(receiver, NULL));
	EXPECT_CHILD(pid);
	while (!msg_receive(&msg, moving.port)) {
		moving.times[msg.head.msgh_id]++;
		shared->count[1]++;
	}

	EXPECT_LT(ROUNDS_LEAST, rounds);
	EXPECT_LT(ROUNDS_LEAST, shared->count[0]);
	EXPECT_EQ(0, shared->wrong);
	EXPECT_EQ(shared->count[0], shared->count[1]);
	for (i = 0; i < shared->turn && i < MESSAGES_MOST; i++) {
		ASSERT_GE(1, moving.times[i]) {
			TH_LOG("message %u", i);
		}
	}
	EXPECT_EQ(1, port_send_refs(moving.port));
	MUST(mach_port_deallocate(mach_task_self(), moving.port));
	EXPECT_EQ(0, port_status(moving.port).mps_srights);
}

/*
 * Threads that exit together.
 */

#define THREADS 6

struct exiting {
	pthread_t thread;
	pthread_barrier_t *barrier;
	mach_port_t port;
};

static void *name_self(void *argument)
{
	struct exiting *me = argument;

	pthread_barrier_wait(me->barrier);
	MUST(mach_ioctl_name(MACHDEV_IOC_THREAD_SELF, &me->port));
	return NULL;
}

TEST(threads_that_exit_together)
{
	uint64_t end = test_now_ms() + RACE_MS;
	struct exiting thread[THREADS];
	pthread_barrier_t barrier;
	unsigned int rounds, i, j;

	MUST(pthread_barrier_init(&barrier, NULL, THREADS));
	for (rounds = 0; rounds < 500 && more(rounds, end); rounds++) {
		for (i = 0; i < THREADS; i++) {
			thread[i].barrier = &barrier;
			MUST(pthread_create(&thread[i].thread, NULL, name_self,
					    &thread[i]));
		}
		for (i = 0; i < THREADS; i++)
			MUST(pthread_join(thread[i].thread, NULL));
		for (i = 0; i < THREADS; i++) {
			for (j = 0; j < i; j++)
				ASSERT_NE(thread[i].port, thread[j].port);
			ASSERT_TRUE(TEST_UNTIL(port_type(thread[i].port) ==
					       MACH_PORT_TYPE_DEAD_NAME, 5000));
		}
		/* After all were seen to differ: names are used again. */
		for (i = 0; i < THREADS; i++)
			MUST(mach_port_deallocate(mach_task_self(),
						  thread[i].port));
	}
	EXPECT_LT(ROUNDS_LEAST, rounds);
}

static void *name_self_for_ever(void *argument)
{
	struct shared *shared = argument;
	uint32_t name;

	while (!shared->stop) {
		if (!mach_ioctl_name(MACHDEV_IOC_THREAD_SELF, &name))
			mach_port_deallocate(mach_task_self(), name);
		shared->done = true;
	}
	return NULL;
}

/* The whole process goes, with its threads in the midst of calls. */
TEST(processes_that_exit_with_threads)
{
	uint64_t end = test_now_ms() + RACE_MS;
	struct shared *shared = shared_map(0);
	unsigned int rounds, i, seed = 1;
	mach_port_t task;

	for (rounds = 0; rounds < 200 && more(rounds, end); rounds++) {
		pid_t pid;

		shared->done = false;
		pid = child_fork();
		if (!pid) {
			pthread_t thread;

			for (i = 0; i < THREADS; i++)
				MUST(pthread_create(&thread, NULL,
						    name_self_for_ever,
						    shared));
			pause();
		}
		ASSERT_TRUE(TEST_UNTIL(shared->done, 10000));
		dawdle(&seed, 100000);
		/* A port that others have, too. */
		ASSERT_KR(KERN_SUCCESS,
			  task_for_pid(mach_task_self(), pid, &task));
		ASSERT_EQ(128 + SIGKILL, child_kill(pid));
		ASSERT_KR(KERN_SUCCESS, mach_sync());
		ASSERT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(task));
		MUST(mach_port_deallocate(mach_task_self(), task));
	}
	EXPECT_LT(ROUNDS_LEAST, rounds);
}

/*
 * Tokens change while messages are sent: no message has some words of the one
 * and some of the other.
 */

/* Ten equal words. */
static kern_return_t set_words(mach_port_t security, task_t task, uint32_t word)
{
	struct machdev_task_token call = {
		.host_security = security,
		.task = task,
		.security = { word, word },
		.audit = { word, word, word, word, word, word, word, word },
	};

	return mach_ioctl(MACHDEV_IOC_HOST_SET_TASK_TOKEN, &call);
}

static mach_port_t host_security_port(void)
{
	mach_port_t priv, security;

	MUST(host_get_host_priv_port(mach_host_self(), &priv));
	MUST(host_get_special_port(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT,
				   &security));
	return security;
}

/* The word that a message carries ten times; counts one that does not. */
static uint32_t word_of(struct shared *shared, struct msg *msg)
{
	const struct machdev_origin_trailer *origin = msg_trailer(msg);
	const uint32_t *word = origin->trailer.security;
	unsigned int i;

	for (i = 0; i < 10; i++) {
		if (word[i] != word[0])
			wrong(shared, "word of a token", word[i]);
	}
	if (origin->kind != MACHDEV_ORIGIN_EXPLICIT)
		wrong(shared, "kind of tokens", origin->kind);
	return word[0];
}

static void *send_with_tokens(void *argument)
{
	struct shared *shared = argument;
	mach_msg_return_t code;
	struct msg msg;

	while (!shared->stop) {
		msg_init(&msg, shared->name, COPY_SEND, 0, 0, 1);
		code = mach_msg(&msg.head, MACH_SEND_MSG, MSG_HEADER, 0, 0, 0,
				0);
		if (code)
			wrong(shared, "send", code);
	}
	return NULL;
}

#define ORIGIN MACH_RCV_TRAILER_TYPE(MACHDEV_TRAILER_FORMAT_ORIGIN)

TEST(tokens_change)
{
	uint64_t end = test_now_ms() + 2 * RACE_MS;
	mach_port_t port = port_new_bootstrap(), task, security;
	struct shared *shared = shared_map(0);
	uint32_t words = 1, seen = 0, changes = 0;
	unsigned long messages = 0, done = 0;
	pthread_t thread[2];
	struct msg msg;
	pid_t pid;
	int i;

	security = host_security_port();
	MUST(set_words(security, mach_task_self(), words));
	pid = child_fork();
	if (!pid) {
		shared->name = bootstrap_of_parent();
		for (i = 0; i < 2; i++)
			MUST(pthread_create(&thread[i], NULL, send_with_tokens,
					    shared));
		for (i = 0; i < 2; i++)
			MUST(pthread_join(thread[i], NULL));
		_exit(0);
	}
	ASSERT_KR(KERN_SUCCESS, task_for_pid(mach_task_self(), pid, &task));
	while ((words < 20000 || done <= ROUNDS_LEAST) && more(done, end)) {
		uint32_t word;

		MUST(set_words(security, task, ++words));
		for (i = 0; i < 8; i++) {
			if (msg_receive_option(&msg, port, ORIGIN))
				break;
			word = word_of(shared, &msg);
			/* Later words come later, but for two senders. */
			if (word > words)
				wrong(shared, "words from nowhere", word);
			changes += word != seen;
			seen = word;
			messages++;
		}
		done = least(words, least(messages, changes));
	}
	shared->stop = true;
	while (waitpid(pid, &i, WNOHANG) == 0) {
		if (!msg_receive_option(&msg, port, ORIGIN))
			word_of(shared, &msg);
	}
	EXPECT_EQ(0, i);
	EXPECT_EQ(0, shared->wrong);
	EXPECT_LT(ROUNDS_LEAST, words);
	EXPECT_LT(ROUNDS_LEAST, messages);
	EXPECT_LT(ROUNDS_LEAST, changes);
}

static void *keep_setting(void *argument)
{
	struct shared *shared = argument;
	mach_port_t security = host_security_port();
	uint32_t word = 1;

	while (!shared->stop) {
		MUST(set_words(security, mach_task_self(), ++word));
		shared->count[0] = word;
	}
	return NULL;
}

/* Children born meanwhile get a whole set, which is one of the time. */
TEST(tokens_change_at_fork)
{
	uint64_t end = test_now_ms() + RACE_MS;
	mach_port_t port = port_new_bootstrap();
	struct shared *shared = shared_map(0);
	unsigned int rounds;
	pthread_t thread;
	struct msg msg;

	MUST(set_words(host_security_port(), mach_task_self(), 1));
	shared->count[0] = 1;
	MUST(pthread_create(&thread, NULL, keep_setting, shared));
	for (rounds = 0; rounds < 200 &&
	     more(least(rounds, shared->count[0]), end); rounds++) {
		unsigned long before = shared->count[0];
		uint32_t word;
		pid_t pid;

		pid = child_fork();
		if (!pid)
			_exit(msg_send_id(bootstrap_of_parent(), COPY_SEND, 1));
		ASSERT_EQ(0, child_status(pid));
		ASSERT_KR(KERN_SUCCESS,
			  msg_receive_option(&msg, port, ORIGIN));
		word = word_of(shared, &msg);
		EXPECT_LE(before, word);
		EXPECT_GE(shared->count[0] + 1, word);
	}
	shared->stop = true;
	MUST(pthread_join(thread, NULL));
	EXPECT_EQ(0, shared->wrong);
	EXPECT_LT(ROUNDS_LEAST, rounds);
	EXPECT_LT(ROUNDS_LEAST, shared->count[0]);
}

/*
 * Special ports change while they are read and inherited.
 */

struct special {
	struct shared *shared;
	mach_port_t port[2];
};

static const int inherited[] = {
	TASK_BOOTSTRAP_PORT, TASK_EXCEPTION_PORT, TASK_WIRED_LEDGER_PORT,
};

static void *keep_setting_special(void *argument)
{
	struct special *special = argument;
	unsigned int i;

	for (i = 0; !special->shared->stop; i++) {
		mach_port_t port = special->port[i / 3 % 2];

		MUST(task_set_special_port(mach_task_self(), inherited[i % 3],
					   port));
		special->shared->count[0]++;
	}
	return NULL;
}

static void *keep_getting_special(void *argument)
{
	struct special *special = argument;
	struct shared *shared = special->shared;
	unsigned int i;

	for (i = 0; !shared->stop; i++) {
		mach_port_t port;

		MUST(task_get_special_port(mach_task_self(), inherited[i % 3],
					   &port));
		if (port != special->port[0] && port != special->port[1])
			wrong(shared, "special port", port);
		MUST(mach_port_deallocate(mach_task_self(), port));
		shared->count[1]++;
	}
	return NULL;
}

/* A child has one of the two in each place: a message to it arrives. */
static void use_inherited(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(inherited); i++) {
		mach_port_t port;

		if (task_get_special_port(mach_task_self(), inherited[i],
					  &port))
			_exit(1);
		if (msg_send_id(port, COPY_SEND, inherited[i]))
			_exit(2);
	}
	_exit(0);
}

TEST(special_ports_change_at_fork)
{
	uint64_t end = test_now_ms() + RACE_MS;
	struct shared *shared = shared_map(0);
	struct special special = {
		.shared = shared, .port = { port_new_send(1), port_new_send(1) },
	};
	pthread_t setter[2], getter;
	unsigned int rounds, got, i;
	struct msg msg;

	for (i = 0; i < ARRAY_SIZE(inherited); i++)
		MUST(task_set_special_port(mach_task_self(), inherited[i],
					   special.port[0]));
	for (i = 0; i < 2; i++)
		MUST(pthread_create(&setter[i], NULL, keep_setting_special,
				    &special));
	MUST(pthread_create(&getter, NULL, keep_getting_special, &special));
	for (rounds = 0; rounds < 200 &&
	     more(least(rounds, least(shared->count[0], shared->count[1])),
		  end); rounds++) {
		pid_t pid = child_fork();

		if (!pid)
			use_inherited();
		ASSERT_EQ(0, child_status(pid));
		got = 0;
		for (i = 0; i < 2; i++) {
			while (!msg_receive(&msg, special.port[i]))
				got++;
		}
		ASSERT_EQ(ARRAY_SIZE(inherited), got);
	}
	shared->stop = true;
	for (i = 0; i < 2; i++)
		MUST(pthread_join(setter[i], NULL));
	MUST(pthread_join(getter, NULL));
	EXPECT_EQ(0, shared->wrong);
	EXPECT_LT(ROUNDS_LEAST, rounds);
	EXPECT_LT(ROUNDS_LEAST, shared->count[0]);
	EXPECT_LT(ROUNDS_LEAST, shared->count[1]);

	/* Every reference of a slot that was replaced has gone. */
	for (i = 0; i < ARRAY_SIZE(inherited); i++)
		MUST(task_set_special_port(mach_task_self(), inherited[i],
					   MACH_PORT_NULL));
	MUST(mach_sync());
	for (i = 0; i < 2; i++) {
		MUST(mach_port_deallocate(mach_task_self(), special.port[i]));
		EXPECT_EQ(0, port_status(special.port[i]).mps_srights);
	}
}

MACH_TEST_MAIN
