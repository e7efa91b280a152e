// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes: their threads receive the receive rights of ports, serve the ports for
 * a while and hand them on to another node. Meanwhile the ports come and go in
 * port sets: in one of the thread's own, from which it receives, too, and in one
 * that all threads of the node share, and destroy under each other's hands.
 */
#include "stress.h"

static mach_port_t inbox;
static unsigned int own_node;

/* A set that nobody receives from. */
static mach_port_t crowd;

/* The set of a thread, and whether the port that it serves is in it. */
struct own_set {
	mach_port_t name;
	bool inside;
};

struct letterbox {
	mach_port_t name;	/* the send right of this thread, or null */
};

static void account(const struct work *work, uint32_t port,
		    uint32_t generation)
{
	struct expectation *expect = &shared->expect[port];
	uint32_t next;

	if (work->source >= SOURCES || work->port != port ||
	    work->generation != generation ||
	    expect->generation != generation) {
		failed("port %u.%u gets what is for %u.%u, from %u", port,
		       generation, work->port, work->generation, work->source);
		return;
	}
	next = expect->next[work->source];
	if (work->number < next)
		failed("port %u.%u gets number %u of source %u again", port,
		       generation, work->number, work->source);
	else if (next < work->sure)
		failed("port %u.%u has lost numbers %u to %u of source %u",
		       port, generation, next, work->number - 1, work->source);
	expect->next[work->source] = work->number + 1;
	count(RECEIVED);
}

/* The receive is repeated after a signal by whoever asked to see it. */
static mach_msg_return_t receive(struct msg *msg, mach_port_t port,
				 mach_msg_option_t option, uint32_t timeout)
{
	mach_msg_return_t mr;

	if (!random_below(3))
		option |= MACH_RCV_INTERRUPT;
	do
		mr = mach_msg(&msg->head, MACH_RCV_MSG | option, 0,
			      sizeof(*msg), port, timeout, MACH_PORT_NULL);
	while (mr == MACH_RCV_INTERRUPTED);
	return mr;
}

static void answer(struct msg *msg)
{
	mach_msg_return_t mr;

	msg->head.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0);
	msg->head.msgh_local_port = MACH_PORT_NULL;
	msg->head.msgh_id = ID_ANSWER;
	beat(ANSWERED, 0);
	mr = msg_send(&msg->head, MSG_SIZE(WORK_WORDS));
	/* Who asked may have been killed: then this is a dead name. */
	if (mr == MACH_SEND_INVALID_DEST)
		must(mach_port_deallocate(mach_task_self(),
					  msg->head.msgh_remote_port),
		     "deallocate a dead name");
	else
		must(mr, "answer");
}

/* Hand the receive right in @note to @to; the name that it has if that failed. */
static mach_port_t hand(struct note *note, mach_port_t to)
{
	mach_port_t task = mach_task_self();

	note->head.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0) |
			       MACH_MSGH_BITS_COMPLEX;
	note->head.msgh_remote_port = to;
	if (!send_whole(&note->head, NOTE_SIZE))
		return MACH_PORT_NULL;
	/* A right that came back with the message is one more. */
	if (MACH_MSGH_BITS_REMOTE(note->head.msgh_bits) ==
	    MACH_MSG_TYPE_MOVE_SEND &&
	    MACH_PORT_VALID(note->head.msgh_remote_port))
		must(mach_port_deallocate(task, note->head.msgh_remote_port),
		     "deallocate what came back");
	return note->right.name;
}

static void hand_on(uint32_t port, uint32_t generation, mach_port_t name,
		    struct letterbox *box, mach_port_t reply)
{
	mach_port_t task = mach_task_self();
	struct note note;
	uint32_t node;

	count(MOVES);
	for (;;) {
		node = random_below(NODES);
		beat(HANDING, port);
		if (!box[node].name)
			box[node].name = find(ID_FIND_NODE, node, reply, NULL);
		if (!box[node].name)
			continue;
		note_init(&note, MACH_PORT_NULL, 0, ID_HAND, name,
			  MACH_MSG_TYPE_MOVE_RECEIVE);
		note.word[0] = port;
		note.word[1] = generation;
		name = hand(&note, box[node].name);
		if (!name)
			return;
		must(mach_port_deallocate(task, box[node].name),
		     "deallocate a dead inbox");
		box[node].name = MACH_PORT_NULL;
	}
}

static void hand_back(uint32_t port, uint32_t generation, mach_port_t name)
{
	mach_port_t registry = registry_port();
	struct note note;

	note_init(&note, registry, MACH_MSG_TYPE_MOVE_SEND, ID_BACK, name,
		  MACH_MSG_TYPE_MOVE_RECEIVE);
	note.word[0] = port;
	note.word[1] = generation;
	must(send_whole(&note.head, NOTE_SIZE), "give a port back");
}

static mach_port_t new_set(void)
{
	mach_port_t name = MACH_PORT_NULL;

	must(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_PORT_SET,
				&name), "allocate a set");
	return name;
}

/* Another thread may have destroyed the set, and its name mean something else. */
static void join_crowd(mach_port_t port)
{
	kern_return_t kr;

	kr = mach_port_insert_member(mach_task_self(), port,
				     __atomic_load_n(&crowd, __ATOMIC_ACQUIRE));
	if (kr != KERN_ALREADY_IN_SET && kr != KERN_INVALID_NAME &&
	    kr != KERN_INVALID_RIGHT)
		must(kr, "join the crowd");
}

