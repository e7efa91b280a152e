// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What the host is like, once the module has said that it is the host. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <linux/machdev_abi.h>

#include "internal.h"

#define NSEC_PER_MS 1000000

/* The scale of struct host_priority_info. */
#define NICE_PRIORITY(nice) (20 - (nice))
#define REAL_TIME_PRIORITY(priority) (40 + (priority))
#define IDLE_PRIORITY 0
/* What Linux gives its threads that serve interrupts. */
#define INTERRUPT_PRIORITY 50

kern_return_t __machdev_check_host(host_t host)
{
	struct machdev_clock argument = { .object = host };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_CLOCK_IDENTIFY, &argument);
	if (result == KERN_SUCCESS && argument.id != MACHDEV_CLOCK_NONE)
		return KERN_INVALID_ARGUMENT;
	return result;
}

static cpu_type_t type_of(const char *machine)
{
	if (!strcmp(machine, "x86_64"))
		return CPU_TYPE_X86_64;
	if (!strcmp(machine, "aarch64"))
		return CPU_TYPE_ARM64;
	if (machine[0] == 'i' && !strcmp(machine + 2, "86"))
		return CPU_TYPE_I386;
	return CPU_TYPE_ANY;
}

static cpu_subtype_t subtype_of(cpu_type_t type)
{
	switch (type) {
	case CPU_TYPE_X86_64:
		return CPU_SUBTYPE_X86_64_ALL;
	case CPU_TYPE_I386:
		return CPU_SUBTYPE_I386_ALL;
	case CPU_TYPE_ARM64:
		return CPU_SUBTYPE_ARM64_ALL;
	default:
		return CPU_SUBTYPE_MULTIPLE;
	}
}

/* Whether a processor is the first of its core that is online. */
static int is_first(int cpu)
{
	int first = -1;
	char path[80];
	FILE *file;

	snprintf(path, sizeof(path),
		 "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
		 cpu);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%d", &first) != 1)
		first = -1;
	fclose(file);
	return first == cpu;
}

static integer_t cores(integer_t configured, integer_t online)
{
	integer_t found = 0;
	int cpu;

	for (cpu = 0; cpu < configured; cpu++)
		found += is_first(cpu);
	return found ? found : online;
}

static void basic_info(struct host_basic_info *info)
{
	struct utsname name;
	struct sysinfo system;

	uname(&name);
	sysinfo(&system);
	info->max_cpus = (integer_t)sysconf(_SC_NPROCESSORS_CONF);
	info->avail_cpus = (integer_t)sysconf(_SC_NPROCESSORS_ONLN);
	info->max_mem = (uint64_t)system.totalram * system.mem_unit;
	info->memory_size = info->max_mem > INT_MAX ? (natural_t)INT_MAX + 1 :
						      (natural_t)info->max_mem;
	info->cpu_type = type_of(name.machine);
	info->cpu_subtype = subtype_of(info->cpu_type);
	info->cpu_threadtype = CPU_THREADTYPE_NONE;
	info->physical_cpu = cores(info->max_cpus, info->avail_cpus);
	info->physical_cpu_max = info->physical_cpu;
	info->logical_cpu = info->avail_cpus;
	info->logical_cpu_max = info->max_cpus;
}

static void sched_info(struct host_sched_info *info)
{
	struct timespec tick;

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	info->min_timeout = (integer_t)(tick.tv_nsec + NSEC_PER_MS - 1) /
			    NSEC_PER_MS;
	info->min_quantum = info->min_timeout;
}

static void priority_info(struct host_priority_info *info)
{
	*info = (struct host_priority_info){
		.kernel_priority = REAL_TIME_PRIORITY(INTERRUPT_PRIORITY),
		.system_priority =
			REAL_TIME_PRIORITY(sched_get_priority_min(SCHED_FIFO)),
		.server_priority = NICE_PRIORITY(-20),
		.user_priority = NICE_PRIORITY(0),
		.depress_priority = IDLE_PRIORITY,
		.idle_priority = IDLE_PRIORITY,
		.minimum_priority = IDLE_PRIORITY,
		.maximum_priority =
			REAL_TIME_PRIORITY(sched_get_priority_max(SCHED_FIFO)),
	};
}

/* As much of @info as there is room for, and at least @least words. */
static kern_return_t give(const void *info, mach_msg_type_number_t words,
			  mach_msg_type_number_t least, host_info_t out,
			  mach_msg_type_number_t *count)
{
	if (*count < least)
		return KERN_FAILURE;
	if (*count > words)
		*count = words;
	else if (*count < words)
		*count = least;
	memcpy(out, info, *count * sizeof(*out));
	return KERN_SUCCESS;
}

static kern_return_t info_of(host_flavor_t flavor, host_info_t out,
			     mach_msg_type_number_t *count)
{
	union {
		struct host_basic_info basic;
		struct host_sched_info sched;
		struct host_priority_info priority;
	} info;

	switch (flavor) {
	case HOST_BASIC_INFO:
		basic_info(&info.basic);
		return give(&info, HOST_BASIC_INFO_COUNT,
			    HOST_BASIC_INFO_OLD_COUNT, out, count);
	case HOST_SCHED_INFO:
		sched_info(&info.sched);
		return give(&info, HOST_SCHED_INFO_COUNT, HOST_SCHED_INFO_COUNT,
			    out, count);
	case HOST_PRIORITY_INFO:
		priority_info(&info.priority);
		return give(&info, HOST_PRIORITY_INFO_COUNT,
			    HOST_PRIORITY_INFO_COUNT, out, count);
	case HOST_RESOURCE_SIZES:
	case HOST_SEMAPHORE_TRAPS ... HOST_PREFERRED_USER_ARCH:
		return KERN_NOT_SUPPORTED;
	default:
		return KERN_INVALID_ARGUMENT;
	}
}

MACHDEV_EXPORT kern_return_t host_info(host_t host, host_flavor_t flavor,
				       host_info_t host_info_out,
				       mach_msg_type_number_t *host_info_outCnt)
{
	kern_return_t result = __machdev_check_host(host);
	int saved = errno, cancel;

	/* A cancelled thread would leave a file open. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	if (result == KERN_SUCCESS)
		result = info_of(flavor, host_info_out, host_info_outCnt);
	pthread_setcancelstate(cancel, &cancel);
	errno = saved;
	return result;
}

MACHDEV_EXPORT kern_return_t
host_kernel_version(host_t host, kernel_version_t kernel_version)
{
	kern_return_t result = __machdev_check_host(host);
	struct utsname name;

	if (result != KERN_SUCCESS)
		return result;
	uname(&name);
	snprintf(kernel_version, KERNEL_VERSION_MAX, "%s %s %s %s",
		 name.sysname, name.release, name.version, name.machine);
	return KERN_SUCCESS;
}

MACHDEV_EXPORT kern_return_t host_page_size(host_t host,
					    vm_size_t *out_page_size)
{
	kern_return_t result = __machdev_check_host(host);

	if (result == KERN_SUCCESS)
		*out_page_size = (vm_size_t)sysconf(_SC_PAGESIZE);
	return result;
}
