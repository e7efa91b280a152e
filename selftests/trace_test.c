// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace events: the steps of messages, rights, ports and tasks stand in the
 * trace, in their order, with numbers that agree, and no address of the kernel
 * does.
 */
#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>

#include <machdev.h>

#include "msg_helpers.h"

#define TRACING "/sys/kernel/tracing"
#define INSTANCE TRACING "/instances/mach_test"
#define EVENTS INSTANCE "/events/mach"
#define TRACE_MAX (1 << 20)

/* What was traced, and how far the test has followed it. */
static char trace_text[TRACE_MAX];
static char *trace_at;

static bool trace_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool whole;

	if (fd < 0)
		return false;
	whole = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return whole;
}

/* Read a whole file of tracefs; its length, or -1. */
static ssize_t trace_read(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 0, length = 0;

	if (fd < 0)
		return -1;
	while (length < (ssize_t)room - 1 &&
	       (got = read(fd, text + length, room - 1 - length)) > 0)
		length += got;
	close(fd);
	text[length] = '\0';
	return got < 0 ? -1 : length;
}

static bool trace_exists(void)
{
	return !access(TRACING "/instances", F_OK);
}

/*
 * A trace of the test's own, with all events of the module. Names of processes
 * would be noted down by the scheduler, whose code would be patched for that
 * while all processors run it: an emulator may get stuck there. An instance
 * has the option that was set when it was made.
 */
static void trace_on(void)
{
	MUST(!trace_write(TRACING "/options/record-cmd", "0"));
	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		MUST(-errno);
	MUST(!trace_write(TRACING "/options/record-cmd", "1"));
	MUST(!trace_write(INSTANCE "/trace_clock", "global"));
	MUST(!trace_write(INSTANCE "/trace", "\n"));
	MUST(!trace_write(EVENTS "/enable", "1"));
}

static bool is_address(const char *text)
{
	size_t digits = 0;

	while (isxdigit((unsigned char)text[digits]))
		digits++;
	return digits >= 12 && !strncmp(text, "ffff", 4);
}

/* End it and keep what stands in it, which must be no address. */
static void trace_off(void)
{
	MUST(!trace_write(EVENTS "/enable", "0"));
	MUST(trace_read(INSTANCE "/trace", trace_text, TRACE_MAX) <= 0);
	MUST(rmdir(INSTANCE));
	for (trace_at = trace_text; *trace_at; trace_at++)
		MUST(is_address(trace_at));
	trace_at = trace_text;
}

/* The next line of an event that has a text in it, or NULL. */
static char *trace_next(const char *event, const char *text)
{
	char head[64], *line = trace_at, *end, *found;

	snprintf(head, sizeof(head), ": %s: ", event);
	for (; *line; line = end + 1) {
		end = strchrnul(line, '\n');
		if (!*end)
			break;
		*end = '\0';
		found = strstr(line, head);
		if (found && strstr(found, text)) {
			trace_at = end + 1;
			return found;
		}
		*end = '\n';
	}
	return NULL;
}

/* The number behind a word such as "port=" in a line of the trace. */
static uint64_t trace_number(const char *line, const char *word)
{
	const char *at = line ? strstr(line, word) : NULL;

	return at ? strtoull(at + strlen(word), NULL, 0) : 0;
}

/* Ends the test where the trace does not go on with such a line. */
#define ASSERT_STEP(event, ...) ({					\
	char __text[256], *__line;					\
									\
	snprintf(__text, sizeof(__text), __VA_ARGS__);			\
	__line = trace_next(event, __text);				\
	if (!__line)							\
		TH_LOG("no %s with \"%s\" in\n%s", event, __text, trace_at); \
	ASSERT_NE(NULL, __line);					\
	__line;								\
})

#define TRACE_OR_SKIP() do {						\
	if (!trace_exists())						\
		SKIP(return, "no tracefs");				\
	trace_on();							\
} while (0)

