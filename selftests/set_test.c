// SPDX-License-Identifier: GPL-2.0-only
/*
 * Port sets: what goes in and out, what is refused, what ends a membership, and
 * what is received from a set, in which order.
 */
#include "set_helpers.h"

/*
 * Making and ending sets
 */

TEST(allocate)
{
	mach_port_t task = mach_task_self(), name = TEST_POISON32;
	mach_port_qos_t qos = { .name = 1 };
	uint64_t sets = mach_counter(MACHDEV_COUNTER_SETS);

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_allocate(task, MACH_PORT_RIGHT_PORT_SET, &name));
	EXPECT_NAME(MACH_PORT_TYPE_PORT_SET, 0, name);
	EXPECT_WORD(1, port_refs(name, MACH_PORT_RIGHT_PORT_SET));
	EXPECT_WORD(0, port_refs(name, MACH_PORT_RIGHT_RECEIVE));
	EXPECT_EQ(0, set_size(name));
	EXPECT_EQ(sets + 1, mach_counter(MACHDEV_COUNTER_SETS));

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_allocate_name(task, MACH_PORT_RIGHT_PORT_SET,
					  0x4403));
	EXPECT_NAME(MACH_PORT_TYPE_PORT_SET, 0, 0x4403);
	EXPECT_REFUSED(KERN_NAME_EXISTS,
		       mach_port_allocate_name(task, MACH_PORT_RIGHT_PORT_SET,
					       0x4403));
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       mach_port_allocate_name(task, MACH_PORT_RIGHT_PORT_SET,
					       0x4502));
	name = 0x5503;
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_allocate_full(task, MACH_PORT_RIGHT_PORT_SET,
					  MACH_PORT_NULL, &qos, &name));
	EXPECT_NAME(MACH_PORT_TYPE_PORT_SET, 0, 0x5503);
	qos = (mach_port_qos_t) { 0 };
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_allocate_qos(task, MACH_PORT_RIGHT_PORT_SET, &qos,
					 &name));
	EXPECT_NAME(MACH_PORT_TYPE_PORT_SET, 0, name);
	qos.prealloc = 1;
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       mach_port_allocate_full(task, MACH_PORT_RIGHT_PORT_SET,
					       MACH_PORT_NULL, &qos, &name));
	EXPECT_EQ(sets + 4, mach_counter(MACHDEV_COUNTER_SETS));
}

/* Every call that ends a set leaves its members alone. */
TEST(destroy)
{
	mach_port_t task = mach_task_self(), set, a, b;
	uint64_t members = mach_counter(MACHDEV_COUNTER_MEMBERS);
	uint64_t sets = mach_counter(MACHDEV_COUNTER_SETS);
	int way;

	for (way = 0; way < 3; way++) {
		set = set_new();
		a = member_new(set);
		b = member_new(set);
		ASSERT_KR(KERN_SUCCESS, send_to(a, way));
		switch (way) {
		case 0:
			EXPECT_KR(KERN_SUCCESS,
				  mach_port_mod_refs(task, set,
						     MACH_PORT_RIGHT_PORT_SET,
						     -1));
			break;
		case 1:
			EXPECT_KR(KERN_SUCCESS,
				  mach_port_deallocate(task, set));
			break;
		case 2:
			EXPECT_KR(KERN_SUCCESS, mach_port_destroy(task, set));
			break;
		}
		EXPECT_NAME(0, 0, set);
		EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 1, a);
		EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 1, b);
		EXPECT_WORD(0, port_status(a).mps_pset);
		EXPECT_KR(KERN_NOT_IN_SET, set_move(a, MACH_PORT_NULL));
		EXPECT_MESSAGE(way, a, a);
	}
	EXPECT_EQ(members, mach_counter(MACHDEV_COUNTER_MEMBERS));
	EXPECT_EQ(sets, mach_counter(MACHDEV_COUNTER_SETS));
}

TEST(references)
{
	mach_port_t task = mach_task_self(), set = set_new(), port = port_new();
	static const mach_port_delta_t bad[] = { 1, 2, -2, INT32_MIN };
	unsigned int i;

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, set, MACH_PORT_RIGHT_PORT_SET, 0));
	EXPECT_NAME(MACH_PORT_TYPE_PORT_SET, 0, set);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       mach_port_mod_refs(task, set,
						  MACH_PORT_RIGHT_PORT_SET,
						  bad[i]));
	for (i = MACH_PORT_RIGHT_SEND; i <= MACH_PORT_RIGHT_DEAD_NAME; i++) {
		if (i == MACH_PORT_RIGHT_PORT_SET)
			continue;
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_mod_refs(task, set, i, -1));
	}
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       mach_port_mod_refs(task, port, MACH_PORT_RIGHT_PORT_SET,
					  -1));
}

