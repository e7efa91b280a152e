/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Mappings of a parked thread's process
 *
 * What a thread that is parked does to its own address space for others. The
 * kernel lets a module map and unmap, and no more; protection and inheritance
 * are part of a mapping. So a region that is to have others is mapped anew: if
 * it is shared, from the same file; if it is private, from a shared memory file
 * with the same contents. Nobody else uses the address space meanwhile, since
 * no thread of it has run.
 */
#ifndef MACH_MAPPING_H
#define MACH_MAPPING_H

#include <linux/machdev.h>

int mach_mapping_map(struct machdev_vm_map *map);
int mach_mapping_unmap(const struct machdev_vm_range *range);
int mach_mapping_protect(const struct machdev_vm_range *range);
int mach_mapping_inherit(const struct machdev_vm_range *range);

#endif /* MACH_MAPPING_H */
