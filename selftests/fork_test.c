// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a new process gets of its parent: fork, vfork, clone, threads.
 */
#include <stdatomic.h>
#include <stddef.h>

#include "actor.h"

static const int inherited[] = {
	TASK_HOST_PORT, TASK_EXCEPTION_PORT, TASK_BOOTSTRAP_PORT,
	TASK_WIRED_LEDGER_PORT, TASK_PAGED_LEDGER_PORT,
};

static mach_port_t get_special(task_t task, int which)
{
	mach_port_t port = TEST_POISON32;

	if (task_get_special_port(task, which, &port))
		return TEST_POISON32;
	return port;
}

TEST(names_are_not_inherited)
{
	struct actor actor;
	int i;

	for (i = 0; i < 20; i++)
		port_new();
	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_EQ(0, task_names(actor_task(&actor)));
	EXPECT_LE(20, task_names(own_task()));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(the_parents_names_mean_nothing)
{
	struct machdev_port_type type = { 0 };
	struct actor actor;
	mach_port_t port;
	int i;

	/* Beyond what the child's own calls can have made. */
	for (i = 0; i < 100; i++)
		port = port_new();
	ASSERT_EQ(0, actor_start(&actor));
	type.task = actor_self(&actor);
	type.name = port;
	EXPECT_KR(KERN_INVALID_NAME,
		  actor_ioctl(&actor, MACHDEV_IOC_PORT_TYPE, &type));
	EXPECT_KR(MACH_SEND_INVALID_DEST,
		  actor_send(&actor, port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 1));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(the_first_name_is_that_of_a_fresh_space)
{
	struct actor actor;
	uint32_t name;

	port_new();
	port_new();
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	EXPECT_EQ(0x103, name);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(the_child_has_a_task_port_of_its_own)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_NE(own_task(), actor_task(&actor));
	EXPECT_EQ(actor.task, actor_trap(&actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_EQ(actor.task, actor_special(&actor, TASK_KERNEL_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(special_ports_are_inherited)
{
	mach_port_t port[ARRAY_SIZE(inherited)];
	struct actor actor;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(inherited); i++) {
		port[i] = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(own_task(), inherited[i],
						port[i]));
	}
	ASSERT_EQ(0, actor_start(&actor));
	for (i = 0; i < ARRAY_SIZE(inherited); i++) {
		EXPECT_EQ(port[i], get_special(actor_task(&actor),
					       inherited[i])) {
			TH_LOG("selector %d", inherited[i]);
		}
		EXPECT_EQ(port[i], actor_special(&actor, inherited[i]));
	}
	/* Generation after generation. */
	ASSERT_EQ(0, actor_next(&actor));
	ASSERT_EQ(0, actor_next(&actor));
	for (i = 0; i < ARRAY_SIZE(inherited); i++)
		EXPECT_EQ(port[i], actor_special(&actor, inherited[i]));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(null_and_dead_are_inherited)
{
	mach_port_t port;
	struct actor actor;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(inherited); i++)
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(own_task(), inherited[i],
						MACH_PORT_NULL));
	ASSERT_EQ(0, actor_start(&actor));
	for (i = 0; i < ARRAY_SIZE(inherited); i++)
		EXPECT_EQ(MACH_PORT_NULL, actor_special(&actor, inherited[i]));
	EXPECT_EQ(0, actor_end(&actor));

	for (i = 0; i < ARRAY_SIZE(inherited); i++) {
		port = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(own_task(), inherited[i],
						port));
		ASSERT_KR(KERN_SUCCESS, mach_port_destroy(own_task(), port));
	}
	ASSERT_EQ(0, actor_start(&actor));
	for (i = 0; i < ARRAY_SIZE(inherited); i++)
		EXPECT_EQ(MACH_PORT_DEAD, actor_special(&actor, inherited[i]));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(later_changes_stay_apart)
{
	mach_port_t before, parents, own;
	struct actor actor;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(inherited); i++) {
		before = port_new();
		parents = port_new();
		own = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(own_task(), inherited[i],
						before));
		ASSERT_EQ(0, actor_start(&actor));
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(own_task(), inherited[i],
						parents));
		EXPECT_EQ(before, actor_special(&actor, inherited[i]));
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(actor_task(&actor),
						inherited[i], own));
		EXPECT_EQ(own, actor_special(&actor, inherited[i]));
		EXPECT_EQ(parents, get_special(own_task(), inherited[i]));
		EXPECT_EQ(0, actor_end(&actor));
		EXPECT_EQ(parents, get_special(own_task(), inherited[i]));
	}
}

