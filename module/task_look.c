// SPDX-License-Identifier: GPL-2.0-only
/* Tasks as others see them, in dumps and events. */
#include <linux/audit.h>
#include <linux/machdev_netlink.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/user_namespace.h>

#include "event.h"
#include "port.h"
#include "task.h"
#include "task_look.h"
#include "thread.h"

static bool may_see(const struct mach_viewer *viewer, const struct cred *cred)
{
	return viewer->all ||
	       (uid_eq(cred->uid, viewer->uid) &&
		uid_eq(cred->euid, viewer->uid) &&
		uid_eq(cred->suid, viewer->uid) &&
		cred->user_ns == viewer->user_ns &&
		cap_issubset(cred->cap_permitted, viewer->caps));
}

/**
 * mach_viewer_pid() - a thread group's number
 * @viewer: for whom
 * @pid: the thread group
 *
 * Return: the number in his pid name space, 0 if there is none.
 */
u32 mach_viewer_pid(const struct mach_viewer *viewer, struct pid *pid)
{
	return pid_nr_ns(pid, viewer->pid_ns);
}

/**
 * mach_viewer_sees() - whether somebody may see a task
 * @viewer: who looks
 * @task: the task
 *
 * Context: Any.
 * Return: false also if it has no pid in his name space, or is dead.
 */
bool mach_viewer_sees(const struct mach_viewer *viewer,
		      const struct mach_task *task)
{
	const struct task_struct *leader;
	bool sees;

	if (mach_task_is_dying(task) || !mach_viewer_pid(viewer, task->pid))
		return false;
	rcu_read_lock();
	leader = pid_task(task->pid, PIDTYPE_TGID);
	sees = leader && may_see(viewer, __task_cred(leader));
	rcu_read_unlock();
	return sees;
}

/*
 * The tokens of a task, and where they come from. A reference is held while
 * explicit words are copied; whoever lets it go last may be a probe.
 */
static u32 words_of(struct mach_task *task, const struct task_struct *p,
		    u32 version, struct user_namespace *user_ns,
		    struct pid_namespace *pid_ns, struct mach_words *words)
{
	struct mach_inherit *inherit = mach_inherit_get_rcu(&task->inherit);
	struct mach_origin origin = {
		.pid = task->pid,
		.loginuid = audit_get_loginuid((struct task_struct *)p),
		.session = audit_get_sessionid((struct task_struct *)p),
		.version = version,
	};
	bool explicit = inherit->token;

	if (explicit) {
		*words = inherit->token->words;
	} else {
		rcu_read_lock();
		origin.cred = __task_cred(p);
		mach_words_derive(words, &origin, user_ns, pid_ns);
		rcu_read_unlock();
	}
	mach_inherit_put_later(inherit);
	return explicit ? MACHDEV_TOKEN_EXPLICIT : MACHDEV_TOKEN_DERIVED;
}

/**
 * mach_task_look() - how a task is now
 * @task: the task
 * @viewer: for whom
 * @view: out
 *
 * Context: Process.
 * Return: false if he may not see it, or it is dead.
 */
bool mach_task_look(struct mach_task *task, const struct mach_viewer *viewer,
		    struct mach_task_view *view)
{
	const struct task_struct *leader;

	if (!mach_viewer_sees(viewer, task))
		return false;
	rcu_read_lock();
	leader = pid_task(task->pid, PIDTYPE_TGID);
	if (leader) {
		view->pid = mach_viewer_pid(viewer, task->pid);
		view->version = READ_ONCE(task->version);
		view->uid = from_kuid_munged(viewer->user_ns,
					     __task_cred(leader)->uid);
		view->token = words_of(task, leader, view->version,
				       viewer->user_ns, viewer->pid_ns,
				       &view->words);
		strscpy(view->comm, leader->comm, sizeof(view->comm));
		view->names = READ_ONCE(task->space.names.used);
	}
	rcu_read_unlock();
	return leader;
}

/**
 * mach_task_of_object() - the task that a port stands for, or whose thread
 * @port: any port
 *
 * Context: Any; takes the port's lock.
 * Return: a reference, or NULL.
 */
struct mach_task *mach_task_of_object(struct mach_port *port)
{
	struct mach_task *task = NULL;

	spin_lock(&port->lock);
	if (port->object && port->kind >= MACH_KIND_THREAD_INSPECT &&
	    port->kind <= MACH_KIND_THREAD)
		task = ((struct mach_thread *)port->object)->task;
	else if (port->object && port->kind > MACH_KIND_PLAIN &&
		 port->kind <= MACH_KIND_TASK)
		task = port->object;
	if (task && !refcount_inc_not_zero(&task->ref))
		task = NULL;
	spin_unlock(&port->lock);
	return task;
}

/**
 * mach_task_of_receiver() - the task that holds the receive right
 * @port: any port
 * @name: out: the right's name there
 *
 * Context: Any; takes the port's lock.
 * Return: a reference, or NULL.
 */
struct mach_task *mach_task_of_receiver(struct mach_port *port, u32 *name)
{
	struct mach_task *task = NULL;

	spin_lock(&port->lock);
	/* A space gives its receive rights up before it goes. */
	if (port->receiver) {
		task = container_of(port->receiver, struct mach_task, space);
		if (!refcount_inc_not_zero(&task->ref))
			task = NULL;
		*name = port->name;
	}
	spin_unlock(&port->lock);
	return task;
}

/**
 * mach_task_note() - note down what happens to a task, if somebody listens
 * @event: filled in, to be given to mach_event_post()
 * @kind: MACHDEV_EVENT_*
 * @task: the task, which has not been torn down
 * @p: its leader, or the thread to which it happens
 *
 * Context: Any, a probe included; @p cannot go meanwhile.
 * Return: false if nobody does.
 */
bool mach_task_note(struct mach_event *event, u32 kind, struct mach_task *task,
		    const struct task_struct *p)
{
	if (likely(!mach_event_wanted()))
		return false;
	*event = (struct mach_event){
		.kind = kind,
		.pid = pid_nr(task->pid),
		.version = READ_ONCE(task->version),
	};
	event->token = words_of(task, p, event->version, &init_user_ns,
				&init_pid_ns, &event->words);
	strscpy(event->comm, p->comm, sizeof(event->comm));
	if (task->pid != task_tgid(current))
		event->actor = pid_nr(task_tgid(current));
	return true;
}

/**
 * mach_task_tell() - tell who listens what happens to a task
 * @kind: MACHDEV_EVENT_*
 * @task: the task, which has not been torn down
 * @p: its leader, or the thread to which it happens
 *
 * Whoever does this is told of as the actor.
 *
 * Context: Any, a probe included; @p cannot go meanwhile.
 */
void mach_task_tell(u32 kind, struct mach_task *task,
		    const struct task_struct *p)
{
	struct mach_event event;

	if (mach_task_note(&event, kind, task, p))
		mach_event_post(&event);
}
