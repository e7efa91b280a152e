/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Reading audit tokens.
 *
 * What the words say of a derived token is true in the reader's user and pid
 * name spaces: an id that has no value there is the overflow id, a process that
 * cannot be seen has pid 0. Explicit tokens hold what the security authority
 * wrote. Never look a process up by pid alone: machdev_pidfd_from_audit_token()
 * takes the pidversion into account.
 */
#ifndef _BSM_LIBBSM_H_
#define _BSM_LIBBSM_H_

#include <sys/types.h>

#include <mach/message.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uid_t au_id_t;		/* login user id, 0xffffffff when never set */
typedef unsigned int au_asid_t;	/* audit session id, 0xffffffff when none */

/* Where the terminal is; always 0 in this implementation. */
typedef struct au_tid {
	unsigned int port;
	unsigned int machine;
} au_tid_t;

/**
 * audit_token_to_au32() - take an audit token apart
 * @atoken: the token
 * @auidp: login user id
 * @euidp: effective user id
 * @egidp: effective group id
 * @ruidp: real user id
 * @rgidp: real group id
 * @pidp: process id
 * @asidp: audit session id
 * @tidp: terminal, all 0
 *
 * Each pointer may be null.
 */
void audit_token_to_au32(audit_token_t atoken, uid_t *auidp, uid_t *euidp,
			 gid_t *egidp, uid_t *ruidp, gid_t *rgidp, pid_t *pidp,
			 au_asid_t *asidp, au_tid_t *tidp);

/**
 * audit_token_to_auid() - the login user id
 * @atoken: the token
 *
 * Return: word 0 of the token.
 */
uid_t audit_token_to_auid(audit_token_t atoken);

/**
 * audit_token_to_euid() - the effective user id
 * @atoken: the token
 *
 * Return: word 1 of the token.
 */
uid_t audit_token_to_euid(audit_token_t atoken);

/**
 * audit_token_to_egid() - the effective group id
 * @atoken: the token
 *
 * Return: word 2 of the token.
 */
gid_t audit_token_to_egid(audit_token_t atoken);

/**
 * audit_token_to_ruid() - the real user id
 * @atoken: the token
 *
 * Return: word 3 of the token.
 */
uid_t audit_token_to_ruid(audit_token_t atoken);

/**
 * audit_token_to_rgid() - the real group id
 * @atoken: the token
 *
 * Return: word 4 of the token.
 */
gid_t audit_token_to_rgid(audit_token_t atoken);

/**
 * audit_token_to_pid() - the process id
 * @atoken: the token
 *
 * Return: word 5 of the token.
 */
pid_t audit_token_to_pid(audit_token_t atoken);

/**
 * audit_token_to_asid() - the audit session id
 * @atoken: the token
 *
 * Return: word 6 of the token.
 */
au_asid_t audit_token_to_asid(audit_token_t atoken);

/**
 * audit_token_to_pidversion() - which incarnation of the process id, and image
 * @atoken: the token
 *
 * Return: word 7 of the token.
 */
int audit_token_to_pidversion(audit_token_t atoken);

#ifdef __cplusplus
}
#endif

#endif /* _BSM_LIBBSM_H_ */
