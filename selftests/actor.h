/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Actors: processes that do what a test orders, one call after the other, so
 * that a test can put users, name spaces, fork and exec between its steps.
 *
 * An actor is forked from the test and obeys orders that come over a socket.
 * It makes its calls with bare ioctls, which makes its port names its own
 * affair; the test shares rights with it through its task port.
 */
#ifndef ACTOR_H
#define ACTOR_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <machdev.h>

#include "mach_test.h"

/*
 * The calling task's true port, whatever its kernel port has been set to. It
 * has one user reference more than other names.
 */
static inline task_t own_task(void)
{
	static struct machdev_task_pid own;

	if (own.pid != getpid()) {
		own = (struct machdev_task_pid){ .pid = getpid() };
		if (mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &own))
			own.port = MACH_PORT_NULL;
	}
	return own.port;
}

/* The task's process, -1 if it has none. */
static inline pid_t pid_of(task_t task)
{
	int pid;

	return pid_for_task(task, &pid) ? -1 : pid;
}

/* The task's special port, TEST_POISON32 if it cannot be told. */
static inline mach_port_t special_of(task_t task, int which)
{
	mach_port_t port = TEST_POISON32;

	return task_get_special_port(task, which, &port) ? TEST_POISON32 : port;
}

/*
 * Letters: messages of a header only. The reply field carries a right.
 */

struct letter {
	mach_msg_header_t header;
	mach_msg_audit_trailer_t trailer;
	uint8_t rest[64];
};

#define LETTER_SIZE sizeof(mach_msg_header_t)
#define LETTER_OPTIONS						\
	(MACH_RCV_MSG | MACH_RCV_TIMEOUT |			\
	 MACH_RCV_TRAILER_TYPE(MACH_MSG_TRAILER_FORMAT_0) |	\
	 MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT))

/* Send to @to, used as @how; with @port as @port_how, both 0 for none. */
static inline mach_msg_return_t
letter_send(mach_port_t to, uint32_t how, mach_port_t port, uint32_t port_how,
	    int id)
{
	mach_msg_header_t header = {
		.msgh_bits = MACH_MSGH_BITS(how, port_how),
		.msgh_size = LETTER_SIZE,
		.msgh_remote_port = to,
		.msgh_local_port = port,
		.msgh_id = id,
	};

	return mach_msg(&header, MACH_SEND_MSG | MACH_SEND_TIMEOUT, LETTER_SIZE,
			0, MACH_PORT_NULL, test_ms(10000), MACH_PORT_NULL);
}

/* A letter to a port that the caller itself receives from. */
static inline mach_msg_return_t letter_post(mach_port_t port, int id)
{
	return letter_send(port, MACH_MSG_TYPE_MAKE_SEND, MACH_PORT_NULL, 0,
			   id);
}

/* Receive within @ms scaled milliseconds. */
static inline mach_msg_return_t
letter_wait(mach_port_t port, struct letter *letter, unsigned int ms)
{
	memset(letter, TEST_POISON, sizeof(*letter));
	return mach_msg(&letter->header, LETTER_OPTIONS, 0, sizeof(*letter),
			port, test_ms(ms), MACH_PORT_NULL);
}

static inline mach_msg_return_t
letter_receive(mach_port_t port, struct letter *letter)
{
	return letter_wait(port, letter, 10000);
}

/* A thread with a letter that the queue has no room for. */
struct letter_sender {
	mach_port_t to;
	pthread_t thread;
	atomic_int tid;
	mach_msg_return_t mr;
};

static inline void *letter_sender_run(void *argument)
{
	struct letter_sender *sender = argument;

	sender->tid = (int)syscall(SYS_gettid);
	sender->mr = letter_send(sender->to, MACH_MSG_TYPE_COPY_SEND, 0, 0, 0);
	return NULL;
}

