// SPDX-License-Identifier: GPL-2.0-only
/*
 * Context and guards of ports: what they forbid, to whom, and until when.
 */
#include "port_helpers.h"

#define GUARD 0xfeedfacecafe0001ull
#define OTHER 0xfeedfacecafe0002ull

static mach_port_context_t context_of(mach_port_t name)
{
	mach_port_context_t context = TEST_POISON32;

	MUST(mach_port_get_context(mach_task_self(), name, &context));
	return context;
}

static kern_return_t guard(mach_port_t name, mach_port_context_t guard,
			   uint64_t flags)
{
	return mach_port_guard_with_flags(mach_task_self(), name, guard,
					  flags);
}

static kern_return_t unguard(mach_port_t name, mach_port_context_t guard)
{
	return mach_port_unguard(mach_task_self(), name, guard);
}

static kern_return_t swap(mach_port_t name, mach_port_context_t old_guard,
			  mach_port_context_t new_guard)
{
	return mach_port_swap_guard(mach_task_self(), name, old_guard,
				    new_guard);
}

static kern_return_t assert_guard(mach_port_t name, mach_port_context_t guard)
{
	mach_port_guard_info_t info = { .mpgi_guard = guard };

	return mach_port_assert_attributes(mach_task_self(), name,
					   MACH_PORT_GUARD_INFO,
					   (mach_port_info_t)&info,
					   MACH_PORT_GUARD_INFO_COUNT);
}

static mach_port_t port_new_guarded(uint64_t flags)
{
	mach_port_t name = port_new_send(1);

	MUST(guard(name, GUARD, flags));
	return name;
}

static uint32_t flags_of(mach_port_t name)
{
	return port_status(name).mps_flags;
}

#define GUARDED MACH_PORT_STATUS_FLAG_GUARDED
#define STRICT MACH_PORT_STATUS_FLAG_STRICT_GUARD
#define IMMOVABLE MACH_PORT_STATUS_FLAG_GUARD_IMMOVABLE_RECEIVE

/* A word for the receiver alone, read and written. */
TEST(context)
{
	mach_port_t task = mach_task_self(), port = port_new();

	EXPECT_EQ(0, context_of(port));
	EXPECT_KR(KERN_SUCCESS, mach_port_set_context(task, port, GUARD));
	EXPECT_EQ(GUARD, context_of(port));
	EXPECT_WORD(0, flags_of(port));
	EXPECT_KR(KERN_SUCCESS, mach_port_set_context(task, port, 0));
	EXPECT_EQ(0, context_of(port));
}

TEST(context_goes_with_the_receive_right)
{
	mach_port_t task = mach_task_self(), port = port_new_send(1), name;
	mach_msg_type_name_t type;

	ASSERT_KR(KERN_SUCCESS, mach_port_set_context(task, port, GUARD));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_extract_right(task, port,
					  MACH_MSG_TYPE_MOVE_RECEIVE, &name,
					  &type));
	ASSERT_EQ(port, name);
	EXPECT_EQ(0, context_of(port));
}

TEST(context_in_the_trailer)
{
	mach_port_t port = port_new();
	mach_msg_context_trailer_t *trailer;
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 1));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_set_context(mach_task_self(), port, GUARD));
	ASSERT_KR(KERN_SUCCESS,
		  msg_receive_option(&msg, port, MACH_RCV_TRAILER_ELEMENTS
				     (MACH_RCV_TRAILER_CTX)));
	trailer = msg_trailer(&msg);
	EXPECT_EQ(GUARD, trailer->msgh_context);
}

