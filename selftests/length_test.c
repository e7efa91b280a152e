// SPDX-License-Identifier: GPL-2.0-only
/*
 * Argument structs of the wrong length, with unknown bits, and at addresses
 * that cannot be read or written. Nothing may come of such a call.
 */
#include "port_helpers.h"

/* Larger than any struct of the contract. */
#define ARGUMENT_MAX 256
/* What the 14 bits of size in a command can say. */
#define IOC_SIZE_MAX 16383

struct command {
	const char *name;
	unsigned long command;
	/* What the call answers to a struct of zeros. */
	long zeros;
};

#define COMMAND(name, zeros) { #name, MACHDEV_IOC_##name, zeros }

static const struct command commands[] = {
	COMMAND(QUERY, KERN_SUCCESS),
	COMMAND(SYNC, KERN_SUCCESS),
	COMMAND(PIDVERSION, KERN_FAILURE),
	COMMAND(MSG, KERN_SUCCESS),
	COMMAND(TASK_SELF, KERN_SUCCESS),
	COMMAND(THREAD_SELF, KERN_SUCCESS),
	COMMAND(HOST_SELF, KERN_SUCCESS),
	COMMAND(REPLY_PORT, KERN_SUCCESS),
	COMMAND(HOST_PRIV, KERN_SUCCESS),
	COMMAND(PORT_ALLOCATE, KERN_INVALID_TASK),
	COMMAND(PORT_DEALLOCATE, KERN_INVALID_TASK),
	COMMAND(PORT_DESTROY, KERN_INVALID_TASK),
	COMMAND(PORT_MOD_REFS, KERN_INVALID_TASK),
	COMMAND(PORT_GET_REFS, KERN_INVALID_TASK),
	COMMAND(PORT_TYPE, KERN_INVALID_TASK),
	COMMAND(PORT_NAMES, KERN_INVALID_TASK),
	COMMAND(PORT_INSERT_RIGHT, KERN_INVALID_TASK),
	COMMAND(PORT_EXTRACT_RIGHT, KERN_INVALID_TASK),
	COMMAND(PORT_GET_ATTRIBUTES, KERN_INVALID_TASK),
	COMMAND(PORT_SET_ATTRIBUTES, KERN_INVALID_TASK),
	COMMAND(PORT_REQUEST_NOTIFICATION, KERN_INVALID_TASK),
	COMMAND(PORT_SET_MSCOUNT, KERN_INVALID_TASK),
	COMMAND(PORT_SET_SEQNO, KERN_INVALID_TASK),
	COMMAND(PORT_GET_SRIGHTS, KERN_INVALID_TASK),
	COMMAND(PORT_GET_CONTEXT, KERN_INVALID_TASK),
	COMMAND(PORT_SET_CONTEXT, KERN_INVALID_TASK),
	COMMAND(PORT_GUARD, KERN_INVALID_TASK),
	COMMAND(PORT_UNGUARD, KERN_INVALID_TASK),
	COMMAND(PORT_SWAP_GUARD, KERN_INVALID_TASK),
	COMMAND(PORT_ASSERT_ATTRIBUTES, KERN_INVALID_TASK),
	COMMAND(PORT_CONSTRUCT, KERN_INVALID_TASK),
	COMMAND(PORT_DESTRUCT, KERN_INVALID_TASK),
	COMMAND(PORT_RENAME, KERN_INVALID_TASK),
	COMMAND(PORT_PEEK, KERN_INVALID_TASK),
	COMMAND(PORT_KOBJECT, KERN_INVALID_TASK),
	COMMAND(PORT_SPACE_INFO, KERN_INVALID_TASK),
	COMMAND(TASK_GET_SPECIAL_PORT, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_SET_SPECIAL_PORT, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_INFO, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_FOR_PID, KERN_FAILURE),
	COMMAND(PID_FOR_TASK, KERN_FAILURE),
	COMMAND(TASK_CREATE, KERN_INVALID_ARGUMENT),
	COMMAND(PORTS_REGISTER, KERN_INVALID_ARGUMENT),
	COMMAND(PORTS_LOOKUP, KERN_INVALID_ARGUMENT),
	COMMAND(HOST_GET_SPECIAL_PORT, KERN_INVALID_ARGUMENT),
	COMMAND(HOST_SET_SPECIAL_PORT, KERN_INVALID_ARGUMENT),
	COMMAND(HOST_SET_TASK_TOKEN, KERN_INVALID_ARGUMENT),
	COMMAND(PORT_MOVE_MEMBER, KERN_INVALID_TASK),
	COMMAND(PORT_INSERT_MEMBER, KERN_INVALID_TASK),
	COMMAND(PORT_EXTRACT_MEMBER, KERN_INVALID_TASK),
	COMMAND(PORT_GET_SET_STATUS, KERN_INVALID_TASK),
	COMMAND(FILEPORT_MAKEPORT, KERN_SUCCESS),
	COMMAND(FILEPORT_MAKEFD, KERN_INVALID_ARGUMENT),
	COMMAND(PORT_FD, KERN_INVALID_NAME),
	COMMAND(EMBRYO_ADOPT, KERN_INVALID_ARGUMENT),
	COMMAND(EMBRYO_WAIT, KERN_INVALID_ARGUMENT),
	COMMAND(EMBRYO_TAKE, KERN_INVALID_ARGUMENT),
	COMMAND(LEDGER_CREATE, KERN_INVALID_ARGUMENT),
	COMMAND(LEDGER_READ, KERN_INVALID_ARGUMENT),
	COMMAND(LEDGER_TRANSFER, KERN_INVALID_ARGUMENT),
	COMMAND(LEDGER_TERMINATE, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_THREADS, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_GET_SPECIAL_PORT, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_SET_SPECIAL_PORT, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_INFO, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_SUSPEND, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_RESUME, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_SUSPEND2, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_RESUME2, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_TERMINATE, KERN_INVALID_ARGUMENT),
	COMMAND(PROCESSOR_SET_DEFAULT, KERN_INVALID_ARGUMENT),
	COMMAND(HOST_PROCESSOR_SET_PRIV, KERN_INVALID_ARGUMENT),
	COMMAND(PROCESSOR_SET_TASKS, KERN_INVALID_ARGUMENT),
	COMMAND(VM_MAP, KERN_INVALID_ARGUMENT),
	COMMAND(VM_DEALLOCATE, KERN_INVALID_ARGUMENT),
	COMMAND(VM_PROTECT, KERN_INVALID_ARGUMENT),
	COMMAND(VM_INHERIT, KERN_INVALID_ARGUMENT),
	COMMAND(VM_READ, KERN_INVALID_ARGUMENT),
	COMMAND(VM_WRITE, KERN_INVALID_ARGUMENT),
	COMMAND(VM_COPY, KERN_INVALID_ARGUMENT),
	COMMAND(VM_REGION, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_CREATE, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_GET_STATE, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_SET_STATE, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_SUSPEND, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_RESUME, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_TERMINATE, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_PARK, KERN_INVALID_ARGUMENT),
	COMMAND(HOST_GET_CLOCK_SERVICE, KERN_INVALID_ARGUMENT),
	COMMAND(CLOCK_IDENTIFY, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_SET_EXCEPTIONS, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_GET_EXCEPTIONS, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_SET_EXCEPTIONS, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_GET_EXCEPTIONS, KERN_INVALID_ARGUMENT),
	COMMAND(HOST_SET_EXCEPTIONS, KERN_INVALID_ARGUMENT),
	COMMAND(HOST_GET_EXCEPTIONS, KERN_INVALID_ARGUMENT),
	COMMAND(TASK_SAMPLE, KERN_INVALID_ARGUMENT),
	COMMAND(THREAD_SAMPLE, KERN_INVALID_ARGUMENT),
};