/* Fill the queue behind @to, and have a thread wait for room in it. */
static inline int letter_block(struct letter_sender *sender, mach_port_t to)
{
	unsigned int i;

	for (i = 0; i < MACH_PORT_QLIMIT_DEFAULT; i++) {
		if (letter_send(to, MACH_MSG_TYPE_COPY_SEND, 0, 0, 0))
			return -EAGAIN;
	}
	sender->to = to;
	sender->tid = 0;
	if (pthread_create(&sender->thread, NULL, letter_sender_run, sender))
		return -ENOMEM;
	return TEST_UNTIL(sender->tid && msg_sleeps(getpid(), sender->tid),
			  5000) ? 0 : -ETIMEDOUT;
}

/* What became of its letter. */
static inline mach_msg_return_t letter_unblocked(struct letter_sender *sender)
{
	pthread_join(sender->thread, NULL);
	return sender->mr;
}

/* The trailer of a received message, which stands behind its last byte. */
static inline mach_msg_audit_trailer_t *letter_trailer(struct letter *letter)
{
	return (void *)((uint8_t *)letter + letter->header.msgh_size);
}

/*
 * Tokens
 */

struct tokens {
	uint32_t security[2];
	uint32_t audit[8];
};

/* Words of an audit token. */
enum {
	AUDIT_AUID,
	AUDIT_EUID,
	AUDIT_EGID,
	AUDIT_RUID,
	AUDIT_RGID,
	AUDIT_PID,
	AUDIT_ASID,
	AUDIT_PIDVERSION,
};

static inline struct tokens letter_tokens(struct letter *letter)
{
	mach_msg_audit_trailer_t *trailer = letter_trailer(letter);
	struct tokens tokens;

	memcpy(tokens.security, &trailer->msgh_sender, sizeof(tokens.security));
	memcpy(tokens.audit, &trailer->msgh_audit, sizeof(tokens.audit));
	return tokens;
}

/* Word 7 of the token of process @pid, 0 when it has none. */
static inline uint32_t pidversion_of(pid_t pid)
{
	struct machdev_pidversion argument = { .pid = pid };

	return mach_ioctl(MACHDEV_IOC_PIDVERSION, &argument) ? 0 :
							       argument.version;
}

/* What the derived tokens of the calling process have to be. */
static inline struct tokens tokens_derived(void)
{
	own_task();
	return (struct tokens){
		.security = { geteuid(), getegid() },
		.audit = {
			file_number("/proc/self/loginuid", UINT32_MAX),
			geteuid(), getegid(), getuid(), getgid(), getpid(),
			file_number("/proc/self/sessionid", UINT32_MAX),
			pidversion_of(getpid()),
		},
	};
}

/* Ten words that no credentials give. */
static inline struct tokens tokens_made(uint32_t seed)
{
	struct tokens tokens;
	uint32_t i;

	for (i = 0; i < 2; i++)
		tokens.security[i] = seed ^ (0x5ec00000u + i);
	for (i = 0; i < 8; i++)
		tokens.audit[i] = seed ^ (0xa0d17000u + i);
	return tokens;
}

static inline void
expect_tokens(struct __test_metadata *_metadata, const struct tokens *want,
	      const struct tokens *seen, int line)
{
	int i;

	for (i = 0; i < 2; i++) {
		EXPECT_EQ(want->security[i], seen->security[i]) {
			TH_LOG("security word %d, line %d", i, line);
		}
	}
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(want->audit[i], seen->audit[i]) {
			TH_LOG("audit word %d, line %d", i, line);
		}
	}
}

#define EXPECT_TOKENS(want, seen) do {					\
	struct tokens __want_tokens = (want);				\
	struct tokens __seen_tokens = (seen);				\
									\
	expect_tokens(_metadata, &__want_tokens, &__seen_tokens,	\
		      __LINE__);					\
} while (0)

