// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who handles exceptions: what set, get and swap store for a task, a thread and
 * the host, and what becomes of it. Nothing is delivered here.
 */
#include <stdatomic.h>

#include "actor.h"

#define ROWS EXC_TYPES_COUNT

/* What get and swap give. */
struct table {
	mach_msg_type_number_t count;
	exception_mask_t mask[ROWS];
	exception_handler_t port[ROWS];
	exception_behavior_t behavior[ROWS];
	thread_state_flavor_t flavor[ROWS];
};

/* The three calls, for each of those that have handlers. */
struct calls {
	const char *name;
	kern_return_t (*set)(mach_port_t object, exception_mask_t mask,
			     mach_port_t port, exception_behavior_t behavior,
			     thread_state_flavor_t flavor);
	kern_return_t (*get)(mach_port_t object, exception_mask_t mask,
			     exception_mask_array_t masks,
			     mach_msg_type_number_t *count,
			     exception_handler_array_t ports,
			     exception_behavior_array_t behaviors,
			     exception_flavor_array_t flavors);
	kern_return_t (*swap)(mach_port_t object, exception_mask_t mask,
			      mach_port_t port, exception_behavior_t behavior,
			      thread_state_flavor_t flavor,
			      exception_mask_array_t masks,
			      mach_msg_type_number_t *count,
			      exception_handler_array_t ports,
			      exception_behavior_array_t behaviors,
			      exception_flavor_array_t flavors);
};

FIXTURE(exceptions) {
	const struct calls *call;
	mach_port_t object;
};

FIXTURE_VARIANT(exceptions) {
	struct calls call;
	mach_port_t (*object)(void);
	unsigned int unset;	/* rows before anything was set */
};

FIXTURE_VARIANT_ADD(exceptions, task) {
	.call = { "task", task_set_exception_ports, task_get_exception_ports,
		  task_swap_exception_ports },
	.object = own_task, .unset = 1,
};

FIXTURE_VARIANT_ADD(exceptions, thread) {
	.call = { "thread", thread_set_exception_ports,
		  thread_get_exception_ports, thread_swap_exception_ports },
	.object = mach_thread_self, .unset = 0,
};

FIXTURE_VARIANT_ADD(exceptions, host) {
	.call = { "host", host_set_exception_ports, host_get_exception_ports,
		  host_swap_exception_ports },
	.object = host_priv_port, .unset = 1,
};

FIXTURE_SETUP(exceptions)
{
	self->call = &variant->call;
	self->object = variant->object();
}

/* The host outlives the test. */
FIXTURE_TEARDOWN(exceptions)
{
	self->call->set(self->object, EXC_MASK_VALID, MACH_PORT_NULL, 0, 0);
}

static kern_return_t get(const struct calls *call, mach_port_t object,
			 exception_mask_t mask, struct table *table)
{
	memset(table, 0x5a, sizeof(*table));
	return call->get(object, mask, table->mask, &table->count, table->port,
			 table->behavior, table->flavor);
}

static kern_return_t swap(const struct calls *call, mach_port_t object,
			  exception_mask_t mask, mach_port_t port,
			  exception_behavior_t behavior, struct table *table)
{
	memset(table, 0x5a, sizeof(*table));
	return call->swap(object, mask, port, behavior, 0, table->mask,
			  &table->count, table->port, table->behavior,
			  table->flavor);
}

/* A row of @table says this of exactly these exceptions. */
static bool has_row(const struct table *table, exception_mask_t mask,
		    mach_port_t port, exception_behavior_t behavior,
		    thread_state_flavor_t flavor)
{
	unsigned int i;

	for (i = 0; i < table->count && i < ROWS; i++) {
		if (table->mask[i] == mask)
			return table->port[i] == port &&
			       table->behavior[i] == behavior &&
			       table->flavor[i] == flavor;
	}
	return false;
}

/* The port that handles @exception, or TEST_POISON32. */
static mach_port_t handler(const struct calls *call, mach_port_t object,
			   exception_type_t exception)
{
	struct table table;

	if (get(call, object, EXC_MASK(exception), &table) || table.count != 1)
		return TEST_POISON32;
	return table.port[0];
}

static kern_return_t set_default(const struct calls *call, mach_port_t object,
				 exception_mask_t mask, mach_port_t port)
{
	return call->set(object, mask, port, EXCEPTION_DEFAULT, 0);
}

