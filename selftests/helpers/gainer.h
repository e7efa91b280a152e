/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the set-uid image of policy_race_test says of itself.
 */
#ifndef GAINER_H
#define GAINER_H

#include <stdint.h>

#include <linux/machdev_abi.h>

/* The special ports that a task trusts. */
static const int gainer_which[] = {
	MACHDEV_TASK_BOOTSTRAP_PORT,
	MACHDEV_TASK_HOST_PORT,
	MACHDEV_TASK_EXCEPTION_PORT,
};

#define GAINER_PORTS 3

/**
 * struct gainer_report - by a child that was forked at once after the exec
 * @euid: effective user id
 * @get: codes of task_get_special_port()
 * @name: names that it gave
 * @send: codes of a message sent there, its id that of the special port
 */
struct gainer_report {
	uint32_t euid;
	int32_t get[GAINER_PORTS];
	uint32_t name[GAINER_PORTS];
	int32_t send[GAINER_PORTS];
};

#endif /* GAINER_H */
