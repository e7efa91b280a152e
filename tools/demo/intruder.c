// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the intruder can do, by ioctls of its own making: nothing here comes
 * from the library, so nothing stops it but the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <linux/machdev.h>
#include <linux/machdev_abi.h>
#include <servers/bootstrap_msg.h>

#include "demo.h"

#define PATIENCE 20000		/* milliseconds */
#define NOWHERE 0x7ff03u	/* a name that denotes nothing */
#define HELD_MAX 64		/* more names than the intruder ever has */
#define GUESSES 0x8000u		/* indices below 128, with each generation */
#define SMALL 256		/* bytes of the smallest message that fills */

/* A note, or a message of its size, and what may be tried behind it. */
struct forgery {
	struct machdev_msg_header head;
	uint32_t number;	/* of descriptors, when that is what follows */
	union {
		struct machdev_msg_trailer trailer;
		struct machdev_msg_port port;
		struct machdev_msg_ool memory;
		struct machdev_msg_guarded guarded;
	};
};

#define NOTE_SIZE offsetof(struct forgery, trailer)
_Static_assert(sizeof(struct note) == NOTE_SIZE, "a forgery is no note");

static int device = -1;
static mach_port_name_t service;	/* the send right that it may have */

/* The Mach code, or the negative errno of a call that the device refuses. */
static kern_return_t raw(unsigned long command, void *argument)
{
	int code;

	if (device < 0) {
		device = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
		/* A change of user has made its children closed to it. */
		prctl(PR_SET_DUMPABLE, 1);
	}
	code = ioctl(device, command, argument);
	return code < 0 ? -errno : code;
}

/* A port that can be had without asking anybody; null when that fails. */
static mach_port_name_t port_of(unsigned long command)
{
	struct machdev_name port = { 0 };

	return raw(command, &port) == KERN_SUCCESS ? port.name : 0;
}

static mach_port_name_t task_self(void)
{
	return port_of(MACHDEV_IOC_TASK_SELF);
}

static void destroy(mach_port_name_t name)
{
	struct machdev_port_name port = { .task = task_self(), .name = name };

	raw(MACHDEV_IOC_PORT_DESTROY, &port);
}

static kern_return_t post(const void *message, uint32_t size, uint32_t option)
{
	struct machdev_msg call = {
		.msg = (uintptr_t)message,
		.option = MACHDEV_SEND_MSG | MACHDEV_SEND_TIMEOUT | option,
		.send_size = size,
		.timeout = PATIENCE,
	};

	return raw(MACHDEV_IOC_MSG, &call);
}

/* A trailer as it would be that of the first process of user 0. */
static const struct machdev_msg_trailer of_root = {
	.size = sizeof(of_root),
	.audit[5] = 1,
};

/* What stands behind a header that says that the message is complex. */
static void forge_body(enum attack attack, struct forgery *f, uint32_t *size)
{
	f->head.bits |= MACHDEV_BITS_COMPLEX;
	f->number = 1;
	f->port = (struct machdev_msg_port){
		.name = service,
		.disposition = MACHDEV_COPY_SEND,
		.type = MACHDEV_DESC_PORT,
	};
	*size = NOTE_SIZE + sizeof(f->port);
	switch (attack) {
	case BODY_SHORT:
		*size = sizeof(f->head);
		break;
	case BODY_COUNT:
		f->number = UINT32_MAX;
		break;
	case BODY_TYPE:
		f->port.type = MACHDEV_DESC_GUARDED_PORT + 1;
		break;
	case BODY_KIND:
		f->port.disposition = 0x1f;
		break;
	case BODY_NAME:
		f->port.name = NOWHERE;
		break;
	case BODY_ONCE:
		f->port.disposition = MACHDEV_MOVE_SEND_ONCE;
		break;
	case BODY_MAKE:
		f->port.disposition = MACHDEV_MAKE_SEND;
		break;
	case BODY_RECEIVE:
		f->port.disposition = MACHDEV_MOVE_RECEIVE;
		break;
	case BODY_MEMORY:
		f->memory = (struct machdev_msg_ool){
			.address_high = UINT32_MAX,
			.type = MACHDEV_DESC_OOL,
			.size = 4096,
		};
		*size = NOTE_SIZE + sizeof(f->memory);
		break;
	default:
		f->guarded = (struct machdev_msg_guarded){
			.flags = MACHDEV_GUARD_IMMOVABLE_RECEIVE,
			.disposition = MACHDEV_MOVE_RECEIVE,
			.type = MACHDEV_DESC_GUARDED_PORT,
			.name = service,
		};
		*size = NOTE_SIZE + sizeof(f->guarded);
	}
}

