/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the processes of the stress test share: one page of accounts that they
 * all map, the messages that they exchange, and how they speak of failures.
 *
 * Receive rights of PORTS ports travel from node to node. Each sender numbers
 * what it sends to each port; who has the receive right of a port expects the
 * numbers of each sender in their order. Both keep their accounts in memory
 * that outlives them, for anybody may be killed at any time.
 *
 * The supervisor has a registry, a port that everybody inherits as bootstrap
 * port. It gives out send rights to the ports and to the inboxes of nodes, and
 * makes a new port, of a new generation, when one died with its holder.
 */
#ifndef STRESS_H
#define STRESS_H

#include "../msg_helpers.h"

#define NODES 3
#define SENDERS 3
#define SENDER_THREADS 3
#define POOR 0			/* the sender that has little memory */
#define PORTS 5
#define SOURCES (SENDERS * SENDER_THREADS)

/* Each node could have all ports at once. */
#define NODE_THREADS PORTS

#define VISITORS (1u << 20)
#define FAILURES 32

/* The descriptor by which the accounts are passed on. */
#define SHARED_FD 40

/* A child found the gate shut. */
#define EXIT_GONE 3

/* A message's id. */
enum {
	ID_WORK = 1000,	/* struct work */
	ID_ANSWER,	/* its answer, the same words */
	ID_HAND,	/* a receive right, of word PORT and GENERATION */
	ID_BACK,	/* likewise, to the registry, at the end */
	ID_DRAIN,	/* give the receive right back */
	ID_STOP,	/* a thread of a node ends */
	ID_NODE,	/* send right to the inbox of node word 0 */
	ID_FIND_NODE,	/* asks for it */
	ID_FIND_PORT,	/* asks for a port and its generation */
	ID_FOUND,	/* the answer to either */
	ID_VISIT,	/* from visitor word 0 */
};

/* What is in the words of ID_WORK. */
struct work {
	uint32_t source;
	uint32_t port;
	uint32_t generation;
	uint32_t number;
	uint32_t sure;	/* what is below has been sent for certain */
};

#define WORK_WORDS (sizeof(struct work) / 4)

/*
 * What a thread is about to do; whoever does not get on with one of those
 * behind IDLE, hangs.
 */
enum doing {
	OUT,		/* there is no such thread now */
	IDLE,		/* waits for something that need not come */
	SENDING, ANSWERED, RECEIVING, HANDING, FINDING, NOTIFIED, FILLING_UP,
	FORKING, REAPING, SERVING
};

struct beat {
	int32_t pid, tid;
	uint32_t doing;
	uint32_t port;
	uint64_t since;	/* ms */
};

#define BEATS (NODES * NODE_THREADS + SOURCES + 4)

/* How far a source has come with a port. */
struct line {
	uint32_t generation;	/* 0 while it begins anew */
	uint32_t sure;		/* what is below has been sent for certain */
	/* Twice the number that comes next, and 1 while it is being sent. */
	uint32_t state;
};

/* What the holder of a port's receive right expects. */
struct expectation {
	uint32_t generation;
	uint32_t next[SOURCES];
};

/* What is counted for the lines of progress. */
enum rate {
	SENT, RECEIVED, ANSWERS, MOVES, DIED, KILLS, VISITS, TICKS, REFUSED,
	RETURNED, RATES
};

struct shared {
	uint64_t seed;
	uint32_t stop;			/* senders and breeders end */
	uint32_t gone;			/* the gate is shut */
	uint32_t told;			/* failures that have a text, or will */
	uint32_t failures;
	uint32_t visitors;		/* numbers given out */
	char failure[FAILURES][160];
	char group[64];			/* what the poor join */
	uint64_t rate[RATES];
	struct beat beat[BEATS];
	struct line line[SOURCES][PORTS];
	struct expectation expect[PORTS];
	uint8_t said[VISITORS];		/* how often a visitor was heard */
	uint8_t sent[VISITORS];		/* it ended well */
};

extern struct shared *shared;
extern bool supervising;	/* by this process, which then does not just end */

/* The calling thread's place among the beats, and its random numbers. */
extern __thread struct beat *my_beat;
extern __thread uint64_t my_random;

void shared_map(void);
uint32_t random_below(uint32_t limit);
void thread_begin(unsigned int beat);
void thread_end(void);
void beat(enum doing doing, uint32_t port);
void ticks_begin(void);

/* Something that must not happen; the process goes on. */
void failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * A call that has to succeed: otherwise the process ends, and that is a failure
 * unless the gate has been shut.
 */
void must(long code, const char *what);
bool gate_is_shut(void);
mach_port_t new_port(void);	/* with a send right */

static inline void count(enum rate rate)
{
	__atomic_add_fetch(&shared->rate[rate], 1, __ATOMIC_RELAXED);
}

static inline bool stopping(void)
{
	return __atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE);
}

/* Messages with at most one right. */
struct note {
	mach_msg_header_t head;
	mach_msg_body_t body;
	mach_msg_port_descriptor_t right;
	uint32_t word[2];
	uint32_t room[32];	/* for trailers */
};

#define NOTE_SIZE ((mach_msg_size_t)offsetof(struct note, room))

void note_init(struct note *note, mach_port_t to, mach_msg_type_name_t how,
	       mach_msg_id_t id, mach_port_t right,
	       mach_msg_type_name_t right_how);
mach_msg_return_t send_whole(mach_msg_header_t *head, mach_msg_size_t size);
mach_port_t find(mach_msg_id_t id, uint32_t index, mach_port_t reply,
		 uint32_t *generation);
mach_port_t registry_port(void);

/* The first beat of each kind of process. */
#define BEAT_NODE(node) ((node) * NODE_THREADS)
#define BEAT_SOURCE(source) (NODES * NODE_THREADS + (source))
#define BEAT_POOR (NODES * NODE_THREADS + SOURCES)
#define BEAT_BREEDER (BEAT_POOR + 1)
#define BEAT_REGISTRY (BEAT_POOR + 2)

int node_main(unsigned int node);
int sender_main(unsigned int sender);
int breeder_main(const char *program);
int visitor_main(uint32_t number);

void registry_open(void);
void registry_start(void);
void registry_drain(void);	/* again and again, until it has ended */
bool registry_ended(void);
void registry_close(void);

#endif /* STRESS_H */
