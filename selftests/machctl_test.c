// SPDX-License-Identifier: GPL-2.0-only
/*
 * machctl: what it prints of a known task, as text and as JSON, and how it
 * ends when something is amiss.
 */
#include <json-c/json.h>
#include <limits.h>
#include <stdarg.h>

#include "port_helpers.h"

#define OUTPUT_MAX (1 << 20)

/* What a run of machctl printed, and its exit status. */
struct run {
	int status;
	char *out;
	char *error;
};

static char *read_file(FILE *file)
{
	char *text = calloc(1, OUTPUT_MAX);

	MUST(text ? 0 : -ENOMEM);
	rewind(file);
	MUST(fread(text, 1, OUTPUT_MAX - 1, file) < OUTPUT_MAX - 1 ?
	     0 : -E2BIG);
	fclose(file);
	return text;
}

/* machctl, beside the directory in which the tests are. */
static void exec_machctl(const char *arguments)
{
	char path[PATH_MAX], command[PATH_MAX + 256], *slash;
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	MUST(length < 0 ? -errno : 0);
	path[length] = 0;
	slash = strrchr(path, '/');
	*slash = 0;
	slash = strrchr(path, '/');
	*slash = 0;
	snprintf(command, sizeof(command), "exec %s/tools/machctl %s", path,
		 arguments);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

static struct run run_as(uid_t uid, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static struct run run_as(uid_t uid, const char *format, ...)
{
	FILE *out = tmpfile(), *error = tmpfile();
	char arguments[200];
	struct run run;
	va_list list;
	pid_t pid;

	va_start(list, format);
	vsnprintf(arguments, sizeof(arguments), format, list);
	va_end(list);
	MUST(out && error ? 0 : -errno);
	pid = child_fork();
	if (!pid) {
		if (uid)
			MUST(test_become(uid, uid));
		dup2(fileno(out), 1);
		dup2(fileno(error), 2);
		exec_machctl(arguments);
	}
	run.status = child_status(pid);
	run.out = read_file(out);
	run.error = read_file(error);
	return run;
}

#define RUN(...) run_as(0, __VA_ARGS__)

static void run_end(struct run *run)
{
	free(run->out);
	free(run->error);
}

/* It failed so, with a word of why and nothing else. */
#define EXPECT_FAILED(expected, word, uid, ...) do {			\
	struct run __run = run_as(uid, __VA_ARGS__);			\
									\
	EXPECT_EQ(expected, __run.status);				\
	EXPECT_STREQ("", __run.out);					\
	EXPECT_NE(NULL, strstr(__run.error, word)) {			\
		TH_LOG("it said: %s", __run.error);			\
	}								\
	run_end(&__run);						\
} while (0)

/* All of the output as one JSON value. */
static struct json_object *json_of(const struct run *run)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *value;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
			       JSON_TOKENER_VALIDATE_UTF8);
	value = json_tokener_parse_ex(tokener, run->out,
				      (int)strlen(run->out) + 1);
	MUST(json_tokener_get_error(tokener) == json_tokener_success ?
	     0 : -EBADMSG);
	json_tokener_free(tokener);
	return value;
}

static const char *text_at(struct json_object *line, const char *key)
{
	struct json_object *value;

	return line && json_object_object_get_ex(line, key, &value) ?
		json_object_get_string(value) : "(none)";
}

static uint64_t number_at(struct json_object *line, const char *key)
{
	struct json_object *value;

	return line && json_object_object_get_ex(line, key, &value) ?
		json_object_get_uint64(value) : UINT64_MAX;
}

/* The only line with this text; NULL for none or many. */
static struct json_object *line_with(struct json_object *list,
				     const char *key, const char *text)
{
	struct json_object *found = NULL, *line;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		line = json_object_array_get_idx(list, i);
		if (strcmp(text_at(line, key), text))
			continue;
		if (found)
			return NULL;
		found = line;
	}
	return found;
}

static const char *name_text(mach_port_t name)
{
	static char text[4][16];
	static int next;

	next = (next + 1) % 4;
	snprintf(text[next], sizeof(text[next]), "0x%x", name);
	return text[next];
}

static const char *pid_text(pid_t pid)
{
	static char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return text;
}

