// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Members of port sets. */
#include "internal.h"

static kern_return_t change(unsigned long command, ipc_space_t task,
			    mach_port_name_t member, mach_port_name_t set)
{
	struct machdev_port_member argument = {
		.task = task,
		.name = member,
		.set = set,
	};

	return __machdev_call(command, &argument);
}

MACHDEV_EXPORT kern_return_t mach_port_move_member(ipc_space_t task,
						   mach_port_name_t member,
						   mach_port_name_t after)
{
	return change(MACHDEV_IOC_PORT_MOVE_MEMBER, task, member, after);
}

MACHDEV_EXPORT kern_return_t mach_port_insert_member(ipc_space_t task,
						     mach_port_name_t name,
						     mach_port_name_t pset)
{
	return change(MACHDEV_IOC_PORT_INSERT_MEMBER, task, name, pset);
}

MACHDEV_EXPORT kern_return_t mach_port_extract_member(ipc_space_t task,
						      mach_port_name_t name,
						      mach_port_name_t pset)
{
	return change(MACHDEV_IOC_PORT_EXTRACT_MEMBER, task, name, pset);
}

MACHDEV_EXPORT kern_return_t
mach_port_get_set_status(ipc_space_read_t task, mach_port_name_t name,
			 mach_port_name_array_t *members,
			 mach_msg_type_number_t *membersCnt)
{
	struct machdev_port_set_status argument = {
		.task = task,
		.name = name,
	};
	struct machdev_array array = {
		.address = &argument.members,
		.each = sizeof(mach_port_name_t),
	};
	kern_return_t result;

	result = __machdev_fetch(MACHDEV_IOC_PORT_GET_SET_STATUS, &argument,
				 &argument.count, &array, 1);
	if (result == KERN_SUCCESS) {
		*members = array.memory;
		*membersCnt = argument.count;
	}
	return result;
}
