// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * One epoll for all clients: a port for each of them in a set, of which there is
 * one descriptor, and a pidfd that tells when a client ends. Then its port goes;
 * the descriptor of the set knows of whoever comes and goes.
 */
#include <errno.h>
#include <mach/mach.h>
#include <machdev.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CLIENTS = 3, WORDS = 5, A_MINUTE = 60000 };

struct client { mach_port_t port; int pidfd, words; };
struct received { mach_msg_header_t head; mach_msg_max_trailer_t trailer; };

static void check(const char *what, kern_return_t kr)
{
	if (kr == KERN_SUCCESS)
		return;
	mach_error(what, kr);
	exit(1);
}

static int check_fd(const char *what, int fd)
{
	if (fd >= 0)
		return fd;
	perror(what);
	exit(1);
}

/* The client: a few words, and it ends. */
static int speak(void)
{
	mach_port_t server;
	int i;

	check("bootstrap", task_get_bootstrap_port(mach_task_self(), &server));
	for (i = 0; i < WORDS; i++) {
		mach_msg_header_t word = {
			.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
			.msgh_remote_port = server,
			.msgh_id = i,
		};

		check("word", mach_msg(&word, MACH_SEND_MSG, sizeof(word), 0, 0,
				       0, 0));
	}
	return 0;
}

static void add(int epoll, int fd, uint32_t which)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = which };

	check_fd("epoll_ctl", epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

/* A process, and a port in the set that it finds as its bootstrap port. */
static void start(struct client *client, mach_port_t set)
{
	mach_port_t self = mach_task_self();
	pid_t pid;

	check("port", mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE,
					 &client->port));
	check("right", mach_port_insert_right(self, client->port, client->port,
					      MACH_MSG_TYPE_MAKE_SEND));
	check("member", mach_port_insert_member(self, client->port, set));
	check("bootstrap", task_set_bootstrap_port(self, client->port));
	pid = check_fd("fork", fork());
	if (!pid)
		exit(speak());
	client->pidfd = check_fd("pidfd", (int)syscall(SYS_pidfd_open, pid, 0));
}

/* All that has come, each to the port of who sent it. */
static void listen_to(struct client *clients, mach_port_t set)
{
	struct received word;
	int i;

	while (mach_msg(&word.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
			sizeof(word), set, 0, 0) == KERN_SUCCESS) {
		for (i = 0; i < CLIENTS; i++)
			clients[i].words += clients[i].port ==
					    word.head.msgh_local_port;
	}
}

int main(void)
{
	struct client clients[CLIENTS] = { { 0 } };
	int epoll, messages, i, left = CLIENTS;
	struct epoll_event event;
	mach_port_t set;

	check("set", mach_port_allocate(mach_task_self(),
					MACH_PORT_RIGHT_PORT_SET, &set));
	check("port_fd", machdev_port_fd(set, MACHDEV_PORT_FD_CLOEXEC,
					 &messages));
	epoll = check_fd("epoll", epoll_create1(EPOLL_CLOEXEC));
	add(epoll, messages, CLIENTS);
	for (i = 0; i < CLIENTS; i++) {
		start(&clients[i], set);
		add(epoll, clients[i].pidfd, i);
	}

	while (left) {
		i = epoll_wait(epoll, &event, 1, A_MINUTE);
		if (i < 0 && errno == EINTR)
			continue;
		if (i <= 0)
			return 1;
		/* What a client said last is there before its end is told. */
		listen_to(clients, set);
		if (event.data.u32 == CLIENTS)
			continue;
		check("end", mach_port_destroy(mach_task_self(),
					       clients[event.data.u32].port));
		/* Clients that came later have the descriptor, too. */
		check_fd("epoll_ctl",
			 epoll_ctl(epoll, EPOLL_CTL_DEL,
				   clients[event.data.u32].pidfd, NULL));
		close(clients[event.data.u32].pidfd);
		left--;
	}

	for (i = 0; i < CLIENTS; i++) {
		printf("client %d said %d words\n", i + 1, clients[i].words);
		left |= clients[i].words != WORDS;
	}
	return left;
}