TEST_F(exceptions, nobody_handles_any_at_first)
{
	struct table table;

	ASSERT_KR(KERN_SUCCESS,
		  get(self->call, self->object, EXC_MASK_VALID, &table));
	EXPECT_EQ(variant->unset, table.count);
	if (variant->unset)
		EXPECT_TRUE(has_row(&table, EXC_MASK_VALID, MACH_PORT_NULL, 0,
				    0));
}

/* So that it can be put back row by row, as it is done. */
TEST_F(exceptions, the_first_swap_tells_of_nobody)
{
	mach_port_t port = port_new();
	struct table table;

	ASSERT_KR(KERN_SUCCESS,
		  swap(self->call, self->object, EXC_MASK_BREAKPOINT, port,
		       EXCEPTION_DEFAULT, &table));
	ASSERT_EQ(1, table.count);
	EXPECT_TRUE(has_row(&table, EXC_MASK_BREAKPOINT, MACH_PORT_NULL, 0,
			    0));
	ASSERT_KR(KERN_SUCCESS,
		  self->call->set(self->object, table.mask[0], table.port[0],
				  table.behavior[0], table.flavor[0]));
	EXPECT_EQ(MACH_PORT_NULL,
		  handler(self->call, self->object, EXC_BREAKPOINT));
	EXPECT_EQ(1, port_send_refs(port));
}

TEST_F(exceptions, each_is_set_by_itself)
{
	mach_port_t port[EXC_TYPES_COUNT];
	int i;

	for (i = 1; i < EXC_TYPES_COUNT; i++) {
		port[i] = port_new();
		ASSERT_KR(KERN_SUCCESS, set_default(self->call, self->object,
						    EXC_MASK(i), port[i]));
	}
	for (i = 1; i < EXC_TYPES_COUNT; i++)
		EXPECT_EQ(port[i], handler(self->call, self->object, i))
			TH_LOG("exception %d", i);
}

TEST_F(exceptions, those_handled_alike_are_one_row)
{
	mach_port_t first = port_new(), second = port_new();
	struct table table;

	ASSERT_KR(KERN_SUCCESS,
		  self->call->set(self->object,
				  EXC_MASK_BAD_ACCESS | EXC_MASK_CRASH, first,
				  EXCEPTION_STATE, x86_THREAD_STATE64));
	ASSERT_KR(KERN_SUCCESS,
		  self->call->set(self->object, EXC_MASK_ARITHMETIC, first,
				  EXCEPTION_STATE, x86_THREAD_STATE));
	ASSERT_KR(KERN_SUCCESS,
		  self->call->set(self->object, EXC_MASK_SYSCALL, first,
				  EXCEPTION_STATE_IDENTITY, x86_THREAD_STATE64));
	ASSERT_KR(KERN_SUCCESS,
		  self->call->set(self->object, EXC_MASK_GUARD, second,
				  EXCEPTION_STATE, x86_THREAD_STATE64));
	ASSERT_KR(KERN_SUCCESS,
		  self->call->set(self->object, EXC_MASK_BREAKPOINT, first,
				  EXCEPTION_STATE, x86_THREAD_STATE64));
	ASSERT_KR(KERN_SUCCESS,
		  get(self->call, self->object, EXC_MASK_VALID, &table));
	EXPECT_EQ(5, table.count);
	EXPECT_TRUE(has_row(&table, EXC_MASK_BAD_ACCESS | EXC_MASK_CRASH |
			    EXC_MASK_BREAKPOINT, first, EXCEPTION_STATE,
			    x86_THREAD_STATE64));
	EXPECT_TRUE(has_row(&table, EXC_MASK_ARITHMETIC, first,
			    EXCEPTION_STATE, x86_THREAD_STATE));
	EXPECT_TRUE(has_row(&table, EXC_MASK_SYSCALL, first,
			    EXCEPTION_STATE_IDENTITY, x86_THREAD_STATE64));
	EXPECT_TRUE(has_row(&table, EXC_MASK_GUARD, second, EXCEPTION_STATE,
			    x86_THREAD_STATE64));
	EXPECT_TRUE(has_row(&table,
			    EXC_MASK_VALID &
			    ~(EXC_MASK_BAD_ACCESS | EXC_MASK_CRASH |
			      EXC_MASK_BREAKPOINT | EXC_MASK_ARITHMETIC |
			      EXC_MASK_SYSCALL | EXC_MASK_GUARD),
			    MACH_PORT_NULL, 0, 0));
	/* Each row has a right of its own. */
	EXPECT_EQ(4, port_send_refs(first));
	EXPECT_EQ(2, port_send_refs(second));
	/* Only what is asked for is told. */
	ASSERT_KR(KERN_SUCCESS, get(self->call, self->object,
				    EXC_MASK_CRASH | EXC_MASK_GUARD, &table));
	EXPECT_EQ(2, table.count);
	EXPECT_TRUE(has_row(&table, EXC_MASK_CRASH, first, EXCEPTION_STATE,
			    x86_THREAD_STATE64));
}

