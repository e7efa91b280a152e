/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The wire format of messages: what the bytes of a message buffer mean.
 *
 * Layouts and numbers are those of XNU's <mach/message.h>. Everything is
 * packed to 4 bytes: members of 64 bits are aligned to 4.
 */
#ifndef _LINUX_MACHDEV_ABI_H
#define _LINUX_MACHDEV_ABI_H

#include <linux/types.h>

#define MACHDEV_NAME_NULL 0x00000000u
#define MACHDEV_NAME_DEAD 0xffffffffu

/* Largest inline message, header and body, without trailer. */
#define MACHDEV_MSG_SIZE_MAX (1u << 20)
/* Most port rights in one message. */
#define MACHDEV_MSG_RIGHTS_MAX 16383u

/* Kinds of rights, and the bits that mach_port_type() gives for them. */
#define MACHDEV_RIGHT_SEND 0u
#define MACHDEV_RIGHT_RECEIVE 1u
#define MACHDEV_RIGHT_SEND_ONCE 2u
#define MACHDEV_RIGHT_PORT_SET 3u
#define MACHDEV_RIGHT_DEAD_NAME 4u
#define MACHDEV_RIGHT_LABELH 5u
#define MACHDEV_RIGHT_NUMBER 6u
#define MACHDEV_TYPE(right) (1u << ((right) + 16u))
#define MACHDEV_TYPE_SEND MACHDEV_TYPE(MACHDEV_RIGHT_SEND)
#define MACHDEV_TYPE_RECEIVE MACHDEV_TYPE(MACHDEV_RIGHT_RECEIVE)
#define MACHDEV_TYPE_SEND_ONCE MACHDEV_TYPE(MACHDEV_RIGHT_SEND_ONCE)
#define MACHDEV_TYPE_PORT_SET MACHDEV_TYPE(MACHDEV_RIGHT_PORT_SET)
#define MACHDEV_TYPE_DEAD_NAME MACHDEV_TYPE(MACHDEV_RIGHT_DEAD_NAME)
#define MACHDEV_TYPE_DNREQUEST 0x80000000u
#define MACHDEV_TYPE_SPREQUEST 0x40000000u
#define MACHDEV_TYPE_SPREQUEST_DELAYED 0x20000000u

/* Most user references of one name; sticks there for ever on copy-out. */
#define MACHDEV_UREFS_MAX 65535u

/* Dispositions. The first three are also the types of delivered rights. */
#define MACHDEV_MOVE_RECEIVE 16u
#define MACHDEV_MOVE_SEND 17u
#define MACHDEV_MOVE_SEND_ONCE 18u
#define MACHDEV_COPY_SEND 19u
#define MACHDEV_MAKE_SEND 20u
#define MACHDEV_MAKE_SEND_ONCE 21u

/* struct machdev_msg_header.bits */
#define MACHDEV_BITS_REMOTE(bits) ((bits) & 0x1fu)
#define MACHDEV_BITS_LOCAL(bits) (((bits) >> 8) & 0x1fu)
#define MACHDEV_BITS_VOUCHER(bits) (((bits) >> 16) & 0x1fu)
#define MACHDEV_BITS(remote, local) ((remote) | ((local) << 8))
#define MACHDEV_BITS_COMPLEX 0x80000000u
#define MACHDEV_BITS_USER 0x801f1f1fu

/**
 * struct machdev_msg_header - first 24 bytes of every message
 * @bits: dispositions and MACHDEV_BITS_COMPLEX
 * @size: bytes without trailer; ignored in a send
 * @remote: destination; delivered: the reply right
 * @local: reply port; delivered: the port the message arrived on
 * @voucher: round-trips
 * @id: not looked at
 */
struct machdev_msg_header {
	__u32 bits;
	__u32 size;
	__u32 remote;
	__u32 local;
	__u32 voucher;
	__s32 id;
};

/* Types of descriptors, always in byte 11 of the descriptor. */
#define MACHDEV_DESC_PORT 0u
#define MACHDEV_DESC_OOL 1u
#define MACHDEV_DESC_OOL_PORTS 2u
#define MACHDEV_DESC_OOL_VOLATILE 3u
#define MACHDEV_DESC_GUARDED_PORT 4u

#define MACHDEV_COPY_PHYSICAL 0u
#define MACHDEV_COPY_VIRTUAL 1u

