// SPDX-License-Identifier: GPL-2.0-only
/*
 * User references: what mach_port_get_refs() counts, what
 * mach_port_mod_refs() allows, and the end of the count.
 */
#include "port_helpers.h"

#include <limits.h>

#define SEND MACH_PORT_TYPE_SEND
#define RECEIVE MACH_PORT_TYPE_RECEIVE
#define SEND_RECEIVE MACH_PORT_TYPE_SEND_RECEIVE
#define SEND_ONCE MACH_PORT_TYPE_SEND_ONCE
#define DEAD_NAME MACH_PORT_TYPE_DEAD_NAME

#define UREFS_MAX 65535

static kern_return_t mod_refs(mach_port_t name, mach_port_right_t right,
			      int delta)
{
	return mach_port_mod_refs(mach_task_self(), name, right, delta);
}

/* One name of each kind. */
FIXTURE(refs) {
	struct holder holder;
	mach_port_t receive;		/* no send right */
	mach_port_t both;		/* 3 send rights */
	mach_port_t send;		/* 4 send rights, no receive right */
	mach_port_t once;
	mach_port_t dead;		/* 5 references */
};

FIXTURE_SETUP(refs)
{
	holder_start(&self->holder);
	self->receive = port_new();
	self->both = port_new_send(3);
	self->send = port_new_send(4);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->holder.task, 0x4403, self->send,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	self->once = port_new_once(self->receive);
	self->dead = port_new_dead(5);
}

FIXTURE_TEARDOWN(refs)
{
	holder_end(&self->holder);
}

TEST_F(refs, counts)
{
	const struct {
		mach_port_t name;
		uint32_t refs[6];
	} rows[] = {
		/*                S  R SO PS DN LH */
		{ self->receive, { 0, 1, 0, 0, 0, 0 } },
		{ self->both,    { 3, 1, 0, 0, 0, 0 } },
		{ self->send,    { 4, 0, 0, 0, 0, 0 } },
		{ self->once,    { 0, 0, 1, 0, 0, 0 } },
		{ self->dead,    { 0, 0, 0, 0, 5, 0 } },
	};
	mach_port_urefs_t refs;
	mach_port_right_t right;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (right = 0; right < 6; right++) {
			refs = TEST_POISON32;
			EXPECT_REFUSED(KERN_SUCCESS,
				       mach_port_get_refs(mach_task_self(),
							  rows[i].name, right,
							  &refs));
			EXPECT_WORD(rows[i].refs[right], refs)
				TH_LOG("row %u, right %u", i, right);
		}
	}
}

TEST_F(refs, unknown_right)
{
	static const mach_port_right_t rights[] = {
		6, 7, 16, 0x10000, 0x80000000, UINT32_MAX,
	};
	const mach_port_t names[] = {
		self->receive, self->both, self->send, self->once, self->dead,
		MACH_PORT_NULL, MACH_PORT_DEAD, 0x777703, self->receive + 4,
	};
	mach_port_urefs_t refs;
	unsigned int i, j;

	/* Also where the name is wrong: the right is looked at first. */
	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		for (j = 0; j < ARRAY_SIZE(names); j++) {
			EXPECT_REFUSED(KERN_INVALID_VALUE,
				       mach_port_get_refs(mach_task_self(),
							  names[j], rights[i],
							  &refs));
			EXPECT_REFUSED(KERN_INVALID_VALUE,
				       mod_refs(names[j], rights[i], -1));
			EXPECT_REFUSED(KERN_INVALID_VALUE,
				       mod_refs(names[j], rights[i], 0));
		}
	}
	EXPECT_REFUSED(KERN_INVALID_TASK,
		       mach_port_mod_refs(MACH_PORT_NULL, 0x777703, 6, 0));
	EXPECT_REFUSED(KERN_INVALID_TASK,
		       mach_port_get_refs(MACH_PORT_NULL, 0x777703, 6, &refs));
}

