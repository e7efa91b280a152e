// SPDX-License-Identifier: GPL-2.0-only
/*
 * Out-of-line memory: what arrives, where, and whose it is then; memory that
 * cannot be read, sent or received, and what is left as it was.
 */
#include "ool_helpers.h"

#include <linux/userfaultfd.h>
#include <sys/resource.h>

#define PHYSICAL MACH_MSG_PHYSICAL_COPY
#define VIRTUAL MACH_MSG_VIRTUAL_COPY
#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MEBIBYTE 0x100000u

/* The most that can be sent at once; in 32 bits there is no room for it. */
static const uint32_t largest = sizeof(void *) > 4 ? UINT32_MAX : 1u << 30;

/* Whole pages for that. */
static size_t largest_mapped(void)
{
	return ((uint64_t)largest + page_size() - 1) & -page_size();
}

/* Pages between two that cannot be touched. */
static char *source_new(size_t pages)
{
	char *start = pages_new(pages + 2);

	MUST(mprotect(start, page_size(), PROT_NONE) ? -errno : 0);
	start += page_size();
	MUST(mprotect(start + pages * page_size(), page_size(), PROT_NONE) ?
	     -errno : 0);
	return start;
}

/*
 * What arrives
 */

struct shape {
	size_t size;
	size_t offset;
	bool deallocate;
	mach_msg_copy_options_t copy;
};

/* Once through a port: every byte, every field, both ledgers and both maps. */
static void round_trip(struct __test_metadata *_metadata, mach_port_t port,
		       const struct shape *shape)
{
	bool virtual = shape->deallocate || shape->copy == VIRTUAL;
	size_t keeps = virtual && shape->size >= page_size() ? shape->offset : 0;
	size_t pages = shape->size / page_size() + 2;
	char *source = source_new(pages);
	char *from = source + shape->offset, *got;
	size_t touched = pages_touched(from, shape->size);
	uint64_t charged;
	struct ool_msg msg;

	/* The same message with nothing to carry leaves a buffer for it. */
	ool_msg_init(&msg, port, COPY_SEND, 1);
	msg.ool[0] = msg_ool(NULL, 0, false, PHYSICAL);
	ASSERT_KR(KERN_SUCCESS, ool_send(&msg, 1));
	ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));

	pattern_fill(from, shape->size, 1);
	ool_msg_init(&msg, port, COPY_SEND, 1);
	msg.ool[0] = msg_ool(from, shape->size, shape->deallocate, shape->copy);
	charged = mach_counter(MACHDEV_COUNTER_CHARGED);
	ASSERT_KR(KERN_SUCCESS, ool_send(&msg, 1));
	EXPECT_EQ(ool_charge(shape->size, keeps),
		  mach_counter(MACHDEV_COUNTER_CHARGED) - charged);

	/* The pages that it touches are gone, the others not. */
	if (shape->deallocate && shape->size) {
		EXPECT_EQ(pages - touched,
			  pages_mapped(source, pages * page_size()));
	} else {
		EXPECT_EQ(pages, pages_mapped(source, pages * page_size()));
	}
	if (!shape->deallocate)
		pattern_fill(from, shape->size, 2);

	ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
	EXPECT_EQ(charged, mach_counter(MACHDEV_COUNTER_CHARGED));
	EXPECT_EQ(OOL_MSG_SIZE(1), msg.head.msgh_size);
	got = msg.ool[0].address;
	EXPECT_TRUE(ool_is(&msg.ool[0], got, shape->size, virtual,
			   virtual ? VIRTUAL : PHYSICAL,
			   MACH_MSG_OOL_DESCRIPTOR));
	if (!shape->size) {
		EXPECT_EQ(NULL, got);
		goto out;
	}
	ASSERT_NE(NULL, got);
	if (!shape->deallocate) {
		EXPECT_NE(from, got);
	}
	EXPECT_EQ(keeps, (uintptr_t)got % page_size());
	EXPECT_TRUE(pattern_is(got, shape->size, 1));
	EXPECT_TRUE(is_filled(got - keeps, 0, keeps));
	EXPECT_TRUE(is_filled(got + shape->size, 0,
			      -(uintptr_t)(got + shape->size) % page_size()));
	EXPECT_TRUE(is_mapped_private(got));
	pattern_fill(got, shape->size, 3);
	EXPECT_TRUE(pattern_is(got, shape->size, 3));
	EXPECT_KR(KERN_SUCCESS,
		  vm_deallocate(mach_task_self(), (vm_address_t)got,
				shape->size));
	EXPECT_EQ(0, pages_mapped(got, shape->size));
out:
	munmap(source, pages * page_size());
}

TEST(every_shape)
{
	const size_t page = page_size();
	const size_t sizes[] = { 0, 1, 100, page - 1, page, page + 1,
				 3 * page, 5 * page + 7, 70 * page };
	const size_t offsets[] = { 0, 1, 8, page - 1 };
	mach_port_t port = port_new_send(1);
	struct shape shape;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (j = 0; j < 4 * ARRAY_SIZE(offsets); j++) {
			shape.size = sizes[i];
			shape.offset = offsets[j / 4];
			shape.deallocate = j & 1;
			shape.copy = j & 2 ? VIRTUAL : PHYSICAL;
			round_trip(_metadata, port, &shape);
			ASSERT_TRUE(_metadata->passed) {
				TH_LOG("size %zu offset %zu deallocate %d copy %u",
				       shape.size, shape.offset,
				       shape.deallocate, shape.copy);
			}
		}
	}
}

