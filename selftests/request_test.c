// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications: mach_port_request_notification() for dead names, and the
 * messages that the kernel makes, byte by byte.
 */
#include "port_helpers.h"

#define SEND MACH_PORT_TYPE_SEND
#define RECEIVE MACH_PORT_TYPE_RECEIVE
#define SEND_RECEIVE MACH_PORT_TYPE_SEND_RECEIVE
#define SEND_ONCE MACH_PORT_TYPE_SEND_ONCE
#define DEAD_NAME MACH_PORT_TYPE_DEAD_NAME
#define DNREQUEST MACH_PORT_TYPE_DNREQUEST

#define DEAD MACH_NOTIFY_DEAD_NAME
#define DELETED MACH_NOTIFY_PORT_DELETED
#define ONCE MACH_NOTIFY_SEND_ONCE

#define MAKE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE MACH_MSG_TYPE_MOVE_SEND_ONCE

/* The name that the other task has for the watched port. */
#define THEIRS 0x4403

static mach_port_t previous;

static kern_return_t request(mach_port_t name, mach_msg_id_t id, uint32_t sync,
			     mach_port_t notify, mach_msg_type_name_t type)
{
	previous = TEST_POISON32;
	return mach_port_request_notification(mach_task_self(), name, id, sync,
					      notify, type, &previous);
}

static kern_return_t cancel(mach_port_t name)
{
	return request(name, DEAD, 0, MACH_PORT_NULL, MAKE);
}

/*
 * Names of each kind for one port that the other task receives from, and a
 * port of our own to be notified on.
 */
FIXTURE(request) {
	struct holder holder;
	mach_port_t task;
	mach_port_t other;
	mach_port_t notify;
	mach_port_t send;	/* 2 references */
	mach_port_t once;
	mach_port_t dead;	/* 2 references */
	uint64_t requests;
};

FIXTURE_SETUP(request)
{
	mach_msg_type_name_t type;

	holder_start(&self->holder);
	self->task = mach_task_self();
	self->other = self->holder.task;
	self->notify = port_new();
	self->send = port_new_send(2);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, THEIRS, self->send,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_extract_right(self->other, THEIRS, MAKE,
					  &self->once, &type));
	self->dead = port_new_dead(2);
	self->requests = mach_counter(MACHDEV_COUNTER_REQUESTS);
}

FIXTURE_TEARDOWN(request)
{
	holder_end(&self->holder);
}

#define EXPECT_REQUESTS(more) \
	EXPECT_EQ(self->requests + (more), \
		  mach_counter(MACHDEV_COUNTER_REQUESTS))

#define KILL_PORT() \
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->other, THEIRS))

/*
 * Registering
 */

TEST_F(request, other_notifications)
{
	static const mach_msg_id_t unknown[] = {
		0, 1, 64, 65, 67, 68, 71, 73, 77, 78, 72 + 0x10000, -1,
	};
	mach_port_t port = port_new_send(1);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		EXPECT_KR(KERN_INVALID_VALUE,
			  request(port, unknown[i], 0, self->notify, MAKE));
	}
	EXPECT_NAME(SEND_RECEIVE, 1, port);
	EXPECT_REQUESTS(0);
}

TEST_F(request, bad_name)
{
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  request(MACH_PORT_NULL, DEAD, 0, self->notify, MAKE));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  request(MACH_PORT_DEAD, DEAD, 0, self->notify, MAKE));
	EXPECT_KR(KERN_INVALID_NAME,
		  request(0x777703, DEAD, 0, self->notify, MAKE));
	EXPECT_KR(KERN_INVALID_NAME,
		  request(self->send + 4, DEAD, 0, self->notify, MAKE));
	EXPECT_REQUESTS(0);
}

TEST_F(request, name_already_dead)
{
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  request(self->dead, DEAD, 0, self->notify, MAKE));
	EXPECT_NAME(DEAD_NAME, 2, self->dead);
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  request(self->dead, DEAD, 1, self->notify, MAKE));
	EXPECT_NAME(DEAD_NAME, 2, self->dead);
	EXPECT_REQUESTS(0);
}

