// SPDX-License-Identifier: GPL-2.0-only
/*
 * The special ports of a task: task_get_special_port() and
 * task_set_special_port(), each selector and each rule.
 */
#include <stdatomic.h>

#include "actor.h"

static const int selectors[] = {
	TASK_KERNEL_PORT, TASK_HOST_PORT, TASK_EXCEPTION_PORT,
	TASK_BOOTSTRAP_PORT, TASK_WIRED_LEDGER_PORT, TASK_PAGED_LEDGER_PORT,
	TASK_DEBUG_CONTROL_PORT, TASK_RESOURCE_NOTIFY_PORT,
};

static const int unknown[] = {
	0, 7, 8, 12, 0x100, 0x101, 0x102, 0x104, 0x107, -1, INT_MIN, INT_MAX,
};

static mach_port_t get_special(task_t task, int which)
{
	mach_port_t port = TEST_POISON32;

	if (task_get_special_port(task, which, &port))
		return TEST_POISON32;
	return port;
}

/* The same with the bare call, which says what stood in @port afterwards. */
static long raw_get(uint32_t task, int which, uint32_t *port)
{
	struct machdev_special_port argument = {
		.object = task,
		.which = which,
		.port = TEST_POISON32,
	};
	long code = mach_ioctl(MACHDEV_IOC_TASK_GET_SPECIAL_PORT, &argument);

	*port = argument.port;
	return code;
}

static long raw_set(uint32_t task, int which, uint32_t port)
{
	struct machdev_special_port argument = {
		.object = task,
		.which = which,
		.port = port,
	};

	return mach_ioctl(MACHDEV_IOC_TASK_SET_SPECIAL_PORT, &argument);
}

TEST(set_and_get)
{
	task_t self = own_task();
	mach_port_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		port = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		EXPECT_EQ(port, get_special(self, which)) {
			TH_LOG("selector %d", which);
		}
	}
}

TEST(selectors_are_independent)
{
	mach_port_t port[ARRAY_SIZE(selectors)];
	task_t self = own_task();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		port[i] = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, selectors[i], port[i]));
	}
	for (i = 0; i < ARRAY_SIZE(selectors); i++)
		EXPECT_EQ(port[i], get_special(self, selectors[i]));
}

TEST(each_get_adds_a_user_reference)
{
	task_t self = own_task();
	mach_port_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		port = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		EXPECT_EQ(1, port_send_refs(port));
		EXPECT_EQ(port, get_special(self, which));
		EXPECT_EQ(2, port_send_refs(port));
		EXPECT_EQ(port, get_special(self, which));
		EXPECT_EQ(3, port_send_refs(port));
	}
}

TEST(set_leaves_the_callers_right)
{
	task_t self = own_task();
	mach_port_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		port = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		EXPECT_EQ(1, port_send_refs(port));
		EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
	}
}