static unsigned long resized(unsigned long command, size_t size)
{
	return _IOC(_IOC_DIR(command), _IOC_TYPE(command), _IOC_NR(command),
		    size);
}

FIXTURE(length) {
	/* A page in front of one that cannot be touched. */
	struct msg_cliff cliff;
	/* A page of zeros that cannot be written. */
	char *read_only;
	/* The largest struct that a command can announce. */
	char *large;
};

FIXTURE_SETUP(length)
{
	/* The first name of the space, so that calls have something to lose. */
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	msg_cliff_map(&self->cliff, 1);
	self->read_only = mmap(NULL, self->cliff.page, PROT_READ,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->read_only);
	self->large = calloc(1, IOC_SIZE_MAX);
	ASSERT_NE(NULL, self->large);
}

FIXTURE_TEARDOWN(length)
{
	free(self->large);
}

TEST_F(length, exact)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];
		char argument[ARGUMENT_MAX] = { 0 };

		EXPECT_KR(c->zeros, mach_ioctl(c->command, argument))
			TH_LOG("MACHDEV_IOC_%s", c->name);
	}
}

TEST_F(length, too_short)
{
	char argument[ARGUMENT_MAX] = { 0 };
	struct space before;
	unsigned int i;
	size_t size;

	space_read(&before);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];

		for (size = 0; size < _IOC_SIZE(c->command); size++) {
			EXPECT_KR(-EINVAL, mach_ioctl(resized(c->command, size),
						      argument))
				TH_LOG("MACHDEV_IOC_%s, %zu bytes", c->name,
				       size);
		}
	}
	EXPECT_TRUE(space_is(&before));
}

