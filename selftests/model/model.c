// SPDX-License-Identifier: GPL-2.0-only
/* The model's ports, names and rights, and how they come and go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* Behind the header of a notification: the format of data, and a value. */
#define NOTIFY_WORDS 3

struct model *model;
uint64_t model_buffer;

void model_bug(const char *what)
{
	fprintf(stderr, "# model, step %u: %s\n", model->step, what);
	abort();
}

static struct space *space_of(int task)
{
	return &model->space[task];
}

/*
 * Names
 */

struct entry *space_find_index(const struct space *space, uint32_t name)
{
	struct entry *entry = space->bucket[(name >> 8) % MODEL_BUCKETS];

	while (entry && entry->name >> 8 != name >> 8)
		entry = entry->next;
	return entry;
}

struct entry *space_find(const struct space *space, uint32_t name)
{
	struct entry *entry = space_find_index(space, name);

	return entry && entry->name == name ? entry : NULL;
}

struct entry *space_find_port(const struct space *space,
			      const struct port *port)
{
	struct entry *entry;

	for (entry = port->holders; entry; entry = entry->next_holder) {
		if (entry->space == space &&
		    (entry->type & MACH_PORT_TYPE_SEND_RECEIVE))
			return entry;
	}
	return NULL;
}

void entry_touch(const struct entry *entry)
{
	struct touched *touched = model->touched;
	uint32_t i;

	for (i = 0; i < model->touches; i++, touched++) {
		if (touched->name == entry->name &&
		    touched->task == entry->space->task)
			return;
	}
	if (model->touches == MODEL_TOUCHED)
		return;
	model->touches++;
	touched->task = entry->space->task;
	touched->name = entry->name;
}

static struct entry **bucket_of(struct space *space, uint32_t name)
{
	return &space->bucket[(name >> 8) % MODEL_BUCKETS];
}

struct entry *entry_new(struct space *space, uint32_t name, uint32_t type,
			struct port *port)
{
	struct entry *entry = model->free_entries;
	struct entry **bucket = bucket_of(space, name);

	if (!entry || space->count == MODEL_SPACE_NAMES)
		model_bug("no room for a name");
	model->free_entries = entry->next;
	*entry = (struct entry){
		.space = space,
		.name = name,
		.type = type,
		.port = port,
		.place = space->count,
		.next = *bucket,
	};
	*bucket = entry;
	space->names[space->count++] = entry;
	model->names++;
	if (port) {
		entry->next_holder = port->holders;
		port->holders = entry;
	}
	entry_touch(entry);
	return entry;
}

static void holder_remove(struct entry *entry)
{
	struct entry **link = &entry->port->holders;

	while (*link != entry)
		link = &(*link)->next_holder;
	*link = entry->next_holder;
	entry->port = NULL;
}

static void bucket_remove(struct entry *entry)
{
	struct entry **link = bucket_of(entry->space, entry->name);

	while (*link != entry)
		link = &(*link)->next;
	*link = entry->next;
}

void entry_rename(struct entry *entry, uint32_t name)
{
	struct entry **bucket = bucket_of(entry->space, name);

	entry_touch(entry);
	bucket_remove(entry);
	entry->name = name;
	entry->origin = 0;
	entry->next = *bucket;
	*bucket = entry;
	entry_touch(entry);
}

static void entry_free(struct entry *entry)
{
	struct space *space = entry->space;

	entry_touch(entry);
	if (entry->type & MACH_PORT_TYPE_PORT_SET)
		set_clear(entry);
	if (entry->port)
		holder_remove(entry);
	bucket_remove(entry);
	space->names[entry->place] = space->names[--space->count];
	space->names[entry->place]->place = entry->place;
	model->names--;
	entry->next = model->free_entries;
	model->free_entries = entry;
}

/* The name goes, but its port lives. */
static void entry_free_alive(struct entry *entry)
{
	struct port *notify = entry->notify;
	uint32_t name = entry->name;

	entry_free(entry);
	if (notify)
		port_notify(notify, MACH_NOTIFY_PORT_DELETED, name, 0);
}

void entry_add_urefs(struct entry *entry, uint32_t add)
{
	entry_touch(entry);
	if (entry->urefs + add > MACH_PORT_UREFS_MAX)
		entry->urefs = MACH_PORT_UREFS_MAX;
	else
		entry->urefs += add;
}

