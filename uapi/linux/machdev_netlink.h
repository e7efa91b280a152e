/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Made from docs/netlink/mach.yaml by scripts/netlink-header.py: change that.
 *
 * What there is in the module, seen from outside: dumps of tasks, ports,
 * rights, queues, ledgers and counters, and one multicast group of events.
 * It changes nothing. The family exists in the initial network name space.
 *
 * Who may see what is judged by the credentials of who sends the request and
 * of who opened the socket, when the dump begins. If both have CAP_SYS_ADMIN
 * in the initial user name space, everything is shown. Otherwise both must
 * have the same user ids and name space, or the request fails with EPERM,
 * and what is shown are the tasks whose real, effective and saved user id is
 * that user, in the same user name space, and that have no capability which
 * the sender lacks: their ports, rights and queues, and the ledgers of the
 * user. To join the group takes CAP_SYS_ADMIN in the initial user name
 * space.
 *
 * Pids and ids of users in dumps are those of the sender's name spaces; a
 * task that has no pid there is not shown, and one that is only mentioned
 * has pid 0. In events they are those of the initial name spaces.
 *
 * A dump shows each object that exists from its beginning to its end exactly
 * once, whatever happens meanwhile, and each as it was at some moment of the
 * dump. After a shutdown a request fails with ENODEV, and a dump in progress
 * ends with it. An unfinished dump keeps the module loaded, as an open
 * descriptor of the device does, until it is read to its end or its socket
 * is closed. No address of the kernel is shown; ports have numbers.
 */
#ifndef _LINUX_MACHDEV_NETLINK_H
#define _LINUX_MACHDEV_NETLINK_H

#define MACHDEV_NETLINK_NAME "mach"
#define MACHDEV_NETLINK_VERSION 1

#define MACHDEV_NETLINK_EVENTS "events"

/**
 * enum machdev_port_kind - What a port stands for.
 * @MACHDEV_PORT_KIND_PLAIN: a queue from which a task receives
 * @MACHDEV_PORT_KIND_TASK: a task
 * @MACHDEV_PORT_KIND_TASK_READ: a task, to be read
 * @MACHDEV_PORT_KIND_TASK_INSPECT: a task, to be inspected
 * @MACHDEV_PORT_KIND_TASK_NAME: a task, to be named
 * @MACHDEV_PORT_KIND_THREAD: a thread
 * @MACHDEV_PORT_KIND_HOST: the host
 * @MACHDEV_PORT_KIND_HOST_PRIV: the host, for its administrator
 * @MACHDEV_PORT_KIND_HOST_SECURITY: the host, for its security authority
 * @MACHDEV_PORT_KIND_LEDGER: a ledger, to be drawn on
 * @MACHDEV_PORT_KIND_FILEPORT: an open file
 * @MACHDEV_PORT_KIND_CLOCK: a clock
 * @MACHDEV_PORT_KIND_PROCESSOR_SET: the set of all processors, or its name
 * @MACHDEV_PORT_KIND_SUSPENSION: a token that keeps a task suspended
 */
enum machdev_port_kind {
	MACHDEV_PORT_KIND_PLAIN,
	MACHDEV_PORT_KIND_TASK,
	MACHDEV_PORT_KIND_TASK_READ,
	MACHDEV_PORT_KIND_TASK_INSPECT,
	MACHDEV_PORT_KIND_TASK_NAME,
	MACHDEV_PORT_KIND_THREAD,
	MACHDEV_PORT_KIND_HOST,
	MACHDEV_PORT_KIND_HOST_PRIV,
	MACHDEV_PORT_KIND_HOST_SECURITY,
	MACHDEV_PORT_KIND_LEDGER,
	MACHDEV_PORT_KIND_FILEPORT,
	MACHDEV_PORT_KIND_CLOCK,
	MACHDEV_PORT_KIND_PROCESSOR_SET,
	MACHDEV_PORT_KIND_SUSPENSION,
};

/**
 * enum machdev_token_kind - Where the tokens of a task come from.
 * @MACHDEV_TOKEN_DERIVED: computed from credentials, here of the leader of
 *	the thread group
 * @MACHDEV_TOKEN_EXPLICIT: set by the security authority, for the task or
 *	one it descends from
 */
