// SPDX-License-Identifier: GPL-2.0-only
/*
 * Out-of-line arrays of rights: what arrives, arrays that cannot be read or
 * name what is not there, and receive rights that travel in them.
 */
#include "ool_helpers.h"

#include <sys/resource.h>

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE

static const mach_msg_type_name_t all_types[] = {
	MOVE_SEND, MOVE_ONCE, COPY_SEND, MAKE_SEND, MAKE_ONCE, MOVE_RECEIVE,
};

static mach_msg_type_name_t arrives_as(mach_msg_type_name_t type)
{
	switch (type) {
	case MOVE_RECEIVE:
		return MACH_MSG_TYPE_PORT_RECEIVE;
	case MOVE_ONCE:
	case MAKE_ONCE:
		return MACH_MSG_TYPE_PORT_SEND_ONCE;
	default:
		return MACH_MSG_TYPE_PORT_SEND;
	}
}

/* A name whose right can be taken by @type, more than once if it is a send. */
static mach_port_t name_new(mach_msg_type_name_t type)
{
	mach_port_t port = port_new_send(2);

	return type == MOVE_ONCE ? port_new_once(port) : port;
}

/* An array alone in a page of its own. */
static mach_port_t *names_new(unsigned int count)
{
	return pages_new((count * sizeof(mach_port_t) + page_size() - 1) /
			 page_size() + !count);
}

static bool names_mapped(const mach_port_t *names)
{
	return pages_mapped(names, 1);
}

/* Send one array to @port. */
static mach_msg_return_t array_send(mach_port_t port, const mach_port_t *names,
				    unsigned int count, bool deallocate,
				    mach_msg_type_name_t type)
{
	struct ool_msg msg;

	ool_msg_init(&msg, port, COPY_SEND, 1);
	msg.array[0] = msg_array(names, count, deallocate, type);
	return ool_send(&msg, 1);
}

/* Receive it; null if it is not as it should be. */
static const mach_port_t *array_receive(struct __test_metadata *_metadata,
					mach_port_t port, unsigned int count,
					mach_msg_type_name_t type)
{
	struct ool_msg msg;
	const mach_port_t *got;

	ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
	EXPECT_EQ(1, msg.body.msgh_descriptor_count);
	EXPECT_EQ(OOL_MSG_SIZE(1), msg.head.msgh_size);
	got = msg.array[0].address;
	EXPECT_TRUE(array_is(&msg.array[0], got, count, type));
	EXPECT_EQ(!count, !got);
	EXPECT_EQ(0, (uintptr_t)got % page_size());
	return got;
}

static void array_release(const mach_port_t *names, unsigned int count)
{
	MUST(vm_deallocate(mach_task_self(), (vm_address_t)names,
			   count * sizeof(*names)));
	MUST(names_mapped(names));
}

/*
 * What arrives
 */

TEST(every_disposition)
{
	mach_port_t port = port_new_send(1);
	size_t i;

	for (i = 0; i < 2 * ARRAY_SIZE(all_types); i++) {
		mach_msg_type_name_t type = all_types[i / 2];
		mach_msg_type_name_t as = arrives_as(type);
		mach_port_t *names = names_new(3);
		const mach_port_t *got;
		unsigned int j;
		uint64_t charged;

		/* Leaves a buffer for the message. */
		MUST(array_send(port, NULL, 0, false, type));
		array_receive(_metadata, port, 0, as);

		for (j = 0; j < 3; j++)
			names[j] = name_new(type);
		charged = mach_counter(MACHDEV_COUNTER_CHARGED);
		ASSERT_KR(KERN_SUCCESS, array_send(port, names, 3, i & 1, type));
		EXPECT_EQ(array_charge(3),
			  mach_counter(MACHDEV_COUNTER_CHARGED) - charged);
		EXPECT_EQ(!(i & 1), names_mapped(names));
		got = array_receive(_metadata, port, 3, as);
		EXPECT_EQ(charged, mach_counter(MACHDEV_COUNTER_CHARGED));
		EXPECT_TRUE(is_mapped_private(got));
		EXPECT_TRUE(is_filled(got + 3, 0, page_size() - 12));
		for (j = 0; j < 3; j++) {
			if (as == MACH_MSG_TYPE_PORT_SEND_ONCE) {
				EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE,
					  port_type(got[j]));
			} else {
				EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE,
					  port_type(got[j]));
			}
			if (!(i & 1) && as != MACH_MSG_TYPE_PORT_SEND_ONCE) {
				EXPECT_EQ(names[j], got[j]);
			}
		}
		array_release(got, 3);
	}
}