#define MACHDEV_GUARD_IMMOVABLE_RECEIVE 0x1u
#define MACHDEV_GUARD_UNGUARDED_ON_SEND 0x2u
#define MACHDEV_GUARD_MASK 0x3u

/**
 * struct machdev_msg_port - port descriptor, 12 bytes
 * @name: a name; 0 and ~0 pass through
 * @pad1: ignored; 0 when delivered
 * @pad2: ignored; 0 when delivered
 * @disposition: how the right is taken; delivered: what it is
 * @type: MACHDEV_DESC_PORT
 */
struct machdev_msg_port {
	__u32 name;
	__u32 pad1;
	__u16 pad2;
	__u8 disposition;
	__u8 type;
};

/**
 * struct machdev_msg_ool - out-of-line memory or ports, 16 bytes
 * @address_low: lower half of the address
 * @address_high: upper half of the address
 * @deallocate: boolean
 * @copy: MACHDEV_COPY_*; ignored for ports
 * @disposition: of each port; padding for memory
 * @type: MACHDEV_DESC_OOL, _OOL_PORTS or _OOL_VOLATILE
 * @size: bytes of memory, or number of names
 */
struct machdev_msg_ool {
	__u32 address_low;
	__u32 address_high;
	__u8 deallocate;
	__u8 copy;
	__u8 disposition;
	__u8 type;
	__u32 size;
};

/**
 * struct machdev_msg_guarded - guarded port descriptor, 16 bytes
 * @context_low: lower half of the guard
 * @context_high: upper half of the guard
 * @flags: MACHDEV_GUARD_*
 * @disposition: MACHDEV_MOVE_RECEIVE
 * @type: MACHDEV_DESC_GUARDED_PORT
 * @name: a name
 */
struct machdev_msg_guarded {
	__u32 context_low;
	__u32 context_high;
	__u16 flags;
	__u8 disposition;
	__u8 type;
	__u32 name;
};

/* Option bits of mach_msg(). */
#define MACHDEV_SEND_MSG 0x00000001u
#define MACHDEV_RCV_MSG 0x00000002u
#define MACHDEV_RCV_LARGE 0x00000004u
#define MACHDEV_RCV_LARGE_IDENTITY 0x00000008u
#define MACHDEV_SEND_TIMEOUT 0x00000010u
#define MACHDEV_SEND_NOTIFY 0x00000080u
#define MACHDEV_RCV_TIMEOUT 0x00000100u
#define MACHDEV_RCV_GUARDED_DESC 0x00001000u
#define MACHDEV_RCV_TRAILER_ELEMENTS(option) (((option) >> 24) & 0xfu)
#define MACHDEV_RCV_TRAILER_FORMAT(option) (((option) >> 28) & 0xfu)
#define MACHDEV_TRAILER_FORMAT_ORIGIN 1u

/* How much of the trailer a receiver asks for, and its sizes. */
#define MACHDEV_TRAILER_NULL 0u
#define MACHDEV_TRAILER_SEQNO 1u
#define MACHDEV_TRAILER_SENDER 2u
#define MACHDEV_TRAILER_AUDIT 3u
#define MACHDEV_TRAILER_CTX 4u
#define MACHDEV_TRAILER_AV 7u
#define MACHDEV_TRAILER_LABELS 8u
#define MACHDEV_TRAILER_SIZE_MAX 68u

/**
 * struct machdev_msg_trailer - what the kernel says of a message, format 0
 * @type: 0
 * @size: bytes delivered: 8, 12, 20, 52, 60 or 68
 * @seqno: position in the sequence of messages taken from the port
 * @security: security token of the sender
 * @audit: audit token of the sender
 * @context_low: lower half of the port's context
 * @context_high: upper half of the port's context
 * @ad: 0
 * @label: 0
 */
struct machdev_msg_trailer {
	__u32 type;
	__u32 size;
	__u32 seqno;
	__u32 security[2];
	__u32 audit[8];
	__u32 context_low;
	__u32 context_high;
	__s32 ad;
	__u32 label;
};

/* Who the origin trailer says sent a message. */
#define MACHDEV_ORIGIN_KERNEL 0u	/* the kernel; all that follows is 0 */
#define MACHDEV_ORIGIN_DERIVED 1u	/* a task; its tokens follow from its ids */
#define MACHDEV_ORIGIN_EXPLICIT 2u	/* a task; its tokens were set */

