// SPDX-License-Identifier: GPL-2.0-only
/* Out-of-line memory and arrays of rights: kept, charged, copied and mapped. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "alloc.h"
#include "compat/shmem.h"
#include "ledger.h"
#include "ool.h"

/* What a file costs: itself, its inode and name, and a node of its index. */
#define OOL_FILE SZ_2K

/* What its index costs for each page. */
#define OOL_INDEX 10

/* Further than a mapping can reach. */
#define OOL_FILE_END BIT_ULL(47)

/* Bytes that are copied before somebody else may run. */
#define OOL_CHUNK SZ_1M

static struct mach_ool *ool_new(struct mach_ledger *ledger, size_t data,
				u64 besides, gfp_t flags)
{
	size_t bytes = mach_alloc_size(sizeof(struct mach_ool) + data);
	struct mach_ool *ool;

	if (!mach_ledger_charge(ledger, bytes + besides))
		return NULL;
	ool = mach_alloc(bytes, flags);
	if (!ool) {
		mach_ledger_uncharge(ledger, bytes + besides);
		return NULL;
	}
	ool->ledger = mach_ledger_get(ledger);
	ool->charged = bytes + besides;
	ool->file = NULL;
	ool->offset = 0;
	return ool;
}

/*
 * Files are made without asking whether the memory group has room: a group that
 * has none loses somebody. So it is asked for first, and given back.
 */
static struct file *new_file(void)
{
	void *room = mach_alloc(OOL_FILE, 0);

	if (!room)
		return ERR_PTR(-ENOMEM);
	kvfree(room);
	/* mremap() can make what is mapped of it grow. */
	return shmem_file_setup("mach-message", OOL_FILE_END,
				MACH_SHMEM_NORESERVE);
}

/**
 * mach_ool_new_memory() - room for out-of-line memory
 * @ledger: charged for it
 * @size: bytes, not 0
 * @offset: where in its first page the receiver shall find it; 0 if @size is
 *	less than a page
 *
 * Context: Process; may sleep.
 * Return: memory whose bytes are undefined until mach_ool_read(); NULL when
 * memory or the ledger does not allow it.
 */
struct mach_ool *mach_ool_new_memory(struct mach_ledger *ledger, u32 size,
				     u32 offset)
{
	u64 pages = DIV_ROUND_UP_ULL((u64)offset + size, PAGE_SIZE);
	struct mach_ool *ool;
	struct file *file;

	if (size < PAGE_SIZE) {
		ool = ool_new(ledger, size, 0, 0);
		if (ool)
			ool->size = size;
		return ool;
	}
	ool = ool_new(ledger, 0, OOL_FILE + pages * (PAGE_SIZE + OOL_INDEX), 0);
	if (!ool)
		return NULL;
	file = new_file();
	if (IS_ERR(file)) {
		mach_ool_free(ool);
		return NULL;
	}
	ool->file = file;
	ool->offset = offset;
	ool->size = size;
	return ool;
}

/**
 * mach_ool_new_array() - room for an array of rights
 * @ledger: charged for it
 * @count: how many, not 0, at most MACHDEV_MSG_RIGHTS_MAX
 *
 * Context: Process; may sleep.
 * Return: an array of null rights; NULL when memory or the ledger does not
 * allow it.
 */
struct mach_ool *mach_ool_new_array(struct mach_ledger *ledger, u32 count)
{
	struct mach_ool *ool;

	ool = ool_new(ledger, count * (sizeof(struct mach_right) + sizeof(u32)),
		      0, __GFP_ZERO);
	if (ool)
		ool->size = count;
	return ool;
}

/**
 * mach_ool_free() - be done with out-of-line memory or an array
 * @ool: memory, or an array whose rights have gone elsewhere; or NULL
 *
 * Context: Process; may sleep.
 */
void mach_ool_free(struct mach_ool *ool)
{
	if (!ool)
		return;
	if (ool->file)
		fput(ool->file);
	mach_ledger_uncharge(ool->ledger, ool->charged);
	mach_ledger_put(ool->ledger);
	kvfree(ool);
}

