// SPDX-License-Identifier: GPL-2.0-only
/* Requests to be notified: of a dead name, of no more senders, of an end. */
#include <linux/machdev.h>

#include "unit.h"
#include "notify.h"
#include "rights.h"
#include "transit.h"

#define NAME 0x507

FIXTURE(asked)
{
	struct actor a;
	struct actor b;
	struct mach_space *space;	/* who asks and is told */
	struct mach_space *other;
	u32 port;			/* a receive right of @space */
	u32 notify;			/* another */
	struct mach_port *p;
	struct mach_port *n;
};

FIXTURE_SETUP(asked)
{
	world_begin();
	actor_init(&self->b, 2000, 200);
	actor_init(&self->a, 1000, 100);
	self->space = &self->a.task.space;
	self->other = &self->b.task.space;
	self->port = new_port(self->space);
	self->p = port_of(self->space, self->port);
	self->notify = new_port(self->space);
	self->n = port_of(self->space, self->notify);
}

FIXTURE_TEARDOWN(asked)
{
	actor_exit(&self->b);
	actor_exit(&self->a);
	world_end();
}

static int request(FIXTURE_DATA(asked) *self, u32 msgid, u32 notify, u32 name,
		   u32 *previous)
{
	struct machdev_port_notification ask = {
		.name = name,
		.msgid = msgid,
		.notify = notify,
		.disposition = MACHDEV_MAKE_SEND_ONCE,
	};
	enum mach_request_state state;

	return mach_notify_request(self->space, self->space, &ask, previous,
				   &state);
}

static int request_no_senders(FIXTURE_DATA(asked) *self, u32 sync)
{
	struct machdev_port_notification ask = {
		.name = self->port,
		.msgid = MACHDEV_NOTIFY_NO_SENDERS,
		.sync = sync,
		.notify = self->notify,
		.disposition = MACHDEV_MAKE_SEND_ONCE,
	};
	enum mach_request_state state;
	u32 previous;

	return mach_notify_request(self->space, self->space, &ask, &previous,
				   &state);
}

static int request_end(FIXTURE_DATA(asked) *self, u32 notify)
{
	u32 previous;

	return request(self, MACHDEV_NOTIFY_PORT_DESTROYED, notify, self->port,
		       &previous);
}

/* The next message of the port that is notified, or NULL. */
static struct mach_kmsg *next_message(FIXTURE_DATA(asked) *self)
{
	struct mach_waiter waiter;

	mach_waiter_init(&waiter);
	waiter.room = U32_MAX;
	if (mach_queue_take(self->n, self->space, &waiter, false))
		return NULL;
	SHIM_NEVER(waiter.send_once);
	return waiter.kmsg;
}

/* The make-send count that a no-senders notification tells; -1 if none came. */
static int told_no_senders(FIXTURE_DATA(asked) *self)
{
	struct mach_kmsg *kmsg = next_message(self);
	struct machdev_msg_notify *msg;
	int count;

	if (!kmsg)
		return -1;
	msg = (void *)mach_kmsg_header(kmsg);
	SHIM_NEVER(msg->header.id != MACHDEV_NOTIFY_NO_SENDERS);
	count = msg->value;
	discard(kmsg);
	return count;
}

TEST_F(asked, a_death_is_told)
{
	u32 receive, name, previous;

	name = give(self->space, self->port, MACHDEV_MAKE_SEND, self->space);
	receive = give(self->space, self->port, MACHDEV_MOVE_RECEIVE,
		       self->other);
	ASSERT_EQ(0, request(self, MACHDEV_NOTIFY_DEAD_NAME, self->notify, name,
			     &previous));
	EXPECT_EQ(0, previous);
	EXPECT_EQ(1, self->p->nrequests);
	EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
	destroy(self->other, receive);
	EXPECT_EQ(MACHDEV_NOTIFY_DEAD_NAME, next_id(self->space, self->notify));
	EXPECT_EQ(0, next_id(self->space, self->notify));
	/* And one reference more, for the request. */
	EXPECT_EQ(2, refs_of(self->space, name, MACHDEV_RIGHT_DEAD_NAME));
}

