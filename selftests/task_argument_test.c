// SPDX-License-Identifier: GPL-2.0-only
/*
 * The task argument of the mach_port calls: everything that is no live
 * task's port is KERN_INVALID_TASK, before anything else is looked at.
 */
#include "port_helpers.h"

/* Every call, right in all but its task. */
struct arguments {
	mach_port_t receive;
	mach_port_t send;
	mach_port_t notify;
	mach_port_t set;
};

static void refused_by_all(struct __test_metadata *_metadata, mach_port_t task,
			   const struct arguments *a)
{
	uint32_t words[2] = { 9 };
	mach_port_info_t info = (mach_port_info_t)words;
	mach_msg_type_number_t count = MACH_PORT_LIMITS_INFO_COUNT;
	mach_msg_type_name_t disposition;
	uint32_t names[64], types[64];
	struct machdev_port_names list = {
		.task = task,
		.count = 64,
		.names = (uintptr_t)names,
		.types = (uintptr_t)types,
	};
	mach_port_type_t type;
	mach_port_options_t options = { .flags = MPO_INSERT_SEND_RIGHT };
	mach_port_qos_t qos = { .name = 0 };
	ipc_info_space_basic_t basic;
	mach_msg_id_t id;
	mach_port_context_t context;
	mach_port_urefs_t refs = 0;
	mach_port_name_array_t members;
	mach_port_t name;

#define REFUSED(call) EXPECT_REFUSED(KERN_INVALID_TASK, call)
	REFUSED(mach_port_allocate(task, MACH_PORT_RIGHT_RECEIVE, &name));
	REFUSED(mach_port_allocate(task, MACH_PORT_RIGHT_DEAD_NAME, &name));
	REFUSED(mach_port_allocate_name(task, MACH_PORT_RIGHT_RECEIVE,
					0x4403));
	REFUSED(mach_port_deallocate(task, a->send));
	REFUSED(mach_port_destroy(task, a->receive));
	REFUSED(mach_port_mod_refs(task, a->send, MACH_PORT_RIGHT_SEND, 1));
	REFUSED(mach_port_get_refs(task, a->send, MACH_PORT_RIGHT_SEND,
				   &refs));
	REFUSED(mach_port_type(task, a->send, &type));
	REFUSED(mach_ioctl(MACHDEV_IOC_PORT_NAMES, &list));
	REFUSED(mach_port_insert_right(task, 0x4403, a->receive,
				       MACH_MSG_TYPE_MAKE_SEND));
	REFUSED(mach_port_insert_right(task, a->receive, a->receive,
				       MACH_MSG_TYPE_MAKE_SEND));
	REFUSED(mach_port_extract_right(task, a->receive,
					MACH_MSG_TYPE_MAKE_SEND_ONCE, &name,
					&disposition));
	REFUSED(mach_port_get_attributes(task, a->receive,
					 MACH_PORT_LIMITS_INFO, info, &count));
	REFUSED(mach_port_set_attributes(task, a->receive,
					 MACH_PORT_LIMITS_INFO, info, 1));
	REFUSED(mach_port_request_notification(task, a->send,
					       MACH_NOTIFY_DEAD_NAME, 0,
					       a->notify,
					       MACH_MSG_TYPE_MAKE_SEND_ONCE,
					       &name));
	REFUSED(mach_port_set_mscount(task, a->receive, 1));
	REFUSED(mach_port_set_seqno(task, a->receive, 1));
	REFUSED(mach_port_get_srights(task, a->receive, &refs));
	REFUSED(mach_port_get_context(task, a->receive, &context));
	REFUSED(mach_port_set_context(task, a->receive, 1));
	REFUSED(mach_port_guard(task, a->receive, 1, FALSE));
	REFUSED(mach_port_unguard(task, a->receive, 1));
	REFUSED(mach_port_swap_guard(task, a->receive, 1, 2));
	REFUSED(mach_port_assert_attributes(task, a->receive,
					    MACH_PORT_GUARD_INFO, info, 2));
	REFUSED(mach_port_allocate_full(task, MACH_PORT_RIGHT_RECEIVE, 0, &qos,
					&name));
	REFUSED(mach_port_allocate_qos(task, MACH_PORT_RIGHT_RECEIVE, &qos,
				       &name));
	REFUSED(mach_port_construct(task, &options, 0, &name));
	REFUSED(mach_port_destruct(task, a->receive, 0, 0));
	REFUSED(mach_port_rename(task, a->receive, 0x4403));
	REFUSED(mach_port_move_member(task, a->receive, a->set));
	REFUSED(mach_port_insert_member(task, a->receive, a->set));
	REFUSED(mach_port_extract_member(task, a->receive, a->set));
	REFUSED(mach_port_get_set_status(task, a->set, &members, &count));
	count = sizeof(words);
	REFUSED(mach_port_peek(task, a->receive, 0, &refs, &refs, &id,
			       (char *)words, &count));
	REFUSED(mach_port_kobject(task, a->receive, &type, &context));
	REFUSED(mach_port_space_basic_info(task, &basic));
	/* Wrong in everything: the task is still what counts. */
	REFUSED(mach_port_allocate_full(task, 99, 1, &qos, &name));
	options.flags = MPO_TEMPOWNER;
	REFUSED(mach_port_construct(task, &options, 0, &name));
	REFUSED(mach_port_destruct(task, 0, 1, 0));
	REFUSED(mach_port_rename(task, 0, 0));
	REFUSED(mach_port_allocate(task, 99, &name));
	REFUSED(mach_port_allocate(task, MACH_PORT_RIGHT_PORT_SET, &name));
	REFUSED(mach_port_allocate_name(task, 99, 0));
	REFUSED(mach_port_deallocate(task, MACH_PORT_NULL));
	REFUSED(mach_port_deallocate(task, 0x777703));
	REFUSED(mach_port_destroy(task, MACH_PORT_DEAD));
	REFUSED(mach_port_mod_refs(task, 0x777703, 99, 0));
	REFUSED(mach_port_get_refs(task, 0x777703, 99, &refs));
	REFUSED(mach_port_type(task, MACH_PORT_DEAD, &type));
	REFUSED(mach_port_insert_right(task, 0, 0, 0));
	REFUSED(mach_port_insert_member(task, 0, 0));
	REFUSED(mach_port_move_member(task, 0x777703, MACH_PORT_DEAD));
	REFUSED(mach_port_get_set_status(task, 0, &members, &count));
	REFUSED(mach_port_extract_right(task, 0, 0, &name, &disposition));
	count = 0;
	REFUSED(mach_port_get_attributes(task, 0, 99, info, &count));
	REFUSED(mach_port_set_attributes(task, 0, 99, info, 0));
	REFUSED(mach_port_request_notification(task, 0, 99, 0, MACH_PORT_DEAD,
					       99, &name));
	list.names = 0;
	list.types = 0;
	REFUSED(mach_ioctl(MACHDEV_IOC_PORT_NAMES, &list));
}

