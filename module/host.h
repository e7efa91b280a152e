/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: The host
 *
 * The running kernel with the module. Three ports stand for it, with rising
 * power: the host port, which anybody may have, the privileged one and the
 * security port. They live as long as the module. The host also has special
 * ports of its own, one of them the default bootstrap port.
 */
#ifndef MACH_HOST_H
#define MACH_HOST_H

#include "port.h"

int mach_host_init(void);
void mach_host_exit(void);
struct mach_right mach_host_make_send(enum mach_port_kind kind);
struct mach_right mach_host_bootstrap(void);
int mach_host_get_special(s32 which, struct mach_right *right);
int mach_host_set_special(s32 which, struct mach_right *right,
			  struct mach_reap *reap);

#endif /* MACH_HOST_H */
