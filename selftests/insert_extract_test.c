// SPDX-License-Identifier: GPL-2.0-only
/*
 * mach_port_insert_right() and mach_port_extract_right(): every disposition,
 * in the own and in another task, and every refusal in its order.
 */
#include "port_helpers.h"

#define SEND MACH_PORT_TYPE_SEND
#define RECEIVE MACH_PORT_TYPE_RECEIVE
#define SEND_RECEIVE MACH_PORT_TYPE_SEND_RECEIVE
#define SEND_ONCE MACH_PORT_TYPE_SEND_ONCE
#define DEAD_NAME MACH_PORT_TYPE_DEAD_NAME

#define MOVE_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_SEND_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_SEND_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE

/* A name that nothing has been given. */
#define FREE 0x4403

static const mach_msg_type_name_t bad_dispositions[] = {
	0, 1, 15, 22, 23, 24, 25, 26, 31, 0x10000 | MAKE_SEND, UINT32_MAX,
};

/*
 * The test task holds these; the other task holds nothing but FREE + 0x100,
 * its own receive right, of which @theirs is a send right here.
 */
FIXTURE(right) {
	struct holder holder;
	mach_port_t task;	/* this one */
	mach_port_t other;	/* the holder's */
	mach_port_t receive;	/* a receive right alone */
	mach_port_t both;	/* receive and 2 send rights */
	mach_port_t send;	/* 2 send rights alone */
	mach_port_t once;	/* a send-once right to receive */
	mach_port_t dead;	/* 2 references */
	mach_port_t stale;
};

#define THEIRS (FREE + 0x100)

FIXTURE_SETUP(right)
{
	holder_start(&self->holder);
	self->task = mach_task_self();
	self->other = self->holder.task;
	self->receive = port_new();
	self->both = port_new_send(2);
	self->send = port_new_send(2);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, THEIRS, self->send,
					 MOVE_RECEIVE));
	self->once = port_new_once(self->receive);
	self->dead = port_new_dead(2);
	self->stale = port_new_stale();
}

FIXTURE_TEARDOWN(right)
{
	holder_end(&self->holder);
}

/* Which names and references does the other task have? */
#define EXPECT_OTHER_EMPTY() do {					\
	EXPECT_EQ(1u, task_port_count(self->other));			\
	EXPECT_NAME_IN(self->other, RECEIVE, 0, THEIRS);		\
} while (0)

/* Refused, and neither task shows a trace. */
#define EXPECT_NOT_INSERTED(expected, task, name, port, type) do {	\
	EXPECT_REFUSED(expected,					\
		       mach_port_insert_right(task, name, port, type));	\
	EXPECT_OTHER_EMPTY();						\
} while (0)

/*
 * mach_port_insert_right()
 */

TEST_F(right, insert_bad_name)
{
	static const mach_port_t bits[] = {
		0x4400, 0x4401, 0x4402, 0x4404, 122, 0xffffff02,
	};
	unsigned int i;

	EXPECT_NOT_INSERTED(KERN_INVALID_VALUE, self->other, MACH_PORT_NULL,
			    self->receive, MAKE_SEND);
	EXPECT_NOT_INSERTED(KERN_INVALID_VALUE, self->other, MACH_PORT_DEAD,
			    self->receive, MAKE_SEND);
	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		EXPECT_KR(KERN_INVALID_VALUE,
			  mach_port_insert_right(self->other, bits[i],
						 self->receive, MAKE_SEND));
		EXPECT_OTHER_EMPTY();
		EXPECT_KR(KERN_INVALID_VALUE,
			  mach_port_insert_right(self->other, bits[i],
						 self->receive,
						 MAKE_SEND_ONCE));
		EXPECT_OTHER_EMPTY();
	}
	/* Index 0. */
	EXPECT_KR(KERN_FAILURE,
		  mach_port_insert_right(self->other, 0x3, self->receive,
					 MAKE_SEND));
	EXPECT_KR(KERN_FAILURE,
		  mach_port_insert_right(self->other, 123, self->receive,
					 MAKE_SEND));
	/* In use with another generation. */
	EXPECT_KR(KERN_FAILURE,
		  mach_port_insert_right(self->other, THEIRS ^ 4,
					 self->receive, MAKE_SEND));
	/* Beyond the 2^21 names of a space. */
	EXPECT_KR(KERN_NO_SPACE,
		  mach_port_insert_right(self->other, 0x20000103,
					 self->receive, MAKE_SEND));
	EXPECT_KR(KERN_NO_SPACE,
		  mach_port_insert_right(self->other, 0xffffff03,
					 self->receive, MAKE_SEND));
	EXPECT_OTHER_EMPTY();
	EXPECT_NAME(RECEIVE, 0, self->receive);
	EXPECT_WORD(FALSE, port_status(self->receive).mps_srights);
}

