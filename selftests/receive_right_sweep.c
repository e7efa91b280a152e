// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fault sweep of what is done with a receive right: its counts, context and
 * guard, looks at its queue, ports made with options and destroyed with what
 * goes along, and requests of its holder.
 */
#include "sweep.h"

#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define COPY_SEND MACH_MSG_TYPE_COPY_SEND

#define NO_SENDERS MACH_NOTIFY_NO_SENDERS
#define DESTROYED MACH_NOTIFY_PORT_DESTROYED

#define GUARD 0xfeedfacecafe0001ull
#define ANOTHER_GUARD 0xfeedfacecafe0002ull

enum { LIMIT = 7, COUNT = 71, NUMBER = 72 };

/*
 * Set-ups
 */

static void a_port(struct scene *scene)
{
	scene_used_port(scene);
}

static void full_table(struct scene *scene)
{
	scene_fill(mach_task_self());
}

static void a_port_with_a_context(struct scene *scene)
{
	a_port(scene);
	MUST(mach_port_set_context(mach_task_self(), scene->name, GUARD));
}

static void a_guarded_port(struct scene *scene)
{
	a_port(scene);
	MUST(mach_port_guard(mach_task_self(), scene->name, GUARD, FALSE));
}

/* With a message that carries rights, and a dead name to be. */
static void a_busy_guarded_port(struct scene *scene)
{
	struct port_msg msg;

	a_guarded_port(scene);
	scene->notify = port_new();
	request_dead_name(mach_task_self(), scene->name, scene->notify);
	port_msg_init(&msg, scene->port, COPY_SEND, scene->notify, MAKE_ONCE,
		      2);
	msg.port[0] = msg_port(scene->notify, MAKE_ONCE);
	msg.port[1] = msg_port(port_new(), MACH_MSG_TYPE_MOVE_RECEIVE);
	MUST(msg_send(&msg, PORT_MSG_SIZE(2)));
}

/* Ports to ask about, and what to tell it to. */

static void a_port_to_watch(struct scene *scene)
{
	a_port(scene);
	scene->notify = port_new();
	scene->once = port_new_once(scene->notify);
}

static void a_port_to_watch_from_a_full_table(struct scene *scene)
{
	a_port_to_watch(scene);
	full_table(scene);
}

static void a_port_without_senders(struct scene *scene)
{
	scene->name = port_new();
	scene->notify = port_new();
}

static void ask(struct scene *scene, mach_msg_id_t id)
{
	mach_port_t previous;

	MUST(mach_port_request_notification(mach_task_self(), scene->name, id,
					    0, scene->notify, MAKE_ONCE,
					    &previous));
}

static void a_port_watched_for_senders(struct scene *scene)
{
	a_port_to_watch(scene);
	ask(scene, NO_SENDERS);
}

static void a_port_watched_for_its_end(struct scene *scene)
{
	a_port_to_watch(scene);
	ask(scene, DESTROYED);
}

static void a_port_watched_for_senders_and_a_full_table(struct scene *scene)
{
	a_port_watched_for_senders(scene);
	full_table(scene);
}

static void a_port_watched_for_its_end_and_a_full_table(struct scene *scene)
{
	a_port_watched_for_its_end(scene);
	full_table(scene);
}

/*
 * Counts, context, guard
 */

static long count(struct scene *scene, unsigned long command, uint32_t value)
{
	struct machdev_port_count call = {
		.task = mach_task_self(), .name = scene->name, .count = value,
	};
	long code = mach_ioctl(command, &call);

	scene->got = call.count;
	return code;
}

static long set_mscount(struct scene *scene)
{
	return count(scene, MACHDEV_IOC_PORT_SET_MSCOUNT, COUNT);
}

static bool has_mscount(struct scene *scene)
{
	return port_status(scene->name).mps_mscount == COUNT;
}

static long set_seqno(struct scene *scene)
{
	return count(scene, MACHDEV_IOC_PORT_SET_SEQNO, NUMBER);
}

static bool has_seqno(struct scene *scene)
{
	return port_status(scene->name).mps_seqno == NUMBER;
}

static long get_srights(struct scene *scene)
{
	return count(scene, MACHDEV_IOC_PORT_GET_SRIGHTS, 0);
}

/* Two that have a name, and one in a message. */
static bool got_srights(struct scene *scene)
{
	mach_port_rights_t rights;

	MUST(mach_port_get_srights(mach_task_self(), scene->name, &rights));
	return rights >= 2 && scene->got == rights;
}

static long context(struct scene *scene, unsigned long command,
		    uint64_t *value)
{
	struct machdev_port_context call = {
		.task = mach_task_self(), .name = scene->name,
		.context = *value,
	};
	long code = mach_ioctl(command, &call);

	*value = call.context;
	return code;
}

