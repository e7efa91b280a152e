/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A child that is stopped, traced, frozen or interrupted while it waits in the
 * module, by the library or by bare calls.
 */
#ifndef DISTURB_H
#define DISTURB_H

#include "msg_helpers.h"

#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>

enum disturbance {
	STOP,			/* SIGSTOP and SIGCONT */
	TRACE,			/* PTRACE_SEIZE and PTRACE_INTERRUPT */
	ATTACH,			/* PTRACE_ATTACH */
	FREEZE,			/* the freezer of control groups */
	HANDLER,		/* a signal that a handler is for */
	HANDLER_RESTART,	/* the same with SA_RESTART */
	TICKS,			/* such a signal each millisecond */
	TICKS_RESTART,
};

struct disturbed {
	enum disturbance by;
	pid_t pid;
	char group[64];
};

/* FIXTURE_VARIANT_ADD() for each disturbance of each way to call. */
#define DISTURBANCES(fixture, how, raw)					\
	FIXTURE_VARIANT_ADD(fixture, how##_stop) { STOP, raw };		\
	FIXTURE_VARIANT_ADD(fixture, how##_tracer) { TRACE, raw };	\
	FIXTURE_VARIANT_ADD(fixture, how##_attach) { ATTACH, raw };	\
	FIXTURE_VARIANT_ADD(fixture, how##_freezer) { FREEZE, raw };	\
	FIXTURE_VARIANT_ADD(fixture, how##_handler) { HANDLER, raw };	\
	FIXTURE_VARIANT_ADD(fixture, how##_restarting_handler) {	\
		HANDLER_RESTART, raw					\
	};								\
	FIXTURE_VARIANT_ADD(fixture, how##_ticks) { TICKS, raw };	\
	FIXTURE_VARIANT_ADD(fixture, how##_restarting_ticks) {		\
		TICKS_RESTART, raw					\
	}

/* Does a handler run? */
static inline bool disturbance_is_handled(enum disturbance by)
{
	return by >= HANDLER;
}

static inline bool disturbance_is_ticks(enum disturbance by)
{
	return by >= TICKS;
}

/*
 * Control groups
 */

/* Write @text to file @name of the control group; its error, or 0. */
static inline int group_write(struct disturbed *self, const char *name,
			      const char *text)
{
	char path[128];
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/test/%s", self->group, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

static inline bool group_frozen(struct disturbed *self)
{
	char path[128], word[32];
	int value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/test/cgroup.events", self->group);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (fscanf(file, "%31s %d", word, &value) == 2) {
		if (!strcmp(word, "frozen"))
			break;
		value = -1;
	}
	fclose(file);
	return value == 1;
}

/*
 * Move the child into a control group of its own that can be frozen; false when
 * the kernel has no control groups.
 */
static inline bool group_make(struct disturbed *self)
{
	char path[128], text[16];

	strcpy(self->group, "/tmp/mach-test-XXXXXX");
	MUST(mkdtemp(self->group) ? 0 : -errno);
	if (mount("none", self->group, "cgroup2", 0, NULL)) {
		int error = errno;

		MUST(rmdir(self->group) ? -errno : 0);
		self->group[0] = 0;
		MUST(error == ENODEV ? 0 : -error);
		return false;
	}
	snprintf(path, sizeof(path), "%s/test", self->group);
	MUST(mkdir(path, 0700) && errno != EEXIST ? -errno : 0);
	snprintf(text, sizeof(text), "%d", self->pid);
	MUST(-group_write(self, "cgroup.procs", text));
	return true;
}

static inline void group_remove(struct disturbed *self)
{
	char path[128];

	if (!self->group[0])
		return;
	group_write(self, "cgroup.freeze", "0");
	snprintf(path, sizeof(path), "%s/test", self->group);
	rmdir(path);
	umount(self->group);
	rmdir(self->group);
}

/*
 * The child
 */

/* The calling thread gets SIGUSR1 a thousand times a second. */
static inline void ticks_start(void)
{
	const struct itimerspec tick = {
		.it_interval = { 0, 1000000 }, .it_value = { 0, 1000000 },
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1,
	};
	timer_t timer;

	event._sigev_un._tid = syscall(SYS_gettid);
	MUST(timer_create(CLOCK_MONOTONIC, &event, &timer) ? -errno : 0);
	MUST(timer_settime(timer, 0, &tick, NULL) ? -errno : 0);
}

/* Before the child is made. */
static inline void disturb_prepare(struct disturbed *self, enum disturbance by)
{
	bool restart = by == HANDLER_RESTART || by == TICKS_RESTART;

	memset(self, 0, sizeof(*self));
	self->by = by;
	signal_handle(SIGUSR1, restart ? SA_RESTART : 0);
}

/* fork(); 0 in the child. */
static inline pid_t disturbed_fork(struct disturbed *self)
{
	self->pid = child_fork();
	if (!self->pid && disturbance_is_ticks(self->by))
		ticks_start();
	return self->pid;
}

/* False when the kernel cannot do it, and then there is no child any more. */
static inline bool disturb_can(struct disturbed *self)
{
	if (self->by != FREEZE || group_make(self))
		return true;
	child_kill(self->pid);
	return false;
}

static inline bool child_stops(pid_t pid)
{
	int status;

	return waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status);
}

/* One disturbance, to its end; false when it cannot be brought about. */
static inline bool disturb(struct disturbed *self)
{
	uint32_t ticks = signal_count();
	pid_t pid = self->pid;
	int status;

	switch (self->by) {
	case STOP:
		return !kill(pid, SIGSTOP) && child_stops(pid) &&
		       !kill(pid, SIGCONT) &&
		       waitpid(pid, &status, WCONTINUED) == pid &&
		       WIFCONTINUED(status);
	case TRACE:
		return !ptrace(PTRACE_SEIZE, pid, 0, 0) &&
		       !ptrace(PTRACE_INTERRUPT, pid, 0, 0) &&
		       child_stops(pid) && !ptrace(PTRACE_DETACH, pid, 0, 0);
	case ATTACH:
		return !ptrace(PTRACE_ATTACH, pid, 0, 0) &&
		       child_stops(pid) && !ptrace(PTRACE_DETACH, pid, 0, 0);
	case FREEZE:
		return !group_write(self, "cgroup.freeze", "1") &&
		       TEST_UNTIL(group_frozen(self), 10000) &&
		       !group_write(self, "cgroup.freeze", "0") &&
		       TEST_UNTIL(!group_frozen(self), 10000);
	case HANDLER:
	case HANDLER_RESTART:
		return signal_interrupt(pid, pid);
	case TICKS:
	case TICKS_RESTART:
		return TEST_UNTIL(signal_count() - ticks >= 20, 10000);
	}
	return false;
}

/* The same to a child that waits in the module. */
static inline bool disturb_waiting(struct disturbed *self)
{
	return (disturbance_is_ticks(self->by) ||
		TEST_UNTIL(msg_sleeps(self->pid, self->pid), 10000)) &&
	       disturb(self);
}

/*
 * Bare calls
 */

/* How often a call came back before its time. */
struct returns {
	unsigned int send, receive;
};

/* Issue the struct again as it stands, as long as signals end it. */
static inline long raw_msg(struct machdev_msg *call, struct returns *returns)
{
	long code;

	for (;;) {
		code = mach_ioctl(MACHDEV_IOC_MSG, call);
		if (code == MACH_SEND_INTERRUPTED)
			returns->send++;
		else if (code == -EINTR)
			returns->receive++;
		else
			return code;
	}
}

#endif /* DISTURB_H */
