/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What a child gets of its parent's memory. */
#ifndef _MACH_VM_INHERIT_H_
#define _MACH_VM_INHERIT_H_

typedef unsigned int vm_inherit_t;

#define VM_INHERIT_SHARE ((vm_inherit_t)0)	/* the same memory */
#define VM_INHERIT_COPY ((vm_inherit_t)1)	/* a copy */
#define VM_INHERIT_NONE ((vm_inherit_t)2)	/* nothing */
#define VM_INHERIT_DEFAULT VM_INHERIT_COPY
#define VM_INHERIT_LAST_VALID VM_INHERIT_NONE

#endif /* _MACH_VM_INHERIT_H_ */
