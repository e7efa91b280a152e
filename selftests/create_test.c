// SPDX-License-Identifier: GPL-2.0-only
/*
 * task_create() and host_security_create_task_token(): what the child has, what
 * is refused, and whose end is whose.
 */
#include <stdatomic.h>
#include <sys/time.h>

#include "actor.h"
#include "embryo_helpers.h"

static const int inherited[] = {
	TASK_HOST_PORT, TASK_EXCEPTION_PORT, TASK_BOOTSTRAP_PORT,
	TASK_WIRED_LEDGER_PORT, TASK_PAGED_LEDGER_PORT, TASK_ACCESS_PORT,
};

static const int its_own[] = {
	TASK_DEBUG_CONTROL_PORT, TASK_RESOURCE_NOTIFY_PORT,
};

static int shown_in_copy = 42;

static kern_return_t create(boolean_t memory, task_t *child)
{
	*child = TEST_POISON32;
	return task_create(own_task(), NULL, 0, memory, child);
}

static kern_return_t create_with(mach_port_t security, task_t parent,
				 struct tokens tokens, mach_port_t host,
				 ledger_array_t ledgers, unsigned int count,
				 boolean_t memory, task_t *child)
{
	security_token_t security_token;
	audit_token_t audit_token;

	*child = TEST_POISON32;
	memcpy(&security_token, tokens.security, sizeof(security_token));
	memcpy(&audit_token, tokens.audit, sizeof(audit_token));
	return host_security_create_task_token(security, parent, security_token,
					       audit_token, host, ledgers,
					       count, memory, child);
}

static int64_t names_of(task_t task)
{
	struct machdev_port_names call = { .task = task };
	long code = mach_ioctl(MACHDEV_IOC_PORT_NAMES, &call);

	if (code && code != KERN_INSUFFICIENT_BUFFER_SIZE)
		return -1;
	return call.count;
}

/* Bytes of address space that @pid has, -1 when it cannot be told. */
static long memory_of(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	return file_number(path, UINT32_MAX);
}

static bool is_program(pid_t pid, const char *name)
{
	char path[64], comm[16] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%15s", comm) != 1)
		comm[0] = '\0';
	fclose(file);
	return !strcmp(name, comm);
}

static bool is_gone(pid_t pid)
{
	return kill(pid, 0) && errno == ESRCH;
}

FIXTURE(child) {
	task_t task;
	pid_t pid;
};

FIXTURE_VARIANT(child) {
	boolean_t memory;
};

FIXTURE_VARIANT_ADD(child, with_memory) { .memory = TRUE };
FIXTURE_VARIANT_ADD(child, without_memory) { .memory = FALSE };

FIXTURE_SETUP(child)
{
	ASSERT_KR(KERN_SUCCESS, create(variant->memory, &self->task));
	self->pid = pid_of(self->task);
	ASSERT_LT(0, self->pid);
}

FIXTURE_TEARDOWN(child)
{
}

TEST_F(child, is_a_task_of_its_own)
{
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(self->task));
	EXPECT_EQ(1, port_send_refs(self->task));
	EXPECT_NE(own_task(), self->task);
	EXPECT_NE(getpid(), self->pid);
}

TEST_F(child, has_the_memory_that_was_asked_for)
{
	char path[64];
	int fd, copy = 0;

	if (!variant->memory) {
		EXPECT_EQ(0, memory_of(self->pid));
		return;
	}
	shown_in_copy = 43;
	snprintf(path, sizeof(path), "/proc/%d/mem", self->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(copy), pread(fd, &copy, sizeof(copy),
				      (off_t)(uintptr_t)&shown_in_copy));
	EXPECT_EQ(42, copy);
	close(fd);
}

TEST_F(child, has_no_names)
{
	EXPECT_EQ(0, names_of(self->task));
}

TEST_F(child, has_its_task_self_right)
{
	EXPECT_EQ(self->task, special_of(self->task, TASK_KERNEL_PORT));
}

static bool is_parked(pid_t pid)
{
	char state = thread_state(pid, pid);

	return state == 'D' || state == 'I';
}

/* It has its port a moment before it sleeps. */
TEST_F(child, runs_no_code)
{
	EXPECT_TRUE(TEST_UNTIL(is_parked(self->pid), 10000));
}

