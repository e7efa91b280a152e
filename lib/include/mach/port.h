/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Port names, kinds of rights and the attributes of a port. */
#ifndef _MACH_PORT_H_
#define _MACH_PORT_H_

#include <stdint.h>

#include <mach/boolean.h>

/* A name: a number that denotes rights in one task's name space. */
typedef uint32_t mach_port_name_t;
typedef mach_port_name_t *mach_port_name_array_t;
typedef mach_port_name_t mach_port_t;
typedef mach_port_t *mach_port_array_t;

#define MACH_PORT_NULL ((mach_port_name_t)0)
#define MACH_PORT_DEAD ((mach_port_name_t)~0u)
#define MACH_PORT_VALID(name) \
	((name) != MACH_PORT_NULL && (name) != MACH_PORT_DEAD)

/* A name is an index and, in its low byte, a generation. */
#define MACH_PORT_INDEX(name) ((name) >> 8)
#define MACH_PORT_GEN(name) (((name) & 0xffu) << 24)
#define MACH_PORT_MAKE(index, gen) (((index) << 8) | ((gen) >> 24))

typedef uint32_t mach_port_right_t;

#define MACH_PORT_RIGHT_SEND ((mach_port_right_t)0)
#define MACH_PORT_RIGHT_RECEIVE ((mach_port_right_t)1)
#define MACH_PORT_RIGHT_SEND_ONCE ((mach_port_right_t)2)
#define MACH_PORT_RIGHT_PORT_SET ((mach_port_right_t)3)
#define MACH_PORT_RIGHT_DEAD_NAME ((mach_port_right_t)4)
#define MACH_PORT_RIGHT_LABELH ((mach_port_right_t)5)
#define MACH_PORT_RIGHT_NUMBER ((mach_port_right_t)6)

/* What a name denotes: one bit for each kind of right, see mach_port_type(). */
typedef uint32_t mach_port_type_t;
typedef mach_port_type_t *mach_port_type_array_t;

#define MACH_PORT_TYPE(right) ((mach_port_type_t)1 << ((right) + 16u))
#define MACH_PORT_TYPE_NONE ((mach_port_type_t)0)
#define MACH_PORT_TYPE_SEND MACH_PORT_TYPE(MACH_PORT_RIGHT_SEND)
#define MACH_PORT_TYPE_RECEIVE MACH_PORT_TYPE(MACH_PORT_RIGHT_RECEIVE)
#define MACH_PORT_TYPE_SEND_ONCE MACH_PORT_TYPE(MACH_PORT_RIGHT_SEND_ONCE)
#define MACH_PORT_TYPE_PORT_SET MACH_PORT_TYPE(MACH_PORT_RIGHT_PORT_SET)
#define MACH_PORT_TYPE_DEAD_NAME MACH_PORT_TYPE(MACH_PORT_RIGHT_DEAD_NAME)
#define MACH_PORT_TYPE_LABELH MACH_PORT_TYPE(MACH_PORT_RIGHT_LABELH)
#define MACH_PORT_TYPE_SEND_RECEIVE \
	(MACH_PORT_TYPE_SEND | MACH_PORT_TYPE_RECEIVE)
#define MACH_PORT_TYPE_SEND_RIGHTS \
	(MACH_PORT_TYPE_SEND | MACH_PORT_TYPE_SEND_ONCE)
#define MACH_PORT_TYPE_PORT_RIGHTS \
	(MACH_PORT_TYPE_SEND_RIGHTS | MACH_PORT_TYPE_RECEIVE)
#define MACH_PORT_TYPE_PORT_OR_DEAD \
	(MACH_PORT_TYPE_PORT_RIGHTS | MACH_PORT_TYPE_DEAD_NAME)
#define MACH_PORT_TYPE_ALL_RIGHTS \
	(MACH_PORT_TYPE_PORT_OR_DEAD | MACH_PORT_TYPE_PORT_SET)

