/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Clocks: their numbers and what they show. */
#ifndef _MACH_CLOCK_TYPES_H_
#define _MACH_CLOCK_TYPES_H_

#include <mach/port.h>

typedef mach_port_t clock_serv_t;
typedef int clock_id_t;
typedef int clock_res_t;	/* nanoseconds */

#define CLOCK_NULL ((clock_serv_t)0)

#define SYSTEM_CLOCK 0		/* since the system started, without suspension */
#define CALENDAR_CLOCK 1	/* since 1970 */
#define REALTIME_CLOCK SYSTEM_CLOCK

struct mach_timespec {
	unsigned int tv_sec;
	clock_res_t tv_nsec;
};

typedef struct mach_timespec mach_timespec_t;

#define NSEC_PER_USEC 1000ull
#define USEC_PER_SEC 1000000ull
#define NSEC_PER_SEC 1000000000ull
#define NSEC_PER_MSEC 1000000ull

#endif /* _MACH_CLOCK_TYPES_H_ */
