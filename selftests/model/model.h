/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reference model: what spaces, rights, queues and notifications have to
 * be after each call. It is written from the rules of Mach and shares nothing
 * with the module; it keeps everything in plain lists and does at once what
 * the module may do late.
 *
 * The whole of it stands in one mapping that the processes of a run share,
 * because each of them carries on where the other stopped.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <mach/mach.h>

#define MODEL_TASKS 4
#define MODEL_PORTS 16384
#define MODEL_ENTRIES 8192
#define MODEL_MESSAGES 16384
#define MODEL_MEMBERS 8192
#define MODEL_SPACE_NAMES 2048
#define MODEL_BUCKETS 1024

/* The most descriptors of a message, names in an array, and words behind. */
#define MODEL_DESCRIPTORS 4
#define MODEL_ARRAY 5
#define MODEL_INLINE 4
/* Words of a message buffer: the longest message and its trailer. */
#define MODEL_BUFFER 64
/*
 * What is out of line stands behind it in a result: the pages that the sender
 * has not got any more, and for each descriptor its names, or a sum of bytes.
 */
#define MODEL_GONE MODEL_BUFFER
#define MODEL_OUTLINE(descriptor) (MODEL_GONE + 1 + (descriptor) * MODEL_ARRAY)
#define MODEL_RESULT MODEL_OUTLINE(MODEL_DESCRIPTORS)

/* The most names that one step can make. */
#define MODEL_OUTPUTS 32

/* More tasks than a step can touch names are not looked at. */
#define MODEL_TOUCHED 32
/* The most ports that one step leaves without a sender. */
#define MODEL_DESERTED 4096

/* Who has the receive right, when it is no task. */
#define RECEIVER_NOBODY (-1)	/* the port is dead */
#define RECEIVER_MESSAGE (-2)
#define RECEIVER_KERNEL (-3)

/* What the request of a name waits for. */
enum request_state {
	REQUEST_DEATH,
	REQUEST_DELAYED,	/* that, or a send that finds no room */
	REQUEST_ARMED,		/* that, or room */
};

enum port_kind {
	PORT_ORDINARY,
	PORT_TASK,
	PORT_TASK_READ,
	PORT_THREAD,
	PORT_HOST,
};

struct port {
	bool alive;
	enum port_kind kind;
	int task;			/* which one it stands for */
	int receiver;			/* task, or RECEIVER_* */
	struct entry *receive;		/* the receiver's name */
	struct message *carrier;	/* the message that the right is in */
	uint32_t mscount;
	uint32_t seqno;
	uint32_t qlimit;
	uint32_t msgcount;
	uint32_t srights;		/* names and rights in messages */
	uint32_t sorights;		/* these, requests and notifications */
	uint32_t unsure;		/* how many more, perhaps */
	uint64_t context;		/* perhaps a guard */
	bool guarded;
	bool strict;
	bool immovable;
	struct port *no_senders;	/* request: its send-once right */
	struct port *destroyed;		/* another */
	uint32_t asked;			/* requests of that kind that tell here */
	uint32_t moved;			/* the last step that moved it, */
	uint32_t moved_mscount;		/* and the count before */
	struct message *first;
	struct message *last;
	struct entry *holders;		/* names in all spaces */
	struct member *sets;		/* that it is in */
	struct port *next;		/* of the unused */
};

/* One name. */
struct entry {
	struct space *space;
	uint32_t name;
	uint32_t type;			/* MACH_PORT_TYPE_* of rights */
	uint32_t urefs;			/* of a send right or dead name */
	struct port *port;		/* none: a dead name */
	struct port *notify;		/* its request: the send-once right */
	enum request_state state;	/* of the request */
	uint32_t origin;		/* which step's output the name is */
	uint32_t place;			/* in the space's list */
	struct entry *next;		/* in the bucket, or of the unused */
	struct entry *next_holder;
};

/* A port in a set. */
struct member {
	struct entry *set;
	struct port *port;
	uint32_t since;			/* the step that made it ready, or served it */
	struct member *next;		/* of the port, or of the unused */
};

struct space {
	int task;
	bool dying;
	uint32_t count;
	struct entry *names[MODEL_SPACE_NAMES];
	struct entry *bucket[MODEL_BUCKETS];
};

