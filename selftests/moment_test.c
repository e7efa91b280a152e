// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moments between two steps of a task's life, made long enough for somebody
 * to come in between.
 */
#include <stdatomic.h>

#include "actor.h"
#include "embryo_helpers.h"
#include "fault.h"
#include "suspend_helpers.h"

#define LAST_PID "/proc/sys/kernel/ns_last_pid"

/* Long against what happens meanwhile: a few calls on another processor. */
static unsigned int moment_us(void)
{
	return 40000 * (test_scale() > 1 ? 5 : 1);
}

/*
 * Let the work item that settles an exec come later than any call that is made
 * meanwhile, until settle_now().
 */
static int settle_late(void)
{
	return fault_load("mach_task_settle_work") ?:
	       fault_set("mach_task_settle_work", "delay",
			 test_ms(2000) * 1000);
}

static int settle_now(void)
{
	return fault_set("mach_task_settle_work", "delay", 0) ?:
	       fault_unload();
}

/* Make @function wait, in process @pid or, if that is 0, in everybody. */
static int dawdle(const char *function, pid_t pid)
{
	int error = fault_load(function);

	return error ?: fault_set(function, "pid", pid) ?:
	       fault_set(function, "delay", moment_us());
}

/* The next process gets @pid, unless another one is made before. */
static int next_pid(pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid - 1);
	return file_write(LAST_PID, text);
}

/* Fork until the child is process @pid; it pauses. */
static bool fork_as(pid_t pid)
{
	int tries;

	for (tries = 0; tries < 100; tries++) {
		pid_t child;

		if (next_pid(pid))
			return false;
		child = child_fork();
		if (!child) {
			for (;;)
				pause();
		}
		if (child == pid)
			return true;
		child_kill(child);
	}
	return false;
}

static long for_pid(pid_t pid, mach_port_t *port)
{
	struct machdev_task_pid argument = {
		.pid = pid, .port = TEST_POISON32,
	};
	long code = mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument);

	*port = argument.port;
	return code;
}

static mach_port_t get_bootstrap(task_t task)
{
	mach_port_t port = TEST_POISON32;

	if (task_get_special_port(task, TASK_BOOTSTRAP_PORT, &port))
		return TEST_POISON32;
	return port;
}

TEST(sync_waits_for_a_slow_teardown)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_TRUE(MACH_PORT_VALID(actor_task(&actor)));
	ASSERT_EQ(0, dawdle("mach_task_exit_work", 0));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(port_is_dead(actor.task));
	EXPECT_LT(0, fault_get("mach_task_exit_work", "calls"));
	EXPECT_EQ(0, fault_unload());
}