TEST(the_share_of_a_child_is_released)
{
	mach_port_t port = port_new();
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), port));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_next(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_bootstrap_port(own_task(), MACH_PORT_NULL));
	EXPECT_EQ(1, port_has_senders(port));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(0, port_has_senders(port));
}

TEST(the_parents_rights_stay)
{
	mach_port_t port = port_new();
	struct letter letter;
	pid_t pid;

	ASSERT_KR(MACH_MSG_SUCCESS, letter_post(port, 5));
	pid = child_fork();
	if (!pid) {
		EXPECT_NE(MACH_PORT_NULL, mach_task_self());
		child_exit();
	}
	EXPECT_CHILD(pid);
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
	EXPECT_EQ(1, port_queued(port));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	EXPECT_EQ(5, letter.header.msgh_id);
}

TEST(a_first_call_works)
{
	mach_port_t parent = mach_task_self(), port = port_new();
	pid_t pid;

	ASSERT_NE(MACH_PORT_NULL, parent);
	pid = child_fork();
	if (!pid) {
		mach_port_t own = mach_task_self(), child;
		int number = 0;

		/* The library has dropped what it knew of the parent. */
		EXPECT_TRUE(MACH_PORT_VALID(own));
		EXPECT_KR(KERN_SUCCESS, pid_for_task(own, &number));
		EXPECT_EQ(getpid(), number);
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_allocate(own, MACH_PORT_RIGHT_RECEIVE,
					     &child));
		EXPECT_KR(MACH_MSG_SUCCESS, letter_post(child, 1));
		child_exit();
	}
	EXPECT_CHILD(pid);
	EXPECT_EQ(parent, mach_task_self());
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
}

TEST(each_kind_of_first_call_works)
{
	mach_port_t port = port_new();
	pid_t pid;
	int i;

	ASSERT_NE(MACH_PORT_NULL, mach_host_self());
	ASSERT_NE(MACH_PORT_NULL, mach_thread_self());
	for (i = 0; i < 5; i++) {
		pid = child_fork();
		if (!pid) {
			mach_port_t seen = MACH_PORT_NULL;

			switch (i) {
			case 0:
				seen = mach_thread_self();
				break;
			case 1:
				seen = mach_host_self();
				break;
			case 2:
				seen = mach_reply_port();
				break;
			case 3:
				mach_port_allocate(mach_task_self(),
						   MACH_PORT_RIGHT_RECEIVE,
						   &seen);
				break;
			case 4:
				task_for_pid(mach_task_self(), getppid(),
					     &seen);
				break;
			}
			EXPECT_TRUE(MACH_PORT_VALID(seen)) {
				TH_LOG("first call %d", i);
			}
			child_exit();
		}
		EXPECT_CHILD(pid);
	}
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
}

TEST(children_of_a_process_without_state)
{
	pid_t pid;
	int i;

	/* This test has made no call: neither have they a parent in Mach. */
	for (i = 0; i < 3; i++) {
		pid = child_fork();
		if (!pid) {
			EXPECT_TRUE(MACH_PORT_VALID(mach_task_self()));
			EXPECT_EQ(mach_host_self(),
				  get_special(mach_task_self(),
					      TASK_HOST_PORT));
			EXPECT_EQ(MACH_PORT_NULL,
				  get_special(mach_task_self(),
					      TASK_EXCEPTION_PORT));
			child_exit();
		}
		EXPECT_CHILD(pid);
	}
}

