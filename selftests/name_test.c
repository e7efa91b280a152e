// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names: their format, how they are given out and reused, wanted names, and
 * the list of them.
 */
#include "port_helpers.h"

#define INDEX(name) ((name) >> 8)
#define NAME(index, generation) ((uint32_t)(index) << 8 | (generation))

/* More allocations than any reasonable list of free names is long. */
#define REUSE_MAX 16384

static mach_port_t dead_name_new(void)
{
	mach_port_t name = MACH_PORT_NULL;

	MUST(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_DEAD_NAME,
				&name));
	return name;
}

static void name_drop(mach_port_t name)
{
	MUST(mach_port_destroy(mach_task_self(), name));
}

static bool is_well_formed(uint32_t name)
{
	return name != MACH_PORT_NULL && name != MACH_PORT_DEAD &&
	       INDEX(name) > 0 && (name & 3) == 3;
}

TEST(first_names)
{
	uint32_t name, i;

	for (i = 1; i <= 40; i++) {
		ASSERT_KR(0, mach_ioctl_name(MACHDEV_IOC_REPLY_PORT, &name));
		EXPECT_EQ(NAME(i, 3), name);
	}
}

TEST(first_names_of_any_call)
{
	struct machdev_port_allocate allocate = {
		.right = MACH_PORT_RIGHT_DEAD_NAME,
	};
	uint32_t name;

	EXPECT_KR(0, mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name));
	EXPECT_EQ(0x103u, name);
	allocate.task = name;
	EXPECT_KR(0, mach_ioctl_name(MACHDEV_IOC_THREAD_SELF, &name));
	EXPECT_EQ(0x203u, name);
	EXPECT_KR(0, mach_ioctl_name(MACHDEV_IOC_HOST_SELF, &name));
	EXPECT_EQ(0x303u, name);
	EXPECT_KR(0, mach_ioctl(MACHDEV_IOC_PORT_ALLOCATE, &allocate));
	EXPECT_EQ(0x403u, allocate.name);
	EXPECT_KR(0, mach_ioctl_name(MACHDEV_IOC_HOST_PRIV, &name));
	EXPECT_EQ(0x503u, name);
}

/* The calls that give a right name it once and then count. */
TEST(self_names_gain_references)
{
	static const unsigned long commands[] = {
		MACHDEV_IOC_TASK_SELF, MACHDEV_IOC_THREAD_SELF,
		MACHDEV_IOC_HOST_SELF, MACHDEV_IOC_HOST_PRIV,
	};
	uint32_t first, again;
	unsigned int i, before;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		ASSERT_KR(0, mach_ioctl_name(commands[i], &first));
		EXPECT_WORD(MACH_PORT_TYPE_SEND, port_type(first));
		before = port_send_refs(first);
		EXPECT_KR(0, mach_ioctl_name(commands[i], &again));
		EXPECT_EQ(first, again);
		EXPECT_EQ(before + 1, port_send_refs(first));
	}
}

TEST(reply_ports_are_all_new)
{
	uint32_t name, other;

	ASSERT_KR(0, mach_ioctl_name(MACHDEV_IOC_REPLY_PORT, &name));
	ASSERT_KR(0, mach_ioctl_name(MACHDEV_IOC_REPLY_PORT, &other));
	EXPECT_NE(name, other);
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, name);
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, other);
}

/* Only for a caller with CAP_SYS_ADMIN in the initial user name space. */
TEST(host_priv_needs_a_capability)
{
	pid_t pid = child_fork();
	uint32_t name;

	if (!pid) {
		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		ASSERT_NE(MACH_PORT_NULL, mach_task_self());
		EXPECT_REFUSED(KERN_NO_ACCESS,
			       mach_ioctl_name(MACHDEV_IOC_HOST_PRIV, &name));
		EXPECT_WORD(MACH_PORT_NULL, name);
		child_exit();
	}
	EXPECT_CHILD(pid);
}

TEST(reuse_takes_the_next_generation)
{
	mach_port_t old = dead_name_new(), name;
	int i;

	name_drop(old);
	for (i = 0; i < REUSE_MAX; i++) {
		name = dead_name_new();
		ASSERT_TRUE(is_well_formed(name));
		ASSERT_NE(old, name);
		if (INDEX(name) == INDEX(old))
			break;
		name_drop(name);
	}
	ASSERT_EQ(INDEX(old), INDEX(name));
	EXPECT_EQ(old + 4, name);
	EXPECT_NAME(0, 0, old);
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 1, name);
}

