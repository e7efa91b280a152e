// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rights: which share a name and which never do, how each is dropped, and
 * what the death of a port makes of names everywhere.
 */
#include "port_helpers.h"

#define SEND MACH_PORT_TYPE_SEND
#define RECEIVE MACH_PORT_TYPE_RECEIVE
#define SEND_RECEIVE MACH_PORT_TYPE_SEND_RECEIVE
#define SEND_ONCE MACH_PORT_TYPE_SEND_ONCE
#define DEAD_NAME MACH_PORT_TYPE_DEAD_NAME

static mach_port_t extract(mach_port_t name, mach_msg_type_name_t disposition)
{
	mach_port_t right = MACH_PORT_NULL;
	mach_msg_type_name_t type;

	MUST(mach_port_extract_right(mach_task_self(), name, disposition,
				     &right, &type));
	return right;
}

static kern_return_t deallocate(mach_port_t name)
{
	return mach_port_deallocate(mach_task_self(), name);
}

static kern_return_t destroy(mach_port_t name)
{
	return mach_port_destroy(mach_task_self(), name);
}

/* A send right alone: the receive right is held by @holder as @name. */
static mach_port_t send_right_alone(struct holder *holder, mach_port_t name,
				    unsigned int urefs)
{
	mach_port_t port = port_new_send(urefs);

	MUST(mach_port_insert_right(holder->task, name, port,
				    MACH_MSG_TYPE_MOVE_RECEIVE));
	return port;
}

/*
 * Coalescing
 */

