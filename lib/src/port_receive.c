// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations on the port behind a receive right. */
#include "internal.h"

MACHDEV_EXPORT kern_return_t mach_port_construct(ipc_space_t task,
						 mach_port_options_ptr_t options,
						 mach_port_context_t context,
						 mach_port_name_t *name)
{
	struct machdev_port_construct argument = {
		.task = task,
		.context = context,
	};
	kern_return_t result;

	if (!options)
		return KERN_INVALID_ADDRESS;
	argument.flags = options->flags;
	argument.qlimit = options->mpl.mpl_qlimit;
	result = __machdev_call(MACHDEV_IOC_PORT_CONSTRUCT, &argument);
	if (result == KERN_SUCCESS)
		*name = argument.name;
	return result;
}

MACHDEV_EXPORT kern_return_t mach_port_destruct(ipc_space_t task,
						mach_port_name_t name,
						mach_port_delta_t srdelta,
						mach_port_context_t guard)
{
	struct machdev_port_destruct argument = {
		.task = task,
		.name = name,
		.delta = srdelta,
		.guard = guard,
	};

	return __machdev_call(MACHDEV_IOC_PORT_DESTRUCT, &argument);
}

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

MACHDEV_EXPORT kern_return_t mach_port_get_context(ipc_space_read_t task,
						   mach_port_name_t name,
						   mach_port_context_t *context)
{
	struct machdev_port_context argument = { .task = task, .name = name };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_GET_CONTEXT, &argument);
	if (result == KERN_SUCCESS)
		*context = argument.context;
	return result;
}

MACHDEV_EXPORT kern_return_t mach_port_set_context(ipc_space_t task,
						   mach_port_name_t name,
						   mach_port_context_t context)
{
	struct machdev_port_context argument = {
		.task = task,
		.name = name,
		.context = context,
	};

	return __machdev_call(MACHDEV_IOC_PORT_SET_CONTEXT, &argument);
}

MACHDEV_EXPORT kern_return_t
mach_port_guard_with_flags(ipc_space_t task, mach_port_name_t name,
			   mach_port_context_t guard, uint64_t flags)
{
	struct machdev_port_guard argument = {
		.task = task,
		.name = name,
		.flags = (uint32_t)flags,
		.guard = guard,
	};

	if (flags > UINT32_MAX)
		return KERN_NOT_SUPPORTED;
	return __machdev_call(MACHDEV_IOC_PORT_GUARD, &argument);
}

MACHDEV_EXPORT kern_return_t mach_port_guard(ipc_space_t task,
					     mach_port_name_t name,
					     mach_port_context_t guard,
					     boolean_t strict)
{
	return mach_port_guard_with_flags(task, name, guard,
					  strict ? MPG_STRICT : 0);
}

MACHDEV_EXPORT kern_return_t mach_port_unguard(ipc_space_t task,
					       mach_port_name_t name,
					       mach_port_context_t guard)
{
	struct machdev_port_guard argument = {
		.task = task,
		.name = name,
		.guard = guard,
	};

	return __machdev_call(MACHDEV_IOC_PORT_UNGUARD, &argument);
}

MACHDEV_EXPORT kern_return_t mach_port_swap_guard(ipc_space_t task,
						  mach_port_name_t name,
						  mach_port_context_t old_guard,
						  mach_port_context_t new_guard)
{
	struct machdev_port_guard argument = {
		.task = task,
		.name = name,
		.guard = old_guard,
		.new_guard = new_guard,
	};

	return __machdev_call(MACHDEV_IOC_PORT_SWAP_GUARD, &argument);
}

MACHDEV_EXPORT kern_return_t
mach_port_assert_attributes(ipc_space_t task, mach_port_name_t name,
			    mach_port_flavor_t flavor, mach_port_info_t info,
			    mach_msg_type_number_t infoCnt)
{
	struct machdev_port_attributes argument = {
		.task = task,
		.name = name,
		.flavor = (uint32_t)flavor,
		.count = infoCnt,
		.info = (uint64_t)(uintptr_t)info,
	};

	return __machdev_call(MACHDEV_IOC_PORT_ASSERT_ATTRIBUTES, &argument);
}
