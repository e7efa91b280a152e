// SPDX-License-Identifier: GPL-2.0-only
/* How operations are made up. */
#include <string.h>

#include "body.h"
#include "operation.h"

/*
 * Chance
 */

static uint64_t draw_state;

/* Mixes well, so that seeds may be counted. */
void draw_seed(uint64_t seed)
{
	seed += 0x9e3779b97f4a7c15ull;
	seed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9ull;
	seed = (seed ^ seed >> 27) * 0x94d049bb133111ebull;
	draw_state = (seed ^ seed >> 31) | 1;
}

/* A xorshift, whose upper half is good enough. */
static uint32_t draw(uint32_t end)
{
	draw_state ^= draw_state << 13;
	draw_state ^= draw_state >> 7;
	draw_state ^= draw_state << 17;
	return (draw_state >> 32) * (uint64_t)end >> 32;
}

static bool chance(uint32_t percent)
{
	return draw(100) < percent;
}

#define ONE_OF(...)							\
	((const uint32_t[]){ __VA_ARGS__ }				\
	 [draw(sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)])

/*
 * Arguments
 */

static struct argument is(uint32_t value)
{
	return (struct argument){ ARGUMENT_IS, value };
}

static struct argument is_entry(const struct entry *entry)
{
	if (!entry->origin)
		return is(entry->name);
	return (struct argument){ ARGUMENT_MADE, entry->origin };
}

/* A name of @type in @space, if a few looks find one. */
static struct entry *pick(const struct space *space, uint32_t type)
{
	struct entry *entry = NULL;
	int tries;

	for (tries = 0; tries < 8 && space->count; tries++) {
		entry = space->names[draw(space->count)];
		if (entry->type & type)
			break;
	}
	return entry;
}

/* What an operation is about, as its arguments are made up. */
struct subject {
	int task;			/* who calls */
	const struct space *space;	/* where */
	const struct entry *entry;	/* the last name */
	const struct entry *receive;	/* the name of a receive right */
};

static struct argument no_name(void)
{
	return is(ONE_OF(MACH_PORT_NULL, MACH_PORT_DEAD, NAME_NOTHING,
			 NAME_NOTHING));
}

static struct argument some_name(struct subject *subject,
				 const struct space *space, uint32_t type)
{
	struct entry *entry = pick(space, type);

	subject->entry = NULL;
	if (!entry || chance(4))
		return no_name();
	subject->entry = entry;
	if (chance(2))
		return (struct argument){ entry->origin ? ARGUMENT_OTHER :
					  ARGUMENT_IS,
			entry->origin ? entry->origin : entry->name ^ 4 };
	return is_entry(entry);
}

static struct argument some_receive_name(struct subject *subject)
{
	struct argument argument;

	argument = some_name(subject, subject->space,
			     chance(90) ? MACH_PORT_TYPE_RECEIVE :
					  MACH_PORT_TYPE_ALL_RIGHTS);
	subject->receive = subject->entry;
	return argument;
}

static struct argument some_task(struct subject *subject)
{
	const struct space *own = &model->space[subject->task];
	int target = chance(60) ? subject->task : (int)draw(MODEL_TASKS);
	struct entry *entry;

	if (chance(2)) {
		target = subject->task;
		entry = pick(own, MACH_PORT_TYPE_ALL_RIGHTS);
	} else if (chance(3)) {
		entry = space_find_port(own, model->read_port[target]);
	} else {
		entry = space_find_port(own, model->task_port[target]);
	}
	subject->space = &model->space[target];
	return entry ? is_entry(entry) : no_name();
}

/* Indices that callers choose from, not so many that they never meet. */
#define WANTED_INDICES 600

static struct argument some_wanted(const struct space *space)
{
	struct entry *entry;