TEST(inheritance_skips_a_silent_generation)
{
	mach_port_t port = port_new();
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS, task_set_exception_port(own_task(), port));
	ASSERT_EQ(0, actor_start(&actor));
	/* Three generations that have made no call at all. */
	ASSERT_EQ(0, actor_next(&actor));
	ASSERT_EQ(0, actor_next(&actor));
	ASSERT_EQ(0, actor_next(&actor));
	EXPECT_EQ(port, actor_special(&actor, TASK_EXCEPTION_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

/*
 * Threads
 */

struct thread_view {
	uint32_t task, thread;
	mach_port_t port;
	mach_port_type_t type;
};

static void *thread_look(void *argument)
{
	struct thread_view *view = argument;

	mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &view->task);
	mach_ioctl_name(MACHDEV_IOC_THREAD_SELF, &view->thread);
	view->type = port_type(view->port);
	view->port = port_new();
	return NULL;
}

TEST(threads_share_the_task)
{
	struct thread_view view = { .port = port_new() };
	mach_port_t own;
	pthread_t thread;

	own = mach_thread_self();
	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_look, &view));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(own_task(), view.task);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, view.type);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(view.port));
	EXPECT_TRUE(MACH_PORT_VALID(view.thread));
	EXPECT_NE(own, view.thread);
	EXPECT_NE(own_task(), view.thread);
}

TEST(a_thread_has_one_port)
{
	mach_port_t thread = mach_thread_self();

	ASSERT_TRUE(MACH_PORT_VALID(thread));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(thread));
	EXPECT_EQ(1, port_send_refs(thread));
	EXPECT_EQ(thread, mach_thread_self());
	EXPECT_EQ(2, port_send_refs(thread));
	EXPECT_NE(own_task(), thread);
	EXPECT_NE(mach_host_self(), thread);
}

TEST(a_threads_port_dies_with_it)
{
	struct thread_view view = { 0 };
	mach_port_t notify = port_receive();
	struct letter letter;
	pthread_t thread;
	int i;

	for (i = 0; i < 10; i++) {
		view.port = 0;
		ASSERT_EQ(0, pthread_create(&thread, NULL, thread_look, &view));
		ASSERT_EQ(0, pthread_join(thread, NULL));
		EXPECT_TRUE(TEST_UNTIL(port_is_dead(view.thread), 5000));
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_deallocate(own_task(), view.thread));
	}
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(mach_thread_self()));
	EXPECT_KR(MACH_RCV_TIMED_OUT, letter_wait(notify, &letter, 0));
}

static void *thread_wait(void *argument)
{
	struct thread_view *view = argument;
	struct letter letter;

	mach_ioctl_name(MACHDEV_IOC_THREAD_SELF, &view->thread);
	letter_post(view->port, 1);
	letter_wait(view->type, &letter, 20000);
	return NULL;
}

TEST(the_death_of_a_thread_is_notified)
{
	mach_port_t notify = port_receive(), go = port_receive();
	struct thread_view view = { .port = port_receive(), .type = go };
	struct letter letter;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_wait, &view));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(view.port, &letter));
	ASSERT_EQ(MACH_PORT_TYPE_SEND, port_type(view.thread));
	ASSERT_KR(KERN_SUCCESS, port_watch(view.thread, notify));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_post(go, 1));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, letter.header.msgh_id);
	EXPECT_EQ(view.thread, letter_dead_name(&letter));
}

TEST(the_child_has_a_thread_port_of_its_own)
{
	mach_port_t thread = mach_thread_self();
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_NE(thread, actor_trap(&actor, MACHDEV_IOC_THREAD_SELF));
	EXPECT_EQ(0, actor_end(&actor));
}

/*
 * vfork and clone
 */

struct clone_view {
	uint32_t task, port;
	long code[2];
	int names;
};

/* Bare calls only: the child runs in its parent's memory. */
static int clone_look(void *argument)
{
	struct clone_view *view = argument;

	view->code[0] = mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &view->task);
	view->names = task_names(view->task);
	view->code[1] = mach_ioctl_name(MACHDEV_IOC_REPLY_PORT, &view->port);
	return 0;
}

static int clone_and_look(int flags, struct clone_view *view)
{
	static max_align_t stack[4096];
	pid_t pid;

	memset(view, TEST_POISON, sizeof(*view));
	pid = clone(clone_look, stack + ARRAY_SIZE(stack), flags | SIGCHLD,
		    view);
	return pid < 0 ? -errno : child_status(pid);
}

