// SPDX-License-Identifier: GPL-2.0-only
/*
 * The specification, sentence by sentence: what the manual pages of
 * task_set_special_port, task_get_special_port, host_security_set_task_token
 * and task_create promise, each in a test of its own.
 */
#include "actor.h"

static mach_port_t get_special(task_t task, int which)
{
	mach_port_t port = TEST_POISON32;

	if (task_get_special_port(task, which, &port))
		return TEST_POISON32;
	return port;
}

static struct tokens spoken(mach_port_t port)
{
	struct letter letter;

	if (letter_post(port, 1) || letter_receive(port, &letter))
		memset(&letter, TEST_POISON, sizeof(letter));
	return letter_tokens(&letter);
}

/*
 * host_security_set_task_token
 */

/* "changes the specified task's security and audit tokens" */
TEST(set_token_changes_both_tokens)
{
	struct tokens seen;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), own_task(),
				  tokens_made(1), MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS, task_tokens(own_task(), &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
}

/* "the specified task's": not the caller's */
TEST(set_token_changes_the_specified_task)
{
	struct tokens before, seen;
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS, task_tokens(own_task(), &before));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), actor_task(&actor),
				  tokens_made(1), MACH_PORT_NULL));
	ASSERT_KR(KERN_SUCCESS, task_tokens(actor.task, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
	ASSERT_KR(KERN_SUCCESS, task_tokens(own_task(), &seen));
	EXPECT_TOKENS(before, seen);
	EXPECT_EQ(0, actor_end(&actor));
}

/* "the new tokens will be included in all subsequent messages" */
TEST(set_token_shows_in_all_subsequent_messages)
{
	mach_port_t port = port_receive();
	struct letter letter;
	int i;

	ASSERT_KR(MACH_MSG_SUCCESS, letter_post(port, 0));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), own_task(),
				  tokens_made(1), MACH_PORT_NULL));
	/* Not in the one that was sent before. */
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	EXPECT_EQ(getpid(), letter_tokens(&letter).audit[AUDIT_PID]);
	for (i = 0; i < 10; i++)
		EXPECT_TOKENS(tokens_made(1), spoken(port));
}

/* "The initial value of a task's ... tokens is that of its parent." */
TEST(tokens_begin_as_the_parents)
{
	mach_port_t port = port_receive();
	struct tokens derived, seen;
	struct actor actor;

	derived = spoken(port);
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, port, &seen));
	/* Where nobody set them, but for who the process is. */
	seen.audit[AUDIT_PID] = derived.audit[AUDIT_PID];
	seen.audit[AUDIT_PIDVERSION] = derived.audit[AUDIT_PIDVERSION];
	EXPECT_TOKENS(derived, seen);
	EXPECT_EQ(0, actor_end(&actor));

	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), own_task(),
				  tokens_made(1), MACH_PORT_NULL));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, port, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
	EXPECT_EQ(0, actor_end(&actor));
}

/* "host: The task's new host-self port." */
TEST(set_token_gives_a_new_host_self_port)
{
	mach_port_t priv = host_priv_port();

	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), own_task(),
				  tokens_made(1), priv));
	EXPECT_EQ(priv, mach_host_self());
}

/* "The value of host_security does not specify the security port" */
TEST(set_token_needs_the_security_port)
{
	EXPECT_KR(KERN_INVALID_SECURITY,
		  task_set_tokens(mach_host_self(), own_task(), tokens_made(1),
				  MACH_PORT_NULL));
	EXPECT_KR(KERN_INVALID_SECURITY,
		  task_set_tokens(host_priv_port(), own_task(), tokens_made(1),
				  MACH_PORT_NULL));
	EXPECT_KR(KERN_INVALID_SECURITY,
		  task_set_tokens(MACH_PORT_NULL, own_task(), tokens_made(1),
				  MACH_PORT_NULL));
	EXPECT_EQ(35, KERN_INVALID_SECURITY);
}

