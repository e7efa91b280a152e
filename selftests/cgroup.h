/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory control groups (version 2) for tests: to see what a process is
 * charged for, and to give it little.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mach_test.h"

#define CGROUP_ROOT "/sys/fs/cgroup"

struct cgroup {
	char path[64];
};

static inline int cgroup_write(const char *path, const char *file,
			       const char *text)
{
	char name[PATH_MAX];
	int fd, error = 0;

	snprintf(name, sizeof(name), "%s/%s", path, file);
	fd = open(name, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		error = -errno;
	close(fd);
	return error;
}

/*
 * Make a group below the root: 0 or -errno. The mount that it needs is the
 * calling process's own and goes with it.
 */
static inline int cgroup_make(struct cgroup *group, const char *name)
{
	int error;

	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("cgroup2", CGROUP_ROOT, "cgroup2", 0, NULL))
		return -errno;
	error = cgroup_write(CGROUP_ROOT, "cgroup.subtree_control", "+memory");
	if (error)
		return error;
	snprintf(group->path, sizeof(group->path), CGROUP_ROOT "/machdev-%s",
		 name);
	return mkdir(group->path, 0755) ? -errno : 0;
}

/* Once no process is in it any more. */
static inline int cgroup_remove(struct cgroup *group)
{
	return TEST_UNTIL(!rmdir(group->path), 10000) ? 0 : -EBUSY;
}

static inline int cgroup_set(struct cgroup *group, const char *file,
			     const char *text)
{
	return cgroup_write(group->path, file, text);
}

/*
 * Let the calling process be charged there from now on. What it has stays
 * charged where it is.
 */
static inline int cgroup_join(struct cgroup *group)
{
	return cgroup_set(group, "cgroup.procs", "0");
}

/* A number from a file like memory.current; -1 when there is none. */
static inline int64_t cgroup_number(struct cgroup *group, const char *file)
{
	char name[PATH_MAX];
	long long number;
	FILE *stream;

	snprintf(name, sizeof(name), "%s/%s", group->path, file);
	stream = fopen(name, "re");
	if (!stream)
		return -1;
	if (fscanf(stream, "%lld", &number) != 1)
		number = -1;
	fclose(stream);
	return number;
}

/* The number behind @key in memory.events; -1 when there is none. */
static inline int64_t cgroup_events(struct cgroup *group, const char *key)
{
	char name[PATH_MAX], word[64];
	long long number, found = -1;
	FILE *stream;

	snprintf(name, sizeof(name), "%s/memory.events", group->path);
	stream = fopen(name, "re");
	if (!stream)
		return -1;
	while (fscanf(stream, "%63s %lld", word, &number) == 2) {
		if (!strcmp(word, key))
			found = number;
	}
	fclose(stream);
	return found;
}

/*
 * Bytes charged. What each processor has taken ahead, up to 64 pages, is given
 * back first, which asking for less than there is makes the kernel do.
 */
static inline int64_t cgroup_charged(struct cgroup *group)
{
	int64_t bytes, last = -1;
	int i;

	for (i = 0; i < 100; i++) {
		cgroup_set(group, "memory.high", "0");
		cgroup_set(group, "memory.high", "max");
		test_sleep_ms(2);
		bytes = cgroup_number(group, "memory.current");
		if (bytes == last)
			break;
		last = bytes;
	}
	return bytes;
}

#endif /* CGROUP_H */
