// SPDX-License-Identifier: GPL-2.0-only
/* Events: noted down anywhere, told by a work item. */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "event.h"

#define RING_SIZE 1024

const struct mach_event_sink *mach_event_sink;

/* Probes take the lock. */
static DEFINE_RAW_SPINLOCK(lock);
static struct mach_event *ring;
static unsigned int head, count;
static u64 sequence, dropped;

static void drain(struct work_struct *work);
static DECLARE_WORK(drain_work, drain);

/**
 * mach_event_init() - make the ring
 *
 * Return: 0 or -ENOMEM.
 */
int mach_event_init(void)
{
	ring = kvcalloc(RING_SIZE, sizeof(*ring), GFP_KERNEL);
	return ring ? 0 : -ENOMEM;
}

/**
 * mach_event_exit() - free the ring; nothing happens any more
 */
void mach_event_exit(void)
{
	cancel_work_sync(&drain_work);
	kvfree(ring);
}

/* The oldest event, and who is to get it. */
static const struct mach_event_sink *take(struct mach_event *event)
{
	const struct mach_event_sink *sink = NULL;

	raw_spin_lock_irq(&lock);
	if (count) {
		*event = ring[head];
		event->dropped = dropped;
		head = (head + 1) % RING_SIZE;
		count--;
		sink = mach_event_sink;
	}
	raw_spin_unlock_irq(&lock);
	return sink;
}

static void drain(struct work_struct *work)
{
	const struct mach_event_sink *sink;
	struct mach_event event;

	while ((sink = take(&event))) {
		if (!sink->send(&event)) {
			raw_spin_lock_irq(&lock);
			dropped++;
			raw_spin_unlock_irq(&lock);
		}
		cond_resched();
	}
}

/**
 * mach_event_connect() - tell where events go
 * @sink: where, or NULL: nowhere; the one before is not used any more on
 *	return, but for its wanted()
 *
 * Context: Process; sleeps.
 */
void mach_event_connect(const struct mach_event_sink *sink)
{
	raw_spin_lock_irq(&lock);
	WRITE_ONCE(mach_event_sink, sink);
	count = 0;
	raw_spin_unlock_irq(&lock);
	cancel_work_sync(&drain_work);
}

/**
 * mach_event_post() - note down that something happened
 * @event: what
 *
 * Context: Any, a probe included.
 */
void mach_event_post(struct mach_event *event)
{
	unsigned long flags;

	event->time = ktime_get_boottime_ns();
	raw_spin_lock_irqsave(&lock, flags);
	event->sequence = ++sequence;
	if (count < RING_SIZE)
		ring[(head + count++) % RING_SIZE] = *event;
	else
		dropped++;
	raw_spin_unlock_irqrestore(&lock, flags);
	queue_work(mach_general_wq, &drain_work);
}