TEST(a_first_call_waits_for_the_old_names_to_go)
{
	struct machdev_port_names names = { 0 };
	mach_port_t right;
	struct actor actor;
	char path[PATH_MAX];
	uint32_t name;
	int i;

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, actor_start(&actor));
	for (i = 0; i < 10; i++)
		ASSERT_EQ(0, actor_allocate(&actor, &name));
	right = actor_take(&actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_EQ(MACH_PORT_TYPE_SEND, port_type(right));
	/* The work item comes late, for whoever counts on it. */
	ASSERT_EQ(0, settle_late());
	ASSERT_EQ(0, actor_run(&actor, path));
	ASSERT_EQ(0, actor_name(&actor, MACHDEV_IOC_TASK_SELF, &names.task));
	/* At once there is no name but this one, */
	EXPECT_KR(KERN_INSUFFICIENT_BUFFER_SIZE,
		  actor_ioctl(&actor, MACHDEV_IOC_PORT_NAMES, &names));
	EXPECT_EQ(1, names.count);
	/* and the old space's ports are dead. */
	EXPECT_TRUE(port_is_dead(right));
	EXPECT_EQ(0, settle_now());
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(who_acts_on_it_waits_for_the_old_names_to_go)
{
	mach_port_t right;
	struct actor actor;
	char path[PATH_MAX];
	uint32_t name;

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	right = actor_take(&actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_EQ(0, settle_late());
	ASSERT_EQ(0, actor_run(&actor, path));
	EXPECT_EQ(0, task_names(actor.task));
	EXPECT_TRUE(port_is_dead(right));
	EXPECT_EQ(0, settle_now());
	EXPECT_EQ(0, actor_end(&actor));
}

/*
 * A child is in the process table before the fork probe has said what it
 * inherits. Somebody asks for its port meanwhile, and sets what he likes.
 */

FIXTURE(child) {
	struct actor actor;
	mach_port_t port, other;
	pid_t guess;
	long code;
	atomic_bool ended;
};

FIXTURE_VARIANT(child) {
	const char *function;
};

/* Before the probe, and between its look-up and its entry in the table. */
FIXTURE_VARIANT_ADD(child, found_before_the_probe) {
	.function = "uprobe_copy_process",
};

FIXTURE_VARIANT_ADD(child, found_by_the_probe_too_late) {
	.function = "mach_stock_take",
};

FIXTURE_SETUP(child)
{
	int error;

	self->port = port_new();
	self->other = port_new();
	ASSERT_EQ(0, actor_start(&self->actor));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(),
				  actor_task(&self->actor), tokens_made(3),
				  MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_bootstrap_port(self->actor.task, self->port));
	error = dawdle(variant->function, self->actor.pid);
	if (error == -ENOENT)
		SKIP(exit(255), "no %s() in this kernel", variant->function);
	ASSERT_EQ(0, error);
}

FIXTURE_TEARDOWN(child)
{
	EXPECT_EQ(0, fault_unload());
	EXPECT_EQ(0, actor_end(&self->actor));
}

static void *order_fork(void *argument)
{
	FIXTURE_DATA(child) *self = argument;

	self->code = next_pid(self->guess) ?: actor_next(&self->actor);
	self->ended = true;
	return NULL;
}

/*
 * Let the actor fork, and find the child. Returns whether that was before it
 * had inherited anything; then somebody else's bootstrap port is in it.
 */
static bool find_child(FIXTURE_DATA(child) *self, mach_port_t *task)
{
	struct tokens tokens;
	pthread_t thread;
	bool early = false, found = false;

	self->ended = false;
	if (pthread_create(&thread, NULL, order_fork, self))
		return false;
	while (!found && !self->ended)
		found = !for_pid(self->guess, task);
	if (found) {
		early = !task_set_bootstrap_port(*task, self->other) &&
			!task_tokens(*task, &tokens) &&
			tokens.security[0] != tokens_made(3).security[0];
	}
	pthread_join(thread, NULL);
	return early;
}

TEST_F(child, inherits_all_the_same)
{
	mach_port_t task = MACH_PORT_NULL;
	unsigned int hits = 0, tries;
	struct tokens tokens;

	for (tries = 0; tries < 20 && hits < 2; tries++) {
		bool early;

		/* After a try that came too late it is the other one. */
		ASSERT_KR(KERN_SUCCESS,
			  task_set_bootstrap_port(actor_task(&self->actor),
						  self->port));
		ASSERT_EQ(0, fault_set(variant->function, "pid",
				       self->actor.pid));
		self->guess = self->actor.pid + 100;
		early = find_child(self, &task);
		ASSERT_EQ(0, self->code);
		if (!early || self->actor.pid != self->guess)
			continue;
		hits++;
		EXPECT_EQ(task, actor_task(&self->actor));
		ASSERT_KR(KERN_SUCCESS, task_tokens(task, &tokens));
		EXPECT_TOKENS(tokens_made(3), tokens);
		EXPECT_EQ(self->port, get_bootstrap(task));
		EXPECT_EQ(task, actor_trap(&self->actor,
					   MACHDEV_IOC_TASK_SELF));
	}
	EXPECT_EQ(2, hits);
}

/*
 * Numbers of processes come again
 */

TEST(an_old_port_does_not_reach_a_new_process)
{
	mach_port_t value = port_new(), letters = port_receive(), port;
	struct tokens before, after;
	struct actor actor;
	int number, pidfd;
	uint32_t version;
	pid_t pid;

	ASSERT_EQ(0, actor_start(&actor));
	pid = actor.pid;
	ASSERT_TRUE(MACH_PORT_VALID(actor_task(&actor)));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, letters, &before));
	version = pidversion_of(pid);
	EXPECT_EQ(version, before.audit[AUDIT_PIDVERSION]);
	/* What is left of the old one is in the way for a while. */
	ASSERT_EQ(0, dawdle("mach_task_exit_work", 0));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_TRUE(fork_as(pid));

	EXPECT_NE(KERN_SUCCESS, task_set_bootstrap_port(actor.task, value));
	EXPECT_NE(KERN_SUCCESS, pid_for_task(actor.task, &number));
	EXPECT_NE(KERN_SUCCESS, task_tokens(actor.task, &after));
	EXPECT_NE(KERN_SUCCESS, tokens_pidfd(&before, &pidfd));
	ASSERT_KR(KERN_SUCCESS, for_pid(pid, &port));
	EXPECT_NE(actor.task, port);
	EXPECT_NE(value, get_bootstrap(port));
	ASSERT_KR(KERN_SUCCESS, task_tokens(port, &after));
	EXPECT_EQ(pid, after.audit[AUDIT_PID]);
	EXPECT_NE(version, after.audit[AUDIT_PIDVERSION]);
	EXPECT_EQ(pidversion_of(pid), after.audit[AUDIT_PIDVERSION]);
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(port_is_dead(actor.task));
	EXPECT_FALSE(port_is_dead(port));
	EXPECT_EQ(0, fault_unload());
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
}

