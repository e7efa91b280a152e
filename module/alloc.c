// SPDX-License-Identifier: GPL-2.0-only
/* Memory of any size. */
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "alloc.h"

/*
 * Beyond, pages are mapped one by one: contiguous ones come in powers of two,
 * which wastes up to half, and are hard to find.
 */
#define CONTIGUOUS_MAX SZ_128K

/**
 * mach_alloc_size() - what mach_alloc() takes
 * @bytes: how many are needed
 *
 * Return: how many are taken, as a ledger should know.
 */
size_t mach_alloc_size(size_t bytes)
{
	return bytes <= CONTIGUOUS_MAX ? kmalloc_size_roundup(bytes) :
					 PAGE_ALIGN(bytes);
}

/**
 * mach_alloc() - allocate for a task
 * @bytes: how many
 * @flags: 0 or __GFP_ZERO
 *
 * Context: Process; may sleep.
 * Return: memory for kvfree(); NULL if there is none.
 */
void *mach_alloc(size_t bytes, gfp_t flags)
{
	void *memory = NULL;

	flags |= MACH_GFP;
	if (bytes <= PAGE_SIZE)
		return kmalloc(bytes, flags);
	if (bytes <= CONTIGUOUS_MAX)
		memory = kmalloc(bytes, (flags & ~__GFP_RETRY_MAYFAIL) |
					__GFP_NORETRY);
	return memory ?: __vmalloc(bytes, flags);
}
