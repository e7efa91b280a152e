/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Floating-point registers of a parked thread
 *
 * What a thread that is parked will have in its x87 and SSE registers when it
 * runs. All wider ones are then as a new program finds them, so that nothing is
 * left of whoever the thread was before.
 */
#ifndef MACH_FPREGS_H
#define MACH_FPREGS_H

#include <linux/machdev.h>
#include <linux/types.h>

void mach_fpregs_init(void);
void mach_fpregs_reset(struct machdev_x86_float_state64 *state);
bool mach_fpregs_accept(struct machdev_x86_float_state64 *state);
void mach_fpregs_load(const struct machdev_x86_float_state64 *state);

#endif /* MACH_FPREGS_H */
