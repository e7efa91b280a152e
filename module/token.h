/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Tokens
 *
 * The two words of a security token and the eight of an audit token tell a
 * receiver who sent a message. They are *derived* from the credentials of
 * the sending thread, or *explicit*: words that the security authority set,
 * carried verbatim by all later messages of the task and its descendants.
 * A struct mach_token is a set of explicit words; it never changes, so that
 * nobody sees one old token beside one new.
 *
 * A pid version tells two processes with one pid apart, and two images of
 * one process: it is new at attach, fork and exec, and never 0.
 */
#ifndef MACH_TOKEN_H
#define MACH_TOKEN_H

#include <linux/cred.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct pid;
struct pid_namespace;

#define MACH_SECURITY_WORDS 2
#define MACH_AUDIT_WORDS 8

/**
 * struct mach_words - both tokens as a receiver sees them
 * @security: {effective uid, effective gid}
 * @audit: {login uid, euid, egid, uid, gid, pid, session, pid version}
 */
struct mach_words {
	u32 security[MACH_SECURITY_WORDS];
	u32 audit[MACH_AUDIT_WORDS];
};

/**
 * struct mach_token - explicit tokens
 * @ref: memory reference
 * @words: constant after init
 */
struct mach_token {
	refcount_t ref;
	struct mach_words words;
};

/**
 * struct mach_origin - what derived tokens are computed from
 * @cred: credentials, borrowed
 * @pid: the thread group, borrowed
 * @loginuid: login uid, INVALID_UID when never set
 * @session: audit session id
 * @version: pid version
 */
struct mach_origin {
	const struct cred *cred;
	struct pid *pid;
	kuid_t loginuid;
	u32 session;
	u32 version;
};

struct mach_token *mach_token_new(const struct mach_words *words);
struct mach_token *mach_token_get(struct mach_token *token);
void mach_token_put(struct mach_token *token);

void mach_words_kernel(struct mach_words *words);
void mach_words_derive(struct mach_words *words,
		       const struct mach_origin *origin,
		       struct user_namespace *user_ns,
		       struct pid_namespace *pid_ns);

u32 mach_pidversion_next(void);
void mach_pidversion_init(void);

#endif /* MACH_TOKEN_H */
