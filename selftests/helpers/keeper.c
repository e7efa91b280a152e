// SPDX-License-Identifier: GPL-2.0-only
/*
 * What selftests/lifecycle has running while it loads and unloads the module.
 *
 * usage: keeper state		keep names over an unload, then look at them
 *	  keeper storm		tasks that fork, exec and exit
 *	  keeper shutdown [UID]	shut the gate, as another user
 *	  keeper wait		wait in every way until the gate is shut
 *	  keeper leave		wait with large tables until the gate is shut, and
 *				end at once
 *	  keeper fork COUNT	fork with explicit tokens, many at a time
 *	  keeper burst COUNT	the same, and let nobody else run meanwhile
 *	  keeper starve COUNT	so many more than there are records in stock, while
 *				none can be made; and some when that is over
 *	  keeper take LIMIT	take as much memory as an ordinary user may
 *	  keeper dump		begin a netlink dump and do not read it
 *	  keeper listen		join the group of events
 *	  keeper create		create tasks, and see them end
 *	  keeper exec		let a task be suspended by its exec, and have it
 *				execute
 *	  keeper sample		have itself and a thread sampled, and run on
 *	  keeper first		stop and end the first process, which is a task
 *				from then on
 *	  keeper poll		poll descriptors of a port and a set until they are
 *				hung up, and keep them
 *
 * Those that keep something go on, or end, when they get SIGUSR1. Each prints
 * "ready" when it is, and says what is wrong; the exit status is 0 when nothing
 * was.
 */
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#include "../fault.h"
#include "../netlink_helpers.h"

#include <machdev.h>

static int wrong;

static void check(bool good, const char *what, long code)
{
	if (good)
		return;
	printf("# %s: %#lx%s%s\n", what, code, code < 0 ? ", " : "",
	       code < 0 ? strerror(-code) : "");
	fflush(stdout);
	wrong = 1;
}

static void ready(void)
{
	printf("ready\n");
	fflush(stdout);
}

/* The word to go on, which is kept until it is waited for. */
static sigset_t word(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return set;
}

/* Say so, and wait to be told to go on: by SIGUSR1. */
static void wait_for_word(void)
{
	sigset_t set = word();
	int sig;

	ready();
	sigwait(&set, &sig);
}

static long call_fd(int fd, unsigned long command, void *argument)
{
	return mach_ioctl_fd(fd, command, argument);
}

static uint32_t task_self_fd(int fd)
{
	struct machdev_name self = { 0 };
	long code = call_fd(fd, MACHDEV_IOC_TASK_SELF, &self);

	check(!code, "task_self", code);
	return self.name;
}

static uint32_t allocate_right_fd(int fd, uint32_t task, uint32_t right)
{
	struct machdev_port_allocate port = { .task = task, .right = right };
	long code = call_fd(fd, MACHDEV_IOC_PORT_ALLOCATE, &port);

	check(!code, "allocate", code);
	return port.name;
}

static uint32_t allocate_fd(int fd, uint32_t task)
{
	return allocate_right_fd(fd, task, MACH_PORT_RIGHT_RECEIVE);
}

/*
 * state: names from before, closed descriptor
 */

#define NAMES 100

/* Make names, messages among them; no descriptor is left open. */
static void make_state(uint32_t *name, int count)
{
	int fd = mach_open(), i;
	uint32_t task;

	check(fd >= 0, "open", -errno);
	task = task_self_fd(fd);
	for (i = 0; i < count; i++) {
		struct machdev_msg_header header = {
			.bits = MACHDEV_MAKE_SEND,
		};
		struct machdev_msg send = {
			.msg = (uintptr_t)&header,
			.option = MACHDEV_SEND_MSG | MACHDEV_SEND_TIMEOUT,
			.send_size = sizeof(header),
		};

		name[i] = allocate_fd(fd, task);
		header.remote = name[i];
		check(!call_fd(fd, MACHDEV_IOC_MSG, &send), "send", 0);
	}
	close(fd);
}

