/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Samples
 *
 * Somebody may want to know where a task, or one thread, spends its time. While
 * anybody does, processors are interrupted at each beat, and if the thread that
 * runs there is wanted, its user program counter is noted down: in a buffer that
 * was there from the beginning, under a raw lock, since nothing else may be done
 * in a hard interrupt. A work item sends what has been gathered once a second, and
 * sooner when half a buffer is full.
 *
 * So nothing is kept for each thread, and a new one is sampled with its task from
 * its first instruction on. Only processors on which a sampled thread is allowed
 * to run are interrupted; that is looked at once a second, too.
 *
 * Whoever samples has power over the image that there was when he began. From
 * when an exec takes on its credentials until the exec probe has decided nothing
 * is noted down, and nothing after it if it has gained privilege; then settling
 * the exec ends the sampling.
 *
 * Nothing waits: what comes while both buffers are full, or cannot be sent for
 * want of room or memory, is counted and lost.
 */
#ifndef MACH_SAMPLE_H
#define MACH_SAMPLE_H

#include "types.h"

struct mach_ledger;
struct mach_reap;
struct mach_task;
struct mach_thread;

void mach_sample_init(void);
void mach_sample_exit(void);
int mach_sample_begin(struct mach_task *task, struct mach_thread *thread,
		      struct mach_ledger *ledger, struct mach_right *right,
		      struct mach_reap *reap);
int mach_sample_stop(struct mach_task *task, struct mach_thread *thread,
		     struct mach_reap *reap);
void mach_sample_end(struct mach_task *task, struct mach_thread *thread);

#endif /* MACH_SAMPLE_H */
