// SPDX-License-Identifier: GPL-2.0-only
/*
 * exec that gains privilege: whoever had power over the old image has none
 * over the new one, and what the old image chose the new one does not trust.
 */
#include <linux/capability.h>
#include <stdatomic.h>
#include <sys/xattr.h>

#include "actor.h"
#include "suspend_helpers.h"

/* How the program comes to privilege that its caller has not. */
FIXTURE(gain) {
	char path[PATH_MAX];
	struct actor actor;
	mach_port_t before;
};

FIXTURE_VARIANT(gain) {
	uid_t owner;
	mode_t mode;
	bool capability;
	uid_t euid;
	gid_t egid;
};

FIXTURE_VARIANT_ADD(gain, setuid) {
	.mode = 04755, .euid = 0, .egid = TEST_UID,
};

FIXTURE_VARIANT_ADD(gain, setuid_to_another_user) {
	.owner = TEST_UID + 1, .mode = 04755,
	.euid = TEST_UID + 1, .egid = TEST_UID,
};

FIXTURE_VARIANT_ADD(gain, setgid) {
	.mode = 02755, .euid = TEST_UID, .egid = 0,
};

FIXTURE_VARIANT_ADD(gain, capability) {
	.mode = 0755, .capability = true, .euid = TEST_UID, .egid = TEST_UID,
};

FIXTURE_VARIANT_ADD(gain, unreadable) {
	.mode = 0711, .euid = TEST_UID, .egid = TEST_UID,
};

/* A directory of the test's own, where set-uid bits count. */
static int own_directory(char *path, unsigned long flags)
{
	strcpy(path, "/tmp/machdev.XXXXXX");
	if (!mkdtemp(path) || unshare(CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("machdev", path, "tmpfs", flags, "mode=0755"))
		return -errno;
	return 0;
}

/* Copy the actor's program into directory @path, which becomes its path. */
static int copy_actor(char *path, uid_t owner, mode_t mode)
{
	char from[PATH_MAX], block[65536];
	ssize_t length = 0;
	int in, out;

	if (helper_path("actor", from, sizeof(from)))
		return -ENOENT;
	strcat(path, "/actor");
	in = open(from, O_RDONLY | O_CLOEXEC);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	if (in < 0 || out < 0)
		return -errno;
	while ((length = read(in, block, sizeof(block))) > 0) {
		if (write(out, block, length) != length)
			return -EIO;
	}
	if (length || fchown(out, owner, owner) || fchmod(out, mode) ||
	    close(out) || close(in))
		return -errno;
	return 0;
}

static int give_capability(const char *path)
{
	struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1u << CAP_NET_RAW,
	};

	return setxattr(path, "security.capability", &data, XATTR_CAPS_SZ_2,
			0) ? -errno : 0;
}

static mach_port_t get_special(task_t task, int which)
{
	mach_port_t port = TEST_POISON32;

	if (task_get_special_port(task, which, &port))
		return TEST_POISON32;
	return port;
}

FIXTURE_SETUP(gain)
{
	ASSERT_EQ(0, own_directory(self->path, 0));
	ASSERT_EQ(0, copy_actor(self->path, variant->owner, variant->mode));
	if (variant->capability)
		ASSERT_EQ(0, give_capability(self->path));
	ASSERT_NE(MACH_PORT_NULL, own_task());
	ASSERT_EQ(0, actor_start(&self->actor));
	ASSERT_EQ(0, actor_become(&self->actor, TEST_UID));
	ASSERT_TRUE(MACH_PORT_VALID(actor_task(&self->actor)));
	self->before = self->actor.task;
}

FIXTURE_TEARDOWN(gain)
{
	EXPECT_EQ(0, actor_end(&self->actor));
}

