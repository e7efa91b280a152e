/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What a program declares that has prof_server() serve for it. */
#ifndef RECEIVE_H
#define RECEIVE_H

#include <mach/prof.h>

kern_return_t receive_samples(mach_port_t port, sample_array_t samples,
			      mach_msg_type_number_t samplesCnt);

#endif /* RECEIVE_H */
