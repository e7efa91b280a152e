// SPDX-License-Identifier: GPL-2.0-only
/* Kernel memory that a message of 24 bytes takes while it is in a queue. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/machdev.h>
#include <machdev.h>

#include "mach.h"

#define SIZE 24
#define QUEUES 100
/* As many as a socket takes. */
#define EACH 200

/* Less than this counts for nothing among so many messages. */
#define SETTLED 32768

static mach_port_t ports[QUEUES];
static int ends[QUEUES][2];
static struct mach_plain message;

/* Memory of slabs that cannot be reclaimed: what the kernel's objects take. */
static uint64_t slab_bytes(void)
{
	unsigned long long kib = 0;
	char line[128];
	FILE *file;

	/* Reading it adds up what each processor has counted by itself. */
	file = fopen("/proc/sys/vm/stat_refresh", "r");
	must(file);
	must(!fread(line, 1, sizeof(line), file));
	fclose(file);

	file = fopen("/proc/meminfo", "r");
	must(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "SUnreclaim: %llu kB", &kib) == 1)
			break;
	}
	fclose(file);
	must(kib);
	return kib * 1024;
}

/* Wait until nothing is left to be freed of what ran before. */
static void settle(void)
{
	const struct timespec moment = { .tv_nsec = 100000000 };
	uint64_t before, now = slab_bytes();
	unsigned int same = 0, tries = 200;

	if (bench.module)
		must_mach(machdev_sync());
	while (same < 3) {
		must(tries--);
		nanosleep(&moment, NULL);
		before = now;
		now = slab_bytes();
		same = now < before + SETTLED && before < now + SETTLED ?
			same + 1 : 0;
	}
}

/* What each message has added. */
static uint64_t each(uint64_t before, uint64_t after)
{
	must(after > before);
	return (after - before) / QUEUES / EACH;
}

static uint64_t charged_bytes(void)
{
	struct machdev_record records[64];
	struct machdev_query query = {
		.what = MACHDEV_QUERY_COUNTERS,
		.count = 64,
		.records = (uintptr_t)records,
	};
	int fd = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
	unsigned int i;

	must(fd >= 0 && !ioctl(fd, MACHDEV_IOC_QUERY, &query));
	close(fd);
	for (i = 0; i < query.count; i++) {
		if (records[i].id == MACHDEV_COUNTER_CHARGED)
			return records[i].value;
	}
	must(!"no such counter");
	return 0;
}

static void send_all(void)
{
	mach_msg_bits_t bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND, 0);
	unsigned int i, j;

	for (i = 0; i < QUEUES; i++) {
		for (j = 0; j < EACH; j++) {
			message.head = (mach_msg_header_t){
				.msgh_bits = bits,
				.msgh_remote_port = ports[i],
			};
			must_mach(mach_msg(&message.head, MACH_SEND_MSG,
					   sizeof(message.head) + SIZE, 0,
					   MACH_PORT_NULL,
					   MACH_MSG_TIMEOUT_NONE,
					   MACH_PORT_NULL));
		}
	}
}

static void write_all(void)
{
	unsigned int i, j;
	char bytes[SIZE] = { 0 };

	for (i = 0; i < QUEUES; i++) {
		for (j = 0; j < EACH; j++)
			must(write(ends[i][1], bytes, SIZE) == SIZE);
	}
}

static void of_mach(void *unused)
{
	uint64_t charged, slab;
	unsigned int i;

	(void)unused;
	for (i = 0; i < QUEUES; i++)
		ports[i] = mach_receive_port();
	settle();
	charged = charged_bytes();
	slab = slab_bytes();
	send_all();
	figure_plain("Mach", each(slab, slab_bytes()), "bytes");
	figure_plain("Mach, charged to the sender",
		     each(charged, charged_bytes()), "bytes");
}

static void of_sockets(void *unused)
{
	unsigned int i;
	uint64_t slab;

	(void)unused;
	for (i = 0; i < QUEUES; i++)
		must(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends[i]));
	settle();
	slab = slab_bytes();
	write_all();
	figure_plain("AF_UNIX seqpacket", each(slab, slab_bytes()), "bytes");
}

void bench_memory(void)
{
	printf("\nmemory of a message in a queue, 24 bytes\n");
	if (bench.module)
		bench_in_child(of_mach, NULL);
	bench_in_child(of_sockets, NULL);
}
