/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Records for children, made ahead
 *
 * A fork probe may not sleep, and on a real-time kernel not even allocate. So
 * some task records always lie ready on each processor, each in a slot of its
 * own that is emptied and filled with one atomic exchange. What is taken is
 * replaced by a work item.
 *
 * When there is no record in spite of all, the child must not run without the
 * tokens that it would have inherited: it is *lost*. It is remembered here
 * until it is dead, with all children that it may have had; no process gets
 * Mach state until a work item has sent it the signal, and it never does. If
 * even the places to remember are used up, who is born from then on never gets
 * Mach state, but as the child of a task.
 */
#ifndef MACH_STOCK_H
#define MACH_STOCK_H

#include <linux/types.h>

struct mach_task;
struct pid;

int mach_stock_init(void);
void mach_stock_exit(void);
struct mach_task *mach_stock_take(void);
void mach_stock_lose(struct pid *child);
int mach_stock_wait(void);
bool mach_stock_is_lost(const struct pid *pid);

#endif /* MACH_STOCK_H */
