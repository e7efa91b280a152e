// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's ports: who gets the privileged and the security port, and the
 * table of the host's special ports.
 */
#include <linux/capability.h>
#include "actor.h"

static long raw_priv(uint32_t *name)
{
	return mach_ioctl_name(MACHDEV_IOC_HOST_PRIV, name);
}

static long raw_get(uint32_t host, int node, int which, uint32_t *port)
{
	struct machdev_special_port argument = {
		.object = host,
		.which = which,
		.port = TEST_POISON32,
		.node = node,
	};
	long code = mach_ioctl(MACHDEV_IOC_HOST_GET_SPECIAL_PORT, &argument);

	*port = argument.port;
	return code;
}

static long raw_set(uint32_t host, int which, uint32_t port)
{
	struct machdev_special_port argument = {
		.object = host,
		.which = which,
		.port = port,
	};

	return mach_ioctl(MACHDEV_IOC_HOST_SET_SPECIAL_PORT, &argument);
}

/* Take @capability out of the effective set, or put it in. */
static int set_capability(int capability, bool effective)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	uint32_t bit = 1u << (capability & 31);

	if (syscall(SYS_capget, &header, data))
		return -errno;
	data[capability >> 5].effective &= ~bit;
	if (effective)
		data[capability >> 5].effective |= bit;
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

TEST(host_self_is_one_port)
{
	mach_port_t host = mach_host_self();

	ASSERT_TRUE(MACH_PORT_VALID(host));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(host));
	EXPECT_EQ(1, port_send_refs(host));
	EXPECT_EQ(host, mach_host_self());
	EXPECT_EQ(2, port_send_refs(host));
	EXPECT_NE(host, mach_task_self());
}

TEST(host_self_is_the_same_for_all)
{
	mach_port_t host = mach_host_self();
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_EQ(host, actor_trap(&actor, MACHDEV_IOC_HOST_SELF));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	EXPECT_EQ(host, actor_trap(&actor, MACHDEV_IOC_HOST_SELF));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(root_gets_the_privileged_port)
{
	mach_port_t priv = host_priv_port();

	ASSERT_TRUE(MACH_PORT_VALID(priv));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(priv));
	EXPECT_NE(mach_host_self(), priv);
	EXPECT_EQ(priv, host_priv_port());
	EXPECT_EQ(2, port_send_refs(priv));
}

TEST(root_does_not_get_it_from_mach_host_self)
{
	mach_port_t host = mach_host_self();

	EXPECT_NE(host_priv_port(), host);
}

TEST(a_user_does_not)
{
	uint32_t name;

	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	EXPECT_KR(KERN_NO_ACCESS, raw_priv(&name));
	EXPECT_EQ(MACH_PORT_NULL, name);
}

TEST(root_without_the_capability_does_not)
{
	uint32_t name;

	ASSERT_EQ(0, set_capability(CAP_SYS_ADMIN, false));
	EXPECT_KR(KERN_NO_ACCESS, raw_priv(&name));
	EXPECT_EQ(MACH_PORT_NULL, name);
	ASSERT_EQ(0, set_capability(CAP_SYS_ADMIN, true));
	EXPECT_KR(KERN_SUCCESS, raw_priv(&name));
}

TEST(a_user_with_the_capability_does)
{
	uint32_t name;

	ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1));
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	ASSERT_EQ(0, set_capability(CAP_SYS_ADMIN, true));
	EXPECT_KR(KERN_SUCCESS, raw_priv(&name));
	EXPECT_TRUE(MACH_PORT_VALID(name));
}

