// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Programs started with tokens and ports of the starter's choice.
 *
 * The child is a fork that adopts an embryo, and so has all of it before it
 * executes the program. Child and parent talk over a pair of sockets: the child
 * tells that it is the new task, and hands over one end of a pipe; the parent
 * sets what is set by its port and lets it go on; through the pipe the child
 * tells why it could not, or exec says with its end that it could.
 *
 * Until it executes the program the child dies with the thread that starts it. A
 * thread that had died before the child could ask for that has not let it go on.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <machdev.h>

#include "embryo.h"
#include "internal.h"

#define SPECIAL_MAX 8
#define EXCEPTION_MAX EXC_TYPES_COUNT

enum action_kind { ACTION_OPEN, ACTION_CLOSE, ACTION_DUP2, ACTION_CHDIR };

struct action {
	enum action_kind kind;
	int fd;
	int from;
	int flags;
	mode_t mode;
	char *path;
};

struct special {
	int which;
	mach_port_t port;
};

struct handler {
	exception_mask_t mask;
	mach_port_t port;
	exception_behavior_t behavior;
	thread_state_flavor_t flavor;
};

struct machdev_spawn {
	struct machdev_task_create create;
	mach_port_t ledgers[2];
	struct special special[SPECIAL_MAX];
	unsigned int specials;
	struct handler handler[EXCEPTION_MAX];
	unsigned int handlers;
	bool registers;
	mach_port_t registered[TASK_PORT_REGISTER_MAX];
	mach_msg_type_number_t registereds;
	bool suspended;
	struct action *actions;
	size_t count;
};

MACHDEV_EXPORT machdev_spawn_t *machdev_spawn_new(void)
{
	return calloc(1, sizeof(machdev_spawn_t));
}

MACHDEV_EXPORT void machdev_spawn_free(machdev_spawn_t *spawn)
{
	size_t i;

	if (!spawn)
		return;
	for (i = 0; i < spawn->count; i++)
		free(spawn->actions[i].path);
	free(spawn->actions);
	free(spawn);
}

MACHDEV_EXPORT void machdev_spawn_tokens(machdev_spawn_t *spawn,
					 host_security_t host_security,
					 security_token_t security,
					 audit_token_t audit, host_t host)
{
	spawn->create.host_security = host_security;
	spawn->create.host = host;
	spawn->create.flags = MACHDEV_TASK_CREATE_TOKEN;
	memcpy(spawn->create.security, security.val,
	       sizeof(spawn->create.security));
	memcpy(spawn->create.audit, audit.val, sizeof(spawn->create.audit));
}

MACHDEV_EXPORT void machdev_spawn_ledgers(machdev_spawn_t *spawn,
					  ledger_t wired, ledger_t paged)
{
	spawn->ledgers[0] = wired;
	spawn->ledgers[1] = paged;
	spawn->create.ledger_count = 2;
}

MACHDEV_EXPORT kern_return_t machdev_spawn_special(machdev_spawn_t *spawn,
						   int which, mach_port_t port)
{
	if (spawn->specials == SPECIAL_MAX)
		return KERN_RESOURCE_SHORTAGE;
	spawn->special[spawn->specials++] = (struct special){ which, port };
	return KERN_SUCCESS;
}

MACHDEV_EXPORT kern_return_t
machdev_spawn_exception(machdev_spawn_t *spawn, exception_mask_t mask,
			mach_port_t port, exception_behavior_t behavior,
			thread_state_flavor_t flavor)
{
	if (spawn->handlers == EXCEPTION_MAX)
		return KERN_RESOURCE_SHORTAGE;
	spawn->handler[spawn->handlers++] = (struct handler){
		mask, port, behavior, flavor,
	};
	return KERN_SUCCESS;
}

MACHDEV_EXPORT kern_return_t
machdev_spawn_registered(machdev_spawn_t *spawn, const mach_port_t *ports,
			 mach_msg_type_number_t count)
{
	if (count > TASK_PORT_REGISTER_MAX)
		return KERN_INVALID_ARGUMENT;
	memcpy(spawn->registered, ports, count * sizeof(*ports));
	spawn->registereds = count;
	spawn->registers = true;
	return KERN_SUCCESS;
}

MACHDEV_EXPORT void machdev_spawn_suspended(machdev_spawn_t *spawn)
{
	spawn->suspended = true;
}

static kern_return_t add_action(machdev_spawn_t *spawn, struct action action,
				const char *path)
{
	struct action *more;
	int saved = errno;

	if (path)
		action.path = strdup(path);
	more = realloc(spawn->actions, (spawn->count + 1) * sizeof(*more));
	if (more)
		spawn->actions = more;
	if (!more || (path && !action.path)) {
		free(action.path);
		errno = saved;
		return KERN_RESOURCE_SHORTAGE;
	}
	spawn->actions[spawn->count++] = action;
	return KERN_SUCCESS;
}

