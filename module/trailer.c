// SPDX-License-Identifier: GPL-2.0-only
/* Trailers of messages. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "identity.h"
#include "trailer.h"

/**
 * mach_trailer_size() - the size of a trailer
 * @option: options of the receive; only the element nibble counts
 *
 * Return: bytes; the largest size for elements that are not defined.
 */
u32 mach_trailer_size(u32 option)
{
	switch (MACHDEV_RCV_TRAILER_ELEMENTS(option)) {
	case MACHDEV_TRAILER_NULL:
		return offsetof(struct machdev_msg_trailer, seqno);
	case MACHDEV_TRAILER_SEQNO:
		return offsetof(struct machdev_msg_trailer, security);
	case MACHDEV_TRAILER_SENDER:
		return offsetof(struct machdev_msg_trailer, audit);
	case MACHDEV_TRAILER_AUDIT:
		return offsetof(struct machdev_msg_trailer, context_low);
	case MACHDEV_TRAILER_CTX:
		return offsetof(struct machdev_msg_trailer, ad);
	default:
		return MACHDEV_TRAILER_SIZE_MAX;
	}
}

/**
 * mach_trailer_fill() - make a trailer
 * @trailer: filled in as far as mach_trailer_size() says
 * @option: options of the receive
 * @identity: who sent, NULL for the kernel
 * @seqno: sequence number of the message
 * @context: context of the port
 *
 * Context: Process, that of the receiver.
 */
void mach_trailer_fill(struct machdev_msg_trailer *trailer, u32 option,
		       const struct mach_identity *identity, u32 seqno,
		       u64 context)
{
	u32 size = mach_trailer_size(option);
	struct mach_words words;

	memset(trailer, 0, size);
	trailer->size = size;
	if (size <= offsetof(struct machdev_msg_trailer, seqno))
		return;
	trailer->seqno = seqno;
	if (size <= offsetof(struct machdev_msg_trailer, security))
		return;
	mach_identity_words(identity, &words);
	memcpy(trailer->security, words.security, sizeof(words.security));
	if (size <= offsetof(struct machdev_msg_trailer, audit))
		return;
	memcpy(trailer->audit, words.audit, sizeof(words.audit));
	if (size <= offsetof(struct machdev_msg_trailer, context_low))
		return;
	trailer->context_low = lower_32_bits(context);
	trailer->context_high = upper_32_bits(context);
}