/*
 * Members
 */

TEST(insert_and_extract)
{
	mach_port_t set = set_new(), other = set_new();
	mach_port_t port = port_new(), second = port_new();
	uint32_t names[4];

	EXPECT_WORD(0, port_status(port).mps_pset);
	EXPECT_KR(KERN_SUCCESS, set_insert(port, set));
	EXPECT_WORD(1, port_status(port).mps_pset);
	EXPECT_KR(KERN_ALREADY_IN_SET, set_insert(port, set));
	EXPECT_KR(KERN_NOT_IN_SET, set_extract(port, other));
	EXPECT_KR(KERN_SUCCESS, set_insert(port, other));
	EXPECT_KR(KERN_SUCCESS, set_insert(second, set));

	ASSERT_EQ(2, set_members(mach_task_self(), set, names, 4));
	EXPECT_WORD(port < second ? port : second, names[0]);
	EXPECT_WORD(port < second ? second : port, names[1]);
	ASSERT_EQ(1, set_members(mach_task_self(), other, names, 4));
	EXPECT_WORD(port, names[0]);

	EXPECT_KR(KERN_SUCCESS, set_extract(port, set));
	EXPECT_KR(KERN_NOT_IN_SET, set_extract(port, set));
	EXPECT_WORD(1, port_status(port).mps_pset);
	EXPECT_KR(KERN_SUCCESS, set_extract(port, other));
	EXPECT_WORD(0, port_status(port).mps_pset);
	EXPECT_EQ(1, set_size(set));
	EXPECT_EQ(0, set_size(other));
}

TEST(move)
{
	mach_port_t a = set_new(), b = set_new(), c = set_new();
	mach_port_t port = port_new_send(1);

	EXPECT_KR(KERN_NOT_IN_SET, set_move(port, MACH_PORT_NULL));
	EXPECT_KR(KERN_SUCCESS, set_move(port, a));
	EXPECT_TRUE(set_has(a, port));
	EXPECT_KR(KERN_SUCCESS, set_move(port, a));
	EXPECT_EQ(1, set_size(a));
	EXPECT_KR(KERN_SUCCESS, set_insert(port, b));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));

	/* Out of all but one: a new one, then one that it is in. */
	EXPECT_KR(KERN_SUCCESS, set_move(port, c));
	EXPECT_FALSE(set_has(a, port));
	EXPECT_FALSE(set_has(b, port));
	EXPECT_TRUE(set_has(c, port));
	EXPECT_NO_MESSAGE(a);
	EXPECT_NO_MESSAGE(b);
	EXPECT_KR(KERN_SUCCESS, set_insert(port, a));
	EXPECT_KR(KERN_SUCCESS, set_insert(port, b));
	EXPECT_KR(KERN_SUCCESS, set_move(port, b));
	EXPECT_FALSE(set_has(a, port));
	EXPECT_TRUE(set_has(b, port));
	EXPECT_FALSE(set_has(c, port));
	EXPECT_MESSAGE(1, port, b);

	EXPECT_KR(KERN_SUCCESS, set_insert(port, a));
	EXPECT_KR(KERN_SUCCESS, set_move(port, MACH_PORT_NULL));
	EXPECT_EQ(0, set_size(a) + set_size(b) + set_size(c));
	EXPECT_KR(KERN_NOT_IN_SET, set_move(port, MACH_PORT_NULL));
}

FIXTURE(refused) {
	mach_port_t task;
	mach_port_t set;
	mach_port_t port;
	mach_port_t send;
	mach_port_t once;
	mach_port_t dead;
	mach_port_t stale;
};

FIXTURE_SETUP(refused)
{
	self->task = mach_task_self();
	self->set = set_new();
	self->port = member_new(self->set);
	self->once = port_new_once(self->port);
	self->dead = port_new_dead(1);
	self->stale = port_new_stale();
	self->send = self->task;
}

FIXTURE_TEARDOWN(refused)
{
}

#define REFUSE(code, call) do {						\
	EXPECT_REFUSED(code, call);					\
	EXPECT_EQ(1, set_size(self->set));				\
} while (0)

/* The port is none that is received from. */
TEST_F(refused, member)
{
	const mach_port_t wrong[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, self->send, self->once,
		self->dead, self->set,
	};
	mach_port_t other = set_new();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		REFUSE(KERN_INVALID_RIGHT, set_insert(wrong[i], other));
		REFUSE(KERN_INVALID_RIGHT, set_extract(wrong[i], other));
		REFUSE(KERN_INVALID_RIGHT, set_move(wrong[i], other));
		REFUSE(KERN_INVALID_RIGHT, set_move(wrong[i], MACH_PORT_NULL));
	}
	REFUSE(KERN_INVALID_NAME, set_insert(self->stale, other));
	REFUSE(KERN_INVALID_NAME, set_extract(self->stale, other));
	REFUSE(KERN_INVALID_NAME, set_move(self->stale, other));
	REFUSE(KERN_INVALID_NAME, set_move(self->stale, MACH_PORT_NULL));
}