TEST_F(request, bad_notify)
{
	static const mach_msg_type_name_t types[] = {
		0, 15, 16, 17, 19, 20, 22, UINT32_MAX,
	};
	unsigned int i;

	EXPECT_REFUSED(KERN_INVALID_CAPABILITY,
		       request(self->send, DEAD, 0, MACH_PORT_DEAD, MAKE));
	EXPECT_REFUSED(KERN_INVALID_CAPABILITY,
		       request(self->send, DEAD, 0, MACH_PORT_DEAD, MOVE));
	/* Any other disposition. */
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		EXPECT_REFUSED(KERN_INVALID_CAPABILITY,
			       request(self->send, DEAD, 0, self->notify,
				       types[i]));
	}
	/* No such right under that name, or no such name: never a cancel. */
	request_dead_name(self->task, self->send, self->notify);
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(self->send, DEAD, 0, self->send, MAKE));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(self->send, DEAD, 0, self->notify, MOVE));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(self->send, DEAD, 0, self->once, MAKE));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(self->send, DEAD, 0, 0x777703, MAKE));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(self->send, DEAD, 0, 0x777703, MOVE));
	EXPECT_REQUESTS(1);
}

TEST_F(request, cancel_without_request)
{
	EXPECT_REFUSED(KERN_SUCCESS, cancel(self->send));
	EXPECT_WORD(MACH_PORT_NULL, previous);
	EXPECT_REFUSED(KERN_SUCCESS, cancel(self->once));
	EXPECT_WORD(MACH_PORT_NULL, previous);
	EXPECT_REFUSED(KERN_SUCCESS, cancel(self->notify));
	EXPECT_WORD(MACH_PORT_NULL, previous);
}

TEST_F(request, shows_in_the_type)
{
	EXPECT_KR(KERN_SUCCESS,
		  request(self->send, DEAD, 0, self->notify, MAKE));
	EXPECT_WORD(MACH_PORT_NULL, previous);
	EXPECT_NAME(SEND | DNREQUEST, 2, self->send);
	EXPECT_KR(KERN_SUCCESS,
		  request(self->once, DEAD, 0, self->notify, MAKE));
	EXPECT_NAME(SEND_ONCE | DNREQUEST, 1, self->once);
	EXPECT_KR(KERN_SUCCESS,
		  request(self->notify, DEAD, 0, self->notify, MAKE));
	EXPECT_NAME(RECEIVE | DNREQUEST, 0, self->notify);
	EXPECT_REQUESTS(3);
	EXPECT_WORD(3, port_status(self->notify).mps_sorights);
	EXPECT_KR(KERN_SUCCESS, cancel(self->send));
	EXPECT_NAME(SEND, 2, self->send);
	EXPECT_REQUESTS(2);
}

/* The earlier right comes back, as good as new, under a name of its own. */
TEST_F(request, replace)
{
	mach_port_t a = port_new(), b = port_new(), first, second;
	struct msg msg;

	EXPECT_KR(KERN_SUCCESS, request(self->send, DEAD, 0, a, MAKE));
	EXPECT_WORD(MACH_PORT_NULL, previous);
	EXPECT_KR(KERN_SUCCESS, request(self->send, DEAD, 0, b, MAKE));
	first = previous;
	EXPECT_NAME(SEND_ONCE, 1, first);
	EXPECT_NAME(SEND | DNREQUEST, 2, self->send);
	EXPECT_REQUESTS(1);
	EXPECT_KR(KERN_SUCCESS, cancel(self->send));
	second = previous;
	EXPECT_NAME(SEND_ONCE, 1, second);
	EXPECT_NE(first, second);
	EXPECT_NAME(SEND, 2, self->send);
	EXPECT_REQUESTS(0);

	EXPECT_KR(KERN_SUCCESS, msg_send_id(first, MOVE, 41));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, a));
	EXPECT_EQ(41, msg.head.msgh_id);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(self->task, second));
	EXPECT_NOTIFICATION(b, ONCE, 0);

	/* Cancelled: nobody is told. */
	KILL_PORT();
	EXPECT_NAME(DEAD_NAME, 2, self->send);
	EXPECT_NO_MESSAGE(a);
	EXPECT_NO_MESSAGE(b);
}

TEST_F(request, moved_notify_right)
{
	mach_port_t right = port_new_once(self->notify);

	EXPECT_KR(KERN_SUCCESS, request(self->send, DEAD, 0, right, MOVE));
	EXPECT_NAME(0, 0, right);
	EXPECT_WORD(1, port_status(self->notify).mps_sorights);
	KILL_PORT();
	EXPECT_NOTIFICATION(self->notify, DEAD, self->send);
}