TEST_F(exceptions, a_row_for_each_at_most)
{
	struct table table;
	int i;

	for (i = 1; i < EXC_TYPES_COUNT; i++)
		ASSERT_KR(KERN_SUCCESS, set_default(self->call, self->object,
						    EXC_MASK(i), port_new()));
	ASSERT_KR(KERN_SUCCESS,
		  get(self->call, self->object, EXC_MASK_VALID, &table));
	EXPECT_EQ(EXC_TYPES_COUNT - 1, table.count);
	EXPECT_EQ(0x5a5a5a5au, table.mask[EXC_TYPES_COUNT - 1]);
}

TEST_F(exceptions, swap_sets_and_tells_what_was)
{
	mach_port_t first = port_new(), second = port_new();
	struct table table;

	ASSERT_KR(KERN_SUCCESS, set_default(self->call, self->object,
					    EXC_MASK_ARITHMETIC, first));
	ASSERT_KR(KERN_SUCCESS,
		  swap(self->call, self->object,
		       EXC_MASK_ARITHMETIC | EXC_MASK_BREAKPOINT, second,
		       EXCEPTION_STATE, &table));
	EXPECT_EQ(2, table.count);
	EXPECT_TRUE(has_row(&table, EXC_MASK_ARITHMETIC, first,
			    EXCEPTION_DEFAULT, 0));
	EXPECT_TRUE(has_row(&table, EXC_MASK_BREAKPOINT, MACH_PORT_NULL, 0, 0));
	ASSERT_KR(KERN_SUCCESS,
		  get(self->call, self->object,
		      EXC_MASK_ARITHMETIC | EXC_MASK_BREAKPOINT |
		      EXC_MASK_SYSCALL, &table));
	EXPECT_EQ(2, table.count);
	EXPECT_TRUE(has_row(&table, EXC_MASK_ARITHMETIC | EXC_MASK_BREAKPOINT,
			    second, EXCEPTION_STATE, 0));
	EXPECT_TRUE(has_row(&table, EXC_MASK_SYSCALL, MACH_PORT_NULL, 0, 0));
}

TEST_F(exceptions, no_exception_at_all)
{
	mach_port_t port = port_new();
	struct table table;

	EXPECT_KR(KERN_SUCCESS, set_default(self->call, self->object, 0, port));
	EXPECT_KR(KERN_SUCCESS, get(self->call, self->object, 0, &table));
	EXPECT_EQ(0, table.count);
	EXPECT_KR(KERN_SUCCESS, swap(self->call, self->object, 0, port,
				     EXCEPTION_DEFAULT, &table));
	EXPECT_EQ(0, table.count);
	EXPECT_EQ(1, port_send_refs(port));
	EXPECT_EQ(MACH_PORT_NULL,
		  handler(self->call, self->object, EXC_BAD_ACCESS));
}

TEST_F(exceptions, rights_are_counted)
{
	mach_port_t port = port_receive(), notify = port_receive(), previous;
	struct letter letter;

	ASSERT_KR(KERN_SUCCESS,
		  mach_port_insert_right(own_task(), port, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	ASSERT_KR(KERN_SUCCESS,
		  set_default(self->call, self->object,
			      EXC_MASK_ARITHMETIC | EXC_MASK_CRASH, port));
	EXPECT_EQ(1, port_send_refs(port));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(own_task(), port, MACH_PORT_RIGHT_SEND,
				     -1));
	EXPECT_EQ(1, port_has_senders(port));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_request_notification(own_task(), port,
						 MACH_NOTIFY_NO_SENDERS, 0,
						 notify,
						 MACH_MSG_TYPE_MAKE_SEND_ONCE,
						 &previous));
	ASSERT_KR(KERN_SUCCESS, set_default(self->call, self->object,
					    EXC_MASK_CRASH, MACH_PORT_NULL));
	EXPECT_EQ(1, port_has_senders(port));
	ASSERT_KR(KERN_SUCCESS, set_default(self->call, self->object,
					    EXC_MASK_ARITHMETIC, port_new()));
	EXPECT_EQ(0, port_has_senders(port));
	EXPECT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(MACH_NOTIFY_NO_SENDERS, letter.header.msgh_id);
}