TEST(only_of_receive_rights)
{
	mach_port_t task = mach_task_self(), port = port_new(), bad[3];
	static const mach_port_t null[] = { MACH_PORT_NULL, MACH_PORT_DEAD };
	mach_port_context_t context = 0x77;
	unsigned int i;

	bad[0] = port_new_once(port);
	bad[1] = port_new_dead(1);
	bad[2] = task;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_get_context(task, bad[i], &context));
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_set_context(task, bad[i], 1));
		EXPECT_REFUSED(KERN_INVALID_RIGHT, guard(bad[i], 1, 0));
		EXPECT_REFUSED(KERN_INVALID_RIGHT, unguard(bad[i], 1));
		EXPECT_REFUSED(KERN_INVALID_RIGHT, swap(bad[i], 1, 2));
		EXPECT_REFUSED(KERN_INVALID_RIGHT, assert_guard(bad[i], 1));
	}
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       mach_port_get_context(task, 0x777703, &context));
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       mach_port_set_context(task, 0x777703, 1));
	EXPECT_REFUSED(KERN_INVALID_NAME, guard(0x777703, 1, 0));
	EXPECT_REFUSED(KERN_INVALID_NAME, unguard(0x777703, 1));
	EXPECT_REFUSED(KERN_INVALID_NAME, swap(0x777703, 1, 2));
	EXPECT_REFUSED(KERN_INVALID_NAME, assert_guard(0x777703, 1));
	for (i = 0; i < ARRAY_SIZE(null); i++) {
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_get_context(task, null[i], &context));
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_set_context(task, null[i], 1));
		EXPECT_REFUSED(KERN_INVALID_NAME, guard(null[i], 1, 0));
		EXPECT_REFUSED(KERN_INVALID_NAME, unguard(null[i], 1));
		EXPECT_REFUSED(KERN_INVALID_NAME, swap(null[i], 1, 2));
		EXPECT_REFUSED(KERN_INVALID_RIGHT, assert_guard(null[i], 1));
	}
	EXPECT_EQ(0x77, context);
}

TEST(guard_is_the_context)
{
	mach_port_t port = port_new();

	EXPECT_KR(KERN_SUCCESS, guard(port, GUARD, 0));
	EXPECT_WORD(GUARDED, flags_of(port));
	EXPECT_EQ(GUARD, context_of(port));
	EXPECT_KR(KERN_SUCCESS, unguard(port, GUARD));
	EXPECT_WORD(0, flags_of(port));
	EXPECT_EQ(0, context_of(port));
	/* Not strict: who sets the context replaces the guard. */
	EXPECT_KR(KERN_SUCCESS, guard(port, GUARD, 0));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_set_context(mach_task_self(), port, OTHER));
	EXPECT_WORD(GUARDED, flags_of(port));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, unguard(port, GUARD));
	EXPECT_KR(KERN_SUCCESS, unguard(port, OTHER));
}

TEST(second_guard)
{
	mach_port_t task = mach_task_self(), port = port_new();

	/* 0 is a guard, and a context is in its way. */
	EXPECT_KR(KERN_SUCCESS, guard(port, 0, 0));
	EXPECT_WORD(GUARDED, flags_of(port));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, guard(port, 0, 0));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, guard(port, GUARD, 0));
	EXPECT_KR(KERN_SUCCESS, unguard(port, 0));
	EXPECT_KR(KERN_SUCCESS, mach_port_set_context(task, port, GUARD));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, guard(port, GUARD, 0));
	EXPECT_WORD(0, flags_of(port));
	EXPECT_KR(KERN_SUCCESS, mach_port_set_context(task, port, 0));
	EXPECT_KR(KERN_SUCCESS, guard(port, GUARD, 0));
}

TEST(unguarding_takes_the_guard)
{
	mach_port_t port = port_new();

	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, unguard(port, 0));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, unguard(port, GUARD));
	EXPECT_KR(KERN_SUCCESS, guard(port, GUARD, 0));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, unguard(port, OTHER));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, unguard(port, (uint32_t)GUARD));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, unguard(port, 0));
	EXPECT_EQ(GUARD, context_of(port));
	EXPECT_KR(KERN_SUCCESS, unguard(port, GUARD));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, unguard(port, GUARD));
}

