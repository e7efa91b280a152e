// SPDX-License-Identifier: GPL-2.0-only
/* mach_msg: both halves, and what a signal makes of them. */
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "msg.h"
#include "trace.h"
#include "types.h"

static ktime_t receive_deadline(const struct machdev_msg *args)
{
	if (args->flags & MACHDEV_MSG_DEADLINE)
		return min_t(u64, args->deadline, KTIME_MAX);
	if (!args->timeout)
		return 0;
	return ktime_add_ms(ktime_get(), args->timeout);
}

/*
 * A signal has ended the wait to receive. Whether a handler will run is not
 * known here: the kernel restarts the call if none does, and the library
 * issues it again if one did. Both read the argument anew, so it must not
 * send once more, and must end when it would have ended.
 */
static long interrupted(struct machdev_msg *args, const ktime_t *deadline,
			struct machdev_msg __user *uargs)
{
	args->option &= ~MACHDEV_SEND_MSG;
	if (deadline) {
		args->flags |= MACHDEV_MSG_DEADLINE;
		args->deadline = *deadline;
	}
	if (copy_to_user(uargs, args, sizeof(*args)))
		return MACHDEV_RCV_INTERRUPTED;
	return -ERESTARTNOHAND;
}

/**
 * mach_msg() - send, receive, or both
 * @task: that of the current thread
 * @args: the argument
 * @uargs: where it came from, sizeof(*@args) bytes
 *
 * Context: Process; may sleep.
 * Return: a Mach code; -EINVAL, unknown flags; -ENODEV, the gate was shut;
 * -ERESTARTNOHAND.
 */
long mach_msg(struct mach_task *task, struct machdev_msg *args,
	      struct machdev_msg __user *uargs)
{
	bool timed = args->option & MACHDEV_RCV_TIMEOUT;
	ktime_t deadline;
	int ret;

	if ((args->flags & ~MACHDEV_MSG_DEADLINE) || args->reserved)
		return -EINVAL;
	if (args->option & MACHDEV_SEND_MSG) {
		ret = mach_msg_send(task, args);
		trace_mach_msg_send(args, ret);
		if (ret == MACH_MSG_SHUT)
			return -ENODEV;
		if (ret)
			return ret;
	}
	if (!(args->option & MACHDEV_RCV_MSG))
		return 0;
	if (timed)
		deadline = receive_deadline(args);
	ret = mach_msg_receive(task, args, timed ? &deadline : NULL);
	trace_mach_msg_receive(args, ret);
	if (ret == MACH_MSG_SIGNAL)
		return interrupted(args, timed ? &deadline : NULL, uargs);
	return ret == MACH_MSG_SHUT ? -ENODEV : ret;
}
