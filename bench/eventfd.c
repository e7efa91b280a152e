// SPDX-License-Identifier: GPL-2.0-only
/* Shared memory, and an eventfd each way to say that there is something. */
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

static struct {
	unsigned char asked[BENCH_SIZE_MAX];
	unsigned char answered[BENCH_SIZE_MAX];
} *shared;

static int asked, answered;

static void tell(int fd)
{
	uint64_t one = 1;

	must(write(fd, &one, sizeof(one)) == sizeof(one));
}

static void await(int fd)
{
	uint64_t number;

	must(read(fd, &number, sizeof(number)) == sizeof(number));
}

static void eventfd_open(unsigned int clients)
{
	(void)clients;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	must(shared != MAP_FAILED);
	asked = eventfd(0, 0);
	answered = eventfd(0, 0);
	must(asked >= 0 && answered >= 0);
}

static void eventfd_call(void *unused)
{
	(void)unused;
	memcpy(shared->asked, payload.out, payload.size);
	tell(asked);
	await(answered);
	memcpy(payload.in, shared->answered, payload.size);
}

static void eventfd_serve(unsigned int calls)
{
	while (calls--) {
		await(asked);
		memcpy(payload.in, shared->asked, payload.size);
		memcpy(shared->answered, payload.in, payload.size);
		tell(answered);
	}
}

const struct mechanism mechanism_eventfd = {
	.key = "eventfd",
	.name = "eventfd and shared memory",
	.large = true,
	.open = eventfd_open,
	.call = eventfd_call,
	.serve = eventfd_serve,
};
