// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Error numbers in words. */
#include <servers/bootstrap.h>
#include <stdio.h>

#include "internal.h"

struct text {
	int code;
	const char *words;
};

static const struct text kern[] = {
	{ KERN_SUCCESS, "success" },
	{ KERN_INVALID_ADDRESS, "the address is not usable memory" },
	{ KERN_PROTECTION_FAILURE, "the memory's protection forbids this" },
	{ KERN_NO_SPACE, "no room: address range or name space is full or taken" },
	{ KERN_INVALID_ARGUMENT, "an argument does not fit this call" },
	{ KERN_FAILURE, "the call could not be carried out" },
	{ KERN_RESOURCE_SHORTAGE, "out of memory, or the ledger is exhausted" },
	{ KERN_NOT_RECEIVER, "the task does not receive from this port" },
	{ KERN_NO_ACCESS, "the caller lacks the privilege" },
	{ KERN_MEMORY_FAILURE, "the memory behind the address was destroyed" },
	{ KERN_MEMORY_ERROR, "the memory could not be read in" },
	{ KERN_ALREADY_IN_SET, "the port is in that set already" },
	{ KERN_NOT_IN_SET, "the port is in no such set" },
	{ KERN_NAME_EXISTS, "the name is in use" },
	{ KERN_ABORTED, "the call was cut short" },
	{ KERN_INVALID_NAME, "the name denotes nothing" },
	{ KERN_INVALID_TASK, "not a task port" },
	{ KERN_INVALID_RIGHT, "the name lacks the right" },
	{ KERN_INVALID_VALUE, "a value is out of range" },
	{ KERN_UREFS_OVERFLOW, "too many user references for one name" },
	{ KERN_INVALID_CAPABILITY, "the port is null, dead or of the wrong kind" },
	{ KERN_RIGHT_EXISTS, "the task names this port already" },
	{ KERN_INVALID_HOST, "not a host port, or no Mach on this machine" },
	{ KERN_MEMORY_PRESENT, "the memory is there already" },
	{ KERN_MEMORY_DATA_MOVED, "the memory moved elsewhere" },
	{ KERN_MEMORY_RESTART_COPY, "the copy has to be started again" },
	{ KERN_INVALID_PROCESSOR_SET, "not a processor set port" },
	{ KERN_POLICY_LIMIT, "beyond the limits of the scheduling policy" },
	{ KERN_INVALID_POLICY, "not a scheduling policy" },
	{ KERN_INVALID_OBJECT, "not a memory object" },
	{ KERN_ALREADY_WAITING, "somebody waits there already" },
	{ KERN_DEFAULT_SET, "the default processor set cannot be destroyed" },
	{ KERN_EXCEPTION_PROTECTED, "the exception port is protected" },
	{ KERN_INVALID_LEDGER, "not a ledger port" },
	{ KERN_INVALID_MEMORY_CONTROL, "not a memory control port" },
	{ KERN_INVALID_SECURITY, "not the host security port" },
	{ KERN_NOT_DEPRESSED, "the thread's priority is not depressed" },
	{ KERN_TERMINATED, "the object has been terminated" },
	{ KERN_LOCK_SET_DESTROYED, "the lock set has been destroyed" },
	{ KERN_LOCK_UNSTABLE, "the lock's last holder died with it" },
	{ KERN_LOCK_OWNED, "another holds the lock" },
	{ KERN_LOCK_OWNED_SELF, "the caller holds the lock itself" },
	{ KERN_SEMAPHORE_DESTROYED, "the semaphore has been destroyed" },
	{ KERN_RPC_SERVER_TERMINATED, "the server died during the call" },
	{ KERN_RPC_TERMINATE_ORPHAN, "the orphaned call has to end" },
	{ KERN_RPC_CONTINUE_ORPHAN, "the orphaned call may go on" },
	{ KERN_NOT_SUPPORTED, "not supported here" },
	{ KERN_NODE_DOWN, "the other machine does not answer" },
	{ KERN_NOT_WAITING, "the thread does not wait" },
	{ KERN_OPERATION_TIMED_OUT, "the time is up" },
	{ KERN_CODESIGN_ERROR, "the signature of a page is wrong" },
	{ KERN_POLICY_STATIC, "the policy cannot be changed" },
	{ KERN_INSUFFICIENT_BUFFER_SIZE, "the buffer is too small" },
	{ KERN_DENIED, "a policy forbids this" },
	{ KERN_MISSING_KC, "a collection of kernel code is missing" },
	{ KERN_INVALID_KC, "a collection of kernel code is damaged" },
	{ KERN_NOT_FOUND, "no such thing" },
};