static int keep_state(void)
{
	uint32_t name[NAMES], count = 0;
	struct machdev_port_names names = { 0 };
	int fd, i;
	long code;

	make_state(name, NAMES);
	wait_for_word();

	/* Another module by now: nothing is known of this process. */
	fd = mach_open();
	check(fd >= 0, "open again", -errno);
	for (i = 0; i < NAMES; i++) {
		struct machdev_msg_header header = {
			.bits = MACHDEV_MAKE_SEND, .remote = name[i],
		};
		struct machdev_msg send = {
			.msg = (uintptr_t)&header,
			.option = MACHDEV_SEND_MSG | MACHDEV_SEND_TIMEOUT,
			.send_size = sizeof(header),
		};

		code = call_fd(fd, MACHDEV_IOC_MSG, &send);
		check(code == MACH_SEND_INVALID_DEST, "old name", code);
	}
	names.task = task_self_fd(fd);
	code = call_fd(fd, MACHDEV_IOC_PORT_NAMES, &names);
	count = names.count;
	check(code == KERN_INSUFFICIENT_BUFFER_SIZE && count == 1,
	      "names in a fresh space", count);
	return wrong;
}

/*
 * dump and listen: netlink sockets, no descriptor of the device
 */

#define MANY_NAMES 5000	/* that do not fit into one message */

static int keep_dump(void)
{
	static uint32_t name[MANY_NAMES];
	struct netlink netlink = { 0 };
	struct netlink_dump dump = { .netlink = &netlink };

	make_state(name, MANY_NAMES);
	netlink_open(&netlink);
	check(netlink_send(&netlink, MACHDEV_CMD_RIGHT_GET, 0) >= 0, "send",
	      0);
	wait_for_word();

	/* The gate has been shut: what was ready comes, then the end. */
	netlink_receive(&dump);
	check(netlink.error == -ENODEV, "the end of the dump", netlink.error);
	check(dump.lines < MANY_NAMES, "lines", dump.lines);
	check(netlink_dump(&netlink, MACHDEV_CMD_TASK_GET, 0, NULL, NULL) ==
	      -ENODEV, "another dump", netlink.error);
	check(netlink_dump(&netlink, MACHDEV_CMD_COUNTER_GET, 0, NULL, NULL) ==
	      -ENODEV, "counters", netlink.error);
	return wrong;
}

static int keep_listening(void)
{
	struct netlink netlink;
	int group, family;

	netlink_open(&netlink);
	group = genl_ctrl_resolve_grp(netlink.socket, MACHDEV_NETLINK_NAME,
				      MACHDEV_NETLINK_EVENTS);
	check(group >= 0, "group", group);
	check(!nl_socket_add_membership(netlink.socket, group), "join", 0);
	wait_for_word();

	/* The socket is full of events, so another one asks. */
	netlink.socket = nl_socket_alloc();
	MUST(genl_connect(netlink.socket));
	family = genl_ctrl_resolve(netlink.socket, MACHDEV_NETLINK_NAME);
	check(family == -NLE_OBJ_NOTFOUND, "a family that has gone", family);
	return wrong;
}

/*
 * poll: descriptors that are told of the shutdown, and outlive it
 */

static int descriptor_of(int fd, uint32_t task, uint32_t right)
{
	struct machdev_port_fd call = {
		.name = allocate_right_fd(fd, task, right),
	};
	long code = call_fd(fd, MACHDEV_IOC_PORT_FD, &call);

	check(!code, "descriptor", code);
	return call.fd;
}

static void poll_until_hung_up(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	check(poll(&poll_fd, 1, test_ms(60000)) == 1 &&
	      poll_fd.revents == POLLHUP, "poll", poll_fd.revents);
}

static void *poll_in_thread(void *fd)
{
	poll_until_hung_up((int)(intptr_t)fd);
	return NULL;
}

static int keep_polling(void)
{
	int fd = mach_open(), port, set;
	sigset_t go_on = word();
	pthread_t thread;
	uint32_t task;
	int sig;

	check(fd >= 0, "open", -errno);
	task = task_self_fd(fd);
	port = descriptor_of(fd, task, MACH_PORT_RIGHT_RECEIVE);
	set = descriptor_of(fd, task, MACH_PORT_RIGHT_PORT_SET);
	close(fd);
	MUST(-pthread_create(&thread, NULL, poll_in_thread,
			     (void *)(intptr_t)port));
	ready();
	poll_until_hung_up(set);
	pthread_join(thread, NULL);
	sigwait(&go_on, &sig);
	/* It says the same for as long as it is asked. */
	poll_until_hung_up(port);
	poll_until_hung_up(set);
	return wrong;
}