/* The name freed first is the first to be used again. */
TEST(reuse_is_first_in_first_out)
{
	enum { LIVE = 12, FREED = 5 };
	static const int order[FREED] = { 7, 2, 11, 3, 5 };
	mach_port_t live[LIVE], name;
	int seen = 0, i, j;

	for (i = 0; i < LIVE; i++)
		live[i] = dead_name_new();
	for (i = 0; i < FREED; i++)
		name_drop(live[order[i]]);
	for (i = 0; i < REUSE_MAX && seen < FREED; i++) {
		name = dead_name_new();
		for (j = 0; j < FREED; j++) {
			if (INDEX(name) != INDEX(live[order[j]]))
				continue;
			EXPECT_EQ(seen, j);
			EXPECT_EQ(live[order[j]] + 4, name);
			seen++;
		}
	}
	EXPECT_EQ(FREED, seen);
}

/* However often an index is reused, a name differs from the one before it. */
TEST(generations_go_round)
{
	mach_port_t name, last = MACH_PORT_NULL;
	int i;

	for (i = 0; i < REUSE_MAX; i++) {
		name = dead_name_new();
		ASSERT_TRUE(is_well_formed(name));
		ASSERT_NE(last, name);
		name_drop(name);
		ASSERT_EQ(0u, port_type(name));
		last = name;
	}
}

TEST(many_names_are_unique)
{
	enum { MANY = 3000 };
	static mach_port_t names[MANY];
	static uint32_t listed[MANY + 64], types[MANY + 64];
	struct machdev_port_names call = {
		.task = mach_task_self(),
		.count = MANY + 64,
		.names = (uintptr_t)listed,
		.types = (uintptr_t)types,
	};
	static bool used[REUSE_MAX];
	unsigned int before = space_count(), found = 0, i, j;

	for (i = 0; i < MANY; i++) {
		names[i] = port_new();
		ASSERT_TRUE(is_well_formed(names[i]));
		ASSERT_GT((uint32_t)REUSE_MAX, INDEX(names[i]));
		ASSERT_FALSE(used[INDEX(names[i])]);
		used[INDEX(names[i])] = true;
	}
	ASSERT_KR(0, mach_ioctl(MACHDEV_IOC_PORT_NAMES, &call));
	EXPECT_EQ(before + MANY, call.count);
	for (i = 0; i < call.count; i++) {
		ASSERT_TRUE(is_well_formed(listed[i]));
		for (j = 0; j < MANY && names[j] != listed[i]; j++)
			;
		if (j == MANY)
			continue;
		EXPECT_WORD(MACH_PORT_TYPE_RECEIVE, types[i]);
		found++;
	}
	EXPECT_EQ((unsigned int)MANY, found);
	for (i = 0; i < MANY; i++)
		name_drop(names[i]);
	EXPECT_EQ(before, space_count());
}

/*
 * Names that denote nothing
 */

/* Each call on a name that denotes nothing says so. */
static void expect_nothing(struct __test_metadata *_metadata, uint32_t name)
{
	mach_port_t task = mach_task_self(), port = port_new(), result;
	mach_port_status_t status;
	mach_port_limits_t limits = { .mpl_qlimit = 1 };
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;
	mach_msg_type_name_t type;
	mach_port_type_t types;
	mach_port_urefs_t refs;
	mach_port_right_t right;

	TH_LOG("name %#x", name);
	EXPECT_REFUSED(KERN_INVALID_NAME, mach_port_type(task, name, &types));
	EXPECT_REFUSED(KERN_INVALID_NAME, mach_port_deallocate(task, name));
	EXPECT_REFUSED(KERN_INVALID_NAME, mach_port_destroy(task, name));
	for (right = 0; right <= MACH_PORT_RIGHT_DEAD_NAME; right++) {
		EXPECT_REFUSED(KERN_INVALID_NAME,
			       mach_port_get_refs(task, name, right, &refs));
		EXPECT_REFUSED(KERN_INVALID_NAME,
			       mach_port_mod_refs(task, name, right, -1));
		EXPECT_REFUSED(KERN_INVALID_NAME,
			       mach_port_mod_refs(task, name, right, 0));
	}
	for (right = MACH_MSG_TYPE_MOVE_RECEIVE;
	     right <= MACH_MSG_TYPE_MAKE_SEND_ONCE; right++) {
		EXPECT_REFUSED(KERN_INVALID_NAME,
			       mach_port_extract_right(task, name, right,
						       &result, &type));
	}
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       mach_port_get_attributes(task, name,
						MACH_PORT_RECEIVE_STATUS,
						(mach_port_info_t)&status,
						&count));
	count = MACH_PORT_LIMITS_INFO_COUNT;
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       mach_port_get_attributes(task, name,
						MACH_PORT_LIMITS_INFO,
						(mach_port_info_t)&limits,
						&count));
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       mach_port_set_attributes(task, name,
						MACH_PORT_LIMITS_INFO,
						(mach_port_info_t)&limits,
						MACH_PORT_LIMITS_INFO_COUNT));
	EXPECT_KR(KERN_INVALID_NAME,
		  mach_port_request_notification(task, name,
						 MACH_NOTIFY_DEAD_NAME, 0,
						 port,
						 MACH_MSG_TYPE_MAKE_SEND_ONCE,
						 &result));
	name_drop(port);
}