enum machdev_token_kind {
	MACHDEV_TOKEN_DERIVED,
	MACHDEV_TOKEN_EXPLICIT,
};

/**
 * enum machdev_ledger_kind - What is charged to a ledger.
 * @MACHDEV_LEDGER_WIRED: ports, names, queued messages, requests
 * @MACHDEV_LEDGER_PAGED: out-of-line memory of messages
 */
enum machdev_ledger_kind {
	MACHDEV_LEDGER_WIRED,
	MACHDEV_LEDGER_PAGED,
};

/**
 * enum machdev_event_kind - What happened.
 * @MACHDEV_EVENT_ATTACH: a process became a task, by a call or because
 *	somebody asked for its port
 * @MACHDEV_EVENT_FORK: a task forked; it is the actor, and the child is told
 *	of
 * @MACHDEV_EVENT_EXEC: a task runs another program, and has a new pidversion
 * @MACHDEV_EVENT_EXIT: the last thread of a task exited
 * @MACHDEV_EVENT_LOST: a child was killed, for want of memory for what it
 *	inherits
 * @MACHDEV_EVENT_TOKEN: the tokens of a task were set; the actor did it
 * @MACHDEV_EVENT_SHUTDOWN: the module was shut down, by the actor; the last
 *	event
 */
enum machdev_event_kind {
	MACHDEV_EVENT_ATTACH = 1,
	MACHDEV_EVENT_FORK,
	MACHDEV_EVENT_EXEC,
	MACHDEV_EVENT_EXIT,
	MACHDEV_EVENT_LOST,
	MACHDEV_EVENT_TOKEN,
	MACHDEV_EVENT_SHUTDOWN,
};

/*
 * Attributes of a task.
 * @MACHDEV_A_TASK_PID: u32: thread group; in a request, show this task only
 * @MACHDEV_A_TASK_PAD: fills up to 8 bytes; no attribute of its own
 * @MACHDEV_A_TASK_PIDVERSION: u32: tells incarnations of a pid and images of
 *	a process apart
 * @MACHDEV_A_TASK_COMM: string: name of the leader, at most 15 bytes
 * @MACHDEV_A_TASK_UID: u32: real user id of the leader
 * @MACHDEV_A_TASK_TOKEN: u32, enum machdev_token_kind: where the next two
 *	come from
 * @MACHDEV_A_TASK_SECURITY: u32[]: security token, 2 words
 * @MACHDEV_A_TASK_AUDIT: u32[]: audit token, 8 words
 * @MACHDEV_A_TASK_NAMES: u32: port names in use
 * @MACHDEV_A_TASK_RECEIVES: u32: receive rights among them
 */
enum {
	MACHDEV_A_TASK_PID = 1,
	MACHDEV_A_TASK_PAD,
	MACHDEV_A_TASK_PIDVERSION,
	MACHDEV_A_TASK_COMM,
	MACHDEV_A_TASK_UID,
	MACHDEV_A_TASK_TOKEN,
	MACHDEV_A_TASK_SECURITY,
	MACHDEV_A_TASK_AUDIT,
	MACHDEV_A_TASK_NAMES,
	MACHDEV_A_TASK_RECEIVES,

	__MACHDEV_A_TASK_END,
	MACHDEV_A_TASK_MAX = __MACHDEV_A_TASK_END - 1,
};

