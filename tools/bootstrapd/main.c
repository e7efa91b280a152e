// SPDX-License-Identifier: GPL-2.0-only
/*
 * The daemon's life: it takes the host's privileged ports, becomes the default
 * bootstrap port of all tasks, and gives that up when it is told to end.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <mach/mach_error.h>
#include <machdev.h>

#include "bootstrapd.h"

static bool verbose;
static bool in_background;

static void tell(int priority, const char *format, va_list args)
{
	char line[512];
	char *c;

	vsnprintf(line, sizeof(line), format, args);
	/* Names are the clients' choice and must not control a terminal. */
	for (c = line; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	if (in_background)
		syslog(priority, "%s", line);
	else
		fprintf(stderr, "bootstrapd: %s\n", line);
}

void say(const char *format, ...)
{
	va_list args;

	if (!verbose)
		return;
	va_start(args, format);
	tell(LOG_INFO, format, args);
	va_end(args);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(LOG_WARNING, format, args);
	va_end(args);
}

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(LOG_ERR, format, args);
	va_end(args);
	exit(EXIT_FAILURE);
}

/* The privileged host port, from which the other powers come. */
static mach_port_t take_host_priv(void)
{
	mach_port_t host = mach_host_self();
	mach_port_t priv;
	kern_return_t kr;

	if (!MACH_PORT_VALID(host))
		die("cannot use " MACHDEV_DEVICE ": is the module loaded?");
	kr = host_get_host_priv_port(host, &priv);
	if (kr == KERN_NO_ACCESS)
		die("must be started by root (CAP_SYS_ADMIN)");
	if (kr != KERN_SUCCESS)
		die("cannot get the privileged host port: %s",
		    mach_error_string(kr));
	mach_port_deallocate(mach_task_self(), host);
	return priv;
}

/*
 * The host security port is the system's bootstrap task's to keep: who holds
 * it assigns tokens. Nothing that a client can ask for gives it away.
 */
static void take_host_security(mach_port_t priv)
{
	mach_port_t security;
	kern_return_t kr;

	kr = host_get_host_security_port(priv, &security);
	if (kr == KERN_NO_ACCESS)
		die("must be started by root (CAP_MAC_ADMIN)");
	if (kr != KERN_SUCCESS)
		die("cannot get the host security port: %s",
		    mach_error_string(kr));
	say("holds the host security port, name %#x", security);
}

static void become_default(mach_port_t priv, mach_port_t port)
{
	mach_port_t other;
	kern_return_t kr;

	kr = host_get_bootstrap_port(priv, &other);
	if (kr == KERN_SUCCESS && MACH_PORT_VALID(other))
		die("another bootstrap server is running");
	kr = mach_port_insert_right(mach_task_self(), port, port,
				    MACH_MSG_TYPE_MAKE_SEND);
	if (kr == KERN_SUCCESS)
		kr = host_set_bootstrap_port(priv, port);
	if (kr != KERN_SUCCESS)
		die("cannot become the bootstrap server: %s",
		    mach_error_string(kr));
	say("is the host's bootstrap server, port name %#x", port);
}

/* A port has one name here: another port under that name is not ours. */
static void resign(mach_port_t priv, mach_port_t port)
{
	mach_port_t now;
	kern_return_t kr;

	kr = host_get_bootstrap_port(priv, &now);
	if (kr == KERN_SUCCESS && now == port)
		kr = host_set_bootstrap_port(priv, MACH_PORT_NULL);
	if (kr != KERN_SUCCESS)
		complain("cannot resign: %s", mach_error_string(kr));
}

/*
 * Go on in the background. The process that was started waits until the one
 * that goes on is ready, or has ended; returns the descriptor to say so by.
 */
static int go_to_background(void)
{
	int ready[2];
	int child_status;
	pid_t pid;
	char c;

	if (pipe2(ready, O_CLOEXEC))
		die("cannot make a pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		die("cannot fork: %s", strerror(errno));
	if (pid == 0) {
		close(ready[0]);
		setsid();
		return ready[1];
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) == 1)
		_exit(EXIT_SUCCESS);
	waitpid(pid, &child_status, 0);
	_exit(EXIT_FAILURE);
}

/* From here on nothing is read, and messages go to the system's log. */
static void leave_terminal(int ready)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || chdir("/"))
		die("cannot leave the terminal: %s", strerror(errno));
	openlog("bootstrapd", LOG_PID, LOG_DAEMON);
	in_background = true;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	close(null);
	if (write(ready, "", 1) != 1)
		complain("nobody waited for the start");
	close(ready);
}

static const char usage[] =
	"usage: bootstrapd [-f] [-v]\n"
	"\n"
	"The name server that tasks find behind their bootstrap port: servers\n"
	"check names in, clients look them up. It must be started by root, and\n"
	"becomes the bootstrap port of every task that has not been given another.\n"
	"\n"
	"  -f, --foreground  stay in the foreground, messages on standard error\n"
	"  -v, --verbose     tell of every name that is published or withdrawn\n"
	"  -h, --help        print this\n"
	"\n"
	"SIGTERM or SIGINT ends it. Exit status 0, or 1 when it could not do its\n"
	"work.\n";

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "foreground", no_argument, NULL, 'f' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	bool foreground = false;
	mach_port_t priv, port;
	sigset_t end;
	int ready = -1;
	int signal;
	int c;

	while ((c = getopt_long(argc, argv, "fvh", options, NULL)) != -1) {
		switch (c) {
		case 'f':
			foreground = true;
			break;
		case 'v':
			verbose = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage, stderr);
			return EXIT_FAILURE;
		}
	}
	if (optind != argc) {
		fputs(usage, stderr);
		return EXIT_FAILURE;
	}

	if (!foreground)
		ready = go_to_background();
	/* Blocked before the threads exist, so that they inherit it. */
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigaddset(&end, SIGINT);
	sigprocmask(SIG_BLOCK, &end, NULL);

	priv = take_host_priv();
	take_host_security(priv);
	port = serve_start();
	become_default(priv, port);
	if (!foreground)
		leave_terminal(ready);

	sigwait(&end, &signal);
	resign(priv, port);
	say("ends on signal %d", signal);
	return EXIT_SUCCESS;
}
