/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Limits of Mach that programs may count on. */
#ifndef _MACH_MACH_PARAM_H_
#define _MACH_MACH_PARAM_H_

/* Most ports that mach_ports_register() takes, and all that _lookup() gives. */
#define TASK_PORT_REGISTER_MAX 3

#endif /* _MACH_MACH_PARAM_H_ */