TEST(root_of_a_user_namespace_does_not)
{
	struct actor actor;
	uint32_t name;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_do(&actor, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	ASSERT_EQ(0, actor_map_ids(&actor, 0, 0, 1));
	EXPECT_KR(KERN_NO_ACCESS,
		  actor_name(&actor, MACHDEV_IOC_HOST_PRIV, &name));
	EXPECT_EQ(MACH_PORT_NULL, name);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(security_port)
{
	mach_port_t security = host_security_port();

	ASSERT_TRUE(MACH_PORT_VALID(security));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(security));
	EXPECT_NE(mach_host_self(), security);
	EXPECT_NE(host_priv_port(), security);
	EXPECT_EQ(security, host_security_port());
}

TEST(security_port_needs_its_capability)
{
	mach_port_t priv = host_priv_port();
	uint32_t port;

	ASSERT_EQ(0, set_capability(CAP_MAC_ADMIN, false));
	EXPECT_KR(KERN_NO_ACCESS,
		  raw_get(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT, &port));
	EXPECT_EQ(MACH_PORT_NULL, port);
	ASSERT_EQ(0, set_capability(CAP_MAC_ADMIN, true));
	EXPECT_KR(KERN_SUCCESS,
		  raw_get(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT, &port));
}

TEST(security_port_for_a_user_with_the_privileged_port)
{
	struct machdev_special_port argument = {
		.which = HOST_SECURITY_PORT,
		.node = HOST_LOCAL_NODE,
	};
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	argument.object = actor_give(&actor, host_priv_port(),
				     MACH_MSG_TYPE_COPY_SEND);
	ASSERT_NE(0, argument.object);
	EXPECT_KR(KERN_NO_ACCESS,
		  actor_ioctl(&actor, MACHDEV_IOC_HOST_GET_SPECIAL_PORT,
			      &argument));
	EXPECT_EQ(MACH_PORT_NULL, argument.port);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(security_port_for_root_of_a_user_namespace)
{
	struct machdev_special_port argument = {
		.which = HOST_SECURITY_PORT,
		.node = HOST_LOCAL_NODE,
	};
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_do(&actor, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	ASSERT_EQ(0, actor_map_ids(&actor, 0, 0, 1));
	argument.object = actor_give(&actor, host_priv_port(),
				     MACH_MSG_TYPE_COPY_SEND);
	ASSERT_NE(0, argument.object);
	EXPECT_KR(KERN_NO_ACCESS,
		  actor_ioctl(&actor, MACHDEV_IOC_HOST_GET_SPECIAL_PORT,
			      &argument));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(the_privileged_port_can_be_handed_on)
{
	struct machdev_special_port argument = { .node = HOST_LOCAL_NODE };
	mach_port_t port = port_new(), seen;
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	argument.object = actor_give(&actor, host_priv_port(),
				     MACH_MSG_TYPE_COPY_SEND);
	argument.which = HOST_LOCKD_PORT;
	argument.port = actor_give(&actor, port, MACH_MSG_TYPE_COPY_SEND);
	EXPECT_KR(KERN_SUCCESS,
		  actor_ioctl(&actor, MACHDEV_IOC_HOST_SET_SPECIAL_PORT,
			      &argument));
	EXPECT_KR(KERN_SUCCESS,
		  host_get_special_port(host_priv_port(), HOST_LOCAL_NODE,
					HOST_LOCKD_PORT, &seen));
	EXPECT_EQ(port, seen);
	argument.port = MACH_PORT_NULL;
	EXPECT_KR(KERN_SUCCESS,
		  actor_ioctl(&actor, MACHDEV_IOC_HOST_SET_SPECIAL_PORT,
			      &argument));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(kernel_ports_of_the_table)
{
	mach_port_t priv = host_priv_port();
	uint32_t port;
	int which;

	EXPECT_KR(KERN_SUCCESS,
		  raw_get(priv, HOST_LOCAL_NODE, HOST_PORT, &port));
	EXPECT_EQ(mach_host_self(), port);
	EXPECT_KR(KERN_SUCCESS,
		  raw_get(priv, HOST_LOCAL_NODE, HOST_PRIV_PORT, &port));
	EXPECT_EQ(priv, port);
	for (which = HOST_IO_MAIN_PORT; which <= HOST_MAX_SPECIAL_KERNEL_PORT;
	     which++) {
		EXPECT_KR(KERN_SUCCESS,
			  raw_get(priv, HOST_LOCAL_NODE, which, &port));
		EXPECT_EQ(MACH_PORT_NULL, port);
	}
}

TEST(kernel_ports_cannot_be_set)
{
	mach_port_t priv = host_priv_port(), value = port_new();
	uint32_t port;
	int which;

	for (which = 0; which <= HOST_MAX_SPECIAL_KERNEL_PORT; which++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT, raw_set(priv, which, value));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  raw_set(priv, which, MACH_PORT_NULL));
	}
	EXPECT_EQ(1, port_send_refs(value));
	EXPECT_KR(KERN_SUCCESS,
		  raw_get(priv, HOST_LOCAL_NODE, HOST_PORT, &port));
	EXPECT_EQ(mach_host_self(), port);
}

TEST(servers_ports_can_be_set)
{
	mach_port_t priv = host_priv_port(), value;
	uint32_t port;
	int which;

	for (which = HOST_MAX_SPECIAL_KERNEL_PORT + 1;
	     which <= HOST_MAX_SPECIAL_PORT; which++) {
		value = port_new();
		EXPECT_KR(KERN_SUCCESS,
			  raw_get(priv, HOST_LOCAL_NODE, which, &port));
		EXPECT_EQ(MACH_PORT_NULL, port);
		EXPECT_KR(KERN_SUCCESS, raw_set(priv, which, value));
		EXPECT_KR(KERN_SUCCESS,
			  raw_get(priv, HOST_LOCAL_NODE, which, &port));
		EXPECT_EQ(value, port);
		EXPECT_EQ(2, port_send_refs(value));
		EXPECT_KR(KERN_SUCCESS, raw_set(priv, which, MACH_PORT_NULL));
		EXPECT_KR(KERN_SUCCESS,
			  raw_get(priv, HOST_LOCAL_NODE, which, &port));
		EXPECT_EQ(MACH_PORT_NULL, port);
	}
}

TEST(unknown_selector)
{
	const int unknown[] = { -1, 36, 0x103, 0x105, INT_MIN, INT_MAX };
	mach_port_t priv = host_priv_port(), value = port_new();
	uint32_t port;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  raw_get(priv, HOST_LOCAL_NODE, unknown[i], &port));
		EXPECT_EQ(MACH_PORT_NULL, port);
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  raw_set(priv, unknown[i], value));
	}
	EXPECT_EQ(1, port_send_refs(value));
}

