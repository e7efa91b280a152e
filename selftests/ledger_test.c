// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ledgers: the ports that name them, and that nobody draws more than his.
 */
#include "actor.h"

#define MEBIBYTE 0x100000u
/* What one user may draw of kernel memory by default, in messages of 1 MiB. */
#define WIRED_MESSAGES 64

static const int ledgers[] = { TASK_WIRED_LEDGER_PORT, TASK_PAGED_LEDGER_PORT };

static mach_port_t get_special(task_t task, int which)
{
	mach_port_t port = TEST_POISON32;

	if (task_get_special_port(task, which, &port))
		return TEST_POISON32;
	return port;
}

/* Send a message of 1 MiB, its header included, without waiting. */
static mach_msg_return_t send_large(mach_port_t port, uint32_t how)
{
	static mach_msg_header_t *large;

	if (!large)
		large = calloc(1, MEBIBYTE);
	*large = (mach_msg_header_t){
		.msgh_bits = MACH_MSGH_BITS(how, 0),
		.msgh_remote_port = port,
	};
	return mach_msg(large, MACH_SEND_MSG | MACH_SEND_TIMEOUT, MEBIBYTE, 0,
			MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

/* Receive into nothing: the message is lost, and what it drew given back. */
static mach_msg_return_t receive_and_drop(mach_port_t port)
{
	mach_msg_header_t header;

	return mach_msg(&header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			sizeof(header), port, 0, MACH_PORT_NULL);
}

/* A port with the longest queue. */
static mach_port_t deep_port(void)
{
	mach_port_limits_t limits = { .mpl_qlimit = MACH_PORT_QLIMIT_MAX };
	mach_port_t port = port_new();

	if (mach_port_set_attributes(own_task(), port, MACH_PORT_LIMITS_INFO,
				     (mach_port_info_t)&limits,
				     MACH_PORT_LIMITS_INFO_COUNT))
		return MACH_PORT_NULL;
	return port;
}

/* Send large messages until the ledger refuses: how many, and the answer. */
static int fill(mach_port_t port, mach_msg_return_t *mr)
{
	int count = 0;

	while (count < 4 * WIRED_MESSAGES) {
		*mr = send_large(port, MACH_MSG_TYPE_COPY_SEND);
		if (*mr)
			break;
		count++;
	}
	return count;
}

TEST(two_live_ports)
{
	mach_port_t port[2];
	size_t i;

	for (i = 0; i < 2; i++) {
		port[i] = get_special(own_task(), ledgers[i]);
		EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(port[i]));
		EXPECT_EQ(port[i], get_special(own_task(), ledgers[i]));
		EXPECT_EQ(2, port_send_refs(port[i]));
	}
	EXPECT_NE(port[0], port[1]);
}

TEST(one_pair_a_user)
{
	struct actor actor[3];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(actor); i++)
		ASSERT_EQ(0, actor_start(&actor[i]));
	ASSERT_EQ(0, actor_become(&actor[0], TEST_UID));
	ASSERT_EQ(0, actor_become(&actor[1], TEST_UID));
	ASSERT_EQ(0, actor_become(&actor[2], TEST_UID + 1));
	for (i = 0; i < 2; i++) {
		mach_port_t root = get_special(own_task(), ledgers[i]);
		mach_port_t user = actor_special(&actor[0], ledgers[i]);

		EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(user));
		EXPECT_NE(root, user);
		EXPECT_EQ(user, actor_special(&actor[1], ledgers[i]));
		EXPECT_NE(user, actor_special(&actor[2], ledgers[i]));
		/* Whoever asks. */
		EXPECT_EQ(user, get_special(actor[0].task, ledgers[i]));
	}
	for (i = 0; i < ARRAY_SIZE(actor); i++)
		EXPECT_EQ(0, actor_end(&actor[i]));
}

