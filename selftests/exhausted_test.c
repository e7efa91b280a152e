// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user who has taken all that his ledger allows: he is refused more, others
 * do not notice, and what he was promised arrives, also when no memory can be
 * had at all.
 */
#include "exhausted.h"
#include "fault.h"

#define LIMIT (64ull << 20)
#define DEEP_PORTS 8
#define SPARE_PORTS 8

/* What a new task and a port take, see docs/limits.rst. */
#define TASK_BYTES 584u
#define PORT_BYTES 264u

/* All that a user may have, in one task. */
static struct {
	mach_port_t large;		/* its queue has messages of 1 MiB */
	mach_port_t deep[DEEP_PORTS];	/* small ones */
	mach_port_t spare[SPARE_PORTS];
	mach_port_t quiet;
	mach_port_t name;		/* a dead name, one of many */
} hog;

static void hog_fill_names(void)
{
	mach_port_t task = mach_task_self(), name;
	kern_return_t kr;

	for (;;) {
		kr = mach_port_allocate(task, MACH_PORT_RIGHT_DEAD_NAME, &name);
		if (kr)
			break;
		hog.name = name;
	}
	MUST(kr != KERN_RESOURCE_SHORTAGE);
}

/* One more port, in the place of a name, if there still is room for it. */
static void hog_fill_rest(void)
{
	mach_port_t task = mach_task_self(), name;

	MUST(mach_port_deallocate(task, hog.name));
	if (mach_port_allocate(task, MACH_PORT_RIGHT_RECEIVE, &name))
		MUST(mach_port_allocate(task, MACH_PORT_RIGHT_DEAD_NAME,
					&name));
}

static void hog_fill_queues(void)
{
	mach_msg_return_t mr = MACH_MSG_SUCCESS;
	unsigned int i, j;

	for (i = 0; i < DEEP_PORTS && !mr; i++) {
		for (j = 0; j < MACH_PORT_QLIMIT_MAX && !mr; j++)
			mr = msg_send_id(hog.deep[i], MACH_MSG_TYPE_MAKE_SEND,
					 j);
	}
	MUST(mr != MACH_SEND_NO_BUFFER);
}

/* Take everything, as the user that the caller already is. */
static void hog_fill(void)
{
	int i;

	hog.large = deep_port();
	hog.quiet = port_new_send(1);
	for (i = 0; i < DEEP_PORTS; i++)
		hog.deep[i] = deep_port();
	for (i = 0; i < SPARE_PORTS; i++)
		hog.spare[i] = port_new();
	while (!send_large(hog.large))
		;
	hog_fill_names();
	hog_fill_queues();
	hog_fill_rest();
}

/* Something of everything that takes memory; all of it has to be granted. */
static void take_some(void)
{
	mach_port_t self = mach_task_self(), notify = port_new();
	mach_port_t port = port_new_send(1), once = port_new_once(port);
	struct msg msg;

	request_dead_name(self, once, notify);
	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	MUST(msg_receive(&msg, port));
	MUST(send_large(port));
	MUST(mach_port_destroy(self, port));
	MUST(msg_receive(&msg, notify));
	MUST(msg.head.msgh_id != MACH_NOTIFY_DEAD_NAME);
	MUST(mach_port_destroy(self, once));
	MUST(mach_port_destroy(self, notify));
}

/* The same by a new task of user @uid. */
static int others_take(uid_t uid)
{
	pid_t pid = child_fork();
	int i;

	if (!pid) {
		MUST(test_become(uid, uid));
		for (i = 0; i < 10; i++)
			take_some();
		_exit(0);
	}
	/* What it leaves behind would be seen in the counters when it goes. */
	return child_status(pid) ?: mach_sync();
}

/*
 * A user who is full, in a child, and a process of his that is no task yet.
 */

FIXTURE(exhausted) {
	struct test_pipe full, go;
	struct test_pipe call, called;
	pid_t newcomer;
	pid_t pid;
};

