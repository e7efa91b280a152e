// SPDX-License-Identifier: GPL-2.0-only
/*
 * exec of an ordinary program: all names go, the task stays.
 */
#include <spawn.h>

#include "actor.h"

static const int kept[] = {
	TASK_HOST_PORT, TASK_EXCEPTION_PORT, TASK_BOOTSTRAP_PORT,
	TASK_WIRED_LEDGER_PORT, TASK_PAGED_LEDGER_PORT,
	TASK_ACCESS_PORT, TASK_DEBUG_CONTROL_PORT, TASK_RESOURCE_NOTIFY_PORT,
};

FIXTURE(exec) {
	char path[PATH_MAX];
	struct actor actor;
};

FIXTURE_SETUP(exec)
{
	ASSERT_EQ(0, helper_path("actor", self->path, sizeof(self->path)));
	ASSERT_NE(MACH_PORT_NULL, own_task());
	ASSERT_EQ(0, actor_start(&self->actor));
}

FIXTURE_TEARDOWN(exec)
{
	EXPECT_EQ(0, actor_end(&self->actor));
}

TEST_F(exec, names_go)
{
	uint32_t name;
	int i;

	for (i = 0; i < 10; i++)
		ASSERT_EQ(0, actor_allocate(&self->actor, &name));
	EXPECT_EQ(10, task_names(actor_task(&self->actor)));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	ASSERT_EQ(0, actor_allocate(&self->actor, &name));
	EXPECT_EQ(1, task_names(self->actor.task));
}

TEST_F(exec, receive_rights_die)
{
	mach_port_t right, notify = port_receive();
	struct letter letter;
	uint32_t name, task;

	ASSERT_EQ(0, actor_allocate(&self->actor, &name));
	right = actor_take(&self->actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_EQ(MACH_PORT_TYPE_SEND, port_type(right));
	ASSERT_KR(KERN_SUCCESS, port_watch(right, notify));
	ASSERT_KR(MACH_MSG_SUCCESS,
		  letter_send(right, MACH_MSG_TYPE_COPY_SEND, 0, 0, 1));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	/* The first call waits until the old ports are dead. */
	ASSERT_EQ(0, actor_name(&self->actor, MACHDEV_IOC_TASK_SELF, &task));
	EXPECT_TRUE(port_is_dead(right));
	EXPECT_KR(MACH_SEND_INVALID_DEST,
		  letter_send(right, MACH_MSG_TYPE_COPY_SEND, 0, 0, 1));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, letter.header.msgh_id);
	EXPECT_EQ(right, letter_dead_name(&letter));
}

TEST_F(exec, receive_rights_die_without_a_further_call)
{
	mach_port_t right;
	uint32_t name;

	ASSERT_EQ(0, actor_allocate(&self->actor, &name));
	right = actor_take(&self->actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(right), 5000));
}

TEST_F(exec, send_rights_are_released)
{
	mach_port_t port = port_receive();

	ASSERT_NE(0, actor_give(&self->actor, port, MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_EQ(1, port_has_senders(port));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_TRUE(TEST_UNTIL(!port_has_senders(port), 5000));
}

TEST_F(exec, send_once_rights_are_answered)
{
	mach_port_t port = port_receive();
	struct letter letter;

	ASSERT_NE(0, actor_give(&self->actor, port,
				MACH_MSG_TYPE_MAKE_SEND_ONCE));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, letter.header.msgh_id);
}

TEST_F(exec, the_task_port_stays)
{
	struct machdev_task_pid argument = { 0 };
	struct tokens tokens;
	mach_port_t notify = port_receive();
	struct letter letter;
	int pid;

	ASSERT_TRUE(MACH_PORT_VALID(actor_task(&self->actor)));
	ASSERT_KR(KERN_SUCCESS, port_watch(self->actor.task, notify));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_EQ(self->actor.task,
		  actor_trap(&self->actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_FALSE(port_is_dead(self->actor.task));
	/* What the holder could do, it still can. */
	EXPECT_KR(KERN_SUCCESS, task_tokens(self->actor.task, &tokens));
	EXPECT_KR(KERN_SUCCESS, pid_for_task(self->actor.task, &pid));
	EXPECT_EQ(self->actor.pid, pid);
	EXPECT_NE(0, actor_give(&self->actor, notify,
				MACH_MSG_TYPE_MAKE_SEND));
	argument.pid = self->actor.pid;
	EXPECT_KR(KERN_SUCCESS,
		  mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument));
	EXPECT_EQ(self->actor.task, argument.port);
	EXPECT_KR(MACH_RCV_TIMED_OUT, letter_wait(notify, &letter, 0));
}

TEST_F(exec, special_ports_stay)
{
	mach_port_t port[ARRAY_SIZE(kept)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kept); i++) {
		port[i] = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(actor_task(&self->actor),
						kept[i], port[i]));
	}
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	for (i = 0; i < ARRAY_SIZE(kept); i++) {
		EXPECT_EQ(port[i], actor_special(&self->actor, kept[i])) {
			TH_LOG("selector %d", kept[i]);
		}
	}
}

