// SPDX-License-Identifier: GPL-2.0-only
/* What a parked thread does to its own address space. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "alloc.h"
#include "compat/mm.h"
#include "compat/shmem.h"
#include "mapping.h"
#include "memory.h"

/* Regions that are more than memory, or grow. */
#define SPECIAL \
	(VM_IO | VM_PFNMAP | VM_MIXEDMAP | VM_HUGETLB | VM_GROWSDOWN | \
	 VM_GROWSUP)

/**
 * struct piece - what a range and a region have in common
 * @start: address of its first byte
 * @end: address after its last
 * @flags: VM_* of the region
 * @whole: it is the whole region
 * @file: of a shared region, with a reference; or NULL
 * @offset: in @file, bytes
 */
struct piece {
	unsigned long start;
	unsigned long end;
	unsigned long flags;
	bool whole;
	struct file *file;
	u64 offset;
};

static int code_of(long error)
{
	switch (error) {
	case 0:
		return MACHDEV_KERN_SUCCESS;
	case -EACCES:
	case -EPERM:
		return MACHDEV_KERN_PROTECTION_FAILURE;
	case -ENOMEM:
	case -EAGAIN:
	case -ENOSPC:
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	default:	/* -EINTR among them: the process is being killed */
		return MACHDEV_KERN_FAILURE;
	}
}

/* The first piece from an address on. False if there is none up to the end. */
static bool next_piece(unsigned long at, unsigned long end, struct piece *piece)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	bool found;

	mmap_read_lock(mm);
	vma = find_vma(mm, at);
	found = vma && vma->vm_start < end;
	if (found) {
		piece->start = max(at, vma->vm_start);
		piece->end = min(end, vma->vm_end);
		piece->flags = vma->vm_flags;
		piece->whole = piece->start == vma->vm_start &&
			       piece->end == vma->vm_end;
		piece->file = NULL;
		if ((vma->vm_flags & VM_MAYSHARE) && vma->vm_file)
			piece->file = get_file(vma->vm_file);
		piece->offset = ((u64)vma->vm_pgoff << PAGE_SHIFT) +
				piece->start - vma->vm_start;
	}
	mmap_read_unlock(mm);
	return found;
}

static void put_piece(struct piece *piece)
{
	if (piece->file)
		fput(piece->file);
}

/*
 * Not by a write, which asks for a limit on files. Without memory the errand
 * ends, and not somebody's life.
 */
static long put_page_into(struct file *file, pgoff_t index, const char *from)
{
	struct address_space *mapping = file->f_mapping;
	gfp_t gfp = mapping_gfp_mask(mapping) | __GFP_RETRY_MAYFAIL |
		    __GFP_NOWARN;
	struct page *page = shmem_read_mapping_page_gfp(mapping, index, gfp);
	void *to;

	if (IS_ERR(page))
		return PTR_ERR(page);
	to = kmap_local_page(page);
	memcpy(to, from, PAGE_SIZE);
	kunmap_local(to);
	folio_mark_dirty(page_folio(page));
	put_page(page);
	return 0;
}

/* Pages of the piece that are not all zeros go to where they are in the file. */
static long copy_pages(const struct piece *piece, struct file *file, char *page)
{
	unsigned long at;
	long ret;

	for (at = piece->start; at < piece->end; at += PAGE_SIZE) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		if (access_process_vm(current, at, page, PAGE_SIZE,
				      FOLL_FORCE) != PAGE_SIZE)
			return -EFAULT;
		if (!memchr_inv(page, 0, PAGE_SIZE))
			continue;
		ret = put_page_into(file, (at - piece->start) >> PAGE_SHIFT,
				    page);
		if (ret)
			return ret;
	}
	return 0;
}

static struct file *new_file(unsigned long size)
{
	return shmem_file_setup("mach-memory", size, MACH_SHMEM_NORESERVE);
}

static struct file *copy_of(const struct piece *piece)
{
	struct file *file = new_file(piece->end - piece->start);
	long ret = -ENOMEM;
	char *page;

	if (IS_ERR(file))
		return file;
	page = mach_alloc(PAGE_SIZE, 0);
	if (page)
		ret = copy_pages(piece, file, page);
	kvfree(page);
	if (!ret)
		return file;
	fput(file);
	return ERR_PTR(ret);
}

/* Says of a region whether children have it. @start and @end are its own. */
static int set_inherited(unsigned long start, unsigned long end, bool inherited)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int ret = -EAGAIN;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	vma = find_vma(mm, start);
	/* It may be another one by now, if processes share the memory. */
	if (vma && vma->vm_start == start && vma->vm_end == end &&
	    !(vma->vm_flags & SPECIAL)) {
		mach_vma_mod_flags(vma, inherited ? 0 : VM_DONTCOPY,
				   inherited ? VM_DONTCOPY : 0);
		ret = 0;
	}
	mmap_write_unlock(mm);
	return ret;
}

