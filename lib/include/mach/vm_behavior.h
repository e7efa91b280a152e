/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* How memory will be used. */
#ifndef _MACH_VM_BEHAVIOR_H_
#define _MACH_VM_BEHAVIOR_H_

typedef int vm_behavior_t;

#define VM_BEHAVIOR_DEFAULT ((vm_behavior_t)0)

#endif /* _MACH_VM_BEHAVIOR_H_ */
