// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink family: each dump says what the calls say, shows what is there
 * once, and is the same for large spaces and while things come and go.
 */
#include <machdev.h>

#include "netlink_helpers.h"
#include "fd_helpers.h"

FIXTURE(netlink)
{
	struct netlink nl;
	struct lines lines;
};

FIXTURE_SETUP(netlink)
{
	self->lines = (struct lines){ 0 };
	netlink_open(&self->nl);
}

FIXTURE_TEARDOWN(netlink)
{
	netlink_close(&self->nl);
	free(self->lines.line);
}

#define DUMP(cmd, pid) \
	lines_read(&self->nl, &self->lines, MACHDEV_CMD_##cmd##_GET, pid)
#define FIND(type, expected) lines_find(&self->lines, type, expected)

static uint32_t version_of(pid_t pid)
{
	struct machdev_pidversion argument = { .pid = pid };

	return mach_ioctl(MACHDEV_IOC_PIDVERSION, &argument) ?
		0 : argument.version;
}

/*
 * Tasks
 */

struct task_words {
	pid_t pid;
	uint32_t kind;
	uint32_t security[2];
	uint32_t audit[8];
	char comm[16];
};

static void take_words(struct nlattr **attrs, void *argument)
{
	struct task_words *words = argument;

	if (attr_u32(attrs, MACHDEV_A_TASK_PID) != (uint32_t)words->pid)
		return;
	words->kind = attr_u32(attrs, MACHDEV_A_TASK_TOKEN);
	nla_memcpy(words->security, attrs[MACHDEV_A_TASK_SECURITY],
		   sizeof(words->security));
	nla_memcpy(words->audit, attrs[MACHDEV_A_TASK_AUDIT],
		   sizeof(words->audit));
	nla_strlcpy(words->comm, attrs[MACHDEV_A_TASK_COMM],
		    sizeof(words->comm));
}

static uint32_t audit_words(mach_port_t task, uint32_t *audit)
{
	mach_msg_type_number_t count = TASK_AUDIT_TOKEN_COUNT;

	MUST(task_info(task, TASK_AUDIT_TOKEN, (task_info_t)audit, &count));
	return count;
}

TEST_F(netlink, a_task_is_shown_as_it_is)
{
	struct task_words words = { .pid = getpid() };
	struct line *line;
	uint32_t audit[8];

	port_new();
	port_new_send(1);
	port_new_dead(1);
	prctl(PR_SET_NAME, "a \"name\"");
	ASSERT_LT(0, DUMP(TASK, 0));
	line = FIND(MACHDEV_A_TASK_PID, getpid());
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(version_of(getpid()), line, MACHDEV_A_TASK_PIDVERSION);
	EXPECT_VALUE(getuid(), line, MACHDEV_A_TASK_UID);
	EXPECT_VALUE(space_count(), line, MACHDEV_A_TASK_NAMES);
	EXPECT_VALUE(2, line, MACHDEV_A_TASK_RECEIVES);

	ASSERT_LT(0, netlink_dump(&self->nl, MACHDEV_CMD_TASK_GET, 0,
				  take_words, &words));
	audit_words(mach_task_self(), audit);
	EXPECT_EQ(MACHDEV_TOKEN_DERIVED, words.kind);
	EXPECT_EQ(0, memcmp(audit, words.audit, sizeof(audit)));
	EXPECT_EQ(geteuid(), words.security[0]);
	EXPECT_EQ(getegid(), words.security[1]);
	EXPECT_STREQ("a \"name\"", words.comm);
}

TEST_F(netlink, explicit_tokens_are_shown)
{
	struct task_words words;
	security_token_t security = { { 11, 12 } };
	audit_token_t audit = { { 1, 2, 3, 4, 5, 6, 7, 8 } };
	mach_port_t priv, authority;
	struct holder holder;

	holder_start(&holder);
	words = (struct task_words){ .pid = holder.pid };
	MUST(host_get_host_priv_port(mach_host_self(), &priv));
	MUST(host_get_special_port(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT,
				   &authority));
	MUST(host_security_set_task_token(authority, holder.task, security,
					  audit, MACH_PORT_NULL));
	EXPECT_EQ(1, netlink_dump(&self->nl, MACHDEV_CMD_TASK_GET, holder.pid,
				  take_words, &words));
	EXPECT_EQ(MACHDEV_TOKEN_EXPLICIT, words.kind);
	EXPECT_EQ(0, memcmp(&security, words.security, sizeof(security)));
	EXPECT_EQ(0, memcmp(&audit, words.audit, sizeof(audit)));
	holder_end(&holder);
}

TEST_F(netlink, one_task_may_be_asked_for)
{
	struct holder holder;

	holder_start(&holder);
	EXPECT_EQ(1, DUMP(TASK, holder.pid));
	EXPECT_VALUE(holder.pid, self->lines.line, MACHDEV_A_TASK_PID);
	EXPECT_LT(1, DUMP(TASK, 0));
	holder_end(&holder);
}

TEST_F(netlink, who_is_no_task_is_not_found)
{
	struct holder holder;
	static const int cmds[] = {
		MACHDEV_CMD_TASK_GET, MACHDEV_CMD_PORT_GET,
		MACHDEV_CMD_RIGHT_GET, MACHDEV_CMD_QUEUE_GET,
	};
	unsigned int i;

	mach_task_self();
	holder_start(&holder);
	for (i = 0; i < 4; i++) {
		/* The first process never calls the module. */
		EXPECT_EQ(-ESRCH, lines_read(&self->nl, &self->lines, cmds[i],
					     1));
		EXPECT_EQ(-ESRCH, lines_read(&self->nl, &self->lines, cmds[i],
					     INT32_MAX));
		EXPECT_LE(0, lines_read(&self->nl, &self->lines, cmds[i],
					holder.pid));
	}
	child_kill(holder.pid);
	MUST(mach_sync());
	for (i = 0; i < 4; i++)
		EXPECT_EQ(-ESRCH, lines_read(&self->nl, &self->lines, cmds[i],
					     holder.pid));
}

/*
 * Rights
 */

#define EXPECT_RIGHT(expected_type, expected_urefs, right_name) do {	\
	struct line *__line = FIND(MACHDEV_A_RIGHT_NAME, right_name);	\
									\
	ASSERT_NE(NULL, __line);					\
	EXPECT_VALUE(getpid(), __line, MACHDEV_A_RIGHT_PID);		\
	EXPECT_VALUE(expected_type, __line, MACHDEV_A_RIGHT_TYPE);	\
	EXPECT_VALUE(expected_urefs, __line, MACHDEV_A_RIGHT_UREFS);	\
} while (0)