/* Both tokens of @task as task_info() reads them. */
static inline kern_return_t task_tokens(task_t task, struct tokens *tokens)
{
	mach_msg_type_number_t count = TASK_SECURITY_TOKEN_COUNT;
	kern_return_t kr;

	memset(tokens, TEST_POISON, sizeof(*tokens));
	kr = task_info(task, TASK_SECURITY_TOKEN,
		       (task_info_t)tokens->security, &count);
	if (kr)
		return kr;
	count = TASK_AUDIT_TOKEN_COUNT;
	return task_info(task, TASK_AUDIT_TOKEN, (task_info_t)tokens->audit,
			 &count);
}

/* host_security_set_task_token() with a struct tokens. */
static inline kern_return_t
task_set_tokens(mach_port_t security, task_t task, struct tokens tokens,
		mach_port_t host)
{
	security_token_t security_token;
	audit_token_t audit_token;

	memcpy(&security_token, tokens.security, sizeof(security_token));
	memcpy(&audit_token, tokens.audit, sizeof(audit_token));
	return host_security_set_task_token(security, task, security_token,
					    audit_token, host);
}

/* Root's ways to the powerful ports; MACH_PORT_NULL when they fail. */
static inline mach_port_t host_priv_port(void)
{
	mach_port_t port = MACH_PORT_NULL;

	if (host_get_host_priv_port(mach_host_self(), &port))
		return MACH_PORT_NULL;
	return port;
}

static inline mach_port_t host_security_port(void)
{
	mach_port_t port = MACH_PORT_NULL;

	if (host_get_special_port(host_priv_port(), HOST_LOCAL_NODE,
				  HOST_SECURITY_PORT, &port))
		return MACH_PORT_NULL;
	return port;
}

/*
 * Ports of the test
 */

static inline mach_port_t port_receive(void)
{
	mach_port_t port;

	if (mach_port_allocate(own_task(), MACH_PORT_RIGHT_RECEIVE,
			       &port))
		return MACH_PORT_NULL;
	return port;
}

/* A receive right and one send right under one name. */
static inline mach_port_t port_new(void)
{
	mach_port_t port = port_receive();

	if (mach_port_insert_right(own_task(), port, port,
				   MACH_MSG_TYPE_MAKE_SEND))
		return MACH_PORT_NULL;
	return port;
}

static inline mach_port_t port_send_once(mach_port_t port)
{
	mach_msg_type_name_t type;
	mach_port_t once;

	if (mach_port_extract_right(own_task(), port,
				    MACH_MSG_TYPE_MAKE_SEND_ONCE, &once, &type))
		return MACH_PORT_NULL;
	return once;
}

/* A dead name with one user reference. */
static inline mach_port_t port_dead_name(void)
{
	mach_port_t port = port_new();

	if (mach_port_mod_refs(own_task(), port, MACH_PORT_RIGHT_RECEIVE,
			       -1))
		return MACH_PORT_NULL;
	return port;
}

/* A name that denotes nothing and never did. */
#define PORT_NOTHING 0x00fff003u

static inline mach_port_type_t port_type(mach_port_t port)
{
	mach_port_type_t type = 0;

	if (mach_port_type(own_task(), port, &type))
		return 0;
	return type;
}

static inline bool port_is_dead(mach_port_t port)
{
	return port_type(port) & MACH_PORT_TYPE_DEAD_NAME;
}

static inline int port_urefs(mach_port_t port, mach_port_right_t right)
{
	mach_port_urefs_t refs = 0;

	if (mach_port_get_refs(own_task(), port, right, &refs))
		return -1;
	return refs;
}

static inline int port_send_refs(mach_port_t port)
{
	return port_urefs(port, MACH_PORT_RIGHT_SEND);
}

static inline int port_status(mach_port_t port, mach_port_status_t *status)
{
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;

	memset(status, TEST_POISON, sizeof(*status));
	return mach_port_get_attributes(own_task(), port,
					MACH_PORT_RECEIVE_STATUS,
					(mach_port_info_t)status, &count);
}

