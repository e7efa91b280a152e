// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ports that stand for a task with less power than its task port: who
 * gets them, what they are good for, and when they die.
 */
#include "actor.h"

#define YAMA "/proc/sys/kernel/yama/ptrace_scope"

#define ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE

static const int weaker[] = {
	TASK_NAME_PORT, TASK_INSPECT_PORT, TASK_READ_PORT,
};

static long actor_for_pid(struct actor *actor, uint32_t flavor, pid_t pid,
			  uint32_t *port)
{
	struct machdev_task_pid argument = {
		.pid = pid,
		.port = TEST_POISON32,
		.flavor = flavor,
	};
	long code = actor_ioctl(actor, MACHDEV_IOC_TASK_FOR_PID, &argument);

	*port = argument.port;
	return code;
}

/* The actor may have ports of @process up to a flavor, and no others. */
#define EXPECT_FLAVORS(actor, process, strongest) do {			\
	uint32_t __port;						\
	int __flavor;							\
									\
	for (__flavor = 0; __flavor < 4; __flavor++) {			\
		if (__flavor >= (strongest)) {				\
			EXPECT_KR(KERN_SUCCESS,				\
				  actor_for_pid(actor, __flavor, process,\
						&__port));		\
			EXPECT_TRUE(MACH_PORT_VALID(__port));		\
		} else {						\
			EXPECT_KR(KERN_FAILURE,				\
				  actor_for_pid(actor, __flavor, process,\
						&__port));		\
			EXPECT_EQ(MACH_PORT_NULL, __port);		\
		}							\
	}								\
} while (0)

#define NONE 4

/* Two processes of one user, and one of another; Yama lets them attach. */
FIXTURE(users) {
	struct actor one, two, other;
	uint32_t scope;
};

FIXTURE_SETUP(users)
{
	self->scope = file_number(YAMA, UINT32_MAX);
	if (self->scope != UINT32_MAX && self->scope)
		ASSERT_EQ(0, file_write(YAMA, "0"));
	ASSERT_EQ(0, actor_start(&self->one));
	ASSERT_EQ(0, actor_start(&self->two));
	ASSERT_EQ(0, actor_start(&self->other));
	ASSERT_EQ(0, actor_become(&self->one, TEST_UID));
	ASSERT_EQ(0, actor_become(&self->two, TEST_UID));
	ASSERT_EQ(0, actor_become(&self->other, TEST_UID + 1));
}

FIXTURE_TEARDOWN(users)
{
	char text[16];

	EXPECT_EQ(0, actor_end(&self->one));
	EXPECT_EQ(0, actor_end(&self->two));
	EXPECT_EQ(0, actor_end(&self->other));
	if (self->scope != UINT32_MAX && self->scope) {
		snprintf(text, sizeof(text), "%u", self->scope);
		EXPECT_EQ(0, file_write(YAMA, text));
	}
}

TEST_F(users, the_same_user_gets_all)
{
	EXPECT_FLAVORS(&self->one, self->two.pid, MACHDEV_TASK_FLAVOR_CONTROL);
}

TEST_F(users, another_user_gets_none)
{
	EXPECT_FLAVORS(&self->other, self->two.pid, NONE);
	EXPECT_FLAVORS(&self->one, 1, NONE);
}

TEST_F(users, each_gets_all_of_his_own)
{
	ASSERT_EQ(0, actor_do(&self->one, ORDER_PRCTL, PR_SET_DUMPABLE, 0));
	EXPECT_FLAVORS(&self->one, self->one.pid, MACHDEV_TASK_FLAVOR_CONTROL);
}

TEST_F(users, the_name_is_no_secret_of_a_process_that_cannot_be_dumped)
{
	ASSERT_EQ(0, actor_do(&self->two, ORDER_PRCTL, PR_SET_DUMPABLE, 0));
	EXPECT_FLAVORS(&self->one, self->two.pid, MACHDEV_TASK_FLAVOR_NAME);
	EXPECT_FLAVORS(&self->other, self->two.pid, NONE);
}

