/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file system with one program in it, whose exec stalls: the page in which
 * the kernel clears the beginning of .bss, after the new image has become that
 * of the process and before it runs, is not delivered until the test says so.
 */
#ifndef STALL_H
#define STALL_H

#define FUSE_USE_VERSION 31
#include <elf.h>
#include <fuse3/fuse_lowlevel.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mach_test.h"

#define STALL_INODE 2
#define STALL_PAGE 4096

static struct stall {
	char directory[64];
	char path[128];		/* of the program */
	char *image;
	size_t size;
	struct stat stat;	/* its owner and mode are the test's to set */
	off_t page;		/* the one that is kept back */
	bool keep;
	fuse_req_t kept;	/* who waits for it */
	size_t kept_size;
	atomic_bool stalled;
	pthread_mutex_t lock;
	pthread_t thread;
	struct fuse_session *session;
} stall = { .lock = PTHREAD_MUTEX_INITIALIZER };

static inline void stall_attributes(fuse_ino_t inode, struct stat *stat)
{
	if (inode == STALL_INODE) {
		*stat = stall.stat;
		return;
	}
	*stat = (struct stat) {
		.st_ino = inode, .st_mode = S_IFDIR | 0755, .st_nlink = 2,
	};
}

static inline void stall_lookup(fuse_req_t request, fuse_ino_t parent,
				const char *name)
{
	struct fuse_entry_param entry = { .ino = STALL_INODE };

	if (parent != FUSE_ROOT_ID || strcmp(name, "program")) {
		fuse_reply_err(request, ENOENT);
		return;
	}
	stall_attributes(STALL_INODE, &entry.attr);
	fuse_reply_entry(request, &entry);
}

static inline void stall_getattr(fuse_req_t request, fuse_ino_t inode,
				 struct fuse_file_info *file)
{
	struct stat stat;

	(void)file;
	stall_attributes(inode, &stat);
	fuse_reply_attr(request, &stat, 0);
}

static inline void stall_deliver(fuse_req_t request, size_t size, off_t offset)
{
	size_t left = offset < (off_t)stall.size ? stall.size - offset : 0;

	fuse_reply_buf(request, stall.image + offset,
		       size < left ? size : left);
}

static inline void stall_read(fuse_req_t request, fuse_ino_t inode, size_t size,
			      off_t offset, struct fuse_file_info *file)
{
	bool kept;

	(void)inode;
	(void)file;
	pthread_mutex_lock(&stall.lock);
	kept = stall.keep && !stall.kept && offset <= stall.page &&
	       stall.page < offset + (off_t)size;
	if (kept) {
		stall.kept = request;
		stall.kept_size = size;
		stall.stalled = true;
	}
	pthread_mutex_unlock(&stall.lock);
	if (!kept)
		stall_deliver(request, size, offset);
}

/* Without readahead, so that the header does not bring the page along. */
static inline void stall_begin(void *data, struct fuse_conn_info *connection)
{
	(void)data;
	connection->max_readahead = 0;
}

static inline void *stall_serve(void *argument)
{
	(void)argument;
	fuse_session_loop(stall.session);
	return NULL;
}

/* Let the exec go on, and later ones not stall. */
static inline void stall_release(void)
{
	fuse_req_t request;

	pthread_mutex_lock(&stall.lock);
	request = stall.kept;
	stall.keep = false;
	stall.kept = NULL;
	stall.stalled = false;
	pthread_mutex_unlock(&stall.lock);
	if (request)
		stall_deliver(request, stall.kept_size, stall.page);
}

/* Read program @path and find the page. */
static inline int stall_load(const char *path)
{
	const Elf64_Ehdr *header;
	const Elf64_Phdr *part;
	struct stat stat;
	int fd, i;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &stat))
		return -errno;
	stall.size = stat.st_size;
	stall.image = malloc(stall.size);
	if (!stall.image ||
	    read(fd, stall.image, stall.size) != (ssize_t)stall.size)
		return -EIO;
	close(fd);
	header = (const Elf64_Ehdr *)stall.image;
	part = (const Elf64_Phdr *)(stall.image + header->e_phoff);
	for (i = 0; i < header->e_phnum; i++, part++) {
		off_t end = part->p_offset + part->p_filesz;

		if (part->p_type != PT_LOAD || part->p_memsz <= part->p_filesz)
			continue;
		stall.page = end & -STALL_PAGE;
		/* There is something to clear, and not in the header's page. */
		return end % STALL_PAGE && stall.page ? 0 : -ENOEXEC;
	}
	return -ENOEXEC;
}

/*
 * Mount it with program @from, owned by @owner and with @mode. Who shall see
 * it is forked afterwards.
 */
static inline int stall_mount(const char *from, uid_t owner, mode_t mode)
{
	static const struct fuse_lowlevel_ops ops = {
		.init = stall_begin,
		.lookup = stall_lookup,
		.getattr = stall_getattr,
		.read = stall_read,
	};
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	int error = stall_load(from);

	if (error)
		return error;
	/* libfuse would mount it nosuid and for the mounter only. */
	if (fuse_opt_add_arg(&args, "stall") ||
	    fuse_opt_add_arg(&args, "-osuid,allow_other,default_permissions"))
		return -ENOMEM;
	stall.stat = (struct stat) {
		.st_ino = STALL_INODE, .st_mode = S_IFREG | mode,
		.st_nlink = 1, .st_uid = owner, .st_gid = owner,
		.st_size = stall.size,
	};
	strcpy(stall.directory, "/tmp/machdev.XXXXXX");
	if (!mkdtemp(stall.directory))
		return -errno;
	snprintf(stall.path, sizeof(stall.path), "%s/program",
		 stall.directory);
	stall.session = fuse_session_new(&args, &ops, sizeof(ops), NULL);
	fuse_opt_free_args(&args);
	if (!stall.session ||
	    fuse_session_mount(stall.session, stall.directory))
		return -EIO;
	return 0;
}

/* Serve it; the exec does not stall yet. */
static inline int stall_start(void)
{
	return -pthread_create(&stall.thread, NULL, stall_serve, NULL);
}

/* From now on the exec stalls, in whoever comes first. */
static inline void stall_arm(void)
{
	pthread_mutex_lock(&stall.lock);
	stall.keep = true;
	pthread_mutex_unlock(&stall.lock);
}

static inline void stall_end(void)
{
	stall_release();
	/* A loop that reads ends with the mount. */
	umount2(stall.directory, MNT_DETACH);
	fuse_session_exit(stall.session);
	fuse_session_unmount(stall.session);
	rmdir(stall.directory);
}

#endif /* STALL_H */
