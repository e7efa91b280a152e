/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: The host
 *
 * The running kernel with the module. Three ports stand for it, with rising
 * power: the host port, which anybody may have, the privileged one and the
 * security port. They live as long as the module, and so do the ports of its
 * two clocks, and two more that stand for the only set of processors there is:
 * its name, which anybody may have, and the set itself, for who has the
 * privileged port. The host also has special ports of its own, one of them the
 * default bootstrap port, and handlers of exceptions.
 */
#ifndef MACH_HOST_H
#define MACH_HOST_H

#include "port.h"

struct mach_actions;
struct mach_change;

int mach_host_init(void);
void mach_host_exit(void);
struct mach_right mach_host_make_send(enum mach_port_kind kind);
struct mach_right mach_host_bootstrap(void);
int mach_host_get_special(s32 which, struct mach_right *right);
int mach_host_set_special(s32 which, struct mach_right *right,
			  struct mach_reap *reap);
int mach_host_actions(const struct mach_change *change,
		      struct mach_actions **old, struct mach_reap *reap);

#endif /* MACH_HOST_H */