TEST(the_real_uid_decides)
{
	mach_port_t root = get_special(own_task(), TASK_WIRED_LEDGER_PORT);
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_ids(&actor, 0, TEST_UID, 0, 0, 0, 0));
	ASSERT_EQ(0, actor_do(&actor, ORDER_PRCTL, PR_SET_DUMPABLE, 1));
	EXPECT_EQ(root, get_special(actor_task(&actor),
				    TASK_WIRED_LEDGER_PORT));
	ASSERT_EQ(0, actor_ids(&actor, TEST_UID, 0, 0, 0, 0, 0));
	EXPECT_NE(root, get_special(actor_task(&actor),
				    TASK_WIRED_LEDGER_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

/* Else a user would draw anew on a second pair while the first is drawn on. */
TEST(a_ledger_stays_while_anything_refers_to_it)
{
	struct actor actor;
	mach_port_t user;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	user = actor_special(&actor, TASK_WIRED_LEDGER_PORT);
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(user));
	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	EXPECT_EQ(user, actor_special(&actor, TASK_WIRED_LEDGER_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(what_another_user_left_still_counts)
{
	struct test_pipe ready, go;
	mach_msg_return_t mr;
	mach_port_t port;
	pid_t pid;
	int count;

	/* It fills as user 1000 and goes on as 1001, with what it has. */
	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&go));
	pid = child_fork();
	if (!pid) {
		ASSERT_EQ(0, setresuid(TEST_UID, 0, 0));
		port = deep_port();
		fill(port, &mr);
		EXPECT_KR(MACH_SEND_NO_BUFFER, mr);
		ASSERT_EQ(0, setresuid(TEST_UID + 1, 0, 0));
		EXPECT_KR(MACH_MSG_SUCCESS,
			  letter_send(port, MACH_MSG_TYPE_COPY_SEND, 0, 0, 1));
		test_put(&ready, 1);
		test_wait(&go);
		child_exit();
	}
	ASSERT_EQ(0, test_wait(&ready));
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	port = deep_port();
	count = port ? fill(port, &mr) : 0;
	EXPECT_GE(1, count);
	ASSERT_EQ(0, test_put(&go, 1));
	EXPECT_CHILD(pid);
}

TEST(a_ledger_is_no_task_and_no_host)
{
	mach_port_t port, ledger;
	size_t i;

	for (i = 0; i < 2; i++) {
		ledger = get_special(own_task(), ledgers[i]);
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_get_special_port(ledger, TASK_KERNEL_PORT,
						&port));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  host_get_special_port(ledger, HOST_LOCAL_NODE,
						HOST_PORT, &port));
		EXPECT_KR(KERN_INVALID_TASK,
			  mach_port_allocate(ledger, MACH_PORT_RIGHT_RECEIVE,
					     &port));
	}
}

