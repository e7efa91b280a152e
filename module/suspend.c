// SPDX-License-Identifier: GPL-2.0-only
/* Who keeps whom from running. */
#include <linux/anon_inodes.h>
#include <linux/cgroup.h>
#include <linux/file.h>
#include <linux/freezer.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "alloc.h"
#include "compat/sched.h"
#include "entry.h"
#include "gate.h"
#include "ledger.h"
#include "port.h"
#include "reap.h"
#include "right.h"
#include "suspend.h"
#include "task.h"

/**
 * struct mach_suspension - a reason why a task is stopped
 * @link: in the list of the task that is stopped, empty once that has gone;
 *	guarded by suspensions_lock
 * @made: in the list of the task that counts, empty for a token; guarded
 * @task: who is stopped, while in its list
 * @by: who counts, NULL for a token; constant after init
 * @count: how often it has, 1 for a token; guarded
 * @due: how often more from the next exec on, 0 for a token; while it is not 0,
 *	EXEC_FILE_BYTES are charged as well; guarded
 * @era: SIGCONTs that the task had seen at the last of them; guarded
 * @token: port of the token, or NULL; holds a reference; who takes the port's
 *	object away has the kernel's other one, and this struct; constant after
 *	init
 * @ledger: charged for it, holds a reference; constant after init
 * @work: ends it, when the token was let go
 */
struct mach_suspension {
	struct list_head link;
	struct list_head made;
	struct mach_task *task;
	struct mach_task *by;
	u32 count;
	u32 due;
	u32 era;
	struct mach_port *token;
	struct mach_ledger *ledger;
	struct work_struct work;
};

/* What a ledger pays for an open file. */
#define EXEC_FILE_BYTES 4096

static DEFINE_MUTEX(suspensions_lock);

static void token_work(struct work_struct *work);

static struct mach_suspension *suspension_new(struct mach_task *by, bool token)
{
	struct mach_ledger *ledger = mach_space_ledger(&by->space);
	struct mach_suspension *s;

	if (!mach_ledger_charge(ledger, sizeof(*s)))
		goto err_put;
	s = kzalloc(sizeof(*s), MACH_GFP);
	if (!s)
		goto err_uncharge;
	INIT_LIST_HEAD(&s->link);
	INIT_LIST_HEAD(&s->made);
	INIT_WORK(&s->work, token_work);
	s->ledger = ledger;
	if (!token) {
		s->by = by;
		return s;
	}
	s->count = 1;
	s->token = mach_port_new(MACH_KIND_SUSPENSION, s, ledger, MACH_GFP);
	if (s->token) {
		/* For as long as it can be found, whoever ends the port. */
		mach_port_get(s->token);
		return s;
	}
	kfree(s);
err_uncharge:
	mach_ledger_uncharge(ledger, sizeof(*s));
err_put:
	mach_ledger_put(ledger);
	return NULL;
}

static void suspension_free(struct mach_suspension *s)
{
	if (!s)
		return;
	mach_port_put(s->token);
	mach_ledger_uncharge(s->ledger, s->due ? sizeof(*s) + EXEC_FILE_BYTES :
						 sizeof(*s));
	mach_ledger_put(s->ledger);
	kfree(s);
}

/* Whoever gets it frees it, and has its reference to the port. */
static struct mach_suspension *take_object(struct mach_port *port)
{
	struct mach_suspension *s;

	spin_lock(&port->lock);
	s = port->object;
	port->object = NULL;
	spin_unlock(&port->lock);
	return s;
}

/* The right to a token was let go; see struct mach_port.idle. */
static bool token_idle(struct mach_port *port)
{
	struct mach_suspension *s = take_object(port);

	if (s)
		mach_task_queue_work(&s->work);
	return s;
}

static bool in_force(const struct mach_suspension *s)
{
	return s->count && s->era == READ_ONCE(s->task->continues);
}

static bool is_held_locked(struct mach_task *task)
{
	struct mach_suspension *s;

	lockdep_assert_held(&suspensions_lock);
	if (task->tokens)
		return true;
	list_for_each_entry(s, &task->suspensions, link) {
		if (in_force(s))
			return true;
	}
	return false;
}

/* Lets it run again, unless job control has stopped it. */
static void go_on(struct mach_task *task)
{
	if (!test_bit(MACH_TASK_JOB_STOPPED, &task->flags))
		kill_pid(task->pid, SIGCONT, 1);
}

