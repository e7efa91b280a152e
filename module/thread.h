/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Threads
 *
 * A thread has a record once somebody asked for its port. It is found by its
 * task_struct, which stays the same when an exec gives the thread another id;
 * the exit probe takes it out of the table when the thread ends. Its ports die
 * with the thread, or when the task gains privilege.
 *
 * The thread itself enters, or who holds the life of its task. Who enters
 * another looks afterwards whether that has begun to exit, and takes the record
 * out again: the exit probe may have been there before it.
 *
 * A parked thread of which nobody has made one of Mach's is hidden: it is
 * entered by nobody, and not listed.
 */
#ifndef MACH_THREAD_H
#define MACH_THREAD_H

#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "port.h"

struct mach_actions;
struct mach_change;
struct mach_parked;
struct mach_reap;
struct mach_sampler;
struct mach_space;
struct mach_task;
struct task_struct;

/* Ports that stand for a thread, with rising power. */
#define MACH_THREAD_PORTS (MACH_KIND_THREAD - MACH_KIND_THREAD_INSPECT + 1)

/**
 * struct mach_thread - a thread that has a port
 * @ref: memory reference
 * @node: in the table, guarded by its bucket's lock
 * @p: the thread; holds a reference; constant after init
 * @task: its task, holds a reference; constant after init
 * @link: in the task's list, guarded by the task's lock
 * @port: by kind, made when they are first asked for; hold references; guarded
 *	by the task's lock
 * @mask: what thread_get_special_port() shows instead of the thread's port;
 *	guarded by the task's lock
 * @masked: there is a @mask, perhaps a null one; guarded by the task's lock
 * @actions: who handles its exceptions, holds a reference; NULL when nobody
 *	ever said; guarded by the task's lock
 * @parked: what it waits by, holds a reference; NULL unless it was created and
 *	has not run yet; guarded by the task's lock
 * @sampler: who samples it, or NULL; RCU, written by sample.c under a lock of its
 *	own
 * @ended: its ports have died; guarded by the task's lock
 * @work: buries it when it has exited
 * @rcu: frees
 */
struct mach_thread {
	refcount_t ref;
	struct hlist_node node;
	struct task_struct *p;
	struct mach_task *task;
	struct list_head link;
	struct mach_port *port[MACH_THREAD_PORTS];
	struct mach_right mask;
	bool masked;
	struct mach_actions *actions;
	struct mach_parked *parked;
	struct mach_sampler __rcu *sampler;
	bool ended;
	struct work_struct work;
	struct rcu_head rcu;
};

void mach_thread_init(void);
int mach_thread_get(struct mach_task *task, struct task_struct *p,
		    struct mach_thread **result);
void mach_thread_put(struct mach_thread *thread);
struct mach_thread *mach_thread_find_rcu(const struct task_struct *p);
struct mach_thread *mach_thread_lookup(const struct task_struct *p);
void mach_thread_forget(struct mach_thread *thread);
void mach_thread_exited(struct mach_task *task, const struct task_struct *p);
int mach_thread_actions(struct mach_thread *thread,
			const struct mach_change *change,
			struct mach_actions **old, struct mach_reap *reap);
void mach_thread_kill_all(struct mach_task *task);
bool mach_thread_is_hidden(struct mach_task *task, const struct task_struct *p);

int mach_thread_make_send(struct mach_thread *thread, enum mach_port_kind kind,
			  struct mach_right *right);
int mach_thread_acquire(struct mach_space *space, u32 name,
			enum mach_port_kind *kind, struct mach_thread **result);
void mach_thread_release(struct mach_thread *thread);
bool mach_thread_may_get(enum mach_port_kind kind, s32 which);
int mach_thread_get_special(struct mach_thread *thread, s32 which,
			    struct mach_right *right);
int mach_thread_set_special(struct mach_thread *thread, s32 which,
			    struct mach_right *right, struct mach_reap *reap);
int mach_thread_list(struct mach_task *task, struct task_struct *leader,
		     enum mach_port_kind kind, struct mach_right *rights,
		     u32 room, u32 *count);

#endif /* MACH_THREAD_H */
