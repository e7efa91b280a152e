// SPDX-License-Identifier: GPL-2.0-only
/* The model of calls that look at ports, queues and whole spaces. */
#include <stddef.h>

#include <mach_debug/mach_debug_types.h>

#include "calls.h"

/* task, name -> send rights */
void model_get_srights(struct call *call)
{
	struct space *space = call_space(call, true);
	struct port *port = space ? call_receive(call, space) : NULL;

	if (port)
		answer(call, port->srights);
}

/* task, name -> type */
void model_kobject(struct call *call)
{
	static const uint32_t type[] = {
		[PORT_ORDINARY] = IKOT_NONE,
		[PORT_TASK] = IKOT_TASK_CONTROL,
		[PORT_TASK_READ] = IKOT_TASK_READ,
		[PORT_THREAD] = IKOT_THREAD_CONTROL,
		[PORT_HOST] = IKOT_HOST,
	};
	struct space *space = call_space(call, true);
	struct entry *entry;

	if (!space)
		return;
	entry = space_find(space, call->argument[1]);
	if (entry && (entry->type & MACH_PORT_TYPE_SEND_RECEIVE))
		answer(call, type[entry->port->kind]);
	else
		fail(call, entry || !MACH_PORT_VALID(call->argument[1]) ?
			   KERN_INVALID_RIGHT : KERN_INVALID_NAME);
}

/* task -> how many, a sum over names, types and references */
void model_space_info(struct call *call)
{
	struct space *space = call_space(call, true);
	uint32_t i, sum = 0;

	if (!space)
		return;
	for (i = 0; i < space->count; i++) {
		const struct entry *entry = space->names[i];

		sum += entry->name * 31 + model_name_type(entry) +
		       model_name_urefs(entry) * 7;
	}
	answer(call, space->count);
	answer(call, sum);
}

static const struct message *message_at(const struct port *port, uint32_t place)
{
	const struct message *message = port->first;

	while (message && place--)
		message = message->next;
	return message;
}

/* task, name, trailer, sequence number, room -> number, size, id, trailer */
void model_peek(struct call *call)
{
	struct space *space = call_space(call, true);
	uint32_t elements = call->argument[2], seqno = call->argument[3];
	uint32_t size = REQUESTED_TRAILER_SIZE
			(MACH_RCV_TRAILER_ELEMENTS(elements));
	uint32_t word[sizeof(mach_msg_max_trailer_t) / 4] = { 0, size };
	const struct message *message;
	const struct port *port;
	uint64_t any;
	uint32_t i;

	if (!space)
		return;
	if (elements > MACH_RCV_TRAILER_AUDIT || call->argument[4] < size) {
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	port = call_receive(call, space);
	if (!port)
		return;
	if (!seqno)
		seqno = port->seqno;
	message = message_at(port, seqno - port->seqno);
	if (!message) {
		fail(call, KERN_FAILURE);
		return;
	}
	answer(call, seqno);
	answer(call, message_size(message));
	answer(call, message->id);
	answer(call, size);
	any = message_trailer(message, seqno, 0, message->kernel, word) << 4;
	for (i = 0; i < size / 4; i++)
		answer(call, word[i]);
	if (message_has_choice(port, message))
		any = ~1ull;
	call->want.any = any & ((1ull << call->want.count) - 1);
}
