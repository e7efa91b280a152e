// SPDX-License-Identifier: GPL-2.0-only
/*
 * task_sample() and thread_sample(): what is told of where a program is, of
 * whom, to whom and until when.
 */
#include <stdatomic.h>

#include <mach/prof.h>

#include "actor.h"
#include "loop.h"

#define ENOUGH 20u

/* What the messages that came to a port have told. */
struct tally {
	unsigned int messages;
	unsigned int samples;
	unsigned int in[3];	/* in one of the loops below */
	bool sound;		/* each was as it has to be */
};

/* Memory of all processes of a test: who is in which loop, and stays there. */
struct board {
	atomic_uint in[3];
	atomic_uint stop[3];
};

static struct board *board;

DEFINE_LOOP(0, &board->in[0], &board->stop[0])
DEFINE_LOOP(1, &board->in[1], &board->stop[1])
DEFINE_LOOP(2, &board->in[2], &board->stop[2])

static void count(struct tally *tally, uint64_t pc)
{
	tally->samples++;
	tally->in[0] += is_in_loop_0(pc);
	tally->in[1] += is_in_loop_1(pc);
	tally->in[2] += is_in_loop_2(pc);
}

union buffer {
	prof_samples_t message;
	uint8_t bytes[sizeof(prof_samples_t) + MAX_TRAILER_SIZE];
};

static bool is_sound(const union buffer *buffer, mach_port_t port)
{
	const prof_samples_t *message = &buffer->message;
	const mach_msg_header_t *head = &message->Head;
	const mach_msg_audit_trailer_t *trailer =
		(const void *)(buffer->bytes + head->msgh_size);

	return head->msgh_id == 2450 && head->msgh_local_port == port &&
	       head->msgh_remote_port == MACH_PORT_NULL &&
	       !(head->msgh_bits & MACH_MSGH_BITS_COMPLEX) &&
	       !memcmp(&message->NDR, &NDR_record, sizeof(NDR_record)) &&
	       message->samplesCnt && message->samplesCnt <= 1024 &&
	       head->msgh_size == 36 + 8 * message->samplesCnt &&
	       trailer->msgh_sender.val[0] == 0 &&
	       trailer->msgh_sender.val[1] == 1;
}

/* Take a message within @ms milliseconds, not scaled. */
static mach_msg_return_t take(mach_port_t port, struct tally *tally,
			      mach_msg_timeout_t ms)
{
	union buffer buffer;
	mach_msg_return_t mr;
	uint32_t i;

	memset(&buffer, TEST_POISON, sizeof(buffer));
	mr = mach_msg(&buffer.message.Head, LETTER_OPTIONS, 0, sizeof(buffer),
		      port, ms, MACH_PORT_NULL);
	if (mr)
		return mr;
	if (!tally->messages++)
		tally->sound = true;
	if (!is_sound(&buffer, port)) {
		tally->sound = false;
		return 0;
	}
	for (i = 0; i < buffer.message.samplesCnt; i++)
		count(tally, buffer.message.samples[i]);
	return 0;
}

/* Take all that there is now. */
static void take_all(mach_port_t port, struct tally *tally)
{
	while (!take(port, tally, 0))
		;
}

/* Take messages until @condition holds, which looks at @tally. */
#define TAKE_UNTIL(port, tally, condition) ({				\
	uint64_t __by = test_now_ms() + test_ms(30000);			\
									\
	while (!(condition) && test_now_ms() < __by)			\
		take(port, tally, 100);					\
	(condition);							\
})

static mach_port_t port_of(pid_t pid, int flavor)
{
	struct machdev_task_pid call = { .pid = pid, .flavor = flavor };

	return mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &call) ? MACH_PORT_NULL :
							     call.port;
}

static int senders(mach_port_t port)
{
	mach_port_rights_t rights = 0;

	if (mach_port_get_srights(own_task(), port, &rights))
		return -1;
	return rights;
}