TEST_F(asked, a_name_that_goes_first_is_told_otherwise)
{
	u32 name, previous;

	name = give(self->space, self->port, MACHDEV_MAKE_SEND, self->space);
	give(self->space, self->port, MACHDEV_MOVE_RECEIVE, self->other);
	ASSERT_EQ(0, request(self, MACHDEV_NOTIFY_DEAD_NAME, self->notify, name,
			     &previous));
	EXPECT_EQ(0, drop(self->space, name));
	EXPECT_EQ(MACHDEV_NOTIFY_PORT_DELETED,
		  next_id(self->space, self->notify));
	EXPECT_EQ(0, self->p->nrequests);
}

TEST_F(asked, a_request_is_replaced_and_cancelled)
{
	static const u32 ids[] = {
		MACHDEV_NOTIFY_DEAD_NAME, MACHDEV_NOTIFY_NO_SENDERS,
		MACHDEV_NOTIFY_PORT_DESTROYED,
	};
	u32 previous;
	unsigned int i;

	give(self->space, self->port, MACHDEV_MAKE_SEND, self->space);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		ASSERT_EQ(0, request(self, ids[i], self->notify, self->port,
				     &previous));
		EXPECT_EQ(0, previous);
		ASSERT_EQ(0, request(self, ids[i], self->notify, self->port,
				     &previous));
		EXPECT_EQ(MACH_ENTRY_SEND_ONCE,
			  rights_of(self->space, previous));
		EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
		destroy(self->space, previous);
		EXPECT_EQ(MACHDEV_NOTIFY_SEND_ONCE,
			  next_id(self->space, self->notify));
		ASSERT_EQ(0, request(self, ids[i], 0, self->port, &previous));
		EXPECT_EQ(MACH_ENTRY_SEND_ONCE,
			  rights_of(self->space, previous));
		EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
		destroy(self->space, previous);
		next_id(self->space, self->notify);
		ASSERT_EQ(0, request(self, ids[i], 0, self->port, &previous));
		EXPECT_EQ(0, previous);
	}
	EXPECT_EQ(0, self->p->nrequests);
	EXPECT_EQ(NULL, self->p->no_senders);
	EXPECT_EQ(NULL, self->p->destroyed);
}

TEST_F(asked, no_memory_for_a_request)
{
	static const u32 ids[] = {
		MACHDEV_NOTIFY_DEAD_NAME, MACHDEV_NOTIFY_NO_SENDERS,
		MACHDEV_NOTIFY_PORT_DESTROYED,
	};
	unsigned int i, nth, failed;
	u32 previous;
	int ret;

	give(self->space, self->port, MACHDEV_MAKE_SEND, self->space);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		failed = 0;
		FOR_EACH_FAILURE(nth) {
			ret = request(self, ids[i], self->notify, self->port,
				      &previous);
			if (!ret)
				continue;
			failed++;
			EXPECT_EQ(MACHDEV_KERN_RESOURCE_SHORTAGE, ret);
			EXPECT_EQ(0, self->p->nrequests);
			EXPECT_EQ(NULL, self->p->no_senders);
			EXPECT_EQ(NULL, self->p->destroyed);
			EXPECT_EQ(0, atomic_read(&self->n->sorights));
			EXPECT_EQ(0, self->n->msgcount);
			EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
			EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_KMSGS));
		}
		EXPECT_EQ(2, failed);
		EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
		ASSERT_EQ(0, request(self, ids[i], 0, self->port, &previous));
		destroy(self->space, previous);
		next_id(self->space, self->notify);
	}
}