/* exec; afterwards the actor's task port is the new one. */
static long gain_run(struct actor *actor, const char *path)
{
	long code = actor_run(actor, path);
	uint32_t name;

	actor->task = MACH_PORT_NULL;
	return code ?: actor_name(actor, MACHDEV_IOC_HOST_SELF, &name);
}

TEST_F(gain, the_program_has_gained)
{
	struct order order = { .what = ORDER_GETIDS };
	struct answer answer;

	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	ASSERT_EQ(0, actor_order(&self->actor, &order, &answer));
	EXPECT_EQ(variant->euid, answer.word[0]);
	EXPECT_EQ(variant->egid, answer.word[1]);
	EXPECT_EQ(TEST_UID, answer.word[2]);
}

TEST_F(gain, the_old_task_port_dies)
{
	mach_port_t notify = port_receive(), value = port_new(), seen;
	struct letter letter;
	struct tokens tokens;
	int pid;

	ASSERT_KR(KERN_SUCCESS, port_watch(self->before, notify));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_TRUE(port_is_dead(self->before));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_get_special_port(self->before, TASK_BOOTSTRAP_PORT,
					&seen));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_special_port(self->before, TASK_BOOTSTRAP_PORT,
					value));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_tokens(self->before, &tokens));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_insert_right(self->before, 0x50003, value,
					 MACH_MSG_TYPE_COPY_SEND));
	EXPECT_NE(KERN_SUCCESS, pid_for_task(self->before, &pid));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, letter.header.msgh_id);
	EXPECT_EQ(self->before, letter_dead_name(&letter));
}

TEST_F(gain, there_is_a_new_task_port)
{
	int pid;

	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_TRUE(MACH_PORT_VALID(actor_task(&self->actor)));
	EXPECT_NE(self->before, self->actor.task);
	EXPECT_EQ(self->actor.task,
		  actor_trap(&self->actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_KR(KERN_SUCCESS, pid_for_task(self->actor.task, &pid));
	EXPECT_EQ(self->actor.pid, pid);
}

TEST_F(gain, the_old_thread_port_dies)
{
	mach_port_t thread = actor_trap(&self->actor, MACHDEV_IOC_THREAD_SELF);

	ASSERT_EQ(MACH_PORT_TYPE_SEND, port_type(thread));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_TRUE(port_is_dead(thread));
	EXPECT_NE(thread, actor_trap(&self->actor, MACHDEV_IOC_THREAD_SELF));
}

TEST_F(gain, names_go)
{
	mach_port_t right, port = port_receive();
	uint32_t name;

	ASSERT_EQ(0, actor_allocate(&self->actor, &name));
	right = actor_take(&self->actor, name, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_NE(0, actor_give(&self->actor, port, MACH_MSG_TYPE_MAKE_SEND));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_TRUE(port_is_dead(right));
	EXPECT_EQ(0, port_has_senders(port));
	/* The host's port is the only name that the new image has made. */
	EXPECT_EQ(1, task_names(actor_task(&self->actor)));
}

TEST_F(gain, of_the_ports_with_less_power_the_name_port_stays)
{
	mach_port_t name = get_special(self->before, TASK_NAME_PORT);
	mach_port_t inspect = get_special(self->before, TASK_INSPECT_PORT);
	mach_port_t read = get_special(self->before, TASK_READ_PORT);
	int pid = 0;

	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_TRUE(port_is_dead(read));
	EXPECT_TRUE(port_is_dead(inspect));
	EXPECT_KR(KERN_SUCCESS, pid_for_task(name, &pid));
	EXPECT_EQ(self->actor.pid, pid);
	EXPECT_EQ(name, get_special(actor_task(&self->actor), TASK_NAME_PORT));
	EXPECT_TRUE(MACH_PORT_VALID(get_special(self->actor.task,
						TASK_READ_PORT)));
}

TEST_F(gain, the_kernel_mask_goes)
{
	mach_port_t port = port_new();

	ASSERT_KR(KERN_SUCCESS, task_set_kernel_port(self->before, port));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), port));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_EQ(actor_task(&self->actor),
		  actor_trap(&self->actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_EQ(self->actor.task,
		  get_special(self->actor.task, TASK_KERNEL_PORT));
	EXPECT_EQ(0, port_has_senders(port));
}

TEST_F(gain, ledger_ports_are_the_true_ones)
{
	const int which[] = {
		TASK_WIRED_LEDGER_PORT, TASK_PAGED_LEDGER_PORT,
	};
	mach_port_t genuine[2], port = port_new();
	size_t i;

	for (i = 0; i < 2; i++) {
		genuine[i] = get_special(self->before, which[i]);
		ASSERT_EQ(MACH_PORT_TYPE_SEND, port_type(genuine[i]));
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(self->before, which[i], port));
	}
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), port));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	/* The real uid has not changed, so the ledgers have not. */
	for (i = 0; i < 2; i++)
		EXPECT_EQ(genuine[i], get_special(actor_task(&self->actor),
						  which[i]));
	EXPECT_EQ(0, port_has_senders(port));
}

