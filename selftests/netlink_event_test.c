// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: what happens to tasks is told to those who may listen, in order and
 * with a number; who does not keep up is told so and disturbs nobody.
 */
#include <machdev.h>

#include "fault.h"
#include "netlink_helpers.h"

/* A listener: an event at a time. */
struct listener {
	struct netlink nl;
	struct event {
		uint64_t sequence;
		uint64_t dropped;
		uint64_t time;
		uint32_t kind;
		uint32_t pid;
		uint32_t version;
		uint32_t actor;
		uint32_t token;
		uint32_t security[2];
		uint32_t audit[8];
		char comm[16];
	} event;
	bool got;
};

static uint64_t u64_or_none(struct nlattr **attrs, int type)
{
	return attrs[type] ? attr_u64(attrs, type) : 0;
}

static uint32_t u32_or_none(struct nlattr **attrs, int type)
{
	return attrs[type] ? attr_u32(attrs, type) : 0;
}

static int take_event(struct nl_msg *msg, void *argument)
{
	struct listener *listener = argument;
	struct event *event = &listener->event;
	struct nlattr *attrs[ATTRS];

	MUST(genlmsg_parse(nlmsg_hdr(msg), 0, attrs, ATTRS - 1, NULL));
	MUST(genlmsg_hdr(nlmsg_hdr(msg))->cmd != MACHDEV_CMD_EVENT);
	*event = (struct event){
		.sequence = u64_or_none(attrs, MACHDEV_A_EVENT_SEQUENCE),
		.dropped = attr_u64(attrs, MACHDEV_A_EVENT_DROPPED),
		.time = u64_or_none(attrs, MACHDEV_A_EVENT_TIME),
		.kind = u32_or_none(attrs, MACHDEV_A_EVENT_KIND),
		.pid = u32_or_none(attrs, MACHDEV_A_EVENT_PID),
		.version = u32_or_none(attrs, MACHDEV_A_EVENT_PIDVERSION),
		.actor = u32_or_none(attrs, MACHDEV_A_EVENT_ACTOR_PID),
		.token = u32_or_none(attrs, MACHDEV_A_EVENT_TOKEN),
	};
	nla_memcpy(event->security, attrs[MACHDEV_A_EVENT_SECURITY],
		   sizeof(event->security));
	nla_memcpy(event->audit, attrs[MACHDEV_A_EVENT_AUDIT],
		   sizeof(event->audit));
	if (attrs[MACHDEV_A_EVENT_COMM])
		nla_strlcpy(event->comm, attrs[MACHDEV_A_EVENT_COMM],
			    sizeof(event->comm));
	listener->got = true;
	return NL_STOP;
}

static int join(struct listener *listener)
{
	int group = genl_ctrl_resolve_grp(listener->nl.socket,
					  MACHDEV_NETLINK_NAME,
					  MACHDEV_NETLINK_EVENTS);

	MUST(group < 0 ? -ENOENT : 0);
	/* Without libnl, to see the errno. */
	return setsockopt(nl_socket_get_fd(listener->nl.socket), SOL_NETLINK,
			  NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) ?
		-errno : 0;
}

static void listener_open(struct listener *listener)
{
	netlink_open(&listener->nl);
	nl_socket_disable_seq_check(listener->nl.socket);
	nl_socket_modify_cb(listener->nl.socket, NL_CB_VALID, NL_CB_CUSTOM,
			    take_event, listener);
}

/* Room for all that a test has happen. */
static void listener_room(struct listener *listener)
{
	int room = 8 << 20;

	MUST(setsockopt(nl_socket_get_fd(listener->nl.socket), SOL_SOCKET,
			SO_RCVBUFFORCE, &room, sizeof(room)) ? -errno : 0);
}

/* The next event; false when none comes, with what was the matter in error. */
static bool next(struct listener *listener, unsigned int ms)
{
	struct pollfd fd = {
		.fd = nl_socket_get_fd(listener->nl.socket), .events = POLLIN,
	};
	int ret;

	listener->got = false;
	listener->nl.error = 0;
	if (poll(&fd, 1, test_ms(ms)) != 1)
		return false;
	ret = nl_recvmsgs_default(listener->nl.socket);
	if (ret < 0)
		listener->nl.error = ret;
	return listener->got;
}

/* The next event of a process; the others are passed over. */
static bool next_of(struct listener *listener, pid_t pid)
{
	while (next(listener, 10000)) {
		if (listener->event.pid == (uint32_t)pid)
			return true;
	}
	return false;
}