/* Every right that a name lacks, with every kind of delta. */
TEST_F(refs, lacking_right)
{
	const struct {
		mach_port_t name;
		bool has[5];
	} rows[] = {
		{ self->receive, { [MACH_PORT_RIGHT_RECEIVE] = true } },
		{ self->both, { [MACH_PORT_RIGHT_RECEIVE] = true,
				[MACH_PORT_RIGHT_SEND] = true } },
		{ self->send, { [MACH_PORT_RIGHT_SEND] = true } },
		{ self->once, { [MACH_PORT_RIGHT_SEND_ONCE] = true } },
		{ self->dead, { [MACH_PORT_RIGHT_DEAD_NAME] = true } },
	};
	static const int deltas[] = { 0, -1, 1, 2, -2, INT_MIN, INT_MAX };
	unsigned int i, j;
	mach_port_right_t right;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (right = 0; right < 5; right++) {
			if (rows[i].has[right])
				continue;
			for (j = 0; j < ARRAY_SIZE(deltas); j++) {
				EXPECT_REFUSED(KERN_INVALID_RIGHT,
					       mod_refs(rows[i].name, right,
							deltas[j]));
			}
		}
	}
}

TEST_F(refs, receive)
{
	static const int deltas[] = { 1, 2, -2, INT_MIN, INT_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(deltas); i++) {
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       mod_refs(self->receive, MACH_PORT_RIGHT_RECEIVE,
					deltas[i]));
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       mod_refs(self->both, MACH_PORT_RIGHT_RECEIVE,
					deltas[i]));
	}
	EXPECT_REFUSED(KERN_SUCCESS,
		       mod_refs(self->receive, MACH_PORT_RIGHT_RECEIVE, 0));
	EXPECT_REFUSED(KERN_SUCCESS,
		       mod_refs(self->both, MACH_PORT_RIGHT_RECEIVE, 0));
	EXPECT_KR(KERN_SUCCESS,
		  mod_refs(self->both, MACH_PORT_RIGHT_RECEIVE, -1));
	EXPECT_NAME(DEAD_NAME, 3, self->both);
	EXPECT_KR(KERN_SUCCESS,
		  mod_refs(self->receive, MACH_PORT_RIGHT_RECEIVE, -1));
	EXPECT_NAME(0, 0, self->receive);
	EXPECT_NAME(DEAD_NAME, 1, self->once);
}

TEST_F(refs, send_once)
{
	static const int deltas[] = { 1, 2, -2, INT_MIN, INT_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(deltas); i++) {
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       mod_refs(self->once, MACH_PORT_RIGHT_SEND_ONCE,
					deltas[i]));
	}
	EXPECT_REFUSED(KERN_SUCCESS,
		       mod_refs(self->once, MACH_PORT_RIGHT_SEND_ONCE, 0));
	EXPECT_NO_MESSAGE(self->receive);
	EXPECT_KR(KERN_SUCCESS,
		  mod_refs(self->once, MACH_PORT_RIGHT_SEND_ONCE, -1));
	EXPECT_NAME(0, 0, self->once);
	EXPECT_NOTIFICATION(self->receive, MACH_NOTIFY_SEND_ONCE, 0);
}

/* Send rights, with and without the receive right under the same name. */
static void send_rights(struct __test_metadata *_metadata, mach_port_t name,
			unsigned int urefs, mach_port_type_t other)
{
	const mach_port_right_t right = MACH_PORT_RIGHT_SEND;

	EXPECT_NAME(SEND | other, urefs, name);
	EXPECT_REFUSED(KERN_SUCCESS, mod_refs(name, right, 0));
	EXPECT_REFUSED(KERN_INVALID_VALUE, mod_refs(name, right, -urefs - 1));
	EXPECT_REFUSED(KERN_INVALID_VALUE, mod_refs(name, right, INT_MIN));
	EXPECT_REFUSED(KERN_UREFS_OVERFLOW, mod_refs(name, right, INT_MAX));
	EXPECT_REFUSED(KERN_UREFS_OVERFLOW,
		       mod_refs(name, right, UREFS_MAX - urefs + 1));
	EXPECT_KR(KERN_SUCCESS, mod_refs(name, right, 10));
	EXPECT_NAME(SEND | other, urefs + 10, name);
	EXPECT_KR(KERN_SUCCESS, mod_refs(name, right, -9));
	EXPECT_NAME(SEND | other, urefs + 1, name);
	EXPECT_KR(KERN_SUCCESS, mod_refs(name, right, -urefs));
	EXPECT_NAME(SEND | other, 1, name);
	EXPECT_REFUSED(KERN_INVALID_VALUE, mod_refs(name, right, -2));
	EXPECT_KR(KERN_SUCCESS, mod_refs(name, right, -1));
	EXPECT_NAME(other, 0, name);
	EXPECT_REFUSED(other ? KERN_INVALID_RIGHT : KERN_INVALID_NAME,
		       mod_refs(name, right, 1));
}

TEST_F(refs, send)
{
	send_rights(_metadata, self->send, 4, 0);
	/* The last send right of the port is gone. */
	EXPECT_NAME_IN(self->holder.task, RECEIVE, 0, 0x4403);
}