TEST(send_and_receive_share_a_name)
{
	mach_port_t port = port_new();

	EXPECT_NAME(RECEIVE, 0, port);
	EXPECT_WORD(port, extract(port, MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_NAME(SEND_RECEIVE, 1, port);
	EXPECT_WORD(port, extract(port, MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_NAME(SEND_RECEIVE, 2, port);
	EXPECT_WORD(port, extract(port, MACH_MSG_TYPE_COPY_SEND));
	EXPECT_NAME(SEND_RECEIVE, 3, port);
	EXPECT_KR(KERN_SUCCESS, deallocate(port));
	EXPECT_NAME(SEND_RECEIVE, 2, port);
}

TEST(arriving_send_rights_coalesce)
{
	mach_port_t port = port_new(), carried = port_new();
	unsigned int names = space_count();
	struct port_msg msg;
	int i;

	for (i = 1; i <= 3; i++) {
		port_msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND,
			      MACH_PORT_NULL, 0, 1);
		msg.port[0] = msg_port(carried, MACH_MSG_TYPE_MAKE_SEND);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
		ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
		EXPECT_WORD(carried, msg.port[0].name);
		EXPECT_WORD(MACH_MSG_TYPE_MOVE_SEND, msg.port[0].disposition);
		EXPECT_NAME(SEND_RECEIVE, i, carried);
	}
	EXPECT_EQ(names, space_count());
}

TEST(arriving_send_rights_coalesce_elsewhere)
{
	mach_port_t port = port_new();
	struct holder holder;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_NAME_IN(holder.task, SEND, 1, 0x4403);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_NAME_IN(holder.task, SEND, 2, 0x4403);
	EXPECT_EQ(1u, task_port_count(holder.task));
	EXPECT_NAME(RECEIVE, 0, port);
	holder_end(&holder);
}

/* A receive right that arrives joins the name of the send right. */
TEST(arriving_receive_right_joins_the_send_right)
{
	struct holder holder;
	mach_port_t port, back = MACH_PORT_NULL;
	mach_msg_type_name_t type;

	holder_start(&holder);
	port = send_right_alone(&holder, 0x4403, 2);
	EXPECT_NAME(SEND, 2, port);
	EXPECT_NAME_IN(holder.task, RECEIVE, 0, 0x4403);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_extract_right(holder.task, 0x4403,
					  MACH_MSG_TYPE_MOVE_RECEIVE, &back,
					  &type));
	EXPECT_WORD(port, back);
	EXPECT_NAME(SEND_RECEIVE, 2, port);
	EXPECT_EQ(0u, task_port_count(holder.task));
	holder_end(&holder);
}

TEST(send_once_rights_never_coalesce)
{
	mach_port_t port = port_new_send(1), once[8];
	int i, j;

	for (i = 0; i < 8; i++) {
		once[i] = port_new_once(port);
		EXPECT_NE(port, once[i]);
		for (j = 0; j < i; j++)
			EXPECT_NE(once[j], once[i]);
		EXPECT_NAME(SEND_ONCE, 1, once[i]);
	}
	EXPECT_NAME(SEND_RECEIVE, 1, port);
	EXPECT_WORD(8, port_status(port).mps_sorights);
}

TEST(arriving_send_once_rights_never_coalesce)
{
	mach_port_t port = port_new(), carried = port_new();
	mach_port_t once[2];
	struct port_msg msg;

	port_msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, MACH_PORT_NULL, 0,
		      2);
	msg.port[0] = msg_port(carried, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	msg.port[1] = msg_port(carried, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(2)));
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
	once[0] = msg.port[0].name;
	once[1] = msg.port[1].name;
	EXPECT_NE(once[0], once[1]);
	EXPECT_NE(carried, once[0]);
	EXPECT_NE(carried, once[1]);
	EXPECT_NAME(SEND_ONCE, 1, once[0]);
	EXPECT_NAME(SEND_ONCE, 1, once[1]);
	EXPECT_NAME(RECEIVE, 0, carried);
}

/* Two rights to two ports never share a name. */
TEST(ports_have_names_of_their_own)
{
	mach_port_t a = port_new_send(1), b = port_new_send(1);

	EXPECT_NE(a, b);
	EXPECT_KR(KERN_SUCCESS, destroy(a));
	EXPECT_NAME(0, 0, a);
	EXPECT_NAME(SEND_RECEIVE, 1, b);
}

/*
 * mach_port_deallocate()
 */

TEST(deallocate_send)
{
	struct holder holder;
	mach_port_t port;

	holder_start(&holder);
	port = send_right_alone(&holder, 0x4403, 3);
	EXPECT_KR(KERN_SUCCESS, deallocate(port));
	EXPECT_NAME(SEND, 2, port);
	EXPECT_KR(KERN_SUCCESS, deallocate(port));
	EXPECT_NAME(SEND, 1, port);
	EXPECT_KR(KERN_SUCCESS, deallocate(port));
	EXPECT_NAME(0, 0, port);
	EXPECT_KR(KERN_INVALID_NAME, deallocate(port));
	EXPECT_NAME_IN(holder.task, RECEIVE, 0, 0x4403);
	holder_end(&holder);
}

TEST(deallocate_send_receive)
{
	mach_port_t port = port_new_send(2);

	EXPECT_KR(KERN_SUCCESS, deallocate(port));
	EXPECT_NAME(SEND_RECEIVE, 1, port);
	EXPECT_KR(KERN_SUCCESS, deallocate(port));
	EXPECT_NAME(RECEIVE, 0, port);
	EXPECT_WORD(FALSE, port_status(port).mps_srights);
	/* Only the receive right is left. */
	EXPECT_REFUSED(KERN_INVALID_RIGHT, deallocate(port));
}

TEST(deallocate_send_once)
{
	mach_port_t port = port_new(), once = port_new_once(port);

	EXPECT_KR(KERN_SUCCESS, deallocate(once));
	EXPECT_NAME(0, 0, once);
	EXPECT_NOTIFICATION(port, MACH_NOTIFY_SEND_ONCE, 0);
	EXPECT_NO_MESSAGE(port);
}

TEST(deallocate_dead_name)
{
	mach_port_t dead = port_new_dead(2);

	EXPECT_NAME(DEAD_NAME, 2, dead);
	EXPECT_KR(KERN_SUCCESS, deallocate(dead));
	EXPECT_NAME(DEAD_NAME, 1, dead);
	EXPECT_KR(KERN_SUCCESS, deallocate(dead));
	EXPECT_NAME(0, 0, dead);
}

/* The port died before anything looked at the name: one reference goes. */
TEST(deallocate_unconverted_dead_name)
{
	struct holder holder;
	mach_port_t port;

	holder_start(&holder);
	port = send_right_alone(&holder, 0x4403, 2);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(holder.task, 0x4403));
	EXPECT_KR(KERN_SUCCESS, deallocate(port));
	EXPECT_NAME(DEAD_NAME, 1, port);
	EXPECT_KR(KERN_SUCCESS, deallocate(port));
	EXPECT_NAME(0, 0, port);
	holder_end(&holder);
}