TEST_F(right, insert_bad_disposition)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_dispositions); i++) {
		EXPECT_NOT_INSERTED(KERN_INVALID_VALUE, self->other, FREE,
				    self->both, bad_dispositions[i]);
		EXPECT_NOT_INSERTED(KERN_INVALID_VALUE, self->task,
				    self->both, self->both,
				    bad_dispositions[i]);
	}
}

TEST_F(right, insert_null_or_dead)
{
	mach_msg_type_name_t type;

	for (type = MOVE_RECEIVE; type <= MAKE_SEND_ONCE; type++) {
		EXPECT_NOT_INSERTED(KERN_INVALID_CAPABILITY, self->other, FREE,
				    MACH_PORT_NULL, type);
		EXPECT_NOT_INSERTED(KERN_INVALID_CAPABILITY, self->other, FREE,
				    MACH_PORT_DEAD, type);
	}
	/* A dead name is a dead right, whichever was wanted of it. */
	for (type = MOVE_RECEIVE; type <= MAKE_SEND_ONCE; type++) {
		EXPECT_KR(KERN_INVALID_CAPABILITY,
			  mach_port_insert_right(self->other, FREE,
						 port_new_dead(2), type));
		EXPECT_OTHER_EMPTY();
	}
	EXPECT_NOT_INSERTED(KERN_INVALID_CAPABILITY, self->other, FREE,
			    self->dead, COPY_SEND);
	EXPECT_NOT_INSERTED(KERN_INVALID_CAPABILITY, self->task, self->dead,
			    self->dead, COPY_SEND);
}

/* The caller has no such right under its name. */
TEST_F(right, insert_lacking_right)
{
	const struct {
		mach_port_t name;
		mach_msg_type_name_t type;
	} rows[] = {
		{ self->receive, MOVE_SEND },
		{ self->receive, COPY_SEND },
		{ self->receive, MOVE_SEND_ONCE },
		{ self->both, MOVE_SEND_ONCE },
		{ self->send, MOVE_RECEIVE },
		{ self->send, MAKE_SEND },
		{ self->send, MAKE_SEND_ONCE },
		{ self->send, MOVE_SEND_ONCE },
		{ self->once, MOVE_RECEIVE },
		{ self->once, MAKE_SEND },
		{ self->once, MAKE_SEND_ONCE },
		{ self->once, MOVE_SEND },
		{ self->once, COPY_SEND },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		EXPECT_NOT_INSERTED(KERN_INVALID_RIGHT, self->other, FREE,
				    rows[i].name, rows[i].type);
	}
}

/* The caller's name of the right denotes nothing. */
TEST_F(right, insert_unknown_right)
{
	mach_msg_type_name_t type;

	for (type = MOVE_RECEIVE; type <= MAKE_SEND_ONCE; type++) {
		EXPECT_NOT_INSERTED(KERN_INVALID_RIGHT, self->other, FREE,
				    self->stale, type);
		EXPECT_NOT_INSERTED(KERN_INVALID_RIGHT, self->other, FREE,
				    0x777703, type);
	}
}

TEST_F(right, insert_right_exists)
{
	/* The other task has the receive right under another name. */
	EXPECT_NOT_INSERTED(KERN_RIGHT_EXISTS, self->other, FREE, self->send,
			    COPY_SEND);
	/* And this task. */
	EXPECT_REFUSED(KERN_RIGHT_EXISTS,
		       mach_port_insert_right(self->task, FREE, self->both,
					      COPY_SEND));
	EXPECT_KR(KERN_RIGHT_EXISTS,
		  mach_port_insert_right(self->task, FREE, self->both,
					 MAKE_SEND));
	EXPECT_NAME(SEND_RECEIVE, 2, self->both);
	EXPECT_NAME(0, 0, FREE);
}

