// SPDX-License-Identifier: GPL-2.0-only
/* Each kind of right, taken by each disposition, and put back. */
#include "unit.h"
#include "rights.h"

#define RECEIVE MACH_ENTRY_RECEIVE
#define SEND MACH_ENTRY_SEND
#define ONCE MACH_ENTRY_SEND_ONCE
#define DEAD MACH_ENTRY_DEAD_NAME

#define NO_RIGHT MACHDEV_KERN_INVALID_RIGHT

/* A name with the given rights to a port of b's, or of a's own. */
static u32 make(FIXTURE_DATA(world) *self, u32 rights)
{
	struct mach_space *a = &self->a.task.space, *b = &self->b.task.space;
	u32 port, name;

	port = new_port(rights & RECEIVE ? a : b);
	switch (rights) {
	case RECEIVE:
		return port;
	case RECEIVE | SEND:
		return give(a, port, MACHDEV_MAKE_SEND, a);
	case SEND:
		return give(b, port, MACHDEV_MAKE_SEND, a);
	case ONCE:
		return give(b, port, MACHDEV_MAKE_SEND_ONCE, a);
	default:
		name = give(b, port, MACHDEV_MAKE_SEND, a);
		destroy(b, port);
		return name;
	}
}

TEST_F(world, each_right_by_each_disposition)
{
	static const struct {
		u32 rights, disposition;
		int result;
		u32 left, type;
	} rows[] = {
		{ RECEIVE, MACHDEV_MOVE_RECEIVE, 0, 0, MACHDEV_MOVE_RECEIVE },
		{ RECEIVE, MACHDEV_MOVE_SEND, NO_RIGHT, RECEIVE, 0 },
		{ RECEIVE, MACHDEV_MOVE_SEND_ONCE, NO_RIGHT, RECEIVE, 0 },
		{ RECEIVE, MACHDEV_COPY_SEND, NO_RIGHT, RECEIVE, 0 },
		{ RECEIVE, MACHDEV_MAKE_SEND, 0, RECEIVE, MACHDEV_MOVE_SEND },
		{ RECEIVE, MACHDEV_MAKE_SEND_ONCE, 0, RECEIVE,
		  MACHDEV_MOVE_SEND_ONCE },
		{ RECEIVE | SEND, MACHDEV_MOVE_RECEIVE, 0, SEND,
		  MACHDEV_MOVE_RECEIVE },
		{ RECEIVE | SEND, MACHDEV_MOVE_SEND, 0, RECEIVE,
		  MACHDEV_MOVE_SEND },
		{ RECEIVE | SEND, MACHDEV_COPY_SEND, 0, RECEIVE | SEND,
		  MACHDEV_MOVE_SEND },
		{ SEND, MACHDEV_MOVE_RECEIVE, NO_RIGHT, SEND, 0 },
		{ SEND, MACHDEV_MOVE_SEND, 0, 0, MACHDEV_MOVE_SEND },
		{ SEND, MACHDEV_MOVE_SEND_ONCE, NO_RIGHT, SEND, 0 },
		{ SEND, MACHDEV_COPY_SEND, 0, SEND, MACHDEV_MOVE_SEND },
		{ SEND, MACHDEV_MAKE_SEND, NO_RIGHT, SEND, 0 },
		{ SEND, MACHDEV_MAKE_SEND_ONCE, NO_RIGHT, SEND, 0 },
		{ ONCE, MACHDEV_MOVE_RECEIVE, NO_RIGHT, ONCE, 0 },
		{ ONCE, MACHDEV_MOVE_SEND, NO_RIGHT, ONCE, 0 },
		{ ONCE, MACHDEV_MOVE_SEND_ONCE, 0, 0, MACHDEV_MOVE_SEND_ONCE },
		{ ONCE, MACHDEV_COPY_SEND, NO_RIGHT, ONCE, 0 },
		{ ONCE, MACHDEV_MAKE_SEND, NO_RIGHT, ONCE, 0 },
		{ ONCE, MACHDEV_MAKE_SEND_ONCE, NO_RIGHT, ONCE, 0 },
		{ DEAD, MACHDEV_MOVE_RECEIVE, NO_RIGHT, DEAD, 0 },
		{ DEAD, MACHDEV_MOVE_SEND, 0, 0, MACHDEV_MOVE_SEND },
		{ DEAD, MACHDEV_MOVE_SEND_ONCE, 0, 0, MACHDEV_MOVE_SEND_ONCE },
		{ DEAD, MACHDEV_COPY_SEND, 0, DEAD, MACHDEV_MOVE_SEND },
		{ DEAD, MACHDEV_MAKE_SEND, NO_RIGHT, DEAD, 0 },
		{ DEAD, MACHDEV_MAKE_SEND_ONCE, NO_RIGHT, DEAD, 0 },
		{ SEND, 0, NO_RIGHT, SEND, 0 },
		{ SEND, 15, NO_RIGHT, SEND, 0 },
		{ SEND, 22, NO_RIGHT, SEND, 0 },
	};
	struct mach_space *a = &self->a.task.space;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 name = make(self, rows[i].rights);
		struct mach_right right = { };

		EXPECT_EQ(rows[i].result,
			  copy_in(a, name, rows[i].disposition, &right))
			TH_LOG("row %u", i);
		EXPECT_EQ(rows[i].left, rights_of(a, name))
			TH_LOG("row %u", i);
		EXPECT_EQ(rows[i].type, right.type)
			TH_LOG("row %u", i);
		let_go(&right);
	}
}

