// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fault sweep of tasks, the host and the module itself: first calls,
 * special ports, tokens, forks and execs, queries, dumps and events.
 */
#include <asm/prctl.h>
#include <setjmp.h>

#include "embryo_helpers.h"
#include "sweep.h"

#define NO_SUCH_CODE 0x7fffffff

static const struct refusals stranger_refusals = { {
	[SWEEP_ALLOC] = { -ENOMEM, KERN_RESOURCE_SHORTAGE },
	[SWEEP_COPY] = { -EFAULT, KERN_INVALID_ADDRESS },
} };

/* There may be too little memory to ask whether it is allowed. */
static const struct refusals pid_refusals = { {
	[SWEEP_ALLOC] = { KERN_RESOURCE_SHORTAGE, -ENOMEM },
	[SWEEP_COPY] = { -EFAULT },
	[SWEEP_KERNEL] = { KERN_FAILURE },
} };

/* Of what a parked thread does to its memory. */
static const struct refusals map_refusals = { {
	[SWEEP_ALLOC] = { KERN_RESOURCE_SHORTAGE, -ENOMEM },
	[SWEEP_COPY] = { -EFAULT },
	[SWEEP_KERNEL] = { KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE },
} };

static const struct refusals change_refusals = { {
	[SWEEP_ALLOC] = { KERN_RESOURCE_SHORTAGE, -ENOMEM },
	[SWEEP_COPY] = { -EFAULT },
	[SWEEP_KERNEL] = { KERN_RESOURCE_SHORTAGE, KERN_FAILURE },
} };

static const struct refusals exec_refusals = { {
	[SWEEP_ALLOC] = { -ENOMEM },
	[SWEEP_KERNEL] = { -ENOMEM },
} };

static const struct refusals netlink_refusals = { {
	[SWEEP_ALLOC] = { -ENOMEM },
} };

/*
 * Set-ups
 */

/* A process that is no task. */
static void a_stranger(struct scene *scene)
{
	scene->pid = child_fork();
	if (!scene->pid) {
		for (;;)
			pause();
	}
	MUST(scene->pid < 0 ? -errno : 0);
}

/* Strangers have no Mach parent; a task's child is a task from the start. */
static void another_task(struct scene *scene)
{
	holder_start(&scene->other);
	scene->pid = scene->other.pid;
}

static void full_table(struct scene *scene)
{
	scene_fill(mach_task_self());
}

static void a_port(struct scene *scene)
{
	scene->port = port_new_send(1);
}

static void an_inheritance(struct scene *scene)
{
	a_port(scene);
	MUST(task_set_special_port(mach_task_self(), TASK_BOOTSTRAP_PORT,
				   scene->port));
	MUST(test_pipe_open(&scene->pipe));
}

static void a_thread_port(struct scene *scene)
{
	mach_thread_self();
}

static void a_ledger_port(struct scene *scene)
{
	MUST(task_get_special_port(mach_task_self(), TASK_WIRED_LEDGER_PORT,
				   &scene->port));
}

static void the_host(struct scene *scene)
{
	a_port(scene);
	MUST(mach_ioctl_name(MACHDEV_IOC_HOST_PRIV, &scene->name));
}

static long host_special(struct scene *scene, unsigned long command, int which,
			 mach_port_t *port)
{
	struct machdev_special_port call = {
		.object = scene->name, .which = which, .port = *port,
	};
	long code = mach_ioctl(command, &call);

	*port = call.port;
	return code;
}

static void the_security_port(struct scene *scene)
{
	the_host(scene);
	MUST(host_special(scene, MACHDEV_IOC_HOST_GET_SPECIAL_PORT,
			  MACHDEV_HOST_SECURITY_PORT, &scene->notify));
}

static void a_token(struct scene *scene);

/*
 * Names of what there is for each task
 */

static long self_name(struct scene *scene, unsigned long command)
{
	return mach_ioctl_name(command, &scene->got);
}

static long task_self(struct scene *scene)
{
	return self_name(scene, MACHDEV_IOC_TASK_SELF);
}

/* By a program that knows of members which the module does not. */
static long longer_self(struct scene *scene)
{
	struct {
		struct machdev_name known;
		uint64_t unknown;
	} call = { 0 };
	long code = mach_ioctl(_IOWR(MACHDEV_IOC_TYPE,
				     _IOC_NR(MACHDEV_IOC_TASK_SELF), call),
			       &call);

	scene->got = call.known.name;
	return code;
}

static long thread_self(struct scene *scene)
{
	return self_name(scene, MACHDEV_IOC_THREAD_SELF);
}

static long host_self(struct scene *scene)
{
	return self_name(scene, MACHDEV_IOC_HOST_SELF);
}

static long host_priv(struct scene *scene)
{
	return self_name(scene, MACHDEV_IOC_HOST_PRIV);
}

static bool got_a_right(struct scene *scene)
{
	return port_type(scene->got) & MACH_PORT_TYPE_SEND;
}

/* As another user, of whom nobody has heard yet; root again afterwards. */
static long another_user(struct scene *scene)
{
	long code;

	MUST(setresuid(TEST_UID, 0, 0) ? -errno : 0);
	code = self_name(scene, MACHDEV_IOC_REPLY_PORT);
	MUST(setresuid(0, 0, 0) ? -errno : 0);
	return code;
}

/* A new process that has opened nothing yet. */
static long in_child(struct scene *scene, long (*call)(void))
{
	uint32_t word;
	pid_t pid;

	if (!scene->pipe.fd[1])
		MUST(test_pipe_open(&scene->pipe));
	pid = child_fork();
	if (!pid) {
		test_put(&scene->pipe, call());
		_exit(0);
	}
	MUST(pid < 0 ? -errno : 0);
	MUST(test_get(&scene->pipe, &word));
	MUST(child_status(pid));
	return (int32_t)word;
}

static long raw_name(unsigned long command)
{
	int fd = mach_open();
	struct machdev_name call = { 0 };

	if (fd < 0)
		return -errno;
	return mach_ioctl_fd(fd, command, &call);
}

static long first_self(void)
{
	return raw_name(MACHDEV_IOC_TASK_SELF);
}

static long first_reply_port(void)
{
	return raw_name(MACHDEV_IOC_REPLY_PORT);
}

static long first_thread(void)
{
	return raw_name(MACHDEV_IOC_THREAD_SELF);
}

static long first_message(void)
{
	struct machdev_msg call = {
		.option = MACH_RCV_MSG, .rcv_name = 0x103,
	};
	int fd = mach_open();

	return fd < 0 ? -errno : mach_ioctl_fd(fd, MACHDEV_IOC_MSG, &call);
}

static long stranger_self(struct scene *scene)
{
	return in_child(scene, first_self);
}

static long stranger_reply_port(struct scene *scene)
{
	return in_child(scene, first_reply_port);
}

static long stranger_thread(struct scene *scene)
{
	return in_child(scene, first_thread);
}

static long stranger_message(struct scene *scene)
{
	return in_child(scene, first_message);
}