TEST_F(length, longer_with_zeros)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];
		size_t size = _IOC_SIZE(c->command);
		const size_t sizes[] = {
			size + 1, size + 8, 4096, 4097, IOC_SIZE_MAX
		};

		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			memset(self->large, 0, IOC_SIZE_MAX);
			EXPECT_KR(c->zeros,
				  mach_ioctl(resized(c->command, sizes[j]),
					     self->large))
				TH_LOG("MACHDEV_IOC_%s, %zu bytes", c->name,
				       sizes[j]);
			/* The unknown tail is nobody's to write. */
			EXPECT_TRUE(is_filled(self->large + size, 0,
					      sizes[j] - size));
		}
	}
}

TEST_F(length, longer_with_something)
{
	struct space before;
	unsigned int i, j, k;

	space_read(&before);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];
		size_t size = _IOC_SIZE(c->command);
		const size_t sizes[] = { size + 1, size + 8, IOC_SIZE_MAX };

		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			const size_t places[] = { size, sizes[j] - 1 };

			for (k = 0; k < ARRAY_SIZE(places); k++) {
				memset(self->large, 0, IOC_SIZE_MAX);
				self->large[places[k]] = 1;
				EXPECT_KR(-E2BIG,
					  mach_ioctl(resized(c->command,
							     sizes[j]),
						     self->large))
					TH_LOG("MACHDEV_IOC_%s, byte %zu of %zu",
					       c->name, places[k], sizes[j]);
			}
		}
	}
	EXPECT_TRUE(space_is(&before));
}

TEST_F(length, unreadable)
{
	struct msg_cliff *cliff = &self->cliff;
	struct space before;
	unsigned int i, j;

	space_read(&before);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];
		size_t size = _IOC_SIZE(c->command);
		void *const places[] = {
			NULL,
			cliff->edge,
			/* Straddling: all but one byte, and only one. */
			cliff->edge - size + 1,
			cliff->edge - 1,
			/* Not an address of a program. */
			(void *)(uintptr_t)0xffff888000000000ull,
			(void *)(uintptr_t)0xfffffffffffffff8ull,
		};

		for (j = 0; j < ARRAY_SIZE(places); j++) {
			EXPECT_KR(-EFAULT, mach_ioctl(c->command, places[j]))
				TH_LOG("MACHDEV_IOC_%s at %p", c->name,
				       places[j]);
		}
		/* The known part is there, the announced tail is not. */
		memset(cliff->edge - size, 0, size);
		EXPECT_KR(-EFAULT, mach_ioctl(resized(c->command, size + 1),
					      cliff->edge - size))
			TH_LOG("MACHDEV_IOC_%s with a tail", c->name);
	}
	EXPECT_TRUE(space_is(&before));
}

TEST_F(length, up_to_the_edge_and_unaligned)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];
		size_t size = _IOC_SIZE(c->command);

		memset(self->cliff.start, 0, self->cliff.page);
		EXPECT_KR(c->zeros, mach_ioctl(c->command,
					       self->cliff.edge - size))
			TH_LOG("MACHDEV_IOC_%s", c->name);
		memset(self->cliff.start, 0, self->cliff.page);
		EXPECT_KR(c->zeros, mach_ioctl(c->command,
					       self->cliff.start + 1))
			TH_LOG("MACHDEV_IOC_%s, unaligned", c->name);
	}
}

/* A struct that can be read but not written, as the call would succeed. */
#define EXPECT_UNDONE(command, members...) do {				\
	struct space __before;						\
									\
	ASSERT_EQ(0, mprotect(self->read_only, self->cliff.page,	\
			      PROT_READ | PROT_WRITE));			\
	*(typeof(members) *)self->read_only = members;			\
	ASSERT_EQ(0, mprotect(self->read_only, self->cliff.page,	\
			      PROT_READ));				\
	space_read(&__before);						\
	EXPECT_KR(-EFAULT, mach_ioctl(command, self->read_only));	\
	EXPECT_TRUE(space_is(&__before))				\
		TH_LOG("%s is half-done", #command);			\
} while (0)

TEST_F(length, unwritable_name)
{
	struct machdev_name none = { 0 };

	EXPECT_UNDONE(MACHDEV_IOC_TASK_SELF, none);
	EXPECT_UNDONE(MACHDEV_IOC_THREAD_SELF, none);
	EXPECT_UNDONE(MACHDEV_IOC_HOST_SELF, none);
	EXPECT_UNDONE(MACHDEV_IOC_REPLY_PORT, none);
	EXPECT_UNDONE(MACHDEV_IOC_HOST_PRIV, none);
	/* The same where there is a name that would gain a reference. */
	ASSERT_NE(MACH_PORT_NULL, mach_thread_self());
	ASSERT_NE(MACH_PORT_NULL, mach_host_self());
	EXPECT_UNDONE(MACHDEV_IOC_THREAD_SELF, none);
	EXPECT_UNDONE(MACHDEV_IOC_HOST_SELF, none);
}