TEST_F(right, insert_name_exists)
{
	/* The name is that of another port. */
	EXPECT_KR(KERN_NAME_EXISTS,
		  mach_port_insert_right(self->other, THEIRS, self->both,
					 COPY_SEND));
	EXPECT_KR(KERN_NAME_EXISTS,
		  mach_port_insert_right(self->other, THEIRS, self->both,
					 MAKE_SEND));
	EXPECT_OTHER_EMPTY();
	/* For a send-once right it must not be that of the same port. */
	EXPECT_KR(KERN_NAME_EXISTS,
		  mach_port_insert_right(self->task, self->both, self->both,
					 MAKE_SEND_ONCE));
	EXPECT_NAME(SEND_RECEIVE, 2, self->both);
	/* A dead name or a send-once right is in the way, too. */
	EXPECT_KR(KERN_NAME_EXISTS,
		  mach_port_insert_right(self->task, self->dead, self->both,
					 MAKE_SEND_ONCE));
	EXPECT_KR(KERN_NAME_EXISTS,
		  mach_port_insert_right(self->task, self->once, self->both,
					 MAKE_SEND_ONCE));
	EXPECT_NAME(DEAD_NAME, 2, self->dead);
	EXPECT_NAME(SEND_ONCE, 1, self->once);
}

/* What is moved within the task is not touched when its new name is in use. */
TEST_F(right, insert_move_to_a_used_name)
{
	mach_port_t notify = port_new();
	struct msg msg;

	/* The receive right has given a send right and a message. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->receive,
					 MAKE_SEND));
	EXPECT_KR(KERN_SUCCESS, msg_send_id(self->once, MOVE_SEND_ONCE, 1));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, self->receive));
	EXPECT_KR(KERN_NAME_EXISTS,
		  mach_port_insert_right(self->task, self->dead, self->receive,
					 MOVE_RECEIVE));
	EXPECT_NAME(RECEIVE, 0, self->receive);
	EXPECT_WORD(1, port_status(self->receive).mps_mscount);
	EXPECT_WORD(1, port_status(self->receive).mps_seqno);

	/* The last send right keeps its request. */
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(self->task, self->send));
	EXPECT_EQ(MACH_PORT_NULL,
		  request_dead_name(self->task, self->send, notify));
	EXPECT_KR(KERN_NAME_EXISTS,
		  mach_port_insert_right(self->task, self->dead, self->send,
					 MOVE_SEND));
	EXPECT_NAME(SEND | MACH_PORT_TYPE_DNREQUEST, 1, self->send);
	EXPECT_NO_MESSAGE(notify);
	EXPECT_NAME(DEAD_NAME, 2, self->dead);
}

TEST_F(right, insert_order_of_checks)
{
	/* Task, then name and disposition, then the right. */
	EXPECT_NOT_INSERTED(KERN_INVALID_TASK, MACH_PORT_NULL, MACH_PORT_NULL,
			    MACH_PORT_NULL, 0);
	EXPECT_NOT_INSERTED(KERN_INVALID_VALUE, self->other, MACH_PORT_NULL,
			    MACH_PORT_NULL, MAKE_SEND);
	EXPECT_NOT_INSERTED(KERN_INVALID_VALUE, self->other, MACH_PORT_NULL,
			    self->send, MAKE_SEND);
	EXPECT_NOT_INSERTED(KERN_INVALID_VALUE, self->other, FREE,
			    MACH_PORT_NULL, 22);
	EXPECT_NOT_INSERTED(KERN_INVALID_VALUE, self->other, FREE, self->send,
			    22);
	/* The right is taken from the caller before the name is looked at. */
	EXPECT_NOT_INSERTED(KERN_INVALID_CAPABILITY, self->other, 0x4401,
			    MACH_PORT_NULL, MAKE_SEND);
	EXPECT_NOT_INSERTED(KERN_INVALID_CAPABILITY, self->other, THEIRS,
			    MACH_PORT_DEAD, MAKE_SEND);
	EXPECT_NOT_INSERTED(KERN_INVALID_RIGHT, self->other, 0x4401,
			    self->send, MAKE_SEND);
	EXPECT_NOT_INSERTED(KERN_INVALID_RIGHT, self->other, 0x3, self->once,
			    COPY_SEND);
	EXPECT_NOT_INSERTED(KERN_INVALID_RIGHT, self->other, THEIRS,
			    self->receive, COPY_SEND);
	/* The form of the name, before what the task has already. */
	EXPECT_NOT_INSERTED(KERN_INVALID_VALUE, self->other, 0x4401,
			    self->send, COPY_SEND);
	EXPECT_NOT_INSERTED(KERN_FAILURE, self->other, 0x3, self->send,
			    COPY_SEND);
	EXPECT_NOT_INSERTED(KERN_FAILURE, self->other, THEIRS ^ 4, self->send,
			    COPY_SEND);
	EXPECT_NOT_INSERTED(KERN_NO_SPACE, self->other, 0xffffff03,
			    self->send, COPY_SEND);
	/* A right under another name, before a name that is in use. */
	EXPECT_REFUSED(KERN_RIGHT_EXISTS,
		       mach_port_insert_right(self->task, self->dead,
					      self->both, COPY_SEND));
}

