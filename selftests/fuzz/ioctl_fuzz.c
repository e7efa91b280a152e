// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls of the device at random, by programs of several users and threads that
 * know what the members of each struct mean.
 *
 * usage: ioctl_fuzz [--seconds N] [--seed N] [--workers N]
 *        ioctl_fuzz --replay <LINES
 *
 * A sequence of calls that reaches something new is kept, and others are made
 * from it. New is a line of the module, where the kernel tells (KCOV, as root),
 * and everywhere a result that a command has not given before.
 *
 * Each sequence is printed before it is run, so that the last lines say what
 * was going on when the kernel crashed; --replay runs them again.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/kcov.h>
#include <linux/machdev.h>
#include <linux/machdev_abi.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define WORKERS_MAX 16
#define FIELDS_MAX 16
#define CALLS_MAX 12
#define DATA_MAX 160
#define RESULT_MAX 16384
/* Of the largest that there is an array of. */
#define ROOM_MAX (RESULT_MAX / sizeof(struct machdev_name_info))
#define SLOTS 32
#define CORPUS 1024
#define SIGNAL_BITS (1u << 18)
#define KCOV_WORDS (1u << 15)
#define KCOV_FILE "/sys/kernel/debug/kcov"

/* What a member means, by which its values are chosen. */
enum kind {
	NAME,		/* a slot, that holds a name; null, dead, or any */
	OUT_NAME,	/* a slot that gets the name */
	POINTER,	/* to the call's data, or to where there is nothing */
	MESSAGE,	/* the same, and the data are a message */
	RECEIVE,	/* 0, or the same to be written to */
	BYTES,		/* of a message */
	NUMBER,		/* small */
	ROOM,		/* likewise, of what fits into the data */
	GUARD,		/* few, so that one is right at times */
	SIGNED,
	RIGHT,
	DISPOSITION,
	FLAVOR,
	WHICH,		/* a special port */
	PID,		/* a process of ours, or none */
	OPTION,		/* of mach_msg */
	FLAGS,
	CONSTRUCT,	/* flags of a port to be made */
	EXCEPTIONS,	/* bits of a mask */
	TRAILER,	/* bits of OPTION */
	WORD,		/* anything */
	TIME,		/* milliseconds, few */
	ZERO,		/* reserved: mostly 0 */
};

struct field {
	uint16_t offset;
	uint8_t size;
	uint8_t kind;
};

#define FIELD(type, member, kind) \
	{ offsetof(struct type, member), \
	  sizeof(((struct type *)0)->member), kind }

struct command {
	const char *name;
	unsigned long number;
	struct field fields[FIELDS_MAX];
};

#define NAME_FIELDS(type) { FIELD(type, name, OUT_NAME), \
			    FIELD(type, reserved, ZERO) }
#define REFS_FIELDS { \
	FIELD(machdev_port_refs, task, NAME), \
	FIELD(machdev_port_refs, name, NAME), \
	FIELD(machdev_port_refs, right, RIGHT), \
	FIELD(machdev_port_refs, delta, SIGNED) }
#define RIGHT_FIELDS(port_kind) { \
	FIELD(machdev_port_right, task, NAME), \
	FIELD(machdev_port_right, name, NAME), \
	FIELD(machdev_port_right, port, port_kind), \
	FIELD(machdev_port_right, disposition, DISPOSITION) }
#define ATTRIBUTE_FIELDS { \
	FIELD(machdev_port_attributes, task, NAME), \
	FIELD(machdev_port_attributes, name, NAME), \
	FIELD(machdev_port_attributes, flavor, FLAVOR), \
	FIELD(machdev_port_attributes, count, ROOM), \
	FIELD(machdev_port_attributes, info, POINTER) }
#define COUNT_FIELDS { \
	FIELD(machdev_port_count, task, NAME), \
	FIELD(machdev_port_count, name, NAME), \
	FIELD(machdev_port_count, count, NUMBER), \
	FIELD(machdev_port_count, reserved, ZERO) }
#define CONTEXT_FIELDS { \
	FIELD(machdev_port_context, task, NAME), \
	FIELD(machdev_port_context, name, NAME), \
	FIELD(machdev_port_context, context, GUARD) }
#define GUARD_FIELDS(flags_kind, new_kind) { \
	FIELD(machdev_port_guard, task, NAME), \
	FIELD(machdev_port_guard, name, NAME), \
	FIELD(machdev_port_guard, flags, flags_kind), \
	FIELD(machdev_port_guard, reserved, ZERO), \
	FIELD(machdev_port_guard, guard, GUARD), \
	FIELD(machdev_port_guard, new_guard, new_kind) }
#define EMBRYO_FIELDS(pid_kind) { \
	FIELD(machdev_embryo, descriptor, NUMBER), \
	FIELD(machdev_embryo, pid, pid_kind), \
	FIELD(machdev_embryo, child, OUT_NAME), \
	FIELD(machdev_embryo, flags, FLAGS) }
#define LEDGER_FIELDS(created_kind, amount_kind) { \
	FIELD(machdev_ledger, ledger, NAME), \
	FIELD(machdev_ledger, other, NAME), \
	FIELD(machdev_ledger, created, created_kind), \
	FIELD(machdev_ledger, reserved, ZERO), \
	FIELD(machdev_ledger, amount, amount_kind) }
#define CLOCK_FIELDS(id_kind, port_kind) { \
	FIELD(machdev_clock, object, NAME), \
	FIELD(machdev_clock, id, id_kind), \
	FIELD(machdev_clock, port, port_kind), \
	FIELD(machdev_clock, reserved, ZERO) }
#define EXCEPTION_SET_FIELDS { \
	FIELD(machdev_exception_set, object, NAME), \
	FIELD(machdev_exception_set, reserved, ZERO), \
	FIELD(machdev_exception_set, action.mask, EXCEPTIONS), \
	FIELD(machdev_exception_set, action.port, NAME), \
	FIELD(machdev_exception_set, action.behavior, NUMBER), \
	FIELD(machdev_exception_set, action.flavor, NUMBER) }
#define SAMPLE_FIELDS { \
	FIELD(machdev_sample, object, NAME), \
	FIELD(machdev_sample, port, NAME), \
	FIELD(machdev_sample, flags, ZERO), \
	FIELD(machdev_sample, reserved, ZERO) }