TEST_F(length, unwritable_allocate)
{
	uint64_t ports = mach_counter(MACHDEV_COUNTER_PORTS);
	struct machdev_port_construct construct = {
		.task = mach_task_self(),
		.flags = MACHDEV_MPO_CONTEXT_AS_GUARD |
			 MACHDEV_MPO_INSERT_SEND_RIGHT,
		.context = 1,
	};
	struct machdev_port_allocate allocate = {
		.task = mach_task_self(),
		.right = MACH_PORT_RIGHT_RECEIVE,
	};

	EXPECT_UNDONE(MACHDEV_IOC_PORT_ALLOCATE, allocate);
	allocate.right = MACH_PORT_RIGHT_DEAD_NAME;
	EXPECT_UNDONE(MACHDEV_IOC_PORT_ALLOCATE, allocate);
	EXPECT_UNDONE(MACHDEV_IOC_PORT_CONSTRUCT, construct);
	EXPECT_EQ(ports, mach_counter(MACHDEV_COUNTER_PORTS));
}

TEST_F(length, unwritable_readings)
{
	mach_port_t name = port_new_send(3);
	uint32_t words[16];
	struct machdev_port_refs refs = {
		.task = mach_task_self(),
		.name = name,
	};
	struct machdev_port_type type = {
		.task = mach_task_self(),
		.name = name,
	};
	struct machdev_port_names names = {
		.task = mach_task_self(),
		.count = 8,
		.names = (uintptr_t)words,
		.types = (uintptr_t)(words + 8),
	};
	struct machdev_port_attributes attributes = {
		.task = mach_task_self(),
		.name = name,
		.flavor = MACH_PORT_RECEIVE_STATUS,
		.count = ARRAY_SIZE(words),
		.info = (uintptr_t)words,
	};
	struct machdev_query query = { 0 };
	struct machdev_pidversion version = { .pid = getpid() };
	struct machdev_task_pid pid = { .task = mach_task_self() };
	struct machdev_task_info info = {
		.task = mach_task_self(),
		.flavor = TASK_AUDIT_TOKEN,
		.count = ARRAY_SIZE(words),
		.info = (uintptr_t)words,
	};

	EXPECT_UNDONE(MACHDEV_IOC_PORT_GET_REFS, refs);
	EXPECT_UNDONE(MACHDEV_IOC_PORT_TYPE, type);
	EXPECT_UNDONE(MACHDEV_IOC_PORT_NAMES, names);
	EXPECT_UNDONE(MACHDEV_IOC_PORT_GET_ATTRIBUTES, attributes);
	EXPECT_UNDONE(MACHDEV_IOC_QUERY, query);
	EXPECT_UNDONE(MACHDEV_IOC_PIDVERSION, version);
	EXPECT_UNDONE(MACHDEV_IOC_PID_FOR_TASK, pid);
	EXPECT_UNDONE(MACHDEV_IOC_TASK_INFO, info);
}

