/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Members of port sets, by name
 *
 * What the mach_port_ calls do with the members of a set. Both names are those
 * of one space, whose lock is held from when they are looked up until it is
 * done.
 */
#ifndef MACH_MEMBER_H
#define MACH_MEMBER_H

#include "space.h"

int mach_member_insert(struct mach_space *space, u32 name, u32 set);
int mach_member_extract(struct mach_space *space, u32 name, u32 set);
int mach_member_move(struct mach_space *space, u32 name, u32 set);
int mach_member_list(struct mach_space *space, u32 set, u32 *after, u32 *names,
		     unsigned int *n, u32 *count);

#endif /* MACH_MEMBER_H */
