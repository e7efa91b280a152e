// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a receiver can ask to be told: that nobody can send any more, and that
 * its port is gone, which then comes back as a receive right.
 */
#include "port_helpers.h"

#define SEND MACH_PORT_TYPE_SEND
#define RECEIVE MACH_PORT_TYPE_RECEIVE
#define SEND_RECEIVE MACH_PORT_TYPE_SEND_RECEIVE
#define SEND_ONCE MACH_PORT_TYPE_SEND_ONCE
#define DEAD_NAME MACH_PORT_TYPE_DEAD_NAME

#define NO_SENDERS MACH_NOTIFY_NO_SENDERS
#define DESTROYED MACH_NOTIFY_PORT_DESTROYED
#define ONCE MACH_NOTIFY_SEND_ONCE

#define MAKE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE

/* The name that the other task has for a right. */
#define THEIRS 0x4403

static mach_port_t previous;

static kern_return_t request_of(mach_port_t task, mach_port_t name,
				mach_msg_id_t id, uint32_t sync,
				mach_port_t notify, mach_msg_type_name_t type)
{
	previous = TEST_POISON32;
	return mach_port_request_notification(task, name, id, sync, notify,
					      type, &previous);
}

static kern_return_t request(mach_port_t name, mach_msg_id_t id, uint32_t sync,
			     mach_port_t notify)
{
	return request_of(mach_task_self(), name, id, sync, notify, MAKE);
}

/* Send the right @port to @to, named as @by says, in a message's body. */
static mach_msg_return_t send_right_by(mach_port_t to, mach_msg_type_name_t by,
				       mach_port_t port,
				       mach_msg_type_name_t how)
{
	struct port_msg msg;

	port_msg_init(&msg, to, by, MACH_PORT_NULL, 0, 1);
	msg.head.msgh_id = 1;
	msg.port[0] = msg_port(port, how);
	return msg_send(&msg, PORT_MSG_SIZE(1));
}

static mach_msg_return_t send_right(mach_port_t to, mach_port_t port,
				    mach_msg_type_name_t how)
{
	return send_right_by(to, MAKE_SEND, port, how);
}

/* The right in the next message to @from, which has the id @id. */
static mach_port_t receive_right(struct __test_metadata *_metadata,
				 mach_port_t from, mach_msg_id_t id)
{
	struct port_msg msg;

	EXPECT_KR(MACH_MSG_SUCCESS, port_msg_receive(&msg, from));
	EXPECT_EQ(id, msg.head.msgh_id);
	EXPECT_EQ(1, msg.body.msgh_descriptor_count);
	return msg.port[0].name;
}

FIXTURE(notify) {
	struct holder holder;
	mach_port_t task;
	mach_port_t other;
	mach_port_t notify;
	mach_port_t port;	/* receive right alone */
	uint64_t requests;
};

FIXTURE_SETUP(notify)
{
	/* What the last test has left goes before anything is counted. */
	ASSERT_EQ(0, mach_sync());
	holder_start(&self->holder);
	self->task = mach_task_self();
	self->other = self->holder.task;
	self->notify = port_new();
	self->port = port_new();
	self->requests = mach_counter(MACHDEV_COUNTER_REQUESTS);
}

FIXTURE_TEARDOWN(notify)
{
	holder_end(&self->holder);
}

#define EXPECT_REQUESTS(more) \
	EXPECT_EQ(self->requests + (more), \
		  mach_counter(MACHDEV_COUNTER_REQUESTS))

/*
 * Asking
 */

FIXTURE_VARIANT(notify) {
	mach_msg_id_t id;
};

FIXTURE_VARIANT_ADD(notify, no_senders) { .id = NO_SENDERS };
FIXTURE_VARIANT_ADD(notify, destroyed) { .id = DESTROYED };

