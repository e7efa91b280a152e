// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Samples of where tasks and threads are. */
#include <stddef.h>

#include "internal.h"

#include <mach/mig_errors.h>
#include <mach/prof.h>

/* The program's own; there may be none. */
extern kern_return_t receive_samples(mach_port_t port, sample_array_t samples,
				     mach_msg_type_number_t samplesCnt)
	__attribute__((weak, visibility("default")));

static kern_return_t sample(unsigned long command, mach_port_t object,
			    mach_port_t port)
{
	struct machdev_sample argument = { .object = object, .port = port };

	return __machdev_call(command, &argument);
}

MACHDEV_EXPORT kern_return_t task_sample(task_t task, mach_port_t reply)
{
	return sample(MACHDEV_IOC_TASK_SAMPLE, task, reply);
}

MACHDEV_EXPORT kern_return_t thread_sample(thread_act_t thread,
					   mach_port_t reply)
{
	return sample(MACHDEV_IOC_THREAD_SAMPLE, thread, reply);
}

static bool is_sound(const prof_samples_t *request)
{
	const mach_msg_header_t *head = &request->Head;
	size_t least = offsetof(prof_samples_t, samples);

	return !MACH_MSGH_BITS_IS_COMPLEX(head->msgh_bits) &&
	       head->msgh_size >= least &&
	       request->samplesCnt <= SAMPLES_MAX &&
	       head->msgh_size ==
			least + request->samplesCnt * sizeof(sample_t);
}

MACHDEV_EXPORT boolean_t prof_server(mach_msg_header_t *InHeadP,
				     mach_msg_header_t *OutHeadP)
{
	prof_samples_t *request = (prof_samples_t *)InHeadP;
	mig_reply_error_t *reply = (mig_reply_error_t *)OutHeadP;
	kern_return_t result;

	*reply = (mig_reply_error_t){
		.Head = {
			.msgh_bits = MACH_MSGH_BITS_REMOTE(InHeadP->msgh_bits),
			.msgh_size = sizeof(*reply),
			.msgh_remote_port = InHeadP->msgh_remote_port,
			.msgh_id = InHeadP->msgh_id + 100,
		},
		.NDR = NDR_record,
		.RetCode = MIG_BAD_ID,
	};
	if (InHeadP->msgh_id != MACH_PROF_SAMPLES || !receive_samples)
		return FALSE;
	if (is_sound(request))
		result = receive_samples(InHeadP->msgh_local_port,
					 request->samples, request->samplesCnt);
	else
		result = MIG_BAD_ARGUMENTS;
	reply->RetCode = result == KERN_SUCCESS ? MIG_NO_REPLY : result;
	return TRUE;
}
