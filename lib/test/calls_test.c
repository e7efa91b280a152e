// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What calls hand to the device, and what they make of its answers. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bsm/libbsm.h>
#include <machdev.h>
#include <mach/mach.h>
#include <mach/mig_errors.h>

#include "fake.h"
#include "receive.h"

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* The argument struct of each MACHDEV_IOC_MSG, and what it is answered. */
static struct machdev_msg sent[8];
static size_t sent_count;
static int answers[LENGTH(sent)];

/* A signal ended the receive half: what the module does to the struct. */
#define HANDLER_RAN (-EINTR)

/* How long a send waits before it is interrupted, in milliseconds. */
static unsigned int interrupted_after;

static int answer_msg(unsigned long command, void *argument)
{
	struct machdev_msg *msg = argument;
	int answer;

	if (command != MACHDEV_IOC_MSG)
		return FAKE_DEFAULT;
	CHECK(sent_count < LENGTH(sent));
	sent[sent_count] = *msg;
	answer = answers[sent_count++];
	if (answer == MACH_SEND_INTERRUPTED)
		usleep(interrupted_after * 1000);
	if (answer == HANDLER_RAN) {
		msg->option &= ~(__u32)MACH_SEND_MSG;
		msg->deadline = 12345;
		msg->flags |= MACHDEV_MSG_DEADLINE;
	}
	return answer;
}

static mach_msg_header_t buffer, other;

/* mach_msg_overwrite() with the first @count answers given, then success. */
static mach_msg_return_t exchange(mach_msg_option_t option, const int *given,
				  size_t count)
{
	fake_answer = answer_msg;
	sent_count = 0;
	memset(answers, 0, sizeof(answers));
	memcpy(answers, given, count * sizeof(*given));
	return mach_msg_overwrite(&buffer, option, 24, 100, 0x203, 77, 0x303,
				  &other, 5);
}

#define EXCHANGE(option, ...) \
	exchange((option), (const int []){ __VA_ARGS__ }, \
		 LENGTH(((const int []){ __VA_ARGS__ })))

#define BOTH (MACH_SEND_MSG | MACH_RCV_MSG | MACH_RCV_TIMEOUT)

static void msg_arguments(void)
{
	CHECK(EXCHANGE(BOTH, 0) == MACH_MSG_SUCCESS);
	CHECK(sent_count == 1);
	CHECK(sent[0].msg == (uintptr_t)&buffer);
	CHECK(sent[0].rcv_msg == (uintptr_t)&other);
	CHECK(sent[0].option == BOTH);
	CHECK(sent[0].send_size == 24 && sent[0].rcv_size == 100);
	CHECK(sent[0].rcv_name == 0x203 && sent[0].notify == 0x303);
	CHECK(sent[0].timeout == 77);
	CHECK(sent[0].deadline == 0 && sent[0].flags == 0);
	CHECK(sent[0].reserved == 0);

	sent_count = 0;
	buffer.msgh_size = 44;
	CHECK(mach_msg_send(&buffer) == MACH_MSG_SUCCESS);
	CHECK(sent[0].option == MACH_SEND_MSG && sent[0].send_size == 44);
	CHECK(sent[0].rcv_msg == 0);
	buffer.msgh_size = 64;
	buffer.msgh_local_port = 0x403;
	CHECK(mach_msg_receive(&buffer) == MACH_MSG_SUCCESS);
	CHECK(sent[1].option == MACH_RCV_MSG && sent[1].rcv_size == 64);
	CHECK(sent[1].rcv_name == 0x403);
}

static void interrupted_send_is_sent_again(void)
{
	CHECK(EXCHANGE(BOTH, MACH_SEND_INTERRUPTED, MACH_SEND_INTERRUPTED) ==
	      MACH_MSG_SUCCESS);
	CHECK(sent_count == 3);
	CHECK(!memcmp(&sent[0], &sent[1], sizeof(sent[0])));
	CHECK(!memcmp(&sent[0], &sent[2], sizeof(sent[0])));

	CHECK(EXCHANGE(BOTH | MACH_SEND_INTERRUPT, MACH_SEND_INTERRUPTED) ==
	      MACH_SEND_INTERRUPTED);
	CHECK(sent_count == 1);

	/* The other option says nothing of the send half. */
	CHECK(EXCHANGE(BOTH | MACH_RCV_INTERRUPT, MACH_SEND_INTERRUPTED) ==
	      MACH_MSG_SUCCESS);
	CHECK(sent_count == 2);
}

/* With a time: for what is left of it, and then the receive has all of its. */
static void interrupted_send_has_the_time_left(void)
{
	const mach_msg_option_t option = BOTH | MACH_SEND_TIMEOUT;

	CHECK(EXCHANGE(option, MACH_SEND_INTERRUPTED, MACH_SEND_INTERRUPTED) ==
	      MACH_MSG_SUCCESS);
	CHECK(sent_count == 4);
	CHECK(sent[0].option == option && sent[0].timeout == 77);
	CHECK(sent[1].option == (option & ~MACH_RCV_MSG));
	CHECK(sent[1].timeout <= 77);
	CHECK(sent[2].option == (option & ~MACH_RCV_MSG));
	CHECK(sent[2].timeout <= sent[1].timeout);
	CHECK(sent[3].option == (option & ~MACH_SEND_MSG));
	CHECK(sent[3].timeout == 77 && sent[3].rcv_name == 0x203);

	interrupted_after = 30;
	CHECK(EXCHANGE(option, MACH_SEND_INTERRUPTED, MACH_SEND_INTERRUPTED,
		       MACH_SEND_INTERRUPTED, MACH_SEND_TIMED_OUT) ==
	      MACH_SEND_TIMED_OUT);
	CHECK(sent_count == 4);
	CHECK(sent[1].timeout <= 47 && sent[2].timeout <= 17);
	CHECK(sent[3].timeout == 0);

	CHECK(EXCHANGE(option, MACH_SEND_INTERRUPTED, KERN_SUCCESS,
		       HANDLER_RAN) == MACH_MSG_SUCCESS);
	CHECK(sent_count == 4);
	CHECK(sent[3].flags == MACHDEV_MSG_DEADLINE);
	interrupted_after = 0;
}

static void lost_rights_are_not_sent_again(void)
{
	const int code = MACH_SEND_INTERRUPTED | MACH_MSG_IPC_SPACE;

	CHECK(EXCHANGE(BOTH, code) == code);
	CHECK(sent_count == 1);
}

static void interrupted_receive_goes_on(void)
{
	CHECK(EXCHANGE(BOTH, HANDLER_RAN, HANDLER_RAN) == MACH_MSG_SUCCESS);
	CHECK(sent_count == 3);
	CHECK(sent[0].option == BOTH);
	CHECK(sent[1].option == (BOTH & ~MACH_SEND_MSG));
	CHECK(sent[1].deadline == 12345);
	CHECK(sent[1].flags == MACHDEV_MSG_DEADLINE);
	CHECK(!memcmp(&sent[1], &sent[2], sizeof(sent[1])));

	CHECK(EXCHANGE(BOTH, HANDLER_RAN, MACH_RCV_TIMED_OUT) ==
	      MACH_RCV_TIMED_OUT);
	CHECK(sent_count == 2);

	CHECK(EXCHANGE(BOTH | MACH_RCV_INTERRUPT, HANDLER_RAN) ==
	      MACH_RCV_INTERRUPTED);
	CHECK(sent_count == 1);
	CHECK(EXCHANGE(BOTH | MACH_SEND_INTERRUPT, HANDLER_RAN) ==
	      MACH_MSG_SUCCESS);
	CHECK(sent_count == 2);
}