TEST_F(child, is_no_child_for_wait)
{
	sigset_t pending;

	EXPECT_EQ(-1, waitpid(-1, NULL, WNOHANG | __WALL));
	EXPECT_EQ(ECHILD, errno);
	ASSERT_EQ(0, sigpending(&pending));
	EXPECT_FALSE(sigismember(&pending, SIGCHLD));
}

TEST_F(child, its_port_dies_with_it)
{
	mach_port_t notify = port_receive();
	struct letter letter;

	ASSERT_KR(KERN_SUCCESS, port_watch(self->task, notify));
	ASSERT_EQ(0, kill(self->pid, SIGKILL));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, letter.header.msgh_id);
	EXPECT_TRUE(port_is_dead(self->task));
}

TEST_F(child, outlives_the_rights_to_its_port)
{
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), self->task));
	EXPECT_EQ(0, kill(self->pid, 0));
	EXPECT_KR(KERN_SUCCESS,
		  task_for_pid(mach_task_self(), self->pid, &self->task));
}

TEST_F(child, has_its_parents_ports)
{
	mach_port_t port[ARRAY_SIZE(inherited)], registered[3];
	mach_msg_type_number_t count;
	mach_port_array_t seen;
	task_t task;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(inherited); i++) {
		port[i] = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(own_task(), inherited[i],
						port[i]));
	}
	for (i = 0; i < 3; i++)
		registered[i] = port_new();
	ASSERT_KR(KERN_SUCCESS,
		  mach_ports_register(own_task(), registered, 3));
	for (i = 0; i < ARRAY_SIZE(its_own); i++)
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(own_task(), its_own[i],
						port[0]));
	ASSERT_KR(KERN_SUCCESS, create(variant->memory, &task));
	for (i = 0; i < ARRAY_SIZE(its_own); i++)
		EXPECT_EQ(MACH_PORT_NULL, special_of(task, its_own[i]));
	for (i = 0; i < ARRAY_SIZE(inherited); i++) {
		EXPECT_EQ(port[i], special_of(task, inherited[i])) {
			TH_LOG("selector %d", inherited[i]);
		}
	}
	ASSERT_KR(KERN_SUCCESS, mach_ports_lookup(task, &seen, &count));
	ASSERT_EQ(3, count);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(registered[i], seen[i]);
	/* What is set later is each one's own. */
	ASSERT_KR(KERN_SUCCESS,
		  task_set_special_port(task, TASK_BOOTSTRAP_PORT, port[0]));
	EXPECT_EQ(port[2], special_of(own_task(), TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(port[0], special_of(task, TASK_BOOTSTRAP_PORT));
}

TEST_F(child, does_not_have_a_substituted_kernel_port)
{
	mach_port_t port = port_new();
	task_t task;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_special_port(own_task(), TASK_KERNEL_PORT, port));
	ASSERT_KR(KERN_SUCCESS, create(variant->memory, &task));
	EXPECT_EQ(task, special_of(task, TASK_KERNEL_PORT));
}

TEST_F(child, follows_the_default_bootstrap_port)
{
	mach_port_t priv = host_priv_port(), port = port_new();

	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(priv, MACHDEV_HOST_BOOTSTRAP_PORT,
					port));
	EXPECT_EQ(port, special_of(self->task, TASK_BOOTSTRAP_PORT));
	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(priv, MACHDEV_HOST_BOOTSTRAP_PORT,
					MACH_PORT_NULL));
}

TEST_F(child, has_its_parents_derived_tokens)
{
	struct tokens own, seen;

	ASSERT_KR(KERN_SUCCESS, task_tokens(own_task(), &own));
	ASSERT_KR(KERN_SUCCESS, task_tokens(self->task, &seen));
	EXPECT_EQ(self->pid, (pid_t)seen.audit[AUDIT_PID]);
	EXPECT_NE(own.audit[AUDIT_PIDVERSION], seen.audit[AUDIT_PIDVERSION]);
	own.audit[AUDIT_PID] = seen.audit[AUDIT_PID];
	own.audit[AUDIT_PIDVERSION] = seen.audit[AUDIT_PIDVERSION];
	EXPECT_TOKENS(own, seen);
}