#define EXCEPTION_GET_FIELDS { \
	FIELD(machdev_exception_get, object, NAME), \
	FIELD(machdev_exception_get, flags, FLAGS), \
	FIELD(machdev_exception_get, reserved, ZERO), \
	FIELD(machdev_exception_get, action.mask, EXCEPTIONS), \
	FIELD(machdev_exception_get, action.port, NAME), \
	FIELD(machdev_exception_get, action.behavior, NUMBER), \
	FIELD(machdev_exception_get, action.flavor, NUMBER), \
	FIELD(machdev_exception_get, row[0].port, OUT_NAME) }
#define INFO_FIELDS { \
	FIELD(machdev_task_info, task, NAME), \
	FIELD(machdev_task_info, flavor, FLAVOR), \
	FIELD(machdev_task_info, count, ROOM), \
	FIELD(machdev_task_info, reserved, ZERO), \
	FIELD(machdev_task_info, info, POINTER) }
#define PROCESSOR_FIELDS(name_kind, set_kind) { \
	FIELD(machdev_processor_set, host, NAME), \
	FIELD(machdev_processor_set, set_name, name_kind), \
	FIELD(machdev_processor_set, set, set_kind), \
	FIELD(machdev_processor_set, reserved, ZERO) }
#define CONTROL_FIELDS(task_kind, token_kind) { \
	FIELD(machdev_task_control, task, task_kind), \
	FIELD(machdev_task_control, token, token_kind), \
	FIELD(machdev_task_control, flags, ZERO), \
	FIELD(machdev_task_control, reserved, ZERO) }
#define ARRAY_FIELDS { \
	FIELD(machdev_port_array, object, NAME), \
	FIELD(machdev_port_array, count, ROOM), \
	FIELD(machdev_port_array, names, POINTER) }
#define PORTS_FIELDS(port_kind) { \
	FIELD(machdev_ports, task, NAME), \
	FIELD(machdev_ports, count, NUMBER), \
	FIELD(machdev_ports, port[0], port_kind), \
	FIELD(machdev_ports, port[1], port_kind), \
	FIELD(machdev_ports, port[2], port_kind), \
	FIELD(machdev_ports, reserved, ZERO) }
#define MEMBER_FIELDS { \
	FIELD(machdev_port_member, task, NAME), \
	FIELD(machdev_port_member, name, NAME), \
	FIELD(machdev_port_member, set, NAME), \
	FIELD(machdev_port_member, reserved, ZERO) }
#define SPECIAL_FIELDS(port_kind) { \
	FIELD(machdev_special_port, object, NAME), \
	FIELD(machdev_special_port, which, WHICH), \
	FIELD(machdev_special_port, port, port_kind), \
	FIELD(machdev_special_port, node, SIGNED) }
#define PID_FIELDS { \
	FIELD(machdev_task_pid, task, NAME), \
	FIELD(machdev_task_pid, pid, PID), \
	FIELD(machdev_task_pid, port, OUT_NAME), \
	FIELD(machdev_task_pid, flavor, FLAVOR) }

#define RANGE_FIELDS(value_kind) { \
	FIELD(machdev_vm_range, task, NAME), \
	FIELD(machdev_vm_range, value, value_kind), \
	FIELD(machdev_vm_range, address, POINTER), \
	FIELD(machdev_vm_range, size, NUMBER) }
#define COPY_FIELDS { \
	FIELD(machdev_vm_copy, task, NAME), \
	FIELD(machdev_vm_copy, reserved, ZERO), \
	FIELD(machdev_vm_copy, address, POINTER), \
	FIELD(machdev_vm_copy, size, NUMBER), \
	FIELD(machdev_vm_copy, data, POINTER) }
#define THREAD_FIELDS { \
	FIELD(machdev_thread, task, ZERO), \
	FIELD(machdev_thread, thread, NAME) }
#define STATE_FIELDS { \
	FIELD(machdev_thread_state, thread, NAME), \
	FIELD(machdev_thread_state, flavor, FLAVOR), \
	FIELD(machdev_thread_state, count, ROOM), \
	FIELD(machdev_thread_state, reserved, ZERO), \
	FIELD(machdev_thread_state, state, POINTER) }

#define CALL(name) #name, MACHDEV_IOC_##name

/*
 * All but six, which scripts/check.sh lists: SHUTDOWN is the end of the device;
 * TASK_SUSPEND, TASK_SUSPEND2 and TASK_TERMINATE stop or end who calls, or
 * another who fuzzes, and PROCESSOR_SET_TASKS would give it those, and all else
 * that runs; THREAD_PARK waits to be resumed, and goes on at an address that
 * nobody has set.
 */