/**
 * struct machdev_origin_trailer - what the kernel says of a message, format 1
 * @trailer: as for format 0, all of it; @type is 1, @size is 112
 * @kind: MACHDEV_ORIGIN_*
 * @pid: process id, 0 when it is not visible to the receiver
 * @pidversion: tells this image of this process from all others
 * @euid: effective user id when the message was sent, as the receiver's user
 *	name space shows it
 * @egid: effective group id, likewise
 * @uid: real user id, likewise
 * @gid: real group id, likewise
 * @loginuid: login user id, likewise; 0xffffffff when never set
 * @session: audit session id
 * @cgroup_low: lower half of the id of the sending thread's cgroup (v2)
 * @cgroup_high: upper half
 *
 * A receiver asks for it with the value 1 in the format nibble of its options;
 * the element nibble does not matter then. It tells what the tokens cannot
 * when they are explicit: which process it really was.
 */
struct machdev_origin_trailer {
	struct machdev_msg_trailer trailer;
	__u32 kind;
	__u32 pid;
	__u32 pidversion;
	__u32 euid;
	__u32 egid;
	__u32 uid;
	__u32 gid;
	__u32 loginuid;
	__u32 session;
	__u32 cgroup_low;
	__u32 cgroup_high;
};

/* Message ids of notifications. */
#define MACHDEV_NOTIFY_PORT_DELETED 65
#define MACHDEV_NOTIFY_SEND_POSSIBLE 66
#define MACHDEV_NOTIFY_PORT_DESTROYED 69
#define MACHDEV_NOTIFY_NO_SENDERS 70
#define MACHDEV_NOTIFY_SEND_ONCE 71
#define MACHDEV_NOTIFY_DEAD_NAME 72

/**
 * struct machdev_ndr - data representation record: little endian, ASCII, IEEE
 * @bytes: { 0, 0, 0, 0, 1, 0, 0, 0 }
 */
struct machdev_ndr {
	__u8 bytes[8];
};

/**
 * struct machdev_msg_notify - a notification that carries one word, 36 bytes
 * @header: @id is MACHDEV_NOTIFY_*
 * @ndr: data representation
 * @value: a name, or the make-send count
 */
struct machdev_msg_notify {
	struct machdev_msg_header header;
	struct machdev_ndr ndr;
	__u32 value;
};

/* Messages of Mach's prof subsystem, and what most of them carry. */
#define MACHDEV_PROF_SAMPLES 2450
#define MACHDEV_SAMPLES_MAX 1024

/**
 * struct machdev_msg_samples - MACHDEV_PROF_SAMPLES, 36 bytes without the samples
 * @header: @id is MACHDEV_PROF_SAMPLES
 * @ndr: data representation
 * @count: 1 to MACHDEV_SAMPLES_MAX; that many words of 64 bits follow, the first
 *	right here: user program counters
 */
struct machdev_msg_samples {
	struct machdev_msg_header header;
	struct machdev_ndr ndr;
	__u32 count;
};

/**
 * struct machdev_msg_destroyed - MACHDEV_NOTIFY_PORT_DESTROYED, 40 bytes
 * @header: with MACHDEV_BITS_COMPLEX
 * @count: 1
 * @rights: the receive right
 */
struct machdev_msg_destroyed {
	struct machdev_msg_header header;
	__u32 count;
	struct machdev_msg_port rights;
};

/* Queue limits. */
#define MACHDEV_QLIMIT_DEFAULT 5u
#define MACHDEV_QLIMIT_MAX 1024u

/* Port sets that one port can be in. */
#define MACHDEV_PORT_SETS_MAX 1024u
#define MACHDEV_QLIMIT_KERNEL 65534u

