/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The ioctl contract of /dev/mach.
 *
 * Programs normally use libmachdev, which turns these calls into the Mach
 * functions of <mach/mach.h>.
 */
#ifndef _LINUX_MACHDEV_H
#define _LINUX_MACHDEV_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: General rules
 *
 * Who calls: every command acts as the task (the thread group) of the thread
 * that issues it, never as the task that opened the descriptor.
 *
 * Result: a value >= 0 is the Mach code (KERN_*, MACH_SEND_*, MACH_RCV_*) of
 * the call; MACHDEV_IOC_MSG codes have bit 28 set and are positive, too.
 * -1 means that the device itself refused, and errno says why:
 *
 *   ENOTTY      no such command
 *   EINVAL      the struct is shorter than its first version, or a flag or
 *               reserved member has an unknown value
 *   E2BIG       the struct is longer than this module knows and its tail is
 *               not zero
 *   EFAULT      the struct cannot be read or written; nothing was done
 *   EINTR       a signal handler ran while MACHDEV_IOC_MSG waited to receive;
 *               the struct has been rewritten so that issuing it again goes
 *               on with what is left (see struct machdev_msg)
 *   EOPNOTSUPP  a feature that this kernel lacks
 *   ENOMEM      no memory for the task's own state
 *   EDQUOT      the user's ledger does not allow the task's own state
 *   ENODEV      the device has been shut down
 *
 * Growth: structs grow at their end only. The size a program was built with
 * travels in the command number; a missing tail reads as zero. Both ways
 * round, an old program runs on a new module and a new program on an old
 * module as long as it does not use what the module lacks.
 *
 * Names: a member called "a name" is a port name of the caller's name space,
 * 0 is MACH_PORT_NULL, 0xffffffff is MACH_PORT_DEAD. A name that denotes
 * nothing, a dead name or a port of another kind stands for the null object
 * and gets the error that the routine defines for it.
 *
 * Layout: the same for 32 and 64 bit programs. Addresses are 64 bits wide;
 * their upper half is ignored in calls from 32-bit programs.
 *
 * The type byte 0xc4 was not listed in Documentation/userspace-api/ioctl/
 * ioctl-number.rst of Linux 6.1 to 7.3 when it was chosen.
 */

#define MACHDEV_IOC_TYPE 0xc4
#define MACHDEV_DEVICE "/dev/mach"

/* What MACHDEV_IOC_QUERY lists. */
#define MACHDEV_QUERY_FEATURES 0
#define MACHDEV_QUERY_COUNTERS 1

/* Identifiers of feature records; the value is 1 where it is not a number. */
#define MACHDEV_FEATURE_MESSAGES 0		/* largest inline message, bytes */
#define MACHDEV_FEATURE_NAMES 1			/* most names in one space */
#define MACHDEV_FEATURE_QLIMIT_MAX 2		/* largest queue limit */
#define MACHDEV_FEATURE_PORT_DESCRIPTORS 3	/* send rights in message bodies */
#define MACHDEV_FEATURE_TRAILER_MAX 4		/* largest format 0 trailer, bytes */
#define MACHDEV_FEATURE_ORIGIN_TRAILER 5	/* format 1 trailer, bytes */
#define MACHDEV_FEATURE_PORT_SETS 6		/* most sets that a port is in */

/* Identifiers of counter records. "Live" ones fall again; the rest only rise. */
#define MACHDEV_COUNTER_TASKS 0		/* live: tasks */
#define MACHDEV_COUNTER_THREADS 1	/* live: threads that have a port */
#define MACHDEV_COUNTER_PORTS 2		/* live: ports, kernel objects included */
#define MACHDEV_COUNTER_NAMES 3		/* live: names in all spaces */
#define MACHDEV_COUNTER_KMSGS 4		/* live: message buffers */
#define MACHDEV_COUNTER_REQUESTS 5	/* live: notification requests */
#define MACHDEV_COUNTER_LEDGERS 6	/* live: ledgers */
#define MACHDEV_COUNTER_IDENTITIES 7	/* live: sender identities */
#define MACHDEV_COUNTER_CHARGED 8	/* live: bytes charged to ledgers */
#define MACHDEV_COUNTER_QUEUED 9	/* live: messages in queues */
#define MACHDEV_COUNTER_SENT 10		/* messages sent */
#define MACHDEV_COUNTER_RECEIVED 11	/* messages received */
#define MACHDEV_COUNTER_NOTIFIED 12	/* notifications made by the kernel */
#define MACHDEV_COUNTER_DENIED 13	/* task ports refused to a caller */
#define MACHDEV_COUNTER_UNSUPPORTED 14	/* calls answered KERN_NOT_SUPPORTED */
#define MACHDEV_COUNTER_LOST 15		/* children killed for want of a record */
#define MACHDEV_COUNTER_UNDONE 16	/* calls undone: result got unwritable */
#define MACHDEV_COUNTER_SETS 17		/* live: port sets */
#define MACHDEV_COUNTER_MEMBERS 18	/* live: ports in sets, once a set */
#define MACHDEV_COUNTER_SAMPLES_LOST 19	/* samples that could not be sent */
#define MACHDEV_COUNTER_SAMPLERS 20	/* live: tasks and threads sampled */

/**
 * struct machdev_record - one feature or counter
 * @id: MACHDEV_FEATURE_* or MACHDEV_COUNTER_*
 * @reserved: 0
 * @value: its value
 */
struct machdev_record {
	__u32 id;
	__u32 reserved;
	__aligned_u64 value;
};

/**
 * struct machdev_query - argument of MACHDEV_IOC_QUERY
 * @what: in, MACHDEV_QUERY_*
 * @count: in, room in @records; out, how many records there are
 * @records: in, address of an array of struct machdev_record; as many as fit
 *	are written
 *
 * Results: KERN_SUCCESS; KERN_INVALID_ARGUMENT, unknown @what;
 * KERN_INVALID_ADDRESS, @records cannot be written.
 */
struct machdev_query {
	__u32 what;
	__u32 count;
	__aligned_u64 records;
};

/* Flags of struct machdev_msg. */
#define MACHDEV_MSG_DEADLINE 0x1	/* @deadline holds the end of the receive */

/**
 * struct machdev_msg - argument of MACHDEV_IOC_MSG, mach_msg_overwrite()
 * @msg: in, address of the message to send; also where one is received unless
 *	@rcv_msg is given
 * @rcv_msg: in, address of the receive buffer, or 0
 * @option: in, MACH_SEND_* and MACH_RCV_* bits; unknown bits are ignored
 * @send_size: in, bytes to send
 * @rcv_size: in, bytes of room to receive, trailer included
 * @rcv_name: in, name of the port or port set to receive from
 * @timeout: in, milliseconds, for each half from its own start; used with
 *	MACH_SEND_TIMEOUT and MACH_RCV_TIMEOUT
 * @notify: in, accepted and without effect
 * @deadline: nanoseconds of CLOCK_MONOTONIC; used with MACHDEV_MSG_DEADLINE
 *	instead of @timeout for the receive half
 * @flags: MACHDEV_MSG_DEADLINE
 * @reserved: 0
 *
 * When a signal ends the wait of the receive half, the module clears
 * MACH_SEND_MSG in @option, stores the deadline in @deadline and sets
 * MACHDEV_MSG_DEADLINE. The call then restarts by itself, or fails with EINTR
 * when a handler ran; issuing the struct as it now stands goes on receiving
 * and sends nothing twice.
 */
struct machdev_msg {
	__aligned_u64 msg;
	__aligned_u64 rcv_msg;
	__u32 option;
	__u32 send_size;
	__u32 rcv_size;
	__u32 rcv_name;
	__u32 timeout;
	__u32 notify;
	__aligned_u64 deadline;
	__u32 flags;
	__u32 reserved;
};

