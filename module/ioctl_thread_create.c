// SPDX-License-Identifier: GPL-2.0-only
/* Commands on the thread that a created task is given. */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "fpregs.h"
#include "ioctl.h"
#include "parked.h"
#include "reap.h"
#include "registers.h"
#include "right.h"
#include "stat.h"
#include "task.h"
#include "thread.h"

/* Registers of one flavor. */
union registers {
	struct machdev_x86_thread_state64 state;
	struct machdev_x86_float_state64 fp;
};

/**
 * struct thread_errand - something done to a thread, by that thread
 * @errand: the errand
 * @right: create: a send right to the thread's port, until somebody takes it
 * @registers: get, set: its registers
 */
struct thread_errand {
	struct mach_errand errand;
	struct mach_right right;
	union registers registers;
};

static struct thread_errand *of(struct mach_errand *errand)
{
	return container_of(errand, struct thread_errand, errand);
}

static void thread_errand_free(struct mach_errand *errand)
{
	MACH_REAP(reap);

	mach_reap_right(&reap, &of(errand)->right);
	mach_reap_run(&reap);
	kfree(of(errand));
}

static int run_create(struct mach_errand *errand, struct mach_parked *parked)
{
	struct mach_task *task;
	int ret;

	/* A process has no way to make another one but to run. */
	if (parked->born)
		return MACHDEV_KERN_NOT_SUPPORTED;
	task = mach_task_lookup(task_tgid(current));
	if (!task)
		return MACHDEV_KERN_FAILURE;
	ret = mach_thread_begin(task, &of(errand)->right);
	mach_task_put(task);
	if (ret)
		return ret;
	parked->born = true;
	WRITE_ONCE(parked->suspended, 1);
	memset(&parked->state, 0, sizeof(parked->state));
	mach_fpregs_reset(&parked->fp);
	return MACHDEV_KERN_SUCCESS;
}

static int run_terminate(struct mach_errand *errand, struct mach_parked *parked)
{
	if (!parked->born)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	mach_thread_forget();
	parked->born = false;
	WRITE_ONCE(parked->suspended, 0);
	return MACHDEV_KERN_SUCCESS;
}

static int run_get_state(struct mach_errand *errand, struct mach_parked *parked)
{
	if (!parked->born || !mach_registers_fit())
		return MACHDEV_KERN_INVALID_ARGUMENT;
	of(errand)->registers.state = parked->state;
	return MACHDEV_KERN_SUCCESS;
}

static int run_set_state(struct mach_errand *errand, struct mach_parked *parked)
{
	struct machdev_x86_thread_state64 *state = &of(errand)->registers.state;

	if (!parked->born || !mach_registers_fit() ||
	    !mach_registers_are_good(state))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	parked->state = *state;
	parked->state.cs = 0;
	return MACHDEV_KERN_SUCCESS;
}

static int run_get_float(struct mach_errand *errand, struct mach_parked *parked)
{
	if (!parked->born || !mach_registers_fit())
		return MACHDEV_KERN_INVALID_ARGUMENT;
	of(errand)->registers.fp = parked->fp;
	return MACHDEV_KERN_SUCCESS;
}

static int run_set_float(struct mach_errand *errand, struct mach_parked *parked)
{
	struct machdev_x86_float_state64 *fp = &of(errand)->registers.fp;

	if (!parked->born || !mach_registers_fit() || !mach_fpregs_accept(fp))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	parked->fp = *fp;
	return MACHDEV_KERN_SUCCESS;
}

static int run_suspend(struct mach_errand *errand, struct mach_parked *parked)
{
	if (!parked->born)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (parked->suspended == U32_MAX)
		return MACHDEV_KERN_FAILURE;
	WRITE_ONCE(parked->suspended, parked->suspended + 1);
	return MACHDEV_KERN_SUCCESS;
}

static int run_resume(struct mach_errand *errand, struct mach_parked *parked)
{
	if (!parked->born)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	WRITE_ONCE(parked->suspended, parked->suspended - 1);
	if (parked->suspended)
		return MACHDEV_KERN_SUCCESS;
	mach_registers_load(&parked->state);
	mach_fpregs_load(&parked->fp);
	parked->runs = true;
	return MACHDEV_KERN_SUCCESS;
}

typedef int errand_run(struct mach_errand *errand, struct mach_parked *parked);

