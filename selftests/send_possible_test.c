// SPDX-License-Identifier: GPL-2.0-only
/*
 * Send-possible notifications: when a request is armed, what answers it, and
 * that it is answered once.
 */
#include "port_helpers.h"

#define SEND MACH_PORT_TYPE_SEND
#define SEND_RECEIVE MACH_PORT_TYPE_SEND_RECEIVE
#define DEAD_NAME MACH_PORT_TYPE_DEAD_NAME
#define DNREQUEST MACH_PORT_TYPE_DNREQUEST
#define ARMED (DNREQUEST | MACH_PORT_TYPE_SPREQUEST)
#define DELAYED (ARMED | MACH_PORT_TYPE_SPREQUEST_DELAYED)

#define POSSIBLE MACH_NOTIFY_SEND_POSSIBLE
#define DEAD MACH_NOTIFY_DEAD_NAME
#define DELETED MACH_NOTIFY_PORT_DELETED

#define MAKE MACH_MSG_TYPE_MAKE_SEND_ONCE

/* A name that another task has for the port. */
#define THEIRS 0x4403

static mach_port_t previous;

static kern_return_t request(mach_port_t name, mach_msg_id_t id, uint32_t sync,
			     mach_port_t notify)
{
	previous = TEST_POISON32;
	return mach_port_request_notification(mach_task_self(), name, id, sync,
					      notify, MAKE, &previous);
}

/* Send without waiting, and be told when it is possible. */
static mach_msg_return_t send_notify(mach_port_t port,
				     mach_msg_type_name_t type)
{
	mach_msg_return_t mr;
	struct msg msg;

	msg_init(&msg, port, type, MACH_PORT_NULL, 0, FILLING);
	mr = mach_msg(&msg.head, MACH_SEND_MSG | MACH_SEND_TIMEOUT |
		      MACH_SEND_NOTIFY, MSG_HEADER, 0, MACH_PORT_NULL, 0,
		      MACH_PORT_NULL);
	/* What comes back has a right of its own. */
	if (mr == MACH_SEND_TIMED_OUT)
		MUST(mach_port_deallocate(mach_task_self(),
					  msg.head.msgh_remote_port));
	return mr;
}

static mach_msg_return_t try_send(mach_port_t port)
{
	return send_notify(port, MACH_MSG_TYPE_COPY_SEND);
}

/* The type bits of a name, with those that mach_port_type() leaves out. */
static mach_port_type_t full_type(mach_port_t name)
{
	uint32_t names[SPACE_NAMES], types[SPACE_NAMES], i;
	struct machdev_port_names call = {
		.task = mach_task_self(),
		.count = SPACE_NAMES,
		.names = (uintptr_t)names,
		.types = (uintptr_t)types,
	};

	MUST(mach_ioctl(MACHDEV_IOC_PORT_NAMES, &call));
	for (i = 0; i < call.count; i++) {
		if (names[i] == name)
			return types[i];
	}
	return 0;
}

static void take_one(mach_port_t port)
{
	struct msg msg;

	MUST(msg_receive(&msg, port));
}

/* A port with a full queue, whose one name has rights of both kinds. */
FIXTURE(possible) {
	mach_port_t port;	/* 2 send references */
	mach_port_t notify;
	uint64_t requests;
};

FIXTURE_SETUP(possible)
{
	self->notify = port_new();
	self->port = port_new_send(2);
	port_fill(self->port);
	self->requests = mach_counter(MACHDEV_COUNTER_REQUESTS);
}

FIXTURE_TEARDOWN(possible)
{
}

#define EXPECT_REQUESTS(more) \
	EXPECT_EQ(self->requests + (more), \
		  mach_counter(MACHDEV_COUNTER_REQUESTS))

#define EXPECT_TOLD(id) \
	EXPECT_NOTIFICATION(self->notify, id, self->port)

#define EXPECT_SILENCE() \
	EXPECT_NO_MESSAGE(self->notify)

#define REQUEST(id, sync) do {						\
	ASSERT_KR(KERN_SUCCESS,						\
		  request(self->port, id, sync, self->notify));		\
	EXPECT_WORD(MACH_PORT_NULL, previous);				\
} while (0)

/* Room to be told of: requested, and a send has come back. */
#define ARM() do {							\
	REQUEST(POSSIBLE, 0);						\
	ASSERT_KR(MACH_SEND_TIMED_OUT, try_send(self->port));		\
} while (0)