static const struct command commands[] = {
	{ CALL(MSG), {
		FIELD(machdev_msg, msg, MESSAGE),
		FIELD(machdev_msg, rcv_msg, RECEIVE),
		FIELD(machdev_msg, option, OPTION),
		FIELD(machdev_msg, send_size, BYTES),
		FIELD(machdev_msg, rcv_size, BYTES),
		FIELD(machdev_msg, rcv_name, NAME),
		FIELD(machdev_msg, timeout, TIME),
		FIELD(machdev_msg, notify, NAME),
		FIELD(machdev_msg, deadline, ZERO),
		FIELD(machdev_msg, flags, FLAGS),
		FIELD(machdev_msg, reserved, ZERO) } },
	{ CALL(TASK_SELF), NAME_FIELDS(machdev_name) },
	{ CALL(THREAD_SELF), NAME_FIELDS(machdev_name) },
	{ CALL(HOST_SELF), NAME_FIELDS(machdev_name) },
	{ CALL(REPLY_PORT), NAME_FIELDS(machdev_name) },
	{ CALL(HOST_PRIV), NAME_FIELDS(machdev_name) },
	{ CALL(QUERY), {
		FIELD(machdev_query, what, NUMBER),
		FIELD(machdev_query, count, ROOM),
		FIELD(machdev_query, records, POINTER) } },
	{ CALL(SYNC), {
		FIELD(machdev_sync, flags, ZERO),
		FIELD(machdev_sync, reserved, ZERO) } },
	{ CALL(PIDVERSION), { FIELD(machdev_pidversion, pid, PID) } },
	{ CALL(PORT_ALLOCATE), {
		FIELD(machdev_port_allocate, task, NAME),
		FIELD(machdev_port_allocate, right, RIGHT),
		FIELD(machdev_port_allocate, name, OUT_NAME),
		FIELD(machdev_port_allocate, flags, FLAGS) } },
	{ CALL(PORT_DEALLOCATE), {
		FIELD(machdev_port_name, task, NAME),
		FIELD(machdev_port_name, name, NAME) } },
	{ CALL(PORT_DESTROY), {
		FIELD(machdev_port_name, task, NAME),
		FIELD(machdev_port_name, name, NAME) } },
	{ CALL(PORT_MOD_REFS), REFS_FIELDS },
	{ CALL(PORT_GET_REFS), REFS_FIELDS },
	{ CALL(PORT_TYPE), {
		FIELD(machdev_port_type, task, NAME),
		FIELD(machdev_port_type, name, NAME),
		FIELD(machdev_port_type, reserved, ZERO) } },
	{ CALL(PORT_NAMES), {
		FIELD(machdev_port_names, task, NAME),
		FIELD(machdev_port_names, count, ROOM),
		FIELD(machdev_port_names, names, POINTER),
		FIELD(machdev_port_names, types, POINTER) } },
	{ CALL(PORT_INSERT_RIGHT), RIGHT_FIELDS(NAME) },
	{ CALL(PORT_EXTRACT_RIGHT), RIGHT_FIELDS(OUT_NAME) },
	{ CALL(PORT_GET_ATTRIBUTES), ATTRIBUTE_FIELDS },
	{ CALL(PORT_SET_ATTRIBUTES), ATTRIBUTE_FIELDS },
	{ CALL(PORT_REQUEST_NOTIFICATION), {
		FIELD(machdev_port_notification, task, NAME),
		FIELD(machdev_port_notification, name, NAME),
		FIELD(machdev_port_notification, msgid, FLAVOR),
		FIELD(machdev_port_notification, sync, NUMBER),
		FIELD(machdev_port_notification, notify, NAME),
		FIELD(machdev_port_notification, disposition, DISPOSITION),
		FIELD(machdev_port_notification, previous, OUT_NAME),
		FIELD(machdev_port_notification, reserved, ZERO) } },
	{ CALL(PORT_SET_MSCOUNT), COUNT_FIELDS },
	{ CALL(PORT_SET_SEQNO), COUNT_FIELDS },
	{ CALL(PORT_GET_SRIGHTS), COUNT_FIELDS },
	{ CALL(PORT_GET_CONTEXT), CONTEXT_FIELDS },
	{ CALL(PORT_SET_CONTEXT), CONTEXT_FIELDS },
	{ CALL(PORT_GUARD), GUARD_FIELDS(FLAGS, ZERO) },
	{ CALL(PORT_UNGUARD), GUARD_FIELDS(ZERO, ZERO) },
	{ CALL(PORT_SWAP_GUARD), GUARD_FIELDS(ZERO, GUARD) },
	{ CALL(PORT_ASSERT_ATTRIBUTES), ATTRIBUTE_FIELDS },
	{ CALL(PORT_CONSTRUCT), {
		FIELD(machdev_port_construct, task, NAME),
		FIELD(machdev_port_construct, name, OUT_NAME),
		FIELD(machdev_port_construct, flags, CONSTRUCT),
		FIELD(machdev_port_construct, qlimit, NUMBER),
		FIELD(machdev_port_construct, context, GUARD) } },
	{ CALL(PORT_DESTRUCT), {
		FIELD(machdev_port_destruct, task, NAME),
		FIELD(machdev_port_destruct, name, NAME),
		FIELD(machdev_port_destruct, delta, SIGNED),
		FIELD(machdev_port_destruct, reserved, ZERO),
		FIELD(machdev_port_destruct, guard, GUARD) } },
	{ CALL(PORT_RENAME), {
		FIELD(machdev_port_rename, task, NAME),
		FIELD(machdev_port_rename, name, NAME),
		FIELD(machdev_port_rename, new_name, OUT_NAME),
		FIELD(machdev_port_rename, reserved, ZERO) } },
	{ CALL(PORT_PEEK), {
		FIELD(machdev_port_peek, task, NAME),
		FIELD(machdev_port_peek, name, NAME),
		FIELD(machdev_port_peek, trailer, TRAILER),
		FIELD(machdev_port_peek, seqno, NUMBER),
		FIELD(machdev_port_peek, count, ROOM),
		FIELD(machdev_port_peek, reserved, ZERO),
		FIELD(machdev_port_peek, info, POINTER) } },
	{ CALL(PORT_KOBJECT), {
		FIELD(machdev_port_kobject, task, NAME),
		FIELD(machdev_port_kobject, name, NAME),
		FIELD(machdev_port_kobject, reserved, ZERO) } },
	{ CALL(PORT_SPACE_INFO), {
		FIELD(machdev_port_space, task, NAME),
		FIELD(machdev_port_space, count, ROOM),
		FIELD(machdev_port_space, table, POINTER) } },
	{ CALL(TASK_GET_SPECIAL_PORT), SPECIAL_FIELDS(OUT_NAME) },
	{ CALL(TASK_SET_SPECIAL_PORT), SPECIAL_FIELDS(NAME) },
	{ CALL(TASK_INFO), INFO_FIELDS },
	{ CALL(TASK_FOR_PID), PID_FIELDS },
	{ CALL(PID_FOR_TASK), PID_FIELDS },
	{ CALL(TASK_CREATE), {
		FIELD(machdev_task_create, host_security, NAME),
		FIELD(machdev_task_create, parent, NAME),
		FIELD(machdev_task_create, host, NAME),
		FIELD(machdev_task_create, inherit_memory, NUMBER),
		FIELD(machdev_task_create, ledgers, POINTER),
		FIELD(machdev_task_create, ledger_count, NUMBER),
		FIELD(machdev_task_create, descriptor, ZERO),
		FIELD(machdev_task_create, flags, FLAGS),
		FIELD(machdev_task_create, reserved, ZERO) } },
	{ CALL(PORTS_REGISTER), PORTS_FIELDS(NAME) },
	{ CALL(PORTS_LOOKUP), PORTS_FIELDS(OUT_NAME) },
	{ CALL(HOST_GET_SPECIAL_PORT), SPECIAL_FIELDS(OUT_NAME) },
	{ CALL(HOST_SET_SPECIAL_PORT), SPECIAL_FIELDS(NAME) },
	{ CALL(HOST_SET_TASK_TOKEN), {
		FIELD(machdev_task_token, host_security, NAME),
		FIELD(machdev_task_token, task, NAME),
		FIELD(machdev_task_token, security[0], WORD),
		FIELD(machdev_task_token, audit[5], WORD),
		FIELD(machdev_task_token, host, NAME),
		FIELD(machdev_task_token, reserved, ZERO) } },
	{ CALL(PORT_MOVE_MEMBER), MEMBER_FIELDS },
	{ CALL(PORT_INSERT_MEMBER), MEMBER_FIELDS },
	{ CALL(PORT_EXTRACT_MEMBER), MEMBER_FIELDS },
	{ CALL(PORT_GET_SET_STATUS), {
		FIELD(machdev_port_set_status, task, NAME),
		FIELD(machdev_port_set_status, name, NAME),
		FIELD(machdev_port_set_status, count, ROOM),
		FIELD(machdev_port_set_status, reserved, ZERO),
		FIELD(machdev_port_set_status, members, POINTER) } },
	{ CALL(FILEPORT_MAKEPORT), {
		FIELD(machdev_fileport, fd, NUMBER),
		FIELD(machdev_fileport, port, OUT_NAME),
		FIELD(machdev_fileport, flags, ZERO),
		FIELD(machdev_fileport, reserved, ZERO) } },
	{ CALL(FILEPORT_MAKEFD), {
		FIELD(machdev_fileport, fd, NUMBER),
		FIELD(machdev_fileport, port, NAME),
		FIELD(machdev_fileport, flags, ZERO),
		FIELD(machdev_fileport, reserved, ZERO) } },
	{ CALL(PORT_FD), {
		FIELD(machdev_port_fd, name, NAME),
		FIELD(machdev_port_fd, flags, NUMBER),
		FIELD(machdev_port_fd, fd, ZERO),
		FIELD(machdev_port_fd, reserved, ZERO) } },
	{ CALL(EMBRYO_ADOPT), EMBRYO_FIELDS(ZERO) },
	{ CALL(EMBRYO_WAIT), EMBRYO_FIELDS(PID) },
	{ CALL(EMBRYO_TAKE), EMBRYO_FIELDS(ZERO) },
	{ CALL(LEDGER_CREATE), LEDGER_FIELDS(OUT_NAME, NUMBER) },
	{ CALL(LEDGER_READ), LEDGER_FIELDS(ZERO, ZERO) },
	{ CALL(LEDGER_TRANSFER), LEDGER_FIELDS(ZERO, SIGNED) },
	{ CALL(LEDGER_TERMINATE), LEDGER_FIELDS(ZERO, ZERO) },
	{ CALL(TASK_THREADS), ARRAY_FIELDS },
	{ CALL(THREAD_GET_SPECIAL_PORT), SPECIAL_FIELDS(OUT_NAME) },
	{ CALL(THREAD_SET_SPECIAL_PORT), SPECIAL_FIELDS(NAME) },
	{ CALL(THREAD_INFO), INFO_FIELDS },
	{ CALL(TASK_RESUME), CONTROL_FIELDS(NAME, ZERO) },
	{ CALL(TASK_RESUME2), CONTROL_FIELDS(ZERO, NAME) },
	{ CALL(PROCESSOR_SET_DEFAULT), PROCESSOR_FIELDS(OUT_NAME, ZERO) },
	{ CALL(HOST_PROCESSOR_SET_PRIV), PROCESSOR_FIELDS(NAME, OUT_NAME) },
	{ CALL(VM_MAP), {
		FIELD(machdev_vm_map, task, NAME),
		FIELD(machdev_vm_map, flags, FLAGS),
		FIELD(machdev_vm_map, protection, NUMBER),
		FIELD(machdev_vm_map, inheritance, NUMBER),
		FIELD(machdev_vm_map, address, POINTER),
		FIELD(machdev_vm_map, size, NUMBER),
		FIELD(machdev_vm_map, mask, NUMBER) } },
	{ CALL(VM_DEALLOCATE), RANGE_FIELDS(ZERO) },
	{ CALL(VM_PROTECT), RANGE_FIELDS(NUMBER) },
	{ CALL(VM_INHERIT), RANGE_FIELDS(NUMBER) },
	{ CALL(VM_READ), COPY_FIELDS },
	{ CALL(VM_WRITE), COPY_FIELDS },
	{ CALL(VM_COPY), COPY_FIELDS },
	{ CALL(VM_REGION), {
		FIELD(machdev_vm_region, task, NAME),
		FIELD(machdev_vm_region, address, POINTER) } },
	{ CALL(THREAD_CREATE), {
		FIELD(machdev_thread, task, NAME),
		FIELD(machdev_thread, thread, OUT_NAME) } },
	{ CALL(THREAD_GET_STATE), STATE_FIELDS },
	{ CALL(THREAD_SET_STATE), STATE_FIELDS },
	{ CALL(THREAD_SUSPEND), THREAD_FIELDS },
	{ CALL(THREAD_RESUME), THREAD_FIELDS },
	{ CALL(THREAD_TERMINATE), THREAD_FIELDS },
	{ CALL(THREAD_BEAR), {
		FIELD(machdev_thread_bear, blocked, NUMBER),
		FIELD(machdev_thread_bear, thread, OUT_NAME),
		FIELD(machdev_thread_bear, reserved, ZERO) } },
	{ CALL(HOST_GET_CLOCK_SERVICE), CLOCK_FIELDS(NUMBER, OUT_NAME) },
	{ CALL(CLOCK_IDENTIFY), CLOCK_FIELDS(ZERO, ZERO) },
	{ CALL(TASK_SET_EXCEPTIONS), EXCEPTION_SET_FIELDS },
	{ CALL(TASK_GET_EXCEPTIONS), EXCEPTION_GET_FIELDS },
	{ CALL(THREAD_SET_EXCEPTIONS), EXCEPTION_SET_FIELDS },
	{ CALL(THREAD_GET_EXCEPTIONS), EXCEPTION_GET_FIELDS },
	{ CALL(HOST_SET_EXCEPTIONS), EXCEPTION_SET_FIELDS },
	{ CALL(HOST_GET_EXCEPTIONS), EXCEPTION_GET_FIELDS },
	{ CALL(TASK_SAMPLE), SAMPLE_FIELDS },
	{ CALL(THREAD_SAMPLE), SAMPLE_FIELDS },
};

