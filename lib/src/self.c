// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The names that a program has without asking anybody. */
#include "internal.h"

/* Ask the module for a name. Returns MACH_PORT_NULL on failure. */
static mach_port_t ask(unsigned long command)
{
	struct machdev_name argument = { .name = MACH_PORT_NULL };

	if (__machdev_call(command, &argument) != KERN_SUCCESS)
		return MACH_PORT_NULL;
	return argument.name;
}

MACHDEV_EXPORT mach_port_t mach_task_self(void)
{
	struct machdev_process *process = __machdev_process();
	mach_port_t first = MACH_PORT_NULL, kept = MACH_PORT_NULL;
	mach_port_t name;

	if (!__machdev_own(process))
		return ask(MACHDEV_IOC_TASK_SELF);

	name = atomic_load(&process->self);
	if (name != MACH_PORT_NULL)
		return name;
	name = ask(MACHDEV_IOC_TASK_SELF);
	if (name == MACH_PORT_NULL)
		return name;
	atomic_compare_exchange_strong(&process->task, &first, name);
	if (!atomic_compare_exchange_strong(&process->self, &kept, name)) {
		/* Another thread was first. */
		__machdev_release(name);
		name = kept;
	}
	return name;
}

mach_port_t __machdev_task(void)
{
	struct machdev_process *process = __machdev_process();
	mach_port_t name = MACH_PORT_NULL;

	if (__machdev_own(process))
		name = atomic_load(&process->task);
	return name != MACH_PORT_NULL ? name : mach_task_self();
}

void __machdev_release(mach_port_name_t name)
{
	mach_port_deallocate(__machdev_task(), name);
}

MACHDEV_EXPORT thread_t mach_thread_self(void)
{
	return ask(MACHDEV_IOC_THREAD_SELF);
}

MACHDEV_EXPORT host_t mach_host_self(void)
{
	return ask(MACHDEV_IOC_HOST_SELF);
}

MACHDEV_EXPORT mach_port_name_t mach_reply_port(void)
{
	return ask(MACHDEV_IOC_REPLY_PORT);
}

/* The task's bootstrap port, or MACH_PORT_NULL. */
static mach_port_t ask_bootstrap(void)
{
	mach_port_t name;

	if (task_get_bootstrap_port(__machdev_task(), &name) != KERN_SUCCESS)
		return MACH_PORT_NULL;
	return name;
}

/*
 * Whether the cell shall be filled afresh: it is empty, or the server died whose
 * port it was filled with. What the program has stored stays.
 */
static bool is_stale(struct machdev_process *process, mach_port_t kept)
{
	mach_port_type_t type;

	if (kept == MACH_PORT_NULL)
		return true;
	return kept == atomic_load(&process->found) &&
	       mach_port_type(__machdev_task(), kept, &type) == KERN_SUCCESS &&
	       (type & MACH_PORT_TYPE_DEAD_NAME);
}

MACHDEV_EXPORT mach_port_t *machdev_bootstrap_port(void)
{
	static __thread mach_port_t guest;
	struct machdev_process *process = __machdev_process();
	mach_port_t kept, name;

	if (!__machdev_own(process)) {
		guest = ask_bootstrap();
		return &guest;
	}

	kept = __atomic_load_n(&process->bootstrap, __ATOMIC_SEQ_CST);
	if (!is_stale(process, kept))
		return &process->bootstrap;
	name = ask_bootstrap();
	if (name == MACH_PORT_NULL ||
	    (name == MACH_PORT_DEAD && kept != MACH_PORT_NULL))
		return &process->bootstrap;
	/* A dead name is left alone: the program may have it elsewhere. */
	if (__atomic_compare_exchange_n(&process->bootstrap, &kept, name, false,
					__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		atomic_store(&process->found, name);
	else
		__machdev_release(name);
	return &process->bootstrap;
}
