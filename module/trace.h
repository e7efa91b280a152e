/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Trace events
 *
 * One for each step of a message, each transition of a right, and each turn in
 * the life of a port, a name and a task; docs/tracing.rst lists them. While
 * nobody traces, an event is an instruction that does nothing.
 *
 * An event may happen in any context, under any lock and in a probe: what it
 * notes down is read without locks. It shows numbers, names and pids of the
 * initial pid name space, no addresses. What has to look into an object stands
 * in trace.c, since only that file sees objects of all floors.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mach

#if !defined(MACH_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MACH_TRACE_H

#include <linux/tracepoint.h>

struct mach_entry;
struct mach_kmsg;
struct mach_port;
struct mach_space;
struct mach_task;
struct mach_words;
struct machdev_msg;
struct task_struct;

#define MACH_TRACE_KINDS(each, last)					\
	each(MACH_KIND_PLAIN, "plain")					\
	each(MACH_KIND_TASK_NAME, "task-name")				\
	each(MACH_KIND_TASK_INSPECT, "task-inspect")			\
	each(MACH_KIND_TASK_READ, "task-read")				\
	each(MACH_KIND_TASK, "task")					\
	each(MACH_KIND_THREAD_INSPECT, "thread-inspect")		\
	each(MACH_KIND_THREAD_READ, "thread-read")			\
	each(MACH_KIND_THREAD, "thread")				\
	each(MACH_KIND_HOST, "host")					\
	each(MACH_KIND_HOST_PRIV, "host-priv")				\
	each(MACH_KIND_HOST_SECURITY, "host-security")			\
	each(MACH_KIND_CLOCK_SYSTEM, "clock-system")			\
	each(MACH_KIND_CLOCK_CALENDAR, "clock-calendar")		\
	each(MACH_KIND_PROCESSOR_SET_NAME, "processor-set-name")	\
	each(MACH_KIND_PROCESSOR_SET, "processor-set")			\
	each(MACH_KIND_LEDGER, "ledger")				\
	each(MACH_KIND_LEDGER_CONTROL, "ledger-control")		\
	each(MACH_KIND_SUSPENSION, "suspension")			\
	last(MACH_KIND_FILEPORT, "fileport")

#define MACH_TRACE_ENUM(value, text) TRACE_DEFINE_ENUM(value);
#define MACH_TRACE_EACH(value, text) { value, text },
#define MACH_TRACE_LAST(value, text) { value, text }

MACH_TRACE_KINDS(MACH_TRACE_ENUM, MACH_TRACE_ENUM)

#define mach_show_kind(kind)						\
	__print_symbolic(kind,						\
			 MACH_TRACE_KINDS(MACH_TRACE_EACH, MACH_TRACE_LAST))

#define mach_show_right(disposition)					\
	__print_symbolic(disposition,					\
			 { 0, "none" },					\
			 { MACHDEV_MOVE_RECEIVE, "receive" },		\
			 { MACHDEV_MOVE_SEND, "send" },			\
			 { MACHDEV_MOVE_SEND_ONCE, "send-once" })

#define mach_show_disposition(disposition)				\
	__print_symbolic(disposition,					\
			 { MACHDEV_MOVE_RECEIVE, "move-receive" },	\
			 { MACHDEV_MOVE_SEND, "move-send" },		\
			 { MACHDEV_MOVE_SEND_ONCE, "move-send-once" },	\
			 { MACHDEV_COPY_SEND, "copy-send" },		\
			 { MACHDEV_MAKE_SEND, "make-send" },		\
			 { MACHDEV_MAKE_SEND_ONCE, "make-send-once" })

#define mach_show_rights(rights)					\
	__print_flags(rights, "|",					\
		      { MACH_ENTRY_SEND, "send" },			\
		      { MACH_ENTRY_RECEIVE, "receive" },		\
		      { MACH_ENTRY_SEND_ONCE, "send-once" },		\
		      { MACH_ENTRY_PORT_SET, "port-set" },		\
		      { MACH_ENTRY_DEAD_NAME, "dead" })

#define mach_show_notification(id)					\
	__print_symbolic(id,						\
			 { MACHDEV_NOTIFY_PORT_DELETED, "port-deleted" }, \
			 { MACHDEV_NOTIFY_SEND_ONCE, "send-once" },	\
			 { MACHDEV_NOTIFY_DEAD_NAME, "dead-name" })