TEST_F(asked, what_cannot_be_requested)
{
	struct machdev_port_notification ask = {
		.name = self->port,
		.msgid = MACHDEV_NOTIFY_DEAD_NAME,
		.notify = self->notify,
		.disposition = MACHDEV_MAKE_SEND,
	};
	u32 dead, send, previous, notify = self->notify;
	struct { u32 msgid, notify, name; int result; } rows[] = {
		{ 72, notify, 0, MACHDEV_KERN_INVALID_ARGUMENT },
		{ 72, notify, NAME, MACHDEV_KERN_INVALID_NAME },
		{ 72, MACHDEV_NAME_DEAD, notify,
		  MACHDEV_KERN_INVALID_CAPABILITY },
		{ 70, notify, 0, MACHDEV_KERN_INVALID_RIGHT },
		{ 70, notify, NAME, MACHDEV_KERN_INVALID_NAME },
		{ 69, notify, NAME, MACHDEV_KERN_INVALID_NAME },
		{ 66, notify, 0, MACHDEV_KERN_INVALID_ARGUMENT },
		{ 66, notify, MACHDEV_NAME_DEAD,
		  MACHDEV_KERN_INVALID_ARGUMENT },
		{ 66, notify, NAME, MACHDEV_KERN_INVALID_NAME },
		{ 65, notify, self->port, MACHDEV_KERN_INVALID_VALUE },
		{ 71, notify, self->port, MACHDEV_KERN_INVALID_VALUE },
	};
	enum mach_request_state state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(rows[i].result,
			  request(self, rows[i].msgid, rows[i].notify,
				  rows[i].name, &previous));
	mach_right_allocate(self->space, MACHDEV_RIGHT_DEAD_NAME, false, &dead);
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT,
		  request(self, 72, notify, dead, &previous));
	EXPECT_EQ(MACHDEV_KERN_INVALID_ARGUMENT,
		  request(self, 66, 0, dead, &previous));
	EXPECT_EQ(MACHDEV_KERN_INVALID_CAPABILITY,
		  request(self, 72, dead, notify, &previous));
	EXPECT_EQ(MACHDEV_KERN_INVALID_CAPABILITY,
		  mach_notify_request(self->space, self->space, &ask,
				      &previous, &state));
	/* Only who receives can ask for these. */
	send = give(self->space, self->port, MACHDEV_MAKE_SEND, self->other);
	ask.name = send;
	ask.disposition = MACHDEV_MAKE_SEND_ONCE;
	ask.msgid = MACHDEV_NOTIFY_NO_SENDERS;
	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT,
		  mach_notify_request(self->space, self->other, &ask,
				      &previous, &state));
	ask.msgid = MACHDEV_NOTIFY_PORT_DESTROYED;
	EXPECT_EQ(MACHDEV_KERN_INVALID_RIGHT,
		  mach_notify_request(self->space, self->other, &ask,
				      &previous, &state));
	ask.sync = 1;
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE,
		  mach_notify_request(self->space, self->other, &ask,
				      &previous, &state));
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
	EXPECT_EQ(0, atomic_read(&self->n->sorights));
}

/* Other threads, of the running test. */
static FIXTURE_DATA(asked) *at_work;

static void destroy_the_port(void)
{
	destroy(at_work->space, at_work->port);
}

TEST_F(asked, a_port_that_goes_while_it_is_asked_about)
{
	static const u32 ids[] = {
		MACHDEV_NOTIFY_DEAD_NAME, MACHDEV_NOTIFY_NO_SENDERS,
		MACHDEV_NOTIFY_PORT_DESTROYED,
	};
	unsigned int i;
	u32 previous;

	at_work = self;
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		self->port = new_port(self->space);
		shim_meanwhile = destroy_the_port;
		EXPECT_EQ(MACHDEV_KERN_INVALID_NAME,
			  request(self, ids[i], self->notify, self->port,
				  &previous));
		EXPECT_TRUE(!shim_meanwhile);
		EXPECT_EQ(0, self->n->msgcount);
		EXPECT_EQ(0, atomic_read(&self->n->sorights));
		EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
	}
}

TEST_F(asked, the_last_sender_is_told_once)
{
	u32 one = give(self->space, self->port, MACHDEV_MAKE_SEND, self->other);
	struct mach_right two = mach_port_make_send(self->p);

	ASSERT_EQ(0, request_no_senders(self, 0));
	drop(self->other, one);
	EXPECT_EQ(-1, told_no_senders(self));
	let_go(&two);
	EXPECT_EQ(2, told_no_senders(self));
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
	two = mach_port_make_send(self->p);
	let_go(&two);
	EXPECT_EQ(-1, told_no_senders(self));
}