TEST_F(child, has_its_parents_explicit_tokens)
{
	struct tokens seen;
	task_t task;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), own_task(),
				  tokens_made(1), MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS, create(variant->memory, &task));
	ASSERT_KR(KERN_SUCCESS, task_tokens(task, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
}

TEST_F(child, can_be_given_tokens_and_a_host_port)
{
	mach_port_t security = host_security_port(), priv = host_priv_port();
	struct tokens seen;
	task_t task;

	ASSERT_KR(KERN_SUCCESS,
		  create_with(security, own_task(), tokens_made(2), priv, NULL,
			      0, variant->memory, &task));
	ASSERT_KR(KERN_SUCCESS, task_tokens(task, &seen));
	EXPECT_TOKENS(tokens_made(2), seen);
	EXPECT_EQ(priv, special_of(task, TASK_HOST_PORT));

	ASSERT_KR(KERN_SUCCESS, task_set_host_port(own_task(), priv));
	ASSERT_KR(KERN_SUCCESS,
		  create_with(security, own_task(), tokens_made(3),
			      MACH_PORT_NULL, NULL, 0, variant->memory, &task));
	EXPECT_NE(priv, special_of(task, TASK_HOST_PORT));
	EXPECT_EQ(special_of(self->task, TASK_HOST_PORT),
		  special_of(task, TASK_HOST_PORT));
}

TEST_F(child, takes_tokens_that_are_set_later)
{
	struct tokens seen;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), self->task,
				  tokens_made(4), MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS, task_tokens(self->task, &seen));
	EXPECT_TOKENS(tokens_made(4), seen);
}

TEST_F(child, can_be_given_a_right)
{
	mach_port_t port = port_new();

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, 0x1003, port,
					 MACH_MSG_TYPE_COPY_SEND));
	EXPECT_EQ(1, names_of(self->task));
}

static void *create_many(void *argument)
{
	long wrong = 0;
	task_t task;
	int i;

	for (i = 0; i < 8; i++) {
		if (create(i & 1, &task) || pid_of(task) < 0)
			wrong++;
	}
	return (void *)wrong;
}

TEST(threads_create_at_the_same_time)
{
	pthread_t thread[4];
	void *wrong;
	int i;

	ASSERT_NE(MACH_PORT_NULL, own_task());
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, create_many,
					    NULL));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pthread_join(thread[i], &wrong));
		EXPECT_EQ(NULL, wrong);
	}
}

static atomic_int handled;

static void count_signal(int sig)
{
	handled++;
}

TEST(signals_that_come_meanwhile_reach_the_creator_alone)
{
	struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { 0 };
	struct sigaction action = { .sa_handler = count_signal };
	pid_t self = getpid();
	task_t task;
	int i;

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &often, NULL));
	for (i = 0; i < 20; i++) {
		ASSERT_KR(KERN_SUCCESS, create(i & 1, &task));
		ASSERT_EQ(self, getpid());
		EXPECT_EQ(0, kill(pid_of(task), 0));
	}
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &never, NULL));
	EXPECT_LT(0, handled);
}

/*
 * Another parent
 */

TEST(what_the_tokens_of_another_parent_are_becomes_explicit)
{
	struct tokens own, seen;
	struct actor actor;
	task_t task;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ASSERT_KR(KERN_SUCCESS, task_tokens(actor_task(&actor), &own));
	ASSERT_KR(KERN_SUCCESS,
		  task_create(actor_task(&actor), NULL, 0, FALSE, &task));
	ASSERT_KR(KERN_SUCCESS, task_tokens(task, &seen));
	EXPECT_TOKENS(own, seen);
	EXPECT_EQ(actor.pid, (pid_t)seen.audit[AUDIT_PID]);
	/* The parent's end is not the child's. */
	EXPECT_EQ(0, actor_kill(&actor) == 0);
	ASSERT_KR(KERN_SUCCESS, task_tokens(task, &seen));
	EXPECT_TOKENS(own, seen);
}