/* A code with bits or'ed in is shown as a number. */
#define MACH_CODE(code) { MACHDEV_##code, #code }
#define mach_show_result(result)					\
	__print_symbolic(result,					\
			 { MACH_MSG_SHUT, "shut" },			\
			 { MACH_MSG_SIGNAL, "signal" },			\
			 { MACHDEV_KERN_SUCCESS, "success" },		\
			 MACH_CODE(KERN_NOT_SUPPORTED),			\
			 MACH_CODE(SEND_INVALID_DATA),			\
			 MACH_CODE(SEND_INVALID_DEST),			\
			 MACH_CODE(SEND_TIMED_OUT),			\
			 MACH_CODE(SEND_INVALID_VOUCHER),		\
			 MACH_CODE(SEND_INTERRUPTED),			\
			 MACH_CODE(SEND_MSG_TOO_SMALL),			\
			 MACH_CODE(SEND_INVALID_REPLY),			\
			 MACH_CODE(SEND_INVALID_RIGHT),			\
			 MACH_CODE(SEND_NO_BUFFER),			\
			 MACH_CODE(SEND_TOO_LARGE),			\
			 MACH_CODE(SEND_INVALID_TYPE),			\
			 MACH_CODE(SEND_INVALID_HEADER),		\
			 MACH_CODE(RCV_INVALID_NAME),			\
			 MACH_CODE(RCV_TIMED_OUT),			\
			 MACH_CODE(RCV_TOO_LARGE),			\
			 MACH_CODE(RCV_PORT_CHANGED),			\
			 MACH_CODE(RCV_INVALID_DATA),			\
			 MACH_CODE(RCV_HEADER_ERROR),			\
			 MACH_CODE(RCV_BODY_ERROR))

u64 mach_trace_port(const struct mach_port *port);
u64 mach_trace_slot(const struct mach_entry *entry);
u64 mach_trace_message(struct mach_kmsg *kmsg);
pid_t mach_trace_sender(const struct mach_kmsg *kmsg);
pid_t mach_trace_owner(const struct mach_space *space);
u64 mach_trace_self(const struct mach_task *task);

/*
 * Messages
 */

/* Without @kmsg it is a send-once notification, which is none. */
DECLARE_EVENT_CLASS(mach_msg_step,
	TP_PROTO(const struct mach_port *port, struct mach_kmsg *kmsg),
	TP_ARGS(port, kmsg),
	TP_STRUCT__entry(
		__field(u64, message)
		__field(u64, port)
		__field(u32, right)
		__field(s32, id)
		__field(u32, size)
		__field(u32, bits)
		__field(u32, descriptors)
		__field(pid_t, sender)
	),
	TP_fast_assign(
		__entry->message = mach_trace_message(kmsg);
		__entry->port = mach_trace_port(port);
		__entry->right = kmsg ? kmsg->remote.type :
					MACHDEV_MOVE_SEND_ONCE;
		__entry->id = kmsg ? mach_kmsg_header(kmsg)->id :
				     MACHDEV_NOTIFY_SEND_ONCE;
		__entry->size = kmsg ? kmsg->size :
				       sizeof(struct machdev_msg_header);
		__entry->bits = kmsg ? mach_kmsg_header(kmsg)->bits : 0;
		__entry->descriptors = kmsg ? kmsg->items : 0;
		__entry->sender = mach_trace_sender(kmsg);
	),
	TP_printk("message=%llu port=%llu right=%s id=%d size=%u bits=%#x descriptors=%u sender=%d",
		  __entry->message, __entry->port,
		  mach_show_right(__entry->right), __entry->id, __entry->size,
		  __entry->bits, __entry->descriptors, __entry->sender)
);

#define MACH_MSG_STEP(name)						\
DEFINE_EVENT(mach_msg_step, name,					\
	TP_PROTO(const struct mach_port *port, struct mach_kmsg *kmsg),	\
	TP_ARGS(port, kmsg))

MACH_MSG_STEP(mach_msg_copyin);
MACH_MSG_STEP(mach_msg_queue);
MACH_MSG_STEP(mach_msg_wait);
MACH_MSG_STEP(mach_msg_take);
MACH_MSG_STEP(mach_msg_swallow);
MACH_MSG_STEP(mach_msg_destroy);

