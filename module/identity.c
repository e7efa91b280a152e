// SPDX-License-Identifier: GPL-2.0-only
/* Who sends: credentials, process and ledgers, fixed at the time of sending. */
#include <linux/audit.h>
#include <linux/cgroup.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "alloc.h"
#include "identity.h"
#include "kmsg.h"
#include "ledger.h"
#include "stat.h"

static u64 current_cgroup(void)
{
	u64 id = 0;

#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
#endif
	return id;
}

/**
 * mach_identity_new() - what the current thread is now
 * @pid: its thread group
 * @version: pid version of its task
 * @token: explicit tokens of its task, or NULL
 * @wired: ledger assigned to its task, or NULL for the user's own
 * @paged: likewise
 *
 * Takes references of its own.
 *
 * Context: Process; may sleep.
 * Return: a reference, or NULL for want of memory.
 */
struct mach_identity *mach_identity_new(struct pid *pid, u32 version,
					struct mach_token *token,
					struct mach_ledger *wired,
					struct mach_ledger *paged)
{
	struct mach_identity *identity;
	struct mach_user *user;

	user = mach_user_find(current_cred());
	if (!user)
		return NULL;
	identity = kzalloc(sizeof(*identity), MACH_GFP);
	if (!identity) {
		mach_user_put(user);
		return NULL;
	}
	refcount_set(&identity->ref, 1);
	identity->origin = (struct mach_origin){
		.cred = get_current_cred(),
		.pid = get_pid(pid),
		.loginuid = audit_get_loginuid(current),
		.session = audit_get_sessionid(current),
		.version = version,
	};
	identity->cgroup = current_cgroup();
	identity->token = mach_token_get(token);
	identity->user = user;
	identity->wired = mach_ledger_get(wired ?: &user->wired);
	identity->paged = mach_ledger_get(paged ?: &user->paged);
	mach_stat_inc(IDENTITIES);
	return identity;
}

/**
 * mach_identity_fits() - whether an identity is still that of the thread
 * @identity: made earlier by a thread of the same task
 * @version: pid version of the task now
 * @token: explicit tokens of the task now, or NULL
 *
 * Pointers are enough to compare: the identity holds references, so that no
 * other credentials or tokens can stand at the same address.
 *
 * Return: whether @identity describes the current thread.
 */
bool mach_identity_fits(const struct mach_identity *identity, u32 version,
			const struct mach_token *token)
{
	const struct mach_origin *origin = &identity->origin;

	return origin->cred == current_cred() &&
	       identity->token == token &&
	       origin->version == version &&
	       origin->session == audit_get_sessionid(current) &&
	       identity->cgroup == current_cgroup() &&
	       uid_eq(origin->loginuid, audit_get_loginuid(current));
}

/**
 * mach_identity_put() - drop a reference
 * @identity: an identity, or NULL for the kernel's
 *
 * Context: Any but hard interrupts; no lock of a user table held.
 */
void mach_identity_put(struct mach_identity *identity)
{
	if (!identity || !refcount_dec_and_test(&identity->ref))
		return;
	if (identity->spare)
		mach_kmsg_release(identity->spare);
	put_cred(identity->origin.cred);
	put_pid(identity->origin.pid);
	mach_token_put(identity->token);
	mach_ledger_put(identity->wired);
	mach_ledger_put(identity->paged);
	mach_user_put(identity->user);
	mach_stat_dec(IDENTITIES);
	kfree_rcu(identity, rcu);
}

/**
 * mach_identity_words() - both tokens, as the current thread may see them
 * @identity: who sent, NULL for the kernel
 * @words: filled in
 */
void mach_identity_words(const struct mach_identity *identity,
			 struct mach_words *words)
{
	if (!identity)
		mach_words_kernel(words);
	else if (identity->token)
		*words = identity->token->words;
	else
		mach_words_derive(words, &identity->origin, current_user_ns(),
				  task_active_pid_ns(current));
}
