// SPDX-License-Identifier: GPL-2.0-only
/*
 * Senders: their threads number what they send to the ports that travel, ask
 * some of them for an answer, and see to it that they are told when a port has
 * died, exactly once.
 */
#include "stress.h"

#include "../cgroup.h"

static unsigned int own_sender;

/*
 * The process's rights to the ports. Each thread that uses one holds a user
 * reference to it, and the table one more.
 */
struct entry {
	mach_port_t name;
	uint32_t generation;
	bool asked;	/* to be told of its death */
	bool told;
};

static struct entry table[PORTS];
static pthread_mutex_t table_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t begun;	/* all has been taken that is needed */
static mach_port_t notify;

static bool is_poor(void)
{
	return own_sender == POOR;
}

static struct entry *entry_of(mach_port_t name)
{
	unsigned int i;

	for (i = 0; i < PORTS; i++) {
		if (name && table[i].name == name)
			return &table[i];
	}
	return NULL;
}

/* Take one notification that a port has died. */
static void take_notification(void)
{
	struct entry *entry;
	struct msg msg;

	must(mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg), notify, 0,
		      MACH_PORT_NULL), "receive a notification");
	entry = msg.head.msgh_id == MACH_NOTIFY_DEAD_NAME ?
		entry_of(msg.word[2]) : NULL;
	if (!entry || !entry->asked || entry->told) {
		failed("process %d is told %d of name %#x: %s", getpid(),
		       msg.head.msgh_id, msg.word[2],
		       !entry ? "no such name" :
		       entry->told ? "a second time" : "without asking");
		return;
	}
	entry->told = true;
	/* The reference that came with it. */
	must(mach_port_deallocate(mach_task_self(), entry->name),
	     "deallocate what a notification brought");
}

/* The port is dead: be told so, and forget it. */
static void forget(uint32_t port, uint32_t generation)
{
	struct entry *entry = &table[port];
	mach_port_t task = mach_task_self();

	beat(NOTIFIED, port);
	pthread_mutex_lock(&table_mutex);
	if (entry->name && entry->generation == generation) {
		while (entry->asked && !entry->told)
			take_notification();
		must(mach_port_deallocate(task, entry->name),
		     "deallocate a dead port");
		*entry = (struct entry) { 0 };
	}
	pthread_mutex_unlock(&table_mutex);
}

static void ask(struct entry *entry)
{
	mach_port_t previous = MACH_PORT_NULL;
	kern_return_t kr;

	kr = mach_port_request_notification(mach_task_self(), entry->name,
					    MACH_NOTIFY_DEAD_NAME, 1, notify,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous);
	if (kr == KERN_RESOURCE_SHORTAGE && is_poor())
		return;
	must(kr, "ask to be told of a death");
	if (previous)
		failed("port %#x had a request already", entry->name);
	entry->asked = true;
}

/* A right to @port, with a reference for the caller; or null. */
static mach_port_t use(uint32_t port, mach_port_t reply, uint32_t *generation)
{
	struct entry *entry = &table[port];
	mach_port_t name = MACH_PORT_NULL;

	beat(FINDING, port);
	pthread_mutex_lock(&table_mutex);
	if (!entry->name) {
		entry->name = find(ID_FIND_PORT, port, reply,
				   &entry->generation);
		if (entry->name)
			ask(entry);
	}
	if (entry->name) {
		name = entry->name;
		*generation = entry->generation;
	}
	pthread_mutex_unlock(&table_mutex);
	return name;
}

static void line_begin(struct line *line, uint32_t generation)
{
	if (line->generation == generation)
		return;
	__atomic_store_n(&line->generation, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&line->sure, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&line->state, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&line->generation, generation, __ATOMIC_RELEASE);
}

/* The message's words; a number that may have been sent is not used again. */
static void work_fill(struct work *work, uint32_t source, uint32_t port,
		      struct line *line)
{
	uint32_t number = (line->state + 1) / 2;

	*work = (struct work) {
		.source = source,
		.port = port,
		.generation = line->generation,
		.number = number,
		.sure = line->sure,
	};
	__atomic_store_n(&line->state, 2 * number + 1, __ATOMIC_RELEASE);
}

static void work_done(const struct work *work, struct line *line,
		      mach_msg_return_t mr)
{
	if (mr) {
		/* It was not sent. */
		__atomic_store_n(&line->state, 2 * work->number,
				 __ATOMIC_RELEASE);
		return;
	}
	__atomic_store_n(&line->state, 2 * (work->number + 1),
			 __ATOMIC_RELEASE);
	__atomic_store_n(&line->sure, work->number + 1, __ATOMIC_RELEASE);
	count(SENT);
}

/* One answer comes, or word that there will be none. */
static void await_answer(mach_port_t reply, const struct work *work)
{
	mach_msg_return_t mr;
	struct msg msg;

	mr = mach_msg(&msg.head, MACH_RCV_MSG, 0, sizeof(msg), reply, 0,
		      MACH_PORT_NULL);
	must(mr, "receive an answer");
	if (msg.head.msgh_id == MACH_NOTIFY_SEND_ONCE)
		return;
	if (msg.head.msgh_id != ID_ANSWER ||
	    memcmp(msg.word, work, sizeof(*work)))
		failed("source %u gets id %d number %u for number %u of port %u",
		       work->source, msg.head.msgh_id, msg.word[3],
		       work->number, work->port);
	count(ANSWERS);
}

