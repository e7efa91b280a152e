/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What the holder of the host security port may do: assign tokens to tasks. */
#ifndef _MACH_HOST_SECURITY_H_
#define _MACH_HOST_SECURITY_H_

#include <mach/kern_return.h>
#include <mach/ledger.h>
#include <mach/mach_types.h>
#include <mach/message.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * host_security_create_task_token() - make a task with given tokens
 * @host_security: the host security port
 * @parent_task: task port of the parent
 * @sec_token: security token of the child, any two words
 * @audit_token: audit token of the child, any eight words
 * @host: TASK_HOST_PORT of the child; MACH_PORT_NULL is the plain host port
 * @ledgers: as task_create(); an exec that gains privilege leaves them as they are
 * @ledgersCnt: as task_create()
 * @inherit_memory: as task_create()
 * @child_task: where a send right to the task port goes, the caller's to release
 *
 * As task_create() but for tokens and host port, which the child has before
 * anybody can see it.
 *
 * Return: KERN_SUCCESS; otherwise, checked in this order and with nothing left
 * behind: KERN_INVALID_ARGUMENT, @parent_task is no task port;
 * KERN_INVALID_SECURITY, @host_security is not the host security port;
 * KERN_INVALID_HOST, @host is no host port; then as task_create().
 */
kern_return_t host_security_create_task_token(host_security_t host_security,
					      task_t parent_task,
					      security_token_t sec_token,
					      audit_token_t audit_token,
					      host_t host,
					      ledger_array_t ledgers,
					      mach_msg_type_number_t ledgersCnt,
					      boolean_t inherit_memory,
					      task_t *child_task);

/**
 * host_security_set_task_token() - assign tokens and a host port to a task
 * @host_security: the host security port
 * @target_task: task port
 * @sec_token: security token, any two words
 * @audit_token: audit token, any eight words
 * @host: the task's new TASK_HOST_PORT; MACH_PORT_NULL is the plain host port
 *
 * Every message that the task sends afterwards carries these words, through
 * changes of its user id and exec, and those of children that it makes later do,
 * too. Messages sent earlier keep theirs. All three change together.
 *
 * Return: KERN_SUCCESS; otherwise, checked in this order and with nothing
 * changed: KERN_INVALID_ARGUMENT, @target_task is no task port;
 * KERN_INVALID_SECURITY, @host_security is not the host security port;
 * KERN_INVALID_HOST, @host is no host port; KERN_FAILURE, the task is dying;
 * KERN_RESOURCE_SHORTAGE.
 */
kern_return_t host_security_set_task_token(host_security_t host_security,
					   task_t target_task,
					   security_token_t sec_token,
					   audit_token_t audit_token,
					   host_t host);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_HOST_SECURITY_H_ */