/* Stops a task that a suspension has just been made for, or still is. */
static void stop_locked(struct mach_task *task)
{
	lockdep_assert_held(&suspensions_lock);
	kill_pid(task->pid, SIGSTOP, 1);
	/* That may go to another thread, and who suspends himself stops here. */
	if (task->pid == task_tgid(current))
		send_sig(SIGSTOP, current, 1);
	/*
	 * A SIGCONT may have come before that and undone the suspension. Then
	 * nobody else would let it run again.
	 */
	if (!is_held_locked(task))
		go_on(task);
}

/*
 * What the kernel knows of stops it writes under its own locks, and unmarked. Who
 * looks without them sees at the next look, or is told by the signal probe, what
 * came too late.
 */

static bool has_stopped(struct task_struct *p)
{
	/* Unlocked, as said above. */
	return data_race(p->signal->flags & SIGNAL_STOP_STOPPED);
}

/* Whether a SIGSTOP is for this thread, and waits. */
static bool has_stop(struct task_struct *p)
{
	/* Unlocked, as said above. */
	return data_race(sigismember(&p->pending.signal, SIGSTOP));
}

static bool group_has_stop(struct task_struct *p)
{
	/* Unlocked, as said above. */
	return data_race(sigismember(&p->signal->shared_pending.signal,
				     SIGSTOP));
}

static bool is_group_stopping(struct task_struct *p)
{
	/* Unlocked, as said above. */
	return data_race(p->signal->group_stop_count);
}

/* Whether a stop is on its way: not a suspension's, while there is none. */
static bool is_stopping(struct task_struct *leader)
{
	struct task_struct *p;
	bool stopping;

	rcu_read_lock();
	stopping = group_has_stop(leader);
	mach_for_each_thread(leader, p)
		stopping = stopping || has_stop(p);
	rcu_read_unlock();
	/* What was no longer to be seen there is to be seen here. */
	return stopping || is_group_stopping(leader);
}

/* Before the first suspension: whether job control has stopped the task. */
static void note_job_locked(struct mach_task *task, struct task_struct *leader)
{
	bool stopping;

	lockdep_assert_held(&suspensions_lock);
	if (is_held_locked(task))
		return;
	stopping = is_stopping(leader);
	if (has_stopped(leader))
		set_bit(MACH_TASK_JOB_STOPPED, &task->flags);
	else if (!stopping)
		clear_bit(MACH_TASK_JOB_STOPPED, &task->flags);
}

static struct mach_suspension *find_locked(struct mach_task *task,
					   const struct mach_task *by)
{
	struct mach_suspension *s;

	lockdep_assert_held(&suspensions_lock);
	list_for_each_entry(s, &task->suspensions, link) {
		if (s->by == by)
			return s;
	}
	return NULL;
}

static void link_locked(struct mach_suspension *s, struct mach_task *task)
{
	lockdep_assert_held(&suspensions_lock);
	s->task = task;
	list_add_tail(&s->link, &task->suspensions);
	if (s->by)
		list_add_tail(&s->made, &s->by->suspends);
}

static void count_locked(struct mach_suspension *s, u32 more)
{
	lockdep_assert_held(&suspensions_lock);
	if (!in_force(s)) {
		s->era = READ_ONCE(s->task->continues);
		s->count = 0;
	}
	s->count = min_t(u32, s->count + more, INT_MAX);
}

/**
 * mach_suspend() - count one more suspension, and stop the task
 * @task: the task, held, with its image pinned
 * @by: that of the current thread
 * @leader: of the thread group
 *
 * Context: Process; may sleep. The task stops soon, see mach_suspend_wait().
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE; -ENODEV, the gate is shut.
 */
int mach_suspend(struct mach_task *task, struct mach_task *by,
		 struct task_struct *leader)
{
	struct mach_suspension *new = suspension_new(by, false), *s;
	int ret = MACHDEV_KERN_SUCCESS;

	if (!new)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	mutex_lock(&suspensions_lock);
	/* Who shuts it then ends the suspensions that there are. */
	if (mach_gate_is_shut()) {
		ret = -ENODEV;
		goto out_unlock;
	}
	note_job_locked(task, leader);
	s = find_locked(task, by);
	if (!s) {
		s = new;
		new = NULL;
		link_locked(s, task);
	}
	if (in_force(s) && s->count == INT_MAX)
		ret = MACHDEV_KERN_RESOURCE_SHORTAGE;
	else
		count_locked(s, 1);
	stop_locked(task);
out_unlock:
	mutex_unlock(&suspensions_lock);
	suspension_free(new);
	return ret;
}

