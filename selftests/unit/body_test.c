// SPDX-License-Identifier: GPL-2.0-only
/* Memory, arrays and guarded rights in a message, and what each failure leaves. */
#include "guard.h"
#include "identity.h"
#include "msg.h"
#include "unit.h"
#include "rights.h"
#include "task.h"

#define NAMES 3
#define LARGE 9000
#define GUARD 0x1234567890abcdefull

/* What a sender has in its memory; behind it is nothing. */
struct user {
	struct machdev_msg_header header;
	u32 count;
	struct machdev_msg_ool large;		/* touches three pages */
	struct machdev_msg_guarded guarded;
	struct machdev_msg_ool array;		/* of send rights */
	struct machdev_msg_port port;		/* to what it names */
	struct machdev_msg_ool small;		/* less than a page */
	struct machdev_msg_ool empty;
	u32 word;
	u8 trailer[112];
	u32 names[NAMES];
	u8 bytes[LARGE + 10];
};

#define SIZE ((u32)offsetof(struct user, trailer))

FIXTURE(body)
{
	struct actor a;		/* sends */
	struct actor b;		/* receives */
	struct mach_space *from;
	struct mach_space *to;
	struct user user;
	struct machdev_msg args;
	u32 port;		/* b's, where messages go */
	u32 destination;	/* a's name of it */
	u32 passed;		/* a's, in the array and by itself */
	u32 guarded;		/* a's */
	struct mach_port *g;
};

static struct machdev_msg_ool ool(const void *from, u32 size, u32 copy,
				  u32 type)
{
	return (struct machdev_msg_ool){
		.address_low = lower_32_bits((uintptr_t)from),
		.address_high = upper_32_bits((uintptr_t)from),
		.copy = copy,
		.type = type,
		.size = size,
	};
}

static void *at(const struct machdev_msg_ool *desc)
{
	return (void *)((uintptr_t)desc->address_high << 32 |
			desc->address_low);
}

static void set_guard(struct mach_port *port, u64 guard, u32 flags)
{
	spin_lock(&port->lock);
	SHIM_NEVER(mach_guard_set_locked(port, guard, flags));
	spin_unlock(&port->lock);
}

static void fill(FIXTURE_DATA(body) *self)
{
	struct user *user = &self->user;
	unsigned int i;

	*user = (struct user){
		.header = {
			.bits = MACHDEV_BITS_COMPLEX |
				MACHDEV_BITS(MACHDEV_COPY_SEND, 0),
			.remote = self->destination,
		},
		.count = 6,
		.guarded = {
			.context_low = lower_32_bits(GUARD),
			.context_high = upper_32_bits(GUARD),
			.flags = MACHDEV_GUARD_IMMOVABLE_RECEIVE,
			.disposition = MACHDEV_MOVE_RECEIVE,
			.type = MACHDEV_DESC_GUARDED_PORT,
			.name = self->guarded,
		},
		.port = {
			.name = self->passed,
			.disposition = MACHDEV_MOVE_RECEIVE,
		},
		.word = 0x600d,
	};
	for (i = 0; i < sizeof(user->bytes); i++)
		user->bytes[i] = i * 7 + i / 256;
	for (i = 0; i < NAMES; i++)
		user->names[i] = self->passed;
	user->large = ool(user->bytes, LARGE, MACHDEV_COPY_VIRTUAL,
			  MACHDEV_DESC_OOL);
	user->array = ool(user->names, NAMES, 0, MACHDEV_DESC_OOL_PORTS);
	user->array.disposition = MACHDEV_MAKE_SEND;
	user->small = ool(user->bytes + 5, 100, MACHDEV_COPY_PHYSICAL,
			  MACHDEV_DESC_OOL_VOLATILE);
	user->empty = ool((void *)8, 0, MACHDEV_COPY_VIRTUAL,
			  MACHDEV_DESC_OOL);
}

FIXTURE_SETUP(body)
{
	world_begin();
	actor_init(&self->b, 2000, 200);
	actor_init(&self->a, 1000, 100);
	self->from = &self->a.task.space;
	self->to = &self->b.task.space;
	self->port = new_port(self->to);
	self->destination = give(self->to, self->port, MACHDEV_MAKE_SEND,
				 self->from);
	self->passed = new_port(self->from);
	self->guarded = new_port(self->from);
	self->g = port_of(self->from, self->guarded);
	set_guard(self->g, GUARD, MACHDEV_MPG_STRICT);
	shim_user = (char *)&self->user;
	shim_user_size = sizeof(self->user);
	self->args.msg = (uintptr_t)&self->user;
	fill(self);
}

