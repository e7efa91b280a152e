/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Fileports
 *
 * A fileport is a kernel port that stands for an open file. A send right to it
 * is all it takes to get a descriptor of that file, so descriptors travel in
 * messages wherever send rights do. The file is let go with the last send
 * right, wherever that was.
 *
 * No ring of references can come of it. A fileport keeps a file; but no file
 * keeps a right: those of the device remember a task's record and not its
 * names, those of a port remember the port's memory, and a socket's queue
 * holds other files. So what a fileport keeps leads to no right, and whoever
 * has rights - a space, a message, a special port - ends with a task, a port or
 * the module. (What an embryo will give to its task is its creator's, and ends
 * with him, whoever has the embryo's descriptor.) Sockets that hold each other
 * in their queues are found by the kernel's own collector, for which a fileport
 * is somebody who still uses the file, as an open descriptor is. Whatever comes
 * to be a file of the module's must not keep rights, either.
 *
 * Descriptors are limited for each process, fileports by what they are charged.
 */
#ifndef MACH_FILEPORT_H
#define MACH_FILEPORT_H

#include "types.h"

struct file;
struct mach_space;

/* What an open file with its inode or socket takes, about; charged for it. */
#define MACH_FILEPORT_BYTES 4096

int mach_fileport_make(struct mach_space *space, struct file *file,
		       struct mach_right *right);
struct file *mach_fileport_file(struct mach_space *space, u32 name);
void mach_fileport_abandon_all(void);

#endif /* MACH_FILEPORT_H */