TEST_F(exec, the_kernel_mask_stays)
{
	mach_port_t port = port_new();

	ASSERT_KR(KERN_SUCCESS,
		  task_set_kernel_port(actor_task(&self->actor), port));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_EQ(port, actor_trap(&self->actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_EQ(port, actor_special(&self->actor, TASK_KERNEL_PORT));
}

TEST_F(exec, the_pidversion_is_new)
{
	mach_port_t port = port_receive();
	struct tokens before, after;
	uint32_t seen[5] = { 0 };
	size_t i, j;

	ASSERT_KR(MACH_MSG_SUCCESS,
		  actor_speak(&self->actor, port, &before));
	seen[0] = before.audit[AUDIT_PIDVERSION];
	for (i = 1; i < ARRAY_SIZE(seen); i++) {
		ASSERT_EQ(0, actor_run(&self->actor, self->path));
		ASSERT_KR(MACH_MSG_SUCCESS,
			  actor_speak(&self->actor, port, &after));
		seen[i] = after.audit[AUDIT_PIDVERSION];
		EXPECT_NE(0, seen[i]);
		EXPECT_EQ(seen[i], pidversion_of(self->actor.pid));
		for (j = 0; j < i; j++)
			EXPECT_NE(seen[j], seen[i]);
		/* All other words are as before. */
		after.audit[AUDIT_PIDVERSION] = seen[0];
		EXPECT_TOKENS(before, after);
	}
}

TEST_F(exec, a_queued_message_keeps_its_pidversion)
{
	mach_port_t port = port_receive();
	struct letter letter;
	struct tokens want;
	uint32_t name;

	ASSERT_KR(KERN_SUCCESS,
		  task_tokens(actor_task(&self->actor), &want));
	name = actor_give(&self->actor, port, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(MACH_MSG_SUCCESS,
		  actor_send(&self->actor, name, MACH_MSG_TYPE_COPY_SEND, 0, 0,
			     1));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	ASSERT_EQ(0, actor_allocate(&self->actor, &name));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	EXPECT_TOKENS(want, letter_tokens(&letter));
	EXPECT_NE(want.audit[AUDIT_PIDVERSION],
		  pidversion_of(self->actor.pid));
}

TEST_F(exec, explicit_tokens_stay)
{
	mach_port_t port = port_receive();
	struct tokens seen;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(),
				  actor_task(&self->actor), tokens_made(1),
				  MACH_PORT_NULL));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&self->actor, port, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
	EXPECT_KR(KERN_SUCCESS, task_tokens(self->actor.task, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
}

TEST_F(exec, a_failed_exec_changes_nothing)
{
	struct machdev_port_type type = { 0 };
	uint32_t name, version;
	mach_port_t right;

	ASSERT_EQ(0, actor_allocate(&self->actor, &name));
	right = actor_take(&self->actor, name, MACH_MSG_TYPE_MAKE_SEND);
	version = pidversion_of(self->actor.pid);
	EXPECT_EQ(-ENOENT, actor_run(&self->actor, "/nowhere/at/all"));
	EXPECT_EQ(-EACCES, actor_run(&self->actor, "/etc/passwd"));
	type.task = actor_self(&self->actor);
	type.name = name;
	EXPECT_KR(KERN_SUCCESS,
		  actor_ioctl(&self->actor, MACHDEV_IOC_PORT_TYPE, &type));
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, type.type);
	EXPECT_FALSE(port_is_dead(right));
	EXPECT_EQ(version, pidversion_of(self->actor.pid));
}

TEST_F(exec, from_another_thread)
{
	mach_port_t port = port_receive(), right, thread;
	uint32_t name, version;
	struct tokens seen;

	thread = actor_trap(&self->actor, MACHDEV_IOC_THREAD_SELF);
	ASSERT_EQ(0, actor_allocate(&self->actor, &name));
	right = actor_take(&self->actor, name, MACH_MSG_TYPE_MAKE_SEND);
	version = pidversion_of(self->actor.pid);
	ASSERT_EQ(0, actor_run_as(&self->actor, ORDER_EXEC_THREAD,
				  self->path));
	EXPECT_EQ(self->actor.task,
		  actor_trap(&self->actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_TRUE(port_is_dead(right));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&self->actor, port, &seen));
	EXPECT_EQ(self->actor.pid, seen.audit[AUDIT_PID]);
	EXPECT_NE(version, seen.audit[AUDIT_PIDVERSION]);
	EXPECT_NE(0, seen.audit[AUDIT_PIDVERSION]);
	/* The leader that was is gone. */
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(thread), 5000) ||
		    thread == actor_trap(&self->actor,
					 MACHDEV_IOC_THREAD_SELF));
}

