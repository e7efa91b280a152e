// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A session manager: what a user starts here, and all that comes of it, has an
 * audit token, a name space of services and a ledger of its own.
 *
 * usage: session_manager [-l BYTES] USER COMMAND [ARGUMENT...]
 *
 * The session is told from others by the words of its tokens: the user as login
 * user, whatever its programs become by set-user-ID files or sudo, and the
 * process number of the manager as audit session. They are set before the
 * session's first instruction, and only who has the host security port changes
 * them. Services that its programs publish are found within the session only;
 * what is not found there is looked up in the system. BYTES (4 MiB) is how much
 * kernel memory its ports, names and messages may take, and once more for
 * memory that is sent.
 *
 * The manager waits for all that the session has started, daemons too. When the
 * last one has ended, its services and its ledger are gone.
 *
 * Needs root with CAP_SYS_ADMIN and CAP_MAC_ADMIN, and a name server.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mach/mach.h>
#include <machdev.h>
#include <servers/bootstrap.h>

extern char **environ;

#define BYTES_DEFAULT (4 << 20)

struct session {
	const struct passwd *user;
	ledger_item_t bytes;
	mach_port_t life;	/* the session's services die with it */
	mach_port_t bootstrap;
	ledger_t wired, paged;
};

static void __attribute__((noreturn, format(printf, 1, 2)))
fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("session_manager: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static void must(const char *what, kern_return_t kr)
{
	if (kr != KERN_SUCCESS)
		fail("%s: %s", what, bootstrap_strerror(kr));
}

static mach_port_t special_port(int which)
{
	mach_port_t port;

	must("a special port",
	     task_get_special_port(mach_task_self(), which, &port));
	return port;
}

static host_security_t security_port(void)
{
	host_security_t security;
	host_priv_t priv;

	must("the privileged host port",
	     host_get_host_priv_port(mach_host_self(), &priv));
	must("the host security port",
	     host_get_special_port(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT,
				   &security));
	return security;
}

/* Services are found through a port of the session's own. */
static void make_services(struct session *session)
{
	must("a port", mach_port_allocate(mach_task_self(),
					  MACH_PORT_RIGHT_RECEIVE,
					  &session->life));
	must("a right", mach_port_insert_right(mach_task_self(), session->life,
					       session->life,
					       MACH_MSG_TYPE_MAKE_SEND));
	must("the name server",
	     bootstrap_subset(special_port(TASK_BOOTSTRAP_PORT), session->life,
			      &session->bootstrap));
}

static ledger_t make_ledger(int which, ledger_item_t bytes)
{
	mach_port_t wired = special_port(TASK_WIRED_LEDGER_PORT);
	ledger_t ledger;

	must("a ledger",
	     ledger_create(special_port(which), wired, &ledger, bytes));
	return ledger;
}

/* Who logged in, who acts, and in which session. */
static audit_token_t audit_token_of(const struct session *session)
{
	const struct passwd *user = session->user;
	unsigned int leader = (unsigned int)getpid();
	uint32_t version;

	must("the manager's pidversion",
	     machdev_pidversion(getpid(), &version));
	return (audit_token_t){ {
		user->pw_uid,			/* login user */
		user->pw_uid, user->pw_gid,	/* effective */
		user->pw_uid, user->pw_gid,	/* real */
		leader,				/* process */
		leader,				/* session */
		version,
	} };
}

static machdev_spawn_t *describe(const struct session *session)
{
	machdev_spawn_t *spawn = machdev_spawn_new();
	security_token_t token = { {
		session->user->pw_uid, session->user->pw_gid,
	} };

	if (!spawn)
		fail("no memory");
	machdev_spawn_tokens(spawn, security_port(), token,
			     audit_token_of(session), MACH_PORT_NULL);
	machdev_spawn_ledgers(spawn, session->wired, session->paged);
	must("the bootstrap port",
	     machdev_spawn_special(spawn, TASK_BOOTSTRAP_PORT,
				   session->bootstrap));
	return spawn;
}

/* In the session: becomes the user, for good, and then the command. */
static int __attribute__((noreturn)) become(char **argv)
{
	const struct passwd *user = getpwnam(argv[0]);

	if (!user || initgroups(user->pw_name, user->pw_gid) ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid))
		fail("cannot become %s: %s", argv[0], strerror(errno));
	if (setenv("HOME", user->pw_dir, 1) ||
	    setenv("SHELL", user->pw_shell, 1) ||
	    setenv("USER", user->pw_name, 1) ||
	    setenv("LOGNAME", user->pw_name, 1))
		fail("%s", strerror(errno));
	if (chdir(user->pw_dir) && chdir("/"))
		fail("%s: %s", user->pw_dir, strerror(errno));
	execvp(argv[1], argv + 1);
	fail("%s: %s", argv[1], strerror(errno));
}

