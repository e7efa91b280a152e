/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Time spans. */
#ifndef _MACH_TIME_VALUE_H_
#define _MACH_TIME_VALUE_H_

#include <mach/vm_types.h>

#define TIME_MICROS_MAX 1000000

/* Whole seconds, and less than TIME_MICROS_MAX microseconds. */
typedef struct time_value {
	integer_t seconds;
	integer_t microseconds;
} time_value_t;

#endif /* _MACH_TIME_VALUE_H_ */
