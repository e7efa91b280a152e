// SPDX-License-Identifier: GPL-2.0-only
/*
 * The name server and its protocol: bootstrapd started by root, its clients
 * real processes of different users.
 */
#include <servers/bootstrap.h>

#include "actor.h"
#include "server_helpers.h"

FIXTURE(server) {
	pid_t pid;
	mach_port_t priv;
};

FIXTURE_SETUP(server)
{
	char path[PATH_MAX];

	if (server_path(path, sizeof(path)))
		SKIP(exit(255), "bootstrapd has not been built");
	self->priv = host_priv_port();
	ASSERT_FALSE(server_is_there(self->priv));
	self->pid = server_start(0);
	ASSERT_LT(0, self->pid);
	ASSERT_TRUE(TEST_UNTIL(server_is_there(self->priv), 10000));
}

FIXTURE_TEARDOWN(server)
{
	if (self->pid > 0) {
		kill(self->pid, SIGTERM);
		EXPECT_CHILD(self->pid);
	}
	host_set_bootstrap_port(self->priv, MACH_PORT_NULL);
}

/* The bootstrap port as this task finds it. */
static mach_port_t bootstrap(void)
{
	mach_port_t port;

	return task_get_bootstrap_port(mach_task_self(), &port) ?
		       MACH_PORT_NULL : port;
}

/* Run @code as user @user in a child; it may use EXPECT and ASSERT. */
#define AS_USER(user, code) do {					\
	pid_t __pid = child_fork();					\
	uid_t __uid = (user);						\
									\
	if (!__pid) {							\
		ASSERT_EQ(0, test_become(__uid, __uid));		\
		code;							\
		child_exit();						\
	}								\
	EXPECT_CHILD(__pid);						\
} while (0)

TEST_F(server, is_everybodys_bootstrap_port)
{
	mach_port_t port;

	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(bootstrap()));
	ASSERT_KR(KERN_SUCCESS, host_get_bootstrap_port(self->priv, &port));
	EXPECT_EQ(port, bootstrap());
	EXPECT_EQ(port, bootstrap_port);
	AS_USER(TEST_UID, {
		EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(bootstrap()));
	});
}

TEST_F(server, ends_when_told)
{
	mach_port_t port;

	EXPECT_EQ(0, kill(self->pid, SIGTERM));
	EXPECT_CHILD(self->pid);
	self->pid = 0;
	ASSERT_KR(KERN_SUCCESS, host_get_bootstrap_port(self->priv, &port));
	EXPECT_EQ(MACH_PORT_NULL, port);
}

TEST_F(server, there_is_only_one)
{
	EXPECT_EQ(1, child_status(server_start(0)));
	EXPECT_TRUE(server_is_there(self->priv));
}

TEST_F(server, only_root_starts_it)
{
	kill(self->pid, SIGTERM);
	EXPECT_CHILD(self->pid);
	self->pid = 0;
	EXPECT_EQ(1, child_status(server_start(TEST_UID)));
	EXPECT_FALSE(server_is_there(self->priv));
}

TEST_F(server, check_in)
{
	mach_port_t port, found;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &port));
	EXPECT_EQ(MACH_PORT_TYPE_RECEIVE, port_type(port));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(bootstrap(), "test.one", &found));
	EXPECT_EQ(port, found);
	EXPECT_EQ(MACH_PORT_TYPE_SEND_RECEIVE, port_type(port));
	EXPECT_EQ(1, port_send_refs(port));
}