/* "The host security port is a privileged port" */
TEST(the_security_port_is_privileged)
{
	mach_port_t port = TEST_POISON32;

	ASSERT_TRUE(MACH_PORT_VALID(host_security_port()));
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	EXPECT_KR(KERN_NO_ACCESS,
		  host_get_host_priv_port(mach_host_self(), &port));
	EXPECT_EQ(MACH_PORT_NULL, port);
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_get_special_port(mach_host_self(), HOST_LOCAL_NODE,
					HOST_SECURITY_PORT, &port));
}

/* "given to the system bootstrap task for the use of this call" */
TEST(the_security_port_is_for_this_call)
{
	mach_port_t security = host_security_port(), port;

	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  host_get_special_port(security, HOST_LOCAL_NODE, HOST_PORT,
					&port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_get_special_port(security, TASK_KERNEL_PORT, &port));
	EXPECT_KR(KERN_SUCCESS,
		  task_set_tokens(security, own_task(), tokens_made(1),
				  MACH_PORT_NULL));
}

/*
 * task_set_special_port
 */

/* "TASK_BOOTSTRAP_PORT: ... Used to send messages requesting return of other
 * system service ports."
 */
TEST(messages_go_to_the_bootstrap_port)
{
	mach_port_t server = port_new();
	struct letter letter;
	struct actor actor;
	uint32_t name, reply;

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), server));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_get_special(&actor, TASK_BOOTSTRAP_PORT, &name));
	ASSERT_EQ(0, actor_allocate(&actor, &reply));
	EXPECT_KR(MACH_MSG_SUCCESS,
		  actor_send(&actor, name, MACH_MSG_TYPE_COPY_SEND, reply,
			     MACH_MSG_TYPE_MAKE_SEND_ONCE, 400));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(server, &letter));
	EXPECT_EQ(400, letter.header.msgh_id);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE,
		  port_type(letter.header.msgh_remote_port));
	EXPECT_EQ(0, actor_end(&actor));
}

/* "This is the port returned by mach_task_self." */
TEST(the_kernel_port_is_mach_task_self)
{
	mach_port_t port = port_new();

	EXPECT_EQ(mach_task_self(), get_special(own_task(), TASK_KERNEL_PORT));
	ASSERT_KR(KERN_SUCCESS, task_set_kernel_port(own_task(), port));
	EXPECT_EQ(port, mach_task_self());
	EXPECT_EQ(port, get_special(own_task(), TASK_KERNEL_PORT));
}

/* "Used by the kernel to receive messages to manipulate the task": the port
 * denotes the task to the calls that manipulate it.
 */
TEST(the_kernel_port_manipulates_the_task)
{
	mach_port_t kernel = get_special(own_task(), TASK_KERNEL_PORT), port;
	struct tokens tokens;

	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate(kernel, MACH_PORT_RIGHT_RECEIVE, &port));
	EXPECT_KR(KERN_SUCCESS, task_tokens(kernel, &tokens));
	EXPECT_KR(KERN_SUCCESS, task_set_bootstrap_port(kernel, kernel));
}

/* "Setting this special port does not change the identity of the kernel port
 * that names the task; this simply changes the value returned"
 */
TEST(setting_the_kernel_port_does_not_rename_the_task)
{
	task_t self = own_task(), task;
	struct tokens tokens;

	ASSERT_KR(KERN_SUCCESS, task_set_kernel_port(self, port_new()));
	EXPECT_KR(KERN_SUCCESS, task_tokens(self, &tokens));
	EXPECT_KR(KERN_SUCCESS, task_for_pid(self, getpid(), &task));
	EXPECT_EQ(self, task);
}

/* "This is the port returned by mach_host_self." */
TEST(the_host_port_is_mach_host_self)
{
	mach_port_t port = port_new();

	EXPECT_EQ(mach_host_self(), get_special(own_task(),
						TASK_HOST_NAME_PORT));
	ASSERT_KR(KERN_SUCCESS, task_set_host_name_port(own_task(), port));
	EXPECT_EQ(port, mach_host_self());
}

/* "does not change the identity of the kernel port that names the host" */
TEST(setting_the_host_port_does_not_rename_the_host)
{
	mach_port_t host = mach_host_self(), priv = host_priv_port();
	mach_port_t security = host_security_port(), seen;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_host_name_port(own_task(), port_new()));
	EXPECT_KR(KERN_SUCCESS,
		  host_get_special_port(priv, HOST_LOCAL_NODE, HOST_PORT,
					&seen));
	EXPECT_EQ(host, seen);
	EXPECT_KR(KERN_SUCCESS,
		  task_set_tokens(security, own_task(), tokens_made(1), host));
	EXPECT_EQ(host, mach_host_self());
}