TEST_F(length, unwritable_extract)
{
	mach_port_t port = port_new_send(2), once = port_new_once(port);
	struct machdev_port_right right = {
		.task = mach_task_self(),
		.name = port,
		.disposition = MACH_MSG_TYPE_COPY_SEND,
	};
	struct holder holder;

	EXPECT_UNDONE(MACHDEV_IOC_PORT_EXTRACT_RIGHT, right);
	right.disposition = MACH_MSG_TYPE_MOVE_SEND;
	EXPECT_UNDONE(MACHDEV_IOC_PORT_EXTRACT_RIGHT, right);
	right.name = once;
	right.disposition = MACH_MSG_TYPE_MOVE_SEND_ONCE;
	EXPECT_UNDONE(MACHDEV_IOC_PORT_EXTRACT_RIGHT, right);

	/* What another task would have lost is still there. */
	holder_start(&holder);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(holder.task, 0x1003, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	right.task = holder.task;
	right.name = 0x1003;
	right.disposition = MACH_MSG_TYPE_MOVE_SEND;
	EXPECT_UNDONE(MACHDEV_IOC_PORT_EXTRACT_RIGHT, right);
	EXPECT_NAME_IN(holder.task, MACH_PORT_TYPE_SEND, 1, 0x1003);
	holder_end(&holder);
}

/* Rights that the call would make leave no trace, not even a notification. */
TEST_F(length, unwritable_extract_of_made_rights)
{
	mach_port_t port = port_new();
	struct machdev_port_right right = {
		.task = mach_task_self(),
		.name = port,
		.disposition = MACH_MSG_TYPE_MAKE_SEND,
	};

	ASSERT_EQ(0, mprotect(self->read_only, self->cliff.page,
			      PROT_READ | PROT_WRITE));
	memcpy(self->read_only, &right, sizeof(right));
	ASSERT_EQ(0, mprotect(self->read_only, self->cliff.page, PROT_READ));
	EXPECT_KR(-EFAULT, mach_ioctl(MACHDEV_IOC_PORT_EXTRACT_RIGHT,
				      self->read_only));
	EXPECT_NAME(MACH_PORT_TYPE_RECEIVE, 0, port);
	EXPECT_WORD(FALSE, port_status(port).mps_srights);
}

TEST_F(length, unwritable_request)
{
	mach_port_t watched = port_new_send(1), notify = port_new();
	struct machdev_port_notification request = {
		.task = mach_task_self(),
		.name = watched,
		.msgid = MACH_NOTIFY_DEAD_NAME,
		.notify = notify,
		.disposition = MACH_MSG_TYPE_MAKE_SEND_ONCE,
	};
	uint64_t requests = mach_counter(MACHDEV_COUNTER_REQUESTS);

	ASSERT_EQ(0, mprotect(self->read_only, self->cliff.page,
			      PROT_READ | PROT_WRITE));
	memcpy(self->read_only, &request, sizeof(request));
	ASSERT_EQ(0, mprotect(self->read_only, self->cliff.page, PROT_READ));
	EXPECT_KR(-EFAULT, mach_ioctl(MACHDEV_IOC_PORT_REQUEST_NOTIFICATION,
				      self->read_only));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE, 1, watched);
	EXPECT_EQ(requests, mach_counter(MACHDEV_COUNTER_REQUESTS));

	/* The request that stood before still stands. */
	EXPECT_WORD(MACH_PORT_NULL,
		    request_dead_name(mach_task_self(), watched, notify));
	EXPECT_KR(-EFAULT, mach_ioctl(MACHDEV_IOC_PORT_REQUEST_NOTIFICATION,
				      self->read_only));
	EXPECT_NAME(MACH_PORT_TYPE_SEND_RECEIVE | MACH_PORT_TYPE_DNREQUEST, 1,
		    watched);
	EXPECT_EQ(requests + 1, mach_counter(MACHDEV_COUNTER_REQUESTS));
}

TEST_F(length, unwritable_special_port)
{
	struct machdev_special_port special = {
		.object = mach_task_self(),
		.which = TASK_KERNEL_PORT,
	};
	struct machdev_task_pid pid = { .pid = getpid() };
	mach_port_t host_priv = MACH_PORT_NULL;
	struct holder holder;

	EXPECT_UNDONE(MACHDEV_IOC_TASK_GET_SPECIAL_PORT, special);
	special.which = TASK_HOST_PORT;
	EXPECT_UNDONE(MACHDEV_IOC_TASK_GET_SPECIAL_PORT, special);
	EXPECT_UNDONE(MACHDEV_IOC_TASK_FOR_PID, pid);
	holder_start(&holder);
	pid.pid = holder.pid;
	EXPECT_UNDONE(MACHDEV_IOC_TASK_FOR_PID, pid);
	holder_end(&holder);

	ASSERT_KR(0, mach_ioctl_name(MACHDEV_IOC_HOST_PRIV, &host_priv));
	special.object = host_priv;
	special.which = HOST_PORT;
	EXPECT_UNDONE(MACHDEV_IOC_HOST_GET_SPECIAL_PORT, special);
}

/*
 * A result that could be written when the call began and cannot when it ends:
 * another thread changes the protection of the struct all the time. The call
 * either succeeds or takes back what it did.
 */

struct flicker {
	/* Two views of one page: one to prepare, one that comes and goes. */
	void *steady;
	void *flickering;
	size_t page;
	bool stop;
	pthread_t thread;
};

static void *flicker_run(void *argument)
{
	struct flicker *flicker = argument;

	while (!__atomic_load_n(&flicker->stop, __ATOMIC_RELAXED)) {
		mprotect(flicker->flickering, flicker->page, PROT_READ);
		mprotect(flicker->flickering, flicker->page,
			 PROT_READ | PROT_WRITE);
	}
	return NULL;
}

static void flicker_start(struct flicker *flicker)
{
	int fd = memfd_create("flicker", MFD_CLOEXEC);

	flicker->page = sysconf(_SC_PAGESIZE);
	flicker->stop = false;
	MUST(fd < 0 || ftruncate(fd, flicker->page) ? -errno : 0);
	flicker->steady = mmap(NULL, flicker->page, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd, 0);
	flicker->flickering = mmap(NULL, flicker->page, PROT_READ | PROT_WRITE,
				   MAP_SHARED, fd, 0);
	MUST(flicker->steady == MAP_FAILED ||
	     flicker->flickering == MAP_FAILED ? -errno : 0);
	close(fd);
	MUST(pthread_create(&flicker->thread, NULL, flicker_run, flicker));
}