TEST_F(right, insert_same_name_in_own_task)
{
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, self->receive,
					 self->receive, MAKE_SEND));
	EXPECT_NAME(SEND_RECEIVE, 1, self->receive);
	EXPECT_WORD(1, port_status(self->receive).mps_mscount);
	EXPECT_WORD(TRUE, port_status(self->receive).mps_srights);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, self->receive,
					 self->receive, COPY_SEND));
	EXPECT_NAME(SEND_RECEIVE, 2, self->receive);
	EXPECT_WORD(1, port_status(self->receive).mps_mscount);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, self->send, self->send,
					 COPY_SEND));
	EXPECT_NAME(SEND, 3, self->send);
	/* One out, one in. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, self->both, self->both,
					 MOVE_SEND));
	EXPECT_NAME(SEND_RECEIVE, 2, self->both);
}

TEST_F(right, insert_send_once_in_own_task)
{
	struct msg msg;

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, FREE, self->both,
					 MAKE_SEND_ONCE));
	EXPECT_NAME(SEND_ONCE, 1, FREE);
	EXPECT_NAME(SEND_RECEIVE, 2, self->both);
	EXPECT_KR(KERN_SUCCESS, msg_send_id(FREE, MOVE_SEND_ONCE, 9));
	EXPECT_NAME(0, 0, FREE);
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, self->both));
	EXPECT_EQ(9, msg.head.msgh_id);

	/* Moved to another name. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, 0x8803, self->once,
					 MOVE_SEND_ONCE));
	EXPECT_NAME(0, 0, self->once);
	EXPECT_NAME(SEND_ONCE, 1, 0x8803);
	EXPECT_WORD(1, port_status(self->receive).mps_sorights);
}

TEST_F(right, insert_make_send)
{
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->both,
					 MAKE_SEND));
	EXPECT_NAME_IN(self->other, SEND, 1, FREE);
	EXPECT_NAME(SEND_RECEIVE, 2, self->both);
	EXPECT_WORD(3, port_status(self->both).mps_mscount);
}

TEST_F(right, insert_copy_send)
{
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->both,
					 COPY_SEND));
	EXPECT_NAME_IN(self->other, SEND, 1, FREE);
	EXPECT_NAME(SEND_RECEIVE, 2, self->both);
	EXPECT_WORD(2, port_status(self->both).mps_mscount);
	/* There it joins the receive right. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, THEIRS, self->send,
					 COPY_SEND));
	EXPECT_NAME_IN(self->other, SEND_RECEIVE, 1, THEIRS);
	EXPECT_NAME(SEND, 2, self->send);
}

TEST_F(right, insert_move_send)
{
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->both,
					 MOVE_SEND));
	EXPECT_NAME_IN(self->other, SEND, 1, FREE);
	EXPECT_NAME(SEND_RECEIVE, 1, self->both);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->both,
					 MOVE_SEND));
	EXPECT_NAME_IN(self->other, SEND, 2, FREE);
	EXPECT_NAME(RECEIVE, 0, self->both);
	EXPECT_WORD(TRUE, port_status(self->both).mps_srights);
	/* The last one of a name without receive right frees the name. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, THEIRS, self->send,
					 MOVE_SEND));
	EXPECT_NAME(SEND, 1, self->send);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, THEIRS, self->send,
					 MOVE_SEND));
	EXPECT_NAME(0, 0, self->send);
	EXPECT_NAME_IN(self->other, SEND_RECEIVE, 2, THEIRS);
}

TEST_F(right, insert_make_send_once)
{
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->both,
					 MAKE_SEND_ONCE));
	EXPECT_NAME_IN(self->other, SEND_ONCE, 1, FREE);
	EXPECT_NAME(SEND_RECEIVE, 2, self->both);
	EXPECT_WORD(1, port_status(self->both).mps_sorights);
	EXPECT_WORD(2, port_status(self->both).mps_mscount);
}

TEST_F(right, insert_move_send_once)
{
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->once,
					 MOVE_SEND_ONCE));
	EXPECT_NAME_IN(self->other, SEND_ONCE, 1, FREE);
	EXPECT_NAME(0, 0, self->once);
	EXPECT_WORD(1, port_status(self->receive).mps_sorights);
	EXPECT_NO_MESSAGE(self->receive);
}

TEST_F(right, insert_move_receive)
{
	uint32_t id;
	struct msg msg;
	mach_port_t back;
	mach_msg_type_name_t type;

	for (id = 0; id < 3; id++) {
		EXPECT_KR(KERN_SUCCESS,
			  msg_send_id(self->both, COPY_SEND, id));
	}
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, self->both));
	EXPECT_WORD(1, port_status(self->both).mps_seqno);
	EXPECT_WORD(2, port_status(self->both).mps_mscount);
	port_limit(self->both, 17);

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->both,
					 MOVE_RECEIVE));
	EXPECT_NAME_IN(self->other, RECEIVE, 0, FREE);
	EXPECT_NAME(SEND, 2, self->both);
	EXPECT_KR(MACH_RCV_INVALID_NAME, msg_receive(&msg, self->both));

	/* The queue and its limit went along; the counts start anew. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_extract_right(self->other, FREE, MOVE_RECEIVE,
					  &back, &type));
	EXPECT_WORD(MOVE_RECEIVE, type);
	EXPECT_WORD(self->both, back);
	EXPECT_NAME(SEND_RECEIVE, 2, self->both);
	EXPECT_WORD(0, port_status(self->both).mps_seqno);
	EXPECT_WORD(0, port_status(self->both).mps_mscount);
	EXPECT_WORD(17, port_status(self->both).mps_qlimit);
	EXPECT_WORD(2, port_status(self->both).mps_msgcount);
	for (id = 1; id < 3; id++) {
		EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, self->both));
		EXPECT_WORD(id, msg.head.msgh_id);
	}

	/* Without send rights the name goes as a whole. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->receive,
					 MOVE_RECEIVE));
	EXPECT_NAME(0, 0, self->receive);
	EXPECT_NAME(SEND_ONCE, 1, self->once);
}

/* The other task received it under the name of its send right. */
TEST_F(right, insert_move_receive_joins)
{
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->both,
					 MOVE_SEND));
	EXPECT_KR(KERN_RIGHT_EXISTS,
		  mach_port_insert_right(self->other, 0x9903, self->both,
					 COPY_SEND));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->both,
					 MOVE_RECEIVE));
	EXPECT_NAME_IN(self->other, SEND_RECEIVE, 1, FREE);
	EXPECT_NAME(SEND, 1, self->both);
}