/* One reference less: was it the last? A full count never falls. */
static bool entry_sub_uref(struct entry *entry)
{
	entry_touch(entry);
	if (entry->urefs == MACH_PORT_UREFS_MAX)
		return false;
	return !--entry->urefs;
}

/*
 * Ports
 */

struct port *port_new(enum port_kind kind, int task)
{
	struct port *port = model->free_ports;

	if (!port)
		model_bug("no room for a port");
	model->free_ports = port->next;
	*port = (struct port){
		.alive = true,
		.kind = kind,
		.task = task,
		.receiver = kind == PORT_ORDINARY ? RECEIVER_MESSAGE :
						    RECEIVER_KERNEL,
		.qlimit = MACH_PORT_QLIMIT_DEFAULT,
	};
	return port;
}

/* A port that is dead is kept while there are rights to it. */
static void port_put(struct port *port)
{
	if (port->alive || port->srights || port->sorights)
		return;
	port->next = model->free_ports;
	model->free_ports = port;
}

/* The name's port has died. */
static void entry_die(struct entry *entry)
{
	struct port *port = entry->port;
	struct port *notify = entry->notify;

	entry_touch(entry);
	holder_remove(entry);
	if (entry->type & MACH_PORT_TYPE_SEND_ONCE) {
		port->sorights--;
		entry->urefs = 1;
	} else {
		port->srights--;
	}
	entry->type = MACH_PORT_TYPE_DEAD_NAME;
	entry->notify = NULL;
	if (!notify)
		return;
	entry_add_urefs(entry, 1);
	/* In a space that goes itself, the name may have gone first. */
	port_notify(notify, MACH_NOTIFY_DEAD_NAME, entry->name,
		    entry->space->dying ? MACH_NOTIFY_PORT_DELETED : 0);
}

/* What moves and what goes in one destruction has no order. */
static struct message *notify_no_senders(struct port *notify,
					 const struct port *port, uint32_t id)
{
	struct message *message = port_notify(notify, id, port->mscount, 0);

	if (message && port->moved == model->step)
		message->other_value = port->moved_mscount;
	return message;
}

void port_tell_no_senders(struct port *port)
{
	struct port *notify = port->no_senders;

	if (!notify || port->srights)
		return;
	port->no_senders = NULL;
	if (port->receive)
		entry_touch(port->receive);
	notify_no_senders(notify, port, MACH_NOTIFY_NO_SENDERS);
}

void port_drop_send(struct port *port)
{
	port->srights--;
	if (!port->no_senders) {
		port_put(port);
		return;
	}
	if (!model->destroying) {
		port_tell_no_senders(port);
		return;
	}
	/* Should the port die of the same call, it depends on the order. */
	if (model->deserted == MODEL_DESERTED)
		model_bug("too many ports without senders");
	model->deserted_port[model->deserted++] = port;
}

void port_tell_room(struct port *port)
{
	struct entry *entry;

	if (port->msgcount >= port->qlimit)
		return;
	/* Who is told may be the port itself. */
	for (entry = port->holders; entry; entry = entry->next_holder) {
		struct port *notify = entry->notify;

		if (!notify || entry->state != REQUEST_ARMED)
			continue;
		entry->notify = NULL;
		entry_touch(entry);
		port_notify(notify, MACH_NOTIFY_SEND_POSSIBLE, entry->name, 0);
	}
}

void model_settle(void)
{
	while (model->deserted) {
		struct port *port = model->deserted_port[--model->deserted];

		if (port->alive)
			port_tell_no_senders(port);
	}
}

/* The right goes unused, or tells that there are no senders. */
static void port_notify_either(struct port *notify, const struct port *port)
{
	struct message *message = notify_no_senders(notify, port,
						    MACH_NOTIFY_SEND_ONCE);

	message->either = true;
	notify->unsure++;
}

/* The port dies: who asked is told that the right goes unused. */
static void port_cancel_no_senders(struct port *port)
{
	struct port *notify = port->no_senders;

	port->no_senders = NULL;
	if (!notify)
		return;
	if (model->destroying && notify->alive)
		port_notify_either(notify, port);
	else
		port_notify(notify, MACH_NOTIFY_SEND_ONCE, 0, 0);
}