TEST_F(netlink, rights_are_shown_as_the_calls_say)
{
	mach_port_t receive = port_new(), both = port_new_send(3);
	mach_port_t once = port_new_once(receive), dead = port_new_dead(2);
	mach_port_t watched = port_new_send(1), previous;
	struct line *line;

	MUST(mach_port_request_notification(mach_task_self(), watched,
					    MACH_NOTIFY_DEAD_NAME, 0, receive,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	EXPECT_EQ((int)space_count(), DUMP(RIGHT, getpid()));
	EXPECT_RIGHT(MACH_PORT_TYPE_RECEIVE, 1, receive);
	EXPECT_RIGHT(MACH_PORT_TYPE_SEND_RECEIVE, 3, both);
	EXPECT_RIGHT(MACH_PORT_TYPE_SEND_ONCE, 1, once);
	EXPECT_RIGHT(MACH_PORT_TYPE_DEAD_NAME, 2, dead);
	EXPECT_RIGHT(MACH_PORT_TYPE_SEND_RECEIVE | MACH_PORT_TYPE_DNREQUEST, 1,
		     watched);

	line = FIND(MACHDEV_A_RIGHT_NAME, once);
	EXPECT_VALUE(getpid(), line, MACHDEV_A_RIGHT_RECEIVER_PID);
	EXPECT_VALUE(receive, line, MACHDEV_A_RIGHT_RECEIVER_NAME);
	EXPECT_VALUE(MACHDEV_PORT_KIND_PLAIN, line, MACHDEV_A_RIGHT_KIND);
	EXPECT_VALUE(FIND(MACHDEV_A_RIGHT_NAME, receive)->
		     value[MACHDEV_A_RIGHT_PORT], line, MACHDEV_A_RIGHT_PORT);

	line = FIND(MACHDEV_A_RIGHT_NAME, dead);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_RIGHT_PORT);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_RIGHT_KIND);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_RIGHT_RECEIVER_PID);
}

TEST_F(netlink, a_name_is_dead_as_soon_as_its_port_is)
{
	struct holder holder;
	mach_port_t name;

	holder_start(&holder);
	name = holder.task;
	MUST(child_kill(holder.pid) != 128 + SIGKILL);
	MUST(mach_sync());
	ASSERT_LT(0, DUMP(RIGHT, getpid()));
	EXPECT_RIGHT(MACH_PORT_TYPE_DEAD_NAME, 1, name);
}

