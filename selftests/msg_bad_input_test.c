// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that a message cannot be read from: unmapped, or ending in the middle
 * of it, at every place that matters. And which error comes first.
 */
#include "msg_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND

FIXTURE(memory)
{
	mach_port_t port;
	mach_port_t reply;
	struct msg_cliff cliff;
	struct space before;
};

typedef FIXTURE_DATA(memory) memory_data;

FIXTURE_SETUP(memory)
{
	self->port = port_new_send(2);
	self->reply = port_new();
	msg_cliff_map(&self->cliff, 3);
	space_read(&self->before);
}

FIXTURE_TEARDOWN(memory)
{
}

/* @code, and names, rights and queues are as before. */
#define REFUSED(code, call) do {					\
	EXPECT_KR(code, call);						\
	EXPECT_TRUE(space_is(&self->before));				\
} while (0)

/* A request that would move rights, as far as it fits below the edge. */
static void *place(memory_data *self, size_t fits)
{
	char *start = self->cliff.edge - fits;
	struct msg msg;

	msg_init(&msg, self->port, MOVE_SEND, self->reply, MAKE_ONCE, 77);
	memset(msg.word, 0x5a, sizeof(msg.word));
	memcpy(start, &msg, fits < sizeof(msg) ? fits : sizeof(msg));
	return start;
}

TEST_F(memory, addresses)
{
	static const uint64_t addresses[] = {
		0, 1, 8, 4095, 0xfffff000, 0xffffffe8, 0xffffffff,
		0x00007ffffffff000, 0x00007fffffffffff,
		0x0000800000000000, 0x1000000000000000, 0x8000000000000000,
		0xffff800000000000, 0xffff888000000000, 0xffffffff81000000,
		0xffffffffff600000, 0xfffffffffffff000, 0xffffffffffffffe8,
		0xffffffffffffffff,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		void *address = (void *)(uintptr_t)addresses[i];

		/* In 32 bits it would be another, where the stack may grow. */
		if ((uintptr_t)address != addresses[i])
			continue;
		REFUSED(MACH_SEND_INVALID_DATA, msg_send(address, MSG_HEADER));
		REFUSED(MACH_SEND_INVALID_DATA, msg_send(address, 4096));
		REFUSED(MACH_SEND_INVALID_DATA,
			msg_send(address, MSG_LARGEST));
	}
	REFUSED(MACH_SEND_INVALID_DATA,
		msg_send(self->cliff.edge, MSG_HEADER));
}

/* The memory ends after each number of bytes that is less than the message. */
TEST_F(memory, every_edge)
{
	static const mach_msg_size_t sizes[] = { 24, 28, 64, 128, 256 };
	mach_msg_size_t fits;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (fits = 0; fits < sizes[i]; fits++) {
			REFUSED(MACH_SEND_INVALID_DATA,
				msg_send(place(self, fits), sizes[i]));
		}
	}
}

/* A long body that ends one byte, a word, or pages too early. */
TEST_F(memory, edge_of_long_bodies)
{
	size_t pages = 2 * self->cliff.page;
	const size_t fits[] = {
		24, 28, 4092, 4096, 4100, pages - 4, pages, pages + 4,
		3 * self->cliff.page - 4,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fits); i++) {
		REFUSED(MACH_SEND_INVALID_DATA,
			msg_send(place(self, fits[i]), fits[i] + 4));
		REFUSED(MACH_SEND_INVALID_DATA,
			msg_send(place(self, fits[i]), MSG_LARGEST));
	}
}