TEST(deallocate_in_another_task)
{
	mach_port_t port = port_new();
	struct holder holder;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_WORD(TRUE, port_status(port).mps_srights);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(holder.task, 0x4403));
	EXPECT_WORD(FALSE, port_status(port).mps_srights);
	EXPECT_EQ(0u, task_port_count(holder.task));
	holder_end(&holder);
}

/*
 * mach_port_destroy()
 */

TEST(destroy_receive)
{
	uint64_t ports;
	mach_port_t port;

	EXPECT_NE(MACH_PORT_NULL, mach_task_self());
	ports = mach_counter(MACHDEV_COUNTER_PORTS);
	port = port_new();
	EXPECT_KR(KERN_SUCCESS, destroy(port));
	EXPECT_NAME(0, 0, port);
	EXPECT_EQ(ports, mach_counter(MACHDEV_COUNTER_PORTS));
}

/* All rights of the name go at once, whatever their number. */
TEST(destroy_send_receive)
{
	mach_port_t port = port_new_send(9), once = port_new_once(port);

	EXPECT_KR(KERN_SUCCESS, destroy(port));
	EXPECT_NAME(0, 0, port);
	EXPECT_NAME(DEAD_NAME, 1, once);
}

TEST(destroy_send)
{
	struct holder holder;
	mach_port_t port;

	holder_start(&holder);
	port = send_right_alone(&holder, 0x4403, 9);
	EXPECT_KR(KERN_SUCCESS, destroy(port));
	EXPECT_NAME(0, 0, port);
	/* The port lives on. */
	EXPECT_NAME_IN(holder.task, RECEIVE, 0, 0x4403);
	holder_end(&holder);
}

TEST(destroy_send_once)
{
	mach_port_t port = port_new(), once = port_new_once(port);

	EXPECT_KR(KERN_SUCCESS, destroy(once));
	EXPECT_NAME(0, 0, once);
	EXPECT_NOTIFICATION(port, MACH_NOTIFY_SEND_ONCE, 0);
}

TEST(destroy_dead_name)
{
	mach_port_t dead = port_new_dead(7);

	EXPECT_KR(KERN_SUCCESS, destroy(dead));
	EXPECT_NAME(0, 0, dead);
	EXPECT_KR(KERN_INVALID_NAME, destroy(dead));
}

TEST(destroy_own_task_name)
{
	mach_port_t name = mach_task_self();
	uint32_t again;

	/* Only the right goes; the task is still there and can be named. */
	EXPECT_KR(KERN_SUCCESS, destroy(name));
	ASSERT_KR(0, mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &again));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate(again, MACH_PORT_RIGHT_RECEIVE, &name));
	EXPECT_WORD(RECEIVE, task_port_type(again, name));
}

/* Messages in the queue go with the port, and every right in them. */
TEST(destroy_full_queue)
{
	uint64_t queued = mach_counter(MACHDEV_COUNTER_QUEUED);
	mach_port_t port = port_new(), reply = port_new();
	mach_port_t carried = port_new();
	struct port_msg msg;
	int i;

	for (i = 0; i < 4; i++) {
		port_msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, reply,
			      MACH_MSG_TYPE_MAKE_SEND_ONCE, 2);
		msg.port[0] = msg_port(carried, MACH_MSG_TYPE_MAKE_SEND);
		msg.port[1] = msg_port(carried, MACH_MSG_TYPE_MAKE_SEND_ONCE);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(2)));
	}
	EXPECT_WORD(4, port_status(port).mps_msgcount);
	EXPECT_WORD(TRUE, port_status(carried).mps_srights);
	EXPECT_WORD(4, port_status(carried).mps_sorights);
	EXPECT_WORD(4, port_status(reply).mps_sorights);

	EXPECT_KR(KERN_SUCCESS, destroy(port));
	EXPECT_WORD(FALSE, port_status(carried).mps_srights);
	/* Each send-once right yields its one message. */
	for (i = 0; i < 4; i++) {
		EXPECT_NOTIFICATION(reply, MACH_NOTIFY_SEND_ONCE, 0);
		EXPECT_NOTIFICATION(carried, MACH_NOTIFY_SEND_ONCE, 0);
	}
	EXPECT_NO_MESSAGE(reply);
	EXPECT_NO_MESSAGE(carried);
	EXPECT_WORD(0, port_status(carried).mps_sorights);
	EXPECT_WORD(0, port_status(reply).mps_sorights);
	EXPECT_EQ(queued, mach_counter(MACHDEV_COUNTER_QUEUED));
}

