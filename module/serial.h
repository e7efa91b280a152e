/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Numbers that are never used again
 *
 * Ports and tasks are numbered, so that those who look at the module from
 * outside can tell them apart without knowing addresses. Each processor counts
 * by itself, in steps of the number of processors: no line is shared, and
 * numbers say nothing of the order in which they were taken.
 */
#ifndef MACH_SERIAL_H
#define MACH_SERIAL_H

#include <linux/types.h>

u64 mach_serial_next(void);

#endif /* MACH_SERIAL_H */
