// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of ports: the queue limit, and what the status says while
 * rights and messages come and go.
 */
#include "port_helpers.h"

#define LIMITS MACH_PORT_LIMITS_INFO
#define STATUS MACH_PORT_RECEIVE_STATUS

static kern_return_t get(mach_port_t name, mach_port_flavor_t flavor,
			 void *info, mach_msg_type_number_t *count)
{
	return mach_port_get_attributes(mach_task_self(), name, flavor, info,
					count);
}

static kern_return_t set(mach_port_t name, mach_port_flavor_t flavor,
			 const void *info, mach_msg_type_number_t count)
{
	return mach_port_set_attributes(mach_task_self(), name, flavor,
					(mach_port_info_t)info, count);
}

static kern_return_t set_qlimit(mach_port_t name, uint32_t qlimit)
{
	return set(name, LIMITS, &qlimit, 1);
}

static uint32_t qlimit_of(mach_port_t name)
{
	mach_msg_type_number_t count = 1;
	uint32_t qlimit = TEST_POISON32;

	MUST(get(name, LIMITS, &qlimit, &count));
	return qlimit;
}

TEST(limits)
{
	static const uint32_t limits[] = { 0, 1, 5, 16, 1023, 1024 };
	mach_port_t port = port_new();
	unsigned int i;

	EXPECT_WORD(5, qlimit_of(port));
	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		EXPECT_KR(KERN_SUCCESS, set_qlimit(port, limits[i]));
		EXPECT_WORD(limits[i], qlimit_of(port));
		EXPECT_WORD(limits[i], port_status(port).mps_qlimit);
	}
}

TEST(limit_too_high)
{
	static const uint32_t limits[] = {
		1025, 65534, 65535, 0x10000, 0x10005, 0x80000000, UINT32_MAX,
	};
	mach_port_t port = port_new();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       set_qlimit(port, limits[i]));
		EXPECT_WORD(5, qlimit_of(port));
	}
}

TEST(room_for_the_answer)
{
	mach_port_t port = port_new();
	mach_msg_type_number_t count;
	uint32_t words[24];

	/* Too little: nothing is written. */
	memset(words, TEST_POISON, sizeof(words));
	count = 0;
	EXPECT_KR(KERN_FAILURE, get(port, LIMITS, words, &count));
	for (count = 0; count < 10; count++) {
		mach_msg_type_number_t room = count;

		EXPECT_KR(KERN_FAILURE, get(port, STATUS, words, &room));
	}
	EXPECT_TRUE(is_poison(words, sizeof(words)));

	/* Exactly enough, and more: only what the flavor has is written. */
	count = 1;
	EXPECT_KR(KERN_SUCCESS, get(port, LIMITS, words, &count));
	EXPECT_EQ(1u, count);
	EXPECT_EQ(5u, words[0]);
	EXPECT_TRUE(is_poison(words + 1, 23 * sizeof(uint32_t)));
	memset(words, TEST_POISON, sizeof(words));
	count = 24;
	EXPECT_KR(KERN_SUCCESS, get(port, LIMITS, words, &count));
	EXPECT_EQ(1u, count);
	EXPECT_EQ(5u, words[0]);
	EXPECT_TRUE(is_poison(words + 1, 23 * sizeof(uint32_t)));
	memset(words, TEST_POISON, sizeof(words));
	count = 10;
	EXPECT_KR(KERN_SUCCESS, get(port, STATUS, words, &count));
	EXPECT_EQ(10u, count);
	EXPECT_TRUE(is_poison(words + 10, 14 * sizeof(uint32_t)));
	memset(words, TEST_POISON, sizeof(words));
	count = UINT32_MAX;
	EXPECT_KR(KERN_SUCCESS, get(port, STATUS, words, &count));
	EXPECT_EQ(10u, count);
	EXPECT_FALSE(is_poison(words + 9, sizeof(uint32_t)));
	EXPECT_TRUE(is_poison(words + 10, 14 * sizeof(uint32_t)));
}

