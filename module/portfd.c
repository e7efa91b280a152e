// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors of ports and port sets, for event loops. */
#include <linux/anon_inodes.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>

#include "portfd.h"
#include "watch.h"

static __poll_t portfd_poll(struct file *file, poll_table *table)
{
	struct mach_watch *watch = file->private_data;

	poll_wait(file, mach_watch_queue(watch), table);
	return mach_watch_poll(watch);
}

static int portfd_release(struct inode *inode, struct file *file)
{
	mach_watch_free(file->private_data);
	return 0;
}

static const struct file_operations portfd_fops = {
	.owner = THIS_MODULE,
	.poll = portfd_poll,
	.release = portfd_release,
	.llseek = noop_llseek,
};

/**
 * mach_portfd_install() - give the caller a descriptor of a port or set
 * @watch: what it looks at; the descriptor's on success
 * @flags: O_CLOEXEC or 0
 *
 * Context: Process; may sleep.
 * Return: the descriptor, or a negative error number.
 */
int mach_portfd_install(struct mach_watch *watch, unsigned int flags)
{
	return anon_inode_getfd("[mach-port]", &portfd_fops, watch,
				O_RDONLY | flags);
}

/**
 * mach_portfd_close() - take back a descriptor that was just given
 * @fd: its number, under which there may be something else by now
 *
 * Context: Process; may sleep.
 */
void mach_portfd_close(int fd)
{
	struct file *file = fget(fd);
	bool ours = file && file->f_op == &portfd_fops;

	if (file)
		fput(file);
	if (ours)
		close_fd(fd);
}
