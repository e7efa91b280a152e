// SPDX-License-Identifier: GPL-2.0-only
/* The ports of threads: who gets them, and what they are good for. */
#include <linux/machdev.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "alloc.h"
#include "compat/sched.h"
#include "exception.h"
#include "ledger.h"
#include "reap.h"
#include "task.h"
#include "thread.h"

static struct mach_port **place_of(struct mach_thread *thread,
				   enum mach_port_kind kind)
{
	return &thread->port[kind - MACH_KIND_THREAD_INSPECT];
}

static struct mach_port *lesser_new(struct mach_thread *thread,
				    enum mach_port_kind kind)
{
	struct mach_ledger *ledger = mach_space_ledger(&thread->task->space);
	struct mach_port *port;

	port = mach_port_new(kind, thread, ledger, MACH_GFP);
	mach_ledger_put(ledger);
	return port;
}

/**
 * mach_thread_make_send() - make a send right to a port of a thread
 * @thread: the thread
 * @kind: which of them, MACH_KIND_THREAD or one with less power
 * @right: out: the right
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_TERMINATED, the thread has ended;
 * KERN_RESOURCE_SHORTAGE.
 */
int mach_thread_make_send(struct mach_thread *thread, enum mach_port_kind kind,
			  struct mach_right *right)
{
	struct mach_port **place = place_of(thread, kind), *new = NULL;
	struct mach_task *task = thread->task;
	int ret;

	for (;;) {
		ret = MACHDEV_KERN_SUCCESS;
		spin_lock(&task->lock);
		if (thread->ended) {
			ret = MACHDEV_KERN_TERMINATED;
		} else if (*place || new) {
			if (!*place)
				swap(*place, new);
			*right = mach_port_make_send(*place);
		} else {
			ret = MACHDEV_KERN_RESOURCE_SHORTAGE;
		}
		spin_unlock(&task->lock);
		if (ret != MACHDEV_KERN_RESOURCE_SHORTAGE)
			break;
		new = lesser_new(thread, kind);
		if (!new)
			break;
	}
	mach_port_discard(new);
	return ret;
}

/* The thread that a port stands for with so much power, with a reference. */
static struct mach_thread *object_of(struct mach_port *port,
				     enum mach_port_kind least)
{
	struct mach_thread *thread = NULL;

	if (port->kind < least || port->kind > MACH_KIND_THREAD)
		return NULL;
	spin_lock(&port->lock);
	if (port->object) {
		thread = port->object;
		if (!refcount_inc_not_zero(&thread->ref))
			thread = NULL;
	}
	spin_unlock(&port->lock);
	return thread;
}

/**
 * mach_thread_acquire() - get hold of a thread and its task by a port
 * @space: the caller's
 * @name: any number
 * @kind: in: the least power that the routine asks for; out: which port it is
 * @result: out: the thread
 *
 * Context: Process; may sleep. Until mach_thread_release() the caller touches no
 * user memory and acquires no other task.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @name does not denote a send right
 * to a port that stands for a thread with so much power, or one that is good no
 * more; KERN_FAILURE, the task is dying.
 */
int mach_thread_acquire(struct mach_space *space, u32 name,
			enum mach_port_kind *kind, struct mach_thread **result)
{
	struct mach_port *port = mach_task_port_of(space, name);
	struct mach_thread *thread;

	if (!port)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	thread = object_of(port, *kind);
	*kind = port->kind;
	if (thread && !mach_task_hold(thread->task, port)) {
		mach_thread_put(thread);
		thread = NULL;
	}
	mach_port_put(port);
	if (!thread)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	/* For mach_task_release(). */
	refcount_inc(&thread->task->ref);
	if (mach_task_is_dying(thread->task)) {
		mach_thread_release(thread);
		return MACHDEV_KERN_FAILURE;
	}
	*result = thread;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_thread_release() - let go a thread and its task
 * @thread: from mach_thread_acquire()
 *
 * Context: Process; may sleep; no lock held.
 */
void mach_thread_release(struct mach_thread *thread)
{
	mach_task_release(thread->task);
	mach_thread_put(thread);
}

/**
 * mach_thread_may_get() - whether a port is enough to ask for another
 * @kind: of a port that stands for a thread
 * @which: MACHDEV_THREAD_*_PORT of that thread, or any other number
 *
 * Return: false, also if there is no such special port: only the thread port
 * gives more than a port of the same power or less.
 */
bool mach_thread_may_get(enum mach_port_kind kind, s32 which)
{
	return kind == MACH_KIND_THREAD ||
	       which == MACHDEV_THREAD_INSPECT_PORT ||
	       (which == MACHDEV_THREAD_READ_PORT &&
		kind == MACH_KIND_THREAD_READ);
}

static int copy_special(struct mach_thread *thread, s32 which,
			struct mach_right *right)
{
	struct mach_task *task = thread->task;
	int ret = MACHDEV_KERN_SUCCESS;

	spin_lock(&task->lock);
	if (thread->ended)
		ret = MACHDEV_KERN_FAILURE;
	else if (which == MACHDEV_THREAD_EXCEPTION_PORT)
		*right = mach_actions_common(thread->actions);
	else if (thread->masked)
		*right = mach_port_copy_send(thread->mask.port);
	else
		*right = mach_port_make_send(*place_of(thread,
						       MACH_KIND_THREAD));
	spin_unlock(&task->lock);
	return ret;
}

static int make_special(struct mach_thread *thread, enum mach_port_kind kind,
			struct mach_right *right)
{
	int ret = mach_thread_make_send(thread, kind, right);