/* What came back of a message whose destination died meanwhile. */
static void drop(struct msg *msg, mach_port_t reply, const struct work *work)
{
	mach_msg_header_t *head = &msg->head;
	mach_port_t task = mach_task_self();

	if (MACH_MSGH_BITS_REMOTE(head->msgh_bits) == MACH_MSG_TYPE_MOVE_SEND &&
	    MACH_PORT_VALID(head->msgh_remote_port))
		must(mach_port_deallocate(task, head->msgh_remote_port),
		     "deallocate a destination that came back");
	if (MACH_MSGH_BITS_LOCAL(head->msgh_bits) !=
	    MACH_MSG_TYPE_MOVE_SEND_ONCE)
		return;
	must(mach_port_deallocate(task, head->msgh_local_port),
	     "deallocate a reply right that came back");
	await_answer(reply, work);
}

static void send_work(uint32_t source, mach_port_t reply)
{
	static const mach_msg_size_t words[] = {
		WORK_WORDS, WORK_WORDS, WORK_WORDS + 1, MSG_WORDS - 32,
	};
	uint32_t port = random_below(PORTS), generation;
	mach_port_t name = use(port, reply, &generation);
	struct line *line = &shared->line[source][port];
	/* The poor would have no name for a reply right that comes back. */
	bool asks = !is_poor() && !random_below(4);
	mach_msg_return_t mr;
	struct work work;
	struct msg msg;

	if (!name)
		return;
	line_begin(line, generation);
	work_fill(&work, source, port, line);
	msg_init(&msg, name, MACH_MSG_TYPE_COPY_SEND,
		 asks ? reply : MACH_PORT_NULL,
		 asks ? MACH_MSG_TYPE_MAKE_SEND_ONCE : 0, ID_WORK);
	memcpy(msg.word, &work, sizeof(work));
	beat(SENDING, port);
	mr = send_whole(&msg.head, MSG_SIZE(words[random_below(4)]));
	work_done(&work, line, mr);
	if (mr) {
		drop(&msg, reply, &work);
		forget(port, generation);
	} else if (asks) {
		beat(RECEIVING, port);
		await_answer(reply, &work);
	}
}

static void *sender_thread(void *argument)
{
	uint32_t source = (uintptr_t)argument;
	mach_port_t reply;
	struct msg msg;

	thread_begin(BEAT_SOURCE(source));
	reply = mach_reply_port();
	must(reply ? 0 : KERN_FAILURE, "reply port");
	pthread_barrier_wait(&begun);
	while (!stopping())
		send_work(source, reply);
	beat(RECEIVING, 0);
	if (msg_receive(&msg, reply) != MACH_RCV_TIMED_OUT)
		failed("source %u has got an answer too much", source);
	thread_end();
	return NULL;
}

/*
 * Who is poor shares a small memory control group with a thread that fills it
 * again and again. All memory of its own is there before.
 */

static struct {
	mach_msg_header_t head;
	char room[0x10000];
} large;

static void *fill(void *argument)
{
	const mach_msg_bits_t bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND, 0);
	mach_port_limits_t limits = { .mpl_qlimit = MACH_PORT_QLIMIT_MAX };
	mach_port_t port = new_port();
	mach_msg_return_t mr;

	(void)argument;
	thread_begin(BEAT_POOR);
	must(mach_port_set_attributes(mach_task_self(), port,
				      MACH_PORT_LIMITS_INFO,
				      (mach_port_info_t)&limits,
				      MACH_PORT_LIMITS_INFO_COUNT), "limit");
	pthread_barrier_wait(&begun);
	while (!stopping()) {
		beat(FILLING_UP, 0);
		do {
			large.head = (mach_msg_header_t) {
				.msgh_bits = bits,
				.msgh_remote_port = port,
			};
			mr = msg_send(&large, 0x10000);
		} while (!mr);
		if (mr == MACH_SEND_NO_BUFFER)
			count(REFUSED);
		else if (mr != MACH_SEND_TIMED_OUT)
			must(mr, "fill");
		do
			mr = mach_msg(&large.head,
				      MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
				      sizeof(large), port, 0, MACH_PORT_NULL);
		while (!mr);
		if (mr != MACH_RCV_TIMED_OUT)
			must(mr, "empty");
	}
	thread_end();
	return NULL;
}

static void become_poor(void)
{
	struct cgroup group;

	snprintf(group.path, sizeof(group.path), "%s", shared->group);
	MUST(mlockall(MCL_CURRENT | MCL_FUTURE) ? -errno : 0);
	MUST(cgroup_join(&group));
}

int sender_main(unsigned int sender)
{
	pthread_t thread[SENDER_THREADS], filler;
	pthread_attr_t attributes;
	uintptr_t i;

	own_sender = sender;
	thread_begin(BEAT_SOURCE(sender * SENDER_THREADS));
	ticks_begin();
	must(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE,
				&notify), "allocate");
	pthread_barrier_init(&begun, NULL, SENDER_THREADS + 1 + is_poor());
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 0x20000);
	for (i = 0; i < SENDER_THREADS; i++)
		MUST(pthread_create(&thread[i], &attributes, sender_thread,
				    (void *)(sender * SENDER_THREADS + i)));
	if (is_poor()) {
		MUST(pthread_create(&filler, &attributes, fill, NULL));
		become_poor();
	}
	pthread_barrier_wait(&begun);
	if (is_poor())
		pthread_join(filler, NULL);
	for (i = 0; i < SENDER_THREADS; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
