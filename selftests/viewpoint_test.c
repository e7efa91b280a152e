// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who a sender is from where the receiver stands: both in name spaces of users
 * and processes that contain each other or do not, by both forms of trailer.
 */
#include "actor.h"

#define OVERFLOW_ID file_number("/proc/sys/kernel/overflowuid", 65534)
#define UNSET UINT32_MAX

/* Send from one to the other; received by @order, as the answer says. */
static long deliver(struct actor *sender, struct actor *receiver,
		    enum order_kind order_kind, struct answer *answer)
{
	struct order order = { .what = order_kind };
	mach_port_t right;
	uint32_t name;
	long code;

	code = actor_allocate(receiver, &order.word[0]);
	if (code)
		return code;
	right = actor_take(receiver, order.word[0],
			   MACH_MSG_TYPE_MAKE_SEND_ONCE);
	name = actor_give(sender, right, MACH_MSG_TYPE_MOVE_SEND_ONCE);
	if (!name)
		return -ENOENT;
	code = actor_send(sender, name, MACH_MSG_TYPE_MOVE_SEND_ONCE, 0, 0, 1);
	return code ?: actor_order(receiver, &order, answer);
}

/* Both trailers of a message; what both have agrees. */
static long hear(struct __test_metadata *_metadata, struct actor *sender,
		 struct actor *receiver, struct machdev_origin_trailer *origin)
{
	struct answer answer;
	long code;

	code = deliver(sender, receiver, ORDER_ORIGIN, &answer);
	if (code)
		return code;
	memcpy(origin, answer.data, sizeof(*origin));
	code = deliver(sender, receiver, ORDER_RECEIVE, &answer);
	if (code)
		return code;
	EXPECT_EQ(0, memcmp(answer.tokens.security, origin->trailer.security,
			    sizeof(answer.tokens.security)));
	EXPECT_EQ(0, memcmp(answer.tokens.audit, origin->trailer.audit,
			    sizeof(answer.tokens.audit)));
	return 0;
}

/*
 * Users
 */

/* A user name space, and somebody there; all ids as the initial one has them. */
struct place {
	uint32_t base, count;	/* of the ids that it knows, as 0 and on */
	struct actor actor;
	uint32_t login;
	uid_t ruid, euid;
	gid_t rgid, egid;
};

#define PLACES 3

FIXTURE(users)
{
	struct place place[PLACES];
	bool can_login;
};

static uint32_t inside(const struct place *place, uint32_t id)
{
	return id - place->base < place->count ? id - place->base :
						 OVERFLOW_ID;
}

/* Four different ids, all of them known where the actor is. */
static long settle(struct place *place, unsigned int n)
{
	uint32_t first = place->base + n;

	place->ruid = first;
	place->euid = first + 1;
	place->rgid = first + 2;
	place->egid = first + 3;
	return actor_ids(&place->actor, inside(place, place->ruid),
			 inside(place, place->euid), inside(place, first),
			 inside(place, place->rgid),
			 inside(place, place->egid), inside(place, first));
}

FIXTURE_SETUP(users)
{
	unsigned int i;

	/* The initial name space, and two that know nothing of each other. */
	for (i = 0; i < PLACES; i++) {
		struct place *place = &self->place[i];

		place->base = i * 100000;
		place->count = i ? 10 : 4000000000u;
		ASSERT_EQ(0, actor_start(&place->actor));
		place->login = UNSET;
		if (i && !actor_write_file(&place->actor, "/proc/self/loginuid",
					   i == 1 ? "100007" : "200008")) {
			place->login = place->base + 6 + i;
			self->can_login = true;
		}
		if (i) {
			ASSERT_EQ(0, actor_do(&place->actor, ORDER_UNSHARE,
					      CLONE_NEWUSER, 0));
			ASSERT_EQ(0, actor_map_ids(&place->actor, 0,
						   place->base, place->count));
		}
		ASSERT_EQ(0, settle(place, i ? 1 : 100004));
	}
}

FIXTURE_TEARDOWN(users)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++)
		EXPECT_EQ(0, actor_end(&self->place[i].actor));
}

