// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receiving: which names, buffers that are too small, buffers that cannot be
 * written.
 */
#include "msg_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define AUDIT MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT)

/* Receive up to @size bytes into @buffer without waiting. */
static mach_msg_return_t take(void *buffer, mach_msg_size_t size,
			      mach_port_t port, mach_msg_option_t option)
{
	return mach_msg(buffer, MACH_RCV_MSG | MACH_RCV_TIMEOUT | option, 0,
			size, port, 0, MACH_PORT_NULL);
}

TEST(names_refused)
{
	mach_port_t receive = port_new(), dead = port_new_dead(2);
	mach_port_t names[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, 0x12345603, 1,
		port_new_stale(), port_new_once(receive), dead,
		mach_task_self(), mach_host_self(),
	};
	struct space before;
	struct msg msg;
	size_t i;

	space_read(&before);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_KR(MACH_RCV_INVALID_NAME, msg_receive(&msg, names[i]));
		/* Without a timeout just as well. */
		EXPECT_KR(MACH_RCV_INVALID_NAME,
			  mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg),
				   names[i], 0, 0));
		/* And before the buffer is looked at. */
		EXPECT_KR(MACH_RCV_INVALID_NAME,
			  mach_msg(NULL, MACH_RCV_MSG, 0, 0, names[i], 0, 0));
		EXPECT_TRUE(is_poison(&msg, sizeof(msg)));
	}
	EXPECT_TRUE(space_is(&before));
}

TEST(nothing_there)
{
	mach_port_t port = port_new();
	struct msg msg;

	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, port));
	EXPECT_KR(MACH_RCV_TIMED_OUT, take(NULL, 0, port, 0));
	EXPECT_KR(MACH_RCV_TIMED_OUT, take(NULL, 0, port, MACH_RCV_LARGE));
	EXPECT_TRUE(is_poison(&msg, sizeof(msg)));
	EXPECT_EQ(0, port_status(port).mps_seqno);
}

/*
 * A message of 40 bytes with a reply right and the reply port beside it
 */

#define LONG_SIZE MSG_SIZE(4)

FIXTURE(request)
{
	mach_port_t port;
	mach_port_t reply;
	unsigned int names;
	struct msg msg;
};

typedef FIXTURE_DATA(request) request_data;

FIXTURE_SETUP(request)
{
	self->port = port_new_send(1);
	self->reply = port_new();
	self->names = space_count();
	msg_init(&self->msg, self->port, COPY_SEND, self->reply, MAKE_ONCE,
		 1234);
	memset(self->msg.word, 0x5a, 16);
	ASSERT_KR(KERN_SUCCESS, msg_send(&self->msg, LONG_SIZE));
	memset(&self->msg, TEST_POISON, sizeof(self->msg));
}

FIXTURE_TEARDOWN(request)
{
}

/* The request is whole and still the first of its port. */
static void still_there(struct __test_metadata *_metadata,
			request_data *self)
{
	mach_msg_seqno_trailer_t *trailer;

	EXPECT_EQ(1, port_queued(self->port));
	EXPECT_EQ(0, port_status(self->port).mps_seqno);
	EXPECT_EQ(1, port_status(self->reply).mps_sorights);
	EXPECT_EQ(self->names, space_count());
	memset(&self->msg, TEST_POISON, sizeof(self->msg));
	ASSERT_KR(KERN_SUCCESS,
		  take(&self->msg, LONG_SIZE + 12, self->port,
		       MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_SEQNO)));
	trailer = msg_trailer(&self->msg);
	EXPECT_EQ(1234, self->msg.head.msgh_id);
	EXPECT_EQ(LONG_SIZE, self->msg.head.msgh_size);
	EXPECT_TRUE(is_filled(self->msg.word, 0x5a, 16));
	EXPECT_EQ(0, trailer->msgh_seqno);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE,
		  port_type(self->msg.head.msgh_remote_port));
}