static void flicker_stop(struct flicker *flicker)
{
	__atomic_store_n(&flicker->stop, true, __ATOMIC_RELAXED);
	MUST(pthread_join(flicker->thread, NULL));
}

/*
 * Issue @command until it has been undone: true when that came about. A call
 * that succeeded meanwhile is reversed by @reverse.
 */
static bool undo_once(struct __test_metadata *_metadata,
		      struct flicker *flicker, unsigned long command,
		      const void *argument, void (*reverse)(const void *result))
{
	uint64_t end = test_now_ms() + test_ms(30000);
	uint64_t undone = mach_counter(MACHDEV_COUNTER_UNDONE);
	struct space before;
	long code;

	do {
		space_read(&before);
		memcpy(flicker->steady, argument, _IOC_SIZE(command));
		code = mach_ioctl(command, flicker->flickering);
		if (code == 0)
			reverse(flicker->steady);
		else if (code != -EFAULT)
			break;
		else if (mach_counter(MACHDEV_COUNTER_UNDONE) != undone)
			break;
	} while (test_now_ms() < end);
	EXPECT_KR(-EFAULT, code);
	EXPECT_TRUE(space_is(&before));
	return mach_counter(MACHDEV_COUNTER_UNDONE) == undone + 1;
}

static mach_port_t theirs;

static void reverse_name(const void *result)
{
	const struct machdev_name *name = result;

	MUST(mach_port_deallocate(mach_task_self(), name->name));
}

static void reverse_reply_port(const void *result)
{
	const struct machdev_name *name = result;

	MUST(mach_port_destroy(mach_task_self(), name->name));
}

static void reverse_allocate(const void *result)
{
	const struct machdev_port_allocate *allocate = result;

	MUST(mach_port_destroy(mach_task_self(), allocate->name));
}

static void reverse_copy(const void *result)
{
	const struct machdev_port_right *right = result;

	MUST(mach_port_deallocate(mach_task_self(), right->port));
}

static void reverse_move(const void *result)
{
	const struct machdev_port_right *right = result;

	MUST(mach_port_insert_right(theirs, right->name, right->port,
				    right->disposition));
}

/* Used rather than dropped, so that no message is left behind. */
static void use_up(mach_port_t once, mach_port_t port)
{
	MUST(msg_send_id(once, MACH_MSG_TYPE_MOVE_SEND_ONCE, 0));
	MUST(msg_receive(&(struct msg) { 0 }, port));
}

