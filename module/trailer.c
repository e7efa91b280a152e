// SPDX-License-Identifier: GPL-2.0-only
/* Trailers of messages. */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/pid_namespace.h>
#include <linux/string.h>

#include "identity.h"
#include "trailer.h"

static bool is_origin(u32 option)
{
	return MACHDEV_RCV_TRAILER_FORMAT(option) ==
	       MACHDEV_TRAILER_FORMAT_ORIGIN;
}

/**
 * mach_trailer_size() - the size of a trailer
 * @option: options of the receive; a format other than ours is format 0
 *
 * Return: bytes; the largest size for elements that are not defined.
 */
u32 mach_trailer_size(u32 option)
{
	if (is_origin(option))
		return sizeof(struct machdev_origin_trailer);
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

/* What the tokens would be if they were derived, and the rest. */
static void fill_origin(struct machdev_origin_trailer *origin,
			const struct mach_identity *identity)
{
	struct mach_words words;

	if (!identity)
		return;
	mach_words_derive(&words, &identity->origin, current_user_ns(),
			  task_active_pid_ns(current));
	origin->kind = identity->token ? MACHDEV_ORIGIN_EXPLICIT :
					 MACHDEV_ORIGIN_DERIVED;
	origin->loginuid = words.audit[0];
	origin->euid = words.audit[1];
	origin->egid = words.audit[2];
	origin->uid = words.audit[3];
	origin->gid = words.audit[4];
	origin->pid = words.audit[5];
	origin->session = words.audit[6];
	origin->pidversion = words.audit[7];
	origin->cgroup_low = lower_32_bits(identity->cgroup);
	origin->cgroup_high = upper_32_bits(identity->cgroup);
}

/**
 * mach_trailer_fill() - make a trailer
 * @origin: filled in as far as mach_trailer_size() says
 * @option: options of the receive
 * @identity: who sent, NULL for the kernel
 * @seqno: sequence number of the message
 * @context: context of the port
 *
 * Context: Process, that of the receiver.
 */
void mach_trailer_fill(struct machdev_origin_trailer *origin, u32 option,
		       const struct mach_identity *identity, u32 seqno,
		       u64 context)
{
	struct machdev_msg_trailer *trailer = &origin->trailer;
	u32 size = mach_trailer_size(option);
	struct mach_words words;

	memset(origin, 0, size);
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
	if (is_origin(option)) {
		trailer->type = MACHDEV_TRAILER_FORMAT_ORIGIN;
		fill_origin(origin, identity);
	}
}