/* The task port of a child that does nothing. */
static task_t idle_child(void)
{
	pid_t pid = child_fork();
	task_t task;

	if (!pid) {
		for (;;)
			pause();
	}
	MUST(task_for_pid(mach_task_self(), pid, &task));
	return task;
}

TEST_F(netlink, kernel_ports_are_told_by_their_kind)
{
	mach_port_t ledger, priv, authority, set, clock, token;
	const struct {
		mach_port_t name;
		uint32_t kind;
		bool own;
	} *p, ports[] = {
		{ mach_task_self(), MACHDEV_PORT_KIND_TASK, true },
		{ mach_thread_self(), MACHDEV_PORT_KIND_THREAD, true },
		{ mach_host_self(), MACHDEV_PORT_KIND_HOST, false },
		{ (MUST(host_get_host_priv_port(mach_host_self(), &priv)),
		   priv), MACHDEV_PORT_KIND_HOST_PRIV, false },
		{ (MUST(host_get_special_port(priv, HOST_LOCAL_NODE,
					      HOST_SECURITY_PORT, &authority)),
		   authority), MACHDEV_PORT_KIND_HOST_SECURITY, false },
		{ (MUST(task_get_special_port(mach_task_self(),
					      TASK_WIRED_LEDGER_PORT,
					      &ledger)), ledger),
		  MACHDEV_PORT_KIND_LEDGER, false },
		{ fileport_of(0), MACHDEV_PORT_KIND_FILEPORT, false },
		{ (MUST(host_get_clock_service(mach_host_self(), SYSTEM_CLOCK,
					       &clock)), clock),
		  MACHDEV_PORT_KIND_CLOCK, false },
		{ (MUST(processor_set_default(mach_host_self(), &set)), set),
		  MACHDEV_PORT_KIND_PROCESSOR_SET, false },
		{ (MUST(task_suspend2(idle_child(), &token)), token),
		  MACHDEV_PORT_KIND_SUSPENSION, false },
	};

	ASSERT_LT(0, DUMP(RIGHT, getpid()));
	for (p = ports; p < ports + ARRAY_SIZE(ports); p++) {
		struct line *line = FIND(MACHDEV_A_RIGHT_NAME, p->name);

		ASSERT_NE(NULL, line);
		EXPECT_VALUE(p->kind, line, MACHDEV_A_RIGHT_KIND);
		EXPECT_VALUE(p->own ? (uint64_t)getpid() : ABSENT, line,
			     MACHDEV_A_RIGHT_OBJECT_PID);
		EXPECT_VALUE(ABSENT, line, MACHDEV_A_RIGHT_RECEIVER_PID);
	}
}

TEST_F(netlink, holder_and_receiver_are_told_by_pid)
{
	mach_port_t port = port_new(), there = 0x00001003;
	struct holder holder;
	struct line *line;
	uint64_t id;

	holder_start(&holder);
	MUST(mach_port_insert_right(holder.task, there, port,
				    MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_EQ(1, DUMP(RIGHT, holder.pid));
	line = self->lines.line;
	EXPECT_VALUE(holder.pid, line, MACHDEV_A_RIGHT_PID);
	EXPECT_VALUE(there, line, MACHDEV_A_RIGHT_NAME);
	EXPECT_VALUE(MACH_PORT_TYPE_SEND, line, MACHDEV_A_RIGHT_TYPE);
	EXPECT_VALUE(getpid(), line, MACHDEV_A_RIGHT_RECEIVER_PID);
	EXPECT_VALUE(port, line, MACHDEV_A_RIGHT_RECEIVER_NAME);
	id = line->value[MACHDEV_A_RIGHT_PORT];

	ASSERT_LT(0, DUMP(PORT, 0));
	line = FIND(MACHDEV_A_PORT_ID, id);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(getpid(), line, MACHDEV_A_PORT_PID);
	EXPECT_VALUE(port, line, MACHDEV_A_PORT_NAME);
	holder_end(&holder);
}

/*
 * Ports and queues
 */

TEST_F(netlink, port_sets_and_their_members)
{
	mach_port_t task = mach_task_self(), set = MACH_PORT_NULL;
	mach_port_t empty = MACH_PORT_NULL, port = port_new();
	struct line *line;

	MUST(mach_port_allocate(task, MACH_PORT_RIGHT_PORT_SET, &set));
	MUST(mach_port_allocate(task, MACH_PORT_RIGHT_PORT_SET, &empty));
	MUST(mach_port_insert_member(task, port, set));
	MUST(mach_port_insert_member(task, port_new(), set));
	ASSERT_LT(0, DUMP(RIGHT, getpid()));
	EXPECT_RIGHT(MACH_PORT_TYPE_PORT_SET, 1, set);
	line = FIND(MACHDEV_A_RIGHT_NAME, set);
	EXPECT_VALUE(2, line, MACHDEV_A_RIGHT_MEMBERS);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_RIGHT_PORT);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_RIGHT_RECEIVER_PID);
	EXPECT_VALUE(0, FIND(MACHDEV_A_RIGHT_NAME, empty),
		     MACHDEV_A_RIGHT_MEMBERS);
	EXPECT_VALUE(ABSENT, FIND(MACHDEV_A_RIGHT_NAME, port),
		     MACHDEV_A_RIGHT_MEMBERS);

	MUST(mach_port_insert_member(task, port, empty));
	ASSERT_LT(0, DUMP(PORT, getpid()));
	line = FIND(MACHDEV_A_PORT_NAME, port);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(2, line, MACHDEV_A_PORT_SETS);
}