/* The receive right has gone from wherever it was. */
static void port_kill(struct port *port)
{
	struct message *message;

	port->alive = false;
	port->receiver = RECEIVER_NOBODY;
	port->receive = NULL;
	port->carrier = NULL;
	/* It has to outlive its last holder. */
	port->srights++;
	while (port->holders)
		entry_die(port->holders);
	port_cancel_no_senders(port);
	while ((message = port->first)) {
		port_unqueue(port, message);
		message_destroy(message);
	}
	port->srights--;
	port_put(port);
}

/* Counts and context belong to who had the right. */
static void port_move(struct port *port)
{
	if (port->moved != model->step) {
		port->moved = model->step;
		port->moved_mscount = port->mscount;
	}
	port->mscount = 0;
	port->seqno = 0;
	port->context = 0;
	port->guarded = false;
	port->strict = false;
	port->immovable = false;
}

/* Would the receive right, in a message to @port, be on its way to itself? */
static bool is_on_its_way_to(const struct port *right, const struct port *port)
{
	while (port && port != right)
		port = port->carrier ? port->carrier->destination.port : NULL;
	return port;
}

/* Who has asked for it gets the receive right: the kernel's message. */
static void port_send_destroyed(struct port *port, struct port *notify)
{
	struct message *message = port_notify(notify,
					      MACH_NOTIFY_PORT_DESTROYED, 0, 0);

	message->words = 0;
	message->bits = MACH_MSGH_BITS_COMPLEX;
	message->descriptors = 1;
	message->descriptor[0] = (struct descriptor){
		.kind = MACH_MSG_PORT_DESCRIPTOR,
		.how = MACH_MSG_TYPE_PORT_RECEIVE,
		.count = 1,
		.right[0] = {
			.port = port,
			.type = MACH_MSG_TYPE_PORT_RECEIVE,
		},
	};
	port->carrier = message;
}

/* The receive right, which is in no space any more, is to be destroyed. */
static void port_release(struct port *port)
{
	struct port *notify = port->destroyed;

	port->destroyed = NULL;
	port->carrier = NULL;
	if (notify)
		notify->asked--;
	if (notify && notify->alive && !is_on_its_way_to(port, notify)) {
		port_send_destroyed(port, notify);
		return;
	}
	if (notify)
		port_notify(notify, MACH_NOTIFY_SEND_ONCE, 0, 0);
	port_kill(port);
}

/*
 * Messages
 */

struct message *message_new(void)
{
	struct message *message = model->free_messages;

	if (!message)
		model_bug("no room for a message");
	model->free_messages = message->next;
	*message = (struct message){ .batch = model->step };
	return message;
}

void message_free(struct message *message)
{
	message->next = model->free_messages;
	model->free_messages = message;
}

void port_enqueue(struct port *port, struct message *message)
{
	message->next = NULL;
	if (port->first) {
		port->last->next = message;
	} else {
		port->first = message;
		set_ready(port);
	}
	port->last = message;
	port->msgcount++;
	port->unsure += message->either;
	model->messages++;
	if (port->receive)
		entry_touch(port->receive);
}

void port_unqueue(struct port *port, struct message *message)
{
	struct message *before = NULL, **link = &port->first;

	while (*link != message) {
		before = *link;
		link = &before->next;
	}
	*link = message->next;
	if (port->last == message)
		port->last = before;
	port->msgcount--;
	port->unsure -= message->either;
	model->messages--;
	if (port->receive)
		entry_touch(port->receive);
}

struct message *port_notify(struct port *port, uint32_t id, uint32_t value,
			    uint32_t other_id)
{
	struct message *message;

	if (!port->alive) {
		port->sorights--;
		port_put(port);
		return NULL;
	}
	message = message_new();
	message->destination = (struct right){
		.port = port,
		.type = MACH_MSG_TYPE_PORT_SEND_ONCE,
	};
	message->kernel = true;
	/* The right is this notification now, and is not counted any more. */
	message->unused = id == MACH_NOTIFY_SEND_ONCE;
	if (message->unused)
		port->sorights--;
	message->id = id;
	message->other_id = other_id;
	/* The format of data, little endian, then the value. */
	message->word[1] = 1;
	message->word[2] = value;
	if (!message->unused)
		message->words = NOTIFY_WORDS;
	port_enqueue(port, message);
	return message;
}

void message_resolve(struct message *message)
{
	struct port *port = message->destination.port;

	message->either = false;
	message->unused = false;
	message->id = MACH_NOTIFY_NO_SENDERS;
	message->words = NOTIFY_WORDS;
	port->unsure--;
	port->sorights++;
}

