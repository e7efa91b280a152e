// SPDX-License-Identifier: GPL-2.0-only
/*
 * machdev_spawn(): programs that have tokens, ledgers and ports from their first
 * instruction on.
 */
#include <limits.h>
#include <stdarg.h>
#include <sys/resource.h>

#include "actor.h"
#include "suspend_helpers.h"

extern char **environ;

/* A program that stays, and one that a script is for. */
#define STAYS ((char *[]){ "sleep", "1000", NULL })
#define SCRIPT(text) ((char *[]){ "sh", "-c", text, NULL })

FIXTURE(spawn) {
	machdev_spawn_t *spawn;
};

FIXTURE_SETUP(spawn)
{
	self->spawn = machdev_spawn_new();
	ASSERT_NE(NULL, self->spawn);
	ASSERT_NE(MACH_PORT_NULL, own_task());
}

FIXTURE_TEARDOWN(spawn)
{
	machdev_spawn_free(self->spawn);
}

static void give_tokens(machdev_spawn_t *spawn, mach_port_t security,
			struct tokens tokens, mach_port_t host)
{
	security_token_t security_token;
	audit_token_t audit_token;

	memcpy(&security_token, tokens.security, sizeof(security_token));
	memcpy(&audit_token, tokens.audit, sizeof(audit_token));
	machdev_spawn_tokens(spawn, security, security_token, audit_token,
			     host);
}

/* Run a program to its end: its status, or what the call answered above 1000. */
static int run_program(machdev_spawn_t *spawn, char **argv)
{
	task_t task;
	pid_t pid;
	kern_return_t kr;
	int pidfd;
	siginfo_t info = { 0 };

	kr = machdev_spawnp(spawn, argv[0], argv, environ, &task, &pidfd);
	if (kr)
		return 1000 + kr;
	if (waitid(P_PIDFD, pidfd, &info, WEXITED))
		return -errno;
	pid = info.si_pid;
	close(pidfd);
	return pid > 0 ? info.si_status : -1;
}

static int run(machdev_spawn_t *spawn, char *script)
{
	return run_program(spawn, SCRIPT(script));
}

/* Whether a line of its status matches, in a program that changes no signals. */
static int run_grep(char *pattern)
{
	return run_program(NULL, (char *[]){ "grep", "-q", pattern,
					     "/proc/self/status", NULL });
}

static bool has_child(void)
{
	return waitpid(-1, NULL, WNOHANG | __WALL) >= 0 || errno != ECHILD;
}

TEST_F(spawn, a_program_is_a_child)
{
	task_t task = TEST_POISON32;
	int pidfd = -1;
	pid_t pid;

	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn(NULL, "/bin/sleep", STAYS, environ, &task,
				&pidfd));
	pid = pid_of(task);
	EXPECT_EQ(pid, pidfd_pid(pidfd));
	EXPECT_EQ(FD_CLOEXEC, fcntl(pidfd, F_GETFD));
	EXPECT_EQ(MACH_PORT_TYPE_SEND, port_type(task));
	EXPECT_EQ(1, port_send_refs(task));
	kill(pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
}

TEST_F(spawn, the_exit_status_is_that_of_the_program)
{
	EXPECT_EQ(7, run(NULL, "exit 7"));
	EXPECT_EQ(8, run(self->spawn, "exit 8"));
}

TEST_F(spawn, task_and_pidfd_need_not_be_asked_for)
{
	int status;

	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawnp(NULL, "sh", SCRIPT("exit 9"), environ, NULL,
				 NULL));
	ASSERT_LT(0, waitpid(-1, &status, 0));
	EXPECT_EQ(9, WEXITSTATUS(status));
}