TEST_F(netlink, a_port_is_shown_with_its_counts)
{
	mach_port_t port = port_new_send(2), previous;
	mach_port_t other = port_new(), once = port_new_once(port);
	struct line *line;

	port_limit(port, 7);
	MUST(mach_port_request_notification(mach_task_self(), port,
					    MACH_NOTIFY_DEAD_NAME, 0, other,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 2));
	/* Its own port, and those of two receive rights. */
	EXPECT_EQ(3, DUMP(PORT, getpid()));
	line = FIND(MACHDEV_A_PORT_NAME, port);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(getpid(), line, MACHDEV_A_PORT_PID);
	EXPECT_VALUE(MACHDEV_PORT_KIND_PLAIN, line, MACHDEV_A_PORT_KIND);
	/* Two messages hold a send right each. */
	EXPECT_VALUE(3, line, MACHDEV_A_PORT_SENDS);
	EXPECT_VALUE(1, line, MACHDEV_A_PORT_SEND_ONCES);
	EXPECT_VALUE(port_status(port).mps_mscount, line,
		     MACHDEV_A_PORT_MAKE_SENDS);
	EXPECT_VALUE(1, line, MACHDEV_A_PORT_REQUESTS);
	EXPECT_VALUE(2, line, MACHDEV_A_PORT_MESSAGES);
	EXPECT_VALUE(7, line, MACHDEV_A_PORT_LIMIT);
	EXPECT_VALUE(port_status(port).mps_seqno, line,
		     MACHDEV_A_PORT_SEQUENCE);
	MUST(mach_port_request_notification(mach_task_self(), port,
					    MACH_NOTIFY_DEAD_NAME, 0,
					    MACH_PORT_NULL,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	MUST(mach_port_deallocate(mach_task_self(), once));
	MUST(mach_port_deallocate(mach_task_self(), previous));
	DUMP(PORT, getpid());
	line = FIND(MACHDEV_A_PORT_NAME, port);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(0, line, MACHDEV_A_PORT_REQUESTS);
	EXPECT_VALUE(0, line, MACHDEV_A_PORT_SEND_ONCES);
}

TEST_F(netlink, the_port_of_a_task_is_shown)
{
	struct line *line;

	mach_task_self();
	EXPECT_EQ(1, DUMP(PORT, getpid()));
	line = self->lines.line;
	EXPECT_VALUE(getpid(), line, MACHDEV_A_PORT_OBJECT_PID);
	EXPECT_VALUE(MACHDEV_PORT_KIND_TASK, line, MACHDEV_A_PORT_KIND);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_PORT_PID);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_PORT_NAME);
}

TEST_F(netlink, numbers_of_ports_are_not_used_again)
{
	uint64_t id[32];
	int i, j;

	for (i = 0; i < 32; i++) {
		mach_port_t port = port_new();

		DUMP(PORT, getpid());
		ASSERT_NE(NULL, FIND(MACHDEV_A_PORT_NAME, port));
		id[i] = FIND(MACHDEV_A_PORT_NAME, port)->
			value[MACHDEV_A_PORT_ID];
		port_destroy_receive(port);
		for (j = 0; j < i; j++)
			EXPECT_NE(id[j], id[i]);
	}
}