/**
 * mach_suspend_by_token() - stop the task for as long as there is a token
 * @task: the task, held, with its image pinned
 * @by: that of the current thread
 * @leader: of the thread group
 * @token: out: a send-once right, after -ENODEV too
 *
 * Context: Process; may sleep. The task stops soon, see mach_suspend_wait().
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE; -ENODEV, the gate is shut.
 */
int mach_suspend_by_token(struct mach_task *task, struct mach_task *by,
			  struct task_struct *leader, struct mach_right *token)
{
	struct mach_suspension *s = suspension_new(by, true);

	if (!s)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	s->token->idle = token_idle;
	*token = mach_port_make_send_once(s->token);
	mutex_lock(&suspensions_lock);
	if (mach_gate_is_shut()) {
		mutex_unlock(&suspensions_lock);
		return -ENODEV;
	}
	note_job_locked(task, leader);
	link_locked(s, task);
	WRITE_ONCE(task->tokens, task->tokens + 1);
	stop_locked(task);
	mutex_unlock(&suspensions_lock);
	return MACHDEV_KERN_SUCCESS;
}

/*
 * Settles, with which the task is suspended, before the thread that executes
 * goes to user mode. Dropped by anybody else it does nothing.
 */
static int exec_file_release(struct inode *inode, struct file *file)
{
	struct mach_task *task = NULL;

	if (!(current->flags & (PF_EXITING | PF_KTHREAD)))
		task = mach_task_lookup(task_tgid(current));
	if (task)
		mach_task_settle(task);
	mach_task_put(task);
	return 0;
}

static const struct file_operations exec_file_fops = {
	.owner = THIS_MODULE,
	.release = exec_file_release,
};

/* The file goes when nobody waits for the exec that would drop it. */
static void drop_exec_file_locked(struct mach_task *task)
{
	struct mach_suspension *s;
	struct file *file;

	lockdep_assert_held(&suspensions_lock);
	list_for_each_entry(s, &task->suspensions, link) {
		if (s->due)
			return;
	}
	file = xchg(&task->exec_file, NULL);
	if (file)
		fput(file);
}

static bool owe_locked(struct mach_suspension *s)
{
	lockdep_assert_held(&suspensions_lock);
	if (s->due == INT_MAX ||
	    (!s->due && !mach_ledger_charge(s->ledger, EXEC_FILE_BYTES)))
		return false;
	s->due++;
	return true;
}

/**
 * mach_suspend_at_exec() - suspend the task when it executes another program
 * @task: the task, held, with its image pinned, and settled, so that none is on
 *	its way; not @by, whose suspensions end as it executes
 * @by: that of the current thread
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE; -ENODEV, the gate is shut.
 */
int mach_suspend_at_exec(struct mach_task *task, struct mach_task *by)
{
	struct mach_suspension *new = suspension_new(by, false), *s;
	int ret = MACHDEV_KERN_RESOURCE_SHORTAGE;
	struct file *file;

	if (!new)
		return ret;
	file = anon_inode_getfile("[mach-exec]", &exec_file_fops, NULL, O_RDWR);
	if (IS_ERR(file)) {
		suspension_free(new);
		return ret;
	}
	mutex_lock(&suspensions_lock);
	if (mach_gate_is_shut()) {
		ret = -ENODEV;
		goto out_unlock;
	}
	s = find_locked(task, by) ?: new;
	if (owe_locked(s)) {
		ret = MACHDEV_KERN_SUCCESS;
		if (s == new) {
			link_locked(s, task);
			new = NULL;
		}
		/* One is enough, whoever brings it. */
		file = xchg(&task->exec_file, file);
	}
out_unlock:
	mutex_unlock(&suspensions_lock);
	suspension_free(new);
	if (file)
		fput(file);
	return ret;
}

/**
 * mach_suspend_executes() - a task executes another program
 * @task: that of the current thread
 *
 * Context: The exec probe: takes no lock.
 */
void mach_suspend_executes(struct mach_task *task)
{
	struct file *file = xchg(&task->exec_file, NULL);

	/* Puts its release off until the thread leaves the kernel. */
	if (file)
		fput(file);
}

/*
 * Has a thread look for signals before it goes to user mode. Nobody else would
 * wake it for one from now on: the kernel takes it that this was done already.
 */