/*
 * Whether there are so many send rights to @port but for those of messages, which
 * are taken.
 */
static bool has_senders(mach_port_t port, struct tally *tally, int number)
{
	return TEST_UNTIL((take_all(port, tally), senders(port) == number),
			  10000);
}

static uint64_t samplers(void)
{
	return mach_counter(MACHDEV_COUNTER_SAMPLERS);
}

static kern_return_t set_limit(mach_port_t port, mach_port_msgcount_t limit)
{
	mach_port_limits_t limits = { .mpl_qlimit = limit };

	return mach_port_set_attributes(own_task(), port, MACH_PORT_LIMITS_INFO,
					(mach_port_info_t)&limits,
					MACH_PORT_LIMITS_INFO_COUNT);
}

/* How long a process has run, in milliseconds. */
static uint64_t run_ms(pid_t pid)
{
	struct timespec time;
	clockid_t id;

	if (clock_getcpuclockid(pid, &id) || clock_gettime(id, &time))
		return 0;
	return time.tv_sec * 1000ull + time.tv_nsec / 1000000;
}

static void *run_loop_1(void *unused)
{
	loop_1();
	return NULL;
}

static void *run_loop_2(void *unused)
{
	loop_2();
	return NULL;
}

/* A child that is in the first loop, its task, and a port for samples. */
FIXTURE(child) {
	pid_t pid;
	task_t task;
	mach_port_t port;
	uint64_t samplers;
	struct tally tally;
};

/* When the first loop ends, a second thread comes into the second one. */
static void __attribute__((noreturn)) be_the_child(void)
{
	pthread_t thread;

	loop_0();
	pthread_create(&thread, NULL, run_loop_1, NULL);
	loop_2();
	_exit(0);
}

static int make_board(void)
{
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return board == MAP_FAILED;
}

static bool child_begin(FIXTURE_DATA(child) *self)
{
	board->in[0] = 0;
	self->pid = child_fork();
	if (!self->pid)
		be_the_child();
	self->task = port_of(self->pid, MACHDEV_TASK_FLAVOR_CONTROL);
	return self->task != MACH_PORT_NULL &&
	       TEST_UNTIL(board->in[0], 20000);
}

FIXTURE_SETUP(child)
{
	ASSERT_EQ(0, make_board());
	ASSERT_NE(MACH_PORT_NULL, own_task());
	self->samplers = samplers();
	self->port = port_receive();
	ASSERT_TRUE(child_begin(self));
}

FIXTURE_TEARDOWN(child)
{
	if (self->pid)
		child_kill(self->pid);
	EXPECT_KR(0, mach_sync());
	EXPECT_TRUE(TEST_UNTIL(samplers() == self->samplers, 10000));
}

TEST_F(child, is_where_its_samples_say)
{
	struct tally *tally = &self->tally;
	uint64_t begin = test_now_ms();
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	ASSERT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
	EXPECT_EQ(self->samplers + 1, samplers());
	EXPECT_TRUE(TAKE_UNTIL(self->port, tally, tally->samples >= ENOUGH));
	EXPECT_TRUE(tally->sound);
	EXPECT_EQ(tally->samples, tally->in[0]);
	/* Each processor tells at most once in 10 ms. */
	EXPECT_LE(tally->samples,
		  processors * ((test_now_ms() - begin) / 10 + 1));
}

TEST_F(child, has_its_threads_sampled_that_come_later_too)
{
	struct tally *tally = &self->tally;

	ASSERT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
	EXPECT_TRUE(TAKE_UNTIL(self->port, tally, tally->in[0] >= ENOUGH));
	EXPECT_EQ(0, tally->in[1] + tally->in[2]);
	atomic_store(&board->stop[0], 1);
	EXPECT_TRUE(TAKE_UNTIL(self->port, tally, tally->in[1] >= ENOUGH &&
			       tally->in[2] >= ENOUGH));
	EXPECT_TRUE(tally->sound);
}