TEST_F(netlink, queues_are_shown_while_something_is_in_them)
{
	mach_port_t port = port_new_send(1), other = port_new();
	struct line *line;
	struct msg msg;

	EXPECT_EQ(0, DUMP(QUEUE, getpid()));
	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, -77));
	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 78));
	EXPECT_EQ(1, DUMP(QUEUE, getpid()));
	line = self->lines.line;
	EXPECT_VALUE(getpid(), line, MACHDEV_A_QUEUE_PID);
	EXPECT_VALUE(port, line, MACHDEV_A_QUEUE_NAME);
	EXPECT_VALUE(2, line, MACHDEV_A_QUEUE_MESSAGES);
	EXPECT_VALUE(MACH_PORT_QLIMIT_DEFAULT, line, MACHDEV_A_QUEUE_LIMIT);
	EXPECT_VALUE((uint32_t)-77, line, MACHDEV_A_QUEUE_OLDEST_ID);
	EXPECT_VALUE(MSG_HEADER, line, MACHDEV_A_QUEUE_OLDEST_SIZE);
	EXPECT_VALUE(getpid(), line, MACHDEV_A_QUEUE_OLDEST_PID);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_QUEUE_SENDERS);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_QUEUE_RECEIVERS);
	MUST(msg_receive(&msg, port));
	MUST(msg_receive(&msg, port));
	EXPECT_EQ(0, DUMP(QUEUE, getpid()));

	/* A send-once notification is before everything that follows. */
	MUST(mach_port_deallocate(mach_task_self(), port_new_once(other)));
	EXPECT_EQ(1, DUMP(QUEUE, getpid()));
	line = self->lines.line;
	EXPECT_VALUE(1, line, MACHDEV_A_QUEUE_MESSAGES);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_QUEUE_OLDEST_ID);
}

static void *receive_thread(void *argument)
{
	struct msg msg;

	msg_await(&msg, *(mach_port_t *)argument);
	return NULL;
}

TEST_F(netlink, who_waits_at_a_queue_is_told)
{
	mach_port_t port = port_new_send(1);
	pthread_t thread;

	MUST(-pthread_create(&thread, NULL, receive_thread, &port));
	EXPECT_TRUE(TEST_UNTIL(DUMP(QUEUE, getpid()) == 1, 10000));
	EXPECT_VALUE(0, self->lines.line, MACHDEV_A_QUEUE_RECEIVERS);
	EXPECT_VALUE(0, self->lines.line, MACHDEV_A_QUEUE_MESSAGES);
	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	MUST(-pthread_join(thread, NULL));
}

/*
 * Ledgers and counters
 */

static struct line *ledger(struct lines *lines, uint32_t uid, uint32_t kind)
{
	struct line *found = NULL;
	int i;

	for (i = 0; i < lines->count; i++) {
		struct line *line = &lines->line[i];

		if (line->value[MACHDEV_A_LEDGER_UID] == uid &&
		    line->value[MACHDEV_A_LEDGER_KIND] == kind) {
			MUST(found ? -EEXIST : 0);
			found = line;
		}
	}
	return found;
}

TEST_F(netlink, ledgers_say_what_is_drawn)
{
	struct test_pipe pipe;
	struct line *line;
	uint64_t balance;
	pid_t pid;

	mach_task_self();
	MUST(test_pipe_open(&pipe));
	pid = child_fork();
	if (!pid) {
		MUST(test_become(TEST_UID, TEST_GID));
		port_new();
		test_put(&pipe, 0);
		pause();
	}
	ASSERT_EQ(0, test_wait(&pipe));
	ASSERT_LT(0, DUMP(LEDGER, 0));
	line = ledger(&self->lines, 0, MACHDEV_LEDGER_WIRED);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_LEDGER_LIMIT);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_LEDGER_PARENT_UID);
	EXPECT_LT(0, line->value[MACHDEV_A_LEDGER_BALANCE]);
	balance = line->value[MACHDEV_A_LEDGER_BALANCE];
	line = ledger(&self->lines, TEST_UID, MACHDEV_LEDGER_WIRED);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(64 << 20, line, MACHDEV_A_LEDGER_LIMIT);
	EXPECT_LT(0, line->value[MACHDEV_A_LEDGER_BALANCE]);
	balance += line->value[MACHDEV_A_LEDGER_BALANCE];
	line = ledger(&self->lines, TEST_UID, MACHDEV_LEDGER_PAGED);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(1 << 30, line, MACHDEV_A_LEDGER_LIMIT);
	/* What all ledgers without one above them have is all there is. */
	EXPECT_EQ(mach_counter(MACHDEV_COUNTER_CHARGED), balance);
	child_kill(pid);
}