TEST(wrong_host)
{
	mach_port_t receive = port_receive();
	const uint32_t wrong[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, receive,
		port_new(), port_dead_name(), port_send_once(receive),
		mach_task_self(), mach_host_self(), host_security_port(),
	};
	const int which[] = {
		HOST_SECURITY_PORT, HOST_PORT, HOST_PRIV_PORT, HOST_LOCKD_PORT,
		HOST_BOOTSTRAP_PORT,
	};
	mach_port_t value = port_new();
	uint32_t port;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		for (j = 0; j < ARRAY_SIZE(which); j++) {
			EXPECT_KR(KERN_INVALID_ARGUMENT,
				  raw_get(wrong[i], HOST_LOCAL_NODE, which[j],
					  &port)) {
				TH_LOG("host %zu, selector %d", i, which[j]);
			}
			EXPECT_EQ(MACH_PORT_NULL, port);
			EXPECT_KR(KERN_INVALID_ARGUMENT,
				  raw_set(wrong[i], which[j], value)) {
				TH_LOG("host %zu, selector %d", i, which[j]);
			}
		}
	}
	EXPECT_EQ(1, port_send_refs(value));
}

TEST(node_is_ignored)
{
	const int node[] = { HOST_LOCAL_NODE, 0, 1, 77, INT_MAX, INT_MIN };
	mach_port_t priv = host_priv_port();
	uint32_t port;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(node); i++) {
		EXPECT_KR(KERN_SUCCESS,
			  raw_get(priv, node[i], HOST_PRIV_PORT, &port));
		EXPECT_EQ(priv, port);
	}
}

