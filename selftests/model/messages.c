// SPDX-License-Identifier: GPL-2.0-only
/* The model of mach_msg(). */
#include <string.h>

#include "body.h"

void message_build(const uint32_t *argument, uint32_t *word)
{
	uint32_t *place;
	uint32_t i;

	for (i = 0; i < MODEL_BUFFER; i++)
		word[i] = MODEL_POISON;
	if (!(argument[MSG_OPTION] & MACH_SEND_MSG))
		return;
	word[HEAD_BITS] = argument[MSG_REMOTE_HOW] |
			  argument[MSG_LOCAL_HOW] << 8 |
			  argument[MSG_VOUCHER_HOW] << 16 |
			  (argument[MSG_COMPLEX] ? MACH_MSGH_BITS_COMPLEX : 0);
	word[HEAD_SIZE] = 0x5125e;
	word[HEAD_REMOTE] = argument[MSG_REMOTE];
	word[HEAD_LOCAL] = argument[MSG_LOCAL];
	word[HEAD_VOUCHER] = argument[MSG_VOUCHER];
	word[HEAD_ID] = argument[MSG_ID];
	place = body_build(argument, word + HEAD_WORDS);
	for (i = 0; i < MODEL_INLINE; i++)
		*place++ = argument[MSG_ID] * 16 + i;
}

/*
 * Sending: checks that take nothing
 */

static int check_sizes(const uint32_t *argument)
{
	uint32_t size = argument[MSG_SEND_SIZE];

	if (size < HEAD_BYTES || size % 4)
		return MACH_SEND_MSG_TOO_SMALL;
	if (size > 1048576)
		return MACH_SEND_TOO_LARGE;
	if (argument[MSG_BAD_ADDRESS])
		return MACH_SEND_INVALID_DATA;
	if (argument[MSG_COMPLEX] && size < HEAD_BYTES + 4)
		return MACH_SEND_MSG_TOO_SMALL;
	return 0;
}

/* May @how stand in a header? */
static bool is_header_how(uint32_t how)
{
	return MACH_MSG_TYPE_PORT_ANY_SEND(how);
}

static bool is_voucher_how(uint32_t how)
{
	return how == MACH_MSG_TYPE_MOVE_SEND || how == MACH_MSG_TYPE_COPY_SEND;
}

static int check_header(const uint32_t *argument)
{
	uint32_t remote = argument[MSG_REMOTE], local = argument[MSG_LOCAL];
	uint32_t remote_how = argument[MSG_REMOTE_HOW];
	uint32_t local_how = argument[MSG_LOCAL_HOW];
	uint32_t voucher_how = argument[MSG_VOUCHER_HOW];
	uint32_t voucher = voucher_how ? argument[MSG_VOUCHER] : MACH_PORT_NULL;

	if (local_how ? !is_header_how(local_how) : local != MACH_PORT_NULL)
		return MACH_SEND_INVALID_HEADER;
	if (voucher_how &&
	    (!is_voucher_how(voucher_how) || voucher == MACH_PORT_DEAD))
		return MACH_SEND_INVALID_VOUCHER;
	if (!is_header_how(remote_how))
		return MACH_SEND_INVALID_HEADER;
	if (!MACH_PORT_VALID(remote))
		return MACH_SEND_INVALID_DEST;
	if (voucher == remote && !is_voucher_how(remote_how))
		return MACH_SEND_INVALID_DEST;
	if (local == remote && (remote_how == MACH_MSG_TYPE_MOVE_SEND_ONCE ||
				local_how == MACH_MSG_TYPE_MOVE_SEND_ONCE))
		return MACH_SEND_INVALID_DEST;
	if (MACH_PORT_VALID(voucher) && voucher == local)
		return MACH_SEND_INVALID_REPLY;
	return 0;
}

/* Are there references for two rights of one name? */
static bool both_given(const struct entry *entry, uint32_t how, uint32_t other)
{
	return how != MACH_MSG_TYPE_MOVE_SEND ||
	       other != MACH_MSG_TYPE_MOVE_SEND || entry->urefs > 1;
}

