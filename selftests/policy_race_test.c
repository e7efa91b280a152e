// SPDX-License-Identifier: GPL-2.0-only
/*
 * A set-uid exec at the very moment when somebody who may control the old
 * image reaches for the process: he ends with nothing of the new one.
 */
#include <sched.h>
#include <stdatomic.h>

#include "actor.h"
#include "helpers/gainer.h"

#define YAMA "/proc/sys/kernel/yama/ptrace_scope"

/* Time for the trials of one test, whatever the machine. */
#define RACE_MS 3000
/* Trials that it has at least to come to in that time. */
#define TRIALS_LEAST 3

struct shared {
	atomic_bool ready;	/* the victim may be controlled */
	atomic_bool started;	/* the attacker is at work */
};

FIXTURE(race) {
	char path[PATH_MAX];
	uint32_t scope;
	struct shared *shared;
	mach_port_t priv, restore, fallback;
};

/* Copy the program into directory @path, which becomes its path; set-uid. */
static int make_setuid(char *path)
{
	char from[PATH_MAX], block[65536];
	ssize_t length;
	int in, out;

	if (helper_path("gainer", from, sizeof(from)))
		return -ENOENT;
	strcat(path, "/gainer");
	in = open(from, O_RDONLY | O_CLOEXEC);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	if (in < 0 || out < 0)
		return -errno;
	while ((length = read(in, block, sizeof(block))) > 0) {
		if (write(out, block, length) != length)
			return -EIO;
	}
	if (length || fchmod(out, 04755) || close(out) || close(in))
		return -errno;
	return 0;
}

FIXTURE_SETUP(race)
{
	/* A file system of the test's own, where set-uid bits count. */
	strcpy(self->path, "/tmp/machdev.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->path));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("machdev", self->path, "tmpfs", 0, "mode=0755"));
	ASSERT_EQ(0, make_setuid(self->path));
	self->scope = file_number(YAMA, 0);
	if (self->scope)
		ASSERT_EQ(0, file_write(YAMA, "0"));
	self->shared = mmap(NULL, sizeof(*self->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->shared);
}

FIXTURE_TEARDOWN(race)
{
	char text[16];

	if (self->priv)
		EXPECT_KR(KERN_SUCCESS, host_set_bootstrap_port(self->priv,
								self->restore));
	if (self->scope) {
		snprintf(text, sizeof(text), "%u", self->scope);
		EXPECT_EQ(0, file_write(YAMA, text));
	}
}

/* Let the default bootstrap port be one that is known. */
static long set_fallback(FIXTURE_DATA(race) *self)
{
	self->priv = host_priv_port();
	self->fallback = port_new();
	return host_get_bootstrap_port(self->priv, &self->restore) ?:
	       host_set_bootstrap_port(self->priv, self->fallback);
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void schedule_as(int policy, int priority)
{
	struct sched_param param = { .sched_priority = priority };

	sched_setscheduler(0, policy, &param);
}

static void become_user(void)
{
	if (test_become(TEST_UID, TEST_GID) || prctl(PR_SET_DUMPABLE, 1))
		_exit(9);
}

/* Whoever runs the program next to others that want to run. */
static void __attribute__((noreturn)) execute(const char *path,
					      const char *mode, int fd)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	execl(path, path, mode, number, NULL);
	_exit(8);
}

/*
 * The victim goes before all others on its processor, and sleeps until some
 * moment in the midst of the attacker's calls.
 */
static void __attribute__((noreturn))
be_victim(struct shared *shared, const char *path, bool task, unsigned int us)
{
	struct timespec time = { 0, us * 1000L };
	uint32_t name;

	pin(0);
	schedule_as(SCHED_FIFO, 10);
	become_user();
	if (task && mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name))
		_exit(7);
	shared->ready = true;
	while (!shared->started)
		test_sleep_ms(1);
	nanosleep(&time, NULL);
	execute(path, "wait", -1);
}

/*
 * task_for_pid() on and on. The test itself makes no call, so that its children
 * are no tasks by birth.
 */

#define NAMES 8

static int reach(struct shared *shared, pid_t victim)
{
	uint32_t name[NAMES], words[2], count = 0, i;
	struct machdev_task_pid argument;
	unsigned int denied = 0;

	pin(0);
	become_user();
	while (!shared->ready)
		test_sleep_ms(1);
	while (denied < 3) {
		argument = (struct machdev_task_pid) { .pid = victim };
		if (mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument)) {
			denied++;
			continue;
		}
		denied = 0;
		for (i = 0; i < count && name[i] != argument.port; i++)
			;
		if (i == count && count < NAMES)
			name[count++] = argument.port;
		shared->started = true;
	}
	if (!count)
		return 6;
	mach_sync();
	for (i = 0; i < count; i++) {
		struct machdev_task_info info = {
			.task = name[i],
			.flavor = TASK_SECURITY_TOKEN,
			.count = 2,
			.info = (uintptr_t)words,
		};

		if (mach_ioctl(MACHDEV_IOC_TASK_INFO, &info) !=
		    KERN_INVALID_ARGUMENT ||
		    !TEST_UNTIL(port_is_dead(name[i]), 10000)) {
			fprintf(stderr, "# a live port of euid %u\n", words[0]);
			return 5;
		}
	}
	return 0;
}

