// SPDX-License-Identifier: GPL-2.0-only
/* Parked threads: how they wait, and do errands for others. */
#include <linux/file.h>
#include <linux/freezer.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "alloc.h"
#include "gate.h"
#include "ledger.h"
#include "parked.h"

/**
 * mach_errand_init() - prepare an errand
 * @errand: to be filled in; the caller has the only reference
 * @run: does it
 * @free: frees it
 */
void mach_errand_init(struct mach_errand *errand,
		      int (*run)(struct mach_errand *errand,
				 struct mach_parked *parked),
		      void (*free)(struct mach_errand *errand))
{
	kref_init(&errand->ref);
	INIT_LIST_HEAD(&errand->node);
	errand->run = run;
	errand->free = free;
	errand->done = false;
}

static void errand_free(struct kref *ref)
{
	struct mach_errand *errand = container_of(ref, struct mach_errand, ref);

	errand->free(errand);
}

/**
 * mach_errand_put() - drop a reference
 * @errand: an errand
 *
 * Context: Process; may sleep; no lock held.
 */
void mach_errand_put(struct mach_errand *errand)
{
	kref_put(&errand->ref, errand_free);
}

static bool is_done(const struct mach_errand *errand)
{
	/* Pairs with the release in finish(). */
	return smp_load_acquire(&errand->done);
}

/**
 * mach_parked_new() - for a thread that is to be parked
 * @ledger: is charged; NULL if somebody else is for it
 *
 * Context: Process; may sleep.
 * Return: a reference, or NULL for want of memory.
 */
struct mach_parked *mach_parked_new(struct mach_ledger *ledger)
{
	struct mach_parked *parked;

	if (ledger && !mach_ledger_charge(ledger, sizeof(*parked)))
		return NULL;
	parked = kzalloc(sizeof(*parked), MACH_GFP);
	if (!parked) {
		if (ledger)
			mach_ledger_uncharge(ledger, sizeof(*parked));
		return NULL;
	}
	if (ledger)
		parked->ledger = mach_ledger_get(ledger);
	kref_init(&parked->ref);
	init_waitqueue_head(&parked->wait);
	spin_lock_init(&parked->lock);
	INIT_LIST_HEAD(&parked->errands);
	INIT_LIST_HEAD(&parked->clones);
	INIT_LIST_HEAD(&parked->node);
	return parked;
}

/**
 * mach_parked_get() - take a reference
 * @parked: a parked thread, or NULL
 *
 * Return: @parked.
 */
struct mach_parked *mach_parked_get(struct mach_parked *parked)
{
	if (parked)
		kref_get(&parked->ref);
	return parked;
}

static void parked_free(struct kref *ref)
{
	struct mach_parked *parked = container_of(ref, struct mach_parked, ref);

	if (parked->ledger) {
		mach_ledger_uncharge(parked->ledger, sizeof(*parked));
		mach_ledger_put(parked->ledger);
	}
	if (parked->p)
		put_task_struct(parked->p);
	if (parked->leave)
		fput(parked->leave);
	kfree(parked);
}

/**
 * mach_parked_put() - drop a reference
 * @parked: a parked thread, or NULL
 */
void mach_parked_put(struct mach_parked *parked)
{
	if (parked)
		kref_put(&parked->ref, parked_free);
}

/**
 * mach_parked_wake() - let a parked thread look what it shall do
 * @parked: the thread
 *
 * Context: Any but hard interrupts.
 */
void mach_parked_wake(struct mach_parked *parked)
{
	wake_up_all(&parked->wait);
}

static void finish(struct mach_parked *parked, struct mach_errand *errand,
		   int result)
{
	errand->result = result;
	/* Pairs with the acquire in is_done(). */
	smp_store_release(&errand->done, true);
	wake_up_all(&parked->wait);
	mach_errand_put(errand);
}

static struct mach_errand *take(struct mach_parked *parked)
{
	struct mach_errand *errand;

	spin_lock(&parked->lock);
	errand = list_first_entry_or_null(&parked->errands, struct mach_errand,
					  node);
	if (errand)
		list_del_init(&errand->node);
	spin_unlock(&parked->lock);
	return errand;
}

/* Whoever lets it run has said before what with. */
static bool runs(const struct mach_parked *parked)
{
	/* Pairs with the release in mach_unborn_resume(). */
	return smp_load_acquire(&parked->runs);
}

static bool is_wanted(struct mach_parked *parked)
{
	return READ_ONCE(parked->ends) || runs(parked) ||
	       !list_empty_careful(&parked->errands);
}

/* What fails while the process is being killed fails because of that. */
static int run_errand(struct mach_errand *errand, struct mach_parked *parked)
{
	int ret = errand->run(errand, parked);

	return ret && fatal_signal_pending(current) ? MACHDEV_KERN_FAILURE : ret;
}