	switch (draw(16)) {
	case 0:
	case 1:
		entry = pick(space, MACH_PORT_TYPE_ALL_RIGHTS);
		return entry ? is_entry(entry) : no_name();
	case 2:
		entry = pick(space, MACH_PORT_TYPE_ALL_RIGHTS);
		if (entry && entry->origin)
			return (struct argument){ ARGUMENT_OTHER,
						  entry->origin };
		return is(entry ? entry->name ^ 4 : 3);
	case 3:
		return is(ONE_OF(MACH_PORT_NULL, MACH_PORT_DEAD, 3, 0x7f,
				 0x20000003, 0x20000103, 0xffffff03));
	case 4:
		return is(draw(WANTED_INDICES) << 8 | draw(256));
	}
	return is((1 + draw(WANTED_INDICES)) << 8 | draw(64) << 2 | 3);
}

static uint32_t some_right(const struct subject *subject)
{
	uint32_t right;

	if (subject->entry && chance(85)) {
		for (right = 0; right < MACH_PORT_RIGHT_NUMBER; right++) {
			if ((subject->entry->type & MACH_PORT_TYPE(right)) &&
			    chance(60))
				return right;
		}
	}
	return subject->entry || chance(10) ? draw(8) :
	       ONE_OF(MACH_PORT_RIGHT_RECEIVE, MACH_PORT_RIGHT_RECEIVE,
		      MACH_PORT_RIGHT_RECEIVE, MACH_PORT_RIGHT_RECEIVE,
		      MACH_PORT_RIGHT_PORT_SET, MACH_PORT_RIGHT_DEAD_NAME);
}

static uint32_t some_delta(const struct subject *subject)
{
	/* Full counts stay, so there will be many of them. */
	if (subject->entry && chance(8))
		return MACH_PORT_UREFS_MAX - subject->entry->urefs;
	if (chance(60))
		return (uint32_t)-1;
	return ONE_OF(0, 1, 1, 2, 3, 5, (uint32_t)-2, (uint32_t)-3, 65534,
		      65535, 65536, (uint32_t)-65535, (uint32_t)-65536,
		      0x7fffffff, 0x80000000);
}

/* A disposition that @entry can give, mostly. */
static uint32_t some_how(const struct entry *entry)
{
	uint32_t how, tries;

	for (tries = 0; tries < 6; tries++) {
		how = MACH_MSG_TYPE_MOVE_RECEIVE + draw(6);
		if (!entry || entry_gives(entry, how, true))
			break;
	}
	return chance(3) ? ONE_OF(0, 15, 22, 31) : how;
}

static uint32_t some_notification(void)
{
	if (chance(90))
		return ONE_OF(MACH_NOTIFY_DEAD_NAME, MACH_NOTIFY_DEAD_NAME,
			      MACH_NOTIFY_SEND_POSSIBLE,
			      MACH_NOTIFY_SEND_POSSIBLE,
			      MACH_NOTIFY_NO_SENDERS, MACH_NOTIFY_NO_SENDERS,
			      MACH_NOTIFY_PORT_DESTROYED);
	return ONE_OF(MACH_NOTIFY_SEND_ONCE, 0, 64, 77);
}

/* The port of the name that an operation is about, if it has one. */
static const struct port *subject_port(const struct subject *subject)
{
	return subject->entry ? subject->entry->port : NULL;
}

static uint32_t some_context(const struct subject *subject)
{
	const struct port *port = subject_port(subject);

	if (port && chance(50))
		return port->context == model_buffer ? CONTEXT_RECEIVED :
						       port->context;
	return ONE_OF(0, 0, 1, 2, 0x80000000);
}