/*
 * create: tasks that have never run
 */

static int create(boolean_t memory, int threads)
{
	thread_act_t thread;
	task_t task;
	int fd, pid, i;

	check(!task_create(mach_task_self(), NULL, 0, memory, &task) &&
	      !pid_for_task(task, &pid), "task_create", 0);
	fd = syscall(SYS_pidfd_open, pid, 0);
	check(fd >= 0, "pidfd_open", -errno);
	for (i = 0; i < threads; i++)
		check(!thread_create(task, &thread), "thread_create", i);
	return fd;
}

static int own_threads(void)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc/self/task");
	int count = 0;

	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return count;
}

static int keep_created(void)
{
	struct pollfd created[] = {
		{ .fd = create(FALSE, 0), .events = POLLIN },
		{ .fd = create(TRUE, 0), .events = POLLIN },
		{ .fd = create(FALSE, 3), .events = POLLIN },
		{ .fd = create(TRUE, 2), .events = POLLIN },
	};
	thread_act_t thread;
	size_t i;

	check(!thread_create(mach_task_self(), &thread), "thread_create", 0);
	check(own_threads() == 2, "threads", own_threads());
	check(!poll(created, ARRAY_SIZE(created), 0), "ended at once", 0);
	ready();
	for (i = 0; i < ARRAY_SIZE(created); i++)
		check(poll(&created[i], 1, test_ms(60000)) == 1, "poll", i);
	check(TEST_UNTIL(own_threads() == 1, 60000), "threads",
	      own_threads());
	return wrong;
}

/*
 * exec: a task that its exec is to suspend, and no descriptor
 */

static int keep_exec(void)
{
	struct machdev_task_control control = {
		.flags = MACHDEV_SUSPEND_AT_EXEC,
	};
	struct machdev_task_pid child = { 0 };
	int fd = mach_open(), go[2];
	long code;

	check(!pipe2(go, O_CLOEXEC), "pipe", -errno);
	child.pid = fork();
	if (!child.pid) {
		close(fd);
		close(go[1]);
		if (read(go[0], &code, sizeof(code)) == sizeof(code))
			execlp("true", "true", NULL);
		_exit(127);
	}
	code = call_fd(fd, MACHDEV_IOC_TASK_FOR_PID, &child);
	check(!code, "task_for_pid", code);
	control.task = child.port;
	code = call_fd(fd, MACHDEV_IOC_TASK_SUSPEND, &control);
	check(!code, "suspend", code);
	close(fd);
	wait_for_word();
	check(write(go[1], &code, sizeof(code)) == sizeof(code), "write",
	      -errno);
	code = child_status(child.pid);
	check(!code, "its status", code);
	return wrong;
}

/*
 * first: of the first process a kernel lives, so nobody gets it to stop
 */

static int stop_first(void)
{
	task_suspension_token_t token;
	kern_return_t kr;
	task_t first;

	kr = task_for_pid(mach_task_self(), 1, &first);
	check(!kr, "task_for_pid", kr);
	kr = task_suspend(first);
	check(kr == KERN_INVALID_ARGUMENT, "task_suspend", kr);
	kr = task_suspend2(first, &token);
	check(kr == KERN_INVALID_ARGUMENT, "task_suspend2", kr);
	kr = task_terminate(first);
	check(kr == KERN_FAILURE, "task_terminate", kr);
	return wrong;
}

/*
 * sample: interrupts that find something while the module goes
 */

static void *run_on(void *unused)
{
	for (;;)
		__asm__ volatile ("" ::: "memory");
	return unused;
}

static void sample_fd(int fd, unsigned long command, uint32_t object,
		      uint32_t port)
{
	struct machdev_sample call = { .object = object, .port = port };
	long code = call_fd(fd, command, &call);

	check(!code, "sample", code);
}

static int keep_sampled(void)
{
	struct machdev_name thread = { 0 };
	int fd = mach_open();
	pthread_t another;
	uint32_t task;

	check(fd >= 0, "open", -errno);
	task = task_self_fd(fd);
	check(!call_fd(fd, MACHDEV_IOC_THREAD_SELF, &thread), "thread_self", 0);
	sample_fd(fd, MACHDEV_IOC_TASK_SAMPLE, task, allocate_fd(fd, task));
	sample_fd(fd, MACHDEV_IOC_THREAD_SAMPLE, thread.name,
		  allocate_fd(fd, task));
	close(fd);
	MUST(-pthread_create(&another, NULL, run_on, NULL));
	wait_for_word();
	return wrong;
}