/* A queue that holds rights to its own port dies all the same. */
TEST(destroy_port_queued_on_itself)
{
	mach_port_t port = port_new();
	uint64_t queued, ports;
	struct port_msg msg;

	ports = mach_counter(MACHDEV_COUNTER_PORTS);
	queued = mach_counter(MACHDEV_COUNTER_QUEUED);
	port_msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, port,
		      MACH_MSG_TYPE_MAKE_SEND_ONCE, 2);
	msg.port[0] = msg_port(port, MACH_MSG_TYPE_MAKE_SEND);
	msg.port[1] = msg_port(port, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(2)));
	EXPECT_KR(KERN_SUCCESS, destroy(port));
	EXPECT_NAME(0, 0, port);
	EXPECT_EQ(queued, mach_counter(MACHDEV_COUNTER_QUEUED));
	EXPECT_EQ(ports - 1, mach_counter(MACHDEV_COUNTER_PORTS));
}

/* Left behind at exit; the counters are compared when the test is over. */
TEST(exit_with_ports_queued_on_each_other)
{
	mach_port_t a = port_new(), b = port_new();
	struct port_msg msg;

	port_msg_init(&msg, a, MACH_MSG_TYPE_MAKE_SEND, b,
		      MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
	msg.port[0] = msg_port(b, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	port_msg_init(&msg, b, MACH_MSG_TYPE_MAKE_SEND, a,
		      MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
	msg.port[0] = msg_port(a, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_WORD(1, port_status(a).mps_msgcount);
	EXPECT_WORD(1, port_status(b).mps_msgcount);
}

/*
 * Port death
 */

TEST(death_of_send_receive_keeps_references)
{
	mach_port_t port = port_new_send(4);

	port_destroy_receive(port);
	EXPECT_NAME(DEAD_NAME, 4, port);
}

TEST(death_of_pure_receive_frees_the_name)
{
	mach_port_t port = port_new();

	port_destroy_receive(port);
	EXPECT_NAME(0, 0, port);
}

TEST(death_of_send_once)
{
	mach_port_t port = port_new(), a = port_new_once(port);
	mach_port_t b = port_new_once(port);

	EXPECT_KR(KERN_SUCCESS, destroy(port));
	EXPECT_NAME(DEAD_NAME, 1, a);
	EXPECT_NAME(DEAD_NAME, 1, b);
	EXPECT_KR(KERN_SUCCESS, deallocate(a));
	EXPECT_NAME(0, 0, a);
	EXPECT_NAME(DEAD_NAME, 1, b);
}

/*
 * Whatever call touches a name first after its port died sees a dead name.
 * Each gets a name of its own: a send right with 3 references.
 */
FIXTURE(death) {
	struct holder holder;
	mach_port_t send;
	mach_port_t once;
	mach_port_t other;
};

FIXTURE_SETUP(death)
{
	mach_msg_type_name_t type;

	self->other = port_new();
	holder_start(&self->holder);
	self->send = send_right_alone(&self->holder, 0x4403, 3);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_extract_right(self->holder.task, 0x4403,
					  MACH_MSG_TYPE_MAKE_SEND_ONCE,
					  &self->once, &type));
	EXPECT_WORD(MACH_MSG_TYPE_MOVE_SEND_ONCE, type);
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(self->holder.task, 0x4403));
}

FIXTURE_TEARDOWN(death)
{
	holder_end(&self->holder);
}

TEST_F(death, seen_by_type)
{
	EXPECT_WORD(DEAD_NAME, port_type(self->send));
	EXPECT_WORD(DEAD_NAME, port_type(self->once));
}

TEST_F(death, seen_by_get_refs)
{
	EXPECT_EQ(3u, port_dead_refs(self->send));
	EXPECT_EQ(0u, port_send_refs(self->send));
	EXPECT_EQ(1u, port_dead_refs(self->once));
	EXPECT_EQ(0u, port_refs(self->once, MACH_PORT_RIGHT_SEND_ONCE));
}

TEST_F(death, seen_by_get_refs_of_send)
{
	EXPECT_EQ(0u, port_send_refs(self->send));
	EXPECT_EQ(0u, port_refs(self->once, MACH_PORT_RIGHT_SEND_ONCE));
	EXPECT_NAME(DEAD_NAME, 3, self->send);
	EXPECT_NAME(DEAD_NAME, 1, self->once);
}

TEST_F(death, seen_by_names)
{
	uint32_t names[16], types[16], i, seen = 0;
	struct machdev_port_names call = {
		.task = mach_task_self(),
		.count = 16,
		.names = (uintptr_t)names,
		.types = (uintptr_t)types,
	};

	ASSERT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_PORT_NAMES, &call));
	for (i = 0; i < call.count; i++) {
		if (names[i] != self->send && names[i] != self->once)
			continue;
		EXPECT_WORD(DEAD_NAME, types[i]);
		seen++;
	}
	EXPECT_EQ(2u, seen);
}

