/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of out-of-line memory and arrays of rights share beyond
 * msg_helpers.h: messages of mixed descriptors, memory with holes, patterns.
 */
#ifndef OOL_HELPERS_H
#define OOL_HELPERS_H

#include "msg_helpers.h"

/* A message of up to 8 descriptors of memory or arrays, and words behind. */
struct ool_msg {
	mach_msg_header_t head;
	mach_msg_body_t body;
	union {
		mach_msg_ool_descriptor_t ool[8];
		mach_msg_ool_ports_descriptor_t array[8];
	};
	uint32_t word[64];
};

#define OOL_MSG_SIZE(count) \
	((mach_msg_size_t)(offsetof(struct ool_msg, ool) + 16 * (count)))

static inline size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

/* The header of a message of @count descriptors, and their count behind it. */
static inline void complex_init(mach_msg_header_t *head, mach_port_t remote,
				mach_msg_type_name_t remote_type,
				unsigned int count)
{
	*head = (mach_msg_header_t){
		.msgh_bits = MACH_MSGH_BITS(remote_type, 0) |
			     MACH_MSGH_BITS_COMPLEX,
		.msgh_size = TEST_POISON32,
		.msgh_remote_port = remote,
	};
	((mach_msg_body_t *)(head + 1))->msgh_descriptor_count = count;
}

static inline void ool_msg_init(struct ool_msg *msg, mach_port_t remote,
				mach_msg_type_name_t remote_type,
				unsigned int count)
{
	memset(msg, 0, sizeof(*msg));
	complex_init(&msg->head, remote, remote_type, count);
}

/* A descriptor of memory; its padding says nonsense, which a send ignores. */
static inline mach_msg_ool_descriptor_t
msg_ool(const void *address, size_t size, bool deallocate,
	mach_msg_copy_options_t copy)
{
	mach_msg_ool_descriptor_t ool;

	memset(&ool, TEST_POISON, sizeof(ool));
	ool.address = (void *)address;
	ool.size = size;
	ool.deallocate = deallocate;
	ool.copy = copy;
	ool.type = MACH_MSG_OOL_DESCRIPTOR;
	return ool;
}

/* A descriptor of an array; so does its way of copying. */
static inline mach_msg_ool_ports_descriptor_t
msg_array(const mach_port_t *names, unsigned int count, bool deallocate,
	  mach_msg_type_name_t disposition)
{
	mach_msg_ool_ports_descriptor_t array;

	memset(&array, TEST_POISON, sizeof(array));
	array.address = (void *)names;
	array.count = count;
	array.deallocate = deallocate;
	array.disposition = disposition;
	array.type = MACH_MSG_OOL_PORTS_DESCRIPTOR;
	return array;
}

static inline mach_msg_return_t ool_send(struct ool_msg *msg,
					 unsigned int count)
{
	return msg_send(msg, OOL_MSG_SIZE(count));
}

static inline mach_msg_return_t ool_receive(struct ool_msg *msg,
					    mach_port_t port)
{
	memset(msg, TEST_POISON, sizeof(*msg));
	return mach_msg(&msg->head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			sizeof(*msg), port, 0, MACH_PORT_NULL);
}

/* Is a delivered descriptor exactly this, padding included? */
static inline bool ool_is(const mach_msg_ool_descriptor_t *ool,
			  const void *address, size_t size, bool deallocate,
			  mach_msg_copy_options_t copy, unsigned int type)
{
	struct machdev_msg_ool want = {
		.address_low = (uint32_t)(uintptr_t)address,
		.address_high = (uint64_t)(uintptr_t)address >> 32,
		.deallocate = deallocate, .copy = copy, .type = type,
		.size = size,
	};

	if (!memcmp(ool, &want, sizeof(want)))
		return true;
	fprintf(stderr,
		"# address %p size %u deallocate %u copy %u pad %u type %u, not %p %zu %u %u 0 %u\n",
		ool->address, ool->size, ool->deallocate, ool->copy, ool->pad1,
		ool->type, address, size, deallocate, copy, type);
	return false;
}