TEST(the_ports_of_another_parent_are_inherited)
{
	mach_port_t port = port_new();
	struct actor actor;
	task_t task;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_bootstrap_port(actor_task(&actor), port));
	ASSERT_KR(KERN_SUCCESS,
		  task_create(actor_task(&actor), NULL, 0, FALSE, &task));
	EXPECT_EQ(port, special_of(task, TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(special_of(actor_task(&actor), TASK_WIRED_LEDGER_PORT),
		  special_of(task, TASK_WIRED_LEDGER_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(the_ledgers_of_another_parent_are_drawn_on)
{
	struct actor actor;
	task_t task;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ASSERT_KR(KERN_SUCCESS,
		  task_create(actor_task(&actor), NULL, 0, FALSE, &task));
	EXPECT_EQ(special_of(actor_task(&actor), TASK_WIRED_LEDGER_PORT),
		  special_of(task, TASK_WIRED_LEDGER_PORT));
	EXPECT_EQ(special_of(actor_task(&actor), TASK_PAGED_LEDGER_PORT),
		  special_of(task, TASK_PAGED_LEDGER_PORT));
	EXPECT_NE(special_of(own_task(), TASK_WIRED_LEDGER_PORT),
		  special_of(task, TASK_WIRED_LEDGER_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(the_memory_of_another_parent_is_not_supported)
{
	uint64_t before = mach_counter(MACHDEV_COUNTER_UNSUPPORTED);
	struct actor actor;
	task_t task;

	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  task_create(actor_task(&actor), NULL, 0, TRUE, &task));
	EXPECT_EQ(before + 1, mach_counter(MACHDEV_COUNTER_UNSUPPORTED));
	EXPECT_EQ(0, actor_end(&actor));
}

/*
 * Refusals, each alone and in their order
 */

#define NO_PARENT 1
#define NO_SECURITY 2
#define NO_HOST 4
#define NO_ARRAY 8
#define NO_LEDGER 16
#define NO_COPY 32

static const struct {
	unsigned int wrong;
	kern_return_t code;
} refusals[] = {
	{ NO_PARENT, KERN_INVALID_ARGUMENT },
	{ NO_SECURITY, KERN_INVALID_SECURITY },
	{ NO_HOST, KERN_INVALID_HOST },
	{ NO_ARRAY, KERN_INVALID_ADDRESS },
	{ NO_LEDGER, KERN_INVALID_LEDGER },
	{ NO_COPY, KERN_NOT_SUPPORTED },
	{ NO_PARENT | NO_SECURITY | NO_HOST | NO_LEDGER | NO_COPY,
	  KERN_INVALID_ARGUMENT },
	{ NO_SECURITY | NO_HOST | NO_LEDGER | NO_COPY, KERN_INVALID_SECURITY },
	{ NO_HOST | NO_LEDGER | NO_COPY, KERN_INVALID_HOST },
	{ NO_ARRAY | NO_COPY, KERN_INVALID_ADDRESS },
	{ NO_LEDGER | NO_COPY, KERN_INVALID_LEDGER },
};

TEST(refusals_come_in_their_order)
{
	mach_port_t security = host_security_port(), port = port_new();
	mach_port_t ledgers[2] = {
		special_of(own_task(), TASK_WIRED_LEDGER_PORT),
		special_of(own_task(), TASK_PAGED_LEDGER_PORT),
	};
	mach_port_t wrong[2] = { ledgers[0], port };
	ledger_array_t given;
	struct actor actor;
	int64_t names;
	task_t parent, task;
	size_t i;

	ASSERT_EQ(0, actor_start(&actor));
	actor_task(&actor);
	names = names_of(own_task());
	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		unsigned int bad = refusals[i].wrong;

		parent = bad & NO_PARENT ? port :
			 bad & NO_COPY ? actor_task(&actor) : own_task();
		given = bad & NO_ARRAY ? (void *)8 :
			bad & NO_LEDGER ? wrong : ledgers;
		EXPECT_KR(refusals[i].code,
			  create_with(bad & NO_SECURITY ? port : security,
				      parent, tokens_made(1),
				      bad & NO_HOST ? port : MACH_PORT_NULL,
				      given, 2, !!(bad & NO_COPY), &task)) {
			TH_LOG("row %zu", i);
		}
		EXPECT_EQ(TEST_POISON32, task);
	}
	EXPECT_EQ(names, names_of(own_task()));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(a_parent_has_to_be_a_task_port)
{
	mach_port_t notask[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, port_receive(),
		port_dead_name(), mach_host_self(), mach_thread_self(),
		special_of(own_task(), TASK_READ_PORT),
		special_of(own_task(), TASK_NAME_PORT),
	};
	task_t task;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(notask); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_create(notask[i], NULL, 0, FALSE, &task)) {
			TH_LOG("port %zu", i);
		}
	}
}

TEST(a_dead_parent_has_no_children)
{
	struct actor actor;
	task_t task;

	ASSERT_EQ(0, actor_start(&actor));
	actor_task(&actor);
	actor_kill(&actor);
	mach_sync();
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_create(actor.task, NULL, 0, FALSE, &task));
}

TEST(only_the_security_port_gives_tokens)
{
	mach_port_t others[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, port_new(),
		mach_host_self(), host_priv_port(), own_task(),
	};
	task_t task;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		EXPECT_KR(KERN_INVALID_SECURITY,
			  create_with(others[i], own_task(), tokens_made(1),
				      MACH_PORT_NULL, NULL, 0, FALSE, &task)) {
			TH_LOG("port %zu", i);
		}
	}
}

/*
 * Ledgers
 */

TEST(ledgers_that_are_not_two_are_the_parents)
{
	mach_port_t wired = special_of(own_task(), TASK_WIRED_LEDGER_PORT);
	mach_port_t some[3] = { wired, MACH_PORT_NULL, PORT_NOTHING };
	mach_port_t null[2] = { MACH_PORT_NULL, PORT_NOTHING };
	task_t task;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  task_create(own_task(), some, i, FALSE, &task));
		EXPECT_EQ(wired, special_of(task, TASK_WIRED_LEDGER_PORT));
	}
	ASSERT_KR(KERN_SUCCESS, task_create(own_task(), null, 2, FALSE, &task));
	EXPECT_EQ(wired, special_of(task, TASK_WIRED_LEDGER_PORT));
	/* They are not even looked at. */
	ASSERT_KR(KERN_SUCCESS,
		  task_create(own_task(), (void *)8, UINT32_MAX, FALSE, &task));
	EXPECT_EQ(wired, special_of(task, TASK_WIRED_LEDGER_PORT));
}

