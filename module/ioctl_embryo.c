// SPDX-License-Identifier: GPL-2.0-only
/* Commands that create tasks. */
#include <linux/fdtable.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "embryo.h"
#include "inherit.h"
#include "ioctl.h"
#include "ledger.h"
#include "ledger_port.h"
#include "msg.h"
#include "reap.h"
#include "right.h"
#include "special.h"
#include "stat.h"
#include "task.h"

#define LEDGERS 2	/* wired, paged */

/**
 * struct conception - what becomes of the arguments of task_create()
 * @foreign: the parent is not the caller
 * @host: the child's host port, with tokens
 * @ledger: what the child draws on, references; both NULL for the parent's
 * @token: explicit tokens, or NULL
 * @inherit: what the child starts with, not published
 */
struct conception {
	bool foreign;
	struct mach_right host;
	struct mach_ledger *ledger[LEDGERS];
	struct mach_token *token;
	struct mach_inherit *inherit;
};

static int take_ledgers(struct mach_task *caller,
			const struct machdev_task_create *a, const u32 *names,
			struct conception *c)
{
	unsigned int i;

	if (a->ledger_count != LEDGERS)
		return MACHDEV_KERN_SUCCESS;
	if (!names)
		return MACHDEV_KERN_INVALID_ADDRESS;
	if (names[0] == MACHDEV_NAME_NULL || names[1] == MACHDEV_NAME_NULL)
		return MACHDEV_KERN_SUCCESS;
	for (i = 0; i < LEDGERS; i++) {
		c->ledger[i] = mach_ledger_port_get(&caller->space, names[i],
						    NULL);
		if (!c->ledger[i])
			return MACHDEV_KERN_INVALID_LEDGER;
	}
	return MACHDEV_KERN_SUCCESS;
}

/* The arguments one after the other, in the order that is promised. */
static int check(struct mach_task *caller, const struct machdev_task_create *a,
		 const u32 *names, struct conception *c)
{
	int ret;

	if (a->flags & MACHDEV_TASK_CREATE_TOKEN) {
		if (mach_ioctl_kind_of(&caller->space, a->host_security) !=
		    MACH_KIND_HOST_SECURITY)
			return MACHDEV_KERN_INVALID_SECURITY;
		ret = mach_ioctl_copy_host(caller, a->host, &c->host);
		if (ret)
			return ret;
	}
	ret = take_ledgers(caller, a, names, c);
	if (ret)
		return ret;
	if (a->inherit_memory && c->foreign) {
		mach_stat_inc(UNSUPPORTED);
		return MACHDEV_KERN_NOT_SUPPORTED;
	}
	return MACHDEV_KERN_SUCCESS;
}

/* Those given, or those of another parent as they read now. */
static int make_token(struct mach_task *parent,
		      const struct machdev_task_create *a,
		      struct conception *c)
{
	struct mach_words words;
	int ret;

	if (a->flags & MACHDEV_TASK_CREATE_TOKEN) {
		BUILD_BUG_ON(sizeof(words.security) != sizeof(a->security));
		BUILD_BUG_ON(sizeof(words.audit) != sizeof(a->audit));
		memcpy(words.security, a->security, sizeof(words.security));
		memcpy(words.audit, a->audit, sizeof(words.audit));
	} else if (c->foreign) {
		ret = mach_special_words(parent, &words);
		if (ret)
			return ret;
	} else {
		return MACHDEV_KERN_SUCCESS;
	}
	c->token = mach_token_new(&words);
	return c->token ? MACHDEV_KERN_SUCCESS :
			  MACHDEV_KERN_RESOURCE_SHORTAGE;
}

/*
 * What another parent draws on, since the child's credentials are the caller's,
 * and with them its default.
 */
static int parents_ledgers(struct mach_task *parent, struct conception *c)
{
	struct mach_inherit *inherit = c->inherit;
	struct mach_user *user;
	int ret;

	if (inherit->wired && inherit->paged)
		return MACHDEV_KERN_SUCCESS;
	ret = mach_special_user(parent, &user);
	if (ret)
		return ret;
	mach_inherit_assign(inherit, mach_ledger_get(&user->wired),
			    mach_ledger_get(&user->paged), false);
	mach_user_put(user);
	return MACHDEV_KERN_SUCCESS;
}

static void give_ledgers(struct conception *c, bool trusted,
			 struct mach_reap *reap)
{
	struct mach_right none = { .type = MACHDEV_MOVE_SEND };
	unsigned int i;

	mach_inherit_assign(c->inherit, c->ledger[0], c->ledger[1], trusted);
	memset(c->ledger, 0, sizeof(c->ledger));
	/* The parent's masks would hide them. */
	for (i = 0; i < LEDGERS; i++) {
		mach_inherit_set_slot(c->inherit, MACH_SLOT_WIRED_LEDGER + i,
				      &none, reap);
		c->inherit->slot[MACH_SLOT_WIRED_LEDGER + i].set = false;
	}
}

static int make_inherit(struct mach_task *parent,
			const struct machdev_task_create *a,
			struct conception *c, struct mach_reap *reap)
{
	bool trusted = a->flags & MACHDEV_TASK_CREATE_TOKEN;
	struct mach_inherit *inherit;
	bool plain = !c->host.port;

