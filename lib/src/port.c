// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations on names and rights. */
#include "internal.h"

MACHDEV_EXPORT kern_return_t mach_port_allocate(ipc_space_t task,
						mach_port_right_t right,
						mach_port_name_t *name)
{
	struct machdev_port_allocate argument = {
		.task = task,
		.right = right,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_ALLOCATE, &argument);
	if (result == KERN_SUCCESS)
		*name = argument.name;
	return result;
}

MACHDEV_EXPORT kern_return_t mach_port_allocate_name(ipc_space_t task,
						     mach_port_right_t right,
						     mach_port_name_t name)
{
	struct machdev_port_allocate argument = {
		.task = task,
		.right = right,
		.name = name,
		.flags = MACHDEV_ALLOCATE_NAME,
	};

	return __machdev_call(MACHDEV_IOC_PORT_ALLOCATE, &argument);
}

MACHDEV_EXPORT kern_return_t mach_port_allocate_full(ipc_space_t task,
						     mach_port_right_t right,
						     mach_port_t proto,
						     mach_port_qos_t *qos,
						     mach_port_name_t *name)
{
	struct machdev_port_allocate argument = {
		.task = task,
		.right = right,
		.name = qos->name ? *name : MACH_PORT_NULL,
		.flags = qos->name ? MACHDEV_ALLOCATE_NAME : 0,
	};
	kern_return_t result;

	/* Refused as any right that cannot be made, after a wrong task. */
	if (proto != MACH_PORT_NULL ||
	    (qos->prealloc && right != MACH_PORT_RIGHT_RECEIVE))
		argument.right = MACH_PORT_RIGHT_NUMBER;
	result = __machdev_call(MACHDEV_IOC_PORT_ALLOCATE, &argument);
	if (result == KERN_SUCCESS)
		*name = argument.name;
	return result;
}

MACHDEV_EXPORT kern_return_t mach_port_allocate_qos(ipc_space_t task,
						    mach_port_right_t right,
						    mach_port_qos_t *qos,
						    mach_port_name_t *name)
{
	if (qos->name)
		return KERN_INVALID_ARGUMENT;
	return mach_port_allocate_full(task, right, MACH_PORT_NULL, qos, name);
}

MACHDEV_EXPORT kern_return_t mach_port_rename(ipc_space_t task,
					      mach_port_name_t old_name,
					      mach_port_name_t new_name)
{
	struct machdev_port_rename argument = {
		.task = task,
		.name = old_name,
		.new_name = new_name,
	};

	return __machdev_call(MACHDEV_IOC_PORT_RENAME, &argument);
}

MACHDEV_EXPORT kern_return_t mach_port_deallocate(ipc_space_t task,
						  mach_port_name_t name)
{
	struct machdev_port_name argument = { .task = task, .name = name };

	return __machdev_call(MACHDEV_IOC_PORT_DEALLOCATE, &argument);
}

MACHDEV_EXPORT kern_return_t mach_port_destroy(ipc_space_t task,
					       mach_port_name_t name)
{
	struct machdev_port_name argument = { .task = task, .name = name };

	return __machdev_call(MACHDEV_IOC_PORT_DESTROY, &argument);
}

MACHDEV_EXPORT kern_return_t mach_port_mod_refs(ipc_space_t task,
						mach_port_name_t name,
						mach_port_right_t right,
						mach_port_delta_t delta)
{
	struct machdev_port_refs argument = {
		.task = task,
		.name = name,
		.right = right,
		.delta = delta,
	};

	return __machdev_call(MACHDEV_IOC_PORT_MOD_REFS, &argument);
}

MACHDEV_EXPORT kern_return_t mach_port_get_refs(ipc_space_t task,
						mach_port_name_t name,
						mach_port_right_t right,
						mach_port_urefs_t *refs)
{
	struct machdev_port_refs argument = {
		.task = task,
		.name = name,
		.right = right,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_GET_REFS, &argument);
	if (result == KERN_SUCCESS)
		*refs = (mach_port_urefs_t)argument.delta;
	return result;
}

