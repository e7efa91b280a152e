// SPDX-License-Identifier: GPL-2.0-only
/* Who a task is, and how others get hold of it. */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "alloc.h"
#include "identity.h"
#include "ledger.h"
#include "parked.h"
#include "right.h"
#include "task.h"
#include "task_look.h"

static struct mach_identity *renew_identity(struct mach_task *task)
{
	struct mach_identity *identity, *old;
	struct mach_inherit *inherit;

	inherit = mach_inherit_get_rcu(&task->inherit);
	identity = mach_identity_new(task->pid, READ_ONCE(task->version),
				     inherit->token, inherit->wired,
				     inherit->paged);
	mach_inherit_put(inherit);
	if (!identity)
		return NULL;
	refcount_inc(&identity->ref);
	spin_lock(&task->lock);
	old = rcu_replace_pointer(task->identity, identity,
				  lockdep_is_held(&task->lock));
	spin_unlock(&task->lock);
	mach_space_set_ledger(&task->space, identity->wired);
	mach_identity_put(old);
	return identity;
}

/**
 * mach_task_refresh() - see to it that the right user pays
 * @task: that of the current thread
 *
 * What a call without an identity of its own takes is charged to the user
 * that the task ran as when it last had one.
 *
 * Context: Process; may sleep.
 */
void mach_task_refresh(struct mach_task *task)
{
	const struct mach_inherit *inherit;
	struct mach_identity *identity;
	bool fits;

	rcu_read_lock();
	inherit = rcu_dereference(task->inherit);
	identity = rcu_dereference(task->identity);
	fits = identity &&
	       mach_identity_fits(identity, task->version, inherit->token);
	rcu_read_unlock();
	if (!fits)
		mach_identity_put(renew_identity(task));
}

/**
 * mach_task_identity() - who the current thread is now
 * @task: its task
 *
 * Context: Process; may sleep.
 * Return: a reference, or NULL for want of memory.
 */
struct mach_identity *mach_task_identity(struct mach_task *task)
{
	const struct mach_inherit *inherit;
	struct mach_identity *identity;

	rcu_read_lock();
	inherit = rcu_dereference(task->inherit);
	identity = rcu_dereference(task->identity);
	if (identity &&
	    mach_identity_fits(identity, task->version, inherit->token) &&
	    refcount_inc_not_zero(&identity->ref)) {
		rcu_read_unlock();
		return identity;
	}
	rcu_read_unlock();
	return renew_identity(task);
}

static struct mach_port *lesser_new(struct mach_task *task,
				    enum mach_port_kind kind)
{
	struct mach_ledger *ledger = mach_space_ledger(&task->space);
	struct mach_port *port;

	port = mach_port_new(kind, task, ledger, MACH_GFP);
	mach_ledger_put(ledger);
	return port;
}

static int make_send_lesser(struct mach_task *task, enum mach_port_kind kind,
			    struct mach_right *right)
{
	struct mach_port **place = &task->lesser[kind - MACH_KIND_TASK_NAME];
	struct mach_port *new = NULL;
	int ret;

