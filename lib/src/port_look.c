// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Looking at ports and name spaces without changing them. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

MACHDEV_EXPORT kern_return_t
mach_port_peek(ipc_space_read_t task, mach_port_name_t name,
	       mach_msg_trailer_type_t trailer_type,
	       mach_port_seqno_t *request_seqnop, mach_msg_size_t *msg_sizep,
	       mach_msg_id_t *msg_idp, mach_msg_trailer_info_t trailer_infop,
	       mach_msg_type_number_t *trailer_infopCnt)
{
	struct machdev_port_peek argument = {
		.task = task,
		.name = name,
		.trailer = trailer_type,
		.seqno = *request_seqnop,
		.count = *trailer_infopCnt,
		.info = (uint64_t)(uintptr_t)trailer_infop,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_PEEK, &argument);
	if (result == KERN_SUCCESS) {
		*request_seqnop = argument.seqno;
		*msg_sizep = argument.size;
		*msg_idp = argument.id;
		*trailer_infopCnt = argument.count;
	}
	return result;
}

MACHDEV_EXPORT kern_return_t mach_port_kobject(ipc_space_read_t task,
					       mach_port_name_t name,
					       natural_t *object_type,
					       mach_vm_address_t *object_addr)
{
	struct machdev_port_kobject argument = { .task = task, .name = name };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_KOBJECT, &argument);
	if (result == KERN_SUCCESS) {
		*object_type = argument.type;
		*object_addr = argument.address;
	}
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_port_kernel_object(ipc_space_read_t task, mach_port_name_t name,
			unsigned int *object_type, unsigned int *object_addr)
{
	mach_vm_address_t address = 0;
	kern_return_t result;

	result = mach_port_kobject(task, name, object_type, &address);
	if (result == KERN_SUCCESS)
		*object_addr = (unsigned int)address;
	return result;
}

static const char *describe(natural_t type)
{
	switch (type) {
	case IKOT_NONE:
		return "";
	case IKOT_THREAD_CONTROL:
		return "thread";
	case IKOT_TASK_CONTROL:
		return "task";
	case IKOT_HOST:
		return "host";
	case IKOT_HOST_PRIV:
		return "host privileged";
	case IKOT_HOST_SECURITY:
		return "host security";
	case IKOT_LEDGER:
		return "ledger";
	case IKOT_TASK_NAME:
		return "task name";
	case IKOT_FILEPORT:
		return "fileport";
	case IKOT_TASK_INSPECT:
		return "task inspect";
	case IKOT_TASK_READ:
		return "task read";
	default:
		return "unknown";
	}
}

MACHDEV_EXPORT kern_return_t
mach_port_kobject_description(ipc_space_read_t task, mach_port_name_t name,
			      natural_t *object_type,
			      mach_vm_address_t *object_addr,
			      kobject_description_t description)
{
	kern_return_t result;

	result = mach_port_kobject(task, name, object_type, object_addr);
	if (result == KERN_SUCCESS)
		strcpy(description, describe(*object_type));
	return result;
}

MACHDEV_EXPORT kern_return_t
mach_port_space_basic_info(ipc_space_read_t task,
			   ipc_info_space_basic_t *basic_info)
{
	struct machdev_port_space argument = { .task = task };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_PORT_SPACE_INFO, &argument);
	if (result == KERN_SUCCESS)
		*basic_info = (ipc_info_space_basic_t){
			.iisb_genno_mask = argument.mask,
			.iisb_table_size = argument.size,
			.iisb_table_next = argument.next_size,
			.iisb_table_inuse = argument.used,
		};
	return result;
}

static size_t round_page(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

/* Fetch the names into fresh memory, of which @size bytes are mapped. */
static kern_return_t fetch_names(struct machdev_port_space *argument,
				 size_t *size)
{
	const size_t each = sizeof(struct machdev_name_info);
	size_t need = 1;
	kern_return_t result;
	void *memory;

	for (;;) {
		*size = round_page(need * each);
		memory = mmap(NULL, *size, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			return KERN_RESOURCE_SHORTAGE;
		argument->count = (uint32_t)(*size / each);
		argument->table = (uint64_t)(uintptr_t)memory;
		result = __machdev_call(MACHDEV_IOC_PORT_SPACE_INFO, argument);
		if (result == KERN_SUCCESS)
			return KERN_SUCCESS;
		munmap(memory, *size);
		if (result != KERN_INSUFFICIENT_BUFFER_SIZE)
			return result;
		/* More than is needed now: other threads make names, too. */
		need = (size_t)argument->count + argument->count / 8;
	}
}

MACHDEV_EXPORT kern_return_t
mach_port_space_info(ipc_space_read_t task, ipc_info_space_t *space_info,
		     ipc_info_name_array_t *table_info,
		     mach_msg_type_number_t *table_infoCnt,
		     ipc_info_tree_name_array_t *tree_info,
		     mach_msg_type_number_t *tree_infoCnt)
{
	struct machdev_port_space argument = { .task = task };
	int saved = errno;
	size_t size, used;
	kern_return_t result;
	char *table;

	result = fetch_names(&argument, &size);
	if (result == KERN_SUCCESS) {
		table = (char *)(uintptr_t)argument.table;
		used = round_page(argument.count * sizeof(ipc_info_name_t));
		if (used < size)
			munmap(table + used, size - used);
		*space_info = (ipc_info_space_t){
			.iis_genno_mask = argument.mask,
			.iis_table_size = argument.size,
			.iis_table_next = argument.next_size,
		};
		*table_info = used ? (void *)table : NULL;
		*table_infoCnt = argument.count;
		*tree_info = NULL;
		*tree_infoCnt = 0;
	}
	errno = saved;
	return result;
}