TEST(words_given)
{
	mach_port_t port = port_new();
	uint32_t words[4] = { 7, 8, 9, 10 };

	EXPECT_REFUSED(KERN_FAILURE, set(port, LIMITS, words, 0));
	EXPECT_KR(KERN_SUCCESS, set(port, LIMITS, words, 4));
	EXPECT_WORD(7, qlimit_of(port));
}

TEST(flavors)
{
	static const mach_port_flavor_t known[] = { 4, 5, 6, 9 };
	static const mach_port_flavor_t unknown[] = {
		0, MACH_PORT_GUARD_INFO, 10, 11, 0x10001, 0x7fffffff, -1,
	};
	mach_port_t port = port_new();
	mach_msg_type_number_t count;
	uint32_t words[32] = { 1 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		count = ARRAY_SIZE(words);
		EXPECT_REFUSED(KERN_NOT_SUPPORTED,
			       get(port, known[i], words, &count));
		EXPECT_REFUSED(KERN_NOT_SUPPORTED,
			       set(port, known[i], words, ARRAY_SIZE(words)));
	}
	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		count = ARRAY_SIZE(words);
		EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
			       get(port, unknown[i], words, &count));
		EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
			       set(port, unknown[i], words,
				   ARRAY_SIZE(words)));
	}
	/* The status is only for reading. */
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       set(port, STATUS, words, ARRAY_SIZE(words)));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       set(port, MACH_PORT_INFO_EXT, words,
			   ARRAY_SIZE(words)));
}

TEST(only_of_receive_rights)
{
	mach_port_t port = port_new(), once = port_new_once(port);
	mach_port_t dead = port_new_dead(1), names[4];
	mach_msg_type_number_t count;
	uint32_t words[10] = { 1 };
	unsigned int i;

	names[0] = once;
	names[1] = dead;
	names[2] = mach_task_self();
	names[3] = MACH_PORT_DEAD;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		count = 10;
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       get(names[i], LIMITS, words, &count));
		count = 10;
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       get(names[i], STATUS, words, &count));
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       set(names[i], LIMITS, words, 1));
	}
	/* Too little room counts before what the name denotes. */
	count = 0;
	EXPECT_KR(KERN_FAILURE, get(once, LIMITS, words, &count));
	count = 9;
	EXPECT_KR(KERN_FAILURE, get(dead, STATUS, words, &count));
	count = 9;
	EXPECT_KR(KERN_FAILURE, get(0x777703, STATUS, words, &count));
	EXPECT_KR(KERN_FAILURE, set(once, LIMITS, words, 0));
	EXPECT_KR(KERN_FAILURE, set(0x777703, LIMITS, words, 0));
}

TEST(bad_addresses)
{
	mach_port_t port = port_new();
	mach_msg_type_number_t count;
	struct msg_cliff cliff;
	char *bad[3];
	unsigned int i;

	msg_cliff_map(&cliff, 1);
	bad[0] = NULL;
	bad[1] = cliff.edge;
	bad[2] = cliff.edge - 2;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct machdev_port_attributes call = {
			.task = mach_task_self(),
			.name = port,
			.flavor = LIMITS,
			.count = 1,
			.info = (uintptr_t)bad[i],
		};

		EXPECT_REFUSED(KERN_INVALID_ADDRESS,
			       mach_ioctl(MACHDEV_IOC_PORT_GET_ATTRIBUTES,
					  &call));
		call.count = 1;
		EXPECT_REFUSED(KERN_INVALID_ADDRESS,
			       mach_ioctl(MACHDEV_IOC_PORT_SET_ATTRIBUTES,
					  &call));
		call.flavor = STATUS;
		call.count = 10;
		EXPECT_REFUSED(KERN_INVALID_ADDRESS,
			       mach_ioctl(MACHDEV_IOC_PORT_GET_ATTRIBUTES,
					  &call));
	}
	/* The room that is announced need not be there, what is used must. */
	count = 100;
	EXPECT_KR(KERN_SUCCESS, get(port, STATUS, cliff.edge - 40, &count));
	count = 100;
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  get(port, STATUS, cliff.edge - 36, &count));
	/* Nothing can be written, though it can be read. */
	ASSERT_EQ(0, mprotect(cliff.start, cliff.page, PROT_READ));
	count = 1;
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  get(port, LIMITS, cliff.start, &count));
	EXPECT_KR(KERN_SUCCESS, set(port, LIMITS, cliff.start, 1));
}

