/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: What can happen to a right
 *
 * All transitions of a name's entry are here. An entry denotes
 *
 *   send and/or receive rights to one port - at most one entry a port;
 *   one send-once right                    - as many entries as rights;
 *   a dead name.
 *
 * It holds one reference to its port and, if there is a send right, counts
 * once in the port's send rights, whatever its user references.
 *
 * A dead port is noticed when a name is looked at: its entry then becomes a
 * dead name with the same user references, and one more if there was a
 * request to be told.
 *
 * User references end at 65535 and stick there: neither more nor fewer.
 * Explicit calls that would go beyond get KERN_UREFS_OVERFLOW.
 *
 * Results are Mach codes. What dies is put on the caller's struct mach_reap.
 */
#ifndef MACH_RIGHT_H
#define MACH_RIGHT_H

#include "reap.h"
#include "space.h"

struct mach_entry *mach_right_lookup_locked(struct mach_space *space,
					    u32 name);
int mach_right_can_copyin(const struct mach_entry *entry, u32 disposition,
			  bool dead_ok);
int mach_right_copyin_locked(struct mach_space *space, u32 name,
			     u32 disposition, bool dead_ok,
			     struct mach_right *right, struct mach_reap *reap);
int mach_right_copyout(struct mach_space *space, struct mach_right *right,
		       u32 *name);
int mach_right_give(struct mach_space *space, struct mach_right *right,
		    u32 *name);
int mach_right_insert_locked(struct mach_space *space, u32 name,
			     struct mach_right *right);
int mach_right_may_insert_locked(struct mach_space *space, u32 name,
				 const struct mach_right *right);

int mach_right_allocate(struct mach_space *space, u32 kind, bool named,
			u32 *name);
int mach_right_deallocate(struct mach_space *space, u32 name,
			  struct mach_reap *reap);
int mach_right_destroy(struct mach_space *space, u32 name,
		       struct mach_reap *reap);
int mach_right_mod_refs(struct mach_space *space, u32 name, u32 kind,
			s32 delta, struct mach_reap *reap);
int mach_right_get_refs(struct mach_space *space, u32 name, u32 kind,
			s32 *refs);
u32 mach_right_type(const struct mach_entry *entry);
void mach_right_destroy_all(struct mach_space *space, bool dead);
void mach_right_abandon_all(struct mach_space *space);

struct mach_port *mach_right_receive_port_locked(struct mach_space *space,
						 u32 name, int *error);

#endif /* MACH_RIGHT_H */