TEST(swapping)
{
	mach_port_t port = port_new();

	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, swap(port, 0, OTHER));
	EXPECT_KR(KERN_SUCCESS, guard(port, GUARD, 0));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, swap(port, OTHER, 0));
	EXPECT_EQ(GUARD, context_of(port));
	EXPECT_KR(KERN_SUCCESS, swap(port, GUARD, OTHER));
	EXPECT_EQ(OTHER, context_of(port));
	EXPECT_WORD(GUARDED, flags_of(port));
	EXPECT_KR(KERN_SUCCESS, unguard(port, OTHER));
}

TEST(strict_guard)
{
	mach_port_t task = mach_task_self(), port = port_new();

	EXPECT_KR(KERN_SUCCESS, mach_port_guard(task, port, GUARD, TRUE));
	EXPECT_WORD(GUARDED | STRICT, flags_of(port));
	EXPECT_EQ(0, context_of(port));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       mach_port_set_context(task, port, OTHER));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, swap(port, GUARD, OTHER));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, unguard(port, 0));
	EXPECT_KR(KERN_SUCCESS, unguard(port, GUARD));
	EXPECT_WORD(0, flags_of(port));
	EXPECT_KR(KERN_SUCCESS, mach_port_set_context(task, port, OTHER));
}

/* Only the receive right is guarded. */
TEST(guarded_port_is_not_destroyed)
{
	mach_port_t task = mach_task_self(), port = port_new_guarded(0);

	EXPECT_REFUSED(KERN_INVALID_RIGHT, mach_port_destroy(task, port));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       mach_port_mod_refs(task, port, MACH_PORT_RIGHT_RECEIVE,
					  -1));
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       mach_port_mod_refs(task, port, MACH_PORT_RIGHT_RECEIVE,
					  -2));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(task, port, MACH_PORT_RIGHT_RECEIVE, 0));
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(task, port));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, port);
	EXPECT_REFUSED(KERN_INVALID_RIGHT, mach_port_destroy(task, port));
	EXPECT_KR(KERN_SUCCESS, unguard(port, GUARD));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(task, port));
	EXPECT_NAME(0, 0, port);
}

TEST(send_rights_of_others_are_not_guarded)
{
	mach_port_t port = port_new_guarded(0);
	struct holder holder;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_COPY_SEND));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(holder.task, 0x4403));
	EXPECT_WORD(GUARDED, flags_of(port));
	holder_end(&holder);
}

/* A guard is no obstacle to moving, and stays behind. */
TEST(moving_takes_the_guard_off)
{
	mach_port_t task = mach_task_self(), port = port_new_guarded(MPG_STRICT);
	mach_port_t carrier = port_new();
	struct port_msg msg;

	port_msg_init(&msg, carrier, MACH_MSG_TYPE_MAKE_SEND, MACH_PORT_NULL,
		      0, 1);
	msg.port[0] = msg_port(port, MACH_MSG_TYPE_MOVE_RECEIVE);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_KR(KERN_SUCCESS, port_msg_receive(&msg, carrier));
	ASSERT_EQ(port, msg.port[0].name);
	EXPECT_WORD(0, flags_of(port));
	EXPECT_EQ(0, context_of(port));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(task, port));
}