/* Its receive rights are on their way no more. */
static void descriptor_stops(const struct descriptor *descriptor)
{
	uint32_t i;

	for (i = 0; i < descriptor->count; i++) {
		const struct right *right = &descriptor->right[i];

		if (right->port && right->type == MACH_MSG_TYPE_PORT_RECEIVE)
			right->port->carrier = NULL;
	}
}

static enum carried carried_by(const struct descriptor *descriptor)
{
	uint32_t i;

	switch (descriptor->kind) {
	case MACH_MSG_PORT_DESCRIPTOR:
		return CARRIED_PORT;
	case MACH_MSG_GUARDED_PORT_DESCRIPTOR:
		return CARRIED_GUARDED;
	case MACH_MSG_OOL_PORTS_DESCRIPTOR:
		break;
	default:
		return CARRIED_MEMORY;
	}
	for (i = 0; i < descriptor->count; i++) {
		if (descriptor->right[i].port &&
		    descriptor->how == MACH_MSG_TYPE_PORT_RECEIVE)
			return CARRIED_ARRAY_RECEIVE;
	}
	return CARRIED_ARRAY;
}

void message_count(const struct message *message, enum fate fate)
{
	uint32_t i;

	for (i = 0; i < message->descriptors; i++)
		model->carried[carried_by(&message->descriptor[i])][fate]++;
}

void message_destroy_rights(struct message *message)
{
	uint32_t i, j;

	message_count(message, FATE_DESTROYED);
	model->destroying++;
	for (i = 0; i < message->descriptors; i++)
		descriptor_stops(&message->descriptor[i]);
	right_destroy(message->reply);
	for (i = 0; i < message->descriptors; i++) {
		for (j = 0; j < message->descriptor[i].count; j++)
			right_destroy(message->descriptor[i].right[j]);
	}
	model->destroying--;
	message_free(message);
}

void message_destroy(struct message *message)
{
	model->destroying++;
	if (!message->unused)
		right_destroy(message->destination);
	model->destroying--;
	message_destroy_rights(message);
}

/*
 * Rights
 */

uint32_t right_type(uint32_t how)
{
	switch (how) {
	case MACH_MSG_TYPE_MOVE_RECEIVE:
		return MACH_MSG_TYPE_PORT_RECEIVE;
	case MACH_MSG_TYPE_MOVE_SEND:
	case MACH_MSG_TYPE_COPY_SEND:
	case MACH_MSG_TYPE_MAKE_SEND:
		return MACH_MSG_TYPE_PORT_SEND;
	case MACH_MSG_TYPE_MOVE_SEND_ONCE:
	case MACH_MSG_TYPE_MAKE_SEND_ONCE:
		return MACH_MSG_TYPE_PORT_SEND_ONCE;
	}
	return 0;
}

void right_destroy(struct right right)
{
	struct port *port = right.port;

	if (!port)
		return;
	switch (right.type) {
	case MACH_MSG_TYPE_PORT_RECEIVE:
		port_release(port);
		break;
	case MACH_MSG_TYPE_PORT_SEND:
		port_drop_send(port);
		break;
	case MACH_MSG_TYPE_PORT_SEND_ONCE:
		port_notify(port, MACH_NOTIFY_SEND_ONCE, 0, 0);
		break;
	}
}

void entry_drop_send(struct entry *entry)
{
	struct port *port = entry->port;

	entry_touch(entry);
	entry->type &= ~MACH_PORT_TYPE_SEND;
	entry->urefs = 0;
	if (!entry->type)
		entry_free_alive(entry);
	port_drop_send(port);
}

void entry_drop_receive(struct entry *entry, bool destroy)
{
	struct port *port = entry->port;

	entry_touch(entry);
	set_leave_all(port);
	/* What is destroyed may only move instead. */
	if (!destroy || port->destroyed)
		port_move(port);
	port->receive = NULL;
	port->receiver = RECEIVER_MESSAGE;
	entry->type &= ~MACH_PORT_TYPE_RECEIVE;
	if (!entry->type)
		entry_free_alive(entry);
	if (destroy)
		port_release(port);
}

void entry_drop_once(struct entry *entry)
{
	struct port *port = entry->port;

	entry_free_alive(entry);
	port_notify(port, MACH_NOTIFY_SEND_ONCE, 0, 0);
}

