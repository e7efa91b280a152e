/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Ledgers: what a task's kernel memory is drawn from. */
#ifndef _MACH_LEDGER_H_
#define _MACH_LEDGER_H_

#include <mach/port.h>
#include <mach/vm_types.h>

typedef mach_port_t ledger_t;
typedef mach_port_t ledger_port_t;
typedef ledger_t *ledger_array_t;
typedef ledger_port_t *ledger_port_array_t;
typedef integer_t ledger_item_t;

#define LEDGER_NULL ((ledger_t)0)
#define LEDGER_ITEM_INFINITY ((ledger_item_t)~0)

#endif /* _MACH_LEDGER_H_ */
