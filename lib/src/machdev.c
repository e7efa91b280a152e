// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What Mach has no name for. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bsm/libbsm.h>
#include <machdev.h>

#include "internal.h"

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

MACHDEV_EXPORT const char *machdev_version(void)
{
	return MACHDEV_VERSION;
}

MACHDEV_EXPORT kern_return_t machdev_query(uint32_t what,
					   struct machdev_record *records,
					   uint32_t *count)
{
	struct machdev_query argument = {
		.what = what,
		.count = *count,
		.records = (uint64_t)(uintptr_t)records,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_QUERY, &argument);
	if (result == KERN_SUCCESS)
		*count = argument.count;
	return result;
}

MACHDEV_EXPORT kern_return_t machdev_query_value(uint32_t what, uint32_t id,
						 uint64_t *value)
{
	struct machdev_record few[64], *records = few;
	uint32_t count = LENGTH(few), i, room;
	kern_return_t result;

	result = machdev_query(what, records, &count);
	if (result != KERN_SUCCESS)
		return result;

	/* A newer module may have more than was thought of here. */
	room = LENGTH(few);
	if (count > room) {
		room = count;
		records = calloc(room, sizeof(*records));
		if (!records)
			return KERN_RESOURCE_SHORTAGE;
		result = machdev_query(what, records, &count);
		if (count > room)
			count = room;
	}
	if (result == KERN_SUCCESS) {
		result = KERN_NOT_SUPPORTED;
		for (i = 0; i < count; i++) {
			if (records[i].id != id)
				continue;
			*value = records[i].value;
			result = KERN_SUCCESS;
			break;
		}
	}
	if (records != few)
		free(records);
	return result;
}

MACHDEV_EXPORT const char *machdev_counter_name(uint32_t id)
{
	static const char *const names[] = {
		[MACHDEV_COUNTER_TASKS] = "tasks",
		[MACHDEV_COUNTER_THREADS] = "threads",
		[MACHDEV_COUNTER_PORTS] = "ports",
		[MACHDEV_COUNTER_NAMES] = "names",
		[MACHDEV_COUNTER_KMSGS] = "kmsgs",
		[MACHDEV_COUNTER_REQUESTS] = "requests",
		[MACHDEV_COUNTER_LEDGERS] = "ledgers",
		[MACHDEV_COUNTER_IDENTITIES] = "identities",
		[MACHDEV_COUNTER_CHARGED] = "charged",
		[MACHDEV_COUNTER_QUEUED] = "queued",
		[MACHDEV_COUNTER_SENT] = "sent",
		[MACHDEV_COUNTER_RECEIVED] = "received",
		[MACHDEV_COUNTER_NOTIFIED] = "notified",
		[MACHDEV_COUNTER_DENIED] = "denied",
		[MACHDEV_COUNTER_UNSUPPORTED] = "unsupported",
		[MACHDEV_COUNTER_LOST] = "lost",
		[MACHDEV_COUNTER_UNDONE] = "undone",
		[MACHDEV_COUNTER_SETS] = "sets",
		[MACHDEV_COUNTER_MEMBERS] = "members",
		[MACHDEV_COUNTER_SAMPLES_LOST] = "samples_lost",
		[MACHDEV_COUNTER_SAMPLERS] = "samplers",
	};

	return id < LENGTH(names) ? names[id] : NULL;
}

MACHDEV_EXPORT const char *machdev_feature_name(uint32_t id)
{
	static const char *const names[] = {
		[MACHDEV_FEATURE_MESSAGES] = "messages",
		[MACHDEV_FEATURE_NAMES] = "names",
		[MACHDEV_FEATURE_QLIMIT_MAX] = "qlimit_max",
		[MACHDEV_FEATURE_PORT_DESCRIPTORS] = "port_descriptors",
		[MACHDEV_FEATURE_TRAILER_MAX] = "trailer_max",
		[MACHDEV_FEATURE_ORIGIN_TRAILER] = "origin_trailer",
		[MACHDEV_FEATURE_PORT_SETS] = "port_sets",
	};

	return id < LENGTH(names) ? names[id] : NULL;
}

MACHDEV_EXPORT kern_return_t machdev_sync(void)
{
	struct machdev_sync argument = { 0 };

	return __machdev_call(MACHDEV_IOC_SYNC, &argument);
}

MACHDEV_EXPORT kern_return_t machdev_shutdown(void)
{
	struct machdev_sync argument = { 0 };

	return __machdev_call(MACHDEV_IOC_SHUTDOWN, &argument);
}

MACHDEV_EXPORT kern_return_t machdev_pidversion(pid_t pid, uint32_t *version)
{
	struct machdev_pidversion argument = { .pid = pid };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PIDVERSION, &argument);
	if (result == KERN_SUCCESS)
		*version = argument.version;
	return result;
}

/* Returns a descriptor or a negative errno. */
static int open_pidfd(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

static bool alive(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) == 0;
}

static kern_return_t open_incarnation(pid_t pid, uint32_t wanted, int *pidfd)
{
	int fd, saved = errno;
	kern_return_t result;
	uint32_t version;

	*pidfd = -1;
	if (pid <= 0)
		return KERN_INVALID_ARGUMENT;

	/*
	 * The descriptor first, then the version of its pid, then a look whether
	 * the process still lives: if it does, its pid cannot have passed to
	 * another in between, and the version is its own.
	 */
	fd = open_pidfd(pid);
	if (fd < 0) {
		errno = saved;
		/* EINVAL: a thread that leads no process. */
		return fd == -ESRCH || fd == -EINVAL ? KERN_FAILURE :
						       __machdev_error(-fd);
	}
	result = machdev_pidversion(pid, &version);
	if (result == KERN_SUCCESS &&
	    (version != wanted || !alive(fd)))
		result = KERN_FAILURE;
	if (result == KERN_SUCCESS)
		*pidfd = fd;
	else
		close(fd);
	errno = saved;
	return result;
}

MACHDEV_EXPORT kern_return_t
machdev_pidfd_from_audit_token(audit_token_t token, int *pidfd)
{
	return open_incarnation(audit_token_to_pid(token),
				(uint32_t)audit_token_to_pidversion(token),
				pidfd);
}

MACHDEV_EXPORT kern_return_t
machdev_pidfd_from_origin(const machdev_origin_trailer_t *trailer, int *pidfd)
{
	return open_incarnation((pid_t)trailer->pid, trailer->pidversion,
				pidfd);
}