static void change_sets(mach_port_t port, struct own_set *own)
{
	mach_port_t task = mach_task_self(), old;
	kern_return_t kr;

	switch (random_below(12)) {
	case 0:
		kr = mach_port_insert_member(task, port, own->name);
		must(kr == (own->inside ? KERN_ALREADY_IN_SET : KERN_SUCCESS) ?
		     0 : kr ?: KERN_FAILURE, "insert");
		own->inside = true;
		break;
	case 1:
		must(mach_port_move_member(task, port, own->name), "move");
		own->inside = true;
		break;
	case 2:
		kr = mach_port_move_member(task, port, MACH_PORT_NULL);
		must(kr == KERN_NOT_IN_SET && !own->inside ? 0 : kr, "leave");
		own->inside = false;
		break;
	case 3:
		kr = mach_port_extract_member(task, port, own->name);
		must(kr == (own->inside ? KERN_SUCCESS : KERN_NOT_IN_SET) ?
		     0 : kr ?: KERN_FAILURE, "extract");
		own->inside = false;
		break;
	case 4:
	case 5:
		join_crowd(port);
		break;
	case 6:
		old = __atomic_exchange_n(&crowd, new_set(), __ATOMIC_ACQ_REL);
		must(mach_port_mod_refs(task, old, MACH_PORT_RIGHT_PORT_SET,
					-1), "destroy the crowd");
		break;
	}
}

/* Returns false when the receive right has been given back. */
static bool serve(uint32_t port, uint32_t generation, mach_port_t name,
		  struct own_set *own)
{
	uint32_t messages = 1 + random_below(40);
	mach_msg_option_t option;
	mach_msg_return_t mr;
	struct msg msg;

	own->inside = false;
	while (messages--) {
		change_sets(name, own);
		option = random_below(4) ? 0 : MACH_RCV_TIMEOUT;
		beat(RECEIVING, port);
		mr = receive(&msg, own->inside && random_below(3) ?
			     own->name : name, option, random_below(20));
		if (mr == MACH_RCV_TIMED_OUT)
			continue;
		must(mr, "receive from a port that travels");
		if (msg.head.msgh_local_port != name)
			failed("port %u.%u gets what came to name %#x", port,
			       generation, msg.head.msgh_local_port);
		if (msg.head.msgh_id == ID_DRAIN) {
			hand_back(port, generation, name);
			return false;
		}
		if (msg.head.msgh_id != ID_WORK) {
			failed("port %u.%u gets id %d", port, generation,
			       msg.head.msgh_id);
			continue;
		}
		account((struct work *)msg.word, port, generation);
		if (MACH_PORT_VALID(msg.head.msgh_remote_port))
			answer(&msg);
	}
	return true;
}

static void *node_thread(void *argument)
{
	unsigned int index = (uintptr_t)argument;
	struct letterbox box[NODES] = { 0 };
	struct own_set own;
	mach_port_t reply;
	union {
		struct msg msg;
		struct note note;
	} in;

	thread_begin(BEAT_NODE(own_node) + index);
	reply = mach_reply_port();
	must(reply ? 0 : KERN_FAILURE, "reply port");
	own.name = new_set();
	for (;;) {
		beat(IDLE, 0);
		must(receive(&in.msg, inbox, 0, 0), "receive from the inbox");
		if (in.note.head.msgh_id == ID_STOP)
			break;
		if (in.note.head.msgh_id != ID_HAND ||
		    in.note.word[0] >= PORTS) {
			failed("an inbox gets id %d", in.note.head.msgh_id);
			continue;
		}
		if (serve(in.note.word[0], in.note.word[1], in.note.right.name,
			  &own))
			hand_on(in.note.word[0], in.note.word[1],
				in.note.right.name, box, reply);
	}
	thread_end();
	return NULL;
}

int node_main(unsigned int node)
{
	pthread_t thread[NODE_THREADS];
	mach_port_t task = mach_task_self();
	mach_port_limits_t limits = { .mpl_qlimit = MACH_PORT_QLIMIT_MAX };
	struct note note;
	uintptr_t i;

	own_node = node;
	thread_begin(BEAT_NODE(node));
	ticks_begin();
	must(mach_port_allocate(task, MACH_PORT_RIGHT_RECEIVE, &inbox),
	     "allocate");
	must(mach_port_set_attributes(task, inbox, MACH_PORT_LIMITS_INFO,
				      (mach_port_info_t)&limits,
				      MACH_PORT_LIMITS_INFO_COUNT), "limit");
	crowd = new_set();
	note_init(&note, registry_port(), MACH_MSG_TYPE_MOVE_SEND, ID_NODE,
		  inbox, MACH_MSG_TYPE_MAKE_SEND);
	note.word[0] = node;
	must(send_whole(&note.head, NOTE_SIZE), "introduce the node");
	for (i = 0; i < NODE_THREADS; i++)
		MUST(pthread_create(&thread[i], NULL, node_thread, (void *)i));
	for (i = 0; i < NODE_THREADS; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