TEST(ps_lists_tasks)
{
	struct json_object *list, *line;
	struct run run;

	/* Made to break a careless writer of JSON, or a terminal. */
	prctl(PR_SET_NAME, "a\"\\b\033\xff");
	port_new();
	run = RUN("--json ps");
	ASSERT_EQ(0, run.status);
	EXPECT_STREQ("", run.error);
	list = json_of(&run);
	line = line_with(list, "pid", pid_text(getpid()));
	ASSERT_NE(NULL, line);
	EXPECT_STREQ("a\"\\x5cb\\x1b\\xff", text_at(line, "comm"));
	EXPECT_STREQ("derived", text_at(line, "token"));
	EXPECT_EQ(0, number_at(line, "uid"));
	EXPECT_EQ(space_count(), number_at(line, "names"));
	EXPECT_EQ(1, number_at(line, "receives"));
	json_object_put(list);
	run_end(&run);

	run = RUN("ps %d", getpid());
	ASSERT_EQ(0, run.status);
	EXPECT_EQ(run.out, strstr(run.out, "    PID PIDVERSION"));
	EXPECT_NE(NULL, strstr(run.out, "a\"\\x5cb\\x1b\\xff\n"));
	run_end(&run);
}

TEST(ports_lists_rights_with_both_ends)
{
	mach_port_t port = port_new(), there = 0x1003, dead = port_new_dead(2);
	struct json_object *list, *line;
	struct holder holder;
	struct run run;

	port_limit(port, 9);
	holder_start(&holder);
	MUST(mach_port_insert_right(holder.task, there, port,
				    MACH_MSG_TYPE_MAKE_SEND));
	run = RUN("-j ports %d", holder.pid);
	ASSERT_EQ(0, run.status);
	list = json_of(&run);
	EXPECT_EQ(1, json_object_array_length(list));
	line = json_object_array_get_idx(list, 0);
	EXPECT_EQ((uint64_t)holder.pid, number_at(line, "pid"));
	EXPECT_STREQ("machctl_test", text_at(line, "comm"));
	EXPECT_STREQ("0x1003", text_at(line, "name"));
	EXPECT_STREQ("send", text_at(line, "rights"));
	EXPECT_STREQ("plain", text_at(line, "kind"));
	EXPECT_EQ(1, number_at(line, "urefs"));
	EXPECT_EQ(1, number_at(line, "sends"));
	EXPECT_EQ(0, number_at(line, "messages"));
	EXPECT_EQ(9, number_at(line, "limit"));
	EXPECT_EQ((uint64_t)getpid(), number_at(line, "receiver_pid"));
	EXPECT_STREQ(name_text(port), text_at(line, "receiver_name"));
	EXPECT_STREQ("machctl_test", text_at(line, "receiver_comm"));
	json_object_put(list);
	run_end(&run);

	run = RUN("-j ports");
	ASSERT_EQ(0, run.status);
	list = json_of(&run);
	line = line_with(list, "name", name_text(dead));
	ASSERT_NE(NULL, line);
	EXPECT_STREQ("dead", text_at(line, "rights"));
	EXPECT_STREQ("(none)", text_at(line, "port"));
	json_object_put(list);
	run_end(&run);
	holder_end(&holder);
}

TEST(objects_lists_ports_without_a_holder_too)
{
	mach_port_t port = port_new();
	struct json_object *list, *line;
	struct holder holder;
	char number[32];
	struct run run;

	holder_start(&holder);
	MUST(mach_port_insert_right(holder.task, 0x1003, port,
				    MACH_MSG_TYPE_MAKE_SEND));
	run = RUN("-j objects");
	ASSERT_EQ(0, run.status);
	list = json_of(&run);
	line = line_with(list, "receiver_name", name_text(port));
	ASSERT_NE(NULL, line);
	EXPECT_EQ((uint64_t)getpid(), number_at(line, "receiver_pid"));
	EXPECT_STREQ("plain", text_at(line, "kind"));
	EXPECT_STREQ("false", text_at(line, "dead"));
	EXPECT_EQ(2, number_at(line, "references"));
	EXPECT_EQ(1, number_at(line, "sends"));
	snprintf(number, sizeof(number), "%s", text_at(line, "id"));
	line = line_with(list, "kind", "host-priv");
	EXPECT_NE(NULL, line);
	json_object_put(list);
	run_end(&run);

	MUST(mach_port_destroy(mach_task_self(), port));
	run = RUN("-j objects");
	ASSERT_EQ(0, run.status);
	list = json_of(&run);
	line = line_with(list, "id", number);
	ASSERT_NE(NULL, line);
	EXPECT_STREQ("true", text_at(line, "dead"));
	EXPECT_STREQ("(none)", text_at(line, "receiver_pid"));
	json_object_put(list);
	run_end(&run);
	holder_end(&holder);
}

