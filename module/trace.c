// SPDX-License-Identifier: GPL-2.0-only
/* What trace events note down, of objects of all floors. */
#include <linux/pid.h>
#include <linux/rcupdate.h>

#include "identity.h"
#include "kmsg.h"
#include "msg.h"
#include "name.h"
#include "port.h"
#include "pset.h"
#include "serial.h"
#include "task.h"
#include "token.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * mach_trace_port() - what a port is called in traces
 * @port: a port, MACH_PORT_DEAD_PTR or NULL
 *
 * Return: its number; 0 if there is none.
 */
u64 mach_trace_port(const struct mach_port *port)
{
	return mach_port_valid(port) ? port->id : 0;
}

/**
 * mach_trace_slot() - what a name denotes, in traces
 * @entry: an entry in use
 *
 * Return: the number of its port or port set; 0 of a dead name.
 */
u64 mach_trace_slot(const struct mach_entry *entry)
{
	return entry->rights & MACH_ENTRY_PORT_SET ?
		entry->set->id : mach_trace_port(entry->port);
}

/**
 * mach_trace_message() - what a message is called in traces
 * @kmsg: a message of which only the caller can have hold, or NULL
 *
 * It gets its number when it is first traced.
 *
 * Return: its number; 0 for a send-once notification.
 */
u64 mach_trace_message(struct mach_kmsg *kmsg)
{
	if (!kmsg)
		return 0;
	if (!kmsg->serial)
		kmsg->serial = mach_serial_next();
	return kmsg->serial;
}

/**
 * mach_trace_sender() - who sent a message
 * @kmsg: the message, or NULL
 *
 * Return: the thread group; 0 for the kernel.
 */
pid_t mach_trace_sender(const struct mach_kmsg *kmsg)
{
	return kmsg && kmsg->identity ? pid_nr(kmsg->identity->origin.pid) : 0;
}

/**
 * mach_trace_owner() - whose names they are
 * @space: the space of a task that has been set up
 *
 * Return: the thread group.
 */
pid_t mach_trace_owner(const struct mach_space *space)
{
	return pid_nr(container_of(space, struct mach_task, space)->pid);
}

/**
 * mach_trace_self() - what the port of a task is called in traces
 * @task: the task, whose port may be replaced meanwhile
 *
 * Return: its number.
 */
u64 mach_trace_self(const struct mach_task *task)
{
	u64 id;

	rcu_read_lock();
	id = READ_ONCE(task->self)->id;
	rcu_read_unlock();
	return id;
}