TEST_F(refs, send_beside_receive)
{
	send_rights(_metadata, self->both, 3, RECEIVE);
	EXPECT_WORD(FALSE, port_status(self->both).mps_srights);
}

TEST_F(refs, dead_name)
{
	const mach_port_right_t right = MACH_PORT_RIGHT_DEAD_NAME;
	mach_port_t name = self->dead;

	EXPECT_REFUSED(KERN_SUCCESS, mod_refs(name, right, 0));
	EXPECT_REFUSED(KERN_INVALID_VALUE, mod_refs(name, right, -6));
	EXPECT_REFUSED(KERN_INVALID_VALUE, mod_refs(name, right, INT_MIN));
	EXPECT_REFUSED(KERN_UREFS_OVERFLOW, mod_refs(name, right, INT_MAX));
	EXPECT_REFUSED(KERN_UREFS_OVERFLOW, mod_refs(name, right, 65531));
	EXPECT_KR(KERN_SUCCESS, mod_refs(name, right, 65529));
	EXPECT_NAME(DEAD_NAME, 65534, name);
	EXPECT_KR(KERN_SUCCESS, mod_refs(name, right, -65533));
	EXPECT_NAME(DEAD_NAME, 1, name);
	EXPECT_KR(KERN_SUCCESS, mod_refs(name, right, -1));
	EXPECT_NAME(0, 0, name);
}

TEST_F(refs, of_another_task)
{
	mach_port_t task = self->holder.task;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(task, 0x5503, self->both,
					 MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, 0x5503, MACH_PORT_RIGHT_SEND, 6));
	EXPECT_NAME_IN(task, SEND, 7, 0x5503);
	EXPECT_NAME(SEND_RECEIVE, 3, self->both);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, 0x5503, MACH_PORT_RIGHT_SEND, -7));
	EXPECT_NAME_IN(task, 0, 0, 0x5503);
	EXPECT_KR(KERN_INVALID_RIGHT,
		  mach_port_mod_refs(task, 0x4403, MACH_PORT_RIGHT_SEND, 1));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, 0x4403, MACH_PORT_RIGHT_RECEIVE,
				     -1));
	EXPECT_NAME(DEAD_NAME, 4, self->send);
}

/*
 * The end of the count
 */

TEST(highest_count)
{
	mach_port_t port = port_new_send(1);

	EXPECT_KR(KERN_SUCCESS, mod_refs(port, MACH_PORT_RIGHT_SEND, 65533));
	EXPECT_NAME(SEND_RECEIVE, 65534, port);
	EXPECT_REFUSED(KERN_UREFS_OVERFLOW,
		       mod_refs(port, MACH_PORT_RIGHT_SEND, 2));
	EXPECT_KR(KERN_SUCCESS, mod_refs(port, MACH_PORT_RIGHT_SEND, 1));
	EXPECT_NAME(SEND_RECEIVE, 65535, port);
	EXPECT_REFUSED(KERN_UREFS_OVERFLOW,
		       mod_refs(port, MACH_PORT_RIGHT_SEND, 1));
	EXPECT_REFUSED(KERN_UREFS_OVERFLOW,
		       mod_refs(port, MACH_PORT_RIGHT_SEND, INT_MAX));
}

/* A full count gives a reference and stays full, so there is no room for it. */
TEST(insert_of_a_full_count_under_its_own_name)
{
	mach_port_t task = mach_task_self(), port = port_new_send(1);

	EXPECT_KR(KERN_SUCCESS, mod_refs(port, MACH_PORT_RIGHT_SEND, 65534));
	EXPECT_KR(KERN_UREFS_OVERFLOW,
		  mach_port_insert_right(task, port, port,
					 MACH_MSG_TYPE_MOVE_SEND));
	EXPECT_NAME(SEND_RECEIVE, 65535, port);
}

