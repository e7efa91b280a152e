// SPDX-License-Identifier: GPL-2.0-only
/* Memory of messages. */
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "alloc.h"
#include "identity.h"
#include "kmsg.h"
#include "ledger.h"
#include "stat.h"

/* What a slab object holds; fits a message of 100 bytes without rights. */
#define KMSG_SMALL 256

/* What a sender may keep for its next message: one of 4 KiB takes this. */
#define KMSG_SPARE_MAX SZ_8K

static struct kmem_cache *kmsg_cache;

/**
 * mach_kmsg_cache_init() - make the slab cache of small messages
 *
 * Return: 0 or -ENOMEM.
 */
int mach_kmsg_cache_init(void)
{
	/* Usercopy: the bytes may be copied whole, the struct before them not. */
	kmsg_cache = kmem_cache_create_usercopy("mach_kmsg", KMSG_SMALL, 0,
						SLAB_ACCOUNT,
						sizeof(struct mach_kmsg),
						KMSG_SMALL -
						sizeof(struct mach_kmsg), NULL);
	return kmsg_cache ? 0 : -ENOMEM;
}

/**
 * mach_kmsg_cache_exit() - free the slab cache
 */
void mach_kmsg_cache_exit(void)
{
	kmem_cache_destroy(kmsg_cache);
}

static size_t kmsg_bytes(u32 size, u32 items)
{
	return sizeof(struct mach_kmsg) + items * sizeof(union mach_item) +
	       size + MACHDEV_TRAILER_SIZE_MAX;
}

static struct mach_kmsg *kmsg_alloc(struct mach_ledger *ledger, size_t bytes)
{
	bool small = bytes <= KMSG_SMALL;
	struct mach_kmsg *kmsg;

	bytes = small ? KMSG_SMALL : mach_alloc_size(bytes);
	if (!mach_ledger_charge(ledger, bytes))
		return NULL;
	if (small)
		kmsg = kmem_cache_alloc(kmsg_cache, MACH_GFP);
	else
		kmsg = mach_alloc(bytes, 0);
	if (!kmsg) {
		mach_ledger_uncharge(ledger, bytes);
		return NULL;
	}
	kmsg->ledger = mach_ledger_get(ledger);
	kmsg->charged = bytes;
	mach_stat_inc(KMSGS);
	return kmsg;
}

static void kmsg_setup(struct mach_kmsg *kmsg, struct mach_identity *identity,
		       u32 size, u32 items)
{
	kmsg->identity = identity;
	kmsg->remote = (struct mach_right){ };
	kmsg->local = (struct mach_right){ };
	kmsg->serial = 0;
	kmsg->so_before = 0;
	kmsg->size = size;
	kmsg->items = items;
	memset(kmsg->data, 0, items * sizeof(union mach_item));
}

/* What is too small goes: the next message is likely to be as large as this. */
static struct mach_kmsg *take_spare(struct mach_identity *identity,
				    size_t bytes)
{
	struct mach_kmsg *kmsg = NULL;

	if (bytes <= KMSG_SPARE_MAX && READ_ONCE(identity->spare))
		kmsg = xchg(&identity->spare, NULL);
	if (kmsg && kmsg->charged < bytes) {
		mach_kmsg_release(kmsg);
		kmsg = NULL;
	}
	return kmsg;
}

/**
 * mach_kmsg_new() - room for a message from user space
 * @identity: who sends; its wired ledger is charged; the caller's reference is
 *	consumed on success
 * @size: bytes of header and body, at most MACHDEV_MSG_SIZE_MAX
 * @items: its descriptors
 *
 * Context: Process; may sleep.
 * Return: a message that carries nothing, whose bytes are undefined; NULL when
 * memory or the ledger does not allow it.
 */
struct mach_kmsg *mach_kmsg_new(struct mach_identity *identity, u32 size,
				u32 items)
{
	size_t bytes = kmsg_bytes(size, items);
	struct mach_kmsg *kmsg = take_spare(identity, bytes);

	if (!kmsg)
		kmsg = kmsg_alloc(identity->wired, bytes);
	if (!kmsg)
		return NULL;
	kmsg_setup(kmsg, identity, size, items);
	return kmsg;
}

/**
 * mach_kmsg_new_kernel() - room for a message that the kernel will make
 * @ledger: charged for it
 * @size: bytes of header and body
 * @items: its descriptors
 *
 * Context: Process; may sleep.
 * Return: a message that carries nothing, whose bytes are undefined; NULL when
 * memory or the ledger does not allow it.
 */
struct mach_kmsg *mach_kmsg_new_kernel(struct mach_ledger *ledger, u32 size,
				       u32 items)
{
	struct mach_kmsg *kmsg;

	kmsg = kmsg_alloc(ledger, kmsg_bytes(size, items));
	if (kmsg)
		kmsg_setup(kmsg, NULL, size, items);
	return kmsg;
}

/* Nothing else takes as little. */
static bool is_small(const struct mach_kmsg *kmsg)
{
	return kmsg->charged == KMSG_SMALL;
}

/**
 * mach_kmsg_release() - give memory back for good
 * @kmsg: a message without items and identity
 *
 * Context: Any but hard interrupts; a large one only where sleeping is allowed.
 */
void mach_kmsg_release(struct mach_kmsg *kmsg)
{
	mach_ledger_uncharge(kmsg->ledger, kmsg->charged);
	mach_ledger_put(kmsg->ledger);
	mach_stat_dec(KMSGS);
	if (is_small(kmsg))
		kmem_cache_free(kmsg_cache, kmsg);
	else
		kvfree(kmsg);
}

/* What is kept may have to be freed where nobody can sleep. */
static bool may_keep(const struct mach_kmsg *kmsg)
{
	return is_small(kmsg) || (kmsg->charged <= KMSG_SPARE_MAX &&
			       !is_vmalloc_addr(kmsg));
}

/**
 * mach_kmsg_free() - be done with a message's memory
 * @kmsg: a message whose items have gone elsewhere
 *
 * Unless it is large it goes back to its sender, still charged there, for the
 * next message.
 *
 * Context: Process; may sleep.
 */
void mach_kmsg_free(struct mach_kmsg *kmsg)
{
	struct mach_identity *identity = kmsg->identity;

	if (!identity || !may_keep(kmsg) || READ_ONCE(identity->spare) ||
	    cmpxchg(&identity->spare, NULL, kmsg))
		mach_kmsg_release(kmsg);
	mach_identity_put(identity);
}