static void reverse_request(const void *result)
{
	const struct machdev_port_notification *request = result;
	mach_port_t previous;

	MUST(mach_port_request_notification(mach_task_self(), request->name,
					    MACH_NOTIFY_DEAD_NAME, 0,
					    MACH_PORT_NULL,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	use_up(previous, request->notify);
}

static void reverse_exchange(const void *result)
{
	const struct machdev_port_notification *request = result;
	mach_port_t previous;

	MUST(mach_port_request_notification(mach_task_self(), request->name,
					    MACH_NOTIFY_SEND_POSSIBLE, 1,
					    request->previous,
					    MACH_MSG_TYPE_MOVE_SEND_ONCE,
					    &previous));
	use_up(previous, request->notify);
}

TEST_F_TIMEOUT(length, undone_at_the_end, 90)
{
	mach_port_t port = port_new_send(1), notify = port_new();
	mach_port_t alone = port_new_send(1), full = port_new_send(1), none;
	struct machdev_name name = { 0 };
	struct machdev_port_allocate allocate = {
		.task = mach_task_self(),
		.right = MACH_PORT_RIGHT_RECEIVE,
	};
	struct machdev_port_right right = {
		.task = mach_task_self(),
		.name = port,
		.disposition = MACH_MSG_TYPE_COPY_SEND,
	};
	struct machdev_port_notification request = {
		.task = mach_task_self(),
		.name = alone,
		.msgid = MACH_NOTIFY_DEAD_NAME,
		.notify = notify,
		.disposition = MACH_MSG_TYPE_MAKE_SEND_ONCE,
	};
	struct flicker flicker;
	struct holder holder;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "no two threads run at once");

#define EXPECT_UNDONE_ONCE(command, argument, reverse)			\
	EXPECT_TRUE(undo_once(_metadata, &flicker, command, argument,	\
			      reverse))					\
		TH_LOG("%s", #command)
	flicker_start(&flicker);
	EXPECT_UNDONE_ONCE(MACHDEV_IOC_TASK_SELF, &name, reverse_name);
	EXPECT_UNDONE_ONCE(MACHDEV_IOC_THREAD_SELF, &name, reverse_name);
	EXPECT_UNDONE_ONCE(MACHDEV_IOC_REPLY_PORT, &name, reverse_reply_port);
	EXPECT_UNDONE_ONCE(MACHDEV_IOC_PORT_ALLOCATE, &allocate,
			   reverse_allocate);
	EXPECT_UNDONE_ONCE(MACHDEV_IOC_PORT_EXTRACT_RIGHT, &right,
			   reverse_copy);
	EXPECT_UNDONE_ONCE(MACHDEV_IOC_PORT_REQUEST_NOTIFICATION, &request,
			   reverse_request);

	/* A request of another kind waits again for what it waited for. */
	port_fill(full);
	MUST(mach_port_request_notification(mach_task_self(), full,
					    MACH_NOTIFY_SEND_POSSIBLE, 1,
					    notify,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &none));
	request.name = full;
	EXPECT_UNDONE_ONCE(MACHDEV_IOC_PORT_REQUEST_NOTIFICATION, &request,
			   reverse_exchange);
	port_drain(full);
	EXPECT_NOTIFICATION(notify, MACH_NOTIFY_SEND_POSSIBLE, full);

	/* Rights that were moved out of another task go back there. */
	holder_start(&holder);
	theirs = holder.task;
	MUST(mach_port_insert_right(theirs, 0x4403, port,
				    MACH_MSG_TYPE_MAKE_SEND));
	MUST(mach_port_insert_right(theirs, 0x5503, port,
				    MACH_MSG_TYPE_MAKE_SEND_ONCE));
	MUST(mach_port_insert_right(theirs, 0x6603, alone,
				    MACH_MSG_TYPE_MOVE_RECEIVE));
	right.task = theirs;
	right.name = 0x4403;
	right.disposition = MACH_MSG_TYPE_MOVE_SEND;
	EXPECT_UNDONE_ONCE(MACHDEV_IOC_PORT_EXTRACT_RIGHT, &right,
			   reverse_move);
	EXPECT_NAME_IN(theirs, MACH_PORT_TYPE_SEND, 1, 0x4403);
	right.name = 0x5503;
	right.disposition = MACH_MSG_TYPE_MOVE_SEND_ONCE;
	EXPECT_UNDONE_ONCE(MACHDEV_IOC_PORT_EXTRACT_RIGHT, &right,
			   reverse_move);
	EXPECT_NAME_IN(theirs, MACH_PORT_TYPE_SEND_ONCE, 1, 0x5503);
	EXPECT_NO_MESSAGE(port);
	right.name = 0x6603;
	right.disposition = MACH_MSG_TYPE_MOVE_RECEIVE;
	EXPECT_UNDONE_ONCE(MACHDEV_IOC_PORT_EXTRACT_RIGHT, &right,
			   reverse_move);
	EXPECT_NAME_IN(theirs, MACH_PORT_TYPE_RECEIVE, 0, 0x6603);
	EXPECT_NAME(MACH_PORT_TYPE_SEND, 1, alone);
	flicker_stop(&flicker);
	holder_end(&holder);
}

/* @member of a struct of zeros says @value, which nothing knows. */
#define EXPECT_UNKNOWN(command, type, member, value) do {		\
	struct type __argument = { .member = value };			\
	struct space __before;						\
									\
	space_read(&__before);						\
	EXPECT_KR(-EINVAL, mach_ioctl(command, &__argument));		\
	EXPECT_TRUE(space_is(&__before));				\
} while (0)

#define EXPECT_UNKNOWN_BITS(command, type, member, first) do {		\
	int __bit;							\
									\
	for (__bit = first; __bit < 32; __bit++)			\
		EXPECT_UNKNOWN(command, type, member, 1u << __bit);	\
} while (0)

TEST_F(length, unknown_flags)
{
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_SYNC, machdev_sync, flags, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_MSG, machdev_msg, flags, 1);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_PORT_ALLOCATE, machdev_port_allocate,
			    flags, 1);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_FOR_PID, machdev_task_pid, flavor,
			    3);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_PID_FOR_TASK, machdev_task_pid, flavor,
			    0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_CREATE, machdev_task_create,
			    flags, 1);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_EMBRYO_ADOPT, machdev_embryo, flags,
			    MACHDEV_EMBRYO_RUN);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_EMBRYO_WAIT, machdev_embryo, flags, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_EMBRYO_TAKE, machdev_embryo, flags, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_VM_MAP, machdev_vm_map, flags, 15);
}