static void aborted_receive_goes_on(void)
{
	CHECK(EXCHANGE(BOTH, MACH_RCV_INTERRUPTED) == MACH_MSG_SUCCESS);
	CHECK(sent_count == 2);
	CHECK(sent[1].option == (BOTH & ~MACH_SEND_MSG));
	CHECK(EXCHANGE(BOTH | MACH_RCV_INTERRUPT, MACH_RCV_INTERRUPTED) ==
	      MACH_RCV_INTERRUPTED);
	CHECK(sent_count == 1);
}

static void send_then_interrupted_receive(void)
{
	CHECK(EXCHANGE(BOTH, MACH_SEND_INTERRUPTED, HANDLER_RAN, HANDLER_RAN) ==
	      MACH_MSG_SUCCESS);
	CHECK(sent_count == 4);
	CHECK(sent[1].option & MACH_SEND_MSG);
	CHECK(!(sent[2].option & MACH_SEND_MSG));
	CHECK(!(sent[3].option & MACH_SEND_MSG));
}

static void codes_pass_through(void)
{
	static const int codes[] = {
		MACH_SEND_INVALID_DEST, MACH_RCV_TOO_LARGE, KERN_NOT_SUPPORTED,
		MACH_RCV_BODY_ERROR | MACH_MSG_IPC_SPACE, MACH_SEND_TIMED_OUT,
	};
	size_t i;

	for (i = 0; i < LENGTH(codes); i++) {
		CHECK(EXCHANGE(BOTH, codes[i]) == codes[i]);
		CHECK(sent_count == 1);
	}
	CHECK(EXCHANGE(BOTH, -EDQUOT) == MACH_SEND_NO_BUFFER);
	CHECK(EXCHANGE(MACH_RCV_MSG, -EDQUOT) == KERN_RESOURCE_SHORTAGE);
	CHECK(EXCHANGE(BOTH, -EFAULT) == MACH_SEND_INVALID_DATA);
	CHECK(EXCHANGE(BOTH, -ENODEV, -ENODEV) == KERN_TERMINATED);
}

/* mach_msg_destroy(): which calls it makes, in words. */
static char story[512];

static int tell(unsigned long command, void *argument)
{
	struct machdev_port_name *name = argument;
	struct machdev_port_refs *refs = argument;
	struct machdev_port_destruct *destruct = argument;
	struct machdev_port_right *right = argument;
	char *end = story + strlen(story);
	size_t room = sizeof(story) - strlen(story);

	switch (command) {
	case MACHDEV_IOC_PORT_DEALLOCATE:
		snprintf(end, room, " drop %x", name->name);
		return 0;
	case MACHDEV_IOC_PORT_MOD_REFS:
		snprintf(end, room, " refs %x %u %d", refs->name, refs->right,
			 refs->delta);
		return 0;
	case MACHDEV_IOC_PORT_DESTRUCT:
		snprintf(end, room, " destruct %x %d %llx", destruct->name,
			 destruct->delta, (unsigned long long)destruct->guard);
		return 0;
	case MACHDEV_IOC_PORT_INSERT_RIGHT:
		CHECK(right->name == right->port);
		snprintf(end, room, " insert %x %u", right->name,
			 right->disposition);
		return 0;
	case MACHDEV_IOC_PORT_EXTRACT_RIGHT:
		snprintf(end, room, " extract %x %u", right->name,
			 right->disposition);
		right->port = 0xabc;
		right->disposition = MACH_MSG_TYPE_PORT_SEND_ONCE;
		return 0;
	default:
		return FAKE_DEFAULT;
	}
}

static void destroy_simple(mach_msg_type_name_t remote, const char *expected)
{
	mach_msg_header_t msg = {
		.msgh_bits = MACH_MSGH_BITS(remote, MACH_MSG_TYPE_MAKE_SEND),
		.msgh_remote_port = 0x123,
		.msgh_local_port = 0x456,
	};

	story[0] = 0;
	mach_msg_destroy(&msg);
	CHECK(!strcmp(story, expected));
}

static void destroys_header_rights(void)
{
	mach_msg_header_t msg = {
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND, 0),
	};

	fake_answer = tell;
	destroy_simple(0, "");
	destroy_simple(MACH_MSG_TYPE_MOVE_SEND, " drop 123");
	destroy_simple(MACH_MSG_TYPE_MOVE_SEND_ONCE, " drop 123");
	destroy_simple(MACH_MSG_TYPE_COPY_SEND, "");
	destroy_simple(MACH_MSG_TYPE_MAKE_SEND, " insert 123 20 drop 123");
	destroy_simple(MACH_MSG_TYPE_MAKE_SEND_ONCE, " extract 123 21 drop abc");
	mach_msg_destroy(&msg);
	msg.msgh_remote_port = MACH_PORT_DEAD;
	mach_msg_destroy(&msg);
	CHECK(!strcmp(story, " extract 123 21 drop abc"));
}

static void destroys_body(void)
{
	vm_address_t memory = 0, array = 0;
	struct {
		mach_msg_base_t base;
		mach_msg_port_descriptor_t port;
		mach_msg_ool_descriptor_t memory;
		mach_msg_ool_ports_descriptor_t array;
		mach_msg_guarded_port_descriptor_t guarded;
		mach_msg_port_descriptor_t receive;
	} msg = { .base.body.msgh_descriptor_count = 5 };
	mach_port_t *names;
	unsigned char resident;

	fake_answer = tell;
	CHECK(!vm_allocate(mach_task_self(), &memory, 4096, VM_FLAGS_ANYWHERE));
	CHECK(!vm_allocate(mach_task_self(), &array, 8, VM_FLAGS_ANYWHERE));
	names = (mach_port_t *)array;
	names[0] = 0x30;
	names[1] = 0x40;
	msg.base.header.msgh_bits = MACH_MSGH_BITS_COMPLEX;
	msg.port.name = 0x10;
	msg.port.disposition = MACH_MSG_TYPE_MOVE_SEND;
	msg.memory.type = MACH_MSG_OOL_DESCRIPTOR;
	msg.memory.address = (void *)memory;
	msg.memory.size = 4096;
	msg.memory.deallocate = TRUE;
	msg.array.type = MACH_MSG_OOL_PORTS_DESCRIPTOR;
	msg.array.address = names;
	msg.array.count = 2;
	msg.array.disposition = MACH_MSG_TYPE_MOVE_SEND;
	msg.array.deallocate = TRUE;
	msg.guarded.type = MACH_MSG_GUARDED_PORT_DESCRIPTOR;
	msg.guarded.name = 0x50;
	msg.guarded.disposition = MACH_MSG_TYPE_MOVE_RECEIVE;
	msg.guarded.context = 0x123456789;
	msg.receive.name = 0x60;
	msg.receive.disposition = MACH_MSG_TYPE_MOVE_RECEIVE;

	story[0] = 0;
	mach_msg_destroy(&msg.base.header);
	CHECK(!strcmp(story,
		      " drop 10 drop 30 drop 40 destruct 50 0 123456789 refs 60 1 -1"));
	CHECK(mincore((void *)memory, 4096, &resident) && errno == ENOMEM);
	CHECK(mincore((void *)array, 4096, &resident) && errno == ENOMEM);
}

