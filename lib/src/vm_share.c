// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Private memory of the caller that children shall share.
 *
 * Linux shares with a child what is mapped shared. So the contents go to a file
 * in memory, and that is mapped in their place.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "vm.h"

static bool is_zero(const char *page, size_t size)
{
	return !page[0] && !memcmp(page, page + 1, size - 1);
}

/* Pages that are all zeros are what the file has already. */
static bool write_pages(int fd, const char *start, size_t size)
{
	size_t page = (size_t)page_mask() + 1, done;

	for (done = 0; done < size; done += page) {
		if (!is_zero(start + done, page) &&
		    pwrite(fd, start + done, page, (off_t)done) !=
		    (ssize_t)page)
			return false;
	}
	return true;
}

static kern_return_t replace(int fd, uintptr_t start, size_t size,
			     vm_prot_t protection)
{
	bool hidden = !(protection & VM_PROT_READ);
	bool moved;

	if (ftruncate(fd, (off_t)size))
		return KERN_RESOURCE_SHORTAGE;
	if (hidden && mprotect((void *)start, size, PROT_READ))
		return KERN_FAILURE;
	moved = write_pages(fd, (const char *)start, size) &&
		mmap((void *)start, size, protection, MAP_SHARED | MAP_FIXED,
		     fd, 0) != MAP_FAILED;
	if (!moved && hidden)
		mprotect((void *)start, size, protection);
	return moved ? KERN_SUCCESS : KERN_RESOURCE_SHORTAGE;
}

kern_return_t __machdev_vm_share(uintptr_t start, uintptr_t end,
				 vm_prot_t protection)
{
	kern_return_t result;
	int fd;

	fd = memfd_create("mach-shared", MFD_CLOEXEC);
	if (fd < 0)
		return KERN_RESOURCE_SHORTAGE;
	result = replace(fd, start, end - start, protection);
	close(fd);
	return result;
}