TEST(ledgers_that_are_given_are_drawn_on)
{
	mach_port_t masks[2] = { port_new(), port_new() }, ledgers[2];
	struct actor actor;
	task_t task;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ledgers[0] = special_of(actor_task(&actor), TASK_WIRED_LEDGER_PORT);
	ledgers[1] = special_of(actor_task(&actor), TASK_PAGED_LEDGER_PORT);
	/* What hides the parent's does not hide them. */
	ASSERT_KR(KERN_SUCCESS,
		  task_set_special_port(own_task(), TASK_WIRED_LEDGER_PORT,
					masks[0]));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_special_port(own_task(), TASK_PAGED_LEDGER_PORT,
					masks[1]));
	ASSERT_KR(KERN_SUCCESS,
		  task_create(own_task(), ledgers, 2, FALSE, &task));
	EXPECT_EQ(ledgers[0], special_of(task, TASK_WIRED_LEDGER_PORT));
	EXPECT_EQ(ledgers[1], special_of(task, TASK_PAGED_LEDGER_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(what_is_no_ledger_is_refused)
{
	mach_port_t wired = special_of(own_task(), TASK_WIRED_LEDGER_PORT);
	mach_port_t others[] = {
		MACH_PORT_DEAD, PORT_NOTHING, port_new(), own_task(),
		mach_host_self(), port_dead_name(),
	};
	task_t task;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		mach_port_t first[2] = { others[i], wired };
		mach_port_t second[2] = { wired, others[i] };

		EXPECT_KR(KERN_INVALID_LEDGER,
			  task_create(own_task(), first, 2, FALSE, &task));
		EXPECT_KR(KERN_INVALID_LEDGER,
			  task_create(own_task(), second, 2, FALSE, &task));
	}
}

/*
 * Ends
 */

TEST(a_creators_end_is_that_of_its_children)
{
	struct test_pipe pipe;
	uint32_t first, second;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&pipe));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = child_fork();
	if (!pid) {
		task_t task;

		EXPECT_KR(KERN_SUCCESS, create(FALSE, &task));
		EXPECT_EQ(0, test_put(&pipe, pid_of(task)));
		EXPECT_KR(KERN_SUCCESS, create(TRUE, &task));
		EXPECT_EQ(0, test_put(&pipe, pid_of(task)));
		child_exit();
	}
	ASSERT_EQ(0, test_get(&pipe, &first));
	ASSERT_EQ(0, test_get(&pipe, &second));
	EXPECT_CHILD(pid);
	EXPECT_EQ(SIGKILL + 128, child_status(first));
	EXPECT_EQ(SIGKILL + 128, child_status(second));
	EXPECT_TRUE(is_gone(first));
}