TEST(macro_forms)
{
	task_t self = own_task();
	mach_port_t port = port_new(), seen;

	EXPECT_KR(KERN_SUCCESS, task_set_bootstrap_port(self, port));
	EXPECT_KR(KERN_SUCCESS, task_get_bootstrap_port(self, &seen));
	EXPECT_EQ(port, seen);
	EXPECT_EQ(port, get_special(self, TASK_BOOTSTRAP_PORT));

	port = port_new();
	EXPECT_KR(KERN_SUCCESS, task_set_exception_port(self, port));
	EXPECT_KR(KERN_SUCCESS, task_get_exception_port(self, &seen));
	EXPECT_EQ(port, seen);
	EXPECT_EQ(port, get_special(self, TASK_EXCEPTION_PORT));

	port = port_new();
	EXPECT_KR(KERN_SUCCESS, task_set_host_port(self, port));
	EXPECT_KR(KERN_SUCCESS, task_get_host_port(self, &seen));
	EXPECT_EQ(port, seen);

	port = port_new();
	EXPECT_KR(KERN_SUCCESS, task_set_host_name_port(self, port));
	EXPECT_KR(KERN_SUCCESS, task_get_host_name_port(self, &seen));
	EXPECT_EQ(port, seen);
	EXPECT_EQ(port, get_special(self, TASK_HOST_PORT));

	port = port_new();
	EXPECT_KR(KERN_SUCCESS, task_set_wired_ledger_port(self, port));
	EXPECT_KR(KERN_SUCCESS, task_get_wired_ledger_port(self, &seen));
	EXPECT_EQ(port, seen);
	EXPECT_EQ(port, get_special(self, TASK_WIRED_LEDGER_PORT));

	port = port_new();
	EXPECT_KR(KERN_SUCCESS, task_set_paged_ledger_port(self, port));
	EXPECT_KR(KERN_SUCCESS, task_get_paged_ledger_port(self, &seen));
	EXPECT_EQ(port, seen);
	EXPECT_EQ(port, get_special(self, TASK_PAGED_LEDGER_PORT));

	port = port_new();
	EXPECT_KR(KERN_SUCCESS, task_set_kernel_port(self, port));
	EXPECT_KR(KERN_SUCCESS, task_get_kernel_port(self, &seen));
	EXPECT_EQ(port, seen);
	EXPECT_EQ(port, get_special(self, TASK_KERNEL_PORT));
}

TEST(numbers)
{
	EXPECT_EQ(1, TASK_KERNEL_PORT);
	EXPECT_EQ(2, TASK_HOST_PORT);
	EXPECT_EQ(TASK_HOST_PORT, TASK_HOST_NAME_PORT);
	EXPECT_EQ(3, TASK_EXCEPTION_PORT);
	EXPECT_EQ(4, TASK_BOOTSTRAP_PORT);
	EXPECT_EQ(5, TASK_WIRED_LEDGER_PORT);
	EXPECT_EQ(6, TASK_PAGED_LEDGER_PORT);
	EXPECT_EQ(9, TASK_ACCESS_PORT);
	EXPECT_EQ(10, TASK_DEBUG_CONTROL_PORT);
	EXPECT_EQ(11, TASK_RESOURCE_NOTIFY_PORT);
	EXPECT_EQ(0x103, TASK_NAME_PORT);
	EXPECT_EQ(0x105, TASK_INSPECT_PORT);
	EXPECT_EQ(0x106, TASK_READ_PORT);
}

TEST(first_values)
{
	task_t self = own_task();

	EXPECT_EQ(self, get_special(self, TASK_KERNEL_PORT));
	EXPECT_EQ(mach_host_self(), get_special(self, TASK_HOST_PORT));
	EXPECT_EQ(MACH_PORT_NULL, get_special(self, TASK_EXCEPTION_PORT));
	EXPECT_EQ(MACH_PORT_TYPE_SEND,
		  port_type(get_special(self, TASK_WIRED_LEDGER_PORT)));
	EXPECT_EQ(MACH_PORT_TYPE_SEND,
		  port_type(get_special(self, TASK_PAGED_LEDGER_PORT)));
}

TEST(null_is_a_value)
{
	task_t self = own_task();
	uint32_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port_new()));
		EXPECT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, MACH_PORT_NULL));
		EXPECT_KR(KERN_SUCCESS, raw_get(self, which, &port));
		EXPECT_EQ(MACH_PORT_NULL, port) {
			TH_LOG("selector %d", which);
		}
	}
}

TEST(dead_is_a_value)
{
	task_t self = own_task();
	uint32_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		EXPECT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, MACH_PORT_DEAD));
		EXPECT_KR(KERN_SUCCESS, raw_get(self, which, &port));
		EXPECT_EQ(MACH_PORT_DEAD, port) {
			TH_LOG("selector %d", which);
		}
	}
}

