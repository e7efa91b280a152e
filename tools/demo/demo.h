/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The demonstration: processes of several users send each other messages, and
 * the kernel vouches for the senders.
 *
 * main.c      the story: what happens in which order, and what must be true
 * hostile.c   its last chapter: what an intruder tries, and what comes of it
 * cast.c      the actors: orders to them, and checks of what they answer
 * stage.c     the actors as Linux processes, each under a user of its own, and
 *             the wires on which the story gives them orders
 * actor.c     what an actor can do: one order, one result
 * intruder.c  what the intruder can do, by ioctls of its own making
 * tell.c      numbered lines, checks and the verdict
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

#define NOTE_ID 7000

/* The protocol of the service: a number; a call is answered with the same. */
struct note {
	mach_msg_header_t head;
	uint32_t number;
};

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
	TAKE,		/* receive at the service whatever comes, just look */
	LEND,		/* hand one's descriptor of the device to the intruder */
	EXEC,		/* exec GAINING, which goes on as the same actor */
	ATTACK,		/* the intruder: make @attack */
	QUIT,		/* exit with status 0 */
};

enum attack {
	FIND_SERVICE,	/* no attack: what the others start from */
	SEND_NOTE,	/* no attack either */
	GET_TOKENS,	/* nor this: ask for one's own */

	/* A trailer that says uid 0. */
	TRAILER_INSIDE,	/* in the message, behind the size that is told */
	TRAILER_BEHIND,	/* behind the message, with MACH_SEND_TRAILER */

	/* Messages with wrong headers. */
	HEADER_FILLED,	/* what is the kernel's to fill in */
	HEADER_SHORT,
	HEADER_LARGE,
	HEADER_KIND,	/* a disposition that there is not */
	HEADER_VOUCHER,
	HEADER_DEST,	/* MAKE_SEND of somebody else's port */
	HEADER_REPLY,	/* MAKE_SEND_ONCE of the same */
	HEADER_NAME,	/* a reply port that one has not */
	HEADER_THEIRS,	/* the same by its name @name where it is */
	HEADER_ODD,	/* a size that is no multiple of 4 */

	/* Messages with wrong bodies. */
	BODY_SHORT,	/* no room for the number of descriptors */
	BODY_COUNT,	/* more descriptors than can be there */
	BODY_TYPE,	/* a descriptor that there is not */
	BODY_KIND,	/* a disposition that there is not */
	BODY_NAME,	/* a port that one has not */
	BODY_ONCE,	/* a send-once right that one has not */
	BODY_MAKE,	/* a send right made of somebody else's port */
	BODY_RECEIVE,	/* the receive right of the service */
	BODY_MEMORY,	/* memory of the kernel's */
	BODY_GUARDED,	/* that receive right, guarded */

	/* Notifications */
	NOTIFY,		/* with id @number, about @name, of one's own making */
	NOTIFY_THERE,	/* by the kernel, to somebody else's port */

	/* What belongs to others. */
	DESCRIPTOR,	/* do all that follows by the one that was lent */
	RECEIVE_AT,	/* receive at @name */
	GUESS_NAMES,	/* look for names that one was not given */
	TASK_OF,	/* ask for the task port of @pid */
	USE_TASK,	/* make a port in task @name */
	NO_TASK,	/* all that can be done to a task, to what is none */
	MALFORMED,	/* each command with each mistake in its struct */
	REPLACE,	/* register a port of one's own as SERVICE */
	WITHDRAW,	/* withdraw SERVICE */
	CHECK_IN_AS,	/* check SERVICE in */

	/* What needs privilege. */
	HOST_PRIV,
	SHUTDOWN,
	HOST_SECURITY,	/* with the plain host port instead of the other */
	HOST_DEFAULT,	/* be the default bootstrap port, with the same */
	TOKENS_BY_NULL,	/* assign @tokens to oneself by no port */
	TOKENS_BY_HOST,
	TOKENS_BY_TASK,

