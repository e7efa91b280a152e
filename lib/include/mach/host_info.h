/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Flavors of host_info() and host_statistics(). */
#ifndef _MACH_HOST_INFO_H_
#define _MACH_HOST_INFO_H_

#include <mach/machine.h>
#include <mach/message.h>
#include <mach/vm_statistics.h>
#include <mach/vm_types.h>

typedef integer_t *host_info_t;		/* words, as the flavor lays them out */
typedef integer_t *host_info64_t;
typedef integer_t host_flavor_t;

#define HOST_INFO_MAX 68
typedef integer_t host_info_data_t[HOST_INFO_MAX];

#define KERNEL_VERSION_MAX 512
typedef char kernel_version_t[KERNEL_VERSION_MAX];

/* Flavors of host_info(). */
#define HOST_BASIC_INFO 1
#define HOST_SCHED_INFO 3
#define HOST_RESOURCE_SIZES 4		/* KERN_NOT_SUPPORTED, as those after it */
#define HOST_PRIORITY_INFO 5
#define HOST_SEMAPHORE_TRAPS 7
#define HOST_MACH_MSG_TRAP 8
#define HOST_VM_PURGABLE 9
#define HOST_DEBUG_INFO_INTERNAL 10
#define HOST_CAN_HAS_DEBUGGER 11
#define HOST_PREFERRED_USER_ARCH 12

/**
 * struct host_basic_info - HOST_BASIC_INFO
 * @max_cpus: processors that the kernel is set up for
 * @avail_cpus: processors that are online
 * @memory_size: bytes of memory, 2^31 at most
 * @cpu_type: CPU_TYPE_*; CPU_TYPE_ANY if it has no number
 * @cpu_subtype: CPU_SUBTYPE_*; CPU_SUBTYPE_MULTIPLE if it has no number
 * @cpu_threadtype: CPU_THREADTYPE_NONE
 * @physical_cpu: cores that have a processor online
 * @physical_cpu_max: the same
 * @logical_cpu: as @avail_cpus
 * @logical_cpu_max: as @max_cpus
 * @max_mem: bytes of memory
 */
struct host_basic_info {
	integer_t max_cpus;
	integer_t avail_cpus;
	natural_t memory_size;
	cpu_type_t cpu_type;
	cpu_subtype_t cpu_subtype;
	cpu_threadtype_t cpu_threadtype;
	integer_t physical_cpu;
	integer_t physical_cpu_max;
	integer_t logical_cpu;
	integer_t logical_cpu_max;
	uint64_t max_mem;
};

typedef struct host_basic_info host_basic_info_data_t;
typedef struct host_basic_info *host_basic_info_t;
#define HOST_BASIC_INFO_COUNT \
	((mach_msg_type_number_t)(sizeof(host_basic_info_data_t) / 4))
#define HOST_BASIC_INFO_OLD_COUNT 5u	/* up to @cpu_subtype */

/**
 * struct host_sched_info - HOST_SCHED_INFO, milliseconds
 * @min_timeout: between two ticks of the scheduler, rounded up
 * @min_quantum: the same
 */
struct host_sched_info {
	integer_t min_timeout;
	integer_t min_quantum;
};

typedef struct host_sched_info host_sched_info_data_t;
typedef struct host_sched_info *host_sched_info_t;
#define HOST_SCHED_INFO_COUNT \
	((mach_msg_type_number_t)(sizeof(host_sched_info_data_t) / 4))

/**
 * struct host_priority_info - HOST_PRIORITY_INFO
 * @kernel_priority: of threads of the kernel that serve devices
 * @system_priority: least of those that run in real time
 * @server_priority: greatest of those that do not
 * @user_priority: of a thread that nobody changed
 * @depress_priority: of one that runs when nobody else wants to
 * @idle_priority: the same
 * @minimum_priority: least there is
 * @maximum_priority: greatest there is
 *
 * On a scale on which a nice value n is 20 - n, a real-time priority p is 40 + p
 * and SCHED_IDLE is 0.
 */
struct host_priority_info {
	integer_t kernel_priority;
	integer_t system_priority;
	integer_t server_priority;
	integer_t user_priority;
	integer_t depress_priority;
	integer_t idle_priority;
	integer_t minimum_priority;
	integer_t maximum_priority;
};

typedef struct host_priority_info host_priority_info_data_t;
typedef struct host_priority_info *host_priority_info_t;
#define HOST_PRIORITY_INFO_COUNT \
	((mach_msg_type_number_t)(sizeof(host_priority_info_data_t) / 4))

/* Flavors of host_statistics() and, with the 64, host_statistics64(). */
#define HOST_LOAD_INFO 1
#define HOST_VM_INFO 2
#define HOST_CPU_LOAD_INFO 3
#define HOST_VM_INFO64 4
#define HOST_EXTMOD_INFO64 5		/* KERN_NOT_SUPPORTED, as that after it */
#define HOST_EXPIRED_TASK_INFO 6

#define LOAD_SCALE 1000

/**
 * struct host_load_info - HOST_LOAD_INFO, times LOAD_SCALE
 * @avenrun: threads that run or want to, on average over 1, 5 and 15 minutes
 * @mach_factor: for each: processors that are idle; when none is, what one more
 *	thread would get of a processor
 */
struct host_load_info {
	integer_t avenrun[3];
	integer_t mach_factor[3];
};

typedef struct host_load_info host_load_info_data_t;
typedef struct host_load_info *host_load_info_t;
#define HOST_LOAD_INFO_COUNT \
	((mach_msg_type_number_t)(sizeof(host_load_info_data_t) / 4))

/**
 * struct host_cpu_load_info - HOST_CPU_LOAD_INFO
 * @cpu_ticks: by CPU_STATE_*, all processors together, 1/100 s, wraps
 */
struct host_cpu_load_info {
	natural_t cpu_ticks[CPU_STATE_MAX];
};

typedef struct host_cpu_load_info host_cpu_load_info_data_t;
typedef struct host_cpu_load_info *host_cpu_load_info_t;
#define HOST_CPU_LOAD_INFO_COUNT \
	((mach_msg_type_number_t)(sizeof(host_cpu_load_info_data_t) / 4))

#define HOST_VM_INFO_COUNT \
	((mach_msg_type_number_t)(sizeof(vm_statistics_data_t) / 4))
#define HOST_VM_INFO64_COUNT \
	((mach_msg_type_number_t)(sizeof(vm_statistics64_data_t) / 4))

/* Revisions; who has room for an earlier one only gets that. */
#define HOST_VM_INFO_REV0_COUNT (HOST_VM_INFO_REV1_COUNT - 2)	/* up to hits */
#define HOST_VM_INFO_REV1_COUNT (HOST_VM_INFO_REV2_COUNT - 1)	/* to purges */
#define HOST_VM_INFO_REV2_COUNT HOST_VM_INFO_COUNT
#define HOST_VM_INFO_LATEST_COUNT HOST_VM_INFO_REV2_COUNT
#define HOST_VM_INFO64_REV0_COUNT \
	(HOST_VM_INFO64_REV1_COUNT - 14)	/* up to speculative_count */
#define HOST_VM_INFO64_REV1_COUNT HOST_VM_INFO64_COUNT
#define HOST_VM_INFO64_LATEST_COUNT HOST_VM_INFO64_REV1_COUNT

#endif /* _MACH_HOST_INFO_H_ */
