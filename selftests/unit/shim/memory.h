/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory, which is counted, and fails when a test wants it to. */
#ifndef SHIM_MEMORY_H
#define SHIM_MEMORY_H

#include "base.h"

typedef unsigned int gfp_t;

#define __GFP_SLEEPS 0x01u
#define __GFP_ACCOUNT 0x02u
#define __GFP_NOWARN 0x04u
#define __GFP_NORETRY 0x08u
#define __GFP_RETRY_MAYFAIL 0x10u
#define __GFP_ZERO 0x20u
#define GFP_KERNEL __GFP_SLEEPS
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_ATOMIC 0u

#define PAGE_SIZE 4096ul
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define offset_in_page(address) ((uintptr_t)(address) & ~PAGE_MASK)
#define PAGE_ALIGN(size) (((size) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1))

struct kmem_cache {
	const char *name;
	size_t size;
	size_t objects;
};

enum shim_memory {
	SHIM_SLAB,	/* of kmalloc() */
	SHIM_PAGES,	/* of __vmalloc() */
	SHIM_CACHE,	/* of a cache */
};

/*
 * What is allocated now; how many allocations from now on the one is that
 * fails, 0 for none; whether all after it do, too; how many have failed.
 */
extern size_t shim_allocated;
extern unsigned int shim_fail;
extern bool shim_fail_all;
extern unsigned int shim_failed;

/* Called in the next allocation that may sleep: what others do meanwhile. */
extern void (*shim_meanwhile)(void);

void *shim_alloc(size_t size, gfp_t gfp, enum shim_memory kind,
		 struct kmem_cache *cache);
void shim_free(const void *memory, unsigned int kinds,
	       struct kmem_cache *cache);
bool is_vmalloc_addr(const void *memory);
size_t kmalloc_size_roundup(size_t size);

#define kmalloc(size, gfp) shim_alloc(size, gfp, SHIM_SLAB, NULL)
#define kzalloc(size, gfp) kmalloc(size, (gfp) | __GFP_ZERO)
#define __vmalloc(size, gfp) shim_alloc(size, gfp, SHIM_PAGES, NULL)
#define kfree(memory) shim_free(memory, BIT(SHIM_SLAB), NULL)
#define kvfree(memory) \
	shim_free(memory, BIT(SHIM_SLAB) | BIT(SHIM_PAGES), NULL)

#define SLAB_ACCOUNT 0
struct kmem_cache *kmem_cache_create(const char *name, size_t size, int align,
				     int flags, void *constructor);
void kmem_cache_destroy(struct kmem_cache *cache);
#define kmem_cache_create_usercopy(name, size, align, flags, from, length, \
				   constructor) \
	kmem_cache_create(name, size, align, flags, constructor)
#define kmem_cache_alloc(cache, gfp) \
	shim_alloc((cache)->size, gfp, SHIM_CACHE, cache)
#define kmem_cache_zalloc(cache, gfp) \
	kmem_cache_alloc(cache, (gfp) | __GFP_ZERO)
#define kmem_cache_free(cache, object) \
	shim_free(object, BIT(SHIM_CACHE), cache)

#endif /* SHIM_MEMORY_H */