TEST_F(gain, the_host_port_is_the_plain_one)
{
	mach_port_t port = port_new();

	ASSERT_KR(KERN_SUCCESS, task_set_host_port(self->before, port));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), port));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_EQ(mach_host_self(),
		  actor_trap(&self->actor, MACHDEV_IOC_HOST_SELF));
	EXPECT_EQ(mach_host_self(),
		  get_special(actor_task(&self->actor), TASK_HOST_PORT));
	EXPECT_EQ(0, port_has_senders(port));
}

TEST_F(gain, the_privileged_host_port_goes)
{
	ASSERT_KR(KERN_SUCCESS,
		  task_set_host_port(self->before, host_priv_port()));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_EQ(mach_host_self(),
		  actor_trap(&self->actor, MACHDEV_IOC_HOST_SELF));
}

TEST_F(gain, the_bootstrap_port_is_the_default)
{
	mach_port_t priv = host_priv_port(), own = port_new();
	mach_port_t fallback = port_new(), restore;

	ASSERT_KR(KERN_SUCCESS, host_get_bootstrap_port(priv, &restore));
	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(self->before, own));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), own));
	EXPECT_KR(KERN_SUCCESS, host_set_bootstrap_port(priv, fallback));
	EXPECT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_EQ(fallback, get_special(actor_task(&self->actor),
					TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(0, port_has_senders(own));
	/* As a slot that nobody set, it goes on following. */
	EXPECT_KR(KERN_SUCCESS, host_set_bootstrap_port(priv, restore));
	EXPECT_NE(fallback, get_special(self->actor.task,
					TASK_BOOTSTRAP_PORT));
}

TEST_F(gain, the_exception_port_goes)
{
	mach_port_t port = port_new();

	ASSERT_KR(KERN_SUCCESS, task_set_exception_port(self->before, port));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), port));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_EQ(MACH_PORT_NULL, get_special(actor_task(&self->actor),
					      TASK_EXCEPTION_PORT));
	EXPECT_EQ(0, port_has_senders(port));
}

TEST_F(gain, it_is_sampled_no_more)
{
	mach_port_t thread = actor_trap(&self->actor, MACHDEV_IOC_THREAD_SELF);
	mach_port_t port = port_receive(), another = port_receive();
	uint64_t samplers = mach_counter(MACHDEV_COUNTER_SAMPLERS);
	struct letter letter;

	ASSERT_KR(KERN_SUCCESS, task_sample(self->before, port));
	ASSERT_KR(KERN_SUCCESS, thread_sample(thread, another));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_EQ(samplers, mach_counter(MACHDEV_COUNTER_SAMPLERS));
	/* Of the program that there was something may be left. */
	while (letter_wait(port, &letter, 0) != MACH_RCV_TIMED_OUT ||
	       letter_wait(another, &letter, 0) != MACH_RCV_TIMED_OUT)
		;
	EXPECT_TRUE(TEST_UNTIL(!port_has_senders(port) &&
			       !port_has_senders(another), 10000));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_sample(self->before, port));
	EXPECT_KR(KERN_INVALID_ARGUMENT, thread_sample(thread, port));
}