void entry_drop_dead(struct entry *entry)
{
	if (entry_sub_uref(entry))
		entry_free(entry);
}

void entry_destroy(struct entry *entry)
{
	struct port *port = entry->port;
	uint32_t type = entry->type;

	if (!port) {
		entry_free(entry);
		return;
	}
	if (type & MACH_PORT_TYPE_SEND_ONCE) {
		entry_drop_once(entry);
		return;
	}
	if (type & MACH_PORT_TYPE_SEND)
		entry_drop_send(entry);
	if (type & MACH_PORT_TYPE_RECEIVE)
		entry_drop_receive(entry, true);
}

bool entry_gives(const struct entry *entry, uint32_t how, bool dead)
{
	uint32_t type = entry->type;

	if (dead && (type & MACH_PORT_TYPE_DEAD_NAME))
		return how == MACH_MSG_TYPE_MOVE_SEND ||
		       how == MACH_MSG_TYPE_MOVE_SEND_ONCE ||
		       how == MACH_MSG_TYPE_COPY_SEND;
	switch (how) {
	case MACH_MSG_TYPE_MOVE_RECEIVE:
	case MACH_MSG_TYPE_MAKE_SEND:
	case MACH_MSG_TYPE_MAKE_SEND_ONCE:
		return type & MACH_PORT_TYPE_RECEIVE;
	case MACH_MSG_TYPE_MOVE_SEND:
	case MACH_MSG_TYPE_COPY_SEND:
		return type & MACH_PORT_TYPE_SEND;
	case MACH_MSG_TYPE_MOVE_SEND_ONCE:
		return type & MACH_PORT_TYPE_SEND_ONCE;
	}
	return false;
}

bool entry_is_stuck(const struct entry *entry, uint32_t how)
{
	return how == MACH_MSG_TYPE_MOVE_RECEIVE && entry->port &&
	       entry->port->immovable;
}

struct right entry_take(struct entry *entry, uint32_t how)
{
	struct right right = { .port = entry->port, .type = right_type(how) };

	if (!right.port) {
		right.name = MACH_PORT_DEAD;
		if (how != MACH_MSG_TYPE_COPY_SEND)
			entry_drop_dead(entry);
		return right;
	}
	entry_touch(entry);
	switch (how) {
	case MACH_MSG_TYPE_MOVE_RECEIVE:
		entry_drop_receive(entry, false);
		break;
	case MACH_MSG_TYPE_MAKE_SEND:
		right.port->mscount++;
		right.port->srights++;
		break;
	case MACH_MSG_TYPE_COPY_SEND:
		right.port->srights++;
		break;
	case MACH_MSG_TYPE_MOVE_SEND:
		right.port->srights++;
		if (entry_sub_uref(entry))
			entry_drop_send(entry);
		break;
	case MACH_MSG_TYPE_MAKE_SEND_ONCE:
		right.port->sorights++;
		break;
	case MACH_MSG_TYPE_MOVE_SEND_ONCE:
		entry_free_alive(entry);
		break;
	}
	return right;
}

static void entry_join(struct entry *entry, struct right right)
{
	struct port *port = right.port;

	entry_touch(entry);
	if (right.type == MACH_MSG_TYPE_PORT_RECEIVE) {
		entry->type |= MACH_PORT_TYPE_RECEIVE;
		port->receiver = entry->space->task;
		port->receive = entry;
		port->carrier = NULL;
	} else if (entry->type & MACH_PORT_TYPE_SEND) {
		port->srights--;
		entry_add_urefs(entry, 1);
	} else {
		entry->type |= MACH_PORT_TYPE_SEND;
		entry->urefs = 1;
	}
}

static struct entry *right_join(struct space *space, struct right right)
{
	struct entry *entry;

	if (right.type == MACH_MSG_TYPE_PORT_SEND_ONCE)
		return NULL;
	entry = space_find_port(space, right.port);
	if (entry)
		entry_join(entry, right);
	return entry;
}

static struct entry *right_enter(struct space *space, struct right right,
				 uint32_t name)
{
	struct entry *entry;

	if (right.type == MACH_MSG_TYPE_PORT_SEND_ONCE)
		return entry_new(space, name, MACH_PORT_TYPE_SEND_ONCE,
				 right.port);
	entry = entry_new(space, name, 0, right.port);
	entry_join(entry, right);
	return entry;
}

