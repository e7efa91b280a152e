/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: A message in the kernel
 *
 * One allocation: this struct, what its descriptors carry, the bytes of
 * header and body, and room behind them for the largest trailer, so
 * that a message is delivered with one copy. Rights are references, never
 * names; the name fields of the bytes mean nothing until copy-out.
 *
 * Memory and arrays of rights have an allocation each, to which
 * the item of their descriptor points.
 *
 * A message owns what it carries. Freeing its memory does not release its
 * items; mach_reap_kmsg() does both.
 */
#ifndef MACH_KMSG_H
#define MACH_KMSG_H

#include <linux/list.h>

#include "types.h"

struct mach_identity;
struct mach_ledger;
struct mach_ool;

/* Types of items, besides those of rights. */
#define MACH_ITEM_MEMORY 1
#define MACH_ITEM_ARRAY 2

/**
 * union mach_item - what one descriptor carries
 * @right: a right
 * @ool: out-of-line memory, or an array of rights; NULL if it is empty, or could
 *	not be read
 * @type: MACH_ITEM_MEMORY or MACH_ITEM_ARRAY; anything else: it is a right
 */
union mach_item {
	struct mach_right right;
	struct {
		struct mach_ool *ool;
		u32 type;
	};
};

/**
 * struct mach_kmsg - a message in the kernel
 * @link: in a queue or on a struct mach_reap
 * @identity: who sent it, holds a reference; NULL: the kernel
 * @ledger: charged for it, holds a reference
 * @remote: destination
 * @local: reply right; its type stays when there is no port
 * @so_before: send-once notifications to be received before it, guarded by
 *	the lock of the port in whose queue it is
 * @serial: number in traces, 0 until it is first traced
 * @charged: bytes charged
 * @size: bytes of header and body
 * @items: descriptors
 * @data: the items, then header and body
 */
struct mach_kmsg {
	struct list_head link;
	struct mach_identity *identity;
	struct mach_ledger *ledger;
	struct mach_right remote;
	struct mach_right local;
	u64 serial;
	u32 so_before;
	u32 charged;
	u32 size;
	u32 items;
	u8 data[] __aligned(8);
};

/* What the descriptors carry, in order. */
static inline union mach_item *mach_kmsg_items(struct mach_kmsg *kmsg)
{
	return (union mach_item *)kmsg->data;
}

/* Header and body. */
static inline struct machdev_msg_header *
mach_kmsg_header(struct mach_kmsg *kmsg)
{
	return (struct machdev_msg_header *)
		(kmsg->data + kmsg->items * sizeof(union mach_item));
}

/* Where a trailer goes: right behind the body. */
static inline void *mach_kmsg_trailer(struct mach_kmsg *kmsg)
{
	return (u8 *)mach_kmsg_header(kmsg) + kmsg->size;
}

int mach_kmsg_cache_init(void);
void mach_kmsg_cache_exit(void);

struct mach_kmsg *mach_kmsg_new(struct mach_identity *identity, u32 size,
				u32 items);
struct mach_kmsg *mach_kmsg_new_kernel(struct mach_ledger *ledger, u32 size,
				       u32 items);
void mach_kmsg_free(struct mach_kmsg *kmsg);
void mach_kmsg_release(struct mach_kmsg *kmsg);

#endif /* MACH_KMSG_H */
