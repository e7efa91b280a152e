/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module of selftests/module/ as tests use it: functions of the kernel
 * that fail or dawdle. One program at a time has it loaded.
 */
#ifndef FAULT_H
#define FAULT_H

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "mach_test.h"

#define FAULT_DIRECTORY "/sys/kernel/debug/mach_fault"

/* More than any test makes of anything. */
#define FAULT_ALWAYS 1000000000u

/* Load it with @sites, "a,b,c": 0 or -errno. */
static inline int fault_load(const char *sites)
{
	char self[PATH_MAX] = "", path[PATH_MAX + 128], parameters[256];
	struct utsname name;
	int fd, error = 0;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 ||
	    uname(&name))
		return -errno;
	snprintf(path, sizeof(path), "%s/module/%s/mach_fault.ko",
		 dirname(self), name.release);
	snprintf(parameters, sizeof(parameters), "sites=%s", sites);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, parameters, 0))
		error = -errno;
	close(fd);
	return error;
}

static inline int fault_unload(void)
{
	return syscall(SYS_delete_module, "mach_fault", O_NONBLOCK) ? -errno :
								      0;
}

/* Write a number of @site, such as "fail": 0 or -errno. */
static inline int fault_set(const char *site, const char *what,
			    unsigned int value)
{
	char path[PATH_MAX], text[16];
	int fd, length, error = 0;

	snprintf(path, sizeof(path), FAULT_DIRECTORY "/%s/%s", site, what);
	length = snprintf(text, sizeof(text), "%u", value);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, length) != length)
		error = -errno;
	close(fd);
	return error;
}

/* Read a number of @site; UINT_MAX when there is none. */
static inline unsigned int fault_get(const char *site, const char *what)
{
	unsigned int value = UINT_MAX;
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), FAULT_DIRECTORY "/%s/%s", site, what);
	file = fopen(path, "re");
	if (!file)
		return UINT_MAX;
	if (fscanf(file, "%u", &value) != 1)
		value = UINT_MAX;
	fclose(file);
	return value;
}

#endif /* FAULT_H */
