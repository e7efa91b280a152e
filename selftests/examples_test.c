// SPDX-License-Identifier: GPL-2.0-only
/* The programs of examples/ do what they are there to show. */
#include <dirent.h>
#include <limits.h>
#include <regex.h>

#include "port_helpers.h"

#define OUTPUT_MAX 4096

/*
 * What each prints, all of it, as an extended regular expression. One that
 * needs more than to be started has a test of its own: session_test.
 */
static const struct example {
	const char *name, *output;
} examples[] = {
	{ "dead_name", "alive: a send right\nended: a dead name\n" },
	{ "first_thread", "hello from a task made by hand\nit has ended\n" },
	{ "flow_control",
	  "2 messages fit; then: [^\n]+\nthere is room again\nsent\n" },
	{ "epoll_port_set",
	  "client 1 said 5 words\nclient 2 said 5 words\n"
	  "client 3 said 5 words\n" },
	{ "epoll_server",
	  "client: 1 squared is 1\nclient: 2 squared is 4\n"
	  "client: 3 squared is 9\n"
	  "server: 3 requests, then the client ended\n" },
	{ "fileport", "child reads: a letter without a name\n" },
	{ "hand_over",
	  "the new server has message 0\nthe new server has message 1\n"
	  "the new server has message 2\nthe new server has message 3\n" },
	{ "hello_rpc", "hello from process [0-9]+ of user 0\n" },
	{ "no_senders",
	  "the object has been handed out\nthe object has been handed out\n"
	  "nobody has it any more; 2 rights were made\n" },
	{ "out_of_line",
	  "1048576 bytes, and at their end: the first letter\n"
	  "1048576 bytes, and at their end: the second letter\n" },
	{ "port_set_server",
	  "client 1 has sent 10\nclient 2 has sent 20\n"
	  "client 3 has sent 30\n" },
	{ "server_loop",
	  "40 \\+ 2: success, 42\n"
	  "2147483647 \\+ 1: an argument does not fit this call\n"
	  "no such call: the server knows no such request\n"
	  "the server ends: no right to receive under this name\n" },
	{ "session_manager", NULL },
};

/* build/examples, beside the directory in which the tests are. */
static void directory(char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
	int levels = 2;

	MUST(length < 0 ? -errno : 0);
	path[length] = 0;
	while (levels--)
		*strrchr(path, '/') = 0;
	MUST(length + strlen("/examples") < PATH_MAX ? 0 : -ENAMETOOLONG);
	strcat(path, "/examples");
}

static const struct example *example_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(examples); i++) {
		if (!strcmp(examples[i].name, name))
			return &examples[i];
	}
	return NULL;
}

/* Run it; return its exit status and what it printed. */
static int run(const char *path, const char *name, char output[OUTPUT_MAX])
{
	FILE *file = tmpfile();
	pid_t pid;
	int status;

	MUST(file ? 0 : -errno);
	pid = child_fork();
	if (!pid) {
		dup2(fileno(file), STDOUT_FILENO);
		MUST(chdir(path) ? -errno : 0);
		execl(name, name, NULL);
		_exit(127);
	}
	status = child_status(pid);
	memset(output, 0, OUTPUT_MAX);
	rewind(file);
	MUST(fread(output, 1, OUTPUT_MAX - 1, file) < OUTPUT_MAX - 1 ?
	     0 : -E2BIG);
	fclose(file);
	return status;
}

static bool matches(const char *expected, const char *output)
{
	char whole[OUTPUT_MAX];
	regex_t regex;
	bool found;

	snprintf(whole, sizeof(whole), "^%s$", expected);
	MUST(regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB));
	found = !regexec(&regex, output, 0, NULL, 0);
	regfree(&regex);
	return found;
}

TEST(each_prints_what_it_shall)
{
	char path[PATH_MAX], output[OUTPUT_MAX];
	size_t i;

	directory(path);
	for (i = 0; i < ARRAY_SIZE(examples); i++) {
		if (!examples[i].output)
			continue;
		EXPECT_EQ(0, run(path, examples[i].name, output)) {
			TH_LOG("%s", examples[i].name);
		}
		EXPECT_TRUE(matches(examples[i].output, output)) {
			TH_LOG("%s printed: %s", examples[i].name, output);
		}
	}
}

/* An example that is not run here is one that nobody sees break. */
TEST(each_is_run)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	directory(path);
	dir = opendir(path);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir))) {
		if (strchr(entry->d_name, '.'))
			continue;
		EXPECT_NE(NULL, example_find(entry->d_name)) {
			TH_LOG("%s has no line in the table", entry->d_name);
		}
	}
	closedir(dir);
}

MACH_TEST_MAIN