/* What a program does besides calls. */
enum { DO_FORK = COUNT(commands), DO_REOPEN, DO_USER, DO_NUMBER };

/* How the argument is passed: mostly as it should be. */
enum shape { EXACT, SHORT, LONG, LONG_TAIL, NOWHERE, CUT_OFF, SHAPES };

struct call {
	uint8_t command;
	uint8_t shape;
	uint8_t data_size;
	uint32_t value[FIELDS_MAX];
	uint8_t data[DATA_MAX];
};

struct sequence {
	uint32_t calls;
	struct call call[CALLS_MAX];
};

/* Memory of all processes. */
static struct shared {
	atomic_ullong calls;
	atomic_uint lines;
	atomic_uint results;
	atomic_uint kept;
	atomic_uint users;
	atomic_bool traced;
	atomic_int pids[WORKERS_MAX];
	atomic_uchar signal[SIGNAL_BITS];
	struct sequence corpus[CORPUS];
} *shared;

static uint64_t end_ms;

/* Of one thread. */
struct fuzzer {
	uint64_t random;
	int device;
	uint64_t *trace;
	bool fresh;		/* the sequence reached something new */
};

/* Names of the process; threads may overwrite each other's. */
static volatile uint32_t slots[SLOTS];

/* Pages: one to write to, one to read, one that is not there. */
static uint8_t *pages;
#define PAGE 4096

