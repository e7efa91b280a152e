// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trailers: of every size, with the sender's tokens as they were at the send,
 * and sequence numbers.
 */
#include "msg_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define SEQNO MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_SEQNO)
#define LABELS MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_LABELS)
#define AUDIT MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT)

/* A number that a file of /proc/self holds; all ones when there is none. */
static uint32_t proc_number(const char *name)
{
	unsigned int number = UINT32_MAX;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	file = fopen(path, "re");
	if (!file)
		return number;
	if (fscanf(file, "%u", &number) != 1)
		number = UINT32_MAX;
	fclose(file);
	return number;
}

static audit_token_t own_audit_token(void)
{
	audit_token_t token;
	mach_msg_type_number_t count = TASK_AUDIT_TOKEN_COUNT;

	MUST(task_info(mach_task_self(), TASK_AUDIT_TOKEN,
		       (task_info_t)&token, &count));
	return token;
}

/* Words of the trailer that each element value asks for. */
static const mach_msg_size_t trailer_sizes[16] = {
	8, 12, 20, 52, 60, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68,
};

TEST(sizes)
{
	mach_port_t port = port_new_send(1);
	struct msg msg, want;
	unsigned int element;

	for (element = 0; element < 16; element++) {
		mach_msg_option_t option = MACH_RCV_TRAILER_ELEMENTS(element);
		mach_msg_size_t size = trailer_sizes[element];
		mach_msg_mac_trailer_t *trailer;

		EXPECT_EQ(size, REQUESTED_TRAILER_SIZE(option));
		memset(&want, TEST_POISON, sizeof(want));
		trailer = (mach_msg_mac_trailer_t *)&want.word[3];
		memset(trailer, 0, size);
		trailer->msgh_trailer_size = size;
		if (size >= 12)
			trailer->msgh_seqno = element;
		if (size >= 20)
			trailer->msgh_sender = (security_token_t) {
				{ geteuid(), getegid() },
			};
		if (size >= 52)
			trailer->msgh_audit = own_audit_token();

		msg_init(&msg, port, COPY_SEND, 0, 0, 1);
		memset(msg.word, 0x5a, 12);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(3)));
		ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, option));
		memset(want.word, 0x5a, 12);
		EXPECT_EQ(0, memcmp(want.word, msg.word, sizeof(msg.word))) {
			TH_LOG("element %u", element);
		}
	}
}

/* Exactly the size that was asked for counts against the room. */
TEST(room)
{
	mach_port_t port = port_new_send(1);
	unsigned int element;
	struct msg msg;

	for (element = 0; element < 16; element++) {
		mach_msg_option_t option = MACH_RCV_MSG | MACH_RCV_TIMEOUT |
					   MACH_RCV_LARGE |
					   MACH_RCV_TRAILER_ELEMENTS(element);
		mach_msg_size_t need = MSG_SIZE(1) + trailer_sizes[element];

		msg_init(&msg, port, COPY_SEND, 0, 0, 1);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(1)));
		EXPECT_KR(MACH_RCV_TOO_LARGE,
			  mach_msg(&msg.head, option, 0, need - 1, port, 0, 0));
		EXPECT_KR(KERN_SUCCESS,
			  mach_msg(&msg.head, option, 0, need, port, 0, 0));
	}
}

/* There are formats 0 and 1; asking for another gives format 0. */
TEST(format)
{
	mach_port_t port = port_new_send(1);
	mach_msg_seqno_trailer_t *trailer;
	unsigned int format, seqno = 0;
	struct msg msg;

	for (format = 0; format < 16; format++) {
		if (format == MACHDEV_TRAILER_FORMAT_ORIGIN)
			continue;
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
		ASSERT_KR(KERN_SUCCESS,
			  msg_receive_option(&msg, port, SEQNO |
					     MACH_RCV_TRAILER_TYPE(format)));
		trailer = msg_trailer(&msg);
		EXPECT_EQ(MACH_MSG_TRAILER_FORMAT_0,
			  trailer->msgh_trailer_type);
		EXPECT_EQ(12, trailer->msgh_trailer_size);
		EXPECT_EQ(seqno++, trailer->msgh_seqno);
	}
}

/* What a sender writes behind its message is not a trailer. */
TEST(no_trailer_of_the_sender)
{
	mach_port_t port = port_new_send(1);
	mach_msg_audit_trailer_t *trailer;
	struct msg msg;

	msg_init(&msg, port, COPY_SEND, 0, 0, 1);
	memset(msg.word, 0x5a, sizeof(msg.word));
	msg.word[0] = 0;
	msg.word[1] = 52;
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head, MACH_SEND_MSG | MACH_SEND_TRAILER,
			   MSG_HEADER, 0, 0, 0, 0));
	ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, AUDIT));
	EXPECT_EQ(MSG_HEADER, msg.head.msgh_size);
	trailer = msg_trailer(&msg);
	EXPECT_EQ(52, trailer->msgh_trailer_size);
	EXPECT_EQ(geteuid(), trailer->msgh_sender.val[0]);
	EXPECT_EQ(getpid(), trailer->msgh_audit.val[5]);
}