TEST(much)
{
	const struct shape shape = { 24 * MEBIBYTE + 3, 5, false, VIRTUAL };

	round_trip(_metadata, port_new_send(1), &shape);
}

/* What may change while it is read is memory like other memory. */
TEST(volatile_memory)
{
	mach_port_t port = port_new_send(1);
	char *source = pages_new(2);
	struct ool_msg msg;

	pattern_fill(source, 2 * page_size(), 1);
	ool_msg_init(&msg, port, COPY_SEND, 1);
	msg.ool[0] = msg_ool(source, page_size() + 9, false, VIRTUAL);
	msg.ool[0].type = MACH_MSG_OOL_VOLATILE_DESCRIPTOR;
	ASSERT_KR(KERN_SUCCESS, ool_send(&msg, 1));
	ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
	EXPECT_TRUE(ool_is(&msg.ool[0], msg.ool[0].address, page_size() + 9,
			   true, VIRTUAL, MACH_MSG_OOL_VOLATILE_DESCRIPTOR));
	EXPECT_TRUE(pattern_is(msg.ool[0].address, page_size() + 9, 1));
}

/* Nobody looks where nothing is. */
TEST(nothing_is_anywhere)
{
	mach_port_t port = port_new_send(1);
	struct ool_msg msg;

	ool_msg_init(&msg, port, COPY_SEND, 2);
	msg.ool[0] = msg_ool((void *)0x10, 0, true, VIRTUAL);
	msg.ool[1] = msg_ool((void *)UINTPTR_MAX, 0, false, PHYSICAL);
	ASSERT_KR(KERN_SUCCESS, ool_send(&msg, 2));
	ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
	EXPECT_TRUE(ool_is(&msg.ool[0], NULL, 0, true, VIRTUAL,
			   MACH_MSG_OOL_DESCRIPTOR));
	EXPECT_TRUE(ool_is(&msg.ool[1], NULL, 0, false, PHYSICAL,
			   MACH_MSG_OOL_DESCRIPTOR));
}

/* Between rights, in order, and the words behind them. */
TEST(mixed)
{
	mach_port_t port = port_new_send(1), first = port_new(), last;
	struct {
		mach_msg_header_t head;
		mach_msg_body_t body;
		mach_msg_port_descriptor_t first;
		mach_msg_ool_descriptor_t small;
		mach_msg_ool_ports_descriptor_t array;
		mach_msg_ool_descriptor_t large;
		mach_msg_port_descriptor_t last;
		uint32_t word[16];
	} msg;
	char *source = pages_new(3);
	mach_port_t names[2];
	const mach_port_t *got;

	last = port_new();
	names[0] = last;
	names[1] = first;
	pattern_fill(source, 3 * page_size(), 4);
	complex_init(&msg.head, port, COPY_SEND, 5);
	memset(msg.word, 0x5a, 32);
	msg.first = msg_port(first, MAKE_SEND);
	msg.small = msg_ool(source, 10, false, PHYSICAL);
	msg.array = msg_array(names, 2, false, MAKE_SEND);
	msg.large = msg_ool(source, 3 * page_size(), false, PHYSICAL);
	msg.last = msg_port(last, MAKE_ONCE);
	ASSERT_KR(KERN_SUCCESS,
		  msg_send(&msg, offsetof(typeof(msg), word) + 32));
	memset(&msg, TEST_POISON, sizeof(msg));
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   sizeof(msg), port, 0, 0));
	EXPECT_EQ(5, msg.body.msgh_descriptor_count);
	EXPECT_EQ(first, msg.first.name);
	EXPECT_TRUE(pattern_is(msg.small.address, 10, 4));
	got = msg.array.address;
	EXPECT_EQ(last, got[0]);
	EXPECT_EQ(first, got[1]);
	EXPECT_TRUE(pattern_is(msg.large.address, 3 * page_size(), 4));
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(msg.last.name));
	EXPECT_TRUE(is_filled(msg.word, 0x5a, 32));
	EXPECT_EQ(2, port_send_refs(first));
	EXPECT_EQ(1, port_send_refs(last));
}

/* More than any other limit allows of rights. */
TEST(very_many)
{
	mach_port_t port = port_new_send(1);
	unsigned int count = (MSG_LARGEST - 28) / 16, i;
	mach_msg_size_t room = OOL_MSG_SIZE(count) + 64;
	struct ool_msg *msg = calloc(1, room);
	const size_t page = page_size();
	char *source = pages_new(2);
	bool whole = true;

	ASSERT_NE(NULL, msg);
	pattern_fill(source, 2 * page, 6);
	ool_msg_init(msg, port, COPY_SEND, count);
	/* Some of each, and the most are empty: mappings are scarce, too. */
	for (i = 0; i < count; i++)
		(&msg->ool[0])[i] = msg_ool(source + i % 64,
					    i % 100 ? 0 : i % 200 ? page : 9,
					    false, VIRTUAL);
	ASSERT_KR(KERN_SUCCESS, msg_send(msg, OOL_MSG_SIZE(count)));
	memset(msg, TEST_POISON, room);
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(&msg->head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, room,
			   port, 0, 0));
	for (i = 0; i < count && whole; i++) {
		const mach_msg_ool_descriptor_t *ool = &msg->ool[0] + i;
		size_t size = i % 100 ? 0 : i % 200 ? page : 9;

		whole = ool->size == size && !ool->address == !size &&
			(!size || !memcmp(ool->address, source + i % 64, size));
	}
	EXPECT_TRUE(whole) {
		TH_LOG("descriptor %u", i - 1);
	}
	free(msg);
}