TEST_F(server, a_client_of_another_user)
{
	mach_port_t port;
	struct letter letter;
	struct tokens seen;
	pid_t pid;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &port));
	pid = child_fork();
	if (!pid) {
		mach_port_t service, reply;

		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		ASSERT_KR(BOOTSTRAP_SUCCESS,
			  bootstrap_look_up(bootstrap(), "test.one",
					    &service));
		EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(service));
		reply = port_receive();
		ASSERT_KR(MACH_MSG_SUCCESS,
			  letter_send(service, MACH_MSG_TYPE_COPY_SEND, reply,
				      MACH_MSG_TYPE_MAKE_SEND_ONCE, 11));
		ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(reply, &letter));
		EXPECT_EQ(12, letter.header.msgh_id);
		EXPECT_EQ(0, letter_tokens(&letter).security[0]);
		child_exit();
	}
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(port, &letter));
	EXPECT_EQ(11, letter.header.msgh_id);
	seen = letter_tokens(&letter);
	EXPECT_EQ(TEST_UID, seen.security[0]);
	EXPECT_EQ(pid, seen.audit[AUDIT_PID]);
	EXPECT_KR(MACH_MSG_SUCCESS,
		  letter_send(letter.header.msgh_remote_port,
			      MACH_MSG_TYPE_MOVE_SEND_ONCE, 0, 0, 12));
	EXPECT_CHILD(pid);
}

TEST_F(server, unknown_services)
{
	mach_port_t port;

	EXPECT_KR(BOOTSTRAP_UNKNOWN_SERVICE,
		  bootstrap_look_up(bootstrap(), "test.none", &port));
	EXPECT_KR(BOOTSTRAP_UNKNOWN_SERVICE,
		  bootstrap_register(bootstrap(), "test.none",
				     MACH_PORT_NULL));
}

TEST_F(server, a_name_has_one_server)
{
	mach_port_t port, other, found;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &port));
	EXPECT_KR(BOOTSTRAP_SERVICE_ACTIVE,
		  bootstrap_check_in(bootstrap(), "test.one", &other));
	EXPECT_KR(BOOTSTRAP_SERVICE_ACTIVE,
		  bootstrap_register(bootstrap(), "test.one", port_new()));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(bootstrap(), "test.one", &found));
	EXPECT_EQ(port, found);
}

TEST_F(server, a_name_stays_with_its_user)
{
	mach_port_t port, found;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &port));
	AS_USER(TEST_UID, {
		mach_port_t mine;

		EXPECT_KR(BOOTSTRAP_NOT_PRIVILEGED,
			  bootstrap_check_in(bootstrap(), "test.one", &mine));
		EXPECT_KR(BOOTSTRAP_NOT_PRIVILEGED,
			  bootstrap_register(bootstrap(), "test.one",
					     port_new()));
		EXPECT_KR(BOOTSTRAP_NOT_PRIVILEGED,
			  bootstrap_register(bootstrap(), "test.one",
					     MACH_PORT_NULL));
	});
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(bootstrap(), "test.one", &found));
	EXPECT_EQ(port, found);
}

TEST_F(server, register_and_withdraw)
{
	mach_port_t port = port_new(), other = port_new(), found;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_register(bootstrap(), "test.one", port));
	EXPECT_EQ(1, port_send_refs(port));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(bootstrap(), "test.one", &found));
	EXPECT_EQ(port, found);
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_register(bootstrap(), "test.one",
				     MACH_PORT_NULL));
	EXPECT_KR(BOOTSTRAP_UNKNOWN_SERVICE,
		  bootstrap_look_up(bootstrap(), "test.one", &found));
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_register(bootstrap(), "test.one", other));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(bootstrap(), "test.one", &found));
	EXPECT_EQ(other, found);
}

TEST_F(server, root_withdraws_anybodys_name)
{
	struct test_pipe ready, done;
	mach_port_t found;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&ready));
	ASSERT_EQ(0, test_pipe_open(&done));
	pid = child_fork();
	if (!pid) {
		mach_port_t port;

		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		EXPECT_KR(BOOTSTRAP_SUCCESS,
			  bootstrap_check_in(bootstrap(), "test.user", &port));
		test_put(&ready, 1);
		test_wait(&done);
		child_exit();
	}
	ASSERT_EQ(0, test_wait(&ready));
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(bootstrap(), "test.user", &found));
	AS_USER(TEST_UID + 1, {
		EXPECT_KR(BOOTSTRAP_NOT_PRIVILEGED,
			  bootstrap_register(bootstrap(), "test.user",
					     MACH_PORT_NULL));
	});
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_register(bootstrap(), "test.user",
				     MACH_PORT_NULL));
	EXPECT_KR(BOOTSTRAP_UNKNOWN_SERVICE,
		  bootstrap_look_up(bootstrap(), "test.user", &found));
	test_put(&done, 1);
	EXPECT_CHILD(pid);
}