TEST_F(spawn, a_program_has_the_tokens_and_the_host_port)
{
	mach_port_t priv = host_priv_port();
	struct tokens seen;
	task_t task;

	give_tokens(self->spawn, host_security_port(), tokens_made(1), priv);
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawnp(self->spawn, "sleep", STAYS, environ, &task,
				 NULL));
	ASSERT_KR(KERN_SUCCESS, task_tokens(task, &seen));
	EXPECT_TOKENS(tokens_made(1), seen);
	EXPECT_EQ(priv, special_of(task, TASK_HOST_PORT));
	kill(pid_of(task), SIGKILL);
}

TEST_F(spawn, without_tokens_they_are_the_parents)
{
	struct tokens seen;
	task_t task;

	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawnp(self->spawn, "sleep", STAYS, environ, &task,
				 NULL));
	ASSERT_KR(KERN_SUCCESS, task_tokens(task, &seen));
	EXPECT_EQ(pid_of(task), (pid_t)seen.audit[AUDIT_PID]);
	EXPECT_EQ(getuid(), seen.audit[AUDIT_RUID]);
	kill(pid_of(task), SIGKILL);
}

TEST_F(spawn, tokens_need_the_security_port)
{
	task_t task = TEST_POISON32;
	int pidfd = 0;

	give_tokens(self->spawn, mach_host_self(), tokens_made(1),
		    MACH_PORT_NULL);
	EXPECT_KR(KERN_INVALID_SECURITY,
		  machdev_spawnp(self->spawn, "sleep", STAYS, environ, &task,
				 &pidfd));
	EXPECT_EQ(TEST_POISON32, task);
	EXPECT_EQ(-1, pidfd);
	EXPECT_FALSE(has_child());
}

TEST_F(spawn, a_program_has_the_ports)
{
	mach_port_t bootstrap = port_new(), port[3], *seen;
	mach_msg_type_number_t count;
	task_t task;
	int i;

	for (i = 0; i < 3; i++)
		port[i] = port_new();
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn_special(self->spawn, TASK_BOOTSTRAP_PORT,
					bootstrap));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn_registered(self->spawn, port, 3));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawnp(self->spawn, "sleep", STAYS, environ, &task,
				 NULL));
	EXPECT_EQ(bootstrap, special_of(task, TASK_BOOTSTRAP_PORT));
	ASSERT_KR(KERN_SUCCESS, mach_ports_lookup(task, &seen, &count));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(port[i], seen[i]);
	EXPECT_NE(bootstrap, special_of(own_task(), TASK_BOOTSTRAP_PORT));
	kill(pid_of(task), SIGKILL);
}

struct handlers {
	mach_msg_type_number_t count;
	exception_mask_t mask[EXC_TYPES_COUNT];
	mach_port_t port[EXC_TYPES_COUNT];
	exception_behavior_t behavior[EXC_TYPES_COUNT];
	thread_state_flavor_t flavor[EXC_TYPES_COUNT];
};

static kern_return_t handlers_of(task_t task, exception_mask_t mask,
				 struct handlers *handlers)
{
	memset(handlers, 0x5a, sizeof(*handlers));
	return task_get_exception_ports(task, mask, handlers->mask,
					&handlers->count, handlers->port,
					handlers->behavior, handlers->flavor);
}

