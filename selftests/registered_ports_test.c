// SPDX-License-Identifier: GPL-2.0-only
/*
 * mach_ports_register() and mach_ports_lookup(): three ports of a task that
 * its children inherit.
 */
#include "port_helpers.h"

#define NUMBER TASK_PORT_REGISTER_MAX

static kern_return_t lookup(mach_port_t task, mach_port_t ports[NUMBER])
{
	mach_msg_type_number_t count = TEST_POISON32;
	mach_port_array_t array = NULL;
	kern_return_t kr = mach_ports_lookup(task, &array, &count);

	if (kr)
		return kr;
	MUST(count != NUMBER);
	memcpy(ports, array, NUMBER * sizeof(*ports));
	MUST(vm_deallocate(mach_task_self(), (vm_address_t)array,
			   count * sizeof(*array)));
	return KERN_SUCCESS;
}

#define EXPECT_REGISTERED(first, second, third) do {			\
	mach_port_t __ports[NUMBER];					\
									\
	EXPECT_KR(KERN_SUCCESS, lookup(mach_task_self(), __ports));	\
	EXPECT_WORD(first, __ports[0]);					\
	EXPECT_WORD(second, __ports[1]);				\
	EXPECT_WORD(third, __ports[2]);					\
} while (0)

static kern_return_t set(mach_port_t first, mach_port_t second,
			 mach_port_t third, unsigned int count)
{
	mach_port_t ports[] = { first, second, third, TEST_POISON32 };

	return mach_ports_register(mach_task_self(), ports, count);
}

TEST(none_at_first)
{
	EXPECT_REGISTERED(MACH_PORT_NULL, MACH_PORT_NULL, MACH_PORT_NULL);
}

TEST(copies_in_and_out)
{
	mach_port_t one = port_new_send(1), two = port_new_send(1);
	mach_port_rights_t rights = 0;

	EXPECT_KR(KERN_SUCCESS, set(one, two, one, 3));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 1, one);
	MUST(mach_port_get_srights(mach_task_self(), one, &rights));
	EXPECT_WORD(3, rights);
	/* Each look gives one more reference. */
	EXPECT_REGISTERED(one, two, one);
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 3, one);
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 2, two);
}

/* All three are replaced, and the old rights let go. */
TEST(replaced)
{
	mach_port_t task = mach_task_self(), one = port_new_send(1);
	mach_port_t two = port_new_send(1);
	mach_port_rights_t rights = 0;

	EXPECT_KR(KERN_SUCCESS, set(one, one, one, 3));
	EXPECT_KR(KERN_SUCCESS, set(MACH_PORT_NULL, two, one, 2));
	EXPECT_REGISTERED(MACH_PORT_NULL, two, MACH_PORT_NULL);
	MUST(mach_port_get_srights(task, one, &rights));
	EXPECT_WORD(1, rights);
	EXPECT_KR(KERN_SUCCESS, set(one, one, one, 0));
	EXPECT_REGISTERED(MACH_PORT_NULL, MACH_PORT_NULL, MACH_PORT_NULL);
}

TEST(dead_ports)
{
	mach_port_t port = port_new_send(1), dead = port_new_dead(1);

	EXPECT_KR(KERN_SUCCESS, set(port, dead, MACH_PORT_DEAD, 3));
	port_destroy_receive(port);
	EXPECT_REGISTERED(MACH_PORT_DEAD, MACH_PORT_DEAD, MACH_PORT_DEAD);
	/* What is dead gives no name a reference. */
	EXPECT_NAME(MACH_PORT_TYPE_DEAD_NAME, 1, port);
}

TEST(refused)
{
	mach_port_t task = mach_task_self(), port = port_new_send(1);
	mach_port_t once = port_new_once(port), receive = port_new();
	mach_port_t ports[NUMBER] = { 0 };
	mach_msg_type_number_t count = 7;
	mach_port_array_t array = NULL;

	EXPECT_KR(KERN_SUCCESS, set(port, 0, 0, 1));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, set(port, port, port, 4));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, set(port, 0, 0, UINT32_MAX));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, set(port, port, once, 3));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, set(port, port, receive, 3));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, set(port, port, 0x777703, 3));
	EXPECT_REFUSED(KERN_INVALID_RIGHT, set(0x777703, port, port, 3));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       mach_ports_register(MACH_PORT_NULL, ports, 3));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       mach_ports_register(port, ports, 3));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       mach_ports_lookup(MACH_PORT_NULL, &array, &count));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       mach_ports_lookup(port, &array, &count));
	EXPECT_EQ(NULL, array);
	EXPECT_WORD(7, count);
	/* The task and the number are looked at first. */
	ports[0] = 0x777703;
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT,
		       mach_ports_register(port, ports, 3));
	EXPECT_REFUSED(KERN_INVALID_ARGUMENT, set(0x777703, 0, 0, 4));
	EXPECT_REGISTERED(port, MACH_PORT_NULL, MACH_PORT_NULL);
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(task, port));
}