/* A user who was first seen in another's name space draws on that one's. */
TEST_F(netlink, a_ledger_says_below_which_it_is)
{
	struct test_pipe ready, mapped;
	struct line *line;
	char path[64];
	pid_t pid;

	mach_task_self();
	MUST(test_pipe_open(&ready));
	MUST(test_pipe_open(&mapped));
	pid = child_fork();
	if (!pid) {
		MUST(test_become(TEST_UID, TEST_GID));
		MUST(unshare(CLONE_NEWUSER) ? -errno : 0);
		test_put(&ready, 0);
		MUST(test_wait(&mapped));
		MUST(setresuid(1, 1, 1) ? -errno : 0);
		port_new();
		test_put(&ready, 0);
		pause();
	}
	ASSERT_EQ(0, test_wait(&ready));
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	ASSERT_EQ(0, file_write(path, "0 1000 1\n1 100000 10\n"));
	ASSERT_EQ(0, test_put(&mapped, 0));
	ASSERT_EQ(0, test_wait(&ready));
	ASSERT_LT(0, DUMP(LEDGER, 0));
	line = ledger(&self->lines, 100000, MACHDEV_LEDGER_WIRED);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(TEST_UID, line, MACHDEV_A_LEDGER_PARENT_UID);
	EXPECT_LT(0, line->value[MACHDEV_A_LEDGER_BALANCE]);
	line = ledger(&self->lines, TEST_UID, MACHDEV_LEDGER_WIRED);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_LEDGER_PARENT_UID);
	child_kill(pid);
}

TEST_F(netlink, counters_are_those_of_the_device)
{
	struct line *line;
	int i;

	mach_task_self();
	MUST(mach_sync());
	ASSERT_EQ(MACHDEV_COUNTER_SAMPLERS + 1, DUMP(COUNTER, 0));
	for (i = 0; i <= MACHDEV_COUNTER_SAMPLERS; i++) {
		line = FIND(MACHDEV_A_COUNTER_ID, i);
		ASSERT_NE(NULL, line);
		EXPECT_VALUE(mach_counter(i), line, MACHDEV_A_COUNTER_VALUE);
	}
}

/*
 * All ports
 */

/* Puts a receive right into a message, and leaves that in the queue. */
static void send_receive_right(mach_port_t to, mach_port_t moved)
{
	struct port_msg msg;

	port_msg_init(&msg, to, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL, 0, 1);
	msg.port[0] = msg_port(moved, MACH_MSG_TYPE_MOVE_RECEIVE);
	MUST(mach_msg(&msg.head, MACH_SEND_MSG, PORT_MSG_SIZE(1), 0,
		      MACH_PORT_NULL, 0, MACH_PORT_NULL));
}

TEST_F(netlink, all_ports_are_shown_with_what_they_are)
{
	mach_port_t port = port_new_send(2), once = port_new_once(port);
	mach_port_t thread = mach_thread_self(), ledger;
	struct line *line;
	static const uint32_t of_host[] = {
		MACHDEV_PORT_KIND_HOST, MACHDEV_PORT_KIND_HOST_PRIV,
		MACHDEV_PORT_KIND_HOST_SECURITY, MACHDEV_PORT_KIND_CLOCK,
		MACHDEV_PORT_KIND_PROCESSOR_SET,
	};
	int hosts = 0;
	size_t i;

	MUST(task_get_special_port(mach_task_self(), TASK_WIRED_LEDGER_PORT,
				   &ledger));
	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	MUST(mach_sync());
	/* Those that are counted, and the host's, its clocks' and its set's. */
	ASSERT_LT(0, DUMP(OBJECT, 0));
	for (i = 0; i < ARRAY_SIZE(of_host); i++)
		hosts += lines_with(&self->lines, MACHDEV_A_PORT_KIND,
				    of_host[i]);
	EXPECT_EQ(7, hosts);
	EXPECT_EQ(mach_counter(MACHDEV_COUNTER_PORTS) + hosts,
		  (uint64_t)self->lines.count);

	line = FIND(MACHDEV_A_PORT_PID, getpid());
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(port, line, MACHDEV_A_PORT_NAME);
	EXPECT_VALUE(MACHDEV_PORT_KIND_PLAIN, line, MACHDEV_A_PORT_KIND);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_PORT_OBJECT_PID);
	/* One is in the message. */
	EXPECT_VALUE(2, line, MACHDEV_A_PORT_SENDS);
	EXPECT_VALUE(1, line, MACHDEV_A_PORT_SEND_ONCES);
	EXPECT_VALUE(1, line, MACHDEV_A_PORT_MESSAGES);
	/* Two names and the message. */
	EXPECT_VALUE(3, line, MACHDEV_A_PORT_REFERENCES);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_PORT_DESTINATION);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_PORT_DEAD);
	EXPECT_EQ(2, lines_with(&self->lines, MACHDEV_A_PORT_OBJECT_PID,
				getpid()));
	EXPECT_EQ(1, lines_with(&self->lines, MACHDEV_A_PORT_KIND,
				MACHDEV_PORT_KIND_THREAD));
	EXPECT_EQ(1, lines_with(&self->lines, MACHDEV_A_PORT_KIND,
				MACHDEV_PORT_KIND_LEDGER));
	EXPECT_TRUE(MACH_PORT_VALID(once) && MACH_PORT_VALID(thread));
}

