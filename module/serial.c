// SPDX-License-Identifier: GPL-2.0-only
/* Numbers that are never used again. */
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "serial.h"

static DEFINE_PER_CPU(u64, taken);

/**
 * mach_serial_next() - take a number
 *
 * Context: Any, a probe included.
 * Return: never 0, and never the same twice.
 */
u64 mach_serial_next(void)
{
	u64 serial;

	preempt_disable();
	serial = this_cpu_inc_return(taken) * nr_cpu_ids - smp_processor_id();
	preempt_enable();
	return serial;
}