/**
 * struct machdev_name - argument of the calls that only return a name
 * @name: out, a name, or 0 when the call fails
 * @reserved: 0
 *
 * MACHDEV_IOC_TASK_SELF, _THREAD_SELF and _HOST_SELF add a user reference to
 * a send right; _REPLY_PORT makes a new receive right; _HOST_PRIV gives a send
 * right to the privileged host port to a caller that has CAP_SYS_ADMIN in the
 * initial user name space, else KERN_NO_ACCESS.
 */
struct machdev_name {
	__u32 name;
	__u32 reserved;
};

/* Flags of struct machdev_port_allocate. */
#define MACHDEV_ALLOCATE_NAME 0x1	/* @name is the wanted name */

/**
 * struct machdev_port_allocate - mach_port_allocate(), _allocate_name()
 * @task: in, name of the task port
 * @right: in, MACH_PORT_RIGHT_*
 * @name: out, the new name; in, with MACHDEV_ALLOCATE_NAME
 * @flags: in, MACHDEV_ALLOCATE_*
 */
struct machdev_port_allocate {
	__u32 task;
	__u32 right;
	__u32 name;
	__u32 flags;
};

/**
 * struct machdev_port_name - mach_port_deallocate(), mach_port_destroy()
 * @task: in, name of the task port
 * @name: in, a name in that task
 */
struct machdev_port_name {
	__u32 task;
	__u32 name;
};

/**
 * struct machdev_port_refs - mach_port_mod_refs(), mach_port_get_refs()
 * @task: in, name of the task port; get_refs: the read port is enough
 * @name: in, a name in that task
 * @right: in, MACH_PORT_RIGHT_*
 * @delta: in, user references to add (mod_refs); out, how many there are
 *	(get_refs)
 */
struct machdev_port_refs {
	__u32 task;
	__u32 name;
	__u32 right;
	__s32 delta;
};

/**
 * struct machdev_port_type - mach_port_type()
 * @task: in, name of the task port or the read port
 * @name: in, a name in that task
 * @type: out, MACH_PORT_TYPE_* bits
 * @reserved: 0
 */
struct machdev_port_type {
	__u32 task;
	__u32 name;
	__u32 type;
	__u32 reserved;
};

/**
 * struct machdev_port_names - mach_port_names()
 * @task: in, name of the task port or the read port
 * @count: in, room in both arrays; out, how many names there are
 * @names: in, address of an array of __u32
 * @types: in, address of an array of __u32
 *
 * Results: KERN_SUCCESS; KERN_INSUFFICIENT_BUFFER_SIZE, @count says how many
 * are needed, and only if names were made during the call have the arrays been
 * written; KERN_INVALID_ADDRESS, an array
 * cannot be written; KERN_INVALID_TASK; KERN_RESOURCE_SHORTAGE.
 */
struct machdev_port_names {
	__u32 task;
	__u32 count;
	__aligned_u64 names;
	__aligned_u64 types;
};

/**
 * struct machdev_port_right - mach_port_insert_right(), _extract_right()
 * @task: in, name of the task port
 * @name: in, a name in that task
 * @port: insert: in, the caller's name of the right; extract: out
 * @disposition: in, MACH_MSG_TYPE_*; extract: out, the type that came out
 */
struct machdev_port_right {
	__u32 task;
	__u32 name;
	__u32 port;
	__u32 disposition;
};

/**
 * struct machdev_port_attributes - mach_port_get_attributes(), _set_attributes(),
 * _assert_attributes()
 * @task: in, name of the task port; get: the read port is enough
 * @name: in, a name in that task
 * @flavor: in, MACH_PORT_LIMITS_INFO ...
 * @count: in, __u32 words at @info; out (get), words written
 * @info: in, address of the words
 */
struct machdev_port_attributes {
	__u32 task;
	__u32 name;
	__u32 flavor;
	__u32 count;
	__aligned_u64 info;
};

/**
 * struct machdev_port_count - mach_port_set_mscount(), mach_port_set_seqno(),
 * mach_port_get_srights()
 * @task: in, name of the task port; get: the read port is enough
 * @name: in, name of a receive right in that task
 * @count: set: in, the new value; get: out, how many there are
 * @reserved: 0
 */
struct machdev_port_count {
	__u32 task;
	__u32 name;
	__u32 count;
	__u32 reserved;
};

/**
 * struct machdev_port_context - mach_port_get_context(), mach_port_set_context()
 * @task: in, name of the task port; get: the read port is enough
 * @name: in, name of a receive right in that task
 * @context: set: in, the new context; get: out, the context, or 0 if it is a
 *	strict guard
 */
struct machdev_port_context {
	__u32 task;
	__u32 name;
	__aligned_u64 context;
};

/**
 * struct machdev_port_guard - mach_port_guard(), mach_port_guard_with_flags(),
 * mach_port_unguard(), mach_port_swap_guard()
 * @task: in, name of the task port
 * @name: in, name of a receive right in that task
 * @flags: in, guard: MACHDEV_MPG_*; else 0
 * @reserved: 0
 * @guard: in, guard: the new guard; else the guard that is set
 * @new_guard: in, swap: what replaces it; else 0
 */
struct machdev_port_guard {
	__u32 task;
	__u32 name;
	__u32 flags;
	__u32 reserved;
	__aligned_u64 guard;
	__aligned_u64 new_guard;
};

/**
 * struct machdev_port_construct - mach_port_construct()
 * @task: in, name of the task port
 * @name: out, name of the new receive right
 * @flags: in, MACHDEV_MPO_*
 * @qlimit: in, queue limit, with MACHDEV_MPO_QLIMIT
 * @context: in, the port's context, a guard with MACHDEV_MPO_CONTEXT_AS_GUARD
 */
struct machdev_port_construct {
	__u32 task;
	__u32 name;
	__u32 flags;
	__u32 qlimit;
	__aligned_u64 context;
};

/**
 * struct machdev_port_destruct - mach_port_destruct()
 * @task: in, name of the task port
 * @name: in, name of a receive right in that task
 * @delta: in, user references to add to its send right, 0 or less
 * @reserved: 0
 * @guard: in, the port's guard; ignored if it has none
 */
struct machdev_port_destruct {
	__u32 task;
	__u32 name;
	__s32 delta;
	__u32 reserved;
	__aligned_u64 guard;
};

/**
 * struct machdev_port_rename - mach_port_rename()
 * @task: in, name of the task port
 * @name: in, a name in that task
 * @new_name: in, what it shall be
 * @reserved: 0
 */
struct machdev_port_rename {
	__u32 task;
	__u32 name;
	__u32 new_name;
	__u32 reserved;
};

/**
 * struct machdev_port_peek - mach_port_peek()
 * @task: in, name of the task port or the read port
 * @name: in, name of a receive right in that task
 * @trailer: in, what trailer is wanted: the trailer bits of a receive's options,
 *	up to the audit token
 * @seqno: in, sequence number of the message, 0 for the first one; out, the
 *	number
 * @size: out, bytes of header and body
 * @id: out, its id
 * @count: in, bytes of room at @info; out, bytes written
 * @reserved: 0
 * @info: in, address where the trailer goes
 *
 * The sender is shown in the caller's name spaces.
 */
struct machdev_port_peek {
	__u32 task;
	__u32 name;
	__u32 trailer;
	__u32 seqno;
	__u32 size;
	__s32 id;
	__u32 count;
	__u32 reserved;
	__aligned_u64 info;
};