static kern_return_t send_forged(enum attack attack, mach_port_name_t name)
{
	struct forgery f = {
		.head.bits = MACHDEV_BITS(MACHDEV_COPY_SEND, 0),
		.head.size = NOTE_SIZE,
		.head.remote = service,
		.head.id = NOTE_ID,
	};
	uint32_t size = NOTE_SIZE, option = 0;

	switch (attack) {
	case TRAILER_INSIDE:
		f.trailer = of_root;
		size = NOTE_SIZE + sizeof(of_root);
		break;
	case TRAILER_BEHIND:
		f.trailer = of_root;
		option = MACH_SEND_TRAILER;
		break;
	case HEADER_FILLED:
		f.head.bits |= ~MACHDEV_BITS_USER;
		f.head.size = UINT32_MAX;
		break;
	case HEADER_SHORT:
		size = sizeof(f.head) - 4;
		break;
	case HEADER_LARGE:
		size = MACHDEV_MSG_SIZE_MAX + 4;
		break;
	case HEADER_ODD:
		size = NOTE_SIZE - 1;
		break;
	case HEADER_KIND:
		f.head.bits = MACHDEV_BITS(0x1f, 0);
		break;
	case HEADER_VOUCHER:
		f.head.bits |= MACHDEV_COPY_SEND << 16;
		f.head.voucher = service;
		break;
	case HEADER_DEST:
		f.head.bits = MACHDEV_BITS(MACHDEV_MAKE_SEND, 0);
		break;
	case HEADER_REPLY:
		f.head.bits |= MACHDEV_BITS(0, MACHDEV_MAKE_SEND_ONCE);
		f.head.local = service;
		break;
	case HEADER_NAME:
		f.head.bits |= MACHDEV_BITS(0, MACHDEV_COPY_SEND);
		f.head.local = NOWHERE;
		break;
	case HEADER_THEIRS:
		f.head.bits |= MACHDEV_BITS(0, MACHDEV_MAKE_SEND_ONCE);
		f.head.local = name;
		break;
	case BODY_SHORT ... BODY_GUARDED:
		forge_body(attack, &f, &size);
		break;
	default:	/* a note as it should be */
		break;
	}
	return post(&f, size, option);
}

static kern_return_t send_notification(int id, mach_port_name_t about)
{
	struct machdev_msg_notify m = {
		.header.bits = MACHDEV_BITS(MACHDEV_COPY_SEND, 0),
		.header.remote = service,
		.header.id = id,
		.ndr.bytes = { [4] = 1 },
		.value = about,
	};

	return post(&m, id == MACHDEV_NOTIFY_SEND_ONCE ? sizeof(m.header) :
		    sizeof(m), 0);
}

/* Take part in the bootstrap protocol; the answer comes into @answer. */
static kern_return_t ask_bootstrapd(void *request, uint32_t size,
				    union bootstrap_msg *answer)
{
	struct {
		union bootstrap_msg message;
		struct machdev_msg_trailer trailer;
	} in;
	struct machdev_special_port bootstrap = {
		.object = task_self(),
		.which = MACHDEV_TASK_BOOTSTRAP_PORT,
	};
	struct machdev_msg_header *head = request;
	struct machdev_msg call = {
		.msg = (uintptr_t)request,
		.rcv_msg = (uintptr_t)&in,
		.option = MACHDEV_SEND_MSG | MACHDEV_SEND_TIMEOUT |
			  MACHDEV_RCV_MSG | MACHDEV_RCV_TIMEOUT,
		.send_size = size,
		.rcv_size = sizeof(in),
		.rcv_name = port_of(MACHDEV_IOC_REPLY_PORT),
		.timeout = PATIENCE,
	};
	kern_return_t kr;

	kr = raw(MACHDEV_IOC_TASK_GET_SPECIAL_PORT, &bootstrap);
	if (kr == KERN_SUCCESS) {
		head->bits |= MACHDEV_BITS(MACHDEV_COPY_SEND,
					   MACHDEV_MAKE_SEND_ONCE);
		head->remote = bootstrap.port;
		head->local = call.rcv_name;
		kr = raw(MACHDEV_IOC_MSG, &call);
	}
	destroy(call.rcv_name);
	*answer = in.message;
	return kr;
}

