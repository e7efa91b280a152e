// SPDX-License-Identifier: GPL-2.0-only
/* Calls that nobody else has a part in. */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/machdev.h>

#include "mach.h"

static int device;
static mach_port_t port;
static struct mach_plain message;

/* The library keeps names and would not call: the device is called as it is. */
static void prepare_device(void)
{
	must(mach_task_self() != MACH_PORT_NULL);
	device = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
	must(device >= 0);
}

static void call_getppid(void *unused)
{
	(void)unused;
	syscall(SYS_getppid);
}

static void call_no_ioctl(void *unused)
{
	(void)unused;
	ioctl(device, _IO(MACHDEV_IOC_TYPE, 0xff), 0);
}

static void call_task_self(void *unused)
{
	struct machdev_name argument = { 0 };

	(void)unused;
	must(!ioctl(device, MACHDEV_IOC_TASK_SELF, &argument));
}

static void call_special(void *unused)
{
	struct machdev_special_port argument = {
		.object = mach_task_self(),
		.which = TASK_BOOTSTRAP_PORT,
	};

	(void)unused;
	must(!ioctl(device, MACHDEV_IOC_TASK_GET_SPECIAL_PORT, &argument));
}

static void prepare_special(void)
{
	prepare_device();
	port = mach_receive_port();
	must_mach(mach_port_insert_right(mach_task_self(), port, port,
					 MACH_MSG_TYPE_MAKE_SEND));
	must_mach(task_set_bootstrap_port(mach_task_self(), port));
}

static void prepare_port(void)
{
	port = mach_receive_port();
}

static void fill_head(void)
{
	message.head = (mach_msg_header_t){
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND_ONCE, 0),
		.msgh_remote_port = port,
		.msgh_id = 400,
	};
}

static void call_to_self(void *unused)
{
	size_t size = sizeof(message.head) + 24;

	(void)unused;
	fill_head();
	must_mach(mach_msg(&message.head, MACH_SEND_MSG | MACH_RCV_MSG, size,
			   sizeof(message), port, MACH_MSG_TIMEOUT_NONE,
			   MACH_PORT_NULL));
}

static void call_allocate(void *unused)
{
	mach_port_t name;

	(void)unused;
	must_mach(mach_port_allocate(mach_task_self(),
				     MACH_PORT_RIGHT_RECEIVE, &name));
	must_mach(mach_port_mod_refs(mach_task_self(), name,
				     MACH_PORT_RIGHT_RECEIVE, -1));
}

static const struct {
	const char *key;
	const char *name;
	void (*prepare)(void);
	void (*call)(void *unused);
	bool mach;
} calls[] = {
	{ "getppid", "getppid, the least that a call takes", NULL,
	  call_getppid, false },
	{ "ioctl", "ioctl that there is not", prepare_device, call_no_ioctl,
	  true },
	{ "task-self", "mach_task_self, not kept", prepare_device,
	  call_task_self, true },
	{ "special", "task_get_special_port", prepare_special, call_special,
	  true },
	{ "self", "send to oneself and receive, 24 bytes", prepare_port,
	  call_to_self, true },
	{ "port", "make a port and destroy it", prepare_port, call_allocate,
	  true },
};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

void bench_calls(void)
{
	unsigned int i;

	figure_group("a call");
	bench_fixed_priority(true);
	for (i = 0; i < CALLS; i++) {
		if (bench.module || !calls[i].mach)
			bench_figure(calls[i].name, calls[i].prepare,
				     calls[i].call);
	}
	bench_fixed_priority(false);
}

bool bench_profile_call(const char *key)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		if (strcmp(calls[i].key, key))
			continue;
		must(bench.module || !calls[i].mach);
		figure_group("a call, profiled");
		bench_figure(calls[i].name, calls[i].prepare, calls[i].call);
		return true;
	}
	return false;
}