/**
 * struct machdev_port_kobject - mach_port_kobject()
 * @task: in, name of the task port or the read port
 * @name: in, name of a send or receive right in that task
 * @type: out, MACHDEV_KOBJECT_*, what the port stands for
 * @reserved: 0
 * @address: out, 0
 */
struct machdev_port_kobject {
	__u32 task;
	__u32 name;
	__u32 type;
	__u32 reserved;
	__aligned_u64 address;
};

/**
 * struct machdev_name_info - a name, as mach_port_space_info() lists it
 * @name: the name
 * @collision: 0
 * @type: MACH_PORT_TYPE_* bits
 * @urefs: user references, 0 of a receive right alone
 * @object: the same for all names of a port, and rarely that of another; 0 of a
 *	dead name
 * @next: 0
 * @hash: 0
 */
struct machdev_name_info {
	__u32 name;
	__u32 collision;
	__u32 type;
	__u32 urefs;
	__u32 object;
	__u32 next;
	__u32 hash;
};

/**
 * struct machdev_port_space - mach_port_space_info(), _space_basic_info()
 * @task: in, name of the task port or the read port
 * @count: in, room at @table; out, how many names there are
 * @mask: out, the bits of a name that are its generation
 * @size: out, names there is room for
 * @next_size: out, what that will be when the table grows
 * @used: out, names in use
 * @table: in, address of an array of struct machdev_name_info, 0 for none
 *
 * Results: as struct machdev_port_names.
 */
struct machdev_port_space {
	__u32 task;
	__u32 count;
	__u32 mask;
	__u32 size;
	__u32 next_size;
	__u32 used;
	__aligned_u64 table;
};

/**
 * struct machdev_port_notification - mach_port_request_notification()
 * @task: in, name of the task port
 * @name: in, a name in that task
 * @msgid: in, MACH_NOTIFY_*
 * @sync: in, no senders: make-send count; port destroyed: 0; send possible:
 *	other than 0: armed from the beginning
 * @notify: in, the caller's name of the port to notify, 0 cancels
 * @disposition: in, MACH_MSG_TYPE_MAKE_SEND_ONCE or _MOVE_SEND_ONCE
 * @previous: out, the caller's name of the earlier send-once right, or 0
 * @reserved: 0
 */
struct machdev_port_notification {
	__u32 task;
	__u32 name;
	__u32 msgid;
	__u32 sync;
	__u32 notify;
	__u32 disposition;
	__u32 previous;
	__u32 reserved;
};

/**
 * struct machdev_special_port - task_, thread_ and host_get/set_special_port()
 * @object: in, name of a task or thread port or of the privileged host port; get:
 *	the read and inspect ports give those with no more power
 * @which: in, TASK_*_PORT, THREAD_*_PORT or HOST_*_PORT
 * @port: get: out, a send right; set: in, the caller's name of a send right
 * @node: in, host calls: HOST_LOCAL_NODE; ignored
 */
struct machdev_special_port {
	__u32 object;
	__s32 which;
	__u32 port;
	__s32 node;
};

/**
 * struct machdev_ports - mach_ports_register(), mach_ports_lookup()
 * @task: in, name of the task port
 * @count: register: in, how many of @port are given, at most 3; lookup: out, 3
 * @port: register: in, the caller's names of send rights; those that are not
 *	given are null; lookup: out, send rights
 * @reserved: 0
 */
struct machdev_ports {
	__u32 task;
	__u32 count;
	__u32 port[3];
	__u32 reserved;
};

/**
 * struct machdev_task_token - host_security_set_task_token()
 * @host_security: in, name of the host security port
 * @task: in, name of the task port
 * @security: in, the new security token
 * @audit: in, the new audit token
 * @host: in, name of the task's new host port; 0 is the plain host port
 * @reserved: 0
 */
struct machdev_task_token {
	__u32 host_security;
	__u32 task;
	__u32 security[2];
	__u32 audit[8];
	__u32 host;
	__u32 reserved;
};

/**
 * struct machdev_port_member - mach_port_move_member(), _insert_member(),
 * _extract_member()
 * @task: in, name of the task port
 * @name: in, name of a receive right in that task
 * @set: in, name of a port set in that task; move: 0 takes the receive right out
 *	of all sets
 * @reserved: 0
 *
 * A port may be in MACHDEV_PORT_SETS_MAX sets.
 */
struct machdev_port_member {
	__u32 task;
	__u32 name;
	__u32 set;
	__u32 reserved;
};

/**
 * struct machdev_port_set_status - mach_port_get_set_status()
 * @task: in, name of the task port or the read port
 * @name: in, name of a port set in that task
 * @count: in, room at @members; out, how many members there are
 * @reserved: 0
 * @members: in, address of an array of __u32, which gets names of receive
 *	rights, least first
 *
 * Results: as struct machdev_port_names; KERN_INVALID_NAME, KERN_INVALID_RIGHT,
 * no port set.
 */
struct machdev_port_set_status {
	__u32 task;
	__u32 name;
	__u32 count;
	__u32 reserved;
	__aligned_u64 members;
};

/* Flags of struct machdev_task_create. */
#define MACHDEV_TASK_CREATE_TOKEN 0x1	/* tokens and @host are given */

/**
 * struct machdev_task_create - task_create(), host_security_create_task_token()
 * @host_security: in, name of the host security port
 * @parent: in, name of the parent's task port
 * @security: in, the child's security token
 * @audit: in, the child's audit token
 * @host: in, name of the child's host port
 * @inherit_memory: in, boolean
 * @ledgers: in, address of an array of names
 * @ledger_count: in, names in that array
 * @descriptor: out, of the embryo, close-on-exec; -1 when the call fails
 * @flags: in, MACHDEV_TASK_CREATE_*
 * @reserved: 0
 *
 * The embryo has all that the child gets from its parent. A process that the
 * caller makes has to adopt it, see struct machdev_embryo. Closing the last copy
 * of the descriptor before its port was taken gives the embryo up.
 *
 * Results, in the order of the checks: KERN_SUCCESS; KERN_INVALID_ARGUMENT,
 * @parent is no task port; KERN_INVALID_SECURITY; KERN_INVALID_HOST;
 * KERN_INVALID_ADDRESS, @ledgers cannot be read; KERN_INVALID_LEDGER, one of two
 * non-null names is no ledger; KERN_NOT_SUPPORTED, memory of another task;
 * KERN_FAILURE, the parent is dying; KERN_RESOURCE_SHORTAGE.
 */
struct machdev_task_create {
	__u32 host_security;
	__u32 parent;
	__u32 security[2];
	__u32 audit[8];
	__u32 host;
	__u32 inherit_memory;
	__aligned_u64 ledgers;
	__u32 ledger_count;
	__s32 descriptor;
	__u32 flags;
	__u32 reserved;
};

/**
 * struct machdev_ledger - ledger_create(), _read(), _transfer(), _terminate()
 * @ledger: in, name of a ledger: create: below which the new one is; transfer:
 *	the parent; read, terminate: the one that is meant
 * @other: in, name of a ledger: create: charged for the new one itself;
 *	transfer: the child, by its control port; else 0
 * @created: create: out, name of the control port; else 0
 * @reserved: 0
 * @amount: in, bytes: create: its limit; transfer: what the child gets, or gives
 *	if it is negative; out, read: the balance; else 0
 * @limit: out, read: the limit, S64_MAX for none; else 0
 *
 * Results, in the order of the checks: KERN_SUCCESS; KERN_INVALID_ARGUMENT,
 * @ledger is no ledger (terminate: neither), transfer: @other is none or the
 * same; KERN_INVALID_LEDGER, create: @other is no ledger; transfer: it is not by
 * its control port, or not a child of @ledger; terminate: not by its control
 * port; KERN_INVALID_ARGUMENT, a negative or too large amount in create;
 * KERN_RESOURCE_SHORTAGE, who is to give has not so much left, or there is no
 * memory.
 */
