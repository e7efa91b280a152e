// SPDX-License-Identifier: GPL-2.0-only
/* A table of names: index and generation, free entries, port to name. */
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/nospec.h>

#include "name.h"

#define GENERATION_FIRST 0x03
#define GENERATION_STEP 4

/* Entries that one mach_names_prepare() may pass over. */
#define FRESH_SKIP_MAX 4096

/**
 * mach_names_segment_of() - which segment an index is in
 * @index: of a name
 *
 * Return: the number of the segment, which may be too large.
 */
unsigned int mach_names_segment_of(u32 index)
{
	if (index >> MACH_NAMES_LOW_BITS)
		return MACH_NAMES_LOW_SEGMENTS - 1 +
		       (index >> MACH_NAMES_LOW_BITS);
	return fls(index >> MACH_NAMES_FIRST_BITS);
}

/**
 * mach_names_segment() - a segment by its number
 * @names: the table
 * @segment: less than MACH_NAMES_SEGMENTS
 *
 * Return: the segment; NULL if the directory it would be in is missing.
 */
struct mach_segment *mach_names_segment(struct mach_names *names,
					unsigned int segment)
{
	if (segment < MACH_NAMES_LOW_SEGMENTS)
		return &names->low[segment];
	return names->high ? &names->high[segment - MACH_NAMES_LOW_SEGMENTS] :
			     NULL;
}

static struct mach_entry *high_entry(const struct mach_names *names, u32 index)
{
	unsigned int high = index >> MACH_NAMES_LOW_BITS;
	struct mach_entry *entries;

	if (high > MACH_NAMES_HIGH_SEGMENTS || !names->high)
		return NULL;
	high = array_index_nospec(high - 1, MACH_NAMES_HIGH_SEGMENTS);
	entries = names->high[high].entries;
	if (!entries)
		return NULL;
	return entries + (index & (BIT(MACH_NAMES_LOW_BITS) - 1));
}

/* Every message looks up several names, so it is worth some instructions. */
static __always_inline struct mach_entry *
entry_at(const struct mach_names *names, u32 index)
{
	struct mach_entry *entries;
	unsigned int low;

	if (unlikely(index >> MACH_NAMES_LOW_BITS))
		return high_entry(names, index);
	/*
	 * No change but for a processor that guesses, which stays inside, too;
	 * the compiler must not know that it is none.
	 */
	OPTIMIZER_HIDE_VAR(index);
	index &= BIT(MACH_NAMES_LOW_BITS) - 1;
	low = fls(index >> MACH_NAMES_FIRST_BITS);
	entries = names->low[low].entries;
	if (unlikely(!entries))
		return NULL;
	/* mach_names_segment_slots() less 1; segments 0 and 1 are as large. */
	index &= ((BIT(MACH_NAMES_FIRST_BITS) << low >> 1) - 1) |
		 (BIT(MACH_NAMES_FIRST_BITS) - 1);
	return entries + index;
}

/* Entry 0, of a table that has one. */
static struct mach_entry *head_of(const struct mach_names *names)
{
	return names->low[0].entries;
}

/**
 * mach_names_entry() - the entry of an index
 * @names: the table
 * @index: any number
 *
 * Return: the entry, in use or not; NULL when the table has none.
 */
struct mach_entry *mach_names_entry(const struct mach_names *names, u32 index)
{
	return entry_at(names, index);
}

/**
 * mach_names_extend() - a segment got its entries
 * @names: the table
 * @segment: which; as many zeroed entries as mach_names_segment_slots() says
 *
 * Segments may come out of order, when the caller chooses names; the table
 * only counts as larger when there is no gap.
 */
void mach_names_extend(struct mach_names *names, unsigned int segment)
{
	while (segment < MACH_NAMES_SEGMENTS &&
	       names->slots == mach_names_segment_first(segment)) {
		const struct mach_segment *s;

		s = mach_names_segment(names, segment);
		if (!s || !s->entries)
			break;
		names->slots += mach_names_segment_slots(segment++);
	}
	if (!names->fresh && names->slots) {
		names->fresh = 1;
		names->buckets = 1;
	}
}