/* Replacing a request by its own right, taken back, is no trouble. */
TEST_F(request, replaced_many_times)
{
	int i;

	request_dead_name(self->task, self->send, self->notify);
	for (i = 0; i < 200; i++) {
		EXPECT_KR(KERN_SUCCESS, cancel(self->send));
		EXPECT_KR(KERN_SUCCESS,
			  request(self->send, DEAD, 0, previous, MOVE));
		EXPECT_WORD(MACH_PORT_NULL, previous);
	}
	EXPECT_REQUESTS(1);
	KILL_PORT();
	EXPECT_NOTIFICATION(self->notify, DEAD, self->send);
	EXPECT_NO_MESSAGE(self->notify);
}

/*
 * Dead-name notifications
 */

TEST_F(request, send_right_dies)
{
	request_dead_name(self->task, self->send, self->notify);
	EXPECT_NO_MESSAGE(self->notify);
	KILL_PORT();
	/* The message carries a reference. */
	EXPECT_NAME(DEAD_NAME, 3, self->send);
	EXPECT_NOTIFICATION_AT(self->notify, DEAD, self->send, 0);
	EXPECT_NAME(DEAD_NAME, 3, self->send);
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_WORD(0, port_status(self->notify).mps_sorights);
	EXPECT_REQUESTS(0);
}

/* The message is there before anything has looked at the name. */
TEST_F(request, notified_before_the_name_is_looked_at)
{
	request_dead_name(self->task, self->send, self->notify);
	KILL_PORT();
	EXPECT_NOTIFICATION_AT(self->notify, DEAD, self->send, 0);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(self->task, self->send,
				     MACH_PORT_RIGHT_DEAD_NAME, -3));
	EXPECT_NAME(0, 0, self->send);
}

TEST_F(request, send_once_right_dies)
{
	request_dead_name(self->task, self->once, self->notify);
	KILL_PORT();
	EXPECT_NOTIFICATION(self->notify, DEAD, self->once);
	EXPECT_NAME(DEAD_NAME, 2, self->once);
	/* The other name of the port had no request. */
	EXPECT_NAME(DEAD_NAME, 2, self->send);
	EXPECT_NO_MESSAGE(self->notify);
}

TEST_F(request, own_receive_right_dies)
{
	mach_port_t port = port_new_send(1);

	request_dead_name(self->task, port, self->notify);
	EXPECT_NAME(SEND_RECEIVE | DNREQUEST, 1, port);
	port_destroy_receive(port);
	EXPECT_NAME(DEAD_NAME, 2, port);
	EXPECT_NOTIFICATION(self->notify, DEAD, port);
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_REQUESTS(0);
}

TEST_F(request, several_names_and_tasks)
{
	mach_port_t second = port_new(), theirs = 0x9903;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, theirs, self->notify,
					 MACH_MSG_TYPE_MAKE_SEND));
	request_dead_name(self->task, self->send, self->notify);
	request_dead_name(self->task, self->once, second);
	/* In the other task, on its receive right, to be told here. */
	EXPECT_REQUESTS(2);
	KILL_PORT();
	EXPECT_NOTIFICATION(self->notify, DEAD, self->send);
	EXPECT_NOTIFICATION(second, DEAD, self->once);
	EXPECT_NAME_IN(self->other, SEND, 1, theirs);
	EXPECT_REQUESTS(0);
}

/* The name in the message is that of the task that the request was made in. */
TEST_F(request, name_of_another_task)
{
	mach_port_t port = port_new();

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, 0x9903, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	request_dead_name(self->other, 0x9903, self->notify);
	EXPECT_NAME_IN(self->other, SEND | DNREQUEST, 1, 0x9903);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, port));
	EXPECT_NAME_IN(self->other, DEAD_NAME, 2, 0x9903);
	EXPECT_NOTIFICATION(self->notify, DEAD, 0x9903);
}