MACHDEV_EXPORT kern_return_t
machdev_spawn_open(machdev_spawn_t *spawn, int fd, const char *path, int flags,
		   mode_t mode)
{
	return add_action(spawn, (struct action){
		.kind = ACTION_OPEN, .fd = fd, .flags = flags, .mode = mode,
	}, path);
}

MACHDEV_EXPORT kern_return_t machdev_spawn_close(machdev_spawn_t *spawn, int fd)
{
	return add_action(spawn, (struct action){
		.kind = ACTION_CLOSE, .fd = fd,
	}, NULL);
}

MACHDEV_EXPORT kern_return_t machdev_spawn_dup2(machdev_spawn_t *spawn,
						int from, int fd)
{
	return add_action(spawn, (struct action){
		.kind = ACTION_DUP2, .fd = fd, .from = from,
	}, NULL);
}

MACHDEV_EXPORT kern_return_t machdev_spawn_chdir(machdev_spawn_t *spawn,
						 const char *path)
{
	return add_action(spawn, (struct action){
		.kind = ACTION_CHDIR, .fd = -1,
	}, path);
}

/* Returns 0 or an errno. */
static int open_as(const struct action *action)
{
	int fd = open(action->path, action->flags, action->mode), error = 0;

	if (fd < 0)
		return errno;
	if (fd == action->fd)
		return 0;
	if (dup3(fd, action->fd, action->flags & O_CLOEXEC) < 0)
		error = errno;
	close(fd);
	return error;
}

static int carry_out(const struct action *action)
{
	switch (action->kind) {
	case ACTION_OPEN:
		return open_as(action);
	case ACTION_CLOSE:
		close(action->fd);	/* one that is not open is no harm */
		return 0;
	case ACTION_DUP2:
		/* Onto itself it stays open over exec. */
		if (action->from == action->fd)
			return fcntl(action->fd, F_SETFD, 0) ? errno : 0;
		return dup2(action->from, action->fd) < 0 ? errno : 0;
	default:	/* ACTION_CHDIR */
		return chdir(action->path) ? errno : 0;
	}
}

/* A program to be started. */
struct start {
	const machdev_spawn_t *spawn;
	const char *file;
	bool search;		/* in PATH */
	char *const *argv;
	char *const *envp;
	int descriptor;		/* of the embryo */
	int starter;		/* pidfd of who starts it */
	sigset_t mask;
	int line;		/* to the other side */
};

/*
 * Move @end to a number that @action does not name, so that the action finds
 * there what the program would. Returns 0 or an errno.
 */
static int move_aside(int *end, const struct action *action)
{
	int old[2], moves = 0, error = 0;

	while (*end == action->fd ||
	       (action->kind == ACTION_DUP2 && *end == action->from)) {
		old[moves++] = *end;
		*end = fcntl(*end, F_DUPFD_CLOEXEC, 0);
		if (*end < 0) {
			error = errno;
			*end = old[--moves];
			break;
		}
	}
	while (moves)
		close(old[--moves]);
	return error;
}

/* Returns only with an errno. @end must not outlive exec. */
static int execute(const struct start *start, int *end)
{
	const struct action *action = start->spawn->actions;
	size_t i;
	int error;

	for (i = 0; i < start->spawn->count; i++, action++) {
		error = move_aside(end, action);
		if (!error)
			error = carry_out(action);
		if (error)
			return error;
	}
	sigprocmask(SIG_SETMASK, &start->mask, NULL);
	prctl(PR_SET_PDEATHSIG, 0);
	if (start->search)
		execvpe(start->file, start->argv, start->envp);
	else
		execve(start->file, start->argv, start->envp);
	return errno;
}

/* What goes over the line: a word, and perhaps a descriptor. */
struct letter {
	struct msghdr header;
	struct iovec vector;
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
};

static void address(struct letter *letter, int *word)
{
	memset(letter, 0, sizeof(*letter));
	letter->vector.iov_base = word;
	letter->vector.iov_len = sizeof(*word);
	letter->header.msg_iov = &letter->vector;
	letter->header.msg_iovlen = 1;
	letter->header.msg_control = &letter->control;
	letter->header.msg_controllen = sizeof(letter->control);
}

static bool tell(int line, int word)
{
	return send(line, &word, sizeof(word), MSG_NOSIGNAL) == sizeof(word);
}

