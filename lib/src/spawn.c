// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Programs started with tokens and ports of the starter's choice.
 *
 * The child is a fork that adopts an embryo, and so has all of it before it
 * executes the program. Child and parent talk over a pair of sockets that exec
 * closes: the child tells that it is the new task; the parent sets what is set
 * by its port and lets it go on; the child tells why it could not, or exec says
 * with the end of the line that it could.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <machdev.h>

#include "embryo.h"
#include "internal.h"

#define SPECIAL_MAX 8

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

struct machdev_spawn {
	struct machdev_task_create create;
	mach_port_t ledgers[2];
	struct special special[SPECIAL_MAX];
	unsigned int specials;
	bool registers;
	mach_port_t registered[TASK_PORT_REGISTER_MAX];
	mach_msg_type_number_t registereds;
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
	sigset_t mask;
	int line;		/* to the other side */
};

static int execute(const struct start *start)
{
	size_t i;
	int error;

	for (i = 0; i < start->spawn->count; i++) {
		error = carry_out(&start->spawn->actions[i]);
		if (error)
			return error;
	}
	sigprocmask(SIG_SETMASK, &start->mask, NULL);
	if (start->search)
		execvpe(start->file, start->argv, start->envp);
	else
		execve(start->file, start->argv, start->envp);
	return errno;
}

static bool tell(int line, int word)
{
	return send(line, &word, sizeof(word), MSG_NOSIGNAL) == sizeof(word);
}

/* False when the other side has hung up. */
static bool hear(int line, int *word)
{
	ssize_t got;

	do {
		got = recv(line, word, sizeof(*word), 0);
	} while (got < 0 && errno == EINTR);
	return got == sizeof(*word);
}

static void run_child(struct start *start)
{
	struct machdev_embryo adopt = {
		.descriptor = start->descriptor,
		.flags = MACHDEV_EMBRYO_RUN,
	};
	int highest = start->line, word;
	size_t i;

	__machdev_default_signals();
	/* Out of the way of the actions. */
	for (i = 0; i < start->spawn->count; i++) {
		if (start->spawn->actions[i].fd > highest)
			highest = start->spawn->actions[i].fd;
	}
	start->line = fcntl(start->line, F_DUPFD_CLOEXEC, highest + 1);
	word = (int)__machdev_call(MACHDEV_IOC_EMBRYO_ADOPT, &adopt);
	if (tell(start->line, word) && !word && hear(start->line, &word))
		tell(start->line, execute(start));
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
	if (spawn->registers && result == KERN_SUCCESS)
		result = register_ports(spawn, task);
	return result;
}

/* The child is the new task, or never will be. @error gets an errno. */
static kern_return_t direct(const struct start *start, task_t *task,
			    int *error)
{
	kern_return_t result;
	int word;

	if (!hear(start->line, &word))
		return KERN_FAILURE;
	if (word)
		return word;
	result = __machdev_embryo_take(start->descriptor, task);
	if (result != KERN_SUCCESS)
		return result;
	result = set_ports(start->spawn, *task);
	if (result == KERN_SUCCESS && !tell(start->line, 0))
		result = KERN_FAILURE;
	if (result == KERN_SUCCESS && hear(start->line, &word)) {
		*error = word;
		result = KERN_FAILURE;
	}
	if (result != KERN_SUCCESS)
		__machdev_release(*task);
	return result;
}

static kern_return_t start_child(struct start *start, int other, task_t *task,
				 int *pidfd, int *error)
{
	kern_return_t result = KERN_FAILURE;
	sigset_t all;
	pid_t pid;
	int fd = -1;

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
	/* Nobody else waits for it: it has sent no signal yet. */
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0)
		result = KERN_RESOURCE_SHORTAGE;
	else
		result = direct(start, task, error);
	if (result == KERN_SUCCESS && pidfd) {
		*pidfd = fd;
		return result;
	}
	if (result != KERN_SUCCESS) {
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
			;
	}
	if (fd >= 0)
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
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line)) {
		result = __machdev_error(errno);
	} else {
		start->line = line[0];
		result = start_child(start, line[1], task, pidfd, error);
		close(line[0]);
	}
	close(start->descriptor);
	return result;
}

static kern_return_t start_program(struct start *start, task_t *task,
				   int *pidfd)
{
	static const machdev_spawn_t plain;
	int saved = errno, error = 0;
	task_t child = MACH_PORT_NULL;
	kern_return_t result;

	if (!start->spawn)
		start->spawn = &plain;
	if (pidfd)
		*pidfd = -1;
	result = start_with(start, &child, pidfd, &error);
	if (result == KERN_SUCCESS && task)
		*task = child;
	else if (result == KERN_SUCCESS)
		__machdev_release(child);
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
