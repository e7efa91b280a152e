// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last chapter: what an intruder tries, and what comes of it.
 *
 * The intruder is an ordinary user that calls the device directly. What it
 * sends to the server is looked at there, with all that the kernel says of the
 * sender; what it asks for must be refused with the code that it should be.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/machdev_abi.h>
#include <mach/mach_error.h>
#include <mach/notify.h>
#include <servers/bootstrap.h>

#include "demo.h"

#define WIRED_LIMIT "/sys/module/mach/parameters/wired_limit"
/* What a full ledger has for what is small, and for pages that are not full. */
#define SLACK 1048576

/* Something to be refused, and how. */
struct refusal {
	enum attack attack;
	const char *what;
	kern_return_t code;
	const char *answer;
};

#define REFUSED(attack, what, code) { attack, what, code, #code }
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The words that the authority assigns the intruder. */
static const struct tokens marked = {
	.security = { { 72001, 72002 } },
	.audit = { { 73000, 73001, 73002, 73003, 73004, 73005, 73006, 73007 } },
};

/* What the intruder is to Linux, and the server's name of its receive right. */
static struct tokens own;
static mach_port_name_t servers_name;

static struct result attempt(struct order order)
{
	order.verb = ATTACK;
	return ask(&intruder, &order);
}

/* Make an attack that the kernel lets pass. */
static struct result succeed(struct order order)
{
	struct result r = attempt(order);

	expect_success(r.kr);
	return r;
}

#define ATTEMPT(...) attempt((struct order){ .attack = __VA_ARGS__ })
#define SUCCEED(...) succeed((struct order){ .attack = __VA_ARGS__ })

static void expect_refusals(const struct refusal *table, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct result r = ATTEMPT(table[i].attack,
					  .name = servers_name);

		expect(r.kr == table[i].code, "%s: %s (%#x)", table[i].what,
		       bootstrap_strerror(r.kr), r.kr);
		expect(r.name == MACH_PORT_NULL, "%s: got %#x", table[i].what,
		       r.name);
	}
}

static void show_refusals(const struct refusal *table, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		show_answer(table[i].what, table[i].answer);
}

/*
 * The server takes the next message, which must be as it was really sent: with
 * these tokens, from this process and user.
 */
static void expect_at_server(int id, uint32_t size,
			     const struct tokens *tokens)
{
	bool derived = tokens == &own;
	struct result r = tell(&server, TAKE);

	expect_success(r.kr);
	expect(r.number == (uint32_t)id, "it is message %u", r.number);
	expect(r.size == size, "its size is %u", r.size);
	expect(!(r.bits & ~MACHDEV_BITS_USER), "its bits are %#x", r.bits);
	expect(r.name == servers_name, "it came to %#x", r.name);
	expect(same_tokens(&r.tokens, tokens), "it says uid %u, pid %u",
	       r.tokens.audit.val[1], r.tokens.audit.val[5]);
	expect(!same_tokens(&r.tokens, &kernel_tokens),
	       "it looks like the kernel's");
	expect(r.origin == (derived ? MACHDEV_ORIGIN_DERIVED :
				      MACHDEV_ORIGIN_EXPLICIT),
	       "its origin is of kind %u", r.origin);
	expect(r.pid == intruder.pid && r.uid == intruder.uid,
	       "its origin is uid %u, pid %d", r.uid, r.pid);
}

static void expect_empty_queue(void)
{
	struct result r = tell(&server, QUEUED);

	expect_success(r.kr);
	expect(r.number == 0, "%u messages are in the queue", r.number);
}

static void restart_server(void)
{
	struct result r;

	expect(stage_bridge(), "no socket pair: %s", strerror(errno));
	enter(&server, NULL);
	step(&server, "comes back and checks in \"%s\"", SERVICE);
	expect_success(tell(&server, BOOTSTRAP).kr);
	r = tell(&server, CHECK_IN);
	expect_success(r.kr);
	servers_name = r.name;
	expect_success(tell(&client, LOOK_UP).kr);
	pass_with(": receive right %#x; the client finds it", servers_name);
}