TEST(reserved_word)
{
	struct machdev_ports call = {
		.task = mach_task_self(),
		.reserved = 1,
	};

	EXPECT_REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_PORTS_REGISTER, &call));
	EXPECT_REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_PORTS_LOOKUP, &call));
}

TEST(of_another_task)
{
	mach_port_t port = port_new_send(1), ports[NUMBER], read;
	struct holder holder;

	holder_start(&holder);
	ports[0] = ports[2] = MACH_PORT_NULL;
	ports[1] = port;
	EXPECT_KR(KERN_SUCCESS, mach_ports_register(holder.task, ports, 3));
	memset(ports, TEST_POISON, sizeof(ports));
	EXPECT_KR(KERN_SUCCESS, lookup(holder.task, ports));
	EXPECT_WORD(MACH_PORT_NULL, ports[0]);
	EXPECT_WORD(port, ports[1]);
	EXPECT_WORD(MACH_PORT_NULL, ports[2]);
	EXPECT_REGISTERED(MACH_PORT_NULL, MACH_PORT_NULL, MACH_PORT_NULL);
	ASSERT_KR(KERN_SUCCESS,
		  task_get_special_port(holder.task, TASK_READ_PORT, &read));
	EXPECT_KR(KERN_INVALID_ARGUMENT, mach_ports_register(read, ports, 3));
	EXPECT_KR(KERN_INVALID_ARGUMENT, lookup(read, ports));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), read));
	holder_end(&holder);
}

TEST(inherited)
{
	mach_port_t port = port_new_send(1), ports[NUMBER];
	struct msg msg;
	pid_t pid;

	ASSERT_KR(KERN_SUCCESS, set(MACH_PORT_DEAD, 0, port, 3));
	pid = child_fork();
	if (!pid) {
		EXPECT_KR(KERN_SUCCESS, lookup(mach_task_self(), ports));
		EXPECT_WORD(MACH_PORT_DEAD, ports[0]);
		EXPECT_WORD(MACH_PORT_NULL, ports[1]);
		EXPECT_NAME(MACH_PORT_TYPE_SEND, 1, ports[2]);
		EXPECT_KR(KERN_SUCCESS,
			  msg_send_id(ports[2], MACH_MSG_TYPE_COPY_SEND, 9));
		/* What the child registers is its own affair. */
		EXPECT_KR(KERN_SUCCESS, set(0, 0, 0, 0));
		child_exit();
	}
	EXPECT_CHILD(pid);
	EXPECT_KR(KERN_SUCCESS, msg_receive(&msg, port));
	EXPECT_EQ(9, msg.head.msgh_id);
	EXPECT_REGISTERED(MACH_PORT_DEAD, MACH_PORT_NULL, port);
}

/* Who looks while they are replaced sees them all old or all new. */
static void *replace(void *argument)
{
	const mach_port_t *ports = argument;
	unsigned int i;

	for (i = 0; i < 2000; i++)
		MUST(set(ports[i % 2], ports[i % 2], ports[i % 2], 3));
	return NULL;
}

TEST(all_at_once)
{
	mach_port_t ports[2] = { port_new_send(1), port_new_send(1) };
	mach_port_t seen[NUMBER];
	pthread_t thread;
	unsigned int i;

	ASSERT_KR(KERN_SUCCESS, set(ports[0], ports[0], ports[0], 3));
	MUST(pthread_create(&thread, NULL, replace, ports));
	for (i = 0; i < 2000; i++) {
		MUST(lookup(mach_task_self(), seen));
		EXPECT_WORD(seen[0], seen[1]);
		EXPECT_WORD(seen[0], seen[2]);
	}
	MUST(pthread_join(thread, NULL));
}

MACH_TEST_MAIN
