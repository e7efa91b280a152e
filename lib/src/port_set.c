// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Members of port sets. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

static kern_return_t change(unsigned long command, ipc_space_t task,
			    mach_port_name_t member, mach_port_name_t set)
{
	struct machdev_port_member argument = {
		.task = task,
		.name = member,
		.set = set,
	};

	return __machdev_call(command, &argument);
}

MACHDEV_EXPORT kern_return_t mach_port_move_member(ipc_space_t task,
						   mach_port_name_t member,
						   mach_port_name_t after)
{
	return change(MACHDEV_IOC_PORT_MOVE_MEMBER, task, member, after);
}

MACHDEV_EXPORT kern_return_t mach_port_insert_member(ipc_space_t task,
						     mach_port_name_t name,
						     mach_port_name_t pset)
{
	return change(MACHDEV_IOC_PORT_INSERT_MEMBER, task, name, pset);
}

MACHDEV_EXPORT kern_return_t mach_port_extract_member(ipc_space_t task,
						      mach_port_name_t name,
						      mach_port_name_t pset)
{
	return change(MACHDEV_IOC_PORT_EXTRACT_MEMBER, task, name, pset);
}

static size_t round_page(size_t size)
{
	size_t mask = (size_t)sysconf(_SC_PAGESIZE) - 1;

	return (size + mask) & ~mask;
}

/* Fetch the names into fresh memory, of which @size bytes are mapped. */
static kern_return_t fetch_members(struct machdev_port_set_status *argument,
				   size_t *size)
{
	size_t need = 1;
	kern_return_t result;
	void *memory;

	for (;;) {
		*size = round_page(need * sizeof(mach_port_name_t));
		memory = mmap(NULL, *size, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			return KERN_RESOURCE_SHORTAGE;
		argument->count = (uint32_t)(*size / sizeof(mach_port_name_t));
		argument->members = (uint64_t)(uintptr_t)memory;
		result = __machdev_call(MACHDEV_IOC_PORT_GET_SET_STATUS,
					argument);
		if (result == KERN_SUCCESS)
			return KERN_SUCCESS;
		munmap(memory, *size);
		if (result != KERN_INSUFFICIENT_BUFFER_SIZE)
			return result;
		/* More than is needed now: other threads add members, too. */
		need = (size_t)argument->count + argument->count / 8;
	}
}

MACHDEV_EXPORT kern_return_t
mach_port_get_set_status(ipc_space_read_t task, mach_port_name_t name,
			 mach_port_name_array_t *members,
			 mach_msg_type_number_t *membersCnt)
{
	struct machdev_port_set_status argument = {
		.task = task,
		.name = name,
	};
	int saved = errno;
	size_t size, used;
	kern_return_t result;
	char *memory;

	result = fetch_members(&argument, &size);
	if (result == KERN_SUCCESS) {
		memory = (char *)(uintptr_t)argument.members;
		used = round_page(argument.count * sizeof(mach_port_name_t));
		if (used < size)
			munmap(memory + used, size - used);
		*members = used ? (void *)memory : NULL;
		*membersCnt = argument.count;
	}
	errno = saved;
	return result;
}
