/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Who may control whom
 *
 * One question - may the caller have a port with such power over that process -
 * and the kernel's own answer: opening a file of the process in a procfs mount
 * of the module's runs the same checks as ptrace does, security modules
 * included. What each port asks for:
 *
 *   task port, read port   what it takes to write to the process's memory
 *   inspect port           what it takes to read its environment
 *   name port              the same real and effective user in one user name
 *                          space, or what the inspect port asks for
 *
 * Everybody may have all of his own.
 */
#ifndef MACH_POLICY_H
#define MACH_POLICY_H

#include "port.h"

struct pid;

int mach_policy_init(void);
void mach_policy_exit(void);
bool mach_policy_may_have(struct pid *pid, enum mach_port_kind kind);

#endif /* MACH_POLICY_H */