/* A right that is nobody's at the moment; without a port, a null or dead name. */
struct right {
	struct port *port;
	uint32_t name;
	uint32_t type;			/* MACH_MSG_TYPE_PORT_*, or 0 */
};

/* A descriptor on its way. */
struct descriptor {
	uint32_t kind;			/* MACH_MSG_*_DESCRIPTOR */
	uint32_t how;			/* what its rights are */
	uint32_t count;
	struct right right[MODEL_ARRAY];
	uint32_t size;			/* of memory, */
	uint32_t offset;		/* where in its page it began, */
	uint32_t copy;			/* how it was to be copied, */
	bool virtual;			/* and how it is */
	uint64_t sum;			/* its bytes */
	uint32_t flags;			/* of a guarded port, */
	uint64_t context;		/* its guard, as it was sent, */
	bool strict;			/* and how it was guarded */
};

struct message {
	struct right destination;
	struct right reply;
	uint32_t bits;			/* of the receiver, without dispositions */
	uint32_t voucher;		/* the field, as it was sent */
	uint32_t id;
	uint32_t other_id;		/* may be this notification instead, or 0 */
	uint32_t other_value;		/* may tell this instead, or 0 */
	bool kernel;
	bool unused;			/* a send-once notification: no right */
	bool either;			/* it may tell of no senders instead */
	uint32_t batch;			/* the step that queued it */
	int sender;
	pid_t sender_pid;
	uint32_t sender_version;
	uint32_t descriptors;
	struct descriptor descriptor[MODEL_DESCRIPTORS];
	uint32_t words;
	uint32_t word[MODEL_INLINE];
	struct message *next;
};

/* What a call gave, or has to give. */
struct result {
	int64_t code;			/* or -errno */
	uint32_t count;
	uint32_t word[MODEL_RESULT];
	uint64_t any;			/* of the first, those not compared */
};

/* A call as the model sees it. */
struct call {
	int task;			/* who makes it */
	uint32_t step;
	const uint32_t *argument;
	const struct result *seen;	/* new names, and which of equal choices */
	struct result want;
	uint32_t outputs;		/* names learnt so far */
	uint32_t *made;			/* where they are noted, by origin */
};

/* What descriptors of messages have carried, and what has become of it. */
enum carried {
	CARRIED_PORT,
	CARRIED_MEMORY,
	CARRIED_ARRAY,
	CARRIED_ARRAY_RECEIVE,	/* one with a receive right in it */
	CARRIED_GUARDED,
	CARRIED_KINDS,
};

enum fate {
	FATE_RECEIVED,
	FATE_BACK,		/* to the sender, for want of room */
	FATE_UNDONE,		/* another descriptor was bad */
	FATE_DESTROYED,		/* in any way */
	FATES,
};

struct touched {
	int task;
	uint32_t name;
};

struct model {
	struct space space[MODEL_TASKS];
	struct port *task_port[MODEL_TASKS];
	struct port *read_port[MODEL_TASKS];
	struct port *thread_port[MODEL_TASKS];
	struct port *host_port;
	pid_t pid[MODEL_TASKS];
	uint32_t version[MODEL_TASKS];	/* pidversion */
	uint32_t uid;
	uint32_t gid;

	uint32_t step;
	uint32_t names;			/* in all spaces */
	uint32_t messages;		/* in all queues */
	uint32_t touches;
	struct touched touched[MODEL_TOUCHED];
	bool name_taken;		/* a new name was in use, or none at all */
	bool undecided;			/* more than one message fits */
	uint32_t destroying;		/* things at once, in no order */
	uint32_t carried[CARRIED_KINDS][FATES];
	uint32_t deserted;
	struct port *deserted_port[MODEL_DESERTED];

	struct port *free_ports;
	struct entry *free_entries;
	struct message *free_messages;
	struct member *free_members;
	struct port ports[MODEL_PORTS];
	struct entry entries[MODEL_ENTRIES];
	struct message all_messages[MODEL_MESSAGES];
	struct member members[MODEL_MEMBERS];
};

extern struct model *model;

