// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guarded port descriptors: who may send a guarded right, how it arrives, and
 * how it comes back.
 */
#include "msg_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE
#define IMMOVABLE_FLAG MACH_MSG_GUARD_FLAGS_IMMOVABLE_RECEIVE
#define UNGUARDED_FLAG MACH_MSG_GUARD_FLAGS_UNGUARDED_ON_SEND

#define GUARDED MACH_PORT_STATUS_FLAG_GUARDED
#define STRICT MACH_PORT_STATUS_FLAG_STRICT_GUARD
#define IMMOVABLE MACH_PORT_STATUS_FLAG_GUARD_IMMOVABLE_RECEIVE

#define GUARD 0xfeedfacecafe0001ull
#define COUNT 3

struct guarded_msg {
	mach_msg_header_t head;
	mach_msg_body_t body;
	mach_msg_guarded_port_descriptor_t guarded[COUNT];
	uint32_t word[32];
};

#define GUARDED_SIZE(count) \
	((mach_msg_size_t)(offsetof(struct guarded_msg, guarded) + \
			   16 * (count)))

static mach_msg_guarded_port_descriptor_t
msg_guarded(mach_port_t name, mach_port_context_t context, unsigned int flags)
{
	return (mach_msg_guarded_port_descriptor_t){
		.context = context, .flags = flags,
		.disposition = MOVE_RECEIVE,
		.type = MACH_MSG_GUARDED_PORT_DESCRIPTOR, .name = name,
	};
}

static mach_port_t port_new_guarded(uint64_t flags)
{
	mach_port_t name = port_new();

	MUST(mach_port_guard_with_flags(mach_task_self(), name, GUARD, flags));
	return name;
}

static unsigned int flags_of(mach_port_t name)
{
	return port_status(name).mps_flags;
}

static void guarded_msg_init(struct guarded_msg *msg, mach_port_t remote,
			     unsigned int count)
{
	memset(msg, 0, sizeof(*msg));
	msg->head.msgh_bits = MACH_MSGH_BITS(COPY_SEND, 0) |
			      MACH_MSGH_BITS_COMPLEX;
	msg->head.msgh_remote_port = remote;
	msg->body.msgh_descriptor_count = count;
}

static mach_msg_return_t guarded_send(mach_port_t port, mach_port_t name,
				      mach_port_context_t context,
				      unsigned int flags)
{
	struct guarded_msg msg;

	guarded_msg_init(&msg, port, 1);
	msg.guarded[0] = msg_guarded(name, context, flags);
	return msg_send(&msg, GUARDED_SIZE(1));
}

static mach_msg_return_t guarded_receive(struct guarded_msg *msg,
					 mach_port_t port, unsigned int option)
{
	memset(msg, TEST_POISON, sizeof(*msg));
	return mach_msg(&msg->head, MACH_RCV_MSG | MACH_RCV_TIMEOUT | option, 0,
			sizeof(*msg), port, 0, MACH_PORT_NULL);
}

/* A delivered descriptor is exactly this. */
static bool guarded_is(const mach_msg_guarded_port_descriptor_t *got,
		       mach_port_t name, mach_port_context_t context,
		       unsigned int flags)
{
	mach_msg_guarded_port_descriptor_t want =
		msg_guarded(name, context, flags);

	if (!memcmp(got, &want, sizeof(want)))
		return true;
	fprintf(stderr, "# name %#x context %#lx flags %u, not %#x %#lx %u\n",
		got->name, (long)got->context, got->flags, name, (long)context,
		flags);
	return false;
}

