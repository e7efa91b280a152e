// SPDX-License-Identifier: GPL-2.0-only
/* mach_msg from one task to another, and what each failure leaves. */
#include "msg.h"
#include "unit.h"
#include "rights.h"

#define COMPLEX MACHDEV_BITS_COMPLEX
#define ID 4711

/* Memory of both tasks; what stands behind it cannot be had. */
struct user {
	struct machdev_msg_header header;
	u32 count;
	struct machdev_msg_port desc[3];
	u8 trailer[112];
};

FIXTURE(talk)
{
	struct actor a;		/* sends */
	struct actor b;		/* receives */
	struct mach_space *from;
	struct mach_space *to;
	struct user user;
	struct machdev_msg args;
	u32 port;		/* b's name of the receive right */
	u32 name;		/* a's of the send right */
	struct mach_port *p;
};

FIXTURE_SETUP(talk)
{
	world_begin();
	actor_init(&self->b, 2000, 200);
	actor_init(&self->a, 1000, 100);
	self->from = &self->a.task.space;
	self->to = &self->b.task.space;
	self->port = new_port(self->to);
	self->name = give(self->to, self->port, MACHDEV_MAKE_SEND, self->from);
	self->p = port_of(self->to, self->port);
	shim_user = (char *)&self->user;
	shim_user_size = sizeof(self->user);
	self->args.msg = (uintptr_t)&self->user;
	self->user.header = (struct machdev_msg_header){
		.bits = MACHDEV_BITS(MACHDEV_COPY_SEND, 0),
		.remote = self->name,
		.id = ID,
	};
}

FIXTURE_TEARDOWN(talk)
{
	actor_exit(&self->b);
	actor_exit(&self->a);
	world_end();
}

static long send_bytes(FIXTURE_DATA(talk) *self, u32 size)
{
	current = &self->a.thread;
	self->args.option = MACHDEV_SEND_MSG | MACHDEV_SEND_TIMEOUT;
	self->args.send_size = size;
	return mach_msg(&self->a.task, &self->args, NULL);
}

static long receive_in(FIXTURE_DATA(talk) *self, u32 room, u32 option)
{
	current = &self->b.thread;
	self->args.option = MACHDEV_RCV_MSG | MACHDEV_RCV_TIMEOUT | option;
	self->args.rcv_size = room;
	self->args.rcv_name = self->port;
	return mach_msg(&self->b.task, &self->args, NULL);
}

/* A message with a reply right and three rights of the body. */
static void fill(FIXTURE_DATA(talk) *self, u32 *reply, u32 *body)
{
	static const u8 dispositions[] = {
		MACHDEV_MOVE_RECEIVE, MACHDEV_MAKE_SEND, MACHDEV_MOVE_SEND,
	};
	unsigned int i;

	*reply = new_port(self->from);
	self->user = (struct user){
		.header = {
			.bits = COMPLEX | MACHDEV_BITS(MACHDEV_COPY_SEND,
						       MACHDEV_MAKE_SEND_ONCE),
			.remote = self->name,
			.local = *reply,
			.id = ID,
		},
		.count = 3,
	};
	for (i = 0; i < 3; i++) {
		body[i] = new_port(self->from);
		if (dispositions[i] == MACHDEV_MOVE_SEND)
			give(self->from, body[i], MACHDEV_MAKE_SEND,
			     self->from);
		self->user.desc[i].name = body[i];
		self->user.desc[i].disposition = dispositions[i];
	}
}

#define FILLED offsetof(struct user, trailer)

TEST_F(talk, a_message_arrives)
{
	ASSERT_EQ(0, send_bytes(self, 24));
	EXPECT_EQ(2, atomic_read(&self->p->srights));
	memset(&self->user, 0xcc, sizeof(self->user));
	ASSERT_EQ(0, receive_in(self, 32, 0));
	EXPECT_EQ(MACHDEV_BITS(0, MACHDEV_MOVE_SEND), self->user.header.bits);
	EXPECT_EQ(24, self->user.header.size);
	EXPECT_EQ(0, self->user.header.remote);
	EXPECT_EQ(self->port, self->user.header.local);
	EXPECT_EQ(ID, self->user.header.id);
	EXPECT_EQ(8, ((u32 *)&self->user)[7]);
	EXPECT_EQ(0xcc, ((u8 *)&self->user)[32]);
	EXPECT_EQ(1, atomic_read(&self->p->srights));
	EXPECT_EQ(MACHDEV_RCV_TIMED_OUT, receive_in(self, 32, 0));
}