static int check_header_rights(const struct space *space,
			       const uint32_t *argument)
{
	struct entry *remote = space_find(space, argument[MSG_REMOTE]);
	struct entry *local = space_find(space, argument[MSG_LOCAL]);
	uint32_t remote_how = argument[MSG_REMOTE_HOW];
	uint32_t local_how = argument[MSG_LOCAL_HOW];

	if (argument[MSG_VOUCHER_HOW] && MACH_PORT_VALID(argument[MSG_VOUCHER]))
		return MACH_SEND_INVALID_VOUCHER;
	if (!remote || !remote->port)
		return MACH_SEND_INVALID_DEST;
	if (MACH_PORT_VALID(argument[MSG_LOCAL]) &&
	    (!local || !entry_gives(local, local_how, true)))
		return MACH_SEND_INVALID_REPLY;
	if (!entry_gives(remote, remote_how, false))
		return MACH_SEND_INVALID_DEST;
	if (remote == local && !both_given(remote, remote_how, local_how))
		return MACH_SEND_INVALID_DEST;
	if (remote->port->kind != PORT_ORDINARY)
		return KERN_NOT_SUPPORTED;
	return 0;
}

/*
 * Sending: taking the rights
 */

static void take_header(struct space *space, const uint32_t *argument,
			struct message *message)
{
	struct entry *remote = space_find(space, argument[MSG_REMOTE]);
	struct entry *local = space_find(space, argument[MSG_LOCAL]);
	uint32_t remote_how = argument[MSG_REMOTE_HOW];
	uint32_t local_how = argument[MSG_LOCAL_HOW];

	message->reply.name = argument[MSG_LOCAL];
	message->reply.type = right_type(local_how);
	/* What moves may be the last reference, so what is copied goes first. */
	if (local && local != remote) {
		message->destination = entry_take(remote, remote_how);
		message->reply = entry_take(local, local_how);
	} else if (local && remote_how == MACH_MSG_TYPE_MOVE_SEND) {
		message->reply = entry_take(local, local_how);
		message->destination = entry_take(remote, remote_how);
	} else {
		message->destination = entry_take(remote, remote_how);
		if (local)
			message->reply = entry_take(local, local_how);
	}
}

/* Would a receive right in the message be on its way to itself? */
static bool goes_in_a_ring(const struct message *message)
{
	const struct port *port = message->destination.port;

	while (port) {
		const struct message *carrier = port->carrier;

		if (carrier == message)
			return true;
		port = carrier ? carrier->destination.port : NULL;
	}
	return false;
}

/* Words of the message that stand behind header, count and descriptors. */
static void take_words(const uint32_t *argument, const uint32_t *buffer,
		       struct message *message)
{
	uint32_t skip = HEAD_WORDS;

	if (argument[MSG_COMPLEX])
		skip += 1 + body_words(message);
	message->words = argument[MSG_SEND_SIZE] / 4 - skip;
	memcpy(message->word, buffer + skip, 4 * message->words);
}

/* The message comes back to who sent it, with rights to be moved. */
static void give_back(struct space *space, struct call *call,
		      struct message *message)
{
	uint32_t *word = call->want.word;

	word[HEAD_BITS] = message->destination.type | message->reply.type << 8 |
			  (word[HEAD_BITS] & (MACH_MSGH_BITS_COMPLEX |
					      MACH_MSGH_BITS_VOUCHER_MASK));
	word[HEAD_SIZE] = call->argument[MSG_SEND_SIZE];
	word[HEAD_REMOTE] = right_put(space, message->destination, call,
				      HEAD_REMOTE);
	word[HEAD_LOCAL] = right_put(space, message->reply, call, HEAD_LOCAL);
	message_count(message, FATE_BACK);
	body_put(call, space, message, word + HEAD_WORDS + 1, BODY_BACK);
	message_free(message);
}

static bool has_room(const struct message *message)
{
	const struct port *port = message->destination.port;

	if (message->destination.type == MACH_MSG_TYPE_PORT_SEND_ONCE)
		return port->msgcount < MACH_PORT_QLIMIT_KERNEL;
	return port->msgcount < port->qlimit;
}

/* From now on room answers the send-possible request of the destination. */
static void arm_request(struct space *space, const uint32_t *argument,
			const struct message *message)
{
	struct entry *entry = space_find(space, argument[MSG_REMOTE]);

	if (message->destination.type != MACH_MSG_TYPE_PORT_SEND || !entry ||
	    entry->port != message->destination.port || !entry->notify ||
	    entry->state != REQUEST_DELAYED)
		return;
	entry->state = REQUEST_ARMED;
	entry_touch(entry);
}