TEST(rpc_with_a_right)
{
	mach_port_t port, reply;
	uint64_t message, number, answer;
	struct port_msg msg;
	pid_t pid = getpid();
	char *line;

	TRACE_OR_SKIP();
	port = port_new_send(1);
	reply = port_new();
	port_msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, reply,
		      MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
	msg.head.msgh_id = 4711;
	msg.port[0] = msg_port(reply, MACH_MSG_TYPE_MAKE_SEND);
	ASSERT_KR(MACH_MSG_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
	ASSERT_KR(MACH_MSG_SUCCESS, port_msg_receive(&msg, port));
	ASSERT_KR(MACH_MSG_SUCCESS,
		  msg_send_id(msg.head.msgh_remote_port,
			      MACH_MSG_TYPE_MOVE_SEND_ONCE, 4712));
	ASSERT_KR(MACH_MSG_SUCCESS, port_msg_receive(&msg, reply));
	trace_off();

	line = ASSERT_STEP("mach_port_new", "kind=plain sends=0");
	number = trace_number(line, "port=");
	ASSERT_STEP("mach_right_copyout",
		    "owner=%d name=%#x port=%ju rights=receive urefs=0", pid,
		    port, (uintmax_t)number);
	ASSERT_STEP("mach_right_make", "port=%ju right=send",
		    (uintmax_t)number);
	ASSERT_STEP("mach_right_copyout",
		    "name=%#x port=%ju rights=send|receive urefs=1", port,
		    (uintmax_t)number);

	/* The request, from its rights to the names that they get. */
	ASSERT_STEP("mach_right_copyin",
		    "owner=%d name=%#x port=%ju disposition=copy-send urefs=1",
		    pid, port, (uintmax_t)number);
	ASSERT_STEP("mach_right_copy", "port=%ju right=send",
		    (uintmax_t)number);
	line = ASSERT_STEP("mach_right_copyin", "name=%#x", reply);
	answer = trace_number(line, "port=");
	EXPECT_NE(number, answer);
	ASSERT_STEP("mach_right_make", "right=send-once");
	ASSERT_STEP("mach_right_copyin", "disposition=make-send urefs=0");
	line = ASSERT_STEP("mach_msg_copyin",
			   "port=%ju right=send id=4711 size=%u",
			   (uintmax_t)number, PORT_MSG_SIZE(1));
	message = trace_number(line, "message=");
	EXPECT_NE(0, message);
	EXPECT_EQ(1, trace_number(line, "descriptors="));
	EXPECT_EQ(pid, trace_number(line, "sender="));
	EXPECT_EQ(MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND,
				 MACH_MSG_TYPE_MAKE_SEND_ONCE) |
		  MACH_MSGH_BITS_COMPLEX, trace_number(line, "bits="));
	ASSERT_STEP("mach_msg_queue", "message=%ju port=%ju ",
		    (uintmax_t)message, (uintmax_t)number);
	ASSERT_STEP("mach_msg_send", "result=success");
	ASSERT_STEP("mach_msg_take", "message=%ju port=%ju ",
		    (uintmax_t)message, (uintmax_t)number);
	ASSERT_STEP("mach_right_copyout", "rights=send-once urefs=1");
	ASSERT_STEP("mach_right_consume", "port=%ju right=send",
		    (uintmax_t)number);
	ASSERT_STEP("mach_right_copyout",
		    "name=%#x port=%ju rights=send|receive urefs=1", reply,
		    (uintmax_t)answer);
	ASSERT_STEP("mach_msg_copyout", "message=%ju owner=%d",
		    (uintmax_t)message, pid);
	ASSERT_STEP("mach_msg_receive", "rcv_name=%#x timeout=0 result=success",
		    port);

	/* The reply, by a right that goes. */
	ASSERT_STEP("mach_right_copyin", "disposition=move-send-once");
	ASSERT_STEP("mach_name_free", "owner=%d", pid);
	ASSERT_STEP("mach_msg_copyin", "right=send-once id=4712");
	ASSERT_STEP("mach_msg_receive", "rcv_name=%#x", reply);
}

