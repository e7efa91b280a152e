/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Operations on clocks. */
#ifndef _MACH_CLOCK_H_
#define _MACH_CLOCK_H_

#include <mach/clock_types.h>
#include <mach/kern_return.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * clock_get_time() - what a clock shows
 * @clock_serv: its port, see host_get_clock_service()
 * @cur_time: where seconds and nanoseconds go; as the caller's time name space
 *	has them
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @clock_serv is no clock.
 */
kern_return_t clock_get_time(clock_serv_t clock_serv, mach_timespec_t *cur_time);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_CLOCK_H_ */
