// SPDX-License-Identifier: GPL-2.0-only
/*
 * Explicit tokens: host_security_set_task_token(), what it checks, and how
 * far the words go that it sets.
 */
#include "actor.h"

FIXTURE(token) {
	task_t task;
	mach_port_t security, priv, host, port;
};

FIXTURE_SETUP(token)
{
	self->task = own_task();
	self->security = host_security_port();
	self->priv = host_priv_port();
	self->host = mach_host_self();
	self->port = port_receive();
	ASSERT_TRUE(MACH_PORT_VALID(self->security));
	ASSERT_TRUE(MACH_PORT_VALID(self->priv));
}

FIXTURE_TEARDOWN(token)
{
}

static struct tokens spoken(mach_port_t port)
{
	struct letter letter;

	if (letter_post(port, 1) || letter_receive(port, &letter))
		memset(&letter, TEST_POISON, sizeof(letter));
	return letter_tokens(&letter);
}

static struct tokens info(task_t task)
{
	struct tokens tokens;

	task_tokens(task, &tokens);
	return tokens;
}

static mach_port_t host_self(void)
{
	uint32_t name;

	return mach_ioctl_name(MACHDEV_IOC_HOST_SELF, &name) ? TEST_POISON32 :
							      name;
}

/* Ordinary orders go through the actor's own call. */
static long actor_set_tokens(struct actor *actor, mach_port_t security,
			     struct tokens tokens)
{
	struct machdev_task_token argument = {
		.host_security = actor_give(actor, security,
					    MACH_MSG_TYPE_COPY_SEND),
		.task = actor_self(actor),
	};

	memcpy(argument.security, tokens.security, sizeof(tokens.security));
	memcpy(argument.audit, tokens.audit, sizeof(tokens.audit));
	return actor_ioctl(actor, MACHDEV_IOC_HOST_SET_TASK_TOKEN, &argument);
}

TEST_F(token, words_are_taken_verbatim)
{
	struct tokens made = tokens_made(1);

	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						made, MACH_PORT_NULL));
	EXPECT_TOKENS(made, spoken(self->port));
	EXPECT_TOKENS(made, info(self->task));
}

TEST_F(token, any_words_will_do)
{
	struct tokens made;

	memset(&made, 0, sizeof(made));
	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						made, MACH_PORT_NULL));
	EXPECT_TOKENS(made, spoken(self->port));
	memset(&made, 0xff, sizeof(made));
	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						made, MACH_PORT_NULL));
	EXPECT_TOKENS(made, spoken(self->port));
	EXPECT_TOKENS(made, info(self->task));
}

TEST_F(token, the_last_words_count)
{
	uint32_t i;

	for (i = 0; i < 20; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  task_set_tokens(self->security, self->task,
					  tokens_made(i), MACH_PORT_NULL));
		EXPECT_TOKENS(tokens_made(i), spoken(self->port));
	}
}

TEST_F(token, all_later_messages_carry_them)
{
	uint32_t i;

	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1),
						MACH_PORT_NULL));
	for (i = 0; i < 20; i++)
		EXPECT_TOKENS(tokens_made(1), spoken(self->port));
}

TEST_F(token, a_queued_message_keeps_its_words)
{
	struct tokens derived = tokens_derived();
	struct letter letter;
	int i;

	ASSERT_KR(MACH_MSG_SUCCESS, letter_post(self->port, 0));
	for (i = 1; i < 4; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  task_set_tokens(self->security, self->task,
					  tokens_made(i), MACH_PORT_NULL));
		ASSERT_KR(MACH_MSG_SUCCESS, letter_post(self->port, i));
	}
	for (i = 0; i < 4; i++) {
		ASSERT_KR(MACH_MSG_SUCCESS,
			  letter_receive(self->port, &letter));
		ASSERT_EQ(i, letter.header.msgh_id);
		EXPECT_TOKENS(i ? tokens_made(i) : derived,
			      letter_tokens(&letter));
	}
}

TEST_F(token, setuid_does_not_change_them)
{
	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1),
						MACH_PORT_NULL));
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	EXPECT_TOKENS(tokens_made(1), spoken(self->port));
	EXPECT_TOKENS(tokens_made(1), info(self->task));
}

