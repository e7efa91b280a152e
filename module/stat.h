/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Counters
 *
 * One word a counter and processor, so that counting never shares a line.
 * A "live" counter is the sum of ups and downs that may happen on different
 * processors: only the sum over all of them means something.
 */
#ifndef MACH_STAT_H
#define MACH_STAT_H

#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/machdev.h>

#define MACH_STAT_NUMBER (MACHDEV_COUNTER_SAMPLERS + 1)

struct mach_stats {
	s64 value[MACH_STAT_NUMBER];
};

DECLARE_PER_CPU(struct mach_stats, mach_stats);

/**
 * mach_stat_add() - add to a counter
 * @id: MACHDEV_COUNTER_*, without that prefix
 * @delta: what to add
 *
 * Context: Any.
 */
#define mach_stat_add(id, delta) \
	this_cpu_add(mach_stats.value[MACHDEV_COUNTER_##id], (delta))
#define mach_stat_inc(id) mach_stat_add(id, 1)
#define mach_stat_dec(id) mach_stat_add(id, -1)

u64 mach_stat_read(unsigned int id);

#endif /* MACH_STAT_H */