/* Ends the program: the model itself is at fault. */
void model_bug(const char *what) __attribute__((noreturn));

/* An empty machine. */
void model_reset(void);
/* Task @task has come, as process @pid. */
void model_task_start(int task, pid_t pid, uint32_t version);
/* What is told when all that a call destroys has gone. */
void model_settle(void);
/* Task @task has exited. */
void model_task_end(int task);

struct entry *space_find(const struct space *space, uint32_t name);
struct entry *space_find_index(const struct space *space, uint32_t name);
/* The name by which @space knows the send or receive right of @port. */
struct entry *space_find_port(const struct space *space,
			      const struct port *port);
struct entry *entry_new(struct space *space, uint32_t name, uint32_t type,
			struct port *port);
void entry_touch(const struct entry *entry);
void entry_rename(struct entry *entry, uint32_t name);
struct port *port_new(enum port_kind kind, int task);
/* Tell who asked, if there are no send rights. */
void port_tell_no_senders(struct port *port);
/* A send right to @port has gone. */
void port_drop_send(struct port *port);

/* One of the rights of a name. All leave the name free when it was the last. */
void entry_drop_send(struct entry *entry);
void entry_drop_receive(struct entry *entry, bool destroy);
void entry_drop_once(struct entry *entry);
void entry_drop_dead(struct entry *entry);
void entry_destroy(struct entry *entry);
/* More or fewer user references; full counts stay. */
void entry_add_urefs(struct entry *entry, uint32_t add);

/* Can the name give a right as @how? A dead name only where that is allowed. */
bool entry_gives(const struct entry *entry, uint32_t how, bool dead);
/* May the right not be moved although it is there? */
bool entry_is_stuck(const struct entry *entry, uint32_t how);
/* Take it; entry_gives() has said yes. */
struct right entry_take(struct entry *entry, uint32_t how);
/* What a right that is taken as @how is afterwards. */
uint32_t right_type(uint32_t how);
void right_destroy(struct right right);
/* If there is room in the port's queue, who waits for it is told. */
void port_tell_room(struct port *port);
/* Put a right into a space under the name that @call learns from word @place. */
uint32_t right_put(struct space *space, struct right right, struct call *call,
		   uint32_t place);
/* Put a new port set into a space, by the name that @call learns likewise. */
struct entry *set_put(struct space *space, struct call *call, uint32_t place);
/* Put a right under a name that is free or denotes the port already. */
void right_put_as(struct space *space, struct right right, uint32_t name);

struct message *message_new(void);
void message_free(struct message *message);
void message_destroy(struct message *message);
/* Count what becomes of its descriptors. */
void message_count(const struct message *message, enum fate fate);
/* All its rights but that to the destination. */
void message_destroy_rights(struct message *message);
/* A message that may be either is the one that was seen. */
void message_resolve(struct message *message);
void port_enqueue(struct port *port, struct message *message);
void port_unqueue(struct port *port, struct message *message);
/* Use a send-once right to @port for the kernel's message @id; none if dead. */
struct message *port_notify(struct port *port, uint32_t id, uint32_t value,
			    uint32_t other_id);

/* The membership of @port in @set; none if it is not in it. */
struct member *set_member(const struct entry *set, const struct port *port);
/* The port leaves all sets, while it has its receiver still. */
void set_leave_all(struct port *port);
/* All members leave. */
void set_clear(struct entry *set);
/* The port, which had no message, has one. */
void set_ready(struct port *port);
/* The names of the members, least first: how many? */
uint32_t set_list(const struct entry *set, uint32_t *name);
/* A member whose turn it is; none if none is ready. */
struct member *set_first(const struct entry *set);
/* May it be another's turn as well? */
bool set_has_choice(const struct entry *set);
/* The member that is @name, if it may be its turn; else set_first(). */
struct member *set_choose(const struct entry *set, uint32_t name);

