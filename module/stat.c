// SPDX-License-Identifier: GPL-2.0-only
/* Counters of the module. */
#include <linux/cpumask.h>

#include "stat.h"

DEFINE_PER_CPU(struct mach_stats, mach_stats);

/**
 * mach_stat_read() - the value of a counter
 * @id: MACHDEV_COUNTER_*
 *
 * Return: the sum over all processors; 0 if it comes out negative, which a
 * read amid changes can do.
 */
u64 mach_stat_read(unsigned int id)
{
	s64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(mach_stats, cpu).value[id]);
	return max_t(s64, sum, 0);
}