/*
 * storm: what happens to tasks all the time
 */

static void *do_nothing(void *argument)
{
	return argument;
}

static void __attribute__((noreturn)) blow(const char *program)
{
	unsigned int i;

	for (i = 0;; i++) {
		pthread_t thread;
		pid_t pid = fork();

		if (!pid) {
			switch (i % 4) {
			case 0:
				execl(program, program, "nothing", NULL);
				break;
			case 1:
				if (!fork())
					_exit(0);
				break;
			case 2:
				pthread_create(&thread, NULL, do_nothing, NULL);
				break;
			}
			_exit(0);
		}
		if (i % 8 == 7)
			while (waitpid(-1, NULL, 0) > 0)
				;
	}
}

static int start_storm(const char *program)
{
	uint32_t name[NAMES];
	int i;

	setpgid(0, 0);
	make_state(name, 4);
	for (i = 0; i < 2; i++) {
		if (fork())
			continue;
		/* Load enough, but whoever unloads shall get on. */
		if (nice(10) < 0)
			return 1;
		blow(program);
	}
	wait_for_word();
	/* The whole group, whoever is being born. */
	kill(0, SIGKILL);
	return 1;
}

/*
 * shutdown
 */

static int shut(const char *uid)
{
	struct machdev_sync none = { 0 };
	long code;
	int fd;

	fd = mach_open();
	check(fd >= 0, "open", -errno);
	if (uid && test_become(atoi(uid), atoi(uid)))
		return 2;
	code = call_fd(fd, MACHDEV_IOC_SHUTDOWN, &none);
	check(code == (uid ? KERN_NO_ACCESS : KERN_SUCCESS), "shutdown", code);
	if (uid) {
		uint32_t task = task_self_fd(fd);

		check(task, "a call after a shutdown that was refused", 0);
	}
	return wrong;
}

/*
 * wait: in every way there is, until the gate is shut
 */

enum {
	RECEIVER, SENDER, BOTH, SET_RECEIVER, AWAY_SENDER, BUSY_RECEIVER,
	BUSY_SENDER, WAITERS
};

static const char *const waiter_names[] = {
	"receive", "send", "send and receive", "receive from a set",
	"send to a port on its way", "short receives", "short sends",
};

struct waiter {
	pthread_t thread;
	pid_t tid;
	int fd, kind;
	uint32_t port;		/* own, with a send right, full or empty */
	uint32_t reply;		/* another one, or a set of the first */
	long code;
	struct {
		struct machdev_msg_header header;
		uint32_t word[16];
	} message;
};

static long waiter_call(struct waiter *w, uint32_t option, uint32_t timeout)
{
	struct machdev_msg call = {
		.msg = (uintptr_t)&w->message,
		.option = option,
		.send_size = option & MACHDEV_SEND_MSG ? 88 : 0,
		.rcv_size = sizeof(w->message),
		.rcv_name = w->kind == BOTH || w->kind == SET_RECEIVER ?
			w->reply : w->port,
		.timeout = timeout,
	};

	return call_fd(w->fd, MACHDEV_IOC_MSG, &call);
}

static void waiter_message(struct waiter *w)
{
	memset(&w->message, 0x5a, sizeof(w->message));
	w->message.header = (struct machdev_msg_header) {
		.bits = MACHDEV_BITS(MACHDEV_COPY_SEND, MACHDEV_MAKE_SEND_ONCE),
		.remote = w->port,
		.local = w->reply,
		.id = 4711,
	};
}

