/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of messages share: buffers, ports in every state, what a
 * name space looks like, and calls that wait in a thread.
 */
#ifndef MSG_HELPERS_H
#define MSG_HELPERS_H

#include "mach_test.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define MSG_WORDS 122

/* A buffer of 512 bytes: header, body, trailer. */
struct msg {
	mach_msg_header_t head;
	uint32_t word[MSG_WORDS];
};

#define MSG_HEADER ((mach_msg_size_t)sizeof(mach_msg_header_t))
#define MSG_SIZE(words) (MSG_HEADER + 4 * (mach_msg_size_t)(words))
#define MSG_TRAILER_NULL 8
#define MSG_LARGEST MACHDEV_MSG_SIZE_MAX

/* A preparation that has to work; safe in any thread and child. */
#define MUST(call) msg_must(call, #call, __FILE__, __LINE__)

static inline void msg_must(long code, const char *call, const char *file,
			    int line)
{
	if (!code)
		return;
	fprintf(stderr, "# %s:%d: %s: %s (%#lx)\n", file, line, call,
		mach_code_string(code), (unsigned long)code);
	abort();
}

/*
 * Ports
 */

static inline mach_port_t port_new(void)
{
	mach_port_t name = MACH_PORT_NULL;

	MUST(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE,
				&name));
	return name;
}

static inline void port_add_send(mach_port_t name)
{
	MUST(mach_port_insert_right(mach_task_self(), name, name,
				    MACH_MSG_TYPE_MAKE_SEND));
}

/* A receive right and @urefs send rights under one name. */
static inline mach_port_t port_new_send(unsigned int urefs)
{
	mach_port_t name = port_new();

	while (urefs--)
		port_add_send(name);
	return name;
}

/* A new name of a send-once right to the port of receive right @name. */
static inline mach_port_t port_new_once(mach_port_t name)
{
	mach_port_t once = MACH_PORT_NULL;
	mach_msg_type_name_t type;

	MUST(mach_port_extract_right(mach_task_self(), name,
				     MACH_MSG_TYPE_MAKE_SEND_ONCE, &once,
				     &type));
	return once;
}

static inline void port_destroy_receive(mach_port_t name)
{
	MUST(mach_port_mod_refs(mach_task_self(), name,
				MACH_PORT_RIGHT_RECEIVE, -1));
}

/* A dead name with @urefs references. */
static inline mach_port_t port_new_dead(unsigned int urefs)
{
	mach_port_t name = port_new_send(urefs);

	port_destroy_receive(name);
	return name;
}

/* A name that was good once and denotes nothing now. */
static inline mach_port_t port_new_stale(void)
{
	mach_port_t name = port_new();

	port_destroy_receive(name);
	return name;
}

/* The type bits of @name, 0 when it denotes nothing. */
static inline mach_port_type_t port_type(mach_port_t name)
{
	mach_port_type_t type = 0;
	kern_return_t kr = mach_port_type(mach_task_self(), name, &type);

	if (kr == KERN_INVALID_NAME)
		return 0;
	MUST(kr);
	return type;
}

/* User references of @right; 0 when the name denotes nothing. */
static inline unsigned int port_refs(mach_port_t name, mach_port_right_t right)
{
	mach_port_urefs_t refs = 0;
	kern_return_t kr = mach_port_get_refs(mach_task_self(), name, right,
					      &refs);

	if (kr == KERN_INVALID_NAME)
		return 0;
	MUST(kr);
	return refs;
}

static inline unsigned int port_send_refs(mach_port_t name)
{
	return port_refs(name, MACH_PORT_RIGHT_SEND);
}

static inline unsigned int port_dead_refs(mach_port_t name)
{
	return port_refs(name, MACH_PORT_RIGHT_DEAD_NAME);
}

static inline mach_port_status_t port_status(mach_port_t name)
{
	mach_port_status_t status;
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;

	memset(&status, TEST_POISON, sizeof(status));
	MUST(mach_port_get_attributes(mach_task_self(), name,
				      MACH_PORT_RECEIVE_STATUS,
				      (mach_port_info_t)&status, &count));
	return status;
}

