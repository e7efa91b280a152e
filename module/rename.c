// SPDX-License-Identifier: GPL-2.0-only
/* Another name for what has one. */
#include "port.h"
#include "pset.h"
#include "request.h"
#include "right.h"
#include "trace.h"

/*
 * What a port and its sets know of the name of its receive right, or it of one
 * that asked.
 */
static void tell_port(struct mach_port *port, struct mach_entry *entry,
		      u32 name)
{
	spin_lock(&port->lock);
	if (entry->rights & MACH_ENTRY_RECEIVE) {
		port->name = name;
		mach_member_rename_locked(port, name);
	}
	if (entry->request)
		mach_request_rename(entry->request, port, name);
	spin_unlock(&port->lock);
}

static void move_entry(struct mach_space *space, u32 name,
		       struct mach_entry *entry, u32 new_name,
		       struct mach_entry *new_entry)
{
	bool hashed = entry->rights & (MACH_ENTRY_SEND | MACH_ENTRY_RECEIVE);

	trace_mach_name_rename(space, name, new_name);
	if (hashed)
		mach_names_unhash(&space->names, name);
	new_entry->port = entry->port;
	new_entry->request = entry->request;
	new_entry->urefs = entry->urefs;
	new_entry->rights = entry->rights;
	mach_names_free(&space->names, name);
	if (hashed)
		mach_names_hash(&space->names, new_name);
	if (new_entry->rights & MACH_ENTRY_PORT)
		tell_port(new_entry->port, new_entry, new_name);
}

static int rename_locked(struct mach_space *space, u32 name, u32 new_name)
{
	struct mach_entry *entry, *new_entry;
	int ret;

	lockdep_assert_held(&space->lock);
	ret = mach_right_named_error(mach_names_check_named(&space->names,
							    new_name));
	if (ret)
		return ret;
	entry = mach_entry_lookup_locked(space, name);
	if (!entry)
		return MACHDEV_KERN_INVALID_NAME;
	if (mach_names_take_named(&space->names, new_name, &new_entry))
		return MACHDEV_KERN_FAILURE;
	move_entry(space, name, entry, new_name, new_entry);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_right_rename() - give what a name denotes another one
 * @space: the space, not locked
 * @name: the name
 * @new_name: its new one
 *
 * A request to be told of a port's death goes along, and will give the new
 * name.
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, @new_name is null, dead or has not
 * its low bits set; KERN_NAME_EXISTS, it is in use; KERN_FAILURE, its index is
 * 0, or in use with another generation; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE;
 * KERN_INVALID_NAME, @name denotes nothing; KERN_INVALID_TASK.
 */
int mach_right_rename(struct mach_space *space, u32 name, u32 new_name)
{
	int ret;

	if (!mach_name_valid(new_name) || (new_name & 3) != 3)
		return MACHDEV_KERN_INVALID_VALUE;
	ret = mach_space_lock_room_for(space, new_name);
	if (!ret)
		ret = rename_locked(space, name, new_name);
	spin_unlock(&space->lock);
	return ret;
}