static int move_to(pid_t pid, int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	return sched_setaffinity(pid, sizeof(set), &set);
}

TEST_F(child, is_found_wherever_it_may_run)
{
	struct tally *tally = &self->tally;
	int i;

	if (move_to(self->pid, 1))
		SKIP(return, "there is one processor only");
	ASSERT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
	for (i = 0; i < 3; i++) {
		EXPECT_TRUE(TAKE_UNTIL(self->port, tally,
				       tally->in[0] >= ENOUGH));
		ASSERT_EQ(0, move_to(self->pid, i % 2));
		/* What was gathered before may come for some time. */
		take(self->port, tally, test_ms(3000));
		take(self->port, tally, test_ms(3000));
		tally->in[0] = 0;
	}
}

/*
 * In the first second nothing is sent: what has come by then was told at the
 * end. How often that may take longer, and how often a processor may stand
 * still meanwhile, which takes no samples.
 */
#define TRIES 20
#define IN_VAIN 2

struct tries {
	int made, in_vain;
	unsigned int before;
	uint64_t begin;
	bool told;
};

/* Whether it takes another try, which begins now. */
static bool try_again(struct tries *tries, const struct tally *tally)
{
	if (tries->told || tries->made == TRIES)
		return false;
	tries->made++;
	tries->before = tally->messages;
	tries->begin = test_now_ms();
	return true;
}

static bool is_in_time(const struct tries *tries)
{
	return test_now_ms() < tries->begin + 1000;
}

/* What has come of a try that ended in time. */
static void judge(struct tries *tries, const struct tally *tally)
{
	tries->told = tally->messages > tries->before;
	tries->in_vain += !tries->told;
}

static bool runs_for(pid_t pid, uint64_t ms)
{
	uint64_t ran = run_ms(pid);

	return TEST_UNTIL(run_ms(pid) >= ran + ms, 20000);
}

TEST_F(child, tells_what_is_left_when_it_stops)
{
	struct tally *tally = &self->tally;
	struct tries tries = { 0 };
	bool in_time;

	while (try_again(&tries, tally)) {
		ASSERT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
		EXPECT_TRUE(has_senders(self->port, tally, 2));
		ASSERT_TRUE(runs_for(self->pid, 300));
		ASSERT_KR(KERN_SUCCESS,
			  task_sample(self->task, MACH_PORT_NULL));
		in_time = is_in_time(&tries);
		EXPECT_EQ(self->samplers, samplers());
		/* Nothing comes any more: nobody can send. */
		EXPECT_TRUE(has_senders(self->port, tally, 0));
		if (in_time)
			judge(&tries, tally);
	}
	EXPECT_TRUE(tries.told);
	EXPECT_GE(IN_VAIN, tries.in_vain);
	EXPECT_TRUE(tally->sound);
	EXPECT_EQ(tally->samples, tally->in[0]);
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_sample(self->task, MACH_PORT_NULL));
}

TEST_F(child, is_sampled_again)
{
	struct tally *tally = &self->tally;
	int i;

	for (i = 0; i < 20; i++) {
		ASSERT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_sample(self->task, self->port));
		ASSERT_KR(KERN_SUCCESS, task_sample(self->task, MACH_PORT_NULL));
	}
	EXPECT_TRUE(has_senders(self->port, tally, 0));
	ASSERT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
	EXPECT_TRUE(TAKE_UNTIL(self->port, tally, tally->in[0] >= ENOUGH));
}

TEST_F(child, is_sampled_no_more_when_the_port_dies)
{
	struct tally *tally = &self->tally;

	ASSERT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
	ASSERT_KR(KERN_SUCCESS, mach_port_mod_refs(own_task(), self->port,
						   MACH_PORT_RIGHT_RECEIVE, -1));
	EXPECT_TRUE(TEST_UNTIL(samplers() == self->samplers, 20000));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_sample(self->task, MACH_PORT_NULL));
	self->port = port_receive();
	EXPECT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
	EXPECT_TRUE(TAKE_UNTIL(self->port, tally, tally->in[0] >= ENOUGH));
}

