// SPDX-License-Identifier: GPL-2.0-only
/* The model of the calls on names and rights: one function each. */
#include <string.h>

#include "calls.h"

struct space *call_space(struct call *call, bool read)
{
	struct entry *entry = space_find(&model->space[call->task],
					 call->argument[0]);
	struct port *port = entry ? entry->port : NULL;

	if (port && (entry->type & MACH_PORT_TYPE_SEND) &&
	    (port->kind == PORT_TASK ||
	     (read && port->kind == PORT_TASK_READ)))
		return &model->space[port->task];
	call->want.code = KERN_INVALID_TASK;
	return NULL;
}

/* Make a right under a name that the kernel chooses. */
static void make_named(struct space *space, struct call *call, uint32_t type)
{
	struct right right = { .type = MACH_MSG_TYPE_PORT_RECEIVE };
	struct right dead = { .type = MACH_MSG_TYPE_PORT_SEND };
	struct entry *entry;
	uint32_t name;

	if (type == MACH_PORT_RIGHT_RECEIVE) {
		right.port = port_new(PORT_ORDINARY, space->task);
		answer(call, right_put(space, right, call, 0));
		return;
	}
	if (type == MACH_PORT_RIGHT_PORT_SET) {
		answer(call, set_put(space, call, 0)->name);
		return;
	}
	/* A dead name: put a send right, and let it die. */
	dead.port = port_new(PORT_ORDINARY, space->task);
	dead.port->srights++;
	name = right_put(space, dead, call, 0);
	entry = space_find(space, name);
	right.port = dead.port;
	right_destroy(right);
	answer(call, entry->name);
}

/* Can such a right be made? */
static bool can_make(struct call *call, uint32_t right)
{
	if (right == MACH_PORT_RIGHT_RECEIVE ||
	    right == MACH_PORT_RIGHT_PORT_SET ||
	    right == MACH_PORT_RIGHT_DEAD_NAME)
		return true;
	fail(call, KERN_INVALID_VALUE);
	return false;
}

/* task, right -> name */
void model_allocate(struct call *call)
{
	struct space *space = call_space(call, false);

	if (space && can_make(call, call->argument[1]))
		make_named(space, call, call->argument[1]);
}

#define NAME_INDEX_END (1u << 21)

/* Is @name free for a right that the caller names? */
static bool name_is_free(struct call *call, const struct space *space,
			 uint32_t name)
{
	if ((name & 3) != 3)
		fail(call, KERN_INVALID_VALUE);
	else if (space_find(space, name))
		fail(call, KERN_NAME_EXISTS);
	else if (!(name >> 8) || space_find_index(space, name))
		fail(call, KERN_FAILURE);
	else if (name >> 8 >= NAME_INDEX_END)
		fail(call, KERN_NO_SPACE);
	else
		return true;
	return false;
}

