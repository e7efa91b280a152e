// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a send refuses in a header: each rule broken alone, then two at once to
 * see which is looked at first. Nothing changes in any of them.
 */
#include "msg_helpers.h"

/* What a name in the header denotes. */
enum kind {
	IS_NULL,
	IS_DEAD,	/* MACH_PORT_DEAD itself */
	IS_STALE,	/* denotes nothing any more */
	IS_UNKNOWN,	/* never denoted anything */
	IS_RECEIVE,	/* receive right alone */
	IS_SEND,	/* send right alone */
	IS_BOTH,	/* receive and send right */
	IS_OTHER,	/* receive and send right of another port */
	IS_ONCE,	/* send-once right */
	IS_DEAD_NAME,
	KINDS,
};

#define NONE 0
#define MOVE_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE

/* Numbers that no right in a header has. */
static const mach_msg_type_name_t no_header_type[] = {
	1, 2, 15, MOVE_RECEIVE, 22, 23, 24, 25, 26, 31,
};

struct row {
	enum kind dest;
	mach_msg_type_name_t dest_type;
	enum kind reply;
	mach_msg_type_name_t reply_type;
	enum kind voucher;
	mach_msg_type_name_t voucher_type;
	mach_msg_return_t code;
};

FIXTURE(header)
{
	mach_port_t name[KINDS];
	struct test_pipe done;
	pid_t peer;
};

typedef FIXTURE_DATA(header) header_data;

/*
 * A name of a send right alone has to come from another task: in one space it
 * shares its name with the receive right. The peer's port is that right.
 */
FIXTURE_SETUP(header)
{
	mach_port_t bootstrap = port_new_bootstrap();
	struct msg msg;

	ASSERT_EQ(0, test_pipe_open(&self->done));
	self->peer = child_fork();
	if (!self->peer) {
		close(self->done.fd[1]);
		msg_init(&msg, bootstrap_of_parent(), MOVE_SEND, port_new(),
			 MAKE_SEND, 1);
		MUST(msg_send(&msg, MSG_HEADER));
		/* Until the parent is through. */
		while (read(self->done.fd[0], &msg, 1) < 0)
			;
		_exit(0);
	}
	MUST(msg_await(&msg, bootstrap));
	self->name[IS_SEND] = msg.head.msgh_remote_port;
	self->name[IS_NULL] = MACH_PORT_NULL;
	self->name[IS_DEAD] = MACH_PORT_DEAD;
	self->name[IS_UNKNOWN] = 0x12345603;
	self->name[IS_RECEIVE] = port_new();
	self->name[IS_BOTH] = port_new_send(3);
	self->name[IS_OTHER] = port_new_send(3);
	self->name[IS_ONCE] = port_new_once(self->name[IS_RECEIVE]);
	self->name[IS_DEAD_NAME] = port_new_dead(3);
	self->name[IS_STALE] = port_new_stale();
	ASSERT_EQ(MACH_PORT_TYPE_SEND, port_type(self->name[IS_SEND]));
	ASSERT_EQ(0, port_type(self->name[IS_STALE]));
	ASSERT_EQ(0, port_type(self->name[IS_UNKNOWN]));
}

FIXTURE_TEARDOWN(header)
{
	close(self->done.fd[1]);
	EXPECT_CHILD(self->peer);
}

/* Send what @row says: its code, and nothing else has changed. */
static void refuse(struct __test_metadata *_metadata,
		   header_data *self, const struct row *row)
{
	struct space before;
	struct msg msg, copy;

	msg_init(&msg, self->name[row->dest], row->dest_type,
		 self->name[row->reply], row->reply_type, 7);
	msg.head.msgh_bits = MACH_MSGH_BITS_SET(row->dest_type, row->reply_type,
						row->voucher_type, 0);
	msg.head.msgh_voucher_port = self->name[row->voucher];
	copy = msg;
	space_read(&before);
	EXPECT_KR(row->code, msg_send(&msg, MSG_SIZE(2))) {
		TH_LOG("dest %d as %u, reply %d as %u, voucher %d as %u",
		       row->dest, row->dest_type, row->reply, row->reply_type,
		       row->voucher, row->voucher_type);
	}
	EXPECT_EQ(0, memcmp(&msg, &copy, sizeof(msg)));
	EXPECT_TRUE(space_is(&before));
}

