// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each bit of the options of mach_msg(), and of the flags of its struct: what
 * it does alone, in each half. docs/semantics.rst has the same table.
 */
#include "msg_helpers.h"

#define BODY 8			/* words of the message that is sent */
#define SHORT 40		/* bytes of a buffer that it does not fit in */

/* What a bit changes; nothing else does. */
struct option {
	mach_msg_option_t bit;
	mach_msg_size_t trailer;	/* other than the 8 bytes of none */
	bool stays;			/* a message that does not fit */
};

#define ELEMENTS(which) \
	MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_##which)

static const struct option options[] = {
	{ .bit = MACH_RCV_LARGE, .stays = true },
	{ .bit = MACH_RCV_LARGE_IDENTITY },
	{ .bit = MACH_SEND_OVERRIDE },
	{ .bit = MACH_SEND_INTERRUPT },
	{ .bit = MACH_SEND_NOTIFY },
	{ .bit = MACH_MSG_STRICT_REPLY },
	{ .bit = MACH_RCV_INTERRUPT },
	{ .bit = MACH_RCV_VOUCHER },
	{ .bit = MACH_RCV_GUARDED_DESC },
	{ .bit = 0x2000 },
	{ .bit = MACH_RCV_SYNC_WAIT },
	{ .bit = MACH_RCV_SYNC_PEEK },
	{ .bit = MACH_SEND_FILTER_NONFATAL },	/* in the kernel: SEND_ALWAYS */
	{ .bit = MACH_SEND_TRAILER },
	{ .bit = MACH_SEND_NOIMPORTANCE },
	{ .bit = 0x80000 },			/* in the kernel: SEND_IMPORTANCE */
	{ .bit = MACH_SEND_SYNC_OVERRIDE },
	{ .bit = MACH_SEND_PROPAGATE_QOS },
	{ .bit = 0x400000 },			/* in the kernel: SEND_KERNEL */
	{ .bit = MACH_SEND_SYNC_BOOTSTRAP_CHECKIN },
	{ .bit = ELEMENTS(SEQNO), .trailer = 12 },
	{ .bit = ELEMENTS(SENDER), .trailer = 20 },
	{ .bit = ELEMENTS(CTX), .trailer = 60 },
	{ .bit = ELEMENTS(LABELS), .trailer = 68 },
	{ .bit = MACH_RCV_TRAILER_TYPE(1), .trailer = 112 },
	{ .bit = MACH_RCV_TRAILER_TYPE(2) },
	{ .bit = MACH_RCV_TRAILER_TYPE(4) },
	{ .bit = MACH_RCV_TRAILER_TYPE(8) },
};

/* The bits that start a half, or give it a time; the rest of the tests have. */
#define OTHERS (MACH_SEND_MSG | MACH_RCV_MSG | MACH_SEND_TIMEOUT | \
		MACH_RCV_TIMEOUT)

FIXTURE(option) {
	mach_port_t port;
	struct msg msg;
};

FIXTURE_SETUP(option)
{
	self->port = port_new_send(1);
}

FIXTURE_TEARDOWN(option)
{
}

FIXTURE_VARIANT(option) {
	mach_msg_option_t besides;
};

/* Alone, and with all bits that are without effect. */
FIXTURE_VARIANT_ADD(option, alone) {
};

FIXTURE_VARIANT_ADD(option, with_others) {
	.besides = MACH_SEND_OVERRIDE | MACH_MSG_STRICT_REPLY |
		   MACH_RCV_VOUCHER | 0x2000 | MACH_RCV_SYNC_WAIT |
		   MACH_RCV_SYNC_PEEK | MACH_SEND_FILTER_NONFATAL |
		   MACH_SEND_TRAILER | MACH_SEND_NOIMPORTANCE | 0x80000 |
		   MACH_SEND_SYNC_OVERRIDE | MACH_SEND_PROPAGATE_QOS |
		   0x400000 | MACH_SEND_SYNC_BOOTSTRAP_CHECKIN,
};

