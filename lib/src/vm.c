// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * What is mapped in a task: in the caller by system calls, in others by the
 * module.
 */
#include <errno.h>
#include <sys/mman.h>

#include "vm.h"

bool __machdev_vm_own(vm_map_t task)
{
	int pid;

	return MACH_PORT_VALID(task) &&
	       (task == __machdev_task() ||
		(pid_for_task(task, &pid) == KERN_SUCCESS && pid == getpid()));
}

/* errno of mmap() as a Mach code. */
static kern_return_t map_error(int error)
{
	switch (error) {
	case EPERM:
	case EINVAL:
		return KERN_INVALID_ADDRESS;
	case EACCES:
		return KERN_PROTECTION_FAILURE;
	default:
		return KERN_NO_SPACE;
	}
}

/* With some bits of the address 0: what is mapped too much is unmapped. */
static void *align(char *memory, size_t size, size_t mask)
{
	size_t slack = mask & ~(size_t)page_mask();
	char *start = (char *)(((uintptr_t)memory + slack) & ~mask);
	size_t before = (size_t)(start - memory);

	if (before)
		munmap(memory, before);
	if (slack > before)
		munmap(start + size, slack - before);
	return start;
}

static kern_return_t map_own(struct machdev_vm_map *a)
{
	size_t mask = (size_t)page_mask();
	bool anywhere = a->flags & MACHDEV_VM_ANYWHERE;
	size_t slack = anywhere ? (size_t)a->mask & ~mask : 0;
	size_t size = ((size_t)a->size + mask) & ~mask;
	uintptr_t at = anywhere ? 0 : (uintptr_t)a->address & ~mask;
	int flags = MAP_ANONYMOUS;
	void *memory;

	if (slack > SIZE_MAX - size)
		return KERN_NO_SPACE;
	if (!anywhere && at > UINTPTR_MAX - size)
		return KERN_INVALID_ADDRESS;
	if (!anywhere)
		flags |= a->flags & MACHDEV_VM_OVERWRITE ? MAP_FIXED :
							   MAP_FIXED_NOREPLACE;
	flags |= a->inheritance == VM_INHERIT_SHARE ? MAP_SHARED : MAP_PRIVATE;
	memory = mmap((void *)at, size + slack, (int)a->protection, flags, -1,
		      0);
	if (memory == MAP_FAILED)
		return map_error(errno);
	if (anywhere)
		memory = align(memory, size, (size_t)a->mask);
	if (a->inheritance == VM_INHERIT_NONE &&
	    madvise(memory, size, MADV_DONTFORK)) {
		munmap(memory, size);
		return KERN_RESOURCE_SHORTAGE;
	}
	a->address = (uintptr_t)memory;
	return KERN_SUCCESS;
}

/* Whether memory of a task can be mapped at all. */
static kern_return_t check(vm_map_t task, bool own)
{
	struct machdev_vm_range nothing = { .task = task };

	return own ? KERN_SUCCESS :
		     __machdev_call(MACHDEV_IOC_VM_DEALLOCATE, &nothing);
}

/* Flags of vm_allocate() and vm_map(), but for the tag. */
#define KNOWN ((unsigned int)(VM_FLAGS_ANYWHERE | VM_FLAGS_OVERWRITE))

static bool is_good(const struct machdev_vm_map *a)
{
	return !(a->flags & ~KNOWN) && !(a->mask & (a->mask + 1)) &&
	       !(a->protection & ~(unsigned int)VM_PROT_ALL) &&
	       a->inheritance <= VM_INHERIT_LAST_VALID &&
	       a->size <= UINT64_MAX - page_mask();
}

static kern_return_t map(struct machdev_vm_map *a, int flags)
{
	bool own = __machdev_vm_own(a->task);
	kern_return_t result;
	int saved = errno;

	a->flags = (unsigned int)flags & ~VM_FLAGS_ALIAS_MASK;
	if (!is_good(a) || !a->size) {
		result = check(a->task, own);
		if (result == KERN_SUCCESS && !is_good(a))
			result = KERN_INVALID_ARGUMENT;
		a->address = 0;
		return result;
	}
	if (!own)
		return __machdev_call(MACHDEV_IOC_VM_MAP, a);
	if (a->size > UINTPTR_MAX - page_mask())
		return a->size <= UINTPTR_MAX ? KERN_INVALID_ARGUMENT :
						KERN_NO_SPACE;
	if (a->mask > UINTPTR_MAX)
		return KERN_NO_SPACE;
	if (a->address > UINTPTR_MAX && !(a->flags & MACHDEV_VM_ANYWHERE))
		return KERN_INVALID_ADDRESS;
	result = map_own(a);
	errno = saved;
	return result;
}

