/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests of suspensions need. */
#ifndef SUSPEND_HELPERS_H
#define SUSPEND_HELPERS_H

#include "actor.h"

static inline mach_port_t port_of(pid_t pid, int flavor)
{
	struct machdev_task_pid call = { .pid = pid, .flavor = flavor };

	return mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &call) ? MACH_PORT_NULL :
							     call.port;
}

/* What the parent is told of: CLD_STOPPED, CLD_CONTINUED, 0 for nothing. */
static inline int told(pid_t pid, int options)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, pid, &info, options | WNOHANG))
		return -errno;
	return info.si_pid ? info.si_code : 0;
}

static inline bool stops(pid_t pid)
{
	return TEST_UNTIL(told(pid, WSTOPPED) == CLD_STOPPED, 20000);
}

#endif /* SUSPEND_HELPERS_H */