static void forge_trailers(void)
{
	struct result r;

	enter(&intruder, &gainer);
	own = linux_identity(&intruder);
	r = SUCCEED(GET_TOKENS);
	own.audit.val[7] = r.tokens.audit.val[7];
	expect(same_tokens(&r.tokens, &own), "task_info() says otherwise");
	SUCCEED(FIND_SERVICE);

	step(&intruder, "sends trailers of its own that say uid 0");
	SUCCEED(TRAILER_INSIDE);
	expect_at_server(NOTE_ID, sizeof(struct note) +
			 sizeof(struct machdev_msg_trailer), &own);
	SUCCEED(TRAILER_BEHIND);
	expect_at_server(NOTE_ID, sizeof(struct note), &own);
	pass_with(", in 2 ways: the server reads uid %u, pid %u",
		  own.audit.val[1], own.audit.val[5]);
}

static void forge_headers(void)
{
	static const struct refusal headers[] = {
		REFUSED(HEADER_SHORT, "a size below that of a header",
			MACH_SEND_MSG_TOO_SMALL),
		REFUSED(HEADER_LARGE, "a size above 1 MiB",
			MACH_SEND_TOO_LARGE),
		REFUSED(HEADER_KIND, "a disposition that there is not",
			MACH_SEND_INVALID_HEADER),
		REFUSED(HEADER_VOUCHER, "the service as a voucher",
			MACH_SEND_INVALID_VOUCHER),
		REFUSED(HEADER_DEST, "a right made of the server's port",
			MACH_SEND_INVALID_DEST),
		REFUSED(HEADER_REPLY, "such a right to reply to",
			MACH_SEND_INVALID_REPLY),
		REFUSED(HEADER_NAME, "a reply port that it has not",
			MACH_SEND_INVALID_REPLY),
		REFUSED(HEADER_THEIRS, "the server's name for the service",
			MACH_SEND_INVALID_REPLY),
		REFUSED(HEADER_ODD, "a size that is no multiple of 4",
			MACH_SEND_MSG_TOO_SMALL),
	};

	step(&intruder, "sends wrong headers");
	SUCCEED(HEADER_FILLED);
	expect_at_server(NOTE_ID, sizeof(struct note), &own);
	expect_refusals(headers, COUNT(headers));
	expect_empty_queue();
	pass_with(": 1 arrives corrected, %zu do not arrive", COUNT(headers));
	show_answer("a size and bits of its own invention",
		    "as the kernel writes them");
	show_refusals(headers, COUNT(headers));
}

static void forge_bodies(void)
{
	static const struct refusal bodies[] = {
		REFUSED(BODY_SHORT, "no room for the number of descriptors",
			MACH_SEND_MSG_TOO_SMALL),
		REFUSED(BODY_COUNT, "descriptors beyond the message's end",
			MACH_SEND_MSG_TOO_SMALL),
		REFUSED(BODY_TYPE, "a descriptor that there is not",
			MACH_SEND_INVALID_TYPE),
		REFUSED(BODY_KIND, "a disposition that there is not",
			MACH_SEND_INVALID_RIGHT),
		REFUSED(BODY_NAME, "a port that it has not",
			MACH_SEND_INVALID_RIGHT),
		REFUSED(BODY_ONCE, "a send-once right that it has not",
			MACH_SEND_INVALID_RIGHT),
		REFUSED(BODY_MAKE, "a right made of the server's port",
			MACH_SEND_INVALID_RIGHT),
		REFUSED(BODY_RECEIVE, "the server's receive right",
			MACH_SEND_INVALID_RIGHT),
		REFUSED(BODY_MEMORY, "memory of the kernel",
			MACH_SEND_INVALID_MEMORY),
		REFUSED(BODY_GUARDED, "the server's receive right, guarded",
			MACH_SEND_INVALID_RIGHT),
	};

	step(&intruder, "sends wrong bodies");
	expect_refusals(bodies, COUNT(bodies));
	expect_empty_queue();
	pass_with(": %zu do not arrive", COUNT(bodies));
	show_refusals(bodies, COUNT(bodies));
}

/* Every number that a notification has, and one that none has any more. */
#define FIRST_NOTIFICATION 64
#define LAST_NOTIFICATION MACH_NOTIFY_DEAD_NAME

static void forge_notifications(void)
{
	static const struct refusal there[] = {
		REFUSED(NOTIFY_THERE, "one of the kernel's to the server",
			KERN_INVALID_RIGHT),
	};
	int id;

	step(&intruder, "sends notifications %d to %d", FIRST_NOTIFICATION,
	     LAST_NOTIFICATION);
	for (id = FIRST_NOTIFICATION; id <= LAST_NOTIFICATION; id++) {
		SUCCEED(NOTIFY, .name = servers_name, .number = id);
		expect_at_server(id, id == MACH_NOTIFY_SEND_ONCE ?
				 sizeof(mach_msg_header_t) :
				 sizeof(struct machdev_msg_notify), &own);
	}
	expect_refusals(there, COUNT(there));
	expect_empty_queue();
	pass_with(": the server reads uid %u, not the kernel's tokens",
		  own.audit.val[1]);
	show_refusals(there, COUNT(there));
}

