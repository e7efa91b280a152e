// SPDX-License-Identifier: GPL-2.0-only
/* Commands on ledgers. */
#include <linux/limits.h>

#include "ioctl.h"
#include "ledger.h"
#include "ledger_port.h"
#include "reap.h"
#include "right.h"
#include "task.h"

/* More than there is memory; sums of these do not overflow. */
#define AMOUNT_MAX (MACH_LEDGER_ENDED >> 8)

static int create(struct mach_task *caller, struct machdev_ledger *a,
		  struct mach_ledger *origin, struct mach_ledger *payer)
{
	struct mach_ledger *ledger;
	struct mach_right right;
	int ret;

	if (a->amount < 0 || a->amount > AMOUNT_MAX)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ledger = mach_ledger_create(mach_ledger_effective(origin),
				    mach_ledger_effective(payer), a->amount);
	if (!ledger)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	ret = mach_ledger_port_control(ledger, &right);
	if (ret) {
		mach_ledger_put(ledger);
		return ret;
	}
	return mach_ioctl_give(caller, &right, &a->created);
}

int mach_ioctl_ledger_create(struct mach_task *caller, void *arg)
{
	struct mach_ledger *origin, *payer = NULL;
	struct machdev_ledger *a = arg;
	int ret;

	if (a->reserved || a->limit)
		return -EINVAL;
	a->created = MACHDEV_NAME_NULL;
	origin = mach_ledger_port_get(&caller->space, a->ledger, NULL);
	if (!origin)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	payer = mach_ledger_port_get(&caller->space, a->other, NULL);
	ret = payer ? create(caller, a, origin, payer) :
		      MACHDEV_KERN_INVALID_LEDGER;
	mach_ledger_put(payer);
	mach_ledger_put(origin);
	return ret;
}

void mach_undo_ledger_create(struct mach_task *caller, const void *in,
			     const void *out)
{
	const struct machdev_ledger *a = out;
	MACH_REAP(reap);

	mach_right_deallocate(&caller->space, a->created, &reap);
	mach_reap_run(&reap);
}

int mach_ioctl_ledger_read(struct mach_task *caller, void *arg)
{
	struct machdev_ledger *a = arg;
	struct mach_ledger *ledger;
	s64 balance, limit;

	if (a->other || a->created || a->reserved)
		return -EINVAL;
	ledger = mach_ledger_port_get(&caller->space, a->ledger, NULL);
	if (!ledger)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	mach_ledger_read(ledger, &balance, &limit);
	mach_ledger_put(ledger);
	a->amount = balance;
	a->limit = limit;
	return MACHDEV_KERN_SUCCESS;
}

/* Only what was created has a control port, and so an origin. */
static int transfer(struct mach_ledger *parent, struct mach_ledger *child,
		    bool controlled, s64 amount)
{
	parent = mach_ledger_effective(parent);
	if (parent == child)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (!controlled || mach_ledger_effective(child->origin) != parent)
		return MACHDEV_KERN_INVALID_LEDGER;
	if (amount > (s64)AMOUNT_MAX || amount < -(s64)AMOUNT_MAX)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	return mach_ledger_transfer(child, amount) ?
		MACHDEV_KERN_SUCCESS : MACHDEV_KERN_RESOURCE_SHORTAGE;
}

int mach_ioctl_ledger_transfer(struct mach_task *caller, void *arg)
{
	int ret = MACHDEV_KERN_INVALID_ARGUMENT;
	const struct machdev_ledger *a = arg;
	struct mach_ledger *parent, *child;
	bool controlled;

	if (a->created || a->reserved || a->limit)
		return -EINVAL;
	parent = mach_ledger_port_get(&caller->space, a->ledger, NULL);
	child = mach_ledger_port_get(&caller->space, a->other, &controlled);
	if (parent && child)
		ret = transfer(parent, child, controlled, a->amount);
	mach_ledger_put(child);
	mach_ledger_put(parent);
	return ret;
}

int mach_ioctl_ledger_terminate(struct mach_task *caller, void *arg)
{
	int ret = MACHDEV_KERN_INVALID_LEDGER;
	const struct machdev_ledger *a = arg;
	struct mach_ledger *ledger;
	bool controlled;
	MACH_REAP(reap);

	if (a->other || a->created || a->reserved || a->amount || a->limit)
		return -EINVAL;
	ledger = mach_ledger_port_get(&caller->space, a->ledger, &controlled);
	if (!ledger)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (controlled) {
		mach_ledger_terminate(ledger);
		mach_ledger_port_kill(&caller->space, a->ledger, ledger, &reap);
		ret = MACHDEV_KERN_SUCCESS;
	}
	mach_ledger_put(ledger);
	mach_reap_run(&reap);
	return ret;
}