static void *waiter_run(void *argument)
{
	struct waiter *w = argument;
	struct machdev_msg_header *header = &w->message.header;

	__atomic_store_n(&w->tid, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
	waiter_message(w);
	switch (w->kind) {
	case RECEIVER:
	case SET_RECEIVER:
		w->code = waiter_call(w, MACHDEV_RCV_MSG, 0);
		break;
	case SENDER:
	case AWAY_SENDER:
		w->code = waiter_call(w, MACHDEV_SEND_MSG, 0);
		break;
	case BOTH:
		/* The first half succeeds. */
		w->code = waiter_call(w, MACHDEV_SEND_MSG | MACHDEV_RCV_MSG, 0);
		break;
	case BUSY_RECEIVER:
		do
			w->code = waiter_call(w, MACHDEV_RCV_MSG |
					      MACHDEV_RCV_TIMEOUT, 1);
		while (w->code == MACH_RCV_TIMED_OUT);
		break;
	case BUSY_SENDER:
		do {
			waiter_message(w);
			header->bits = MACHDEV_BITS(MACHDEV_COPY_SEND, 0);
			header->local = MACH_PORT_NULL;
			w->code = waiter_call(w, MACHDEV_SEND_MSG |
					      MACHDEV_SEND_TIMEOUT, 1);
		} while (w->code == MACH_SEND_TIMED_OUT);
		break;
	}
	return NULL;
}

/* Nothing but the rights' types and the reply's name differs. */
static void check_message_is_back(const struct waiter *w)
{
	const struct machdev_msg_header *header = &w->message.header;

	check(header->bits == MACHDEV_BITS(MACHDEV_MOVE_SEND,
					   MACHDEV_MOVE_SEND_ONCE),
	      "bits of the message", header->bits);
	check(header->size == 88, "size of the message", header->size);
	check(header->remote == w->port, "destination of the message",
	      header->remote);
	check(MACH_PORT_VALID(header->local) && header->local != w->reply,
	      "reply port of the message", header->local);
	check(header->id == 4711, "id of the message", header->id);
	check(is_filled(w->message.word, 0x5a, sizeof(w->message.word)),
	      "body of the message", 0);
}

static void waiter_start(struct waiter *w, int fd, uint32_t task, int kind)
{
	struct machdev_port_right right = {
		.task = task, .disposition = MACHDEV_MAKE_SEND,
	};
	struct machdev_msg_header header = { .bits = MACHDEV_COPY_SEND };
	struct machdev_port_member member = { .task = task };
	struct machdev_msg fill = {
		.msg = (uintptr_t)&header,
		.option = MACHDEV_SEND_MSG | MACHDEV_SEND_TIMEOUT,
		.send_size = sizeof(header),
	};
	uint32_t i;

	*w = (struct waiter) {
		.fd = fd,
		.kind = kind,
		.port = allocate_fd(fd, task),
		.reply = allocate_right_fd(fd, task, kind == SET_RECEIVER ?
						     MACH_PORT_RIGHT_PORT_SET :
						     MACH_PORT_RIGHT_RECEIVE),
	};
	member.name = w->port;
	member.set = w->reply;
	if (kind == SET_RECEIVER)
		check(!call_fd(fd, MACHDEV_IOC_PORT_INSERT_MEMBER, &member),
		      "insert a member", 0);
	right.name = w->port;
	right.port = w->port;
	check(!call_fd(fd, MACHDEV_IOC_PORT_INSERT_RIGHT, &right), "insert", 0);
	header.remote = w->port;
	if (kind == SENDER || kind == AWAY_SENDER || kind == BUSY_SENDER) {
		for (i = 0; i < MACHDEV_QLIMIT_DEFAULT; i++)
			check(!call_fd(fd, MACHDEV_IOC_MSG, &fill), "fill", 0);
	}
	MUST(pthread_create(&w->thread, NULL, waiter_run, w));
}

/* Puts the receive right of the port that it waits at into a message. */
static void send_away(const struct waiter *w)
{
	struct {
		struct machdev_msg_header header;
		uint32_t count;
		struct machdev_msg_port port;
	} message = {
		.header = {
			.bits = MACHDEV_BITS(MACHDEV_MAKE_SEND, 0) |
				MACHDEV_BITS_COMPLEX,
			.remote = w->reply,
		},
		.count = 1,
		.port = {
			.name = w->port,
			.disposition = MACHDEV_MOVE_RECEIVE,
			.type = MACHDEV_DESC_PORT,
		},
	};
	struct machdev_msg call = {
		.msg = (uintptr_t)&message,
		.option = MACHDEV_SEND_MSG | MACHDEV_SEND_TIMEOUT,
		.send_size = sizeof(message),
	};

	check(!call_fd(w->fd, MACHDEV_IOC_MSG, &call), "send away", 0);
}

/* The only writer of a pipe is a fileport; its reader. */
static int pipe_into_port(int fd)
{
	struct machdev_fileport call = { .fd = -1 };
	int end[2];

	check(!pipe2(end, O_CLOEXEC), "pipe", -errno);
	call.fd = end[1];
	check(!call_fd(fd, MACHDEV_IOC_FILEPORT_MAKEPORT, &call),
	      "make a fileport", 0);
	close(end[1]);
	return end[0];
}

/* Does the pipe come to its end, as no port has its writer any more? */
static bool pipe_comes_to_its_end(int reader)
{
	struct pollfd poll_fd = { .fd = reader };

	return poll(&poll_fd, 1, test_ms(20000)) == 1 &&
	       poll_fd.revents == POLLHUP;
}

static int wait_for_shutdown(void)
{
	struct machdev_name self = { 0 };
	struct waiter waiter[WAITERS];
	int fd = mach_open(), i, reader;
	struct timespec end;
	uint32_t task;
	long code;

	check(fd >= 0, "open", -errno);
	task = task_self_fd(fd);
	reader = pipe_into_port(fd);
	for (i = 0; i < WAITERS; i++)
		waiter_start(&waiter[i], fd, task, i);
	for (i = RECEIVER; i <= AWAY_SENDER; i++)
		check(TEST_UNTIL(__atomic_load_n(&waiter[i].tid,
						 __ATOMIC_ACQUIRE) &&
				 msg_sleeps(getpid(), waiter[i].tid), 10000),
		      waiter_names[i], -ETIME);
	send_away(&waiter[AWAY_SENDER]);
	ready();

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 30;
	for (i = 0; i < WAITERS; i++) {
		code = -pthread_timedjoin_np(waiter[i].thread, NULL, &end);
		check(!code, waiter_names[i], code);
		if (!code)
			check(waiter[i].code == -ENODEV, waiter_names[i],
			      waiter[i].code);
	}
	check_message_is_back(&waiter[SENDER]);
	check_message_is_back(&waiter[AWAY_SENDER]);
	check(pipe_comes_to_its_end(reader), "a fileport lets go", 0);

	code = call_fd(fd, MACHDEV_IOC_TASK_SELF, &self);
	check(code == -ENODEV, "a call on the old descriptor", code);
	code = waiter_call(&waiter[RECEIVER], MACHDEV_RCV_MSG |
			   MACHDEV_RCV_TIMEOUT, 0);
	check(code == -ENODEV, "a receive on the old descriptor", code);
	code = mach_open();
	check(code < 0 && errno == ENODEV, "open", code < 0 ? -errno : 0);
	/* The descriptor is closed by the exit. */
	return wrong;
}

/*
 * leave: while who shuts the gate still looks through the table
 */

#define LEAVERS 8
#define TABLE 40000

static void grow_table(void)
{
	static mach_port_t name[TABLE];
	int i;

	for (i = 0; i < TABLE; i++)
		MUST(mach_port_allocate(mach_task_self(),
					MACH_PORT_RIGHT_DEAD_NAME, &name[i]));
	for (i = 0; i < TABLE; i++)
		MUST(mach_port_deallocate(mach_task_self(), name[i]));
}

static void __attribute__((noreturn)) leave(struct test_pipe *pipe)
{
	mach_port_t port = port_new();
	struct msg msg;

	grow_table();
	test_put(pipe, 1);
	mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg), port,
		 MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
	_exit(0);
}