struct look_up {
	pid_t pid;
	mach_port_t port;
	long code;
};

static void *look_up(void *argument)
{
	struct look_up *l = argument;

	test_run_on(1);
	l->code = for_pid(l->pid, &l->port);
	return NULL;
}

/* Its process had another port, whose holders have nothing of the new task. */
TEST(nobody_has_a_thread_of_what_it_was)
{
	struct test_pipe go;
	task_t before, task;
	thread_act_t thread;
	uint64_t by;
	pid_t pid;
	int fd;

	ASSERT_EQ(0, test_run_on(0));
	ASSERT_EQ(0, test_pipe_open(&go));
	fd = conceive(TRUE);
	ASSERT_LE(0, fd);
	pid = child_fork();
	if (!pid) {
		_exit(test_run_on(1) || test_wait(&go) || adopt(fd, 0) ? 1 : 0);
	}
	ASSERT_KR(KERN_SUCCESS, task_for_pid(own_task(), pid, &before));
	ASSERT_EQ(0, dawdle("mach_task_embody", pid));
	ASSERT_EQ(0, fault_set("mach_task_embody", "delay",
			       test_ms(1000) * 1000));
	ASSERT_EQ(0, test_put(&go, 1));
	by = test_now_ms() + test_ms(5000);
	while (!fault_get("mach_task_embody", "calls") && test_now_ms() < by)
		;
	EXPECT_KR(KERN_NOT_SUPPORTED, thread_create(before, &thread));
	ASSERT_EQ(0, fault_set("mach_task_embody", "delay", 0));
	EXPECT_KR(KERN_SUCCESS, await(fd, pid));
	EXPECT_TRUE(port_is_dead(before));
	ASSERT_KR(KERN_SUCCESS, take(fd, &task));
	EXPECT_KR(KERN_SUCCESS, thread_create(task, &thread));
	EXPECT_EQ(0, fault_unload());
	EXPECT_KR(KERN_SUCCESS, task_terminate(task));
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
	close(fd);
}

/* How many hold the module: a file that is lost does for ever. */
static int module_users(void)
{
	char text[16] = "";
	int fd = open("/sys/module/mach/refcnt", O_RDONLY | O_CLOEXEC);

	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	return atoi(text);
}

/*
 * It executes when who wants it suspended by its next exec has it in hand, but
 * has not said so yet: that was not the next one.
 */
TEST(what_is_suspended_by_its_next_exec_executes)
{
	struct test_pipe go, done;
	struct actor actor;
	char path[PATH_MAX];
	task_t task;
	uint64_t by;
	int users;
	pid_t pid;

	if (test_real_time())
		SKIP(return, TEST_HOLDS_UP_EXECS);
	/* Who dawdles lets nobody else run on his processor. */
	ASSERT_EQ(0, test_run_on(0));
	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, actor_start(&actor));
	task = actor_task(&actor);
	/* The library and the test have a descriptor each from here on. */
	ASSERT_EQ(0, suspensions(task));
	ASSERT_EQ(0, test_pipe_open(&go));
	ASSERT_EQ(0, test_pipe_open(&done));
	pid = child_fork();
	if (!pid) {
		_exit(test_run_on(1) || test_wait(&go) ||
		      suspend_at_exec(port_of(actor.pid,
					      MACHDEV_TASK_FLAVOR_CONTROL)) ||
		      test_put(&done, 1) || test_wait(&go));
	}
	users = module_users();
	ASSERT_EQ(0, dawdle("mach_task_pin_image", pid));
	ASSERT_EQ(0, fault_set("mach_task_pin_image", "delay",
			       test_ms(2000) * 1000));
	ASSERT_EQ(0, test_put(&go, 1));
	by = test_now_ms() + test_ms(5000);
	while (!fault_get("mach_task_pin_image", "calls") && test_now_ms() < by)
		;
	ASSERT_EQ(0, actor_run(&actor, path));
	ASSERT_EQ(0, fault_set("mach_task_pin_image", "delay", 0));
	ASSERT_EQ(0, test_wait(&done));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(0, suspensions(task));
	EXPECT_EQ(0, told(actor.pid, WSTOPPED));
	ASSERT_EQ(0, test_put(&go, 1));
	EXPECT_CHILD(pid);
	EXPECT_EQ(0, fault_unload());
	EXPECT_EQ(0, actor_end(&actor));
	EXPECT_TRUE(TEST_UNTIL(module_users() <= users, 10000));
}

