/* SPDX-License-Identifier: GPL-2.0-only */
/* Comparisons of device and model; what differs is written to the report. */
#ifndef COMPARE_H
#define COMPARE_H

#include "run.h"

/* The results of one call. */
void compare_result(struct run *run, const struct result *want,
		    const struct result *seen);
/* Up to @most of the names that the step has touched, as @self can see them. */
void compare_touched(struct run *run, int self, uint32_t most);
/* All names of @task, their types and references. */
void compare_space(struct run *run, int self, int task);
/* These, one by one, with references and the state of ports. */
void compare_names(struct run *run, int self, int task);

#endif /* COMPARE_H */