TEST(stat_queues_and_ledgers_are_lists)
{
	mach_port_t port = port_new_send(1);
	struct json_object *list, *line;
	struct run run;

	MUST(msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, -5));
	run = RUN("-j stat");
	ASSERT_EQ(0, run.status);
	list = json_of(&run);
	line = line_with(list, "counter", "queued");
	EXPECT_EQ(1, number_at(line, "value"));
	json_object_put(list);
	run_end(&run);

	run = RUN("-j queues");
	ASSERT_EQ(0, run.status);
	list = json_of(&run);
	line = json_object_array_get_idx(list, 0);
	EXPECT_STREQ(name_text(port), text_at(line, "name"));
	EXPECT_STREQ("-5", text_at(line, "oldest_id"));
	EXPECT_STREQ("false", text_at(line, "senders"));
	json_object_put(list);
	run_end(&run);

	run = RUN("-j ledgers");
	ASSERT_EQ(0, run.status);
	list = json_of(&run);
	line = json_object_array_get_idx(list, 0);
	EXPECT_STREQ("wired", text_at(line, "kind"));
	EXPECT_STREQ("(none)", text_at(line, "limit"));
	json_object_put(list);
	run_end(&run);
}

TEST(token_shows_all_words)
{
	struct json_object *line, *words, *word;
	mach_msg_type_number_t count = TASK_AUDIT_TOKEN_COUNT;
	uint32_t audit[8];
	struct run run;
	int i;

	MUST(task_info(mach_task_self(), TASK_AUDIT_TOKEN, (task_info_t)audit,
		       &count));
	run = RUN("-j token %d", getpid());
	ASSERT_EQ(0, run.status);
	line = json_of(&run);
	EXPECT_STREQ("derived", text_at(line, "token"));
	ASSERT_TRUE(json_object_object_get_ex(line, "audit", &words));
	for (i = 0; i < 8; i++) {
		word = json_object_array_get_idx(words, i);
		EXPECT_EQ(audit[i], json_object_get_int64(word));
	}
	json_object_put(line);
	run_end(&run);

	run = RUN("token %d", getpid());
	ASSERT_EQ(0, run.status);
	EXPECT_EQ(run.out, strstr(run.out, "kind      derived\n"));
	EXPECT_NE(NULL, strstr(run.out, "audit     auid       4294967295\n"));
	run_end(&run);
}

#define WORDS "3:4:5:6:7:8:9:10"

TEST(run_gives_tokens)
{
	struct json_object *line;
	struct run run;

	run = RUN("run --security-token 1:0x20 --audit-token " WORDS
		  " -- sh -c 'exec /proc/$PPID/exe -j token $$'");
	EXPECT_EQ(0, run.status);
	line = json_of(&run);
	EXPECT_STREQ("explicit", text_at(line, "token"));
	EXPECT_NE(NULL, strstr(run.out, "32"));
	json_object_put(line);
}

TEST(run_ends_as_the_program_does)
{
	EXPECT_EQ(3, RUN("run -- sh -c 'exit 3'").status);
	EXPECT_EQ(3, RUN("run sh -c 'exit 3'").status);
	EXPECT_EQ(128 + SIGKILL, RUN("run sh -c 'kill -KILL $$'").status);
	EXPECT_EQ(0, RUN("run --ledger 100000 true").status);
}

TEST(run_tells_what_is_wrong)
{
	EXPECT_EQ(2, RUN("run").status);
	EXPECT_EQ(2, RUN("run --nothing true").status);
	EXPECT_EQ(2, RUN("run --security-token 1:2 true").status);
	EXPECT_EQ(2, RUN("run --security-token 1 --audit-token " WORDS
			 " true").status);
	EXPECT_EQ(2, RUN("run --ledger -1 true").status);
	EXPECT_EQ(1, RUN("run /nowhere").status);
	EXPECT_EQ(1, RUN("run --bootstrap no.such.service true").status);
	EXPECT_EQ(4, run_as(TEST_UID,
			    "run --security-token 1:2 --audit-token " WORDS
			    " true").status);
}

TEST(special_shows_who_receives)
{
	mach_port_t port = port_new_bootstrap();
	struct json_object *list, *line;
	struct run run;

	run = RUN("-j special %d", getpid());
	ASSERT_EQ(0, run.status);
	list = json_of(&run);
	line = line_with(list, "special", "bootstrap");
	EXPECT_STREQ("plain", text_at(line, "kind"));
	EXPECT_EQ((uint64_t)getpid(), number_at(line, "receiver_pid"));
	EXPECT_STREQ(name_text(port), text_at(line, "receiver_name"));
	line = line_with(list, "special", "kernel");
	EXPECT_STREQ("task", text_at(line, "kind"));
	EXPECT_EQ((uint64_t)getpid(), number_at(line, "object_pid"));
	EXPECT_STREQ("host", text_at(line_with(list, "special", "host"),
				     "kind"));
	EXPECT_STREQ("ledger",
		     text_at(line_with(list, "special", "wired-ledger"),
			     "kind"));
	EXPECT_STREQ("null", text_at(line_with(list, "special", "exception"),
				     "rights"));
	json_object_put(list);
	run_end(&run);
}