TEST(nothing_is_denoted)
{
	mach_port_t live = port_new(), old = port_new(), name;
	uint32_t stale;
	int i;

	/* The generations before and after, and what no name looks like. */
	expect_nothing(_metadata, live + 4);
	expect_nothing(_metadata, live - 1);
	expect_nothing(_metadata, live - 2);
	expect_nothing(_metadata, live - 3);
	/* Index 0, the next index, and some far beyond. */
	expect_nothing(_metadata, 0x3);
	expect_nothing(_metadata, 0x1);
	expect_nothing(_metadata, NAME(0x7000, 3));
	expect_nothing(_metadata, NAME(0x1fffff, 3));
	expect_nothing(_metadata, NAME(0x200000, 3));
	expect_nothing(_metadata, 0xffffff03);
	expect_nothing(_metadata, 0xfffffffe);
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, live);

	/* A stale name, whose index is free and then used again. */
	stale = old;
	name_drop(old);
	expect_nothing(_metadata, stale);
	for (i = 0; i < REUSE_MAX; i++) {
		name = port_new();
		if (INDEX(name) == INDEX(stale))
			break;
		name_drop(name);
	}
	ASSERT_EQ(INDEX(stale), INDEX(name));
	expect_nothing(_metadata, stale);
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, name);
}

/* A name of one task means nothing in another. */
TEST(names_of_another_task)
{
	mach_port_t port = port_new_send(1);
	struct holder holder;

	holder_start(&holder);
	EXPECT_WORD(0, task_port_type(holder.task, port));
	EXPECT_KR(KERN_INVALID_NAME, mach_port_destroy(holder.task, port));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 1, port);
	holder_end(&holder);
}

/*
 * MACH_PORT_NULL and MACH_PORT_DEAD
 */

