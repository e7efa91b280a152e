/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Flags of vm_allocate(). */
#ifndef _MACH_VM_STATISTICS_H_
#define _MACH_VM_STATISTICS_H_

#define VM_FLAGS_FIXED 0x00000000	/* at the given address or not at all */
#define VM_FLAGS_ANYWHERE 0x00000001	/* the address is chosen for the caller */

#define VM_FLAGS_OVERWRITE 0x00004000	/* with FIXED: what is there goes */

/* Bits 24 to 31: what the memory is for. Accepted, without effect. */
#define VM_FLAGS_ALIAS_MASK 0xff000000u
#define VM_MAKE_TAG(tag) ((int)((unsigned int)(tag) << 24))

#endif /* _MACH_VM_STATISTICS_H_ */
