// SPDX-License-Identifier: GPL-2.0-only
/* What commands do that give arrays of ports. */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "ioctl.h"
#include "reap.h"
#include "right.h"

static_assert(sizeof(struct mach_ioctl_array) <= MACH_IOCTL_ARGUMENT);

/**
 * mach_ioctl_drop_array() - let go rights of which the caller gets none
 * @rights: that many rights
 * @count: how many
 *
 * Context: Process; may sleep; no lock held.
 */
void mach_ioctl_drop_array(struct mach_right *rights, u32 count)
{
	MACH_REAP(reap);
	u32 i;

	for (i = 0; i < count; i++)
		mach_reap_right(&reap, &rights[i]);
	mach_reap_run(&reap);
}

static void take_back_all(struct mach_task *caller, const u32 *names, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		mach_ioctl_take_back(caller, names[i]);
		cond_resched();
	}
}

/* Gives the caller names for rights. What is not given is let go. */
static int give_all(struct mach_task *caller, struct mach_right *rights,
		    u32 *names, u32 count)
{
	int ret = 0;
	u32 given;

	for (given = 0; given < count; given++) {
		ret = mach_ioctl_give(caller, &rights[given], &names[given]);
		if (ret)
			break;
		cond_resched();
	}
	if (!ret)
		return MACHDEV_KERN_SUCCESS;
	take_back_all(caller, names, given);
	mach_ioctl_drop_array(rights + given, count - given);
	return ret;
}

/**
 * mach_ioctl_give_array() - give the caller an array of names for rights
 * @caller: the caller's task
 * @rights: that many rights, which are consumed
 * @count: how many
 * @array: the argument of the command, which has room for as many
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_ADDRESS, KERN_NO_SPACE,
 * KERN_RESOURCE_SHORTAGE, and then there is no name.
 */
int mach_ioctl_give_array(struct mach_task *caller, struct mach_right *rights,
			  u32 count, struct mach_ioctl_array *array)
{
	u32 *names = kvmalloc_array(count, sizeof(*names), MACH_GFP);
	int ret;

	if (!names) {
		mach_ioctl_drop_array(rights, count);
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	ret = give_all(caller, rights, names, count);
	if (!ret && copy_to_user(mach_user_ptr(array->user.names), names,
				 (size_t)count * sizeof(*names))) {
		take_back_all(caller, names, count);
		ret = MACHDEV_KERN_INVALID_ADDRESS;
	}
	if (ret) {
		kvfree(names);
		return ret;
	}
	array->given = names;
	array->user.count = count;
	return MACHDEV_KERN_SUCCESS;
}

void mach_undo_port_array(struct mach_task *caller, const void *in,
			  const void *out)
{
	const struct mach_ioctl_array *array = out;

	take_back_all(caller, array->given, array->user.count);
}

void mach_release_array(void *arg)
{
	kvfree(((struct mach_ioctl_array *)arg)->given);
}
