// SPDX-License-Identifier: GPL-2.0-only
/* The fault sweep of descriptors: fileports, and descriptors of ports. */
#include "sweep.h"
#include "fd_helpers.h"

/* The library has opened the device by then, so that what is new is counted. */
static uint64_t descriptors(struct scene *scene)
{
	return fd_count();
}

static void a_pipe(struct scene *scene)
{
	MUST(pipe2(scene->pipe.fd, O_CLOEXEC) ? -errno : 0);
}

static void a_pipe_and_a_full_table(struct scene *scene)
{
	a_pipe(scene);
	scene_fill(mach_task_self());
}

static long make_port(struct scene *scene)
{
	struct machdev_fileport call = { .fd = scene->pipe.fd[0] };
	long code = mach_ioctl(MACHDEV_IOC_FILEPORT_MAKEPORT, &call);

	scene->got = call.port;
	return code;
}

static bool got_a_fileport(struct scene *scene)
{
	struct stat here, there;
	int fd = fileport_makefd(scene->got);
	bool same;

	if (fd < 0)
		return false;
	MUST(fstat(fd, &there) || fstat(scene->pipe.fd[0], &here) ? -errno : 0);
	same = here.st_ino == there.st_ino;
	close(fd);
	return same;
}

static void a_fileport(struct scene *scene)
{
	a_pipe(scene);
	scene->name = fileport_of(scene->pipe.fd[0]);
}

static long make_fd(struct scene *scene)
{
	struct machdev_fileport call = { .port = scene->name };
	long code = mach_ioctl(MACHDEV_IOC_FILEPORT_MAKEFD, &call);

	scene->got = call.fd;
	return code;
}

static void a_ready_set(struct scene *scene)
{
	mach_port_t port = port_new();

	MUST(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_PORT_SET,
				&scene->name));
	MUST(mach_port_insert_member(mach_task_self(), port, scene->name));
	MUST(msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 1));
}

static long make_port_fd(struct scene *scene)
{
	struct machdev_port_fd call = { .name = scene->name };
	long code = mach_ioctl(MACHDEV_IOC_PORT_FD, &call);

	scene->got = call.fd;
	return code;
}

static bool got_a_descriptor(struct scene *scene)
{
	return fcntl(scene->got, F_GETFD) >= 0;
}

static bool got_a_readable_descriptor(struct scene *scene)
{
	struct pollfd poll_fd = { .fd = scene->got, .events = POLLIN };

	return poll(&poll_fd, 1, 0) == 1 && poll_fd.revents == POLLIN;
}

#define FILE_FORM(title, ...)						\
	{ .name = title, .refusals = &call_refusals,			\
	  .look = descriptors, __VA_ARGS__ }

static const struct form forms[] = {
	FILE_FORM("fileport", .set_up = a_pipe, .call = make_port,
		  .check = got_a_fileport),
	FILE_FORM("fileport, full table", .set_up = a_pipe_and_a_full_table,
		  .call = make_port, .check = got_a_fileport, .grows = true),
	FILE_FORM("descriptor out of a fileport", .set_up = a_fileport,
		  .call = make_fd, .check = got_a_descriptor),
	FILE_FORM("descriptor of a port", .set_up = scene_used_port,
		  .call = make_port_fd, .check = got_a_readable_descriptor),
	FILE_FORM("descriptor of a set", .set_up = a_ready_set,
		  .call = make_port_fd, .check = got_a_readable_descriptor),
};

SWEEP_MAIN(forms)