static void refuse_all(struct __test_metadata *_metadata,
		       header_data *self, const struct row *row,
		       size_t count)
{
	while (count--)
		refuse(_metadata, self, row++);
}

TEST_F(header, reply_without_type)
{
	static const struct row rows[] = {
		{ IS_BOTH, COPY_SEND, IS_OTHER, NONE, 0, 0,
		  MACH_SEND_INVALID_HEADER },
		{ IS_BOTH, COPY_SEND, IS_DEAD, NONE, 0, 0,
		  MACH_SEND_INVALID_HEADER },
		{ IS_BOTH, COPY_SEND, IS_STALE, NONE, 0, 0,
		  MACH_SEND_INVALID_HEADER },
	};

	refuse_all(_metadata, self, rows, ARRAY_SIZE(rows));
}

TEST_F(header, reply_of_no_type)
{
	struct row row = {
		.dest = IS_BOTH, .dest_type = COPY_SEND,
		.code = MACH_SEND_INVALID_HEADER,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(no_header_type); i++) {
		row.reply_type = no_header_type[i];
		row.reply = IS_NULL;
		refuse(_metadata, self, &row);
		row.reply = IS_OTHER;
		refuse(_metadata, self, &row);
	}
}

TEST_F(header, dest_of_no_type)
{
	struct row row = {
		.dest = IS_BOTH, .code = MACH_SEND_INVALID_HEADER,
	};
	size_t i;

	row.dest_type = NONE;
	refuse(_metadata, self, &row);
	for (i = 0; i < ARRAY_SIZE(no_header_type); i++) {
		row.dest_type = no_header_type[i];
		refuse(_metadata, self, &row);
	}
}

TEST_F(header, dest_null_or_dead)
{
	struct row row = { .code = MACH_SEND_INVALID_DEST };
	mach_msg_type_name_t type;

	for (type = MOVE_SEND; type <= MAKE_ONCE; type++) {
		row.dest_type = type;
		row.dest = IS_NULL;
		refuse(_metadata, self, &row);
		row.dest = IS_DEAD;
		refuse(_metadata, self, &row);
	}
}

TEST_F(header, voucher_of_no_type)
{
	struct row row = {
		.dest = IS_BOTH, .dest_type = COPY_SEND,
		.code = MACH_SEND_INVALID_VOUCHER,
	};
	static const mach_msg_type_name_t others[] = {
		MOVE_ONCE, MAKE_SEND, MAKE_ONCE,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(no_header_type); i++) {
		row.voucher_type = no_header_type[i];
		refuse(_metadata, self, &row);
	}
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		row.voucher_type = others[i];
		refuse(_metadata, self, &row);
	}
}

/* There are no vouchers here, so no name is one. */
TEST_F(header, voucher_that_is_none)
{
	static const enum kind kinds[] = {
		IS_DEAD, IS_STALE, IS_UNKNOWN, IS_RECEIVE, IS_SEND, IS_OTHER,
		IS_ONCE, IS_DEAD_NAME,
	};
	struct row row = {
		.dest = IS_BOTH, .dest_type = COPY_SEND,
		.code = MACH_SEND_INVALID_VOUCHER,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		row.voucher = kinds[i];
		row.voucher_type = COPY_SEND;
		refuse(_metadata, self, &row);
		row.voucher_type = MOVE_SEND;
		refuse(_metadata, self, &row);
	}
}

