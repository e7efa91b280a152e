// SPDX-License-Identifier: GPL-2.0-only
/*
 * Killed in every wait: it ends there and then, nothing of the call has been
 * done by halves, and nothing stays behind.
 */
#include "port_helpers.h"

#include <sys/wait.h>

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE

/* Kill a child that shall not outlive it by long. */
static bool child_dies(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	return TEST_UNTIL(waitpid(pid, &status, WNOHANG) == pid, 10000) &&
	       WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/*
 * Messages. Each is killed as a process, by the exit of another thread, and by
 * the exec of another thread, which kills the thread alone.
 */

enum killer { SIGNAL, EXIT, EXEC };

FIXTURE(killed)
{
	mach_port_t port, reply;
	struct test_pipe go;
};

typedef FIXTURE_DATA(killed) killed_data;

FIXTURE_VARIANT(killed)
{
	enum killer by;
};

FIXTURE_VARIANT_ADD(killed, by_signal) { SIGNAL };
FIXTURE_VARIANT_ADD(killed, by_exit) { EXIT };
FIXTURE_VARIANT_ADD(killed, by_exec) { EXEC };

FIXTURE_SETUP(killed)
{
	self->port = port_new_bootstrap();
	port_add_send(self->port);
	ASSERT_EQ(0, test_pipe_open(&self->go));
}

FIXTURE_TEARDOWN(killed)
{
}

/* What the parent finds in the child's shared memory. */
struct victim {
	pid_t tid;
	uint32_t port;
};

static struct victim *victim;

static void victim_share(void)
{
	victim = mmap(NULL, sizeof(*victim), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	MUST(victim == MAP_FAILED ? -errno : 0);
}

static void *victim_run(void *argument)
{
	__atomic_store_n(&victim->tid, (pid_t)syscall(SYS_gettid),
			 __ATOMIC_RELEASE);
	MUST(mach_ioctl(MACHDEV_IOC_MSG, argument));
	_exit(99);
}

/* A child whose second thread makes @call, and which is killed by @by. */
static void __attribute__((noreturn))
victim_main(killed_data *self, enum killer by, struct machdev_msg *call)
{
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, victim_run, call));
	MUST(test_wait(&self->go));
	if (by == EXIT)
		_exit(7);
	if (by == EXEC)
		execl("/bin/sh", "sh", "-c", "exit 7", NULL);
	for (;;)
		pause();
}

static bool victim_sleeps(pid_t pid)
{
	return TEST_UNTIL(__atomic_load_n(&victim->tid, __ATOMIC_ACQUIRE) &&
			  msg_sleeps(pid, victim->tid), 10000);
}

static bool victim_ends(killed_data *self, pid_t pid, enum killer by)
{
	int status;

	if (by == SIGNAL)
		return child_dies(pid);
	MUST(test_put(&self->go, 1));
	return TEST_UNTIL(waitpid(pid, &status, WNOHANG) == pid, 10000) &&
	       WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

/* Waiting for room: the message is destroyed, nothing arrives. */
static void killed_in_the_send(struct __test_metadata *_metadata,
			       killed_data *self, enum killer by,
			       uint32_t option)
{
	mach_port_t once = MACH_PORT_NULL;
	mach_msg_type_name_t type;
	mach_port_t task;
	struct msg msg;
	pid_t pid;

	victim_share();
	port_fill(self->port);
	pid = child_fork();
	if (!pid) {
		struct machdev_msg call = {
			.msg = (uintptr_t)&msg,
			.option = MACH_SEND_MSG | option,
			.send_size = MSG_HEADER,
			.rcv_size = sizeof(msg),
			.timeout = 1000000,
		};

		victim->port = port_new();
		call.rcv_name = victim->port;
		msg_init(&msg, bootstrap_of_parent(), COPY_SEND, victim->port,
			 MAKE_ONCE, 77);
		victim_main(self, by, &call);
	}
	ASSERT_TRUE(victim_sleeps(pid));
	/* The reply right in the message is not the only one to that port. */
	MUST(task_for_pid(mach_task_self(), pid, &task));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_extract_right(task, victim->port, MAKE_ONCE, &once,
					  &type));
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(once));
	EXPECT_TRUE(victim_ends(self, pid, by));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(once));
	EXPECT_EQ(5, port_queued(self->port));
	port_drain(self->port);
	EXPECT_NO_MESSAGE(self->port);
}

