/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: A message in the kernel
 *
 * One allocation: this struct, the rights that its descriptors carry, the
 * bytes of header and body, and room behind them for the largest trailer, so
 * that a message is delivered with one copy. Rights are references, never
 * names; the name fields of the bytes mean nothing until copy-out.
 *
 * A message owns what it carries. Freeing its memory does not release the
 * rights; mach_reap_kmsg() does both.
 */
#ifndef MACH_KMSG_H
#define MACH_KMSG_H

#include <linux/list.h>

#include "types.h"

struct mach_identity;
struct mach_ledger;

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
 * @rights: rights carried by descriptors
 * @small: from the slab cache
 * @receives: some descriptor carries a receive right
 * @data: the rights, then header and body
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
	u16 rights;
	bool small;
	bool receives;
	u8 data[] __aligned(8);
};

/* The rights that the descriptors carry, in order. */
static inline struct mach_right *mach_kmsg_rights(struct mach_kmsg *kmsg)
{
	return (struct mach_right *)kmsg->data;
}

/* Header and body. */
static inline struct machdev_msg_header *
mach_kmsg_header(struct mach_kmsg *kmsg)
{
	return (struct machdev_msg_header *)
		(kmsg->data + kmsg->rights * sizeof(struct mach_right));
}

/* Where a trailer goes: right behind the body. */
static inline void *mach_kmsg_trailer(struct mach_kmsg *kmsg)
{
	return (u8 *)mach_kmsg_header(kmsg) + kmsg->size;
}

int mach_kmsg_cache_init(void);
void mach_kmsg_cache_exit(void);

struct mach_kmsg *mach_kmsg_new(struct mach_identity *identity, u32 size,
				u16 rights);
struct mach_kmsg *mach_kmsg_new_kernel(struct mach_ledger *ledger, u32 size,
				       u16 rights);
void mach_kmsg_free(struct mach_kmsg *kmsg);
void mach_kmsg_release(struct mach_kmsg *kmsg);

#endif /* MACH_KMSG_H */
