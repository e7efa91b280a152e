// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The host's clocks. */
#include <time.h>

#include <linux/machdev_abi.h>
#include <mach/clock.h>

#include "internal.h"

MACHDEV_EXPORT kern_return_t host_get_clock_service(host_t host,
						    clock_id_t clock_id,
						    clock_serv_t *clock_serv)
{
	struct machdev_clock argument = {
		.object = host,
		.id = (uint32_t)clock_id,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_HOST_GET_CLOCK_SERVICE, &argument);
	if (result == KERN_SUCCESS)
		*clock_serv = argument.port;
	return result;
}

MACHDEV_EXPORT kern_return_t clock_get_time(clock_serv_t clock_serv,
					    mach_timespec_t *cur_time)
{
	struct machdev_clock argument = { .object = clock_serv };
	kern_return_t result;
	struct timespec now;

	result = __machdev_call(MACHDEV_IOC_CLOCK_IDENTIFY, &argument);
	if (result != KERN_SUCCESS)
		return result;
	if (argument.id == MACHDEV_CLOCK_NONE)
		return KERN_INVALID_ARGUMENT;
	clock_gettime(argument.id == CALENDAR_CLOCK ? CLOCK_REALTIME :
						      CLOCK_MONOTONIC, &now);
	cur_time->tv_sec = (unsigned int)now.tv_sec;
	cur_time->tv_nsec = (clock_res_t)now.tv_nsec;
	return KERN_SUCCESS;
}
