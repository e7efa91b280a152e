/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Checks of a message's bytes
 *
 * Pure functions over a copy of the message. They look at no name, so what
 * they refuse is refused with everything untouched.
 */
#ifndef MACH_WIRE_H
#define MACH_WIRE_H

#include "types.h"

/* Header and descriptor count of a complex message. */
#define MACH_WIRE_COMPLEX_MIN (sizeof(struct machdev_msg_header) + sizeof(u32))
#define MACH_WIRE_DESC_MIN sizeof(struct machdev_msg_port)

/* A descriptor, whatever its type. */
union mach_wire_desc {
	struct machdev_msg_port port;
	struct machdev_msg_ool ool;
	struct machdev_msg_guarded guarded;
};

/**
 * struct mach_wire_body - what the descriptors of a message need
 * @count: descriptors
 * @receives: some of them may name a receive right
 * @ool: some of them carry memory or an array of rights
 */
struct mach_wire_body {
	u32 count;
	bool receives;
	bool ool;
};

int mach_wire_check_size(u32 size);
int mach_wire_check_count(u32 size, u32 count);
int mach_wire_check_body(const void *message, u32 size,
			 struct mach_wire_body *body);
int mach_wire_check_header(const struct machdev_msg_header *header);
u32 mach_wire_desc_size(const union mach_wire_desc *desc);

#endif /* MACH_WIRE_H */