	for (;;) {
		ret = MACHDEV_KERN_SUCCESS;
		spin_lock(&task->lock);
		/* Set before the task's ports are killed, under this lock. */
		if (mach_task_is_dying(task)) {
			ret = MACHDEV_KERN_FAILURE;
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
		new = lesser_new(task, kind);
		if (!new)
			break;
	}
	mach_port_discard(new);
	return ret;
}

/**
 * mach_task_make_send() - make a send right to a port that stands for a task
 * @task: the task
 * @kind: which of them, MACH_KIND_TASK or one with less power
 * @right: out: the right
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_FAILURE, the task is dying;
 * KERN_RESOURCE_SHORTAGE. For MACH_KIND_TASK always KERN_SUCCESS.
 */
int mach_task_make_send(struct mach_task *task, enum mach_port_kind kind,
			struct mach_right *right)
{
	if (kind != MACH_KIND_TASK)
		return make_send_lesser(task, kind, right);
	spin_lock(&task->lock);
	*right = mach_port_make_send(task->self);
	spin_unlock(&task->lock);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_task_set_parked() - the first thread of a task is parked
 * @task: that of the current thread
 * @parked: the thread; takes a reference of its own
 *
 * It stays that of the task when it runs.
 *
 * Context: Process; may sleep.
 */
void mach_task_set_parked(struct mach_task *task, struct mach_parked *parked)
{
	struct mach_parked *old = mach_parked_get(parked);

	spin_lock(&task->lock);
	swap(task->parked, old);
	spin_unlock(&task->lock);
	mach_parked_put(old);
}

/**
 * mach_task_get_parked() - the first thread of a task, which has not run yet
 * @task: the task
 *
 * Return: a reference; NULL if it has run, or is none that was parked.
 */
struct mach_parked *mach_task_get_parked(struct mach_task *task)
{
	struct mach_parked *parked = NULL;

	spin_lock(&task->lock);
	if (task->parked && !task->parked->runs)
		parked = mach_parked_get(task->parked);
	spin_unlock(&task->lock);
	return parked;
}

static bool is_own(const struct mach_task *task)
{
	return task->pid == task_tgid(current);
}

/*
 * Whether the process has taken on the credentials of a new image, but the
 * exec probe has not yet said what becomes of its port. Until then it answers
 * nobody.
 */
static bool is_execing(const struct mach_task *task)
{
	const struct task_struct *leader;
	bool execing;
	u64 known;

	rcu_read_lock();
	/* Pairs with the release in the exec probe. */
	known = smp_load_acquire(&task->exec_id);
	leader = pid_task(task->pid, PIDTYPE_TGID);
	execing = leader && READ_ONCE(leader->self_exec_id) != known;
	rcu_read_unlock();
	return execing;
}

/* The task that a port stands for with so much power, with a reference. */
static struct mach_task *object_of(struct mach_port *port,
				   enum mach_port_kind least)
{
	struct mach_task *task = NULL;

	if (port->kind < least || port->kind > MACH_KIND_TASK)
		return NULL;
	spin_lock(&port->lock);
	if (port->object) {
		task = port->object;
		if (!refcount_inc_not_zero(&task->ref))
			task = NULL;
	}
	spin_unlock(&port->lock);
	return task;
}

/**
 * mach_task_hold() - get hold of a task through a port
 * @task: the task; the caller has a reference
 * @port: stands for it, or for one of its threads
 *
 * Context: Process; may sleep. As mach_task_acquire_by(), until the caller
 * releases the task.
 * Return: false, the port is good no more, or the calling thread is being killed.
 */
bool mach_task_hold(struct mach_task *task, struct mach_port *port)
{
	if (is_own(task))
		return true;
	for (;;) {
		if (is_execing(task) || mach_task_settle_killable(task) ||
		    down_read_killable(&task->life))
			return false;
		if (mach_port_is_dead(port))
			break;
		if (!mach_task_unsettled(task) || mach_task_is_dying(task))
			return true;
		up_read(&task->life);
	}
	up_read(&task->life);
	return false;
}

/**
 * mach_task_port_of() - the port of which a name denotes a send right
 * @space: the caller's
 * @name: any number
 *
 * Return: a reference, or NULL.
 */
struct mach_port *mach_task_port_of(struct mach_space *space, u32 name)
{
	struct mach_port *port = NULL;
	struct mach_entry *entry;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (entry && (entry->rights & MACH_ENTRY_SEND))
		port = mach_port_get(entry->port);
	spin_unlock(&space->lock);
	return port;
}

/**
 * mach_task_acquire_by() - get hold of a task by one of its ports
 * @space: the caller's
 * @name: any number
 * @null: what the routine answers to a name that is no such port
 * @kind: in: the least power that the routine asks for; out: which port it is
 * @result: out: the task
 *
 * Context: Process; may sleep. Until mach_task_release() the caller touches no
 * user memory and acquires no other task.
 * Return: KERN_SUCCESS; @null, @name does not denote a send right to a port
 * that stands for a task with so much power, or one that is good no more;
 * KERN_FAILURE, the task is dying.
 */
int mach_task_acquire_by(struct mach_space *space, u32 name, int null,
			 enum mach_port_kind *kind, struct mach_task **result)
{
	struct mach_port *port = mach_task_port_of(space, name);
	struct mach_task *task;

