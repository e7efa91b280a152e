// SPDX-License-Identifier: GPL-2.0-only
/* Samples of where tasks and threads are. */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "alloc.h"
#include "beat.h"
#include "compat/sched.h"
#include "kmsg.h"
#include "ledger.h"
#include "port.h"
#include "queue.h"
#include "reap.h"
#include "sample.h"
#include "special.h"
#include "stat.h"
#include "task.h"
#include "thread.h"

/* In a buffer, and so in a message: two and the rest fill 16 KiB. */
#define SAMPLES 1000

/* How long samples wait for others. */
#define INTERVAL HZ

/**
 * struct mach_sampler - somebody wants to know where a task or thread is
 * @link: in the list of samplers, guarded by samplers_lock
 * @place: where it is published
 * @task: whose samples these are; ends before that goes
 * @thread: the only thread that is sampled, NULL for all; likewise
 * @port: of a send right: gets the samples
 * @ledger: charged for it and for its messages, holds a reference
 * @sent: when it was last looked at, in jiffies; guarded by samplers_lock
 * @lock: guards what interrupts touch, which is all below but @rcu
 * @ended: nothing is noted down any more
 * @fill: which buffer is filled; the other one is empty, or is being sent
 * @count: samples in each
 * @sample: the buffers
 * @rcu: frees
 */
struct mach_sampler {
	struct list_head link;
	struct mach_sampler __rcu **place;
	struct mach_task *task;
	struct mach_thread *thread;
	struct mach_port *port;
	struct mach_ledger *ledger;
	unsigned long sent;
	raw_spinlock_t lock;
	bool ended;
	unsigned int fill;
	u32 count[2];
	struct rcu_head rcu;
	u64 sample[2][SAMPLES];
};

static_assert(SAMPLES <= MACHDEV_SAMPLES_MAX);
static_assert(sizeof(struct mach_sampler) <= SZ_16K);

static DEFINE_MUTEX(samplers_lock);
static LIST_HEAD(samplers);

/* Where sampled threads may run; guarded by samplers_lock. */
static struct cpumask wanted;

static void drain(struct work_struct *work);
static DECLARE_DELAYED_WORK(drain_work, drain);

/*
 * Whether what a thread does may be seen by who has power over its task: not
 * while an exec may have gained some that he has none over.
 */
static bool may_be_seen(const struct mach_task *task)
{
	/* Pairs with the release in the exec probe, which decides before. */
	return smp_load_acquire(&task->exec_id) ==
		READ_ONCE(current->self_exec_id) &&
	       !mach_task_is_tainted(task);
}

static void note(struct mach_sampler *sampler, u64 pc)
{
	bool hurry = false;
	u32 *count;

	if (!sampler)
		return;
	raw_spin_lock(&sampler->lock);
	count = &sampler->count[sampler->fill];
	if (sampler->ended) {
		/* Just now. */
	} else if (*count < SAMPLES) {
		sampler->sample[sampler->fill][(*count)++] = pc;
		hurry = *count == SAMPLES / 2;
	} else {
		mach_stat_inc(SAMPLES_LOST);
	}
	raw_spin_unlock(&sampler->lock);
	if (hurry)
		mod_delayed_work(mach_general_wq, &drain_work, 0);
}

/* Looks what runs here, in a hard interrupt. */
static void look(void)
{
	const struct mach_thread *thread;
	const struct mach_task *task;

	/* One that is parked is nowhere; see mach_clone_stand(). */
	if (current->flags & (PF_KTHREAD | PF_EXITING | MACH_PF_WORKER) ||
	    !KSTK_EIP(current))
		return;
	rcu_read_lock();
	task = mach_task_find_rcu(task_tgid(current));
	if (task && may_be_seen(task)) {
		note(rcu_dereference(task->sampler), KSTK_EIP(current));
		thread = mach_thread_find_rcu(current);
		if (thread)
			note(rcu_dereference(thread->sampler),
			     KSTK_EIP(current));
	}
	rcu_read_unlock();
}