TEST(immovable)
{
	mach_port_t task = mach_task_self(), carrier = port_new(), name;
	mach_port_t port = port_new_guarded(MPG_IMMOVABLE_RECEIVE);
	mach_msg_type_name_t type;
	struct holder holder;
	struct port_msg msg;
	int guarded;

	holder_start(&holder);
	EXPECT_WORD(GUARDED | IMMOVABLE, flags_of(port));
	for (guarded = 1; guarded >= 0; guarded--) {
		EXPECT_REFUSED(KERN_INVALID_CAPABILITY,
			       mach_port_insert_right
			       (holder.task, 0x4403, port,
				MACH_MSG_TYPE_MOVE_RECEIVE));
		EXPECT_EQ(0u, task_port_count(holder.task));
		name = TEST_POISON32;
		EXPECT_REFUSED(KERN_INVALID_CAPABILITY,
			       mach_port_extract_right
			       (task, port, MACH_MSG_TYPE_MOVE_RECEIVE, &name,
				&type));
		EXPECT_WORD(TEST_POISON32, name);
		port_msg_init(&msg, carrier, MACH_MSG_TYPE_MAKE_SEND,
			      MACH_PORT_NULL, 0, 1);
		msg.port[0] = msg_port(port, MACH_MSG_TYPE_MOVE_RECEIVE);
		EXPECT_KR(MACH_SEND_INVALID_RIGHT,
			  msg_send(&msg, PORT_MSG_SIZE(1)));
		EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 1, port);
		/* Other rights can be had and moved. */
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_insert_right(holder.task, 0x4403, port,
						 MACH_MSG_TYPE_MAKE_SEND));
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_deallocate(holder.task, 0x4403));
		if (!guarded)
			break;
		/* Unguarded it still is. */
		EXPECT_KR(KERN_SUCCESS, unguard(port, GUARD));
		EXPECT_WORD(IMMOVABLE, flags_of(port));
	}
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(task, port));
	EXPECT_NAME(0, 0, port);
	holder_end(&holder);
}

TEST(unknown_flags)
{
	mach_port_t port = port_new();

	EXPECT_REFUSED(KERN_NOT_SUPPORTED, guard(port, GUARD, 4));
	EXPECT_REFUSED(KERN_NOT_SUPPORTED, guard(port, GUARD, 0x80000000));
	EXPECT_REFUSED(KERN_NOT_SUPPORTED, guard(port, GUARD, 1ull << 32));
	EXPECT_WORD(0, flags_of(port));
}

TEST(words_that_must_be_zero)
{
	static const unsigned long commands[] = {
		MACHDEV_IOC_PORT_GUARD, MACHDEV_IOC_PORT_UNGUARD,
		MACHDEV_IOC_PORT_SWAP_GUARD,
	};
	mach_port_t port = port_new_guarded(0), fresh = port_new();
	struct machdev_port_guard call;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct machdev_port_guard right = {
			.task = mach_task_self(),
			.name = i ? port : fresh,
			.guard = GUARD,
		};

		call = right;
		call.reserved = 1;
		EXPECT_REFUSED(-EINVAL, mach_ioctl(commands[i], &call));
		call = right;
		call.flags = i ? MACHDEV_MPG_STRICT : 4;
		EXPECT_REFUSED(-EINVAL, mach_ioctl(commands[i], &call));
		if (commands[i] == MACHDEV_IOC_PORT_SWAP_GUARD)
			break;
		call = right;
		call.new_guard = 1;
		EXPECT_REFUSED(-EINVAL, mach_ioctl(commands[i], &call));
	}
	EXPECT_WORD(GUARDED, flags_of(port));
	EXPECT_WORD(0, flags_of(fresh));
}

TEST(asserting)
{
	mach_port_guard_info_t info = { .mpgi_guard = GUARD };
	mach_port_t task = mach_task_self(), port = port_new();
	mach_port_flavor_t flavor;
	struct msg_cliff cliff;

	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, assert_guard(port, 0));
	ASSERT_KR(KERN_SUCCESS, mach_port_set_context(task, port, GUARD));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, assert_guard(port, GUARD));
	ASSERT_KR(KERN_SUCCESS, mach_port_set_context(task, port, 0));
	ASSERT_KR(KERN_SUCCESS, guard(port, GUARD, MPG_STRICT));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, assert_guard(port, OTHER));
	EXPECT_KR(KERN_SUCCESS, assert_guard(port, GUARD));

	for (flavor = 0; flavor < 12; flavor++) {
		if (flavor == MACH_PORT_GUARD_INFO)
			continue;
		EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
			       mach_port_assert_attributes
			       (task, port, flavor, (mach_port_info_t)&info,
				MACH_PORT_GUARD_INFO_COUNT));
	}
	EXPECT_REFUSED(KERN_FAILURE,
		       mach_port_assert_attributes(task, port,
						   MACH_PORT_GUARD_INFO,
						   (mach_port_info_t)&info,
						   1));
	msg_cliff_map(&cliff, 1);
	EXPECT_REFUSED(KERN_INVALID_ADDRESS,
		       mach_port_assert_attributes
		       (task, port, MACH_PORT_GUARD_INFO,
			(mach_port_info_t)(cliff.edge - 4), 2));
}