TEST_F(exceptions, a_dead_port_reads_as_dead)
{
	mach_port_t first = port_new(), second = port_new();
	struct table table;

	ASSERT_KR(KERN_SUCCESS, set_default(self->call, self->object,
					    EXC_MASK_ARITHMETIC, first));
	ASSERT_KR(KERN_SUCCESS, set_default(self->call, self->object,
					    EXC_MASK_SYSCALL, second));
	ASSERT_KR(KERN_SUCCESS, set_default(self->call, self->object,
					    EXC_MASK_CRASH, MACH_PORT_DEAD));
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(own_task(), first));
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(own_task(), second));
	ASSERT_KR(KERN_SUCCESS,
		  get(self->call, self->object, EXC_MASK_ARITHMETIC |
		      EXC_MASK_SYSCALL | EXC_MASK_CRASH, &table));
	EXPECT_EQ(1, table.count);
	EXPECT_EQ(MACH_PORT_DEAD, table.port[0]);
	/* Also after something else has changed. */
	ASSERT_KR(KERN_SUCCESS, set_default(self->call, self->object,
					    EXC_MASK_GUARD, port_new()));
	EXPECT_EQ(MACH_PORT_DEAD,
		  handler(self->call, self->object, EXC_ARITHMETIC));
}

/*
 * Refusals
 */

#define EXPECT_UNCHANGED() \
	EXPECT_EQ(MACH_PORT_NULL, \
		  handler(self->call, self->object, EXC_ARITHMETIC))

/* A table of its own, so that a thread has a row. */
static void make_table(struct __test_metadata *_metadata,
		       const struct calls *call, mach_port_t object)
{
	ASSERT_KR(KERN_SUCCESS, set_default(call, object, EXC_MASK_GUARD,
					    MACH_PORT_NULL));
}

TEST_F(exceptions, the_object_is_looked_at_first)
{
	mach_port_t bad[9], port = port_new();
	struct table table;
	size_t i, n = 0;

	bad[n++] = MACH_PORT_NULL;
	bad[n++] = MACH_PORT_DEAD;
	bad[n++] = PORT_NOTHING;
	bad[n++] = port;
	bad[n++] = port_dead_name();
	bad[n++] = mach_host_self();
	if (variant->object != own_task)
		bad[n++] = own_task();
	if (variant->object != mach_thread_self)
		bad[n++] = mach_thread_self();
	for (i = 0; i < n; i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  self->call->set(bad[i], 1, PORT_NOTHING, 0, -1))
			TH_LOG("the %zuth", i);
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  get(self->call, bad[i], EXC_MASK_ALL, &table));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  swap(self->call, bad[i], EXC_MASK_ALL, port,
			       EXCEPTION_DEFAULT, &table));
		EXPECT_EQ(0x5a5a5a5au, table.count);
	}
	EXPECT_EQ(1, port_send_refs(port));
}

TEST_F(exceptions, exceptions_that_are_not_there)
{
	static const exception_mask_t bad[] = {
		1, 1u << EXC_TYPES_COUNT, 0x80000000u, ~EXC_MASK_VALID, ~0u,
	};
	mach_port_t port = port_new();
	struct table table;
	size_t i;

	make_table(_metadata, self->call, self->object);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  set_default(self->call, self->object,
				      bad[i] | EXC_MASK_ARITHMETIC, port));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  swap(self->call, self->object,
			       bad[i] | EXC_MASK_ARITHMETIC, port,
			       EXCEPTION_DEFAULT, &table));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  get(self->call, self->object, bad[i], &table));
	}
	EXPECT_UNCHANGED();
	EXPECT_EQ(1, port_send_refs(port));
}

TEST_F(exceptions, a_port_without_a_send_right)
{
	mach_port_t bad[3];
	struct table table;
	size_t i;

	make_table(_metadata, self->call, self->object);
	bad[0] = PORT_NOTHING;
	bad[1] = port_receive();
	bad[2] = port_send_once(port_receive());
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_KR(KERN_INVALID_RIGHT,
			  set_default(self->call, self->object,
				      EXC_MASK_ARITHMETIC, bad[i]));
		EXPECT_KR(KERN_INVALID_RIGHT,
			  swap(self->call, self->object, EXC_MASK_ARITHMETIC,
			       bad[i], EXCEPTION_DEFAULT, &table));
	}
	EXPECT_UNCHANGED();
}

