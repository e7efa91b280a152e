// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Looking at ports and name spaces without changing them. */
#include <string.h>

#include "internal.h"

MACHDEV_EXPORT kern_return_t
mach_port_peek(ipc_space_read_t task, mach_port_name_t name,
	       mach_msg_trailer_type_t trailer_type,
	       mach_port_seqno_t *request_seqnop, mach_msg_size_t *msg_sizep,
	       mach_msg_id_t *msg_idp, mach_msg_trailer_info_t trailer_infop,
	       mach_msg_type_number_t *trailer_infopCnt)
{
	struct machdev_port_peek argument = {
		.task = task,
		.name = name,
		.trailer = trailer_type,
		.seqno = *request_seqnop,
		.count = *trailer_infopCnt,
		.info = (uint64_t)(uintptr_t)trailer_infop,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_PEEK, &argument);
	if (result == KERN_SUCCESS) {
		*request_seqnop = argument.seqno;
		*msg_sizep = argument.size;
		*msg_idp = argument.id;
		*trailer_infopCnt = argument.count;
	}
	return result;
}

MACHDEV_EXPORT kern_return_t mach_port_kobject(ipc_space_read_t task,
					       mach_port_name_t name,
					       natural_t *object_type,
					       mach_vm_address_t *object_addr)
{
	struct machdev_port_kobject argument = { .task = task, .name = name };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_KOBJECT, &argument);
	if (result == KERN_SUCCESS) {
		*object_type = argument.type;
		*object_addr = argument.address;
	}
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_port_kernel_object(ipc_space_read_t task, mach_port_name_t name,
			unsigned int *object_type, unsigned int *object_addr)
{
	mach_vm_address_t address = 0;
	kern_return_t result;

	result = mach_port_kobject(task, name, object_type, &address);
	if (result == KERN_SUCCESS)
		*object_addr = (unsigned int)address;
	return result;
}

static const char *describe(natural_t type)
{
	switch (type) {
	case IKOT_NONE:
		return "";
	case IKOT_THREAD_CONTROL:
		return "thread";
	case IKOT_TASK_CONTROL:
		return "task";
	case IKOT_HOST:
		return "host";
	case IKOT_HOST_PRIV:
		return "host privileged";
	case IKOT_PSET:
		return "processor set";
	case IKOT_PSET_NAME:
		return "processor set name";
	case IKOT_HOST_SECURITY:
		return "host security";
	case IKOT_LEDGER:
		return "ledger";
	case IKOT_TASK_NAME:
		return "task name";
	case IKOT_CLOCK:
		return "clock";
	case IKOT_FILEPORT:
		return "fileport";
	case IKOT_TASK_INSPECT:
		return "task inspect";
	case IKOT_TASK_READ:
		return "task read";
	case IKOT_THREAD_INSPECT:
		return "thread inspect";
	case IKOT_THREAD_READ:
		return "thread read";
	default:
		return "unknown";
	}
}

MACHDEV_EXPORT kern_return_t
mach_port_kobject_description(ipc_space_read_t task, mach_port_name_t name,
			      natural_t *object_type,
			      mach_vm_address_t *object_addr,
			      kobject_description_t description)
{
	kern_return_t result;

	result = mach_port_kobject(task, name, object_type, object_addr);
	if (result == KERN_SUCCESS)
		strcpy(description, describe(*object_type));
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_port_space_basic_info(ipc_space_read_t task,
			   ipc_info_space_basic_t *basic_info)
{
	struct machdev_port_space argument = { .task = task };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_SPACE_INFO, &argument);
	if (result == KERN_SUCCESS)
		*basic_info = (ipc_info_space_basic_t){
			.iisb_genno_mask = argument.mask,
			.iisb_table_size = argument.size,
			.iisb_table_next = argument.next_size,
			.iisb_table_inuse = argument.used,
		};
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_port_space_info(ipc_space_read_t task, ipc_info_space_t *space_info,
		     ipc_info_name_array_t *table_info,
		     mach_msg_type_number_t *table_infoCnt,
		     ipc_info_tree_name_array_t *tree_info,
		     mach_msg_type_number_t *tree_infoCnt)
{
	struct machdev_port_space argument = { .task = task };
	struct machdev_array array = {
		.address = &argument.table,
		.each = sizeof(struct machdev_name_info),
	};
	kern_return_t result;

	result = __machdev_fetch(MACHDEV_IOC_PORT_SPACE_INFO, &argument,
				 &argument.count, &array, 1);
	if (result == KERN_SUCCESS) {
		*space_info = (ipc_info_space_t){
			.iis_genno_mask = argument.mask,
			.iis_table_size = argument.size,
			.iis_table_next = argument.next_size,
		};
		*table_info = array.memory;
		*table_infoCnt = argument.count;
		*tree_info = NULL;
		*tree_infoCnt = 0;
	}
	return result;
}