/**
 * mach_sample_init() - be ready to sample
 */
void mach_sample_init(void)
{
	mach_beat_init(look);
}

/**
 * mach_sample_exit() - nothing is sampled any more
 *
 * Context: Process; sleeps. All tasks are gone.
 */
void mach_sample_exit(void)
{
	cancel_delayed_work_sync(&drain_work);
}

static struct mach_sampler *sampler_new(struct mach_ledger *ledger)
{
	size_t bytes = mach_alloc_size(sizeof(struct mach_sampler));
	struct mach_sampler *sampler;

	if (!mach_ledger_charge(ledger, bytes))
		return NULL;
	sampler = mach_alloc(bytes, __GFP_ZERO);
	if (!sampler) {
		mach_ledger_uncharge(ledger, bytes);
		return NULL;
	}
	sampler->ledger = mach_ledger_get(ledger);
	sampler->sent = jiffies;
	raw_spin_lock_init(&sampler->lock);
	mach_stat_inc(SAMPLERS);
	return sampler;
}

/* An interrupt may still have a look at it. */
static void sampler_free(struct mach_sampler *sampler)
{
	mach_ledger_uncharge(sampler->ledger,
			     mach_alloc_size(sizeof(*sampler)));
	mach_ledger_put(sampler->ledger);
	mach_stat_dec(SAMPLERS);
	kvfree_rcu(sampler, rcu);
}

static struct mach_kmsg *message_of(struct mach_sampler *sampler,
				    const u64 *sample, u32 count)
{
	u32 size = sizeof(struct machdev_msg_samples) + count * sizeof(*sample);
	struct mach_kmsg *kmsg = mach_kmsg_new_kernel(sampler->ledger, size, 0);
	struct machdev_msg_samples *msg;

	if (!kmsg)
		return NULL;
	msg = (void *)mach_kmsg_header(kmsg);
	*msg = (struct machdev_msg_samples){
		.header.id = MACHDEV_PROF_SAMPLES,
		.ndr.bytes = { [4] = 1 },
		.count = count,
	};
	memcpy(msg + 1, sample, count * sizeof(*sample));
	kmsg->remote = mach_port_copy_send(sampler->port);
	return kmsg;
}

/* Sends what has been gathered, if there is room for it. */
static void send_locked(struct mach_sampler *sampler, bool last,
			struct mach_reap *reap)
{
	struct mach_kmsg *kmsg;
	unsigned int full;
	u32 count;

	lockdep_assert_held(&samplers_lock);
	raw_spin_lock_irq(&sampler->lock);
	full = sampler->fill;
	sampler->fill = !full;
	sampler->ended = last;
	count = sampler->count[full];
	raw_spin_unlock_irq(&sampler->lock);
	sampler->sent = jiffies;
	if (!count)
		return;
	kmsg = message_of(sampler, sampler->sample[full], count);
	/* Only now: it is the next to be filled. */
	sampler->count[full] = 0;
	if (!kmsg) {
		mach_stat_add(SAMPLES_LOST, count);
	} else if (!mach_port_valid(kmsg->remote.port)) {
		mach_reap_kmsg(reap, kmsg);
	} else if (mach_queue_post(kmsg->remote.port, kmsg, NULL) !=
		   MACH_POST_DONE) {
		mach_stat_add(SAMPLES_LOST, count);
		mach_reap_kmsg(reap, kmsg);
	}
}

static void end_locked(struct mach_sampler *sampler, struct mach_reap *reap)
{
	struct mach_right right = { sampler->port, MACHDEV_MOVE_SEND };

	lockdep_assert_held(&samplers_lock);
	send_locked(sampler, true, reap);
	mach_reap_right(reap, &right);
	list_del(&sampler->link);
	if (list_empty(&samplers))
		mach_beat_set(cpu_none_mask);
	/* Whoever finds nothing there may let the task go. */
	smp_store_release((struct mach_sampler __force **)sampler->place, NULL);
	sampler_free(sampler);
}

