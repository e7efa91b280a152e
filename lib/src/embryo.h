/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* How the library makes tasks. */
#ifndef MACHDEV_EMBRYO_H
#define MACHDEV_EMBRYO_H

#include <linux/machdev.h>
#include <mach/mach.h>

/**
 * __machdev_create() - make a task without threads
 * @argument: what MACHDEV_IOC_TASK_CREATE asks for
 * @child: where the task port goes, on success
 *
 * Return: KERN_*. On failure nothing is left behind.
 */
kern_return_t __machdev_create(struct machdev_task_create *argument,
			       task_t *child);

/**
 * __machdev_embryo_take() - the port of a task that has come to life
 * @descriptor: of the embryo
 * @task: where the task port goes, on success
 *
 * Return: KERN_*.
 */
kern_return_t __machdev_embryo_take(int descriptor, task_t *task);

/**
 * __machdev_default_signals() - no signal has a handler any more
 *
 * For a process that shares its parent's memory, but not its handlers. What is
 * ignored stays so.
 */
void __machdev_default_signals(void);

#endif /* MACHDEV_EMBRYO_H */
