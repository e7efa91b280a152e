/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: The beat
 *
 * While there is something to be looked at, processors are interrupted every
 * MACH_BEAT_MS: each by a timer of its own, whatever it is at. The timers are
 * of the kind that expires in hard interrupts on real-time kernels, too.
 *
 * A timer whose processor goes offline is moved to another one, where it ends.
 * Who sets the beat does so again from time to time: then it has come back.
 */
#ifndef MACH_BEAT_H
#define MACH_BEAT_H

#include <linux/cpumask.h>

#define MACH_BEAT_MS 10

void mach_beat_init(void (*function)(void));
void mach_beat_set(const struct cpumask *cpus);

#endif /* MACH_BEAT_H */