/*
 * Whose it is
 */

/* Memory of four pages that has arrived. */
static char *arrived(struct __test_metadata *_metadata)
{
	mach_port_t port = port_new_send(1);
	char *source = pages_new(4);
	struct ool_msg msg;

	pattern_fill(source, 4 * page_size(), 5);
	ool_msg_init(&msg, port, COPY_SEND, 1);
	msg.ool[0] = msg_ool(source, 4 * page_size(), true, VIRTUAL);
	MUST(ool_send(&msg, 1));
	MUST(ool_receive(&msg, port));
	return msg.ool[0].address;
}

TEST(not_shared_after_fork)
{
	char *memory = arrived(_metadata);
	struct test_pipe go, done;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&go));
	ASSERT_EQ(0, test_pipe_open(&done));
	pid = child_fork();
	if (!pid) {
		memory[0] = 'c';
		memory[page_size()] = 'c';
		MUST(test_put(&done, 1));
		MUST(test_wait(&go));
		/* Written by the parent before and after the child's. */
		EXPECT_EQ('c', memory[0]);
		EXPECT_EQ((char)pattern(2 * page_size(), 5),
			  memory[2 * page_size()]);
		EXPECT_TRUE(is_mapped_private(memory));
		child_exit();
	}
	ASSERT_EQ(0, test_wait(&done));
	EXPECT_TRUE(pattern_is(memory, 4 * page_size(), 5));
	memory[0] = 'p';
	memory[2 * page_size()] = 'p';
	ASSERT_EQ(0, test_put(&go, 1));
	EXPECT_CHILD(pid);
	EXPECT_EQ((char)pattern(page_size(), 5), memory[page_size()]);
}

TEST(protected)
{
	char *memory = arrived(_metadata);
	pid_t pid;

	ASSERT_EQ(0, mprotect(memory, page_size(), PROT_READ));
	EXPECT_TRUE(pattern_is(memory, 4 * page_size(), 5));
	pid = child_fork();
	if (!pid) {
		memory[page_size()] = 1;
		memory[0] = 1;
		_exit(0);
	}
	EXPECT_EQ(128 + SIGSEGV, child_status(pid));
	ASSERT_EQ(0, mprotect(memory, page_size(), PROT_READ | PROT_WRITE |
						   PROT_EXEC));
	memory[0] = 1;
}

TEST(moved_shrunk_and_grown)
{
	size_t page = page_size();
	char *memory = arrived(_metadata);
	char *moved = mremap(memory, 4 * page, 16 * page, MREMAP_MAYMOVE);

	ASSERT_NE(MAP_FAILED, moved);
	EXPECT_TRUE(pattern_is(moved, 4 * page, 5));
	EXPECT_TRUE(is_filled(moved + 4 * page, 0, 12 * page));
	memset(moved + 4 * page, 'g', 12 * page);
	EXPECT_TRUE(is_filled(moved + 4 * page, 'g', 12 * page));
	ASSERT_EQ(moved, mremap(moved, 16 * page, 2 * page, 0));
	EXPECT_TRUE(pattern_is(moved, 2 * page, 5));
	EXPECT_EQ(0, pages_mapped(moved + 2 * page, 14 * page));
}

TEST(unmapped_in_part)
{
	size_t page = page_size();
	char *memory = arrived(_metadata);

	ASSERT_EQ(0, munmap(memory + page, page));
	EXPECT_EQ(3, pages_mapped(memory, 4 * page));
	EXPECT_TRUE(pattern_is(memory, page, 5));
	EXPECT_EQ((char)pattern(2 * page, 5), memory[2 * page]);
	EXPECT_KR(KERN_SUCCESS, vm_deallocate(mach_task_self(),
					      (vm_address_t)memory, 4 * page));
	EXPECT_EQ(0, pages_mapped(memory, 4 * page));
}

/* The limit of files is not one of memory. */
TEST(no_file_size_limit)
{
	const struct shape shape = { 16384, 0, true, VIRTUAL };
	struct rlimit none = { 0, 0 };

	ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &none));
	round_trip(_metadata, port_new_send(1), &shape);
}

