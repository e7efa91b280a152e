// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that look: at a message that stays queued, at what a port stands for,
 * at all names of a task.
 */
#include "port_helpers.h"

#define AUDIT MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT)

struct seen {
	mach_port_seqno_t seqno;
	mach_msg_size_t size;
	mach_msg_id_t id;
	mach_msg_type_number_t count;
	mach_msg_audit_trailer_t trailer;
	uint32_t rest[4];
};

static kern_return_t peek_as(mach_port_t task, mach_port_t name,
			     mach_msg_trailer_type_t type, uint32_t seqno,
			     uint32_t room, struct seen *seen)
{
	memset(seen, TEST_POISON, sizeof(*seen));
	seen->seqno = seqno;
	seen->count = room;
	return mach_port_peek(task, name, type, &seen->seqno, &seen->size,
			      &seen->id, (char *)&seen->trailer, &seen->count);
}

static kern_return_t peek(mach_port_t name, uint32_t seqno, struct seen *seen)
{
	return peek_as(mach_task_self(), name, AUDIT, seqno,
		       sizeof(seen->trailer), seen);
}

#define EXPECT_SEEN(expected_id, expected_size, expected_seqno, seen) do { \
	EXPECT_EQ(expected_id, (seen)->id);				\
	EXPECT_WORD(expected_size, (seen)->size);			\
	EXPECT_WORD(expected_seqno, (seen)->seqno);			\
	EXPECT_WORD(52, (seen)->count);					\
	EXPECT_WORD(0, (seen)->trailer.msgh_trailer_type);		\
	EXPECT_WORD(52, (seen)->trailer.msgh_trailer_size);		\
	EXPECT_WORD(expected_seqno, (seen)->trailer.msgh_seqno);	\
} while (0)

TEST(peeking)
{
	mach_port_t task = mach_task_self(), port = port_new();
	mach_msg_audit_trailer_t *trailer;
	struct msg msg;
	struct seen seen;
	uint32_t i;

	EXPECT_REFUSED(KERN_FAILURE, peek(port, 0, &seen));
	ASSERT_KR(KERN_SUCCESS, mach_port_set_seqno(task, port, 100));
	for (i = 0; i < 3; i++) {
		msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, MACH_PORT_NULL,
			 0, 50 + i);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_SIZE(i)));
	}
	EXPECT_KR(KERN_SUCCESS, peek(port, 0, &seen));
	EXPECT_SEEN(50, MSG_SIZE(0), 100, &seen);
	for (i = 0; i < 3; i++) {
		EXPECT_KR(KERN_SUCCESS, peek(port, 100 + i, &seen));
		EXPECT_SEEN(50 + (int)i, MSG_SIZE(i), 100 + i, &seen);
	}
	EXPECT_TRUE(is_poison(seen.rest, sizeof(seen.rest)));
	EXPECT_REFUSED(KERN_FAILURE, peek(port, 99, &seen));
	EXPECT_REFUSED(KERN_FAILURE, peek(port, 103, &seen));
	EXPECT_REFUSED(KERN_FAILURE, peek(port, UINT32_MAX, &seen));

	/* Nothing has changed, and the trailer is that of the receive. */
	EXPECT_WORD(3, port_status(port).mps_msgcount);
	EXPECT_KR(KERN_SUCCESS, peek(port, 100, &seen));
	ASSERT_KR(KERN_SUCCESS, msg_receive_option(&msg, port, AUDIT));
	trailer = msg_trailer(&msg);
	EXPECT_EQ(0, memcmp(trailer, &seen.trailer, sizeof(*trailer)));
	EXPECT_REFUSED(KERN_FAILURE, peek(port, 100, &seen));
	EXPECT_KR(KERN_SUCCESS, peek(port, 0, &seen));
	EXPECT_SEEN(51, MSG_SIZE(1), 101, &seen);
}

TEST(peeking_at_notifications)
{
	mach_port_t task = mach_task_self(), port = port_new(), once[3];
	struct seen seen;
	unsigned int i;

	for (i = 0; i < 3; i++)
		once[i] = port_new_once(port);
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(task, once[0]));
	ASSERT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 7));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(task, once[1]));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(task, once[2]));
	EXPECT_KR(KERN_SUCCESS, peek(port, 0, &seen));
	EXPECT_SEEN(MACH_NOTIFY_SEND_ONCE, MSG_HEADER, 0, &seen);
	EXPECT_WORD(0, seen.trailer.msgh_sender.val[0]);
	EXPECT_WORD(1, seen.trailer.msgh_sender.val[1]);
	EXPECT_KR(KERN_SUCCESS, peek(port, 1, &seen));
	EXPECT_SEEN(7, MSG_HEADER, 1, &seen);
	EXPECT_KR(KERN_SUCCESS, peek(port, 2, &seen));
	EXPECT_SEEN(MACH_NOTIFY_SEND_ONCE, MSG_HEADER, 2, &seen);
	EXPECT_KR(KERN_SUCCESS, peek(port, 3, &seen));
	EXPECT_SEEN(MACH_NOTIFY_SEND_ONCE, MSG_HEADER, 3, &seen);
	EXPECT_REFUSED(KERN_FAILURE, peek(port, 4, &seen));
}

