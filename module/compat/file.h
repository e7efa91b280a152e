/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between the supported kernels in giving a task a descriptor. */
#ifndef MACH_COMPAT_FILE_H
#define MACH_COMPAT_FILE_H

#include <linux/file.h>

/*
 * The kernel's own way to install an open file that came from somebody else,
 * security modules and socket accounting included. Since 6.8 it can write the
 * number to user memory itself.
 */
static inline int mach_receive_fd(struct file *file, unsigned int flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return receive_fd(file, NULL, flags);
#else
	return receive_fd(file, flags);
#endif
}

#endif /* MACH_COMPAT_FILE_H */