static long open_device(struct scene *scene)
{
	int fd = mach_open();

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/*
 * Fork and exec
 */

/* The bootstrap port that the parent has set. */
static long inherited(void)
{
	struct machdev_special_port call = {
		.which = MACHDEV_TASK_BOOTSTRAP_PORT,
	};
	struct machdev_name self = { 0 };
	int fd = mach_open();
	long code;

	if (fd < 0)
		return -errno;
	code = mach_ioctl_fd(fd, MACHDEV_IOC_TASK_SELF, &self);
	if (code)
		return code;
	call.object = self.name;
	code = mach_ioctl_fd(fd, MACHDEV_IOC_TASK_GET_SPECIAL_PORT, &call);
	if (code)
		return code;
	return call.port ? 0 : NO_SUCH_CODE;
}

static long fork_and_inherit(struct scene *scene)
{
	return in_child(scene, inherited);
}

/* In an exit status: errors of the device are below, codes of Mach above. */
#define MACH_CODE 100

static int exit_status(long code)
{
	return code < 0 ? -code : code ? MACH_CODE + code : 0;
}

static long exec_and_call(struct scene *scene)
{
	char self[PATH_MAX] = "";
	int status;
	long code;
	pid_t pid;

	MUST(readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 ? -errno :
								       0);
	pid = child_fork();
	if (!pid) {
		/* So that there are names that the exec has to empty. */
		code = raw_name(MACHDEV_IOC_REPLY_PORT);
		if (code)
			_exit(exit_status(code));
		execl(self, self, "inherited", NULL);
		_exit(127);
	}
	status = child_status(pid);
	return status < MACH_CODE ? -status : status - MACH_CODE;
}

/*
 * Special ports
 */

static long get_special(struct scene *scene, int which)
{
	struct machdev_special_port call = {
		.object = mach_task_self(), .which = which,
	};
	long code = mach_ioctl(MACHDEV_IOC_TASK_GET_SPECIAL_PORT, &call);

	scene->got = call.port;
	return code;
}

#define DEFINE_GET(port)						\
	static long get_##port(struct scene *scene)			\
	{								\
		return get_special(scene, MACHDEV_TASK_##port##_PORT);	\
	}

DEFINE_GET(KERNEL)
DEFINE_GET(HOST)
DEFINE_GET(NAME)
DEFINE_GET(BOOTSTRAP)
DEFINE_GET(WIRED_LEDGER)
DEFINE_GET(PAGED_LEDGER)
DEFINE_GET(INSPECT)
DEFINE_GET(READ)

static long set_special(struct scene *scene, int which)
{
	struct machdev_special_port call = {
		.object = mach_task_self(), .which = which,
		.port = scene->port,
	};

	return mach_ioctl(MACHDEV_IOC_TASK_SET_SPECIAL_PORT, &call);
}

static long set_bootstrap(struct scene *scene)
{
	return set_special(scene, MACHDEV_TASK_BOOTSTRAP_PORT);
}

static long set_host(struct scene *scene)
{
	return set_special(scene, MACHDEV_TASK_HOST_PORT);
}

static long set_kernel(struct scene *scene)
{
	return set_special(scene, MACHDEV_TASK_KERNEL_PORT);
}

/* What is got now, by its name, without keeping the reference. */
static uint64_t look_at(struct scene *scene, int which)
{
	struct scene copy = *scene;

	MUST(get_special(&copy, which));
	MUST(copy.got ? mach_port_deallocate(mach_task_self(), copy.got) : 0);
	return copy.got;
}

static uint64_t look_bootstrap(struct scene *scene)
{
	return look_at(scene, MACHDEV_TASK_BOOTSTRAP_PORT);
}

static uint64_t look_kernel(struct scene *scene)
{
	return look_at(scene, MACHDEV_TASK_KERNEL_PORT);
}

/* Its name, if it is the port that was set: what is not has no name. */
static uint64_t look_host(struct scene *scene)
{
	return look_at(scene, MACHDEV_TASK_HOST_PORT) == scene->port;
}

static long get_host_bootstrap(struct scene *scene)
{
	scene->got = 0;
	return host_special(scene, MACHDEV_IOC_HOST_GET_SPECIAL_PORT,
			    MACHDEV_HOST_PORT, &scene->got);
}

static long get_clock(struct scene *scene)
{
	struct machdev_clock call = {
		.object = scene->name, .id = MACHDEV_CLOCK_CALENDAR,
	};
	long code = mach_ioctl(MACHDEV_IOC_HOST_GET_CLOCK_SERVICE, &call);

	scene->got = call.port;
	return code;
}

static void a_clock(struct scene *scene)
{
	the_host(scene);
	MUST(get_clock(scene));
	scene->name = scene->got;
}

static long identify_clock(struct scene *scene)
{
	struct machdev_clock call = { .object = scene->name };
	long code = mach_ioctl(MACHDEV_IOC_CLOCK_IDENTIFY, &call);

	scene->got = call.id;
	return code;
}

static bool is_calendar(struct scene *scene)
{
	return scene->got == MACHDEV_CLOCK_CALENDAR;
}

static long get_security(struct scene *scene)
{
	scene->got = 0;
	return host_special(scene, MACHDEV_IOC_HOST_GET_SPECIAL_PORT,
			    MACHDEV_HOST_SECURITY_PORT, &scene->got);
}

static long set_host_special(struct scene *scene)
{
	mach_port_t port = scene->port;

	return host_special(scene, MACHDEV_IOC_HOST_SET_SPECIAL_PORT, 20,
			    &port);
}

/* The host would keep it. */
static void unset_host_special(struct scene *scene)
{
	mach_port_t none = MACH_PORT_NULL;

	MUST(host_special(scene, MACHDEV_IOC_HOST_SET_SPECIAL_PORT, 20,
			  &none));
}

static uint64_t look_host_special(struct scene *scene)
{
	mach_port_t port = MACH_PORT_NULL;

	MUST(host_special(scene, MACHDEV_IOC_HOST_GET_SPECIAL_PORT, 20,
			  &port));
	if (MACH_PORT_VALID(port))
		MUST(mach_port_deallocate(mach_task_self(), port));
	return port;
}

/*
 * Registered ports
 */

static long register_ports(struct scene *scene, mach_port_t port)
{
	struct machdev_ports call = {
		.task = mach_task_self(), .count = 2, .port = { port, port },
	};

	return mach_ioctl(MACHDEV_IOC_PORTS_REGISTER, &call);
}

static long register_port(struct scene *scene)
{
	return register_ports(scene, scene->port);
}

static long look_up(struct scene *scene)
{
	struct machdev_ports call = { .task = mach_task_self() };
	long code = mach_ioctl(MACHDEV_IOC_PORTS_LOOKUP, &call);

	scene->got = call.port[0];
	scene->name = call.port[1];
	return code;
}

static uint64_t look_registered(struct scene *scene)
{
	struct scene copy = *scene;

	MUST(look_up(&copy));
	if (copy.got)
		MUST(mach_port_mod_refs(mach_task_self(), copy.got,
					MACH_PORT_RIGHT_SEND, -2));
	return copy.got == copy.name ? copy.got : UINT64_MAX;
}

static void a_registration(struct scene *scene)
{
	MUST(register_ports(scene, port_new_send(1)));
	a_port(scene);
}

/*
 * Handlers of exceptions
 */

static long set_exceptions(unsigned long command, mach_port_t object,
			   mach_port_t port)
{
	struct machdev_exception_set call = {
		.object = object,
		.action = {
			.mask = MACHDEV_EXC_MASK_ALL, .port = port,
			.behavior = MACHDEV_EXCEPTION_DEFAULT,
		},
	};

	return mach_ioctl(command, &call);
}

static long get_exceptions(struct scene *scene, unsigned long command,
			   mach_port_t object, bool swap)
{
	struct machdev_exception_get call = {
		.object = object,
		.action.mask = MACHDEV_EXC_MASK_ALL,
	};
	long code;

	if (swap) {
		call.flags = MACHDEV_EXCEPTION_SWAP;
		call.action.port = scene->port;
		call.action.behavior = MACHDEV_EXCEPTION_DEFAULT;
	}
	code = mach_ioctl(command, &call);
	scene->got = call.row[0].port;
	return code;
}

static uint64_t look_handler(unsigned long command, mach_port_t object)
{
	struct scene copy = { 0 };

	MUST(get_exceptions(&copy, command, object, false));
	MUST(copy.got ? mach_port_deallocate(mach_task_self(), copy.got) : 0);
	return copy.got;
}

#define DEFINE_HANDLERS(name, object, set, get)				\
	static long set_##name##_handler(struct scene *scene)		\
	{								\
		return set_exceptions(set, object, scene->port);	\
	}								\
									\
	static long get_##name##_handler(struct scene *scene)		\
	{								\
		return get_exceptions(scene, get, object, false);	\
	}								\
									\
	static long swap_##name##_handler(struct scene *scene)		\
	{								\
		return get_exceptions(scene, get, object, true);	\
	}								\
									\
	static uint64_t look_##name##_handler(struct scene *scene)	\
	{								\
		(void)scene;						\
		return look_handler(get, object);			\
	}								\
									\
	static void a_##name##_handler(struct scene *scene)		\
	{								\
		a_port(scene);						\
		MUST(set_##name##_handler(scene));			\
		a_port(scene);						\
	}

static mach_port_t thread_self_port;

DEFINE_HANDLERS(task, mach_task_self(), MACHDEV_IOC_TASK_SET_EXCEPTIONS,
		MACHDEV_IOC_TASK_GET_EXCEPTIONS)
DEFINE_HANDLERS(thread, thread_self_port, MACHDEV_IOC_THREAD_SET_EXCEPTIONS,
		MACHDEV_IOC_THREAD_GET_EXCEPTIONS)

static void a_thread_and_a_handler(struct scene *scene)
{
	thread_self_port = mach_thread_self();
	a_thread_handler(scene);
}

static void a_port_for_a_thread(struct scene *scene)
{
	thread_self_port = mach_thread_self();
	a_port(scene);
}

/* It is the host's port, of which the table has no name then. */
static void a_handler_without_a_name(struct scene *scene)
{
	mach_port_t host = mach_host_self();

	MUST(set_exceptions(MACHDEV_IOC_TASK_SET_EXCEPTIONS, mach_task_self(),
			    host));
	MUST(mach_port_destroy(mach_task_self(), host));
	full_table(scene);
}

DEFINE_HANDLERS(host, scene->name, MACHDEV_IOC_HOST_SET_EXCEPTIONS,
		MACHDEV_IOC_HOST_GET_EXCEPTIONS)

static void the_host_and_a_handler(struct scene *scene)
{
	the_host(scene);
	a_host_handler(scene);
}

/* The host would keep it. */
static void unset_host_handler(struct scene *scene)
{
	MUST(set_exceptions(MACHDEV_IOC_HOST_SET_EXCEPTIONS, scene->name,
			    MACH_PORT_NULL));
}

/*
 * Samples
 */

static long sample(unsigned long command, mach_port_t object, mach_port_t port)
{
	struct machdev_sample call = { .object = object, .port = port };

	return mach_ioctl(command, &call);
}

static long sample_task(struct scene *scene)
{
	return sample(MACHDEV_IOC_TASK_SAMPLE, scene->other.task, scene->port);
}

static long sample_thread(struct scene *scene)
{
	return sample(MACHDEV_IOC_THREAD_SAMPLE, scene->name, scene->port);
}

/* Whether somebody may send to the port, and how often it was made so. */
static uint64_t look_sampler(struct scene *scene)
{
	mach_port_status_t status = port_status(scene->port);

	return mach_counter(MACHDEV_COUNTER_SAMPLERS) << 32 |
	       status.mps_mscount << 1 | status.mps_srights;
}

/* One that sleeps: there is nothing to be told of it. */
static void a_sleeper(struct scene *scene)
{
	mach_msg_type_number_t count;
	thread_act_array_t threads;

	another_task(scene);
	a_port(scene);
	MUST(task_threads(scene->other.task, &threads, &count));
	scene->name = threads[0];
}

static void a_sampled_sleeper(struct scene *scene)
{
	a_sleeper(scene);
	MUST(sample_task(scene));
}

static long stop_samples(struct scene *scene)
{
	return sample(MACHDEV_IOC_TASK_SAMPLE, scene->other.task,
		      MACH_PORT_NULL);
}

/* Another task's ports, without a name of theirs. */
static void a_registration_and_a_full_table(struct scene *scene)
{
	struct machdev_ports call = { .task = mach_task_self(), .count = 2 };
	mach_msg_type_name_t type;
	unsigned int i;

	another_task(scene);
	for (i = 0; i < 2; i++) {
		MUST(mach_port_allocate(scene->other.task,
					MACH_PORT_RIGHT_RECEIVE,
					&scene->port));
		MUST(mach_port_extract_right(scene->other.task, scene->port,
					     MACH_MSG_TYPE_MAKE_SEND,
					     &call.port[i], &type));
	}
	MUST(mach_ioctl(MACHDEV_IOC_PORTS_REGISTER, &call));
	for (i = 0; i < 2; i++)
		MUST(mach_port_deallocate(mach_task_self(), call.port[i]));
	full_table(scene);
}

static bool got_two_rights(struct scene *scene)
{
	return scene->got != scene->name &&
	       port_type(scene->got) == MACH_PORT_TYPE_SEND &&
	       port_type(scene->name) == MACH_PORT_TYPE_SEND;
}

/*
 * Tasks by pid, tokens
 */

static long task_for(struct scene *scene, int flavor)
{
	struct machdev_task_pid call = {
		.pid = scene->pid, .flavor = flavor,
	};
	long code = mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &call);

	scene->got = call.port;
	return code;
}

#define DEFINE_FOR_PID(flavor)						\
	static long for_pid_##flavor(struct scene *scene)		\
	{								\
		return task_for(scene, MACHDEV_TASK_FLAVOR_##flavor);	\
	}

DEFINE_FOR_PID(CONTROL)
DEFINE_FOR_PID(READ)
DEFINE_FOR_PID(INSPECT)
DEFINE_FOR_PID(NAME)

/* A process becomes a task when somebody asks for its port, and stays one. */
static long for_pid_of_new(struct scene *scene)
{
	long code;

	a_stranger(scene);
	code = for_pid_CONTROL(scene);
	child_kill(scene->pid);
	return code;
}

static long pid_for(struct scene *scene)
{
	struct machdev_task_pid call = { .task = mach_task_self() };
	long code = mach_ioctl(MACHDEV_IOC_PID_FOR_TASK, &call);

	scene->got = call.pid;
	return code;
}

static long pidversion(struct scene *scene)
{
	struct machdev_pidversion call = { .pid = getpid() };
	long code = mach_ioctl(MACHDEV_IOC_PIDVERSION, &call);

	scene->got = call.version;
	return code;
}

static bool got_own_pid(struct scene *scene)
{
	return scene->got == (uint32_t)getpid();
}

static bool got_something(struct scene *scene)
{
	return scene->got;
}

static long info(struct scene *scene, uint32_t flavor, uint32_t *words)
{
	struct machdev_task_info call = {
		.task = mach_task_self(), .flavor = flavor, .count = 8,
		.info = (uintptr_t)words,
	};

	return mach_ioctl(MACHDEV_IOC_TASK_INFO, &call);
}

static long security_token(struct scene *scene)
{
	uint32_t words[8];

	return info(scene, MACHDEV_TASK_SECURITY_TOKEN, words);
}

static long audit_token(struct scene *scene)
{
	uint32_t words[8];

	return info(scene, MACHDEV_TASK_AUDIT_TOKEN, words);
}

static long memory_info(struct scene *scene)
{
	uint32_t words[TASK_VM_INFO_COUNT];
	struct machdev_task_info call = {
		.task = mach_task_self(), .flavor = MACHDEV_TASK_VM_INFO,
		.count = TASK_VM_INFO_COUNT, .info = (uintptr_t)words,
	};

	return mach_ioctl(MACHDEV_IOC_TASK_INFO, &call);
}

/*
 * Threads, and who stops
 */

static long threads(struct scene *scene)
{
	uint32_t names[4] = { 0 };
	struct machdev_port_array call = {
		.object = mach_task_self(), .count = 4,
		.names = (uintptr_t)names,
	};
	long code = mach_ioctl(MACHDEV_IOC_TASK_THREADS, &call);

	scene->got = names[0];
	return code;
}

static void a_thread(struct scene *scene)
{
	MUST(mach_ioctl_name(MACHDEV_IOC_THREAD_SELF, &scene->name));
}

/* The thread has a port, of which the table has no name. */
static void a_thread_and_a_full_table(struct scene *scene)
{
	a_thread(scene);
	MUST(mach_port_destroy(mach_task_self(), scene->name));
	full_table(scene);
}

static void a_thread_and_a_port(struct scene *scene)
{
	a_thread(scene);
	a_port(scene);
}

static long basic_thread_info(struct scene *scene)
{
	uint32_t words[THREAD_BASIC_INFO_COUNT];
	struct machdev_task_info call = {
		.task = scene->name, .flavor = MACHDEV_THREAD_BASIC_INFO,
		.count = THREAD_BASIC_INFO_COUNT, .info = (uintptr_t)words,
	};

	return mach_ioctl(MACHDEV_IOC_THREAD_INFO, &call);
}

static long get_thread_kernel(struct scene *scene)
{
	struct machdev_special_port call = {
		.object = scene->name, .which = THREAD_KERNEL_PORT,
	};
	long code = mach_ioctl(MACHDEV_IOC_THREAD_GET_SPECIAL_PORT, &call);

	scene->got = call.port;
	return code;
}

static long set_thread_exception(struct scene *scene)
{
	struct machdev_special_port call = {
		.object = scene->name, .which = THREAD_EXCEPTION_PORT,
		.port = scene->port,
	};

	return mach_ioctl(MACHDEV_IOC_THREAD_SET_SPECIAL_PORT, &call);
}

/* All tasks of a name space of processes, for which all these calls are made. */
static long find_all(void)
{
	uint32_t names[8];
	struct machdev_name priv = { 0 };
	struct machdev_processor_set set = { 0 };
	struct machdev_port_array call = {
		.count = 8, .names = (uintptr_t)names,
	};
	int fd = mach_open();
	long code;

	if (fd < 0)
		return -errno;
	code = mach_ioctl_fd(fd, MACHDEV_IOC_HOST_PRIV, &priv);
	set.host = priv.name;
	if (!code)
		code = mach_ioctl_fd(fd, MACHDEV_IOC_PROCESSOR_SET_DEFAULT,
				     &set);
	if (!code)
		code = mach_ioctl_fd(fd, MACHDEV_IOC_HOST_PROCESSOR_SET_PRIV,
				     &set);
	call.object = set.set;
	if (!code)
		code = mach_ioctl_fd(fd, MACHDEV_IOC_PROCESSOR_SET_TASKS,
				     &call);
	return code;
}

/* Where it is, nobody has a parent. */
static pid_t fork_inside(void)
{
	pid_t pid = fork();

	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	MUST(pid < 0 ? -errno : 0);
	return pid;
}

static long all_tasks(struct scene *scene)
{
	uint32_t word;
	pid_t pid;

	if (!scene->pipe.fd[1])
		MUST(test_pipe_open(&scene->pipe));
	pid = fork_inside();
	if (!pid) {
		test_put(&scene->pipe, find_all());
		_exit(0);
	}
	MUST(test_get(&scene->pipe, &word));
	MUST(child_status(pid));
	return (int32_t)word;
}

/* Others would become tasks, and stay so. Its first process keeps it alive. */
static void a_name_space(struct scene *scene)
{
	MUST(unshare(CLONE_NEWPID) ? -errno : 0);
	scene->pid = fork_inside();
	if (!scene->pid) {
		for (;;)
			pause();
	}
}

/* Its task is shared with who looks at it; that of another is not. */
static void a_child_to_stop(struct scene *scene)
{
	struct machdev_task_pid call;

	another_task(scene);
	call = (struct machdev_task_pid){ .pid = scene->pid };
	MUST(mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &call));
	scene->name = call.port;
}

static void a_stopped_child(struct scene *scene)
{
	a_child_to_stop(scene);
	MUST(task_suspend(scene->name));
}

static long control(struct scene *scene, unsigned long command)
{
	struct machdev_task_control call = { .task = scene->name };
	long code = mach_ioctl(command, &call);

	scene->got = call.token;
	return code;
}

static long suspend(struct scene *scene)
{
	return control(scene, MACHDEV_IOC_TASK_SUSPEND);
}

static long suspend_at_exec(struct scene *scene)
{
	struct machdev_task_control call = {
		.task = scene->name, .flags = MACHDEV_SUSPEND_AT_EXEC,
	};

	return mach_ioctl(MACHDEV_IOC_TASK_SUSPEND, &call);
}

static long suspend2(struct scene *scene)
{
	return control(scene, MACHDEV_IOC_TASK_SUSPEND2);
}

static long resume(struct scene *scene)
{
	return control(scene, MACHDEV_IOC_TASK_RESUME);
}

static void a_child_stopped_by_token(struct scene *scene)
{
	a_child_to_stop(scene);
	MUST(suspend2(scene));
}

static long resume2(struct scene *scene)
{
	struct machdev_task_control call = { .token = scene->got };

	return mach_ioctl(MACHDEV_IOC_TASK_RESUME2, &call);
}

/* Nobody looks at its names when it has gone. */
static void a_child_to_end(struct scene *scene)
{
	another_task(scene);
	scene->name = scene->other.task;
	scene->other.task = MACH_PORT_NULL;
}

static long terminate(struct scene *scene)
{
	long code = control(scene, MACHDEV_IOC_TASK_TERMINATE);

	if (!code)
		MUST(child_status(scene->pid) == 128 + SIGKILL ? 0 : -ECHILD);
	return code;
}

static uint64_t look_suspended(struct scene *scene)
{
	struct machdev_mach_task_basic_info basic;
	struct machdev_task_info call = {
		.task = scene->name, .flavor = MACHDEV_MACH_TASK_BASIC_INFO,
		.count = MACHDEV_MACH_TASK_BASIC_INFO_COUNT,
		.info = (uintptr_t)&basic,
	};

	MUST(mach_ioctl(MACHDEV_IOC_TASK_INFO, &call));
	return basic.suspend_count;
}

static uint64_t look_token(struct scene *scene)
{
	uint32_t words[8];

	MUST(info(scene, MACHDEV_TASK_SECURITY_TOKEN, words));
	return words[0];
}

static long set_token(struct scene *scene)
{
	struct machdev_task_token call = {
		.host_security = scene->notify, .task = mach_task_self(),
		.security = { 71, 72 }, .audit = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.host = scene->name,
	};

	return mach_ioctl(MACHDEV_IOC_HOST_SET_TASK_TOKEN, &call);
}

static void a_token(struct scene *scene)
{
	the_security_port(scene);
	MUST(set_token(scene));
}

static long create(struct scene *scene)
{
	struct machdev_task_create call = { .parent = mach_task_self() };
	long code = mach_ioctl(MACHDEV_IOC_TASK_CREATE, &call);

	if (!code)
		close(call.descriptor);
	return code;
}

/* A process that has become the task of an embryo, and goes on. */
static void an_adopted_embryo(struct scene *scene)
{
	int fd = conceive(TRUE);

	MUST(fd < 0 ? fd : 0);
	scene->pid = child_fork();
	if (!scene->pid) {
		MUST(adopt(fd, MACHDEV_EMBRYO_RUN));
		for (;;)
			pause();
	}
	MUST(await(fd, scene->pid));
	scene->descriptor = fd;
}

static long await_it(struct scene *scene)
{
	return await(scene->descriptor, scene->pid);
}

/* Another process, which adopts it when it is told to. */

static struct test_pipe telling;

static void an_embryo_to_adopt(struct scene *scene)
{
	uint32_t flags;
	int fd = conceive(TRUE);

	MUST(fd < 0 ? fd : 0);
	MUST(test_pipe_open(&scene->pipe));
	MUST(test_pipe_open(&telling));
	scene->pid = child_fork();
	if (!scene->pid) {
		mach_task_self();
		sweep_change_credentials();
		test_put(&scene->pipe, 0);
		while (!test_get(&telling, &flags)) {
			test_put(&scene->pipe, adopt(fd, flags));
			sweep_change_credentials();
		}
		_exit(1);
	}
	MUST(scene->pid < 0 ? -errno : 0);
	MUST(test_get(&scene->pipe, &flags));
	scene->descriptor = fd;
}

static long tell_child(struct scene *scene, uint32_t what)
{
	uint32_t word;

	MUST(test_put(&telling, what));
	MUST(test_get(&scene->pipe, &word));
	return (int32_t)word;
}

static long adopt_it(struct scene *scene)
{
	return tell_child(scene, MACHDEV_EMBRYO_RUN);
}

/*
 * Its child, if it is not killed: what it says itself, or, when it has become
 * the task, nothing.
 */
static long see_parked(struct scene *scene)
{
	struct pollfd fd = { .fd = scene->pipe.fd[0], .events = POLLIN };
	siginfo_t info = { 0 };
	uint32_t word;

	for (;;) {
		if (poll(&fd, 1, 1) == 1) {
			MUST(test_get(&scene->pipe, &word));
			return (int32_t)word;
		}
		if (!take(scene->descriptor, &scene->got))
			return 0;
		MUST(waitid(P_PID, scene->pid, &info,
			    WEXITED | WNOHANG | WNOWAIT) ? -errno : 0);
		if (info.si_pid)
			return -ECHILD;
	}
}

static long adopt_it_and_stand(struct scene *scene)
{
	MUST(test_put(&telling, 0));
	return see_parked(scene);
}

/* One that has adopted an embryo without memory, and executes it at a word. */
static void an_embryo_to_execute(struct scene *scene)
{
	static char * const arguments[] = { (char *)"image", NULL };
	int fd = conceive(FALSE), image = memfd_create("image", MFD_CLOEXEC);
	uint32_t word;

	MUST(fd < 0 ? fd : 0);
	MUST(image < 0 || !write_magic(image) ? -EIO : 0);
	MUST(test_pipe_open(&scene->pipe));
	MUST(test_pipe_open(&telling));
	scene->pid = child_fork();
	if (!scene->pid) {
		mach_task_self();
		sweep_change_credentials();
		test_put(&scene->pipe, adopt(fd, 0));
		while (!test_get(&telling, &word)) {
			execveat(image, "", arguments, arguments + 1,
				 AT_EMPTY_PATH);
			test_put(&scene->pipe, -errno);
		}
		_exit(1);
	}
	MUST(scene->pid < 0 ? -errno : 0);
	MUST(test_get(&scene->pipe, &word));
	MUST(word);
	scene->descriptor = fd;
}

static long execute_it(struct scene *scene)
{
	MUST(test_put(&telling, 0));
	return see_parked(scene);
}

/* It has died on the way. */
static void lose_child(struct scene *scene, const struct injection *injection)
{
	(void)injection;
	child_kill(scene->pid);
	MUST(mach_sync());
	MUST(mach_port_deallocate(mach_task_self(), scene->got));
}

/* It is the task now, whose port nobody has. */
static bool is_the_task(struct scene *scene)
{
	return !await(scene->descriptor, scene->pid);
}

static long take_it(struct scene *scene)
{
	return take(scene->descriptor, &scene->got);
}

static long make_ledger(struct scene *scene)
{
	struct machdev_ledger call = {
		.ledger = scene->port, .other = scene->port, .amount = 1000,
	};
	long code = mach_ioctl(MACHDEV_IOC_LEDGER_CREATE, &call);

	scene->got = call.created;
	return code;
}

static void a_made_ledger(struct scene *scene)
{
	a_ledger_port(scene);
	MUST(make_ledger(scene));
}

static long read_ledger(struct scene *scene)
{
	struct machdev_ledger call = { .ledger = scene->got };

	return mach_ioctl(MACHDEV_IOC_LEDGER_READ, &call);
}

static long transfer(struct scene *scene)
{
	struct machdev_ledger call = {
		.ledger = scene->port, .other = scene->got, .amount = 500,
	};

	return mach_ioctl(MACHDEV_IOC_LEDGER_TRANSFER, &call);
}

static long terminate_ledger(struct scene *scene)
{
	struct machdev_ledger call = { .ledger = scene->got };

	return mach_ioctl(MACHDEV_IOC_LEDGER_TERMINATE, &call);
}

/* A task without threads, which ends with this process. */

#define MEMORY 0x10000000ul

static void an_embryo(struct scene *scene)
{
	MUST(task_create(mach_task_self(), NULL, 0, FALSE, &scene->name));
}

static long map_as(struct scene *scene, uint32_t flags, uint32_t inheritance)
{
	struct machdev_vm_map call = {
		.task = scene->name, .protection = VM_PROT_DEFAULT,
		.flags = flags, .inheritance = inheritance,
		.address = MEMORY, .size = 4096, .mask = 0xffff,
	};

	return mach_ioctl(MACHDEV_IOC_VM_MAP, &call);
}

static long map_there(struct scene *scene)
{
	return map_as(scene, 0, VM_INHERIT_COPY);
}

static long map_alone_there(struct scene *scene)
{
	return map_as(scene, 0, VM_INHERIT_NONE);
}

static long map_anywhere(struct scene *scene)
{
	return map_as(scene, MACHDEV_VM_ANYWHERE, VM_INHERIT_COPY);
}

static long region_there(struct scene *scene, struct machdev_vm_region *call)
{
	call->task = scene->name;
	call->address = MEMORY;
	return mach_ioctl(MACHDEV_IOC_VM_REGION, call);
}

static long describe_there(struct scene *scene)
{
	struct machdev_vm_region call = { 0 };

	return region_there(scene, &call);
}

/* What there is: 0 for nothing, else its protection and who has it. */
static uint64_t look_there(struct scene *scene)
{
	struct machdev_vm_region call = { 0 };

	return region_there(scene, &call) ? 0 :
	       8 | call.protection | call.inheritance << 4 | call.shared << 6;
}

static long protect_there(struct scene *scene)
{
	struct machdev_vm_range call = {
		.task = scene->name, .value = VM_PROT_READ, .address = MEMORY,
		.size = 4096,
	};

	return mach_ioctl(MACHDEV_IOC_VM_PROTECT, &call);
}

static long inherit_there(struct scene *scene, uint32_t value)
{
	struct machdev_vm_range call = {
		.task = scene->name, .value = value, .address = MEMORY,
		.size = 4096,
	};

	return mach_ioctl(MACHDEV_IOC_VM_INHERIT, &call);
}

static long disinherit_there(struct scene *scene)
{
	return inherit_there(scene, VM_INHERIT_NONE);
}

static long share_there(struct scene *scene)
{
	return inherit_there(scene, VM_INHERIT_SHARE);
}

static long deallocate_there(struct scene *scene)
{
	struct machdev_vm_range call = {
		.task = scene->name, .address = MEMORY, .size = 4096,
	};

	return mach_ioctl(MACHDEV_IOC_VM_DEALLOCATE, &call);
}

static long copy_there(struct scene *scene, unsigned long command,
		       uint64_t data)
{
	struct machdev_vm_copy call = {
		.task = scene->name, .address = MEMORY, .size = 100,
		.data = data,
	};

	return mach_ioctl(command, &call);
}

static char copied[100] = "memory";

static long read_there(struct scene *scene)
{
	return copy_there(scene, MACHDEV_IOC_VM_READ, (uintptr_t)copied);
}

static long write_there(struct scene *scene)
{
	return copy_there(scene, MACHDEV_IOC_VM_WRITE, (uintptr_t)copied);
}

static void some_memory(struct scene *scene)
{
	an_embryo(scene);
	MUST(map_there(scene));
	MUST(write_there(scene));
}

static long move_there(struct scene *scene)
{
	return copy_there(scene, MACHDEV_IOC_VM_COPY, MEMORY + 50);
}

static long thread_there(struct scene *scene)
{
	struct machdev_thread call = { .task = scene->name };
	long code = mach_ioctl(MACHDEV_IOC_THREAD_CREATE, &call);

	scene->got = call.thread;
	return code;
}

/* The thread that calls says that it is a new one. */
static long bear(struct scene *scene)
{
	struct machdev_thread_bear call = { 0 };
	long code = mach_ioctl(MACHDEV_IOC_THREAD_BEAR, &call);

	scene->got = call.thread;
	return code;
}

static void its_thread(struct scene *scene)
{
	an_embryo(scene);
	MUST(thread_there(scene));
}

static long state_there(struct scene *scene, unsigned long command)
{
	struct machdev_x86_thread_state64 state = { .rax = 1 };
	struct machdev_thread_state call = {
		.thread = scene->got, .flavor = MACHDEV_X86_THREAD_STATE64,
		.count = MACHDEV_X86_THREAD_STATE64_COUNT,
		.state = (uintptr_t)&state,
	};

	return mach_ioctl(command, &call);
}

static long set_float(struct scene *scene)
{
	struct machdev_x86_float_state64 state = { .mxcsr = 0x1f80 };
	struct machdev_thread_state call = {
		.thread = scene->got, .flavor = MACHDEV_X86_FLOAT_STATE64,
		.count = MACHDEV_X86_FLOAT_STATE64_COUNT,
		.state = (uintptr_t)&state,
	};

	return mach_ioctl(MACHDEV_IOC_THREAD_SET_STATE, &call);
}

static long get_state(struct scene *scene)
{
	return state_there(scene, MACHDEV_IOC_THREAD_GET_STATE);
}

static long set_state(struct scene *scene)
{
	return state_there(scene, MACHDEV_IOC_THREAD_SET_STATE);
}

static long tell_thread(struct scene *scene, unsigned long command)
{
	struct machdev_thread call = { .thread = scene->got };

	return mach_ioctl(command, &call);
}

static long suspend_thread(struct scene *scene)
{
	return tell_thread(scene, MACHDEV_IOC_THREAD_SUSPEND);
}

static long resume_thread(struct scene *scene)
{
	return tell_thread(scene, MACHDEV_IOC_THREAD_RESUME);
}

/* One that does not run when it is resumed. */
static void its_suspended_thread(struct scene *scene)
{
	its_thread(scene);
	MUST(suspend_thread(scene));
}

static uint64_t look_suspended_thread(struct scene *scene)
{
	struct thread_basic_info basic;
	struct machdev_task_info call = {
		.task = scene->got, .flavor = MACHDEV_THREAD_BASIC_INFO,
		.count = THREAD_BASIC_INFO_COUNT, .info = (uintptr_t)&basic,
	};

	MUST(mach_ioctl(MACHDEV_IOC_THREAD_INFO, &call));
	return basic.suspend_count;
}

/* The thread that calls waits no longer, and comes back another way. */

static jmp_buf landing;
static char landing_stack[65536] __attribute__((aligned(16)));

static void land(void)
{
	longjmp(landing, 1);
}

static void a_thread_that_runs(struct scene *scene)
{
	struct machdev_x86_thread_state64 state = {
		.rip = (uintptr_t)land,
		/* As after a call. */
		.rsp = (uintptr_t)landing_stack + sizeof(landing_stack) - 8,
	};
	struct machdev_thread_state call = {
		.flavor = MACHDEV_X86_THREAD_STATE64,
		.count = MACHDEV_X86_THREAD_STATE64_COUNT,
		.state = (uintptr_t)&state,
	};

	MUST(syscall(SYS_arch_prctl, ARCH_GET_FS, &state.fs) ? -errno : 0);
	MUST(bear(scene));
	call.thread = scene->got;
	MUST(mach_ioctl(MACHDEV_IOC_THREAD_SET_STATE, &call));
	MUST(resume_thread(scene));
}

static long park(struct scene *scene)
{
	struct machdev_sync call = { 0 };

	(void)scene;
	if (setjmp(landing))
		return KERN_SUCCESS;
	return mach_ioctl(MACHDEV_IOC_THREAD_PARK, &call) ?: NO_SUCH_CODE;
}

static long terminate_thread(struct scene *scene)
{
	return tell_thread(scene, MACHDEV_IOC_THREAD_TERMINATE);
}

/*
 * The module
 */

static long query(uint32_t what)
{
	struct machdev_record records[TEST_RECORDS];
	struct machdev_query call = {
		.what = what, .count = TEST_RECORDS,
		.records = (uintptr_t)records,
	};

	return mach_ioctl(MACHDEV_IOC_QUERY, &call);
}

static long features(struct scene *scene)
{
	return query(MACHDEV_QUERY_FEATURES);
}

static long counters(struct scene *scene)
{
	return query(MACHDEV_QUERY_COUNTERS);
}

static long sync_all(struct scene *scene)
{
	struct machdev_sync call = { 0 };

	return mach_ioctl(MACHDEV_IOC_SYNC, &call);
}

/* Whoever may do it ends everything, so it is done without the capability. */
static long shutdown_refused(struct scene *scene)
{
	struct machdev_sync call = { 0 };
	long code;

	MUST(seteuid(TEST_UID) ? -errno : 0);
	code = mach_ioctl(MACHDEV_IOC_SHUTDOWN, &call);
	MUST(seteuid(0) ? -errno : 0);
	return code;
}

/*
 * Netlink
 */

static long dump_of(struct scene *scene, int cmd, pid_t pid)
{
	int lines = netlink_dump(&scene->netlink, cmd, pid, NULL, NULL);

	return lines < 0 ? lines : 0;
}

#define DEFINE_DUMP(cmd)						\
	static long dump_##cmd(struct scene *scene)			\
	{								\
		return dump_of(scene, MACHDEV_CMD_##cmd##_GET, 0);	\
	}

DEFINE_DUMP(TASK)
DEFINE_DUMP(PORT)
DEFINE_DUMP(RIGHT)
DEFINE_DUMP(QUEUE)
DEFINE_DUMP(LEDGER)
DEFINE_DUMP(COUNTER)

static long dump_own(struct scene *scene)
{
	return dump_of(scene, MACHDEV_CMD_RIGHT_GET, getpid());
}

/* A listener, who knows how many events were lost before. */

struct heard {
	unsigned int events;
	uint64_t dropped;
};

static struct netlink listener;
static uint64_t dropped;

static int hear(struct nl_msg *msg, void *argument)
{
	struct heard *heard = argument;
	struct nlattr *attrs[ATTRS];

	MUST(genlmsg_parse(nlmsg_hdr(msg), 0, attrs, ATTRS - 1, NULL));
	if (attr_u32(attrs, MACHDEV_A_EVENT_KIND) != MACHDEV_EVENT_TOKEN)
		return NL_OK;
	heard->events++;
	heard->dropped = attr_u64(attrs, MACHDEV_A_EVENT_DROPPED);
	return NL_OK;
}

/* Sets the token once more, and hears up to the event of that. */
static struct heard listen_on(struct scene *scene, unsigned int most)
{
	struct pollfd fd = {
		.fd = nl_socket_get_fd(listener.socket), .events = POLLIN,
	};
	struct heard heard = { .dropped = dropped };

	nl_socket_modify_cb(listener.socket, NL_CB_VALID, NL_CB_CUSTOM, hear,
			    &heard);
	MUST(set_token(scene));
	while (heard.events + heard.dropped - dropped < most) {
		MUST(poll(&fd, 1, test_ms(5000)) == 1 ? 0 : -ETIME);
		nl_recvmsgs_default(listener.socket);
	}
	return heard;
}

static void a_listener(struct scene *scene)
{
	int group;

	the_security_port(scene);
	netlink_open(&listener);
	nl_socket_disable_seq_check(listener.socket);
	group = genl_ctrl_resolve_grp(listener.socket, MACHDEV_NETLINK_NAME,
				      MACHDEV_NETLINK_EVENTS);
	MUST(group < 0 ? group : 0);
	MUST(nl_socket_add_membership(listener.socket, group));
	dropped = 0;
	dropped = listen_on(scene, 1).dropped;
}

/* The work item that tells of it has ended when the event comes, or does not. */
static long set_token_heard(struct scene *scene)
{
	struct pollfd fd = {
		.fd = nl_socket_get_fd(listener.socket), .events = POLLIN,
	};
	long code = set_token(scene);

	if (!code)
		poll(&fd, 1, test_ms(200));
	return code;
}

/* The event of the call has come, or the next one says that one is missing. */
static bool told(struct scene *scene)
{
	struct heard heard = listen_on(scene, 2);

	return heard.events + heard.dropped - dropped == 2;
}

/*
 * A port that is made when somebody first wants it stays when that one gets no
 * name for it: with its thread, or with the task.
 */

static const struct kept thread_port = {
	.from = { [SWEEP_ALLOC] = 4, [SWEEP_COPY] = 3 },
	.threads = 1, .ports = 1,
};

static const struct kept lesser_port = {
	.from = { [SWEEP_ALLOC] = 3, [SWEEP_COPY] = 3, [SWEEP_KERNEL] = 2 },
	.ports = 1,
};

/* What Linux has made of it waits for the next one. */
static const struct kept linux_thread = {
	.from = { [SWEEP_ALLOC] = 4, [SWEEP_COPY] = 3 },
	.bytes = 856,
};

#define TASK_FORM(title, function, ...)					\
	{ .name = title, .call = function, .refusals = &call_refusals,	\
	  __VA_ARGS__ }
#define PID_FORM(title, function, ...)					\
	{ .name = title, .call = function, .refusals = &pid_refusals,	\
	  __VA_ARGS__ }
#define MEMORY_FORM(title, function, answers, ...)			\
	{ .name = title " memory of a task", .call = function,		\
	  .refusals = &answers, .everybody = true,			\
	  __VA_ARGS__ }
#define STRANGER_FORM(title, function, ...)				\
	{ .name = title, .call = function, .stranger = true,		\
	  .everybody = true, .refusals = &stranger_refusals, __VA_ARGS__ }
#define NETLINK_FORM(title, function, ...)				\
	{ .name = title, .call = function,				\
	  .refusals = &netlink_refusals, __VA_ARGS__ }

static const struct form forms[] = {
	/* It only looks whether the gate is open. */
	TASK_FORM("open the device", open_device, .cannot_fail = true),
	STRANGER_FORM("first call, task self", stranger_self),
	STRANGER_FORM("first call, reply port", stranger_reply_port),
	STRANGER_FORM("first call, thread self", stranger_thread),
	STRANGER_FORM("first call, receive", stranger_message,
		      .expected = MACH_RCV_INVALID_NAME),
	/* A record of the stock that cannot be made is tried again. */
	TASK_FORM("fork, and inherit", fork_and_inherit,
		  .set_up = an_inheritance, .everybody = true, .shrugs = true),
	TASK_FORM("fork, exec, and inherit", exec_and_call,
		  .set_up = an_inheritance, .everybody = true, .shrugs = true),
	TASK_FORM("a user of whom nobody has heard", another_user,
		  .check = got_something),

	TASK_FORM("task self", task_self, .check = got_a_right),
	TASK_FORM("task self, longer", longer_self, .check = got_a_right),
	TASK_FORM("thread self, first", thread_self, .check = got_a_right,
		  .kept = &thread_port),
	TASK_FORM("thread self, first, full table", thread_self,
		  .set_up = full_table, .check = got_a_right, .grows = true,
		  .kept = &thread_port),
	TASK_FORM("thread self", thread_self, .set_up = a_thread_port,
		  .check = got_a_right),
	TASK_FORM("host self", host_self, .check = got_a_right),
	TASK_FORM("host self, full table", host_self, .set_up = full_table,
		  .check = got_a_right, .grows = true),
	TASK_FORM("privileged host port", host_priv, .check = got_a_right),

	TASK_FORM("get kernel port", get_KERNEL, .check = got_a_right),
	TASK_FORM("get host port", get_HOST, .set_up = full_table,
		  .check = got_a_right, .grows = true),
	TASK_FORM("get name port", get_NAME, .check = got_a_right,
		  .kept = &lesser_port),
	TASK_FORM("get inspect port", get_INSPECT, .check = got_a_right,
		  .kept = &lesser_port),
	TASK_FORM("get read port", get_READ, .set_up = full_table,
		  .check = got_a_right, .grows = true,
		  .kept = &lesser_port),
	TASK_FORM("get bootstrap port", get_BOOTSTRAP,
		  .set_up = an_inheritance, .check = got_a_right),
	TASK_FORM("get wired ledger port, first", get_WIRED_LEDGER,
		  .check = got_a_right),
	TASK_FORM("get wired ledger port", get_WIRED_LEDGER,
		  .set_up = a_ledger_port, .check = got_a_right),
	TASK_FORM("get paged ledger port, full table", get_PAGED_LEDGER,
		  .set_up = full_table, .check = got_a_right, .grows = true),
	TASK_FORM("set bootstrap port", set_bootstrap, .set_up = a_port,
		  .look = look_bootstrap),
	TASK_FORM("set bootstrap port again", set_bootstrap,
		  .set_up = an_inheritance, .look = look_bootstrap),
	TASK_FORM("set host port", set_host, .set_up = a_port,
		  .look = look_host),
	TASK_FORM("set kernel port", set_kernel, .set_up = a_port,
		  .look = look_kernel),

	TASK_FORM("register ports", register_port, .set_up = a_port,
		  .look = look_registered),
	TASK_FORM("register ports again", register_port,
		  .set_up = a_registration, .look = look_registered),
	TASK_FORM("look up registered ports", look_up,
		  .set_up = a_registration_and_a_full_table,
		  .check = got_two_rights, .grows = true),

	TASK_FORM("set handlers of a task", set_task_handler,
		  .set_up = a_port, .look = look_task_handler),
	TASK_FORM("set handlers of a task again", set_task_handler,
		  .set_up = a_task_handler, .look = look_task_handler),
	TASK_FORM("get handlers of a task", get_task_handler,
		  .set_up = a_task_handler, .check = got_a_right),
	TASK_FORM("get handlers of a task, full table", get_task_handler,
		  .set_up = a_handler_without_a_name, .check = got_a_right,
		  .grows = true),
	TASK_FORM("swap handlers of a task", swap_task_handler,
		  .set_up = a_task_handler, .check = got_a_right,
		  .look = look_task_handler),
	TASK_FORM("set handlers of a thread", set_thread_handler,
		  .set_up = a_thread_and_a_handler,
		  .look = look_thread_handler),
	TASK_FORM("get handlers of a thread", get_thread_handler,
		  .set_up = a_thread_and_a_handler, .check = got_a_right),
	TASK_FORM("swap handlers of a thread", swap_thread_handler,
		  .set_up = a_thread_and_a_handler, .check = got_a_right,
		  .look = look_thread_handler),
	TASK_FORM("swap first handlers of a thread", swap_thread_handler,
		  .set_up = a_port_for_a_thread, .look = look_thread_handler),
	/* Where there is no memory in one piece the buffers are in several. */
	TASK_FORM("sample a task", sample_task, .set_up = a_sleeper,
		  .look = look_sampler, .shrugs = true),
	TASK_FORM("sample a thread", sample_thread, .set_up = a_sleeper,
		  .look = look_sampler, .shrugs = true),
	TASK_FORM("sample a task no more", stop_samples,
		  .set_up = a_sampled_sleeper, .look = look_sampler),
	TASK_FORM("set handlers of the host", set_host_handler,
		  .set_up = the_host, .look = look_host_handler,
		  .tear_down = unset_host_handler),
	TASK_FORM("get handlers of the host, none", get_host_handler,
		  .set_up = the_host),
	TASK_FORM("get handlers of the host", get_host_handler,
		  .set_up = the_host_and_a_handler, .check = got_a_right,
		  .tear_down = unset_host_handler),
	TASK_FORM("swap handlers of the host", swap_host_handler,
		  .set_up = the_host_and_a_handler, .check = got_a_right,
		  .look = look_host_handler, .tear_down = unset_host_handler),

	PID_FORM("task for pid", for_pid_CONTROL, .set_up = another_task,
		 .check = got_a_right),
	PID_FORM("task for pid, of a child", for_pid_of_new),
	PID_FORM("read port for pid", for_pid_READ, .set_up = another_task,
		 .check = got_a_right,
		 .kept = &lesser_port),
	PID_FORM("inspect port for pid", for_pid_INSPECT,
		 .set_up = another_task, .check = got_a_right,
		 .kept = &lesser_port),
	PID_FORM("name port for pid", for_pid_NAME, .set_up = another_task,
		 .check = got_a_right,
		 .kept = &lesser_port),
	TASK_FORM("pid for task", pid_for, .check = got_own_pid),
	TASK_FORM("pid version", pidversion, .check = got_something),
	TASK_FORM("security token", security_token),
	TASK_FORM("audit token", audit_token),
	TASK_FORM("set tokens", set_token, .set_up = the_security_port,
		  .look = look_token),
	TASK_FORM("set tokens again", set_token, .set_up = a_token,
		  .look = look_token),
	TASK_FORM("create a task", create),
	TASK_FORM("memory info", memory_info),
	TASK_FORM("threads of a task", threads, .set_up = a_thread,
		  .check = got_a_right),
	TASK_FORM("threads of a task, full table", threads,
		  .set_up = a_thread_and_a_full_table, .check = got_a_right,
		  .grows = true),
	TASK_FORM("all tasks", all_tasks, .set_up = a_name_space,
		  .everybody = true, .shrugs = true),
	TASK_FORM("thread info", basic_thread_info, .set_up = a_thread),
	TASK_FORM("get thread port", get_thread_kernel, .set_up = a_thread,
		  .check = got_a_right),
	TASK_FORM("set thread exception port", set_thread_exception,
		  .set_up = a_thread_and_a_port),
	TASK_FORM("suspend", suspend, .set_up = a_child_to_stop,
		  .look = look_suspended),
	TASK_FORM("suspend again", suspend, .set_up = a_stopped_child,
		  .look = look_suspended),
	TASK_FORM("suspend at exec", suspend_at_exec,
		  .set_up = a_child_to_stop, .look = look_suspended),
	TASK_FORM("suspend by token", suspend2, .set_up = a_child_to_stop,
		  .check = got_something, .look = look_suspended),
	TASK_FORM("resume", resume, .set_up = a_stopped_child,
		  .look = look_suspended),
	TASK_FORM("resume by token", resume2,
		  .set_up = a_child_stopped_by_token, .look = look_suspended),
	TASK_FORM("end a task", terminate, .set_up = a_child_to_end),
	TASK_FORM("adopt an embryo", adopt_it, .set_up = an_embryo_to_adopt,
		  .check = is_the_task, .by_child = true),
	TASK_FORM("adopt an embryo, and stand", adopt_it_and_stand,
		  .set_up = an_embryo_to_adopt, .check = got_a_right,
		  .by_child = true),
	{
		.name = "execute an embryo", .set_up = an_embryo_to_execute,
		.call = execute_it, .check = got_a_right, .by_child = true,
		.refusals = &exec_refusals,
		.loss = {
			{ -ECHILD, SWEEP_ALLOC, 3, lose_child },
			{ -ECHILD, SWEEP_KERNEL, 4, lose_child },
		},
	},
	TASK_FORM("wait for a task", await_it, .set_up = an_adopted_embryo),
	TASK_FORM("take a task", take_it, .set_up = an_adopted_embryo,
		  .check = got_a_right),
	TASK_FORM("make a ledger", make_ledger, .set_up = a_ledger_port,
		  .check = got_a_right),
	TASK_FORM("read a ledger", read_ledger, .set_up = a_made_ledger),
	TASK_FORM("move a limit", transfer, .set_up = a_made_ledger),
	TASK_FORM("end a ledger", terminate_ledger, .set_up = a_made_ledger),
	MEMORY_FORM("map", map_there, map_refusals, .set_up = an_embryo,
		    .look = look_there),
	MEMORY_FORM("map uninherited", map_alone_there, map_refusals,
		    .set_up = an_embryo, .look = look_there),
	/* What was mapped too much stays, if it cannot be released. */
	MEMORY_FORM("map aligned", map_anywhere, map_refusals,
		    .set_up = an_embryo, .shrugs = true),
	MEMORY_FORM("protect", protect_there, change_refusals,
		    .set_up = some_memory, .look = look_there),
	MEMORY_FORM("disinherit", disinherit_there, change_refusals,
		    .set_up = some_memory, .look = look_there),
	MEMORY_FORM("share", share_there, change_refusals,
		    .set_up = some_memory, .look = look_there),
	MEMORY_FORM("release", deallocate_there, change_refusals,
		    .set_up = some_memory, .look = look_there),
	TASK_FORM("describe memory of a task", describe_there,
		  .set_up = some_memory),
	TASK_FORM("read memory of a task", read_there, .set_up = some_memory),
	TASK_FORM("write memory of a task", write_there,
		  .set_up = some_memory),
	TASK_FORM("copy memory of a task", move_there, .set_up = some_memory),
	TASK_FORM("make a thread", thread_there, .set_up = an_embryo,
		  .check = got_a_right),
	/* So do the pages that the new one began in. */
	TASK_FORM("make another thread", thread_there, .set_up = its_thread,
		  .everybody = true, .shrugs = true, .check = got_a_right, .kept = &linux_thread),
	TASK_FORM("be a thread", bear, .check = got_a_right),
	TASK_FORM("be a thread, full table", bear, .set_up = full_table,
		  .check = got_a_right, .grows = true),
	TASK_FORM("get registers", get_state, .set_up = its_thread),
	TASK_FORM("set registers", set_state, .set_up = its_thread),
	TASK_FORM("set floats", set_float, .set_up = its_thread),
	TASK_FORM("suspend a thread", suspend_thread, .set_up = its_thread,
		  .look = look_suspended_thread),
	TASK_FORM("resume a thread", resume_thread,
		  .set_up = its_suspended_thread,
		  .look = look_suspended_thread),
	TASK_FORM("wait as a thread", park, .set_up = a_thread_that_runs),
	TASK_FORM("end a thread", terminate_thread, .set_up = its_thread),

	TASK_FORM("get a port of the host", get_host_bootstrap,
		  .set_up = the_host, .check = got_a_right),
	TASK_FORM("get the host's security port", get_security,
		  .set_up = the_host, .check = got_a_right),
	TASK_FORM("set a port of the host", set_host_special,
		  .set_up = the_host, .look = look_host_special,
		  .tear_down = unset_host_special),

	TASK_FORM("get the port of a clock", get_clock, .set_up = the_host,
		  .check = got_a_right),
	TASK_FORM("ask which clock it is", identify_clock, .set_up = a_clock,
		  .check = is_calendar),

	TASK_FORM("features", features),
	TASK_FORM("counters", counters),
	TASK_FORM("sync", sync_all),
	TASK_FORM("shutdown, unprivileged", shutdown_refused,
		  .expected = KERN_NO_ACCESS),

	NETLINK_FORM("dump of tasks", dump_TASK),
	NETLINK_FORM("dump of ports", dump_PORT),
	NETLINK_FORM("dump of rights", dump_RIGHT),
	NETLINK_FORM("dump of own rights", dump_own),
	NETLINK_FORM("dump of queues", dump_QUEUE),
	NETLINK_FORM("dump of ledgers", dump_LEDGER),
	/* Netlink's own memory is enough for them. */
	NETLINK_FORM("dump of counters", dump_COUNTER, .cannot_fail = true),
	TASK_FORM("an event", set_token_heard, .set_up = a_listener,
		  .check = told, .everybody = true, .shrugs = true),
};

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "inherited"))
		return exit_status(inherited());
	sweep_main(forms, ARRAY_SIZE(forms));
}
