// SPDX-License-Identifier: GPL-2.0-only
/* Commands that take or give descriptors. */
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/fs.h>

#include "compat/file.h"
#include "fileport.h"
#include "ioctl.h"
#include "ledger.h"
#include "portfd.h"
#include "pset.h"
#include "right.h"
#include "task.h"
#include "watch.h"

/* What a call that gives a descriptor answers when there is none to give. */
static int no_descriptor(int error)
{
	switch (error) {
	case -EMFILE:
		return MACHDEV_KERN_NO_SPACE;
	case -EACCES:
	case -EPERM:
		return MACHDEV_KERN_NO_ACCESS;
	default:
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
}

int mach_ioctl_fileport_makeport(struct mach_task *caller, void *arg)
{
	struct machdev_fileport *a = arg;
	struct mach_right right;
	struct file *file;
	MACH_REAP(reap);
	int ret;

	if (a->flags || a->reserved)
		return -EINVAL;
	a->port = MACHDEV_NAME_NULL;
	/* As over a socket, one that only denotes a place may be sent, too. */
	file = fget_raw(a->fd);
	if (!file)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ret = mach_fileport_make(&caller->space, file, &right);
	fput(file);
	if (ret)
		return ret;
	ret = mach_right_give(&caller->space, &right, &a->port);
	mach_reap_right(&reap, &right);
	mach_reap_run(&reap);
	return ret;
}

void mach_undo_fileport_makeport(struct mach_task *caller, const void *in,
				 const void *out)
{
	const struct machdev_fileport *a = out;
	MACH_REAP(reap);

	mach_right_deallocate(&caller->space, a->port, &reap);
	mach_reap_run(&reap);
}

int mach_ioctl_fileport_makefd(struct mach_task *caller, void *arg)
{
	struct machdev_fileport *a = arg;
	struct file *file;
	int fd;

	if (a->flags || a->reserved)
		return -EINVAL;
	a->fd = -1;
	file = mach_fileport_file(&caller->space, a->port);
	if (!file)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	fd = mach_receive_fd(file, O_CLOEXEC);
	fput(file);
	if (fd < 0)
		return no_descriptor(fd);
	a->fd = fd;
	return MACHDEV_KERN_SUCCESS;
}

/* Another thread may have put something else under the number meanwhile. */
void mach_undo_fileport_makefd(struct mach_task *caller, const void *in,
			       const void *out)
{
	const struct machdev_fileport *a = out;
	struct file *given = mach_fileport_file(&caller->space, a->port);
	struct file *file = fget_raw(a->fd);

	if (file && file == given)
		close_fd(a->fd);
	if (file)
		fput(file);
	if (given)
		fput(given);
}

static int watch(struct mach_space *space, u32 name, struct mach_watch **watch)
{
	struct mach_ledger *ledger;
	struct mach_pset *set;
	struct mach_port *port;
	int ret;

	ret = mach_right_source(space, name, &port, &set);
	if (ret)
		return ret;
	ledger = mach_space_ledger(space);
	if (port) {
		ret = mach_watch_new(space, port, ledger, watch);
	} else {
		*watch = mach_watch_new_set(set, ledger);
		if (!*watch)
			ret = MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	mach_ledger_put(ledger);
	mach_port_put(port);
	mach_pset_put(set);
	return ret;
}

int mach_ioctl_port_fd(struct mach_task *caller, void *arg)
{
	struct machdev_port_fd *a = arg;
	struct mach_watch *watched;
	int ret;

	if (a->flags & ~MACHDEV_PORT_FD_CLOEXEC || a->reserved)
		return -EINVAL;
	a->fd = -1;
	ret = watch(&caller->space, a->name, &watched);
	if (ret)
		return ret;
	ret = mach_portfd_install(watched, a->flags & MACHDEV_PORT_FD_CLOEXEC ?
					   O_CLOEXEC : 0);
	if (ret < 0) {
		mach_watch_free(watched);
		return no_descriptor(ret);
	}
	a->fd = ret;
	return MACHDEV_KERN_SUCCESS;
}

void mach_undo_port_fd(struct mach_task *caller, const void *in,
		       const void *out)
{
	mach_portfd_close(((const struct machdev_port_fd *)out)->fd);
}
