// SPDX-License-Identifier: GPL-2.0-only
/* The actors: orders to them, and checks of what they answer. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <mach/mach.h>
#include <servers/bootstrap.h>

#include "demo.h"

struct actor bootstrapd = { .name = "bootstrapd", .wire = -1 };
struct actor authority = { .name = "authority", .wire = -1 };
struct actor server = { .name = "server", .uid = 1000, .wire = -1 };
struct actor client = { .name = "client", .uid = 1001, .wire = -1 };
struct actor child = { .name = "child", .wire = -1 };
struct actor intruder = {
	.name = "intruder", .uid = 1002, .gains = 1003, .wire = -1,
};

struct actor gainer = { .name = "gainer", .wire = -1 };

const struct tokens kernel_tokens = {
	.security = KERNEL_SECURITY_TOKEN_VALUE,
	.audit = KERNEL_AUDIT_TOKEN_VALUE,
};

void clear_stage(void)
{
	stage_kill(&server);
	stage_kill(&intruder);	/* the gainer goes with it */
	stage_kill(&client);	/* takes its child with it */
	stage_kill(&authority);
	if (bootstrapd.ours && bootstrapd.pid > 0) {
		int status;

		kill(bootstrapd.pid, SIGTERM);
		if (!stage_wait(&bootstrapd, &status))
			stage_kill(&bootstrapd);
	}
}

struct result ask(const struct actor *actor, const struct order *order)
{
	struct result result;

	expect(stage_order(actor, order) && stage_result(actor, &result),
	       "the %s has died or does not answer", actor->name);
	return result;
}

struct result tell(const struct actor *actor, enum verb verb)
{
	struct order order = { .verb = verb };

	return ask(actor, &order);
}

void expect_success(kern_return_t kr)
{
	expect(kr == KERN_SUCCESS, "%s (%#x)", bootstrap_strerror(kr), kr);
}

bool same_tokens(const struct tokens *a, const struct tokens *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

void enter(struct actor *actor, struct actor *forked)
{
	expect(stage_enter(actor, forked), "cannot start the %s: %s",
	       actor->name, strerror(errno));
}

/* A number out of a file of a process in /proc; unset without such a file. */
static unsigned int proc_number(pid_t pid, const char *file)
{
	unsigned int number = 0xffffffffu;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	f = fopen(path, "r");
	if (!f)
		return number;
	if (fscanf(f, "%u", &number) != 1)
		number = 0xffffffffu;
	fclose(f);
	return number;
}

struct tokens linux_identity(const struct actor *who)
{
	struct result r = tell(who, WHO);
	struct tokens t = { 0 };

	expect(r.kr == KERN_SUCCESS, "cannot run id");
	expect(r.pid == who->pid, "getpid() says %d", r.pid);
	expect(r.uid == who->uid && r.gid == who->uid,
	       "id says uid %u, gid %u", r.uid, r.gid);
	t.security.val[0] = r.uid;
	t.security.val[1] = r.gid;
	t.audit.val[0] = proc_number(who->pid, "loginuid");
	t.audit.val[1] = r.uid;
	t.audit.val[2] = r.gid;
	t.audit.val[3] = r.uid;
	t.audit.val[4] = r.gid;
	t.audit.val[5] = r.pid;
	t.audit.val[6] = proc_number(who->pid, "sessionid");
	return t;
}

void expect_message(uint32_t number, const struct tokens *tokens)
{
	struct result r = tell(&server, RECEIVE);

	expect_success(r.kr);
	expect(r.number == number, "it is message %u", r.number);
	if (same_tokens(&r.tokens, tokens))
		return;
	printf("\n     it carries\n");
	show_tokens(&r.tokens);
	printf("     and should carry\n");
	show_tokens(tokens);
	fail("the tokens differ");
}

void quit(struct actor *actor)
{
	struct order order = { .verb = QUIT };
	int status;

	expect(stage_order(actor, &order), "the %s has died", actor->name);
	if (!actor->ours)
		return;
	expect(stage_wait(actor, &status) && status == 0,
	       "the %s does not end well", actor->name);
}
