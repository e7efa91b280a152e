// SPDX-License-Identifier: GPL-2.0-only
/* What stands for the floor of actors: tasks that tests make. */
#include "actor.h"
#include "ledger.h"
#include "port.h"
#include "kmsg.h"
#include "pset.h"
#include "stat.h"

/**
 * actor_init() - make a task and its thread
 * @actor: the task; the caller is it from now on
 * @uid: its user and group
 * @pid: its number
 */
void actor_init(struct actor *actor, uid_t uid, pid_t pid)
{
	struct mach_user *user;

	*actor = (struct actor){
		.pid = { .ref = { 1 }, .nr = { pid } },
		.cred = {
			.ref = { 1 },
			.uid = { uid },
			.euid = { uid },
			.gid = { uid },
			.egid = { uid },
			.user_ns = &init_user_ns,
		},
		.thread = {
			.cred = &actor->cred,
			.pid_ns = &init_pid_ns,
			.loginuid = INVALID_UID,
			.sessionid = 7,
			.cgroup = 0x500000000 + pid,
		},
	};
	current = &actor->thread;
	mach_space_init(&actor->task.space);
	spin_lock_init(&actor->task.lock);
	actor->task.version = mach_pidversion_next();
	user = mach_user_find(&actor->cred);
	mach_space_set_ledger(&actor->task.space, &user->wired);
	mach_user_put(user);
}

/**
 * actor_exit() - destroy all that a task has
 * @actor: the task
 */
void actor_exit(struct actor *actor)
{
	current = &actor->thread;
	mach_right_destroy_all(&actor->task.space, true);
	mach_space_deinit(&actor->task.space);
	mach_identity_put(actor->task.identity);
	actor->task.identity = NULL;
}

struct mach_identity *mach_task_identity(struct mach_task *task)
{
	if (task->identity && !mach_identity_fits(task->identity, task->version,
						  NULL)) {
		mach_identity_put(task->identity);
		task->identity = NULL;
	}
	if (!task->identity)
		task->identity = mach_identity_new(&actor_of(task)->pid,
						   task->version, NULL, NULL,
						   NULL);
	if (task->identity)
		refcount_inc(&task->identity->ref);
	return task->identity;
}

/* The user of a task stays the same here. */
void mach_task_refresh(struct mach_task *task)
{
}

/**
 * world_begin() - load the module, so to speak
 */
void world_begin(void)
{
	if (mach_port_cache_init() || mach_kmsg_cache_init() ||
	    mach_pset_cache_init())
		abort();
	mach_pidversion_init();
}

/**
 * world_end() - unload it
 *
 * Ends the program if anything has been left behind.
 */
void world_end(void)
{
	unsigned int id;

	shim_unmap_all();
	rcu_barrier();
	for (id = 0; id <= MACHDEV_COUNTER_QUEUED; id++)
		SHIM_NEVER(mach_stat_read(id));
	SHIM_NEVER(mach_stat_read(MACHDEV_COUNTER_SETS));
	SHIM_NEVER(mach_stat_read(MACHDEV_COUNTER_MEMBERS));
	SHIM_NEVER(shim_allocated);
	mach_pset_cache_exit();
	mach_port_cache_exit();
	mach_kmsg_cache_exit();
}
