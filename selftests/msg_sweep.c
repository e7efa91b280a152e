// SPDX-License-Identifier: GPL-2.0-only
/* The fault sweep of messages: mach_msg(), by every form of message. */
#include "sweep.h"

#include <sys/time.h>

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define MOVE_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE

#define POLL (MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT)
#define ID 7

static const struct refusals send_refusals = { {
	[SWEEP_ALLOC] = { MACH_SEND_NO_BUFFER },
	[SWEEP_COPY] = { -EFAULT, MACH_SEND_INVALID_DATA },
} };

/* The rights that this costs are copied ones. */
static const struct refusals far_refusals = { {
	[SWEEP_ALLOC] = { MACH_SEND_NO_BUFFER },
	[SWEEP_COPY] = { -EFAULT, MACH_SEND_INVALID_DATA,
			 MACH_SEND_INVALID_MEMORY },
	[SWEEP_KERNEL] = { MACH_SEND_NO_BUFFER },
} };

static const struct refusals receive_refusals = { {
	[SWEEP_COPY] = { -EFAULT },
} };

/* Of receives that leave the message where it is. */
static const struct refusals look_refusals = { {
	[SWEEP_COPY] = { -EFAULT, MACH_RCV_INVALID_DATA },
} };

static const struct refusals interrupt_refusals = { {
	[SWEEP_COPY] = { -EFAULT, MACH_RCV_INTERRUPTED },
} };

static uint64_t large[MSG_LARGEST / 8];

/*
 * Set-ups
 */

static void a_port(struct scene *scene)
{
	scene->port = port_new_send(2);
}

static void a_port_and_its_reply(struct scene *scene)
{
	a_port(scene);
	scene->notify = port_new_send(1);
}

/* A send right to the port of another task. */
static void a_send_right(struct scene *scene)
{
	mach_msg_type_name_t type;
	mach_port_t port;

	holder_start(&scene->other);
	MUST(mach_port_allocate(scene->other.task, MACH_PORT_RIGHT_RECEIVE,
				&port));
	MUST(mach_port_extract_right(scene->other.task, port, MAKE_SEND,
				     &scene->port, &type));
}

/* The same, watched: a name that goes is told of. */
static void a_watched_send_right(struct scene *scene)
{
	a_send_right(scene);
	scene->notify = port_new();
	request_dead_name(mach_task_self(), scene->port, scene->notify);
}

static void a_send_once_right(struct scene *scene)
{
	scene->name = port_new();
	scene->port = port_new_once(scene->name);
}

/* What the body is to carry: rights of each kind. */
static void a_port_and_rights(struct scene *scene)
{
	a_port(scene);
	scene->name = port_new_send(2);
	scene->once = port_new_once(scene->name);
	MUST(msg_send_id(scene->name, COPY_SEND, ID));
	scene->notify = port_new_dead(2);
}

/* The destination is full. */
static void a_full_port_and_rights(struct scene *scene)
{
	a_port_and_rights(scene);
	port_fill(scene->port);
}

static void a_full_port_and_a_send_once_right(struct scene *scene)
{
	scene->name = port_new_send(1);
	port_fill(scene->name);
	scene->port = port_new_once(scene->name);
}

/* A send right to a full port of another task. */
static void a_send_right_to_a_full_port(struct scene *scene)
{
	a_send_right(scene);
	port_fill(scene->port);
}

/*
 * The send half
 */

static long message(struct machdev_msg *call)
{
	return mach_ioctl(MACHDEV_IOC_MSG, call);
}

static long send_option(void *msg, mach_msg_size_t size,
			mach_msg_option_t option, unsigned int timeout)
{
	struct machdev_msg call = {
		.msg = (uintptr_t)msg, .option = MACH_SEND_MSG | option,
		.send_size = size, .timeout = timeout,
	};

	return message(&call);
}

static long send_poll(void *msg, mach_msg_size_t size)
{
	return send_option(msg, size, POLL, 0);
}