TEST(an_exec_of_the_creator_ends_nobody)
{
	struct test_pipe pipe;
	uint32_t embryo;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&pipe));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = child_fork();
	if (!pid) {
		task_t task;

		create(FALSE, &task);
		test_put(&pipe, pid_of(task));
		execl("/bin/sleep", "sleep", "1000", NULL);
		_exit(1);
	}
	ASSERT_EQ(0, test_get(&pipe, &embryo));
	ASSERT_TRUE(TEST_UNTIL(is_program(pid, "sleep"), 10000));
	ASSERT_KR(KERN_SUCCESS, mach_sync());
	EXPECT_EQ(0, kill(embryo, 0));
	child_kill(pid);
	EXPECT_EQ(SIGKILL + 128, child_status(embryo));
}

/*
 * Without the library
 */

TEST(the_descriptor_is_closed_by_exec)
{
	int fd = conceive(FALSE);

	ASSERT_LE(0, fd);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
}

TEST(an_embryo_that_nobody_adopts_leaves_nothing)
{
	uint64_t charged;
	int fd;

	own_task();
	charged = mach_counter(MACHDEV_COUNTER_CHARGED);
	fd = conceive(FALSE);
	ASSERT_LE(0, fd);
	EXPECT_LT(charged, mach_counter(MACHDEV_COUNTER_CHARGED));
	close(fd);
	EXPECT_EQ(charged, mach_counter(MACHDEV_COUNTER_CHARGED));
}

TEST(only_an_embryo_can_be_adopted)
{
	int fds[] = { -1, 0, 1000, open("/dev/null", O_RDWR), mach_open() };
	task_t task;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT, adopt(fds[i], 0));
		EXPECT_KR(KERN_INVALID_ARGUMENT, await(fds[i], getpid()));
		EXPECT_KR(KERN_INVALID_ARGUMENT, take(fds[i], &task));
		EXPECT_EQ(MACH_PORT_NULL, task);
	}
}

TEST(nobody_adopts_what_he_made)
{
	int fd = conceive(TRUE);

	EXPECT_KR(KERN_INVALID_ARGUMENT, adopt(fd, 0));
	EXPECT_KR(KERN_INVALID_ARGUMENT, adopt(fd, MACHDEV_EMBRYO_RUN));
}

TEST(an_embryo_is_adopted_once)
{
	int fd = conceive(TRUE), other = conceive(TRUE);
	task_t task;
	pid_t pid;

	pid = child_fork();
	if (!pid) {
		EXPECT_KR(KERN_SUCCESS, adopt(dup(fd), MACHDEV_EMBRYO_RUN));
		EXPECT_KR(KERN_FAILURE, adopt(fd, MACHDEV_EMBRYO_RUN));
		EXPECT_KR(KERN_FAILURE, adopt(other, MACHDEV_EMBRYO_RUN));
		child_exit();
	}
	EXPECT_CHILD(pid);
	pid = child_fork();
	if (!pid) {
		EXPECT_KR(KERN_FAILURE, adopt(fd, MACHDEV_EMBRYO_RUN));
		child_exit();
	}
	EXPECT_CHILD(pid);
	mach_sync();
	EXPECT_KR(KERN_FAILURE, take(fd, &task));
}

static void *sleep_long(void *argument)
{
	test_sleep_ms(1000000);
	return NULL;
}

TEST(a_process_with_threads_adopts_nothing)
{
	int fd = conceive(TRUE);
	pthread_t thread;
	pid_t pid;

	pid = child_fork();
	if (!pid) {
		pthread_create(&thread, NULL, sleep_long, NULL);
		EXPECT_KR(KERN_FAILURE, adopt(fd, 0));
		child_exit();
	}
	EXPECT_CHILD(pid);
}