static bool is_known(const char *name)
{
	mach_port_t port;
	kern_return_t kr = bootstrap_look_up(bootstrap(), name, &port);

	if (!kr)
		mach_port_deallocate(mach_task_self(), port);
	return kr != BOOTSTRAP_UNKNOWN_SERVICE;
}

TEST_F(server, a_dead_port_withdraws_its_name)
{
	mach_port_t port;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &port));
	EXPECT_TRUE(is_known("test.one"));
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(mach_task_self(), port));
	EXPECT_TRUE(TEST_UNTIL(!is_known("test.one"), 5000));
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &port));
}

TEST_F(server, a_dead_server_withdraws_its_name)
{
	mach_port_t found, notify = port_receive();
	struct test_pipe ready;
	struct letter letter;
	pid_t pid;

	ASSERT_EQ(0, test_pipe_open(&ready));
	pid = child_fork();
	if (!pid) {
		mach_port_t port;

		EXPECT_KR(BOOTSTRAP_SUCCESS,
			  bootstrap_check_in(bootstrap(), "test.one", &port));
		test_put(&ready, 1);
		pause();
	}
	ASSERT_EQ(0, test_wait(&ready));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(bootstrap(), "test.one", &found));
	ASSERT_KR(KERN_SUCCESS, port_watch(found, notify));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	/* The client learns it by itself, and nobody finds it any more. */
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(MACH_NOTIFY_DEAD_NAME, letter.header.msgh_id);
	EXPECT_EQ(found, letter_dead_name(&letter));
	EXPECT_TRUE(TEST_UNTIL(!is_known("test.one"), 5000));
	/* The name is free for everybody. */
	AS_USER(TEST_UID, {
		mach_port_t port;

		EXPECT_KR(BOOTSTRAP_SUCCESS,
			  bootstrap_check_in(bootstrap(), "test.one", &port));
	});
}

TEST_F(server, names_have_a_length)
{
	char name[200];
	mach_port_t port;

	memset(name, 'n', sizeof(name));
	name[BOOTSTRAP_MAX_NAME_LEN - 1] = 0;
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), name, &port));
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(bootstrap(), name, &port));
	/* One byte of difference is a difference. */
	name[BOOTSTRAP_MAX_NAME_LEN - 2] = 'm';
	EXPECT_KR(BOOTSTRAP_UNKNOWN_SERVICE,
		  bootstrap_look_up(bootstrap(), name, &port));
	name[BOOTSTRAP_MAX_NAME_LEN - 1] = 'n';
	name[BOOTSTRAP_MAX_NAME_LEN] = 0;
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  bootstrap_check_in(bootstrap(), name, &port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  bootstrap_look_up(bootstrap(), name, &port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  bootstrap_check_in(bootstrap(), "", &port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  bootstrap_look_up(bootstrap(), "", &port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  bootstrap_register(bootstrap(), "", port_new()));
}

TEST_F(server, wrong_ports)
{
	mach_port_t port;

	EXPECT_KR(MACH_SEND_INVALID_DEST,
		  bootstrap_look_up(MACH_PORT_NULL, "test.one", &port));
	EXPECT_KR(MACH_SEND_INVALID_DEST,
		  bootstrap_look_up(port_dead_name(), "test.one", &port));
	EXPECT_KR(MACH_SEND_INVALID_DEST,
		  bootstrap_check_in(PORT_NOTHING, "test.one", &port));
	EXPECT_KR(MACH_SEND_INVALID_RIGHT,
		  bootstrap_register(bootstrap(), "test.one", PORT_NOTHING));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  bootstrap_register(bootstrap(), "test.one",
				     port_dead_name()));
	EXPECT_FALSE(is_known("test.one"));
}

TEST_F(server, status)
{
	bootstrap_status_t active = -1;
	mach_port_t port;

	EXPECT_KR(BOOTSTRAP_UNKNOWN_SERVICE,
		  bootstrap_status(bootstrap(), "test.one", &active));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &port));
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_status(bootstrap(), "test.one", &active));
	EXPECT_EQ(BOOTSTRAP_STATUS_ACTIVE, active);
}