static int send(struct call *call)
{
	struct space *space = &model->space[call->task];
	const uint32_t *argument = call->argument;
	struct message *message;
	int code = check_sizes(argument);

	if (!code)
		code = body_check(argument);
	if (!code)
		code = check_header(argument);
	if (!code)
		code = check_header_rights(space, argument);
	if (code)
		return code;

	message = message_new();
	message->id = argument[MSG_ID];
	message->voucher = argument[MSG_VOUCHER];
	message->sender = call->task;
	message->sender_pid = model->pid[call->task];
	message->sender_version = model->version[call->task];
	if (argument[MSG_COMPLEX])
		message->bits = MACH_MSGH_BITS_COMPLEX;
	take_header(space, argument, message);
	code = body_take(call, space, message);
	if (code) {
		/* The one that is bad may have taken something, too. */
		message_count(message, FATE_UNDONE);
		message_destroy(message);
		return code;
	}
	take_words(argument, call->want.word, message);
	if (goes_in_a_ring(message)) {
		message_destroy(message);
		return 0;
	}
	if (!has_room(message)) {
		if (argument[MSG_OPTION] & MACH_SEND_NOTIFY)
			arm_request(space, argument, message);
		give_back(space, call, message);
		return MACH_SEND_TIMED_OUT;
	}
	port_enqueue(message->destination.port, message);
	return 0;
}

/*
 * Receiving
 */

static uint32_t size_with(const struct message *message, uint32_t words)
{
	uint32_t size = HEAD_BYTES + 4 * message->words;

	if (message->bits & MACH_MSGH_BITS_COMPLEX)
		size += 4 + 4 * words;
	return size;
}

uint32_t message_size(const struct message *message)
{
	return size_with(message, body_words(message));
}

/* Did the message stay, and show no more than its size? */
static bool has_stayed(const struct call *call)
{
	return call->seen->code == MACH_RCV_TOO_LARGE &&
	       (call->argument[MSG_OPTION] & MACH_RCV_LARGE);
}

/* Is what was seen the size, or the id, of a notification with a value? */
static bool tells_value(const struct call *call)
{
	const uint32_t *seen = call->seen->word;

	if (has_stayed(call))
		return seen[HEAD_SIZE] == HEAD_BYTES + 12;
	return seen[HEAD_ID] == MACH_NOTIFY_NO_SENDERS;
}

/* Is it the message that was seen? */
static bool may_be(const struct message *message, const struct call *call)
{
	const uint32_t *seen = call->seen->word;
	bool told = message->either && tells_value(call);
	uint32_t id = seen[HEAD_ID];

	if (has_stayed(call))
		return told || message_size(message) == seen[HEAD_SIZE];
	if (message->id != id && message->other_id != id && !told)
		return false;
	if (!message->kernel || message->descriptors ||
	    id == MACH_NOTIFY_SEND_ONCE)
		return true;
	return message->word[2] == seen[HEAD_WORDS + 2] ||
	       (message->other_value &&
		message->other_value == seen[HEAD_WORDS + 2]);
}

bool message_has_choice(const struct port *port, const struct message *message)
{
	const struct message *other = port->first;

	if (message->either || message->other_id || message->other_value)
		return true;
	while (other && (other == message || other->batch != message->batch))
		other = other->next;
	return other;
}

/* Which of two rights has come cannot be told. */
static bool is_undecided(const struct message *message)
{
	const struct message *other = message->next;

	if (!message->kernel || !message->descriptors)
		return false;
	while (other && (other->batch != message->batch ||
			 !other->kernel || !other->descriptors))
		other = other->next;
	return other;
}

/* One of the first, as they came at once, that may be the one that was seen. */
static struct message *find_message(const struct call *call,
				    const struct port *port, bool either)
{
	struct message *message = port->first;

	while (message && (message->either != either || !may_be(message, call)))
		message = message->next;
	return message && message->batch == port->first->batch ? message : NULL;
}

/*
 * What one call has brought about has no order among itself: the message that
 * was seen, if it may be the first.
 */
static struct message *first_message(struct call *call, struct port *port)
{
	struct message *message = find_message(call, port, false);