/* Flavors of mach_port_get_attributes() and their sizes in words. */
#define MACHDEV_PORT_LIMITS_INFO 1u
#define MACHDEV_PORT_LIMITS_INFO_COUNT 1u
#define MACHDEV_PORT_RECEIVE_STATUS 2u
#define MACHDEV_PORT_RECEIVE_STATUS_COUNT 10u
#define MACHDEV_PORT_DNREQUESTS_SIZE 3u
#define MACHDEV_PORT_DNREQUESTS_SIZE_COUNT 1u
#define MACHDEV_PORT_TEMPOWNER 4u
#define MACHDEV_PORT_IMPORTANCE_RECEIVER 5u
#define MACHDEV_PORT_DENAP_RECEIVER 6u
#define MACHDEV_PORT_INFO_EXT 7u
#define MACHDEV_PORT_INFO_EXT_COUNT 17u
#define MACHDEV_PORT_SERVICE_THROTTLED 9u

#define MACHDEV_PORT_GUARD_INFO 8u
#define MACHDEV_PORT_GUARD_INFO_COUNT 2u

/* Flags in the last word of the receive status. */
#define MACHDEV_PORT_STATUS_GUARDED 0x02u
#define MACHDEV_PORT_STATUS_STRICT_GUARD 0x04u
#define MACHDEV_PORT_STATUS_IMMOVABLE_RECEIVE 0x40u

/* Flags of mach_port_guard_with_flags(). */
#define MACHDEV_MPG_STRICT 0x1u
#define MACHDEV_MPG_IMMOVABLE_RECEIVE 0x2u

/* Flags of mach_port_construct(). */
#define MACHDEV_MPO_CONTEXT_AS_GUARD 0x1u
#define MACHDEV_MPO_QLIMIT 0x2u
#define MACHDEV_MPO_TEMPOWNER 0x4u
#define MACHDEV_MPO_IMPORTANCE_RECEIVER 0x8u
#define MACHDEV_MPO_INSERT_SEND_RIGHT 0x10u
#define MACHDEV_MPO_STRICT 0x20u
#define MACHDEV_MPO_DENAP_RECEIVER 0x40u
#define MACHDEV_MPO_IMMOVABLE_RECEIVE 0x80u
#define MACHDEV_MPO_FILTER_MSG 0x100u
#define MACHDEV_MPO_TG_BLOCK_TRACKING 0x200u
#define MACHDEV_MPO_SERVICE_PORT 0x400u
#define MACHDEV_MPO_CONNECTION_PORT 0x800u
#define MACHDEV_MPO_REPLY_PORT 0x1000u
#define MACHDEV_MPO_ENFORCE_REPLY_PORT_SEMANTICS 0x2000u
#define MACHDEV_MPO_PROVISIONAL_REPLY_PORT 0x4000u
#define MACHDEV_MPO_EXCEPTION_PORT 0x8000u
#define MACHDEV_MPO_KNOWN 0xffffu

/* What a port stands for, as mach_port_kobject() tells it. */
#define MACHDEV_KOBJECT_NONE 0u
#define MACHDEV_KOBJECT_THREAD 1u
#define MACHDEV_KOBJECT_TASK 2u
#define MACHDEV_KOBJECT_HOST 3u
#define MACHDEV_KOBJECT_HOST_PRIV 4u
#define MACHDEV_KOBJECT_PROCESSOR_SET 6u
#define MACHDEV_KOBJECT_PROCESSOR_SET_NAME 7u
#define MACHDEV_KOBJECT_HOST_SECURITY 17u
#define MACHDEV_KOBJECT_LEDGER 18u
#define MACHDEV_KOBJECT_TASK_NAME 20u
#define MACHDEV_KOBJECT_CLOCK 25u
#define MACHDEV_KOBJECT_FILEPORT 34u
#define MACHDEV_KOBJECT_TASK_INSPECT 44u
#define MACHDEV_KOBJECT_TASK_READ 45u
#define MACHDEV_KOBJECT_THREAD_INSPECT 46u
#define MACHDEV_KOBJECT_THREAD_READ 47u

/* Special ports of a task. */
#define MACHDEV_TASK_KERNEL_PORT 1
#define MACHDEV_TASK_HOST_PORT 2
#define MACHDEV_TASK_EXCEPTION_PORT 3
#define MACHDEV_TASK_BOOTSTRAP_PORT 4
#define MACHDEV_TASK_WIRED_LEDGER_PORT 5
#define MACHDEV_TASK_PAGED_LEDGER_PORT 6
#define MACHDEV_TASK_ACCESS_PORT 9
#define MACHDEV_TASK_DEBUG_CONTROL_PORT 10
#define MACHDEV_TASK_RESOURCE_NOTIFY_PORT 11
#define MACHDEV_TASK_NAME_PORT 0x103
#define MACHDEV_TASK_INSPECT_PORT 0x105
#define MACHDEV_TASK_READ_PORT 0x106

