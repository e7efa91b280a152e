/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the benchmarks share: how something is timed, how a client and a
 * server are set up, how a figure is printed.
 *
 * Whatever is timed runs some rounds first that do not count, then each
 * further round is one sample, less what reading the clock takes. The figure
 * is the median of all samples of several runs, each with processes of its
 * own. Whatever fails ends the program: there is no figure then.
 */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Payload of the largest message. */
#define BENCH_SIZE_MAX 65536

/**
 * struct bench_options - what the command line says
 * @rounds: samples of a run
 * @warmup: rounds before them
 * @runs: how often a measurement is repeated
 * @apart: the server has a processor of its own
 * @module: the module is loaded
 * @marks: tell a profiler where the samples begin and end
 */
struct bench_options {
	unsigned int rounds;
	unsigned int warmup;
	unsigned int runs;
	bool apart;
	bool module;
	bool marks;
};

extern struct bench_options bench;

/**
 * struct bench_payload - what is sent, and what comes back
 * @size: bytes, at most BENCH_SIZE_MAX
 * @out: what a client sends
 * @in: what it gets back; a server has in it what it received
 *
 * Both are BENCH_SIZE_MAX bytes. A mechanism whose messages are more than
 * their payload makes them point into its messages, to save a copy.
 */
struct bench_payload {
	size_t size;
	unsigned char *out;
	unsigned char *in;
};

extern struct bench_payload payload;

/**
 * struct mechanism - a way for a client to ask and a server to answer
 * @key: what the command line calls it
 * @name: what it is called
 * @large: carries BENCH_SIZE_MAX bytes
 * @many: several clients can ask one server
 * @mach: needs the module
 * @able: whether this machine has it; NULL: each has
 * @open: in the server, before there are clients
 * @join: in a client, before it asks; NULL: nothing to do
 * @call: in a client: ask, and have the answer
 * @serve: in the server: answer that many calls
 *
 * All run in processes that were forked for one run, and keep what they need in
 * variables of their own. A server answers with the bytes that it was asked.
 */
struct mechanism {
	const char *key;
	const char *name;
	bool large;
	bool many;
	bool mach;
	bool (*able)(void);
	void (*open)(unsigned int clients);
	void (*join)(unsigned int client);
	void (*call)(void *unused);
	void (*serve)(unsigned int calls);
};

extern const struct mechanism mechanism_mach;
extern const struct mechanism mechanism_mach_port;
extern const struct mechanism mechanism_pipe;
extern const struct mechanism mechanism_seqpacket;
extern const struct mechanism mechanism_credentials;
extern const struct mechanism mechanism_descriptor;
extern const struct mechanism mechanism_eventfd;
extern const struct mechanism mechanism_binder;

/* Groups of figures. */
void bench_fork(void);
void bench_roundtrip(void);
void bench_clients(void);
void bench_calls(void);
void bench_queue(void);
void bench_names(void);
void bench_memory(void);

/* One run of a mechanism's round trips, or of a call: was there such a one? */
bool bench_profile_roundtrip(const char *key);
bool bench_profile_call(const char *key);

/* Nanoseconds, or instructions where the clock counts these. */
uint64_t bench_now(void);

/**
 * bench_time() - take samples
 * @samples: out: bench.rounds of them
 * @call: what is timed
 * @argument: for it
 */
void bench_time(uint64_t *samples, void (*call)(void *argument),
		void *argument);

/**
 * struct figure - all samples of one measurement
 * @samples: those of one run after the other
 * @count: how many there are room for
 * @runs: runs
 */
struct figure {
	uint64_t *samples;
	size_t count;
	unsigned int runs;
};

/* Room for the samples of all runs, which forked processes share. */
struct figure figure_new(unsigned int runs, size_t per_run);
/* The samples of one run. */
uint64_t *figure_run(struct figure *figure, unsigned int run);
/* Prints one line; the samples go. */
void figure_print(struct figure *figure, const char *name);
/* The heading of the lines that follow. */
void figure_group(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* A line of another unit. */
void figure_plain(const char *name, uint64_t value, const char *unit);

/* Times @call in processes of their own, and prints the figure. */
void bench_figure(const char *name, void (*prepare)(void),
		  void (*call)(void *argument));

/* Runs @body in a child and waits for its end, which must be a good one. */
void bench_in_child(void (*body)(void *argument), void *argument);

/* This process, and what it forks, runs at a fixed priority, or not. */
void bench_fixed_priority(bool fixed);

/* Called once, at the start. */
void bench_init(void);

/* Pins this process to the nth of its processors, the first of which is 0. */
void bench_pin(unsigned int nth);

/* Ends the program unless something was as it has to be. */
#define must(condition)							\
	((condition) ? (void)0 : bench_fail(__FILE__, __LINE__, #condition))
void bench_fail(const char *file, int line, const char *what)
	__attribute__((noreturn));

#endif /* BENCH_HARNESS_H */
