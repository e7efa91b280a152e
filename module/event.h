/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Events
 *
 * What happens to tasks can be listened to. Whoever sees it happen may be a
 * tracepoint probe, so that an event is only noted down, with a number, in a
 * ring that has been there from the beginning; a work item takes it to the
 * sink, which somebody on a higher floor provides. When the ring is full the
 * event is dropped and counted, and its number is missing.
 *
 * Without a sink, or while that knows of nobody who listens, nothing is noted
 * down.
 */
#ifndef MACH_EVENT_H
#define MACH_EVENT_H

#include <linux/compiler.h>
#include <linux/sched.h>

#include "token.h"

/**
 * struct mach_event - something that happened
 * @sequence: number of the event, from 1; filled in by mach_event_post()
 * @dropped: events dropped up to now; filled in for the sink
 * @time: nanoseconds of CLOCK_BOOTTIME; filled in by mach_event_post()
 * @kind: MACHDEV_EVENT_*
 * @pid: thread group in the initial pid name space, 0 if it is about none
 * @version: its pid version, 0 if it is no task
 * @actor: thread group that did it, 0 if that is the same one
 * @token: MACHDEV_TOKEN_*, where @words come from
 * @words: its tokens, if @version is not 0
 * @comm: its name, if @version is not 0
 */
struct mach_event {
	u64 sequence;
	u64 dropped;
	u64 time;
	u32 kind;
	u32 pid;
	u32 version;
	u32 actor;
	u32 token;
	struct mach_words words;
	char comm[TASK_COMM_LEN];
};

/**
 * struct mach_event_sink - where events go
 * @wanted: whether somebody listens; in any context, a probe included
 * @send: takes an event; in process context; false if it got lost
 */
struct mach_event_sink {
	bool (*wanted)(void);
	bool (*send)(const struct mach_event *event);
};

extern const struct mach_event_sink *mach_event_sink;

/**
 * mach_event_wanted() - whether somebody listens
 *
 * Context: Any, a probe included.
 * Return: true while there is a member of the group of events.
 */
static inline bool mach_event_wanted(void)
{
	const struct mach_event_sink *sink = READ_ONCE(mach_event_sink);

	return sink && sink->wanted();
}

int mach_event_init(void);
void mach_event_exit(void);
void mach_event_connect(const struct mach_event_sink *sink);
void mach_event_post(struct mach_event *event);

#endif /* MACH_EVENT_H */