TEST(received_by_another_task)
{
	mach_port_t port = port_new_bootstrap();
	size_t size = 10 * page_size() + 1;
	struct ool_msg msg;
	pid_t pid;

	pid = child_fork();
	if (!pid) {
		char *source = pages_new(11);

		pattern_fill(source, size, 8);
		ool_msg_init(&msg, bootstrap_of_parent(), COPY_SEND, 2);
		msg.ool[0] = msg_ool(source, size, false, PHYSICAL);
		msg.ool[1] = msg_ool(source, 10, false, PHYSICAL);
		EXPECT_KR(KERN_SUCCESS, ool_send(&msg, 2));
		child_exit();
	}
	/* Whose sender is gone. */
	EXPECT_CHILD(pid);
	ASSERT_EQ(0, mach_sync());
	ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
	EXPECT_TRUE(pattern_is(msg.ool[0].address, size, 8));
	EXPECT_TRUE(pattern_is(msg.ool[1].address, 10, 8));
}

/*
 * Memory that cannot be read
 */

/*
 * Past the point of no return: what has been taken is destroyed, what was to
 * be released by then is released, and what comes later is untouched.
 */
static void refuse_memory(struct __test_metadata *_metadata, const void *bad,
			  size_t size)
{
	const size_t page = page_size();
	mach_port_t port = port_new_send(2), reply = port_new();
	mach_port_t earlier = port_new_send(2), later = port_new_send(2);
	struct {
		mach_msg_header_t head;
		mach_msg_body_t body;
		mach_msg_port_descriptor_t earlier;
		mach_msg_ool_descriptor_t first;
		mach_msg_ool_descriptor_t bad;
		mach_msg_ool_descriptor_t last;
		mach_msg_port_descriptor_t later;
	} msg, copy;
	/* Too large for the holes that callers have made. */
	char *first = pages_new(4), *last = pages_new(4);
	size_t mapped = pages_mapped(bad, size > 8 * page ? 0 : size);
	uint64_t charged = mach_counter(MACHDEV_COUNTER_CHARGED);
	struct msg notice;

	complex_init(&msg.head, port, MOVE_SEND, 5);
	msg.head.msgh_bits |= MACH_MSGH_BITS(0, MAKE_ONCE);
	msg.head.msgh_local_port = reply;
	msg.earlier = msg_port(earlier, MOVE_SEND);
	msg.first = msg_ool(first, 1, true, PHYSICAL);
	msg.bad = msg_ool(bad, size, true, VIRTUAL);
	msg.last = msg_ool(last, page, true, VIRTUAL);
	msg.later = msg_port(later, MOVE_SEND);
	copy = msg;
	EXPECT_KR(MACH_SEND_INVALID_MEMORY, msg_send(&msg, sizeof(msg))) {
		TH_LOG("%zu bytes at %p", size, bad);
	}
	EXPECT_EQ(0, memcmp(&msg, &copy, sizeof(msg)));
	EXPECT_EQ(1, port_send_refs(port));
	EXPECT_EQ(0, port_queued(port));
	EXPECT_EQ(1, port_send_refs(earlier));
	EXPECT_EQ(2, port_send_refs(later));
	EXPECT_EQ(0, pages_mapped(first, page));
	EXPECT_EQ(mapped, pages_mapped(bad, size > 8 * page ? 0 : size));
	EXPECT_EQ(1, pages_mapped(last, page));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&notice, reply));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, notice.head.msgh_id);
	/* A message buffer may be kept for the next one. */
	EXPECT_LE(mach_counter(MACHDEV_COUNTER_CHARGED), charged + 512);
	munmap(first, 4 * page);
	munmap(last, 4 * page);
	MUST(mach_port_destroy(mach_task_self(), port));
	MUST(mach_port_destroy(mach_task_self(), reply));
	MUST(mach_port_destroy(mach_task_self(), earlier));
	MUST(mach_port_destroy(mach_task_self(), later));
}

TEST(unreadable)
{
	const size_t page = page_size();
	char *memory = pages_new(6), *hole = (char *)pages_new(3) + page;

	/* What the library maps once is there before the hole. */
	MUST(mach_port_deallocate(mach_task_self(), MACH_PORT_NULL));
	ASSERT_EQ(0, munmap(hole, page));
	refuse_memory(_metadata, hole, 1);
	refuse_memory(_metadata, hole, page);
	refuse_memory(_metadata, NULL, 1);
	refuse_memory(_metadata, NULL, page);
	/* Beyond what is the program's, or wrapping. */
	refuse_memory(_metadata, (void *)0xffffffff80000000ul, 1);
	refuse_memory(_metadata, (void *)0xffffffff80000000ul, 2 * page);
	refuse_memory(_metadata, (void *)UINTPTR_MAX, 1);
	refuse_memory(_metadata, (void *)(UINTPTR_MAX - 100), 200);
	refuse_memory(_metadata, (void *)-page, 2 * page);
	refuse_memory(_metadata, (void *)0x8000000000000000ul, page);
	refuse_memory(_metadata, memory, UINT32_MAX);
	/* There, but not to be read. */
	ASSERT_EQ(0, mprotect(memory + 2 * page, page, PROT_NONE));
	refuse_memory(_metadata, memory + 2 * page, page);
	refuse_memory(_metadata, memory + 2 * page, 8);
	/* In part. */
	refuse_memory(_metadata, memory + 2 * page - 8, 16);
	refuse_memory(_metadata, memory, 4 * page);
	refuse_memory(_metadata, memory + 2 * page, 2 * page);
	ASSERT_EQ(0, munmap(memory + 2 * page, page));
	refuse_memory(_metadata, memory + 2 * page - 8, 16);
	refuse_memory(_metadata, memory, 4 * page);
	refuse_memory(_metadata, memory + 2 * page, 2 * page);
}

