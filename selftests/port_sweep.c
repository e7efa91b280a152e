// SPDX-License-Identifier: GPL-2.0-only
/* The fault sweep of names, rights and requests: the mach_port_ calls. */
#include "sweep.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define MOVE_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE

/* A name in the first segment, and one far beyond the first 4096. */
enum { NEAR = 0x1e03, FAR = 0x200003 };

/*
 * Set-ups
 */

static void full_table(struct scene *scene)
{
	scene_fill(mach_task_self());
}

static void another_task(struct scene *scene)
{
	holder_start(&scene->other);
}

static void another_full_table(struct scene *scene)
{
	holder_start(&scene->other);
	scene_fill(scene->other.task);
}

static void a_port(struct scene *scene)
{
	scene_used_port(scene);
}

/* It has one name for all but send-once rights: theirs is another. */
static void a_send_once_right(struct scene *scene)
{
	a_port(scene);
	scene->name = port_new_once(scene->port);
}

/* Only a send right; the port is another task's. */
static void a_send_right(struct scene *scene)
{
	mach_port_t port;
	mach_msg_type_name_t type;

	another_task(scene);
	MUST(mach_port_allocate(scene->other.task, MACH_PORT_RIGHT_RECEIVE,
				&port));
	MUST(mach_port_extract_right(scene->other.task, port, MAKE_SEND,
				     &scene->name, &type));
	scene->port = port;
}

static void a_dead_name(struct scene *scene)
{
	scene->name = port_new_dead(2);
}

static void watch(struct scene *scene)
{
	scene->notify = port_new();
	request_dead_name(mach_task_self(), scene->name, scene->notify);
}

static void a_watched_send_right(struct scene *scene)
{
	a_send_right(scene);
	watch(scene);
}

/* With messages that carry rights, a request, and a dead name to be. */
static void a_busy_port(struct scene *scene)
{
	struct port_msg msg;

	a_port(scene);
	watch(scene);
	port_msg_init(&msg, scene->port, COPY_SEND, scene->notify, MAKE_ONCE,
		      2);
	msg.port[0] = msg_port(scene->notify, MAKE_ONCE);
	msg.port[1] = msg_port(port_new(), MOVE_RECEIVE);
	MUST(msg_send(&msg, PORT_MSG_SIZE(2)));
}

static void a_port_to_watch(struct scene *scene)
{
	a_port(scene);
	scene->notify = port_new();
}

static void a_watched_port(struct scene *scene)
{
	a_port(scene);
	watch(scene);
}

static void a_port_to_watch_from_a_full_table(struct scene *scene)
{
	a_port_to_watch(scene);
	full_table(scene);
}

static void a_watched_port_and_a_full_table(struct scene *scene)
{
	a_watched_port(scene);
	full_table(scene);
}

/* Rights that the other task has, under the names NEAR. */

static void give(struct scene *scene, mach_msg_type_name_t how)
{
	MUST(mach_port_insert_right(scene->other.task, NEAR, scene->name,
				    how));
}

/* So that its make-send count is not that of a right that has just moved. */
static void count_up(struct scene *scene)
{
	mach_msg_type_name_t type;
	mach_port_t port;

	MUST(mach_port_extract_right(scene->other.task, NEAR, MAKE_SEND, &port,
				     &type));
	MUST(mach_port_deallocate(mach_task_self(), port));
}

static void others_port(struct scene *scene)
{
	struct msg msg;

	another_task(scene);
	scene->name = port_new_send(2);
	MUST(msg_send_id(scene->name, COPY_SEND, 1));
	MUST(msg_receive(&msg, scene->name));
	MUST(msg_send_id(scene->name, COPY_SEND, 2));
	give(scene, MOVE_SEND);
	give(scene, MOVE_SEND);
	give(scene, MOVE_RECEIVE);
	count_up(scene);
	full_table(scene);
}

static void others_receive_right(struct scene *scene)
{
	another_task(scene);
	scene->name = port_new();
	MUST(msg_send_id(scene->name, MAKE_SEND, 1));
	give(scene, MOVE_RECEIVE);
	count_up(scene);
	full_table(scene);
}