/* A header, and @words of body. */
static long send_to(struct scene *scene, mach_msg_type_name_t how,
		    mach_port_t reply, mach_msg_type_name_t reply_how,
		    unsigned int words)
{
	msg_init(&scene->out.msg, scene->port, how, reply, reply_how, ID);
	return send_poll(&scene->out, MSG_SIZE(words));
}

#define DEFINE_SEND(how)						\
	static long send_##how(struct scene *scene)			\
	{								\
		return send_to(scene, how, MACH_PORT_NULL, 0, 0);	\
	}

DEFINE_SEND(COPY_SEND)
DEFINE_SEND(MAKE_SEND)
DEFINE_SEND(MAKE_ONCE)
DEFINE_SEND(MOVE_SEND)
DEFINE_SEND(MOVE_ONCE)

#define DEFINE_REPLY(how)						\
	static long reply_##how(struct scene *scene)			\
	{								\
		return send_to(scene, COPY_SEND, scene->notify, how, 4); \
	}

DEFINE_REPLY(COPY_SEND)
DEFINE_REPLY(MAKE_SEND)
DEFINE_REPLY(MAKE_ONCE)
DEFINE_REPLY(MOVE_SEND)

static long send_words(struct scene *scene)
{
	return send_to(scene, COPY_SEND, MACH_PORT_NULL, 0, 100);
}

static long send_large(struct scene *scene, mach_msg_size_t size)
{
	msg_init((struct msg *)large, scene->port, COPY_SEND, MACH_PORT_NULL,
		 0, ID);
	return send_poll(large, size);
}

static long send_4_kib(struct scene *scene)
{
	return send_large(scene, 4096);
}

static long send_100_kib(struct scene *scene)
{
	return send_large(scene, 100 << 10);
}

static long send_1_mib(struct scene *scene)
{
	return send_large(scene, MSG_LARGEST);
}

static long send_ports_option(struct scene *scene, mach_msg_type_name_t how,
			      const mach_msg_port_descriptor_t *port,
			      unsigned int ports, mach_msg_option_t option,
			      unsigned int timeout)
{
	struct port_msg *msg = &scene->out.port_msg;

	port_msg_init(msg, scene->port, how, MACH_PORT_NULL, 0, ports);
	msg->head.msgh_id = ID;
	if (ports)
		memcpy(msg->port, port, ports * sizeof(*port));
	return send_option(msg, PORT_MSG_SIZE(ports), option, timeout);
}

static long send_ports(struct scene *scene,
		       const mach_msg_port_descriptor_t *port,
		       unsigned int ports)
{
	return send_ports_option(scene, COPY_SEND, port, ports, POLL, 0);
}

static long body_empty(struct scene *scene)
{
	return send_ports(scene, NULL, 0);
}

#define DEFINE_BODY(how, field)						\
	static long body_##how(struct scene *scene)			\
	{								\
		mach_msg_port_descriptor_t port =			\
			msg_port(scene->field, how);			\
									\
		return send_ports(scene, &port, 1);			\
	}

DEFINE_BODY(COPY_SEND, name)
DEFINE_BODY(MAKE_SEND, name)
DEFINE_BODY(MAKE_ONCE, name)
DEFINE_BODY(MOVE_SEND, name)
DEFINE_BODY(MOVE_ONCE, once)
DEFINE_BODY(MOVE_RECEIVE, name)

static long body_null_and_dead(struct scene *scene)
{
	mach_msg_port_descriptor_t port[] = {
		msg_port(MACH_PORT_NULL, COPY_SEND),
		msg_port(MACH_PORT_DEAD, MOVE_SEND),
		msg_port(scene->notify, MOVE_SEND),
	};

	return send_ports(scene, port, 3);
}

