// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations on threads. */
#include "internal.h"

MACHDEV_EXPORT kern_return_t task_threads(task_inspect_t target_task,
					  thread_act_array_t *act_list,
					  mach_msg_type_number_t *act_listCnt)
{
	struct machdev_port_array argument = { .object = target_task };
	struct machdev_array array = {
		.address = &argument.names,
		.each = sizeof(thread_act_t),
	};
	kern_return_t result;

	result = __machdev_fetch(MACHDEV_IOC_TASK_THREADS, &argument,
				 &argument.count, &array, 1);
	if (result == KERN_SUCCESS) {
		*act_list = array.memory;
		*act_listCnt = argument.count;
	}
	return result;
}

MACHDEV_EXPORT kern_return_t thread_get_special_port(thread_inspect_t thr_act,
						     int which_port,
						     mach_port_t *special_port)
{
	struct machdev_special_port argument = {
		.object = thr_act,
		.which = which_port,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_THREAD_GET_SPECIAL_PORT, &argument);
	if (result == KERN_SUCCESS)
		*special_port = argument.port;
	return result;
}

MACHDEV_EXPORT kern_return_t thread_set_special_port(thread_act_t thr_act,
						     int which_port,
						     mach_port_t special_port)
{
	struct machdev_special_port argument = {
		.object = thr_act,
		.which = which_port,
		.port = special_port,
	};

	return __machdev_call(MACHDEV_IOC_THREAD_SET_SPECIAL_PORT, &argument);
}

MACHDEV_EXPORT kern_return_t
thread_info(thread_inspect_t target_act, thread_flavor_t flavor,
	    thread_info_t thread_info_out,
	    mach_msg_type_number_t *thread_info_outCnt)
{
	struct machdev_task_info argument = {
		.task = target_act,
		.flavor = flavor,
		.count = *thread_info_outCnt,
		.info = (uint64_t)(uintptr_t)thread_info_out,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_THREAD_INFO, &argument);
	if (result == KERN_SUCCESS)
		*thread_info_outCnt = argument.count;
	return result;
}

MACHDEV_EXPORT kern_return_t thread_create(task_t parent_task,
					   thread_act_t *child_act)
{
	struct machdev_thread argument = { .task = parent_task };
	kern_return_t result;

	if (parent_task != MACH_PORT_NULL && parent_task == __machdev_task())
		return __machdev_own_thread(child_act);
	result = __machdev_call(MACHDEV_IOC_THREAD_CREATE, &argument);
	if (result == KERN_SUCCESS)
		*child_act = argument.thread;
	return result;
}

MACHDEV_EXPORT kern_return_t
thread_create_running(task_t parent_task, thread_state_flavor_t flavor,
		      thread_state_t new_state,
		      mach_msg_type_number_t new_stateCnt,
		      thread_act_t *child_act)
{
	kern_return_t result;
	thread_act_t thread;

	result = thread_create(parent_task, &thread);
	if (result != KERN_SUCCESS)
		return result;
	result = thread_set_state(thread, flavor, new_state, new_stateCnt);
	if (result == KERN_SUCCESS)
		result = thread_resume(thread);
	if (result == KERN_SUCCESS) {
		*child_act = thread;
		return result;
	}
	thread_terminate(thread);
	__machdev_release(thread);
	return result;
}

MACHDEV_EXPORT kern_return_t
thread_get_state(thread_act_t target_act, thread_state_flavor_t flavor,
		 thread_state_t old_state, mach_msg_type_number_t *old_stateCnt)
{
	struct machdev_thread_state argument = {
		.thread = target_act,
		.flavor = (uint32_t)flavor,
		.count = *old_stateCnt,
		.state = (uintptr_t)old_state,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_THREAD_GET_STATE, &argument);
	if (result == KERN_SUCCESS)
		*old_stateCnt = argument.count;
	return result;
}

MACHDEV_EXPORT kern_return_t
thread_set_state(thread_act_t target_act, thread_state_flavor_t flavor,
		 thread_state_t new_state, mach_msg_type_number_t new_stateCnt)
{
	struct machdev_thread_state argument = {
		.thread = target_act,
		.flavor = (uint32_t)flavor,
		.count = new_stateCnt,
		.state = (uintptr_t)new_state,
	};

	return __machdev_call(MACHDEV_IOC_THREAD_SET_STATE, &argument);
}

static kern_return_t call(unsigned long command, thread_act_t thread)
{
	struct machdev_thread argument = { .thread = thread };

	return __machdev_call(command, &argument);
}

MACHDEV_EXPORT kern_return_t thread_suspend(thread_act_t target_act)
{
	return call(MACHDEV_IOC_THREAD_SUSPEND, target_act);
}

MACHDEV_EXPORT kern_return_t thread_resume(thread_act_t target_act)
{
	return call(MACHDEV_IOC_THREAD_RESUME, target_act);
}

MACHDEV_EXPORT kern_return_t thread_terminate(thread_act_t target_act)
{
	return call(MACHDEV_IOC_THREAD_TERMINATE, target_act);
}