/* Who waits on the port is told that it went away. */
TEST_F(right, move_receive_wakes_receivers)
{
	struct msg msg;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_RCV_MSG,
		.rcv_size = sizeof(msg),
		.rcv_name = self->both,
	};

	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->other, FREE, self->both,
					 MOVE_RECEIVE));
	EXPECT_KR(MACH_RCV_PORT_CHANGED, msg_call_result(&call));
}

/* A real second process receives from the right that it was given. */
TEST(inserted_rights_work)
{
	mach_port_t receive = port_new_send(1), reply = port_new();
	mach_port_t task;
	struct test_pipe ready;
	struct msg msg;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&ready));
	pid = child_fork();
	if (!pid) {
		ASSERT_EQ(0, test_wait(&ready));
		ASSERT_KR(KERN_SUCCESS, msg_await(&msg, 0x4403));
		EXPECT_EQ(77, msg.head.msgh_id);
		EXPECT_WORD(0x4403, msg.head.msgh_local_port);
		EXPECT_KR(KERN_SUCCESS, msg_send_id(0x5503, COPY_SEND, 78));
		EXPECT_KR(KERN_SUCCESS,
			  msg_send_id(0x6603, MOVE_SEND_ONCE, 79));
		child_exit();
	}
	ASSERT_KR(KERN_SUCCESS, task_for_pid(mach_task_self(), pid, &task));
	EXPECT_KR(KERN_SUCCESS, msg_send_id(receive, COPY_SEND, 77));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(task, 0x4403, receive, MOVE_RECEIVE));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(task, 0x5503, reply, MAKE_SEND));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(task, 0x6603, reply, MAKE_SEND_ONCE));
	EXPECT_EQ(0, test_put(&ready, 1));
	EXPECT_KR(KERN_SUCCESS, msg_await(&msg, reply));
	EXPECT_EQ(78, msg.head.msgh_id);
	EXPECT_KR(KERN_SUCCESS, msg_await(&msg, reply));
	EXPECT_EQ(79, msg.head.msgh_id);
	EXPECT_CHILD(pid);
	EXPECT_KR(0, mach_sync());
	EXPECT_NAME(DEAD_NAME, 1, receive);
}