/* The set is none. */
TEST_F(refused, set)
{
	const mach_port_t wrong[] = {
		MACH_PORT_DEAD, self->send, self->once, self->dead, self->port,
	};
	mach_msg_type_number_t count;
	mach_port_name_array_t members;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		REFUSE(KERN_INVALID_RIGHT, set_insert(self->port, wrong[i]));
		REFUSE(KERN_INVALID_RIGHT, set_extract(self->port, wrong[i]));
		REFUSE(KERN_INVALID_RIGHT, set_move(self->port, wrong[i]));
		REFUSE(KERN_INVALID_RIGHT,
		       mach_port_get_set_status(self->task, wrong[i], &members,
						&count));
	}
	REFUSE(KERN_INVALID_RIGHT, set_insert(self->port, MACH_PORT_NULL));
	REFUSE(KERN_INVALID_RIGHT, set_extract(self->port, MACH_PORT_NULL));
	REFUSE(KERN_INVALID_RIGHT,
	       mach_port_get_set_status(self->task, MACH_PORT_NULL, &members,
					&count));
	REFUSE(KERN_INVALID_NAME, set_insert(self->port, self->stale));
	REFUSE(KERN_INVALID_NAME, set_extract(self->port, self->stale));
	REFUSE(KERN_INVALID_NAME, set_move(self->port, self->stale));
	REFUSE(KERN_INVALID_NAME,
	       mach_port_get_set_status(self->task, self->stale, &members,
					&count));
}

/* Names come before rights: one that denotes nothing is told of first. */
TEST_F(refused, name_before_right)
{
	REFUSE(KERN_INVALID_NAME, set_insert(self->dead, self->stale));
	REFUSE(KERN_INVALID_NAME, set_insert(self->stale, self->dead));
	REFUSE(KERN_INVALID_NAME, set_extract(self->dead, self->stale));
	REFUSE(KERN_INVALID_NAME, set_move(self->stale, self->dead));
}

TEST_F(refused, reserved_word)
{
	struct machdev_port_member member = {
		.task = self->task, .name = self->port, .set = self->set,
		.reserved = 1,
	};
	struct machdev_port_set_status status = {
		.task = self->task, .name = self->set, .reserved = 1,
	};

	REFUSE(-EINVAL, mach_ioctl(MACHDEV_IOC_PORT_MOVE_MEMBER, &member));
	REFUSE(-EINVAL, mach_ioctl(MACHDEV_IOC_PORT_INSERT_MEMBER, &member));
	REFUSE(-EINVAL, mach_ioctl(MACHDEV_IOC_PORT_EXTRACT_MEMBER, &member));
	REFUSE(-EINVAL, mach_ioctl(MACHDEV_IOC_PORT_GET_SET_STATUS, &status));
}

/* Calls that want a port find none in a set. */
TEST_F(refused, set_where_a_port_is_wanted)
{
	mach_port_t task = self->task, set = self->set, port = port_new();
	mach_port_t previous, name;
	mach_port_status_t status;
	mach_port_limits_t limits = { .mpl_qlimit = 3 };
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;
	mach_port_context_t context;
	mach_port_rights_t srights;
	mach_vm_address_t address;
	mach_msg_type_name_t type;
	natural_t kind;
	struct msg msg;

	REFUSE(KERN_INVALID_RIGHT,
	       mach_port_get_attributes(task, set, MACH_PORT_RECEIVE_STATUS,
					(mach_port_info_t)&status, &count));
	REFUSE(KERN_INVALID_RIGHT,
	       mach_port_set_attributes(task, set, MACH_PORT_LIMITS_INFO,
					(mach_port_info_t)&limits,
					MACH_PORT_LIMITS_INFO_COUNT));
	REFUSE(KERN_INVALID_RIGHT, mach_port_set_mscount(task, set, 1));
	REFUSE(KERN_INVALID_RIGHT, mach_port_set_seqno(task, set, 1));
	REFUSE(KERN_INVALID_RIGHT, mach_port_get_srights(task, set, &srights));
	REFUSE(KERN_INVALID_RIGHT, mach_port_get_context(task, set, &context));
	REFUSE(KERN_INVALID_RIGHT, mach_port_set_context(task, set, 1));
	REFUSE(KERN_INVALID_RIGHT, mach_port_guard(task, set, 1, 0));
	REFUSE(KERN_INVALID_RIGHT, mach_port_unguard(task, set, 1));
	REFUSE(KERN_INVALID_RIGHT, mach_port_swap_guard(task, set, 1, 2));
	REFUSE(KERN_INVALID_RIGHT, mach_port_destruct(task, set, 0, 0));
	REFUSE(KERN_INVALID_RIGHT,
	       mach_port_kobject(task, set, &kind, &address));
	REFUSE(KERN_INVALID_RIGHT,
	       mach_port_request_notification(task, set, MACH_NOTIFY_DEAD_NAME,
					      0, self->port,
					      MACH_MSG_TYPE_MAKE_SEND_ONCE,
					      &previous));
	REFUSE(KERN_INVALID_RIGHT,
	       mach_port_request_notification(task, set,
					      MACH_NOTIFY_PORT_DESTROYED, 0,
					      self->port,
					      MACH_MSG_TYPE_MAKE_SEND_ONCE,
					      &previous));
	REFUSE(KERN_INVALID_RIGHT,
	       mach_port_insert_right(task, set, set,
				      MACH_MSG_TYPE_MAKE_SEND));
	REFUSE(KERN_NAME_EXISTS,
	       mach_port_insert_right(task, set, port,
				      MACH_MSG_TYPE_MAKE_SEND_ONCE));
	REFUSE(KERN_INVALID_RIGHT,
	       mach_port_extract_right(task, set, MACH_MSG_TYPE_MAKE_SEND,
				       &name, &type));
	REFUSE(MACH_SEND_INVALID_DEST, send_to(set, 1));
	msg_init(&msg, self->port, COPY_SEND, set, MACH_MSG_TYPE_MAKE_SEND, 1);
	REFUSE(MACH_SEND_INVALID_REPLY, msg_send(&msg, MSG_HEADER));
}

