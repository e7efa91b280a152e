// SPDX-License-Identifier: GPL-2.0-only
/* The model of port sets: members, whose turn it is, and the calls on them. */
#include <stdlib.h>

#include "calls.h"

struct member *set_member(const struct entry *set, const struct port *port)
{
	struct member *member;

	for (member = port->sets; member; member = member->next) {
		if (member->set == set)
			return member;
	}
	return NULL;
}

static void set_join(struct entry *set, struct port *port)
{
	struct member *member = model->free_members;

	if (!member)
		model_bug("no room for a member");
	model->free_members = member->next;
	*member = (struct member){
		.set = set,
		.port = port,
		.since = model->step,
		.next = port->sets,
	};
	port->sets = member;
	entry_touch(set);
	entry_touch(port->receive);
}

static void set_leave(struct member *member)
{
	struct member **link = &member->port->sets;

	while (*link != member)
		link = &(*link)->next;
	*link = member->next;
	entry_touch(member->set);
	entry_touch(member->port->receive);
	member->next = model->free_members;
	model->free_members = member;
}

/* All but @keep, if there is one. */
static void leave_others(struct port *port, const struct member *keep)
{
	struct member *member = port->sets, *next;

	for (; member; member = next) {
		next = member->next;
		if (member != keep)
			set_leave(member);
	}
}

void set_leave_all(struct port *port)
{
	leave_others(port, NULL);
}

/* The membership of the name number @i of the space, if it is of a member. */
static struct member *member_at(const struct entry *set, uint32_t i)
{
	const struct entry *entry = set->space->names[i];

	return entry->type & MACH_PORT_TYPE_RECEIVE ?
	       set_member(set, entry->port) : NULL;
}

void set_clear(struct entry *set)
{
	uint32_t i;

	for (i = 0; i < set->space->count; i++) {
		struct member *member = member_at(set, i);

		if (member)
			set_leave(member);
	}
}

void set_ready(struct port *port)
{
	struct member *member;

	for (member = port->sets; member; member = member->next)
		member->since = model->step;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

uint32_t set_list(const struct entry *set, uint32_t *name)
{
	uint32_t i, count = 0;

	for (i = 0; i < set->space->count; i++) {
		if (member_at(set, i))
			name[count++] = set->space->names[i]->name;
	}
	qsort(name, count, sizeof(*name), by_number);
	return count;
}

/*
 * Whose turn it is
 */

/* What has become ready, or was served, in one step has no order. */
static bool comes_before(const struct member *member,
			 const struct member *other)
{
	return member->port->first &&
	       (!other || member->since < other->since);
}

struct member *set_first(const struct entry *set)
{
	struct member *first = NULL;
	uint32_t i;

	for (i = 0; i < set->space->count; i++) {
		struct member *member = member_at(set, i);

		if (member && comes_before(member, first))
			first = member;
	}
	return first;
}

static bool is_equal(const struct member *member, const struct member *other)
{
	return member && member != other && member->port->first &&
	       member->since == other->since;
}

bool set_has_choice(const struct entry *set)
{
	const struct member *first = set_first(set);
	uint32_t i;

	for (i = 0; first && i < set->space->count; i++) {
		if (is_equal(member_at(set, i), first))
			return true;
	}
	return false;
}

struct member *set_choose(const struct entry *set, uint32_t name)
{
	const struct entry *entry = space_find(set->space, name);
	struct member *first = set_first(set), *member = NULL;

	if (entry && (entry->type & MACH_PORT_TYPE_RECEIVE))
		member = set_member(set, entry->port);
	return first && is_equal(member, first) ? member : first;
}

/*
 * Calls
 */

/* Two names that denote a receive right and a set; else the code is set. */
static bool call_pair(struct call *call, struct space *space,
		      struct entry **receive, struct entry **set)
{
	uint32_t name = call->argument[1], set_name = call->argument[2];

	*receive = space_find(space, name);
	*set = space_find(space, set_name);
	if (!MACH_PORT_VALID(name) || !MACH_PORT_VALID(set_name))
		fail(call, KERN_INVALID_RIGHT);
	else if (!*receive || !*set)
		fail(call, KERN_INVALID_NAME);
	else if (!((*receive)->type & MACH_PORT_TYPE_RECEIVE) ||
		 !((*set)->type & MACH_PORT_TYPE_PORT_SET))
		fail(call, KERN_INVALID_RIGHT);
	return !call->want.code;
}

/* task, name, set */
void model_insert_member(struct call *call)
{
	struct space *space = call_space(call, false);
	struct entry *receive, *set;

	if (!space || !call_pair(call, space, &receive, &set))
		return;
	if (set_member(set, receive->port))
		fail(call, KERN_ALREADY_IN_SET);
	else
		set_join(set, receive->port);
}

/* task, name, set */
void model_extract_member(struct call *call)
{
	struct space *space = call_space(call, false);
	struct entry *receive, *set;
	struct member *member;

	if (!space || !call_pair(call, space, &receive, &set))
		return;
	member = set_member(set, receive->port);
	if (member)
		set_leave(member);
	else
		fail(call, KERN_NOT_IN_SET);
}

/* task, name, set or null */
void model_move_member(struct call *call)
{
	struct space *space = call_space(call, false);
	struct entry *receive, *set;
	struct member *member;
	struct port *port;

	if (!space)
		return;
	if (call->argument[2] == MACH_PORT_NULL) {
		port = call_receive(call, space);
		if (port && !port->sets)
			fail(call, KERN_NOT_IN_SET);
		else if (port)
			set_leave_all(port);
		return;
	}
	if (!call_pair(call, space, &receive, &set))
		return;
	member = set_member(set, receive->port);
	leave_others(receive->port, member);
	if (!member)
		set_join(set, receive->port);
}

/* task, set -> how many, names in order */
void model_get_set_status(struct call *call)
{
	struct space *space = call_space(call, true);
	uint32_t name[MODEL_SPACE_NAMES];
	uint32_t i, count, sum = 0;
	struct entry *set;

	if (!space)
		return;
	set = space_find(space, call->argument[1]);
	if (!MACH_PORT_VALID(call->argument[1]) ||
	    (set && !(set->type & MACH_PORT_TYPE_PORT_SET))) {
		fail(call, KERN_INVALID_RIGHT);
		return;
	}
	if (!set) {
		fail(call, KERN_INVALID_NAME);
		return;
	}
	count = set_list(set, name);
	for (i = 0; i < count; i++)
		sum = sum * 31 + name[i];
	answer(call, count);
	answer(call, sum);
}