/* Special ports of a thread. */
#define MACHDEV_THREAD_KERNEL_PORT 1
#define MACHDEV_THREAD_EXCEPTION_PORT 3
#define MACHDEV_THREAD_INSPECT_PORT 0x102
#define MACHDEV_THREAD_READ_PORT 0x103

/* Ports of mach_ports_register(). */
#define MACHDEV_PORT_REGISTER_MAX 3

/* Special ports of the host. */
#define MACHDEV_HOST_SECURITY_PORT 0
#define MACHDEV_HOST_PORT 1
#define MACHDEV_HOST_PRIV_PORT 2
#define MACHDEV_HOST_IO_MAIN_PORT 3
#define MACHDEV_HOST_MAX_SPECIAL_KERNEL_PORT 7
#define MACHDEV_HOST_MAX_SPECIAL_PORT 35
#define MACHDEV_HOST_BOOTSTRAP_PORT 0x104	/* the default bootstrap port */

/* Exceptions. */
#define MACHDEV_EXC_TYPES 14u	/* numbers 1 to 13 */
#define MACHDEV_EXC_MASK_ALL 0x1bfeu	/* 1 to 9, 11 and 12 */
#define MACHDEV_EXC_MASK_VALID 0x3ffeu	/* those and 10 and 13 */

/* What a message of an exception tells: one of these, and flags. */
#define MACHDEV_EXCEPTION_DEFAULT 1u
#define MACHDEV_EXCEPTION_STATE 2u
#define MACHDEV_EXCEPTION_STATE_IDENTITY 3u
#define MACHDEV_EXCEPTION_IDENTITY_PROTECTED 4u
#define MACHDEV_EXCEPTION_STATE_IDENTITY_PROTECTED 5u
#define MACHDEV_EXCEPTION_CODES 0x80000000u
#define MACHDEV_EXCEPTION_ERRORS 0x40000000u
#define MACHDEV_EXCEPTION_BACKTRACE_PREFERRED 0x20000000u
#define MACHDEV_EXCEPTION_FLAGS 0xe0000000u

/* Clocks of the host. */
#define MACHDEV_CLOCK_SYSTEM 0	/* time since the start, without suspension */
#define MACHDEV_CLOCK_CALENDAR 1	/* time since 1970 */
#define MACHDEV_CLOCK_NONE 0xffffffffu	/* the host itself, no clock of it */

/* Flavors of task_info() and their sizes in words. */
#define MACHDEV_TASK_SECURITY_TOKEN 13u
#define MACHDEV_TASK_SECURITY_TOKEN_COUNT 2u
#define MACHDEV_TASK_AUDIT_TOKEN 15u
#define MACHDEV_TASK_AUDIT_TOKEN_COUNT 8u

#define MACHDEV_TASK_ABSOLUTETIME_INFO 1u
#define MACHDEV_TASK_ABSOLUTETIME_INFO_COUNT 8u
#define MACHDEV_TASK_EVENTS_INFO 2u
#define MACHDEV_TASK_EVENTS_INFO_COUNT 8u
#define MACHDEV_TASK_THREAD_TIMES_INFO 3u
#define MACHDEV_TASK_THREAD_TIMES_INFO_COUNT 4u
#define MACHDEV_TASK_BASIC_INFO_32 4u
#define MACHDEV_TASK_BASIC_INFO_32_COUNT 8u
#define MACHDEV_TASK_BASIC_INFO_64 5u
#define MACHDEV_TASK_BASIC_INFO_64_COUNT 10u
#define MACHDEV_TASK_BASIC2_INFO_32 6u
#define MACHDEV_MACH_TASK_BASIC_INFO 20u
#define MACHDEV_MACH_TASK_BASIC_INFO_COUNT 12u
#define MACHDEV_TASK_VM_INFO 22u
#define MACHDEV_TASK_VM_INFO_REV0_COUNT 36u
#define MACHDEV_TASK_VM_INFO_REV1_COUNT 38u
#define MACHDEV_TASK_VM_INFO_COUNT 42u

