// SPDX-License-Identifier: GPL-2.0-only
/*
 * What session_test has run in a session.
 *
 * usage: resident OWN PORTS NAME...
 *
 * Publishes a service that each session has, and one called OWN. Says "ready",
 * and waits for a line. Then it says of whom a message to the first one came,
 * what the name server answers about each NAME, and how many ports it got of
 * PORTS that it wants to have; and waits for another line.
 */
#include <stdio.h>
#include <stdlib.h>

#include <servers/bootstrap.h>

#include "../actor.h"

static int wait_for_line(void)
{
	char line[16];

	fflush(stdout);
	return !fgets(line, sizeof(line), stdin);
}

/* A service is one's own if what one sends to it can be received here. */
static int tell_who_sends(mach_port_t bootstrap, mach_port_t desk)
{
	struct tokens tokens;
	struct letter letter;
	mach_port_t found;

	if (bootstrap_look_up(bootstrap, "org.example.desk", &found) ||
	    letter_post(found, 1) || letter_receive(desk, &letter))
		return 1;
	tokens = letter_tokens(&letter);
	printf("user %u group %u login %u session %u\n", tokens.security[0],
	       tokens.security[1], tokens.audit[0], tokens.audit[6]);
	return 0;
}

static void tell_what_is_found(mach_port_t bootstrap, const char *name)
{
	mach_port_t port;

	printf("%s %d\n", name, bootstrap_look_up(bootstrap, name, &port));
}

static void tell_how_many(int want)
{
	kern_return_t kr = KERN_SUCCESS;
	mach_port_t port;
	int got = 0;

	while (got < want && kr == KERN_SUCCESS) {
		kr = mach_port_allocate(mach_task_self(),
					MACH_PORT_RIGHT_RECEIVE, &port);
		got += kr == KERN_SUCCESS;
	}
	printf("ports %s %d\n", got == want ? "all" : "some", kr);
}

int main(int argc, char **argv)
{
	mach_port_t bootstrap, desk, own;
	int i;

	if (argc < 3 ||
	    task_get_bootstrap_port(mach_task_self(), &bootstrap) ||
	    bootstrap_check_in(bootstrap, "org.example.desk", &desk) ||
	    bootstrap_check_in(bootstrap, argv[1], &own))
		return 1;
	puts("ready");
	if (wait_for_line() || tell_who_sends(bootstrap, desk))
		return 1;
	for (i = 3; i < argc; i++)
		tell_what_is_found(bootstrap, argv[i]);
	tell_how_many(atoi(argv[2]));
	return wait_for_line();
}
