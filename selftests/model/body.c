// SPDX-License-Identifier: GPL-2.0-only
/* The model of descriptors: how they are checked, taken and given. */
#include <string.h>

#include "body.h"

#define MOST_RIGHTS 16383

/* Flags of a guarded port that a message may have. */
#define GUARD_FLAGS MACH_MSG_GUARD_FLAGS_MASK
#define UNGUARDED MACH_MSG_GUARD_FLAGS_UNGUARDED_ON_SEND

uint32_t descriptors_sent(const uint32_t *argument)
{
	if (!argument[MSG_COMPLEX])
		return 0;
	return argument[MSG_COUNT] < MODEL_DESCRIPTORS ? argument[MSG_COUNT] :
							 MODEL_DESCRIPTORS;
}

const uint32_t *descriptor_argument(const uint32_t *argument, uint32_t i)
{
	return argument + MSG_DESCRIPTOR + DESCRIPTOR_ARGUMENTS * i;
}

uint32_t descriptor_words(uint32_t kind)
{
	switch (kind) {
	case MACH_MSG_OOL_DESCRIPTOR:
	case MACH_MSG_OOL_PORTS_DESCRIPTOR:
	case MACH_MSG_OOL_VOLATILE_DESCRIPTOR:
	case MACH_MSG_GUARDED_PORT_DESCRIPTOR:
		return 4;
	}
	return 3;
}

/* Type in byte 11, disposition in byte 10, the rest as it is. */
static uint32_t descriptor_word(uint32_t kind, uint32_t how, uint32_t bits)
{
	return kind << 24 | (how & 0xff) << 16 | (bits & 0xffff);
}

static uint32_t *put_words(uint32_t *place, uint64_t first, uint32_t third,
			   uint32_t fourth)
{
	place[0] = first;
	place[1] = first >> 32;
	place[2] = third;
	place[3] = fourth;
	return place + 4;
}

static uint32_t *put_port(uint32_t *place, uint32_t name, uint32_t third)
{
	place[0] = name;
	place[1] = 0;
	place[2] = third;
	return place + 3;
}

static uint32_t *descriptor_build(const uint32_t *from, uint32_t *place)
{
	uint32_t third = descriptor_word(from[DESCRIPTOR_TYPE],
					 from[DESCRIPTOR_HOW],
					 from[DESCRIPTOR_BITS]);

	if (descriptor_words(from[DESCRIPTOR_TYPE]) == 3)
		return put_port(place, from[DESCRIPTOR_NAME], third);
	if (from[DESCRIPTOR_TYPE] == MACH_MSG_GUARDED_PORT_DESCRIPTOR)
		return put_words(place, model_context(from[DESCRIPTOR_AT]),
				 third, from[DESCRIPTOR_NAME]);
	return put_words(place, at_address(from[DESCRIPTOR_AT]), third,
			 from[DESCRIPTOR_SIZE]);
}

uint32_t *body_build(const uint32_t *argument, uint32_t *place)
{
	uint32_t i;

	if (argument[MSG_COMPLEX])
		*place++ = argument[MSG_COUNT];
	for (i = 0; i < descriptors_sent(argument); i++)
		place = descriptor_build(descriptor_argument(argument, i),
					 place);
	return place;
}

/*
 * Checks that take nothing
 */

static int check_memory(const uint32_t *from)
{
	uint32_t copy = from[DESCRIPTOR_BITS] >> 8;

	return copy == MACH_MSG_PHYSICAL_COPY || copy == MACH_MSG_VIRTUAL_COPY ?
	       0 : MACH_SEND_INVALID_TYPE;
}

static int check_guarded(const uint32_t *from)
{
	uint32_t flags = from[DESCRIPTOR_BITS];

	if (from[DESCRIPTOR_HOW] != MACH_MSG_TYPE_MOVE_RECEIVE ||
	    !flags || (flags & ~GUARD_FLAGS))
		return MACH_SEND_INVALID_TYPE;
	if ((flags & UNGUARDED) && model_context(from[DESCRIPTOR_AT]))
		return MACH_SEND_INVALID_TYPE;
	return 0;
}