static uint32_t version_of(pid_t pid)
{
	struct machdev_pidversion argument = { .pid = pid };

	return mach_ioctl(MACHDEV_IOC_PIDVERSION, &argument) ?
		0 : argument.version;
}

FIXTURE(events)
{
	struct listener one;
	struct test_pipe go;
	struct test_pipe done;
};

FIXTURE_SETUP(events)
{
	listener_open(&self->one);
	MUST(join(&self->one));
	MUST(test_pipe_open(&self->go));
	MUST(test_pipe_open(&self->done));
}

FIXTURE_TEARDOWN(events)
{
	netlink_close(&self->one.nl);
}

TEST_F(events, a_life_is_told_in_order)
{
	struct event *event = &self->one.event;
	uint64_t sequence, dropped;
	uint32_t version;
	pid_t pid;

	mach_task_self();
	ASSERT_TRUE(next_of(&self->one, getpid()));
	dropped = event->dropped;
	EXPECT_EQ(MACHDEV_EVENT_ATTACH, event->kind);
	EXPECT_EQ(version_of(getpid()), event->version);
	EXPECT_EQ(0, event->actor);
	EXPECT_EQ(MACHDEV_TOKEN_DERIVED, event->token);
	EXPECT_EQ(geteuid(), event->security[0]);
	EXPECT_EQ((uint32_t)getpid(), event->audit[5]);
	EXPECT_EQ(event->version, event->audit[7]);
	EXPECT_STREQ("netlink_event_t", event->comm);
	EXPECT_NE(0, event->time);

	pid = child_fork();
	if (!pid) {
		test_wait(&self->go);
		execl("/bin/sleep", "sleep", "1000", NULL);
		_exit(1);
	}
	ASSERT_TRUE(next_of(&self->one, pid));
	EXPECT_EQ(MACHDEV_EVENT_FORK, event->kind);
	EXPECT_EQ((uint32_t)getpid(), event->actor);
	version = version_of(pid);
	EXPECT_EQ(version, event->version);
	EXPECT_EQ((uint32_t)pid, event->audit[5]);
	sequence = event->sequence;

	test_put(&self->go, 0);
	ASSERT_TRUE(next_of(&self->one, pid));
	EXPECT_EQ(MACHDEV_EVENT_EXEC, event->kind);
	EXPECT_EQ(0, event->actor);
	EXPECT_EQ(version_of(pid), event->version);
	EXPECT_NE(version, event->version);
	EXPECT_STREQ("sleep", event->comm);
	EXPECT_EQ(sequence + 1, event->sequence);

	child_kill(pid);
	ASSERT_TRUE(next_of(&self->one, pid));
	EXPECT_EQ(MACHDEV_EVENT_EXIT, event->kind);
	EXPECT_EQ(0, event->actor);
	EXPECT_EQ(sequence + 2, event->sequence);
	EXPECT_EQ(dropped, event->dropped);
}

TEST_F(events, who_asks_for_a_port_attaches_its_process)
{
	struct event *event = &self->one.event;
	mach_port_t task;
	pid_t pid;

	/* Forked before this is a task, so no task itself. */
	pid = child_fork();
	if (!pid) {
		for (;;)
			pause();
	}
	MUST(task_for_pid(mach_task_self(), pid, &task));
	ASSERT_TRUE(next_of(&self->one, pid));
	EXPECT_EQ(MACHDEV_EVENT_ATTACH, event->kind);
	EXPECT_EQ((uint32_t)getpid(), event->actor);
	child_kill(pid);
	ASSERT_TRUE(next_of(&self->one, pid));
	EXPECT_EQ(MACHDEV_EVENT_EXIT, event->kind);
}

static void *idle(void *argument)
{
	for (;;)
		pause();
	return NULL;
}

TEST_F(events, threads_that_end_together_are_one_exit)
{
	struct event *event = &self->one.event;
	int i, round;
	pid_t pid;

	mach_task_self();
	for (round = 0; round < 50; round++) {
		pid = child_fork();
		if (!pid) {
			pthread_t thread;

			for (i = 0; i < 8; i++)
				pthread_create(&thread, NULL, idle, NULL);
			_exit(0);
		}
		EXPECT_EQ(0, child_status(pid));
		ASSERT_TRUE(next_of(&self->one, pid));
		EXPECT_EQ(MACHDEV_EVENT_FORK, event->kind);
		ASSERT_TRUE(next_of(&self->one, pid));
		EXPECT_EQ(MACHDEV_EVENT_EXIT, event->kind);
	}
	/* Nothing came twice, or it would be among these. */
	pid = child_fork();
	if (!pid)
		_exit(0);
	EXPECT_EQ(0, child_status(pid));
	while (next(&self->one, 10000) && event->pid != (uint32_t)pid)
		EXPECT_NE(MACHDEV_EVENT_EXIT, event->kind);
	EXPECT_EQ(MACHDEV_EVENT_FORK, event->kind);
}

