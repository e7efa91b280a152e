// SPDX-License-Identifier: GPL-2.0-only
/* Parked threads: how they wait, and do errands for others. */
#include <linux/freezer.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "alloc.h"
#include "gate.h"
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
 *
 * Context: Process; may sleep.
 * Return: a reference, or NULL for want of memory.
 */
struct mach_parked *mach_parked_new(void)
{
	struct mach_parked *parked = kzalloc(sizeof(*parked), MACH_GFP);

	if (!parked)
		return NULL;
	kref_init(&parked->ref);
	init_waitqueue_head(&parked->wait);
	spin_lock_init(&parked->lock);
	INIT_LIST_HEAD(&parked->errands);
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
	kfree(container_of(ref, struct mach_parked, ref));
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

static bool is_wanted(struct mach_parked *parked)
{
	return READ_ONCE(parked->ends) || !list_empty_careful(&parked->errands);
}

/* What fails while the process is being killed fails because of that. */
static int run_errand(struct mach_errand *errand, struct mach_parked *parked)
{
	int ret = errand->run(errand, parked);

	return ret && fatal_signal_pending(current) ? MACHDEV_KERN_FAILURE : ret;
}

static void run_errands(struct mach_parked *parked)
{
	struct mach_errand *errand;

	while (!parked->runs && !READ_ONCE(parked->ends) &&
	       !fatal_signal_pending(current) && (errand = take(parked)))
		finish(parked, errand, run_errand(errand, parked));
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
}

/**
 * mach_parked_serve() - wait and do errands, as the thread that is parked
 * @parked: the current thread, which takes errands until this returns
 *
 * Context: Process; sleeps.
 * Return: whether the thread shall run; else it must die.
 */
bool mach_parked_serve(struct mach_parked *parked)
{
	/* Who finds an errand does not look for signals. */
	while (!parked->runs && !READ_ONCE(parked->ends) &&
	       !fatal_signal_pending(current)) {
		wait_event_state(parked->wait, is_wanted(parked),
				 (TASK_KILLABLE | TASK_FREEZABLE |
				  TASK_NOLOAD));
		run_errands(parked);
	}
	close(parked, parked->runs ? MACHDEV_KERN_NOT_SUPPORTED :
				     MACHDEV_KERN_FAILURE);
	return parked->runs;
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
	wake_up_all(&parked->wait);
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
	wake_up_all(&parked->wait);
	ret = wait_event_state(parked->wait,
			       is_done(errand) || mach_gate_is_shut(),
			       (TASK_KILLABLE | TASK_FREEZABLE));
	if (is_done(errand))
		return errand->result;
	withdraw(parked, errand);
	return ret ? -EINTR : -ENODEV;
}
