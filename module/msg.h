/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: mach_msg
 *
 * A call sends, receives, or does both in this order. A send that fails skips
 * the receive. Each half ends exactly once: a message that was sent is never
 * sent again when a signal makes the call start anew, since the argument has
 * been rewritten by then.
 */
#ifndef MACH_MSG_H
#define MACH_MSG_H

#include <linux/ktime.h>
#include <linux/machdev.h>

struct mach_task;

/* Of mach_msg_receive(): a signal came before a message did. */
#define MACH_MSG_SIGNAL (-1)
/* Of both halves: the gate was shut while there was nothing to be done. */
#define MACH_MSG_SHUT (-2)

int mach_msg_send(struct mach_task *task, const struct machdev_msg *args);
int mach_msg_receive(struct mach_task *task, const struct machdev_msg *args,
		     const ktime_t *deadline);
long mach_msg(struct mach_task *task, struct machdev_msg *args,
	      struct machdev_msg __user *uargs);

#endif /* MACH_MSG_H */
