// SPDX-License-Identifier: GPL-2.0-only
/*
 * The story: what happens in which order, and what must be true.
 *
 * A server of one user and a client of another find each other through
 * bootstrapd. The server learns from the kernel who the client is. The
 * security authority then gives the client another identity, which the
 * client's child cannot get rid of. The server is killed and started anew. At
 * last somebody tries to pass for others, and to take what is theirs.
 */
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bsm/libbsm.h>
#include <linux/machdev.h>
#include <mach/mach_error.h>
#include <mach/notify.h>
#include <servers/bootstrap.h>

#include "demo.h"

#define START_TIME 20000	/* milliseconds that bootstrapd may take */
#define START_SLICE 20		/* milliseconds */

/* The words that the authority assigns: no user or process has these. */
static const struct tokens assigned = {
	.security = { { 70001, 70002 } },
	.audit = { { 71000, 71001, 71002, 71003, 71004, 71005, 71006, 71007 } },
};

/* The host's default bootstrap port; null when there is none. */
static mach_port_name_t default_port(void)
{
	struct result r = tell(&authority, DEFAULT);

	expect_success(r.kr);
	return r.name;
}

static void run_bootstrapd(void)
{
	char path[PATH_MAX];
	ssize_t length;
	pid_t director = getpid();

	length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	expect(length > 0, "cannot read /proc/self/exe");
	path[length] = 0;
	dirname(path);
	expect(strlen(path) + sizeof("/bootstrapd") <= sizeof(path),
	       "the path of this program is too long");
	strcat(path, "/bootstrapd");

	bootstrapd.pid = fork();
	expect(bootstrapd.pid >= 0, "cannot fork");
	if (bootstrapd.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() == director)
			execl(path, "bootstrapd", "--foreground", NULL);
		perror(path);
		_exit(EXIT_FAILURE);
	}
	bootstrapd.ours = true;
}

static void start_bootstrapd(void)
{
	int left;

	enter(&authority, NULL);
	if (MACH_PORT_VALID(default_port())) {
		step(NULL, "bootstrapd runs on this system already");
		pass();
		return;
	}
	run_bootstrapd();
	step(&bootstrapd, "starts");
	for (left = START_TIME; left > 0; left -= START_SLICE) {
		expect(waitpid(bootstrapd.pid, NULL, WNOHANG) == 0,
		       "bootstrapd has ended");
		if (MACH_PORT_VALID(default_port()))
			break;
		usleep(START_SLICE * 1000);
	}
	expect(left > 0, "it has not become the default bootstrap port");
	pass_with(" and is the host's default bootstrap port");
}

static void check_in_service(void)
{
	struct result r;

	enter(&server, NULL);
	step(&server, "has a bootstrap port in TASK_BOOTSTRAP_PORT");
	r = tell(&server, BOOTSTRAP);
	expect_success(r.kr);
	expect(MACH_PORT_VALID(r.name), "it is null or dead");
	pass_with(": send right %#x", r.name);

	step(&server, "checks in \"%s\" there", SERVICE);
	r = tell(&server, CHECK_IN);
	expect_success(r.kr);
	pass_with(": receive right %#x", r.name);
}

static void find_service(struct actor *who)
{
	struct result r;

	r = tell(who, BOOTSTRAP);
	expect_success(r.kr);
	expect(MACH_PORT_VALID(r.name), "it has no bootstrap port");
	r = tell(who, LOOK_UP);
	expect_success(r.kr);
	expect(MACH_PORT_VALID(r.name), "the port is null or dead");
	pass_with(": send right %#x", r.name);
}

static void send_message(const struct actor *who, uint32_t number)
{
	struct order order = { .verb = SEND, .number = number };

	expect_success(ask(who, &order).kr);
}

/* Returns the tokens that the client has by being who it is. */
static struct tokens call_service(void)
{
	struct order order = { .verb = CALL, .number = 1 };
	struct tokens derived, servers;
	struct result r;

	enter(&client, &child);
	step(&client, "asks Linux who it is");
	derived = linux_identity(&client);
	pass_with(": id says uid %u, gid %u; getpid() says %u",
		  derived.audit.val[1], derived.audit.val[2],
		  derived.audit.val[5]);