/* Does anybody hold a send right to @port? -1 when it is no receive right. */
static inline int port_has_senders(mach_port_t port)
{
	mach_port_status_t status;

	return port_status(port, &status) ? -1 : !!status.mps_srights;
}

static inline int port_queued(mach_port_t port)
{
	mach_port_status_t status;

	return port_status(port, &status) ? -1 : (int)status.mps_msgcount;
}

/* Ask for a dead-name notification of @port at the receive right @notify. */
static inline kern_return_t port_watch(mach_port_t port, mach_port_t notify)
{
	mach_port_t previous;

	return mach_port_request_notification(own_task(), port,
					      MACH_NOTIFY_DEAD_NAME, 0, notify,
					      MACH_MSG_TYPE_MAKE_SEND_ONCE,
					      &previous);
}

/* The name in a dead-name notification. */
static inline mach_port_t letter_dead_name(struct letter *letter)
{
	return ((mach_dead_name_notification_t *)letter)->not_port;
}

/* How many names @task has; -1 when it cannot be told. */
static inline int task_names(task_t task)
{
	struct machdev_port_names names = { .task = task };
	long code = mach_ioctl(MACHDEV_IOC_PORT_NAMES, &names);

	if (code && code != KERN_INSUFFICIENT_BUFFER_SIZE)
		return -1;
	return names.count;
}

/*
 * Orders
 */

enum order_kind {
	ORDER_IOCTL,	/* issue @command with @data; @data comes back */
	ORDER_SEND,	/* to, how, port, port's how, id */
	ORDER_RECEIVE,	/* port -> id, remote, local, tokens */
	ORDER_ORIGIN,	/* the same -> the whole origin trailer in @data */
	ORDER_INFO,	/* task -> tokens */
	ORDER_IDS,	/* ruid, euid, suid, rgid, egid, sgid */
	ORDER_UNSHARE,	/* flags */
	ORDER_ENTER,	/* the name space whose file is @data */
	ORDER_FORK,	/* -> pid; the child goes on */
	ORDER_EXEC,	/* @data is the program, which goes on */
	ORDER_EXEC_THREAD, /* the same, from a second thread */
	ORDER_PRCTL,	/* option, value */
	ORDER_WRITE,	/* @data is a path and behind its 0 what to write */
	ORDER_GETIDS,	/* -> euid, egid, uid, gid, pid */
	ORDER_PIDFD,	/* tokens in @data -> the pid of the pidfd */
	ORDER_EXIT,	/* status */
};

struct order {
	uint32_t what;
	uint32_t command;
	uint32_t word[8];
	char data[400];
};

struct answer {
	int64_t code;
	uint32_t word[8];
	struct tokens tokens;
	char data[128];
};

/* Programs started by ORDER_EXEC get the socket's number as argument. */
static inline int actor_exec(int fd, char *path)
{
	char number[16], scale[64];

	snprintf(number, sizeof(number), "%d", fd);
	snprintf(scale, sizeof(scale), "MACHDEV_TIME_SCALE=%u", test_scale());
	execle(path, path, number, NULL, (char *[]){ scale, NULL });
	return -errno;
}

struct actor_exec_call {
	int fd;
	char *path;
	int error;
};

static inline void *actor_exec_thread(void *argument)
{
	struct actor_exec_call *call = argument;

	call->error = actor_exec(call->fd, call->path);
	return NULL;
}

static inline void actor_receive(const struct order *order,
				 struct answer *answer)
{
	struct letter letter;

	answer->code = letter_receive(order->word[0], &letter);
	if (answer->code)
		return;
	answer->word[0] = letter.header.msgh_id;
	answer->word[1] = letter.header.msgh_remote_port;
	answer->word[2] = letter.header.msgh_local_port;
	answer->tokens = letter_tokens(&letter);
}