TEST_F(child, loses_and_counts_what_finds_no_room)
{
	uint64_t lost = mach_counter(MACHDEV_COUNTER_SAMPLES_LOST);
	struct tally *tally = &self->tally;

	ASSERT_KR(KERN_SUCCESS, set_limit(self->port, 1));
	ASSERT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
	EXPECT_TRUE(TEST_UNTIL(mach_counter(MACHDEV_COUNTER_SAMPLES_LOST) >=
			       lost + ENOUGH, 30000));
	EXPECT_EQ(1, port_queued(self->port));
	EXPECT_TRUE(TAKE_UNTIL(self->port, tally, tally->messages >= 3));
	EXPECT_EQ(tally->samples, tally->in[0]);
}

TEST_F(child, tells_its_last_when_it_ends)
{
	struct tally *tally = &self->tally;
	struct tries tries = { 0 };
	bool in_time;

	while (try_again(&tries, tally)) {
		ASSERT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
		ASSERT_TRUE(runs_for(self->pid, 300));
		EXPECT_EQ(128 + SIGKILL, child_kill(self->pid));
		self->pid = 0;
		EXPECT_KR(0, mach_sync());
		in_time = is_in_time(&tries);
		EXPECT_EQ(self->samplers, samplers());
		EXPECT_TRUE(has_senders(self->port, tally, 0));
		if (in_time)
			judge(&tries, tally);
		if (!tries.told)
			ASSERT_TRUE(child_begin(self));
	}
	EXPECT_TRUE(tries.told);
	EXPECT_GE(IN_VAIN, tries.in_vain);
}

/* Through ports with less power nothing is sampled. */
TEST_F(child, is_sampled_by_its_task_port_only)
{
	static const int flavors[] = {
		MACHDEV_TASK_FLAVOR_READ, MACHDEV_TASK_FLAVOR_INSPECT,
		MACHDEV_TASK_FLAVOR_NAME,
	};
	mach_msg_type_number_t number;
	thread_act_array_t threads;
	mach_port_t port;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flavors); i++) {
		port = port_of(self->pid, flavors[i]);
		ASSERT_NE(MACH_PORT_NULL, port);
		EXPECT_KR(KERN_INVALID_ARGUMENT, task_sample(port, self->port));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  thread_sample(port, self->port));
		if (task_threads(port, &threads, &number))
			continue;
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  thread_sample(threads[0], self->port));
	}
	EXPECT_EQ(self->samplers, samplers());
	EXPECT_EQ(0, senders(self->port));
}

TEST_F(child, no_other_port_is_sampled)
{
	const mach_port_t wrong[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, self->port,
		mach_host_self(), port_dead_name(), host_priv_port(),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_sample(wrong[i], self->port));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  thread_sample(wrong[i], self->port));
	}
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_sample(mach_thread_self(), self->port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_sample(self->task, self->port));
	EXPECT_EQ(0, senders(self->port));
}

TEST_F(child, samples_go_to_ports_that_one_may_send_to_only)
{
	const mach_port_t wrong[] = {
		MACH_PORT_DEAD, PORT_NOTHING, port_dead_name(),
		port_send_once(self->port), mach_host_self(), self->task,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_KR(KERN_INVALID_RIGHT, task_sample(self->task, wrong[i]));
		EXPECT_KR(KERN_INVALID_RIGHT,
			  thread_sample(mach_thread_self(), wrong[i]));
	}
	EXPECT_EQ(self->samplers, samplers());
	EXPECT_EQ(0, senders(self->port));
}