/* What is refused by the device itself, or because there is no task. */
static void misuse_device(void)
{
	struct result r;

	step(&intruder, "calls the device wrongly");
	r = ATTEMPT(MALFORMED);
	expect(r.kr == KERN_SUCCESS, "command %#x answers %d", r.name, r.kr);
	expect(r.number > 350, "it has tried only %u", r.number);
	pass_with(", %u times: refused, each", r.number);

	step(&intruder, "takes for a task what is none");
	r = ATTEMPT(NO_TASK);
	expect(r.kr == KERN_SUCCESS, "command %#x: %s", r.name,
	       mach_error_string(r.kr));
	expect(r.number > 100, "it has tried only %u", r.number);
	expect_empty_queue();
	pass_with(", %u times: refused, each", r.number);
}

static void borrow_descriptor(void)
{
	struct result r;

	step(&intruder, "goes on with a descriptor of the server's");
	expect_success(tell(&server, LEND).kr);
	SUCCEED(DESCRIPTOR);
	r = SUCCEED(GET_TOKENS);
	expect(same_tokens(&r.tokens, &own), "task_info() says uid %u, pid %u",
	       r.tokens.audit.val[1], r.tokens.audit.val[5]);
	SUCCEED(SEND_NOTE);
	expect_at_server(NOTE_ID, sizeof(struct note), &own);
	r = ATTEMPT(RECEIVE_AT, .name = servers_name);
	expect(r.kr == MACH_RCV_INVALID_NAME, "receives there: %s",
	       mach_error_string(r.kr));
	pass_with(": it is uid %u, pid %u, and %#x MACH_RCV_INVALID_NAME",
		  own.audit.val[1], own.audit.val[5], servers_name);
}

static void guess_names(void)
{
	struct result r;

	step(&intruder, "guesses names below 0x8000");
	r = ATTEMPT(GUESS_NAMES);
	expect(r.kr == KERN_INVALID_NAME, "%#x: %s", r.name,
	       mach_error_string(r.kr));
	expect(r.number > 32000 && servers_name < r.number,
	       "it has tried only %u", r.number);
	pass_with(", %u that it was not given: KERN_INVALID_NAME, each",
		  r.number);
}

/* The user that a process acts as; no word of it comes from the module. */
static uid_t effective_uid(pid_t pid)
{
	uid_t uid = -1;
	char path[64], line[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	if (!f)
		return uid;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Uid: %*u %u", &uid) == 1)
			break;
	}
	fclose(f);
	return uid;
}

/* An actor runs a set-uid program, and is that user from then on. */
static void gain(struct actor *actor)
{
	struct result r = tell(actor, EXEC);

	expect_success(r.kr);
	expect(r.pid == actor->pid, "getpid() says %d", r.pid);
	expect(effective_uid(actor->pid) == intruder.gains,
	       "the set-uid program runs as %u", effective_uid(actor->pid));
	actor->uid = intruder.gains;
}

static void reach_for_tasks(void)
{
	mach_port_name_t before;
	struct result r;
	unsigned int i;
	pid_t pids[3] = { 1, server.pid };

	step(&intruder, "asks for the task ports of others");
	r = tell(&intruder, FORK);
	expect_success(r.kr);
	gainer.pid = r.pid;
	before = SUCCEED(TASK_OF, .pid = gainer.pid).name;
	SUCCEED(USE_TASK, .name = before);
	gain(&gainer);
	pids[2] = gainer.pid;
	for (i = 0; i < COUNT(pids); i++) {
		r = ATTEMPT(TASK_OF, .pid = pids[i]);
		expect(r.kr == KERN_FAILURE && r.name == MACH_PORT_NULL,
		       "pid %d: %s", pids[i], mach_error_string(r.kr));
	}
	r = ATTEMPT(USE_TASK, .name = before);
	expect(r.kr == KERN_INVALID_TASK, "the old port: %s",
	       mach_error_string(r.kr));
	pass_with(", %zu times in vain", COUNT(pids));
	show_answer("pid 1", "KERN_FAILURE");
	show_answer("the server", "KERN_FAILURE");
	show_answer("a set-uid program that it runs", "KERN_FAILURE");
	show_answer("a port in it by the task port from before its exec",
		    "KERN_INVALID_TASK");
}

