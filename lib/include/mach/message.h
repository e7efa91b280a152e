/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Messages: layout, options, result codes, and mach_msg().
 *
 * Layout and numbers are XNU's. All structures are packed to 4 bytes: members
 * of 64 bits are aligned to 4. Layouts are the same in 32-bit programs.
 */
#ifndef _MACH_MESSAGE_H_
#define _MACH_MESSAGE_H_

#include <stdint.h>

#include <mach/kern_return.h>
#include <mach/port.h>
#include <mach/vm_types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef natural_t mach_msg_timeout_t;	/* milliseconds */

#define MACH_MSG_TIMEOUT_NONE ((mach_msg_timeout_t)0)

typedef uint32_t mach_msg_bits_t;
typedef natural_t mach_msg_size_t;	/* bytes */
typedef integer_t mach_msg_id_t;
typedef uint32_t mach_msg_priority_t;
typedef unsigned int mach_msg_type_name_t;
typedef unsigned int mach_msg_copy_options_t;
typedef unsigned int mach_msg_descriptor_type_t;
typedef unsigned int mach_msg_guard_flags_t;
typedef natural_t mach_msg_type_number_t;
typedef natural_t mach_msg_type_size_t;
typedef integer_t mach_msg_option_t;
typedef mach_msg_option_t mach_msg_options_t;
typedef kern_return_t mach_msg_return_t;

#define MACH_MSG_SIZE_NULL ((mach_msg_size_t *)0)
#define MACH_MSG_SIZE_MAX ((mach_msg_size_t)~0u)
#define MACH_MSG_SIZE_RELIABLE ((mach_msg_size_t)(256 * 1024))

/*
 * msgh_bits: how the rights in the header are taken, and whether there is a
 * body with descriptors.
 */
#define MACH_MSGH_BITS_ZERO 0x00000000u
#define MACH_MSGH_BITS_REMOTE_MASK 0x0000001fu
#define MACH_MSGH_BITS_LOCAL_MASK 0x00001f00u
#define MACH_MSGH_BITS_VOUCHER_MASK 0x001f0000u
#define MACH_MSGH_BITS_PORTS_MASK \
	(MACH_MSGH_BITS_REMOTE_MASK | MACH_MSGH_BITS_LOCAL_MASK | \
	 MACH_MSGH_BITS_VOUCHER_MASK)
#define MACH_MSGH_BITS_COMPLEX 0x80000000u
#define MACH_MSGH_BITS_USER 0x801f1f1fu
#define MACH_MSGH_BITS_RAISEIMP 0x20000000u
#define MACH_MSGH_BITS_DENAP MACH_MSGH_BITS_RAISEIMP
#define MACH_MSGH_BITS_IMPHOLDASRT 0x10000000u
#define MACH_MSGH_BITS_CIRCULAR 0x10000000u
#define MACH_MSGH_BITS_USED 0xb01f1f1fu

#define MACH_MSGH_BITS(remote, local) \
	((mach_msg_bits_t)(remote) | ((mach_msg_bits_t)(local) << 8))
#define MACH_MSGH_BITS_SET_PORTS(remote, local, voucher) \
	(((mach_msg_bits_t)(remote) & MACH_MSGH_BITS_REMOTE_MASK) | \
	 (((mach_msg_bits_t)(local) << 8) & MACH_MSGH_BITS_LOCAL_MASK) | \
	 (((mach_msg_bits_t)(voucher) << 16) & MACH_MSGH_BITS_VOUCHER_MASK))
#define MACH_MSGH_BITS_SET(remote, local, voucher, other) \
	(MACH_MSGH_BITS_SET_PORTS((remote), (local), (voucher)) | \
	 ((mach_msg_bits_t)(other) & ~MACH_MSGH_BITS_PORTS_MASK))
#define MACH_MSGH_BITS_REMOTE(bits) ((bits) & MACH_MSGH_BITS_REMOTE_MASK)
#define MACH_MSGH_BITS_LOCAL(bits) (((bits) & MACH_MSGH_BITS_LOCAL_MASK) >> 8)
#define MACH_MSGH_BITS_VOUCHER(bits) \
	(((bits) & MACH_MSGH_BITS_VOUCHER_MASK) >> 16)