static long get_context(struct scene *scene)
{
	uint64_t value = 0;
	long code = context(scene, MACHDEV_IOC_PORT_GET_CONTEXT, &value);

	scene->got = value == GUARD;
	return code;
}

static bool got_it(struct scene *scene)
{
	return scene->got;
}

static long set_context(struct scene *scene)
{
	uint64_t value = GUARD;

	return context(scene, MACHDEV_IOC_PORT_SET_CONTEXT, &value);
}

static uint64_t look_context(struct scene *scene)
{
	uint64_t value = 0;

	MUST(context(scene, MACHDEV_IOC_PORT_GET_CONTEXT, &value));
	return value;
}

static long guard(struct scene *scene, unsigned long command, uint64_t value,
		  uint64_t new_value, uint32_t flags)
{
	struct machdev_port_guard call = {
		.task = mach_task_self(), .name = scene->name, .flags = flags,
		.guard = value, .new_guard = new_value,
	};

	return mach_ioctl(command, &call);
}

static long set_guard(struct scene *scene)
{
	return guard(scene, MACHDEV_IOC_PORT_GUARD, GUARD, 0, 0);
}

static long set_strict_guard(struct scene *scene)
{
	return guard(scene, MACHDEV_IOC_PORT_GUARD, GUARD, 0,
		     MACHDEV_MPG_STRICT | MACHDEV_MPG_IMMOVABLE_RECEIVE);
}

static long clear_guard(struct scene *scene)
{
	return guard(scene, MACHDEV_IOC_PORT_UNGUARD, GUARD, 0, 0);
}

static long swap_guard(struct scene *scene)
{
	return guard(scene, MACHDEV_IOC_PORT_SWAP_GUARD, GUARD, ANOTHER_GUARD,
		     0);
}

static bool has_no_guard(struct scene *scene)
{
	return !port_status(scene->name).mps_flags;
}

static bool has_guard(struct scene *scene)
{
	return port_status(scene->name).mps_flags ==
	       MACH_PORT_STATUS_FLAG_GUARDED;
}

static bool has_another_guard(struct scene *scene)
{
	return has_guard(scene) && look_context(scene) == ANOTHER_GUARD;
}

static bool has_strict_guard(struct scene *scene)
{
	return port_status(scene->name).mps_flags ==
	       (MACH_PORT_STATUS_FLAG_GUARDED |
		MACH_PORT_STATUS_FLAG_STRICT_GUARD |
		MACH_PORT_STATUS_FLAG_GUARD_IMMOVABLE_RECEIVE);
}

static long assert_guard(struct scene *scene)
{
	uint64_t value = GUARD;
	struct machdev_port_attributes call = {
		.task = mach_task_self(), .name = scene->name,
		.flavor = MACHDEV_PORT_GUARD_INFO,
		.count = MACHDEV_PORT_GUARD_INFO_COUNT,
		.info = (uintptr_t)&value,
	};

	return mach_ioctl(MACHDEV_IOC_PORT_ASSERT_ATTRIBUTES, &call);
}

static long peek(struct scene *scene)
{
	uint32_t words[32];
	struct machdev_port_peek call = {
		.task = mach_task_self(), .name = scene->name,
		.trailer = MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT),
		.count = sizeof(words), .info = (uintptr_t)words,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_PEEK, &call);

	scene->got = call.id;
	return code;
}

static bool got_2(struct scene *scene)
{
	return scene->got == 2;
}

/*
 * Ports made with options, and destroyed
 */

static long construct(struct scene *scene, uint32_t flags)
{
	struct machdev_port_construct call = {
		.task = mach_task_self(), .flags = flags, .qlimit = LIMIT,
		.context = GUARD,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_CONSTRUCT, &call);

	scene->got = call.name;
	return code;
}

/* Is it the port that was wanted? */
static bool constructed(struct scene *scene, mach_port_type_t type,
			uint32_t limit, uint32_t flags)
{
	mach_port_status_t status;

	if (port_type(scene->got) != type)
		return false;
	status = port_status(scene->got);
	return status.mps_qlimit == limit && status.mps_flags == flags;
}

#define DEFINE_CONSTRUCT(name, options, type, limit, flags)		\
	static long construct_##name(struct scene *scene)		\
	{								\
		return construct(scene, options);			\
	}								\
									\
	static bool constructed_##name(struct scene *scene)		\
	{								\
		return constructed(scene, MACH_PORT_TYPE_##type, limit,	\
				   flags);				\
	}

DEFINE_CONSTRUCT(plain, 0, RECEIVE, MACH_PORT_QLIMIT_DEFAULT, 0)
DEFINE_CONSTRUCT(limited, MPO_QLIMIT, RECEIVE, LIMIT, 0)
DEFINE_CONSTRUCT(sends, MPO_INSERT_SEND_RIGHT, SEND_RECEIVE,
		 MACH_PORT_QLIMIT_DEFAULT, 0)