TEST_F(length, reserved_members)
{
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_SYNC, machdev_sync, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_MSG, machdev_msg, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_SELF, machdev_name, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_SELF, machdev_name, reserved,
			    0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_HOST_SELF, machdev_name, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_REPLY_PORT, machdev_name, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_HOST_PRIV, machdev_name, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_PORT_TYPE, machdev_port_type, reserved,
			    0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_PORT_REQUEST_NOTIFICATION,
			    machdev_port_notification, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_INFO, machdev_task_info, reserved,
			    0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_CREATE, machdev_task_create,
			    reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_HOST_SET_TASK_TOKEN,
			    machdev_task_token, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_LEDGER_CREATE, machdev_ledger, reserved,
			    0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_LEDGER_READ, machdev_ledger, reserved,
			    0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_LEDGER_TRANSFER, machdev_ledger,
			    reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_LEDGER_TERMINATE, machdev_ledger,
			    reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_INFO, machdev_task_info,
			    reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_PROCESSOR_SET_DEFAULT,
			    machdev_processor_set, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_HOST_PROCESSOR_SET_PRIV,
			    machdev_processor_set, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_SUSPEND, machdev_task_control,
			    flags, 1);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_RESUME, machdev_task_control,
			    flags, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_SUSPEND2, machdev_task_control,
			    reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_RESUME2, machdev_task_control,
			    reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_TERMINATE, machdev_task_control,
			    flags, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_VM_DEALLOCATE, machdev_vm_range, value,
			    0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_VM_READ, machdev_vm_copy, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_VM_WRITE, machdev_vm_copy, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_VM_COPY, machdev_vm_copy, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_GET_STATE, machdev_thread_state,
			    reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_SET_STATE, machdev_thread_state,
			    reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_SUSPEND, machdev_thread, task,
			    0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_RESUME, machdev_thread, task, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_TERMINATE, machdev_thread, task,
			    0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_BEAR, machdev_thread_bear,
			    reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_PARK, machdev_sync, flags, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_PARK, machdev_sync, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_HOST_GET_CLOCK_SERVICE, machdev_clock,
			    reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_CLOCK_IDENTIFY, machdev_clock, id, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_CLOCK_IDENTIFY, machdev_clock, port, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_CLOCK_IDENTIFY, machdev_clock, reserved,
			    0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_SET_EXCEPTIONS,
			    machdev_exception_set, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_THREAD_GET_EXCEPTIONS,
			    machdev_exception_get, reserved, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_HOST_GET_EXCEPTIONS,
			    machdev_exception_get, flags,
			    MACHDEV_EXCEPTION_SWAP);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_GET_EXCEPTIONS,
			    machdev_exception_get, action.port, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_GET_EXCEPTIONS,
			    machdev_exception_get, action.behavior, 0);
	EXPECT_UNKNOWN_BITS(MACHDEV_IOC_TASK_GET_EXCEPTIONS,
			    machdev_exception_get, action.flavor, 0);
}

/* With an unknown flag, even a call that is right otherwise does nothing. */
TEST_F(length, unknown_flag_of_a_good_call)
{
	struct machdev_port_allocate allocate = {
		.task = mach_task_self(),
		.right = MACH_PORT_RIGHT_RECEIVE,
		.name = 0x1003,
		.flags = MACHDEV_ALLOCATE_NAME | 2,
	};
	struct machdev_port_type type = {
		.task = mach_task_self(),
		.name = mach_task_self(),
		.reserved = 1,
	};

	EXPECT_REFUSED(-EINVAL,
		       mach_ioctl(MACHDEV_IOC_PORT_ALLOCATE, &allocate));
	allocate.flags = MACHDEV_ALLOCATE_NAME;
	EXPECT_KR(KERN_SUCCESS,
		  mach_ioctl(MACHDEV_IOC_PORT_ALLOCATE, &allocate));
	EXPECT_REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_PORT_TYPE, &type));
}

/* Members that calls do not look at may say anything. */
TEST_F(length, ignored_members)
{
	struct machdev_name name = { .name = TEST_POISON32 };
	struct machdev_task_pid pid = {
		.task = TEST_POISON32,
		.pid = getpid(),
		.port = TEST_POISON32,
	};
	struct machdev_special_port special = {
		.object = mach_task_self(),
		.which = TASK_KERNEL_PORT,
		.port = TEST_POISON32,
		.node = 0x4cccccc,
	};

	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_TASK_SELF, &name));
	EXPECT_WORD(mach_task_self(), name.name);
	EXPECT_WORD(0, name.reserved);
	EXPECT_KR(KERN_SUCCESS, mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &pid));
	EXPECT_WORD(mach_task_self(), pid.port);
	EXPECT_KR(KERN_SUCCESS,
		  mach_ioctl(MACHDEV_IOC_TASK_GET_SPECIAL_PORT, &special));
	EXPECT_WORD(mach_task_self(), special.port);
}

MACH_TEST_MAIN
