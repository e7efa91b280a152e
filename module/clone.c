// SPDX-License-Identifier: GPL-2.0-only
/* How a created task gets another thread of Linux. */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>

#include <asm/syscall.h>
#include <asm/unistd.h>

#include "alloc.h"
#include "clone.h"
#include "compat/mm.h"
#include "embryo.h"
#include "ledger.h"
#include "registers.h"
#include "task.h"
#include "unborn.h"

#define FLAGS \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | \
	 CLONE_SYSVSEM)

/* What is looked for among them is looked for one by one. */
#define CLONES_MAX 2048

/* syscall; mov (%r15), %al; ud2 */
static const u8 instructions[] = { 0x0f, 0x05, 0x41, 0x8a, 0x07, 0x0f, 0x0b };

/* Who comes back. */
enum { MAKER, CHILD, BOTH };

/**
 * struct mach_clone - one new thread
 * @errand: makes it; done when the thread is parked, or there is none
 * @task: whose, holds a reference; constant after init
 * @maker: the thread that makes it, holds a reference; constant after init
 * @child: what the new one will wait by, holds a reference; constant after init
 * @trap: the file behind the page that is never there, until it is mapped and
 *	has a reference to this
 * @back: files by which they come to be parked, until they do; from then on
 *	these have a reference to this; atomic
 * @pages: addresses of the two pages; written before there is a thread
 * @blocked: the signals that the maker has blocked before
 * @came: who is back; atomic
 */
struct mach_clone {
	struct mach_errand errand;
	struct mach_task *task;
	struct mach_parked *maker;
	struct mach_parked *child;
	struct file *trap;
	struct file *back[BOTH];
	unsigned long pages[2];
	sigset_t blocked;
	atomic_t came;
};

static struct mach_clone *of(struct mach_errand *errand)
{
	return container_of(errand, struct mach_clone, errand);
}

/* One by which nobody has come. */
static void drop(struct file *file)
{
	if (!file)
		return;
	file->private_data = NULL;
	fput(file);
}

static void clone_free(struct mach_errand *errand)
{
	struct mach_clone *clone = of(errand);

	drop(clone->trap);
	drop(clone->back[MAKER]);
	drop(clone->back[CHILD]);
	mach_parked_put(clone->maker);
	mach_parked_put(clone->child);
	mach_task_put(clone->task);
	kfree(clone);
}

static void unmap(const struct mach_clone *clone)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(clone->pages); i++) {
		if (clone->pages[i])
			vm_munmap(clone->pages[i], PAGE_SIZE);
	}
}

/* The second one clears up, and only then it is done. */
static void come(struct mach_clone *clone)
{
	if (atomic_inc_return(&clone->came) < BOTH)
		return;
	unmap(clone);
	spin_lock(&clone->task->lock);
	clone->child->leaving = false;
	spin_unlock(&clone->task->lock);
	mach_parked_finish(clone->maker, MACHDEV_KERN_SUCCESS);
}

static bool is_exiting(void)
{
	return current->flags & (PF_EXITING | PF_KTHREAD);
}

/* The page that is never there. */
static vm_fault_t trap_fault(struct vm_fault *vmf)
{
	struct mach_clone *clone = vmf->vma->vm_file->private_data;
	struct file *file;

	/* Nobody but these two is to come here, and from user mode. */
	if (!(vmf->flags & FAULT_FLAG_USER) ||
	    task_tgid(current) != clone->task->pid)
		return VM_FAULT_SIGBUS;
	file = xchg(&clone->back[current == clone->maker->p ? MAKER : CHILD],
		    NULL);
	if (!file)
		return VM_FAULT_SIGBUS;
	/* The mapping has one until then. */
	kref_get(&clone->errand.ref);
	fput(file);
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct trap_vm_ops = {
	.fault = trap_fault,
};

static int trap_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_end - vma->vm_start != PAGE_SIZE)
		return -EINVAL;
	mach_vma_mod_flags(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND |
				VM_DONTCOPY | VM_DONTDUMP, VM_MAYWRITE);
	vma->vm_ops = &trap_vm_ops;
	return 0;
}

static int trap_release(struct inode *inode, struct file *file)
{
	struct mach_clone *clone = file->private_data;

	if (clone)
		mach_errand_put(&clone->errand);
	return 0;
}

