/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Memory that tasks take
 *
 * What a task makes the module allocate is charged to the memory control group
 * of the process, and to a ledger by whoever allocates. When the group, or the
 * machine, has no more to give, the task gets an error: nobody is killed, and
 * nothing is logged, so that who fills his own ledger or group is the only one
 * to notice.
 */
#ifndef MACH_ALLOC_H
#define MACH_ALLOC_H

#include <linux/gfp.h>
#include <linux/types.h>

/* How to allocate for a task, but for the few things that must not fail. */
#define MACH_GFP (GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* For what has to be done all the same: small, and in process context. */
#define MACH_GFP_MUST (GFP_KERNEL_ACCOUNT | __GFP_NOFAIL)

size_t mach_alloc_size(size_t bytes);
void *mach_alloc(size_t bytes, gfp_t flags);

#endif /* MACH_ALLOC_H */
