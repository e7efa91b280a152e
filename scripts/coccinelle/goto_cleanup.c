// SPDX-License-Identifier: GPL-2.0-only
/* What goto_cleanup.cocci has to flag: each line that says so, and no other. */

int guarded(struct thing *thing)
{
	int ret = -EINVAL;

	if (!thing)
		goto out;	/* flagged */
	guard(spinlock)(&thing->lock);
	ret = thing->value;
out:
	return ret;
}

int freed(struct thing *thing)
{
	void *memory __free(kfree) = kmalloc(8, GFP_KERNEL);

	if (!memory)
		goto out;	/* flagged */
	return 0;
out:
	return -ENOMEM;
}

int scoped(struct thing *thing)
{
	scoped_guard(spinlock, &thing->lock) {
		if (!thing->value)
			goto out;	/* flagged */
	}
	return 0;
out:
	return -ENOMEM;
}

int classed(struct thing *thing)
{
	CLASS(file, f)(thing->number);

	if (!thing->value)
		goto out;	/* flagged */
	return 0;
out:
	return -ENOMEM;
}

int only_goto(struct thing *thing)
{
	if (!thing)
		goto out;
	return 0;
out:
	return -EINVAL;
}

int only_cleanup(struct thing *thing)
{
	void *memory __free(kfree) = kmalloc(8, GFP_KERNEL);

	guard(spinlock)(&thing->lock);
	return memory ? thing->value : -ENOMEM;
}
