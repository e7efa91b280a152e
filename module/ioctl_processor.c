// SPDX-License-Identifier: GPL-2.0-only
/* Commands on the set of processors, and on all that they run. */
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "alloc.h"
#include "host.h"
#include "ioctl.h"
#include "task.h"

/* Processes that may start between two looks. */
#define SPARE 16

int mach_ioctl_processor_set_default(struct mach_task *caller, void *arg)
{
	struct machdev_processor_set *a = arg;
	enum mach_port_kind kind;
	struct mach_right right;

	if (a->set || a->reserved)
		return -EINVAL;
	a->set_name = MACHDEV_NAME_NULL;
	kind = mach_ioctl_kind_of(&caller->space, a->host);
	if (kind != MACH_KIND_HOST && kind != MACH_KIND_HOST_PRIV)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	right = mach_host_make_send(MACH_KIND_PROCESSOR_SET_NAME);
	return mach_ioctl_give(caller, &right, &a->set_name);
}

void mach_undo_processor_set_default(struct mach_task *caller, const void *in,
				     const void *out)
{
	const struct machdev_processor_set *a = out;

	mach_ioctl_take_back(caller, a->set_name);
}

int mach_ioctl_processor_set_priv(struct mach_task *caller, void *arg)
{
	struct mach_space *space = &caller->space;
	struct machdev_processor_set *a = arg;
	enum mach_port_kind kind;
	struct mach_right right;

	if (a->reserved)
		return -EINVAL;
	a->set = MACHDEV_NAME_NULL;
	if (mach_ioctl_kind_of(space, a->host) != MACH_KIND_HOST_PRIV)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	kind = mach_ioctl_kind_of(space, a->set_name);
	if (kind != MACH_KIND_PROCESSOR_SET_NAME &&
	    kind != MACH_KIND_PROCESSOR_SET)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	right = mach_host_make_send(MACH_KIND_PROCESSOR_SET);
	return mach_ioctl_give(caller, &right, &a->set);
}

void mach_undo_processor_set_priv(struct mach_task *caller, const void *in,
				  const void *out)
{
	const struct machdev_processor_set *a = out;

	mach_ioctl_take_back(caller, a->set);
}

/* The processes that the caller can see, as far as there is room. */
static u32 gather(struct pid **pids, u32 room)
{
	struct task_struct *p;
	u32 n = 0;

	rcu_read_lock();
	for_each_process(p) {
		if ((p->flags & PF_KTHREAD) || !task_tgid_vnr(p))
			continue;
		if (n < room)
			pids[n] = get_pid(task_tgid(p));
		n++;
	}
	rcu_read_unlock();
	return n;
}

/* Those that the caller may not have are left out, and those without room. */
static u32 make_rights(struct pid **pids, u32 n, struct mach_right *rights)
{
	u32 i, made = 0;

	for (i = 0; i < n; i++) {
		if (!fatal_signal_pending(current) &&
		    !mach_ioctl_task_right(pids[i], MACH_KIND_TASK,
					   &rights[made]))
			made++;
		put_pid(pids[i]);
		cond_resched();
	}
	return made;
}

int mach_ioctl_processor_set_tasks(struct mach_task *caller, void *arg)
{
	struct mach_ioctl_array *array = arg;
	struct machdev_port_array *a = &array->user;
	struct mach_right *rights;
	u32 room, n, i, made = 0;
	struct pid **pids;
	int ret;

	array->given = NULL;
	if (mach_ioctl_kind_of(&caller->space, a->object) !=
	    MACH_KIND_PROCESSOR_SET)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	room = min(a->count, gather(NULL, 0) + SPARE);
	pids = kvmalloc_array(room, sizeof(*pids), MACH_GFP);
	rights = kvcalloc(room, sizeof(*rights), MACH_GFP);
	ret = MACHDEV_KERN_RESOURCE_SHORTAGE;
	if (pids && rights) {
		n = gather(pids, room);
		if (n <= room) {
			made = make_rights(pids, n, rights);
			ret = mach_ioctl_give_array(caller, rights, made,
						    array);
		} else {
			for (i = 0; i < room; i++)
				put_pid(pids[i]);
			a->count = n;
			ret = MACHDEV_KERN_INSUFFICIENT_BUFFER_SIZE;
		}
	}
	kvfree(rights);
	kvfree(pids);
	return ret;
}
