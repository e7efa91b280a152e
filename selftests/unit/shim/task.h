/* SPDX-License-Identifier: GPL-2.0-only */
/* The thread that runs, and time, which passes when it sleeps. */
#ifndef SHIM_TASK_H
#define SHIM_TASK_H

#include "base.h"
#include "lock.h"

typedef struct {
	uid_t val;
} kuid_t;

typedef struct {
	gid_t val;
} kgid_t;

#define GLOBAL_ROOT_UID ((kuid_t){ 0 })
#define INVALID_UID ((kuid_t){ -1 })
#define OVERFLOW_ID 65534

static inline uid_t __kuid_val(kuid_t uid)
{
	return uid.val;
}

static inline gid_t __kgid_val(kgid_t gid)
{
	return gid.val;
}

static inline bool uid_eq(kuid_t a, kuid_t b)
{
	return a.val == b.val;
}

static inline bool uid_lt(kuid_t a, kuid_t b)
{
	return a.val < b.val;
}

static inline bool uid_valid(kuid_t uid)
{
	return uid.val != (uid_t)-1;
}

/* Ids @first and above, @count of them, are @lower and above outside. */
struct user_namespace {
	struct user_namespace *parent;
	kuid_t owner;
	u32 first;
	u32 lower;
	u32 count;
};

extern struct user_namespace init_user_ns;
uid_t from_kuid_munged(const struct user_namespace *ns, kuid_t uid);
gid_t from_kgid_munged(const struct user_namespace *ns, kgid_t gid);

struct cred {
	refcount_t ref;
	kuid_t uid;
	kuid_t euid;
	kgid_t gid;
	kgid_t egid;
	struct user_namespace *user_ns;
};

struct pid_namespace {
	int level;
};

/* A number in the initial name space, and perhaps one in another. */
struct pid {
	refcount_t ref;
	struct pid_namespace *inner;
	pid_t nr[2];
};

extern struct pid_namespace init_pid_ns;
struct pid *get_pid(struct pid *pid);
void put_pid(struct pid *pid);
pid_t pid_nr_ns(const struct pid *pid, const struct pid_namespace *ns);

#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_FREEZABLE 2

struct task_struct {
	struct cred *cred;
	struct pid_namespace *pid_ns;
	kuid_t loginuid;
	u32 sessionid;
	u64 cgroup;
	int state;
	bool signal;
	bool killed;
	u64 timer_slack_ns;
};

extern struct task_struct *current;

#define current_cred() ((const struct cred *)current->cred)
#define current_user_ns() (current->cred->user_ns)
#define task_active_pid_ns(task) ((task)->pid_ns)
#define audit_get_loginuid(task) ((task)->loginuid)
#define audit_get_sessionid(task) ((task)->sessionid)
#define CONFIG_CGROUPS 1
#define task_dfl_cgroup(task) (task)
#define cgroup_id(task) ((task)->cgroup)

static inline const struct cred *get_current_cred(void)
{
	refcount_inc(&current->cred->ref);
	return current->cred;
}

static inline void put_cred(const struct cred *cred)
{
	SHIM_NEVER(refcount_dec_and_test(&((struct cred *)cred)->ref));
}

typedef s64 ktime_t;

#define KTIME_MAX S64_MAX
#define HRTIMER_MODE_ABS 0
#define ktime_get() shim_now
#define ktime_add_ms(time, ms) ((time) + (ms) * 1000000ll)
extern ktime_t shim_now;

/* Called when the thread sleeps: what others do meanwhile. */
extern void (*shim_sleeping)(void);

#define set_current_state(new) ((void)(current->state = (new)))
#define __set_current_state(new) set_current_state(new)
#define signal_pending(task) ((task)->signal)
void schedule(void);
int schedule_hrtimeout_range(ktime_t *expires, u64 slack, int mode);
int wake_up_process(struct task_struct *task);

struct work_struct {
	void (*run)(struct work_struct *work);
};

static inline bool test_bit(int bit, const unsigned long *flags)
{
	return *flags & BIT(bit);
}

#endif /* SHIM_TASK_H */
