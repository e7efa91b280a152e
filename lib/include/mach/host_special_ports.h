/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The special ports of the host. */
#ifndef _MACH_HOST_SPECIAL_PORTS_H_
#define _MACH_HOST_SPECIAL_PORTS_H_

/* The kernel's own; cannot be set. */
#define HOST_SECURITY_PORT 0		/* needs CAP_MAC_ADMIN to get */
#define HOST_PORT 1
#define HOST_PRIV_PORT 2
#define HOST_IO_MAIN_PORT 3		/* null */
#define HOST_MAX_SPECIAL_KERNEL_PORT 7

/* For the system's servers. */
#define HOST_DYNAMIC_PAGER_PORT 8
#define HOST_AUDIT_CONTROL_PORT 9
#define HOST_USER_NOTIFICATION_PORT 10
#define HOST_AUTOMOUNTD_PORT 11
#define HOST_LOCKD_PORT 12
#define HOST_KTRACE_BACKGROUND_PORT 13
#define HOST_SEATBELT_PORT 14
#define HOST_KEXTD_PORT 15
#define HOST_LAUNCHCTL_PORT 16
#define HOST_UNFREED_PORT 17
#define HOST_AMFID_PORT 18
#define HOST_GSSD_PORT 19
#define HOST_TELEMETRY_PORT 20
#define HOST_ATM_NOTIFICATION_PORT 21
#define HOST_COALITION_PORT 22
#define HOST_SYSDIAGNOSE_PORT 23
#define HOST_XPC_EXCEPTION_PORT 24
#define HOST_CONTAINERD_PORT 25
#define HOST_NODE_PORT 26
#define HOST_RESOURCE_NOTIFY_PORT 27
#define HOST_CLOSURED_PORT 28
#define HOST_SYSPOLICYD_PORT 29
#define HOST_FILECOORDINATIOND_PORT 30
#define HOST_FAIRPLAYD_PORT 31
#define HOST_IOCOMPRESSIONSTATS_PORT 32
#define HOST_MEMORY_ERROR_PORT 33
#define HOST_MANAGEDAPPDISTD_PORT 34
#define HOST_DOUBLEAGENTD_PORT 35
#define HOST_MAX_SPECIAL_PORT 35

/* Ours: the bootstrap port of tasks for which nobody set one. */
#define HOST_BOOTSTRAP_PORT 0x104

#define HOST_LOCAL_NODE (-1)

/*
 * Macro forms: get takes (host_priv, mach_port_t *), set takes
 * (host_priv, mach_port_t). host_get_host_priv_port() is a function of
 * <machdev.h>, because it is where the privilege comes from.
 */
#define host_get_host_security_port(host, port) \
	host_get_special_port((host), HOST_LOCAL_NODE, HOST_SECURITY_PORT, \
			      (port))
#define host_get_host_port(host, port) \
	host_get_special_port((host), HOST_LOCAL_NODE, HOST_PORT, (port))
#define host_get_io_main_port(host, port) \
	host_get_special_port((host), HOST_LOCAL_NODE, HOST_IO_MAIN_PORT, \
			      (port))
#define host_get_bootstrap_port(host, port) \
	host_get_special_port((host), HOST_LOCAL_NODE, HOST_BOOTSTRAP_PORT, \
			      (port))
#define host_set_bootstrap_port(host, port) \
	host_set_special_port((host), HOST_BOOTSTRAP_PORT, (port))

#endif /* _MACH_HOST_SPECIAL_PORTS_H_ */
