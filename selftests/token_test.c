// SPDX-License-Identifier: GPL-2.0-only
/*
 * Derived tokens: what the kernel says of a sender for whom nobody set tokens,
 * in the trailer and in task_info().
 */
#include "actor.h"

#define OVERFLOW_ID file_number("/proc/sys/kernel/overflowuid", 65534)

/* The tokens of a letter that the calling thread sends to itself. */
static struct tokens spoken(mach_port_t port)
{
	struct letter letter;

	if (letter_post(port, 1) || letter_receive(port, &letter))
		memset(&letter, TEST_POISON, sizeof(letter));
	return letter_tokens(&letter);
}

/* Credentials of this thread only. */
static long thread_set_uid(uid_t ruid, uid_t euid, uid_t suid)
{
	return syscall(SYS_setresuid, ruid, euid, suid);
}

static long thread_set_gid(gid_t rgid, gid_t egid, gid_t sgid)
{
	return syscall(SYS_setresgid, rgid, egid, sgid);
}

TEST(words_of_root)
{
	mach_port_t port = port_receive();
	struct tokens seen = spoken(port);

	EXPECT_TOKENS(tokens_derived(), seen);
	EXPECT_EQ(0, seen.security[0]);
	EXPECT_EQ(getpid(), seen.audit[AUDIT_PID]);
	EXPECT_NE(0, seen.audit[AUDIT_PIDVERSION]);
}

TEST(words_of_a_user)
{
	mach_port_t port = port_receive();
	struct tokens seen;

	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	seen = spoken(port);
	EXPECT_TOKENS(tokens_derived(), seen);
	EXPECT_EQ(TEST_UID, seen.security[0]);
	EXPECT_EQ(TEST_GID, seen.security[1]);
}

TEST(each_id_has_its_word)
{
	mach_port_t port = port_receive();
	struct tokens seen;

	ASSERT_EQ(0, setresgid(2001, 2002, 2003));
	ASSERT_EQ(0, setresuid(1001, 1002, 1003));
	seen = spoken(port);
	EXPECT_EQ(1002, seen.security[0]);
	EXPECT_EQ(2002, seen.security[1]);
	EXPECT_EQ(1002, seen.audit[AUDIT_EUID]);
	EXPECT_EQ(2002, seen.audit[AUDIT_EGID]);
	EXPECT_EQ(1001, seen.audit[AUDIT_RUID]);
	EXPECT_EQ(2001, seen.audit[AUDIT_RGID]);
}

TEST(seteuid_shows_at_once)
{
	mach_port_t port = port_receive();
	int i;

	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, seteuid(TEST_UID + i));
		EXPECT_EQ(TEST_UID + i, spoken(port).security[0]);
		ASSERT_EQ(0, seteuid(0));
		EXPECT_EQ(0, spoken(port).security[0]);
		ASSERT_EQ(0, setegid(TEST_GID + i));
		EXPECT_EQ(TEST_GID + i, spoken(port).security[1]);
		EXPECT_TOKENS(tokens_derived(), spoken(port));
	}
}

TEST(a_queued_message_keeps_its_words)
{
	mach_port_t port = port_receive();
	struct tokens before = tokens_derived(), after;
	struct letter letter;

	ASSERT_KR(MACH_MSG_SUCCESS, letter_post(port, 1));
	ASSERT_EQ(0, setegid(TEST_GID));
	ASSERT_EQ(0, seteuid(TEST_UID));
	after = tokens_derived();
	ASSERT_KR(MACH_MSG_SUCCESS, letter_post(port, 2));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	EXPECT_EQ(1, letter.header.msgh_id);
	EXPECT_TOKENS(before, letter_tokens(&letter));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	EXPECT_EQ(2, letter.header.msgh_id);
	EXPECT_TOKENS(after, letter_tokens(&letter));
	EXPECT_NE(before.security[0], after.security[0]);
}

struct speaker {
	mach_port_t port;
	uid_t uid;
	gid_t gid;
	int failed;
};

