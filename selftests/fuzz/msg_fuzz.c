// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two tasks that do what the input says: messages out of its bytes, rights,
 * requests, with allocations that fail and user memory that changes while it
 * is read. At the end nothing must be left.
 *
 * A step is four bytes: what to do, and three arguments; that of a send is
 * followed by the message. Words of it that stand where a name is expected and
 * are less than SLOTS mean a name that the task has got.
 */
#include <linux/machdev.h>

#include "actor.h"
#include "guard.h"
#include "kmsg.h"
#include "msg.h"
#include "notify.h"
#include "peek.h"
#include "port.h"
#include "queue.h"
#include "stat.h"
#include "transfer.h"
#include "wire.h"

#define SLOTS 16
#define MESSAGE_MAX 1024

struct input {
	const u8 *data;
	size_t size;
};

/* A task and the names that it has got. */
struct player {
	struct actor actor;
	u32 names[SLOTS];
};

static struct player players[2];
static u8 memory[MESSAGE_MAX];

/* What another thread of the sender does to the memory. */
static struct {
	u8 access;
	u8 offset;
	u8 change;
} scribble;

static void change_memory(void)
{
	if (scribble.access && --scribble.access == 0)
		memory[scribble.offset] ^= scribble.change;
}

static u32 name_of(const struct player *player, u32 n)
{
	return n < SLOTS ? player->names[n] : n;
}

static struct mach_space *space_of(struct player *player)
{
	return &player->actor.task.space;
}

static void put_word(u32 offset, u32 value)
{
	memcpy(memory + offset, &value, sizeof(value));
}

static u32 get_word(u32 offset)
{
	u32 value;

	memcpy(&value, memory + offset, sizeof(value));
	return value;
}

static void put_name(const struct player *player, u32 offset)
{
	put_word(offset, name_of(player, get_word(offset)));
}

/* The names that a message brought are kept. */
static void keep_names(struct player *player, u32 size)
{
	u32 at, slot = 4;

	player->names[2] = get_word(8);
	if (!(get_word(0) & MACHDEV_BITS_COMPLEX))
		return;
	for (at = MACH_WIRE_COMPLEX_MIN; at + 12 <= size && slot < 8; at += 12)
		player->names[slot++] = get_word(at);
}

static void send_message(struct player *player, const u8 *step,
			 struct input *input)
{
	u32 size = min((step[1] & 63u) * 4, input->size), at;
	struct machdev_msg args = {
		.msg = (uintptr_t)memory,
		.option = MACHDEV_SEND_MSG | MACHDEV_SEND_TIMEOUT,
		.send_size = size + (step[2] == 0xff ? 4 : 0),
	};
	long ret;

	memset(memory, 0, sizeof(memory));
	memcpy(memory, input->data, size);
	input->data += size;
	input->size -= size;
	put_name(player, 8);
	put_name(player, 12);
	for (at = MACH_WIRE_COMPLEX_MIN; at + 12 <= size; at += 12)
		put_name(player, at);
	shim_user_size = step[3] & 1 ? size : sizeof(memory);
	ret = mach_msg(&player->actor.task, &args, NULL);
	SHIM_NEVER(ret < 0);
	if ((u32)ret == MACHDEV_SEND_TIMED_OUT)
		keep_names(player, size);
	shim_user_size = sizeof(memory);
}

static void receive_message(struct player *player, const u8 *step)
{
	struct machdev_msg args = {
		.msg = (uintptr_t)memory,
		.option = MACHDEV_RCV_MSG | MACHDEV_RCV_TIMEOUT |
			  (step[3] & 0xc) | (u32)(step[3] & 0xf0) << 20 |
			  (u32)(step[3] & 1) << 28,
		.rcv_size = step[2] * 4,
		.rcv_name = name_of(player, step[1]),
	};

	SHIM_NEVER(mach_msg(&player->actor.task, &args, NULL) < 0);
	keep_names(player, args.rcv_size);
}

static void allocate(struct player *player, const u8 *step)
{
	u32 name = (u32)step[2] << 16 | step[3] << 8 | 3;

	if (!mach_right_allocate(space_of(player), step[1] & 7, step[2] & 0x80,
				 &name))
		player->names[step[3] % SLOTS] = name;
}

static void look(struct player *player)
{
	struct mach_right_view view;
	struct mach_port_view port;
	u32 index = 1;

	while (mach_right_next(space_of(player), &index, &view)) {
		if (view.port &&
		    mach_queue_look(view.port, space_of(player), &port))
			put_pid(port.oldest_from);
		mach_port_put(view.port);
	}
}

static void insert(struct player *from, struct player *to, const u8 *step)
{
	u32 name = (u32)step[3] << 8 | 3;

	if (!mach_transfer_insert(space_of(from), name_of(from, step[1]),
				  15 + (step[2] & 7), space_of(to), name))
		to->names[step[3] % SLOTS] = name;
}

static void extract(struct player *from, struct player *to, const u8 *step)
{
	u32 disposition = 15 + (step[2] & 7), port, type;

	if (mach_transfer_extract(space_of(from), name_of(from, step[1]),
				  disposition, space_of(to), &port, &type))
		return;
	if (step[3] & 0x80)
		mach_transfer_move_back(space_of(to), port, disposition,
					step[3] & 0x40 ? space_of(from) : NULL,
					name_of(from, step[1]));
	else
		to->names[step[3] % SLOTS] = port;
}

