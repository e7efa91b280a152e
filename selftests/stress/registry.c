// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry: a thread of the supervisor that makes the ports that travel and
 * tells who asks for rights to them, until all have been given back.
 */
#include "stress.h"

static mach_port_t registry;
static pthread_t thread;
static bool ended;

static mach_port_t inbox[NODES];	/* send rights; null for none */
static bool stopped[NODES];		/* it has got ID_STOP for each thread */
static mach_port_t parting[8 * NODES];	/* dead, and not yet told */

static struct {
	mach_port_t name;		/* a send right */
	uint32_t generation;
	bool drained;			/* it has got ID_DRAIN */
	bool back;
} ports[PORTS];

/* Dead names have a reference more, by the notification. */
static void release(mach_port_t name)
{
	must(mach_port_destroy(mach_task_self(), name), "release");
}

static void watch(mach_port_t name)
{
	mach_port_t previous;

	must(mach_port_request_notification(mach_task_self(), name,
					    MACH_NOTIFY_DEAD_NAME, 1, registry,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous), "watch");
}

/* Give port @i's receive right, of name @name, to any node that lives. */
static bool give_out(uint32_t i, mach_port_t name)
{
	uint32_t first = random_below(NODES), n;
	struct note note;

	for (n = 0; n < NODES; n++) {
		mach_port_t to = inbox[(first + n) % NODES];

		if (!to)
			continue;
		note_init(&note, to, MACH_MSG_TYPE_COPY_SEND, ID_HAND, name,
			  MACH_MSG_TYPE_MOVE_RECEIVE);
		note.word[0] = i;
		note.word[1] = ports[i].generation;
		if (!msg_send(&note, NOTE_SIZE))
			return true;
	}
	return false;
}

/*
 * Its holder may be waiting for an answer of the registry's, so that does not
 * wait for him.
 */
static void send_drain(uint32_t i)
{
	mach_msg_return_t mr;
	struct msg msg;

	if (!ports[i].name || ports[i].drained)
		return;
	msg_init(&msg, ports[i].name, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
		 0, ID_DRAIN);
	mr = msg_send(&msg, MSG_HEADER);
	ports[i].drained = !mr;
	if (mr == MACH_SEND_TIMED_OUT)
		must(mach_port_deallocate(mach_task_self(),
					  msg.head.msgh_remote_port),
		     "deallocate what came back");
}

/* Make a port of the next generation, if there is a node to hold it. */
static void port_make(uint32_t i)
{
	mach_port_t task = mach_task_self(), name = new_port();

	ports[i].generation++;
	memset(&shared->expect[i], 0, sizeof(shared->expect[i]));
	__atomic_store_n(&shared->expect[i].generation, ports[i].generation,
			 __ATOMIC_RELEASE);
	if (!give_out(i, name)) {
		must(mach_port_destroy(task, name), "destroy");
		return;
	}
	ports[i].name = name;
	ports[i].drained = false;
	watch(name);
}

static void ports_make(void)
{
	uint32_t i;

	for (i = 0; i < PORTS; i++) {
		if (!ports[i].name && !ports[i].back)
			port_make(i);
	}
}

static void died(mach_port_t name)
{
	uint32_t i;

	for (i = 0; i < PORTS; i++) {
		if (ports[i].name != name)
			continue;
		count(DIED);
		ports[i].name = MACH_PORT_NULL;
		release(name);
		return;
	}
	for (i = 0; i < NODES; i++) {
		if (inbox[i] != name)
			continue;
		inbox[i] = MACH_PORT_NULL;
		release(name);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(parting); i++) {
		if (parting[i] != name)
			continue;
		parting[i] = MACH_PORT_NULL;
		release(name);
		return;
	}
	failed("the registry is told of name %#x, which it does not know",
	       name);
}

static void introduce(uint32_t node, mach_port_t name)
{
	uint32_t i = 0;

	if (node >= NODES || !MACH_PORT_VALID(name))
		return;		/* killed meanwhile */
	/* Its predecessor's death is still to be told. */
	while (inbox[node] && i < ARRAY_SIZE(parting) && parting[i])
		i++;
	if (inbox[node] && i < ARRAY_SIZE(parting))
		parting[i] = inbox[node];
	inbox[node] = name;
	stopped[node] = false;
	watch(name);
}

/* Nobody sends any more, and nobody is killed. */
static void settle(uint32_t port, const struct line *line, uint32_t source)
{
	uint32_t next = shared->expect[port].next[source];
	uint32_t most = (line->state + 1) / 2;

	if (line->generation != ports[port].generation)
		return;
	if (next < line->sure || next > most)
		failed("port %u.%u: source %u sent up to %u, %u came", port,
		       line->generation, source, line->sure, next);
}

static void take_back(struct note *note)
{
	uint32_t port = note->word[0], source;
	mach_port_t task = mach_task_self();
	mach_port_t name = note->right.name;
	struct msg msg;

	if (port >= PORTS || note->word[1] != ports[port].generation ||
	    name != ports[port].name) {
		failed("port %u.%u comes back under name %#x", port,
		       note->word[1], name);
		return;
	}
	if (msg_receive(&msg, name) != MACH_RCV_TIMED_OUT)
		failed("port %u comes back with id %d", port,
		       msg.head.msgh_id);
	for (source = 0; source < SOURCES; source++)
		settle(port, &shared->line[source][port], source);
	ports[port].back = true;
	ports[port].name = MACH_PORT_NULL;
	must(mach_port_destroy(task, name), "destroy");
}