/**
 * mach_names_lookup() - what a name denotes
 * @names: the table
 * @name: any number
 *
 * Return: an entry in use, or NULL.
 */
struct mach_entry *mach_names_lookup(const struct mach_names *names, u32 name)
{
	struct mach_entry *entry;

	entry = entry_at(names, mach_name_index(name));
	if (!entry || !entry->rights || entry->generation != (u8)name)
		return NULL;
	return entry;
}

static void ring_add_tail(struct mach_names *names, struct mach_entry *entry,
			  u32 index)
{
	struct mach_entry *head = head_of(names);
	u32 last = head->prev;

	entry->next = 0;
	entry->prev = last;
	mach_names_entry(names, last)->next = index;
	head->prev = index;
}

static void ring_del(struct mach_names *names, struct mach_entry *entry)
{
	mach_names_entry(names, entry->prev)->next = entry->next;
	mach_names_entry(names, entry->next)->prev = entry->prev;
	entry->port = NULL;
}

static u32 use(struct mach_names *names, struct mach_entry *entry, u32 index)
{
	if (!entry->generation)
		entry->generation = GENERATION_FIRST;
	WRITE_ONCE(names->used, names->used + 1);
	return index << 8 | entry->generation;
}

/**
 * mach_names_prepare() - see to it that there is a free entry
 * @names: the table
 *
 * Entries that were never used are taken in order; those that were taken by
 * name are passed over, but not so many at once that it would take long.
 *
 * Return: 0, mach_names_take() will find one; MACH_NAMES_GROW, add a segment;
 * -EAGAIN, call again; -ENOSPC, the table has its largest size.
 */
int mach_names_prepare(struct mach_names *names)
{
	unsigned int skipped = 0;

	if (!names->slots)
		return MACH_NAMES_GROW;
	if (head_of(names)->next)
		return 0;
	while (names->fresh < names->slots) {
		if (!mach_names_entry(names, names->fresh)->generation)
			return 0;
		if (skipped++ == FRESH_SKIP_MAX)
			return -EAGAIN;
		names->fresh++;
	}
	return names->slots < MACH_NAMES_MAX ? MACH_NAMES_GROW : -ENOSPC;
}

/**
 * mach_names_take() - take a free entry
 * @names: the table, for which mach_names_prepare() has just returned 0
 * @name: out: its name
 *
 * Return: the entry; the caller sets its rights.
 */
struct mach_entry *mach_names_take(struct mach_names *names, u32 *name)
{
	u32 index = head_of(names)->next;
	struct mach_entry *entry;

	if (index) {
		entry = entry_at(names, index);
		ring_del(names, entry);
	} else {
		index = names->fresh++;
		entry = entry_at(names, index);
	}
	*name = use(names, entry, index);
	return entry;
}

/**
 * mach_names_check_named() - whether the entry of a name could be taken
 * @names: the table
 * @name: the wanted name, with its two low bits set
 *
 * Return: what mach_names_take_named() would.
 */
int mach_names_check_named(const struct mach_names *names, u32 name)
{
	u32 index = mach_name_index(name);
	const struct mach_entry *e;

	if (!index)
		return -EBUSY;
	if (index >= MACH_NAMES_MAX)
		return -ENOSPC;
	e = mach_names_entry(names, index);
	if (!e || !names->slots)
		return MACH_NAMES_GROW;
	if (e->rights)
		return e->generation == (u8)name ? -EEXIST : -EBUSY;
	return 0;
}

/**
 * mach_names_take_named() - take the entry of a name
 * @names: the table
 * @name: the wanted name, with its two low bits set
 * @entry: out: the entry; the caller sets its rights
 *
 * Return: 0; -EEXIST, the name is in use; -EBUSY, its index is 0, or in use with
 * another generation; -ENOSPC, its index is too large; MACH_NAMES_GROW, add the
 * index's segment, and the first one, if they are missing.
 */