/* Every way to guard it before, every flag, and both at once. */
TEST(arrives_with_the_guard_of_its_receiver)
{
	static const struct {
		bool guarded;
		uint64_t guard;
		unsigned int flags;
	} rows[] = {
		{ true, 0, IMMOVABLE_FLAG },
		{ true, MPG_STRICT, IMMOVABLE_FLAG },
		{ false, 0, UNGUARDED_FLAG },
		{ false, 0, UNGUARDED_FLAG | IMMOVABLE_FLAG },
	};
	mach_port_t port = port_new_send(1), name;
	struct guarded_msg msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		bool immovable = rows[i].flags & IMMOVABLE_FLAG;
		mach_port_context_t guard = (uintptr_t)&msg;

		name = rows[i].guarded ? port_new_guarded(rows[i].guard) :
					 port_new();
		ASSERT_KR(KERN_SUCCESS,
			  guarded_send(port, name,
				       rows[i].guarded ? GUARD : 0,
				       rows[i].flags));
		EXPECT_EQ(0, port_type(name));
		ASSERT_KR(KERN_SUCCESS,
			  guarded_receive(&msg, port, MACH_RCV_GUARDED_DESC));
		name = msg.guarded[0].name;
		EXPECT_EQ(GUARDED_SIZE(1), msg.head.msgh_size);
		EXPECT_TRUE(guarded_is(&msg.guarded[0], name, guard,
				       immovable ? IMMOVABLE_FLAG : 0));
		EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(name));
		EXPECT_EQ(GUARDED | (immovable ? IMMOVABLE : 0),
			  flags_of(name));

		/* It is a guard: who does not know it destroys nothing. */
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  mach_port_destruct(mach_task_self(), name, 0,
					     guard + 1));
		EXPECT_KR(immovable ? MACH_SEND_INVALID_RIGHT : KERN_SUCCESS,
			  guarded_send(port, name, guard, IMMOVABLE_FLAG));
		if (!immovable) {
			ASSERT_KR(KERN_SUCCESS,
				  guarded_receive(&msg, port,
						  MACH_RCV_GUARDED_DESC));
			name = msg.guarded[0].name;
		}
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_destruct(mach_task_self(), name, 0,
					     guard));
	}
}

TEST(null_and_dead_pass)
{
	mach_port_t port = port_new_send(1);
	struct guarded_msg msg;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		guarded_msg_init(&msg, port, 2);
		msg.guarded[0] = msg_guarded(MACH_PORT_NULL, GUARD,
					     IMMOVABLE_FLAG);
		msg.guarded[1] = msg_guarded(MACH_PORT_DEAD, 0,
					     UNGUARDED_FLAG);
		msg.word[0] = 77;
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, GUARDED_SIZE(2)));
		ASSERT_KR(KERN_SUCCESS,
			  guarded_receive(&msg, port,
					  i ? 0 : MACH_RCV_GUARDED_DESC));
		if (!i) {
			EXPECT_TRUE(guarded_is(&msg.guarded[0], MACH_PORT_NULL,
					       0, IMMOVABLE_FLAG));
			EXPECT_TRUE(guarded_is(&msg.guarded[1], MACH_PORT_DEAD,
					       0, 0));
		}
		mach_msg_destroy(&msg.head);
	}
}

/* With MACH_SEND_INVALID_RIGHT, and the right is where and as it was. */
static void refuse(struct __test_metadata *_metadata, mach_port_t name,
		   mach_port_context_t context, unsigned int flags)
{
	mach_port_t port = port_new_send(1), once = port_new();
	unsigned int status = 0;
	struct guarded_msg msg;
	struct msg notice;
	bool receives = port_type(name) & MACH_PORT_TYPE_RECEIVE;
	mach_port_type_t type = port_type(name);

	if (receives)
		status = flags_of(name);
	guarded_msg_init(&msg, port, 1);
	msg.head.msgh_bits |= MACH_MSGH_BITS(0, MAKE_ONCE);
	msg.head.msgh_local_port = once;
	msg.guarded[0] = msg_guarded(name, context, flags);
	EXPECT_KR(MACH_SEND_INVALID_RIGHT, msg_send(&msg, GUARDED_SIZE(1)));
	EXPECT_EQ(type, port_type(name));
	if (receives) {
		EXPECT_EQ(status, flags_of(name));
	}
	EXPECT_EQ(0, port_queued(port));
	/* The rights of the header are gone. */
	ASSERT_KR(KERN_SUCCESS, msg_receive(&notice, once));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, notice.head.msgh_id);
	MUST(mach_port_destroy(mach_task_self(), port));
	MUST(mach_port_destroy(mach_task_self(), once));
}

