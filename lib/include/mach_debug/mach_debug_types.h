/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Types of the calls that look at ports. */
#ifndef _MACH_DEBUG_MACH_DEBUG_TYPES_H_
#define _MACH_DEBUG_MACH_DEBUG_TYPES_H_

#include <mach_debug/ipc_info.h>

#define KOBJECT_DESCRIPTION_LENGTH 512
typedef char kobject_description_t[KOBJECT_DESCRIPTION_LENGTH];

/* What a port stands for, as mach_port_kobject() tells it. */
#define IKOT_NONE 0u
#define IKOT_THREAD_CONTROL 1u
#define IKOT_TASK_CONTROL 2u
#define IKOT_HOST 3u
#define IKOT_HOST_PRIV 4u
#define IKOT_PSET 6u
#define IKOT_PSET_NAME 7u
#define IKOT_HOST_SECURITY 17u
#define IKOT_LEDGER 18u
#define IKOT_TASK_NAME 20u
#define IKOT_CLOCK 25u
#define IKOT_FILEPORT 34u
#define IKOT_TASK_INSPECT 44u
#define IKOT_TASK_READ 45u
#define IKOT_THREAD_INSPECT 46u
#define IKOT_THREAD_READ 47u

#endif /* _MACH_DEBUG_MACH_DEBUG_TYPES_H_ */