TEST(whoever_adopts_to_run_is_a_new_task)
{
	struct test_pipe here, there;
	struct tokens seen;
	mach_port_t early;
	task_t task;
	pid_t pid;
	int fd;

	ASSERT_EQ(0, test_pipe_open(&here));
	ASSERT_EQ(0, test_pipe_open(&there));
	fd = conceive(FALSE);
	ASSERT_LE(0, fd);
	/* Of this the child is to know nothing. */
	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), own_task(),
				  tokens_made(5), MACH_PORT_NULL));
	pid = child_fork();
	if (!pid) {
		port_new();
		test_put(&here, 1);
		test_wait(&there);
		EXPECT_KR(KERN_SUCCESS, adopt(fd, MACHDEV_EMBRYO_RUN));
		EXPECT_EQ(-1, fcntl(fd, F_GETFD));
		test_put(&here, 1);
		test_wait(&there);
		child_exit();
	}
	ASSERT_EQ(0, test_wait(&here));
	ASSERT_KR(KERN_SUCCESS, task_for_pid(mach_task_self(), pid, &early));
	ASSERT_KR(KERN_FAILURE, take(fd, &task));
	ASSERT_EQ(0, test_put(&there, 1));
	ASSERT_KR(KERN_SUCCESS, await(fd, pid));
	ASSERT_EQ(0, test_wait(&here));
	EXPECT_TRUE(port_is_dead(early));
	ASSERT_KR(KERN_SUCCESS, take(fd, &task));
	EXPECT_EQ(pid, pid_of(task));
	EXPECT_EQ(0, names_of(task));
	ASSERT_KR(KERN_SUCCESS, task_tokens(task, &seen));
	EXPECT_EQ(getuid(), seen.audit[AUDIT_RUID]);
	EXPECT_EQ(pid, (pid_t)seen.audit[AUDIT_PID]);
	/* Once. */
	EXPECT_KR(KERN_FAILURE, take(fd, &early));
	close(fd);
	ASSERT_EQ(0, test_put(&there, 1));
	EXPECT_CHILD(pid);
}

TEST(only_the_creator_takes_the_port)
{
	struct test_pipe pipe;
	task_t task;
	pid_t pid, other;
	int fd;

	ASSERT_EQ(0, test_pipe_open(&pipe));
	fd = conceive(FALSE);
	pid = child_fork();
	if (!pid) {
		adopt(fd, MACHDEV_EMBRYO_RUN);
		test_wait(&pipe);
		_exit(0);
	}
	ASSERT_KR(KERN_SUCCESS, await(fd, pid));
	other = child_fork();
	if (!other) {
		EXPECT_KR(KERN_FAILURE, take(fd, &task));
		EXPECT_EQ(MACH_PORT_NULL, task);
		child_exit();
	}
	EXPECT_CHILD(other);
	EXPECT_KR(KERN_SUCCESS, take(fd, &task));
	ASSERT_EQ(0, test_put(&pipe, 1));
	EXPECT_CHILD(pid);
}

TEST(what_is_parked_ends_with_an_untaken_descriptor)
{
	int fd = conceive(TRUE);
	pid_t pid;

	pid = child_fork();
	if (!pid) {
		adopt(fd, 0);
		_exit(1);
	}
	ASSERT_KR(KERN_SUCCESS, await(fd, pid));
	close(fd);
	EXPECT_EQ(SIGKILL + 128, child_status(pid));
}

TEST(waiting_ends_with_the_process)
{
	int fd = conceive(TRUE);
	struct test_pipe pipe;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&pipe));
	pid = child_fork();
	if (!pid) {
		own_task();
		test_put(&pipe, 1);
		test_sleep_ms(200);
		_exit(0);
	}
	ASSERT_EQ(0, test_wait(&pipe));
	EXPECT_KR(KERN_FAILURE, await(fd, pid));
	EXPECT_CHILD(pid);
	mach_sync();
	EXPECT_KR(KERN_FAILURE, await(fd, pid));
	EXPECT_KR(KERN_FAILURE, await(fd, -1));
}

TEST(the_file_alone_makes_no_task)
{
	char *const arguments[] = { "mach-task", NULL };
	int fd = memfd_create("image", MFD_CLOEXEC);
	pid_t pid;

	ASSERT_TRUE(write_magic(fd));
	pid = child_fork();
	if (!pid) {
		execveat(fd, "", arguments, arguments + 1, AT_EMPTY_PATH);
		_exit(errno);
	}
	EXPECT_EQ(ENOEXEC, child_status(pid));
}

MACH_TEST_MAIN