/* Those behind many others are not looked for. */
TEST(peeking_far)
{
	mach_port_t port = port_new();
	struct seen seen;
	unsigned int i;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_set_seqno(mach_task_self(), port, 1));
	for (i = 0; i < 1026; i++)
		MUST(msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND_ONCE, i));
	EXPECT_KR(KERN_SUCCESS, peek(port, 1024, &seen));
	EXPECT_SEEN(1023, MSG_HEADER, 1024, &seen);
	EXPECT_REFUSED(KERN_FAILURE, peek(port, 1025, &seen));
	EXPECT_REFUSED(KERN_FAILURE, peek(port, 1026, &seen));
}

TEST(peeking_with_each_trailer)
{
	static const uint32_t sizes[] = { 8, 12, 20, 52 };
	mach_port_t task = mach_task_self(), port = port_new();
	struct seen seen;
	uint32_t i;

	ASSERT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 7));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		EXPECT_KR(KERN_SUCCESS,
			  peek_as(task, port, MACH_RCV_TRAILER_ELEMENTS(i), 0,
				  sizeof(seen.trailer), &seen));
		EXPECT_WORD(sizes[i], seen.count);
		EXPECT_WORD(sizes[i], seen.trailer.msgh_trailer_size);
		EXPECT_TRUE(is_poison((char *)&seen.trailer + sizes[i],
				      sizeof(seen.trailer) - sizes[i]));
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       peek_as(task, port,
				       MACH_RCV_TRAILER_ELEMENTS(i), 0,
				       sizes[i] - 1, &seen));
	}
	for (; i < 16; i++)
		EXPECT_REFUSED(KERN_INVALID_VALUE,
			       peek_as(task, port,
				       MACH_RCV_TRAILER_ELEMENTS(i), 0, 200,
				       &seen));
	/* The trailer counts before the name. */
	EXPECT_REFUSED(KERN_INVALID_VALUE,
		       peek_as(task, 0x777703, MACH_RCV_TRAILER_ELEMENTS(4),
			       0, 200, &seen));
}

TEST(peeking_refused)
{
	mach_port_t task = mach_task_self(), port = port_new();
	mach_port_t once = port_new_once(port), dead = port_new_dead(1);
	struct machdev_port_peek call;
	struct msg_cliff cliff;
	struct seen seen;

	ASSERT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 7));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, peek(once, 0, &seen));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, peek(dead, 0, &seen));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, peek(task, 0, &seen));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, peek(MACH_PORT_NULL, 0, &seen));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, peek(MACH_PORT_DEAD, 0, &seen));
	EXPECT_REFUSED(KERN_INVALID_NAME, peek(0x777703, 0, &seen));
	msg_cliff_map(&cliff, 1);
	call = (struct machdev_port_peek){
		.task = task,
		.name = port,
		.trailer = AUDIT,
		.count = 52,
		.info = (uintptr_t)cliff.edge - 51,
	};
	EXPECT_REFUSED(KERN_INVALID_ADDRESS,
		       mach_ioctl(MACHDEV_IOC_PORT_PEEK, &call));
	call.info = (uintptr_t)cliff.edge - 52;
	call.count = 52;
	call.seqno = 0;
	call.reserved = 1;
	EXPECT_REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_PORT_PEEK, &call));
	call.reserved = 0;
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_PORT_PEEK, &call));
}