/* As many as there are, the receive right last. */
static void all_rights(const struct scene *scene,
		       mach_msg_port_descriptor_t *port)
{
	port[0] = msg_port(scene->name, COPY_SEND);
	port[1] = msg_port(scene->name, MAKE_SEND);
	port[2] = msg_port(scene->name, MAKE_ONCE);
	port[3] = msg_port(scene->name, MOVE_SEND);
	port[4] = msg_port(scene->once, MOVE_ONCE);
	port[5] = msg_port(scene->notify, COPY_SEND);
	port[6] = msg_port(scene->notify, MOVE_SEND);
	port[7] = msg_port(scene->name, MOVE_RECEIVE);
}

static long body_all(struct scene *scene)
{
	mach_msg_port_descriptor_t port[8];

	all_rights(scene, port);
	return send_ports(scene, port, 8);
}

/* The receive right would be in its own queue: it is destroyed. */
static long body_to_itself(struct scene *scene)
{
	mach_msg_port_descriptor_t port = msg_port(scene->port, MOVE_RECEIVE);

	return send_ports(scene, &port, 1);
}

/* Memory of a page and more, and of less, an array, and a guarded right. */
struct far_msg {
	mach_msg_header_t head;
	mach_msg_body_t body;
	union {
		mach_msg_ool_descriptor_t ool;
		mach_msg_ool_ports_descriptor_t array;
		mach_msg_guarded_port_descriptor_t guarded;
	} desc[4];
};

#define GUARD 0x1234567890ull

static void a_port_and_a_guarded_right(struct scene *scene)
{
	a_port_and_rights(scene);
	MUST(mach_port_guard(mach_task_self(), scene->name, GUARD, true));
}

static void a_full_port_and_a_guarded_right(struct scene *scene)
{
	a_port_and_a_guarded_right(scene);
	port_fill(scene->port);
}

static long send_far(struct scene *scene, unsigned int first,
		     unsigned int count)
{
	struct far_msg msg = {
		.head.msgh_bits = MACH_MSGH_BITS(COPY_SEND, 0) |
				  MACH_MSGH_BITS_COMPLEX,
		.head.msgh_remote_port = scene->port,
		.head.msgh_id = ID,
		.body.msgh_descriptor_count = count,
	}, all = { .desc = {
		{ .ool = {
			.address = large, .size = 8192,
			.copy = MACH_MSG_VIRTUAL_COPY,
			.type = MACH_MSG_OOL_DESCRIPTOR,
		} },
		{ .ool = {
			.address = large, .size = 100,
			.type = MACH_MSG_OOL_DESCRIPTOR,
		} },
		{ .array = {
			.address = &scene->name, .count = 1,
			.disposition = COPY_SEND,
			.type = MACH_MSG_OOL_PORTS_DESCRIPTOR,
		} },
		{ .guarded = {
			.context = GUARD,
			.flags = MACH_MSG_GUARD_FLAGS_IMMOVABLE_RECEIVE,
			.disposition = MOVE_RECEIVE,
			.type = MACH_MSG_GUARDED_PORT_DESCRIPTOR,
			.name = scene->name,
		} },
	} };

	memcpy(msg.desc, all.desc + first, count * sizeof(*msg.desc));
	return send_poll(&msg, offsetof(struct far_msg, desc) +
			       count * sizeof(*msg.desc));
}

static long body_memory(struct scene *scene)
{
	return send_far(scene, 0, 1);
}

static long body_little_memory(struct scene *scene)
{
	return send_far(scene, 1, 1);
}

static long body_array(struct scene *scene)
{
	return send_far(scene, 2, 1);
}

static long body_guarded(struct scene *scene)
{
	return send_far(scene, 3, 1);
}

static long body_far(struct scene *scene)
{
	return send_far(scene, 0, 4);
}

/* Sends for which there is no room: the rights come back. */

static long full_copy(struct scene *scene)
{
	return send_COPY_SEND(scene);
}

static long full_move(struct scene *scene)
{
	return send_MOVE_SEND(scene);
}

static long full_all(struct scene *scene)
{
	return body_all(scene);
}

static long full_all_in_time(struct scene *scene)
{
	mach_msg_port_descriptor_t port[8];

	all_rights(scene, port);
	return send_ports_option(scene, COPY_SEND, port, 8, POLL, 2);
}