/* Says how its first calls went, each when it is told to make it. */
static void newcomer_run(struct test_pipe *call, struct test_pipe *called)
{
	uint32_t name;
	long code;

	if (test_become(TEST_UID, TEST_GID))
		_exit(1);
	while (read(call->fd[0], &name, sizeof(name)) == sizeof(name)) {
		code = mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name);
		test_put(called, code);
	}
	_exit(0);
}

static long newcomer_call(struct test_pipe *call, struct test_pipe *called)
{
	uint32_t code;

	if (test_put(call, 1) || test_get(called, &code))
		return -ETIME;
	return (int32_t)code;
}

FIXTURE_SETUP(exhausted)
{
	ASSERT_EQ(0, test_pipe_open(&self->full));
	ASSERT_EQ(0, test_pipe_open(&self->go));
	ASSERT_EQ(0, test_pipe_open(&self->call));
	ASSERT_EQ(0, test_pipe_open(&self->called));
	self->newcomer = child_fork();
	if (!self->newcomer)
		newcomer_run(&self->call, &self->called);
}

FIXTURE_TEARDOWN(exhausted)
{
	child_kill(self->newcomer);
}

/* Wait until the child is full; a child that fails says nothing. */
static bool hog_is_full(struct test_pipe *full)
{
	close(full->fd[1]);
	return !test_wait(full);
}

TEST_F_TIMEOUT(exhausted, he_alone_notices, 60)
{
	self->pid = child_fork();
	if (!self->pid) {
		struct msg msg;

		MUST(test_become(TEST_UID, TEST_GID));
		hog_fill();
		MUST(test_put(&self->full, 1));
		MUST(test_wait(&self->go));
		expect_refusals(_metadata, hog.spare[0], hog.quiet);
		/* Once he has given some back, all is well. */
		EXPECT_KR(MACH_RCV_TOO_LARGE, msg_receive(&msg, hog.large));
		EXPECT_KR(MACH_RCV_TOO_LARGE, msg_receive(&msg, hog.large));
		take_some();
		child_exit();
	}
	ASSERT_TRUE(hog_is_full(&self->full));
	EXPECT_EQ(0, others_take(0));
	EXPECT_EQ(0, others_take(TEST_UID + 1));
	EXPECT_EQ(0, test_put(&self->go, 1));
	EXPECT_CHILD(self->pid);
}

/* Who sends pays, wherever it is, until it is received. */
TEST_F_TIMEOUT(exhausted, messages_at_anothers_port_are_his, 60)
{
	mach_port_t port = port_new_bootstrap();
	struct msg msg;
	unsigned int i;

	port_limit(port, MACH_PORT_QLIMIT_MAX);
	self->pid = child_fork();
	if (!self->pid) {
		static char large[MEBIBYTE];
		mach_port_t to = bootstrap_of_parent();
		unsigned int sent = 0;

		MUST(test_become(TEST_UID, TEST_GID));
		for (;;) {
			msg_init((struct msg *)large, to,
				 MACH_MSG_TYPE_COPY_SEND, 0, 0, 1);
			if (msg_send(large, MEBIBYTE))
				break;
			sent++;
		}
		EXPECT_EQ(63, sent);
		MUST(test_put(&self->full, sent));
		MUST(test_wait(&self->go));
		msg_init((struct msg *)large, to, MACH_MSG_TYPE_COPY_SEND, 0, 0,
			 1);
		EXPECT_KR(MACH_MSG_SUCCESS, msg_send(large, MEBIBYTE));
		child_exit();
	}
	ASSERT_TRUE(hog_is_full(&self->full));
	EXPECT_EQ(63, port_queued(port));
	EXPECT_EQ(0, others_take(0));
	EXPECT_EQ(0, others_take(TEST_UID + 1));
	/* They have cost the receiver nothing, and others can still send. */
	EXPECT_KR(MACH_MSG_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 7));
	for (i = 0; i < 63; i++)
		EXPECT_KR(MACH_RCV_TOO_LARGE, msg_receive(&msg, port));
	EXPECT_KR(MACH_MSG_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(0, test_put(&self->go, 1));
	EXPECT_CHILD(self->pid);
}