struct machdev_ledger {
	__u32 ledger;
	__u32 other;
	__u32 created;
	__u32 reserved;
	__s64 amount;
	__s64 limit;
};

/* A file of nothing else, executed, becomes a process without memory. */
#define MACHDEV_EMBRYO_MAGIC "\177machembryo\n"

/* Flags of struct machdev_embryo. */
#define MACHDEV_EMBRYO_RUN 0x1	/* adopt: the process goes on running */

/**
 * struct machdev_embryo - how a process becomes the task that was created
 * @descriptor: in, of the embryo
 * @pid: in, wait: the process, in the caller's pid name space; else 0
 * @child: out, take: name of the child's task port; else 0
 * @flags: in, adopt: MACHDEV_EMBRYO_*; else 0
 *
 * MACHDEV_IOC_EMBRYO_ADOPT is made by the process itself, with a descriptor that
 * it got from the creator. It becomes a task with a port that nobody has seen,
 * without names, with what the embryo has, and is parked for good: if the child
 * inherits memory, on its return; if not, when it has executed a file that
 * begins with MACHDEV_EMBRYO_MAGIC, and has lost all of its memory. A file that
 * would give it privilege, or that it may not read, kills it (SIGSEGV). With
 * MACHDEV_EMBRYO_RUN it returns. KERN_INVALID_ARGUMENT, no embryo, or one of the
 * caller's own; KERN_FAILURE, somebody has adopted it, or it was given up, the
 * process has adopted one before, or has other threads; KERN_RESOURCE_SHORTAGE.
 *
 * MACHDEV_IOC_EMBRYO_WAIT returns when the process has become the task.
 * KERN_INVALID_ARGUMENT, no embryo; KERN_FAILURE, the process has ended, or is no
 * task, or the embryo was given up; EINTR.
 *
 * MACHDEV_IOC_EMBRYO_TAKE gives its creator the port, once. The task does not
 * need the descriptor any more; one that was parked and never ran ends with its
 * creator. KERN_INVALID_ARGUMENT, no embryo; KERN_FAILURE, not its creator, no
 * process has become the task, or it was taken or given up;
 * KERN_RESOURCE_SHORTAGE.
 */
struct machdev_embryo {
	__s32 descriptor;
	__s32 pid;
	__u32 child;
	__u32 flags;
};

/* Flags of struct machdev_task_control. */
#define MACHDEV_SUSPEND_AT_EXEC 0x1	/* suspend: when it executes a program */

/**
 * struct machdev_task_control - task_suspend(), task_resume(), task_suspend2(),
 * task_resume2(), task_terminate()
 * @task: in, name of the task port; resume2: 0
 * @token: suspend2: out, a send-once right; resume2: in, its name, which is used
 *	up; else 0
 * @flags: suspend: 0, or MACHDEV_SUSPEND_AT_EXEC; else 0
 * @reserved: 0
 *
 * With MACHDEV_SUSPEND_AT_EXEC the task is suspended when it executes another
 * program, before that one's first instruction, and the call returns at once. An
 * exec that fails does not count. The count is the caller's, as one in force, and
 * goes before the exec when that would: when the caller ends or executes another
 * program, or the exec gains privilege. A SIGCONT before the exec does not undo
 * it; resume takes it back if there is none in force.
 *
 * Results: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @task is no task port, or that of
 * process 1 (suspend, suspend2), or, with the flag, the caller's; resume2: @token
 * is no token; KERN_FAILURE, the task is dying; resume: nothing to be taken back;
 * terminate: it was called before, or the task is that of process 1;
 * KERN_ABORTED, the calling thread is being killed; KERN_NO_SPACE;
 * KERN_RESOURCE_SHORTAGE.
 */
struct machdev_task_control {
	__u32 task;
	__u32 token;
	__u32 flags;
	__u32 reserved;
};

/**
 * struct machdev_processor_set - processor_set_default(),
 * host_processor_set_priv()
 * @host: in, name of the host port, default: or of the privileged one; priv: of
 *	the privileged one
 * @set_name: default: out, a send right to the name of the set of all
 *	processors; priv: in, the caller's name of it
 * @set: priv: out, a send right to the set itself; default: 0
 * @reserved: 0
 *
 * Results: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @host or @set_name is no such
 * port; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE.
 */
struct machdev_processor_set {
	__u32 host;
	__u32 set_name;
	__u32 set;
	__u32 reserved;
};

/**
 * struct machdev_port_array - task_threads(), processor_set_tasks()
 * @object: in, threads: name of a port of the task, the inspect port is enough;
 *	tasks: of the processor set itself
 * @count: in, room at @names; out, how many there are
 * @names: in, address of an array of __u32, which gets send rights; threads: with
 *	as much power over each thread as @object has over the task; tasks: to the
 *	task ports of those processes of the caller's pid name space of which
 *	task_for_pid() would give him that
 *
 * Results: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @object is no such port;
 * KERN_INSUFFICIENT_BUFFER_SIZE, @count says how many are needed, and no name has
 * been made; KERN_INVALID_ADDRESS, the array cannot be written; KERN_FAILURE, the
 * task is dying; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE.
 */
struct machdev_port_array {
	__u32 object;
	__u32 count;
	__aligned_u64 names;
};

/**
 * struct machdev_task_info - task_info(), thread_info()
 * @task: in, name of a port of the task, the name port is enough, for TASK_VM_INFO
 *	the inspect port; thread_info: of the thread, the inspect port is enough
 * @flavor: in, TASK_*; thread_info: THREAD_*_INFO
 * @count: in, __u32 words of room at @info; out, words written
 * @reserved: 0
 * @info: in, address of the words
 */
struct machdev_task_info {
	__u32 task;
	__u32 flavor;
	__u32 count;
	__u32 reserved;
	__aligned_u64 info;
};

/**
 * struct machdev_task_pid - task_for_pid() and its kin, pid_for_task()
 * @task: for_pid: in, ignored; for_task: in, name of a port of the task, the
 *	name port is enough
 * @pid: process id in the caller's pid name space; for_pid: in; for_task: out
 * @port: for_pid: out, name of the port, 0 on failure
 * @flavor: for_pid: in, which of the task's ports, MACHDEV_TASK_FLAVOR_*;
 *	for_task: 0
 */
struct machdev_task_pid {
	__u32 task;
	__s32 pid;
	__u32 port;
	__u32 flavor;
};

/* Ports that stand for a task: each can do what those after it can. */
#define MACHDEV_TASK_FLAVOR_CONTROL 0	/* all */
#define MACHDEV_TASK_FLAVOR_READ 1	/* look at its names */
#define MACHDEV_TASK_FLAVOR_INSPECT 2	/* get its inspect and name ports */
#define MACHDEV_TASK_FLAVOR_NAME 3	/* who it is */

/**
 * struct machdev_pidversion - MACHDEV_IOC_PIDVERSION
 * @pid: in, process id in the caller's pid name space
 * @version: out, word 7 of the derived audit token of that process
 *
 * Results: KERN_SUCCESS; KERN_FAILURE, no such process, or none with Mach
 * state.
 */
struct machdev_pidversion {
	__s32 pid;
	__u32 version;
};