/* The process that begins the session, as a pidfd. */
static int start(const struct session *session, char **command)
{
	machdev_spawn_t *spawn = describe(session);
	int count = 0, i, pidfd;
	char **argv;

	while (command[count])
		count++;
	argv = calloc((size_t)count + 4, sizeof(*argv));
	if (!argv)
		fail("no memory");
	argv[0] = "session_manager";
	argv[1] = "--become";
	argv[2] = session->user->pw_name;
	for (i = 0; i < count; i++)
		argv[3 + i] = command[i];
	must("the session",
	     machdev_spawn(spawn, "/proc/self/exe", argv, environ, NULL,
			   &pidfd));
	machdev_spawn_free(spawn);
	free(argv);
	return pidfd;
}

/* Wait for all of the session; the exit status of the process that began it. */
static int wait_for_all(int first)
{
	siginfo_t any, begun;
	int result = 1;

	for (;;) {
		/* See that one has ended, and then whether it is the first. */
		if (waitid(P_ALL, 0, &any, WEXITED | WNOWAIT)) {
			if (errno == EINTR)
				continue;
			return result;
		}
		begun.si_pid = 0;
		if (waitid(P_PIDFD, (id_t)first, &begun, WEXITED | WNOHANG) ||
		    !begun.si_pid)
			waitid(P_PID, (id_t)any.si_pid, &any, WEXITED);
		else
			result = begun.si_code == CLD_EXITED ?
					 begun.si_status :
					 128 + begun.si_status;
	}
}

static void parse(int argc, char **argv, struct session *session)
{
	int option;
	char *end;
	long bytes;

	while ((option = getopt(argc, argv, "+l:")) >= 0) {
		bytes = option == 'l' ? strtol(optarg, &end, 10) : 0;
		if (bytes <= 0 || bytes > INT32_MAX || *end)
			fail("-l takes a number of bytes");
		session->bytes = (ledger_item_t)bytes;
	}
	if (argc - optind < 2)
		fail("usage: session_manager [-l BYTES] USER COMMAND [ARGUMENT...]");
	session->user = getpwnam(argv[optind]);
	if (!session->user)
		fail("%s: no such user", argv[optind]);
}

int main(int argc, char **argv)
{
	struct session session = { .bytes = BYTES_DEFAULT };
	int status;

	if (argc > 3 && !strcmp(argv[1], "--become"))
		become(argv + 2);
	parse(argc, argv, &session);
	/* What a daemon of the session leaves behind is waited for here. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		fail("%s", strerror(errno));
	make_services(&session);
	session.wired = make_ledger(TASK_WIRED_LEDGER_PORT, session.bytes);
	session.paged = make_ledger(TASK_PAGED_LEDGER_PORT, session.bytes);
	status = wait_for_all(start(&session, argv + optind + 1));
	must("the ledger", ledger_terminate(session.wired));
	must("the ledger", ledger_terminate(session.paged));
	return status;
}