static void request(struct player *player, struct player *of, const u8 *step)
{
	static const u32 ids[] = {
		MACHDEV_NOTIFY_DEAD_NAME, MACHDEV_NOTIFY_NO_SENDERS,
		MACHDEV_NOTIFY_PORT_DESTROYED, MACHDEV_NOTIFY_SEND_POSSIBLE,
	};
	struct machdev_port_notification ask = {
		.name = name_of(of, step[2]),
		.msgid = ids[step[0] >> 4 & 3],
		.notify = name_of(player, step[1]),
		.disposition = 15 + (step[3] & 7),
		.sync = step[3] >> 3 & 1,
	};
	enum mach_request_state state;
	u32 previous;

	if (!mach_notify_request(space_of(player), space_of(of), &ask,
				 &previous, &state))
		player->names[step[3] >> 4] = previous;
}

static void rename_one(struct player *player, const u8 *step)
{
	u32 name = (u32)step[3] << 8 | 3;

	if (!mach_right_rename(space_of(player), name_of(player, step[1]),
			       name))
		player->names[step[2] % SLOTS] = name;
}

static void construct(struct player *player, const u8 *step)
{
	u32 name;

	if (!mach_right_construct(space_of(player), step[1], step[2], step[2],
				  &name))
		player->names[step[3] % SLOTS] = name;
}

static void peek_locked(struct mach_port *port, u32 seqno)
{
	struct mach_peek peek = { .seqno = seqno };

	if (mach_peek_locked(port, &peek) || !peek.identity)
		return;
	/* The message in the queue has another. */
	SHIM_NEVER(!refcount_dec_not_one(&peek.identity->ref));
}

/* What is done to a port by who receives from it. */
static void handle(struct player *player, const u8 *step)
{
	struct mach_space *space = space_of(player);
	struct mach_port *port;
	int error;

	spin_lock(&space->lock);
	port = mach_right_receive_port_locked(space, name_of(player, step[1]),
					      &error);
	if (port) {
		spin_lock(&port->lock);
		switch (step[3] & 3) {
		case 0:
			mach_queue_set_limit_locked(port, step[2]);
			break;
		case 1:
			mach_guard_set_locked(port, step[2] & 3, step[2] >> 6);
			break;
		case 2:
			mach_guard_clear_locked(port, step[2] & 3);
			break;
		default:
			peek_locked(port, step[2]);
		}
		spin_unlock(&port->lock);
	}
	spin_unlock(&space->lock);
}

static void do_step(const u8 *step, struct input *input)
{
	struct player *player = &players[step[0] >> 7];
	struct player *other = step[0] & 0x40 ? player : &players[!(step[0] >> 7)];
	struct mach_space *space = space_of(player);
	u32 name = name_of(player, step[1]);

	MACH_REAP(reap);

	current = &player->actor.thread;
	switch (step[0] & 0xf) {
	case 0:
	case 1:
		send_message(player, step, input);
		break;
	case 2:
		receive_message(player, step);
		break;
	case 3:
		if (step[0] & 0x20)
			rename_one(player, step);
		else if (step[0] & 0x10)
			construct(player, step);
		else
			allocate(player, step);
		break;
	case 4:
		mach_right_deallocate(space, name, &reap);
		break;
	case 5:
		if (step[0] & 0x20)
			mach_right_destruct(space, name, -(s32)step[2],
					    step[3], &reap);
		else
			mach_right_destroy(space, name, &reap);
		break;
	case 6:
		mach_right_mod_refs(space, name, step[2] & 7,
				    (int8_t)step[3] * (step[2] & 0x80 ? 600 : 1),
				    &reap);
		break;
	case 7:
		insert(player, other, step);
		break;
	case 8:
		extract(player, other, step);
		break;
	case 9:
		request(player, other, step);
		break;
	case 10:
		handle(player, step);
		break;
	case 11:
		look(player);
		break;
	case 12:
		shim_fail = step[1];
		shim_fail_all = step[2] & 1;
		break;
	case 13:
		scribble.access = step[1];
		scribble.offset = step[2];
		scribble.change = step[3];
		break;
	case 14:
		shim_user_fail = step[1];
		break;
	case 15:
		mach_right_destroy_all(space, false);
		break;
	}
	mach_reap_run(&reap);
}

/* As many names as the counter says. */
static void count_names(void)
{
	struct mach_right_view view;
	u64 names = 0;
	unsigned int i;
	u32 index;

	for (i = 0; i < 2; i++) {
		index = 1;
		while (mach_right_next(space_of(&players[i]), &index, &view)) {
			mach_port_put(view.port);
			names++;
		}
	}
	SHIM_NEVER(names != mach_stat_read(MACHDEV_COUNTER_NAMES));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input input = { data, size };
	unsigned int i;

	world_begin();
	for (i = 0; i < 2; i++) {
		memset(players[i].names, 0, sizeof(players[i].names));
		actor_init(&players[i].actor, 1000 + i, 100 + i);
	}
	shim_user = (char *)memory;
	shim_user_size = sizeof(memory);
	shim_user_meanwhile = change_memory;
	while (input.size >= 4) {
		const u8 *step = input.data;

		input.data += 4;
		input.size -= 4;
		do_step(step, &input);
	}
	shim_fail = 0;
	shim_fail_all = false;
	shim_user_fail = 0;
	scribble.access = 0;
	count_names();
	for (i = 0; i < 2; i++)
		actor_exit(&players[i].actor);
	world_end();
	return 0;
}