static uint32_t names_there;

static int answer_names(unsigned long command, void *argument)
{
	struct machdev_port_names *names = argument;
	uint32_t i;

	if (command != MACHDEV_IOC_PORT_NAMES)
		return FAKE_DEFAULT;
	if (names->count < names_there) {
		names->count = names_there;
		return KERN_INSUFFICIENT_BUFFER_SIZE;
	}
	for (i = 0; i < names_there; i++) {
		((uint32_t *)(uintptr_t)names->names)[i] = i << 8 | 3;
		((uint32_t *)(uintptr_t)names->types)[i] = i;
	}
	names->count = names_there;
	return KERN_SUCCESS;
}

/* Pages of address space in use. */
static long pages(void)
{
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY);

	CHECK(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	return atol(text);
}

static void port_names(void)
{
	static const uint32_t counts[] = { 1, 1024, 1025, 100000 };
	mach_msg_type_number_t name_count, type_count;
	mach_port_name_array_t names;
	mach_port_type_array_t types;
	size_t i, size;
	long before;

	fake_answer = answer_names;
	CHECK(mach_task_self() != MACH_PORT_NULL);
	before = pages();
	for (i = 0; i < LENGTH(counts); i++) {
		names_there = counts[i];
		CHECK(!mach_port_names(mach_task_self(), &names, &name_count,
				       &types, &type_count));
		CHECK(name_count == counts[i] && type_count == counts[i]);
		CHECK(((uintptr_t)names & 4095) == 0);
		CHECK(((uintptr_t)types & 4095) == 0);
		CHECK(names[counts[i] - 1] == ((counts[i] - 1) << 8 | 3));
		CHECK(types[counts[i] - 1] == counts[i] - 1);
		size = counts[i] * sizeof(*names);
		CHECK(!vm_deallocate(mach_task_self(), (vm_address_t)names,
				     size));
		CHECK(!vm_deallocate(mach_task_self(), (vm_address_t)types,
				     size));
		/* Nothing of either array is left, slack included. */
		CHECK(pages() == before);
	}
	names_there = 0;
	CHECK(!mach_port_names(mach_task_self(), &names, &name_count, &types,
			       &type_count));
	CHECK(!names && !types && !name_count && !type_count);
	CHECK(pages() == before);
}

static int answer_members(unsigned long command, void *argument)
{
	struct machdev_port_set_status *set = argument;
	uint32_t *out = (uint32_t *)(uintptr_t)set->members, i;

	if (command != MACHDEV_IOC_PORT_GET_SET_STATUS)
		return FAKE_DEFAULT;
	if (set->count < names_there) {
		set->count = names_there;
		return KERN_INSUFFICIENT_BUFFER_SIZE;
	}
	for (i = 0; i < names_there; i++)
		out[i] = i << 8 | 3;
	set->count = names_there;
	return KERN_SUCCESS;
}

static void set_members(void)
{
	static const uint32_t counts[] = { 1, 1024, 1025, 100000 };
	mach_port_name_array_t members;
	mach_msg_type_number_t count;
	long before;
	size_t i;

	fake_answer = answer_members;
	CHECK(mach_task_self() != MACH_PORT_NULL);
	before = pages();
	for (i = 0; i < LENGTH(counts); i++) {
		names_there = counts[i];
		CHECK(!mach_port_get_set_status(mach_task_self(), 2, &members,
						&count));
		CHECK(count == counts[i]);
		CHECK(((uintptr_t)members & 4095) == 0);
		CHECK(members[counts[i] - 1] == ((counts[i] - 1) << 8 | 3));
		CHECK(!vm_deallocate(mach_task_self(), (vm_address_t)members,
				     count * sizeof(*members)));
		CHECK(pages() == before);
	}
	names_there = 0;
	CHECK(!mach_port_get_set_status(mach_task_self(), 2, &members, &count));
	CHECK(!members && !count);
	CHECK(pages() == before);
}

static int answer_pid(unsigned long command, void *argument)
{
	struct machdev_task_pid *pid = argument;
	/* The first member of all that is asked about memory. */
	const uint32_t *task = argument;

	if (_IOC_NR(command) >= _IOC_NR(MACHDEV_IOC_VM_MAP) &&
	    _IOC_NR(command) <= _IOC_NR(MACHDEV_IOC_VM_REGION))
		return *task == 0x1103 ? KERN_NOT_SUPPORTED :
					 KERN_INVALID_ARGUMENT;
	if (command != MACHDEV_IOC_PID_FOR_TASK)
		return FAKE_DEFAULT;
	if (pid->task == 0x1003)
		pid->pid = getpid();
	else if (pid->task == 0x1103)
		pid->pid = getppid();
	else
		return KERN_FAILURE;
	return KERN_SUCCESS;
}

static void memory_copied(void)
{
	mach_port_t self = mach_task_self();
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *source = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	vm_address_t from = (vm_address_t)source, to = 0;
	mach_vm_size_t wide = 9;
	vm_size_t out = 9;

	fake_answer = answer_pid;
	errno = E2BIG;
	CHECK(source != MAP_FAILED);
	CHECK(!vm_allocate(self, &to, 2 * page, VM_FLAGS_ANYWHERE));
	memset(source, 'x', 2 * page);
	CHECK(!vm_read_overwrite(self, from + 3, page, to + 1, &out));
	CHECK(out == page);
	CHECK(!memcmp((char *)to + 1, source + 3, page));
	CHECK(!((char *)to)[0] && !((char *)to)[page + 1]);
	CHECK(!mach_vm_read_overwrite(self, from, 5, to, &wide) && wide == 5);
	CHECK(!vm_read_overwrite(self, 0, 0, 0, &out) && !out);

	out = 9;
	CHECK(!mprotect(source + page, page, PROT_NONE));
	CHECK(vm_read_overwrite(self, from + page - 1, 2, to, &out) ==
	      KERN_PROTECTION_FAILURE);
	CHECK(vm_read_overwrite(self, from, 2, from + page, &out) ==
	      KERN_PROTECTION_FAILURE);
	CHECK(!munmap(source + page, page));
	CHECK(vm_read_overwrite(self, from + page - 1, 2, to, &out) ==
	      KERN_INVALID_ADDRESS);
	CHECK(vm_read_overwrite(self, from, 2, from + page - 1, &out) ==
	      KERN_INVALID_ADDRESS);
	CHECK(vm_read_overwrite(self, ~(vm_address_t)0, 2, to, &out) ==
	      KERN_INVALID_ARGUMENT);
	CHECK(vm_read_overwrite(self, from, ~(vm_size_t)0, to, &out) ==
	      KERN_INVALID_ARGUMENT);
	CHECK(vm_read_overwrite(MACH_PORT_NULL, from, 1, to, &out) ==
	      KERN_INVALID_ARGUMENT);
	CHECK(vm_read_overwrite(0x1103, from, 1, to, &out) ==
	      KERN_NOT_SUPPORTED);
	CHECK(out == 9 && errno == E2BIG);
	munmap(source, 3 * page);
	CHECK(!vm_deallocate(self, to, 2 * page));
}