struct asking {
	mach_port_t name, notify;
	kern_return_t kr;
};

static void *ask(void *argument)
{
	struct asking *a = argument;
	mach_port_t previous;

	test_run_on(1);
	a->kr = mach_port_request_notification(own_task(), a->name,
					       MACH_NOTIFY_DEAD_NAME, 0,
					       a->notify,
					       MACH_MSG_TYPE_MOVE_SEND_ONCE,
					       &previous);
	return NULL;
}

/* The call fails, and its caller keeps the right, which is a dead name now. */
TEST(a_right_that_dies_when_it_is_about_to_be_moved)
{
	mach_port_t port = port_receive();
	struct asking a = { 0 };
	mach_port_urefs_t refs = 0;
	pthread_t thread;
	uint64_t by;

	ASSERT_EQ(0, test_run_on(0));
	a.notify = port_send_once(port);
	a.name = port_send_once(port_receive());
	ASSERT_EQ(0, dawdle("mach_request_new", getpid()));
	ASSERT_EQ(0, fault_set("mach_request_new", "delay",
			       test_ms(1000) * 1000));
	ASSERT_EQ(0, pthread_create(&thread, NULL, ask, &a));
	by = test_now_ms() + test_ms(5000);
	while (!fault_get("mach_request_new", "calls") && test_now_ms() < by)
		;
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(own_task(), port));
	ASSERT_EQ(0, fault_set("mach_request_new", "delay", 0));
	pthread_join(thread, NULL);
	EXPECT_EQ(0, fault_unload());
	EXPECT_KR(KERN_INVALID_CAPABILITY, a.kr);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_get_refs(own_task(), a.notify,
				     MACH_PORT_RIGHT_DEAD_NAME, &refs));
	EXPECT_EQ(1, refs);
}

/* Between the look-up by number and the question, which is by number too. */
TEST(a_number_that_changes_hands_in_a_look_up)
{
	struct look_up l = { 0 };
	mach_port_t own = own_task();
	pthread_t thread;
	uint64_t by;
	int names;

	ASSERT_NE(MACH_PORT_NULL, own);
	ASSERT_EQ(0, test_run_on(0));
	l.pid = child_fork();
	if (!l.pid) {
		for (;;)
			pause();
	}
	names = task_names(own);
	ASSERT_EQ(0, dawdle("file_open_root", getpid()));
	/* Until it is told otherwise. */
	ASSERT_EQ(0, fault_set("file_open_root", "delay",
			       test_ms(1000) * 1000));
	ASSERT_EQ(0, pthread_create(&thread, NULL, look_up, &l));
	by = test_now_ms() + test_ms(5000);
	while (!fault_get("file_open_root", "calls") && test_now_ms() < by)
		;
	EXPECT_EQ(128 + SIGKILL, child_kill(l.pid));
	ASSERT_TRUE(fork_as(l.pid));
	ASSERT_EQ(0, fault_set("file_open_root", "delay", 0));
	pthread_join(thread, NULL);
	EXPECT_KR(KERN_FAILURE, l.code);
	EXPECT_EQ(MACH_PORT_NULL, l.port);
	EXPECT_EQ(names, task_names(own));
	EXPECT_EQ(0, fault_unload());
	EXPECT_EQ(128 + SIGKILL, child_kill(l.pid));
}

MACH_TEST_MAIN