TEST_F(notify, is_refused)
{
	mach_port_t once = port_new_once(self->port), dead = port_new_dead(1);
	mach_port_t theirs = THEIRS;
	mach_msg_id_t id = variant->id;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, theirs, self->port,
					 MAKE_SEND));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(MACH_PORT_NULL, id, 0, self->notify));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(MACH_PORT_DEAD, id, 0, self->notify));
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       request(0x777703, id, 0, self->notify));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(once, id, 0, self->notify));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(dead, id, 0, self->notify));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(self->task, id, 0, self->notify));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request_of(self->other, theirs, id, 0, self->notify,
				  MAKE));
	EXPECT_REFUSED(KERN_INVALID_CAPABILITY,
		       request(self->port, id, 0, MACH_PORT_DEAD));
	EXPECT_REFUSED(KERN_INVALID_CAPABILITY,
		       request_of(self->task, self->port, id, 0, self->notify,
				  MAKE_SEND));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       request(self->port, id, 0, once));
	EXPECT_REFUSED(KERN_INVALID_TASK,
		       request_of(self->port, self->port, id, 0, self->notify,
				  MAKE));
	EXPECT_REQUESTS(0);
}

TEST_F(notify, is_replaced_and_cancelled)
{
	mach_port_t a = port_new(), b = port_new();
	struct msg msg;

	port_add_send(self->port);
	EXPECT_KR(KERN_SUCCESS, request(self->port, variant->id, 0, a));
	EXPECT_WORD(MACH_PORT_NULL, previous);
	EXPECT_REQUESTS(1);
	EXPECT_KR(KERN_SUCCESS, request(self->port, variant->id, 0, b));
	EXPECT_NAME(SEND_ONCE, 1, previous);
	EXPECT_KR(KERN_SUCCESS, msg_send_id(previous, MOVE, 41));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, a));
	EXPECT_EQ(41, msg.head.msgh_id);
	EXPECT_REQUESTS(1);
	EXPECT_KR(KERN_SUCCESS,
		  request(self->port, variant->id, 0, MACH_PORT_NULL));
	EXPECT_NAME(SEND_ONCE, 1, previous);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(self->task, previous));
	EXPECT_NOTIFICATION(b, ONCE, 0);
	EXPECT_REQUESTS(0);
	EXPECT_KR(KERN_SUCCESS,
		  request(self->port, variant->id, 0, MACH_PORT_NULL));
	EXPECT_WORD(MACH_PORT_NULL, previous);
	/* Nobody is told any more. */
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->port));
	EXPECT_NO_MESSAGE(a);
	EXPECT_NO_MESSAGE(b);
}

TEST_F(notify, shows_in_the_status)
{
	mach_port_status_t status;

	port_add_send(self->port);
	EXPECT_KR(KERN_SUCCESS,
		  request(self->port, variant->id, 0, self->notify));
	status = port_status(self->port);
	EXPECT_WORD(variant->id == NO_SENDERS, status.mps_nsrequest);
	EXPECT_WORD(variant->id == DESTROYED, status.mps_pdrequest);
	/* It is no business of the name. */
	EXPECT_NAME(SEND_RECEIVE, 1, self->port);
	EXPECT_KR(KERN_SUCCESS,
		  request(self->port, variant->id, 0, MACH_PORT_NULL));
	status = port_status(self->port);
	EXPECT_WORD(0, status.mps_nsrequest);
	EXPECT_WORD(0, status.mps_pdrequest);
}

TEST_F(notify, in_another_task)
{
	mach_port_t theirs = THEIRS;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, theirs, self->port,
					 MOVE_RECEIVE));
	EXPECT_KR(KERN_SUCCESS,
		  request_of(self->other, theirs, variant->id, 0, self->notify,
			     MAKE));
	if (variant->id == DESTROYED) {
		mach_port_t port;

		EXPECT_EQ(KERN_SUCCESS, mach_port_destroy(self->other, theirs));
		port = receive_right(_metadata, self->notify, DESTROYED);
		EXPECT_NAME(RECEIVE, 0, port);
	} else {
		EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 0);
	}
	EXPECT_REQUESTS(0);
}

/*
 * No senders
 */

FIXTURE(senders) {
	mach_port_t task;
	mach_port_t notify;
	mach_port_t port;	/* send right with one reference, and receive */
	uint64_t requests;
};