/*
 * mach_port_extract_right()
 */

static kern_return_t extract(mach_port_t task, mach_port_t name,
			     mach_msg_type_name_t disposition,
			     mach_port_t *right, mach_msg_type_name_t *type)
{
	*right = TEST_POISON32;
	*type = TEST_POISON32;
	return mach_port_extract_right(task, name, disposition, right, type);
}

TEST_F(right, extract_bad_disposition)
{
	const mach_port_t names[] = {
		/* Also where the name is wrong: it is looked at later. */
		self->both, MACH_PORT_NULL, MACH_PORT_DEAD, self->stale,
	};
	mach_msg_type_name_t type;
	mach_port_t right;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(bad_dispositions); i++) {
		for (j = 0; j < ARRAY_SIZE(names); j++) {
			EXPECT_REFUSED(KERN_INVALID_VALUE,
				       extract(self->task, names[j],
					       bad_dispositions[i], &right,
					       &type));
		}
	}
	EXPECT_REFUSED(KERN_INVALID_TASK,
		       extract(MACH_PORT_NULL, MACH_PORT_NULL, 0, &right,
			       &type));
}

TEST_F(right, extract_lacking_right)
{
	const struct {
		mach_port_t name;
		mach_msg_type_name_t type;
	} rows[] = {
		{ self->receive, MOVE_SEND },
		{ self->receive, COPY_SEND },
		{ self->receive, MOVE_SEND_ONCE },
		{ self->both, MOVE_SEND_ONCE },
		{ self->send, MOVE_RECEIVE },
		{ self->send, MAKE_SEND },
		{ self->send, MAKE_SEND_ONCE },
		{ self->send, MOVE_SEND_ONCE },
		{ self->once, MOVE_RECEIVE },
		{ self->once, MAKE_SEND },
		{ self->once, MAKE_SEND_ONCE },
		{ self->once, MOVE_SEND },
		{ self->once, COPY_SEND },
		{ self->dead, MOVE_RECEIVE },
		{ self->dead, MAKE_SEND },
		{ self->dead, MAKE_SEND_ONCE },
	};
	mach_msg_type_name_t type;
	mach_port_t right;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       extract(self->task, rows[i].name, rows[i].type,
				       &right, &type));
	}
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       extract(self->other, THEIRS, COPY_SEND, &right, &type));
	EXPECT_OTHER_EMPTY();
}