#define SPEAKER_LETTERS 100

static void *speaker_run(void *argument)
{
	struct speaker *speaker = argument;
	int i;

	speaker->failed = 1;
	if (thread_set_gid(speaker->gid, speaker->gid, 0) ||
	    thread_set_uid(speaker->uid, speaker->uid, 0))
		return NULL;
	for (i = 0; i < SPEAKER_LETTERS; i++) {
		if (letter_post(speaker->port, speaker->uid))
			return NULL;
	}
	speaker->failed = 0;
	return NULL;
}

TEST(each_thread_speaks_for_itself)
{
	struct speaker speaker[2] = {
		{ .port = port_receive(), .uid = 1001, .gid = 2001 },
		{ .uid = 1002, .gid = 2002 },
	};
	int count[2] = { 0 }, i, which;
	pthread_t thread[2];
	struct tokens seen;
	struct letter letter;

	speaker[1].port = speaker[0].port;
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, speaker_run,
					    &speaker[i]));
	for (i = 0; i < 2 * SPEAKER_LETTERS; i++) {
		ASSERT_KR(MACH_MSG_SUCCESS,
			  letter_receive(speaker[0].port, &letter));
		seen = letter_tokens(&letter);
		which = letter.header.msgh_id - 1001;
		ASSERT_TRUE(which == 0 || which == 1);
		count[which]++;
		EXPECT_EQ(speaker[which].uid, seen.security[0]);
		EXPECT_EQ(speaker[which].gid, seen.security[1]);
		EXPECT_EQ(speaker[which].uid, seen.audit[AUDIT_EUID]);
		EXPECT_EQ(speaker[which].gid, seen.audit[AUDIT_EGID]);
		EXPECT_EQ(speaker[which].uid, seen.audit[AUDIT_RUID]);
		EXPECT_EQ(speaker[which].gid, seen.audit[AUDIT_RGID]);
		EXPECT_EQ(getpid(), seen.audit[AUDIT_PID]);
	}
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
		EXPECT_EQ(0, speaker[i].failed);
		EXPECT_EQ(SPEAKER_LETTERS, count[i]);
	}
	/* The leader still is who it was. */
	EXPECT_TOKENS(tokens_derived(), spoken(speaker[0].port));
}

TEST(task_info_speaks_of_the_leader)
{
	struct tokens before, seen;
	pthread_t thread;
	struct speaker speaker = {
		.port = port_receive(), .uid = 1001, .gid = 2001,
	};
	struct letter letter;

	before = tokens_derived();
	ASSERT_EQ(0, pthread_create(&thread, NULL, speaker_run, &speaker));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(speaker.port, &letter));
	EXPECT_KR(KERN_SUCCESS, task_tokens(own_task(), &seen));
	EXPECT_TOKENS(before, seen);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_destroy(own_task(), speaker.port));
	pthread_join(thread, NULL);
}

TEST(unset_login_uid)
{
	mach_port_t port = port_receive();

	if (file_number("/proc/self/loginuid", UINT32_MAX) != UINT32_MAX)
		SKIP(return, "the login uid is set here");
	EXPECT_EQ(UINT32_MAX, spoken(port).audit[AUDIT_AUID]);
}

TEST(login_uid_and_session)
{
	mach_port_t port = port_receive();
	struct tokens seen;

	if (file_write("/proc/self/loginuid", "1234"))
		SKIP(return, "the login uid cannot be set here");
	seen = spoken(port);
	EXPECT_EQ(1234, seen.audit[AUDIT_AUID]);
	EXPECT_EQ(file_number("/proc/self/sessionid", 0),
		  seen.audit[AUDIT_ASID]);
	/* They stay whoever the sender becomes. */
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	EXPECT_TOKENS(tokens_derived(), spoken(port));
	EXPECT_EQ(1234, spoken(port).audit[AUDIT_AUID]);
}

