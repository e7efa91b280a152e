// SPDX-License-Identifier: GPL-2.0-only
/* Commands that ask the module itself. */
#include <linux/capability.h>
#include <linux/machdev_netlink.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "embryo.h"
#include "event.h"
#include "fileport.h"
#include "gate.h"
#include "ioctl.h"
#include "msg.h"
#include "name.h"
#include "stat.h"
#include "task.h"
#include "transit.h"

static const u64 features[] = {
	[MACHDEV_FEATURE_MESSAGES] = MACHDEV_MSG_SIZE_MAX,
	[MACHDEV_FEATURE_NAMES] = MACH_NAMES_MAX - 1,
	[MACHDEV_FEATURE_QLIMIT_MAX] = MACHDEV_QLIMIT_MAX,
	[MACHDEV_FEATURE_PORT_DESCRIPTORS] = 1,
	[MACHDEV_FEATURE_TRAILER_MAX] = MACHDEV_TRAILER_SIZE_MAX,
	[MACHDEV_FEATURE_ORIGIN_TRAILER] =
		sizeof(struct machdev_origin_trailer),
	[MACHDEV_FEATURE_PORT_SETS] = MACHDEV_PORT_SETS_MAX,
};

int mach_ioctl_query(struct mach_task *caller, void *arg)
{
	struct machdev_query *a = arg;
	struct machdev_record __user *to = mach_user_ptr(a->records);
	u32 i, number;

	switch (a->what) {
	case MACHDEV_QUERY_FEATURES:
		number = ARRAY_SIZE(features);
		break;
	case MACHDEV_QUERY_COUNTERS:
		number = MACH_STAT_NUMBER;
		break;
	default:
		return MACHDEV_KERN_INVALID_ARGUMENT;
	}
	for (i = 0; i < min(number, a->count); i++) {
		struct machdev_record record = {
			.id = i,
			.value = a->what == MACHDEV_QUERY_FEATURES ?
				features[i] : mach_stat_read(i),
		};

		if (copy_to_user(to + i, &record, sizeof(record)))
			return MACHDEV_KERN_INVALID_ADDRESS;
	}
	a->count = number;
	return MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_sync(struct mach_task *caller, void *arg)
{
	const struct machdev_sync *a = arg;

	if (a->flags || a->reserved)
		return -EINVAL;
	return mach_task_sync_killable() ?: MACHDEV_KERN_SUCCESS;
}

static void tell_of_shutdown(void)
{
	struct mach_event event = {
		.kind = MACHDEV_EVENT_SHUTDOWN,
		.actor = pid_nr(task_tgid(current)),
	};

	if (mach_event_wanted())
		mach_event_post(&event);
}

int mach_ioctl_shutdown(struct mach_task *caller, void *arg)
{
	const struct machdev_sync *a = arg;

	if (a->flags || a->reserved)
		return -EINVAL;
	if (!capable(CAP_SYS_MODULE))
		return MACHDEV_KERN_NO_ACCESS;
	if (!mach_gate_is_shut())
		tell_of_shutdown();
	WRITE_ONCE(mach_gate_shut, true);
	mach_transit_abandon_all();
	mach_task_abandon_all();
	mach_embryo_abandon_all();
	/* What was on its way from one space to another then. */
	mach_transit_abandon_all();
	mach_fileport_abandon_all();
	return MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_pidversion(struct mach_task *caller, void *arg)
{
	struct machdev_pidversion *a = arg;
	struct mach_task *task;
	struct pid *pid;

	a->version = 0;
	pid = find_get_pid(a->pid);
	if (!pid)
		return MACHDEV_KERN_FAILURE;
	task = mach_task_lookup(pid);
	put_pid(pid);
	if (!task)
		return MACHDEV_KERN_FAILURE;
	if (!mach_task_is_dying(task))
		a->version = READ_ONCE(task->version);
	mach_task_put(task);
	return a->version ? MACHDEV_KERN_SUCCESS : MACHDEV_KERN_FAILURE;
}