TEST(of_another_task)
{
	mach_port_t port = port_new_send(1);
	mach_msg_type_number_t count = 1;
	struct holder holder;
	uint32_t qlimit = 33;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_set_attributes(holder.task, 0x4403, LIMITS,
					   (mach_port_info_t)&qlimit, 1));
	qlimit = 0;
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_get_attributes(holder.task, 0x4403, LIMITS,
					   (mach_port_info_t)&qlimit,
					   &count));
	EXPECT_WORD(33, qlimit);
	holder_end(&holder);
}

/*
 * The status
 */

TEST(messages_in_the_status)
{
	mach_port_t port = port_new();
	struct msg msg;
	uint32_t i;

	for (i = 0; i < 5; i++) {
		EXPECT_WORD(i, port_status(port).mps_msgcount);
		EXPECT_KR(KERN_SUCCESS,
			  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, i));
	}
	EXPECT_WORD(5, port_status(port).mps_msgcount);
	EXPECT_WORD(0, port_status(port).mps_seqno);
	for (i = 0; i < 5; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		EXPECT_WORD(i + 1, port_status(port).mps_seqno);
		EXPECT_WORD(4 - i, port_status(port).mps_msgcount);
	}
}

TEST(shrunk_limit_drops_nothing)
{
	mach_port_t port = port_new();
	struct msg msg;
	uint32_t i;

	for (i = 0; i < 5; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, i));
	}
	EXPECT_KR(MACH_SEND_TIMED_OUT,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 5));
	EXPECT_KR(KERN_SUCCESS, set_qlimit(port, 2));
	EXPECT_WORD(5, port_status(port).mps_msgcount);
	EXPECT_WORD(2, port_status(port).mps_qlimit);
	for (i = 0; i < 3; i++) {
		EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
		EXPECT_WORD(i, msg.head.msgh_id);
		EXPECT_KR(MACH_SEND_TIMED_OUT,
			  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 9));
	}
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_WORD(3, msg.head.msgh_id);
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 6));
	EXPECT_KR(MACH_SEND_TIMED_OUT,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 7));
	EXPECT_KR(KERN_SUCCESS, set_qlimit(port, 3));
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 7));
	EXPECT_KR(MACH_SEND_TIMED_OUT,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 8));
	EXPECT_WORD(3, port_status(port).mps_msgcount);
}

TEST(limit_of_zero)
{
	mach_port_t port = port_new(), once = port_new_once(port);
	struct msg msg;

	EXPECT_KR(KERN_SUCCESS, set_qlimit(port, 0));
	EXPECT_KR(MACH_SEND_TIMED_OUT,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 1));
	EXPECT_WORD(0, port_status(port).mps_msgcount);
	/* A send-once right promises its message a place. */
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(once, MACH_MSG_TYPE_MOVE_SEND_ONCE, 2));
	EXPECT_WORD(1, port_status(port).mps_msgcount);
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(2, msg.head.msgh_id);
}

/* The status once more, and zeros behind it. */
TEST(extended_status)
{
	mach_port_t port = port_new_send(2);
	mach_port_info_ext_t info;
	mach_port_status_t status;
	mach_msg_type_number_t count;

	ASSERT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	status = port_status(port);
	memset(&info, TEST_POISON, sizeof(info));
	count = MACH_PORT_INFO_EXT_COUNT - 1;
	EXPECT_KR(KERN_FAILURE, get(port, MACH_PORT_INFO_EXT, &info, &count));
	EXPECT_TRUE(is_poison(&info, sizeof(info)));
	count = MACH_PORT_INFO_EXT_COUNT;
	EXPECT_KR(KERN_SUCCESS, get(port, MACH_PORT_INFO_EXT, &info, &count));
	EXPECT_WORD(17, count);
	EXPECT_EQ(0, memcmp(&status, &info.mpie_status, sizeof(status)));
	EXPECT_TRUE(is_filled(&info.mpie_boost_cnt, 0, 7 * sizeof(uint32_t)));
	count = MACH_PORT_INFO_EXT_COUNT;
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       get(MACH_PORT_NULL, MACH_PORT_INFO_EXT, &info, &count));
}