static const struct file_operations trap_fops = {
	.owner = THIS_MODULE,
	.mmap = trap_mmap,
	.release = trap_release,
};

/* The new thread is there, if the call gave its number. */
static int code_of(long ret)
{
	switch (ret) {
	case -EAGAIN:
	case -ENOMEM:
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	default:
		return ret > 0 ? MACHDEV_KERN_SUCCESS : MACHDEV_KERN_FAILURE;
	}
}

static int maker_release(struct inode *inode, struct file *file)
{
	struct mach_clone *clone = file->private_data;
	struct mach_parked *maker;
	int ret;

	if (!clone)
		return 0;
	maker = clone->maker;
	if (!is_exiting()) {
		sigprocmask(SIG_SETMASK, &clone->blocked, NULL);
		ret = code_of(current_pt_regs()->ax);
		if (ret) {
			unmap(clone);
			mach_parked_finish(maker, ret);
		} else {
			come(clone);
		}
		mach_clone_stand(clone->task, maker);
	}
	mach_errand_put(&clone->errand);
	return 0;
}

static const struct file_operations maker_fops = {
	.owner = THIS_MODULE,
	.release = maker_release,
};

/* Its place is with the first one, for whoever wants a thread, later. */
static void enter(struct mach_clone *clone)
{
	struct mach_parked *child = clone->child;

	child->p = get_task_struct(current);
	child->leaving = true;
	spin_lock(&clone->task->lock);
	list_add_tail(&mach_parked_get(child)->node, &clone->maker->clones);
	WRITE_ONCE(clone->maker->made, clone->maker->made + 1);
	spin_unlock(&clone->task->lock);
}

static int child_release(struct inode *inode, struct file *file)
{
	struct mach_clone *clone = file->private_data;

	if (!clone)
		return 0;
	if (!is_exiting()) {
		sigprocmask(SIG_SETMASK, &clone->blocked, NULL);
		enter(clone);
		come(clone);
		mach_clone_stand(clone->task, clone->child);
	}
	mach_errand_put(&clone->errand);
	return 0;
}

static const struct file_operations child_fops = {
	.owner = THIS_MODULE,
	.release = child_release,
};

static struct file *file_new(struct mach_clone *clone,
			     const struct file_operations *fops)
{
	struct file *file = anon_inode_getfile("[mach-clone]", fops, clone,
					       O_RDONLY);

	return IS_ERR(file) ? NULL : file;
}

static int map_pages(struct mach_clone *clone)
{
	unsigned long at;

	at = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_EXEC,
		     MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(at))
		return at;
	clone->pages[0] = at;
	if (access_process_vm(current, at, (void *)instructions,
			      sizeof(instructions), FOLL_FORCE | FOLL_WRITE) !=
	    sizeof(instructions))
		return -ENOMEM;
	kref_get(&clone->errand.ref);
	at = vm_mmap(clone->trap, 0, PAGE_SIZE, PROT_READ, MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(at)) {
		mach_errand_put(&clone->errand);
		return at;
	}
	clone->pages[1] = at;
	/* The mapping has its own. */
	fput(clone->trap);
	clone->trap = NULL;
	return 0;
}

/* Sends the current thread, which is parked, to make another one. */
static int run(struct mach_errand *errand, struct mach_parked *parked)
{
	struct mach_clone *clone = of(errand);
	struct machdev_x86_thread_state64 state = { };
	sigset_t all;
	int ret;

	if (!mach_registers_fit(current))
		return MACHDEV_KERN_NOT_SUPPORTED;
	sigfillset(&all);
	sigdelset(&all, SIGKILL);
	sigprocmask(SIG_SETMASK, &all, &clone->blocked);
	/* Others have stopped, and it would on its way. */
	ret = signal_pending(current) ? -EINTR : map_pages(clone);
	if (ret) {
		unmap(clone);
		sigprocmask(SIG_SETMASK, &clone->blocked, NULL);
		return code_of(ret);
	}
	state.rip = clone->pages[0];
	state.rax = __NR_clone;
	state.rdi = FLAGS;
	state.r15 = clone->pages[1];
	mach_registers_load(&state);
	return MACH_ERRAND_LATER;
}

static struct mach_clone *clone_new(struct mach_task *task,
				    struct mach_parked *maker)
{
	struct mach_ledger *ledger = mach_space_ledger(&task->space);
	struct mach_clone *clone = kzalloc(sizeof(*clone), MACH_GFP);