TEST_F(child, a_right_is_made_by_who_can_and_copied_by_others)
{
	mach_port_status_t status;
	struct actor actor;
	struct machdev_sample call;

	ASSERT_KR(KERN_SUCCESS, task_sample(self->task, self->port));
	ASSERT_EQ(0, port_status(self->port, &status));
	EXPECT_EQ(1, status.mps_mscount);
	/* Refused: as if nothing had been made. */
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_sample(self->task, self->port));
	ASSERT_EQ(0, port_status(self->port, &status));
	EXPECT_EQ(1, status.mps_mscount);
	EXPECT_TRUE(has_senders(self->port, &self->tally, 2));
	ASSERT_KR(KERN_SUCCESS, task_sample(self->task, MACH_PORT_NULL));

	ASSERT_EQ(0, actor_start(&actor));
	call = (struct machdev_sample){
		.object = actor_give(&actor, self->task,
				     MACH_MSG_TYPE_COPY_SEND),
		.port = actor_give(&actor, self->port, MACH_MSG_TYPE_MAKE_SEND),
	};
	ASSERT_KR(KERN_SUCCESS,
		  actor_ioctl(&actor, MACHDEV_IOC_TASK_SAMPLE, &call));
	EXPECT_TRUE(has_senders(self->port, &self->tally, 3));
	/* Whoever began it may go. */
	EXPECT_EQ(0, actor_end(&actor));
	EXPECT_KR(0, mach_sync());
	EXPECT_TRUE(has_senders(self->port, &self->tally, 2));
	EXPECT_TRUE(TAKE_UNTIL(self->port, &self->tally,
			       self->tally.in[0] >= ENOUGH));
}

TEST_F(child, what_is_reserved_is_zero)
{
	struct machdev_sample call = { self->task, self->port, 1, 0 };

	EXPECT_KR(-EINVAL, mach_ioctl(MACHDEV_IOC_TASK_SAMPLE, &call));
	EXPECT_KR(-EINVAL, mach_ioctl(MACHDEV_IOC_THREAD_SAMPLE, &call));
	call = (struct machdev_sample){ self->task, self->port, 0, 1 };
	EXPECT_KR(-EINVAL, mach_ioctl(MACHDEV_IOC_TASK_SAMPLE, &call));
	EXPECT_KR(-EINVAL, mach_ioctl(MACHDEV_IOC_THREAD_SAMPLE, &call));
	EXPECT_EQ(0, senders(self->port));
}

/* The test itself, whose threads are in the second and the third loop. */
FIXTURE(own) {
	mach_port_t port;
	mach_port_t another;
	uint64_t samplers;
	struct tally tally;
	pthread_t thread[2];
};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, make_board());
	ASSERT_NE(MACH_PORT_NULL, own_task());
	self->samplers = samplers();
	self->port = port_receive();
	self->another = port_receive();
	ASSERT_EQ(0, pthread_create(&self->thread[0], NULL, run_loop_1, NULL));
	ASSERT_EQ(0, pthread_create(&self->thread[1], NULL, run_loop_2, NULL));
	ASSERT_TRUE(TEST_UNTIL(board->in[1] && board->in[2], 20000));
}

FIXTURE_TEARDOWN(own)
{
	atomic_store(&board->stop[1], 1);
	atomic_store(&board->stop[2], 1);
}

/* The port of the thread that is sampled in loop @i, of whom it says so. */
static thread_act_t thread_in(FIXTURE_DATA(own) *self, unsigned int i)
{
	mach_msg_type_number_t number, j;
	thread_act_array_t threads;
	struct tally tally;

	if (task_threads(own_task(), &threads, &number))
		return MACH_PORT_NULL;
	for (j = 0; j < number; j++) {
		memset(&tally, 0, sizeof(tally));
		if (threads[j] == mach_thread_self() ||
		    thread_sample(threads[j], self->another))
			continue;
		TAKE_UNTIL(self->another, &tally, tally.samples >= ENOUGH);
		thread_sample(threads[j], MACH_PORT_NULL);
		take_all(self->another, &tally);
		if (tally.in[i])
			return tally.in[i] == tally.samples ? threads[j] :
							      MACH_PORT_NULL;
	}
	return MACH_PORT_NULL;
}