TEST_F(asked, no_senders_are_told_at_once)
{
	ASSERT_EQ(0, request_no_senders(self, 0));
	EXPECT_EQ(0, told_no_senders(self));
	EXPECT_EQ(NULL, self->p->no_senders);
}

TEST_F(asked, not_until_as_many_have_been_made)
{
	struct mach_right send;

	ASSERT_EQ(0, request_no_senders(self, 1));
	EXPECT_EQ(-1, told_no_senders(self));
	send = mach_port_make_send(self->p);
	let_go(&send);
	EXPECT_EQ(1, told_no_senders(self));
	ASSERT_EQ(0, request_no_senders(self, 1));
	EXPECT_EQ(1, told_no_senders(self));
}

/*
 * Of who drops the last send right: what comes before the lock of the port,
 * for which he may have to wait.
 */
static bool noticed;

static void drop_the_last(void)
{
	SHIM_NEVER(!atomic_dec_and_test(&at_work->p->srights));
	noticed = READ_ONCE(at_work->p->no_senders);
}

TEST_F(asked, the_last_sender_goes_while_one_asks)
{
	MACH_REAP(reap);
	struct mach_right send = mach_port_make_send(self->p);

	at_work = self;
	shim_at_barrier = drop_the_last;
	ASSERT_EQ(0, request_no_senders(self, 0));
	shim_at_barrier = NULL;
	/* Both saw the other, one of them has told it. */
	EXPECT_TRUE(noticed);
	EXPECT_EQ(1, told_no_senders(self));
	mach_request_no_senders(self->p, &reap);
	mach_reap_run(&reap);
	EXPECT_EQ(-1, told_no_senders(self));
	mach_port_put(send.port);
}

static struct mach_right last;

static void let_go_the_last(void)
{
	let_go(&last);
}

TEST_F(asked, the_last_sender_goes_before_one_asks)
{
	last = mach_port_make_send(self->p);
	shim_meanwhile = let_go_the_last;
	ASSERT_EQ(0, request_no_senders(self, 0));
	EXPECT_EQ(1, told_no_senders(self));
}

TEST_F(asked, a_sender_that_has_come_meanwhile)
{
	MACH_REAP(reap);
	struct mach_right send = mach_port_make_send(self->p);

	ASSERT_EQ(0, request_no_senders(self, 0));
	/* The last one has gone, another was made before that was looked at. */
	mach_request_no_senders(self->p, &reap);
	mach_reap_run(&reap);
	EXPECT_EQ(-1, told_no_senders(self));
	let_go(&send);
	EXPECT_EQ(1, told_no_senders(self));
}

TEST_F(asked, a_message_that_was_received_held_the_last_sender)
{
	MACH_REAP(reap);
	struct mach_right send = mach_port_make_send(self->p);

	ASSERT_EQ(0, request_no_senders(self, 0));
	mach_right_consume(&reap, &send);
	mach_reap_run(&reap);
	EXPECT_EQ(1, told_no_senders(self));
}

TEST_F(asked, the_request_moves_with_the_receive_right)
{
	struct mach_right send = mach_port_make_send(self->p);

	ASSERT_EQ(0, request_no_senders(self, 0));
	give(self->space, self->port, MACHDEV_MOVE_RECEIVE, self->other);
	let_go(&send);
	/* That began anew with the move. */
	EXPECT_EQ(0, told_no_senders(self));
}

TEST_F(asked, a_port_that_dies_owes_a_message)
{
	give(self->space, self->port, MACHDEV_MAKE_SEND, self->other);
	ASSERT_EQ(0, request_no_senders(self, 0));
	destroy(self->space, self->port);
	EXPECT_EQ(MACHDEV_NOTIFY_SEND_ONCE, next_id(self->space, self->notify));
	EXPECT_EQ(0, next_id(self->space, self->notify));
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
}

