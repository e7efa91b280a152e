/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* How an error number is made of system, subsystem and code. */
#ifndef _MACH_ERROR_H_
#define _MACH_ERROR_H_

#include <mach/kern_return.h>

typedef kern_return_t mach_error_t;
typedef mach_error_t (*mach_error_fn_t)(void);

/* 6 bits of system, 12 of subsystem, 14 of code. */
#define err_none ((mach_error_t)0)
#define ERR_SUCCESS ((mach_error_t)0)
#define err_system(system) ((mach_error_t)(((unsigned int)(system) & 0x3fu) << 26))
#define err_sub(subsystem) \
	((mach_error_t)(((unsigned int)(subsystem) & 0xfffu) << 14))
#define err_get_system(error) ((int)(((unsigned int)(error) >> 26) & 0x3fu))
#define err_get_sub(error) ((int)(((unsigned int)(error) >> 14) & 0xfffu))
#define err_get_code(error) ((int)((unsigned int)(error) & 0x3fffu))
#define system_emask ((int)err_system(0x3f))
#define sub_emask ((int)err_sub(0xfff))
#define code_emask 0x3fff

#define err_kern err_system(0x0)	/* the kernel */
#define err_us err_system(0x1)		/* user-space library */
#define err_server err_system(0x2)	/* user-space servers */
#define err_ipc err_system(0x3)		/* old message system */
#define err_mach_ipc err_system(0x4)	/* mach_msg() */
#define err_dipc err_system(0x7)	/* distributed messages */
#define err_vm err_system(0x8)		/* address translation */
#define err_local err_system(0x3e)	/* the program's own */
#define err_ipc_compat err_system(0x3f)	/* old and new messages */
#define err_max_system 0x3f

#endif /* _MACH_ERROR_H_ */
