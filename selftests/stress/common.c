// SPDX-License-Identifier: GPL-2.0-only
/* What all processes of the stress test do. */
#include "stress.h"

#include <stdarg.h>
#include <sys/time.h>

struct shared *shared;
bool supervising;
__thread struct beat *my_beat;
__thread uint64_t my_random = 1;

void shared_map(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
		      SHARED_FD, 0);
	MUST(shared == MAP_FAILED ? -errno : 0);
}

/* xorshift64*: from 0 to @limit - 1. */
uint32_t random_below(uint32_t limit)
{
	my_random ^= my_random >> 12;
	my_random ^= my_random << 25;
	my_random ^= my_random >> 27;
	return (my_random * 0x2545f4914f6cdd1dull >> 32) % limit;
}

void thread_begin(unsigned int beat_index)
{
	my_random = (shared->seed + beat_index) * 0x9e3779b97f4a7c15ull ^
		    (uint64_t)getpid() << 17;
	my_random |= 1;
	my_beat = &shared->beat[beat_index];
	my_beat->pid = getpid();
	my_beat->tid = syscall(SYS_gettid);
	beat(IDLE, 0);
}

void thread_end(void)
{
	beat(OUT, 0);
}

void beat(enum doing doing, uint32_t port)
{
	my_beat->port = port;
	__atomic_store_n(&my_beat->since, test_now_ms(), __ATOMIC_RELAXED);
	__atomic_store_n(&my_beat->doing, doing, __ATOMIC_RELEASE);
}

static void tick(int number)
{
	(void)number;
	count(TICKS);
}

/* A third of the processes get a signal every few milliseconds. */
void ticks_begin(void)
{
	struct sigaction action = { .sa_handler = tick };
	struct itimerval time = { .it_value.tv_usec = 1000 };

	if (random_below(3))
		return;
	action.sa_flags = random_below(2) ? SA_RESTART : 0;
	time.it_interval.tv_usec = 2000 + random_below(10000);
	MUST(sigaction(SIGALRM, &action, NULL) ? -errno : 0);
	MUST(setitimer(ITIMER_REAL, &time, NULL) ? -errno : 0);
}

bool gate_is_shut(void)
{
	int fd = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd >= 0) {
		close(fd);
		return false;
	}
	return errno == ENODEV || errno == ENOENT || errno == ENXIO;
}

void failed(const char *format, ...)
{
	uint32_t index = __atomic_fetch_add(&shared->told, 1,
					    __ATOMIC_RELAXED);
	va_list arguments;

	if (index < FAILURES) {
		va_start(arguments, format);
		vsnprintf(shared->failure[index],
			  sizeof(shared->failure[index]), format, arguments);
		va_end(arguments);
	}
	/* When the supervisor sees that, it kills everybody. */
	__atomic_add_fetch(&shared->failures, 1, __ATOMIC_RELEASE);
}

void must(long code, const char *what)
{
	if (!code)
		return;
	if (gate_is_shut()) {
		if (!supervising)
			_exit(EXIT_GONE);
		shared->gone = 1;
		thread_end();
		pthread_exit(NULL);
	}
	failed("process %d: %s: %s (%#lx)", getpid(), what,
	       mach_code_string(code), (unsigned long)code);
	_exit(1);
}

mach_port_t new_port(void)
{
	mach_port_t task = mach_task_self(), name = MACH_PORT_NULL;

	must(mach_port_allocate(task, MACH_PORT_RIGHT_RECEIVE, &name),
	     "allocate");
	must(mach_port_insert_right(task, name, name, MACH_MSG_TYPE_MAKE_SEND),
	     "insert");
	return name;
}

mach_port_t registry_port(void)
{
	mach_port_t name = MACH_PORT_NULL;

	must(task_get_special_port(mach_task_self(), TASK_BOOTSTRAP_PORT,
				   &name), "bootstrap port");
	return name;
}

void note_init(struct note *note, mach_port_t to, mach_msg_type_name_t how,
	       mach_msg_id_t id, mach_port_t right,
	       mach_msg_type_name_t right_how)
{
	*note = (struct note) {
		.head.msgh_bits = MACH_MSGH_BITS(how, 0) |
				  MACH_MSGH_BITS_COMPLEX,
		.head.msgh_remote_port = to,
		.head.msgh_id = id,
		.body.msgh_descriptor_count = 1,
		.right = msg_port(right, right_how),
	};
}

/* Does the caller get the message back, to be sent as it stands? */
static bool comes_back(mach_msg_return_t mr)
{
	switch (mr) {
	case MACH_SEND_TIMED_OUT:
	case MACH_SEND_INTERRUPTED:
		count(RETURNED);
		return true;
	case MACH_SEND_NO_BUFFER:
		count(REFUSED);
		return true;
	}
	return false;
}

/*
 * Send a message in one way or another until it is sent or its destination is
 * dead. Then what came back of it is in the header.
 */
mach_msg_return_t send_whole(mach_msg_header_t *head, mach_msg_size_t size)
{
	mach_msg_option_t option;
	mach_msg_return_t mr;

	do {
		option = MACH_SEND_MSG;
		if (!random_below(3))
			option |= MACH_SEND_TIMEOUT;
		if (!random_below(3))
			option |= MACH_SEND_INTERRUPT;
		mr = mach_msg(head, option, size, 0, MACH_PORT_NULL,
			      random_below(20), MACH_PORT_NULL);
		if (mr == MACH_SEND_NO_BUFFER)
			test_sleep_ms(1);
	} while (comes_back(mr));
	if (mr != MACH_SEND_INVALID_DEST)
		must(mr, "send");
	return mr;
}

/*
 * Ask the registry. The answer is a send right, or null when there is none now
 * or, in a process that has little memory, none could be named.
 */
mach_port_t find(mach_msg_id_t id, uint32_t index, mach_port_t reply,
		 uint32_t *generation)
{
	mach_port_t registry = registry_port();
	mach_msg_return_t mr;
	struct note note;

	note_init(&note, registry, MACH_MSG_TYPE_MOVE_SEND, id, MACH_PORT_NULL,
		  MACH_MSG_TYPE_COPY_SEND);
	note.head.msgh_bits |= MACH_MSGH_BITS(0, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	note.head.msgh_local_port = reply;
	note.word[0] = index;
	must(send_whole(&note.head, NOTE_SIZE), "ask the registry");
	mr = mach_msg(&note.head, MACH_RCV_MSG, 0, sizeof(note), reply, 0,
		      MACH_PORT_NULL);
	if ((mr & ~MACH_MSG_MASK) == MACH_RCV_BODY_ERROR) {
		count(REFUSED);
		test_sleep_ms(1);
		return MACH_PORT_NULL;
	}
	must(mr, "receive from the registry");
	if (note.head.msgh_id != ID_FOUND || note.word[0] != index)
		failed("the registry answers %u with id %d, %u", index,
		       note.head.msgh_id, note.word[0]);
	if (generation)
		*generation = note.word[1];
	return MACH_PORT_VALID(note.right.name) ? note.right.name :
						  MACH_PORT_NULL;
}