TEST(sequence_numbers)
{
	mach_port_t port = port_new_send(1), other = port_new_send(1);
	mach_msg_seqno_trailer_t *trailer;
	struct msg msg;
	uint32_t i;

	for (i = 0; i < 20; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, i));
		ASSERT_KR(KERN_SUCCESS, msg_send_id(other, COPY_SEND, i));
		EXPECT_EQ(i, port_status(port).mps_seqno);
		ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, SEQNO));
		trailer = msg_trailer(&msg);
		EXPECT_EQ(i, trailer->msgh_seqno);
		EXPECT_EQ(i + 1, port_status(port).mps_seqno);
		ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, other, SEQNO));
		trailer = msg_trailer(&msg);
		EXPECT_EQ(i, trailer->msgh_seqno);
	}
}

/* The order of taking counts, not the order of sending. */
TEST(sequence_numbers_of_lost_messages)
{
	mach_port_t port = port_new_send(1);
	mach_msg_seqno_trailer_t *trailer;
	struct msg msg;
	int i;

	for (i = 0; i < 4; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, i));
	}
	EXPECT_KR(MACH_RCV_INVALID_DATA,	/* 0: too large, no stub */
		  mach_msg(NULL, MACH_RCV_MSG, 0, 0, port, 0, 0));
	EXPECT_KR(MACH_RCV_INVALID_DATA,	/* 1: cannot be written */
		  mach_msg(NULL, MACH_RCV_MSG, 0, 100, port, 0, 0));
	EXPECT_KR(MACH_RCV_TOO_LARGE,		/* stays */
		  mach_msg(NULL, MACH_RCV_MSG | MACH_RCV_LARGE, 0, 0, port, 0,
			   0));
	memset(&msg, TEST_POISON, sizeof(msg));	/* 2: too large, a stub */
	EXPECT_KR(MACH_RCV_TOO_LARGE,
		  mach_msg(&msg.head, MACH_RCV_MSG | AUDIT, 0, MSG_HEADER + 51,
			   port, 0, 0));
	EXPECT_EQ(2, msg.head.msgh_id);
	trailer = msg_trailer(&msg);
	EXPECT_EQ(2, trailer->msgh_seqno);
	ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, SEQNO));
	EXPECT_EQ(3, msg.head.msgh_id);
	trailer = msg_trailer(&msg);
	EXPECT_EQ(3, trailer->msgh_seqno);
}

/*
 * Tokens
 */

/* The eight words, each against what the system itself says of this process. */
TEST(words_of_the_audit_token)
{
	mach_port_t port = port_new_send(1);
	mach_msg_audit_trailer_t *trailer;
	audit_token_t own;
	struct msg msg;

	ASSERT_EQ(0, setresgid(101, 102, 103));
	ASSERT_EQ(0, setresuid(201, 202, 203));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, AUDIT));
	trailer = msg_trailer(&msg);
	EXPECT_EQ(202, trailer->msgh_sender.val[0]);
	EXPECT_EQ(102, trailer->msgh_sender.val[1]);
	EXPECT_EQ(proc_number("loginuid"), trailer->msgh_audit.val[0]);
	EXPECT_EQ(202, trailer->msgh_audit.val[1]);
	EXPECT_EQ(102, trailer->msgh_audit.val[2]);
	EXPECT_EQ(201, trailer->msgh_audit.val[3]);
	EXPECT_EQ(101, trailer->msgh_audit.val[4]);
	EXPECT_EQ(getpid(), trailer->msgh_audit.val[5]);
	EXPECT_EQ(proc_number("sessionid"), trailer->msgh_audit.val[6]);
	EXPECT_NE(0, trailer->msgh_audit.val[7]);
	own = own_audit_token();
	EXPECT_EQ(0, memcmp(&own, &trailer->msgh_audit, sizeof(own)));
}