/* Signals that come again and again, until the call has been interrupted. */
static long interrupted(long (*call)(struct scene *scene), struct scene *scene)
{
	struct itimerval often = { { 0, 20000 }, { 0, 20000 } }, never = { 0 };
	long code;

	signal_handle(SIGALRM, 0);
	MUST(setitimer(ITIMER_REAL, &often, NULL) ? -errno : 0);
	code = call(scene);
	MUST(setitimer(ITIMER_REAL, &never, NULL) ? -errno : 0);
	return code;
}

static long wait_to_send(struct scene *scene)
{
	mach_msg_port_descriptor_t port[8];

	all_rights(scene, port);
	return send_ports_option(scene, COPY_SEND, port, 8,
				 MACH_SEND_INTERRUPT, 0);
}

static long full_all_interrupted(struct scene *scene)
{
	return interrupted(wait_to_send, scene);
}

/*
 * The receive half
 */

static void a_message(struct scene *scene)
{
	a_port(scene);
	MUST(send_COPY_SEND(scene));
}

static void two_messages(struct scene *scene)
{
	a_message(scene);
	MUST(send_words(scene));
}

static void a_large_message(struct scene *scene)
{
	a_port(scene);
	MUST(send_4_kib(scene));
}

static void a_message_with_a_reply(struct scene *scene)
{
	a_port_and_its_reply(scene);
	MUST(reply_MAKE_ONCE(scene));
	scene_fill(mach_task_self());
}

/* A right that joins its name, and one that needs a name. */
static void a_message_with_a_right(struct scene *scene)
{
	mach_msg_port_descriptor_t port[2];

	a_port(scene);
	scene->name = port_new_send(1);
	port[0] = msg_port(scene->name, MAKE_SEND);
	port[1] = msg_port(scene->name, MAKE_ONCE);
	MUST(send_ports(scene, port, 2));
	scene_fill(mach_task_self());
}

static void a_message_with_a_receive_right(struct scene *scene)
{
	mach_msg_port_descriptor_t port;

	a_port(scene);
	scene->name = port_new();
	MUST(msg_send_id(scene->name, MAKE_SEND, ID));
	port = msg_port(scene->name, MOVE_RECEIVE);
	MUST(send_ports(scene, &port, 1));
	scene_fill(mach_task_self());
}

static void a_message_with_everything(struct scene *scene)
{
	a_port_and_rights(scene);
	MUST(body_all(scene));
}

static void a_message_with_memory(struct scene *scene)
{
	a_port_and_a_guarded_right(scene);
	MUST(body_far(scene));
}

static void a_message_with_a_guarded_right(struct scene *scene)
{
	a_port_and_a_guarded_right(scene);
	MUST(body_guarded(scene));
	scene_fill(mach_task_self());
}

static void an_unused_right(struct scene *scene)
{
	a_port(scene);
	MUST(mach_port_deallocate(mach_task_self(),
				  port_new_once(scene->port)));
}

static void a_death(struct scene *scene)
{
	mach_port_t name = port_new_send(1);

	a_port(scene);
	request_dead_name(mach_task_self(), name, scene->port);
	port_destroy_receive(name);
}

static void a_name_that_went(struct scene *scene)
{
	mach_port_t once;

	a_port(scene);
	scene->name = port_new();
	once = port_new_once(scene->name);
	request_dead_name(mach_task_self(), once, scene->port);
	MUST(mach_port_deallocate(mach_task_self(), once));
}

static long receive_option(struct scene *scene, mach_msg_option_t option,
			   mach_msg_size_t room, unsigned int timeout)
{
	struct machdev_msg call = {
		.msg = (uintptr_t)&scene->in,
		.option = MACH_RCV_MSG | option, .rcv_size = room,
		.rcv_name = scene->port, .timeout = timeout,
	};

	memset(&scene->in, TEST_POISON, sizeof(scene->in));
	return message(&call);
}