TEST_F(request, holder_of_the_port_is_killed)
{
	struct holder victim;
	mach_port_t port = port_new_send(1);

	holder_start(&victim);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(victim.task, 0x9903, port,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	request_dead_name(self->task, port, self->notify);
	EXPECT_EQ(128 + SIGKILL, child_kill(victim.pid));
	/* Waited for, not synchronised with. */
	EXPECT_NOTIFICATION_AT(self->notify, DEAD, port, 0);
	EXPECT_NAME(DEAD_NAME, 2, port);
}

/* Names go before what they denote, the receive right of a port included. */
TEST_F(request, holder_of_the_name_is_killed)
{
	mach_port_t port = port_new(), notify = port_new();
	struct holder victim;

	holder_start(&victim);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(victim.task, 0x9903, port,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(victim.task, 0x9a03, self->send,
					 MACH_MSG_TYPE_COPY_SEND));
	request_dead_name(victim.task, 0x9903, self->notify);
	request_dead_name(victim.task, 0x9a03, notify);
	EXPECT_EQ(128 + SIGKILL, child_kill(victim.pid));
	EXPECT_NOTIFICATION_AT(self->notify, DELETED, 0x9903, 0);
	EXPECT_NOTIFICATION_AT(notify, DELETED, 0x9a03, 0);
	EXPECT_REQUESTS(0);
}

/* So one learns of the death of a task. */
TEST_F(request, task_port_dies)
{
	struct holder victim;

	holder_start(&victim);
	request_dead_name(self->task, victim.task, self->notify);
	EXPECT_EQ(128 + SIGKILL, child_kill(victim.pid));
	EXPECT_NOTIFICATION_AT(self->notify, DEAD, victim.task, 0);
	EXPECT_NAME(DEAD_NAME, 2, victim.task);
}

/* A full queue, or one without places, does not hold a notification up. */
TEST_F(request, queue_limit_does_not_count)
{
	struct msg msg;
	int i;

	request_dead_name(self->task, self->send, self->notify);
	for (i = 0; i < 5; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  msg_send_id(self->notify, MACH_MSG_TYPE_MAKE_SEND,
				      i));
	}
	KILL_PORT();
	EXPECT_WORD(6, port_status(self->notify).mps_msgcount);
	for (i = 0; i < 5; i++)
		EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, self->notify));
	EXPECT_NOTIFICATION_AT(self->notify, DEAD, self->send, 5);

	port_limit(self->notify, 0);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_deallocate(self->task,
				       port_new_once(self->notify)));
	EXPECT_NOTIFICATION_AT(self->notify, ONCE, 0, 6);
}

TEST_F(request, notify_port_died_first)
{
	request_dead_name(self->task, self->send, self->notify);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->notify));
	EXPECT_NAME(SEND | DNREQUEST, 2, self->send);
	KILL_PORT();
	/* Nobody was told, and still the reference is there. */
	EXPECT_NAME(DEAD_NAME, 3, self->send);
	EXPECT_REQUESTS(0);
}

/* A port that is to be told of its own death is not. */
TEST_F(request, notify_port_watches_itself)
{
	mach_port_t port = port_new_send(1);

	request_dead_name(self->task, port, port);
	port_destroy_receive(port);
	EXPECT_NAME(DEAD_NAME, 2, port);
	EXPECT_REQUESTS(0);
}

TEST_F(request, previous_of_a_dead_notify_port)
{
	request_dead_name(self->task, self->send, self->notify);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->notify));
	EXPECT_KR(KERN_SUCCESS, cancel(self->send));
	EXPECT_WORD(MACH_PORT_DEAD, previous);
	EXPECT_NAME(SEND, 2, self->send);
	EXPECT_REQUESTS(0);
}

/* The request stays with the name while the receive right moves. */
TEST_F(request, receive_right_moves)
{
	mach_port_t right;
	mach_msg_type_name_t type;

	request_dead_name(self->task, self->send, self->notify);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_extract_right(self->other, THEIRS,
					  MACH_MSG_TYPE_MOVE_RECEIVE, &right,
					  &type));
	EXPECT_WORD(self->send, right);
	EXPECT_NAME(SEND_RECEIVE | DNREQUEST, 2, self->send);
	EXPECT_NO_MESSAGE(self->notify);
	port_destroy_receive(self->send);
	EXPECT_NAME(DEAD_NAME, 3, self->send);
	EXPECT_NOTIFICATION(self->notify, DEAD, self->send);
}