static void look_for_signals(struct task_struct *p)
{
	set_tsk_thread_flag(p, TIF_SIGPENDING);
	/* Either it sees the flag before it sleeps, or is seen asleep here. */
	smp_mb__after_atomic();
	if (READ_ONCE(p->__state) & TASK_INTERRUPTIBLE)
		wake_up_process(p);
}

/* Frozen by its control group, too, as vfork() says it is. */
static bool sleeps_on(struct task_struct *p)
{
	return READ_ONCE(p->__state) & (TASK_UNINTERRUPTIBLE | TASK_FROZEN) ||
	       cgroup_task_frozen(p);
}

/*
 * Whether a thread is out of user mode, and will not go back there: stopped,
 * frozen, or asleep in the kernel until something else happens, as in vfork().
 */
static bool seems_out(struct task_struct *p)
{
	if (READ_ONCE(p->flags) & (PF_EXITING | MACH_PF_WORKER))
		return true;
	if (READ_ONCE(p->jobctl) & (JOBCTL_STOPPED | JOBCTL_TRACED))
		return true;
	if (!sleeps_on(p))
		return false;
	/* It would cut short what is written of a process that dumps core. */
	if (READ_ONCE(p->signal->flags) & SIGNAL_GROUP_EXIT)
		return true;
	look_for_signals(p);
	/* If it still sleeps now, it looks on its way out. */
	return sleeps_on(p);
}

static bool is_out(struct task_struct *p)
{
	/* Unlocked, as said of stops. */
	return data_race(seems_out(p));
}

static bool all_out(struct task_struct *leader)
{
	struct task_struct *p;
	bool out = true;

	rcu_read_lock();
	mach_for_each_thread(leader, p) {
		if (!is_out(p)) {
			out = false;
			break;
		}
	}
	rcu_read_unlock();
	return out;
}

/*
 * The signal of the process may be with a thread that sleeps on. The first to
 * take one stops them all; to send it looks at all, so it is one at a time.
 */
static void stop_another(struct task_struct *leader)
{
	struct task_struct *p;

	rcu_read_lock();
	mach_for_each_thread(leader, p) {
		if (!is_out(p) && !has_stop(p)) {
			send_sig(SIGSTOP, p, 1);
			break;
		}
	}
	rcu_read_unlock();
}

/* An exec may have swallowed the signal. False: nothing stops the task now. */
static bool stop_again(struct mach_task *task, struct task_struct *leader)
{
	bool held;

	mutex_lock(&suspensions_lock);
	held = is_held_locked(task);
	if (held) {
		stop_another(leader);
		stop_locked(task);
	}
	mutex_unlock(&suspensions_lock);
	return held;
}

/**
 * mach_suspend_wait() - wait until a task has stopped
 * @task: one that was suspended, not that of the current thread
 * @leader: of the thread group
 *
 * There is nothing to wait on, so it looks again and again.
 *
 * Context: Process; sleeps; no lock held.
 * Return: KERN_SUCCESS, all threads have stopped, or a SIGCONT or a resume has
 * undone it; KERN_FAILURE, the task is dying; KERN_ABORTED, the calling thread is
 * being killed.
 */
int mach_suspend_wait(struct mach_task *task, struct task_struct *leader)
{
	long ticks = 1;

	while (!all_out(leader)) {
		if (mach_task_is_dying(task))
			return MACHDEV_KERN_FAILURE;
		set_current_state(TASK_KILLABLE | TASK_FREEZABLE);
		schedule_timeout(ticks);
		ticks = min(2 * ticks, HZ / 20 + 1l);
		if (fatal_signal_pending(current))
			return MACHDEV_KERN_ABORTED;
		if (!all_out(leader) && !stop_again(task, leader))
			break;
	}
	return mach_task_is_dying(task) ? MACHDEV_KERN_FAILURE :
					  MACHDEV_KERN_SUCCESS;
}

/* Takes a suspension out of both lists. */
static void unlink_locked(struct mach_suspension *s)
{
	lockdep_assert_held(&suspensions_lock);
	if (s->token && !list_empty(&s->link))
		WRITE_ONCE(s->task->tokens, s->task->tokens - 1);
	list_del_init(&s->link);
	list_del_init(&s->made);
	if (s->due)
		drop_exec_file_locked(s->task);
}

/*
 * The caller's own count, or that of somebody else who is in force; if there is
 * none, what will be at the next exec.
 */