FIXTURE(argument) {
	struct arguments a;
	struct holder holder;
};

FIXTURE_SETUP(argument)
{
	self->a.receive = port_new();
	MUST(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_PORT_SET,
				&self->a.set));
	self->a.send = port_new_send(1);
	self->a.notify = port_new();
	holder_start(&self->holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->holder.task, 0x4403,
					 self->a.send,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
}

FIXTURE_TEARDOWN(argument)
{
	holder_end(&self->holder);
}

TEST_F(argument, null_and_dead)
{
	refused_by_all(_metadata, MACH_PORT_NULL, &self->a);
	refused_by_all(_metadata, MACH_PORT_DEAD, &self->a);
}

TEST_F(argument, nothing)
{
	refused_by_all(_metadata, 0x777703, &self->a);
	refused_by_all(_metadata, 0xffffff03, &self->a);
	refused_by_all(_metadata, port_new_stale(), &self->a);
	/* Another generation of the right name. */
	refused_by_all(_metadata, mach_task_self() ^ 4, &self->a);
}

TEST_F(argument, plain_ports)
{
	refused_by_all(_metadata, self->a.receive, &self->a);
	refused_by_all(_metadata, self->a.send, &self->a);
	refused_by_all(_metadata, port_new_send(1), &self->a);
	refused_by_all(_metadata, port_new_once(self->a.receive), &self->a);
}

