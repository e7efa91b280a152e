/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: The gate
 *
 * An open descriptor keeps the module loaded. To unload it for all that, an
 * administrator shuts the gate: every call fails from then on, and every
 * wait ends, so that programs come to close what they hold. The gate stays
 * shut until the module is loaded anew.
 *
 * Whoever is about to wait at a port looks at the gate under the port's lock;
 * whoever has shut it takes each port's lock afterwards. So no wait begins
 * unseen.
 */
#ifndef MACH_GATE_H
#define MACH_GATE_H

#include <linux/compiler.h>
#include <linux/types.h>

extern bool mach_gate_shut;

/* Whether the gate is shut; once true, always true. */
static inline bool mach_gate_is_shut(void)
{
	return unlikely(READ_ONCE(mach_gate_shut));
}

#endif /* MACH_GATE_H */
