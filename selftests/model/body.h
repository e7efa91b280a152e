/* SPDX-License-Identifier: GPL-2.0-only */
/* Bodies of messages: descriptors, and what they carry out of line. */
#ifndef BODY_H
#define BODY_H

#include "model.h"

/* Words of the buffer. */
enum {
	HEAD_BITS,
	HEAD_SIZE,
	HEAD_REMOTE,
	HEAD_LOCAL,
	HEAD_VOUCHER,
	HEAD_ID,
	HEAD_WORDS,
};

#define HEAD_BYTES (4 * HEAD_WORDS)

/*
 * Memory to be sent
 *
 * It is in one of a few places, which have the same address in each task and
 * nothing behind them. What is there follows from the message.
 */

#define PLACES MODEL_DESCRIPTORS
#define PLACE_PAGE 4096u
#define PLACE_PAGES 4u
#define PLACE_BYTES (PLACE_PAGE * PLACE_PAGES)
#define PLACE_STRIDE 0x10000u
#define PLACES_START 0x20000000u

/* Instead of a place and an offset in it: an address that nobody can read. */
#define AT_BAD 0x80000000u
#define AT_BADS 4
#define AT(place, offset) ((place) * PLACE_STRIDE + (offset))

uint64_t at_address(uint32_t at);
/* Where a descriptor has memory, or an array: bytes, or 0 for none. */
uint32_t descriptor_bytes(const uint32_t *from);
/* Can these be read? */
bool descriptor_is_readable(const uint32_t *from);
/* A bit for each page of all places that they touch. */
uint32_t descriptor_pages(const uint32_t *from);
/* Put what a message sends into the places; the first begins at @start. */
void places_fill(const uint32_t *argument, unsigned char *start);

/* Bytes that differ, differ in this. */
uint64_t bytes_sum(const void *bytes, uint32_t size);

/* An address that was received: only where it is in its page can be foretold. */
#define ADDRESS_SEEN 0xadd00000u

/*
 * Descriptors
 */

/* How many a message sends, and its arguments for one. */
uint32_t descriptors_sent(const uint32_t *argument);
const uint32_t *descriptor_argument(const uint32_t *argument, uint32_t i);
/* Words that one of a kind has in a message. */
uint32_t descriptor_words(uint32_t kind);

/* Write them, and say where they end. */
uint32_t *body_build(const uint32_t *argument, uint32_t *place);
/* What is wrong with them before any right is looked at: a code, or 0. */
int body_check(const uint32_t *argument);
/* Take what they tell: a code, or 0. Pages that go are noted in the result. */
int body_take(struct call *call, struct space *space, struct message *message);
/* Words of all of them, as they are sent. */
uint32_t body_words(const struct message *message);

enum body_way {
	BODY_BACK,	/* to who sent it */
	BODY_PLAIN,	/* to a receiver that takes no guarded rights */
	BODY_GUARDED,	/* to one that does */
};

/* Words as they arrive. */
uint32_t body_words_received(const struct message *message, enum body_way way);
/* Put them into a space and what is wanted, and say where they end. */
uint32_t *body_put(struct call *call, struct space *space,
		   const struct message *message, uint32_t *place,
		   enum body_way way);
/* The rights that a receiver does not take go when all others have come. */
void body_destroy_withheld(const struct message *message, enum body_way way);

#endif /* BODY_H */