TEST_F(refused, peek)
{
	mach_msg_type_number_t count = sizeof(mach_msg_trailer_t);
	mach_port_seqno_t seqno = 0;
	mach_msg_trailer_t trailer;
	mach_msg_size_t size;
	mach_msg_id_t id;

	ASSERT_KR(KERN_SUCCESS, send_to(self->port, 1));
	REFUSE(KERN_INVALID_RIGHT,
	       mach_port_peek(self->task, self->set, 0, &seqno, &size, &id,
			      (mach_msg_trailer_info_t)&trailer, &count));
}

/* Another task's set has that task's members. */
TEST(in_another_task)
{
	mach_port_t set = 0x4403, port = 0x5503, read;
	struct holder holder;
	mach_port_t own = set_new(), own_port = port_new();
	uint32_t name;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_allocate_name(holder.task,
					  MACH_PORT_RIGHT_PORT_SET, set));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_allocate_name(holder.task,
					  MACH_PORT_RIGHT_RECEIVE, port));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_member(holder.task, port, set));
	ASSERT_EQ(1, set_members(holder.task, set, &name, 1));
	EXPECT_WORD(port, name);
	EXPECT_KR(KERN_INVALID_NAME,
		  mach_port_insert_member(holder.task, own_port, set));
	EXPECT_KR(KERN_INVALID_NAME,
		  mach_port_move_member(holder.task, port, own));

	/* The read port shows the members, and changes none. */
	ASSERT_KR(KERN_SUCCESS,
		  task_get_special_port(holder.task, TASK_READ_PORT, &read));
	ASSERT_EQ(1, set_members(read, set, &name, 1));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_extract_member(read, port, set));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_insert_member(read, port, set));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_move_member(read, port, MACH_PORT_NULL));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_extract_member(holder.task, port, set));
	EXPECT_EQ(0, set_members(holder.task, set, NULL, 0));
	EXPECT_KR(KERN_SUCCESS, mach_port_insert_member(holder.task, port, set));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(holder.task, set,
				     MACH_PORT_RIGHT_PORT_SET, -1));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), read));
	holder_end(&holder);
}

/* Names go up, whatever the order in which the ports came. */
TEST(status_is_sorted)
{
	mach_port_t set = set_new(), name;
	uint32_t names[40], i;

	for (i = 0; i < 40; i++) {
		name = 0x10003 + (i * 7 % 40 << 8);
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_allocate_name(mach_task_self(),
						  MACH_PORT_RIGHT_RECEIVE,
						  name));
		ASSERT_KR(KERN_SUCCESS, set_insert(name, set));
	}
	ASSERT_EQ(40, set_members(mach_task_self(), set, names, 40));
	for (i = 0; i < 40; i++)
		EXPECT_WORD(0x10003 + (i << 8), names[i]);
}