	CHANGE_USER,	/* become the effective user, for good */
	FILL_LEDGER,	/* queue messages to oneself, @number bytes at most */
};

struct order {
	enum verb verb;
	enum attack attack;
	uint32_t number;
	pid_t pid;
	mach_port_name_t name;
	struct tokens tokens;
};

/* How often FORGE tries: with no port, the host port, the own task port. */
#define FORGERIES 3

/* What an order came to; members that do not concern it are 0. */
struct result {
	kern_return_t kr;
	mach_port_name_t name;
	uint32_t number;		/* of a message; a count; type bits */
	uint32_t bits;			/* of a header, and so is the size */
	uint32_t size;
	uint32_t origin;		/* MACHDEV_ORIGIN_*, and pid and uid */
	pid_t pid;
	uid_t uid;
	gid_t gid;
	struct tokens tokens;
	kern_return_t forgeries[FORGERIES];
};

/* stage.c */

/* The set-uid copy of this program that an actor with @gains finds. */
#define GAINING "/tmp/demo"

/**
 * struct actor - a process of the story
 * @name: what the lines call it
 * @uid: its user, and its group of the same number
 * @gains: owner of the set-uid program that it finds, 0 when it finds none
 * @pid: its process, 0 when there is none
 * @wire: descriptor of its wire, or -1
 * @ours: waitpid() is for us to call
 */
struct actor {
	const char *name;
	uid_t uid;
	uid_t gains;
	pid_t pid;
	int wire;
	bool ours;
};

/**
 * stage_enter() - start an actor
 * @actor: with name and uid set
 * @forked: NULL, or an actor that this one can fork: it gets a wire
 *
 * False with errno set when that fails.
 */
bool stage_enter(struct actor *actor, struct actor *forked);

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

/* Make the way from server to intruder, before either of them is started. */
bool stage_bridge(void);

/* Send a descriptor there; receive it, -1 when there is none. */
bool stage_hand_over(int fd);
int stage_take_over(void);

/* actor.c */

/* First argument of the image after EXEC; the second one is its wire. */
#define AS_ACTOR "--actor"

/**
 * actor_main() - obey orders until QUIT or the end of the wire
 * @wire: descriptor to read orders from and write results to
 * @child_wire: the same for the child of FORK, or -1
 */
void actor_main(int wire, int child_wire) __attribute__((noreturn));

/* What the new image does: answer the order EXEC, and go on. */
void actor_again(int wire) __attribute__((noreturn));

/* intruder.c: what order ATTACK comes to. */
void attack(const struct order *order, struct result *result);

/* cast.c */

extern struct actor bootstrapd, authority, server, client, child;
extern struct actor intruder, gainer;

/* What messages carry that the kernel makes. */
extern const struct tokens kernel_tokens;

/* Give an order and wait for its result; tell() when the verb says it all. */
struct result ask(const struct actor *actor, const struct order *order);
struct result tell(const struct actor *actor, enum verb verb);

/* Start an actor, perhaps with a child to be forked; make it exit. */
void enter(struct actor *actor, struct actor *forked);
void quit(struct actor *actor);

void expect_success(kern_return_t kr);
bool same_tokens(const struct tokens *a, const struct tokens *b);

/* Let the server take message @number, which must carry @tokens. */
void expect_message(uint32_t number, const struct tokens *tokens);

/* Who an actor is to Linux; no word of it comes from the module. */
struct tokens linux_identity(const struct actor *who);

/* Called before the program ends for a failure. */
void clear_stage(void);

/* hostile.c: the chapter; the client has @clients tokens. */
void repel_intruder(const struct tokens *clients);

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

/* A line below the step: what was tried, and the answer. */
void show_answer(const char *what, const char *answer);

/* The last line of a story that ended well. */
void verdict(void);

#endif /* _DEMO_H */
