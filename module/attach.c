// SPDX-License-Identifier: GPL-2.0-only
/* How processes become tasks: fork, exec and exit, and the first call. */
#include <linux/machdev_netlink.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include <trace/events/signal.h>

#include "alloc.h"
#include "attach.h"
#include "event.h"
#include "ledger.h"
#include "port.h"
#include "stock.h"
#include "suspend.h"
#include "task.h"
#include "task_look.h"
#include "thread.h"
#include "trace.h"

static bool group_is_dead(const struct task_struct *p)
{
	return !atomic_read(&p->signal->live);
}

/*
 * The child has a record already, since somebody asked for its port: what it
 * inherits replaces what that says.
 */
static void override_child(struct mach_task *child,
			   struct mach_inherit *inherit, bool tainted)
{
	struct mach_inherit *old = mach_task_override(child, inherit);

	if (tainted)
		mach_task_exec(child, true);
	trace_mach_task_fork(child);
	mach_task_queue_settle(child);
	mach_inherit_put_later(old);
}

/* Tears a task down, the first time, and tells of it. */
static void exit_task(struct mach_task *task, const struct task_struct *p)
{
	struct mach_event event;
	bool told = mach_task_note(&event, MACHDEV_EVENT_EXIT, task, p);

	if (mach_task_queue_exit(task) && told)
		mach_event_post(&event);
}

static void attach_child(struct mach_task *parent, struct task_struct *child)
{
	struct pid *pid = task_tgid(child);
	bool tainted = mach_task_is_tainted(parent);
	struct mach_inherit *inherit = mach_inherit_get_rcu(&parent->inherit);
	struct mach_task *task, *other;

	other = mach_task_find_rcu(pid);
	if (other) {
		override_child(other, inherit, tainted);
		mach_task_tell(MACHDEV_EVENT_FORK, other, child);
		return;
	}
	task = mach_stock_take();
	if (!task) {
		mach_inherit_put_later(inherit);
		mach_stock_lose(pid);
		return;
	}
	/* For the case that it has to be discarded. */
	refcount_inc(&inherit->ref);
	mach_task_setup(task, pid, child, inherit,
			mach_space_ledger(&parent->space));
	if (tainted)
		mach_task_exec(task, true);
	other = mach_task_insert(task);
	if (!other) {
		trace_mach_task_fork(task);
		mach_task_tell(MACHDEV_EVENT_FORK, task, child);
		mach_inherit_put_later(inherit);
		return;
	}
	override_child(other, inherit, tainted);
	mach_task_tell(MACHDEV_EVENT_FORK, other, child);
	/* The table has a reference, too, and the child cannot have exited. */
	refcount_dec(&other->ref);
	mach_task_queue_release(task);
}

static void fork_probe(void *data, struct task_struct *parent,
		       struct task_struct *child)
{
	struct mach_task *task;

	if (child->signal == parent->signal)
		return;
	rcu_read_lock();
	task = mach_task_find_rcu(task_tgid(parent));
	if (task)
		attach_child(task, child);
	else if (unlikely(mach_stock_is_lost(task_tgid(parent))))
		mach_stock_lose(task_tgid(child));
	rcu_read_unlock();
}

static void exec_probe(void *data, struct task_struct *p, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	struct mach_task *task;

	rcu_read_lock();
	task = mach_task_find_rcu(task_tgid(p));
	if (task) {
		WRITE_ONCE(task->version, mach_pidversion_next());
		mach_task_exec(task, mach_attach_gains_privilege(bprm));
		trace_mach_task_exec(task);
		/* From here on the port answers, by way of settling first. */
		smp_store_release(&task->exec_id, p->self_exec_id);
		mach_task_queue_settle(task);
		mach_suspend_executes(task);
		mach_task_tell(MACHDEV_EVENT_EXEC, task, p);
	}
	rcu_read_unlock();
}

static void exit_probe(MACH_EXIT_PROBE_ARGS(data, p))
{
	struct mach_task *task;

	rcu_read_lock();
	task = mach_task_find_rcu(task_tgid(p));
	if (task) {
		mach_thread_exited(task, p);
		if (group_is_dead(p))
			exit_task(task, p);
	}
	rcu_read_unlock();
}

/* Under the lock of the process's signals. */
static void signal_probe(void *data, int sig, struct kernel_siginfo *info,
			 struct task_struct *p, int group, int result)
{
	if (likely(sig != SIGCONT && sig != SIGSTOP))
		return;
	/* Nothing has stopped. What ignores SIGCONT goes on all the same. */
	if (sig == SIGSTOP && result == TRACE_SIGNAL_IGNORED)
		return;
	rcu_read_lock();
	mach_suspend_signalled(sig, info == SEND_SIG_PRIV, p);
	rcu_read_unlock();
}

static struct hook {
	const char *name;
	void *probe;
	struct tracepoint *point;
	bool registered;
} hooks[] = {
	{ .name = "sched_process_exit", .probe = exit_probe },
	{ .name = "sched_process_exec", .probe = exec_probe },
	{ .name = "sched_process_fork", .probe = fork_probe },
	{ .name = "signal_generate", .probe = signal_probe },
};