static void find_service(struct result *r)
{
	struct bootstrap_msg_name m = {
		.head.msgh_id = BOOTSTRAP_MSG_LOOK_UP,
		.ndr.int_rep = NDR_INT_LITTLE_ENDIAN,
		.name = SERVICE,
	};
	union bootstrap_msg answer;

	r->kr = ask_bootstrapd(&m, sizeof(m), &answer);
	if (r->kr != KERN_SUCCESS)
		return;
	if (answer.head.msgh_bits & MACHDEV_BITS_COMPLEX)
		service = answer.port.port.name;
	else
		r->kr = answer.error.RetCode;
	r->name = service;
}

/* Publish @port under the name of the service. */
static kern_return_t publish(int routine, mach_port_name_t port)
{
	struct bootstrap_msg_name_port m = {
		.head.msgh_bits = MACHDEV_BITS_COMPLEX,
		.head.msgh_id = routine,
		.body.msgh_descriptor_count = 1,
		.port.name = port,
		.port.disposition = MACHDEV_MAKE_SEND,
		.port.type = MACHDEV_DESC_PORT,
		.ndr.int_rep = NDR_INT_LITTLE_ENDIAN,
		.name = SERVICE,
	};
	union bootstrap_msg answer;
	kern_return_t kr = ask_bootstrapd(&m, sizeof(m), &answer);

	return kr == KERN_SUCCESS ? answer.error.RetCode : kr;
}

static kern_return_t publish_own(int routine)
{
	mach_port_name_t port = port_of(MACHDEV_IOC_REPLY_PORT);
	kern_return_t kr = publish(routine, port);

	destroy(port);
	return kr;
}

static kern_return_t ask_tokens(uint32_t flavor, uint32_t count, void *words)
{
	struct machdev_task_info call = {
		.task = task_self(),
		.flavor = flavor,
		.count = count,
		.info = (uintptr_t)words,
	};

	return raw(MACHDEV_IOC_TASK_INFO, &call);
}

static void get_tokens(struct result *r)
{
	r->kr = ask_tokens(MACHDEV_TASK_SECURITY_TOKEN,
			   MACHDEV_TASK_SECURITY_TOKEN_COUNT,
			   &r->tokens.security);
	if (r->kr == KERN_SUCCESS)
		r->kr = ask_tokens(MACHDEV_TASK_AUDIT_TOKEN,
				   MACHDEV_TASK_AUDIT_TOKEN_COUNT,
				   &r->tokens.audit);
}

static kern_return_t receive_at(mach_port_name_t name)
{
	char room[256];
	struct machdev_msg call = {
		.msg = (uintptr_t)room,
		.option = MACHDEV_RCV_MSG | MACHDEV_RCV_TIMEOUT,
		.rcv_size = sizeof(room),
		.rcv_name = name,
	};

	return raw(MACHDEV_IOC_MSG, &call);
}

/* KERN_INVALID_NAME for all names that it was not given: how many those are. */
static void guess_names(struct result *r)
{
	uint32_t held[HELD_MAX], types[HELD_MAX], i;
	struct machdev_port_names own = {
		.task = task_self(),
		.count = HELD_MAX,
		.names = (uintptr_t)held,
		.types = (uintptr_t)types,
	};
	struct machdev_port_type guess = { .task = own.task };

	r->kr = raw(MACHDEV_IOC_PORT_NAMES, &own);
	for (; r->kr == KERN_SUCCESS && guess.name < GUESSES; guess.name++) {
		for (i = 0; i < own.count && held[i] != guess.name; i++)
			;
		if (i < own.count)
			continue;
		r->name = guess.name;
		r->kr = raw(MACHDEV_IOC_PORT_TYPE, &guess);
		if (r->kr != KERN_INVALID_NAME)
			return;
		r->kr = KERN_SUCCESS;
		r->number++;
	}
	if (r->kr == KERN_SUCCESS)
		r->kr = KERN_INVALID_NAME;
}

static void task_of(pid_t pid, struct result *r)
{
	struct machdev_task_pid call = { .pid = pid };

	r->kr = raw(MACHDEV_IOC_TASK_FOR_PID, &call);
	r->name = call.port;
}