TEST_F(gain, nobody_handles_its_exceptions)
{
	static const int which[] = {
		TASK_ACCESS_PORT, TASK_DEBUG_CONTROL_PORT,
		TASK_RESOURCE_NOTIFY_PORT,
	};
	exception_behavior_t behavior[EXC_TYPES_COUNT];
	thread_state_flavor_t flavor[EXC_TYPES_COUNT];
	exception_mask_t mask[EXC_TYPES_COUNT];
	mach_port_t port = port_new(), seen[EXC_TYPES_COUNT], thread;
	mach_msg_type_number_t count;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(which); i++)
		ASSERT_KR(KERN_SUCCESS, task_set_special_port(self->before,
							      which[i], port));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_exception_ports(self->before, EXC_MASK_CRASH, port,
					   EXCEPTION_DEFAULT, 0));
	thread = actor_trap(&self->actor, MACHDEV_IOC_THREAD_SELF);
	ASSERT_KR(KERN_SUCCESS,
		  thread_set_exception_ports(thread, EXC_MASK_ALL, port,
					     EXCEPTION_DEFAULT, 0));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), port));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_exception_ports(self->before, EXC_MASK_CRASH,
					   MACH_PORT_NULL, 0, 0));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_exception_ports(thread, EXC_MASK_ALL,
					     MACH_PORT_NULL, 0, 0));
	ASSERT_KR(KERN_SUCCESS,
		  task_get_exception_ports(actor_task(&self->actor),
					   EXC_MASK_VALID, mask, &count, seen,
					   behavior, flavor));
	EXPECT_EQ(1, count);
	EXPECT_EQ(MACH_PORT_NULL, seen[0]);
	thread = actor_trap(&self->actor, MACHDEV_IOC_THREAD_SELF);
	ASSERT_KR(KERN_SUCCESS,
		  thread_get_exception_ports(thread, EXC_MASK_ALL, mask,
					     &count, seen, behavior, flavor));
	EXPECT_EQ(0, count);
	for (i = 0; i < ARRAY_SIZE(which); i++)
		EXPECT_EQ(MACH_PORT_NULL, get_special(self->actor.task,
						      which[i]));
	EXPECT_EQ(0, port_has_senders(port));
}

/* Nobody could resume it: it runs. */
TEST_F(gain, it_does_not_begin_suspended)
{
	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(self->before));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_EQ(0, suspensions(actor_task(&self->actor)));
	EXPECT_EQ(0, told(self->actor.pid, WSTOPPED));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_resume(self->before));
	EXPECT_KR(KERN_FAILURE, task_resume(self->actor.task));
}

TEST_F(gain, it_is_not_started_suspended)
{
	pid_t pid = child_fork();

	if (!pid) {
		machdev_spawn_t *spawn = machdev_spawn_new();
		siginfo_t info = { 0 };
		task_t task;
		int pidfd;

		ASSERT_EQ(0, test_become(TEST_UID, TEST_UID));
		ASSERT_NE(NULL, spawn);
		machdev_spawn_suspended(spawn);
		ASSERT_KR(KERN_SUCCESS,
			  machdev_spawn(spawn, self->path,
					(char *[]){ "actor", NULL }, environ,
					&task, &pidfd));
		machdev_spawn_free(spawn);
		/* Without a socket it ends like this. */
		ASSERT_EQ(0, waitid(P_PIDFD, pidfd, &info,
				    WEXITED | WSTOPPED));
		EXPECT_EQ(CLD_EXITED, info.si_code);
		EXPECT_EQ(2, info.si_status);
		child_exit();
	}
	EXPECT_CHILD(pid);
}