/*
 * Arming
 */

TEST_F(possible, room_alone_does_not_answer_what_is_delayed)
{
	REQUEST(POSSIBLE, 0);
	EXPECT_REQUESTS(1);
	EXPECT_WORD(SEND_RECEIVE | DELAYED, full_type(self->port));
	EXPECT_NAME(SEND_RECEIVE | DNREQUEST, 2, self->port);
	port_drain(self->port);
	EXPECT_SILENCE();
	EXPECT_WORD(SEND_RECEIVE | DELAYED, full_type(self->port));
}

TEST_F(possible, a_send_that_finds_no_room_is_told_of_it)
{
	ARM();
	EXPECT_WORD(SEND_RECEIVE | ARMED, full_type(self->port));
	EXPECT_NAME(SEND_RECEIVE | DNREQUEST, 2, self->port);
	EXPECT_SILENCE();
	take_one(self->port);
	EXPECT_TOLD(POSSIBLE);
	EXPECT_REQUESTS(0);
	EXPECT_KR(MACH_MSG_SUCCESS, try_send(self->port));
}

TEST_F(possible, answered_once)
{
	ARM();
	take_one(self->port);
	EXPECT_TOLD(POSSIBLE);
	EXPECT_WORD(SEND_RECEIVE, full_type(self->port));
	EXPECT_KR(MACH_MSG_SUCCESS, try_send(self->port));
	EXPECT_KR(MACH_SEND_TIMED_OUT, try_send(self->port));
	port_drain(self->port);
	EXPECT_SILENCE();
	/* Nothing to be given back, by a cancel or another request. */
	ASSERT_KR(KERN_SUCCESS,
		  request(self->port, POSSIBLE, 0, MACH_PORT_NULL));
	EXPECT_WORD(MACH_PORT_NULL, previous);
}

TEST_F(possible, requested_again_after_the_answer)
{
	int i;

	for (i = 0; i < 3; i++) {
		ARM();
		take_one(self->port);
		EXPECT_TOLD(POSSIBLE);
		EXPECT_KR(MACH_MSG_SUCCESS, try_send(self->port));
	}
	EXPECT_REQUESTS(0);
}

TEST_F(possible, a_send_that_goes_in_arms_nothing)
{
	REQUEST(POSSIBLE, 0);
	take_one(self->port);
	EXPECT_KR(MACH_MSG_SUCCESS, try_send(self->port));
	EXPECT_WORD(SEND_RECEIVE | DELAYED, full_type(self->port));
	port_drain(self->port);
	EXPECT_SILENCE();
}

TEST_F(possible, a_send_without_the_option_arms_nothing)
{
	REQUEST(POSSIBLE, 0);
	EXPECT_KR(MACH_SEND_TIMED_OUT,
		  msg_send_id(self->port, MACH_MSG_TYPE_COPY_SEND, FILLING));
	port_drain(self->port);
	EXPECT_SILENCE();
}

TEST_F(possible, the_option_without_a_request)
{
	EXPECT_KR(MACH_SEND_TIMED_OUT, try_send(self->port));
	port_drain(self->port);
	REQUEST(POSSIBLE, 0);
	EXPECT_SILENCE();
}

TEST_F(possible, a_dead_name_request_is_not_armed)
{
	REQUEST(DEAD, 0);
	EXPECT_KR(MACH_SEND_TIMED_OUT, try_send(self->port));
	EXPECT_WORD(SEND_RECEIVE | DNREQUEST, full_type(self->port));
	port_drain(self->port);
	EXPECT_SILENCE();
}

/* What goes through the receive right has the same name. */
TEST_F(possible, a_send_right_made_for_the_send)
{
	REQUEST(POSSIBLE, 0);
	EXPECT_KR(MACH_SEND_TIMED_OUT,
		  send_notify(self->port, MACH_MSG_TYPE_MAKE_SEND));
	take_one(self->port);
	EXPECT_TOLD(POSSIBLE);
}

/* Sends through send-once rights do not wait for room, and arm nothing. */
TEST_F(possible, a_send_once_right_made_for_the_send)
{
	REQUEST(POSSIBLE, 0);
	EXPECT_KR(MACH_MSG_SUCCESS, send_notify(self->port, MAKE));
	EXPECT_WORD(SEND_RECEIVE | DELAYED, full_type(self->port));
}