static mach_msg_return_t send_with(struct msg *msg, mach_port_t port,
				   mach_msg_option_t option)
{
	msg_init(msg, port, MACH_MSG_TYPE_MAKE_SEND, MACH_PORT_NULL, 0, 7);
	memset(msg->word, 0x11, 4 * BODY);
	return mach_msg(&msg->head, MACH_SEND_MSG | MACH_SEND_TIMEOUT | option,
			MSG_SIZE(BODY), 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

static mach_msg_return_t receive_with(struct msg *msg, mach_port_t port,
				      mach_msg_option_t option,
				      mach_msg_size_t room)
{
	memset(msg, TEST_POISON, sizeof(*msg));
	return mach_msg(&msg->head, MACH_RCV_MSG | MACH_RCV_TIMEOUT | option, 0,
			room, port, 0, MACH_PORT_NULL);
}

/* Does the table have each of the 32 bits once? */
TEST(all_bits)
{
	uint32_t seen = OTHERS;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		EXPECT_EQ(0, seen & (uint32_t)options[i].bit);
		seen |= (uint32_t)options[i].bit;
	}
	EXPECT_EQ(UINT32_MAX, seen);
}

/* No bit keeps a message from being sent, or changes it. */
TEST_F(option, a_send_with_room)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		EXPECT_KR(MACH_MSG_SUCCESS,
			  send_with(&self->msg, self->port,
				    options[i].bit | variant->besides)) {
			TH_LOG("option %#x", options[i].bit);
		}
		EXPECT_KR(MACH_MSG_SUCCESS,
			  msg_receive(&self->msg, self->port));
		EXPECT_EQ(7, self->msg.head.msgh_id);
		EXPECT_EQ(MSG_SIZE(BODY), self->msg.head.msgh_size);
		EXPECT_TRUE(is_filled(self->msg.word, 0x11, 4 * BODY));
		/* The kernel's trailer, whatever the sender appends. */
		EXPECT_EQ(0, self->msg.word[BODY]);
		EXPECT_EQ(MSG_TRAILER_NULL, self->msg.word[BODY + 1]);
		EXPECT_TRUE(is_poison(&self->msg.word[BODY + 2], 64));
	}
}

/* Nor lets one a program pass the limit, as some do for the kernel itself. */
TEST_F(option, a_send_without_room)
{
	unsigned int i;

	port_fill(self->port);
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		EXPECT_KR(MACH_SEND_TIMED_OUT,
			  send_with(&self->msg, self->port,
				    options[i].bit | variant->besides)) {
			TH_LOG("option %#x", options[i].bit);
		}
		EXPECT_EQ(MACH_PORT_QLIMIT_DEFAULT, port_queued(self->port));
	}
}

TEST_F(option, a_receive)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		mach_msg_size_t trailer = options[i].trailer ?: MSG_TRAILER_NULL;

		MUST(send_with(&self->msg, self->port, 0));
		EXPECT_KR(MACH_MSG_SUCCESS,
			  receive_with(&self->msg, self->port,
				       options[i].bit | variant->besides,
				       sizeof(self->msg))) {
			TH_LOG("option %#x", options[i].bit);
		}
		EXPECT_EQ(7, self->msg.head.msgh_id);
		EXPECT_EQ(trailer, self->msg.word[BODY + 1]) {
			TH_LOG("option %#x", options[i].bit);
		}
		EXPECT_TRUE(is_poison((char *)&self->msg + MSG_SIZE(BODY) +
				      trailer, 64));
	}
}

TEST_F(option, a_receive_of_nothing)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		EXPECT_KR(MACH_RCV_TIMED_OUT,
			  receive_with(&self->msg, self->port,
				       options[i].bit | variant->besides,
				       sizeof(self->msg))) {
			TH_LOG("option %#x", options[i].bit);
		}
		EXPECT_TRUE(is_poison(&self->msg, sizeof(self->msg)));
	}
}

TEST_F(option, a_receive_that_does_not_fit)
{
	unsigned int i, left;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		MUST(send_with(&self->msg, self->port, 0));
		EXPECT_KR(MACH_RCV_TOO_LARGE,
			  receive_with(&self->msg, self->port,
				       options[i].bit | variant->besides,
				       SHORT)) {
			TH_LOG("option %#x", options[i].bit);
		}
		left = port_queued(self->port);
		EXPECT_EQ(options[i].stays, left) {
			TH_LOG("option %#x", options[i].bit);
		}
		if (left)
			MUST(msg_receive(&self->msg, self->port));
	}
}

