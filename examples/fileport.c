// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A parent opens a file and sends it to its child as a port right; the child,
 * which could not have opened it, reads it.
 */
#include <mach/mach.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/fileport.h>
#include <sys/wait.h>
#include <unistd.h>

struct order {
	mach_msg_header_t head;
	mach_msg_body_t body;
	mach_msg_port_descriptor_t file;
};

struct received {
	struct order order;
	mach_msg_max_trailer_t trailer;
};

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

/* Ask for the file: a message that says where to send it. */
static int child(void)
{
	struct received message;
	mach_msg_header_t request = {
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE),
		.msgh_local_port = mach_reply_port(),
	};
	char text[64];
	ssize_t size;
	int fd;

	check("bootstrap", task_get_bootstrap_port(mach_task_self(),
						   &request.msgh_remote_port));
	check("request", mach_msg(&request, MACH_SEND_MSG, sizeof(request), 0,
				  0, 0, 0));
	check("file", mach_msg(&message.order.head, MACH_RCV_MSG, 0,
			       sizeof(message), request.msgh_local_port, 0, 0));
	fd = check_fd("fileport_makefd",
		      fileport_makefd(message.order.file.name));
	/* The descriptor needs the right no more. */
	mach_port_deallocate(mach_task_self(), message.order.file.name);
	size = pread(fd, text, sizeof(text), 0);
	printf("child reads: %.*s", (int)size, text);
	return size <= 0;
}

/* Wait for the child's request, and answer with the file. */
static void send_file(mach_port_t port, int fd)
{
	struct { mach_msg_header_t head; mach_msg_max_trailer_t trailer; } in;
	struct order order = {
		.head.msgh_bits = MACH_MSGH_BITS_COMPLEX |
			MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0),
		.body.msgh_descriptor_count = 1,
		.file = {
			.disposition = MACH_MSG_TYPE_MOVE_SEND,
			.type = MACH_MSG_PORT_DESCRIPTOR,
		},
	};

	check("request", mach_msg(&in.head, MACH_RCV_MSG, 0, sizeof(in), port,
				  0, 0));
	order.head.msgh_remote_port = in.head.msgh_remote_port;
	check_fd("fileport_makeport", fileport_makeport(fd, &order.file.name));
	check("file", mach_msg(&order.head, MACH_SEND_MSG, sizeof(order), 0, 0,
			       0, 0));
}

int main(void)
{
	mach_port_t port;
	FILE *letter;
	int status;
	pid_t pid;

	check("port", mach_port_allocate(mach_task_self(),
					 MACH_PORT_RIGHT_RECEIVE, &port));
	check("right", mach_port_insert_right(mach_task_self(), port, port,
					      MACH_MSG_TYPE_MAKE_SEND));
	check("bootstrap", task_set_bootstrap_port(mach_task_self(), port));
	pid = check_fd("fork", fork());
	if (!pid)
		return child();

	/* It has no name, and was made when the child was there already. */
	letter = tmpfile();
	if (!letter || fprintf(letter, "a letter without a name\n") < 0 ||
	    fflush(letter)) {
		perror("tmpfile");
		return 1;
	}
	send_file(port, fileno(letter));
	fclose(letter);
	return waitpid(pid, &status, 0) != pid || status != 0;
}
