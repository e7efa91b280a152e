// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * task_create(): making the process that becomes the new task.
 *
 * The module has the embryo, and wants a process to adopt it. That must be no
 * child of the program, which has not asked for one and does not wait for it. So
 * a helper is made, which shares the program's memory and of whose end no signal
 * tells; it makes the process, sees it become the task, and ends. Whoever looks
 * after orphans then has the process.
 *
 * A child that inherits memory is a fork of the helper, whose memory is that of
 * the program. One that does not executes a file of the module's own format.
 *
 * No handler may run in what shares the program's memory: all signals are blocked
 * meanwhile, and for the new process handlers are taken away first.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "embryo.h"
#include "internal.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

/* Bytes of each of the two stacks. */
#define STACK ((size_t)32 << 10)

/* What the helper and the process share with the thread that made them. */
struct birth {
	int descriptor;		/* of the embryo */
	int image;		/* what to execute, or -1 to keep the memory */
	sigset_t mask;
	char *stack;		/* top of that of the process */
	kern_return_t result;
};

static kern_return_t call_embryo(unsigned long command, int descriptor,
				 pid_t pid)
{
	struct machdev_embryo argument = {
		.descriptor = descriptor,
		.pid = pid,
	};

	return __machdev_call(command, &argument);
}

void __machdev_default_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL }, old;
	int i;

	for (i = 1; i < NSIG; i++) {
		if (sigaction(i, NULL, &old) || old.sa_handler == SIG_DFL ||
		    (!(old.sa_flags & SA_SIGINFO) &&
		     old.sa_handler == SIG_IGN))
			continue;
		sigaction(i, &action, NULL);
	}
}

/* In memory of its own, a copy of the program's. */
static void become_copy(const struct birth *birth)
{
	sigprocmask(SIG_SETMASK, &birth->mask, NULL);
	call_embryo(MACHDEV_IOC_EMBRYO_ADOPT, birth->descriptor, 0);
	_exit(127);
}

static int become_empty(void *argument)
{
	static char *const arguments[] = { (char *)"mach-task", NULL };
	const struct birth *birth = argument;

	__machdev_default_signals();
	if (call_embryo(MACHDEV_IOC_EMBRYO_ADOPT, birth->descriptor, 0) ==
	    KERN_SUCCESS) {
		sigprocmask(SIG_SETMASK, &birth->mask, NULL);
		execveat(birth->image, "", arguments, arguments + 1,
			 AT_EMPTY_PATH);
	}
	_exit(127);
}

static int help(void *argument)
{
	struct birth *birth = argument;
	pid_t pid;

	if (birth->image < 0) {
		pid = (pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
		if (!pid)
			become_copy(birth);
	} else {
		pid = clone(become_empty, birth->stack,
			    CLONE_VM | CLONE_VFORK, birth);
	}
	if (pid < 0)
		birth->result = KERN_RESOURCE_SHORTAGE;
	else
		do {
			birth->result = call_embryo(MACHDEV_IOC_EMBRYO_WAIT,
						    birth->descriptor, pid);
		} while (birth->result == KERN_ABORTED);
	_exit(0);
}

/* A file of the module's format. Returns a negative errno on failure. */
static int open_image(void)
{
	static const char magic[] = MACHDEV_EMBRYO_MAGIC;
	int fd = memfd_create("mach-task", MFD_CLOEXEC | MFD_EXEC);

	if (fd < 0 && errno == EINVAL)	/* a kernel before 6.3 */
		fd = memfd_create("mach-task", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, magic, sizeof(magic) - 1) != sizeof(magic) - 1) {
		close(fd);
		return -ENOMEM;
	}
	return fd;
}

static kern_return_t run_helper(struct birth *birth)
{
	char *stacks;
	sigset_t all;
	pid_t pid;

	stacks = mmap(NULL, 2 * STACK, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stacks == MAP_FAILED)
		return KERN_RESOURCE_SHORTAGE;
	birth->stack = stacks + STACK;
	birth->result = KERN_FAILURE;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &birth->mask);
	pid = clone(help, stacks + 2 * STACK, CLONE_VM | CLONE_VFORK, birth);
	if (pid < 0)
		birth->result = KERN_RESOURCE_SHORTAGE;
	else
		while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
			;
	sigprocmask(SIG_SETMASK, &birth->mask, NULL);
	munmap(stacks, 2 * STACK);
	return birth->result;
}

static kern_return_t make_process(int descriptor, bool memory)
{
	struct birth birth = { .descriptor = descriptor, .image = -1 };
	kern_return_t result;

	if (!memory) {
		birth.image = open_image();
		if (birth.image < 0)
			return __machdev_error(-birth.image);
	}
	result = run_helper(&birth);
	if (birth.image >= 0)
		close(birth.image);
	return result;
}

kern_return_t __machdev_embryo_take(int descriptor, task_t *task)
{
	struct machdev_embryo argument = { .descriptor = descriptor };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_EMBRYO_TAKE, &argument);
	if (result == KERN_SUCCESS)
		*task = argument.child;
	return result;
}

kern_return_t __machdev_create(struct machdev_task_create *argument,
			       task_t *child)
{
	int saved = errno;
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_TASK_CREATE, argument);
	if (result != KERN_SUCCESS)
		return result;
	result = make_process(argument->descriptor, argument->inherit_memory);
	if (result == KERN_SUCCESS)
		result = __machdev_embryo_take(argument->descriptor, child);
	/* Without its port having been taken this gives it up. */
	close(argument->descriptor);
	errno = saved;
	return result;
}
