// SPDX-License-Identifier: GPL-2.0-only
/* machctl run: a program with tokens, a bootstrap port and a ledger. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mach/mach_error.h>
#include <machdev.h>
#include <servers/bootstrap.h>

#include "machctl.h"

extern char **environ;

#define SECURITY_WORDS 2
#define AUDIT_WORDS 8

/* What was asked for on the command line. */
struct wish {
	bool security_given;
	security_token_t security;
	bool audit_given;
	audit_token_t audit;
	const char *bootstrap;
	bool ledger_given;
	ledger_item_t ledger;
};

static void check(const char *what, kern_return_t kr)
{
	if (kr != KERN_SUCCESS)
		fail_code(what, kr);
}

/* Words with a colon between two of them; 0x and 0 as in C. */
static void parse_words(const char *text, unsigned int *word, int count)
{
	const char *at = text;
	unsigned long value;
	char *end;
	int i;

	for (i = 0; i < count; i++) {
		errno = 0;
		value = strtoul(at, &end, 0);
		if (errno || end == at || *at == '-' || value > UINT32_MAX ||
		    *end != (i + 1 < count ? ':' : 0))
			fail(EXIT_USAGE, "%s: not %d words", text, count);
		word[i] = (unsigned int)value;
		at = end + 1;
	}
}

static ledger_item_t parse_bytes(const char *text)
{
	char *end;
	long bytes;

	errno = 0;
	bytes = strtol(text, &end, 10);
	if (errno || end == text || *end || bytes < 0 || bytes > INT32_MAX)
		fail(EXIT_USAGE, "%s: not a number of bytes", text);
	return (ledger_item_t)bytes;
}

static void parse_wish(int argc, char **argv, struct wish *wish)
{
	static const struct option options[] = {
		{ "security-token", required_argument, NULL, 's' },
		{ "audit-token", required_argument, NULL, 'a' },
		{ "bootstrap", required_argument, NULL, 'b' },
		{ "ledger", required_argument, NULL, 'l' },
		{ 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) >= 0) {
		switch (option) {
		case 's':
			parse_words(optarg, wish->security.val, SECURITY_WORDS);
			wish->security_given = true;
			break;
		case 'a':
			parse_words(optarg, wish->audit.val, AUDIT_WORDS);
			wish->audit_given = true;
			break;
		case 'b':
			wish->bootstrap = optarg;
			break;
		case 'l':
			wish->ledger = parse_bytes(optarg);
			wish->ledger_given = true;
			break;
		default:
			exit(EXIT_USAGE);
		}
	}
	if (wish->security_given != wish->audit_given)
		fail(EXIT_USAGE, "a task has both tokens or none");
	if (optind == argc)
		fail(EXIT_USAGE, "run: what?");
}

static void wish_tokens(machdev_spawn_t *spawn, const struct wish *wish)
{
	mach_port_t priv, security;

	check("the privileged host port",
	      host_get_host_priv_port(mach_host_self(), &priv));
	check("the host security port",
	      host_get_special_port(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT,
				    &security));
	machdev_spawn_tokens(spawn, security, wish->security, wish->audit,
			     MACH_PORT_NULL);
}

static void wish_bootstrap(machdev_spawn_t *spawn, const char *name)
{
	mach_port_t port;

	check(name, bootstrap_look_up(bootstrap_port, (char *)name, &port));
	check(name, machdev_spawn_special(spawn, TASK_BOOTSTRAP_PORT, port));
}

/* Wired memory from a ledger of its own, paged memory as before. */
static void wish_ledger(machdev_spawn_t *spawn, ledger_item_t bytes)
{
	mach_port_t wired, paged;
	ledger_t ledger;

	check("the wired ledger",
	      task_get_special_port(mach_task_self(), TASK_WIRED_LEDGER_PORT,
				    &wired));
	check("the paged ledger",
	      task_get_special_port(mach_task_self(), TASK_PAGED_LEDGER_PORT,
				    &paged));
	check("a ledger", ledger_create(wired, wired, &ledger, bytes));
	machdev_spawn_ledgers(spawn, ledger, paged);
}

static int status_of(int pidfd)
{
	siginfo_t info;
	int ret;

	do {
		ret = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
	} while (ret && errno == EINTR);
	if (ret)
		fail(EXIT_FAILED, "wait: %s", strerror(errno));
	return info.si_code == CLD_EXITED ? info.si_status :
					    128 + info.si_status;
}

int run(int argc, char **argv)
{
	machdev_spawn_t *spawn = machdev_spawn_new();
	struct wish wish = { 0 };
	kern_return_t kr;
	int pidfd;

	parse_wish(argc, argv, &wish);
	if (!spawn)
		fail(EXIT_FAILED, "no memory");
	if (wish.security_given)
		wish_tokens(spawn, &wish);
	if (wish.bootstrap)
		wish_bootstrap(spawn, wish.bootstrap);
	if (wish.ledger_given)
		wish_ledger(spawn, wish.ledger);
	errno = 0;
	kr = machdev_spawnp(spawn, argv[optind], argv + optind, environ, NULL,
			    &pidfd);
	if (kr == KERN_FAILURE && errno)
		fail(EXIT_FAILED, "%s: %s", argv[optind], strerror(errno));
	check(argv[optind], kr);
	machdev_spawn_free(spawn);
	return status_of(pidfd);
}