static inline bool array_is(const mach_msg_ool_ports_descriptor_t *array,
			    const void *names, unsigned int count,
			    mach_msg_type_name_t disposition)
{
	struct machdev_msg_ool want = {
		.address_low = (uint32_t)(uintptr_t)names,
		.address_high = (uint64_t)(uintptr_t)names >> 32,
		.deallocate = true, .copy = MACH_MSG_VIRTUAL_COPY,
		.disposition = disposition,
		.type = MACH_MSG_OOL_PORTS_DESCRIPTOR, .size = count,
	};

	if (!memcmp(array, &want, sizeof(want)))
		return true;
	fprintf(stderr,
		"# address %p count %u deallocate %u copy %u disposition %u type %u, not %p %u 1 1 %u 2\n",
		array->address, array->count, array->deallocate, array->copy,
		array->disposition, array->type, names, count, disposition);
	return false;
}

/*
 * Memory
 */

/* How many of the pages that a range touches are mapped. */
static inline size_t pages_mapped(const void *start, size_t size)
{
	uintptr_t page = (uintptr_t)start & ~(page_size() - 1);
	uintptr_t end = (uintptr_t)start + size;
	size_t count = 0;

	/* Not beyond the last page there can be. */
	for (; page < end && page < -page_size(); page += page_size())
		count += !msync((void *)page, page_size(), MS_ASYNC);
	return count;
}

static inline size_t pages_touched(const void *start, size_t size)
{
	uintptr_t first = (uintptr_t)start / page_size();
	uintptr_t end = (uintptr_t)start + size + page_size() - 1;

	return end / page_size() - first;
}

/* Is it a private mapping that may be read and written? */
static inline bool is_mapped_private(const void *address)
{
	unsigned long low, high, at = (uintptr_t)address;
	char line[512], mode[8];
	bool found = false;
	FILE *file = fopen("/proc/self/maps", "re");

	MUST(file ? 0 : -errno);
	while (!found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx %7s", &low, &high, mode) == 3)
			found = low <= at && at < high;
	}
	fclose(file);
	return found && !strcmp(mode, "rw-p");
}

static inline void *pages_new(size_t pages)
{
	void *start = mmap(NULL, pages * page_size(), PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	MUST(start == MAP_FAILED ? -errno : 0);
	return start;
}

/* Bytes of which each place has its own, and @seed its own for all. */
static inline unsigned char pattern(size_t place, unsigned int seed)
{
	return place * 7 + place / 251 + seed * 31 + 1;
}

static inline void pattern_fill(void *memory, size_t size, unsigned int seed)
{
	unsigned char *bytes = memory;
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = pattern(i, seed);
}

static inline bool pattern_is(const void *memory, size_t size,
			      unsigned int seed)
{
	const unsigned char *bytes = memory;
	size_t i;

	for (i = 0; i < size; i++) {
		if (bytes[i] == pattern(i, seed))
			continue;
		fprintf(stderr, "# byte %zu of %zu is %#x, not %#x\n", i, size,
			bytes[i], pattern(i, seed));
		return false;
	}
	return true;
}

/*
 * What the paged ledger pays, as docs/limits.rst says
 */

static inline size_t ool_kept(size_t bytes)
{
	static const size_t sizes[] = { 64, 96, 128, 192 };
	size_t i, size = 256;

	if (bytes > 131072)
		return (bytes + page_size() - 1) & ~(page_size() - 1);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (bytes <= sizes[i])
			return sizes[i];
	}
	while (size < bytes)
		size *= 2;
	return size;
}

static inline size_t ool_charge(size_t size, size_t offset)
{
	size_t pages = (offset + size + page_size() - 1) / page_size();

	if (!size)
		return 0;
	if (size < page_size())
		return ool_kept(32 + size);
	return 32 + 2048 + pages * (page_size() + 10);
}

static inline size_t array_charge(size_t count)
{
	return count ? ool_kept(32 + 20 * count) : 0;
}

#endif /* OOL_HELPERS_H */