TEST(value_without_a_send_right)
{
	mach_port_t receive = port_receive(), value = port_new();
	const uint32_t wrong[] = {
		receive, port_send_once(receive), PORT_NOTHING,
	};
	mach_port_t priv = host_priv_port();
	uint32_t port;
	size_t i;

	ASSERT_KR(KERN_SUCCESS, raw_set(priv, HOST_LOCKD_PORT, value));
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		EXPECT_KR(KERN_INVALID_RIGHT,
			  raw_set(priv, HOST_LOCKD_PORT, wrong[i]));
	EXPECT_KR(KERN_SUCCESS,
		  raw_get(priv, HOST_LOCAL_NODE, HOST_LOCKD_PORT, &port));
	EXPECT_EQ(value, port);
	EXPECT_KR(KERN_SUCCESS, raw_set(priv, HOST_LOCKD_PORT, MACH_PORT_NULL));
}

TEST(the_old_right_is_released)
{
	mach_port_t priv = host_priv_port(), value = port_new();

	ASSERT_KR(KERN_SUCCESS, raw_set(priv, HOST_LOCKD_PORT, value));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), value));
	EXPECT_EQ(1, port_has_senders(value));
	ASSERT_KR(KERN_SUCCESS, raw_set(priv, HOST_LOCKD_PORT, MACH_PORT_NULL));
	EXPECT_EQ(0, port_has_senders(value));
}

TEST(dead_is_a_value)
{
	mach_port_t priv = host_priv_port(), value = port_new();
	uint32_t port;

	ASSERT_KR(KERN_SUCCESS, raw_set(priv, HOST_LOCKD_PORT, MACH_PORT_DEAD));
	EXPECT_KR(KERN_SUCCESS,
		  raw_get(priv, HOST_LOCAL_NODE, HOST_LOCKD_PORT, &port));
	EXPECT_EQ(MACH_PORT_DEAD, port);
	ASSERT_KR(KERN_SUCCESS, raw_set(priv, HOST_LOCKD_PORT, value));
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(mach_task_self(), value));
	EXPECT_KR(KERN_SUCCESS,
		  raw_get(priv, HOST_LOCAL_NODE, HOST_LOCKD_PORT, &port));
	EXPECT_EQ(MACH_PORT_DEAD, port);
	EXPECT_KR(KERN_SUCCESS, raw_set(priv, HOST_LOCKD_PORT, MACH_PORT_NULL));
}

TEST(a_server_that_is_gone_reads_as_dead)
{
	mach_port_t priv = host_priv_port();
	struct actor actor;
	uint32_t name, port;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_allocate(&actor, &name));
	port = actor_take(&actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(KERN_SUCCESS, raw_set(priv, HOST_LOCKD_PORT, port));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_KR(KERN_SUCCESS,
		  raw_get(priv, HOST_LOCAL_NODE, HOST_LOCKD_PORT, &port));
	EXPECT_EQ(MACH_PORT_DEAD, port);
	EXPECT_KR(KERN_SUCCESS, raw_set(priv, HOST_LOCKD_PORT, MACH_PORT_NULL));
}

TEST(default_bootstrap_port)
{
	mach_port_t priv = host_priv_port(), value = port_new(), before, port;

	ASSERT_KR(KERN_SUCCESS, host_get_bootstrap_port(priv, &before));
	EXPECT_KR(KERN_SUCCESS, host_set_bootstrap_port(priv, value));
	EXPECT_KR(KERN_SUCCESS, host_get_bootstrap_port(priv, &port));
	EXPECT_EQ(value, port);
	EXPECT_KR(KERN_SUCCESS, host_set_bootstrap_port(priv, before));
}

MACH_TEST_MAIN