/* Inserting one more send right than can be counted. */
TEST(insert_overflow)
{
	mach_port_t task = mach_task_self(), port = port_new_send(1);
	mach_port_t result;
	mach_msg_type_name_t type;
	struct holder holder;

	EXPECT_KR(KERN_SUCCESS, mod_refs(port, MACH_PORT_RIGHT_SEND, 65534));
	EXPECT_KR(KERN_UREFS_OVERFLOW,
		  mach_port_insert_right(task, port, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_NAME(SEND_RECEIVE, 65535, port);
	EXPECT_KR(KERN_UREFS_OVERFLOW,
		  mach_port_insert_right(task, port, port,
					 MACH_MSG_TYPE_COPY_SEND));
	EXPECT_NAME(SEND_RECEIVE, 65535, port);

	/* The same in another task. */
	holder_start(&holder);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(holder.task, 0x4403,
				     MACH_PORT_RIGHT_SEND, 65534));
	EXPECT_KR(KERN_UREFS_OVERFLOW,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_NAME_IN(holder.task, SEND, 65535, 0x4403);
	/* A send-once right has no count to overflow. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_extract_right(task, port,
					  MACH_MSG_TYPE_MAKE_SEND_ONCE,
					  &result, &type));
	EXPECT_NAME(SEND_ONCE, 1, result);
	holder_end(&holder);
}

/* A message brings one more: accepted, and from then on the count stays. */
TEST(sticky_on_copy_out)
{
	mach_port_t port = port_new(), carried = port_new_send(1);
	struct port_msg msg;
	int i;

	ASSERT_KR(KERN_SUCCESS, mod_refs(carried, MACH_PORT_RIGHT_SEND, 65533));
	EXPECT_NAME(SEND_RECEIVE, 65534, carried);
	for (i = 0; i < 3; i++) {
		port_msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND,
			      MACH_PORT_NULL, 0, 1);
		msg.port[0] = msg_port(carried, MACH_MSG_TYPE_MAKE_SEND);
		EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
		EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
		EXPECT_WORD(carried, msg.port[0].name);
		EXPECT_NAME(SEND_RECEIVE, 65535, carried);
	}
	/* More were given than were counted: none may ever be the last. */
	for (i = 0; i < 3; i++) {
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_deallocate(mach_task_self(), carried));
		EXPECT_NAME(SEND_RECEIVE, 65535, carried);
	}
	EXPECT_KR(KERN_SUCCESS, mod_refs(carried, MACH_PORT_RIGHT_SEND, -1));
	EXPECT_NAME(SEND_RECEIVE, 65535, carried);
	EXPECT_KR(KERN_SUCCESS, mod_refs(carried, MACH_PORT_RIGHT_SEND, -100));
	EXPECT_NAME(SEND_RECEIVE, 65535, carried);
	EXPECT_KR(KERN_UREFS_OVERFLOW,
		  mod_refs(carried, MACH_PORT_RIGHT_SEND, 1));
	EXPECT_NAME(SEND_RECEIVE, 65535, carried);

	/* Moving one away leaves the count, too. */
	port_msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, MACH_PORT_NULL, 0,
		      1);
	msg.port[0] = msg_port(carried, MACH_MSG_TYPE_MOVE_SEND);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_NAME(SEND_RECEIVE, 65535, carried);

	/* Port death keeps it, and so does the dead name. */
	port_destroy_receive(carried);
	EXPECT_NAME(DEAD_NAME, 65535, carried);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_deallocate(mach_task_self(), carried));
	EXPECT_NAME(DEAD_NAME, 65535, carried);

	/* The name as a whole can still be given up. */
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(mach_task_self(), carried));
	EXPECT_NAME(0, 0, carried);
}

/* The calls that give the caller's own ports are copy-outs as well. */
TEST(sticky_on_self_names)
{
	uint32_t name;

	ASSERT_KR(0, mach_ioctl_name(MACHDEV_IOC_THREAD_SELF, &name));
	ASSERT_KR(KERN_SUCCESS,
		  mod_refs(name, MACH_PORT_RIGHT_SEND,
			   UREFS_MAX - port_send_refs(name)));
	EXPECT_KR(0, mach_ioctl_name(MACHDEV_IOC_THREAD_SELF, &name));
	EXPECT_NAME(SEND, UREFS_MAX, name);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), name));
	EXPECT_NAME(SEND, UREFS_MAX, name);
}

/* The reference that a dead-name notification adds has to fit, too. */
TEST(sticky_on_port_death)
{
	mach_port_t port = port_new_send(1), notify = port_new();

	ASSERT_KR(KERN_SUCCESS, mod_refs(port, MACH_PORT_RIGHT_SEND, 65533));
	request_dead_name(mach_task_self(), port, notify);
	port_destroy_receive(port);
	EXPECT_NAME(DEAD_NAME, 65535, port);
	EXPECT_NOTIFICATION(notify, MACH_NOTIFY_DEAD_NAME, port);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(mach_task_self(), port));
	EXPECT_NAME(0, 0, port);
}

MACH_TEST_MAIN