/* The request is gone, a sequence number with it, and the client knows. */
static void destroyed(struct __test_metadata *_metadata,
		      request_data *self)
{
	struct msg notice;

	EXPECT_EQ(0, port_queued(self->port));
	EXPECT_EQ(1, port_status(self->port).mps_seqno);
	EXPECT_EQ(self->names, space_count());
	EXPECT_EQ(0, port_status(self->reply).mps_sorights);
	ASSERT_KR(KERN_SUCCESS, msg_receive(&notice, self->reply));
	EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, notice.head.msgh_id);
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&notice, self->port));
}

TEST_F(request, exact_room)
{
	ASSERT_KR(KERN_SUCCESS,
		  take(&self->msg, LONG_SIZE + MSG_TRAILER_NULL, self->port, 0));
	EXPECT_EQ(LONG_SIZE, self->msg.head.msgh_size);
}

/* Every size below, with each trailer: stays, and only its size is told. */
TEST_F(request, too_large_stays)
{
	mach_msg_size_t size, need;
	unsigned int element;

	for (element = 0; element <= 4; element++) {
		mach_msg_option_t option = MACH_RCV_LARGE |
					   MACH_RCV_TRAILER_ELEMENTS(element);

		need = LONG_SIZE + REQUESTED_TRAILER_SIZE(option);
		for (size = 0; size < need; size++) {
			struct msg want;

			memset(&want, TEST_POISON, sizeof(want));
			memset(&self->msg, TEST_POISON, sizeof(self->msg));
			if (size >= 8)
				want.head.msgh_size = LONG_SIZE;
			EXPECT_KR(MACH_RCV_TOO_LARGE,
				  take(&self->msg, size, self->port, option));
			EXPECT_EQ(0, memcmp(&want, &self->msg, sizeof(want))) {
				TH_LOG("element %u size %u", element, size);
			}
		}
	}
	still_there(_metadata, self);
}

TEST_F(request, too_large_stays_and_tells_the_port)
{
	mach_msg_size_t size;

	for (size = 0; size < LONG_SIZE + MSG_TRAILER_NULL; size++) {
		struct msg want;

		memset(&want, TEST_POISON, sizeof(want));
		memset(&self->msg, TEST_POISON, sizeof(self->msg));
		if (size >= 8)
			want.head.msgh_size = LONG_SIZE;
		if (size >= 16)
			want.head.msgh_local_port = self->port;
		EXPECT_KR(MACH_RCV_TOO_LARGE,
			  take(&self->msg, size, self->port, MACH_RCV_LARGE |
			       MACH_RCV_LARGE_IDENTITY));
		EXPECT_EQ(0, memcmp(&want, &self->msg, sizeof(want))) {
			TH_LOG("size %u", size);
		}
	}
	still_there(_metadata, self);
}

TEST_F(request, probe)
{
	EXPECT_KR(MACH_RCV_TOO_LARGE, take(NULL, 0, self->port,
					   MACH_RCV_LARGE));
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  take(NULL, 0, self->port, MACH_RCV_LARGE |
		       MACH_RCV_LARGE_IDENTITY));
	still_there(_metadata, self);
}

/* Probe, enlarge, receive: the usual loop. */
TEST_F(request, probe_and_retry)
{
	mach_msg_size_t size = MSG_HEADER;

	ASSERT_KR(MACH_RCV_TOO_LARGE, take(&self->msg, size, self->port,
					   MACH_RCV_LARGE));
	size = self->msg.head.msgh_size + REQUESTED_TRAILER_SIZE(0);
	ASSERT_KR(KERN_SUCCESS, take(&self->msg, size, self->port,
				     MACH_RCV_LARGE));
	EXPECT_EQ(1234, self->msg.head.msgh_id);
	EXPECT_EQ(0, port_queued(self->port));
	EXPECT_EQ(1, port_status(self->port).mps_seqno);
}

/* Below a header nothing at all is written. */
TEST_F(request, destroyed_without_a_word)
{
	EXPECT_KR(MACH_RCV_INVALID_DATA, take(&self->msg, 23, self->port, 0));
	EXPECT_TRUE(is_poison(&self->msg, sizeof(self->msg)));
	destroyed(_metadata, self);
}