TEST_F(death, seen_by_mod_refs)
{
	mach_port_t task = mach_task_self();

	EXPECT_KR(KERN_INVALID_RIGHT,
		  mach_port_mod_refs(task, self->send, MACH_PORT_RIGHT_SEND,
				     -1));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, self->send,
				     MACH_PORT_RIGHT_DEAD_NAME, 4));
	EXPECT_NAME(DEAD_NAME, 7, self->send);
	EXPECT_KR(KERN_INVALID_RIGHT,
		  mach_port_mod_refs(task, self->once,
				     MACH_PORT_RIGHT_SEND_ONCE, -1));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, self->once,
				     MACH_PORT_RIGHT_DEAD_NAME, -1));
	EXPECT_NAME(0, 0, self->once);
}

TEST_F(death, seen_by_mod_refs_of_dead_name)
{
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(mach_task_self(), self->send,
				     MACH_PORT_RIGHT_DEAD_NAME, -3));
	EXPECT_NAME(0, 0, self->send);
}

TEST_F(death, seen_by_deallocate)
{
	EXPECT_KR(KERN_SUCCESS, deallocate(self->send));
	EXPECT_NAME(DEAD_NAME, 2, self->send);
	EXPECT_KR(KERN_SUCCESS, deallocate(self->once));
	EXPECT_NAME(0, 0, self->once);
}

TEST_F(death, seen_by_destroy)
{
	EXPECT_KR(KERN_SUCCESS, destroy(self->send));
	EXPECT_NAME(0, 0, self->send);
	EXPECT_KR(KERN_SUCCESS, destroy(self->once));
	EXPECT_NAME(0, 0, self->once);
}

TEST_F(death, seen_by_extract)
{
	EXPECT_WORD(MACH_PORT_DEAD,
		    extract(self->send, MACH_MSG_TYPE_COPY_SEND));
	EXPECT_NAME(DEAD_NAME, 3, self->send);
	EXPECT_WORD(MACH_PORT_DEAD,
		    extract(self->once, MACH_MSG_TYPE_MOVE_SEND_ONCE));
	EXPECT_NAME(0, 0, self->once);
}

TEST_F(death, seen_by_attributes)
{
	mach_port_status_t status;
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;

	EXPECT_KR(KERN_INVALID_RIGHT,
		  mach_port_get_attributes(mach_task_self(), self->send,
					   MACH_PORT_RECEIVE_STATUS,
					   (mach_port_info_t)&status, &count));
	EXPECT_NAME(DEAD_NAME, 3, self->send);
}

TEST_F(death, seen_by_request)
{
	mach_port_t previous;

	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  mach_port_request_notification(mach_task_self(), self->send,
						 MACH_NOTIFY_DEAD_NAME, 0,
						 self->other,
						 MACH_MSG_TYPE_MAKE_SEND_ONCE,
						 &previous));
	EXPECT_NAME(DEAD_NAME, 3, self->send);
}

TEST_F(death, seen_by_insert)
{
	/* The name is taken by the dead name, whatever the port. */
	EXPECT_KR(KERN_NAME_EXISTS,
		  mach_port_insert_right(mach_task_self(), self->once,
					 self->other,
					 MACH_MSG_TYPE_MAKE_SEND_ONCE));
	EXPECT_NAME(DEAD_NAME, 1, self->once);
}

TEST_F(death, name_is_not_given_to_another_port)
{
	mach_port_t port = port_new();

	EXPECT_NE(self->send, port);
	EXPECT_NE(self->once, port);
	EXPECT_NAME(DEAD_NAME, 3, self->send);
}