/* Whoever receives already is given the message. */
TEST(waiting_receiver)
{
	struct msg msg = { 0 };
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_RCV_MSG,
		.rcv_size = sizeof(msg),
	};
	uint64_t message;
	mach_port_t port;
	char *line;

	TRACE_OR_SKIP();
	port = port_new_send(1);
	call.rcv_name = port;
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_KR(MACH_MSG_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	ASSERT_KR(MACH_MSG_SUCCESS, msg_call_result(&call));
	trace_off();

	line = ASSERT_STEP("mach_msg_copyin", "id=1 ");
	message = trace_number(line, "message=");
	ASSERT_STEP("mach_msg_hand", "message=%ju port=%ju thread=%d",
		    (uintmax_t)message,
		    (uintmax_t)trace_number(line, "port="), call.tid);
	ASSERT_STEP("mach_msg_copyout", "message=%ju ", (uintmax_t)message);
	EXPECT_EQ(NULL, trace_next("mach_msg_queue", ""));
}

TEST(room)
{
	struct msg msg, in;
	struct msg_call call = {
		.msg = &msg.head,
		.option = MACH_SEND_MSG,
		.send_size = MSG_HEADER,
	};
	uint64_t message;
	mach_port_t port;
	unsigned int i;
	char *line;

	TRACE_OR_SKIP();
	port = port_new_send(1);
	port_fill(port);
	EXPECT_KR(MACH_SEND_TIMED_OUT,
		  msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 2));
	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL, 0, 3);
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	port_drain(port);
	ASSERT_KR(MACH_MSG_SUCCESS, msg_call_result(&call));
	ASSERT_KR(MACH_MSG_SUCCESS, msg_receive(&in, port));
	EXPECT_KR(MACH_RCV_TIMED_OUT, msg_receive(&in, port));
	trace_off();

	for (i = 0; i < MACH_PORT_QLIMIT_DEFAULT; i++)
		ASSERT_STEP("mach_msg_queue", "id=%d ", FILLING);
	line = ASSERT_STEP("mach_msg_copyin", "id=2 ");
	ASSERT_STEP("mach_msg_give_back",
		    "message=%ju owner=%d remote=%#x local=0x0 result=SEND_TIMED_OUT",
		    (uintmax_t)trace_number(line, "message="), getpid(), port);
	ASSERT_STEP("mach_msg_send", "result=SEND_TIMED_OUT");
	line = ASSERT_STEP("mach_msg_copyin", "id=3 ");
	message = trace_number(line, "message=");
	ASSERT_STEP("mach_msg_wait", "message=%ju ", (uintmax_t)message);
	ASSERT_STEP("mach_msg_take", "id=%d ", FILLING);
	ASSERT_STEP("mach_msg_admit", "message=%ju port=%ju thread=%d",
		    (uintmax_t)message,
		    (uintmax_t)trace_number(line, "port="), call.tid);
	ASSERT_STEP("mach_msg_queue", "message=%ju ", (uintmax_t)message);
	ASSERT_STEP("mach_msg_copyout", "message=%ju ", (uintmax_t)message);
	ASSERT_STEP("mach_msg_receive", "result=RCV_TIMED_OUT");
}

/* A send that a signal ends, and a receive that it starts anew. */
TEST(signals)
{
	struct msg_call call = { .rcv_size = sizeof(struct msg) };
	struct msg msg, in = { 0 };
	mach_port_t port;

	TRACE_OR_SKIP();
	signal_handle(SIGUSR1, 0);
	port = port_new_send(1);
	call.msg = &in.head;
	call.option = MACH_RCV_MSG | MACH_RCV_INTERRUPT;
	call.rcv_name = port;
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_TRUE(signal_interrupt(getpid(), call.tid));
	ASSERT_KR(MACH_RCV_INTERRUPTED, msg_call_result(&call));
	port_fill(port);
	msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL, 0, 2);
	call.msg = &msg.head;
	call.option = MACH_SEND_MSG | MACH_SEND_INTERRUPT;
	call.send_size = MSG_HEADER;
	msg_call_start(&call);
	ASSERT_TRUE(msg_call_sleeps(&call));
	ASSERT_TRUE(signal_interrupt(getpid(), call.tid));
	ASSERT_KR(MACH_SEND_INTERRUPTED, msg_call_result(&call));
	trace_off();

	ASSERT_STEP("mach_msg_receive", "rcv_name=%#x timeout=0 result=signal",
		    port);
	ASSERT_STEP("mach_msg_wait", "id=2 ");
	ASSERT_STEP("mach_msg_give_back", "result=SEND_INTERRUPTED");
	ASSERT_STEP("mach_msg_send", "result=SEND_INTERRUPTED");
}