TEST_F(right, extract_from_own_task)
{
	mach_msg_type_name_t type;
	mach_port_t right;

	EXPECT_KR(KERN_SUCCESS, extract(self->task, self->both, MAKE_SEND,
					&right, &type));
	EXPECT_WORD(self->both, right);
	EXPECT_WORD(MOVE_SEND, type);
	EXPECT_NAME(SEND_RECEIVE, 3, self->both);
	EXPECT_KR(KERN_SUCCESS, extract(self->task, self->both, COPY_SEND,
					&right, &type));
	EXPECT_WORD(self->both, right);
	EXPECT_WORD(MOVE_SEND, type);
	EXPECT_NAME(SEND_RECEIVE, 4, self->both);
	EXPECT_KR(KERN_SUCCESS, extract(self->task, self->both, MOVE_SEND,
					&right, &type));
	EXPECT_WORD(self->both, right);
	EXPECT_WORD(MOVE_SEND, type);
	EXPECT_NAME(SEND_RECEIVE, 4, self->both);
	EXPECT_KR(KERN_SUCCESS, extract(self->task, self->both, MAKE_SEND_ONCE,
					&right, &type));
	EXPECT_NE(self->both, right);
	EXPECT_WORD(MOVE_SEND_ONCE, type);
	EXPECT_NAME(SEND_ONCE, 1, right);
	EXPECT_KR(KERN_SUCCESS, extract(self->task, self->both, MOVE_RECEIVE,
					&right, &type));
	EXPECT_WORD(self->both, right);
	EXPECT_WORD(MOVE_RECEIVE, type);
	EXPECT_NAME(SEND_RECEIVE, 4, self->both);

	EXPECT_KR(KERN_SUCCESS, extract(self->task, self->once, MOVE_SEND_ONCE,
					&right, &type));
	EXPECT_WORD(MOVE_SEND_ONCE, type);
	EXPECT_NAME(SEND_ONCE, 1, right);
	EXPECT_WORD(1, port_status(self->receive).mps_sorights);
	EXPECT_NO_MESSAGE(self->receive);
}

TEST_F(right, extract_dead_name)
{
	mach_msg_type_name_t type;
	mach_port_t right;

	EXPECT_KR(KERN_SUCCESS, extract(self->task, self->dead, COPY_SEND,
					&right, &type));
	EXPECT_WORD(MACH_PORT_DEAD, right);
	EXPECT_WORD(MOVE_SEND, type);
	EXPECT_NAME(DEAD_NAME, 2, self->dead);
	EXPECT_KR(KERN_SUCCESS, extract(self->task, self->dead, MOVE_SEND,
					&right, &type));
	EXPECT_WORD(MACH_PORT_DEAD, right);
	EXPECT_WORD(MOVE_SEND, type);
	EXPECT_NAME(DEAD_NAME, 1, self->dead);
	EXPECT_KR(KERN_SUCCESS, extract(self->task, self->dead, MOVE_SEND_ONCE,
					&right, &type));
	EXPECT_WORD(MACH_PORT_DEAD, right);
	EXPECT_WORD(MOVE_SEND_ONCE, type);
	EXPECT_NAME(0, 0, self->dead);
}

/* Every disposition out of another task. */
FIXTURE(source) {
	struct holder holder;
	mach_port_t task;
	mach_port_t watch;
};

FIXTURE_SETUP(source)
{
	mach_port_t port = port_new_send(1);

	holder_start(&self->holder);
	self->task = self->holder.task;
	/* FREE: receive and 2 send rights there, nothing here. */
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, FREE, port,
					 MOVE_RECEIVE));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, FREE, port, MOVE_SEND));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(self->task, FREE, MACH_PORT_RIGHT_SEND,
				     1));
	/* 0x9903: a send-once right there, 0x9a03: a send right alone. */
	self->watch = port_new();
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, 0x9903, self->watch,
					 MAKE_SEND_ONCE));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->task, 0x9a03, self->watch,
					 MAKE_SEND));
}

FIXTURE_TEARDOWN(source)
{
	holder_end(&self->holder);
}

TEST_F(source, extract_make_send)
{
	mach_msg_type_name_t type;
	mach_port_t right, again;

	EXPECT_KR(KERN_SUCCESS, extract(self->task, FREE, MAKE_SEND, &right,
					&type));
	EXPECT_WORD(MOVE_SEND, type);
	EXPECT_NAME(SEND, 1, right);
	EXPECT_KR(KERN_SUCCESS, extract(self->task, FREE, MAKE_SEND, &again,
					&type));
	EXPECT_WORD(right, again);
	EXPECT_NAME(SEND, 2, right);
	EXPECT_NAME_IN(self->task, SEND_RECEIVE, 2, FREE);
}

