// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory control groups: all that a task takes is charged to the group of the
 * process, and comes back; who has used up his group gets errors.
 */
#include "cgroup.h"
#include "exhausted.h"
#include "ool_helpers.h"

#include <machdev.h>

/* Make the test's own group. */
static int group_make(struct cgroup *group)
{
	char name[32];

	snprintf(name, sizeof(name), "%d", getpid());
	return cgroup_make(group, name);
}

/* Zeros to be sent; not touched, so that they are no memory of the sender's. */
static char memory[MEBIBYTE];

/*
 * A child takes much of one kind and then waits to be killed. What it needs
 * besides is there before it joins the group.
 */

static void take_names(void)
{
	mach_port_t name;
	int i;

	for (i = 0; i < 65536; i++)
		MUST(mach_port_allocate(mach_task_self(),
					MACH_PORT_RIGHT_DEAD_NAME, &name));
}

static void take_ports(void)
{
	int i;

	for (i = 0; i < 8192; i++)
		port_new();
}

static void take_small_messages(void)
{
	mach_port_t port = MACH_PORT_NULL;
	int i;

	for (i = 0; i < 8192; i++) {
		if (!(i % MACH_PORT_QLIMIT_MAX))
			port = deep_port();
		MUST(msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, i));
	}
}

static void take_large_messages(void)
{
	mach_port_t port = deep_port();
	int i;

	for (i = 0; i < 8; i++)
		MUST(send_large(port));
}

/* Such as leave much of a power of two unused. */
static void take_middle_messages(void)
{
	mach_port_t port = deep_port();
	int i;

	for (i = 0; i < 64; i++)
		MUST(send_size(port, 65536 + 4096));
}

/* A message to @port with @size bytes out of line. */
static void send_memory(mach_port_t port, const char *memory, size_t size)
{
	struct ool_msg msg;

	ool_msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, 1);
	msg.ool[0] = msg_ool(memory, size, false, MACH_MSG_VIRTUAL_COPY);
	MUST(ool_send(&msg, 1));
}

static void take_memory(void)
{
	mach_port_t port = deep_port();
	int i;

	for (i = 0; i < 8; i++)
		send_memory(port, memory, MEBIBYTE);
}

static void take_little_memory(void)
{
	mach_port_t port = deep_port();
	int i;

	for (i = 0; i < 1000; i++)
		send_memory(port, memory, 2000);
}

static void take_arrays(void)
{
	mach_port_t port = deep_port();
	struct ool_msg msg;
	int i;

	for (i = 0; i < 16; i++) {
		ool_msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, 1);
		msg.array[0] = msg_array((mach_port_t *)memory,
					 MACHDEV_MSG_RIGHTS_MAX, false,
					 MACH_MSG_TYPE_COPY_SEND);
		MUST(ool_send(&msg, 1));
	}
}

static void take_requests(void)
{
	mach_port_t port = port_new(), notify = port_new();
	int i;

	for (i = 0; i < 8192; i++)
		request_dead_name(mach_task_self(), port_new_once(port),
				  notify);
}

FIXTURE(memory) {
	struct cgroup group;
};

/* Bytes are what docs/limits.rst gives at least. */
FIXTURE_VARIANT(memory) {
	void (*take)(void);
	int64_t bytes;
};

FIXTURE_SETUP(memory)
{
	ASSERT_EQ(0, group_make(&self->group));
}

FIXTURE_TEARDOWN(memory)
{
	EXPECT_EQ(0, cgroup_remove(&self->group));
}

FIXTURE_VARIANT_ADD(memory, names) {
	.take = take_names, .bytes = 65536 * 32,
};

FIXTURE_VARIANT_ADD(memory, ports) {
	.take = take_ports, .bytes = 8192 * (256 + 32),
};

FIXTURE_VARIANT_ADD(memory, small_messages) {
	.take = take_small_messages, .bytes = 8192 * 256,
};

FIXTURE_VARIANT_ADD(memory, middle_messages) {
	.take = take_middle_messages, .bytes = 64 * (65536 + 4096),
};

FIXTURE_VARIANT_ADD(memory, large_messages) {
	.take = take_large_messages, .bytes = 8 * MEBIBYTE,
};

FIXTURE_VARIANT_ADD(memory, out_of_line) {
	.take = take_memory, .bytes = 8 * MEBIBYTE,
};

FIXTURE_VARIANT_ADD(memory, little_out_of_line) {
	.take = take_little_memory, .bytes = 1000 * (2048 + 256),
};

FIXTURE_VARIANT_ADD(memory, arrays) {
	.take = take_arrays, .bytes = 16 * 20 * MACHDEV_MSG_RIGHTS_MAX,
};

