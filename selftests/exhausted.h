/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has used up what he may take: what he is refused, and what he has been
 * promised.
 */
#ifndef EXHAUSTED_H
#define EXHAUSTED_H

#include "port_helpers.h"

#define MEBIBYTE 0x100000u
#define PROMISES 1000u

/* A message of @size bytes, at most 1 MiB, to @port, if it has room. */
static inline mach_msg_return_t send_size(mach_port_t port,
					  mach_msg_size_t size)
{
	static mach_msg_header_t *large;

	if (!large)
		large = calloc(1, MEBIBYTE);
	*large = (mach_msg_header_t){
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND, 0),
		.msgh_remote_port = port,
	};
	return msg_send(large, size);
}

static inline mach_msg_return_t send_large(mach_port_t port)
{
	return send_size(port, MEBIBYTE);
}

static inline mach_port_t deep_port(void)
{
	mach_port_t port = port_new();

	port_limit(port, MACH_PORT_QLIMIT_MAX);
	return port;
}

/* What was answered to calls that need memory, and what they changed. */
struct refusals {
	long port, dead_name, once, reply_port, request, small, large;
	int64_t names, queued, charged, sorights;
};

/* Try all that needs memory. Return: whether none of it was granted. */
static inline bool refusals_take(mach_port_t port, mach_port_t quiet,
				 struct refusals *r)
{
	const mach_port_name_t chosen = 0x1fffff03;
	mach_port_t self = mach_task_self(), name;

	r->charged = -mach_counter(MACHDEV_COUNTER_CHARGED);
	r->names = -mach_counter(MACHDEV_COUNTER_NAMES);
	r->queued = -(int64_t)port_queued(port);
	r->port = mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE, &name);
	r->dead_name = mach_port_allocate_name(self, MACH_PORT_RIGHT_DEAD_NAME,
					       chosen);
	if (!r->dead_name)
		MUST(mach_port_deallocate(self, chosen));
	r->once = mach_port_insert_right(self, chosen, port,
					 MACH_MSG_TYPE_MAKE_SEND_ONCE);
	if (!r->once)
		MUST(mach_port_deallocate(self, chosen));
	r->reply_port = mach_reply_port();
	r->request = mach_port_request_notification(self, quiet,
						    MACH_NOTIFY_DEAD_NAME, 0,
						    port,
						    MACH_MSG_TYPE_MAKE_SEND_ONCE,
						    &name);
	r->small = msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 1);
	r->large = send_large(port);
	r->names += mach_counter(MACHDEV_COUNTER_NAMES);
	r->queued += port_queued(port);
	r->charged += mach_counter(MACHDEV_COUNTER_CHARGED);
	r->sorights = port_status(port).mps_sorights;
	return r->port && r->dead_name && r->once && !r->reply_port &&
	       r->request && r->small && r->large;
}

/* All was refused, and nothing changed. */
static inline void refusals_expect(struct __test_metadata *_metadata,
				   const struct refusals *r)
{
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, r->port);
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, r->dead_name);
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, r->once);
	EXPECT_WORD(MACH_PORT_NULL, r->reply_port);
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, r->request);
	EXPECT_KR(MACH_SEND_NO_BUFFER, r->small);
	EXPECT_KR(MACH_SEND_NO_BUFFER, r->large);
	EXPECT_EQ(0, r->names);
	EXPECT_EQ(0, r->queued);
	EXPECT_EQ(0, r->charged);
	EXPECT_EQ(0, r->sorights);
}

static inline void expect_refusals(struct __test_metadata *_metadata,
				   mach_port_t port, mach_port_t quiet)
{
	struct refusals refusals;

	refusals_take(port, quiet, &refusals);
	refusals_expect(_metadata, &refusals);
}

/* One kind of promise each: dead name, name freed, send-once right unused. */
struct promises {
	mach_port_t notify[3];
	mach_port_t doomed;
	mach_port_t freed[PROMISES];
	mach_port_t once[PROMISES];
};

static inline void promises_make(struct promises *p)
{
	mach_port_t self = mach_task_self();
	uint32_t i;

	for (i = 0; i < 3; i++)
		p->notify[i] = port_new();
	p->doomed = port_new();
	for (i = 0; i < PROMISES; i++) {
		request_dead_name(self, port_new_once(p->doomed),
				  p->notify[0]);
		p->freed[i] = port_new_once(p->notify[2]);
		request_dead_name(self, p->freed[i], p->notify[1]);
		p->once[i] = port_new_once(p->notify[2]);
	}
}

static inline void promises_expect(struct __test_metadata *_metadata,
				   struct promises *p)
{
	static const mach_msg_id_t id[3] = {
		MACH_NOTIFY_DEAD_NAME, MACH_NOTIFY_PORT_DELETED,
		MACH_NOTIFY_SEND_ONCE,
	};
	mach_port_t self = mach_task_self();
	static struct msg msg;
	uint32_t i, j, count;

	MUST(mach_port_destroy(self, p->doomed));
	for (i = 0; i < PROMISES; i++) {
		MUST(mach_port_deallocate(self, p->freed[i]));
		MUST(mach_port_deallocate(self, p->once[i]));
	}
	for (i = 0; i < 3; i++) {
		count = i == 2 ? 2 * PROMISES : PROMISES;
		EXPECT_EQ(count, port_queued(p->notify[i]));
		for (j = 0; j < count; j++) {
			ASSERT_KR(MACH_MSG_SUCCESS,
				  msg_receive(&msg, p->notify[i]));
			ASSERT_EQ(id[i], msg.head.msgh_id);
			if (i == 1)
				ASSERT_EQ(p->freed[j], msg.word[2]);
		}
	}
}

#endif /* EXHAUSTED_H */