TEST(refused)
{
	mach_port_t guarded = port_new_guarded(0), plain = port_new();
	mach_port_t strict = port_new_guarded(MPG_STRICT);
	mach_port_t context = port_new();

	refuse(_metadata, guarded, GUARD + 1, IMMOVABLE_FLAG);
	refuse(_metadata, guarded, 0, IMMOVABLE_FLAG);
	refuse(_metadata, guarded, 0, UNGUARDED_FLAG);
	refuse(_metadata, strict, 0, UNGUARDED_FLAG | IMMOVABLE_FLAG);
	refuse(_metadata, strict, GUARD ^ 1ull << 63, IMMOVABLE_FLAG);
	refuse(_metadata, plain, GUARD, IMMOVABLE_FLAG);
	refuse(_metadata, plain, 0, IMMOVABLE_FLAG);
	/* A context that is no guard is not one that is known. */
	MUST(mach_port_set_context(mach_task_self(), context, GUARD));
	refuse(_metadata, context, GUARD, IMMOVABLE_FLAG);
	refuse(_metadata, context, 0, UNGUARDED_FLAG);
	/* Immovable is immovable, whoever knows the guard. */
	refuse(_metadata, port_new_guarded(MPG_IMMOVABLE_RECEIVE), GUARD,
	       IMMOVABLE_FLAG);
	/* No receive right at all. */
	refuse(_metadata, port_new_stale(), GUARD, IMMOVABLE_FLAG);
	refuse(_metadata, port_new_dead(1), 0, UNGUARDED_FLAG);
	refuse(_metadata, port_new_once(plain), 0, UNGUARDED_FLAG);
}

/* A port descriptor without a right: 12 bytes, and what follows moves up. */
TEST(receiver_that_takes_none)
{
	mach_port_t port = port_new_send(1), passed = port_new();
	mach_port_t name[COUNT];
	struct {
		mach_msg_header_t head;
		mach_msg_body_t body;
		mach_msg_guarded_port_descriptor_t first;
		mach_msg_port_descriptor_t port;
		mach_msg_guarded_port_descriptor_t second;
		uint32_t word[2];
	} out;
	struct {
		mach_msg_header_t head;
		mach_msg_body_t body;
		mach_msg_port_descriptor_t port[3];
		uint32_t word[2];
		mach_msg_trailer_t trailer;
		uint32_t rest[4];
	} in;
	struct machdev_msg_port want;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		name[i] = port_new_guarded(0);
		port_add_send(name[i]);
	}
	memset(&out, 0, sizeof(out));
	out.head.msgh_bits = MACH_MSGH_BITS(COPY_SEND, 0) |
			     MACH_MSGH_BITS_COMPLEX;
	out.head.msgh_remote_port = port;
	out.body.msgh_descriptor_count = 3;
	out.first = msg_guarded(name[0], GUARD, IMMOVABLE_FLAG);
	out.port = msg_port(passed, MACH_MSG_TYPE_MAKE_SEND);
	out.second = msg_guarded(name[1], GUARD, IMMOVABLE_FLAG);
	out.word[0] = 1234;
	out.word[1] = 5678;
	ASSERT_KR(KERN_SUCCESS, msg_send(&out, sizeof(out)));
	memset(&in, TEST_POISON, sizeof(in));
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(&in.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   sizeof(in), port, 0, MACH_PORT_NULL));
	EXPECT_EQ(sizeof(out) - 8, in.head.msgh_size);
	EXPECT_EQ(3, in.body.msgh_descriptor_count);
	for (i = 0; i < 3; i++) {
		want = (struct machdev_msg_port){
			.name = i == 1 ? passed : MACH_PORT_NULL,
			.disposition = i == 1 ? MOVE_SEND : MOVE_RECEIVE,
			.type = MACHDEV_DESC_PORT,
		};
		EXPECT_EQ(0, memcmp(&in.port[i], &want, sizeof(want)));
	}
	EXPECT_EQ(1234, in.word[0]);
	EXPECT_EQ(5678, in.word[1]);
	EXPECT_EQ(sizeof(in.trailer), in.trailer.msgh_trailer_size);
	EXPECT_TRUE(is_poison(in.rest, sizeof(in.rest)));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(name[i]));
}