TEST(clone_without_thread_is_a_task)
{
	const int flags[] = {
		CLONE_VM | CLONE_VFORK,
		CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_FS,
		CLONE_VM | CLONE_VFORK | CLONE_SIGHAND,
		CLONE_VM | CLONE_VFORK | CLONE_NEWPID,
	};
	mach_port_t port = port_new();
	int names = task_names(own_task());
	struct clone_view view;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		ASSERT_EQ(0, clone_and_look(flags[i], &view));
		EXPECT_KR(KERN_SUCCESS, view.code[0]);
		EXPECT_KR(KERN_SUCCESS, view.code[1]);
		/* Its own name for its task is the first one there. */
		EXPECT_EQ(0x103, view.task);
		EXPECT_EQ(1, view.names);
		EXPECT_EQ(0x203, view.port);
		EXPECT_EQ(names, task_names(own_task())) {
			TH_LOG("flags %#x", flags[i]);
		}
		EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
	}
}

TEST(vfork_with_bare_calls)
{
	mach_port_t port = port_new();
	struct clone_view view;
	pid_t pid;

	pid = vfork();
	if (!pid) {
		clone_look(&view);
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	EXPECT_KR(KERN_SUCCESS, view.code[0]);
	EXPECT_KR(KERN_SUCCESS, view.code[1]);
	EXPECT_EQ(0x103, view.task);
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
	EXPECT_KR(MACH_MSG_SUCCESS, letter_post(port, 1));
}

/* What a vforked child leaves in its parent's memory. */
static atomic_int vforked_code = -1, vforked_pid;

TEST(vfork_with_the_library)
{
	mach_port_t parent = mach_task_self(), port = port_new();
	pid_t pid;
	int own;

	pid = vfork();
	if (!pid) {
		int seen = 0;

		vforked_code = pid_for_task(mach_task_self(), &seen);
		vforked_pid = seen;
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	EXPECT_KR(KERN_SUCCESS, vforked_code);
	own = vforked_pid;
	EXPECT_EQ(pid, own);
	/* The parent has not been told its child's names. */
	EXPECT_EQ(parent, mach_task_self());
	EXPECT_KR(KERN_SUCCESS, pid_for_task(mach_task_self(), &own));
	EXPECT_EQ(getpid(), own);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
}

/*
 * Races
 */

static mach_port_t flip[2];
static atomic_bool flip_stop;

static void *flip_bootstrap(void *argument)
{
	int i;

	(void)argument;
	for (i = 0; !flip_stop; i++)
		task_set_bootstrap_port(own_task(), flip[i & 1]);
	return NULL;
}

TEST(fork_while_the_ports_change)
{
	struct actor actor;
	mach_port_t seen;
	pthread_t thread;
	int i;

	flip[0] = port_new();
	flip[1] = port_new();
	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), flip[0]));
	ASSERT_EQ(0, pthread_create(&thread, NULL, flip_bootstrap, NULL));
	for (i = 0; i < 50; i++) {
		ASSERT_EQ(0, actor_start(&actor));
		seen = actor_special(&actor, TASK_BOOTSTRAP_PORT);
		EXPECT_TRUE(seen == flip[0] || seen == flip[1]);
		EXPECT_EQ(0, actor_end(&actor));
	}
	flip_stop = true;
	pthread_join(thread, NULL);
}

TEST(many_children_at_once)
{
	mach_port_t port = port_new();
	struct actor actor[30];
	size_t i;

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	for (i = 0; i < ARRAY_SIZE(actor); i++)
		ASSERT_EQ(0, actor_start(&actor[i]));
	for (i = 0; i < ARRAY_SIZE(actor); i++)
		EXPECT_EQ(port, actor_special(&actor[i], TASK_BOOTSTRAP_PORT));
	while (i--)
		EXPECT_EQ(0, actor_end(&actor[i]));
}

TEST(children_that_exit_at_once)
{
	uint64_t lost = mach_counter(MACHDEV_COUNTER_LOST);
	mach_port_t port = port_new();
	pid_t pid[20];
	size_t i;
	int round;

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	for (round = 0; round < 25; round++) {
		for (i = 0; i < ARRAY_SIZE(pid); i++) {
			pid[i] = fork();
			if (!pid[i])
				_exit(0);
			ASSERT_LT(0, pid[i]);
		}
		for (i = 0; i < ARRAY_SIZE(pid); i++)
			EXPECT_CHILD(pid[i]);
	}
	EXPECT_EQ(lost, mach_counter(MACHDEV_COUNTER_LOST));
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
}

MACH_TEST_MAIN
