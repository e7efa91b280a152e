/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages as the benchmarks of Mach send and receive them. */
#ifndef BENCH_MACH_H
#define BENCH_MACH_H

#include <mach/mach.h>

#include "harness.h"

/* A Mach call that has to succeed. */
#define must_mach(call) must((call) == KERN_SUCCESS)

/* Bytes behind the header, and room for a trailer. */
struct mach_plain {
	mach_msg_header_t head;
	unsigned char bytes[BENCH_SIZE_MAX];
	mach_msg_max_trailer_t room;
};

/* A port before the bytes. */
struct mach_carrier {
	mach_msg_header_t head;
	mach_msg_body_t body;
	mach_msg_port_descriptor_t port;
	unsigned char bytes[BENCH_SIZE_MAX];
	mach_msg_max_trailer_t room;
};

/* A port whose queue takes as many messages as can be. */
static inline mach_port_t mach_receive_port(void)
{
	mach_port_limits_t limits = { .mpl_qlimit = MACH_PORT_QLIMIT_MAX };
	mach_port_t port;

	must_mach(mach_port_allocate(mach_task_self(),
				     MACH_PORT_RIGHT_RECEIVE, &port));
	must_mach(mach_port_set_attributes(mach_task_self(), port,
					   MACH_PORT_LIMITS_INFO,
					   (mach_port_info_t)&limits,
					   MACH_PORT_LIMITS_INFO_COUNT));
	return port;
}

#endif /* BENCH_MACH_H */
