// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations on the port behind a receive right. */
#include "internal.h"

static kern_return_t set_count(unsigned long command, ipc_space_t task,
			       mach_port_name_t name, uint32_t count)
{
	struct machdev_port_count argument = {
		.task = task,
		.name = name,
		.count = count,
	};

	return __machdev_call(command, &argument);
}

MACHDEV_EXPORT kern_return_t
mach_port_set_mscount(ipc_space_t task, mach_port_name_t name,
		      mach_port_mscount_t mscount)
{
	return set_count(MACHDEV_IOC_PORT_SET_MSCOUNT, task, name, mscount);
}

MACHDEV_EXPORT kern_return_t mach_port_set_seqno(ipc_space_t task,
						 mach_port_name_t name,
						 mach_port_seqno_t seqno)
{
	return set_count(MACHDEV_IOC_PORT_SET_SEQNO, task, name, seqno);
}

MACHDEV_EXPORT kern_return_t mach_port_get_srights(ipc_space_read_t task,
						   mach_port_name_t name,
						   mach_port_rights_t *srights)
{
	struct machdev_port_count argument = { .task = task, .name = name };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_GET_SRIGHTS, &argument);
	if (result == KERN_SUCCESS)
		*srights = argument.count;
	return result;
}
