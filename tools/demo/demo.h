/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The demonstration: processes of several users send each other messages, and
 * the kernel vouches for the senders.
 *
 * main.c    the story: what happens in which order, and what must be true
 * stage.c   the actors as Linux processes, each under a user of its own, and
 *           the wires on which the story gives them orders
 * actor.c   what an actor can do: one order, one result
 * tell.c    numbered lines, checks and the verdict
 *
 * The story never believes an actor alone: what one says of itself is compared
 * with what /proc, the other actors and the kernel's trailers say.
 */
#ifndef _DEMO_H
#define _DEMO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <mach/mach.h>

#define SERVICE "org.example.greeter"

/* Who sent a message, or who a task is. */
struct tokens {
	security_token_t security;
	audit_token_t audit;
};

enum verb {
	WHO,		/* ask id(1) and getpid() */
	BOOTSTRAP,	/* get the task's bootstrap port */
	CHECK_IN,	/* check SERVICE in */
	LOOK_UP,	/* look SERVICE up */
	CALL,		/* send message @number, wait for the answer */
	SEND,		/* send message @number */
	QUEUED,		/* count the messages in the service's queue */
	RECEIVE,	/* receive a message at the service, answer a call */
	MY_TOKENS,	/* ask task_info() for the own tokens */
	DEFAULT,	/* get the host's default bootstrap port */
	TAKE_SECURITY,	/* get the host security port */
	SET_TOKENS,	/* assign @tokens to process @pid */
	FORGE,		/* assign @tokens to oneself without that port */
	TAKE_PRIV,	/* get the privileged host port */
	WATCH,		/* ask to be told when the service dies */
	WAIT_DEATH,	/* wait to be told */
	NAME_TYPE,	/* ask what the name of the service denotes */
	FORK,		/* make a child, the actor at the other wire */
	QUIT,		/* exit with status 0 */
};

struct order {
	enum verb verb;
	uint32_t number;
	pid_t pid;
	struct tokens tokens;
};

/* How often FORGE tries: with no port, the host port, the own task port. */
#define FORGERIES 3

/* What an order came to; members that do not concern it are 0. */
struct result {
	kern_return_t kr;
	mach_port_name_t name;
	uint32_t number;		/* of a message; a count; type bits */
	pid_t pid;
	uid_t uid;
	gid_t gid;
	struct tokens tokens;
	kern_return_t forgeries[FORGERIES];
};

/* stage.c */

/**
 * struct actor - a process of the story
 * @name: what the lines call it
 * @uid: its user, and its group of the same number
 * @pid: its process, 0 when there is none
 * @wire: descriptor of its wire, or -1
 * @ours: waitpid() is for us to call
 */
struct actor {
	const char *name;
	uid_t uid;
	pid_t pid;
	int wire;
	bool ours;
};

/**
 * stage_enter() - start an actor
 * @actor: with name and uid set
 * @child: NULL, or an actor that this one can fork: it gets a wire
 *
 * False with errno set when that fails.
 */
bool stage_enter(struct actor *actor, struct actor *child);

/**
 * stage_order() - give an actor an order
 * stage_result() - wait for what it came to
 *
 * False when the actor has died, or is silent for a minute.
 */
bool stage_order(const struct actor *actor, const struct order *order);
bool stage_result(const struct actor *actor, struct result *result);

/* Wait for a process of ours to end; false when it does not in 20 seconds. */
bool stage_wait(struct actor *actor, int *status);

/* Kill a process of ours and wait for its end; nothing when there is none. */
void stage_kill(struct actor *actor);

/* actor.c */

/**
 * actor_main() - obey orders until QUIT or the end of the wire
 * @wire: descriptor to read orders from and write results to
 * @child_wire: the same for the child of FORK, or -1
 */
void actor_main(int wire, int child_wire) __attribute__((noreturn));

/* tell.c */

/* A heading. */
void chapter(const char *title);

/* Begin a numbered line about an actor, or about everybody (NULL). */
void step(const struct actor *who, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* End the line well; pass_with() with something more to say. */
void pass(void);
void pass_with(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* End the line with what is wrong, and the program with status 1. */
void fail(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* What the story is about: fail unless something is true. */
#define expect(truth, ...) ((truth) ? (void)0 : fail(__VA_ARGS__))

/* Lines that show tokens, below the step. */
void show_tokens(const struct tokens *tokens);

/* The last line of a story that ended well. */
void verdict(void);

/* main.c: called before the program ends for a failure. */
void clear_stage(void);

#endif /* _DEMO_H */