TEST(a_port_that_dies_reads_as_dead)
{
	task_t self = own_task();
	mach_port_t port;
	uint32_t seen;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		port = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		ASSERT_KR(KERN_SUCCESS, mach_port_destroy(self, port));
		EXPECT_KR(KERN_SUCCESS, raw_get(self, which, &seen));
		EXPECT_EQ(MACH_PORT_DEAD, seen) {
			TH_LOG("selector %d", which);
		}
	}
}

TEST(dead_slot_can_be_set_again)
{
	task_t self = own_task();
	mach_port_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		port = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		ASSERT_KR(KERN_SUCCESS, mach_port_destroy(self, port));
		port = port_new();
		EXPECT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		EXPECT_EQ(port, get_special(self, which));
	}
}

TEST(wrong_task)
{
	mach_port_t receive = port_receive(), plain = port_new();
	task_t self = own_task();
	const uint32_t wrong[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, plain, receive,
		port_dead_name(), port_send_once(receive), mach_host_self(),
		mach_thread_self(), get_special(self, TASK_WIRED_LEDGER_PORT),
	};
	mach_port_t value = port_new();
	uint32_t task, port;
	int which;
	size_t i, j;

	for (j = 0; j < ARRAY_SIZE(selectors); j++) {
		which = selectors[j];
		for (i = 0; i < ARRAY_SIZE(wrong); i++) {
			task = wrong[i];
			EXPECT_KR(KERN_INVALID_ARGUMENT,
				  raw_get(task, which, &port)) {
				TH_LOG("selector %d, task %zu", which, i);
			}
			EXPECT_EQ(MACH_PORT_NULL, port);
			EXPECT_KR(KERN_INVALID_ARGUMENT,
				  raw_set(task, which, value)) {
				TH_LOG("selector %d, task %zu", which, i);
			}
		}
	}
	EXPECT_EQ(1, port_send_refs(value));
	EXPECT_EQ(self, get_special(self, TASK_KERNEL_PORT));
}

TEST(unknown_selector)
{
	task_t self = own_task();
	mach_port_t value = port_new();
	uint32_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		which = unknown[i];
		EXPECT_KR(KERN_INVALID_ARGUMENT, raw_get(self, which, &port)) {
			TH_LOG("selector %#x", which);
		}
		EXPECT_EQ(MACH_PORT_NULL, port);
		EXPECT_KR(KERN_INVALID_ARGUMENT, raw_set(self, which, value)) {
			TH_LOG("selector %#x", which);
		}
	}
	EXPECT_EQ(1, port_send_refs(value));
}

TEST(the_access_port_is_set_once)
{
	task_t self = own_task();
	mach_port_t port = port_new(), other = port_new();

	EXPECT_EQ(MACH_PORT_NULL, get_special(self, TASK_ACCESS_PORT));
	EXPECT_KR(KERN_SUCCESS, task_set_task_access_port(self, MACH_PORT_NULL));
	EXPECT_KR(KERN_SUCCESS, task_set_task_access_port(self, port));
	EXPECT_EQ(port, get_special(self, TASK_ACCESS_PORT));
	EXPECT_KR(KERN_NO_ACCESS, task_set_task_access_port(self, other));
	EXPECT_KR(KERN_NO_ACCESS, task_set_task_access_port(self, port));
	EXPECT_KR(KERN_NO_ACCESS,
		  task_set_task_access_port(self, MACH_PORT_NULL));
	EXPECT_KR(KERN_INVALID_RIGHT,
		  task_set_task_access_port(self, PORT_NOTHING));
	EXPECT_EQ(port, get_special(self, TASK_ACCESS_PORT));
	EXPECT_EQ(1, port_send_refs(other));
	/* Also when it has died. */
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(self, port));
	EXPECT_EQ(MACH_PORT_DEAD, get_special(self, TASK_ACCESS_PORT));
	EXPECT_KR(KERN_NO_ACCESS, task_set_task_access_port(self, other));
}