TEST_F(source, extract_copy_send)
{
	mach_msg_type_name_t type;
	mach_port_t right;

	EXPECT_KR(KERN_SUCCESS, extract(self->task, FREE, COPY_SEND, &right,
					&type));
	EXPECT_WORD(MOVE_SEND, type);
	EXPECT_NAME(SEND, 1, right);
	EXPECT_NAME_IN(self->task, SEND_RECEIVE, 2, FREE);
	/* Of a port that this task receives from. */
	EXPECT_KR(KERN_SUCCESS, extract(self->task, 0x9a03, COPY_SEND, &right,
					&type));
	EXPECT_WORD(self->watch, right);
	EXPECT_NAME(SEND_RECEIVE, 1, self->watch);
	EXPECT_NAME_IN(self->task, SEND, 1, 0x9a03);
}

TEST_F(source, extract_move_send)
{
	mach_msg_type_name_t type;
	mach_port_t right;

	EXPECT_KR(KERN_SUCCESS, extract(self->task, FREE, MOVE_SEND, &right,
					&type));
	EXPECT_WORD(MOVE_SEND, type);
	EXPECT_NAME(SEND, 1, right);
	EXPECT_NAME_IN(self->task, SEND_RECEIVE, 1, FREE);
	EXPECT_KR(KERN_SUCCESS, extract(self->task, 0x9a03, MOVE_SEND, &right,
					&type));
	EXPECT_WORD(self->watch, right);
	EXPECT_NAME(SEND_RECEIVE, 1, self->watch);
	EXPECT_NAME_IN(self->task, 0, 0, 0x9a03);
}

TEST_F(source, extract_make_send_once)
{
	mach_msg_type_name_t type;
	mach_port_t right, again;

	EXPECT_KR(KERN_SUCCESS, extract(self->task, FREE, MAKE_SEND_ONCE,
					&right, &type));
	EXPECT_WORD(MOVE_SEND_ONCE, type);
	EXPECT_NAME(SEND_ONCE, 1, right);
	EXPECT_KR(KERN_SUCCESS, extract(self->task, FREE, MAKE_SEND_ONCE,
					&again, &type));
	EXPECT_NE(right, again);
	EXPECT_NAME(SEND_ONCE, 1, again);
}

TEST_F(source, extract_move_send_once)
{
	mach_msg_type_name_t type;
	mach_port_t right;

	EXPECT_KR(KERN_SUCCESS, extract(self->task, 0x9903, MOVE_SEND_ONCE,
					&right, &type));
	EXPECT_WORD(MOVE_SEND_ONCE, type);
	EXPECT_NE(self->watch, right);
	EXPECT_NAME(SEND_ONCE, 1, right);
	EXPECT_NAME(RECEIVE, 0, self->watch);
	EXPECT_NAME_IN(self->task, 0, 0, 0x9903);
	EXPECT_NO_MESSAGE(self->watch);
}

TEST_F(source, extract_move_receive)
{
	mach_msg_type_name_t type;
	mach_port_t right;
	struct msg msg;

	EXPECT_KR(KERN_SUCCESS, extract(self->task, FREE, COPY_SEND, &right,
					&type));
	EXPECT_KR(KERN_SUCCESS, msg_send_id(right, COPY_SEND, 31));
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), right));
	EXPECT_KR(KERN_SUCCESS, extract(self->task, FREE, MOVE_RECEIVE, &right,
					&type));
	EXPECT_WORD(MOVE_RECEIVE, type);
	EXPECT_NAME(RECEIVE, 0, right);
	EXPECT_NAME_IN(self->task, SEND, 2, FREE);
	EXPECT_WORD(1, port_status(right).mps_msgcount);
	EXPECT_WORD(0, port_status(right).mps_mscount);
	EXPECT_WORD(TRUE, port_status(right).mps_srights);
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, right));
	EXPECT_EQ(31, msg.head.msgh_id);
}

TEST_F(source, extract_dead_name)
{
	mach_msg_type_name_t type;
	mach_port_t right;
	unsigned int names = space_count();

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(self->task, FREE,
				     MACH_PORT_RIGHT_RECEIVE, -1));
	EXPECT_NAME_IN(self->task, DEAD_NAME, 2, FREE);
	EXPECT_KR(KERN_SUCCESS, extract(self->task, FREE, MOVE_SEND, &right,
					&type));
	EXPECT_WORD(MACH_PORT_DEAD, right);
	EXPECT_NAME_IN(self->task, DEAD_NAME, 1, FREE);
	EXPECT_EQ(names, space_count());
}

MACH_TEST_MAIN