TEST(null_and_dead)
{
	static const mach_port_t names[] = { MACH_PORT_NULL, MACH_PORT_DEAD };
	mach_port_t task = mach_task_self(), port = port_new(), result;
	mach_port_status_t status;
	mach_port_limits_t limits = { .mpl_qlimit = 1 };
	mach_msg_type_number_t count;
	mach_msg_type_name_t type;
	mach_port_type_t types;
	mach_port_urefs_t refs;
	mach_port_right_t right;
	int i;

	EXPECT_REFUSED(KERN_INVALID_NAME,
		       mach_port_type(task, MACH_PORT_NULL, &types));
	EXPECT_REFUSED(KERN_SUCCESS,
		       mach_port_type(task, MACH_PORT_DEAD, &types));
	EXPECT_WORD(MACH_PORT_TYPE_DEAD_NAME, types);

	for (i = 0; i < 2; i++) {
		mach_port_t name = names[i];

		EXPECT_REFUSED(KERN_SUCCESS, mach_port_deallocate(task, name));
		EXPECT_REFUSED(KERN_SUCCESS, mach_port_destroy(task, name));
		for (right = 0; right <= MACH_PORT_RIGHT_DEAD_NAME; right++) {
			bool send = right == MACH_PORT_RIGHT_SEND ||
				    right == MACH_PORT_RIGHT_SEND_ONCE;
			kern_return_t want = send ? KERN_SUCCESS :
						    KERN_INVALID_NAME;

			refs = TEST_POISON32;
			EXPECT_REFUSED(want, mach_port_get_refs(task, name,
								right, &refs));
			if (send)
				EXPECT_WORD(1, refs);
			EXPECT_REFUSED(want, mach_port_mod_refs(task, name,
								right, -1));
			EXPECT_REFUSED(want, mach_port_mod_refs(task, name,
								right, 1));
		}
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       mach_port_allocate_name(task,
						       MACH_PORT_RIGHT_RECEIVE,
						       name));
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       mach_port_insert_right(task, name, port,
						      MACH_MSG_TYPE_MAKE_SEND));
		for (right = MACH_MSG_TYPE_MOVE_RECEIVE;
		     right <= MACH_MSG_TYPE_MAKE_SEND_ONCE; right++) {
			EXPECT_REFUSED(KERN_INVALID_RIGHT,
				       mach_port_extract_right(task, name,
							       right, &result,
							       &type));
		}
		count = MACH_PORT_RECEIVE_STATUS_COUNT;
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_get_attributes(task, name,
							MACH_PORT_RECEIVE_STATUS,
							(mach_port_info_t)&status,
							&count));
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_set_attributes(task, name,
							MACH_PORT_LIMITS_INFO,
							(mach_port_info_t)&limits,
							MACH_PORT_LIMITS_INFO_COUNT));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  mach_port_request_notification(task, name,
							 MACH_NOTIFY_DEAD_NAME,
							 0, port,
							 MACH_MSG_TYPE_MAKE_SEND_ONCE,
							 &result));
	}
}

/*
 * mach_port_allocate()
 */

TEST(allocate_receive)
{
	mach_port_t name = port_new();
	mach_port_status_t status = port_status(name);

	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, name);
	EXPECT_WORD(0, status.mps_pset);
	EXPECT_WORD(0, status.mps_seqno);
	EXPECT_WORD(0, status.mps_mscount);
	EXPECT_WORD(MACH_PORT_QLIMIT_DEFAULT, status.mps_qlimit);
	EXPECT_WORD(0, status.mps_msgcount);
	EXPECT_WORD(0, status.mps_sorights);
	EXPECT_WORD(0, status.mps_srights);
	EXPECT_WORD(0, status.mps_pdrequest);
	EXPECT_WORD(0, status.mps_nsrequest);
	EXPECT_WORD(0, status.mps_flags);
}

TEST(allocate_dead_name)
{
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 1, dead_name_new());
}

TEST(allocate_other_rights)
{
	static const mach_port_right_t rights[] = {
		MACH_PORT_RIGHT_SEND, MACH_PORT_RIGHT_SEND_ONCE,
		5, 6, 7, 0x10000, 0x80000001, UINT32_MAX,
	};
	mach_port_t task = mach_task_self(), name;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       mach_port_allocate(task, rights[i], &name));
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       mach_port_allocate_name(task, rights[i],
						       0x1003));
	}
}

/* In another task the name appears there, and not here. */
TEST(allocate_in_another_task)
{
	struct holder holder;
	mach_port_t name;
	unsigned int own;

	holder_start(&holder);
	own = space_count();
	ASSERT_EQ(0u, task_port_count(holder.task));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate(holder.task, MACH_PORT_RIGHT_RECEIVE,
				     &name));
	EXPECT_WORD(0x103, name);
	EXPECT_NAME_IN(holder.task, MACH_PORT_TYPE_RECEIVE, 0, name);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate_name(holder.task,
					  MACH_PORT_RIGHT_DEAD_NAME, 0x1007));
	EXPECT_NAME_IN(holder.task, MACH_PORT_TYPE_DEAD_NAME, 1, 0x1007);
	EXPECT_EQ(2u, task_port_count(holder.task));
	EXPECT_EQ(own, space_count());
	EXPECT_KR(KERN_SUCCESS, mach_port_destroy(holder.task, name));
	EXPECT_EQ(1u, task_port_count(holder.task));
	holder_end(&holder);
}

/*
 * mach_port_allocate_name()
 */