/**
 * struct machdev_sync - MACHDEV_IOC_SYNC, MACHDEV_IOC_SHUTDOWN
 * @flags: 0
 * @reserved: 0
 *
 * MACHDEV_IOC_SYNC returns when everything that tasks left behind, which had
 * exited before the call, has been destroyed.
 *
 * MACHDEV_IOC_SHUTDOWN needs CAP_SYS_MODULE in the initial user name space, else
 * KERN_NO_ACCESS. From then on every call and open fails with ENODEV, and who
 * waits in one is woken to the same, until the module has been loaded anew:
 * descriptors come to be closed, and it can be unloaded.
 */
struct machdev_sync {
	__u32 flags;
	__u32 reserved;
};

/**
 * struct machdev_fileport - fileport_makeport(), fileport_makefd()
 * @fd: makeport: in, any descriptor of the caller's; makefd: out, a new
 *	descriptor of the same open file, close-on-exec; -1 on failure
 * @port: makeport: out, a send right to a new port that stands for the open
 *	file; 0 on failure; makefd: in, a send right to such a port
 * @flags: 0
 * @reserved: 0
 *
 * Results of makeport: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @fd is not open;
 * KERN_RESOURCE_SHORTAGE. Of makefd: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @port
 * is no such right; KERN_NO_SPACE, the process may have no more descriptors;
 * KERN_NO_ACCESS, a security module forbids it; KERN_RESOURCE_SHORTAGE.
 */
struct machdev_fileport {
	__s32 fd;
	__u32 port;
	__u32 flags;
	__u32 reserved;
};

/* Flags of struct machdev_port_fd. */
#define MACHDEV_PORT_FD_CLOEXEC 0x1	/* the descriptor ends with an exec */

/**
 * struct machdev_port_fd - machdev_port_fd()
 * @name: in, name of a receive right or a port set of the caller's
 * @flags: in, MACHDEV_PORT_FD_*
 * @fd: out, a new descriptor; -1 on failure
 * @reserved: 0
 *
 * The descriptor can be polled, and nothing else. It is readable while a receive
 * from the port or set would not wait, and hung up, for good, once the right has
 * left the task that called, or right or set been destroyed, or the device has
 * been shut down. It is no right: closing it changes nothing, and who else gets
 * it learns no more than that.
 *
 * Results: KERN_SUCCESS; KERN_INVALID_NAME, @name denotes nothing;
 * KERN_INVALID_RIGHT, neither a receive right nor a port set; KERN_NO_SPACE, the
 * process may have no more descriptors; KERN_RESOURCE_SHORTAGE, also when there
 * are 256 for the port.
 */
struct machdev_port_fd {
	__u32 name;
	__u32 flags;
	__s32 fd;
	__u32 reserved;
};

/* Flags of struct machdev_vm_map. */
#define MACHDEV_VM_ANYWHERE 0x1		/* @address is chosen for the caller */
#define MACHDEV_VM_OVERWRITE 0x4000	/* what is there goes */

/* Protections, and what a child gets of a region. */
#define MACHDEV_VM_PROT_READ 0x1
#define MACHDEV_VM_PROT_WRITE 0x2
#define MACHDEV_VM_PROT_EXECUTE 0x4
#define MACHDEV_VM_PROT_ALL 0x7
#define MACHDEV_VM_INHERIT_SHARE 0
#define MACHDEV_VM_INHERIT_COPY 1
#define MACHDEV_VM_INHERIT_NONE 2

/**
 * DOC: Memory of a task
 *
 * MACHDEV_IOC_VM_MAP, _DEALLOCATE, _PROTECT and _INHERIT are for tasks that have
 * never run: the process behind one does it to itself. A running task does that
 * by system calls. _READ, _WRITE, _COPY and _REGION are for all.
 *
 * Results of all, in the order of the checks: KERN_INVALID_ARGUMENT, @task is no
 * task port (read, region: nor a read port), or a range wraps; KERN_FAILURE, the
 * task is dying; KERN_NOT_SUPPORTED, it has run; and what each one says.
 */

/**
 * struct machdev_vm_map - vm_allocate(), vm_map() of memory that is all zeros
 * @task: in, name of the task port
 * @flags: in, MACHDEV_VM_*
 * @protection: in, MACHDEV_VM_PROT_*
 * @inheritance: in, MACHDEV_VM_INHERIT_*
 * @address: in, without MACHDEV_VM_ANYWHERE: where, rounded down to a page; out,
 *	where it is
 * @size: in, bytes, rounded up to pages, not 0
 * @mask: in, with MACHDEV_VM_ANYWHERE: bits of the address that shall be 0
 *
 * KERN_INVALID_ADDRESS, nothing can be there; KERN_NO_SPACE, something is there,
 * or there is no room; KERN_RESOURCE_SHORTAGE.
 */
struct machdev_vm_map {
	__u32 task;
	__u32 flags;
	__u32 protection;
	__u32 inheritance;
	__aligned_u64 address;
	__aligned_u64 size;
	__aligned_u64 mask;
};

/**
 * struct machdev_vm_range - vm_deallocate(), vm_protect(), vm_inherit()
 * @task: in, name of the task port
 * @value: in, protect: MACHDEV_VM_PROT_*; inherit: MACHDEV_VM_INHERIT_*; else 0
 * @address: in, where; whole pages that the range touches are meant
 * @size: in, bytes; 0 does nothing
 *
 * KERN_INVALID_ADDRESS, protect: nothing is somewhere; KERN_PROTECTION_FAILURE,
 * protect: more than some region may ever have; KERN_NOT_SUPPORTED, the range
 * has a device, a stack that grows or huge pages, or inherit: shared memory that
 * shall be copied. Until here nothing has changed. KERN_RESOURCE_SHORTAGE;
 * KERN_FAILURE, a page cannot be had: a part may have.
 */
struct machdev_vm_range {
	__u32 task;
	__u32 value;
	__aligned_u64 address;
	__aligned_u64 size;
};

/**
 * struct machdev_vm_copy - vm_read_overwrite(), vm_write(), vm_copy()
 * @task: in, name of the task port, read: or of the read port
 * @reserved: 0
 * @address: in, in the task: read, copy: from where; write: where to
 * @size: in, bytes
 * @data: in, read: where to in the caller; write: from where in the caller; copy:
 *	where to in the task
 *
 * KERN_INVALID_ADDRESS, nothing is somewhere in a range; KERN_PROTECTION_FAILURE,
 * a range cannot be read, or written; KERN_RESOURCE_SHORTAGE; KERN_ABORTED, the
 * caller is being killed. After an error a part may have been copied.
 */
struct machdev_vm_copy {
	__u32 task;
	__u32 reserved;
	__aligned_u64 address;
	__aligned_u64 size;
	__aligned_u64 data;
};

/**
 * struct machdev_vm_region - vm_region()
 * @task: in, name of the task port or the read port
 * @protection: out, MACHDEV_VM_PROT_*
 * @max_protection: out, what it may become, MACHDEV_VM_PROT_*
 * @inheritance: out, MACHDEV_VM_INHERIT_*
 * @shared: out, 1 if a change of it may be seen elsewhere
 * @wired: out, 1 if it is locked in memory
 * @address: in, any; out, where the first region begins that ends after it
 * @size: out, its bytes
 * @offset: out, where it begins in a file, in bytes; 0 if it is of none
 *
 * KERN_INVALID_ADDRESS, there is no such region.
 */
struct machdev_vm_region {
	__u32 task;
	__u32 protection;
	__u32 max_protection;
	__u32 inheritance;
	__u32 shared;
	__u32 wired;
	__aligned_u64 address;
	__aligned_u64 size;
	__aligned_u64 offset;
};