static void others_send_right(struct scene *scene)
{
	mach_port_t port;

	another_task(scene);
	port = port_new();
	scene->name = port;
	give(scene, MAKE_SEND);
	/* The other task alone has a name that is not the port's. */
	MUST(mach_port_insert_right(mach_task_self(), port, port, MAKE_SEND));
	MUST(mach_port_deallocate(mach_task_self(), port));
	full_table(scene);
}

static void others_watched_send_right(struct scene *scene)
{
	others_send_right(scene);
	/* In the place of a dead name. */
	MUST(mach_port_deallocate(mach_task_self(), 0x1f03));
	scene->notify = port_new();
	request_dead_name(scene->other.task, NEAR, scene->notify);
}

static void others_send_once_right(struct scene *scene)
{
	another_task(scene);
	scene->name = port_new();
	give(scene, MAKE_ONCE);
	full_table(scene);
}

static void others_dead_name(struct scene *scene)
{
	another_task(scene);
	scene->name = port_new_send(1);
	give(scene, COPY_SEND);
	MUST(mach_port_destroy(mach_task_self(), scene->name));
}

/* For rights that are to be given to the other task, whose table is full. */

static void a_port_and_another_task(struct scene *scene)
{
	another_full_table(scene);
	a_port(scene);
}

static void a_send_once_right_and_another_task(struct scene *scene)
{
	another_full_table(scene);
	a_send_once_right(scene);
}

static void a_watched_port_and_another_task(struct scene *scene)
{
	another_full_table(scene);
	a_port(scene);
	watch(scene);
}

/*
 * Calls
 */

static long allocate(task_t task, mach_port_right_t right, mach_port_t name,
		     uint32_t *got)
{
	struct machdev_port_allocate call = {
		.task = task, .right = right, .name = name,
		.flags = name ? MACHDEV_ALLOCATE_NAME : 0,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_ALLOCATE, &call);

	*got = call.name;
	return code;
}

static long allocate_receive(struct scene *scene)
{
	return allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, 0,
			&scene->got);
}

static long allocate_dead_name(struct scene *scene)
{
	return allocate(mach_task_self(), MACH_PORT_RIGHT_DEAD_NAME, 0,
			&scene->got);
}

static long allocate_receive_near(struct scene *scene)
{
	return allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, NEAR,
			&scene->got);
}

static long allocate_dead_name_near(struct scene *scene)
{
	return allocate(mach_task_self(), MACH_PORT_RIGHT_DEAD_NAME, NEAR,
			&scene->got);
}

static long allocate_in_another(struct scene *scene)
{
	return allocate(scene->other.task, MACH_PORT_RIGHT_RECEIVE, 0,
			&scene->got);
}

static bool got_a_port(struct scene *scene)
{
	return port_type(scene->got) == MACH_PORT_TYPE_RECEIVE;
}

static bool got_a_dead_name(struct scene *scene)
{
	return port_type(scene->got) == MACH_PORT_TYPE_DEAD_NAME;
}

static long reply_port(struct scene *scene)
{
	return mach_ioctl_name(MACHDEV_IOC_REPLY_PORT, &scene->got);
}

static long deallocate(struct scene *scene)
{
	struct machdev_port_name call = { mach_task_self(), scene->name };

	return mach_ioctl(MACHDEV_IOC_PORT_DEALLOCATE, &call);
}

static long destroy(struct scene *scene)
{
	struct machdev_port_name call = { mach_task_self(), scene->name };

	return mach_ioctl(MACHDEV_IOC_PORT_DESTROY, &call);
}

static long mod_refs(struct scene *scene, mach_port_right_t right, int delta)
{
	struct machdev_port_refs call = {
		.task = mach_task_self(), .name = scene->name, .right = right,
		.delta = delta,
	};

	return mach_ioctl(MACHDEV_IOC_PORT_MOD_REFS, &call);
}

static long one_more(struct scene *scene)
{
	return mod_refs(scene, MACH_PORT_RIGHT_SEND, 1);
}

static long end_send(struct scene *scene)
{
	return mod_refs(scene, MACH_PORT_RIGHT_SEND, -2);
}