DECLARE_EVENT_CLASS(mach_msg_wake,
	TP_PROTO(const struct mach_port *port, struct mach_kmsg *kmsg,
		 const struct task_struct *thread),
	TP_ARGS(port, kmsg, thread),
	TP_STRUCT__entry(
		__field(u64, message)
		__field(u64, port)
		__field(pid_t, thread)
	),
	TP_fast_assign(
		__entry->message = mach_trace_message(kmsg);
		__entry->port = mach_trace_port(port);
		__entry->thread = thread->pid;
	),
	TP_printk("message=%llu port=%llu thread=%d",
		  __entry->message, __entry->port, __entry->thread)
);

#define MACH_MSG_WAKE(name)						\
DEFINE_EVENT(mach_msg_wake, name,					\
	TP_PROTO(const struct mach_port *port, struct mach_kmsg *kmsg,	\
		 const struct task_struct *thread),			\
	TP_ARGS(port, kmsg, thread))

MACH_MSG_WAKE(mach_msg_hand);
MACH_MSG_WAKE(mach_msg_admit);

DECLARE_EVENT_CLASS(mach_msg_names,
	TP_PROTO(const struct mach_space *space, struct mach_kmsg *kmsg,
		 int result),
	TP_ARGS(space, kmsg, result),
	TP_STRUCT__entry(
		__field(u64, message)
		__field(pid_t, owner)
		__field(u32, remote)
		__field(u32, local)
		__field(s32, result)
	),
	TP_fast_assign(
		__entry->message = mach_trace_message(kmsg);
		__entry->owner = mach_trace_owner(space);
		__entry->remote = mach_kmsg_header(kmsg)->remote;
		__entry->local = mach_kmsg_header(kmsg)->local;
		__entry->result = result;
	),
	TP_printk("message=%llu owner=%d remote=%#x local=%#x result=%s",
		  __entry->message, __entry->owner, __entry->remote,
		  __entry->local, mach_show_result(__entry->result))
);

#define MACH_MSG_NAMES(name)						\
DEFINE_EVENT(mach_msg_names, name,					\
	TP_PROTO(const struct mach_space *space, struct mach_kmsg *kmsg, \
		 int result),						\
	TP_ARGS(space, kmsg, result))

MACH_MSG_NAMES(mach_msg_copyout);
MACH_MSG_NAMES(mach_msg_give_back);

TRACE_EVENT(mach_msg_notify,
	TP_PROTO(const struct mach_port *port, s32 id, u32 name),
	TP_ARGS(port, id, name),
	TP_STRUCT__entry(
		__field(u64, port)
		__field(s32, id)
		__field(u32, name)
	),
	TP_fast_assign(
		__entry->port = mach_trace_port(port);
		__entry->id = id;
		__entry->name = name;
	),
	TP_printk("port=%llu id=%s name=%#x", __entry->port,
		  mach_show_notification(__entry->id), __entry->name)
);

DECLARE_EVENT_CLASS(mach_msg_call,
	TP_PROTO(const struct machdev_msg *args, int result),
	TP_ARGS(args, result),
	TP_STRUCT__entry(
		__field(u32, option)
		__field(u32, send_size)
		__field(u32, rcv_size)
		__field(u32, rcv_name)
		__field(u32, timeout)
		__field(s32, result)
	),
	TP_fast_assign(
		__entry->option = args->option;
		__entry->send_size = args->send_size;
		__entry->rcv_size = args->rcv_size;
		__entry->rcv_name = args->rcv_name;
		__entry->timeout = args->timeout;
		__entry->result = result;
	),
	TP_printk("option=%#x send_size=%u rcv_size=%u rcv_name=%#x timeout=%u result=%s",
		  __entry->option, __entry->send_size, __entry->rcv_size,
		  __entry->rcv_name, __entry->timeout,
		  mach_show_result(__entry->result))
);

#define MACH_MSG_CALL(name)						\
DEFINE_EVENT(mach_msg_call, name,					\
	TP_PROTO(const struct machdev_msg *args, int result),		\
	TP_ARGS(args, result))

MACH_MSG_CALL(mach_msg_send);
MACH_MSG_CALL(mach_msg_receive);

/*
 * Ports
 */