static void race_for_port(struct __test_metadata *_metadata,
			  FIXTURE_DATA(race) *self, bool task)
{
	uint64_t end = test_now_ms() + RACE_MS;
	unsigned int trials, seed = task;

	for (trials = 0; trials <= TRIALS_LEAST ||
	     (trials < 300 && test_now_ms() < end); trials++) {
		pid_t victim, attacker;
		int status;

		self->shared->ready = false;
		self->shared->started = false;
		victim = child_fork();
		if (!victim)
			be_victim(self->shared, self->path, task,
				  rand_r(&seed) % 4000);
		attacker = child_fork();
		if (!attacker)
			_exit(reach(self->shared, victim));
		status = child_status(attacker);
		ASSERT_EQ(128 + SIGKILL, child_kill(victim));
		ASSERT_EQ(0, status) {
			TH_LOG("trial %u", trials);
		}
	}
}

TEST_F(race, task_for_pid_of_a_task)
{
	race_for_port(_metadata, self, true);
}

TEST_F(race, task_for_pid_of_a_process)
{
	race_for_port(_metadata, self, false);
}

/*
 * Whoever has the old port, and uses it all the while
 */

struct grip {
	pthread_t thread;
	struct shared *shared;
	uint32_t task, port;
	unsigned int number;
};

static long meddle(const struct grip *grip, unsigned int i)
{
	struct machdev_special_port special = {
		.object = grip->task,
		.port = grip->port,
		.which = i & 8 ? TASK_BOOTSTRAP_PORT : TASK_EXCEPTION_PORT,
	};
	struct machdev_port_right right = {
		.task = grip->task,
		.name = (2 + 2 * i + grip->number) << 8 | 3,
		.port = grip->port,
		.disposition = MACH_MSG_TYPE_MAKE_SEND_ONCE,
	};
	struct machdev_port_allocate allocate = {
		.task = grip->task,
		.right = MACH_PORT_RIGHT_RECEIVE,
	};

	switch (grip->number ? i % 4 : 0) {
	case 0:
	case 1:
		return mach_ioctl(MACHDEV_IOC_TASK_SET_SPECIAL_PORT, &special);
	case 2:
		return mach_ioctl(MACHDEV_IOC_PORT_INSERT_RIGHT, &right);
	default:
		return mach_ioctl(MACHDEV_IOC_PORT_ALLOCATE, &allocate);
	}
}

static void *keep_meddling(void *argument)
{
	struct grip *grip = argument;
	unsigned int i, refused = 0;

	/* One is kept from running by the exec, in the midst of a call. */
	if (!grip->number)
		schedule_as(SCHED_IDLE, 0);
	else
		pin(1);
	for (i = 0; refused < 8; i++) {
		/* A name can be taken by an allocated one; that is no end. */
		switch (meddle(grip, i % 4000)) {
		case KERN_INVALID_ARGUMENT:
		case KERN_INVALID_TASK:
			refused++;
			break;
		default:
			refused = 0;
			grip->shared->started = true;
		}
	}
	return NULL;
}

static int meddle_with(struct shared *shared, pid_t victim)
{
	struct machdev_task_pid argument = { .pid = victim };
	struct grip grip[2];
	uint32_t port;
	unsigned int i;

	pin(0);
	become_user();
	while (!shared->ready)
		test_sleep_ms(1);
	if (mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument))
		return 6;
	port = port_new();
	for (i = 0; i < 2; i++) {
		grip[i] = (struct grip) {
			.shared = shared, .task = argument.port,
			.port = port, .number = i,
		};
		if (pthread_create(&grip[i].thread, NULL, keep_meddling,
				   &grip[i]))
			return 6;
	}
	for (i = 0; i < 2; i++)
		pthread_join(grip[i].thread, NULL);
	mach_sync();
	if (!TEST_UNTIL(port_is_dead(argument.port), 10000))
		return 5;
	/* None of all the rights that were put there is left. */
	if (mach_port_deallocate(own_task(), port) || port_has_senders(port))
		return 4;
	return 0;
}