/* Yama restricts who attaches, not who reads. */
TEST_F(users, where_yama_forbids_to_attach)
{
	if (self->scope == UINT32_MAX)
		SKIP(return, "this kernel has no Yama");
	ASSERT_EQ(0, file_write(YAMA, "1"));
	EXPECT_FLAVORS(&self->one, self->two.pid, MACHDEV_TASK_FLAVOR_INSPECT);
	ASSERT_EQ(0, file_write(YAMA, "0"));
}

TEST_F(users, one_differing_id_and_there_is_no_name)
{
	ASSERT_EQ(0, actor_end(&self->two));
	ASSERT_EQ(0, actor_start(&self->two));
	ASSERT_EQ(0, actor_ids(&self->two, TEST_UID, TEST_UID + 1, TEST_UID,
			       TEST_UID, TEST_UID, TEST_UID));
	EXPECT_FLAVORS(&self->one, self->two.pid, NONE);
	EXPECT_FLAVORS(&self->other, self->two.pid, NONE);
}

/* The real and the effective user are who it is; the saved one is not. */
TEST_F(users, a_saved_id_does_not_count_for_the_name)
{
	ASSERT_EQ(0, actor_end(&self->two));
	ASSERT_EQ(0, actor_start(&self->two));
	ASSERT_EQ(0, actor_ids(&self->two, TEST_UID, TEST_UID, TEST_UID + 1,
			       TEST_UID, TEST_UID, TEST_UID));
	ASSERT_EQ(0, actor_do(&self->two, ORDER_PRCTL, PR_SET_DUMPABLE, 1));
	EXPECT_FLAVORS(&self->one, self->two.pid, MACHDEV_TASK_FLAVOR_NAME);
}