static long end_receive(struct scene *scene)
{
	return mod_refs(scene, MACH_PORT_RIGHT_RECEIVE, -1);
}

static long end_once(struct scene *scene)
{
	return mod_refs(scene, MACH_PORT_RIGHT_SEND_ONCE, -1);
}

static long get_refs(struct scene *scene)
{
	struct machdev_port_refs call = {
		.task = mach_task_self(), .name = scene->name,
		.right = MACH_PORT_RIGHT_SEND,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_GET_REFS, &call);

	scene->got = call.delta;
	return code;
}

static long type(struct scene *scene)
{
	struct machdev_port_type call = {
		.task = mach_task_self(), .name = scene->name,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_TYPE, &call);

	scene->got = call.type;
	return code;
}

static bool got_2(struct scene *scene)
{
	return scene->got == 2;
}

static bool got_type_of_port(struct scene *scene)
{
	return scene->got == MACH_PORT_TYPE_SEND_RECEIVE;
}

static long rename_to(struct scene *scene, mach_port_t name)
{
	struct machdev_port_rename call = {
		.task = mach_task_self(), .name = scene->name,
		.new_name = name,
	};

	return mach_ioctl(MACHDEV_IOC_PORT_RENAME, &call);
}

static long rename_near(struct scene *scene)
{
	return rename_to(scene, NEAR);
}

static long rename_far(struct scene *scene)
{
	return rename_to(scene, FAR);
}

static long kobject(struct scene *scene)
{
	struct machdev_port_kobject call = {
		.task = mach_task_self(), .name = mach_task_self(),
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_KOBJECT, &call);

	scene->got = call.type;
	return code;
}

static bool got_a_task(struct scene *scene)
{
	return scene->got == MACHDEV_KOBJECT_TASK;
}

static long names(struct scene *scene)
{
	uint32_t names[8], types[8];
	struct machdev_port_names call = {
		.task = mach_task_self(), .count = 8,
		.names = (uintptr_t)names, .types = (uintptr_t)types,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_NAMES, &call);

	scene->got = call.count;
	return code;
}

static long space_info(struct scene *scene)
{
	struct machdev_name_info table[8];
	struct machdev_port_space call = {
		.task = mach_task_self(), .count = 8,
		.table = (uintptr_t)table,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_SPACE_INFO, &call);

	scene->got = call.count;
	return code;
}

static long space_basic_info(struct scene *scene)
{
	struct machdev_port_space call = { .task = mach_task_self() };
	long code = mach_ioctl(MACHDEV_IOC_PORT_SPACE_INFO, &call);

	scene->got = call.used;
	return code;
}

static long insert_at(struct scene *scene, task_t task, mach_port_t name,
		      mach_msg_type_name_t how)
{
	struct machdev_port_right call = {
		.task = task, .name = name, .port = scene->name,
		.disposition = how,
	};

	return mach_ioctl(MACHDEV_IOC_PORT_INSERT_RIGHT, &call);
}

/* Into a segment that is not there, nor the directory that it would be in. */
#define INSERT(how) insert_##how
#define DEFINE_INSERT(how)						\
	static long insert_##how(struct scene *scene)			\
	{								\
		return insert_at(scene, scene->other.task, FAR, how);	\
	}

DEFINE_INSERT(COPY_SEND)
DEFINE_INSERT(MAKE_SEND)
DEFINE_INSERT(MAKE_ONCE)
DEFINE_INSERT(MOVE_SEND)
DEFINE_INSERT(MOVE_ONCE)
DEFINE_INSERT(MOVE_RECEIVE)

static long insert_here(struct scene *scene)
{
	return insert_at(scene, mach_task_self(), scene->name, MAKE_SEND);
}

static long extract(struct scene *scene, mach_msg_type_name_t how)
{
	struct machdev_port_right call = {
		.task = scene->other.task, .name = NEAR, .disposition = how,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_EXTRACT_RIGHT, &call);

	scene->got = call.port;
	return code;
}

#define EXTRACT(how) extract_##how
#define DEFINE_EXTRACT(how)						\
	static long extract_##how(struct scene *scene)			\
	{								\
		return extract(scene, how);				\
	}