TEST(setting_changes_what_get_returns_only)
{
	mach_port_t port = port_new(), genuine, deep;
	mach_msg_return_t mr;
	struct actor actor;
	int count;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	genuine = actor_special(&actor, TASK_WIRED_LEDGER_PORT);
	ASSERT_KR(KERN_SUCCESS,
		  task_set_wired_ledger_port(own_task(), port));
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	EXPECT_EQ(port, get_special(own_task(), TASK_WIRED_LEDGER_PORT));
	/* It still draws on its user's ledger, as far as that goes. */
	deep = deep_port();
	count = fill(deep, &mr);
	EXPECT_KR(MACH_SEND_NO_BUFFER, mr);
	EXPECT_LE(count, WIRED_MESSAGES);
	/* And the others' special ports are what they were. */
	EXPECT_EQ(genuine, actor_special(&actor, TASK_WIRED_LEDGER_PORT));
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(no_ledger_port_is_needed_to_draw)
{
	size_t i;

	for (i = 0; i < 2; i++)
		ASSERT_KR(KERN_SUCCESS,
			  task_set_special_port(own_task(), ledgers[i],
						i ? MACH_PORT_DEAD :
						    MACH_PORT_NULL));
	for (i = 0; i < 100; i++)
		EXPECT_TRUE(MACH_PORT_VALID(port_new()));
	EXPECT_KR(MACH_MSG_SUCCESS, letter_post(port_receive(), 1));
}

TEST(what_is_drawn_is_counted)
{
	uint64_t before, after;
	mach_port_t port;

	port = deep_port();
	before = mach_counter(MACHDEV_COUNTER_CHARGED);
	ASSERT_KR(MACH_MSG_SUCCESS,
		  send_large(port, MACH_MSG_TYPE_COPY_SEND));
	after = mach_counter(MACHDEV_COUNTER_CHARGED);
	EXPECT_LE(before + MEBIBYTE, after);
	receive_and_drop(port);
	EXPECT_GT(before + MEBIBYTE, mach_counter(MACHDEV_COUNTER_CHARGED));
}

TEST(a_user_has_a_limit)
{
	mach_port_t port;
	mach_msg_return_t mr;
	int count;

	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	port = deep_port();
	count = fill(port, &mr);
	EXPECT_KR(MACH_SEND_NO_BUFFER, mr);
	EXPECT_LE(WIRED_MESSAGES - 4, count);
	EXPECT_GE(WIRED_MESSAGES, count);
	EXPECT_EQ(count, port_queued(port));
	/* What a message drew comes back when it is received. */
	receive_and_drop(port);
	EXPECT_KR(MACH_MSG_SUCCESS,
		  send_large(port, MACH_MSG_TYPE_COPY_SEND));
	EXPECT_KR(MACH_SEND_NO_BUFFER,
		  send_large(port, MACH_MSG_TYPE_COPY_SEND));
}

TEST(root_has_none)
{
	mach_port_t port = deep_port();
	mach_msg_return_t mr;
	int i;

	for (i = 0, mr = 0; i < WIRED_MESSAGES + 16 && !mr; i++)
		mr = send_large(port, MACH_MSG_TYPE_COPY_SEND);
	EXPECT_KR(MACH_MSG_SUCCESS, mr);
}

TEST(a_refused_message_costs_nothing)
{
	mach_port_t port, right;
	mach_msg_return_t mr;
	int names;

	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	port = deep_port();
	right = port_send_once(port);
	fill(port, &mr);
	ASSERT_KR(MACH_SEND_NO_BUFFER, mr);
	names = task_names(own_task());
	EXPECT_KR(MACH_SEND_NO_BUFFER,
		  send_large(port, MACH_MSG_TYPE_MOVE_SEND));
	EXPECT_EQ(1, port_send_refs(port));
	EXPECT_KR(MACH_SEND_NO_BUFFER,
		  send_large(right, MACH_MSG_TYPE_MOVE_SEND_ONCE));
	EXPECT_EQ(MACH_PORT_TYPE_SEND_ONCE, port_type(right));
	EXPECT_EQ(names, task_names(own_task()));
}

TEST(ports_are_drawn_from_it_too)
{
	mach_port_t port, name = MACH_PORT_NULL;
	mach_msg_return_t mr;
	kern_return_t kr;
	int i;

	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	port = deep_port();
	fill(port, &mr);
	ASSERT_KR(MACH_SEND_NO_BUFFER, mr);
	/* Less than 1 MiB is left. */
	for (i = 0, kr = 0; i < 100000 && !kr; i++)
		kr = mach_port_allocate(own_task(), MACH_PORT_RIGHT_RECEIVE,
					&name);
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, kr);
	EXPECT_LT(10, i);
	/* And it goes on once there is room again. */
	receive_and_drop(port);
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_allocate(own_task(), MACH_PORT_RIGHT_RECEIVE,
				     &name));
}

/*
 * Several users: children that fill their ledgers when told to.
 */

struct filler {
	struct test_pipe to, from;
	pid_t pid;
};