TEST_F(own, a_thread_is_sampled_alone)
{
	struct tally *tally = &self->tally;
	thread_act_t thread = thread_in(self, 2);

	ASSERT_NE(MACH_PORT_NULL, thread);
	EXPECT_KR(KERN_INVALID_ARGUMENT, thread_sample(thread, MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS, thread_sample(thread, self->port));
	EXPECT_KR(KERN_INVALID_ARGUMENT, thread_sample(thread, self->port));
	EXPECT_TRUE(has_senders(self->port, &self->tally, 1));
	EXPECT_TRUE(TAKE_UNTIL(self->port, tally, tally->samples >= ENOUGH));
	EXPECT_TRUE(tally->sound);
	EXPECT_EQ(tally->samples, tally->in[2]);
	ASSERT_KR(KERN_SUCCESS, thread_sample(thread, MACH_PORT_NULL));
	EXPECT_TRUE(has_senders(self->port, &self->tally, 0));
	EXPECT_EQ(self->samplers, samplers());
}

TEST_F(own, a_thread_is_sampled_with_its_task_and_alone)
{
	struct tally *tally = &self->tally;
	thread_act_t thread = thread_in(self, 1);
	struct tally other = { 0 };

	ASSERT_NE(MACH_PORT_NULL, thread);
	ASSERT_KR(KERN_SUCCESS, task_sample(own_task(), self->port));
	ASSERT_KR(KERN_SUCCESS, thread_sample(thread, self->another));
	EXPECT_TRUE(TAKE_UNTIL(self->port, tally, tally->in[1] >= ENOUGH &&
			       tally->in[2] >= ENOUGH));
	EXPECT_TRUE(TAKE_UNTIL(self->another, &other, other.in[1] >= ENOUGH));
	EXPECT_EQ(other.samples, other.in[1]);
}

TEST_F(own, a_thread_that_ends_is_sampled_no_more)
{
	thread_act_t thread = thread_in(self, 2);

	ASSERT_NE(MACH_PORT_NULL, thread);
	ASSERT_KR(KERN_SUCCESS, thread_sample(thread, self->port));
	atomic_store(&board->stop[2], 1);
	ASSERT_EQ(0, pthread_join(self->thread[1], NULL));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(thread), 10000));
	EXPECT_KR(0, mach_sync());
	EXPECT_TRUE(has_senders(self->port, &self->tally, 0));
	EXPECT_EQ(self->samplers, samplers());
	EXPECT_KR(KERN_INVALID_ARGUMENT, thread_sample(thread, self->port));
}

TEST_F(own, a_child_has_the_port_and_is_not_sampled)
{
	struct tally *tally = &self->tally;
	pid_t pid;

	ASSERT_KR(KERN_SUCCESS, task_sample(own_task(), self->port));
	EXPECT_TRUE(has_senders(self->port, &self->tally, 2));
	pid = child_fork();
	if (!pid) {
		loop_0();
		_exit(0);
	}
	EXPECT_EQ(self->samplers + 1, samplers());
	ASSERT_TRUE(TEST_UNTIL(run_ms(pid) >= 200, 20000));
	take_all(self->port, tally);
	tally->in[1] = 0;
	EXPECT_TRUE(TAKE_UNTIL(self->port, tally, tally->in[1] >= ENOUGH));
	EXPECT_EQ(0, tally->in[0]);
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_sample(port_of(pid, MACHDEV_TASK_FLAVOR_CONTROL),
			      MACH_PORT_NULL));
	/* What the child has been given stays with it. */
	ASSERT_KR(KERN_SUCCESS, task_sample(own_task(), MACH_PORT_NULL));
	EXPECT_TRUE(has_senders(self->port, &self->tally, 1));
	child_kill(pid);
	EXPECT_KR(0, mach_sync());
	EXPECT_TRUE(has_senders(self->port, &self->tally, 0));
}

