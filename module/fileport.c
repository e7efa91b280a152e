// SPDX-License-Identifier: GPL-2.0-only
/* Fileports: open files that are sent as port rights. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/sched.h>

#include "alloc.h"
#include "entry.h"
#include "fileport.h"
#include "gate.h"
#include "ledger.h"
#include "port.h"
#include "port_table.h"
#include "space.h"

/* fput() leaves the work to the task's way out of the kernel, or to another. */
static void let_go(struct mach_port *port)
{
	struct file *file;

	spin_lock(&port->lock);
	file = port->object;
	port->object = NULL;
	spin_unlock(&port->lock);
	if (!file)
		return;
	mach_ledger_uncharge(port->ledger, MACH_FILEPORT_BYTES);
	fput(file);
}

/* Only a send right makes another: there will be none again. */
static bool fileport_idle(struct mach_port *port)
{
	let_go(port);
	return true;
}

/**
 * mach_fileport_make() - make a port that stands for a file
 * @space: of who makes it, and is charged
 * @file: the file; the port takes a reference of its own
 * @right: out: its only send right
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE.
 */
int mach_fileport_make(struct mach_space *space, struct file *file,
		       struct mach_right *right)
{
	struct mach_ledger *ledger = mach_space_ledger(space);
	struct mach_port *port = NULL;

	if (mach_ledger_charge(ledger, MACH_FILEPORT_BYTES)) {
		port = mach_port_new(MACH_KIND_FILEPORT, get_file(file),
				     ledger, MACH_GFP);
		if (!port) {
			fput(file);
			mach_ledger_uncharge(ledger, MACH_FILEPORT_BYTES);
		}
	}
	mach_ledger_put(ledger);
	if (!port)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	port->idle = fileport_idle;
	*right = mach_port_make_send(port);
	/*
	 * Who shut the gate may have passed it by. Pairs with the barrier in
	 * mach_fileport_abandon_all().
	 */
	smp_mb();
	if (mach_gate_is_shut())
		let_go(port);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_fileport_file() - the file that a name stands for
 * @space: the caller's
 * @name: any number
 *
 * Context: Any; takes the locks of the space and the port.
 * Return: a reference; NULL, @name does not denote a send right to a fileport.
 */
struct file *mach_fileport_file(struct mach_space *space, u32 name)
{
	struct mach_entry *entry;
	struct file *file = NULL;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (entry && (entry->rights & MACH_ENTRY_SEND) &&
	    entry->port->kind == MACH_KIND_FILEPORT) {
		spin_lock(&entry->port->lock);
		if (entry->port->object)
			file = get_file(entry->port->object);
		spin_unlock(&entry->port->lock);
	}
	spin_unlock(&space->lock);
	return file;
}

/**
 * mach_fileport_abandon_all() - the gate is shut: let all files go
 *
 * They may be the device itself, or lead to it, and keep the module loaded for
 * as long as somebody holds the right.
 *
 * Context: Process; sleeps.
 */
void mach_fileport_abandon_all(void)
{
	struct mach_port_walk walk = { };
	struct mach_port *port;

	/* Pairs with the one in mach_fileport_make(). */
	smp_mb();
	while ((port = mach_port_next(&walk))) {
		mach_port_pass(&walk, port);
		if (port->kind == MACH_KIND_FILEPORT)
			let_go(port);
		mach_port_put(port);
		cond_resched();
	}
}
