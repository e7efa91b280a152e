/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Who may control whom
 *
 * One question - may the caller have power over that process - and the
 * kernel's own answer: opening a file of the process in a procfs mount of the
 * module's runs the same checks as ptrace does, security modules included.
 * Everybody may control himself.
 */
#ifndef MACH_POLICY_H
#define MACH_POLICY_H

#include <linux/types.h>

struct pid;

int mach_policy_init(void);
void mach_policy_exit(void);
bool mach_policy_may_control(struct pid *pid);

#endif /* MACH_POLICY_H */