TEST_F(header, two_uses_of_one_name)
{
	static const struct row rows[] = {
		/* Destination and voucher, made from a receive right. */
		{ IS_BOTH, MAKE_SEND, 0, 0, IS_BOTH, COPY_SEND,
		  MACH_SEND_INVALID_DEST },
		{ IS_BOTH, MAKE_ONCE, 0, 0, IS_BOTH, MOVE_SEND,
		  MACH_SEND_INVALID_DEST },
		{ IS_ONCE, MOVE_ONCE, 0, 0, IS_ONCE, COPY_SEND,
		  MACH_SEND_INVALID_DEST },
		/* Destination and reply, one of them taking a send-once. */
		{ IS_ONCE, MOVE_ONCE, IS_ONCE, MOVE_ONCE, 0, 0,
		  MACH_SEND_INVALID_DEST },
		{ IS_BOTH, COPY_SEND, IS_BOTH, MOVE_ONCE, 0, 0,
		  MACH_SEND_INVALID_DEST },
		{ IS_ONCE, MOVE_ONCE, IS_ONCE, MAKE_ONCE, 0, 0,
		  MACH_SEND_INVALID_DEST },
		/* Reply and voucher. */
		{ IS_BOTH, COPY_SEND, IS_OTHER, COPY_SEND, IS_OTHER, COPY_SEND,
		  MACH_SEND_INVALID_REPLY },
		{ IS_BOTH, COPY_SEND, IS_OTHER, MAKE_ONCE, IS_OTHER, MOVE_SEND,
		  MACH_SEND_INVALID_REPLY },
	};

	refuse_all(_metadata, self, rows, ARRAY_SIZE(rows));
}

/* Which right each disposition can be taken from, a dead name aside. */
static bool can_take(enum kind kind, mach_msg_type_name_t type)
{
	switch (type) {
	case MOVE_SEND:
	case COPY_SEND:
		return kind == IS_SEND || kind == IS_BOTH || kind == IS_OTHER;
	case MOVE_ONCE:
		return kind == IS_ONCE;
	default:
		return kind == IS_RECEIVE || kind == IS_BOTH ||
		       kind == IS_OTHER;
	}
}

/* Every disposition from every name that lacks the right. */
TEST_F(header, dest_without_the_right)
{
	struct row row = { .code = MACH_SEND_INVALID_DEST };

	for (row.dest = IS_STALE; row.dest < KINDS; row.dest++) {
		for (row.dest_type = MOVE_SEND; row.dest_type <= MAKE_ONCE;
		     row.dest_type++) {
			if (!can_take(row.dest, row.dest_type))
				refuse(_metadata, self, &row);
		}
	}
}

TEST_F(header, reply_without_the_right)
{
	struct row row = {
		.dest = IS_BOTH, .dest_type = COPY_SEND,
		.code = MACH_SEND_INVALID_REPLY,
	};

	for (row.reply = IS_STALE; row.reply < KINDS; row.reply++) {
		for (row.reply_type = MOVE_SEND; row.reply_type <= MAKE_ONCE;
		     row.reply_type++) {
			/* A dead name may be moved or copied. */
			if (row.reply == IS_DEAD_NAME &&
			    row.reply_type < MAKE_SEND)
				continue;
			if (row.reply != row.dest &&
			    !can_take(row.reply, row.reply_type))
				refuse(_metadata, self, &row);
		}
	}
}