/* Later ones win, and the others are those of the starter. */
TEST_F(spawn, a_program_has_the_handlers_of_exceptions)
{
	mach_port_t all = port_new(), some = port_new(), ours = port_new();
	struct handlers seen;
	task_t task;

	ASSERT_KR(KERN_SUCCESS,
		  task_set_exception_ports(own_task(), EXC_MASK_VALID, ours,
					   EXCEPTION_DEFAULT, 0));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn_special(self->spawn, TASK_EXCEPTION_PORT,
					all));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn_exception(self->spawn, EXC_MASK_ARITHMETIC |
						       EXC_MASK_GUARD,
					  MACH_PORT_NULL, 0, 0));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn_exception(self->spawn, EXC_MASK_GUARD, some,
					  EXCEPTION_STATE |
					  MACH_EXCEPTION_CODES,
					  x86_THREAD_STATE64));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawnp(self->spawn, "sleep", STAYS, environ, &task,
				 NULL));
	ASSERT_KR(KERN_SUCCESS, handlers_of(task, EXC_MASK_BREAKPOINT, &seen));
	EXPECT_EQ(all, seen.port[0]);
	ASSERT_KR(KERN_SUCCESS, handlers_of(task, EXC_MASK_ARITHMETIC, &seen));
	EXPECT_EQ(MACH_PORT_NULL, seen.port[0]);
	ASSERT_KR(KERN_SUCCESS, handlers_of(task, EXC_MASK_CRASH, &seen));
	EXPECT_EQ(ours, seen.port[0]);
	ASSERT_KR(KERN_SUCCESS, handlers_of(task, EXC_MASK_GUARD, &seen));
	ASSERT_EQ(1, seen.count);
	EXPECT_EQ(some, seen.port[0]);
	EXPECT_EQ(EXCEPTION_STATE | MACH_EXCEPTION_CODES, seen.behavior[0]);
	EXPECT_EQ(x86_THREAD_STATE64, seen.flavor[0]);
	ASSERT_KR(KERN_SUCCESS, handlers_of(own_task(), EXC_MASK_VALID,
					    &seen));
	ASSERT_EQ(1, seen.count);
	EXPECT_EQ(ours, seen.port[0]);
	kill(pid_of(task), SIGKILL);
}

TEST_F(spawn, handlers_that_cannot_be_set_leave_no_child)
{
	mach_port_t port = port_new();
	int i;

	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn_exception(self->spawn, EXC_MASK_ALL, port, 0,
					  0));
	EXPECT_EQ(1000 + KERN_INVALID_ARGUMENT, run(self->spawn, "exit 0"));
	EXPECT_FALSE(has_child());
	EXPECT_EQ(1, port_send_refs(port));
	for (i = 1; i < EXC_TYPES_COUNT; i++)
		EXPECT_KR(KERN_SUCCESS,
			  machdev_spawn_exception(self->spawn, 0,
						  MACH_PORT_NULL, 0, 0));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  machdev_spawn_exception(self->spawn, 0, MACH_PORT_NULL, 0,
					  0));
}

TEST_F(spawn, a_program_draws_on_the_ledgers)
{
	mach_port_t ledgers[2];
	struct actor actor;
	task_t task;

	ASSERT_EQ(0, actor_start(&actor));
	ASSERT_EQ(0, actor_become(&actor, TEST_UID));
	ledgers[0] = special_of(actor_task(&actor), TASK_WIRED_LEDGER_PORT);
	ledgers[1] = special_of(actor_task(&actor), TASK_PAGED_LEDGER_PORT);
	machdev_spawn_ledgers(self->spawn, ledgers[0], ledgers[1]);
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawnp(self->spawn, "sleep", STAYS, environ, &task,
				 NULL));
	EXPECT_EQ(ledgers[0], special_of(task, TASK_WIRED_LEDGER_PORT));
	EXPECT_EQ(ledgers[1], special_of(task, TASK_PAGED_LEDGER_PORT));
	kill(pid_of(task), SIGKILL);
	EXPECT_EQ(0, actor_end(&actor));
}

TEST_F(spawn, what_is_no_ledger_is_refused)
{
	machdev_spawn_ledgers(self->spawn, port_new(), port_new());
	EXPECT_EQ(1000 + KERN_INVALID_LEDGER, run(self->spawn, "exit 0"));
	EXPECT_FALSE(has_child());
}

TEST_F(spawn, a_port_that_cannot_be_set_leaves_no_child)
{
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn_special(self->spawn, 9999, MACH_PORT_NULL));
	EXPECT_EQ(1000 + KERN_INVALID_ARGUMENT, run(self->spawn, "exit 0"));
	EXPECT_FALSE(has_child());
}