	inherit = mach_inherit_get_rcu(&parent->inherit);
	c->inherit = mach_inherit_copy(inherit, MACH_GFP);
	mach_inherit_put(inherit);
	if (!c->inherit)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	if (c->token) {
		mach_token_put(c->inherit->token);
		c->inherit->token = c->token;
		c->token = NULL;
	}
	if (trusted) {
		mach_inherit_set_slot(c->inherit, MACH_SLOT_HOST, &c->host,
				      reap);
		c->inherit->slot[MACH_SLOT_HOST].set = !plain;
	}
	if (c->ledger[0])
		give_ledgers(c, trusted, reap);
	else if (c->foreign)
		return parents_ledgers(parent, c);
	return MACHDEV_KERN_SUCCESS;
}

static void conception_end(struct conception *c, struct mach_reap *reap)
{
	mach_reap_right(reap, &c->host);
	mach_reap_run(reap);
	mach_ledger_put(c->ledger[0]);
	mach_ledger_put(c->ledger[1]);
	mach_token_put(c->token);
	mach_inherit_put(c->inherit);
}

static int conceive(struct mach_task *caller, struct mach_task *parent,
		    const struct machdev_task_create *a, const u32 *names,
		    struct mach_inherit **inherit)
{
	struct conception c = {
		.foreign = parent != caller,
		.host.type = MACHDEV_MOVE_SEND,
	};
	MACH_REAP(reap);
	int ret;

	ret = check(caller, a, names, &c);
	if (!ret)
		ret = make_token(parent, a, &c);
	if (!ret)
		ret = make_inherit(parent, a, &c, &reap);
	if (!ret)
		swap(*inherit, c.inherit);
	conception_end(&c, &reap);
	return ret;
}

int mach_ioctl_task_create(struct mach_task *caller, void *arg)
{
	struct mach_inherit *inherit = NULL;
	struct machdev_task_create *a = arg;
	struct mach_task *parent;
	u32 names[LEDGERS];
	bool read;
	int ret;

	if ((a->flags & ~MACHDEV_TASK_CREATE_TOKEN) || a->reserved)
		return -EINVAL;
	a->descriptor = -1;
	/* Now: no user memory is touched while the parent is held. */
	read = a->ledger_count == LEDGERS &&
	       !copy_from_user(names, mach_user_ptr(a->ledgers),
			       sizeof(names));
	ret = mach_task_acquire(&caller->space, a->parent,
				MACHDEV_KERN_INVALID_ARGUMENT, &parent);
	if (ret)
		return ret;
	ret = conceive(caller, parent, a, read ? names : NULL, &inherit);
	mach_task_release(parent);
	return ret ?: mach_embryo_new(caller, inherit, a->inherit_memory,
				      &a->descriptor);
}

void mach_undo_task_create(struct mach_task *caller, const void *in,
			   const void *out)
{
	close_fd(((const struct machdev_task_create *)out)->descriptor);
}

int mach_ioctl_embryo_adopt(struct mach_task *caller, void *arg)
{
	const struct machdev_embryo *a = arg;
	struct mach_embryo *embryo;
	int ret;

	if (a->pid || a->child || (a->flags & ~MACHDEV_EMBRYO_RUN))
		return -EINVAL;
	embryo = mach_embryo_get(a->descriptor);
	if (!embryo)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ret = mach_embryo_adopt(embryo, caller,
				a->flags & MACHDEV_EMBRYO_RUN);
	/* Its own copy must not keep what nobody wants any more. */
	if (!ret)
		close_fd(a->descriptor);
	mach_embryo_put(embryo);
	return ret;
}

int mach_ioctl_embryo_wait(struct mach_task *caller, void *arg)
{
	const struct machdev_embryo *a = arg;
	struct mach_embryo *embryo;
	int ret;

	if (a->child || a->flags)
		return -EINVAL;
	embryo = mach_embryo_get(a->descriptor);
	if (!embryo)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ret = mach_embryo_wait(embryo, a->pid);
	mach_embryo_put(embryo);
	return ret;
}

int mach_ioctl_embryo_take(struct mach_task *caller, void *arg)
{
	struct machdev_embryo *a = arg;
	struct mach_embryo *embryo;
	struct mach_right right;
	int ret;

	if (a->pid || a->flags)
		return -EINVAL;
	a->child = MACHDEV_NAME_NULL;
	embryo = mach_embryo_get(a->descriptor);
	if (!embryo)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	ret = mach_embryo_take(embryo, caller, &right);
	if (!ret) {
		ret = mach_ioctl_give(caller, &right, &a->child);
		if (ret)
			mach_embryo_untake(embryo, caller);
	}
	mach_embryo_put(embryo);
	return ret;
}

void mach_undo_embryo_take(struct mach_task *caller, const void *in,
			   const void *out)
{
	const struct machdev_embryo *a = out;
	struct mach_embryo *embryo = mach_embryo_get(a->descriptor);
	MACH_REAP(reap);

	mach_right_deallocate(&caller->space, a->child, &reap);
	mach_reap_run(&reap);
	if (embryo)
		mach_embryo_untake(embryo, caller);
	mach_embryo_put(embryo);
}
