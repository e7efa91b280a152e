/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of port sets share.
 */
#ifndef SET_HELPERS_H
#define SET_HELPERS_H

#include "port_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND

static inline mach_port_t set_new(void)
{
	mach_port_t name = MACH_PORT_NULL;

	MUST(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_PORT_SET,
				&name));
	return name;
}

static inline kern_return_t set_insert(mach_port_t port, mach_port_t set)
{
	return mach_port_insert_member(mach_task_self(), port, set);
}

static inline kern_return_t set_extract(mach_port_t port, mach_port_t set)
{
	return mach_port_extract_member(mach_task_self(), port, set);
}

static inline kern_return_t set_move(mach_port_t port, mach_port_t set)
{
	return mach_port_move_member(mach_task_self(), port, set);
}

/* A receive right with one send right, in @set. */
static inline mach_port_t member_new(mach_port_t set)
{
	mach_port_t port = port_new_send(1);

	MUST(set_insert(port, set));
	return port;
}

static inline void set_destroy(mach_port_t set)
{
	MUST(mach_port_mod_refs(mach_task_self(), set, MACH_PORT_RIGHT_PORT_SET,
				-1));
}

static inline mach_msg_return_t send_to(mach_port_t port, mach_msg_id_t id)
{
	return msg_send_id(port, COPY_SEND, id);
}

/* How many members @set has, of which the first @room go to @names. */
static inline uint32_t set_members(mach_port_t task, mach_port_t set,
				   uint32_t *names, uint32_t room)
{
	mach_msg_type_number_t count = TEST_POISON32;
	mach_port_name_array_t members;
	uint32_t i;

	MUST(mach_port_get_set_status(task, set, &members, &count));
	for (i = 0; i < count && i < room; i++)
		names[i] = members[i];
	MUST(vm_deallocate(mach_task_self(), (vm_address_t)members,
			   count * sizeof(*members)));
	return count;
}

static inline uint32_t set_size(mach_port_t set)
{
	return set_members(mach_task_self(), set, NULL, 0);
}

/* Is @port one of the first members of @set? */
static inline bool set_has(mach_port_t set, mach_port_t port)
{
	uint32_t names[64], n, i;

	n = set_members(mach_task_self(), set, names, 64);
	for (i = 0; i < n && i < 64; i++) {
		if (names[i] == port)
			return true;
	}
	return false;
}

/* The next message at @from is @id, and came to @port. */
#define EXPECT_MESSAGE(id, port, from) do {				\
	struct msg __message;						\
									\
	EXPECT_KR(KERN_SUCCESS, msg_receive(&__message, from));		\
	EXPECT_EQ(id, __message.head.msgh_id);				\
	EXPECT_WORD(port, __message.head.msgh_local_port);		\
} while (0)

#endif /* SET_HELPERS_H */
