/* SPDX-License-Identifier: GPL-2.0-only */
/* bootstrapd, for the tests that need a name server. */
#ifndef SERVER_HELPERS_H
#define SERVER_HELPERS_H

#include <limits.h>
#include <unistd.h>

#include "mach_test.h"

/* Where bootstrapd is: 0 or -errno. */
static inline int server_path(char *path, size_t size)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (length < 0)
		return -errno;
	self[length] = 0;
	slash = strrchr(self, '/');
	*slash = 0;
	snprintf(path, size, "%.200s/../tools/bootstrapd", self);
	return access(path, X_OK) ? -errno : 0;
}

/* Start bootstrapd, as @uid. */
static inline pid_t server_start(uid_t uid)
{
	char path[PATH_MAX];
	pid_t pid;

	if (server_path(path, sizeof(path)))
		return -1;
	pid = fork();
	if (!pid) {
		if (uid && test_become(uid, uid))
			_exit(99);
		execl(path, "bootstrapd", "-f", NULL);
		_exit(98);
	}
	return pid;
}

/* Has the host a default bootstrap port? */
static inline bool server_is_there(mach_port_t priv)
{
	mach_port_t port;

	return !host_get_bootstrap_port(priv, &port) && MACH_PORT_VALID(port);
}

#endif /* SERVER_HELPERS_H */