/* The struct says how many there are when the array is too short. */
TEST(status_without_room)
{
	mach_port_t set = set_new(), a = member_new(set), b = member_new(set);
	uint32_t names[2] = { TEST_POISON32, TEST_POISON32 };
	struct machdev_port_set_status status = {
		.task = mach_task_self(), .name = set, .count = 1,
		.members = (uintptr_t)names,
	};

	EXPECT_KR(KERN_INSUFFICIENT_BUFFER_SIZE,
		  mach_ioctl(MACHDEV_IOC_PORT_GET_SET_STATUS, &status));
	EXPECT_EQ(2, status.count);
	EXPECT_WORD(TEST_POISON32, names[0]);
	EXPECT_KR(KERN_SUCCESS,
		  mach_ioctl(MACHDEV_IOC_PORT_GET_SET_STATUS, &status));
	EXPECT_EQ(2, status.count);
	EXPECT_TRUE((names[0] == a && names[1] == b) ||
		    (names[0] == b && names[1] == a));
	status.members = 1;
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_ioctl(MACHDEV_IOC_PORT_GET_SET_STATUS, &status));
}

/* A port may be in so many sets, and in no more. */
TEST(sets_of_one_port)
{
	mach_port_t port = port_new_send(1), set[MACHDEV_PORT_SETS_MAX];
	mach_port_t more = set_new();
	uint64_t most = 0;
	uint32_t i;

	ASSERT_EQ(0, mach_query(MACHDEV_QUERY_FEATURES,
				MACHDEV_FEATURE_PORT_SETS, &most));
	ASSERT_EQ(MACHDEV_PORT_SETS_MAX, most);
	for (i = 0; i < MACHDEV_PORT_SETS_MAX; i++) {
		set[i] = set_new();
		ASSERT_KR(KERN_SUCCESS, set_insert(port, set[i]));
	}
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, set_insert(port, more));
	EXPECT_KR(KERN_ALREADY_IN_SET, set_insert(port, set[0]));
	/* One message makes them all ready, and is there once. */
	ASSERT_KR(KERN_SUCCESS, send_to(port, 5));
	EXPECT_MESSAGE(5, port, set[MACHDEV_PORT_SETS_MAX - 1]);
	for (i = 0; i < MACHDEV_PORT_SETS_MAX; i += 100)
		EXPECT_NO_MESSAGE(set[i]);
	EXPECT_KR(KERN_SUCCESS, set_move(port, more));
	EXPECT_EQ(0, set_size(set[17]));
	EXPECT_EQ(1, set_size(more));
}

/*
 * What ends a membership
 */

TEST(receive_right_destroyed)
{
	mach_port_t set = set_new(), other = set_new(), port = member_new(set);
	mach_port_t stays = member_new(set);

	ASSERT_KR(KERN_SUCCESS, set_insert(port, other));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	ASSERT_KR(KERN_SUCCESS, send_to(stays, 2));
	port_destroy_receive(port);
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 1, port);
	EXPECT_EQ(1, set_size(set));
	EXPECT_EQ(0, set_size(other));
	EXPECT_NO_MESSAGE(other);
	EXPECT_MESSAGE(2, stays, set);
	EXPECT_NO_MESSAGE(set);
}

TEST(receive_right_moved_to_another_task)
{
	mach_port_t set = set_new(), port = member_new(set);
	mach_msg_type_name_t type;
	struct holder holder;
	mach_port_t back;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS, send_to(port, 7));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	EXPECT_EQ(0, set_size(set));
	EXPECT_NO_MESSAGE(set);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_extract_right(holder.task, 0x4403,
					  MACH_MSG_TYPE_MOVE_RECEIVE, &back,
					  &type));
	EXPECT_WORD(port, back);
	EXPECT_WORD(0, port_status(port).mps_pset);
	EXPECT_MESSAGE(7, port, port);
	holder_end(&holder);
}

/* It comes back from a message without its sets, and with its messages. */
TEST(receive_right_moved_in_a_message)
{
	mach_port_t set = set_new(), port = member_new(set), by = member_new(set);
	struct port_msg msg;

	ASSERT_KR(KERN_SUCCESS, send_to(port, 7));
	port_msg_init(&msg, by, COPY_SEND, 0, 0, 1);
	msg.port[0] = msg_port(port, MACH_MSG_TYPE_MOVE_RECEIVE);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_EQ(1, set_size(set));
	EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, set));
	EXPECT_WORD(by, msg.head.msgh_local_port);
	EXPECT_WORD(port, msg.port[0].name);
	EXPECT_NO_MESSAGE(set);
	EXPECT_KR(KERN_SUCCESS, set_insert(port, set));
	EXPECT_MESSAGE(7, port, set);
}