int mach_names_take_named(struct mach_names *names, u32 name,
			  struct mach_entry **entry)
{
	u32 index = mach_name_index(name);
	int ret = mach_names_check_named(names, name);
	struct mach_entry *e;

	if (ret)
		return ret;
	e = mach_names_entry(names, index);
	/* Only entries that were used and freed are on the ring. */
	if (e->generation)
		ring_del(names, e);
	e->generation = name;
	use(names, e, index);
	*entry = e;
	return 0;
}

/**
 * mach_names_free() - free an entry
 * @names: the table
 * @name: of an entry that is in no bucket
 */
void mach_names_free(struct mach_names *names, u32 name)
{
	u32 index = mach_name_index(name);
	struct mach_entry *entry = mach_names_entry(names, index);

	entry->rights = 0;
	entry->urefs = 0;
	entry->request = NULL;
	entry->generation += GENERATION_STEP;
	ring_add_tail(names, entry, index);
	WRITE_ONCE(names->used, names->used - 1);
}

static u32 port_hash(const struct mach_port *port)
{
	return hash_ptr(port, 32);
}

static u32 *bucket_of(const struct mach_names *names, u32 hash)
{
	u32 mask = roundup_pow_of_two(names->buckets) - 1;
	u32 index = hash & mask;

	if (index >= names->buckets)
		index &= mask >> 1;
	return &mach_names_entry(names, index)->bucket;
}

static void push(const struct mach_names *names, u32 *head, u32 index)
{
	mach_names_entry(names, index)->chain = *head;
	*head = index;
}

/* Adds one bucket, and deals out anew the one that it halves. */
static void split(struct mach_names *names)
{
	u32 half = rounddown_pow_of_two(names->buckets);
	u32 *old = &mach_names_entry(names, names->buckets - half)->bucket;
	u32 index = *old;

	*old = 0;
	mach_names_entry(names, names->buckets)->bucket = 0;
	names->buckets++;
	while (index) {
		struct mach_entry *entry = mach_names_entry(names, index);
		u32 next = entry->chain;

		push(names, bucket_of(names, port_hash(entry->port)), index);
		index = next;
	}
}

/**
 * mach_names_hash() - let a port's name be found
 * @names: the table
 * @name: of an entry that denotes a send or receive right
 */
void mach_names_hash(struct mach_names *names, u32 name)
{
	u32 index = mach_name_index(name);
	struct mach_entry *entry = mach_names_entry(names, index);

	if (++names->hashed > names->buckets && names->buckets < names->slots)
		split(names);
	push(names, bucket_of(names, port_hash(entry->port)), index);
}

/**
 * mach_names_unhash() - let a port's name be found no more
 * @names: the table
 * @name: of an entry that was hashed and still has its port
 */
void mach_names_unhash(struct mach_names *names, u32 name)
{
	u32 index = mach_name_index(name);
	struct mach_entry *entry = mach_names_entry(names, index);
	u32 *link = bucket_of(names, port_hash(entry->port));

	while (*link && *link != index)
		link = &mach_names_entry(names, *link)->chain;
	if (WARN_ON_ONCE(!*link))
		return;
	*link = entry->chain;
	names->hashed--;
}

/**
 * mach_names_find() - the name of a port's send or receive right
 * @names: the table
 * @port: the port
 *
 * Return: the name, or 0.
 */
u32 mach_names_find(const struct mach_names *names,
		    const struct mach_port *port)
{
	u32 index;

	if (!names->hashed)
		return 0;
	index = *bucket_of(names, port_hash(port));
	while (index) {
		const struct mach_entry *entry = mach_names_entry(names, index);

		if (entry->port == port)
			return index << 8 | entry->generation;
		index = entry->chain;
	}
	return 0;
}
