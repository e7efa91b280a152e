// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Descriptors as ports, and of ports. */
#include <errno.h>
#include <sys/fileport.h>

#include <machdev.h>

#include "internal.h"

/* The result as system calls have it. @invalid is what a bad argument is. */
static int fail(int result, int invalid)
{
	switch (result) {
	case KERN_INVALID_ARGUMENT:
		errno = invalid;
		break;
	case KERN_NO_SPACE:
		errno = EMFILE;
		break;
	case KERN_NO_ACCESS:
		errno = EACCES;
		break;
	case KERN_RESOURCE_SHORTAGE:
		errno = ENOMEM;
		break;
	default:
		errno = result < 0 ? -result : EINVAL;
	}
	return -1;
}

MACHDEV_EXPORT int fileport_makeport(int fd, fileport_t *port)
{
	struct machdev_fileport argument = { .fd = fd };
	int result;

	*port = FILEPORT_NULL;
	result = __machdev_ioctl(MACHDEV_IOC_FILEPORT_MAKEPORT, &argument);
	if (result != KERN_SUCCESS)
		return fail(result, EBADF);
	*port = argument.port;
	return 0;
}

MACHDEV_EXPORT int fileport_makefd(fileport_t port)
{
	struct machdev_fileport argument = { .port = port };
	int result;

	result = __machdev_ioctl(MACHDEV_IOC_FILEPORT_MAKEFD, &argument);
	if (result != KERN_SUCCESS)
		return fail(result, EINVAL);
	return argument.fd;
}

MACHDEV_EXPORT kern_return_t machdev_port_fd(mach_port_name_t name,
					     uint32_t flags, int *fd)
{
	struct machdev_port_fd argument = { .name = name, .flags = flags };
	kern_return_t result;

	*fd = -1;
	result = __machdev_call(MACHDEV_IOC_PORT_FD, &argument);
	if (result == KERN_SUCCESS)
		*fd = argument.fd;
	return result;
}