/* A port that goes to who asked for it leaves its sets, too. */
TEST(port_destroyed_notification)
{
	mach_port_t set = set_new(), port = member_new(set), to = member_new(set);
	mach_port_t previous;
	struct port_msg msg;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_request_notification(mach_task_self(), port,
						 MACH_NOTIFY_PORT_DESTROYED, 0,
						 to,
						 MACH_MSG_TYPE_MAKE_SEND_ONCE,
						 &previous));
	port_destroy_receive(port);
	EXPECT_EQ(1, set_size(set));
	EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, set));
	EXPECT_EQ(MACH_NOTIFY_PORT_DESTROYED, msg.head.msgh_id);
	EXPECT_WORD(to, msg.head.msgh_local_port);
	EXPECT_WORD(port, msg.port[0].name);
	EXPECT_WORD(0, port_status(port).mps_pset);
}

/* Exit and exec of a task end its sets; the counters are looked at. */
TEST(exit_with_sets)
{
	uint64_t members = mach_counter(MACHDEV_COUNTER_MEMBERS);
	uint64_t sets = mach_counter(MACHDEV_COUNTER_SETS);
	mach_port_t set[20];
	pid_t pid;
	int i, j;

	pid = child_fork();
	if (!pid) {
		for (i = 0; i < 20; i++)
			set[i] = set_new();
		for (i = 0; i < 500; i++) {
			mach_port_t port = port_new_send(1);

			for (j = 0; j < 20; j++)
				MUST(set_insert(port, set[j]));
			MUST(send_to(port, i));
		}
		EXPECT_EQ(members + 10000,
			  mach_counter(MACHDEV_COUNTER_MEMBERS));
		child_exit();
	}
	EXPECT_CHILD(pid);
	ASSERT_KR(0, mach_sync());
	EXPECT_EQ(members, mach_counter(MACHDEV_COUNTER_MEMBERS));
	EXPECT_EQ(sets, mach_counter(MACHDEV_COUNTER_SETS));
}

TEST(renamed)
{
	mach_port_t task = mach_task_self(), set = set_new();
	mach_port_t port = member_new(set), second = member_new(set);
	uint32_t names[2];

	EXPECT_KR(KERN_SUCCESS, mach_port_rename(task, set, 0x4403));
	EXPECT_NAME(0, 0, set);
	EXPECT_NAME(MACH_PORT_TYPE_PORT_SET, 0, 0x4403);
	set = 0x4403;
	/* The members' order follows their names. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_rename(task, port < second ? port : second,
				   0x990003));
	ASSERT_EQ(2, set_members(task, set, names, 2));
	EXPECT_WORD(port < second ? second : port, names[0]);
	EXPECT_WORD(0x990003, names[1]);
	ASSERT_KR(KERN_SUCCESS, send_to(0x990003, 3));
	EXPECT_MESSAGE(3, 0x990003, set);
	EXPECT_KR(KERN_SUCCESS, set_extract(0x990003, set));
	EXPECT_EQ(1, set_size(set));
}

TEST(space_info)
{
	mach_port_t task = mach_task_self(), set = set_new(), set2 = set_new();
	mach_msg_type_number_t count, none;
	ipc_info_name_array_t table;
	ipc_info_tree_name_array_t tree;
	ipc_info_space_t info;
	uint32_t object[2] = { 0, 0 };
	unsigned int i;

	member_new(set);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_space_info(task, &info, &table, &count, &tree,
				       &none));
	for (i = 0; i < count; i++) {
		if (table[i].iin_name != set && table[i].iin_name != set2)
			continue;
		EXPECT_WORD(MACH_PORT_TYPE_PORT_SET, table[i].iin_type);
		EXPECT_WORD(0, table[i].iin_urefs);
		object[table[i].iin_name == set2] = table[i].iin_object;
	}
	EXPECT_NE(0, object[0]);
	EXPECT_NE(0, object[1]);
	EXPECT_NE(object[0], object[1]);
	EXPECT_KR(KERN_SUCCESS,
		  vm_deallocate(task, (vm_address_t)table,
				count * sizeof(*table)));
}

/*
 * Receiving
 */

TEST(empty_set)
{
	mach_port_t set = set_new(), port = port_new_send(1);
	struct msg msg;

	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, set));
	EXPECT_TRUE(is_poison(&msg, sizeof(msg)));
	ASSERT_KR(KERN_SUCCESS, set_insert(port, set));
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, set));
	set_destroy(set);
	EXPECT_KR(MACH_RCV_INVALID_NAME, msg_receive(&msg, set));
}

/* What comes to a member is received from the set, or from the member. */
TEST(receive)
{
	mach_port_t set = set_new(), port = member_new(set);

	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 2));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 3));
	EXPECT_MESSAGE(1, port, set);
	EXPECT_MESSAGE(2, port, port);
	EXPECT_MESSAGE(3, port, set);
	EXPECT_NO_MESSAGE(set);
	EXPECT_NO_MESSAGE(port);
	EXPECT_EQ(3, port_status(port).mps_seqno);
	ASSERT_KR(KERN_SUCCESS, send_to(port, 4));
	EXPECT_MESSAGE(4, port, port);
	EXPECT_NO_MESSAGE(set);
}

