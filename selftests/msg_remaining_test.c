// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time that is left to a half which is disturbed again and again: it ends
 * when it would have ended, neither before nor never.
 */
#include "disturb.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND

#define TIMEOUT 150		/* milliseconds; longer than a disturbance */
#define PATIENCE 2000		/* scaled */

/* What the child says, in memory that it shares with the test. */
struct report {
	bool ended;
	long code;
	uint64_t begin, end;
	struct returns returns;
};

FIXTURE(remaining)
{
	mach_port_t port;
	struct disturbed child;
	struct report *report;
};

typedef FIXTURE_DATA(remaining) remaining_data;

FIXTURE_VARIANT(remaining)
{
	enum disturbance by;
	bool raw;
};

DISTURBANCES(remaining, library, false);
DISTURBANCES(remaining, bare, true);

static void prepare(struct __test_metadata *_metadata, remaining_data *self,
		    enum disturbance by)
{
	self->port = port_new_bootstrap();
	port_add_send(self->port);
	disturb_prepare(&self->child, by);
	self->report = mmap(NULL, sizeof(*self->report),
			    PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->report);
}

static void clean(remaining_data *self)
{
	if (self->child.pid > 0)
		child_kill(self->child.pid);
	group_remove(&self->child);
}

FIXTURE_SETUP(remaining)
{
	prepare(_metadata, self, variant->by);
}

FIXTURE_TEARDOWN(remaining)
{
	clean(self);
}

static void __attribute__((noreturn))
client(remaining_data *self, bool raw, mach_msg_option_t option)
{
	mach_port_t parent = bootstrap_of_parent();
	struct report *report = self->report;
	struct msg msg;
	struct machdev_msg call = {
		.msg = (uintptr_t)&msg,
		.option = option,
		.send_size = MSG_HEADER,
		.rcv_size = sizeof(msg),
		.rcv_name = port_new(),
		.timeout = TIMEOUT,
	};

	msg_init(&msg, parent, COPY_SEND, 0, 0, 1);
	report->begin = test_now_ms();
	if (raw)
		report->code = raw_msg(&call, &report->returns);
	else
		report->code = mach_msg(&msg.head, option, MSG_HEADER,
					sizeof(msg), call.rcv_name, TIMEOUT, 0);
	report->end = test_now_ms();
	__atomic_store_n(&report->ended, true, __ATOMIC_RELEASE);
	for (;;)
		pause();
}

static bool start(remaining_data *self, bool raw, mach_msg_option_t option)
{
	if (!disturbed_fork(&self->child))
		client(self, raw, option);
	if (disturb_can(&self->child))
		return true;
	self->child.pid = 0;
	return false;
}

static bool ended(remaining_data *self)
{
	return __atomic_load_n(&self->report->ended, __ATOMIC_ACQUIRE);
}

/* Does it end although it is not left in peace? */
static bool ends_disturbed(remaining_data *self)
{
	return TEST_UNTIL(ended(self) || !disturb(&self->child), PATIENCE) &&
	       ended(self);
}

TEST_F(remaining, receive_half)
{
	struct msg msg;

	if (!start(self, variant->raw, MACH_SEND_MSG | MACH_RCV_MSG |
		   MACH_RCV_TIMEOUT)) {
		SKIP(return, "no control groups");
	}
	EXPECT_TRUE(ends_disturbed(self));
	EXPECT_KR(MACH_RCV_TIMED_OUT, self->report->code);
	EXPECT_LE(TIMEOUT, self->report->end - self->report->begin + 1);
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, self->port));
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, self->port));
}

/* The library's alone: a bare call returns from a send that is interrupted. */
FIXTURE(resent)
{
	remaining_data data;
};

FIXTURE_VARIANT(resent)
{
	enum disturbance by;
	bool raw;
};

DISTURBANCES(resent, library, false);

FIXTURE_SETUP(resent)
{
	prepare(_metadata, &self->data, variant->by);
}

FIXTURE_TEARDOWN(resent)
{
	clean(&self->data);
}

TEST_F(resent, send_half)
{
	remaining_data *data = &self->data;

	port_fill(data->port);
	if (!start(data, false, MACH_SEND_MSG | MACH_SEND_TIMEOUT |
		   MACH_RCV_MSG)) {
		SKIP(return, "no control groups");
	}
	EXPECT_TRUE(ends_disturbed(data));
	EXPECT_KR(MACH_SEND_TIMED_OUT, data->report->code);
	EXPECT_LE(TIMEOUT, data->report->end - data->report->begin + 1);
	EXPECT_EQ(5, port_queued(data->port));
}

MACH_TEST_MAIN
