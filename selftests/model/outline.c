// SPDX-License-Identifier: GPL-2.0-only
/* What messages send out of line: where it is, and what is there. */
#include <string.h>

#include "body.h"

uint64_t at_address(uint32_t at)
{
	/* In the first page, none, beyond all memory, and in the kernel's. */
	static const uint64_t bad[AT_BADS] = {
		16, 0, -(uint64_t)PLACE_PAGE, 0xffff8000fffff000,
	};

	return at >= AT_BAD ? bad[at % AT_BADS] : PLACES_START + at;
}

uint32_t descriptor_bytes(const uint32_t *from)
{
	switch (from[DESCRIPTOR_TYPE]) {
	case MACH_MSG_OOL_DESCRIPTOR:
	case MACH_MSG_OOL_VOLATILE_DESCRIPTOR:
		return from[DESCRIPTOR_SIZE];
	case MACH_MSG_OOL_PORTS_DESCRIPTOR:
		return 4 * from[DESCRIPTOR_SIZE];
	}
	return 0;
}

bool descriptor_is_readable(const uint32_t *from)
{
	uint32_t at = from[DESCRIPTOR_AT];
	uint64_t end = (uint64_t)at % PLACE_STRIDE + descriptor_bytes(from);

	return at < AT_BAD && end <= PLACE_BYTES;
}

uint32_t descriptor_pages(const uint32_t *from)
{
	uint32_t at = from[DESCRIPTOR_AT], bytes = descriptor_bytes(from);
	uint32_t place = at / PLACE_STRIDE * PLACE_PAGES;
	uint32_t offset = at % PLACE_STRIDE;
	uint32_t first = offset / PLACE_PAGE;
	uint32_t end = (offset + bytes + PLACE_PAGE - 1) / PLACE_PAGE;

	if (!bytes || !descriptor_is_readable(from))
		return 0;
	return ((1u << end) - (1u << first)) << place;
}

/* What memory has in it that nobody has written names to. */
static void fill_pattern(const uint32_t *from, uint64_t seed,
			 unsigned char *start)
{
	uint32_t at = from[DESCRIPTOR_AT];
	uint32_t end = at + descriptor_bytes(from), i;
	uint64_t *word = (uint64_t *)start;

	for (i = at / 8; i < (end + 7) / 8; i++)
		word[i] = (seed << 32 | i) * 0x9e3779b97f4a7c15ull;
}

static void fill_names(const uint32_t *from, unsigned char *start)
{
	uint32_t count = from[DESCRIPTOR_SIZE];

	if (count > MODEL_ARRAY)
		count = MODEL_ARRAY;
	memcpy(start + from[DESCRIPTOR_AT], from + DESCRIPTOR_NAME, 4 * count);
}

void places_fill(const uint32_t *argument, unsigned char *start)
{
	uint32_t i, count = descriptors_sent(argument);
	const uint32_t *from;

	for (i = 0; i < count; i++) {
		from = descriptor_argument(argument, i);
		if (descriptor_pages(from))
			fill_pattern(from, argument[MSG_ID], start);
	}
	for (i = 0; i < count; i++) {
		from = descriptor_argument(argument, i);
		if (descriptor_pages(from) &&
		    from[DESCRIPTOR_TYPE] == MACH_MSG_OOL_PORTS_DESCRIPTOR)
			fill_names(from, start);
	}
}

uint64_t bytes_sum(const void *bytes, uint32_t size)
{
	const unsigned char *at = bytes;
	uint64_t sum = size, word;

	while (size) {
		uint32_t part = size < 8 ? size : 8;

		word = 0;
		memcpy(&word, at, part);
		sum = (sum ^ word) * 0x9e3779b97f4a7c15ull;
		sum ^= sum >> 29;
		at += part;
		size -= part;
	}
	return sum;
}