FIXTURE_VARIANT_ADD(memory, requests) {
	.take = take_requests, .bytes = 8192 * (48 + 256 + 32),
};

static long slab_number(const char *file)
{
	char path[64];
	long number = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/slab/kmalloc-64/%s", file);
	f = fopen(path, "r");
	if (f) {
		if (fscanf(f, "%ld", &number) != 1)
			number = -1;
		fclose(f);
	}
	return number;
}

/* As some kernels do to notice who writes beyond one. */
static bool objects_are_padded(void)
{
	return slab_number("slab_size") > slab_number("object_size");
}

TEST_F_TIMEOUT(memory, what_is_taken_is_charged_and_comes_back, 120)
{
	struct test_pipe ready, done, go;
	int64_t before, taken, charged;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&done));
	ASSERT_EQ(0, test_pipe_open(&go));
	pid = child_fork();
	if (!pid) {
		/* Memory of its own that it will touch later. */
		take_large_messages();
		MUST(cgroup_join(&self->group));
		port_new();
		MUST(test_put(&ready, 1));
		MUST(test_wait(&go));
		variant->take();
		MUST(test_put(&done, 1));
		MUST(test_wait(&go));
		child_exit();
	}
	ASSERT_EQ(0, test_wait(&ready));
	before = cgroup_charged(&self->group);
	charged = mach_counter(MACHDEV_COUNTER_CHARGED);
	ASSERT_EQ(0, test_put(&go, 1));
	ASSERT_EQ(0, test_wait(&done));
	taken = cgroup_charged(&self->group) - before;
	charged = mach_counter(MACHDEV_COUNTER_CHARGED) - charged;
	/*
	 * The ledger knows of all that is taken, but for some padding. The
	 * kernel may have reclaimed something else of the group's meanwhile.
	 */
	EXPECT_LE(variant->bytes, charged);
	EXPECT_LE(charged, taken + MEBIBYTE / 2);
	EXPECT_GE(charged + (objects_are_padded() ? charged : charged / 4),
		  taken);
	ASSERT_EQ(128 + SIGKILL, child_kill(pid));
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(TEST_UNTIL(cgroup_charged(&self->group) <= 65536, 5000)) {
		TH_LOG("%jd bytes left", (intmax_t)
		       cgroup_number(&self->group, "memory.current"));
	}
}

/*
 * Who fills his group. At the limit nothing may be charged to the test itself,
 * neither a page that it touches nor one in a pipe: it would be killed. So
 * all memory is there before, and it speaks by a page that is shared.
 */

struct shared {
	uint32_t step;
	uint32_t ports;
};

FIXTURE(filled) {
	struct cgroup group;
	struct shared *shared;
	pid_t pid;
};

FIXTURE_SETUP(filled)
{
	int error;

	ASSERT_EQ(0, group_make(&self->group));
	ASSERT_EQ(0, cgroup_set(&self->group, "memory.max", "4M"));
	/* A kernel without swap has no limit of it. */
	error = cgroup_set(&self->group, "memory.swap.max", "0");
	ASSERT_TRUE(!error || error == -ENOENT);
	self->shared = mmap(NULL, sizeof(*self->shared),
			    PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->shared);
	self->shared->step = 0;
}

FIXTURE_TEARDOWN(filled)
{
	/* It got errors, and no more than that. */
	EXPECT_LT(0, cgroup_events(&self->group, "max"));
	EXPECT_EQ(0, cgroup_events(&self->group, "oom_kill"));
	EXPECT_EQ(0, cgroup_remove(&self->group));
}

static void step_reach(struct shared *shared, uint32_t step)
{
	__atomic_store_n(&shared->step, step, __ATOMIC_RELEASE);
}

static bool step_wait(struct shared *shared, uint32_t step)
{
	return TEST_UNTIL(__atomic_load_n(&shared->step, __ATOMIC_ACQUIRE) >=
			  step, 5000);
}

/* Of the last ones there is only one of each kind, which spares memory. */
static mach_port_t filling[0x40000];

/* Ports until there is no memory for another: how many. */
static uint32_t fill_with_ports(void)
{
	uint32_t count;

	for (count = 0; count < ARRAY_SIZE(filling); count++) {
		if (mach_port_allocate(mach_task_self(),
				       MACH_PORT_RIGHT_RECEIVE,
				       &filling[count]))
			break;
	}
	return count;
}

/*
 * Messages that nobody receives, until one is refused: how that was. The next
 * time it goes on from there: where a queue is full there may be memory.
 */