FIXTURE_SETUP(senders)
{
	ASSERT_EQ(0, mach_sync());
	self->task = mach_task_self();
	self->notify = port_new();
	self->port = port_new_send(1);
	self->requests = mach_counter(MACHDEV_COUNTER_REQUESTS);
}

FIXTURE_TEARDOWN(senders)
{
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_REQUESTS(0);
}

#define WATCH(sync) do {						\
	ASSERT_KR(KERN_SUCCESS,						\
		  request(self->port, NO_SENDERS, sync, self->notify));	\
	EXPECT_WORD(MACH_PORT_NULL, previous);				\
} while (0)

#define DROP_SEND() \
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(self->task, self->port))

#define MAKE_ANOTHER() \
	ASSERT_KR(KERN_SUCCESS, \
		  mach_port_insert_right(self->task, self->port, self->port, \
					 MAKE_SEND))

TEST_F(senders, the_last_reference_goes)
{
	MAKE_ANOTHER();
	WATCH(0);
	DROP_SEND();
	EXPECT_NO_MESSAGE(self->notify);
	DROP_SEND();
	EXPECT_NAME(RECEIVE, 0, self->port);
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 2);
	/* Once only. */
	MAKE_ANOTHER();
	DROP_SEND();
}

TEST_F(senders, there_are_none)
{
	DROP_SEND();
	WATCH(0);
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 1);
	WATCH(1);
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 1);
	/* Of a port that never had one, too. */
	self->port = port_new();
	WATCH(0);
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 0);
}

/* Who waits for rights that are still to be made waits for their end. */
TEST_F(senders, sync_is_ahead)
{
	DROP_SEND();
	WATCH(2);
	EXPECT_NO_MESSAGE(self->notify);
	MAKE_ANOTHER();
	EXPECT_NO_MESSAGE(self->notify);
	DROP_SEND();
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 2);
}

/* Asked again too early, the new request is answered and the old comes back. */
TEST_F(senders, previous_comes_back_from_an_answer)
{
	DROP_SEND();
	WATCH(7);
	EXPECT_KR(KERN_SUCCESS,
		  request(self->port, NO_SENDERS, 0, self->notify));
	EXPECT_NAME(SEND_ONCE, 1, previous);
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 1);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, previous));
	EXPECT_NOTIFICATION(self->notify, ONCE, 0);
}

TEST_F(senders, send_once_rights_do_not_count)
{
	mach_port_t once = port_new_once(self->port);

	WATCH(0);
	DROP_SEND();
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 1);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, once));
}

TEST_F(senders, a_right_in_a_message_counts)
{
	mach_port_t carrier = port_new();

	WATCH(0);
	ASSERT_KR(KERN_SUCCESS, send_right(carrier, self->port, MOVE_SEND));
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, carrier));
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 1);
}

/* The right through which a message was sent ends when it is received. */
TEST_F(senders, the_last_message_is_received)
{
	struct msg msg;

	WATCH(0);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->port, MOVE_SEND, 3));
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, self->port));
	EXPECT_EQ(3, msg.head.msgh_id);
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 1);
}

TEST_F(senders, the_last_task_that_has_one_is_killed)
{
	struct holder holder;

	holder_start(&holder);
	WATCH(0);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, THEIRS, self->port,
					 MOVE_SEND));
	EXPECT_NO_MESSAGE(self->notify);
	holder_end(&holder);
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 1);
}

/* The request belongs to the receive right; the count begins anew. */
TEST_F(senders, the_receive_right_moves)
{
	mach_port_t carrier = port_new();

	WATCH(0);
	ASSERT_KR(KERN_SUCCESS, send_right(carrier, self->port, MOVE_RECEIVE));
	EXPECT_NO_MESSAGE(self->notify);
	DROP_SEND();
	EXPECT_NAME(0, 0, self->port);
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 0);
	self->port = receive_right(_metadata, carrier, 1);
	EXPECT_NAME(RECEIVE, 0, self->port);
	EXPECT_WORD(0, port_status(self->port).mps_nsrequest);
}