static void find_hook(struct tracepoint *point, void *priv)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!strcmp(point->name, hooks[i].name))
			hooks[i].point = point;
	}
}

/**
 * mach_attach_init() - hook fork, exec, exit and signals
 *
 * Return: 0 or a negative error number.
 */
int mach_attach_init(void)
{
	unsigned int i;
	int ret;

	for_each_kernel_tracepoint(find_hook, NULL);
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		ret = hooks[i].point ?
			tracepoint_probe_register(hooks[i].point,
						  hooks[i].probe, NULL) :
			-ENOENT;
		if (ret) {
			pr_err("cannot hook %s: %d\n", hooks[i].name, ret);
			mach_attach_exit();
			return ret;
		}
		hooks[i].registered = true;
	}
	return 0;
}

/**
 * mach_attach_exit() - unhook; no probe runs any more on return
 */
void mach_attach_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (hooks[i].registered)
			tracepoint_probe_unregister(hooks[i].point,
						    hooks[i].probe, NULL);
		hooks[i].registered = false;
	}
	tracepoint_synchronize_unregister();
}

/*
 * No exec takes on credentials meanwhile: the number of one that has is read
 * here, and one that will finds the record when its probe fires.
 */
static int enter(struct mach_task *task, struct pid *pid,
		 struct task_struct *leader, struct mach_user *user,
		 struct mach_task **other)
{
	struct rw_semaphore *lock = &leader->signal->exec_update_lock;
	int ret = -ESRCH;

	if (down_read_killable(lock))
		return -ERESTARTSYS;
	rcu_read_lock();
	/* An exec by another thread may have put that one in its place. */
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader) {
		mach_task_setup(task, pid, leader, mach_inherit_default(),
				mach_ledger_get(&user->wired));
		refcount_inc(&task->ref);
		*other = mach_task_insert(task);
		ret = 0;
	}
	rcu_read_unlock();
	up_read(lock);
	return ret;
}

static struct mach_task *attach(struct pid *pid, struct task_struct *leader)
{
	const s64 cost = sizeof(struct mach_task) + sizeof(struct mach_port);
	struct mach_task *task, *other;
	const struct cred *cred;
	struct mach_user *user;
	int ret;

	ret = mach_stock_wait();
	if (ret)
		return ERR_PTR(ret);
	if (mach_stock_is_lost(pid))
		return ERR_PTR(-ESRCH);
	other = mach_task_lookup(pid);
	if (other)
		return other;

	cred = get_task_cred(leader);
	user = mach_user_find(cred);
	put_cred(cred);
	if (!user)
		return ERR_PTR(-ENOMEM);
	/* Until mach_task_setup() has taken it, whatever the limit. */
	if (!mach_ledger_charge(&user->wired, cost)) {
		task = ERR_PTR(-EDQUOT);
		goto out_put;
	}
	task = mach_task_new(MACH_GFP);
	if (!task) {
		task = ERR_PTR(-ENOMEM);
		goto out_uncharge;
	}
	ret = enter(task, pid, leader, user, &other);
	if (ret) {
		mach_task_discard(task);
		task = ERR_PTR(ret);
	} else if (other) {
		mach_task_put(task);
		mach_task_put(task);
		task = other;
	} else {
		trace_mach_task_attach(task);
		mach_task_tell(MACHDEV_EVENT_ATTACH, task, leader);
	}
out_uncharge:
	mach_ledger_uncharge(&user->wired, cost);
out_put:
	mach_user_put(user);
	return task;
}

/**
 * mach_attach_current() - the task of the current thread
 *
 * Context: Process; may sleep.
 * Return: a reference; ERR_PTR(-ENOMEM), ERR_PTR(-EDQUOT),
 * ERR_PTR(-ESRCH) or ERR_PTR(-ERESTARTSYS), the process is being killed.
 */
struct mach_task *mach_attach_current(void)
{
	struct mach_task *task = mach_task_lookup(task_tgid(current));

	if (task)
		return task;
	return attach(task_tgid(current), current->group_leader);
}

static bool is_reaped(struct pid *pid)
{
	bool reaped;

	rcu_read_lock();
	reaped = !pid_task(pid, PIDTYPE_TGID);
	rcu_read_unlock();
	return reaped;
}

/**
 * mach_attach_pid() - the task of a thread group
 * @pid: the thread group; the caller has a reference
 *
 * Context: Process; may sleep.
 * Return: a reference; ERR_PTR(-ESRCH), it is gone; otherwise as
 * mach_attach_current().
 */
struct mach_task *mach_attach_pid(struct pid *pid)
{
	struct task_struct *leader = get_pid_task(pid, PIDTYPE_TGID);
	struct mach_task *task;

	if (!leader)
		return ERR_PTR(-ESRCH);
	task = attach(pid, leader);
	/*
	 * Either the exit probe finds the record that was just entered, or
	 * the group is seen to be dead here.
	 */
	smp_mb();
	if (!IS_ERR(task) &&
	    (group_is_dead(leader) || is_reaped(pid))) {
		exit_task(task, leader);
		mach_task_put(task);
		task = ERR_PTR(-ESRCH);
	}
	put_task_struct(leader);
	return task;
}
