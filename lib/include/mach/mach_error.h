/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Error numbers in words. */
#ifndef _MACH_MACH_ERROR_H_
#define _MACH_MACH_ERROR_H_

#include <mach/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mach_error_string() - what an error number means
 * @error_value: a KERN_*, MACH_SEND_*, MACH_RCV_*, MIG_* or bootstrap code;
 *	modifier bits such as MACH_MSG_IPC_SPACE do not change the text
 *
 * Return: one line of English, never null, never to be freed or changed;
 * "unknown error code" for a number that is none of these.
 */
char *mach_error_string(mach_error_t error_value);

/**
 * mach_error() - print @str, what @error_value means and its number on stderr
 * @str: what failed
 * @error_value: the error number
 */
void mach_error(const char *str, mach_error_t error_value);

/**
 * mach_error_type() - which part of the system an error number belongs to
 * @error_value: the error number
 *
 * Return: as "(os/kern)" or "(ipc/send)", never null, never to be freed.
 */
char *mach_error_type(mach_error_t error_value);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MACH_ERROR_H_ */