/* A notification of the name's death, or of room to send, is requested. */
#define MACH_PORT_TYPE_DNREQUEST ((mach_port_type_t)0x80000000u)
#define MACH_PORT_TYPE_SPREQUEST ((mach_port_type_t)0x40000000u)
#define MACH_PORT_TYPE_SPREQUEST_DELAYED ((mach_port_type_t)0x20000000u)

typedef int32_t mach_port_delta_t;
typedef uint32_t mach_port_urefs_t;	/* user references of a name */
typedef uint32_t mach_port_seqno_t;	/* place in the order of reception */
typedef uint32_t mach_port_mscount_t;	/* send rights made so far */
typedef uint32_t mach_port_msgcount_t;	/* messages in a queue */
typedef uint32_t mach_port_rights_t;	/* a number of rights */
typedef uint32_t mach_port_srights_t;	/* boolean: send rights exist */
typedef uint64_t mach_port_context_t;

#define MACH_PORT_UREFS_MAX 65535u

/**
 * struct mach_port_status - state of a port, MACH_PORT_RECEIVE_STATUS
 * @mps_pset: not zero when the port is in a port set
 * @mps_seqno: sequence number of the next message taken
 * @mps_mscount: send rights made since the receive right came here
 * @mps_qlimit: most messages that the queue takes, 0 to MACH_PORT_QLIMIT_MAX
 * @mps_msgcount: messages in the queue
 * @mps_sorights: send-once rights that exist
 * @mps_srights: boolean, whether send rights exist
 * @mps_pdrequest: boolean, a port-destroyed notification is requested
 * @mps_nsrequest: boolean, a no-senders notification is requested
 * @mps_flags: MACH_PORT_STATUS_FLAG_*
 */
typedef struct mach_port_status {
	mach_port_rights_t mps_pset;
	mach_port_seqno_t mps_seqno;
	mach_port_mscount_t mps_mscount;
	mach_port_msgcount_t mps_qlimit;
	mach_port_msgcount_t mps_msgcount;
	mach_port_rights_t mps_sorights;
	boolean_t mps_srights;
	boolean_t mps_pdrequest;
	boolean_t mps_nsrequest;
	uint32_t mps_flags;
} mach_port_status_t;

#define MACH_PORT_STATUS_FLAG_TEMPOWNER 0x01
#define MACH_PORT_STATUS_FLAG_GUARDED 0x02
#define MACH_PORT_STATUS_FLAG_STRICT_GUARD 0x04
#define MACH_PORT_STATUS_FLAG_IMP_DONATION 0x08
#define MACH_PORT_STATUS_FLAG_REVIVE 0x10
#define MACH_PORT_STATUS_FLAG_TASKPTR 0x20
#define MACH_PORT_STATUS_FLAG_GUARD_IMMOVABLE_RECEIVE 0x40
#define MACH_PORT_STATUS_FLAG_NO_GRANT 0x80

/**
 * struct mach_port_limits - limits of a port, MACH_PORT_LIMITS_INFO
 * @mpl_qlimit: most messages that the queue takes, 0 to MACH_PORT_QLIMIT_MAX
 */
typedef struct mach_port_limits {
	mach_port_msgcount_t mpl_qlimit;
} mach_port_limits_t;

/**
 * struct mach_port_info_ext - state of a port, MACH_PORT_INFO_EXT
 * @mpie_status: as MACH_PORT_RECEIVE_STATUS gives it
 * @mpie_boost_cnt: 0
 * @reserved: 0
 */
typedef struct mach_port_info_ext {
	mach_port_status_t mpie_status;
	mach_port_msgcount_t mpie_boost_cnt;
	uint32_t reserved[6];
} mach_port_info_ext_t;

/**
 * struct mach_port_guard_info - guard of a port, MACH_PORT_GUARD_INFO
 * @mpgi_guard: the guard
 */
typedef struct mach_port_guard_info {
	uint64_t mpgi_guard;
} mach_port_guard_info_t;

/* Flags of mach_port_guard_with_flags(). */
#define MPG_STRICT 0x1u
#define MPG_IMMOVABLE_RECEIVE 0x2u