TEST_F(killed, in_a_send)
{
	killed_in_the_send(_metadata, self, variant->by, 0);
}

TEST_F(killed, in_a_timed_send)
{
	killed_in_the_send(_metadata, self, variant->by, MACH_SEND_TIMEOUT);
}

TEST_F(killed, in_the_send_half)
{
	killed_in_the_send(_metadata, self, variant->by, MACH_RCV_MSG);
}

/* Waiting for a message: one that is sent later goes to others, or is lost. */
static void killed_in_the_receive(struct __test_metadata *_metadata,
				  killed_data *self, enum killer by,
				  uint32_t option)
{
	mach_msg_type_name_t type;
	mach_port_t task, port;
	struct msg msg;
	pid_t pid;

	victim_share();
	pid = child_fork();
	if (!pid) {
		struct machdev_msg call = {
			.msg = (uintptr_t)&msg,
			.option = MACH_RCV_MSG | option,
			.send_size = MSG_HEADER,
			.rcv_size = sizeof(msg),
			.timeout = 1000000,
		};

		victim->port = port_new();
		call.rcv_name = victim->port;
		msg_init(&msg, bootstrap_of_parent(), COPY_SEND, victim->port,
			 MAKE_ONCE, 77);
		victim_main(self, by, &call);
	}
	ASSERT_TRUE(victim_sleeps(pid));
	MUST(task_for_pid(mach_task_self(), pid, &task));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_extract_right(task, victim->port, MAKE_SEND, &port,
					  &type));
	EXPECT_TRUE(victim_ends(self, pid, by));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(port));
	if (option & MACH_SEND_MSG) {
		/* Sent, once, before it waited. */
		ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, self->port));
		EXPECT_EQ(77, msg.head.msgh_id);
		EXPECT_EQ(MACH_PORT_DEAD, msg.head.msgh_remote_port);
	}
	EXPECT_NO_MESSAGE(self->port);
}

TEST_F(killed, in_a_receive)
{
	killed_in_the_receive(_metadata, self, variant->by, 0);
}

TEST_F(killed, in_a_timed_receive)
{
	killed_in_the_receive(_metadata, self, variant->by, MACH_RCV_TIMEOUT);
}

TEST_F(killed, in_the_receive_half)
{
	killed_in_the_receive(_metadata, self, variant->by, MACH_SEND_MSG);
}

/*
 * Others' work. A process with many names takes a while to be torn down, or to
 * be emptied by an exec; who waits for that can be killed meanwhile.
 */

#define FEW_NAMES 10000
#define MANY_NAMES 320000
#define OTHER_NAMES 100		/* more than anybody else makes meanwhile */

enum wait { SYNC, DYING, IMAGE, FOR_PID, FIRST_CALL };

FIXTURE(waiter)
{
	uint64_t names;		/* in all spaces, but for those of the crowd */
	struct test_pipe up, down, go;
	pid_t crowd, pid;
};

typedef FIXTURE_DATA(waiter) waiter_data;

FIXTURE_VARIANT(waiter)
{
	enum wait in;
	uint32_t command;
};

FIXTURE_VARIANT_ADD(waiter, in_sync)
{
	SYNC, MACHDEV_IOC_SYNC,
};

FIXTURE_VARIANT_ADD(waiter, in_a_call_on_a_dying_task)
{
	DYING, MACHDEV_IOC_PORT_TYPE,
};

FIXTURE_VARIANT_ADD(waiter, in_a_call_on_a_new_image)
{
	IMAGE, MACHDEV_IOC_PORT_TYPE,
};

FIXTURE_VARIANT_ADD(waiter, in_a_search_for_a_new_image)
{
	FOR_PID, MACHDEV_IOC_TASK_FOR_PID,
};