	if (!port)
		return null;
	task = object_of(port, *kind);
	*kind = port->kind;
	if (task && !mach_task_hold(task, port)) {
		mach_task_put(task);
		task = NULL;
	}
	mach_port_put(port);
	if (!task)
		return null;
	if (mach_task_is_dying(task)) {
		mach_task_release(task);
		return MACHDEV_KERN_FAILURE;
	}
	*result = task;
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_task_release() - let go a task
 * @task: from mach_task_acquire(), or NULL
 *
 * Context: Process; may sleep; no lock held.
 */
void mach_task_release(struct mach_task *task)
{
	if (!task)
		return;
	if (!is_own(task))
		up_read(&task->life);
	mach_task_put(task);
}

/**
 * mach_task_pin_image() - keep a task from executing another program
 * @task: that of the current thread, or one that is held
 * @leader: out: the leader of its thread group, with a reference
 *
 * For who looks at threads or memory of a task: what power he has over it was
 * decided for this image. Other threads of a task can end, but it does not take on
 * the credentials of another image until mach_task_unpin_image().
 *
 * Context: Process; sleeps.
 * Return: false, it has become an image of more power, or whether it has is not
 * known yet; or it is gone: its ports answer like those of a dead task. Or the
 * calling thread is being killed.
 */
bool mach_task_pin_image(struct mach_task *task, struct task_struct **leader)
{
	struct task_struct *p = get_pid_task(task->pid, PIDTYPE_TGID);

	if (!p)
		return false;
	*leader = p;
	if (is_own(task))
		return true;
	if (!down_read_killable(&p->signal->exec_update_lock)) {
		if (!is_execing(task) && !mach_task_is_tainted(task))
			return true;
		up_read(&p->signal->exec_update_lock);
	}
	put_task_struct(p);
	return false;
}

/**
 * mach_task_unpin_image() - let it execute again
 * @task: the task
 * @leader: from mach_task_pin_image()
 */
void mach_task_unpin_image(struct mach_task *task, struct task_struct *leader)
{
	if (!is_own(task))
		up_read(&leader->signal->exec_update_lock);
	put_task_struct(leader);
}

/**
 * mach_task_identify() - the task that a name stands for, to ask who it is
 * @space: the caller's
 * @name: any number
 * @null: what the routine answers to a name that is no port of a task
 * @result: out: the task, for mach_task_put()
 *
 * The name port is enough. Its holders do not hold up the task, since it may
 * have gained privilege over them: they settle nothing and wait for nobody.
 *
 * Context: Process; may sleep.
 * Return: as mach_task_acquire_by().
 */
int mach_task_identify(struct mach_space *space, u32 name, int null,
		       struct mach_task **result)
{
	enum mach_port_kind kind = MACH_KIND_TASK_INSPECT;
	struct mach_port *port = mach_task_port_of(space, name);
	struct mach_task *task = NULL;
	int ret;

	if (port && port->kind == MACH_KIND_TASK_NAME)
		task = object_of(port, MACH_KIND_TASK_NAME);
	mach_port_put(port);
	if (task && mach_task_is_dying(task)) {
		mach_task_put(task);
		return MACHDEV_KERN_FAILURE;
	}
	if (task) {
		*result = task;
		return MACHDEV_KERN_SUCCESS;
	}
	ret = mach_task_acquire_by(space, name, null, &kind, &task);
	if (ret)
		return ret;
	refcount_inc(&task->ref);
	mach_task_release(task);
	*result = task;
	return MACHDEV_KERN_SUCCESS;
}
