// SPDX-License-Identifier: GPL-2.0-only
/* The actors as processes, each under its user, and the wires to them. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo.h"

#define SILENCE 60000		/* milliseconds */
#define WAIT 20000		/* milliseconds */
#define WAIT_SLICE 20		/* milliseconds */

static bool wire_up(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
}

static bool become(uid_t uid)
{
	return setgroups(0, NULL) == 0 && setresgid(uid, uid, uid) == 0 &&
	       setresuid(uid, uid, uid) == 0;
}

/*
 * Put a set-uid copy of this program at GAINING, in a file system that only
 * this process and its children see.
 */
static bool give_program(uid_t owner)
{
	int in, out;
	bool copied;

	if (unshare(CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("demo", "/tmp", "tmpfs", 0, "mode=0755"))
		return false;
	in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	out = open(GAINING, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	while (sendfile(out, in, NULL, 1 << 20) > 0)
		;
	/* Its whole length has been read, and nothing clears the bit later. */
	copied = lseek(in, 0, SEEK_CUR) == lseek(in, 0, SEEK_END) &&
		 fchown(out, owner, owner) == 0 && fchmod(out, 04755) == 0;
	return close(in) == 0 && close(out) == 0 && copied;
}

bool stage_enter(struct actor *actor, struct actor *forked)
{
	int own[2], next[2] = { -1, -1 };
	pid_t director = getpid();

	if (!wire_up(own) || (forked && !wire_up(next)))
		return false;
	actor->pid = fork();
	if (actor->pid < 0)
		return false;
	if (actor->pid == 0) {
		close(own[0]);
		close(next[0]);
		if (actor->gains && !give_program(actor->gains))
			_exit(EXIT_FAILURE);
		if (actor->uid && !become(actor->uid))
			_exit(EXIT_FAILURE);
		/* After the change of user, which clears it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != director)
			_exit(EXIT_FAILURE);
		actor_main(own[1], next[1]);
	}
	close(own[1]);
	actor->wire = own[0];
	actor->ours = true;
	if (forked) {
		close(next[1]);
		forked->wire = next[0];
		forked->uid = actor->uid;
	}
	return true;
}

bool stage_order(const struct actor *actor, const struct order *order)
{
	return send(actor->wire, order, sizeof(*order), MSG_NOSIGNAL) ==
	       sizeof(*order);
}

bool stage_result(const struct actor *actor, struct result *result)
{
	struct pollfd wait = { .fd = actor->wire, .events = POLLIN };

	return poll(&wait, 1, SILENCE) == 1 &&
	       recv(actor->wire, result, sizeof(*result), 0) == sizeof(*result);
}

bool stage_wait(struct actor *actor, int *status)
{
	int left;

	for (left = WAIT; left > 0; left -= WAIT_SLICE) {
		if (waitpid(actor->pid, status, WNOHANG) == actor->pid) {
			actor->pid = 0;
			return true;
		}
		usleep(WAIT_SLICE * 1000);
	}
	return false;
}

void stage_kill(struct actor *actor)
{
	if (!actor->ours || actor->pid <= 0)
		return;
	kill(actor->pid, SIGKILL);
	waitpid(actor->pid, NULL, 0);
	close(actor->wire);
	actor->wire = -1;
	actor->pid = 0;
}

static int bridge[2];

bool stage_bridge(void)
{
	return wire_up(bridge);
}

bool stage_hand_over(int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(fd))] = { 0 };
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(bridge[0], &message, MSG_NOSIGNAL) == 1;
}

int stage_take_over(void)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	int fd;

	if (recvmsg(bridge[1], &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != 1)
		return -1;
	c = CMSG_FIRSTHDR(&message);
	if (!c || c->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}
