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
#include <linux/signal_types.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "types.h"

struct file;
struct mach_embryo;
struct mach_ledger;
struct mach_parked;
struct task_struct;

/**
 * struct mach_errand - something for a parked thread to do
 * @ref: memory reference
 * @node: in the list of errands, guarded by its lock
 * @run: does it, in the parked thread; returns a Mach code, or
 *	MACH_ERRAND_LATER
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

/* The thread has to leave for it, and will be parked again. */
#define MACH_ERRAND_LATER (-EINPROGRESS)

/* What a parked thread does next. */
enum mach_parked_next {
	MACH_PARKED_RUNS,	/* with the registers that it was given */
	MACH_PARKED_AWAY,	/* for an errand */
	MACH_PARKED_DIES,
};

/**
 * struct mach_parked - a parked thread
 * @ref: memory reference
 * @ledger: charged for it, holds a reference; NULL, somebody else is; constant
 *	after init
 * @p: the thread, holds a reference; NULL until it is parked; constant from then
 *	on
 * @wait: who waits for an errand, and the thread itself
 * @lock: guards @errands and @closed
 * @errands: struct mach_errand, each with a reference
 * @closed: what errands are answered, once the thread takes no more; else 0
 * @away: what it has left for, with a reference, until that is done; or NULL;
 *	atomic
 * @ends: it must not run; never cleared
 * @runs: it goes on; never cleared; set under the task's lock, which guards
 *	@clones and all below
 * @own: the program has started it itself; constant after init
 * @made: of a first thread: how many @clones there are; read anywhere
 * @leave: in such a thread, what lets it leave the kernel; its own
 * @blocked: in such a thread, which signals it will block; constant after init
 * @embryo: of a first thread: what its task was made from, with a reference, as
 *	long as it is parked; atomic
 * @clones: of a first thread: those that it has made and that have not run
 * @node: in such a list, which has a reference
 * @ran: of a first thread: one of these has run; never cleared; read anywhere
 * @born: somebody has made a thread of it, and has its port
 * @leaving: that thread is being ended; nobody makes one of it yet
 * @suspended: how often, if it was @born; read anywhere
 * @state: what it will have in its registers, if it was @born
 * @fp: what it will have in those for floating point, if it was @born
 */
struct mach_parked {
	struct kref ref;
	struct mach_ledger *ledger;
	struct task_struct *p;
	wait_queue_head_t wait;
	spinlock_t lock;
	struct list_head errands;
	int closed;
	struct mach_errand *away;
	bool ends;
	bool runs;
	bool own;
	u32 made;
	struct file *leave;
	sigset_t blocked;
	struct mach_embryo *embryo;
	struct list_head clones;
	struct list_head node;
	bool ran;
	bool born;
	bool leaving;
	u32 suspended;
	struct machdev_x86_thread_state64 state;
	struct machdev_x86_float_state64 fp;
};

void mach_errand_init(struct mach_errand *errand,
		      int (*run)(struct mach_errand *errand,
				 struct mach_parked *parked),
		      void (*free)(struct mach_errand *errand));
void mach_errand_put(struct mach_errand *errand);

struct mach_parked *mach_parked_new(struct mach_ledger *ledger);
struct mach_parked *mach_parked_get(struct mach_parked *parked);
void mach_parked_put(struct mach_parked *parked);
void mach_parked_wake(struct mach_parked *parked);
enum mach_parked_next mach_parked_serve(struct mach_parked *parked);
void mach_parked_finish(struct mach_parked *parked, int result);
void mach_parked_close(struct mach_parked *parked);
void mach_parked_end(struct mach_parked *parked);
int mach_parked_send(struct mach_parked *parked, struct mach_errand *errand);

#endif /* MACH_PARKED_H */