/* A port dies with a message in it, and another is told of it. */
TEST(death)
{
	mach_port_t port, watcher, previous;
	uint64_t number, message, moved;
	struct port_msg msg;
	struct msg in;
	char *line;

	TRACE_OR_SKIP();
	port = port_new_send(3);
	watcher = port_new();
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_request_notification(mach_task_self(), port,
						 MACH_NOTIFY_DEAD_NAME, 0,
						 watcher,
						 MACH_MSG_TYPE_MAKE_SEND_ONCE,
						 &previous));
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(mach_task_self(), port));
	port_msg_init(&msg, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL, 0,
		      2);
	msg.port[0] = msg_port(port_new(), MACH_MSG_TYPE_MOVE_RECEIVE);
	msg.port[1] = msg_port(port_new_once(watcher),
			       MACH_MSG_TYPE_MOVE_SEND_ONCE);
	ASSERT_KR(MACH_MSG_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(2)));
	port_destroy_receive(port);
	ASSERT_KR(MACH_MSG_SUCCESS, msg_receive(&in, watcher));
	ASSERT_KR(MACH_MSG_SUCCESS, msg_receive(&in, watcher));
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(mach_task_self(), port));
	trace_off();

	line = ASSERT_STEP("mach_right_urefs",
			   "owner=%d name=%#x", getpid(), port);
	EXPECT_EQ(2, trace_number(line, "urefs="));
	number = trace_number(line, "port=");
	line = ASSERT_STEP("mach_right_copyin", "disposition=move-receive");
	moved = trace_number(line, "port=");
	ASSERT_STEP("mach_port_transit", "port=%ju destination=%ju",
		    (uintmax_t)moved, (uintmax_t)number);
	line = ASSERT_STEP("mach_msg_copyin", "descriptors=2");
	message = trace_number(line, "message=");
	ASSERT_STEP("mach_right_drop", "name=%#x port=%ju rights=receive",
		    port, (uintmax_t)number);
	ASSERT_STEP("mach_name_dead", "name=%#x port=%ju", port,
		    (uintmax_t)number);
	ASSERT_STEP("mach_port_die", "port=%ju kind=plain", (uintmax_t)number);
	ASSERT_STEP("mach_msg_notify", "id=dead-name name=%#x", port);
	ASSERT_STEP("mach_msg_queue", "id=%d ", MACH_NOTIFY_DEAD_NAME);
	ASSERT_STEP("mach_msg_destroy", "message=%ju ", (uintmax_t)message);
	ASSERT_STEP("mach_right_release", "port=%ju right=receive",
		    (uintmax_t)moved);
	ASSERT_STEP("mach_msg_notify", "id=send-once");
	ASSERT_STEP("mach_port_die", "port=%ju ", (uintmax_t)moved);
	line = ASSERT_STEP("mach_msg_take", "id=%d ", MACH_NOTIFY_DEAD_NAME);
	EXPECT_NE(0, trace_number(line, "message="));
	EXPECT_EQ(0, trace_number(line, "sender="));
	ASSERT_STEP("mach_msg_take", "message=0 ");
	ASSERT_STEP("mach_name_free", "name=%#x", port);
}

/* Run a copy of cat that may not be read, which takes it out of all hands. */
static pid_t exec_unreadable(const char *path, struct test_pipe *input)
{
	pid_t pid = child_fork();

	if (pid)
		return pid;
	dup2(input->fd[0], STDIN_FILENO);
	if (!test_become(TEST_UID, TEST_GID))
		execl(path, path, NULL);
	_exit(1);
}