TEST_F(talk, rights_arrive)
{
	u32 reply, body[3];

	fill(self, &reply, body);
	ASSERT_EQ(0, send_bytes(self, FILLED));
	EXPECT_EQ(0, rights_of(self->from, body[0]));
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->from, body[2]));
	ASSERT_EQ(0, receive_in(self, sizeof(self->user), 0));
	EXPECT_EQ(COMPLEX | MACHDEV_BITS(MACHDEV_MOVE_SEND_ONCE,
					 MACHDEV_MOVE_SEND),
		  self->user.header.bits);
	EXPECT_EQ(MACH_ENTRY_SEND_ONCE,
		  rights_of(self->to, self->user.header.remote));
	EXPECT_EQ(3, self->user.count);
	EXPECT_EQ(MACH_ENTRY_RECEIVE,
		  rights_of(self->to, self->user.desc[0].name));
	EXPECT_EQ(MACHDEV_MOVE_RECEIVE, self->user.desc[0].disposition);
	EXPECT_EQ(NULL, port_of(self->to,
				self->user.desc[0].name)->destination);
	EXPECT_EQ(MACH_ENTRY_SEND,
		  rights_of(self->to, self->user.desc[1].name));
	EXPECT_EQ(MACHDEV_MOVE_SEND, self->user.desc[1].disposition);
	EXPECT_EQ(MACH_ENTRY_SEND,
		  rights_of(self->to, self->user.desc[2].name));
}

static FIXTURE_DATA(talk) *other;
static unsigned int accesses, scribble_after;

/* Another thread of the sender writes to the message. */
static void scribble(void)
{
	if (++accesses != scribble_after)
		return;
	other->user.header.bits = 0;
	other->user.header.remote = 0xbad;
	other->user.count = U32_MAX;
	other->user.desc[2].disposition = 0;
}

TEST_F(talk, what_was_read_once_is_not_read_again)
{
	/* The header is read first, then the count, then all that follows. */
	static const long results[] = {
		MACHDEV_SEND_MSG_TOO_SMALL, MACHDEV_SEND_INVALID_RIGHT, 0
	};
	u32 reply, body[3];
	unsigned int i;

	other = self;
	shim_user_meanwhile = scribble;
	for (i = 0; i < ARRAY_SIZE(results); i++) {
		fill(self, &reply, body);
		accesses = 0;
		scribble_after = i + 1;
		EXPECT_EQ(results[i], send_bytes(self, FILLED));
		EXPECT_LE(scribble_after, accesses);
	}
	shim_user_meanwhile = NULL;
	EXPECT_EQ(1, self->p->msgcount);
}

/* As fill() left it, but for the destination, which is there all the time. */
#define EXPECT_NOT_SENT() do { \
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->from, reply)); \
	EXPECT_EQ(0, atomic_read(&port_of(self->from, reply)->sorights)); \
	EXPECT_EQ(0, port_of(self->from, reply)->msgcount); \
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->from, body[0])); \
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->from, body[1])); \
	EXPECT_EQ(3, rights_of(self->from, body[2])); \
	EXPECT_EQ(1, atomic_read(&self->p->srights)); \
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_QUEUED)); \
} while (0)

TEST_F(talk, no_memory_to_send)
{
	u32 reply, body[3];
	unsigned int nth, failed = 0;
	long ret;

	fill(self, &reply, body);
	FOR_EACH_FAILURE(nth) {
		ret = send_bytes(self, FILLED);
		if (!ret)
			continue;
		failed++;
		EXPECT_EQ(MACHDEV_SEND_NO_BUFFER, ret);
		EXPECT_NOT_SENT();
	}
	EXPECT_EQ(2, failed);
	EXPECT_EQ(1, self->p->msgcount);
}

TEST_F(talk, user_memory_that_fails_when_it_is_read)
{
	u32 reply, body[3];
	unsigned int nth;

	fill(self, &reply, body);
	for (nth = 1; nth <= 3; nth++) {
		shim_user_fail = nth;
		EXPECT_EQ(MACHDEV_SEND_INVALID_DATA, send_bytes(self, FILLED));
		EXPECT_NOT_SENT();
	}
	shim_user_fail = 4;
	EXPECT_EQ(0, send_bytes(self, FILLED));
	EXPECT_EQ(1, shim_user_fail);
	shim_user_fail = 0;
}

TEST_F(talk, a_message_that_ends_where_memory_does)
{
	u32 reply, body[3], size;

	fill(self, &reply, body);
	for (size = 24; size < FILLED; size += 4) {
		shim_user_size = size;
		EXPECT_EQ(MACHDEV_SEND_INVALID_DATA, send_bytes(self, FILLED));
		EXPECT_NOT_SENT();
	}
	shim_user_size = 20;
	EXPECT_EQ(MACHDEV_SEND_INVALID_DATA, send_bytes(self, 24));
	EXPECT_NOT_SENT();
}