	return ret == MACHDEV_KERN_TERMINATED ? MACHDEV_KERN_FAILURE : ret;
}

/**
 * mach_thread_get_special() - a special port of a thread
 * @thread: the thread
 * @which: MACHDEV_THREAD_*_PORT
 * @right: out: a send right, dead or null
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no such port; KERN_FAILURE, the
 * thread has ended; KERN_RESOURCE_SHORTAGE.
 */
int mach_thread_get_special(struct mach_thread *thread, s32 which,
			    struct mach_right *right)
{
	*right = (struct mach_right){ .type = MACHDEV_MOVE_SEND };
	switch (which) {
	case MACHDEV_THREAD_KERNEL_PORT:
	case MACHDEV_THREAD_EXCEPTION_PORT:
		return copy_special(thread, which, right);
	case MACHDEV_THREAD_INSPECT_PORT:
		return make_special(thread, MACH_KIND_THREAD_INSPECT, right);
	case MACHDEV_THREAD_READ_PORT:
		return make_special(thread, MACH_KIND_THREAD_READ, right);
	default:
		return MACHDEV_KERN_INVALID_ARGUMENT;
	}
}

static int set_mask(struct mach_thread *thread, struct mach_right *right,
		    struct mach_reap *reap)
{
	struct mach_right old = { .type = MACHDEV_MOVE_SEND };
	struct mach_task *task = thread->task;
	bool ended;

	spin_lock(&task->lock);
	ended = thread->ended;
	if (!ended) {
		swap(old.port, thread->mask.port);
		swap(right->port, thread->mask.port);
		thread->masked = true;
	}
	spin_unlock(&task->lock);
	mach_reap_right(reap, &old);
	return ended ? MACHDEV_KERN_FAILURE : MACHDEV_KERN_SUCCESS;
}

static int set_exception(struct mach_thread *thread, struct mach_right *right,
			 struct mach_reap *reap)
{
	struct mach_change change = mach_change_common(right->port);
	struct mach_actions *old;
	int ret = mach_thread_actions(thread, &change, &old, reap);

	if (!ret) {
		mach_actions_put(old, reap);
		mach_reap_right(reap, right);
	}
	return ret;
}

/**
 * mach_thread_set_special() - set a special port of a thread
 * @thread: the thread
 * @which: MACHDEV_THREAD_KERNEL_PORT or MACHDEV_THREAD_EXCEPTION_PORT
 * @right: a send right, dead or null; its port is set to NULL on success
 * @reap: gets what dies of it
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no such port, or not to be set;
 * KERN_FAILURE, the thread has ended; KERN_RESOURCE_SHORTAGE. On failure nothing
 * has changed.
 */
int mach_thread_set_special(struct mach_thread *thread, s32 which,
			    struct mach_right *right, struct mach_reap *reap)
{
	switch (which) {
	case MACHDEV_THREAD_KERNEL_PORT:
		return set_mask(thread, right, reap);
	case MACHDEV_THREAD_EXCEPTION_PORT:
		return set_exception(thread, right, reap);
	default:
		return MACHDEV_KERN_INVALID_ARGUMENT;
	}
}

/* The program's live threads of a group, as far as there is room. Counts them all. */
static u32 gather(struct mach_task *task, struct task_struct *leader,
		  struct task_struct **list, u32 room)
{
	struct task_struct *p;
	u32 n = 0;

	rcu_read_lock();
	mach_for_each_thread(leader, p) {
		if (READ_ONCE(p->flags) & (PF_EXITING | MACH_PF_WORKER) ||
		    mach_thread_is_hidden(task, p))
			continue;
		if (n < room)
			list[n] = get_task_struct(p);
		n++;
	}
	rcu_read_unlock();
	return n;
}

static int make_rights(struct mach_task *task, enum mach_port_kind kind,
		       struct task_struct **list, u32 n,
		       struct mach_right *rights, u32 *count)
{
	struct mach_thread *thread;
	u32 i, made = 0;
	int ret;

	for (i = 0; i < n; i++) {
		ret = mach_thread_get(task, list[i], &thread);
		if (!ret) {
			ret = mach_thread_make_send(thread, kind,
						    &rights[made]);
			mach_thread_put(thread);
		}
		if (!ret)
			made++;
		else if (ret != MACHDEV_KERN_TERMINATED)
			break;
		cond_resched();
	}
	*count = made;
	return i < n ? ret : MACHDEV_KERN_SUCCESS;
}

/**
 * mach_thread_list() - rights to the ports of a task's threads
 * @task: the caller's own, or one that is held, with its image pinned
 * @leader: of the thread group
 * @kind: of the ports
 * @rights: out: that many send rights, on failure too
 * @room: how many fit
 * @count: out: how many rights there are; or, when they do not fit, would be
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INSUFFICIENT_BUFFER_SIZE, there is no right;
 * KERN_RESOURCE_SHORTAGE.
 */
int mach_thread_list(struct mach_task *task, struct task_struct *leader,
		     enum mach_port_kind kind, struct mach_right *rights,
		     u32 room, u32 *count)
{
	struct task_struct **list;
	u32 i, n;
	int ret;

	*count = 0;
	list = kvmalloc_array(room, sizeof(*list), MACH_GFP);
	if (!list)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	n = gather(task, leader, list, room);
	if (n > room) {
		*count = n;
		ret = MACHDEV_KERN_INSUFFICIENT_BUFFER_SIZE;
	} else {
		ret = make_rights(task, kind, list, n, rights, count);
	}
	for (i = 0; i < min(n, room); i++)
		put_task_struct(list[i]);
	kvfree(list);
	return ret;
}
