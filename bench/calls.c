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

void bench_calls(void)
{
	figure_group("a call");
	bench_fixed_priority(true);
	bench_figure("getppid, the least that a call takes", NULL,
		     call_getppid);
	if (bench.module) {
		bench_figure("ioctl that there is not", prepare_device,
			     call_no_ioctl);
		bench_figure("mach_task_self, not kept", prepare_device,
			     call_task_self);
		bench_figure("task_get_special_port", prepare_special,
			     call_special);
		bench_figure("send to oneself and receive, 24 bytes",
			     prepare_port, call_to_self);
		bench_figure("make a port and destroy it", prepare_port,
			     call_allocate);
	}
	bench_fixed_priority(false);
}