TEST_F(possible, a_send_that_waits_arms_too)
{
	struct msg message;
	struct msg_call call = {
		.msg = &message.head,
		.option = MACH_SEND_MSG | MACH_SEND_NOTIFY,
		.send_size = MSG_HEADER,
	};

	msg_init(&message, self->port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
		 0, FILLING);
	REQUEST(POSSIBLE, 0);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	EXPECT_WORD(SEND_RECEIVE | ARMED, full_type(self->port));
	/* The place is taken by who has waited. */
	take_one(self->port);
	EXPECT_KR(MACH_MSG_SUCCESS, msg_call_result(&call));
	EXPECT_SILENCE();
	take_one(self->port);
	EXPECT_TOLD(POSSIBLE);
}

/*
 * At once
 */

TEST_F(possible, at_once_when_there_is_room)
{
	take_one(self->port);
	REQUEST(POSSIBLE, 1);
	EXPECT_TOLD(POSSIBLE);
	EXPECT_REQUESTS(0);
	EXPECT_WORD(SEND_RECEIVE, full_type(self->port));
}

TEST_F(possible, armed_when_there_is_none)
{
	REQUEST(POSSIBLE, 1);
	EXPECT_SILENCE();
	EXPECT_WORD(SEND_RECEIVE | ARMED, full_type(self->port));
	take_one(self->port);
	EXPECT_TOLD(POSSIBLE);
	EXPECT_REQUESTS(0);
}

TEST_F(possible, at_once_and_the_earlier_right_comes_back)
{
	mach_port_t other = port_new();

	ASSERT_KR(KERN_SUCCESS, request(self->port, POSSIBLE, 0, other));
	take_one(self->port);
	ASSERT_KR(KERN_SUCCESS,
		  request(self->port, POSSIBLE, 1, self->notify));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_ONCE, 1, previous);
	EXPECT_TOLD(POSSIBLE);
	EXPECT_REQUESTS(0);
	EXPECT_NO_MESSAGE(other);
}

TEST_F(possible, a_send_once_right_has_room)
{
	mach_port_t once = port_new_once(self->port);

	ASSERT_KR(KERN_SUCCESS, request(once, POSSIBLE, 1, self->notify));
	EXPECT_NOTIFICATION(self->notify, POSSIBLE, once);
	EXPECT_REQUESTS(0);
	ASSERT_KR(KERN_SUCCESS, request(once, POSSIBLE, 0, self->notify));
	EXPECT_SILENCE();
	EXPECT_REQUESTS(1);
	/* The name goes with the right. */
	EXPECT_KR(MACH_MSG_SUCCESS,
		  send_notify(once, MACH_MSG_TYPE_MOVE_SEND_ONCE));
	EXPECT_NOTIFICATION(self->notify, DELETED, once);
}

TEST_F(possible, a_kernel_object_has_room)
{
	mach_port_t task = mach_task_self();

	ASSERT_KR(KERN_SUCCESS, request(task, POSSIBLE, 1, self->notify));
	EXPECT_NOTIFICATION(self->notify, POSSIBLE, task);
}

/*
 * Who makes room
 */

TEST_F(possible, a_higher_limit_makes_room)
{
	ARM();
	port_limit(self->port, 3);
	port_limit(self->port, 5);
	EXPECT_SILENCE();
	port_limit(self->port, 6);
	EXPECT_TOLD(POSSIBLE);
	EXPECT_REQUESTS(0);
}

TEST_F(possible, no_room_as_long_as_the_limit_is_passed)
{
	ARM();
	port_limit(self->port, 3);
	take_one(self->port);
	take_one(self->port);
	EXPECT_SILENCE();
	take_one(self->port);
	EXPECT_TOLD(POSSIBLE);
}

TEST_F(possible, a_message_that_is_too_large_makes_room)
{
	mach_msg_header_t small;

	ARM();
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  mach_msg(&small, MACH_RCV_MSG | MACH_RCV_LARGE |
			   MACH_RCV_TIMEOUT, 0, 0, self->port, 0,
			   MACH_PORT_NULL));
	EXPECT_SILENCE();
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  mach_msg(&small, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   sizeof(small), self->port, 0, MACH_PORT_NULL));
	EXPECT_TOLD(POSSIBLE);
}

