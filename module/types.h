/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Words used everywhere
 *
 * Floors: a file includes headers of its own floor or a lower one.
 *
 *   0 ground       compat types stat gate beat alloc serial trace
 *   1 accounting   ledger token event
 *   2 objects      waiter parked identity ool kmsg port* pset guard transit
 *                  watch queue peek
 *   3 names        name space reap request entry right* refs construct
 *                  rename member transfer notify
 *   4 messages     wire body copyin copyout trailer
 *   5 actors       exception inherit task* thread* suspend sample stock attach
 *                  embryo host ledger_port special policy fileport memory
 *                  mapping registers fpregs unborn own_thread clone
 *   6 messaging    send receive msg
 *   8 doors        portfd ioctl* netlink* device
 *   9              main
 *
 * trace.c alone knows objects of all floors, since it shows them.
 *
 * Locks, in the order in which they are taken:
 *
 *   mach_task.life    rwsem     exec and exit clean-up of one task
 *   samplers_lock     mutex     who samples whom
 *   transit_mutex     mutex     receive rights on their way in messages
 *   mach_space.lock   spinlock  the names of one task
 *   mach_task.lock    spinlock  special ports and threads of one task
 *   mach_host_lock    spinlock  special ports and handlers of the host
 *   mach_ledger.lock  spinlock  the draw port of a ledger
 *   mach_port.lock    spinlock  one port; never two at once
 *   mach_pset.lock    spinlock  one port set; never two at once
 *   list_lock         spinlock  the list of ports on their way
 *   users_lock        spinlock  the table of users
 *   aside_lock        spinlock  what ledgers have set aside for others
 *   transfers_lock    mutex     limits of created ledgers
 *   embryos_lock      mutex     the list of embryos; under no other lock
 *   mach_parked.lock  spinlock  errands of one parked thread
 *   suspensions_lock  mutex     who keeps whom from running; takes port locks
 *   task, thread and port tables: raw spin locks, one a bucket or for some,
 *   one of the ring of events, and mach_sampler.lock; held for a constant
 *   time; the only locks that a tracepoint probe or an interrupt takes
 *
 * Never two spaces at once. Under a spin lock nothing sleeps, touches user
 * memory or destroys a message or a port: what has to die is put on a struct
 * mach_reap, which the caller runs when it holds no lock.
 */
#ifndef MACH_TYPES_H
#define MACH_TYPES_H

#include <linux/compat.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include <linux/machdev_abi.h>

struct mach_port;

/* What a dead right is inside the kernel; a name shows it as ~0. */
#define MACH_PORT_DEAD_PTR ((struct mach_port *)ERR_PTR(-1))

/**
 * struct mach_right - a right on its way, in no space
 * @port: NULL, MACH_PORT_DEAD_PTR, or a port of which this holds a reference
 *	and, by @type, one of its counted rights
 * @type: MACHDEV_MOVE_RECEIVE, MACHDEV_MOVE_SEND or MACHDEV_MOVE_SEND_ONCE
 */
struct mach_right {
	struct mach_port *port;
	u32 type;
};

/**
 * mach_disposition_type() - what a disposition makes
 * @disposition: any number
 *
 * Return: MACHDEV_MOVE_RECEIVE, MACHDEV_MOVE_SEND or MACHDEV_MOVE_SEND_ONCE; 0
 * if there is no such disposition.
 */
static inline u32 mach_disposition_type(u32 disposition)
{
	switch (disposition) {
	case MACHDEV_MOVE_SEND:
	case MACHDEV_COPY_SEND:
	case MACHDEV_MAKE_SEND:
		return MACHDEV_MOVE_SEND;
	case MACHDEV_MOVE_SEND_ONCE:
	case MACHDEV_MAKE_SEND_ONCE:
		return MACHDEV_MOVE_SEND_ONCE;
	case MACHDEV_MOVE_RECEIVE:
		return MACHDEV_MOVE_RECEIVE;
	default:
		return 0;
	}
}

/* Whether there is a port, alive or not, behind a pointer. */
static inline bool mach_port_valid(const struct mach_port *port)
{
	return port && port != MACH_PORT_DEAD_PTR;
}

/* Whether a name denotes anything: neither null nor dead. */
static inline bool mach_name_valid(u32 name)
{
	return name != MACHDEV_NAME_NULL && name != MACHDEV_NAME_DEAD;
}

/**
 * mach_user_ptr() - an address that user space has given
 * @address: 64 bits, of which a 32-bit program means the lower half
 *
 * Return: the address.
 */
static inline void __user *mach_user_ptr(u64 address)
{
	if (in_compat_syscall())
		address = lower_32_bits(address);
	return u64_to_user_ptr(address);
}

#endif /* MACH_TYPES_H */