static uint32_t some_options(void)
{
	static const uint32_t plain[] = {
		MPO_QLIMIT, MPO_INSERT_SEND_RIGHT, MPO_CONTEXT_AS_GUARD,
		MPO_STRICT,
	};
	uint32_t i, flags = 0;

	for (i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		flags |= chance(40) ? plain[i] : 0;
	if (chance(12))
		flags |= MPO_IMMOVABLE_RECEIVE;
	if (chance(6))
		flags |= ONE_OF(MPO_TEMPOWNER, MPO_REPLY_PORT, 0x80000000,
				MPO_SERVICE_PORT | MPO_EXCEPTION_PORT);
	return flags;
}

static uint32_t some_seqno(const struct subject *subject)
{
	const struct port *port = subject_port(subject);

	if (!port || chance(30))
		return ONE_OF(0, 0, 0, 1);
	return port->seqno + draw(port->msgcount + 2);
}

static struct argument some_argument(enum argument_kind kind,
				     struct subject *subject)
{
	const struct space *own = &model->space[subject->task];

	switch (kind) {
	case TASK_PORT:
		return some_task(subject);
	case NAME:
		return some_name(subject, subject->space,
				 MACH_PORT_TYPE_ALL_RIGHTS);
	case RECEIVE_NAME:
		return some_receive_name(subject);
	case SET_NAME:
		return some_name(subject, subject->space,
				 chance(90) ? MACH_PORT_TYPE_PORT_SET :
					      MACH_PORT_TYPE_ALL_RIGHTS);
	case OWN_NAME:
		return some_name(subject, own, MACH_PORT_TYPE_ALL_RIGHTS);
	case WANTED:
		return some_wanted(subject->space);
	case RIGHT:
		return is(some_right(subject));
	case DELTA:
		return is(some_delta(subject));
	case DISPOSITION:
		return is(some_how(subject->entry));
	case FLAVOR:
		return is(chance(90) ? ONE_OF(MACH_PORT_LIMITS_INFO,
					      MACH_PORT_RECEIVE_STATUS) :
				       ONE_OF(MACH_PORT_DNREQUESTS_SIZE,
					      MACH_PORT_INFO_EXT,
					      MACH_PORT_TEMPOWNER, 0, 99));
	case COUNT:
		return is(ONE_OF(0, 1, 1, 2, 10, 10, 16, 17));
	case LIMIT:
		return is(ONE_OF(0, 1, 2, 3, 5, 16, 1024, 1025, 0xffffffff));
	case NUMBER:
		return is(ONE_OF(0, 1, 2, 7, 0x7fffffff, 0xffffffff));
	case DELTA_DOWN:
		return is(subject->entry && chance(30) ?
			  -subject->entry->urefs :
			  ONE_OF(0, 0, 0, (uint32_t)-1, (uint32_t)-2, 1,
				 (uint32_t)-65535));
	case CONTEXT:
		return is(some_context(subject));
	case TRUTH:
		return is(draw(2));
	case GUARD_FLAGS:
		return is(draw(6) ? draw(2) : MPG_IMMOVABLE_RECEIVE | draw(2));
	case OPTIONS:
		return is(some_options());
	case GUARD_FLAVOR:
		return is(chance(90) ? MACH_PORT_GUARD_INFO :
				       MACH_PORT_LIMITS_INFO);
	case ELEMENTS:
		return is(ONE_OF(0, 1, 2, 3, 3, 4, 9));
	case SEQNO:
		return is(some_seqno(subject));
	case ROOM:
		return is(ONE_OF(0, 8, 12, 20, 52, 52, 52, 68, 68, 68));
	case NOTIFICATION:
		return is(some_notification());
	case SYNC:
		return is(draw(4));
	case SLOT:
		return is(draw(MODEL_TASKS));
	default:
		model_bug("an argument of no kind");
	}
}

/*
 * Messages
 */

static void put(struct operation *operation, unsigned int place,
		struct argument argument)
{
	operation->argument[place] = argument;
}

static void put_right(struct operation *operation, unsigned int name_place,
		      unsigned int how_place, uint32_t type)
{
	struct subject subject = { .task = operation->task };

	put(operation, name_place,
	    some_name(&subject, &model->space[operation->task], type));
	put(operation, how_place, is(some_how(subject.entry)));
}

/* A destination or reply is no receive right, so mostly its disposition. */
static void put_header_right(struct operation *operation,
			     unsigned int name_place, unsigned int how_place)
{
	int tries = 4;

	do {
		put_right(operation, name_place, how_place,
			  MACH_PORT_TYPE_PORT_RIGHTS);
	} while (operation->argument[how_place].value ==
		 MACH_MSG_TYPE_MOVE_RECEIVE && tries--);
}

/* What one of the descriptors of a message is, whatever the others are. */
enum about {
	ABOUT_ANYTHING,
	ABOUT_MEMORY,
	ABOUT_ARRAY,
	ABOUT_GUARDED,
};

static void put_port(struct operation *operation, unsigned int place)
{
	put_right(operation, place + DESCRIPTOR_NAME, place + DESCRIPTOR_HOW,
		  MACH_PORT_TYPE_ALL_RIGHTS);
	/* Padding. */
	put(operation, place + DESCRIPTOR_BITS, is(draw(0x10000)));
	if (chance(1))
		put(operation, place + DESCRIPTOR_TYPE, is(ONE_OF(5, 255)));
}

/* Where descriptor @i has something; seldom where another has, or nowhere. */
static uint32_t some_place(uint32_t i, uint32_t size)
{
	uint32_t place = chance(90) ? i : draw(PLACES);

	if (chance(2))
		return AT_BAD + draw(AT_BADS);
	/* Up to where nothing is any more, or beyond. */
	if (chance(2))
		return AT(place, PLACE_BYTES - size / 2);
	if (chance(6) && size <= PLACE_BYTES)
		return AT(place, PLACE_BYTES - size);
	return AT(place, chance(30) ? 0 : draw(PLACE_PAGE));
}

/* What to do with it: a byte that says whether it goes, and one how. */
static uint32_t some_bits(void)
{
	uint32_t bits = chance(40) ? ONE_OF(1, 1, 1, 0x80) : 0;

	if (chance(2))
		return bits | ONE_OF(2, 3, 255) << 8;
	return bits | ONE_OF(MACH_MSG_PHYSICAL_COPY,
			     MACH_MSG_VIRTUAL_COPY) << 8;
}

static uint32_t some_memory_size(void)
{
	switch (draw(20)) {
	case 0:
		return 0;
	case 1:
	case 2:
		return draw(PLACE_PAGE);
	case 3:
		return PLACE_PAGE - 1 + draw(3);
	case 4:
	case 5:
		return PLACE_PAGE + draw(2 * PLACE_PAGE);
	}
	return 1 + draw(200);
}

static void put_memory(struct operation *operation, unsigned int place,
		       uint32_t i)
{
	uint32_t size = some_memory_size();

	put(operation, place + DESCRIPTOR_TYPE,
	    is(chance(90) ? MACH_MSG_OOL_DESCRIPTOR :
			    MACH_MSG_OOL_VOLATILE_DESCRIPTOR));
	/* Which nobody looks at. */
	put(operation, place + DESCRIPTOR_HOW, is(draw(256)));
	put(operation, place + DESCRIPTOR_BITS, is(some_bits()));
	put(operation, place + DESCRIPTOR_SIZE, is(size));
	put(operation, place + DESCRIPTOR_AT, is(some_place(i, size)));
}

/* A name that gives a right as @how, if some looks find one. */
static struct argument some_giver(struct operation *operation, uint32_t how)
{
	const struct space *own = &model->space[operation->task];
	struct entry *entry = NULL;
	int tries;

	if (chance(4))
		return no_name();
	for (tries = 0; tries < 30; tries++) {
		entry = pick(own, MACH_PORT_TYPE_ALL_RIGHTS);
		if (entry && entry_gives(entry, how, true) &&
		    !entry_is_stuck(entry, how))
			break;
	}
	if (!entry || tries == 30)
		return is(ONE_OF(MACH_PORT_NULL, MACH_PORT_DEAD));
	if (chance(2) && entry->origin)
		return (struct argument){ ARGUMENT_OTHER, entry->origin };
	return is_entry(entry);
}

static void put_array(struct operation *operation, unsigned int place,
		      uint32_t i)
{
	uint32_t how = chance(3) ? ONE_OF(0, 15, 22, 255) :
				   MACH_MSG_TYPE_MOVE_RECEIVE + draw(6);
	uint32_t j, count = draw(MODEL_ARRAY + 1);

	put(operation, place + DESCRIPTOR_TYPE,
	    is(MACH_MSG_OOL_PORTS_DESCRIPTOR));
	put(operation, place + DESCRIPTOR_HOW, is(how));
	/* How it is copied is not looked at. */
	put(operation, place + DESCRIPTOR_BITS,
	    is((some_bits() & 0xff) | draw(256) << 8));
	put(operation, place + DESCRIPTOR_AT, is(some_place(i, 4 * count)));
	for (j = 0; j < count; j++)
		put(operation, place + DESCRIPTOR_NAME + j,
		    some_giver(operation, how));
	if (chance(2) && count)
		put(operation, place + DESCRIPTOR_NAME + count - 1,
		    operation->argument[place + DESCRIPTOR_NAME]);
	if (chance(2))
		count = ONE_OF(16382, 16383, 16384, 0xffffffff);
	put(operation, place + DESCRIPTOR_SIZE, is(count));
}

static void put_guarded(struct operation *operation, unsigned int place)
{
	const struct space *own = &model->space[operation->task];
	struct subject subject = { .task = operation->task };
	const struct port *port;
	uint32_t flags, tries = 12;
	struct argument name;

	do {
		name = some_name(&subject, own, MACH_PORT_TYPE_RECEIVE);
		port = subject_port(&subject);
	} while (port && port->immovable && --tries);
	flags = port && port->guarded ? 0 :
		MACH_MSG_GUARD_FLAGS_UNGUARDED_ON_SEND;
	if (!flags || chance(50))
		flags |= MACH_MSG_GUARD_FLAGS_IMMOVABLE_RECEIVE;
	put(operation, place + DESCRIPTOR_TYPE,
	    is(MACH_MSG_GUARDED_PORT_DESCRIPTOR));
	put(operation, place + DESCRIPTOR_NAME, name);
	put(operation, place + DESCRIPTOR_HOW,
	    is(chance(98) ? MACH_MSG_TYPE_MOVE_RECEIVE :
			    some_how(subject.entry)));
	put(operation, place + DESCRIPTOR_BITS,
	    is(chance(90) ? flags : ONE_OF(0, 1, 2, 3, 4, 0x8001)));
	if (flags & MACH_MSG_GUARD_FLAGS_UNGUARDED_ON_SEND && chance(90))
		put(operation, place + DESCRIPTOR_AT, is(0));
	else if (port && port->context == model_buffer && chance(90))
		put(operation, place + DESCRIPTOR_AT, is(CONTEXT_RECEIVED));
	else
		put(operation, place + DESCRIPTOR_AT,
		    is(port && chance(90) ? port->context :
					    some_context(&subject)));
}

static void put_descriptor(struct operation *operation, uint32_t i,
			   enum about about)
{
	unsigned int place = MSG_DESCRIPTOR + DESCRIPTOR_ARGUMENTS * i;

	switch (about ? about : draw(8)) {
	case ABOUT_MEMORY:
		put_memory(operation, place, i);
		break;
	case ABOUT_ARRAY:
		put_array(operation, place, i);
		break;
	case ABOUT_GUARDED:
		put_guarded(operation, place);
		break;
	default:
		put_port(operation, place);
	}
}

/* What is asked for stands anywhere among others. */
static void put_body(struct operation *operation, enum about about)
{
	uint32_t count = about ? 1 + draw(MODEL_DESCRIPTORS) :
				 draw(MODEL_DESCRIPTORS + 1);
	uint32_t i, chosen = count ? draw(count) : 0;

	put(operation, MSG_COMPLEX, is(1));
	put(operation, MSG_COUNT, is(count));
	for (i = 0; i < count; i++)
		put_descriptor(operation, i,
			       i == chosen ? about : ABOUT_ANYTHING);
	if (chance(1))
		put(operation, MSG_COUNT, is(ONE_OF(100, 0xffffffff)));
}

static uint32_t send_size(const struct operation *operation)
{
	const struct argument *argument = operation->argument;
	uint32_t size = 24 + 4 * draw(MODEL_INLINE + 1), last = 12;
	uint32_t i, count = argument[MSG_COUNT].value;

	if (argument[MSG_COMPLEX].value)
		size += 4;
	for (i = 0; i < count && count <= MODEL_DESCRIPTORS; i++) {
		unsigned int place = MSG_DESCRIPTOR + DESCRIPTOR_ARGUMENTS * i;

		last = 4 * descriptor_words
			(argument[place + DESCRIPTOR_TYPE].value);
		size += last;
	}
	if (chance(2))
		return ONE_OF(0, 20, 24, 25, 28, 26, size - last, size - 4,
			      1048580, 0xfffffffc);
	return size;
}

/* A destination whose queue is full, if a few looks find one. */
static void put_full(struct operation *operation)
{
	const struct space *own = &model->space[operation->task];
	int tries;

	for (tries = 0; tries < 40; tries++) {
		struct entry *entry = pick(own, MACH_PORT_TYPE_SEND_RECEIVE);

		if (!entry || !entry->port ||
		    entry->port->kind != PORT_ORDINARY ||
		    entry->port->msgcount < entry->port->qlimit)
			continue;
		/* Rather one whose request it arms. */
		if (!entry->notify && tries < 30)
			continue;
		put(operation, MSG_REMOTE, is_entry(entry));
		put(operation, MSG_REMOTE_HOW, is(some_how(entry)));
		return;
	}
}

static void put_send(struct operation *operation, enum about about)
{
	put_header_right(operation, MSG_REMOTE, MSG_REMOTE_HOW);
	if (chance(12))
		put_full(operation);
	if (chance(50)) {
		put_header_right(operation, MSG_LOCAL, MSG_LOCAL_HOW);
		if (chance(5))
			put(operation, MSG_LOCAL,
			    operation->argument[MSG_REMOTE]);
	} else if (chance(2)) {
		put(operation, MSG_LOCAL, no_name());
	}
	if (chance(2)) {
		put(operation, MSG_VOUCHER, chance(50) ? no_name() :
			operation->argument[chance(50) ? MSG_LOCAL :
							 MSG_REMOTE]);
		put(operation, MSG_VOUCHER_HOW,
		    is(ONE_OF(0, 17, 17, 18, 19, 20)));
	} else if (chance(5)) {
		put(operation, MSG_VOUCHER, is(draw(1000)));
	}
	put(operation, MSG_ID, is(0x10000000 + operation->step));
	if (about || chance(50))
		put_body(operation, about);
	put(operation, MSG_SEND_SIZE, is(send_size(operation)));
}

/* May several messages be the first? Which is lost could not be told. */
static bool port_has_choice(const struct port *port)
{
	const struct message *first = port ? port->first : NULL;

	return first && first->next && first->next->batch == first->batch;
}

static bool has_choice(const struct entry *entry)
{
	const struct member *first;

	if (!entry || !(entry->type & MACH_PORT_TYPE_PORT_SET))
		return port_has_choice(entry ? entry->port : NULL);
	first = set_first(entry);
	/* What the same call sends may make several members ready. */
	return !first || set_has_choice(entry) || port_has_choice(first->port);
}

/* Is there nothing to receive, where there might be? */
static bool is_idle(const struct entry *entry)
{
	if (entry && (entry->type & MACH_PORT_TYPE_PORT_SET))
		return !set_first(entry);
	return entry && entry->port && !entry->port->first;
}

static void put_receive(struct operation *operation)
{
	const struct space *own = &model->space[operation->task];
	struct subject subject = { .task = operation->task };
	uint32_t type = chance(30) ? MACH_PORT_TYPE_PORT_SET :
				     MACH_PORT_TYPE_RECEIVE;
	int tries = 12;

	do {
		put(operation, MSG_RCV_NAME, some_name(&subject, own, type));
	} while (is_idle(subject.entry) && --tries);
	put(operation, MSG_RCV_SIZE,
	    is(chance(90) || has_choice(subject.entry) ? 4 * MODEL_BUFFER :
							 4 * draw(40)));
}

static enum about about_of(const char *name)
{
	if (strstr(name, "memory"))
		return ABOUT_MEMORY;
	if (strstr(name, "array"))
		return ABOUT_ARRAY;
	return strstr(name, "guarded") ? ABOUT_GUARDED : ABOUT_ANYTHING;
}

static void generate_message(struct operation *operation, const char *name)
{
	bool receive = strstr(name, "receive");
	bool send = strstr(name, "send");
	uint32_t option = MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT;

	operation->count = MSG_ARGUMENTS;
	if (send) {
		option |= MACH_SEND_MSG | (chance(50) ? MACH_SEND_NOTIFY : 0);
		put_send(operation, about_of(name));
	}
	if (receive) {
		option |= MACH_RCV_MSG |
			MACH_RCV_TRAILER_ELEMENTS(ONE_OF(0, 0, 1, 2, 3, 3, 4, 7,
							 9));
		if (chance(15))
			option |= MACH_RCV_LARGE;
		if (chance(15))
			option |= MACH_RCV_LARGE_IDENTITY;
		if (chance(70))
			option |= MACH_RCV_GUARDED_DESC;
		put_receive(operation);
	}
	if (send && !receive && chance(1))
		put(operation, MSG_BAD_ADDRESS, is(1));
	put(operation, MSG_OPTION, is(option));
}

/*
 * Operations
 */

/* What is done more often for now, so that there is neither want nor plenty. */
static unsigned int weight_of(unsigned int row)
{
	unsigned int weight = rows[row].weight;
	bool many_messages = model->messages > 400;

	if (rows[row].model == model_allocate && model->names < 500)
		return weight * 4;
	if (rows[row].model == model_destroy && model->names > 800)
		return weight * 10;
	if (row == row_exit && model->step % 2)
		return 0;
	if (many_messages && !strcmp(rows[row].name, "mach_msg(receive)"))
		return weight * 3;
	return weight;
}

static unsigned int some_row(void)
{
	unsigned int weight[ROWS_MOST];
	unsigned int row, sum = 0, at;

	for (row = 0; row < row_count; row++) {
		weight[row] = weight_of(row);
		sum += weight[row];
	}
	at = draw(sum);
	for (row = 0; at >= weight[row]; row++)
		at -= weight[row];
	return row;
}

/* Without the port of its own task an actor can do little. */
static bool is_lost(int task)
{
	return !space_find_port(&model->space[task], model->task_port[task]);
}

/* A name whose port has a full queue, if a few looks find one. */
static void settle_full(struct operation *operation, struct subject *subject)
{
	const struct entry *entry;
	int tries;

	for (tries = 0; tries < 30; tries++) {
		entry = pick(subject->space, MACH_PORT_TYPE_SEND_RECEIVE);
		if (!entry || !entry->port ||
		    entry->port->msgcount < entry->port->qlimit)
			continue;
		operation->argument[1] = is_entry(entry);
		return;
	}
}

/* What goes together in a request. */
static void settle_request(struct operation *operation, struct subject *subject)
{
	struct argument *argument = operation->argument;
	const struct port *notify = subject_port(subject);

	if (notify && chance(75))
		argument[5] = is(subject->entry->type &
				 MACH_PORT_TYPE_SEND_ONCE ?
				 MACH_MSG_TYPE_MOVE_SEND_ONCE :
				 MACH_MSG_TYPE_MAKE_SEND_ONCE);
	/* Of two rights that came at once nobody could tell which is which. */
	if (argument[2].value == MACH_NOTIFY_PORT_DESTROYED &&
	    notify && notify->asked)
		argument[2] = is(MACH_NOTIFY_NO_SENDERS);
	if (argument[2].value == MACH_NOTIFY_PORT_DESTROYED && chance(90))
		argument[3] = is(0);
	/* Where there is room at once there is nothing to wait for. */
	if (argument[2].value == MACH_NOTIFY_SEND_POSSIBLE && chance(60))
		settle_full(operation, subject);
	/* Who has no senders is a receiver. */
	if ((argument[2].value == MACH_NOTIFY_PORT_DESTROYED ||
	     argument[2].value == MACH_NOTIFY_NO_SENDERS) && chance(90))
		argument[1] = some_name(subject, subject->space,
					MACH_PORT_TYPE_RECEIVE);
}

/* Rights join the name that the port has, perhaps one with a full count. */
static void settle_insert(struct operation *operation,
			  const struct subject *subject)
{
	struct argument *argument = operation->argument;
	const struct entry *entry;
	int tries = chance(5) ? 30 : 0;

	if (chance(12))
		argument[1] = argument[2];
	if (subject->task != subject->space->task)
		return;
	while (tries--) {
		entry = pick(subject->space, MACH_PORT_TYPE_SEND);
		if (!entry || entry->urefs != MACH_PORT_UREFS_MAX)
			continue;
		argument[1] = is_entry(entry);
		argument[2] = argument[1];
		argument[3] = is(some_how(entry));
		return;
	}
}

/* A receive right with messages, if a few looks find one. */
static void settle_peek(struct operation *operation, struct subject *subject)
{
	struct argument *argument = operation->argument;
	int tries;

	for (tries = 0; tries < 12; tries++) {
		argument[1] = some_name(subject, subject->space,
					MACH_PORT_TYPE_RECEIVE);
		if (subject_port(subject) && subject_port(subject)->first)
			break;
	}
	argument[3] = is(some_seqno(subject));
}

/* A set that the port is in, or none. */
static void settle_member(struct operation *operation,
			  const struct subject *subject)
{
	const struct port *port = subject->receive ? subject->receive->port :
						     NULL;
	struct argument *argument = operation->argument;

	if (port && port->sets && port->receive == subject->receive &&
	    chance(40))
		argument[2] = is_entry(port->sets->set);
	else if (chance(10))
		argument[2] = is(MACH_PORT_NULL);
}

static void generate(struct operation *operation)
{
	const struct row *row = &rows[operation->row];
	struct subject subject = { .task = operation->task };
	unsigned int i;

	if (row->form[0] == MESSAGE) {
		generate_message(operation, row->name);
		return;
	}
	for (i = 0; row->form[i] != END; i++)
		operation->argument[i] = some_argument(row->form[i], &subject);
	operation->count = i;
	if (row->form[2] == NOTIFICATION)
		settle_request(operation, &subject);
	if (row->form[3] == SEQNO && chance(80))
		settle_peek(operation, &subject);
	if (row->form[2] == SET_NAME)
		settle_member(operation, &subject);
	if (row->form[1] == WANTED && row->form[2] == OWN_NAME)
		settle_insert(operation, &subject);
}

static unsigned int row_named(const char *name)
{
	unsigned int row = 0;

	while (strcmp(rows[row].name, name))
		row++;
	return row;
}

void operation_generate(struct operation *operation, uint32_t step, int task)
{
	/* Each change of the task costs a change of the process. */
	if (chance(6))
		task = draw(MODEL_TASKS);
	memset(operation, 0, sizeof(*operation));
	operation->step = step;
	operation->task = task;
	operation->row = some_row();
	if (is_lost(task) && chance(90)) {
		operation->row = row_named("task_for_pid");
		operation->count = 1;
		operation->argument[0] = is(task);
		return;
	}
	generate(operation);
}

void operation_resolve(const struct operation *operation,
		       const uint32_t *made, uint32_t *argument)
{
	uint32_t i;

	for (i = 0; i < OPERATION_ARGUMENTS; i++) {
		const struct argument *from = &operation->argument[i];

		argument[i] = from->value;
		if (from->how == ARGUMENT_IS)
			continue;
		argument[i] = made[from->value];
		if (!argument[i])
			argument[i] = NAME_NOTHING;
		else if (from->how == ARGUMENT_OTHER)
			argument[i] ^= 4;
	}
}