static long receive(struct scene *scene)
{
	return receive_option(scene, POLL, sizeof(scene->in), 0);
}

static long receive_guarded(struct scene *scene)
{
	return receive_option(scene, POLL | MACH_RCV_GUARDED_DESC,
			      sizeof(scene->in), 0);
}

static long receive_audited(struct scene *scene)
{
	return receive_option(scene, POLL |
			      MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT),
			      sizeof(scene->in), 0);
}

static long receive_origin(struct scene *scene)
{
	return receive_option(scene, POLL | MACH_RCV_TRAILER_TYPE(1) |
			      MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT),
			      sizeof(scene->in), 0);
}

static long receive_into_little(struct scene *scene)
{
	return receive_option(scene, POLL, MSG_HEADER, 0);
}

static long receive_large(struct scene *scene)
{
	return receive_option(scene, POLL | MACH_RCV_LARGE, MSG_HEADER, 0);
}

static long receive_large_identity(struct scene *scene)
{
	return receive_option(scene, POLL | MACH_RCV_LARGE |
			      MACH_RCV_LARGE_IDENTITY, MSG_HEADER, 0);
}

static long receive_in_time(struct scene *scene)
{
	return receive_option(scene, POLL, sizeof(scene->in), 2);
}

static long wait_to_receive(struct scene *scene)
{
	return receive_option(scene, MACH_RCV_INTERRUPT, sizeof(scene->in), 0);
}

static long receive_interrupted(struct scene *scene)
{
	return interrupted(wait_to_receive, scene);
}

static bool got_message(struct scene *scene)
{
	return scene->in.head.msgh_id == ID;
}

static bool got_size(struct scene *scene)
{
	return scene->in.head.msgh_size == 4096;
}

static bool got_size_and_name(struct scene *scene)
{
	return got_size(scene) &&
	       scene->in.head.msgh_local_port == scene->port;
}

static bool got_send_once(struct scene *scene)
{
	return scene->in.head.msgh_id == MACH_NOTIFY_SEND_ONCE;
}

static bool got_dead_name(struct scene *scene)
{
	return scene->in.head.msgh_id == MACH_NOTIFY_DEAD_NAME;
}

static bool got_deleted(struct scene *scene)
{
	return scene->in.head.msgh_id == MACH_NOTIFY_PORT_DELETED;
}

/*
 * Both
 */

static long both(struct scene *scene, mach_port_t to)
{
	struct machdev_msg call = {
		.msg = (uintptr_t)&scene->out,
		.rcv_msg = (uintptr_t)&scene->in,
		.option = MACH_SEND_MSG | MACH_RCV_MSG | POLL,
		.send_size = MSG_SIZE(4),
		.rcv_size = sizeof(scene->in),
		.rcv_name = scene->notify,
	};

	msg_init(&scene->out.msg, to, COPY_SEND, scene->notify, MAKE_ONCE, ID);
	return message(&call);
}

static long ask_oneself(struct scene *scene)
{
	return both(scene, scene->notify);
}

/* Nobody answers. */
static long ask(struct scene *scene)
{
	return both(scene, scene->port);
}

static void oneself_to_ask(struct scene *scene)
{
	a_port_and_its_reply(scene);
	scene_fill(mach_task_self());
}

/*
 * Losses: what the receiver does not get is as if it had got it and let it go.
 */

static void let_go(mach_port_t name)
{
	MUST(mach_port_destroy(mach_task_self(), name));
}

static void no_reply(struct scene *scene, const struct injection *injection)
{
	let_go(scene->in.head.msgh_remote_port);
}

static void no_right(struct scene *scene, const struct injection *injection)
{
	const struct port_msg *msg = (const void *)&scene->in;

	let_go(msg->port[msg->body.msgh_descriptor_count - 1].name);
}

/*
 * Of body_far(), the first two of these that find no room in the process are
 * memory, the third is the array, whose right goes with it.
 */
