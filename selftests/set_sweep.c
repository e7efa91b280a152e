// SPDX-License-Identifier: GPL-2.0-only
/* The fault sweep of port sets and their members. */
#include "sweep.h"

/* Names in the other task. */
enum { THEIR_SET = 0x1e03, THEIR_PORT = 0x1f03 };

static mach_port_t another_set(mach_port_t task)
{
	mach_port_t name = MACH_PORT_NULL;

	MUST(mach_port_allocate(task, MACH_PORT_RIGHT_PORT_SET, &name));
	return name;
}

/* How many ports are in a set, as a look at what pictures do not show. */
static uint64_t members_of(mach_port_t task, mach_port_t set)
{
	uint32_t names[8];
	struct machdev_port_set_status call = {
		.task = task, .name = set, .count = 8,
		.members = (uintptr_t)names,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_GET_SET_STATUS, &call);

	if (code == KERN_INVALID_NAME)
		return 99;
	MUST(code);
	return call.count;
}

static uint64_t look_at_members(struct scene *scene)
{
	return members_of(mach_task_self(), scene->notify) |
	       members_of(mach_task_self(), scene->once) << 8 |
	       mach_counter(MACHDEV_COUNTER_MEMBERS) << 16;
}

static uint64_t look_at_their_members(struct scene *scene)
{
	return members_of(scene->other.task, THEIR_SET);
}

/*
 * Set-ups: scene->port in none of the sets scene->notify and scene->once, or in
 * the former.
 */

static void two_sets(struct scene *scene)
{
	scene_used_port(scene);
	scene->notify = another_set(mach_task_self());
	scene->once = another_set(mach_task_self());
}

static void a_member(struct scene *scene)
{
	two_sets(scene);
	MUST(mach_port_insert_member(mach_task_self(), scene->port,
				     scene->notify));
}

static void a_member_of_both(struct scene *scene)
{
	a_member(scene);
	MUST(mach_port_insert_member(mach_task_self(), scene->port,
				     scene->once));
}

static void their_set(struct scene *scene)
{
	holder_start(&scene->other);
	MUST(mach_port_allocate_name(scene->other.task,
				     MACH_PORT_RIGHT_PORT_SET, THEIR_SET));
	MUST(mach_port_allocate_name(scene->other.task,
				     MACH_PORT_RIGHT_RECEIVE, THEIR_PORT));
}

static void full_table(struct scene *scene)
{
	scene_fill(mach_task_self());
}

/*
 * Calls
 */

static long allocate_set(struct scene *scene)
{
	struct machdev_port_allocate call = {
		.task = mach_task_self(), .right = MACH_PORT_RIGHT_PORT_SET,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_ALLOCATE, &call);

	scene->got = call.name;
	return code;
}

static bool got_a_set(struct scene *scene)
{
	return port_type(scene->got) == MACH_PORT_TYPE_PORT_SET &&
	       !members_of(mach_task_self(), scene->got);
}

static long change(unsigned long command, mach_port_t task, mach_port_t port,
		   mach_port_t set)
{
	struct machdev_port_member call = {
		.task = task, .name = port, .set = set,
	};

	return mach_ioctl(command, &call);
}

static long insert(struct scene *scene)
{
	return change(MACHDEV_IOC_PORT_INSERT_MEMBER, mach_task_self(),
		      scene->port, scene->notify);
}

static long insert_theirs(struct scene *scene)
{
	return change(MACHDEV_IOC_PORT_INSERT_MEMBER, scene->other.task,
		      THEIR_PORT, THEIR_SET);
}

static long extract(struct scene *scene)
{
	return change(MACHDEV_IOC_PORT_EXTRACT_MEMBER, mach_task_self(),
		      scene->port, scene->notify);
}

static long move(struct scene *scene)
{
	return change(MACHDEV_IOC_PORT_MOVE_MEMBER, mach_task_self(),
		      scene->port, scene->once);
}

static long move_out(struct scene *scene)
{
	return change(MACHDEV_IOC_PORT_MOVE_MEMBER, mach_task_self(),
		      scene->port, MACH_PORT_NULL);
}

static long list(struct scene *scene)
{
	struct machdev_port_set_status call = {
		.task = mach_task_self(), .name = scene->notify, .count = 1,
		.members = (uintptr_t)&scene->got,
	};

	return mach_ioctl(MACHDEV_IOC_PORT_GET_SET_STATUS, &call);
}

static bool got_the_port(struct scene *scene)
{
	return scene->got == scene->port;
}

static long destroy(struct scene *scene)
{
	struct machdev_port_name call = { mach_task_self(), scene->notify };

	return mach_ioctl(MACHDEV_IOC_PORT_DESTROY, &call);
}

#define SET_FORM(title, ...)						\
	{ .name = title, .refusals = &call_refusals, __VA_ARGS__ }
#define MEMBER_FORM(title, set_up_by, called)				\
	SET_FORM(title, .set_up = set_up_by, .call = called,		\
		 .look = look_at_members)

static const struct form forms[] = {
	SET_FORM("allocate a port set", .call = allocate_set,
		 .check = got_a_set),
	SET_FORM("allocate a port set, full table", .set_up = full_table,
		 .call = allocate_set, .check = got_a_set, .grows = true),
	MEMBER_FORM("insert", two_sets, insert),
	SET_FORM("insert in another task", .set_up = their_set,
		 .call = insert_theirs, .look = look_at_their_members),
	MEMBER_FORM("extract", a_member, extract),
	MEMBER_FORM("move into a set", two_sets, move),
	MEMBER_FORM("move to another set", a_member, move),
	MEMBER_FORM("move to one of two sets", a_member_of_both, move),
	MEMBER_FORM("move out of all sets", a_member_of_both, move_out),
	SET_FORM("list members", .set_up = a_member, .call = list,
		 .check = got_the_port, .look = look_at_members),
	MEMBER_FORM("destroy a set with a member", a_member_of_both, destroy),
};

SWEEP_MAIN(forms)