static void memory(void)
{
	mach_port_t self = mach_task_self();
	vm_address_t address = 5, fixed;
	mach_vm_address_t wide;

	fake_answer = answer_pid;
	errno = E2BIG;
	CHECK(!vm_allocate(self, &address, 0, VM_FLAGS_ANYWHERE) && !address);
	CHECK(!vm_allocate(self, &address, 5000, VM_FLAGS_ANYWHERE));
	((char *)address)[8191] = 1;
	CHECK(vm_allocate(self, &address, 1, VM_FLAGS_FIXED) == KERN_NO_SPACE);
	CHECK(!vm_deallocate(self, address + 1, 8190));
	fixed = address + 4096 + 17;
	CHECK(!vm_allocate(0x1003, &fixed, 1, VM_FLAGS_FIXED));
	CHECK(fixed == address + 4096);
	CHECK(!vm_deallocate(0x1003, fixed, 1));
	CHECK(!vm_deallocate(self, fixed, 0));
	CHECK(!vm_deallocate(self, fixed, 4096));

	fixed = 0;
	CHECK(vm_allocate(self, &fixed, ~(vm_size_t)0, VM_FLAGS_ANYWHERE) ==
	      KERN_INVALID_ARGUMENT);
	CHECK(vm_allocate(self, &fixed, ~(vm_size_t)0 >> 1,
			  VM_FLAGS_ANYWHERE) == KERN_NO_SPACE);
	CHECK(vm_allocate(self, &fixed, 4096, 2) == KERN_INVALID_ARGUMENT);
	fixed = ~(vm_address_t)4095;
	CHECK(vm_allocate(self, &fixed, 8192, VM_FLAGS_FIXED) ==
	      KERN_INVALID_ADDRESS);
	CHECK(vm_deallocate(self, ~(vm_address_t)0, 2) ==
	      KERN_INVALID_ARGUMENT);
	CHECK(vm_deallocate(self, ~(vm_address_t)8191, 1) ==
	      KERN_INVALID_ARGUMENT);
	CHECK(vm_deallocate(MACH_PORT_NULL, 0, 0) == KERN_INVALID_ARGUMENT);
	CHECK(vm_deallocate(0x1103, 0, 0) == KERN_NOT_SUPPORTED);
	CHECK(vm_deallocate(0x1203, 0, 0) == KERN_INVALID_ARGUMENT);

	CHECK(!mach_vm_allocate(self, &wide, 4096, VM_FLAGS_ANYWHERE |
				VM_MAKE_TAG(200)));
	CHECK(!mach_vm_deallocate(self, wide, 4096));
	CHECK(errno == E2BIG);
}

static int answer_query(unsigned long command, void *argument)
{
	struct machdev_query *query = argument;
	struct machdev_record *records = (void *)(uintptr_t)query->records;
	uint32_t i;

	if (command != MACHDEV_IOC_QUERY)
		return FAKE_DEFAULT;
	if (query->what != MACHDEV_QUERY_COUNTERS)
		return KERN_INVALID_ARGUMENT;
	for (i = 0; i < 100 && i < query->count; i++)
		records[i] = (struct machdev_record){ .id = i, .value = i * i };
	query->count = 100;
	return KERN_SUCCESS;
}

static void query(void)
{
	struct machdev_record few[2];
	uint32_t count = LENGTH(few);
	uint64_t value;

	fake_answer = answer_query;
	CHECK(!machdev_query(MACHDEV_QUERY_COUNTERS, few, &count));
	CHECK(count == 100 && few[1].value == 1);
	CHECK(!machdev_query_value(MACHDEV_QUERY_COUNTERS, 7, &value));
	CHECK(value == 49);
	CHECK(!machdev_query_value(MACHDEV_QUERY_COUNTERS, 99, &value));
	CHECK(value == 9801);
	CHECK(machdev_query_value(MACHDEV_QUERY_COUNTERS, 100, &value) ==
	      KERN_NOT_SUPPORTED);
	CHECK(machdev_query_value(MACHDEV_QUERY_FEATURES, 0, &value) ==
	      KERN_INVALID_ARGUMENT);
	CHECK(!strcmp(machdev_counter_name(MACHDEV_COUNTER_PORTS), "ports"));
	CHECK(machdev_counter_name(MACHDEV_COUNTER_SAMPLERS));
	CHECK(!machdev_counter_name(MACHDEV_COUNTER_SAMPLERS + 1));
	CHECK(!strcmp(machdev_feature_name(MACHDEV_FEATURE_NAMES), "names"));
	CHECK(!machdev_feature_name(MACHDEV_FEATURE_PORT_SETS + 1));
	CHECK(strlen(machdev_version()) >= 5);
}

static int answer_pidversion(unsigned long command, void *argument)
{
	struct machdev_pidversion *pidversion = argument;

	if (command != MACHDEV_IOC_PIDVERSION)
		return FAKE_DEFAULT;
	pidversion->version = 0xf0000001;
	return KERN_SUCCESS;
}

static void pidfd(void)
{
	audit_token_t token = { { 0 } };
	pid_t child = fork();
	siginfo_t info;
	int fd = 7;

	if (child == 0) {
		alarm(60);	/* should the test fail before it kills */
		pause();
		_exit(0);
	}
	fake_answer = answer_pidversion;
	errno = E2BIG;
	CHECK(machdev_pidfd_from_audit_token(KERNEL_AUDIT_TOKEN, &fd) ==
	      KERN_INVALID_ARGUMENT && fd == -1);
	token.val[5] = (unsigned int)child;
	token.val[7] = 0xf0000001;
	CHECK(!machdev_pidfd_from_audit_token(token, &fd));
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	close(fd);
	token.val[7]--;
	fd = 7;
	CHECK(machdev_pidfd_from_audit_token(token, &fd) == KERN_FAILURE);
	CHECK(fd == -1);
	token.val[7]++;

	/* Dead, yet not waited for: the pid is still taken. */
	CHECK(!kill(child, SIGKILL));
	CHECK(!waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT));
	CHECK(machdev_pidfd_from_audit_token(token, &fd) == KERN_FAILURE);
	CHECK(!waitid(P_PID, (id_t)child, &info, WEXITED));
	CHECK(machdev_pidfd_from_audit_token(token, &fd) == KERN_FAILURE);
	CHECK(errno == E2BIG);
}

static void audit_words(void)
{
	audit_token_t token = { { 10, 11, 12, 13, 14, 15, 16, 0xffffffff } };
	au_tid_t tid = { 1, 1 };
	au_asid_t asid;
	uid_t auid, euid, ruid;
	gid_t egid, rgid;
	pid_t pid;

	CHECK(audit_token_to_auid(token) == 10);
	CHECK(audit_token_to_euid(token) == 11);
	CHECK(audit_token_to_egid(token) == 12);
	CHECK(audit_token_to_ruid(token) == 13);
	CHECK(audit_token_to_rgid(token) == 14);
	CHECK(audit_token_to_pid(token) == 15);
	CHECK(audit_token_to_asid(token) == 16);
	CHECK(audit_token_to_pidversion(token) == -1);
	audit_token_to_au32(token, &auid, &euid, &egid, &ruid, &rgid, &pid,
			    &asid, &tid);
	CHECK(auid == 10 && euid == 11 && egid == 12 && ruid == 13);
	CHECK(rgid == 14 && pid == 15 && asid == 16);
	CHECK(tid.port == 0 && tid.machine == 0);
	audit_token_to_au32(token, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
			    NULL);
}