TEST(one_pidversion_an_incarnation)
{
	mach_port_t port = port_receive();
	uint32_t version = spoken(port).audit[AUDIT_PIDVERSION];
	int i;

	EXPECT_NE(0, version);
	EXPECT_EQ(version, pidversion_of(getpid()));
	for (i = 0; i < 20; i++)
		EXPECT_EQ(version, spoken(port).audit[AUDIT_PIDVERSION]);
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	EXPECT_EQ(version, spoken(port).audit[AUDIT_PIDVERSION]);
}

TEST(fork_gives_a_new_pidversion)
{
	mach_port_t port = port_receive();
	uint32_t seen[20];
	struct tokens tokens;
	struct actor actor;
	size_t i, j;

	seen[0] = pidversion_of(getpid());
	for (i = 1; i < ARRAY_SIZE(seen); i++) {
		ASSERT_EQ(0, actor_start(&actor));
		/* It has one before it makes its first call. */
		seen[i] = pidversion_of(actor.pid);
		EXPECT_NE(0, seen[i]);
		ASSERT_KR(MACH_MSG_SUCCESS,
			  actor_speak(&actor, port, &tokens));
		EXPECT_EQ(seen[i], tokens.audit[AUDIT_PIDVERSION]);
		EXPECT_EQ(actor.pid, tokens.audit[AUDIT_PID]);
		EXPECT_EQ(0, actor_end(&actor));
	}
	for (i = 0; i < ARRAY_SIZE(seen); i++) {
		for (j = 0; j < i; j++)
			EXPECT_NE(seen[j], seen[i]);
	}
}

TEST(a_child_differs_by_two_words)
{
	mach_port_t port = port_receive();
	struct tokens want = tokens_derived(), seen;
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, port, &seen));
	EXPECT_NE(want.audit[AUDIT_PIDVERSION], seen.audit[AUDIT_PIDVERSION]);
	EXPECT_NE(want.audit[AUDIT_PID], seen.audit[AUDIT_PID]);
	want.audit[AUDIT_PID] = actor.pid;
	want.audit[AUDIT_PIDVERSION] = pidversion_of(actor.pid);
	EXPECT_TOKENS(want, seen);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(pidversion_of_strangers)
{
	int fd[2];
	pid_t pid;

	/* Forked before this test is a task: no task either. */
	ASSERT_EQ(0, pipe(fd));
	pid = fork();
	if (!pid) {
		close(fd[1]);
		_exit(read(fd[0], &pid, 1) != 0);
	}
	ASSERT_NE(MACH_PORT_NULL, mach_task_self());
	EXPECT_EQ(0, pidversion_of(pid));
	EXPECT_EQ(0, pidversion_of(0));
	EXPECT_EQ(0, pidversion_of(-1));
	EXPECT_EQ(0, pidversion_of(INT_MAX));
	EXPECT_NE(0, pidversion_of(getpid()));
	close(fd[1]);
	EXPECT_CHILD(pid);
	EXPECT_EQ(0, pidversion_of(pid));
}

TEST(pidversion_codes)
{
	struct machdev_pidversion argument = { .pid = getpid() };

	ASSERT_NE(MACH_PORT_NULL, own_task());
	EXPECT_KR(KERN_SUCCESS,
		  mach_ioctl(MACHDEV_IOC_PIDVERSION, &argument));
	argument.pid = INT_MAX;
	EXPECT_KR(KERN_FAILURE,
		  mach_ioctl(MACHDEV_IOC_PIDVERSION, &argument));
}

TEST(the_kernels_own_messages)
{
	const struct tokens kernel = { .security = { 0, 1 } };
	mach_port_t notify = port_receive(), port = port_new();
	struct letter letter;

	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	ASSERT_KR(KERN_SUCCESS, port_watch(port, notify));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_mod_refs(own_task(), port, MACH_PORT_RIGHT_RECEIVE,
				     -1));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, letter.header.msgh_id);
	EXPECT_TOKENS(kernel, letter_tokens(&letter));
}