/* Afterwards each word put to it makes it fill, and answer with the count. */
static int filler_start(struct filler *filler, uid_t uid)
{
	mach_msg_return_t mr;
	mach_port_t port;
	uint32_t word;

	if (test_pipe_open(&filler->to) || test_pipe_open(&filler->from))
		return -1;
	filler->pid = fork();
	if (filler->pid)
		return filler->pid < 0;
	close(filler->to.fd[1]);
	if (test_become(uid, uid))
		_exit(1);
	port = deep_port();
	while (read(filler->to.fd[0], &word, sizeof(word)) == sizeof(word))
		test_put(&filler->from, fill(port, &mr));
	_exit(0);
}

/* How many messages it could send; -1 when it did not answer. */
static int filler_fill(struct filler *filler)
{
	uint32_t count;

	if (test_put(&filler->to, 1) || test_get(&filler->from, &count))
		return -1;
	return count;
}

static int filler_end(struct filler *filler)
{
	close(filler->to.fd[1]);
	return child_status(filler->pid);
}

TEST(a_users_tasks_share_it)
{
	struct filler one, two, other;
	int count;

	ASSERT_EQ(0, filler_start(&one, TEST_UID));
	ASSERT_EQ(0, filler_start(&two, TEST_UID));
	ASSERT_EQ(0, filler_start(&other, TEST_UID + 1));
	count = filler_fill(&one);
	EXPECT_LE(WIRED_MESSAGES - 4, count);
	EXPECT_GE(1, filler_fill(&two));
	/* A stranger cannot tell the difference. */
	count = filler_fill(&other);
	EXPECT_LE(WIRED_MESSAGES - 4, count);
	/* What a task held comes back when it exits. */
	close(two.to.fd[1]);
	close(other.to.fd[1]);
	EXPECT_EQ(128 + SIGKILL, child_kill(one.pid));
	EXPECT_CHILD(two.pid);
	EXPECT_CHILD(other.pid);
	ASSERT_EQ(0, mach_sync());
	ASSERT_EQ(0, filler_start(&two, TEST_UID));
	count = filler_fill(&two);
	EXPECT_LE(WIRED_MESSAGES - 4, count);
	EXPECT_EQ(0, filler_end(&two));
}

/* Fills the port that its parent has left it, whenever it is told to. */
static int flooder_start(struct filler *flooder, uid_t uid)
{
	mach_msg_return_t mr;
	mach_port_t port;
	uint32_t word;

	if (test_pipe_open(&flooder->to) || test_pipe_open(&flooder->from))
		return -1;
	flooder->pid = fork();
	if (flooder->pid)
		return flooder->pid < 0;
	close(flooder->to.fd[1]);
	if (test_become(uid, uid))
		_exit(1);
	port = get_special(own_task(), TASK_BOOTSTRAP_PORT);
	while (read(flooder->to.fd[0], &word, sizeof(word)) == sizeof(word))
		test_put(&flooder->from, fill(port, &mr));
	_exit(0);
}

/* Who receives pays nothing before it does: the sender's is what runs out. */
TEST(a_flooded_user_draws_as_much_as_ever)
{
	struct filler flooder;
	mach_msg_return_t mr;
	mach_port_t port;
	int count;

	port = deep_port();
	ASSERT_KR(KERN_SUCCESS,
		  task_set_special_port(own_task(), TASK_BOOTSTRAP_PORT, port));
	ASSERT_EQ(0, flooder_start(&flooder, TEST_UID + 1));
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	count = filler_fill(&flooder);
	EXPECT_LE(WIRED_MESSAGES - 4, count);
	EXPECT_EQ(count, port_queued(port));
	EXPECT_EQ(0, filler_fill(&flooder));
	count = fill(deep_port(), &mr);
	EXPECT_KR(MACH_SEND_NO_BUFFER, mr);
	EXPECT_LE(WIRED_MESSAGES - 4, count);
	/* It is the sender who gets it back. */
	receive_and_drop(port);
	EXPECT_EQ(1, filler_fill(&flooder));
	EXPECT_EQ(0, fill(deep_port(), &mr));
	EXPECT_EQ(0, filler_end(&flooder));
}