TEST_F(token, children_inherit_them)
{
	struct tokens seen;
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1),
						MACH_PORT_NULL));
	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, self->port, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
	EXPECT_TOKENS(tokens_made(1), info(actor.task));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	EXPECT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, self->port, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
	/* And the child's child. */
	ASSERT_EQ(0, actor_next(&actor));
	EXPECT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, self->port, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(token, earlier_children_are_left_alone)
{
	struct tokens before, seen;
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, self->port, &before));
	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1),
						MACH_PORT_NULL));
	EXPECT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, self->port, &seen));
	EXPECT_TOKENS(before, seen);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(token, a_childs_words_are_its_own)
{
	struct tokens derived = tokens_derived(), seen;
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(self->security, actor_task(&actor),
				  tokens_made(2), MACH_PORT_NULL));
	EXPECT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, self->port, &seen));
	EXPECT_TOKENS(tokens_made(2), seen);
	EXPECT_TOKENS(derived, spoken(self->port));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(token, exec_does_not_change_them)
{
	struct tokens seen;
	struct actor actor;
	char path[PATH_MAX];
	int i;

	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(self->security, actor_task(&actor),
				  tokens_made(3), MACH_PORT_NULL));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, actor_run(&actor, path));
		EXPECT_KR(MACH_MSG_SUCCESS,
			  actor_speak(&actor, self->port, &seen));
		EXPECT_TOKENS(tokens_made(3), seen);
	}
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(token, pidversion_lives_on_beneath)
{
	uint32_t version = pidversion_of(getpid());

	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1),
						MACH_PORT_NULL));
	EXPECT_NE(0, version);
	EXPECT_EQ(version, pidversion_of(getpid()));
}

TEST_F(token, name_spaces_do_not_translate_them)
{
	struct answer answer;
	struct actor inside;
	mach_port_t right;
	uint32_t port;

	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1),
						MACH_PORT_NULL));
	ASSERT_EQ(0, actor_start(&inside));
	ASSERT_EQ(0, actor_do(&inside, ORDER_UNSHARE,
			      CLONE_NEWUSER | CLONE_NEWPID, 0));
	ASSERT_EQ(0, actor_next(&inside));
	ASSERT_EQ(0, actor_allocate(&inside, &port));
	right = actor_take(&inside, port, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(MACH_MSG_SUCCESS,
		  letter_send(right, MACH_MSG_TYPE_MOVE_SEND, 0, 0, 1));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_hear(&inside, port, &answer));
	EXPECT_TOKENS(tokens_made(1), answer.tokens);
	EXPECT_EQ(0, actor_end(&inside));
}

TEST_F(token, a_user_with_the_port_may)
{
	struct tokens seen;
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	EXPECT_KR(KERN_SUCCESS,
		  actor_set_tokens(&actor, self->security, tokens_made(4)));
	EXPECT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, self->port, &seen));
	EXPECT_TOKENS(tokens_made(4), seen);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(token, root_without_the_port_may_not)
{
	struct tokens derived = tokens_derived();

	EXPECT_KR(KERN_INVALID_SECURITY,
		  task_set_tokens(self->host, self->task, tokens_made(1),
				  MACH_PORT_NULL));
	EXPECT_TOKENS(derived, spoken(self->port));
}

TEST_F(token, inherited_words_cannot_be_shed)
{
	struct tokens seen;
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1),
						MACH_PORT_NULL));
	ASSERT_EQ(0, actor_start(&actor));
	EXPECT_KR(KERN_INVALID_SECURITY,
		  actor_set_tokens(&actor, self->host, tokens_made(2)));
	EXPECT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, self->port, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(token, wrong_security_port)
{
	mach_port_t receive = port_receive();
	const uint32_t wrong[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, receive,
		port_new(), port_dead_name(), port_send_once(receive),
		self->host, self->priv, self->task, mach_thread_self(),
	};
	struct tokens derived = tokens_derived();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_KR(KERN_INVALID_SECURITY,
			  task_set_tokens(wrong[i], self->task, tokens_made(1),
					  self->priv)) {
			TH_LOG("port %zu", i);
		}
	}
	EXPECT_TOKENS(derived, spoken(self->port));
	EXPECT_EQ(self->host, host_self());
}

TEST_F(token, wrong_task)
{
	const uint32_t wrong[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, port_new(),
		port_dead_name(), self->host, self->security,
		mach_thread_self(),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_set_tokens(self->security, wrong[i],
					  tokens_made(1), self->host)) {
			TH_LOG("task %zu", i);
		}
	}
}

TEST_F(token, wrong_host)
{
	mach_port_t receive = port_receive();
	const uint32_t wrong[] = {
		MACH_PORT_DEAD, PORT_NOTHING, receive, port_new(),
		port_dead_name(), port_send_once(receive), self->task,
		self->security, mach_thread_self(),
	};
	struct tokens derived = tokens_derived();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_KR(KERN_INVALID_HOST,
			  task_set_tokens(self->security, self->task,
					  tokens_made(1), wrong[i])) {
			TH_LOG("host %zu", i);
		}
	}
	/* A call that fails changes nothing. */
	EXPECT_TOKENS(derived, spoken(self->port));
	EXPECT_EQ(self->host, host_self());
}