static inline unsigned int port_queued(mach_port_t name)
{
	return port_status(name).mps_msgcount;
}

static inline void port_limit(mach_port_t name, unsigned int qlimit)
{
	mach_port_limits_t limits = { .mpl_qlimit = qlimit };

	MUST(mach_port_set_attributes(mach_task_self(), name,
				      MACH_PORT_LIMITS_INFO,
				      (mach_port_info_t)&limits,
				      MACH_PORT_LIMITS_INFO_COUNT));
}

/*
 * A whole name space
 */

#define SPACE_NAMES 64

struct space_entry {
	uint32_t name;
	uint32_t type;
	uint32_t send_refs;
	uint32_t dead_refs;
	mach_port_status_t status;
};

/* All names, their rights and references, and the state of all own ports. */
struct space {
	uint32_t count;
	struct space_entry entry[SPACE_NAMES];
};

static inline int space_compare(const void *a, const void *b)
{
	const struct space_entry *left = a, *right = b;

	return (left->name > right->name) - (left->name < right->name);
}

static inline void space_read(struct space *space)
{
	uint32_t names[SPACE_NAMES], types[SPACE_NAMES], i;
	struct machdev_port_names call = {
		.task = mach_task_self(),
		.count = SPACE_NAMES,
		.names = (uintptr_t)names,
		.types = (uintptr_t)types,
	};

	memset(space, 0, sizeof(*space));
	MUST(mach_ioctl(MACHDEV_IOC_PORT_NAMES, &call));
	space->count = call.count;
	for (i = 0; i < call.count; i++) {
		struct space_entry *entry = &space->entry[i];

		entry->name = names[i];
		entry->type = types[i];
		entry->send_refs = port_send_refs(names[i]);
		entry->dead_refs = port_dead_refs(names[i]);
		if (types[i] & MACH_PORT_TYPE_RECEIVE)
			entry->status = port_status(names[i]);
	}
	qsort(space->entry, space->count, sizeof(space->entry[0]),
	      space_compare);
}

/* Is everything as in @before? Says what is not. */
static inline bool space_is(const struct space *before)
{
	struct space now;
	uint32_t i;

	space_read(&now);
	if (now.count != before->count) {
		fprintf(stderr, "# names: %u before, %u now\n", before->count,
			now.count);
		return false;
	}
	for (i = 0; i < now.count; i++) {
		const struct space_entry *a = &before->entry[i];
		const struct space_entry *b = &now.entry[i];

		if (!memcmp(a, b, sizeof(*a)))
			continue;
		fprintf(stderr,
			"# name %#x type %#x refs %u/%u messages %u now: %#x type %#x refs %u/%u messages %u\n",
			a->name, a->type, a->send_refs, a->dead_refs,
			a->status.mps_msgcount, b->name, b->type, b->send_refs,
			b->dead_refs, b->status.mps_msgcount);
		return false;
	}
	return true;
}

static inline unsigned int space_count(void)
{
	struct space now;

	space_read(&now);
	return now.count;
}

/*
 * Messages
 */

/* A simple message; its size field says nonsense, which a send ignores. */
static inline void msg_init(struct msg *msg, mach_port_t remote,
			    mach_msg_type_name_t remote_type,
			    mach_port_t local, mach_msg_type_name_t local_type,
			    mach_msg_id_t id)
{
	memset(msg, 0, sizeof(*msg));
	msg->head.msgh_bits = MACH_MSGH_BITS(remote_type, local_type);
	msg->head.msgh_size = TEST_POISON32;
	msg->head.msgh_remote_port = remote;
	msg->head.msgh_local_port = local;
	msg->head.msgh_id = id;
}

