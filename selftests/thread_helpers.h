/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads that a test creates, and what Linux says of them. */
#ifndef THREAD_HELPERS_H
#define THREAD_HELPERS_H

#include <stdio.h>
#include <string.h>

#include <mach/mach.h>

#include "actor.h"

/* A number as it stands in an instruction. */
#define BYTES32(n) \
	(n) & 0xff, (n) >> 8 & 0xff, (n) >> 16 & 0xff, (n) >> 24 & 0xff

static inline kern_return_t set_state(thread_act_t thread,
				      const struct x86_thread_state64 *state)
{
	return thread_set_state(thread, x86_THREAD_STATE64,
				(thread_state_t)state,
				x86_THREAD_STATE64_COUNT);
}

static inline kern_return_t get_state(thread_act_t thread,
				      struct x86_thread_state64 *state)
{
	mach_msg_type_number_t count = x86_THREAD_STATE64_COUNT;

	memset(state, TEST_POISON, sizeof(*state));
	return thread_get_state(thread, x86_THREAD_STATE64,
				(thread_state_t)state, &count);
}

/*
 * How many threads the task has, -1 if it cannot be told. *last, unless it is
 * NULL, is the name of the last one; all of them are let go.
 */
static inline int threads_of(task_t task, thread_act_t *last)
{
	mach_msg_type_number_t count, i;
	thread_act_array_t list;

	if (last)
		*last = MACH_PORT_NULL;
	if (task_threads(task, &list, &count))
		return -1;
	for (i = 0; i < count; i++) {
		if (last)
			*last = list[i];
		mach_port_deallocate(own_task(), list[i]);
	}
	vm_deallocate(own_task(), (vm_address_t)list, count * sizeof(*list));
	return (int)count;
}

/* How many threads the process has for Linux, -1 if it is no more. */
static inline int linux_threads(pid_t pid)
{
	char path[64], line[128];
	int threads = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		sscanf(line, "Threads: %d", &threads);
	fclose(file);
	return threads;
}

/* Fresh memory at an address of the test's choice, with data in it. */
static inline kern_return_t put_memory(task_t task, vm_address_t at,
				       const void *data, size_t size,
				       vm_prot_t protection)
{
	return vm_allocate(task, &at, size, VM_FLAGS_FIXED) ?:
	       vm_write(task, at, (vm_offset_t)data, size) ?:
	       vm_protect(task, at, size, FALSE, protection);
}

#endif /* THREAD_HELPERS_H */
