// SPDX-License-Identifier: GPL-2.0-only
/* Binder: transactions with the context manager, by plain ioctls. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/android/binder.h>

#include "harness.h"

#define DEVICE "/dev/binder"
#define MAPPED (1024 * 1024)

/* A command and its argument, as the driver reads them. */
struct transact {
	uint32_t command;
	struct binder_transaction_data data;
} __attribute__((packed));

struct free_buffer {
	uint32_t command;
	binder_uintptr_t buffer;
} __attribute__((packed));

/* What is written at once: done with the last buffer, and what comes next. */
struct output {
	struct free_buffer free;
	struct transact next;
} __attribute__((packed));

static int device = -1;
static binder_uintptr_t held;

static bool binder_able(void)
{
	return !access(DEVICE, R_OK | W_OK);
}

static void attach(void)
{
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	must(device >= 0);
	must(mmap(NULL, MAPPED, PROT_READ, MAP_PRIVATE | MAP_POPULATE, device,
		  0) != MAP_FAILED);
}

/* The context manager of the last run may still be on its way out. */
static void become_manager(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	unsigned int tries = 5000;

	while (ioctl(device, BINDER_SET_CONTEXT_MGR, 0)) {
		must(errno == EBUSY && tries--);
		nanosleep(&moment, NULL);
	}
}

/* Writes, and reads until there is a command that says @wanted. */
static struct binder_transaction_data exchange(const void *bytes, size_t size,
					       uint32_t wanted)
{
	struct binder_transaction_data data;
	char input[256];
	struct binder_write_read both = {
		.write_size = size,
		.write_buffer = (uintptr_t)bytes,
		.read_size = sizeof(input),
		.read_buffer = (uintptr_t)input,
	};

	for (;;) {
		const char *place = input;
		uint32_t command;

		both.read_consumed = 0;
		must(!ioctl(device, BINDER_WRITE_READ, &both));
		both.write_size = 0;
		while (place < input + both.read_consumed) {
			memcpy(&command, place, sizeof(command));
			place += sizeof(command);
			must(command == wanted || command == BR_NOOP ||
			     command == BR_TRANSACTION_COMPLETE);
			if (command == wanted) {
				memcpy(&data, place, sizeof(data));
				return data;
			}
			place += _IOC_SIZE(command);
		}
	}
}

/* Sends @bytes together with the last buffer received, if there is one. */
static void transact(uint32_t command, const void *bytes, uint32_t wanted)
{
	struct output output = {
		.free = { BC_FREE_BUFFER, held },
		.next = {
			.command = command,
			.data = {
				.data_size = payload.size,
				.data.ptr.buffer = (uintptr_t)bytes,
			},
		},
	};
	struct binder_transaction_data data;

	if (held)
		data = exchange(&output, sizeof(output), wanted);
	else
		data = exchange(&output.next, sizeof(output.next), wanted);
	must(data.data_size == payload.size);
	held = data.data.ptr.buffer;
	memcpy(payload.in, (const void *)(uintptr_t)held, payload.size);
}

static void binder_open(unsigned int clients)
{
	(void)clients;
	attach();
	become_manager();
}

static void binder_join(unsigned int client)
{
	(void)client;
	close(device);
	attach();
}

static void binder_call(void *unused)
{
	(void)unused;
	transact(BC_TRANSACTION, payload.out, BR_REPLY);
}

static void binder_serve(unsigned int calls)
{
	uint32_t enter = BC_ENTER_LOOPER;
	struct binder_transaction_data data;
	struct output output;
	struct binder_write_read last = {
		.write_size = sizeof(output),
		.write_buffer = (uintptr_t)&output,
	};

	data = exchange(&enter, sizeof(enter), BR_TRANSACTION);
	held = data.data.ptr.buffer;
	memcpy(payload.in, (const void *)(uintptr_t)held, payload.size);
	while (--calls)
		transact(BC_REPLY, payload.in, BR_TRANSACTION);
	output = (struct output){
		.free = { BC_FREE_BUFFER, held },
		.next = {
			.command = BC_REPLY,
			.data = {
				.data_size = payload.size,
				.data.ptr.buffer = (uintptr_t)payload.in,
			},
		},
	};
	must(!ioctl(device, BINDER_WRITE_READ, &last));
}

const struct mechanism mechanism_binder = {
	.key = "binder",
	.name = "binder",
	.large = true,
	.many = true,
	.able = binder_able,
	.open = binder_open,
	.join = binder_join,
	.call = binder_call,
	.serve = binder_serve,
};