TEST_F(token, order_of_checks)
{
	mach_port_t bad = port_new();

	/* Each pair, and all three: task, security port, host. */
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_tokens(bad, bad, tokens_made(1), self->host));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_tokens(self->security, bad, tokens_made(1), bad));
	EXPECT_KR(KERN_INVALID_SECURITY,
		  task_set_tokens(bad, self->task, tokens_made(1), bad));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_tokens(bad, bad, tokens_made(1), bad));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_tokens(MACH_PORT_NULL, MACH_PORT_NULL,
				  tokens_made(1), MACH_PORT_NULL));
	EXPECT_KR(KERN_INVALID_SECURITY,
		  task_set_tokens(MACH_PORT_NULL, self->task, tokens_made(1),
				  MACH_PORT_NULL));
}

TEST_F(token, a_dead_task)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_NE(MACH_PORT_NULL, actor_task(&actor));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_tokens(self->security, actor.task, tokens_made(1),
				  MACH_PORT_NULL));
}

TEST_F(token, rights_are_not_consumed)
{
	int security = port_send_refs(self->security);
	int host = port_send_refs(self->host);
	int task = port_send_refs(self->task);

	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1), self->host));
	EXPECT_EQ(security, port_send_refs(self->security));
	EXPECT_EQ(host, port_send_refs(self->host));
	EXPECT_EQ(task, port_send_refs(self->task));
}

TEST_F(token, the_host_port_comes_with_them)
{
	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1), self->priv));
	EXPECT_EQ(self->priv, host_self());
	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1), self->host));
	EXPECT_EQ(self->host, host_self());
	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1), self->priv));
	/* Null is the plain host port. */
	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1),
						MACH_PORT_NULL));
	EXPECT_EQ(self->host, host_self());
}

TEST_F(token, a_substituted_host_port_is_replaced)
{
	mach_port_t substitute = port_new();

	ASSERT_KR(KERN_SUCCESS, task_set_host_port(self->task, substitute));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_deallocate(self->task, substitute));
	EXPECT_EQ(1, port_has_senders(substitute));
	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1),
						MACH_PORT_NULL));
	EXPECT_EQ(self->host, host_self());
	EXPECT_EQ(0, port_has_senders(substitute));
}

TEST_F(token, children_inherit_the_host_port)
{
	struct actor actor;

	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1), self->priv));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	EXPECT_EQ(self->priv, actor_trap(&actor, MACHDEV_IOC_HOST_SELF));
	EXPECT_EQ(0, actor_end(&actor));
}

/* Letters until the port is gone. */
static void *chatter(void *argument)
{
	mach_port_t right = *(mach_port_t *)argument;

	while (!letter_send(right, MACH_MSG_TYPE_COPY_SEND, 0, 0, 1))
		;
	return NULL;
}

TEST_F(token, never_one_old_and_one_new)
{
	struct tokens one = tokens_made(0x11111111), other = tokens_made(0);
	mach_port_t right;
	struct letter letter;
	struct tokens seen;
	pthread_t thread[2];
	int i, changes = 0;
	bool last = false;

	right = port_new();
	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						other, MACH_PORT_NULL));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, chatter, &right));
	for (i = 0; i < 2000; i++) {
		if (i % 3 == 0) {
			ASSERT_KR(KERN_SUCCESS,
				  task_set_tokens(self->security, self->task,
						  i & 1 ? one : other,
						  MACH_PORT_NULL));
		}
		ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(right, &letter));
		seen = letter_tokens(&letter);
		changes += last != (seen.security[0] == one.security[0]);
		last = seen.security[0] == one.security[0];
		EXPECT_EQ(0, memcmp(&seen, last ? &one : &other,
				    sizeof(seen)));
	}
	EXPECT_LT(2, changes);
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(self->task, right));
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
}

TEST_F(token, every_thread_sends_them)
{
	mach_port_t right = port_new();
	struct letter letter;
	pthread_t thread;

	ASSERT_KR(KERN_SUCCESS, task_set_tokens(self->security, self->task,
						tokens_made(1),
						MACH_PORT_NULL));
	ASSERT_EQ(0, pthread_create(&thread, NULL, chatter, &right));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(right, &letter));
	EXPECT_TOKENS(tokens_made(1), letter_tokens(&letter));
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(self->task, right));
	pthread_join(thread, NULL);
}

MACH_TEST_MAIN
