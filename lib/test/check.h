/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A test is a function that runs in a process of its own. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
				#condition); \
			_exit(1); \
		} \
	} while (0)

/* Wait for @child, which has to exit with 0. */
static inline void check_child(pid_t child)
{
	int status;

	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

struct test {
	const char *name;
	void (*run)(void);
};

#define TEST(function) { #function, function }

/* Run each test after @setup, if given. Returns the program's exit status. */
static inline int run_tests(const struct test *tests, size_t count,
			    void (*setup)(void))
{
	size_t i, failed = 0;
	int status;
	pid_t child;

	printf("1..%zu\n", count);
	for (i = 0; i < count; i++) {
		fflush(stdout);
		child = fork();
		if (child == 0) {
			alarm(60);
			if (setup)
				setup();
			tests[i].run();
			_exit(0);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status) {
			printf("not ");
			failed++;
		}
		printf("ok %zu %s\n", i + 1, tests[i].name);
	}
	return failed != 0;
}

#endif /* CHECK_H */
