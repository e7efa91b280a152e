// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Messages. */
#include <errno.h>
#include <time.h>

#include "internal.h"

static uint64_t address_of(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

static uint64_t now_in_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/*
 * An interrupted send is repeated: until @end and, as the receive half has a
 * time of its own, by itself.
 */
static void send_until(struct machdev_msg *argument, uint64_t end)
{
	uint64_t now = now_in_ns();

	argument->option &= ~(uint32_t)MACH_RCV_MSG;
	argument->timeout = now < end ?
		(uint32_t)((end - now + 999999) / 1000000) : 0;
}

MACHDEV_EXPORT mach_msg_return_t
mach_msg_overwrite(mach_msg_header_t *msg, mach_msg_option_t option,
		   mach_msg_size_t send_size, mach_msg_size_t rcv_size,
		   mach_port_name_t rcv_name, mach_msg_timeout_t timeout,
		   mach_port_name_t notify, mach_msg_header_t *rcv_msg,
		   mach_msg_size_t rcv_scatter_size)
{
	struct machdev_msg argument = {
		.msg = address_of(msg),
		.rcv_msg = address_of(rcv_msg),
		.option = (uint32_t)option,
		.send_size = send_size,
		.rcv_size = rcv_size,
		.rcv_name = rcv_name,
		.timeout = timeout,
		.notify = notify,
	};
	bool timed = (option & MACH_SEND_MSG) && (option & MACH_SEND_TIMEOUT) &&
		     timeout;
	uint64_t end = timed ? now_in_ns() + timeout * 1000000ull : 0;
	int result;

	(void)rcv_scatter_size;
	for (;;) {
		result = __machdev_ioctl(MACHDEV_IOC_MSG, &argument);
		switch (result) {
		case MACH_SEND_INTERRUPTED:
			/* The message came back; it can be sent as it is. */
			if (option & MACH_SEND_INTERRUPT)
				return result;
			if (timed)
				send_until(&argument, end);
			continue;
		case MACH_RCV_INTERRUPTED:
			/* Whatever was to be sent has been. */
			if (option & MACH_RCV_INTERRUPT)
				return result;
			argument.option &= ~(uint32_t)MACH_SEND_MSG;
			continue;
		case -EINTR:
			/*
			 * A handler ran. The module has taken the send half
			 * out of the struct and put the end of the wait in.
			 */
			if (option & MACH_RCV_INTERRUPT)
				return MACH_RCV_INTERRUPTED;
			continue;
		}
		if (result < 0)
			return __machdev_msg_error(-result, option);
		if (result == MACH_MSG_SUCCESS && (option & MACH_RCV_MSG) &&
		    !(argument.option & MACH_RCV_MSG)) {
			/* The send has been repeated by itself. */
			argument.option = (uint32_t)option &
					  ~(uint32_t)MACH_SEND_MSG;
			argument.timeout = timeout;
			continue;
		}
		return result;
	}
}

MACHDEV_EXPORT mach_msg_return_t
mach_msg(mach_msg_header_t *msg, mach_msg_option_t option,
	 mach_msg_size_t send_size, mach_msg_size_t rcv_size,
	 mach_port_name_t rcv_name, mach_msg_timeout_t timeout,
	 mach_port_name_t notify)
{
	return mach_msg_overwrite(msg, option, send_size, rcv_size, rcv_name,
				  timeout, notify, NULL, 0);
}

MACHDEV_EXPORT mach_msg_return_t mach_msg_send(mach_msg_header_t *msg)
{
	return mach_msg(msg, MACH_SEND_MSG, msg->msgh_size, 0, MACH_PORT_NULL,
			MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
}

MACHDEV_EXPORT mach_msg_return_t mach_msg_receive(mach_msg_header_t *msg)
{
	return mach_msg(msg, MACH_RCV_MSG, 0, msg->msgh_size,
			msg->msgh_local_port, MACH_MSG_TIMEOUT_NONE,
			MACH_PORT_NULL);
}

static void destroy_right(mach_port_t name, mach_msg_type_name_t type)
{
	mach_port_t task = __machdev_task();
	mach_msg_type_name_t made;
	mach_port_t right;

	if (!MACH_PORT_VALID(name))
		return;
	switch (type) {
	case MACH_MSG_TYPE_MOVE_SEND:
	case MACH_MSG_TYPE_MOVE_SEND_ONCE:
		mach_port_deallocate(task, name);
		break;
	case MACH_MSG_TYPE_MOVE_RECEIVE:
		mach_port_mod_refs(task, name, MACH_PORT_RIGHT_RECEIVE, -1);
		break;
	case MACH_MSG_TYPE_MAKE_SEND:
		if (mach_port_insert_right(task, name, name, type) ==
		    KERN_SUCCESS)
			mach_port_deallocate(task, name);
		break;
	case MACH_MSG_TYPE_MAKE_SEND_ONCE:
		if (mach_port_extract_right(task, name, type, &right, &made) ==
		    KERN_SUCCESS)
			mach_port_deallocate(task, right);
		break;
	}
}

/* What names its guard is received, or not sent yet: it fits either way. */
static void destroy_guarded(const mach_msg_guarded_port_descriptor_t *guarded)
{
	if (MACH_PORT_VALID(guarded->name))
		mach_port_destruct(__machdev_task(), guarded->name, 0,
				   guarded->context);
}

static void destroy_memory(const void *address, size_t size)
{
	vm_deallocate(__machdev_task(), (vm_address_t)address, size);
}

/* Returns where the next descriptor is, null when there can be none. */
static char *destroy_descriptor(char *place)
{
	mach_msg_descriptor_t *descriptor = (mach_msg_descriptor_t *)place;
	const mach_msg_ool_ports_descriptor_t *array = &descriptor->ool_ports;
	const mach_msg_ool_descriptor_t *memory = &descriptor->out_of_line;
	const mach_port_t *names = array->address;
	mach_msg_size_t i;

	switch (descriptor->type.type) {
	case MACH_MSG_PORT_DESCRIPTOR:
		destroy_right(descriptor->port.name,
			      descriptor->port.disposition);
		return place + sizeof(descriptor->port);
	case MACH_MSG_OOL_DESCRIPTOR:
	case MACH_MSG_OOL_VOLATILE_DESCRIPTOR:
		if (memory->deallocate)
			destroy_memory(memory->address, memory->size);
		return place + sizeof(descriptor->out_of_line);
	case MACH_MSG_OOL_PORTS_DESCRIPTOR:
		for (i = 0; i < array->count; i++)
			destroy_right(names[i], array->disposition);
		if (array->deallocate)
			destroy_memory(names, array->count * sizeof(*names));
		return place + sizeof(descriptor->ool_ports);
	case MACH_MSG_GUARDED_PORT_DESCRIPTOR:
		destroy_guarded(&descriptor->guarded_port);
		return place + sizeof(descriptor->guarded_port);
	default:
		return NULL;
	}
}

MACHDEV_EXPORT void mach_msg_destroy(mach_msg_header_t *msg)
{
	mach_msg_bits_t bits = msg->msgh_bits;
	mach_msg_base_t *base = (mach_msg_base_t *)msg;
	char *place = (char *)(base + 1);
	mach_msg_size_t i;

	destroy_right(msg->msgh_remote_port, MACH_MSGH_BITS_REMOTE(bits));
	destroy_right(msg->msgh_voucher_port, MACH_MSGH_BITS_VOUCHER(bits));
	if (!MACH_MSGH_BITS_IS_COMPLEX(bits))
		return;
	for (i = 0; i < base->body.msgh_descriptor_count && place; i++)
		place = destroy_descriptor(place);
}
