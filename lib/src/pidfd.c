// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* From a pidfd to a task. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <machdev.h>

#include "internal.h"

/* What /proc says of a descriptor, as text; it is short. */
static bool read_fdinfo(int fd, char *text, size_t size)
{
	char path[64];
	ssize_t length;
	int info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	if (info < 0)
		return false;
	length = read(info, text, size - 1);
	close(info);
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

/* The text behind a key at the beginning of a line, or NULL. */
static const char *value_of(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line && line != text && line[-1] == '\n' ?
		line + strlen(key) : NULL;
}

/*
 * Whether /proc counts processes as the caller does: then one of its own has
 * a single number there.
 */
static bool proc_is_ours(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	const char *numbers;
	char text[512];
	bool ours;

	if (fd < 0)
		return false;
	ours = read_fdinfo(fd, text, sizeof(text));
	close(fd);
	numbers = ours ? value_of(text, "NSpid:") : NULL;
	return numbers && strtol(numbers, (char **)&numbers, 10) == getpid() &&
	       *numbers == '\n';
}

static kern_return_t task_for_pidfd(int pidfd, mach_task_flavor_t flavor,
				    mach_port_t *task)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };
	const char *number;
	kern_return_t result;
	char text[512];
	int pid;

	if (flavor > TASK_FLAVOR_NAME || fcntl(pidfd, F_GETFD) < 0)
		return KERN_INVALID_ARGUMENT;
	if (!read_fdinfo(pidfd, text, sizeof(text)))
		return KERN_NOT_SUPPORTED;
	number = value_of(text, "Pid:");
	if (!number)
		return KERN_INVALID_ARGUMENT;
	if (!proc_is_ours())
		return KERN_NOT_SUPPORTED;
	pid = (int)strtol(number, NULL, 10);
	if (pid <= 0)
		return KERN_FAILURE;
	result = __machdev_port_for_pid(MACH_PORT_NULL, flavor, pid, task);
	/* If it lives now, the number was its own all the time. */
	if (result == KERN_SUCCESS && poll(&poll_fd, 1, 0) != 0) {
		__machdev_release(*task);
		*task = MACH_PORT_NULL;
		result = KERN_FAILURE;
	}
	return result;
}

MACHDEV_EXPORT kern_return_t machdev_task_for_pidfd(int pidfd,
						    mach_task_flavor_t flavor,
						    mach_port_t *task)
{
	int saved = errno;
	kern_return_t result;

	*task = MACH_PORT_NULL;
	result = task_for_pidfd(pidfd, flavor, task);
	errno = saved;
	return result;
}