/* One that is all there; how many rights are added to @rights. */
static int check_descriptor(const uint32_t *from, uint64_t *rights)
{
	switch (from[DESCRIPTOR_TYPE]) {
	case MACH_MSG_PORT_DESCRIPTOR:
		*rights += 1;
		return 0;
	case MACH_MSG_OOL_DESCRIPTOR:
	case MACH_MSG_OOL_VOLATILE_DESCRIPTOR:
		return check_memory(from);
	case MACH_MSG_OOL_PORTS_DESCRIPTOR:
		*rights += from[DESCRIPTOR_SIZE];
		return 0;
	default:
		*rights += 1;
		return check_guarded(from);
	}
}

int body_check(const uint32_t *argument)
{
	uint32_t left = (argument[MSG_SEND_SIZE] - HEAD_BYTES) / 4 - 1;
	uint64_t rights = 0;
	uint32_t i;
	int code;

	if (!argument[MSG_COMPLEX])
		return 0;
	if (argument[MSG_COUNT] > left / 3)
		return MACH_SEND_MSG_TOO_SMALL;
	for (i = 0; i < argument[MSG_COUNT]; i++) {
		const uint32_t *from = descriptor_argument(argument, i);
		uint32_t words = descriptor_words(from[DESCRIPTOR_TYPE]);

		/* Not even its type is all there. */
		if (left < 3)
			return MACH_SEND_MSG_TOO_SMALL;
		if (from[DESCRIPTOR_TYPE] > MACH_MSG_DESCRIPTOR_MAX)
			return MACH_SEND_INVALID_TYPE;
		if (words > left)
			return MACH_SEND_MSG_TOO_SMALL;
		left -= words;
		code = check_descriptor(from, &rights);
		if (code)
			return code;
	}
	return rights > MOST_RIGHTS ? MACH_SEND_TOO_LARGE : 0;
}

/*
 * Taking
 */

/* The message has one right more: a code, or 0. */
static int take_right(struct space *space, struct message *message,
		      struct descriptor *descriptor, uint32_t name,
		      uint32_t how)
{
	struct right right = { .name = name, .type = right_type(how) };
	struct entry *entry;

	if (MACH_PORT_VALID(name)) {
		entry = space_find(space, name);
		if (!entry || !entry_gives(entry, how, true) ||
		    entry_is_stuck(entry, how))
			return MACH_SEND_INVALID_RIGHT;
		right = entry_take(entry, how);
	}
	if (right.port && right.type == MACH_MSG_TYPE_PORT_RECEIVE)
		right.port->carrier = message;
	descriptor->right[descriptor->count++] = right;
	return 0;
}

/* Is the port guarded as its sender says? */
static bool is_guarded_so(const struct port *port, uint32_t flags,
			  uint64_t context)
{
	if (flags & UNGUARDED)
		return !port->guarded && !port->context;
	return port->guarded && port->context == context;
}

static int take_guarded(struct space *space, const uint32_t *from,
			struct message *message, struct descriptor *descriptor)
{
	struct entry *entry = space_find(space, from[DESCRIPTOR_NAME]);

	descriptor->flags = from[DESCRIPTOR_BITS];
	descriptor->context = model_context(from[DESCRIPTOR_AT]);
	if (entry && (entry->type & MACH_PORT_TYPE_RECEIVE)) {
		if (!is_guarded_so(entry->port, descriptor->flags,
				   descriptor->context))
			return MACH_SEND_INVALID_RIGHT;
		descriptor->strict = entry->port->strict;
	}
	return take_right(space, message, descriptor, from[DESCRIPTOR_NAME],
			  from[DESCRIPTOR_HOW]);
}

static int take_memory(const uint32_t *from, const unsigned char *start,
		       struct descriptor *descriptor)
{
	uint32_t size = from[DESCRIPTOR_SIZE], bits = from[DESCRIPTOR_BITS];