TEST_F(exceptions, an_immovable_port_handles_none)
{
	mach_port_options_t options = {
		.flags = MPO_CONTEXT_AS_GUARD | MPO_IMMOVABLE_RECEIVE |
			 MPO_INSERT_SEND_RIGHT,
	};
	mach_port_t port;
	struct table table;

	make_table(_metadata, self->call, self->object);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_construct(own_task(), &options, 1, &port));
	EXPECT_KR(KERN_INVALID_RIGHT,
		  set_default(self->call, self->object, EXC_MASK_ARITHMETIC,
			      port));
	EXPECT_KR(KERN_INVALID_RIGHT,
		  swap(self->call, self->object, EXC_MASK_ARITHMETIC, port,
		       EXCEPTION_DEFAULT, &table));
	/* After the behavior, before the flavor. */
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  self->call->set(self->object, EXC_MASK_ARITHMETIC, port, 6,
				  0));
	EXPECT_KR(KERN_INVALID_RIGHT,
		  self->call->set(self->object, EXC_MASK_ARITHMETIC, port,
				  EXCEPTION_DEFAULT, -1));
	EXPECT_UNCHANGED();
}

TEST_F(exceptions, behaviors)
{
	static const exception_behavior_t good[] = {
		EXCEPTION_DEFAULT, EXCEPTION_STATE, EXCEPTION_STATE_IDENTITY,
		EXCEPTION_DEFAULT | MACH_EXCEPTION_CODES,
		EXCEPTION_DEFAULT | MACH_EXCEPTION_ERRORS,
		EXCEPTION_DEFAULT | MACH_EXCEPTION_MASK,
		EXCEPTION_IDENTITY_PROTECTED | MACH_EXCEPTION_CODES,
		EXCEPTION_STATE_IDENTITY_PROTECTED | MACH_EXCEPTION_CODES,
	};
	static const exception_behavior_t bad[] = {
		0, 6, 0x1000, -1, MACH_EXCEPTION_CODES,
		EXCEPTION_IDENTITY_PROTECTED,
		EXCEPTION_STATE_IDENTITY_PROTECTED,
		EXCEPTION_DEFAULT | MACH_EXCEPTION_BACKTRACE_PREFERRED,
	};
	mach_port_t port = port_new();
	struct table table;
	size_t i;

	make_table(_metadata, self->call, self->object);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  self->call->set(self->object, EXC_MASK_ARITHMETIC,
					  port, bad[i], 0))
			TH_LOG("behavior %#x", bad[i]);
	EXPECT_UNCHANGED();
	/* Nobody may behave as he likes, but for codes. */
	EXPECT_KR(KERN_SUCCESS, self->call->set(self->object, EXC_MASK_ALL,
						MACH_PORT_NULL, 6, 0));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  self->call->set(self->object, EXC_MASK_ALL, MACH_PORT_NULL,
				  EXCEPTION_IDENTITY_PROTECTED, 0));
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		EXPECT_KR(KERN_SUCCESS,
			  self->call->set(self->object, EXC_MASK_ARITHMETIC,
					  port, good[i], 0));
		EXPECT_KR(KERN_SUCCESS,
			  get(self->call, self->object, EXC_MASK_ARITHMETIC,
			      &table));
		EXPECT_EQ(good[i], table.behavior[0]);
	}
}

TEST_F(exceptions, flavors)
{
	static const thread_state_flavor_t bad[] = {
		-1, 14, 15, 19, INT_MAX, INT_MIN,
	};
	mach_port_t port = port_new();
	struct table table;
	int i;

	make_table(_metadata, self->call, self->object);
	for (i = 0; i < (int)ARRAY_SIZE(bad); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  self->call->set(self->object, EXC_MASK_ARITHMETIC,
					  port, EXCEPTION_STATE, bad[i]));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  self->call->set(self->object, EXC_MASK_ARITHMETIC,
					  MACH_PORT_NULL, 0, bad[i]));
	}
	EXPECT_UNCHANGED();
	for (i = 0; i <= x86_AVX_STATE; i++) {
		if (i == 14 || i == 15)
			continue;
		EXPECT_KR(KERN_SUCCESS,
			  self->call->set(self->object, EXC_MASK_ARITHMETIC,
					  port, EXCEPTION_STATE, i));
		EXPECT_KR(KERN_SUCCESS,
			  get(self->call, self->object, EXC_MASK_ARITHMETIC,
			      &table));
		EXPECT_EQ(i, table.flavor[0]);
	}
}