/**
 * struct machdev_thread - thread_create(), _suspend(), _resume(), _terminate()
 * @task: in, create: name of the task port of a task that was created; else 0
 * @thread: name of a thread port; create: out, 0 on failure; else in
 *
 * A task that was made without threads can have some, until the first of them
 * runs. Each is suspended once and all its registers are 0; when it is resumed as
 * often as it was suspended it runs. A thread that was terminated before has left
 * nothing.
 *
 * The calling task makes a thread of its own by MACHDEV_IOC_THREAD_BEAR.
 *
 * Results: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no task port, or no thread port;
 * KERN_FAILURE, the task is dying, or some of its threads run and it is stopped, or
 * a filter of system calls forbids it threads; the thread is suspended 2^32 - 1
 * times; KERN_NOT_SUPPORTED, the task's first thread has run, or it was not created;
 * the thread was not created, or has run; KERN_RESOURCE_SHORTAGE, also by a limit on
 * processes.
 */
struct machdev_thread {
	__u32 task;
	__u32 thread;
};

/**
 * struct machdev_thread_bear - the calling thread is a new one of Mach's
 * @blocked: in, the signals that it will block when it runs; the lowest bit is
 *	signal 1
 * @thread: out, name of its port, 0 on failure
 * @reserved: 0
 *
 * For thread_create() in the own task. A new thread of Linux calls it, with all
 * signals blocked; it is suspended once then, and all the registers that it will
 * have are 0. Next it calls MACHDEV_IOC_THREAD_PARK, a struct machdev_sync, which
 * does not return: when it was resumed as often as it was suspended it has these
 * registers. If PARK returns after all the thread has to end: KERN_TERMINATED, it
 * was terminated, or MACHDEV_IOC_SHUTDOWN was called; KERN_INVALID_ARGUMENT, it
 * was terminated before, or was never borne, or runs.
 *
 * Results: KERN_SUCCESS; KERN_FAILURE, the thread was created, or has said so,
 * before; KERN_NOT_SUPPORTED, it is one of 32 bits; KERN_RESOURCE_SHORTAGE.
 */
struct machdev_thread_bear {
	__aligned_u64 blocked;
	__u32 thread;
	__u32 reserved;
};

/* Registers, as thread_get_state() and thread_set_state() know them. */
#define MACHDEV_X86_THREAD_STATE64 4
#define MACHDEV_X86_THREAD_STATE64_COUNT 42

/*
 * MACHDEV_X86_THREAD_STATE64: general registers; rip, the next instruction;
 * rflags, of which those that are not a program's are ignored; cs, ignored, and 0
 * when it is read; fs and gs, addresses of the segments that these stand for.
 */
struct machdev_x86_thread_state64 {
	__aligned_u64 rax;
	__aligned_u64 rbx;
	__aligned_u64 rcx;
	__aligned_u64 rdx;
	__aligned_u64 rdi;
	__aligned_u64 rsi;
	__aligned_u64 rbp;
	__aligned_u64 rsp;
	__aligned_u64 r8;
	__aligned_u64 r9;
	__aligned_u64 r10;
	__aligned_u64 r11;
	__aligned_u64 r12;
	__aligned_u64 r13;
	__aligned_u64 r14;
	__aligned_u64 r15;
	__aligned_u64 rip;
	__aligned_u64 rflags;
	__aligned_u64 cs;
	__aligned_u64 fs;
	__aligned_u64 gs;
};

#define MACHDEV_X86_FLOAT_STATE64 5
#define MACHDEV_X86_FLOAT_STATE64_COUNT 131

/* A register of the x87 FPU, the lowest byte first. */
struct machdev_x86_stmm {
	__u8 value[10];
	__u8 reserved[6];
};

/* A register of SSE, the lowest byte first. */
struct machdev_x86_xmm {
	__u8 value[16];
};

/*
 * MACHDEV_X86_FLOAT_STATE64: between the first and the last reserved words what
 * FXSAVE writes. What is reserved is ignored, and 0 when it is read; mxcsrmask is
 * ignored, and when it is read says which bits mxcsr can have here.
 */
struct machdev_x86_float_state64 {
	__u32 reserved[2];
	__u16 fcw;
	__u16 fsw;
	__u8 ftw;
	__u8 reserved1;
	__u16 fop;
	__u32 ip;
	__u16 cs;
	__u16 reserved2;
	__u32 dp;
	__u16 ds;
	__u16 reserved3;
	__u32 mxcsr;
	__u32 mxcsrmask;
	struct machdev_x86_stmm stmm[8];
	struct machdev_x86_xmm xmm[16];
	__u8 reserved4[96];
	__u32 reserved5;
};

/*
 * The same, with a header in front that says which flavor follows, and how many
 * words of it.
 */
#define MACHDEV_X86_THREAD_STATE 7
#define MACHDEV_X86_THREAD_STATE_COUNT 44
#define MACHDEV_X86_FLOAT_STATE 8
#define MACHDEV_X86_FLOAT_STATE_COUNT 133

struct machdev_x86_state_header {
	__u32 flavor;
	__u32 count;
};

/**
 * struct machdev_thread_state - thread_get_state(), thread_set_state()
 * @thread: in, name of the port of a thread that has never run
 * @flavor: in, MACHDEV_X86_*_STATE*
 * @count: in, __u32 words at @state; get: out, words written
 * @reserved: 0
 * @state: in, address of the words
 *
 * Results, in the order of the checks: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no
 * thread port, an unknown flavor, or too few words; KERN_NOT_SUPPORTED, another
 * flavor of Mach's; KERN_INVALID_ADDRESS, set: @state cannot be read;
 * KERN_INVALID_ARGUMENT, set: a header that does not fit @flavor;
 * KERN_NOT_SUPPORTED, the thread has run; KERN_FAILURE, it is dying;
 * KERN_INVALID_ARGUMENT, a process of 32 bits, or set: an address that is none of
 * user mode, or a bit of mxcsr that there is not; KERN_INVALID_ADDRESS, get:
 * @state cannot be written; KERN_RESOURCE_SHORTAGE.
 */
struct machdev_thread_state {
	__u32 thread;
	__u32 flavor;
	__u32 count;
	__u32 reserved;
	__aligned_u64 state;
};

/**
 * struct machdev_clock - host_get_clock_service(), MACHDEV_IOC_CLOCK_IDENTIFY
 * @object: in, name of the host port or the privileged one; identify: of one of
 *	these or of the port of a clock
 * @id: MACHDEV_CLOCK_*; in; identify: out, and 0 before; MACHDEV_CLOCK_NONE for
 *	the host
 * @port: out, a send right to the port of that clock; identify: 0
 * @reserved: 0
 *
 * What a clock shows, clock_gettime(2) tells: CLOCK_MONOTONIC is the system clock,
 * CLOCK_REALTIME the calendar.
 *
 * Results: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @object is no such port or there
 * is no such clock; KERN_RESOURCE_SHORTAGE.
 */
struct machdev_clock {
	__u32 object;
	__u32 id;
	__u32 port;
	__u32 reserved;
};

/**
 * struct machdev_exception_action - who handles some exceptions
 * @mask: which, bits 1 << EXC_*
 * @port: name of a send right; 0: nobody does
 * @behavior: EXCEPTION_*, with MACH_EXCEPTION_* flags
 * @flavor: THREAD_STATE flavor of a message, 0 for none
 */
struct machdev_exception_action {
	__u32 mask;
	__u32 port;
	__u32 behavior;
	__u32 flavor;
};