/* Waiting senders come first, and leave no room. */
TEST_F(possible, those_who_wait_go_before)
{
	struct msg message;
	struct msg_call call = {
		.msg = &message.head,
		.option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	};

	ARM();
	msg_init(&message, self->port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
		 0, FILLING);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	take_one(self->port);
	EXPECT_KR(MACH_MSG_SUCCESS, msg_call_result(&call));
	EXPECT_SILENCE();
	take_one(self->port);
	EXPECT_TOLD(POSSIBLE);
}

TEST_F(possible, the_new_receiver_makes_room)
{
	struct holder holder;
	mach_port_t name;
	mach_msg_type_name_t type;

	holder_start(&holder);
	ARM();
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, THEIRS, self->port,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	EXPECT_WORD(SEND | ARMED, full_type(self->port));
	EXPECT_SILENCE();
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_extract_right(holder.task, THEIRS,
					  MACH_MSG_TYPE_MOVE_RECEIVE, &name,
					  &type));
	EXPECT_WORD(self->port, name);
	take_one(self->port);
	EXPECT_TOLD(POSSIBLE);
	holder_end(&holder);
}

/* More than are told under one hold of a lock, each by its own name. */
TEST_F(possible, many_tasks)
{
	enum { TASKS = 70 };
	struct holder holder[TASKS];
	struct notification got;
	bool told[TASKS] = { };
	unsigned int i, n;

	for (i = 0; i < TASKS; i++) {
		holder_start(&holder[i]);
		MUST(mach_port_insert_right(holder[i].task, THEIRS + 0x100 * i,
					    self->port,
					    MACH_MSG_TYPE_COPY_SEND));
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_request_notification(holder[i].task,
							 THEIRS + 0x100 * i,
							 POSSIBLE, 1,
							 self->notify, MAKE,
							 &previous));
	}
	EXPECT_REQUESTS(TASKS);
	EXPECT_SILENCE();
	take_one(self->port);
	EXPECT_REQUESTS(0);
	for (n = 0; n < TASKS; n++) {
		ASSERT_KR(KERN_SUCCESS,
			  notification_receive(self->notify, &got));
		EXPECT_WORD(POSSIBLE, got.header.id);
		i = (got.word[2] - THEIRS) / 0x100;
		ASSERT_GT(TASKS, i);
		EXPECT_FALSE(told[i]);
		told[i] = true;
	}
	EXPECT_SILENCE();
	for (i = 0; i < TASKS; i++)
		holder_end(&holder[i]);
}

/*
 * Other ends of a request
 */

TEST_F(possible, a_dead_name_is_told_at_once)
{
	mach_port_t dead = port_new_dead(2);

	ASSERT_KR(KERN_SUCCESS, request(dead, POSSIBLE, 0, self->notify));
	EXPECT_WORD(MACH_PORT_NULL, previous);
	EXPECT_NAME(DEAD_NAME, 3, dead);
	EXPECT_NOTIFICATION(self->notify, DEAD, dead);
	ASSERT_KR(KERN_SUCCESS, request(dead, POSSIBLE, 1, self->notify));
	EXPECT_NAME(DEAD_NAME, 4, dead);
	EXPECT_NOTIFICATION(self->notify, DEAD, dead);
	EXPECT_REQUESTS(0);
	/* There is nothing to be cancelled. */
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       request(dead, POSSIBLE, 0, MACH_PORT_NULL));
}

TEST_F(possible, references_that_stick)
{
	mach_port_t dead = port_new_dead(1);

	MUST(mach_port_mod_refs(mach_task_self(), dead,
				MACH_PORT_RIGHT_DEAD_NAME, 0xfffe));
	EXPECT_NAME(DEAD_NAME, 0xffff, dead);
	ASSERT_KR(KERN_SUCCESS, request(dead, POSSIBLE, 0, self->notify));
	EXPECT_NAME(DEAD_NAME, 0xffff, dead);
	EXPECT_NOTIFICATION(self->notify, DEAD, dead);
}

TEST_F(possible, bad_names)
{
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       request(MACH_PORT_NULL, POSSIBLE, 0, self->notify));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       request(MACH_PORT_DEAD, POSSIBLE, 0, self->notify));
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       request(0x777703, POSSIBLE, 0, self->notify));
	EXPECT_REFUSED(KERN_INVALID_CAPABILITY,
		       request(self->port, POSSIBLE, 0, MACH_PORT_DEAD));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(self->port, POSSIBLE, 0, 0x777703));
	EXPECT_REQUESTS(0);
}

