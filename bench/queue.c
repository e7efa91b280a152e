// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of 24 bytes that nobody waits for: what it takes to put one into a
 * queue and, when all are in there, to take one out.
 */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mach.h"

#define SIZE 24
/* As many as the shortest of the queues takes. */
#define BATCH 100

static char bytes[SIZE];
static int ends[2];
static mach_port_t port;
static struct mach_plain message;

static void prepare_pipe(void)
{
	must(!pipe(ends));
}

static void prepare_socket(void)
{
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends));
}

static void prepare_mach(void)
{
	port = mach_receive_port();
	must_mach(mach_port_insert_right(mach_task_self(), port, port,
					 MACH_MSG_TYPE_MAKE_SEND));
}

static void put_fd(void *unused)
{
	(void)unused;
	must(write(ends[1], bytes, SIZE) == SIZE);
}

static void get_fd(void *unused)
{
	(void)unused;
	must(read(ends[0], bytes, SIZE) == SIZE);
}

static void put_mach(void *unused)
{
	(void)unused;
	message.head = (mach_msg_header_t){
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
		.msgh_remote_port = port,
		.msgh_id = 400,
	};
	must_mach(mach_msg(&message.head, MACH_SEND_MSG,
			   sizeof(message.head) + SIZE, 0, MACH_PORT_NULL,
			   MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
}

static void get_mach(void *unused)
{
	(void)unused;
	must_mach(mach_msg(&message.head, MACH_RCV_MSG, 0, sizeof(message),
			   port, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
}

static const struct {
	const char *name;
	void (*prepare)(void);
	void (*put)(void *unused);
	void (*get)(void *unused);
	bool mach;
} queues[] = {
	{ "Mach", prepare_mach, put_mach, get_mach, true },
	{ "pipe", prepare_pipe, put_fd, get_fd, false },
	{ "AF_UNIX seqpacket", prepare_socket, put_fd, get_fd, false },
};

/* One run. */
struct run {
	unsigned int queue;
	uint64_t *put;
	uint64_t *get;
};

/* A batch after the other, of which the first only warms up. */
static void run_queue(void *argument)
{
	const struct run *run = argument;
	struct bench_options whole = bench;
	unsigned int done = 0;

	bench_pin(0);
	queues[run->queue].prepare();
	bench.warmup = 0;
	bench.rounds = whole.rounds < BATCH ? whole.rounds : BATCH;
	bench_time(run->put, queues[run->queue].put, NULL);
	bench_time(run->get, queues[run->queue].get, NULL);
	while (done < whole.rounds) {
		if (bench.rounds > whole.rounds - done)
			bench.rounds = whole.rounds - done;
		bench_time(run->put + done, queues[run->queue].put, NULL);
		bench_time(run->get + done, queues[run->queue].get, NULL);
		done += bench.rounds;
	}
}

void bench_queue(void)
{
	unsigned int i, j;
	char name[64];

	figure_group("one way, nobody waits, 24 bytes");
	bench_fixed_priority(true);
	for (i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {
		struct figure put = figure_new(bench.runs, bench.rounds);
		struct figure get = figure_new(bench.runs, bench.rounds);

		if (queues[i].mach && !bench.module)
			continue;
		for (j = 0; j < bench.runs; j++) {
			struct run run = {
				.queue = i,
				.put = figure_run(&put, j),
				.get = figure_run(&get, j),
			};

			bench_in_child(run_queue, &run);
		}
		snprintf(name, sizeof(name), "%s: send", queues[i].name);
		figure_print(&put, name);
		snprintf(name, sizeof(name), "%s: receive", queues[i].name);
		figure_print(&get, name);
	}
	bench_fixed_priority(false);
}