TEST_F(world, counts_of_rights)
{
	struct mach_space *a = &self->a.task.space, *b = &self->b.task.space;
	u32 port = new_port(a);
	struct mach_port *p = port_of(a, port);
	u32 name;

	name = give(a, port, MACHDEV_MAKE_SEND, b);
	EXPECT_EQ(1, atomic_read(&p->srights));
	EXPECT_EQ(1, p->mscount);
	/* The names of one task count once. */
	EXPECT_EQ(name, give(a, port, MACHDEV_MAKE_SEND, b));
	EXPECT_EQ(2, refs_of(b, name, MACHDEV_RIGHT_SEND));
	EXPECT_EQ(1, atomic_read(&p->srights));
	EXPECT_EQ(2, p->mscount);
	EXPECT_EQ(port, give(b, name, MACHDEV_COPY_SEND, a));
	EXPECT_EQ(2, atomic_read(&p->srights));
	EXPECT_EQ(2, p->mscount);
	give(a, port, MACHDEV_MAKE_SEND_ONCE, b);
	give(a, port, MACHDEV_MAKE_SEND_ONCE, b);
	EXPECT_EQ(2, atomic_read(&p->sorights));
	mach_right_destroy_all(b, false);
	EXPECT_EQ(1, atomic_read(&p->srights));
	EXPECT_EQ(0, atomic_read(&p->sorights));
}

TEST_F(world, a_moved_receive_right_joins_the_send_right)
{
	struct mach_space *a = &self->a.task.space, *b = &self->b.task.space;
	u32 port = new_port(a), name = give(a, port, MACHDEV_MAKE_SEND, b);
	struct mach_port *p = port_of(a, port);

	EXPECT_EQ(name, give(a, port, MACHDEV_MOVE_RECEIVE, b));
	EXPECT_EQ(0, rights_of(a, port));
	EXPECT_EQ(RECEIVE | SEND, rights_of(b, name));
	EXPECT_EQ(b, p->receiver);
	EXPECT_EQ(name, p->name);
	EXPECT_EQ(0, p->mscount);
	EXPECT_EQ(1, atomic_read(&p->srights));
}

TEST_F(world, references_stick_at_their_end)
{
	struct mach_space *a = &self->a.task.space, *b = &self->b.task.space;
	u32 port = new_port(a), name = give(a, port, MACHDEV_MAKE_SEND, b);
	struct mach_right right;

	ASSERT_EQ(0, mod_refs(b, name, MACHDEV_RIGHT_SEND, 65533));
	EXPECT_EQ(name, give(a, port, MACHDEV_MAKE_SEND, b));
	EXPECT_EQ(65535, refs_of(b, name, MACHDEV_RIGHT_SEND));
	EXPECT_EQ(name, give(a, port, MACHDEV_MAKE_SEND, b));
	EXPECT_EQ(65535, refs_of(b, name, MACHDEV_RIGHT_SEND));
	EXPECT_EQ(0, drop(b, name));
	EXPECT_EQ(65535, refs_of(b, name, MACHDEV_RIGHT_SEND));
	EXPECT_EQ(0, copy_in(b, name, MACHDEV_MOVE_SEND, &right));
	EXPECT_EQ(65535, refs_of(b, name, MACHDEV_RIGHT_SEND));
	let_go(&right);
	EXPECT_EQ(0, mod_refs(b, name, MACHDEV_RIGHT_SEND, -1));
	EXPECT_EQ(65535, refs_of(b, name, MACHDEV_RIGHT_SEND));
	EXPECT_EQ(0, mod_refs(b, name, MACHDEV_RIGHT_SEND, -65535));
	EXPECT_EQ(0, rights_of(b, name));
	EXPECT_EQ(0, atomic_read(&port_of(a, port)->srights));
}

TEST_F(world, a_dead_port_is_noticed_when_its_name_is_looked_at)
{
	struct mach_space *a = &self->a.task.space, *b = &self->b.task.space;
	u32 port = new_port(a), name = give(a, port, MACHDEV_MAKE_SEND, b);
	u32 once = give(a, port, MACHDEV_MAKE_SEND_ONCE, b);

	give(b, name, MACHDEV_COPY_SEND, b);
	destroy(a, port);
	EXPECT_EQ(DEAD, rights_of(b, name));
	EXPECT_EQ(2, refs_of(b, name, MACHDEV_RIGHT_DEAD_NAME));
	EXPECT_EQ(DEAD, rights_of(b, once));
	EXPECT_EQ(1, refs_of(b, once, MACHDEV_RIGHT_DEAD_NAME));
	rcu_barrier();
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_PORTS));
}