TEST(read_only)
{
	mach_port_t port = port_new_send(1);
	size_t page = page_size();
	char *source = pages_new(3);
	struct ool_msg msg;

	pattern_fill(source, 3 * page, 2);
	ASSERT_EQ(0, mprotect(source, 3 * page, PROT_READ));
	ool_msg_init(&msg, port, COPY_SEND, 2);
	msg.ool[0] = msg_ool(source, 2 * page, true, VIRTUAL);
	msg.ool[1] = msg_ool(source + 2 * page, 5, true, PHYSICAL);
	ASSERT_KR(KERN_SUCCESS, ool_send(&msg, 2));
	EXPECT_EQ(0, pages_mapped(source, 3 * page));
	ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
	/* What is received can be written whatever it was. */
	EXPECT_TRUE(is_mapped_private(msg.ool[0].address));
	EXPECT_TRUE(is_mapped_private(msg.ool[1].address));
	EXPECT_TRUE(pattern_is(msg.ool[0].address, 2 * page, 2));
}

/* The first error in the order of the descriptors is the result. */
TEST(which_error_comes_first)
{
	mach_port_t port = port_new_send(1), stale = port_new_stale();
	char *memory = pages_new(1);
	struct space before;
	struct {
		mach_msg_header_t head;
		mach_msg_body_t body;
		mach_msg_ool_descriptor_t ool;
		mach_msg_port_descriptor_t port;
		mach_msg_ool_descriptor_t late;
	} msg;

	complex_init(&msg.head, port, COPY_SEND, 3);
	space_read(&before);

	msg.ool = msg_ool(NULL, 1, false, PHYSICAL);
	msg.port = msg_port(stale, COPY_SEND);
	msg.late = msg_ool(memory, 1, true, PHYSICAL);
	EXPECT_KR(MACH_SEND_INVALID_MEMORY, msg_send(&msg, sizeof(msg)));
	EXPECT_EQ(1, pages_mapped(memory, 1));

	msg.ool = msg_ool(memory, 0, true, PHYSICAL);
	msg.late = msg_ool(NULL, 1, false, PHYSICAL);
	EXPECT_KR(MACH_SEND_INVALID_RIGHT, msg_send(&msg, sizeof(msg)));
	EXPECT_EQ(1, pages_mapped(memory, 1));

	/* The header comes before the body: nothing has been released. */
	msg.ool = msg_ool(memory, 1, true, PHYSICAL);
	msg.head.msgh_remote_port = stale;
	EXPECT_KR(MACH_SEND_INVALID_DEST, msg_send(&msg, sizeof(msg)));
	EXPECT_EQ(1, pages_mapped(memory, 1));

	/* Every descriptor is looked at before any memory. */
	msg.head.msgh_remote_port = port;
	msg.ool = msg_ool(NULL, 1, false, PHYSICAL);
	msg.late = msg_ool(memory, 1, true, 2);
	EXPECT_KR(MACH_SEND_INVALID_TYPE, msg_send(&msg, sizeof(msg)));
	EXPECT_EQ(1, pages_mapped(memory, 1));
	EXPECT_TRUE(space_is(&before));
}

/* A message to a port of the kernel's is refused with nothing released. */
TEST(to_the_kernel)
{
	char *memory = pages_new(1);
	struct ool_msg msg;

	ool_msg_init(&msg, mach_task_self(), COPY_SEND, 1);
	msg.ool[0] = msg_ool(memory, page_size(), true, VIRTUAL);
	EXPECT_KR(KERN_NOT_SUPPORTED, ool_send(&msg, 1));
	EXPECT_EQ(1, pages_mapped(memory, 1));
}

/* The same memory more than once: each gets what was there. */
TEST(given_away_twice)
{
	mach_port_t port = port_new_send(1);
	size_t page = page_size();
	char *source = pages_new(2);
	struct ool_msg msg;

	pattern_fill(source, 2 * page, 2);
	ool_msg_init(&msg, port, COPY_SEND, 3);
	msg.ool[0] = msg_ool(source, 2 * page, true, VIRTUAL);
	msg.ool[1] = msg_ool(source, 2 * page, true, VIRTUAL);
	msg.ool[2] = msg_ool(source, 20, true, PHYSICAL);
	ASSERT_KR(KERN_SUCCESS, ool_send(&msg, 3));
	EXPECT_EQ(0, pages_mapped(source, 2 * page));
	ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
	EXPECT_TRUE(pattern_is(msg.ool[0].address, 2 * page, 2));
	EXPECT_TRUE(pattern_is(msg.ool[1].address, 2 * page, 2));
	EXPECT_TRUE(pattern_is(msg.ool[2].address, 20, 2));
	EXPECT_NE(msg.ool[0].address, msg.ool[1].address);
}

/*
 * Sent, but not received
 */

FIXTURE(back) {
	mach_port_t port;
	char *source;
	struct ool_msg msg;
};