/* A task has no sample port any more, which must not fail. */
static void forget_port_locked(const struct mach_sampler *sampler,
			       struct mach_reap *reap)
{
	struct mach_right none = { .type = MACHDEV_MOVE_SEND };

	lockdep_assert_held(&samplers_lock);
	if (!sampler->thread)
		mach_special_set_sample(sampler->task, &none, MACH_GFP_MUST,
					reap);
}

static void want_thread(const struct task_struct *p)
{
	/* Others may be at it: then it is seen the next time. */
	(void)data_race((cpumask_or(&wanted, &wanted, &p->cpus_mask), 0));
}

static void want_threads(const struct mach_task *task)
{
	struct task_struct *leader, *p;

	rcu_read_lock();
	leader = pid_task(task->pid, PIDTYPE_TGID);
	if (leader) {
		mach_for_each_thread(leader, p) {
			want_thread(p);
			if (cpumask_subset(cpu_online_mask, &wanted))
				break;
		}
	}
	rcu_read_unlock();
}

/* Interrupts those processors on which somebody may be found. */
static void find_processors_locked(void)
{
	struct mach_sampler *sampler;

	lockdep_assert_held(&samplers_lock);
	cpumask_clear(&wanted);
	list_for_each_entry(sampler, &samplers, link) {
		if (sampler->thread)
			want_thread(sampler->thread->p);
		else
			want_threads(sampler->task);
	}
	mach_beat_set(&wanted);
}

static bool is_due_locked(struct mach_sampler *sampler)
{
	u32 count;

	lockdep_assert_held(&samplers_lock);
	raw_spin_lock_irq(&sampler->lock);
	count = sampler->count[sampler->fill];
	raw_spin_unlock_irq(&sampler->lock);
	return count >= SAMPLES / 2 ||
	       time_after_eq(jiffies, sampler->sent + INTERVAL);
}

static void drain(struct work_struct *work)
{
	struct mach_sampler *sampler, *next;
	MACH_REAP(reap);

	mutex_lock(&samplers_lock);
	list_for_each_entry_safe(sampler, next, &samplers, link) {
		if (mach_port_is_dead(sampler->port)) {
			forget_port_locked(sampler, &reap);
			end_locked(sampler, &reap);
		} else if (is_due_locked(sampler)) {
			send_locked(sampler, false, &reap);
		}
		cond_resched();
	}
	if (!list_empty(&samplers)) {
		find_processors_locked();
		queue_delayed_work(mach_general_wq, &drain_work, INTERVAL);
	}
	mutex_unlock(&samplers_lock);
	mach_reap_run(&reap);
}

static struct mach_sampler __rcu **place_of(struct mach_task *task,
					    struct mach_thread *thread)
{
	return thread ? &thread->sampler : &task->sampler;
}

static struct mach_sampler *find_locked(struct mach_sampler __rcu **place)
{
	lockdep_assert_held(&samplers_lock);
	return rcu_dereference_protected(*place,
					 lockdep_is_held(&samplers_lock));
}

/* Publishes a sampler, unless who is to be sampled has come to his end. */
static bool publish_locked(struct mach_sampler *sampler)
{
	struct mach_thread *thread = sampler->thread;
	struct mach_task *task = sampler->task;
	bool alive;

	lockdep_assert_held(&samplers_lock);
	/* The end of the thread is noted under this lock, and then looked for. */
	spin_lock(&task->lock);
	alive = thread ? !thread->ended : !mach_task_is_dying(task);
	if (alive)
		rcu_assign_pointer(*sampler->place, sampler);
	spin_unlock(&task->lock);
	return alive;
}

