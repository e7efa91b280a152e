// SPDX-License-Identifier: GPL-2.0-only
/* The host: its ports, those of its clocks and processors, and its special ports. */
#include <linux/capability.h>
#include <linux/nospec.h>

#include "exception.h"
#include "host.h"
#include "reap.h"

/* Where HOST_BOOTSTRAP_PORT, which has a number of its own, is kept. */
#define BOOTSTRAP_SLOT 0

static struct mach_port *ports[MACH_KIND_PROCESSOR_SET - MACH_KIND_HOST + 1];
static struct mach_port *special[MACHDEV_HOST_MAX_SPECIAL_PORT + 1];
static struct mach_actions *actions;
static DEFINE_SPINLOCK(mach_host_lock);

/**
 * mach_host_init() - make the host's ports
 *
 * Return: 0 or -ENOMEM.
 */
int mach_host_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		ports[i] = mach_port_new(MACH_KIND_HOST + i, NULL, NULL,
					 GFP_KERNEL);
		if (!ports[i]) {
			mach_host_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * mach_host_exit() - let go the host's ports
 */
void mach_host_exit(void)
{
	MACH_REAP(reap);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(special); i++) {
		struct mach_right right = { special[i], MACHDEV_MOVE_SEND };

		special[i] = NULL;
		mach_reap_right(&reap, &right);
	}
	mach_actions_put(actions, &reap);
	actions = NULL;
	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		if (ports[i])
			mach_reap_port(&reap, ports[i]);
		ports[i] = NULL;
	}
	mach_reap_run(&reap);
}

/**
 * mach_host_make_send() - make a send right to one of the host's ports
 * @kind: MACH_KIND_HOST to MACH_KIND_PROCESSOR_SET
 *
 * Return: the right.
 */
struct mach_right mach_host_make_send(enum mach_port_kind kind)
{
	return mach_port_make_send(ports[kind - MACH_KIND_HOST]);
}

static struct mach_right copy_special(unsigned int slot)
{
	struct mach_right right;

	spin_lock(&mach_host_lock);
	right = mach_port_copy_send(special[slot]);
	spin_unlock(&mach_host_lock);
	return right;
}

/**
 * mach_host_bootstrap() - the default bootstrap port
 *
 * Return: a send right, dead or null.
 */
struct mach_right mach_host_bootstrap(void)
{
	return copy_special(BOOTSTRAP_SLOT);
}

/**
 * mach_host_get_special() - a special port of the host
 * @which: MACHDEV_HOST_*_PORT
 * @right: out: a send right, dead or null
 *
 * The caller has shown a right to the privileged port.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no such port; KERN_NO_ACCESS, the
 * security port, without CAP_MAC_ADMIN in the initial user name space.
 */
int mach_host_get_special(s32 which, struct mach_right *right)
{
	*right = (struct mach_right){ .type = MACHDEV_MOVE_SEND };
	switch (which) {
	case MACHDEV_HOST_SECURITY_PORT:
		if (!capable(CAP_MAC_ADMIN))
			return MACHDEV_KERN_NO_ACCESS;
		*right = mach_host_make_send(MACH_KIND_HOST_SECURITY);
		break;
	case MACHDEV_HOST_PORT:
		*right = mach_host_make_send(MACH_KIND_HOST);
		break;
	case MACHDEV_HOST_PRIV_PORT:
		*right = mach_host_make_send(MACH_KIND_HOST_PRIV);
		break;
	case MACHDEV_HOST_BOOTSTRAP_PORT:
		*right = mach_host_bootstrap();
		break;
	default:
		if (which < 0 || which > MACHDEV_HOST_MAX_SPECIAL_PORT)
			return MACHDEV_KERN_INVALID_ARGUMENT;
		which = array_index_nospec(which, ARRAY_SIZE(special));
		*right = copy_special(which);
	}
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_host_set_special() - set a special port of the host
 * @which: MACHDEV_HOST_BOOTSTRAP_PORT, or above the kernel's own numbers
 * @right: a send right, dead or null; its port is set to NULL on success
 * @reap: gets what dies of it
 *
 * The caller has shown a right to the privileged port.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no such port, or not to be set.
 */
int mach_host_set_special(s32 which, struct mach_right *right,
			  struct mach_reap *reap)
{
	struct mach_right old = { .type = MACHDEV_MOVE_SEND };

	if (which == MACHDEV_HOST_BOOTSTRAP_PORT)
		which = BOOTSTRAP_SLOT;
	else if (which <= MACHDEV_HOST_MAX_SPECIAL_KERNEL_PORT ||
		 which > MACHDEV_HOST_MAX_SPECIAL_PORT)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	spin_lock(&mach_host_lock);
	old.port = special[which];
	special[which] = right->port;
	spin_unlock(&mach_host_lock);
	right->port = NULL;
	mach_reap_right(reap, &old);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_host_actions() - who handles exceptions that no thread and task handles
 * @change: what is to change; NULL for nothing
 * @old: out: what was before, a reference, or NULL for nobody
 * @reap: gets what dies of it
 *
 * The caller has shown a right to the privileged port.
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE; -EAGAIN, there is another table
 * than the expected one. On failure nothing has changed.
 */
int mach_host_actions(const struct mach_change *change,
		      struct mach_actions **old, struct mach_reap *reap)
{
	struct mach_actions *new = NULL;
	int ret = MACHDEV_KERN_SUCCESS;

	if (change) {
		new = mach_actions_new(change->gfp);
		if (!new)
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
	}
	spin_lock(&mach_host_lock);
	if (!new) {
		*old = mach_actions_get(actions);
	} else if (mach_change_is_late(change, actions)) {
		ret = -EAGAIN;
	} else {
		mach_actions_fill(new, actions, change);
		*old = actions;
		actions = new;
		new = NULL;
	}
	spin_unlock(&mach_host_lock);
	mach_actions_put(new, reap);
	return ret;
}