static kern_return_t use_task(mach_port_name_t task)
{
	struct machdev_port_allocate call = {
		.task = task,
		.right = MACHDEV_RIGHT_RECEIVE,
	};

	return raw(MACHDEV_IOC_PORT_ALLOCATE, &call);
}

/* Ask the kernel to tell the service's port of the death of one's own. */
static kern_return_t request_there(uint32_t *previous)
{
	struct machdev_port_notification call = {
		.task = task_self(),
		.name = service,
		.msgid = MACHDEV_NOTIFY_DEAD_NAME,
		.notify = service,
		.disposition = MACHDEV_MAKE_SEND_ONCE,
	};
	kern_return_t kr = raw(MACHDEV_IOC_PORT_REQUEST_NOTIFICATION, &call);

	*previous = call.previous;
	return kr;
}

/* Any argument of a command, and one word more. */
union argument {
	struct machdev_task_create create;
	uint32_t word[sizeof(struct machdev_exception_get) / 4 + 1];
};

/*
 * All commands but those that say no at once to an intruder. Where its struct
 * says which task is meant, and where there is a word without a meaning yet:
 * both as offsets, NONE for none. What it answers to something that is no task.
 */
#define NONE UINT32_MAX
#define ROUTINE(name, type, task, idle, answer)				\
	{ MACHDEV_IOC_##name, task, idle, answer }
#define OF(type, member) offsetof(struct machdev_##type, member)

static const struct routine {
	unsigned long command;
	uint32_t task, idle;
	kern_return_t answer;
} routines[] = {
	ROUTINE(QUERY, query, NONE, NONE, 0),
	ROUTINE(SYNC, sync, NONE, OF(sync, reserved), 0),
	ROUTINE(SHUTDOWN, sync, NONE, OF(sync, flags), 0),
	ROUTINE(PIDVERSION, pidversion, NONE, NONE, 0),
	ROUTINE(MSG, msg, NONE, OF(msg, reserved), 0),
	ROUTINE(TASK_SELF, name, NONE, OF(name, reserved), 0),
	ROUTINE(THREAD_SELF, name, NONE, OF(name, reserved), 0),
	ROUTINE(HOST_SELF, name, NONE, OF(name, reserved), 0),
	ROUTINE(REPLY_PORT, name, NONE, OF(name, reserved), 0),
	ROUTINE(HOST_PRIV, name, NONE, OF(name, reserved), 0),
	ROUTINE(PORT_ALLOCATE, port_allocate, OF(port_allocate, task),
		OF(port_allocate, flags), KERN_INVALID_TASK),
	ROUTINE(PORT_DEALLOCATE, port_name, OF(port_name, task), NONE,
		KERN_INVALID_TASK),
	ROUTINE(PORT_DESTROY, port_name, OF(port_name, task), NONE,
		KERN_INVALID_TASK),
	ROUTINE(PORT_MOD_REFS, port_refs, OF(port_refs, task), NONE,
		KERN_INVALID_TASK),
	ROUTINE(PORT_GET_REFS, port_refs, OF(port_refs, task), NONE,
		KERN_INVALID_TASK),
	ROUTINE(PORT_TYPE, port_type, OF(port_type, task),
		OF(port_type, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_NAMES, port_names, OF(port_names, task), NONE,
		KERN_INVALID_TASK),
	ROUTINE(PORT_INSERT_RIGHT, port_right, OF(port_right, task), NONE,
		KERN_INVALID_TASK),
	ROUTINE(PORT_EXTRACT_RIGHT, port_right, OF(port_right, task), NONE,
		KERN_INVALID_TASK),
	ROUTINE(PORT_GET_ATTRIBUTES, port_attributes,
		OF(port_attributes, task), NONE, KERN_INVALID_TASK),
	ROUTINE(PORT_SET_ATTRIBUTES, port_attributes,
		OF(port_attributes, task), NONE, KERN_INVALID_TASK),
	ROUTINE(PORT_REQUEST_NOTIFICATION, port_notification,
		OF(port_notification, task), OF(port_notification, reserved),
		KERN_INVALID_TASK),
	ROUTINE(PORT_SET_MSCOUNT, port_count, OF(port_count, task),
		OF(port_count, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_SET_SEQNO, port_count, OF(port_count, task),
		OF(port_count, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_GET_SRIGHTS, port_count, OF(port_count, task),
		OF(port_count, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_GET_CONTEXT, port_context, OF(port_context, task),
		NONE, KERN_INVALID_TASK),
	ROUTINE(PORT_SET_CONTEXT, port_context, OF(port_context, task),
		NONE, KERN_INVALID_TASK),
	ROUTINE(PORT_GUARD, port_guard, OF(port_guard, task),
		OF(port_guard, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_UNGUARD, port_guard, OF(port_guard, task),
		OF(port_guard, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_SWAP_GUARD, port_guard, OF(port_guard, task),
		OF(port_guard, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_ASSERT_ATTRIBUTES, port_attributes, OF(port_attributes, task),
		NONE, KERN_INVALID_TASK),
	ROUTINE(PORT_CONSTRUCT, port_construct, OF(port_construct, task),
		NONE, KERN_INVALID_TASK),
	ROUTINE(PORT_DESTRUCT, port_destruct, OF(port_destruct, task),
		OF(port_destruct, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_RENAME, port_rename, OF(port_rename, task),
		OF(port_rename, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_PEEK, port_peek, OF(port_peek, task),
		OF(port_peek, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_KOBJECT, port_kobject, OF(port_kobject, task),
		OF(port_kobject, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_SPACE_INFO, port_space, OF(port_space, task),
		NONE, KERN_INVALID_TASK),
	ROUTINE(PORTS_REGISTER, ports, OF(ports, task), OF(ports, reserved),
		KERN_INVALID_ARGUMENT),
	ROUTINE(PORTS_LOOKUP, ports, OF(ports, task), OF(ports, reserved),
		KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_GET_SPECIAL_PORT, special_port, OF(special_port, object),
		NONE, KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_SET_SPECIAL_PORT, special_port, OF(special_port, object),
		NONE, KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_INFO, task_info, OF(task_info, task),
		OF(task_info, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_FOR_PID, task_pid, NONE, OF(task_pid, flavor), 0),
	ROUTINE(PID_FOR_TASK, task_pid, OF(task_pid, task),
		OF(task_pid, flavor), KERN_FAILURE),
	ROUTINE(TASK_CREATE, task_create, OF(task_create, parent),
		OF(task_create, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(HOST_GET_SPECIAL_PORT, special_port, OF(special_port, object),
		NONE, KERN_INVALID_ARGUMENT),
	ROUTINE(HOST_SET_SPECIAL_PORT, special_port, OF(special_port, object),
		NONE, KERN_INVALID_ARGUMENT),
	ROUTINE(HOST_SET_TASK_TOKEN, task_token, OF(task_token, task),
		OF(task_token, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(PORT_MOVE_MEMBER, port_member, OF(port_member, task),
		OF(port_member, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_INSERT_MEMBER, port_member, OF(port_member, task),
		OF(port_member, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_EXTRACT_MEMBER, port_member, OF(port_member, task),
		OF(port_member, reserved), KERN_INVALID_TASK),
	ROUTINE(PORT_GET_SET_STATUS, port_set_status,
		OF(port_set_status, task), OF(port_set_status, reserved),
		KERN_INVALID_TASK),
	ROUTINE(FILEPORT_MAKEPORT, fileport, NONE, OF(fileport, reserved), 0),
	ROUTINE(FILEPORT_MAKEFD, fileport, NONE, OF(fileport, flags), 0),
	ROUTINE(PORT_FD, port_fd, NONE, OF(port_fd, reserved), 0),
	ROUTINE(EMBRYO_ADOPT, embryo, NONE, OF(embryo, flags), 0),
	ROUTINE(EMBRYO_WAIT, embryo, NONE, OF(embryo, flags), 0),
	ROUTINE(EMBRYO_TAKE, embryo, NONE, OF(embryo, flags), 0),
	ROUTINE(LEDGER_CREATE, ledger, OF(ledger, ledger),
		OF(ledger, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(LEDGER_READ, ledger, OF(ledger, ledger), OF(ledger, reserved),
		KERN_INVALID_ARGUMENT),
	ROUTINE(LEDGER_TRANSFER, ledger, OF(ledger, ledger),
		OF(ledger, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(LEDGER_TERMINATE, ledger, OF(ledger, ledger),
		OF(ledger, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_THREADS, port_array, OF(port_array, object), NONE,
		KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_GET_SPECIAL_PORT, special_port,
		OF(special_port, object), NONE, KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_SET_SPECIAL_PORT, special_port,
		OF(special_port, object), NONE, KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_INFO, task_info, OF(task_info, task),
		OF(task_info, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_SUSPEND, task_control, OF(task_control, task),
		OF(task_control, flags), KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_RESUME, task_control, OF(task_control, task),
		OF(task_control, flags), KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_SUSPEND2, task_control, OF(task_control, task),
		OF(task_control, flags), KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_RESUME2, task_control, OF(task_control, token),
		OF(task_control, flags), KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_TERMINATE, task_control, OF(task_control, task),
		OF(task_control, flags), KERN_INVALID_ARGUMENT),
	ROUTINE(PROCESSOR_SET_DEFAULT, processor_set, NONE,
		OF(processor_set, reserved), 0),
	ROUTINE(HOST_PROCESSOR_SET_PRIV, processor_set,
		OF(processor_set, host), OF(processor_set, reserved),
		KERN_INVALID_ARGUMENT),
	ROUTINE(PROCESSOR_SET_TASKS, port_array, OF(port_array, object), NONE,
		KERN_INVALID_ARGUMENT),
	ROUTINE(VM_MAP, vm_map, OF(vm_map, task), NONE,
		KERN_INVALID_ARGUMENT),
	ROUTINE(VM_DEALLOCATE, vm_range, OF(vm_range, task),
		OF(vm_range, value), KERN_INVALID_ARGUMENT),
	ROUTINE(VM_PROTECT, vm_range, OF(vm_range, task), NONE,
		KERN_INVALID_ARGUMENT),
	ROUTINE(VM_INHERIT, vm_range, OF(vm_range, task), NONE,
		KERN_INVALID_ARGUMENT),
	ROUTINE(VM_READ, vm_copy, OF(vm_copy, task), OF(vm_copy, reserved),
		KERN_INVALID_ARGUMENT),
	ROUTINE(VM_WRITE, vm_copy, OF(vm_copy, task), OF(vm_copy, reserved),
		KERN_INVALID_ARGUMENT),
	ROUTINE(VM_COPY, vm_copy, OF(vm_copy, task), OF(vm_copy, reserved),
		KERN_INVALID_ARGUMENT),
	ROUTINE(VM_REGION, vm_region, OF(vm_region, task), NONE,
		KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_CREATE, thread, OF(thread, task), NONE,
		KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_GET_STATE, thread_state, OF(thread_state, thread),
		OF(thread_state, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_SET_STATE, thread_state, OF(thread_state, thread),
		OF(thread_state, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_SUSPEND, thread, OF(thread, thread), OF(thread, task),
		KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_RESUME, thread, OF(thread, thread), OF(thread, task),
		KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_TERMINATE, thread, OF(thread, thread), OF(thread, task),
		KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_BEAR, thread_bear, NONE, OF(thread_bear, reserved), 0),
	ROUTINE(THREAD_PARK, sync, NONE, OF(sync, reserved), 0),
	ROUTINE(HOST_GET_CLOCK_SERVICE, clock, NONE, OF(clock, reserved), 0),
	ROUTINE(CLOCK_IDENTIFY, clock, NONE, OF(clock, reserved), 0),
	ROUTINE(TASK_SET_EXCEPTIONS, exception_set, OF(exception_set, object),
		OF(exception_set, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_GET_EXCEPTIONS, exception_get, OF(exception_get, object),
		OF(exception_get, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_SET_EXCEPTIONS, exception_set, OF(exception_set, object),
		OF(exception_set, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_GET_EXCEPTIONS, exception_get, OF(exception_get, object),
		OF(exception_get, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(HOST_SET_EXCEPTIONS, exception_set, OF(exception_set, object),
		OF(exception_set, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(HOST_GET_EXCEPTIONS, exception_get, OF(exception_get, object),
		OF(exception_get, reserved), KERN_INVALID_ARGUMENT),
	ROUTINE(TASK_SAMPLE, sample, OF(sample, object), OF(sample, reserved),
		KERN_INVALID_ARGUMENT),
	ROUTINE(THREAD_SAMPLE, sample, OF(sample, object), OF(sample, reserved),
		KERN_INVALID_ARGUMENT),
};

#define ROUTINES (sizeof(routines) / sizeof(routines[0]))

/* One more attempt: whether it was answered as it has to be. */
static bool answered(struct result *r, unsigned long command,
		     kern_return_t answer, kern_return_t right_answer)
{
	if (answer == right_answer) {
		r->number++;
		return true;
	}
	r->name = _IOC_NR(command);
	r->kr = answer ? answer : KERN_ABORTED;
	return false;
}

/* Whether it is for threads, the caller's own among them. */
static bool takes_thread(const struct routine *routine)
{
	uint32_t number = _IOC_NR(routine->command);

	return (number >= _IOC_NR(MACHDEV_IOC_THREAD_GET_STATE) &&
		number <= _IOC_NR(MACHDEV_IOC_THREAD_TERMINATE)) ||
	       number == _IOC_NR(MACHDEV_IOC_THREAD_SAMPLE) ||
	       number == _IOC_NR(MACHDEV_IOC_THREAD_SET_EXCEPTIONS) ||
	       number == _IOC_NR(MACHDEV_IOC_THREAD_GET_EXCEPTIONS);
}

/* Use as a task what is none: a thread, the service, the host, nothing. */
static void use_no_tasks(struct result *r)
{
	const mach_port_name_t none[] = {
		port_of(MACHDEV_IOC_THREAD_SELF), service,
		port_of(MACHDEV_IOC_HOST_SELF), NOWHERE, MACHDEV_NAME_NULL,
		MACHDEV_NAME_DEAD,
	};
	const struct routine *routine;
	uint32_t i;

	for (routine = routines; routine < routines + ROUTINES; routine++) {
		for (i = takes_thread(routine);
		     i < sizeof(none) / sizeof(none[0]); i++) {
			union argument a = { 0 };

			if (routine->task == NONE)
				continue;
			a.word[routine->task / 4] = none[i];
			if (!answered(r, routine->command,
				      raw(routine->command, &a),
				      routine->answer))
				return;
		}
	}
}

/* The command with another size of its struct, or in another direction. */
static unsigned long sized(unsigned long command, uint32_t size)
{
	return _IOC(_IOC_READ | _IOC_WRITE, MACHDEV_IOC_TYPE, _IOC_NR(command),
		    size);
}

static bool malform(struct result *r, const struct routine *routine)
{
	unsigned long command = routine->command;
	uint32_t size = _IOC_SIZE(command);
	unsigned long one_way = _IOC(_IOC_WRITE, MACHDEV_IOC_TYPE,
				     _IOC_NR(command), size);
	union argument a = { 0 };

	/* Too short, and longer by something that is not zero. */
	if (!answered(r, command, raw(sized(command, size - 4), &a), -EINVAL))
		return false;
	a.word[size / 4] = 1;
	if (!answered(r, command, raw(sized(command, size + 4), &a), -E2BIG))
		return false;
	a.word[size / 4] = 0;
	if (!answered(r, command, raw(one_way, &a), -ENOTTY))
		return false;
	/* Memory that is not there. */
	if (!answered(r, command, raw(command, NULL), -EFAULT))
		return false;
	if (routine->idle == NONE)
		return true;
	a.word[routine->idle / 4] = 1u << 31;
	return answered(r, command, raw(command, &a), -EINVAL);
}

static void use_malformed(struct result *r)
{
	const struct routine *routine;
	union argument a = { 0 };
	uint32_t number;

	for (routine = routines; routine < routines + ROUTINES; routine++) {
		if (!malform(r, routine))
			return;
	}
	/* And numbers that no command has. */
	for (number = 0; number < 256; number++) {
		for (routine = routines; routine < routines + ROUTINES;
		     routine++) {
			if (_IOC_NR(routine->command) == number)
				break;
		}
		if (routine == routines + ROUTINES &&
		    !answered(r, number, raw(sized(number, sizeof(a)), &a),
			      -ENOTTY))
			return;
	}
}

static kern_return_t set_tokens(mach_port_name_t by, const struct order *o)
{
	struct machdev_task_token call = {
		.host_security = by,
		.task = task_self(),
	};

	memcpy(call.security, &o->tokens.security, sizeof(call.security));
	memcpy(call.audit, &o->tokens.audit, sizeof(call.audit));
	return raw(MACHDEV_IOC_HOST_SET_TASK_TOKEN, &call);
}

static void host_call(unsigned long command, int which, struct result *r)
{
	struct machdev_special_port call = {
		.object = port_of(MACHDEV_IOC_HOST_SELF),
		.which = which,
		.node = HOST_LOCAL_NODE,
	};

	r->kr = raw(command, &call);
	r->name = call.port;
}

/* Queue messages of all sizes until not even a small one is taken. */
static void fill_ledger(uint32_t bytes, struct result *r)
{
	struct machdev_msg_header *m = calloc(1, MACHDEV_MSG_SIZE_MAX);
	mach_port_name_t port = port_of(MACHDEV_IOC_REPLY_PORT);
	uint32_t qlimit = MACHDEV_QLIMIT_MAX, size = MACHDEV_MSG_SIZE_MAX;
	struct machdev_port_attributes limits = {
		.task = task_self(),
		.name = port,
		.flavor = MACHDEV_PORT_LIMITS_INFO,
		.count = MACHDEV_PORT_LIMITS_INFO_COUNT,
		.info = (uintptr_t)&qlimit,
	};

	r->kr = raw(MACHDEV_IOC_PORT_SET_ATTRIBUTES, &limits);
	if (!m || r->kr != KERN_SUCCESS)
		return;
	while (size >= SMALL && r->number <= bytes) {
		m->bits = MACHDEV_BITS(MACHDEV_MAKE_SEND, 0);
		m->remote = port;
		r->kr = post(m, size, 0);
		if (r->kr == KERN_SUCCESS)
			r->number += size;
		else if (r->kr == MACH_SEND_NO_BUFFER)
			size /= 2;
		else
			break;
	}
	free(m);
}

void attack(const struct order *o, struct result *r)
{
	struct machdev_name priv = { 0 };
	struct machdev_sync none = { 0 };

	switch (o->attack) {
	case FIND_SERVICE:
		find_service(r);
		break;
	case GET_TOKENS:
		get_tokens(r);
		break;
	case NOTIFY:
		r->kr = send_notification(o->number, o->name);
		break;
	case NOTIFY_THERE:
		r->kr = request_there(&r->name);
		break;
	case DESCRIPTOR:
		close(device);
		device = stage_take_over();
		r->kr = device < 0 ? KERN_FAILURE : KERN_SUCCESS;
		break;
	case RECEIVE_AT:
		r->kr = receive_at(o->name);
		break;
	case GUESS_NAMES:
		guess_names(r);
		break;
	case TASK_OF:
		task_of(o->pid, r);
		break;
	case USE_TASK:
		r->kr = use_task(o->name);
		break;
	case NO_TASK:
		use_no_tasks(r);
		break;
	case MALFORMED:
		use_malformed(r);
		break;
	case REPLACE:
		r->kr = publish_own(BOOTSTRAP_MSG_REGISTER);
		break;
	case WITHDRAW:
		r->kr = publish(BOOTSTRAP_MSG_REGISTER, MACHDEV_NAME_NULL);
		break;
	case CHECK_IN_AS:
		r->kr = publish_own(BOOTSTRAP_MSG_CHECK_IN_PORT);
		break;
	case HOST_PRIV:
		r->kr = raw(MACHDEV_IOC_HOST_PRIV, &priv);
		r->name = priv.name;
		break;
	case SHUTDOWN:
		r->kr = raw(MACHDEV_IOC_SHUTDOWN, &none);
		break;
	case HOST_SECURITY:
		host_call(MACHDEV_IOC_HOST_GET_SPECIAL_PORT,
			  MACHDEV_HOST_SECURITY_PORT, r);
		break;
	case HOST_DEFAULT:
		host_call(MACHDEV_IOC_HOST_SET_SPECIAL_PORT,
			  MACHDEV_HOST_BOOTSTRAP_PORT, r);
		break;
	case TOKENS_BY_NULL:
		r->kr = set_tokens(MACHDEV_NAME_NULL, o);
		break;
	case TOKENS_BY_HOST:
		r->kr = set_tokens(port_of(MACHDEV_IOC_HOST_SELF), o);
		break;
	case TOKENS_BY_TASK:
		r->kr = set_tokens(task_self(), o);
		break;
	case CHANGE_USER:
		r->kr = setresuid(geteuid(), geteuid(), geteuid()) ?
			-errno : KERN_SUCCESS;
		/* That has cleared it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		break;
	case FILL_LEDGER:
		fill_ledger(o->number, r);
		break;
	default:
		r->kr = send_forged(o->attack, o->name);
	}
}
