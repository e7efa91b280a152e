// SPDX-License-Identifier: GPL-2.0-only
/* Tasks without threads: how a process becomes one. */
#include <linux/anon_inodes.h>
#include <linux/binfmts.h>
#include <linux/file.h>
#include <linux/kref.h>
#include <linux/machdev.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "alloc.h"
#include "attach.h"
#include "clone.h"
#include "embryo.h"
#include "inherit.h"
#include "ledger.h"
#include "parked.h"
#include "port.h"
#include "reap.h"
#include "right.h"
#include "task.h"

/* How far an embryo is; it only goes down this list. */
enum state {
	EMBRYO_NEW,
	EMBRYO_ADOPTED,	/* by a process that is on its way to be parked */
	EMBRYO_ALIVE,	/* its process is a task of its own, parked or running */
	EMBRYO_ENDED,
};

/**
 * struct mach_embryo - a task that is to be
 * @ref: memory reference
 * @node: in the list of embryos, guarded by its lock
 * @creator: who made it, holds a reference; constant after init
 * @ledger: charged for it, holds a reference; constant after init
 * @inherit: what the task starts with, nobody else's; NULL once it has it, or
 *	will never have it; guarded by the list's lock
 * @port: what its process will have as the port of the task, from when it is
 *	adopted until it has it; NULL otherwise; guarded by the list's lock
 * @memory: it has the memory of the process that adopts it; constant after init
 * @run: its process goes on, and is not parked
 * @privileged: which exec was the last of its process that gained privilege
 *	when it became the task; constant from EMBRYO_ALIVE on
 * @state: guarded by the list's lock, read anywhere
 * @taken: the creator has its port; guarded by the list's lock
 * @closed: its descriptor is; guarded by the list's lock
 * @abandoned: it must not live; never cleared; set under the list's lock
 * @task: who adopted it, holds a reference; written once, under the list's lock
 * @parked: its process's thread, holds a reference; constant after init
 * @wait: who waits for @state
 */
struct mach_embryo {
	struct kref ref;
	struct list_head node;
	struct mach_task *creator;
	struct mach_ledger *ledger;
	struct mach_inherit *inherit;
	struct mach_port *port;
	bool memory;
	bool run;
	u32 privileged;
	enum state state;
	bool taken;
	bool closed;
	bool abandoned;
	struct mach_task *task;
	struct mach_parked *parked;
	wait_queue_head_t wait;
};

/**
 * struct parking - a file whose release parks a thread
 * @embryo: holds a reference
 * @next: the second of the two files, in the first
 */
struct parking {
	struct mach_embryo *embryo;
	struct file *next;
};

/* What one costs. */
#define COST (sizeof(struct mach_embryo) + sizeof(struct mach_parked))

static LIST_HEAD(embryos);
static DEFINE_MUTEX(embryos_lock);

static void embryo_free(struct kref *ref)
{
	struct mach_embryo *embryo = container_of(ref, struct mach_embryo, ref);

	mutex_lock(&embryos_lock);
	list_del(&embryo->node);
	mutex_unlock(&embryos_lock);
	mach_inherit_put(embryo->inherit);
	mach_port_put(embryo->port);
	mach_task_put(embryo->task);
	mach_task_put(embryo->creator);
	mach_parked_put(embryo->parked);
	mach_ledger_uncharge(embryo->ledger, COST);
	mach_ledger_put(embryo->ledger);
	kfree(embryo);
}

/**
 * mach_embryo_put() - drop a reference
 * @embryo: an embryo, or NULL
 *
 * Context: Process; may sleep; no lock held.
 */
void mach_embryo_put(struct mach_embryo *embryo)
{
	if (embryo)
		kref_put(&embryo->ref, embryo_free);
}

static void set_state(struct mach_embryo *embryo, enum state state)
{
	mutex_lock(&embryos_lock);
	WRITE_ONCE(embryo->state, state);
	mutex_unlock(&embryos_lock);
	wake_up_all(&embryo->wait);
}

