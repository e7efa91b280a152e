/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Flavors of task_info(). */
#ifndef _MACH_TASK_INFO_H_
#define _MACH_TASK_INFO_H_

#include <mach/message.h>
#include <mach/vm_types.h>

typedef natural_t task_flavor_t;
typedef integer_t *task_info_t;	/* words, as the flavor lays them out */

#define TASK_INFO_MAX 94
typedef integer_t task_info_data_t[TASK_INFO_MAX];

/* A security_token_t and an audit_token_t; sizes in words. */
#define TASK_SECURITY_TOKEN 13
#define TASK_SECURITY_TOKEN_COUNT 2u
#define TASK_AUDIT_TOKEN 15
#define TASK_AUDIT_TOKEN_COUNT 8u

#endif /* _MACH_TASK_INFO_H_ */
