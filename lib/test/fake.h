/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A fake of the device: the linker sends the library's open() and ioctl() here.
 *
 * /dev/zero stands in its place, so that descriptors, inheritance and closing
 * are the real ones. What a call answers, the test says with fake_answer.
 */
#ifndef FAKE_H
#define FAKE_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/machdev.h>

#include "check.h"

/* What happened, in memory that all processes of a test share. */
struct fake {
	atomic_int opened;		/* times the device was opened */
	atomic_int open_error;		/* errno that open() gives, or 0 */
	atomic_int calls[256];		/* by command number */
	atomic_int ports;		/* receive rights made */
	atomic_int destroyed;		/* ... and destroyed */
	atomic_uint bootstrap;		/* the bootstrap port of every task */
};

static struct fake *fake;

/*
 * Answers one call: the result, or a negative errno. May be null, and may return
 * FAKE_DEFAULT for what fake_default() answers.
 */
#define FAKE_DEFAULT (-4095)
static int (*fake_answer)(unsigned long command, void *argument);

/* Runs in each open() of the device, before it returns. May be null. */
static void (*fake_opening)(void);

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_ioctl(int fd, unsigned long command, ...);

static inline void fake_init(void)
{
	fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(fake != MAP_FAILED);
}

static inline int fake_calls(unsigned long command)
{
	return atomic_load(&fake->calls[_IOC_NR(command)]);
}

/* The name of each process's task port is made of its pid. */
static inline unsigned int fake_task_name(pid_t pid)
{
	return (unsigned int)pid << 8 | 3;
}

static inline bool fake_is_device(int fd)
{
	struct stat status;

	return !fstat(fd, &status) && S_ISCHR(status.st_mode) &&
	       status.st_rdev == makedev(1, 5);
}

/* Open descriptors of the device, those of the bare node left out. */
static inline int fake_descriptors(void)
{
	int count = 0, fd;

	for (fd = 0; fd < 256; fd++)
		count += fake_is_device(fd) &&
			 !(fcntl(fd, F_GETFL) & O_PATH);
	return count;
}

static inline int fake_descriptor(void)
{
	int fd;

	for (fd = 255; fd >= 0; fd--)
		if (fake_is_device(fd))
			break;
	return fd;
}

int __wrap_open(const char *path, int flags, ...)
{
	int error;

	if (strcmp(path, MACHDEV_DEVICE))
		return __real_open(path, flags);
	if (flags & O_PATH)
		return __real_open("/dev/zero", flags);
	error = atomic_load(&fake->open_error);
	if (error) {
		errno = error;
		return -1;
	}
	atomic_fetch_add(&fake->opened, 1);
	if (fake_opening)
		fake_opening();
	return __real_open("/dev/zero", flags);
}

static int fake_default(unsigned long command, void *argument)
{
	struct machdev_special_port *special = argument;
	struct machdev_port_refs *refs = argument;
	struct machdev_name *name = argument;

	switch (command) {
	case MACHDEV_IOC_TASK_SELF:
		name->name = fake_task_name(getpid());
		return 0;
	case MACHDEV_IOC_REPLY_PORT:
		name->name = 0x80000003u +
			     ((unsigned int)atomic_fetch_add(&fake->ports, 1) << 8);
		return 0;
	case MACHDEV_IOC_PORT_MOD_REFS:
		if (refs->task != fake_task_name(getpid()))
			return 16;
		atomic_fetch_add(&fake->destroyed,
				 refs->right == 1 && refs->delta == -1);
		return 0;
	case MACHDEV_IOC_TASK_GET_SPECIAL_PORT:
		special->port = atomic_load(&fake->bootstrap);
		return 0;
	case MACHDEV_IOC_PORT_DEALLOCATE:
	case MACHDEV_IOC_TASK_SET_SPECIAL_PORT:
		return 0;
	default:
		return 46;
	}
}

int __wrap_ioctl(int fd, unsigned long command, ...)
{
	int flags = fcntl(fd, F_GETFL), result = FAKE_DEFAULT;
	void *argument;
	va_list list;

	va_start(list, command);
	argument = va_arg(list, void *);
	va_end(list);
	if (flags < 0 || flags & O_PATH) {
		errno = EBADF;
		return -1;
	}
	if (!fake_is_device(fd)) {
		errno = ENOTTY;
		return -1;
	}
	atomic_fetch_add(&fake->calls[_IOC_NR(command)], 1);
	if (fake_answer)
		result = fake_answer(command, argument);
	if (result == FAKE_DEFAULT)
		result = fake_default(command, argument);
	if (result < 0) {
		errno = -result;
		return -1;
	}
	return result;
}

#endif /* FAKE_H */