static void no_room(struct scene *scene, unsigned int array,
		    const struct injection *injection)
{
	if (injection->nth == array || injection->all)
		MUST(mach_port_deallocate(mach_task_self(), scene->name));
}

static void no_room_received(struct scene *scene,
			     const struct injection *injection)
{
	no_room(scene, 3, injection);
}

/* Two more make the file that it is sent by. */
static void no_room_back(struct scene *scene,
			 const struct injection *injection)
{
	no_room(scene, 5, injection);
}

/* The message is lost, but the rights have names. */
#define LOST_MESSAGE(n) {						\
	.code = MACH_RCV_INVALID_DATA, .site = SWEEP_COPY, .from = n }
/* The message came back, but the sender cannot know the names. */
#define LOST_NAMES(n) {							\
	.code = MACH_SEND_INVALID_DATA, .site = SWEEP_COPY, .from = n }
/* Pages that it was to be written to; a right has a name that is not told. */
#define LOST_MEMORY(n) {						\
	.code = MACH_SEND_TIMED_OUT | MACH_MSG_VM_KERNEL,		\
	.site = SWEEP_COPY, .from = n }
#define LOST_PAGES {							\
	.code = MACH_RCV_BODY_ERROR | MACH_MSG_VM_KERNEL,		\
	.site = SWEEP_COPY, .from = 2 }
#define LOST_SPACE {							\
	.code = MACH_RCV_BODY_ERROR | MACH_MSG_VM_SPACE,		\
	.site = SWEEP_KERNEL, .apply = no_room_received }
#define LOST_SPACE_BACK {						\
	.code = MACH_SEND_TIMED_OUT | MACH_MSG_VM_SPACE,		\
	.site = SWEEP_KERNEL, .from = 3, .apply = no_room_back }
#define LOST_REPLY {							\
	.code = MACH_RCV_HEADER_ERROR | MACH_MSG_IPC_KERNEL,		\
	.site = SWEEP_ALLOC, .apply = no_reply }
#define LOST_RIGHT {							\
	.code = MACH_RCV_BODY_ERROR | MACH_MSG_IPC_KERNEL,		\
	.site = SWEEP_ALLOC, .apply = no_right }

#define SEND_FORM(title, how, ...)					\
	{ .name = "send " title, .refusals = &send_refusals,		\
	  .call = how, __VA_ARGS__ }
#define FAR_FORM(title, how, ...)					\
	{ .name = "send " title, .refusals = &far_refusals,		\
	  .call = how, __VA_ARGS__ }
#define RECEIVE_FORM(title, how, ...)					\
	{ .name = "receive " title, .refusals = &receive_refusals,	\
	  .call = how, __VA_ARGS__ }

