/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Samples of where programs are: the messages that task_sample() has sent. */
#ifndef _MACH_PROF_H_
#define _MACH_PROF_H_

#include <mach/boolean.h>
#include <mach/kern_return.h>
#include <mach/message.h>
#include <mach/ndr.h>
#include <mach/port.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MACH_PROF_SAMPLES 2450	/* msgh_id */
#define SAMPLES_MAX 1024	/* in one message */

/* A user program counter; in a message it lies where 32 bits would. */
typedef uint64_t sample_t __attribute__((aligned(4)));
typedef sample_t *sample_array_t;

#pragma pack(push, 4)

/* As much of @samples as @samplesCnt says is there. */
typedef struct {
	mach_msg_header_t Head;
	NDR_record_t NDR;
	mach_msg_type_number_t samplesCnt;
	sample_t samples[SAMPLES_MAX];
} prof_samples_t;

#pragma pack(pop)

/* What a program calls receive_samples that has prof_server() serve for it. */
typedef kern_return_t (*receive_samples_t)(mach_port_t port,
					   sample_array_t samples,
					   mach_msg_type_number_t samplesCnt);

/**
 * prof_server() - hand a message with samples to the program's receive_samples()
 * @InHeadP: a message that was received
 * @OutHeadP: room for a mig_reply_error_t, which is not to be sent: its RetCode is
 *	what receive_samples() returned, and when that is KERN_SUCCESS
 *	MIG_NO_REPLY; MIG_BAD_ARGUMENTS, the message is none that task_sample() has
 *	sent
 *
 * For mach_msg_server(). The function receive_samples is the program's, of the
 * type that receive_samples_t points to; its first argument is the port that the
 * message came to.
 *
 * Return: FALSE: it is not of this subsystem, or the program has no such function.
 */
boolean_t prof_server(mach_msg_header_t *InHeadP, mach_msg_header_t *OutHeadP);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_PROF_H_ */