/* Bytes that the user has left, when nobody else takes or gives anything. */
static uint64_t left(uint64_t charged_before)
{
	return LIMIT - (mach_counter(MACHDEV_COUNTER_CHARGED) - charged_before);
}

TEST_F_TIMEOUT(exhausted, a_new_task_is_refused_that_does_not_fit, 60)
{
	self->pid = child_fork();
	if (!self->pid) {
		mach_port_t task = mach_task_self();
		uint64_t before;
		struct msg msg;
		int i;

		port_new();
		before = mach_counter(MACHDEV_COUNTER_CHARGED);
		MUST(test_become(TEST_UID, TEST_GID));
		hog_fill();
		/* So much that the task fits in, but not its port. */
		for (i = 0; left(before) < TASK_BYTES; i++)
			MUST(mach_port_destroy(task, hog.spare[i]));
		ASSERT_GT(TASK_BYTES + PORT_BYTES, left(before));
		EXPECT_EQ(-EDQUOT, newcomer_call(&self->call, &self->called));
		EXPECT_KR(MACH_RCV_TOO_LARGE, msg_receive(&msg, hog.large));
		EXPECT_EQ(0, newcomer_call(&self->call, &self->called));
		child_exit();
	}
	EXPECT_CHILD(self->pid);
}

#define SLEEPERS 5

/*
 * Children that end with the caller, by themselves: they are root's, and he is
 * not when he ends.
 */
static void sleepers_start(pid_t *pid, task_t *task)
{
	struct test_pipe life;
	int i;

	MUST(test_pipe_open(&life));
	for (i = 0; i < SLEEPERS; i++) {
		pid[i] = child_fork();
		if (!pid[i]) {
			close(life.fd[1]);
			test_wait(&life);
			_exit(0);
		}
		MUST(task_for_pid(mach_task_self(), pid[i], &task[i]));
	}
}

static long suspend_at_exec(task_t task)
{
	struct machdev_task_control call = {
		.task = task, .flags = MACHDEV_SUSPEND_AT_EXEC,
	};

	return mach_ioctl(MACHDEV_IOC_TASK_SUSPEND, &call);
}

/* The rest that is left is less than a port, so it is for two of them at most. */
TEST_F_TIMEOUT(exhausted, suspensions_tasks_threads_and_samples_do_not_fit, 60)
{
	self->pid = child_fork();
	if (!self->pid) {
		task_suspension_token_t token;
		siginfo_t info = { 0 };
		task_t task[SLEEPERS], created;
		pid_t pid[SLEEPERS];
		struct msg msg;
		int i;

		/* Only root gets at the task of a child that was root. */
		sleepers_start(pid, task);
		MUST(test_become(TEST_UID, TEST_GID));
		hog_fill();
		EXPECT_KR(KERN_RESOURCE_SHORTAGE,
			  task_suspend2(task[SLEEPERS - 1], &token));
		for (i = 0; i < SLEEPERS && !task_suspend(task[i]); i++)
			;
		ASSERT_GE(2, i);
		EXPECT_KR(KERN_RESOURCE_SHORTAGE, task_suspend(task[i]));
		/* One that counts already is charged for the exec as well. */
		EXPECT_KR(KERN_RESOURCE_SHORTAGE, suspend_at_exec(task[0]));
		EXPECT_KR(KERN_RESOURCE_SHORTAGE, suspend_at_exec(task[i]));
		EXPECT_EQ(0, waitid(P_PID, pid[i], &info, WSTOPPED | WNOHANG));
		EXPECT_EQ(0, info.si_pid);
		EXPECT_KR(KERN_RESOURCE_SHORTAGE,
			  task_create(mach_task_self(), NULL, 0, FALSE,
				      &created));
		EXPECT_EQ(MACH_PORT_NULL, mach_thread_self());
		EXPECT_KR(KERN_RESOURCE_SHORTAGE,
			  task_sample(mach_task_self(), hog.quiet));
		EXPECT_KR(MACH_RCV_TOO_LARGE, msg_receive(&msg, hog.large));
		EXPECT_KR(KERN_SUCCESS,
			  task_sample(mach_task_self(), hog.quiet));
		EXPECT_KR(KERN_SUCCESS, task_suspend(task[i]));
		EXPECT_KR(KERN_SUCCESS, suspend_at_exec(task[i]));
		EXPECT_NE(MACH_PORT_NULL, mach_thread_self());
		child_exit();
	}
	EXPECT_CHILD(self->pid);
}