static inline void actor_receive_origin(const struct order *order,
					struct answer *answer)
{
	const mach_msg_option_t option = MACH_RCV_MSG | MACH_RCV_TIMEOUT |
		MACH_RCV_TRAILER_TYPE(MACHDEV_TRAILER_FORMAT_ORIGIN);
	struct letter letter;

	memset(&letter, TEST_POISON, sizeof(letter));
	answer->code = mach_msg(&letter.header, option, 0, sizeof(letter),
				order->word[0], test_ms(10000), MACH_PORT_NULL);
	if (!answer->code)
		memcpy(answer->data, letter_trailer(&letter),
		       sizeof(struct machdev_origin_trailer));
}

static inline long actor_enter(const struct order *order)
{
	int fd = open(order->data, O_RDONLY | O_CLOEXEC);
	long code;

	if (fd < 0)
		return -errno;
	code = setns(fd, 0) ? -errno : 0;
	close(fd);
	return code;
}

static inline long actor_set_ids(const struct order *order)
{
	const uint32_t *word = order->word;

	if (setresgid(word[3], word[4], word[5]) ||
	    setresuid(word[0], word[1], word[2]))
		return -errno;
	return 0;
}

static inline long actor_write(struct order *order)
{
	order->data[sizeof(order->data) - 1] = 0;
	return file_write(order->data, order->data + strlen(order->data) + 1);
}

static inline void actor_get_ids(struct answer *answer)
{
	answer->word[0] = geteuid();
	answer->word[1] = getegid();
	answer->word[2] = getuid();
	answer->word[3] = getgid();
	answer->word[4] = getpid();
}

/* tgid behind a pidfd, from the descriptor's fdinfo; 0 when there is none. */
static inline pid_t pidfd_pid(int fd)
{
	char path[64], line[128];
	int pid = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Pid: %d", &pid) == 1)
			break;
	}
	fclose(file);
	return pid;
}

/* A pidfd for the sender of a message with @tokens. */
static inline kern_return_t
tokens_pidfd(const struct tokens *tokens, int *pidfd)
{
	audit_token_t token;

	memcpy(&token, tokens->audit, sizeof(token));
	return machdev_pidfd_from_audit_token(token, pidfd);
}

/* Fork; the child answers further orders, the parent only waits for it. */
static inline void actor_fork(int fd, struct answer *answer)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		return;
	answer->code = pid < 0 ? -errno : 0;
	answer->word[0] = pid;
	if (write(fd, answer, sizeof(*answer)) != sizeof(*answer) || pid < 0)
		_exit(1);
	close(fd);
	status = child_status(pid);
	_exit(status > 255 ? 255 : status);
}

static inline long actor_obey(int fd, struct order *order,
			      struct answer *answer)
{
	struct actor_exec_call call = { .fd = fd, .path = order->data };
	uint32_t *word = order->word;
	struct tokens tokens;
	pthread_t thread;
	int pidfd;
	long code;

	switch (order->what) {
	case ORDER_IOCTL:
		memcpy(answer->data, order->data, sizeof(answer->data));
		return mach_ioctl(order->command, answer->data);
	case ORDER_SEND:
		return letter_send(word[0], word[1], word[2], word[3], word[4]);
	case ORDER_INFO:
		return task_tokens(word[0], &answer->tokens);
	case ORDER_IDS:
		return actor_set_ids(order);
	case ORDER_UNSHARE:
		return unshare(word[0]) ? -errno : 0;
	case ORDER_ENTER:
		return actor_enter(order);
	case ORDER_EXEC:
		return actor_exec(fd, order->data);
	case ORDER_EXEC_THREAD:
		if (pthread_create(&thread, NULL, actor_exec_thread, &call))
			return -EAGAIN;
		pthread_join(thread, NULL);
		return call.error;
	case ORDER_PRCTL:
		return prctl(word[0], word[1], word[2], 0, 0) ? -errno : 0;
	case ORDER_WRITE:
		return actor_write(order);
	case ORDER_PIDFD:
		memcpy(&tokens, order->data, sizeof(tokens));
		code = tokens_pidfd(&tokens, &pidfd);
		if (!code) {
			answer->word[0] = pidfd_pid(pidfd);
			close(pidfd);
		}
		return code;
	case ORDER_EXIT:
		exit(word[0]);
	}
	return -EINVAL;
}