#define MACH_MSGH_BITS_PORTS(bits) ((bits) & MACH_MSGH_BITS_PORTS_MASK)
#define MACH_MSGH_BITS_OTHER(bits) ((bits) & ~MACH_MSGH_BITS_PORTS_MASK)
#define MACH_MSGH_BITS_HAS_REMOTE(bits) \
	(MACH_MSGH_BITS_REMOTE(bits) != MACH_MSGH_BITS_ZERO)
#define MACH_MSGH_BITS_HAS_LOCAL(bits) \
	(MACH_MSGH_BITS_LOCAL(bits) != MACH_MSGH_BITS_ZERO)
#define MACH_MSGH_BITS_HAS_VOUCHER(bits) \
	(MACH_MSGH_BITS_VOUCHER(bits) != MACH_MSGH_BITS_ZERO)
#define MACH_MSGH_BITS_IS_COMPLEX(bits) \
	(((bits) & MACH_MSGH_BITS_COMPLEX) != MACH_MSGH_BITS_ZERO)

/* Dispositions: how a right is taken from the sender. */
#define MACH_MSG_TYPE_PORT_NONE 0u
#define MACH_MSG_TYPE_PORT_NAME 15u
#define MACH_MSG_TYPE_MOVE_RECEIVE 16u
#define MACH_MSG_TYPE_MOVE_SEND 17u
#define MACH_MSG_TYPE_MOVE_SEND_ONCE 18u
#define MACH_MSG_TYPE_COPY_SEND 19u
#define MACH_MSG_TYPE_MAKE_SEND 20u
#define MACH_MSG_TYPE_MAKE_SEND_ONCE 21u
#define MACH_MSG_TYPE_COPY_RECEIVE 22u
#define MACH_MSG_TYPE_DISPOSE_RECEIVE 24u
#define MACH_MSG_TYPE_DISPOSE_SEND 25u
#define MACH_MSG_TYPE_DISPOSE_SEND_ONCE 26u
#define MACH_MSG_TYPE_LAST 22u
#define MACH_MSG_TYPE_POLYMORPHIC ((mach_msg_type_name_t)-1)

/* What a right is when it arrives. */
#define MACH_MSG_TYPE_PORT_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE
#define MACH_MSG_TYPE_PORT_SEND MACH_MSG_TYPE_MOVE_SEND
#define MACH_MSG_TYPE_PORT_SEND_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE

#define MACH_MSG_TYPE_PORT_ANY(type) \
	((type) >= MACH_MSG_TYPE_MOVE_RECEIVE && \
	 (type) <= MACH_MSG_TYPE_MAKE_SEND_ONCE)
#define MACH_MSG_TYPE_PORT_ANY_SEND(type) \
	((type) >= MACH_MSG_TYPE_MOVE_SEND && \
	 (type) <= MACH_MSG_TYPE_MAKE_SEND_ONCE)
#define MACH_MSG_TYPE_PORT_ANY_SEND_ONCE(type) \
	((type) == MACH_MSG_TYPE_MOVE_SEND_ONCE || \
	 (type) == MACH_MSG_TYPE_MAKE_SEND_ONCE)
#define MACH_MSG_TYPE_PORT_ANY_RIGHT(type) \
	((type) >= MACH_MSG_TYPE_MOVE_RECEIVE && \
	 (type) <= MACH_MSG_TYPE_MOVE_SEND_ONCE)

/* Kinds of descriptors. */
#define MACH_MSG_PORT_DESCRIPTOR 0u
#define MACH_MSG_OOL_DESCRIPTOR 1u
#define MACH_MSG_OOL_PORTS_DESCRIPTOR 2u
#define MACH_MSG_OOL_VOLATILE_DESCRIPTOR 3u
#define MACH_MSG_GUARDED_PORT_DESCRIPTOR 4u
#define MACH_MSG_DESCRIPTOR_MAX MACH_MSG_GUARDED_PORT_DESCRIPTOR

/* How out-of-line memory is copied. */
#define MACH_MSG_PHYSICAL_COPY 0u
#define MACH_MSG_VIRTUAL_COPY 1u
#define MACH_MSG_ALLOCATE 2u
#define MACH_MSG_OVERWRITE 3u

#define MACH_MSG_GUARD_FLAGS_NONE 0x0000u
#define MACH_MSG_GUARD_FLAGS_IMMOVABLE_RECEIVE 0x0001u
#define MACH_MSG_GUARD_FLAGS_UNGUARDED_ON_SEND 0x0002u
#define MACH_MSG_GUARD_FLAGS_MASK 0x0003u