TEST_F(exec, from_another_thread_again_and_again)
{
	uint32_t name;
	mach_port_t right;
	int i;

	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, actor_allocate(&self->actor, &name));
		right = actor_take(&self->actor, name,
				   MACH_MSG_TYPE_MAKE_SEND);
		ASSERT_TRUE(MACH_PORT_VALID(right));
		ASSERT_EQ(0, actor_run_as(&self->actor,
					  i & 1 ? ORDER_EXEC :
						  ORDER_EXEC_THREAD,
					  self->path));
		EXPECT_EQ(self->actor.task,
			  actor_trap(&self->actor, MACHDEV_IOC_TASK_SELF));
		EXPECT_TRUE(port_is_dead(right));
	}
}

TEST_F(exec, children_of_the_new_image)
{
	mach_port_t port = port_new();

	ASSERT_KR(KERN_SUCCESS,
		  task_set_bootstrap_port(actor_task(&self->actor), port));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	ASSERT_EQ(0, actor_next(&self->actor));
	EXPECT_EQ(port, actor_special(&self->actor, TASK_BOOTSTRAP_PORT));
	EXPECT_NE(0, actor_give(&self->actor, port_new(),
				MACH_MSG_TYPE_COPY_SEND));
}

TEST_F(exec, a_blocked_sender_goes_on)
{
	struct letter_sender sender;
	mach_port_t right;
	uint32_t name;

	ASSERT_EQ(0, actor_allocate(&self->actor, &name));
	right = actor_take(&self->actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_EQ(0, letter_block(&sender, right));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_KR(MACH_MSG_SUCCESS, letter_unblocked(&sender));
}

static void *wait_for_ever(void *argument)
{
	struct letter letter;

	letter_wait(*(mach_port_t *)argument, &letter, 100000);
	return NULL;
}

TEST(exec_while_threads_wait)
{
	char path[PATH_MAX], *argv[] = { path, "99", NULL };
	pid_t pid;

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	pid = child_fork();
	if (!pid) {
		mach_port_t port = port_receive();
		pthread_t thread;
		int i;

		for (i = 0; i < 8; i++)
			pthread_create(&thread, NULL, wait_for_ever, &port);
		test_sleep_ms(test_ms(20));
		/* Its socket does not exist: the helper fails with 1. */
		execv(path, argv);
		_exit(77);
	}
	EXPECT_EQ(1, child_status(pid));
}

TEST(exec_of_a_vforked_child)
{
	mach_port_t port = port_new(), receive = port_receive();
	char path[PATH_MAX], *argv[] = { path, "99", NULL };
	pid_t pid;

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, posix_spawn(&pid, path, NULL, NULL, argv, environ));
	EXPECT_EQ(1, child_status(pid));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(receive));
	EXPECT_KR(MACH_MSG_SUCCESS, letter_post(receive, 1));
}

TEST(exec_of_a_process_without_state)
{
	char path[PATH_MAX];
	struct actor actor;
	uint32_t name;

	/* No call yet: the actor has no parent in Mach. */
	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_run(&actor, path));
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	EXPECT_EQ(0x103, name);
	EXPECT_TRUE(MACH_PORT_VALID(actor_task(&actor)));
	EXPECT_EQ(0, actor_end(&actor));
}

MACH_TEST_MAIN