/**
 * struct machdev_exception_set - task_set_exception_ports(), and that of a thread
 * and of the host
 * @object: in, name of the task port, thread port or privileged host port
 * @reserved: 0
 * @action: in, for the exceptions in @mask the rest is stored
 *
 * Results: KERN_SUCCESS; otherwise, checked in this order and with nothing
 * changed: KERN_INVALID_ARGUMENT, @object is no such port; KERN_FAILURE, it is
 * dying; KERN_INVALID_RIGHT, the caller has no send right of that name;
 * KERN_INVALID_ARGUMENT, a bit of @mask that is no exception, or a port with a
 * behavior that there is none of; KERN_INVALID_RIGHT, the receive right is
 * immovable; KERN_INVALID_ARGUMENT, an unknown flavor, or a behavior for which
 * MACH_EXCEPTION_CODES is needed; KERN_RESOURCE_SHORTAGE.
 */
struct machdev_exception_set {
	__u32 object;
	__u32 reserved;
	struct machdev_exception_action action;
};

/* Flags of struct machdev_exception_get. */
#define MACHDEV_EXCEPTION_SWAP 0x1	/* and set what @action says */

/**
 * struct machdev_exception_get - task_get_exception_ports(),
 * task_swap_exception_ports(), and those of a thread and of the host
 * @object: in, name of the task port, thread port or privileged host port
 * @flags: in, MACHDEV_EXCEPTION_*
 * @count: out, how many of @row are used
 * @reserved: 0
 * @action: in, @mask; with MACHDEV_EXCEPTION_SWAP all of it, else the rest is 0
 * @row: out, who handles the exceptions in @mask so far, those with the same
 *	port, behavior and flavor in one row. A thread for which nothing was ever
 *	set has no row, but in a swap
 *
 * Results: as struct machdev_exception_set; EINTR, others set handlers again and
 * again and a signal came before there was a moment in between. A swap that could
 * not be written is undone, where nobody has set something else meanwhile and
 * the names of the ports have not gone.
 */
struct machdev_exception_get {
	__u32 object;
	__u32 flags;
	__u32 count;
	__u32 reserved;
	struct machdev_exception_action action;
	struct machdev_exception_action row[13];
};

/**
 * struct machdev_sample - task_sample(), thread_sample()
 * @object: in, name of the task port or thread port
 * @port: in, name of a receive right, of which a send right is made, or of a send
 *	right: MACHDEV_PROF_SAMPLES messages go there from now on; 0: they stop
 * @flags: 0
 * @reserved: 0
 *
 * Some 100 times in each second of processor time of the task, or of the thread
 * alone, it is noted down where its program is, system calls included. Once a
 * second, and when it stops, that is sent.
 *
 * What cannot be sent at once, because the queue is full or there is no memory, is
 * lost: MACHDEV_COUNTER_SAMPLES_LOST.
 *
 * Results, checked in this order and with nothing changed: KERN_INVALID_ARGUMENT,
 * @object is no such port; KERN_FAILURE, it is dying; KERN_INVALID_RIGHT, @port is
 * neither right, or of a port of the kernel; KERN_RESOURCE_SHORTAGE, no memory or
 * the caller's ledger is used up; KERN_INVALID_ARGUMENT, it is sampled already, or
 * to be stopped and is not.
 */
struct machdev_sample {
	__u32 object;
	__u32 port;
	__u32 flags;
	__u32 reserved;
};

#define MACHDEV_IO(nr, type) _IOWR(MACHDEV_IOC_TYPE, nr, struct type)

#define MACHDEV_IOC_QUERY			MACHDEV_IO(0x00, machdev_query)
#define MACHDEV_IOC_SYNC			MACHDEV_IO(0x01, machdev_sync)
#define MACHDEV_IOC_PIDVERSION			MACHDEV_IO(0x02, machdev_pidversion)
#define MACHDEV_IOC_SHUTDOWN			MACHDEV_IO(0x03, machdev_sync)

#define MACHDEV_IOC_MSG				MACHDEV_IO(0x08, machdev_msg)

#define MACHDEV_IOC_TASK_SELF			MACHDEV_IO(0x10, machdev_name)
#define MACHDEV_IOC_THREAD_SELF			MACHDEV_IO(0x11, machdev_name)
#define MACHDEV_IOC_HOST_SELF			MACHDEV_IO(0x12, machdev_name)
#define MACHDEV_IOC_REPLY_PORT			MACHDEV_IO(0x13, machdev_name)
#define MACHDEV_IOC_HOST_PRIV			MACHDEV_IO(0x14, machdev_name)

#define MACHDEV_IOC_PORT_ALLOCATE		MACHDEV_IO(0x20, machdev_port_allocate)
#define MACHDEV_IOC_PORT_DEALLOCATE		MACHDEV_IO(0x21, machdev_port_name)
#define MACHDEV_IOC_PORT_DESTROY		MACHDEV_IO(0x22, machdev_port_name)
#define MACHDEV_IOC_PORT_MOD_REFS		MACHDEV_IO(0x23, machdev_port_refs)
#define MACHDEV_IOC_PORT_GET_REFS		MACHDEV_IO(0x24, machdev_port_refs)
#define MACHDEV_IOC_PORT_TYPE			MACHDEV_IO(0x25, machdev_port_type)
#define MACHDEV_IOC_PORT_NAMES			MACHDEV_IO(0x26, machdev_port_names)
#define MACHDEV_IOC_PORT_INSERT_RIGHT		MACHDEV_IO(0x27, machdev_port_right)
#define MACHDEV_IOC_PORT_EXTRACT_RIGHT		MACHDEV_IO(0x28, machdev_port_right)
#define MACHDEV_IOC_PORT_GET_ATTRIBUTES		MACHDEV_IO(0x29, machdev_port_attributes)
#define MACHDEV_IOC_PORT_SET_ATTRIBUTES		MACHDEV_IO(0x2a, machdev_port_attributes)
#define MACHDEV_IOC_PORT_REQUEST_NOTIFICATION	MACHDEV_IO(0x2b, machdev_port_notification)
#define MACHDEV_IOC_PORT_SET_MSCOUNT		MACHDEV_IO(0x30, machdev_port_count)
#define MACHDEV_IOC_PORT_SET_SEQNO		MACHDEV_IO(0x31, machdev_port_count)
#define MACHDEV_IOC_PORT_GET_SRIGHTS		MACHDEV_IO(0x32, machdev_port_count)
#define MACHDEV_IOC_PORT_GET_CONTEXT		MACHDEV_IO(0x33, machdev_port_context)
#define MACHDEV_IOC_PORT_SET_CONTEXT		MACHDEV_IO(0x34, machdev_port_context)
#define MACHDEV_IOC_PORT_GUARD			MACHDEV_IO(0x35, machdev_port_guard)
#define MACHDEV_IOC_PORT_UNGUARD		MACHDEV_IO(0x36, machdev_port_guard)
#define MACHDEV_IOC_PORT_SWAP_GUARD		MACHDEV_IO(0x37, machdev_port_guard)
#define MACHDEV_IOC_PORT_ASSERT_ATTRIBUTES	MACHDEV_IO(0x38, machdev_port_attributes)
#define MACHDEV_IOC_PORT_CONSTRUCT		MACHDEV_IO(0x39, machdev_port_construct)
#define MACHDEV_IOC_PORT_DESTRUCT		MACHDEV_IO(0x3a, machdev_port_destruct)
#define MACHDEV_IOC_PORT_RENAME			MACHDEV_IO(0x3b, machdev_port_rename)
#define MACHDEV_IOC_PORT_PEEK			MACHDEV_IO(0x3c, machdev_port_peek)
#define MACHDEV_IOC_PORT_KOBJECT		MACHDEV_IO(0x3d, machdev_port_kobject)
#define MACHDEV_IOC_PORT_SPACE_INFO		MACHDEV_IO(0x3e, machdev_port_space)