/* Flavors of thread_info() and their sizes in words. */
#define MACHDEV_THREAD_BASIC_INFO 3u
#define MACHDEV_THREAD_BASIC_INFO_COUNT 10u
#define MACHDEV_THREAD_IDENTIFIER_INFO 4u
#define MACHDEV_THREAD_IDENTIFIER_INFO_COUNT 6u
#define MACHDEV_THREAD_EXTENDED_INFO 5u
#define MACHDEV_THREAD_EXTENDED_INFO_COUNT 28u

/**
 * struct machdev_time_value - a time span
 * @seconds: whole ones
 * @microseconds: less than 1000000
 */
struct machdev_time_value {
	__s32 seconds;
	__s32 microseconds;
};

/* Scheduling policies in struct machdev_thread_basic_info and its like. */
#define MACHDEV_POLICY_TIMESHARE 1
#define MACHDEV_POLICY_RR 2
#define MACHDEV_POLICY_FIFO 4

/* What a thread does. */
#define MACHDEV_TH_STATE_RUNNING 1
#define MACHDEV_TH_STATE_STOPPED 2
#define MACHDEV_TH_STATE_WAITING 3
#define MACHDEV_TH_STATE_UNINTERRUPTIBLE 4
#define MACHDEV_TH_STATE_HALTED 5

/* @cpu_usage of a thread that has run all the time of late. */
#define MACHDEV_TH_USAGE_SCALE 1000

/**
 * struct machdev_thread_basic_info - MACHDEV_THREAD_BASIC_INFO
 * @user_time: time run in user mode
 * @system_time: time run in the kernel
 * @cpu_usage: share of a processor of late, of MACHDEV_TH_USAGE_SCALE
 * @policy: MACHDEV_POLICY_*
 * @run_state: MACHDEV_TH_STATE_*
 * @flags: 0
 * @suspend_count: 0
 * @sleep_time: 0
 */
struct machdev_thread_basic_info {
	struct machdev_time_value user_time;
	struct machdev_time_value system_time;
	__s32 cpu_usage;
	__s32 policy;
	__s32 run_state;
	__s32 flags;
	__s32 suspend_count;
	__s32 sleep_time;
};

/**
 * struct machdev_thread_identifier_info - MACHDEV_THREAD_IDENTIFIER_INFO
 * @thread_id: number of the thread in the caller's pid name space
 * @thread_handle: 0
 * @dispatch_qaddr: 0
 */
struct machdev_thread_identifier_info {
	__aligned_u64 thread_id;
	__aligned_u64 thread_handle;
	__aligned_u64 dispatch_qaddr;
};

/**
 * struct machdev_thread_extended_info - MACHDEV_THREAD_EXTENDED_INFO
 * @user_time: nanoseconds run in user mode
 * @system_time: nanoseconds run in the kernel
 * @cpu_usage: as in struct machdev_thread_basic_info
 * @policy: MACHDEV_POLICY_*
 * @run_state: MACHDEV_TH_STATE_*
 * @flags: 0
 * @sleep_time: 0
 * @curpri: priority now, 0 to 127, greater is better; 31 is that of niceness 0
 * @priority: priority without what it has been lent
 * @maxpriority: 63, or 127 for policies other than time sharing
 * @name: of the thread, padded with zeros
 */
struct machdev_thread_extended_info {
	__aligned_u64 user_time;
	__aligned_u64 system_time;
	__s32 cpu_usage;
	__s32 policy;
	__s32 run_state;
	__s32 flags;
	__s32 sleep_time;
	__s32 curpri;
	__s32 priority;
	__s32 maxpriority;
	char name[64];
};

/**
 * struct machdev_task_absolutetime_info - MACHDEV_TASK_ABSOLUTETIME_INFO
 * @total_user: nanoseconds that all threads have run in user mode
 * @total_system: likewise in the kernel
 * @threads_user: that live threads have run in user mode
 * @threads_system: likewise in the kernel
 */
struct machdev_task_absolutetime_info {
	__aligned_u64 total_user;
	__aligned_u64 total_system;
	__aligned_u64 threads_user;
	__aligned_u64 threads_system;
};