TEST(words_outlive_the_sender)
{
	mach_port_t port = port_receive();
	struct letter letter;
	struct tokens want, seen;
	struct actor actor;
	uint32_t name;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ASSERT_KR(KERN_SUCCESS, task_tokens(actor_task(&actor), &want));
	name = actor_give(&actor, port, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(MACH_MSG_SUCCESS,
		  actor_send(&actor, name, MACH_MSG_TYPE_COPY_SEND, 0, 0, 7));
	EXPECT_EQ(0, actor_end(&actor));
	ASSERT_EQ(0, mach_sync());
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	seen = letter_tokens(&letter);
	EXPECT_TOKENS(want, seen);
	EXPECT_EQ(TEST_UID, seen.security[0]);
	EXPECT_EQ(actor.first, seen.audit[AUDIT_PID]);
}

TEST(another_task_in_task_info)
{
	struct tokens seen;
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_ids(&actor, 1001, 1002, 1003, 2001, 2002, 2003));
	ASSERT_KR(KERN_SUCCESS, task_tokens(actor_task(&actor), &seen));
	EXPECT_EQ(1002, seen.security[0]);
	EXPECT_EQ(2002, seen.security[1]);
	EXPECT_EQ(1002, seen.audit[AUDIT_EUID]);
	EXPECT_EQ(2002, seen.audit[AUDIT_EGID]);
	EXPECT_EQ(1001, seen.audit[AUDIT_RUID]);
	EXPECT_EQ(2001, seen.audit[AUDIT_RGID]);
	EXPECT_EQ(actor.pid, seen.audit[AUDIT_PID]);
	EXPECT_EQ(pidversion_of(actor.pid), seen.audit[AUDIT_PIDVERSION]);
	EXPECT_EQ(0, actor_end(&actor));
}

/*
 * task_info() itself
 */

static long raw_info(uint32_t task, uint32_t flavor, void *info,
		     uint32_t *count)
{
	struct machdev_task_info argument = {
		.task = task,
		.flavor = flavor,
		.count = *count,
		.info = (uintptr_t)info,
	};
	long code = mach_ioctl(MACHDEV_IOC_TASK_INFO, &argument);

	*count = argument.count;
	return code;
}

static const struct {
	uint32_t flavor, words;
} flavors[] = {
	{ TASK_SECURITY_TOKEN, TASK_SECURITY_TOKEN_COUNT },
	{ TASK_AUDIT_TOKEN, TASK_AUDIT_TOKEN_COUNT },
};

TEST(info_counts)
{
	uint32_t info[40], count, words;
	size_t i, j;

	EXPECT_EQ(2, TASK_SECURITY_TOKEN_COUNT);
	EXPECT_EQ(8, TASK_AUDIT_TOKEN_COUNT);
	for (i = 0; i < ARRAY_SIZE(flavors); i++) {
		for (words = 0; words < ARRAY_SIZE(info); words++) {
			memset(info, TEST_POISON, sizeof(info));
			count = words;
			if (words < flavors[i].words) {
				EXPECT_KR(KERN_INVALID_ARGUMENT,
					  raw_info(own_task(),
						   flavors[i].flavor, info,
						   &count));
				EXPECT_EQ(TEST_POISON32, info[0]);
				continue;
			}
			EXPECT_KR(KERN_SUCCESS,
				  raw_info(own_task(), flavors[i].flavor, info,
					   &count));
			EXPECT_EQ(flavors[i].words, count);
			for (j = count; j < ARRAY_SIZE(info); j++)
				EXPECT_EQ(TEST_POISON32, info[j]);
		}
	}
}

TEST(info_of_an_unknown_flavor)
{
	const uint32_t unknown[] = { 0, 14, 999, UINT32_MAX };
	uint32_t info[40], count;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		memset(info, TEST_POISON, sizeof(info));
		count = ARRAY_SIZE(info);
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  raw_info(own_task(), unknown[i], info, &count)) {
			TH_LOG("flavor %u", unknown[i]);
		}
		EXPECT_EQ(TEST_POISON32, info[0]);
	}
}