TEST_F(gain, derived_tokens_tell_of_it)
{
	mach_port_t port = port_receive();
	struct tokens before, seen;

	ASSERT_KR(KERN_SUCCESS, task_tokens(self->before, &before));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&self->actor, port, &seen));
	EXPECT_EQ(variant->euid, seen.security[0]);
	EXPECT_EQ(variant->egid, seen.security[1]);
	EXPECT_EQ(variant->euid, seen.audit[AUDIT_EUID]);
	EXPECT_EQ(variant->egid, seen.audit[AUDIT_EGID]);
	EXPECT_EQ(TEST_UID, seen.audit[AUDIT_RUID]);
	EXPECT_EQ(TEST_UID, seen.audit[AUDIT_RGID]);
	EXPECT_EQ(self->actor.pid, seen.audit[AUDIT_PID]);
	EXPECT_NE(before.audit[AUDIT_PIDVERSION],
		  seen.audit[AUDIT_PIDVERSION]);
	EXPECT_EQ(pidversion_of(self->actor.pid),
		  seen.audit[AUDIT_PIDVERSION]);
}

TEST_F(gain, a_queued_message_tells_of_the_old_image)
{
	mach_port_t port = port_receive();
	struct letter letter;
	struct tokens before;
	uint32_t name;

	ASSERT_KR(KERN_SUCCESS, task_tokens(self->before, &before));
	name = actor_give(&self->actor, port, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(MACH_MSG_SUCCESS,
		  actor_send(&self->actor, name, MACH_MSG_TYPE_COPY_SEND, 0, 0,
			     1));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	EXPECT_TOKENS(before, letter_tokens(&letter));
}

TEST_F(gain, explicit_tokens_stay)
{
	mach_port_t port = port_receive();
	struct tokens seen;
	uint32_t version;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), self->before,
				  tokens_made(1), MACH_PORT_NULL));
	version = pidversion_of(self->actor.pid);
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&self->actor, port, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
	EXPECT_NE(version, pidversion_of(self->actor.pid));
}