/* A port in two sets: each message is received once. */
TEST(receive_from_several_sets)
{
	mach_port_t a = set_new(), b = set_new(), port = member_new(a);

	ASSERT_KR(KERN_SUCCESS, set_insert(port, b));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 2));
	EXPECT_MESSAGE(1, port, b);
	EXPECT_MESSAGE(2, port, a);
	EXPECT_NO_MESSAGE(a);
	EXPECT_NO_MESSAGE(b);
	ASSERT_KR(KERN_SUCCESS, send_to(port, 3));
	EXPECT_KR(KERN_SUCCESS, set_extract(port, a));
	EXPECT_NO_MESSAGE(a);
	EXPECT_MESSAGE(3, port, b);
}

/* What is queued already makes a set ready; what leaves, no more. */
TEST(membership_of_a_port_with_messages)
{
	mach_port_t set = set_new(), port = port_new_send(1);

	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	ASSERT_KR(KERN_SUCCESS, send_to(port, 2));
	EXPECT_KR(KERN_SUCCESS, set_insert(port, set));
	EXPECT_MESSAGE(1, port, set);
	EXPECT_KR(KERN_SUCCESS, set_extract(port, set));
	EXPECT_NO_MESSAGE(set);
	EXPECT_MESSAGE(2, port, port);
}

/* Neither the first member nor the loudest keeps others waiting. */
TEST(fair_order)
{
	mach_port_t set = set_new(), port[5];
	int i, round;

	for (i = 0; i < 5; i++)
		port[i] = member_new(set);
	for (round = 0; round < 4; round++) {
		for (i = 0; i < 5; i++)
			ASSERT_KR(KERN_SUCCESS, send_to(port[i], round));
	}
	for (round = 0; round < 4; round++) {
		for (i = 0; i < 5; i++)
			EXPECT_MESSAGE(round, port[i], set);
	}
	EXPECT_NO_MESSAGE(set);

	/* One that always has messages gets every other turn. */
	for (i = 0; i < 4; i++)
		ASSERT_KR(KERN_SUCCESS, send_to(port[0], 100 + i));
	EXPECT_MESSAGE(100, port[0], set);
	for (round = 1; round < 4; round++) {
		ASSERT_KR(KERN_SUCCESS, send_to(port[round], 200 + round));
		EXPECT_MESSAGE(100 + round, port[0], set);
		ASSERT_KR(KERN_SUCCESS, send_to(port[0], 103 + round));
		EXPECT_MESSAGE(200 + round, port[round], set);
	}
}

/* A send-once notification names the member whose right went unused. */
TEST(send_once_notification)
{
	mach_port_t set = set_new(), first = member_new(set);
	mach_port_t port = member_new(set);
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_deallocate(mach_task_self(), port_new_once(port)));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, set));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, msg.head.msgh_id);
	EXPECT_WORD(port, msg.head.msgh_local_port);
	EXPECT_NE(first, msg.head.msgh_local_port);
	EXPECT_NO_MESSAGE(set);
}

/* Room that a receive from the set makes lets a waiting sender in. */
TEST(room_is_made)
{
	mach_port_t set = set_new(), port = member_new(set);
	struct msg out;
	struct msg_call call = {
		.msg = &out.head, .option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	};
	int i;

	port_fill(port);
	msg_init(&out, port, COPY_SEND, 0, 0, 77);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	EXPECT_MESSAGE(FILLING, port, set);
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	for (i = 1; i < (int)MACH_PORT_QLIMIT_DEFAULT; i++)
		EXPECT_MESSAGE(FILLING, port, set);
	EXPECT_MESSAGE(77, port, set);
	EXPECT_NO_MESSAGE(set);
}

/* A queue that holds one: each turn empties it, and a sender fills it anew. */
TEST(room_for_one)
{
	mach_port_t set = set_new(), port = member_new(set);
	struct msg out;
	struct msg_call call = {
		.msg = &out.head, .option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	};

	port_limit(port, 1);
	ASSERT_KR(KERN_SUCCESS, send_to(port, 1));
	msg_init(&out, port, COPY_SEND, 0, 0, 2);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	EXPECT_MESSAGE(1, port, set);
	EXPECT_KR(KERN_SUCCESS, msg_call_result(&call));
	EXPECT_MESSAGE(2, port, set);
	EXPECT_NO_MESSAGE(set);
}

