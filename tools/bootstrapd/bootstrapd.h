/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bootstrapd: a name server for Mach ports.
 *
 * main.c      start and stop: the daemon's life as a Linux process
 * serve.c     the messages: who asks, is the request well formed, what is the
 *             answer
 * registry.c  the names: which port is published under which name, and by whom
 *
 * Each bootstrap port has a thread that receives from it, and so has the port
 * for notifications. One lock is held whenever a thread is not waiting for a
 * message, so that the rest is written as if there were one thread. Nothing is
 * waited for with the lock held: an answer that cannot be sent is dropped.
 *
 * Who a request comes from is read from its trailer, which the kernel writes,
 * and never from what it says.
 */
#ifndef _BOOTSTRAPD_H
#define _BOOTSTRAPD_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

#include <mach/mach.h>
#include <servers/bootstrap.h>

/*
 * What one user may have, and all users but 0 together. A subset costs a
 * thread.
 */
#define SERVICES_PER_USER 256u
#define SERVICES_TOTAL 65536u
#define SUBSETS_PER_USER 8u
#define SUBSETS_TOTAL 512u

struct user;

/**
 * struct caller - who sent a request, from its audit token
 * @uid: effective user id
 * @pid: process id; for messages to the operator only
 */
struct caller {
	uid_t uid;
	pid_t pid;
};

/**
 * struct domain - a bootstrap port and, by reference, what is published at it
 * @link: in the list of all domains
 * @port: name of its receive right; constant
 * @parent: where look-ups go on; NULL for the root; constant
 * @requestor: the port it dies with, one user reference; null for the root
 * @owner: the user whose quota it takes; NULL for the root
 * @dead: its thread has been told to free it; nothing else may be used
 */
struct domain {
	LIST_ENTRY(domain) link;
	mach_port_t port;
	struct domain *parent;
	mach_port_t requestor;
	struct user *owner;
	bool dead;
};

/* main.c */

/* Tell the operator; say() only with --verbose. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Complain and exit with status 1. */
void die(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* serve.c */

/**
 * serve_start() - create the root bootstrap port and answer requests to it
 *
 * Return: its name. Any failure is fatal.
 */
mach_port_t serve_start(void);

/**
 * serve_domain() - start the thread that receives from a domain's port
 * @domain: the domain; the thread frees it when it is dead
 *
 * Return: false, there is no thread to be had.
 */
bool serve_domain(struct domain *domain);

/*
 * registry.c; the results are those of the protocol, with BOOTSTRAP_NO_MEMORY
 * for a quota or for memory that is used up.
 */

/**
 * registry_init() - create the root domain
 * @notify: receive right at which dead-name notifications are wanted
 *
 * Return: the root domain, NULL when there is no memory or no port.
 */
struct domain *registry_init(mach_port_t notify);

/**
 * registry_publish() - enter a name
 * @domain: where
 * @name: what
 * @port: a user reference of a send right; taken over on success only
 * @caller: on whose account
 */
kern_return_t registry_publish(struct domain *domain, const char *name,
			       mach_port_t port, const struct caller *caller);

/**
 * registry_withdraw() - remove a name that @caller published, or user 0 wants
 * to have removed
 */
kern_return_t registry_withdraw(struct domain *domain, const char *name,
				const struct caller *caller);

/**
 * registry_look_up() - find a live service here or at a parent
 * @domain: where to start
 * @name: what to find
 * @port: out, a name of which the registry holds a send right; good as long as
 *	the lock is held
 */
kern_return_t registry_look_up(const struct domain *domain, const char *name,
			       mach_port_t *port);

/**
 * registry_subset() - create a domain below another and serve it
 * @parent: the domain above
 * @requestor: a user reference of the send right to the port that it dies
 *	with; taken over on success only
 * @caller: on whose account
 * @subset: out, the new domain
 */
kern_return_t registry_subset(struct domain *parent, mach_port_t requestor,
			      const struct caller *caller,
			      struct domain **subset);

/**
 * registry_port_died() - remove what depended on a port
 * @name: its name, a dead name by now; the registry's references are released
 */
void registry_port_died(mach_port_t name);

/**
 * registry_free_domain() - the last step in the life of a dead domain, done by
 * its thread
 */
void registry_free_domain(struct domain *domain);

#endif /* _BOOTSTRAPD_H */