TEST(null_dead_and_dead_names)
{
	static const mach_msg_type_name_t odd[] = { 0, 3, 15, 22, 255 };
	mach_port_t port = port_new_send(1), passed = port_new_send(1);
	mach_port_t *names = names_new(4);
	const mach_port_t *got;
	size_t i;

	names[0] = MACH_PORT_NULL;
	names[1] = passed;
	names[2] = MACH_PORT_DEAD;
	names[3] = port_new_dead(2);
	ASSERT_KR(KERN_SUCCESS, array_send(port, names, 4, false, COPY_SEND));
	got = array_receive(_metadata, port, 4, MOVE_SEND);
	EXPECT_EQ(MACH_PORT_NULL, got[0]);
	EXPECT_EQ(passed, got[1]);
	EXPECT_EQ(MACH_PORT_DEAD, got[2]);
	EXPECT_EQ(MACH_PORT_DEAD, got[3]);
	EXPECT_EQ(2, port_send_refs(passed));
	EXPECT_EQ(2, port_dead_refs(names[3]));

	/* Where there is no right no disposition is looked at. */
	names[1] = MACH_PORT_NULL;
	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		struct ool_msg msg;

		EXPECT_KR(KERN_SUCCESS,
			  array_send(port, names, 3, false, odd[i]));
		ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
		EXPECT_EQ(3, msg.array[0].count);
		got = msg.array[0].address;
		EXPECT_EQ(MACH_PORT_DEAD, got[2]);
		EXPECT_KR(KERN_SUCCESS,
			  array_send(port, NULL, 0, false, odd[i]));
		ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
		EXPECT_EQ(NULL, msg.array[0].address);
	}
}

/* The most rights that one message can have, in two arrays and a port. */
TEST(very_many)
{
	const unsigned int half = MACHDEV_MSG_RIGHTS_MAX / 2;
	mach_port_t port = port_new_send(1), passed = port_new();
	mach_port_t *names = names_new(half + 1);
	struct {
		mach_msg_header_t head;
		mach_msg_body_t body;
		mach_msg_ool_ports_descriptor_t first;
		mach_msg_port_descriptor_t port;
		mach_msg_ool_ports_descriptor_t second;
		uint32_t word[8];
	} msg;
	mach_msg_size_t size = offsetof(typeof(msg), word);
	const mach_port_t *got;
	struct space before;
	unsigned int i;

	for (i = 0; i <= half; i++)
		names[i] = i % 3 ? passed : MACH_PORT_NULL;
	complex_init(&msg.head, port, COPY_SEND, 3);
	msg.first = msg_array(names, half, false, MAKE_SEND);
	msg.port = msg_port(passed, MAKE_SEND);
	msg.second = msg_array(names, half + 1, true, MAKE_ONCE);
	space_read(&before);
	EXPECT_KR(MACH_SEND_TOO_LARGE, msg_send(&msg, size));
	EXPECT_TRUE(space_is(&before));
	EXPECT_TRUE(names_mapped(names));

	msg.second.count = half;
	msg.second.disposition = MAKE_SEND;
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, size));
	memset(&msg, TEST_POISON, sizeof(msg));
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   sizeof(msg), port, 0, 0));
	EXPECT_EQ(half, msg.first.count);
	EXPECT_EQ(half, msg.second.count);
	EXPECT_EQ(passed, msg.port.name);
	got = msg.second.address;
	for (i = 0; i < half; i++)
		ASSERT_EQ(i % 3 ? passed : MACH_PORT_NULL, got[i]);
	EXPECT_EQ(2 * (half - (half + 2) / 3) + 1, port_send_refs(passed));
	mach_msg_destroy(&msg.head);
	EXPECT_EQ(0, port_send_refs(passed));
	EXPECT_FALSE(names_mapped(got));
}

/*
 * What is refused
 */