/* "does not change the ledger from which the task draws its resources" */
TEST(setting_a_ledger_port_draws_on_no_other)
{
	const int which[] = {
		TASK_WIRED_LEDGER_PORT, TASK_PAGED_LEDGER_PORT,
	};
	mach_port_t genuine, port;
	uint64_t charged;
	size_t i;

	for (i = 0; i < 2; i++) {
		genuine = get_special(own_task(), which[i]);
		EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(genuine));
		port = port_new();
		EXPECT_KR(KERN_SUCCESS,
			  task_set_special_port(own_task(), which[i], port));
		EXPECT_EQ(port, get_special(own_task(), which[i]));
		/* It still draws, where a port is no ledger. */
		charged = mach_counter(MACHDEV_COUNTER_CHARGED);
		port_new();
		EXPECT_LT(charged, mach_counter(MACHDEV_COUNTER_CHARGED));
	}
}

/* "sets a special port belonging to task" */
TEST(set_sets_the_port_of_that_task)
{
	mach_port_t port = port_new();
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_special_port(actor_task(&actor),
					TASK_BOOTSTRAP_PORT, port));
	EXPECT_EQ(port, actor_special(&actor, TASK_BOOTSTRAP_PORT));
	EXPECT_NE(port, get_special(own_task(), TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

/* "Macro forms" */
TEST(macro_forms_of_set)
{
	mach_port_t port = port_new();

	EXPECT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	EXPECT_EQ(port, get_special(own_task(), TASK_BOOTSTRAP_PORT));
	EXPECT_KR(KERN_SUCCESS, task_set_host_name_port(own_task(), port));
	EXPECT_EQ(port, get_special(own_task(), TASK_HOST_NAME_PORT));
	EXPECT_KR(KERN_SUCCESS, task_set_exception_port(own_task(), port));
	EXPECT_EQ(port, get_special(own_task(), TASK_EXCEPTION_PORT));
	EXPECT_KR(KERN_SUCCESS, task_set_kernel_port(own_task(), port));
	EXPECT_EQ(port, get_special(own_task(), TASK_KERNEL_PORT));
}

/*
 * task_get_special_port
 */

/* "returns send rights to one of a set of special ports" */
TEST(get_returns_send_rights)
{
	const int which[] = {
		TASK_KERNEL_PORT, TASK_HOST_PORT, TASK_EXCEPTION_PORT,
		TASK_BOOTSTRAP_PORT, TASK_WIRED_LEDGER_PORT,
		TASK_PAGED_LEDGER_PORT,
	};
	struct actor actor;
	mach_port_t port;
	uint32_t name;
	size_t i;

	/* Of ports that somebody else receives from. */
	ASSERT_EQ(0, actor_start(&actor));
	for (i = 0; i < ARRAY_SIZE(which); i++) {
		ASSERT_EQ(0, actor_allocate(&actor, &name));
		port = actor_take(&actor, name, MACH_MSG_TYPE_MAKE_SEND);
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(own_task(), which[i], port));
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_deallocate(own_task(), port));
		port = get_special(own_task(), which[i]);
		EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(port));
		EXPECT_EQ(1, port_send_refs(port));
	}
	EXPECT_EQ(0, actor_end(&actor));
}

/* "The task's exception port": set and got like the others. */
TEST(the_exception_port)
{
	mach_port_t port = port_new();

	ASSERT_KR(KERN_SUCCESS,
		  task_set_special_port(own_task(), TASK_EXCEPTION_PORT,
					port));
	EXPECT_EQ(port, get_special(own_task(), TASK_EXCEPTION_PORT));
}