/* Obey until the test closes its end. */
static inline void __attribute__((noreturn)) actor_serve(int fd)
{
	struct order order;
	struct answer answer;

	while (read(fd, &order, sizeof(order)) == sizeof(order)) {
		memset(&answer, 0, sizeof(answer));
		if (order.what == ORDER_FORK) {
			actor_fork(fd, &answer);
			continue;
		}
		if (order.what == ORDER_RECEIVE)
			actor_receive(&order, &answer);
		else if (order.what == ORDER_ORIGIN)
			actor_receive_origin(&order, &answer);
		else if (order.what == ORDER_GETIDS)
			actor_get_ids(&answer);
		else
			answer.code = actor_obey(fd, &order, &answer);
		if (write(fd, &answer, sizeof(answer)) != sizeof(answer))
			break;
	}
	_exit(0);
}

/*
 * The test's side
 */

struct actor {
	pid_t first;		/* the test's child, to wait for */
	pid_t pid;		/* who acts, as the test sees it */
	int fd;
	mach_port_t task;	/* its task port, once asked for */
	uint32_t given;		/* names made for it */
};

static inline int actor_start(struct actor *actor)
{
	int fd[2];

	memset(actor, 0, sizeof(*actor));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) ||
	    fcntl(fd[0], F_SETFD, FD_CLOEXEC))
		return -errno;
	actor->fd = fd[0];
	actor->first = fork();
	actor->pid = actor->first;
	if (!actor->pid) {
		close(fd[0]);
		actor_serve(fd[1]);
	}
	close(fd[1]);
	return actor->pid < 0 ? -errno : 0;
}

/* -EPIPE when the actor did not answer: it is dead. */
static inline long actor_order(struct actor *actor, struct order *order,
			       struct answer *answer)
{
	struct pollfd poll_fd = { .fd = actor->fd, .events = POLLIN };

	memset(answer, TEST_POISON, sizeof(*answer));
	if (send(actor->fd, order, sizeof(*order), MSG_NOSIGNAL) !=
	    sizeof(*order))
		return -EPIPE;
	if (poll(&poll_fd, 1, test_ms(20000)) != 1)
		return -ETIME;
	if (recv(actor->fd, answer, sizeof(*answer), 0) != sizeof(*answer))
		return -EPIPE;
	return answer->code;
}

/* Let the actor exit; later actors may have inherited this socket. */
static inline void actor_dismiss(struct actor *actor)
{
	shutdown(actor->fd, SHUT_RDWR);
	close(actor->fd);
}

/* Let it exit, and wait for it: its exit status. */
static inline int actor_end(struct actor *actor)
{
	actor_dismiss(actor);
	return child_status(actor->first);
}

static inline int actor_kill(struct actor *actor)
{
	kill(actor->pid, SIGKILL);
	return actor_end(actor);
}

static inline long actor_do(struct actor *actor, uint32_t what, uint32_t word0,
			    uint32_t word1)
{
	struct order order = { .what = what, .word = { word0, word1 } };
	struct answer answer;

	return actor_order(actor, &order, &answer);
}

/* A bare ioctl of the actor; @argument is written back. */
static inline long actor_ioctl(struct actor *actor, unsigned long command,
			       void *argument)
{
	struct order order = { .what = ORDER_IOCTL, .command = command };
	struct answer answer;
	long code;

	memcpy(order.data, argument, _IOC_SIZE(command));
	code = actor_order(actor, &order, &answer);
	if (code != -EPIPE && code != -ETIME)
		memcpy(argument, answer.data, _IOC_SIZE(command));
	return code;
}