static const struct text send[] = {
	{ MACH_SEND_IN_PROGRESS, "the send is under way" },
	{ MACH_SEND_INVALID_DATA, "the message to send cannot be read" },
	{ MACH_SEND_INVALID_DEST, "no right to send to the destination" },
	{ MACH_SEND_TIMED_OUT, "the destination's queue stayed full" },
	{ MACH_SEND_INVALID_VOUCHER, "the voucher is none" },
	{ MACH_SEND_INTERRUPTED, "a signal interrupted the send" },
	{ MACH_SEND_MSG_TOO_SMALL, "the message is smaller than its contents" },
	{ MACH_SEND_INVALID_REPLY, "no such right to the reply port" },
	{ MACH_SEND_INVALID_RIGHT, "the message names a right that is not there" },
	{ MACH_SEND_INVALID_NOTIFY, "the port to notify is unusable" },
	{ MACH_SEND_INVALID_MEMORY, "out-of-line memory cannot be read" },
	{ MACH_SEND_NO_BUFFER, "no memory for the message" },
	{ MACH_SEND_TOO_LARGE, "the message is too large" },
	{ MACH_SEND_INVALID_TYPE, "a descriptor in the message is malformed" },
	{ MACH_SEND_INVALID_HEADER, "the message header is malformed" },
	{ MACH_SEND_INVALID_TRAILER, "the trailer to send is malformed" },
	{ MACH_SEND_INVALID_CONTEXT, "the context of the send does not match" },
	{ MACH_SEND_INVALID_OPTIONS, "these options do not go together" },
	{ MACH_SEND_INVALID_RT_OOL_SIZE, "out-of-line memory is too large here" },
	{ MACH_SEND_NO_GRANT_DEST, "the destination takes no such right" },
	{ MACH_SEND_MSG_FILTERED, "a filter refused the message" },
	{ MACH_SEND_AUX_TOO_SMALL, "the auxiliary data is too small" },
	{ MACH_SEND_AUX_TOO_LARGE, "the auxiliary data is too large" },
};

static const struct text receive[] = {
	{ MACH_RCV_IN_PROGRESS, "the receive is under way" },
	{ MACH_RCV_INVALID_NAME, "no right to receive under this name" },
	{ MACH_RCV_TIMED_OUT, "no message came in time" },
	{ MACH_RCV_TOO_LARGE, "the message is larger than the buffer" },
	{ MACH_RCV_INTERRUPTED, "a signal interrupted the receive" },
	{ MACH_RCV_PORT_CHANGED, "the port died or moved during the wait" },
	{ MACH_RCV_INVALID_NOTIFY, "the port to notify is unusable" },
	{ MACH_RCV_INVALID_DATA, "the message could not be written to the buffer" },
	{ MACH_RCV_PORT_DIED, "the port died during the wait" },
	{ MACH_RCV_IN_SET, "the port can only be received from by its set" },
	{ MACH_RCV_HEADER_ERROR, "no room for the reply right" },
	{ MACH_RCV_BODY_ERROR, "parts of the message could not be placed" },
	{ MACH_RCV_INVALID_TYPE, "the scatter list is malformed" },
	{ MACH_RCV_SCATTER_SMALL, "the scatter list is too small" },
	{ MACH_RCV_INVALID_TRAILER, "no such trailer" },
	{ MACH_RCV_IN_PROGRESS_TIMED, "the timed receive is under way" },
	{ MACH_RCV_INVALID_REPLY, "the reply port does not fit the receive" },
	{ MACH_RCV_INVALID_ARGUMENTS, "an argument does not fit the receive" },
};

static const struct text mig[] = {
	{ MIG_TYPE_ERROR, "the reply is not laid out as expected" },
	{ MIG_REPLY_MISMATCH, "the reply answers another request" },
	{ MIG_REMOTE_ERROR, "the server found the reply wrong" },
	{ MIG_BAD_ID, "the server knows no such request" },
	{ MIG_BAD_ARGUMENTS, "the server found the request malformed" },
	{ MIG_NO_REPLY, "there is no reply to send yet" },
	{ MIG_EXCEPTION, "the server raised an exception" },
	{ MIG_ARRAY_TOO_LARGE, "the array does not fit into the message" },
	{ MIG_SERVER_DIED, "the server died before it answered" },
	{ MIG_TRAILER_ERROR, "the trailer is not as expected" },
};

static const struct text bootstrap[] = {
	{ BOOTSTRAP_NOT_PRIVILEGED, "the bootstrap server denies this" },
	{ BOOTSTRAP_NAME_IN_USE, "the service name is in use" },
	{ BOOTSTRAP_UNKNOWN_SERVICE, "no service of this name" },
	{ BOOTSTRAP_SERVICE_ACTIVE, "the service is active already" },
	{ BOOTSTRAP_BAD_COUNT, "too many names at once" },
	{ BOOTSTRAP_NO_MEMORY, "the bootstrap server has no room" },
};

#define TABLE(type, texts) { type, texts, sizeof(texts) / sizeof(*(texts)) }

static const struct {
	const char *type;
	const struct text *texts;
	size_t count;
} tables[] = {
	TABLE("(os/kern)", kern),
	TABLE("(ipc/send)", send),
	TABLE("(ipc/rcv)", receive),
	TABLE("(ipc/mig)", mig),
	TABLE("(bootstrap)", bootstrap),
};

/* Find the text of @error, and its type. Null for an unknown number. */
static const char *look_up(mach_error_t error, const char **type)
{
	size_t i, table;

	if (err_get_system(error) == err_get_system(err_mach_ipc))
		error &= ~MACH_MSG_MASK;
	for (table = 0; table < sizeof(tables) / sizeof(*tables); table++) {
		*type = tables[table].type;
		for (i = 0; i < tables[table].count; i++) {
			if (tables[table].texts[i].code == error)
				return tables[table].texts[i].words;
		}
	}
	*type = "(unknown)";
	return NULL;
}

MACHDEV_EXPORT char *mach_error_string(mach_error_t error_value)
{
	const char *type, *words = look_up(error_value, &type);

	return (char *)(words ? words : "unknown error code");
}

MACHDEV_EXPORT char *mach_error_type(mach_error_t error_value)
{
	const char *type;

	look_up(error_value, &type);
	return (char *)type;
}

MACHDEV_EXPORT void mach_error(const char *str, mach_error_t error_value)
{
	fprintf(stderr, "%s: %s %s (%#x)\n", str, mach_error_type(error_value),
		mach_error_string(error_value), (unsigned int)error_value);
}
