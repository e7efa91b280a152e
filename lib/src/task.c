// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations on tasks. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "embryo.h"
#include "internal.h"

MACHDEV_EXPORT kern_return_t task_get_special_port(task_inspect_t task,
						   int which_port,
						   mach_port_t *special_port)
{
	struct machdev_special_port argument = {
		.object = task,
		.which = which_port,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_TASK_GET_SPECIAL_PORT, &argument);
	if (result == KERN_SUCCESS)
		*special_port = argument.port;
	return result;
}

MACHDEV_EXPORT kern_return_t task_set_special_port(task_t task, int which_port,
						   mach_port_t special_port)
{
	struct machdev_process *process = __machdev_process();
	struct machdev_special_port argument = {
		.object = task,
		.which = which_port,
		.port = special_port,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_TASK_SET_SPECIAL_PORT, &argument);
	/* It may have been this task's: mach_task_self() has to ask again. */
	if (result == KERN_SUCCESS && which_port == TASK_KERNEL_PORT &&
	    __machdev_own(process))
		atomic_store(&process->self, MACH_PORT_NULL);
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_ports_register(task_t target_task, mach_port_array_t init_port_set,
		    mach_msg_type_number_t init_port_setCnt)
{
	struct machdev_ports argument = {
		.task = target_task,
		.count = init_port_setCnt,
	};
	unsigned int i;

	for (i = 0; i < TASK_PORT_REGISTER_MAX && i < init_port_setCnt; i++)
		argument.port[i] = init_port_set[i];
	return __machdev_call(MACHDEV_IOC_PORTS_REGISTER, &argument);
}

MACHDEV_EXPORT kern_return_t
mach_ports_lookup(task_t target_task, mach_port_array_t *init_port_set,
		  mach_msg_type_number_t *init_port_setCnt)
{
	struct machdev_ports argument = { .task = target_task };
	kern_return_t result;
	int saved = errno;
	void *memory;

	memory = mmap(NULL, sizeof(argument.port), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		errno = saved;
		return KERN_RESOURCE_SHORTAGE;
	}
	result = __machdev_call(MACHDEV_IOC_PORTS_LOOKUP, &argument);
	if (result != KERN_SUCCESS) {
		munmap(memory, sizeof(argument.port));
		return result;
	}
	memcpy(memory, argument.port, sizeof(argument.port));
	*init_port_set = memory;
	*init_port_setCnt = argument.count;
	return KERN_SUCCESS;
}

MACHDEV_EXPORT kern_return_t task_info(task_name_t target_task,
				       task_flavor_t flavor,
				       task_info_t task_info_out,
				       mach_msg_type_number_t *task_info_outCnt)
{
	struct machdev_task_info argument = {
		.task = target_task,
		.flavor = flavor,
		.count = *task_info_outCnt,
		.info = (uint64_t)(uintptr_t)task_info_out,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_TASK_INFO, &argument);
	if (result == KERN_SUCCESS)
		*task_info_outCnt = argument.count;
	return result;
}

kern_return_t __machdev_port_for_pid(mach_port_name_t target_tport,
				     uint32_t flavor, int pid,
				     mach_port_name_t *t)
{
	struct machdev_task_pid argument = {
		.task = target_tport,
		.pid = pid,
		.flavor = flavor,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_TASK_FOR_PID, &argument);
	*t = result == KERN_SUCCESS ? argument.port : MACH_PORT_NULL;
	return result;
}

MACHDEV_EXPORT kern_return_t task_for_pid(mach_port_name_t target_tport,
					  int pid, mach_port_name_t *t)
{
	return __machdev_port_for_pid(target_tport, MACHDEV_TASK_FLAVOR_CONTROL,
				      pid, t);
}

MACHDEV_EXPORT kern_return_t task_read_for_pid(mach_port_name_t target_tport,
					       int pid, mach_port_name_t *t)
{
	return __machdev_port_for_pid(target_tport, MACHDEV_TASK_FLAVOR_READ,
				      pid, t);
}

MACHDEV_EXPORT kern_return_t task_inspect_for_pid(mach_port_name_t target_tport,
						  int pid, mach_port_name_t *t)
{
	return __machdev_port_for_pid(target_tport, MACHDEV_TASK_FLAVOR_INSPECT,
				      pid, t);
}

MACHDEV_EXPORT kern_return_t task_name_for_pid(mach_port_name_t target_tport,
					       int pid, mach_port_name_t *t)
{
	return __machdev_port_for_pid(target_tport, MACHDEV_TASK_FLAVOR_NAME,
				      pid, t);
}

MACHDEV_EXPORT kern_return_t pid_for_task(mach_port_name_t t, int *x)
{
	struct machdev_task_pid argument = { .task = t };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PID_FOR_TASK, &argument);
	*x = result == KERN_SUCCESS ? argument.pid : -1;
	return result;
}

MACHDEV_EXPORT kern_return_t task_create(task_t target_task,
					 ledger_array_t ledgers,
					 mach_msg_type_number_t ledgersCnt,
					 boolean_t inherit_memory,
					 task_t *child_task)
{
	struct machdev_task_create argument = {
		.parent = target_task,
		.inherit_memory = inherit_memory,
		.ledgers = (uint64_t)(uintptr_t)ledgers,
		.ledger_count = ledgersCnt,
	};

	return __machdev_create(&argument, child_task);
}