static inline long actor_name(struct actor *actor, unsigned long command,
			      uint32_t *name)
{
	struct machdev_name argument = { .name = TEST_POISON32 };
	long code = actor_ioctl(actor, command, &argument);

	*name = argument.name;
	return code;
}

/* The actor's name for its own task port, whatever its kernel port is. */
static inline uint32_t actor_self(struct actor *actor)
{
	struct machdev_task_pid argument = { 0 };
	struct order order = { .what = ORDER_GETIDS };
	struct answer answer;

	if (actor_order(actor, &order, &answer))
		return 0;
	argument.pid = answer.word[4];
	if (actor_ioctl(actor, MACHDEV_IOC_TASK_FOR_PID, &argument))
		return 0;
	return argument.port;
}

static inline long actor_get_special(struct actor *actor, int which,
				     uint32_t *name)
{
	struct machdev_special_port argument = {
		.object = actor_self(actor),
		.which = which,
		.port = TEST_POISON32,
	};
	long code = actor_ioctl(actor, MACHDEV_IOC_TASK_GET_SPECIAL_PORT,
				&argument);

	*name = argument.port;
	return code;
}

static inline long actor_set_special(struct actor *actor, int which,
				     uint32_t name)
{
	struct machdev_special_port argument = {
		.object = actor_self(actor),
		.which = which,
		.port = name,
	};

	return actor_ioctl(actor, MACHDEV_IOC_TASK_SET_SPECIAL_PORT, &argument);
}

static inline long actor_allocate(struct actor *actor, uint32_t *name)
{
	return actor_name(actor, MACHDEV_IOC_REPLY_PORT, name);
}

static inline long actor_send(struct actor *actor, uint32_t to, uint32_t how,
			      uint32_t port, uint32_t port_how, int id)
{
	struct order order = {
		.what = ORDER_SEND,
		.word = { to, how, port, port_how, id },
	};
	struct answer answer;

	return actor_order(actor, &order, &answer);
}

static inline long actor_hear(struct actor *actor, uint32_t port,
			      struct answer *answer)
{
	struct order order = { .what = ORDER_RECEIVE, .word = { port } };

	return actor_order(actor, &order, answer);
}

static inline long actor_ids(struct actor *actor, uid_t ruid, uid_t euid,
			     uid_t suid, gid_t rgid, gid_t egid, gid_t sgid)
{
	struct order order = {
		.what = ORDER_IDS,
		.word = { ruid, euid, suid, rgid, egid, sgid },
	};
	struct answer answer;

	return actor_order(actor, &order, &answer);
}

/* Become @id in all respects, and visible to its equals again. */
static inline long actor_become(struct actor *actor, uid_t id)
{
	long code = actor_ids(actor, id, id, id, id, id, id);

	return code ?: actor_do(actor, ORDER_PRCTL, PR_SET_DUMPABLE, 1);
}

static inline long actor_next(struct actor *actor)
{
	struct order order = { .what = ORDER_FORK };
	struct answer answer;
	long code = actor_order(actor, &order, &answer);

	if (!code)
		actor->pid = answer.word[0];
	actor->task = MACH_PORT_NULL;
	return code;
}

static inline long actor_text(struct actor *actor, uint32_t what,
			      const char *first, const char *second,
			      struct answer *answer)
{
	struct order order = { .what = what };

	snprintf(order.data, sizeof(order.data) / 2, "%.199s", first);
	if (second)
		snprintf(order.data + strlen(order.data) + 1,
			 sizeof(order.data) / 2, "%.199s", second);
	return actor_order(actor, &order, answer);
}

static inline long actor_write_file(struct actor *actor, const char *path,
				    const char *text)
{
	struct answer answer;

	return actor_text(actor, ORDER_WRITE, path, text, &answer);
}

static inline long actor_run_as(struct actor *actor, uint32_t what,
				const char *program)
{
	struct answer answer;

	/* The new image is the one that answers: it says that it runs. */
	return actor_text(actor, what, program, NULL, &answer);
}