/* A pointer in 64 bits, also in 32-bit programs. */
#if UINTPTR_MAX > 0xffffffffu
#define MACH_MSG_POINTER(name) void *name
#elif defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define MACH_MSG_POINTER(name) uint32_t name##_high; void *name
#else
#define MACH_MSG_POINTER(name) void *name; uint32_t name##_high
#endif

#pragma pack(push, 4)

/**
 * struct mach_msg_header_t - first 24 bytes of every message
 * @msgh_bits: MACH_MSGH_BITS()
 * @msgh_size: bytes, without trailer; ignored in a send
 * @msgh_remote_port: sent: destination; received: reply right
 * @msgh_local_port: sent: reply port; received: the port it arrived on
 * @msgh_voucher_port: round-trips
 * @msgh_id: free for the protocol
 */
typedef struct {
	mach_msg_bits_t msgh_bits;
	mach_msg_size_t msgh_size;
	mach_port_t msgh_remote_port;
	mach_port_t msgh_local_port;
	mach_port_name_t msgh_voucher_port;
	mach_msg_id_t msgh_id;
} mach_msg_header_t;

#define msgh_reserved msgh_voucher_port
#define MACH_MSG_NULL ((mach_msg_header_t *)0)

typedef struct {
	mach_msg_size_t msgh_descriptor_count;
} mach_msg_body_t;

#define MACH_MSG_BODY_NULL ((mach_msg_body_t *)0)

/* The part that all descriptors share. */
typedef struct {
	natural_t pad1;
	mach_msg_size_t pad2;
	unsigned int pad3 : 24;
	mach_msg_descriptor_type_t type : 8;
} mach_msg_type_descriptor_t;

typedef struct {
	mach_port_t name;
	mach_msg_size_t pad1;
	unsigned int pad2 : 16;
	mach_msg_type_name_t disposition : 8;
	mach_msg_descriptor_type_t type : 8;
} mach_msg_port_descriptor_t;

#define MACH_MSG_DESCRIPTOR_NULL ((mach_msg_descriptor_t *)0)

/* Out-of-line memory; size in bytes. */
typedef struct {
	MACH_MSG_POINTER(address);
	boolean_t deallocate : 8;
	mach_msg_copy_options_t copy : 8;
	unsigned int pad1 : 8;
	mach_msg_descriptor_type_t type : 8;
	mach_msg_size_t size;
} mach_msg_ool_descriptor_t;

/* An out-of-line array of count names. */
typedef struct {
	MACH_MSG_POINTER(address);
	boolean_t deallocate : 8;
	mach_msg_copy_options_t copy : 8;
	mach_msg_type_name_t disposition : 8;
	mach_msg_descriptor_type_t type : 8;
	mach_msg_size_t count;
} mach_msg_ool_ports_descriptor_t;

typedef struct {
	mach_port_context_t context;
	mach_msg_guard_flags_t flags : 16;
	mach_msg_type_name_t disposition : 8;
	mach_msg_descriptor_type_t type : 8;
	mach_port_name_t name;
} mach_msg_guarded_port_descriptor_t;

typedef union {
	mach_msg_port_descriptor_t port;
	mach_msg_ool_descriptor_t out_of_line;
	mach_msg_ool_ports_descriptor_t ool_ports;
	mach_msg_type_descriptor_t type;
	mach_msg_guarded_port_descriptor_t guarded_port;
} mach_msg_descriptor_t;

typedef struct {
	mach_msg_header_t header;
	mach_msg_body_t body;
} mach_msg_base_t;

typedef struct {
	mach_msg_header_t header;
} mach_msg_empty_send_t;

/*
 * Trailers: what the kernel says of a message. One follows each received
 * message at its msgh_size; how much of it, the receiver's options choose.
 */
typedef unsigned int mach_msg_trailer_type_t;
typedef unsigned int mach_msg_trailer_size_t;	/* bytes */
typedef char *mach_msg_trailer_info_t;

#define MACH_MSG_TRAILER_FORMAT_0 0u

typedef struct {
	mach_msg_trailer_type_t msgh_trailer_type;
	mach_msg_trailer_size_t msgh_trailer_size;
} mach_msg_trailer_t;

typedef struct {
	mach_msg_trailer_type_t msgh_trailer_type;
	mach_msg_trailer_size_t msgh_trailer_size;
	mach_port_seqno_t msgh_seqno;
} mach_msg_seqno_trailer_t;