TEST_F(server, subset)
{
	mach_port_t requestor = port_new(), subset, outer, inner, found;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.outer", &outer));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_subset(bootstrap(), requestor, &subset));
	EXPECT_NE(bootstrap(), subset);
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(subset, "test.inner", &inner));
	/* Inside all names are known, outside only those from outside. */
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(subset, "test.inner", &found));
	EXPECT_EQ(inner, found);
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(subset, "test.outer", &found));
	EXPECT_EQ(outer, found);
	EXPECT_KR(BOOTSTRAP_UNKNOWN_SERVICE,
		  bootstrap_look_up(bootstrap(), "test.inner", &found));
}

TEST_F(server, a_subset_hides_the_parents_name)
{
	mach_port_t subset, outer, inner, found;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &outer));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_subset(bootstrap(), mach_task_self(), &subset));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(subset, "test.one", &inner));
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(subset, "test.one", &found));
	EXPECT_EQ(inner, found);
	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(bootstrap(), "test.one", &found));
	EXPECT_EQ(outer, found);
}

TEST_F(server, a_subset_for_a_child)
{
	mach_port_t subset, port;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_subset(bootstrap(), mach_task_self(), &subset));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(subset, "test.inner", &port));
	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), subset));
	AS_USER(TEST_UID, {
		mach_port_t found;

		EXPECT_KR(BOOTSTRAP_SUCCESS,
			  bootstrap_look_up(bootstrap(), "test.inner",
					    &found));
	});
}

TEST_F(server, a_subset_dies_with_its_requestor)
{
	mach_port_t requestor = port_new(), subset, port;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_subset(bootstrap(), requestor, &subset));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(subset, "test.inner", &port));
	EXPECT_FALSE(port_is_dead(subset));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_destroy(mach_task_self(), requestor));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(subset), 5000));
}

TEST_F(server, a_subset_dies_with_its_parent)
{
	mach_port_t requestor = port_new(), subset, inner;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_subset(bootstrap(), requestor, &subset));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_subset(subset, mach_task_self(), &inner));
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_destroy(mach_task_self(), requestor));
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(inner), 5000));
}

TEST_F(server, subset_of_wrong_ports)
{
	mach_port_t subset;

	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  bootstrap_subset(bootstrap(), MACH_PORT_NULL, &subset));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  bootstrap_subset(bootstrap(), port_dead_name(), &subset));
	EXPECT_KR(MACH_SEND_INVALID_RIGHT,
		  bootstrap_subset(bootstrap(), PORT_NOTHING, &subset));
}

TEST_F(server, parent)
{
	mach_port_t subset, port;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_subset(bootstrap(), mach_task_self(), &subset));
	EXPECT_KR(BOOTSTRAP_SUCCESS, bootstrap_parent(subset, &port));
	EXPECT_EQ(bootstrap(), port);
	EXPECT_KR(BOOTSTRAP_SUCCESS, bootstrap_parent(bootstrap(), &port));
	EXPECT_EQ(bootstrap(), port);
	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), subset));
	AS_USER(TEST_UID, {
		mach_port_t outer;

		EXPECT_KR(BOOTSTRAP_NOT_PRIVILEGED,
			  bootstrap_parent(bootstrap(), &outer));
	});
}