TEST(task)
{
	char directory[] = "/tmp/trace_test_XXXXXX", path[64], command[128];
	struct test_pipe input;
	uint64_t first, second;
	int unread;
	char *line;
	pid_t pid;

	ASSERT_NE(NULL, mkdtemp(directory));
	ASSERT_EQ(0, chmod(directory, 0755));
	snprintf(path, sizeof(path), "%s/cat", directory);
	snprintf(command, sizeof(command), "install -m 0111 /bin/cat %s", path);
	ASSERT_EQ(0, system(command));
	ASSERT_EQ(0, test_pipe_open(&input));
	TRACE_OR_SKIP();
	/* The child of a task is one from its beginning. */
	port_new();
	pid = exec_unreadable(path, &input);
	/* Who has read that runs cat. */
	ASSERT_EQ(0, test_put(&input, 1));
	ASSERT_TRUE(TEST_UNTIL(!ioctl(input.fd[0], FIONREAD, &unread) &&
			       !unread, 10000));
	ASSERT_KR(KERN_SUCCESS, mach_sync());
	close(input.fd[1]);
	EXPECT_EQ(0, child_status(pid));
	ASSERT_KR(KERN_SUCCESS, mach_sync());
	trace_off();
	unlink(path);
	rmdir(directory);

	line = ASSERT_STEP("mach_task_fork", "task=%d ", pid);
	first = trace_number(line, "port=");
	ASSERT_STEP("mach_task_exec", "task=%d ", pid);
	line = ASSERT_STEP("mach_task_revoke", "task=%d ", pid);
	second = trace_number(line, "port=");
	EXPECT_NE(first, second);
	line = ASSERT_STEP("mach_task_settle", "task=%d ", pid);
	EXPECT_EQ(1, trace_number(line, "execs="));
	EXPECT_EQ(1, trace_number(line, "privileged="));
	ASSERT_STEP("mach_task_exit", "task=%d ", pid);
	ASSERT_STEP("mach_port_die", "port=%ju kind=task ",
		    (uintmax_t)second);
	ASSERT_STEP("mach_task_teardown", "task=%d ", pid);
}

TEST(attached_and_given_tokens)
{
	security_token_t security = { { 11, 22 } };
	audit_token_t audit = { { 1, 2, 3, 4, 5, 6, 7, 8 } };
	mach_port_t priv, authority;
	pid_t pid = getpid();

	TRACE_OR_SKIP();
	ASSERT_KR(KERN_SUCCESS,
		  host_get_host_priv_port(mach_host_self(), &priv));
	ASSERT_KR(KERN_SUCCESS,
		  host_get_special_port(priv, HOST_LOCAL_NODE,
					HOST_SECURITY_PORT, &authority));
	ASSERT_KR(KERN_SUCCESS,
		  host_security_set_task_token(authority, mach_task_self(),
					       security, audit,
					       MACH_PORT_NULL));
	trace_off();

	ASSERT_STEP("mach_task_attach", "task=%d ", pid);
	ASSERT_STEP("mach_task_set_token",
		    "task=%d security={0xb,0x16} audit={0x1,0x2,0x3,0x4,0x5,0x6,0x7,0x8}",
		    pid);
}

/* Of all events, also of those that no test here makes happen. */
TEST(formats_without_addresses)
{
	static char format[16384];
	unsigned int events = 0;
	struct dirent *entry;
	char path[512];
	DIR *directory;

	TRACE_OR_SKIP();
	directory = opendir(EVENTS);
	ASSERT_NE(NULL, directory);
	while ((entry = readdir(directory))) {
		if (strncmp(entry->d_name, "mach_", 5))
			continue;
		snprintf(path, sizeof(path), "%s/%s/format", EVENTS,
			 entry->d_name);
		ASSERT_LT(0, trace_read(path, format, sizeof(format)));
		EXPECT_EQ(NULL, strstr(format, "%p")) TH_LOG("%s", path);
		EXPECT_EQ(NULL, strchr(format, '*')) TH_LOG("%s", path);
		events++;
	}
	closedir(directory);
	EXPECT_LT(30, events);
	trace_off();
}

/* What is not enabled is not traced. */
TEST(off)
{
	mach_port_t port;

	TRACE_OR_SKIP();
	ASSERT_TRUE(trace_write(EVENTS "/enable", "0"));
	ASSERT_TRUE(trace_write(EVENTS "/mach_msg_send/enable", "1"));
	port = port_new_send(1);
	ASSERT_KR(MACH_MSG_SUCCESS,
		  msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	trace_off();

	ASSERT_STEP("mach_msg_send", "result=success");
	EXPECT_EQ(NULL, strstr(trace_text, "mach_port_new"));
	EXPECT_EQ(NULL, strstr(trace_text, "mach_msg_queue"));
}

MACH_TEST_MAIN