/**
 * struct machdev_task_events_info - MACHDEV_TASK_EVENTS_INFO
 * @faults: page faults
 * @pageins: those that had to wait for a page to be read
 * @cow_faults: 0
 * @messages_sent: 0
 * @messages_received: 0
 * @syscalls_mach: 0
 * @syscalls_unix: 0
 * @csw: how often a processor went over to another thread
 *
 * Each stays at 0x7fffffff when it gets there.
 */
struct machdev_task_events_info {
	__s32 faults;
	__s32 pageins;
	__s32 cow_faults;
	__s32 messages_sent;
	__s32 messages_received;
	__s32 syscalls_mach;
	__s32 syscalls_unix;
	__s32 csw;
};

/**
 * struct machdev_task_thread_times_info - MACHDEV_TASK_THREAD_TIMES_INFO
 * @user_time: that live threads have run in user mode
 * @system_time: that live threads have run in the kernel
 */
struct machdev_task_thread_times_info {
	struct machdev_time_value user_time;
	struct machdev_time_value system_time;
};

/**
 * struct machdev_task_basic_info_32 - MACHDEV_TASK_BASIC_INFO_32,
 * MACHDEV_TASK_BASIC2_INFO_32
 * @suspend_count: how often the task is suspended
 * @virtual_size: bytes of address space
 * @resident_size: bytes of it that are in memory; the second flavor: at most so
 *	far; both sizes stay at 0xffffffff when they are larger
 * @user_time: that threads which have ended had run in user mode
 * @system_time: likewise in the kernel
 * @policy: MACHDEV_POLICY_* of the first thread
 */
struct machdev_task_basic_info_32 {
	__s32 suspend_count;
	__u32 virtual_size;
	__u32 resident_size;
	struct machdev_time_value user_time;
	struct machdev_time_value system_time;
	__s32 policy;
};

#pragma pack(push, 4)

/**
 * struct machdev_task_basic_info_64 - MACHDEV_TASK_BASIC_INFO_64
 * @suspend_count: as in struct machdev_task_basic_info_32
 * @virtual_size: likewise
 * @resident_size: likewise
 * @user_time: likewise
 * @system_time: likewise
 * @policy: likewise
 */
struct machdev_task_basic_info_64 {
	__s32 suspend_count;
	__u64 virtual_size;
	__u64 resident_size;
	struct machdev_time_value user_time;
	struct machdev_time_value system_time;
	__s32 policy;
};

#pragma pack(pop)

/**
 * struct machdev_mach_task_basic_info - MACHDEV_MACH_TASK_BASIC_INFO
 * @virtual_size: as in struct machdev_task_basic_info_32
 * @resident_size: likewise
 * @resident_size_max: at most so far
 * @user_time: as in struct machdev_task_basic_info_32
 * @system_time: likewise
 * @policy: likewise
 * @suspend_count: likewise
 */
struct machdev_mach_task_basic_info {
	__aligned_u64 virtual_size;
	__aligned_u64 resident_size;
	__aligned_u64 resident_size_max;
	struct machdev_time_value user_time;
	struct machdev_time_value system_time;
	__s32 policy;
	__s32 suspend_count;
};

/**
 * struct machdev_task_vm_info - MACHDEV_TASK_VM_INFO
 * @virtual_size: bytes of address space
 * @region_count: mappings
 * @page_size: bytes
 * @resident_size: bytes in memory
 * @resident_size_peak: at most so far
 * @device: 0, and so is what follows but for what is said to be otherwise
 * @device_peak: 0
 * @internal: bytes in memory that are not those of a file
 * @internal_peak: 0
 * @external: bytes in memory of files, and of shared memory
 * @external_peak: 0
 * @reusable: 0
 * @reusable_peak: 0
 * @purgeable_volatile_pmap: 0
 * @purgeable_volatile_resident: 0
 * @purgeable_volatile_virtual: 0
 * @compressed: bytes that have been swapped out
 * @compressed_peak: 0
 * @compressed_lifetime: 0
 * @phys_footprint: @internal and @compressed; revision 1 ends here
 * @min_address: 0
 * @max_address: first address beyond those that the task can use
 */