TEST(the_access_port_is_inherited_for_good)
{
	mach_port_t port = port_new();
	struct actor actor;
	uint32_t name;

	ASSERT_KR(KERN_SUCCESS, task_set_task_access_port(own_task(), port));
	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_EQ(port, actor_special(&actor, TASK_ACCESS_PORT));
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	EXPECT_KR(KERN_NO_ACCESS,
		  actor_set_special(&actor, TASK_ACCESS_PORT, MACH_PORT_NULL));
	EXPECT_EQ(port, actor_special(&actor, TASK_ACCESS_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

static atomic_int winners;

static void *set_access(void *argument)
{
	mach_port_t port = *(mach_port_t *)argument;

	if (!task_set_task_access_port(own_task(), port))
		winners++;
	return NULL;
}

TEST(of_two_who_set_the_access_port_one_has)
{
	mach_port_t port[2] = { port_new(), port_new() };
	pthread_t thread[2];
	int i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, set_access,
					    &port[i]));
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	EXPECT_EQ(1, winners);
}

TEST(some_are_not_inherited)
{
	static const int own[] = {
		TASK_DEBUG_CONTROL_PORT, TASK_RESOURCE_NOTIFY_PORT,
	};
	struct actor actor;
	task_t child;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(own); i++)
		ASSERT_KR(KERN_SUCCESS, task_set_special_port(own_task(), own[i],
							      port_new()));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  task_create(own_task(), NULL, 0, FALSE, &child));
	for (i = 0; i < ARRAY_SIZE(own); i++) {
		EXPECT_EQ(MACH_PORT_NULL, actor_special(&actor, own[i]));
		EXPECT_EQ(MACH_PORT_NULL, get_special(child, own[i]));
	}
	EXPECT_EQ(0, actor_end(&actor));
}

/* They go with the task. */
TEST(what_a_task_alone_has_ends_with_it)
{
	mach_port_t port = port_new();
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_special_port(actor_task(&actor),
					TASK_DEBUG_CONTROL_PORT, port));
	mach_port_mod_refs(own_task(), port, MACH_PORT_RIGHT_SEND, -1);
	EXPECT_EQ(1, port_has_senders(port));
	EXPECT_EQ(128 + SIGKILL, actor_kill(&actor));
	mach_sync();
	EXPECT_EQ(0, port_has_senders(port));
}

TEST(the_task_is_looked_at_first)
{
	uint32_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  raw_get(MACH_PORT_NULL, which, &port));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  raw_set(MACH_PORT_NULL, which, PORT_NOTHING));
	}
}

TEST(value_without_a_send_right)
{
	mach_port_t receive = port_receive(), once = port_send_once(receive);
	const uint32_t wrong[] = { receive, once, PORT_NOTHING };
	task_t self = own_task();
	mach_port_t value = port_new();
	uint32_t port;
	int which;
	size_t i, j;

	for (j = 0; j < ARRAY_SIZE(selectors); j++) {
		which = selectors[j];
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, value));
		for (i = 0; i < ARRAY_SIZE(wrong); i++) {
			port = wrong[i];
			EXPECT_KR(KERN_INVALID_RIGHT,
				  raw_set(self, which, port)) {
				TH_LOG("selector %d, value %zu", which, i);
			}
		}
		EXPECT_EQ(value, get_special(self, which));
		EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(receive));
		EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(once));
	}
}

/* A dead name is what is left of a send right, and dead is a value. */
TEST(value_that_is_a_dead_name)
{
	mach_port_t dead = port_dead_name();
	task_t self = own_task();
	uint32_t port;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		EXPECT_KR(KERN_SUCCESS, raw_set(self, selectors[i], dead)) {
			TH_LOG("selector %d", selectors[i]);
		}
		EXPECT_KR(KERN_SUCCESS, raw_get(self, selectors[i], &port));
		EXPECT_EQ(MACH_PORT_DEAD, port);
		EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(dead));
	}
}