FIXTURE_TEARDOWN(body)
{
	actor_exit(&self->b);
	actor_exit(&self->a);
	world_end();
}

static long send_it(FIXTURE_DATA(body) *self)
{
	current = &self->a.thread;
	self->args.option = MACHDEV_SEND_MSG | MACHDEV_SEND_TIMEOUT;
	self->args.send_size = SIZE;
	return mach_msg(&self->a.task, &self->args, NULL);
}

static long receive_it(FIXTURE_DATA(body) *self, u32 option)
{
	current = &self->b.thread;
	self->args.option = MACHDEV_RCV_MSG | MACHDEV_RCV_TIMEOUT | option;
	self->args.rcv_size = SIZE + 8;
	self->args.rcv_name = self->port;
	return mach_msg(&self->b.task, &self->args, NULL);
}

/* As fill() and the set-up left it: nothing has been taken. */
#define EXPECT_UNTOUCHED() do { \
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->from, self->passed)); \
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->from, self->guarded)); \
	EXPECT_TRUE(mach_guard_fits(self->g, GUARD)); \
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_QUEUED)); \
	EXPECT_EQ(0, atomic_read(&port_of(self->from, \
					  self->passed)->srights)); \
	EXPECT_EQ(0, shim_mapped); \
} while (0)

TEST_F(body, all_of_it_arrives)
{
	struct user sent = self->user;
	struct mach_port *passed = port_of(self->from, self->passed);
	u32 *names, i;

	ASSERT_EQ(0, send_it(self));
	EXPECT_EQ(0, rights_of(self->from, self->guarded));
	EXPECT_FALSE(mach_port_is_guarded(self->g));
	memset(&self->user, 0xcc, sizeof(self->user));
	ASSERT_EQ(0, receive_it(self, MACHDEV_RCV_GUARDED_DESC));
	EXPECT_EQ(6, self->user.count);
	EXPECT_EQ(SIZE, self->user.header.size);
	EXPECT_EQ(0x600d, self->user.word);

	EXPECT_EQ(3, shim_mapped);
	EXPECT_EQ(LARGE, self->user.large.size);
	EXPECT_TRUE(self->user.large.deallocate);
	EXPECT_EQ(0, memcmp(at(&self->user.large), sent.bytes, LARGE));
	/* A place in a page is kept where the page may be. */
	EXPECT_EQ(offset_in_page(&self->user.bytes),
		  offset_in_page(at(&self->user.large)));
	EXPECT_EQ(100, self->user.small.size);
	EXPECT_FALSE(self->user.small.deallocate);
	EXPECT_EQ(MACHDEV_COPY_PHYSICAL, self->user.small.copy);
	EXPECT_EQ(0, offset_in_page(at(&self->user.small)));
	EXPECT_EQ(0, memcmp(at(&self->user.small), sent.bytes + 5, 100));
	EXPECT_EQ(NULL, at(&self->user.empty));
	EXPECT_EQ(0, self->user.empty.size);

	EXPECT_EQ(NAMES, self->user.array.size);
	EXPECT_EQ(MACHDEV_MOVE_SEND, self->user.array.disposition);
	EXPECT_EQ(1, self->user.array.deallocate);
	names = at(&self->user.array);
	for (i = 0; i < NAMES; i++)
		EXPECT_EQ(self->user.port.name, names[i]);
	EXPECT_EQ(passed, port_of(self->to, names[0]));
	EXPECT_EQ(NAMES, refs_of(self->to, names[0], MACHDEV_RIGHT_SEND));

	EXPECT_EQ(self->g, port_of(self->to, self->user.guarded.name));
	EXPECT_TRUE(mach_guard_fits(self->g, (uintptr_t)&self->user));
	EXPECT_TRUE(mach_port_is_immovable(self->g));
	EXPECT_EQ(0, self->g->guard & MACH_GUARD_STRICT);
	EXPECT_EQ(lower_32_bits((uintptr_t)&self->user),
		  self->user.guarded.context_low);
	EXPECT_EQ(MACHDEV_GUARD_IMMOVABLE_RECEIVE, self->user.guarded.flags);
}

TEST_F(body, who_knows_of_no_guards_gets_a_shorter_message)
{
	ASSERT_EQ(0, send_it(self));
	ASSERT_EQ(0, receive_it(self, 0));
	EXPECT_EQ(SIZE - 4, self->user.header.size);
	EXPECT_EQ(6, self->user.count);
	/* What follows the large memory has moved by the four bytes. */
	EXPECT_EQ(MACHDEV_DESC_PORT,
		  ((struct machdev_msg_port *)&self->user.guarded)->type);
	EXPECT_EQ(0, ((struct machdev_msg_port *)&self->user.guarded)->name);
	EXPECT_EQ(0x600d, (&self->user.word)[-1]);
	EXPECT_EQ(8, self->user.trailer[0]);
	/* The guarded one is gone. */
	EXPECT_EQ(2, mach_stat_read(MACHDEV_COUNTER_PORTS));
}

