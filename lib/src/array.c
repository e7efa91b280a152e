// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Arrays that a call makes, in memory which the caller releases. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

static size_t round_page(size_t size)
{
	size_t mask = (size_t)sysconf(_SC_PAGESIZE) - 1;

	return (size + mask) & ~mask;
}

static void unmap_all(struct machdev_array *arrays, unsigned int n)
{
	while (n--)
		munmap(arrays[n].memory, arrays[n].size);
}

/* Room for @elements in each; false, and nothing is mapped, without memory. */
static bool map_all(struct machdev_array *arrays, unsigned int n,
		    size_t elements)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		arrays[i].size = round_page(elements * arrays[i].each);
		arrays[i].memory = mmap(NULL, arrays[i].size,
					PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (arrays[i].memory == MAP_FAILED) {
			unmap_all(arrays, i);
			return false;
		}
		*arrays[i].address = (uint64_t)(uintptr_t)arrays[i].memory;
	}
	return true;
}

/* Give back the pages beyond @elements; none at all have no address. */
static void trim(struct machdev_array *array, size_t elements)
{
	size_t used = round_page(elements * array->each);

	if (used < array->size)
		munmap((char *)array->memory + used, array->size - used);
	if (!used)
		array->memory = NULL;
}

kern_return_t __machdev_fetch(unsigned long command, void *argument,
			      uint32_t *count, struct machdev_array *arrays,
			      unsigned int n)
{
	kern_return_t result = KERN_RESOURCE_SHORTAGE;
	int saved = errno;
	size_t need = 1;
	unsigned int i;

	while (map_all(arrays, n, need)) {
		*count = (uint32_t)(arrays[0].size / arrays[0].each);
		result = __machdev_call(command, argument);
		if (result == KERN_SUCCESS) {
			for (i = 0; i < n; i++)
				trim(&arrays[i], *count);
			break;
		}
		unmap_all(arrays, n);
		if (result != KERN_INSUFFICIENT_BUFFER_SIZE)
			break;
		/* More than is needed now: other threads make some, too. */
		need = (size_t)*count + *count / 8;
		result = KERN_RESOURCE_SHORTAGE;
	}
	errno = saved;
	return result;
}