TEST(kernel_objects)
{
	uint32_t host_priv = MACH_PORT_NULL;
	mach_port_t task = mach_task_self();
	struct {
		mach_port_t port;
		natural_t type;
		const char *text;
	} table[9];
	kobject_description_t text;
	mach_vm_address_t address;
	unsigned int i, small;
	natural_t type;

	ASSERT_KR(0, mach_ioctl_name(MACHDEV_IOC_HOST_PRIV, &host_priv));
#define ENTRY(index, name, number, words)				\
	table[index].port = name;					\
	table[index].type = number;					\
	table[index].text = words
	ENTRY(0, task, IKOT_TASK_CONTROL, "task");
	ENTRY(1, mach_thread_self(), IKOT_THREAD_CONTROL, "thread");
	ENTRY(2, mach_host_self(), IKOT_HOST, "host");
	ENTRY(3, host_priv, IKOT_HOST_PRIV, "host privileged");
	ENTRY(4, MACH_PORT_NULL, IKOT_TASK_READ, "task read");
	ENTRY(5, MACH_PORT_NULL, IKOT_TASK_INSPECT, "task inspect");
	ENTRY(6, MACH_PORT_NULL, IKOT_TASK_NAME, "task name");
	ENTRY(7, port_new(), IKOT_NONE, "");
	ENTRY(8, MACH_PORT_NULL, IKOT_CLOCK, "clock");
	MUST(task_get_special_port(task, TASK_READ_PORT, &table[4].port));
	MUST(task_get_special_port(task, TASK_INSPECT_PORT, &table[5].port));
	MUST(task_get_special_port(task, TASK_NAME_PORT, &table[6].port));
	MUST(host_get_clock_service(table[2].port, SYSTEM_CLOCK,
				    &table[8].port));
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		type = small = TEST_POISON32;
		address = TEST_POISON;
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_kobject(task, table[i].port, &type,
					    &address));
		EXPECT_WORD(table[i].type, type);
		EXPECT_EQ(0, address);
		type = TEST_POISON32;
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_kernel_object(task, table[i].port, &type,
						  &small));
		EXPECT_WORD(table[i].type, type);
		EXPECT_EQ(0, small);
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_kobject_description(task, table[i].port,
							&type, &address,
							text));
		EXPECT_STREQ(table[i].text, text);
	}
}

TEST(kernel_object_refused)
{
	mach_port_t task = mach_task_self(), port = port_new();
	mach_port_t bad[4];
	mach_vm_address_t address = 1;
	natural_t type = 77;
	unsigned int i;

	bad[0] = port_new_once(port);
	bad[1] = port_new_dead(1);
	bad[2] = MACH_PORT_NULL;
	bad[3] = MACH_PORT_DEAD;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_REFUSED(KERN_INVALID_RIGHT,
			       mach_port_kobject(task, bad[i], &type,
						 &address));
	EXPECT_REFUSED(KERN_INVALID_NAME,
		       mach_port_kobject(task, 0x777703, &type, &address));
	EXPECT_WORD(77, type);
	EXPECT_EQ(1, address);
}

/* The record of a name; all zeros if there is none. */
static ipc_info_name_t record_of(mach_port_t task, mach_port_t name)
{
	ipc_info_name_t record = { 0 };
	mach_msg_type_number_t count, trees;
	ipc_info_tree_name_array_t tree;
	ipc_info_name_array_t table;
	ipc_info_space_t space;
	uint32_t i;

	MUST(mach_port_space_info(task, &space, &table, &count, &tree,
				  &trees));
	for (i = 0; i < count; i++) {
		if (table[i].iin_name == name)
			record = table[i];
	}
	MUST(vm_deallocate(mach_task_self(), (vm_address_t)table,
			   count * sizeof(*table)));
	return record;
}

TEST(space)
{
	mach_port_t task = mach_task_self(), port = port_new_send(3);
	mach_port_t once = port_new_once(port), dead = port_new_dead(2);
	mach_port_t receive = port_new();
	mach_msg_type_number_t count = 0, trees = 1;
	ipc_info_tree_name_array_t tree = (void *)1;
	ipc_info_name_array_t table = NULL;
	ipc_info_space_basic_t basic;
	ipc_info_name_t record;
	ipc_info_space_t space;

	EXPECT_KR(KERN_SUCCESS, mach_port_space_basic_info(task, &basic));
	EXPECT_WORD(0xff, basic.iisb_genno_mask);
	EXPECT_WORD(space_count(), basic.iisb_table_inuse);
	EXPECT_WORD(32, basic.iisb_table_size);
	EXPECT_WORD(64, basic.iisb_table_next);
	EXPECT_WORD(0, basic.iisb_reserved[0]);
	EXPECT_WORD(0, basic.iisb_reserved[1]);

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_space_info(task, &space, &table, &count, &tree,
				       &trees));
	EXPECT_WORD(0xff, space.iis_genno_mask);
	EXPECT_WORD(32, space.iis_table_size);
	EXPECT_WORD(64, space.iis_table_next);
	EXPECT_WORD(space_count(), count);
	EXPECT_EQ(NULL, tree);
	EXPECT_WORD(0, trees);
	ASSERT_KR(KERN_SUCCESS,
		  vm_deallocate(task, (vm_address_t)table,
				count * sizeof(*table)));

	record = record_of(task, port);
	EXPECT_WORD(MACH_PORT_TYPE_SEND_RECEIVE, record.iin_type);
	EXPECT_WORD(3, record.iin_urefs);
	EXPECT_WORD(record.iin_object, record_of(task, once).iin_object);
	EXPECT_NE(record.iin_object, record_of(task, receive).iin_object);
	EXPECT_WORD(MACH_PORT_TYPE_SEND_ONCE, record_of(task, once).iin_type);
	EXPECT_WORD(1, record_of(task, once).iin_urefs);
	EXPECT_WORD(0, record_of(task, receive).iin_urefs);
	record = record_of(task, dead);
	EXPECT_WORD(MACH_PORT_TYPE_DEAD_NAME, record.iin_type);
	EXPECT_WORD(2, record.iin_urefs);
	EXPECT_WORD(0, record.iin_object);
}