TEST_F(body, no_memory_to_send)
{
	unsigned int nth, failed = 0;
	long ret;

	FOR_EACH_FAILURE(nth) {
		ret = send_it(self);
		if (!ret)
			continue;
		failed++;
		EXPECT_EQ(MACHDEV_SEND_NO_BUFFER, ret);
		EXPECT_UNTOUCHED();
	}
	/* The message, three pieces, and a file, its room and its bytes. */
	EXPECT_LE(7, failed);
	EXPECT_EQ(1, mach_stat_read(MACHDEV_COUNTER_QUEUED));
}

TEST_F(body, a_ledger_without_room)
{
	struct mach_identity *identity = mach_task_identity(&self->a.task);
	struct mach_ledger *paged = identity->paged;
	s64 limit = paged->limit;

	mach_identity_put(identity);
	paged->limit = 3 * PAGE_SIZE;
	EXPECT_EQ(MACHDEV_SEND_NO_BUFFER, send_it(self));
	EXPECT_UNTOUCHED();
	paged->limit = limit;
	EXPECT_EQ(0, send_it(self));
}

TEST_F(body, no_memory_to_receive)
{
	unsigned int nth;
	long ret;

	/* Each mapping in turn. */
	for (nth = 1; nth <= 3; nth++) {
		fill(self);
		if (nth > 1) {
			self->passed = new_port(self->from);
			self->guarded = new_port(self->from);
			self->g = port_of(self->from, self->guarded);
			set_guard(self->g, GUARD, 0);
			fill(self);
		}
		ASSERT_EQ(0, send_it(self));
		shim_fail_map = nth;
		ret = receive_it(self, MACHDEV_RCV_GUARDED_DESC);
		EXPECT_EQ(0, shim_fail_map);
		EXPECT_EQ(MACHDEV_RCV_BODY_ERROR | MACHDEV_MSG_VM_SPACE, ret);
		EXPECT_EQ(2, shim_mapped);
		EXPECT_EQ(nth == 1, !at(&self->user.large));
		EXPECT_EQ(nth == 1, !self->user.large.size);
		EXPECT_EQ(nth == 2, !at(&self->user.array));
		EXPECT_EQ(nth == 2, !self->user.array.size);
		EXPECT_EQ(nth == 3, !at(&self->user.small));
		EXPECT_EQ(0x600d, self->user.word);
		EXPECT_EQ(nth == 2 ? 0 : NAMES,
			  refs_of(self->to, self->user.port.name,
				  MACHDEV_RIGHT_SEND));
		shim_unmap_all();
	}
}

TEST_F(body, memory_that_fails_when_it_is_read)
{
	/* The header, the count and the rest; the large, the array, the small. */
	static const long results[] = {
		MACHDEV_SEND_INVALID_DATA, MACHDEV_SEND_INVALID_DATA,
		MACHDEV_SEND_INVALID_DATA,
	};
	unsigned int nth;

	for (nth = 1; nth <= ARRAY_SIZE(results); nth++) {
		shim_user_fail = nth;
		EXPECT_EQ(results[nth - 1], send_it(self));
		EXPECT_UNTOUCHED();
	}
	shim_user_fail = 0;
	self->user.large = ool((void *)16, LARGE, 0, MACHDEV_DESC_OOL);
	EXPECT_EQ(MACHDEV_SEND_INVALID_MEMORY, send_it(self));
	EXPECT_UNTOUCHED();

	/* What comes before is lost. */
	fill(self);
	self->user.array = ool((void *)16, NAMES, 0, MACHDEV_DESC_OOL_PORTS);
	EXPECT_EQ(MACHDEV_SEND_INVALID_MEMORY, send_it(self));
	EXPECT_EQ(0, rights_of(self->from, self->guarded));
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->from, self->passed));
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_QUEUED));
}

TEST_F(body, a_piece_that_cannot_be_written_is_none)
{
	self->user.count = 1;
	self->user.large = ool(self->user.bytes, 100, MACHDEV_COPY_PHYSICAL,
			       MACHDEV_DESC_OOL);
	ASSERT_EQ(0, send_it(self));
	shim_user_fail = 1;
	EXPECT_EQ(MACHDEV_RCV_BODY_ERROR | MACHDEV_MSG_VM_KERNEL,
		  receive_it(self, 0));
	shim_user_fail = 0;
	EXPECT_EQ(NULL, at(&self->user.large));
	EXPECT_EQ(0, self->user.large.size);
	EXPECT_EQ(0, shim_mapped);
}

