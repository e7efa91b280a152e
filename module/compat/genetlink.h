/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between the supported kernels in generic netlink. */
#ifndef MACH_COMPAT_GENETLINK_H
#define MACH_COMPAT_GENETLINK_H

#include <net/genetlink.h>

/*
 * Groups that take CAP_SYS_ADMIN to join came with 6.7 and were taken over by
 * 6.1.69. Where they are missing nobody can be kept out, and nothing is told.
 */
#ifdef GENL_MCAST_CAP_SYS_ADMIN
#define MACH_MCAST_FLAGS GENL_MCAST_CAP_SYS_ADMIN
#define MACH_MCAST_GUARDED true
#else
#define MACH_MCAST_FLAGS 0
#define MACH_MCAST_GUARDED false
#endif

/* The attributes of a dump's request, NULL if there can be none. */
static inline struct nlattr **mach_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* MACH_COMPAT_GENETLINK_H */
