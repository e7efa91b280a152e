/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Looking at a queue
 *
 * What is queued can be told apart without being received: by its place in the
 * sequence, which is the number that it would be received with.
 */
#ifndef MACH_PEEK_H
#define MACH_PEEK_H

#include "port.h"

struct mach_identity;

/**
 * struct mach_peek - a message that stays in its queue
 * @seqno: in: which one, 0 for the first; out: its sequence number
 * @id: its id
 * @size: its bytes of header and body
 * @context: the context of its port
 * @identity: who sent it, holds a reference; NULL for the kernel
 */
struct mach_peek {
	u32 seqno;
	s32 id;
	u32 size;
	u64 context;
	struct mach_identity *identity;
};

int mach_peek_locked(struct mach_port *port, struct mach_peek *peek);

#endif /* MACH_PEEK_H */
