// SPDX-License-Identifier: GPL-2.0-only
/* Security and audit tokens, and pid versions. */
#include <linux/atomic.h>
#include <linux/pid.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "alloc.h"
#include "token.h"

static atomic_t pidversion;

/**
 * mach_token_new() - make explicit tokens
 * @words: their words
 *
 * Context: Process; may sleep.
 * Return: a reference, or NULL for want of memory.
 */
struct mach_token *mach_token_new(const struct mach_words *words)
{
	struct mach_token *token = kmalloc(sizeof(*token), MACH_GFP);

	if (token) {
		refcount_set(&token->ref, 1);
		token->words = *words;
	}
	return token;
}

/**
 * mach_token_get() - take a reference
 * @token: tokens, or NULL
 *
 * Return: @token.
 */
struct mach_token *mach_token_get(struct mach_token *token)
{
	if (token)
		refcount_inc(&token->ref);
	return token;
}

/**
 * mach_token_put() - drop a reference
 * @token: tokens, or NULL
 *
 * Context: Any.
 */
void mach_token_put(struct mach_token *token)
{
	if (token && refcount_dec_and_test(&token->ref))
		kfree(token);
}

/**
 * mach_words_kernel() - the tokens of messages that the kernel makes
 * @words: filled in: {0, 1} and eight zeros
 */
void mach_words_kernel(struct mach_words *words)
{
	memset(words, 0, sizeof(*words));
	words->security[1] = 1;
}

/*
 * Ids as they are shown in a name space. In the initial one a number is what it
 * is, so that the map, which is searched for each, need not be.
 */
static u32 show_uid(struct user_namespace *ns, kuid_t uid)
{
	if (likely(ns == &init_user_ns))
		return __kuid_val(uid);
	return from_kuid_munged(ns, uid);
}

static u32 show_gid(struct user_namespace *ns, kgid_t gid)
{
	if (likely(ns == &init_user_ns))
		return __kgid_val(gid);
	return from_kgid_munged(ns, gid);
}

/**
 * mach_words_derive() - the tokens that follow from credentials
 * @words: filled in
 * @origin: whose
 * @user_ns: in which ids are shown; one that has no number there shows as the
 *	overflow id, an unset login uid as 0xffffffff
 * @pid_ns: in which the pid is shown; 0 when it is not visible there
 *
 * Context: Any.
 */
void mach_words_derive(struct mach_words *words,
		       const struct mach_origin *origin,
		       struct user_namespace *user_ns,
		       struct pid_namespace *pid_ns)
{
	const struct cred *cred = origin->cred;

	words->security[0] = show_uid(user_ns, cred->euid);
	words->security[1] = show_gid(user_ns, cred->egid);
	words->audit[0] = uid_valid(origin->loginuid) ?
		show_uid(user_ns, origin->loginuid) : (u32)-1;
	words->audit[1] = words->security[0];
	words->audit[2] = words->security[1];
	words->audit[3] = show_uid(user_ns, cred->uid);
	words->audit[4] = show_gid(user_ns, cred->gid);
	words->audit[5] = pid_nr_ns(origin->pid, pid_ns);
	words->audit[6] = origin->session;
	words->audit[7] = origin->version;
}

/**
 * mach_pidversion_next() - a pid version that no process had of late
 *
 * Context: Any.
 * Return: never 0.
 */
u32 mach_pidversion_next(void)
{
	u32 version;

	do {
		version = atomic_inc_return(&pidversion);
	} while (!version);
	return version;
}

/**
 * mach_pidversion_init() - start the count somewhere
 *
 * A version seen before the module was loaded anew then means nothing.
 */
void mach_pidversion_init(void)
{
	atomic_set(&pidversion, get_random_u32());
}