/* Lets the thread of a task do it. */
static int send(struct mach_task *task, struct thread_errand *e)
{
	struct mach_parked *parked = mach_task_get_parked(task);
	int ret = MACHDEV_KERN_NOT_SUPPORTED;

	if (parked)
		ret = mach_parked_send(parked, &e->errand);
	mach_parked_put(parked);
	if (ret == MACHDEV_KERN_NOT_SUPPORTED)
		mach_stat_inc(UNSUPPORTED);
	return ret;
}

static struct thread_errand *errand_new(errand_run *run)
{
	struct thread_errand *e = kzalloc(sizeof(*e), MACH_GFP);

	if (e) {
		mach_errand_init(&e->errand, run, thread_errand_free);
		e->right.type = MACHDEV_MOVE_SEND;
	}
	return e;
}

/* The task of the thread that a name stands for, with a reference. */
static int task_of(struct mach_task *caller, u32 name, struct mach_task **task)
{
	enum mach_port_kind kind = MACH_KIND_THREAD;
	struct mach_thread *thread;
	int ret;

	ret = mach_thread_acquire(&caller->space, name, &kind, &thread);
	if (ret)
		return ret;
	*task = thread->task;
	refcount_inc(&thread->task->ref);
	mach_thread_release(thread);
	return MACHDEV_KERN_SUCCESS;
}

/* Lets the thread that a name stands for do it, and takes over its registers. */
static int tell(struct mach_task *caller, u32 name, errand_run *run,
		union registers *registers)
{
	struct thread_errand *e;
	struct mach_task *task;
	int ret = task_of(caller, name, &task);

	if (ret)
		return ret;
	e = errand_new(run);
	if (!e) {
		mach_task_put(task);
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	if (registers)
		e->registers = *registers;
	ret = send(task, e);
	if (!ret && registers)
		*registers = e->registers;
	mach_errand_put(&e->errand);
	mach_task_put(task);
	return ret;
}

/* Makes the thread and gives it to the caller. If that fails there is none. */
static int create(struct mach_task *caller, struct mach_task *task,
		  struct thread_errand *make, struct thread_errand *undo,
		  u32 *name)
{
	int ret = send(task, make);

	if (ret)
		return ret;
	ret = mach_ioctl_give(caller, &make->right, name);
	make->right.port = NULL;
	if (ret)
		send(task, undo);
	return ret;
}

int mach_ioctl_thread_create(struct mach_task *caller, void *arg)
{
	struct machdev_thread *a = arg;
	struct thread_errand *make, *undo;
	struct mach_task *task;
	int ret;

	a->thread = MACHDEV_NAME_NULL;
	ret = mach_task_acquire(&caller->space, a->task,
				MACHDEV_KERN_INVALID_ARGUMENT, &task);
	if (ret)
		return ret;
	refcount_inc(&task->ref);
	mach_task_release(task);
	make = errand_new(run_create);
	undo = errand_new(run_terminate);
	if (make && undo)
		ret = create(caller, task, make, undo, &a->thread);
	else
		ret = MACHDEV_KERN_RESOURCE_SHORTAGE;
	if (make)
		mach_errand_put(&make->errand);
	if (undo)
		mach_errand_put(&undo->errand);
	mach_task_put(task);
	return ret;
}

void mach_undo_thread_create(struct mach_task *caller, const void *in,
			     const void *out)
{
	const struct machdev_thread *a = out;
	MACH_REAP(reap);

	tell(caller, a->thread, run_terminate, NULL);
	mach_right_deallocate(&caller->space, a->thread, &reap);
	mach_reap_run(&reap);
}

int mach_ioctl_thread_suspend(struct mach_task *caller, void *arg)
{
	const struct machdev_thread *a = arg;

	if (a->task)
		return -EINVAL;
	return tell(caller, a->thread, run_suspend, NULL);
}

int mach_ioctl_thread_resume(struct mach_task *caller, void *arg)
{
	const struct machdev_thread *a = arg;

	if (a->task)
		return -EINVAL;
	return tell(caller, a->thread, run_resume, NULL);
}

int mach_ioctl_thread_terminate(struct mach_task *caller, void *arg)
{
	const struct machdev_thread *a = arg;

	if (a->task)
		return -EINVAL;
	return tell(caller, a->thread, run_terminate, NULL);
}

/**
 * struct flavor - a set of registers
 * @flavor: MACHDEV_X86_*_STATE*
 * @words: how long it is, with the header that it may have
 * @inner: what has a header that says so, or 0
 * @get: reads it
 * @set: writes it
 */
struct flavor {
	u32 flavor;
	u32 words;
	u32 inner;
	errand_run *get;
	errand_run *set;
};

#define SIZE(words) ((words) * sizeof(u32))
#define HEADER sizeof(struct machdev_x86_state_header)

static const struct flavor flavors[] = {
	{ MACHDEV_X86_THREAD_STATE64, MACHDEV_X86_THREAD_STATE64_COUNT, 0,
	  run_get_state, run_set_state },
	{ MACHDEV_X86_FLOAT_STATE64, MACHDEV_X86_FLOAT_STATE64_COUNT, 0,
	  run_get_float, run_set_float },
	{ MACHDEV_X86_THREAD_STATE, MACHDEV_X86_THREAD_STATE_COUNT,
	  MACHDEV_X86_THREAD_STATE64, run_get_state, run_set_state },
	{ MACHDEV_X86_FLOAT_STATE, MACHDEV_X86_FLOAT_STATE_COUNT,
	  MACHDEV_X86_FLOAT_STATE64, run_get_float, run_set_float },
};

/* Those that are known by name, but not answered. */
static bool is_later_flavor(u32 flavor)
{
	return flavor >= 1 && flavor <= 18 && flavor != 13;
}

static int find_flavor(const struct machdev_thread_state *a,
		       const struct flavor **flavor)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flavors); i++) {
		if (flavors[i].flavor != a->flavor)
			continue;
		*flavor = &flavors[i];
		return a->count < flavors[i].words ?
			MACHDEV_KERN_INVALID_ARGUMENT : MACHDEV_KERN_SUCCESS;
	}
	if (!is_later_flavor(a->flavor))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	mach_stat_inc(UNSUPPORTED);
	return MACHDEV_KERN_NOT_SUPPORTED;
}

