/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The special ports of a thread. */
#ifndef _MACH_THREAD_SPECIAL_PORTS_H_
#define _MACH_THREAD_SPECIAL_PORTS_H_

#define THREAD_KERNEL_PORT 1		/* denotes the thread to the kernel */
#define THREAD_EXCEPTION_PORT 3		/* where its exceptions go */
#define THREAD_INSPECT_PORT 0x102
#define THREAD_READ_PORT 0x103

#endif /* _MACH_THREAD_SPECIAL_PORTS_H_ */