struct machdev_task_vm_info {
	__aligned_u64 virtual_size;
	__s32 region_count;
	__s32 page_size;
	__aligned_u64 resident_size;
	__aligned_u64 resident_size_peak;
	__aligned_u64 device;
	__aligned_u64 device_peak;
	__aligned_u64 internal;
	__aligned_u64 internal_peak;
	__aligned_u64 external;
	__aligned_u64 external_peak;
	__aligned_u64 reusable;
	__aligned_u64 reusable_peak;
	__aligned_u64 purgeable_volatile_pmap;
	__aligned_u64 purgeable_volatile_resident;
	__aligned_u64 purgeable_volatile_virtual;
	__aligned_u64 compressed;
	__aligned_u64 compressed_peak;
	__aligned_u64 compressed_lifetime;
	__aligned_u64 phys_footprint;
	__aligned_u64 min_address;
	__aligned_u64 max_address;
};

/* Result codes that the module gives. */
#define MACHDEV_KERN_SUCCESS 0
#define MACHDEV_KERN_INVALID_ADDRESS 1
#define MACHDEV_KERN_PROTECTION_FAILURE 2
#define MACHDEV_KERN_NO_SPACE 3
#define MACHDEV_KERN_INVALID_ARGUMENT 4
#define MACHDEV_KERN_FAILURE 5
#define MACHDEV_KERN_RESOURCE_SHORTAGE 6
#define MACHDEV_KERN_NO_ACCESS 8
#define MACHDEV_KERN_ALREADY_IN_SET 11
#define MACHDEV_KERN_NOT_IN_SET 12
#define MACHDEV_KERN_ABORTED 14
#define MACHDEV_KERN_NAME_EXISTS 13
#define MACHDEV_KERN_INVALID_NAME 15
#define MACHDEV_KERN_INVALID_TASK 16
#define MACHDEV_KERN_INVALID_RIGHT 17
#define MACHDEV_KERN_INVALID_VALUE 18
#define MACHDEV_KERN_UREFS_OVERFLOW 19
#define MACHDEV_KERN_INVALID_CAPABILITY 20
#define MACHDEV_KERN_RIGHT_EXISTS 21
#define MACHDEV_KERN_INVALID_HOST 22
#define MACHDEV_KERN_INVALID_LEDGER 33
#define MACHDEV_KERN_INVALID_SECURITY 35
#define MACHDEV_KERN_TERMINATED 37
#define MACHDEV_KERN_NOT_SUPPORTED 46
#define MACHDEV_KERN_INSUFFICIENT_BUFFER_SIZE 52

#define MACHDEV_SEND_INVALID_DATA 0x10000002
#define MACHDEV_SEND_INVALID_DEST 0x10000003
#define MACHDEV_SEND_TIMED_OUT 0x10000004
#define MACHDEV_SEND_INVALID_VOUCHER 0x10000005
#define MACHDEV_SEND_INTERRUPTED 0x10000007
#define MACHDEV_SEND_MSG_TOO_SMALL 0x10000008
#define MACHDEV_SEND_INVALID_REPLY 0x10000009
#define MACHDEV_SEND_INVALID_RIGHT 0x1000000a
#define MACHDEV_SEND_INVALID_MEMORY 0x1000000c
#define MACHDEV_SEND_NO_BUFFER 0x1000000d
#define MACHDEV_SEND_TOO_LARGE 0x1000000e
#define MACHDEV_SEND_INVALID_TYPE 0x1000000f
#define MACHDEV_SEND_INVALID_HEADER 0x10000010

#define MACHDEV_RCV_INVALID_NAME 0x10004002
#define MACHDEV_RCV_TIMED_OUT 0x10004003
#define MACHDEV_RCV_TOO_LARGE 0x10004004
#define MACHDEV_RCV_INTERRUPTED 0x10004005
#define MACHDEV_RCV_PORT_CHANGED 0x10004006
#define MACHDEV_RCV_INVALID_DATA 0x10004008
#define MACHDEV_RCV_HEADER_ERROR 0x1000400b
#define MACHDEV_RCV_BODY_ERROR 0x1000400c

#define MACHDEV_MSG_IPC_SPACE 0x00002000	/* or'ed: no room for a name */
#define MACHDEV_MSG_VM_SPACE 0x00001000	/* or'ed: no room for memory */
#define MACHDEV_MSG_IPC_KERNEL 0x00000800	/* or'ed: no kernel memory */
#define MACHDEV_MSG_VM_KERNEL 0x00000400	/* or'ed: no pages for memory */

#endif /* _LINUX_MACHDEV_ABI_H */