/* More references, or fewer, but not the last: the request stands. */
TEST_F(request, references_change)
{
	request_dead_name(self->task, self->send, self->notify);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(self->task, self->send,
				     MACH_PORT_RIGHT_SEND, 5));
	EXPECT_NAME(SEND | DNREQUEST, 7, self->send);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(self->task, self->send,
				     MACH_PORT_RIGHT_SEND, -6));
	EXPECT_NAME(SEND | DNREQUEST, 1, self->send);
	EXPECT_NO_MESSAGE(self->notify);
	KILL_PORT();
	EXPECT_NAME(DEAD_NAME, 2, self->send);
	EXPECT_NOTIFICATION(self->notify, DEAD, self->send);
}

/*
 * Port-deleted notifications: the name goes while the port lives
 */

TEST_F(request, deleted_by_deallocate)
{
	request_dead_name(self->task, self->send, self->notify);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(self->task, self->send));
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(self->task, self->send));
	EXPECT_NAME(0, 0, self->send);
	EXPECT_NOTIFICATION_AT(self->notify, DELETED, self->send, 0);
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_REQUESTS(0);
	KILL_PORT();
	EXPECT_NO_MESSAGE(self->notify);
}

TEST_F(request, deleted_by_mod_refs)
{
	request_dead_name(self->task, self->send, self->notify);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(self->task, self->send,
				     MACH_PORT_RIGHT_SEND, -2));
	EXPECT_NAME(0, 0, self->send);
	EXPECT_NOTIFICATION(self->notify, DELETED, self->send);
	request_dead_name(self->task, self->once, self->notify);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(self->task, self->once,
				     MACH_PORT_RIGHT_SEND_ONCE, -1));
	EXPECT_NOTIFICATION(self->notify, DELETED, self->once);
	EXPECT_REQUESTS(0);
}

TEST_F(request, deleted_by_destroy)
{
	request_dead_name(self->task, self->send, self->notify);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->send));
	EXPECT_NOTIFICATION(self->notify, DELETED, self->send);
	request_dead_name(self->task, self->once, self->notify);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->once));
	EXPECT_NOTIFICATION(self->notify, DELETED, self->once);
	EXPECT_REQUESTS(0);
}

TEST_F(request, deleted_by_using_a_send_once_right)
{
	request_dead_name(self->task, self->once, self->notify);
	EXPECT_KR(KERN_SUCCESS, msg_send_id(self->once, MOVE, 1));
	EXPECT_NAME(0, 0, self->once);
	EXPECT_NOTIFICATION(self->notify, DELETED, self->once);
	EXPECT_REQUESTS(0);
}

TEST_F(request, deleted_by_moving_the_last_send_right)
{
	struct port_msg msg;
	mach_port_t carrier = port_new();

	request_dead_name(self->task, self->send, self->notify);
	/* As the destination of a message, then in a body. */
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(self->send, MACH_MSG_TYPE_MOVE_SEND, 1));
	EXPECT_NAME(SEND | DNREQUEST, 1, self->send);
	EXPECT_NO_MESSAGE(self->notify);
	port_msg_init(&msg, carrier, MACH_MSG_TYPE_MAKE_SEND, MACH_PORT_NULL,
		      0, 1);
	msg.port[0] = msg_port(self->send, MACH_MSG_TYPE_MOVE_SEND);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_NAME(0, 0, self->send);
	EXPECT_NOTIFICATION(self->notify, DELETED, self->send);
	/* It comes back without the request. */
	EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, carrier));
	EXPECT_NAME(SEND, 1, msg.port[0].name);
	EXPECT_REQUESTS(0);
}

TEST_F(request, deleted_by_moving_a_reply_right)
{
	mach_port_t port = port_new();
	struct msg msg;

	request_dead_name(self->task, self->once, self->notify);
	msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, self->once, MOVE, 1);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	EXPECT_NAME(0, 0, self->once);
	EXPECT_NOTIFICATION(self->notify, DELETED, self->once);
}

TEST_F(request, deleted_by_extracting)
{
	mach_msg_type_name_t type;
	mach_port_t port = port_new(), right;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, 0x9903, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	request_dead_name(self->other, 0x9903, self->notify);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_extract_right(self->other, 0x9903,
					  MACH_MSG_TYPE_MOVE_SEND, &right,
					  &type));
	EXPECT_WORD(port, right);
	EXPECT_NOTIFICATION(self->notify, DELETED, 0x9903);
	EXPECT_NO_MESSAGE(self->notify);
}