/* "KERN_INVALID_ARGUMENT if task is not a task" */
TEST(what_is_no_task)
{
	mach_port_t port;

	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_get_special_port(port_new(), TASK_BOOTSTRAP_PORT,
					&port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_get_special_port(MACH_PORT_NULL, TASK_BOOTSTRAP_PORT,
					&port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_special_port(port_new(), TASK_BOOTSTRAP_PORT,
					MACH_PORT_NULL));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_special_port(MACH_PORT_NULL, TASK_BOOTSTRAP_PORT,
					MACH_PORT_NULL));
}

/* "... or which_port is an invalid port selector" */
TEST(what_is_no_selector)
{
	mach_port_t port;

	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_get_special_port(own_task(), 0, &port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_get_special_port(own_task(), 9999, &port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_special_port(own_task(), 0, MACH_PORT_NULL));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_special_port(own_task(), 9999, MACH_PORT_NULL));
}

/* "task_get_kernel_port is equivalent to ...", and so for each macro. */
TEST(macro_forms_of_get)
{
	mach_port_t port, exception = port_new(), bootstrap = port_new();

	ASSERT_KR(KERN_SUCCESS,
		  task_set_special_port(own_task(), TASK_EXCEPTION_PORT,
					exception));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_special_port(own_task(), TASK_BOOTSTRAP_PORT,
					bootstrap));
	EXPECT_KR(KERN_SUCCESS, task_get_kernel_port(own_task(), &port));
	EXPECT_EQ(mach_task_self(), port);
	EXPECT_KR(KERN_SUCCESS, task_get_exception_port(own_task(), &port));
	EXPECT_EQ(exception, port);
	EXPECT_KR(KERN_SUCCESS, task_get_bootstrap_port(own_task(), &port));
	EXPECT_EQ(bootstrap, port);
}

/*
 * task_create, where a task is made by fork
 */

/* "The child task inherits the parent's security ID." */
TEST(the_child_inherits_the_security_id)
{
	mach_port_t port = port_receive();
	struct tokens seen;
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), own_task(),
				  tokens_made(9), MACH_PORT_NULL));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, port, &seen));
	EXPECT_TOKENS(tokens_made(9), seen);
	EXPECT_EQ(0, actor_end(&actor));
}

/* "The port by which the kernel knows the new child task" */
TEST(the_child_has_its_task_self_right)
{
	struct actor actor;
	int pid;

	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_KR(KERN_SUCCESS, pid_for_task(actor_task(&actor), &pid));
	EXPECT_EQ(actor.pid, pid);
	EXPECT_EQ(actor.task, actor_trap(&actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_EQ(0, actor_end(&actor));
}

/* "The child task inherits a send right for this port from the parent task.
 * The task can use task_set_special_port to change this port."
 */
TEST(the_child_inherits_the_bootstrap_port)
{
	mach_port_t port = port_new(), other = port_new();
	struct actor actor;
	uint32_t name;

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), port));
	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_EQ(port, actor_special(&actor, TASK_BOOTSTRAP_PORT));
	name = actor_give(&actor, other, MACH_MSG_TYPE_COPY_SEND);
	EXPECT_KR(KERN_SUCCESS,
		  actor_set_special(&actor, TASK_BOOTSTRAP_PORT, name));
	EXPECT_EQ(other, actor_special(&actor, TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

/* "[host-self send right] ... inherits a send right for this port" */
TEST(the_child_inherits_the_host_port)
{
	mach_port_t priv = host_priv_port();
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS, task_set_host_port(own_task(), priv));
	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_EQ(priv, actor_trap(&actor, MACHDEV_IOC_HOST_SELF));
	EXPECT_EQ(0, actor_end(&actor));
}

/* "The ports naming the ledgers from which the task draws its resources." */
TEST(the_child_has_ledger_ports)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_EQ(get_special(own_task(), TASK_WIRED_LEDGER_PORT),
		  actor_special(&actor, TASK_WIRED_LEDGER_PORT));
	EXPECT_EQ(get_special(own_task(), TASK_PAGED_LEDGER_PORT),
		  actor_special(&actor, TASK_PAGED_LEDGER_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

/* "[exception send rights] Ports to which exception messages are sent." */
TEST(the_child_inherits_the_exception_port)
{
	mach_port_t port = port_new();
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS, task_set_exception_port(own_task(), port));
	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_EQ(port, actor_special(&actor, TASK_EXCEPTION_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

MACH_TEST_MAIN