TEST_F(gain, from_another_thread)
{
	ASSERT_EQ(0, actor_run_as(&self->actor, ORDER_EXEC_THREAD,
				  self->path));
	self->actor.task = MACH_PORT_NULL;
	EXPECT_NE(self->before,
		  actor_trap(&self->actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_TRUE(port_is_dead(self->before));
}

TEST_F(gain, children_of_the_old_image_keep_theirs)
{
	mach_port_t port = port_new(), child;
	struct actor old;

	/* The first process execs, its child stays what it was. */
	ASSERT_EQ(0, actor_start(&old));
	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(self->before, port));
	ASSERT_EQ(0, actor_next(&self->actor));
	child = actor_task(&self->actor);
	EXPECT_EQ(port, get_special(child, TASK_BOOTSTRAP_PORT));
	EXPECT_FALSE(port_is_dead(self->before));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	EXPECT_TRUE(port_is_dead(child));
	/* Its parent gained nothing. */
	EXPECT_FALSE(port_is_dead(self->before));
	EXPECT_EQ(port, get_special(self->before, TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(0, actor_end(&old));
}

struct grip {
	task_t task;
	atomic_bool ready, gained;
	int after;
};

/* Reach for the old port all the while. */
static void *grip_run(void *argument)
{
	struct grip *grip = argument;
	mach_port_t port;
	bool gained;

	do {
		gained = grip->gained;
		if (!task_get_special_port(grip->task, TASK_HOST_PORT,
					   &port)) {
			mach_port_deallocate(own_task(), port);
			grip->after += gained;
		}
		grip->ready = true;
	} while (!gained);
	return NULL;
}

TEST_F(gain, a_holder_that_never_lets_go)
{
	struct grip grip = { .task = self->before };
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, grip_run, &grip));
	ASSERT_TRUE(TEST_UNTIL(grip.ready, 5000));
	ASSERT_EQ(0, gain_run(&self->actor, self->path));
	grip.gained = true;
	pthread_join(thread, NULL);
	EXPECT_EQ(0, grip.after);
}

/*
 * A set-uid program that gives no privilege to this caller is an ordinary one.
 */

FIXTURE(plain) {
	char path[PATH_MAX];
	struct actor actor;
};

FIXTURE_VARIANT(plain) {
	uid_t owner, user;
	mode_t mode;
	unsigned long mount;
	bool no_new_privs;
};

FIXTURE_VARIANT_ADD(plain, ordinary) {
	.user = TEST_UID, .mode = 0755,
};

FIXTURE_VARIANT_ADD(plain, own_setuid) {
	.owner = TEST_UID, .user = TEST_UID, .mode = 04755,
};

FIXTURE_VARIANT_ADD(plain, root_to_root) {
	.mode = 04755,
};

FIXTURE_VARIANT_ADD(plain, nosuid) {
	.user = TEST_UID, .mode = 04755, .mount = MS_NOSUID,
};

FIXTURE_VARIANT_ADD(plain, no_new_privs) {
	.user = TEST_UID, .mode = 04755, .no_new_privs = true,
};

FIXTURE_SETUP(plain)
{
	ASSERT_EQ(0, own_directory(self->path, variant->mount));
	ASSERT_EQ(0, copy_actor(self->path, variant->owner, variant->mode));
	ASSERT_NE(MACH_PORT_NULL, own_task());
	ASSERT_EQ(0, actor_start(&self->actor));
	if (variant->user)
		ASSERT_EQ(0, actor_become(&self->actor, variant->user));
	if (variant->no_new_privs)
		ASSERT_EQ(0, actor_do(&self->actor, ORDER_PRCTL,
				      PR_SET_NO_NEW_PRIVS, 1));
}

FIXTURE_TEARDOWN(plain)
{
	EXPECT_EQ(0, actor_end(&self->actor));
}

TEST_F(plain, the_task_port_stays)
{
	mach_port_t port = port_new(), before = actor_task(&self->actor);

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(before, port));
	ASSERT_EQ(0, actor_run(&self->actor, self->path));
	EXPECT_EQ(before, actor_trap(&self->actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_FALSE(port_is_dead(before));
	EXPECT_EQ(port, get_special(before, TASK_BOOTSTRAP_PORT));
}

TEST_F(plain, it_begins_suspended)
{
	struct order order = { .what = ORDER_EXEC };
	mach_port_t task = actor_task(&self->actor);
	uint32_t name;

	ASSERT_KR(KERN_SUCCESS, suspend_at_exec(task));
	strcpy(order.data, self->path);
	ASSERT_EQ(sizeof(order),
		  send(self->actor.fd, &order, sizeof(order), MSG_NOSIGNAL));
	ASSERT_TRUE(stops(self->actor.pid));
	EXPECT_UNTOUCHED(self->actor.pid);
	EXPECT_EQ(1, suspensions(task));
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	/* Its first answer says that it runs. */
	EXPECT_EQ(0, actor_allocate(&self->actor, &name));
}

/* Ids that already differ make exec secure, and so does the kernel call it. */
TEST(differing_ids)
{
	struct actor actor;
	char path[PATH_MAX];
	mach_port_t before;

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_NE(MACH_PORT_NULL, own_task());
	ASSERT_EQ(0, actor_start(&actor));
	before = actor_task(&actor);
	ASSERT_EQ(0, actor_ids(&actor, TEST_UID, 0, 0, 0, 0, 0));
	ASSERT_EQ(0, gain_run(&actor, path));
	EXPECT_TRUE(port_is_dead(before));
	EXPECT_NE(before, actor_task(&actor));
	EXPECT_EQ(0, actor_end(&actor));
}

MACH_TEST_MAIN