TEST_F(race, old_port)
{
	uint64_t end = test_now_ms() + RACE_MS;
	unsigned int trials, seed = 1;

	ASSERT_KR(KERN_SUCCESS, set_fallback(self));
	for (trials = 0; trials <= TRIALS_LEAST ||
	     (trials < 300 && test_now_ms() < end); trials++) {
		struct machdev_task_pid argument = { 0 };
		mach_port_t bootstrap, exception;
		int status, names;
		pid_t attacker;

		self->shared->ready = false;
		self->shared->started = false;
		argument.pid = child_fork();
		if (!argument.pid)
			be_victim(self->shared, self->path, true,
				  rand_r(&seed) % 4000);
		attacker = child_fork();
		if (!attacker)
			_exit(meddle_with(self->shared, argument.pid));
		status = child_status(attacker);
		/* The new image has made no call, and nobody for it. */
		EXPECT_KR(0, mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument));
		names = task_names(argument.port);
		bootstrap = special_of(argument.port, TASK_BOOTSTRAP_PORT);
		exception = special_of(argument.port, TASK_EXCEPTION_PORT);
		ASSERT_EQ(128 + SIGKILL, child_kill(argument.pid));
		ASSERT_EQ(0, status) {
			TH_LOG("trial %u", trials);
		}
		ASSERT_EQ(0, names);
		ASSERT_EQ(self->fallback, bootstrap);
		ASSERT_EQ(MACH_PORT_NULL, exception);
		ASSERT_KR(0, mach_port_deallocate(own_task(), argument.port));
	}
}

/*
 * A child that the new image makes at once. The exec can be settled late,
 * which is made sure of here: nobody else gets a processor meanwhile.
 */

#define HOG_MS 50

static void start_hogs(pid_t *hog, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		uint64_t end = test_now_ms() + test_ms(HOG_MS);

		hog[i] = child_fork();
		if (hog[i])
			continue;
		pin(i + 1);
		schedule_as(SCHED_FIFO, 10);
		while (test_now_ms() < end)
			;
		_exit(0);
	}
}

/* What a child of the new image saw; the old one had @attack everywhere. */
static int ask_child(const char *path, const mach_port_t *attack,
		     struct gainer_report *report)
{
	int hogs = sysconf(_SC_NPROCESSORS_ONLN) - 1, i;
	struct machdev_task_pid victim = { 0 };
	struct test_pipe go, up;
	struct pollfd poll_fd;
	pid_t hog[hogs + 1];
	ssize_t got = 0;

	if (test_pipe_open(&go) || test_pipe_open(&up))
		return -errno;
	victim.pid = child_fork();
	if (!victim.pid) {
		pin(0);
		schedule_as(SCHED_FIFO, 10);
		become_user();
		fcntl(up.fd[1], F_SETFD, 0);
		test_wait(&go);
		execute(path, "fork", up.fd[1]);
	}
	if (mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &victim))
		return -ESRCH;
	for (i = 0; i < GAINER_PORTS; i++) {
		if (task_set_special_port(victim.port, gainer_which[i],
					  attack[i]))
			return -EPERM;
	}
	start_hogs(hog, hogs);
	test_put(&go, 1);
	for (i = 0; i < hogs; i++)
		child_status(hog[i]);
	poll_fd = (struct pollfd) { .fd = up.fd[0], .events = POLLIN };
	if (poll(&poll_fd, 1, test_ms(5000)) == 1)
		got = read(up.fd[0], report, sizeof(*report));
	for (i = 0; i < 2; i++) {
		close(go.fd[i]);
		close(up.fd[i]);
	}
	child_kill(victim.pid);
	return got == sizeof(*report) ? 0 : -EIO;
}

TEST_F(race, child_of_the_new_image)
{
	mach_port_t attack[GAINER_PORTS];
	struct gainer_report report;
	struct letter letter;
	unsigned int trials, i;

	for (i = 0; i < GAINER_PORTS; i++)
		attack[i] = port_new();
	ASSERT_KR(KERN_SUCCESS, set_fallback(self));
	for (trials = 0; trials < 4; trials++) {
		ASSERT_EQ(0, ask_child(self->path, attack, &report));
		EXPECT_EQ(0, report.euid);
		for (i = 0; i < GAINER_PORTS; i++)
			EXPECT_EQ(0, report.get[i]);
		/* Bootstrap is the default, the host the true one. */
		EXPECT_KR(MACH_MSG_SUCCESS, report.send[0]);
		EXPECT_KR(MACH_MSG_SUCCESS,
			  letter_wait(self->fallback, &letter, 1000));
		EXPECT_KR(KERN_NOT_SUPPORTED, report.send[1]);
		EXPECT_EQ(MACH_PORT_NULL, report.name[2]);
		for (i = 0; i < GAINER_PORTS; i++)
			EXPECT_EQ(0, port_queued(attack[i]));
	}
}

MACH_TEST_MAIN