/*
 * Attributes of a port.
 * @MACHDEV_A_PORT_PID: u32: task that holds the receive right, absent where
 *	the kernel receives; in a request, show ports of this task only
 * @MACHDEV_A_PORT_PAD: fills up to 8 bytes; no attribute of its own
 * @MACHDEV_A_PORT_ID: u64: number of the port, never used again
 * @MACHDEV_A_PORT_KIND: u32, enum machdev_port_kind: what it stands for
 * @MACHDEV_A_PORT_OBJECT_PID: u32: task that it stands for, or whose thread
 * @MACHDEV_A_PORT_NAME: u32: name of the receive right
 * @MACHDEV_A_PORT_SENDS: u32: send rights; all names of one task count once
 * @MACHDEV_A_PORT_SEND_ONCES: u32: send-once rights
 * @MACHDEV_A_PORT_MAKE_SENDS: u32: send rights made since the receive right
 *	last moved
 * @MACHDEV_A_PORT_REQUESTS: u32: requests to be told of its death
 * @MACHDEV_A_PORT_MESSAGES: u32: messages queued, send-once notifications
 *	included
 * @MACHDEV_A_PORT_LIMIT: u32: messages that fit without waiting
 * @MACHDEV_A_PORT_SEQUENCE: u32: sequence number of the next message to be
 *	received
 * @MACHDEV_A_PORT_REFERENCES: u32: rights to it and uses of it, wherever
 *	they are
 * @MACHDEV_A_PORT_DESTINATION: u64: number of the port to which a message
 *	takes the receive right
 * @MACHDEV_A_PORT_DEAD: flag: its receive right has been destroyed
 * @MACHDEV_A_PORT_SETS: u32: port sets that it is in
 */
enum {
	MACHDEV_A_PORT_PID = 1,
	MACHDEV_A_PORT_PAD,
	MACHDEV_A_PORT_ID,
	MACHDEV_A_PORT_KIND,
	MACHDEV_A_PORT_OBJECT_PID,
	MACHDEV_A_PORT_NAME,
	MACHDEV_A_PORT_SENDS,
	MACHDEV_A_PORT_SEND_ONCES,
	MACHDEV_A_PORT_MAKE_SENDS,
	MACHDEV_A_PORT_REQUESTS,
	MACHDEV_A_PORT_MESSAGES,
	MACHDEV_A_PORT_LIMIT,
	MACHDEV_A_PORT_SEQUENCE,
	MACHDEV_A_PORT_REFERENCES,
	MACHDEV_A_PORT_DESTINATION,
	MACHDEV_A_PORT_DEAD,
	MACHDEV_A_PORT_SETS,

	__MACHDEV_A_PORT_END,
	MACHDEV_A_PORT_MAX = __MACHDEV_A_PORT_END - 1,
};

/*
 * Attributes of a right.
 * @MACHDEV_A_RIGHT_PID: u32: task that has the name; in a request, show
 *	rights of this task only
 * @MACHDEV_A_RIGHT_PAD: fills up to 8 bytes; no attribute of its own
 * @MACHDEV_A_RIGHT_NAME: u32: the name
 * @MACHDEV_A_RIGHT_TYPE: u32: MACHDEV_TYPE_* bits, as mach_port_type() gives
 *	them
 * @MACHDEV_A_RIGHT_UREFS: u32: user references to a send right or dead name;
 *	else 1
 * @MACHDEV_A_RIGHT_PORT: u64: number of the port; absent, as all that
 *	follows up to receiver-name, for a port set or a dead name
 * @MACHDEV_A_RIGHT_KIND: u32, enum machdev_port_kind: what the port stands
 *	for
 * @MACHDEV_A_RIGHT_OBJECT_PID: u32: task that the port stands for, or whose
 *	thread; absent if it may not be seen
 * @MACHDEV_A_RIGHT_RECEIVER_PID: u32: task that holds the receive right;
 *	absent if it may not be seen, if the kernel receives, or while the right
 *	is in a message
 * @MACHDEV_A_RIGHT_RECEIVER_NAME: u32: name of the receive right there
 * @MACHDEV_A_RIGHT_MEMBERS: u32: ports that are in a port set; absent for
 *	anything else
 */
enum {
	MACHDEV_A_RIGHT_PID = 1,
	MACHDEV_A_RIGHT_PAD,
	MACHDEV_A_RIGHT_NAME,
	MACHDEV_A_RIGHT_TYPE,
	MACHDEV_A_RIGHT_UREFS,
	MACHDEV_A_RIGHT_PORT,
	MACHDEV_A_RIGHT_KIND,
	MACHDEV_A_RIGHT_OBJECT_PID,
	MACHDEV_A_RIGHT_RECEIVER_PID,
	MACHDEV_A_RIGHT_RECEIVER_NAME,
	MACHDEV_A_RIGHT_MEMBERS,