/* task, right, name */
void model_allocate_name(struct call *call)
{
	struct space *space = call_space(call, false);
	uint32_t name = call->argument[2];
	struct right right = { .type = MACH_MSG_TYPE_PORT_RECEIVE };
	struct entry *entry;

	if (!space)
		return;
	if (!MACH_PORT_VALID(name) || (name & 3) != 3) {
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	if (!can_make(call, call->argument[1]))
		return;
	if (!name_is_free(call, space, name))
		return;
	if (call->argument[1] == MACH_PORT_RIGHT_RECEIVE) {
		right.port = port_new(PORT_ORDINARY, space->task);
		right_put_as(space, right, name);
		return;
	}
	entry = entry_new(space, name, MACH_PORT_TYPE(call->argument[1]), NULL);
	entry->urefs = call->argument[1] == MACH_PORT_RIGHT_DEAD_NAME;
}

/* task, name */
void model_deallocate(struct call *call)
{
	struct space *space = call_space(call, false);
	struct entry *entry;

	if (!space || !MACH_PORT_VALID(call->argument[1]))
		return;
	entry = space_find(space, call->argument[1]);
	if (!entry)
		fail(call, KERN_INVALID_NAME);
	else if (entry->type & MACH_PORT_TYPE_SEND)
		right_destroy(entry_take(entry, MACH_MSG_TYPE_MOVE_SEND));
	else if (entry->type & MACH_PORT_TYPE_SEND_ONCE)
		entry_drop_once(entry);
	else if (entry->type & MACH_PORT_TYPE_DEAD_NAME)
		entry_drop_dead(entry);
	else if (entry->type & MACH_PORT_TYPE_PORT_SET)
		entry_destroy(entry);
	else
		fail(call, KERN_INVALID_RIGHT);
}

/* Is it a receive right that only who knows the guard destroys? */
static bool is_guarded(const struct entry *entry)
{
	return (entry->type & MACH_PORT_TYPE_RECEIVE) && entry->port->guarded;
}

/* task, name */
void model_destroy(struct call *call)
{
	struct space *space = call_space(call, false);
	struct entry *entry;

	if (!space || !MACH_PORT_VALID(call->argument[1]))
		return;
	entry = space_find(space, call->argument[1]);
	if (!entry)
		fail(call, KERN_INVALID_NAME);
	else if (is_guarded(entry))
		fail(call, KERN_INVALID_RIGHT);
	else
		entry_destroy(entry);
}

static void mod_urefs(struct call *call, struct entry *entry, int64_t delta)
{
	int64_t urefs = entry->urefs + delta;

	if (urefs < 0) {
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	if (urefs > MACH_PORT_UREFS_MAX) {
		fail(call, KERN_UREFS_OVERFLOW);
		return;
	}
	entry_touch(entry);
	if (!urefs && (entry->type & MACH_PORT_TYPE_DEAD_NAME))
		entry_destroy(entry);
	else if (!urefs)
		entry_drop_send(entry);
	else if (entry->urefs != MACH_PORT_UREFS_MAX)
		entry->urefs = urefs;
}

/* A right of which there is one or none. */
static void mod_single(struct call *call, struct entry *entry, int32_t delta)
{
	if (!delta)
		return;
	if (delta != -1)
		fail(call, KERN_INVALID_VALUE);
	else if (is_guarded(entry))
		fail(call, KERN_INVALID_RIGHT);
	else if (entry->type & MACH_PORT_TYPE_SEND_ONCE)
		entry_drop_once(entry);
	else if (entry->type & MACH_PORT_TYPE_PORT_SET)
		entry_destroy(entry);
	else
		entry_drop_receive(entry, true);
}

/* task, name, right, delta */
void model_mod_refs(struct call *call)
{
	struct space *space = call_space(call, false);
	uint32_t right = call->argument[2];
	int32_t delta = call->argument[3];
	struct entry *entry;

	if (!space)
		return;
	if (right >= MACH_PORT_RIGHT_NUMBER) {
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	if (!MACH_PORT_VALID(call->argument[1])) {
		if (right != MACH_PORT_RIGHT_SEND &&
		    right != MACH_PORT_RIGHT_SEND_ONCE)
			fail(call, KERN_INVALID_NAME);
		return;
	}
	entry = space_find(space, call->argument[1]);
	if (!entry)
		fail(call, KERN_INVALID_NAME);
	else if (!(entry->type & MACH_PORT_TYPE(right)))
		fail(call, KERN_INVALID_RIGHT);
	else if (right == MACH_PORT_RIGHT_SEND ||
		 right == MACH_PORT_RIGHT_DEAD_NAME)
		mod_urefs(call, entry, delta);
	else
		mod_single(call, entry, delta);
}

uint32_t model_name_refs(const struct entry *entry, uint32_t right)
{
	if (!(entry->type & MACH_PORT_TYPE(right)))
		return 0;
	if (right == MACH_PORT_RIGHT_SEND || right == MACH_PORT_RIGHT_DEAD_NAME)
		return entry->urefs;
	return 1;
}

/* task, name, right -> references */
void model_get_refs(struct call *call)
{
	struct space *space = call_space(call, true);
	uint32_t right = call->argument[2];
	struct entry *entry;

	if (!space)
		return;
	if (right >= MACH_PORT_RIGHT_NUMBER) {
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	if (!MACH_PORT_VALID(call->argument[1])) {
		if (right == MACH_PORT_RIGHT_SEND ||
		    right == MACH_PORT_RIGHT_SEND_ONCE)
			answer(call, 1);
		else
			fail(call, KERN_INVALID_NAME);
		return;
	}
	entry = space_find(space, call->argument[1]);
	if (entry)
		answer(call, model_name_refs(entry, right));
	else
		fail(call, KERN_INVALID_NAME);
}

uint32_t model_name_urefs(const struct entry *entry)
{
	return entry->type & MACH_PORT_TYPE_SEND_ONCE ? 1 : entry->urefs;
}

uint32_t model_name_type(const struct entry *entry)
{
	static const uint32_t request[] = {
		[REQUEST_DEATH] = MACH_PORT_TYPE_DNREQUEST,
		[REQUEST_DELAYED] = MACH_PORT_TYPE_DNREQUEST |
				    MACH_PORT_TYPE_SPREQUEST |
				    MACH_PORT_TYPE_SPREQUEST_DELAYED,
		[REQUEST_ARMED] = MACH_PORT_TYPE_DNREQUEST |
				  MACH_PORT_TYPE_SPREQUEST,
	};

	return entry->type | (entry->notify ? request[entry->state] : 0);
}

/* task, name -> type */
void model_type(struct call *call)
{
	struct space *space = call_space(call, true);
	struct entry *entry;

	if (!space)
		return;
	entry = space_find(space, call->argument[1]);
	if (call->argument[1] == MACH_PORT_DEAD)
		answer(call, MACH_PORT_TYPE_DEAD_NAME);
	else if (entry)
		answer(call, model_name_type(entry) & ~TYPE_HIDDEN);
	else
		fail(call, KERN_INVALID_NAME);
}

/* task -> how many, a sum over names and types */
void model_names(struct call *call)
{
	struct space *space = call_space(call, true);
	uint32_t i, sum = 0;

	if (!space)
		return;
	for (i = 0; i < space->count; i++)
		sum += space->names[i]->name * 31 +
		       model_name_type(space->names[i]);
	answer(call, space->count);
	answer(call, sum);
}

/* What is in the way of @right as @name: a code, or success. */
static bool can_insert(struct call *call, struct space *space,
		       const struct entry *entry, uint32_t how, uint32_t name)
{
	uint32_t type = right_type(how);
	struct entry *known = type == MACH_MSG_TYPE_PORT_SEND_ONCE ? NULL :
			      space_find_port(space, entry->port);
	/* The name that is moved makes room for itself. */
	bool last = entry->space == space &&
		((how == MACH_MSG_TYPE_MOVE_SEND && entry->urefs == 1 &&
		  entry->type == MACH_PORT_TYPE_SEND) ||
		 (how == MACH_MSG_TYPE_MOVE_RECEIVE &&
		  entry->type == MACH_PORT_TYPE_RECEIVE));

	if ((name & 3) != 3) {
		fail(call, KERN_INVALID_VALUE);
		return false;
	}
	if (name >> 8 >= NAME_INDEX_END) {
		fail(call, KERN_NO_SPACE);
		return false;
	}
	if (known && known->name == name && !last) {
		if (type == MACH_MSG_TYPE_PORT_SEND &&
		    known->urefs == MACH_PORT_UREFS_MAX)
			fail(call, KERN_UREFS_OVERFLOW);
		return !call->want.code;
	}
	if (!(name >> 8) ||
	    (space_find_index(space, name) && !space_find(space, name))) {
		fail(call, KERN_FAILURE);
		return false;
	}
	if (known && !last) {
		fail(call, KERN_RIGHT_EXISTS);
		return false;
	}
	if (space_find(space, name) &&
	    !(last && space_find(space, name) == entry)) {
		fail(call, KERN_NAME_EXISTS);
		return false;
	}
	return true;
}

/* task, name, the caller's right, disposition */
void model_insert_right(struct call *call)
{
	struct space *space = call_space(call, false);
	uint32_t name = call->argument[1], poly = call->argument[2];
	uint32_t how = call->argument[3];
	struct entry *entry;

	if (!space)
		return;
	if (!MACH_PORT_VALID(name) || !MACH_MSG_TYPE_PORT_ANY(how)) {
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	if (!MACH_PORT_VALID(poly)) {
		fail(call, KERN_INVALID_CAPABILITY);
		return;
	}
	entry = space_find(&model->space[call->task], poly);
	if (entry && (entry->type & MACH_PORT_TYPE_DEAD_NAME)) {
		fail(call, KERN_INVALID_CAPABILITY);
		return;
	}
	if (!entry || !entry_gives(entry, how, false)) {
		fail(call, KERN_INVALID_RIGHT);
		return;
	}
	if (entry_is_stuck(entry, how)) {
		fail(call, KERN_INVALID_CAPABILITY);
		return;
	}
	if (can_insert(call, space, entry, how, name))
		right_put_as(space, entry_take(entry, how), name);
}

/* task, name, disposition -> the caller's name, type */
void model_extract_right(struct call *call)
{
	struct space *space = call_space(call, false);
	uint32_t name = call->argument[1], how = call->argument[2];
	struct entry *entry;

	if (!space)
		return;
	if (!MACH_MSG_TYPE_PORT_ANY(how)) {
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	if (!MACH_PORT_VALID(name)) {
		fail(call, KERN_INVALID_RIGHT);
		return;
	}
	entry = space_find(space, name);
	if (!entry) {
		fail(call, KERN_INVALID_NAME);
		return;
	}
	if (!entry_gives(entry, how, true)) {
		fail(call, KERN_INVALID_RIGHT);
		return;
	}
	if (entry_is_stuck(entry, how)) {
		fail(call, KERN_INVALID_CAPABILITY);
		return;
	}
	answer(call, right_put(&model->space[call->task],
			       entry_take(entry, how), call, 0));
	answer(call, right_type(how));
}

void model_status(const struct port *port, uint32_t *word)
{
	memset(word, 0, MACH_PORT_RECEIVE_STATUS_COUNT * sizeof(*word));
	word[0] = !!port->sets;
	word[1] = port->seqno;
	word[2] = port->mscount;
	word[3] = port->qlimit;
	word[4] = port->msgcount;
	word[5] = port->sorights;
	word[6] = !!port->srights;
	word[7] = !!port->destroyed;
	word[8] = !!port->no_senders;
	if (port->guarded)
		word[9] |= MACH_PORT_STATUS_FLAG_GUARDED;
	if (port->strict)
		word[9] |= MACH_PORT_STATUS_FLAG_STRICT_GUARD;
	if (port->immovable)
		word[9] |= MACH_PORT_STATUS_FLAG_GUARD_IMMOVABLE_RECEIVE;
}

struct port *call_receive(struct call *call, struct space *space)
{
	struct entry *entry = space_find(space, call->argument[1]);

	if (entry && (entry->type & MACH_PORT_TYPE_RECEIVE))
		return entry->port;
	fail(call, entry || !MACH_PORT_VALID(call->argument[1]) ?
		   KERN_INVALID_RIGHT : KERN_INVALID_NAME);
	return NULL;
}

/* Words that a flavor has; without any the code is set. */
static uint32_t flavor_words(struct call *call, uint32_t flavor)
{
	switch (flavor) {
	case MACH_PORT_LIMITS_INFO:
		return MACH_PORT_LIMITS_INFO_COUNT;
	case MACH_PORT_RECEIVE_STATUS:
		return MACH_PORT_RECEIVE_STATUS_COUNT;
	case MACH_PORT_DNREQUESTS_SIZE:
		return MACH_PORT_DNREQUESTS_SIZE_COUNT;
	case MACH_PORT_INFO_EXT:
		return MACH_PORT_INFO_EXT_COUNT;
	case MACH_PORT_TEMPOWNER:
		fail(call, KERN_NOT_SUPPORTED);
		return 0;
	default:
		fail(call, KERN_INVALID_ARGUMENT);
		return 0;
	}
}

static uint32_t requests_of(const struct port *port)
{
	const struct entry *entry;
	uint32_t requests = 0;

	for (entry = port->holders; entry; entry = entry->next_holder)
		requests += !!entry->notify;
	return requests;
}

/* task, name, flavor, count -> count, words */
void model_get_attributes(struct call *call)
{
	struct space *space = call_space(call, true);
	uint32_t flavor = call->argument[2], need;
	struct port *port;

	if (!space)
		return;
	need = flavor_words(call, flavor);
	if (!need)
		return;
	if (call->argument[3] < need) {
		fail(call, KERN_FAILURE);
		return;
	}
	/* There is nobody who waits for the death of what has no port. */
	if (flavor == MACH_PORT_DNREQUESTS_SIZE &&
	    !MACH_PORT_VALID(call->argument[1])) {
		answer(call, need);
		answer(call, 0);
		return;
	}
	port = call_receive(call, space);
	if (!port)
		return;
	answer(call, need);
	call->want.count = 1 + need;
	if (flavor == MACH_PORT_LIMITS_INFO) {
		call->want.word[1] = port->qlimit;
	} else if (flavor == MACH_PORT_DNREQUESTS_SIZE) {
		call->want.word[1] = requests_of(port);
	} else {
		model_status(port, call->want.word + 1);
		if (port->unsure)
			call->want.any |= 1 << (1 + 5);
	}
}

/* task, name, flavor, count, limit */
void model_set_attributes(struct call *call)
{
	struct space *space = call_space(call, false);
	bool limits = call->argument[2] == MACH_PORT_LIMITS_INFO;
	struct port *port;

	if (!space)
		return;
	if (call->argument[2] == MACH_PORT_TEMPOWNER) {
		fail(call, KERN_NOT_SUPPORTED);
		return;
	}
	if (!limits && call->argument[2] != MACH_PORT_DNREQUESTS_SIZE) {
		fail(call, KERN_INVALID_ARGUMENT);
		return;
	}
	if (call->argument[3] < MACH_PORT_LIMITS_INFO_COUNT) {
		fail(call, KERN_FAILURE);
		return;
	}
	if (limits && call->argument[4] > MACH_PORT_QLIMIT_MAX) {
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	port = call_receive(call, space);
	if (!port || !limits)
		return;
	port->qlimit = call->argument[4];
	entry_touch(port->receive);
	port_tell_room(port);
}

/* task, name, count */
void model_set_mscount(struct call *call)
{
	struct space *space = call_space(call, false);
	struct port *port = space ? call_receive(call, space) : NULL;

	if (!port)
		return;
	port->mscount = call->argument[2];
	entry_touch(port->receive);
}

/* task, name, number */
void model_set_seqno(struct call *call)
{
	struct space *space = call_space(call, false);
	struct port *port = space ? call_receive(call, space) : NULL;

	if (!port)
		return;
	port->seqno = call->argument[2];
	entry_touch(port->receive);
}

/* task, name, new name */
void model_rename(struct call *call)
{
	struct space *space = call_space(call, false);
	uint32_t name = call->argument[2];
	struct entry *entry;

	if (!space)
		return;
	if (!MACH_PORT_VALID(name)) {
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	if (!name_is_free(call, space, name))
		return;
	entry = space_find(space, call->argument[1]);
	if (entry)
		entry_rename(entry, name);
	else
		fail(call, KERN_INVALID_NAME);
}

/* The name that gives the right to notify; without one the code is set. */
static struct entry *call_notify(struct call *call)
{
	struct entry *entry = space_find(&model->space[call->task],
					 call->argument[4]);

	if (entry && (entry->type & MACH_PORT_TYPE_DEAD_NAME))
		fail(call, KERN_INVALID_CAPABILITY);
	else if (!entry || !entry_gives(entry, call->argument[5], false))
		fail(call, KERN_INVALID_RIGHT);
	else
		return entry;
	return NULL;
}

/* Is it the death of a port that there is no room for? */
static bool is_told_at_once(const struct call *call, const struct entry *entry)
{
	return entry && (entry->type & MACH_PORT_TYPE_DEAD_NAME) &&
	       call->argument[2] == MACH_NOTIFY_SEND_POSSIBLE &&
	       call->argument[4];
}

/* The name that argument 1 asks about; without one the code is set. */
static struct entry *call_requested(struct call *call, struct space *space)
{
	struct entry *entry = space_find(space, call->argument[1]);

	if (call->argument[2] == MACH_NOTIFY_PORT_DESTROYED &&
	    call->argument[3]) {
		fail(call, KERN_INVALID_VALUE);
		return NULL;
	}
	if (call->argument[2] != MACH_NOTIFY_DEAD_NAME &&
	    call->argument[2] != MACH_NOTIFY_SEND_POSSIBLE)
		return call_receive(call, space) ? entry : NULL;
	if (is_told_at_once(call, entry))
		return entry;
	if (!MACH_PORT_VALID(call->argument[1]) ||
	    (entry && (entry->type & MACH_PORT_TYPE_DEAD_NAME)))
		fail(call, KERN_INVALID_ARGUMENT);
	else if (!entry)
		fail(call, KERN_INVALID_NAME);
	else if (!entry->port)
		fail(call, KERN_INVALID_RIGHT);
	else
		return entry;
	return NULL;
}

static struct port **request_slot(struct entry *entry, uint32_t id)
{
	switch (id) {
	case MACH_NOTIFY_NO_SENDERS:
		return &entry->port->no_senders;
	case MACH_NOTIFY_PORT_DESTROYED:
		return &entry->port->destroyed;
	default:
		return &entry->notify;
	}
}

/* The request of a name waits; or has been waiting for nothing. */
static void request_begin(const struct call *call, struct entry *entry)
{
	struct port *notify = entry->notify;

	entry->state = REQUEST_DEATH;
	if (call->argument[2] != MACH_NOTIFY_SEND_POSSIBLE || !notify)
		return;
	entry->state = call->argument[3] ? REQUEST_ARMED : REQUEST_DELAYED;
	if (entry->state != REQUEST_ARMED)
		return;
	if (!(entry->type & MACH_PORT_TYPE_SEND_ONCE)) {
		port_tell_room(entry->port);
		return;
	}
	/* It needs none. */
	entry->notify = NULL;
	port_notify(notify, MACH_NOTIFY_SEND_POSSIBLE, entry->name, 0);
}

/* task, name, id, sync, notify, disposition -> previous */
void model_request_notification(struct call *call)
{
	struct right previous = { .type = MACH_MSG_TYPE_PORT_SEND_ONCE };
	struct space *space = call_space(call, false);
	uint32_t notify = call->argument[4];
	struct entry *entry, *from = NULL;
	struct port **slot;

	if (!space)
		return;
	switch (call->argument[2]) {
	case MACH_NOTIFY_DEAD_NAME:
	case MACH_NOTIFY_SEND_POSSIBLE:
	case MACH_NOTIFY_NO_SENDERS:
	case MACH_NOTIFY_PORT_DESTROYED:
		break;
	default:
		fail(call, KERN_INVALID_VALUE);
		return;
	}
	if (notify && !MACH_MSG_TYPE_PORT_ANY_SEND_ONCE(call->argument[5])) {
		fail(call, KERN_INVALID_CAPABILITY);
		return;
	}
	if (notify == MACH_PORT_DEAD) {
		fail(call, KERN_INVALID_CAPABILITY);
		return;
	}
	entry = call_requested(call, space);
	if (!entry)
		return;
	if (notify) {
		from = call_notify(call);
		if (!from)
			return;
		/* The right is taken first. */
		if (from == entry && from->type == MACH_PORT_TYPE_SEND_ONCE &&
		    call->argument[5] == MACH_MSG_TYPE_MOVE_SEND_ONCE) {
			fail(call, KERN_INVALID_NAME);
			return;
		}
	}
	if (is_told_at_once(call, entry)) {
		entry_add_urefs(entry, 1);
		port_notify(entry_take(from, call->argument[5]).port,
			    MACH_NOTIFY_DEAD_NAME, entry->name, 0);
		answer(call, MACH_PORT_NULL);
		return;
	}
	slot = request_slot(entry, call->argument[2]);
	previous.port = *slot;
	*slot = NULL;
	if (from)
		*slot = entry_take(from, call->argument[5]).port;
	if (slot == &entry->port->destroyed) {
		if (previous.port)
			previous.port->asked--;
		if (*slot)
			(*slot)->asked++;
	}
	entry_touch(entry);
	if (slot == &entry->notify)
		request_begin(call, entry);
	if (slot == &entry->port->no_senders &&
	    call->argument[3] <= entry->port->mscount)
		port_tell_no_senders(entry->port);
	answer(call, right_put(&model->space[call->task], previous, call, 0));
}

/*
 * Calls that only give a name
 */

static void answer_send(struct call *call, struct port *port)
{
	struct right right = { .port = port, .type = MACH_MSG_TYPE_PORT_SEND };

	port->srights++;
	answer(call, right_put(&model->space[call->task], right, call, 0));
}

/* -> name */
void model_reply_port(struct call *call)
{
	make_named(&model->space[call->task], call, MACH_PORT_RIGHT_RECEIVE);
}

/* -> name */
void model_host_self(struct call *call)
{
	answer_send(call, model->host_port);
}

/* -> name */
void model_thread_self(struct call *call)
{
	answer_send(call, model->thread_port[call->task]);
}

/* which -> name */
void model_task_for_pid(struct call *call)
{
	answer_send(call, model->task_port[call->argument[0]]);
}

/* which -> name */
void model_task_read_for_pid(struct call *call)
{
	answer_send(call, model->read_port[call->argument[0]]);
}
