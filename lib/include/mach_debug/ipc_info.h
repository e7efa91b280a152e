/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What mach_port_space_info() and its kin tell of a name space. */
#ifndef _MACH_DEBUG_IPC_INFO_H_
#define _MACH_DEBUG_IPC_INFO_H_

#include <mach/port.h>
#include <mach/vm_types.h>

/**
 * struct ipc_info_space - a name space
 * @iis_genno_mask: the bits of a name that are its generation
 * @iis_table_size: names there is room for
 * @iis_table_next: what that will be when the table grows
 * @iis_tree_size: 0
 * @iis_tree_small: 0
 * @iis_tree_hash: 0
 */
typedef struct ipc_info_space {
	natural_t iis_genno_mask;
	natural_t iis_table_size;
	natural_t iis_table_next;
	natural_t iis_tree_size;
	natural_t iis_tree_small;
	natural_t iis_tree_hash;
} ipc_info_space_t;

/**
 * struct ipc_info_space_basic - a name space in short
 * @iisb_genno_mask: the bits of a name that are its generation
 * @iisb_table_size: names there is room for
 * @iisb_table_next: what that will be when the table grows
 * @iisb_table_inuse: names in use
 * @iisb_reserved: 0
 */
typedef struct ipc_info_space_basic {
	natural_t iisb_genno_mask;
	natural_t iisb_table_size;
	natural_t iisb_table_next;
	natural_t iisb_table_inuse;
	natural_t iisb_reserved[2];
} ipc_info_space_basic_t;

/**
 * struct ipc_info_name - a name
 * @iin_name: the name
 * @iin_collision: 0
 * @iin_type: MACH_PORT_TYPE_* bits
 * @iin_urefs: user references, 0 of a receive right alone
 * @iin_object: the same for all names of a port, and rarely that of another; 0
 *	of a dead name
 * @iin_next: 0
 * @iin_hash: 0
 */
typedef struct ipc_info_name {
	mach_port_name_t iin_name;
	integer_t iin_collision;
	mach_port_type_t iin_type;
	mach_port_urefs_t iin_urefs;
	natural_t iin_object;
	natural_t iin_next;
	natural_t iin_hash;
} ipc_info_name_t;
typedef ipc_info_name_t *ipc_info_name_array_t;

/* Name spaces are no trees; there never is one of these. */
typedef struct ipc_info_tree_name {
	ipc_info_name_t iitn_name;
	mach_port_name_t iitn_lchild;
	mach_port_name_t iitn_rchild;
} ipc_info_tree_name_t;
typedef ipc_info_tree_name_t *ipc_info_tree_name_array_t;

#endif /* _MACH_DEBUG_IPC_INFO_H_ */