/* A queued message keeps the tokens of its send. */
TEST(tokens_of_the_send)
{
	mach_port_t port = port_new_send(1);
	mach_msg_audit_trailer_t *trailer;
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 0));
	ASSERT_EQ(0, setresgid(-1, TEST_GID, -1));
	ASSERT_EQ(0, setresuid(-1, TEST_UID, -1));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 1));
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	ASSERT_KR(KERN_SUCCESS, msg_send_id(port, COPY_SEND, 2));

	ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, AUDIT));
	trailer = msg_trailer(&msg);
	EXPECT_EQ(0, trailer->msgh_sender.val[0]);
	EXPECT_EQ(0, trailer->msgh_sender.val[1]);
	EXPECT_EQ(0, trailer->msgh_audit.val[1]);
	ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, AUDIT));
	trailer = msg_trailer(&msg);
	EXPECT_EQ(TEST_UID, trailer->msgh_sender.val[0]);
	EXPECT_EQ(TEST_GID, trailer->msgh_sender.val[1]);
	EXPECT_EQ(TEST_UID, trailer->msgh_audit.val[1]);
	EXPECT_EQ(0, trailer->msgh_audit.val[3]);
	ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, AUDIT));
	trailer = msg_trailer(&msg);
	EXPECT_EQ(0, trailer->msgh_sender.val[0]);
	EXPECT_EQ(TEST_GID, trailer->msgh_sender.val[1]);
}

/* Children of different users, one of them dead before its message is read. */
TEST(tokens_of_others)
{
	mach_port_t port = port_new_bootstrap();
	mach_msg_audit_trailer_t *trailer;
	uint32_t version[3];
	struct msg msg;
	pid_t pid[3];
	int i, j;

	for (i = 0; i < 3; i++) {
		pid[i] = child_fork();
		if (!pid[i]) {
			ASSERT_EQ(0, test_become(1000 + i, 2000 + i));
			EXPECT_KR(KERN_SUCCESS,
				  msg_send_id(bootstrap_of_parent(), COPY_SEND,
					      i));
			child_exit();
		}
		EXPECT_CHILD(pid[i]);
	}
	for (i = 0; i < 3; i++) {
		ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, AUDIT));
		EXPECT_EQ(i, msg.head.msgh_id);
		trailer = msg_trailer(&msg);
		EXPECT_EQ(i, trailer->msgh_seqno);
		EXPECT_EQ(1000 + i, trailer->msgh_sender.val[0]);
		EXPECT_EQ(2000 + i, trailer->msgh_sender.val[1]);
		EXPECT_EQ(1000 + i, trailer->msgh_audit.val[1]);
		EXPECT_EQ(2000 + i, trailer->msgh_audit.val[2]);
		EXPECT_EQ(1000 + i, trailer->msgh_audit.val[3]);
		EXPECT_EQ(2000 + i, trailer->msgh_audit.val[4]);
		version[i] = trailer->msgh_audit.val[7];
		EXPECT_NE(0, version[i]);
		for (j = 0; j < i; j++) {
			EXPECT_NE(version[j], version[i]);
		}
	}
}

/* A process id goes with the message as long as the sender lives. */
TEST(process_id_of_another)
{
	mach_port_t port = port_new_bootstrap();
	mach_msg_audit_trailer_t *trailer;
	struct msg msg;
	pid_t pid;

	pid = child_fork();
	if (!pid) {
		msg_init(&msg, bootstrap_of_parent(), COPY_SEND, port_new(),
			 MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
		EXPECT_KR(KERN_SUCCESS,
			  mach_msg(&msg.head, MACH_SEND_MSG | MACH_RCV_MSG,
				   MSG_HEADER, sizeof(msg),
				   msg.head.msgh_local_port, 0, 0));
		child_exit();
	}
	memset(&msg, TEST_POISON, sizeof(msg));
	ASSERT_KR(KERN_SUCCESS,
		  mach_msg(&msg.head, MACH_RCV_MSG | AUDIT, 0, sizeof(msg),
			   port, 0, 0));
	trailer = msg_trailer(&msg);
	EXPECT_EQ(pid, trailer->msgh_audit.val[5]);
	EXPECT_KR(KERN_SUCCESS, msg_send_id(msg.head.msgh_remote_port,
					    MACH_MSG_TYPE_MOVE_SEND_ONCE, 2));
	EXPECT_CHILD(pid);
}

/* A message of the kernel's says that it is one. */
TEST(tokens_of_the_kernel)
{
	mach_port_t port = port_new();
	mach_msg_mac_trailer_t *trailer;
	struct msg msg;

	MUST(mach_port_deallocate(mach_task_self(), port_new_once(port)));
	ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, LABELS));
	trailer = msg_trailer(&msg);
	EXPECT_EQ(68, trailer->msgh_trailer_size);
	EXPECT_EQ(0, trailer->msgh_seqno);
	EXPECT_EQ(0, trailer->msgh_sender.val[0]);
	EXPECT_EQ(1, trailer->msgh_sender.val[1]);
	EXPECT_TRUE(is_filled(&trailer->msgh_audit, 0,
			      sizeof(trailer->msgh_audit)));
	EXPECT_EQ(0, trailer->msgh_context);
	EXPECT_EQ(0, trailer->msgh_ad);
	EXPECT_EQ(0, trailer->msgh_labels.sender);
}

MACH_TEST_MAIN