static int leave_at_shutdown(void)
{
	struct test_pipe pipe;
	int i;

	MUST(test_pipe_open(&pipe));
	for (i = 0; i < LEAVERS; i++) {
		if (!child_fork())
			leave(&pipe);
	}
	for (i = 0; i < LEAVERS; i++)
		MUST(test_wait(&pipe));
	test_sleep_ms(100);
	ready();
	for (i = 0; i < LEAVERS; i++)
		MUST(wait(NULL) < 0);
	return wrong;
}

/*
 * fork: each child that lives has its parent's explicit tokens
 */

#define TOKEN 0x70ce0000u

static void send_from_child(void)
{
	mach_port_t port;

	if (task_get_special_port(mach_task_self(), TASK_BOOTSTRAP_PORT,
				  &port) || !MACH_PORT_VALID(port))
		_exit(1);
	if (msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, getpid()))
		_exit(2);
	_exit(0);
}

#define FORKERS 4

struct forker {
	pthread_t thread;
	int count;
	bool burst;	/* nobody else runs, who might make new records */
	unsigned int sent, killed;
	int status;
};

/* All at once; then see what became of them. */
static void *fork_many(void *argument)
{
	struct sched_param fifo = { .sched_priority = 10 };
	struct sched_param other = { .sched_priority = 0 };
	struct forker *f = argument;
	pid_t child[f->count];
	int i, status;

	if (f->burst)
		MUST(sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK,
					&fifo));
	for (i = 0; i < f->count; i++) {
		child[i] = fork();
		if (!child[i])
			send_from_child();
	}
	MUST(sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &other));
	for (i = 0; i < f->count; i++) {
		status = child[i] < 0 ? -errno : child_status(child[i]);
		if (!status)
			f->sent++;
		else if (status == 128 + SIGKILL)
			f->killed++;
		else
			f->status = status;
	}
	return NULL;
}

