// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The set of processors, and all tasks. */
#include "internal.h"

MACHDEV_EXPORT kern_return_t
processor_set_default(host_t host, processor_set_name_t *default_set)
{
	struct machdev_processor_set argument = { .host = host };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PROCESSOR_SET_DEFAULT, &argument);
	if (result == KERN_SUCCESS)
		*default_set = argument.set_name;
	return result;
}

MACHDEV_EXPORT kern_return_t
host_processor_set_priv(host_priv_t host_priv, processor_set_name_t set_name,
			processor_set_t *set)
{
	struct machdev_processor_set argument = {
		.host = host_priv,
		.set_name = set_name,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_HOST_PROCESSOR_SET_PRIV, &argument);
	if (result == KERN_SUCCESS)
		*set = argument.set;
	return result;
}

MACHDEV_EXPORT kern_return_t
processor_set_tasks(processor_set_t processor_set, task_array_t *task_list,
		    mach_msg_type_number_t *task_listCnt)
{
	struct machdev_port_array argument = { .object = processor_set };
	struct machdev_array array = {
		.address = &argument.names,
		.each = sizeof(task_t),
	};
	kern_return_t result;

	result = __machdev_fetch(MACHDEV_IOC_PROCESSOR_SET_TASKS, &argument,
				 &argument.count, &array, 1);
	if (result == KERN_SUCCESS) {
		*task_list = array.memory;
		*task_listCnt = argument.count;
	}
	return result;
}