	descriptor->size = size;
	descriptor->copy = bits >> 8;
	descriptor->virtual = (bits & 0xff) ||
			      descriptor->copy == MACH_MSG_VIRTUAL_COPY;
	if (!size)
		return 0;
	if (!descriptor_is_readable(from))
		return MACH_SEND_INVALID_MEMORY;
	descriptor->sum = bytes_sum(start + from[DESCRIPTOR_AT], size);
	if (descriptor->virtual && size >= PLACE_PAGE)
		descriptor->offset = from[DESCRIPTOR_AT] % PLACE_PAGE;
	return 0;
}

static int take_array(struct space *space, const uint32_t *from,
		      const unsigned char *start, struct message *message,
		      struct descriptor *descriptor)
{
	uint32_t i, name;
	int code = 0;

	if (from[DESCRIPTOR_SIZE] > MODEL_ARRAY)
		model_bug("so many names can be read");
	for (i = 0; i < from[DESCRIPTOR_SIZE] && !code; i++) {
		memcpy(&name, start + from[DESCRIPTOR_AT] + 4 * i, 4);
		code = take_right(space, message, descriptor, name,
				  from[DESCRIPTOR_HOW]);
	}
	return code;
}

static int take_descriptor(struct call *call, struct space *space,
			   const uint32_t *from, const unsigned char *start,
			   struct message *message)
{
	struct descriptor *descriptor =
		&message->descriptor[message->descriptors++];
	bool readable = descriptor_is_readable(from);
	uint32_t gone = 0;
	int code;

	*descriptor = (struct descriptor){
		.kind = from[DESCRIPTOR_TYPE],
		.how = right_type(from[DESCRIPTOR_HOW]),
	};
	if (from[DESCRIPTOR_BITS] & 0xff)
		gone = descriptor_pages(from);
	switch (descriptor->kind) {
	case MACH_MSG_PORT_DESCRIPTOR:
		return take_right(space, message, descriptor,
				  from[DESCRIPTOR_NAME], from[DESCRIPTOR_HOW]);
	case MACH_MSG_GUARDED_PORT_DESCRIPTOR:
		return take_guarded(space, from, message, descriptor);
	case MACH_MSG_OOL_PORTS_DESCRIPTOR:
		if (from[DESCRIPTOR_SIZE] && !readable)
			return MACH_SEND_INVALID_MEMORY;
		/* Whatever it names. */
		call->want.word[MODEL_GONE] |= gone;
		return take_array(space, from, start, message, descriptor);
	default:
		code = take_memory(from, start, descriptor);
		if (!code)
			call->want.word[MODEL_GONE] |= gone;
		return code;
	}
}

int body_take(struct call *call, struct space *space, struct message *message)
{
	static uint64_t places[PLACES * PLACE_STRIDE / 8];
	unsigned char *start = (unsigned char *)places;
	const uint32_t *argument = call->argument;
	uint32_t i;
	int code = 0;

	places_fill(argument, start);
	for (i = 0; i < descriptors_sent(argument) && !code; i++)
		code = take_descriptor(call, space,
				       descriptor_argument(argument, i), start,
				       message);
	return code;
}

/*
 * Giving
 */

uint32_t body_words(const struct message *message)
{
	return body_words_received(message, BODY_GUARDED);
}

static bool is_withheld(const struct descriptor *descriptor, enum body_way way)
{
	return descriptor->kind == MACH_MSG_GUARDED_PORT_DESCRIPTOR &&
	       way == BODY_PLAIN;
}

uint32_t body_words_received(const struct message *message, enum body_way way)
{
	uint32_t i, words = 0;

	for (i = 0; i < message->descriptors; i++) {
		const struct descriptor *descriptor = &message->descriptor[i];

		words += is_withheld(descriptor, way) ? 3 :
			 descriptor_words(descriptor->kind);
	}
	return words;
}

static uint32_t *put_memory(const struct descriptor *descriptor,
			    uint32_t *place, uint32_t *outline,
			    enum body_way way)
{
	bool back = way == BODY_BACK;
	uint32_t deallocate = back || descriptor->virtual;
	uint32_t copy = back ? descriptor->copy : descriptor->virtual;
	uint32_t third = descriptor_word(descriptor->kind, 0,
					 deallocate | copy << 8);