/**
 * struct security_token_t - who sent a message, in short
 * @val: effective user id, effective group id; or the two words that the
 *	security authority assigned
 */
typedef struct {
	unsigned int val[2];
} security_token_t;

typedef struct {
	mach_msg_trailer_type_t msgh_trailer_type;
	mach_msg_trailer_size_t msgh_trailer_size;
	mach_port_seqno_t msgh_seqno;
	security_token_t msgh_sender;
} mach_msg_security_trailer_t;

/**
 * struct audit_token_t - who sent a message
 * @val: login user id, effective user id, effective group id, real user id,
 *	real group id, process id, audit session id, pidversion; or the eight
 *	words that the security authority assigned. Read it with <bsm/libbsm.h>.
 */
typedef struct {
	unsigned int val[8];
} audit_token_t;

typedef struct {
	mach_msg_trailer_type_t msgh_trailer_type;
	mach_msg_trailer_size_t msgh_trailer_size;
	mach_port_seqno_t msgh_seqno;
	security_token_t msgh_sender;
	audit_token_t msgh_audit;
} mach_msg_audit_trailer_t;

typedef struct {
	mach_msg_trailer_type_t msgh_trailer_type;
	mach_msg_trailer_size_t msgh_trailer_size;
	mach_port_seqno_t msgh_seqno;
	security_token_t msgh_sender;
	audit_token_t msgh_audit;
	mach_port_context_t msgh_context;
} mach_msg_context_trailer_t;

typedef struct {
	mach_port_name_t sender;
} msg_labels_t;

typedef int mach_msg_filter_id;

#define MACH_MSG_FILTER_POLICY_ALLOW ((mach_msg_filter_id)0)

typedef struct {
	mach_msg_trailer_type_t msgh_trailer_type;
	mach_msg_trailer_size_t msgh_trailer_size;
	mach_port_seqno_t msgh_seqno;
	security_token_t msgh_sender;
	audit_token_t msgh_audit;
	mach_port_context_t msgh_context;
	mach_msg_filter_id msgh_ad;
	msg_labels_t msgh_labels;
} mach_msg_mac_trailer_t;

typedef mach_msg_mac_trailer_t mach_msg_max_trailer_t;
typedef mach_msg_security_trailer_t mach_msg_format_0_trailer_t;

typedef struct {
	mach_msg_header_t header;
	mach_msg_trailer_t trailer;
} mach_msg_empty_rcv_t;

typedef union {
	mach_msg_empty_send_t send;
	mach_msg_empty_rcv_t rcv;
} mach_msg_empty_t;

#pragma pack(pop)

#define MACH_MSG_TRAILER_MINIMUM_SIZE \
	((mach_msg_size_t)sizeof(mach_msg_trailer_t))
#define MACH_MSG_TRAILER_FORMAT_0_SIZE \
	((mach_msg_size_t)sizeof(mach_msg_format_0_trailer_t))
#define MAX_TRAILER_SIZE ((mach_msg_size_t)sizeof(mach_msg_max_trailer_t))

/* The kernel's own messages carry these. */
#define KERNEL_SECURITY_TOKEN_VALUE { { 0, 1 } }
#define KERNEL_AUDIT_TOKEN_VALUE { { 0, 0, 0, 0, 0, 0, 0, 0 } }
extern const security_token_t KERNEL_SECURITY_TOKEN;
extern const audit_token_t KERNEL_AUDIT_TOKEN;

/* No task's: all words 0xffffffff. */
#define INVALID_AUDIT_TOKEN_VALUE \
	{ { 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, \
	    0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu } }

