/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The special ports of a task.
 *
 * The numbers are those of OSF with GNU Mach's exception port; where XNU's
 * collide with them, they have moved beyond 0x100.
 */
#ifndef _MACH_TASK_SPECIAL_PORTS_H_
#define _MACH_TASK_SPECIAL_PORTS_H_

typedef int task_special_port_t;

#define TASK_KERNEL_PORT 1		/* denotes the task to the kernel */
#define TASK_HOST_PORT 2		/* what mach_host_self() gives */
#define TASK_HOST_NAME_PORT TASK_HOST_PORT
#define TASK_EXCEPTION_PORT 3		/* where its exceptions go */
#define TASK_BOOTSTRAP_PORT 4		/* where it asks for services */
#define TASK_WIRED_LEDGER_PORT 5	/* ledger of its kernel memory */
#define TASK_PAGED_LEDGER_PORT 6	/* ledger of its memory in transit */
#define TASK_ACCESS_PORT 9		/* who decides on access; can be set once */
#define TASK_DEBUG_CONTROL_PORT 10	/* who debugs it; not inherited */
#define TASK_RESOURCE_NOTIFY_PORT 11	/* who is told of limits; not inherited */
#define TASK_NAME_PORT 0x103		/* asks who the task is; not settable */
#define TASK_INSPECT_PORT 0x105		/* and gets its name port; not settable */
#define TASK_READ_PORT 0x106		/* and looks at its names; not settable */

/* Macro forms: get takes (task, mach_port_t *), set takes (task, mach_port_t). */
#define task_get_kernel_port(task, port) \
	task_get_special_port((task), TASK_KERNEL_PORT, (port))
#define task_set_kernel_port(task, port) \
	task_set_special_port((task), TASK_KERNEL_PORT, (port))

#define task_get_host_port(task, port) \
	task_get_special_port((task), TASK_HOST_PORT, (port))
#define task_set_host_port(task, port) \
	task_set_special_port((task), TASK_HOST_PORT, (port))
#define task_get_host_name_port(task, port) \
	task_get_special_port((task), TASK_HOST_NAME_PORT, (port))
#define task_set_host_name_port(task, port) \
	task_set_special_port((task), TASK_HOST_NAME_PORT, (port))

#define task_get_exception_port(task, port) \
	task_get_special_port((task), TASK_EXCEPTION_PORT, (port))
#define task_set_exception_port(task, port) \
	task_set_special_port((task), TASK_EXCEPTION_PORT, (port))

#define task_get_bootstrap_port(task, port) \
	task_get_special_port((task), TASK_BOOTSTRAP_PORT, (port))
#define task_set_bootstrap_port(task, port) \
	task_set_special_port((task), TASK_BOOTSTRAP_PORT, (port))

#define task_get_wired_ledger_port(task, port) \
	task_get_special_port((task), TASK_WIRED_LEDGER_PORT, (port))
#define task_set_wired_ledger_port(task, port) \
	task_set_special_port((task), TASK_WIRED_LEDGER_PORT, (port))

#define task_get_paged_ledger_port(task, port) \
	task_get_special_port((task), TASK_PAGED_LEDGER_PORT, (port))
#define task_set_paged_ledger_port(task, port) \
	task_set_special_port((task), TASK_PAGED_LEDGER_PORT, (port))

#define task_get_task_access_port(task, port) \
	task_get_special_port((task), TASK_ACCESS_PORT, (port))
#define task_set_task_access_port(task, port) \
	task_set_special_port((task), TASK_ACCESS_PORT, (port))

#define task_get_debug_control_port(task, port) \
	task_get_special_port((task), TASK_DEBUG_CONTROL_PORT, (port))
#define task_set_debug_control_port(task, port) \
	task_set_special_port((task), TASK_DEBUG_CONTROL_PORT, (port))

#define task_get_resource_notify_port(task, port) \
	task_get_special_port((task), TASK_RESOURCE_NOTIFY_PORT, (port))
#define task_set_resource_notify_port(task, port) \
	task_set_special_port((task), TASK_RESOURCE_NOTIFY_PORT, (port))

#endif /* _MACH_TASK_SPECIAL_PORTS_H_ */