/* A message with both kinds of memory to a port that is full. */
FIXTURE_SETUP(back)
{
	size_t page = page_size();

	self->port = port_new_send(1);
	port_fill(self->port);
	self->source = pages_new(4);
	pattern_fill(self->source, 4 * page, 3);
	ool_msg_init(&self->msg, self->port, COPY_SEND, 3);
	self->msg.ool[0] = msg_ool(self->source, 12, false, PHYSICAL);
	self->msg.ool[1] = msg_ool(self->source + 8, page, false, PHYSICAL);
	self->msg.ool[2] = msg_ool(self->source + 2 * page + 8, page, true,
				   VIRTUAL);
}

FIXTURE_TEARDOWN(back)
{
}

/* It is there again at new addresses, and can be sent as it is. */
static void expect_back(struct __test_metadata *_metadata, char *source,
			mach_port_t port, struct ool_msg *msg)
{
	const size_t page = page_size();
	void *given[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		given[i] = msg->ool[i].address;
	EXPECT_TRUE(ool_is(&msg->ool[0], given[0], 12, true, PHYSICAL,
			   MACH_MSG_OOL_DESCRIPTOR));
	EXPECT_TRUE(ool_is(&msg->ool[1], given[1], page, true, PHYSICAL,
			   MACH_MSG_OOL_DESCRIPTOR));
	EXPECT_TRUE(ool_is(&msg->ool[2], given[2], page, true, VIRTUAL,
			   MACH_MSG_OOL_DESCRIPTOR));
	EXPECT_EQ(0, memcmp(given[0], source, 12));
	EXPECT_EQ(0, memcmp(given[1], source + 8, page));
	EXPECT_EQ(8, (uintptr_t)given[2] % page);
	EXPECT_EQ((char)pattern(2 * page + 8, 3), *(char *)given[2]);
	EXPECT_NE(source, given[0]);

	port_drain(port);
	ASSERT_KR(KERN_SUCCESS, ool_send(msg, 3));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, pages_mapped(given[i], 1));
	ASSERT_KR(KERN_SUCCESS, ool_receive(msg, port));
	EXPECT_EQ(0, memcmp(msg->ool[0].address, source, 12));
	EXPECT_EQ(0, memcmp(msg->ool[1].address, source + 8, page));
	EXPECT_EQ((char)pattern(2 * page + 8, 3), *(char *)msg->ool[2].address);
}

TEST_F(back, timed_out)
{
	EXPECT_KR(MACH_SEND_TIMED_OUT, ool_send(&self->msg, 3));
	expect_back(_metadata, self->source, self->port, &self->msg);
}

TEST_F(back, interrupted)
{
	struct msg_call call = {
		.msg = &self->msg.head,
		.option = MACH_SEND_MSG | MACH_SEND_INTERRUPT,
		.send_size = OOL_MSG_SIZE(3),
	};

	signal_handle(SIGUSR1, 0);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	/* Released as soon as it has been sent, wherever it waits. */
	EXPECT_EQ(2, pages_mapped(self->source, 4 * page_size()));
	ASSERT_TRUE(signal_interrupt(getpid(), call.tid));
	EXPECT_KR(MACH_SEND_INTERRUPTED, msg_call_result(&call));
	expect_back(_metadata, self->source, self->port, &self->msg);
}

/* What the sender has no room for is lost, and it is told. */
TEST_F(back, no_room)
{
	struct rlimit limit = { page_size(), RLIM_INFINITY };
	struct rlimit before;

	ASSERT_EQ(0, getrlimit(RLIMIT_AS, &before));
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &limit));
	EXPECT_KR(MACH_SEND_TIMED_OUT | MACH_MSG_VM_SPACE,
		  ool_send(&self->msg, 3));
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &before));
	EXPECT_TRUE(ool_is(&self->msg.ool[0], NULL, 0, true, PHYSICAL,
			   MACH_MSG_OOL_DESCRIPTOR));
	EXPECT_TRUE(ool_is(&self->msg.ool[2], NULL, 0, true, VIRTUAL,
			   MACH_MSG_OOL_DESCRIPTOR));
}

/* A port that dies swallows the memory, too. */
TEST_F(back, swallowed)
{
	port_destroy_receive(self->port);
	self->port = port_new_send(1);
	self->msg.head.msgh_remote_port = self->port;
	ASSERT_KR(KERN_SUCCESS, ool_send(&self->msg, 3));
	port_destroy_receive(self->port);
	EXPECT_EQ(2, pages_mapped(self->source, 4 * page_size()));
}

/* Too small a buffer destroys it. */
TEST(too_large_to_receive)
{
	mach_port_t port = port_new_send(1);
	uint64_t charged = mach_counter(MACHDEV_COUNTER_CHARGED);
	char *source = pages_new(4);
	struct ool_msg msg;

	ool_msg_init(&msg, port, COPY_SEND, 2);
	msg.ool[0] = msg_ool(source, 4 * page_size(), false, VIRTUAL);
	msg.ool[1] = msg_ool(source, 4, false, VIRTUAL);
	ASSERT_KR(KERN_SUCCESS, ool_send(&msg, 2));
	memset(&msg, TEST_POISON, sizeof(msg));
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   OOL_MSG_SIZE(2) + MSG_TRAILER_NULL - 4, port, 0, 0));
	EXPECT_EQ(MSG_HEADER, msg.head.msgh_size);
	EXPECT_FALSE(msg.head.msgh_bits & MACH_MSGH_BITS_COMPLEX);
	EXPECT_LE(mach_counter(MACHDEV_COUNTER_CHARGED), charged + 512);
}