/* Which port the message that has stayed is on is said if it is asked for. */
TEST_F(option, large_identity)
{
	MUST(send_with(&self->msg, self->port, 0));
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  receive_with(&self->msg, self->port,
			       MACH_RCV_LARGE | variant->besides, SHORT));
	EXPECT_EQ(MSG_SIZE(BODY), self->msg.head.msgh_size);
	EXPECT_TRUE(is_poison(&self->msg.head.msgh_local_port, 4));
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  receive_with(&self->msg, self->port, MACH_RCV_LARGE |
			       MACH_RCV_LARGE_IDENTITY | variant->besides,
			       SHORT));
	EXPECT_EQ(MSG_SIZE(BODY), self->msg.head.msgh_size);
	EXPECT_EQ(self->port, self->msg.head.msgh_local_port);
}

/*
 * There are no vouchers. The null voucher may be sent as one, and arrives as
 * none; a field that is said to hold none arrives as it was.
 */
TEST_F(option, null_voucher)
{
	static const mach_msg_type_name_t types[] = {
		MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MOVE_SEND,
	};
	struct msg *msg = &self->msg;
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(types); i++) {
		msg_init(msg, self->port, 0, MACH_PORT_NULL, 0, 7);
		msg->head.msgh_bits =
			MACH_MSGH_BITS_SET(MACH_MSG_TYPE_MAKE_SEND, 0,
					   types[i / 2], 0);
		EXPECT_KR(MACH_MSG_SUCCESS, msg_send(msg, MSG_HEADER));
		EXPECT_KR(MACH_MSG_SUCCESS,
			  msg_receive_option(msg, self->port, variant->besides |
					     (i & 1 ? MACH_RCV_VOUCHER : 0)));
		EXPECT_EQ(0, MACH_MSGH_BITS_VOUCHER(msg->head.msgh_bits));
		EXPECT_EQ(MACH_PORT_NULL, msg->head.msgh_voucher_port);
	}
	msg_init(msg, self->port, MACH_MSG_TYPE_MAKE_SEND, MACH_PORT_NULL, 0,
		 7);
	msg->head.msgh_voucher_port = 0x12345678;
	EXPECT_KR(MACH_MSG_SUCCESS, msg_send(msg, MSG_HEADER));
	EXPECT_KR(MACH_MSG_SUCCESS,
		  msg_receive_option(msg, self->port, MACH_RCV_VOUCHER |
				     variant->besides));
	EXPECT_EQ(0, MACH_MSGH_BITS_VOUCHER(msg->head.msgh_bits));
	EXPECT_EQ(0x12345678, msg->head.msgh_voucher_port);
}

/* The last argument of mach_msg() names nothing, whatever the options say. */
TEST(notify_argument)
{
	mach_port_t port = port_new_send(1);
	struct space before;
	unsigned int i;
	struct msg msg;
	const struct {
		mach_msg_option_t option;
		mach_port_t notify;
	} rows[] = {
		{ 0, port }, { 0, 0x777703 }, { 0, MACH_PORT_DEAD },
		{ MACH_SEND_NOTIFY, port }, { MACH_SEND_NOTIFY, 0x777703 },
		{ MACH_SEND_OVERRIDE, 0x777703 },
	};

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		space_read(&before);
		msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL, 0,
			 7);
		EXPECT_KR(MACH_MSG_SUCCESS,
			  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG |
				   rows[i].option, MSG_HEADER, sizeof(msg),
				   port, 0, rows[i].notify));
		/* But for the number of the next message. */
		MUST(mach_port_set_seqno(mach_task_self(), port, 0));
		EXPECT_TRUE(space_is(&before));
	}
}

/* The flags are a word of the struct's own, and those not known are refused. */
TEST(flags)
{
	mach_port_t port = port_new();
	struct msg msg;
	uint32_t bit;

	for (bit = 1; bit; bit <<= 1) {
		struct machdev_msg call = {
			.msg = (uintptr_t)&msg,
			.option = MACH_RCV_MSG | MACH_RCV_TIMEOUT,
			.rcv_size = sizeof(msg),
			.rcv_name = port,
			.flags = bit,
		};

		EXPECT_EQ(bit == MACHDEV_MSG_DEADLINE ? MACH_RCV_TIMED_OUT :
							-EINVAL,
			  mach_ioctl(MACHDEV_IOC_MSG, &call)) {
			TH_LOG("flag %#x", bit);
		}
	}
}

MACH_TEST_MAIN