TEST_F(netlink, a_port_on_its_way_is_in_no_task_but_among_all)
{
	mach_port_t to = port_new_send(1), moved = port_new_send(1);
	uint64_t id, there;
	struct line *line;

	ASSERT_LT(0, DUMP(PORT, getpid()));
	id = FIND(MACHDEV_A_PORT_NAME, moved)->value[MACHDEV_A_PORT_ID];
	there = FIND(MACHDEV_A_PORT_NAME, to)->value[MACHDEV_A_PORT_ID];
	send_receive_right(to, moved);
	ASSERT_LT(0, DUMP(PORT, 0));
	EXPECT_EQ(NULL, FIND(MACHDEV_A_PORT_ID, id));
	ASSERT_LT(0, DUMP(OBJECT, 0));
	line = FIND(MACHDEV_A_PORT_ID, id);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_PORT_PID);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_PORT_NAME);
	EXPECT_VALUE(there, line, MACHDEV_A_PORT_DESTINATION);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_PORT_DEAD);
}

TEST_F(netlink, a_dead_port_is_shown_while_somebody_refers_to_it)
{
	mach_port_t port = port_new(), there = 0x00001003;
	struct holder holder;
	struct line *line;
	uint64_t id;

	holder_start(&holder);
	MUST(mach_port_insert_right(holder.task, there, port,
				    MACH_MSG_TYPE_MAKE_SEND));
	ASSERT_LT(0, DUMP(PORT, getpid()));
	id = FIND(MACHDEV_A_PORT_NAME, port)->value[MACHDEV_A_PORT_ID];
	MUST(mach_port_destroy(mach_task_self(), port));
	ASSERT_LT(0, DUMP(OBJECT, 0));
	line = FIND(MACHDEV_A_PORT_ID, id);
	ASSERT_NE(NULL, line);
	EXPECT_VALUE(0, line, MACHDEV_A_PORT_DEAD);
	EXPECT_VALUE(1, line, MACHDEV_A_PORT_REFERENCES);
	EXPECT_VALUE(ABSENT, line, MACHDEV_A_PORT_PID);
	holder_end(&holder);
	MUST(mach_sync());
	ASSERT_LT(0, DUMP(OBJECT, 0));
	EXPECT_EQ(NULL, FIND(MACHDEV_A_PORT_ID, id));
}

/*
 * Size, and change
 */

#define MANY 100000

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Sorts the values of an attribute, and says how many come twice. */
static int doubles(struct lines *lines, int type)
{
	uint64_t *value = calloc(lines->count + 1, sizeof(*value));
	int i, n = 0;

	MUST(value ? 0 : -ENOMEM);
	for (i = 0; i < lines->count; i++)
		value[i] = lines->line[i].value[type];
	qsort(value, lines->count, sizeof(*value), by_number);
	for (i = 1; i < lines->count; i++)
		n += value[i] == value[i - 1];
	free(value);
	return n;
}

TEST_F_TIMEOUT(netlink, a_hundred_thousand_rights_are_shown_once, 120)
{
	unsigned int before, i;

	mach_task_self();
	before = space_count();
	for (i = 0; i < MANY; i++)
		port_new();
	EXPECT_EQ((int)(MANY + before), DUMP(RIGHT, getpid()));
	EXPECT_EQ(0, doubles(&self->lines, MACHDEV_A_RIGHT_NAME));
	EXPECT_EQ(MANY, lines_with(&self->lines, MACHDEV_A_RIGHT_TYPE,
				   MACH_PORT_TYPE_RECEIVE));
	EXPECT_EQ(MANY + 1, DUMP(PORT, getpid()));
	EXPECT_EQ(0, doubles(&self->lines, MACHDEV_A_PORT_ID));
	ASSERT_LT(MANY, DUMP(OBJECT, 0));
	EXPECT_EQ(0, doubles(&self->lines, MACHDEV_A_PORT_ID));
	EXPECT_EQ(MANY, lines_with(&self->lines, MACHDEV_A_PORT_PID,
				   getpid()));
	EXPECT_EQ(1, DUMP(TASK, getpid()));
	EXPECT_VALUE(MANY, self->lines.line, MACHDEV_A_TASK_RECEIVES);
}