/* @place's ids in both trailers, as @viewer is to see them. */
static void expect_seen(struct __test_metadata *_metadata,
			const struct place *place, const struct place *viewer,
			const struct machdev_origin_trailer *seen)
{
	uint32_t login = place->login == UNSET ? UNSET :
						 inside(viewer, place->login);
	const uint32_t *audit = seen->trailer.audit;

	EXPECT_EQ(inside(viewer, place->euid), seen->trailer.security[0]);
	EXPECT_EQ(inside(viewer, place->egid), seen->trailer.security[1]);
	EXPECT_EQ(login, audit[AUDIT_AUID]);
	EXPECT_EQ(inside(viewer, place->euid), audit[AUDIT_EUID]);
	EXPECT_EQ(inside(viewer, place->egid), audit[AUDIT_EGID]);
	EXPECT_EQ(inside(viewer, place->ruid), audit[AUDIT_RUID]);
	EXPECT_EQ(inside(viewer, place->rgid), audit[AUDIT_RGID]);
	EXPECT_EQ(place->actor.pid, audit[AUDIT_PID]);
	EXPECT_EQ(MACHDEV_ORIGIN_DERIVED, seen->kind);
	EXPECT_EQ(login, seen->loginuid);
	EXPECT_EQ(audit[AUDIT_EUID], seen->euid);
	EXPECT_EQ(audit[AUDIT_EGID], seen->egid);
	EXPECT_EQ(audit[AUDIT_RUID], seen->uid);
	EXPECT_EQ(audit[AUDIT_RGID], seen->gid);
	EXPECT_EQ(audit[AUDIT_PID], seen->pid);
	EXPECT_EQ(audit[AUDIT_PIDVERSION], seen->pidversion);
}

TEST_F(users, of_each_place_in_each)
{
	struct machdev_origin_trailer seen;
	struct place *from, *to;

	for (from = self->place; from < self->place + PLACES; from++) {
		for (to = self->place; to < self->place + PLACES; to++) {
			ASSERT_EQ(0, hear(_metadata, &from->actor, &to->actor,
					  &seen));
			expect_seen(_metadata, from, to, &seen);
		}
	}
}

/* A change of ids in a name space shows outside at once. */
TEST_F(users, that_change)
{
	struct place *from = &self->place[1];
	struct machdev_origin_trailer seen;

	/* Back to 0 there, whose saved id the actor does not have... */
	ASSERT_EQ(0, actor_ids(&from->actor, -1, inside(from, from->ruid), -1,
			       -1, -1, -1));
	from->euid = from->ruid;
	ASSERT_EQ(0, hear(_metadata, &from->actor, &self->place[0].actor,
			  &seen));
	expect_seen(_metadata, from, &self->place[0], &seen);
	ASSERT_EQ(0, hear(_metadata, &from->actor, &self->place[2].actor,
			  &seen));
	expect_seen(_metadata, from, &self->place[2], &seen);
}

/* An id that is nobody's in the sender's own name space either. */
TEST(users_without_a_map)
{
	struct machdev_origin_trailer seen;
	struct place from = { .count = UINT32_MAX, .login = UNSET };
	struct actor receiver;

	ASSERT_EQ(0, actor_start(&receiver));
	ASSERT_EQ(0, actor_start(&from.actor));
	ASSERT_EQ(0, actor_ids(&from.actor, 1001, 1002, 0, 1003, 1004, 1003));
	from.ruid = 1001;
	from.euid = 1002;
	from.rgid = 1003;
	from.egid = 1004;
	from.login = file_number("/proc/self/loginuid", UNSET);
	ASSERT_EQ(0, actor_do(&from.actor, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	ASSERT_EQ(0, hear(_metadata, &from.actor, &receiver, &seen));
	expect_seen(_metadata, &from, &from, &seen);
	EXPECT_EQ(0, actor_do(&receiver, ORDER_UNSHARE, CLONE_NEWUSER, 0));
	/* Nor in the receiver's. */
	ASSERT_EQ(0, hear(_metadata, &from.actor, &receiver, &seen));
	EXPECT_EQ(OVERFLOW_ID, seen.euid);
	EXPECT_EQ(OVERFLOW_ID, seen.trailer.security[1]);
	EXPECT_EQ(from.actor.pid, seen.pid);
	EXPECT_EQ(0, actor_end(&from.actor));
	EXPECT_EQ(0, actor_end(&receiver));
}

/* The kernel's words are no ids: nobody's name space translates them. */
TEST_F(users, but_not_the_kernel)
{
	const struct tokens kernel = { .security = { 0, 1 } };
	struct actor *receiver = &self->place[1].actor;
	struct order order = { .what = ORDER_ORIGIN };
	struct machdev_origin_trailer seen, want;
	struct answer answer;
	mach_port_t once;
	int i;

	memset(&want, 0, sizeof(want));
	want.trailer.type = MACHDEV_TRAILER_FORMAT_ORIGIN;
	want.trailer.size = sizeof(want);
	want.trailer.security[1] = 1;
	want.kind = MACHDEV_ORIGIN_KERNEL;
	ASSERT_EQ(0, actor_allocate(receiver, &order.word[0]));
	for (i = 0; i < 2; i++) {
		once = actor_take(receiver, order.word[0],
				  MACH_MSG_TYPE_MAKE_SEND_ONCE);
		ASSERT_KR(KERN_SUCCESS,
			  mach_port_deallocate(own_task(), once));
		ASSERT_EQ(0, actor_order(receiver, &order, &answer));
		if (i) {
			EXPECT_EQ(MACH_NOTIFY_SEND_ONCE, answer.word[0]);
			EXPECT_TOKENS(kernel, answer.tokens);
			break;
		}
		memcpy(&seen, answer.data, sizeof(seen));
		EXPECT_EQ(0, memcmp(&want, &seen, sizeof(want)));
		order.what = ORDER_RECEIVE;
	}
}

/*
 * Processes
 */

#define LEVELS 3

/* Number of @pid in the pid name space @level below the test's; 0 when none. */
static pid_t pid_at(pid_t pid, unsigned int level)
{
	int number[LEVELS + 1] = { 0 };
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "NSpid: %d %d %d %d", &number[0], &number[1],
			   &number[2], &number[3]) > 0)
			break;
	}
	if (file)
		fclose(file);
	return number[level];
}