	__MACHDEV_A_RIGHT_END,
	MACHDEV_A_RIGHT_MAX = __MACHDEV_A_RIGHT_END - 1,
};

/*
 * Attributes of a queue.
 * @MACHDEV_A_QUEUE_PID: u32: task that holds the receive right; in a
 *	request, show queues of this task only
 * @MACHDEV_A_QUEUE_PAD: fills up to 8 bytes; no attribute of its own
 * @MACHDEV_A_QUEUE_PORT: u64: number of the port
 * @MACHDEV_A_QUEUE_NAME: u32: name of the receive right
 * @MACHDEV_A_QUEUE_MESSAGES: u32: messages queued, send-once notifications
 *	included
 * @MACHDEV_A_QUEUE_LIMIT: u32: messages that fit without waiting
 * @MACHDEV_A_QUEUE_SEQUENCE: u32: sequence number of the next message to be
 *	received
 * @MACHDEV_A_QUEUE_SENDERS: flag: somebody waits for room
 * @MACHDEV_A_QUEUE_RECEIVERS: flag: somebody waits for a message
 * @MACHDEV_A_QUEUE_OLDEST_ID: s32: id of the oldest message; absent if a
 *	send-once notification is before it
 * @MACHDEV_A_QUEUE_OLDEST_SIZE: u32: its bytes, without trailer
 * @MACHDEV_A_QUEUE_OLDEST_PID: u32: task that sent it, whether it may be
 *	seen or not, as a receiver would be told; absent if the kernel did
 */
enum {
	MACHDEV_A_QUEUE_PID = 1,
	MACHDEV_A_QUEUE_PAD,
	MACHDEV_A_QUEUE_PORT,
	MACHDEV_A_QUEUE_NAME,
	MACHDEV_A_QUEUE_MESSAGES,
	MACHDEV_A_QUEUE_LIMIT,
	MACHDEV_A_QUEUE_SEQUENCE,
	MACHDEV_A_QUEUE_SENDERS,
	MACHDEV_A_QUEUE_RECEIVERS,
	MACHDEV_A_QUEUE_OLDEST_ID,
	MACHDEV_A_QUEUE_OLDEST_SIZE,
	MACHDEV_A_QUEUE_OLDEST_PID,

	__MACHDEV_A_QUEUE_END,
	MACHDEV_A_QUEUE_MAX = __MACHDEV_A_QUEUE_END - 1,
};

/*
 * Attributes of a ledger.
 * @MACHDEV_A_LEDGER_UID: u32: user whose ledger it is
 * @MACHDEV_A_LEDGER_PAD: fills up to 8 bytes; no attribute of its own
 * @MACHDEV_A_LEDGER_KIND: u32, enum machdev_ledger_kind: what is charged to
 *	it
 * @MACHDEV_A_LEDGER_LIMIT: u64: bytes; absent if there is none
 * @MACHDEV_A_LEDGER_BALANCE: u64: bytes charged, those of the ledgers below
 *	included
 * @MACHDEV_A_LEDGER_PARENT_UID: u32: user whose ledger of the same kind is
 *	charged, too; absent if nobody's is
 */
enum {
	MACHDEV_A_LEDGER_UID = 1,
	MACHDEV_A_LEDGER_PAD,
	MACHDEV_A_LEDGER_KIND,
	MACHDEV_A_LEDGER_LIMIT,
	MACHDEV_A_LEDGER_BALANCE,
	MACHDEV_A_LEDGER_PARENT_UID,

	__MACHDEV_A_LEDGER_END,
	MACHDEV_A_LEDGER_MAX = __MACHDEV_A_LEDGER_END - 1,
};

/*
 * Attributes of a counter.
 * @MACHDEV_A_COUNTER_ID: u32: MACHDEV_COUNTER_*
 * @MACHDEV_A_COUNTER_PAD: fills up to 8 bytes; no attribute of its own
 * @MACHDEV_A_COUNTER_VALUE: u64: its value
 */
