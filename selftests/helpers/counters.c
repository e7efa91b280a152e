// SPDX-License-Identifier: GPL-2.0-only
/*
 * Print the module's counters of live objects, one a line, once everything
 * that tasks left behind is gone.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include <linux/machdev.h>

static const char *const names[] = {
	[MACHDEV_COUNTER_TASKS] = "tasks",
	[MACHDEV_COUNTER_THREADS] = "threads",
	[MACHDEV_COUNTER_PORTS] = "ports",
	[MACHDEV_COUNTER_NAMES] = "names",
	[MACHDEV_COUNTER_KMSGS] = "messages",
	[MACHDEV_COUNTER_REQUESTS] = "requests",
	[MACHDEV_COUNTER_LEDGERS] = "ledgers",
	[MACHDEV_COUNTER_IDENTITIES] = "identities",
	[MACHDEV_COUNTER_CHARGED] = "bytes charged",
	[MACHDEV_COUNTER_QUEUED] = "messages queued",
};

#define LIVE (sizeof(names) / sizeof(names[0]))

int main(void)
{
	struct machdev_record records[64];
	struct machdev_sync sync = { 0 };
	struct machdev_query query = {
		.what = MACHDEV_QUERY_COUNTERS,
		.count = sizeof(records) / sizeof(records[0]),
		.records = (uintptr_t)records,
	};
	unsigned int found = 0;
	int fd, ret;

	fd = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		err(1, MACHDEV_DEVICE);

	ret = ioctl(fd, MACHDEV_IOC_SYNC, &sync);
	if (ret)
		err(1, "MACHDEV_IOC_SYNC: %d", ret);
	ret = ioctl(fd, MACHDEV_IOC_QUERY, &query);
	if (ret)
		err(1, "MACHDEV_IOC_QUERY: %d", ret);

	for (unsigned int i = 0; i < query.count && i < 64; i++) {
		if (records[i].id >= LIVE)
			continue;
		printf("%s %" PRIu64 "\n", names[records[i].id],
		       (uint64_t)records[i].value);
		found++;
	}
	if (found != LIVE)
		errx(1, "%u live counters instead of %zu", found, LIVE);
	return 0;
}
