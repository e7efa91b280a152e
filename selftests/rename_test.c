// SPDX-License-Identifier: GPL-2.0-only
/*
 * mach_port_rename(): whatever a name denotes, and what hangs on it, is found
 * under the new one.
 */
#include "port_helpers.h"

#define NEW 0x4403

static kern_return_t rename_to(mach_port_t name, mach_port_t new_name)
{
	return mach_port_rename(mach_task_self(), name, new_name);
}

TEST(receive_right)
{
	mach_port_t task = mach_task_self(), port = port_new_send(2);
	mach_port_t right;
	mach_msg_type_name_t type;
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	EXPECT_KR(KERN_SUCCESS, rename_to(port, NEW));
	EXPECT_NAME(0, 0, port);
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 2, NEW);
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(NEW, MACH_MSG_TYPE_COPY_SEND, 2));
	EXPECT_KR(MACH_RCV_INVALID_NAME, msg_receive(&msg, port));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, NEW));
	EXPECT_EQ(1, msg.head.msgh_id);
	EXPECT_WORD(NEW, msg.head.msgh_local_port);
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, NEW));
	EXPECT_EQ(2, msg.head.msgh_id);
	/* The port is known by that name: another send right joins it. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_extract_right(task, NEW, MACH_MSG_TYPE_MAKE_SEND,
					  &right, &type));
	EXPECT_WORD(NEW, right);
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 3, NEW);
	/* The old one is free, and is not soon the same again. */
	EXPECT_NE(port, port_new());
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(task, NEW));
	EXPECT_NAME(0, 0, NEW);
}

TEST(every_other_right)
{
	mach_port_t task = mach_task_self(), port = port_new();
	mach_port_t once = port_new_once(port), dead = port_new_dead(3);
	struct msg msg;

	EXPECT_KR(KERN_SUCCESS, rename_to(once, NEW));
	EXPECT_NAME(0, 0, once);
	EXPECT_NAME(MACH_PORT_TYPE_SEND_ONCE, 1, NEW);
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(NEW, MACH_MSG_TYPE_MOVE_SEND_ONCE, 3));
	EXPECT_NAME(0, 0, NEW);
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));

	EXPECT_KR(KERN_SUCCESS, rename_to(dead, 0x5503));
	EXPECT_NAME(0, 0, dead);
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 3, 0x5503);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(task, 0x5503));
}

TEST(task_port)
{
	mach_port_t task = MACH_PORT_NULL, name;

	ASSERT_KR(KERN_SUCCESS,
		  task_get_special_port(mach_task_self(), TASK_READ_PORT,
					&task));
	EXPECT_KR(KERN_SUCCESS, rename_to(task, NEW));
	EXPECT_KR(KERN_SUCCESS,
		  task_get_special_port(mach_task_self(), TASK_READ_PORT,
					&name));
	EXPECT_WORD(NEW, name);
	EXPECT_EQ(2, port_send_refs(NEW));
}

TEST(many_to_and_fro)
{
	mach_port_t port[40];
	unsigned int i, round;

	for (i = 0; i < ARRAY_SIZE(port); i++)
		port[i] = port_new_send(1);
	for (round = 1; round < 4; round++) {
		for (i = 0; i < ARRAY_SIZE(port); i++) {
			mach_port_t name = (0x1000 * round + i) << 8 | 3;

			ASSERT_KR(KERN_SUCCESS, rename_to(port[i], name));
			port[i] = name;
		}
	}
	for (i = 0; i < ARRAY_SIZE(port); i++) {
		/* It is found by its port. */
		port_add_send(port[i]);
		EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 2, port[i]);
	}
}

/* A request is the name's, and tells the name that it has by then. */
TEST(request_goes_along)
{
	mach_port_t task = mach_task_self(), notify = port_new(), previous;
	mach_port_t port = port_new_send(1);

	EXPECT_WORD(0, request_dead_name(task, port, notify));
	EXPECT_KR(KERN_SUCCESS, rename_to(port, NEW));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE | MACH_PORT_TYPE_DNREQUEST, 1,
		    NEW);
	port_destroy_receive(NEW);
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 2, NEW);
	EXPECT_NOTIFICATION(notify, MACH_NOTIFY_DEAD_NAME, NEW);

	/* One can be taken back, and a name that goes tells as well. */
	port = port_new_send(1);
	EXPECT_WORD(0, request_dead_name(task, port, notify));
	EXPECT_KR(KERN_SUCCESS, rename_to(port, 0x5503));
	previous = request_dead_name(task, 0x5503, notify);
	EXPECT_NAME(MACH_PORT_TYPE_SEND_ONCE, 1, previous);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(task, previous));
	EXPECT_NOTIFICATION(notify, MACH_NOTIFY_SEND_ONCE, 0);
	EXPECT_KR(KERN_SUCCESS, rename_to(0x5503, 0x6603));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, 0x6603, MACH_PORT_RIGHT_RECEIVE,
				     0));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(task, 0x7703, notify,
					 MACH_MSG_TYPE_MAKE_SEND_ONCE));
	EXPECT_WORD(0, request_dead_name(task, 0x7703, notify));
	EXPECT_KR(KERN_SUCCESS, rename_to(0x7703, 0x8803));
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(task, 0x8803));
	EXPECT_NOTIFICATION(notify, MACH_NOTIFY_SEND_ONCE, 0);
	EXPECT_NOTIFICATION(notify, MACH_NOTIFY_PORT_DELETED, 0x8803);
}

