// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pipe to ask by, and one for each client's answers. A question names its
 * client where there are several.
 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define CLIENTS_MAX 8

enum { READ, WRITE };

static int ask[2];
static int answer[CLIENTS_MAX][2];
static unsigned int self;

static void put(int fd, const void *bytes, size_t size)
{
	while (size) {
		ssize_t some = write(fd, bytes, size);

		must(some > 0);
		bytes = (const char *)bytes + some;
		size -= some;
	}
}

static void get(int fd, void *bytes, size_t size)
{
	while (size) {
		ssize_t some = read(fd, bytes, size);

		must(some > 0);
		bytes = (char *)bytes + some;
		size -= some;
	}
}

static void pipe_open(unsigned int clients)
{
	unsigned int i;

	must(clients <= CLIENTS_MAX);
	must(!pipe(ask));
	for (i = 0; i < clients; i++)
		must(!pipe(answer[i]));
}

static void pipe_join(unsigned int client)
{
	self = client;
}

static void pipe_call(void *unused)
{
	(void)unused;
	put(ask[WRITE], payload.out, payload.size);
	get(answer[self][READ], payload.in, payload.size);
}

static void pipe_serve(unsigned int calls)
{
	while (calls--) {
		get(ask[READ], payload.in, payload.size);
		must(payload.in[0] < CLIENTS_MAX);
		put(answer[payload.in[0]][WRITE], payload.in, payload.size);
	}
}

const struct mechanism mechanism_pipe = {
	.key = "pipe",
	.name = "pipe",
	.large = true,
	.many = true,
	.open = pipe_open,
	.join = pipe_join,
	.call = pipe_call,
	.serve = pipe_serve,
};