TEST_F(spawn, there_is_room_for_eight_special_ports)
{
	mach_port_t four[4] = { 0 };
	int i;

	for (i = 0; i < 8; i++)
		EXPECT_KR(KERN_SUCCESS,
			  machdev_spawn_special(self->spawn,
						TASK_BOOTSTRAP_PORT,
						MACH_PORT_NULL));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  machdev_spawn_special(self->spawn, TASK_BOOTSTRAP_PORT,
					MACH_PORT_NULL));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  machdev_spawn_registered(self->spawn, four, 4));
}

TEST_F(spawn, actions_come_in_their_order)
{
	char text[64] = "";
	int fd[2];

	ASSERT_EQ(0, pipe2(fd, O_CLOEXEC));
	ASSERT_KR(KERN_SUCCESS, machdev_spawn_chdir(self->spawn, "/proc"));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn_open(self->spawn, 7, "self/../version",
				     O_RDONLY, 0));
	ASSERT_KR(KERN_SUCCESS, machdev_spawn_dup2(self->spawn, fd[1], 1));
	ASSERT_KR(KERN_SUCCESS, machdev_spawn_dup2(self->spawn, fd[1], fd[1]));
	ASSERT_KR(KERN_SUCCESS, machdev_spawn_close(self->spawn, 0));
	EXPECT_EQ(0, run(self->spawn,
			 "[ -e /proc/self/fd/0 ] && exit 1; pwd; read a b <&7; echo $a"));
	ASSERT_LT(0, read(fd[0], text, sizeof(text) - 1));
	EXPECT_STREQ("/proc\nLinux\n", text);
}

TEST_F(spawn, an_action_that_fails_is_told)
{
	ASSERT_KR(KERN_SUCCESS, machdev_spawn_chdir(self->spawn, "/nowhere"));
	errno = 0;
	EXPECT_EQ(1000 + KERN_FAILURE, run(self->spawn, "exit 0"));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_FALSE(has_child());
}

TEST_F(spawn, a_program_that_is_not_there_is_told)
{
	task_t task = TEST_POISON32;
	int pidfd = 0;

	errno = 0;
	EXPECT_KR(KERN_FAILURE,
		  machdev_spawn(NULL, "sleep", STAYS, environ, &task, &pidfd));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(TEST_POISON32, task);
	EXPECT_EQ(-1, pidfd);
	errno = 0;
	EXPECT_KR(KERN_FAILURE,
		  machdev_spawn(NULL, "/proc/version", STAYS, environ, &task,
				&pidfd));
	EXPECT_EQ(EACCES, errno);
	EXPECT_FALSE(has_child());
}

static void ignore(int sig)
{
}

/* As when a program closes all but the first three. */
TEST_F(spawn, every_descriptor_can_be_closed)
{
	const struct rlimit limit = { 128, 128 };
	int fd;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (fd = 3; fd < 128; fd++)
		ASSERT_KR(KERN_SUCCESS, machdev_spawn_close(self->spawn, fd));
	ASSERT_KR(KERN_SUCCESS, machdev_spawn_close(self->spawn, INT_MAX));
	EXPECT_EQ(7, run(self->spawn, "exit 7"));
	ASSERT_KR(KERN_SUCCESS, machdev_spawn_dup2(self->spawn, 0, 127));
	EXPECT_EQ(8, run(self->spawn, "[ -e /proc/self/fd/127 ] && exit 8"));
	ASSERT_KR(KERN_SUCCESS, machdev_spawn_dup2(self->spawn, 0, 128));
	errno = 0;
	EXPECT_EQ(1000 + KERN_FAILURE, run(self->spawn, "exit 9"));
	EXPECT_EQ(EBADF, errno);
	EXPECT_FALSE(has_child());
}

/* What the start itself needs is none of the program's. */
TEST_F(spawn, only_open_descriptors_can_be_copied)
{
	machdev_spawn_t *spawn;
	int fd;

	for (fd = 3; fd < 70; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		spawn = machdev_spawn_new();
		ASSERT_NE(NULL, spawn);
		ASSERT_KR(KERN_SUCCESS, machdev_spawn_dup2(spawn, fd, 1));
		errno = 0;
		EXPECT_EQ(1000 + KERN_FAILURE, run(spawn, "exit 0")) {
			TH_LOG("%d", fd);
		}
		EXPECT_EQ(EBADF, errno);
		machdev_spawn_free(spawn);
	}
	EXPECT_FALSE(has_child());
}