MACHDEV_EXPORT kern_return_t mach_port_type(ipc_space_t task,
					    mach_port_name_t name,
					    mach_port_type_t *ptype)
{
	struct machdev_port_type argument = { .task = task, .name = name };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_TYPE, &argument);
	if (result == KERN_SUCCESS)
		*ptype = argument.type;
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_port_names(ipc_space_t task, mach_port_name_array_t *names,
		mach_msg_type_number_t *namesCnt, mach_port_type_array_t *types,
		mach_msg_type_number_t *typesCnt)
{
	struct machdev_port_names argument = { .task = task };
	struct machdev_array arrays[] = {
		{ .address = &argument.names, .each = sizeof(uint32_t) },
		{ .address = &argument.types, .each = sizeof(uint32_t) },
	};
	kern_return_t result;

	result = __machdev_fetch(MACHDEV_IOC_PORT_NAMES, &argument,
				 &argument.count, arrays, 2);
	if (result == KERN_SUCCESS) {
		*names = arrays[0].memory;
		*types = arrays[1].memory;
		*namesCnt = argument.count;
		*typesCnt = argument.count;
	}
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_port_insert_right(ipc_space_t task, mach_port_name_t name,
		       mach_port_t poly, mach_msg_type_name_t polyPoly)
{
	struct machdev_port_right argument = {
		.task = task,
		.name = name,
		.port = poly,
		.disposition = polyPoly,
	};

	return __machdev_call(MACHDEV_IOC_PORT_INSERT_RIGHT, &argument);
}

MACHDEV_EXPORT kern_return_t
mach_port_extract_right(ipc_space_t task, mach_port_name_t name,
			mach_msg_type_name_t msgt_name, mach_port_t *poly,
			mach_msg_type_name_t *polyPoly)
{
	struct machdev_port_right argument = {
		.task = task,
		.name = name,
		.disposition = msgt_name,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_EXTRACT_RIGHT, &argument);
	if (result == KERN_SUCCESS) {
		*poly = argument.port;
		*polyPoly = argument.disposition;
	}
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_port_get_attributes(ipc_space_read_t task, mach_port_name_t name,
			 mach_port_flavor_t flavor,
			 mach_port_info_t port_info_out,
			 mach_msg_type_number_t *port_info_outCnt)
{
	struct machdev_port_attributes argument = {
		.task = task,
		.name = name,
		.flavor = (uint32_t)flavor,
		.count = *port_info_outCnt,
		.info = (uint64_t)(uintptr_t)port_info_out,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_GET_ATTRIBUTES, &argument);
	if (result == KERN_SUCCESS)
		*port_info_outCnt = argument.count;
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_port_set_attributes(ipc_space_t task, mach_port_name_t name,
			 mach_port_flavor_t flavor, mach_port_info_t port_info,
			 mach_msg_type_number_t port_infoCnt)
{
	struct machdev_port_attributes argument = {
		.task = task,
		.name = name,
		.flavor = (uint32_t)flavor,
		.count = port_infoCnt,
		.info = (uint64_t)(uintptr_t)port_info,
	};

	return __machdev_call(MACHDEV_IOC_PORT_SET_ATTRIBUTES, &argument);
}

MACHDEV_EXPORT kern_return_t
mach_port_request_notification(ipc_space_t task, mach_port_name_t name,
			       mach_msg_id_t msgid, mach_port_mscount_t sync,
			       mach_port_t notify,
			       mach_msg_type_name_t notifyPoly,
			       mach_port_t *previous)
{
	struct machdev_port_notification argument = {
		.task = task,
		.name = name,
		.msgid = (uint32_t)msgid,
		.sync = sync,
		.notify = notify,
		.disposition = notifyPoly,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_REQUEST_NOTIFICATION,
				&argument);
	if (result == KERN_SUCCESS)
		*previous = argument.previous;
	return result;
}
