/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every test program needs: raw calls, codes in words, counters,
 * children, deadlines, and a main() that looks for leaks after each test.
 */
#ifndef MACH_TEST_H
#define MACH_TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>

#include <linux/machdev.h>
#include <linux/machdev_abi.h>
#include <mach/mach.h>
#include <mach/mach_error.h>

/* The harness and its macros leave parameters unused in every test. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kselftest_harness.h"

/* Put into memory that a call has to write. */
#define TEST_POISON 0xcc
#define TEST_POISON32 0xccccccccu

/* The user that tests become when they must not be root. */
#define TEST_UID 1000
#define TEST_GID 1000

/*
 * Time
 */

/* How much slower than ordinary hardware this machine is, from 1. */
static inline unsigned int test_scale(void)
{
	const char *text = getenv("MACHDEV_TIME_SCALE");
	long scale = text ? strtol(text, NULL, 10) : 1;

	return scale > 1 && scale <= 1000 ? scale : 1;
}

/* A limit of @ms milliseconds on ordinary hardware, for this machine. */
static inline unsigned int test_ms(unsigned int ms)
{
	return ms * test_scale();
}

static inline uint64_t test_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static inline void test_sleep_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&time, &time) && errno == EINTR)
		;
}

/* Ask for @condition again and again for @ms scaled milliseconds: did it hold? */
#define TEST_UNTIL(condition, ms) ({					\
	uint64_t __end = test_now_ms() + test_ms(ms);			\
	bool __held;							\
									\
	while (!(__held = (condition)) && test_now_ms() < __end)	\
		test_sleep_ms(1);					\
	__held;								\
})

/*
 * The device without the library
 */

static inline int mach_open(void)
{
	return open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
}

/* The Mach code of the call, or -errno when the device itself refused it. */
static inline long mach_ioctl_fd(int fd, unsigned long command, void *argument)
{
	int code = ioctl(fd, command, argument);

	return code < 0 ? -errno : code;
}

/* The same on this program's own descriptor, which a forked child shares. */
static inline long mach_ioctl(unsigned long command, void *argument)
{
	static int fd = -1;

	if (fd < 0)
		fd = mach_open();
	return fd < 0 ? -errno : mach_ioctl_fd(fd, command, argument);
}

/* One of the calls that only return a name; poisoned before. */
static inline long mach_ioctl_name(unsigned long command, uint32_t *name)
{
	struct machdev_name argument = { .name = TEST_POISON32 };
	long code = mach_ioctl(command, &argument);

	*name = argument.name;
	return code;
}

/* Wait until what exited tasks left behind is gone. */
static inline long mach_sync(void)
{
	struct machdev_sync argument = { 0 };

	return mach_ioctl(MACHDEV_IOC_SYNC, &argument);
}

/* More than the records of either list. */
#define TEST_RECORDS 64

/* The value of record @id in list @what of MACHDEV_IOC_QUERY. */
static inline long mach_query(uint32_t what, uint32_t id, uint64_t *value)
{
	struct machdev_record records[TEST_RECORDS];
	struct machdev_query query = {
		.what = what,
		.count = TEST_RECORDS,
		.records = (uintptr_t)records,
	};
	long code = mach_ioctl(MACHDEV_IOC_QUERY, &query);
	uint32_t i;

	if (code)
		return code;
	for (i = 0; i < query.count && i < TEST_RECORDS; i++) {
		if (records[i].id != id)
			continue;
		*value = records[i].value;
		return 0;
	}
	return -ENOENT;
}

/* A counter as it reads now; UINT64_MAX when it cannot be had. */
static inline uint64_t mach_counter(uint32_t id)
{
	uint64_t value;

	if (mach_query(MACHDEV_QUERY_COUNTERS, id, &value))
		return UINT64_MAX;
	return value;
}

/*
 * Codes in words
 */

static inline const char *mach_code_string(long code)
{
	return code < 0 ? strerror(-code) : mach_error_string(code);
}

#define __MACH_EXPECT_KR(expected, call, _assert) do {			\
	long __want = (expected);					\
	long __got = (call);						\
									\
	if (_assert)							\
		__INC_STEP(_metadata);					\
	if (__want != __got) {						\
		__TH_LOG("%s: expected %s (%#lx), got %s (%#lx)", #call, \
			 mach_code_string(__want),			\
			 (unsigned long)__want,				\
			 mach_code_string(__got),			\
			 (unsigned long)__got);				\
		_metadata->passed = 0;					\
		_metadata->trigger = 1;					\
	}								\
} while (0); OPTIONAL_HANDLER(_assert)