/* Forks children that make a port and exit, some after an exec, for ever. */
static void storm(void)
{
	for (;;) {
		pid_t pid = fork();

		if (!pid) {
			port_new();
			if (getpid() % 4 == 0)
				execl("/bin/true", "true", NULL);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

#define STEADY 300
#define STORMS 4
#define DUMPS 60

TEST_F_TIMEOUT(netlink, what_stays_is_shown_once_while_tasks_come_and_go, 120)
{
	struct holder holder;
	pid_t child[STORMS];
	uint64_t id[STEADY];
	int i, j, total = 0;

	for (i = 0; i < STEADY; i++)
		port_new();
	/* The first line is the port of the task itself. */
	ASSERT_EQ(STEADY + 1, DUMP(PORT, getpid()));
	for (i = 0; i < STEADY; i++)
		id[i] = self->lines.line[i + 1].value[MACHDEV_A_PORT_ID];
	holder_start(&holder);
	for (i = 0; i < STORMS; i++) {
		child[i] = child_fork();
		if (!child[i])
			storm();
	}
	for (i = 0; i < DUMPS; i++) {
		ASSERT_LT(0, DUMP(TASK, 0));
		EXPECT_EQ(0, doubles(&self->lines, MACHDEV_A_TASK_PIDVERSION));
		EXPECT_NE(NULL, FIND(MACHDEV_A_TASK_PID, getpid()));
		EXPECT_NE(NULL, FIND(MACHDEV_A_TASK_PID, holder.pid));
		total += self->lines.count;

		ASSERT_LT(0, DUMP(PORT, 0));
		EXPECT_EQ(0, doubles(&self->lines, MACHDEV_A_PORT_ID));
		EXPECT_EQ(STEADY, lines_with(&self->lines, MACHDEV_A_PORT_PID,
					     getpid()));
		for (j = 0; j < STEADY; j += 50)
			EXPECT_NE(NULL, FIND(MACHDEV_A_PORT_ID, id[j]));
		ASSERT_LT(0, DUMP(OBJECT, 0));
		EXPECT_EQ(0, doubles(&self->lines, MACHDEV_A_PORT_ID));
		EXPECT_EQ(STEADY, lines_with(&self->lines, MACHDEV_A_PORT_PID,
					     getpid()));
		ASSERT_LT(0, DUMP(RIGHT, 0));
		ASSERT_LE(0, DUMP(QUEUE, 0));
	}
	/* Somebody did come and go. */
	EXPECT_LT(DUMPS * (2 + STORMS), total);
	for (i = 0; i < STORMS; i++)
		child_kill(child[i]);
	holder_end(&holder);
}

static bool churned;

static void *churn(void *argument)
{
	while (!__atomic_load_n(&churned, __ATOMIC_RELAXED)) {
		mach_port_t port[64];
		int i;

		for (i = 0; i < 64; i++)
			port[i] = i & 1 ? port_new_send(1) : port_new_dead(1);
		for (i = 0; i < 64; i++)
			MUST(mach_port_destroy(mach_task_self(), port[i]));
	}
	return NULL;
}

TEST_F_TIMEOUT(netlink, no_right_is_made_up_while_names_change, 120)
{
	mach_port_t steady[STEADY];
	pthread_t thread;
	int i, j;

	for (i = 0; i < STEADY; i++)
		steady[i] = port_new_send(2);
	MUST(-pthread_create(&thread, NULL, churn, NULL));
	for (i = 0; i < DUMPS; i++) {
		ASSERT_LE(STEADY, DUMP(RIGHT, getpid()));
		EXPECT_EQ(0, doubles(&self->lines, MACHDEV_A_RIGHT_NAME));
		EXPECT_EQ(STEADY, lines_with(&self->lines,
					     MACHDEV_A_RIGHT_UREFS, 2));
		for (j = 0; j < self->lines.count; j++) {
			struct line *line = &self->lines.line[j];
			uint64_t type = line->value[MACHDEV_A_RIGHT_TYPE];

			EXPECT_TRUE(type == MACH_PORT_TYPE_SEND ||
				    type == MACH_PORT_TYPE_RECEIVE ||
				    type == MACH_PORT_TYPE_SEND_RECEIVE ||
				    type == MACH_PORT_TYPE_DEAD_NAME);
			EXPECT_EQ(type == MACH_PORT_TYPE_DEAD_NAME,
				  line->value[MACHDEV_A_RIGHT_PORT] == ABSENT);
		}
		for (j = 0; j < STEADY; j += 50)
			EXPECT_NE(NULL, FIND(MACHDEV_A_RIGHT_NAME, steady[j]));
	}
	__atomic_store_n(&churned, true, __ATOMIC_RELAXED);
	MUST(-pthread_join(thread, NULL));
}

MACH_TEST_MAIN