/* Of the fuzzer, not of what it looks at. */
static void give_up(const char *what)
{
	warn("%s", what);
	_exit(1);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static uint32_t next(struct fuzzer *f)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 7;
	f->random ^= f->random << 17;
	return f->random >> 16;
}

static uint32_t below(struct fuzzer *f, uint32_t n)
{
	return next(f) % n;
}

static uint32_t one_of(struct fuzzer *f, const uint32_t *values, size_t count)
{
	return values[below(f, count)];
}

#define ONE_OF(f, ...) one_of(f, (const uint32_t[]){ __VA_ARGS__ }, \
	COUNT(((const uint32_t[]){ __VA_ARGS__ })))

/*
 * Sequences
 */

static uint32_t make_value(struct fuzzer *f, enum kind kind)
{
	if (!below(f, 50))
		return next(f);
	switch (kind) {
	case NAME:
		return below(f, 12) ? below(f, SLOTS) :
			ONE_OF(f, SLOTS, SLOTS + 1, 0x103, 0x10003, next(f));
	case OUT_NAME:
		return 4 + below(f, SLOTS - 4);
	case POINTER:
	case MESSAGE:
	case RECEIVE:
		return below(f, 8) ? 0 : below(f, 6);
	case BYTES:
		return below(f, 3) ? below(f, DATA_MAX / 4) * 4 :
			ONE_OF(f, 24, 28, 40, 68, 1 << 20, (1 << 20) + 4);
	case NUMBER:
	case ROOM:
		return below(f, 2) ? below(f, 40) : ONE_OF(f, 0, 1, 2, 8, 1000);
	case GUARD:
		return ONE_OF(f, 0, 1, 1, 1, 2);
	case SIGNED:
		return ONE_OF(f, 0, 1, -1, -1, 2, 65534, -65535, 100);
	case RIGHT:
		return ONE_OF(f, 0, 1, 1, 1, 2, 3, 4, 4, 5, 6);
	case DISPOSITION:
		return 15 + below(f, 8);
	case FLAVOR:
		return ONE_OF(f, 0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 65, 66, 69,
			      69, 70, 70, 72, 72);
	case WHICH:
		return ONE_OF(f, 0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 35,
			      36, 0x103, 0x104, 0x105, 0x106);
	case PID:
		return below(f, WORKERS_MAX + 3);
	case OPTION:
		return (below(f, 3) ? 1 : 0) | (below(f, 2) ? 2 : 0) |
		       (below(f, 6) ? 0x110 : 0) | (below(f, 4) << 2) |
		       (below(f, 16) << 24) | (below(f, 2) << 28);
	case FLAGS:
		return below(f, 4) ? 0 : below(f, 4);
	case EXCEPTIONS:
		return below(f, 4) ? next(f) & 0x3ffe : next(f);
	case CONSTRUCT:
		return below(f, 4) ? below(f, 0x100) & 0xb3 :
				     1u << below(f, 17);
	case TRAILER:
		return below(f, 16) << 24 | below(f, 2) << 28;
	case TIME:
		return below(f, 3) ? 0 : below(f, 5);
	case ZERO:
		return below(f, 20) ? 0 : below(f, 3);
	case WORD:
		break;
	}
	return next(f);
}

static void put(struct call *call, uint32_t at, uint32_t value)
{
	if (at + 4 <= DATA_MAX)
		memcpy(call->data + at, &value, sizeof(value));
}

static void make_message(struct fuzzer *f, struct call *call)
{
	uint32_t remote = 16 + below(f, 6), local = 16 + below(f, 6);
	bool complex = below(f, 2);
	uint32_t n = complex ? below(f, 10) : 0, i;

	if (!below(f, 3))
		local = 0;
	put(call, 0, MACHDEV_BITS(remote, local) |
		     (complex ? MACHDEV_BITS_COMPLEX : 0) |
		     (below(f, 10) ? 0 : 19u << 16));
	put(call, 8, make_value(f, NAME));
	put(call, 12, local ? make_value(f, NAME) : 0);
	put(call, 20, next(f));
	call->data_size = complex ? 28 + 12 * n : 24 + 4 * below(f, 8);
	if (complex)
		put(call, 24, below(f, 30) ? n : next(f));
	for (i = 0; i < n; i++) {
		put(call, 28 + 12 * i, make_value(f, NAME));
		put(call, 36 + 12 * i, make_value(f, DISPOSITION) << 16 |
			(below(f, 20) ? 0 : below(f, 6)) << 24);
	}
	/* In most cases what is sent is what was made. */
	if (below(f, 8))
		call->value[3] = call->data_size;
}

static void make_call(struct fuzzer *f, struct call *call)
{
	const struct command *command;
	unsigned int i;

	memset(call, 0, sizeof(*call));
	call->command = below(f, 3) ? below(f, COUNT(commands)) : 0;
	if (!below(f, 40))
		call->command = DO_FORK + below(f, DO_NUMBER - DO_FORK);
	call->value[0] = next(f);
	if (call->command >= COUNT(commands))
		return;
	if (!below(f, 30))
		call->shape = below(f, SHAPES);
	command = &commands[call->command];
	for (i = 0; i < FIELDS_MAX && command->fields[i].size; i++)
		call->value[i] = make_value(f, command->fields[i].kind);
	/* Slot 0 is the process's own task. */
	if (command->fields[0].kind == NAME && below(f, 3))
		call->value[0] = 0;
	if (!call->command) {
		make_message(f, call);
		return;
	}
	call->data_size = 4 * below(f, DATA_MAX / 4);
	for (i = 0; i < call->data_size; i += 4)
		put(call, i, make_value(f, NUMBER));
}