/* No file may keep rights, and a descriptor of the embryo may be anywhere. */
static void abandon_locked(struct mach_embryo *embryo)
{
	struct mach_inherit *inherit = embryo->inherit;

	lockdep_assert_held(&embryos_lock);
	embryo->inherit = NULL;
	if (inherit)
		mach_inherit_put_later(inherit);
	WRITE_ONCE(embryo->abandoned, true);
	mach_parked_end(embryo->parked);
	wake_up_all(&embryo->wait);
}

static int embryo_release(struct inode *inode, struct file *file)
{
	struct mach_embryo *embryo = file->private_data;

	mutex_lock(&embryos_lock);
	embryo->closed = true;
	if (!embryo->taken)
		abandon_locked(embryo);
	mutex_unlock(&embryos_lock);
	mach_embryo_put(embryo);
	return 0;
}

static const struct file_operations embryo_fops = {
	.owner = THIS_MODULE,
	.release = embryo_release,
};

/**
 * mach_embryo_new() - make an embryo
 * @creator: the caller's task
 * @inherit: what the task will start with, not published; the reference is
 *	consumed
 * @memory: it will have the memory of the process that adopts it
 * @descriptor: out: denotes the embryo
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE.
 */
int mach_embryo_new(struct mach_task *creator, struct mach_inherit *inherit,
		    bool memory, int *descriptor)
{
	struct mach_ledger *ledger = mach_space_ledger(&creator->space);
	struct mach_embryo *embryo;
	int fd;

	if (!mach_ledger_charge(ledger, COST))
		goto err_ledger;
	embryo = kzalloc(sizeof(*embryo), MACH_GFP);
	if (!embryo)
		goto err_charge;
	embryo->parked = mach_parked_new(NULL);
	if (!embryo->parked)
		goto err_embryo;
	kref_init(&embryo->ref);
	refcount_inc(&creator->ref);
	embryo->creator = creator;
	embryo->ledger = ledger;
	embryo->inherit = inherit;
	embryo->memory = memory;
	init_waitqueue_head(&embryo->wait);
	mutex_lock(&embryos_lock);
	list_add(&embryo->node, &embryos);
	mutex_unlock(&embryos_lock);
	set_bit(MACH_TASK_MIDWIFE, &creator->flags);

	fd = anon_inode_getfd("[mach-embryo]", &embryo_fops, embryo,
			      O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		mach_embryo_put(embryo);
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	*descriptor = fd;
	return MACHDEV_KERN_SUCCESS;

err_embryo:
	kfree(embryo);
err_charge:
	mach_ledger_uncharge(ledger, COST);
err_ledger:
	mach_ledger_put(ledger);
	mach_inherit_put(inherit);
	return MACHDEV_KERN_RESOURCE_SHORTAGE;
}

/**
 * mach_embryo_get() - the embryo that a descriptor denotes
 * @descriptor: any number
 *
 * Return: a reference, or NULL.
 */
struct mach_embryo *mach_embryo_get(int descriptor)
{
	struct mach_embryo *embryo = NULL;
	struct file *file = fget(descriptor);

	if (!file)
		return NULL;
	if (file->f_op == &embryo_fops) {
		embryo = file->private_data;
		kref_get(&embryo->ref);
	}
	fput(file);
	return embryo;
}

/* Makes the current process the new task, parked or not. Returns KERN_... */
static int embody(struct mach_embryo *embryo, struct mach_parked *parked)
{
	struct mach_inherit *inherit;
	struct mach_port *port = NULL;

	mutex_lock(&embryos_lock);
	inherit = embryo->inherit;
	embryo->inherit = NULL;
	if (inherit)
		swap(port, embryo->port);
	mutex_unlock(&embryos_lock);
	if (!inherit)
		return MACHDEV_KERN_FAILURE;
	mach_task_embody(embryo->task, port, inherit, parked);
	embryo->privileged = READ_ONCE(embryo->task->privileged);
	set_state(embryo, EMBRYO_ALIVE);
	return MACHDEV_KERN_SUCCESS;
}

/* The whole address space, once nobody has to look at its arguments. */
static int empty_memory(void)
{
	struct mm_struct *mm = current->mm;

	spin_lock(&mm->arg_lock);
	mm->arg_start = 0;
	mm->arg_end = 0;
	spin_unlock(&mm->arg_lock);
	return vm_munmap(0, TASK_SIZE);
}

static void park(struct mach_embryo *embryo)
{
	struct mach_parked *parked = embryo->parked;

	kref_get(&embryo->ref);
	parked->embryo = embryo;
	/* Before anybody gets its port. */
	parked->p = get_task_struct(current);
	if ((!embryo->memory && empty_memory()) || embody(embryo, parked)) {
		set_state(embryo, EMBRYO_ENDED);
		mach_parked_end(parked);
	}
	mach_clone_stand(embryo->task, parked);
}

/* Not in a thread that exits, nor in one that does it for another. */
static bool may_park(void)
{
	return !(current->flags & (PF_EXITING | PF_KTHREAD));
}

static int parking_release(struct inode *inode, struct file *file)
{
	struct parking *parking = file->private_data;
	struct mach_embryo *embryo = parking->embryo;
	struct file *next = parking->next;

	kfree(parking);
	if (next) {
		fput(next);
		return 0;
	}
	if (!embryo)
		return 0;
	if (may_park())
		park(embryo);
	else
		set_state(embryo, EMBRYO_ENDED);
	mach_embryo_put(embryo);
	return 0;
}

static const struct file_operations parking_fops = {
	.owner = THIS_MODULE,
	.release = parking_release,
};

static struct file *parking_new(struct file *next)
{
	struct parking *parking = kzalloc(sizeof(*parking), MACH_GFP);
	struct file *file;

	if (!parking)
		return ERR_PTR(-ENOMEM);
	file = anon_inode_getfile("[mach-parking]", &parking_fops, parking,
				  O_RDWR);
	if (IS_ERR(file))
		kfree(parking);
	else
		parking->next = next;
	return file;
}

/* The two files. Dropped without an embryo they do nothing. */
static struct file *parking_pair(void)
{
	struct file *second = parking_new(NULL), *first;

	if (IS_ERR(second))
		return second;
	first = parking_new(second);
	if (IS_ERR(first))
		fput(second);
	return first;
}

/* Parks the current thread on its way to user mode; consumes the reference. */
static void park_later(struct file *first, struct mach_embryo *embryo)
{
	struct parking *parking = first->private_data;

	parking = parking->next->private_data;
	parking->embryo = embryo;
	fput(first);
}

/* One process, one embryo, once. */
static int claim(struct mach_embryo *embryo, struct mach_task *task,
		 struct mach_port *port, bool run)
{
	int ret = MACHDEV_KERN_FAILURE;

	mutex_lock(&embryos_lock);
	if (embryo->state == EMBRYO_NEW && !READ_ONCE(embryo->abandoned) &&
	    !test_and_set_bit(MACH_TASK_EMBRYO, &task->flags)) {
		refcount_inc(&task->ref);
		embryo->task = task;
		embryo->port = mach_port_get(port);
		embryo->run = run;
		WRITE_ONCE(embryo->state, EMBRYO_ADOPTED);
		ret = MACHDEV_KERN_SUCCESS;
	}
	mutex_unlock(&embryos_lock);
	return ret;
}

/**
 * mach_embryo_adopt() - let the current process become an embryo's task
 * @embryo: the embryo
 * @task: that of the current thread
 * @run: go on running; else it is parked, as soon as it leaves the kernel or, if
 *	it shall have no memory, has executed the file
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @task made the embryo;
 * KERN_FAILURE, somebody has adopted it or it was given up, the process has
 * adopted one before, or has other threads; KERN_RESOURCE_SHORTAGE.
 */
int mach_embryo_adopt(struct mach_embryo *embryo, struct mach_task *task,
		      bool run)
{
	struct file *parking = NULL;
	struct mach_port *port;
	int ret;

	if (task == embryo->creator)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (get_nr_threads(current) != 1)
		return MACHDEV_KERN_FAILURE;
	if (embryo->memory && !run) {
		parking = parking_pair();
		if (IS_ERR(parking))
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	/* From here on nothing fails for want of memory. */
	port = mach_port_new(MACH_KIND_TASK, NULL, NULL, MACH_GFP);
	ret = port ? claim(embryo, task, port, run) :
		     MACHDEV_KERN_RESOURCE_SHORTAGE;
	mach_port_put(port);
	if (!ret && parking) {
		kref_get(&embryo->ref);
		park_later(parking, embryo);
		return ret;
	}
	if (parking)
		fput(parking);
	if (ret || !run)
		return ret;
	ret = embody(embryo, NULL);
	if (ret)
		set_state(embryo, EMBRYO_ENDED);
	return ret;
}

static bool is_settled(struct mach_embryo *embryo, struct mach_task *task)
{
	return READ_ONCE(embryo->state) >= EMBRYO_ALIVE ||
	       READ_ONCE(embryo->abandoned) || mach_task_is_dying(task);
}

/**
 * mach_embryo_wait() - wait until a process has become an embryo's task
 * @embryo: the embryo
 * @nr: the process, in the caller's pid name space
 *
 * Context: Process; sleeps.
 * Return: KERN_SUCCESS; KERN_FAILURE, the process has ended, or the embryo was
 * given up; -EINTR.
 */
int mach_embryo_wait(struct mach_embryo *embryo, pid_t nr)
{
	struct pid *pid = find_get_pid(nr);
	struct mach_task *task = pid ? mach_task_lookup(pid) : NULL;
	int ret;

	put_pid(pid);
	if (!task)
		return MACHDEV_KERN_FAILURE;
	/* From here on its end wakes those who wait. */
	set_bit(MACH_TASK_EXPECTED, &task->flags);
	ret = wait_event_interruptible(embryo->wait,
				       is_settled(embryo, task));
	mutex_lock(&embryos_lock);
	if (ret)
		ret = -EINTR;
	else if (embryo->state != EMBRYO_ALIVE || embryo->task != task)
		ret = MACHDEV_KERN_FAILURE;
	mutex_unlock(&embryos_lock);
	mach_task_put(task);
	return ret;
}

/**
 * mach_embryo_take() - the port of an embryo's task
 * @embryo: the embryo
 * @creator: who made it, that of the current thread
 * @right: out: a send right
 *
 * From here on the task lives without the descriptor.
 *
 * Return: KERN_SUCCESS; KERN_FAILURE, @creator did not make it, no process has
 * become it yet, it has gained privilege since, or was taken or given up.
 */
int mach_embryo_take(struct mach_embryo *embryo, struct mach_task *creator,
		     struct mach_right *right)
{
	int ret = MACHDEV_KERN_FAILURE;
	MACH_REAP(reap);

	mutex_lock(&embryos_lock);
	if (embryo->creator == creator && embryo->state == EMBRYO_ALIVE &&
	    !embryo->taken && !READ_ONCE(embryo->abandoned)) {
		embryo->taken = true;
		ret = MACHDEV_KERN_SUCCESS;
	}
	mutex_unlock(&embryos_lock);
	if (!ret)
		ret = mach_task_make_send(embryo->task, MACH_KIND_TASK, right);
	if (ret)
		return ret;
	/* From here on the port that was taken dies of it. */
	if (READ_ONCE(embryo->task->privileged) == embryo->privileged)
		return MACHDEV_KERN_SUCCESS;
	mach_reap_right(&reap, right);
	mach_reap_run(&reap);
	return MACHDEV_KERN_FAILURE;
}

/**
 * mach_embryo_untake() - the creator could not be given the port
 * @embryo: one that was taken, or whatever the descriptor denotes by now
 * @creator: who was to get the port
 */
void mach_embryo_untake(struct mach_embryo *embryo, struct mach_task *creator)
{
	mutex_lock(&embryos_lock);
	if (embryo->creator == creator) {
		embryo->taken = false;
		if (embryo->closed)
			abandon_locked(embryo);
	}
	mutex_unlock(&embryos_lock);
}

/**
 * mach_embryo_task_ended() - a task is gone: who made embryos, or was to be one
 * @task: the task
 *
 * Context: Process; may sleep.
 */
void mach_embryo_task_ended(struct mach_task *task)
{
	struct mach_embryo *embryo;

	if (!(READ_ONCE(task->flags) & MACH_TASK_PARENTHOOD))
		return;
	/* Until here it has told whoever wanted something that it dies. */
	mach_clone_end_all(task);
	mutex_lock(&embryos_lock);
	list_for_each_entry(embryo, &embryos, node) {
		if (embryo->creator == task &&
		    !READ_ONCE(embryo->parked->ran))
			abandon_locked(embryo);
		if (embryo->task == task)
			WRITE_ONCE(embryo->state, EMBRYO_ENDED);
		wake_up_all(&embryo->wait);
	}
	mutex_unlock(&embryos_lock);
}

/**
 * mach_embryo_abandon_all() - the gate is shut: end all that never ran
 *
 * Context: Process; may sleep.
 */
void mach_embryo_abandon_all(void)
{
	struct mach_embryo *embryo;

	mutex_lock(&embryos_lock);
	list_for_each_entry(embryo, &embryos, node)
		abandon_locked(embryo);
	mutex_unlock(&embryos_lock);
}

/* The embryo that the current process has adopted, to be without memory. */
static struct mach_embryo *adopted(void)
{
	struct mach_embryo *embryo, *found = NULL;

	mutex_lock(&embryos_lock);
	list_for_each_entry(embryo, &embryos, node) {
		if (embryo->state == EMBRYO_ADOPTED && !embryo->memory &&
		    !embryo->run && embryo->task->pid == task_tgid(current) &&
		    kref_get_unless_zero(&embryo->ref)) {
			found = embryo;
			break;
		}
	}
	mutex_unlock(&embryos_lock);
	return found;
}

static struct linux_binfmt format;

/* Makes of the process what exec makes of one, with nothing in it. */
static int become_empty(struct linux_binprm *bprm)
{
	struct mm_struct *mm;
	int ret = begin_new_exec(bprm);

	if (ret)
		return ret;
	set_binfmt(&format);
	/* Lets go the locks of exec, so that whoever fails comes here first. */
	setup_new_exec(bprm);
	/* Its creator will have a port of it, and has none of that power. */
	if (mach_attach_gains_privilege(bprm))
		return -EPERM;
	/* Into the address space of 32 bits, if that is what it has. */
	ret = setup_arg_pages(bprm, STACK_TOP, EXSTACK_DEFAULT);
	if (ret)
		return ret;
	finalize_exec(bprm);
	/* For audit, which reads the arguments before the thread is parked. */
	mm = current->mm;
	spin_lock(&mm->arg_lock);
	mm->arg_start = bprm->p;
	mm->arg_end = bprm->exec;
	spin_unlock(&mm->arg_lock);
	start_thread(current_pt_regs(), 0, 0);
	return 0;
}

static int embryo_load(struct linux_binprm *bprm)
{
	static const char magic[] = MACHDEV_EMBRYO_MAGIC;
	struct mach_embryo *embryo;
	struct file *parking;
	int ret;

	if (memcmp(bprm->buf, magic, sizeof(magic) - 1))
		return -ENOEXEC;
	embryo = adopted();
	if (!embryo)
		return -ENOEXEC;
	parking = parking_pair();
	if (IS_ERR(parking)) {
		mach_embryo_put(embryo);
		return PTR_ERR(parking);
	}
	ret = become_empty(bprm);
	if (ret) {
		fput(parking);
		mach_embryo_put(embryo);
		return ret;
	}
	park_later(parking, embryo);
	return 0;
}

static struct linux_binfmt format = {
	.module = THIS_MODULE,
	.load_binary = embryo_load,
};

/**
 * mach_embryo_init() - make the binary format known
 */
void mach_embryo_init(void)
{
	register_binfmt(&format);
}

/**
 * mach_embryo_exit() - nobody knows the format any more
 */
void mach_embryo_exit(void)
{
	unregister_binfmt(&format);
}