void right_put_as(struct space *space, struct right right, uint32_t name)
{
	if (!right_join(space, right))
		right_enter(space, right, name);
}

/* A name that the kernel chose: has it the form of a name, and was it free? */
static uint32_t learn(struct space *space, struct call *call, uint32_t place)
{
	uint32_t name = call->seen->word[place];
	uint32_t made_up;

	if ((name & 3) == 3 && name >> 8 && MACH_PORT_VALID(name) &&
	    !space_find_index(space, name))
		return name;
	model->name_taken = true;
	for (made_up = 0xffff03; space_find(space, made_up); made_up -= 0x100)
		;
	return made_up;
}

static void note_origin(struct entry *entry, struct call *call)
{
	if (call->outputs == MODEL_OUTPUTS - 1)
		model_bug("too many new names");
	entry->origin = MODEL_OUTPUTS * call->step + ++call->outputs;
	call->made[entry->origin] = entry->name;
}

struct entry *set_put(struct space *space, struct call *call, uint32_t place)
{
	struct entry *entry = entry_new(space, learn(space, call, place),
					MACH_PORT_TYPE_PORT_SET, NULL);

	note_origin(entry, call);
	return entry;
}

uint32_t right_put(struct space *space, struct right right, struct call *call,
		   uint32_t place)
{
	struct entry *entry;

	if (!right.port)
		return right.name;
	if (!right.port->alive) {
		right_destroy(right);
		return MACH_PORT_DEAD;
	}
	entry = right_join(space, right);
	if (!entry) {
		entry = right_enter(space, right, learn(space, call, place));
		note_origin(entry, call);
	}
	return entry->name;
}

/*
 * Tasks
 */

static void pools_fill(void)
{
	uint32_t i;

	for (i = 0; i < MODEL_PORTS; i++) {
		model->ports[i].next = model->free_ports;
		model->free_ports = &model->ports[i];
	}
	for (i = 0; i < MODEL_ENTRIES; i++) {
		model->entries[i].next = model->free_entries;
		model->free_entries = &model->entries[i];
	}
	for (i = 0; i < MODEL_MESSAGES; i++) {
		model->all_messages[i].next = model->free_messages;
		model->free_messages = &model->all_messages[i];
	}
	for (i = 0; i < MODEL_MEMBERS; i++) {
		model->members[i].next = model->free_members;
		model->free_members = &model->members[i];
	}
}

void model_reset(void)
{
	int task;

	memset(model, 0, sizeof(*model));
	pools_fill();
	for (task = 0; task < MODEL_TASKS; task++)
		model->space[task].task = task;
	model->host_port = port_new(PORT_HOST, 0);
}

void model_task_start(int task, pid_t pid, uint32_t version)
{
	model->pid[task] = pid;
	model->version[task] = version;
	model->task_port[task] = port_new(PORT_TASK, task);
	model->read_port[task] = port_new(PORT_TASK_READ, task);
	model->thread_port[task] = port_new(PORT_THREAD, task);
}

/* Receive rights first: what else the space has cannot end a port. */
static void space_drop_receive(struct space *space)
{
	uint32_t i = 0;

	while (i < space->count) {
		struct entry *entry = space->names[i];
		struct port *notify = entry->notify;
		struct port *port = entry->port;

		if (!(entry->type & MACH_PORT_TYPE_RECEIVE)) {
			i++;
			continue;
		}
		entry->notify = NULL;
		if (entry->type & MACH_PORT_TYPE_SEND)
			port_drop_send(port);
		if (notify)
			port_notify(notify, MACH_NOTIFY_DEAD_NAME, entry->name,
				    MACH_NOTIFY_PORT_DELETED);
		set_leave_all(port);
		if (port->destroyed)
			port_move(port);
		port->receive = NULL;
		port->receiver = RECEIVER_MESSAGE;
		entry_free(entry);
		port_release(port);
		/* Names may have moved in the list. */
		i = 0;
	}
}

void model_task_end(int task)
{
	struct space *space = space_of(task);

	space->dying = true;
	model->destroying++;
	model->pid[task] = 0;
	port_kill(model->thread_port[task]);
	port_kill(model->read_port[task]);
	port_kill(model->task_port[task]);
	space_drop_receive(space);
	while (space->count)
		entry_destroy(space->names[0]);
	model->destroying--;
	space->dying = false;
	model_settle();
}
