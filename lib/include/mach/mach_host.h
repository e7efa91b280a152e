/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Operations on the host; all take the privileged host port, too. */
#ifndef _MACH_MACH_HOST_H_
#define _MACH_MACH_HOST_H_

#include <mach/clock_types.h>
#include <mach/host_info.h>
#include <mach/host_priv.h>
#include <mach/host_security.h>
#include <mach/host_special_ports.h>
#include <mach/mach_types.h>
#include <mach/processor_set.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * host_info() - what the host is like
 * @host: host port
 * @flavor: HOST_BASIC_INFO, HOST_SCHED_INFO or HOST_PRIORITY_INFO
 * @host_info_out: the struct of the flavor
 * @host_info_outCnt: words of room there; then the words written. For
 *	HOST_BASIC_INFO, HOST_BASIC_INFO_OLD_COUNT is enough
 *
 * Return: KERN_SUCCESS; otherwise, checked in this order: KERN_INVALID_ARGUMENT,
 * @host is no host port, or there is no such flavor; KERN_NOT_SUPPORTED, another
 * flavor; KERN_FAILURE, the room is too small.
 */
kern_return_t host_info(host_t host, host_flavor_t flavor,
			host_info_t host_info_out,
			mach_msg_type_number_t *host_info_outCnt);

/**
 * host_kernel_version() - which kernel runs
 * @host: host port
 * @kernel_version: where the name, release, version and machine of uname(2) go,
 *	a blank between them
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @host is no host port.
 */
kern_return_t host_kernel_version(host_t host, kernel_version_t kernel_version);

/**
 * host_page_size() - bytes of a page
 * @host: host port
 * @out_page_size: where they go
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @host is no host port.
 */
kern_return_t host_page_size(host_t host, vm_size_t *out_page_size);

/**
 * host_statistics() - what the host does
 * @host_priv: host port
 * @flavor: HOST_LOAD_INFO, HOST_VM_INFO or HOST_CPU_LOAD_INFO
 * @host_info_out: the struct of the flavor
 * @host_info_outCnt: words of room there; then the words written
 *
 * Return: KERN_SUCCESS; otherwise, checked in this order: KERN_INVALID_ARGUMENT,
 * @host_priv is no host port, or there is no such flavor; KERN_NOT_SUPPORTED,
 * HOST_EXPIRED_TASK_INFO; KERN_FAILURE, the room is too small, or /proc cannot be
 * read.
 */
kern_return_t host_statistics(host_t host_priv, host_flavor_t flavor,
			      host_info_t host_info_out,
			      mach_msg_type_number_t *host_info_outCnt);

/**
 * host_statistics64() - what the host does, in wider words
 * @host_priv: host port
 * @flavor: HOST_VM_INFO64, or one of host_statistics()
 * @host_info64_out: the struct of the flavor
 * @host_info64_outCnt: words of room there; then the words written
 *
 * Return: as host_statistics(); KERN_NOT_SUPPORTED, also for HOST_EXTMOD_INFO64.
 */
kern_return_t host_statistics64(host_t host_priv, host_flavor_t flavor,
				host_info64_t host_info64_out,
				mach_msg_type_number_t *host_info64_outCnt);

/**
 * host_get_clock_service() - the port of a clock
 * @host: host port
 * @clock_id: SYSTEM_CLOCK or CALENDAR_CLOCK
 * @clock_serv: where a send right goes, the caller's to release
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @host is no host port or there is
 * no such clock; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t host_get_clock_service(host_t host, clock_id_t clock_id,
				     clock_serv_t *clock_serv);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MACH_HOST_H_ */