static const struct sequence *kept(struct fuzzer *f)
{
	return &shared->corpus[below(f, atomic_load(&shared->kept)) % CORPUS];
}

static void join(struct fuzzer *f, struct sequence *s, uint32_t n)
{
	const struct sequence *o;

	if (!atomic_load(&shared->kept))
		return;
	for (o = kept(f); n < o->calls && n < CALLS_MAX; n++)
		s->call[n] = o->call[n];
	if (s->calls < n)
		s->calls = n;
}

static void mutate(struct fuzzer *f, struct sequence *s)
{
	uint32_t n = below(f, s->calls), fields = 0;
	struct call *call = &s->call[n];
	enum kind kind;

	switch (below(f, 6)) {
	case 0:		/* another call in its place */
		make_call(f, call);
		break;
	case 1:		/* one more */
		if (s->calls < CALLS_MAX)
			make_call(f, &s->call[s->calls++]);
		break;
	case 2:		/* one twice */
		if (s->calls < CALLS_MAX)
			s->call[s->calls++] = *call;
		break;
	case 3:		/* the beginning of one, the end of another */
		join(f, s, n);
		break;
	case 4:		/* a byte of the data */
		call->data[below(f, DATA_MAX)] = next(f);
		break;
	default:	/* a member */
		if (call->command >= COUNT(commands))
			break;
		while (fields < FIELDS_MAX &&
		       commands[call->command].fields[fields].size)
			fields++;
		n = below(f, fields);
		kind = commands[call->command].fields[n].kind;
		call->value[n] = make_value(f, kind);
	}
}

static void make_sequence(struct fuzzer *f, struct sequence *s)
{
	unsigned int i;

	if (atomic_load(&shared->kept) && below(f, 4)) {
		*s = *kept(f);
		/* It may be overwritten right now. */
		if (!s->calls || s->calls > CALLS_MAX)
			s->calls = 1;
		for (i = 0; i < s->calls; i++)
			s->call[i].command %= DO_NUMBER;
		for (i = 1 + below(f, 4); i; i--)
			mutate(f, s);
		return;
	}
	s->calls = 1 + below(f, CALLS_MAX);
	for (i = 0; i < s->calls; i++)
		make_call(f, &s->call[i]);
}

static size_t fields_of(const struct call *call)
{
	size_t n = 0;

	if (call->command >= COUNT(commands))
		return 1;
	while (n < FIELDS_MAX && commands[call->command].fields[n].size)
		n++;
	return n;
}

/* In one piece, unless a signal comes while the reader is slow. */
static void print_line(const char *line, size_t size)
{
	ssize_t n;

	while (size) {
		n = write(1, line, size);
		if (n < 0 && errno != EINTR)
			give_up("write");
		if (n > 0) {
			line += n;
			size -= n;
		}
	}
}

/* A line of its own; hexadecimal: command.shape.values.data, for each call. */
static void print_sequence(const struct sequence *s)
{
	static const char digits[] = "0123456789abcdef";
	char line[CALLS_MAX * (FIELDS_MAX * 9 + DATA_MAX * 2 + 16)];
	size_t n = sprintf(line, "sequence %d %d", getpid(), getuid()), i, j;

	for (i = 0; i < s->calls; i++) {
		const struct call *call = &s->call[i];

		n += sprintf(line + n, " %x.%x.", call->command, call->shape);
		for (j = 0; j < fields_of(call); j++)
			n += sprintf(line + n, "%x,", call->value[j]);
		line[n++] = '.';
		for (j = 0; j < call->data_size && j < DATA_MAX; j++) {
			line[n++] = digits[call->data[j] >> 4];
			line[n++] = digits[call->data[j] & 15];
		}
	}
	line[n++] = '\n';
	print_line(line, n);
}

static bool parse_call(const char *text, struct call *call)
{
	unsigned int command, shape, byte, i;
	int used;

	memset(call, 0, sizeof(*call));
	if (sscanf(text, "%x.%x.%n", &command, &shape, &used) != 2 ||
	    command >= DO_NUMBER || shape >= SHAPES)
		return false;
	call->command = command;
	call->shape = shape;
	text += used;
	for (i = 0; i < FIELDS_MAX && *text != '.'; i++) {
		if (sscanf(text, "%x,%n", &call->value[i], &used) != 1)
			return false;
		text += used;
	}
	while (*text++ && call->data_size < DATA_MAX &&
	       sscanf(text, "%2x", &byte) == 1) {
		call->data[call->data_size++] = byte;
		text++;
	}
	return true;
}

/*
 * Running them
 */

static void note(struct fuzzer *f, uint64_t what, atomic_uint *count)
{
	uint32_t bit = (what * 0x9e3779b97f4a7c15ull) >> 46;

	if (atomic_load(&shared->signal[bit]) ||
	    atomic_exchange(&shared->signal[bit], 1))
		return;
	atomic_fetch_add(count, 1);
	f->fresh = true;
}

static void note_trace(struct fuzzer *f)
{
	uint64_t n, i;

	if (!f->trace)
		return;
	n = __atomic_load_n(&f->trace[0], __ATOMIC_RELAXED);
	for (i = 1; i <= n && i < KCOV_WORDS; i++)
		note(f, f->trace[i], &shared->lines);
}

static uint32_t resolve(uint32_t value)
{
	if (value < SLOTS)
		return slots[value];
	if (value == SLOTS)
		return MACHDEV_NAME_NULL;
	return value == SLOTS + 1 ? MACHDEV_NAME_DEAD : value;
}

static uint64_t address_of(uint32_t value, uint8_t *data, bool receive)
{
	switch (value % 6) {
	case 1:
		return receive ? 0 : (uintptr_t)pages + PAGE;
	case 2:
		return (uintptr_t)pages + PAGE;		/* to be read only */
	case 3:
		return (uintptr_t)pages + 2 * PAGE - 16; /* soon at an end */
	case 4:
		return (uintptr_t)pages + 2 * PAGE;	/* nothing there */
	case 5:
		return -8ull;				/* of the kernel */
	default:
		return receive ? 0 : (uintptr_t)data;
	}
}