TEST_F(argument, other_kernel_objects)
{
	uint32_t host_priv = MACH_PORT_NULL;

	ASSERT_KR(0, mach_ioctl_name(MACHDEV_IOC_HOST_PRIV, &host_priv));
	refused_by_all(_metadata, mach_host_self(), &self->a);
	refused_by_all(_metadata, mach_thread_self(), &self->a);
	refused_by_all(_metadata, host_priv, &self->a);
}

TEST_F(argument, dead_name)
{
	refused_by_all(_metadata, port_new_dead(1), &self->a);
}

/* A send right to a task port, under a name of another task's only. */
TEST_F(argument, another_tasks_name)
{
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->holder.task, 0x9903,
					 mach_task_self(),
					 MACH_MSG_TYPE_COPY_SEND));
	refused_by_all(_metadata, 0x9903, &self->a);
}

TEST_F(argument, task_that_has_died)
{
	struct holder other;

	holder_start(&other);
	EXPECT_EQ(0u, task_port_count(other.task));
	EXPECT_EQ(128 + SIGKILL, child_kill(other.pid));
	EXPECT_KR(0, mach_sync());
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 1, other.task);
	refused_by_all(_metadata, other.task, &self->a);
}

/* The same where nothing has looked at the name since the death. */
TEST_F(argument, task_that_has_died_unnoticed)
{
	struct holder other;
	mach_port_t name;

	holder_start(&other);
	EXPECT_EQ(128 + SIGKILL, child_kill(other.pid));
	EXPECT_KR(0, mach_sync());
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_allocate(other.task, MACH_PORT_RIGHT_RECEIVE,
				     &name));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_insert_right(other.task, 0x4403, self->a.receive,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, self->a.receive);
}

/*
 * A task that is about to die answers KERN_FAILURE, a dead one
 * KERN_INVALID_TASK; whatever the moment, nothing else and no effect.
 */
TEST_F(argument, task_that_is_dying)
{
	int round;

	for (round = 0; round < 30; round++) {
		struct holder other;
		kern_return_t kr;
		mach_port_t name;
		int tries;

		holder_start(&other);
		ASSERT_EQ(0, kill(other.pid, SIGKILL));
		for (tries = 0; tries < 100; tries++) {
			kr = mach_port_allocate(other.task,
						MACH_PORT_RIGHT_RECEIVE,
						&name);
			if (kr == KERN_SUCCESS || kr == KERN_FAILURE)
				continue;
			EXPECT_KR(KERN_INVALID_TASK, kr);
			break;
		}
		EXPECT_EQ(128 + SIGKILL, child_status(other.pid));
		EXPECT_KR(0, mach_sync());
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_allocate(other.task,
					     MACH_PORT_RIGHT_RECEIVE, &name));
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_deallocate(mach_task_self(), other.task));
	}
}

/* A second right to the own task port, by whatever way, is as good. */
TEST_F(argument, own_task_port_by_another_way)
{
	mach_port_t task = MACH_PORT_NULL, name;

	EXPECT_KR(KERN_SUCCESS,
		  task_for_pid(mach_task_self(), getpid(), &task));
	EXPECT_WORD(mach_task_self(), task);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate(task, MACH_PORT_RIGHT_RECEIVE, &name));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, name);
}

MACH_TEST_MAIN