/* A message that does not fit stays, is told of, and is still the next one. */
TEST(large)
{
	mach_port_t set = set_new(), first = member_new(set);
	mach_port_t second = member_new(set);
	struct msg msg;
	int i;

	msg_init(&msg, first, COPY_SEND, 0, 0, 1);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(10)));
	ASSERT_KR(KERN_SUCCESS, send_to(second, 2));
	for (i = 0; i < 2; i++) {
		memset(&msg, TEST_POISON, sizeof(msg));
		EXPECT_KR(MACH_RCV_TOO_LARGE,
			  mach_msg(&msg.head,
				   MACH_RCV_MSG | MACH_RCV_TIMEOUT |
				   MACH_RCV_LARGE | MACH_RCV_LARGE_IDENTITY,
				   0, MSG_SIZE(9), set, 0, MACH_PORT_NULL));
		EXPECT_WORD(MSG_SIZE(10), msg.head.msgh_size);
		EXPECT_WORD(first, msg.head.msgh_local_port);
		EXPECT_WORD(TEST_POISON32, msg.head.msgh_remote_port);
	}
	memset(&msg, TEST_POISON, sizeof(msg));
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  mach_msg(&msg.head,
			   MACH_RCV_MSG | MACH_RCV_TIMEOUT | MACH_RCV_LARGE, 0,
			   MSG_SIZE(9), set, 0, MACH_PORT_NULL));
	EXPECT_WORD(TEST_POISON32, msg.head.msgh_local_port);
	EXPECT_MESSAGE(1, first, set);
	EXPECT_MESSAGE(2, second, set);
}

/* Without MACH_RCV_LARGE it is destroyed, and the member had its turn. */
TEST(too_large)
{
	mach_port_t set = set_new(), first = member_new(set);
	mach_port_t second = member_new(set);
	struct msg msg;

	msg_init(&msg, first, COPY_SEND, 0, 0, 1);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(10)));
	ASSERT_KR(KERN_SUCCESS, send_to(first, 3));
	ASSERT_KR(KERN_SUCCESS, send_to(second, 2));
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   MSG_SIZE(9), set, 0, MACH_PORT_NULL));
	EXPECT_WORD(first, msg.head.msgh_local_port);
	EXPECT_MESSAGE(2, second, set);
	EXPECT_MESSAGE(3, first, set);
}

/* Sending to one member and receiving from the set in one call. */
TEST(send_and_receive)
{
	mach_port_t set = set_new(), port = member_new(set);
	struct msg msg;

	msg_init(&msg, port, COPY_SEND, 0, 0, 9);
	EXPECT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head,
			   MACH_SEND_MSG | MACH_RCV_MSG | MACH_RCV_TIMEOUT,
			   MSG_HEADER, sizeof(msg), set, test_ms(5000),
			   MACH_PORT_NULL));
	EXPECT_EQ(9, msg.head.msgh_id);
	EXPECT_WORD(port, msg.head.msgh_local_port);
}

/* A set does not come before the ports of its task: it cannot be moved. */
TEST(sets_are_not_sent)
{
	mach_port_t set = set_new(), port = port_new_send(1);
	static const mach_msg_type_name_t types[] = {
		MACH_MSG_TYPE_MOVE_RECEIVE, MACH_MSG_TYPE_MOVE_SEND,
		MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND,
		MACH_MSG_TYPE_MOVE_SEND_ONCE, MACH_MSG_TYPE_MAKE_SEND_ONCE,
	};
	struct port_msg msg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		port_msg_init(&msg, port, COPY_SEND, 0, 0, 1);
		msg.port[0] = msg_port(set, types[i]);
		EXPECT_REFUSED(MACH_SEND_INVALID_RIGHT,
			       msg_send(&msg, PORT_MSG_SIZE(1)));
	}
}

/*
 * Many members
 */

#define MANY 10000

/* Each of many is received from, in order; then the set goes. */
TEST(ten_thousand_members)
{
	uint64_t members = mach_counter(MACHDEV_COUNTER_MEMBERS);
	mach_port_t set = set_new(), *port;
	uint32_t i;

	port = calloc(MANY, sizeof(*port));
	ASSERT_NE(NULL, port);
	for (i = 0; i < MANY; i++)
		port[i] = member_new(set);
	EXPECT_EQ(members + MANY, mach_counter(MACHDEV_COUNTER_MEMBERS));
	EXPECT_EQ(MANY, set_size(set));
	for (i = 0; i < MANY; i++) {
		ASSERT_KR(KERN_SUCCESS, send_to(port[MANY - 1 - i], (int)i));
	}
	for (i = 0; i < MANY; i++)
		EXPECT_MESSAGE((int)i, port[MANY - 1 - i], set);
	EXPECT_NO_MESSAGE(set);
	set_destroy(set);
	EXPECT_EQ(members, mach_counter(MACHDEV_COUNTER_MEMBERS));
	EXPECT_WORD(0, port_status(port[MANY / 2]).mps_pset);
}

MACH_TEST_MAIN