/*
 * Tasks
 */

static const struct calls task_calls = {
	"task", task_set_exception_ports, task_get_exception_ports,
	task_swap_exception_ports,
};

static const struct calls thread_calls = {
	"thread", thread_set_exception_ports, thread_get_exception_ports,
	thread_swap_exception_ports,
};

static mach_port_t special(task_t task, int which)
{
	mach_port_t port = TEST_POISON32;

	return task_get_special_port(task, which, &port) ? TEST_POISON32 : port;
}

TEST(the_exception_port_is_one_for_all)
{
	mach_port_t port = port_new(), other = port_new();
	task_t self = own_task();
	struct table table;

	EXPECT_EQ(MACH_PORT_NULL, special(self, TASK_EXCEPTION_PORT));
	ASSERT_KR(KERN_SUCCESS, task_set_exception_port(self, port));
	ASSERT_KR(KERN_SUCCESS, get(&task_calls, self, EXC_MASK_VALID, &table));
	EXPECT_EQ(2, table.count);
	EXPECT_TRUE(has_row(&table, EXC_MASK_ALL, port, EXCEPTION_DEFAULT, 0));
	EXPECT_TRUE(has_row(&table, EXC_MASK_CRASH | EXC_MASK_CORPSE_NOTIFY,
			    MACH_PORT_NULL, 0, 0));
	EXPECT_EQ(port, special(self, TASK_EXCEPTION_PORT));
	/* What is no part of it does not matter, nor how it is handled. */
	ASSERT_KR(KERN_SUCCESS,
		  set_default(&task_calls, self, EXC_MASK_CRASH, other));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_exception_ports(self, EXC_MASK_ARITHMETIC, port,
					   EXCEPTION_STATE, 4));
	EXPECT_EQ(port, special(self, TASK_EXCEPTION_PORT));
	/* One that goes elsewhere does. */
	ASSERT_KR(KERN_SUCCESS,
		  set_default(&task_calls, self, EXC_MASK_GUARD, other));
	EXPECT_EQ(MACH_PORT_NULL, special(self, TASK_EXCEPTION_PORT));
	ASSERT_KR(KERN_SUCCESS,
		  set_default(&task_calls, self, EXC_MASK_ALL, other));
	EXPECT_EQ(other, special(self, TASK_EXCEPTION_PORT));
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(self, other));
	EXPECT_EQ(MACH_PORT_DEAD, special(self, TASK_EXCEPTION_PORT));
	ASSERT_KR(KERN_SUCCESS, task_set_exception_port(self, MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS, get(&task_calls, self, EXC_MASK_ALL, &table));
	EXPECT_EQ(1, table.count);
	EXPECT_TRUE(has_row(&table, EXC_MASK_ALL, MACH_PORT_NULL, 0, 0));
}

TEST(another_task_by_its_port)
{
	mach_port_t port = port_new();
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS, set_default(&task_calls, actor_task(&actor),
					    EXC_MASK_CRASH, port));
	EXPECT_EQ(port, handler(&task_calls, actor_task(&actor), EXC_CRASH));
	EXPECT_EQ(MACH_PORT_NULL,
		  handler(&task_calls, own_task(), EXC_CRASH));
	EXPECT_EQ(128 + SIGKILL, actor_kill(&actor));
	mach_sync();
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  set_default(&task_calls, actor.task, EXC_MASK_CRASH, port));
	EXPECT_EQ(1, port_has_senders(port));
	mach_port_mod_refs(own_task(), port, MACH_PORT_RIGHT_SEND,
			   -port_send_refs(port));
	EXPECT_EQ(0, port_has_senders(port));
}

TEST(lesser_ports_do_not_tell)
{
	static const int which[] = {
		TASK_READ_PORT, TASK_INSPECT_PORT, TASK_NAME_PORT,
	};
	struct table table;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(which); i++) {
		mach_port_t port = special(own_task(), which[i]);

		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  get(&task_calls, port, EXC_MASK_ALL, &table));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  set_default(&task_calls, port, EXC_MASK_ALL,
				      MACH_PORT_NULL));
	}
}

