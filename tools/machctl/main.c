// SPDX-License-Identifier: GPL-2.0-only
/* machctl: look at the module from outside, and shut it down. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <machdev.h>

#include "machctl.h"

bool want_json;

/* What a command makes of its argument. */
enum argument { NO_PID, MAYBE_PID, NEEDS_PID };

static const struct command {
	const char *name;
	void (*run)(uint32_t pid);
	enum argument argument;
	const char *help;
} commands[] = {
	{ "ps", show_ps, MAYBE_PID, "tasks" },
	{ "ports", show_ports, MAYBE_PID, "rights, one a line" },
	{ "objects", show_objects, NO_PID, "ports, wherever they are" },
	{ "queues", show_queues, MAYBE_PID,
	  "queues that hold messages or are waited at" },
	{ "ledgers", show_ledgers, NO_PID, "ledgers" },
	{ "stat", show_stat, NO_PID, "counters" },
	{ "watch", watch, NO_PID, "events, as they come" },
	{ "token", show_token, NEEDS_PID, "the tokens of a task" },
	{ "special", show_special, NEEDS_PID, "the special ports of a task" },
	{ "shutdown", shut_down, NO_PID, "make the module ready to unload" },
};

void fail(int status, const char *format, ...)
{
	va_list arguments;

	fflush(stdout);
	fputs("machctl: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(status);
}

static void usage(FILE *to)
{
	static const char * const arguments[] = {
		[NO_PID] = "", [MAYBE_PID] = "[PID]", [NEEDS_PID] = "PID",
	};
	size_t i;

	fputs("usage: machctl [-j|--json] COMMAND [PID]\n\n", to);
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		fprintf(to, "  %-8s %-6s %s\n", commands[i].name,
			arguments[commands[i].argument], commands[i].help);
	fputs("\n  run [--security-token U:G --audit-token A:...:H]\n"
	      "      [--bootstrap NAME] [--ledger BYTES] [--] COMMAND ...\n"
	      "                  a program, with these\n", to);
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static uint32_t parse_pid(const char *text)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(text, &end, 10);
	if (errno || end == text || *end || pid < 1 || pid > INT32_MAX)
		fail(EXIT_USAGE, "%s: not a process id", text);
	return (uint32_t)pid;
}

static void parse_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "jhV", options, NULL)) >= 0) {
		switch (option) {
		case 'j':
			want_json = true;
			break;
		case 'h':
			usage(stdout);
			exit(EXIT_DONE);
		case 'V':
			printf("machctl %s\n", machdev_version());
			exit(EXIT_DONE);
		default:
			usage(stderr);
			exit(EXIT_USAGE);
		}
	}
}

int main(int argc, char **argv)
{
	const struct command *command;
	int left;

	if (argc > 1 && !strcmp(argv[1], "run"))
		return run(argc - 1, argv + 1);
	parse_options(argc, argv);
	left = argc - optind;
	command = left ? find_command(argv[optind]) : NULL;
	if (!command || left > 2 ||
	    (left == 2 && command->argument == NO_PID) ||
	    (left == 1 && command->argument == NEEDS_PID)) {
		usage(stderr);
		return EXIT_USAGE;
	}
	command->run(left == 2 ? parse_pid(argv[optind + 1]) : 0);
	if (fflush(stdout) || ferror(stdout))
		fail(EXIT_FAILED, "output: %s", strerror(errno));
	return EXIT_DONE;
}