static mach_msg_return_t fill_with_messages(mach_port_t *ports, uint32_t count)
{
	const uint32_t most = count * MACH_PORT_QLIMIT_DEFAULT;
	mach_msg_return_t mr = 0;
	static uint32_t sent;

	while (!mr && sent < most) {
		mr = msg_send_id(ports[sent / MACH_PORT_QLIMIT_DEFAULT],
				 MACH_MSG_TYPE_MAKE_SEND, sent);
		sent += !mr;
	}
	return mr;
}

/* Join the group, with all at hand that is needed then. */
static void group_enter(struct cgroup *group, mach_port_t any)
{
	MUST(send_large(any));
	MUST(mach_counter(MACHDEV_COUNTER_TASKS) == UINT64_MAX);
	MUST(mlockall(MCL_CURRENT | MCL_FUTURE) ? -errno : 0);
	MUST(cgroup_join(group));
}

/*
 * The group's limit does not hold to the byte: each processor keeps a reserve,
 * which the next call on it may find. Who is granted something goes on filling.
 */
static void expect_refusals_at_last(struct __test_metadata *_metadata,
				    mach_port_t port, mach_port_t quiet,
				    uint32_t count)
{
	struct refusals refusals;
	int i;

	for (i = 0; i < 100; i++) {
		EXPECT_KR(MACH_SEND_NO_BUFFER,
			  fill_with_messages(filling, count));
		if (refusals_take(port, quiet, &refusals))
			break;
	}
	refusals_expect(_metadata, &refusals);
}

static void fill_and_empty(struct __test_metadata *_metadata,
			   struct cgroup *group, struct shared *shared)
{
	mach_port_t port = deep_port(), quiet = port_new_send(1), name;
	uint32_t count, i;

	group_enter(group, quiet);
	count = fill_with_ports();
	expect_refusals_at_last(_metadata, port, quiet, count);
	shared->ports = count;
	step_reach(shared, 1);
	step_wait(shared, 2);
	/* What is there is as it was. */
	for (i = 0; i < count; i++) {
		if (port_type(filling[i]) != MACH_PORT_TYPE_RECEIVE)
			break;
	}
	EXPECT_EQ(count, i);
	for (i = 0; i < count; i++)
		MUST(mach_port_destroy(mach_task_self(), filling[i]));
	/* Memory comes back when nobody can look at it any more. */
	EXPECT_TRUE(TEST_UNTIL(!mach_port_allocate(mach_task_self(),
						   MACH_PORT_RIGHT_RECEIVE,
						   &name), 10000));
	EXPECT_TRUE(TEST_UNTIL(!send_large(port), 10000));
}

TEST_F_TIMEOUT(filled, errors_for_who_fills_it_and_nothing_for_others, 120)
{
	int i;

	self->pid = child_fork();
	if (!self->pid) {
		fill_and_empty(_metadata, &self->group, self->shared);
		child_exit();
	}
	EXPECT_TRUE(step_wait(self->shared, 1));
	/* 4 MiB; half a KiB each on a kernel that puts guards around objects. */
	EXPECT_LT(8000, self->shared->ports);
	for (i = 0; i < 100; i++) {
		mach_port_t port = port_new_send(1);
		struct msg msg;

		EXPECT_KR(MACH_MSG_SUCCESS,
			  msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, i));
		EXPECT_KR(MACH_MSG_SUCCESS, send_large(port));
		EXPECT_KR(MACH_MSG_SUCCESS, msg_receive(&msg, port));
		MUST(mach_port_destroy(mach_task_self(), port));
	}
	step_reach(self->shared, 2);
	EXPECT_CHILD(self->pid);
}

/* Memory of messages is no exception: the last one is refused whole. */
TEST_F_TIMEOUT(filled, by_memory_out_of_line, 120)
{
	self->pid = child_fork();
	if (!self->pid) {
		mach_port_t quiet = port_new_send(1), port = deep_port();
		mach_msg_return_t mr;
		struct ool_msg msg;
		unsigned int i, sent = 0;

		group_enter(&self->group, quiet);
		for (i = 0; i < 100; i++) {
			ool_msg_init(&msg, port, MACH_MSG_TYPE_MAKE_SEND, 1);
			msg.ool[0] = msg_ool(memory, MEBIBYTE / 4, false,
					     MACH_MSG_VIRTUAL_COPY);
			mr = ool_send(&msg, 1);
			sent += !mr;
			EXPECT_TRUE(!mr || mr == MACH_SEND_NO_BUFFER);
		}
		EXPECT_LT(4, sent);
		EXPECT_LT(sent, 16);
		EXPECT_EQ(sent, port_queued(port));
		child_exit();
	}
	EXPECT_CHILD(self->pid);
}

static struct promises promises;

