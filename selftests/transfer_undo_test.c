// SPDX-License-Identifier: GPL-2.0-only
/*
 * mach_port_extract_right() and mach_port_insert_right() that fail: the source
 * is left exactly as it was, whatever way the right was taken.
 */
#include "port_helpers.h"

#define COPY_SEND MACH_MSG_TYPE_COPY_SEND
#define MAKE_SEND MACH_MSG_TYPE_MAKE_SEND
#define MAKE_ONCE MACH_MSG_TYPE_MAKE_SEND_ONCE
#define MOVE_SEND MACH_MSG_TYPE_MOVE_SEND
#define MOVE_ONCE MACH_MSG_TYPE_MOVE_SEND_ONCE
#define MOVE_RECEIVE MACH_MSG_TYPE_MOVE_RECEIVE

/* Three tasks of an ordinary user: the test and two that only hold rights. */
FIXTURE(undo) {
	struct holder holder;	/* the other side of the transfer */
	struct holder owner;	/* has the receive right if no side has it */
	task_t port_task;	/* has the receive right, */
	mach_port_t port;	/* under this name */
	mach_port_t name;	/* of the right to be transferred */
	mach_port_t notify;	/* where the test is told when @name goes */
};

FIXTURE_VARIANT(undo) {
	mach_msg_type_name_t how;
	bool receive;		/* @name has the receive right, too */
	bool once;		/* @name is a send-once right */
	unsigned int urefs;	/* of send rights of @name */
	unsigned int messages;	/* queued at @port */
	bool watched;		/* there is a request for @name */
};

FIXTURE_VARIANT_ADD(undo, copy_send) {
	.how = COPY_SEND, .urefs = 1,
};

FIXTURE_VARIANT_ADD(undo, copy_one_of_many) {
	.how = COPY_SEND, .urefs = 5, .messages = 1,
};

FIXTURE_VARIANT_ADD(undo, copy_beside_receive) {
	.how = COPY_SEND, .receive = true, .urefs = 1,
};

FIXTURE_VARIANT_ADD(undo, move_send) {
	.how = MOVE_SEND, .urefs = 1,
};

FIXTURE_VARIANT_ADD(undo, move_one_of_many) {
	.how = MOVE_SEND, .urefs = 5, .messages = 1,
};

FIXTURE_VARIANT_ADD(undo, move_send_beside_receive) {
	.how = MOVE_SEND, .receive = true, .urefs = 1,
};

FIXTURE_VARIANT_ADD(undo, move_send_watched) {
	.how = MOVE_SEND, .urefs = 1, .watched = true,
};

FIXTURE_VARIANT_ADD(undo, move_once) {
	.how = MOVE_ONCE, .once = true, .messages = 1,
};

FIXTURE_VARIANT_ADD(undo, move_once_watched) {
	.how = MOVE_ONCE, .once = true, .watched = true,
};

FIXTURE_VARIANT_ADD(undo, move_receive) {
	.how = MOVE_RECEIVE, .receive = true, .messages = 2,
};

FIXTURE_VARIANT_ADD(undo, move_receive_beside_send) {
	.how = MOVE_RECEIVE, .receive = true, .urefs = 2, .messages = 2,
};

FIXTURE_VARIANT_ADD(undo, move_receive_watched) {
	.how = MOVE_RECEIVE, .receive = true, .watched = true,
};

FIXTURE_VARIANT_ADD(undo, make_send) {
	.how = MAKE_SEND, .receive = true, .messages = 1,
};

FIXTURE_VARIANT_ADD(undo, make_another_send) {
	.how = MAKE_SEND, .receive = true, .urefs = 2,
};

FIXTURE_VARIANT_ADD(undo, make_send_once) {
	.how = MAKE_ONCE, .receive = true,
};

FIXTURE_VARIANT_ADD(undo, make_send_once_beside_send) {
	.how = MAKE_ONCE, .receive = true, .urefs = 1, .messages = 1,
};

FIXTURE_SETUP(undo)
{
	ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	holder_start(&self->holder);
	holder_start(&self->owner);
}

FIXTURE_TEARDOWN(undo)
{
	holder_end(&self->holder);
	holder_end(&self->owner);
}

/* Everything that can be told of a right in its task, and of its port. */
struct picture {
	mach_port_type_t type, port_type;
	mach_port_urefs_t send, once, dead;
	unsigned int names;
	mach_port_status_t port, notify;
};

static mach_port_status_t status_in(task_t task, mach_port_t name)
{
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;
	mach_port_status_t status;

	memset(&status, 0, sizeof(status));
	MUST(mach_port_get_attributes(task, name, MACH_PORT_RECEIVE_STATUS,
				      (mach_port_info_t)&status, &count));
	return status;
}

