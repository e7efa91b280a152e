// SPDX-License-Identifier: GPL-2.0-only
/* Find fewer operations that fail as well. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

struct list {
	struct operation *operation;
	uint32_t count;
};

/* Without @count operations from @start on, does it fail? Then they are out. */
static bool without(struct run *run, struct list *list, uint32_t start,
		    uint32_t count)
{
	struct operation *shorter;
	uint32_t left = list->count - count;

	shorter = malloc((left + 1) * sizeof(*shorter));
	if (!shorter)
		return false;
	memcpy(shorter, list->operation, start * sizeof(*shorter));
	memcpy(shorter + start, list->operation + start + count,
	       (left - start) * sizeof(*shorter));
	if (run_list(run, shorter, left)) {
		free(shorter);
		return false;
	}
	free(list->operation);
	list->operation = shorter;
	/* It may fail earlier now, except for what only shows at the end. */
	list->count = run->failed_step < left ? run->failed_step + 1 : left;
	return true;
}

void run_shrink(struct run *run, uint64_t replays)
{
	struct list list = {
		.count = run->failed_step < run->steps ? run->failed_step + 1 :
							 run->steps,
	};
	uint32_t chunk, start;

	list.operation = malloc(list.count * sizeof(*list.operation));
	if (!list.operation)
		return;
	memcpy(list.operation, run->operation,
	       list.count * sizeof(*list.operation));
	for (chunk = list.count / 2; chunk && replays > 0;) {
		bool shorter = false;

		for (start = 0; start < list.count && replays > 0;) {
			uint32_t size = chunk;

			if (size > list.count - start)
				size = list.count - start;
			replays--;
			if (without(run, &list, start, size))
				shorter = true;
			else
				start += size;
		}
		if (!shorter || chunk > 1)
			chunk /= 2;
	}
	/* Its report, which the last replay has not. */
	run_list(run, list.operation, list.count);
	free(list.operation);
}