	step(&client, "looks \"%s\" up through TASK_BOOTSTRAP_PORT", SERVICE);
	find_service(&client);

	/* The eighth word is the module's: it must be what task_info() says. */
	step(&client, "calls the service: message 1");
	r = tell(&client, MY_TOKENS);
	expect_success(r.kr);
	derived.audit.val[7] = r.tokens.audit.val[7];
	expect(derived.audit.val[7] != 0, "its version is 0");
	expect(same_tokens(&r.tokens, &derived), "task_info() says otherwise");
	expect(stage_order(&client, &order), "the client has died");
	pass();

	step(&server, "receives message 1");
	expect_message(1, &derived);
	pass_with("; the kernel says it is from uid %u, gid %u, pid %u",
		  derived.audit.val[1], derived.audit.val[2],
		  derived.audit.val[5]);
	show_tokens(&derived);

	step(&client, "receives the answer");
	expect(stage_result(&client, &r), "the client has died");
	expect_success(r.kr);
	expect(r.number == 1, "it answers message %u", r.number);
	servers = linux_identity(&server);
	servers.audit.val[7] = r.tokens.audit.val[7];
	expect(same_tokens(&r.tokens, &servers), "it is not from the server");
	pass_with(", from uid %u, pid %d: the server",
		  audit_token_to_euid(r.tokens.audit),
		  audit_token_to_pid(r.tokens.audit));
	return derived;
}

static void assign_tokens(const struct tokens *derived)
{
	struct order order = {
		.verb = SET_TOKENS,
		.pid = client.pid,
		.tokens = assigned,
	};
	struct result r;

	step(&client, "sends message 2");
	send_message(&client, 2);
	r = tell(&server, QUEUED);
	expect_success(r.kr);
	expect(r.number == 1, "%u messages are in the queue", r.number);
	pass_with(", which stays in the server's queue");

	step(&authority, "takes the host security port");
	r = tell(&authority, TAKE_SECURITY);
	expect_success(r.kr);
	expect(MACH_PORT_VALID(r.name), "it is null or dead");
	pass_with(": send right %#x", r.name);

	step(&authority, "assigns tokens to the client by its task port");
	r = ask(&authority, &order);
	expect_success(r.kr);
	pass();
	show_tokens(&assigned);

	step(&client, "finds them with task_info()");
	r = tell(&client, MY_TOKENS);
	expect_success(r.kr);
	expect(same_tokens(&r.tokens, &assigned), "it has others");
	linux_identity(&client);
	pass_with(", and is still uid %u to Linux", client.uid);

	step(&client, "sends message 3");
	send_message(&client, 3);
	pass();

	step(&server, "receives message 2");
	expect_message(2, derived);
	pass_with(", sent before: it still says uid %u, pid %u",
		  derived->audit.val[1], derived->audit.val[5]);

	step(&server, "receives message 3");
	expect_message(3, &assigned);
	pass_with(", sent after: it says uid %u, pid %u",
		  assigned.audit.val[1], assigned.audit.val[5]);
}

static void inherit_tokens(void)
{
	struct order order = { .verb = FORGE, .tokens = { .audit.val = { 0 } } };
	struct result r;
	int i;

	step(&client, "forks");
	r = tell(&client, FORK);
	expect_success(r.kr);
	child.pid = r.pid;
	linux_identity(&child);
	pass_with(": pid %d, uid %u to Linux", child.pid, child.uid);

	step(&child, "looks the service up");
	find_service(&child);

	step(&child, "sends message 4");
	send_message(&child, 4);
	pass();

	step(&server, "receives message 4");
	expect_message(4, &assigned);
	pass_with(": it says uid %u, pid %u, too", assigned.audit.val[1],
		  assigned.audit.val[5]);

	step(&child, "tries to become uid 0, without the security port");
	r = ask(&child, &order);
	for (i = 0; i < FORGERIES; i++)
		expect(r.forgeries[i] == KERN_INVALID_SECURITY,
		       "attempt %d: %s", i + 1,
		       mach_error_string(r.forgeries[i]));
	pass_with(" in %d ways: KERN_INVALID_SECURITY", FORGERIES);

	step(&child, "asks for the privileged host port");
	r = tell(&child, TAKE_PRIV);
	expect(r.kr == KERN_NO_ACCESS && r.name == MACH_PORT_NULL, "%s",
	       mach_error_string(r.kr));
	pass_with(": KERN_NO_ACCESS");

	step(&child, "sends message 5");
	send_message(&child, 5);
	pass();

	step(&server, "receives message 5");
	expect_message(5, &assigned);
	pass_with(": it says uid %u, pid %u, as before", assigned.audit.val[1],
		  assigned.audit.val[5]);
}