/*
 * @call answers the code @expected: KERN_*, MACH_SEND_*, MACH_RCV_*, or -errno
 * in a raw call. EXPECT goes on after a failure, ASSERT ends the test.
 */
#define EXPECT_KR(expected, call) __MACH_EXPECT_KR(expected, call, 0)
#define ASSERT_KR(expected, call) __MACH_EXPECT_KR(expected, call, 1)

/*
 * Children. Each is a task of its own, with an empty name space.
 */

/* fork(); the child dies with the test. */
static inline pid_t child_fork(void)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
	}
	return pid;
}

/* End a child of child_fork(): 0 when everything it expected held. */
#define child_exit() _exit(_metadata->passed ? 0 : 1)

/* Wait for a child: its exit status, or 128 plus the signal that ended it. */
static inline int child_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

#define EXPECT_CHILD(pid) EXPECT_EQ(0, child_status(pid))

static inline int child_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	return child_status(pid);
}

/* Become @uid and @gid for good, without further groups. */
static inline int test_become(uid_t uid, gid_t gid)
{
	if (setgroups(0, NULL) || setresgid(gid, gid, gid) ||
	    setresuid(uid, uid, uid))
		return -errno;
	return 0;
}

/* Does thread @tid of process @pid sleep in the ioctl @command? */
static inline bool ioctl_sleeps(pid_t pid, pid_t tid, uint32_t command)
{
	unsigned long number, fd, argument;
	char path[64];
	FILE *file;
	int got;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	got = fscanf(file, "%lu %lx %lx", &number, &fd, &argument);
	fclose(file);
	return got == 3 && number == SYS_ioctl && (uint32_t)argument == command;
}

/* The state of thread @tid of process @pid as a letter, 0 if there is none. */
static inline char thread_state(pid_t pid, pid_t tid)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state;
}

/*
 * Does it wait in MACHDEV_IOC_MSG? On a real-time kernel it may sleep there for
 * a lock, too, and a signal would not wake it from that.
 */
static inline bool msg_sleeps(pid_t pid, pid_t tid)
{
	return ioctl_sleeps(pid, tid, MACHDEV_IOC_MSG) &&
	       thread_state(pid, tid) == 'S';
}