TEST_F(own, a_created_task_has_the_port)
{
	struct tally tally = { 0 };
	task_t task;

	ASSERT_KR(KERN_SUCCESS, task_sample(own_task(), self->port));
	ASSERT_KR(KERN_SUCCESS, task_create(own_task(), NULL, 0, FALSE, &task));
	ASSERT_KR(KERN_SUCCESS, task_sample(own_task(), MACH_PORT_NULL));
	EXPECT_TRUE(has_senders(self->port, &self->tally, 1));
	/* It may be sampled before it runs, and then there is nothing to tell. */
	EXPECT_KR(KERN_SUCCESS, task_sample(task, self->another));
	EXPECT_TRUE(has_senders(self->port, &self->tally, 0));
	EXPECT_KR(KERN_SUCCESS, task_sample(task, MACH_PORT_NULL));
	take_all(self->another, &tally);
	EXPECT_EQ(0, tally.messages);
	EXPECT_KR(KERN_SUCCESS, task_terminate(task));
}

TEST_F(own, no_privilege_is_needed)
{
	struct tally *tally = &self->tally;
	pid_t pid = child_fork();

	if (!pid) {
		mach_port_t port;
		pthread_t thread;

		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		port = port_receive();
		ASSERT_KR(KERN_SUCCESS, task_sample(own_task(), port));
		ASSERT_EQ(0, pthread_create(&thread, NULL, run_loop_1, NULL));
		EXPECT_TRUE(TAKE_UNTIL(port, tally, tally->in[1] >= ENOUGH));
		EXPECT_KR(KERN_SUCCESS, task_sample(own_task(), MACH_PORT_NULL));
		child_exit();
	}
	EXPECT_CHILD(pid);
}

FIXTURE(exec) {
	char path[PATH_MAX];
	struct actor actor;
	mach_port_t port;
	struct tally tally;
};

FIXTURE_SETUP(exec)
{
	ASSERT_EQ(0, helper_path("actor", self->path, sizeof(self->path)));
	ASSERT_NE(MACH_PORT_NULL, own_task());
	self->port = port_receive();
	ASSERT_EQ(0, actor_start(&self->actor));
	ASSERT_TRUE(MACH_PORT_VALID(actor_task(&self->actor)));
}

FIXTURE_TEARDOWN(exec)
{
	EXPECT_EQ(0, actor_end(&self->actor));
}

/* It has enough to do, in the program that it is, to be found there. */
static bool is_found(FIXTURE_DATA(exec) *self)
{
	unsigned int i;

	for (i = 0; i < 200; i++)
		actor_do(&self->actor, ORDER_PRCTL, PR_SET_DUMPABLE, 1);
	take_all(self->port, &self->tally);
	return self->tally.messages;
}

TEST_F(exec, an_ordinary_program_is_sampled_on)
{
	ASSERT_KR(KERN_SUCCESS, task_sample(self->actor.task, self->port));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_TRUE(has_senders(self->port, &self->tally, 2));
	take_all(self->port, &self->tally);
	self->tally.messages = 0;
	EXPECT_TRUE(TEST_UNTIL(is_found(self), 30000));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_sample(self->actor.task, self->port));
	EXPECT_KR(KERN_SUCCESS,
		  task_sample(self->actor.task, MACH_PORT_NULL));
}

TEST_F(exec, so_is_one_that_another_thread_has_executed)
{
	ASSERT_KR(KERN_SUCCESS, task_sample(self->actor.task, self->port));
	ASSERT_EQ(0, actor_run_as(&self->actor, ORDER_EXEC_THREAD, self->path));
	take_all(self->port, &self->tally);
	self->tally.messages = 0;
	EXPECT_TRUE(TEST_UNTIL(is_found(self), 30000));
}

MACH_TEST_MAIN
