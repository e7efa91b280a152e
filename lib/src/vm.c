// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Memory of the own task. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"

static uintptr_t page_mask(void)
{
	return (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
}

/* KERN_SUCCESS when @task is the caller's, else why it will not do. */
static kern_return_t check_own(vm_map_t task)
{
	kern_return_t result;
	int pid;

	if (!MACH_PORT_VALID(task))
		return KERN_INVALID_ARGUMENT;
	if (task == __machdev_task())
		return KERN_SUCCESS;
	result = pid_for_task(task, &pid);
	if (result == KERN_FAILURE)
		return KERN_INVALID_ARGUMENT;
	if (result == KERN_SUCCESS && pid != getpid())
		return KERN_NOT_SUPPORTED;
	return result;
}

MACHDEV_EXPORT kern_return_t vm_allocate(vm_map_t target_task,
					 vm_address_t *address, vm_size_t size,
					 int flags)
{
	bool anywhere = flags & VM_FLAGS_ANYWHERE;
	uintptr_t mask = page_mask();
	uintptr_t wanted = anywhere ? 0 : *address & ~mask;
	int error, saved = errno;
	kern_return_t result;
	void *memory;

	result = check_own(target_task);
	if (result != KERN_SUCCESS)
		return result;
	if ((unsigned int)flags & ~(VM_FLAGS_ANYWHERE | VM_FLAGS_ALIAS_MASK))
		return KERN_INVALID_ARGUMENT;
	if (!size) {
		*address = 0;
		return KERN_SUCCESS;
	}
	if (size > UINTPTR_MAX - mask)
		return KERN_INVALID_ARGUMENT;
	size = (size + mask) & ~mask;
	if (wanted > UINTPTR_MAX - size)
		return KERN_INVALID_ADDRESS;

	memory = mmap((void *)wanted, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS |
		      (anywhere ? 0 : MAP_FIXED_NOREPLACE), -1, 0);
	error = errno;
	errno = saved;
	if (memory != MAP_FAILED) {
		*address = (vm_address_t)memory;
		return KERN_SUCCESS;
	}
	return error == EPERM || error == EINVAL ? KERN_INVALID_ADDRESS :
						   KERN_NO_SPACE;
}

MACHDEV_EXPORT kern_return_t vm_deallocate(vm_map_t target_task,
					   vm_address_t address, vm_size_t size)
{
	uintptr_t mask = page_mask();
	int error, saved = errno;
	kern_return_t result;
	uintptr_t end;

	result = check_own(target_task);
	if (result != KERN_SUCCESS)
		return result;
	if (!size)
		return KERN_SUCCESS;
	if (size > UINTPTR_MAX - mask || address > UINTPTR_MAX - mask - size)
		return KERN_INVALID_ARGUMENT;
	end = (address + size + mask) & ~mask;
	address &= ~mask;
	if (!munmap((void *)address, end - address))
		return KERN_SUCCESS;
	error = errno;
	errno = saved;
	return error == ENOMEM ? KERN_RESOURCE_SHORTAGE : KERN_INVALID_ARGUMENT;
}

/* The end of a range rounded up to a page, 0 when there is none. */
static uintptr_t range_end(uintptr_t address, uintptr_t size)
{
	uintptr_t mask = page_mask();

	if (size > UINTPTR_MAX - mask || address > UINTPTR_MAX - mask - size)
		return 0;
	return (address + size + mask) & ~mask;
}

/* Whether something is mapped everywhere in a range. */
static bool is_mapped(uintptr_t address, uintptr_t size)
{
	uintptr_t start = address & ~page_mask();

	return !msync((void *)start, range_end(address, size) - start,
		      MS_ASYNC) || errno != ENOMEM;
}

/* Why a copy from @address to @data has ended with @error. */
static kern_return_t copy_error(int error, uintptr_t address, uintptr_t data,
				uintptr_t size)
{
	switch (error) {
	case EFAULT:
		return is_mapped(address, size) && is_mapped(data, size) ?
			KERN_PROTECTION_FAILURE : KERN_INVALID_ADDRESS;
	case ENOMEM:
		return KERN_RESOURCE_SHORTAGE;
	default:
		return KERN_FAILURE;
	}
}

MACHDEV_EXPORT kern_return_t vm_read_overwrite(vm_map_t target_task,
					       vm_address_t address,
					       vm_size_t size,
					       vm_address_t data,
					       vm_size_t *outsize)
{
	kern_return_t result;
	int saved = errno;
	vm_size_t done = 0;

	result = check_own(target_task);
	if (result != KERN_SUCCESS)
		return result;
	if (size && (!range_end(address, size) || !range_end(data, size)))
		return KERN_INVALID_ARGUMENT;
	while (done < size && result == KERN_SUCCESS) {
		struct iovec to = { (void *)(data + done), size - done };
		struct iovec from = { (void *)(address + done), size - done };
		ssize_t copied = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

		if (copied > 0)
			done += (vm_size_t)copied;
		else
			result = copy_error(copied ? errno : EFAULT,
					    address + done, data + done,
					    size - done);
	}
	errno = saved;
	if (result == KERN_SUCCESS)
		*outsize = size;
	return result;
}

MACHDEV_EXPORT kern_return_t mach_vm_allocate(vm_map_t target,
					      mach_vm_address_t *address,
					      mach_vm_size_t size, int flags)
{
	vm_address_t narrow = 0;
	kern_return_t result;

	if (size > UINTPTR_MAX)
		return KERN_NO_SPACE;
	if (!(flags & VM_FLAGS_ANYWHERE)) {
		if (*address > UINTPTR_MAX)
			return KERN_INVALID_ADDRESS;
		narrow = (vm_address_t)*address;
	}
	result = vm_allocate(target, &narrow, (vm_size_t)size, flags);
	if (result == KERN_SUCCESS)
		*address = narrow;
	return result;
}

MACHDEV_EXPORT kern_return_t mach_vm_deallocate(vm_map_t target,
						mach_vm_address_t address,
						mach_vm_size_t size)
{
	if (address > UINTPTR_MAX || size > UINTPTR_MAX)
		return KERN_INVALID_ARGUMENT;
	return vm_deallocate(target, (vm_address_t)address, (vm_size_t)size);
}

MACHDEV_EXPORT kern_return_t
mach_vm_read_overwrite(vm_map_t target_task, mach_vm_address_t address,
		       mach_vm_size_t size, mach_vm_address_t data,
		       mach_vm_size_t *outsize)
{
	vm_size_t narrow;
	kern_return_t result;

	if (address > UINTPTR_MAX || size > UINTPTR_MAX || data > UINTPTR_MAX)
		return KERN_INVALID_ARGUMENT;
	result = vm_read_overwrite(target_task, (vm_address_t)address,
				   (vm_size_t)size, (vm_address_t)data,
				   &narrow);
	if (result == KERN_SUCCESS)
		*outsize = narrow;
	return result;
}