TEST(the_old_right_is_released)
{
	task_t self = own_task();
	mach_port_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		port = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(self, port));
		EXPECT_EQ(1, port_has_senders(port)) {
			TH_LOG("selector %d", which);
		}
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port_new()));
		EXPECT_EQ(0, port_has_senders(port)) {
			TH_LOG("selector %d", which);
		}
	}
}

TEST(null_releases_the_old_right)
{
	task_t self = own_task();
	mach_port_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		port = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(self, port));
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, MACH_PORT_NULL));
		EXPECT_EQ(0, port_has_senders(port));
	}
}

TEST(setting_the_same_port_twice)
{
	task_t self = own_task();
	mach_port_t port;
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		port = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(self, port));
		EXPECT_EQ(1, port_has_senders(port));
		EXPECT_EQ(port, get_special(self, which));
	}
}

TEST(one_port_in_every_slot)
{
	task_t self = own_task();
	mach_port_t port = port_new();
	int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
	}
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(self, port));
	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		EXPECT_EQ(1, port_has_senders(port));
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, MACH_PORT_NULL));
	}
	EXPECT_EQ(0, port_has_senders(port));
}

TEST(stored_rights_go_with_the_task)
{
	mach_port_t port[ARRAY_SIZE(selectors)];
	struct actor actor;
	size_t i;

	ASSERT_EQ(0, actor_start(&actor));
	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		port[i] = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(actor_task(&actor),
						selectors[i], port[i]));
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_deallocate(mach_task_self(), port[i]));
		EXPECT_EQ(1, port_has_senders(port[i]));
	}
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	for (i = 0; i < ARRAY_SIZE(selectors); i++)
		EXPECT_EQ(0, port_has_senders(port[i]));
}

TEST(kernel_port_is_a_mask)
{
	task_t self = own_task();
	mach_port_t port = port_new();
	struct tokens tokens;
	uint32_t name;
	task_t task;
	int pid;

	ASSERT_KR(KERN_SUCCESS, task_set_kernel_port(self, port));
	/* What the task is told has changed. */
	EXPECT_EQ(port, get_special(self, TASK_KERNEL_PORT));
	EXPECT_KR(KERN_SUCCESS, mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name));
	EXPECT_EQ(port, name);
	/* What denotes the task has not. */
	EXPECT_KR(KERN_SUCCESS, task_tokens(self, &tokens));
	EXPECT_KR(KERN_SUCCESS, pid_for_task(self, &pid));
	EXPECT_EQ(getpid(), pid);
	EXPECT_KR(KERN_SUCCESS, task_for_pid(self, getpid(), &task));
	EXPECT_EQ(self, task);
	/* The mask itself is no task. */
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_tokens(port, &tokens));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  raw_get(port, TASK_KERNEL_PORT, &name));
}

TEST(kernel_mask_of_null_and_dead)
{
	task_t self = own_task();
	uint32_t name;

	ASSERT_KR(KERN_SUCCESS, task_set_kernel_port(self, MACH_PORT_NULL));
	EXPECT_KR(KERN_SUCCESS, mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name));
	EXPECT_EQ(MACH_PORT_NULL, name);
	ASSERT_KR(KERN_SUCCESS, task_set_kernel_port(self, MACH_PORT_DEAD));
	EXPECT_KR(KERN_SUCCESS, mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name));
	EXPECT_EQ(MACH_PORT_DEAD, name);
}

TEST(kernel_mask_can_be_taken_off)
{
	task_t self = own_task();
	uint32_t name;

	ASSERT_KR(KERN_SUCCESS, task_set_kernel_port(self, port_new()));
	ASSERT_KR(KERN_SUCCESS, task_set_kernel_port(self, self));
	EXPECT_EQ(self, get_special(self, TASK_KERNEL_PORT));
	EXPECT_KR(KERN_SUCCESS, mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name));
	EXPECT_EQ(self, name);
}

