// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Who handles the exceptions of a task, a thread, the host. */
#include "internal.h"

static struct machdev_exception_action action_of(exception_mask_t mask,
						 mach_port_t port,
						 exception_behavior_t behavior,
						 thread_state_flavor_t flavor)
{
	return (struct machdev_exception_action){
		.mask = mask,
		.port = port,
		.behavior = (uint32_t)behavior,
		.flavor = (uint32_t)flavor,
	};
}

static kern_return_t set(unsigned long command, mach_port_t object,
			 struct machdev_exception_action action)
{
	struct machdev_exception_set argument = {
		.object = object,
		.action = action,
	};

	return __machdev_call(command, &argument);
}

static kern_return_t get(unsigned long command,
			 struct machdev_exception_get *argument,
			 exception_mask_array_t masks,
			 mach_msg_type_number_t *count,
			 exception_handler_array_t ports,
			 exception_behavior_array_t behaviors,
			 exception_flavor_array_t flavors)
{
	kern_return_t result = __machdev_call(command, argument);
	uint32_t i;

	if (result != KERN_SUCCESS)
		return result;
	for (i = 0; i < argument->count; i++) {
		masks[i] = argument->row[i].mask;
		ports[i] = argument->row[i].port;
		behaviors[i] = (exception_behavior_t)argument->row[i].behavior;
		flavors[i] = (thread_state_flavor_t)argument->row[i].flavor;
	}
	*count = argument->count;
	return KERN_SUCCESS;
}

MACHDEV_EXPORT kern_return_t
task_set_exception_ports(task_t task,
			 exception_mask_t exception_mask,
			 mach_port_t new_port,
			 exception_behavior_t behavior,
			 thread_state_flavor_t new_flavor)
{
	return set(MACHDEV_IOC_TASK_SET_EXCEPTIONS, task,
		   action_of(exception_mask, new_port, behavior, new_flavor));
}

MACHDEV_EXPORT kern_return_t
task_get_exception_ports(task_t task,
			 exception_mask_t exception_mask,
			 exception_mask_array_t masks,
			 mach_msg_type_number_t *masksCnt,
			 exception_handler_array_t old_handlers,
			 exception_behavior_array_t old_behaviors,
			 exception_flavor_array_t old_flavors)
{
	struct machdev_exception_get argument = {
		.object = task,
		.action.mask = exception_mask,
	};

	return get(MACHDEV_IOC_TASK_GET_EXCEPTIONS, &argument, masks, masksCnt,
		   old_handlers, old_behaviors, old_flavors);
}

MACHDEV_EXPORT kern_return_t
task_swap_exception_ports(task_t task,
			  exception_mask_t exception_mask,
			  mach_port_t new_port,
			  exception_behavior_t behavior,
			  thread_state_flavor_t new_flavor,
			  exception_mask_array_t masks,
			  mach_msg_type_number_t *masksCnt,
			  exception_handler_array_t old_handlers,
			  exception_behavior_array_t old_behaviors,
			  exception_flavor_array_t old_flavors)
{
	struct machdev_exception_get argument = {
		.object = task,
		.flags = MACHDEV_EXCEPTION_SWAP,
		.action = action_of(exception_mask, new_port, behavior,
				    new_flavor),
	};

	return get(MACHDEV_IOC_TASK_GET_EXCEPTIONS, &argument, masks, masksCnt,
		   old_handlers, old_behaviors, old_flavors);
}

MACHDEV_EXPORT kern_return_t
thread_set_exception_ports(thread_act_t thread,
			   exception_mask_t exception_mask,
			   mach_port_t new_port,
			   exception_behavior_t behavior,
			   thread_state_flavor_t new_flavor)
{
	return set(MACHDEV_IOC_THREAD_SET_EXCEPTIONS, thread,
		   action_of(exception_mask, new_port, behavior, new_flavor));
}

MACHDEV_EXPORT kern_return_t
thread_get_exception_ports(thread_act_t thread,
			   exception_mask_t exception_mask,
			   exception_mask_array_t masks,
			   mach_msg_type_number_t *masksCnt,
			   exception_handler_array_t old_handlers,
			   exception_behavior_array_t old_behaviors,
			   exception_flavor_array_t old_flavors)
{
	struct machdev_exception_get argument = {
		.object = thread,
		.action.mask = exception_mask,
	};

	return get(MACHDEV_IOC_THREAD_GET_EXCEPTIONS, &argument, masks, masksCnt,
		   old_handlers, old_behaviors, old_flavors);
}

MACHDEV_EXPORT kern_return_t
thread_swap_exception_ports(thread_act_t thread,
			    exception_mask_t exception_mask,
			    mach_port_t new_port,
			    exception_behavior_t behavior,
			    thread_state_flavor_t new_flavor,
			    exception_mask_array_t masks,
			    mach_msg_type_number_t *masksCnt,
			    exception_handler_array_t old_handlers,
			    exception_behavior_array_t old_behaviors,
			    exception_flavor_array_t old_flavors)
{
	struct machdev_exception_get argument = {
		.object = thread,
		.flags = MACHDEV_EXCEPTION_SWAP,
		.action = action_of(exception_mask, new_port, behavior,
				    new_flavor),
	};

	return get(MACHDEV_IOC_THREAD_GET_EXCEPTIONS, &argument, masks, masksCnt,
		   old_handlers, old_behaviors, old_flavors);
}

MACHDEV_EXPORT kern_return_t
host_set_exception_ports(host_priv_t host_priv,
			 exception_mask_t exception_mask,
			 mach_port_t new_port,
			 exception_behavior_t behavior,
			 thread_state_flavor_t new_flavor)
{
	return set(MACHDEV_IOC_HOST_SET_EXCEPTIONS, host_priv,
		   action_of(exception_mask, new_port, behavior, new_flavor));
}

MACHDEV_EXPORT kern_return_t
host_get_exception_ports(host_priv_t host_priv,
			 exception_mask_t exception_mask,
			 exception_mask_array_t masks,
			 mach_msg_type_number_t *masksCnt,
			 exception_handler_array_t old_handlers,
			 exception_behavior_array_t old_behaviors,
			 exception_flavor_array_t old_flavors)
{
	struct machdev_exception_get argument = {
		.object = host_priv,
		.action.mask = exception_mask,
	};

	return get(MACHDEV_IOC_HOST_GET_EXCEPTIONS, &argument, masks, masksCnt,
		   old_handlers, old_behaviors, old_flavors);
}

MACHDEV_EXPORT kern_return_t
host_swap_exception_ports(host_priv_t host_priv,
			  exception_mask_t exception_mask,
			  mach_port_t new_port,
			  exception_behavior_t behavior,
			  thread_state_flavor_t new_flavor,
			  exception_mask_array_t masks,
			  mach_msg_type_number_t *masksCnt,
			  exception_handler_array_t old_handlers,
			  exception_behavior_array_t old_behaviors,
			  exception_flavor_array_t old_flavors)
{
	struct machdev_exception_get argument = {
		.object = host_priv,
		.flags = MACHDEV_EXCEPTION_SWAP,
		.action = action_of(exception_mask, new_port, behavior,
				    new_flavor),
	};

	return get(MACHDEV_IOC_HOST_GET_EXCEPTIONS, &argument, masks, masksCnt,
		   old_handlers, old_behaviors, old_flavors);
}
