/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Context and guard of a port
 *
 * A port has a word of its receiver's own, the context. A guard is a context
 * that has to be shown: while it is set, the receive right can only be
 * destroyed by who knows it. A strict guard cannot be read or replaced either.
 * A right that is immovable stays in its space, guarded or not any more; only
 * where it would die can it go to who asked for that.
 *
 * All of it belongs to the receiver, and goes when the right moves on. It
 * changes under the lock of the receiver's space and that of the port, so that
 * either is enough to read it.
 */
#ifndef MACH_GUARD_H
#define MACH_GUARD_H

#include "port.h"

/* Bits of struct mach_port.guard. */
#define MACH_GUARD_SET 0x01		/* the context is a guard */
#define MACH_GUARD_STRICT 0x02		/* ... a strict one */
#define MACH_GUARD_IMMOVABLE 0x04	/* the receive right stays */

int mach_guard_set_locked(struct mach_port *port, u64 guard, u32 flags);
int mach_guard_clear_locked(struct mach_port *port, u64 guard);
int mach_guard_swap_locked(struct mach_port *port, u64 guard, u64 new_guard);
u64 mach_guard_context_locked(const struct mach_port *port);
int mach_guard_set_context_locked(struct mach_port *port, u64 context);
u32 mach_guard_status(const struct mach_port *port);

/* Whether only who knows the guard may destroy the receive right. */
static inline bool mach_port_is_guarded(const struct mach_port *port)
{
	return port->guard & MACH_GUARD_SET;
}

/* Whether the receive right may not leave its space. */
static inline bool mach_port_is_immovable(const struct mach_port *port)
{
	return port->guard & MACH_GUARD_IMMOVABLE;
}

/**
 * mach_guard_fits() - whether somebody knows the guard of a port
 * @port: the port
 * @guard: what he shows
 *
 * Return: false also if there is none.
 */
static inline bool mach_guard_fits(const struct mach_port *port, u64 guard)
{
	return mach_port_is_guarded(port) && port->context == guard;
}

#endif /* MACH_GUARD_H */