static uint64_t value_of(const struct field *field, uint32_t value,
			 uint8_t *data)
{
	switch (field->kind) {
	case NAME:
		return resolve(value);
	case POINTER:
	case MESSAGE:
		return address_of(value, data, false);
	case RECEIVE:
		return address_of(value, data, true);
	case ROOM:
		return value < ROOM_MAX ? value : ROOM_MAX;
	case PID:
		if (value < WORKERS_MAX)
			return atomic_load(&shared->pids[value]);
		return value == WORKERS_MAX ? (uint32_t)getpid() :
		       value == WORKERS_MAX + 1 ? 0 : (uint32_t)-1;
	default:
		return value;
	}
}

static void name_message(uint8_t *data, size_t size)
{
	uint32_t name;
	size_t at;

	for (at = 8; at + 4 <= size; at += at < 16 ? 4 : 12) {
		memcpy(&name, data + at, sizeof(name));
		name = resolve(name);
		memcpy(data + at, &name, sizeof(name));
	}
}

static void keep_message(struct fuzzer *f, const uint8_t *data)
{
	uint32_t bits, count, i;

	memcpy(&bits, data, sizeof(bits));
	memcpy(&count, data + 24, sizeof(count));
	memcpy((void *)&slots[4 + below(f, 8)], data + 8, sizeof(uint32_t));
	if (!(bits & MACHDEV_BITS_COMPLEX))
		return;
	for (i = 0; i < count && i < 8; i++)
		memcpy((void *)&slots[12 + i], data + 28 + 12 * i,
		       sizeof(uint32_t));
}

static unsigned long shaped(unsigned long number, enum shape shape)
{
	size_t size = _IOC_SIZE(number);

	if (shape == SHORT)
		size -= 4;
	else if (shape == LONG || shape == LONG_TAIL)
		size += 8;
	return _IOC(_IOC_READ | _IOC_WRITE, _IOC_TYPE(number),
		    _IOC_NR(number), size);
}

/* An argument that can be read as far as the first of its words. */
static void *argument_at(enum shape shape, uint8_t *argument)
{
	if (shape == NOWHERE)
		return pages + 2 * PAGE;
	return shape == CUT_OFF ? pages + 2 * PAGE - 4 : argument;
}

static void run_call(struct fuzzer *f, const struct call *call)
{
	const struct command *command = &commands[call->command];
	uint8_t argument[256] = { 0 }, data[RESULT_MAX] = { 0 };
	const struct field *field;
	unsigned int i;
	uint64_t value;
	int code;

	memcpy(data, call->data, sizeof(call->data));
	if (!call->command)
		name_message(data, call->data_size);
	for (i = 0; i < FIELDS_MAX && command->fields[i].size; i++) {
		field = &command->fields[i];
		value = value_of(field, call->value[i], data);
		/* Without a wanted name what goes in does not matter. */
		if (field->kind == OUT_NAME)
			value = call->value[i] << 8 | 3;
		memcpy(argument + field->offset, &value, field->size);
	}
	/* What is received must not run over what is behind. */
	if (!call->command && call->value[4] > sizeof(data))
		memcpy(argument + offsetof(struct machdev_msg, rcv_size),
		       &(uint32_t){ sizeof(data) }, 4);
	if (call->shape == LONG_TAIL)
		argument[_IOC_SIZE(command->number) + 3] = 1;

	if (f->trace)
		__atomic_store_n(&f->trace[0], 0, __ATOMIC_RELAXED);
	code = ioctl(f->device, shaped(command->number, call->shape),
		     argument_at(call->shape, argument));
	if (code < 0)
		code = -errno;
	note_trace(f);
	note(f, (uint64_t)code << 16 | call->command << 8 | 1,
	     &shared->results);
	atomic_fetch_add(&shared->calls, 1);

	for (i = 0; i < FIELDS_MAX && command->fields[i].size; i++) {
		field = &command->fields[i];
		if (field->kind == OUT_NAME && code == 0)
			memcpy((void *)&slots[call->value[i] % SLOTS],
			       argument + field->offset, sizeof(uint32_t));
	}
	if (!call->command && !(call->value[0] % 6))
		keep_message(f, data);
}

/* Whoever waits is interrupted, at times: each thread has its own timer. */
static void disturb(void)
{
	struct itimerspec often = { { 0, 20000000 }, { 0, 20000000 } };
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGALRM,
	};
	timer_t timer;

	event._sigev_un._tid = gettid();
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) ||
	    timer_settime(timer, 0, &often, NULL))
		give_up("timer");
}

static void run_sequence(struct fuzzer *f, const struct sequence *s,
			 unsigned int from)
{
	unsigned int i;
	pid_t pid;

	for (i = from; i < s->calls; i++) {
		switch (s->call[i].command) {
		case DO_FORK:
			/* The child goes on, with what it has inherited. */
			pid = fork();
			if (!pid) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				f->trace = NULL;
				disturb();
				run_sequence(f, s, i + 1);
				_exit(0);
			}
			while (pid > 0 && waitpid(pid, NULL, 0) < 0 &&
			       errno == EINTR)
				;
			break;
		case DO_REOPEN:
			close(f->device);
			f->device = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
			break;
		case DO_USER:
			/* Back and forth between real and effective user. */
			if (!setresuid(-1, s->call[i].value[0] & 1 ? getuid() :
								     1002, -1))
				atomic_fetch_add(&shared->users, 1);
			break;
		default:
			run_call(f, &s->call[i]);
		}
	}
}

static void *start_trace(void)
{
	int fd = open(KCOV_FILE, O_RDWR | O_CLOEXEC);
	void *trace;

	if (fd < 0)
		return NULL;
	if (ioctl(fd, KCOV_INIT_TRACE, KCOV_WORDS))
		return NULL;
	trace = mmap(NULL, KCOV_WORDS * sizeof(uint64_t),
		     PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (trace == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		return NULL;
	atomic_store(&shared->traced, true);
	return trace;
}

static void *fuzz(void *argument)
{
	struct fuzzer *f = argument;
	struct sequence s;
	unsigned int i;

	disturb();
	f->device = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
	for (i = 0; i < 50 && now_ms() < end_ms; i++) {
		make_sequence(f, &s);
		print_sequence(&s);
		f->fresh = false;
		run_sequence(f, &s, 0);
		if (f->fresh) {
			unsigned int n = atomic_fetch_add(&shared->kept, 1);

			shared->corpus[n % CORPUS] = s;
		}
	}
	return NULL;
}

static void interrupt(int signal)
{
	(void)signal;
}

static void get_name(int device, unsigned long command, unsigned int slot)
{
	struct machdev_name name = { 0 };

	if (!ioctl(device, command, &name))
		slots[slot] = name.name;
}

static void prepare(uid_t uid)
{
	struct sigaction action = { .sa_handler = interrupt };
	int device;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGALRM, &action, NULL);
	pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED || munmap(pages + 2 * PAGE, PAGE) ||
	    mprotect(pages + PAGE, PAGE, PROT_READ))
		give_up("mmap");
	if (uid && (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
		    setresuid(uid, uid, uid)))
		give_up("setresuid");
	device = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		give_up(MACHDEV_DEVICE);
	get_name(device, MACHDEV_IOC_TASK_SELF, 0);
	get_name(device, MACHDEV_IOC_HOST_SELF, 1);
	get_name(device, MACHDEV_IOC_HOST_PRIV, 2);
	get_name(device, MACHDEV_IOC_THREAD_SELF, 3);
	get_name(device, MACHDEV_IOC_REPLY_PORT, 4);
	get_name(device, MACHDEV_IOC_REPLY_PORT, 5);
	close(device);
}