/* Send without waiting. */
static inline mach_msg_return_t msg_send(void *msg, mach_msg_size_t size)
{
	return mach_msg(msg, MACH_SEND_MSG | MACH_SEND_TIMEOUT, size, 0,
			MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

/* Send header @id to @port with a copy of a send right, or a made one. */
static inline mach_msg_return_t msg_send_id(mach_port_t port,
					    mach_msg_type_name_t type,
					    mach_msg_id_t id)
{
	struct msg msg;

	msg_init(&msg, port, type, MACH_PORT_NULL, 0, id);
	return msg_send(&msg, MSG_HEADER);
}

/* Receive what is there into a poisoned struct msg, with @option besides. */
static inline mach_msg_return_t msg_receive_option(struct msg *msg,
						   mach_port_t port,
						   mach_msg_option_t option)
{
	memset(msg, TEST_POISON, sizeof(*msg));
	return mach_msg(&msg->head, MACH_RCV_MSG | MACH_RCV_TIMEOUT | option, 0,
			sizeof(*msg), port, 0, MACH_PORT_NULL);
}

static inline mach_msg_return_t msg_receive(struct msg *msg, mach_port_t port)
{
	return msg_receive_option(msg, port, 0);
}

/* Wait for a message; MACH_RCV_TIMED_OUT only when something is wrong. */
static inline mach_msg_return_t msg_await(struct msg *msg, mach_port_t port)
{
	memset(msg, TEST_POISON, sizeof(*msg));
	return mach_msg(&msg->head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			sizeof(*msg), port, test_ms(20000), MACH_PORT_NULL);
}

/* Send messages of id FILLING until the default limit is reached. */
#define FILLING 1000

static inline void port_fill(mach_port_t port)
{
	unsigned int i;

	for (i = 0; i < MACH_PORT_QLIMIT_DEFAULT; i++)
		MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, FILLING));
}

/* Take them again; all of them have to be there, before anything else. */
static inline void port_drain(mach_port_t port)
{
	unsigned int i;
	struct msg msg;

	for (i = 0; i < MACH_PORT_QLIMIT_DEFAULT; i++) {
		MUST(msg_receive(&msg, port));
		MUST(msg.head.msgh_id != FILLING);
	}
}

/* The trailer behind a received message. */
static inline void *msg_trailer(struct msg *msg)
{
	return (char *)msg + msg->head.msgh_size;
}

static inline bool is_filled(const void *memory, unsigned char byte,
			     size_t size)
{
	const unsigned char *bytes = memory;

	while (size--) {
		if (*bytes++ != byte)
			return false;
	}
	return true;
}

static inline bool is_poison(const void *memory, size_t size)
{
	return is_filled(memory, TEST_POISON, size);
}

/* A port descriptor; its padding says nonsense, which a send ignores. */
static inline mach_msg_port_descriptor_t msg_port(mach_port_t name,
						  mach_msg_type_name_t type)
{
	mach_msg_port_descriptor_t port;

	memset(&port, TEST_POISON, sizeof(port));
	port.name = name;
	port.disposition = type;
	port.type = MACH_MSG_PORT_DESCRIPTOR;
	return port;
}

/* A message of up to 8 port descriptors and some words behind them. */
struct port_msg {
	mach_msg_header_t head;
	mach_msg_body_t body;
	mach_msg_port_descriptor_t port[8];
	uint32_t word[16];
};

#define PORT_MSG_SIZE(ports) \
	((mach_msg_size_t)(offsetof(struct port_msg, port) + 12 * (ports)))

/* As msg_init(), and COMPLEX with @count descriptors to be filled in. */
static inline void port_msg_init(struct port_msg *msg, mach_port_t remote,
				 mach_msg_type_name_t remote_type,
				 mach_port_t local,
				 mach_msg_type_name_t local_type,
				 unsigned int count)
{
	memset(msg, 0, sizeof(*msg));
	msg->head.msgh_bits = MACH_MSGH_BITS(remote_type, local_type) |
			      MACH_MSGH_BITS_COMPLEX;
	msg->head.msgh_size = TEST_POISON32;
	msg->head.msgh_remote_port = remote;
	msg->head.msgh_local_port = local;
	msg->body.msgh_descriptor_count = count;
}

static inline mach_msg_return_t port_msg_receive(struct port_msg *msg,
						 mach_port_t port)
{
	memset(msg, TEST_POISON, sizeof(*msg));
	return mach_msg(&msg->head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			sizeof(*msg), port, 0, MACH_PORT_NULL);
}

/*
 * A call in a thread of its own
 */

