/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of task_create(), one by one. */
#ifndef EMBRYO_HELPERS_H
#define EMBRYO_HELPERS_H

#include <unistd.h>

#include <mach/mach.h>

#include "mach_test.h"

static inline int conceive(boolean_t memory)
{
	struct machdev_task_create call = {
		.parent = mach_task_self(),
		.inherit_memory = memory,
		.descriptor = 1000,
	};

	return mach_ioctl(MACHDEV_IOC_TASK_CREATE, &call) ? -1 :
							    call.descriptor;
}

static inline long adopt(int fd, uint32_t flags)
{
	struct machdev_embryo call = { .descriptor = fd, .flags = flags };

	return mach_ioctl(MACHDEV_IOC_EMBRYO_ADOPT, &call);
}

static inline long await(int fd, pid_t pid)
{
	struct machdev_embryo call = { .descriptor = fd, .pid = pid };

	return mach_ioctl(MACHDEV_IOC_EMBRYO_WAIT, &call);
}

static inline long take(int fd, task_t *task)
{
	struct machdev_embryo call = {
		.descriptor = fd,
		.child = TEST_POISON32,
	};
	long code = mach_ioctl(MACHDEV_IOC_EMBRYO_TAKE, &call);

	*task = call.child;
	return code;
}

static inline bool write_magic(int fd)
{
	const ssize_t length = sizeof(MACHDEV_EMBRYO_MAGIC) - 1;

	return write(fd, MACHDEV_EMBRYO_MAGIC, length) == length;
}

#endif /* EMBRYO_HELPERS_H */