DECLARE_EVENT_CLASS(mach_port_life,
	TP_PROTO(const struct mach_port *port),
	TP_ARGS(port),
	TP_STRUCT__entry(
		__field(u64, port)
		__field(u32, kind)
		__field(s32, sends)
		__field(s32, send_onces)
		__field(u32, messages)
	),
	TP_fast_assign(
		__entry->port = port->id;
		__entry->kind = port->kind;
		__entry->sends = atomic_read(&port->srights);
		__entry->send_onces = atomic_read(&port->sorights);
		__entry->messages = port->msgcount;
	),
	TP_printk("port=%llu kind=%s sends=%d send_onces=%d messages=%u",
		  __entry->port, mach_show_kind(__entry->kind), __entry->sends,
		  __entry->send_onces, __entry->messages)
);

#define MACH_PORT_LIFE(name)						\
DEFINE_EVENT(mach_port_life, name,					\
	TP_PROTO(const struct mach_port *port),				\
	TP_ARGS(port))

MACH_PORT_LIFE(mach_port_new);
MACH_PORT_LIFE(mach_port_die);
MACH_PORT_LIFE(mach_port_free);

TRACE_EVENT(mach_port_transit,
	TP_PROTO(const struct mach_port *port,
		 const struct mach_port *destination),
	TP_ARGS(port, destination),
	TP_STRUCT__entry(
		__field(u64, port)
		__field(u64, destination)
	),
	TP_fast_assign(
		__entry->port = mach_trace_port(port);
		__entry->destination = mach_trace_port(destination);
	),
	TP_printk("port=%llu destination=%llu", __entry->port,
		  __entry->destination)
);

/*
 * Rights
 */

/* A right that is in no space. */
DECLARE_EVENT_CLASS(mach_right_loose,
	TP_PROTO(const struct mach_port *port, u32 type),
	TP_ARGS(port, type),
	TP_STRUCT__entry(
		__field(u64, port)
		__field(u32, right)
	),
	TP_fast_assign(
		__entry->port = mach_trace_port(port);
		__entry->right = type;
	),
	TP_printk("port=%llu right=%s", __entry->port,
		  mach_show_right(__entry->right))
);

#define MACH_RIGHT_LOOSE(name)						\
DEFINE_EVENT(mach_right_loose, name,					\
	TP_PROTO(const struct mach_port *port, u32 type),		\
	TP_ARGS(port, type))

MACH_RIGHT_LOOSE(mach_right_make);
MACH_RIGHT_LOOSE(mach_right_copy);
MACH_RIGHT_LOOSE(mach_right_release);
MACH_RIGHT_LOOSE(mach_right_consume);

TRACE_EVENT(mach_right_copyin,
	TP_PROTO(const struct mach_space *space, u32 name,
		 const struct mach_entry *slot, u32 disposition),
	TP_ARGS(space, name, slot, disposition),
	TP_STRUCT__entry(
		__field(pid_t, owner)
		__field(u32, name)
		__field(u64, port)
		__field(u32, disposition)
		__field(u32, urefs)
	),
	TP_fast_assign(
		__entry->owner = mach_trace_owner(space);
		__entry->name = name;
		__entry->port = mach_trace_slot(slot);
		__entry->disposition = disposition;
		__entry->urefs = slot->urefs;
	),
	TP_printk("owner=%d name=%#x port=%llu disposition=%s urefs=%u",
		  __entry->owner, __entry->name, __entry->port,
		  mach_show_disposition(__entry->disposition), __entry->urefs)
);

/* @rights: MACH_ENTRY_* that it is about, perhaps not all of @slot. */
DECLARE_EVENT_CLASS(mach_right_named,
	TP_PROTO(const struct mach_space *space, u32 name,
		 const struct mach_entry *slot, u32 rights),
	TP_ARGS(space, name, slot, rights),
	TP_STRUCT__entry(
		__field(pid_t, owner)
		__field(u32, name)
		__field(u64, port)
		__field(u32, rights)
		__field(u32, urefs)
	),
	TP_fast_assign(
		__entry->owner = mach_trace_owner(space);
		__entry->name = name;
		__entry->port = mach_trace_slot(slot);
		__entry->rights = rights;
		__entry->urefs = slot->urefs;
	),
	TP_printk("owner=%d name=%#x port=%llu rights=%s urefs=%u",
		  __entry->owner, __entry->name, __entry->port,
		  mach_show_rights(__entry->rights), __entry->urefs)
);