TEST(a_user_namespace_multiplies_nothing)
{
	struct test_pipe ready, mapped;
	struct filler inside, outside;
	mach_msg_return_t mr;
	char path[64];
	uint32_t word;
	int count;

	/* User 1000 makes a name space that has an id of the range 100000. */
	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&mapped));
	ASSERT_EQ(0, test_pipe_open(&inside.to));
	ASSERT_EQ(0, test_pipe_open(&inside.from));
	inside.pid = fork();
	if (!inside.pid) {
		mach_port_t port;

		close(inside.to.fd[1]);
		if (test_become(TEST_UID, TEST_UID) ||
		    unshare(CLONE_NEWUSER) || test_put(&ready, 1) ||
		    test_wait(&mapped) || setresgid(1, 1, 1) ||
		    setresuid(1, 1, 1))
			_exit(1);
		port = deep_port();
		while (read(inside.to.fd[0], &word, sizeof(word)) ==
		       sizeof(word))
			test_put(&inside.from, fill(port, &mr));
		_exit(0);
	}
	ASSERT_EQ(0, test_wait(&ready));
	snprintf(path, sizeof(path), "/proc/%d/uid_map", inside.pid);
	ASSERT_EQ(0, file_write(path, "0 1000 1\n1 100000 10\n"));
	snprintf(path, sizeof(path), "/proc/%d/gid_map", inside.pid);
	ASSERT_EQ(0, file_write(path, "0 1000 1\n1 100000 10\n"));
	ASSERT_EQ(0, test_put(&mapped, 1));
	count = filler_fill(&inside);
	EXPECT_LE(WIRED_MESSAGES - 4, count);
	EXPECT_GE(WIRED_MESSAGES, count);
	/* Its owner, who comes later, finds nothing left. */
	ASSERT_EQ(0, filler_start(&outside, TEST_UID));
	EXPECT_GE(1, filler_fill(&outside));
	close(outside.to.fd[1]);
	EXPECT_EQ(0, filler_end(&inside));
	EXPECT_CHILD(outside.pid);
}

/* Fill as user @id of the caller's name space, say how much, and keep it. */
static void fill_as(uid_t id, bool nested, struct test_pipe *from)
{
	mach_msg_return_t mr;
	mach_port_t port;

	if (setresgid(id, id, id) || setresuid(id, id, id) ||
	    (nested && unshare(CLONE_NEWUSER)) ||
	    /* Which the change of user has ended. */
	    prctl(PR_SET_PDEATHSIG, SIGKILL))
		_exit(1);
	port = deep_port();
	/* Nothing may be left for the port itself. */
	test_put(from, port ? fill(port, &mr) : 0);
	for (;;)
		pause();
}

TEST(a_range_of_ids_shares_what_its_owner_has)
{
	struct test_pipe ready, mapped, from;
	uint32_t count, sum = 0, i;
	char path[64];
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&mapped));
	ASSERT_EQ(0, test_pipe_open(&from));
	pid = child_fork();
	if (!pid) {
		if (test_become(TEST_UID, TEST_UID) ||
		    unshare(CLONE_NEWUSER) || test_put(&ready, 1))
			_exit(1);
		for (i = 1; i <= 6 && !test_wait(&mapped); i++) {
			if (!child_fork())
				fill_as(i, i == 6, &from);
		}
		for (;;)
			pause();
	}
	ASSERT_EQ(0, test_wait(&ready));
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	ASSERT_EQ(0, file_write(path, "0 1000 1\n1 100000 10\n"));
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	ASSERT_EQ(0, file_write(path, "0 1000 1\n1 100000 10\n"));
	for (i = 1; i <= 6; i++) {
		ASSERT_EQ(0, test_put(&mapped, 1));
		ASSERT_EQ(0, test_get(&from, &count));
		sum += count;
	}
	EXPECT_LE(WIRED_MESSAGES - 4, sum);
	EXPECT_GE(WIRED_MESSAGES, sum);
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
}

MACH_TEST_MAIN