/* Starts machctl watch, and waits until it listens. */
static pid_t watch_start(int *fd)
{
	struct test_pipe pipe;
	char head;
	pid_t pid;

	MUST(test_pipe_open(&pipe));
	pid = child_fork();
	if (!pid) {
		dup2(pipe.fd[1], 1);
		exec_machctl("watch");
	}
	close(pipe.fd[1]);
	*fd = pipe.fd[0];
	/* When the head of the table has come, it listens. */
	MUST(read(*fd, &head, 1) == 1 ? 0 : -EIO);
	return pid;
}

TEST(watch_prints_events)
{
	char text[65536] = "", line[64];
	struct pollfd fd = { .events = POLLIN };
	size_t length = 0;
	pid_t pid, child;
	ssize_t size;

	pid = watch_start(&fd.fd);
	mach_task_self();
	snprintf(line, sizeof(line), " %d ", getpid());
	/* Children exit until one has been seen to. */
	while (length < sizeof(text) - 1) {
		child = child_fork();
		if (!child)
			_exit(0);
		child_status(child);
		if (poll(&fd, 1, 100) != 1)
			continue;
		size = read(fd.fd, text + length, sizeof(text) - 1 - length);
		ASSERT_LT(0, size);
		length += size;
		if (strstr(text, " exit ") && strstr(text, line))
			break;
	}
	EXPECT_NE(NULL, strstr(text, " fork "));
	EXPECT_NE(NULL, strstr(text, " derived  machctl_test\n"));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
}

TEST(who_uses_it_wrongly_is_told)
{
	EXPECT_FAILED(2, "usage:", 0, " ");
	EXPECT_FAILED(2, "usage:", 0, "nonsense");
	EXPECT_FAILED(2, "usage:", 0, "--nonsense ps");
	EXPECT_FAILED(2, "usage:", 0, "token");
	EXPECT_FAILED(2, "usage:", 0, "stat 1");
	EXPECT_FAILED(2, "usage:", 0, "ps 1 2");
	EXPECT_FAILED(2, "not a process id", 0, "ps 1x");
	EXPECT_FAILED(2, "not a process id", 0, "ps 0");
	EXPECT_FAILED(2, "not a process id", 0, "ps 99999999999");
}

TEST(no_such_task)
{
	static const char * const commands[] = { "ps", "ports", "queues",
						 "token", "special" };
	int i;

	mach_task_self();
	for (i = 0; i < 5; i++) {
		EXPECT_FAILED(5, "no such process", 0, "%s 1", commands[i]);
		EXPECT_FAILED(5, "no such process", 0, "%s %d", commands[i],
			      INT32_MAX);
	}
}

TEST(not_permitted)
{
	static const char * const commands[] = { "ps", "ports", "queues",
						 "token", "special" };
	int i;

	mach_task_self();
	for (i = 0; i < 5; i++)
		EXPECT_FAILED(4, "not permitted", TEST_UID, "%s %d",
			      commands[i], getpid());
	EXPECT_FAILED(4, "not permitted", TEST_UID, "objects");
	EXPECT_FAILED(4, "not permitted", TEST_UID, "watch");
	EXPECT_FAILED(4, "not permitted", TEST_UID, "-j watch");
	EXPECT_FAILED(4, "not permitted", TEST_UID, "shutdown");
}

/* Where it is not loaded, or has been shut down: selftests/lifecycle. */
TEST(no_module_to_be_seen)
{
	static const char * const commands[] = {
		"ps", "ports", "objects", "queues", "ledgers", "stat", "watch",
		"token 1", "special 1",
	};
	pid_t child;
	unsigned int i;

	mach_task_self();
	child = child_fork();
	if (!child) {
		MUST(unshare(CLONE_NEWNET) ? -errno : 0);
		for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
			EXPECT_FAILED(3, "network name space", 0, "%s",
				      commands[i]);
		child_exit();
	}
	EXPECT_CHILD(child);
}

TEST(a_full_disk_is_noticed)
{
	EXPECT_FAILED(1, "output", 0, "stat >/dev/full");
}

TEST(help_and_version)
{
	struct run run = RUN("--help");

	EXPECT_EQ(0, run.status);
	EXPECT_NE(NULL, strstr(run.out, "shutdown"));
	run_end(&run);
	run = RUN("--version");
	EXPECT_EQ(0, run.status);
	EXPECT_EQ(run.out, strstr(run.out, "machctl "));
	run_end(&run);
}

MACH_TEST_MAIN