TEST_F(server, unprivileged)
{
	mach_port_t port;

	EXPECT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_unprivileged(bootstrap(), &port));
	EXPECT_EQ(bootstrap(), port);
}

TEST_F(server, what_it_lacks)
{
	mach_port_t port;

	EXPECT_KR(KERN_NOT_SUPPORTED,
		  bootstrap_create_service(bootstrap(), "test.one", &port));
}

TEST_F(server, many_names)
{
	mach_port_t port, found;
	char name[32];
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "test.%d", i);
		ASSERT_KR(BOOTSTRAP_SUCCESS,
			  bootstrap_check_in(bootstrap(), name, &port));
		ASSERT_KR(BOOTSTRAP_SUCCESS,
			  bootstrap_look_up(bootstrap(), name, &found));
		EXPECT_EQ(port, found);
	}
}

TEST_F(server, its_death)
{
	mach_port_t port, before = bootstrap();

	EXPECT_EQ(128 + SIGKILL, child_kill(self->pid));
	self->pid = 0;
	ASSERT_EQ(0, mach_sync());
	EXPECT_TRUE(port_is_dead(before));
	EXPECT_EQ(MACH_PORT_DEAD, bootstrap());
	EXPECT_KR(MACH_SEND_INVALID_DEST,
		  bootstrap_look_up(before, "test.one", &port));
	EXPECT_KR(MACH_SEND_INVALID_DEST,
		  bootstrap_look_up(bootstrap(), "test.one", &port));
	/* A new one takes over where the old one's port is dead. */
	self->pid = server_start(0);
	EXPECT_TRUE(TEST_UNTIL(server_is_there(self->priv), 10000));
	EXPECT_KR(BOOTSTRAP_UNKNOWN_SERVICE,
		  bootstrap_look_up(bootstrap(), "test.one", &port));
}

/* From here on it answers nobody. */
static void server_stop(struct __test_metadata *_metadata, pid_t pid)
{
	int status;

	ASSERT_EQ(0, kill(pid, SIGSTOP));
	ASSERT_EQ(pid, waitpid(pid, &status, WUNTRACED));
	ASSERT_TRUE(WIFSTOPPED(status));
}

/* Killed while a client waits: the reply right that it held says so. */
TEST_F(server, its_death_under_a_call)
{
	mach_port_t port;
	kern_return_t kr;
	pid_t caller = getpid();
	int i;

	server_stop(_metadata, self->pid);
	i = fork();
	if (!i) {
		bool waits = TEST_UNTIL(msg_sleeps(caller, caller), 10000);

		_exit(kill(self->pid, SIGKILL) || !waits);
	}
	kr = bootstrap_look_up(bootstrap(), "test.one", &port);
	EXPECT_KR(MIG_SERVER_DIED, kr);
	EXPECT_CHILD(i);
	EXPECT_EQ(128 + SIGKILL, child_status(self->pid));
	self->pid = 0;
}

/* A client that is killed while it waits leaves the server as it was. */
TEST_F(server, a_client_that_is_killed_in_a_call)
{
	mach_port_t port, found;
	pid_t pid;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &port));
	server_stop(_metadata, self->pid);
	pid = child_fork();
	if (!pid) {
		bootstrap_look_up(bootstrap(), "test.one", &found);
		_exit(99);
	}
	EXPECT_TRUE(TEST_UNTIL(msg_sleeps(pid, pid), 10000));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_look_up(bootstrap(), "test.one", &found));
	EXPECT_EQ(port, found);
}

/*
 * Started again while clients live: who never was given another bootstrap port
 * finds the new one, without a fork or an exec. Who was, does not.
 */

#define CLIENTS 4

struct client {
	pid_t pid;
	struct test_pipe up, down;
};