TEST(wanted_name)
{
	/* Near, beyond all names given so far, and with any generation. */
	static const uint32_t names[] = {
		0x1003, 0x2a07, 0x10003, 0x3fb, 0x123403, 0x4ff, 0x1fffff03,
	};
	mach_port_t task = mach_task_self(), name;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_allocate_name(task,
						  i & 1 ?
						  MACH_PORT_RIGHT_DEAD_NAME :
						  MACH_PORT_RIGHT_RECEIVE,
						  names[i]));
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_NAME(i & 1 ? MACH_PORT_TYPE_DEAD_NAME :
				    MACH_PORT_TYPE_RECEIVE, i & 1, names[i]);
	}
	/* They are not given out once more. */
	for (j = 0; j < 3000; j++) {
		name = dead_name_new();
		for (i = 0; i < ARRAY_SIZE(names); i++)
			ASSERT_NE(INDEX(names[i]), INDEX(name));
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		name_drop(names[i]);
		EXPECT_NAME(0, 0, names[i]);
	}
	/* Free, they may be wanted again. */
	for (i = 0; i < ARRAY_SIZE(names); i++)
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_allocate_name(task,
						  MACH_PORT_RIGHT_RECEIVE,
						  names[i]));
}

TEST(wanted_name_is_used_like_any_other)
{
	struct msg msg;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_allocate_name(mach_task_self(),
					  MACH_PORT_RIGHT_RECEIVE, 0x55503));
	EXPECT_KR(KERN_SUCCESS,
		  msg_send_id(0x55503, MACH_MSG_TYPE_MAKE_SEND, 5));
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, 0x55503));
	EXPECT_WORD(0x55503, msg.head.msgh_local_port);
	EXPECT_EQ(5, msg.head.msgh_id);
}

TEST(wanted_name_refused)
{
	mach_port_t task = mach_task_self(), live = port_new();
	static const uint32_t malformed[] = {
		0x1000, 0x1001, 0x1002, 0x1004, 0xffffff00, 122, 2,
	};
	unsigned int i;

#define WANT(right, name) \
	mach_port_allocate_name(task, MACH_PORT_RIGHT_##right, name)
	for (i = 0; i < ARRAY_SIZE(malformed); i++) {
		EXPECT_REFUSED(KERN_INVALID_VALUE, WANT(RECEIVE, malformed[i]));
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       WANT(DEAD_NAME, malformed[i]));
	}
	/* Index 0. */
	EXPECT_REFUSED(KERN_FAILURE, WANT(RECEIVE, 0x3));
	EXPECT_REFUSED(KERN_FAILURE, WANT(RECEIVE, 0xff));
	EXPECT_REFUSED(KERN_FAILURE, WANT(DEAD_NAME, 123));
	/* In use, with the same generation or another. */
	EXPECT_REFUSED(KERN_NAME_EXISTS, WANT(RECEIVE, live));
	EXPECT_REFUSED(KERN_NAME_EXISTS, WANT(DEAD_NAME, live));
	EXPECT_REFUSED(KERN_FAILURE, WANT(RECEIVE, live ^ 4));
	EXPECT_REFUSED(KERN_FAILURE, WANT(DEAD_NAME, live ^ 0x80));
	/* Beyond the 2^21 names of a space. */
	EXPECT_REFUSED(KERN_NO_SPACE, WANT(RECEIVE, NAME(0x200001, 3)));
	EXPECT_REFUSED(KERN_NO_SPACE, WANT(DEAD_NAME, NAME(0x400000, 3)));
	EXPECT_REFUSED(KERN_NO_SPACE, WANT(RECEIVE, 0xffffff03));
	EXPECT_REFUSED(KERN_NO_SPACE, WANT(RECEIVE, 0xfffffffb));
}

TEST(wanted_name_order_of_checks)
{
	mach_port_t task = mach_task_self(), live = port_new();

	/* The task is the first. */
	EXPECT_REFUSED(KERN_INVALID_TASK,
		       mach_port_allocate_name(MACH_PORT_NULL, 6,
					       MACH_PORT_NULL));
	EXPECT_REFUSED(KERN_INVALID_TASK,
		       mach_port_allocate_name(live, MACH_PORT_RIGHT_RECEIVE,
					       live));
	/* The right comes before what is wrong with a name but its value. */
	EXPECT_REFUSED(KERN_INVALID_VALUE, WANT(SEND, 0x3));
	EXPECT_REFUSED(KERN_INVALID_VALUE, WANT(SEND, live));
	EXPECT_REFUSED(KERN_INVALID_VALUE, WANT(SEND, live ^ 4));
	EXPECT_REFUSED(KERN_INVALID_VALUE, WANT(SEND, 0xffffff03));
	/* The bits come before the index. */
	EXPECT_REFUSED(KERN_INVALID_VALUE, WANT(RECEIVE, live - 1));
	EXPECT_REFUSED(KERN_INVALID_VALUE, WANT(RECEIVE, 0xffffff02));
	EXPECT_REFUSED(KERN_INVALID_VALUE, WANT(RECEIVE, 0x1));
}

