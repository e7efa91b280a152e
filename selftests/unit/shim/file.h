/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that live in memory, and what user space has mapped. */
#ifndef SHIM_FILE_H
#define SHIM_FILE_H

#include "memory.h"
#include "task.h"
#include "user.h"

struct inode {
	bool locked;
};

struct address_space {
	struct inode *host;
	gfp_t gfp;
};

struct file {
	struct address_space *f_mapping;
	char *bytes;
	size_t size;
	struct address_space mapping;
	struct inode inode;
};

struct kiocb {
	struct file *file;
	loff_t ki_pos;
};

struct iov_iter {
	const char *from;
	size_t count;
};

/* Mappings that user space has now; all of them go. */
extern unsigned int shim_mapped;
void shim_unmap_all(void);

#define WRITE 1
#define VM_NORESERVE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_PRIVATE 2
#define IS_ERR(pointer) ((uintptr_t)(pointer) >= (uintptr_t)-4095)
#define IS_ERR_VALUE(value) IS_ERR(value)
#define fatal_signal_pending(task) ((task)->killed)
#define access_ok(from, size) ((void)(from), (void)(size), true)

/* Takes two allocations: a file and what is in it. */
struct file *shmem_file_setup(const char *name, loff_t size, int flags);
void fput(struct file *file);

static inline gfp_t mapping_gfp_mask(struct address_space *mapping)
{
	return mapping->gfp;
}

static inline void mapping_set_gfp_mask(struct address_space *mapping,
					gfp_t gfp)
{
	mapping->gfp = gfp;
}

static inline void inode_lock(struct inode *inode)
{
	SHIM_NEVER(inode->locked);
	inode->locked = true;
}

static inline void inode_unlock(struct inode *inode)
{
	SHIM_NEVER(!inode->locked);
	inode->locked = false;
}

static inline void init_sync_kiocb(struct kiocb *kiocb, struct file *file)
{
	*kiocb = (struct kiocb){ .file = file };
}

static inline void iov_iter_ubuf(struct iov_iter *iter, int direction,
				 void *from, size_t count)
{
	*iter = (struct iov_iter){ from, count };
}

/* As much as can be read; -EFAULT if that is nothing. */
ssize_t generic_perform_write(struct kiocb *kiocb, struct iov_iter *iter);

/* The nth from now on fails, 0 for none. A mapping is released whole. */
extern unsigned int shim_fail_map;

unsigned long vm_mmap(struct file *file, unsigned long hint, unsigned long size,
		      unsigned long protection, unsigned long flags,
		      unsigned long offset);
int vm_munmap(unsigned long start, size_t size);

#endif /* SHIM_FILE_H */
