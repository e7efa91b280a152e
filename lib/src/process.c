// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Which process is this? What the library keeps belongs to one process and must
 * be void in a child, whichever way the child was made.
 *
 * fork(): the kernel hands the child the page filled with zeros, so the first
 * look at it in the child finds nothing. No handler of ours has to run.
 *
 * vfork() and clone(CLONE_VM): the child sees the very page. The owner's process
 * id tells them apart. The child then keeps nothing, and asks for every name
 * anew.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

static struct machdev_process *_Atomic page;

/* In ordinary memory: a child goes on counting where its parent was. */
static atomic_uint epochs;

static unsigned int next_epoch(void)
{
	unsigned int epoch;

	do {
		epoch = atomic_fetch_add(&epochs, 1) + 1;
	} while (epoch == 0);
	return epoch;
}

struct machdev_process *__machdev_process(void)
{
	struct machdev_process *process = atomic_load(&page);
	struct machdev_process *seen = NULL;
	size_t size;

	if (process)
		return process;

	size = (size_t)getpagesize();
	process = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (process == MAP_FAILED)
		return NULL;
	if (madvise(process, size, MADV_WIPEONFORK)) {
		munmap(process, size);
		return NULL;
	}
	if (!atomic_compare_exchange_strong(&page, &seen, process)) {
		munmap(process, size);
		process = seen;
	}
	return process;
}

void __machdev_void(struct machdev_process *process)
{
	atomic_store(&process->task, MACH_PORT_NULL);
	atomic_store(&process->self, MACH_PORT_NULL);
	__atomic_store_n(&process->bootstrap, MACH_PORT_NULL, __ATOMIC_SEQ_CST);
	atomic_store(&process->found, MACH_PORT_NULL);
	atomic_store(&process->epoch, next_epoch());
}

/*
 * Whether @owner has the page from the calling process, which had not made a
 * call of its own yet, or is gone. Any other is a relative whose memory the
 * caller shares: a parent or one of its parents.
 */
static bool is_child_or_gone(pid_t owner)
{
	siginfo_t info;
	int saved = errno;
	bool is;

	is = !waitid(P_PID, (id_t)owner, &info,
		     WEXITED | WNOHANG | WNOWAIT | __WALL) ||
	     (kill(owner, 0) && errno == ESRCH);
	errno = saved;
	return is;
}

bool __machdev_own(struct machdev_process *process)
{
	unsigned int no_epoch = 0;
	pid_t owner, self;

	if (!process)
		return false;

	self = getpid();
	owner = atomic_load(&process->owner);
	if (owner == self)
		return true;

	if (owner == 0) {
		/* The epoch first: who sees the owner must see its epoch. */
		atomic_compare_exchange_strong(&process->epoch, &no_epoch,
					       next_epoch());
		if (atomic_compare_exchange_strong(&process->owner, &owner,
						   self))
			return true;
		if (owner == self)
			return true;
	}
	if (owner == getppid() || !is_child_or_gone(owner))
		return false;

	/* What a child has kept there is its own, its descriptor, too. */
	atomic_store(&process->fd, 0);
	__machdev_void(process);
	atomic_store(&process->owner, self);
	return true;
}
