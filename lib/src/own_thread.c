// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * thread_create() in the own task: making the thread of Linux under it.
 *
 * That thread waits in the module until it is resumed, and has other registers
 * from then on. Until it waits it runs the few instructions below, which need no
 * stack: it has the registers of the thread that has made it, and blocks all
 * signals, as that one does meanwhile.
 */
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

#ifdef __x86_64__

#define FLAGS \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | \
	 CLONE_SYSVSEM)

/* What the new thread shares with the one that makes it, until it is @done. */
struct start {
	int device;
	int result;		/* of MACHDEV_IOC_THREAD_BEAR, or a negative errno */
	atomic_uint done;
	struct machdev_thread_bear bear;
};

static struct machdev_sync park;

/* Returns a negative errno, or the id of a thread that sets @done. */
static long make_thread(struct start *start)
{
	register struct machdev_sync *argument __asm__("r14") = &park;
	register long tls __asm__("r8") = 0;
	register long child_id __asm__("r10") = 0;
	long result = SYS_clone;

	__asm__ volatile("syscall\n\t"
		"test	%%rax, %%rax\n\t"
		"jnz	1f\n\t"
		/* The new thread. */
		"mov	%c[device](%%rbx), %%r12d\n\t"
		"mov	%[ioctl], %%eax\n\t"
		"mov	%%r12d, %%edi\n\t"
		"mov	%[command_bear], %%esi\n\t"
		"lea	%c[bear](%%rbx), %%rdx\n\t"
		"syscall\n\t"
		"mov	%%eax, %%r13d\n\t"
		"mov	%%eax, %c[result](%%rbx)\n\t"
		"movl	$1, %c[done](%%rbx)\n\t"
		/* From here on that memory may be something else. */
		"mov	%[futex], %%eax\n\t"
		"lea	%c[done](%%rbx), %%rdi\n\t"
		"mov	%[wake], %%esi\n\t"
		"mov	$1, %%edx\n\t"
		"syscall\n\t"
		"test	%%r13d, %%r13d\n\t"
		"jnz	2f\n\t"
		"mov	%[ioctl], %%eax\n\t"
		"mov	%%r12d, %%edi\n\t"
		"mov	%[command_park], %%esi\n\t"
		"mov	%%r14, %%rdx\n\t"
		"syscall\n\t"
		"2:\n\t"
		"mov	%[exit], %%eax\n\t"
		"xor	%%edi, %%edi\n\t"
		"syscall\n\t"
		"1:"
		: "+a" (result)
		: "b" (start), "r" (argument), "D" ((long)FLAGS), "S" (0L),
		  "d" (0L), "r" (child_id), "r" (tls),
		  [device] "i" (offsetof(struct start, device)),
		  [result] "i" (offsetof(struct start, result)),
		  [done] "i" (offsetof(struct start, done)),
		  [bear] "i" (offsetof(struct start, bear)),
		  [ioctl] "i" (SYS_ioctl), [futex] "i" (SYS_futex),
		  [exit] "i" (SYS_exit),
		  [wake] "i" (FUTEX_WAKE | FUTEX_PRIVATE_FLAG),
		  [command_bear] "i" ((int)MACHDEV_IOC_THREAD_BEAR),
		  [command_park] "i" ((int)MACHDEV_IOC_THREAD_PARK)
		: "rcx", "r11", "memory", "cc");
	return result;
}

/* Makes sure that there is a descriptor of the device, and returns it. */
static int find_device(void)
{
	struct machdev_process *process = __machdev_process();
	mach_port_t task = __machdev_task();
	mach_port_type_t type;

	if (!__machdev_own(process) ||
	    mach_port_type(task, task, &type) != KERN_SUCCESS)
		return -1;
	return atomic_load(&process->fd) - 1;
}

kern_return_t __machdev_own_thread(thread_act_t *thread)
{
	struct start start = { .device = find_device() };
	sigset_t all, blocked;
	long result;

	if (start.device < 0)
		return KERN_FAILURE;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &blocked);
	memcpy(&start.bear.blocked, &blocked, sizeof(start.bear.blocked));
	result = make_thread(&start);
	while (result > 0 && !atomic_load(&start.done))
		syscall(SYS_futex, &start.done, FUTEX_WAIT | FUTEX_PRIVATE_FLAG,
			0, NULL, NULL, 0);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	if (result < 0)
		return KERN_RESOURCE_SHORTAGE;
	if (start.result < 0)
		return __machdev_error(-start.result);
	if (start.result == KERN_SUCCESS)
		*thread = start.bear.thread;
	return start.result;
}

#else

kern_return_t __machdev_own_thread(thread_act_t *thread)
{
	(void)thread;
	return KERN_NOT_SUPPORTED;
}

#endif