/* How many descriptors are open. */
static int open_count(void)
{
	int count = 0, fd;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

TEST_F(spawn, too_few_descriptors_leave_nothing_behind)
{
	struct rlimit limit = { 256, 256 };
	int before, status;

	ASSERT_EQ(0, run(NULL, "exit 0"));
	before = open_count();
	for (limit.rlim_cur = 4; limit.rlim_cur < 80; limit.rlim_cur++) {
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
		status = run_program(NULL, (char *[]){ "/bin/true", NULL });
		EXPECT_TRUE(!status ||
			    status == 1000 + KERN_RESOURCE_SHORTAGE) {
			TH_LOG("%d with %d", status, (int)limit.rlim_cur);
		}
		EXPECT_EQ(before, open_count());
		EXPECT_FALSE(has_child());
	}
	EXPECT_EQ(0, status);
}

static pid_t bystander;
static bool fork_meanwhile;

/* What a starter that dies early shares with the test, and the child with it. */
static struct {
	struct test_pipe reached;
	pid_t starter;
	pid_t bystander;
} *late;

/*
 * In place of the C library's, also for machdev_spawn(): the moment at which a
 * fork in another thread copies most.
 */
int socketpair(int domain, int type, int protocol, int fds[2])
{
	int result = (int)syscall(SYS_socketpair, domain, type, protocol, fds);

	if (fork_meanwhile) {
		bystander = late ? fork() : child_fork();
		while (!bystander)
			pause();
	}
	return result;
}

TEST_F(spawn, a_fork_in_another_thread_does_not_hold_it_up)
{
	kern_return_t kr;
	pid_t first;

	fork_meanwhile = true;
	kr = machdev_spawn(NULL, "/no/such/program", STAYS, environ, NULL,
			   NULL);
	EXPECT_KR(KERN_FAILURE, kr);
	first = bystander;
	EXPECT_EQ(0, run_program(NULL, (char *[]){ "true", NULL }));
	fork_meanwhile = false;
	ASSERT_LT(0, first);
	EXPECT_EQ(128 + SIGKILL, child_kill(first));
	EXPECT_EQ(128 + SIGKILL, child_kill(bystander));
}

struct cancelled {
	kern_return_t kr;
	int pidfd;
};

static void *spawn_cancelled(void *argument)
{
	struct cancelled *cancelled = argument;

	pthread_cancel(pthread_self());
	cancelled->kr = machdev_spawn(NULL, "/bin/true",
				      (char *[]){ "true", NULL }, environ,
				      NULL, &cancelled->pidfd);
	pthread_testcancel();
	return NULL;
}

TEST_F(spawn, a_thread_is_not_cancelled_within)
{
	struct cancelled cancelled = { .kr = TEST_POISON32, .pidfd = -1 };
	siginfo_t info = { 0 };
	pthread_t thread;
	void *end;

	ASSERT_EQ(0, pthread_create(&thread, NULL, spawn_cancelled,
				    &cancelled));
	ASSERT_EQ(0, pthread_join(thread, &end));
	EXPECT_EQ(PTHREAD_CANCELED, end);
	ASSERT_KR(KERN_SUCCESS, cancelled.kr);
	EXPECT_EQ(0, waitid(P_PIDFD, cancelled.pidfd, &info, WEXITED));
	EXPECT_EQ(0, info.si_status);
}

/* Nothing of it can be waited for, and its number may be another's. */
TEST_F(spawn, children_may_be_nobodys_to_wait_for)
{
	task_t task;

	ASSERT_NE(SIG_ERR, signal(SIGCHLD, SIG_IGN));
	EXPECT_KR(KERN_FAILURE,
		  machdev_spawn(NULL, "/no/such/program", STAYS, environ,
				NULL, NULL));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawnp(NULL, "sleep", STAYS, environ, &task, NULL));
	EXPECT_EQ(0, kill(pid_of(task), SIGKILL));
	EXPECT_TRUE(TEST_UNTIL(!has_child(), 10000));
}

