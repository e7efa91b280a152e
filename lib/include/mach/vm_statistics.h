/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Flags of vm_allocate(), and what host_statistics() tells of memory. */
#ifndef _MACH_VM_STATISTICS_H_
#define _MACH_VM_STATISTICS_H_

#include <mach/vm_types.h>

#define VM_FLAGS_FIXED 0x00000000	/* at the given address or not at all */
#define VM_FLAGS_ANYWHERE 0x00000001	/* the address is chosen for the caller */

#define VM_FLAGS_OVERWRITE 0x00004000	/* with FIXED: what is there goes */

/* Bits 24 to 31: what the memory is for. Accepted, without effect. */
#define VM_FLAGS_ALIAS_MASK 0xff000000u
#define VM_MAKE_TAG(tag) ((int)((unsigned int)(tag) << 24))

/**
 * struct vm_statistics - HOST_VM_INFO; pages, or how often; each wraps
 * @free_count: pages that are free
 * @active_count: pages in use of late
 * @inactive_count: pages that may be taken back
 * @wire_count: pages that stay: locked, page tables, the kernel's own
 * @zero_fill_count: 0
 * @reactivations: times that an inactive page became active
 * @pageins: pages read from disks
 * @pageouts: pages written to disks
 * @faults: page faults
 * @cow_faults: 0
 * @lookups: 0
 * @hits: 0
 * @purgeable_count: 0
 * @purges: pages thrown away as their owner had allowed
 * @speculative_count: 0
 */
struct vm_statistics {
	natural_t free_count;
	natural_t active_count;
	natural_t inactive_count;
	natural_t wire_count;
	natural_t zero_fill_count;
	natural_t reactivations;
	natural_t pageins;
	natural_t pageouts;
	natural_t faults;
	natural_t cow_faults;
	natural_t lookups;
	natural_t hits;
	natural_t purgeable_count;
	natural_t purges;
	natural_t speculative_count;
};

typedef struct vm_statistics vm_statistics_data_t;
typedef struct vm_statistics *vm_statistics_t;

/**
 * struct vm_statistics64 - HOST_VM_INFO64; pages, or how often
 * @free_count: this and what is not said here, as in struct vm_statistics
 * @active_count: see there
 * @inactive_count: see there
 * @wire_count: see there
 * @zero_fill_count: 0
 * @reactivations: see there
 * @pageins: see there
 * @pageouts: see there
 * @faults: see there
 * @cow_faults: 0
 * @lookups: 0
 * @hits: 0
 * @purges: see there
 * @purgeable_count: 0
 * @speculative_count: 0
 * @decompressions: pages taken out of the compressed cache of swap
 * @compressions: pages put there
 * @swapins: pages read from swap
 * @swapouts: pages written to swap
 * @compressor_page_count: pages that hold compressed ones
 * @throttled_count: 0
 * @external_page_count: pages of files
 * @internal_page_count: pages of memory without a file
 * @total_uncompressed_pages_in_compressor: 0
 */
struct vm_statistics64 {
	natural_t free_count;
	natural_t active_count;
	natural_t inactive_count;
	natural_t wire_count;
	uint64_t zero_fill_count;
	uint64_t reactivations;
	uint64_t pageins;
	uint64_t pageouts;
	uint64_t faults;
	uint64_t cow_faults;
	uint64_t lookups;
	uint64_t hits;
	uint64_t purges;
	natural_t purgeable_count;
	natural_t speculative_count;
	uint64_t decompressions;
	uint64_t compressions;
	uint64_t swapins;
	uint64_t swapouts;
	natural_t compressor_page_count;
	natural_t throttled_count;
	natural_t external_page_count;
	natural_t internal_page_count;
	uint64_t total_uncompressed_pages_in_compressor;
};

typedef struct vm_statistics64 vm_statistics64_data_t;
typedef struct vm_statistics64 *vm_statistics64_t;

#endif /* _MACH_VM_STATISTICS_H_ */