TEST_F(header, order)
{
	static const struct row rows[] = {
		/* Types of the reply come first. */
		{ IS_BOTH, COPY_SEND, IS_NULL, MOVE_RECEIVE, IS_NULL, MAKE_SEND,
		  MACH_SEND_INVALID_HEADER },
		{ IS_NULL, COPY_SEND, IS_OTHER, NONE, 0, 0,
		  MACH_SEND_INVALID_HEADER },
		{ IS_NULL, COPY_SEND, IS_OTHER, MOVE_RECEIVE, IS_DEAD,
		  COPY_SEND, MACH_SEND_INVALID_HEADER },
		/* Then the voucher. */
		{ IS_BOTH, NONE, 0, 0, IS_NULL, MAKE_SEND,
		  MACH_SEND_INVALID_VOUCHER },
		{ IS_NULL, COPY_SEND, 0, 0, IS_DEAD, COPY_SEND,
		  MACH_SEND_INVALID_VOUCHER },
		/* Then the destination: type, null, then the shared names. */
		{ IS_NULL, NONE, 0, 0, 0, 0, MACH_SEND_INVALID_HEADER },
		{ IS_DEAD, MOVE_RECEIVE, IS_STALE, COPY_SEND, 0, 0,
		  MACH_SEND_INVALID_HEADER },
		{ IS_NULL, COPY_SEND, IS_STALE, COPY_SEND, IS_STALE, COPY_SEND,
		  MACH_SEND_INVALID_DEST },
		{ IS_BOTH, MAKE_SEND, IS_BOTH, COPY_SEND, IS_BOTH, COPY_SEND,
		  MACH_SEND_INVALID_DEST },
		{ IS_BOTH, COPY_SEND, IS_BOTH, MOVE_ONCE, IS_BOTH, COPY_SEND,
		  MACH_SEND_INVALID_DEST },
		/* All of that before any name is looked up. */
		{ IS_STALE, COPY_SEND, IS_NULL, MOVE_RECEIVE, 0, 0,
		  MACH_SEND_INVALID_HEADER },
		{ IS_STALE, COPY_SEND, IS_OTHER, COPY_SEND, IS_OTHER, COPY_SEND,
		  MACH_SEND_INVALID_REPLY },
		/* The rights: voucher, destination's name, reply, destination. */
		{ IS_STALE, COPY_SEND, 0, 0, IS_UNKNOWN, COPY_SEND,
		  MACH_SEND_INVALID_VOUCHER },
		{ IS_BOTH, COPY_SEND, IS_UNKNOWN, COPY_SEND, IS_STALE,
		  COPY_SEND, MACH_SEND_INVALID_VOUCHER },
		{ IS_STALE, COPY_SEND, IS_UNKNOWN, COPY_SEND, 0, 0,
		  MACH_SEND_INVALID_DEST },
		{ IS_DEAD_NAME, COPY_SEND, IS_UNKNOWN, COPY_SEND, 0, 0,
		  MACH_SEND_INVALID_DEST },
		{ IS_RECEIVE, COPY_SEND, IS_UNKNOWN, COPY_SEND, 0, 0,
		  MACH_SEND_INVALID_REPLY },
		{ IS_SEND, MAKE_SEND, IS_ONCE, COPY_SEND, 0, 0,
		  MACH_SEND_INVALID_REPLY },
	};

	refuse_all(_metadata, self, rows, ARRAY_SIZE(rows));
}

/* Too few references for both uses of one name. */
TEST_F(header, dest_and_reply_share_references)
{
	mach_port_t one = port_new_send(1), none = port_new();
	static const struct row two_moves = {
		IS_OTHER, MOVE_SEND, IS_OTHER, MOVE_SEND, 0, 0,
		MACH_SEND_INVALID_DEST,
	};
	static const struct row lacking[] = {
		{ IS_RECEIVE, MAKE_SEND, IS_RECEIVE, MOVE_SEND, 0, 0,
		  MACH_SEND_INVALID_REPLY },
		{ IS_RECEIVE, MAKE_ONCE, IS_RECEIVE, COPY_SEND, 0, 0,
		  MACH_SEND_INVALID_REPLY },
		{ IS_RECEIVE, MOVE_SEND, IS_RECEIVE, MAKE_SEND, 0, 0,
		  MACH_SEND_INVALID_DEST },
		{ IS_RECEIVE, COPY_SEND, IS_RECEIVE, MAKE_ONCE, 0, 0,
		  MACH_SEND_INVALID_DEST },
		{ IS_RECEIVE, MOVE_SEND, IS_RECEIVE, COPY_SEND, 0, 0,
		  MACH_SEND_INVALID_REPLY },
	};

	self->name[IS_OTHER] = one;
	refuse(_metadata, self, &two_moves);
	self->name[IS_RECEIVE] = none;
	refuse_all(_metadata, self, lacking, ARRAY_SIZE(lacking));
}

/* The rights of a kernel object take no messages yet; nothing is taken. */
TEST_F(header, kernel_objects)
{
	mach_port_t object[] = {
		mach_task_self(), mach_thread_self(), mach_host_self(),
	};
	static const struct row rows[] = {
		{ IS_OTHER, COPY_SEND, IS_BOTH, MAKE_ONCE, 0, 0,
		  KERN_NOT_SUPPORTED },
		{ IS_OTHER, MOVE_SEND, IS_BOTH, MOVE_SEND, 0, 0,
		  KERN_NOT_SUPPORTED },
		{ IS_OTHER, COPY_SEND, IS_ONCE, MOVE_ONCE, 0, 0,
		  KERN_NOT_SUPPORTED },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(object); i++) {
		self->name[IS_OTHER] = object[i];
		refuse_all(_metadata, self, rows, ARRAY_SIZE(rows));
	}
}

MACH_TEST_MAIN