TEST(info_of_a_flavor_that_comes_later)
{
	/* TASK_AFFINITY_TAG_INFO, TASK_DYLD_INFO and others of XNU. */
	const uint32_t later[] = { 16, 17, 19 };
	uint32_t info[40], count;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(later); i++) {
		count = ARRAY_SIZE(info);
		EXPECT_KR(KERN_NOT_SUPPORTED,
			  raw_info(own_task(), later[i], info, &count)) {
			TH_LOG("flavor %u", later[i]);
		}
	}
}

TEST(info_of_a_wrong_task)
{
	const uint32_t wrong[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, PORT_NOTHING, port_new(),
		port_dead_name(), mach_host_self(), mach_thread_self(),
	};
	uint32_t info[40], count;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		for (j = 0; j < ARRAY_SIZE(flavors); j++) {
			count = ARRAY_SIZE(info);
			EXPECT_KR(KERN_INVALID_ARGUMENT,
				  raw_info(wrong[i], flavors[j].flavor, info,
					   &count)) {
				TH_LOG("task %zu", i);
			}
		}
	}
}

TEST(info_that_cannot_be_written)
{
	void *read_only = mmap(NULL, 4096, PROT_READ,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t count;
	size_t i;

	ASSERT_NE(MAP_FAILED, read_only);
	for (i = 0; i < ARRAY_SIZE(flavors); i++) {
		count = 10;
		EXPECT_KR(KERN_INVALID_ADDRESS,
			  raw_info(own_task(), flavors[i].flavor, NULL,
				   &count));
		count = 10;
		EXPECT_KR(KERN_INVALID_ADDRESS,
			  raw_info(own_task(), flavors[i].flavor, read_only,
				   &count));
	}
}

TEST(info_agrees_with_the_trailer)
{
	mach_port_t port = port_receive();
	struct tokens seen;

	ASSERT_KR(KERN_SUCCESS, task_tokens(own_task(), &seen));
	EXPECT_TOKENS(spoken(port), seen);
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	ASSERT_KR(KERN_SUCCESS, task_tokens(own_task(), &seen));
	EXPECT_TOKENS(spoken(port), seen);
	EXPECT_EQ(TEST_UID, seen.security[0]);
}

/*
 * Name spaces of Linux: one actor inside, the test or another one outside.
 */

/* @sender sends to a port of @receiver: the tokens as that one gets them. */
static long speak(struct actor *sender, struct actor *receiver,
		  struct tokens *tokens)
{
	struct answer answer;
	mach_port_t right;
	uint32_t port, name;
	long code;

	memset(tokens, TEST_POISON, sizeof(*tokens));
	code = actor_allocate(receiver, &port);
	if (code)
		return code;
	right = actor_take(receiver, port, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	name = actor_give(sender, right, MACH_MSG_TYPE_MOVE_SEND_ONCE);
	if (!name)
		return -ENOENT;
	code = actor_send(sender, name, MACH_MSG_TYPE_MOVE_SEND_ONCE, 0, 0, 1);
	if (code)
		return code;
	code = actor_hear(receiver, port, &answer);
	if (!code)
		*tokens = answer.tokens;
	return code;
}

TEST(sender_inside_a_pid_namespace)
{
	mach_port_t port = port_receive();
	struct actor actor;
	struct tokens seen;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_do(&actor, ORDER_UNSHARE, CLONE_NEWPID, 0));
	ASSERT_EQ(0, actor_next(&actor));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, port, &seen));
	/* It is process 1 to itself. */
	EXPECT_EQ(actor.pid, seen.audit[AUDIT_PID]);
	EXPECT_NE(1, seen.audit[AUDIT_PID]);
	EXPECT_KR(KERN_SUCCESS, task_tokens(actor_task(&actor), &seen));
	EXPECT_EQ(actor.pid, seen.audit[AUDIT_PID]);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(receiver_inside_a_pid_namespace)
{
	struct actor outside, inside;
	struct tokens seen;

	ASSERT_EQ(0, actor_start(&outside));
	ASSERT_EQ(0, actor_start(&inside));
	ASSERT_EQ(0, actor_do(&inside, ORDER_UNSHARE, CLONE_NEWPID, 0));
	ASSERT_EQ(0, actor_next(&inside));
	ASSERT_KR(MACH_MSG_SUCCESS, speak(&outside, &inside, &seen));
	EXPECT_EQ(0, seen.audit[AUDIT_PID]);
	EXPECT_EQ(pidversion_of(outside.pid), seen.audit[AUDIT_PIDVERSION]);
	/* To itself it is process 1. */
	ASSERT_KR(MACH_MSG_SUCCESS, speak(&inside, &inside, &seen));
	EXPECT_EQ(1, seen.audit[AUDIT_PID]);
	EXPECT_EQ(0, actor_end(&inside));
	EXPECT_EQ(0, actor_end(&outside));
}