/* Exactly up to the edge, and across page boundaries, all is well. */
TEST_F(memory, fits_below_the_edge)
{
	const mach_msg_size_t sizes[] = {
		24, 28, 64, self->cliff.page, self->cliff.page + 4,
		2 * self->cliff.page + 24, 3 * self->cliff.page,
	};
	char *received = malloc(4 * self->cliff.page);
	mach_msg_header_t *head = (mach_msg_header_t *)received;
	size_t i;

	ASSERT_NE(NULL, received);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		mach_msg_header_t *sent = place(self, sizes[i]);

		sent->msgh_bits = MACH_MSGH_BITS(COPY_SEND, MAKE_ONCE);
		ASSERT_KR(KERN_SUCCESS, msg_send(sent, sizes[i]));
		ASSERT_KR(KERN_SUCCESS,
			  mach_msg(head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
				   4 * self->cliff.page, self->port, 0, 0));
		EXPECT_EQ(77, head->msgh_id);
		EXPECT_EQ(sizes[i], head->msgh_size);
		EXPECT_EQ(0, memcmp(head + 1, sent + 1,
				    sizes[i] - MSG_HEADER));
	}
	free(received);
}

/* Memory that can only be read can be sent from. */
TEST_F(memory, read_only)
{
	void *start = place(self, sizeof(struct msg));
	struct msg msg;

	ASSERT_EQ(0, mprotect(self->cliff.start, 3 * self->cliff.page,
			      PROT_READ));
	ASSERT_KR(KERN_SUCCESS, msg_send(start, MSG_SIZE(10)));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, self->port));
	EXPECT_EQ(77, msg.head.msgh_id);
	EXPECT_TRUE(is_filled(msg.word, 0x5a, 40));
}

/* Memory that nobody has touched yet reads as zeros: a bad header. */
TEST_F(memory, untouched_zeros)
{
	void *fresh = mmap(NULL, MSG_LARGEST, PROT_READ,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, fresh);
	REFUSED(MACH_SEND_INVALID_HEADER, msg_send(fresh, MSG_LARGEST));
}

/* A file that ends before its mapping does. */
TEST_F(memory, past_the_end_of_a_file)
{
	int fd = memfd_create("short", MFD_CLOEXEC);
	char *map;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, self->cliff.page));
	map = mmap(NULL, 2 * self->cliff.page, PROT_READ | PROT_WRITE,
		   MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	memcpy(map + self->cliff.page - 64, place(self, 64), 64);
	REFUSED(MACH_SEND_INVALID_DATA,
		msg_send(map + self->cliff.page - 64, 128));
	EXPECT_KR(KERN_SUCCESS, msg_send(map + self->cliff.page - 64, 64));
}

/*
 * Order: two conditions at once, the earlier one is told
 */

TEST_F(memory, order)
{
	mach_msg_header_t *head;
	uint32_t *word;

	/* The size before the memory. */
	REFUSED(MACH_SEND_MSG_TOO_SMALL, msg_send(NULL, 0));
	REFUSED(MACH_SEND_MSG_TOO_SMALL, msg_send(NULL, 23));
	REFUSED(MACH_SEND_MSG_TOO_SMALL, msg_send(NULL, 25));
	REFUSED(MACH_SEND_MSG_TOO_SMALL, msg_send(NULL, MSG_LARGEST + 2));
	REFUSED(MACH_SEND_TOO_LARGE, msg_send(NULL, MSG_LARGEST + 4));
	/* The size before the header. */
	head = place(self, sizeof(struct msg));
	head->msgh_remote_port = MACH_PORT_NULL;
	REFUSED(MACH_SEND_MSG_TOO_SMALL, msg_send(head, 20));
	REFUSED(MACH_SEND_TOO_LARGE, msg_send(head, MSG_LARGEST + 4));
	REFUSED(MACH_SEND_INVALID_DEST, msg_send(head, 24));
	/* The memory of the whole before the header. */
	head = place(self, 64);
	head->msgh_remote_port = MACH_PORT_NULL;
	REFUSED(MACH_SEND_INVALID_DATA, msg_send(head, 68));
	head->msgh_bits = MACH_MSGH_BITS(16, 16);
	REFUSED(MACH_SEND_INVALID_DATA, msg_send(head, 68));
	REFUSED(MACH_SEND_INVALID_HEADER, msg_send(head, 64));
	/* The memory before the count, the count before the types. */
	head = place(self, 64);
	head->msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	word = (uint32_t *)(head + 1);
	word[0] = 1000;
	REFUSED(MACH_SEND_INVALID_DATA, msg_send(head, 68));
	word[3] = 0xff000000;
	REFUSED(MACH_SEND_MSG_TOO_SMALL, msg_send(head, 64));
	word[0] = 1;
	REFUSED(MACH_SEND_INVALID_TYPE, msg_send(head, 64));
	/* No room for a count, and a bad destination. */
	head->msgh_remote_port = MACH_PORT_NULL;
	REFUSED(MACH_SEND_MSG_TOO_SMALL, msg_send(head, 24));
	/* A type, and a bad header behind it. */
	head->msgh_bits = MACH_MSGH_BITS_COMPLEX | MACH_MSGH_BITS(16, 16);
	REFUSED(MACH_SEND_INVALID_TYPE, msg_send(head, 64));
	/* The header before rights in the body. */
	head = place(self, 64);
	head->msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	head->msgh_local_port = 0x12345603;
	word[0] = 1;
	word[1] = 0x12345603;
	word[2] = 0;
	word[3] = COPY_SEND << 16;
	REFUSED(MACH_SEND_INVALID_REPLY, msg_send(head, 64));
}