/* The size of a wanted name says nothing about the memory that it takes. */
TEST(high_name_takes_little_memory)
{
	uint64_t charged = mach_counter(MACHDEV_COUNTER_CHARGED);

	EXPECT_NE(MACH_PORT_NULL, mach_task_self());
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate_name(mach_task_self(),
					  MACH_PORT_RIGHT_DEAD_NAME,
					  0x1fffff03));
	EXPECT_GT(charged + 256 * 1024, mach_counter(MACHDEV_COUNTER_CHARGED));
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 1, 0x1fffff03);
	/* The names below it are still given in order. */
	EXPECT_GT(0x100000u, dead_name_new());
}

/*
 * mach_port_type()
 */

TEST(types)
{
	mach_port_t port = port_new(), notify = port_new(), once;

	EXPECT_WORD(MACH_PORT_TYPE_RECEIVE, port_type(port));
	port_add_send(port);
	EXPECT_WORD(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
	once = port_new_once(port);
	EXPECT_WORD(MACH_PORT_TYPE_SEND_ONCE, port_type(once));
	request_dead_name(mach_task_self(), once, notify);
	EXPECT_WORD(MACH_PORT_TYPE_SEND_ONCE | MACH_PORT_TYPE_DNREQUEST,
		    port_type(once));
	EXPECT_WORD(MACH_PORT_TYPE_SEND, port_type(mach_task_self()));
	name_drop(port);
	EXPECT_WORD(0, port_type(port));
	EXPECT_WORD(MACH_PORT_TYPE_DEAD_NAME, port_type(once));
}

/*
 * mach_port_names()
 */

FIXTURE(list) {
	struct machdev_port_names call;
	uint32_t names[16];
	uint32_t types[16];
	mach_port_t port;
	mach_port_t dead;
	mach_port_t watched;
	struct msg_cliff cliff;
};

FIXTURE_SETUP(list)
{
	mach_port_t notify = port_new();

	self->port = port_new();
	self->dead = dead_name_new();
	self->watched = port_new_once(self->port);
	request_dead_name(mach_task_self(), self->watched, notify);
	memset(self->names, TEST_POISON, sizeof(self->names));
	memset(self->types, TEST_POISON, sizeof(self->types));
	self->call = (struct machdev_port_names) {
		.task = mach_task_self(),
		.count = ARRAY_SIZE(self->names),
		.names = (uintptr_t)self->names,
		.types = (uintptr_t)self->types,
	};
	msg_cliff_map(&self->cliff, 1);
}

FIXTURE_TEARDOWN(list)
{
}

TEST_F(list, everything)
{
	int seen = 0;
	uint32_t i;

	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_PORT_NAMES,
					   &self->call));
	/* The task port, notify, and three more. */
	ASSERT_EQ(5u, self->call.count);
	for (i = 0; i < self->call.count; i++) {
		if (self->names[i] == self->port) {
			EXPECT_WORD(MACH_PORT_TYPE_RECEIVE, self->types[i]);
			seen |= 1;
		} else if (self->names[i] == self->dead) {
			EXPECT_WORD(MACH_PORT_TYPE_DEAD_NAME, self->types[i]);
			seen |= 2;
		} else if (self->names[i] == self->watched) {
			EXPECT_WORD(MACH_PORT_TYPE_SEND_ONCE |
				    MACH_PORT_TYPE_DNREQUEST, self->types[i]);
			seen |= 4;
		} else if (self->names[i] == mach_task_self()) {
			EXPECT_WORD(MACH_PORT_TYPE_SEND, self->types[i]);
			seen |= 8;
		}
	}
	EXPECT_EQ(15, seen);
	EXPECT_TRUE(is_poison(&self->names[5], 11 * sizeof(uint32_t)));
	EXPECT_TRUE(is_poison(&self->types[5], 11 * sizeof(uint32_t)));
}