static void take_picture(struct picture *picture, task_t task,
			 const FIXTURE_DATA(undo) *self)
{
	memset(picture, 0, sizeof(*picture));
	picture->type = task_port_type(task, self->name);
	picture->send = task_port_refs(task, self->name, MACH_PORT_RIGHT_SEND);
	picture->once = task_port_refs(task, self->name,
				       MACH_PORT_RIGHT_SEND_ONCE);
	picture->dead = task_port_refs(task, self->name,
				       MACH_PORT_RIGHT_DEAD_NAME);
	picture->names = task_port_count(task);
	picture->port_type = task_port_type(self->port_task, self->port);
	picture->port = status_in(self->port_task, self->port);
	picture->notify = status_in(mach_task_self(), self->notify);
}

/* Nothing of the right in @task has changed since @before. */
#define EXPECT_PICTURE(before, task) do {				\
	const struct picture *__old = (before);				\
	struct picture __now;						\
									\
	take_picture(&__now, task, self);				\
	EXPECT_WORD(__old->type, __now.type);				\
	EXPECT_WORD(__old->send, __now.send);				\
	EXPECT_WORD(__old->once, __now.once);				\
	EXPECT_WORD(__old->dead, __now.dead);				\
	EXPECT_WORD(__old->names, __now.names);				\
	EXPECT_WORD(__old->port_type, __now.port_type);			\
	EXPECT_WORD(__old->port.mps_seqno, __now.port.mps_seqno);	\
	EXPECT_WORD(__old->port.mps_mscount, __now.port.mps_mscount);	\
	EXPECT_WORD(__old->port.mps_msgcount, __now.port.mps_msgcount);	\
	EXPECT_WORD(__old->port.mps_sorights, __now.port.mps_sorights);	\
	EXPECT_WORD(__old->port.mps_srights, __now.port.mps_srights);	\
	EXPECT_WORD(__old->notify.mps_msgcount,				\
		    __now.notify.mps_msgcount);				\
	/* And whatever else there is. */				\
	EXPECT_EQ(0, memcmp(__old, &__now, sizeof(__now)));		\
} while (0)

static mach_port_t allocate_in(task_t task)
{
	mach_port_t name = MACH_PORT_NULL;

	MUST(mach_port_allocate(task, MACH_PORT_RIGHT_RECEIVE, &name));
	return name;
}

static void watch_in(task_t task, FIXTURE_DATA(undo) *self,
		     const FIXTURE_VARIANT(undo) *variant)
{
	if (variant->watched)
		MUST(request_dead_name(task, self->name, self->notify));
}

/* Names in the other tasks. */
enum { THERE = 0x2003, THERE_ONCE = 0x2103 };

/* Move the receive right to another task, where it begins to count anew. */
static void move_receive(FIXTURE_DATA(undo) *self, task_t task)
{
	mach_msg_type_name_t type;
	mach_port_t port;

	MUST(mach_port_insert_right(task, THERE, self->port, MOVE_RECEIVE));
	MUST(mach_port_extract_right(task, THERE, MAKE_SEND, &port, &type));
	MUST(mach_port_deallocate(mach_task_self(), port));
	self->port_task = task;
	self->port = THERE;
}

/* The variant's rights, in the test. */
static void set_up_here(FIXTURE_DATA(undo) *self,
			const FIXTURE_VARIANT(undo) *variant)
{
	unsigned int i;
	struct msg msg;

	self->port_task = mach_task_self();
	self->port = port_new();
	self->notify = port_new();
	/* So that what is counted does not stand at zero. */
	for (i = 0; i < 3; i++) {
		MUST(msg_send_id(self->port, MAKE_SEND, i));
		MUST(msg_receive(&msg, self->port));
	}
	for (i = 0; i < variant->messages; i++)
		MUST(msg_send_id(self->port, MAKE_SEND, i));
	self->name = self->port;
	if (variant->once)
		self->name = port_new_once(self->port);
	for (i = 0; i < variant->urefs; i++)
		port_add_send(self->port);
	if (!variant->receive)
		move_receive(self, self->owner.task);
}

/* The same in the holder; the test is left without a name for the port. */
static void set_up_there(FIXTURE_DATA(undo) *self,
			 const FIXTURE_VARIANT(undo) *variant)
{
	mach_port_t name = variant->once ? THERE_ONCE : THERE;
	task_t task = self->holder.task;
	unsigned int i;

	set_up_here(self, variant);
	if (variant->once)
		MUST(mach_port_insert_right(task, name, self->name, MOVE_ONCE));
	for (i = 0; i < variant->urefs; i++)
		MUST(mach_port_insert_right(task, name, self->name, MOVE_SEND));
	if (variant->receive)
		move_receive(self, task);
	self->name = name;
	watch_in(task, self, variant);
}

