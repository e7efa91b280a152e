// SPDX-License-Identifier: GPL-2.0-only
/* Sessions that examples/session_manager makes, several at a time. */
#include <pwd.h>

#include <servers/bootstrap.h>

#include "actor.h"
#include "server_helpers.h"

#define SESSIONS 3
#define GREEDY 1
#define BYTES "65536"	/* what a session may have charged to it */

static const char *const users[SESSIONS] = { "daemon", "games", "nobody" };

struct session {
	pid_t manager;
	FILE *to, *from;
};

FIXTURE(house) {
	pid_t server;
	mach_port_t service;
	char manager[PATH_MAX + 64];
	char resident[PATH_MAX];
	struct session session[SESSIONS];
};

FIXTURE_SETUP(house)
{
	mach_port_t bootstrap;
	char *end;

	ASSERT_EQ(0, helper_path("resident", self->resident,
				 sizeof(self->resident)));
	end = strrchr(self->resident, '/');
	snprintf(self->manager, sizeof(self->manager),
		 "%.*s/../examples/session_manager",
		 (int)(end - self->resident), self->resident);
	self->server = server_start(0);
	ASSERT_LT(0, self->server);
	ASSERT_TRUE(TEST_UNTIL(server_is_there(host_priv_port()), 10000));
	ASSERT_KR(KERN_SUCCESS, task_get_bootstrap_port(own_task(), &bootstrap));
	ASSERT_KR(KERN_SUCCESS, bootstrap_check_in(bootstrap,
						   "org.example.system",
						   &self->service));
}

FIXTURE_TEARDOWN(house)
{
	kill(self->server, SIGTERM);
	EXPECT_CHILD(self->server);
}

/* The names that a session looks up: its own, the others', the system's. */
static const char *name_of(int number)
{
	static const char *const names[SESSIONS] = {
		"org.example.first", "org.example.second", "org.example.third",
	};

	return names[number];
}

