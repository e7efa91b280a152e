// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive rights made with options, and destroyed together with send rights.
 */
#include <limits.h>

#include "port_helpers.h"

#define GUARD 0xfeedfacecafe0001ull

static kern_return_t construct(uint32_t flags, uint32_t qlimit,
			       mach_port_context_t context, mach_port_t *name)
{
	mach_port_options_t options = {
		.flags = flags,
		.mpl = { .mpl_qlimit = qlimit },
		.reserved = { TEST_POISON32, TEST_POISON32 },
	};

	return mach_port_construct(mach_task_self(), &options, context, name);
}

static kern_return_t destruct(mach_port_t name, int delta,
			      mach_port_context_t guard)
{
	return mach_port_destruct(mach_task_self(), name, delta, guard);
}

static mach_port_context_t context_of(mach_port_t name)
{
	mach_port_context_t context = TEST_POISON32;

	MUST(mach_port_get_context(mach_task_self(), name, &context));
	return context;
}

TEST(plain)
{
	mach_port_status_t status;
	mach_port_t name;

	/* The limit does not count without its flag. */
	ASSERT_KR(KERN_SUCCESS, construct(0, 7, GUARD, &name));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, name);
	EXPECT_EQ(GUARD, context_of(name));
	status = port_status(name);
	EXPECT_WORD(MACH_PORT_QLIMIT_DEFAULT, status.mps_qlimit);
	EXPECT_WORD(0, status.mps_mscount);
	EXPECT_WORD(FALSE, status.mps_srights);
	EXPECT_WORD(0, status.mps_flags);
}

TEST(with_a_limit)
{
	static const uint32_t limits[] = { 0, 1, 1024 };
	mach_port_t name;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		ASSERT_KR(KERN_SUCCESS,
			  construct(MPO_QLIMIT, limits[i], 0, &name));
		EXPECT_WORD(limits[i], port_status(name).mps_qlimit);
	}
	name = TEST_POISON32;
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       construct(MPO_QLIMIT, 1025, 0, &name));
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       construct(MPO_QLIMIT, UINT32_MAX, 0, &name));
	EXPECT_WORD(TEST_POISON32, name);
}

TEST(with_a_send_right)
{
	struct msg msg;
	mach_port_t name;

	ASSERT_KR(KERN_SUCCESS,
		  construct(MPO_INSERT_SEND_RIGHT, 0, 0, &name));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 1, name);
	EXPECT_WORD(1, port_status(name).mps_mscount);
	EXPECT_WORD(TRUE, port_status(name).mps_srights);
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(name, MACH_MSG_TYPE_COPY_SEND, 5));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, name));
	EXPECT_EQ(5, msg.head.msgh_id);
}

TEST(guarded)
{
	mach_port_t name;

	ASSERT_KR(KERN_SUCCESS,
		  construct(MPO_CONTEXT_AS_GUARD, 0, GUARD, &name));
	EXPECT_WORD(MACH_PORT_STATUS_FLAG_GUARDED,
		    port_status(name).mps_flags);
	EXPECT_EQ(GUARD, context_of(name));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       mach_port_destroy(mach_task_self(), name));

	ASSERT_KR(KERN_SUCCESS,
		  construct(MPO_CONTEXT_AS_GUARD | MPO_STRICT, 0, GUARD,
			    &name));
	EXPECT_WORD(MACH_PORT_STATUS_FLAG_GUARDED |
		    MACH_PORT_STATUS_FLAG_STRICT_GUARD,
		    port_status(name).mps_flags);
	EXPECT_EQ(0, context_of(name));

	ASSERT_KR(KERN_SUCCESS,
		  construct(MPO_CONTEXT_AS_GUARD | MPO_IMMOVABLE_RECEIVE, 0,
			    GUARD, &name));
	EXPECT_WORD(MACH_PORT_STATUS_FLAG_GUARDED |
		    MACH_PORT_STATUS_FLAG_GUARD_IMMOVABLE_RECEIVE,
		    port_status(name).mps_flags);

	/* There is nothing to be strict about. */
	ASSERT_KR(KERN_SUCCESS, construct(MPO_STRICT, 0, GUARD, &name));
	EXPECT_WORD(0, port_status(name).mps_flags);
	EXPECT_EQ(GUARD, context_of(name));
}

