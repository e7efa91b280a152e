// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The descriptor of the device, and the only ioctl(2) of the library.
 *
 * The device goes by the calling process, not by the descriptor; so the
 * descriptor may be opened, lost and opened again at any time without harm to a
 * right. Rules:
 *
 * - The first call opens it, close-on-exec; threads that race agree on one.
 * - Its number is LOWEST or above, out of the way of programs that count on low
 *   numbers, and below 64, where a process needs no larger table for it.
 * - A program may close it, as daemons that close all descriptors do, and may
 *   open something else under that number. A call that fails makes sure that the
 *   number still is the device, and opens it afresh when it is not. Nothing that
 *   is not the device is ever closed or replaced.
 * - A forked child opens its own, under the same number, in place of its
 *   parent's.
 * - A child that shares its parent's memory uses the copy in its table, or opens
 *   one for a single call; it leaves no trace.
 * - When the device has been shut down it is let go, so that the module can be
 *   unloaded; the number stays taken, so that threads about to use it meet
 *   nothing else there.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#define LOWEST 48
#define ATTEMPTS 3

/* In ordinary memory, where a forked child finds its parent's. */
static atomic_int number;		/* last one used, plus 1; 0 for none */
static atomic_ullong device;		/* st_rdev of what was opened */

static bool is_device(int fd)
{
	struct stat status;

	return !fstat(fd, &status) && S_ISCHR(status.st_mode) &&
	       status.st_rdev == (dev_t)atomic_load(&device);
}

/* Returns a descriptor or a negative errno. */
static int open_device(void)
{
	int fd = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Move @fd to the number it is to keep. Returns that number. */
static int settle(int fd)
{
	struct stat status;
	int old = atomic_load(&number) - 1;
	int high;

	if (old >= 0 && is_device(old) && dup3(fd, old, O_CLOEXEC) >= 0)
		high = old;
	else
		high = fcntl(fd, F_DUPFD_CLOEXEC, LOWEST);
	if (high >= 0)
		close(fd);
	else
		high = fd;	/* so few descriptors are allowed */

	if (!fstat(high, &status))
		atomic_store(&device, status.st_rdev);
	return high;
}

/* Open the device for @process. Returns a descriptor or a negative errno. */
static int open_process(struct machdev_process *process)
{
	int seen = 0;
	int fd = open_device();

	if (fd < 0)
		return fd;
	fd = settle(fd);
	if (atomic_compare_exchange_strong(&process->fd, &seen, fd + 1)) {
		atomic_store(&number, fd + 1);
	} else if (seen != fd + 1) {
		close(fd);
		fd = seen - 1;
	}
	return fd;
}

/*
 * The device is shut down: hold its node instead, which keeps the number but not
 * the module, and forget the names, which went with it.
 */
static void retire(struct machdev_process *process, int fd)
{
	int node = open(MACHDEV_DEVICE, O_PATH | O_CLOEXEC);

	if (node >= 0) {
		dup3(node, fd, O_CLOEXEC);
		close(node);
	}
	__machdev_void(process);
}

/* The long way: no descriptor yet, or one that turned out not to be ours. */
static int slow_ioctl(struct machdev_process *process, unsigned long command,
		      void *argument)
{
	bool own = __machdev_own(process);
	int attempt, error = EBADF, fd, result;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		fd = own ? atomic_load(&process->fd) - 1 : -1;
		if (fd < 0)
			fd = own ? open_process(process) : open_device();
		if (fd < 0)
			return fd;

		result = ioctl(fd, command, argument);
		error = result < 0 ? errno : 0;
		if (!own)
			close(fd);
		if (!error)
			return result;
		if (!own || error == EINTR)
			break;
		if (error != EBADF && is_device(fd)) {
			if (error == ENODEV)
				retire(process, fd);
			break;
		}
		fd++;
		atomic_compare_exchange_strong(&process->fd, &fd, 0);
	}
	return -error;
}

int __machdev_ioctl(unsigned long command, void *argument)
{
	struct machdev_process *process = __machdev_process();
	int saved = errno;
	int cancel, fd, result;

	fd = process ? atomic_load(&process->fd) - 1 : -1;
	if (fd >= 0) {
		result = ioctl(fd, command, argument);
		if (result >= 0)
			return result;
		if (errno == EINTR ||
		    (errno != EBADF && errno != ENODEV && is_device(fd))) {
			result = -errno;
			errno = saved;
			return result;
		}
	}

	/* A thread cancelled in open() or close() would leave a descriptor. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	result = slow_ioctl(process, command, argument);
	pthread_setcancelstate(cancel, &cancel);
	errno = saved;
	return result;
}

kern_return_t __machdev_call(unsigned long command, void *argument)
{
	int result = __machdev_ioctl(command, argument);

	return result < 0 ? __machdev_error(-result) : result;
}