TEST_F(asked, who_asked_for_it_gets_the_receive_right)
{
	struct mach_kmsg *kmsg;
	struct mach_right *right;
	u32 send, name;

	send = give(self->space, self->port, MACHDEV_MAKE_SEND, self->other);
	ASSERT_EQ(0, request_end(self, self->notify));
	destroy(self->space, self->port);
	EXPECT_EQ(0, rights_of(self->space, self->port));
	EXPECT_EQ(MACH_ENTRY_SEND, rights_of(self->other, send));
	EXPECT_FALSE(mach_port_is_dead(self->p));
	EXPECT_EQ(self->n, self->p->destination);
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_REQUESTS));

	kmsg = next_message(self);
	ASSERT_NE(NULL, kmsg);
	EXPECT_EQ(MACHDEV_NOTIFY_PORT_DESTROYED, mach_kmsg_header(kmsg)->id);
	right = &mach_kmsg_items(kmsg)->right;
	EXPECT_EQ(self->p, right->port);
	EXPECT_EQ(MACHDEV_MOVE_RECEIVE, right->type);
	ASSERT_EQ(0, mach_right_copyout(self->space, right, &name));
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->space, name));
	EXPECT_EQ(NULL, self->p->destination);
	discard(kmsg);
	/* That was asked for once. */
	destroy(self->space, name);
	EXPECT_EQ(MACH_ENTRY_DEAD_NAME, rights_of(self->other, send));
	EXPECT_EQ(0, next_id(self->space, self->notify));
}

TEST_F(asked, a_message_with_the_right_is_destroyed)
{
	MACH_REAP(reap);
	struct mach_right receive;
	struct mach_kmsg *kmsg;

	ASSERT_EQ(0, request_end(self, self->notify));
	ASSERT_EQ(0, copy_in(self->space, self->port, MACHDEV_MOVE_RECEIVE,
			     &receive));
	ASSERT_EQ(0, mach_transit_begin(self->n));
	mach_transit_enter(self->p, self->n);
	kmsg = kmsg_with(self->n->ledger, &receive, 1);
	ASSERT_FALSE(mach_transit_end(self->n, kmsg));
	mach_reap_kmsg(&reap, kmsg);
	mach_reap_run(&reap);
	EXPECT_EQ(self->n, self->p->destination);
	/* With the message goes the port. */
	EXPECT_EQ(MACHDEV_NOTIFY_PORT_DESTROYED,
		  next_id(self->space, self->notify));
	EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_PORTS));
}

TEST_F(asked, a_port_is_not_sent_to_itself)
{
	u32 send;

	send = give(self->space, self->port, MACHDEV_MAKE_SEND, self->other);
	ASSERT_EQ(0, request_end(self, self->port));
	destroy(self->space, self->port);
	EXPECT_EQ(MACH_ENTRY_DEAD_NAME, rights_of(self->other, send));
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_KMSGS));
}

TEST_F(asked, ports_that_are_sent_to_each_other)
{
	u32 previous;

	ASSERT_EQ(0, request_end(self, self->notify));
	ASSERT_EQ(0, request(self, MACHDEV_NOTIFY_PORT_DESTROYED, self->port,
			     self->notify, &previous));
	destroy(self->space, self->notify);
	EXPECT_EQ(self->p, self->n->destination);
	EXPECT_EQ(2, mach_stat_read(MACHDEV_COUNTER_PORTS));
	/* One dies, and the message with the other. */
	destroy(self->space, self->port);
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_PORTS));
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_REQUESTS));
}

TEST_F(asked, nobody_is_there_to_get_the_receive_right)
{
	u32 send;

	send = give(self->space, self->port, MACHDEV_MAKE_SEND, self->other);
	ASSERT_EQ(0, request_end(self, self->notify));
	destroy(self->space, self->notify);
	EXPECT_EQ(MACH_ENTRY_SEND, rights_of(self->other, send));
	destroy(self->space, self->port);
	EXPECT_EQ(MACH_ENTRY_DEAD_NAME, rights_of(self->other, send));
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_PORTS));
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_KMSGS));
}

TEST_HARNESS_MAIN