/*
 * A user at the limit of his ledger
 */

/* Queue messages, down to a size, until the user has no more memory. */
static mach_port_t hoard_down_to(mach_msg_size_t least)
{
	static char memory[MSG_LARGEST];
	mach_msg_header_t *head = (void *)memory;
	mach_msg_size_t size = MSG_LARGEST;
	mach_port_t hoard = port_new_send(1);

	port_limit(hoard, MACHDEV_QLIMIT_MAX);
	while (size >= least) {
		mach_msg_return_t code;

		*head = (mach_msg_header_t) {
			.msgh_bits = MACH_MSGH_BITS(COPY_SEND, 0),
			.msgh_remote_port = hoard,
		};
		code = msg_send(head, size);
		if (code == MACH_SEND_NO_BUFFER)
			size /= 4;
		else
			MUST(code);
	}
	return hoard;
}

/*
 * Most of it is held by one process all the while, which saves each test the
 * time; what the tests have goes on top.
 */
static pid_t hoarder;

static void hoarder_end(void)
{
	child_kill(hoarder);
}

static void __attribute__((constructor)) hoarder_start(void)
{
	struct test_pipe ready;
	mach_port_t hoard;

	MUST(test_pipe_open(&ready) ? -errno : 0);
	hoarder = child_fork();
	if (!hoarder) {
		MUST(test_become(TEST_UID, TEST_GID));
		hoard = hoard_down_to(MSG_LARGEST);
		/* What the tests need to get going. */
		mach_msg(NULL, MACH_RCV_MSG, 0, 0, hoard, 0, 0);
		MUST(test_put(&ready, 1));
		for (;;)
			pause();
	}
	MUST(test_wait(&ready));
	atexit(hoarder_end);
}

/* Take all memory that the user's ledger still gives, to the last bytes. */
static void use_up(mach_port_t *hoard)
{
	mach_port_t spare;
	kern_return_t kr;

	*hoard = hoard_down_to(MSG_HEADER);
	/* And the room for names that there is already. */
	do {
		kr = mach_port_allocate(mach_task_self(),
					MACH_PORT_RIGHT_DEAD_NAME, &spare);
	} while (!kr);
	MUST(kr == KERN_RESOURCE_SHORTAGE ? 0 : kr);
}

/* The right is in the holder, and the test has no room for it. */
TEST_F(undo, extract_without_room)
{
	mach_port_t hoard, port = TEST_POISON32;
	mach_msg_type_name_t type;
	struct picture before;
	int i;

	set_up_there(self, variant);
	use_up(&hoard);
	take_picture(&before, self->holder.task, self);
	for (i = 0; i < 3; i++) {
		EXPECT_KR(KERN_RESOURCE_SHORTAGE,
			  mach_port_extract_right(self->holder.task, self->name,
						  variant->how, &port, &type));
		EXPECT_PICTURE(&before, self->holder.task);
	}
	/* With room, the same succeeds. */
	MUST(mach_port_destroy(mach_task_self(), hoard));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_extract_right(self->holder.task, self->name,
					  variant->how, &port, &type));
}

/* The result cannot be written: what was done is undone. */
TEST_F(undo, extract_unwritable)
{
	size_t page = sysconf(_SC_PAGESIZE);
	uint64_t undone = mach_counter(MACHDEV_COUNTER_UNDONE);
	struct machdev_port_right *call;
	struct picture before;
	struct space space;

	set_up_there(self, variant);
	call = mmap(NULL, page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, call);
	*call = (struct machdev_port_right) {
		.task = self->holder.task,
		.name = self->name,
		.disposition = variant->how,
	};
	ASSERT_EQ(0, mprotect(call, page, PROT_READ));
	take_picture(&before, self->holder.task, self);
	space_read(&space);
	EXPECT_KR(-EFAULT, mach_ioctl(MACHDEV_IOC_PORT_EXTRACT_RIGHT, call));
	EXPECT_PICTURE(&before, self->holder.task);
	EXPECT_TRUE(space_is(&space));
	/* A page that is like that from the start is found before. */
	EXPECT_EQ(undone, mach_counter(MACHDEV_COUNTER_UNDONE));
}

