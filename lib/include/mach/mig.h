/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What generated stubs need: the reply port of a thread. */
#ifndef _MACH_MIG_H_
#define _MACH_MIG_H_

#include <mach/kern_return.h>
#include <mach/message.h>
#include <mach/ndr.h>
#include <mach/port.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mig_get_reply_port() - the calling thread's reply port
 *
 * Made at the thread's first call, kept until mig_dealloc_reply_port(), the
 * thread's end, or fork (the child makes its own). In a process that shares
 * its parent's memory, as after vfork(), nothing is kept: each call makes a port.
 *
 * Return: name of a receive right without send rights; MACH_PORT_NULL when none
 * can be made.
 */
mach_port_t mig_get_reply_port(void);

/**
 * mig_dealloc_reply_port() - destroy the calling thread's reply port
 * @reply_port: what mig_get_reply_port() gave. Looked at only in a process that
 *	keeps none; elsewhere the thread's own goes whatever is given here, since
 *	a message that came back unsent names it no more
 *
 * For a reply port whose reply may yet come and must not be taken for the
 * answer to a later request.
 */
void mig_dealloc_reply_port(mach_port_t reply_port);

/**
 * mig_put_reply_port() - the request is over, its reply port free for the next
 * @reply_port: what mig_get_reply_port() gave
 */
void mig_put_reply_port(mach_port_t reply_port);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MIG_H_ */