/* The task that had the name dies; who asked is told. */
TEST_F(request, deleted_by_the_death_of_the_task)
{
	struct holder victim;
	mach_port_t port = port_new();

	holder_start(&victim);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(victim.task, 0x9903, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	request_dead_name(victim.task, 0x9903, self->notify);
	holder_end(&victim);
	EXPECT_NOTIFICATION_AT(self->notify, DELETED, 0x9903, 0);
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_REQUESTS(0);
}

/*
 * Send-once notifications
 */

TEST_F(request, send_once_right_unused)
{
	struct holder victim;
	mach_port_t carrier;
	struct msg msg;

	/* Deallocated. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_deallocate(self->task,
				       port_new_once(self->notify)));
	EXPECT_NOTIFICATION_AT(self->notify, ONCE, 0, 0);
	/* Destroyed. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_destroy(self->task, port_new_once(self->notify)));
	EXPECT_NOTIFICATION_AT(self->notify, ONCE, 0, 1);
	/* Its only reference taken. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(self->task, port_new_once(self->notify),
				     MACH_PORT_RIGHT_SEND_ONCE, -1));
	EXPECT_NOTIFICATION_AT(self->notify, ONCE, 0, 2);
	/* Its task killed. */
	holder_start(&victim);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(victim.task, 0x9903, self->notify,
					 MAKE));
	EXPECT_EQ(128 + SIGKILL, child_kill(victim.pid));
	EXPECT_NOTIFICATION_AT(self->notify, ONCE, 0, 3);
	/* A reply right in a message that nobody will answer. */
	carrier = port_new();
	msg_init(&msg, carrier, MACH_MSG_TYPE_MAKE_SEND, self->notify, MAKE,
		 1);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, carrier));
	EXPECT_NOTIFICATION_AT(self->notify, ONCE, 0, 4);
	EXPECT_WORD(0, port_status(self->notify).mps_sorights);
}

TEST_F(request, send_once_right_used)
{
	struct msg msg;

	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(port_new_once(self->notify), MOVE, 5));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, self->notify));
	EXPECT_EQ(5, msg.head.msgh_id);
	/* The message was its one message. */
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_WORD(0, port_status(self->notify).mps_sorights);
}

/* The port died before the right was dropped: nobody is left to be told. */
TEST_F(request, send_once_right_of_a_dead_port)
{
	uint64_t notified;

	KILL_PORT();
	notified = mach_counter(MACHDEV_COUNTER_NOTIFIED);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(self->task, self->once));
	EXPECT_NAME(0, 0, self->once);
	EXPECT_EQ(notified, mach_counter(MACHDEV_COUNTER_NOTIFIED));
}

/*
 * Trailers of kernel messages, in every size that can be asked for
 */

TEST_F(request, trailer_sizes)
{
	static const struct {
		uint32_t elements;
		uint32_t size;
	} rows[] = {
		{ 0, 8 }, { 1, 12 }, { 2, 20 }, { 3, 52 }, { 4, 60 },
		{ 7, 68 }, { 8, 68 },
	};
	struct notification got;
	uint32_t i, j;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t *word = got.word;
		uint32_t words = rows[i].size / 4;

		EXPECT_KR(KERN_SUCCESS,
			  mach_port_deallocate(self->task,
					       port_new_once(self->notify)));
		memset(&got, TEST_POISON, sizeof(got));
		EXPECT_KR(KERN_SUCCESS,
			  mach_msg((mach_msg_header_t *)&got,
				   MACH_RCV_MSG | MACH_RCV_TIMEOUT |
				   MACH_RCV_TRAILER_ELEMENTS(rows[i].elements),
				   0, sizeof(got), self->notify, 0,
				   MACH_PORT_NULL));
		EXPECT_WORD(24, got.header.size);
		for (j = 0; j < words; j++) {
			uint32_t want = j == 1 ? rows[i].size :
					j == 2 ? i : j == 4 ? 1 : 0;

			EXPECT_WORD(want, word[j])
				TH_LOG("trailer of %u bytes, word %u",
				       rows[i].size, j);
		}
		EXPECT_TRUE(is_poison(word + words,
				      (ARRAY_SIZE(got.word) - words) * 4 +
				      sizeof(got.rest)));
	}
}

MACH_TEST_MAIN