TEST_F(request, destroyed_with_no_room)
{
	EXPECT_KR(MACH_RCV_INVALID_DATA, take(NULL, 0, self->port, 0));
	destroyed(_metadata, self);
}

/* The header alone is delivered, and as much of the trailer as fits. */
static void stub(struct __test_metadata *_metadata,
		 request_data *self, mach_msg_size_t size,
		 mach_msg_option_t option)
{
	mach_msg_size_t trailer = REQUESTED_TRAILER_SIZE(option);
	mach_msg_size_t end = MSG_HEADER + trailer;
	/* Kernel tokens; the sequence number is 0 in a new port. */
	mach_msg_mac_trailer_t want = {
		.msgh_trailer_type = MACH_MSG_TRAILER_FORMAT_0,
		.msgh_trailer_size = trailer,
		.msgh_sender = KERNEL_SECURITY_TOKEN_VALUE,
	};

	if (end > size)
		end = size;
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  take(&self->msg, size, self->port, option));
	EXPECT_EQ(MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND_ONCE,
				 MACH_MSG_TYPE_PORT_SEND),
		  self->msg.head.msgh_bits);
	EXPECT_EQ(MSG_HEADER, self->msg.head.msgh_size);
	EXPECT_EQ(MACH_PORT_NULL, self->msg.head.msgh_remote_port);
	EXPECT_EQ(self->port, self->msg.head.msgh_local_port);
	EXPECT_EQ(1234, self->msg.head.msgh_id);
	EXPECT_EQ(0, memcmp(self->msg.word, &want, end - MSG_HEADER));
	EXPECT_TRUE(is_poison((char *)&self->msg + end,
			      sizeof(self->msg) - end));
	destroyed(_metadata, self);
}

TEST_F(request, stub_without_trailer)
{
	stub(_metadata, self, 24, 0);
}

TEST_F(request, stub_with_half_a_trailer)
{
	stub(_metadata, self, 28, 0);
}

TEST_F(request, stub_with_odd_room)
{
	stub(_metadata, self, 27, 0);
}

TEST_F(request, stub_with_trailer)
{
	stub(_metadata, self, 32, 0);
}

TEST_F(request, stub_one_byte_short_of_all)
{
	stub(_metadata, self, LONG_SIZE + MSG_TRAILER_NULL - 1, 0);
}

TEST_F(request, stub_with_long_trailer)
{
	stub(_metadata, self, LONG_SIZE + 51, AUDIT);
}

TEST_F(request, stub_with_cut_trailer)
{
	stub(_metadata, self, MSG_HEADER + 40, AUDIT);
}

TEST_F(request, stub_identity_without_large)
{
	stub(_metadata, self, 32, MACH_RCV_LARGE_IDENTITY);
}

TEST_F(request, stub_for_a_dead_client)
{
	port_destroy_receive(self->reply);
	EXPECT_KR(MACH_RCV_TOO_LARGE, take(&self->msg, 32, self->port, 0));
	/* Dead in a stub means dead when it was sent. */
	EXPECT_EQ(MACH_PORT_NULL, self->msg.head.msgh_remote_port);
	EXPECT_EQ(MSG_HEADER, self->msg.head.msgh_size);
	EXPECT_EQ(0, port_queued(self->port));
}

/* A reply that was dead or null when it was sent stays so. */
TEST(stub_of_a_dead_reply)
{
	static const mach_port_t names[] = { MACH_PORT_DEAD, MACH_PORT_NULL };
	mach_port_t port = port_new_send(1);
	struct msg msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		msg_init(&msg, port, COPY_SEND, names[i], MAKE_ONCE, 1);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, LONG_SIZE));
		memset(&msg, TEST_POISON, sizeof(msg));
		EXPECT_KR(MACH_RCV_TOO_LARGE, take(&msg, 32, port, 0));
		EXPECT_EQ(names[i], msg.head.msgh_remote_port);
		EXPECT_EQ(MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND_ONCE,
					 MACH_MSG_TYPE_PORT_SEND),
			  msg.head.msgh_bits);
		EXPECT_EQ(MSG_HEADER, msg.head.msgh_size);
	}
}