TEST_F(spawn, signals_are_as_after_exec)
{
	struct sigaction action = { .sa_handler = ignore };
	sigset_t set;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	action.sa_handler = SIG_IGN;
	ASSERT_EQ(0, sigaction(SIGUSR2, &action, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	ASSERT_EQ(0, sigprocmask(SIG_SETMASK, &set, NULL));
	EXPECT_EQ(0, run_grep("^SigBlk:.*0001$"));
	EXPECT_EQ(0, run_grep("^SigIgn:.*0800$"));
	EXPECT_EQ(SIGUSR1, run(NULL, "kill -USR1 $$"));
}

TEST_F(spawn, a_starter_that_dies_leaves_no_half_started_program)
{
	struct test_pipe pipe;
	pid_t pid;
	int i;

	ASSERT_EQ(0, test_pipe_open(&pipe));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (i = 0; i < 10; i++) {
		pid = child_fork();
		if (!pid) {
			test_put(&pipe, 1);
			for (;;)
				machdev_spawnp(NULL, "true",
					       (char *[]){ "true", NULL },
					       environ, NULL, NULL);
		}
		ASSERT_EQ(0, test_wait(&pipe));
		test_sleep_ms(i);
		child_kill(pid);
		/* What it had started comes to its end. */
		while (waitpid(-1, NULL, __WALL) > 0)
			;
	}
}

/* The end of a child of a process that has ended, or -1. */
static int orphan_status(void)
{
	int status;

	if (!TEST_UNTIL(waitpid(-1, &status, WNOHANG | __WALL) > 0, 20000))
		return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

/* A directory of the test's own. */
static int enter_directory(void)
{
	char path[] = "/tmp/machdev.XXXXXX";

	return mkdtemp(path) && !chdir(path) ? 0 : -errno;
}

/* An action can last, as here. */
TEST_F(spawn, a_program_dies_with_its_starter_until_it_is_executed)
{
	pid_t pid;
	int fd;

	ASSERT_EQ(0, enter_directory());
	ASSERT_EQ(0, mkfifo("fifo", 0600));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn_open(self->spawn, 7, "begun", O_CREAT | O_RDWR,
				     0600));
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn_open(self->spawn, 8, "fifo", O_RDONLY, 0));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = child_fork();
	if (!pid) {
		machdev_spawnp(self->spawn, "true", (char *[]){ "true", NULL },
			       environ, NULL, NULL);
		_exit(1);
	}
	EXPECT_TRUE(TEST_UNTIL(!access("begun", F_OK), 20000));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	EXPECT_EQ(128 + SIGKILL, orphan_status());
	/* One that lives goes on. */
	fd = open("fifo", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	EXPECT_EQ(-1, fd);
	if (fd >= 0)
		close(fd);
}

TEST_F(spawn, a_program_outlives_its_starter_once_it_is_executed)
{
	int fd[2];
	pid_t pid;

	ASSERT_EQ(0, pipe2(fd, O_CLOEXEC));
	ASSERT_KR(KERN_SUCCESS, machdev_spawn_dup2(self->spawn, fd[0], 0));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = child_fork();
	if (!pid)
		_exit(machdev_spawnp(self->spawn, "sh",
				     SCRIPT("read x; exit 7"), environ, NULL,
				     NULL));
	EXPECT_CHILD(pid);
	ASSERT_EQ(3, write(fd[1], "go\n", 3));
	EXPECT_EQ(7, orphan_status());
}

/*
 * In place of the C library's, also for machdev_spawn(): a child that comes so
 * late that no signal tells of its starter's death.
 */
int prctl(int option, ...)
{
	unsigned long argument;
	va_list list;

	va_start(list, option);
	argument = va_arg(list, unsigned long);
	va_end(list);
	if (late && option == PR_SET_PDEATHSIG && argument == SIGKILL &&
	    getppid() == late->starter) {
		late->bystander = bystander;
		test_put(&late->reached, 1);
		while (getppid() == late->starter)
			test_sleep_ms(1);
	}
	return (int)syscall(SYS_prctl, option, argument, 0, 0, 0);
}

TEST_F(spawn, a_starter_that_has_died_is_not_waited_for)
{
	pid_t pid;

	late = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, late);
	ASSERT_EQ(0, test_pipe_open(&late->reached));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = child_fork();
	if (!pid) {
		/* The bystander lives on, with both ends of their line. */
		fork_meanwhile = true;
		late->starter = getpid();
		machdev_spawnp(NULL, "true", (char *[]){ "true", NULL },
			       environ, NULL, NULL);
		_exit(1);
	}
	ASSERT_EQ(0, test_wait(&late->reached));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
	EXPECT_EQ(127, orphan_status());
	kill(late->bystander, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, orphan_status());
}

/* The program of actors, which without a socket ends with 2. */
static char *program(void)
{
	static char path[PATH_MAX];

	return helper_path("actor", path, sizeof(path)) ? "" : path;
}

TEST_F(spawn, a_program_starts_suspended)
{
	task_t task;
	int pidfd;
	pid_t pid;

	machdev_spawn_suspended(self->spawn);
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawn(self->spawn, program(),
				(char *[]){ "actor", NULL }, environ, &task,
				&pidfd));
	pid = pidfd_pid(pidfd);
	EXPECT_EQ(1, suspensions(task));
	ASSERT_TRUE(stops(pid));
	EXPECT_UNTOUCHED(pid);
	ASSERT_KR(KERN_SUCCESS, task_resume(task));
	EXPECT_EQ(2, child_status(pid));
}