/* Become the program @program, which has to be an actor, too: 0, or -errno. */
static inline long actor_run(struct actor *actor, const char *program)
{
	return actor_run_as(actor, ORDER_EXEC, program);
}

/* Map the id @inside of the actor's new user name space to @outside. */
static inline int actor_map_ids(struct actor *actor, uint32_t inside,
				uint32_t outside, uint32_t count)
{
	char path[64], map[64];
	int error;

	snprintf(map, sizeof(map), "%u %u %u", inside, outside, count);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", actor->pid);
	error = file_write(path, map);
	snprintf(path, sizeof(path), "/proc/%d/gid_map", actor->pid);
	return error ?: file_write(path, map);
}

/* The actor's task port, which the test gets as root. */
static inline mach_port_t actor_task(struct actor *actor)
{
	struct machdev_task_pid argument = { .pid = actor->pid };

	if (!actor->task &&
	    !mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument))
		actor->task = argument.port;
	return actor->task;
}

/* Insert the test's right @port, taken as @how: the actor's name, or 0. */
static inline uint32_t actor_give(struct actor *actor, mach_port_t port,
				  uint32_t how)
{
	uint32_t name = 0x40003 + 0x100 * actor->given++;

	if (mach_port_insert_right(actor_task(actor), name, port, how))
		return 0;
	return name;
}

/* Take a right of the actor, which gets as @how: the test's name, or 0. */
static inline mach_port_t actor_take(struct actor *actor, uint32_t name,
				     uint32_t how)
{
	mach_msg_type_name_t type;
	mach_port_t port;

	if (name == MACH_PORT_DEAD)
		return MACH_PORT_DEAD;
	if (mach_port_extract_right(actor_task(actor), name, how, &port, &type))
		return MACH_PORT_NULL;
	return port;
}

/* A special port as the actor gets it, in the test's own name. */
static inline mach_port_t actor_special(struct actor *actor, int which)
{
	uint32_t name;

	if (actor_get_special(actor, which, &name))
		return TEST_POISON32;
	if (!MACH_PORT_VALID(name))
		return name;
	return actor_take(actor, name, MACH_MSG_TYPE_COPY_SEND);
}

/* What the actor's mach_task_self() and kin give, in the test's own name. */
static inline mach_port_t actor_trap(struct actor *actor, unsigned long command)
{
	uint32_t name;

	if (actor_name(actor, command, &name))
		return TEST_POISON32;
	if (!MACH_PORT_VALID(name))
		return name;
	return actor_take(actor, name, MACH_MSG_TYPE_COPY_SEND);
}

/* Let the actor send a letter to the test's port @port; its tokens. */
static inline long actor_speak(struct actor *actor, mach_port_t port,
			       struct tokens *tokens)
{
	struct letter letter;
	uint32_t name = actor_give(actor, port, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	long code;

	memset(tokens, TEST_POISON, sizeof(*tokens));
	if (!name)
		return -ENOENT;
	code = actor_send(actor, name, MACH_MSG_TYPE_MOVE_SEND_ONCE, 0, 0, 1);
	if (code)
		return code;
	code = letter_receive(port, &letter);
	if (!code)
		*tokens = letter_tokens(&letter);
	return code;
}

/* The program beside this one, or in its helpers' directory. */
static inline int helper_path(const char *name, char *path, size_t size)
{
	static const char * const place[] = { "helpers/", "" };
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;
	size_t i;

	if (length < 0)
		return -errno;
	self[length] = 0;
	slash = strrchr(self, '/');
	if (!slash)
		return -ENOENT;
	slash[1] = 0;
	for (i = 0; i < ARRAY_SIZE(place); i++) {
		snprintf(path, size, "%.150s%s%s", self, place[i], name);
		if (!access(path, F_OK))
			return 0;
	}
	return -ENOENT;
}

#endif /* ACTOR_H */