TEST(task_info_inside_a_pid_namespace)
{
	struct order order = { .what = ORDER_INFO };
	struct actor outside, inside;
	struct answer answer;

	ASSERT_EQ(0, actor_start(&outside));
	ASSERT_EQ(0, actor_start(&inside));
	ASSERT_EQ(0, actor_do(&inside, ORDER_UNSHARE, CLONE_NEWPID, 0));
	ASSERT_EQ(0, actor_next(&inside));
	order.word[0] = actor_give(&inside, actor_task(&outside),
				   MACH_MSG_TYPE_COPY_SEND);
	ASSERT_KR(KERN_SUCCESS, actor_order(&inside, &order, &answer));
	EXPECT_EQ(0, answer.tokens.audit[AUDIT_PID]);
	order.word[0] = actor_self(&inside);
	ASSERT_KR(KERN_SUCCESS, actor_order(&inside, &order, &answer));
	EXPECT_EQ(1, answer.tokens.audit[AUDIT_PID]);
	EXPECT_EQ(0, actor_end(&inside));
	EXPECT_EQ(0, actor_end(&outside));
}

TEST(sender_inside_a_user_namespace)
{
	mach_port_t port = port_receive();
	struct actor actor;
	struct tokens seen;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ASSERT_EQ(0, actor_do(&actor, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	/* Without a map nobody has an id there, but here it has. */
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, port, &seen));
	EXPECT_EQ(TEST_UID, seen.security[0]);
	EXPECT_EQ(TEST_UID, seen.security[1]);
	EXPECT_EQ(TEST_UID, seen.audit[AUDIT_RUID]);
	EXPECT_EQ(TEST_UID, seen.audit[AUDIT_RGID]);
	ASSERT_EQ(0, actor_map_ids(&actor, 0, TEST_UID, 1));
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&actor, port, &seen));
	EXPECT_EQ(TEST_UID, seen.security[0]);
	EXPECT_EQ(TEST_UID, seen.audit[AUDIT_EUID]);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST(receiver_inside_a_user_namespace)
{
	struct actor root, user, inside;
	struct tokens seen;

	ASSERT_EQ(0, actor_start(&root));
	ASSERT_EQ(0, actor_start(&user));
	ASSERT_EQ(0, actor_become(&user, TEST_UID));
	ASSERT_EQ(0, actor_start(&inside));
	ASSERT_EQ(0, actor_become(&inside, TEST_UID));
	ASSERT_EQ(0, actor_do(&inside, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	ASSERT_EQ(0, actor_map_ids(&inside, 0, TEST_UID, 1));
	/* Whoever is mapped shows as there, */
	ASSERT_KR(MACH_MSG_SUCCESS, speak(&user, &inside, &seen));
	EXPECT_EQ(0, seen.security[0]);
	EXPECT_EQ(0, seen.security[1]);
	EXPECT_EQ(0, seen.audit[AUDIT_EUID]);
	EXPECT_EQ(0, seen.audit[AUDIT_EGID]);
	EXPECT_EQ(0, seen.audit[AUDIT_RUID]);
	EXPECT_EQ(0, seen.audit[AUDIT_RGID]);
	EXPECT_EQ(user.pid, seen.audit[AUDIT_PID]);
	/* and everybody else as the overflow id. */
	ASSERT_KR(MACH_MSG_SUCCESS, speak(&root, &inside, &seen));
	EXPECT_EQ(OVERFLOW_ID, seen.security[0]);
	EXPECT_EQ(OVERFLOW_ID, seen.security[1]);
	EXPECT_EQ(OVERFLOW_ID, seen.audit[AUDIT_EUID]);
	EXPECT_EQ(OVERFLOW_ID, seen.audit[AUDIT_EGID]);
	EXPECT_EQ(OVERFLOW_ID, seen.audit[AUDIT_RUID]);
	EXPECT_EQ(OVERFLOW_ID, seen.audit[AUDIT_RGID]);
	EXPECT_EQ(root.pid, seen.audit[AUDIT_PID]);
	EXPECT_EQ(0, actor_end(&inside));
	EXPECT_EQ(0, actor_end(&user));
	EXPECT_EQ(0, actor_end(&root));
}

TEST(login_uid_inside_a_user_namespace)
{
	struct actor outside, inside;
	struct tokens seen;

	ASSERT_EQ(0, actor_start(&inside));
	ASSERT_EQ(0, actor_do(&inside, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	ASSERT_EQ(0, actor_map_ids(&inside, 0, TEST_UID, 1));
	ASSERT_EQ(0, actor_start(&outside));
	if (file_number("/proc/self/loginuid", 0) == UINT32_MAX) {
		ASSERT_KR(MACH_MSG_SUCCESS, speak(&outside, &inside, &seen));
		EXPECT_EQ(UINT32_MAX, seen.audit[AUDIT_AUID]);
	}
	if (!actor_write_file(&outside, "/proc/self/loginuid", "1000")) {
		ASSERT_KR(MACH_MSG_SUCCESS, speak(&outside, &inside, &seen));
		EXPECT_EQ(0, seen.audit[AUDIT_AUID]);
	}
	EXPECT_EQ(0, actor_end(&inside));
	EXPECT_EQ(0, actor_end(&outside));
}

TEST(unmapped_login_uid)
{
	struct actor outside, inside;
	struct tokens seen;

	ASSERT_EQ(0, actor_start(&inside));
	ASSERT_EQ(0, actor_do(&inside, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	ASSERT_EQ(0, actor_map_ids(&inside, 0, TEST_UID, 1));
	ASSERT_EQ(0, actor_start(&outside));
	if (actor_write_file(&outside, "/proc/self/loginuid", "1234"))
		SKIP(return, "the login uid cannot be set here");
	ASSERT_KR(MACH_MSG_SUCCESS, speak(&outside, &inside, &seen));
	EXPECT_EQ(OVERFLOW_ID, seen.audit[AUDIT_AUID]);
	EXPECT_EQ(0, actor_end(&inside));
	EXPECT_EQ(0, actor_end(&outside));
}

TEST(task_info_inside_a_user_namespace)
{
	struct order order = { .what = ORDER_INFO };
	struct actor outside, inside;
	struct answer answer;

	ASSERT_EQ(0, actor_start(&outside));
	ASSERT_EQ(0, actor_start(&inside));
	ASSERT_EQ(0, actor_do(&inside, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	ASSERT_EQ(0, actor_map_ids(&inside, 0, TEST_UID, 1));
	order.word[0] = actor_give(&inside, actor_task(&outside),
				   MACH_MSG_TYPE_COPY_SEND);
	ASSERT_KR(KERN_SUCCESS, actor_order(&inside, &order, &answer));
	EXPECT_EQ(OVERFLOW_ID, answer.tokens.security[0]);
	EXPECT_EQ(OVERFLOW_ID, answer.tokens.audit[AUDIT_EUID]);
	EXPECT_EQ(0, actor_end(&inside));
	EXPECT_EQ(0, actor_end(&outside));
}

MACH_TEST_MAIN