/* How many names of a port have a request for its death. */
TEST(requests)
{
	mach_port_t task = mach_task_self(), port = port_new_send(1);
	mach_port_t notify = port_new(), previous;
	mach_msg_type_number_t count;
	struct holder holder;
	uint32_t number;

#define EXPECT_REQUESTS(expected, name) do {				\
	count = 1;							\
	number = TEST_POISON32;						\
	EXPECT_KR(KERN_SUCCESS,						\
		  get(name, MACH_PORT_DNREQUESTS_SIZE, &number, &count));\
	EXPECT_WORD(1, count);						\
	EXPECT_WORD(expected, number);					\
} while (0)
	holder_start(&holder);
	EXPECT_REQUESTS(0, port);
	EXPECT_WORD(0, request_dead_name(task, port, notify));
	EXPECT_REQUESTS(1, port);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_COPY_SEND));
	EXPECT_WORD(0, request_dead_name(holder.task, 0x4403, notify));
	EXPECT_REQUESTS(2, port);
	/* A number of requests that are expected changes nothing. */
	number = 1000;
	EXPECT_KR(KERN_SUCCESS,
		  set(port, MACH_PORT_DNREQUESTS_SIZE, &number, 1));
	EXPECT_REQUESTS(2, port);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_request_notification(task, port,
						 MACH_NOTIFY_DEAD_NAME, 0,
						 MACH_PORT_NULL, 0, &previous));
	EXPECT_REQUESTS(1, port);
	holder_end(&holder);
	EXPECT_REQUESTS(0, port);
	EXPECT_REQUESTS(0, MACH_PORT_NULL);
	EXPECT_REQUESTS(0, MACH_PORT_DEAD);

	count = 0;
	EXPECT_KR(KERN_FAILURE,
		  get(port, MACH_PORT_DNREQUESTS_SIZE, &number, &count));
	EXPECT_KR(KERN_FAILURE,
		  set(port, MACH_PORT_DNREQUESTS_SIZE, &number, 0));
	count = 1;
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       get(0x777703, MACH_PORT_DNREQUESTS_SIZE, &number,
			   &count));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       get(task, MACH_PORT_DNREQUESTS_SIZE, &number, &count));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       set(MACH_PORT_NULL, MACH_PORT_DNREQUESTS_SIZE, &number,
			   1));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       set(task, MACH_PORT_DNREQUESTS_SIZE, &number, 1));
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       set(0x777703, MACH_PORT_DNREQUESTS_SIZE, &number, 1));
}

/*
 * Counts that can be set, and that of the send rights
 */

TEST(make_send_count_can_be_set)
{
	mach_port_t task = mach_task_self(), port = port_new();

	EXPECT_KR(KERN_SUCCESS, mach_port_set_mscount(task, port, 77));
	EXPECT_WORD(77, port_status(port).mps_mscount);
	port_add_send(port);
	EXPECT_WORD(78, port_status(port).mps_mscount);
	EXPECT_KR(KERN_SUCCESS, mach_port_set_mscount(task, port, UINT32_MAX));
	port_add_send(port);
	EXPECT_WORD(0, port_status(port).mps_mscount);
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 2, port);
}

TEST(sequence_can_be_set)
{
	mach_port_t task = mach_task_self(), port = port_new();
	struct msg msg;
	uint32_t i;

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_set_seqno(task, port, UINT32_MAX));
	for (i = 0; i < 2; i++)
		ASSERT_KR(KERN_SUCCESS,
			  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, i));
	for (i = 0; i < 2; i++) {
		EXPECT_WORD(UINT32_MAX + i, port_status(port).mps_seqno);
		EXPECT_KR(KERN_SUCCESS,
			  msg_receive_option(&msg, port,
					     MACH_RCV_TRAILER_ELEMENTS
					     (MACH_RCV_TRAILER_SEQNO)));
		EXPECT_WORD(UINT32_MAX + i,
			    ((mach_msg_seqno_trailer_t *)
			     msg_trailer(&msg))->msgh_seqno);
	}
	EXPECT_WORD(1, port_status(port).mps_seqno);
}