/* Go on as a child, whose number its parent may not know as the test does. */
static long next(struct actor *actor)
{
	pid_t parent = actor->pid;
	char path[64];
	long code = actor_next(actor);

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent,
		 parent);
	actor->pid = file_number(path, 0);
	return code;
}

/* Go on in a new pid name space inside that of @outer, NULL for the test's. */
static long descend(struct actor *actor, const struct actor *outer)
{
	struct answer answer;
	char path[64];
	long code = 0;

	if (outer) {
		snprintf(path, sizeof(path), "/proc/%d/ns/pid", outer->pid);
		code = actor_text(actor, ORDER_ENTER, path, NULL, &answer);
	}
	if (!code && outer)
		code = next(actor);
	code = code ?: actor_do(actor, ORDER_UNSHARE, CLONE_NEWPID, 0);
	return code ?: next(actor);
}

/* The test's, one inside, one inside that, and one beside these two. */
enum { OUTER, MIDDLE, INNER, BESIDE, SPACES };

TEST(processes)
{
	static const unsigned int level[SPACES] = { 0, 1, 2, 1 };
	static const bool visible[SPACES][SPACES] = {
		[OUTER] = { true, true, true, true },
		[MIDDLE] = { false, true, true, false },
		[INNER] = { false, false, true, false },
		[BESIDE] = { false, false, false, true },
	};
	struct machdev_origin_trailer seen;
	struct actor actor[SPACES];
	unsigned int from, to;
	pid_t want;

	for (to = 0; to < SPACES; to++)
		ASSERT_EQ(0, actor_start(&actor[to]));
	ASSERT_EQ(0, descend(&actor[MIDDLE], NULL));
	ASSERT_EQ(0, descend(&actor[INNER], &actor[MIDDLE]));
	ASSERT_EQ(0, descend(&actor[BESIDE], NULL));
	EXPECT_EQ(1, pid_at(actor[INNER].pid, 2));
	EXPECT_LT(1, pid_at(actor[INNER].pid, 1));
	for (to = 0; to < SPACES; to++) {
		for (from = 0; from < SPACES; from++) {
			want = visible[to][from] ?
				pid_at(actor[from].pid, level[to]) : 0;
			ASSERT_EQ(0, hear(_metadata, &actor[from], &actor[to],
					  &seen));
			EXPECT_EQ(want, seen.trailer.audit[AUDIT_PID]) {
				TH_LOG("of %u in %u", from, to);
			}
			EXPECT_EQ(want, seen.pid);
			EXPECT_EQ(pidversion_of(actor[from].pid),
				  seen.pidversion);
			EXPECT_EQ(seen.pidversion,
				  seen.trailer.audit[AUDIT_PIDVERSION]);
			EXPECT_EQ(MACHDEV_ORIGIN_DERIVED, seen.kind);
		}
	}
	/* Those inside go with the first process there. */
	EXPECT_EQ(0, actor_end(&actor[INNER]));
	EXPECT_EQ(0, actor_end(&actor[MIDDLE]));
	EXPECT_EQ(0, actor_end(&actor[BESIDE]));
	EXPECT_EQ(0, actor_end(&actor[OUTER]));
}