TEST_F(spawn, one_that_starts_suspended_can_be_resumed_at_once)
{
	task_t task;
	int pidfd, i;

	machdev_spawn_suspended(self->spawn);
	for (i = 0; i < 20; i++) {
		ASSERT_KR(KERN_SUCCESS,
			  machdev_spawnp(self->spawn, "sh", SCRIPT("exit 7"),
					 environ, &task, &pidfd));
		ASSERT_KR(KERN_SUCCESS, task_resume(task));
		EXPECT_EQ(7, child_status(pidfd_pid(pidfd)));
		EXPECT_KR(KERN_SUCCESS,
			  mach_port_deallocate(own_task(), task));
		close(pidfd);
	}
}

TEST_F(spawn, one_that_starts_suspended_can_be_killed)
{
	task_t task;
	int pidfd;

	machdev_spawn_suspended(self->spawn);
	ASSERT_KR(KERN_SUCCESS,
		  machdev_spawnp(self->spawn, "sh", SCRIPT("exit 7"), environ,
				 &task, &pidfd));
	EXPECT_KR(KERN_SUCCESS, task_terminate(task));
	EXPECT_EQ(128 + SIGKILL, child_status(pidfd_pid(pidfd)));
}

TEST_F(spawn, what_cannot_be_started_suspended_is_told)
{
	machdev_spawn_suspended(self->spawn);
	errno = 0;
	EXPECT_EQ(1000 + KERN_FAILURE,
		  run_program(self->spawn,
			      (char *[]){ "/no/such/program", NULL }));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_FALSE(has_child());
}

/* It goes on when nobody could resume it any more. */
TEST_F(spawn, one_that_starts_suspended_outlives_its_starter)
{
	pid_t pid;

	machdev_spawn_suspended(self->spawn);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = child_fork();
	if (!pid)
		_exit(machdev_spawnp(self->spawn, "sh", SCRIPT("exit 7"),
				     environ, NULL, NULL));
	EXPECT_CHILD(pid);
	EXPECT_EQ(7, orphan_status());
}

MACH_TEST_MAIN
