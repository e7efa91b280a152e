/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: The table of all ports
 *
 * Ports are found by the rights to them; nothing that the module does for a
 * task needs to find them otherwise. But a port to which no task has a right
 * any more, or whose receive right is in a message, can be seen from outside
 * only if there is a table of all. A port is in it from when it is charged to
 * somebody, or has been made for the host, until its last reference is gone.
 *
 * Who looks walks under RCU and holds nothing between two steps. Making and
 * freeing a port takes one of many locks, for a constant time.
 */
#ifndef MACH_PORT_TABLE_H
#define MACH_PORT_TABLE_H

#include <linux/types.h>

struct mach_port;

/**
 * struct mach_port_walk - how far a walk over all ports has come
 * @bucket: of the table
 * @after: greatest number of a port that is done in that bucket
 *
 * All zeros at the beginning. Nothing is held between two steps.
 */
struct mach_port_walk {
	u32 bucket;
	u64 after;
};

void mach_port_table_init(void);
void mach_port_table_insert(struct mach_port *port);
void mach_port_table_remove(struct mach_port *port);

struct mach_port *mach_port_next(struct mach_port_walk *walk);
void mach_port_pass(struct mach_port_walk *walk, const struct mach_port *port);

#endif /* MACH_PORT_TABLE_H */
