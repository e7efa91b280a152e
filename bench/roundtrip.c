// SPDX-License-Identifier: GPL-2.0-only
/* Clients that ask and a server that answers, by one mechanism after another. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define CLIENTS_MAX 8

static unsigned char buffer_out[BENCH_SIZE_MAX];
static unsigned char buffer_in[BENCH_SIZE_MAX];

struct bench_payload payload = { .out = buffer_out, .in = buffer_in };

static const struct mechanism *const mechanisms[] = {
	&mechanism_mach,
	&mechanism_mach_port,
	&mechanism_eventfd,
	&mechanism_pipe,
	&mechanism_seqpacket,
	&mechanism_credentials,
	&mechanism_descriptor,
	&mechanism_binder,
};

#define MECHANISMS (sizeof(mechanisms) / sizeof(mechanisms[0]))

/* One run. */
struct run {
	const struct mechanism *mechanism;
	unsigned int clients;
	uint64_t *samples;
};

/* The first byte says who asks, for the server that cannot know otherwise. */
static void fill(unsigned int client)
{
	size_t i;

	payload.out[0] = client;
	for (i = 1; i < payload.size; i++)
		payload.out[i] = i * 7 + 1;
}

/* That the answer really comes: what is timed afterwards is believed. */
static void check_call(const struct mechanism *mechanism)
{
	memset(payload.in, 0, payload.size);
	mechanism->call(NULL);
	must(!memcmp(payload.in, payload.out, payload.size));
}

/* Each client has its own bench.rounds samples, or none but begin and end. */
static void client(const struct run *run, unsigned int nth, int gate)
{
	const struct mechanism *mechanism = run->mechanism;
	uint64_t *samples = run->samples;
	unsigned int i;
	char byte;

	bench_pin(0);
	if (mechanism->join)
		mechanism->join(nth);
	fill(nth);
	check_call(mechanism);
	if (run->clients == 1) {
		bench_time(samples, mechanism->call, NULL);
	} else {
		for (i = 0; i < bench.warmup; i++)
			mechanism->call(NULL);
		samples[2 * nth] = bench_now();
		for (i = 0; i < bench.rounds; i++)
			mechanism->call(NULL);
		samples[2 * nth + 1] = bench_now();
	}
	/* It stays until all are done, so that nobody is timed ending it. */
	must(!read(gate, &byte, 1));
	exit(0);
}

/* A client ends before its time only when something failed, and has told so. */
static void client_ended(int signal)
{
	(void)signal;
	_exit(1);
}

static void server(void *argument)
{
	const struct run *run = argument;
	unsigned int i;
	int gate[2];

	bench_pin(bench.apart);
	must(!pipe(gate));
	must(signal(SIGCHLD, client_ended) != SIG_ERR);
	run->mechanism->open(run->clients);
	for (i = 0; i < run->clients; i++) {
		pid_t pid = fork();

		must(pid >= 0);
		if (!pid) {
			must(!prctl(PR_SET_PDEATHSIG, SIGKILL));
			signal(SIGCHLD, SIG_DFL);
			close(gate[1]);
			client(run, i, gate[0]);
		}
	}
	run->mechanism->serve((1 + bench.warmup + bench.rounds) * run->clients);
	signal(SIGCHLD, SIG_DFL);
	close(gate[1]);
	for (i = 0; i < run->clients; i++) {
		int status;

		must(wait(&status) > 0);
		must(WIFEXITED(status) && !WEXITSTATUS(status));
	}
}

static bool usable(const struct mechanism *mechanism)
{
	if (mechanism->mach && !bench.module)
		return false;
	return !mechanism->able || mechanism->able();
}

static void one(const struct mechanism *mechanism)
{
	struct figure figure;
	unsigned int i;

	if (!usable(mechanism))
		return;
	figure = figure_new(bench.runs, bench.rounds);
	for (i = 0; i < bench.runs; i++) {
		struct run run = {
			.mechanism = mechanism,
			.clients = 1,
			.samples = figure_run(&figure, i),
		};

		bench_in_child(server, &run);
	}
	figure_print(&figure, mechanism->name);
}

static void all(size_t size, bool fixed)
{
	unsigned int i;

	payload.size = size;
	figure_group("round trip, %zu bytes%s", size,
		     fixed ? "" : ", default scheduler");
	bench_fixed_priority(fixed);
	for (i = 0; i < MECHANISMS; i++) {
		if (size <= 4096 || mechanisms[i]->large)
			one(mechanisms[i]);
	}
	bench_fixed_priority(false);
}

void bench_roundtrip(void)
{
	all(24, true);
	all(1024, true);
	all(4096, true);
	all(65536, true);
	all(24, false);
}

bool bench_profile_roundtrip(const char *key)
{
	unsigned int i;

	payload.size = 24;
	for (i = 0; i < MECHANISMS; i++) {
		if (strcmp(mechanisms[i]->key, key))
			continue;
		must(usable(mechanisms[i]));
		figure_group("round trip, 24 bytes, profiled");
		one(mechanisms[i]);
		return true;
	}
	return false;
}

/* What one round trip takes when so many clients keep the server busy. */
static uint64_t share(const struct run *run)
{
	uint64_t begin = UINT64_MAX, end = 0;
	unsigned int i;

	for (i = 0; i < run->clients; i++) {
		if (run->samples[2 * i] < begin)
			begin = run->samples[2 * i];
		if (run->samples[2 * i + 1] > end)
			end = run->samples[2 * i + 1];
	}
	return (end - begin) / (run->clients * bench.rounds);
}

static void clients(const struct mechanism *mechanism, unsigned int number)
{
	struct figure times = figure_new(1, 2 * CLIENTS_MAX);
	struct figure figure = figure_new(bench.runs, 1);
	unsigned int i;

	for (i = 0; i < bench.runs; i++) {
		struct run run = {
			.mechanism = mechanism,
			.clients = number,
			.samples = times.samples,
		};

		bench_in_child(server, &run);
		*figure_run(&figure, i) = share(&run);
	}
	figure_print(&figure, mechanism->name);
}

void bench_clients(void)
{
	unsigned int number, i;

	payload.size = 24;
	bench_fixed_priority(true);
	for (number = 2; number <= CLIENTS_MAX; number *= 2) {
		figure_group("a round trip of %u clients, one server", number);
		for (i = 0; i < MECHANISMS; i++) {
			if (mechanisms[i]->many && usable(mechanisms[i]))
				clients(mechanisms[i], number);
		}
	}
	bench_fixed_priority(false);
}