TEST(children_inherit_all_of_it)
{
	mach_port_t port = port_new(), other = port_new();
	struct table table;
	struct actor actor;
	task_t child[2];
	int i;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_exception_ports(own_task(), EXC_MASK_CRASH, port,
					   EXCEPTION_STATE |
					   MACH_EXCEPTION_CODES,
					   x86_THREAD_STATE64));
	ASSERT_KR(KERN_SUCCESS, set_default(&task_calls, own_task(),
					    EXC_MASK_GUARD, other));
	ASSERT_EQ(0, actor_start(&actor));
	for (i = 0; i < 2; i++)
		ASSERT_KR(KERN_SUCCESS,
			  task_create(own_task(), NULL, 0, i, &child[i]));
	/* What the parent does now is its own affair. */
	ASSERT_KR(KERN_SUCCESS, set_default(&task_calls, own_task(),
					    EXC_MASK_VALID, MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS, get(&task_calls, actor_task(&actor),
				    EXC_MASK_VALID, &table));
	EXPECT_EQ(3, table.count);
	EXPECT_TRUE(has_row(&table, EXC_MASK_CRASH, port,
			    EXCEPTION_STATE | MACH_EXCEPTION_CODES,
			    x86_THREAD_STATE64));
	EXPECT_TRUE(has_row(&table, EXC_MASK_GUARD, other, EXCEPTION_DEFAULT,
			    0));
	for (i = 0; i < 2; i++) {
		ASSERT_KR(KERN_SUCCESS, get(&task_calls, child[i],
					    EXC_MASK_VALID, &table));
		EXPECT_EQ(3, table.count);
		EXPECT_TRUE(has_row(&table, EXC_MASK_CRASH, port,
				    EXCEPTION_STATE | MACH_EXCEPTION_CODES,
				    x86_THREAD_STATE64));
	}
	/* They may be set for a task that has not run, too. */
	ASSERT_KR(KERN_SUCCESS, set_default(&task_calls, child[0],
					    EXC_MASK_CRASH, other));
	EXPECT_EQ(other, handler(&task_calls, child[0], EXC_CRASH));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(an_exec_keeps_them)
{
	mach_port_t port = port_new();
	struct actor actor;
	char path[PATH_MAX];

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS, set_default(&task_calls, actor_task(&actor),
					    EXC_MASK_CRASH, port));
	ASSERT_EQ(0, actor_run(&actor, path));
	EXPECT_EQ(port, handler(&task_calls, actor_task(&actor), EXC_CRASH));
	EXPECT_EQ(0, actor_end(&actor));
}

/*
 * Threads
 */

static atomic_int stage;
static mach_port_t its_port;

static void *thread_with_a_port(void *argument)
{
	its_port = mach_thread_self();
	stage = 1;
	while (stage == 1)
		test_sleep_ms(1);
	return argument;
}

TEST(those_of_a_thread_end_with_it)
{
	mach_port_t port = port_new();
	pthread_t thread;
	struct table table;

	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_with_a_port, NULL));
	while (!stage)
		test_sleep_ms(1);
	ASSERT_KR(KERN_SUCCESS, set_default(&thread_calls, its_port,
					    EXC_MASK_ALL, port));
	EXPECT_EQ(port, handler(&thread_calls, its_port, EXC_ARITHMETIC));
	/* Another thread of the same task has none. */
	ASSERT_KR(KERN_SUCCESS, get(&thread_calls, mach_thread_self(),
				    EXC_MASK_ALL, &table));
	EXPECT_EQ(0, table.count);
	EXPECT_EQ(MACH_PORT_NULL,
		  handler(&task_calls, own_task(), EXC_ARITHMETIC));
	mach_port_mod_refs(own_task(), port, MACH_PORT_RIGHT_SEND,
			   -port_send_refs(port));
	EXPECT_EQ(1, port_has_senders(port));
	stage = 2;
	pthread_join(thread, NULL);
	while (!port_is_dead(its_port))
		test_sleep_ms(1);
	mach_sync();
	EXPECT_EQ(0, port_has_senders(port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  get(&thread_calls, its_port, EXC_MASK_ALL, &table));
}