TEST_F(world, a_right_to_a_dead_port_comes_out_dead)
{
	struct mach_space *a = &self->a.task.space, *b = &self->b.task.space;
	u32 port = new_port(a), name;
	struct mach_right right;

	ASSERT_EQ(0, copy_in(a, port, MACHDEV_MAKE_SEND, &right));
	destroy(a, port);
	EXPECT_EQ(0, mach_right_copyout(b, &right, &name));
	EXPECT_EQ(MACHDEV_NAME_DEAD, name);
	EXPECT_EQ(NULL, right.port);
	EXPECT_EQ(0, mach_stat_read(MACHDEV_COUNTER_NAMES));
}

TEST_F(world, no_memory_for_a_name)
{
	struct mach_space *a = &self->a.task.space, *b = &self->b.task.space;
	u32 port = new_port(a), name;
	struct mach_right right;
	unsigned int nth;

	ASSERT_EQ(0, copy_in(a, port, MACHDEV_MAKE_SEND, &right));
	FOR_EACH_FAILURE(nth) {
		int ret = mach_right_copyout(b, &right, &name);

		ASSERT_EQ(nth > 1 ? 0 : MACHDEV_KERN_RESOURCE_SHORTAGE, ret);
		EXPECT_EQ(nth > 1 ? 0x103 : 0, name);
		EXPECT_EQ(nth == 1, !!right.port);
	}
}

TEST_F(world, a_dead_task_gets_no_name)
{
	struct mach_space *a = &self->a.task.space, *b = &self->b.task.space;
	u32 port = new_port(a), name;
	struct mach_right right;

	ASSERT_EQ(0, copy_in(a, port, MACHDEV_MAKE_SEND, &right));
	mach_right_destroy_all(b, true);
	EXPECT_EQ(MACHDEV_KERN_INVALID_TASK,
		  mach_right_copyout(b, &right, &name));
	EXPECT_EQ(0, name);
	let_go(&right);
}

TEST_F(world, what_may_be_inserted)
{
	struct mach_space *a = &self->a.task.space;
	u32 port = make(self, RECEIVE | SEND), other = new_port(a), name;
	struct mach_right right = { port_of(a, port), MACHDEV_MOVE_SEND };
	struct mach_right dead = { MACH_PORT_DEAD_PTR, MACHDEV_MOVE_SEND };
	struct mach_right once = { right.port, MACHDEV_MOVE_SEND_ONCE };

#define MAY(name, right) mach_right_may_insert_locked(a, name, right)
	spin_lock(&a->lock);
	EXPECT_EQ(0, MAY(port, &right));
	EXPECT_EQ(MACHDEV_KERN_INVALID_VALUE, MAY(port & ~1, &right));
	EXPECT_EQ(MACHDEV_KERN_FAILURE, MAY(3, &right));
	EXPECT_EQ(MACHDEV_KERN_FAILURE, MAY(port + 4, &right));
	EXPECT_EQ(MACHDEV_KERN_NO_SPACE, MAY(MACH_NAMES_MAX << 8 | 3, &right));
	EXPECT_EQ(MACHDEV_KERN_INVALID_CAPABILITY, MAY(0x1003, &dead));
	EXPECT_EQ(MACHDEV_KERN_RIGHT_EXISTS, MAY(0x1003, &right));
	EXPECT_EQ(MACHDEV_KERN_RIGHT_EXISTS, MAY(other, &right));
	EXPECT_EQ(MACHDEV_KERN_NAME_EXISTS, MAY(port, &once));
	EXPECT_EQ(0, MAY(0x1003, &once));
	mach_entry_lookup_locked(a, port)->urefs = MACHDEV_UREFS_MAX;
	EXPECT_EQ(MACHDEV_KERN_UREFS_OVERFLOW, MAY(port, &right));
	spin_unlock(&a->lock);
	name = port;
	mod_refs(a, name, MACHDEV_RIGHT_SEND, -65535);
}

TEST_F(world, a_walk_shows_each_name_once)
{
	struct mach_space *a = &self->a.task.space;
	struct mach_right_view view;
	u32 names[100], index = 1, i, seen = 0, far = 50000 << 8 | 3;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		names[i] = new_port(a);
	for (i = 0; i < ARRAY_SIZE(names); i += 2)
		destroy(a, names[i]);
	ASSERT_EQ(0, mach_right_allocate(a, MACHDEV_RIGHT_DEAD_NAME, true,
					 &far));
	for (i = 1; mach_right_next(a, &index, &view); i += 2, seen++) {
		if (i < ARRAY_SIZE(names)) {
			EXPECT_EQ(names[i], view.name);
			EXPECT_EQ(MACHDEV_TYPE_RECEIVE, view.type);
			EXPECT_EQ(names[i], view.port->name);
		} else {
			EXPECT_EQ(far, view.name);
			EXPECT_EQ(MACHDEV_TYPE_DEAD_NAME, view.type);
			EXPECT_EQ(NULL, view.port);
		}
		EXPECT_EQ(1, view.urefs);
		mach_port_put(view.port);
	}
	EXPECT_EQ(51, seen);
	EXPECT_EQ(50, mach_right_receives(a));
}

TEST_HARNESS_MAIN
