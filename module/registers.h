/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Registers of a parked thread
 *
 * What a thread that is parked will have in its registers when it runs. It runs
 * in 64 bits, with the segments that the kernel gives every program; where the
 * fs and gs segments begin can be chosen.
 */
#ifndef MACH_REGISTERS_H
#define MACH_REGISTERS_H

#include <linux/machdev.h>
#include <linux/types.h>

struct task_struct;

bool mach_registers_fit(struct task_struct *p);
bool mach_registers_are_good(const struct machdev_x86_thread_state64 *state);
void mach_registers_load(const struct machdev_x86_thread_state64 *state);

#endif /* MACH_REGISTERS_H */