	if (!descriptor->size)
		return put_words(place, 0, third, 0);
	outline[0] = descriptor->sum;
	outline[1] = descriptor->sum >> 32;
	return put_words(place, ADDRESS_SEEN | descriptor->offset, third,
			 descriptor->size);
}

static uint32_t *put_array(struct call *call, struct space *space,
			   const struct descriptor *descriptor, uint32_t *place,
			   uint32_t *outline)
{
	uint32_t third = descriptor_word(descriptor->kind, descriptor->how,
					 true | MACH_MSG_VIRTUAL_COPY << 8);
	uint32_t i;

	for (i = 0; i < descriptor->count; i++)
		outline[i] = right_put(space, descriptor->right[i], call,
				       outline + i - call->want.word);
	return put_words(place, descriptor->count ? ADDRESS_SEEN : 0, third,
			 descriptor->count);
}

/* The right is guarded before anybody can see it. */
static void guard_again(const struct descriptor *descriptor)
{
	struct port *port = descriptor->right[0].port;

	if (!port || (descriptor->flags & UNGUARDED))
		return;
	port->guarded = true;
	port->strict = descriptor->strict;
	port->context = descriptor->context;
}

static void guard_received(const struct descriptor *descriptor)
{
	struct port *port = descriptor->right[0].port;

	port->guarded = true;
	port->context = model_buffer;
	port->immovable = descriptor->flags &
			  MACH_MSG_GUARD_FLAGS_IMMOVABLE_RECEIVE;
}

static uint32_t *put_guarded(struct call *call, struct space *space,
			     const struct descriptor *descriptor,
			     uint32_t *place, enum body_way way)
{
	struct right right = descriptor->right[0];
	uint64_t context = descriptor->context;
	uint32_t flags = descriptor->flags;
	uint32_t name = right_put(space, right, call, place + 3 -
				  call->want.word);

	if (way == BODY_BACK) {
		guard_again(descriptor);
	} else {
		flags &= ~UNGUARDED;
		context = right.port ? model_buffer : 0;
		if (right.port)
			guard_received(descriptor);
	}
	return put_words(place, context,
			 descriptor_word(descriptor->kind, descriptor->how,
					 flags), name);
}

/* Who takes no guarded rights gets none; names of nothing pass. */
static uint32_t *put_withheld(const struct descriptor *descriptor,
			      uint32_t *place)
{
	const struct right *right = &descriptor->right[0];

	return put_port(place, right->port ? MACH_PORT_NULL : right->name,
			descriptor_word(MACH_MSG_PORT_DESCRIPTOR,
					descriptor->how, 0));
}

static uint32_t *put_plain(struct call *call, struct space *space,
			   const struct descriptor *descriptor, uint32_t *place)
{
	uint32_t name = right_put(space, descriptor->right[0], call,
				  place - call->want.word);

	return put_port(place, name,
			descriptor_word(descriptor->kind,
					descriptor->right[0].type, 0));
}

uint32_t *body_put(struct call *call, struct space *space,
		   const struct message *message, uint32_t *place,
		   enum body_way way)
{
	uint32_t i;

	for (i = 0; i < message->descriptors; i++) {
		const struct descriptor *descriptor = &message->descriptor[i];
		uint32_t *outline = call->want.word + MODEL_OUTLINE(i);

		if (is_withheld(descriptor, way))
			place = put_withheld(descriptor, place);
		else if (descriptor->kind == MACH_MSG_PORT_DESCRIPTOR)
			place = put_plain(call, space, descriptor, place);
		else if (descriptor->kind == MACH_MSG_GUARDED_PORT_DESCRIPTOR)
			place = put_guarded(call, space, descriptor, place,
					    way);
		else if (descriptor->kind == MACH_MSG_OOL_PORTS_DESCRIPTOR)
			place = put_array(call, space, descriptor, place,
					  outline);
		else
			place = put_memory(descriptor, place, outline, way);
	}
	return place;
}

void body_destroy_withheld(const struct message *message, enum body_way way)
{
	uint32_t i;

	model->destroying++;
	for (i = 0; i < message->descriptors; i++) {
		if (is_withheld(&message->descriptor[i], way))
			right_destroy(message->descriptor[i].right[0]);
	}
	model->destroying--;
}