/* A send that is refused does not become a receive. */
TEST_F(memory, refused_combined_calls)
{
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->port, COPY_SEND, 1));
	space_read(&self->before);
	memset(&msg, TEST_POISON, sizeof(msg));
	REFUSED(MACH_SEND_INVALID_DATA,
		mach_msg_overwrite(NULL, MACH_SEND_MSG | MACH_RCV_MSG,
				   MSG_HEADER, sizeof(msg), self->port, 0, 0,
				   &msg.head, 0));
	REFUSED(MACH_SEND_MSG_TOO_SMALL,
		mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG, 0,
			 sizeof(msg), self->port, 0, 0));
	EXPECT_TRUE(is_poison(&msg, sizeof(msg)));
}

/* The other way round: what was sent stays sent when the receive fails. */
TEST_F(memory, sent_and_not_received)
{
	struct msg msg;

	msg_init(&msg, self->port, COPY_SEND, 0, 0, 5);
	ASSERT_KR(KERN_SUCCESS, msg_send_id(self->port, COPY_SEND, 1));
	EXPECT_KR(MACH_RCV_INVALID_DATA,
		  mach_msg_overwrite(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG,
				     MSG_HEADER, 4096, self->port, 0, 0,
				     (mach_msg_header_t *)self->cliff.edge, 0));
	EXPECT_EQ(1, port_queued(self->port));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, self->port));
	EXPECT_EQ(5, msg.head.msgh_id);
}

/*
 * The struct of the call itself
 */

TEST_F(memory, struct_of_the_call)
{
	struct machdev_msg call = {
		.msg = (uintptr_t)place(self, 64),
		.option = MACH_SEND_MSG | MACH_SEND_TIMEOUT,
		.send_size = 64,
	};
	uint32_t bit;

	for (bit = 2; bit; bit <<= 1) {
		call.flags = bit;
		REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_MSG, &call));
		call.flags = bit | MACHDEV_MSG_DEADLINE;
		REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_MSG, &call));
		call.flags = 0;
		call.reserved = bit;
		REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_MSG, &call));
		call.reserved = 0;
	}
	REFUSED(-EFAULT, mach_ioctl(MACHDEV_IOC_MSG, NULL));
	REFUSED(-EFAULT, mach_ioctl(MACHDEV_IOC_MSG, self->cliff.edge));
	REFUSED(-EFAULT, mach_ioctl(MACHDEV_IOC_MSG, self->cliff.edge - 8));
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_MSG, &call));
}

MACH_TEST_MAIN
