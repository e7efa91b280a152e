/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: /dev/mach
 *
 * The door for programs. An open file means nothing but access to the
 * commands: it remembers which task called last, to find it again without a
 * search, and checks that against the caller each time.
 */
#ifndef MACH_DEVICE_H
#define MACH_DEVICE_H

int mach_device_init(void);
void mach_device_exit(void);

#endif /* MACH_DEVICE_H */
