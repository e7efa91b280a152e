/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: The sender as a message carries it
 *
 * Everything that a receiver may learn of a sender, fixed when the message
 * was sent and shown in the receiver's own name spaces when it is received:
 * the thread's credentials, the thread group and its pid version, and the
 * explicit tokens if the task has some. It never changes, so that one that
 * still fits serves for many messages at the price of a reference each.
 *
 * It also names the ledgers that the sender draws from, and keeps one message
 * buffer from the last message, already charged, for the next one.
 */
#ifndef MACH_IDENTITY_H
#define MACH_IDENTITY_H

#include <linux/refcount.h>

#include "token.h"

struct mach_kmsg;
struct mach_ledger;
struct mach_user;

/**
 * struct mach_identity - who sends
 * @ref: memory reference
 * @origin: credentials and process, references held; constant after init
 * @cgroup: id of the thread's cgroup in the default hierarchy; constant after
 *	init
 * @token: explicit tokens or NULL, reference held; constant after init
 * @user: default ledgers of the real uid, reference held; constant after init
 * @wired: what wired memory is drawn from, reference held; constant after init
 * @paged: what paged memory is drawn from, reference held; constant after init
 * @spare: a buffer that waits to be used again, or NULL; atomic
 * @rcu: frees
 */
struct mach_identity {
	refcount_t ref;
	struct mach_origin origin;
	u64 cgroup;
	struct mach_token *token;
	struct mach_user *user;
	struct mach_ledger *wired;
	struct mach_ledger *paged;
	struct mach_kmsg *spare;
	struct rcu_head rcu;
};

struct mach_identity *mach_identity_new(struct pid *pid, u32 version,
					struct mach_token *token,
					struct mach_ledger *wired,
					struct mach_ledger *paged);
bool mach_identity_fits(const struct mach_identity *identity, u32 version,
			const struct mach_token *token);
void mach_identity_put(struct mach_identity *identity);
void mach_identity_words(const struct mach_identity *identity,
			 struct mach_words *words);

#endif /* MACH_IDENTITY_H */