static void reply(struct note *in, mach_port_t right, uint32_t word)
{
	struct note out;
	mach_msg_return_t mr;

	note_init(&out, in->head.msgh_remote_port,
		  MACH_MSG_TYPE_MOVE_SEND_ONCE, ID_FOUND, right,
		  MACH_MSG_TYPE_COPY_SEND);
	out.word[0] = in->word[0];
	out.word[1] = word;
	mr = msg_send(&out, NOTE_SIZE);
	if (mr == MACH_SEND_INVALID_DEST)
		must(mach_port_deallocate(mach_task_self(),
					  in->head.msgh_remote_port),
		     "deallocate");
	else
		must(mr, "answer of the registry");
}

static void find_for(struct note *in)
{
	uint32_t i = in->word[0];

	if (!MACH_PORT_VALID(in->head.msgh_remote_port))
		return;
	if (in->head.msgh_id == ID_FIND_NODE)
		reply(in, inbox[i % NODES], 0);
	else
		reply(in, ports[i % PORTS].name, ports[i % PORTS].generation);
}

static void serve_one(struct note *in)
{
	struct msg *msg = (struct msg *)in;

	switch (in->head.msgh_id) {
	case ID_NODE:
		introduce(in->word[0], in->right.name);
		break;
	case ID_FIND_NODE:
	case ID_FIND_PORT:
		find_for(in);
		break;
	case ID_VISIT:
		shared->said[msg->word[0] % VISITORS]++;
		count(VISITS);
		break;
	case MACH_NOTIFY_DEAD_NAME:
		died(msg->word[2]);
		break;
	case MACH_NOTIFY_PORT_DELETED:
		/* The right that came back was given up with its name. */
		break;
	case ID_BACK:
		take_back(in);
		break;
	case ID_DRAIN:
		for (uint32_t i = 0; i < PORTS; i++)
			send_drain(i);
		break;
	default:
		failed("the registry gets id %d", in->head.msgh_id);
	}
	ports_make();
}

static bool all_back(void)
{
	uint32_t i;

	for (i = 0; i < PORTS; i++) {
		if (!ports[i].back)
			return false;
	}
	return true;
}

/* One that was just begun again, or is dead and not told of, comes later. */
static bool stop_nodes(void)
{
	mach_msg_return_t mr = 0;
	bool all = true;
	uint32_t i, n;

	for (i = 0; i < NODES; i++) {
		for (n = 0; inbox[i] && !stopped[i] && n < NODE_THREADS; n++)
			mr = msg_send_id(inbox[i], MACH_MSG_TYPE_COPY_SEND,
					 ID_STOP);
		if (mr != MACH_SEND_INVALID_DEST)
			must(mr, "stop a node");
		stopped[i] = stopped[i] || (inbox[i] && !mr);
		all = all && stopped[i];
		mr = 0;
	}
	return all;
}

static void *registry_run(void *argument)
{
	union {
		struct msg msg;
		struct note note;
	} in;
	mach_msg_return_t mr;

	thread_begin(BEAT_REGISTRY);
	while (!all_back() || !stop_nodes()) {
		beat(IDLE, 0);
		mr = mach_msg(&in.note.head, MACH_RCV_MSG, 0, sizeof(in),
			      registry, 0, MACH_PORT_NULL);
		must(mr, "receive");
		beat(SERVING, 0);
		serve_one(&in.note);
	}
	thread_end();
	__atomic_store_n(&ended, true, __ATOMIC_RELEASE);
	return argument;
}

/* Before any other process is made, so that it inherits the port. */
void registry_open(void)
{
	registry = port_new_bootstrap();
	port_limit(registry, MACH_PORT_QLIMIT_MAX);
}

void registry_start(void)
{
	MUST(pthread_create(&thread, NULL, registry_run, NULL));
}

/* All senders have ended: get the ports back, then let the nodes end. */
void registry_drain(void)
{
	must(msg_send_id(registry, MACH_MSG_TYPE_MAKE_SEND, ID_DRAIN),
	     "drain");
}

bool registry_ended(void)
{
	return __atomic_load_n(&ended, __ATOMIC_ACQUIRE);
}

/* Its queue has what came last: deaths of inboxes, visitors without breeder. */
void registry_close(void)
{
	struct msg msg;

	pthread_join(thread, NULL);
	while (!msg_receive(&msg, registry)) {
		if (msg.head.msgh_id == ID_VISIT)
			shared->said[msg.word[0] % VISITORS]++;
		else if (msg.head.msgh_id != ID_DRAIN &&
			 msg.head.msgh_id != MACH_NOTIFY_DEAD_NAME &&
			 msg.head.msgh_id != MACH_NOTIFY_PORT_DELETED)
			failed("the registry has id %d left",
			       msg.head.msgh_id);
	}
}