static int session_start(const char *manager, const char *resident, int number,
			 struct session *session)
{
	const char *ports = number == GREEDY ? "1000000" : "20";
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		return -errno;
	session->manager = fork();
	if (!session->manager) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		execl(manager, "session_manager", "-l", BYTES, users[number],
		      resident, name_of(number), ports, name_of(0), name_of(1),
		      name_of(2), "org.example.system", NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	session->to = fdopen(to[1], "w");
	session->from = fdopen(from[0], "r");
	return session->to && session->from ? 0 : -errno;
}

static void session_go_on(struct session *session)
{
	fputc('\n', session->to);
	fflush(session->to);
}

/* Is the next line that the session prints this one? */
static bool session_says(struct session *session, const char *format, ...)
{
	char expected[128], line[128] = "";
	va_list args;

	va_start(args, format);
	vsnprintf(expected, sizeof(expected), format, args);
	va_end(args);
	if (!fgets(line, sizeof(line), session->from))
		return false;
	line[strcspn(line, "\n")] = 0;
	if (!strcmp(line, expected))
		return true;
	fprintf(stderr, "# \"%s\" instead of \"%s\"\n", line, expected);
	return false;
}

static bool session_is_itself(struct session *session, int number)
{
	const struct passwd *user = getpwnam(users[number]);
	bool good;
	int i;

	good = session_says(session, "user %u group %u login %u session %d",
			    user->pw_uid, user->pw_gid, user->pw_uid,
			    session->manager);
	for (i = 0; i < SESSIONS; i++)
		good &= session_says(session, "%s %d", name_of(i),
				     i == number ? BOOTSTRAP_SUCCESS :
						   BOOTSTRAP_UNKNOWN_SERVICE);
	return good & session_says(session, "org.example.system %d",
				   BOOTSTRAP_SUCCESS);
}

TEST_F(house, sessions_do_not_reach_each_other)
{
	struct session *greedy = &self->session[GREEDY];
	int i;

	for (i = 0; i < SESSIONS; i++) {
		ASSERT_NE(NULL, getpwnam(users[i]));
		ASSERT_EQ(0, session_start(self->manager, self->resident, i,
					   &self->session[i]));
	}
	for (i = 0; i < SESSIONS; i++)
		ASSERT_TRUE(session_says(&self->session[i], "ready"));

	/* One takes all that its ledger has, and keeps it. */
	session_go_on(greedy);
	EXPECT_TRUE(session_is_itself(greedy, GREEDY));
	EXPECT_TRUE(session_says(greedy, "ports some %d",
				 KERN_RESOURCE_SHORTAGE));
	for (i = 0; i < SESSIONS; i++) {
		if (i == GREEDY)
			continue;
		session_go_on(&self->session[i]);
		EXPECT_TRUE(session_is_itself(&self->session[i], i));
		EXPECT_TRUE(session_says(&self->session[i], "ports all %d",
					 KERN_SUCCESS));
	}
	for (i = 0; i < SESSIONS; i++) {
		session_go_on(&self->session[i]);
		EXPECT_CHILD(self->session[i].manager);
	}
}

static pid_t parent_of(pid_t pid)
{
	char path[32], text[256] = "";
	FILE *file;
	int parent;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (!fgets(text, sizeof(text), file) ||
	    sscanf(text, "%*d (%*[^)]) %*c %d", &parent) != 1)
		parent = -1;
	fclose(file);
	return parent;
}

/* A daemon outlives what started it, and so does the session. */
TEST_F(house, a_session_lasts_as_long_as_anything_in_it)
{
	pid_t manager, daemon;
	int from[2], status;
	FILE *file;

	ASSERT_EQ(0, pipe2(from, O_CLOEXEC));
	manager = fork();
	if (!manager) {
		dup2(from[1], STDOUT_FILENO);
		execl(self->manager, "session_manager", "nobody", "sh", "-c",
		      "sleep 1000 & echo $!; exit 7", NULL);
		_exit(127);
	}
	close(from[1]);
	file = fdopen(from[0], "r");
	ASSERT_NE(NULL, file);
	ASSERT_EQ(1, fscanf(file, "%d", &daemon));
	EXPECT_TRUE(TEST_UNTIL(parent_of(daemon) == manager, 10000));
	EXPECT_EQ(0, waitpid(manager, &status, WNOHANG));
	EXPECT_EQ(0, kill(daemon, SIGKILL));
	EXPECT_EQ(7, child_status(manager));
	fclose(file);
}

/* However short the command is, its status is the manager's. */
TEST_F(house, a_session_may_be_short)
{
	static char *const commands[][5] = {
		{ "session_manager", "nobody", "true", NULL },
		{ "session_manager", "nobody", "false", NULL },
		{ "session_manager", "nobody", "sh", "-c", NULL },
	};
	static const int status[ARRAY_SIZE(commands)] = { 0, 1, 2 };
	size_t i;
	pid_t pid;

	for (i = 0; i < 10 * ARRAY_SIZE(commands); i++) {
		pid = fork();
		if (!pid) {
			close(STDERR_FILENO);
			execv(self->manager, commands[i % ARRAY_SIZE(commands)]);
			_exit(127);
		}
		EXPECT_EQ(status[i % ARRAY_SIZE(commands)], child_status(pid));
	}
}

/* Whoever cannot make one says so, and has not started anything. */
TEST_F(house, a_session_that_cannot_be_made_is_none)
{
	static char *const wrong[][6] = {
		{ "session_manager", "nobody", NULL },
		{ "session_manager", "no-such-user", "true", NULL },
		{ "session_manager", "-l", "0", "nobody", "true", NULL },
		{ "session_manager", "-l", "5x", "nobody", "true", NULL },
		{ "session_manager", "nobody", "/no/such/program", NULL },
	};
	size_t i;
	pid_t pid;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		pid = fork();
		if (!pid) {
			close(STDERR_FILENO);
			execv(self->manager, wrong[i]);
			_exit(127);
		}
		EXPECT_EQ(1, child_status(pid)) {
			TH_LOG("%zu", i);
		}
	}
}

MACH_TEST_MAIN