static void kill_server(void)
{
	struct order send = { .verb = SEND, .number = 6 };
	mach_port_name_t port;
	struct result r;

	step(&client, "asks to be told when the service's port dies");
	r = tell(&client, WATCH);
	expect_success(r.kr);
	port = r.name;
	pass();

	step(&server, "is killed");
	stage_kill(&server);
	pass_with(" by SIGKILL");

	step(&client, "receives a dead-name notification");
	r = tell(&client, WAIT_DEATH);
	expect_success(r.kr);
	expect(r.number == MACH_NOTIFY_DEAD_NAME, "it is message %u", r.number);
	expect(r.name == port, "it is about %#x", r.name);
	expect(same_tokens(&r.tokens, &kernel_tokens), "it is not the kernel's");
	r = tell(&client, NAME_TYPE);
	expect_success(r.kr);
	expect(r.number & MACH_PORT_TYPE_DEAD_NAME, "the name has type %#x",
	       r.number);
	pass_with(" from the kernel: %#x is a dead name", port);

	step(&client, "sends message 6");
	r = ask(&client, &send);
	expect(r.kr == MACH_SEND_INVALID_DEST, "%s", mach_error_string(r.kr));
	pass_with(": MACH_SEND_INVALID_DEST");

	step(&client, "looks the service up again");
	r = tell(&client, LOOK_UP);
	expect(r.kr == BOOTSTRAP_UNKNOWN_SERVICE, "%s",
	       bootstrap_strerror(r.kr));
	pass_with(": BOOTSTRAP_UNKNOWN_SERVICE");
}

static void end_bootstrapd(void)
{
	int status;

	if (bootstrapd.ours) {
		step(&bootstrapd, "is told to end by SIGTERM");
		kill(bootstrapd.pid, SIGTERM);
		expect(stage_wait(&bootstrapd, &status) && status == 0,
		       "it does not end well");
		expect(default_port() == MACH_PORT_NULL,
		       "the host's default bootstrap port is still there");
		pass_with(", and the host has no bootstrap port");
	}
}

static const char usage[] =
	"usage: demo\n"
	"\n"
	"Shows Mach messages between processes of different users, and that the\n"
	"kernel's tokens say who sent them. Must be run by root, with the module\n"
	"loaded. Every line is checked; exit status 0 says that all was as told.\n";

int main(int argc, char **argv)
{
	struct tokens derived;

	/* The image after EXEC. */
	if (argc == 3 && !strcmp(argv[1], AS_ACTOR))
		actor_again(atoi(argv[2]));
	if (argc > 1) {
		bool help = !strcmp(argv[1], "-h") || !strcmp(argv[1], "--help");

		fputs(usage, help ? stdout : stderr);
		return help ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	if (geteuid() != 0 || access(MACHDEV_DEVICE, R_OK | W_OK)) {
		fprintf(stderr, "demo: needs root and " MACHDEV_DEVICE "\n");
		return EXIT_FAILURE;
	}

	chapter("A client of one user finds a server of another");
	start_bootstrapd();
	check_in_service();
	derived = call_service();
	chapter("The security authority gives the client another identity");
	assign_tokens(&derived);
	chapter("The client's child has it, too, and cannot get rid of it");
	inherit_tokens();
	chapter("The server dies, and the client is told");
	kill_server();
	chapter("A hostile client tries to be somebody else, by raw ioctls");
	repel_intruder(&assigned);
	quit(&child);
	quit(&client);
	end_bootstrapd();
	quit(&authority);
	verdict();
	return EXIT_SUCCESS;
}