static struct mach_suspension *pick_locked(struct mach_task *task,
					   const struct mach_task *by)
{
	struct mach_suspension *s = find_locked(task, by);

	lockdep_assert_held(&suspensions_lock);
	if (s && in_force(s))
		return s;
	list_for_each_entry(s, &task->suspensions, link) {
		if (!s->token && in_force(s))
			return s;
	}
	s = find_locked(task, by);
	if (s && s->due)
		return s;
	list_for_each_entry(s, &task->suspensions, link) {
		if (s->due)
			return s;
	}
	return NULL;
}

/*
 * Takes back one count, unless a SIGCONT has done so meanwhile. True if nothing
 * is left of the suspension.
 */
static bool uncount_locked(struct mach_suspension *s)
{
	struct mach_task *task = s->task;

	lockdep_assert_held(&suspensions_lock);
	if (in_force(s)) {
		s->count--;
		if (!is_held_locked(task))
			go_on(task);
	} else if (s->due && !--s->due) {
		mach_ledger_uncharge(s->ledger, EXEC_FILE_BYTES);
		drop_exec_file_locked(task);
	}
	return !in_force(s) && !s->due;
}

/**
 * mach_resume() - take back one task_suspend()
 * @task: the task, held
 * @by: that of the current thread; its own count comes first
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_FAILURE, there is none.
 */
int mach_resume(struct mach_task *task, struct mach_task *by)
{
	struct mach_suspension *s;
	bool spent = false;

	mutex_lock(&suspensions_lock);
	s = pick_locked(task, by);
	if (s)
		spent = uncount_locked(s);
	if (spent)
		unlink_locked(s);
	mutex_unlock(&suspensions_lock);
	if (spent)
		suspension_free(s);
	return s ? MACHDEV_KERN_SUCCESS : MACHDEV_KERN_FAILURE;
}

/* Ends a suspension that is the caller's to free. */
static void end_token(struct mach_suspension *s)
{
	struct mach_task *task;

	mutex_lock(&suspensions_lock);
	if (!list_empty(&s->link)) {
		task = s->task;
		unlink_locked(s);
		if (!is_held_locked(task))
			go_on(task);
	}
	mutex_unlock(&suspensions_lock);
	suspension_free(s);
}

static void token_work(struct work_struct *work)
{
	end_token(container_of(work, struct mach_suspension, work));
}

/**
 * mach_resume_by_token() - let go a token
 * @space: the caller's
 * @name: any number
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @name is no token.
 */
int mach_resume_by_token(struct mach_space *space, u32 name)
{
	struct mach_suspension *s = NULL;
	struct mach_right right = { };
	struct mach_entry *entry;
	struct mach_port *port;
	MACH_REAP(reap);
	int ret = MACHDEV_KERN_INVALID_ARGUMENT;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (entry && (entry->rights & MACH_ENTRY_SEND_ONCE) &&
	    entry->port->kind == MACH_KIND_SUSPENSION)
		ret = mach_right_copyin_locked(space, name,
					       MACHDEV_MOVE_SEND_ONCE, false,
					       &right, &reap);
	spin_unlock(&space->lock);
	port = right.port;
	if (!ret && mach_port_valid(port))
		s = take_object(port);
	if (s) {
		/* Now, and not in a work item. */
		end_token(s);
		mach_reap_port(&reap, port);
	}
	mach_reap_right(&reap, &right);
	mach_reap_run(&reap);
	return ret || !s ? MACHDEV_KERN_INVALID_ARGUMENT : MACHDEV_KERN_SUCCESS;
}

/**
 * mach_suspend_count() - how many suspensions are in force
 * @task: the task
 *
 * Context: Process; may sleep.
 * Return: the sum of the counts, and one for each token.
 */
u32 mach_suspend_count(struct mach_task *task)
{
	struct mach_suspension *s;
	u64 count;

	mutex_lock(&suspensions_lock);
	count = task->tokens;
	list_for_each_entry(s, &task->suspensions, link) {
		if (!s->token && in_force(s))
			count += s->count;
	}
	mutex_unlock(&suspensions_lock);
	return min_t(u64, count, INT_MAX);
}