TEST_F(possible, the_port_dies_before_there_is_room)
{
	ARM();
	port_destroy_receive(self->port);
	EXPECT_NAME(DEAD_NAME, 3, self->port);
	EXPECT_TOLD(DEAD);
	EXPECT_SILENCE();
	EXPECT_REQUESTS(0);
}

TEST_F(possible, the_port_dies_before_a_send)
{
	REQUEST(POSSIBLE, 0);
	port_destroy_receive(self->port);
	EXPECT_NAME(DEAD_NAME, 3, self->port);
	EXPECT_TOLD(DEAD);
}

/* As before, in a task that finds out later. */
TEST_F(possible, the_port_of_another_dies)
{
	struct holder holder;

	holder_start(&holder);
	MUST(mach_port_insert_right(holder.task, THEIRS, self->port,
				    MACH_MSG_TYPE_MOVE_RECEIVE));
	ARM();
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(holder.task, THEIRS));
	EXPECT_TOLD(DEAD);
	EXPECT_SILENCE();
	EXPECT_NAME(DEAD_NAME, 3, self->port);
	holder_end(&holder);
}

/* One answer, and so no reference for another. */
TEST_F(possible, the_port_dies_after_the_answer)
{
	ARM();
	take_one(self->port);
	EXPECT_TOLD(POSSIBLE);
	port_destroy_receive(self->port);
	EXPECT_NAME(DEAD_NAME, 2, self->port);
	EXPECT_SILENCE();
}

TEST_F(possible, the_port_of_another_dies_after_the_answer)
{
	struct holder holder;

	holder_start(&holder);
	MUST(mach_port_insert_right(holder.task, THEIRS, self->port,
				    MACH_MSG_TYPE_COPY_SEND));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_request_notification(holder.task, THEIRS, POSSIBLE,
						 1, self->notify, MAKE,
						 &previous));
	take_one(self->port);
	EXPECT_NOTIFICATION(self->notify, POSSIBLE, THEIRS);
	port_destroy_receive(self->port);
	EXPECT_NAME_IN(holder.task, DEAD_NAME, 1, THEIRS);
	EXPECT_SILENCE();
	holder_end(&holder);
}

TEST_F(possible, the_name_goes_first)
{
	struct holder holder;

	holder_start(&holder);
	MUST(mach_port_insert_right(holder.task, THEIRS, self->port,
				    MACH_MSG_TYPE_MOVE_RECEIVE));
	ARM();
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_destroy(mach_task_self(), self->port));
	EXPECT_TOLD(DELETED);
	EXPECT_REQUESTS(0);
	holder_end(&holder);
}

TEST_F(possible, the_name_goes_after_the_answer)
{
	struct holder holder;

	holder_start(&holder);
	ARM();
	take_one(self->port);
	EXPECT_TOLD(POSSIBLE);
	MUST(mach_port_insert_right(holder.task, THEIRS, self->port,
				    MACH_MSG_TYPE_MOVE_RECEIVE));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_destroy(mach_task_self(), self->port));
	EXPECT_SILENCE();
	holder_end(&holder);
}

TEST_F(possible, the_task_that_asked_is_killed)
{
	struct holder holder;

	holder_start(&holder);
	MUST(mach_port_insert_right(holder.task, THEIRS, self->port,
				    MACH_MSG_TYPE_COPY_SEND));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_request_notification(holder.task, THEIRS, POSSIBLE,
						 1, self->notify, MAKE,
						 &previous));
	holder_end(&holder);
	EXPECT_NOTIFICATION(self->notify, DELETED, THEIRS);
	take_one(self->port);
	EXPECT_SILENCE();
	EXPECT_REQUESTS(0);
}

TEST_F(possible, cancelled)
{
	ARM();
	ASSERT_KR(KERN_SUCCESS,
		  request(self->port, POSSIBLE, 0, MACH_PORT_NULL));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_ONCE, 1, previous);
	EXPECT_WORD(SEND_RECEIVE, full_type(self->port));
	take_one(self->port);
	EXPECT_SILENCE();
	EXPECT_REQUESTS(0);
}

