/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of names, rights and notifications share beyond
 * msg_helpers.h: another task to hold rights, state after a refusal, and
 * notifications byte by byte.
 */
#ifndef PORT_HELPERS_H
#define PORT_HELPERS_H

#include "msg_helpers.h"

/* EXPECT_EQ() for 32-bit words, whatever the type of their constants. */
#define EXPECT_WORD(expected, seen) \
	EXPECT_EQ((uint32_t)(expected), (uint32_t)(seen))
#define ASSERT_WORD(expected, seen) \
	ASSERT_EQ((uint32_t)(expected), (uint32_t)(seen))

/*
 * Another task: a process that does nothing. Its rights are handled through
 * its task port.
 */

struct holder {
	pid_t pid;
	mach_port_t task;
};

static inline void holder_start(struct holder *holder)
{
	holder->pid = child_fork();
	if (!holder->pid) {
		for (;;)
			pause();
	}
	MUST(holder->pid < 0 ? -errno : 0);
	MUST(task_for_pid(mach_task_self(), holder->pid, &holder->task));
}

/* Kill it, wait until its rights are gone, and forget its dead task port. */
static inline void holder_end(struct holder *holder)
{
	MUST(child_kill(holder->pid) != 128 + SIGKILL);
	MUST(mach_sync());
	MUST(mach_port_deallocate(mach_task_self(), holder->task));
}

static inline mach_port_type_t task_port_type(mach_port_t task,
					      mach_port_t name)
{
	mach_port_type_t type = 0;
	kern_return_t kr = mach_port_type(task, name, &type);

	if (kr == KERN_INVALID_NAME)
		return 0;
	MUST(kr);
	return type;
}

static inline unsigned int task_port_refs(mach_port_t task, mach_port_t name,
					  mach_port_right_t right)
{
	mach_port_urefs_t refs = 0;
	kern_return_t kr = mach_port_get_refs(task, name, right, &refs);

	if (kr == KERN_INVALID_NAME)
		return 0;
	MUST(kr);
	return refs;
}

/* All send, send-once and dead-name references of a name. */
static inline unsigned int task_port_urefs(mach_port_t task, mach_port_t name)
{
	return task_port_refs(task, name, MACH_PORT_RIGHT_SEND) +
	       task_port_refs(task, name, MACH_PORT_RIGHT_SEND_ONCE) +
	       task_port_refs(task, name, MACH_PORT_RIGHT_DEAD_NAME);
}

/* @name denotes rights of @type with @urefs references; 0, 0 is nothing. */
#define EXPECT_NAME_IN(task, type, urefs, name) do {			\
	mach_port_t __task = (task);					\
	mach_port_t __name = (name);					\
									\
	EXPECT_WORD(type, task_port_type(__task, __name));		\
	EXPECT_WORD(urefs, task_port_urefs(__task, __name));		\
} while (0)

#define EXPECT_NAME(type, urefs, name) \
	EXPECT_NAME_IN(mach_task_self(), type, urefs, name)

/* The call is refused with @expected and leaves the name space as it was. */
#define EXPECT_REFUSED(expected, call) do {				\
	struct space __before;						\
									\
	space_read(&__before);						\
	EXPECT_KR(expected, call);					\
	EXPECT_TRUE(space_is(&__before))				\
		TH_LOG("after %s", #call);				\
} while (0)

/* How many names @task has. */
static inline unsigned int task_port_count(mach_port_t task)
{
	struct machdev_port_names call = { .task = task };
	long code = mach_ioctl(MACHDEV_IOC_PORT_NAMES, &call);

	MUST(code == KERN_INSUFFICIENT_BUFFER_SIZE ? 0 : code);
	return call.count;
}

/*
 * Notifications
 */

/* A notification as the kernel makes it, with a trailer up to the tokens. */
struct notification {
	struct machdev_msg_header header;
	uint32_t word[3 + 13];
	uint32_t rest[32];
};

#define NOTIFICATION_TRAILER 52

static inline mach_msg_return_t notification_receive(mach_port_t port,
						     struct notification *got)
{
	memset(got, TEST_POISON, sizeof(*got));
	return mach_msg((mach_msg_header_t *)got,
			MACH_RCV_MSG | MACH_RCV_TIMEOUT |
			MACH_RCV_TRAILER_TYPE(MACH_MSG_TRAILER_FORMAT_0) |
			MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT),
			0, sizeof(*got), port, test_ms(20000), MACH_PORT_NULL);
}

/* Are these the bytes of notification @id? @value is its word, if it has one. */
static inline bool notification_is(const struct notification *got,
				   mach_port_t port, uint32_t id,
				   uint32_t value, uint32_t seqno)
{
	bool once = id == MACHDEV_NOTIFY_SEND_ONCE;
	struct notification want;
	uint32_t *word = want.word;
	unsigned int i;

	memset(&want, TEST_POISON, sizeof(want));
	want.header = (struct machdev_msg_header) {
		.bits = 0x1200,
		.size = once ? 24 : 36,
		.local = port,
		.id = id,
	};
	if (!once) {
		*word++ = 0;
		*word++ = 1;
		*word++ = value;
	}
	*word++ = 0;
	*word++ = NOTIFICATION_TRAILER;
	*word++ = seqno;
	*word++ = 0;
	*word++ = 1;
	for (i = 0; i < 8; i++)
		*word++ = 0;
	if (!memcmp(got, &want, sizeof(want)))
		return true;
	for (i = 0; i < sizeof(want) / 4; i++) {
		uint32_t g = ((const uint32_t *)got)[i];
		uint32_t w = ((const uint32_t *)&want)[i];

		if (g != w)
			fprintf(stderr, "# byte %u: expected %#x, got %#x\n",
				4 * i, w, g);
	}
	return false;
}

/* The next message on @port is this notification, its @seqno-th message. */
#define EXPECT_NOTIFICATION_AT(port, id, value, seqno) do {		\
	struct notification __message;					\
	mach_port_t __port = (port);					\
									\
	EXPECT_KR(KERN_SUCCESS,						\
		  notification_receive(__port, &__message));		\
	EXPECT_TRUE(notification_is(&__message, __port, id, value,	\
				    seqno));				\
} while (0)

#define EXPECT_NOTIFICATION(port, id, value) do {			\
	uint32_t __seqno = port_status(port).mps_seqno;			\
									\
	EXPECT_NOTIFICATION_AT(port, id, value, __seqno);		\
} while (0)

/* Nothing is queued on @port. */
#define EXPECT_NO_MESSAGE(port) do {					\
	struct msg __nothing;						\
									\
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&__nothing, port));	\
} while (0)

/* Ask for a dead-name notification to @notify; returns the earlier right. */
static inline mach_port_t request_dead_name(mach_port_t task, mach_port_t name,
					    mach_port_t notify)
{
	mach_port_t previous = TEST_POISON32;

	MUST(mach_port_request_notification(task, name,
					    MACH_NOTIFY_DEAD_NAME, 0, notify,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	return previous;
}

#endif /* PORT_HELPERS_H */