TEST(a_childs_thread_has_none)
{
	mach_port_t port = port_new();
	struct table table;
	pid_t pid;

	ASSERT_KR(KERN_SUCCESS, set_default(&thread_calls, mach_thread_self(),
					    EXC_MASK_ALL, port));
	pid = child_fork();
	if (!pid) {
		EXPECT_KR(KERN_SUCCESS, get(&thread_calls, mach_thread_self(),
					    EXC_MASK_ALL, &table));
		EXPECT_EQ(0, table.count);
		child_exit();
	}
	EXPECT_CHILD(pid);
}

/* Threads come and go while somebody says who handles their exceptions. */
static atomic_bool stopped;

static void *announce(void *argument)
{
	*(mach_port_t *)argument = mach_thread_self();
	return NULL;
}

static void *set_for_ever(void *argument)
{
	mach_port_t port = *(mach_port_t *)argument;

	while (!stopped) {
		mach_port_t thread = *(volatile mach_port_t *)&its_port;

		set_default(&thread_calls, thread, EXC_MASK_ALL, port);
		set_default(&thread_calls, thread, EXC_MASK_ALL,
			    MACH_PORT_NULL);
	}
	return NULL;
}

TEST(a_thread_that_ends_meanwhile)
{
	mach_port_t port = port_new();
	pthread_t setter, thread;
	int i;

	ASSERT_EQ(0, pthread_create(&setter, NULL, set_for_ever, &port));
	for (i = 0; i < 300; i++) {
		ASSERT_EQ(0, pthread_create(&thread, NULL, announce,
					    &its_port));
		pthread_join(thread, NULL);
		mach_port_deallocate(own_task(), its_port);
	}
	stopped = true;
	pthread_join(setter, NULL);
	EXPECT_EQ(1, port_send_refs(port));
	mach_port_mod_refs(own_task(), port, MACH_PORT_RIGHT_SEND, -1);
	/* Linux may say that a thread has gone before it tells the module. */
	EXPECT_TRUE(TEST_UNTIL(!mach_sync() && !port_has_senders(port), 10000));
}

/* Swaps by two threads: each port comes out of the table as often as it went in. */
static void *swap_around(void *argument)
{
	mach_port_t mine = *(mach_port_t *)argument;
	struct table table;
	int i;

	for (i = 0; i < 300; i++) {
		if (swap(&task_calls, own_task(), EXC_MASK_CRASH, mine,
			 EXCEPTION_DEFAULT, &table) || table.count != 1)
			return (void *)1;
		if (mine != MACH_PORT_NULL)
			mach_port_deallocate(own_task(), mine);
		mine = table.port[0];
	}
	*(mach_port_t *)argument = mine;
	return NULL;
}

TEST(swaps_at_once_lose_nothing)
{
	mach_port_t port[3], all[3];
	pthread_t thread[2];
	void *failed;
	int i;

	for (i = 0; i < 3; i++)
		all[i] = port[i] = port_new();
	ASSERT_KR(KERN_SUCCESS, set_default(&task_calls, own_task(),
					    EXC_MASK_CRASH, port[2]));
	mach_port_deallocate(own_task(), port[2]);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, swap_around,
					    &port[i]));
	for (i = 0; i < 2; i++) {
		pthread_join(thread[i], &failed);
		EXPECT_EQ(NULL, failed);
	}
	port[2] = handler(&task_calls, own_task(), EXC_CRASH);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(1, (port[0] == all[i]) + (port[1] == all[i]) +
			     (port[2] == all[i]));
		EXPECT_EQ(1, port_send_refs(all[i]));
	}
}

/*
 * The host
 */

TEST(a_user_cannot_set_those_of_the_host)
{
	struct table table;

	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_set_exception_ports(mach_host_self(), EXC_MASK_ALL,
					   port_new(), EXCEPTION_DEFAULT, 0));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_get_exception_ports(mach_host_self(), EXC_MASK_ALL,
					   table.mask, &table.count,
					   table.port, table.behavior,
					   table.flavor));
}

TEST(those_of_the_host_are_of_no_task)
{
	mach_port_t priv = host_priv_port(), port = port_new();

	ASSERT_KR(KERN_SUCCESS,
		  host_set_exception_ports(priv, EXC_MASK_ALL, port,
					   EXCEPTION_DEFAULT, 0));
	EXPECT_EQ(MACH_PORT_NULL, special(own_task(), TASK_EXCEPTION_PORT));
	ASSERT_KR(KERN_SUCCESS,
		  host_set_exception_ports(priv, EXC_MASK_ALL, MACH_PORT_NULL,
					   0, 0));
	EXPECT_EQ(1, port_send_refs(port));
}

MACH_TEST_MAIN