/* No body comes, so the stub does not claim one; its rights are destroyed. */
TEST(stub_is_not_complex)
{
	mach_port_t port = port_new_send(1), passed = port_new();
	struct port_msg msg;

	port_msg_init(&msg, port, COPY_SEND, 0, 0, 1);
	msg.port[0] = msg_port(passed, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	EXPECT_EQ(1, port_status(passed).mps_srights);
	memset(&msg, TEST_POISON, sizeof(msg));
	EXPECT_KR(MACH_RCV_TOO_LARGE, take(&msg, 32, port, 0));
	EXPECT_EQ(MACH_MSGH_BITS(0, MACH_MSG_TYPE_PORT_SEND),
		  msg.head.msgh_bits);
	EXPECT_EQ(0, port_status(passed).mps_srights);
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(passed));
}

/*
 * Buffers that cannot be written: the message is lost, its rights have arrived
 */

static void lost(struct __test_metadata *_metadata,
		 request_data *self)
{
	struct msg msg;

	EXPECT_EQ(0, port_queued(self->port));
	EXPECT_EQ(1, port_status(self->port).mps_seqno);
	EXPECT_EQ(self->names + 1, space_count());
	EXPECT_EQ(1, port_status(self->reply).mps_sorights);
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&msg, self->reply));
}

TEST_F(request, into_nothing)
{
	EXPECT_KR(MACH_RCV_INVALID_DATA,
		  take(NULL, sizeof(struct msg), self->port, 0));
	lost(_metadata, self);
}

TEST_F(request, into_the_kernel)
{
	EXPECT_KR(MACH_RCV_INVALID_DATA,
		  take((void *)0xffff888000000000, sizeof(struct msg),
		       self->port, 0));
	lost(_metadata, self);
}

TEST_F(request, into_read_only_memory)
{
	struct msg_cliff cliff;

	msg_cliff_map(&cliff, 1);
	ASSERT_EQ(0, mprotect(cliff.start, cliff.page, PROT_READ));
	EXPECT_KR(MACH_RCV_INVALID_DATA,
		  take(cliff.start, cliff.page, self->port, 0));
	EXPECT_TRUE(is_filled(cliff.start, 0, cliff.page));
	lost(_metadata, self);
}

/* The memory ends within the header, the body, the trailer. */
static void over_the_edge(struct __test_metadata *_metadata,
			  request_data *self, size_t fits)
{
	struct msg_cliff cliff;

	msg_cliff_map(&cliff, 1);
	EXPECT_KR(MACH_RCV_INVALID_DATA,
		  take(cliff.edge - fits, cliff.page, self->port, 0));
	lost(_metadata, self);
}

TEST_F(request, edge_in_the_header)
{
	over_the_edge(_metadata, self, 4);
}

TEST_F(request, edge_after_the_header)
{
	over_the_edge(_metadata, self, MSG_HEADER);
}

TEST_F(request, edge_in_the_body)
{
	over_the_edge(_metadata, self, LONG_SIZE - 4);
}

TEST_F(request, edge_before_the_trailer)
{
	over_the_edge(_metadata, self, LONG_SIZE);
}

TEST_F(request, edge_in_the_trailer)
{
	over_the_edge(_metadata, self, LONG_SIZE + MSG_TRAILER_NULL - 1);
}

/* Room that is announced and not needed is not touched. */
TEST_F(request, edge_after_all)
{
	struct msg_cliff cliff;
	mach_msg_header_t *head;

	msg_cliff_map(&cliff, 1);
	head = (void *)(cliff.edge - LONG_SIZE - MSG_TRAILER_NULL);
	ASSERT_KR(KERN_SUCCESS, take(head, 100000, self->port, 0));
	EXPECT_EQ(1234, head->msgh_id);
}

TEST_F(request, largest_size)
{
	ASSERT_KR(KERN_SUCCESS, take(&self->msg, UINT32_MAX, self->port, 0));
	EXPECT_EQ(1234, self->msg.head.msgh_id);
	EXPECT_TRUE(is_poison(&self->msg.word[6],
			      sizeof(self->msg) - LONG_SIZE - 8));
}

MACH_TEST_MAIN
