// SPDX-License-Identifier: GPL-2.0-only
/* The model of receive rights made to order, and of contexts and guards. */
#include <stddef.h>

#include "calls.h"

#define KINDS								\
	(MPO_SERVICE_PORT | MPO_CONNECTION_PORT | MPO_REPLY_PORT |	\
	 MPO_PROVISIONAL_REPLY_PORT | MPO_EXCEPTION_PORT)
#define SUPPORTED							\
	(MPO_CONTEXT_AS_GUARD | MPO_QLIMIT | MPO_INSERT_SEND_RIGHT |	\
	 MPO_STRICT | MPO_IMMOVABLE_RECEIVE)
/* What Mach has a meaning for. */
#define KNOWN (2 * MPO_EXCEPTION_PORT - 1)

static int check_options(uint32_t flags, uint32_t limit)
{
	if (__builtin_popcount(flags & KINDS) > 1)
		return KERN_INVALID_ARGUMENT;
	if ((flags & MPO_IMMOVABLE_RECEIVE) && !(flags & MPO_CONTEXT_AS_GUARD))
		return KERN_INVALID_ARGUMENT;
	if (flags & ~SUPPORTED)
		return KERN_NOT_SUPPORTED;
	if ((flags & MPO_QLIMIT) && limit > MACH_PORT_QLIMIT_MAX)
		return KERN_INVALID_VALUE;
	return KERN_SUCCESS;
}

/* task, flags, limit, context -> name */
void model_construct(struct call *call)
{
	struct right right = { .type = MACH_MSG_TYPE_PORT_RECEIVE };
	struct right send = { .type = MACH_MSG_TYPE_PORT_SEND };
	uint32_t flags = call->argument[1];
	struct space *space;
	struct port *port;

	if (flags & ~KNOWN) {
		fail(call, KERN_NOT_SUPPORTED);
		return;
	}
	space = call_space(call, false);
	if (!space)
		return;
	fail(call, check_options(flags, call->argument[2]));
	if (call->want.code)
		return;
	port = port_new(PORT_ORDINARY, space->task);
	port->context = model_context(call->argument[3]);
	if (flags & MPO_QLIMIT)
		port->qlimit = call->argument[2];
	if (flags & MPO_CONTEXT_AS_GUARD) {
		port->guarded = true;
		port->strict = flags & MPO_STRICT;
		port->immovable = flags & MPO_IMMOVABLE_RECEIVE;
	}
	right.port = port;
	answer(call, right_put(space, right, call, 0));
	if (flags & MPO_INSERT_SEND_RIGHT) {
		port->mscount++;
		port->srights++;
		send.port = port;
		right_put(space, send, call, 0);
	}
}

/* The receive right that argument 1 names, to be guarded or destroyed. */
static struct entry *call_guarded(struct call *call)
{
	struct space *space = call_space(call, false);
	struct entry *entry;

	if (!space)
		return NULL;
	entry = space_find(space, call->argument[1]);
	if (entry && (entry->type & MACH_PORT_TYPE_RECEIVE)) {
		entry_touch(entry);
		return entry;
	}
	fail(call, entry ? KERN_INVALID_RIGHT : KERN_INVALID_NAME);
	return NULL;
}

/* Is @word the guard? */
static bool knows(const struct port *port, uint32_t word)
{
	return port->guarded && port->context == model_context(word);
}

/* task, name, delta, guard */
void model_destruct(struct call *call)
{
	struct entry *entry = call_guarded(call);
	int64_t delta = (int32_t)call->argument[2];

	if (!entry)
		return;
	if (delta > 0 || entry->urefs + delta < 0) {
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	if (entry->port->guarded && !knows(entry->port, call->argument[3])) {
		fail(call, KERN_INVALID_ARGUMENT);
		return;
	}
	if (delta && !(entry->urefs + delta))
		entry_drop_send(entry);
	else if (entry->urefs != MACH_PORT_UREFS_MAX)
		entry->urefs += delta;
	entry_drop_receive(entry, true);
}

static void guard(struct call *call, uint32_t flags)
{
	struct entry *entry = call_guarded(call);
	struct port *port = entry ? entry->port : NULL;

	if (!port)
		return;
	if (port->guarded || port->context) {
		fail(call, KERN_INVALID_ARGUMENT);
		return;
	}
	port->context = model_context(call->argument[2]);
	port->guarded = true;
	port->strict = flags & MPG_STRICT;
	port->immovable |= !!(flags & MPG_IMMOVABLE_RECEIVE);
}

/* task, name, guard, strict */
void model_guard(struct call *call)
{
	guard(call, call->argument[3] ? MPG_STRICT : 0);
}

/* task, name, guard, flags */
void model_guard_with_flags(struct call *call)
{
	guard(call, call->argument[3]);
}

/* task, name, guard */
void model_unguard(struct call *call)
{
	struct entry *entry = call_guarded(call);

	if (!entry)
		return;
	if (!knows(entry->port, call->argument[2])) {
		fail(call, KERN_INVALID_ARGUMENT);
		return;
	}
	entry->port->context = 0;
	entry->port->guarded = false;
	entry->port->strict = false;
}

/* task, name, guard, new guard */
void model_swap_guard(struct call *call)
{
	struct entry *entry = call_guarded(call);

	if (!entry)
		return;
	if (!knows(entry->port, call->argument[2]) || entry->port->strict)
		fail(call, KERN_INVALID_ARGUMENT);
	else
		entry->port->context = model_context(call->argument[3]);
}

/* task, name -> context, in two words */
void model_get_context(struct call *call)
{
	struct space *space = call_space(call, true);
	struct port *port = space ? call_receive(call, space) : NULL;
	uint64_t context;

	if (!port)
		return;
	context = port->strict ? 0 : port->context;
	answer(call, context);
	answer(call, context >> 32);
}

/* task, name, context */
void model_set_context(struct call *call)
{
	struct space *space = call_space(call, false);
	struct port *port = space ? call_receive(call, space) : NULL;

	if (!port)
		return;
	if (port->strict)
		fail(call, KERN_INVALID_ARGUMENT);
	else
		port->context = model_context(call->argument[2]);
}

/* task, name, flavor, count, guard */
void model_assert_attributes(struct call *call)
{
	struct space *space = call_space(call, false);
	struct port *port;

	if (!space)
		return;
	if (call->argument[2] != MACH_PORT_GUARD_INFO) {
		fail(call, KERN_INVALID_ARGUMENT);
		return;
	}
	if (call->argument[3] < MACH_PORT_GUARD_INFO_COUNT) {
		fail(call, KERN_FAILURE);
		return;
	}
	port = call_receive(call, space);
	if (port && !knows(port, call->argument[4]))
		fail(call, KERN_INVALID_ARGUMENT);
}
