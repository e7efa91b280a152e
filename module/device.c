// SPDX-License-Identifier: GPL-2.0-only
/* /dev/mach: the table of commands and how one is carried out. */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "attach.h"
#include "device.h"
#include "gate.h"
#include "identity.h"
#include "ioctl.h"
#include "msg.h"
#include "stat.h"
#include "task.h"

/**
 * struct command - one command
 * @call: does it; NULL: no such command
 * @undo: takes back what it made; NULL if it makes nothing
 * @size: bytes of its struct as this module knows it
 * @least: bytes of its first version
 * @release: what its argument holds when all is over; or NULL
 * @out: it returns something in its struct
 * @bare: needs no task
 */
struct command {
	int (*call)(struct mach_task *caller, void *arg);
	void (*undo)(struct mach_task *caller, const void *in,
		     const void *out);
	void (*release)(void *arg);
	u16 size;
	u16 least;
	bool out;
	bool bare;
};

/* The largest struct of a command; behind it is what its undo has to know. */
union argument {
	struct machdev_query query;
	struct machdev_task_token token;
	struct machdev_task_create create;
	u8 bytes[MACH_IOCTL_ARGUMENT];
};

/* All structs are still in their first version: @least is the whole. */
#define COMMAND(nr, function, type, ...)				\
	[_IOC_NR(MACHDEV_IOC_##nr)] = {					\
		.call = mach_ioctl_##function,				\
		.size = sizeof(struct type) +				\
			BUILD_BUG_ON_ZERO(sizeof(struct type) >		\
					  sizeof(union argument)),	\
		.least = sizeof(struct type),				\
		__VA_ARGS__ }

static const struct command commands[] = {
	COMMAND(QUERY, query, machdev_query, .out = true, .bare = true),
	COMMAND(SYNC, sync, machdev_sync, .bare = true),
	COMMAND(SHUTDOWN, shutdown, machdev_sync, .bare = true),
	COMMAND(PIDVERSION, pidversion, machdev_pidversion, .out = true,
		.bare = true),
	COMMAND(TASK_SELF, task_self, machdev_name, .out = true,
		.undo = mach_undo_name),
	COMMAND(THREAD_SELF, thread_self, machdev_name, .out = true,
		.undo = mach_undo_name),
	COMMAND(HOST_SELF, host_self, machdev_name, .out = true,
		.undo = mach_undo_name),
	COMMAND(REPLY_PORT, reply_port, machdev_name, .out = true,
		.undo = mach_undo_reply_port),
	COMMAND(HOST_PRIV, host_priv, machdev_name, .out = true,
		.undo = mach_undo_name),
	COMMAND(PORT_ALLOCATE, allocate, machdev_port_allocate, .out = true,
		.undo = mach_undo_allocate),
	COMMAND(PORT_DEALLOCATE, deallocate, machdev_port_name),
	COMMAND(PORT_DESTROY, destroy, machdev_port_name),
	COMMAND(PORT_MOD_REFS, mod_refs, machdev_port_refs),
	COMMAND(PORT_GET_REFS, get_refs, machdev_port_refs, .out = true),
	COMMAND(PORT_TYPE, type, machdev_port_type, .out = true),
	COMMAND(PORT_NAMES, names, machdev_port_names, .out = true),
	COMMAND(PORT_INSERT_RIGHT, insert_right, machdev_port_right),
	COMMAND(PORT_EXTRACT_RIGHT, extract_right, machdev_port_right,
		.out = true, .undo = mach_undo_extract_right),
	COMMAND(PORT_GET_ATTRIBUTES, get_attributes, machdev_port_attributes,
		.out = true),
	COMMAND(PORT_SET_ATTRIBUTES, set_attributes, machdev_port_attributes),
	COMMAND(PORT_REQUEST_NOTIFICATION, request_notification,
		machdev_port_notification, .out = true,
		.undo = mach_undo_request_notification),
	COMMAND(PORT_SET_MSCOUNT, set_mscount, machdev_port_count),
	COMMAND(PORT_SET_SEQNO, set_seqno, machdev_port_count),
	COMMAND(PORT_GET_SRIGHTS, get_srights, machdev_port_count,
		.out = true),
	COMMAND(PORT_GET_CONTEXT, get_context, machdev_port_context,
		.out = true),
	COMMAND(PORT_SET_CONTEXT, set_context, machdev_port_context),
	COMMAND(PORT_GUARD, guard, machdev_port_guard),
	COMMAND(PORT_UNGUARD, unguard, machdev_port_guard),
	COMMAND(PORT_SWAP_GUARD, swap_guard, machdev_port_guard),
	COMMAND(PORT_ASSERT_ATTRIBUTES, assert_attributes,
		machdev_port_attributes),
	COMMAND(PORT_CONSTRUCT, construct, machdev_port_construct,
		.out = true, .undo = mach_undo_construct),
	COMMAND(PORT_DESTRUCT, destruct, machdev_port_destruct),
	COMMAND(PORT_RENAME, rename, machdev_port_rename),
	COMMAND(PORT_PEEK, peek, machdev_port_peek, .out = true),
	COMMAND(PORT_KOBJECT, kobject, machdev_port_kobject, .out = true),
	COMMAND(PORT_SPACE_INFO, space_info, machdev_port_space, .out = true),
	COMMAND(TASK_GET_SPECIAL_PORT, task_get_special, machdev_special_port,
		.out = true, .undo = mach_undo_special),
	COMMAND(TASK_SET_SPECIAL_PORT, task_set_special, machdev_special_port),
	COMMAND(TASK_INFO, task_info, machdev_task_info, .out = true),
	COMMAND(TASK_FOR_PID, task_for_pid, machdev_task_pid, .out = true,
		.undo = mach_undo_task_for_pid),
	COMMAND(PID_FOR_TASK, pid_for_task, machdev_task_pid, .out = true),
	COMMAND(TASK_CREATE, task_create, machdev_task_create, .out = true,
		.undo = mach_undo_task_create),
	COMMAND(PORTS_REGISTER, ports_register, machdev_ports),
	COMMAND(PORTS_LOOKUP, ports_lookup, machdev_ports, .out = true,
		.undo = mach_undo_ports_lookup),
	COMMAND(HOST_GET_SPECIAL_PORT, host_get_special, machdev_special_port,
		.out = true, .undo = mach_undo_special),
	COMMAND(HOST_SET_SPECIAL_PORT, host_set_special, machdev_special_port),
	COMMAND(HOST_SET_TASK_TOKEN, set_task_token, machdev_task_token),
	COMMAND(PORT_MOVE_MEMBER, move_member, machdev_port_member),
	COMMAND(PORT_INSERT_MEMBER, insert_member, machdev_port_member),
	COMMAND(PORT_EXTRACT_MEMBER, extract_member, machdev_port_member),
	COMMAND(PORT_GET_SET_STATUS, get_set_status, machdev_port_set_status,
		.out = true),
	COMMAND(FILEPORT_MAKEPORT, fileport_makeport, machdev_fileport,
		.out = true, .undo = mach_undo_fileport_makeport),
	COMMAND(FILEPORT_MAKEFD, fileport_makefd, machdev_fileport,
		.out = true, .undo = mach_undo_fileport_makefd),
	COMMAND(PORT_FD, port_fd, machdev_port_fd, .out = true,
		.undo = mach_undo_port_fd),
	COMMAND(EMBRYO_ADOPT, embryo_adopt, machdev_embryo),
	COMMAND(EMBRYO_WAIT, embryo_wait, machdev_embryo),
	COMMAND(EMBRYO_TAKE, embryo_take, machdev_embryo, .out = true,
		.undo = mach_undo_embryo_take),
	COMMAND(LEDGER_CREATE, ledger_create, machdev_ledger, .out = true,
		.undo = mach_undo_ledger_create),
	COMMAND(LEDGER_READ, ledger_read, machdev_ledger, .out = true),
	COMMAND(LEDGER_TRANSFER, ledger_transfer, machdev_ledger),
	COMMAND(LEDGER_TERMINATE, ledger_terminate, machdev_ledger),
	COMMAND(TASK_THREADS, task_threads, machdev_port_array, .out = true,
		.undo = mach_undo_port_array, .release = mach_release_array),
	COMMAND(THREAD_GET_SPECIAL_PORT, thread_get_special,
		machdev_special_port, .out = true, .undo = mach_undo_special),
	COMMAND(THREAD_SET_SPECIAL_PORT, thread_set_special,
		machdev_special_port),
	COMMAND(THREAD_INFO, thread_info, machdev_task_info, .out = true),
	COMMAND(TASK_SUSPEND, task_suspend, machdev_task_control),
	COMMAND(TASK_RESUME, task_resume, machdev_task_control),
	COMMAND(TASK_SUSPEND2, task_suspend2, machdev_task_control,
		.out = true, .undo = mach_undo_task_suspend2),
	COMMAND(TASK_RESUME2, task_resume2, machdev_task_control),
	COMMAND(TASK_TERMINATE, task_terminate, machdev_task_control),
	COMMAND(PROCESSOR_SET_DEFAULT, processor_set_default,
		machdev_processor_set, .out = true,
		.undo = mach_undo_processor_set_default),
	COMMAND(HOST_PROCESSOR_SET_PRIV, processor_set_priv,
		machdev_processor_set, .out = true,
		.undo = mach_undo_processor_set_priv),
	COMMAND(PROCESSOR_SET_TASKS, processor_set_tasks, machdev_port_array,
		.out = true, .undo = mach_undo_port_array,
		.release = mach_release_array),
	COMMAND(VM_MAP, vm_map, machdev_vm_map, .out = true,
		.undo = mach_undo_vm_map),
	COMMAND(VM_DEALLOCATE, vm_deallocate, machdev_vm_range),
	COMMAND(VM_PROTECT, vm_protect, machdev_vm_range),
	COMMAND(VM_INHERIT, vm_inherit, machdev_vm_range),
	COMMAND(VM_READ, vm_read, machdev_vm_copy),
	COMMAND(VM_WRITE, vm_write, machdev_vm_copy),
	COMMAND(VM_COPY, vm_copy, machdev_vm_copy),
	COMMAND(VM_REGION, vm_region, machdev_vm_region, .out = true),
	COMMAND(THREAD_CREATE, thread_create, machdev_thread, .out = true,
		.undo = mach_undo_thread_create),
	COMMAND(THREAD_GET_STATE, thread_get_state, machdev_thread_state,
		.out = true),
	COMMAND(THREAD_SET_STATE, thread_set_state, machdev_thread_state),
	COMMAND(THREAD_SUSPEND, thread_suspend, machdev_thread),
	COMMAND(THREAD_RESUME, thread_resume, machdev_thread),
	COMMAND(THREAD_TERMINATE, thread_terminate, machdev_thread),
	COMMAND(THREAD_BEAR, thread_bear, machdev_thread_bear, .out = true,
		.undo = mach_undo_thread_bear),
	COMMAND(THREAD_PARK, thread_park, machdev_sync),
	COMMAND(HOST_GET_CLOCK_SERVICE, clock_service, machdev_clock,
		.out = true, .undo = mach_undo_clock_service),
	COMMAND(CLOCK_IDENTIFY, clock_identify, machdev_clock, .out = true),
	COMMAND(TASK_SET_EXCEPTIONS, task_set_exceptions, machdev_exception_set),
	COMMAND(TASK_GET_EXCEPTIONS, task_get_exceptions, machdev_exception_get,
		.out = true, .undo = mach_undo_task_get_exceptions),
	COMMAND(THREAD_SET_EXCEPTIONS, thread_set_exceptions, machdev_exception_set),
	COMMAND(THREAD_GET_EXCEPTIONS, thread_get_exceptions, machdev_exception_get,
		.out = true, .undo = mach_undo_thread_get_exceptions),
	COMMAND(HOST_SET_EXCEPTIONS, host_set_exceptions, machdev_exception_set),
	COMMAND(HOST_GET_EXCEPTIONS, host_get_exceptions, machdev_exception_get,
		.out = true, .undo = mach_undo_host_get_exceptions),
	COMMAND(TASK_SAMPLE, task_sample, machdev_sample),
	COMMAND(THREAD_SAMPLE, thread_sample, machdev_sample),
};

/*
 * The task of the current thread. The file remembers one, and keeps it in
 * memory; any other is found by search. It lives as long as the thread does,
 * so that no reference is needed during the call.
 */
static struct mach_task *caller_task(struct file *file)
{
	struct mach_task *task, *old;
	bool stale;

	/* Who replaces what the file remembers frees the old one after RCU. */
	rcu_read_lock();
	old = READ_ONCE(file->private_data);
	if (likely(old && old->pid == task_tgid(current))) {
		rcu_read_unlock();
		return old;
	}
	stale = !old || mach_task_is_dying(old);
	rcu_read_unlock();

	task = mach_attach_current();
	if (IS_ERR(task))
		return task;
	if (stale && cmpxchg(&file->private_data, old, task) == old)
		mach_task_put(old);
	else
		mach_task_put(task);
	return task;
}

static int enter(struct file *file, struct mach_task **task)
{
	*task = caller_task(file);
	if (IS_ERR(*task))
		return PTR_ERR(*task);
	if (unlikely(mach_task_unsettled(*task)))
		return mach_task_settle_killable(*task);
	return 0;
}

static long do_msg(struct file *file, struct machdev_msg __user *uargs)
{
	struct machdev_msg args;
	struct mach_task *task;
	int ret;

	if (copy_from_user(&args, uargs, sizeof(args)))
		return -EFAULT;
	ret = enter(file, &task);
	return ret ?: mach_msg(task, &args, uargs);
}

static long do_command(struct file *file, const struct command *command,
		       void __user *uarg, size_t usize)
{
	struct mach_identity *identity = NULL;
	struct mach_task *task = NULL;
	union argument in, out;
	size_t back = min_t(size_t, usize, command->size);
	int ret;

	ret = copy_struct_from_user(&in, command->size, uarg, usize);
	if (ret)
		return ret;
	if (command->out && copy_to_user(uarg, &in, back))
		return -EFAULT;
	if (!command->bare) {
		ret = enter(file, &task);
		if (ret)
			return ret;
		/* What the call takes is charged to who the caller is now. */
		identity = mach_task_identity(task);
		if (!identity)
			return -ENOMEM;
	}
	memcpy(&out, &in, command->size);
	ret = command->call(task, &out);
	if (ret >= 0 && command->out && copy_to_user(uarg, &out, back)) {
		if (ret == MACHDEV_KERN_SUCCESS && command->undo) {
			command->undo(task, &in, &out);
			mach_stat_inc(UNDONE);
		}
		ret = -EFAULT;
	}
	if (command->release)
		command->release(&out);
	mach_identity_put(identity);
	return ret;
}

static long mach_device_ioctl(struct file *file, unsigned int cmd,
			      unsigned long arg)
{
	unsigned int nr = _IOC_NR(cmd);
	const struct command *command;

	if (mach_gate_is_shut() && cmd != MACHDEV_IOC_SHUTDOWN)
		return -ENODEV;
	if (cmd == MACHDEV_IOC_MSG)
		return do_msg(file, (void __user *)arg);
	if (_IOC_TYPE(cmd) != MACHDEV_IOC_TYPE ||
	    _IOC_DIR(cmd) != (_IOC_READ | _IOC_WRITE))
		return -ENOTTY;
	if (nr == _IOC_NR(MACHDEV_IOC_MSG)) {
		struct machdev_msg args;
		int ret;

		/* Of another size: let it be checked, then take it as ours. */
		if (_IOC_SIZE(cmd) < sizeof(args))
			return -EINVAL;
		ret = copy_struct_from_user(&args, sizeof(args),
					    (void __user *)arg,
					    _IOC_SIZE(cmd));
		return ret ?: do_msg(file, (void __user *)arg);
	}
	if (nr >= ARRAY_SIZE(commands))
		return -ENOTTY;
	command = &commands[array_index_nospec(nr, ARRAY_SIZE(commands))];
	if (!command->call)
		return -ENOTTY;
	if (_IOC_SIZE(cmd) < command->least)
		return -EINVAL;
	return do_command(file, command, (void __user *)arg, _IOC_SIZE(cmd));
}

static int mach_device_open(struct inode *inode, struct file *file)
{
	if (mach_gate_is_shut())
		return -ENODEV;
	/* misc_open() has left its own pointer there. */
	file->private_data = NULL;
	return 0;
}

static int mach_device_release(struct inode *inode, struct file *file)
{
	mach_task_put(file->private_data);
	return 0;
}

static const struct file_operations mach_device_fops = {
	.owner = THIS_MODULE,
	.open = mach_device_open,
	.release = mach_device_release,
	.unlocked_ioctl = mach_device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice mach_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mach",
	.fops = &mach_device_fops,
	.mode = 0666,
};

/**
 * mach_device_init() - make the device appear
 *
 * Return: 0 or a negative error number.
 */
int mach_device_init(void)
{
	return misc_register(&mach_device);
}

/**
 * mach_device_exit() - make the device go; nobody has it open
 */
void mach_device_exit(void)
{
	misc_deregister(&mach_device);
}