/* Tell success, with a descriptor. */
static bool hand_over(int line, int fd)
{
	struct letter letter;
	struct cmsghdr *control;
	int word = KERN_SUCCESS;

	address(&letter, &word);
	control = CMSG_FIRSTHDR(&letter.header);
	control->cmsg_level = SOL_SOCKET;
	control->cmsg_type = SCM_RIGHTS;
	control->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(control), &fd, sizeof(fd));
	return sendmsg(line, &letter.header, MSG_NOSIGNAL) == sizeof(word);
}

/*
 * Wait for a word, or for the end of the process on the other side. One that has
 * ended says nothing, but need not have hung up: see introduce().
 */
static bool await(int line, int pidfd)
{
	struct pollfd ready[] = {
		{ .fd = line, .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};

	while (poll(ready, 2, -1) < 0) {
		if (errno != EINTR)
			return false;
	}
	return true;
}

/* Whether who starts it lets the child go on. */
static bool hear_starter(const struct start *start)
{
	int word;

	return await(start->line, start->starter) &&
	       recv(start->line, &word, sizeof(word), MSG_DONTWAIT) ==
	       sizeof(word);
}

/* The child's first word, with the descriptor that comes with it or -1. */
static bool hear_child(int line, int pidfd, int *word, int *fd)
{
	struct letter letter;
	struct cmsghdr *control;
	ssize_t got;

	if (!await(line, pidfd))
		return false;
	address(&letter, word);
	got = recvmsg(line, &letter.header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	control = got < 0 ? NULL : CMSG_FIRSTHDR(&letter.header);
	if (control && control->cmsg_len == CMSG_LEN(sizeof(*fd)))
		memcpy(fd, CMSG_DATA(control), sizeof(*fd));
	else
		*fd = -1;
	return got == sizeof(*word);
}

/* Why the program could not be executed, or 0 when it was. */
static int hear_error(int end)
{
	ssize_t got;
	int error;

	do {
		got = read(end, &error, sizeof(error));
	} while (got < 0 && errno == EINTR);
	return got == sizeof(error) ? error : 0;
}

/*
 * Become the new task and tell the parent. Returns one end of a pipe, or -1.
 *
 * The pipe is the child's own, which nobody else forks. A fork in another thread
 * of the program may have copied both ends of the line, and hold them for as
 * long as it likes.
 */
static int introduce(const struct start *start)
{
	struct machdev_embryo adopt = {
		.descriptor = start->descriptor,
		.flags = MACHDEV_EMBRYO_RUN,
	};
	kern_return_t result;
	int ends[2] = { -1, -1 };

	result = __machdev_call(MACHDEV_IOC_EMBRYO_ADOPT, &adopt);
	close(start->descriptor);
	if (result == KERN_SUCCESS && pipe2(ends, O_CLOEXEC))
		result = __machdev_error(errno);
	if (result == KERN_SUCCESS && !hand_over(start->line, ends[0]))
		result = KERN_RESOURCE_SHORTAGE;
	close(ends[0]);
	if (result == KERN_SUCCESS)
		return ends[1];
	close(ends[1]);
	tell(start->line, result);
	return -1;
}

static void run_child(struct start *start)
{
	int end, error;

	__machdev_default_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	end = introduce(start);
	/* Even without success: the parent still has to find this process. */
	if (hear_starter(start) && end >= 0) {
		close(start->line);
		close(start->starter);
		error = execute(start, &end);
		while (write(end, &error, sizeof(error)) < 0 && errno == EINTR)
			;
	}
	_exit(127);
}

static kern_return_t register_ports(const machdev_spawn_t *spawn, task_t task)
{
	mach_port_t ports[TASK_PORT_REGISTER_MAX];

	memcpy(ports, spawn->registered, sizeof(ports));
	return mach_ports_register(task, ports, spawn->registereds);
}

static kern_return_t set_ports(const machdev_spawn_t *spawn, task_t task)
{
	kern_return_t result = KERN_SUCCESS;
	unsigned int i;

	for (i = 0; i < spawn->specials && result == KERN_SUCCESS; i++)
		result = task_set_special_port(task, spawn->special[i].which,
					       spawn->special[i].port);
	for (i = 0; i < spawn->handlers && result == KERN_SUCCESS; i++)
		result = task_set_exception_ports(task, spawn->handler[i].mask,
						  spawn->handler[i].port,
						  spawn->handler[i].behavior,
						  spawn->handler[i].flavor);
	if (spawn->registers && result == KERN_SUCCESS)
		result = register_ports(spawn, task);
	return result;
}

static kern_return_t suspend_at_exec(task_t task)
{
	struct machdev_task_control control = {
		.task = task, .flags = MACHDEV_SUSPEND_AT_EXEC,
	};

	return __machdev_call(MACHDEV_IOC_TASK_SUSPEND, &control);
}

/*
 * The child is the new task: give it what it is to have and let it go on. @error
 * gets an errno.
 */
static kern_return_t direct(const struct start *start, int end, task_t *task,
			    int *error)
{
	kern_return_t result;

	result = __machdev_embryo_take(start->descriptor, task);
	if (result != KERN_SUCCESS)
		return result;
	result = set_ports(start->spawn, *task);
	if (result == KERN_SUCCESS && start->spawn->suspended)
		result = suspend_at_exec(*task);
	if (result == KERN_SUCCESS && !tell(start->line, 0))
		result = KERN_FAILURE;
	if (result == KERN_SUCCESS)
		*error = hear_error(end);
	if (*error)
		result = KERN_FAILURE;
	if (result != KERN_SUCCESS)
		__machdev_release(*task);
	return result;
}

static kern_return_t meet_child(const struct start *start, int pidfd,
				task_t *task, int *error)
{
	kern_return_t result;
	int end, word;

	if (!hear_child(start->line, pidfd, &word, &end))
		return KERN_FAILURE;
	if (word != KERN_SUCCESS)
		return word;
	if (end < 0)
		return KERN_RESOURCE_SHORTAGE;
	result = direct(start, end, task, error);
	close(end);
	return result;
}

static void end_child(int pidfd)
{
	syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	while (waitid(P_PIDFD, (id_t)pidfd, NULL, WEXITED | __WALL) &&
	       errno == EINTR)
		;
}

/* The same without a pidfd: its number is its own until it has been told. */
static void end_unseen(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
}

static kern_return_t start_child(struct start *start, int other, task_t *task,
				 int *pidfd, int *error)
{
	kern_return_t result;
	sigset_t all;
	pid_t pid;
	int fd;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &start->mask);
	pid = _Fork();
	if (!pid) {
		close(start->line);
		start->line = other;
		run_child(start);
	}
	sigprocmask(SIG_SETMASK, &start->mask, NULL);
	close(other);
	if (pid < 0)
		return KERN_RESOURCE_SHORTAGE;
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0) {
		/* Killed and waited for by somebody else: nobody's number. */
		if (errno == ESRCH)
			return KERN_FAILURE;
		end_unseen(pid);
		return KERN_RESOURCE_SHORTAGE;
	}
	result = meet_child(start, fd, task, error);
	if (result == KERN_SUCCESS && pidfd) {
		*pidfd = fd;
		return result;
	}
	if (result != KERN_SUCCESS)
		end_child(fd);
	close(fd);
	return result;
}