/* Returns true if the thread has to leave. */
static bool run_errands(struct mach_parked *parked)
{
	struct mach_errand *errand;
	int ret;

	while (!runs(parked) && !READ_ONCE(parked->ends) &&
	       !fatal_signal_pending(current) && (errand = take(parked))) {
		ret = run_errand(errand, parked);
		if (ret == MACH_ERRAND_LATER) {
			WRITE_ONCE(parked->away, errand);
			return true;
		}
		finish(parked, errand, ret);
	}
	return false;
}

/**
 * mach_parked_finish() - what a parked thread has left for is done
 * @parked: the thread
 * @result: the Mach code
 *
 * Context: Process; may sleep.
 */
void mach_parked_finish(struct mach_parked *parked, int result)
{
	struct mach_errand *errand = xchg(&parked->away, NULL);

	if (errand)
		finish(parked, errand, result);
}

/* From here on it is as if there had never been a parked thread. */
static void close(struct mach_parked *parked, int code)
{
	struct mach_errand *errand;

	spin_lock(&parked->lock);
	parked->closed = code;
	spin_unlock(&parked->lock);
	while ((errand = take(parked)))
		finish(parked, errand, code);
	mach_parked_finish(parked, code);
}

/**
 * mach_parked_close() - a parked thread has died
 * @parked: the thread
 *
 * Context: Process; may sleep.
 */
void mach_parked_close(struct mach_parked *parked)
{
	close(parked, MACHDEV_KERN_FAILURE);
}

/**
 * mach_parked_serve() - wait and do errands, as the thread that is parked
 * @parked: the current thread, which takes errands until this returns
 *
 * Context: Process; sleeps.
 * Return: what the thread has to do; unless it dies the caller sees to it that it
 * leaves with the registers for that.
 */
enum mach_parked_next mach_parked_serve(struct mach_parked *parked)
{
	bool run;

	/* One errand of that kind at a time. */
	wait_event_state(parked->wait,
			 !READ_ONCE(parked->away) || READ_ONCE(parked->ends),
			 (TASK_KILLABLE | TASK_FREEZABLE | TASK_NOLOAD));

	/* Who finds an errand does not look for signals. */
	while (!runs(parked) && !READ_ONCE(parked->ends) &&
	       !fatal_signal_pending(current)) {
		wait_event_state(parked->wait, is_wanted(parked),
				 (TASK_KILLABLE | TASK_FREEZABLE |
				  TASK_NOLOAD));
		if (run_errands(parked))
			return MACH_PARKED_AWAY;
	}
	run = runs(parked);
	close(parked, run ? MACHDEV_KERN_NOT_SUPPORTED : MACHDEV_KERN_FAILURE);
	return run ? MACH_PARKED_RUNS : MACH_PARKED_DIES;
}

/**
 * mach_parked_end() - a parked thread must not run
 * @parked: the thread
 *
 * Context: Any but hard interrupts.
 */
void mach_parked_end(struct mach_parked *parked)
{
	WRITE_ONCE(parked->ends, true);
	mach_parked_wake(parked);
}

static int post(struct mach_parked *parked, struct mach_errand *errand)
{
	int closed;

	spin_lock(&parked->lock);
	closed = parked->closed;
	if (!closed) {
		kref_get(&errand->ref);
		list_add_tail(&errand->node, &parked->errands);
	}
	spin_unlock(&parked->lock);
	return closed;
}

/* Who sent it will not wait: nobody needs to begin with it. */
static void withdraw(struct mach_parked *parked, struct mach_errand *errand)
{
	bool waits;

	spin_lock(&parked->lock);
	waits = !list_empty(&errand->node);
	list_del_init(&errand->node);
	spin_unlock(&parked->lock);
	if (waits)
		mach_errand_put(errand);
}

/**
 * mach_parked_send() - let a parked thread do something, and wait for it
 * @parked: the thread, not the current one
 * @errand: what; it may be still at it when this returns an error
 *
 * Context: Process; sleeps; no lock held.
 * Return: what the errand has returned; KERN_FAILURE, the thread has died;
 * KERN_NOT_SUPPORTED, it runs; -EINTR, the caller is being killed; -ENODEV, the
 * gate was shut.
 */
int mach_parked_send(struct mach_parked *parked, struct mach_errand *errand)
{
	int ret = post(parked, errand);

	if (ret)
		return ret;
	mach_parked_wake(parked);
	ret = wait_event_state(parked->wait,
			       is_done(errand) || mach_gate_is_shut(),
			       (TASK_KILLABLE | TASK_FREEZABLE));
	if (is_done(errand))
		return errand->result;
	withdraw(parked, errand);
	return ret ? -EINTR : -ENODEV;
}
