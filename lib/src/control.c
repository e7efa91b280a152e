// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Stopping tasks, letting them run, and ending them. */
#include "internal.h"

static kern_return_t control(unsigned long command, task_t task,
			     task_suspension_token_t token)
{
	struct machdev_task_control argument = { .task = task, .token = token };

	return __machdev_call(command, &argument);
}

MACHDEV_EXPORT kern_return_t task_suspend(task_t target_task)
{
	return control(MACHDEV_IOC_TASK_SUSPEND, target_task, MACH_PORT_NULL);
}

MACHDEV_EXPORT kern_return_t task_resume(task_t target_task)
{
	return control(MACHDEV_IOC_TASK_RESUME, target_task, MACH_PORT_NULL);
}

MACHDEV_EXPORT kern_return_t
task_suspend2(task_t target_task, task_suspension_token_t *suspend_token)
{
	struct machdev_task_control argument = { .task = target_task };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_TASK_SUSPEND2, &argument);
	if (result == KERN_SUCCESS)
		*suspend_token = argument.token;
	return result;
}

MACHDEV_EXPORT kern_return_t task_resume2(task_suspension_token_t suspend_token)
{
	return control(MACHDEV_IOC_TASK_RESUME2, MACH_PORT_NULL, suspend_token);
}

MACHDEV_EXPORT kern_return_t task_terminate(task_t target_task)
{
	return control(MACHDEV_IOC_TASK_TERMINATE, target_task, MACH_PORT_NULL);
}
