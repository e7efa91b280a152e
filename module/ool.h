/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: What travels out of line
 *
 * The memory or the array of rights that a descriptor carries, from the copy
 * out of the sender to the mapping in the receiver.
 *
 * Memory from a page on lives in a shmem file of its own, which the receiver
 * maps privately: what the sender wrote is copied once, and what the receiver
 * has is ordinary memory that has nothing to do with the module. Less than a
 * page is kept here, and copied into a page that the receiver gets.
 *
 * All of it is charged to the sender's paged ledger while it is on its way,
 * and to the memory control group of the sender.
 */
#ifndef MACH_OOL_H
#define MACH_OOL_H

#include "types.h"

struct file;
struct mach_ledger;

/**
 * struct mach_ool - out-of-line memory, or an array of rights
 * @ledger: charged for it, holds a reference
 * @charged: bytes charged
 * @file: memory from a page on, or NULL
 * @offset: where in @file the data begin, less than a page
 * @size: bytes of memory, or number of rights
 * @data: less than a page of memory; or the rights, then as many names
 */
struct mach_ool {
	struct mach_ledger *ledger;
	u64 charged;
	struct file *file;
	u32 offset;
	u32 size;
	u8 data[] __aligned(8);
};

/* The rights of an array. */
static inline struct mach_right *mach_ool_rights(struct mach_ool *ool)
{
	return (struct mach_right *)ool->data;
}

/* Their names: in the sender, then in the receiver. */
static inline u32 *mach_ool_names(struct mach_ool *ool)
{
	return (u32 *)(mach_ool_rights(ool) + ool->size);
}

struct mach_ool *mach_ool_new_memory(struct mach_ledger *ledger, u32 size,
				     u32 offset);
struct mach_ool *mach_ool_new_array(struct mach_ledger *ledger, u32 count);
void mach_ool_free(struct mach_ool *ool);

int mach_ool_read(struct mach_ool *ool, const void __user *from);
int mach_ool_map(struct mach_ool *ool, u64 *address);

int mach_ool_read_names(struct mach_ool *ool, const void __user *from);
int mach_ool_map_names(struct mach_ool *ool, u64 *address);
int mach_ool_write_names(struct mach_ool *ool, u64 address);

#endif /* MACH_OOL_H */
