// SPDX-License-Identifier: GPL-2.0-only
/* Names that get another one. */
#include <linux/machdev.h>

#include "unit.h"
#include "notify.h"
#include "rights.h"

#define NEW 0x507

FIXTURE(renamed)
{
	struct actor a;
	struct actor b;
	struct mach_space *space;
	struct mach_space *other;
	u32 name;	/* a receive and a send right */
	struct mach_port *port;
};

FIXTURE_SETUP(renamed)
{
	world_begin();
	actor_init(&self->b, 2000, 200);
	actor_init(&self->a, 1000, 100);
	self->space = &self->a.task.space;
	self->other = &self->b.task.space;
	self->name = new_port(self->space);
	self->port = port_of(self->space, self->name);
	give(self->space, self->name, MACHDEV_MAKE_SEND, self->space);
}

FIXTURE_TEARDOWN(renamed)
{
	actor_exit(&self->b);
	actor_exit(&self->a);
	world_end();
}

TEST_F(renamed, all_goes_along)
{
	u32 port = self->name;

	mod_refs(self->space, port, MACHDEV_RIGHT_SEND, 4);
	ASSERT_EQ(0, mach_right_rename(self->space, port, NEW));
	EXPECT_EQ(0, rights_of(self->space, port));
	EXPECT_EQ(MACH_ENTRY_RECEIVE | MACH_ENTRY_SEND,
		  rights_of(self->space, NEW));
	EXPECT_EQ(5, refs_of(self->space, NEW, MACHDEV_RIGHT_SEND));
	EXPECT_EQ(NEW, self->port->name);
	EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_NAMES));
	/* It is found by its port, too. */
	EXPECT_EQ(NEW, give(self->space, NEW, MACHDEV_MAKE_SEND, self->space));
}

TEST_F(renamed, send_once_rights_and_dead_names)
{
	u32 once, dead;

	once = give(self->space, self->name, MACHDEV_MAKE_SEND_ONCE,
		    self->space);
	ASSERT_EQ(0, mach_right_rename(self->space, once, NEW));
	EXPECT_EQ(MACH_ENTRY_SEND_ONCE, rights_of(self->space, NEW));
	destroy(self->space, NEW);
	mach_right_allocate(self->space, MACHDEV_RIGHT_DEAD_NAME, false, &dead);
	ASSERT_EQ(0, mach_right_rename(self->space, dead, NEW + 0x100));
	EXPECT_EQ(MACH_ENTRY_DEAD_NAME, rights_of(self->space, NEW + 0x100));
}

TEST_F(renamed, what_cannot_be)
{
	u32 other = new_port(self->space);
	struct { u32 name, new_name; int result; } rows[] = {
		{ self->name, 0, MACHDEV_KERN_INVALID_VALUE },
		{ self->name, U32_MAX, MACHDEV_KERN_INVALID_VALUE },
		{ self->name, NEW - 1, MACHDEV_KERN_INVALID_VALUE },
		{ self->name, 7, MACHDEV_KERN_FAILURE },
		{ self->name, other, MACHDEV_KERN_NAME_EXISTS },
		{ self->name, self->name, MACHDEV_KERN_NAME_EXISTS },
		{ self->name, other + 4, MACHDEV_KERN_FAILURE },
		{ self->name, self->name + 4, MACHDEV_KERN_FAILURE },
		{ NEW, NEW + 0x100, MACHDEV_KERN_INVALID_NAME },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(rows[i].result,
			  mach_right_rename(self->space, rows[i].name,
					    rows[i].new_name));
	EXPECT_EQ(2, mach_stat_read(MACHDEV_COUNTER_NAMES));
	EXPECT_EQ(0, rights_of(self->space, NEW + 0x100));
}

TEST_F(renamed, no_memory_for_the_table)
{
	u32 far_away = 100000 << 8 | 3;
	unsigned int nth, failed = 0;
	int ret;

	shim_fail_all = true;
	FOR_EACH_FAILURE(nth) {
		ret = mach_right_rename(self->space, self->name, far_away);
		if (!ret)
			continue;
		failed++;
		EXPECT_EQ(MACHDEV_KERN_RESOURCE_SHORTAGE, ret);
		EXPECT_EQ(MACH_ENTRY_RECEIVE | MACH_ENTRY_SEND,
			  rights_of(self->space, self->name));
	}
	EXPECT_LT(0, failed);
	EXPECT_EQ(MACH_ENTRY_RECEIVE | MACH_ENTRY_SEND,
		  rights_of(self->space, far_away));
}

/* A name of @other with a request, and a port that is told. */
static u32 ask(FIXTURE_DATA(renamed) *self, u32 *notify)
{
	struct machdev_port_notification ask = {
		.msgid = MACHDEV_NOTIFY_DEAD_NAME,
		.disposition = MACHDEV_MAKE_SEND_ONCE,
	};
	enum mach_request_state state;
	u32 previous;

	ask.notify = new_port(self->other);
	ask.name = give(self->space, self->name, MACHDEV_MAKE_SEND,
			self->other);
	SHIM_NEVER(mach_notify_request(self->other, self->other, &ask,
				       &previous, &state));
	*notify = ask.notify;
	return ask.name;
}

/* The name that a notification gives; 0 when there is none such. */
static u32 told(FIXTURE_DATA(renamed) *self, u32 notify, s32 id)
{
	struct machdev_msg_notify *msg;
	struct mach_waiter waiter;
	u32 name;

	mach_waiter_init(&waiter);
	waiter.room = U32_MAX;
	if (mach_queue_take(port_of(self->other, notify), self->other, &waiter,
			    false))
		return 0;
	msg = (void *)mach_kmsg_header(waiter.kmsg);
	name = msg->header.id == id ? msg->value : 0;
	discard(waiter.kmsg);
	return name;
}

TEST_F(renamed, a_request_gives_the_new_name_of_what_dies)
{
	u32 notify, name = ask(self, &notify);

	ASSERT_EQ(0, mach_right_rename(self->other, name, NEW));
	destroy(self->space, self->name);
	EXPECT_EQ(NEW, told(self, notify, MACHDEV_NOTIFY_DEAD_NAME));
	EXPECT_EQ(2, refs_of(self->other, NEW, MACHDEV_RIGHT_DEAD_NAME));
}

TEST_F(renamed, a_request_gives_the_new_name_of_what_goes)
{
	u32 notify, name = ask(self, &notify);

	ASSERT_EQ(0, mach_right_rename(self->other, name, NEW));
	drop(self->other, NEW);
	EXPECT_EQ(NEW, told(self, notify, MACHDEV_NOTIFY_PORT_DELETED));
	EXPECT_EQ(0, self->port->nrequests);
}

TEST_F(renamed, a_request_that_has_been_answered)
{
	u32 notify, name = ask(self, &notify);

	destroy(self->space, self->name);
	/* Not looked at since, and the request is freed memory. */
	ASSERT_EQ(0, mach_right_rename(self->other, name, NEW));
	EXPECT_EQ(2, refs_of(self->other, NEW, MACHDEV_RIGHT_DEAD_NAME));
	EXPECT_EQ(name, told(self, notify, MACHDEV_NOTIFY_DEAD_NAME));
}

TEST_HARNESS_MAIN
