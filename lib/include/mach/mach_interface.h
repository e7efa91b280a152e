/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The calls that act on ports of the kernel's. */
#ifndef _MACH_MACH_INTERFACE_H_
#define _MACH_MACH_INTERFACE_H_

#include <mach/clock.h>
#include <mach/host_priv.h>
#include <mach/host_security.h>
#include <mach/mach_host.h>
#include <mach/mach_port.h>
#include <mach/task.h>
#include <mach/thread_act.h>
#include <mach/vm_map.h>

#endif /* _MACH_MACH_INTERFACE_H_ */