	if (clone)
		clone->child = mach_parked_new(ledger);
	mach_ledger_put(ledger);
	if (!clone || !clone->child) {
		kfree(clone);
		return NULL;
	}
	mach_errand_init(&clone->errand, run, clone_free);
	refcount_inc(&task->ref);
	clone->task = task;
	clone->maker = mach_parked_get(maker);
	return clone;
}

static bool get_files(struct mach_clone *clone)
{
	clone->trap = file_new(clone, &trap_fops);
	clone->back[MAKER] = file_new(clone, &maker_fops);
	clone->back[CHILD] = file_new(clone, &child_fops);
	return clone->trap && clone->back[MAKER] && clone->back[CHILD];
}

static int make(struct mach_task *task, struct mach_parked *maker)
{
	struct mach_clone *clone = clone_new(task, maker);
	int ret = MACHDEV_KERN_RESOURCE_SHORTAGE;

	if (!clone)
		return ret;
	if (get_files(clone))
		ret = mach_parked_send(maker, &clone->errand);
	mach_errand_put(&clone->errand);
	return ret;
}

/**
 * mach_clone_make() - make another thread of Linux in a created task
 * @task: the task, not held
 *
 * Nobody has made one of Mach's of it yet; mach_unborn_create() finds it.
 *
 * Context: Process; sleeps; no lock held.
 * Return: KERN_SUCCESS; KERN_NOT_SUPPORTED, the task's first thread runs, or is
 * one of 32 bits; KERN_FAILURE, the task is dying, or runs and is stopped, or a
 * filter of system calls forbids it; KERN_RESOURCE_SHORTAGE, also by a limit on
 * processes, or so many wait that have not run; -EINTR, the caller is being
 * killed; -ENODEV, the gate was shut.
 */
int mach_clone_make(struct mach_task *task)
{
	struct mach_parked *maker = mach_task_get_parked(task);
	int ret = MACHDEV_KERN_NOT_SUPPORTED;

	if (maker)
		ret = READ_ONCE(maker->made) < CLONES_MAX ?
			make(task, maker) : MACHDEV_KERN_RESOURCE_SHORTAGE;
	mach_parked_put(maker);
	return ret;
}

/* Among those that wait it is no more. */
static void leave(struct mach_task *task, struct mach_parked *parked)
{
	bool listed;

	mach_embryo_put(xchg(&parked->embryo, NULL));
	spin_lock(&task->lock);
	listed = !list_empty(&parked->node);
	list_del_init(&parked->node);
	if (listed && task->parked)
		WRITE_ONCE(task->parked->made, task->parked->made - 1);
	spin_unlock(&task->lock);
	if (listed)
		mach_parked_put(parked);
}

/**
 * mach_clone_stand() - wait, as the thread that is parked, and see what to do
 * @task: that of the current thread
 * @parked: the current thread
 *
 * Context: Process, where the thread leaves the kernel; sleeps.
 */
void mach_clone_stand(struct mach_task *task, struct mach_parked *parked)
{
	/* It is nowhere. */
	current_pt_regs()->ip = 0;
	switch (mach_parked_serve(parked)) {
	case MACH_PARKED_AWAY:
		break;
	case MACH_PARKED_RUNS:
		leave(task, parked);
		mach_unborn_load(parked);
		break;
	case MACH_PARKED_DIES:
		mach_embryo_put(xchg(&parked->embryo, NULL));
		if (!fatal_signal_pending(current))
			send_sig(SIGKILL, current, 1);
		break;
	}
}

/**
 * mach_clone_end_all() - a task is gone, and all its threads
 * @task: the task
 *
 * Context: Process; may sleep.
 */
void mach_clone_end_all(struct mach_task *task)
{
	struct mach_parked *first, *parked, *next;
	LIST_HEAD(clones);

	spin_lock(&task->lock);
	first = task->parked;
	task->parked = NULL;
	if (first)
		list_splice_init(&first->clones, &clones);
	spin_unlock(&task->lock);
	if (!first)
		return;
	list_for_each_entry_safe(parked, next, &clones, node) {
		list_del_init(&parked->node);
		mach_parked_put(parked);
	}
	mach_parked_close(first);
	mach_embryo_put(xchg(&first->embryo, NULL));
	mach_parked_put(first);
}