	/* What may be either is kept for what only it can be. */
	if (!message)
		message = find_message(call, port, true);
	if (!message)
		message = port->first;
	if (message->either && tells_value(call))
		message_resolve(message);
	if (message->other_id == call->seen->word[HEAD_ID])
		message->id = message->other_id;
	if (message->other_value &&
	    message->other_value == call->seen->word[HEAD_WORDS + 2])
		message->word[2] = message->other_value;
	model->undecided |= is_undecided(message);
	return message;
}

/* Words of a trailer. */
enum {
	TRAILER_SIZE = 1,
	TRAILER_SEQNO,
	TRAILER_SECURITY,
	TRAILER_AUDIT = TRAILER_SECURITY + 2,
	TRAILER_PID = TRAILER_AUDIT + 5,
	TRAILER_SESSION,
	TRAILER_VERSION,
	TRAILER_CONTEXT,
};

uint64_t message_trailer(const struct message *message, uint32_t seqno,
			 uint64_t context, bool kernel, uint32_t *word)
{
	uint64_t any = 1 << TRAILER_AUDIT | 1 << TRAILER_SESSION;

	word[TRAILER_SEQNO] = seqno;
	word[TRAILER_CONTEXT] = context;
	word[TRAILER_CONTEXT + 1] = context >> 32;
	if (kernel) {
		word[TRAILER_SECURITY + 1] = 1;
		return 0;
	}
	word[TRAILER_SECURITY] = model->uid;
	word[TRAILER_SECURITY + 1] = model->gid;
	word[TRAILER_AUDIT + 1] = model->uid;
	word[TRAILER_AUDIT + 2] = model->gid;
	word[TRAILER_AUDIT + 3] = model->uid;
	word[TRAILER_AUDIT + 4] = model->gid;
	word[TRAILER_PID] = message->sender_pid;
	word[TRAILER_VERSION] = message->sender_version;
	if (model->pid[message->sender] != message->sender_pid)
		any |= 1 << TRAILER_PID;
	return any;
}

/* Up to the elements that were asked for. */
static void put_trailer(struct call *call, const struct message *message,
			uint32_t size, uint32_t seqno, bool kernel,
			uint32_t room)
{
	uint32_t trailer = REQUESTED_TRAILER_SIZE(call->argument[MSG_OPTION]);
	uint32_t full[sizeof(mach_msg_max_trailer_t) / 4] = {
		[TRAILER_SIZE] = trailer,
	};
	const struct port *port = message->destination.port;
	uint64_t any = message_trailer(message, seqno, port->context, kernel,
				       full);
	uint32_t i;

	if (trailer > room)
		trailer = room;
	for (i = 0; i < trailer / 4; i++)
		call->want.word[size / 4 + i] = full[i];
	call->want.any |= (any & ((1u << trailer / 4) - 1)) << size / 4;
}

static uint32_t put_port_name(const struct port *port, const struct space *space)
{
	if (!port->alive)
		return MACH_PORT_DEAD;
	return port->receiver == space->task ? port->receive->name :
					       MACH_PORT_NULL;
}

/* A right was used as destination, and is gone. */
static void destination_used(const struct message *message)
{
	struct port *port = message->destination.port;

	if (message->destination.type == MACH_MSG_TYPE_PORT_SEND)
		port_drop_send(port);
	else if (!message->unused)
		port->sorights--;
}

/* The message does not fit: its header comes, and the rest is destroyed. */
static int receive_stub(struct call *call, struct space *space,
			struct message *message, uint32_t seqno)
{
	uint32_t *word = call->want.word;
	uint32_t room = call->argument[MSG_RCV_SIZE];

	if (room < HEAD_BYTES) {
		destination_used(message);
		message_destroy_rights(message);
		return MACH_RCV_INVALID_DATA;
	}
	word[HEAD_BITS] = message->reply.type | message->destination.type << 8;
	word[HEAD_SIZE] = HEAD_BYTES;
	/* A reply port is destroyed; what was null or dead before stays it. */
	word[HEAD_REMOTE] = message->reply.port ? MACH_PORT_NULL :
						  message->reply.name;
	word[HEAD_LOCAL] = put_port_name(message->destination.port, space);
	word[HEAD_VOUCHER] = message->voucher;
	word[HEAD_ID] = message->id;
	put_trailer(call, message, HEAD_BYTES, seqno, true,
		    (room - HEAD_BYTES) & ~3u);
	destination_used(message);
	message_destroy_rights(message);
	return MACH_RCV_TOO_LARGE;
}