MACHDEV_EXPORT kern_return_t mach_vm_allocate(vm_map_t target,
					      mach_vm_address_t *address,
					      mach_vm_size_t size, int flags)
{
	struct machdev_vm_map argument = {
		.task = target,
		.protection = VM_PROT_DEFAULT,
		.inheritance = VM_INHERIT_DEFAULT,
		.address = flags & VM_FLAGS_ANYWHERE ? 0 : *address,
		.size = size,
	};
	kern_return_t result = map(&argument, flags);

	if (result == KERN_SUCCESS)
		*address = argument.address;
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_vm_map(vm_map_t target_task, mach_vm_address_t *address,
	    mach_vm_size_t size, mach_vm_offset_t mask, int flags,
	    mem_entry_name_port_t object, memory_object_offset_t offset,
	    boolean_t copy, vm_prot_t cur_protection, vm_prot_t max_protection,
	    vm_inherit_t inheritance)
{
	struct machdev_vm_map argument = {
		.task = target_task,
		.protection = (unsigned int)cur_protection,
		.inheritance = inheritance,
		.address = flags & VM_FLAGS_ANYWHERE ? 0 : *address,
		.size = size,
		.mask = mask,
	};
	kern_return_t result;

	(void)offset;
	(void)copy;
	if (!size || object != MEMORY_OBJECT_NULL ||
	    (max_protection & ~VM_PROT_ALL) ||
	    (cur_protection & ~max_protection) ||
	    max_protection != VM_PROT_ALL) {
		result = check(target_task, __machdev_vm_own(target_task));
		if (result != KERN_SUCCESS)
			return result;
		if (size && object == MEMORY_OBJECT_NULL &&
		    !(max_protection & ~VM_PROT_ALL) &&
		    !(cur_protection & ~max_protection))
			return KERN_NOT_SUPPORTED;
		return KERN_INVALID_ARGUMENT;
	}
	result = map(&argument, flags);
	if (result == KERN_SUCCESS)
		*address = argument.address;
	return result;
}

static kern_return_t call_range(unsigned long command, vm_map_t task,
				uint32_t value, uint64_t address, uint64_t size)
{
	struct machdev_vm_range argument = {
		.task = task,
		.value = value,
		.address = address,
		.size = size,
	};

	return __machdev_call(command, &argument);
}

/* Whole pages of the caller that a range touches. */
struct pages {
	uintptr_t start;
	uintptr_t end;
};

static bool pages_of(uint64_t address, uint64_t size, struct pages *pages)
{
	uintptr_t mask = (uintptr_t)page_mask();

	if (!range_fits(address, size, UINTPTR_MAX))
		return false;
	pages->start = (uintptr_t)address & ~mask;
	pages->end = ((uintptr_t)address + (uintptr_t)size + mask) & ~mask;
	return true;
}

MACHDEV_EXPORT kern_return_t mach_vm_deallocate(vm_map_t target,
						mach_vm_address_t address,
						mach_vm_size_t size)
{
	int error, saved = errno;
	struct pages pages;

	if (!__machdev_vm_own(target))
		return call_range(MACHDEV_IOC_VM_DEALLOCATE, target, 0, address,
				  size);
	if (!size)
		return KERN_SUCCESS;
	if (!pages_of(address, size, &pages))
		return KERN_INVALID_ARGUMENT;
	if (!munmap((void *)pages.start, pages.end - pages.start))
		return KERN_SUCCESS;
	error = errno;
	errno = saved;
	return error == ENOMEM ? KERN_RESOURCE_SHORTAGE : KERN_INVALID_ARGUMENT;
}

/* Whether all of a range may have a protection, before any of it gets it. */
static kern_return_t may_protect(const struct pages *pages,
				 vm_prot_t protection, bool copy)
{
	struct machdev_vm_region region;
	uintptr_t at = pages->start;
	kern_return_t result;

	while (at < pages->end) {
		result = __machdev_vm_region(mach_task_self(), at, &region);
		if (result != KERN_SUCCESS)
			return result;
		if (region.address > at)
			return KERN_INVALID_ADDRESS;
		if ((uint32_t)protection & ~region.max_protection)
			return KERN_PROTECTION_FAILURE;
		if (copy && region.shared)
			return KERN_NOT_SUPPORTED;
		at = (uintptr_t)(region.address + region.size);
	}
	return KERN_SUCCESS;
}

static kern_return_t protect_own(const struct pages *pages,
				 vm_prot_t protection, bool copy)
{
	kern_return_t result = may_protect(pages, protection, copy);
	int error, saved = errno;

	if (result != KERN_SUCCESS)
		return result;
	if (!mprotect((void *)pages->start, pages->end - pages->start,
		      protection))
		return KERN_SUCCESS;
	error = errno;
	errno = saved;
	return error == EACCES ? KERN_PROTECTION_FAILURE :
				 KERN_RESOURCE_SHORTAGE;
}

MACHDEV_EXPORT kern_return_t mach_vm_protect(vm_map_t target_task,
					     mach_vm_address_t address,
					     mach_vm_size_t size,
					     boolean_t set_maximum,
					     vm_prot_t new_protection)
{
	vm_prot_t protection = new_protection & ~VM_PROT_COPY;
	bool own = __machdev_vm_own(target_task);
	bool copy = new_protection & VM_PROT_COPY;
	kern_return_t result;
	struct pages pages;

	result = check(target_task, own);
	if (result != KERN_SUCCESS)
		return result;
	if ((protection & ~VM_PROT_ALL) || (own && size &&
					    !pages_of(address, size, &pages)))
		return KERN_INVALID_ARGUMENT;
	if (!size)
		return KERN_SUCCESS;
	/* The most that there can be changes nothing. */
	if (set_maximum)
		return protection == VM_PROT_ALL && !copy ? KERN_SUCCESS :
							    KERN_NOT_SUPPORTED;
	if (own)
		return protect_own(&pages, protection, copy);
	if (copy)
		return KERN_NOT_SUPPORTED;
	return call_range(MACHDEV_IOC_VM_PROTECT, target_task,
			  (uint32_t)protection, address, size);
}

static kern_return_t advise(uintptr_t start, uintptr_t end, bool inherited)
{
	if (!madvise((void *)start, end - start,
		     inherited ? MADV_DOFORK : MADV_DONTFORK))
		return KERN_SUCCESS;
	return errno == EINVAL ? KERN_NOT_SUPPORTED : KERN_RESOURCE_SHORTAGE;
}

/* Where something would be written while it moves. */
static bool is_stack(const struct machdev_vm_region *region)
{
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

	return frame >= region->address &&
	       frame - region->address < region->size;
}

/* Sets the inheritance of what a range and a region have in common. */
static kern_return_t inherit(uintptr_t start, uintptr_t end,
			     const struct machdev_vm_region *region,
			     vm_inherit_t inheritance)
{
	kern_return_t result;

	if (inheritance == VM_INHERIT_COPY && region->shared)
		return KERN_NOT_SUPPORTED;
	if (region->inheritance == inheritance)
		return KERN_SUCCESS;
	if (inheritance == VM_INHERIT_SHARE && !region->shared) {
		if (is_stack(region))
			return KERN_NOT_SUPPORTED;
		result = __machdev_vm_share(start, end,
					    (vm_prot_t)region->protection);
		if (result != KERN_SUCCESS)
			return result;
	}
	return advise(start, end, inheritance != VM_INHERIT_NONE);
}

static kern_return_t inherit_own(const struct pages *pages,
				 vm_inherit_t inheritance)
{
	uintptr_t at = pages->start, start, end;
	struct machdev_vm_region region;
	kern_return_t result;

	while (at < pages->end) {
		result = __machdev_vm_region(mach_task_self(), at, &region);
		if (result == KERN_INVALID_ADDRESS)
			break;
		if (result != KERN_SUCCESS)
			return result;
		start = at;
		if (region.address > start)
			start = (uintptr_t)region.address;
		if (start >= pages->end)
			break;
		end = pages->end;
		if (region.address + region.size < end)
			end = (uintptr_t)(region.address + region.size);
		result = inherit(start, end, &region, inheritance);
		if (result != KERN_SUCCESS)
			return result;
		at = end;
	}
	return KERN_SUCCESS;
}

MACHDEV_EXPORT kern_return_t mach_vm_inherit(vm_map_t target_task,
					     mach_vm_address_t address,
					     mach_vm_size_t size,
					     vm_inherit_t new_inheritance)
{
	kern_return_t result;
	int saved = errno;
	struct pages pages;

	if (!__machdev_vm_own(target_task))
		return call_range(MACHDEV_IOC_VM_INHERIT, target_task,
				  new_inheritance, address, size);
	if (new_inheritance > VM_INHERIT_LAST_VALID)
		return KERN_INVALID_ARGUMENT;
	if (!size)
		return KERN_SUCCESS;
	if (!pages_of(address, size, &pages))
		return KERN_INVALID_ARGUMENT;
	result = inherit_own(&pages, new_inheritance);
	errno = saved;
	return result;
}
