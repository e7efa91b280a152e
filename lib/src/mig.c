// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Reply ports, one a thread, for generated stubs. */
#include <pthread.h>

#include "internal.h"

struct reply {
	mach_port_t name;
	unsigned int epoch;	/* the process's, when @name was made */
};

static __thread struct reply reply;

static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static bool key_made;

static void destroy(mach_port_t name)
{
	mach_port_mod_refs(__machdev_task(), name, MACH_PORT_RIGHT_RECEIVE, -1);
}

/* The calling thread's reply port, MACH_PORT_NULL when it has none. */
static mach_port_t kept(const struct machdev_process *process)
{
	if (reply.epoch != atomic_load(&process->epoch))
		return MACH_PORT_NULL;
	return reply.name;
}

static void thread_exit(void *unused)
{
	(void)unused;
	mig_dealloc_reply_port(MACH_PORT_NULL);
}

static void make_key(void)
{
	key_made = !pthread_key_create(&key, thread_exit);
}

MACHDEV_EXPORT mach_port_t mig_get_reply_port(void)
{
	struct machdev_process *process = __machdev_process();
	unsigned int epoch;
	mach_port_t name;

	if (!__machdev_own(process))
		return mach_reply_port();

	name = kept(process);
	if (name != MACH_PORT_NULL)
		return name;

	/* The epoch first: a name that becomes void meanwhile is not kept. */
	epoch = atomic_load(&process->epoch);
	name = mach_reply_port();
	if (name == MACH_PORT_NULL)
		return name;
	reply.name = name;
	reply.epoch = epoch;
	pthread_once(&key_once, make_key);
	if (key_made)
		pthread_setspecific(key, &reply);
	return name;
}

MACHDEV_EXPORT void mig_dealloc_reply_port(mach_port_t reply_port)
{
	struct machdev_process *process = __machdev_process();
	mach_port_t name;

	if (!__machdev_own(process)) {
		if (MACH_PORT_VALID(reply_port))
			destroy(reply_port);
		return;
	}
	name = kept(process);
	if (name == MACH_PORT_NULL)
		return;
	reply.name = MACH_PORT_NULL;
	destroy(name);
}

MACHDEV_EXPORT void mig_put_reply_port(mach_port_t reply_port)
{
	/* Who keeps no reply port has made this one for one request. */
	if (!__machdev_own(__machdev_process()))
		mig_dealloc_reply_port(reply_port);
}
