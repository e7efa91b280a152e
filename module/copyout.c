// SPDX-License-Identifier: GPL-2.0-only
/* A message goes out: its rights get names in a space. */
#include "body.h"
#include "copyout.h"
#include "kmsg.h"
#include "port.h"
#include "reap.h"
#include "right.h"

/* What is or'ed into a result when a right got no name. */
static int shortage(int error)
{
	return error == MACHDEV_KERN_RESOURCE_SHORTAGE ?
		MACHDEV_MSG_IPC_KERNEL : MACHDEV_MSG_IPC_SPACE;
}

/**
 * mach_copyout_right() - put a right into a space, or let it go
 * @space: the space
 * @right: the right; its port is set to NULL
 * @name: out: its name, MACH_PORT_NULL if there is no room
 * @reap: gets what dies of it
 *
 * Context: Process; may sleep.
 * Return: 0 or bits to be or'ed into a result.
 */
int mach_copyout_right(struct mach_space *space, struct mach_right *right,
		       u32 *name, struct mach_reap *reap)
{
	int ret = mach_right_copyout(space, right, name);

	if (!ret)
		return 0;
	mach_reap_right(reap, right);
	return shortage(ret);
}

/**
 * mach_copyout_port() - what a receiver calls the port of a message
 * @space: the receiver's
 * @port: the port
 * @context: out: the port's context; 0 unless the receive right is still here
 *
 * Context: Any; takes the port's lock.
 * Return: the receive right's name; MACH_PORT_NULL, it has moved on;
 * MACH_PORT_DEAD, the port has died.
 */
u32 mach_copyout_port(struct mach_space *space, struct mach_port *port,
		      u64 *context)
{
	u32 name = MACHDEV_NAME_NULL;

	*context = 0;
	spin_lock(&port->lock);
	if (port->receiver == space) {
		name = port->name;
		*context = port->context;
	} else if (port->dead) {
		name = MACHDEV_NAME_DEAD;
	}
	spin_unlock(&port->lock);
	return name;
}

/**
 * mach_copyout_destination() - what a receiver calls the port of a message
 * @space: the receiver's
 * @right: the destination right; consumed
 * @context: out: as for mach_copyout_port()
 * @reap: gets what dies of it
 *
 * Return: as mach_copyout_port().
 */
u32 mach_copyout_destination(struct mach_space *space,
			     struct mach_right *right, u64 *context,
			     struct mach_reap *reap)
{
	u32 name = mach_copyout_port(space, right->port, context);

	/* Who holds the receive right now is still owed an answer. */
	if (mach_name_valid(name))
		mach_right_consume(reap, right);
	else
		mach_reap_right(reap, right);
	return name;
}

/**
 * mach_copyout_receive() - give a receiver the rights of a message
 * @space: the receiver's
 * @kmsg: the message, taken from a queue
 * @guard: for receive rights that are to be guarded; 0: the receiver wants none
 * @context: out: the context of the port that it came to
 * @reap: gets what dies of it
 *
 * Context: Process; may sleep.
 * Return: 0; MACH_RCV_BODY_ERROR with bits, part of the body was lost;
 * MACH_RCV_HEADER_ERROR with bits, the reply right got no name: the message
 * still owns all its rights, deliver a stub.
 */
int mach_copyout_receive(struct mach_space *space, struct mach_kmsg *kmsg,
			 u64 guard, u64 *context, struct mach_reap *reap)
{
	struct machdev_msg_header *header = mach_kmsg_header(kmsg);
	u32 complex = header->bits & MACHDEV_BITS_COMPLEX;
	u32 reply_type = kmsg->local.type;
	int ret, bits = 0;

	ret = mach_right_copyout(space, &kmsg->local, &header->remote);
	if (ret)
		return MACHDEV_RCV_HEADER_ERROR | shortage(ret);
	header->bits = MACHDEV_BITS(reply_type, kmsg->remote.type) | complex;
	header->local = mach_copyout_destination(space, &kmsg->remote, context,
						 reap);
	if (kmsg->items)
		bits = mach_body_give(space, kmsg, guard, reap);
	header->size = kmsg->size;
	return bits ? MACHDEV_RCV_BODY_ERROR | bits : 0;
}

/**
 * mach_copyout_stub() - what is left of a message that cannot be delivered
 * @space: the receiver's
 * @kmsg: the message, taken from a queue; destroyed
 * @stub: out: header without body and reply right
 * @context: out: the context of the port that it came to
 * @reap: destroys the message
 *
 * Context: Process; may sleep.
 */
void mach_copyout_stub(struct mach_space *space, struct mach_kmsg *kmsg,
		       struct machdev_msg_header *stub, u64 *context,
		       struct mach_reap *reap)
{
	const struct machdev_msg_header *header = mach_kmsg_header(kmsg);

	*stub = (struct machdev_msg_header){
		.bits = MACHDEV_BITS(kmsg->local.type, kmsg->remote.type),
		.size = sizeof(*stub),
		.remote = kmsg->local.port == MACH_PORT_DEAD_PTR ?
			MACHDEV_NAME_DEAD : MACHDEV_NAME_NULL,
		.voucher = header->voucher,
		.id = header->id,
	};
	stub->local = mach_copyout_destination(space, &kmsg->remote, context,
					       reap);
	mach_reap_kmsg(reap, kmsg);
}

/**
 * mach_copyout_back() - give a sender its message back
 * @space: the sender's
 * @kmsg: the message, not sent
 * @reap: gets what dies of it
 *
 * Context: Process; may sleep.
 * Return: 0, or bits that tell that rights were lost for want of a name.
 */
int mach_copyout_back(struct mach_space *space, struct mach_kmsg *kmsg,
		      struct mach_reap *reap)
{
	struct machdev_msg_header *header = mach_kmsg_header(kmsg);
	u32 keep = header->bits & ~(MACHDEV_BITS(0x1f, 0x1f));
	int bits;

	header->bits = MACHDEV_BITS(kmsg->remote.type, kmsg->local.type) | keep;
	header->size = kmsg->size;
	bits = mach_copyout_right(space, &kmsg->remote, &header->remote, reap);
	bits |= mach_copyout_right(space, &kmsg->local, &header->local, reap);
	if (kmsg->items)
		bits |= mach_body_give_back(space, kmsg, reap);
	return bits;
}