TEST_F(senders, the_receive_right_moves_with_its_request)
{
	mach_port_t carrier = port_new();

	WATCH(0);
	ASSERT_KR(KERN_SUCCESS, send_right(carrier, self->port, MOVE_RECEIVE));
	EXPECT_EQ(self->port, receive_right(_metadata, carrier, 1));
	EXPECT_WORD(1, port_status(self->port).mps_nsrequest);
	MAKE_ANOTHER();
	DROP_SEND();
	DROP_SEND();
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 1);
}

/* It will never happen: the promised message comes all the same. */
TEST_F(senders, the_port_dies)
{
	WATCH(0);
	port_destroy_receive(self->port);
	EXPECT_NOTIFICATION(self->notify, ONCE, 0);
	EXPECT_NAME(DEAD_NAME, 1, self->port);
}

/* The last right of a name of both goes first. */
TEST_F(senders, the_name_is_destroyed)
{
	WATCH(0);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->port));
	EXPECT_NOTIFICATION(self->notify, NO_SENDERS, 1);
}

TEST_F(senders, the_notified_port_is_full)
{
	mach_port_t full = port_new_send(1);

	port_fill(full);
	ASSERT_KR(KERN_SUCCESS, request(self->port, NO_SENDERS, 0, full));
	DROP_SEND();
	port_drain(full);
	EXPECT_NOTIFICATION(full, NO_SENDERS, 1);
}

TEST_F(senders, the_notified_port_is_dead)
{
	mach_port_t dead = port_new();

	ASSERT_KR(KERN_SUCCESS, request(self->port, NO_SENDERS, 0, dead));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, dead));
	DROP_SEND();
	EXPECT_NAME(RECEIVE, 0, self->port);
}

#define TURNS 2000

struct race {
	mach_port_t port;
	uint32_t turn;		/* begun */
	uint32_t dropped;	/* ended */
};

static void *drop_send(void *argument)
{
	struct race *race = argument;
	uint32_t turn;

	for (turn = 1; turn <= TURNS; turn++) {
		while (__atomic_load_n(&race->turn, __ATOMIC_ACQUIRE) < turn)
			;
		MUST(mach_port_deallocate(mach_task_self(), race->port));
		__atomic_store_n(&race->dropped, turn, __ATOMIC_RELEASE);
	}
	return NULL;
}

/* Whoever comes first, asker or last sender: exactly one notification. */
TEST_F_TIMEOUT(senders, race_of_asking_and_dropping, 120)
{
	struct race race = { .port = self->port };
	struct notification got;
	pthread_t thread;
	uint32_t turn;

	ASSERT_EQ(0, pthread_create(&thread, NULL, drop_send, &race));
	for (turn = 1; turn <= TURNS; turn++) {
		__atomic_store_n(&race.turn, turn, __ATOMIC_RELEASE);
		ASSERT_KR(KERN_SUCCESS,
			  request(self->port, NO_SENDERS, 0, self->notify));
		ASSERT_WORD(MACH_PORT_NULL, previous);
		ASSERT_KR(KERN_SUCCESS,
			  notification_receive(self->notify, &got));
		ASSERT_EQ(NO_SENDERS, got.header.id);
		ASSERT_EQ(turn, got.word[2]);
		while (__atomic_load_n(&race.dropped, __ATOMIC_ACQUIRE) < turn)
			;
		MAKE_ANOTHER();
	}
	pthread_join(thread, NULL);
}

/*
 * Port destroyed
 */

FIXTURE(destroyed) {
	mach_port_t task;
	mach_port_t notify;
	mach_port_t port;	/* receive right alone */
	uint64_t requests, ports;
};

FIXTURE_SETUP(destroyed)
{
	ASSERT_EQ(0, mach_sync());
	self->task = mach_task_self();
	self->notify = port_new();
	self->requests = mach_counter(MACHDEV_COUNTER_REQUESTS);
	self->ports = mach_counter(MACHDEV_COUNTER_PORTS);
	self->port = port_new();
	ASSERT_KR(KERN_SUCCESS,
		  request(self->port, DESTROYED, 0, self->notify));
}

FIXTURE_TEARDOWN(destroyed)
{
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_REQUESTS(0);
}