TEST(send_rights)
{
	mach_port_t task = mach_task_self(), port = port_new();
	mach_port_t carrier = port_new();
	struct holder holder;
	struct port_msg msg;
	mach_port_rights_t count;

#define EXPECT_SEND_RIGHTS(expected) do {				\
	count = TEST_POISON32;						\
	EXPECT_KR(KERN_SUCCESS,						\
		  mach_port_get_srights(task, port, &count));		\
	EXPECT_WORD(expected, count);					\
} while (0)
	holder_start(&holder);
	EXPECT_SEND_RIGHTS(0);
	port_add_send(port);
	EXPECT_SEND_RIGHTS(1);
	/* User references are no rights. */
	port_add_send(port);
	EXPECT_SEND_RIGHTS(1);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_COPY_SEND));
	EXPECT_SEND_RIGHTS(2);
	port_msg_init(&msg, carrier, MACH_MSG_TYPE_MAKE_SEND, port,
		      MACH_MSG_TYPE_MAKE_SEND_ONCE, 2);
	msg.port[0] = msg_port(port, MACH_MSG_TYPE_MAKE_SEND);
	msg.port[1] = msg_port(port, MACH_MSG_TYPE_COPY_SEND);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(2)));
	EXPECT_SEND_RIGHTS(4);
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(task, carrier));
	EXPECT_SEND_RIGHTS(2);
	holder_end(&holder);
	EXPECT_SEND_RIGHTS(1);
}

TEST(counts_only_of_receive_rights)
{
	mach_port_t task = mach_task_self(), port = port_new(), bad[5];
	mach_port_rights_t count = TEST_POISON32;
	unsigned int i;

	bad[0] = port_new_once(port);
	bad[1] = port_new_dead(1);
	bad[2] = task;
	bad[3] = MACH_PORT_NULL;
	bad[4] = MACH_PORT_DEAD;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_set_mscount(task, bad[i], 9));
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_set_seqno(task, bad[i], 9));
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_get_srights(task, bad[i], &count));
	}
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       mach_port_set_mscount(task, 0x777703, 9));
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       mach_port_set_seqno(task, 0x777703, 9));
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       mach_port_get_srights(task, 0x777703, &count));
	EXPECT_WORD(TEST_POISON32, count);
}

TEST(counts_of_another_task)
{
	mach_port_t port = port_new_send(1), read;
	mach_port_rights_t count = 0;
	struct holder holder;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	EXPECT_KR(KERN_SUCCESS, mach_port_set_mscount(holder.task, 0x4403, 5));
	EXPECT_KR(KERN_SUCCESS, mach_port_set_seqno(holder.task, 0x4403, 6));
	/* By the read port one can ask, not set. */
	ASSERT_KR(KERN_SUCCESS,
		  task_get_special_port(holder.task, TASK_READ_PORT, &read));
	EXPECT_KR(KERN_SUCCESS, mach_port_get_srights(read, 0x4403, &count));
	EXPECT_WORD(1, count);
	EXPECT_KR(KERN_INVALID_TASK, mach_port_set_mscount(read, 0x4403, 7));
	EXPECT_KR(KERN_INVALID_TASK, mach_port_set_seqno(read, 0x4403, 7));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), read));
	holder_end(&holder);
}

TEST(reserved_word_of_counts)
{
	static const unsigned long commands[] = {
		MACHDEV_IOC_PORT_SET_MSCOUNT, MACHDEV_IOC_PORT_SET_SEQNO,
		MACHDEV_IOC_PORT_GET_SRIGHTS,
	};
	struct machdev_port_count call;
	mach_port_t port = port_new();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		call = (struct machdev_port_count){
			.task = mach_task_self(),
			.name = port,
			.reserved = 1,
		};
		EXPECT_REFUSED(-EINVAL, mach_ioctl(commands[i], &call));
	}
}