TEST(flags)
{
	static const uint32_t kinds[] = {
		MPO_SERVICE_PORT, MPO_CONNECTION_PORT, MPO_REPLY_PORT,
		MPO_PROVISIONAL_REPLY_PORT, MPO_EXCEPTION_PORT,
	};
	static const uint32_t others[] = {
		MPO_TEMPOWNER, MPO_IMPORTANCE_RECEIVER, MPO_DENAP_RECEIVER,
		MPO_FILTER_MSG, MPO_TG_BLOCK_TRACKING,
		MPO_ENFORCE_REPLY_PORT_SEMANTICS,
	};
	uint64_t before = mach_counter(MACHDEV_COUNTER_UNSUPPORTED);
	mach_port_t name = TEST_POISON32;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		EXPECT_REFUSED(KERN_NOT_SUPPORTED,
			       construct(others[i], 0, 0, &name));
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		EXPECT_REFUSED(KERN_NOT_SUPPORTED,
			       construct(kinds[i], 0, 0, &name));
		for (k = 0; k < i; k++)
			EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
				       construct(kinds[i] | kinds[k], 0, 0,
						 &name));
	}
	EXPECT_EQ(before + ARRAY_SIZE(others) + ARRAY_SIZE(kinds),
		  mach_counter(MACHDEV_COUNTER_UNSUPPORTED));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       construct(MPO_IMMOVABLE_RECEIVE, 0, 0, &name));
	/* What no Mach has. */
	EXPECT_REFUSED(KERN_NOT_SUPPORTED, construct(0x10000, 0, 0, &name));
	EXPECT_REFUSED(KERN_NOT_SUPPORTED, construct(0x80000000, 0, 0, &name));
	EXPECT_WORD(TEST_POISON32, name);
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_port_construct(mach_task_self(), NULL, 0, &name));
}

TEST(destructing)
{
	mach_port_t name = port_new();

	EXPECT_KR(KERN_SUCCESS, destruct(name, 0, 0));
	EXPECT_NAME(0, 0, name);
	/* All the send rights go along, */
	name = port_new_send(3);
	EXPECT_KR(KERN_SUCCESS, destruct(name, -3, 0));
	EXPECT_NAME(0, 0, name);
	/* some, */
	name = port_new_send(3);
	EXPECT_KR(KERN_SUCCESS, destruct(name, -1, 0));
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 2, name);
	/* or none. */
	name = port_new_send(3);
	EXPECT_KR(KERN_SUCCESS, destruct(name, 0, 0));
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 3, name);
}

TEST(destructing_full_references)
{
	mach_port_t task = mach_task_self(), name;
	int delta = MACH_PORT_UREFS_MAX;

	/* A full count sticks, but when all of it goes. */
	name = port_new_send(1);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, name, MACH_PORT_RIGHT_SEND,
				     delta - 1));
	EXPECT_KR(KERN_SUCCESS, destruct(name, -5, 0));
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, MACH_PORT_UREFS_MAX, name);
	name = port_new_send(1);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, name, MACH_PORT_RIGHT_SEND,
				     delta - 1));
	EXPECT_REFUSED(KERN_INVALID_VALUE, destruct(name, -delta - 1, 0));
	EXPECT_KR(KERN_SUCCESS, destruct(name, -delta, 0));
	EXPECT_NAME(0, 0, name);
}

TEST(destructing_what_is_guarded)
{
	mach_port_t name;

	ASSERT_KR(KERN_SUCCESS,
		  construct(MPO_CONTEXT_AS_GUARD | MPO_STRICT |
			    MPO_IMMOVABLE_RECEIVE | MPO_INSERT_SEND_RIGHT, 0,
			    GUARD, &name));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, destruct(name, -1, 0));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, destruct(name, -1, GUARD + 1));
	/* The count is looked at first. */
	EXPECT_REFUSED(KERN_INVALID_VALUE, destruct(name, -2, GUARD + 1));
	EXPECT_KR(KERN_SUCCESS, destruct(name, -1, GUARD));
	EXPECT_NAME(0, 0, name);

	/* A context that is no guard need not be known. */
	ASSERT_KR(KERN_SUCCESS, construct(0, 0, GUARD, &name));
	EXPECT_KR(KERN_SUCCESS, destruct(name, 0, GUARD + 1));
}

TEST(destructing_nothing)
{
	mach_port_t port = port_new_send(1), once = port_new_once(port);
	mach_port_t dead = port_new_dead(2), receive = port_new();

	EXPECT_REFUSED(KERN_INVALID_NAME, destruct(MACH_PORT_NULL, 0, 0));
	EXPECT_REFUSED(KERN_INVALID_NAME, destruct(MACH_PORT_DEAD, 0, 0));
	EXPECT_REFUSED(KERN_INVALID_NAME, destruct(0x777703, 0, 0));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, destruct(once, 0, 0));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, destruct(dead, -1, 0));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, destruct(mach_task_self(), 0, 0));
	/* What the name denotes is looked at first. */
	EXPECT_REFUSED(KERN_INVALID_RIGHT, destruct(once, 1, 0));
	EXPECT_REFUSED(KERN_INVALID_VALUE, destruct(port, 1, 0));
	EXPECT_REFUSED(KERN_INVALID_VALUE, destruct(port, -2, 0));
	EXPECT_REFUSED(KERN_INVALID_VALUE, destruct(port, INT_MAX, 0));
	EXPECT_REFUSED(KERN_INVALID_VALUE, destruct(port, INT_MIN, 0));
	EXPECT_REFUSED(KERN_INVALID_VALUE, destruct(receive, -1, 0));
}