/* The receiver has no room: address and size are null, the rest arrives. */
TEST(no_room_to_receive)
{
	mach_port_t port = port_new_send(1), passed = port_new();
	struct rlimit limit = { page_size(), RLIM_INFINITY }, before;
	char *source = pages_new(4);
	struct {
		mach_msg_header_t head;
		mach_msg_body_t body;
		mach_msg_ool_descriptor_t large;
		mach_msg_ool_descriptor_t small;
		mach_msg_ool_descriptor_t empty;
		mach_msg_port_descriptor_t port;
		uint32_t word[4];
	} msg;

	complex_init(&msg.head, port, COPY_SEND, 4);
	msg.large = msg_ool(source, 4 * page_size(), false, VIRTUAL);
	msg.small = msg_ool(source, 7, false, PHYSICAL);
	msg.empty = msg_ool(source, 0, false, PHYSICAL);
	msg.port = msg_port(passed, MAKE_SEND);
	ASSERT_KR(KERN_SUCCESS,
		  msg_send(&msg, offsetof(typeof(msg), word)));
	memset(&msg, TEST_POISON, sizeof(msg));
	ASSERT_EQ(0, getrlimit(RLIMIT_AS, &before));
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &limit));
	EXPECT_KR(MACH_RCV_BODY_ERROR | MACH_MSG_VM_SPACE,
		  mach_msg(&msg.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			   sizeof(msg), port, 0, 0));
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &before));
	EXPECT_TRUE(ool_is(&msg.large, NULL, 0, true, VIRTUAL,
			   MACH_MSG_OOL_DESCRIPTOR));
	EXPECT_TRUE(ool_is(&msg.small, NULL, 0, false, PHYSICAL,
			   MACH_MSG_OOL_DESCRIPTOR));
	EXPECT_TRUE(ool_is(&msg.empty, NULL, 0, false, PHYSICAL,
			   MACH_MSG_OOL_DESCRIPTOR));
	EXPECT_EQ(passed, msg.port.name);
	EXPECT_EQ(1, port_send_refs(passed));
}

/* mach_msg_destroy() releases what says that it is to be released. */
TEST(destroyed_by_its_receiver)
{
	mach_port_t port = port_new_send(1);
	char *source = pages_new(4);
	struct ool_msg msg;
	void *got[2];

	ool_msg_init(&msg, port, COPY_SEND, 2);
	msg.ool[0] = msg_ool(source + 7, 3 * page_size(), false, VIRTUAL);
	msg.ool[1] = msg_ool(source, 4, false, PHYSICAL);
	ASSERT_KR(KERN_SUCCESS, ool_send(&msg, 2));
	ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
	got[0] = msg.ool[0].address;
	got[1] = msg.ool[1].address;
	mach_msg_destroy(&msg.head);
	EXPECT_EQ(0, pages_mapped(got[0], 3 * page_size()));
	EXPECT_EQ(1, pages_mapped(got[1], 1));
}

/*
 * Who may send how much
 */