/* The array at @names is refused: what came before is gone, what follows not. */
static void refuse_array(struct __test_metadata *_metadata,
			 mach_msg_return_t code, const mach_port_t *names,
			 unsigned int count, mach_msg_type_name_t type)
{
	mach_port_t port = port_new_send(2), reply = port_new();
	mach_port_t earlier = port_new_send(2), later = port_new_send(2);
	/* Too large for the holes that callers have made. */
	mach_port_t *first = names_new(4096), *last = names_new(4096);
	bool mapped = names_mapped(names);
	struct ool_msg msg, copy;
	struct msg notice;

	first[0] = earlier;
	last[0] = later;
	ool_msg_init(&msg, port, MOVE_SEND, 3);
	msg.head.msgh_bits |= MACH_MSGH_BITS(0, MAKE_ONCE);
	msg.head.msgh_local_port = reply;
	msg.array[0] = msg_array(first, 1, true, MOVE_SEND);
	msg.array[1] = msg_array(names, count, true, type);
	msg.array[2] = msg_array(last, 1, true, MOVE_SEND);
	copy = msg;
	EXPECT_KR(code, ool_send(&msg, 3));
	EXPECT_EQ(0, memcmp(&msg, &copy, sizeof(msg)));
	EXPECT_EQ(1, port_send_refs(port));
	EXPECT_EQ(0, port_queued(port));
	EXPECT_EQ(1, port_send_refs(earlier));
	EXPECT_EQ(2, port_send_refs(later));
	EXPECT_FALSE(names_mapped(first));
	EXPECT_TRUE(names_mapped(last));
	/* It is released once it has been read, whatever it names. */
	EXPECT_EQ(code == MACH_SEND_INVALID_MEMORY && mapped,
		  names_mapped(names));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&notice, reply));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, notice.head.msgh_id);
	munmap(first, 4 * page_size());
	munmap(last, 4 * page_size());
	MUST(mach_port_destroy(mach_task_self(), port));
	MUST(mach_port_destroy(mach_task_self(), reply));
	MUST(mach_port_destroy(mach_task_self(), earlier));
	MUST(mach_port_destroy(mach_task_self(), later));
}

TEST(unreadable)
{
	size_t page = page_size();
	char *memory = pages_new(3);

	refuse_array(_metadata, MACH_SEND_INVALID_MEMORY, NULL, 1, COPY_SEND);
	refuse_array(_metadata, MACH_SEND_INVALID_MEMORY,
		     (void *)(UINTPTR_MAX - 7), 4, COPY_SEND);
	refuse_array(_metadata, MACH_SEND_INVALID_MEMORY,
		     (void *)0xffffffff80000000ul, 4, COPY_SEND);
	ASSERT_EQ(0, munmap(memory + page, page));
	refuse_array(_metadata, MACH_SEND_INVALID_MEMORY,
		     (void *)(memory + page), 1, COPY_SEND);
	/* In part. */
	refuse_array(_metadata, MACH_SEND_INVALID_MEMORY,
		     (void *)(memory + page - 8), 3, COPY_SEND);
	refuse_array(_metadata, MACH_SEND_INVALID_MEMORY,
		     (void *)(memory + page - 6), 2, COPY_SEND);
}

/* Not aligned, as nothing of Mach has to be. */
TEST(unaligned)
{
	mach_port_t port = port_new_send(1), passed = port_new();
	char *memory = pages_new(1);
	const mach_port_t *got;

	memcpy(memory + 3, &passed, sizeof(passed));
	ASSERT_KR(KERN_SUCCESS, array_send(port, (void *)(memory + 3), 1, true,
					   MAKE_SEND));
	EXPECT_EQ(0, pages_mapped(memory, 1));
	got = array_receive(_metadata, port, 1, MOVE_SEND);
	EXPECT_EQ(passed, got[0]);
}

/* Every way a right can be missing, behind one that is there. */
TEST(rights_refused)
{
	mach_port_t receive = port_new(), once = port_new_once(receive);
	mach_port_t dead = port_new_dead(2), stale = port_new_stale();
	mach_port_t good = port_new_send(9);
	const struct {
		mach_port_t name;
		mach_msg_type_name_t type;
	} rows[] = {
		{ stale, MOVE_SEND }, { stale, MAKE_SEND },
		{ stale, MOVE_RECEIVE }, { 0x12345603, COPY_SEND },
		{ receive, MOVE_SEND }, { receive, COPY_SEND },
		{ once, MOVE_SEND }, { once, COPY_SEND }, { once, MAKE_SEND },
		{ dead, MAKE_SEND }, { dead, MAKE_ONCE },
		{ dead, MOVE_RECEIVE },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		mach_port_t *names = names_new(3);
		unsigned int refs = port_send_refs(good);
		mach_msg_type_name_t type = rows[i].type;

		names[0] = type == MOVE_RECEIVE ? MACH_PORT_NULL : good;
		names[1] = rows[i].name;
		names[2] = names[0];
		refuse_array(_metadata, MACH_SEND_INVALID_RIGHT, names, 3,
			     type);
		EXPECT_EQ(refs - (type == MOVE_SEND), port_send_refs(good)) {
			TH_LOG("row %zu", i);
		}
	}
	/* A disposition that is none, of a name that is one. */
	for (i = 0; i < 256; i += i < 24 ? 1 : 77) {
		mach_port_t *names = names_new(1);

		if (i >= MOVE_RECEIVE && i <= MAKE_ONCE)
			continue;
		names[0] = good;
		refuse_array(_metadata, MACH_SEND_INVALID_RIGHT, names, 1, i);
	}
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(receive));
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(once));
	EXPECT_EQ(2, port_dead_refs(dead));
}