/* A message tells the name that its port has when it is received. */
TEST(of_a_port_at_which_somebody_waits)
{
	mach_port_t port = port_new(), once = port_new_once(port);
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head, .option = MACH_RCV_MSG,
		.rcv_size = sizeof(msg), .rcv_name = port,
	};

	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_KR(KERN_SUCCESS, rename_to(port, 0x9903));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), once));
	EXPECT_KR(MACH_MSG_SUCCESS, msg_call_result(&call));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
	EXPECT_WORD(0x9903, msg.head.msgh_local_port);
}

TEST(refused)
{
	mach_port_t port = port_new_send(1), other = port_new();
	mach_port_t free_name = 0x4403;

	EXPECT_REFUSED(KERN_INVALID_VALUE, rename_to(port, MACH_PORT_NULL));
	EXPECT_REFUSED(KERN_INVALID_VALUE, rename_to(port, MACH_PORT_DEAD));
	EXPECT_REFUSED(KERN_INVALID_VALUE, rename_to(port, 0x4400));
	EXPECT_REFUSED(KERN_INVALID_VALUE, rename_to(port, 0x4401));
	EXPECT_REFUSED(KERN_INVALID_VALUE, rename_to(port, 0x4402));
	EXPECT_REFUSED(KERN_FAILURE, rename_to(port, 0x03));
	EXPECT_REFUSED(KERN_FAILURE, rename_to(port, other ^ 4));
	EXPECT_REFUSED(KERN_FAILURE, rename_to(port, port ^ 4));
	EXPECT_REFUSED(KERN_NO_SPACE, rename_to(port, 0xfffffe03));
	EXPECT_REFUSED(KERN_NAME_EXISTS, rename_to(port, other));
	EXPECT_REFUSED(KERN_NAME_EXISTS, rename_to(port, port));
	EXPECT_REFUSED(KERN_INVALID_NAME, rename_to(0x777703, free_name));
	EXPECT_REFUSED(KERN_INVALID_NAME, rename_to(port ^ 4, free_name));
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       rename_to(MACH_PORT_NULL, free_name));
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       rename_to(MACH_PORT_DEAD, free_name));
	/* The new name is looked at first. */
	EXPECT_REFUSED(KERN_NAME_EXISTS, rename_to(0x777703, other));
	EXPECT_REFUSED(KERN_INVALID_VALUE, rename_to(0x777703, 0));
	/* Refused, the new name is as free as before. */
	EXPECT_KR(KERN_SUCCESS, rename_to(port, free_name));
}

TEST(of_another_task)
{
	mach_port_t port = port_new_send(1), read;
	struct holder holder;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x9903, port,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	EXPECT_KR(KERN_SUCCESS, mach_port_rename(holder.task, 0x9903, NEW));
	EXPECT_NAME_IN(holder.task, MACH_PORT_TYPE_RECEIVE, 0, NEW);
	EXPECT_NAME_IN(holder.task, 0, 0, 0x9903);
	ASSERT_KR(KERN_SUCCESS,
		  task_get_special_port(holder.task, TASK_READ_PORT, &read));
	EXPECT_KR(KERN_INVALID_TASK, mach_port_rename(read, NEW, 0x9903));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), read));
	holder_end(&holder);
}

TEST(reserved_word)
{
	struct machdev_port_rename call = {
		.task = mach_task_self(),
		.name = port_new(),
		.new_name = NEW,
		.reserved = 1,
	};

	EXPECT_REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_PORT_RENAME, &call));
}

/* Who waits at a port goes on waiting while it is renamed. */
TEST(while_receiving)
{
	mach_port_t port = port_new_send(1);
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_RCV_MSG,
		.rcv_size = sizeof(msg),
		.rcv_name = port,
	};

	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	EXPECT_KR(KERN_SUCCESS, rename_to(port, NEW));
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(NEW, MACH_MSG_TYPE_COPY_SEND, 7));
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	EXPECT_EQ(7, msg.head.msgh_id);
	EXPECT_WORD(NEW, msg.head.msgh_local_port);
}

/*
 * Races
 */

#define ROUNDS 300

struct race {
	pthread_barrier_t start;
	mach_port_t task;	/* that has the receive right */
	mach_port_t name;
};

static void *kill_port(void *argument)
{
	struct race *race = argument;

	pthread_barrier_wait(&race->start);
	MUST(mach_port_mod_refs(race->task, race->name,
				MACH_PORT_RIGHT_RECEIVE, -1));
	return NULL;
}

/* The notification tells the name of before or of after, and there is one. */
TEST(while_the_port_dies)
{
	mach_port_t task = mach_task_self(), notify = port_new();
	struct holder holder;
	unsigned int round;

	holder_start(&holder);
	for (round = 0; round < ROUNDS; round++) {
		mach_port_t port = port_new_send(1);
		mach_port_t name = (0x1000 + round) << 8 | 3;
		struct race race = { .task = holder.task, .name = 0x9903 };
		struct notification got;
		pthread_t thread;

		EXPECT_WORD(0, request_dead_name(task, port, notify));
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_insert_right(holder.task, race.name, port,
						 MACH_MSG_TYPE_MOVE_RECEIVE));
		pthread_barrier_init(&race.start, NULL, 2);
		MUST(pthread_create(&thread, NULL, kill_port, &race));
		pthread_barrier_wait(&race.start);
		EXPECT_KR(KERN_SUCCESS, rename_to(port, name));
		MUST(pthread_join(thread, NULL));
		EXPECT_KR(KERN_SUCCESS, notification_receive(notify, &got));
		EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, got.header.id);
		EXPECT_TRUE(got.word[2] == name || got.word[2] == port);
		EXPECT_NO_MESSAGE(notify);
		EXPECT_NAME(0, 0, port);
		EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 2, name);
		EXPECT_KR(KERN_SUCCESS, mach_port_destroy(task, name));
	}
	holder_end(&holder);
}

MACH_TEST_MAIN