static void set_tokens(void)
{
	struct machdev_task_token tokens = { .task = mach_task_self() };
	mach_port_t priv;
	int i;

	MUST(host_get_host_priv_port(mach_host_self(), &priv));
	MUST(host_get_special_port(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT,
				   &tokens.host_security));
	for (i = 0; i < 2; i++)
		tokens.security[i] = TOKEN + i;
	for (i = 0; i < 8; i++)
		tokens.audit[i] = TOKEN + 2 + i;
	MUST(mach_ioctl(MACHDEV_IOC_HOST_SET_TASK_TOKEN, &tokens));
}

/* Receive all, and count those with the right tokens. */
static unsigned int count_labelled(mach_port_t port, unsigned int *received)
{
	mach_msg_option_t option =
		MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT);
	unsigned int labelled = 0, good, i;
	struct msg msg;

	for (*received = 0; !msg_receive_option(&msg, port, option);
	     ++*received) {
		const struct machdev_msg_trailer *trailer = msg_trailer(&msg);
		const uint32_t *word = trailer->security;

		/* The words of both tokens. */
		for (good = 0, i = 0; i < 10; i++)
			good += word[i] == TOKEN + i;
		labelled += good == 10;
	}
	return labelled;
}

/* How it went with some children. */
struct brood {
	unsigned int sent, killed;
};

/* Fork, and see to it that who lived had the tokens, and who died is counted. */
static struct brood fork_brood(mach_port_t port, int count, bool burst)
{
	uint64_t lost = mach_counter(MACHDEV_COUNTER_LOST);
	struct brood brood = { 0 };
	unsigned int received, labelled;
	struct forker forker[FORKERS];
	int i;

	for (i = 0; i < FORKERS; i++) {
		forker[i] = (struct forker) {
			.count = count / FORKERS, .burst = burst,
		};
		MUST(pthread_create(&forker[i].thread, NULL, fork_many,
				    &forker[i]));
	}
	for (i = 0; i < FORKERS; i++) {
		MUST(pthread_join(forker[i].thread, NULL));
		check(!forker[i].status, "exit status of a child",
		      forker[i].status);
		brood.sent += forker[i].sent;
		brood.killed += forker[i].killed;
	}
	labelled = count_labelled(port, &received);
	/* Counted when they are seen to be gone. */
	TEST_UNTIL(mach_counter(MACHDEV_COUNTER_LOST) == lost + brood.killed,
		   1000);
	lost = mach_counter(MACHDEV_COUNTER_LOST) - lost;
	printf("# %d children: %u sent, %u of %u messages have the tokens\n",
	       count, brood.sent, labelled, received);
	printf("# %u killed, LOST rose by %ju\n", brood.killed,
	       (uintmax_t)lost);
	check(labelled == received, "messages without the tokens",
	      received - labelled);
	check(received >= brood.sent, "messages that came", received);
	check(brood.sent + brood.killed == (unsigned int)count, "children",
	      brood.sent + brood.killed);
	check(lost == brood.killed, "lost children", lost);
	return brood;
}