DEFINE_EXTRACT(COPY_SEND)
DEFINE_EXTRACT(MAKE_SEND)
DEFINE_EXTRACT(MAKE_ONCE)
DEFINE_EXTRACT(MOVE_SEND)
DEFINE_EXTRACT(MOVE_ONCE)
DEFINE_EXTRACT(MOVE_RECEIVE)

static bool got_something(struct scene *scene)
{
	return port_type(scene->got);
}

static bool got_dead(struct scene *scene)
{
	return scene->got == MACH_PORT_DEAD;
}

static long attributes(struct scene *scene, uint32_t flavor, uint32_t count,
		       unsigned long command, uint32_t *words)
{
	struct machdev_port_attributes call = {
		.task = mach_task_self(), .name = scene->name,
		.flavor = flavor, .count = count, .info = (uintptr_t)words,
	};

	return mach_ioctl(command, &call);
}

static long get_limits(struct scene *scene)
{
	return attributes(scene, MACH_PORT_LIMITS_INFO, 1,
			  MACHDEV_IOC_PORT_GET_ATTRIBUTES, &scene->got);
}

static bool got_limit(struct scene *scene)
{
	return scene->got == MACH_PORT_QLIMIT_DEFAULT;
}

static long get_status(struct scene *scene)
{
	uint32_t words[MACH_PORT_RECEIVE_STATUS_COUNT];

	return attributes(scene, MACH_PORT_RECEIVE_STATUS,
			  MACH_PORT_RECEIVE_STATUS_COUNT,
			  MACHDEV_IOC_PORT_GET_ATTRIBUTES, words);
}

static long set_limits(struct scene *scene)
{
	uint32_t limit = 7;

	return attributes(scene, MACH_PORT_LIMITS_INFO, 1,
			  MACHDEV_IOC_PORT_SET_ATTRIBUTES, &limit);
}

static long request_id(struct scene *scene, mach_msg_id_t id,
		       mach_port_t notify, mach_msg_type_name_t how)
{
	struct machdev_port_notification call = {
		.task = mach_task_self(), .name = scene->name,
		.msgid = id, .notify = notify, .disposition = how,
	};
	long code = mach_ioctl(MACHDEV_IOC_PORT_REQUEST_NOTIFICATION, &call);

	scene->got = call.previous;
	return code;
}

static long request(struct scene *scene, mach_port_t notify,
		    mach_msg_type_name_t how)
{
	return request_id(scene, MACH_NOTIFY_DEAD_NAME, notify, how);
}

static long request_room(struct scene *scene)
{
	return request_id(scene, MACH_NOTIFY_SEND_POSSIBLE, scene->notify,
			  MAKE_ONCE);
}

static long request_make(struct scene *scene)
{
	return request(scene, scene->notify, MAKE_ONCE);
}

static long request_move(struct scene *scene)
{
	return request(scene, scene->once, MOVE_ONCE);
}

static long request_cancel(struct scene *scene)
{
	return request(scene, MACH_PORT_NULL, MAKE_ONCE);
}

static void once_for_request(struct scene *scene)
{
	a_port_to_watch(scene);
	scene->once = port_new_once(scene->notify);
}

static void once_for_another_request(struct scene *scene)
{
	a_watched_port(scene);
	scene->once = port_new_once(scene->notify);
}

static bool got_nothing(struct scene *scene)
{
	return !scene->got;
}

/*
 * A result that cannot be written is taken back. What has moved moves back, and
 * that leaves its traces.
 */

static void move_back(struct scene *scene, mach_msg_type_name_t how)
{
	MUST(mach_port_insert_right(scene->other.task, NEAR, scene->got, how));
}

static void receive_right_back(struct scene *scene,
			       const struct injection *injection)
{
	move_back(scene, MOVE_RECEIVE);
}

static void send_right_back(struct scene *scene,
			    const struct injection *injection)
{
	move_back(scene, MOVE_SEND);
}

#define MOVED_BACK(function) {						\
	.code = -EFAULT, .site = SWEEP_COPY, .from = 3, .apply = function }

#define PORT_FORM(title, ...)						\
	{ .name = title, .refusals = &call_refusals, __VA_ARGS__ }

