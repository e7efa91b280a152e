/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between the supported kernels in files of shared memory. */
#ifndef MACH_COMPAT_SHMEM_H
#define MACH_COMPAT_SHMEM_H

#include <linux/mm.h>
#include <linux/shmem_fs.h>

/* Flags of mappings became a type of their own together with this macro. */
#ifdef mk_vma_flags
#define MACH_SHMEM_NORESERVE mk_vma_flags(VMA_NORESERVE_BIT)
#else
#define MACH_SHMEM_NORESERVE VM_NORESERVE
#endif

#endif /* MACH_COMPAT_SHMEM_H */