/* The models of the calls. */
void model_allocate(struct call *call);
void model_allocate_name(struct call *call);
void model_deallocate(struct call *call);
void model_destroy(struct call *call);
void model_mod_refs(struct call *call);
void model_get_refs(struct call *call);
void model_type(struct call *call);
void model_names(struct call *call);
void model_insert_right(struct call *call);
void model_extract_right(struct call *call);
void model_get_attributes(struct call *call);
void model_set_attributes(struct call *call);
void model_set_mscount(struct call *call);
void model_construct(struct call *call);
void model_destruct(struct call *call);
void model_guard(struct call *call);
void model_guard_with_flags(struct call *call);
void model_unguard(struct call *call);
void model_swap_guard(struct call *call);
void model_get_context(struct call *call);
void model_set_context(struct call *call);
void model_assert_attributes(struct call *call);
void model_get_srights(struct call *call);
void model_peek(struct call *call);
void model_kobject(struct call *call);
void model_space_info(struct call *call);
void model_set_seqno(struct call *call);
void model_rename(struct call *call);
void model_request_notification(struct call *call);
void model_reply_port(struct call *call);
void model_host_self(struct call *call);
void model_thread_self(struct call *call);
void model_task_for_pid(struct call *call);
void model_task_read_for_pid(struct call *call);
void model_insert_member(struct call *call);
void model_extract_member(struct call *call);
void model_move_member(struct call *call);
void model_get_set_status(struct call *call);
void model_message(struct call *call);

/* What mach_port_names() and MACH_PORT_RECEIVE_STATUS have to say. */
uint32_t model_name_type(const struct entry *entry);
/* What mach_port_type() does not. */
#define TYPE_HIDDEN (MACH_PORT_TYPE_SPREQUEST | MACH_PORT_TYPE_SPREQUEST_DELAYED)
/* User references as mach_port_space_info() tells them. */
uint32_t model_name_urefs(const struct entry *entry);
uint32_t model_name_refs(const struct entry *entry, uint32_t right);
void model_status(const struct port *port, uint32_t *word);

/* An argument that stands for what guards a right that was received. */
#define CONTEXT_RECEIVED 0xb0ffe700u
/* That: where messages are received, the same in all tasks. */
extern uint64_t model_buffer;

/* A context or guard as an argument stands for it: both halves count. */
static inline uint64_t model_context(uint32_t word)
{
	return word == CONTEXT_RECEIVED ? model_buffer :
					  (uint64_t)word << 32 | word;
}

/* A trailer with all that format 0 can have: which words nobody can foretell. */
uint64_t message_trailer(const struct message *message, uint32_t seqno,
			 uint64_t context, bool kernel, uint32_t *word);
/* The size that it was sent with. */
uint32_t message_size(const struct message *message);
/* May others that wait come first as well? */
bool message_has_choice(const struct port *port, const struct message *message);

/* Words of the arguments of a message, see message_build(). */
enum message_argument {
	MSG_OPTION,
	MSG_SEND_SIZE,
	MSG_RCV_SIZE,
	MSG_RCV_NAME,
	MSG_REMOTE_HOW,
	MSG_REMOTE,
	MSG_LOCAL_HOW,
	MSG_LOCAL,
	MSG_VOUCHER_HOW,
	MSG_VOUCHER,
	MSG_ID,
	MSG_COMPLEX,
	MSG_COUNT,			/* what the body says, if complex */
	MSG_BAD_ADDRESS,		/* an address that cannot be read */
	MSG_DESCRIPTOR,			/* MODEL_DESCRIPTORS times what follows */
};

/* Words of the arguments of a descriptor. */
enum descriptor_argument {
	DESCRIPTOR_TYPE,
	DESCRIPTOR_HOW,
	DESCRIPTOR_BITS,		/* deallocate and copy, or flags */
	DESCRIPTOR_SIZE,		/* of memory, or how many names */
	DESCRIPTOR_AT,			/* place and offset, or context */
	DESCRIPTOR_NAME,		/* one, or those of an array */
	DESCRIPTOR_ARGUMENTS = DESCRIPTOR_NAME + MODEL_ARRAY,
};

#define MSG_ARGUMENTS \
	(MSG_DESCRIPTOR + DESCRIPTOR_ARGUMENTS * MODEL_DESCRIPTORS)

#define MODEL_POISON 0xccccccccu

/* The buffer before the call. */
void message_build(const uint32_t *argument, uint32_t *word);

#endif /* MODEL_H */
