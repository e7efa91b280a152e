// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image that policy_race_test makes set-uid, and one that stays.
 *
 * usage: gainer wait
 *	  gainer fork FD
 *
 * With fork it makes a child before it makes any other call, and the child
 * writes a struct gainer_report to the descriptor. Either way it then waits to
 * be killed, but not for ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/machdev.h>

#include "gainer.h"

static int device;

static int call(unsigned long command, void *argument)
{
	int code = ioctl(device, command, argument);

	return code < 0 ? -errno : code;
}

static int send_to(uint32_t port, int id)
{
	struct machdev_msg_header header = {
		.bits = MACHDEV_COPY_SEND,
		.remote = port,
		.id = id,
	};
	struct machdev_msg argument = {
		.msg = (uintptr_t)&header,
		.option = MACHDEV_SEND_MSG | MACHDEV_SEND_TIMEOUT,
		.send_size = sizeof(header),
	};

	return call(MACHDEV_IOC_MSG, &argument);
}

static void report(int fd)
{
	struct gainer_report report = { .euid = geteuid() };
	struct machdev_name self = { 0 };
	int i;

	device = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
	call(MACHDEV_IOC_TASK_SELF, &self);
	for (i = 0; i < GAINER_PORTS; i++) {
		struct machdev_special_port argument = {
			.object = self.name, .which = gainer_which[i],
		};

		report.get[i] = call(MACHDEV_IOC_TASK_GET_SPECIAL_PORT,
				     &argument);
		report.name[i] = argument.port;
		report.send[i] = send_to(argument.port, gainer_which[i]);
	}
	_exit(write(fd, &report, sizeof(report)) != sizeof(report));
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "fork") && !fork())
		report(atoi(argv[2]));
	alarm(60);
	pause();
}