/* Options of mach_msg(). Bits that are not listed are ignored. */
#define MACH_MSG_OPTION_NONE 0x00000000
#define MACH_SEND_MSG 0x00000001
#define MACH_RCV_MSG 0x00000002
#define MACH_RCV_LARGE 0x00000004		/* too large: leave it queued */
#define MACH_RCV_LARGE_IDENTITY 0x00000008	/* ... and say on which port */
#define MACH_SEND_TIMEOUT 0x00000010		/* timeout applies to the send */
#define MACH_SEND_OVERRIDE 0x00000020		/* without effect */
#define MACH_SEND_INTERRUPT 0x00000040		/* do not repeat, see mach_msg() */
#define MACH_SEND_NOTIFY 0x00000080		/* full: arm send-possible */
#define MACH_RCV_TIMEOUT 0x00000100		/* timeout applies to the receive */
#define MACH_MSG_STRICT_REPLY 0x00000200	/* without effect */
#define MACH_RCV_NOTIFY 0x00000000		/* of the past */
#define MACH_RCV_INTERRUPT 0x00000400		/* do not repeat, see mach_msg() */
#define MACH_RCV_VOUCHER 0x00000800		/* without effect */
#define MACH_RCV_OVERWRITE 0x00000000		/* of the past */
#define MACH_RCV_GUARDED_DESC 0x00001000	/* accept guarded rights */
#define MACH_RCV_SYNC_WAIT 0x00004000		/* without effect */
#define MACH_RCV_SYNC_PEEK 0x00008000		/* without effect */
#define MACH_SEND_FILTER_NONFATAL 0x00010000	/* without effect */
#define MACH_SEND_TRAILER 0x00020000		/* without effect */
#define MACH_SEND_NOIMPORTANCE 0x00040000	/* without effect */
#define MACH_SEND_NODENAP MACH_SEND_NOIMPORTANCE
#define MACH_SEND_SYNC_OVERRIDE 0x00100000	/* without effect */
#define MACH_SEND_PROPAGATE_QOS 0x00200000	/* without effect */
#define MACH_SEND_SYNC_BOOTSTRAP_CHECKIN 0x00800000 /* without effect */

/* Which trailer a receiver asks for: format and how many elements of it. */
#define MACH_RCV_TRAILER_NULL 0
#define MACH_RCV_TRAILER_SEQNO 1
#define MACH_RCV_TRAILER_SENDER 2
#define MACH_RCV_TRAILER_AUDIT 3
#define MACH_RCV_TRAILER_CTX 4
#define MACH_RCV_TRAILER_AV 7
#define MACH_RCV_TRAILER_LABELS 8

#define MACH_RCV_TRAILER_TYPE(format) \
	((mach_msg_option_t)(((uint32_t)(format) & 0xfu) << 28))
#define MACH_RCV_TRAILER_ELEMENTS(elements) \
	((mach_msg_option_t)(((uint32_t)(elements) & 0xfu) << 24))
#define MACH_RCV_TRAILER_MASK ((mach_msg_option_t)0xff000000u)
#define GET_RCV_ELEMENTS(option) (((uint32_t)(option) >> 24) & 0xfu)

/*
 * Bytes of the trailer that a receive with these options gets. An element
 * that does not exist stands for the largest trailer.
 */
#define REQUESTED_TRAILER_SIZE(option) \
	((mach_msg_trailer_size_t) \
	 (GET_RCV_ELEMENTS(option) == MACH_RCV_TRAILER_NULL ? \
		sizeof(mach_msg_trailer_t) : \
	  GET_RCV_ELEMENTS(option) == MACH_RCV_TRAILER_SEQNO ? \
		sizeof(mach_msg_seqno_trailer_t) : \
	  GET_RCV_ELEMENTS(option) == MACH_RCV_TRAILER_SENDER ? \
		sizeof(mach_msg_security_trailer_t) : \
	  GET_RCV_ELEMENTS(option) == MACH_RCV_TRAILER_AUDIT ? \
		sizeof(mach_msg_audit_trailer_t) : \
	  GET_RCV_ELEMENTS(option) == MACH_RCV_TRAILER_CTX ? \
		sizeof(mach_msg_context_trailer_t) : \
		sizeof(mach_msg_mac_trailer_t)))

/* Result codes of mach_msg(). */
#define MACH_MSG_SUCCESS 0x00000000

/* Or'ed to a code: why rights or memory in the message could not be placed. */
#define MACH_MSG_MASK 0x00003e00
#define MACH_MSG_IPC_SPACE 0x00002000	/* no room for a name */
#define MACH_MSG_VM_SPACE 0x00001000	/* no room for memory */
#define MACH_MSG_IPC_KERNEL 0x00000800	/* no kernel memory for rights */
#define MACH_MSG_VM_KERNEL 0x00000400	/* no kernel memory for memory */
#define MACH_MSG_INVALID_RT_DESCRIPTOR 0x00000200