/*
 * What was promised
 */

static struct promises promises;

/* Another task, whose ports the test has rights to. */
struct other {
	struct test_pipe life;
	mach_port_t task;
	mach_port_t notify;
	mach_port_t name[PROMISES];
};

static struct other other;

static void other_make(void)
{
	mach_msg_type_name_t type;
	mach_port_t port;
	uint32_t i;
	pid_t pid;

	MUST(test_pipe_open(&other.life));
	pid = child_fork();
	if (!pid) {
		close(other.life.fd[1]);
		_exit(read(other.life.fd[0], &i, sizeof(i)) != 0);
	}
	MUST(task_for_pid(mach_task_self(), pid, &other.task));
	other.notify = port_new();
	for (i = 0; i < PROMISES; i++) {
		MUST(mach_port_allocate(other.task,
					MACH_PORT_RIGHT_RECEIVE, &port));
		MUST(mach_port_extract_right(other.task, port,
					     MACH_MSG_TYPE_MAKE_SEND,
					     &other.name[i], &type));
		request_dead_name(mach_task_self(), other.name[i],
				  other.notify);
	}
}

/* It dies, and each of its ports is told of, in the order of its names. */
static void other_expect(struct __test_metadata *_metadata)
{
	static struct msg msg;
	uint32_t i;

	close(other.life.fd[1]);
	for (i = 0; i < PROMISES; i++) {
		ASSERT_KR(MACH_MSG_SUCCESS, msg_await(&msg, other.notify));
		ASSERT_EQ(MACH_NOTIFY_DEAD_NAME, msg.head.msgh_id);
		ASSERT_EQ(other.name[i], msg.word[2]);
	}
}

TEST_F_TIMEOUT(exhausted, what_was_promised_arrives, 60)
{
	self->pid = child_fork();
	if (!self->pid) {
		/* Only root gets at the task of a child that was root. */
		other_make();
		MUST(test_become(TEST_UID, TEST_GID));
		promises_make(&promises);
		hog_fill();
		expect_refusals(_metadata, hog.spare[0], hog.quiet);
		other_expect(_metadata);
		promises_expect(_metadata, &promises);
		child_exit();
	}
	EXPECT_CHILD(self->pid);
}

/*
 * No memory at all, for nobody
 */

FIXTURE(nothing) {
	unsigned int tried;
};

FIXTURE_SETUP(nothing)
{
	ASSERT_EQ(0, fault_load("alloc"));
}

FIXTURE_TEARDOWN(nothing)
{
	EXPECT_EQ(0, fault_unload());
}

TEST_F_TIMEOUT(nothing, what_was_promised_arrives, 60)
{
	mach_port_t port = port_new(), quiet = port_new_send(1);

	other_make();
	promises_make(&promises);
	/* Records for forks may still be filled up again. */
	do {
		self->tried = fault_get("alloc", "calls");
		test_sleep_ms(test_ms(300));
	} while (self->tried != fault_get("alloc", "calls"));
	ASSERT_EQ(0, fault_set("alloc", "fail", FAULT_ALWAYS));
	other_expect(_metadata);
	promises_expect(_metadata, &promises);
	/* None of it has even asked for memory, but records for forks. */
	EXPECT_EQ(self->tried, fault_get("alloc", "calls"));
	ASSERT_EQ(0, mach_sync());
	expect_refusals(_metadata, port, quiet);
	EXPECT_LT(0, fault_get("alloc", "failed"));
	EXPECT_EQ(0, fault_set("alloc", "fail", 0));
}

MACH_TEST_MAIN