TEST(of_another_task)
{
	mach_port_t port = port_new_send(1), read;
	mach_port_context_t context = 0;
	struct holder holder;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_set_context(holder.task, 0x4403, OTHER));
	EXPECT_KR(KERN_SUCCESS, mach_port_set_context(holder.task, 0x4403, 0));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_guard(holder.task, 0x4403, GUARD, FALSE));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_swap_guard(holder.task, 0x4403, GUARD, OTHER));
	ASSERT_KR(KERN_SUCCESS,
		  task_get_special_port(holder.task, TASK_READ_PORT, &read));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_get_context(read, 0x4403, &context));
	EXPECT_EQ(OTHER, context);
	EXPECT_KR(KERN_INVALID_TASK, mach_port_set_context(read, 0x4403, 0));
	EXPECT_KR(KERN_INVALID_TASK, mach_port_unguard(read, 0x4403, OTHER));
	EXPECT_KR(KERN_INVALID_RIGHT,
		  mach_port_destroy(holder.task, 0x4403));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_unguard(holder.task, 0x4403, OTHER));
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(holder.task, 0x4403));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), read));
	holder_end(&holder);
}

/* A guard keeps nobody from ending. */
TEST(exit_with_guarded_ports)
{
	uint64_t ports = mach_counter(MACHDEV_COUNTER_PORTS);
	pid_t pid = child_fork();

	if (!pid) {
		port_new_guarded(MPG_STRICT);
		port_new_guarded(MPG_IMMOVABLE_RECEIVE);
		child_exit();
	}
	EXPECT_CHILD(pid);
	EXPECT_KR(0, mach_sync());
	EXPECT_EQ(ports, mach_counter(MACHDEV_COUNTER_PORTS));
}

/*
 * Races
 */

#define ROUNDS 300

struct race {
	pthread_barrier_t start;
	mach_port_t port;
	kern_return_t guarded;
};

static void *guard_once(void *argument)
{
	struct race *race = argument;

	pthread_barrier_wait(&race->start);
	race->guarded = guard(race->port, GUARD, 0);
	return NULL;
}

/* Either it is guarded and stays, or it goes and cannot be guarded. */
TEST(guarding_against_destruction)
{
	mach_port_t task = mach_task_self();
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		struct race race = { .port = port_new() };
		kern_return_t destroyed;
		pthread_t thread;

		pthread_barrier_init(&race.start, NULL, 2);
		MUST(pthread_create(&thread, NULL, guard_once, &race));
		pthread_barrier_wait(&race.start);
		if (round % 2)
			destroyed = mach_port_destroy(task, race.port);
		else
			destroyed = mach_port_mod_refs(task, race.port,
						       MACH_PORT_RIGHT_RECEIVE,
						       -1);
		MUST(pthread_join(thread, NULL));
		if (race.guarded == KERN_SUCCESS) {
			EXPECT_KR(KERN_INVALID_RIGHT, destroyed);
			EXPECT_KR(KERN_SUCCESS, unguard(race.port, GUARD));
			EXPECT_KR(KERN_SUCCESS,
				  mach_port_destroy(task, race.port));
		} else {
			EXPECT_KR(KERN_INVALID_NAME, race.guarded);
			EXPECT_KR(KERN_SUCCESS, destroyed);
		}
		EXPECT_NAME(0, 0, race.port);
	}
}

MACH_TEST_MAIN
