/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of user space: one range, with pages that may be missing. */
#ifndef SHIM_USER_H
#define SHIM_USER_H

#include "base.h"
#include "lock.h"

/* What user space can read and write; where it ends accesses fail. */
extern char *shim_user;
extern size_t shim_user_size;

/* How many accesses from now on the one is that fails; 0 for none. */
extern unsigned int shim_user_fail;

/* Called after each access: what other threads do to the memory meanwhile. */
extern void (*shim_user_meanwhile)(void);

size_t copy_from_user(void *to, const void *from, size_t size);
size_t copy_to_user(void *to, const void *from, size_t size);

#define get_user(value, from) \
	(copy_from_user(&(value), from, sizeof(*(from))) ? -EFAULT : 0)
#define put_user(value, to) (__extension__ ({ \
	__typeof__(*(to)) shim_value = (value); \
	copy_to_user(to, &shim_value, sizeof(shim_value)) ? -EFAULT : 0; }))
#define u64_to_user_ptr(address) ((void *)(uintptr_t)(address))
#define in_compat_syscall() false

#endif /* SHIM_USER_H */
