// SPDX-License-Identifier: GPL-2.0-only
/* Guards: receive rights that cannot be destroyed or moved by mistake. */
#include "guard.h"

/**
 * mach_guard_set_locked() - guard a port
 * @port: the port, its lock and that of its receiver's space held
 * @guard: the guard, any number
 * @flags: MACHDEV_MPG_*
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, it is guarded, or has a context.
 */
int mach_guard_set_locked(struct mach_port *port, u64 guard, u32 flags)
{
	lockdep_assert_held(&port->lock);
	if (mach_port_is_guarded(port) || port->context)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	port->context = guard;
	port->guard |= MACH_GUARD_SET;
	if (flags & MACHDEV_MPG_STRICT)
		port->guard |= MACH_GUARD_STRICT;
	if (flags & MACHDEV_MPG_IMMOVABLE_RECEIVE)
		port->guard |= MACH_GUARD_IMMOVABLE;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_guard_clear_locked() - guard a port no more
 * @port: the port, its lock and that of its receiver's space held
 * @guard: its guard
 *
 * A right that was made immovable remains so.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, it is not guarded by @guard.
 */
int mach_guard_clear_locked(struct mach_port *port, u64 guard)
{
	lockdep_assert_held(&port->lock);
	if (!mach_guard_fits(port, guard))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	port->context = 0;
	port->guard &= ~(MACH_GUARD_SET | MACH_GUARD_STRICT);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_guard_swap_locked() - replace a guard
 * @port: the port, its lock and that of its receiver's space held
 * @guard: its guard
 * @new_guard: the new one
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, it is not guarded by @guard, or
 * the guard is strict.
 */
int mach_guard_swap_locked(struct mach_port *port, u64 guard, u64 new_guard)
{
	lockdep_assert_held(&port->lock);
	if (!mach_guard_fits(port, guard) || port->guard & MACH_GUARD_STRICT)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	port->context = new_guard;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_guard_context_locked() - the context as the receiver may read it
 * @port: the port, its lock held
 *
 * Return: the context; 0 if it is a strict guard.
 */
u64 mach_guard_context_locked(const struct mach_port *port)
{
	lockdep_assert_held(&port->lock);
	return port->guard & MACH_GUARD_STRICT ? 0 : port->context;
}

/**
 * mach_guard_set_context_locked() - set the context, even if it is a guard
 * @port: the port, its lock and that of its receiver's space held
 * @context: the new one
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, it is a strict guard.
 */
int mach_guard_set_context_locked(struct mach_port *port, u64 context)
{
	lockdep_assert_held(&port->lock);
	if (port->guard & MACH_GUARD_STRICT)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	port->context = context;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_guard_status() - guard and immovability as the status of a port has them
 * @port: the port, its lock or that of its receiver's space held
 *
 * Return: MACHDEV_PORT_STATUS_* bits.
 */
u32 mach_guard_status(const struct mach_port *port)
{
	u32 flags = 0;

	if (port->guard & MACH_GUARD_SET)
		flags |= MACHDEV_PORT_STATUS_GUARDED;
	if (port->guard & MACH_GUARD_STRICT)
		flags |= MACHDEV_PORT_STATUS_STRICT_GUARD;
	if (port->guard & MACH_GUARD_IMMOVABLE)
		flags |= MACHDEV_PORT_STATUS_IMMOVABLE_RECEIVE;
	return flags;
}
