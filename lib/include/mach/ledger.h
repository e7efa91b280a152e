/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Ledgers: what a task's kernel memory is drawn from. */
#ifndef _MACH_LEDGER_H_
#define _MACH_LEDGER_H_

#include <mach/kern_return.h>
#include <mach/port.h>
#include <mach/vm_types.h>

typedef mach_port_t ledger_t;
typedef mach_port_t ledger_port_t;
typedef ledger_t *ledger_array_t;
typedef ledger_port_t *ledger_port_array_t;
typedef integer_t ledger_item_t;

#define LEDGER_NULL ((ledger_t)0)
#define LEDGER_ITEM_INFINITY ((ledger_item_t)~0)

#ifdef __cplusplus
extern "C" {
#endif

/**
 * ledger_create() - make a ledger below another
 * @parent_ledger: the other; what the new one may take is no longer its
 * @ledger_ledger: charged for the new one itself, some 300 bytes
 * @new_ledger: where a send right to its control port goes, the caller's to
 *	release
 * @transfer: bytes that may be charged to it, not negative
 *
 * The ledger lives while somebody has its control port or draws on it.
 *
 * Return: KERN_SUCCESS; otherwise, checked in this order: KERN_INVALID_ARGUMENT,
 * @parent_ledger is no ledger; KERN_INVALID_LEDGER, @ledger_ledger is none;
 * KERN_INVALID_ARGUMENT, @transfer is negative; KERN_RESOURCE_SHORTAGE, one of
 * them has not so much left, or there is no memory.
 */
kern_return_t ledger_create(ledger_t parent_ledger, ledger_t ledger_ledger,
			    ledger_t *new_ledger, ledger_item_t transfer);

/**
 * ledger_read() - what is charged to a ledger
 * @ledger: control or draw port
 * @balance: where the bytes that are charged to it go
 * @limit: where the bytes that may be go; LEDGER_ITEM_INFINITY for no limit
 *
 * More than 2^31 - 1 is shown as that. Of a ledger that was terminated the one
 * above it is shown.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @ledger is no ledger.
 */
kern_return_t ledger_read(ledger_t ledger, ledger_item_t *balance,
			  ledger_item_t *limit);

/**
 * ledger_transfer() - move some of a limit between a ledger and one below it
 * @parent_ledger: control or draw port of the one above
 * @child_ledger: control port of one that was created below it
 * @transfer: bytes that go to the child; negative: that come from it
 *
 * Return: KERN_SUCCESS; otherwise, checked in this order and with nothing
 * changed: KERN_INVALID_ARGUMENT, one is no ledger, or both are the same;
 * KERN_INVALID_LEDGER, @child_ledger is no control port, or not below
 * @parent_ledger; KERN_RESOURCE_SHORTAGE, who is to give has not so much left.
 */
kern_return_t ledger_transfer(ledger_t parent_ledger, ledger_t child_ledger,
			      ledger_item_t transfer);

/**
 * ledger_terminate() - end a ledger
 * @ledger: control port
 *
 * Its limit goes back to the one above it, which from then on has what is charged
 * to it, what tasks draw that drew on it, and the ledgers below it. The control
 * port dies.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @ledger is no ledger;
 * KERN_INVALID_LEDGER, it is a draw port: only who created a ledger ends it, and
 * nobody that of a user.
 */
kern_return_t ledger_terminate(ledger_t ledger);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_LEDGER_H_ */