/* Inside there are other users than outside, whatever their numbers. */
TEST_F(users, a_user_name_space_has_names_of_its_own)
{
	uint32_t port;

	ASSERT_EQ(0, actor_do(&self->two, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	EXPECT_KR(KERN_FAILURE,
		  actor_for_pid(&self->two, MACHDEV_TASK_FLAVOR_NAME,
				self->one.pid, &port));
	EXPECT_EQ(MACH_PORT_NULL, port);
	/* Who owns it has all power there. */
	EXPECT_KR(KERN_SUCCESS,
		  actor_for_pid(&self->one, MACHDEV_TASK_FLAVOR_INSPECT,
				self->two.pid, &port));
}

TEST(root_gets_all)
{
	mach_port_t port[4], control;
	struct actor actor;
	size_t i, k;
	int pid;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ASSERT_KR(KERN_SUCCESS,
		  task_for_pid(mach_task_self(), actor.pid, &port[0]));
	ASSERT_KR(KERN_SUCCESS,
		  task_read_for_pid(mach_task_self(), actor.pid, &port[1]));
	ASSERT_KR(KERN_SUCCESS,
		  task_inspect_for_pid(mach_task_self(), actor.pid, &port[2]));
	ASSERT_KR(KERN_SUCCESS,
		  task_name_for_pid(mach_task_self(), actor.pid, &port[3]));
	control = port[0];
	for (i = 0; i < 4; i++) {
		EXPECT_KR(KERN_SUCCESS, pid_for_task(port[i], &pid));
		EXPECT_EQ(actor.pid, pid);
		for (k = 0; k < i; k++)
			EXPECT_NE(port[k], port[i]);
	}
	/* They are the ones that the task port gives. */
	for (i = 0; i < 3; i++) {
		mach_port_t same;

		EXPECT_KR(KERN_SUCCESS,
			  task_get_special_port(control, weaker[i], &same));
		EXPECT_EQ(port[3 - i], same);
		EXPECT_EQ(2, port_send_refs(same));
	}
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(an_unknown_flavor)
{
	struct machdev_task_pid argument = { .pid = getpid(), .flavor = 4 };

	EXPECT_KR(-EINVAL, mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument));
	argument.flavor = UINT32_MAX;
	EXPECT_KR(-EINVAL, mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument));
}

/* What a port of an actor's task may do. */
FIXTURE(power) {
	struct actor actor;
	mach_port_t control, port[3];	/* name, inspect, read */
	uint32_t name;
};

FIXTURE_SETUP(power)
{
	size_t i;

	ASSERT_EQ(0, actor_start(&self->actor));
	self->control = actor_task(&self->actor);
	for (i = 0; i < 3; i++)
		ASSERT_KR(KERN_SUCCESS,
			  task_get_special_port(self->control, weaker[i],
						&self->port[i]));
	ASSERT_KR(KERN_SUCCESS, actor_allocate(&self->actor, &self->name));
}

FIXTURE_TEARDOWN(power)
{
	EXPECT_EQ(0, actor_end(&self->actor));
}

TEST_F(power, all_tell_who_it_is)
{
	mach_msg_type_number_t count;
	struct tokens tokens, own;
	size_t i;
	int pid;

	ASSERT_KR(KERN_SUCCESS, task_tokens(self->control, &own));
	for (i = 0; i < 3; i++) {
		pid = 0;
		EXPECT_KR(KERN_SUCCESS, pid_for_task(self->port[i], &pid));
		EXPECT_EQ(self->actor.pid, pid);
		memset(&tokens, 0, sizeof(tokens));
		count = TASK_AUDIT_TOKEN_COUNT;
		EXPECT_KR(KERN_SUCCESS,
			  task_info(self->port[i], TASK_AUDIT_TOKEN,
				    (task_info_t)&tokens.audit, &count));
		EXPECT_EQ(0, memcmp(&own.audit, &tokens.audit,
				    sizeof(own.audit)));
	}
}

TEST_F(power, the_read_port_shows_the_names)
{
	mach_msg_type_number_t count = MACH_PORT_LIMITS_INFO_COUNT;
	mach_msg_type_number_t names_count, types_count;
	mach_port_type_array_t types;
	mach_port_name_array_t names;
	mach_port_limits_t limits;
	mach_port_type_t type;
	mach_port_urefs_t refs;
	mach_port_t read = self->port[2];

	EXPECT_KR(KERN_SUCCESS, mach_port_type(read, self->name, &type));
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, type);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_get_refs(read, self->name,
				     MACH_PORT_RIGHT_RECEIVE, &refs));
	EXPECT_EQ(1, refs);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_get_attributes(read, self->name,
					   MACH_PORT_LIMITS_INFO,
					   (mach_port_info_t)&limits, &count));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_names(read, &names, &names_count, &types,
				  &types_count));
	EXPECT_EQ(task_names(self->control), (int)names_count);
}

TEST_F(power, the_others_show_no_names)
{
	mach_msg_type_number_t count = MACH_PORT_LIMITS_INFO_COUNT;
	mach_msg_type_number_t names_count, types_count;
	mach_port_type_array_t types;
	mach_port_name_array_t names;
	mach_port_limits_t limits;
	mach_port_type_t type;
	mach_port_urefs_t refs;
	size_t i;

	for (i = 0; i < 2; i++) {
		mach_port_t port = self->port[i];

		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_type(port, self->name, &type));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_get_refs(port, self->name,
					     MACH_PORT_RIGHT_RECEIVE, &refs));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_get_attributes(port, self->name,
						   MACH_PORT_LIMITS_INFO,
						   (mach_port_info_t)&limits,
						   &count));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_names(port, &names, &names_count, &types,
					  &types_count));
	}
}

