/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Fileports: descriptors that are sent as port rights. */
#ifndef _SYS_FILEPORT_H_
#define _SYS_FILEPORT_H_

#include <mach/mach_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * typedef fileport_t - name of a send right to a port that stands for an open
 * file
 *
 * The right can be copied, moved and sent as any other. The open file is let
 * go with the last right to its port, whoever had that. It answers no messages.
 */
typedef mach_port_t fileport_t;

#define FILEPORT_NULL ((fileport_t)0)

/**
 * fileport_makeport() - make a port that stands for an open file
 * @fd: any open descriptor, which stays open
 * @port: where the name goes, the caller's to release with
 *	mach_port_deallocate(); FILEPORT_NULL on any error
 *
 * Each call makes another port.
 *
 * Return: 0; -1 with errno: EBADF, @fd is not open; ENOMEM, no memory, no room
 * for a name, or the user's ledger does not allow it; ENOENT or ENXIO, the
 * module is not loaded; ENODEV, it has been shut down.
 */
int fileport_makeport(int fd, fileport_t *port);

/**
 * fileport_makefd() - a descriptor of the file that a port stands for
 * @port: send right to a fileport; the caller keeps it
 *
 * The descriptor shares offset and status flags with that from which the port
 * was made. It is close-on-exec.
 *
 * Return: the descriptor; -1 with errno: EINVAL, @port is no such right;
 * EMFILE, the process may have no more descriptors; EACCES, a security module
 * forbids it; ENOMEM; ENOENT, ENXIO or ENODEV, as above.
 */
int fileport_makefd(fileport_t port);

#ifdef __cplusplus
}
#endif

#endif /* _SYS_FILEPORT_H_ */