DEFINE_CONSTRUCT(guarded, MPO_CONTEXT_AS_GUARD, RECEIVE,
		 MACH_PORT_QLIMIT_DEFAULT, MACH_PORT_STATUS_FLAG_GUARDED)
DEFINE_CONSTRUCT(strict, MPO_CONTEXT_AS_GUARD | MPO_STRICT, RECEIVE,
		 MACH_PORT_QLIMIT_DEFAULT,
		 MACH_PORT_STATUS_FLAG_GUARDED |
		 MACH_PORT_STATUS_FLAG_STRICT_GUARD)
DEFINE_CONSTRUCT(immovable, MPO_CONTEXT_AS_GUARD | MPO_IMMOVABLE_RECEIVE,
		 RECEIVE, MACH_PORT_QLIMIT_DEFAULT,
		 MACH_PORT_STATUS_FLAG_GUARDED |
		 MACH_PORT_STATUS_FLAG_GUARD_IMMOVABLE_RECEIVE)
DEFINE_CONSTRUCT(all,
		 MPO_QLIMIT | MPO_INSERT_SEND_RIGHT | MPO_CONTEXT_AS_GUARD |
		 MPO_STRICT | MPO_IMMOVABLE_RECEIVE,
		 SEND_RECEIVE, LIMIT,
		 MACH_PORT_STATUS_FLAG_GUARDED |
		 MACH_PORT_STATUS_FLAG_STRICT_GUARD |
		 MACH_PORT_STATUS_FLAG_GUARD_IMMOVABLE_RECEIVE)

static long destruct(struct scene *scene, int delta)
{
	struct machdev_port_destruct call = {
		.task = mach_task_self(), .name = scene->name, .delta = delta,
		.guard = GUARD,
	};

	return mach_ioctl(MACHDEV_IOC_PORT_DESTRUCT, &call);
}

static long destruct_all(struct scene *scene)
{
	return destruct(scene, -2);
}

static long destruct_some(struct scene *scene)
{
	return destruct(scene, -1);
}

static bool is_gone(struct scene *scene)
{
	return !port_type(scene->name);
}

static bool is_dead(struct scene *scene)
{
	return port_type(scene->name) == MACH_PORT_TYPE_DEAD_NAME;
}

static long end_receive(struct scene *scene)
{
	struct machdev_port_refs call = {
		.task = mach_task_self(), .name = scene->name,
		.right = MACH_PORT_RIGHT_RECEIVE, .delta = -1,
	};

	return mach_ioctl(MACHDEV_IOC_PORT_MOD_REFS, &call);
}

static long end_send(struct scene *scene)
{
	struct machdev_port_refs call = {
		.task = mach_task_self(), .name = scene->name,
		.right = MACH_PORT_RIGHT_SEND, .delta = -2,
	};

	return mach_ioctl(MACHDEV_IOC_PORT_MOD_REFS, &call);
}

/* The notification has come, and the receive right in it if it shall. */
static bool told(struct scene *scene)
{
	return port_queued(scene->notify) == 1;
}

/* The queue of the port, too, had a send right. */
static void a_port_whose_senders_end(struct scene *scene)
{
	struct msg msg;

	a_port_watched_for_senders(scene);
	MUST(msg_receive(&msg, scene->name));
}

/*
 * Requests
 */

static long request(struct scene *scene, mach_msg_id_t id, mach_port_t notify,
		    mach_msg_type_name_t how)
{
	struct machdev_port_notification call = {
		.task = mach_task_self(), .name = scene->name, .msgid = id,
		.notify = notify, .disposition = how,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_REQUEST_NOTIFICATION, &call);

	scene->got = call.previous;
	return code;
}

#define DEFINE_REQUEST(id)						\
	static long request_##id(struct scene *scene)			\
	{								\
		return request(scene, id, scene->notify, MAKE_ONCE);	\
	}								\
									\
	static long request_##id##_moved(struct scene *scene)		\
	{								\
		return request(scene, id, scene->once, MOVE_ONCE);	\
	}								\
									\
	static long request_##id##_no_more(struct scene *scene)		\
	{								\
		return request(scene, id, MACH_PORT_NULL, MAKE_ONCE);	\
	}

DEFINE_REQUEST(NO_SENDERS)
DEFINE_REQUEST(DESTROYED)

static bool got_nothing(struct scene *scene)
{
	return !scene->got;
}

static bool got_once(struct scene *scene)
{
	return port_type(scene->got) == MACH_PORT_TYPE_SEND_ONCE;
}