static void receive_whole(struct call *call, struct space *space,
			  struct message *message, uint32_t seqno)
{
	enum body_way way = call->argument[MSG_OPTION] & MACH_RCV_GUARDED_DESC ?
			    BODY_GUARDED : BODY_PLAIN;
	uint32_t words = body_words_received(message, way);
	uint32_t size = size_with(message, words);
	uint32_t *word = call->want.word;
	uint32_t *place = word + HEAD_WORDS;

	word[HEAD_BITS] = message->bits | message->reply.type |
			  message->destination.type << 8;
	word[HEAD_SIZE] = size;
	word[HEAD_REMOTE] = right_put(space, message->reply, call, HEAD_REMOTE);
	word[HEAD_LOCAL] = put_port_name(message->destination.port, space);
	word[HEAD_VOUCHER] = message->voucher;
	word[HEAD_ID] = message->id;
	destination_used(message);
	if (message->bits & MACH_MSGH_BITS_COMPLEX)
		*place++ = message->descriptors;
	message_count(message, FATE_RECEIVED);
	place = body_put(call, space, message, place, way);
	memcpy(place, message->word, 4 * message->words);
	put_trailer(call, message, size, seqno, message->kernel, UINT32_MAX);
	body_destroy_withheld(message, way);
	message_free(message);
}

/* Is what was seen without the name of the port that it came from? */
static bool hides_port(const struct call *call)
{
	uint32_t option = call->argument[MSG_OPTION];

	if (has_stayed(call))
		return !(option & MACH_RCV_LARGE_IDENTITY) ||
		       call->argument[MSG_RCV_SIZE] < 16;
	return call->seen->code == MACH_RCV_INVALID_DATA;
}

/* The member of a set that was seen, if it may be its turn. */
static struct member *next_member(struct call *call, const struct entry *set)
{
	if (hides_port(call)) {
		model->undecided |= set_has_choice(set);
		return set_first(set);
	}
	return set_choose(set, call->seen->word[HEAD_LOCAL]);
}

static int receive(struct call *call)
{
	struct space *space = &model->space[call->task];
	const uint32_t *argument = call->argument;
	struct entry *entry = space_find(space, argument[MSG_RCV_NAME]);
	uint32_t room = argument[MSG_RCV_SIZE], size, seqno;
	struct member *member = NULL;
	struct message *message;
	struct port *port;

	if (entry && (entry->type & MACH_PORT_TYPE_PORT_SET)) {
		member = next_member(call, entry);
		port = member ? member->port : NULL;
	} else if (entry && (entry->type & MACH_PORT_TYPE_RECEIVE)) {
		port = entry->port;
	} else {
		return MACH_RCV_INVALID_NAME;
	}
	if (!port || !port->first)
		return MACH_RCV_TIMED_OUT;
	message = first_message(call, port);
	size = message_size(message);
	if (size + REQUESTED_TRAILER_SIZE(argument[MSG_OPTION]) > room &&
	    (argument[MSG_OPTION] & MACH_RCV_LARGE)) {
		if (room >= 8)
			call->want.word[HEAD_SIZE] = size;
		if (room >= 16 &&
		    (argument[MSG_OPTION] & MACH_RCV_LARGE_IDENTITY))
			call->want.word[HEAD_LOCAL] = port->receive->name;
		return MACH_RCV_TOO_LARGE;
	}
	if (member)
		member->since = model->step;
	seqno = port->seqno++;
	port_unqueue(port, message);
	port_tell_room(port);
	if (size + REQUESTED_TRAILER_SIZE(argument[MSG_OPTION]) > room)
		return receive_stub(call, space, message, seqno);
	receive_whole(call, space, message, seqno);
	return 0;
}

void model_message(struct call *call)
{
	uint32_t option = call->argument[MSG_OPTION];

	message_build(call->argument, call->want.word);
	call->want.count = MODEL_RESULT;
	if (option & MACH_SEND_MSG)
		call->want.code = send(call);
	if (!call->want.code && (option & MACH_RCV_MSG))
		call->want.code = receive(call);
}
