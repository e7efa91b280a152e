// SPDX-License-Identifier: GPL-2.0-only
/* How processes become tasks: fork, exec and exit, and the first call. */
#include <linux/binfmts.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include "attach.h"
#include "identity.h"
#include "ledger.h"
#include "stock.h"
#include "task.h"
#include "thread.h"

static bool group_is_dead(const struct task_struct *p)
{
	return !atomic_read(&p->signal->live);
}

/*
 * The child has a record already, since somebody asked for its port. The one
 * made for it goes again, together with what the other had inherited.
 */
static void override_child(struct mach_task *other, struct mach_task *record)
{
	struct mach_inherit *inherit;

	inherit = rcu_dereference_protected(record->inherit, true);
	RCU_INIT_POINTER(record->inherit,
			 mach_task_override(other, inherit));
	if (test_bit(MACH_TASK_PRIVILEGED, &record->flags)) {
		set_bit(MACH_TASK_PRIVILEGED, &other->flags);
		smp_wmb(); /* pairs with smp_rmb() in mach_task_settle() */
		WRITE_ONCE(other->execs, other->execs + 1);
	}
	mach_task_queue_release(record);
	mach_task_queue_settle(other);
	/* The table has a reference, too, and the child cannot have exited. */
	refcount_dec(&other->ref);
}

static void attach_child(struct mach_task *parent, struct task_struct *child)
{
	struct mach_task *task = mach_stock_take();
	struct mach_task *other;

	if (!task) {
		mach_stock_lose(child);
		return;
	}
	mach_task_setup(task, get_pid(task_tgid(child)),
			mach_inherit_get_rcu(&parent->inherit),
			mach_space_ledger(&parent->space));
	if (mach_task_unsettled(parent) &&
	    test_bit(MACH_TASK_PRIVILEGED, &parent->flags)) {
		__set_bit(MACH_TASK_PRIVILEGED, &task->flags);
		task->execs = 1;
	}
	other = mach_task_insert(task);
	if (other)
		override_child(other, task);
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
	rcu_read_unlock();
}

/* Whether an exec gave its process power that others had not over it. */
static bool gains_privilege(const struct linux_binprm *bprm)
{
	return bprm->secureexec ||
	       (bprm->interp_flags & BINPRM_FLAGS_ENFORCE_NONDUMP);
}

static void exec_probe(void *data, struct task_struct *p, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	struct mach_task *task;

	rcu_read_lock();
	task = mach_task_find_rcu(task_tgid(p));
	if (task) {
		WRITE_ONCE(task->version, mach_pidversion_next());
		if (gains_privilege(bprm))
			set_bit(MACH_TASK_PRIVILEGED, &task->flags);
		smp_wmb(); /* pairs with smp_rmb() in mach_task_settle() */
		WRITE_ONCE(task->execs, task->execs + 1);
		mach_task_queue_settle(task);
	}
	rcu_read_unlock();
}

static void exit_probe(MACH_EXIT_PROBE_ARGS(data, p))
{
	struct mach_task *task;

	rcu_read_lock();
	task = mach_task_find_rcu(task_tgid(p));
	if (task) {
		mach_thread_exited(p);
		if (group_is_dead(p))
			mach_task_queue_exit(task);
	}
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
 * mach_attach_init() - hook fork, exec and exit
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

static struct mach_task *attach(struct pid *pid, struct task_struct *leader)
{
	struct mach_task *task, *other;
	const struct cred *cred;
	struct mach_user *user;
	int ret;

	ret = mach_stock_wait();
	if (ret)
		return ERR_PTR(ret);
	other = mach_task_lookup(pid);
	if (other)
		return other;
	if (mach_stock_was_lost(leader))
		return ERR_PTR(-ENOMEM);

	cred = get_task_cred(leader);
	user = mach_user_find(cred);
	put_cred(cred);
	if (!user)
		return ERR_PTR(-ENOMEM);
	/* Asked first, taken by mach_task_setup(). */
	if (!mach_ledger_charge(user->wired, sizeof(*task))) {
		task = ERR_PTR(-EDQUOT);
		goto out_put;
	}
	mach_ledger_uncharge(user->wired, sizeof(*task));
	task = mach_task_new(GFP_KERNEL_ACCOUNT);
	if (!task) {
		task = ERR_PTR(-ENOMEM);
		goto out_put;
	}
	mach_task_setup(task, get_pid(pid), mach_inherit_default(),
			mach_ledger_get(user->wired));
	refcount_inc(&task->ref);
	other = mach_task_insert(task);
	if (other) {
		mach_task_put(task);
		mach_task_put(task);
		task = other;
	}
out_put:
	mach_user_put(user);
	return task;
}

/**
 * mach_attach_current() - the task of the current thread
 *
 * Context: Process; may sleep.
 * Return: a reference; ERR_PTR(-ENOMEM), ERR_PTR(-EDQUOT) or
 * ERR_PTR(-ERESTARTSYS).
 */
struct mach_task *mach_attach_current(void)
{
	struct mach_task *task = mach_task_lookup(task_tgid(current));

	if (task)
		return task;
	return attach(task_tgid(current), current->group_leader);
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
	if (!IS_ERR(task) && group_is_dead(leader)) {
		mach_task_queue_exit(task);
		mach_task_put(task);
		task = ERR_PTR(-ESRCH);
	}
	put_task_struct(leader);
	return task;
}
