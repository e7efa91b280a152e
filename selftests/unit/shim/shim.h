/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the module uses of the kernel, for one thread of a program.
 *
 * It is included before every source file, and all headers of the kernel are
 * empty. What the kernel forbids ends the program: a lock that is taken twice
 * or out of order, sleeping or touching user memory under one, a count that
 * goes below none, memory that is freed by the wrong function.
 */
#ifndef SHIM_H
#define SHIM_H

#include "base.h"
#include "file.h"
#include "list.h"
#include "lock.h"
#include "memory.h"
#include "task.h"
#include "tree.h"
#include "user.h"
#include "wait.h"

#endif /* SHIM_H */