/* The holder of the receive right is killed. */
TEST(death_by_kill)
{
	struct holder owner, other;
	mach_port_t port, once;
	mach_msg_type_name_t type;

	holder_start(&owner);
	holder_start(&other);
	port = send_right_alone(&owner, 0x4403, 5);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(other.task, 0x9903, port,
					 MACH_MSG_TYPE_COPY_SEND));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_extract_right(owner.task, 0x4403,
					  MACH_MSG_TYPE_MAKE_SEND_ONCE, &once,
					  &type));
	holder_end(&owner);
	EXPECT_NAME(DEAD_NAME, 5, port);
	EXPECT_NAME(DEAD_NAME, 1, once);
	EXPECT_NAME_IN(other.task, DEAD_NAME, 1, 0x9903);
	holder_end(&other);
}

/* The task port itself dies with its task. */
TEST(death_of_a_task_port)
{
	struct holder holder;

	holder_start(&holder);
	EXPECT_NAME(SEND, 1, holder.task);
	EXPECT_EQ(128 + SIGKILL, child_kill(holder.pid));
	EXPECT_KR(0, mach_sync());
	EXPECT_NAME(DEAD_NAME, 1, holder.task);
}

TEST(death_of_a_thread_port)
{
	struct test_pipe ready, go;
	mach_port_t port = port_new();
	struct port_msg msg;
	pid_t pid;

	/* The child sends its thread port over the bootstrap port. */
	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&go));
	EXPECT_KR(KERN_SUCCESS, destroy(port));
	port = port_new_bootstrap();
	pid = child_fork();
	if (!pid) {
		port_msg_init(&msg, bootstrap_of_parent(),
			      MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL, 0, 1);
		msg.port[0] = msg_port(mach_thread_self(),
				       MACH_MSG_TYPE_COPY_SEND);
		EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
		EXPECT_EQ(0, test_put(&ready, 1));
		EXPECT_EQ(0, test_wait(&go));
		child_exit();
	}
	ASSERT_EQ(0, test_wait(&ready));
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
	EXPECT_NAME(SEND, 1, msg.port[0].name);
	EXPECT_EQ(0, test_put(&go, 1));
	EXPECT_CHILD(pid);
	EXPECT_KR(0, mach_sync());
	EXPECT_NAME(DEAD_NAME, 1, msg.port[0].name);
}

/* Rights of a task that dies are dropped: the port sees it. */
TEST(holder_death_drops_send_rights)
{
	mach_port_t port = port_new();
	struct holder holder;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x9903, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x9a03, port,
					 MACH_MSG_TYPE_MAKE_SEND_ONCE));
	EXPECT_WORD(TRUE, port_status(port).mps_srights);
	EXPECT_WORD(1, port_status(port).mps_sorights);
	holder_end(&holder);
	EXPECT_WORD(FALSE, port_status(port).mps_srights);
	EXPECT_NOTIFICATION(port, MACH_NOTIFY_SEND_ONCE, 0);
	EXPECT_WORD(0, port_status(port).mps_sorights);
	EXPECT_NAME(RECEIVE, 0, port);
}

/* Making and killing ports while another process asks about their names. */
TEST(death_against_look_up)
{
	uint64_t end = test_now_ms() + test_ms(500);
	struct holder holder;
	pid_t pid;

	holder_start(&holder);
	pid = child_fork();
	if (!pid) {
		mach_port_t task;

		MUST(task_for_pid(mach_task_self(), holder.pid, &task));
		while (test_now_ms() < end) {
			mach_port_type_t type;
			mach_port_t port = port_new();
			kern_return_t kr;

			MUST(mach_port_insert_right(task, 0x4403, port,
						    MACH_MSG_TYPE_MAKE_SEND));
			MUST(destroy(port));
			MUST(mach_port_type(task, 0x4403, &type));
			EXPECT_WORD(DEAD_NAME, type);
			kr = mach_port_deallocate(task, 0x4403);
			EXPECT_KR(KERN_SUCCESS, kr);
		}
		child_exit();
	}
	while (test_now_ms() < end) {
		mach_port_type_t type = task_port_type(holder.task, 0x4403);

		if (type != 0 && type != SEND && type != DEAD_NAME) {
			EXPECT_WORD(SEND, type);
			break;
		}
		task_port_urefs(holder.task, 0x4403);
	}
	EXPECT_CHILD(pid);
	holder_end(&holder);
}

MACH_TEST_MAIN
