// SPDX-License-Identifier: GPL-2.0-only
/* What atomic.cocci has to flag: each line that says so, and no other. */

struct thing {
	spinlock_t lock;
	int value;
};

int user_access(struct thing *thing, int __user *out)
{
	int value;

	spin_lock(&thing->lock);
	value = thing->value;
	if (copy_to_user(out, &value, sizeof(value)))	/* flagged */
		value = -1;
	spin_unlock(&thing->lock);
	return copy_to_user(out, &value, sizeof(value)) ? -EFAULT : 0;
}

void *allocation_in_a_branch(struct thing *thing)
{
	void *memory = NULL;

	spin_lock(&thing->lock);
	if (thing->value)
		memory = kmalloc(8, GFP_KERNEL);	/* flagged */
	spin_unlock(&thing->lock);
	return memory ? memory : kmalloc(8, GFP_KERNEL);
}

void *allocation_for_a_task(struct thing *thing, struct mach_space *space)
{
	void *memory;

	if (mach_space_lock_room(space))
		return NULL;
	memory = mach_alloc(8, MACH_GFP);	/* flagged */
	spin_unlock(&space->lock);
	return memory;
}

void raw_lock_and_a_mutex(struct thing *thing)
{
	raw_spin_lock_irqsave(&thing->lock, flags);
	mutex_lock(&thing->mutex);	/* flagged */
	raw_spin_unlock_irqrestore(&thing->lock, flags);
	mutex_lock(&thing->mutex);
}

void early_return(struct thing *thing)
{
	spin_lock(&thing->lock);
	if (thing->value) {
		spin_unlock(&thing->lock);
		cond_resched();
		return;
	}
	cond_resched();	/* flagged */
	spin_unlock(&thing->lock);
}

static void *zeroed_locked(struct thing *thing)
{
	return kzalloc(8, GFP_ATOMIC) ?: mach_alloc(8, MACH_GFP | __GFP_ZERO);	/* flagged */
}

static void sleeping_locked(struct thing *thing)
{
	lockdep_assert_held(&thing->lock);
	mach_reap_run(&thing->reap);	/* flagged */
}