FIXTURE_VARIANT_ADD(waiter, in_the_first_call_of_a_new_image)
{
	FIRST_CALL, MACHDEV_IOC_TASK_SELF,
};

FIXTURE_SETUP(waiter)
{
	mach_task_self();
	ASSERT_EQ(0, test_pipe_open(&self->up));
	ASSERT_EQ(0, test_pipe_open(&self->down));
	ASSERT_EQ(0, test_pipe_open(&self->go));
}

FIXTURE_TEARDOWN(waiter)
{
}

static uint32_t version_of(pid_t pid)
{
	struct machdev_pidversion argument = { .pid = pid };

	MUST(mach_ioctl(MACHDEV_IOC_PIDVERSION, &argument));
	return argument.version;
}

/* Some of the crowd's names are there. */
static bool crowded(waiter_data *self)
{
	return mach_counter(MACHDEV_COUNTER_NAMES) >
	       self->names + OTHER_NAMES;
}

/* Make names, and when told to, exit or become another program. */
static void __attribute__((noreturn))
crowd_main(waiter_data *self, enum wait in, unsigned int names)
{
	uint32_t name;

	while (names--)
		MUST(mach_ioctl_name(MACHDEV_IOC_REPLY_PORT, &name));
	MUST(test_put(&self->up, 1));
	MUST(test_wait(&self->down));
	if (in == FIRST_CALL)
		execl("./caller", "caller", NULL);
	if (in == IMAGE || in == FOR_PID)
		execl("/bin/sleep", "sleep", "1000", NULL);
	_exit(0);
}

static void __attribute__((noreturn))
waiter_main(waiter_data *self, enum wait in)
{
	struct machdev_port_type type = { .name = 0x103 };
	struct machdev_task_pid crowd = { .pid = self->crowd };

	if (in != SYNC)
		MUST(mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &crowd));
	MUST(test_put(&self->up, 1));
	MUST(test_wait(&self->go));
	type.task = crowd.port;
	if (in == SYNC)
		mach_sync();
	else if (in == FOR_PID)
		mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &crowd);
	else
		mach_ioctl(MACHDEV_IOC_PORT_TYPE, &type);
	_exit(99);
}

/* Begin what takes a while. */
static void crowd_go(waiter_data *self, enum wait in)
{
	uint32_t version = version_of(self->crowd);

	MUST(test_put(&self->down, 1));
	if (in == SYNC || in == DYING)
		MUST(child_status(self->crowd));
	else
		MUST(!TEST_UNTIL(version_of(self->crowd) != version, 10000));
}

/* False when there was nothing to wait for any more. */
static bool killed_in_time(struct __test_metadata *_metadata,
			   waiter_data *self,
			   const FIXTURE_VARIANT(waiter) *variant,
			   unsigned int names)
{
	enum wait in = variant->in;
	bool waited, dies, crowd;

	MUST(mach_sync());
	self->names = mach_counter(MACHDEV_COUNTER_NAMES);
	self->crowd = child_fork();
	if (!self->crowd)
		crowd_main(self, in, names);
	MUST(test_wait(&self->up));
	self->pid = in == FIRST_CALL ? self->crowd : child_fork();
	if (!self->pid)
		waiter_main(self, in);
	if (self->pid != self->crowd)
		MUST(test_wait(&self->up));
	crowd_go(self, in);
	if (self->pid != self->crowd)
		MUST(test_put(&self->go, 1));
	TEST_UNTIL(ioctl_sleeps(self->pid, self->pid, variant->command) ||
		   !crowded(self), 10000);
	waited = crowded(self);
	dies = child_dies(self->pid);
	crowd = crowded(self);
	EXPECT_TRUE(dies || !crowd);
	if (in == IMAGE || in == FOR_PID)
		child_kill(self->crowd);
	return waited && crowd;
}

TEST_F(waiter, killed)
{
	unsigned int names = FEW_NAMES;

	while (!killed_in_time(_metadata, self, variant, names)) {
		names *= 2;
		ASSERT_GE(MANY_NAMES, names);
	}
}

MACH_TEST_MAIN