/* The right is here, and there is no room for it in the holder. */
TEST_F(undo, insert_without_room)
{
	/* Far from all others: it needs memory of its own. */
	const mach_port_t far = 0x10000003;
	mach_port_t hoard;
	struct picture before;

	set_up_here(self, variant);
	watch_in(mach_task_self(), self, variant);
	use_up(&hoard);
	take_picture(&before, mach_task_self(), self);
	EXPECT_KR(KERN_RESOURCE_SHORTAGE,
		  mach_port_insert_right(self->holder.task, far, self->name,
					 variant->how));
	EXPECT_PICTURE(&before, mach_task_self());
	EXPECT_EQ(0, task_port_type(self->holder.task, far));
	MUST(mach_port_destroy(mach_task_self(), hoard));
	EXPECT_KR(KERN_SUCCESS,
		  mach_port_insert_right(self->holder.task, far, self->name,
					 variant->how));
}

/* Every other refusal of insert_right, for each way of taking. */
TEST_F(undo, insert_refused)
{
	task_t task = self->holder.task;
	mach_port_t taken = allocate_in(task), other = 0x3003;
	mach_msg_type_name_t give = variant->receive ? MAKE_SEND : COPY_SEND;
	struct picture before;

	set_up_here(self, variant);
	watch_in(mach_task_self(), self, variant);
	take_picture(&before, mach_task_self(), self);

	EXPECT_KR(KERN_INVALID_VALUE,
		  mach_port_insert_right(task, MACH_PORT_NULL, self->name,
					 variant->how));
	EXPECT_KR(KERN_INVALID_VALUE,
		  mach_port_insert_right(task, MACH_PORT_DEAD, self->name,
					 variant->how));
	EXPECT_KR(KERN_INVALID_VALUE,
		  mach_port_insert_right(task, 0x3000, self->name,
					 variant->how));
	EXPECT_KR(KERN_FAILURE,
		  mach_port_insert_right(task, 0x3, self->name, variant->how));
	EXPECT_KR(KERN_FAILURE,
		  mach_port_insert_right(task, taken ^ 0x4, self->name,
					 variant->how));
	EXPECT_KR(KERN_NAME_EXISTS,
		  mach_port_insert_right(task, taken, self->name,
					 variant->how));
	EXPECT_KR(KERN_NO_SPACE,
		  mach_port_insert_right(task, 0x20000003, self->name,
					 variant->how));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_insert_right(MACH_PORT_NULL, other,
					 self->name, variant->how));
	EXPECT_PICTURE(&before, mach_task_self());
	if (variant->how == MOVE_ONCE || variant->how == MAKE_ONCE)
		return;

	/* A port has one name but for send-once rights. */
	MUST(mach_port_insert_right(task, other, self->name, give));
	take_picture(&before, mach_task_self(), self);
	EXPECT_KR(KERN_RIGHT_EXISTS,
		  mach_port_insert_right(task, 0x3103, self->name,
					 variant->how));
	EXPECT_PICTURE(&before, mach_task_self());
	if (variant->how == MOVE_RECEIVE)
		return;

	MUST(mach_port_mod_refs(task, other, MACH_PORT_RIGHT_SEND,
				MACHDEV_UREFS_MAX - 2));
	MUST(mach_port_insert_right(task, other, self->name, give));
	take_picture(&before, mach_task_self(), self);
	EXPECT_KR(KERN_UREFS_OVERFLOW,
		  mach_port_insert_right(task, other, self->name,
					 variant->how));
	EXPECT_PICTURE(&before, mach_task_self());
}

/* Taking what is not there changes nothing either. */
TEST_F(undo, extract_refused)
{
	task_t task = self->holder.task;
	mach_port_t port = TEST_POISON32;
	mach_msg_type_name_t type, how;
	struct picture before;
	bool has;

	set_up_there(self, variant);
	take_picture(&before, task, self);
	for (how = MOVE_RECEIVE; how <= MAKE_ONCE; how++) {
		switch (how) {
		case MOVE_SEND:
		case COPY_SEND:
			has = before.type & MACH_PORT_TYPE_SEND;
			break;
		case MOVE_ONCE:
			has = variant->once;
			break;
		default:
			has = before.type & MACH_PORT_TYPE_RECEIVE;
		}
		if (has)
			continue;
		EXPECT_KR(KERN_INVALID_RIGHT,
			  mach_port_extract_right(task, self->name, how, &port,
						  &type));
	}
	EXPECT_KR(KERN_INVALID_VALUE,
		  mach_port_extract_right(task, self->name, MAKE_ONCE + 1,
					  &port, &type));
	EXPECT_PICTURE(&before, task);
}

MACH_TEST_MAIN