static const struct form forms[] = {
	SEND_FORM("to a copied right", send_COPY_SEND, .set_up = a_port),
	SEND_FORM("to a made right", send_MAKE_SEND, .set_up = a_port),
	SEND_FORM("to a made send-once right", send_MAKE_ONCE,
		  .set_up = a_port),
	SEND_FORM("to a moved right", send_MOVE_SEND,
		  .set_up = a_watched_send_right),
	SEND_FORM("to a moved send-once right", send_MOVE_ONCE,
		  .set_up = a_send_once_right),
	SEND_FORM("a copied reply right", reply_COPY_SEND,
		  .set_up = a_port_and_its_reply),
	SEND_FORM("a made reply right", reply_MAKE_SEND,
		  .set_up = a_port_and_its_reply),
	SEND_FORM("a made send-once reply right", reply_MAKE_ONCE,
		  .set_up = a_port_and_its_reply),
	SEND_FORM("a moved reply right", reply_MOVE_SEND,
		  .set_up = a_port_and_its_reply),

	SEND_FORM("424 bytes", send_words, .set_up = a_port),
	SEND_FORM("4 KiB", send_4_kib, .set_up = a_port, .shrugs = true),
	SEND_FORM("100 KiB", send_100_kib, .set_up = a_port, .shrugs = true),
	SEND_FORM("1 MiB", send_1_mib, .set_up = a_port),

	SEND_FORM("an empty body", body_empty, .set_up = a_port),
	SEND_FORM("a copied right in the body", body_COPY_SEND,
		  .set_up = a_port_and_rights),
	SEND_FORM("a made right in the body", body_MAKE_SEND,
		  .set_up = a_port_and_rights),
	SEND_FORM("a made send-once right in the body", body_MAKE_ONCE,
		  .set_up = a_port_and_rights),
	SEND_FORM("a moved right in the body", body_MOVE_SEND,
		  .set_up = a_port_and_rights),
	SEND_FORM("a moved send-once right in the body", body_MOVE_ONCE,
		  .set_up = a_port_and_rights),
	SEND_FORM("a receive right in the body", body_MOVE_RECEIVE,
		  .set_up = a_port_and_rights),
	SEND_FORM("null and dead names in the body", body_null_and_dead,
		  .set_up = a_port_and_rights),
	SEND_FORM("rights of each kind in the body", body_all,
		  .set_up = a_port_and_rights),
	SEND_FORM("a receive right to itself", body_to_itself,
		  .set_up = a_message),
	FAR_FORM("memory in the body", body_memory,
		 .set_up = a_port_and_a_guarded_right),
	FAR_FORM("little memory in the body", body_little_memory,
		 .set_up = a_port_and_a_guarded_right),
	FAR_FORM("an array of rights in the body", body_array,
		 .set_up = a_port_and_a_guarded_right),
	FAR_FORM("a guarded right in the body", body_guarded,
		 .set_up = a_port_and_a_guarded_right),
	FAR_FORM("all of these in the body", body_far,
		 .set_up = a_port_and_a_guarded_right),
	FAR_FORM("all of these to a full queue", body_far,
		 .set_up = a_full_port_and_a_guarded_right,
		 .expected = MACH_SEND_TIMED_OUT,
		 .loss = { LOST_MEMORY(7), LOST_NAMES(7), LOST_SPACE_BACK }),

	SEND_FORM("to a full queue", full_copy,
		  .set_up = a_full_port_and_rights,
		  .expected = MACH_SEND_TIMED_OUT, .loss = { LOST_NAMES(3) }),
	SEND_FORM("to a full queue by a moved right", full_move,
		  .set_up = a_send_right_to_a_full_port,
		  .expected = MACH_SEND_TIMED_OUT, .loss = { LOST_NAMES(3) }),
	SEND_FORM("rights of each kind to a full queue", full_all,
		  .set_up = a_full_port_and_rights,
		  .expected = MACH_SEND_TIMED_OUT, .loss = { LOST_NAMES(5) }),
	SEND_FORM("the same, and wait", full_all_in_time,
		  .set_up = a_full_port_and_rights,
		  .expected = MACH_SEND_TIMED_OUT, .loss = { LOST_NAMES(5) }),
	SEND_FORM("the same, until a signal comes", full_all_interrupted,
		  .set_up = a_full_port_and_rights,
		  .expected = MACH_SEND_INTERRUPTED,
		  .loss = { LOST_NAMES(5) }),
	SEND_FORM("to a full queue by a send-once right", send_MOVE_ONCE,
		  .set_up = a_full_port_and_a_send_once_right),

	RECEIVE_FORM("a header", receive, .set_up = a_message,
		     .check = got_message, .loss = { LOST_MESSAGE(2) }),
	RECEIVE_FORM("one of two", receive, .set_up = two_messages,
		     .check = got_message, .loss = { LOST_MESSAGE(2) }),
	RECEIVE_FORM("with an audit trailer", receive_audited,
		     .set_up = a_message, .check = got_message,
		     .loss = { LOST_MESSAGE(2) }),
	RECEIVE_FORM("with an origin trailer", receive_origin,
		     .set_up = a_message, .check = got_message,
		     .loss = { LOST_MESSAGE(2) }),
	RECEIVE_FORM("a reply right, full table", receive,
		     .set_up = a_message_with_a_reply, .check = got_message,
		     .loss = { LOST_MESSAGE(2), LOST_REPLY },
		     .grows = true, .shrugs = true),
	RECEIVE_FORM("a right, full table", receive,
		     .set_up = a_message_with_a_right, .check = got_message,
		     .loss = { LOST_MESSAGE(2), LOST_RIGHT },
		     .grows = true, .shrugs = true),
	RECEIVE_FORM("a receive right, full table", receive,
		     .set_up = a_message_with_a_receive_right,
		     .check = got_message,
		     .loss = { LOST_MESSAGE(2), LOST_RIGHT },
		     .grows = true, .shrugs = true),
	RECEIVE_FORM("a guarded right, full table", receive_guarded,
		     .set_up = a_message_with_a_guarded_right,
		     .check = got_message,
		     .loss = { LOST_MESSAGE(2), LOST_RIGHT },
		     .grows = true, .shrugs = true),
	RECEIVE_FORM("rights of each kind", receive,
		     .set_up = a_message_with_everything,
		     .check = got_message, .loss = { LOST_MESSAGE(2) },
		     .shrugs = true),
	RECEIVE_FORM("memory, an array and a guarded right", receive_guarded,
		     .set_up = a_message_with_memory, .check = got_message,
		     .loss = { LOST_PAGES, LOST_MESSAGE(2), LOST_SPACE },
		     .shrugs = true),
	RECEIVE_FORM("memory, an array and no guarded right", receive,
		     .set_up = a_message_with_memory, .check = got_message,
		     .loss = { LOST_PAGES, LOST_MESSAGE(2), LOST_SPACE },
		     .shrugs = true),
	RECEIVE_FORM("a send-once notification", receive,
		     .set_up = an_unused_right, .check = got_send_once,
		     .loss = { LOST_MESSAGE(2) }),
	RECEIVE_FORM("a dead-name notification", receive, .set_up = a_death,
		     .check = got_dead_name, .loss = { LOST_MESSAGE(2) }),
	RECEIVE_FORM("a port-deleted notification", receive,
		     .set_up = a_name_that_went, .check = got_deleted,
		     .loss = { LOST_MESSAGE(2) }),
	RECEIVE_FORM("what is too large", receive_into_little,
		     .set_up = a_large_message,
		     .expected = MACH_RCV_TOO_LARGE,
		     .loss = { LOST_MESSAGE(2) }),
	RECEIVE_FORM("rights that are too large", receive_into_little,
		     .set_up = a_message_with_everything,
		     .expected = MACH_RCV_TOO_LARGE,
		     .loss = { LOST_MESSAGE(2) }, .shrugs = true),
	{
		.name = "receive the size of what is too large",
		.set_up = a_large_message, .call = receive_large,
		.check = got_size, .expected = MACH_RCV_TOO_LARGE,
		.refusals = &look_refusals,
	}, {
		.name = "receive its size and where it is",
		.set_up = a_large_message, .call = receive_large_identity,
		.check = got_size_and_name, .expected = MACH_RCV_TOO_LARGE,
		.refusals = &look_refusals,
	},
	RECEIVE_FORM("nothing", receive, .set_up = a_port,
		     .expected = MACH_RCV_TIMED_OUT),
	RECEIVE_FORM("nothing in time", receive_in_time, .set_up = a_port,
		     .expected = MACH_RCV_TIMED_OUT),
	{
		.name = "receive until a signal comes", .set_up = a_port,
		.call = receive_interrupted, .expected = -EINTR,
		.refusals = &interrupt_refusals,
	},

	SEND_FORM("and receive it", ask_oneself, .set_up = oneself_to_ask,
		  .check = got_message,
		  .loss = { LOST_MESSAGE(4), LOST_REPLY },
		  .grows = true),
	SEND_FORM("and wait for an answer", ask,
		  .set_up = a_port_and_its_reply,
		  .expected = MACH_RCV_TIMED_OUT),
};

SWEEP_MAIN(forms)
