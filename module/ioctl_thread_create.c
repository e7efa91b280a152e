// SPDX-License-Identifier: GPL-2.0-only
/* Commands on threads that have not run. */
#include <linux/uaccess.h>

#include "clone.h"
#include "ioctl.h"
#include "own_thread.h"
#include "right.h"
#include "stat.h"
#include "task.h"
#include "thread.h"
#include "unborn.h"

static int count_unsupported(int ret)
{
	if (ret == MACHDEV_KERN_NOT_SUPPORTED)
		mach_stat_inc(UNSUPPORTED);
	return ret;
}

static int acquire(struct mach_task *caller, u32 name,
		   struct mach_thread **thread)
{
	enum mach_port_kind kind = MACH_KIND_THREAD;

	return mach_thread_acquire(&caller->space, name, &kind, thread);
}

/* Does something to the thread that a name stands for. */
static int tell(struct mach_task *caller, u32 name, mach_unborn_op *op,
		union mach_registers *registers)
{
	struct mach_thread *thread;
	int ret = acquire(caller, name, &thread);

	if (ret)
		return ret;
	ret = mach_unborn_do(thread, op, registers);
	mach_thread_release(thread);
	return count_unsupported(ret);
}

static int terminate(struct mach_task *caller, u32 name)
{
	struct mach_thread *thread;
	int ret = acquire(caller, name, &thread);

	if (ret)
		return ret;
	ret = mach_unborn_terminate(thread);
	mach_thread_release(thread);
	return count_unsupported(ret);
}

/* Gives the caller a new thread, with the reference. If that fails there is none. */
static int give(struct mach_task *caller, struct mach_thread *thread,
		struct mach_right *right, u32 *name)
{
	int ret = mach_ioctl_give(caller, right, name);

	if (ret)
		mach_unborn_terminate(thread);
	mach_thread_put(thread);
	return ret;
}

/*
 * Makes a thread in the task that a name stands for. It takes another one of
 * Linux if all that there are have been made one, perhaps several times, if others
 * want one, too.
 */
static int create(struct mach_task *caller, u32 name,
		  struct mach_thread **thread, struct mach_right *right)
{
	struct mach_task *task;
	int ret;

	do {
		ret = mach_task_acquire(&caller->space, name,
					MACHDEV_KERN_INVALID_ARGUMENT, &task);
		if (ret)
			return ret;
		refcount_inc(&task->ref);
		ret = mach_unborn_create(task, thread, right);
		mach_task_release(task);
		if (ret == -EAGAIN)
			ret = mach_clone_make(task) ?: -EAGAIN;
		mach_task_put(task);
	} while (ret == -EAGAIN);
	return ret;
}

int mach_ioctl_thread_create(struct mach_task *caller, void *arg)
{
	struct machdev_thread *a = arg;
	struct mach_thread *thread;
	struct mach_right right;
	int ret;

	a->thread = MACHDEV_NAME_NULL;
	ret = create(caller, a->task, &thread, &right);
	if (ret)
		return count_unsupported(ret);
	return give(caller, thread, &right, &a->thread);
}

void mach_undo_thread_create(struct mach_task *caller, const void *in,
			     const void *out)
{
	const struct machdev_thread *a = out;

	terminate(caller, a->thread);
	mach_ioctl_take_back(caller, a->thread);
}

int mach_ioctl_thread_bear(struct mach_task *caller, void *arg)
{
	struct machdev_thread_bear *a = arg;
	struct mach_thread *thread;
	struct mach_right right;
	int ret;

	if (a->reserved)
		return -EINVAL;
	a->thread = MACHDEV_NAME_NULL;
	ret = mach_own_thread_bear(caller, a->blocked, &thread, &right);
	if (ret)
		return count_unsupported(ret);
	return give(caller, thread, &right, &a->thread);
}

void mach_undo_thread_bear(struct mach_task *caller, const void *in,
			   const void *out)
{
	const struct machdev_thread_bear *a = out;

	terminate(caller, a->thread);
	mach_ioctl_take_back(caller, a->thread);
}

int mach_ioctl_thread_park(struct mach_task *caller, void *arg)
{
	const struct machdev_sync *a = arg;

	if (a->flags || a->reserved)
		return -EINVAL;
	return mach_own_thread_park();
}

int mach_ioctl_thread_suspend(struct mach_task *caller, void *arg)
{
	const struct machdev_thread *a = arg;

	if (a->task)
		return -EINVAL;
	return tell(caller, a->thread, mach_unborn_suspend, NULL);
}

int mach_ioctl_thread_resume(struct mach_task *caller, void *arg)
{
	const struct machdev_thread *a = arg;

	if (a->task)
		return -EINVAL;
	return tell(caller, a->thread, mach_unborn_resume, NULL);
}

int mach_ioctl_thread_terminate(struct mach_task *caller, void *arg)
{
	const struct machdev_thread *a = arg;

	if (a->task)
		return -EINVAL;
	return terminate(caller, a->thread);
}