/* The port is back, and no more is asked for it. */
#define EXPECT_BACK() do {						\
	self->port = receive_right(_metadata, self->notify, DESTROYED);	\
	EXPECT_NAME(RECEIVE, 0, self->port);				\
	EXPECT_WORD(0, port_status(self->port).mps_pdrequest);		\
	EXPECT_REQUESTS(0);						\
} while (0)

#define EXPECT_PORTS(more) \
	EXPECT_TRUE(TEST_UNTIL(self->ports + (more) == \
			       mach_counter(MACHDEV_COUNTER_PORTS), 5000))

TEST_F(destroyed, sync_means_nothing)
{
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       request(self->port, DESTROYED, 1, self->notify));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->port));
	EXPECT_BACK();
}

TEST_F(destroyed, comes_back_once)
{
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->port));
	EXPECT_NAME(0, 0, self->port);
	EXPECT_BACK();
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->port));
	EXPECT_PORTS(0);
}

TEST_F(destroyed, byte_for_byte)
{
	struct {
		struct machdev_msg_destroyed msg;
		uint32_t trailer[13];
		uint32_t rest[32];
	} got;
	uint32_t i;

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(self->task, self->port,
				     MACH_PORT_RIGHT_RECEIVE, -1));
	memset(&got, TEST_POISON, sizeof(got));
	EXPECT_KR(KERN_SUCCESS,
		  mach_msg((mach_msg_header_t *)&got,
			   MACH_RCV_MSG | MACH_RCV_TIMEOUT |
			   MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT),
			   0, sizeof(got), self->notify, 0, MACH_PORT_NULL));
	EXPECT_WORD(0x80001200, got.msg.header.bits);
	EXPECT_WORD(40, got.msg.header.size);
	EXPECT_WORD(0, got.msg.header.remote);
	EXPECT_WORD(self->notify, got.msg.header.local);
	EXPECT_WORD(0, got.msg.header.voucher);
	EXPECT_WORD(69, got.msg.header.id);
	EXPECT_WORD(1, got.msg.count);
	EXPECT_WORD(0, got.msg.rights.pad1);
	EXPECT_WORD(0, got.msg.rights.pad2);
	EXPECT_WORD(16, got.msg.rights.disposition);
	EXPECT_WORD(0, got.msg.rights.type);
	EXPECT_NAME(RECEIVE, 0, got.msg.rights.name);
	/* From the kernel. */
	EXPECT_WORD(52, got.trailer[1]);
	EXPECT_WORD(0, got.trailer[3]);
	EXPECT_WORD(1, got.trailer[4]);
	for (i = 5; i < 13; i++)
		EXPECT_WORD(0, got.trailer[i]);
	EXPECT_TRUE(is_poison(got.rest, sizeof(got.rest)));
}

/* Its messages are in it, its send rights are as good as before. */
TEST_F(destroyed, lives_on)
{
	mach_port_t send = self->port;
	struct msg msg;

	port_add_send(send);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(send, COPY_SEND, 11));
	port_destroy_receive(self->port);
	EXPECT_NAME(SEND, 1, send);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(send, COPY_SEND, 12));
	EXPECT_EQ(send, receive_right(_metadata, self->notify, DESTROYED));
	EXPECT_NAME(SEND_RECEIVE, 1, send);
	EXPECT_WORD(0, port_status(send).mps_mscount);
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, send));
	EXPECT_EQ(11, msg.head.msgh_id);
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, send));
	EXPECT_EQ(12, msg.head.msgh_id);
}

TEST_F(destroyed, its_task_is_killed)
{
	struct holder holder;
	mach_port_t send = self->port;
	mach_port_t watch = port_new();

	port_add_send(send);
	request_dead_name(self->task, send, watch);
	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, THEIRS, self->port,
					 MOVE_RECEIVE));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(send, COPY_SEND, 11));
	holder_end(&holder);
	EXPECT_EQ(send, receive_right(_metadata, self->notify, DESTROYED));
	EXPECT_WORD(1, port_queued(send));
	/* It did not die. */
	EXPECT_NO_MESSAGE(watch);
	request_dead_name(self->task, send, MACH_PORT_NULL);
}

