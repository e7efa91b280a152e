// SPDX-License-Identifier: GPL-2.0-only
/* Who may control whom. */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "policy.h"
#include "stat.h"

static struct vfsmount *procfs;

/**
 * mach_policy_init() - mount procfs for the module
 *
 * Return: 0; -EPERM, not in the initial pid name space, in whose numbers the
 * mount would otherwise not be; or another negative error number.
 */
int mach_policy_init(void)
{
	struct file_system_type *type;

	if (task_active_pid_ns(current) != &init_pid_ns)
		return -EPERM;
	type = get_fs_type("proc");
	if (!type)
		return -ENODEV;
	procfs = kern_mount(type);
	return PTR_ERR_OR_ZERO(procfs);
}

/**
 * mach_policy_exit() - unmount
 */
void mach_policy_exit(void)
{
	kern_unmount(procfs);
}

/* Whether the process is one that has an address space to speak of. */
static bool is_user_process(struct task_struct *leader)
{
	bool user;

	if (leader->flags & PF_KTHREAD)
		return false;
	task_lock(leader);
	user = leader->mm;
	task_unlock(leader);
	return user;
}

static bool may_open(struct pid *pid, const char *what, int flags)
{
	struct path root = { .mnt = procfs, .dentry = procfs->mnt_root };
	struct file *file;
	char name[24];

	snprintf(name, sizeof(name), "%d/%s", pid_nr(pid), what);
	file = file_open_root(&root, name, flags, 0);
	if (IS_ERR(file))
		return false;
	fput(file);
	return true;
}

static bool is_same_user(struct task_struct *leader)
{
	const struct cred *own = current_cred();
	const struct cred *cred = get_task_cred(leader);
	bool same;

	same = cred->user_ns == own->user_ns && uid_eq(cred->uid, own->uid) &&
	       uid_eq(cred->euid, own->euid);
	put_cred(cred);
	return same;
}

static bool ask(struct pid *pid, struct task_struct *leader,
		enum mach_port_kind kind)
{
	if (kind == MACH_KIND_TASK_NAME && is_same_user(leader))
		return true;
	/* PTRACE_MODE_ATTACH and PTRACE_MODE_READ, with the caller's fs ids */
	if (kind >= MACH_KIND_TASK_READ)
		return may_open(pid, "mem", O_RDWR);
	return may_open(pid, "environ", O_RDONLY);
}

/**
 * mach_policy_may_have() - whether the caller may have a port for a process
 * @pid: its thread group; the caller has a reference
 * @kind: MACH_KIND_TASK or one with less power
 *
 * Context: Process; may sleep.
 * Return: whether he may; a refusal is counted.
 */
bool mach_policy_may_have(struct pid *pid, enum mach_port_kind kind)
{
	struct task_struct *leader = get_pid_task(pid, PIDTYPE_TGID);
	bool may;

	if (!leader)
		return false;
	may = pid == task_tgid(current) ||
	      (is_user_process(leader) && ask(pid, leader, kind) &&
	       is_user_process(leader));
	/*
	 * A process whose memory went meanwhile is opened unasked. And the
	 * file was opened by number: see that it still means the same.
	 */
	rcu_read_lock();
	may = may && pid_task(pid, PIDTYPE_TGID) == leader;
	rcu_read_unlock();
	put_task_struct(leader);
	if (!may)
		mach_stat_inc(DENIED);
	return may;
}