#define FORM(title, function, ...)					\
	{ .name = title, .call = function, .refusals = &call_refusals,	\
	  __VA_ARGS__ }

#define CONSTRUCT_FORM(title, name, ...)				\
	FORM(title, construct_##name, .check = constructed_##name,	\
	     __VA_ARGS__)

/* What was asked is answered at once, and that cannot be taken back. */
#define ANSWERED { .code = -EFAULT, .site = SWEEP_COPY, .from = 3 }

static const struct form forms[] = {
	FORM("set the make-send count", set_mscount, .set_up = a_port,
	     .check = has_mscount),
	FORM("set the sequence number", set_seqno, .set_up = a_port,
	     .check = has_seqno),
	FORM("get the count of send rights", get_srights, .set_up = a_port,
	     .check = got_srights),
	FORM("get the context", get_context, .set_up = a_port_with_a_context,
	     .check = got_it),
	FORM("set the context", set_context, .set_up = a_port,
	     .look = look_context),
	FORM("guard", set_guard, .set_up = a_port, .look = look_context,
	     .check = has_guard),
	FORM("guard strictly", set_strict_guard, .set_up = a_port,
	     .look = look_context, .check = has_strict_guard),
	FORM("unguard", clear_guard, .set_up = a_guarded_port,
	     .look = look_context, .check = has_no_guard),
	FORM("swap the guard", swap_guard, .set_up = a_guarded_port,
	     .look = look_context, .check = has_another_guard),
	FORM("assert the guard", assert_guard, .set_up = a_guarded_port),
	FORM("look into the queue", peek, .set_up = a_port, .check = got_2),

	CONSTRUCT_FORM("construct", plain),
	CONSTRUCT_FORM("construct with a limit", limited),
	CONSTRUCT_FORM("construct with a send right", sends),
	CONSTRUCT_FORM("construct with a guard", guarded),
	CONSTRUCT_FORM("construct with a strict guard", strict),
	CONSTRUCT_FORM("construct what cannot move", immovable),
	CONSTRUCT_FORM("construct with all, full table", all,
		       .set_up = full_table, .grows = true),
	FORM("destruct a port", destruct_all, .set_up = a_port,
	     .check = is_gone),
	FORM("destruct a guarded port", destruct_some,
	     .set_up = a_busy_guarded_port, .check = is_dead),
	FORM("destruct a port that somebody wants", destruct_all,
	     .set_up = a_port_watched_for_its_end, .check = told),
	FORM("no more receive reference, somebody wants it", end_receive,
	     .set_up = a_port_watched_for_its_end, .check = told),
	FORM("the last send right", end_send,
	     .set_up = a_port_whose_senders_end, .check = told),

	FORM("request of no senders", request_NO_SENDERS,
	     .set_up = a_port_to_watch, .check = got_nothing),
	FORM("request of no senders, full table", request_NO_SENDERS,
	     .set_up = a_port_to_watch_from_a_full_table,
	     .check = got_nothing, .grows = true),
	FORM("request of no senders, moved right", request_NO_SENDERS_moved,
	     .set_up = a_port_to_watch, .check = got_nothing),
	FORM("request of no senders, there are none", request_NO_SENDERS,
	     .set_up = a_port_without_senders, .check = told,
	     .loss = { ANSWERED }),
	FORM("another request of no senders", request_NO_SENDERS,
	     .set_up = a_port_watched_for_senders_and_a_full_table,
	     .check = got_once, .grows = true),
	FORM("another request of no senders, moved right",
	     request_NO_SENDERS_moved, .set_up = a_port_watched_for_senders,
	     .check = got_once),
	FORM("request of no senders no more", request_NO_SENDERS_no_more,
	     .set_up = a_port_watched_for_senders_and_a_full_table,
	     .check = got_once, .grows = true),

	FORM("request of a destroyed port", request_DESTROYED,
	     .set_up = a_port_to_watch, .check = got_nothing),
	FORM("request of a destroyed port, full table", request_DESTROYED,
	     .set_up = a_port_to_watch_from_a_full_table,
	     .check = got_nothing, .grows = true),
	FORM("request of a destroyed port, moved right",
	     request_DESTROYED_moved, .set_up = a_port_to_watch,
	     .check = got_nothing),
	FORM("another request of a destroyed port", request_DESTROYED,
	     .set_up = a_port_watched_for_its_end_and_a_full_table,
	     .check = got_once, .grows = true),
	FORM("another request of a destroyed port, moved right",
	     request_DESTROYED_moved, .set_up = a_port_watched_for_its_end,
	     .check = got_once),
	FORM("request of a destroyed port no more", request_DESTROYED_no_more,
	     .set_up = a_port_watched_for_its_end_and_a_full_table,
	     .check = got_once, .grows = true),
};

SWEEP_MAIN(forms)