static void reach_for_power(void)
{
	static const struct refusal calls[] = {
		REFUSED(HOST_PRIV, "the privileged host port",
			KERN_NO_ACCESS),
		REFUSED(HOST_SECURITY, "the security port by the host port",
			KERN_INVALID_ARGUMENT),
		REFUSED(HOST_DEFAULT, "to replace the default bootstrap port",
			KERN_INVALID_ARGUMENT),
		REFUSED(TOKENS_BY_NULL, "to assign itself tokens, by no port",
			KERN_INVALID_SECURITY),
		REFUSED(TOKENS_BY_HOST, "the same by the host port",
			KERN_INVALID_SECURITY),
		REFUSED(TOKENS_BY_TASK, "the same by its task port",
			KERN_INVALID_SECURITY),
		REFUSED(SHUTDOWN, "to shut the device down", KERN_NO_ACCESS),
	};

	step(&intruder, "asks for power");
	expect_refusals(calls, COUNT(calls));
	SUCCEED(SEND_NOTE);
	expect_at_server(NOTE_ID, sizeof(struct note), &own);
	pass_with(", %zu times in vain", COUNT(calls));
	show_refusals(calls, COUNT(calls));
}

static void usurp_name(void)
{
	static const struct refusal requests[] = {
		REFUSED(REPLACE, "a port of its own instead",
			BOOTSTRAP_NOT_PRIVILEGED),
		REFUSED(CHECK_IN_AS, "to check in by that name",
			BOOTSTRAP_NOT_PRIVILEGED),
		REFUSED(WITHDRAW, "no port at all", BOOTSTRAP_NOT_PRIVILEGED),
	};

	step(&intruder, "asks bootstrapd for the server's name");
	expect_refusals(requests, COUNT(requests));
	SUCCEED(FIND_SERVICE);
	SUCCEED(SEND_NOTE);
	expect_at_server(NOTE_ID, sizeof(struct note), &own);
	pass_with(": it stays with the server");
	show_refusals(requests, COUNT(requests));
}

static void shed_tokens(void)
{
	struct order set = {
		.verb = SET_TOKENS,
		.pid = intruder.pid,
		.tokens = marked,
	};

	expect_success(ask(&authority, &set).kr);
	step(&intruder, "is assigned tokens, runs a set-uid program");
	gain(&intruder);
	SUCCEED(CHANGE_USER);
	SUCCEED(FIND_SERVICE);
	SUCCEED(SEND_NOTE);
	expect_at_server(NOTE_ID, sizeof(struct note), &marked);
	pass_with(" and becomes uid %u: the server reads uid %u, as assigned",
		  intruder.uid, marked.audit.val[1]);
}

static unsigned int wired_limit(void)
{
	unsigned long limit = 0;
	FILE *f = fopen(WIRED_LIMIT, "r");

	expect(f && fscanf(f, "%lu", &limit) == 1, "cannot read " WIRED_LIMIT);
	fclose(f);
	expect(limit <= 1ul << 30, "its limit of %lu bytes is too much to try",
	       limit);
	return limit;
}

static void take_memory(const struct tokens *clients)
{
	struct order call = { .verb = CALL, .number = 7 };
	unsigned int limit;
	struct result r;

	step(&intruder, "queues messages to itself");
	limit = wired_limit();
	r = ATTEMPT(FILL_LEDGER, .number = limit);
	expect(r.kr == MACH_SEND_NO_BUFFER, "%s", mach_error_string(r.kr));
	expect(r.number <= limit && r.number + SLACK > limit,
	       "its limit is %u bytes, it has queued %u", limit, r.number);
	pass_with(", %u KiB: then MACH_SEND_NO_BUFFER", r.number >> 10);

	step(&client, "calls the server all the same: message 7");
	expect(stage_order(&client, &call), "the client has died");
	expect_message(7, clients);
	expect(stage_result(&client, &r), "the client has died");
	expect_success(r.kr);
	expect(r.number == 7, "the answer is to message %u", r.number);
	pass_with(", and is answered");
}

void repel_intruder(const struct tokens *clients)
{
	restart_server();
	forge_trailers();
	forge_headers();
	forge_bodies();
	forge_notifications();
	misuse_device();
	borrow_descriptor();
	guess_names();
	reach_for_tasks();
	reach_for_power();
	usurp_name();
	shed_tokens();
	take_memory(clients);
	quit(&gainer);
	quit(&intruder);
	quit(&server);
}
