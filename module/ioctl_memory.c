// SPDX-License-Identifier: GPL-2.0-only
/* Commands on the memory of tasks. */
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "alloc.h"
#include "ioctl.h"
#include "mapping.h"
#include "memory.h"
#include "parked.h"
#include "stat.h"
#include "task.h"

/**
 * struct memory_errand - a change of a parked thread's address space
 * @errand: the errand
 * @change: makes it; NULL: @map says what is to be mapped
 * @map: the arguments, and the result
 * @range: the arguments of @change
 */
struct memory_errand {
	struct mach_errand errand;
	int (*change)(const struct machdev_vm_range *range);
	union {
		struct machdev_vm_map map;
		struct machdev_vm_range range;
	};
};

static int run(struct mach_errand *errand, struct mach_parked *parked)
{
	struct memory_errand *m = container_of(errand, struct memory_errand,
					       errand);

	return m->change ? m->change(&m->range) : mach_mapping_map(&m->map);
}

static void memory_errand_free(struct mach_errand *errand)
{
	kfree(container_of(errand, struct memory_errand, errand));
}

/* Sends an errand like @what, and takes over what it has made of that. */
static int send(struct mach_parked *parked, struct memory_errand *what)
{
	struct memory_errand *m = kmalloc(sizeof(*m), MACH_GFP);
	int ret;

	if (!m)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	*m = *what;
	mach_errand_init(&m->errand, run, memory_errand_free);
	ret = mach_parked_send(parked, &m->errand);
	if (!ret)
		*what = *m;
	mach_errand_put(&m->errand);
	return ret;
}

/* Has it done in the task that a name stands for, if the arguments are good. */
static int change(struct mach_task *caller, u32 name, bool good,
		  struct memory_errand *what)
{
	struct mach_parked *parked;
	struct mach_task *task;
	int ret;

	ret = mach_task_acquire(&caller->space, name,
				MACHDEV_KERN_INVALID_ARGUMENT, &task);
	if (ret)
		return ret;
	parked = mach_task_get_parked(task);
	mach_task_release(task);
	if (!good)
		ret = MACHDEV_KERN_INVALID_ARGUMENT;
	else
		ret = parked ? send(parked, what) : MACHDEV_KERN_NOT_SUPPORTED;
	mach_parked_put(parked);
	if (ret == MACHDEV_KERN_NOT_SUPPORTED)
		mach_stat_inc(UNSUPPORTED);
	return ret;
}

static bool map_is_good(const struct machdev_vm_map *a)
{
	return a->size && mach_memory_fits(a->address, a->size) &&
	       !(a->protection & ~MACHDEV_VM_PROT_ALL) &&
	       a->inheritance <= MACHDEV_VM_INHERIT_NONE &&
	       /* One bit after the other, from the lowest on. */
	       !(a->mask & (a->mask + 1));
}

int mach_ioctl_vm_map(struct mach_task *caller, void *arg)
{
	struct machdev_vm_map *a = arg;
	struct memory_errand what = { .map = *a };
	int ret;

	if (a->flags & ~(MACHDEV_VM_ANYWHERE | MACHDEV_VM_OVERWRITE))
		return -EINVAL;
	ret = change(caller, a->task, map_is_good(a), &what);
	if (!ret)
		a->address = what.map.address;
	return ret;
}

void mach_undo_vm_map(struct mach_task *caller, const void *in,
		      const void *out)
{
	const struct machdev_vm_map *a = out;
	struct memory_errand what = {
		.change = mach_mapping_unmap,
		.range = { .address = a->address, .size = a->size },
	};

	change(caller, a->task, true, &what);
}

static int change_range(struct mach_task *caller,
			const struct machdev_vm_range *a, u32 most,
			int (*with)(const struct machdev_vm_range *range))
{
	struct memory_errand what = { .change = with, .range = *a };
	bool good = a->value <= most &&
		    (!a->size || mach_memory_fits(a->address, a->size));

	return change(caller, a->task, good, &what);
}

int mach_ioctl_vm_deallocate(struct mach_task *caller, void *arg)
{
	const struct machdev_vm_range *a = arg;

	if (a->value)
		return -EINVAL;
	return change_range(caller, a, 0, mach_mapping_unmap);
}

int mach_ioctl_vm_protect(struct mach_task *caller, void *arg)
{
	return change_range(caller, arg, MACHDEV_VM_PROT_ALL,
			    mach_mapping_protect);
}

int mach_ioctl_vm_inherit(struct mach_task *caller, void *arg)
{
	return change_range(caller, arg, MACHDEV_VM_INHERIT_NONE,
			    mach_mapping_inherit);
}

/* The memory of the task that a name stands for, with so much power. */
static int memory_of(struct mach_task *caller, u32 name,
		     enum mach_port_kind least, struct mm_struct **mm)
{
	enum mach_port_kind kind;
	struct mach_task *task;
	int ret;

	do {
		kind = least;
		ret = mach_task_acquire_by(&caller->space, name,
					   MACHDEV_KERN_INVALID_ARGUMENT,
					   &kind, &task);
		if (ret)
			return ret;
		*mm = mach_memory_get(task);
		mach_task_release(task);
	} while (*mm == ERR_PTR(-EAGAIN));
	if (*mm == ERR_PTR(-EINTR))
		return MACHDEV_KERN_ABORTED;
	return IS_ERR(*mm) ? MACHDEV_KERN_FAILURE : MACHDEV_KERN_SUCCESS;
}

static int read_to_user(struct mm_struct *mm, const struct machdev_vm_copy *a)
{
	return mach_memory_read(mm, a->address, a->size,
				mach_user_ptr(a->data));
}

static int write_from_user(struct mm_struct *mm,
			   const struct machdev_vm_copy *a)
{
	return mach_memory_write(mm, a->address, a->size,
				 mach_user_ptr(a->data));
}

static int copy_inside(struct mm_struct *mm, const struct machdev_vm_copy *a)
{
	if (!mach_memory_fits(a->data, a->size))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	return mach_memory_copy(mm, a->address, a->size, a->data);
}

static int copy(struct mach_task *caller, const struct machdev_vm_copy *a,
		enum mach_port_kind least,
		int (*with)(struct mm_struct *mm,
			    const struct machdev_vm_copy *a))
{
	struct mm_struct *mm;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = memory_of(caller, a->task, least, &mm);
	if (ret)
		return ret;
	if (a->size && !mach_memory_fits(a->address, a->size))
		ret = MACHDEV_KERN_INVALID_ARGUMENT;
	else if (a->size)
		ret = with(mm, a);
	mmput(mm);
	return ret;
}

int mach_ioctl_vm_read(struct mach_task *caller, void *arg)
{
	return copy(caller, arg, MACH_KIND_TASK_READ, read_to_user);
}

int mach_ioctl_vm_write(struct mach_task *caller, void *arg)
{
	return copy(caller, arg, MACH_KIND_TASK, write_from_user);
}

int mach_ioctl_vm_copy(struct mach_task *caller, void *arg)
{
	return copy(caller, arg, MACH_KIND_TASK, copy_inside);
}

int mach_ioctl_vm_region(struct mach_task *caller, void *arg)
{
	struct machdev_vm_region *a = arg;
	struct mm_struct *mm;
	int ret;

	ret = memory_of(caller, a->task, MACH_KIND_TASK_READ, &mm);
	if (ret)
		return ret;
	ret = mach_memory_region(mm, a);
	mmput(mm);
	return ret;
}
