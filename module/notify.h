/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Requests between tasks
 *
 * What a task asks to be told about may be a name of another task, and the
 * port that will be notified is one of its own.
 */
#ifndef MACH_NOTIFY_H
#define MACH_NOTIFY_H

#include "request.h"
#include "space.h"

struct machdev_port_notification;

int mach_notify_request(struct mach_space *caller, struct mach_space *space,
			const struct machdev_port_notification *ask,
			u32 *previous, enum mach_request_state *state);
void mach_notify_full(struct mach_space *space, u32 name,
		      struct mach_port *port, struct mach_reap *reap);

#endif /* MACH_NOTIFY_H */