/* Gives a task, which has children, the port as well. */
static int give_port(const struct mach_sampler *sampler, struct mach_reap *reap)
{
	struct mach_right copy;
	int ret;

	if (sampler->thread)
		return MACHDEV_KERN_SUCCESS;
	copy = mach_port_copy_send(sampler->port);
	ret = mach_special_set_sample(sampler->task, &copy, MACH_GFP, reap);
	mach_reap_right(reap, &copy);
	return ret;
}

static int begin_locked(struct mach_sampler *sampler, struct mach_reap *reap)
{
	int ret;

	lockdep_assert_held(&samplers_lock);
	if (find_locked(sampler->place))
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ret = give_port(sampler, reap);
	if (ret)
		return ret;
	if (!publish_locked(sampler))
		return MACHDEV_KERN_FAILURE;
	list_add_tail(&sampler->link, &samplers);
	find_processors_locked();
	queue_delayed_work(mach_general_wq, &drain_work, INTERVAL);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_sample_begin() - have a task or a thread sampled
 * @task: the task: the caller's own, or one that is held
 * @thread: a thread of it, the only one to be sampled; NULL for all
 * @ledger: charged for the buffers and messages
 * @right: a send right to a port that is none of the kernel's; its port is set to
 *	NULL on success
 * @reap: gets what dies of it
 *
 * Context: Process; sleeps; no lock held.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, it is sampled already;
 * KERN_FAILURE, it is dying; KERN_RESOURCE_SHORTAGE. On failure nothing has
 * changed.
 */
int mach_sample_begin(struct mach_task *task, struct mach_thread *thread,
		      struct mach_ledger *ledger, struct mach_right *right,
		      struct mach_reap *reap)
{
	struct mach_sampler *sampler = sampler_new(ledger);
	int ret;

	if (!sampler)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	sampler->task = task;
	sampler->thread = thread;
	sampler->place = place_of(task, thread);
	sampler->port = right->port;
	mutex_lock(&samplers_lock);
	ret = begin_locked(sampler, reap);
	mutex_unlock(&samplers_lock);
	if (ret)
		sampler_free(sampler);
	else
		right->port = NULL;
	return ret;
}

/**
 * mach_sample_stop() - have a task or a thread sampled no more
 * @task: as for mach_sample_begin()
 * @thread: likewise
 * @reap: gets what dies of it
 *
 * What has been gathered is sent, if there is room for it; then the right goes.
 *
 * Context: Process; sleeps; no lock held.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, it is not sampled.
 */
int mach_sample_stop(struct mach_task *task, struct mach_thread *thread,
		     struct mach_reap *reap)
{
	int ret = MACHDEV_KERN_INVALID_ARGUMENT;
	struct mach_sampler *sampler;

	mutex_lock(&samplers_lock);
	sampler = find_locked(place_of(task, thread));
	if (sampler) {
		forget_port_locked(sampler, reap);
		end_locked(sampler, reap);
		ret = MACHDEV_KERN_SUCCESS;
	}
	mutex_unlock(&samplers_lock);
	return ret;
}

/**
 * mach_sample_end() - nobody samples a task or a thread any more
 * @task: the task, which is at its end, has gained privilege or becomes another;
 *	@task->life is held, or nobody begins to sample it any more
 * @thread: one that has ended; NULL for all together
 *
 * What has been gathered is sent. The task keeps its sample port.
 *
 * Context: Process; sleeps.
 */
void mach_sample_end(struct mach_task *task, struct mach_thread *thread)
{
	struct mach_sampler __rcu **place = place_of(task, thread);
	struct mach_sampler *sampler;
	MACH_REAP(reap);

	/* Pairs with the release in end_locked(). */
	if (!smp_load_acquire((struct mach_sampler __force **)place))
		return;
	mutex_lock(&samplers_lock);
	sampler = find_locked(place);
	if (sampler)
		end_locked(sampler, &reap);
	mutex_unlock(&samplers_lock);
	mach_reap_run(&reap);
}