/* Both kinds have one place, and each cancels the other. */
TEST_F(possible, replaces_a_dead_name_request)
{
	REQUEST(DEAD, 0);
	ASSERT_KR(KERN_SUCCESS,
		  request(self->port, POSSIBLE, 0, self->notify));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_ONCE, 1, previous);
	EXPECT_WORD(SEND_RECEIVE | DELAYED, full_type(self->port));
	EXPECT_KR(MACH_SEND_TIMED_OUT, try_send(self->port));
	ASSERT_KR(KERN_SUCCESS, request(self->port, DEAD, 0, self->notify));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_ONCE, 1, previous);
	EXPECT_WORD(SEND_RECEIVE | DNREQUEST, full_type(self->port));
	take_one(self->port);
	EXPECT_SILENCE();
	EXPECT_REQUESTS(1);
	ASSERT_KR(KERN_SUCCESS, request(self->port, DEAD, 0, MACH_PORT_NULL));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_ONCE, 1, previous);
}

TEST_F(possible, renamed)
{
	mach_port_t name = 0x660003;

	ARM();
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_rename(mach_task_self(), self->port, name));
	EXPECT_WORD(SEND_RECEIVE | ARMED, full_type(name));
	take_one(name);
	EXPECT_NOTIFICATION(self->notify, POSSIBLE, name);
}

TEST_F(possible, renamed_after_the_answer)
{
	mach_port_t name = 0x660003;

	ARM();
	take_one(self->port);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_rename(mach_task_self(), self->port, name));
	EXPECT_TOLD(POSSIBLE);
	EXPECT_WORD(SEND_RECEIVE, full_type(name));
}

TEST_F(possible, the_notify_port_is_dead)
{
	ARM();
	MUST(mach_port_destroy(mach_task_self(), self->notify));
	take_one(self->port);
	EXPECT_REQUESTS(0);
	EXPECT_WORD(SEND_RECEIVE, full_type(self->port));
}

/* The port tells of its own room, whatever its limit. */
TEST_F(possible, notified_on_the_port_itself)
{
	struct notification got;

	ASSERT_KR(KERN_SUCCESS, request(self->port, POSSIBLE, 1, self->port));
	take_one(self->port);
	EXPECT_WORD(5, port_queued(self->port));
	port_limit(self->port, 5);
	take_one(self->port);
	take_one(self->port);
	take_one(self->port);
	take_one(self->port);
	ASSERT_KR(KERN_SUCCESS, notification_receive(self->port, &got));
	EXPECT_TRUE(notification_is(&got, self->port, POSSIBLE, self->port,
				    5));
}

/*
 * A sender that never waits in a send, and one that receives
 */

#define STREAM 3000

static void *drain(void *argument)
{
	mach_port_t port = *(mach_port_t *)argument;
	struct msg msg;
	long next;

	for (next = 0; next < STREAM; next++) {
		MUST(msg_await(&msg, port));
		MUST(msg.head.msgh_id != next);
	}
	return NULL;
}

/* Sends them all in order; -1 when it is not told that it could go on. */
static int stream(mach_port_t port, mach_port_t notify)
{
	struct notification got;
	mach_msg_return_t mr;
	struct msg msg;
	long next = 0;

	while (next < STREAM) {
		MUST(request(port, POSSIBLE, 0, notify));
		do {
			msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND,
				 MACH_PORT_NULL, 0, next);
			mr = mach_msg(&msg.head, MACH_SEND_MSG |
				      MACH_SEND_TIMEOUT | MACH_SEND_NOTIFY,
				      MSG_HEADER, 0, MACH_PORT_NULL, 0,
				      MACH_PORT_NULL);
		} while (!mr && ++next < STREAM);
		if (!mr)
			break;
		MUST(mr != MACH_SEND_TIMED_OUT);
		/* The buffer holds a right of its own now. */
		MUST(mach_port_deallocate(mach_task_self(),
					  msg.head.msgh_remote_port));
		if (notification_receive(notify, &got) ||
		    got.header.id != POSSIBLE)
			return -1;
	}
	return 0;
}

TEST(nothing_is_missed)
{
	mach_port_t port = port_new_send(1), notify = port_new();
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, drain, &port));
	EXPECT_EQ(0, stream(port, notify));
	MUST(pthread_join(thread, NULL));
}

MACH_TEST_MAIN
