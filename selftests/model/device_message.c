// SPDX-License-Identifier: GPL-2.0-only
/* Messages on the device: what they send from, and what came with them. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "body.h"
#include "operation.h"

/* Nothing is mapped there. */
#define BAD_ADDRESS ((mach_msg_header_t *)(uintptr_t)16)

/*
 * Places
 */

static unsigned char *place_start(uint32_t place)
{
	return (unsigned char *)(uintptr_t)(PLACES_START +
					    place * PLACE_STRIDE);
}

static void map(unsigned char *start, size_t size, int how)
{
	void *mapped = mmap(start, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | how, -1, 0);

	if (mapped != start)
		model_bug("memory cannot be had where it is wanted");
}

static void places_map(void)
{
	static bool mapped;
	uint32_t place;

	if (mapped)
		return;
	for (place = 0; place < PLACES; place++)
		map(place_start(place), PLACE_BYTES, MAP_FIXED_NOREPLACE);
	mapped = true;
}

/* The pages of a place that are not there any more; they are there again. */
static uint32_t place_restore(uint32_t place)
{
	unsigned char *start = place_start(place);
	unsigned char resident[PLACE_PAGES];
	uint32_t page, gone = 0;

	if (!mincore(start, PLACE_BYTES, resident))
		return 0;
	for (page = 0; page < PLACE_PAGES; page++) {
		unsigned char *at = start + page * PLACE_PAGE;

		if (!mincore(at, PLACE_PAGE, resident))
			continue;
		gone |= 1u << page;
		map(at, PLACE_PAGE, MAP_FIXED_NOREPLACE);
	}
	return gone;
}

/* All pages that a message touches. */
static uint32_t message_pages(const uint32_t *argument)
{
	uint32_t i, pages = 0;

	for (i = 0; i < descriptors_sent(argument); i++)
		pages |= descriptor_pages(descriptor_argument(argument, i));
	return pages;
}

static void outline_prepare(const uint32_t *argument)
{
	if (!message_pages(argument))
		return;
	places_map();
	places_fill(argument, place_start(0));
}

/* Which pages has the call taken away? */
static uint32_t outline_gone(const uint32_t *argument)
{
	const uint32_t all = (1u << PLACE_PAGES) - 1;
	uint32_t pages = message_pages(argument), place, gone = 0;

	for (place = 0; place < PLACES; place++) {
		uint32_t shift = place * PLACE_PAGES;

		if (pages >> shift & all)
			gone |= place_restore(place) << shift;
	}
	return gone;
}

/*
 * What came
 */

/* The rest of the pages has to be zero. */
static bool is_zero(const unsigned char *start, const unsigned char *end)
{
	while (start < end) {
		if (*start++)
			return false;
	}
	return true;
}

/* Note what came to @address, names or a sum of other bytes, and unmap it. */
static void memory_look(uint32_t kind, uint32_t size, uint64_t address,
			uint32_t *outline)
{
	unsigned char *start = (unsigned char *)(uintptr_t)address;
	uint32_t before = address % PLACE_PAGE;
	uint64_t end = before + (uint64_t)size;
	uint64_t pages = (end + PLACE_PAGE - 1) / PLACE_PAGE * PLACE_PAGE;
	uint64_t sum;

	if (size > PLACE_BYTES)
		return;
	if (kind == MACH_MSG_OOL_PORTS_DESCRIPTOR) {
		memcpy(outline, start, size < 4 * MODEL_ARRAY ? size :
							4 * MODEL_ARRAY);
	} else {
		sum = bytes_sum(start, size);
		outline[0] = sum;
		outline[1] = sum >> 32;
	}
	/* Nobody expects these. */
	if (!is_zero(start - before, start) ||
	    !is_zero(start + size, start - before + pages))
		outline[MODEL_ARRAY - 1] = MODEL_POISON;
	munmap(start - before, pages);
}

/* Addresses are taken out of the buffer, since nobody can foretell them. */
static void body_look(struct result *result)
{
	uint32_t *place = result->word + HEAD_WORDS, count, i;

	if (!(result->word[HEAD_BITS] & MACH_MSGH_BITS_COMPLEX))
		return;
	count = *place++;
	for (i = 0; i < count && i < MODEL_DESCRIPTORS; i++) {
		uint32_t kind = place[2] >> 24, words = descriptor_words(kind);
		uint64_t address = (uint64_t)place[1] << 32 | place[0];
		uint32_t size = place[3];

		if (kind == MACH_MSG_OOL_PORTS_DESCRIPTOR)
			size *= 4;
		if (words == 4 && kind != MACH_MSG_GUARDED_PORT_DESCRIPTOR &&
		    address) {
			memory_look(kind, size, address,
				    result->word + MODEL_OUTLINE(i));
			place[0] = ADDRESS_SEEN | address % PLACE_PAGE;
			place[1] = 0;
		}
		place += words;
	}
}

/* Has the buffer got what was received, or what came back? */
static bool has_body(const uint32_t *argument, const struct result *result)
{
	return result->code == MACH_SEND_TIMED_OUT ||
	       (!result->code && (argument[MSG_OPTION] & MACH_RCV_MSG));
}

void device_message(const uint32_t *argument, struct result *result)
{
	mach_msg_header_t *buffer = (mach_msg_header_t *)result->word;

	message_build(argument, result->word);
	outline_prepare(argument);
	result->count = MODEL_RESULT;
	result->code = mach_msg(argument[MSG_BAD_ADDRESS] ? BAD_ADDRESS :
							    buffer,
				(mach_msg_option_t)argument[MSG_OPTION],
				argument[MSG_SEND_SIZE], argument[MSG_RCV_SIZE],
				argument[MSG_RCV_NAME], 0, MACH_PORT_NULL);
	if (has_body(argument, result))
		body_look(result);
	result->word[MODEL_GONE] = outline_gone(argument);
}
