/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What the calls on memory share. */
#ifndef MACHDEV_VM_H
#define MACHDEV_VM_H

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "internal.h"

static inline uint64_t page_mask(void)
{
	return (uint64_t)sysconf(_SC_PAGESIZE) - 1;
}

/* Whether a range, rounded up to a page, ends at an address of @most at most. */
static inline bool range_fits(uint64_t address, uint64_t size, uint64_t most)
{
	uint64_t mask = page_mask();

	return size <= most - mask && address <= most - mask - size;
}

/**
 * __machdev_vm_own() - whether memory is the caller's
 * @task: whose, any name
 *
 * Return: false also for what is no task: the module knows why.
 */
bool __machdev_vm_own(vm_map_t task);

/**
 * __machdev_vm_region() - a region of a task
 * @task: whose
 * @address: where to look
 * @region: filled in, on success
 *
 * Return: as vm_region().
 */
kern_return_t __machdev_vm_region(vm_map_t task, uint64_t address,
				  struct machdev_vm_region *region);

/**
 * __machdev_vm_share() - make private memory of the caller shared
 * @start: address of a page
 * @end: of another
 * @protection: what there is, VM_PROT_*
 *
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE; KERN_FAILURE, it cannot be read.
 */
kern_return_t __machdev_vm_share(uintptr_t start, uintptr_t end,
				 vm_prot_t protection);

#endif /* MACHDEV_VM_H */