TEST(kernel_mask_is_another_tasks_port)
{
	task_t self = own_task();
	struct actor actor;
	uint32_t name;
	int pid;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_kernel_port(self, actor_task(&actor)));
	EXPECT_KR(KERN_SUCCESS, mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name));
	EXPECT_EQ(actor.task, name);
	EXPECT_KR(KERN_SUCCESS, pid_for_task(name, &pid));
	EXPECT_EQ(actor.pid, pid);
	EXPECT_KR(KERN_SUCCESS, pid_for_task(self, &pid));
	EXPECT_EQ(getpid(), pid);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(kernel_mask_is_not_inherited)
{
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_kernel_port(mach_task_self(), port_new()));
	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_EQ(actor_task(&actor),
		  actor_trap(&actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_EQ(actor.task, actor_special(&actor, TASK_KERNEL_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(kernel_mask_of_another_task)
{
	mach_port_t port = port_new();
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_kernel_port(actor_task(&actor), port));
	EXPECT_EQ(port, actor_trap(&actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_EQ(port, get_special(actor.task, TASK_KERNEL_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(host_port_is_what_mach_host_self_gives)
{
	mach_port_t host = mach_host_self(), port = port_new(), seen;
	task_t self = own_task();
	uint32_t name;

	ASSERT_KR(KERN_SUCCESS, task_set_host_port(self, port));
	EXPECT_KR(KERN_SUCCESS, mach_ioctl_name(MACHDEV_IOC_HOST_SELF, &name));
	EXPECT_EQ(port, name);
	EXPECT_EQ(port, get_special(self, TASK_HOST_PORT));
	EXPECT_EQ(port, get_special(self, TASK_HOST_NAME_PORT));
	/* The port that denotes the host stays what it is. */
	EXPECT_KR(KERN_SUCCESS,
		  host_get_special_port(host_priv_port(), HOST_LOCAL_NODE,
					HOST_PORT, &seen));
	EXPECT_EQ(host, seen);
}

TEST(host_port_is_inherited)
{
	mach_port_t port = port_new();
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS, task_set_host_port(mach_task_self(), port));
	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_EQ(port, actor_trap(&actor, MACHDEV_IOC_HOST_SELF));
	EXPECT_EQ(port, actor_special(&actor, TASK_HOST_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(another_tasks_ports)
{
	struct actor actor;
	mach_port_t port;
	int which;
	size_t i;

	ASSERT_EQ(0, actor_start(&actor));
	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		port = port_new();
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(actor_task(&actor), which,
						port));
		EXPECT_EQ(port, get_special(actor.task, which));
		EXPECT_EQ(port, actor_special(&actor, which)) {
			TH_LOG("selector %d", which);
		}
		EXPECT_NE(port, get_special(mach_task_self(), which));
	}
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(a_child_sets_its_own_ports_only)
{
	struct actor actor;
	uint32_t name;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_bootstrap_port(mach_task_self(), MACH_PORT_NULL));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	EXPECT_KR(KERN_INVALID_RIGHT,
		  actor_set_special(&actor, TASK_BOOTSTRAP_PORT, name));
	name = actor_give(&actor, port_new(), MACH_MSG_TYPE_COPY_SEND);
	EXPECT_KR(KERN_SUCCESS,
		  actor_set_special(&actor, TASK_BOOTSTRAP_PORT, name));
	EXPECT_EQ(MACH_PORT_NULL,
		  get_special(mach_task_self(), TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(a_dead_task_has_no_special_ports)
{
	mach_port_t value = port_new();
	struct actor actor;
	uint32_t port;
	int which;
	size_t i;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_NE(MACH_PORT_NULL, actor_task(&actor));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  raw_get(actor.task, which, &port));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  raw_set(actor.task, which, value));
	}
	EXPECT_EQ(1, port_send_refs(value));
}

TEST(result_that_cannot_be_written)
{
	struct machdev_special_port *argument;
	task_t self = own_task();
	mach_port_t port = port_new();
	int which;
	size_t i;

	argument = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, argument);
	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		which = selectors[i];
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self, which, port));
		argument->object = self;
		argument->which = which;
		ASSERT_EQ(0, mprotect(argument, 4096, PROT_READ));
		EXPECT_KR(-EFAULT, mach_ioctl(MACHDEV_IOC_TASK_GET_SPECIAL_PORT,
					      argument));
		ASSERT_EQ(0, mprotect(argument, 4096, PROT_READ | PROT_WRITE));
		EXPECT_EQ(1, port_send_refs(port)) {
			TH_LOG("selector %d", which);
		}
	}
}

/*
 * Bootstrap. The host's default is everybody's, so it is put back.
 */

FIXTURE(fallback) {
	mach_port_t priv, before;
};

FIXTURE_SETUP(fallback)
{
	self->priv = host_priv_port();
	ASSERT_KR(KERN_SUCCESS,
		  host_get_special_port(self->priv, HOST_LOCAL_NODE,
					HOST_BOOTSTRAP_PORT, &self->before));
}

FIXTURE_TEARDOWN(fallback)
{
	EXPECT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					self->before));
}

TEST_F(fallback, an_unset_slot_follows_the_host)
{
	mach_port_t first = port_new(), second = port_new();
	task_t task = own_task();

	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					first));
	EXPECT_EQ(first, get_special(task, TASK_BOOTSTRAP_PORT));
	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					second));
	EXPECT_EQ(second, get_special(task, TASK_BOOTSTRAP_PORT));
	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					MACH_PORT_NULL));
	EXPECT_EQ(MACH_PORT_NULL, get_special(task, TASK_BOOTSTRAP_PORT));
}