/* The rights before the bad one are destroyed, not given back. */
TEST(taken_before_the_bad_one)
{
	mach_port_t port = port_new_send(1), once = port_new();
	mach_port_t *names = names_new(4), moved = port_new();
	struct msg notice;

	names[0] = port_new_once(once);
	names[1] = port_new_once(once);
	names[2] = port_new_stale();
	names[3] = port_new_once(once);
	EXPECT_KR(MACH_SEND_INVALID_RIGHT,
		  array_send(port, names, 4, false, MOVE_ONCE));
	EXPECT_EQ(0, port_type(names[0]));
	EXPECT_EQ(0, port_type(names[1]));
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(names[3]));
	EXPECT_EQ(2, port_queued(once));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&notice, once));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, notice.head.msgh_id);

	/* A port whose receive right was taken dies. */
	names[0] = moved;
	port_add_send(moved);
	EXPECT_KR(MACH_SEND_INVALID_RIGHT,
		  array_send(port, names, 3, false, MOVE_RECEIVE));
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(moved));
}

/* The receiver has no room for names: neither they nor the rights arrive. */
TEST(no_room_to_receive)
{
	mach_port_t port = port_new_send(1), passed = port_new_send(1);
	struct rlimit limit = { page_size(), RLIM_INFINITY }, before;
	mach_port_t *names = names_new(2), once = port_new();
	struct ool_msg msg;

	names[0] = passed;
	names[1] = once;
	ool_msg_init(&msg, port, COPY_SEND, 2);
	msg.array[0] = msg_array(names, 1, false, MAKE_SEND);
	msg.array[1] = msg_array(names + 1, 1, false, MAKE_ONCE);
	ASSERT_KR(KERN_SUCCESS, ool_send(&msg, 2));
	ASSERT_EQ(0, getrlimit(RLIMIT_AS, &before));
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &limit));
	EXPECT_KR(MACH_RCV_BODY_ERROR | MACH_MSG_VM_SPACE,
		  ool_receive(&msg, port));
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &before));
	EXPECT_TRUE(array_is(&msg.array[0], NULL, 0, MOVE_SEND));
	EXPECT_TRUE(array_is(&msg.array[1], NULL, 0, MOVE_ONCE));
	EXPECT_EQ(1, port_send_refs(passed));
	EXPECT_EQ(1, port_queued(once));
}

/*
 * Back, and on the way
 */

TEST(timed_out)
{
	mach_port_t port = port_new_send(1), once = port_new();
	mach_port_t *names = names_new(2), passed = port_new_send(2);
	const mach_port_t *back, *got;
	struct ool_msg msg;

	port_fill(port);
	names[0] = port_new_once(once);
	ool_msg_init(&msg, port, COPY_SEND, 2);
	msg.array[0] = msg_array(names, 1, true, MOVE_ONCE);
	names[1] = passed;
	msg.array[1] = msg_array(names + 1, 1, false, MAKE_SEND);
	EXPECT_KR(MACH_SEND_TIMED_OUT, ool_send(&msg, 2));
	back = msg.array[0].address;
	ASSERT_NE(NULL, back);
	EXPECT_TRUE(array_is(&msg.array[0], back, 1, MOVE_ONCE));
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(back[0]));
	got = msg.array[1].address;
	EXPECT_TRUE(array_is(&msg.array[1], got, 1, MOVE_SEND));
	EXPECT_EQ(passed, got[0]);
	EXPECT_EQ(3, port_send_refs(passed));

	port_drain(port);
	ASSERT_KR(KERN_SUCCESS, ool_send(&msg, 2));
	EXPECT_FALSE(names_mapped(back));
	EXPECT_EQ(2, port_send_refs(passed));
	ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE,
		  port_type(((mach_port_t *)msg.array[0].address)[0]));
	EXPECT_EQ(3, port_send_refs(passed));
	EXPECT_EQ(0, port_queued(once));
}

