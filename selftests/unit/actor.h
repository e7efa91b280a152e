/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks that tests make. */
#ifndef UNIT_ACTOR_H
#define UNIT_ACTOR_H

#include "identity.h"
#include "right.h"
#include "task.h"

/**
 * struct actor - a task of one thread
 * @task: what the module knows of it
 * @thread: its thread
 * @cred: the thread's credentials
 * @pid: its process
 */
struct actor {
	struct mach_task task;
	struct task_struct thread;
	struct cred cred;
	struct pid pid;
};

static inline struct actor *actor_of(struct mach_task *task)
{
	return container_of(task, struct actor, task);
}

void actor_init(struct actor *actor, uid_t uid, pid_t pid);
void actor_exit(struct actor *actor);
void world_begin(void);
void world_end(void);

#endif /* UNIT_ACTOR_H */