/*
 * The directory and the segment of a far name are had in pieces when they
 * cannot be had as a whole, and the directory stays when there is no memory for
 * the segment.
 */
static const struct kept directory = {
	.from = { [SWEEP_ALLOC] = 3 }, .bytes = 8176,
};

#define FAR_FORM(title, ...)						\
	PORT_FORM(title, .shrugs = true, .kept = &directory, __VA_ARGS__)

static const struct form forms[] = {
	PORT_FORM("allocate a port", .call = allocate_receive,
		  .check = got_a_port),
	PORT_FORM("allocate a port, full table", .set_up = full_table,
		  .call = allocate_receive, .check = got_a_port,
		  .grows = true),
	PORT_FORM("allocate a dead name", .call = allocate_dead_name,
		  .check = got_a_dead_name),
	PORT_FORM("allocate a dead name, full table", .set_up = full_table,
		  .call = allocate_dead_name, .check = got_a_dead_name,
		  .grows = true),
	PORT_FORM("allocate a port by name", .call = allocate_receive_near,
		  .check = got_a_port),
	PORT_FORM("allocate a dead name by name",
		  .call = allocate_dead_name_near, .check = got_a_dead_name),
	PORT_FORM("allocate a port in another task",
		  .set_up = another_full_table, .call = allocate_in_another,
		  .grows = true),
	PORT_FORM("reply port", .call = reply_port, .check = got_a_port),
	PORT_FORM("reply port, full table", .set_up = full_table,
		  .call = reply_port, .check = got_a_port, .grows = true),

	PORT_FORM("deallocate one of many", .set_up = a_port,
		  .call = deallocate),
	PORT_FORM("deallocate a send right", .set_up = a_send_right,
		  .call = deallocate),
	PORT_FORM("deallocate a watched send right",
		  .set_up = a_watched_send_right, .call = deallocate),
	PORT_FORM("deallocate a send-once right", .set_up = a_send_once_right,
		  .call = deallocate),
	PORT_FORM("deallocate a dead name", .set_up = a_dead_name,
		  .call = deallocate),
	PORT_FORM("destroy a port", .set_up = a_busy_port, .call = destroy),
	PORT_FORM("destroy a send right", .set_up = a_watched_send_right,
		  .call = destroy),
	PORT_FORM("destroy a send-once right", .set_up = a_send_once_right,
		  .call = destroy),

	PORT_FORM("one more reference", .set_up = a_port, .call = one_more),
	PORT_FORM("no more send references", .set_up = a_port,
		  .call = end_send),
	PORT_FORM("no more receive reference", .set_up = a_busy_port,
		  .call = end_receive),
	PORT_FORM("no more send-once reference", .set_up = a_send_once_right,
		  .call = end_once),
	PORT_FORM("get references", .set_up = a_port, .call = get_refs,
		  .check = got_2),
	PORT_FORM("type", .set_up = a_port, .call = type,
		  .check = got_type_of_port),
	PORT_FORM("names", .set_up = a_port, .call = names, .check = got_2),
	PORT_FORM("table of names", .set_up = a_port, .call = space_info,
		  .check = got_2),
	PORT_FORM("size of the table", .set_up = a_port,
		  .call = space_basic_info, .check = got_2),
	PORT_FORM("kernel object", .call = kobject, .check = got_a_task),
	PORT_FORM("rename a port", .set_up = a_busy_port,
		  .call = rename_near),
	PORT_FORM("rename a watched send right",
		  .set_up = a_watched_send_right, .call = rename_near),
	FAR_FORM("rename to a far name", .set_up = a_busy_port,
		 .call = rename_far),

	FAR_FORM("insert a copied send right",
		 .set_up = a_port_and_another_task,
		 .call = INSERT(COPY_SEND)),
	FAR_FORM("insert a made send right",
		 .set_up = a_port_and_another_task,
		 .call = INSERT(MAKE_SEND)),
	FAR_FORM("insert a made send-once right",
		 .set_up = a_port_and_another_task,
		 .call = INSERT(MAKE_ONCE)),
	FAR_FORM("insert a moved send right",
		 .set_up = a_port_and_another_task,
		 .call = INSERT(MOVE_SEND)),
	FAR_FORM("insert a moved send-once right",
		 .set_up = a_send_once_right_and_another_task,
		 .call = INSERT(MOVE_ONCE)),
	FAR_FORM("insert a moved receive right",
		 .set_up = a_port_and_another_task,
		 .call = INSERT(MOVE_RECEIVE)),
	FAR_FORM("insert a watched receive right",
		 .set_up = a_watched_port_and_another_task,
		 .call = INSERT(MOVE_RECEIVE)),
	PORT_FORM("insert where the port has a name", .set_up = a_port,
		  .call = insert_here),

	PORT_FORM("extract a copied send right", .set_up = others_port,
		  .call = EXTRACT(COPY_SEND), .check = got_something,
		  .grows = true),
	PORT_FORM("extract a made send right", .set_up = others_port,
		  .call = EXTRACT(MAKE_SEND), .check = got_something,
		  .grows = true),
	PORT_FORM("extract a made send-once right", .set_up = others_port,
		  .call = EXTRACT(MAKE_ONCE), .check = got_something,
		  .grows = true),
	PORT_FORM("extract a moved send right", .set_up = others_port,
		  .call = EXTRACT(MOVE_SEND), .check = got_something,
		  .grows = true),
	PORT_FORM("extract the last send right", .set_up = others_send_right,
		  .call = EXTRACT(MOVE_SEND), .check = got_something),
	PORT_FORM("extract a moved send-once right",
		  .set_up = others_send_once_right, .call = EXTRACT(MOVE_ONCE),
		  .check = got_something, .grows = true),
	PORT_FORM("extract a moved receive right",
		  .set_up = others_receive_right, .call = EXTRACT(MOVE_RECEIVE),
		  .check = got_something, .grows = true,
		  .loss = { MOVED_BACK(receive_right_back) }),
	PORT_FORM("extract a receive right from send rights",
		  .set_up = others_port, .call = EXTRACT(MOVE_RECEIVE),
		  .check = got_something, .grows = true,
		  .loss = { MOVED_BACK(receive_right_back) }),
	PORT_FORM("extract the last, watched send right",
		  .set_up = others_watched_send_right,
		  .call = EXTRACT(MOVE_SEND), .check = got_something,
		  .loss = { MOVED_BACK(send_right_back) }),
	PORT_FORM("extract a dead name", .set_up = others_dead_name,
		  .call = EXTRACT(MOVE_SEND), .check = got_dead),

	PORT_FORM("get limits", .set_up = a_port, .call = get_limits,
		  .check = got_limit),
	PORT_FORM("get status", .set_up = a_port, .call = get_status),
	PORT_FORM("set limits", .set_up = a_port, .call = set_limits),

	PORT_FORM("request", .set_up = a_port_to_watch, .call = request_make,
		  .check = got_nothing),
	PORT_FORM("request, full table",
		  .set_up = a_port_to_watch_from_a_full_table,
		  .call = request_make, .check = got_nothing, .grows = true),
	PORT_FORM("request, moved right", .set_up = once_for_request,
		  .call = request_move, .check = got_nothing),
	PORT_FORM("request to be told of room", .set_up = a_port_to_watch,
		  .call = request_room, .check = got_nothing),
	PORT_FORM("another request", .set_up = a_watched_port,
		  .call = request_make, .check = got_something),
	PORT_FORM("another request, for room", .set_up = a_watched_port,
		  .call = request_room, .check = got_something),
	PORT_FORM("another request, full table",
		  .set_up = a_watched_port_and_a_full_table,
		  .call = request_make, .check = got_something, .grows = true),
	PORT_FORM("another request, moved right",
		  .set_up = once_for_another_request, .call = request_move,
		  .check = got_something),
	PORT_FORM("request no more", .set_up = a_watched_port,
		  .call = request_cancel, .check = got_something),
	PORT_FORM("request no more, full table",
		  .set_up = a_watched_port_and_a_full_table,
		  .call = request_cancel, .check = got_something,
		  .grows = true),
};

SWEEP_MAIN(forms)