static int check_state(struct mach_task *caller,
		       const struct machdev_thread_state *a,
		       const struct flavor **flavor)
{
	struct mach_task *task;
	int ret = task_of(caller, a->thread, &task);

	BUILD_BUG_ON(sizeof(struct machdev_x86_thread_state64) !=
		     SIZE(MACHDEV_X86_THREAD_STATE64_COUNT));
	BUILD_BUG_ON(sizeof(struct machdev_x86_float_state64) !=
		     SIZE(MACHDEV_X86_FLOAT_STATE64_COUNT));
	if (ret)
		return ret;
	mach_task_put(task);
	return find_flavor(a, flavor);
}

/* The header of a flavor that has one; the registers are behind it. */
static struct machdev_x86_state_header header_of(const struct flavor *flavor)
{
	return (struct machdev_x86_state_header){
		.flavor = flavor->inner,
		.count = flavor->words - HEADER / sizeof(u32),
	};
}

static size_t header_size(const struct flavor *flavor)
{
	return flavor->inner ? HEADER : 0;
}

int mach_ioctl_thread_get_state(struct mach_task *caller, void *arg)
{
	struct machdev_x86_state_header header;
	struct machdev_thread_state *a = arg;
	const struct flavor *flavor;
	union registers registers = { };
	u8 __user *to = mach_user_ptr(a->state);
	size_t skip;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = check_state(caller, a, &flavor);
	if (!ret)
		ret = tell(caller, a->thread, flavor->get, &registers);
	if (ret)
		return ret;
	a->count = flavor->words;
	header = header_of(flavor);
	skip = header_size(flavor);
	if ((skip && copy_to_user(to, &header, skip)) ||
	    copy_to_user(to + skip, &registers, SIZE(flavor->words) - skip))
		return MACHDEV_KERN_INVALID_ADDRESS;
	return MACHDEV_KERN_SUCCESS;
}

static int fetch(const struct flavor *flavor, const u8 __user *from,
		 union registers *registers)
{
	struct machdev_x86_state_header header = { };
	struct machdev_x86_state_header wanted = header_of(flavor);
	size_t skip = header_size(flavor);

	if ((skip && copy_from_user(&header, from, skip)) ||
	    copy_from_user(registers, from + skip, SIZE(flavor->words) - skip))
		return MACHDEV_KERN_INVALID_ADDRESS;
	return memcmp(&header, &wanted, skip) ? MACHDEV_KERN_INVALID_ARGUMENT :
						MACHDEV_KERN_SUCCESS;
}

int mach_ioctl_thread_set_state(struct mach_task *caller, void *arg)
{
	const struct machdev_thread_state *a = arg;
	const struct flavor *flavor;
	union registers registers;
	int ret;

	if (a->reserved)
		return -EINVAL;
	ret = check_state(caller, a, &flavor);
	if (!ret)
		ret = fetch(flavor, mach_user_ptr(a->state), &registers);
	return ret ?: tell(caller, a->thread, flavor->set, &registers);
}