/* Keep the calling thread, and whom it starts from here on, on a processor. */
static inline int test_run_on(unsigned int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

/*
 * Whether the kernel is a real-time one. There an exec waits for the processor of
 * a thread that spins with preemption off, whatever it runs on itself.
 */
static inline bool test_real_time(void)
{
	struct utsname name;

	return !uname(&name) && strstr(name.version, "PREEMPT_RT");
}

#define TEST_HOLDS_UP_EXECS "who spins holds up execs in this kernel"

/* Words from one process to another, in order. */
struct test_pipe {
	int fd[2];
};

static inline int test_pipe_open(struct test_pipe *pipe)
{
	return pipe2(pipe->fd, O_CLOEXEC);
}

static inline int test_put(struct test_pipe *pipe, uint32_t word)
{
	return write(pipe->fd[1], &word, sizeof(word)) == sizeof(word) ? 0 : -1;
}

/* Take a word; -1 when none comes within 10 scaled seconds. */
static inline int test_get(struct test_pipe *pipe, uint32_t *word)
{
	struct pollfd poll_fd = { .fd = pipe->fd[0], .events = POLLIN };

	if (poll(&poll_fd, 1, test_ms(10000)) != 1)
		return -1;
	return read(pipe->fd[0], word, sizeof(*word)) == sizeof(*word) ? 0 : -1;
}

/* Take a word and forget it: the other side has come this far. */
static inline int test_wait(struct test_pipe *pipe)
{
	uint32_t word;

	return test_get(pipe, &word);
}

/*
 * main(): each test runs in a process of its own, and afterwards the counters
 * of what lives in the module have to read as before.
 */

#define TEST_LIVE_COUNTERS (MACHDEV_COUNTER_QUEUED + 1)
#define TEST_PROGRAM_MAX 256

struct test_counters {
	uint64_t value[TEST_LIVE_COUNTERS];
};

typedef void test_body(struct __test_metadata *metadata,
		       struct __fixture_variant_metadata *variant);

static struct test_program {
	struct __test_metadata *test;
	test_body *body;
} test_program[TEST_PROGRAM_MAX];

/* Read by a child, so that the reader itself does not become a task. */
static inline int test_count(struct test_counters *counters)
{
	int fd[2];
	pid_t pid;
	bool whole;

	if (pipe2(fd, O_CLOEXEC))
		return -1;
	pid = child_fork();
	if (!pid) {
		uint32_t i;

		if (mach_sync())
			_exit(1);
		for (i = 0; i < TEST_LIVE_COUNTERS; i++) {
			counters->value[i] = mach_counter(i);
			if (counters->value[i] == UINT64_MAX)
				_exit(1);
		}
		whole = write(fd[1], counters, sizeof(*counters)) ==
			sizeof(*counters);
		_exit(!whole);
	}
	close(fd[1]);
	whole = read(fd[0], counters, sizeof(*counters)) == sizeof(*counters);
	close(fd[0]);
	return pid > 0 && !child_status(pid) && whole ? 0 : -1;
}

/* Whether they read the same. Says which do not. */
static inline bool test_counters_same(const struct test_counters *before,
				      const struct test_counters *after)
{
	static const char * const names[TEST_LIVE_COUNTERS] = {
		"tasks", "threads", "ports", "names", "message buffers",
		"requests", "ledgers", "identities", "bytes charged",
		"queued messages",
	};
	bool same = true;
	int i;

	for (i = 0; i < TEST_LIVE_COUNTERS; i++) {
		if (before->value[i] == after->value[i])
			continue;
		fprintf(stderr, "# %s: %ju before, %ju after\n", names[i],
			(uintmax_t)before->value[i],
			(uintmax_t)after->value[i]);
		same = false;
	}
	return same;
}

/*
 * What is left stays. But a ring of io_uring and a worker of the kernel let
 * files go some time after the process has ended.
 */
static inline bool test_leaves_nothing(const struct test_counters *before,
				       struct test_counters *after)
{
	TEST_UNTIL(!memcmp(before, after, sizeof(*after)) ||
		   test_count(after), 5000);
	return test_counters_same(before, after);
}

static inline void test_run_counted(struct __test_metadata *_metadata,
				    struct __fixture_variant_metadata *variant)
{
	struct test_program *entry = test_program;
	struct test_counters before, after;
	pid_t pid;
	int status;

	while (entry->test != _metadata)
		entry++;
	if (test_count(&before)) {
		__TH_LOG("the counters cannot be read");
		_metadata->passed = 0;
		return;
	}
	/* So that whoever the test leaves behind is waited for, too. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = child_fork();
	if (!pid) {
		entry->body(_metadata, variant);
		_exit(_metadata->skip ? 255 :
		      _metadata->passed ? 0 : _metadata->step);
	}
	status = pid < 0 ? 1 : child_status(pid);
	while (waitpid(-1, NULL, 0) > 0)
		;
	if (status == 255)
		_metadata->skip = 1;
	else if (status)
		_metadata->passed = 0;
	if (test_count(&after)) {
		__TH_LOG("the counters cannot be read");
		_metadata->passed = 0;
		return;
	}
	if (!test_leaves_nothing(&before, &after)) {
		_metadata->passed = 0;
		status = 0;
	}
	/* The harness knows which signals a test may end by. */
	if (status > 128 && status != 255) {
		signal(status - 128, SIG_DFL);
		raise(status - 128);
	}
}

static inline int test_main(int argc, char **argv)
{
	struct test_program *entry = test_program;
	struct __fixture_metadata *fixture;
	struct __test_metadata *test;

	for (fixture = __fixture_list; fixture; fixture = fixture->next) {
		for (test = fixture->tests; test; test = test->next) {
			if (entry == test_program + TEST_PROGRAM_MAX)
				ksft_exit_fail_msg("too many tests\n");
			entry->test = test;
			entry->body = test->fn;
			entry++;
			test->fn = test_run_counted;
			test->timeout *= test_scale();
		}
	}
	return test_harness_run(argc, argv);
}

/* Once at the end of a program, instead of TEST_HARNESS_MAIN. */
#define MACH_TEST_MAIN							\
	static void __attribute__((constructor))			\
	__constructor_order_last(void)					\
	{								\
		if (!__constructor_order)				\
			__constructor_order = _CONSTRUCTOR_ORDER_BACKWARD; \
	}								\
	int main(int argc, char **argv)					\
	{								\
		return test_main(argc, argv);				\
	}

/* A number from a file of procfs; @otherwise when there is none. */
static inline uint32_t file_number(const char *path, uint32_t otherwise)
{
	FILE *file = fopen(path, "re");
	unsigned long number;

	if (!file)
		return otherwise;
	if (fscanf(file, "%lu", &number) != 1)
		number = otherwise;
	fclose(file);
	return number;
}

static inline int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t length = strlen(text);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, length) != length)
		error = -errno;
	close(fd);
	return error;
}

#endif /* MACH_TEST_H */
