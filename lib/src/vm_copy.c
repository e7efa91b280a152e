// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Memory that is copied: to the caller, from it, and inside a task. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "vm.h"

/* Bytes that are copied in one go inside the caller. */
#define BUFFER ((size_t)1 << 20)

/* Whether something is mapped everywhere in a range. */
static bool is_mapped(uintptr_t address, size_t size)
{
	uintptr_t mask = (uintptr_t)page_mask(), start = address & ~mask;

	return !msync((void *)start, ((address + size + mask) & ~mask) - start,
		      MS_ASYNC) || errno != ENOMEM;
}

/* Why a copy from @from to @to has ended with @error. */
static kern_return_t copy_error(int error, uintptr_t from, uintptr_t to,
				size_t size)
{
	switch (error) {
	case EFAULT:
		return is_mapped(from, size) && is_mapped(to, size) ?
			KERN_PROTECTION_FAILURE : KERN_INVALID_ADDRESS;
	case ENOMEM:
		return KERN_RESOURCE_SHORTAGE;
	default:
		return KERN_FAILURE;
	}
}

/* Inside the caller, where either range may be bad. */
static kern_return_t copy_own(uint64_t from, uint64_t size, uint64_t to)
{
	size_t done = 0, all = (size_t)size;
	uintptr_t source = (uintptr_t)from, target = (uintptr_t)to;

	if (!range_fits(from, size, UINTPTR_MAX) ||
	    !range_fits(to, size, UINTPTR_MAX))
		return KERN_INVALID_ARGUMENT;
	while (done < all) {
		struct iovec there = { (void *)(target + done), all - done };
		struct iovec here = { (void *)(source + done), all - done };
		ssize_t copied = process_vm_readv(getpid(), &there, 1, &here, 1,
						  0);

		if (copied <= 0)
			return copy_error(copied ? errno : EFAULT,
					  source + done, target + done,
					  all - done);
		done += (size_t)copied;
	}
	return KERN_SUCCESS;
}

static kern_return_t transfer(unsigned long command, vm_map_t task,
			      uint64_t address, uint64_t size, uint64_t data)
{
	struct machdev_vm_copy argument = {
		.task = task,
		.address = address,
		.size = size,
		.data = data,
	};

	/* A range of the caller's that wraps may be none of a task's. */
	if (size && !range_fits(data, size, command == MACHDEV_IOC_VM_COPY ?
				UINT64_MAX : UINTPTR_MAX))
		argument.address = UINT64_MAX;
	return __machdev_call(command, &argument);
}

MACHDEV_EXPORT kern_return_t
mach_vm_read_overwrite(vm_map_t target_task, mach_vm_address_t address,
		       mach_vm_size_t size, mach_vm_address_t data,
		       mach_vm_size_t *outsize)
{
	kern_return_t result = KERN_SUCCESS;
	int saved = errno;

	if (!__machdev_vm_own(target_task))
		result = transfer(MACHDEV_IOC_VM_READ, target_task, address,
				  size, data);
	else if (size)
		result = copy_own(address, size, data);
	errno = saved;
	if (result == KERN_SUCCESS)
		*outsize = size;
	return result;
}

MACHDEV_EXPORT kern_return_t mach_vm_read(vm_map_t target_task,
					  mach_vm_address_t address,
					  mach_vm_size_t size,
					  vm_offset_t *data,
					  mach_msg_type_number_t *data_count)
{
	mach_vm_size_t copied;
	kern_return_t result;
	int saved = errno;
	void *memory;

	if (size > UINT32_MAX || size > SIZE_MAX / 2 || !size) {
		result = mach_vm_read_overwrite(target_task, 0, 0, 0, &copied);
		if (result == KERN_SUCCESS && size)
			result = KERN_INVALID_ARGUMENT;
		if (result == KERN_SUCCESS)
			*data = 0, *data_count = 0;
		return result;
	}
	memory = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	errno = saved;
	if (memory == MAP_FAILED)
		return KERN_NO_SPACE;
	result = mach_vm_read_overwrite(target_task, address, size,
					(uintptr_t)memory, &copied);
	if (result != KERN_SUCCESS) {
		munmap(memory, (size_t)size);
		return result;
	}
	*data = (vm_offset_t)memory;
	*data_count = (mach_msg_type_number_t)size;
	return KERN_SUCCESS;
}

MACHDEV_EXPORT kern_return_t mach_vm_write(vm_map_t target_task,
					   mach_vm_address_t address,
					   vm_offset_t data,
					   mach_msg_type_number_t data_count)
{
	kern_return_t result = KERN_SUCCESS;
	int saved = errno;

	if (!__machdev_vm_own(target_task))
		result = transfer(MACHDEV_IOC_VM_WRITE, target_task, address,
				  data_count, data);
	else if (data_count)
		result = copy_own(data, data_count, address);
	errno = saved;
	return result;
}

/* As one range may lie over the other, each part goes by way of a buffer. */
static kern_return_t move_own(uint64_t from, uint64_t size, uint64_t to)
{
	size_t room = size < BUFFER ? (size_t)size : BUFFER;
	bool down = to > from && to - from < size;
	kern_return_t result = KERN_SUCCESS;
	uint64_t done, part, at;
	void *buffer;

	if (!range_fits(from, size, UINTPTR_MAX) ||
	    !range_fits(to, size, UINTPTR_MAX))
		return KERN_INVALID_ARGUMENT;
	buffer = mmap(NULL, room, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buffer == MAP_FAILED)
		return KERN_RESOURCE_SHORTAGE;
	for (done = 0; done < size && result == KERN_SUCCESS; done += part) {
		part = size - done < room ? size - done : room;
		at = down ? size - done - part : done;
		result = copy_own(from + at, part, (uintptr_t)buffer);
		if (result == KERN_SUCCESS)
			result = copy_own((uintptr_t)buffer, part, to + at);
	}
	munmap(buffer, room);
	return result;
}

MACHDEV_EXPORT kern_return_t mach_vm_copy(vm_map_t target_task,
					  mach_vm_address_t source_address,
					  mach_vm_size_t size,
					  mach_vm_address_t dest_address)
{
	kern_return_t result = KERN_SUCCESS;
	int saved = errno;

	if (!__machdev_vm_own(target_task))
		result = transfer(MACHDEV_IOC_VM_COPY, target_task,
				  source_address, size, dest_address);
	else if (size)
		result = move_own(source_address, size, dest_address);
	errno = saved;
	return result;
}
