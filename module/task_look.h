/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Tasks as others see them
 *
 * What is shown of a task to who looks at the module from outside, and told
 * of it when something happens to it. Nobody gets a right by that.
 */
#ifndef MACH_TASK_LOOK_H
#define MACH_TASK_LOOK_H

#include <linux/cred.h>
#include <linux/sched.h>

#include "token.h"

struct mach_event;
struct mach_port;
struct mach_task;

/**
 * struct mach_viewer - who looks
 * @all: he may see everything
 * @uid: otherwise: whose tasks he may see
 * @caps: otherwise: they have no more capabilities than these
 * @user_ns: in which ids are shown to him, holds a reference
 * @pid_ns: in which pids are shown to him, holds a reference
 */
struct mach_viewer {
	bool all;
	kuid_t uid;
	kernel_cap_t caps;
	struct user_namespace *user_ns;
	struct pid_namespace *pid_ns;
};

/**
 * struct mach_task_view - a task at one moment
 * @pid: thread group, in the viewer's pid name space
 * @version: pid version
 * @uid: real user id of the leader, in the viewer's user name space
 * @token: MACHDEV_TOKEN_*
 * @words: its tokens, in the viewer's name spaces
 * @comm: name of the leader
 * @names: names in use
 */
struct mach_task_view {
	u32 pid;
	u32 version;
	u32 uid;
	u32 token;
	struct mach_words words;
	char comm[TASK_COMM_LEN];
	u32 names;
};

bool mach_viewer_sees(const struct mach_viewer *viewer,
		      const struct mach_task *task);
u32 mach_viewer_pid(const struct mach_viewer *viewer, struct pid *pid);
bool mach_task_look(struct mach_task *task, const struct mach_viewer *viewer,
		    struct mach_task_view *view);

struct mach_task *mach_task_of_object(struct mach_port *port);
struct mach_task *mach_task_of_receiver(struct mach_port *port, u32 *name);

bool mach_task_note(struct mach_event *event, u32 kind, struct mach_task *task,
		    const struct task_struct *p);
void mach_task_tell(u32 kind, struct mach_task *task,
		    const struct task_struct *p);

#endif /* MACH_TASK_LOOK_H */