enum {
	MACHDEV_A_COUNTER_ID = 1,
	MACHDEV_A_COUNTER_PAD,
	MACHDEV_A_COUNTER_VALUE,

	__MACHDEV_A_COUNTER_END,
	MACHDEV_A_COUNTER_MAX = __MACHDEV_A_COUNTER_END - 1,
};

/*
 * Attributes of a event.
 * @MACHDEV_A_EVENT_SEQUENCE: u64: number of the event; where one is missing,
 *	an event was lost
 * @MACHDEV_A_EVENT_PAD: fills up to 8 bytes; no attribute of its own
 * @MACHDEV_A_EVENT_DROPPED: u64: events that the module itself has lost up
 *	to here
 * @MACHDEV_A_EVENT_TIME: u64: nanoseconds of CLOCK_BOOTTIME
 * @MACHDEV_A_EVENT_KIND: u32, enum machdev_event_kind: what happened
 * @MACHDEV_A_EVENT_PID: u32: thread group to which it happened
 * @MACHDEV_A_EVENT_PIDVERSION: u32: its pidversion, after the event
 * @MACHDEV_A_EVENT_COMM: string: name of the thread that was looked at, at
 *	most 15 bytes
 * @MACHDEV_A_EVENT_ACTOR_PID: u32: thread group that did it, if that is
 *	another one
 * @MACHDEV_A_EVENT_TOKEN: u32, enum machdev_token_kind: where the next two
 *	come from
 * @MACHDEV_A_EVENT_SECURITY: u32[]: security token, 2 words
 * @MACHDEV_A_EVENT_AUDIT: u32[]: audit token, 8 words
 */
enum {
	MACHDEV_A_EVENT_SEQUENCE = 1,
	MACHDEV_A_EVENT_PAD,
	MACHDEV_A_EVENT_DROPPED,
	MACHDEV_A_EVENT_TIME,
	MACHDEV_A_EVENT_KIND,
	MACHDEV_A_EVENT_PID,
	MACHDEV_A_EVENT_PIDVERSION,
	MACHDEV_A_EVENT_COMM,
	MACHDEV_A_EVENT_ACTOR_PID,
	MACHDEV_A_EVENT_TOKEN,
	MACHDEV_A_EVENT_SECURITY,
	MACHDEV_A_EVENT_AUDIT,

	__MACHDEV_A_EVENT_END,
	MACHDEV_A_EVENT_MAX = __MACHDEV_A_EVENT_END - 1,
};

/*
 * Commands.
 * @MACHDEV_CMD_TASK_GET: Dump tasks; may be asked with pid
 * @MACHDEV_CMD_PORT_GET: Dump ports, those that stand for tasks and those of
 *	receive rights; may be asked with pid
 * @MACHDEV_CMD_RIGHT_GET: Dump rights, one for each name; may be asked with
 *	pid
 * @MACHDEV_CMD_QUEUE_GET: Dump queues that hold messages or at which
 *	somebody waits; may be asked with pid
 * @MACHDEV_CMD_LEDGER_GET: Dump ledgers
 * @MACHDEV_CMD_COUNTER_GET: Dump counters; any user may
 * @MACHDEV_CMD_EVENT: Tell who has joined the group of an event
 * @MACHDEV_CMD_OBJECT_GET: Dump all ports that are charged to somebody or
 *	are the host's, also those whose receive right is in a message, and dead
 *	ones that somebody still refers to; takes CAP_SYS_ADMIN, of sender and
 *	opener
 */
enum {
	MACHDEV_CMD_TASK_GET = 1,
	MACHDEV_CMD_PORT_GET,
	MACHDEV_CMD_RIGHT_GET,
	MACHDEV_CMD_QUEUE_GET,
	MACHDEV_CMD_LEDGER_GET,
	MACHDEV_CMD_COUNTER_GET,
	MACHDEV_CMD_EVENT,
	MACHDEV_CMD_OBJECT_GET,

	__MACHDEV_CMD_END,
	MACHDEV_CMD_MAX = __MACHDEV_CMD_END - 1,
};

#endif /* _LINUX_MACHDEV_NETLINK_H */
