/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Ports of ledgers
 *
 * A ledger may have two ports. Who has a send right to its *draw* port may read
 * it, create ledgers below it, and have new tasks draw on it; every task can get
 * those of the ledgers that it draws on. Who creates a ledger gets its *control*
 * port, which may do the same, and change and end the ledger. It dies with the
 * ledger, or with its last send right, and then nobody ends the ledger but its
 * last user. A draw port of a ledger that was terminated stands for the ledger
 * above.
 */
#ifndef MACH_LEDGER_PORT_H
#define MACH_LEDGER_PORT_H

#include "port.h"

int mach_ledger_port_draw(struct mach_ledger *ledger, struct mach_right *right);
int mach_ledger_port_control(struct mach_ledger *ledger,
			     struct mach_right *right);
struct mach_ledger *mach_ledger_port_get(struct mach_space *space, u32 name,
					 bool *control);
void mach_ledger_port_kill(struct mach_space *space, u32 name,
			   const struct mach_ledger *ended,
			   struct mach_reap *reap);

#endif /* MACH_LEDGER_PORT_H */