/**
 * struct mach_port_options - what mach_port_construct() makes
 * @flags: MPO_*
 * @mpl: limits, with MPO_QLIMIT
 * @reserved: not looked at
 */
typedef struct mach_port_options {
	uint32_t flags;
	mach_port_limits_t mpl;
	uint64_t reserved[2];
} mach_port_options_t;
typedef mach_port_options_t *mach_port_options_ptr_t;

#define MPO_CONTEXT_AS_GUARD 0x1u	/* the context is a guard */
#define MPO_QLIMIT 0x2u			/* a queue limit is given */
#define MPO_TEMPOWNER 0x4u		/* not supported */
#define MPO_IMPORTANCE_RECEIVER 0x8u	/* not supported */
#define MPO_INSERT_SEND_RIGHT 0x10u	/* make a send right, too */
#define MPO_STRICT 0x20u		/* the guard is a strict one */
#define MPO_DENAP_RECEIVER 0x40u	/* not supported */
#define MPO_IMMOVABLE_RECEIVE 0x80u	/* the right cannot leave the task */
#define MPO_FILTER_MSG 0x100u		/* not supported, nor are those below */
#define MPO_TG_BLOCK_TRACKING 0x200u
#define MPO_SERVICE_PORT 0x400u
#define MPO_CONNECTION_PORT 0x800u
#define MPO_REPLY_PORT 0x1000u
#define MPO_ENFORCE_REPLY_PORT_SEMANTICS 0x2000u
#define MPO_PROVISIONAL_REPLY_PORT 0x4000u
#define MPO_EXCEPTION_PORT 0x8000u

/**
 * struct mach_port_qos - what mach_port_allocate_full() makes
 * @name: a name is given
 * @prealloc: messages of the kernel shall find memory; they always do
 * @pad1: not looked at
 * @len: for how large messages; not looked at
 */
typedef struct mach_port_qos {
	unsigned int name : 1;
	unsigned int prealloc : 1;
	unsigned int pad1 : 30;
	uint32_t len;
} mach_port_qos_t;

#define MACH_PORT_QLIMIT_ZERO ((mach_port_msgcount_t)0)
#define MACH_PORT_QLIMIT_BASIC ((mach_port_msgcount_t)5)
#define MACH_PORT_QLIMIT_SMALL ((mach_port_msgcount_t)16)
#define MACH_PORT_QLIMIT_LARGE ((mach_port_msgcount_t)1024)
#define MACH_PORT_QLIMIT_KERNEL ((mach_port_msgcount_t)65534)
#define MACH_PORT_QLIMIT_MIN MACH_PORT_QLIMIT_ZERO
#define MACH_PORT_QLIMIT_DEFAULT MACH_PORT_QLIMIT_BASIC
#define MACH_PORT_QLIMIT_MAX MACH_PORT_QLIMIT_LARGE

/* Flavors of mach_port_get_attributes() and mach_port_set_attributes(). */
typedef int mach_port_flavor_t;
typedef int32_t *mach_port_info_t;	/* words, as the flavor lays them out */

#define MACH_PORT_LIMITS_INFO 1
#define MACH_PORT_RECEIVE_STATUS 2
#define MACH_PORT_DNREQUESTS_SIZE 3
#define MACH_PORT_TEMPOWNER 4
#define MACH_PORT_IMPORTANCE_RECEIVER 5
#define MACH_PORT_DENAP_RECEIVER 6
#define MACH_PORT_INFO_EXT 7
#define MACH_PORT_GUARD_INFO 8
#define MACH_PORT_SERVICE_THROTTLED 9

/* Sizes of the flavors in words. */
#define MACH_PORT_LIMITS_INFO_COUNT 1u
#define MACH_PORT_RECEIVE_STATUS_COUNT 10u
#define MACH_PORT_DNREQUESTS_SIZE_COUNT 1u
#define MACH_PORT_INFO_EXT_COUNT 17u
#define MACH_PORT_GUARD_INFO_COUNT 2u

#endif /* _MACH_PORT_H_ */
