/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Parked threads and their errands
 *
 * A parked thread does not go to user mode: it sleeps on its way there until it
 * is told to run, or to die. Meanwhile it does errands for others. Some things a
 * module can do only in the thread of the process itself: map its memory, or
 * give it registers.
 *
 * Who sends an errand waits for its end, but not when he is being killed, or the
 * gate is shut; so an errand is counted, and has in it all that is needed to
 * run it. It is run by no other thread and one after the other: what is only
 * touched by errands needs no lock.
 */
#ifndef MACH_PARKED_H
#define MACH_PARKED_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/machdev.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "types.h"

struct mach_parked;

/**
 * struct mach_errand - something for a parked thread to do
 * @ref: memory reference
 * @node: in the list of errands, guarded by its lock
 * @run: does it, in the parked thread; returns a Mach code
 * @free: frees the errand, in process context; constant after init
 * @result: the Mach code, once @done
 * @done: it was run, or will never be
 */
struct mach_errand {
	struct kref ref;
	struct list_head node;
	int (*run)(struct mach_errand *errand, struct mach_parked *parked);
	void (*free)(struct mach_errand *errand);
	int result;
	bool done;
};

/**
 * struct mach_parked - a parked thread
 * @ref: memory reference
 * @wait: who waits for an errand, and the thread itself
 * @lock: guards @errands and @closed
 * @errands: struct mach_errand, each with a reference
 * @closed: what errands are answered, once the thread takes no more; else 0
 * @ends: it must not run; never cleared
 * @runs: it goes on; only for errands, as are those below
 * @born: somebody has made a thread of it, and has its port
 * @suspended: how often, if it was @born; read anywhere
 * @state: what it will have in its registers, if it was @born
 * @fp: what it will have in those for floating point, if it was @born
 */
struct mach_parked {
	struct kref ref;
	wait_queue_head_t wait;
	spinlock_t lock;
	struct list_head errands;
	int closed;
	bool ends;
	bool runs;
	bool born;
	u32 suspended;
	struct machdev_x86_thread_state64 state;
	struct machdev_x86_float_state64 fp;
};

void mach_errand_init(struct mach_errand *errand,
		      int (*run)(struct mach_errand *errand,
				 struct mach_parked *parked),
		      void (*free)(struct mach_errand *errand));
void mach_errand_put(struct mach_errand *errand);

struct mach_parked *mach_parked_new(void);
struct mach_parked *mach_parked_get(struct mach_parked *parked);
void mach_parked_put(struct mach_parked *parked);
bool mach_parked_serve(struct mach_parked *parked);
void mach_parked_end(struct mach_parked *parked);
int mach_parked_send(struct mach_parked *parked, struct mach_errand *errand);

#endif /* MACH_PARKED_H */
