// SPDX-License-Identifier: GPL-2.0-only
/* The actors as processes, each under its user, and the wires to them. */
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
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

bool stage_enter(struct actor *actor, struct actor *child)
{
	int own[2], next[2] = { -1, -1 };
	pid_t director = getpid();

	if (!wire_up(own) || (child && !wire_up(next)))
		return false;
	actor->pid = fork();
	if (actor->pid < 0)
		return false;
	if (actor->pid == 0) {
		close(own[0]);
		close(next[0]);
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
	if (child) {
		close(next[1]);
		child->wire = next[0];
		child->uid = actor->uid;
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
	actor->pid = 0;
}