TEST_F(talk, a_message_that_says_it_has_more)
{
	u32 reply, body[3], size;

	fill(self, &reply, body);
	for (size = 24; size < FILLED; size += 4) {
		EXPECT_EQ(MACHDEV_SEND_MSG_TOO_SMALL, send_bytes(self, size));
		EXPECT_NOT_SENT();
	}
}

TEST_F(talk, a_queue_that_is_full_gives_the_message_back)
{
	u32 reply, body[3], once;
	struct user back;
	int i;

	for (i = 0; i < 5; i++)
		ASSERT_EQ(0, send_bytes(self, 24));
	fill(self, &reply, body);
	EXPECT_EQ(MACHDEV_SEND_TIMED_OUT, send_bytes(self, FILLED));
	EXPECT_EQ(5, self->p->msgcount);
	EXPECT_EQ(COMPLEX | MACHDEV_BITS(MACHDEV_MOVE_SEND,
					 MACHDEV_MOVE_SEND_ONCE),
		  self->user.header.bits);
	EXPECT_EQ(self->name, self->user.header.remote);
	once = self->user.header.local;
	EXPECT_EQ(MACH_ENTRY_SEND_ONCE, rights_of(self->from, once));
	EXPECT_EQ(MACH_ENTRY_RECEIVE,
		  rights_of(self->from, self->user.desc[0].name));
	EXPECT_EQ(2, refs_of(self->from, self->name, MACHDEV_RIGHT_SEND));
	/* Sending the same buffer again is right. */
	back = self->user;
	receive_in(self, 100, 0);
	self->user = back;
	EXPECT_EQ(0, send_bytes(self, FILLED));
	EXPECT_EQ(5, self->p->msgcount);
}

static void take_one(void)
{
	struct machdev_msg args = other->args;

	current = &other->b.thread;
	args.option = MACHDEV_RCV_MSG | MACHDEV_RCV_TIMEOUT;
	args.rcv_size = 100;
	args.rcv_name = other->port;
	SHIM_NEVER(mach_msg_receive(&other->b.task, &args, &(ktime_t){ 0 }));
	shim_sleeping = NULL;
}

TEST_F(talk, a_sender_waits_for_room)
{
	int i;

	for (i = 0; i < 5; i++)
		ASSERT_EQ(0, send_bytes(self, 24));
	other = self;
	shim_sleeping = take_one;
	self->user.header.bits = MACHDEV_BITS(MACHDEV_COPY_SEND, 0);
	self->user.header.remote = self->name;
	self->args.option = MACHDEV_SEND_MSG;
	EXPECT_EQ(0, mach_msg(&self->a.task, &self->args, NULL));
	EXPECT_TRUE(!shim_sleeping);
	EXPECT_EQ(5, self->p->msgcount);
}

TEST_F(talk, a_sender_waits_as_long_as_it_says)
{
	int i;

	for (i = 0; i < 5; i++)
		ASSERT_EQ(0, send_bytes(self, 24));
	self->args.timeout = 30;
	EXPECT_EQ(MACHDEV_SEND_TIMED_OUT, send_bytes(self, 24));
	EXPECT_EQ(30000000, shim_now);
	EXPECT_TRUE(list_empty(&self->p->senders));
	current->signal = true;
	self->args.timeout = 30;
	EXPECT_EQ(MACHDEV_SEND_INTERRUPTED, send_bytes(self, 24));
	current->signal = false;
}

static void post_one(void)
{
	current = &other->a.thread;
	other->args.option = MACHDEV_SEND_MSG;
	SHIM_NEVER(mach_msg_send(&other->a.task, &other->args));
	shim_sleeping = NULL;
}

TEST_F(talk, a_receiver_waits_for_a_message)
{
	other = self;
	self->args.send_size = 24;
	self->args.timeout = 50;
	shim_sleeping = post_one;
	EXPECT_EQ(0, receive_in(self, 100, 0));
	EXPECT_EQ(ID, self->user.header.id);
	EXPECT_EQ(0, shim_now);
	EXPECT_EQ(MACHDEV_RCV_TIMED_OUT, receive_in(self, 100, 0));
	EXPECT_EQ(50000000, shim_now);
}

TEST_F(talk, a_signal_ends_the_wait_and_the_call_can_go_on)
{
	struct machdev_msg *uargs = (void *)&self->user;

	current = &self->b.thread;
	current->signal = true;
	self->args.option = MACHDEV_RCV_MSG | MACHDEV_RCV_TIMEOUT;
	self->args.timeout = 50;
	self->args.rcv_name = self->port;
	EXPECT_EQ(-ERESTARTNOHAND, mach_msg(&self->b.task, &self->args, uargs));
	EXPECT_EQ(MACHDEV_MSG_DEADLINE, uargs->flags);
	EXPECT_EQ(50000000, uargs->deadline);
	EXPECT_TRUE(list_empty(&self->p->receivers));
	current->signal = false;
}