TEST_F(destroyed, a_message_with_it_is_destroyed)
{
	mach_port_t carrier = port_new();

	ASSERT_KR(KERN_SUCCESS, send_right(carrier, self->port, MOVE_RECEIVE));
	EXPECT_NO_MESSAGE(self->notify);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, carrier));
	EXPECT_BACK();
}

TEST_F(destroyed, who_waits_is_woken)
{
	struct msg_call call = {
		.option = MACH_RCV_MSG, .rcv_name = self->port,
	};

	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	port_destroy_receive(self->port);
	EXPECT_KR(MACH_RCV_PORT_CHANGED, msg_call_result(&call));
	EXPECT_BACK();
}

TEST_F(destroyed, nobody_is_there_to_get_it)
{
	mach_port_t send = self->port;
	mach_port_t watch = port_new();

	port_add_send(send);
	request_dead_name(self->task, send, watch);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->notify));
	port_destroy_receive(send);
	EXPECT_NOTIFICATION(watch, MACH_NOTIFY_DEAD_NAME, send);
	EXPECT_NAME(DEAD_NAME, 2, send);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, send));
	EXPECT_PORTS(0);
	self->notify = port_new();
}

/* To get itself it would have to be alive: it dies, as does its promise. */
TEST_F(destroyed, would_get_itself)
{
	mach_port_t port = port_new();
	uint64_t ports = self->ports;

	ASSERT_KR(KERN_SUCCESS, request(port, DESTROYED, 0, port));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, port));
	self->ports = ports;
	EXPECT_PORTS(1);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->port));
	EXPECT_BACK();
}

/* Two ports, each of which would go to the other. */
TEST_F(destroyed, would_go_in_a_circle)
{
	mach_port_t a = port_new(), b = port_new();

	ASSERT_KR(KERN_SUCCESS, request(a, DESTROYED, 0, b));
	ASSERT_KR(KERN_SUCCESS, request(b, DESTROYED, 0, a));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, a));
	EXPECT_NAME(RECEIVE, 0, b);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, b));
	EXPECT_PORTS(1);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->port));
	EXPECT_BACK();
}

/*
 * A message that would close a ring is destroyed, and a right in it goes to who
 * asked for it. The rest of the chain is on its way as before, so that no ring
 * can be closed behind it.
 */
TEST_F(destroyed, out_of_a_ring)
{
	mach_port_t port = self->port, other = port_new_send(1);
	mach_port_t notify = self->notify;
	uint64_t ports = mach_counter(MACHDEV_COUNTER_PORTS);

	port_add_send(port);
	ASSERT_KR(KERN_SUCCESS, send_right(port, other, MOVE_RECEIVE));
	/* Both rings are noticed; the first right comes out of its ring. */
	ASSERT_KR(KERN_SUCCESS,
		  send_right_by(other, COPY_SEND, port, MOVE_RECEIVE));
	ASSERT_KR(KERN_SUCCESS,
		  send_right_by(other, COPY_SEND, notify, MOVE_RECEIVE));
	/* The one to be notified died of that, and with it all that was there. */
	EXPECT_NAME(0, 0, notify);
	EXPECT_NAME(DEAD_NAME, 1, port);
	EXPECT_NAME(DEAD_NAME, 1, other);
	MUST(mach_port_deallocate(self->task, port));
	MUST(mach_port_deallocate(self->task, other));
	EXPECT_TRUE(TEST_UNTIL(ports - 3 ==
			       mach_counter(MACHDEV_COUNTER_PORTS), 5000));
	self->notify = port_new();
}

/* One goes, then the one that it went to, and so on: the last gets all. */
TEST_F(destroyed, a_chain)
{
	mach_port_t chain[50];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(chain); i++) {
		chain[i] = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  request(chain[i], DESTROYED, 0,
				  i ? chain[i - 1] : self->port));
	}
	for (i = ARRAY_SIZE(chain); i-- > 0;)
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_destroy(self->task, chain[i]));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(self->task, self->port));
	EXPECT_BACK();
	for (i = 0; i < ARRAY_SIZE(chain); i++)
		self->port = receive_right(_metadata, self->port, DESTROYED);
}

MACH_TEST_MAIN
