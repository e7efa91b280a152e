// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses as programs of 32 and of 64 bits pass them: of the former the upper
 * half does not count. As any test, this one is built for both.
 */
#include "port_helpers.h"

/* Bits above those of a 32-bit address. */
#define ABOVE (0xdeadbeefull << 32)

/* What a call answers that finds its memory, or does not. */
#define FOUND(there, nowhere) (sizeof(void *) == 4 ? (there) : (nowhere))

static uint64_t above(const void *address)
{
	return (uintptr_t)address | ABOVE;
}

FIXTURE(compat) {
	mach_port_t port;
	struct msg msg;
};

FIXTURE_SETUP(compat)
{
	self->port = port_new_send(1);
	msg_init(&self->msg, self->port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 7);
}

FIXTURE_TEARDOWN(compat)
{
}

TEST_F(compat, message_to_send)
{
	struct machdev_msg call = {
		.msg = above(&self->msg),
		.option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	};

	EXPECT_KR(FOUND(KERN_SUCCESS, MACH_SEND_INVALID_DATA),
		  mach_ioctl(MACHDEV_IOC_MSG, &call));
	EXPECT_WORD(FOUND(1, 0), port_queued(self->port));
}

TEST_F(compat, buffer_to_receive)
{
	struct machdev_msg call = {
		.rcv_msg = above(&self->msg),
		.option = MACH_RCV_MSG,
		.rcv_size = sizeof(self->msg),
		.rcv_name = self->port,
	};

	MUST(msg_send(&self->msg, MSG_HEADER));
	memset(&self->msg, TEST_POISON, sizeof(self->msg));
	EXPECT_KR(FOUND(KERN_SUCCESS, MACH_RCV_INVALID_DATA),
		  mach_ioctl(MACHDEV_IOC_MSG, &call));
	EXPECT_EQ(FOUND(7, (int)TEST_POISON32), self->msg.head.msgh_id);
}

TEST_F(compat, records)
{
	struct machdev_record record = { .reserved = TEST_POISON32 };
	struct machdev_query call = {
		.what = MACHDEV_QUERY_FEATURES,
		.count = 1,
		.records = above(&record),
	};

	EXPECT_KR(FOUND(KERN_SUCCESS, KERN_INVALID_ADDRESS),
		  mach_ioctl(MACHDEV_IOC_QUERY, &call));
	EXPECT_WORD(FOUND(0, TEST_POISON32), record.reserved);
}

TEST_F(compat, names)
{
	uint32_t names[4] = { 0 }, types[4];
	struct machdev_port_names call = {
		.task = mach_task_self(),
		.count = 4,
		.names = above(names),
		.types = above(types),
	};

	EXPECT_KR(FOUND(KERN_SUCCESS, KERN_INVALID_ADDRESS),
		  mach_ioctl(MACHDEV_IOC_PORT_NAMES, &call));
	EXPECT_WORD(FOUND(mach_task_self(), 0), names[0]);
}

TEST_F(compat, attributes)
{
	mach_port_limits_t limits = { .mpl_qlimit = 0 };
	struct machdev_port_attributes call = {
		.task = mach_task_self(),
		.name = self->port,
		.flavor = MACH_PORT_LIMITS_INFO,
		.count = MACH_PORT_LIMITS_INFO_COUNT,
		.info = above(&limits),
	};

	EXPECT_KR(FOUND(KERN_SUCCESS, KERN_INVALID_ADDRESS),
		  mach_ioctl(MACHDEV_IOC_PORT_GET_ATTRIBUTES, &call));
	EXPECT_WORD(FOUND(MACH_PORT_QLIMIT_DEFAULT, 0), limits.mpl_qlimit);
	limits.mpl_qlimit = 9;
	EXPECT_KR(FOUND(KERN_SUCCESS, KERN_INVALID_ADDRESS),
		  mach_ioctl(MACHDEV_IOC_PORT_SET_ATTRIBUTES, &call));
	EXPECT_WORD(FOUND(9, MACH_PORT_QLIMIT_DEFAULT),
		    port_status(self->port).mps_qlimit);
}

TEST_F(compat, tokens)
{
	uint32_t words[8] = { 0 };
	struct machdev_task_info call = {
		.task = mach_task_self(),
		.flavor = TASK_AUDIT_TOKEN,
		.count = 8,
		.info = above(words),
	};

	EXPECT_KR(FOUND(KERN_SUCCESS, KERN_INVALID_ADDRESS),
		  mach_ioctl(MACHDEV_IOC_TASK_INFO, &call));
	EXPECT_WORD(FOUND(getpid(), 0), words[5]);
}

/* The largest 64-bit number that a program passes comes through whole. */
TEST_F(compat, words_of_64_bits)
{
	struct machdev_port_context call = {
		.task = mach_task_self(),
		.name = self->port,
		.context = 0x8123456789abcdefull,
	};

	EXPECT_KR(KERN_SUCCESS,
		  mach_ioctl(MACHDEV_IOC_PORT_SET_CONTEXT, &call));
	call.context = 0;
	EXPECT_KR(KERN_SUCCESS,
		  mach_ioctl(MACHDEV_IOC_PORT_GET_CONTEXT, &call));
	EXPECT_EQ(0x8123456789abcdefull, call.context);
}

MACH_TEST_MAIN
