/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Receive rights in messages
 *
 * A port whose receive right is in a message is on its way to the port that
 * the message is sent to. That port may be on its way, too, and so on. If the
 * chain came back to its beginning, nobody could ever receive any of them and
 * none would ever die. So each port on its way knows its destination, and who
 * puts receive rights into a message walks the chain from there: a message
 * that would close it is destroyed.
 *
 * Chains grow only under one lock for all, held from before the rights are
 * taken until the walk has ended. They shrink without it: a walk that finds
 * itself back has seen a ring that was there when it began. That lock is held
 * for two walks of a bounded length, whoever made the chain.
 *
 * Such a port is in nobody's space, so that there is a list of them, for the
 * one who has to find all who wait.
 */
#ifndef MACH_TRANSIT_H
#define MACH_TRANSIT_H

#include "port.h"

struct mach_kmsg;

int mach_transit_begin(struct mach_port *destination);
void mach_transit_enter(struct mach_port *port, struct mach_port *destination);
void mach_transit_leave(struct mach_port *port);
bool mach_transit_send(struct mach_port *port, struct mach_port *destination);
bool mach_transit_end(struct mach_port *destination, struct mach_kmsg *kmsg);
struct mach_port *mach_transit_leave_locked(struct mach_port *port);
void mach_transit_abandon_all(void);

#endif /* MACH_TRANSIT_H */
