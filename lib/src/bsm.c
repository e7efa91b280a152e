// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Reading audit tokens. */
#include <bsm/libbsm.h>

#include "internal.h"

MACHDEV_EXPORT uid_t audit_token_to_auid(audit_token_t atoken)
{
	return atoken.val[0];
}

MACHDEV_EXPORT uid_t audit_token_to_euid(audit_token_t atoken)
{
	return atoken.val[1];
}

MACHDEV_EXPORT gid_t audit_token_to_egid(audit_token_t atoken)
{
	return atoken.val[2];
}

MACHDEV_EXPORT uid_t audit_token_to_ruid(audit_token_t atoken)
{
	return atoken.val[3];
}

MACHDEV_EXPORT gid_t audit_token_to_rgid(audit_token_t atoken)
{
	return atoken.val[4];
}

MACHDEV_EXPORT pid_t audit_token_to_pid(audit_token_t atoken)
{
	return (pid_t)atoken.val[5];
}

MACHDEV_EXPORT au_asid_t audit_token_to_asid(audit_token_t atoken)
{
	return atoken.val[6];
}

MACHDEV_EXPORT int audit_token_to_pidversion(audit_token_t atoken)
{
	return (int)atoken.val[7];
}

MACHDEV_EXPORT void audit_token_to_au32(audit_token_t atoken, uid_t *auidp,
					uid_t *euidp, gid_t *egidp,
					uid_t *ruidp, gid_t *rgidp,
					pid_t *pidp, au_asid_t *asidp,
					au_tid_t *tidp)
{
	if (auidp)
		*auidp = audit_token_to_auid(atoken);
	if (euidp)
		*euidp = audit_token_to_euid(atoken);
	if (egidp)
		*egidp = audit_token_to_egid(atoken);
	if (ruidp)
		*ruidp = audit_token_to_ruid(atoken);
	if (rgidp)
		*rgidp = audit_token_to_rgid(atoken);
	if (pidp)
		*pidp = audit_token_to_pid(atoken);
	if (asidp)
		*asidp = audit_token_to_asid(atoken);
	if (tidp)
		*tidp = (au_tid_t){ 0 };
}