static unsigned long protection_of(const struct piece *piece)
{
	return (piece->flags & VM_READ ? PROT_READ : 0) |
	       (piece->flags & VM_WRITE ? PROT_WRITE : 0) |
	       (piece->flags & VM_EXEC ? PROT_EXEC : 0);
}

/* Maps a piece anew. A private one is of a file that no other region has. */
static int remap(const struct piece *piece, unsigned long protection,
		 bool shared, bool inherited)
{
	struct file *file = piece->file;
	unsigned long at;

	if (!file) {
		file = copy_of(piece);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	at = vm_mmap(file, piece->start, piece->end - piece->start, protection,
		     (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_FIXED,
		     piece->file ? piece->offset : 0);
	if (!piece->file)
		fput(file);
	if (IS_ERR_VALUE(at))
		return at;
	return inherited ? 0 : set_inherited(piece->start, piece->end, false);
}

/* Whether something can be done to a piece, and how it is done. */
struct change {
	int (*check)(const struct piece *piece, u32 value);
	long (*make)(const struct piece *piece, u32 value);
	bool holes;
};

static int check_all(const struct change *change, unsigned long start,
		     unsigned long end, u32 value)
{
	struct piece piece;
	int ret;

	while (start < end) {
		if (!next_piece(start, end, &piece))
			return change->holes ? MACHDEV_KERN_SUCCESS :
					       MACHDEV_KERN_INVALID_ADDRESS;
		ret = change->check(&piece, value);
		put_piece(&piece);
		if (piece.start != start && !change->holes)
			return MACHDEV_KERN_INVALID_ADDRESS;
		if (ret)
			return ret;
		if (piece.flags & SPECIAL)
			return MACHDEV_KERN_NOT_SUPPORTED;
		start = piece.end;
	}
	return MACHDEV_KERN_SUCCESS;
}

static int make_all(const struct change *change, unsigned long start,
		    unsigned long end, u32 value)
{
	struct piece piece;
	long ret = 0;

	while (!ret && start < end && next_piece(start, end, &piece)) {
		ret = change->make(&piece, value);
		put_piece(&piece);
		start = piece.end;
	}
	return code_of(ret);
}

static int change_range(const struct change *change,
			const struct machdev_vm_range *range)
{
	unsigned long start = range->address & PAGE_MASK;
	unsigned long end;
	int ret;

	if (!range->size)
		return MACHDEV_KERN_SUCCESS;
	end = PAGE_ALIGN(range->address + range->size);
	ret = check_all(change, start, end, range->value);
	return ret ?: make_all(change, start, end, range->value);
}

/* Anonymous memory of the current process. Returns an address or an error. */
static unsigned long map(const struct machdev_vm_map *a, unsigned long at,
			 unsigned long size, unsigned long flags)
{
	struct file *file;

	flags |= a->inheritance == MACHDEV_VM_INHERIT_SHARE ? MAP_SHARED :
							      MAP_PRIVATE;
	if (a->inheritance != MACHDEV_VM_INHERIT_NONE)
		return vm_mmap(NULL, at, size, a->protection,
			       flags | MAP_ANONYMOUS, 0);
	file = new_file(size);
	if (IS_ERR(file))
		return PTR_ERR(file);
	at = vm_mmap(file, at, size, a->protection, flags, 0);
	fput(file);
	return at;
}

static int map_fixed(struct machdev_vm_map *a, unsigned long size,
		     unsigned long *result)
{
	unsigned long at = a->address & PAGE_MASK;
	bool overwrite = a->flags & MACHDEV_VM_OVERWRITE;

	if (size > TASK_SIZE || at > TASK_SIZE - size)
		return MACHDEV_KERN_INVALID_ADDRESS;
	*result = map(a, at, size, overwrite ? MAP_FIXED : MAP_FIXED_NOREPLACE);
	if (!IS_ERR_VALUE(*result))
		return MACHDEV_KERN_SUCCESS;
	switch ((long)*result) {
	case -EEXIST:
	case -ENOMEM:
		return MACHDEV_KERN_NO_SPACE;
	case -EPERM:
	case -EINVAL:
		return MACHDEV_KERN_INVALID_ADDRESS;
	default:
		return code_of(*result);
	}
}

/* Where bits have to be 0, as much more is mapped and then what is too much. */
static int map_anywhere(struct machdev_vm_map *a, unsigned long size,
			unsigned long *result)
{
	unsigned long slack = a->mask & PAGE_MASK, at, start;

	if (size > TASK_SIZE || slack > TASK_SIZE - size)
		return MACHDEV_KERN_NO_SPACE;
	at = map(a, 0, size + slack, 0);
	if (IS_ERR_VALUE(at))
		return at == -ENOMEM ? MACHDEV_KERN_NO_SPACE : code_of(at);
	start = (at + slack) & ~(unsigned long)a->mask;
	if (start > at)
		vm_munmap(at, start - at);
	if (at + slack > start)
		vm_munmap(start + size, at + slack - start);
	*result = start;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_mapping_map() - map memory that is all zeros
 * @map: the arguments, checked; @address out
 *
 * Context: Process, a parked thread; sleeps.
 * Return: KERN_SUCCESS; KERN_INVALID_ADDRESS; KERN_NO_SPACE;
 * KERN_PROTECTION_FAILURE, a security module; KERN_RESOURCE_SHORTAGE.
 */
int mach_mapping_map(struct machdev_vm_map *map)
{
	unsigned long size = PAGE_ALIGN(map->size), at;
	int ret;

	if (map->flags & MACHDEV_VM_ANYWHERE)
		ret = map_anywhere(map, size, &at);
	else
		ret = map_fixed(map, size, &at);
	if (!ret && map->inheritance == MACHDEV_VM_INHERIT_NONE)
		ret = code_of(set_inherited(at, at + size, false));
	if (!ret)
		map->address = at;
	return ret;
}

/**
 * mach_mapping_unmap() - unmap what a range touches
 * @range: the range, which does not wrap
 *
 * Context: Process, a parked thread; sleeps.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, it lies outside the address
 * space; KERN_RESOURCE_SHORTAGE.
 */
int mach_mapping_unmap(const struct machdev_vm_range *range)
{
	unsigned long start = range->address & PAGE_MASK, end;
	int ret;

	if (!range->size)
		return MACHDEV_KERN_SUCCESS;
	end = PAGE_ALIGN(range->address + range->size);
	ret = vm_munmap(start, end - start);
	return ret == -EINVAL ? MACHDEV_KERN_INVALID_ARGUMENT : code_of(ret);
}

static int check_protect(const struct piece *piece, u32 value)
{
	if (((value & PROT_READ) && !(piece->flags & VM_MAYREAD)) ||
	    ((value & PROT_WRITE) && !(piece->flags & VM_MAYWRITE)) ||
	    ((value & PROT_EXEC) && !(piece->flags & VM_MAYEXEC)))
		return MACHDEV_KERN_PROTECTION_FAILURE;
	return MACHDEV_KERN_SUCCESS;
}

static long make_protect(const struct piece *piece, u32 value)
{
	if (protection_of(piece) == value)
		return 0;
	return remap(piece, value, piece->file, !(piece->flags & VM_DONTCOPY));
}

/**
 * mach_mapping_protect() - change the protection of what is mapped
 * @range: the range, which does not wrap; @value is MACHDEV_VM_PROT_*
 *
 * Context: Process, a parked thread; sleeps.
 * Return: KERN_SUCCESS; as struct machdev_vm_range says.
 */
int mach_mapping_protect(const struct machdev_vm_range *range)
{
	static const struct change protect = {
		.check = check_protect,
		.make = make_protect,
	};

	return change_range(&protect, range);
}

static int check_inherit(const struct piece *piece, u32 value)
{
	bool known;

	switch (value) {
	case MACHDEV_VM_INHERIT_SHARE:
		known = !piece->file || piece->whole ||
			!(piece->flags & VM_DONTCOPY);
		break;
	case MACHDEV_VM_INHERIT_COPY:
		known = !piece->file;
		break;
	default:
		known = !piece->file || piece->whole ||
			(piece->flags & VM_DONTCOPY);
		break;
	}
	return known ? MACHDEV_KERN_SUCCESS : MACHDEV_KERN_NOT_SUPPORTED;
}

static long make_inherit(const struct piece *piece, u32 value)
{
	bool inherited = value != MACHDEV_VM_INHERIT_NONE;
	bool share = value == MACHDEV_VM_INHERIT_SHARE && !piece->file;

	if (!share && inherited == !(piece->flags & VM_DONTCOPY))
		return 0;
	if (!share && piece->whole)
		return set_inherited(piece->start, piece->end, inherited);
	return remap(piece, protection_of(piece), share || piece->file,
		     inherited);
}

/**
 * mach_mapping_inherit() - say what children get of what is mapped
 * @range: the range, which does not wrap; @value is MACHDEV_VM_INHERIT_*
 *
 * Context: Process, a parked thread; sleeps.
 * Return: KERN_SUCCESS; as struct machdev_vm_range says.
 */
int mach_mapping_inherit(const struct machdev_vm_range *range)
{
	static const struct change inherit = {
		.check = check_inherit,
		.make = make_inherit,
		.holes = true,
	};

	return change_range(&inherit, range);
}