struct msg_call {
	mach_msg_header_t *msg;
	mach_msg_option_t option;
	mach_msg_size_t send_size;
	mach_msg_size_t rcv_size;
	mach_port_t rcv_name;
	mach_msg_timeout_t timeout;

	pthread_t thread;
	pid_t tid;
	mach_msg_return_t result;
	uint64_t took_ms;
};

static inline void *msg_call_run(void *argument)
{
	struct msg_call *call = argument;
	uint64_t start = test_now_ms();

	__atomic_store_n(&call->tid, (pid_t)syscall(SYS_gettid),
			 __ATOMIC_RELEASE);
	call->result = mach_msg(call->msg, call->option, call->send_size,
				call->rcv_size, call->rcv_name, call->timeout,
				MACH_PORT_NULL);
	call->took_ms = test_now_ms() - start;
	return NULL;
}

static inline void msg_call_start(struct msg_call *call)
{
	call->tid = 0;
	call->result = -1;
	MUST(pthread_create(&call->thread, NULL, msg_call_run, call));
}

/* Wait until the call has gone to sleep. */
static inline bool msg_call_sleeps(struct msg_call *call)
{
	return TEST_UNTIL(__atomic_load_n(&call->tid, __ATOMIC_ACQUIRE) &&
			  msg_sleeps(getpid(), call->tid), 10000);
}

/* The result of the call; ends the test if it never comes. */
static inline mach_msg_return_t msg_call_result(struct msg_call *call)
{
	unsigned int seconds = test_ms(20000) / 1000;
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += seconds;
	MUST(pthread_timedjoin_np(call->thread, NULL, &end));
	return call->result;
}

/*
 * Signals that a handler is for
 */

/* How often the handler ran; shared with children. */
static uint32_t *signals_handled;

static inline void signal_handler(int signal)
{
	(void)signal;
	__atomic_add_fetch(signals_handled, 1, __ATOMIC_SEQ_CST);
}

static inline uint32_t signal_count(void)
{
	return __atomic_load_n(signals_handled, __ATOMIC_SEQ_CST);
}

static inline void signal_handle(int signal, int flags)
{
	struct sigaction action = {
		.sa_handler = signal_handler, .sa_flags = flags,
	};

	signals_handled = mmap(NULL, sizeof(*signals_handled),
			       PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	MUST(signals_handled == MAP_FAILED ? -errno : 0);
	MUST(sigaction(signal, &action, NULL) ? -errno : 0);
}

/* Run the handler of SIGUSR1 in thread @tid, once, to its end. */
static inline bool signal_interrupt(pid_t pid, pid_t tid)
{
	uint32_t before = signal_count();

	MUST(syscall(SYS_tgkill, pid, tid, SIGUSR1) ? -errno : 0);
	return TEST_UNTIL(signal_count() == before + 1, 10000);
}

/* Memory that ends: pages, then one that cannot be touched, at @edge. */
struct msg_cliff {
	char *start;
	char *edge;
	size_t page;
};

static inline void msg_cliff_map(struct msg_cliff *cliff, size_t pages)
{
	cliff->page = sysconf(_SC_PAGESIZE);
	cliff->start = mmap(NULL, (pages + 1) * cliff->page,
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(cliff->start == MAP_FAILED ? -errno : 0);
	cliff->edge = cliff->start + pages * cliff->page;
	MUST(mprotect(cliff->edge, cliff->page, PROT_NONE) ? -errno : 0);
}

/*
 * Other processes: the parent's port is the child's bootstrap port
 */

/* A port that children find with bootstrap_of_parent(). */
static inline mach_port_t port_new_bootstrap(void)
{
	mach_port_t name = port_new_send(1);

	MUST(task_set_special_port(mach_task_self(), TASK_BOOTSTRAP_PORT,
				   name));
	MUST(mach_port_deallocate(mach_task_self(), name));
	return name;
}

static inline mach_port_t bootstrap_of_parent(void)
{
	mach_port_t name = MACH_PORT_NULL;

	MUST(task_get_special_port(mach_task_self(), TASK_BOOTSTRAP_PORT,
				   &name));
	return name;
}

#endif /* MSG_HELPERS_H */
