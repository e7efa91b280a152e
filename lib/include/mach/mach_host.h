/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Operations on the host: those on its privileged and its security port. */
#ifndef _MACH_MACH_HOST_H_
#define _MACH_MACH_HOST_H_

#include <mach/host_priv.h>
#include <mach/host_security.h>
#include <mach/host_special_ports.h>
#include <mach/mach_types.h>

#endif /* _MACH_MACH_HOST_H_ */