TEST_F(fallback, an_explicit_one_does_not)
{
	mach_port_t own = port_new(), first = port_new();
	task_t task = own_task();

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(task, own));
	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					first));
	EXPECT_EQ(own, get_special(task, TASK_BOOTSTRAP_PORT));
}

TEST_F(fallback, an_explicit_null_does_not)
{
	task_t task = own_task();

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(task, MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					port_new()));
	EXPECT_EQ(MACH_PORT_NULL, get_special(task, TASK_BOOTSTRAP_PORT));
}

TEST_F(fallback, children_follow_it_too)
{
	mach_port_t first = port_new(), second = port_new();
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					first));
	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_EQ(first, actor_special(&actor, TASK_BOOTSTRAP_PORT));
	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					second));
	EXPECT_EQ(second, actor_special(&actor, TASK_BOOTSTRAP_PORT));
	ASSERT_EQ(0, actor_next(&actor));
	EXPECT_EQ(second, actor_special(&actor, TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(fallback, children_of_an_explicit_one_keep_it)
{
	mach_port_t own = port_new();
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_bootstrap_port(mach_task_self(), own));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					port_new()));
	EXPECT_EQ(own, actor_special(&actor, TASK_BOOTSTRAP_PORT));
	ASSERT_EQ(0, actor_next(&actor));
	EXPECT_EQ(own, actor_special(&actor, TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(fallback, a_task_of_another_user_finds_it)
{
	mach_port_t port = port_new();
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					port));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	EXPECT_EQ(port, actor_special(&actor, TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(fallback, a_dead_default_reads_as_dead)
{
	mach_port_t port = port_new();

	ASSERT_KR(KERN_SUCCESS,
		  host_set_special_port(self->priv, HOST_BOOTSTRAP_PORT,
					port));
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(mach_task_self(), port));
	EXPECT_EQ(MACH_PORT_DEAD,
		  get_special(mach_task_self(), TASK_BOOTSTRAP_PORT));
}

MACH_TEST_MAIN