/* A name whose port has died shows as dead before anything touched it. */
TEST_F(list, unconverted_dead_port)
{
	uint32_t i;

	name_drop(self->port);
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_PORT_NAMES,
					   &self->call));
	ASSERT_EQ(4u, self->call.count);
	for (i = 0; i < self->call.count && self->names[i] != self->watched;
	     i++)
		;
	ASSERT_GT(4u, i);
	EXPECT_WORD(MACH_PORT_TYPE_DEAD_NAME, self->types[i]);
}

TEST_F(list, exact_room)
{
	self->call.count = 5;
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_PORT_NAMES,
					   &self->call));
	EXPECT_EQ(5u, self->call.count);
	EXPECT_FALSE(is_poison(&self->names[4], sizeof(uint32_t)));
	EXPECT_FALSE(is_poison(&self->types[4], sizeof(uint32_t)));
}

TEST_F(list, too_little_room)
{
	uint32_t count;

	for (count = 0; count < 5; count++) {
		self->call.count = count;
		EXPECT_KR(KERN_INSUFFICIENT_BUFFER_SIZE,
			  mach_ioctl(MACHDEV_IOC_PORT_NAMES, &self->call));
		EXPECT_EQ(5u, self->call.count);
		EXPECT_TRUE(is_poison(self->names, sizeof(self->names)));
		EXPECT_TRUE(is_poison(self->types, sizeof(self->types)));
	}
	/* The size can be asked for without any array. */
	self->call.count = 0;
	self->call.names = 0;
	self->call.types = 0;
	EXPECT_KR(KERN_INSUFFICIENT_BUFFER_SIZE,
		  mach_ioctl(MACHDEV_IOC_PORT_NAMES, &self->call));
	EXPECT_EQ(5u, self->call.count);
}

TEST_F(list, empty_space)
{
	struct holder holder;

	holder_start(&holder);
	self->call.task = holder.task;
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_PORT_NAMES,
					   &self->call));
	EXPECT_EQ(0u, self->call.count);
	EXPECT_TRUE(is_poison(self->names, sizeof(self->names)));
	holder_end(&holder);
}

TEST_F(list, unwritable_arrays)
{
	const uint64_t bad[] = {
		0, (uintptr_t)self->cliff.edge,
		/* Only a part of the array is there. */
		(uintptr_t)self->cliff.edge - 4 * sizeof(uint32_t),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		self->call.count = ARRAY_SIZE(self->names);
		self->call.names = bad[i];
		self->call.types = (uintptr_t)self->types;
		EXPECT_KR(KERN_INVALID_ADDRESS,
			  mach_ioctl(MACHDEV_IOC_PORT_NAMES, &self->call));
		self->call.count = ARRAY_SIZE(self->names);
		self->call.names = (uintptr_t)self->names;
		self->call.types = bad[i];
		EXPECT_KR(KERN_INVALID_ADDRESS,
			  mach_ioctl(MACHDEV_IOC_PORT_NAMES, &self->call));
	}
	/* Only as much has to be there as there are names. */
	self->call.count = UINT32_MAX;
	self->call.names = (uintptr_t)self->cliff.edge - 5 * sizeof(uint32_t);
	self->call.types = (uintptr_t)self->types;
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_PORT_NAMES,
					   &self->call));
	EXPECT_EQ(5u, self->call.count);
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, self->port);
}

TEST_F(list, through_the_library)
{
	mach_port_name_array_t names = NULL;
	mach_port_type_array_t types = NULL;
	mach_msg_type_number_t names_count = 0, types_count = 0, i;

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_names(mach_task_self(), &names, &names_count,
				  &types, &types_count));
	EXPECT_EQ(5u, names_count);
	EXPECT_EQ(5u, types_count);
	for (i = 0; i < names_count && i < types_count; i++)
		EXPECT_EQ(port_type(names[i]), types[i]);
	EXPECT_KR(KERN_SUCCESS,
		  vm_deallocate(mach_task_self(), (vm_address_t)names,
				names_count * sizeof(*names)));
	EXPECT_KR(KERN_SUCCESS,
		  vm_deallocate(mach_task_self(), (vm_address_t)types,
				types_count * sizeof(*types)));
}

MACH_TEST_MAIN
