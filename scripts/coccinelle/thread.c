// SPDX-License-Identifier: GPL-2.0-only
/* What thread.cocci has to flag: each line that says so, and no other. */

static unsigned int count(struct task_struct *leader)
{
	struct task_struct *thread;
	unsigned int threads = 0;

	rcu_read_lock();
	for_each_thread(leader, thread)	/* flagged */
		threads++;
	for_each_thread(leader, thread) {	/* flagged */
		if (thread->mm)
			threads++;
	}
	mach_for_each_thread(leader, thread)
		threads++;
	rcu_read_unlock();
	return threads;
}