TEST_F_TIMEOUT(filled, what_was_promised_arrives, 120)
{
	self->pid = child_fork();
	if (!self->pid) {
		mach_port_t quiet = port_new_send(1), port = deep_port();
		uint32_t count;

		group_enter(&self->group, quiet);
		promises_make(&promises);
		count = fill_with_ports();
		expect_refusals_at_last(_metadata, port, quiet, count);
		promises_expect(_metadata, &promises);
		child_exit();
	}
	EXPECT_CHILD(self->pid);
}

/*
 * Each allocation, as the kernel's own tracing shows it
 */

#define TRACING "/sys/kernel/tracing"
#define TRACE TRACING "/instances/machdev"
#define KMALLOC "events/kmem/kmalloc"
#define CACHE_ALLOC "events/kmem/kmem_cache_alloc"

static const char * const makers[] = {
	"mach_task_new", "mach_port_new", "mach_request_new",
	"mach_identity_new", "mach_token_new", "mach_inherit_copy",
	"mach_ioctl_names",
};

/* Something of everything, by a process that has no Mach parent. */
static void take_all(struct test_pipe *go)
{
	mach_port_t notify, port, security, priv;
	mach_msg_type_number_t count, types_count;
	security_token_t token = { { 1, 2 } };
	audit_token_t audit = { { 3 } };
	mach_port_name_array_t names;
	mach_port_type_array_t types;

	MUST(test_wait(go));
	port = port_new_send(1);
	notify = port_new();
	request_dead_name(mach_task_self(), port, notify);
	MUST(mach_thread_self() == MACH_PORT_NULL);
	MUST(mach_port_names(mach_task_self(), &names, &count, &types,
			     &types_count));
	MUST(task_set_special_port(mach_task_self(), TASK_BOOTSTRAP_PORT,
				   port));
	MUST(host_get_host_priv_port(mach_host_self(), &priv));
	MUST(host_get_special_port(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT,
				   &security));
	MUST(host_security_set_task_token(security, mach_task_self(), token,
					  audit, MACH_PORT_NULL));
	MUST(send_large(port));
	MUST(test_become(TEST_UID, TEST_GID));
	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	MUST(task_get_special_port(mach_task_self(), TASK_WIRED_LEDGER_PORT,
				   &port));
}

/* Start or end the tracing of @pid. */
static int trace(pid_t pid)
{
	char text[32];
	int error = 0;

	if (!pid) {
		cgroup_write(TRACE, "tracing_on", "0");
		return 0;
	}
	snprintf(text, sizeof(text), "common_pid == %d", pid);
	/* Neither patches code of the scheduler, as names or a pid would. */
	if (cgroup_write(TRACING, "options/record-cmd", "0"))
		return -EIO;
	if (mkdir(TRACE, 0700))
		error = -errno;
	return cgroup_write(TRACING, "options/record-cmd", "1") ?: error ?:
	       cgroup_write(TRACE, KMALLOC "/filter", text) ?:
	       cgroup_write(TRACE, CACHE_ALLOC "/filter", text) ?:
	       cgroup_write(TRACE, KMALLOC "/enable", "1") ?:
	       cgroup_write(TRACE, CACHE_ALLOC "/enable", "1");
}

TEST(each_object_is_charged)
{
	bool seen[ARRAY_SIZE(makers)] = { false };
	bool nameless = false;
	char line[512], maker[64];
	struct test_pipe go;
	FILE *stream;
	pid_t pid;
	size_t i;

	ASSERT_EQ(0, test_pipe_open(&go));
	pid = child_fork();
	if (!pid) {
		take_all(&go);
		child_exit();
	}
	ASSERT_EQ(0, trace(pid));
	EXPECT_EQ(0, test_put(&go, 1));
	EXPECT_CHILD(pid);
	trace(0);
	stream = fopen(TRACE "/trace", "re");
	ASSERT_NE(NULL, stream);
	while (fgets(line, sizeof(line), stream)) {
		const char *site = strstr(line, "call_site=");

		if (!site || !strstr(site, " [mach] ") ||
		    sscanf(site, "call_site=%63[a-z_]", maker) != 1)
			continue;
		EXPECT_NE(NULL, strstr(site, "accounted=true")) {
			TH_LOG("%s", line);
		}
		for (i = 0; i < ARRAY_SIZE(makers); i++)
			seen[i] |= !strcmp(maker, makers[i]);
		/* A compiler that counts lines keeps this out of line. */
		nameless |= !strcmp(maker, "kzalloc_noprof");
	}
	fclose(stream);
	EXPECT_EQ(0, rmdir(TRACE));
	for (i = 0; i < ARRAY_SIZE(makers); i++) {
		EXPECT_TRUE(seen[i] || nameless) {
			TH_LOG("nothing of %s", makers[i]);
		}
	}
}

MACH_TEST_MAIN
