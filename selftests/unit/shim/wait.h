/* SPDX-License-Identifier: GPL-2.0-only */
/* Wait queues, at which nobody waits: what they are told is counted. */
#ifndef SHIM_WAIT_H
#define SHIM_WAIT_H

#include <sys/epoll.h>

typedef unsigned int __poll_t;

typedef struct {
	unsigned int woken, woken_all;
	__poll_t events;
} wait_queue_head_t;

static inline void init_waitqueue_head(wait_queue_head_t *wait)
{
	*wait = (wait_queue_head_t){ 0 };
}

/* As if somebody waited, so that what would wake him is counted. */
static inline bool waitqueue_active(wait_queue_head_t *wait)
{
	return true;
}

static inline void wake_up_poll(wait_queue_head_t *wait, __poll_t events)
{
	wait->woken++;
	wait->events = events;
}

static inline void wake_up_all(wait_queue_head_t *wait)
{
	wait->woken_all++;
}

#endif /* SHIM_WAIT_H */