/* One process from its beginning to its end, of one thread or two. */
static void live(uint64_t seed, uid_t uid)
{
	struct fuzzer first = { .random = seed | 1 };
	struct fuzzer second = { .random = ~seed | 1 };
	pthread_t thread;

	first.trace = start_trace();
	prepare(uid);
	if (seed & 0x100 && !pthread_create(&thread, NULL, fuzz, &second)) {
		fuzz(&first);
		pthread_join(thread, NULL);
	} else {
		fuzz(&first);
	}
	_exit(0);
}

/* Processes one after the other. Returns whether one of them failed. */
static int work(unsigned int worker, uint64_t seed)
{
	static const uid_t uids[] = { 0, 1000, 1001, 65534 };
	uint64_t life = 0;
	int status;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (now_ms() < end_ms) {
		life++;
		pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (!pid)
			live((seed + worker) * 0x9e3779b97f4a7c15ull +
			     life * 0xbf58476d1ce4e5b9ull,
			     uids[(worker + life) % COUNT(uids)]);
		atomic_store(&shared->pids[worker], pid);
		if (waitpid(pid, &status, 0) != pid || status) {
			printf("worker %u: status %#x\n", worker, status);
			return 1;
		}
	}
	return 0;
}

/* As tests have it: how much slower this machine is than ordinary hardware. */
static unsigned int scale(void)
{
	const char *text = getenv("MACHDEV_TIME_SCALE");
	int value = text ? atoi(text) : 1;

	return value > 1 ? value : 1;
}

static void hangs(int signal)
{
	static const char text[] = "no end: somebody hangs\n";

	(void)signal;
	_exit(write(1, text, sizeof(text) - 1) ? 1 : 2);
}

/* The special ports of the host stay when who has set them has gone. */
static void reset_host(void)
{
	struct machdev_special_port set = { 0 };
	struct machdev_name priv = { 0 };
	int device, status, which;
	pid_t pid = fork();

	if (pid) {
		waitpid(pid, &status, 0);
		return;
	}
	device = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || ioctl(device, MACHDEV_IOC_HOST_PRIV, &priv))
		_exit(1);
	set.object = priv.name;
	for (which = 0; which <= MACHDEV_HOST_BOOTSTRAP_PORT; which++) {
		set.which = which;
		ioctl(device, MACHDEV_IOC_HOST_SET_SPECIAL_PORT, &set);
	}
	_exit(0);
}

static int replay(void)
{
	struct fuzzer f = { .random = 1 };
	static char line[1 << 17];
	struct sequence s;
	char *word;

	while (fgets(line, sizeof(line), stdin)) {
		if (!strtok(line, "\n ") || !strtok(NULL, " "))
			continue;
		word = strtok(NULL, " ");
		if (!word)
			continue;
		if (!pages) {
			prepare(strtoul(word, NULL, 10));
			f.device = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
			disturb();
		}
		s.calls = 0;
		while ((word = strtok(NULL, "\n ")) && s.calls < CALLS_MAX) {
			if (!parse_call(word, &s.call[s.calls++]))
				errx(2, "no call: %s", word);
		}
		run_sequence(&f, &s, 0);
	}
	printf("%llu calls\n", atomic_load(&shared->calls));
	return 0;
}

/* A run that came to nothing would look like one without fault. */
static bool in_vain(void)
{
	if (!atomic_load(&shared->calls)) {
		printf("no call has been made\n");
		return true;
	}
	if (!access(KCOV_FILE, F_OK) && !atomic_load(&shared->lines)) {
		printf("the kernel has KCOV, and tells no line of the module\n");
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	unsigned int seconds = 10, workers = 4, i;
	uint64_t seed = time(NULL), begin;
	int status, failed = 0;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	if (argc == 2 && !strcmp(argv[1], "--replay"))
		return replay();
	for (i = 1; i + 1 < (unsigned int)argc; i += 2) {
		uint64_t value = strtoull(argv[i + 1], NULL, 0);

		if (!strcmp(argv[i], "--seconds"))
			seconds = value;
		else if (!strcmp(argv[i], "--seed"))
			seed = value;
		else if (!strcmp(argv[i], "--workers"))
			workers = value;
		else
			errx(2, "unknown option %s", argv[i]);
	}
	if (!workers || workers > WORKERS_MAX || i != (unsigned int)argc)
		errx(2, "usage: ioctl_fuzz [--seconds N] [--seed N] [--workers N]");

	printf("seed %" PRIu64 ", %u workers, %u s\n", seed, workers, seconds);
	fflush(stdout);
	begin = now_ms();
	end_ms = begin + seconds * 1000ull;
	for (i = 0; i < workers; i++) {
		pid_t pid = fork();

		if (!pid) {
			int bad = work(i, seed);

			fflush(stdout);
			_exit(bad);
		}
	}
	signal(SIGALRM, hangs);
	alarm(seconds + 30 * scale());
	while (wait(&status) > 0)
		failed |= status;
	reset_host();
	printf("%llu calls, %llu a second; %u results, %u lines%s; %u sequences kept\n",
	       atomic_load(&shared->calls),
	       atomic_load(&shared->calls) * 1000 / (now_ms() - begin + 1),
	       atomic_load(&shared->results), atomic_load(&shared->lines),
	       atomic_load(&shared->traced) ? "" : " (the kernel tells none)",
	       atomic_load(&shared->kept));
	return failed || in_vain();
}