static int write_file(struct file *file, loff_t pos, const char __user *from,
		      size_t size)
{
	struct iov_iter iter;
	struct kiocb kiocb;
	ssize_t done;

	while (size) {
		if (fatal_signal_pending(current))
			return -EINTR;
		init_sync_kiocb(&kiocb, file);
		kiocb.ki_pos = pos;
		iov_iter_ubuf(&iter, WRITE, (void __user *)from,
			      min_t(size_t, size, OOL_CHUNK));
		done = generic_perform_write(&kiocb, &iter);
		if (done <= 0)
			return done ?: -EFAULT;
		pos += done;
		from += done;
		size -= done;
		cond_resched();
	}
	return 0;
}

static int read_file(struct mach_ool *ool, const void __user *from)
{
	struct address_space *mapping = ool->file->f_mapping;
	gfp_t gfp = mapping_gfp_mask(mapping);
	int ret;

	if (!access_ok(from, ool->size))
		return -EFAULT;
	/*
	 * No pages end the send, not somebody's life. Who receives takes what
	 * comes, as with any other memory.
	 */
	mapping_set_gfp_mask(mapping,
			     gfp | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	inode_lock(mapping->host);
	ret = write_file(ool->file, ool->offset, from, ool->size);
	inode_unlock(mapping->host);
	mapping_set_gfp_mask(mapping, gfp);
	return ret;
}

/**
 * mach_ool_read() - copy memory of the current process
 * @ool: from mach_ool_new_memory()
 * @from: where it is
 *
 * Context: Process; sleeps, for as long as the memory of the process makes it.
 * Return: 0; -EFAULT, it cannot be read; -EINTR, the process is being killed;
 * another error for want of memory.
 */
int mach_ool_read(struct mach_ool *ool, const void __user *from)
{
	if (ool->file)
		return read_file(ool, from);
	return copy_from_user(ool->data, from, ool->size) ? -EFAULT : 0;
}

/**
 * mach_ool_read_names() - copy the names of an array
 * @ool: from mach_ool_new_array()
 * @from: where they are in the current process
 *
 * Context: Process; sleeps.
 * Return: 0; -EFAULT, they cannot be read.
 */
int mach_ool_read_names(struct mach_ool *ool, const void __user *from)
{
	return copy_from_user(mach_ool_names(ool), from,
			      ool->size * sizeof(u32)) ? -EFAULT : 0;
}

/* Private memory of the current process; 0 or what is or'ed into a result. */
static int map(struct file *file, u64 bytes, u64 *address)
{
	unsigned long at = vm_mmap(file, 0, PAGE_ALIGN(bytes),
				   PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);

	if (IS_ERR_VALUE(at))
		return MACHDEV_MSG_VM_SPACE;
	*address = at;
	return 0;
}

/* Into memory that has just been mapped; it goes if that cannot be done. */
static int fill(u64 address, const void *from, size_t bytes)
{
	if (!copy_to_user(u64_to_user_ptr(address), from, bytes))
		return 0;
	vm_munmap(address, PAGE_ALIGN(bytes));
	return MACHDEV_MSG_VM_KERNEL;
}

/**
 * mach_ool_map() - give memory to the current process
 * @ool: the memory, which has been read; still to be freed
 * @address: out: where it is now
 *
 * Context: Process; sleeps.
 * Return: 0; MACH_MSG_VM_SPACE, there is no room in the process;
 * MACH_MSG_VM_KERNEL, there are no pages for it.
 */
int mach_ool_map(struct mach_ool *ool, u64 *address)
{
	int bits = map(ool->file, (u64)ool->offset + ool->size, address);

	if (bits)
		return bits;
	*address += ool->offset;
	return ool->file ? 0 : fill(*address, ool->data, ool->size);
}

/**
 * mach_ool_map_names() - memory for names in the current process
 * @ool: an array
 * @address: out: where it is
 *
 * Context: Process; sleeps.
 * Return: 0; MACH_MSG_VM_SPACE, there is no room in the process.
 */
int mach_ool_map_names(struct mach_ool *ool, u64 *address)
{
	return map(NULL, ool->size * sizeof(u32), address);
}

/**
 * mach_ool_write_names() - write the names of an array there
 * @ool: the array, with the names that its rights have got
 * @address: from mach_ool_map_names()
 *
 * Context: Process; sleeps.
 * Return: 0; MACH_MSG_VM_KERNEL, there are no pages for it, and that memory has
 * been released.
 */
int mach_ool_write_names(struct mach_ool *ool, u64 address)
{
	return fill(address, mach_ool_names(ool), ool->size * sizeof(u32));
}
