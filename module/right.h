/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: What can happen to a right
 *
 * Rights are copied and moved out of a space, put into it, inserted under a
 * given name, made, counted and destroyed; what that does to entries stands in
 * entry.c. Explicit calls that would take user references beyond their end get
 * KERN_UREFS_OVERFLOW.
 *
 * Results are Mach codes. What dies is put on the caller's struct mach_reap.
 */
#ifndef MACH_RIGHT_H
#define MACH_RIGHT_H

#include "entry.h"
#include "reap.h"

/**
 * struct mach_right_view - what a name denotes at one moment
 * @name: the name
 * @type: MACHDEV_TYPE_* bits
 * @urefs: user references
 * @members: of a port set, else 0
 * @id: number of the port or port set; 0 for a dead name
 * @port: holds a reference; NULL for a port set or a dead name
 */
struct mach_right_view {
	u32 name;
	u32 type;
	u32 urefs;
	u32 members;
	u64 id;
	struct mach_port *port;
};

int mach_right_can_copyin(const struct mach_entry *entry, u32 disposition,
			  bool dead_ok);
void mach_right_take_locked(struct mach_space *space, u32 name,
			    struct mach_entry *entry, u32 disposition,
			    struct mach_right *right, struct mach_reap *reap);
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

int mach_right_named_error(int error);
int mach_right_rename(struct mach_space *space, u32 name, u32 new_name);
int mach_right_construct(struct mach_space *space, u32 flags, u32 qlimit,
			 u64 context, u32 *name);
int mach_right_destruct(struct mach_space *space, u32 name, s32 delta,
			u64 guard, struct mach_reap *reap);
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

bool mach_right_next(struct mach_space *space, u32 *index,
		     struct mach_right_view *view);
u32 mach_right_receives(struct mach_space *space);

struct mach_port *mach_right_receive_port_locked(struct mach_space *space,
						 u32 name, int *error);
struct mach_pset *mach_right_set_locked(struct mach_space *space, u32 name,
					int *error);
int mach_right_source(struct mach_space *space, u32 name,
		      struct mach_port **port, struct mach_pset **set);

#endif /* MACH_RIGHT_H */
