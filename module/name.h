/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: The table of names
 *
 * A name is index << 8 | generation. The two low bits of the generation are
 * always set; it steps by 4 each time the index is used anew, so that a stale
 * name does not soon denote something else. Index 0 is never used.
 *
 * Entries stand in segments that never move: the first has 32, each further
 * one as many as all before it, up to 4096 entries in all; beyond, a directory
 * made when it is first needed lists segments of 4096. Free entries form a
 * ring that starts and ends at entry 0; the one that was freed first is used
 * first. Entries beyond @fresh have never been used and are on no list.
 *
 * Port to name: entries of send and receive rights are chained in buckets.
 * The heads of the buckets stand in the entries, too (@bucket of entry i is
 * the head of bucket i), and there are as many buckets as hashed entries, up
 * to the size of the table: an insertion that finds more entries than buckets
 * splits one bucket in two (linear hashing). So nothing is ever rehashed at
 * once, and no operation takes longer in a table of a million names, but for
 * the chain that it walks.
 *
 * This file knows nothing of locks, rights or memory: the caller has them.
 */
#ifndef MACH_NAME_H
#define MACH_NAME_H

#include <linux/bits.h>

#include "types.h"

struct mach_pset;
struct mach_request;

#define MACH_NAMES_FIRST_BITS 5
#define MACH_NAMES_LOW_BITS 12
#define MACH_NAMES_BITS 21
#define MACH_NAMES_MAX ((u32)BIT(MACH_NAMES_BITS))
#define MACH_NAMES_LOW_SEGMENTS \
	(MACH_NAMES_LOW_BITS - MACH_NAMES_FIRST_BITS + 1)
#define MACH_NAMES_HIGH_SEGMENTS \
	((u32)BIT(MACH_NAMES_BITS - MACH_NAMES_LOW_BITS) - 1)
#define MACH_NAMES_SEGMENTS \
	(MACH_NAMES_LOW_SEGMENTS + MACH_NAMES_HIGH_SEGMENTS)

/* What a name denotes: struct mach_entry.rights. */
#define MACH_ENTRY_SEND 0x01
#define MACH_ENTRY_RECEIVE 0x02
#define MACH_ENTRY_SEND_ONCE 0x04
#define MACH_ENTRY_PORT_SET 0x08
#define MACH_ENTRY_DEAD_NAME 0x10
#define MACH_ENTRY_PORT \
	(MACH_ENTRY_SEND | MACH_ENTRY_RECEIVE | MACH_ENTRY_SEND_ONCE)

/**
 * struct mach_entry - what a name denotes
 * @port: the port; holds a reference; NULL for a dead name
 * @set: the port set, if it is one; holds a reference
 * @next: of a free entry: the next one
 * @prev: of a free entry: the one before
 * @request: to be told when @port dies, or NULL; holds a reference
 * @chain: next entry in the same bucket, 0 at the end
 * @bucket: first entry of the bucket that has this entry's number
 * @urefs: user references to send rights or to a dead name; 1 for send-once
 * @rights: MACH_ENTRY_*; 0 when free
 * @generation: low byte of the name
 */
struct mach_entry {
	union {
		struct mach_port *port;
		struct mach_pset *set;
		struct {
			u32 next;
			u32 prev;
		};
	};
	struct mach_request *request;
	u32 chain;
	u32 bucket;
	u16 urefs;
	u8 rights;
	u8 generation;
};

/**
 * struct mach_segment - where some entries stand
 * @entries: NULL when there are none yet
 * @owner: the caller's
 */
struct mach_segment {
	struct mach_entry *entries;
	void *owner;
};

/**
 * struct mach_names - a table of names
 * @low: the first segments
 * @high: an array of MACH_NAMES_HIGH_SEGMENTS further ones, or NULL
 * @slots: entries there are room for
 * @fresh: from here on no entry has been used; 0 in an empty table
 * @used: entries in use; read anywhere
 * @hashed: entries in buckets
 * @buckets: buckets in use
 */
struct mach_names {
	struct mach_segment low[MACH_NAMES_LOW_SEGMENTS];
	struct mach_segment *high;
	u32 slots;
	u32 fresh;
	u32 used;
	u32 hashed;
	u32 buckets;
};

/* Of mach_names_prepare() and _take_named(): the table has to grow first. */
#define MACH_NAMES_GROW 1

static inline u32 mach_name_index(u32 name)
{
	return name >> 8;
}

/* Entries in a segment. */
static inline u32 mach_names_segment_slots(unsigned int segment)
{
	if (segment >= MACH_NAMES_LOW_SEGMENTS)
		return 1u << MACH_NAMES_LOW_BITS;
	return 1u << (MACH_NAMES_FIRST_BITS + (segment ? segment - 1 : 0));
}

/* The index of the first entry in a segment. */
static inline u32 mach_names_segment_first(unsigned int segment)
{
	if (segment >= MACH_NAMES_LOW_SEGMENTS)
		return (segment - MACH_NAMES_LOW_SEGMENTS + 1) <<
		       MACH_NAMES_LOW_BITS;
	return segment ? mach_names_segment_slots(segment) : 0;
}

unsigned int mach_names_segment_of(u32 index);
struct mach_segment *mach_names_segment(struct mach_names *names,
					unsigned int segment);
void mach_names_extend(struct mach_names *names, unsigned int segment);
struct mach_entry *mach_names_entry(const struct mach_names *names, u32 index);
struct mach_entry *mach_names_lookup(const struct mach_names *names, u32 name);
int mach_names_prepare(struct mach_names *names);
struct mach_entry *mach_names_take(struct mach_names *names, u32 *name);
int mach_names_check_named(const struct mach_names *names, u32 name);
int mach_names_take_named(struct mach_names *names, u32 name,
			  struct mach_entry **entry);
void mach_names_free(struct mach_names *names, u32 name);

void mach_names_hash(struct mach_names *names, u32 name);
void mach_names_unhash(struct mach_names *names, u32 name);
u32 mach_names_find(const struct mach_names *names,
		    const struct mach_port *port);

#endif /* MACH_NAME_H */