#define MACHDEV_IOC_TASK_GET_SPECIAL_PORT	MACHDEV_IO(0x40, machdev_special_port)
#define MACHDEV_IOC_TASK_SET_SPECIAL_PORT	MACHDEV_IO(0x41, machdev_special_port)
#define MACHDEV_IOC_TASK_INFO			MACHDEV_IO(0x42, machdev_task_info)
#define MACHDEV_IOC_TASK_FOR_PID		MACHDEV_IO(0x43, machdev_task_pid)
#define MACHDEV_IOC_PID_FOR_TASK		MACHDEV_IO(0x44, machdev_task_pid)
#define MACHDEV_IOC_TASK_CREATE			MACHDEV_IO(0x45, machdev_task_create)
#define MACHDEV_IOC_PORTS_REGISTER		MACHDEV_IO(0x46, machdev_ports)
#define MACHDEV_IOC_PORTS_LOOKUP		MACHDEV_IO(0x47, machdev_ports)

#define MACHDEV_IOC_HOST_GET_SPECIAL_PORT	MACHDEV_IO(0x60, machdev_special_port)
#define MACHDEV_IOC_HOST_SET_SPECIAL_PORT	MACHDEV_IO(0x61, machdev_special_port)
#define MACHDEV_IOC_HOST_SET_TASK_TOKEN		MACHDEV_IO(0x62, machdev_task_token)

#define MACHDEV_IOC_PORT_MOVE_MEMBER		MACHDEV_IO(0x70, machdev_port_member)
#define MACHDEV_IOC_PORT_INSERT_MEMBER		MACHDEV_IO(0x71, machdev_port_member)
#define MACHDEV_IOC_PORT_EXTRACT_MEMBER		MACHDEV_IO(0x72, machdev_port_member)
#define MACHDEV_IOC_PORT_GET_SET_STATUS		MACHDEV_IO(0x73, machdev_port_set_status)
#define MACHDEV_IOC_FILEPORT_MAKEPORT		MACHDEV_IO(0x78, machdev_fileport)
#define MACHDEV_IOC_FILEPORT_MAKEFD		MACHDEV_IO(0x79, machdev_fileport)
#define MACHDEV_IOC_PORT_FD			MACHDEV_IO(0x7a, machdev_port_fd)
#define MACHDEV_IOC_EMBRYO_ADOPT		MACHDEV_IO(0x48, machdev_embryo)
#define MACHDEV_IOC_EMBRYO_WAIT			MACHDEV_IO(0x49, machdev_embryo)
#define MACHDEV_IOC_EMBRYO_TAKE			MACHDEV_IO(0x4a, machdev_embryo)

#define MACHDEV_IOC_LEDGER_CREATE		MACHDEV_IO(0x63, machdev_ledger)
#define MACHDEV_IOC_LEDGER_READ			MACHDEV_IO(0x64, machdev_ledger)
#define MACHDEV_IOC_LEDGER_TRANSFER		MACHDEV_IO(0x65, machdev_ledger)
#define MACHDEV_IOC_LEDGER_TERMINATE		MACHDEV_IO(0x66, machdev_ledger)

#define MACHDEV_IOC_TASK_THREADS		MACHDEV_IO(0x90, machdev_port_array)
#define MACHDEV_IOC_THREAD_GET_SPECIAL_PORT	MACHDEV_IO(0x91, machdev_special_port)
#define MACHDEV_IOC_THREAD_SET_SPECIAL_PORT	MACHDEV_IO(0x92, machdev_special_port)
#define MACHDEV_IOC_THREAD_INFO			MACHDEV_IO(0x93, machdev_task_info)
#define MACHDEV_IOC_TASK_SUSPEND		MACHDEV_IO(0x94, machdev_task_control)
#define MACHDEV_IOC_TASK_RESUME			MACHDEV_IO(0x95, machdev_task_control)
#define MACHDEV_IOC_TASK_SUSPEND2		MACHDEV_IO(0x96, machdev_task_control)
#define MACHDEV_IOC_TASK_RESUME2		MACHDEV_IO(0x97, machdev_task_control)
#define MACHDEV_IOC_TASK_TERMINATE		MACHDEV_IO(0x98, machdev_task_control)
#define MACHDEV_IOC_PROCESSOR_SET_DEFAULT	MACHDEV_IO(0x99, machdev_processor_set)
#define MACHDEV_IOC_HOST_PROCESSOR_SET_PRIV	MACHDEV_IO(0x9a, machdev_processor_set)
#define MACHDEV_IOC_PROCESSOR_SET_TASKS		MACHDEV_IO(0x9b, machdev_port_array)
#define MACHDEV_IOC_VM_MAP			MACHDEV_IO(0xa0, machdev_vm_map)
#define MACHDEV_IOC_VM_DEALLOCATE		MACHDEV_IO(0xa1, machdev_vm_range)
#define MACHDEV_IOC_VM_PROTECT			MACHDEV_IO(0xa2, machdev_vm_range)
#define MACHDEV_IOC_VM_INHERIT			MACHDEV_IO(0xa3, machdev_vm_range)
#define MACHDEV_IOC_VM_READ			MACHDEV_IO(0xa4, machdev_vm_copy)
#define MACHDEV_IOC_VM_WRITE			MACHDEV_IO(0xa5, machdev_vm_copy)
#define MACHDEV_IOC_VM_COPY			MACHDEV_IO(0xa6, machdev_vm_copy)
#define MACHDEV_IOC_VM_REGION			MACHDEV_IO(0xa7, machdev_vm_region)
#define MACHDEV_IOC_THREAD_CREATE		MACHDEV_IO(0xa8, machdev_thread)
#define MACHDEV_IOC_THREAD_GET_STATE		MACHDEV_IO(0xa9, machdev_thread_state)
#define MACHDEV_IOC_THREAD_SET_STATE		MACHDEV_IO(0xaa, machdev_thread_state)
#define MACHDEV_IOC_THREAD_SUSPEND		MACHDEV_IO(0xab, machdev_thread)
#define MACHDEV_IOC_THREAD_RESUME		MACHDEV_IO(0xac, machdev_thread)
#define MACHDEV_IOC_THREAD_TERMINATE		MACHDEV_IO(0xad, machdev_thread)
#define MACHDEV_IOC_THREAD_BEAR			MACHDEV_IO(0xae, machdev_thread_bear)
#define MACHDEV_IOC_THREAD_PARK			MACHDEV_IO(0xaf, machdev_sync)
#define MACHDEV_IOC_HOST_GET_CLOCK_SERVICE	MACHDEV_IO(0xb0, machdev_clock)
#define MACHDEV_IOC_CLOCK_IDENTIFY		MACHDEV_IO(0xb1, machdev_clock)
#define MACHDEV_IOC_TASK_SET_EXCEPTIONS		MACHDEV_IO(0xb2, machdev_exception_set)
#define MACHDEV_IOC_TASK_GET_EXCEPTIONS		MACHDEV_IO(0xb3, machdev_exception_get)
#define MACHDEV_IOC_THREAD_SET_EXCEPTIONS	MACHDEV_IO(0xb4, machdev_exception_set)
#define MACHDEV_IOC_THREAD_GET_EXCEPTIONS	MACHDEV_IO(0xb5, machdev_exception_get)
#define MACHDEV_IOC_HOST_SET_EXCEPTIONS		MACHDEV_IO(0xb6, machdev_exception_set)
#define MACHDEV_IOC_HOST_GET_EXCEPTIONS		MACHDEV_IO(0xb7, machdev_exception_get)
#define MACHDEV_IOC_TASK_SAMPLE			MACHDEV_IO(0xc0, machdev_sample)
#define MACHDEV_IOC_THREAD_SAMPLE		MACHDEV_IO(0xc1, machdev_sample)

#endif /* _LINUX_MACHDEV_H */
