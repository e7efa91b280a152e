/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* All of Mach that this library offers, but for <machdev.h>. */
#ifndef _MACH_MACH_H_
#define _MACH_MACH_H_

#include <mach/std_types.h>
#include <mach/mach_types.h>
#include <mach/mach_interface.h>
#include <mach/mach_port.h>
#include <mach/mach_init.h>
#include <mach/mach_traps.h>
#include <mach/mach_host.h>
#include <mach/mach_error.h>
#include <mach/mach_vm.h>
#include <mach/message.h>
#include <mach/mig.h>
#include <mach/mig_errors.h>
#include <mach/notify.h>
#include <mach/task.h>

#endif /* _MACH_MACH_H_ */