TEST_F(talk, a_receiver_without_room)
{
	u32 reply, body[3];

	fill(self, &reply, body);
	ASSERT_EQ(0, send_bytes(self, FILLED));
	EXPECT_EQ(MACHDEV_RCV_TOO_LARGE,
		  receive_in(self, FILLED + 7, MACHDEV_RCV_LARGE));
	EXPECT_EQ(FILLED, self->user.header.size);
	EXPECT_EQ(1, self->p->msgcount);
	EXPECT_EQ(MACHDEV_RCV_TOO_LARGE, receive_in(self, FILLED + 7, 0));
	EXPECT_EQ(0, self->p->msgcount);
	EXPECT_EQ(24, self->user.header.size);
	/* The reply right went unused. */
	EXPECT_EQ(1, port_of(self->from, reply)->msgcount);
	EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_NAMES) - 4);
}

TEST_F(talk, no_memory_for_the_rights_that_arrive)
{
	u32 reply, body[3];
	unsigned int nth;
	long ret;

	mach_right_destroy_all(self->to, false);
	mach_space_free_table(self->to);
	self->port = (MACH_NAMES_MAX - 1) << 8 | 3;
	ASSERT_EQ(0, mach_right_allocate(self->to, MACHDEV_RIGHT_RECEIVE, true,
					 &self->port));
	self->p = port_of(self->to, self->port);
	self->name = give(self->to, self->port, MACHDEV_MAKE_SEND, self->from);
	fill(self, &reply, body);
	ASSERT_EQ(0, send_bytes(self, FILLED));
	/* All of the first segment is taken but for one entry. */
	for (nth = 1; nth < 31; nth++) {
		u32 name = nth << 8 | 3;

		ASSERT_EQ(0, mach_right_allocate(self->to,
						 MACHDEV_RIGHT_DEAD_NAME, true,
						 &name));
	}
	shim_fail = 1;
	shim_fail_all = true;
	ret = receive_in(self, sizeof(self->user), 0);
	shim_fail = 0;
	shim_fail_all = false;
	EXPECT_EQ(MACHDEV_RCV_BODY_ERROR | MACHDEV_MSG_IPC_KERNEL, ret);
	EXPECT_EQ(31 << 8 | 3, self->user.header.remote);
	EXPECT_EQ(0, self->user.desc[0].name);
	EXPECT_EQ(0, self->user.desc[1].name);
	EXPECT_EQ(0, self->user.desc[2].name);
}

TEST_F(talk, a_buffer_that_cannot_be_written)
{
	u32 reply, body[3];

	fill(self, &reply, body);
	ASSERT_EQ(0, send_bytes(self, FILLED));
	shim_user_fail = 1;
	EXPECT_EQ(MACHDEV_RCV_INVALID_DATA,
		  receive_in(self, sizeof(self->user), 0));
	EXPECT_EQ(0, self->p->msgcount);
	EXPECT_EQ(1, atomic_read(&self->p->srights));
}

TEST_F(talk, a_right_on_its_way_to_itself)
{
	u32 reply, body[3];

	fill(self, &reply, body);
	self->user.header.remote = body[0];
	self->user.header.bits = COMPLEX | MACHDEV_BITS(MACHDEV_MAKE_SEND,
							MACHDEV_MAKE_SEND_ONCE);
	EXPECT_EQ(0, send_bytes(self, FILLED));
	/* As if it had arrived, and been destroyed. */
	EXPECT_EQ(0, rights_of(self->from, body[0]));
	EXPECT_EQ(1, port_of(self->from, reply)->msgcount);
}

TEST_F(talk, a_descriptor_without_its_right_costs_the_message)
{
	u32 reply, body[3];

	fill(self, &reply, body);
	self->user.desc[2].name = 0x12307;
	EXPECT_EQ(MACHDEV_SEND_INVALID_RIGHT, send_bytes(self, FILLED));
	EXPECT_EQ(0, rights_of(self->from, body[0]));
	EXPECT_EQ(0, self->p->msgcount);
	EXPECT_EQ(2, atomic_read(&self->p->srights) + 1);
}

TEST_F(talk, a_header_is_taken_as_a_whole_or_not_at_all)
{
	u32 reply, body[3];

	fill(self, &reply, body);
	self->user.header.local = 0x12307;
	EXPECT_EQ(MACHDEV_SEND_INVALID_REPLY, send_bytes(self, FILLED));
	EXPECT_NOT_SENT();
	self->user.header.local = reply;
	self->user.header.remote = 0x12307;
	EXPECT_EQ(MACHDEV_SEND_INVALID_DEST, send_bytes(self, FILLED));
	EXPECT_NOT_SENT();
}

TEST_HARNESS_MAIN
