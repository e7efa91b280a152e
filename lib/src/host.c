// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations on the host. */
#include <string.h>

#include <machdev.h>

#include "embryo.h"
#include "internal.h"

MACHDEV_EXPORT kern_return_t host_get_host_priv_port(host_t host,
						     host_priv_t *host_priv)
{
	struct machdev_name argument = { .name = MACH_PORT_NULL };
	kern_return_t result = KERN_INVALID_ARGUMENT;

	if (MACH_PORT_VALID(host))
		result = __machdev_call(MACHDEV_IOC_HOST_PRIV, &argument);
	*host_priv = result == KERN_SUCCESS ? argument.name : MACH_PORT_NULL;
	return result;
}

MACHDEV_EXPORT kern_return_t host_get_special_port(host_priv_t host_priv,
						   int node, int which,
						   mach_port_t *port)
{
	struct machdev_special_port argument = {
		.object = host_priv,
		.which = which,
		.node = node,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_HOST_GET_SPECIAL_PORT, &argument);
	if (result == KERN_SUCCESS)
		*port = argument.port;
	return result;
}

MACHDEV_EXPORT kern_return_t host_set_special_port(host_priv_t host_priv,
						   int which, mach_port_t port)
{
	struct machdev_special_port argument = {
		.object = host_priv,
		.which = which,
		.port = port,
		.node = HOST_LOCAL_NODE,
	};

	return __machdev_call(MACHDEV_IOC_HOST_SET_SPECIAL_PORT, &argument);
}

MACHDEV_EXPORT kern_return_t
host_security_set_task_token(host_security_t host_security, task_t target_task,
			     security_token_t sec_token,
			     audit_token_t audit_token, host_t host)
{
	struct machdev_task_token argument = {
		.host_security = host_security,
		.task = target_task,
		.host = host,
	};

	memcpy(argument.security, sec_token.val, sizeof(argument.security));
	memcpy(argument.audit, audit_token.val, sizeof(argument.audit));
	return __machdev_call(MACHDEV_IOC_HOST_SET_TASK_TOKEN, &argument);
}

MACHDEV_EXPORT kern_return_t
host_security_create_task_token(host_security_t host_security,
				task_t parent_task, security_token_t sec_token,
				audit_token_t audit_token, host_t host,
				ledger_array_t ledgers,
				mach_msg_type_number_t ledgersCnt,
				boolean_t inherit_memory, task_t *child_task)
{
	struct machdev_task_create argument = {
		.host_security = host_security,
		.parent = parent_task,
		.host = host,
		.inherit_memory = inherit_memory,
		.ledgers = (uint64_t)(uintptr_t)ledgers,
		.ledger_count = ledgersCnt,
		.flags = MACHDEV_TASK_CREATE_TOKEN,
	};

	memcpy(argument.security, sec_token.val, sizeof(argument.security));
	memcpy(argument.audit, audit_token.val, sizeof(argument.audit));
	return __machdev_create(&argument, child_task);
}
