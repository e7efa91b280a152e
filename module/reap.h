/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: What has to die
 *
 * Destroying a right can kill a port, a port's death destroys the messages in
 * it, they hold rights. None of this may happen under a spin lock or by
 * recursion: whoever lets something go puts it on a list of his own, drops
 * his locks, and then works the list off, while it may still grow. So a chain
 * of a hundred thousand ports takes a loop of a hundred thousand turns.
 */
#ifndef MACH_REAP_H
#define MACH_REAP_H

#include <linux/kernel.h>
#include <linux/list.h>

#include "types.h"

struct mach_kmsg;
struct mach_pset;

/**
 * struct mach_reap - a list of what has to die
 * @ports: ports whose receive right is gone
 * @kmsgs: messages to be destroyed
 * @posts: messages of the kernel to be sent to their destination
 * @sets: port sets whose name is gone, one behind the other
 */
struct mach_reap {
	struct list_head ports;
	struct list_head kmsgs;
	struct list_head posts;
	struct mach_pset *sets;
};

#define MACH_REAP(name) struct mach_reap name = { \
	LIST_HEAD_INIT((name).ports), \
	LIST_HEAD_INIT((name).kmsgs), \
	LIST_HEAD_INIT((name).posts), \
	NULL }

void mach_reap_right(struct mach_reap *reap, struct mach_right *right);
void mach_reap_port(struct mach_reap *reap, struct mach_port *port);
void mach_reap_kmsg(struct mach_reap *reap, struct mach_kmsg *kmsg);
void mach_reap_post(struct mach_reap *reap, struct mach_kmsg *kmsg);
void mach_reap_set(struct mach_reap *reap, struct mach_pset *set);
void mach_reap_work_off(struct mach_reap *reap);

/**
 * mach_reap_run() - work a list off
 * @reap: the list; empty on return
 *
 * Context: Process; sleeps; no lock held.
 */
static inline void mach_reap_run(struct mach_reap *reap)
{
	might_sleep();
	/* Most messages leave nothing behind. */
	if (!list_empty(&reap->ports) || !list_empty(&reap->kmsgs) ||
	    !list_empty(&reap->posts) || reap->sets)
		mach_reap_work_off(reap);
}

void mach_right_consume(struct mach_reap *reap, struct mach_right *right);

#endif /* MACH_REAP_H */