/* More names than one turn gives, and than fit a page. */
TEST(large_space)
{
	mach_port_t task = mach_task_self(), names[500];
	struct machdev_name_info infos[4];
	struct machdev_port_space call = {
		.task = task,
		.count = 4,
		.table = (uintptr_t)infos,
	};
	ipc_info_space_basic_t basic;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		names[i] = port_new();
	EXPECT_KR(KERN_SUCCESS, mach_port_space_basic_info(task, &basic));
	EXPECT_WORD(512, basic.iisb_table_size);
	EXPECT_WORD(1024, basic.iisb_table_next);
	for (i = 0; i < ARRAY_SIZE(names); i += 99)
		EXPECT_WORD(MACH_PORT_TYPE_RECEIVE,
			    record_of(task, names[i]).iin_type);
	EXPECT_KR(KERN_INSUFFICIENT_BUFFER_SIZE,
		  mach_ioctl(MACHDEV_IOC_PORT_SPACE_INFO, &call));
	EXPECT_WORD(basic.iisb_table_inuse, call.count);
	call.count = 4;
	call.table = 16;
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_ioctl(MACHDEV_IOC_PORT_SPACE_INFO, &call));
}

/* The read port is enough for all of it, the inspect port is not. */
TEST(of_another_task)
{
	mach_port_t port = port_new_send(1), read, inspect;
	ipc_info_space_basic_t basic;
	mach_vm_address_t address;
	struct holder holder;
	struct seen seen;
	natural_t type;

	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 7));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x4403, port,
					 MACH_MSG_TYPE_MOVE_RECEIVE));
	ASSERT_KR(KERN_SUCCESS,
		  task_get_special_port(holder.task, TASK_READ_PORT, &read));
	ASSERT_KR(KERN_SUCCESS,
		  task_get_special_port(holder.task, TASK_INSPECT_PORT,
					&inspect));
	EXPECT_KR(KERN_SUCCESS,
		  peek_as(read, 0x4403, AUDIT, 0, 52, &seen));
	EXPECT_SEEN(7, MSG_HEADER, 0, &seen);
	EXPECT_WORD(getpid(), seen.trailer.msgh_audit.val[5]);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_kobject(read, 0x4403, &type, &address));
	EXPECT_WORD(IKOT_NONE, type);
	EXPECT_KR(KERN_SUCCESS, mach_port_space_basic_info(read, &basic));
	EXPECT_WORD(1, basic.iisb_table_inuse);
	EXPECT_WORD(MACH_PORT_TYPE_RECEIVE,
		    record_of(read, 0x4403).iin_type);
	EXPECT_KR(KERN_INVALID_TASK,
		  peek_as(inspect, 0x4403, AUDIT, 0, 52, &seen));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_kobject(inspect, 0x4403, &type, &address));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_space_basic_info(inspect, &basic));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), read));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_deallocate(mach_task_self(), inspect));
	holder_end(&holder);
}

/* Messages that are taken while somebody looks at them. */
static void *take_all(void *argument)
{
	mach_port_t port = *(mach_port_t *)argument;
	unsigned int taken = 0;
	struct msg msg;

	while (taken < 2000) {
		if (!msg_receive(&msg, port))
			taken++;
	}
	return NULL;
}

static void *send_all(void *argument)
{
	mach_port_t port = *(mach_port_t *)argument;
	unsigned int i;
	struct msg msg;

	for (i = 0; i < 2000; i++) {
		msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
			 0, i);
		MUST(mach_msg(&msg.head, MACH_SEND_MSG, MSG_HEADER, 0,
			      MACH_PORT_NULL, 0, MACH_PORT_NULL));
	}
	return NULL;
}

TEST(peeking_while_receiving)
{
	mach_port_t port = port_new_send(1);
	pthread_t sender, receiver;
	struct seen seen;

	MUST(pthread_create(&sender, NULL, send_all, &port));
	MUST(pthread_create(&receiver, NULL, take_all, &port));
	while (port_status(port).mps_seqno < 2000) {
		kern_return_t kr = peek(port, 0, &seen);

		if (kr == KERN_SUCCESS) {
			/* Each message carries its number. */
			EXPECT_WORD(seen.seqno, seen.id);
		} else {
			EXPECT_KR(KERN_FAILURE, kr);
		}
	}
	MUST(pthread_join(sender, NULL));
	MUST(pthread_join(receiver, NULL));
	EXPECT_KR(KERN_FAILURE, peek(port, 0, &seen));
}

MACH_TEST_MAIN