/* Requests that a server is given, and what became of their replies. */
static int requests_left, refuse_reply;
static unsigned int request_size, reply_option;
static int replies, releases;

static int answer_server(unsigned long command, void *argument)
{
	struct machdev_msg *msg = argument;
	mach_msg_header_t *head = (void *)(uintptr_t)msg->msg;

	if (command == MACHDEV_IOC_PORT_DEALLOCATE)
		releases++;
	if (command != MACHDEV_IOC_MSG)
		return FAKE_DEFAULT;
	if (msg->option & MACH_SEND_MSG) {
		CHECK(!(msg->option & MACH_RCV_MSG));
		CHECK(head->msgh_id == 117 && msg->send_size == 36);
		reply_option = msg->option;
		replies++;
		return refuse_reply;
	}
	CHECK(msg->rcv_name == 0x203);
	if (!requests_left--)
		return MACH_RCV_PORT_CHANGED;
	if (msg->rcv_size < request_size + MAX_TRAILER_SIZE) {
		requests_left++;
		head->msgh_size = request_size;
		return MACH_RCV_TOO_LARGE;
	}
	*head = (mach_msg_header_t){
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0),
		.msgh_size = request_size,
		.msgh_remote_port = 0x503,
		.msgh_id = 17,
	};
	return MACH_MSG_SUCCESS;
}

static kern_return_t demux_result;
static mach_msg_bits_t demux_type;
static mach_port_t demux_local;

static boolean_t demux(mach_msg_header_t *request, mach_msg_header_t *reply)
{
	mig_reply_error_t *error = (mig_reply_error_t *)reply;

	CHECK(request->msgh_id == 17);
	error->Head = (mach_msg_header_t){
		.msgh_bits = demux_type,
		.msgh_size = sizeof(*error),
		.msgh_remote_port = request->msgh_remote_port,
		.msgh_local_port = demux_local,
		.msgh_id = request->msgh_id + 100,
	};
	error->NDR = NDR_record;
	error->RetCode = demux_result;
	return TRUE;
}

/* Serves @requests of 24 bytes. Returns why it ended. */
static mach_msg_return_t serve(int requests, mach_msg_options_t options)
{
	fake_answer = answer_server;
	requests_left = requests;
	replies = 0;
	releases = 0;
	return mach_msg_server(demux, 24, 0x203, options);
}

static struct {
	mach_port_t port;
	uint64_t first;
	mach_msg_type_number_t count;
	kern_return_t result;
} sampled;

/* As a program has it that is told of samples. */
kern_return_t receive_samples(mach_port_t port, sample_array_t samples,
			      mach_msg_type_number_t samplesCnt)
{
	sampled.port = port;
	sampled.first = samplesCnt ? samples[0] : 0;
	sampled.count = samplesCnt;
	return sampled.result;
}

static void samples(void)
{
	prof_samples_t in = {
		.Head = {
			.msgh_size = 52,
			.msgh_local_port = 7,
			.msgh_id = 2450,
		},
		.samplesCnt = 2,
		.samples = { 0x123456789abcdef0, 1 },
	};
	mig_reply_error_t out;

	memset(&out, 0xcc, sizeof(out));
	CHECK(prof_server(&in.Head, &out.Head));
	CHECK(sampled.port == 7 && sampled.count == 2);
	CHECK(sampled.first == 0x123456789abcdef0);
	CHECK(out.RetCode == MIG_NO_REPLY && out.Head.msgh_id == 2550);
	CHECK(out.Head.msgh_size == sizeof(out));
	sampled.result = KERN_FAILURE;
	CHECK(prof_server(&in.Head, &out.Head) && out.RetCode == KERN_FAILURE);

	/* What is not as long as it says is not handed on. */
	sampled.count = 0;
	in.samplesCnt = 3;
	CHECK(prof_server(&in.Head, &out.Head));
	CHECK(out.RetCode == MIG_BAD_ARGUMENTS);
	in.Head.msgh_size = 32;
	in.samplesCnt = 0;
	CHECK(prof_server(&in.Head, &out.Head));
	CHECK(out.RetCode == MIG_BAD_ARGUMENTS);
	in.samplesCnt = SAMPLES_MAX + 1;
	in.Head.msgh_size = 36 + 8 * (SAMPLES_MAX + 1);
	CHECK(prof_server(&in.Head, &out.Head));
	CHECK(out.RetCode == MIG_BAD_ARGUMENTS);
	in.samplesCnt = 2;
	in.Head.msgh_size = 52;
	in.Head.msgh_bits = MACH_MSGH_BITS_COMPLEX;
	CHECK(prof_server(&in.Head, &out.Head));
	CHECK(out.RetCode == MIG_BAD_ARGUMENTS && !sampled.count);

	in.Head.msgh_bits = 0;
	in.Head.msgh_id = 2451;
	CHECK(!prof_server(&in.Head, &out.Head) && out.RetCode == MIG_BAD_ID);
	CHECK(!sampled.count);
}

static void servers(void)
{
	demux_type = MACH_MSG_TYPE_MOVE_SEND_ONCE;
	request_size = 24;
	CHECK(serve(3, 0) == MACH_RCV_PORT_CHANGED);
	CHECK(replies == 3 && releases == 0);
	CHECK(reply_option == MACH_SEND_MSG);
	demux_type = MACH_MSG_TYPE_MOVE_SEND;
	CHECK(serve(1, MACH_RCV_TIMEOUT) == MACH_RCV_PORT_CHANGED);
	CHECK(reply_option == (MACH_SEND_MSG | MACH_SEND_TIMEOUT));

	/* A client that does not take its reply. */
	refuse_reply = MACH_SEND_TIMED_OUT;
	CHECK(serve(2, 0) == MACH_RCV_PORT_CHANGED);
	CHECK(replies == 2 && releases == 2);
	refuse_reply = MACH_SEND_INVALID_DEST;
	CHECK(serve(1, 0) == MACH_RCV_PORT_CHANGED && releases == 1);
	/* With a right of its own, moved; one that is made has not been. */
	demux_local = 0x703;
	demux_type = MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND,
				    MACH_MSG_TYPE_MOVE_SEND_ONCE);
	CHECK(serve(1, 0) == MACH_RCV_PORT_CHANGED && releases == 2);
	demux_type = MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND,
				    MACH_MSG_TYPE_MAKE_SEND_ONCE);
	CHECK(serve(1, 0) == MACH_RCV_PORT_CHANGED && releases == 1);
	demux_local = MACH_PORT_NULL;
	demux_type = MACH_MSG_TYPE_MOVE_SEND;
	refuse_reply = MACH_SEND_INVALID_HEADER;
	CHECK(serve(2, 0) == MACH_SEND_INVALID_HEADER && replies == 1);
	refuse_reply = 0;

	demux_result = MIG_NO_REPLY;
	CHECK(serve(2, 0) == MACH_RCV_PORT_CHANGED && replies == 0);
	demux_result = MIG_BAD_ID;
	CHECK(serve(2, 0) == MACH_RCV_PORT_CHANGED && replies == 2);
	demux_result = KERN_SUCCESS;

	/* A larger request stays, and is received into a larger buffer. */
	request_size = 5000;
	CHECK(serve(2, 0) == MACH_RCV_TOO_LARGE && replies == 0);
	CHECK(serve(2, MACH_RCV_LARGE) == MACH_RCV_PORT_CHANGED);
	CHECK(replies == 2);
	request_size = 24;

	requests_left = 5;
	CHECK(mach_msg_server_once(demux, 24, 0x203, 0) == MACH_MSG_SUCCESS);
	CHECK(requests_left == 4);
	CHECK(mach_msg_server_importance(demux, 24, 0x203, 0) ==
	      MACH_RCV_PORT_CHANGED);
	CHECK(requests_left == -1);
	CHECK(mach_msg_server(demux, 0xffffffff, 0x203, 0) ==
	      KERN_INVALID_ARGUMENT);
}