TEST_F(power, none_changes_anything)
{
	struct machdev_task_token token = {
		.host_security = host_security_port(),
	};
	mach_port_t own = port_new(), previous, name;
	mach_port_limits_t limits = { .mpl_qlimit = 1 };
	mach_msg_type_name_t taken;
	int before = task_names(self->control);
	size_t i;

	for (i = 0; i < 3; i++) {
		mach_port_t port = self->port[i];

		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_allocate(port, MACH_PORT_RIGHT_RECEIVE,
					     &name));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_deallocate(port, self->name));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_destroy(port, self->name));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_mod_refs(port, self->name,
					     MACH_PORT_RIGHT_RECEIVE, -1));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_insert_right(port, 0x1003, own,
						 MACH_MSG_TYPE_COPY_SEND));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_extract_right(port, self->name,
						  MACH_MSG_TYPE_MAKE_SEND,
						  &name, &taken));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_set_attributes(port, self->name,
						   MACH_PORT_LIMITS_INFO,
						   (mach_port_info_t)&limits,
						   MACH_PORT_LIMITS_INFO_COUNT));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_request_notification(port, self->name,
							 MACH_NOTIFY_DEAD_NAME,
							 0, own, ONCE,
							 &previous));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_set_bootstrap_port(port, own));
		token.task = port;
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  mach_ioctl(MACHDEV_IOC_HOST_SET_TASK_TOKEN, &token));
	}
	EXPECT_EQ(before, task_names(self->control));
	EXPECT_EQ(1, port_send_refs(own));
}

/* Which port gets which special port: rows name, inspect, read. */
TEST_F(power, nobody_gets_more_than_he_has)
{
	const int all[] = {
		TASK_NAME_PORT, TASK_INSPECT_PORT, TASK_READ_PORT,
		TASK_KERNEL_PORT, TASK_HOST_PORT, TASK_BOOTSTRAP_PORT,
		TASK_WIRED_LEDGER_PORT, TASK_ACCESS_PORT, 99,
	};
	mach_port_t got;
	size_t i, k;

	for (k = 0; k < ARRAY_SIZE(all); k++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_get_special_port(self->port[0], all[k], &got));
		for (i = 1; i < 3; i++)
			EXPECT_KR(k <= i ? KERN_SUCCESS :
					   KERN_INVALID_CAPABILITY,
				  task_get_special_port(self->port[i], all[k],
							&got)) {
				TH_LOG("port %zu, selector %d", i, all[k]);
			}
	}
}

TEST_F(power, they_cannot_be_set)
{
	mach_port_t own = port_new(), got;
	size_t i;

	for (i = 0; i < 3; i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_set_special_port(self->control, weaker[i],
						own));
		EXPECT_KR(KERN_SUCCESS,
			  task_get_special_port(self->control, weaker[i],
						&got));
		EXPECT_EQ(self->port[i], got);
	}
	EXPECT_EQ(1, port_send_refs(own));
}

TEST_F(power, no_message_is_sent_to_them)
{
	size_t i;

	for (i = 0; i < 3; i++)
		EXPECT_KR(KERN_NOT_SUPPORTED,
			  letter_send(self->port[i], MACH_MSG_TYPE_COPY_SEND,
				      MACH_PORT_NULL, 0, 1));
}

TEST_F(power, they_die_with_the_task)
{
	size_t i;

	ASSERT_EQ(0, actor_end(&self->actor));
	mach_sync();
	for (i = 0; i < 3; i++)
		EXPECT_TRUE(port_is_dead(self->port[i]));
	ASSERT_EQ(0, actor_start(&self->actor));
}

TEST_F(power, they_outlive_a_plain_exec)
{
	char path[PATH_MAX];
	int pid;
	size_t i;

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, actor_run(&self->actor, path));
	for (i = 0; i < 3; i++) {
		EXPECT_KR(KERN_SUCCESS, pid_for_task(self->port[i], &pid));
		EXPECT_EQ(self->actor.pid, pid);
	}
}

TEST_F(power, each_has_one_reference_for_each_look_up)
{
	mach_port_t again;

	EXPECT_KR(KERN_SUCCESS,
		  task_read_for_pid(mach_task_self(), self->actor.pid, &again));
	EXPECT_EQ(self->port[2], again);
	EXPECT_EQ(2, port_send_refs(again));
}

MACH_TEST_MAIN