#define MACH_SEND_IN_PROGRESS 0x10000001
#define MACH_SEND_INVALID_DATA 0x10000002
#define MACH_SEND_INVALID_DEST 0x10000003
#define MACH_SEND_TIMED_OUT 0x10000004
#define MACH_SEND_INVALID_VOUCHER 0x10000005
#define MACH_SEND_INTERRUPTED 0x10000007
#define MACH_SEND_MSG_TOO_SMALL 0x10000008
#define MACH_SEND_INVALID_REPLY 0x10000009
#define MACH_SEND_INVALID_RIGHT 0x1000000a
#define MACH_SEND_INVALID_NOTIFY 0x1000000b
#define MACH_SEND_INVALID_MEMORY 0x1000000c
#define MACH_SEND_NO_BUFFER 0x1000000d
#define MACH_SEND_TOO_LARGE 0x1000000e
#define MACH_SEND_INVALID_TYPE 0x1000000f
#define MACH_SEND_INVALID_HEADER 0x10000010
#define MACH_SEND_INVALID_TRAILER 0x10000011
#define MACH_SEND_INVALID_CONTEXT 0x10000012
#define MACH_SEND_INVALID_OPTIONS 0x10000013
#define MACH_SEND_INVALID_RT_OOL_SIZE 0x10000015
#define MACH_SEND_NO_GRANT_DEST 0x10000016
#define MACH_SEND_MSG_FILTERED 0x10000017
#define MACH_SEND_AUX_TOO_SMALL 0x10000018
#define MACH_SEND_AUX_TOO_LARGE 0x10000019

#define MACH_RCV_IN_PROGRESS 0x10004001
#define MACH_RCV_INVALID_NAME 0x10004002
#define MACH_RCV_TIMED_OUT 0x10004003
#define MACH_RCV_TOO_LARGE 0x10004004
#define MACH_RCV_INTERRUPTED 0x10004005
#define MACH_RCV_PORT_CHANGED 0x10004006
#define MACH_RCV_INVALID_NOTIFY 0x10004007
#define MACH_RCV_INVALID_DATA 0x10004008
#define MACH_RCV_PORT_DIED 0x10004009
#define MACH_RCV_IN_SET 0x1000400a
#define MACH_RCV_HEADER_ERROR 0x1000400b
#define MACH_RCV_BODY_ERROR 0x1000400c
#define MACH_RCV_INVALID_TYPE 0x1000400d
#define MACH_RCV_SCATTER_SMALL 0x1000400e
#define MACH_RCV_INVALID_TRAILER 0x1000400f
#define MACH_RCV_IN_PROGRESS_TIMED 0x10004011
#define MACH_RCV_INVALID_REPLY 0x10004012
#define MACH_RCV_INVALID_ARGUMENTS 0x10004013