/* Ends all suspensions of a task. Tokens die, unless somebody is at it. */
static void drop_all_locked(struct mach_task *task, struct mach_reap *reap)
{
	struct mach_suspension *s, *next;

	lockdep_assert_held(&suspensions_lock);
	list_for_each_entry_safe(s, next, &task->suspensions, link) {
		unlink_locked(s);
		if (s->token) {
			struct mach_port *port = s->token;

			if (!take_object(port))
				continue;
			mach_reap_port(reap, port);
		}
		suspension_free(s);
	}
}

/**
 * mach_suspend_revoke() - end all suspensions of a task
 * @task: the task, over which nobody has power any more, or that nobody could
 *	resume since the gate is shut
 *
 * Context: Process; may sleep.
 */
void mach_suspend_revoke(struct mach_task *task)
{
	MACH_REAP(reap);
	bool held;

	mutex_lock(&suspensions_lock);
	held = is_held_locked(task);
	drop_all_locked(task, &reap);
	if (held)
		go_on(task);
	mutex_unlock(&suspensions_lock);
	mach_reap_run(&reap);
}

/* Ends all suspensions that a task has made, but for tokens. */
static void drop_made_locked(struct mach_task *task)
{
	struct mach_suspension *s, *next;

	lockdep_assert_held(&suspensions_lock);
	list_for_each_entry_safe(s, next, &task->suspends, made) {
		struct mach_task *held = s->task;
		/* What a SIGCONT has undone may be stopped by somebody else. */
		bool held_up = in_force(s);

		unlink_locked(s);
		suspension_free(s);
		if (held_up && !is_held_locked(held))
			go_on(held);
	}
}

/* What was to be from this exec on. */
static void fall_due_locked(struct mach_task *task)
{
	struct task_struct *leader;
	struct mach_suspension *s;

	lockdep_assert_held(&suspensions_lock);
	list_for_each_entry(s, &task->suspensions, link) {
		if (!s->due)
			continue;
		rcu_read_lock();
		leader = pid_task(task->pid, PIDTYPE_TGID);
		if (leader)
			note_job_locked(task, leader);
		rcu_read_unlock();
		count_locked(s, s->due);
		s->due = 0;
		mach_ledger_uncharge(s->ledger, EXEC_FILE_BYTES);
	}
	drop_exec_file_locked(task);
}

/**
 * mach_suspend_executed() - a task has executed another program
 * @task: the task
 *
 * What it has suspended goes on, as it does when tokens go with their names.
 * A signal by which it was to stop has gone with the threads that there were.
 * What was to suspend it from here on does.
 *
 * Context: Process; may sleep.
 */
void mach_suspend_executed(struct mach_task *task)
{
	mutex_lock(&suspensions_lock);
	drop_made_locked(task);
	fall_due_locked(task);
	if (is_held_locked(task))
		stop_locked(task);
	mutex_unlock(&suspensions_lock);
}

/**
 * mach_suspend_end() - a task is gone, or the module goes
 * @task: the task; nobody suspends it any more, nor does it suspend others
 *
 * Context: Process; may sleep.
 */
void mach_suspend_end(struct mach_task *task)
{
	mach_suspend_revoke(task);
	mutex_lock(&suspensions_lock);
	drop_made_locked(task);
	mutex_unlock(&suspensions_lock);
}

/* All threads look for signals; SIGSTOP is there again. */
static void stop_anew(struct task_struct *p)
{
	struct task_struct *t;

	if (p->signal->flags & SIGNAL_GROUP_EXIT)
		return;
	sigaddset(&p->signal->shared_pending.signal, SIGSTOP);
	mach_for_each_thread(p, t)
		look_for_signals(t);
}

/**
 * mach_suspend_signalled() - a task has been sent a signal
 * @sig: SIGSTOP or SIGCONT
 * @forced: by the kernel, this module for one
 * @p: a thread of it
 *
 * Context: The signal probe, under the lock of the process's signals, in an RCU
 * read section.
 */
void mach_suspend_signalled(int sig, bool forced, struct task_struct *p)
{
	struct mach_task *task = mach_task_find_rcu(task_tgid(p));

	if (!task)
		return;
	if (sig == SIGSTOP) {
		if (!forced)
			set_bit(MACH_TASK_JOB_STOPPED, &task->flags);
		return;
	}
	clear_bit(MACH_TASK_JOB_STOPPED, &task->flags);
	WRITE_ONCE(task->continues, task->continues + 1);
	/* When the gate is shut, nobody could use tokens up. */
	if (READ_ONCE(task->tokens) && !mach_gate_is_shut())
		stop_anew(p);
}