static kern_return_t start_with(struct start *start, task_t *task, int *pidfd,
				int *error)
{
	struct machdev_task_create create = start->spawn->create;
	kern_return_t result;
	int line[2];

	create.parent = __machdev_task();
	create.ledgers = (uint64_t)(uintptr_t)start->spawn->ledgers;
	result = __machdev_call(MACHDEV_IOC_TASK_CREATE, &create);
	if (result != KERN_SUCCESS)
		return result;
	start->descriptor = create.descriptor;
	start->starter = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (start->starter < 0) {
		result = __machdev_error(errno);
	} else if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			      line)) {
		result = __machdev_error(errno);
	} else {
		start->line = line[0];
		result = start_child(start, line[1], task, pidfd, error);
		close(line[0]);
	}
	if (start->starter >= 0)
		close(start->starter);
	close(start->descriptor);
	return result;
}

static kern_return_t start_program(struct start *start, task_t *task,
				   int *pidfd)
{
	static const machdev_spawn_t plain;
	int saved = errno, cancel, error = 0;
	task_t child = MACH_PORT_NULL;
	kern_return_t result;

	if (!start->spawn)
		start->spawn = &plain;
	if (pidfd)
		*pidfd = -1;
	/* A cancelled thread would leave the child and descriptors behind. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	result = start_with(start, &child, pidfd, &error);
	if (result == KERN_SUCCESS && task)
		*task = child;
	else if (result == KERN_SUCCESS)
		__machdev_release(child);
	pthread_setcancelstate(cancel, &cancel);
	errno = error ? error : saved;
	return result;
}

MACHDEV_EXPORT kern_return_t
machdev_spawn(const machdev_spawn_t *spawn, const char *path,
	      char *const argv[], char *const envp[], task_t *task, int *pidfd)
{
	struct start start = {
		.spawn = spawn, .file = path, .argv = argv, .envp = envp,
	};

	return start_program(&start, task, pidfd);
}

MACHDEV_EXPORT kern_return_t
machdev_spawnp(const machdev_spawn_t *spawn, const char *file,
	       char *const argv[], char *const envp[], task_t *task, int *pidfd)
{
	struct start start = {
		.spawn = spawn, .file = file, .search = true, .argv = argv,
		.envp = envp,
	};

	return start_program(&start, task, pidfd);
}