/* Each MAKE_SEND counts, a copy does not. */
TEST(make_send_count)
{
	mach_port_t task = mach_task_self(), port = port_new(), right;
	mach_port_t carrier = port_new();
	mach_msg_type_name_t type;
	struct port_msg msg;
	uint32_t mscount = 0;

#define EXPECT_MSCOUNT(more) do {					\
	mscount += (more);						\
	EXPECT_WORD(mscount, port_status(port).mps_mscount);		\
} while (0)
	EXPECT_MSCOUNT(0);
	port_add_send(port);
	EXPECT_MSCOUNT(1);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_extract_right(task, port, MACH_MSG_TYPE_MAKE_SEND,
					  &right, &type));
	EXPECT_MSCOUNT(1);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_extract_right(task, port, MACH_MSG_TYPE_COPY_SEND,
					  &right, &type));
	EXPECT_MSCOUNT(0);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, port, MACH_PORT_RIGHT_SEND, 5));
	EXPECT_MSCOUNT(0);
	/* As destination, as reply port, and in the body. */
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 1));
	EXPECT_MSCOUNT(1);
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	EXPECT_MSCOUNT(0);
	port_msg_init(&msg, carrier, MACH_MSG_TYPE_MAKE_SEND, port,
		      MACH_MSG_TYPE_MAKE_SEND, 2);
	msg.port[0] = msg_port(port, MACH_MSG_TYPE_MAKE_SEND);
	msg.port[1] = msg_port(port, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(2)));
	EXPECT_MSCOUNT(2);
	/* Dropping rights takes nothing back. */
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, port, MACH_PORT_RIGHT_SEND,
				     -(int)port_send_refs(port)));
	EXPECT_MSCOUNT(0);
}

/* Send rights anywhere make the flag: here, in a message, in another task. */
TEST(send_rights_flag)
{
	mach_port_t task = mach_task_self(), port = port_new();
	mach_port_t carrier = port_new();
	struct holder holder;
	struct port_msg msg;

#define EXPECT_SRIGHTS(flag) \
	EXPECT_WORD(flag, port_status(port).mps_srights)
	holder_start(&holder);
	EXPECT_SRIGHTS(0);
	port_add_send(port);
	port_add_send(port);
	EXPECT_SRIGHTS(1);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(task, port));
	EXPECT_SRIGHTS(1);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MOVE_SEND));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, port);
	EXPECT_SRIGHTS(1);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(holder.task, 0x4403));
	EXPECT_SRIGHTS(0);
	port_msg_init(&msg, carrier, MACH_MSG_TYPE_MAKE_SEND, MACH_PORT_NULL,
		      0, 1);
	msg.port[0] = msg_port(port, MACH_MSG_TYPE_MAKE_SEND);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_SRIGHTS(1);
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(task, carrier));
	EXPECT_SRIGHTS(0);
	/* A message underway to the port holds a send right to it. */
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 1));
	EXPECT_SRIGHTS(1);
	EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
	EXPECT_SRIGHTS(0);
	holder_end(&holder);
}

TEST(send_once_rights_count)
{
	mach_port_t task = mach_task_self(), port = port_new();
	mach_port_t carrier = port_new(), once[3];
	struct port_msg msg;
	int i;

#define EXPECT_SORIGHTS(count) \
	EXPECT_WORD(count, port_status(port).mps_sorights)
	for (i = 0; i < 3; i++) {
		EXPECT_SORIGHTS(i);
		once[i] = port_new_once(port);
	}
	EXPECT_SORIGHTS(3);
	/* In a message they count as well. */
	port_msg_init(&msg, carrier, MACH_MSG_TYPE_MAKE_SEND, port,
		      MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
	msg.port[0] = msg_port(once[0], MACH_MSG_TYPE_MOVE_SEND_ONCE);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_SORIGHTS(4);
	EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, carrier));
	EXPECT_SORIGHTS(4);
	/* Until the message that uses one has been received. */
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(once[1], MACH_MSG_TYPE_MOVE_SEND_ONCE, 1));
	EXPECT_SORIGHTS(4);
	EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, port));
	EXPECT_SORIGHTS(3);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(task, once[2]));
	EXPECT_NOTIFICATION(port, MACH_NOTIFY_SEND_ONCE, 0);
	EXPECT_SORIGHTS(2);
	EXPECT_WORD(FALSE, port_status(port).mps_srights);
}

MACH_TEST_MAIN