TEST_F(events, tokens_that_are_set_are_told)
{
	security_token_t security = { { 11, 12 } };
	audit_token_t audit = { { 1, 2, 3, 4, 5, 6, 7, 8 } };
	struct event *event = &self->one.event;
	mach_port_t priv, authority;
	struct holder holder;

	holder_start(&holder);
	MUST(host_get_host_priv_port(mach_host_self(), &priv));
	MUST(host_get_special_port(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT,
				   &authority));
	/* Refused: nothing to tell. */
	EXPECT_KR(KERN_INVALID_SECURITY,
		  host_security_set_task_token(priv, holder.task, security,
					       audit, MACH_PORT_NULL));
	MUST(host_security_set_task_token(authority, holder.task, security,
					  audit, MACH_PORT_NULL));
	ASSERT_TRUE(next_of(&self->one, holder.pid));
	while (event->kind != MACHDEV_EVENT_TOKEN)
		ASSERT_TRUE(next_of(&self->one, holder.pid));
	EXPECT_EQ((uint32_t)getpid(), event->actor);
	EXPECT_EQ(MACHDEV_TOKEN_EXPLICIT, event->token);
	EXPECT_EQ(0, memcmp(&security, event->security, sizeof(security)));
	EXPECT_EQ(0, memcmp(&audit, event->audit, sizeof(audit)));
	holder_end(&holder);
	ASSERT_TRUE(next_of(&self->one, holder.pid));
	EXPECT_EQ(MACHDEV_EVENT_EXIT, event->kind);
	EXPECT_EQ(MACHDEV_TOKEN_EXPLICIT, event->token);
}

TEST_F(events, only_an_administrator_may_listen)
{
	pid_t child = child_fork();

	if (!child) {
		struct listener mine;

		MUST(test_become(TEST_UID, TEST_GID));
		listener_open(&mine);
		EXPECT_EQ(-EPERM, join(&mine));
		child_exit();
	}
	EXPECT_CHILD(child);

	child = child_fork();
	if (!child) {
		struct listener mine;

		/* All capabilities, but of a user name space of his own. */
		MUST(test_become(TEST_UID, TEST_GID));
		if (!unshare(CLONE_NEWUSER)) {
			listener_open(&mine);
			EXPECT_EQ(-EPERM, join(&mine));
		}
		child_exit();
	}
	EXPECT_CHILD(child);
}