/* Whoever destroys the message destroys the rights in its arrays. */
TEST(destroyed_in_the_queue)
{
	mach_port_t port = port_new_send(1), once = port_new();
	mach_port_t *names = names_new(2), moved = port_new_send(1);

	names[0] = port_new_once(once);
	names[1] = port_new_once(once);
	ASSERT_KR(KERN_SUCCESS, array_send(port, names, 2, true, MOVE_ONCE));
	names = names_new(1);
	names[0] = moved;
	ASSERT_KR(KERN_SUCCESS, array_send(port, names, 1, true, MOVE_RECEIVE));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(moved));
	port_destroy_receive(port);
	EXPECT_EQ(2, port_queued(once));
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(moved));
}

/* Receive rights bring their messages, with what is in them. */
TEST(receive_rights)
{
	mach_port_t port = port_new_send(1), passed = port_new();
	mach_port_t *names = names_new(2), inner = port_new();
	const mach_port_t *got, *in;
	struct msg msg;

	names[0] = passed;
	ASSERT_KR(KERN_SUCCESS, msg_send_id(passed, MAKE_SEND, 5));
	port_add_send(inner);
	ASSERT_KR(KERN_SUCCESS, array_send(inner, names, 1, false,
					   MOVE_RECEIVE));
	EXPECT_EQ(0, port_type(passed));
	names[0] = inner;
	names[1] = MACH_PORT_NULL;
	ASSERT_KR(KERN_SUCCESS, array_send(port, names, 2, false,
					   MOVE_RECEIVE));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(inner));
	got = array_receive(_metadata, port, 2, MACH_MSG_TYPE_PORT_RECEIVE);
	EXPECT_EQ(inner, got[0]);
	EXPECT_EQ(MACH_PORT_NULL, got[1]);
	in = array_receive(_metadata, inner, 1, MACH_MSG_TYPE_PORT_RECEIVE);
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(in[0]));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, in[0]));
	EXPECT_EQ(5, msg.head.msgh_id);
}

/* The same right twice: the second is not there any more. */
TEST(receive_right_twice)
{
	mach_port_t port = port_new_send(1), passed = port_new();
	mach_port_t *names = names_new(2);

	names[0] = passed;
	names[1] = passed;
	EXPECT_KR(MACH_SEND_INVALID_RIGHT,
		  array_send(port, names, 2, true, MOVE_RECEIVE));
	EXPECT_EQ(0, port_type(passed));
	EXPECT_FALSE(names_mapped(names));
}

/* To itself: sent, and destroyed. */
TEST(to_itself)
{
	mach_port_t port = port_new_send(2), once = port_new();
	mach_port_t *names = names_new(1);
	struct ool_msg msg;

	names[0] = port;
	ool_msg_init(&msg, port, COPY_SEND, 1);
	msg.head.msgh_bits |= MACH_MSGH_BITS(0, MAKE_ONCE);
	msg.head.msgh_local_port = once;
	msg.array[0] = msg_array(names, 1, true, MOVE_RECEIVE);
	EXPECT_KR(KERN_SUCCESS, ool_send(&msg, 1));
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(port));
	EXPECT_EQ(1, port_queued(once));
	EXPECT_FALSE(names_mapped(names));
}

/* In a ring of three, one of them by a port descriptor. */
TEST(ring)
{
	mach_port_t a = port_new_send(1), b = port_new_send(1);
	mach_port_t c = port_new_send(1), *names = names_new(2);
	struct port_msg msg;

	names[1] = a;
	ASSERT_KR(KERN_SUCCESS, array_send(b, names, 2, false, MOVE_RECEIVE));
	port_msg_init(&msg, c, COPY_SEND, 0, 0, 1);
	msg.port[0] = msg_port(b, MOVE_RECEIVE);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(a));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(b));
	names[1] = c;
	EXPECT_KR(KERN_SUCCESS, array_send(a, names, 2, false, MOVE_RECEIVE));
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(a));
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(b));
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(c));
}

#define CHAIN 20000

/* A long chain of ports, each in an array to the next, goes at once. */
TEST(chain)
{
	mach_port_t *names = names_new(2), last = port_new_send(1);
	unsigned int i;

	names[0] = port_new();
	for (i = 0; i < CHAIN; i++) {
		mach_port_t next = port_new();
		struct ool_msg msg;

		ool_msg_init(&msg, next, MAKE_SEND, 1);
		msg.array[0] = msg_array(names, 1, false, MOVE_RECEIVE);
		MUST(ool_send(&msg, 1));
		names[0] = next;
	}
	ASSERT_KR(KERN_SUCCESS, array_send(last, names, 1, false,
					   MOVE_RECEIVE));
	port_destroy_receive(last);
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(last));
}

MACH_TEST_MAIN