/* Back as it was, to be sent again as it is. */
TEST(timed_out)
{
	mach_port_t port = port_new_send(1);
	mach_port_t strict = port_new_guarded(MPG_STRICT);
	mach_port_t guarded = port_new_guarded(0), plain = port_new();
	struct guarded_msg msg;

	port_fill(port);
	guarded_msg_init(&msg, port, 3);
	msg.guarded[0] = msg_guarded(strict, GUARD, IMMOVABLE_FLAG);
	msg.guarded[1] = msg_guarded(guarded, GUARD, IMMOVABLE_FLAG);
	msg.guarded[2] = msg_guarded(plain, 0, UNGUARDED_FLAG);
	EXPECT_KR(MACH_SEND_TIMED_OUT, msg_send(&msg, GUARDED_SIZE(3)));
	strict = msg.guarded[0].name;
	guarded = msg.guarded[1].name;
	plain = msg.guarded[2].name;
	EXPECT_TRUE(guarded_is(&msg.guarded[0], strict, GUARD, IMMOVABLE_FLAG));
	EXPECT_TRUE(guarded_is(&msg.guarded[1], guarded, GUARD,
			       IMMOVABLE_FLAG));
	EXPECT_TRUE(guarded_is(&msg.guarded[2], plain, 0, UNGUARDED_FLAG));
	EXPECT_EQ(GUARDED | STRICT, flags_of(strict));
	EXPECT_EQ(GUARDED, flags_of(guarded));
	EXPECT_EQ(0, flags_of(plain));

	port_drain(port);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, GUARDED_SIZE(3)));
	ASSERT_KR(KERN_SUCCESS,
		  guarded_receive(&msg, port, MACH_RCV_GUARDED_DESC));
	EXPECT_TRUE(!msg.guarded[2].flags);
	/* What was received is destroyed by who shows its guard. */
	strict = msg.guarded[0].name;
	mach_msg_destroy(&msg.head);
	EXPECT_EQ(0, port_type(strict));
	EXPECT_EQ(0, port_type(msg.guarded[1].name));
	EXPECT_EQ(0, port_type(msg.guarded[2].name));
}

/* A receive right is one, whatever carries it. */
TEST(to_itself)
{
	mach_port_t port = port_new_guarded(0);

	port_add_send(port);
	EXPECT_KR(KERN_SUCCESS,
		  guarded_send(port, port, GUARD, IMMOVABLE_FLAG));
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(port));
}

/* Who asked for it gets a right that is free when its message is destroyed. */
TEST(destroyed_in_the_queue)
{
	mach_port_t port = port_new_send(1), notify = port_new(), previous;
	mach_port_t name = port_new_guarded(MPG_STRICT);
	struct port_msg msg;

	MUST(mach_port_request_notification(mach_task_self(), name,
					    MACH_NOTIFY_PORT_DESTROYED, 0,
					    notify, MAKE_ONCE, &previous));
	ASSERT_KR(KERN_SUCCESS, guarded_send(port, name, GUARD,
					     IMMOVABLE_FLAG));
	port_destroy_receive(port);
	ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, notify));
	EXPECT_EQ(MACH_NOTIFY_PORT_DESTROYED, msg.head.msgh_id);
	EXPECT_EQ(0, flags_of(msg.port[0].name));
}

MACH_TEST_MAIN