TEST_F(body, a_guard_that_is_not_known)
{
	self->user.guarded.context_low++;
	EXPECT_EQ(MACHDEV_SEND_INVALID_RIGHT, send_it(self));
	EXPECT_UNTOUCHED();

	self->user.guarded.context_low = 0;
	self->user.guarded.context_high = 0;
	self->user.guarded.flags = MACHDEV_GUARD_UNGUARDED_ON_SEND;
	EXPECT_EQ(MACHDEV_SEND_INVALID_RIGHT, send_it(self));
	EXPECT_UNTOUCHED();
}

TEST_F(body, a_right_without_guard)
{
	spin_lock(&self->g->lock);
	EXPECT_EQ(0, mach_guard_clear_locked(self->g, GUARD));
	spin_unlock(&self->g->lock);
	EXPECT_EQ(MACHDEV_SEND_INVALID_RIGHT, send_it(self));
	EXPECT_EQ(MACH_ENTRY_RECEIVE, rights_of(self->from, self->guarded));

	self->user.guarded.context_low = 0;
	self->user.guarded.context_high = 0;
	self->user.guarded.flags = MACHDEV_GUARD_MASK;
	/* A context would go, too. */
	self->g->context = 1;
	EXPECT_EQ(MACHDEV_SEND_INVALID_RIGHT, send_it(self));
	self->g->context = 0;
	EXPECT_EQ(0, send_it(self));
	ASSERT_EQ(0, receive_it(self, MACHDEV_RCV_GUARDED_DESC));
	EXPECT_EQ(MACHDEV_GUARD_IMMOVABLE_RECEIVE, self->user.guarded.flags);
	EXPECT_TRUE(mach_guard_fits(self->g, (uintptr_t)&self->user));
}

TEST_F(body, a_queue_that_is_full_gives_it_back)
{
	struct user back;
	int i;

	for (i = 0; i < 5; i++) {
		self->args.option = MACHDEV_SEND_MSG;
		self->args.send_size = 24;
		self->user.header.bits = MACHDEV_BITS(MACHDEV_COPY_SEND, 0);
		ASSERT_EQ(0, mach_msg(&self->a.task, &self->args, NULL));
	}
	fill(self);
	EXPECT_EQ(MACHDEV_SEND_TIMED_OUT, send_it(self));
	EXPECT_EQ(3, shim_mapped);
	EXPECT_TRUE(self->user.small.deallocate);
	EXPECT_EQ(GUARD >> 32, self->user.guarded.context_high);
	EXPECT_EQ(MACHDEV_GUARD_IMMOVABLE_RECEIVE, self->user.guarded.flags);
	EXPECT_EQ(self->g, port_of(self->from, self->user.guarded.name));
	EXPECT_TRUE(mach_guard_fits(self->g, GUARD));
	EXPECT_FALSE(mach_port_is_immovable(self->g));
	EXPECT_TRUE(self->g->guard & MACH_GUARD_STRICT);

	/* Sending the same buffer again is right. */
	back = self->user;
	receive_it(self, 0);
	self->user = back;
	EXPECT_EQ(0, send_it(self));
	EXPECT_EQ(0, shim_mapped);
	EXPECT_EQ(5, mach_stat_read(MACHDEV_COUNTER_QUEUED));
}

TEST_F(body, a_ring_through_an_array)
{
	u32 ring[2] = { new_port(self->from), new_port(self->from) };
	unsigned int i;

	for (i = 0; i < 2; i++)
		give(self->from, ring[i], MACHDEV_MAKE_SEND, self->from);
	for (i = 0; i < 2; i++) {
		fill(self);
		self->user.count = 1;
		self->user.large = ool(self->user.names, 1, 0,
				       MACHDEV_DESC_OOL_PORTS);
		self->user.large.disposition = MACHDEV_MOVE_RECEIVE;
		self->user.names[0] = ring[i];
		self->user.header.remote = ring[!i];
		self->user.header.bits = MACHDEV_BITS_COMPLEX |
			MACHDEV_BITS(MACHDEV_COPY_SEND, 0);
		EXPECT_EQ(0, send_it(self));
	}
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_QUEUED));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(MACH_ENTRY_DEAD_NAME, rights_of(self->from, ring[i]));
}

TEST_HARNESS_MAIN