/* The port to which children send, and their tokens. */
static mach_port_t prepare_brood(void)
{
	mach_port_t port = port_new_bootstrap();

	port_limit(port, MACHDEV_QLIMIT_MAX);
	set_tokens();
	return port;
}

/* On a real-time kernel nothing can be allocated at fork. */
static int fork_with_tokens(int count, bool burst)
{
	struct brood brood = fork_brood(prepare_brood(), count, burst);

	check(brood.sent > 0, "children that lived", brood.sent);
	if (!burst || !test_real_time())
		check(!brood.killed, "children that died in spite of memory",
		      brood.killed);
	return wrong;
}

#define RECORD "mach_task_new"

static unsigned int records_in_stock(void)
{
	unsigned int stock = 0;
	FILE *file = fopen("/sys/module/mach/parameters/stock", "re");

	MUST(!file || fscanf(file, "%u", &stock) != 1);
	fclose(file);
	return stock * get_nprocs_conf();
}

static int fork_and_starve(int count)
{
	mach_port_t port = prepare_brood();
	unsigned int stock = records_in_stock();
	struct brood brood;

	check(!fault_load(RECORD), "loading the module for faults", 0);
	check(!fault_set(RECORD, "fail", FAULT_ALWAYS), "failing", 0);
	brood = fork_brood(port, stock + count, false);
	check(brood.sent <= stock, "children that lived", brood.sent);
	check(brood.killed > 0, "children that died", brood.killed);

	/* Memory is back: the stock is laid up again, though nobody forks. */
	check(!fault_set(RECORD, "calls", 0), "counting", 0);
	check(!fault_set(RECORD, "fail", 0), "failing no more", 0);
	check(TEST_UNTIL(fault_get(RECORD, "calls") >= stock, 5000),
	      "records made when memory was back", fault_get(RECORD, "calls"));
	brood = fork_brood(port, FORKERS, false);
	check(!brood.killed, "children that died in spite of memory",
	      brood.killed);
	check(!fault_unload(), "unloading the module for faults", 0);
	return wrong;
}

/*
 * take: all that an ordinary user may
 */

static int take_all(unsigned long limit)
{
	uint64_t before, taken;
	mach_msg_return_t mr;
	mach_port_t port = port_new();
	struct msg msg;

	before = mach_counter(MACHDEV_COUNTER_CHARGED);
	MUST(test_become(TEST_UID, TEST_GID));
	port_limit(port, MACH_PORT_QLIMIT_MAX);
	do {
		msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, MACH_PORT_NULL, 0,
			 0);
		mr = msg_send(&msg, sizeof(msg));
	} while (!mr);
	taken = mach_counter(MACHDEV_COUNTER_CHARGED) - before;
	check(mr == MACH_SEND_NO_BUFFER, "the answer in the end", mr);
	check(taken <= limit, "bytes beyond the limit", taken - limit);
	check(taken + 1024 > limit, "bytes below the limit", limit - taken);
	return wrong;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "state"))
		return keep_state();
	if (!strcmp(what, "dump"))
		return keep_dump();
	if (!strcmp(what, "listen"))
		return keep_listening();
	if (!strcmp(what, "first"))
		return stop_first();
	if (!strcmp(what, "create"))
		return keep_created();
	if (!strcmp(what, "exec"))
		return keep_exec();
	if (!strcmp(what, "sample"))
		return keep_sampled();
	if (!strcmp(what, "poll"))
		return keep_polling();
	if (!strcmp(what, "storm"))
		return start_storm(argv[0]);
	if (!strcmp(what, "nothing"))
		return 0;
	if (!strcmp(what, "task"))
		return !MACH_PORT_VALID(mach_task_self());
	if (!strcmp(what, "shutdown"))
		return shut(argv[2]);
	if (!strcmp(what, "wait"))
		return wait_for_shutdown();
	if (!strcmp(what, "leave"))
		return leave_at_shutdown();
	if (!strcmp(what, "fork") && argc == 3)
		return fork_with_tokens(atoi(argv[2]), false);
	if (!strcmp(what, "burst") && argc == 3)
		return fork_with_tokens(atoi(argv[2]), true);
	if (!strcmp(what, "starve") && argc == 3)
		return fork_and_starve(atoi(argv[2]));
	if (!strcmp(what, "take") && argc == 3)
		return take_all(strtoul(argv[2], NULL, 0));
	return 2;
}
