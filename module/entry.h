/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Entries
 *
 * How rights enter the entry of a name and leave it. An entry denotes
 *
 *   send and/or receive rights to one port - at most one entry a port;
 *   one send-once right                    - as many entries as rights;
 *   a port set;
 *   a dead name.
 *
 * It holds one reference to its port and, if there is a send right, counts
 * once in the port's send rights, whatever its user references. These end at
 * 65535 and stick there: neither more nor fewer.
 *
 * A dead port is noticed when a name is looked at: its entry then becomes a
 * dead name with the same user references, and one more if there was a
 * request to be told that had not been answered before.
 */
#ifndef MACH_ENTRY_H
#define MACH_ENTRY_H

#include "space.h"

struct mach_reap;

struct mach_entry *mach_entry_lookup_locked(struct mach_space *space,
					    u32 name);
void mach_entry_free(struct mach_space *space, u32 name);
void mach_entry_add_uref(struct mach_entry *entry);
bool mach_entry_drop_uref(const struct mach_space *space, u32 name,
			  struct mach_entry *entry);

struct mach_right mach_entry_take_send(struct mach_space *space, u32 name,
				       struct mach_entry *entry,
				       struct mach_reap *reap);
struct mach_right mach_entry_take_send_once(struct mach_space *space, u32 name,
					    struct mach_entry *entry,
					    struct mach_reap *reap);
struct mach_right mach_entry_take_receive(struct mach_space *space, u32 name,
					  struct mach_entry *entry,
					  struct mach_reap *reap);

void mach_entry_drop_send(struct mach_space *space, u32 name,
			  struct mach_entry *entry, struct mach_reap *reap);
void mach_entry_drop_send_once(struct mach_space *space, u32 name,
			       struct mach_entry *entry,
			       struct mach_reap *reap);
void mach_entry_drop_receive(struct mach_space *space, u32 name,
			     struct mach_entry *entry, struct mach_reap *reap);

void mach_entry_drop_set(struct mach_space *space, u32 name,
			 struct mach_entry *entry, struct mach_reap *reap);

void mach_entry_join(struct mach_space *space, u32 name,
		     struct mach_entry *entry, const struct mach_right *right);
void mach_entry_fill(struct mach_space *space, u32 name,
		     struct mach_entry *entry, const struct mach_right *right);
void mach_entry_fill_set(struct mach_space *space, u32 name,
			 struct mach_entry *entry, struct mach_pset *set);

#endif /* MACH_ENTRY_H */