/**
 * struct flavor - a set of registers
 * @flavor: MACHDEV_X86_*_STATE*
 * @words: how long it is, with the header that it may have
 * @inner: what has a header that says so, or 0
 * @get: reads it
 * @set: writes it
 */
struct flavor {
	u32 flavor;
	u32 words;
	u32 inner;
	mach_unborn_op *get;
	mach_unborn_op *set;
};

#define SIZE(words) ((words) * sizeof(u32))
#define HEADER sizeof(struct machdev_x86_state_header)

static const struct flavor flavors[] = {
	{ MACHDEV_X86_THREAD_STATE64, MACHDEV_X86_THREAD_STATE64_COUNT, 0,
	  mach_unborn_get_state, mach_unborn_set_state },
	{ MACHDEV_X86_FLOAT_STATE64, MACHDEV_X86_FLOAT_STATE64_COUNT, 0,
	  mach_unborn_get_float, mach_unborn_set_float },
	{ MACHDEV_X86_THREAD_STATE, MACHDEV_X86_THREAD_STATE_COUNT,
	  MACHDEV_X86_THREAD_STATE64,
	  mach_unborn_get_state, mach_unborn_set_state },
	{ MACHDEV_X86_FLOAT_STATE, MACHDEV_X86_FLOAT_STATE_COUNT,
	  MACHDEV_X86_FLOAT_STATE64,
	  mach_unborn_get_float, mach_unborn_set_float },
};

/* Those that are known by name, but not answered. */
static bool is_later_flavor(u32 flavor)
{
	return flavor >= 1 && flavor <= 18 && flavor != 13;
}

static int find_flavor(const struct machdev_thread_state *a,
		       const struct flavor **flavor)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flavors); i++) {
		if (flavors[i].flavor != a->flavor)
			continue;
		*flavor = &flavors[i];
		return a->count < flavors[i].words ?
			MACHDEV_KERN_INVALID_ARGUMENT : MACHDEV_KERN_SUCCESS;
	}
	if (!is_later_flavor(a->flavor))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	mach_stat_inc(UNSUPPORTED);
	return MACHDEV_KERN_NOT_SUPPORTED;
}

static int check_state(struct mach_task *caller,
		       const struct machdev_thread_state *a,
		       const struct flavor **flavor)
{
	struct mach_thread *thread;
	int ret = acquire(caller, a->thread, &thread);

	BUILD_BUG_ON(sizeof(struct machdev_x86_thread_state64) !=
		     SIZE(MACHDEV_X86_THREAD_STATE64_COUNT));
	BUILD_BUG_ON(sizeof(struct machdev_x86_float_state64) !=
		     SIZE(MACHDEV_X86_FLOAT_STATE64_COUNT));
	if (ret)
		return ret;
	mach_thread_release(thread);
	return find_flavor(a, flavor);
}

/* The header of a flavor that has one; the registers are behind it. */
static struct machdev_x86_state_header header_of(const struct flavor *flavor)
{
	return (struct machdev_x86_state_header){
		.flavor = flavor->inner,
		.count = flavor->words - HEADER / sizeof(u32),
	};
}

static size_t header_size(const struct flavor *flavor)
{
	return flavor->inner ? HEADER : 0;
}

int mach_ioctl_thread_get_state(struct mach_task *caller, void *arg)
{
	struct machdev_x86_state_header header;
	struct machdev_thread_state *a = arg;
	const struct flavor *flavor;
	union mach_registers registers = { };
	u8 __user *to = mach_user_ptr(a->state);
	size_t skip;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = check_state(caller, a, &flavor);
	if (!ret)
		ret = tell(caller, a->thread, flavor->get, &registers);
	if (ret)
		return ret;
	a->count = flavor->words;
	header = header_of(flavor);
	skip = header_size(flavor);
	if ((skip && copy_to_user(to, &header, skip)) ||
	    copy_to_user(to + skip, &registers, SIZE(flavor->words) - skip))
		return MACHDEV_KERN_INVALID_ADDRESS;
	return MACHDEV_KERN_SUCCESS;
}

static int fetch(const struct flavor *flavor, const u8 __user *from,
		 union mach_registers *registers)
{
	struct machdev_x86_state_header header = { };
	struct machdev_x86_state_header wanted = header_of(flavor);
	size_t skip = header_size(flavor);

	if ((skip && copy_from_user(&header, from, skip)) ||
	    copy_from_user(registers, from + skip, SIZE(flavor->words) - skip))
		return MACHDEV_KERN_INVALID_ADDRESS;
	return memcmp(&header, &wanted, skip) ? MACHDEV_KERN_INVALID_ARGUMENT :
						MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_thread_set_state(struct mach_task *caller, void *arg)
{
	const struct machdev_thread_state *a = arg;
	const struct flavor *flavor;
	union mach_registers registers = { };
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = check_state(caller, a, &flavor);
	if (!ret)
		ret = fetch(flavor, mach_user_ptr(a->state), &registers);
	return ret ?: tell(caller, a->thread, flavor->set, &registers);
}