/**
 * mach_msg() - send a message, receive one, or both
 * @msg: message to send, and buffer of the message received; aligned to 4
 * @option: MACH_SEND_MSG, MACH_RCV_MSG and further option bits; with neither
 *	of the two nothing is done and the result is success
 * @send_size: bytes to send, 24 to 1048576, a multiple of 4
 * @rcv_size: bytes of room in @msg, the trailer included
 * @rcv_name: name of the receive right to receive from
 * @timeout: milliseconds, 0 polls; each half counts it from its own start; used
 *	only with MACH_SEND_TIMEOUT and MACH_RCV_TIMEOUT
 * @notify: without effect
 *
 * The send comes first; when it fails nothing is received. A received message
 * is followed, at msgh_size, by a trailer of REQUESTED_TRAILER_SIZE(@option)
 * bytes, which holds the tokens of the sender as they were when it sent.
 *
 * A signal does not end the call: an interrupted send is sent again, and each
 * half waits for what is left of its time. MACH_SEND_INTERRUPT and
 * MACH_RCV_INTERRUPT make the call return instead. The send half returns on any
 * signal, the receive half only after a handler ran.
 *
 * Errors that leave message and rights as they were:
 *
 *   MACH_SEND_MSG_TOO_SMALL	@send_size below 24, no multiple of 4, or smaller
 *				than the descriptors that the body announces
 *   MACH_SEND_TOO_LARGE	@send_size above 1048576, or more than 16383 rights
 *   MACH_SEND_INVALID_DATA	the message cannot be read
 *   MACH_SEND_NO_BUFFER	no memory, or a ledger is exhausted; or a receive
 *				right to a port that is itself in a message,
 *				and so on 100000 times
 *   MACH_SEND_INVALID_TYPE	a descriptor of unknown kind or bad contents
 *   MACH_SEND_INVALID_HEADER	a disposition in msgh_bits that cannot be
 *   MACH_SEND_INVALID_VOUCHER	a voucher that is none
 *   MACH_SEND_INVALID_DEST	msgh_remote_port is null or dead, or denotes no
 *				right that the disposition can take
 *   MACH_SEND_INVALID_REPLY	the same for msgh_local_port
 *   KERN_NOT_SUPPORTED		a message to a port of the kernel's
 *
 * Errors that consume the rights in the message up to the bad one:
 *
 *   MACH_SEND_INVALID_RIGHT	a descriptor, or an array, names a right that the
 *				caller has not, or that is guarded otherwise
 *   MACH_SEND_INVALID_MEMORY	memory, or an array, that cannot be read
 *
 * Errors after which the message stands in @msg again with every right given
 * back, and memory at new addresses, ready to be sent again as it is:
 *
 *   MACH_SEND_TIMED_OUT	the queue stayed full
 *   MACH_SEND_INTERRUPTED	a signal came (with MACH_SEND_INTERRUPT)
 *
 * Errors of the receive half:
 *
 *   MACH_RCV_INVALID_NAME	@rcv_name denotes no receive right
 *   MACH_RCV_TIMED_OUT		no message came
 *   MACH_RCV_INTERRUPTED	a handler ran (with MACH_RCV_INTERRUPT)
 *   MACH_RCV_TOO_LARGE		message and trailer exceed @rcv_size. With
 *				MACH_RCV_LARGE it stays queued and msgh_size tells
 *				its size without trailer; else it is destroyed and
 *				its header delivered
 *   MACH_RCV_PORT_CHANGED	the receive right died or moved during the wait
 *   MACH_RCV_HEADER_ERROR	no room for the reply right
 *   MACH_RCV_BODY_ERROR	no room for a right of the body, whose name is
 *				null then, or for memory, whose address and size
 *				are; the rest is delivered
 *   MACH_RCV_INVALID_DATA	@msg cannot be written; the message is lost
 *
 * Errors of both: KERN_INVALID_HOST, the module is not loaded;
 * KERN_TERMINATED, it has been shut down; KERN_RESOURCE_SHORTAGE, no descriptor
 * or memory to reach it.
 *
 * Semantics: XNU, OSF manual for the two interrupt options.
 *
 * Return: MACH_MSG_SUCCESS or one of these.
 */
mach_msg_return_t mach_msg(mach_msg_header_t *msg, mach_msg_option_t option,
			   mach_msg_size_t send_size, mach_msg_size_t rcv_size,
			   mach_port_name_t rcv_name,
			   mach_msg_timeout_t timeout,
			   mach_port_name_t notify);

/**
 * mach_msg_overwrite() - mach_msg() that receives into another buffer
 * @msg: message to send; also receives when @rcv_msg is null
 * @option: as mach_msg()
 * @send_size: bytes to send
 * @rcv_size: bytes of room to receive, the trailer included
 * @rcv_name: name of the receive right to receive from
 * @timeout: milliseconds
 * @notify: without effect
 * @rcv_msg: buffer of the message received, or null; aligned to 4
 * @rcv_scatter_size: ignored
 *
 * Return: as mach_msg().
 */
mach_msg_return_t mach_msg_overwrite(mach_msg_header_t *msg,
				     mach_msg_option_t option,
				     mach_msg_size_t send_size,
				     mach_msg_size_t rcv_size,
				     mach_port_name_t rcv_name,
				     mach_msg_timeout_t timeout,
				     mach_port_name_t notify,
				     mach_msg_header_t *rcv_msg,
				     mach_msg_size_t rcv_scatter_size);

/**
 * mach_msg_send() - send the message @msg of msgh_size bytes, without timeout
 * @msg: the message
 *
 * Return: as mach_msg().
 */
mach_msg_return_t mach_msg_send(mach_msg_header_t *msg);

/**
 * mach_msg_receive() - receive a message from msgh_local_port, without timeout
 * @msg: buffer of msgh_size bytes, trailer included
 *
 * Return: as mach_msg().
 */
mach_msg_return_t mach_msg_receive(mach_msg_header_t *msg);

/**
 * mach_msg_destroy() - release the rights and memory that a message holds
 * @msg: a message as it was received, or one that could not be sent
 *
 * Takes the reply right, the voucher and what the descriptors hold. A right
 * that the message would make is made and dropped, so that a make-send-once
 * yields its send-once notification. msgh_local_port is left alone.
 */
void mach_msg_destroy(mach_msg_header_t *msg);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MESSAGE_H_ */
