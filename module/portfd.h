/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Descriptors of ports
 *
 * A file whose only use is to be polled: ready when a receive from a port, or a
 * port set, would find something, hung up when there is nothing to receive from
 * any more. It can be had by who holds the receive right or has the set, given
 * to anybody, and does nothing else.
 */
#ifndef MACH_PORTFD_H
#define MACH_PORTFD_H

struct mach_watch;

int mach_portfd_install(struct mach_watch *watch, unsigned int flags);
void mach_portfd_close(int fd);

#endif /* MACH_PORTFD_H */