/* What was queued and who wanted to know are told. */
TEST(destructing_tells)
{
	mach_port_t task = mach_task_self(), notify = port_new();
	mach_port_t port = port_new_send(2);
	struct msg msg;

	EXPECT_WORD(0, request_dead_name(task, port, notify));
	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, notify,
		 MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	EXPECT_KR(KERN_SUCCESS, destruct(port, -1, 0));
	/* One reference that was left, and one of the notification. */
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 2, port);
	EXPECT_NOTIFICATION(notify, MACH_NOTIFY_DEAD_NAME, port);
	EXPECT_NOTIFICATION(notify, MACH_NOTIFY_SEND_ONCE, 0);
}

TEST(of_another_task)
{
	mach_port_options_t options = {
		.flags = MPO_INSERT_SEND_RIGHT | MPO_CONTEXT_AS_GUARD,
	};
	mach_port_t name, read, child;
	struct holder holder;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_construct(holder.task, &options, GUARD, &name));
	EXPECT_NAME_IN(holder.task, MACH_PORT_TYPE_SEND_RECEIVE, 1, name);
	ASSERT_KR(KERN_SUCCESS,
		  task_get_special_port(holder.task, TASK_READ_PORT, &read));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_construct(read, &options, GUARD, &child));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_destruct(read, name, -1, GUARD));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_destruct(holder.task, name, -1, GUARD));
	EXPECT_EQ(0u, task_port_count(holder.task));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), read));
	holder_end(&holder);
}

TEST(reserved_word)
{
	struct machdev_port_destruct call = {
		.task = mach_task_self(),
		.name = port_new(),
		.reserved = 1,
	};

	EXPECT_REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_PORT_DESTRUCT, &call));
}

/*
 * The calls with a quality of service
 */

TEST(quality_of_service)
{
	mach_port_t task = mach_task_self(), name = MACH_PORT_NULL;
	mach_port_qos_t qos = { .prealloc = 1, .len = 4096 };

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate_qos(task, MACH_PORT_RIGHT_RECEIVE, &qos,
					 &name));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, name);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate_full(task, MACH_PORT_RIGHT_RECEIVE,
					  MACH_PORT_NULL, &qos, &name));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, name);
	qos = (mach_port_qos_t){ .name = 1 };
	name = 0x4403;
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate_full(task, MACH_PORT_RIGHT_DEAD_NAME,
					  MACH_PORT_NULL, &qos, &name));
	EXPECT_WORD(0x4403, name);
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 1, name);
}

TEST(quality_of_service_refused)
{
	mach_port_t task = mach_task_self(), name = 0x4403;
	mach_port_qos_t qos = { .prealloc = 1 };
	mach_port_t subsystem = port_new_send(1);

	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       mach_port_allocate_full(task, MACH_PORT_RIGHT_DEAD_NAME,
					       MACH_PORT_NULL, &qos, &name));
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       mach_port_allocate_qos(task, MACH_PORT_RIGHT_DEAD_NAME,
					      &qos, &name));
	qos.prealloc = 0;
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       mach_port_allocate_full(task, MACH_PORT_RIGHT_RECEIVE,
					       subsystem, &qos, &name));
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       mach_port_allocate_full(task, MACH_PORT_RIGHT_SEND,
					       MACH_PORT_NULL, &qos, &name));
	qos.name = 1;
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       mach_port_allocate_qos(task, MACH_PORT_RIGHT_RECEIVE,
					      &qos, &name));
	EXPECT_WORD(0x4403, name);
	name = MACH_PORT_NULL;
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       mach_port_allocate_full(task, MACH_PORT_RIGHT_RECEIVE,
					       MACH_PORT_NULL, &qos, &name));
	name = port_new();
	EXPECT_REFUSED(KERN_NAME_EXISTS,
		       mach_port_allocate_full(task, MACH_PORT_RIGHT_RECEIVE,
					       MACH_PORT_NULL, &qos, &name));
}

/*
 * Races
 */

#define ROUNDS 300

struct race {
	pthread_barrier_t start;
	mach_port_t port;
	kern_return_t result;
};

static void *destruct_it(void *argument)
{
	struct race *race = argument;

	pthread_barrier_wait(&race->start);
	race->result = destruct(race->port, -1, 0);
	return NULL;
}

/* Of two who do it one succeeds, and takes both rights. */
TEST(destructing_twice)
{
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		struct race race = { .port = port_new_send(1) };
		kern_return_t result;
		pthread_t thread;

		pthread_barrier_init(&race.start, NULL, 2);
		MUST(pthread_create(&thread, NULL, destruct_it, &race));
		pthread_barrier_wait(&race.start);
		result = destruct(race.port, -1, 0);
		MUST(pthread_join(thread, NULL));
		EXPECT_KR(KERN_INVALID_NAME, result + race.result);
		EXPECT_TRUE(!result || !race.result);
		EXPECT_NAME(0, 0, race.port);
	}
}

MACH_TEST_MAIN
