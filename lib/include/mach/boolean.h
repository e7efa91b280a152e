/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The truth value of Mach interfaces, 4 bytes. */
#ifndef _MACH_BOOLEAN_H_
#define _MACH_BOOLEAN_H_

typedef unsigned int boolean_t;

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#endif /* _MACH_BOOLEAN_H_ */
