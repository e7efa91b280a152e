// SPDX-License-Identifier: GPL-2.0-only
/* What locked.cocci has to flag: each line that says so, and no other. */

struct thing {
	spinlock_t lock;
	int value;
};

int value_locked(struct thing *thing);

int value_locked(struct thing *thing)
{
	lockdep_assert_held(&thing->lock);
	return thing->value;
}

static void forgets_locked(struct thing *thing)	/* flagged */
{
	thing->value = 0;
}

static struct thing *other_locked(struct thing *thing)	/* flagged */
{
	if (thing->value)
		return NULL;
	return thing;
}

void not_a_locked_one(struct thing *thing)
{
	thing->value = 1;
}
