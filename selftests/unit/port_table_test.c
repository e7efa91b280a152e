// SPDX-License-Identifier: GPL-2.0-only
/* The table of all ports, and walks over it. */
#include "port_table.h"
#include "unit.h"
#include "rights.h"

#define PORTS 20000

FIXTURE(table)
{
	struct actor actor;
	struct mach_ledger *ledger;
};

FIXTURE_SETUP(table)
{
	world_begin();
	/* Root has room for many. */
	actor_init(&self->actor, 0, 100);
	self->ledger = mach_space_ledger(&self->actor.task.space);
}

FIXTURE_TEARDOWN(table)
{
	struct mach_port_walk walk = { };

	EXPECT_EQ(NULL, mach_port_next(&walk));
	mach_ledger_put(self->ledger);
	actor_exit(&self->actor);
	world_end();
}

static struct mach_port *new_one(FIXTURE_DATA(table) *self, void *object)
{
	struct mach_port *port;

	port = mach_port_new(MACH_KIND_PLAIN, object, self->ledger,
			     GFP_KERNEL);
	SHIM_NEVER(!port);
	return port;
}

TEST_F(table, a_walk_meets_each_port_once)
{
	struct mach_port **ports = calloc(PORTS, sizeof(*ports)), *port;
	bool *met = calloc(PORTS, sizeof(*met));
	struct mach_port_walk walk = { };
	u32 i, n = 0;

	for (i = 0; i < PORTS; i++)
		ports[i] = new_one(self, &met[i]);
	while ((port = mach_port_next(&walk))) {
		bool *once = port->object;

		ASSERT_FALSE(*once);
		*once = true;
		n++;
		mach_port_pass(&walk, port);
		mach_port_put(port);
	}
	EXPECT_EQ(PORTS, n);
	for (i = 0; i < PORTS; i++)
		mach_port_put(ports[i]);
	free(ports);
	free(met);
}

TEST_F(table, a_port_is_found_until_it_is_passed)
{
	struct mach_port *port = new_one(self, NULL);
	struct mach_port_walk walk = { };

	EXPECT_EQ(port, mach_port_next(&walk));
	EXPECT_EQ(port, mach_port_next(&walk));
	mach_port_pass(&walk, port);
	EXPECT_EQ(NULL, mach_port_next(&walk));
	mach_port_put(port);
	mach_port_put(port);
	mach_port_put(port);
}

TEST_F(table, what_is_about_to_be_freed_is_not_found)
{
	struct mach_port *port = new_one(self, NULL);
	struct mach_port_walk walk = { };

	/* Another thread has let go the last reference, and goes on below. */
	SHIM_NEVER(!refcount_dec_and_test(&port->ref));
	EXPECT_EQ(NULL, mach_port_next(&walk));
	EXPECT_EQ(0, refcount_read(&port->ref));
	refcount_set(&port->ref, 1);
	mach_port_put(port);
}

TEST_F(table, a_port_made_ahead_is_found_when_it_is_adopted)
{
	struct mach_port_walk walk = { };
	struct mach_port *port;

	port = mach_port_new(MACH_KIND_TASK, NULL, NULL, GFP_KERNEL);
	EXPECT_EQ(NULL, mach_port_next(&walk));
	/* One that nobody adopts is in no table when it goes. */
	mach_port_put(port);
	port = mach_port_new(MACH_KIND_TASK, NULL, NULL, GFP_KERNEL);
	mach_port_adopt(port, self, mach_ledger_get(self->ledger));
	walk = (struct mach_port_walk){ };
	EXPECT_EQ(port, mach_port_next(&walk));
	EXPECT_EQ(self, port->object);
	mach_port_put(port);
	mach_port_discard(port);
}

TEST_HARNESS_MAIN