#define MACH_RIGHT_NAMED(event)						\
DEFINE_EVENT(mach_right_named, event,					\
	TP_PROTO(const struct mach_space *space, u32 name,		\
		 const struct mach_entry *slot, u32 rights),		\
	TP_ARGS(space, name, slot, rights))

MACH_RIGHT_NAMED(mach_right_copyout);
MACH_RIGHT_NAMED(mach_right_urefs);
MACH_RIGHT_NAMED(mach_right_drop);
MACH_RIGHT_NAMED(mach_name_dead);

TRACE_EVENT(mach_name_free,
	TP_PROTO(const struct mach_space *space, u32 name),
	TP_ARGS(space, name),
	TP_STRUCT__entry(
		__field(pid_t, owner)
		__field(u32, name)
	),
	TP_fast_assign(
		__entry->owner = mach_trace_owner(space);
		__entry->name = name;
	),
	TP_printk("owner=%d name=%#x", __entry->owner, __entry->name)
);

TRACE_EVENT(mach_name_rename,
	TP_PROTO(const struct mach_space *space, u32 name, u32 new_name),
	TP_ARGS(space, name, new_name),
	TP_STRUCT__entry(
		__field(pid_t, owner)
		__field(u32, name)
		__field(u32, new_name)
	),
	TP_fast_assign(
		__entry->owner = mach_trace_owner(space);
		__entry->name = name;
		__entry->new_name = new_name;
	),
	TP_printk("owner=%d name=%#x new_name=%#x", __entry->owner,
		  __entry->name, __entry->new_name)
);

/*
 * Tasks
 */

DECLARE_EVENT_CLASS(mach_task_life,
	TP_PROTO(const struct mach_task *task),
	TP_ARGS(task),
	TP_STRUCT__entry(
		__field(pid_t, task)
		__field(u32, version)
		__field(u64, port)
		__field(u32, execs)
		__field(u32, privileged)
	),
	TP_fast_assign(
		__entry->task = pid_nr(task->pid);
		__entry->version = READ_ONCE(task->version);
		__entry->port = mach_trace_self(task);
		__entry->execs = READ_ONCE(task->execs);
		__entry->privileged = READ_ONCE(task->privileged);
	),
	TP_printk("task=%d version=%u port=%llu execs=%u privileged=%u",
		  __entry->task, __entry->version, __entry->port,
		  __entry->execs, __entry->privileged)
);

#define MACH_TASK_LIFE(name)						\
DEFINE_EVENT(mach_task_life, name,					\
	TP_PROTO(const struct mach_task *task),				\
	TP_ARGS(task))

MACH_TASK_LIFE(mach_task_attach);
MACH_TASK_LIFE(mach_task_fork);
MACH_TASK_LIFE(mach_task_exec);
MACH_TASK_LIFE(mach_task_revoke);
MACH_TASK_LIFE(mach_task_settle);
MACH_TASK_LIFE(mach_task_exit);
MACH_TASK_LIFE(mach_task_teardown);

TRACE_EVENT(mach_task_lost,
	TP_PROTO(struct pid *pid),
	TP_ARGS(pid),
	TP_STRUCT__entry(
		__field(pid_t, task)
	),
	TP_fast_assign(
		__entry->task = pid_nr(pid);
	),
	TP_printk("task=%d", __entry->task)
);

TRACE_EVENT(mach_task_set_token,
	TP_PROTO(const struct mach_task *task, const struct mach_words *words),
	TP_ARGS(task, words),
	TP_STRUCT__entry(
		__field(pid_t, task)
		__array(u32, security, MACH_SECURITY_WORDS)
		__array(u32, audit, MACH_AUDIT_WORDS)
	),
	TP_fast_assign(
		__entry->task = pid_nr(task->pid);
		memcpy(__entry->security, words->security,
		       sizeof(__entry->security));
		memcpy(__entry->audit, words->audit, sizeof(__entry->audit));
	),
	TP_printk("task=%d security=%s audit=%s", __entry->task,
		  __print_array(__entry->security, MACH_SECURITY_WORDS, 4),
		  __print_array(__entry->audit, MACH_AUDIT_WORDS, 4))
);

#endif /* MACH_TRACE_H */

/* Found by way of -I, in the directory of links, too. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