static unsigned long last_command;
static union {
	struct machdev_port_allocate allocate;
	struct machdev_port_refs refs;
	struct machdev_port_right right;
	struct machdev_port_attributes attributes;
	struct machdev_port_construct construct;
	struct machdev_port_destruct destruct;
	struct machdev_port_rename rename;
	struct machdev_port_peek peek;
	struct machdev_port_kobject kobject;
	struct machdev_port_space space;
	struct machdev_port_array array;
	struct machdev_task_control control;
	struct machdev_processor_set processors;
	struct machdev_port_member member;
	struct machdev_port_set_status set;
	struct machdev_port_count count;
	struct machdev_port_context context;
	struct machdev_port_guard guard;
	struct machdev_port_notification notification;
	struct machdev_special_port special;
	struct machdev_ports ports;
	struct machdev_task_token token;
	struct machdev_task_create create;
	struct machdev_task_info info;
	struct machdev_task_pid pid;
	struct machdev_sample sample;
} last;

/* Takes the argument down and fails. */
static int note(unsigned long command, void *argument)
{
	last_command = command;
	memset(&last, 0, sizeof(last));
	memcpy(&last, argument, _IOC_SIZE(command));
	return KERN_NO_ACCESS;
}

/* Each call carries its arguments to their place; failing, it writes nothing. */
static void arguments(void)
{
	mach_msg_type_number_t count = 9;
	security_token_t security = { { 1, 2 } };
	audit_token_t audit = { { 3, 4, 5, 6, 7, 8, 9, 10 } };
	mach_msg_type_name_t type = 0x77;
	mach_port_options_t options = { .flags = 0x12, .mpl = { 9 } };
	mach_port_t three[4] = { 7, 8, 9, 10 }, *ports = NULL;
	ipc_info_tree_name_array_t tree = NULL;
	ipc_info_name_array_t table = NULL;
	mach_port_qos_t qos = { .name = 0 };
	ipc_info_space_basic_t basic;
	ipc_info_space_t space;
	kobject_description_t text;
	mach_msg_id_t id = 0;
	mach_port_context_t context = 0x77, wide = 0x123456789abcdef0;
	mach_port_urefs_t refs = 0x77;
	mach_port_t name = 0x77;
	integer_t words[10];
	int pid = 0x77;

	fake_answer = note;
#define NOTED(call, command) \
	CHECK((call) == KERN_NO_ACCESS && last_command == (command))

	NOTED(mach_port_allocate(1, 2, &name), MACHDEV_IOC_PORT_ALLOCATE);
	CHECK(last.allocate.task == 1 && last.allocate.right == 2);
	CHECK(last.allocate.flags == 0);
	NOTED(mach_port_allocate_name(1, 2, 3), MACHDEV_IOC_PORT_ALLOCATE);
	CHECK(last.allocate.name == 3);
	CHECK(last.allocate.flags == MACHDEV_ALLOCATE_NAME);
	qos.prealloc = 1;
	NOTED(mach_port_allocate_full(1, 1, 0, &qos, &name),
	      MACHDEV_IOC_PORT_ALLOCATE);
	CHECK(last.allocate.task == 1 && last.allocate.right == 1);
	CHECK(last.allocate.flags == 0 && last.allocate.name == 0);
	NOTED(mach_port_allocate_qos(1, 1, &qos, &name),
	      MACHDEV_IOC_PORT_ALLOCATE);
	CHECK(last.allocate.task == 1 && last.allocate.right == 1);
	NOTED(mach_port_allocate_full(1, 4, 0, &qos, &name),
	      MACHDEV_IOC_PORT_ALLOCATE);
	CHECK(last.allocate.right == MACH_PORT_RIGHT_NUMBER);
	qos.prealloc = 0;
	NOTED(mach_port_allocate_full(1, 1, 5, &qos, &name),
	      MACHDEV_IOC_PORT_ALLOCATE);
	CHECK(last.allocate.right == MACH_PORT_RIGHT_NUMBER);
	qos.name = 1;
	NOTED(mach_port_allocate_full(1, 4, 0, &qos, &name),
	      MACHDEV_IOC_PORT_ALLOCATE);
	CHECK(last.allocate.right == 4 && last.allocate.name == 0x77);
	CHECK(last.allocate.flags == MACHDEV_ALLOCATE_NAME);
	CHECK(mach_port_allocate_qos(1, 1, &qos, &name) ==
	      KERN_INVALID_ARGUMENT);
	NOTED(mach_port_construct(1, &options, wide, &name),
	      MACHDEV_IOC_PORT_CONSTRUCT);
	CHECK(last.construct.task == 1 && last.construct.flags == 0x12);
	CHECK(last.construct.qlimit == 9 && last.construct.context == wide);
	CHECK(mach_port_construct(1, NULL, wide, &name) ==
	      KERN_INVALID_ADDRESS);
	NOTED(mach_port_destruct(1, 2, -3, wide), MACHDEV_IOC_PORT_DESTRUCT);
	CHECK(last.destruct.task == 1 && last.destruct.name == 2);
	CHECK(last.destruct.delta == -3 && last.destruct.guard == wide);
	NOTED(mach_port_rename(1, 2, 3), MACHDEV_IOC_PORT_RENAME);
	CHECK(last.rename.task == 1 && last.rename.name == 2);
	CHECK(last.rename.new_name == 3);
	NOTED(mach_port_destroy(1, 2), MACHDEV_IOC_PORT_DESTROY);
	CHECK(last.refs.task == 1 && last.refs.name == 2);
	NOTED(mach_port_deallocate(3, 4), MACHDEV_IOC_PORT_DEALLOCATE);
	CHECK(last.refs.task == 3 && last.refs.name == 4);
	NOTED(mach_port_mod_refs(1, 2, 3, -4), MACHDEV_IOC_PORT_MOD_REFS);
	CHECK(last.refs.task == 1 && last.refs.name == 2);
	CHECK(last.refs.right == 3 && last.refs.delta == -4);
	NOTED(mach_port_get_refs(1, 2, 3, &refs), MACHDEV_IOC_PORT_GET_REFS);
	CHECK(last.refs.name == 2 && last.refs.right == 3);
	NOTED(mach_port_type(1, 2, &refs), MACHDEV_IOC_PORT_TYPE);
	CHECK(last.refs.task == 1 && last.refs.name == 2);
	NOTED(mach_port_insert_right(1, 2, 3, 4),
	      MACHDEV_IOC_PORT_INSERT_RIGHT);
	CHECK(last.right.task == 1 && last.right.name == 2);
	CHECK(last.right.port == 3 && last.right.disposition == 4);
	NOTED(mach_port_move_member(1, 2, 3), MACHDEV_IOC_PORT_MOVE_MEMBER);
	CHECK(last.member.task == 1 && last.member.name == 2);
	CHECK(last.member.set == 3);
	NOTED(mach_port_insert_member(4, 5, 6),
	      MACHDEV_IOC_PORT_INSERT_MEMBER);
	CHECK(last.member.task == 4 && last.member.name == 5);
	CHECK(last.member.set == 6);
	NOTED(mach_port_extract_member(7, 8, 9),
	      MACHDEV_IOC_PORT_EXTRACT_MEMBER);
	CHECK(last.member.task == 7 && last.member.name == 8);
	CHECK(last.member.set == 9);
	NOTED(mach_port_get_set_status(1, 2, &ports, &count),
	      MACHDEV_IOC_PORT_GET_SET_STATUS);
	CHECK(last.set.task == 1 && last.set.name == 2);
	CHECK(!ports && count == 9);
	NOTED(mach_port_extract_right(1, 2, 4, &name, &type),
	      MACHDEV_IOC_PORT_EXTRACT_RIGHT);
	CHECK(last.right.task == 1 && last.right.name == 2);
	CHECK(last.right.disposition == 4);
	NOTED(mach_port_get_attributes(1, 2, 3, words, &count),
	      MACHDEV_IOC_PORT_GET_ATTRIBUTES);
	CHECK(last.attributes.task == 1 && last.attributes.name == 2);
	CHECK(last.attributes.flavor == 3 && last.attributes.count == 9);
	CHECK(last.attributes.info == (uintptr_t)words);
	NOTED(mach_port_set_attributes(1, 2, 3, words, 4),
	      MACHDEV_IOC_PORT_SET_ATTRIBUTES);
	CHECK(last.attributes.flavor == 3 && last.attributes.count == 4);
	CHECK(last.attributes.info == (uintptr_t)words);
	NOTED(mach_port_set_mscount(1, 2, 3), MACHDEV_IOC_PORT_SET_MSCOUNT);
	CHECK(last.count.task == 1 && last.count.name == 2);
	CHECK(last.count.count == 3);
	NOTED(mach_port_set_seqno(1, 2, 4), MACHDEV_IOC_PORT_SET_SEQNO);
	CHECK(last.count.task == 1 && last.count.name == 2);
	CHECK(last.count.count == 4);
	NOTED(mach_port_get_srights(1, 2, &refs),
	      MACHDEV_IOC_PORT_GET_SRIGHTS);
	CHECK(last.count.task == 1 && last.count.name == 2);
	NOTED(mach_port_get_context(1, 2, &context),
	      MACHDEV_IOC_PORT_GET_CONTEXT);
	CHECK(last.context.task == 1 && last.context.name == 2);
	NOTED(mach_port_set_context(1, 2, wide),
	      MACHDEV_IOC_PORT_SET_CONTEXT);
	CHECK(last.context.task == 1 && last.context.name == 2);
	CHECK(last.context.context == wide);
	NOTED(mach_port_guard(1, 2, wide, FALSE), MACHDEV_IOC_PORT_GUARD);
	CHECK(last.guard.task == 1 && last.guard.name == 2);
	CHECK(last.guard.guard == wide && last.guard.flags == 0);
	NOTED(mach_port_guard(1, 2, wide, 7), MACHDEV_IOC_PORT_GUARD);
	CHECK(last.guard.flags == MACHDEV_MPG_STRICT);
	NOTED(mach_port_guard_with_flags(1, 2, wide, 0x80000002),
	      MACHDEV_IOC_PORT_GUARD);
	CHECK(last.guard.guard == wide && last.guard.flags == 0x80000002);
	CHECK(mach_port_guard_with_flags(1, 2, wide, 1ull << 32) ==
	      KERN_NOT_SUPPORTED);
	NOTED(mach_port_unguard(1, 2, wide), MACHDEV_IOC_PORT_UNGUARD);
	CHECK(last.guard.task == 1 && last.guard.name == 2);
	CHECK(last.guard.guard == wide && last.guard.new_guard == 0);
	NOTED(mach_port_swap_guard(1, 2, 3, wide),
	      MACHDEV_IOC_PORT_SWAP_GUARD);
	CHECK(last.guard.task == 1 && last.guard.name == 2);
	CHECK(last.guard.guard == 3 && last.guard.new_guard == wide);
	NOTED(mach_port_assert_attributes(1, 2, 3, words, 4),
	      MACHDEV_IOC_PORT_ASSERT_ATTRIBUTES);
	CHECK(last.attributes.task == 1 && last.attributes.name == 2);
	CHECK(last.attributes.flavor == 3 && last.attributes.count == 4);
	CHECK(last.attributes.info == (uintptr_t)words);
	NOTED(mach_port_peek(1, 2, 3, &refs, &refs, &id, (char *)words, &count),
	      MACHDEV_IOC_PORT_PEEK);
	CHECK(last.peek.task == 1 && last.peek.name == 2);
	CHECK(last.peek.trailer == 3 && last.peek.seqno == 0x77);
	CHECK(last.peek.count == 9 && last.peek.info == (uintptr_t)words);
	NOTED(mach_port_kobject(1, 2, &refs, &context),
	      MACHDEV_IOC_PORT_KOBJECT);
	CHECK(last.kobject.task == 1 && last.kobject.name == 2);
	NOTED(mach_port_kernel_object(3, 4, &refs, &refs),
	      MACHDEV_IOC_PORT_KOBJECT);
	CHECK(last.kobject.task == 3 && last.kobject.name == 4);
	NOTED(mach_port_kobject_description(5, 6, &refs, &context, text),
	      MACHDEV_IOC_PORT_KOBJECT);
	CHECK(last.kobject.task == 5 && last.kobject.name == 6);
	NOTED(mach_port_space_basic_info(1, &basic),
	      MACHDEV_IOC_PORT_SPACE_INFO);
	CHECK(last.space.task == 1 && last.space.table == 0);
	NOTED(mach_port_space_info(2, &space, &table, &count, &tree, &count),
	      MACHDEV_IOC_PORT_SPACE_INFO);
	CHECK(last.space.task == 2 && last.space.table && !table);
	CHECK(last.space.count >= 4096 / sizeof(ipc_info_name_t));
	NOTED(mach_port_request_notification(1, 2, 3, 4, 5, 6, &name),
	      MACHDEV_IOC_PORT_REQUEST_NOTIFICATION);
	CHECK(last.notification.task == 1 && last.notification.name == 2);
	CHECK(last.notification.msgid == 3 && last.notification.sync == 4);
	CHECK(last.notification.notify == 5);
	CHECK(last.notification.disposition == 6);

	NOTED(task_get_host_name_port(1, &name),
	      MACHDEV_IOC_TASK_GET_SPECIAL_PORT);
	CHECK(last.special.object == 1 && last.special.which == 2);
	NOTED(task_set_exception_port(1, 5), MACHDEV_IOC_TASK_SET_SPECIAL_PORT);
	CHECK(last.special.object == 1 && last.special.which == 3);
	CHECK(last.special.port == 5);
	NOTED(mach_ports_register(1, three, 2), MACHDEV_IOC_PORTS_REGISTER);
	CHECK(last.ports.task == 1 && last.ports.count == 2);
	CHECK(last.ports.port[0] == 7 && last.ports.port[1] == 8);
	CHECK(last.ports.port[2] == 0);
	NOTED(mach_ports_register(1, three, 4), MACHDEV_IOC_PORTS_REGISTER);
	CHECK(last.ports.count == 4 && last.ports.port[2] == 9);
	NOTED(mach_ports_lookup(1, &ports, &count), MACHDEV_IOC_PORTS_LOOKUP);
	CHECK(last.ports.task == 1 && !ports);
	NOTED(task_info(1, TASK_AUDIT_TOKEN, words, &count),
	      MACHDEV_IOC_TASK_INFO);
	CHECK(last.info.task == 1 && last.info.flavor == TASK_AUDIT_TOKEN);
	CHECK(last.info.count == 9 && last.info.info == (uintptr_t)words);
	NOTED(task_threads(1, &ports, &count), MACHDEV_IOC_TASK_THREADS);
	CHECK(last.array.object == 1 && last.array.names && !ports);
	CHECK(last.array.count >= 4096 / sizeof(thread_t));
	NOTED(thread_get_special_port(1, 2, &name),
	      MACHDEV_IOC_THREAD_GET_SPECIAL_PORT);
	CHECK(last.special.object == 1 && last.special.which == 2);
	NOTED(thread_set_special_port(1, 2, 5),
	      MACHDEV_IOC_THREAD_SET_SPECIAL_PORT);
	CHECK(last.special.object == 1 && last.special.port == 5);
	NOTED(processor_set_default(1, &name),
	      MACHDEV_IOC_PROCESSOR_SET_DEFAULT);
	CHECK(last.processors.host == 1 && last.processors.set == 0);
	NOTED(host_processor_set_priv(1, 2, &name),
	      MACHDEV_IOC_HOST_PROCESSOR_SET_PRIV);
	CHECK(last.processors.host == 1 && last.processors.set_name == 2);
	NOTED(processor_set_tasks(1, &ports, &count),
	      MACHDEV_IOC_PROCESSOR_SET_TASKS);
	CHECK(last.array.object == 1 && last.array.names && !ports);
	NOTED(task_suspend(1), MACHDEV_IOC_TASK_SUSPEND);
	CHECK(last.control.task == 1 && last.control.token == 0);
	NOTED(task_resume(1), MACHDEV_IOC_TASK_RESUME);
	CHECK(last.control.task == 1 && last.control.token == 0);
	NOTED(task_suspend2(1, &name), MACHDEV_IOC_TASK_SUSPEND2);
	CHECK(last.control.task == 1);
	NOTED(task_resume2(1), MACHDEV_IOC_TASK_RESUME2);
	CHECK(last.control.task == 0 && last.control.token == 1);
	NOTED(task_terminate(1), MACHDEV_IOC_TASK_TERMINATE);
	CHECK(last.control.task == 1 && last.control.token == 0);
	NOTED(task_sample(1, 5), MACHDEV_IOC_TASK_SAMPLE);
	CHECK(last.sample.object == 1 && last.sample.port == 5);
	NOTED(thread_sample(1, 0), MACHDEV_IOC_THREAD_SAMPLE);
	CHECK(last.sample.object == 1 && last.sample.port == 0);
	NOTED(thread_info(1, THREAD_BASIC_INFO, words, &count),
	      MACHDEV_IOC_THREAD_INFO);
	CHECK(last.info.task == 1 && last.info.flavor == THREAD_BASIC_INFO);
	CHECK(last.info.count == 9 && last.info.info == (uintptr_t)words);
	NOTED(task_create(1, &name, 2, TRUE, &name), MACHDEV_IOC_TASK_CREATE);
	CHECK(last.create.parent == 1 && last.create.flags == 0);
	CHECK(last.create.ledgers == (uintptr_t)&name);
	CHECK(last.create.ledger_count == 2 && last.create.inherit_memory == 1);
	NOTED(host_get_special_port(1, -1, 8, &name),
	      MACHDEV_IOC_HOST_GET_SPECIAL_PORT);
	CHECK(last.special.object == 1 && last.special.which == 8);
	CHECK(last.special.node == -1);
	NOTED(host_set_special_port(1, 9, 5),
	      MACHDEV_IOC_HOST_SET_SPECIAL_PORT);
	CHECK(last.special.which == 9 && last.special.port == 5);
	NOTED(host_security_set_task_token(1, 2, security, audit, 3),
	      MACHDEV_IOC_HOST_SET_TASK_TOKEN);
	CHECK(last.token.host_security == 1 && last.token.task == 2);
	CHECK(!memcmp(last.token.security, &security, sizeof(security)));
	CHECK(!memcmp(last.token.audit, &audit, sizeof(audit)));
	CHECK(last.token.host == 3);
	NOTED(host_security_create_task_token(1, 2, security, audit, 3, &name,
					      4, FALSE, &name),
	      MACHDEV_IOC_TASK_CREATE);
	CHECK(last.create.host_security == 1 && last.create.parent == 2);
	CHECK(!memcmp(last.create.security, &security, sizeof(security)));
	CHECK(!memcmp(last.create.audit, &audit, sizeof(audit)));
	CHECK(last.create.host == 3 && last.create.ledger_count == 4);
	CHECK(last.create.flags == MACHDEV_TASK_CREATE_TOKEN);
	CHECK(name == 0x77 && refs == 0x77 && type == 0x77 && count == 9);
	CHECK(context == 0x77);

	/* These three promise a null result. */
	NOTED(task_for_pid(1, 2, &name), MACHDEV_IOC_TASK_FOR_PID);
	CHECK(last.pid.pid == 2 && name == MACH_PORT_NULL);
	NOTED(pid_for_task(3, &pid), MACHDEV_IOC_PID_FOR_TASK);
	CHECK(last.pid.task == 3 && pid == -1);
	name = 0x77;
	NOTED(host_get_host_priv_port(1, &name), MACHDEV_IOC_HOST_PRIV);
	CHECK(name == MACH_PORT_NULL);
	CHECK(host_get_host_priv_port(MACH_PORT_NULL, &name) ==
	      KERN_INVALID_ARGUMENT);
}

static const struct test tests[] = {
	TEST(msg_arguments),
	TEST(interrupted_send_is_sent_again),
	TEST(interrupted_send_has_the_time_left),
	TEST(lost_rights_are_not_sent_again),
	TEST(interrupted_receive_goes_on),
	TEST(aborted_receive_goes_on),
	TEST(send_then_interrupted_receive),
	TEST(codes_pass_through),
	TEST(destroys_header_rights),
	TEST(destroys_body),
	TEST(port_names),
	TEST(set_members),
	TEST(memory),
	TEST(memory_copied),
	TEST(query),
	TEST(pidfd),
	TEST(audit_words),
	TEST(samples),
	TEST(servers),
	TEST(arguments),
};

int main(void)
{
	return run_tests(tests, LENGTH(tests), fake_init);
}