/*
 * Threads
 */

struct speaker {
	mach_port_t port;
	uid_t uid;
	pthread_t thread;
};

#define SPEAKERS 4
#define LETTERS 100

static void *speaker_run(void *argument)
{
	struct speaker *speaker = argument;
	intptr_t failed = 0;
	int i;

	/* This thread's alone; the library would tell all threads. */
	if (syscall(SYS_setresgid, speaker->uid + 20, speaker->uid + 30, 0) ||
	    syscall(SYS_setresuid, speaker->uid, speaker->uid + 10, 0))
		return (void *)1;
	for (i = 0; i < LETTERS; i++)
		failed |= letter_post(speaker->port, speaker->uid);
	return (void *)failed;
}

/* Who is one task, and many users, in the origin trailer as well. */
TEST(threads)
{
	const mach_msg_option_t option = MACH_RCV_MSG | MACH_RCV_TIMEOUT |
		MACH_RCV_TRAILER_TYPE(MACHDEV_TRAILER_FORMAT_ORIGIN);
	struct speaker speaker[SPEAKERS];
	struct machdev_origin_trailer seen;
	unsigned int count[SPEAKERS] = { 0 }, i, which;
	mach_port_t port = port_receive();
	struct letter letter;
	void *failed;
	uid_t uid;

	for (i = 0; i < SPEAKERS; i++) {
		speaker[i] = (struct speaker){ .port = port, .uid = 1001 + i };
		ASSERT_EQ(0, pthread_create(&speaker[i].thread, NULL,
					    speaker_run, &speaker[i]));
	}
	for (i = 0; i < SPEAKERS * LETTERS; i++) {
		ASSERT_KR(MACH_MSG_SUCCESS,
			  mach_msg(&letter.header, option, 0, sizeof(letter),
				   port, test_ms(10000), 0));
		memcpy(&seen, letter_trailer(&letter), sizeof(seen));
		uid = letter.header.msgh_id;
		which = uid - 1001;
		ASSERT_LT(which, (unsigned int)SPEAKERS);
		count[which]++;
		EXPECT_EQ(uid, seen.uid);
		EXPECT_EQ(uid + 10, seen.euid);
		EXPECT_EQ(uid + 20, seen.gid);
		EXPECT_EQ(uid + 30, seen.egid);
		EXPECT_EQ(uid, seen.trailer.audit[AUDIT_RUID]);
		EXPECT_EQ(uid + 10, seen.trailer.security[0]);
		EXPECT_EQ(uid + 30, seen.trailer.security[1]);
		EXPECT_EQ(getpid(), seen.pid);
		EXPECT_EQ(MACHDEV_ORIGIN_DERIVED, seen.kind);
	}
	for (i = 0; i < SPEAKERS; i++) {
		ASSERT_EQ(0, pthread_join(speaker[i].thread, &failed));
		EXPECT_EQ(NULL, failed);
		EXPECT_EQ(LETTERS, count[i]);
	}
}

/*
 * Who has been given the kernel's words by the authority still is a task.
 */
TEST(with_the_kernels_words)
{
	const struct tokens kernel = { .security = { 0, 1 } };
	struct machdev_origin_trailer seen;
	struct actor actor, receiver;
	struct answer answer;
	uint32_t version;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_start(&receiver));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ASSERT_KR(KERN_SUCCESS,
		  task_set_tokens(host_security_port(), actor_task(&actor),
				  kernel, MACH_PORT_NULL));
	version = pidversion_of(actor.pid);
	ASSERT_EQ(0, deliver(&actor, &receiver, ORDER_RECEIVE, &answer));
	EXPECT_TOKENS(kernel, answer.tokens);
	ASSERT_EQ(0, deliver(&actor, &receiver, ORDER_ORIGIN, &answer));
	memcpy(&seen, answer.data, sizeof(seen));
	EXPECT_EQ(MACHDEV_ORIGIN_EXPLICIT, seen.kind);
	EXPECT_EQ(actor.pid, seen.pid);
	EXPECT_EQ(version, seen.pidversion);
	EXPECT_EQ(TEST_UID, seen.euid);
	EXPECT_EQ(TEST_UID, seen.uid);
	EXPECT_EQ(0, actor_end(&actor));
	EXPECT_EQ(0, actor_end(&receiver));
}

MACH_TEST_MAIN
