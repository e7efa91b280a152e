// SPDX-License-Identifier: GPL-2.0-only
/* Commands on the host's clocks. */
#include "host.h"
#include "ioctl.h"
#include "task.h"

void mach_undo_clock_service(struct mach_task *caller, const void *in,
			     const void *out)
{
	mach_ioctl_take_back(caller, ((const struct machdev_clock *)out)->port);
}

int mach_ioctl_clock_service(struct mach_task *caller, void *arg)
{
	struct machdev_clock *a = arg;
	struct mach_right right;
	enum mach_port_kind kind;

	if (a->reserved)
		return -EINVAL;
	a->port = MACHDEV_NAME_NULL;
	kind = mach_ioctl_kind_of(&caller->space, a->object);
	if (kind != MACH_KIND_HOST && kind != MACH_KIND_HOST_PRIV)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (a->id == MACHDEV_CLOCK_SYSTEM)
		kind = MACH_KIND_CLOCK_SYSTEM;
	else if (a->id == MACHDEV_CLOCK_CALENDAR)
		kind = MACH_KIND_CLOCK_CALENDAR;
	else
		return MACHDEV_KERN_INVALID_ARGUMENT;
	right = mach_host_make_send(kind);
	return mach_ioctl_give(caller, &right, &a->port);
}

int mach_ioctl_clock_identify(struct mach_task *caller, void *arg)
{
	struct machdev_clock *a = arg;

	if (a->id || a->port || a->reserved)
		return -EINVAL;
	switch (mach_ioctl_kind_of(&caller->space, a->object)) {
	case MACH_KIND_HOST:
	case MACH_KIND_HOST_PRIV:
		a->id = MACHDEV_CLOCK_NONE;
		return MACHDEV_KERN_SUCCESS;
	case MACH_KIND_CLOCK_SYSTEM:
		a->id = MACHDEV_CLOCK_SYSTEM;
		return MACHDEV_KERN_SUCCESS;
	case MACH_KIND_CLOCK_CALENDAR:
		a->id = MACHDEV_CLOCK_CALENDAR;
		return MACHDEV_KERN_SUCCESS;
	default:
		return MACHDEV_KERN_INVALID_ARGUMENT;
	}
}