static kern_return_t find(mach_port_t port)
{
	mach_port_t found = MACH_PORT_NULL;
	kern_return_t kr;

	kr = bootstrap_look_up(port, "test.one", &found);
	return kr ?: mach_port_deallocate(mach_task_self(), found);
}

/* The test says when the server has died, and when there is another. */
static void next(struct __test_metadata *_metadata, struct client *client)
{
	ASSERT_EQ(0, test_put(&client->up, 1));
	ASSERT_EQ(0, test_wait(&client->down));
}

static void follow(struct __test_metadata *_metadata, struct client *client)
{
	mach_port_t first = bootstrap_port;
	pid_t pid;

	EXPECT_EQ(first, bootstrap());
	EXPECT_KR(BOOTSTRAP_SUCCESS, find(bootstrap_port));
	next(_metadata, client);
	EXPECT_EQ(MACH_PORT_TYPE_DEAD_NAME, port_type(first));
	EXPECT_EQ(first, bootstrap_port);
	EXPECT_EQ(MACH_PORT_DEAD, bootstrap());
	EXPECT_KR(MACH_SEND_INVALID_DEST, find(bootstrap_port));
	next(_metadata, client);
	EXPECT_NE(first, bootstrap());
	EXPECT_KR(BOOTSTRAP_SUCCESS, find(bootstrap()));
	EXPECT_KR(BOOTSTRAP_SUCCESS, find(bootstrap_port));
	EXPECT_EQ(bootstrap(), bootstrap_port);
	pid = child_fork();
	if (!pid)
		_exit(find(bootstrap_port) ? 1 : 0);
	EXPECT_CHILD(pid);
}

static void stay(struct __test_metadata *_metadata, struct client *client)
{
	mach_port_t first = bootstrap_port;
	pid_t pid;

	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(own_task(), first));
	EXPECT_KR(BOOTSTRAP_SUCCESS, find(bootstrap_port));
	next(_metadata, client);
	next(_metadata, client);
	EXPECT_EQ(MACH_PORT_DEAD, bootstrap());
	EXPECT_EQ(first, bootstrap_port);
	EXPECT_KR(MACH_SEND_INVALID_DEST, find(bootstrap_port));
	pid = child_fork();
	if (!pid)
		_exit(find(bootstrap_port) == MACH_SEND_INVALID_DEST ? 0 : 1);
	EXPECT_CHILD(pid);
}

TEST_F(server, started_again_while_clients_live)
{
	struct client client[CLIENTS], *c;
	mach_port_t port;

	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &port));
	for (c = client; c < client + CLIENTS; c++) {
		ASSERT_EQ(0, test_pipe_open(&c->up));
		ASSERT_EQ(0, test_pipe_open(&c->down));
		c->pid = child_fork();
		if (!c->pid) {
			uid_t uid = TEST_UID + (c - client);

			ASSERT_EQ(0, test_become(uid, uid));
			if (c == client)
				stay(_metadata, c);
			else
				follow(_metadata, c);
			child_exit();
		}
	}
	for (c = client; c < client + CLIENTS; c++)
		ASSERT_EQ(0, test_wait(&c->up));
	EXPECT_EQ(128 + SIGKILL, child_kill(self->pid));
	self->pid = 0;
	ASSERT_EQ(0, mach_sync());
	for (c = client; c < client + CLIENTS; c++) {
		ASSERT_EQ(0, test_put(&c->down, 1));
		ASSERT_EQ(0, test_wait(&c->up));
	}
	self->pid = server_start(0);
	ASSERT_TRUE(TEST_UNTIL(server_is_there(self->priv), 10000));
	ASSERT_KR(BOOTSTRAP_SUCCESS,
		  bootstrap_check_in(bootstrap(), "test.one", &port));
	for (c = client; c < client + CLIENTS; c++)
		ASSERT_EQ(0, test_put(&c->down, 1));
	for (c = client; c < client + CLIENTS; c++)
		EXPECT_CHILD(c->pid);
}

MACH_TEST_MAIN