/* An ordinary user's paged ledger has an end, and it is seen before a byte. */
TEST(more_than_the_ledger_has)
{
	mach_port_t port = port_new_send(2);
	size_t size = 256 * MEBIBYTE;
	char *source = mmap(NULL, largest_mapped(), PROT_READ,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct space before;
	struct ool_msg msg;
	uint64_t charged;
	unsigned int i;

	ASSERT_NE(MAP_FAILED, source);
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	/* Whoever sends now is another. */
	MUST(msg_send_id(port, COPY_SEND, 1));
	MUST(ool_receive(&msg, port));
	space_read(&before);
	charged = mach_counter(MACHDEV_COUNTER_CHARGED);
	ool_msg_init(&msg, port, MOVE_SEND, 4);
	for (i = 0; i < 4; i++)
		msg.ool[i] = msg_ool(source + i * size, size, true, VIRTUAL);
	EXPECT_KR(MACH_SEND_NO_BUFFER, ool_send(&msg, 4));
	ool_msg_init(&msg, port, MOVE_SEND, 1);
	msg.ool[0] = msg_ool(source, largest, true, VIRTUAL);
	EXPECT_KR(MACH_SEND_NO_BUFFER, ool_send(&msg, 1));
	/* Even if what comes first cannot be read. */
	ool_msg_init(&msg, port, MOVE_SEND, 2);
	msg.ool[0] = msg_ool(NULL, 1, true, VIRTUAL);
	msg.ool[1] = msg_ool(source, largest, true, VIRTUAL);
	EXPECT_KR(MACH_SEND_NO_BUFFER, ool_send(&msg, 2));
	/* The message buffer that was kept has been too small. */
	EXPECT_GE(charged, mach_counter(MACHDEV_COUNTER_CHARGED));
	EXPECT_TRUE(space_is(&before));
	EXPECT_EQ(4 * size / page_size(), pages_mapped(source, 4 * size));
}

/*
 * Others meanwhile
 */

#define RACE_PAGES 16

struct race {
	char *memory;
	uint32_t stop;
};

static void *race_unmap(void *argument)
{
	struct race *race = argument;
	size_t page = page_size();
	unsigned int i = 0;

	while (!__atomic_load_n(&race->stop, __ATOMIC_ACQUIRE)) {
		size_t at = i++ % RACE_PAGES * page;

		MUST(munmap(race->memory + at, page) ? -errno : 0);
		MUST(mmap(race->memory + at, page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		     MAP_FAILED ? -errno : 0);
	}
	return NULL;
}

/* A message arrives whole or not at all, and nothing is left in between. */
TEST(unmapped_meanwhile)
{
	struct race race = { .memory = pages_new(RACE_PAGES) };
	mach_port_t port = port_new_send(1);
	size_t size = RACE_PAGES * page_size();
	unsigned int i, whole = 0, refused = 0;
	struct ool_msg msg;
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, race_unmap, &race));
	for (i = 0; i < 500; i++) {
		mach_msg_return_t mr;

		ool_msg_init(&msg, port, COPY_SEND, 2);
		msg.ool[0] = msg_ool(race.memory, size, false,
				     i & 1 ? VIRTUAL : PHYSICAL);
		msg.ool[1] = msg_ool(race.memory, 100, false, PHYSICAL);
		mr = ool_send(&msg, 2);
		if (mr) {
			ASSERT_KR(MACH_SEND_INVALID_MEMORY, mr);
			refused++;
			continue;
		}
		whole++;
		ASSERT_KR(KERN_SUCCESS, ool_receive(&msg, port));
		/* It is all zeros, whatever page it was. */
		ASSERT_TRUE(is_filled(msg.ool[0].address, 0, size));
		MUST(vm_deallocate(mach_task_self(),
				   (vm_address_t)msg.ool[0].address, size));
		MUST(vm_deallocate(mach_task_self(),
				   (vm_address_t)msg.ool[1].address, 100));
	}
	__atomic_store_n(&race.stop, 1, __ATOMIC_RELEASE);
	MUST(pthread_join(thread, NULL));
	TH_LOG("%u whole, %u refused", whole, refused);
	EXPECT_EQ(0, port_queued(port));
}

/* Memory of which all but the beginning never comes. */
static char *stalled_new(size_t ready, size_t size)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register all = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	MUST(memory == MAP_FAILED ? -errno : 0);
	MUST(fd < 0 ? -errno : 0);
	memset(memory, 1, ready);
	MUST(ioctl(fd, UFFDIO_API, &api) ? -errno : 0);
	all.range.start = (uintptr_t)memory + ready;
	all.range.len = size - ready;
	MUST(ioctl(fd, UFFDIO_REGISTER, &all) ? -errno : 0);
	return memory;
}

/* A copy of all that can be sent ends when its sender does, with nothing left of it. */
TEST(killed_while_copying)
{
	uint64_t charged = mach_counter(MACHDEV_COUNTER_CHARGED);
	pid_t pid = child_fork();

	if (!pid) {
		size_t ready = 8 * MEBIBYTE;
		char *memory = stalled_new(ready, largest_mapped());
		mach_port_t port = port_new_send(1);
		struct ool_msg msg;

		ool_msg_init(&msg, port, COPY_SEND, 1);
		msg.ool[0] = msg_ool(memory, largest, true, VIRTUAL);
		ool_send(&msg, 1);
		_exit(1);
	}
	/* It has what a task has, and now all of that. */
	EXPECT_TRUE(TEST_UNTIL(mach_counter(MACHDEV_COUNTER_CHARGED) >
			       charged + largest, 10000));
	EXPECT_TRUE(TEST_UNTIL(msg_sleeps(pid, pid), 10000));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	ASSERT_EQ(0, mach_sync());
}

/* Nor is the lock of receive rights held meanwhile. */
TEST(stalls_nobody_else)
{
	mach_port_t to = port_new_send(1), port = port_new();
	struct test_pipe ready;
	struct port_msg msg;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&ready));
	pid = child_fork();
	if (!pid) {
		char *memory = stalled_new(page_size(), 4 * page_size());
		mach_port_t port = port_new_send(1);
		struct {
			mach_msg_header_t head;
			mach_msg_body_t body;
			mach_msg_port_descriptor_t port;
			mach_msg_ool_descriptor_t ool;
		} stalled;

		complex_init(&stalled.head, port, COPY_SEND, 2);
		stalled.port = msg_port(port_new(),
					MACH_MSG_TYPE_MOVE_RECEIVE);
		stalled.ool = msg_ool(memory, 4 * page_size(), true, VIRTUAL);
		msg_send(&stalled, sizeof(stalled));
		_exit(1);
	}
	ASSERT_TRUE(TEST_UNTIL(msg_sleeps(pid, pid), 10000));
	port_msg_init(&msg, to, COPY_SEND, 0, 0, 1);
	msg.port[0] = msg_port(port, MACH_MSG_TYPE_MOVE_RECEIVE);
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_TRUE(TEST_UNTIL(msg_sleeps(pid, pid), 10000));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
}

MACH_TEST_MAIN