/* Children that fork and exit, @n times: the last one. */
static uint32_t stir(int n)
{
	pid_t pid = 0;

	while (n--) {
		pid = fork();
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return (uint32_t)pid;
}

static bool is_end_of(const struct event *event, uint32_t pid)
{
	return event->kind == MACHDEV_EVENT_EXIT && event->pid == pid;
}

TEST_F(events, nothing_is_counted_while_nobody_listens)
{
	uint64_t sequence, dropped;
	uint32_t pid;

	mach_task_self();
	pid = stir(1);
	do {
		ASSERT_TRUE(next(&self->one, 10000));
		sequence = self->one.event.sequence;
		dropped = self->one.event.dropped;
	} while (!is_end_of(&self->one.event, pid));
	netlink_close(&self->one.nl);

	stir(50);
	listener_open(&self->one);
	MUST(join(&self->one));
	stir(1);
	ASSERT_TRUE(next(&self->one, 10000));
	EXPECT_EQ(sequence + 1, self->one.event.sequence);
	EXPECT_EQ(dropped, self->one.event.dropped);
}

#define DRAIN "mach:drain"	/* takes events out of the ring */
#define RING 1024
#define BEYOND 100

TEST_F_TIMEOUT(events, what_finds_the_ring_full_is_counted, 60)
{
	struct event *event = &self->one.event;
	security_token_t security = { { 11, 12 } };
	audit_token_t audit = { { 1, 2, 3, 4, 5, 6, 7, 8 } };
	mach_port_t priv, authority;
	struct holder holder;
	uint64_t last, dropped, events = 0;
	int i;

	holder_start(&holder);
	ASSERT_TRUE(next_of(&self->one, holder.pid));
	last = event->sequence;
	dropped = event->dropped;
	MUST(host_get_host_priv_port(mach_host_self(), &priv));
	MUST(host_get_special_port(priv, HOST_LOCAL_NODE, HOST_SECURITY_PORT,
				   &authority));
	listener_room(&self->one);
	ASSERT_EQ(0, fault_load(DRAIN));
	ASSERT_EQ(0, fault_set(DRAIN, "delay", test_ms(5000) * 1000));
	for (i = 0; i < RING + BEYOND; i++)
		MUST(host_security_set_task_token(authority, holder.task,
						  security, audit,
						  MACH_PORT_NULL));
	EXPECT_EQ(0, fault_set(DRAIN, "delay", 0));
	EXPECT_EQ(0, fault_unload());
	while (next(&self->one, 1000)) {
		/* In order, the oldest are those that stay. */
		ASSERT_EQ(last + 1, event->sequence);
		last = event->sequence;
		events++;
	}
	EXPECT_LE(RING, events);
	EXPECT_LE(BEYOND, event->dropped - dropped);
	/* Now there is room again, and all that is missing is accounted for. */
	MUST(host_security_set_task_token(authority, holder.task, security,
					  audit, MACH_PORT_NULL));
	ASSERT_TRUE(next(&self->one, 10000));
	EXPECT_EQ(MACHDEV_EVENT_TOKEN, event->kind);
	EXPECT_EQ(last + 1 + event->dropped - dropped, event->sequence);
	holder_end(&holder);
}

#define MANY 600

TEST_F_TIMEOUT(events, who_never_reads_is_told_and_disturbs_nobody, 120)
{
	struct listener lazy;
	uint64_t sequence = 0, first = 0, dropped;
	bool overrun = false;
	int events = 0;
	pid_t pid;

	listener_open(&lazy);
	MUST(join(&lazy));
	listener_room(&self->one);
	mach_task_self();
	pid = child_fork();
	if (!pid) {
		stir(MANY);
		_exit(0);
	}
	/* Reads on and on: nothing is missing. */
	do {
		ASSERT_TRUE(next(&self->one, 10000));
		if (!sequence) {
			sequence = self->one.event.sequence - 1;
			dropped = self->one.event.dropped;
		}
		ASSERT_EQ(sequence + 1, self->one.event.sequence);
		sequence = self->one.event.sequence;
		events++;
	} while (!is_end_of(&self->one.event, (uint32_t)pid));
	EXPECT_LE(2 * MANY, events);
	EXPECT_EQ(dropped, self->one.event.dropped);
	EXPECT_EQ(0, child_status(pid));

	/* The other one has lost some, is told so, and can go on. */
	sequence = 0;
	for (;;) {
		if (next(&lazy, 100)) {
			if (!first)
				first = lazy.event.sequence;
			sequence = lazy.event.sequence;
		} else if (lazy.nl.error == -NLE_NOMEM) {
			overrun = true;
		} else {
			break;
		}
	}
	EXPECT_TRUE(overrun);
	EXPECT_NE(0, first);
	EXPECT_LT(sequence, self->one.event.sequence);
	stir(1);
	ASSERT_TRUE(next(&lazy, 10000));
	EXPECT_LT(sequence + 1, lazy.event.sequence);
	netlink_close(&lazy.nl);
}

TEST_F_TIMEOUT(events, none_is_lost_unnoticed_in_a_storm, 120)
{
	int born = 0, died = 0, events = 0, i;
	struct event *event = &self->one.event;
	uint64_t first = 0, last = 0, dropped = 0;
	uint32_t after = 0;
	pid_t child[4];

	listener_room(&self->one);
	mach_task_self();
	for (i = 0; i < 4; i++) {
		child[i] = child_fork();
		if (!child[i]) {
			stir(200);
			_exit(0);
		}
	}
	for (i = 0; i < 4; i++)
		EXPECT_EQ(0, child_status(child[i]));
	do {
		if (!next(&self->one, after ? 10000 : 1000)) {
			ASSERT_EQ(0, after);
			ASSERT_EQ(0, self->one.nl.error);
			/* One more, which comes after all that were dropped. */
			after = stir(1);
			continue;
		}
		if (!first) {
			first = event->sequence;
			dropped = event->dropped;
		}
		last = event->sequence;
		events++;
		born += event->kind == MACHDEV_EVENT_FORK;
		died += event->kind == MACHDEV_EVENT_EXIT;
	} while (!after || !is_end_of(event, after));
	/* What is missing is missed. */
	EXPECT_EQ(last - first + 1, events + event->dropped - dropped);
	if (event->dropped == dropped) {
		EXPECT_EQ(4 * 201 + 1, born);
		EXPECT_EQ(4 * 201 + 1, died);
	}
}

MACH_TEST_MAIN
